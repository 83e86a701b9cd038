// Several processes that share one port: starts them, starts another where one has died, replaces them one by one, and puts their metrics
// together. Run by `bindeledd start` in the process that was started, which holds no store and answers no request; worker.ts is the other side.
import cluster, { type Worker } from 'node:cluster';
import { createServer, type AddressInfo } from 'node:net';
import type { Clock } from '#base/clock.ts';
import type { Observe } from '#base/events.ts';
import { limits } from '#base/limits.ts';
import { metricsOfAll } from './metrics.ts';
import type { FromWorker, ToWorker } from './worker.ts';

export type WorkersDeps = {
  readonly count: number;
  /** The words of the command line, which each process gets too. */
  readonly words: readonly string[];
  readonly host: string;
  /** 0 = any free one: chosen once, for all processes and for those that come later. */
  readonly port: number;
  readonly clock: Clock;
  readonly observe: Observe;
};

export type Workers = {
  /** Starts the first, and the others once that is ready. Resolves with the public address; rejects with a WorkerEnded when the first cannot start. */
  readonly start: () => Promise<string>;
  /** Lets each finish what is under way, then end. */
  readonly stop: () => Promise<void>;
  /** Puts a new process in the place of each, one by one, each ready before the old one takes no more. One that cannot start leaves the old ones. */
  readonly replace: () => Promise<void>;
  /** Ends all at once. */
  readonly kill: () => void;
  /** Resolves when processes die so often that there is no point in starting more. */
  readonly givenUp: Promise<void>;
};

/** A process that ended before it was ready; it has said why. */
export class WorkerEnded extends Error {
  readonly exit: number;

  constructor(exit: number) {
    super(`A process ended with ${exit} before it was ready.`);
    this.exit = exit;
  }
}

type Counts = readonly object[];

type Member = { readonly worker: Worker; asked: boolean; counts: Counts };

// Each death of the last minute doubles the wait before the next start.
const firstPauseMs = 100;
const longestPauseMs = 10_000;
const rememberedMs = 60_000;
/** A process that does not answer for so long is counted as it was the last time. */
const countMs = 1_000;

const tell = (worker: Worker, message: ToWorker): void => {
  // One that ends in this moment hears nothing, and need not.
  if (worker.isConnected()) worker.send(message, () => {});
};

/** Makes the head of the processes; none is started yet. */
export const createWorkers = ({ count, words, host, port, clock, observe }: WorkersDeps): Workers => {
  const members = new Map<number, Member>();
  const givenUp = Promise.withResolvers<void>();
  let portWords: readonly string[] = [];
  let stopping = false;
  let deaths: readonly number[] = [];
  /** What those that are gone have counted: without it the sums would fall. */
  let gone: Counts = [];
  let asking = 0;
  const answers = new Map<number, (member: Member) => void>();

  const note = (state: 'ready' | 'ended' | 'replaced' | 'kept' | 'given-up', worker: Worker, detail: string): void =>
    observe({ kind: 'worker', state, pid: worker.process.pid ?? 0, detail });

  /** Starts one; resolves with the address once it is ready. */
  const launch = (): Promise<{ readonly member: Member; readonly url: string }> => {
    cluster.setupPrimary({ args: [...words, ...portWords] });
    const worker = cluster.fork();
    const member: Member = { worker, asked: false, counts: [] };
    const ready = Promise.withResolvers<{ readonly member: Member; readonly url: string }>();
    let isReady = false;
    worker.on('error', () => {});
    worker.on('message', (message: FromWorker) => {
      switch (message.kind) {
        case 'ready':
          isReady = true;
          members.set(worker.id, member);
          note('ready', worker, `ready, ${members.size} of ${count}`);
          return ready.resolve({ member, url: message.url });
        case 'counted':
          member.counts = message.counts;
          return answers.get(message.asked)?.(member);
        case 'metrics':
          return void allMetrics().then((text) => tell(worker, { kind: 'metrics', asked: message.asked, text }));
      }
    });
    worker.on('exit', (code, signal) => {
      members.delete(worker.id);
      gone = lasting(gone, member.counts);
      if (!isReady) return ready.reject(new WorkerEnded(signal === null ? code : 1));
      if (member.asked || stopping) return;
      note('ended', worker, signal === null ? `ended with ${code}` : `ended by ${signal}`);
      void again(worker);
    });
    return ready.promise;
  };

  /** Another in the place of one that died, after a while; again and again within bounds. */
  const again = async (dead: Worker): Promise<void> => {
    for (;;) {
      const now = clock.monotonic();
      deaths = [...deaths.filter((at) => now - at < rememberedMs), now];
      if (deaths.length > limits.workerDeaths) {
        note('given-up', dead, `${deaths.length} processes have died within a minute`);
        return givenUp.resolve();
      }
      await clock.sleep(Math.min(longestPauseMs, firstPauseMs * 2 ** (deaths.length - 1)));
      if (stopping) return;
      const born = await launch().catch(() => null);
      if (born !== null || stopping) return;
    }
  };

  const ended = ({ worker }: Member): Promise<void> =>
    worker.isDead() ? Promise.resolve() : new Promise((resolve) => worker.once('exit', () => resolve()));

  const allMetrics = async (): Promise<string> => {
    const asked = (asking += 1);
    const waiting = new Set(members.values());
    const all = Promise.withResolvers<void>();
    answers.set(asked, (member) => {
      waiting.delete(member);
      if (waiting.size === 0) all.resolve();
    });
    for (const { worker } of waiting) tell(worker, { kind: 'count', asked });
    const stop = new AbortController();
    await Promise.race([all.promise, clock.sleep(countMs, stop.signal)]);
    stop.abort();
    answers.delete(asked);
    const text = await metricsOfAll([gone, ...[...members.values()].map(({ counts }) => counts)]);
    return `${text.trimEnd()}\n\n# HELP bindeledd_workers Processes that are ready\n# TYPE bindeledd_workers gauge\nbindeledd_workers ${members.size}\n`;
  };

  const replaceAll = async (): Promise<void> => {
    for (const member of Array.from(members.values())) {
      if (stopping || member.worker.isDead()) continue;
      const born = await launch().catch((error: unknown) => {
        note('kept', member.worker, error instanceof Error ? error.message : 'no other could be started');
        return null;
      });
      if (born === null) return;
      member.asked = true;
      tell(member.worker, { kind: 'stop', replaced: true });
      await ended(member);
      note('replaced', member.worker, `replaced by ${born.member.worker.process.pid ?? 0}`);
    }
  };
  let replacing: Promise<void> | null = null;
  let onceMore = false;

  return {
    start: async () => {
      // Were it left to the first process, the others could not ask for the same, and all would move when all have died at once.
      if (port === 0) portWords = await wordsForFreePort(host);
      const { url } = await launch();
      await Promise.all(Array.from({ length: count - 1 }, launch));
      return url;
    },
    stop: async () => {
      stopping = true;
      for (const one of Object.values(cluster.workers ?? {}))
        if (one !== undefined) tell(one, { kind: 'stop', replaced: false });
      await Promise.all([...members.values()].map(ended));
    },
    replace: async () => {
      if (replacing !== null) {
        onceMore = true;
        return replacing;
      }
      replacing = replaceAll()
        .then(() => (onceMore ? replaceAll() : undefined))
        .finally(() => {
          replacing = null;
          onceMore = false;
        });
      return replacing;
    },
    kill: () => {
      stopping = true;
      for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGKILL');
    },
    givenUp: givenUp.promise,
  };
};

/** The words that name a port which is free now; none where none can be had: the first process says why. */
const wordsForFreePort = (host: string): Promise<readonly string[]> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve([]));
    server.listen({ host, port: 0, exclusive: true }, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(['--port', String(port)]));
    });
  });

/** What of the numbers of a process outlives it: what was counted, not how it was. */
const lasting = (before: Counts, last: Counts): Counts => {
  const counted = last.filter((one) => 'type' in one && (one.type === 'counter' || one.type === 'histogram'));
  if (before.length === 0) return counted;
  return counted.length === 0 ? before : added(before, counted);
};

type Value = { readonly value: number; readonly labels?: object; readonly metricName?: string };

/** The sums of two processes, metric by metric. */
const added = (one: Counts, other: Counts): Counts => {
  const byName = new Map<string, object>();
  for (const metric of [...one, ...other]) {
    const name = 'name' in metric ? String(metric.name) : '';
    const known = byName.get(name);
    byName.set(
      name,
      known === undefined ? metric : { ...metric, values: sums([...valuesOf(known), ...valuesOf(metric)]) },
    );
  }
  return [...byName.values()];
};

const valuesOf = (metric: object): readonly Value[] =>
  'values' in metric && Array.isArray(metric.values) ? (metric.values as readonly Value[]) : [];

const sums = (values: readonly Value[]): readonly Value[] => {
  const byLabels = new Map<string, Value>();
  for (const value of values) {
    const key = `${value.metricName ?? ''} ${JSON.stringify(value.labels ?? {})}`;
    const known = byLabels.get(key);
    byLabels.set(key, known === undefined ? value : { ...value, value: known.value + value.value });
  }
  return [...byLabels.values()];
};
