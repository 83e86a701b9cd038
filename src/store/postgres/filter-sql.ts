// A typed filter as SQL over the stored body. Used by reads.ts. Only constants of this file, names of the model and numbers of parameters reach
// the SQL text.
import type { FilterExpr, FilterPath, FilterValue } from '#model/filter.ts';
import type { Cell } from './database.ts';

export type SqlFilter = { readonly where: string; readonly values: readonly Cell[] };

/** Uids that answer to a `linked` term, found beforehand by the link table. */
export type ResolveLinked = (term: Extract<FilterExpr, { kind: 'linked' }>) => Float64Array;

/**
 * Text of JSON as a value: texts of ours may hold what PostgreSQL's own type does not, the escapes of U+0000 and of halves of a pair (whole pairs
 * are never written as escapes). Those become U+FFFD; who has none pays for one look.
 */
export const jsonOf = (text: string): string =>
  `(CASE WHEN strpos(${text}, '\\u') > 0 THEN regexp_replace(${text}, '${unheld}', '\\1\\\\ufffd', 'g') ELSE ${text} END)::jsonb`;

// A backslash that is itself escaped begins no escape: so pairs of them are taken along.
const unheld = String.raw`(?<!\\)((?:\\\\)*)\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})`;

/** What a filter is judged over: the body of `r` as JSON, once per row. */
export const documentOfRow = `CROSS JOIN LATERAL (SELECT ${jsonOf("convert_from(r.body, 'UTF8')")} AS j OFFSET 0) d`;

/**
 * Compiles a filter to a condition over `d.j` and `r.uid`; its parameters are numbered after `first`. A comparison with a missing value is
 * false, also under ne (facts 2.7).
 */
export const filterToSql = (filter: FilterExpr, first: number, linked: ResolveLinked): SqlFilter => {
  const values: Cell[] = [];
  const where = compile(filter, { element: 'd.j', depth: 0, first, values, linked });
  return { where, values };
};

/** `element` is the JSON value that paths start from: the document, or the element of the innermost lambda. */
type Scope = {
  readonly element: string;
  readonly depth: number;
  readonly first: number;
  readonly values: Cell[];
  readonly linked: ResolveLinked;
};

const compile = (filter: FilterExpr, scope: Scope): string => {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.terms.map((term) => compile(term, scope)).join(filter.kind === 'and' ? ' AND ' : ' OR ')})`;
    case 'not':
      return `NOT ${compile(filter.term, scope)}`;
    case 'compare':
      // The comparison may be NULL; false is what FINT gives, and NOT of it must be true.
      return filter.operator === 'contains' || filter.operator === 'startswith' || filter.operator === 'endswith'
        ? textSearch(filter.path, filter.operator, filter.value, scope)
        : `coalesce(${operand(filter.path, filter.value, scope)} ${sqlOperators[filter.operator]} ${bind(filter.value, scope)}, false)`;
    case 'in':
      return filter.values.length === 0
        ? 'false'
        : `(${filter.values.map((value) => compile({ kind: 'compare', path: filter.path, operator: 'eq', value }, scope)).join(' OR ')})`;
    case 'any':
    case 'all': {
      const alias = `e${scope.depth}`;
      const found = at(scope.element, filter.list);
      const list = `jsonb_array_elements(CASE WHEN jsonb_typeof(${found}) = 'array' THEN ${found} END) AS ${alias} (j)`;
      const inner = compile(filter.term, { ...scope, element: `${alias}.j`, depth: scope.depth + 1 });
      return filter.kind === 'any'
        ? `EXISTS (SELECT 1 FROM ${list} WHERE ${inner})`
        : `NOT EXISTS (SELECT 1 FROM ${list} WHERE NOT ${inner})`;
    }
    case 'linked':
      return `(r.uid = ANY (${parameter([...scope.linked(filter)], 'bigint[]', scope)}))`;
    case 'has-link':
      return `(${at(scope.element, ['_links', filter.relation])} IS NOT NULL)`;
  }
};

const sqlOperators = { eq: '=', ne: '<>', gt: '>', ge: '>=', lt: '<', le: '<=' } as const;

/** The value at a path, NULL when it is missing: what is no object has no members. */
const at = (element: string, names: readonly string[]): string =>
  `(${element}${names.map((name) => ` -> '${name.replaceAll("'", "''")}'::text`).join('')})`;

const parameter = (value: Cell, type: string, scope: Scope): string => {
  scope.values.push(value);
  return `$${scope.first + scope.values.length}::${type}`;
};

/** As in base/text.ts: one normal form, full lower case, no locale; compared by code points. */
const folded = (text: string): string => `lower(normalize(${text}, NFC) COLLATE "und-x-icu") COLLATE "C"`;

/** A JSON value as text, when it is of that type; else NULL. */
const ofType = (raw: string, type: 'string' | 'number' | 'boolean'): string =>
  `CASE WHEN jsonb_typeof(${raw}) = '${type}' THEN ${raw} #>> '{}' END`;

const operand = (path: FilterPath, value: FilterValue, scope: Scope): string => {
  const raw = at(scope.element, path.names);
  switch (value.kind) {
    case 'text':
      return folded(ofType(raw, 'string'));
    case 'number':
      return path.kind === 'decimal' ? decimal(ofType(raw, 'string')) : `(${ofType(raw, 'number')})::numeric`;
    case 'boolean':
      return `(${ofType(raw, 'boolean')})::boolean`;
    case 'instant':
      return instant(ofType(raw, 'string'));
  }
};

const bind = (value: FilterValue, scope: Scope): string => {
  switch (value.kind) {
    case 'text':
      // A query of its own is worked out once, not for every row.
      return `(SELECT ${folded(parameter(held(value.value), 'text', scope))})`;
    case 'number':
      return parameter(String(value.value), 'numeric', scope);
    case 'boolean':
      return parameter(value.value, 'boolean', scope);
    case 'instant':
      return parameter(Math.floor(value.value / 1_000), 'bigint', scope);
  }
};

/** A decimal is text in JSON; other text is NULL, whatever the model said when it was stored. */
const decimal = (text: string): string =>
  String.raw`(SELECT CASE WHEN t ~ '^-?\d+(?:\.\d+)?$' THEN t::numeric END FROM (SELECT ${text} AS t) x)`;

/** No stored text holds U+0000 or half of a pair. */
const held = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\ufffd');

// As model/kinds.ts reads them; stored ones are `yyyy-MM-ddTHH:mm:ssZ`.
const form = String.raw`^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}(?::?\d{2})?))?$`;

const part = (from: number, length: number): string => `substr(t, ${from}, ${length})::integer`;

/**
 * Seconds since the epoch of a text, rounded down; NULL when it is no time. Worked out by numbers, since PostgreSQL's own reading fails the
 * whole statement for a day that its month does not have.
 */
const instant = (text: string): string => {
  // 400 years on, so that the year 0 can be told; they are 146,097 days.
  const days = `make_date(${part(1, 4)} + 400, ${part(6, 2)}, 1) - date '1970-01-01' - 146097 + ${part(9, 2)} - 1`;
  const seconds = `CASE WHEN substr(t, 17, 1) = ':' THEN ${part(18, 2)} ELSE 0 END`;
  const zone = `substring(t from '[+-]\\d{2}(?::?\\d{2})?$')`;
  const minutes = `(substr(z, 2, 2)::integer * 60 + coalesce(nullif(replace(substr(z, 4), ':', ''), '')::integer, 0)) * CASE left(z, 1) WHEN '-' THEN -1 ELSE 1 END`;
  const offset = `coalesce((SELECT ${minutes} FROM (SELECT ${zone} AS z) y WHERE length(t) > 10), 0)`;
  return `(SELECT CASE WHEN t ~ '${form}' THEN (${days})::bigint * 86400
    + CASE WHEN length(t) > 10 THEN ${part(12, 2)} * 3600 + ${part(15, 2)} * 60 + ${seconds} - ${offset} * 60 ELSE 0 END END
    FROM (SELECT ${text} AS t) x)`;
};

const textSearch = (
  path: FilterPath,
  operator: 'contains' | 'startswith' | 'endswith',
  value: FilterValue,
  scope: Scope,
): string => {
  const text = ofType(at(scope.element, path.names), 'string');
  const wanted = held(String(value.value).normalize('NFC'));
  if (wanted === '') return `(${text} IS NOT NULL)`;
  const sought = parameter(wanted, 'text', scope);
  if (operator === 'contains') return `coalesce(strpos(${text} COLLATE "C", ${sought}) > 0, false)`;
  const length = [...wanted].length;
  const piece = operator === 'startswith' ? `left(${text}, ${length})` : `right(${text}, ${length})`;
  return `coalesce(${piece} COLLATE "C" = ${sought}, false)`;
};
