// Bounds the bytes of bodies that are being received in the process, by making readers wait. Used by page.ts. The oldest reader never
// waits, so that readers which wait for each other cannot stand still.

export type Lease = {
  /** Counts bytes; gives a promise to wait for when there is no room, null when there is. */
  readonly take: (bytes: number, signal: AbortSignal) => Promise<void> | null;
  /** Gives everything back. May be called twice. */
  readonly release: () => void;
};

export type Budget = {
  /** For a body of the organisation. */
  readonly open: (organisation: string) => Lease;
  /** Bytes held now, for metrics and tests. */ readonly held: () => number;
};

/** The part of the room that one organisation may fill: with the rest others begin. */
const share = 0.75;

type Held = { readonly organisation: string };

/** Makes a budget of so many bytes. */
export const createBudget = (bytes: number): Budget => {
  const leases = new Set<Held>();
  const waiting = new Map<Held, () => void>();
  const heldBy = new Map<string, number>();
  let held = 0;

  const mayGoOn = (lease: Held): boolean => {
    const [oldest] = leases;
    if (oldest === lease) return true;
    if (held > bytes) return false;
    if ((heldBy.get(lease.organisation) ?? 0) <= bytes * share) return true;
    // Of those of one organisation, too, the oldest goes on, so that they do not wait for each other.
    for (const one of leases) if (one.organisation === lease.organisation) return one === lease;
    return false;
  };
  const wake = (): void => {
    for (const [lease, go] of waiting) if (mayGoOn(lease)) go();
  };
  const count = (organisation: string, more: number): void => {
    held += more;
    const now = (heldBy.get(organisation) ?? 0) + more;
    if (now === 0) heldBy.delete(organisation);
    else heldBy.set(organisation, now);
  };

  return {
    held: () => held,
    open: (organisation) => {
      const lease: Held = { organisation };
      let mine = 0;
      leases.add(lease);
      return {
        take: (more, signal) => {
          mine += more;
          count(organisation, more);
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
          count(organisation, -mine);
          mine = 0;
          wake();
        },
      };
    },
  };
};
