// Small numbers for the words that repeat in every row, as the reading half knows them: collection paths, field names, relation names. A number
// never changes its meaning, so what is known is known for good. What is not known is never believed to be absent: another process may have
// written the first of it, and nobody need have told of that. Used by the readers here.
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
  /** Null when all of these are known; else what has to be waited for: a look that begins now or later, after which what is not known is not there. */
  readonly ready: (collections: readonly string[], words: readonly string[]) => Promise<void> | null;
  /** The same by number, as rows have them. */
  readonly readyIds: (collections: Iterable<number>, words: Iterable<number>) => Promise<void> | null;
};

export type WordDeps = {
  readonly database: Pick<Database, 'query'>;
  readonly tenant: number;
};

const readWords: Sql = {
  name: 'read_words',
  text: 'SELECT id, text FROM word WHERE tenant = $1 AND id > $2 ORDER BY id',
};
const readPaths: Sql = {
  name: 'read_paths',
  text: 'SELECT id, path AS text FROM collection WHERE tenant = $1 AND id > $2 ORDER BY id',
};

/** Knows nothing at first. */
export const createReadWords = ({ database, tenant }: WordDeps): ReadWords => {
  const words = registry();
  const collections = registry();
  let turn: { readonly now: Promise<void>; next: Promise<void> | null } | null = null;

  const look = async (): Promise<void> => {
    const [newWords, newPaths] = await Promise.all([
      database.query(tenant, readWords, [tenant, words.last()]),
      database.query(tenant, readPaths, [tenant, collections.last()]),
    ]);
    for (const row of newWords) words.add(numberOf(row, 'id'), textOf(row, 'text'));
    for (const row of newPaths) collections.add(numberOf(row, 'id'), textOf(row, 'text'));
  };

  const begin = (): Promise<void> => {
    const now = look();
    const mine: NonNullable<typeof turn> = { now, next: null };
    turn = mine;
    const ended = (): void => {
      if (turn === mine && mine.next === null) turn = null;
    };
    now.then(ended, ended);
    return now;
  };

  /** One look at a time; who comes while one is under way shares the next, since that one may have begun too early. */
  const refresh = (): Promise<void> => (turn === null ? begin() : (turn.next ??= turn.now.then(begin, begin)));

  return {
    collections,
    words,
    ready: (paths, texts) =>
      paths.every((path) => collections.id(path) !== null) && texts.every((text) => words.id(text) !== null)
        ? null
        : refresh(),
    readyIds: (pathIds, wordIds) => {
      for (const id of pathIds) if (collections.text(id) === '') return refresh();
      for (const id of wordIds) if (words.text(id) === '') return refresh();
      return null;
    },
  };
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
