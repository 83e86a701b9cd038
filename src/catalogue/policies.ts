// How long before it takes effect a change has to be announced, as data: one policy for each catalogue whose promises an API of the hub keeps (facts 7.3, flyt-skole
// facts 12). Used by calendar.ts and change-log.ts; knows no calendar.
import type { ContractMark } from '#model/model.ts';
import type { PolicyId } from './catalogue.ts';
import type { ChangeKind, Status } from './contract.ts';

/** What has to lie between an announcement and what it announces. */
export type Notice =
  | { readonly kind: 'none' }
  /** Hours on the clock, counted from the delivery of the notice. */
  | { readonly kind: 'hours'; readonly hours: number }
  /** Months of the calendar: to the end of the day that has the same number, or of the last day of a shorter month. */
  | { readonly kind: 'months'; readonly months: number }
  /** What is announced while one main version is current comes with the second one after it. */
  | { readonly kind: 'second-release' };

export type Policy = {
  readonly id: PolicyId;
  /** What a breaking change takes, by the contract of the part. */
  readonly notice: Readonly<Record<ContractMark, Notice>>;
};

const none: Notice = { kind: 'none' };

/** Two weeks, whatever the clocks do meanwhile (R7). */
const fortnight: Notice = { kind: 'hours', hours: 14 * 24 };

export const policies: Readonly<Record<PolicyId, Policy>> = {
  sikt: { id: 'sikt', notice: { production: { kind: 'second-release' }, beta: fortnight, experimental: none } },
  flyt: { id: 'flyt', notice: { production: { kind: 'months', months: 6 }, beta: fortnight, experimental: none } },
};

/** The contract that a status makes; null where nothing is promised. What is retiring is promised until its day. */
export const contracts: Readonly<Record<Status, ContractMark | null>> = {
  planned: null,
  experimental: 'experimental',
  beta: 'beta',
  production: 'production',
  'not-further-developed': 'production',
  retiring: 'production',
  retired: null,
};

/** Nothing changes here any more, compatibly neither, but by what is on record (facts 7.4). */
export const frozenStatuses: ReadonlySet<Status> = new Set(['not-further-developed', 'retiring']);

/** The notice that a change takes: none where it is compatible (R9), that of beta at the most where it is dangerous. */
export const noticeFor = (policy: Policy, contract: ContractMark | null, kind: ChangeKind): Notice => {
  if (contract === null || kind === 'compatible') return none;
  return policy.notice[kind === 'dangerous' && contract === 'production' ? 'beta' : contract];
};
