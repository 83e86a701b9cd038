// What followers of the feed could see when they were last answered, written by content id; those that nobody has asked for in a long time are
// dropped. A part of every write transaction; called by tenant.ts. Knows nothing of what a record means.
import type { Clock } from '#base/clock.ts';
import type { TenantWrite } from '../store.ts';
import { numberOf } from './cells.ts';
import type { Sql } from './database.ts';
import { keptText } from './kept-text.ts';
import type { Sending } from './sending.ts';

/** For one work. */
export const createFollowWrites = (
  { ask, send }: Sending,
  clock: Pick<Clock, 'now'>,
): Pick<TenantWrite, 'putFollow' | 'forgetFollows'> => ({
  putFollow: ({ id, collection, record, rows }) =>
    send(put, [keptText(id), collection, record, rows, clock.now(), clock.now() - aDay]),
  forgetFollows: async (usedBefore) => numberOf((await ask(forget, [usedBefore]))[0], 'n'),
});

const aDay = 86_400_000;

const put: Sql = {
  name: 'put_follow',
  text: `INSERT INTO follow AS f (tenant, id, collection, record, rows, used_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (tenant, id) DO UPDATE SET used_at = excluded.used_at, record = excluded.record, rows = excluded.rows
    WHERE f.used_at <= $7 OR f.record <> excluded.record`,
};
const forget: Sql = {
  name: 'forget_follows',
  text: `WITH gone AS (DELETE FROM follow WHERE tenant = $1 AND used_at < $2 RETURNING 1) SELECT count(*) AS n FROM gone`,
};
