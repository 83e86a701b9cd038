// Whether the server is there: one connection watches it, and while it is away it is looked for until it is found. Used by driver.ts, which
// answers nobody meanwhile.
import type { Clock } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import type { Sql } from './database.ts';
import { awayError } from './errors.ts';
import type { Wire } from './wire.ts';

/** While the server is away it is looked for this often. */
const searchMs = 250;

/** The server is asked for a sign of life this often, and is away when it owes an answer for this many rounds. */
const beatMs = 400;
const roundsOwed = 5;

/** A sign of life, and whether this is still the server that takes writes. */
export const beat: Sql = { name: 'beat', text: 'SELECT pg_is_in_recovery() AS recovery' };

/** A server that is there, and that the hub must not work on. */
const refusal = (error: unknown): HubError | null =>
  error instanceof HubError && ['HUB-511', 'HUB-513', 'HUB-514', 'HUB-515'].includes(error.problem.code) ? error : null;

export type PresenceOptions = {
  readonly clock: Clock;
  /** To the server that takes writes; looked at, since it may be another than before. What refuses it is told as it is. */
  readonly connect: () => Promise<Wire>;
  /** Tells apart the servers that `connect` chooses from: the last one chosen. */
  readonly chosen: () => number;
  /** There is a connection to watch by, the first one or another. */
  readonly watching: (wire: Wire) => void;
  /** The server has gone away, or was found again. */
  readonly left: (error: Error) => void;
  readonly found: () => void;
};

export type Presence = {
  /** What everybody is told instead of an answer; null while the server is there. */
  readonly away: () => HubError | null;
  /** Takes over the first connection. */
  readonly begin: (wire: Wire) => void;
  readonly close: () => Promise<void>;
};

/** Makes the watch over a server. `clock.every` beats until it is closed. */
export const createPresence = (options: PresenceOptions): Presence => {
  const { clock, connect } = options;
  let away: HubError | null = null;
  let closed = false;
  let watch: Wire | null = null;
  let owed = 0;

  /** Everything fails from now on, at once, until the server has been found again. */
  const leave = (cause: unknown): void => {
    if (closed || away !== null) return;
    away = refusal(cause) ?? awayError(cause instanceof Error ? cause.message : 'away');
    owed = 0;
    watch?.destroy(away);
    watch = null;
    options.left(away);
    void search();
  };

  const search = async (): Promise<void> => {
    for (;;) {
      if (closed) return;
      try {
        const wire = await connect();
        if (closed) return await wire.close();
        away = null;
        attend(wire);
        options.found();
        return;
      } catch (error) {
        away = refusal(error) ?? (refusal(away) === null ? away : awayError('away'));
        await clock.sleep(searchMs);
      }
    }
  };

  const attend = (wire: Wire): void => {
    watch = wire;
    wire.onLost(() => {
      if (watch === wire) void replace();
    });
    options.watching(wire);
  };

  /** The connection that broke may be the only one: the others go on, unless another server leads by now or none answers. */
  const replace = async (): Promise<void> => {
    watch = null;
    const before = options.chosen();
    try {
      const wire = await connect();
      if (away !== null || closed) return await wire.close();
      if (options.chosen() === before) return attend(wire);
      await wire.close();
      leave(new Error('another server leads'));
    } catch (error) {
      leave(error);
    }
  };

  const beating = clock.every(beatMs, () => {
    const wire = watch;
    if (wire === null) return;
    if (owed >= roundsOwed) return leave(new Error('no sign of life'));
    owed += 1;
    if (owed > 1) return;
    wire.query(beat, [], null).then(
      ([row]) => {
        owed = 0;
        if (row?.['recovery'] === true && watch === wire) leave(new Error('in recovery'));
      },
      () => {
        owed = 0;
      },
    );
  });

  return {
    away: () => away,
    begin: attend,
    close: async () => {
      closed = true;
      beating();
      await watch?.close();
    },
  };
};
