// The one place that connects to PostgreSQL: shared connections for short statements, own ones for transactions and for statements that read
// much. Made by whoever composes the store; knows no table. What happens while the server is away is in presence.ts.
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import { addressesOf } from './address.ts';
import type { Cell, Database, Row, Sql } from './database.ts';
import { stateOf, tooLate, translate } from './errors.ts';
import { createHealth } from './health.ts';
import { heldBy } from './holding.ts';
import { createNotices } from './listening.ts';
import { createPool } from './pool.ts';
import type { Pool } from './pool.ts';
import { beat, createPresence } from './presence.ts';
import { openSession } from './session.ts';
import { inTransaction } from './transaction.ts';
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
  /** Connections that single statements that write share: what is read waits for its record, and must not wait behind transactions. */
  readonly recording?: number;
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
  /** Refuses, with a HubError, a server that may be another than before: asked when a connection was lost, before anything is answered from the next. */
  readonly check?: (database: Pick<Database, 'query'>) => Promise<unknown>;
};

/** A deadline that is further away is none: the server counts ms in 32 bits. */
const longestMs = 2 ** 31;

/** Plans are made anew so long after it is asked for, and no more often. */
const replanMs = 250;

/** Connects. Throws a HubError: HUB-503 not reachable, 502 in recovery, 514 no such database, 515 login refused, 700 a bad address. */
export const openDriver = async (options: DriverOptions): Promise<Database> => {
  const { clock } = options;
  const { connect: toServer, chosen } = createConnect(options);
  const connect = connectAgain(toServer, options.check);
  const first = await connect().catch((error: unknown) => Promise.reject(translate(error)));
  const pools = createPools(options, connect);
  const notices = createNotices();
  const health = createHealth(clock, connect);
  let closed = false;
  let replanning = false;
  const presence = createPresence({
    clock,
    connect,
    chosen,
    watching: notices.start,
    left: (error) => {
      health.drop(error);
      for (const pool of Object.values(pools)) pool.drop(error);
    },
    found: () => pools.shared.warm(1),
  });

  const attentive = (): void => {
    const why = presence.away();
    if (why !== null) throw why;
  };

  const within = (deadline: number | undefined): number | null => {
    if (deadline === undefined) return null;
    const left = Math.ceil(deadline - clock.monotonic());
    if (left <= 0) throw tooLate();
    return left < longestMs ? left : null;
  };

  const told = (error: unknown, wire: Wire): unknown => {
    health.noted(error);
    if (stateOf(error) === '25006') leaveFollower(wire);
    return translate(error);
  };

  const transaction: Database['transaction'] = async (scope, work, { deadline, snapshot } = {}) => {
    attentive();
    const pool = snapshot === true ? pools.reading : pools.writing;
    const wire = await pool.take(scope, deadline);
    try {
      const value = await inTransaction(wire, scope, work, within(deadline), snapshot === true);
      if (snapshot !== true) health.written();
      return value;
    } catch (error) {
      throw told(error, wire);
    } finally {
      pool.giveBack(scope, wire);
    }
  };

  presence.begin(first);
  pools.shared.warm(1);

  return {
    query: async (scope, sql, values, { deadline, long, durable } = {}) => {
      attentive();
      const pool = durable === true ? pools.recording : long === true ? pools.reading : pools.shared;
      const taken = pool.take(scope, deadline);
      const wire = taken instanceof Wire ? taken : await taken;
      try {
        const ms = within(deadline);
        return await asked(wire, sql, values, scope === null && ms === null ? null : { scope, within: ms });
      } catch (error) {
        throw told(error, wire);
      } finally {
        pool.giveBack(scope, wire);
      }
    },
    transaction,
    holding: (scope, work) => transaction(scope, heldBy(clock, work)),
    listen: notices.listen,
    notify: notices.notify,
    replan: () => {
      if (replanning) return;
      replanning = true;
      // Those who ask meanwhile are served along.
      void clock.sleep(replanMs).then(() => {
        replanning = false;
        for (const pool of Object.values(pools)) pool.replan();
      });
    },
    healthy: async () => presence.away() === null && !closed && (await health.healthy()),
    close: async () => {
      if (closed) return;
      closed = true;
      await Promise.all(Object.values(pools).map((pool) => pool.close()));
      await Promise.all([health.close(), presence.close()]);
    },
  };
};

const planning = [
  // Tables are partitioned by organisation: a plan made for each call costs more than the call. One plan finds its partition as it runs.
  'plan_cache_mode=force_generic_plan',
  // Made while a table was small, it must not read all of it when it is large: every statement has an index.
  'enable_seqscan=off',
];

/** Gives what connects to the server that takes writes, the one that did last before the others, and says which that was. */
const createConnect = (options: DriverOptions): { connect: () => Promise<Wire>; chosen: () => number } => {
  const addresses = addressesOf(options.url);
  let first = 0;
  const session = {
    applicationName: options.applicationName ?? 'bindeledd',
    connectMs: options.connectMs ?? 3_000,
    statementMs: options.statementMs ?? 30_000,
    lockMs: options.lockMs ?? 15_000,
    idleMs: 60_000,
    more: planning,
  };
  const open = async (url: string): Promise<Wire> => {
    const wire = await openSession({ ...session, url });
    const [row] = await wire.query(beat, [], null);
    if (row?.['recovery'] === false) return wire;
    wire.destroy(new Error('in recovery'));
    throw new HubError(problem('HUB-502', 'The database is in recovery and takes no writes.', { retryAfter: 5 }));
  };
  return {
    chosen: () => first,
    connect: async () => {
      let failure: unknown = null;
      for (let turn = 0; turn < addresses.length; turn += 1) {
        const index = (first + turn) % addresses.length;
        try {
          const wire = await open(addresses[index] ?? '');
          first = index;
          return wire;
        } catch (error) {
          // A server in recovery says more than one that is not there.
          if (failure === null || !(failure instanceof HubError)) failure = error;
        }
      }
      throw failure;
    },
  };
};

/** As `connect`; once a connection was lost, which may have been for another server, the next ones are checked until one is found fit. */
const connectAgain = (connect: () => Promise<Wire>, check: DriverOptions['check']): (() => Promise<Wire>) => {
  let lost = 0;
  let fitAfter = 0;
  return async () => {
    const wire = await connect();
    const now = lost;
    try {
      if (now > fitAfter)
        await check?.({ query: (scope, sql, values) => wire.query(sql, values, { scope, within: null }) });
    } catch (error) {
      const told = translate(error);
      // One that takes no writes now is found out by whoever writes; reads go on.
      if (!(told instanceof HubError) || told.problem.code !== 'HUB-502') {
        wire.destroy(new Error('refused'));
        throw told;
      }
    }
    fitAfter = Math.max(fitAfter, now);
    wire.onLost(() => {
      lost += 1;
    });
    return wire;
  };
};

type Pools = Readonly<Record<'shared' | 'recording' | 'writing' | 'reading', Pool>>;

const createPools = (options: DriverOptions, open: () => Promise<Wire>): Pools => {
  const poolOf = (size: number, depth: number): Pool => {
    const waiting = options.waiting ?? (depth > 1 ? 4_000 : 400);
    const waitingOfOne = Math.ceil(waiting / 2);
    return createPool({ clock: options.clock, size, depth, waiting, waitingOfOne, waitMs: 5_000, share: 0.75, open });
  };
  return {
    shared: poolOf(options.shared ?? 2, 96),
    // Together they share what the server writes to disk: more of them wait no longer.
    recording: poolOf(options.recording ?? 4, 4),
    writing: poolOf(options.writing ?? 8, 1),
    reading: poolOf(options.reading ?? 6, 1),
  };
};

/** A connection whose server follows another by now is of no use, and would fail every write that comes its way. */
const leaveFollower = (wire: Wire): void => {
  wire.query(beat, [], null).then(
    ([row]) => {
      if (row?.['recovery'] === true) wire.destroy(new Error('in recovery'));
    },
    () => {},
  );
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
