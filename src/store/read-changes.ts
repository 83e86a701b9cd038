// A row of the change feed as the contract gives it. Used by the reading halves of the engines; pure.
import type { IdentifierValue, StoredChange } from './store.ts';
import { changeKinds } from './writing/change-writer.ts';
import { namesIn } from './writing/changed-names.ts';
import { ownIn } from './writing/protection-bits.ts';

/** `before` is JSON text, `fields` the column (writing/changed-names.ts), each '' for none. `wordOf` gives a word by its number, '' where there is none. */
export const changeOf = (
  row: {
    readonly position: number;
    readonly uid: number;
    readonly kind: number;
    readonly at: number;
    readonly before: string;
    readonly level: number;
    readonly fields: string;
  },
  clearance: number,
  wordOf: (id: number) => string,
): StoredChange => ({
  position: row.position,
  uid: row.uid,
  kind: kindOf(row.kind),
  at: row.at,
  before: identifiersIn(row.before),
  level: ownIn(row.level),
  fields:
    row.fields === '' ? [] : [...new Set(namesIn(row.fields, clearance).map(wordOf))].filter((name) => name !== ''),
});

/** The kind of a change by its number. */
export const kindOf = (kind: number): StoredChange['kind'] => {
  const name = changeKinds[kind];
  return name === undefined || name === '' ? 'updated' : name;
};

/** Identifiers as JSON text, '' for none. */
export const identifiersIn = (text: string): readonly IdentifierValue[] => {
  const value: unknown = JSON.parse(text === '' ? '[]' : text);
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) =>
    typeof each === 'object' &&
    each !== null &&
    'field' in each &&
    'value' in each &&
    typeof each.field === 'string' &&
    typeof each.value === 'string'
      ? [{ field: each.field, value: each.value }]
      : [],
  );
};
