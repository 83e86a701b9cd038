// Small numbers for the words that repeat in every row: collection paths, field names, relation names. Used within this folder.
import type { WordRows } from './rows.ts';

export type Names = {
  /** Id of a word; null when it has never been stored. */
  readonly find: (word: string) => number | null;
  /** Id of a word, stored on first use. */
  readonly intern: (word: string) => number;
  readonly word: (id: number) => string;
  readonly collection: (path: string) => number | null;
  readonly internCollection: (path: string) => number;
  readonly path: (collection: number) => string;
};

/** The words of one work. */
export const namesOf = (rows: WordRows): Names => ({
  find: (word) => rows.find('word', word),
  intern: (word) => rows.find('word', word) ?? rows.add('word', word),
  word: (id) => rows.text('word', id),
  collection: (path) => rows.find('collection', path),
  internCollection: (path) => rows.find('collection', path) ?? rows.add('collection', path),
  path: (collection) => rows.text('collection', collection),
});
