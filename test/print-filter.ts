// Writes a typed filter as the text that the filter parser of the FINT API reads back to the same filter. For tests that make up filters
// and for their messages. Knows no model.
import { formatInstant } from '#base/clock.ts';
import type { FilterExpr, FilterPath, FilterValue } from '#model/filter.ts';
import { encodeSegment } from '#model/href.ts';

/** Gives the `$filter` text; instants to the second. Holds values of the filter: not for logs. */
export const printFilter = (filter: FilterExpr): string => print(filter, 0);

const print = (filter: FilterExpr, level: number): string => {
  switch (filter.kind) {
    case 'and':
      return filter.terms.map((term) => group(term, level, ['and', 'or'])).join(' and ');
    case 'or':
      return filter.terms.map((term) => group(term, level, ['or'])).join(' or ');
    case 'not':
      return `not ${group(filter.term, level, ['and', 'or'])}`;
    case 'compare':
      return `${pathText(filter.path, level)} ${filter.operator} ${valueText(filter.value)}`;
    case 'in':
      return `${pathText(filter.path, level)} in (${filter.values.map(valueText).join(',')})`;
    case 'any':
    case 'all':
      return `${inside(filter.list, level)}/${filter.kind}(${variable(level + 1)}:${print(filter.term, level + 1)})`;
    case 'linked':
      return `_links/${filter.relation}/any(x:x/href eq ${quote(`/${filter.target}/${filter.field}/${encodeSegment(filter.value)}`)})`;
    case 'has-link':
      return `_links/${filter.relation}/any()`;
  }
};

const group = (term: FilterExpr, level: number, looser: readonly FilterExpr['kind'][]): string =>
  looser.includes(term.kind) ? `(${print(term, level)})` : print(term, level);

const variable = (level: number): string => `x${level}`;

const inside = (names: readonly string[], level: number): string =>
  (level === 0 ? names : [variable(level), ...names]).join('/');

const pathText = (path: FilterPath, level: number): string => inside(path.names, level);

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const valueText = (value: FilterValue): string => {
  switch (value.kind) {
    case 'text':
      return quote(value.value);
    case 'instant':
      return quote(formatInstant(value.value));
    default:
      return String(value.value);
  }
};
