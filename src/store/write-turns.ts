// Who writes to one organisation when, within a process: one transaction after the other, and short works that wait at the same time in one of them. Used
// by the write queue of each engine, which knows what a transaction is; knows no table.
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';

/** A work that waits for its turn: how it went is told only when the transaction has been committed. */
export type Waiting<Tx> = {
  readonly run: (tx: Tx) => Promise<void>;
  readonly tell: () => void;
  readonly fail: (error: unknown) => void;
};

export type WriteTurnsDeps<Tx, Transaction> = {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** How long one transaction takes up works. */
  readonly msTogether: number;
  /** Runs works in a transaction, and throws when all of it is lost. */
  readonly inTransaction: (works: (transaction: Transaction) => Promise<void>) => Promise<void>;
  /** Runs one work within a shared transaction; true when it is part of it. Else the work has been told why not. Throws only when the whole transaction is lost. */
  readonly part: (work: Waiting<Tx>, transaction: Transaction) => Promise<boolean>;
};

export type WriteTurns<Tx> = {
  /** Runs something by itself, after everything that was asked for before. */
  readonly alone: <T>(work: () => Promise<T> | T) => Promise<T>;
  /** Runs work in a transaction that it may share with what else waits at the end of the queue. */
  readonly together: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  /** Resolves when everything asked for so far is done. */
  readonly idle: () => Promise<void>;
};

// What one commit takes together: enough that the disk, and the standby, are not waited for once for each.
const worksTogether = 64;

/** Makes the turns of one organisation. */
export const createWriteTurns = <Tx, Transaction>(deps: WriteTurnsDeps<Tx, Transaction>): WriteTurns<Tx> => {
  const { clock, msTogether } = deps;
  let queue: Promise<unknown> = Promise.resolve();
  /** The group at the end of the queue, as long as it takes more. */
  let open: Waiting<Tx>[] | null = null;

  const exclusively = <T>(work: () => Promise<T> | T): Promise<T> => {
    const turn = queue.then(work);
    queue = turn.catch(() => {});
    return turn;
  };

  const runGroup = async (group: Waiting<Tx>[]): Promise<void> => {
    // What arrives within this turn of the loop shares the commit.
    await yieldToLoop();
    while (group.length > 0) {
      const taken: Waiting<Tx>[] = [];
      const kept: Waiting<Tx>[] = [];
      try {
        await deps.inTransaction(async (transaction) => {
          const started = clock.monotonic();
          while (taken.length < worksTogether && clock.monotonic() - started < msTogether) {
            const next = group.shift();
            if (next === undefined) break;
            taken.push(next);
            if (await deps.part(next, transaction)) kept.push(next);
          }
        });
        for (const { tell } of kept) tell();
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
      return exclusively(work);
    },
    together: <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        if (open === null) {
          const group: Waiting<Tx>[] = [];
          open = group;
          void exclusively(() => runGroup(group));
        }
        open.push({ ...waitingFor(work, resolve), fail: reject });
      }),
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
