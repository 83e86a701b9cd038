// The thread in which exports are made, so that the hub's own never waits for one. Started by export-threads.ts, which sends one order at a time and
// hears of its parts, its progress and its end. Decides, reads and records as the hub does, with objects of its own.
import { deserialize } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '#base/clock.ts';
import { HubError, problem, type Problem } from '#base/errors.ts';
import { systemRandom } from '#base/random.ts';
import type { ExportOrder, ExportReport } from '#exports/export.ts';
import { createRosters } from '#exports/roster/open-roster.ts';
import { createExportRun, type ExportRunner, type RunEnd } from '#exports/run/export-run.ts';
import { runPlace } from '#exports/run/run-place.ts';
import { rulesOf, writerOf } from '#formats/roster-format.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createAccesses } from '#hub/documents/access.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createWalk } from '#hub/documents/walk.ts';
import type { Model } from '#model/model.ts';
import type { AuditRecord, Environment } from '#store/store.ts';
import type { EngineSettings } from './engine.ts';
import { startPartThread } from './part-thread.ts';
import { openReadingEngine, type ReadingEngine } from './reading-engine.ts';
import { stepBehind } from './step-behind.ts';

/** What the thread is started with. */
export type ExportThreadData = {
  readonly settings: EngineSettings;
  /** That of the hub, as `node:v8` writes values: to read its files anew takes a second, and memory that the heap keeps. */
  readonly model: Uint8Array;
  readonly environment: Environment;
  readonly baseUrl: string;
};

export type ToExportThread =
  | { readonly kind: 'make'; readonly order: ExportOrder; readonly holder: string }
  | { readonly kind: 'stop' }
  /** The audit record of the number is durable; else why it is not. */
  | { readonly kind: 'recorded'; readonly number: number; readonly problem: Problem | null }
  /** Close everything; the thread ends. */
  | { readonly kind: 'leave' };

export type FromExportThread =
  | { readonly kind: 'record'; readonly number: number; readonly organisation: string; readonly record: AuditRecord }
  | { readonly kind: 'progress'; readonly progress: ExportReport['progress'] }
  | { readonly kind: 'part' }
  | { readonly kind: 'made'; readonly end: RunEnd }
  | { readonly kind: 'failed'; readonly problem: Problem };

type Maker = { readonly engine: ReadingEngine; readonly run: ExportRunner };

const say = (message: FromExportThread): void => parentPort?.postMessage(message, []);

const recording = new Map<number, (problem: Problem | null) => void>();
let numbers = 0;

/** Whether somebody gets what is read, at once: of a file that is kept, only whoever fetches it sees anything. */
let isSeen = true;

const append = (organisation: string, record: AuditRecord): Promise<void> =>
  new Promise((resolve, reject) => {
    numbers += 1;
    recording.set(numbers, (why) => (why === null ? resolve() : reject(new HubError(why))));
    say({ kind: 'record', number: numbers, organisation, record });
  });

const open = async ({ settings, model: packed, environment, baseUrl }: ExportThreadData): Promise<Maker> => {
  // Written by export-threads.ts, of the same process.
  const model = deserialize(packed) as Model;
  const clock = systemClock;
  const engine = await openReadingEngine(settings, { model, clock, baseUrl: () => baseUrl, append });
  const { store } = engine;
  const sealing = await createSealing(store.platform, systemRandom);
  const authorizer = createAuthorizer({ model, store, clock, environment });
  const walk = createWalk({
    model,
    store,
    clock,
    authorizer,
    accesses: createAccesses(authorizer),
    sealing,
    isSeen: () => isSeen,
  });
  const openRoster = createRosters({ model, walk });
  return {
    engine,
    run: createExportRun({ openRoster, writerOf, rulesOf, sealerOf: parts.sealerOf, idOf: sealing.id, now: clock.now }),
  };
};

stepBehind();
const parts = startPartThread();

// Opened at once: the first order is on its way. Who waits for it hears why it could not be.
const maker = open(workerData as ExportThreadData);
maker.catch(() => {});

let stop = new AbortController();
let saidAt = Number.NEGATIVE_INFINITY;
const progressMs = 250;

const make = async ({ order, holder }: Extract<ToExportThread, { kind: 'make' }>): Promise<void> => {
  const { signal } = stop;
  isSeen = order.readAsMade;
  try {
    const { engine, run } = await maker;
    const store = await engine.openExports(order.principal.tenant);
    const watch = {
      progress: (progress: ExportReport['progress']) => {
        // Each is work of the thread that answers requests.
        const now = systemClock.monotonic();
        if (now - saidAt < progressMs) return;
        saidAt = now;
        say({ kind: 'progress', progress });
      },
      part: () => say({ kind: 'part' }),
      signal,
    };
    say({ kind: 'made', end: await run(order, runPlace(store, { run: order.run, holder }, watch)) });
  } catch (error) {
    say({ kind: 'failed', problem: problemOf(error) });
  }
};

const problemOf = (error: unknown): Problem =>
  error instanceof HubError
    ? error.problem
    : problem('HUB-500', 'The export could not be made.', {
        internal: error instanceof Error ? (error.stack ?? error.message) : 'unknown',
      });

parentPort?.on('message', (message: ToExportThread) => {
  switch (message.kind) {
    case 'make':
      stop = new AbortController();
      return void make(message);
    case 'stop':
      return stop.abort();
    case 'recorded':
      recording.get(message.number)?.(message.problem);
      return void recording.delete(message.number);
    case 'leave':
      void maker
        .then(({ engine }) => engine.close())
        .catch(() => {})
        .then(() => {
          parts.leave();
          parentPort?.close();
        });
  }
});
