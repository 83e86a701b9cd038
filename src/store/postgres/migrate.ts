// Makes the tables of the hub in a PostgreSQL database and brings them to the version of this program: `bindeledd migrate`, as the role that
// owns them, which is never the hub's. Forward only; each version is one transaction, and one process at a time makes it.
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import { addressesOf } from './address.ts';
import { numberOf, textOf } from './cells.ts';
import type { Row, Sql } from './database.ts';
import { isAway, stateOf, translate } from './errors.ts';
import { quoted, rightsSql } from './rights.ts';
import { steps } from './schema/steps.ts';
import type { Step } from './schema/steps.ts';
import { openSession } from './session.ts';
import type { Wire } from './wire.ts';

/** What marks the tables as ours. */
export const product = 'bindeledd';

/** The role that gets the hub's rights when no other is named. */
export const hubRole = 'bindeledd_hub';

export type MigrateOptions = {
  /** As a role that may make a schema in the database, or owns it; and that may make roles when the hub's is missing. */
  readonly url: string;
  readonly clock: Clock;
  /** Gets the rights of the hub; made when missing. */
  readonly role?: string;
  /** Only says what would be run. */
  readonly dryRun?: boolean;
  /** Told of each version when it is made. */
  readonly made?: (version: number) => void;
  /** The steps of another version of the program: for tests. */
  readonly steps?: readonly Step[];
};

export type Migrated = {
  readonly from: number;
  readonly to: number;
  /** What was run, or would be. */
  readonly sql: string;
};

/** Any number, the same in all versions: whoever migrates holds it. */
const lock = 4_841_220_317;

const schemaSql = `CREATE SCHEMA IF NOT EXISTS bindeledd;
CREATE TABLE IF NOT EXISTS bindeledd.migration (
  version integer PRIMARY KEY, product text NOT NULL, works_from integer NOT NULL, at bigint NOT NULL);
COMMENT ON SCHEMA bindeledd IS '${product}';`;

/** The statements of a version, as one transaction runs them between BEGIN and COMMIT. */
const stepSql = (step: Step, version: number, at: number): string =>
  [
    ...(version === 1 ? [schemaSql] : []),
    'SET LOCAL search_path TO bindeledd;',
    step.sql,
    `INSERT INTO migration (version, product, works_from, at) VALUES (${version}, '${product}', ${step.from}, ${at});`,
  ].join('\n');

/** All that migrating from nothing runs, with times at 0: the golden text. */
export const sqlFromNothing = (role = hubRole): string => textOfRun(steps, 0, role, 0);

const textOfRun = (all: readonly Step[], from: number, role: string, at: number): string =>
  [
    ...all.flatMap((step, index) => (index < from ? [] : [`BEGIN;\n${stepSql(step, index + 1, at)}\nCOMMIT;\n`])),
    `BEGIN;\nSET LOCAL search_path TO bindeledd;\n${rightsSql(role)}\nCOMMIT;\n`,
  ].join('\n');

/**
 * Brings the database to the version of this program, and gives the hub's role its rights. Of several that do it at once one works and the
 * others wait, and find it done. Throws a HubError and leaves the database as it was: HUB-503 not reachable, 502 read-only, full or in recovery,
 * 511 newer, 513 not ours, 514 no such database, 515 missing rights, 501 a table stays in use.
 */
export const migrate = async (options: MigrateOptions): Promise<Migrated> => {
  const all = options.steps ?? steps;
  const role = options.role ?? hubRole;
  const wire = await connect(options.url);
  try {
    const from = await versionOf(wire, all.length);
    const sql = textOfRun(all, from, role, options.clock.now());
    if (options.dryRun === true) return { from, to: all.length, sql };
    for (let version = from + 1; version <= all.length; version += 1) {
      const step = all[version - 1];
      if (step === undefined) continue;
      const done = await once(wire, options.clock, async () => {
        // Under the lock: another process may have been here.
        if ((await versionOf(wire, all.length)) >= version) return false;
        await wire.command(stepSql(step, version, options.clock.now()));
        return true;
      });
      if (done) options.made?.(version);
    }
    await once(wire, options.clock, async () => {
      await wire.command(`SET LOCAL search_path TO bindeledd;\n${rightsSql(role)}`);
    });
    return { from, to: all.length, sql };
  } catch (error) {
    throw explained(error, role);
  } finally {
    await wire.close();
  }
};

const connect = async (url: string): Promise<Wire> => {
  let failure: unknown = null;
  for (const address of addressesOf(url)) {
    try {
      const wire = await openSession({
        url: address,
        applicationName: 'bindeledd migrate',
        connectMs: 5_000,
        // A version may take as long as the tables are large; what it waits for is said with each transaction.
        statementMs: 0,
        lockMs: 0,
        idleMs: 60_000,
      });
      const [row] = await wire.query(serverState, [], null);
      if (row?.['recovery'] === false && row['read_only'] === false) return wire;
      wire.destroy(new Error('read-only'));
      const what = row?.['recovery'] === true ? 'is in recovery and takes no writes' : 'takes no writes';
      throw new HubError(problem('HUB-502', `The database ${what}; nothing was changed.`));
    } catch (error) {
      // A server that says no says more than one that is not there.
      if (failure === null || isAway(failure)) failure = error;
    }
  }
  throw translate(failure);
};

const serverState: Sql = {
  name: 'server_state',
  text: `SELECT pg_is_in_recovery() AS recovery, current_setting('default_transaction_read_only')::boolean AS read_only`,
};

/** Runs work as one transaction that nobody else runs beside. */
const once = async <T>(wire: Wire, clock: Clock, work: () => Promise<T>): Promise<T> => {
  for (let turn = 1; ; turn += 1) {
    try {
      // Another's migration is waited for; a table in use only shortly, because whoever wants it next waits behind us.
      await wire.command(
        `BEGIN; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(${lock}); SET LOCAL lock_timeout = '2s'`,
      );
      const value = await work();
      await wire.command('COMMIT');
      return value;
    } catch (error) {
      await wire.command('ROLLBACK').catch(() => {});
      if (stateOf(error) !== '55P03' || turn === 15) throw error;
      await clock.sleep(1_000);
    }
  }
};

// By name in the catalogue: whoever may not use a schema may not ask for a table of it by any other way.
const standing: Sql = {
  name: 'standing',
  text: `WITH ours AS (SELECT oid FROM pg_namespace WHERE nspname = 'bindeledd'),
    mark AS (SELECT c.oid FROM pg_class c JOIN ours ON ours.oid = c.relnamespace WHERE c.relname = 'migration')
    SELECT
    current_setting('server_version_num')::integer AS server,
    current_database()::text AS database,
    EXISTS (SELECT FROM mark) AS marked,
    (SELECT has_schema_privilege(oid, 'USAGE') FROM ours) AS usable,
    (SELECT has_table_privilege(oid, 'SELECT') FROM mark) AS readable,
    (SELECT count(*) FROM pg_class c JOIN ours ON ours.oid = c.relnamespace) AS inside,
    (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'm', 'f') AND n.nspname <> 'bindeledd' AND n.nspname <> 'information_schema'
        AND n.nspname NOT LIKE 'pg\\_%'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')) AS others`,
};

const versions: Sql = {
  name: 'versions',
  text: `SELECT max(version) AS version, max(works_from) AS works_from, min(product) AS first, max(product) AS last FROM bindeledd.migration`,
};

/** Something that answers statements: a connection, or the shared ones of a hub. */
export type Ask = (sql: Sql) => Promise<readonly Row[]>;

export type Standing = {
  readonly version: number;
  /** The oldest version of the program that works on it. */ readonly worksFrom: number;
};

/** The version of a database; 0 when there is nothing in it yet. Throws HUB-513 for one that is not ours, 515 for one whose version may not be read. */
export const standingOf = async (ask: Ask): Promise<Standing> => {
  const [row] = await ask(standing);
  const server = numberOf(row, 'server');
  const internal = textOf(row, 'database');
  if (server < 150_000)
    throw new HubError(
      problem(
        'HUB-513',
        `The database server is PostgreSQL ${Math.trunc(server / 10_000)}; the hub needs 15 or newer.`,
      ),
    );
  if (row?.['marked'] !== true) {
    // Also where the name of the database was mistyped: nothing is made among the tables of others.
    if (numberOf(row, 'inside') > 0 || numberOf(row, 'others') > 0)
      throw new HubError(problem('HUB-513', 'The database holds tables of another product.', { internal }));
    return { version: 0, worksFrom: 0 };
  }
  if (row['usable'] !== true || row['readable'] !== true)
    throw new HubError(
      problem(
        'HUB-515',
        'The role may not read the tables of the hub; run `bindeledd migrate` with this role as --role.',
        { internal },
      ),
    );
  const [found] = await ask(versions);
  if (textOf(found, 'first') !== product || textOf(found, 'last') !== product)
    throw new HubError(problem('HUB-513', 'The database holds tables of another product.', { internal }));
  return { version: numberOf(found, 'version'), worksFrom: numberOf(found, 'works_from') };
};

const versionOf = async (wire: Wire, known: number): Promise<number> => {
  const { version } = await standingOf((sql) => wire.query(sql, [], null));
  if (version > known) throw newer(version, known);
  return version;
};

/** What is said of a database that this program is too old for. */
export const newer = (version: number, known: number): HubError =>
  new HubError(problem('HUB-511', `The database has version ${version}; this program knows ${known}.`));

/** What was missing, in words that say what to do. */
const explained = (error: unknown, role: string): unknown => {
  if (stateOf(error) !== '42501' || !(error instanceof Error)) return translate(error);
  return new HubError(
    problem(
      'HUB-515',
      `The role that migrates lacks a right: it must own the database or the schema bindeledd, and be allowed to make roles, or ${quoted(role)} must be there already. Nothing was changed by the step that failed.`,
      { internal: error.message },
    ),
    { cause: error },
  );
};
