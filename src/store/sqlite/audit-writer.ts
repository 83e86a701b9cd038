// Group commit of audit records: callers wait until their record is on disk, and all that arrive while one commit is under way go into
// the next. One writer for the process, started by sqlite-store.ts. Knows no policy: a failure is the caller's to act on.
import { Worker } from 'node:worker_threads';
import { HubError, problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { createGroupCommit } from '../group-commit.ts';
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

type Recorded = { readonly record: string; readonly at: number };

const createAppender = (place: AuditPlace, send: Send, written: (last: number) => void): AuditAppender => {
  const ask = (message: AuditMessage): Promise<AuditReply> =>
    new Promise((done, fail) => {
      send(message, (reply) => (reply.error === null ? done(reply) : fail(unrecorded(reply.error))));
    });

  const commit = (batch: readonly Recorded[]): Promise<void> =>
    new Promise((done, fail) => {
      let [from, to] = [Number.MAX_SAFE_INTEGER, 0];
      for (const { at } of batch) {
        from = Math.min(from, at);
        to = Math.max(to, at);
      }
      const records = `[${batch.map(({ record }) => record).join(',')}]`;
      send({ place, kind: 'append', batch: { count: batch.length, from, to, records } }, ({ error, last }) => {
        if (error !== null) return fail(unrecorded(error));
        done();
        written(last);
      });
    });

  const group = createGroupCommit({
    commit,
    waiting: limits.auditQueue,
    batch: limits.auditBatch,
    full: () => new HubError(problem('HUB-501', 'Too many accesses wait to be recorded.', { retryAfter: 1 })),
  });

  return {
    append: (record) => group.add({ record: JSON.stringify(record), at: record.at }),
    move: async (rows) => {
      const { last } = await ask({ place, kind: 'move', rows });
      written(last);
    },
    seal: async (signer) => (await ask({ place, kind: 'seal', signer })).checkpoint,
    trim: async (before, signer) => (await ask({ place, kind: 'trim', before, signer })).dropped,
    close: async () => {
      await group.idle();
      await new Promise<void>((resolve) => send({ place, kind: 'close' }, () => resolve()));
    },
  };
};

const unrecorded = (internal: string): HubError =>
  new HubError(
    problem('HUB-504', 'The access cannot be recorded, so nothing is answered.', { internal, retryAfter: 5 }),
  );
