// When the quality of the data is examined: every so often, for all organisations in turn, never twice at once. Called by compose.ts.
import type { Clock } from '#base/clock.ts';
import type { Observe } from '#base/events.ts';
import type { QualityWorker } from '#quality/create-quality.ts';
import type { PlatformStore } from '#store/store.ts';

type Deps = {
  readonly platform: Pick<PlatformStore, 'organisations'>;
  readonly clock: Pick<Clock, 'every'>;
  readonly observe: Observe;
};

/** Starts it; gives what stops it. An interval of 0 starts nothing. A failure is noticed and tried again at the next turn. */
export const examineQuality = (
  quality: Pick<QualityWorker, 'work'>,
  { platform, clock, observe }: Deps,
  intervalSeconds: number,
): (() => void) => {
  if (intervalSeconds === 0) return () => {};
  let busy = false;
  const examine = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      await quality.work((await platform.organisations()).map(({ id }) => id));
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      observe({ kind: 'setting', message: `The quality of the data could not be examined: ${reason}` });
    } finally {
      busy = false;
    }
  };
  return clock.every(intervalSeconds * 1_000, () => void examine());
};
