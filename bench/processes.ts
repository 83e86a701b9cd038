// Starts and talks to the processes of a measurement: the hub as an operator starts it, the bare server, the load generator. Called by
// scenarios. Knows no scenario and no target.
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import type { Load, LoadReport } from './load.ts';
import type { Place } from './place.ts';
import type { Usage } from './probe.ts';

const root = join(import.meta.dirname, '..');
const probe = join(import.meta.dirname, 'probe.ts');

/** As of the process itself; `cpu` is with `database`, which is what the connections to a database server have used of it meanwhile. */
export type UsageOfAll = Usage & { readonly database: number };

/** A server whose use of CPU and memory can be asked for. */
export type Measured = {
  readonly port: number;
  readonly usage: () => Promise<UsageOfAll>;
  readonly stop: () => Promise<void>;
};

export type HubProcess = Measured & {
  /** Milliseconds from the start of the process to the first 200 of /health/ready. */
  readonly readyMs: number;
  /** Resident memory at that moment, bytes. */
  readonly readyRss: number;
};

const freePort = async (): Promise<number> => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const usageOf = async (child: ChildProcess, database: () => number = () => 0): Promise<UsageOfAll> => {
  const answer = once(child, 'message');
  child.send('usage');
  const usage = (await answer)[0] as Usage;
  const beside = database();
  return { ...usage, cpu: usage.cpu + beside, database: beside };
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
};

/** The address that stored links begin with: the same in every data set, so that a start rewrites nothing. */
export const publicUrl = 'http://hub.fjordheim.test';

/**
 * Starts the hub on a data directory or a database, as `bindeledd start` does with its own settings but for address, environment and where the log goes
 * (to nowhere: the lines are made all the same). `nodeFlags` are for profiling. Data quality is worked out in
 * the background after every change of data and is off unless asked for: it would be counted with whatever is measured meanwhile. Rejects when it is not ready within a minute.
 */
export const startHub = async (
  place: Place,
  nodeFlags: readonly string[] = [],
  quality: 'on' | 'off' = 'off',
): Promise<HubProcess> => {
  const port = await freePort();
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...nodeFlags,
      '--import',
      probe,
      join(root, 'bin/bindeledd.mjs'),
      'start',
      '--json',
      ...(place.engine === 'sqlite' ? ['--data', place.folder] : []),
      '--port',
      String(port),
      '--public-url',
      publicUrl,
      '--environment',
      'test',
      // More than any load uses, and counted all the same.
      '--quota-per-minute',
      '1000000000',
      '--quota-per-day',
      '1000000000',
      ...(quality === 'off' ? ['--quality-interval-seconds', '0'] : []),
    ],
    {
      stdio: ['ignore', 'ignore', process.env['BENCH_LOG'] === undefined ? 'ignore' : 'inherit', 'ipc'],
      cwd: root,
      env: { ...process.env, ...(place.engine === 'postgres' ? { BINDELEDD_DATABASE_URL: place.url } : {}) },
    },
  );
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the hub ended with code ${child.exitCode} before it was ready`);
    if (performance.now() - started > 60_000) throw new Error('the hub was not ready within a minute');
    const ready = await fetch(`http://127.0.0.1:${port}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const readyMs = performance.now() - started;
  const usage = (): Promise<UsageOfAll> => usageOf(child, place.engine === 'postgres' ? place.cpu : undefined);
  const { rss: readyRss } = await usage();
  return { port, readyMs, readyRss, usage, stop: () => stop(child) };
};

/** Starts the bare server with the answer that a file and its `.head` hold. */
export const startFloor = async (file: string): Promise<Measured> => {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    ['--import', probe, join(import.meta.dirname, 'floor.ts'), file, String(port)],
    {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  await once(child, 'message');
  return { port, usage: () => usageOf(child), stop: () => stop(child) };
};

export type LoadProcess = { readonly run: (load: Load) => Promise<LoadReport>; readonly stop: () => Promise<void> };

/**
 * Starts a load generator; it takes one load at a time. One that stays behind gets the processor when nobody else wants it: elsewhere clients
 * have machines of their own, and here they are not to take from what is measured.
 */
export const startLoad = (behind = false): LoadProcess => {
  const child = fork(join(import.meta.dirname, 'load.ts'));
  if (behind && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  return {
    run: async (load) => {
      const answer = once(child, 'message');
      child.send(load);
      const [report] = (await answer) as [LoadReport | { readonly error: string }];
      if ('error' in report) throw new Error(report.error);
      return report;
    },
    stop: () => stop(child),
  };
};

/** The head of a GET request. */
export const get = (path: string, headers: Readonly<Record<string, string>> = {}): string =>
  `GET ${path} HTTP/1.1\r\nHost: hub.fjordheim.test\r\nUser-Agent: bench\r\nAccept: application/json\r\n${Object.entries(
    headers,
  )
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

/** A whole POST request. */
export const post = (path: string, body: string, headers: Readonly<Record<string, string>>): string =>
  `${get(path, { ...headers, 'Content-Length': String(Buffer.byteLength(body)) }).replace(/^GET /, 'POST ')}${body}`;
