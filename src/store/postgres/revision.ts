// The number that says whether what is known of the platform still holds, for many processes over one database: answered from memory, looked up
// when another process tells of a change and every second besides, and refused once it could not be looked up for five. Used by platform.ts.
import type { Clock } from '#base/clock.ts';
import { awayError } from './errors.ts';
import type { NoticeListener } from './notices.ts';

export type Revision = {
  /** At once while it is known; later when it has to be looked up first. Throws or rejects with HUB-503 when it cannot be. */
  readonly current: () => number | Promise<number>;
  /** The database's number after a change by this process: seen from now on. */
  readonly changed: (value: number) => void;
  readonly listener: NoticeListener;
  readonly close: () => void;
};

export type RevisionDeps = {
  readonly clock: Clock;
  /** The number in the database; rejects when it cannot be had by the deadline (monotonic ms). */
  readonly look: (deadline: number) => Promise<number>;
};

/** What was looked up so long ago (ms) is not answered from: a right that was taken away ends within this time everywhere. */
export const staleAfterMs = 5_000;

const lookEveryMs = 1_000;
// The timer keeps it below; this is for a process that has been held up.
const lookAfterMs = 1_900;
// Nobody waits longer for an answer of a database that is away.
const patienceMs = 150;
const restAfterFailureMs = 250;
const lookMs = 3_000;

/** Looks for the first time; rejects when it cannot. */
export const openRevision = async ({ clock, look }: RevisionDeps): Promise<Revision> => {
  // A database that was put back to an earlier state has lower numbers, and will have the same ones again for something else: what is answered
  // always grows.
  let offset = 0;
  let lookedAt = clock.monotonic();
  let known = await look(lookedAt + lookMs);
  let adopted = 0;
  let failedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<boolean> | null = null;
  /** Something has happened since the look under way began. */
  let again = false;

  const adopt = (value: number): void => {
    if (value > known) {
      known = value;
      adopted += 1;
    }
  };

  const lookOnce = async (): Promise<boolean> => {
    const [started, before] = [clock.monotonic(), adopted];
    try {
      const value = await look(started + lookMs);
      // A change of this process may have come in between: then the lower number is only older.
      if (value < known && adopted === before) {
        offset += known - value + 1;
        known = value;
      } else adopt(value);
      lookedAt = Math.max(lookedAt, started);
      return true;
    } catch {
      failedAt = clock.monotonic();
      return false;
    }
  };

  /** True when it was looked up. Those who ask meanwhile share it. */
  const refresh = (): Promise<boolean> =>
    (looking ??= (async () => {
      try {
        let done: boolean;
        do {
          again = false;
          done = await lookOnce();
        } while (done && again);
        return done;
      } finally {
        looking = null;
      }
    })());

  const age = (): number => clock.monotonic() - lookedAt;

  const refuse = (): never => {
    throw awayError(`the revision was looked up ${Math.round(age())} ms ago`);
  };

  const waitFor = async (): Promise<number> => {
    const stop = new AbortController();
    await Promise.race([refresh(), clock.sleep(patienceMs, stop.signal)]);
    stop.abort();
    return age() > staleAfterMs ? refuse() : known + offset;
  };

  const stopTimer = clock.every(lookEveryMs, () => void refresh());

  return {
    current: () => {
      const old = age();
      if (old <= lookAfterMs) return known + offset;
      if (old <= staleAfterMs) {
        void refresh();
        return known + offset;
      }
      if (clock.monotonic() - failedAt < restAfterFailureMs) refuse();
      const answer = waitFor();
      // Whoever only looks whether it is known at once lets the answer be.
      answer.catch(() => {});
      return answer;
    },
    changed: adopt,
    listener: {
      heard: ({ kind }) => {
        if (kind !== 'platform') return;
        again = true;
        void refresh();
      },
      lost: () => {
        // Nothing that was learnt before is believed: the database may be another one now.
        offset += 1;
        again = true;
        void refresh();
      },
    },
    close: stopTimer,
  };
};
