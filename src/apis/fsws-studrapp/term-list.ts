// A list of the rows of a term, as data. One file each in mappings/; operations.ts makes an operation of each.
import type { DocumentNode } from '#hub/documents/document.ts';
import type { Mapping } from '#mappings/mapping.ts';
import type { Text } from '#model/model.ts';

export type TermList = {
  /** Of the operation. */
  readonly name: string;
  readonly path: string;
  /** The element around the rows; a row is called by the schema of the mapping. */
  readonly list: string;
  readonly summary: Text;
  /** Relations from a row to the term. */
  readonly term: readonly [string, ...string[]];
  /** Whether a row is told at all. */
  readonly counts: (row: DocumentNode) => boolean;
  readonly mapping: Mapping;
};
