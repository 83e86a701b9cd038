// Small numbers for the words that repeat in every row: collection paths, field names, relation names. One registry per connection; the
// tables `collection` and `name` are the truth. Used by the reading and the writing half of a tenant.
import type { DatabaseSync } from 'node:sqlite';
import { numberOf, statement, textOf } from './driver.ts';

export type Names = {
  /** Id of a word; null when it has never been stored. */
  readonly find: (word: string) => number | null;
  /** Id of a word, stored on first use: only within a write transaction. */
  readonly intern: (word: string) => number;
  readonly word: (id: number) => string;
  readonly collection: (path: string) => number | null;
  readonly internCollection: (path: string) => number;
  readonly path: (collection: number) => string;
  /** Forgets what a rolled-back transaction had stored. */
  readonly reset: () => void;
};

/** Builds the registry of one connection. */
export const createNames = (db: DatabaseSync): Names => {
  const words = registry(db, 'name', 'name');
  const collections = registry(db, 'collection', 'path');
  return {
    find: words.find,
    intern: words.intern,
    word: words.text,
    collection: collections.find,
    internCollection: collections.intern,
    path: collections.text,
    reset: () => {
      words.reset();
      collections.reset();
    },
  };
};

type Registry = {
  find: (text: string) => number | null;
  intern: (text: string) => number;
  text: (id: number) => string;
  reset: () => void;
};

const registry = (db: DatabaseSync, table: 'name' | 'collection', column: 'name' | 'path'): Registry => {
  const ids = new Map<string, number>();
  const texts = new Map<number, string>();
  const select = statement(db, `SELECT id FROM ${table} WHERE ${column} = ?`);
  const selectText = statement(db, `SELECT ${column} AS text FROM ${table} WHERE id = ?`);
  const insert = statement(db, `INSERT INTO ${table} (${column}) VALUES (?)`);
  const remember = (id: number, text: string): number => {
    ids.set(text, id);
    texts.set(id, text);
    return id;
  };
  const find = (text: string): number | null => {
    const known = ids.get(text);
    if (known !== undefined) return known;
    const row = select.get(text);
    return row === undefined ? null : remember(numberOf(row, 'id'), text);
  };
  return {
    find,
    intern: (text) => find(text) ?? remember(Number(insert.run(text).lastInsertRowid), text),
    text: (id) => {
      const known = texts.get(id);
      if (known !== undefined) return known;
      const text = textOf(selectText.get(id), 'text');
      if (text !== '') remember(id, text);
      return text;
    },
    reset: () => {
      ids.clear();
      texts.clear();
    },
  };
};
