// What runs that were opened later have done to a collection: an earlier run neither overwrites nor brings back any of it. Called by run.ts
// inside the transaction of a page. Nearly always there is no later run, and the answer costs one question.
import { limits } from '#base/limits.ts';
import { rowSet } from '#hub/row-scope.ts';
import type { LaterWrites } from '#hub/write.ts';
import type { RowSet } from '#store/plan.ts';
import type { IdentifierValue, SyncRun, TenantRuns } from '#store/store.ts';
import { mostKept } from './run-notes.ts';

/**
 * Takes a run, gives what later runs of its class have touched, or null when there are none. Deletions of what had not come yet are known by
 * pseudonym; after a later full sync is complete, an earlier one creates nothing.
 */
export const laterWrites = async (
  runs: TenantRuns,
  run: SyncRun,
  pseudonym: (text: string) => string,
): Promise<LaterWrites | null> => {
  const { collection, order } = run;
  const [newest] = await runs.runs({ collection, limit: 1 });
  if (newest === undefined || newest.order <= order) return null;
  const later = (await runs.runs({ collection, limit: limits.openRunsPerTenant })).filter((one) => one.order > order);
  const touched: RowSet[] = [];
  const deleted = new Set<string>();
  for (const { corrId, type } of later) {
    for (const { seen } of await runs.pages(corrId)) if (seen.length > 0) touched.push(rowSet(seen));
    if (type !== 'DELETE') continue;
    for (const rejection of await runs.rejections({ corrId, limit: mostKept }))
      if (rejection.code === 'HUB-204') deleted.add(rejection.subject);
  }
  const snapshot = run.type === 'FULL' && later.some((one) => one.type === 'FULL' && one.state === 'completed');
  return {
    order,
    touched: (uid) => touched.some((rows) => rows.has(uid)),
    unwanted: (identifiers: readonly IdentifierValue[]) =>
      snapshot || (deleted.size > 0 && identifiers.some(({ value }) => deleted.has(pseudonym(value)))),
  };
};
