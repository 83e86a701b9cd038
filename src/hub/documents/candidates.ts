// The rows of a collection that a list may hold, some at a time in the order of creation, without those that protection hides from the caller: they
// count nowhere. Used by documents.ts.
import { firstAbove, hasUid, inBoth, without } from '#base/uid-sets.ts';
import type { Eventually, Guarded } from '#store/store.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import { hiddenRows } from '../protection.ts';
import { rowsOfPlan } from '../row-scope.ts';
import type { DocumentAccess } from './access.ts';

/** The next rows above a uid, ascending, at most so many; fewer only when there are no more. */
export type Candidates = (after: number, size: number) => Eventually<Float64Array>;

/** `next` gives all rows of the collection so; `found` = rows that may match; null = all. */
export const candidatesOf = (
  next: Candidates,
  access: Pick<DocumentAccess, 'root'>,
  guarded: Guarded,
  found: Float64Array | null,
): Candidates => {
  const hidden = hiddenRows(access.root, guarded);
  const mine = rowsOf(access.root);
  const all = found === null ? mine : mine === null ? found : inBoth(found, mine);
  if (all !== null) {
    const shown = without(all, hidden);
    return (after, size) => {
      const from = firstAbove(shown, after);
      return shown.subarray(from, from + size);
    };
  }
  if (hidden.length === 0) return next;
  return async (after, size) => {
    const kept: number[] = [];
    // Where many are hidden, few would be left of a few.
    const most = Math.max(size, rowsAtOnce);
    for (let last = after; ;) {
      const some = await next(last, most);
      for (const uid of some) if (kept.length < size && !hasUid(hidden, uid)) kept.push(uid);
      last = some.at(-1) ?? last;
      if (some.length < most || kept.length === size) return Float64Array.from(kept);
    }
  };
};

const rowsAtOnce = 1_000;

/** Rows that the plan leaves; null = all. Worked out once for a plan. */
const rowsOf = (plan: AuthorizedPlan): Float64Array | null => {
  const kept = left.get(plan);
  if (kept !== undefined) return kept;
  const rows = rowsOfPlan(plan);
  left.set(plan, rows);
  return rows;
};

const left = new WeakMap<AuthorizedPlan, Float64Array | null>();
