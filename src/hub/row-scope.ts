// Which rows a grant's row filter leaves in a collection: a walk along the relations that the model names for the scope, backwards from the
// scope's target. Called by authorize.ts; sets are kept until the organisation's data change.
import { hasUid, unionOf } from '#base/uid-sets.ts';
import type { CollectionPath, Model, ProtectionLevel } from '#model/model.ts';
import type { AuthorizedPlan, RowSet } from '#store/plan.ts';
import type { GrantRows, TenantStore } from '#store/store.ts';
import { withoutHidden } from './protection.ts';

const empty = new Float64Array();

/** The rows of a collection within a scope, without those that are protected above the clearance; 'all' for collections that the scope does not concern; no rows for those it does not know. */
export const rowsInScope = async (
  model: Model,
  tenant: TenantStore,
  path: string,
  rows: GrantRows,
  clearance: ProtectionLevel,
): Promise<'all' | RowSet> => {
  const scope = model.scopes.get(rows.scope);
  if (scope === undefined) return rowSet(empty);
  if (scope.unaffected.has(path)) return 'all';
  const start = await resolveTargets(tenant, scope.target, rows);
  // Every step is cut: a parent who showed for the sake of a hidden child would tell where the child is.
  const seen = async (at: CollectionPath, uids: Float64Array): Promise<Float64Array> =>
    uids.length === 0 ? uids : withoutHidden(uids, await tenant.reads.guarded(at), clearance);
  if (path === scope.target) return rowSet(await seen(path, start));
  const found: Float64Array[] = [];
  for (const chain of scope.paths.get(path) ?? [])
    found.push(await walkBack({ model, tenant, seen }, path, chain.split('.'), start));
  return rowSet(unionOf(found));
};

type Walk = {
  readonly model: Model;
  readonly tenant: TenantStore;
  /** Rows of a collection without those that are protected above the clearance. */
  readonly seen: (path: CollectionPath, uids: Float64Array) => Promise<Float64Array>;
};

const resolveTargets = async (
  tenant: TenantStore,
  collection: string,
  { field, values }: GrantRows,
): Promise<Float64Array> => {
  const uids = await tenant.reads.resolve(values.map((value) => ({ collection, field, value })));
  return unionOf([Float64Array.from(uids.flatMap(({ uid }) => (uid === null ? [] : [uid])))]);
};

const walkBack = async (
  walk: Walk,
  path: CollectionPath,
  chain: readonly string[],
  targets: Float64Array,
): Promise<Float64Array> => {
  const [relation, ...rest] = chain;
  if (relation === undefined) return walk.seen(path, targets);
  const rule = walk.model.collections.get(path)?.links.get(relation);
  if (rule === undefined || rule.target === null) return empty;
  const next = await walkBack(walk, rule.target, rest, targets);
  return walk.seen(path, await walk.tenant.reads.linkedFrom(relation, path, rule.inverse, next));
};

/** Uids that the rows of a plan leave; null = all of the collection. */
export const rowsOfPlan = ({ portions }: AuthorizedPlan): Float64Array | null => {
  const sets: Float64Array[] = [];
  for (const { rows } of portions) {
    if (rows === 'all') return null;
    sets.push(rows.uids);
  }
  return unionOf(sets);
};

/** A set of uids as the rows of a grant. */
export const rowSet = (uids: Float64Array): RowSet => ({ uids, has: (uid) => hasUid(uids, uid) });
