// One run: processes that write and read over one database, while they are killed, cut off and their connections ended; then the verdict. Called
// by feed.test.ts and run.ts. On an engine that one process has to itself all actors are in that process, which is killed as a whole.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#base/clock.ts';
import { Wire } from '#store/postgres/wire.ts';
import { whenLeaving } from '../leaving.ts';
import { testDatabase } from '../postgres/database.ts';
import { startProxy } from '../postgres/proxy.ts';
import type { CommitFate, Proxy } from '../postgres/proxy.ts';
import { postgres, sqlite } from '../store/conformance/dialects.ts';
import { base, model, planFor } from '../store/conformance/world.ts';
import { check, idIn } from './checker.ts';
import type { Stored } from './checker.ts';
import { diceOf } from './dice.ts';
import type { Dice } from './dice.ts';
import type { Task, Word } from './feed-process.ts';
import { readLog } from './history.ts';
import { digest, rowOf } from './reader.ts';
import { elev, organisation, paths, readBody } from './resources.ts';

export type FeedRun = {
  readonly dialect: 'postgres' | 'sqlite';
  readonly seed: string;
  /** How long it is written. */
  readonly ms: number;
  /** For the histories; made. */
  readonly folder: string;
  /** The name of a fault of faults.ts. */
  readonly plant?: string;
};

export type FeedVerdict = {
  readonly wrong: readonly string[];
  /** What was done, for people: so that a run in which nothing happened is seen. */
  readonly counts: Readonly<Record<string, number>>;
};

/** A process that is started again whenever it ends, until it is told to stop. */
type Member = { readonly kill: () => void; readonly stop: () => Promise<void>; readonly proxy: Proxy | null };

const endingMs = 60_000;

/** Runs and judges. Rejects when what runs it fails. */
export const runFeed = async (run: FeedRun): Promise<FeedVerdict> => {
  const { dialect, seed, ms, folder } = run;
  mkdirSync(folder, { recursive: true });
  const counts: Record<string, number> = {};
  const counted = (what: string): void => void (counts[what] = (counts[what] ?? 0) + 1);
  const dice = diceOf(seed);
  const wrong: string[] = [];
  const writerNames = dialect === 'postgres' ? ['w0', 'w1', 'w2', 'w3', 'w4', 'w5'] : ['w0', 'w1', 'w2'];
  const readerNames = ['r0', 'r1'];
  const place = dialect === 'postgres' ? await databasePlace() : await sqlitePlace();
  try {
    const start = (writers: readonly string[], readers: readonly string[]): Promise<Member> =>
      startMember({ run, at: place.at, writers, readers, dice, counted, wrong });
    const members =
      dialect === 'postgres'
        ? {
            writing: await Promise.all([0, 2, 4].map((at) => start(writerNames.slice(at, at + 2), []))),
            reading: await Promise.all(readerNames.map((name) => start([], [name]))),
          }
        : { writing: [await start(writerNames, readerNames)], reading: [] };
    const all = [...members.writing, ...members.reading];
    for (const until = performance.now() + ms; performance.now() < until;) {
      await sleep(300 + dice.below(1_500));
      const member = dice.some(all, 1)[0];
      if (member === undefined) break;
      const deed = dice.below(dialect === 'postgres' ? 4 : 1);
      if (deed === 0) {
        counted('killed at any time');
        member.kill();
      } else if (deed === 1) {
        counted('connections cut');
        member.proxy?.cut();
      } else {
        counted('backends ended');
        await place.endBackend(dice);
      }
    }
    for (const group of [members.writing, members.reading]) await Promise.all(group.map((member) => member.stop()));
    const stored = await readStored(dialect, place.at);
    const logs = (names: readonly string[]) =>
      new Map(names.map((name) => [name, readLog(path.join(folder, `${name}.jsonl`))] as const));
    const [writers, readers] = [logs(writerNames), logs(readerNames)];
    for (const line of [...writers.values()].flat())
      if (line.t === 'told') counted(line.outcome === 'failed' ? `failed: ${line.code}` : line.outcome);
    counts['changes'] = stored.last;
    if (wrong.length === 0) wrong.push(...check(stored, writers, readers));
  } finally {
    await place.dispose();
  }
  return { wrong, counts };
};

type Place = {
  readonly at: string;
  readonly endBackend: (dice: Dice) => Promise<void>;
  readonly dispose: () => Promise<void>;
};

const sqlitePlace = async (): Promise<Place> => ({ ...(await sqlite.place()), endBackend: async () => {} });

const databasePlace = async (): Promise<Place> => {
  const { url, adminUrl, drop } = await testDatabase();
  const wire = await Wire.open({ url: adminUrl, applicationName: 'test', connectMs: 10_000, settings: [] });
  return {
    at: url,
    endBackend: async (dice) => {
      // Those with a transaction first.
      const text = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        ORDER BY xact_start IS NULL, pid OFFSET $1 LIMIT 1`;
      await wire.query({ name: 'end', text }, [dice.below(4)], null);
    },
    dispose: async () => {
      await wire.close();
      await drop();
    },
  };
};

type MemberOptions = {
  readonly run: FeedRun;
  readonly at: string;
  readonly writers: readonly string[];
  readonly readers: readonly string[];
  readonly dice: Dice;
  readonly counted: (what: string) => void;
  readonly wrong: string[];
};

/** Starts a process; resolves once it has the store open. */
const startMember = async ({ run, at, writers, readers, dice, counted, wrong }: MemberOptions): Promise<Member> => {
  const { dialect, seed, folder, plant } = run;
  let child: ChildProcess | null = null;
  let stopping = false;
  let life = 0;
  const open = Promise.withResolvers<null>();
  const end = Promise.withResolvers<null>();

  const kill = (): void => {
    if (!stopping) child?.kill('SIGKILL');
  };

  const atCommit = (): CommitFate => {
    if (stopping || !dice.chance(0.04)) return 'through';
    const fate = dice.below(6);
    if (fate === 0) {
      counted('killed before its commit');
      kill();
      return 'lost';
    }
    if (fate === 1) {
      counted('killed at its commit');
      kill();
      return 'through';
    }
    if (fate === 2) {
      counted('commits lost');
      return 'lost';
    }
    if (fate === 3) {
      counted('commits unanswered');
      return 'unanswered';
    }
    counted('commits held');
    return { heldMs: 20 + dice.below(300) };
  };

  const proxy = dialect === 'postgres' ? await startProxy(at, atCommit) : null;

  const live = (): void => {
    life += 1;
    const task: Task = { dialect, at: proxy?.url ?? at, folder, seed, life, writers, readers };
    const started = fork(path.join(import.meta.dirname, 'feed-process.ts'), [JSON.stringify(task)], {
      execArgv: plant === undefined ? [] : ['--import', path.join(import.meta.dirname, 'plant.ts')],
      env: { ...process.env, PLANTED_FAULT: plant, NODE_OPTIONS: '' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child = started;
    const forget = whenLeaving(() => started.kill('SIGKILL'));
    let errors = '';
    started.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    started.on('message', (word: Word) => {
      if (word === 'open') open.resolve(null);
      if (word === 'inside' && !stopping && dice.chance(dialect === 'postgres' ? 0.002 : 0.006)) {
        counted('killed in a transaction');
        kill();
      }
    });
    started.on('exit', (code, signal) => {
      forget();
      child = null;
      if (signal !== 'SIGKILL' && !(code === 0 && stopping)) {
        wrong.push(`a process ended by itself (${code ?? signal}): ${errors.trim().slice(0, 1_000)}`);
        stopping = true;
      }
      if (signal === 'SIGKILL' && !(stopping && wrong.length > 0)) return live();
      open.resolve(null);
      end.resolve(null);
    });
    if (stopping) started.send('stop');
  };

  live();
  await open.promise;
  return {
    kill,
    proxy,
    stop: async () => {
      stopping = true;
      child?.send('stop', () => {});
      const late = new AbortController();
      await Promise.race([
        end.promise,
        sleep(endingMs, null, { signal: late.signal }).then(
          () => {
            wrong.push(`a process with ${[...writers, ...readers].join(', ')} did not end`);
            child?.kill('SIGKILL');
          },
          () => {},
        ),
      ]);
      late.abort();
      await proxy?.[Symbol.asyncDispose]();
    },
  };
};

/** All that is there, read by a store that is opened for it. */
const readStored = async (dialect: FeedRun['dialect'], url: string): Promise<Stored> => {
  const opener = dialect === 'postgres' ? postgres : sqlite;
  const store = await opener.open(url, { model, clock: systemClock, baseUrl: base });
  try {
    const { reads } = await store.tenant(organisation);
    const ids = new Map<number, string>();
    const bodies = new Map<number, string>();
    const tokens = new Map<string, string>();
    const changes: { at: string; row: Awaited<ReturnType<typeof reads.changes>>[number] }[] = [];
    for (const one of paths) {
      const plan = planFor(one, organisation);
      for (const row of await reads.changes(plan, 0, 1_000_000)) {
        changes.push({ at: one, row });
        const id = idIn(row);
        if (id !== null) ids.set(row.uid, id);
      }
      for (const { uid, body } of await reads.load(plan, [...(await reads.uids(plan))])) {
        const { id, token } = readBody(body);
        ids.set(uid, id);
        bodies.set(uid, digest(body));
        if (one === elev) tokens.set(id, token);
      }
    }
    return {
      last: await reads.lastPosition(),
      feed: changes
        .toSorted((one, other) => one.row.position - other.row.position)
        .map(({ at, row }) => ({ path: at, id: ids.get(row.uid) ?? '?', row: rowOf(row) })),
      bodies,
      tokens,
    };
  } finally {
    await store.close();
  }
};
