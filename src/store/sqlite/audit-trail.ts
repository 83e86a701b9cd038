// The audit of one organisation as its owner uses it: found again, sealed in time, trimmed. Used by tenant.ts, and by commands beside a
// running hub (audit-beside.ts). Reading goes through a connection of its own for each question; writing is somebody else's.
import type { DatabaseSync } from 'node:sqlite';
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { showsAny } from '../audit-seen.ts';
import type {
  AuditCheckpoint,
  AuditEntry,
  AuditKey,
  AuditRecord,
  AuditScan,
  AuditSubjects,
  Eventually,
  TenantTrail,
} from '../store.ts';
import type { AuditSigner } from './audit-file.ts';
import { guarded, numberOf, openDatabase, statement, textOf, translate } from './driver.ts';
import { auditMigrations } from './schema.ts';

/** Opens an audit.db for reading. Throws a HubError. */
export const readAudit = (path: string): DatabaseSync =>
  openDatabase({ path, readOnly: true, migrations: auditMigrations, cacheMb: 1 });

export type TrailDeps = {
  readonly path: string;
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
export const createTrail = ({ path, clock, settle, key, seal, trim }: TrailDeps): TenantTrail => ({
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
});

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
  const beyond = query.beyond ?? null;
  // A commit may begin before the sequence and go on beyond it.
  if (beyond !== null && forwards)
    low = Math.max(
      low,
      numberOf(statement(db, 'SELECT max(first) AS first FROM audit_commit WHERE first <= ?').get(beyond + 1), 'first'),
    );
  if (beyond !== null && !forwards) high = Math.min(high, beyond - 1);
  const slice = statement(
    db,
    `SELECT first, records FROM audit_commit WHERE first BETWEEN ? AND ? AND to_at >= ? AND from_at <= ?
     ORDER BY first ${forwards ? '' : 'DESC'} LIMIT ${sliceCommits}`,
  );
  const wanted = matcherOf(query);
  for (;;) {
    const started = clock.monotonic();
    const found: AuditEntry[] = [];
    let seen = 0;
    for (const row of slice.iterate(low, high, from, to)) {
      const first = numberOf(row, 'first');
      const entries = entriesIn(first, textOf(row, 'records'), wanted);
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

type Matcher = {
  /** Texts that stand in every list of records with one that matches. */
  readonly hints: readonly string[];
  readonly seen: AuditSubjects | null;
  readonly record: (record: AuditRecord) => boolean;
};

const matcherOf = (query: AuditScan): Matcher => {
  const { client = null, collections = null, decision = null, seen = null } = query;
  const [from, to] = [query.from ?? 0, query.to ?? Number.MAX_SAFE_INTEGER];
  const hints = [
    ...(client === null ? [] : [`"client":${JSON.stringify(client)}`]),
    ...(decision === null ? [] : [`"decision":"${decision}"`]),
  ];
  return {
    hints,
    seen,
    record: (record) =>
      record.at >= from &&
      record.at <= to &&
      (client === null || record.client === client) &&
      (decision === null || record.decision === decision) &&
      (collections === null || collections.some((one) => isWithin(record.collection, one))) &&
      (seen === null || shows(record, seen)),
  };
};

// Records of before it was kept what answers showed have no `seen` at all.
const shows = (record: AuditRecord, subjects: AuditSubjects): boolean => {
  const shown: AuditRecord['seen'] | undefined = record.seen;
  return (shown !== null && shown !== undefined && showsAny(shown, subjects)) || names(record, subjects);
};

const names = ({ operation, count, subjects }: AuditRecord, { named }: AuditSubjects): boolean =>
  named !== undefined &&
  (count ?? 0) > 0 &&
  named.operations.includes(operation) &&
  subjects.some((subject) => named.subjects.includes(subject));

/** `x/*` stands for x and what is below it. */
const isWithin = (collection: string, pattern: string): boolean =>
  pattern.endsWith('/*')
    ? collection === pattern.slice(0, -2) || collection.startsWith(pattern.slice(0, -1))
    : collection === pattern;

// Inside a JSON text a quote is always escaped, so this stands nowhere but at a member of a record; the object has no other in it.
const seenIn = /"seen":(\{[^}]*\})/g;

const entriesIn = (first: number, records: string, { hints, seen, record: wanted }: Matcher): readonly AuditEntry[] => {
  if (!hints.every((hint) => records.includes(hint))) return [];
  // Most commits have shown none of those looked for: they need not be parsed whole.
  if (seen !== null) {
    let any = seen.named?.subjects.some((subject) => records.includes(subject)) === true;
    if (!any)
      for (const [, text = ''] of records.matchAll(seenIn)) {
        const shown: NonNullable<AuditRecord['seen']> = JSON.parse(text);
        any = showsAny(shown, seen);
        if (any) break;
      }
    if (!any) return [];
  }
  return recordsOf(records).flatMap((record, index) => (wanted(record) ? [{ sequence: first + index, record }] : []));
};

// Written by this program; the file's version guards its shape.
const recordsOf = (text: string): readonly AuditRecord[] => {
  const records: readonly AuditRecord[] = JSON.parse(text);
  return records;
};

const checkpointOf = (text: string): AuditCheckpoint => {
  const checkpoint: AuditCheckpoint = JSON.parse(text);
  return checkpoint;
};

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

export type Sealing = {
  /** To be told the sequence of the last record after each commit. */
  readonly written: (last: number) => void;
  readonly stop: () => Promise<void>;
};

// How often what is new is signed, and after how many records at the latest.
const sealEveryMs = 60_000;
const sealEvery = 10_000;

/** Seals in time: the first records at once, then a while after something new, after many records, and at the end. `at` is how far both are now. A failure is told, and made good the next time. */
export const keepSealed = (
  clock: Clock,
  seal: () => Promise<AuditCheckpoint | null>,
  failed: (error: unknown) => void,
  at: { readonly last: number; readonly sealed: number },
): Sealing => {
  let { last, sealed } = at;
  let sealing: Promise<void> | null = null;
  const run = async (): Promise<void> => {
    try {
      sealed = (await seal())?.sequence ?? 0;
    } catch (error) {
      failed(error);
    } finally {
      sealing = null;
    }
  };
  const start = (): void => void (sealing ??= run());
  const stopTimer = clock.every(sealEveryMs, () => {
    if (last > sealed) start();
  });
  // An audit that nothing signed speaks for yet proves nothing: the first records are sealed at once.
  let first = sealed === 0;
  const begin = (): void => {
    if (!first || last === 0) return;
    first = false;
    start();
  };
  begin();
  return {
    written: (now) => {
      last = now;
      begin();
      if (last - sealed >= sealEvery) start();
    },
    stop: async () => {
      stopTimer();
      await sealing;
      if (last > sealed) await run();
    },
  };
};
