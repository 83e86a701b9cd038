// A row that is an object already, as text of a notation: an element of XML, or an object of JSON. Used by services whose rows are put together of several
// values and are no projections. Pure. Names of members are names of elements: they are the row's own, never data.
import type { Notation } from './notation.ts';

/** Members in their order; undefined ones are left out, `@name` is an attribute, lists are elements of the name one after another. */
export type RowObject = { readonly [name: string]: unknown };

/** Makes the writer of rows of a name. */
export const rowText = (notation: Notation, name: string): ((row: RowObject) => string) => {
  if (notation.name === 'json') return (row) => JSON.stringify(row);
  const { value } = notation.member({ name });
  return (row) => value(row) ?? '';
};
