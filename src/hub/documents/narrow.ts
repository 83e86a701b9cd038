// Which rows of a collection may match what is asked for: sets of uids from the store, put together from the inside out. Never fewer than those that
// do match; what the caller sees of each decides. Used by documents.ts and by what tells of changes; applies no view.
import type { Clock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import { sortedUids, without } from '#base/uid-sets.ts';
import { ruleOf } from '#model/link-rule.ts';
import type { Collection, CollectionPath, Model } from '#model/model.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import { rowsOfAll, rowsOfAny } from '../rows-together.ts';
import type { Narrow } from './document.ts';
import type { DocumentAccess } from './access.ts';
import type { Authorizer } from '../authorize.ts';
import type { Principal } from '../principal.ts';
import type { Known } from './reader.ts';

export type NarrowDeps = { readonly model: Model; readonly clock: Pick<Clock, 'monotonic'> };

/** Plans of all collections that `collectionsOf` names and that the caller may see something of. */
export type NarrowPlans = ReadonlyMap<CollectionPath, AuthorizedPlan>;

/** What is asked, and what is remembered of it. */
export type Searched = Pick<Known, 'reads'> & {
  readonly touched: Pick<Known['touched'], 'versionOf'>;
  readonly sets: Pick<Known['sets'], 'get' | 'set'>;
};

/** Plans of the collections that a choice of rows asks, for the caller of a list. */
export const narrowPlans = async (
  { model, authorizer }: { readonly model: Model; readonly authorizer: Pick<Authorizer, 'decide'> },
  principal: Principal,
  { root, plans }: Pick<DocumentAccess, 'root' | 'plans'>,
  narrow: Narrow,
): Promise<NarrowPlans> => {
  const all = new Map(plans);
  for (const path of collectionsOf(model, root.collection, narrow)) {
    if (all.has(path)) continue;
    const decision = await authorizer.decide(principal, path, 'list');
    if (decision.allowed) all.set(path, decision.plan);
  }
  return all;
};

/** Uids, ascending, remembered while the collections are as they are; null when it takes too long (`limits.filterMs`). */
export const narrowed = async (
  { model, clock }: NarrowDeps,
  known: Searched,
  plans: NarrowPlans,
  collection: Collection,
  narrow: Narrow,
): Promise<Float64Array | null> => {
  const paths = [...collectionsOf(model, collection, narrow)];
  const version = known.touched.versionOf(paths.filter((path) => plans.has(path)));
  const seen = paths.map((path) => (plans.has(path) ? '1' : '0')).join('');
  const key = `narrow ${collection.path} ${seen} ${version} ${JSON.stringify(narrow)}`;
  const kept = version === null ? undefined : known.sets.get(key);
  if (kept !== undefined) return kept;
  const work: Work = { model, known, plans, deadline: clock.monotonic() + limits.filterMs };
  const found = await rowsOf(work, collection, narrow);
  if (found !== null && version !== null && found.length <= rememberedRows) known.sets.set(key, found);
  return found;
};

// The longest set that is remembered.
const rememberedRows = 16_000;

/** The collections that a choice of rows asks, that of the rows first. */
export const collectionsOf = (model: Model, collection: Collection, narrow: Narrow): ReadonlySet<CollectionPath> => {
  const found = new Set<CollectionPath>();
  const visit = (at: Collection, one: Narrow): void => {
    found.add(at.path);
    if (one.kind === 'all' || one.kind === 'any') for (const each of one.of) visit(at, each);
    if (one.kind === 'not') visit(at, one.of);
    if (one.kind === 'led-to') {
      const by = model.collections.get(one.by);
      if (by !== undefined) visit(by, one.of);
    }
    if (one.kind !== 'through') return;
    const target = targetOf(model, at, one.relation);
    if (target !== null) visit(target, one.to);
  };
  visit(collection, narrow);
  return found;
};

type Work = {
  readonly model: Model;
  readonly known: Searched;
  readonly plans: NarrowPlans;
  readonly deadline: number;
};

const nothing = new Float64Array();

const rowsOf = async (work: Work, collection: Collection, narrow: Narrow): Promise<Float64Array | null> => {
  const { reads } = work.known;
  const plan = work.plans.get(collection.path);
  // What the caller sees nothing of can match for nobody.
  if (plan === undefined) return nothing;
  switch (narrow.kind) {
    case 'rows':
      return sortedUids(narrow.uids);
    case 'where':
      return reads.select(plan, { filter: narrow.filter, since: null }, work.deadline);
    case 'any':
      return rowsOfAny(narrow.of, (each) => rowsOf(work, collection, each));
    case 'all':
      return rowsOfAll(
        narrow.of,
        (each) => rowsOf(work, collection, each),
        () => reads.uids(plan),
      );
    case 'through': {
      const target = targetOf(work.model, collection, narrow.relation);
      if (target === null) return nothing;
      const targets = await rowsOf(work, target, narrow.to);
      if (targets === null || targets.length === 0) return targets;
      const inverse = collection.links.get(narrow.relation)?.inverse ?? null;
      return reads.linkedFrom(narrow.relation, collection.path, inverse, targets);
    }
    case 'led-to': {
      const [by, of] = [work.model.collections.get(narrow.by), work.plans.get(narrow.by)];
      const found = by === undefined || of === undefined ? nothing : await rowsOf(work, by, narrow.of);
      if (of === undefined || found === null || found.length === 0) return found;
      const pairs = await reads.related(of, narrow.relation, [...found]);
      return sortedUids(pairs.to);
    }
    case 'not': {
      const found = await rowsOf(work, collection, narrow.of);
      return found === null ? null : without(await reads.uids(plan), found);
    }
  }
};

const targetOf = (model: Model, collection: Collection, relation: string): Collection | null => {
  const rule = ruleOf(collection, relation);
  return rule === undefined || rule.target === null ? null : (model.collections.get(rule.target) ?? null);
};
