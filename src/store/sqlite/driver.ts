// The one place that opens SQLite files: pragmas, the product's mark, versions, and the translation of SQLite's errors into the table's codes.
// Used by the other files of this folder; knows no schema.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { closeSync, existsSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync } from 'node:fs';
import { HubError, problem } from '#base/errors.ts';
import type { ErrorCode } from '#base/errors.ts';

/** `BDLD`: marks a file as the product's own. */
const applicationId = 0x42444c44;

export type Migration = (db: DatabaseSync) => void;

export type OpenOptions = {
  readonly path: string;
  readonly readOnly?: boolean;
  /** Steps from version 0 up; the length is the version of this program. */
  readonly migrations: readonly Migration[];
  /** Megabytes of page cache. */
  readonly cacheMb: number;
};

/** Makes a folder, with those above it, for the hub's own user only. Throws a HubError (HUB-502). */
export const makeFolder = (folder: string): void => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const internal = error instanceof Error ? error.message : 'unknown';
    throw new HubError(problem('HUB-502', 'The data directory cannot be made.', { internal }), { cause: error });
  }
};

/** A new file is there after a power cut only when its folder has been written too; not every system lets a folder be opened for that. */
export const syncFolder = (folder: string): void => {
  try {
    const file = openSync(folder, 'r');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch {
    // The file itself has been written.
  }
};

/** Opens a file, makes or migrates its tables (unless read-only) and sets WAL with full durability. Throws a HubError (HUB-502, 511, 512, 513) and leaves the file as it was. */
export const openDatabase = (options: OpenOptions): DatabaseSync =>
  guarded(() => {
    checkHeader(options);
    const isNew = !existsSync(options.path);
    // Keys and personal data: for the hub's own user only. SQLite gives its other files the mode of this one.
    if (isNew && options.readOnly !== true) makePrivate(options.path);
    const db = new DatabaseSync(options.path, { readOnly: options.readOnly ?? false, timeout: 5_000 });
    try {
      checkMark(db, options, isNew);
      // Not mapped into memory: a page costs the same, and a file that becomes shorter or unreadable is an error, not the end of the process.
      db.exec(`PRAGMA cache_size = -${options.cacheMb * 1024}; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;`);
      if (!(options.readOnly ?? false)) {
        db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;');
        migrate(db, options.migrations);
      }
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });

/** Opens a file for reading, whatever version it has: for copies. Throws a HubError (HUB-502, 512, 513). */
export const openAsIs = (path: string): DatabaseSync =>
  guarded(() => {
    const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    try {
      if (pragma(db, 'application_id') !== applicationId) throw foreign(path);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });

/**
 * Refuses a file by its first bytes, before SQLite sees it: opening a file of others could already bring its log into it. What only the log
 * of a file says is left to checkMark.
 */
const checkHeader = ({ path, migrations }: OpenOptions): void => {
  const header = Buffer.alloc(headerBytes);
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    // Missing, or not to be opened: SQLite says which.
    return;
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size === 0) return;
    const read = readSync(file, header, 0, headerBytes, 0);
    if (read < headerBytes || !header.toString('latin1').startsWith('SQLite format 3\0'))
      throw new HubError(problem('HUB-512', 'A data file is not a database.', { internal: path }));
    const [pageBytes, version, mark] = [header.readUInt16BE(16), header.readUInt32BE(60), header.readUInt32BE(68)];
    const empty = mark === 0 && stat.size <= (pageBytes === 1 ? 65_536 : pageBytes);
    if (mark !== applicationId && !empty) throw foreign(path);
    if (mark === applicationId && version > migrations.length) throw newer(path, version, migrations.length);
  } finally {
    closeSync(file);
  }
};

// The layout of the header: https://sqlite.org/fileformat2.html
const headerBytes = 100;

const foreign = (internal: string): HubError =>
  new HubError(problem('HUB-513', 'A file of the data directory was not made by this product.', { internal }));

const newer = (internal: string, version: number, known: number): HubError =>
  new HubError(problem('HUB-511', `A data file has version ${version}; this program knows ${known}.`, { internal }));

/** Makes an empty file for the hub's own user only, where there is none. */
export const makePrivate = (path: string): void => {
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch {
    // SQLite says why.
  }
};

const checkMark = (db: DatabaseSync, options: OpenOptions, isNew: boolean): void => {
  const mark = pragma(db, 'application_id');
  const version = pragma(db, 'user_version');
  const tables = numberOf(db.prepare('SELECT count(*) AS n FROM sqlite_schema').get(), 'n');
  if (isNew || (mark === 0 && tables === 0)) {
    if (!(options.readOnly ?? false)) db.exec(`PRAGMA page_size = 8192; PRAGMA application_id = ${applicationId};`);
    return;
  }
  if (mark !== applicationId) throw foreign(options.path);
  if (version > options.migrations.length) throw newer(options.path, version, options.migrations.length);
};

const migrate = (db: DatabaseSync, migrations: readonly Migration[]): void => {
  if (pragma(db, 'user_version') === migrations.length) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    // Read again under the lock: another process may have migrated meanwhile.
    const from = pragma(db, 'user_version');
    for (const [index, step] of migrations.entries()) if (index >= from) step(db);
    db.exec(`PRAGMA user_version = ${migrations.length}; COMMIT`);
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
};

const pragma = (db: DatabaseSync, name: string): number => numberOf(db.prepare(`PRAGMA ${name}`).get(), name);

/** A number of a row by column name; 0 when the row or the value is missing. */
export const numberOf = (row: Record<string, unknown> | undefined, column: string): number => {
  const value = row?.[column];
  return typeof value === 'number' ? value : 0;
};

/** A text of a row by column name; '' when the row or the value is missing. */
export const textOf = (row: Record<string, unknown> | undefined, column: string): string => {
  const value = row?.[column];
  return typeof value === 'string' ? value : '';
};

/** A blob of a row as a Buffer over the same memory; empty when missing. */
export const bytesOf = (row: Record<string, unknown> | undefined, column: string): Buffer => {
  const value = row?.[column];
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : Buffer.alloc(0);
};

// Primary result codes of SQLite: https://sqlite.org/rescode.html
const codes: Readonly<Record<number, { readonly code: ErrorCode; readonly detail: string }>> = {
  5: { code: 'HUB-501', detail: 'Another write is going on; nothing was changed.' },
  6: { code: 'HUB-501', detail: 'Another write is going on; nothing was changed.' },
  8: { code: 'HUB-502', detail: 'The data directory cannot be written to; nothing was changed.' },
  10: { code: 'HUB-502', detail: 'The disk failed; nothing was changed.' },
  11: { code: 'HUB-512', detail: 'A data file is damaged.' },
  13: { code: 'HUB-502', detail: 'The disk is full; nothing was changed.' },
  14: { code: 'HUB-502', detail: 'A data file cannot be opened.' },
  26: { code: 'HUB-512', detail: 'A data file is not a database.' },
};

/** SQLite's error as a HubError; anything else unchanged. */
export const translate = (error: unknown): unknown => {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error;
  const known = codes[error.errcode & 0xff];
  return known === undefined
    ? error
    : new HubError(problem(known.code, known.detail, { internal: error.message, retryAfter: 5 }), { cause: error });
};

/** Runs work on a database and translates what SQLite throws. */
export const guarded = <T>(work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw translate(error);
  }
};

/** A method whose SQLite errors are translated. */
export const guard =
  <Args extends readonly unknown[], T>(method: (...args: Args) => T): ((...args: Args) => T) =>
  (...args) =>
    guarded(() => method(...args));

/** Prepares a statement that gives rows as objects. */
export const statement = (db: DatabaseSync, sql: string): StatementSync => db.prepare(sql);
