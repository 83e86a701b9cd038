// The small world of the fault suites in a database: on a server of its own that may be killed, for hubs that share it. Used by the parts of the
// suite that run on PostgreSQL, and by the drill of failover.
import { setTimeout as sleep } from 'node:timers/promises';
import { compose } from '#app/compose.ts';
import { resolveSettings } from '#config/settings.ts';
import { enrol, type Credentials } from '../e2e/hub-under-test.ts';
import { testDatabase } from '../postgres/database.ts';
import { killServer } from '../postgres/kill-server.ts';
import { durable, ownServer } from '../postgres/server.ts';
import { applications, organisation } from './world.ts';

/** Enters organisation and applications into a migrated database, as the hub that the address names. */
export const enterWorld = async (databaseUrl: string): Promise<ReadonlyMap<string, Credentials>> => {
  const resolved = resolveSettings({
    flags: { port: '0', environment: 'sandbox', logLevel: 'silent' },
    environment: { DATABASE_URL: databaseUrl },
    file: null,
    readSecret: () => null,
  });
  if (!resolved.ok) throw new Error(resolved.problem.detail);
  const hub = await compose(resolved.value.settings);
  try {
    return await enrol(hub.platform, [organisation], applications);
  } finally {
    await hub.close();
  }
};

export type HurtServer = AsyncDisposable & {
  /** A fresh database with the world in it. */
  readonly world: () => Promise<World>;
  /** SIGKILL, with all its processes. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
};

export type World = {
  readonly databaseUrl: string;
  readonly adminUrl: string;
  readonly credentials: ReadonlyMap<string, Credentials>;
};

/** Starts a server that keeps what it has committed, with `more` settings; `before` sees the folder of its data first. */
export const startHurtServer = async (
  more: readonly string[] = [],
  before?: (data: string) => void,
): Promise<HurtServer> => {
  const server = await ownServer([...durable, ...more], before);
  return {
    world: async () => {
      const { url, adminUrl } = await testDatabase(server.url);
      return { databaseUrl: url, adminUrl, credentials: await enterWorld(url) };
    },
    kill: () => killServer(server.pid()),
    start: async () => {
      for (let tries = 0; ; tries += 1)
        try {
          return await server.start();
        } catch (error) {
          if (tries === 5) throw error;
          await sleep(200);
        }
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
};
