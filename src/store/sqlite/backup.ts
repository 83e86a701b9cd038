// A copy of a whole data directory, taken while a hub uses it: every database as it was at one moment, and a manifest by which the copy can be
// checked and put back. Called by the command line; needs no hub and stops none.
import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { backup } from 'node:sqlite';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import { bytesOf, makeFolder, makePrivate, numberOf, openAsIs, statement, textOf, translate } from './driver.ts';
import { readEpochs } from './epochs.ts';
import type { Epoch } from './epochs.ts';
import { endUid, firstUid } from '../writing/uids.ts';

export const manifestName = 'backup.json';

export type BackedUpFile = { readonly path: string; readonly bytes: number; readonly sha256: string };

export type CollectionContent = {
  readonly path: string;
  readonly count: number;
  /** SHA-256 over the resources in their order; null when it was not asked for. */
  readonly content: string | null;
};

export type BackedUpOrganisation = {
  readonly id: string;
  /** Position of the newest change in the copy. */
  readonly position: number;
  readonly epochs: readonly Epoch[];
  readonly collections: readonly CollectionContent[];
};

export type BackupManifest = {
  readonly format: 1;
  /** Epoch ms, when it was begun and ended. */
  readonly begunAt: number;
  readonly endedAt: number;
  readonly files: readonly BackedUpFile[];
  readonly organisations: readonly BackedUpOrganisation[];
};

export type Told = (file: string, done: number, total: number) => void;

export type BackupOptions = {
  /** The data directory. */
  readonly from: string;
  /** An empty folder, or one to be made. */
  readonly to: string;
  readonly clock: Pick<Clock, 'now'>;
  /** Hears how many pages of a file have been copied. */
  readonly told: Told;
  /** Whether the manifest is to say what the collections hold: reads everything once more. */
  readonly contents: boolean;
};

// Pages of one step: the copy goes on in the background, and somebody wants to see how far it is.
const pagesPerStep = 4_096;

/**
 * Copies a data directory. Of each organisation data.db comes first: whatever the other files know of what is in it, they know in the copy.
 * Throws a HubError: HUB-204 when there is no data directory, HUB-409 when the folder is not empty, HUB-5xx when a file cannot be read or written.
 */
export const backUp = async (options: BackupOptions): Promise<BackupManifest> => {
  const { from, to, clock } = options;
  if (!existsSync(join(from, 'platform.db')))
    throw new HubError(problem('HUB-204', `There is no data directory of a hub at ${from}.`));
  makeFolder(to);
  if (readdirSync(to).length > 0) throw new HubError(problem('HUB-409', `The folder ${to} is not empty.`));
  const begunAt = clock.now();
  const files: BackedUpFile[] = [];
  const organisations: BackedUpOrganisation[] = [];
  try {
    for (const id of organisationsIn(from)) {
      const folder = join('tenants', id);
      makeFolder(join(to, folder));
      for (const name of inOrder(readdirSync(join(from, folder)))) {
        const path = join(folder, name);
        if (name === 'data.db') organisations.push(await copyData(options, id, path));
        else if (name.endsWith('.db')) await copyDatabase(options, path, () => null);
        else copyFile(from, to, path);
        files.push(await described(to, path));
      }
    }
    // Last: the keys that anything above was made with are in it.
    await copyDatabase(options, 'platform.db', () => null);
    files.push(await described(to, 'platform.db'));
  } catch (error) {
    throw translate(error);
  }
  const manifest: BackupManifest = { format: 1, begunAt, endedAt: clock.now(), files, organisations };
  // Without it a copy is not one: written when everything else is on the disk.
  writeFileSync(join(to, manifestName), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
  return manifest;
};

/** The organisations that a data directory or a copy has folders for. */
export const organisationsIn = (folder: string): readonly string[] => {
  const tenants = join(folder, 'tenants');
  if (!existsSync(tenants)) return [];
  return readdirSync(tenants, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
};

/** What is worked out anew from the rest, and files of exports, which expire: who wants one asks again. */
const derived = new Set(['quality.db', 'exports.db']);

const rank = (name: string): number => (name === 'data.db' ? 0 : name.endsWith('.db') ? 2 : 1);

/** Data first, then what is only appended to (it may know more than the data, never less), then the other databases. */
const inOrder = (names: readonly string[]): readonly string[] => {
  const kept = names.filter((name) => !derived.has(name) && !/-(?:wal|shm|journal)$/.test(name));
  return kept.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
};

const copyData = (options: BackupOptions, id: string, path: string): Promise<BackedUpOrganisation> =>
  copyDatabase(options, path, (db) => ({
    id,
    position: numberOf(statement(db, 'SELECT coalesce(max(position), 0) AS n FROM change').get(), 'n'),
    epochs: readEpochs(db),
    collections: contentOf(db, options.contents),
  }));

/** Copies a database as it is at one moment, and looks into it as of the same moment. */
const copyDatabase = async <T>(
  { from, to, told }: BackupOptions,
  path: string,
  look: (db: DatabaseSync) => T,
): Promise<T> => {
  const db = openAsIs(join(from, path));
  try {
    // An open read keeps the moment: without it, every write of the hub meanwhile would begin the copy anew.
    db.exec('BEGIN');
    statement(db, 'SELECT count(*) FROM sqlite_schema').get();
    const target = join(to, path);
    makePrivate(target);
    const pages = await backup(db, target, {
      rate: pagesPerStep,
      progress: ({ totalPages, remainingPages }) => told(path, totalPages - remainingPages, totalPages),
    });
    told(path, pages, pages);
    return look(db);
  } finally {
    db.close();
  }
};

const copyFile = (from: string, to: string, path: string): void => {
  const bytes = readFileSync(join(from, path));
  writeFileSync(join(to, path), bytes, { mode: 0o600, flush: true });
};

const described = async (folder: string, path: string): Promise<BackedUpFile> => {
  const file = join(folder, path);
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return { path: path.replaceAll('\\', '/'), bytes: statSync(file).size, sha256: await fileHash(file) };
};

/** SHA-256 of a file, hexadecimal. */
export const fileHash = async (path: string): Promise<string> => {
  const sum = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1_048_576 })) sum.update(chunk);
  return sum.digest('hex');
};

/** What each collection of an organisation holds: how many, and, when asked, a hash over all of it. */
export const contentOf = (db: DatabaseSync, hashed: boolean): readonly CollectionContent[] => {
  const rows = statement(db, 'SELECT id, path, count FROM collection ORDER BY path').all();
  const all = statement(
    db,
    'SELECT uid, CAST(body AS BLOB) AS body FROM resource WHERE uid >= ? AND uid < ? ORDER BY uid',
  );
  return rows.map((row) => {
    const [id, path] = [numberOf(row, 'id'), textOf(row, 'path')];
    if (!hashed) return { path, count: numberOf(row, 'count'), content: null };
    const sum = createHash('sha256');
    let count = 0;
    for (const resource of all.iterate(firstUid(id), endUid(id))) {
      sum.update(`${numberOf(resource, 'uid')}\n`).update(bytesOf(resource, 'body'));
      count += 1;
    }
    return { path, count, content: sum.digest('hex') };
  });
};

/** Reads the manifest of a copy. Throws a HubError (HUB-204 when there is none, HUB-512 when it cannot be read). */
export const readManifest = (folder: string): BackupManifest => {
  const path = join(folder, manifestName);
  if (!existsSync(path)) throw new HubError(problem('HUB-204', `There is no complete backup in ${folder}.`));
  let manifest: BackupManifest;
  try {
    manifest = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new HubError(problem('HUB-512', 'The manifest of the backup cannot be read.'), { cause: error });
  }
  if (manifest.format !== 1)
    throw new HubError(problem('HUB-511', `The backup has format ${String(manifest.format)}; this program knows 1.`));
  return manifest;
};
