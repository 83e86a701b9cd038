// Access requests: what an application asks an owner for, what was said about it, and what the owner decided. Written by the requests of the admin API;
// read by overviews, reminders and the pages that hand out keys. Types and pure rules.
import type { PackageTerms } from './packages.ts';
import type { ProtectionLevel } from '#model/model.ts';
import type { Environment, GrantRows, RegisterEntry } from '#store/store.ts';

export const requestStates = [
  'asked',
  'questioned',
  'escalated',
  /** Approved by one where two are needed. */
  'seconding',
  'approved',
  'refused',
  'withdrawn',
  /** Approved once, and ended by the owner. */
  'revoked',
] as const;
export type RequestState = (typeof requestStates)[number];

/** What is given or is to be given. Moments are epoch ms; `to` is the first moment outside. */
export type AccessTerms = {
  readonly packages: readonly PackageTerms[];
  /** The only schools, programmes … of which it shows anything; null = all. */
  readonly rows: GrantRows | null;
  readonly clearance: ProtectionLevel;
  readonly from: number | null;
  readonly to: number | null;
};

export type RequestMessage = {
  readonly at: number;
  /** Client id of who wrote it. */
  readonly by: string;
  readonly side: 'owner' | 'vendor';
  readonly kind: 'question' | 'answer' | 'refusal' | 'withdrawal' | 'escalation' | 'revocation';
  readonly text: string;
};

export type Approval = {
  readonly by: string;
  readonly at: number;
  readonly terms: AccessTerms;
  /** Id of the registered agreement that it rests on. */
  readonly agreement: string;
};

export type Escalation = {
  /** Client id of who has to decide; null = anybody of the organisation but those who escalated. */
  readonly to: string | null;
  /** Everybody who has handed it on: none of them decides. */
  readonly by: readonly string[];
};

export type AccessRequest = {
  readonly id: string;
  /** The same for all requests that were made at once. */
  readonly common: string;
  readonly application: string;
  /** The organisation that owns the application. */
  readonly vendor: string;
  /** The organisation whose data it asks for. */
  readonly organisation: string;
  readonly environment: Environment;
  readonly purpose: string;
  readonly legalBasis: string;
  /** What the vendor calls the agreement: a reference or an id; null = the one that there is. */
  readonly agreement: string | null;
  readonly asked: AccessTerms;
  readonly state: RequestState;
  /** Client id of who asked. */
  readonly askedBy: string;
  readonly thread: readonly RequestMessage[];
  readonly escalation: Escalation | null;
  /** In the order in which they were given; one where one is enough. */
  readonly approvals: readonly Approval[];
  /** What was given in the end, and under which agreement; null until it is approved. */
  readonly given: { readonly terms: AccessTerms; readonly agreement: string; readonly at: number } | null;
  readonly endedAt: number | null;
  readonly createdAt: number;
};

/** The request as the register keeps it, in the revision after the one that it was read with (0 = it is new). */
export const requestEntry = (request: AccessRequest, before: number, now: number): RegisterEntry => ({
  kind: 'access-request',
  id: request.id,
  revision: before + 1,
  organisation: request.organisation,
  application: request.application,
  state: request.state,
  createdAt: request.createdAt,
  changedAt: now,
  value: request,
});

/** The request that an entry of the register holds: the register holds what `requestEntry` made. */
export const requestOf = ({ value }: RegisterEntry): AccessRequest => value as AccessRequest;
