// A typed filter as SQL over the stored body. Used by tenant-reads.ts. Only constants of this file and bound parameters reach the SQL text.
import type { FilterExpr, FilterPath, FilterValue } from '#model/filter.ts';

export type SqlValue = string | number;
export type SqlFilter = { readonly where: string; readonly values: readonly SqlValue[] };

/** Uids that answer to a `linked` term, found beforehand by the link table. */
export type ResolveLinked = (term: Extract<FilterExpr, { kind: 'linked' }>) => Float64Array;

/** Compiles a filter to a condition over `r.body` (text) and `r.uid`. A comparison with a missing value is false, also under ne (facts 2.7). */
export const filterToSql = (filter: FilterExpr, linked: ResolveLinked): SqlFilter => {
  const values: SqlValue[] = [];
  const where = compile(filter, { element: null, depth: 0, values, linked });
  return { where, values };
};

/** `element` is the alias of the innermost lambda's row; null at the resource itself. */
type Scope = {
  readonly element: string | null;
  readonly depth: number;
  readonly values: SqlValue[];
  readonly linked: ResolveLinked;
};

const compile = (filter: FilterExpr, scope: Scope): string => {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.terms.map((term) => compile(term, scope)).join(filter.kind === 'and' ? ' AND ' : ' OR ')})`;
    case 'not':
      return `NOT ${compile(filter.term, scope)}`;
    case 'compare': {
      // The comparison may be NULL; false is what FINT gives, and NOT of it must be true.
      if (filter.operator === 'contains' || filter.operator === 'startswith' || filter.operator === 'endswith')
        return textSearch(filter.path, filter.operator, filter.value, scope);
      const left = operand(filter.path, scope);
      return `coalesce(${left} ${sqlOperators[filter.operator]} ${bind(filter.value, scope)}, 0)`;
    }
    case 'in': {
      const left = operand(filter.path, scope);
      return `coalesce(${left} IN (${filter.values.map((value) => bind(value, scope)).join(', ')}), 0)`;
    }
    case 'any':
    case 'all': {
      scope.values.push(jsonPath(filter.list));
      const alias = `e${scope.depth}`;
      const document =
        scope.element === null
          ? 'r.body'
          : `CASE WHEN ${scope.element}.type IN ('object', 'array') THEN ${scope.element}.value ELSE '[]' END`;
      const list = `json_each(${document}, ?) ${alias}`;
      const inner = compile(filter.term, { ...scope, element: alias, depth: scope.depth + 1 });
      return filter.kind === 'any'
        ? `EXISTS (SELECT 1 FROM ${list} WHERE ${inner})`
        : `NOT EXISTS (SELECT 1 FROM ${list} WHERE NOT ${inner})`;
    }
    case 'linked':
      scope.values.push(JSON.stringify([...scope.linked(filter)]));
      return `r.uid IN (SELECT value FROM json_each(?))`;
    case 'has-link':
      scope.values.push(jsonPath(['_links', filter.relation]));
      return `(json_type(r.body, ?) IS NOT NULL)`;
  }
};

const sqlOperators = { eq: '=', ne: '<>', gt: '>', ge: '>=', lt: '<', le: '<=' } as const;

/** The raw value at a path: of the body, or of a lambda's element (`e0.value`, which is JSON text for objects and plain for the rest). */
const rawValue = (path: FilterPath, scope: Scope): string => {
  if (scope.element === null) {
    scope.values.push(jsonPath(path.names));
    return 'json_extract(r.body, ?)';
  }
  if (path.names.length === 0) return `${scope.element}.value`;
  scope.values.push(jsonPath(path.names));
  // An element that is no object has no members.
  return `CASE WHEN ${scope.element}.type IN ('object', 'array') THEN json_extract(${scope.element}.value, ?) END`;
};

const operand = (path: FilterPath, scope: Scope): string => {
  const raw = rawValue(path, scope);
  switch (path.kind) {
    case 'string':
    case 'time':
    case 'duration':
      return `fold(${raw})`;
    case 'decimal':
      return `CAST(${raw} AS REAL)`;
    case 'date':
    case 'dateTime':
      return `unixepoch(${raw})`;
    default:
      return raw;
  }
};

const bind = (value: FilterValue, scope: Scope): string => {
  switch (value.kind) {
    case 'text':
      scope.values.push(value.value);
      return 'fold(?)';
    case 'number':
      scope.values.push(value.value);
      return '?';
    case 'boolean':
      scope.values.push(value.value ? 1 : 0);
      return '?';
    case 'instant':
      scope.values.push(Math.floor(value.value / 1000));
      return '?';
  }
};

const textSearch = (
  path: FilterPath,
  operator: 'contains' | 'startswith' | 'endswith',
  value: FilterValue,
  scope: Scope,
): string => {
  const raw = rawValue(path, scope);
  const text = String(value.value).normalize('NFC');
  if (text === '') return `(${raw} IS NOT NULL)`;
  if (operator === 'contains') {
    scope.values.push(text);
    return `coalesce(instr(${raw}, ?) > 0, 0)`;
  }
  scope.values.push([...text].length, text);
  const part = operator === 'startswith' ? `substr(${raw}, 1, ?)` : `substr(${raw}, -?)`;
  return `coalesce(${part} = ?, 0)`;
};

/** `$."a"."b"`: names come from the model and hold no quotes. */
const jsonPath = (names: readonly string[]): string => `$${names.map((name) => `."${name}"`).join('')}`;
