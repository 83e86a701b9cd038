// Keeps audits as long as the setting says: now and then it drops what is older, organisation by organisation. Started by compose.ts.
import type { Clock } from '#base/clock.ts';
import type { Observe } from '#base/events.ts';
import type { Store } from '#store/store.ts';

const everyMs = 6 * 3_600_000;

/** Starts it; `months` 0 keeps everything. Gives a function that stops it. */
export const keepAudits = (
  deps: { readonly store: Store; readonly clock: Clock; readonly observe: Observe },
  months: number,
): (() => void) => {
  const { store, clock, observe } = deps;
  const trim = async (): Promise<void> => {
    const before = monthsBefore(clock.now(), months);
    for (const { id } of await store.platform.organisations()) {
      try {
        await (await store.tenant(id)).trail.trim(before);
      } catch (error) {
        const reason = error instanceof Error ? error.message : 'unknown';
        observe({ kind: 'audit-failed', tenant: id, reason });
      }
    }
  };
  if (months === 0) return () => {};
  return clock.every(everyMs, () => void trim());
};

/** The same day and time some months earlier, or the last day of a shorter month. */
export const monthsBefore = (now: number, months: number): number => {
  const date = new Date(now);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() - months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
};
