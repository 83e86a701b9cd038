// Keeps the ledger of erasures and the data in step: an erasure is in the ledger before its transaction is committed, is taken back when that is
// rolled back, and its bytes leave the files once it is. Built by tenant.ts over its write connection.
import type { DatabaseSync } from 'node:sqlite';
import { numberOf, statement } from './driver.ts';
import type { ErasureLedger, IdentifierRef, LedgerEntry } from './erasure-ledger.ts';

export type Erasing = {
  readonly hashOf: (ref: IdentifierRef) => string;
  /** Enters an erasure in the ledger and in the data: within a transaction. Gives its id. */
  readonly enter: (reason: string, refs: readonly IdentifierRef[]) => string;
  /** Entries of the ledger that the data does not follow yet. */
  readonly unfollowed: () => readonly LedgerEntry[];
  /** Notes that the data follows an entry: within a transaction. */
  readonly followed: (id: string) => void;
  /** A work begins within a transaction. */
  readonly begun: () => void;
  /** The work under way, or with the transaction all of its works, has been rolled back. */
  readonly rolledBack: () => void;
  /** The transaction has been committed: true when the log still has to be emptied, since it holds what was erased. */
  readonly committed: () => boolean;
};

/** Sees to it that what is deleted on the connection is overwritten. */
export const createErasing = (db: DatabaseSync, ledger: ErasureLedger): Erasing => {
  db.exec('PRAGMA secure_delete = ON');
  const note = statement(db, "INSERT OR IGNORE INTO meta (name, value) VALUES ('erased ' || ?, 1)");
  const noted = statement(db, "SELECT EXISTS (SELECT 1 FROM meta WHERE name = 'erased ' || ?) AS n");
  /** Entered by the transaction under way, and how many of them by works that are done. */
  let entered: string[] = [];
  let done = 0;
  let erased = false;

  return {
    hashOf: ledger.hashOf,
    enter: (reason, refs) => {
      const id = ledger.enter(reason, refs);
      entered.push(id);
      note.run(id);
      erased = true;
      return id;
    },
    unfollowed: () => ledger.entries().filter(({ id }) => numberOf(noted.get(id), 'n') === 0),
    followed: (id) => {
      note.run(id);
      erased = true;
    },
    begun: () => {
      done = entered.length;
    },
    rolledBack: () => {
      const lost = entered.splice(db.isTransaction ? done : 0);
      for (const id of lost) {
        try {
          ledger.cancel(id);
        } catch {
          // It stays in the ledger: the data follow it at the next start.
        }
      }
    },
    committed: () => {
      const wasErased = erased;
      entered = [];
      done = 0;
      erased = false;
      return wasErased;
    },
  };
};

/** Brings the log into the file and empties it. False while somebody still reads an older state. */
export const emptyLog = (db: DatabaseSync): boolean => {
  db.exec('PRAGMA busy_timeout = 0');
  try {
    return numberOf(statement(db, 'PRAGMA wal_checkpoint(TRUNCATE)').get(), 'busy') === 0;
  } finally {
    db.exec('PRAGMA busy_timeout = 5000');
  }
};
