// Small numbers for the words that repeat in every row, as the reading half knows them: collection paths, field names, relation names. A number
// never changes its meaning, so what is known is known for good; what is not known is looked up when it may have come. Used by the readers here.
import type { Clock } from '#base/clock.ts';
import { numberOf, textOf } from './cells.ts';
import type { Database, Sql } from './database.ts';

export type Registry = {
  /** Null when it is not known. */
  readonly id: (text: string) => number | null;
  /** '' when it is not known. */
  readonly text: (id: number) => string;
};

export type ReadWords = {
  readonly collections: Registry;
  readonly words: Registry;
  /** Null when all of these are known, or known not to be there; else what has to be waited for. */
  readonly ready: (collections: readonly string[], words: readonly string[]) => Promise<void> | null;
  /** The same by number, as rows have them. */
  readonly readyIds: (collections: Iterable<number>, words: Iterable<number>) => Promise<void> | null;
};

export type WordDeps = {
  readonly database: Pick<Database, 'query'>;
  readonly tenant: number;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Grows with every commit to the organisation that this process has made or heard of. */
  readonly heard: () => number;
};

// Ms for which it is believed that a word is not there, when no commit has been heard of.
const believedMs = 2_000;

const readWords: Sql = {
  name: 'read_words',
  text: 'SELECT id, text FROM word WHERE tenant = $1 AND id > $2 ORDER BY id',
};
const readPaths: Sql = {
  name: 'read_paths',
  text: 'SELECT id, path AS text FROM collection WHERE tenant = $1 AND id > $2 ORDER BY id',
};

/** Knows nothing at first. */
export const createReadWords = ({ database, tenant, clock, heard }: WordDeps): ReadWords => {
  const words = registry();
  const collections = registry();
  let looked = { heard: -1, at: Number.NEGATIVE_INFINITY };
  let looking: Promise<void> | null = null;

  const look = async (): Promise<void> => {
    const now = { heard: heard(), at: clock.monotonic() };
    const [newWords, newPaths] = await Promise.all([
      database.query(tenant, readWords, [tenant, words.last()]),
      database.query(tenant, readPaths, [tenant, collections.last()]),
    ]);
    for (const row of newWords) words.add(numberOf(row, 'id'), textOf(row, 'text'));
    for (const row of newPaths) collections.add(numberOf(row, 'id'), textOf(row, 'text'));
    looked = now;
  };

  const refresh = (): Promise<void> => {
    // One look at a time; who comes while one is under way looks again only when a commit has been heard of since.
    const after = looking?.catch(() => {}) ?? Promise.resolve();
    const mine: Promise<void> = after
      .then(() => (isFresh() ? undefined : look()))
      .finally(() => {
        if (looking === mine) looking = null;
      });
    looking = mine;
    return mine;
  };

  const isFresh = (): boolean => looked.heard === heard() && clock.monotonic() - looked.at < believedMs;

  return {
    collections,
    words,
    ready: (paths, texts) =>
      (paths.every((path) => collections.id(path) !== null) && texts.every((text) => words.id(text) !== null)) ||
      isFresh()
        ? null
        : refresh(),
    readyIds: (pathIds, wordIds) => {
      for (const id of pathIds) if (collections.text(id) === '') return refreshFor();
      for (const id of wordIds) if (words.text(id) === '') return refreshFor();
      return null;
    },
  };

  /** A number that stands in a row is there: whatever was looked up before is older than the row. */
  function refreshFor(): Promise<void> {
    looked = { heard: -1, at: Number.NEGATIVE_INFINITY };
    return refresh();
  }
};

const registry = () => {
  const ids = new Map<string, number>();
  const texts = new Map<number, string>();
  let last = 0;
  return {
    id: (text: string): number | null => ids.get(text) ?? null,
    text: (id: number): string => texts.get(id) ?? '',
    last: (): number => last,
    add: (id: number, text: string): void => {
      ids.set(text, id);
      texts.set(id, text);
      last = Math.max(last, id);
    },
  };
};
