// What goes wrong at night: databases whose defaults promise less than the hub does, works that fail in the middle, connections that somebody
// still holds, standbys that are not waited for. Each test is a flaw that was there.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { systemClock as clock } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import { ignoreEvents } from '#base/events.ts';
import type { Connection, Database, Row, Sql } from '#store/postgres/database.ts';
import { openDriver } from '#store/postgres/driver.ts';
import type { DriverOptions } from '#store/postgres/driver.ts';
import { openPostgresStore } from '#store/postgres/postgres-store.ts';
import type { PostgresStore } from '#store/postgres/postgres-store.ts';
import { openQualityStore } from '#store/postgres/quality.ts';
import type { TenantWrite } from '#store/store.ts';
import { inTransaction } from '#store/postgres/transaction.ts';
import { Wire } from '#store/postgres/wire.ts';
import { rows, run, testDatabase } from '../../postgres/database.ts';
import type { TestDatabase } from '../../postgres/database.ts';
import { durable, ownServer } from '../../postgres/server.ts';
import { until } from './until.ts';
import { base, bodyOf, elev, entry, model, putEntry, setClock } from '../conformance/world.ts';

const sql = (name: string, text: string): Sql => ({ name, text });
const setting = sql('setting', 'SELECT current_setting($1, true) AS value');
const put = sql('put', 'INSERT INTO meta (tenant, name, value) VALUES ($1, $2, $3)');
const names = sql('names', 'SELECT name FROM meta WHERE tenant = $1 ORDER BY name');

const withPlace = async (work: (place: TestDatabase) => Promise<void>, server?: string): Promise<void> => {
  const place = await testDatabase(server);
  try {
    await work(place);
  } finally {
    await place.drop();
  }
};

const withDriver = async (
  { url }: TestDatabase,
  work: (db: Database) => Promise<void>,
  more: Partial<DriverOptions> = {},
): Promise<void> => {
  const db = await openDriver({ url, clock, ...more });
  try {
    await work(db);
  } finally {
    await db.close();
  }
};

const withStore = async (
  { url }: TestDatabase,
  work: (store: PostgresStore) => Promise<void>,
  driver: Partial<DriverOptions> = {},
): Promise<void> => {
  const store = await openPostgresStore({
    url,
    model,
    clock: setClock(),
    observe: ignoreEvents,
    baseUrl: () => base,
    driver,
  });
  try {
    await work(store);
  } finally {
    await store.close();
  }
};

const of = (id: string) => entry(elev, { systemid: id });

const delivering =
  (id: string) =>
  async (tx: TenantWrite): Promise<void> => {
    await putEntry(tx, of(id));
    await tx.settle();
  };

const codeOf = (error: unknown): string => (error instanceof HubError ? error.problem.code : String(error));

const seen = (ask: (name: string) => Promise<readonly Row[]>): Promise<readonly unknown[]> =>
  Promise.all(
    ['synchronous_commit', 'transaction_isolation', 'bindeledd.tenant'].map(
      async (name) => (await ask(name))[0]?.['value'],
    ),
  );

test('what a database promises by default does not weaken what the hub promises', () =>
  withPlace(async (place) => {
    await run(
      place.adminUrl,
      `ALTER DATABASE ${place.name} SET synchronous_commit = off`,
      `ALTER DATABASE ${place.name} SET default_transaction_isolation = 'repeatable read'`,
      `ALTER DATABASE ${place.name} SET bindeledd.tenant = '7'`,
    );
    await withDriver(place, async (db) => {
      const expected = ['on', 'read committed', ''];
      assert.deepEqual(await seen((name) => db.query(null, setting, [name])), expected);
      assert.deepEqual(await seen((name) => db.query(null, setting, [name], { durable: true })), expected);
      await db.transaction(null, async (connection) => {
        assert.deepEqual(await seen((name) => connection.query(setting, [name])), expected);
      });
    });
  }));

test('a database that waits for its standby to apply goes on doing so', () =>
  withPlace(async (place) => {
    await run(place.adminUrl, `ALTER DATABASE ${place.name} SET synchronous_commit = remote_apply`);
    await withDriver(place, async (db) => {
      const [row] = await db.query(null, setting, ['synchronous_commit']);
      assert.equal(row?.['value'], 'remote_apply');
    });
  }));

test('a transaction that could not begin leaves its connection as it was', () =>
  withPlace(async ({ url }) => {
    const wire = await Wire.open({ url, applicationName: 'test', connectMs: 10_000, settings: [] });
    try {
      // More than the server takes.
      await assert.rejects(inTransaction(wire, 1, () => Promise.resolve(), 2 ** 40, false));
      assert.equal(await inTransaction(wire, 1, () => Promise.resolve('done'), null, false), 'done');
    } finally {
      await wire.close();
    }
  }));

test('a deadline that never comes is none, and one far away is no error', () =>
  withPlace((place) =>
    withDriver(
      place,
      async (db) => {
        for (const deadline of [Number.POSITIVE_INFINITY, clock.monotonic() + 2 ** 40]) {
          await db.transaction(1, (connection) => connection.query(names, [1]), { deadline });
          await db.query(1, names, [1], { deadline });
        }
      },
      { writing: 1 },
    ),
  ));

test('who still holds the connection of a transaction that is over reaches nobody else’s', () =>
  withPlace((place) =>
    withDriver(
      place,
      async (db) => {
        let held: Connection | null = null;
        await assert.rejects(
          db.transaction(1, async (connection) => {
            held = connection;
            throw new Error('given up');
          }),
          /given up/,
        );
        await db.transaction(1, async (connection) => {
          const late = (held as unknown as Connection).query(put, [1, 'late', '']);
          await assert.rejects(late, /over/);
          await connection.query(put, [1, 'mine', '']);
        });
        assert.deepEqual(await db.query(1, names, [1]), [{ name: 'mine' }]);
      },
      { writing: 1 },
    ),
  ));

test('a work that the database refuses as it is written out takes nobody along who shares its transaction', () =>
  withPlace((place) =>
    withStore(place, async (store) => {
      const tenant = await store.tenant('8888');
      await tenant.write(delivering('0'));
      // Longer than a key of an index may be, however it is packed.
      const unkeepable = randomBytes(6_000).toString('base64url');
      const told = await Promise.allSettled([
        tenant.writeTogether(delivering('1')),
        tenant.writeTogether(delivering(unkeepable)),
        tenant.writeTogether(delivering('2')),
      ]);
      assert.deepEqual(
        told.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
      assert.notEqual(await bodyOf(tenant, elev, 'systemid', '1'), null);
      assert.notEqual(await bodyOf(tenant, elev, 'systemid', '2'), null);
    }),
  ));

test('what was remembered of a database is not believed of another one in its place', () =>
  withPlace((place) =>
    withStore(place, async (store) => {
      const tenant = await store.tenant('8888');
      await tenant.write(async (tx) => {
        await putEntry(tx, entry(elev, { systemid: '1', elevnummer: '2' }));
        await tx.settle();
      });
      assert.notEqual(await bodyOf(tenant, elev, 'systemid', '1'), null);
      // As a server that took over has it, on which other words came first.
      await run(
        place.adminUrl,
        `UPDATE bindeledd.word SET text = 'x' WHERE text = 'systemid'`,
        `UPDATE bindeledd.word SET text = 'systemid' WHERE text = 'elevnummer'`,
        `UPDATE bindeledd.word SET text = 'elevnummer' WHERE text = 'x'`,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${place.name}' AND pid <> pg_backend_pid()`,
      );
      await until(async () => {
        const [one, two] = await Promise.all([
          bodyOf(tenant, elev, 'systemid', '1').catch(() => ''),
          bodyOf(tenant, elev, 'systemid', '2').catch(() => ''),
        ]);
        return one === null && two !== null && two !== '';
      }, 10_000);
    }),
  ));

test('an organisation is made anew for another model, and examined anew, however long one statement of that takes', () =>
  withPlace(async (place) => {
    await withStore(place, async (store) => {
      const tenant = await store.tenant('8888');
      await tenant.write(delivering('1'));
    });
    await run(
      place.adminUrl,
      `UPDATE bindeledd.meta SET value = 'another' WHERE name = 'model'`,
      `CREATE FUNCTION bindeledd.slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(1.5); RETURN NULL; END'`,
      `CREATE TRIGGER slow BEFORE DELETE ON bindeledd.attribute_index FOR EACH STATEMENT EXECUTE FUNCTION bindeledd.slow()`,
      `CREATE TRIGGER slow BEFORE DELETE ON bindeledd.quality_finding FOR EACH STATEMENT EXECUTE FUNCTION bindeledd.slow()`,
    );
    await withStore(
      place,
      async (store) => {
        await store.tenant('8888');
        const quality = await openQualityStore(store.database, '8888');
        await quality?.results.begin({ position: 0, epoch: '', mark: '' }, []);
      },
      { statementMs: 1_000 },
    );
  }));

test('a row that is much larger than what the network brings at a time costs no more than its size', () =>
  withPlace((place) =>
    withDriver(place, async (db) => {
      const bytes = 64 * 1_048_576;
      const large = sql('large', `SELECT repeat('x', $1::integer) AS x`);
      const started = clock.monotonic();
      const [row] = await db.query(null, large, [bytes], { long: true });
      assert.equal(String(row?.['x']).length, bytes);
      // A copy of all that is there for each piece that comes takes more than a minute.
      assert.ok(clock.monotonic() - started < 20_000, `took ${clock.monotonic() - started} ms`);
    }),
  ));

test('an audit is signed while quality is examined', () =>
  withPlace((place) =>
    withStore(place, async (store) => {
      const tenant = await store.tenant('8888');
      const quality = await openQualityStore(store.database, '8888');
      assert.ok(quality !== null);
      await tenant.appendAudit({
        id: 'r1',
        at: 1_700_000_000_000,
        request: 'req',
        issuer: 'hub',
        client: 'c1',
        token: 'jti',
        api: 'fint',
        operation: 'read',
        collection: elev,
        decision: 'allow',
        rule: 'g1',
        count: 1,
        subjects: [],
        seen: null,
        details: '',
      });
      const signed = await quality.alone(async () => {
        const late = sleep(3_000).then(() => 'waited');
        return Promise.race([tenant.trail.seal().then(() => 'signed'), late]);
      });
      assert.equal(signed, 'signed');
    }),
  ));

test('a commit that a standby has not got, because somebody broke off the waiting, is not called done', async () => {
  await using server = await ownServer(durable);
  const breakOff = async (): Promise<boolean> => {
    const found = await rows(
      server.url,
      `SELECT pg_cancel_backend(pid) AS done FROM pg_stat_activity WHERE wait_event = 'SyncRep'`,
    );
    return found.length > 0;
  };
  /** What becomes of a write whose waiting is broken off; the server takes a moment to begin to wait at all. */
  const brokenOff = async (write: () => Promise<unknown>): Promise<string> => {
    for (let turn = 0; turn < 40; turn += 1) {
      const written = write().then(() => 'done', codeOf);
      for (;;) {
        const isBroken = await breakOff();
        const outcome = isBroken ? await written : await Promise.race([written, sleep(25, null)]);
        if (isBroken && outcome !== null) return outcome;
        if (outcome !== null) break;
      }
    }
    return assert.fail('nobody waited for the standby');
  };
  await withPlace(
    (place) =>
      withDriver(place, async (db) => {
        let number = 0;
        const values = () => [1, `row ${(number += 1)}`, ''];
        await run(server.url, `ALTER SYSTEM SET synchronous_standby_names = 'nobody'`, 'SELECT pg_reload_conf()');
        try {
          const inTransactions = () => db.transaction(1, (connection) => connection.query(put, values()));
          assert.equal(await brokenOff(inTransactions), 'HUB-503');
          assert.equal(await brokenOff(() => db.query(1, put, values(), { durable: true })), 'HUB-503');
        } finally {
          // Nothing more is waited for: the database is dropped by a commit too.
          await run(server.url, 'ALTER SYSTEM RESET synchronous_standby_names', 'SELECT pg_reload_conf()');
        }
        await sleep(500);
        await db.transaction(1, (connection) => connection.query(put, values()));
      }),
    server.url,
  );
});
