// A filter may only look at what its sender may see: otherwise its answers would tell. Called by hub/run.ts; pure.
import { problem } from '#base/errors.ts';
import type { Problem } from '#base/errors.ts';
import type { FilterExpr } from '#model/filter.ts';
import type { AuthorizedPlan } from '#store/plan.ts';

/** The problem of a filter that touches a field outside some portion's view, worded as for a property that does not exist; null when there is none. */
export const unseenInFilter = (filter: FilterExpr, plan: AuthorizedPlan): Problem | null => {
  if (plan.plain) return null;
  const unseen = plan.portions.map(({ view }) => firstUnseen(filter, view.attributes, view.relations, new Set(view.targets.keys()))).find((name) => name !== null);
  return unseen === undefined || unseen === null ? null : problem('HUB-205', `The class has no property ${unseen}.`);
};

const firstUnseen = (filter: FilterExpr, attributes: ReadonlySet<string>, relations: ReadonlySet<string>, targets: ReadonlySet<string>): string | null => {
  const visit = (term: FilterExpr): string | null => firstUnseen(term, attributes, relations, targets);
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.map(visit).find((name) => name !== null) ?? null;
    case 'not':
      return visit(filter.term);
    case 'compare':
    case 'in':
      return outside(attributes, filter.path.names[0]);
    // Inside a lambda the paths start at the element, whose list has been judged.
    case 'any':
    case 'all':
      return outside(attributes, filter.list[0]);
    case 'linked':
      return outside(relations, filter.relation) ?? outside(targets, filter.target);
    case 'has-link':
      return outside(relations, filter.relation);
  }
};

const outside = (names: ReadonlySet<string>, name: string | undefined): string | null => (name === undefined || names.has(name) ? null : name);
