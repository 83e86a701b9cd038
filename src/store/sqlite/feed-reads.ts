// The change feed: of one collection, and of several at once. Used by tenant-reads.ts.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { changeOf } from '../read-changes.ts';
import type { TenantReads } from '../store.ts';
import { guard, numberOf, statement, textOf } from './driver.ts';
import type { Names } from './names.ts';

export type FeedReadsDeps = {
  readonly db: DatabaseSync;
  readonly names: Names;
  /** A statement by its text, prepared once. */
  readonly prepare: (text: string) => StatementSync;
};

const columns = 'position, collection, uid, kind, at, before, level';

/** Prepares the statements of one connection. */
export const createFeedReads = ({ db, names, prepare }: FeedReadsDeps): Pick<TenantReads, 'changes' | 'changesOf'> => {
  const readOne = statement(
    db,
    `SELECT ${columns} FROM change WHERE collection = ?3 AND position > ?1 ORDER BY position LIMIT ?2`,
  );
  return {
    changes: guard((plan, after, size) => {
      const id = names.collection(plan.collection.path);
      return id === null ? [] : readOne.all(after, size, id).map(changeIn);
    }),
    changesOf: guard((plans, after, size) => {
      const ids = [...new Set(plans.map(({ collection }) => names.collection(collection.path)))].filter(
        (id) => id !== null,
      );
      if (ids.length === 0) return [];
      return prepare(mergedSql(ids.length))
        .all(after, size, ...ids)
        .map((row) => ({ ...changeIn(row), collection: names.path(numberOf(row, 'collection')) }));
    }),
  };
};

/** Feeds of so many collections, merged in order: each is read from its own place in the index, and no further than the answer goes. */
const mergedSql = (count: number): string => {
  const feeds = Array.from(
    { length: count },
    (_, index) => `SELECT ${columns} FROM change WHERE collection = ?${index + 3} AND position > ?1`,
  );
  return `${feeds.join(' UNION ALL ')} ORDER BY position LIMIT ?2`;
};

const changeIn = (row: Record<string, unknown>) =>
  changeOf({
    position: numberOf(row, 'position'),
    uid: numberOf(row, 'uid'),
    kind: numberOf(row, 'kind'),
    at: numberOf(row, 'at'),
    before: textOf(row, 'before'),
    level: numberOf(row, 'level'),
  });
