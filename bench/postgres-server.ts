// A PostgreSQL server for measurements, with durable settings (fsync and synchronous commit on), in a temporary folder: its databases with all
// tables, and what its processes have used. Called by run.ts and by scenarios; knows no scenario.
import { readFileSync, readdirSync } from 'node:fs';
import { testDatabase, type TestDatabase } from '../test/postgres/database.ts';
import { durable, ownServer } from '../test/postgres/server.ts';

export type PostgresServer = {
  /** An empty database with all tables. */
  readonly database: () => Promise<TestDatabase>;
  /** Microseconds of CPU of all processes that serve connections. What the server does in the background by itself is not counted. */
  readonly cpu: () => number;
  readonly stop: () => Promise<void>;
};

// As an operator would give it on a small machine; the rest as it comes.
const settings = [...durable, 'shared_buffers=256MB', 'max_wal_size=4GB'];

/** Starts it. Rejects when there is no PostgreSQL for this machine. */
export const startPostgres = async (): Promise<PostgresServer> => {
  const server = await ownServer(settings);
  return {
    database: () => testDatabase(server.url),
    cpu: () => backendCpu(server.pid()),
    stop: async () => server[Symbol.asyncDispose](),
  };
};

/** Of each process that has served a connection: one that has ended meanwhile still counts, as of when it was last seen. */
const seen = new Map<string, number>();

const backendCpu = (server: number): number => {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      if (Number(fields[1]) !== server) continue;
      // A connection's process says in its title where from: `postgres: role database 127.0.0.1(40000) idle`.
      if (!/\(\d+\)/.test(readFileSync(`/proc/${name}/cmdline`, 'utf8'))) continue;
      seen.set(`${server} ${name}`, Number(readFileSync(`/proc/${name}/schedstat`, 'utf8').split(' ')[0]) / 1_000);
    } catch {
      // It has ended since the folder was read.
    }
  }
  let sum = 0;
  for (const [key, cpu] of seen) if (key.startsWith(`${server} `)) sum += cpu;
  return sum;
};
