// What followers of the feed could see when they were last answered, by content id. Called by reads.ts; knows nothing of what a record means.
import type { Clock } from '#base/clock.ts';
import type { FollowState } from '../store.ts';
import { bytesOf, numberOf, textOf } from './cells.ts';
import type { Database, Sql } from './database.ts';
import { keptText } from './kept-text.ts';

export type FollowReadDeps = {
  readonly database: Pick<Database, 'query'>;
  readonly tenant: number;
  readonly clock: Pick<Clock, 'now'>;
  /** Hears of a state that is asked for and was last noted as used a day or more ago: to put it again, beside the answer. */
  readonly stale: (state: FollowState) => void;
};

const aDay = 86_400_000;

const readFollow: Sql = {
  name: 'read_follow',
  text: 'SELECT collection, record, rows, used_at FROM follow WHERE tenant = $1 AND id = $2',
};

/** The state of an id; null when it was never kept, or too long ago. */
export const createFollowRead =
  ({ database, tenant, clock, stale }: FollowReadDeps): ((id: string) => Promise<FollowState | null>) =>
  async (id) => {
    const [row] = await database.query(tenant, readFollow, [tenant, keptText(id)]);
    if (row === undefined) return null;
    const state: FollowState = {
      id,
      collection: textOf(row, 'collection'),
      record: textOf(row, 'record'),
      // The hub keeps it: not over the memory of the message that it came in.
      rows: row['rows'] === null ? null : Buffer.from(bytesOf(row, 'rows')),
    };
    if (numberOf(row, 'used_at') <= clock.now() - aDay) stale(state);
    return state;
  };
