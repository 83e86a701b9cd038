// The embedded store: a data directory with platform.db and one folder per organisation. Implements store/store.ts; built by app/compose.ts.
// One hub at a time holds the directory; command-line tools may open platform.db beside it.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import type { Observe } from '#base/events.ts';
import { systemRandom } from '#base/random.ts';
import type { Random } from '#base/random.ts';
import type { Model } from '#model/model.ts';
import type { PlatformStore, Store, TenantStore } from '../store.ts';
import { currentAuditKey } from '../audit-keys.ts';
import type { Rows } from '../writing/rows.ts';
import { createAuditWriter } from './audit-writer.ts';
import { guard, makeFolder, openDatabase, translate } from './driver.ts';
import { openPlatform, type RevisionReading } from './platform.ts';
import type { SqlitePlatform } from './platform.ts';
import { platformMigrations } from './platform-schema.ts';
import { openTenant } from './tenant.ts';

export type SqliteStoreOptions = {
  /** The data directory; made when missing. */
  readonly folder: string;
  readonly model: Model;
  readonly clock: Clock;
  /** That of the machine when left out. */
  readonly random?: Random;
  readonly observe: Observe;
  /** The public address that stored links begin with; final before the first organisation is opened. */
  readonly baseUrl: () => string;
  /** How often platform.revision looks into the file: each time it is asked (the default), or once in a turn of the event loop. */
  readonly revisionReading?: RevisionReading;
  /** What each work sees of the rows that it writes: for proofs of what it asks for ahead. Absent = the rows themselves. */
  readonly rowsThrough?: (rows: Rows) => Rows;
};

/** In a data directory from the moment a restore moves things there until it is done. */
export const unfinishedRestore = 'restore-unfinished.json';

/** In a data directory from the moment a copy from a database begins until it is done. */
export const unfinishedCopy = 'copy-unfinished.json';

/** The secret of the platform store that ledgers of erasures are made with. */
export const erasureKeyName = 'erasures';

/** Opens the data directory for a hub. Throws a HubError: HUB-510 in use, 511 newer, 512 damaged, 513 foreign, 502 not writable. */
export const openSqliteStore = async (options: SqliteStoreOptions): Promise<Store> => {
  const release = lockFolder(options.folder);
  try {
    const { db: platformDb, platform } = openPlatformOf(options);
    const random = options.random ?? systemRandom;
    const auditWriter = createAuditWriter();
    const tenants = new Map<string, Promise<TenantStore>>();

    const tenant = (id: string): Promise<TenantStore> => {
      const known = tenants.get(id);
      if (known !== undefined) return known;
      const opening = openTenant({
        ...options,
        random,
        id,
        folder: tenantFolder(options.folder, id),
        extraBackLinks: async () => (await platform.organisation(id))?.settings.extraBackLinks ?? true,
        auditWriter,
        erasureKey: () => platform.secret(erasureKeyName, () => random.bytes(32)),
        auditKey: () => currentAuditKey({ platform, now: options.clock.now }),
      }).then((open) => ({
        ...open,
        close: async () => {
          tenants.delete(id);
          await open.close();
        },
      }));
      tenants.set(id, opening);
      // A tenant that could not be opened is tried again by the next request.
      opening.catch(() => tenants.delete(id));
      return opening;
    };

    return {
      capabilities: { dialect: 'sqlite', rowLevelSecurity: false },
      platform: guardPlatform(platform),
      tenant,
      healthy: () => {
        try {
          platformDb.exec('BEGIN IMMEDIATE; ROLLBACK');
          probe(options.folder);
          return true;
        } catch {
          return false;
        }
      },
      close: async () => {
        try {
          await Promise.allSettled([...tenants.values()].map(async (opening) => (await opening).close()));
          await auditWriter.close();
          platformDb.close();
        } finally {
          release();
        }
      },
    };
  } catch (error) {
    release();
    throw error;
  }
};

const openPlatformOf = (options: SqliteStoreOptions): { db: DatabaseSync; platform: SqlitePlatform } => {
  const db = openPlatformFile(options.folder);
  try {
    return { db, platform: openPlatform(db, options.clock, options.revisionReading) };
  } catch (error) {
    db.close();
    throw translate(error);
  }
};

/** Throws when the directory takes no new bytes: a full disk lets a transaction begin. */
const probe = (folder: string): void => {
  const file = join(folder, 'hub.probe');
  rmSync(file, { force: true });
  try {
    writeFileSync(file, Buffer.alloc(16_384, 1), { flush: true });
  } finally {
    rmSync(file, { force: true });
  }
};

/** The same platform, with SQLite's errors as the table's codes. */
export const guardPlatform = (platform: SqlitePlatform): PlatformStore => ({
  revision: guard(platform.revision),
  organisations: guard(platform.organisations),
  organisation: guard(platform.organisation),
  putOrganisation: guard(platform.putOrganisation),
  applications: guard(platform.applications),
  application: guard(platform.application),
  applicationByLogin: guard(platform.applicationByLogin),
  putApplication: guard(platform.putApplication),
  grantsOf: guard(platform.grantsOf),
  grants: guard(platform.grants),
  putGrant: guard(platform.putGrant),
  removeGrant: guard(platform.removeGrant),
  links: guard(platform.links),
  linksOf: guard(platform.linksOf),
  putLink: guard(platform.putLink),
  addQuotaUse: guard(platform.addQuotaUse),
  quotaUse: guard(platform.quotaUse),
  dropQuotaUse: guard(platform.dropQuotaUse),
  registerEntries: guard(platform.registerEntries),
  registerEntry: guard(platform.registerEntry),
  putRegister: guard(platform.putRegister),
  dropRegister: guard(platform.dropRegister),
  addPartUse: guard(platform.addPartUse),
  partUse: guard(platform.partUse),
  dropPartUse: guard(platform.dropPartUse),
  messageTurns: guard(platform.messageTurns),
  takeMessageTurn: guard(platform.takeMessageTurn),
  putMessageState: guard(platform.putMessageState),
  messageLetters: guard(platform.messageLetters),
  messageLetterCount: guard(platform.messageLetterCount),
  resendMessageLetters: guard(platform.resendMessageLetters),
  dropMessageLetters: guard(platform.dropMessageLetters),
  dropMessages: guard(platform.dropMessages),
  endedFollows: guard(platform.endedFollows),
  signingKeys: guard(platform.signingKeys),
  putSigningKey: guard(platform.putSigningKey),
  removeSigningKey: guard(platform.removeSigningKey),
  auditKeys: guard(platform.auditKeys),
  putAuditKey: guard(platform.putAuditKey),
  useOnce: guard(platform.useOnce),
  secret: guard(platform.secret),
  claim: guard(platform.claim),
  appendPlatformAudit: guard(platform.appendPlatformAudit),
  auditNotices: guard(platform.auditNotices),
  auditNoticed: guard(platform.auditNoticed),
});

/** Opens (and on first use makes) platform.db of a data directory: for command-line tools beside a running hub. */
export const openPlatformFile = (folder: string): DatabaseSync => {
  makeFolder(folder);
  if (existsSync(join(folder, unfinishedRestore)))
    throw new HubError(
      problem('HUB-512', 'A copy is being put back here and is not all there yet: run the restore again.'),
    );
  if (existsSync(join(folder, unfinishedCopy)))
    throw new HubError(
      problem('HUB-512', 'A copy is being made here and is not all there yet: run `bindeledd copy` again.'),
    );
  return openPlatformAt(folder);
};

/** The same, whatever is under way in the directory. */
export const openPlatformAt = (folder: string): DatabaseSync =>
  openDatabase({
    path: join(folder, 'platform.db'),
    migrations: platformMigrations.map((sql) => (db: DatabaseSync) => db.exec(sql)),
    cacheMb: 4,
  });

/** Holds the directory until released. The lock is the operating system's, so it goes away with the process. */
export const lockFolder = (folder: string): (() => void) => {
  makeFolder(folder);
  let lock: DatabaseSync | null = null;
  try {
    lock = new DatabaseSync(join(folder, 'hub.lock'), { timeout: 0 });
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    const held = lock;
    return () => held.close();
  } catch (error) {
    lock?.close();
    const translated = translate(error);
    if (translated instanceof HubError && translated.problem.code === 'HUB-501') {
      throw new HubError(problem('HUB-510', 'Another hub uses the data directory.'), { cause: error });
    }
    throw translated;
  }
};

/** The folder of an organisation; its id is a DNS-like name, checked here since it becomes a path. */
export const tenantFolder = (folder: string, id: string): string => {
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(id) || id.length > 200) {
    throw new HubError(problem('HUB-100', 'The id of the organisation is not one that can be stored.'));
  }
  return join(folder, 'tenants', id);
};

/** True when the directory holds data of a hub. */
export const isDataFolder = (folder: string): boolean => existsSync(join(folder, 'platform.db'));
