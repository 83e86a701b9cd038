// Small numbers for the words that repeat in every row of quality.db. Used by the other quality files of this folder.
import type { DatabaseSync } from 'node:sqlite';
import { numberOf, statement, textOf } from './driver.ts';

export type QualityWords = {
  /** Null when the word has never been stored. */
  readonly find: (word: string) => number | null;
  /** Stored on first use: only within a transaction. */
  readonly intern: (word: string) => number;
  readonly word: (id: number) => string;
  /** Forgets what a rolled-back transaction had stored. */
  readonly forget: () => void;
};

/** Small numbers for the words that repeat in every row; the empty word has one too. */
export const createQualityWords = (db: DatabaseSync): QualityWords => {
  const ids = new Map<string, number>();
  const texts = new Map<number, string>();
  const select = statement(db, 'SELECT id FROM name WHERE name = ?');
  const selectText = statement(db, 'SELECT name FROM name WHERE id = ?');
  const insert = statement(db, 'INSERT INTO name (name) VALUES (?)');
  const find = (word: string): number | null => {
    const known = ids.get(word);
    if (known !== undefined) return known;
    const row = select.get(word);
    if (row === undefined) return null;
    ids.set(word, numberOf(row, 'id'));
    return numberOf(row, 'id');
  };
  return {
    find,
    intern: (word: string): number => {
      const known = find(word);
      if (known !== null) return known;
      const id = Number(insert.run(word).lastInsertRowid);
      ids.set(word, id);
      return id;
    },
    word: (id: number): string => {
      const known = texts.get(id);
      if (known !== undefined) return known;
      const row = selectText.get(id);
      if (row !== undefined) texts.set(id, textOf(row, 'name'));
      return textOf(row, 'name');
    },
    forget: (): void => {
      ids.clear();
      texts.clear();
    },
  };
};
