// The tables in PostgreSQL: how they come about, who may make them, and the databases in which nothing is touched.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { systemClock as clock } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import { openDriver } from '#store/postgres/driver.ts';
import { migrate, sqlFromNothing, standingOf } from '#store/postgres/migrate.ts';
import type { MigrateOptions } from '#store/postgres/migrate.ts';
import { openDatabase } from '#store/postgres/open.ts';
import { checkDatabase } from '#store/postgres/roles.ts';
import { narrows, steps } from '#store/postgres/schema/steps.ts';
import type { Step } from '#store/postgres/schema/steps.ts';
import { Wire } from '#store/postgres/wire.ts';
import { golden } from '../../golden.ts';
import { emptyDatabase, run, testDatabase, testHubRole } from '../../postgres/database.ts';
import type { TestDatabase } from '../../postgres/database.ts';
import { ownServer } from '../../postgres/server.ts';

const withPlace = async (
  make: () => Promise<TestDatabase>,
  work: (place: TestDatabase) => Promise<void>,
): Promise<void> => {
  const place = await make();
  try {
    await work(place);
  } finally {
    await place.drop();
  }
};

const fails = async (code: string, asked: Promise<unknown>): Promise<HubError> => {
  const error = await asked.then(
    () => assert.fail(`did not fail, should with ${code}`),
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof HubError, String(error));
  assert.equal(error.problem.code, code, `${error.message} ${error.problem.internal ?? ''}`);
  return error;
};

const migrated = (url: string, more: Partial<MigrateOptions> = {}): ReturnType<typeof migrate> =>
  migrate({ url, clock, role: testHubRole, ...more });

/** One value of the database as the role of the address sees it. */
const ask = async (url: string, text: string): Promise<unknown> => {
  const wire = await Wire.open({ url, applicationName: 'test', connectMs: 5_000, settings: [] });
  try {
    const [row] = await wire.query({ name: '', text }, [], null);
    return Object.values(row ?? {})[0];
  } finally {
    await wire.close();
  }
};

const tablesOf = (url: string): Promise<unknown> =>
  ask(
    url,
    `SELECT count(*) AS n FROM pg_class WHERE relnamespace = to_regnamespace('bindeledd')::oid AND relkind IN ('r', 'p')`,
  );

/** Opens the database as the hub and closes it again; fails as the hub would. */
const open = async (url: string): Promise<number> => {
  const { database, version } = await openDatabase({ url, clock });
  await database.close();
  return version;
};

const addColumn: Step = { sql: 'ALTER TABLE organisation ADD COLUMN colour text;', from: 1 };
const takeAway: Step = { sql: 'ALTER TABLE organisation DROP COLUMN colour;', from: steps.length + 2 };

test('the tables, as a reviewer has read them', () => {
  golden('store/postgres.sql', sqlFromNothing());
});

describe('migrating', () => {
  test('from nothing makes what the hub opens, and again changes nothing', () =>
    withPlace(emptyDatabase, async ({ ownerUrl, url }) => {
      await fails('HUB-514', open(url));
      const made: number[] = [];
      assert.deepEqual(
        await migrated(ownerUrl, { made: (version) => made.push(version) }).then(({ from, to }) => [from, to]),
        [0, steps.length],
      );
      assert.deepEqual(
        made,
        steps.map((_, index) => index + 1),
      );
      assert.equal(await open(url), steps.length);
      const tables = await tablesOf(ownerUrl);
      assert.deepEqual(await migrated(ownerUrl).then(({ from }) => from), steps.length);
      assert.equal(await tablesOf(ownerUrl), tables);
    }));

  test('dry gives what it would run, runs nothing of it, and what it gives makes the same', () =>
    withPlace(emptyDatabase, async ({ ownerUrl, url }) => {
      const { sql } = await migrated(ownerUrl, { dryRun: true });
      assert.equal(await tablesOf(ownerUrl), 0);
      await run(ownerUrl, sql);
      assert.equal(await open(url), steps.length);
      assert.equal((await migrated(ownerUrl, { dryRun: true })).from, steps.length);
    }));

  test('by several at once: one works, the others wait and find it done', () =>
    withPlace(emptyDatabase, async ({ ownerUrl, url }) => {
      const made: number[] = [];
      const all = [...steps, addColumn];
      await Promise.all(
        Array.from({ length: 4 }, () => migrated(ownerUrl, { steps: all, made: (version) => made.push(version) })),
      );
      assert.deepEqual(
        made,
        all.map((_, index) => index + 1),
      );
      assert.equal(await ask(ownerUrl, 'SELECT count(*) AS n FROM bindeledd.migration'), all.length);
      assert.equal(await open(url), all.length);
    }));

  test('that fails in a step leaves the version before it, and goes on from there', () =>
    withPlace(testDatabase, async ({ ownerUrl, url }) => {
      const broken: Step = { sql: 'ALTER TABLE organisation ADD COLUMN colour text; SELECT 1 / 0;', from: 1 };
      await fails('HUB-500', migrated(ownerUrl, { steps: [...steps, broken] }));
      assert.equal(await open(url), steps.length);
      assert.equal((await migrated(ownerUrl, { steps: [...steps, addColumn] })).from, steps.length);
    }));

  test('waits for a table in use, a little at a time', () =>
    withPlace(testDatabase, async ({ ownerUrl, url }) => {
      const reader = await openDriver({ url: ownerUrl, clock });
      try {
        const [taken, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
        const reading = reader.transaction(null, async (c) => {
          await c.query({ name: 'hold', text: 'SELECT id FROM organisation' }, []);
          taken.resolve();
          await release.promise;
        });
        await taken.promise;
        let done = false;
        const migrating = migrated(ownerUrl, { steps: [...steps, addColumn] }).then(() => {
          done = true;
        });
        await clock.sleep(2_500);
        assert.equal(done, false);
        release.resolve();
        await Promise.all([reading, migrating]);
      } finally {
        await reader.close();
      }
      assert.equal(await open(url), steps.length + 1);
    }));
});

describe('an older program', () => {
  test('works on beside a step that only added, and refuses to start where one took away', () =>
    withPlace(testDatabase, async ({ ownerUrl, url }) => {
      const { database } = await openDatabase({ url, clock });
      await migrated(ownerUrl, { steps: [...steps, addColumn] });
      const put = {
        name: 'put_organisation',
        text: `INSERT INTO organisation (id, name, settings, created_at) VALUES ('a.no', 'A', '{}', 1)`,
      };
      await database.query(null, put, []);
      assert.equal(await checkDatabase(database), steps.length + 1);
      await migrated(ownerUrl, { steps: [...steps, addColumn, takeAway] });
      await fails('HUB-511', checkDatabase(database));
      await fails('HUB-511', open(url));
      await database.close();
    }));

  test('never migrates a newer database', () =>
    withPlace(testDatabase, async ({ ownerUrl }) => {
      await migrated(ownerUrl, { steps: [...steps, addColumn] });
      const before = await tablesOf(ownerUrl);
      await fails('HUB-511', migrated(ownerUrl));
      await fails('HUB-511', migrated(ownerUrl, { dryRun: true }));
      assert.equal(await tablesOf(ownerUrl), before);
    }));

  test('is told to migrate when its database is older', () =>
    withPlace(testDatabase, async ({ url }) => {
      const database = await openDriver({ url, clock });
      const error = await fails('HUB-514', checkDatabase(database, steps.length + 1));
      assert.match(error.problem.detail, /bindeledd migrate/);
      await database.close();
    }));

  test('is named by every step, and none that it may run beside takes anything away', () => {
    for (const [index, { sql, from }] of steps.entries()) {
      const version = index + 1;
      assert.ok(from >= 1 && from <= version, `version ${version}`);
      if (from < version)
        assert.equal(narrows(sql), false, `version ${version} takes something away from version ${from}`);
      if (index > 0)
        assert.ok(from >= (steps[index - 1]?.from ?? 0), `version ${version}: an older program cannot come back`);
    }
  });

  test('is narrowed by what it does not know of', () => {
    for (const sql of [
      'ALTER TABLE a DROP COLUMN b;',
      'DROP TABLE a;',
      'ALTER TABLE a RENAME b TO c;',
      'ALTER TABLE a ALTER COLUMN b TYPE bigint;',
      'ALTER TABLE a ALTER b SET NOT NULL;',
      'ALTER TABLE a ADD COLUMN b text NOT NULL;',
      'ALTER TABLE a ADD b integer NOT NULL CHECK (b > 0);',
      'ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0);',
      'CREATE UNIQUE INDEX a_b ON a (b);',
      'TRUNCATE a;',
      'REVOKE UPDATE ON a FROM b;',
    ])
      assert.equal(narrows(sql), true, sql);
    for (const sql of [
      addColumn.sql,
      "ALTER TABLE a ADD COLUMN b text NOT NULL DEFAULT '';",
      "ALTER TABLE a ADD COLUMN b text DEFAULT '' NOT NULL;",
      'CREATE TABLE a (tenant integer NOT NULL, b text NOT NULL, PRIMARY KEY (tenant, b));',
      'CREATE INDEX a_b ON a (tenant, b);',
    ])
      assert.equal(narrows(sql), false, sql);
  });
});

describe('nothing is touched', () => {
  const foreign: Readonly<Record<string, readonly string[]>> = {
    'that has tables of others': ['CREATE TABLE public.customers (id integer)'],
    'whose schema of that name is another’s': ['CREATE SCHEMA bindeledd', 'CREATE TABLE bindeledd.links (id integer)'],
    'that another product has marked': [
      'CREATE SCHEMA bindeledd',
      'CREATE TABLE bindeledd.migration (version integer, product text, works_from integer, at bigint)',
      `INSERT INTO bindeledd.migration VALUES (1, 'another', 1, 0)`,
      'GRANT USAGE ON SCHEMA bindeledd TO PUBLIC',
      'GRANT SELECT ON bindeledd.migration TO PUBLIC',
    ],
  };
  for (const [which, commands] of Object.entries(foreign))
    test(`in a database ${which}`, () =>
      withPlace(emptyDatabase, async ({ adminUrl, ownerUrl, url }) => {
        await run(ownerUrl, ...commands.filter((one) => !one.includes('public.')));
        await run(adminUrl, ...commands.filter((one) => one.includes('public.')));
        const before = await tablesOf(adminUrl);
        await fails('HUB-513', migrated(ownerUrl));
        await fails('HUB-513', migrated(ownerUrl, { dryRun: true }));
        await fails('HUB-513', open(url));
        assert.equal(await tablesOf(adminUrl), before);
      }));

  test('by a role that may not make a schema', () =>
    withPlace(emptyDatabase, async ({ url }) => {
      const error = await fails('HUB-515', migrated(url));
      assert.match(error.problem.detail, /own the database/);
      assert.equal(await tablesOf(url), 0);
    }));

  test('by a role that may make no roles, when the hub’s is missing', () =>
    withPlace(emptyDatabase, async ({ ownerUrl }) => {
      const error = await fails('HUB-515', migrated(ownerUrl, { role: `bindeledd_missing_${process.pid}` }));
      assert.match(error.problem.detail, /make roles/);
    }));

  test('in a read-only database', () =>
    withPlace(emptyDatabase, async ({ name, adminUrl, ownerUrl }) => {
      await run(adminUrl, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
      await fails('HUB-502', migrated(ownerUrl));
    }));

  test('in a database in recovery', async () => {
    await using server = await ownServer();
    await server.stop();
    writeFileSync(path.join(server.data, 'standby.signal'), '');
    await server.start();
    await fails('HUB-502', migrated(server.url));
  });

  test('on a server that is too old', async () => {
    const old = { server: 140_011, database: 'a', marked: false, inside: 0, others: 0 };
    const error = await fails(
      'HUB-513',
      standingOf(() => Promise.resolve([old])),
    );
    assert.match(error.problem.detail, /PostgreSQL 14/);
  });

  test('where nobody answers', async () => {
    await fails('HUB-503', migrated('postgres://nobody@127.0.0.1:1/nothing'));
  });
});

test('the role of the hub is made when it is missing, without a login, and its name may be any', () =>
  withPlace(emptyDatabase, async ({ adminUrl }) => {
    const role = `Bindeledd "røle" ${process.pid}`;
    try {
      await migrated(adminUrl, { role });
      const found = await ask(
        adminUrl,
        `SELECT rolcanlogin OR rolsuper OR rolbypassrls AS any FROM pg_roles WHERE rolname = '${role}'`,
      );
      assert.equal(found, false);
    } finally {
      const quoted = `"${role.replaceAll('"', '""')}"`;
      await run(adminUrl, `DROP OWNED BY ${quoted}`, `DROP ROLE ${quoted}`);
    }
  }));

test('whatever the database says, what migrates asks for what hubs ask for: durable commits, and locks that go with the machine', () =>
  withPlace(emptyDatabase, async ({ name, adminUrl, ownerUrl }) => {
    const watched = ['synchronous_commit', 'search_path', 'default_transaction_isolation', 'tcp_keepalives_idle'];
    await run(
      adminUrl,
      ...[
        'synchronous_commit = off',
        "default_transaction_isolation = 'serializable'",
        'tcp_keepalives_idle = 7200',
      ].map((setting) => `ALTER DATABASE ${name} SET ${setting}`),
    );
    const list = watched.map((one) => `'${one}'`).join(', ');
    const seen = `CREATE TABLE seen AS SELECT name, setting FROM pg_settings WHERE name IN (${list});`;
    await migrated(ownerUrl, { steps: [...steps, { from: 1, sql: seen }] });
    const found = await ask(ownerUrl, 'SELECT array_agg(setting ORDER BY name)::text AS all FROM bindeledd.seen');
    assert.equal(found, '{"read committed",bindeledd,on,5}');
    const opening = await Array.fromAsync(glob('src/**/*.ts'), (file) => [file, readFileSync(file, 'utf8')] as const);
    assert.deepEqual(
      opening.filter(([, text]) => text.includes('Wire.open(')).map(([file]) => path.basename(file)),
      ['session.ts'],
    );
  }));
