// The threads in which exports are made: started when one is asked for, kept for a while for the next, one order at a time in each. Used by exporting.ts
// as what makes files; what runs in a thread is export-worker.ts.
import { serialize } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { MakerGone, type MakeExport } from '#exports/queue.ts';
import type { RunEnd } from '#exports/run/export-run.ts';
import type { RunWatch } from '#exports/run/run-place.ts';
import type { Model } from '#model/model.ts';
import type { AuditRecord } from '#store/store.ts';
import type { ExportThreadData, FromExportThread, ToExportThread } from './export-worker.ts';

export type ExportThreads = {
  readonly make: MakeExport;
  /** Something is about to be made: a thread that has to be opened first is opened meanwhile. */
  readonly soon: () => void;
  /** Ends all threads. What is under way has been stopped before. */
  readonly close: () => Promise<void>;
};

export type ExportThreadsDeps = {
  readonly model: Model;
  /** Asked when a thread is started. */
  readonly data: () => Omit<ExportThreadData, 'model'>;
  /** Writes an audit record of a thread; durable when it resolves. */
  readonly append: (organisation: string, record: AuditRecord) => Promise<void>;
  readonly clock: Pick<Clock, 'sleep'>;
  /** Memory of a thread. */
  readonly megabytes?: number;
};

type Job = {
  readonly watch: RunWatch;
  readonly made: (end: RunEnd) => void;
  readonly failed: (error: unknown) => void;
};
type Thread = {
  readonly worker: Worker;
  readonly ended: Promise<void>;
  job: Job | null;
  /** Aborted when there is work for it again. */
  idle: AbortController;
};

// A thread that is told to stop or to leave does so soon, or is ended.
const stopMs = 5_000;
// What is thrown away at once takes little room.
const youngMegabytes = 48;

/** Starts none yet. */
export const createExportThreads = ({
  model,
  data,
  append,
  clock,
  megabytes = limits.exportThreadMegabytes,
}: ExportThreadsDeps): ExportThreads => {
  const threads = new Set<Thread>();
  let closed = false;
  let packed: Uint8Array | null = null;

  const tell = ({ worker }: Thread, message: ToExportThread): void => worker.postMessage(message, []);

  const record = async (thread: Thread, number: number, organisation: string, made: AuditRecord): Promise<void> => {
    const why = await append(organisation, made).then(
      () => null,
      (error: unknown) =>
        error instanceof HubError ? error.problem : problem('HUB-504', 'The audit of an export could not be written.'),
    );
    tell(thread, { kind: 'recorded', number, problem: why });
  };

  const hear = (thread: Thread, message: FromExportThread): void => {
    const { job } = thread;
    switch (message.kind) {
      case 'record':
        return void record(thread, message.number, message.organisation, message.record);
      case 'progress':
        return job?.watch.progress(message.progress);
      case 'part':
        return job?.watch.part();
      case 'made':
        rest(thread);
        return job?.made(message.end);
      case 'failed':
        rest(thread);
        return job?.failed(new HubError(message.problem));
    }
  };

  const start = (): Thread => {
    const worker = new Worker(new URL('./export-worker.ts', import.meta.url), {
      // Packed once, in memory that threads share.
      workerData: { ...data(), model: (packed ??= sharedCopy(serialize(model))) } satisfies ExportThreadData,
      resourceLimits: { maxOldGenerationSizeMb: megabytes, maxYoungGenerationSizeMb: youngMegabytes },
    });
    const ended = Promise.withResolvers<void>();
    const thread: Thread = { worker, ended: ended.promise, job: null, idle: new AbortController() };
    let why: unknown = null;
    worker.on('message', (message: FromExportThread) => hear(thread, message));
    worker.on('error', (error) => {
      why = error;
    });
    worker.on('exit', () => {
      threads.delete(thread);
      thread.idle.abort();
      thread.job?.failed(new MakerGone('The thread of the export has ended.', { cause: why }));
      thread.job = null;
      ended.resolve();
    });
    threads.add(thread);
    return thread;
  };

  /** Waits for more to do; ends when nothing comes. */
  const rest = (thread: Thread): void => {
    thread.job = null;
    thread.idle = new AbortController();
    const { signal } = thread.idle;
    thread.worker.unref();
    void clock.sleep(limits.exportThreadIdleMs, signal).then(() => (signal.aborted ? undefined : leave(thread)));
  };

  const leave = async (thread: Thread): Promise<void> => {
    threads.delete(thread);
    tell(thread, { kind: 'leave' });
    const late = new AbortController();
    await Promise.race([thread.ended, clock.sleep(stopMs, late.signal)]);
    late.abort();
    await thread.worker.terminate();
  };

  return {
    make: (order, holder, watch) =>
      new Promise((made, failed) => {
        if (closed || watch.signal.aborted) return failed(new MakerGone('No more exports are made.'));
        const thread = [...threads].find(({ job }) => job === null) ?? start();
        thread.idle.abort();
        thread.worker.ref();
        const over = new AbortController();
        thread.job = {
          watch,
          made: (end) => {
            over.abort();
            made(end);
          },
          failed: (error) => {
            over.abort();
            failed(error);
          },
        };
        const stop = async (): Promise<void> => {
          tell(thread, { kind: 'stop' });
          await clock.sleep(stopMs, over.signal);
          if (!over.signal.aborted) await thread.worker.terminate();
        };
        watch.signal.addEventListener('abort', () => void stop(), { once: true, signal: over.signal });
        tell(thread, { kind: 'make', order, holder });
      }),
    soon: () => {
      if (!closed && threads.size === 0) rest(start());
    },
    close: async () => {
      closed = true;
      for (const { idle } of threads) idle.abort();
      await Promise.all(Array.from(threads, leave));
    },
  };
};

const sharedCopy = (bytes: Uint8Array): Uint8Array => {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
};
