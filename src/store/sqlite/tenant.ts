// One organisation's data: a folder with data.db and audit.db. Joins the reading and the writing half, keeps the single writer, and sees
// to it that stored links match the hub's public address. Called by sqlite-store.ts only.
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '#base/clock.ts';
import type { Observe } from '#base/events.ts';
import type { Random } from '#base/random.ts';
import type { Model } from '#model/model.ts';
import { keepSealed } from '../keep-sealed.ts';
import type { Sealing } from '../keep-sealed.ts';
import type { AuditKey, AuditRecord, Eventually, FollowState, TenantStore, TenantWrite } from '../store.ts';
import type { Rows } from '../writing/rows.ts';
import { openAuditFile } from './audit-file.ts';
import { createTrail, newestRecords, readAudit } from './audit-trail.ts';
import type { AuditWriter } from './audit-writer.ts';
import { guard, guarded, makeFolder, openDatabase, statement, textOf, translate } from './driver.ts';
import { beginEpoch, readEpochs } from './epochs.ts';
import { createErasing, createWiping } from './erasing.ts';
import { openErasureLedger } from './erasure-ledger.ts';
import { createEventReads } from './event-rows.ts';
import { createFollowRead } from './follow-rows.ts';
import { modelMark } from '../model-mark.ts';
import { createNames } from './names.ts';
import { createOutbox } from './outbox.ts';
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
  /** What each work sees of the rows that it writes. Absent = the rows themselves. */
  readonly rowsThrough?: (rows: Rows) => Rows;
  readonly random: Random;
  /** The key of the ledger of erasures: the same for as long as the organisation lives. */
  readonly erasureKey: () => Eventually<Buffer>;
  /** The key that seals audits now. */
  readonly auditKey: () => Eventually<AuditKey>;
};

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
    ...(deps.rowsThrough === undefined ? {} : { through: deps.rowsThrough }),
  });
  const meta = createMeta(writeDb);

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
  const outbox = createOutbox({ readDb, writeDb, send: appender.move, failed: auditFailed });
  const trail = createTrail({
    path: auditPath,
    organisation: deps.id,
    clock: deps.clock,
    settle: outbox.move,
    key: deps.auditKey,
    seal: appender.seal,
    trim: appender.trim,
  });

  // One hub at a time holds the data directory: nobody else commits.
  let commits = 0;
  let isOpen = false;

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
      outbox.moveLater();
      return wiping.now();
    },
  });
  const wiping = createWiping({ wipe: erasing.wipe, between: queue.between, clock: deps.clock });

  const followSettings = async (): Promise<void> => {
    extraBackLinks = await deps.extraBackLinks();
    const flag = extraBackLinks ? 'all' : 'fint';
    const known = meta.get('back_links');
    if (known === flag) return;
    meta.set('back_links', flag);
    if (known !== '') await writer.begin().relinkAll();
  };

  const followModel = async (): Promise<void> => {
    const mark = modelMark(deps.model);
    const known = meta.get('model');
    if (known === mark) return;
    meta.set('model', mark);
    if (known === '') return;
    await writer.begin().reindexAll();
    await writer.begin().relinkAll();
  };

  await queue.alone(async () => {
    const base = deps.baseUrl();
    const known = meta.get('base_url');
    if (known !== base) {
      const rebaseStarted = deps.clock.monotonic();
      const resources = known === '' ? 0 : await writer.rebase(known, base);
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
    await writer.begin().followLedger();
    const wentBack = outbox.startAfter(audited.moved);
    if (wentBack || readEpochs(writeDb).length === 0) beginEpoch(writeDb, deps.random.uuid());
  });
  isOpen = true;
  await queue.between(wiping.now);
  await outbox.move();
  sealing = keepSealed(deps.clock, {
    seal: () => trail.seal(),
    failed: auditFailed,
    last: lastAudited,
    sealed: audited.sealed,
  });

  /** A follow state that is asked for stays: noted beside the answer, which does not wait for it. */
  const touchFollow = (state: FollowState): void => {
    queue.together(async (tx) => tx.putFollow(state)).catch(() => {});
  };

  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    wiping.stop();
    await queue.idle();
    await outbox.move().catch(() => {});
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

  const epochs = guard(() => readEpochs(readDb))();

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
      // A new one begins while the file is opened, or when no hub has it open.
      epochs: () => epochs,
      follow: createFollowRead(readDb, deps.clock, touchFollow),
    },
    runs: createRunReads(readDb),
    events: createEventReads(readDb),
    erasures: ledger,
    write: queue.alone,
    writeTogether: queue.together,
    appendAudit: appender.append,
    audit: async ({ limit, client, collection }) => {
      await outbox.move();
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
