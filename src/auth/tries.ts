// How wrong tries are slowed down: so many at once, then one per interval, for each caller by itself. Used by secret-check.ts and basic.ts. Knows neither
// secrets nor what a caller is.
import type { Clock } from '#base/clock.ts';

export type Tries = {
  /** False when the caller has used up what it has. */
  readonly left: (caller: string) => boolean;
  readonly count: (caller: string) => void;
};

const watchedCallers = 10_000;

/** Drops the oldest entries of a map that keeps its order of insertion. */
export const dropOldest = (map: Map<string, unknown>, size: number): void => {
  for (const key of map.keys()) {
    if (map.size <= size) return;
    map.delete(key);
  }
};

/** Makes a count of its own, of the callers that tried last. */
export const createTries = (clock: Clock, atOnce: number, intervalMs: number): Tries => {
  const tries = new Map<string, { readonly count: number; readonly at: number }>();

  /** What still counts of a caller's tries. */
  const standing = (caller: string): number => {
    const known = tries.get(caller);
    return known === undefined ? 0 : known.count - Math.floor((clock.monotonic() - known.at) / intervalMs);
  };

  return {
    left: (caller) => standing(caller) < atOnce,
    count: (caller) => {
      const count = Math.max(0, standing(caller)) + 1;
      tries.delete(caller);
      tries.set(caller, { count, at: clock.monotonic() });
      dropOldest(tries, watchedCallers);
    },
  };
};
