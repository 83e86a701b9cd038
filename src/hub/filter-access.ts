// A filter may only look at what its sender may see: otherwise its answers would tell. Called by hub/run.ts; asks the store which link
// targets exist, and holds no policy of its own: that is in the plan.
import { problem } from '#base/errors.ts';
import type { Problem } from '#base/errors.ts';
import { nearest } from '#base/text.ts';
import { conditionsIn } from '#model/filter.ts';
import type { FilterExpr } from '#model/filter.ts';
import type { AuthorizedPlan, FieldView } from '#store/plan.ts';
import type { TenantReads } from '#store/store.ts';
import { linkClearance } from './protection.ts';
import { showsTarget } from './prune.ts';

/**
 * The problem of a filter that touches a field outside some portion's view, worded as for a property that does not exist; null when there
 * is none. What only some rows show cannot be asked for at all, since the answer would tell about the others.
 */
export const unseenInFilter = (filter: FilterExpr, plan: AuthorizedPlan): Problem | null => {
  if (plan.plain) return null;
  const views = plan.portions.map(({ view }) => view);
  const seen = {
    attributes: inAll(views, (view) => view.attributes),
    relations: inAll(views, (view) => view.relations),
  };
  const unseen = firstUnseen(filter, seen);
  if (unseen === null) return null;
  const near = nearest(unseen, inModelOrder(plan, seen));
  const hint = near === null ? '' : `; the nearest is "${near}"`;
  return problem('HUB-205', `${plan.collection.class.className} has no property of this name${hint}.`);
};

type Seen = { readonly attributes: ReadonlySet<string>; readonly relations: ReadonlySet<string> };

const inAll = (views: readonly FieldView[], of: (view: FieldView) => ReadonlySet<string>): ReadonlySet<string> => {
  const [first, ...rest] = views.map(of);
  return new Set([...(first ?? [])].filter((name) => rest.every((names) => names.has(name))));
};

/** The order in which a model without the unseen would list the names: of equally near ones the first is named. */
const inModelOrder = ({ collection }: AuthorizedPlan, seen: Seen): readonly string[] => [
  ...[...collection.class.attributeByName.keys()].filter((name) => seen.attributes.has(name)),
  ...[...collection.links.keys()].filter((name) => seen.relations.has(name)),
];

const firstUnseen = (filter: FilterExpr, seen: Seen): string | null =>
  conditionsIn(filter)
    .map((condition) => {
      switch (condition.kind) {
        case 'compare':
        case 'in':
          return outside(seen.attributes, condition.path.names[0]);
        // Inside a lambda the paths start at the element, whose list has been judged.
        case 'any':
        case 'all':
          return outside(seen.attributes, condition.list[0]);
        case 'linked':
        case 'has-link':
          return outside(seen.relations, condition.relation);
      }
    })
    .find((name) => name !== null) ?? null;

const outside = (names: ReadonlySet<string>, name: string | undefined): string | null =>
  name === undefined || names.has(name) ? null : name;

/**
 * The same filter with links as the caller sees them: what is asked about a target that it may not see, or by an identifier that it may
 * not see, is answered as for a target that does not exist.
 */
export const withSeenTargets = async (
  filter: FilterExpr,
  plan: AuthorizedPlan,
  reads: TenantReads,
): Promise<FilterExpr> => {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return {
        kind: filter.kind,
        terms: await Promise.all(filter.terms.map((term) => withSeenTargets(term, plan, reads))),
      };
    case 'not':
      return { kind: 'not', term: await withSeenTargets(filter.term, plan, reads) };
    case 'linked':
      // No identifier is the empty text.
      return (await seesTarget(filter, plan, reads)) ? filter : { ...filter, value: '' };
    default:
      return filter;
  }
};

const seesTarget = async (
  { target, field, value }: Extract<FilterExpr, { kind: 'linked' }>,
  plan: AuthorizedPlan,
  reads: TenantReads,
): Promise<boolean> => {
  if (!plan.portions.every(({ view }) => view.targets.get(target)?.has(field) === true)) return false;
  if (!plan.visibleTargets.has(target) && plan.targetClearance.get(target) === 3) return true;
  const [found] = await reads.resolve([{ collection: target, field, value }]);
  return found !== undefined && showsTarget(plan, target, found, field);
};

/** True when a filter asks whether there is a link at all: of links the caller may not see all. */
export const asksForLinks = (filter: FilterExpr): boolean =>
  conditionsIn(filter).some(({ kind }) => kind === 'has-link');

/** True when the stored links of a row are all that the caller sees of it. */
export const seesAllLinks = (plan: AuthorizedPlan, linked: number): boolean =>
  plan.plain && linked <= linkClearance(plan);
