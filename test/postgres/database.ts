// Databases for tests: each its own, with all tables in it, copied from one that is made once per server and version of the tables. Called by
// every test that needs rows; dropped at its end.
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#base/clock.ts';
import type { Row } from '#store/postgres/database.ts';
import { migrate, sqlFromNothing } from '#store/postgres/migrate.ts';
import { qualityTables } from '#store/postgres/schema/quality-tables.ts';
import { tenantTables } from '#store/postgres/schema/tenant-tables.ts';
import { Wire } from '#store/postgres/wire.ts';
import { sharedServer } from './server.ts';

export const ownerRole = 'bindeledd_test_owner';
export const testHubRole = 'bindeledd_test_hub';
const password = 'only-for-tests';

export type TestDatabase = {
  readonly name: string;
  /** As the role that may make databases. */
  readonly adminUrl: string;
  /** As the owner of the tables. */
  readonly ownerUrl: string;
  /** As the hub. */
  readonly url: string;
  readonly drop: () => Promise<void>;
};

const withDatabase = (url: string, database: string, login?: string): string => {
  const address = new URL(url);
  address.pathname = `/${database}`;
  if (login !== undefined) {
    address.username = login;
    address.password = password;
  }
  return address.href;
};

/** Runs statements one by one as whoever the address says; each a transaction of its own. */
export const run = async (url: string, ...commands: readonly string[]): Promise<void> => {
  const wire = await Wire.open({
    url,
    applicationName: 'test',
    connectMs: 10_000,
    settings: ['client_min_messages=warning'],
  });
  try {
    for (const command of commands) await wire.command(command);
  } finally {
    await wire.close();
  }
};

/** The rows of one statement, as whoever the address says. */
export const rows = async (url: string, text: string): Promise<readonly Row[]> => {
  const wire = await Wire.open({ url, applicationName: 'test', connectMs: 10_000, settings: [] });
  try {
    return await wire.query({ name: '', text }, [], null);
  } finally {
    await wire.close();
  }
};

/** Runs work while no other process does, on any machine that uses the server. */
const alone = async (url: string, work: (wire: Wire) => Promise<void>): Promise<void> => {
  const wire = await Wire.open({
    url,
    applicationName: 'test',
    connectMs: 10_000,
    settings: ['client_min_messages=warning'],
  });
  try {
    await wire.command('SELECT pg_advisory_lock(77001)');
    await work(wire);
  } finally {
    await wire.close();
  }
};

const createRoles = `DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${ownerRole}') THEN CREATE ROLE ${ownerRole} LOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${testHubRole}') THEN CREATE ROLE ${testHubRole} LOGIN; END IF;
  IF NOT pg_has_role('${ownerRole}', 'MEMBER') THEN EXECUTE format('GRANT ${ownerRole} TO %I', current_user); END IF;
END $$; ALTER ROLE ${ownerRole} PASSWORD '${password}'; ALTER ROLE ${testHubRole} PASSWORD '${password}'`;

const exists = async (wire: Wire, database: string): Promise<boolean> =>
  (
    await wire.query(
      { name: 'exists', text: 'SELECT true AS there FROM pg_database WHERE datname = $1' },
      [database],
      null,
    )
  ).length > 0;

const templates = new Map<string, Promise<string>>();

/** The name of the database that others are copied from, on a server. */
const templateOn = (admin: string): Promise<string> => {
  const known = templates.get(admin);
  if (known !== undefined) return known;
  const made = (async (): Promise<string> => {
    const name = `bindeledd_template_${createHash('sha256').update(sqlFromNothing()).digest('hex').slice(0, 12)}`;
    await alone(admin, async (wire) => {
      if (await exists(wire, name)) return;
      await wire.command(createRoles);
      const half = `${name}_half`;
      await wire.command(`DROP DATABASE IF EXISTS ${half}`);
      await wire.command(`CREATE DATABASE ${half} TEMPLATE template0 OWNER ${ownerRole}`);
      await migrate({ url: withDatabase(admin, half, ownerRole), clock: systemClock, role: testHubRole });
      await wire.command(`ALTER DATABASE ${half} RENAME TO ${name}`);
    });
    return name;
  })();
  templates.set(admin, made);
  return made;
};

const named = async (admin: string, create: (name: string) => string): Promise<TestDatabase> => {
  const name = `bindeledd_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  await run(admin, create(name));
  return {
    name,
    adminUrl: withDatabase(admin, name),
    ownerUrl: withDatabase(admin, name, ownerRole),
    url: withDatabase(admin, name, testHubRole),
    drop: () => run(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
};

/** A database with all tables, empty, on the shared server or on that of the address. */
export const testDatabase = async (server?: string): Promise<TestDatabase> => {
  const admin = server ?? (await sharedServer());
  const template = await templateOn(admin);
  return named(admin, (name) => `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY OWNER ${ownerRole}`);
};

/** Of this process, empty again. */
const free: TestDatabase[] = [];
let leaving = false;
/** Of more organisations it is dearer to empty one than to make one. */
const mostTenants = 8;

/**
 * A database with all tables, empty, on the shared server: one that an earlier test of this process has given back, emptied row by row, since
 * making one and dropping it costs more than most tests. What is left is dropped when the process ends.
 */
export const lentDatabase = async (): Promise<{ readonly url: string; readonly giveBack: () => Promise<void> }> => {
  const database = free.pop() ?? (await testDatabase());
  if (!leaving)
    process.once('beforeExit', () => {
      for (const one of free.splice(0)) void one.drop();
    });
  leaving = true;
  const giveBack = async (): Promise<void> => {
    if (await emptied(database)) free.push(database);
    else await database.drop();
  };
  return { url: database.url, giveBack };
};

const tenantNames = [...tenantTables, ...qualityTables].map(({ name }) => name);

/** Deletes every row that was not there at first; false when somebody still works there, or when there is too much. */
const emptied = async ({ adminUrl }: TestDatabase): Promise<boolean> => {
  const wire = await Wire.open({ url: adminUrl, applicationName: 'test', connectMs: 10_000, settings: [] });
  const ask = async (text: string): Promise<readonly string[]> =>
    (await wire.query({ name: '', text }, [], null)).map((row) => String(Object.values(row)[0]));
  try {
    const others = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND backend_type = 'client backend'`;
    // A connection that was closed is gone a moment later.
    for (let waited = 0; (await ask(others)).length > 0; waited += 5) {
      if (waited > 200) return false;
      await sleep(5);
    }
    const tenants = await ask('SELECT number FROM bindeledd.tenant');
    if (tenants.length > mostTenants) return false;
    const platform = await ask(`SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'bindeledd' AND c.relkind = 'r' AND NOT c.relispartition AND c.relname NOT IN ('revision', 'migration')`);
    // Named by its number, an organisation is in one partition, and the others are not looked at.
    const deletions = [
      ...tenants.flatMap((tenant) =>
        tenantNames.map((name) => `DELETE FROM bindeledd.${name} WHERE tenant = ${tenant}`),
      ),
      ...platform.map((name) => `DELETE FROM bindeledd.${name}`),
      'UPDATE bindeledd.revision SET value = 0',
    ];
    await wire.command(deletions.join(';'));
    return true;
  } finally {
    await wire.close();
  }
};

/** A database without anything in it, owned by the owner of the tests' tables. */
export const emptyDatabase = async (server?: string): Promise<TestDatabase> => {
  const admin = server ?? (await sharedServer());
  await templateOn(admin);
  return named(admin, (name) => `CREATE DATABASE ${name} TEMPLATE template0 OWNER ${ownerRole}`);
};
