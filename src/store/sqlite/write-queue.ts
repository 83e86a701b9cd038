// The order of writes to one organisation: one transaction after the other, and short works that wait at the same time in one of them. Built by
// tenant.ts over its write connection; knows no table.
import type { DatabaseSync } from 'node:sqlite';
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { translate } from './driver.ts';

// What one commit takes together: enough that the disk is not waited for once for each, little enough that the first does not wait for the last.
const worksTogether = 64;
const msTogether = 4;

export type WriteQueue<Tx> = {
  /** Runs work in a transaction of its own, after everything that was asked for before. Durable when it resolves. */
  readonly alone: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  /** Runs work in a transaction that it may share with other such work; its throw rolls back nothing but its own. Durable when it resolves. */
  readonly together: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  /** Runs something between transactions. */
  readonly between: <T>(work: () => Promise<T> | T) => Promise<T>;
  /** Resolves when everything asked for so far is done. */
  readonly idle: () => Promise<void>;
};

export type WriteQueueDeps<Tx> = {
  readonly db: DatabaseSync;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Called first in every transaction. */
  readonly opening: () => Promise<void>;
  /** The bookkeeping of one work. */
  readonly begin: () => Tx;
  /** Called when a transaction, or one work of it, has been rolled back: what was remembered of it is wrong. */
  readonly forget: () => void;
  /** Called after every commit: what waits for the write waits for it, and it must not throw. */
  readonly committed: () => void | Promise<void>;
};

/** A work that waits for its turn: how it went is told only when the transaction has been committed. */
type Waiting<Tx> = {
  readonly run: (tx: Tx) => Promise<void>;
  readonly tell: () => void;
  readonly fail: (error: unknown) => void;
};

/** Builds the queue of one write connection, to which nobody else may write. */
export const createWriteQueue = <Tx>(deps: WriteQueueDeps<Tx>): WriteQueue<Tx> => {
  const { db, clock } = deps;
  let queue: Promise<unknown> = Promise.resolve();
  /** The group at the end of the queue, as long as it takes more. */
  let open: Waiting<Tx>[] | null = null;

  const exclusively = <T>(work: () => Promise<T> | T): Promise<T> => {
    const turn = queue.then(work);
    queue = turn.catch(() => {});
    return turn;
  };

  const inTransaction = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      db.exec('BEGIN IMMEDIATE');
      await deps.opening();
      const value = await work();
      db.exec('COMMIT');
      await deps.committed();
      return value;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      deps.forget();
      throw translate(error);
    }
  };

  /** One work within the shared transaction. Throws only when the whole transaction is lost. */
  const part = async (waiting: Waiting<Tx>, told: (() => void)[]): Promise<void> => {
    db.exec('SAVEPOINT part');
    try {
      await waiting.run(deps.begin());
      db.exec('RELEASE part');
      told.push(waiting.tell);
    } catch (error) {
      // A full disk may have ended the transaction for all.
      if (!db.isTransaction) throw error;
      db.exec('ROLLBACK TO part; RELEASE part');
      deps.forget();
      // Nothing of it was written, whatever becomes of the others.
      waiting.fail(translate(error));
      return;
    }
  };

  const runGroup = async (group: Waiting<Tx>[]): Promise<void> => {
    // What arrives within this turn of the loop shares the commit.
    await yieldToLoop();
    while (group.length > 0) {
      const taken: Waiting<Tx>[] = [];
      const told: (() => void)[] = [];
      try {
        await inTransaction(async () => {
          const started = clock.monotonic();
          while (taken.length < worksTogether && clock.monotonic() - started < msTogether) {
            const next = group.shift();
            if (next === undefined) break;
            taken.push(next);
            await part(next, told);
          }
        });
        for (const tell of told) tell();
      } catch (error) {
        if (taken.length === 0) for (const waiting of group.splice(0)) waiting.fail(error);
        // A work that was told of its own failure already hears no more.
        for (const waiting of taken) waiting.fail(error);
      }
      if (group.length > 0) await yieldToLoop();
    }
    if (open === group) open = null;
  };

  return {
    alone: (work) => {
      open = null;
      return exclusively(() => inTransaction(() => work(deps.begin())));
    },
    together: (work) =>
      new Promise((resolve, reject) => {
        if (open === null) {
          const group: Waiting<Tx>[] = [];
          open = group;
          void exclusively(() => runGroup(group));
        }
        open.push({
          ...waitingFor(work, resolve),
          fail: reject,
        });
      }),
    between: (work) => {
      open = null;
      return exclusively(work);
    },
    idle: async () => {
      await queue;
    },
  };
};

const waitingFor = <Tx, T>(
  work: (tx: Tx) => Promise<T>,
  resolve: (value: T) => void,
): Pick<Waiting<Tx>, 'run' | 'tell'> => {
  let answer: { readonly value: T } | null = null;
  return {
    run: async (tx) => {
      answer = { value: await work(tx) };
    },
    tell: () => {
      if (answer !== null) resolve(answer.value);
    },
  };
};
