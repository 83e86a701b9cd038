// That an attribute has a value, as a filter of the hub: days as dates are stored, numbers and texts by the kind of the attribute. Used by whoever chooses
// rows by what clients have sent. Pure.
import type { FilterExpr, FilterPath, FilterValue } from '#model/filter.ts';
import { parseInstant } from '#model/kinds.ts';

/** An attribute, also one that stands in a list: `list` leads to the list, and the path goes on from its element (empty for an element that is a value). */
export type ListedPath = { readonly list: readonly string[] | null; readonly path: FilterPath };

/** That an attribute has a value, or an element of the list has it; null where there is no such value. */
export const equalTo = ({ list, path }: ListedPath, value: unknown): FilterExpr | null => {
  const term = isOneOf(path, [value]);
  return term === null || list === null ? term : { kind: 'any', list, term };
};

/** That an attribute has one of some values; null where there are none. */
export const isOneOf = (path: FilterPath, values: readonly unknown[]): FilterExpr | null => {
  if (path.kind === 'date') {
    const days = values.flatMap((value) => dayOf(value) ?? []);
    const terms = days.map((day): FilterExpr => ({
      kind: 'and',
      terms: [instantAt(path, 'ge', day.from), instantAt(path, 'le', day.to)],
    }));
    const [only, ...others] = terms;
    if (only === undefined) return null;
    return others.length === 0 ? only : { kind: 'or', terms };
  }
  const literals = values.map((value) => literal(path, value));
  return literals.length === 0 ? null : { kind: 'in', path, values: literals };
};

const literal = ({ kind }: FilterPath, value: unknown): FilterValue => {
  switch (kind) {
    case 'boolean':
      return { kind: 'boolean', value: value === true };
    case 'int':
    case 'long':
    case 'float':
    case 'double':
    case 'decimal':
      return { kind: 'number', value: Number(value) };
    case 'date':
    case 'dateTime':
      return { kind: 'instant', value: parseInstant(String(value)) ?? 0 };
    default:
      return { kind: 'text', value: String(value) };
  }
};

/** An instant compared with that of an attribute. */
export const instantAt = (path: FilterPath, operator: 'ge' | 'gt' | 'le' | 'lt', value: number): FilterExpr => ({
  kind: 'compare',
  path,
  operator,
  value: { kind: 'instant', value },
});

/** Epoch milliseconds between which a date of the day is stored. */
export type Day = { readonly from: number; readonly to: number };

const hours = 3_600_000;

/** A day (`2026-08-01`) as dates are stored: noon, or the midnight of Norway that it begins with. Null for no day. */
export const dayOf = (value: unknown): Day | null => {
  const midnight = typeof value === 'string' ? parseInstant(value) : null;
  return midnight === null ? null : { from: midnight - 2 * hours, to: midnight + 22 * hours - 1_000 };
};
