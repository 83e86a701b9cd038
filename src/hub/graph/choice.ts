// Which rows of a collection a choice leaves, by what the caller sees alone: a row that hides what is looked at does not match, nor does one for the
// sake of something that the caller does not see. Sets of uids from the store, put together from the inside out. Used by what reads lists and edges.
import type { Clock } from '#base/clock.ts';
import { sortedUids, unionOf, without } from '#base/uid-sets.ts';
import { conditionsIn } from '#model/filter.ts';
import type { FilterExpr } from '#model/filter.ts';
import { ruleOf } from '#model/link-rule.ts';
import type { Collection, CollectionPath, LinkRule, Model } from '#model/model.ts';
import type { AuthorizedPlan, FieldView } from '#store/plan.ts';
import type { Guarded, TenantReads } from '#store/store.ts';
import type { Narrow } from '../documents/document.ts';
import { isGuarded } from '../prepare-protection.ts';
import { showsIdentifier } from '../prune.ts';
import { leadingTo } from './choice-values.ts';
import { rowsOfPlan } from '../row-scope.ts';
import { rowsOfAll, rowsOfAny } from '../rows-together.ts';
import { levelsIn, sightOf } from './sight.ts';

/** What a choice is asked of. `planOf` gives null for what the caller sees nothing of. */
export type ChoiceDeps = {
  readonly model: Model;
  readonly reads: Pick<TenantReads, 'select' | 'uids' | 'heads' | 'linkedFrom' | 'related' | 'resolve' | 'guarded'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly planOf: (path: CollectionPath) => Promise<AuthorizedPlan | null>;
  /** What addresses begin with. */
  readonly baseUrl: string;
  /** Monotonic ms. */
  readonly deadline: number;
};

/** Rows that a caller sees of a collection, ascending. */
export const seenUids = async (
  reads: Pick<TenantReads, 'uids' | 'guarded'>,
  plan: AuthorizedPlan,
): Promise<Float64Array> => {
  const rows = rowsOfPlan(plan);
  return seenAmong(plan, await reads.guarded(plan.collection.path), rows ?? (await reads.uids(plan)));
};

/** Rows that match and that the caller sees, ascending; null when it takes too long. */
export const chosen = async (deps: ChoiceDeps, plan: AuthorizedPlan, narrow: Narrow): Promise<Float64Array | null> => {
  const found = await rowsOf(deps, plan, narrow);
  return found === null ? null : seenAmong(plan, await deps.reads.guarded(plan.collection.path), found);
};

const nothing = new Float64Array();

/** Those of some rows of a collection that the caller sees. */
export const seenAmong = (plan: AuthorizedPlan, guarded: Guarded, uids: Float64Array): Float64Array =>
  shownAmong(plan, guarded, uids, () => true);

/** Those that the caller sees, and through a view that shows something. */
const shownAmong = (
  plan: AuthorizedPlan,
  guarded: Guarded,
  uids: Float64Array,
  shows: (view: FieldView) => boolean,
): Float64Array => {
  const { viewOf, whole } = sightOf(plan);
  const [first] = plan.portions;
  const levelOf = levelsIn(guarded);
  if (plan.portions.length === 1 && whole !== null) {
    if (!shows(first.view)) return nothing;
    if (whole === 3 || guarded.uids.length === 0) return uids;
  }
  const judged = new Map<FieldView, boolean>();
  return uids.filter((uid) => {
    const view = viewOf(uid, levelOf(uid));
    if (view === null) return false;
    let shown = judged.get(view);
    if (shown === undefined) judged.set(view, (shown = shows(view)));
    return shown;
  });
};

/** Rows that match, of those at least that the caller sees; each row judged by its own view. */
const rowsOf = async (deps: ChoiceDeps, plan: AuthorizedPlan, narrow: Narrow): Promise<Float64Array | null> => {
  const { reads, clock, deadline } = deps;
  if (clock.monotonic() > deadline) return null;
  const guarded = await reads.guarded(plan.collection.path);
  switch (narrow.kind) {
    case 'rows': {
      // Somebody else's, or gone.
      const { uids } = await reads.heads(plan, [...sortedUids(narrow.uids)], 'levels');
      return uids;
    }
    case 'where':
      return where(deps, plan, guarded, narrow.filter);
    case 'any':
      return rowsOfAny(narrow.of, (each) => rowsOf(deps, plan, each));
    case 'all':
      return rowsOfAll(
        narrow.of,
        (each) => rowsOf(deps, plan, each),
        () => seenUids(reads, plan),
      );
    case 'not': {
      const found = await rowsOf(deps, plan, narrow.of);
      if (found === null) return null;
      const looked = narrow.keepsHidden === true ? null : lookedAt(plan.collection, narrow.of);
      return others(deps, plan, guarded, found, looked);
    }
    case 'through':
      return through(deps, plan, guarded, narrow.relation, (target) => chosen(deps, target, narrow.to));
    case 'led-to':
      return ledTo(deps, narrow);
  }
};

/** All rows but some, as far as they show what those were found by; null = whether they do or not. */
const others = async (
  { reads }: Pick<ChoiceDeps, 'reads'>,
  plan: AuthorizedPlan,
  guarded: Guarded,
  found: Float64Array,
  looked: LookedAt | null,
): Promise<Float64Array> => {
  const left = without(await seenUids(reads, plan), found);
  return shownAmong(plan, guarded, left, (view) => looked === null || showsAll(view, looked));
};

/** Rows with a link that shows, to rows that the caller sees and that match. */
const through = async (
  deps: ChoiceDeps,
  plan: AuthorizedPlan,
  guarded: Guarded,
  relation: string,
  targets: (target: AuthorizedPlan) => Promise<Float64Array | null>,
): Promise<Float64Array | null> => {
  const { collection } = plan;
  const rule = ruleOf(collection, relation);
  const target = rule === undefined || rule.target === null ? null : await deps.planOf(rule.target);
  if (rule === undefined || target === null) return nothing;
  const found = await targets(target);
  if (found === null || found.length === 0) return found;
  const looked = lookedAtBy(rule, relation);
  const isKept = rule.at.length === 0 || isGuarded(deps.model, target.collection.path);
  const linked = isKept
    ? await deps.reads.linkedFrom(relation, collection.path, rule.inverse, found)
    : await leadingTo(deps, plan, rule, target, found);
  return linked === null ? null : shownAmong(plan, guarded, linked, (view) => showsAll(view, looked));
};

// Rows whose links are asked for in one statement.
const rowsAtOnce = 4_096;

/** Rows to which rows that the caller sees, and that match, lead by links that it sees. Of those rows themselves nothing is looked at. */
const ledTo = async (
  deps: ChoiceDeps,
  { by, relation, of }: Extract<Narrow, { readonly kind: 'led-to' }>,
): Promise<Float64Array | null> => {
  const source = await deps.planOf(by);
  const found = source === null ? nothing : await chosen(deps, source, of);
  if (source === null || found === null) return found;
  const guarded = await deps.reads.guarded(by);
  const open = shownAmong(source, guarded, found, (view) => view.linked.has(relation));
  const sets: Float64Array[] = [];
  for (let at = 0; at < open.length; at += rowsAtOnce) {
    if (deps.clock.monotonic() > deps.deadline) return null;
    const pairs = await deps.reads.related(source, relation, [...open.subarray(at, at + rowsAtOnce)]);
    sets.push(pairs.to);
  }
  return unionOf(sets);
};

/** Filters know all links that are stored, the caller not: those parts of a filter are taken apart and judged as choices. */
const where = async (
  deps: ChoiceDeps,
  plan: AuthorizedPlan,
  guarded: Guarded,
  filter: FilterExpr,
): Promise<Float64Array | null> => {
  if (!asksForLinks(filter)) {
    const looked: LookedAt = { attributes: new Set(namesIn(filter)), relations: new Set() };
    if (!plan.portions.some(({ view }) => showsAny(view, looked))) return nothing;
    const found = await deps.reads.select(plan, { filter, since: null }, deps.deadline);
    return found === null ? null : shownAmong(plan, guarded, found, (view) => showsAll(view, looked));
  }
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const terms = filter.terms.map((term): Narrow => ({ kind: 'where', filter: term }));
      return rowsOf(deps, plan, { kind: filter.kind === 'and' ? 'all' : 'any', of: terms });
    }
    case 'not': {
      const found = await where(deps, plan, guarded, filter.term);
      const looked = lookedAt(plan.collection, { kind: 'where', filter: filter.term });
      return found === null ? null : others(deps, plan, guarded, found, looked);
    }
    case 'has-link':
      return through(deps, plan, guarded, filter.relation, (target) => seenUids(deps.reads, target));
    case 'linked':
      return through(deps, plan, guarded, filter.relation, async (target) => {
        const { collection, portions } = target;
        if (collection.path !== filter.target) return nothing;
        if (!portions.some(({ view }) => showsIdentifier(collection, view, filter.field))) return nothing;
        const [found] = await deps.reads.resolve([
          { collection: collection.path, field: filter.field, value: filter.value },
        ]);
        if (found === undefined || found.uid === null) return nothing;
        return shownAmong(target, await deps.reads.guarded(collection.path), Float64Array.of(found.uid), (view) =>
          showsIdentifier(collection, view, filter.field),
        );
      });
    default:
      return nothing;
  }
};

const asksForLinks = (filter: FilterExpr): boolean => relationsIn(filter).length > 0;

/** What of a row itself is looked at. */
type LookedAt = { readonly attributes: ReadonlySet<string>; readonly relations: ReadonlySet<string> };

const showsAll = (view: FieldView, { attributes, relations }: LookedAt): boolean =>
  (view.full || isIn(attributes, view.attributes)) && isIn(relations, view.linked);

/** Whether rows that are seen through it may show all of it, by themselves or together with what other views show of them. */
const showsAny = (view: FieldView, { attributes }: LookedAt): boolean =>
  view.full || attributes.size === 0 || [...attributes].some((name) => view.attributes.has(name));

const isIn = (some: ReadonlySet<string>, all: ReadonlySet<string>): boolean => {
  for (const one of some) if (!all.has(one)) return false;
  return true;
};

const lookedAt = (collection: Collection, narrow: Narrow): LookedAt => {
  const attributes = new Set<string>();
  const relations = new Set<string>();
  const add = (one: LookedAt): void => {
    for (const name of one.attributes) attributes.add(name);
    for (const name of one.relations) relations.add(name);
  };
  const visit = (one: Narrow): void => {
    switch (one.kind) {
      case 'all':
      case 'any':
        return one.of.forEach(visit);
      case 'not':
        return visit(one.of);
      case 'through': {
        const rule = ruleOf(collection, one.relation);
        return rule === undefined ? undefined : add(lookedAtBy(rule, one.relation));
      }
      case 'where':
        for (const name of namesIn(one.filter)) attributes.add(name);
        for (const name of relationsIn(one.filter)) relations.add(name);
        return undefined;
      case 'rows':
      case 'led-to':
        return undefined;
    }
  };
  visit(narrow);
  return { attributes, relations };
};

const lookedAtBy = ({ at }: LinkRule, relation: string): LookedAt => {
  const [holder] = at;
  return holder === undefined
    ? { attributes: new Set(), relations: new Set([relation]) }
    : { attributes: new Set([holder]), relations: new Set() };
};

/** Attributes of the row that a filter looks at. */
const namesIn = (filter: FilterExpr): readonly string[] =>
  conditionsIn(filter).flatMap((condition) => {
    switch (condition.kind) {
      case 'compare':
      case 'in':
        return condition.path.names.slice(0, 1);
      case 'any':
      case 'all':
        return condition.list.slice(0, 1);
      case 'linked':
      case 'has-link':
        return [];
    }
  });

const relationsIn = (filter: FilterExpr): readonly string[] =>
  conditionsIn(filter).flatMap((condition) => ('relation' in condition ? [condition.relation] : []));
