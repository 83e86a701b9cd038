// Keeps the ledger of erasures and the data in step: an erasure is in the ledger before its transaction is committed, is taken back when that is
// rolled back, and its bytes leave the files once it is. Built by tenant.ts over its write connection.
import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { Clock } from '#base/clock.ts';
import type { CollectionPath } from '#model/model.ts';
import type { IdentifierValue } from '../store.ts';
import { numberOf, statement } from './driver.ts';
import type { IdentifierRef } from '../writing/erase.ts';
import type { LedgerEntry } from '../writing/writing.ts';
import type { ErasureLedger } from './erasure-ledger.ts';
import type { WipeJob, WipeReply } from './wipe-worker.ts';

export type Erasing = {
  readonly hashOf: (ref: IdentifierRef) => string;
  /** Whether any of a resource's identifiers is kept back. */
  readonly keepsBack: (collection: CollectionPath, identifiers: readonly IdentifierValue[]) => boolean;
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
  /** The transaction has been committed. */
  readonly committed: () => void;
  /**
   * Takes what has been erased out of the bytes of the files; nothing may be written meanwhile. False while somebody still reads an older
   * state, or the disk fails: then it is still to be done. True at once when there is nothing to do.
   */
  readonly wipe: () => Promise<boolean>;
};

// Trees that hold what resources and events say; the others hold numbers.
const wiped = `SELECT rootpage FROM sqlite_schema WHERE rootpage > 0
  AND tbl_name IN ('resource', 'identifier', 'attribute_index', 'change', 'write_event')`;

/** Sees to it that what is deleted on the connection is overwritten. */
export const createErasing = (db: DatabaseSync, path: string, ledger: ErasureLedger): Erasing => {
  db.exec('PRAGMA secure_delete = ON');
  const note = statement(db, "INSERT OR IGNORE INTO meta (name, value) VALUES ('erased ' || ?, 1)");
  const noted = statement(db, "SELECT EXISTS (SELECT 1 FROM meta WHERE name = 'erased ' || ?) AS n");
  /** Entered by the transaction under way, and how many of them by works that are done. */
  let entered: string[] = [];
  let done = 0;
  const noteWipe = statement(db, "INSERT OR IGNORE INTO meta (name, value) VALUES ('unwiped', 1)");
  const wipeNoted = statement(db, "SELECT EXISTS (SELECT 1 FROM meta WHERE name = 'unwiped') AS n");
  const forgetWipe = statement(db, "DELETE FROM meta WHERE name = 'unwiped'");
  /** Known without asking, since every transaction wants to know. */
  let unwiped: boolean | null = null;

  return {
    hashOf: ledger.hashOf,
    keepsBack: (collection, identifiers) =>
      ledger.size() > 0 &&
      ledger.isErased(identifiers.map(({ field, value }) => ({ collection, field, value }))).includes(true),
    enter: (reason, refs) => {
      const id = ledger.enter(reason, refs);
      entered.push(id);
      note.run(id);
      noteWipe.run();
      unwiped = null;
      return id;
    },
    unfollowed: () => ledger.entries().filter(({ id }) => numberOf(noted.get(id), 'n') === 0),
    followed: (id) => {
      note.run(id);
      noteWipe.run();
      unwiped = null;
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
      entered = [];
      done = 0;
    },
    wipe: async () => {
      unwiped ??= numberOf(wipeNoted.get(), 'n') === 1;
      if (!unwiped) return true;
      if (!emptyLog(db)) return false;
      const roots = statement(db, wiped).all();
      const failure = await inThread({ path, roots: roots.map((row) => numberOf(row, 'rootpage')) });
      // What the connection remembers of the pages is as they were: written back, it would undo it all.
      db.exec('PRAGMA shrink_memory');
      if (failure !== null) return false;
      forgetWipe.run();
      unwiped = false;
      return true;
    },
  };
};

// A reader of an older state keeps the log from being emptied: tried again for a minute, with every write after that, and at the next start.
const retryMs = 100;
const retries = 600;

export type Wiping = {
  /** Takes what was erased out of the files now, or sees to it that it is tried again. Between transactions; rejects never. */
  readonly now: () => Promise<void>;
  /** No more tries: the file is about to be closed. */
  readonly stop: () => void;
};

/** Keeps trying until the bytes are gone. `between` runs something while nobody writes. */
export const createWiping = ({
  wipe,
  between,
  clock,
}: {
  readonly wipe: Erasing['wipe'];
  readonly between: (work: () => Promise<boolean>) => Promise<boolean>;
  readonly clock: Pick<Clock, 'sleep'>;
}): Wiping => {
  const stopped = new AbortController();
  let isTrying = false;
  const attempt = (): Promise<boolean> => wipe().catch(() => false);
  const keepTrying = async (): Promise<void> => {
    for (let tries = 0; tries < retries; tries += 1) {
      await clock.sleep(retryMs, stopped.signal);
      if (stopped.signal.aborted || (await between(attempt))) break;
    }
    isTrying = false;
  };
  return {
    now: async () => {
      if (isTrying || (await attempt())) return;
      isTrying = true;
      keepTrying().catch(() => {});
    },
    stop: () => stopped.abort(),
  };
};

const inThread = (job: WipeJob): Promise<string | null> =>
  new Promise((resolve) => {
    const worker = new Worker(new URL('./wipe-worker.ts', import.meta.url), { workerData: job });
    worker.once('message', (reply: WipeReply) => resolve(reply.error));
    worker.once('error', (error) => resolve(error instanceof Error ? error.message : 'unknown'));
    worker.once('exit', () => resolve('the thread has stopped'));
  });

/** Brings the log into the file and empties it. False while somebody still reads an older state. */
const emptyLog = (db: DatabaseSync): boolean => {
  db.exec('PRAGMA busy_timeout = 0');
  try {
    return numberOf(statement(db, 'PRAGMA wal_checkpoint(TRUNCATE)').get(), 'busy') === 0;
  } finally {
    db.exec('PRAGMA busy_timeout = 5000');
  }
};
