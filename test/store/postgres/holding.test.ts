// Work that holds a lock while it does other things: the server does not take its transaction for one whose process is gone, and when the lock
// goes before the work, the work hears of it, stops, and is not told as done.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createNoticeDelivery } from '#app/admin-ports.ts';
import { systemClock } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import type { Connection, Database, Sql } from '#store/postgres/database.ts';
import { openDriver } from '#store/postgres/driver.ts';
import type { AuditRecord, PlatformStore } from '#store/store.ts';
import { run, testDatabase } from '../../postgres/database.ts';
import type { TestDatabase } from '../../postgres/database.ts';
import { record } from '../../verify/audit-world.ts';
import { until } from './until.ts';

const sql = (name: string, text: string): Sql => ({ name, text });
const tryLock = sql('try', 'SELECT pg_try_advisory_xact_lock(99, 1) AS got');
const settings = sql(
  'limits',
  `SELECT current_setting('idle_in_transaction_session_timeout') AS silent, current_setting('client_connection_check_interval') AS gone,
    current_setting('tcp_keepalives_idle')::integer + current_setting('tcp_keepalives_interval')::integer *
      current_setting('tcp_keepalives_count')::integer AS keeping, current_setting('tcp_user_timeout') AS unheard`,
);
const shortly = sql('shortly', `SELECT set_config('idle_in_transaction_session_timeout', '400', true)`);
const pid = sql('pid', 'SELECT pg_backend_pid() AS pid');

/** Five seconds are a twentieth of one. */
const hurried: Clock = {
  ...systemClock,
  every: (ms, call) => systemClock.every(ms === 5_000 ? 50 : ms, call),
};

let place: TestDatabase;
const opened: Database[] = [];
before(async () => {
  place = await testDatabase();
});
after(async () => {
  for (const one of opened) await one.close();
  await place.drop();
});

const open = async (clock: Clock): Promise<Database> => {
  const database = await openDriver({ url: place.url, clock, writing: 2 });
  opened.push(database);
  return database;
};

const got = async (connection: Connection): Promise<boolean> =>
  (await connection.query(tryLock, []))[0]?.['got'] === true;

test('keeps its lock for as long as it works, silent or not', { timeout: 30_000 }, async () => {
  const [mine, theirs] = [await open(hurried), await open(systemClock)];
  const done = await mine.holding(null, async (connection, lost) => {
    assert.deepEqual(await connection.query(settings, []), [
      { silent: '20s', gone: '5s', keeping: 15, unheard: '15000' },
    ]);
    assert.ok(await got(connection));
    await connection.query(shortly, []);
    await sleep(1_500);
    assert.equal(lost.aborted, false);
    return theirs.transaction(null, got);
  });
  assert.equal(done, false);
  assert.equal(await theirs.transaction(null, got), true);
});

test(
  'ends when its lock is gone: nothing more is delivered beside whoever has it now',
  { timeout: 30_000 },
  async () => {
    const database = await open(hurried);
    const other = await open(systemClock);
    let holder = 0;
    const delivered: AuditRecord[] = [];
    // More and more waits.
    const platform: Pick<PlatformStore, 'auditNotices' | 'auditNoticed'> = {
      auditNotices: () => [{ number: delivered.length + 1, organisation: 'a.test', record: record(1) }],
      auditNoticed: async () => {},
    };
    const audit = async (one: AuditRecord): Promise<void> => {
      delivered.push(one);
      await sleep(5);
    };
    const deliver = createNoticeDelivery(
      platform as PlatformStore,
      async () => ({ appendAudit: audit }),
      (work) =>
        database.holding(null, async (connection, lost) => {
          assert.ok(await got(connection));
          holder = Number((await connection.query(pid, []))[0]?.['pid']);
          await work(lost);
        }),
    );
    const delivering = deliver();
    delivering.catch(() => {});
    await until(() => delivered.length > 3);
    await run(place.adminUrl, `SELECT pg_terminate_backend(${holder}, 5000)`);
    assert.equal(await other.transaction(null, got), true);
    await assert.rejects(delivering, (error) => error instanceof HubError && error.problem.code === 'HUB-503');
    const so = delivered.length;
    await sleep(100);
    assert.equal(delivered.length, so);
  },
);
