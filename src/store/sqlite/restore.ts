// Puts a copy of a data directory back. What must not go back in time stays: the ledger of erasures, the keys that it and the audit were made
// with, and the audit itself. The feed begins a new epoch. Called by the command line, with no hub running on the directory.
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { formatInstant } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import type { Random } from '#base/random.ts';
import { fileHash, organisationsIn, readManifest } from './backup.ts';
import type { BackupManifest, Told } from './backup.ts';
import {
  makeFolder,
  makePrivate,
  numberOf,
  openAsIs,
  openDatabase,
  statement,
  syncFolder,
  textOf,
  translate,
} from './driver.ts';
import { beginEpoch } from './epochs.ts';
import { ledgerName, mergedLedgers } from './erasure-ledger.ts';
import { tenantMigrations } from './schema.ts';
import { lockFolder, openPlatformFile, unfinishedRestore } from './sqlite-store.ts';

export type RestoreOptions = {
  /** A folder that `backUp` has filled. */
  readonly from: string;
  /** The data directory to be. */
  readonly to: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'uuid'>;
  readonly told: Told;
  /** Whether data that are there already may be moved aside; they are never overwritten. */
  readonly moveAside: boolean;
};

export type RestoredOrganisation = {
  readonly id: string;
  readonly position: number;
  readonly epoch: string;
  /** Whether the ledger of erasures that was there has been kept, with what the copy has. */
  readonly ledgerKept: boolean;
  /** Whether the audit that was there has been kept, since it goes on where that of the copy ends. */
  readonly auditKept: boolean;
};

export type Restored = {
  readonly manifest: BackupManifest;
  readonly organisations: readonly RestoredOrganisation[];
  /** Where the data that were there are now; null when there were none. */
  readonly movedTo: string | null;
};

const staging = '.restore';
/** Where ledgers that were left by hand wait until they have been joined with those of the copy. */
const waiting = '.restore-before';
/** What may be there when a copy is put back: a hub's locks, and ledgers whose data have been moved away by hand. */
const harmless = new Set([
  'hub.lock',
  'hub.lock-journal',
  'hub.probe',
  staging,
  waiting,
  unfinishedRestore,
  `${unfinishedRestore}.new`,
]);
const auditFiles = ['audit.db', 'audit-checkpoints.jsonl'] as const;

/** How far a restore has come, kept beside the data until it is done: whoever goes on after a crash must know where what was there is now. */
type Unfinished = {
  /** Where what was there is moved to; null = there was nothing. */
  readonly aside: string | null;
  /** All of it is there; what is in the directory now is from the copy. */
  readonly moved: boolean;
};

/**
 * Puts a copy back. Nothing is changed before all files of the copy have been found right. Throws a HubError: HUB-204 no copy, HUB-409 data in
 * the way, HUB-510 a hub uses the directory, HUB-512 the copy is not as its manifest says, HUB-5xx when a file cannot be written. Whatever stops
 * it, even the power: run again it goes on, with this copy or another.
 */
export const putBack = async (options: RestoreOptions): Promise<Restored> => {
  const { from, to, moveAside } = options;
  const manifest = readManifest(from);
  const begun = readUnfinished(to);
  const inTheWay = existsSync(to) ? dataIn(to) : [];
  if (begun === null && inTheWay.length > 0 && !moveAside)
    throw new HubError(
      problem(
        'HUB-409',
        `The data directory ${to} is not empty (${inTheWay.slice(0, 3).join(', ')}); nothing was changed.`,
      ),
    );
  for (const { path } of manifest.files) checkPath(path);
  const stage = join(to, staging);
  const release = lockFolder(to);
  try {
    rmSync(stage, { recursive: true, force: true });
    await copyChecked(options, manifest, stage);
    const before = clearAway(options, begun, inTheWay.length > 0);
    const movedTo = before === join(to, waiting) ? null : before;
    if (movedTo !== null) keepKeys(join(movedTo, 'platform.db'), stage);
    // Also of organisations that the copy does not know.
    const ledgers = new Set(
      before === null ? [] : organisationsIn(before).filter((id) => keepLedger(before, stage, id)),
    );
    const organisations = manifest.organisations.map(({ id, position }): RestoredOrganisation => {
      const folder = join(stage, 'tenants', id);
      const auditKept = before !== null && keepAudit(join(before, 'tenants', id), folder);
      const epoch = newEpoch(folder, options.random.uuid());
      return { id, position, epoch, ledgerKept: ledgers.has(id), auditKept };
    });
    for (const id of organisationsIn(stage)) takePlace(join(stage, 'tenants', id), join(to, 'tenants', id));
    renameSync(join(stage, 'platform.db'), join(to, 'platform.db'));
    for (const folder of ['tenants', '']) syncFolder(join(to, folder));
    rmSync(join(to, unfinishedRestore), { force: true });
    for (const name of [staging, waiting]) rmSync(join(to, name), { recursive: true, force: true });
    return { manifest, organisations, movedTo };
  } catch (error) {
    throw translate(error);
  } finally {
    release();
  }
};

const readUnfinished = (to: string): Unfinished | null => {
  const path = join(to, unfinishedRestore);
  // Written under another name first: what is there is whole.
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Unfinished) : null;
};

const writeUnfinished = (to: string, state: Unfinished): void => {
  const path = join(to, unfinishedRestore);
  writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
  syncFolder(to);
};

/**
 * Moves what was there out of the way, or goes on with it where a restore before stopped. Gives where it is now; null when there was nothing.
 * From its first step until the restore is done no hub opens the directory.
 */
const clearAway = (options: RestoreOptions, begun: Unfinished | null, isInTheWay: boolean): string | null => {
  const { to } = options;
  const fresh = existsSync(join(to, 'tenants')) ? join(to, waiting) : null;
  const aside = begun === null ? (isInTheWay ? placeAside(options) : fresh) : begun.aside;
  if (begun === null) writeUnfinished(to, { aside, moved: false });
  const present = readdirSync(to).filter((name) => !harmless.has(name));
  if (begun?.moved === true) {
    // Parts of the copy that an earlier try put there; nothing has used them.
    for (const name of present) rmSync(join(to, name), { recursive: true, force: true });
    return aside;
  }
  if (aside !== null) {
    mkdirSync(aside, { recursive: true, mode: 0o700 });
    for (const name of present) renameSync(join(to, name), join(aside, name));
    syncFolder(aside);
  }
  writeUnfinished(to, { aside, moved: true });
  return aside;
};

/** Names of what a restore would have to overwrite. */
const dataIn = (folder: string): readonly string[] => {
  const found = readdirSync(folder).filter((name) => !harmless.has(name) && name !== 'tenants');
  for (const id of organisationsIn(folder)) {
    const names = readdirSync(join(folder, 'tenants', id)).filter((name) => name !== ledgerName);
    if (names.length > 0) found.push(join('tenants', id));
  }
  return found;
};

/** A manifest may name files of a data directory and nothing beside it. */
const checkPath = (path: string): void => {
  if (path === 'platform.db' || /^tenants\/[a-z0-9][a-z0-9.-]*\/[a-z0-9][a-z0-9.-]*$/.test(path)) return;
  throw new HubError(problem('HUB-512', 'The manifest of the backup names a file that no data directory has.'));
};

const altered = (path: string): HubError =>
  new HubError(
    problem('HUB-512', `The backup is not whole: ${path} is missing or has been altered. Nothing was changed.`),
  );

const copyChecked = async (
  { from, told }: RestoreOptions,
  { files, organisations }: BackupManifest,
  stage: string,
): Promise<void> => {
  for (const needed of ['platform.db', ...organisations.map(({ id }) => `tenants/${id}/data.db`)])
    if (!files.some(({ path }) => path === needed)) throw altered(needed);
  for (const { path, bytes, sha256 } of files) {
    const [source, target] = [join(from, path), join(stage, path)];
    if (!existsSync(source) || statSync(source).size !== bytes) throw altered(path);
    makeFolder(dirname(target));
    makePrivate(target);
    copyFileSync(source, target);
    syncFile(target);
    // The copy of the copy: what is read here is what will be used.
    if ((await fileHash(target)) !== sha256) {
      rmSync(stage, { recursive: true, force: true });
      throw altered(path);
    }
    told(path, bytes, bytes);
  }
};

/** A new place beside the directory. */
const placeAside = ({ to, clock }: RestoreOptions): string => {
  const stamp = formatInstant(clock.now()).replaceAll(/[-:]/g, '');
  const first = `${to.replace(/[/\\]+$/, '')}.before-${stamp}`;
  let place = first;
  for (let number = 2; existsSync(place); number += 1) place = `${first}.${number}`;
  return place;
};

/**
 * Adds to the platform of the copy the keys that only the newer one has: what they were made for is kept as well. A key of the audit that has
 * been put out of use since the copy stays out of use.
 */
const keepKeys = (path: string, stage: string): void => {
  const db = openPlatformFile(stage);
  try {
    if (!isSound(path)) return;
    openPlatformFile(dirname(path)).close();
    statement(db, 'ATTACH ? AS newer').run(path);
    db.exec(`
BEGIN;
INSERT OR IGNORE INTO secret SELECT * FROM newer.secret;
INSERT OR REPLACE INTO audit_key SELECT * FROM newer.audit_key;
COMMIT; DETACH newer`);
  } finally {
    shut(db);
  }
};

/** True when there is such a file and SQLite finds nothing wrong with it. */
const isSound = (path: string): boolean => {
  if (!existsSync(path)) return false;
  try {
    const db = openAsIs(path);
    try {
      return statement(db, 'PRAGMA quick_check(1)').get()?.['quick_check'] === 'ok';
    } finally {
      db.close();
    }
  } catch {
    return false;
  }
};

/** Joins the ledger of an organisation that was there with that of the copy. False when there was none. */
const keepLedger = (before: string, stage: string, id: string): boolean => {
  const [newer, older] = [join(before, 'tenants', id, ledgerName), join(stage, 'tenants', id, ledgerName)];
  if (!existsSync(newer)) return false;
  const merged = mergedLedgers(readFileSync(newer, 'utf8'), existsSync(older) ? readFileSync(older, 'utf8') : '');
  makeFolder(dirname(older));
  writeFileSync(older, merged, { mode: 0o600, flush: true });
  return true;
};

/**
 * What is recorded of accesses goes on: records since the copy are as true as those before it. That of the copy is taken when the one that was
 * there is older, or has gone another way since: it would lack records that the copy has.
 */
const keepAudit = (old: string, folder: string): boolean => {
  const newer = join(old, 'audit.db');
  const target = join(folder, 'audit.db');
  if (!isSound(newer)) return false;
  const db = openAsIs(newer);
  try {
    if (existsSync(target) && !goesOnFrom(db, target)) return false;
    rmSync(target, { force: true });
    makePrivate(target);
    // As SQLite reads it: with what its log still holds.
    statement(db, 'VACUUM INTO ?').run(target);
  } finally {
    db.close();
  }
  syncFile(target);
  for (const name of auditFiles.slice(1)) {
    rmSync(join(folder, name), { force: true });
    if (existsSync(join(old, name))) copyFileSync(join(old, name), join(folder, name));
  }
  return true;
};

/** Whether an audit holds the last commit of a copy, or has been cut after it. */
const goesOnFrom = (db: DatabaseSync, copy: string): boolean => {
  const older = openAsIs(copy);
  try {
    // Not by hashes: an older version had none. No two commits hold the same records.
    const last = statement(older, 'SELECT first, records FROM audit_commit ORDER BY first DESC LIMIT 1').get();
    if (last === undefined) return true;
    const [first, records] = [numberOf(last, 'first'), textOf(last, 'records')];
    const oldest = numberOf(statement(db, 'SELECT min(first) AS first FROM audit_commit').get(), 'first');
    if (oldest > first) return true;
    return textOf(statement(db, 'SELECT records FROM audit_commit WHERE first = ?').get(first), 'records') === records;
  } finally {
    older.close();
  }
};

/** Ends the feed where the copy ends, under a new name. */
const newEpoch = (folder: string, name: string): string => {
  const db = openDatabase({ path: join(folder, 'data.db'), migrations: tenantMigrations, cacheMb: 4 });
  try {
    db.exec('BEGIN IMMEDIATE');
    beginEpoch(db, name);
    db.exec('COMMIT');
    return name;
  } finally {
    shut(db);
  }
};

const syncFile = (path: string): void => {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

const shut = (db: DatabaseSync): void => {
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
};

/** Puts a folder where another may be that holds nothing but what has been taken over. */
const takePlace = (folder: string, place: string): void => {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
  renameSync(folder, place);
};
