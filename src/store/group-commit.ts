// Group commit: callers wait until theirs is durable, and all that arrive while one commit is under way share the next. Used by the writers of
// audits; knows nothing of what is committed. Bounded: beyond the bound it refuses.

export type GroupCommit<T> = {
  /** Resolves when the commit that holds it is durable; rejects with its failure, or with `full()`. */
  readonly add: (value: T) => Promise<void>;
  /** Resolves when nothing waits and nothing is under way. */
  readonly idle: () => Promise<void>;
};

export type GroupCommitOptions<T> = {
  /** Makes a batch durable, in its order. One at a time. */
  readonly commit: (batch: readonly T[]) => Promise<void>;
  /** How many may wait. */
  readonly waiting: number;
  /** Of one commit. */
  readonly batch: number;
  readonly full: () => Error;
};

// With so many a commit waits for no more; and turns of the event loop that it waits at most.
const worthwhile = 64;
const mostTurns = 8;

/** Makes one queue. */
export const createGroupCommit = <T>(options: GroupCommitOptions<T>): GroupCommit<T> => {
  const { commit, batch: most, full } = options;
  type Waiting = { readonly value: T; readonly done: () => void; readonly fail: (error: unknown) => void };
  const waiting: Waiting[] = [];
  let busy = false;
  let idle: (() => void)[] = [];

  /** Commits after the first turn of the loop that brings nothing more: a commit costs the same for one as for fifty. */
  const gather = (turns = mostTurns, before = 0): void => {
    setImmediate(() => {
      const now = waiting.length;
      if (turns > 1 && now > before && now < worthwhile) gather(turns - 1, now);
      else void flush();
    });
  };

  const flush = async (): Promise<void> => {
    if (busy || waiting.length === 0) return;
    const batch = waiting.splice(0, most);
    busy = true;
    try {
      await commit(batch.map(({ value }) => value));
      for (const { done } of batch) done();
    } catch (error) {
      for (const { fail } of batch) fail(error);
    }
    busy = false;
    // What the answered clients ask next is to share the commit.
    if (waiting.length > 0) return gather();
    const told = idle;
    idle = [];
    for (const tell of told) tell();
  };

  return {
    add: (value) =>
      new Promise((done, fail) => {
        if (waiting.length >= options.waiting) return fail(full());
        waiting.push({ value, done, fail });
        if (!busy && waiting.length === 1) gather();
      }),
    idle: () =>
      new Promise((resolve) => {
        if (!busy && waiting.length === 0) resolve();
        else idle.push(resolve);
      }),
  };
};
