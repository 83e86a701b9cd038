// A memory of so many bytes: what was used longest ago goes first. For compiled documents, whose sizes differ by thousands.

export type DocumentMemory<T> = {
  readonly get: (key: string) => T | undefined;
  /** What is larger than the memory as a whole is not kept. */
  readonly set: (key: string, value: T, bytes: number) => void;
  readonly bytes: () => number;
};

/** Makes a memory of at most `most` bytes, as the values' makers count them. */
export const createDocumentMemory = <T>(most: number): DocumentMemory<T> => {
  const kept = new Map<string, { readonly value: T; readonly bytes: number }>();
  let sum = 0;
  const drop = (key: string): void => {
    sum -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  };
  return {
    bytes: () => sum,
    get: (key) => {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found.value;
    },
    set: (key, value, bytes) => {
      drop(key);
      if (bytes > most) return;
      kept.set(key, { value, bytes });
      sum += bytes;
      for (const oldest of kept.keys()) {
        if (sum <= most) break;
        drop(oldest);
      }
    },
  };
};
