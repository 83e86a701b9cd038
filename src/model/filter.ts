// The typed filter: what every API's own filter syntax is parsed into, checked against the model, and what the stores compile to
// their SQL. Knows no syntax and no SQL. Semantics follow FINT (facts 2.7): text is compared without regard to case by eq, ne, gt,
// ge, lt, le and in; contains, startswith and endswith regard case; a missing value makes a comparison false, ne included.
import type { PrimitiveKind } from './model.ts';

export type ComparisonOperator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le' | 'contains' | 'startswith' | 'endswith';

/** A literal, already of the attribute's kind. Dates and date-times are epoch milliseconds, compared to the second. */
export type FilterValue =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'instant'; readonly value: number };

/** An attribute inside the resource or inside a lambda's element: jsonNames from the outside in; no lists on the way. */
export type FilterPath = { readonly names: readonly string[]; readonly kind: PrimitiveKind };

export type FilterExpr =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly FilterExpr[] }
  | { readonly kind: 'not'; readonly term: FilterExpr }
  | {
      readonly kind: 'compare';
      readonly path: FilterPath;
      readonly operator: ComparisonOperator;
      readonly value: FilterValue;
    }
  | { readonly kind: 'in'; readonly path: FilterPath; readonly values: readonly FilterValue[] }
  /** any/all over a list attribute; inside, paths start at the element. An element that is itself a value has the empty path. */
  | { readonly kind: 'any' | 'all'; readonly list: readonly string[]; readonly term: FilterExpr }
  /** The resource has a link (delivered or inverse) by `relation` whose target is addressed by this identifier. */
  | {
      readonly kind: 'linked';
      readonly relation: string;
      readonly target: string;
      readonly field: string;
      readonly value: string;
    }
  /** The resource has any link by `relation`. */
  | { readonly kind: 'has-link'; readonly relation: string };

/** A term that is not put together of others. What stands inside a lambda is of its elements: not one of the filter. */
export type Condition = Exclude<FilterExpr, { readonly kind: 'and' | 'or' | 'not' }>;

/** What a filter puts together by and, or and not, from left to right. */
export const conditionsIn = (filter: FilterExpr): readonly Condition[] => {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.flatMap(conditionsIn);
    case 'not':
      return conditionsIn(filter.term);
    default:
      return [filter];
  }
};
