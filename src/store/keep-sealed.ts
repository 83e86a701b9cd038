// When an audit is sealed. Used by every dialect for each organisation that it has open; knows no file and no key.
import type { Clock } from '#base/clock.ts';
import type { AuditCheckpoint } from './store.ts';

export type Sealing = {
  /** To be told the sequence of the last record after each commit. */
  readonly written: (last: number) => void;
  readonly stop: () => Promise<void>;
};

export type SealingOptions = {
  /** Signs what is new. `asked`: for a time that has passed (`timed`), or since there is much or the end has come (`now`). */
  readonly seal: (asked: 'timed' | 'now') => Promise<AuditCheckpoint | null>;
  readonly failed: (error: unknown) => void;
  /** How far records and signatures are now. */
  readonly last: number;
  readonly sealed: number;
  /** Other processes write the same audit: it is looked at each time, also when this one has written nothing. */
  readonly shared?: boolean;
};

// How often what is new is signed, and after how many records at the latest.
const sealEveryMs = 60_000;
const sealEvery = 10_000;

/** Seals in time: the first records at once, then a while after something new, after many records, and at the end. A failure is told, and made good the next time. */
export const keepSealed = (clock: Clock, options: SealingOptions): Sealing => {
  const { seal, failed, shared = false } = options;
  let { last, sealed } = options;
  let sealing: Promise<void> | null = null;
  const run = async (asked: 'timed' | 'now'): Promise<void> => {
    try {
      sealed = (await seal(asked))?.sequence ?? 0;
    } catch (error) {
      failed(error);
    } finally {
      sealing = null;
    }
  };
  const start = (asked: 'timed' | 'now'): void => void (sealing ??= run(asked));
  const stopTimer = clock.every(sealEveryMs, () => {
    if (shared || last > sealed) start('timed');
  });
  // An audit that nothing signed speaks for yet proves nothing: the first records are sealed at once.
  let first = sealed === 0;
  const begin = (): void => {
    if (!first || last === 0) return;
    first = false;
    start('now');
  };
  begin();
  return {
    written: (now) => {
      last = Math.max(last, now);
      begin();
      if (last - sealed >= sealEvery) start('now');
    },
    stop: async () => {
      stopTimer();
      await sealing;
      if (last > sealed) await run('now');
    },
  };
};
