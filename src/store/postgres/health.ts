// Whether writes can be made durable now. Used by driver.ts. Asks on a connection of its own, so that nothing else waits when the answer does
// not come.
import type { Clock } from '#base/clock.ts';
import type { Sql } from './database.ts';
import { awayError, stateOf } from './errors.ts';
import type { Wire } from './wire.ts';

/** Answered within this time, whatever the server does. */
const healthMs = 180;

/** How long a full disk is remembered when nothing has been written since. */
const fullMs = 5_000;

// Waits for the disk, and for the standby where there is one, as every commit does.
const probe: Sql = { name: 'probe', text: `SELECT pg_logical_emit_message(true, 'bindeledd', '')::text AS place` };

type Probing = { readonly wire: Promise<Wire>; asked: Promise<boolean> | null };

export type Health = {
  readonly healthy: () => Promise<boolean>;
  /** An error of the server, which may say that its disk is full. */
  readonly noted: (error: unknown) => void;
  /** Something was written. */
  readonly written: () => void;
  /** The server is away: what was asked of it is not waited for. */
  readonly drop: (error: Error) => void;
  readonly close: () => Promise<void>;
};

/** Makes the part of a driver that answers for its health. */
export const createHealth = (clock: Clock, connect: () => Promise<Wire>): Health => {
  let probing: Probing | null = null;
  let fullUntil = 0;

  const asked = async (): Promise<boolean> => {
    probing ??= { wire: connect(), asked: null };
    const one = probing;
    try {
      const wire = await one.wire;
      if (wire.broken) throw awayError('probe');
      // One question at a time: who asks meanwhile gets the same answer.
      one.asked ??= wire.query(probe, [], null).then(
        () => true,
        () => false,
      );
      return await one.asked;
    } catch {
      if (probing === one) probing = null;
      return false;
    } finally {
      one.asked = null;
    }
  };

  return {
    healthy: async () => {
      if (clock.monotonic() < fullUntil) return false;
      const waiting = new AbortController();
      const late = clock.sleep(healthMs, waiting.signal).then(() => false);
      try {
        return await Promise.race([asked(), late]);
      } finally {
        waiting.abort();
      }
    },
    noted: (error) => {
      if (stateOf(error) === '53100') fullUntil = clock.monotonic() + fullMs;
    },
    written: () => {
      fullUntil = 0;
    },
    drop: (error) => {
      probing?.wire.then((wire) => wire.destroy(error)).catch(() => {});
      probing = null;
    },
    close: async () => {
      await probing?.wire.then((wire) => wire.close()).catch(() => {});
    },
  };
};
