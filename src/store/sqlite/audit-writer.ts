// Group commit of audit records: callers wait until their record is on disk, and all that arrive while one commit is under way go into
// the next. One writer for the process, started by sqlite-store.ts. Knows no policy: a failure is the caller's to act on.
import { Worker } from 'node:worker_threads';
import { HubError, problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { AuditBatch, AuditMessage, AuditReply, OutboxRow } from './audit-worker.ts';

export type AuditWriter = {
  /** Durable when it resolves; rejects with HUB-504 when it cannot be written, HUB-501 when too many wait. */
  readonly append: (path: string, record: string) => Promise<void>;
  /** Records of the outbox in one commit, ahead of what waits: durable when it resolves; those that are there already are left out. Rejects with HUB-504. */
  readonly move: (path: string, rows: readonly OutboxRow[]) => Promise<void>;
  /** Writes what waits and closes the file. */
  readonly closeFile: (path: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

type Waiting = { readonly record: string; readonly done: () => void; readonly fail: (error: Error) => void };
type Queue = { waiting: Waiting[]; busy: boolean };

/** Starts the thread. */
export const createAuditWriter = (): AuditWriter => {
  const worker = new Worker(new URL('./audit-worker.ts', import.meta.url));
  const queues = new Map<string, Queue>();
  // The thread answers in the order in which it is asked.
  const replies: ((error: string | null) => void)[] = [];

  let stopped: string | null = null;
  const failAll = (reason: string): void => {
    stopped ??= reason;
    for (const reply of replies.splice(0)) reply(reason);
  };
  worker.on('message', (reply: AuditReply) => {
    replies.shift()?.(reply.error);
    if (replies.length === 0) worker.unref();
  });
  worker.on('error', (error) => failAll(error instanceof Error ? error.message : 'unknown'));
  worker.on('exit', () => failAll('the audit thread has stopped'));
  // Last: a listener for messages takes hold of the process again.
  worker.unref();

  const send = (message: AuditMessage, reply: (error: string | null) => void): void => {
    // A thread that is gone answers nobody; the hub refuses to answer unrecorded until it is started again.
    if (stopped !== null) {
      reply(stopped);
      return;
    }
    replies.push(reply);
    worker.ref();
    worker.postMessage(message, []);
  };

  const flush = (path: string, queue: Queue): void => {
    if (queue.busy || queue.waiting.length === 0) return;
    const batch = queue.waiting.splice(0, limits.auditBatch);
    queue.busy = true;
    const records = `[${batch.map(({ record }) => record).join(',')}]`;
    const message: AuditBatch = { path, count: batch.length, records };
    send(message, (error) => {
      queue.busy = false;
      for (const { done, fail } of batch) {
        if (error === null) done();
        else fail(unrecorded(error));
      }
      // A turn later, so that what the answered clients ask next shares the commit.
      if (queue.waiting.length > 0) setImmediate(() => flush(path, queue));
    });
  };

  const queueOf = (path: string): Queue => {
    const known = queues.get(path);
    if (known !== undefined) return known;
    const queue: Queue = { waiting: [], busy: false };
    queues.set(path, queue);
    return queue;
  };

  const append = (path: string, record: string): Promise<void> =>
    new Promise((done, fail) => {
      const queue = queueOf(path);
      if (queue.waiting.length >= limits.auditQueue) {
        fail(new HubError(problem('HUB-501', 'Too many accesses wait to be recorded.', { retryAfter: 1 })));
        return;
      }
      queue.waiting.push({ record, done, fail });
      // What arrives within one turn of the loop shares a commit.
      if (!queue.busy && queue.waiting.length === 1) setImmediate(() => flush(path, queue));
    });

  const move = (path: string, moved: readonly OutboxRow[]): Promise<void> =>
    new Promise((done, fail) => {
      send({ path, moved }, (error) => (error === null ? done() : fail(unrecorded(error))));
    });

  const closeFile = async (path: string): Promise<void> => {
    const queue = queues.get(path);
    if (queue !== undefined) while (isActive(queue)) await new Promise((resolve) => setImmediate(resolve));
    queues.delete(path);
    await new Promise<void>((resolve) => send({ close: path }, () => resolve()));
  };

  return {
    append,
    move,
    closeFile,
    close: async () => {
      for (const path of queues.keys()) await closeFile(path);
      await worker.terminate();
    },
  };
};

const isActive = (queue: Queue): boolean => queue.busy || queue.waiting.length > 0;

const unrecorded = (internal: string): HubError =>
  new HubError(
    problem('HUB-504', 'The access cannot be recorded, so nothing is answered.', { internal, retryAfter: 5 }),
  );
