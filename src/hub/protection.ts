// Which rows a clearance leaves. Called by everything in the hub that reads; the levels are the store's, the clearances the plan's.
import type { CollectionPath, Model, ProtectionLevel } from '#model/model.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { Guarded } from '#store/store.ts';

/** True when resources of a collection can be protected: they carry a marking, or are about somebody who does. */
export const isGuardable = (model: Model, path: CollectionPath): boolean =>
  model.protection.markings.has(path) || model.protection.about.has(path);

/** Ascending uids, without those protected above the clearance. The same array when there are none. */
export const withoutHidden = (uids: Float64Array, guarded: Guarded, clearance: ProtectionLevel): Float64Array => {
  const hidden = hiddenFrom(guarded, clearance);
  return hidden.size === 0 ? uids : uids.filter((uid) => !hidden.has(uid));
};

/** Uids protected above the clearance. */
export const hiddenFrom = (guarded: Guarded, clearance: ProtectionLevel): ReadonlySet<number> => {
  const hidden = new Set<number>();
  for (let index = 0; index < guarded.uids.length; index += 1)
    if ((guarded.own[index] ?? 0) > clearance) hidden.add(guarded.uids[index] ?? 0);
  return hidden;
};

/** The lowest clearance for links among the collections that a plan shows links to: rows that link to nothing above it need no look. */
export const linkClearance = (plan: AuthorizedPlan): ProtectionLevel => {
  const known = lowest.get(plan);
  if (known !== undefined) return known;
  let found: ProtectionLevel = 3;
  for (const level of plan.targetClearance.values()) if (level < found) found = level;
  lowest.set(plan, found);
  return found;
};

const lowest = new WeakMap<AuthorizedPlan, ProtectionLevel>();

/** Rows of the collection that no portion of the plan shows, ascending; worked out once for a plan and a state of protection. */
export const hiddenRows = (plan: AuthorizedPlan, guarded: Guarded): Float64Array => {
  if (guarded.uids.length === 0 || plan.portions.every(({ clearance }) => clearance === 3)) return none;
  const known = hidden.get(plan);
  if (known !== undefined && known.guarded === guarded) return known.uids;
  const uids = guarded.uids.filter((uid, index) => {
    const own = guarded.own[index] ?? 0;
    return !plan.portions.some(({ rows, clearance }) => clearance >= own && (rows === 'all' || rows.has(uid)));
  });
  hidden.set(plan, { guarded, uids });
  return uids;
};

const none = new Float64Array();
const hidden = new WeakMap<AuthorizedPlan, { readonly guarded: Guarded; readonly uids: Float64Array }>();
