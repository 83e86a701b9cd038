// The order of writes to one organisation: one transaction after the other, and short works that wait at the same time in one of them. Built by
// tenant.ts over its write connection; knows no table.
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '#base/clock.ts';
import { createWriteTurns } from '../write-turns.ts';
import type { Waiting } from '../write-turns.ts';
import { translate } from './driver.ts';

// Little enough that the first of those who share a commit does not wait for the last.
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

/** Builds the queue of one write connection, to which nobody else may write. */
export const createWriteQueue = <Tx>(deps: WriteQueueDeps<Tx>): WriteQueue<Tx> => {
  const { db, clock } = deps;

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
  const part = async (waiting: Waiting<Tx>): Promise<boolean> => {
    db.exec('SAVEPOINT part');
    try {
      await waiting.run(deps.begin());
      db.exec('RELEASE part');
      return true;
    } catch (error) {
      // A full disk may have ended the transaction for all.
      if (!db.isTransaction) throw error;
      db.exec('ROLLBACK TO part; RELEASE part');
      deps.forget();
      // Nothing of it was written, whatever becomes of the others.
      waiting.fail(translate(error));
      return false;
    }
  };

  const turns = createWriteTurns<Tx, void>({ clock, msTogether, inTransaction, part });
  return {
    alone: (work) => turns.alone(() => inTransaction(() => work(deps.begin()))),
    together: turns.together,
    between: turns.alone,
    idle: turns.idle,
  };
};
