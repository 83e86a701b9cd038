// The end of a run: what a complete full sync takes away, and whether that must be confirmed first. Called by run.ts inside its transaction.
import type { Collection } from '#model/model.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { SyncPage, SyncRun, TenantStore, TenantWrite } from '#store/store.ts';
import { removeAll, unseen } from './removals.ts';
import { closedRun, needsConfirmation } from './run-state.ts';
import type { RunRecord } from './run-state.ts';

/** What the end of a run works on. */
export type Closing = {
  readonly tenant: TenantStore;
  readonly tx: TenantWrite;
  readonly collection: Collection;
  readonly plan: AuthorizedPlan;
  readonly pause: () => Promise<void>;
  readonly now: number;
};

/** The page that is being applied: reads show what is committed, so they do not show it yet. */
export type CurrentPage = Pick<SyncPage, 'page' | 'hash' | 'entries'> & {
  readonly seen: Float64Array;
  readonly created: number;
  /** The run was opened by this very page: nothing can have come since. */
  readonly opensRun: boolean;
};

/** Why a run whose pages the store has dropped removes nothing. */
export const forgotten = 'The pages of the run are no longer known; deliver a new full sync. Nothing was removed.';

/**
 * What the run becomes with this page: unchanged, failed (too many entries), complete, or held (too many removals, `share` of what was there
 * before the run). Removes when a full sync is complete.
 */
export const completed = async (
  closing: Closing,
  run: RunRecord,
  order: number,
  current: CurrentPage,
  share: number,
): Promise<RunRecord> => {
  const { now } = closing;
  if (run.receivedEntries < run.totalSize) return run;
  if (run.state === 'superseded') return closedRun(run, 'superseded', now, null);
  if (run.receivedEntries > run.totalSize)
    return closedRun(run, 'failed', now, 'The pages hold more entries than totalSize; nothing was removed.');
  if (run.type !== 'FULL') return closedRun(run, 'completed', now, null);
  const gone = await goneAfter(closing, run, order, current);
  if (gone === null) return closedRun(run, 'failed', now, forgotten);
  const { uids, count, repeats } = gone;
  const before = Math.max(uids.length, count - (run.created - current.created));
  if (needsConfirmation(uids.length, before, share)) {
    const reason = 'More would be removed than the guard allows: confirm or reject.';
    return { ...run, state: 'held', reason, wouldRemove: uids.length };
  }
  if (uids.length > 0 && repeats) {
    // The count is full although a page came twice, so another one may be missing.
    const reason = 'Two pages hold the same entries under different numbers: confirm or reject.';
    return { ...run, state: 'held', reason, wouldRemove: uids.length };
  }
  await removeAll(closing.tx, closing.collection, uids, order, closing.pause);
  return { ...closedRun(run, 'completed', now, null), removed: uids.length };
};

/** Carries out a held run: what is to go is worked out anew, so that what has come since stays. */
export const confirmed = async (closing: Closing, run: SyncRun): Promise<RunRecord> => {
  const gone = await goneAfter(closing, run, run.order, null);
  if (gone === null) return closedRun(run, 'failed', closing.now, forgotten);
  await removeAll(closing.tx, closing.collection, gone.uids, run.order, closing.pause);
  return { ...closedRun(run, 'completed', closing.now, 'Confirmed.'), removed: gone.uids.length };
};

type Gone = { readonly uids: Float64Array; readonly count: number; readonly repeats: boolean };

/** What no page of the run and no later delivery has touched; null when the store no longer knows the run's pages. */
const goneAfter = async (
  { tenant, plan, pause }: Closing,
  run: RunRecord,
  order: number,
  current: CurrentPage | null,
): Promise<Gone | null> => {
  const others = (await tenant.runs.pages(run.corrId)).filter((one) => one.page !== current?.page);
  const pages = current === null ? others : [...others, current];
  const own = pages.map(({ seen }) => seen);
  if (run.created + run.updated + run.unchanged > 0 && own.every((set) => set.length === 0)) return null;
  const hashes = pages.filter(({ entries }) => entries > 0).map(({ hash }) => hash);
  const repeats = new Set(hashes).size < hashes.length;
  const all = await tenant.reads.uids(plan);
  // What others have touched is asked only when something is missing: an unchanged delivery must be quick.
  const missing = await unseen(all, own, pause);
  if (missing.length === 0 || current?.opensRun === true) return { uids: missing, count: all.length, repeats };
  const since = await tenant.runs.seenSince(run.collection, order);
  return { uids: await unseen(missing, [since], pause), count: all.length, repeats };
};
