// What the columns of a change become: values and links by the place in the model where they are written. Used by write-rows.ts; asks nothing of anybody.
import { problem } from '#base/errors.ts';
import type { ProblemItem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import type { ReadTableMember, ReadTableWrites, TableChange } from './table.ts';

/** What is to be written at a place. */
export type PlacedValues = {
  /** Attributes by jsonName; null takes away. */
  readonly values: Readonly<Record<string, unknown>>;
  /** By relation: the value of an identifier of what it is to lead to; null for nothing. */
  readonly links: Readonly<Record<string, { readonly member: ReadTableMember; readonly value: string | null }>>;
};

export type ReadChange = {
  readonly change: TableChange;
  /** By place; '' is the row, and is always there. */
  readonly places: ReadonlyMap<string, PlacedValues>;
  /** Of a row that is changed: what is sent of what may not change, by index of the member. */
  readonly fixed: ReadonlyMap<number, unknown>;
};

/** The problem of what was sent in columns. */
export const badColumns = (errors: readonly ProblemItem[]) =>
  problem('HUB-103', 'The row cannot be written as it was sent; nothing was changed.', { errors });

/** Reads a change. Fails with HUB-103, every column that is wrong named in `errors`. */
export const readChange = (
  { writes, members, names }: ReadTableWrites,
  change: TableChange,
  identifierValue: string,
): Result<ReadChange> => {
  const { operation, values } = change;
  const errors = strangers(change, names, writes.readOnly);
  const places = new Map<string, { values: Values; links: Record<string, PlacedValues['links'][string]> }>();
  const at = (place: string) => {
    const known = places.get(place) ?? { values: {}, links: {} };
    places.set(place, known);
    return known;
  };
  at('').values = operation === 'create' ? { ...writes.makes } : {};
  const fixed = new Map<number, unknown>();
  for (const [index, one] of members.entries()) {
    const { member, place, target } = one;
    const sent = member.of.map((name) => (Object.hasOwn(values, name) ? values[name] : undefined));
    const isMade = operation === 'create';
    if (isMade && member.required === true) {
      const lacking = member.of.filter((_, column) => (sent[column] ?? null) === null);
      errors.push(...lacking.map((name) => ({ at: `/${name}`, message: 'has to be given' })));
      if (lacking.length > 0) continue;
    }
    if (sent.every((value) => value === undefined)) continue;
    const isFixed = !isMade && member.fixed === true;
    // Some columns of a key say nothing about the key.
    if (isFixed && sent.includes(undefined)) continue;
    if (member.shared !== undefined && sent.includes(undefined)) {
      const own = member.of.filter((name) => !member.shared?.includes(name));
      const isMeant = own.some((name) => values[name] !== undefined);
      const lacking = isMeant ? own.filter((name) => values[name] === undefined) : [];
      errors.push(...lacking.map((name) => ({ at: `/${name}`, message: 'has to be given' })));
      continue;
    }
    const isTaken = sent.every((value) => value === undefined || value === null);
    // Of what is made nothing is there to be taken away.
    if (isTaken && isMade) continue;
    const value = isTaken ? null : member.make(...sent);
    if (value === undefined)
      errors.push(
        ...member.of
          .filter((_, column) => sent[column] !== undefined)
          .map((name) => ({ at: `/${name}`, message: 'is not a value that can be kept' })),
      );
    else if (isFixed) fixed.set(index, value);
    else if (target.kind === 'link')
      at(place).links[target.relation] = { member: one, value: value === null ? null : String(value) };
    else {
      const kept = value !== null && target.identifier ? { [identifierValue]: value } : value;
      put(at(place).values, target.attributes, kept);
    }
  }
  return errors.length > 0 ? failed(badColumns(distinct(errors))) : ok({ change, places, fixed });
};

const strangers = (
  { operation, values }: TableChange,
  names: ReadonlySet<string>,
  readOnly: readonly string[],
): ProblemItem[] =>
  Object.keys(values).flatMap((name): ProblemItem[] => {
    if (operation === 'delete') return [{ at: `/${name}`, message: 'says nothing about a row that is removed' }];
    if (names.has(name)) return [];
    return [{ at: `/${name}`, message: readOnly.includes(name) ? 'is not to be written' : 'is no column' }];
  });

/** Each that says the same of the same column once. */
export const distinct = (errors: readonly ProblemItem[]): readonly ProblemItem[] => [
  ...new Map(errors.map((error) => [`${error.at} ${error.message}`, error])).values(),
];

type Values = { [name: string]: unknown };

/** Puts a value where a path of attributes leads. */
const put = (into: Values, path: readonly string[], value: unknown): void => {
  const [first = '', ...rest] = path;
  if (rest.length === 0) into[first] = value;
  else {
    const inner: Values = { ...(into[first] as Values | null | undefined) };
    put(inner, rest, value);
    into[first] = inner;
  }
};
