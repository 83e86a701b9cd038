// Group commit of audit records: callers wait until their record is on disk, and all that arrive while one commit is under way go into
// the next. One writer for the process, started by sqlite-store.ts. Knows no policy: a failure is the caller's to act on.
import { Worker } from 'node:worker_threads';
import { HubError, problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { AuditCheckpoint, AuditRecord } from '../store.ts';
import type { AuditSigner, OutboxRow } from './audit-file.ts';
import type { AuditMessage, AuditPlace, AuditReply } from './audit-worker.ts';

/** The audit of one organisation, as it is written. */
export type AuditAppender = {
  /** Durable when it resolves; rejects with HUB-504 when it cannot be written, HUB-501 when too many wait. */
  readonly append: (record: AuditRecord) => Promise<void>;
  /** Records of the outbox in one commit, ahead of what waits: durable when it resolves; those that are there already are left out. Rejects with HUB-504. */
  readonly move: (rows: readonly OutboxRow[]) => Promise<void>;
  /** As `AuditFile.seal`. Rejects with HUB-504. */
  readonly seal: (signer: AuditSigner) => Promise<AuditCheckpoint | null>;
  /** As `AuditFile.trim`. Rejects with HUB-504. */
  readonly trim: (before: number, signer: AuditSigner) => Promise<number>;
  /** Writes what waits and closes the file. */
  readonly close: () => Promise<void>;
};

export type AuditWriter = {
  /** `written` is told the sequence of the last record after each commit. One appender for a file. */
  readonly appender: (place: AuditPlace, written: (last: number) => void) => AuditAppender;
  /** Call it when the appenders are closed. */
  readonly close: () => Promise<void>;
};

type Waiting = {
  readonly record: string;
  readonly at: number;
  readonly done: () => void;
  readonly fail: (error: Error) => void;
};

/** Starts the thread. */
export const createAuditWriter = (): AuditWriter => {
  const worker = new Worker(new URL('./audit-worker.ts', import.meta.url));
  // The thread answers in the order in which it is asked.
  const replies: ((reply: AuditReply) => void)[] = [];

  let stopped: AuditReply | null = null;
  const failAll = (error: string): void => {
    stopped ??= { error, last: 0, checkpoint: null, dropped: 0 };
    for (const reply of replies.splice(0)) reply(stopped);
  };
  worker.on('message', (reply: AuditReply) => {
    replies.shift()?.(reply);
    if (replies.length === 0) worker.unref();
  });
  worker.on('error', (error) => failAll(error instanceof Error ? error.message : 'unknown'));
  worker.on('exit', () => failAll('the audit thread has stopped'));
  // Last: a listener for messages takes hold of the process again.
  worker.unref();

  const send: Send = (message, reply) => {
    // A thread that is gone answers nobody; the hub refuses to answer unrecorded until it is started again.
    if (stopped !== null) {
      reply(stopped);
      return;
    }
    replies.push(reply);
    worker.ref();
    worker.postMessage(message, []);
  };

  return {
    appender: (place, written) => createAppender(place, send, written),
    close: async () => {
      await worker.terminate();
    },
  };
};

type Send = (message: AuditMessage, reply: (reply: AuditReply) => void) => void;

// Records with which a commit waits for no more, and turns of the event loop that it waits at most.
const worthwhile = 64;
const mostTurns = 8;

const createAppender = (place: AuditPlace, send: Send, written: (last: number) => void): AuditAppender => {
  const waiting: Waiting[] = [];
  let busy = false;

  const isActive = (): boolean => busy || waiting.length > 0;

  const ask = (message: AuditMessage): Promise<AuditReply> =>
    new Promise((done, fail) => {
      send(message, (reply) => (reply.error === null ? done(reply) : fail(unrecorded(reply.error))));
    });

  /** Flushes after the first turn of the loop that brings nothing more: a commit and waking the thread cost the same for one record as for fifty. */
  const gather = (turns = mostTurns, before = 0): void => {
    setImmediate(() => {
      const now = waiting.length;
      if (turns > 1 && now > before && now < worthwhile) gather(turns - 1, now);
      else flush();
    });
  };

  const flush = (): void => {
    if (busy || waiting.length === 0) return;
    const batch = waiting.splice(0, limits.auditBatch);
    busy = true;
    let [from, to] = [Number.MAX_SAFE_INTEGER, 0];
    for (const { at } of batch) {
      from = Math.min(from, at);
      to = Math.max(to, at);
    }
    const records = `[${batch.map(({ record }) => record).join(',')}]`;
    send({ place, kind: 'append', batch: { count: batch.length, from, to, records } }, ({ error, last }) => {
      busy = false;
      for (const { done, fail } of batch) {
        if (error === null) done();
        else fail(unrecorded(error));
      }
      // What the answered clients ask next is to share the commit.
      if (waiting.length > 0) gather();
      if (error === null) written(last);
    });
  };

  return {
    append: (record) =>
      new Promise((done, fail) => {
        if (waiting.length >= limits.auditQueue) {
          fail(new HubError(problem('HUB-501', 'Too many accesses wait to be recorded.', { retryAfter: 1 })));
          return;
        }
        waiting.push({ record: JSON.stringify(record), at: record.at, done, fail });
        if (!busy && waiting.length === 1) gather();
      }),
    move: async (rows) => {
      const { last } = await ask({ place, kind: 'move', rows });
      written(last);
    },
    seal: async (signer) => (await ask({ place, kind: 'seal', signer })).checkpoint,
    trim: async (before, signer) => (await ask({ place, kind: 'trim', before, signer })).dropped,
    close: async () => {
      while (isActive()) await new Promise((resolve) => setImmediate(resolve));
      await new Promise<void>((resolve) => send({ place, kind: 'close' }, () => resolve()));
    },
  };
};

const unrecorded = (internal: string): HubError =>
  new HubError(
    problem('HUB-504', 'The access cannot be recorded, so nothing is answered.', { internal, retryAfter: 5 }),
  );
