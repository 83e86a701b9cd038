// `bindeledd doctor`: looks at what a hub needs before it starts, and says one way to mend each thing that is wrong. Changes nothing but
// what a start would change as well.
import { constants, accessSync, existsSync, statfsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { systemClock } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import { ignoreEvents } from '#base/events.ts';
import type { ResolvedSettings, Settings } from '#config/settings.ts';
import type { Model } from '#model/model.ts';
import type { Database, Sql } from '#store/postgres/database.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { loadFolders } from './models.ts';
import { columns, type Terminal } from './terminal.ts';

export type Finding = {
  readonly check: string;
  readonly state: 'ok' | 'note' | 'wrong';
  readonly message: string;
  /** How to mend it; null when there is nothing to mend. */
  readonly fix: string | null;
};

const fine = (check: string, message: string): Finding => ({ check, state: 'ok', message, fix: null });
const note = (check: string, message: string, fix: string): Finding => ({ check, state: 'note', message, fix });
const wrong = (check: string, message: string, fix: string): Finding => ({ check, state: 'wrong', message, fix });

/** The oldest runtime that the hub runs on. */
const leastRuntime = '24.18.1';
const leastSpaceBytes = 1_073_741_824;
const mostApartMs = 5_000;
// A machine whose clock is before this was never set; tokens would be refused everywhere.
const earliest = 1_767_225_600_000;

/** Makes the checks and prints them; exit code 0 when nothing is wrong, 7 otherwise. */
export const runDoctor = async (terminal: Terminal, { settings }: ResolvedSettings): Promise<ExitCode> => {
  const model = loadFolders(settings.model);
  const findings: readonly Finding[] = [
    runtime(process.versions.node),
    clock(systemClock.now()),
    model.ok
      ? fine(
          'model',
          `${[...model.value.parts.values()].map(({ name, version }) => `${name} ${version}`).join(' + ')}, ${model.value.collections.size} collections`,
        )
      : wrong(
          'model',
          model.problem.detail,
          'Mend the file at the line named; `bindeledd model check` lists everything.',
        ),
    await port(settings),
    ...(settings.databaseUrl === null
      ? [...(await dataFolder(settings.data, model.ok ? model.value : null)), space(settings.data)]
      : await database(settings, settings.databaseUrl)),
  ];
  const broken = findings.filter((finding) => finding.state === 'wrong').length;
  if (terminal.json) terminal.out(JSON.stringify({ ok: broken === 0, findings }, null, 2));
  else print(terminal, findings, broken);
  return broken === 0 ? exitCodes.ok : exitCodes.quality;
};

const print = (terminal: Terminal, findings: readonly Finding[], broken: number): void => {
  const marks = { ok: 'ok', note: 'note', wrong: 'WRONG' } as const;
  const lines = columns(findings.map(({ check, state, message }) => [marks[state], check, message]));
  findings.forEach((finding, index) => {
    terminal.out(lines[index] ?? '');
    if (finding.fix !== null) terminal.out(`       ${finding.fix}`);
  });
  const nb = broken === 0 ? 'Ingenting er galt.' : `${broken} ting er galt.`;
  const en = broken === 0 ? 'Nothing is wrong.' : `${broken} wrong.`;
  terminal.say(terminal.language === 'nb' ? nb : en);
};

const runtime = (version: string): Finding =>
  isAtLeast(version, leastRuntime)
    ? fine('runtime', `node ${version}`)
    : wrong(
        'runtime',
        `node ${version} is older than ${leastRuntime}`,
        'Run `npm ci`: the runtime comes with it; then start with `bindeledd` or npm.',
      );

/** Compares two versions of three numbers. */
const isAtLeast = (version: string, least: string): boolean => {
  const a = version.split('.').map(Number);
  const b = least.split('.').map(Number);
  for (let index = 0; index < 3; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
};

const clock = (now: number): Finding =>
  now > earliest
    ? fine('clock', 'set')
    : wrong(
        'clock',
        'the clock of the machine was never set',
        'Set the time and keep it with NTP; tokens depend on it.',
      );

const port = (settings: Settings): Promise<Finding> =>
  new Promise((resolve) => {
    const { host, port: number } = settings;
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const reasons: Readonly<Record<string, readonly [string, string]>> = {
        EADDRINUSE: [
          'is in use',
          'Stop what uses it (it may be a hub that runs already), or choose another with --port.',
        ],
        EACCES: ['needs more rights', 'Choose a port above 1023 with --port.'],
        EADDRNOTAVAIL: ['is not an address of this machine', 'Choose another address with --host.'],
      };
      const [what, fix] = reasons[error.code ?? ''] ?? [
        `cannot be opened (${error.code ?? 'unknown'})`,
        'Check --host and --port.',
      ];
      resolve(wrong('port', `${host}:${number} ${what}`, fix));
    });
    probe.listen({ host, port: number }, () =>
      probe.close(() => resolve(fine('port', number === 0 ? `any on ${host}` : `${host}:${number} is free`))),
    );
  });

const dataFolder = async (folder: string, model: Model | null): Promise<readonly Finding[]> => {
  const check = 'data';
  if (!existsSync(folder)) {
    const parent = nearestFolder(folder);
    return [
      mayWrite(parent)
        ? fine(check, `${folder} will be made at the first start`)
        : wrong(
            check,
            `${folder} is not there and cannot be made`,
            `Make it and give it to this user, or choose another with --data.`,
          ),
    ];
  }
  if (!statSync(folder).isDirectory())
    return [wrong(check, `${folder} is not a directory`, 'Choose a directory with --data.')];
  if (!mayWrite(folder))
    return [
      wrong(
        check,
        `${folder} cannot be written by this user`,
        'Give the directory to the user that runs the hub (chown, chmod 700).',
      ),
    ];
  const open = process.platform !== 'win32' && (statSync(folder).mode & 0o077) !== 0;
  const rights = open
    ? [note('rights', 'others on this machine may look into the data directory', `Run chmod 700 ${folder}`)]
    : [];
  return [await dataFiles(folder, model), ...rights];
};

const dataFiles = async (folder: string, model: Model | null): Promise<Finding> => {
  const { isDataFolder, openSqliteStore } = await import('#store/sqlite/sqlite-store.ts');
  if (!isDataFolder(folder)) return fine('data', `${folder} holds no data yet`);
  if (model === null)
    return note('data', `${folder} holds data; not looked at without a model`, 'Mend the model first.');
  try {
    const store = await openSqliteStore({
      folder,
      model,
      clock: systemClock,
      observe: ignoreEvents,
      baseUrl: () => '',
    });
    await store.close();
    return fine('data', `${folder} can be opened`);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    const { code, detail } = error.problem;
    return code === 'HUB-510'
      ? note('data', 'a hub uses the data directory now', 'Stop it before you start another one.')
      : wrong('data', `${code} ${detail}`, fixes[code] ?? 'See the reference page of errors.');
  }
};

/** What a start would find: server, version, role. */
const database = async (settings: Settings, url: string): Promise<readonly Finding[]> => {
  const check = 'database';
  const [{ openDatabase }, { databaseAddress }] = await Promise.all([
    import('#store/postgres/open.ts'),
    import('#config/setting-kinds.ts'),
  ]);
  const shown = databaseAddress.guarded?.shown(url) ?? '';
  try {
    const opened = await openDatabase({ url, clock: systemClock, applicationName: 'bindeledd doctor', shared: 1 });
    try {
      const writable = await opened.database.healthy();
      return [
        fine(check, `${shown} has version ${opened.version} and a role that fits`),
        ...(writable
          ? []
          : [wrong(check, 'a commit takes longer than it may', 'Look at the disk of the server and at its standby.')]),
        await session(opened.database),
        await lasting(opened.database),
        await serverLog(opened.database),
        await serverClock(opened.database),
        await placesLeft(opened.database, settings),
      ];
    } finally {
      await opened.database.close();
    }
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    const { code, detail } = error.problem;
    return [wrong(check, `${code} ${detail}`, databaseFixes[code] ?? 'See the reference page of errors.')];
  }
};

type Queried = Pick<Database, 'query'>;

const clockOf: Sql = {
  name: 'doctor_clock',
  text: 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now',
};
const placesOf: Sql = {
  name: 'doctor_places',
  text: `SELECT current_setting('max_connections')::integer AS most,
    (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user) AS of_role`,
};

// What the server had by itself for the session, whatever the hub has asked for since.
const durability: Sql = {
  name: 'doctor_durability',
  text: `SELECT name, reset_val AS value FROM pg_settings WHERE
    name = 'fsync' AND setting = 'off' OR name = 'full_page_writes' AND setting = 'off' OR
    name = 'synchronous_commit' AND reset_val NOT IN ('on', 'remote_apply') ORDER BY name`,
};
// Values of statements are national ids and names. They come into the log with the statement that is logged, and with the one that fails.
const logged: Sql = {
  name: 'doctor_log',
  text: `WITH s AS (SELECT name, setting FROM pg_settings),
      all_logged AS (SELECT EXISTS (SELECT FROM s WHERE name = 'log_statement' AND setting IN ('mod', 'all')
        OR name IN ('log_min_duration_statement', 'log_min_duration_sample') AND setting::integer >= 0
        OR name = 'log_transaction_sample_rate' AND setting::float > 0) AS yes)
    SELECT s.name, s.setting AS value FROM s, all_logged WHERE
      s.name = 'log_error_verbosity' AND s.setting = 'verbose' OR s.name = 'log_parameter_max_length_on_error' AND s.setting <> '0' OR
      s.name = 'log_parameter_max_length' AND s.setting <> '0' AND all_logged.yes OR
      s.name = 'auto_explain.log_min_duration' AND s.setting <> '-1' AND
        coalesce(current_setting('auto_explain.log_parameter_max_length', true), '-1') <> '0'
    ORDER BY s.name`,
};
const asked: Sql = {
  name: 'doctor_session',
  text: `SELECT current_setting('search_path') = 'bindeledd' AND current_setting('plan_cache_mode') = 'force_generic_plan' AS kept`,
};

const namesOf = (rows: readonly Readonly<Record<string, unknown>>[]): string =>
  rows.map(({ name, value }) => `${String(name)} = ${String(value)}`).join(', ');

/** A pooler that shares a connection transaction by transaction drops what the hub asks for at its beginning. */
const session = async (queried: Queried): Promise<Finding> => {
  const [row] = await queried.query(null, asked, []);
  return row?.['kept'] === true
    ? fine('session', 'settings of the connection are kept')
    : wrong(
        'session',
        'settings of the connection are lost on the way',
        'Connect to the server itself: a pooler in transaction mode (PgBouncer) is not supported.',
      );
};

const lasting = async (queried: Queried): Promise<Finding> => {
  const rows = await queried.query(null, durability, []);
  if (rows.length === 0) return fine('durability', 'what is committed lasts');
  return rows.every(({ name }) => name === 'synchronous_commit')
    ? note('durability', namesOf(rows), 'Set it to on: hubs ask for that by themselves, scripts beside them do not.')
    : note('durability', namesOf(rows), 'Turn it on: a crash of the server loses, or damages, what was acknowledged.');
};

const serverLog = async (queried: Queried): Promise<Finding> => {
  const rows = await queried.query(null, logged, []);
  return rows.length === 0
    ? fine('server log', 'holds no values of statements')
    : note(
        'server log',
        `${namesOf(rows)}: personal data come into the log of the server`,
        'Set log_error_verbosity to terse and the log_parameter settings to 0.',
      );
};

/** Tokens and audits are timed by the machines of the hub: the server's clock tells when this one is wrong. */
const serverClock = async (queried: Queried): Promise<Finding> => {
  const [row] = await queried.query(null, clockOf, []);
  const ms = Math.abs(systemClock.now() - Number(row?.['now'] ?? 0));
  const said = `${(ms / 1_000).toFixed(1)} s between this machine and the server`;
  return ms < mostApartMs
    ? fine('clocks', said)
    : note('clocks', said, 'Keep the clocks of all machines with NTP: tokens and audits are timed by them.');
};

const placesLeft = async (queried: Queried, { databaseConnections, workers }: Settings): Promise<Finding> => {
  const [row] = await queried.query(null, placesOf, []);
  const ofRole = Number(row?.['of_role'] ?? -1);
  const most = Math.min(Number(row?.['most'] ?? 0), ofRole < 0 ? Number.POSITIVE_INFINITY : ofRole);
  const wanted = (databaseConnections + 3) * workers;
  const said = `${wanted} wanted by this machine, ${most} places`;
  return wanted < most
    ? fine('connections', said)
    : wrong('connections', said, 'Raise max_connections, or lower database_connections or workers.');
};

const databaseFixes: Readonly<Partial<Record<string, string>>> = {
  'HUB-502': 'Name the server that takes writes, or free space on its disk.',
  'HUB-503': 'Is the server running, and its name, port and TLS right? Several servers may stand in the address.',
  'HUB-511': 'Start the newer version of the hub.',
  'HUB-513': 'Name the database of the hub; `bindeledd migrate` fills an empty one.',
  'HUB-514': 'Run `bindeledd migrate --database <address as the owner>`.',
  'HUB-515': 'Log in as a role of its own; `bindeledd migrate --role` gives it the rights of the hub and no more.',
};

const fixes: Readonly<Partial<Record<string, string>>> = {
  'HUB-502': 'Free space, or mend the rights of the directory.',
  'HUB-511': 'Start the newer version of the hub, or choose another directory with --data.',
  'HUB-512': 'Restore the file from a backup; it has not been touched.',
  'HUB-513': 'Choose an empty directory, or one that the hub made, with --data.',
};

const space = (folder: string): Finding => {
  const { bavail, bsize } = statfsSync(nearestFolder(folder));
  const free = bavail * bsize;
  const shown = `${(free / leastSpaceBytes).toFixed(1)} GB free`;
  return free >= leastSpaceBytes
    ? fine('space', shown)
    : wrong('space', shown, 'Free at least 1 GB where the data directory lies, or choose another with --data.');
};

const nearestFolder = (folder: string): string => {
  let at = folder;
  while (!existsSync(at) && path.dirname(at) !== at) at = path.dirname(at);
  return at;
};

const mayWrite = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
