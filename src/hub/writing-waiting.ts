// About how many events wait for adapters, remembered so that not every write counts them. Called by writing-work.ts and writing-live.ts; the
// store is the truth.
import type { Clock } from '#base/clock.ts';
import type { TenantStore } from '#store/store.ts';

export type Waiting = {
  /** About how many of the organisation wait: exact once a second, and what this process has accepted since added. */
  readonly count: (tenant: TenantStore) => Promise<number>;
  /** Says that one more waits. */
  readonly added: (tenant: string) => void;
};

const freshMs = 1_000;

/** Makes the memory of one process. */
export const createWaiting = (clock: Pick<Clock, 'monotonic'>): Waiting => {
  const counts = new Map<string, { count: number; readonly until: number }>();
  return {
    count: async (tenant) => {
      const held = counts.get(tenant.id);
      if (held !== undefined && clock.monotonic() < held.until) return held.count;
      const count = await tenant.events.waitingCount();
      counts.set(tenant.id, { count, until: clock.monotonic() + freshMs });
      return count;
    },
    added: (tenant) => {
      const held = counts.get(tenant);
      if (held !== undefined) held.count += 1;
    },
  };
};
