// The audit of one organisation as its owner uses it: found again, sealed in time, trimmed. Used by tenant.ts, and by commands beside a
// running hub (audit-beside.ts). Reading goes through a connection of its own for each question; writing is somebody else's.
import type { DatabaseSync } from 'node:sqlite';
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { tellChain, tellPart } from '../audit-chain-lines.ts';
import type { ChainSource } from '../audit-chain-lines.ts';
import { checkpointOf, entriesIn, matcherOf, recordsOf } from '../audit-search.ts';
import type {
  AuditCheckpoint,
  AuditEntry,
  AuditKey,
  AuditRecord,
  AuditScan,
  Eventually,
  TenantTrail,
} from '../store.ts';
import type { AuditSigner } from './audit-file.ts';
import { bytesOf, guarded, numberOf, openDatabase, statement, textOf, translate } from './driver.ts';
import { auditMigrations } from './schema.ts';

/** Opens an audit.db for reading. Throws a HubError. */
export const readAudit = (path: string): DatabaseSync =>
  openDatabase({ path, readOnly: true, migrations: auditMigrations, cacheMb: 1 });

export type TrailDeps = {
  readonly path: string;
  readonly organisation: string;
  readonly clock: Clock;
  /** What is recorded with a write shows as well: called before each question. */
  readonly settle: () => Promise<void>;
  readonly key: () => Eventually<AuditKey>;
  readonly seal: (signer: AuditSigner) => Promise<AuditCheckpoint | null>;
  readonly trim: (before: number, signer: AuditSigner) => Promise<number>;
};

// Time that a scan holds the event loop before other work runs, ms, looked at after each commit; and commits read in between at most.
const sliceMs = 4;
const sliceCommits = 2_000;

/** Puts the owner's side of an audit together. */
export const createTrail = ({ path, organisation, clock, settle, key, seal, trim }: TrailDeps): TenantTrail => ({
  scan: async function* scan(query) {
    await settle();
    let db: DatabaseSync | null = null;
    try {
      db = readAudit(path);
      yield* walk(db, clock, query);
    } catch (error) {
      throw translate(error);
    } finally {
      db?.close();
    }
  },
  checkpoints: ({ before, limit }) =>
    guarded(() => {
      const db = readAudit(path);
      try {
        return statement(db, 'SELECT record FROM checkpoint WHERE number < ? ORDER BY number DESC LIMIT ?')
          .all(before ?? Number.MAX_SAFE_INTEGER, limit)
          .map((row) => checkpointOf(textOf(row, 'record')));
      } finally {
        db.close();
      }
    }),
  seal: async () => {
    await settle();
    return seal({ key: await key(), at: clock.now() });
  },
  trim: async (before) => {
    let total = 0;
    for (;;) {
      const dropped = await trim(before, { key: await key(), at: clock.now() });
      if (dropped === 0) return total;
      total += dropped;
    }
  },
  chain: async function* chain() {
    await settle();
    let db: DatabaseSync | null = null;
    try {
      db = readAudit(path);
      yield* tellChain(chainIn(db, organisation));
    } catch (error) {
      throw translate(error);
    } finally {
      db?.close();
    }
  },
  chainPart: async (from) => {
    await settle();
    let db: DatabaseSync | null = null;
    try {
      db = readAudit(path);
      return await tellPart(chainIn(db, organisation), from);
    } catch (error) {
      throw translate(error);
    } finally {
      db?.close();
    }
  },
});

const checkpointsAtOnce = 1_000;

const chainIn = (db: DatabaseSync, organisation: string): ChainSource => {
  const extent = statement(
    db,
    `SELECT (SELECT min(first) FROM audit_commit) AS first, (SELECT max(first) FROM audit_commit) AS last,
      (SELECT max(number) FROM checkpoint) AS checkpoint`,
  );
  const checkpoints = statement(
    db,
    'SELECT number, sequence, record FROM checkpoint WHERE number > ? AND number <= ? ORDER BY number LIMIT ?',
  );
  const commits = statement(
    db,
    'SELECT first, count, from_at, to_at, outbox, hash, records FROM audit_commit WHERE first BETWEEN ? AND ? ORDER BY first',
  );
  const cuts = statement(
    db,
    `SELECT number FROM checkpoint WHERE number > ? AND instr(record, '"kind":"cut"') > 0 LIMIT 1`,
  );
  return {
    organisation,
    extent: () => {
      const row = extent.get();
      return {
        first: numberOf(row, 'first'),
        last: numberOf(row, 'last'),
        checkpoint: numberOf(row, 'checkpoint'),
      };
    },
    checkpoints: (after, upTo) =>
      checkpoints.all(after, upTo, checkpointsAtOnce).map((row) => ({
        number: numberOf(row, 'number'),
        sequence: numberOf(row, 'sequence'),
        record: textOf(row, 'record'),
      })),
    commits: (from, upTo) =>
      commits.all(from, upTo).map((row) => ({
        commit: {
          first: numberOf(row, 'first'),
          count: numberOf(row, 'count'),
          from: numberOf(row, 'from_at'),
          to: numberOf(row, 'to_at'),
          outbox: row['outbox'] === null ? null : numberOf(row, 'outbox'),
          records: textOf(row, 'records'),
        },
        hash: bytesOf(row, 'hash'),
      })),
    wasCut: (after) => cuts.get(after) !== undefined,
  };
};

/** Goes through the commits a slice at a time: no read transaction stays open between slices, so the log of the file does not grow. */
async function* walk(db: DatabaseSync, clock: Clock, query: AuditScan): AsyncIterable<readonly AuditEntry[]> {
  const forwards = query.order === 'oldest';
  const [from, to] = [query.from ?? 0, query.to ?? Number.MAX_SAFE_INTEGER];
  const bounds = statement(
    db,
    'SELECT min(first) AS low, max(first) AS high FROM audit_commit WHERE to_at >= ? AND from_at <= ?',
  ).get(from, to);
  let [low, high] = [numberOf(bounds, 'low'), numberOf(bounds, 'high')];
  if (low === 0) return;
  low = Math.max(low, high - (query.latest ?? high));
  const beyond = query.beyond ?? null;
  // A commit may begin before the sequence and go on beyond it.
  if (beyond !== null && forwards)
    low = Math.max(
      low,
      numberOf(statement(db, 'SELECT max(first) AS first FROM audit_commit WHERE first <= ?').get(beyond + 1), 'first'),
    );
  if (beyond !== null && !forwards) high = Math.min(high, beyond - 1);
  const wanted = matcherOf(query);
  // The file leaves out what cannot match: most commits then need not be made a text of the program's.
  const hinted = `iif(${wanted.hints.map(() => 'instr(records, ?) > 0').join(' AND ') || 'true'}, records, NULL)`;
  const slice = statement(
    db,
    `SELECT first, ${hinted} AS records FROM audit_commit WHERE first BETWEEN ? AND ? AND to_at >= ? AND from_at <= ?
     ORDER BY first ${forwards ? '' : 'DESC'} LIMIT ${sliceCommits}`,
  );
  for (;;) {
    const started = clock.monotonic();
    const found: AuditEntry[] = [];
    let seen = 0;
    for (const row of slice.iterate(...wanted.hints, low, high, from, to)) {
      const first = numberOf(row, 'first');
      const entries = row['records'] === null ? [] : entriesIn(first, textOf(row, 'records'), wanted);
      for (const entry of forwards ? entries : entries.toReversed())
        if (beyond === null || (forwards ? entry.sequence > beyond : entry.sequence < beyond)) found.push(entry);
      if (forwards) low = first + 1;
      else high = first - 1;
      seen += 1;
      if (clock.monotonic() - started > sliceMs) break;
    }
    if (seen === 0) return;
    if (found.length > 0) yield found;
    await yieldToLoop();
  }
}

/** Newest first, commit by commit, until there are enough. */
export const newestRecords = (
  db: DatabaseSync,
  limit: number,
  wanted: (record: AuditRecord) => boolean,
): readonly AuditRecord[] => {
  const found: AuditRecord[] = [];
  for (const row of statement(db, 'SELECT records FROM audit_commit ORDER BY first DESC').iterate()) {
    for (const record of recordsOf(textOf(row, 'records')).toReversed()) {
      if (!wanted(record)) continue;
      if (found.push(record) === limit) return found;
    }
  }
  return found;
};
