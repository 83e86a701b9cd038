// The order of writes to one organisation. Over all processes: a transaction first takes the organisation's lock, and its changes can be seen
// before the next one gets it. Within a process: one transaction after the other, short works that wait at the same time in one of them, and no
// more waiting than there is room for. Built by tenant.ts; knows no table but that of the counters.
import type { Clock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import type { AuditRecord } from '../store.ts';
import { createWriteTurns } from '../write-turns.ts';
import type { Waiting } from '../write-turns.ts';
import type { Connection, Database, Sql } from './database.ts';
import { overloaded } from './errors.ts';
import { lockFor } from './locks.ts';
import { followState, forgetState, stateColumns } from './tenant-state.ts';
import type { Counts, MutableCounts, TenantState } from './tenant-state.ts';

// Little enough that the first of those who share a commit does not wait long for the last.
const msTogether = 25;

export type Transaction = {
  readonly connection: Connection;
  /** As the works so far leave them. */
  readonly counts: MutableCounts;
  /** What the works so far record in the audit. */
  readonly records: AuditRecord[];
};

/** One work within a transaction. */
export type Part<Tx> = {
  readonly tx: Tx;
  /** Writes out what it has changed; `sent` is called when the last statement is on its way, and not when that cannot be. */
  readonly finish: (sent?: () => void) => Promise<void>;
  /** Its changes are part of the transaction. */
  readonly keep: () => void;
  /** They are not, and nothing more of it reaches the database. */
  readonly drop: () => void;
};

export type WriteQueue<Tx> = {
  /** Runs work in a transaction of its own, after everything that was asked for before. Durable when it resolves. */
  readonly alone: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  /** Runs work in a transaction that it may share with other such work; its throw rolls back nothing but its own. Durable when it resolves. */
  readonly together: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  /** As `alone`, for works that the caller begins and ends himself. */
  readonly inTransaction: <T>(work: (transaction: Transaction) => Promise<T>) => Promise<T>;
  /** Runs something while nothing is written by this process. */
  readonly between: <T>(work: () => Promise<T>) => Promise<T>;
  /** Resolves when everything asked for so far is done. */
  readonly idle: () => Promise<void>;
};

export type WriteQueueDeps<Tx> = {
  readonly database: Pick<Database, 'transaction'>;
  readonly tenant: number;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly state: TenantState;
  /** Called first in every transaction. */
  readonly opening: (transaction: Transaction) => Promise<void>;
  readonly begin: (transaction: Transaction) => Part<Tx>;
  /** Puts records into the audit, last in the transaction; gives the number of the last. */
  readonly record: (connection: Connection, records: readonly AuditRecord[]) => Promise<number>;
  /** Called after every commit, before anybody is told. */
  readonly committed: (counts: Counts, recorded: number) => void;
  /** Called when it is not known what has become of a transaction, or when it was rolled back: what was remembered of it is wrong. */
  readonly forget: () => void;
};

/** Builds the queue of one organisation in this process. */
export const createWriteQueue = <Tx>(deps: WriteQueueDeps<Tx>): WriteQueue<Tx> => {
  const { database, tenant, clock, state } = deps;
  let waiting = 0;

  /** Counts who waits. Throws when it is one too many. */
  const enter = <T>(turn: () => Promise<T>): Promise<T> => {
    if (waiting >= limits.waitingWrites)
      return Promise.reject(overloaded(`${waiting} writes of the organisation wait`));
    waiting += 1;
    return turn().finally(() => {
      waiting -= 1;
    });
  };

  const begun = async (connection: Connection): Promise<Transaction> => {
    const [, [row]] = await Promise.all([connection.query(hold, [tenant]), connection.query(readState, [tenant])]);
    const counts = { ...(await followState(state, tenant, connection, row)) };
    return { connection, counts, records: [] };
  };

  const ended = async ({ connection, counts, records }: Transaction): Promise<number> => {
    counts.commits += 1;
    const written = connection.query(writeState, [
      tenant,
      counts.commits,
      counts.position,
      counts.at,
      counts.words,
      counts.collections,
      counts.identifiers,
      counts.runs,
      counts.receipts,
      counts.events,
      counts.erasures,
    ]);
    // Sent behind it; whoever else records for the organisation waits from here to the commit.
    const [, recorded] = await Promise.all([written, deps.record(connection, records)]);
    return recorded;
  };

  const inTransaction = async <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> => {
    try {
      const { value, counts, recorded } = await database.transaction(tenant, async (connection) => {
        const transaction = await begun(connection);
        await deps.opening(transaction);
        const made = await work(transaction);
        return { value: made, recorded: await ended(transaction), counts: transaction.counts };
      });
      state.counts = counts;
      deps.committed(counts, recorded);
      return value;
    } catch (error) {
      // The commit may have been made although nobody said so: the caller hears HUB-503, and what is remembered is looked up again.
      forgetState(state);
      deps.forget();
      throw error;
    }
  };

  const whole = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    inTransaction(async (transaction) => {
      const part = deps.begin(transaction);
      try {
        const value = await work(part.tx);
        await part.finish();
        part.keep();
        return value;
      } catch (error) {
        part.drop();
        throw error;
      }
    });

  /** One work within the shared transaction. Throws only when the whole transaction is lost. */
  const part = async (each: Waiting<Tx>, transaction: Transaction): Promise<boolean> => {
    const { connection } = transaction;
    const ignored = (sql: Sql): Promise<unknown> => {
      const asked = connection.query(sql, []);
      asked.catch(() => {});
      return asked;
    };
    // What the work asks first goes along with it.
    const began = ignored(savepoint);
    const work = deps.begin(transaction);
    try {
      await each.run(work.tx);
      let released: Promise<unknown> | null = null;
      // Behind all of it, and without waiting for the answers.
      const finished = work.finish(() => {
        released = ignored(release);
      });
      await Promise.all([began, finished]);
      await released;
      work.keep();
      return true;
    } catch (error) {
      work.drop();
      await Promise.all([connection.query(rollBack, []), connection.query(release, [])]);
      // Nothing of it was written, whatever becomes of the others.
      each.fail(error);
      return false;
    }
  };

  const turns = createWriteTurns({ clock, msTogether, inTransaction, part });
  return {
    alone: (work) => enter(() => turns.alone(() => whole(work))),
    together: (work) => enter(() => turns.together(work)),
    inTransaction: (work) => turns.alone(() => inTransaction(work)),
    between: turns.alone,
    idle: turns.idle,
  };
};

// Tables grow by orders of magnitude within one delivery, while the planner still takes them for empty: every statement of a writer goes by a
// key, whatever the planner believes. The lock goes with the transaction, after its changes can be seen; whoever waits for it longer than
// `lock_timeout` says hears HUB-501.
const hold: Sql = {
  name: 'hold_organisation',
  text: `SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true), set_config('max_parallel_workers_per_gather', '0', true),
    pg_advisory_xact_lock(${lockFor.writing}, $1::integer)`,
};
const readState: Sql = {
  name: 'read_state',
  text: `SELECT ${stateColumns} FROM tenant_state WHERE tenant = $1`,
};
const writeState: Sql = {
  name: 'write_state',
  text: `UPDATE tenant_state SET commits = $2, position = $3, at = $4, words = $5, collections = $6, identifiers = $7, runs = $8,
    receipts = $9, events = $10, erasures = $11 WHERE tenant = $1`,
};
const savepoint: Sql = { name: 'savepoint_work', text: 'SAVEPOINT part' };
const release: Sql = { name: 'release_work', text: 'RELEASE SAVEPOINT part' };
const rollBack: Sql = { name: 'roll_back_work', text: 'ROLLBACK TO SAVEPOINT part' };
