// Small numbers for the words that repeat in every row of quality's tables. Kept nowhere in memory: another process may add some. Used by the
// other quality files of this folder.
import type { Connection, Row, Sql } from './database.ts';
import { numberOf, textOf } from './cells.ts';

const readWords: Sql = {
  name: 'quality_words',
  text: 'SELECT id, text FROM quality_word WHERE tenant = $1 AND text = ANY($2::text[])',
};
const addWords: Sql = {
  name: 'quality_add_words',
  text: `INSERT INTO quality_word (tenant, id, text)
    SELECT $1::integer, coalesce((SELECT max(id) FROM quality_word WHERE tenant = $1), 0) + w.n, w.text
    FROM unnest($2::text[]) WITH ORDINALITY AS w (text, n) RETURNING id, text`,
};

/** The numbers of those words that have one. */
export const findWords = async (
  connection: Connection,
  tenant: number,
  words: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  const wanted = [...new Set(words)];
  return wanted.length === 0 ? new Map() : numbersOf(await connection.query(readWords, [tenant, wanted]));
};

/** `known`, with numbers for the other words as well: only in a transaction that holds the lock of quality. */
export const internWords = async (
  connection: Connection,
  tenant: number,
  words: readonly string[],
  known: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, number>> => {
  const missing = [...new Set(words)].filter((word) => !known.has(word));
  if (missing.length === 0) return known;
  return new Map([...known, ...numbersOf(await connection.query(addWords, [tenant, missing]))]);
};

const numbersOf = (rows: readonly Row[]): ReadonlyMap<string, number> =>
  new Map(rows.map((row) => [textOf(row, 'text'), numberOf(row, 'id')]));
