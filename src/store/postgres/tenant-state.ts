// What a writer knows of an organisation before it looks at any resource: the counters, the words, the collections and their counts. Kept by
// each process for as long as nobody else has written; whoever holds the organisation's lock brings it up to date first. Used by write-queue.ts,
// rows.ts and flushing.ts.
import { numberOf, textOf } from './cells.ts';
import type { Connection, Row, Sql } from './database.ts';

export type Counts = {
  readonly commits: number;
  readonly position: number;
  readonly at: number;
  readonly words: number;
  readonly collections: number;
  readonly identifiers: number;
  readonly runs: number;
  readonly receipts: number;
  readonly events: number;
  readonly erasures: number;
};

export type MutableCounts = { -readonly [Key in keyof Counts]: Counts[Key] };

export type CollectionRow = {
  readonly id: number;
  readonly next: number;
  readonly count: number;
  readonly position: number;
  readonly changedAt: number;
  readonly marked: boolean;
};

/** Texts numbered from 1 in the order in which they came. */
export type Words = {
  readonly find: (text: string) => number | null;
  /** '' when there is none. */
  readonly text: (id: number) => string;
  readonly add: (text: string) => number;
  readonly count: () => number;
  /** Forgets those above a number. */
  readonly cut: (count: number) => void;
};

export type TenantState = {
  /** As of the last commit that this process has seen; null when it has seen none. */
  counts: Counts | null;
  readonly words: Words;
  readonly paths: Words;
  readonly collections: Map<number, CollectionRow>;
  /** What is noted of the organisation as a whole: `base_url`, `back_links`, `model`. */
  readonly meta: Map<string, string>;
};

/** Builds what a process keeps of one organisation. */
export const createTenantState = (): TenantState => ({
  counts: null,
  words: createWords(),
  paths: createWords(),
  collections: new Map(),
  meta: new Map(),
});

/** Forgets all: after a transaction of which it is not known what became of it. */
export const forgetState = (state: TenantState): void => {
  state.counts = null;
  state.words.cut(0);
  state.paths.cut(0);
  state.collections.clear();
  state.meta.clear();
};

/** Gives the counters as they are, and brings the rest up to date with them. Under the organisation's lock; `row` is its row of tenant_state. */
export const followState = async (
  state: TenantState,
  tenant: number,
  connection: Connection,
  row: Row | undefined,
): Promise<Counts> => {
  const counts = countsOf(row);
  // All of them: a database that was put back may come to the same number of commits by others.
  if (state.counts !== null && isSame(state.counts, counts)) return counts;
  // Other processes may have written in between, and what this one remembers beyond the last commit is not so.
  state.words.cut(Math.min(state.counts?.words ?? 0, counts.words));
  state.paths.cut(Math.min(state.counts?.collections ?? 0, counts.collections));
  const [words, collections, meta] = await Promise.all([
    counts.words > state.words.count() ? connection.query(wordsAfter, [tenant, state.words.count()]) : [],
    counts.collections > 0 ? connection.query(allCollections, [tenant]) : [],
    connection.query(readMeta, [tenant]),
  ]);
  state.meta.clear();
  for (const each of meta) state.meta.set(textOf(each, 'name'), textOf(each, 'value'));
  for (const each of words) state.words.add(textOf(each, 'text'));
  state.collections.clear();
  for (const each of collections) {
    const id = numberOf(each, 'id');
    if (id > state.paths.count()) state.paths.add(textOf(each, 'path'));
    state.collections.set(id, {
      id,
      next: numberOf(each, 'next'),
      count: numberOf(each, 'count'),
      position: numberOf(each, 'position'),
      changedAt: numberOf(each, 'changed_at'),
      marked: each['marked'] === true,
    });
  }
  state.counts = counts;
  return counts;
};

export const stateColumns =
  'commits, position, at, words, collections, identifiers, runs, receipts, events, erasures' as const;

const wordsAfter: Sql = {
  name: 'words_after',
  text: 'SELECT text FROM word WHERE tenant = $1 AND id > $2 ORDER BY id',
};
const allCollections: Sql = {
  name: 'all_collections',
  text: 'SELECT id, path, next, count, position, changed_at, marked FROM collection WHERE tenant = $1 ORDER BY id',
};

const readMeta: Sql = {
  name: 'read_meta',
  text: `SELECT name, value FROM meta WHERE tenant = $1 AND name IN ('base_url', 'back_links', 'model')`,
};

const countsOf = (row: Row | undefined): Counts => {
  if (row === undefined) throw new Error('the organisation has no row of counters');
  return {
    commits: numberOf(row, 'commits'),
    position: numberOf(row, 'position'),
    at: numberOf(row, 'at'),
    words: numberOf(row, 'words'),
    collections: numberOf(row, 'collections'),
    identifiers: numberOf(row, 'identifiers'),
    runs: numberOf(row, 'runs'),
    receipts: numberOf(row, 'receipts'),
    events: numberOf(row, 'events'),
    erasures: numberOf(row, 'erasures'),
  };
};

const isSame = (a: Counts, b: Counts): boolean =>
  a.commits === b.commits &&
  a.position === b.position &&
  a.at === b.at &&
  a.words === b.words &&
  a.collections === b.collections &&
  a.identifiers === b.identifiers &&
  a.erasures === b.erasures;

const createWords = (): Words => {
  const ids = new Map<string, number>();
  const texts: string[] = [];
  return {
    find: (text) => ids.get(text) ?? null,
    text: (id) => texts[id - 1] ?? '',
    add: (text) => {
      const id = texts.push(text);
      ids.set(text, id);
      return id;
    },
    count: () => texts.length,
    cut: (count) => {
      for (const text of texts.splice(count)) ids.delete(text);
    },
  };
};
