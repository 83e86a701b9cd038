// The meaning of a typed filter, written as plainly as it can be: on one resource as parsed HAL JSON, in memory. Stores are compared
// with it in tests. No index, no SQL, no model.
import { fold } from '#base/text.ts';
import type { ComparisonOperator, FilterExpr, FilterPath, FilterValue } from '#model/filter.ts';
import { encodeSegment } from '#model/href.ts';
import { parseInstant } from '#model/kinds.ts';

/** Links are judged by the hrefs that the resource shows: `…/{target}/{field}/{encoded value}`. */
export const evaluateFilter = (filter: FilterExpr, resource: unknown): boolean => {
  switch (filter.kind) {
    case 'and':
      return filter.terms.every((term) => evaluateFilter(term, resource));
    case 'or':
      return filter.terms.some((term) => evaluateFilter(term, resource));
    case 'not':
      return !evaluateFilter(filter.term, resource);
    case 'compare':
      return compare(valueAt(resource, filter.path), filter.operator, filter.value);
    case 'in':
      return filter.values.some((value) => compare(valueAt(resource, filter.path), 'eq', value));
    case 'any':
      return elements(resource, filter.list).some((element) => evaluateFilter(filter.term, element));
    case 'all':
      // An empty and a missing list are the same: nothing contradicts.
      return elements(resource, filter.list).every((element) => evaluateFilter(filter.term, element));
    case 'linked': {
      const tail = `/${filter.target}/${filter.field}/${encodeSegment(filter.value)}`;
      return hrefs(resource, filter.relation).some((href) => href.endsWith(tail));
    }
    case 'has-link':
      return hrefs(resource, filter.relation).length > 0;
  }
};

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;

const follow = (value: unknown, names: readonly string[]): unknown => names.reduce(member, value);

/** A decimal is a text in JSON and compared as a number. */
const valueAt = (resource: unknown, { names, kind }: FilterPath): unknown => {
  const found = follow(resource, names);
  return kind === 'decimal' && typeof found === 'string' ? Number(found) : found;
};

const elements = (value: unknown, names: readonly string[]): readonly unknown[] => {
  const found = follow(value, names);
  return Array.isArray(found) ? found : [];
};

const hrefs = (resource: unknown, relation: string): readonly string[] =>
  elements(resource, ['_links', relation])
    .map((link) => member(link, 'href'))
    .filter((href) => typeof href === 'string');

/** A missing value, or one of another kind, satisfies nothing. */
const compare = (found: unknown, operator: ComparisonOperator, value: FilterValue): boolean => {
  switch (value.kind) {
    case 'text':
      return typeof found === 'string' && compareText(found, operator, value.value);
    case 'number':
      return typeof found === 'number' && ordered(found - value.value, operator);
    case 'boolean':
      return typeof found === 'boolean' && (operator === 'eq' ? found === value.value : found !== value.value);
    case 'instant': {
      const instant = typeof found === 'string' ? parseInstant(found) : null;
      return instant !== null && ordered(Math.floor(instant / 1000) - Math.floor(value.value / 1000), operator);
    }
  }
};

const compareText = (found: string, operator: ComparisonOperator, value: string): boolean => {
  if (operator === 'contains') return found.includes(value);
  if (operator === 'startswith') return found.startsWith(value);
  if (operator === 'endswith') return found.endsWith(value);
  return ordered(Buffer.compare(Buffer.from(fold(found)), Buffer.from(fold(value))), operator);
};

const ordered = (difference: number, operator: ComparisonOperator): boolean => {
  switch (operator) {
    case 'eq':
      return difference === 0;
    case 'ne':
      return difference !== 0;
    case 'gt':
      return difference > 0;
    case 'ge':
      return difference >= 0;
    case 'lt':
      return difference < 0;
    case 'le':
      return difference <= 0;
    default:
      return false;
  }
};
