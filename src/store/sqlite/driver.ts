// The one place that opens SQLite files: pragmas, the product's mark, versions, and the translation of SQLite's errors into the table's codes.
// Used by the other files of this folder; knows no schema.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { existsSync, mkdirSync } from 'node:fs';
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

/** Opens a file, makes or migrates its tables (unless read-only) and sets WAL with full durability. Throws a HubError (HUB-502, 511, 512, 513) and leaves the file as it was. */
export const openDatabase = (options: OpenOptions): DatabaseSync =>
  guarded(() => {
    const isNew = !existsSync(options.path);
    const db = new DatabaseSync(options.path, { readOnly: options.readOnly ?? false, timeout: 5_000 });
    try {
      checkMark(db, options, isNew);
      db.exec(
        `PRAGMA cache_size = -${options.cacheMb * 1024}; PRAGMA mmap_size = 4294967296; PRAGMA temp_store = MEMORY;`,
      );
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

const checkMark = (db: DatabaseSync, options: OpenOptions, isNew: boolean): void => {
  const mark = pragma(db, 'application_id');
  const version = pragma(db, 'user_version');
  const tables = numberOf(db.prepare('SELECT count(*) AS n FROM sqlite_schema').get(), 'n');
  if (isNew || (mark === 0 && tables === 0)) {
    if (!(options.readOnly ?? false)) db.exec(`PRAGMA page_size = 8192; PRAGMA application_id = ${applicationId};`);
    return;
  }
  if (mark !== applicationId)
    throw new HubError(
      problem('HUB-513', 'A file of the data directory was not made by this product.', { internal: options.path }),
    );
  if (version > options.migrations.length) {
    throw new HubError(
      problem('HUB-511', `A data file has version ${version}; this program knows ${options.migrations.length}.`, {
        internal: options.path,
      }),
    );
  }
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
