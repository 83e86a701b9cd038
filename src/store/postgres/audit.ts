// The audit of one organisation on PostgreSQL: group commit of what is read, what a write records within its own transaction, signatures in
// time. One chain over all processes: the row of its head is held from the hash to the commit. Opened by tenant.ts; trail.ts reads.
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { chainBeginning } from '../audit-chain.ts';
import { createGroupCommit } from '../group-commit.ts';
import { keepSealed } from '../keep-sealed.ts';
import type { AuditKey, AuditRecord, Eventually, TenantStore, TenantTrail } from '../store.ts';
import { numberOf } from './cells.ts';
import type { Cell, Connection, Database, Row, Sql } from './database.ts';
import { stateOf } from './errors.ts';
import { sealer } from './seals.ts';
import { createTrail, newestRecords } from './trail.ts';

export type AuditDeps = {
  readonly database: Pick<Database, 'query' | 'transaction'>;
  readonly clock: Clock;
  /** Number and id of the organisation. */
  readonly tenant: number;
  readonly organisation: string;
  /** The key that seals audits now. */
  readonly key: () => Eventually<AuditKey>;
  /** Told when a signature could not be made; it is made good the next time. */
  readonly failed: (error: unknown) => void;
};

export type TenantAudit = Pick<TenantStore, 'appendAudit'> & {
  /**
   * Puts records of a write into the chain, in its own transaction: call it last, since whoever else records for the organisation waits from
   * here to the commit. Gives the sequence of the last record, 0 for none; tell it to `written` once committed.
   */
  readonly within: (connection: Pick<Connection, 'query'>, records: readonly AuditRecord[]) => Promise<number>;
  readonly written: (last: number) => void;
  /** Newest first. */
  readonly newest: (query: Parameters<TenantStore['audit']>[0]) => Promise<readonly AuditRecord[]>;
  readonly trail: TenantTrail;
  /** Writes what waits, and signs what is new. */
  readonly close: () => Promise<void>;
};

/** Opens it, and begins the chain on first use. Rejects as the database does. */
export const openAudit = async (deps: AuditDeps): Promise<TenantAudit> => {
  const { database, clock, tenant, organisation, failed } = deps;
  const append = appendingTo(tenant, organisation);
  const query = (statement: Sql, values: readonly Cell[]): Promise<readonly Row[]> =>
    database.query(tenant, statement, values, { durable: true, deadline: clock.monotonic() + limits.auditMs });
  const seals = sealer(deps);
  let head = await seals.look();
  if (head.last === null) {
    await query(begin, [tenant, chainBeginning(organisation)]);
    head = await seals.look();
  }
  const sealing = keepSealed(clock, {
    seal: seals.seal,
    failed,
    last: head.last ?? 0,
    sealed: head.newest?.sequence ?? 0,
    shared: true,
  });

  const group = createGroupCommit<Recorded>({
    waiting: limits.auditQueue,
    batch: limits.auditBatch,
    full: () => new HubError(problem('HUB-501', 'Too many accesses wait to be recorded.', { retryAfter: 1 })),
    commit: async (batch) => {
      const until = clock.monotonic() + limits.auditMs;
      const written = append(query, batch).then(sealing.written, (error: unknown) =>
        Promise.reject(unrecorded(error, clock.monotonic() >= until)),
      );
      // What is given up here may be recorded all the same: of an access that was not answered.
      await inTime(written, clock);
    },
  });

  return {
    appendAudit: (record) => group.add(recorded(record)),
    within: (connection, records) =>
      records.length === 0
        ? Promise.resolve(0)
        : append(connection.query, records.map(recorded)).catch((error: unknown) =>
            Promise.reject(isKeptWaiting(error) ? unrecorded(error, true) : error),
          ),
    written: (last) => {
      if (last > 0) sealing.written(last);
    },
    newest: (asked) => newestRecords(deps, asked),
    trail: createTrail({ ...deps, seals }),
    close: async () => {
      await group.idle();
      await sealing.stop();
    },
  };
};

type Recorded = { readonly at: number; readonly text: string };

const recorded = (record: AuditRecord): Recorded => ({ at: record.at, text: JSON.stringify(record) });

type Ask = (statement: Sql, values: readonly Cell[]) => Promise<readonly Row[]>;

/** Puts records into the chain as one commit; gives the sequence of the last. */
const appendingTo =
  (tenant: number, organisation: string) =>
  async (ask: Ask, records: readonly Recorded[]): Promise<number> => {
    let [from, to] = [Number.MAX_SAFE_INTEGER, 0];
    for (const { at } of records) {
      from = Math.min(from, at);
      to = Math.max(to, at);
    }
    const list = `[${records.map(({ text }) => text).join(',')}]`;
    const [row] = await ask(add, [tenant, `bindeledd audit 1\n${organisation}\n`, records.length, from, to, list]);
    // Without the row of the head nothing would be recorded.
    if (row === undefined)
      throw new HubError(
        problem('HUB-504', 'The audit has no head.', { internal: `no audit_head of ${organisation}` }),
      );
    return numberOf(row, 'first') + records.length - 1;
  };

/** Stopped by the server: for another lock than ours, or because its time was over. */
const isKeptWaiting = (error: unknown): boolean => ['55P03', '57014'].includes(stateOf(error));

/** That too much is under way is no failure of the audit; that its own time was not enough is. */
const unrecorded = (error: unknown, isLate: boolean): unknown =>
  error instanceof HubError && error.problem.code === 'HUB-501' && !isLate && !isKeptWaiting(error)
    ? error
    : new HubError(
        problem('HUB-504', 'The access cannot be recorded, so nothing is answered.', {
          internal: error instanceof Error ? error.message : 'unknown',
          retryAfter: 5,
        }),
        { cause: error },
      );

/** The server has this much time to stop a statement by itself before it is given up here: it does not stop one that waits for the standby. */
const graceMs = 500;

const inTime = async (written: Promise<void>, clock: Pick<Clock, 'sleep'>): Promise<void> => {
  const stop = new AbortController();
  const late = clock.sleep(limits.auditMs + graceMs, stop.signal).then(() => 'late' as const);
  try {
    if ((await Promise.race([written, late])) === 'late')
      throw unrecorded(new Error('the database has not answered'), true);
  } finally {
    stop.abort();
    // Of what was given up nobody hears any more.
    written.catch(() => {});
  }
};

const begin: Sql = {
  name: 'audit begin',
  text: 'INSERT INTO audit_head (tenant, next, hash) VALUES ($1, 1, $2) ON CONFLICT DO NOTHING',
};

// One statement, so that the head is held for no longer than the commit takes: whoever waited for it goes on from the state that it was left
// in. The server computes what store/audit-chain.ts says of a commit that came from no outbox.
const add: Sql = {
  name: 'audit add',
  text: `WITH held AS (SELECT next, hash FROM audit_head WHERE tenant = $1::integer FOR UPDATE),
    made AS (SELECT next AS first, sha256(hash || convert_to($2::text || next::text || E'\\n' || $3::integer::text || E'\\n' ||
      $4::bigint::text || E'\\n' || $5::bigint::text || E'\\n\\n' || $6::text, 'UTF8')) AS hash FROM held),
    moved AS (UPDATE audit_head SET next = made.first + $3::integer, hash = made.hash FROM made WHERE tenant = $1::integer)
    INSERT INTO audit_commit (tenant, first, count, from_at, to_at, outbox, hash, records)
      SELECT $1::integer, first, $3::integer, $4::bigint, $5::bigint, NULL, hash, $6::text FROM made RETURNING first`,
};
