// The hub as a process that a fault suite may hurt: started on a data directory, killed, stopped, with faults preloaded or with a bug planted
// into its source. Used by the fault suites.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { whenLeaving } from '../leaving.ts';

const root = path.join(import.meta.dirname, '../..');
const readyMs = 30_000;
// One address over all lives: it stands in every resource.
const address = 'http://hub.fjord.test';

export type HurtHub = {
  readonly url: string;
  readonly child: ChildProcess;
  /** Milliseconds from the start until it was ready. */
  readonly startMs: number;
  readonly stderr: () => string;
  readonly kill: () => Promise<void>;
  /** SIGTERM; gives the exit code. */
  readonly stop: () => Promise<number | null>;
};

/** A data directory, or the address of a database. */
export type HubPlace = { readonly folder: string } | { readonly databaseUrl: string };

export type HubOptions = HubPlace & {
  /** Any free one when not given. */
  readonly port?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Name of a planted bug (bugs.ts). */
  readonly plant?: string;
  readonly flags?: readonly string[];
};

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** Starts `bindeledd start`; rejects when it is not ready within half a minute. */
export const startHurtHub = async (options: HubOptions): Promise<HurtHub> => {
  const { environment = {}, plant, flags = [] } = options;
  const port = options.port ?? (await freePort());
  const from = performance.now();
  const first = plant === undefined ? [] : ['--import', pathToFileURL(path.join(import.meta.dirname, 'plant.ts')).href];
  const words = [
    'start',
    '--public-url',
    address,
    ...('folder' in options ? ['--data', options.folder] : []),
    '--port',
    String(port),
    '--environment',
    'sandbox',
    '--log-level',
    'error',
    '--json',
  ];
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('BINDELEDD_') && !name.startsWith('NODE_') && name !== 'DATABASE_URL',
  );
  const database = 'folder' in options ? {} : { DATABASE_URL: options.databaseUrl };
  const child = spawn(process.execPath, [...first, path.join(root, 'bin/bindeledd.mjs'), ...words, ...flags], {
    cwd: root,
    env: {
      ...Object.fromEntries(kept),
      ...database,
      ...environment,
      ...(plant === undefined ? {} : { PLANTED_BUG: plant }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  const forget = whenLeaving(() => child.kill('SIGKILL'));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  void ended.then(forget);
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-20_000)));
  const line = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the hub was not ready in time: ${stderr.slice(-2_000)}`));
    }, readyMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const end = stdout.indexOf('\n');
      if (end === -1) return;
      clearTimeout(timer);
      resolve(stdout.slice(0, end));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      reject(new Error(`the hub ended with ${code}: ${stderr.slice(-2_000)}`));
    });
  });
  const { url: publicUrl } = JSON.parse(line) as { readonly url: string };
  if (publicUrl !== address) throw new Error(`the hub says that it is at ${publicUrl}`);
  return {
    url: `http://127.0.0.1:${port}`,
    child,
    startMs: performance.now() - from,
    stderr: () => stderr,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    stop: () => {
      if (child.exitCode === null) child.kill('SIGTERM');
      return ended;
    },
  };
};
