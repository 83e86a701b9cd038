// The rules of a sync run as pure functions: what may happen to a run when a page arrives, and what a run becomes. Called by run.ts inside
// the transaction of the page. Knows no store and no clock; times come as epoch milliseconds.
import { problem } from '#base/errors.ts';
import type { Problem } from '#base/errors.ts';
import type { CollectionPath } from '#model/model.ts';
import type { SyncPage, SyncRun, SyncType } from '#store/store.ts';

export type RunRecord = Omit<SyncRun, 'order'>;

/** What a page says of the run that it belongs to. */
export type PageClaim = {
  readonly client: string;
  readonly collection: CollectionPath;
  readonly type: SyncType;
  readonly corrId: string;
  readonly adapterId: string;
  readonly totalSize: number;
  readonly totalPages: number;
  readonly page: number;
  readonly hash: string;
  readonly count: number;
};

export type PageVerdict =
  | { readonly kind: 'open' }
  | { readonly kind: 'apply' }
  /** The page has been applied before. */
  | { readonly kind: 'repeat' }
  /** Not applied. `run` is what the run becomes by it, null when nothing changes. */
  | { readonly kind: 'refuse'; readonly problem: Problem; readonly run: RunRecord | null };

/** The run that a first page opens. */
export const openedRun = (claim: PageClaim, now: number, reason: string | null): RunRecord => ({
  corrId: claim.corrId,
  adapter: claim.adapterId,
  client: claim.client,
  collection: claim.collection,
  type: claim.type,
  state: 'open',
  totalSize: claim.totalSize,
  totalPages: claim.totalPages,
  receivedEntries: 0,
  pages: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  removed: 0,
  rejected: 0,
  warnings: 0,
  wouldRemove: 0,
  openedAt: now,
  touchedAt: now,
  closedAt: null,
  reason,
});

/** Ends a run for a reason. */
export const closedRun = (run: RunRecord, state: SyncRun['state'], now: number, reason: string | null): RunRecord => ({
  ...run,
  state,
  closedAt: now,
  reason: reason ?? run.reason,
});

/** True when a run waits for pages and has waited too long. */
export const isOverdue = (run: RunRecord, now: number, idleMs: number): boolean =>
  (run.state === 'open' || (run.state === 'superseded' && run.closedAt === null)) && now - run.touchedAt > idleMs;

/** What an overdue run becomes: a superseded one stays so, and takes no more pages. */
export const overdueRun = (run: RunRecord, now: number): RunRecord =>
  run.state === 'open'
    ? closedRun(run, 'expired', now, 'No page came in time; nothing was removed.')
    : closedRun(run, 'superseded', now, null);

/**
 * Decides about a page. `run` is the run of its corrId, null when there is none; `known` the page of that number, null when it has not come.
 * A page that has been applied is good again as long as the run has not gone wrong; another page of a closed run is refused.
 */
export const judgePage = (
  run: RunRecord | null,
  known: SyncPage | null,
  claim: PageClaim,
  now: number,
  idleMs: number,
): PageVerdict => {
  if (run === null) return { kind: 'open' };
  if (run.client !== claim.client)
    return { kind: 'refuse', problem: problem('HUB-603', 'The corrId is in use by another adapter.'), run: null };
  const contradiction = contradictionOf(run, claim);
  if (contradiction !== null) {
    const text = `The page contradicts its run: ${contradiction} is not what the first page said.`;
    return {
      kind: 'refuse',
      problem: problem('HUB-603', text),
      run: run.state === 'open' ? closedRun(run, 'failed', now, text) : null,
    };
  }
  if (isOverdue(run, now, idleMs))
    return {
      kind: 'refuse',
      problem: problem('HUB-602', 'The run has waited too long for this page.'),
      run: overdueRun(run, now),
    };
  if (run.state === 'failed' || run.state === 'expired')
    return { kind: 'refuse', problem: problem('HUB-602', `The run is ${run.state}.`), run: null };
  if (known !== null && known.hash === claim.hash && known.entries === claim.count) return { kind: 'repeat' };
  if (run.state === 'open' || (run.state === 'superseded' && run.closedAt === null)) return { kind: 'apply' };
  return {
    kind: 'refuse',
    problem: problem('HUB-602', `The run is ${run.state} and holds another page of this number, or none.`),
    run: null,
  };
};

const contradictionOf = (run: RunRecord, claim: PageClaim): string | null => {
  if (run.collection !== claim.collection) return 'the class';
  if (run.type !== claim.type) return 'the type of sync';
  if (run.adapter !== claim.adapterId) return 'adapterId';
  return run.totalSize === claim.totalSize ? null : 'totalSize';
};

/** True when removals are more than the share of what was there. */
export const needsConfirmation = (removals: number, before: number, share: number): boolean =>
  removals > 0 && removals > share * before;

/** Ascending, without repetition. */
export const ascending = (uids: readonly number[]): Float64Array => {
  const sorted = Float64Array.from(uids).sort();
  let count = 0;
  for (const uid of sorted) {
    if (count > 0 && sorted[count - 1] === uid) continue;
    sorted[count] = uid;
    count += 1;
  }
  return sorted.slice(0, count);
};
