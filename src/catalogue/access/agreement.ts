// The agreement register: by which agreement an owner lets another organisation process its data, and until when. What rests on an agreement is never
// given without a live one, and never for longer. Used by grants, links, requests and delegations. Pure; knows no API.
import type { Grant, RegisterEntry } from '#store/store.ts';

export const agreementStates = ['live', 'ended'] as const;
export type AgreementState = (typeof agreementStates)[number];

/** A data processing agreement between the owner of data and whoever processes them. Moments are epoch ms. */
export type Agreement = {
  readonly id: string;
  /** The owner: the organisation whose data it is about. */
  readonly organisation: string;
  /** The organisation that may process them: it owns the applications that are let in. */
  readonly processor: string;
  /** What both call it; unique among the live ones of an owner. */
  readonly reference: string;
  readonly from: number | null;
  /** The first moment outside; null = open. */
  readonly to: number | null;
  readonly state: AgreementState;
  /** When the owner ended it; null while it stands, also when its period is over. */
  readonly endedAt: number | null;
  /** Client id of whoever registered it. */
  readonly registeredBy: string;
  readonly createdAt: number;
};

/** A period that something stands for: epoch ms, null = open; `to` is the first moment outside. */
export type Period = { readonly from: number | null; readonly to: number | null };

/** True when an agreement stands and its period holds at a moment. */
export const isAgreementLive = ({ state, from, to }: Agreement, now: number): boolean =>
  state === 'live' && (from === null || from <= now) && (to === null || now < to);

/** True when nobody has ended it and its period is not over: it is live, or will be. */
export const isAgreementStanding = ({ state, to }: Agreement, now: number): boolean =>
  state === 'live' && (to === null || now < to);

/** The part of a period that an agreement covers: it begins no sooner and ends no later. */
export const withinAgreement = (period: Period, agreement: Agreement): Period => ({
  from: later(period.from, agreement.from),
  to: sooner(period.to, agreement.to),
});

/** True when a period that was asked for by name goes beyond an agreement: what is left open is cut and no breach. */
export const exceedsAgreement = ({ from, to }: Period, agreement: Agreement): boolean =>
  (to !== null && agreement.to !== null && to > agreement.to) ||
  (from !== null && agreement.to !== null && from >= agreement.to);

const later = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other);
const sooner = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);

/** Those of some grants that have not ended, ended at a moment; one that has not begun then never does. */
export const endedGrants = (grants: readonly Grant[], now: number): readonly Grant[] =>
  grants.filter(({ to }) => to === null || to > now).map((grant) => ({ ...grant, to: now }));

/** The agreement as the register keeps it, in the revision after the one that it was read with (0 = it is new). */
export const agreementEntry = (agreement: Agreement, before: number, now: number): RegisterEntry => ({
  kind: 'agreement',
  id: agreement.id,
  revision: before + 1,
  organisation: agreement.organisation,
  application: null,
  state: agreement.state,
  createdAt: agreement.createdAt,
  changedAt: now,
  value: agreement,
});

/**
 * The entry of an agreement that something is about to rest on, a revision further: put together with what rests on it, so that of an end and a grant that
 * happen at once one fails.
 */
export const leanedOn = (entry: RegisterEntry, now: number): RegisterEntry => ({
  ...entry,
  revision: entry.revision + 1,
  changedAt: now,
});

/** The agreement that an entry of the register holds: the register holds what `agreementEntry` made. */
export const agreementOf = ({ value }: RegisterEntry): Agreement => value as Agreement;
