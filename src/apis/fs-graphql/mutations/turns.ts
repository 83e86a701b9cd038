// Work that comes one after the other for each name. Used by run-mutation.ts for what two must not find out at the same time; of this process only.

export type Turns = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Makes it. Work that fails holds nobody up. */
export const createTurns = (): Turns => {
  const last = new Map<string, Promise<unknown>>();
  return async (name, work) => {
    const before = last.get(name) ?? Promise.resolve();
    const own = before.then(work, work);
    last.set(name, own);
    try {
      return await own;
    } finally {
      if (last.get(name) === own) last.delete(name);
    }
  };
};
