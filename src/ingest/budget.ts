// Bounds the bytes of bodies that are being received in the process, by making readers wait. Used by page.ts. The oldest reader never
// waits, so that readers which wait for each other cannot stand still.

export type Lease = {
  /** Counts bytes; gives a promise to wait for when there is no room, null when there is. */
  readonly take: (bytes: number, signal: AbortSignal) => Promise<void> | null;
  /** Gives everything back. May be called twice. */
  readonly release: () => void;
};

export type Budget = {
  readonly open: () => Lease;
  /** Bytes held now, for metrics and tests. */ readonly held: () => number;
};

/** Makes a budget of so many bytes. */
export const createBudget = (bytes: number): Budget => {
  const leases = new Set<object>();
  const waiting = new Map<object, () => void>();
  let held = 0;

  const mayGoOn = (lease: object): boolean => {
    if (held <= bytes) return true;
    const [oldest] = leases;
    return oldest === lease;
  };
  const wake = (): void => {
    for (const [lease, go] of waiting) if (mayGoOn(lease)) go();
  };

  return {
    held: () => held,
    open: () => {
      const lease = {};
      let mine = 0;
      leases.add(lease);
      return {
        take: (count, signal) => {
          mine += count;
          held += count;
          if (mayGoOn(lease) || signal.aborted) return null;
          return new Promise((resolve) => {
            const go = (): void => {
              waiting.delete(lease);
              signal.removeEventListener('abort', go);
              resolve();
            };
            waiting.set(lease, go);
            signal.addEventListener('abort', go, { once: true });
          });
        },
        release: () => {
          leases.delete(lease);
          held -= mine;
          mine = 0;
          wake();
        },
      };
    },
  };
};
