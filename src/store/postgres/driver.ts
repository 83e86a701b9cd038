// The one place that connects to PostgreSQL: shared connections for short statements, own ones for transactions and for statements that read
// much, one that listens, and what is done while the server is away. Made by whoever composes the store; knows no table.
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import { addressesOf } from './address.ts';
import type { Cell, Connection, Database, QueryOptions, Row, Scope, Sql } from './database.ts';
import { awayError, isAway, stateOf, tooLate, translate } from './errors.ts';
import { createNotices } from './listening.ts';
import { createPool } from './pool.ts';
import type { Pool } from './pool.ts';
import { Wire } from './wire.ts';
import type { Setting } from './wire.ts';

export { bytesOf, numberOf, numbersOf, textOf } from './cells.ts';

export type DriverOptions = {
  /** `postgres://user:password@one:5432,two:5432/name?…`: several servers of which the one that takes writes is used. */
  readonly url: string;
  readonly clock: Clock;
  /** Shown to the operator of the server. */
  readonly applicationName?: string;
  /** Connections that short statements share. */
  readonly shared?: number;
  /** Connections for transactions that write. */
  readonly writing?: number;
  /** Connections for statements that read much, and for snapshots. */
  readonly reading?: number;
  /** How many may wait for each kind of connection. */
  readonly waiting?: number;
  /** Ms after which a statement without a deadline is stopped. */
  readonly statementMs?: number;
  /** Ms that a statement waits for a lock. */
  readonly lockMs?: number;
  /** Ms for a connection to be made. */
  readonly connectMs?: number;
};

/** While the server is away it is looked for this often. */
const searchMs = 250;

/** The server is asked for a sign of life this often, and is away when it owes an answer for this many rounds. */
const beatMs = 400;
const roundsOwed = 3;

/** Health is answered within this time, whatever the server does. */
const healthMs = 180;

/** How long a full disk is remembered when nothing has been written since. */
const fullMs = 5_000;

const beat: Sql = { name: 'beat', text: 'SELECT pg_is_in_recovery() AS recovery' };

// Waits for the disk, and for the standby where there is one, as every commit does.
const probe: Sql = { name: 'probe', text: `SELECT pg_logical_emit_message(true, 'bindeledd', '')::text AS place` };

/** Connects. Throws a HubError: HUB-503 not reachable, 502 in recovery, 514 no such database, 515 login refused, 700 a bad address. */
export const openDriver = async (options: DriverOptions): Promise<Database> => {
  const { clock } = options;
  const addresses = addressesOf(options.url);
  const connectMs = options.connectMs ?? 3_000;
  let first = 0;
  let away: string | null = null;
  let closed = false;
  let fullUntil = 0;
  let watch: Wire | null = null;
  let probing: { readonly wire: Promise<Wire>; asked: Promise<boolean> | null } | null = null;

  const settings = [
    'search_path=bindeledd',
    'jit=off',
    'TimeZone=UTC',
    `statement_timeout=${options.statementMs ?? 30_000}`,
    `lock_timeout=${options.lockMs ?? 15_000}`,
    'idle_in_transaction_session_timeout=60000',
  ];

  /** The server that takes writes, the one that did last before the others. */
  const connect = async (): Promise<Wire> => {
    let failure: unknown = null;
    for (let turn = 0; turn < addresses.length; turn += 1) {
      const index = (first + turn) % addresses.length;
      try {
        const applicationName = options.applicationName ?? 'bindeledd';
        const wire = await Wire.open({ url: addresses[index] ?? '', applicationName, connectMs, settings });
        const [row] = await wire.query(beat, [], null);
        if (row?.['recovery'] === false) {
          first = index;
          return wire;
        }
        wire.destroy(new Error('in recovery'));
        throw new HubError(problem('HUB-502', 'The database is in recovery and takes no writes.', { retryAfter: 5 }));
      } catch (error) {
        // A server in recovery says more than one that is not there.
        if (failure === null || !(failure instanceof HubError)) failure = error;
      }
    }
    throw failure;
  };

  const poolOf = (size: number, depth: number): Pool =>
    createPool({
      clock,
      size,
      depth,
      waiting: options.waiting ?? (depth > 1 ? 4_000 : 400),
      waitingOfOne: Math.ceil((options.waiting ?? (depth > 1 ? 4_000 : 400)) / 2),
      waitMs: 5_000,
      share: 0.75,
      open: connect,
      // One connection less is no news; that no other can be made is.
      failed: (error) => {
        if (isAway(error) || isRecovering(error)) leave(error);
      },
    });

  /** Everything fails from now on, at once, until the server has been found again. */
  const leave = (cause: unknown): void => {
    if (closed || away !== null) return;
    away = cause instanceof Error ? cause.message : 'away';
    const error = awayError(away);
    watch?.destroy(error);
    watch = null;
    probing?.wire.then((wire) => wire.destroy(error)).catch(() => {});
    probing = null;
    for (const pool of [shared, writing, reading]) pool.drop(error);
    void search();
  };

  const search = async (): Promise<void> => {
    for (;;) {
      if (closed) return;
      try {
        const wire = await connect();
        if (closed) return await wire.close();
        start(wire);
        return;
      } catch {
        await clock.sleep(searchMs);
      }
    }
  };

  /** From now on this connection tells whether the server is there. */
  const attend = (wire: Wire): void => {
    watch = wire;
    wire.onLost(() => {
      if (watch !== wire) return;
      watch = null;
      // It may be the only one that broke.
      connect().then((next) => (away === null && !closed ? attend(next) : next.close()), leave);
    });
    notices.start(wire);
  };

  const start = (wire: Wire): void => {
    away = null;
    attend(wire);
    shared.warm(1);
  };

  let owed = 0;
  const beating = clock.every(beatMs, () => {
    const wire = watch;
    if (wire === null) return;
    if (owed >= roundsOwed) {
      owed = 0;
      return leave(new Error('no sign of life'));
    }
    owed += 1;
    if (owed > 1) return;
    wire.query(beat, [], null).then(
      ([row]) => {
        owed = 0;
        // Another server leads now.
        if (row?.['recovery'] === true && watch === wire) leave(new Error('in recovery'));
      },
      () => {
        owed = 0;
      },
    );
  });

  const shared = poolOf(options.shared ?? 2, 96);
  const writing = poolOf(options.writing ?? 8, 1);
  const reading = poolOf(options.reading ?? 6, 1);
  const notices = createNotices();

  const noticed = (error: unknown): unknown => {
    const state = stateOf(error);
    if (state === '53100') fullUntil = clock.monotonic() + fullMs;
    return translate(error);
  };

  const within = (deadline: number | undefined): number | null => {
    if (deadline === undefined) return null;
    const left = Math.ceil(deadline - clock.monotonic());
    if (left <= 0) throw tooLate();
    return left;
  };

  const query = async (
    scope: Scope,
    sql: Sql,
    values: readonly Cell[],
    { deadline, long, durable }: QueryOptions = {},
  ): Promise<readonly Row[]> => {
    if (away !== null) throw awayError(away);
    const pool = durable === true ? writing : long === true ? reading : shared;
    const taken = pool.take(scope, deadline);
    const wire = taken instanceof Wire ? taken : await taken;
    try {
      const ms = within(deadline);
      return await asked(wire, sql, values, scope === null && ms === null ? null : { scope, within: ms });
    } catch (error) {
      throw noticed(error);
    } finally {
      pool.giveBack(scope, wire);
    }
  };

  const transaction: Database['transaction'] = async (scope, work, { deadline, snapshot } = {}) => {
    if (away !== null) throw awayError(away);
    const pool = snapshot === true ? reading : writing;
    const wire = await pool.take(scope, deadline);
    try {
      return await inTransaction(wire, scope, work, within(deadline), snapshot === true);
    } catch (error) {
      if (stateOf(error) === '25006' || isRecovering(error)) leaveIfNotLeading();
      throw noticed(error);
    } finally {
      pool.giveBack(scope, wire);
    }
  };

  /** A transaction found a server that takes no writes: if it follows another now, that one is looked for without waiting for the next beat. */
  const leaveIfNotLeading = (): void => {
    const wire = watch;
    wire?.query(beat, [], null).then(
      ([row]) => {
        if (row?.['recovery'] === true && watch === wire) leave(new Error('in recovery'));
      },
      () => {},
    );
  };

  const probed = async (): Promise<boolean> => {
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

  start(await connect().catch((error: unknown) => Promise.reject(translate(error))));

  return {
    query,
    transaction: async (scope, work, given) => {
      const value = await transaction(scope, work, given);
      if (given?.snapshot !== true) fullUntil = 0;
      return value;
    },
    listen: notices.listen,
    notify: notices.notify,
    healthy: async () => {
      if (away !== null || closed || clock.monotonic() < fullUntil) return false;
      const waiting = new AbortController();
      const late = clock.sleep(healthMs, waiting.signal).then(() => false);
      try {
        return await Promise.race([probed(), late]);
      } finally {
        waiting.abort();
      }
    },
    close: async () => {
      if (closed) return;
      closed = true;
      beating();
      await Promise.all([shared, writing, reading].map((pool) => pool.close()));
      await probing?.wire.then((wire) => wire.close()).catch(() => {});
      await watch?.close();
    },
  };
};

/**
 * Asks again when the statement was not prepared after all: when its first use could not be (a lock, a deadline), those sent behind it found
 * nothing there, and were not run.
 */
const asked = async (
  wire: Wire,
  sql: Sql,
  values: readonly Cell[],
  setting: Setting | null,
): Promise<readonly Row[]> => {
  for (let turn = 1; ; turn += 1) {
    try {
      return await wire.query(sql, values, setting);
    } catch (error) {
      if (turn === 3 || !['26000', '42P05'].includes(stateOf(error))) throw error;
    }
  }
};

const isRecovering = (error: unknown): boolean => error instanceof HubError && error.problem.code === 'HUB-502';

const inTransaction = async <T>(
  wire: Wire,
  scope: Scope,
  work: (connection: Connection) => Promise<T>,
  ms: number | null,
  snapshot: boolean,
): Promise<T> => {
  const begin = snapshot ? 'BEGIN ISOLATION LEVEL REPEATABLE READ' : 'BEGIN';
  const tenant = scope === null ? '' : `SET LOCAL bindeledd.tenant = ${Math.trunc(scope)};`;
  const limit = ms === null ? '' : `SET LOCAL statement_timeout = ${ms};`;
  await wire.command(`${begin};${tenant}${limit}`);
  let first: unknown = null;
  const noting = async <R>(answer: Promise<R>): Promise<R> => {
    try {
      const value = await answer;
      first = null;
      return value;
    } catch (error) {
      // What fails because something before it did is told as that.
      if (stateOf(error) !== '25P02' && stateOf(error) !== '26000') first = error;
      throw translate(first ?? error);
    }
  };
  try {
    const value = await work({
      query: (sql, values) => noting(wire.query(sql, values, null)),
      copy: (text, chunks) => noting(wire.copy(text, chunks)),
    });
    // After an error that the work let pass, the server ends a commit with a rollback, and calls it that.
    if ((await wire.command('COMMIT')) !== 'COMMIT')
      throw new HubError(problem('HUB-500', 'Nothing was changed.', { internal: 'committed after an error' }), {
        cause: first,
      });
    return value;
  } catch (error) {
    // A connection that cannot go back is of no use to the next.
    await wire.command('ROLLBACK').catch((cause: Error) => wire.destroy(cause));
    throw error;
  }
};
