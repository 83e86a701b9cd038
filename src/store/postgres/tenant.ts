// One organisation's data in PostgreSQL: joins the reading and the writing half, the audit and the ledger of erasures, and sees to it that what
// is stored matches the hub's public address, its model and the organisation's settings. Called by postgres-store.ts only.
import type { Clock } from '#base/clock.ts';
import type { Observe } from '#base/events.ts';
import type { Random } from '#base/random.ts';
import type { Model } from '#model/model.ts';
import type { Counts } from './tenant-state.ts';
import { modelMark } from '../model-mark.ts';
import type { AuditKey, AuditRecord, Eventually, FollowState, TenantReads, TenantStore } from '../store.ts';
import { rebase } from '../writing/rebase.ts';
import { createWriting } from '../writing/writing.ts';
import type { Work } from '../writing/writing.ts';
import { openAudit } from './audit.ts';
import { numberOf } from './cells.ts';
import type { Connection, Database, Sql } from './database.ts';
import { beginEpoch, epochsIn, epochsSql } from './epochs.ts';
import { createLedger } from './erasures.ts';
import type { ErasureWrites } from './erasures.ts';
import { createEventReads } from './event-reads.ts';
import { createEventWrites } from './event-writes.ts';
import { createFollowWrites } from './follow-writes.ts';
import type { Notices } from './notices.ts';
import { createReads } from './reads.ts';
import { createRows } from './rows.ts';
import type { WorkRows } from './rows.ts';
import { createRunReads } from './run-reads.ts';
import { createRunWrites } from './run-writes.ts';
import { createSending } from './sending.ts';
import { createTenantState, forgetState } from './tenant-state.ts';
import { createWriteQueue } from './write-queue.ts';
import type { Part, Transaction } from './write-queue.ts';

export type TenantDeps = {
  readonly id: string;
  readonly database: Database;
  readonly notices: Pick<Notices, 'tell' | 'listen'>;
  readonly model: Model;
  readonly clock: Clock;
  readonly observe: Observe;
  readonly baseUrl: () => string;
  /** Whether the organisation wants inverse links beyond FINT's own rules; asked before each write. */
  readonly extraBackLinks: () => Eventually<boolean>;
  readonly random: Random;
  /** The key of the ledger of erasures: the same for as long as the organisation lives. */
  readonly erasureKey: () => Eventually<Buffer>;
  /** The key that seals audits now. */
  readonly auditKey: () => Eventually<AuditKey>;
  /** Told when it is closed. */
  readonly closing: () => void;
};

type Writes = { readonly work: Work; readonly rows: WorkRows; readonly erasures: ErasureWrites };

/** Opens an organisation, makes it on first use, and has what is stored follow address, settings and model. Throws a HubError when it cannot be used. */
export const openTenant = async (deps: TenantDeps): Promise<TenantStore> => {
  const { id, database, model, clock, random, notices } = deps;
  const tenant = await numberFor(database, id);
  await database.query(tenant, beginState, [tenant], { durable: true });
  const state = createTenantState();
  const ledger = createLedger({ database, tenant, key: await deps.erasureKey(), clock, random });
  let extraBackLinks = true;
  /** Commits to the organisation that this process has made or heard of, and times when it may have missed one. */
  let heard = 0;
  /** How many rows there were when statements were last planned anew. */
  let plannedFor: Growing = { position: 0, identifiers: 0, events: 0 };

  const writing = createWriting({
    model,
    clock,
    base: deps.baseUrl,
    extraBackLinks: () => extraBackLinks,
    keepsBack: ledger.keepsBack,
  });
  const audit = await openAudit({
    database,
    clock,
    tenant,
    organisation: id,
    key: deps.auditKey,
    failed: (error) =>
      deps.observe({ kind: 'audit-failed', tenant: id, reason: error instanceof Error ? error.message : 'unknown' }),
  });

  const begin = (transaction: Transaction): Part<Writes> => {
    const connection = untilEnded(transaction.connection);
    const counts = { ...transaction.counts };
    const sending = createSending(connection, tenant);
    const rows = createRows({ connection, tenant, state, counts });
    const erasures = ledger.begin(sending, counts);
    const { scrub, ...events } = createEventWrites(sending, counts, clock);
    const records: AuditRecord[] = [];
    const work = writing.begin(rows, {
      writes: {
        ...createRunWrites(sending, counts),
        ...events,
        ...createFollowWrites(sending, clock),
        audit: (record) => void records.push(record),
      },
      scrubEvents: scrub,
      erasures: erasures.beside,
    });
    return {
      tx: { work, rows, erasures },
      finish: async (sent) => {
        await Promise.all([rows.write(sent), sending.sent()]);
      },
      keep: () => {
        connection.end();
        rows.keep();
        Object.assign(transaction.counts, counts);
        for (const record of records) transaction.records.push(record);
      },
      drop: () => {
        connection.end();
        rows.drop();
        erasures.drop();
      },
    };
  };

  /** A work of the store's own within a transaction. */
  const within = async <T>(transaction: Transaction, run: (writes: Writes) => Promise<T>): Promise<T> => {
    const part = begin(transaction);
    const value = await run(part.tx);
    await part.finish();
    part.keep();
    return value;
  };

  const note = async ({ connection }: Transaction, name: string, value: string): Promise<void> => {
    await connection.query(putMeta, [tenant, name, value]);
    state.meta.set(name, value);
  };

  const followSettings = async (transaction: Transaction): Promise<void> => {
    extraBackLinks = await deps.extraBackLinks();
    const flag = extraBackLinks ? 'all' : 'fint';
    const known = state.meta.get('back_links');
    if (known === flag) return;
    await note(transaction, 'back_links', flag);
    if (known !== undefined) await within(transaction, ({ work }) => work.relinkAll());
  };

  const queue = createWriteQueue<Writes>({
    database,
    tenant,
    clock,
    state,
    opening: async (transaction) => {
      await ledger.follow(transaction.connection, transaction.counts.erasures);
      await followSettings(transaction);
    },
    begin,
    record: audit.within,
    committed: (counts, recorded) => {
      heard += 1;
      ledger.followed(counts.erasures);
      const { position, identifiers, events } = counts;
      const rows = { position, identifiers, events };
      // Each by itself: the first thousand of one are many, however many there are of the others.
      if (outgrown(plannedFor, rows)) {
        plannedFor = rows;
        database.replan();
      }
      notices.tell({ kind: 'committed', tenant, commits: counts.commits });
      audit.written(recorded);
    },
    forget: ledger.forget,
  });

  const followModel = async (transaction: Transaction): Promise<void> => {
    const mark = modelMark(model);
    const known = state.meta.get('model');
    if (known === mark) return;
    await note(transaction, 'model', mark);
    if (known === undefined) return;
    await transaction.connection.query(patiently, []);
    await within(transaction, ({ work }) => work.reindexAll());
    await within(transaction, ({ work }) => work.relinkAll());
  };

  const followAddress = async (transaction: Transaction): Promise<void> => {
    const started = clock.monotonic();
    const base = deps.baseUrl();
    const known = state.meta.get('base_url');
    if (known === base) return;
    const resources = known === undefined ? 0 : await within(transaction, ({ rows }) => rebase(rows, known, base));
    await note(transaction, 'base_url', base);
    if (resources > 0) deps.observe({ kind: 'links-rebased', tenant: id, resources, ms: clock.monotonic() - started });
  };

  // Several processes may start at once: the lock lets them come one after the other, and the later ones find it done.
  await queue.inTransaction(async (transaction) => {
    await followAddress(transaction);
    await followModel(transaction);
    await within(transaction, ({ work }) => work.followLedger());
    const { connection, counts } = transaction;
    const [row] = await connection.query(epochsSql, [tenant]);
    if (epochsIn(row).length === 0) await beginEpoch(connection, tenant, random.uuid(), counts.position);
  });

  /** A follow state that is asked for stays: noted beside the answer, which does not wait for it. */
  const touchFollow = (follow: FollowState): void => {
    queue.together(async ({ work }) => work.putFollow(follow)).catch(() => {});
  };

  const knowingNothing = (): TenantReads =>
    createReads({ database, tenant, model, clock, heard: () => heard, stale: touchFollow });
  let reads = knowingNothing();

  /** Others may have erased somebody: whoever takes deliveries asks before it writes. Once in a while, however much is written. */
  const renewing = oncePer(renewMs, clock, () => queue.between(ledger.renew));
  const stopListening = notices.listen({
    heard: (notice) => {
      if (notice.kind !== 'committed' || notice.tenant !== tenant) return;
      heard += 1;
      renewing.ask();
    },
    lost: () => {
      heard += 1;
      // It may be another server, or an older state: nothing that is remembered is believed.
      reads = knowingNothing();
      void queue.between(async () => {
        forgetState(state);
        ledger.forget();
      });
      renewing.ask();
    },
  });

  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    deps.closing();
    stopListening();
    renewing.stop();
    await queue.idle();
    await audit.close();
  };

  return {
    id,
    // Asked for anew by each request.
    get reads() {
      return reads;
    },
    runs: createRunReads(database, tenant),
    events: createEventReads(database, tenant),
    erasures: {
      isErased: ledger.isErased,
      size: ledger.size,
      list: ledger.list,
      lift: (erasure) => queue.alone(({ erasures }) => erasures.lift(erasure)),
    },
    write: (work) => queue.alone((writes) => work(writes.work)),
    writeTogether: (work) => queue.together((writes) => work(writes.work)),
    appendAudit: audit.appendAudit,
    audit: audit.newest,
    trail: audit.trail,
    close: () => (closing ??= close()),
  };
};

const over = (): Promise<never> => Promise.reject(new Error('the work is over'));

/** A connection for one work: what goes on of it after its end must not land among the works of others. */
const untilEnded = (connection: Connection): Connection & { readonly end: () => void } => {
  let isOver = false;
  return {
    query: (sql, values) => (isOver ? over() : connection.query(sql, values)),
    end: () => {
      isOver = true;
    },
  };
};

const renewMs = 1_000;
// As many are read without an index as fast as with one.
const fewRows = 100;

/** What grows with what is written: a table or more for each. */
type Growing = Pick<Counts, 'position' | 'identifiers' | 'events'>;

const outgrown = (then: Growing, now: Growing): boolean =>
  now.position > 2 * then.position + fewRows ||
  now.identifiers > 2 * then.identifiers + fewRows ||
  now.events > 2 * then.events + fewRows;

/** Does something soon after it was asked for, and no more often than that; failures are made good the next time. */
const oncePer = (
  ms: number,
  clock: Pick<Clock, 'sleep'>,
  work: () => Promise<void>,
): { readonly ask: () => void; readonly stop: () => void } => {
  const stopped = new AbortController();
  let waiting = false;
  return {
    ask: () => {
      if (waiting || stopped.signal.aborted) return;
      waiting = true;
      void clock.sleep(ms, stopped.signal).then(async () => {
        waiting = false;
        if (!stopped.signal.aborted) await work().catch(() => {});
      });
    },
    stop: () => stopped.abort(),
  };
};

/** The number of an organisation, given on first use. */
const numberFor = async (database: Database, id: string): Promise<number> => {
  const [known] = await database.query(null, findNumber, [id]);
  if (known !== undefined) return numberOf(known, 'number');
  await database.query(null, giveNumber, [id], { durable: true });
  // Another process may have been first.
  const [given] = await database.query(null, findNumber, [id]);
  // Nobody's rows are under 0, and nobody's may come there.
  if (given === undefined) throw new Error('the organisation was given no number');
  return numberOf(given, 'number');
};

const findNumber: Sql = { name: 'find_tenant', text: 'SELECT number FROM tenant WHERE organisation = $1' };
const giveNumber: Sql = {
  name: 'give_tenant',
  text: 'INSERT INTO tenant (organisation) VALUES ($1) ON CONFLICT (organisation) DO NOTHING',
};
const beginState: Sql = {
  name: 'begin_state',
  text: 'INSERT INTO tenant_state (tenant) VALUES ($1) ON CONFLICT DO NOTHING',
};
/** For statements that take as long as an organisation is large: until the end of the transaction. */
const patiently: Sql = { name: 'patiently', text: `SELECT set_config('statement_timeout', '0', true)` };
const putMeta: Sql = {
  name: 'put_meta',
  text: `INSERT INTO meta (tenant, name, value) VALUES ($1, $2, $3)
    ON CONFLICT (tenant, name) DO UPDATE SET value = excluded.value`,
};
