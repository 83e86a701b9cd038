// Checkpoints of one organisation's audit on PostgreSQL: signs its head, drops what is old under a signature. One process at a time, by a lock
// that recording does not wait for. Used by audit.ts and trail.ts.
import type { Clock } from '#base/clock.ts';
import { signCheckpoint } from '../audit-chain.ts';
import { checkpointOf } from '../audit-search.ts';
import type { AuditCheckpoint, AuditKey, Eventually } from '../store.ts';
import { bytesOf, numberOf, textOf } from './cells.ts';
import type { Connection, Database, Sql } from './database.ts';
import { lockFor } from './locks.ts';

export type SealDeps = {
  readonly database: Pick<Database, 'query' | 'transaction'>;
  readonly clock: Clock;
  readonly tenant: number;
  readonly organisation: string;
  readonly key: () => Eventually<AuditKey>;
};

export type Head = {
  /** Sequence of the last record, 0 = none; null when there is no chain yet. */
  readonly last: number | null;
  readonly hash: string;
  readonly newest: AuditCheckpoint | null;
};

export type Sealer = {
  readonly look: () => Promise<Head>;
  /** As `TenantTrail.seal`. `timed`: leaves it when some process has signed a moment ago. */
  readonly seal: (asked: 'timed' | 'now') => Promise<AuditCheckpoint | null>;
  /** Drops some of the oldest commits whose records are all from before a moment. Gives how many records; call it until it gives 0. */
  readonly trim: (before: number) => Promise<number>;
};

// Several processes look every minute: one signature for all of them will do. Clocks of machines differ, so the distance counts either way.
const justSealedMs = 30_000;

// Commits dropped in one transaction.
const trimmedAtOnce = 5_000;

/** What signs one organisation's audit. */
export const sealer = ({ database, clock, tenant, organisation, key }: SealDeps): Sealer => {
  const look = async (): Promise<Head> => headOf(await database.query(tenant, state, [tenant]));

  const put = async (
    connection: Connection,
    signer: AuditKey,
    newest: AuditCheckpoint | null,
    of: Pick<AuditCheckpoint, 'kind' | 'sequence' | 'hash'>,
  ): Promise<AuditCheckpoint> => {
    const made = signCheckpoint(
      {
        organisation,
        ...of,
        number: (newest?.number ?? 0) + 1,
        at: clock.now(),
        previous: newest?.signature ?? '',
      },
      signer,
    );
    await connection.query(insert, [tenant, made.number, made.sequence, JSON.stringify(made)]);
    return made;
  };

  /** The state as it is once this process alone signs. */
  const alone = async <T>(work: (connection: Connection, head: Head) => Promise<T>): Promise<T> =>
    database.transaction(tenant, async (connection) => {
      await connection.query(lock, [tenant]);
      return work(connection, headOf(await connection.query(state, [tenant])));
    });

  return {
    look,
    seal: async (asked) => {
      const found = await look();
      if (isSealed(found)) return found.newest;
      const { newest } = found;
      if (asked === 'timed' && newest !== null && Math.abs(clock.now() - newest.at) < justSealedMs) return newest;
      const signer = await key();
      return alone(async (connection, head) =>
        isSealed(head)
          ? head.newest
          : put(connection, signer, head.newest, { kind: 'head', sequence: head.last ?? 0, hash: head.hash }),
      );
    },
    trim: async (before) => {
      const signer = await key();
      return alone(async (connection, head) => {
        const rows = await connection.query(oldest, [tenant, trimmedAtOnce]);
        const stays = rows.findIndex((row) => numberOf(row, 'to_at') >= before);
        const old = stays === -1 ? rows : rows.slice(0, stays);
        const last = old.at(-1);
        if (last === undefined) return 0;
        const sequence = numberOf(last, 'first') + numberOf(last, 'count') - 1;
        const hash = bytesOf(last, 'hash').toString('base64url');
        await put(connection, signer, head.newest, { kind: 'cut', sequence, hash });
        await connection.query(drop, [tenant, sequence + 1]);
        return sequence - numberOf(old[0], 'first') + 1;
      });
    },
  };
};

/** True when there is nothing to sign. */
const isSealed = ({ last, newest }: Head): boolean =>
  last === null || last === 0 || (newest?.kind === 'head' && newest.sequence === last);

const headOf = ([row]: Awaited<ReturnType<Connection['query']>>): Head => ({
  last: row?.['next'] === null || row === undefined ? null : numberOf(row, 'next') - 1,
  hash: bytesOf(row, 'hash').toString('base64url'),
  newest: typeof row?.['record'] === 'string' ? checkpointOf(textOf(row, 'record')) : null,
});

// Waits for no one who records, and lets them go on.
const lock: Sql = {
  name: 'audit lock',
  text: `SELECT pg_advisory_xact_lock(${lockFor.sealing}, $1::integer)::text AS held`,
};

const state: Sql = {
  name: 'audit state',
  text: `SELECT head.next, head.hash, (SELECT record FROM checkpoint WHERE tenant = $1::integer ORDER BY number DESC LIMIT 1) AS record
    FROM (SELECT 1) AS always LEFT JOIN audit_head AS head ON head.tenant = $1::integer`,
};

const insert: Sql = {
  name: 'audit checkpoint',
  text: 'INSERT INTO checkpoint (tenant, number, sequence, record) VALUES ($1, $2, $3, $4)',
};

// The newest commit always stays.
const oldest: Sql = {
  name: 'audit oldest',
  text: `SELECT first, count, to_at, hash FROM audit_commit WHERE tenant = $1::integer AND
    first < (SELECT max(first) FROM audit_commit WHERE tenant = $1::integer) ORDER BY first LIMIT $2`,
};

const drop: Sql = { name: 'audit drop', text: 'DELETE FROM audit_commit WHERE tenant = $1 AND first < $2' };
