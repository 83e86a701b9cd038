// Work that holds a lock of the database while it does other things. The server ends transactions that ask for nothing, since whoever began them may
// be gone: so that it does not end this one, it is told now and then that somebody is there; and whoever works hears when it was ended all the
// same. Used by driver.ts.
import type { Clock } from '#base/clock.ts';
import type { Connection, Sql } from './database.ts';

const heardEveryMs = 5_000;

// Of a process that is stopped, or whose machine is gone, the locks are free again after this.
const silentAtMostMs = 20_000;

const notSilent: Sql = {
  name: 'not_silent',
  text: `SELECT set_config('idle_in_transaction_session_timeout', '${silentAtMostMs}', true)`,
};
const here: Sql = { name: 'here', text: 'SELECT true AS here' };

/** What a transaction runs in place of the work. Waits for the work, lost or not, and rejects when it was lost. */
export const heldBy =
  <T>(clock: Pick<Clock, 'every'>, work: (connection: Connection, lost: AbortSignal) => Promise<T>) =>
  async (connection: Connection): Promise<T> => {
    const lost = new AbortController();
    await connection.query(notSilent, []);
    const stop = clock.every(heardEveryMs, () => {
      connection.query(here, []).catch((error: unknown) => lost.abort(error));
    });
    try {
      const value = await work(connection, lost.signal);
      // Nothing that it has done since was done alone.
      await connection.query(here, []);
      lost.signal.throwIfAborted();
      return value;
    } finally {
      stop();
    }
  };
