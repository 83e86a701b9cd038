// What followers of the feed could see when they were last answered, by content id. Written within write transactions, read by the hub; those
// that nobody has asked for in a long time are dropped. Called by tenant-write.ts and tenant.ts; knows nothing of what a record means.
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '#base/clock.ts';
import type { FollowState, TenantWrite } from '../store.ts';
import { bytesOf, guard, numberOf, statement, textOf } from './driver.ts';

const aDay = 86_400_000;

export type FollowWriter = Pick<TenantWrite, 'putFollow' | 'forgetFollows'>;

/** Prepares the statements of the write connection. */
export const createFollowWriter = (db: DatabaseSync, clock: Pick<Clock, 'now'>): FollowWriter => {
  const put = statement(
    db,
    `INSERT INTO follow (id, collection, record, rows, used_at) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT DO UPDATE SET used_at = ?5, record = ?3, rows = ?4 WHERE used_at <= ?5 - ${aDay} OR record <> ?3`,
  );
  const forget = statement(db, 'DELETE FROM follow WHERE used_at < ?');
  return {
    putFollow: ({ id, collection, record, rows }) => void put.run(id, collection, record, rows, clock.now()),
    forgetFollows: (usedBefore) => Number(forget.run(usedBefore).changes),
  };
};

/** Prepares the statement of the read connection. `stale` hears of a state that is asked for and was last noted as used a day or more ago: to put it again. */
export const createFollowRead = (
  db: DatabaseSync,
  clock: Pick<Clock, 'now'>,
  stale: (state: FollowState) => void,
): ((id: string) => FollowState | null) => {
  const read = statement(db, 'SELECT collection, record, rows, used_at FROM follow WHERE id = ?');
  return guard((id) => {
    const row = read.get(id);
    if (row === undefined) return null;
    const state: FollowState = {
      id,
      collection: textOf(row, 'collection'),
      record: textOf(row, 'record'),
      rows: row['rows'] === null ? null : bytesOf(row, 'rows'),
    };
    if (numberOf(row, 'used_at') <= clock.now() - aDay) stale(state);
    return state;
  });
};
