// The queue of runs as one process works on it: takes what waits (of any process), has it made elsewhere, keeps saying that it is there, and writes down
// what came of it. Built by app/compose.ts. Also takes away what has expired. Knows neither formats nor threads.
import { civilDay, dayMs, type Clock } from '#base/clock.ts';
import { HubError, problem, type ErrorCode, type Problem } from '#base/errors.ts';
import type { Observe } from '#base/events.ts';
import { limits } from '#base/limits.ts';
import type { Random } from '#base/random.ts';
import type { Signals } from '#hub/signals.ts';
import type { ExportRun, ExportState, ExportStore } from '#store/exports.ts';
import type { AuditRecord, PlatformStore } from '#store/store.ts';
import type { ExportOrder } from './export.ts';
import { decisionTopic, runTopic } from './exports.ts';
import { grantsMark, type ProtectedNow } from './sight-mark.ts';
import { endedRecord, notBegun, recordOf, toldUntil, withRecord, type RunRecord } from './run-record.ts';
import type { RunEnd } from './run/export-run.ts';
import type { RunWatch } from './run/run-place.ts';

/** Makes the file of an order, for the holder of its run. Rejects with `MakerGone` when whoever made it has died. */
export type MakeExport = (order: ExportOrder, holder: string, watch: RunWatch) => Promise<RunEnd>;

/** Whoever made the file is not there any more. */
export class MakerGone extends Error {
  override readonly name = 'MakerGone';
}

export type ExportQueueDeps = {
  readonly clock: Pick<Clock, 'now' | 'monotonic' | 'every' | 'sleep'>;
  readonly random: Pick<Random, 'uuid'>;
  readonly platform: Pick<PlatformStore, 'grantsOf' | 'organisations'>;
  readonly storeOf: (organisation: string) => Promise<ExportStore>;
  readonly make: MakeExport;
  readonly protectedIn: (organisation: string) => Promise<ProtectedNow>;
  readonly audit: (organisation: string, record: AuditRecord) => Promise<void>;
  readonly signals: Pick<Signals, 'tell' | 'listen'>;
  readonly observe: Observe;
};

export type ExportQueue = {
  /** Something of the organisation may wait. Returns at once. */
  readonly queued: (organisation: string) => void;
  /** Something of any organisation may wait. */
  readonly look: () => Promise<void>;
  /** Takes away what has expired. */
  readonly sweep: (organisation: string) => Promise<void>;
  /** Takes nothing more; what is under way goes back to the queue. */
  readonly stop: () => Promise<void>;
};

/** The topic of processes that have something to be made and no room for it. */
const roomTopic = 'exports';
const roomMs = 1_000;
const progressMs = 1_000;
const listenMs = 60_000;
const pauseMs = 100;
/** How often a run may lose whoever makes it. */
const deathsAtMost = 1;

class Stopped extends Error {}

/** Begins to work on the queue when it is told that something waits. */
export const createExportQueue = (deps: ExportQueueDeps): ExportQueue => {
  const { clock, random, platform, storeOf, make, signals, observe } = deps;
  const waiting = new Set<string>();
  const running = new Map<Promise<void>, AbortController>();
  const stopped = new AbortController();
  /** Claims are made one after the other, or more would run than may. */
  let pumping = false;
  let pumped = Promise.resolve();

  const tell = (organisation: string, run: string): void => signals.tell(runTopic(organisation, run));
  const unhappy = (organisation: string, error: unknown): void =>
    observe({
      kind: 'setting',
      message: `Exports of ${organisation} could not be worked on: ${error instanceof Error ? error.message : 'unknown'}`,
    });

  const pump = async (): Promise<void> => {
    if (pumping) return;
    pumping = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    pumped = promise;
    try {
      for (const organisation of waiting) {
        if (stopped.signal.aborted) return;
        if (running.size >= limits.exportsPerProcess) {
          signals.tell(roomTopic);
          return;
        }
        waiting.delete(organisation);
        await take(organisation).catch((error: unknown) => unhappy(organisation, error));
      }
    } finally {
      pumping = false;
      resolve();
    }
  };

  const take = async (organisation: string): Promise<void> => {
    const store = await storeOf(organisation);
    const [holder, now] = [random.uuid(), clock.now()];
    const lostBefore = now - limits.exportLostMs;
    const run = await store.claim({ holder, now, lostBefore, atOnce: limits.exportsAtOnce });
    if (run === null) return;
    const stop = new AbortController();
    // It was claimed while the stop began, and is given back.
    if (stopped.signal.aborted) stop.abort(new Stopped());
    const work = workOn(organisation, store, { run, holder, stop })
      .catch((error: unknown) => unhappy(organisation, error))
      .finally(() => {
        running.delete(work);
        queued(organisation);
      });
    running.set(work, stop);
  };

  const workOn = async (
    organisation: string,
    store: ExportStore,
    { run, holder, stop }: { readonly run: ExportRun; readonly holder: string; readonly stop: AbortController },
  ): Promise<void> => {
    const began = clock.monotonic();
    const kept = recordOf(run);
    const deaths = kept.begun ? kept.deaths + 1 : kept.deaths;
    const now = clock.now();
    const record: RunRecord = {
      ...kept,
      ...notBegun,
      order: { ...kept.order, today: civilDay(now).date },
      startedAt: now,
      begun: true,
      deaths,
      mark: await grantsMark(platform, kept.order.principal, now),
      protectedMark: (await deps.protectedIn(organisation)).mark,
    };
    const put = (next: RunRecord, state: ExportState, finishedAt: number | null = null): Promise<boolean> =>
      Promise.resolve(
        store.replaceRun(
          {
            ...withRecord(run, next),
            state,
            finishedAt,
            expiresAt: finishedAt === null ? run.expiresAt : finishedAt + limits.exportContentDays * dayMs,
          },
          ['running'],
          holder,
        ),
      );
    const end = async (next: RunRecord, state: ExportState): Promise<void> => {
      const { order, sha256, reason } = next;
      await deps.audit(
        organisation,
        madeRecord(order, deps, { run: run.id, state, sha256, reason: reason?.code ?? null }),
      );
      const mine = await put(next, state, clock.now());
      if (mine && state !== 'ready') await store.drop(run.id, { content: true, manifest: true });
      if (mine && state === 'ready') await makeRoom(organisation, store, run.application);
      tell(organisation, run.id);
      const internal = reason?.internal;
      if (mine && reason !== null && internal !== undefined)
        observe({ kind: 'failure', id: run.id, route: 'export', code: reason.code, internal });
      if (mine)
        observe({
          kind: 'export-run',
          tenant: organisation,
          profile: order.profile,
          type: order.type,
          state,
          bytes: next.bytes ?? 0,
          memberships: next.exported?.memberships ?? 0,
          ms: Math.round(clock.monotonic() - began),
        });
    };
    if (deaths > deathsAtMost)
      return end({ ...record, reason: problem('HUB-500', 'Whoever made the export has died twice.') }, 'failed');
    if (!(await put(record, 'running'))) return;
    tell(organisation, run.id);

    const watch = watchRun(organisation, store, { run, holder, stop, record });
    try {
      const made = await make(record.order, holder, watch.forMaker);
      watch.close();
      await end(endedRecord(record, made), made.state);
    } catch (error) {
      watch.close();
      if (stop.signal.reason instanceof Stopped) {
        await put({ ...record, ...notBegun, deaths: kept.deaths }, 'queued');
        // Others may have room for it.
        signals.tell(roomTopic);
        return;
      }
      // It was cancelled, or somebody else has it.
      if (stop.signal.aborted || isLost(error)) return;
      if (startsAgain(error) && deaths < deathsAtMost) {
        await put({ ...record, ...notBegun, deaths: deaths + 1 }, 'queued');
        return;
      }
      await end({ ...record, begun: false, reason: problemOf(error) }, 'failed');
    }
  };

  /** Of an application so many files are kept, the newest. */
  const makeRoom = async (organisation: string, store: ExportStore, application: string): Promise<void> => {
    const now = clock.now();
    const limit = limits.exportsKept + sweptAtOnce;
    for (const old of (await store.runs({ application, states: ['ready'], limit })).slice(limits.exportsKept))
      await expire(organisation, store, { ...old, expiresAt: Math.min(old.expiresAt, now) }, signals);
  };

  const watchRun = (
    organisation: string,
    store: ExportStore,
    on: {
      readonly run: ExportRun;
      readonly holder: string;
      readonly stop: AbortController;
      readonly record: RunRecord;
    },
  ): { readonly forMaker: RunWatch; readonly close: () => void } => {
    const { run, holder, stop, record } = on;
    const over = new AbortController();
    const lost = (): void => stop.abort(new HubError(problem('HUB-409', 'The export is not ours any more.')));
    const beat = async (): Promise<void> => {
      if (!(await store.heartbeat(run.id, holder, clock.now()))) lost();
    };
    // Without the store nothing is kept either: whoever makes the file hears of that.
    const heart = clock.every(limits.exportHeartbeatMs, () => void beat().catch(() => {}));
    const listener = signals.listen([decisionTopic(organisation, run.id)]);
    const hear = async (): Promise<void> => {
      while (!over.signal.aborted) {
        if (await listener.next(listenMs, over.signal)) await beat();
        // Where all is closed nobody waits any more.
        else await clock.sleep(pauseMs, over.signal);
      }
    };
    void hear().catch(() => {});
    let saidAt = clock.monotonic();
    return {
      forMaker: {
        progress: (progress) => {
          const now = clock.monotonic();
          if (now - saidAt < progressMs || over.signal.aborted) return;
          saidAt = now;
          Promise.try(() => store.putProgress(run.id, holder, JSON.stringify({ ...record, progress })))
            .then(() => tell(organisation, run.id))
            .catch(() => {});
        },
        part: () => tell(organisation, run.id),
        signal: stop.signal,
      },
      close: () => {
        heart();
        over.abort();
        listener.close();
      },
    };
  };

  const queued = (organisation: string): void => {
    waiting.add(organisation);
    void pump();
  };

  const look = async (): Promise<void> => {
    for (const { id } of await platform.organisations()) waiting.add(id);
    await pump();
  };

  const room = signals.listen([roomTopic]);
  let heard = Promise.resolve();
  const hearRoom = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const wanted = await room.next(listenMs, stopped.signal);
      if (wanted && running.size < limits.exportsPerProcess)
        await look().catch((error: unknown) => unhappy('all', error));
      // However often it is told: all organisations are asked.
      await clock.sleep(roomMs, stopped.signal);
    }
  };
  heard = hearRoom();

  return {
    queued,
    look,
    sweep: createSweep(deps),
    stop: async () => {
      stopped.abort();
      room.close();
      for (const stop of running.values()) stop.abort(new Stopped());
      await pumped;
      await Promise.all([...running.keys(), heard]);
    },
  };
};

const isLost = (error: unknown): boolean => error instanceof HubError && error.problem.code === 'HUB-409';

/** Whether another try may go better: who made it has died, or the store was away. */
const startsAgain = (error: unknown): boolean => {
  const away: readonly ErrorCode[] = ['HUB-501', 'HUB-503'];
  return error instanceof MakerGone || (error instanceof HubError && away.includes(error.problem.code));
};

const problemOf = (error: unknown): Problem =>
  error instanceof HubError
    ? error.problem
    : problem('HUB-500', 'The export could not be made.', {
        internal: error instanceof Error ? error.message : 'unknown',
      });

/** That a run has ended, in the audit: in the name of whoever asked for it. */
const madeRecord = (
  { principal, trace }: ExportOrder,
  { clock, random }: Pick<ExportQueueDeps, 'clock' | 'random'>,
  details: Readonly<Record<string, unknown>>,
): AuditRecord => ({
  id: random.uuid(),
  at: clock.now(),
  request: trace,
  issuer: principal.issuer,
  client: principal.client,
  token: principal.token,
  api: 'exports',
  operation: 'export-made',
  collection: '',
  decision: 'allow',
  rule: 'own-run',
  count: null,
  subjects: [],
  seen: null,
  details: JSON.stringify(details),
});

// Runs that are looked at in one go; the rest has its turn the next time.
const sweptAtOnce = 100;

/** The file goes; what it told goes with it where that has reached nobody. */
const expire = async (
  organisation: string,
  store: ExportStore,
  run: ExportRun,
  signals: Pick<Signals, 'tell'>,
): Promise<void> => {
  if (!(await store.replaceRun({ ...run, state: 'expired' }, [run.state]))) return;
  await store.drop(run.id, { content: true, manifest: !run.told });
  signals.tell(runTopic(organisation, run.id));
};

/** Files go after a week, what they told after a month, runs after three. */
const createSweep = ({ clock, storeOf, signals }: Pick<ExportQueueDeps, 'clock' | 'storeOf' | 'signals'>) => {
  /** Whose telling has been taken away already. */
  const forgotten = new Set<string>();
  return async (organisation: string): Promise<void> => {
    const store = await storeOf(organisation);
    const now = clock.now();
    for (const run of await store.runs({ states: ['ready', 'held'], expiring: now, limit: sweptAtOnce })) {
      await expire(organisation, store, run, signals);
    }
    const since = now - (limits.exportManifestDays - limits.exportContentDays) * dayMs;
    for (const run of await store.runs({ states: ['expired'], expiring: since, limit: 1_000 })) {
      if (forgotten.has(run.id) || toldUntil(run) > now) continue;
      await store.drop(run.id, { content: true, manifest: true });
      forgotten.add(run.id);
    }
    await store.dropRuns(now - limits.exportRunDays * dayMs);
  };
};
