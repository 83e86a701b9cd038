// What reading a request comes to: a value, or the `Status` that says why there is none. Used by the files of this API.
import { withoutNationalIds } from '#base/national-id.ts';
import type { Status } from './statuses.ts';

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly status: Status };

export const ok = <T>(value: T): Outcome<T> => ({ ok: true, value });
export const failed = (status: Status): { readonly ok: false; readonly status: Status } => ({ ok: false, status });

// Whoever sends thousands of wrong names need not be told all of them.
const namedAtMost = 10;

/** A status about columns or a table, by their names. */
export const about = (name: Status['name'], ...names: readonly string[]): Status => {
  const listed = names.length > namedAtMost ? [...names.slice(0, namedAtMost), '…'] : names;
  // Names are the client's as long as nobody knows them.
  const text = withoutNationalIds(listed.join(', '));
  return { name, about: { nb: text, en: text } };
};
