// Hubs as processes of their own over one database, as an operator has them: each with its port, all with one public address. Used by the tests
// of many processes.
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#base/clock.ts';
import { hashSecret, makeClientSecret } from '#auth/secrets.ts';
import { systemRandom } from '#base/random.ts';
import { createNotices } from '#store/postgres/notices.ts';
import { openDatabase } from '#store/postgres/open.ts';
import { openPlatform } from '#store/postgres/platform.ts';
import type { Grant, OrganisationSettings, PlatformStore } from '#store/store.ts';
import { callerOf, tokenFor, type Caller } from '../e2e/caller.ts';
import { whenLeaving } from '../leaving.ts';
import { doneBefore } from '../done-before.ts';

const root = path.join(import.meta.dirname, '../..');
const program = path.join(root, 'bin/bindeledd.mjs');

/** What stands in links and tokens; the processes listen elsewhere. */
export const publicUrl = 'https://hub.example.test';

export type Hub = {
  readonly child: ChildProcess;
  /** Where this process listens. */
  readonly url: string;
  readonly stderr: () => string;
  readonly ended: Promise<number | null>;
  /** Sends SIGTERM and waits for the end; gives the exit code. */
  readonly stop: () => Promise<number | null>;
};

const running = new Set<ChildProcess>();

/** Ends what is left of them all. */
export const endAll = (): void => {
  for (const child of running) child.kill('SIGKILL');
};
whenLeaving(endAll);

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

const usual: readonly string[] =
  `--public-url ${publicUrl} --environment sandbox --log-level warn --database-connections 8 --quality-interval-seconds 0`.split(
    ' ',
  );

/** Starts one over the database and waits until it is ready, at most half a minute. `flags` are words of `start`. */
export const startHub = async (databaseUrl: string, flags: readonly string[] = []): Promise<Hub> => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:BINDELEDD_|NODE_|DATABASE_URL)/.test(name));
  const child = spawn(process.execPath, [program, 'start', ...usual, '--port', String(port), ...flags, '--json'], {
    cwd: root,
    env: { ...Object.fromEntries(kept), ...doneBefore, LANG: 'en_US.UTF-8', BINDELEDD_DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<number | null>((resolve) =>
    child.on('close', (code) => {
      running.delete(child);
      resolve(code);
    }),
  );
  const line = Promise.withResolvers<void>();
  child.stdout.setEncoding('utf8').once('data', () => line.resolve());
  await Promise.race([
    line.promise,
    ended.then((code) => Promise.reject(new Error(`the hub ended with ${code}: ${stderr.slice(-2_000)}`))),
    sleep(30_000, undefined, { ref: false }).then(() =>
      Promise.reject(new Error(`not ready: ${stderr.slice(-2_000)}`)),
    ),
  ]);
  return {
    child,
    url,
    stderr: () => stderr,
    ended,
    stop: () => {
      if (child.exitCode === null) child.kill('SIGTERM');
      return ended;
    },
  };
};

export type Credentials = { readonly id: string; readonly secret: string };

export type Books = {
  readonly platform: PlatformStore;
  /** Enters an application with a secret, and a grant for all collections unless `grant` says otherwise. */
  readonly enter: (application: {
    readonly id: string;
    readonly kind: 'client' | 'adapter' | 'admin';
    readonly organisation: string;
    readonly grant?: Partial<Grant> | null;
  }) => Promise<Credentials>;
  readonly organisation: (id: string, settings?: Partial<OrganisationSettings>) => Promise<void>;
  readonly close: () => Promise<void>;
};

export const everything = { collections: ['*'], fields: null, withhold: [], rows: null } as const;

/** The platform of the database from this process, as a command beside hubs has it. */
export const openBooks = async (databaseUrl: string): Promise<Books> => {
  const { database } = await openDatabase({
    url: databaseUrl,
    clock: systemClock,
    shared: 1,
    writing: 2,
    reading: 1,
    recording: 1,
  });
  const notices = createNotices({ database, clock: systemClock, random: systemRandom });
  const platform = await openPlatform({ database, notices, clock: systemClock });
  const createdAt = Date.now() - 3_600_000;
  return {
    platform,
    organisation: async (id, settings) =>
      platform.putOrganisation({
        id,
        name: id,
        orgNumber: null,
        settings: { removalGuard: 0.05, extraBackLinks: true, strictness: [], ...settings },
        createdAt,
      }),
    enter: async ({ id, kind, organisation, grant }) => {
      const secret = makeClientSecret(systemRandom);
      await platform.putApplication({
        id,
        name: id,
        kind,
        owner: organisation,
        describe: '',
        environment: 'sandbox',
        secrets: [{ id: `${id}-1`, hash: await hashSecret(secret, systemRandom), createdAt, expiresAt: null }],
        jwks: null,
        disabled: false,
        createdAt,
      });
      if (grant !== null) await platform.putGrant(grantOf(id, kind, organisation, grant));
      return { id, secret };
    },
    close: async () => {
      platform.close();
      notices.close();
      await database.close();
    },
  };
};

export const grantOf = (
  application: string,
  kind: 'client' | 'adapter' | 'admin',
  organisation: string,
  more: Partial<Grant> = {},
): Grant => ({
  ...everything,
  id: `${application}-grant`,
  application,
  organisation,
  actions: kind === 'adapter' ? ['deliver'] : ['read', 'list', 'follow'],
  environment: 'sandbox',
  from: null,
  to: null,
  purpose: 'test',
  agreement: null,
  createdAt: Date.now() - 3_600_000,
  ...more,
});

/** A caller of one process with a token that this process, or another, has issued. */
export const callerAt = async (hub: Hub, { id, secret }: Credentials, issuer: Hub = hub): Promise<Caller> =>
  callerOf(hub.url, await tokenFor(issuer.url, id, secret));

/** Waits until it holds, at most so many ms; gives how long it took. Throws with what it saw last. */
export const within = async (ms: number, look: () => Promise<string | null>): Promise<number> => {
  const began = performance.now();
  for (;;) {
    const missing = await look();
    const took = performance.now() - began;
    if (missing === null) return took;
    if (took > ms) throw new Error(`not within ${ms} ms: ${missing}`);
    await sleep(50);
  }
};
