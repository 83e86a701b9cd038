// The second wall: whose rows a connection sees, by row-level security alone, without the rest of the hub; and the roles that the hub does not
// start as.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { systemClock as clock } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import type { Database, Row, Sql } from '#store/postgres/database.ts';
import { numberOf, openDriver, textOf } from '#store/postgres/driver.ts';
import { stateOf } from '#store/postgres/errors.ts';
import { migrate } from '#store/postgres/migrate.ts';
import { openDatabase } from '#store/postgres/open.ts';
import { quoted, rights } from '#store/postgres/rights.ts';
import { allTenantTables, partitions } from '#store/postgres/schema/steps.ts';
import { ownerRole, run, testDatabase, testHubRole } from '../../postgres/database.ts';
import type { TestDatabase } from '../../postgres/database.ts';
import { startProxy } from '../../postgres/proxy.ts';
import { until } from './until.ts';

let place: TestDatabase;
let hub: Database;
before(async () => {
  place = await testDatabase();
  hub = await openDriver({ url: place.url, clock });
  for (const tenant of [1, 2])
    for (const name of ['a', 'b']) await hub.query(tenant, put, [tenant, name, `of ${tenant}`]);
});
after(async () => {
  await hub.close();
  await place.drop();
});

const sql = (name: string, text: string): Sql => ({ name, text });
const put = sql('put', 'INSERT INTO meta (tenant, name, value) VALUES ($1, $2, $3)');
const everything = sql('everything', 'SELECT tenant, name, value FROM meta ORDER BY tenant, name');
const ofOne = sql('of_one', 'SELECT tenant, name, value FROM meta WHERE tenant = $1 ORDER BY name');

const stateOfFailure = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => assert.fail('did not fail'),
    (error: unknown) => stateOf(error),
  );

const tenantsOf = (rows: readonly Row[]): readonly number[] => [...new Set(rows.map((row) => numberOf(row, 'tenant')))];

/** What the server says of a right that is missing. */
const noRight = '42501';

describe('row-level security', () => {
  test('without an organisation shows no row, of any table', async () => {
    assert.deepEqual(await hub.query(null, everything, []), []);
    for (const { name } of allTenantTables)
      assert.deepEqual(await hub.query(null, sql('', `SELECT count(*) AS n FROM ${name}`), []), [{ n: 0 }], name);
  });

  test('shows the rows of one organisation, whatever the statement asks for', async () => {
    assert.deepEqual(tenantsOf(await hub.query(1, everything, [])), [1]);
    assert.equal((await hub.query(1, everything, [])).length, 2);
    assert.deepEqual(await hub.query(1, ofOne, [2]), []);
    await hub.transaction(2, async (c) => {
      assert.deepEqual(tenantsOf(await c.query(everything, [])), [2]);
      assert.deepEqual(await c.query(ofOne, [1]), []);
    });
  });

  test('lets no row of another be written, changed, taken away or moved', async () => {
    assert.equal(await stateOfFailure(hub.query(1, put, [2, 'c', 'mine'])), noRight);
    assert.equal(await stateOfFailure(hub.query(null, put, [2, 'c', 'mine'])), noRight);
    const change = sql('change', `UPDATE meta SET value = 'changed' WHERE tenant = $1 RETURNING name`);
    assert.deepEqual(await hub.query(1, change, [2]), []);
    assert.deepEqual(await hub.query(1, sql('take', 'DELETE FROM meta WHERE tenant = $1 RETURNING name'), [2]), []);
    assert.equal(await stateOfFailure(hub.query(1, sql('move', 'UPDATE meta SET tenant = 2'), [])), noRight);
    // An upsert that meets a row of another finds nothing to change, and may not add one.
    const upsert = sql(
      'upsert',
      `INSERT INTO meta (tenant, name, value) VALUES (2, 'a', 'x') ON CONFLICT (tenant, name) DO UPDATE SET value = 'x'`,
    );
    assert.equal(await stateOfFailure(hub.query(1, upsert, [])), noRight);
    assert.deepEqual(
      (await hub.query(2, everything, [])).map((row) => textOf(row, 'value')),
      ['of 2', 'of 2'],
    );
  });

  test('is over with each statement and each transaction, also after errors', async () => {
    const one = await openDriver({ url: place.url, clock, shared: 1, writing: 1, reading: 1 });
    const broken = sql('broken', 'SELECT 1 / 0 AS n');
    for (let turn = 0; turn < 3; turn += 1) {
      await one.query(1, everything, []);
      assert.deepEqual(await one.query(null, everything, []), []);
      await one.query(1, broken, []).catch(() => {});
      assert.deepEqual(await one.query(null, everything, []), []);
      await one.transaction(1, (c) => c.query(everything, []));
      await one.transaction(1, (c) => c.query(broken, [])).catch(() => {});
      assert.deepEqual(await one.transaction(null, (c) => c.query(everything, [])), []);
      await one.query(1, everything, [], { long: true });
      assert.deepEqual(await one.query(null, everything, [], { long: true }), []);
    }
    await one.close();
  });

  test('is not carried over by a statement that was prepared for another', async () => {
    const asked = Array.from({ length: 400 }, (_, n) => hub.query((n % 4) + 1, everything, []));
    for (const [n, rows] of (await Promise.all(asked)).entries()) {
      const tenant = (n % 4) + 1;
      assert.deepEqual(tenantsOf(rows), tenant > 2 ? [] : [tenant]);
    }
  });

  test('is not got round by what a statement sets for the whole connection', async () => {
    // Nothing of ours does this; what is said for a transaction goes before it.
    const one = await openDriver({ url: place.url, clock, shared: 1 });
    await one.query(null, sql('stay', `SELECT set_config('bindeledd.tenant', '2', false) AS s`), []);
    assert.deepEqual(tenantsOf(await one.query(1, everything, [])), [1]);
    await one.close();
  });

  test('takes nothing but a number for an organisation', async () => {
    const odd = sql('odd', `SELECT set_config('bindeledd.tenant', $1, true) AS s`);
    await hub
      .transaction(null, async (c) => {
        await c.query(odd, ['1 OR true']);
        await c.query(everything, []);
      })
      .then(
        () => assert.fail('it was read'),
        (error: unknown) => assert.equal(stateOf(error), '22P02'),
      );
  });

  test('is on every table of organisations and every part of one', async () => {
    const tables = await hub.query(
      null,
      sql(
        '',
        `SELECT c.relname AS name, c.relispartition AS part, c.relrowsecurity AND c.relforcerowsecurity AS guarded,
          (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant'
          WHERE c.relnamespace = 'bindeledd'::regnamespace AND c.relkind IN ('r', 'p')`,
      ),
      [],
    );
    assert.equal(tables.length, allTenantTables.length * (partitions + 1));
    for (const table of tables) {
      assert.equal(table['guarded'], true, textOf(table, 'name'));
      assert.equal(numberOf(table, 'policies'), table['part'] === true ? 0 : 1, textOf(table, 'name'));
    }
  });

  test('is not got round by a part of a table, not even by one who may read it', async () => {
    const parts = await hub.query(
      null,
      sql('', `SELECT relname AS name FROM pg_class WHERE relname ~ '^meta_[0-9]+$' AND relkind = 'r'`),
      [],
    );
    assert.equal(parts.length, partitions);
    for (const part of parts)
      assert.equal(await stateOfFailure(hub.query(1, sql('', `SELECT * FROM ${textOf(part, 'name')}`), [])), noRight);
    await run(
      place.ownerUrl,
      ...parts.map((part) => `GRANT SELECT ON bindeledd.${textOf(part, 'name')} TO ${testHubRole}`),
    );
    for (const part of parts)
      assert.deepEqual(await hub.query(1, sql('', `SELECT tenant FROM ${textOf(part, 'name')}`), []), []);
    await run(
      place.ownerUrl,
      ...parts.map((part) => `REVOKE SELECT ON bindeledd.${textOf(part, 'name')} FROM ${testHubRole}`),
    );
  });

  test('binds the owner of the tables too', async () => {
    const owner = await openDriver({ url: place.ownerUrl, clock });
    assert.deepEqual(await owner.query(null, everything, []), []);
    assert.deepEqual(tenantsOf(await owner.query(2, everything, [])), [2]);
    await owner.close();
  });
});

describe('what is on record', () => {
  test('is not changed by the role of the hub', async () => {
    for (const [table, set] of [
      ['audit_commit', `records = ''`],
      ['checkpoint', `record = ''`],
      ['platform_audit', `actor = ''`],
    ] as const)
      assert.equal(await stateOfFailure(hub.query(1, sql('', `UPDATE ${table} SET ${set}`), [])), noRight, table);
    for (const table of ['checkpoint', 'platform_audit', 'change', 'erasure'])
      assert.equal(await stateOfFailure(hub.query(1, sql('', `DELETE FROM ${table}`), [])), noRight, table);
    for (const table of rights.keys())
      assert.equal(await stateOfFailure(hub.query(1, sql('', `TRUNCATE ${table}`), [])), noRight, table);
  });

  test('and no table is made, changed or dropped by it', async () => {
    for (const text of [
      'CREATE TABLE bindeledd.mine (n integer)',
      'ALTER TABLE meta DISABLE ROW LEVEL SECURITY',
      'DROP POLICY organisation ON meta',
      'DROP TABLE meta',
      `INSERT INTO migration (version, product, works_from, at) VALUES (9, 'bindeledd', 1, 0)`,
      `SET SESSION AUTHORIZATION ${ownerRole}`,
      `SET ROLE ${ownerRole}`,
    ])
      assert.equal(await stateOfFailure(hub.query(null, sql('', text), [])), noRight, text);
  });

  test('the statements of the hub need no right that its role has not', () => {
    const folder = path.join(import.meta.dirname, '../../../src/store/postgres');
    const lacking: string[] = [];
    let seen = 0;
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
      // Migrations run as the owner.
      if (file === 'migrate.ts') continue;
      for (const [, verb = '', table = ''] of readFileSync(path.join(folder, file), 'utf8').matchAll(
        /(INSERT INTO|DELETE FROM|(?<!DO |FOR |KEY )UPDATE) ([a-z_]+)\b(?=[\s(])/g,
      )) {
        const given = rights.get(table);
        if (given === undefined) continue;
        seen += 1;
        const right = verb.split(' ')[0] ?? '';
        if (!given.some((one) => one === right)) lacking.push(`${file}: ${right} ${table}`);
      }
    }
    assert.ok(seen > 50, `${seen} statements were found`);
    assert.deepEqual(lacking, []);
  });

  test('every table has its rights', async () => {
    const found = await hub.query(
      null,
      sql(
        '',
        `SELECT relname AS name FROM pg_class WHERE relnamespace = 'bindeledd'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`,
      ),
      [],
    );
    assert.deepEqual(found.map((row) => textOf(row, 'name')).toSorted(), [...rights.keys()].toSorted());
  });
});

/** A login of its own with the hub's rights, changed by `commands` in which $ stands for its name. */
const as = async (commands: readonly string[], detail: RegExp | null): Promise<void> => {
  const role = `bindeledd_role_${randomBytes(4).toString('hex')}`;
  const name = quoted(role);
  const url = new URL(place.url);
  url.username = role;
  url.password = 'only-for-tests';
  await run(place.adminUrl, `CREATE ROLE ${name} LOGIN PASSWORD 'only-for-tests'`);
  try {
    await migrate({ url: place.ownerUrl, clock, role });
    await run(place.adminUrl, ...commands.map((command) => command.replaceAll('$', name)));
    const outcome = await openDatabase({ url: url.href, clock }).then(
      ({ database }) => database.close(),
      (error: unknown) => error,
    );
    if (detail === null) return assert.equal(outcome, undefined, String(outcome));
    assert.ok(outcome instanceof HubError, String(outcome));
    assert.equal(outcome.problem.code, 'HUB-515', outcome.message);
    assert.match(outcome.problem.detail, detail);
  } finally {
    await run(
      place.adminUrl,
      `REASSIGN OWNED BY ${name} TO ${ownerRole}`,
      `DROP OWNED BY ${name}`,
      `DROP ROLE ${name}`,
    );
  }
};

describe('the role of the hub', () => {
  test('is fit with the rights that migrating gives, directly or by membership', async () => {
    await as([], null);
    const group = `bindeledd_group_${randomBytes(4).toString('hex')}`;
    await run(place.adminUrl, `CREATE ROLE ${group} NOLOGIN`);
    await migrate({ url: place.ownerUrl, clock, role: group });
    await as(['DROP OWNED BY $', `GRANT ${group} TO $`], null);
    await run(place.adminUrl, `DROP OWNED BY ${group}`, `DROP ROLE ${group}`);
  });

  test('is not a superuser', () => as(['ALTER ROLE $ SUPERUSER'], /superuser/));
  test('has not BYPASSRLS', () => as(['ALTER ROLE $ BYPASSRLS'], /BYPASSRLS/));
  test('cannot become the owner', () => as([`GRANT ${ownerRole} TO $`], /owns its tables/));
  test('owns no table', () => as(['ALTER TABLE bindeledd.secret OWNER TO $'], /owns its tables/));
  test('owns no part of a table', () => as(['ALTER TABLE bindeledd.meta_3 OWNER TO $'], /owns its tables/));
  test('lacks no right', async () => {
    await as(['REVOKE DELETE ON bindeledd.resource FROM $'], /resource DELETE/);
    await as(
      ['REVOKE ALL ON ALL TABLES IN SCHEMA bindeledd FROM $', 'GRANT SELECT ON bindeledd.migration TO $'],
      /and \d+ more/,
    );
    await as(['REVOKE ALL ON ALL TABLES IN SCHEMA bindeledd FROM $'], /bindeledd migrate/);
    await as(['REVOKE ALL ON SCHEMA bindeledd FROM $'], /bindeledd migrate/);
  });
  test('could not change what is on record', () =>
    as(['GRANT ALL ON ALL TABLES IN SCHEMA bindeledd TO $'], /on record/));
  test('cannot become one whom row-level security does not bind', async () => {
    const strong = `bindeledd_strong_${randomBytes(4).toString('hex')}`;
    await run(place.adminUrl, `CREATE ROLE ${strong} NOLOGIN BYPASSRLS`);
    await as([`GRANT ${strong} TO $`], /member of a superuser/);
    await run(place.adminUrl, `DROP ROLE ${strong}`);
  });
  test('finds row-level security on every table', async () => {
    await run(place.ownerUrl, 'ALTER TABLE bindeledd.link_5 DISABLE ROW LEVEL SECURITY');
    await as([], /without row-level security/);
    await run(
      place.ownerUrl,
      'ALTER TABLE bindeledd.link_5 ENABLE ROW LEVEL SECURITY',
      'ALTER TABLE bindeledd.link NO FORCE ROW LEVEL SECURITY',
    );
    await as([], /without row-level security/);
    await run(place.ownerUrl, 'ALTER TABLE bindeledd.link FORCE ROW LEVEL SECURITY');
    await as([], null);
  });
});

const all = (one: string): readonly string[] => [one, one, one];

test('a server that is found again is looked at as at the start, and refused with the same code until its role fits', async () => {
  const mine = await testDatabase();
  await using proxy = await startProxy(mine.url);
  const { database } = await openDatabase({ url: proxy.url, clock });
  const codes = async (): Promise<readonly string[]> =>
    Promise.all(
      [
        database.query(1, ofOne, [1]),
        database.query(null, ofOne, [1], { durable: true }),
        database.transaction(1, async () => []),
      ].map((asked) =>
        asked.then(
          () => 'answered',
          (error: unknown) => (error instanceof HubError ? error.problem.code : String(error)),
        ),
      ),
    );
  try {
    assert.deepEqual(await codes(), all('answered'));
    // As after a failover to a server that was set up by another hand.
    await run(mine.adminUrl, `GRANT UPDATE ON bindeledd.audit_commit TO ${testHubRole}`);
    assert.deepEqual(await codes(), all('answered'));
    proxy.cut();
    const seen = new Set<string>();
    await until(async () => {
      const now = await codes();
      for (const code of now) seen.add(code);
      return now.every((code) => code === 'HUB-515');
    });
    assert.equal(seen.has('answered'), false);
    assert.equal(await database.healthy(), false);
    await run(mine.adminUrl, `REVOKE UPDATE ON bindeledd.audit_commit FROM ${testHubRole}`);
    await until(async () => (await codes()).every((code) => code === 'answered'));
  } finally {
    await database.close();
    await mine.drop();
  }
});
