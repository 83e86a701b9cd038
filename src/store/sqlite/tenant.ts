// One organisation's data: a folder with data.db and audit.db. Joins the reading and the writing half, keeps the single writer, and sees
// to it that stored links match the hub's public address. Called by sqlite-store.ts only.
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import type { Observe } from '#base/events.ts';
import type { Random } from '#base/random.ts';
import type { Model } from '#model/model.ts';
import type { AuditKey, AuditRecord, Eventually, FollowState, TenantStore, TenantWrite } from '../store.ts';
import { openAuditFile } from './audit-file.ts';
import type { OutboxRow } from './audit-file.ts';
import { createTrail, keepSealed, newestRecords, readAudit } from './audit-trail.ts';
import type { Sealing } from './audit-trail.ts';
import type { AuditWriter } from './audit-writer.ts';
import { guard, guarded, makeFolder, numberOf, openDatabase, statement, textOf, translate } from './driver.ts';
import { beginEpoch, readEpochs } from './epochs.ts';
import { createErasing } from './erasing.ts';
import { openErasureLedger } from './erasure-ledger.ts';
import { createEventReads } from './event-rows.ts';
import { createFollowRead } from './follow-rows.ts';
import { modelMark } from './model-mark.ts';
import { createNames } from './names.ts';
import { createRunReads } from './run-reads.ts';
import { tenantMigrations } from './schema.ts';
import { createReads } from './tenant-reads.ts';
import { createWriter } from './tenant-write.ts';
import { createWriteQueue } from './write-queue.ts';

export type TenantDeps = {
  readonly id: string;
  /** Folder of the organisation. */
  readonly folder: string;
  readonly model: Model;
  readonly clock: Clock;
  readonly observe: Observe;
  readonly baseUrl: () => string;
  /** Whether the organisation wants inverse links beyond FINT's own rules; asked before each write. */
  readonly extraBackLinks: () => Eventually<boolean>;
  readonly auditWriter: AuditWriter;
  readonly random: Random;
  /** The key of the ledger of erasures: the same for as long as the organisation lives. */
  readonly erasureKey: () => Eventually<Buffer>;
  /** The key that seals audits now. */
  readonly auditKey: () => Eventually<AuditKey>;
};

// A reader of an older state keeps the log from being emptied: tried again for a minute, with every write, and at the next start.
const wipingMs = 100;
const wipingTries = 600;

/** Opens the files of an organisation, makes them on first use, and rewrites stored links when the public address has changed. Throws a HubError when a file cannot be used. */
export const openTenant = async (deps: TenantDeps): Promise<TenantStore> => {
  makeFolder(deps.folder);
  const opened: DatabaseSync[] = [];
  try {
    return await openFiles(deps, opened);
  } catch (error) {
    for (const db of opened) db.close();
    throw translate(error);
  }
};

/** `opened` takes every connection as it is made, so that none stays behind when a later step fails. */
const openFiles = async (deps: TenantDeps, opened: DatabaseSync[]): Promise<TenantStore> => {
  const dataPath = join(deps.folder, 'data.db');
  const auditPath = join(deps.folder, 'audit.db');
  const started = deps.clock.monotonic();
  const writeDb = openDatabase({ path: dataPath, migrations: tenantMigrations, cacheMb: 64 });
  opened.push(writeDb);
  const audited = auditState(auditPath, deps.id);
  const readDb = openDatabase({ path: dataPath, readOnly: true, migrations: tenantMigrations, cacheMb: 32 });
  opened.push(readDb);
  readDb.function('fold', { deterministic: true }, foldValue);
  deps.observe({
    kind: 'store-opened',
    file: 'data.db',
    version: tenantMigrations.length,
    ms: deps.clock.monotonic() - started,
  });

  const ledger = openErasureLedger({
    folder: deps.folder,
    key: await deps.erasureKey(),
    clock: deps.clock,
    random: deps.random,
  });
  const erasing = createErasing(writeDb, dataPath, ledger);
  const writeNames = createNames(writeDb);
  let extraBackLinks = true;
  const writer = createWriter({
    db: writeDb,
    names: writeNames,
    model: deps.model,
    clock: deps.clock,
    base: deps.baseUrl,
    extraBackLinks: () => extraBackLinks,
    erasing,
  });
  const meta = createMeta(writeDb);
  const outbox = createOutbox(readDb, writeDb);

  const auditFailed = (error: unknown): void =>
    deps.observe({
      kind: 'audit-failed',
      tenant: deps.id,
      reason: error instanceof Error ? error.message : 'unknown',
    });
  const place = { path: auditPath, organisation: deps.id };
  let sealing: Sealing | null = null;
  let lastAudited = audited.last;
  const appender = deps.auditWriter.appender(place, (last) => {
    lastAudited = last;
    sealing?.written(last);
  });
  const trail = createTrail({
    path: auditPath,
    clock: deps.clock,
    settle: () => moveOutbox(),
    key: deps.auditKey,
    seal: appender.seal,
    trim: appender.trim,
  });

  /** Moves what the outbox holds, one batch after the other: a later record must not overtake an earlier one. */
  let moving: Promise<void> = Promise.resolve();
  /** The turn that has not begun yet: whoever asks meanwhile is served by it. */
  let nextMove: Promise<void> | null = null;
  const moveOutbox = (): Promise<void> => {
    if (nextMove !== null) return nextMove;
    const turn = moving.then(async () => {
      nextMove = null;
      for (let rows = outbox.read(); rows.length > 0; rows = outbox.read()) {
        await appender.move(rows);
        outbox.moved(rows.at(-1)?.number ?? 0);
      }
    });
    nextMove = turn;
    moving = turn.catch(() => {});
    return turn;
  };
  // The records are durable in the outbox already; a failure here is made good with the next write or at the next start.
  const moveLater = (): void => {
    if (nextMove !== null) return;
    moveOutbox().catch(auditFailed);
  };

  // One hub at a time holds the data directory: nobody else commits.
  let commits = 0;
  let isOpen = false;
  let isClosing = false;
  let isWipingLater = false;

  const queue = createWriteQueue<TenantWrite>({
    db: writeDb,
    clock: deps.clock,
    opening: async () => {
      if (!isOpen) return;
      await followSettings();
      outbox.forget();
    },
    begin: () => {
      erasing.begun();
      return writer.begin();
    },
    forget: () => {
      writeNames.reset();
      erasing.rolledBack();
    },
    committed: () => {
      commits += 1;
      erasing.committed();
      if (!isOpen) return;
      moveLater();
      return wipe();
    },
  });

  /** What was erased leaves the files: at once, or when the last reader of an older state is done. */
  const wipe = async (): Promise<void> => {
    if (isWipingLater || (await wiped())) return;
    isWipingLater = true;
    wipeLater().catch(() => {});
  };
  const wiped = async (): Promise<boolean> => {
    try {
      return await erasing.wipe();
    } catch {
      return false;
    }
  };
  const wipeLater = async (): Promise<void> => {
    for (let tries = 0; tries < wipingTries; tries += 1) {
      await deps.clock.sleep(wipingMs);
      if (isClosing || (await queue.between(wiped))) break;
    }
    isWipingLater = false;
  };

  const followSettings = async (): Promise<void> => {
    extraBackLinks = await deps.extraBackLinks();
    const flag = extraBackLinks ? 'all' : 'fint';
    const known = meta.get('back_links');
    if (known === flag) return;
    meta.set('back_links', flag);
    if (known !== '') await writer.relinkAll();
  };

  const followModel = async (): Promise<void> => {
    const mark = modelMark(deps.model);
    const known = meta.get('model');
    if (known === mark) return;
    meta.set('model', mark);
    if (known === '') return;
    await writer.reindexAll();
    await writer.relinkAll();
  };

  await queue.alone(async () => {
    const base = deps.baseUrl();
    const known = meta.get('base_url');
    if (known !== base) {
      const rebaseStarted = deps.clock.monotonic();
      const resources = known === '' ? 0 : await rebase(writeDb, known, base);
      meta.set('base_url', base);
      if (resources > 0)
        deps.observe({
          kind: 'links-rebased',
          tenant: deps.id,
          resources,
          ms: deps.clock.monotonic() - rebaseStarted,
        });
    }
    await followSettings();
    await followModel();
    await writer.followLedger();
    const wentBack = outbox.startAfter(audited.moved);
    if (wentBack || readEpochs(writeDb).length === 0) beginEpoch(writeDb, deps.random.uuid());
  });
  isOpen = true;
  await queue.between(wipe);
  await moveOutbox();
  sealing = keepSealed(deps.clock, trail.seal, auditFailed, { last: lastAudited, sealed: audited.sealed });

  /** A follow state that is asked for stays: noted beside the answer, which does not wait for it. */
  const touchFollow = (state: FollowState): void => {
    queue.together(async (tx) => tx.putFollow(state)).catch(() => {});
  };

  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    isClosing = true;
    await queue.idle();
    await moveOutbox().catch(() => {});
    await sealing?.stop();
    await appender.close();
    readDb.close();
    try {
      writeDb.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // A full disk cannot take it; the log stays and is read at the next start.
    } finally {
      writeDb.close();
    }
  };

  return {
    id: deps.id,
    reads: {
      ...createReads({
        db: readDb,
        names: createNames(readDb),
        model: deps.model,
        clock: deps.clock,
        commits: () => commits,
      }),
      epochs: guard(() => readEpochs(readDb)),
      follow: createFollowRead(readDb, deps.clock, touchFollow),
    },
    runs: createRunReads(readDb),
    events: createEventReads(readDb),
    erasures: ledger,
    write: queue.alone,
    writeTogether: queue.together,
    appendAudit: appender.append,
    audit: async ({ limit, client, collection }) => {
      await moveOutbox();
      const db = readAudit(auditPath);
      try {
        return guarded(() => newestRecords(db, limit, (record) => matches(record, client, collection)));
      } finally {
        db.close();
      }
    },
    trail,
    close: () => (closing ??= close()),
  };
};

const matches = (record: AuditRecord, client: string | undefined, collection: string | undefined): boolean =>
  (client === undefined || record.client === client) && (collection === undefined || record.collection === collection);

const foldValue = (value: unknown): string | null =>
  typeof value === 'string' ? value.normalize('NFC').toLowerCase() : null;

const createMeta = (
  db: DatabaseSync,
): { get: (name: string) => string; set: (name: string, value: string) => void } => {
  const get = statement(db, 'SELECT value FROM meta WHERE name = ?');
  const set = statement(db, 'INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2');
  return { get: (name) => textOf(get.get(name), 'value'), set: (name, value) => void set.run(name, value) };
};

type Outbox = {
  readonly read: () => readonly OutboxRow[];
  /** Remembers that records up to this number are in audit.db. */
  readonly moved: (number: number) => void;
  /** Deletes what has been moved: within a write transaction. */
  readonly forget: () => void;
  /** Gives no record to come a number up to this one: within a write transaction. True when the file is older than the audit. */
  readonly startAfter: (number: number) => boolean;
};

/** Reads committed records only: what a transaction under way has recorded may still be rolled back, its numbers given again. */
const createOutbox = (readDb: DatabaseSync, writeDb: DatabaseSync): Outbox => {
  const read = statement(readDb, 'SELECT number, record FROM audit_outbox WHERE number > ? ORDER BY number LIMIT 1000');
  const forget = statement(writeDb, 'DELETE FROM audit_outbox WHERE number <= ?');
  const last = statement(writeDb, "SELECT seq FROM sqlite_sequence WHERE name = 'audit_outbox'");
  let done = 0;
  return {
    read: () => read.all(done).map((row) => ({ number: numberOf(row, 'number'), record: textOf(row, 'record') })),
    moved: (number) => {
      done = Math.max(done, number);
    },
    forget: () => void (done > 0 && forget.run(done)),
    startAfter: (number) => {
      if (numberOf(last.get(), 'seq') >= number) return false;
      writeDb.exec("DELETE FROM sqlite_sequence WHERE name = 'audit_outbox'");
      statement(writeDb, "INSERT INTO sqlite_sequence (name, seq) VALUES ('audit_outbox', ?)").run(number);
      return true;
    },
  };
};

/**
 * Makes audit.db on first use, and tells how far it is. `moved`, the number of the last record of the outbox that is in it, is higher than
 * any in data.db when that file has been put back from an older copy: then its numbers go on after this one, or records would be taken for
 * such as are there.
 */
const auditState = (
  path: string,
  organisation: string,
): { readonly moved: number; readonly last: number; readonly sealed: number } => {
  const file = openAuditFile(path, organisation);
  try {
    return { moved: file.moved(), last: file.last(), sealed: file.sealed() };
  } finally {
    file.close();
  }
};

/**
 * Rewrites the address that stored hrefs begin with. Exact: inside JSON text a quote is always escaped, so `"href":"` cannot stand in an
 * attribute's value.
 */
const rebase = async (db: DatabaseSync, from: string, to: string): Promise<number> => {
  const slice = statement(db, 'SELECT uid, split, own, body FROM resource WHERE uid > ? ORDER BY uid LIMIT 500');
  const rewrite = statement(db, 'UPDATE resource SET split = ?, own = ?, body = ? WHERE uid = ?');
  const moved = (text: string): string => text.replaceAll(`"href":"${from}/`, `"href":"${to}/`);
  let after = 0;
  let count = 0;
  for (;;) {
    const rows = slice.all(after);
    if (rows.length === 0) return count;
    for (const row of rows) {
      const body = textOf(row, 'body');
      const split = numberOf(row, 'split');
      const head = moved(body.slice(0, split));
      rewrite.run(
        head.length,
        typeof row['own'] === 'string' ? moved(row['own']) : null,
        head + moved(body.slice(split)),
        numberOf(row, 'uid'),
      );
    }
    count += rows.length;
    after = numberOf(rows.at(-1), 'uid');
    await yieldToLoop();
  }
};
