// The beginning of a run. Called by run.ts inside the transaction of its first page.
import { limits } from '#base/limits.ts';
import type { SyncRun, TenantRuns, TenantWrite } from '#store/store.ts';
import { openedRun } from './run-state.ts';
import type { PageClaim } from './run-state.ts';

/** True when the organisation has as many open runs as it may have. */
export const tooManyRuns = async (runs: TenantRuns): Promise<boolean> =>
  (await runs.runs({ state: 'open', limit: limits.openRunsPerTenant })).length >= limits.openRunsPerTenant;

/** Opens the run; an older full sync of the class that could still remove something is superseded, and added to `closed`. */
export const openRun = async (
  runs: TenantRuns,
  tx: TenantWrite,
  claim: PageClaim,
  now: number,
  closed: SyncRun[],
): Promise<SyncRun> => {
  const contract = (await runs.contracts()).find((one) => one.client === claim.client);
  const promised = contract?.capabilities.some((one) => one.collection === claim.collection) ?? false;
  const reason = promised
    ? null
    : 'The adapter has not registered a capability for the class; the run is accepted all the same.';
  if (claim.type === 'FULL')
    for (const state of ['open', 'held'] as const)
      for (const older of await runs.runs({
        collection: claim.collection,
        state,
        limit: limits.openRunsPerTenant,
      })) {
        if (older.type !== 'FULL') continue;
        // Pages of an open one still count; a held one has them all.
        const closedAt = state === 'held' ? now : null;
        closed.push(
          await tx.putRun({
            ...older,
            state: 'superseded',
            closedAt,
            reason: 'A newer full sync of the class was opened.',
          }),
        );
      }
  return tx.putRun(openedRun(claim, now, reason));
};
