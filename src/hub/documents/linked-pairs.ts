// Which resources lead to which by a relation, however many they are: some at a time, so that other work runs between. Called by what composes
// documents; applies no view.
import { yieldToLoop } from '#base/clock.ts';
import { joinedUids } from '#base/uid-sets.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { TenantReads } from '#store/store.ts';

/** Uids of pairs: those at the same place belong together. */
export type Pairs = { readonly from: Float64Array; readonly to: Float64Array };

/** All pairs of some resources, in their order. `atOnce` = resources that the store is asked for together. */
export const linkedPairs = async (
  reads: Pick<TenantReads, 'related'>,
  plan: AuthorizedPlan,
  relation: string,
  uids: readonly number[],
  atOnce: number,
): Promise<Pairs> => {
  if (uids.length <= atOnce) return reads.related(plan, relation, uids);
  const all: Pairs[] = [];
  for (let at = 0; at < uids.length; at += atOnce) {
    if (at > 0) await yieldToLoop();
    all.push(await reads.related(plan, relation, uids.slice(at, at + atOnce)));
  }
  return { from: joinedUids(all.map(({ from }) => from)), to: joinedUids(all.map(({ to }) => to)) };
};
