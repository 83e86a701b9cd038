// The delivery of notices: looks every few seconds for what has to be told, hands it out and brings it. Made by app/compose.ts for a running hub; what is announced is put
// into the register by the admin API and found there.
import { dayMs, type Clock } from '#base/clock.ts';
import type { PlatformStore } from '#store/store.ts';
import { bringDeliveries, type BringDeps } from './bring.ts';
import { handOut } from './hand-out.ts';
import { makeDueNotices, type RemindDeps } from './remind.ts';

export type NoticesDeps = Omit<BringDeps, 'platform' | 'clock'> &
  Omit<RemindDeps, 'platform' | 'clock'> & {
    readonly platform: BringDeps['platform'] & RemindDeps['platform'] & Pick<PlatformStore, 'dropRegister'>;
    readonly clock: Clock;
    /** Told what kept a round from its end; the next one begins anew. */
    readonly broken: (error: unknown) => void;
  };

export type Notices = {
  /** One round, after the one that is under way. */
  readonly round: () => Promise<void>;
  /** Stops, and waits for the tries under way. */
  readonly close: () => Promise<void>;
};

const roundMs = 10_000;
// What comes by time is looked for this often.
const dueMs = 3_600_000;
// Deliveries that are over, and notices that nobody waits for.
const keptDeliveryMs = 90 * dayMs;
const keptNoticeMs = 800 * dayMs;

/** Begins to look; `close` must be called. */
export const createNotices = (deps: NoticesDeps): Notices => {
  const { platform, clock, broken } = deps;
  const stopping = new AbortController();
  let last: Promise<void> = Promise.resolve();
  let waits = false;
  let dueAt = 0;

  const work = async (): Promise<void> => {
    if (stopping.signal.aborted) return;
    const now = clock.now();
    if (now >= dueAt) {
      await makeDueNotices(deps);
      await platform.dropRegister('delivery', ['sent', 'dropped', 'dead'], now - keptDeliveryMs);
      await platform.dropRegister('notice', ['told'], now - keptNoticeMs);
      dueAt = now + dueMs;
    }
    await handOut(deps);
    await bringDeliveries(deps, stopping.signal);
  };
  const round = (): Promise<void> => {
    last = last.then(work).catch(broken);
    return last;
  };
  const stop = clock.every(roundMs, () => {
    // A round that takes long is not followed by all that it kept waiting.
    if (waits) return;
    waits = true;
    void round().finally(() => (waits = false));
  });
  return {
    round,
    close: async () => {
      stop();
      stopping.abort();
      await last;
    },
  };
};
