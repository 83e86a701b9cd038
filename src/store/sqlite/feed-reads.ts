// The change feed: of one collection, and of several at once. Used by tenant-reads.ts.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { changeOf } from '../read-changes.ts';
import type { AuthorizedPlan } from '../plan.ts';
import type { TenantReads } from '../store.ts';
import { guard, numberOf, statement, textOf } from './driver.ts';
import type { Names } from './names.ts';

export type FeedReadsDeps = {
  readonly db: DatabaseSync;
  readonly names: Names;
  /** A statement by its text, prepared once. */
  readonly prepare: (text: string) => StatementSync;
};

const columns = 'position, collection, uid, kind, at, before, level, fields';

/** Prepares the statements of one connection. */
export const createFeedReads = ({ db, names, prepare }: FeedReadsDeps): Pick<TenantReads, 'changes' | 'changesOf'> => {
  const readOne = statement(
    db,
    `SELECT ${columns} FROM change WHERE collection = ?3 AND position > ?1 ORDER BY position LIMIT ?2`,
  );
  const changeIn = (row: Record<string, unknown>, clearance: number) =>
    changeOf(
      {
        position: numberOf(row, 'position'),
        uid: numberOf(row, 'uid'),
        kind: numberOf(row, 'kind'),
        at: numberOf(row, 'at'),
        before: textOf(row, 'before'),
        level: numberOf(row, 'level'),
        fields: textOf(row, 'fields'),
      },
      clearance,
      names.word,
    );
  return {
    changes: guard((plan, after, size) => {
      const id = names.collection(plan.collection.path);
      return id === null ? [] : readOne.all(after, size, id).map((row) => changeIn(row, plan.clearance));
    }),
    changesOf: guard((plans, after, size) => {
      const asked = new Map<number, AuthorizedPlan>();
      for (const plan of plans) {
        const id = names.collection(plan.collection.path);
        if (id !== null) asked.set(id, plan);
      }
      if (asked.size === 0) return [];
      const rows = prepare(mergedSql(asked.size)).all(after, size, ...asked.keys());
      return rows.flatMap((row) => {
        const plan = asked.get(numberOf(row, 'collection'));
        return plan === undefined ? [] : [{ ...changeIn(row, plan.clearance), collection: plan.collection.path }];
      });
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
