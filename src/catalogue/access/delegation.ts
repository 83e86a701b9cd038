// Delegations: an owner lets a supplier give its own applications access to some packages, and a supplier may pass that on to another. Written by the
// delegations of the admin API; read by whoever gives access, shows it or ends agreements. Pure; knows no API.
import type { AccessTerms } from './access-request.ts';
import type { Environment, Grant, RegisterEntry } from '#store/store.ts';

export const delegationStates = ['seconding', 'live', 'withdrawn'] as const;
export type DelegationState = (typeof delegationStates)[number];

/** From one organisation to the next, for the data of an owner. Moments are epoch ms; `to` of the terms is the first moment outside. */
export type Delegation = {
  readonly id: string;
  /** The organisation whose data it is. */
  readonly organisation: string;
  /** Who passes on: the owner, or whoever has it by `parent`. */
  readonly from: string;
  readonly to: string;
  /** The delegation that it passes on; null = it comes from the owner. */
  readonly parent: string | null;
  readonly environment: Environment;
  readonly terms: AccessTerms;
  readonly purpose: string;
  readonly legalBasis: string;
  /** Id of the registered agreement between the two. */
  readonly agreement: string;
  /** Whether it may be passed on once more. */
  readonly mayPassOn: boolean;
  readonly state: DelegationState;
  /** Client ids of those who approved it; two where two are needed. */
  readonly approvedBy: readonly string[];
  readonly withdrawn: { readonly at: number; readonly by: string; readonly reason: string } | null;
  readonly createdAt: number;
};

/** The delegation as the register keeps it, in the revision after the one that it was read with (0 = it is new). */
export const delegationEntry = (delegation: Delegation, before: number, now: number): RegisterEntry => ({
  kind: 'delegation',
  id: delegation.id,
  revision: before + 1,
  organisation: delegation.organisation,
  application: null,
  state: delegation.state,
  createdAt: delegation.createdAt,
  changedAt: now,
  value: delegation,
});

/** The delegation that an entry of the register holds: the register holds what `delegationEntry` made. */
export const delegationOf = ({ value }: RegisterEntry): Delegation => value as Delegation;

/** The way from the owner to a delegation, both ends included; shorter when a part of it is not known. */
export const chainOf = (delegation: Delegation, all: readonly Delegation[]): readonly Delegation[] => {
  const byId = new Map(all.map((one) => [one.id, one]));
  const chain: Delegation[] = [];
  for (let at: Delegation | undefined = delegation; at !== undefined && !chain.includes(at);) {
    chain.unshift(at);
    at = at.parent === null ? undefined : byId.get(at.parent);
  }
  return chain;
};

/** What stands on a delegation: itself, and whatever was passed on from it, from there, and so on. */
export const standingOn = (ids: readonly string[], all: readonly Delegation[]): readonly Delegation[] => {
  const fallen = new Set(ids);
  for (let before = -1; before < fallen.size;) {
    before = fallen.size;
    for (const { id, parent } of all) if (parent !== null && fallen.has(parent)) fallen.add(id);
  }
  return all.filter(({ id }) => fallen.has(id));
};

/** True when a delegation and everything that it stands on is in force at a moment. */
export const isDelegationLive = (delegation: Delegation, all: readonly Delegation[], now: number): boolean => {
  const chain = chainOf(delegation, all);
  return (
    chain[0]?.parent === null &&
    chain.every(
      ({ state, terms: { from, to } }) =>
        state === 'live' && (from === null || from <= now) && (to === null || now < to),
    )
  );
};

/** What ends when some delegations are withdrawn: they and what stands on them, and the grants that were given by any of these. */
export const withdrawal = (
  ids: readonly string[],
  all: readonly Delegation[],
  grants: readonly Grant[],
  by: { readonly at: number; readonly by: string; readonly reason: string },
): { readonly delegations: readonly Delegation[]; readonly grants: readonly Grant[] } => {
  const falling = standingOn(ids, all);
  const names = new Set(falling.map(({ id }) => id));
  return {
    delegations: falling
      .filter(({ state }) => state !== 'withdrawn')
      .map((one) => ({ ...one, state: 'withdrawn', withdrawn: by })),
    grants: grants.filter(
      ({ delegation = null, to }) => delegation !== null && names.has(delegation) && (to === null || to > by.at),
    ),
  };
};
