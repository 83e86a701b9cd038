// The store of a data directory for a thread that only reads, beside the hub that holds it: what decides and reads in that thread finds the same
// contract, and sees each commit of the hub with its next read. Built by the threads of app; nothing is written through it but audit records, which
// the hub writes.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import type { Observe } from '#base/events.ts';
import { fold } from '#base/text.ts';
import type { Model } from '#model/model.ts';
import { modelMark } from '../model-mark.ts';
import type { AuditRecord, Store, TenantReads, TenantStore } from '../store.ts';
import { guard, numberOf, openDatabase, statement, textOf, translate } from './driver.ts';
import { readEpochs } from './epochs.ts';
import { createEventReads } from './event-rows.ts';
import { createFollowRead } from './follow-rows.ts';
import { createNames } from './names.ts';
import { platformMigrations } from './platform-schema.ts';
import { openPlatform } from './platform.ts';
import { createRunReads } from './run-reads.ts';
import { tenantMigrations } from './schema.ts';
import { guardPlatform, tenantFolder } from './sqlite-store.ts';
import { createReads } from './tenant-reads.ts';

export type ReadingStoreOptions = {
  /** The data directory of a running hub. */
  readonly folder: string;
  /** That of the hub: an organisation whose rows were made with another is refused. */
  readonly model: Model;
  readonly clock: Clock;
  readonly observe: Observe;
  /** The public address of the hub, likewise. */
  readonly baseUrl: () => string;
  /** Has the hub write an audit record; resolves when it is durable. */
  readonly append: (organisation: string, record: AuditRecord) => Promise<void>;
};

/**
 * Opens platform.db for reading, and of each organisation that is asked for data.db. What is not a read throws or rejects (HUB-502), and so do pages: who
 * reads here goes by uids. Throws a HubError when a file cannot be used; an organisation that the hub has not opened rejects with HUB-501.
 */
export const openReadingStore = (options: ReadingStoreOptions): Store => {
  const platformDb = openDatabase({
    path: join(options.folder, 'platform.db'),
    readOnly: true,
    // The steps are not run: how many there are says which version is known.
    migrations: platformMigrations.map(() => () => {}),
    cacheMb: 4,
  });
  try {
    const platform = guardPlatform(openPlatform(platformDb, options.clock));
    const tenants = new Map<string, Promise<TenantStore>>();
    const tenant = (id: string): Promise<TenantStore> => {
      const known = tenants.get(id);
      if (known !== undefined) return known;
      const opening = Promise.try(() => openTenant(options, id, () => tenants.delete(id)));
      tenants.set(id, opening);
      opening.catch(() => tenants.delete(id));
      return opening;
    };
    return {
      capabilities: { dialect: 'sqlite', rowLevelSecurity: false },
      platform,
      tenant,
      healthy: () => true,
      close: async () => {
        await Promise.allSettled([...tenants.values()].map(async (opening) => (await opening).close()));
        platformDb.close();
      },
    };
  } catch (error) {
    platformDb.close();
    throw translate(error);
  }
};

const openTenant = (options: ReadingStoreOptions, id: string, closed: () => void): TenantStore => {
  const path = join(tenantFolder(options.folder, id), 'data.db');
  if (!existsSync(path)) throw notOpened();
  const db = openDatabase({ path, readOnly: true, migrations: tenantMigrations, cacheMb: 32 });
  try {
    checkMade(db, options);
    db.function('fold', { deterministic: true }, (value) => (typeof value === 'string' ? fold(value) : null));
    return {
      id,
      reads: createReadingReads(db, options),
      runs: createRunReads(db),
      events: createEventReads(db),
      erasures: { isErased: refuse, size: refuse, list: refuse, lift: refuse },
      write: refuseLater,
      writeTogether: refuseLater,
      appendAudit: (record) => options.append(id, record),
      audit: refuse,
      trail: {
        scan: refuse,
        checkpoints: refuse,
        seal: refuseLater,
        trim: refuseLater,
        chain: refuse,
        chainPart: refuse,
      },
      close: async () => {
        closed();
        if (db.isOpen) db.close();
      },
    };
  } catch (error) {
    db.close();
    throw translate(error);
  }
};

/** The hub brings rows up to date when it opens an organisation, and does so only then. */
const checkMade = (db: DatabaseSync, { model, baseUrl }: ReadingStoreOptions): void => {
  const version = numberOf(statement(db, 'PRAGMA user_version').get(), 'user_version');
  const meta = statement(db, 'SELECT value FROM meta WHERE name = ?');
  if (
    version !== tenantMigrations.length ||
    textOf(meta.get('model'), 'value') !== modelMark(model) ||
    textOf(meta.get('base_url'), 'value') !== baseUrl()
  )
    throw notOpened();
};

const notOpened = (): HubError =>
  new HubError(problem('HUB-501', 'The hub has not opened the organisation.', { retryAfter: 5 }));

/**
 * The reads of the hub, over a connection beside it. The hub commits whenever it likes: each read, as far as it is one turn, sees one moment; what is
 * kept in memory is asked about in the same moment, so that nobody is shown by what was known of protection before.
 */
const createReadingReads = (db: DatabaseSync, { model, clock }: ReadingStoreOptions): TenantReads => {
  const dataVersion = statement(db, 'PRAGMA data_version');
  const [begin, end] = [statement(db, 'BEGIN'), statement(db, 'COMMIT')];
  // Grows when another connection has committed.
  const commits = (): number => numberOf(dataVersion.get(), 'data_version');
  const reads = createReads({ db, names: createNames(db), model, clock, commits });
  const atOnce = <Args extends readonly unknown[], T>(method: (...args: Args) => T): ((...args: Args) => T) =>
    guard((...args) => {
      if (db.isTransaction) return method(...args);
      begin.run();
      try {
        return method(...args);
      } finally {
        end.run();
      }
    });
  return {
    stats: atOnce(reads.stats),
    guarded: atOnce(reads.guarded),
    read: atOnce(reads.read),
    // The bytes of a page are read long after it was looked for.
    page: refuse,
    select: atOnce(reads.select),
    uids: atOnce(reads.uids),
    load: atOnce(reads.load),
    heads: atOnce(reads.heads),
    changes: atOnce(reads.changes),
    changesOf: atOnce(reads.changesOf),
    uidsAfter: atOnce(reads.uidsAfter),
    related: atOnce(reads.related),
    behind: atOnce(reads.behind),
    ordered: atOnce(reads.ordered),
    placesAfter: atOnce(reads.placesAfter),
    placesOf: atOnce(reads.placesOf),
    unnamed: atOnce(reads.unnamed),
    named: atOnce(reads.named),
    lastPosition: atOnce(reads.lastPosition),
    resolve: atOnce(reads.resolve),
    aboutOf: atOnce(reads.aboutOf),
    lastUid: atOnce(reads.lastUid),
    lives: atOnce(reads.lives),
    linkedFrom: atOnce(reads.linkedFrom),
    dangling: atOnce(reads.dangling),
    epochs: atOnce(() => readEpochs(db)),
    // The hub notes that it was asked for; here nobody does.
    follow: createFollowRead(db, clock, () => {}),
  };
};

const refused = (): HubError => new HubError(problem('HUB-502', 'Nothing is written where one only reads.'));

const refuse = (): never => {
  throw refused();
};

const refuseLater = (): Promise<never> => Promise.reject(refused());
