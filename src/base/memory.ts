// Memories of what can be worked out again: a bounded one that keeps what was asked for lately, and one of what is made once. Used wherever the hub would do the same work for the
// same question again and again; knows nothing of what it holds.

export type Memory<T> = {
  readonly get: (key: string) => T | undefined;
  readonly set: (key: string, value: T) => void;
};

/**
 * Keeps at least the last `size` values that were set or asked for, and at most twice as many. Two generations, the older dropped as a whole:
 * moving each value to the end of one list whenever it is asked for would cost more than most values.
 */
export const createMemory = <T>(size: number): Memory<T> => {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  const set = (key: string, value: T): void => {
    if (young.size >= size && !young.has(key)) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
  };
  return {
    get: (key) => {
      const known = young.get(key);
      if (known !== undefined) return known;
      const older = old.get(key);
      if (older !== undefined) set(key, older);
      return older;
    },
    set,
  };
};

/** Makes each value when it is first asked for, and keeps it: for few keys. What could not be made is tried again when it is next asked for. */
export const madeOnce = <K, T>(make: (key: K) => Promise<T>): ((key: K) => Promise<T>) => {
  const made = new Map<K, Promise<T>>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const making = make(key);
    made.set(key, making);
    making.catch(() => made.delete(key));
    return making;
  };
};
