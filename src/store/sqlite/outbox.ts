// Audit records of writes on their way: durable with their write in data.db, then moved to audit.db, in their order and once each. Built by
// tenant.ts; knows nothing of what a record says.
import type { DatabaseSync } from 'node:sqlite';
import type { OutboxRow } from './audit-file.ts';
import { numberOf, statement, textOf } from './driver.ts';

export type Outbox = {
  /** Moves what has been committed so far; resolves when it is in audit.db, rejects when that cannot be written. */
  readonly move: () => Promise<void>;
  /** The same, for nobody who waits. */
  readonly moveLater: () => void;
  /** Deletes what has been moved: within a write transaction. */
  readonly forget: () => void;
  /** Gives no record to come a number up to this one: within a write transaction. True when the file is older than the audit. */
  readonly startAfter: (number: number) => boolean;
};

export type OutboxDeps = {
  /** Sees committed records only: what a transaction under way has recorded may still be rolled back, its numbers given again. */
  readonly readDb: DatabaseSync;
  readonly writeDb: DatabaseSync;
  /** Writes records to audit.db; durable when it resolves. */
  readonly send: (rows: readonly OutboxRow[]) => Promise<unknown>;
  /** Hears why what nobody waits for has failed. */
  readonly failed: (error: unknown) => void;
};

/** Prepares the statements of both connections. */
export const createOutbox = ({ readDb, writeDb, send, failed }: OutboxDeps): Outbox => {
  const readNext = statement(
    readDb,
    'SELECT number, record FROM audit_outbox WHERE number > ? ORDER BY number LIMIT 1000',
  );
  const forget = statement(writeDb, 'DELETE FROM audit_outbox WHERE number <= ?');
  const last = statement(writeDb, "SELECT seq FROM sqlite_sequence WHERE name = 'audit_outbox'");
  /** Records up to this number are in audit.db. */
  let done = 0;
  /** One batch after the other: a later record must not overtake an earlier one. */
  let moving: Promise<void> = Promise.resolve();
  /** The turn that has not begun yet: whoever asks meanwhile is served by it. */
  let next: Promise<void> | null = null;

  const read = (): readonly OutboxRow[] =>
    readNext.all(done).map((row) => ({ number: numberOf(row, 'number'), record: textOf(row, 'record') }));

  const move = (): Promise<void> => {
    if (next !== null) return next;
    const turn = moving.then(async () => {
      next = null;
      for (let rows = read(); rows.length > 0; rows = read()) {
        await send(rows);
        done = Math.max(done, rows.at(-1)?.number ?? 0);
      }
    });
    next = turn;
    moving = turn.catch(() => {});
    return turn;
  };

  return {
    move,
    moveLater: () => {
      // A failure is made good with the next write or at the next start.
      if (next === null) move().catch(failed);
    },
    forget: () => void (done > 0 && forget.run(done)),
    startAfter: (number) => {
      if (numberOf(last.get(), 'seq') >= number) return false;
      writeDb.exec("DELETE FROM sqlite_sequence WHERE name = 'audit_outbox'");
      statement(writeDb, "INSERT INTO sqlite_sequence (name, seq) VALUES ('audit_outbox', ?)").run(number);
      return true;
    },
  };
};
