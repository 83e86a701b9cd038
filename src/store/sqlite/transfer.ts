// A data directory in the form in which data go from one engine to the other (store/transfer.ts), read and written: where rows of this engine
// stand and how. Called by the command `copy`, with no hub on the directory.
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { yieldToLoop } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import type {
  TableForm,
  TransferCell,
  TransferRow,
  TransferSide,
  TransferSource,
  TransferTarget,
} from '../transfer.ts';
import { checkpointListOf, openAuditFile } from './audit-file.ts';
import { organisationsIn } from './backup.ts';
import { bytesOf, makeFolder, numberOf, openDatabase, statement, syncFolder, textOf, translate } from './driver.ts';
import { exportSettingsMigrations } from './exports-schema.ts';
import { ledgerName, ledgerRecords, ledgerText } from './erasure-ledger.ts';
import type { LedgerRecord } from './erasure-ledger.ts';
import { auditMigrations, tenantMigrations } from './schema.ts';
import {
  erasureKeyName,
  isDataFolder,
  lockFolder,
  openPlatformAt,
  openPlatformFile,
  tenantFolder,
  unfinishedCopy,
} from './sqlite-store.ts';

// Bytes of rows that are in memory together, or a little more.
const bytesAtOnce = 4_194_304;

// Rows written in one transaction.
const rowsTogether = 50_000;

/**
 * Opens a data directory to be read. It is brought to the version of this program and its audit to the end of what was recorded, as a hub does
 * when it starts; nothing else is changed. Throws a HubError: HUB-204 no data, 510 in use, 511 newer, 512 damaged or unfinished.
 */
export const openTransferSource = async (folder: string): Promise<TransferSource> => {
  if (!isDataFolder(folder))
    throw new HubError(problem('HUB-204', `There is no data directory of a hub at ${folder}.`));
  const release = lockFolder(folder);
  try {
    openPlatformFile(folder).close();
    for (const id of withData(folder)) settleAudit(folder, id);
    const files = createFiles(folder);
    return {
      ...sideOf(folder, files),
      checkpointLists: (id) => [checkpointListOf(auditOf(folder, id))].filter((list) => existsSync(list)),
      close: async () => {
        files.close();
        release();
      },
    };
  } catch (error) {
    release();
    throw translate(error);
  }
};

/**
 * Opens an empty or missing folder to become a data directory; what a copy that was broken off has left there is cleared away. No hub opens it
 * before it is kept. Throws a HubError: HUB-409 not empty, 510 in use, 502 not writable.
 */
export const openTransferTarget = async (folder: string): Promise<TransferTarget> => {
  makeFolder(folder);
  const release = lockFolder(folder);
  try {
    clearUnfinished(folder);
    // From here on a hub refuses the folder.
    writeFileSync(join(folder, unfinishedCopy), '{}\n', { mode: 0o600, flush: true });
    syncFolder(folder);
    const files = createFiles(folder, (db) => db.exec(filling));
    const writing = createWriting(folder, files);
    let kept = false;
    return {
      ...sideOf(folder, files),
      ...writing,
      keep: async () => {
        files.close();
        for (const id of organisationsIn(folder)) syncAll(tenantFolder(folder, id));
        syncAll(folder);
        for (const each of [join(folder, 'tenants'), folder]) syncFolder(each);
        rmSync(join(folder, unfinishedCopy));
        syncFolder(folder);
        kept = true;
      },
      close: async () => {
        files.close();
        if (!kept) clearUnfinished(folder);
        release();
      },
    };
  } catch (error) {
    release();
    throw translate(error);
  }
};

/** Brings the files of a folder to the disk. Throws what the system throws. */
const syncAll = (folder: string): void => {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isFile() || locks.has(entry.name)) continue;
    const file = openSync(join(folder, entry.name), 'r+');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
  syncFolder(folder);
};

const locks = new Set(['hub.lock', 'hub.lock-journal', 'hub.probe']);

/** Clears away what an unfinished copy has left. Throws HUB-409 when something else is there. */
const clearUnfinished = (folder: string): void => {
  const inTheWay = readdirSync(folder).filter((name) => !locks.has(name));
  if (inTheWay.length === 0) return;
  if (!inTheWay.includes(unfinishedCopy))
    throw new HubError(
      problem(
        'HUB-409',
        `The folder ${folder} is not empty (${inTheWay.slice(0, 3).join(', ')}); nothing was changed.`,
      ),
    );
  // The mark last.
  for (const name of inTheWay)
    if (name !== unfinishedCopy) rmSync(join(folder, name), { recursive: true, force: true });
  rmSync(join(folder, unfinishedCopy));
};

const dataOf = (folder: string, id: string): string => join(tenantFolder(folder, id), 'data.db');
const auditOf = (folder: string, id: string): string => join(tenantFolder(folder, id), 'audit.db');
const settingsOf = (folder: string, id: string): string => join(tenantFolder(folder, id), 'export-settings.db');

const withData = (folder: string): readonly string[] =>
  organisationsIn(folder).filter((id) => existsSync(dataOf(folder, id)));

/** Puts what a hub that was killed has left in the outbox into the audit. */
const settleAudit = (folder: string, id: string): void => {
  const db = openDatabase({ path: dataOf(folder, id), migrations: tenantMigrations, cacheMb: 8 });
  const audit = openAuditFile(auditOf(folder, id), id);
  try {
    const waiting = statement(
      db,
      'SELECT number, record FROM audit_outbox WHERE number > ? ORDER BY number LIMIT 1000',
    );
    for (let rows = waiting.all(audit.moved()); rows.length > 0; rows = waiting.all(audit.moved()))
      audit.move(rows.map((row) => ({ number: numberOf(row, 'number'), record: textOf(row, 'record') })));
  } finally {
    audit.close();
    db.close();
  }
};

const ofOrganisation = ['data', 'audit', 'settings'] as const;
type File = 'platform' | (typeof ofOrganisation)[number];

type Files = {
  /** The file in which a table is; opened on first use, and closed when another organisation is asked for. */
  readonly of: (organisation: string | null, file: File) => DatabaseSync;
  readonly close: () => void;
};

// Nothing is waited for while a file is filled: until it is all there nobody opens it, and then it is brought to the disk as a whole.
const filling = 'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF';
const filled = 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL';

const places = { data: dataOf, audit: auditOf, settings: settingsOf } as const;
const stepsOf = { data: tenantMigrations, audit: auditMigrations, settings: exportSettingsMigrations } as const;

const createFiles = (folder: string, begin: (db: DatabaseSync) => void = () => {}): Files => {
  const opened = new Map<File, DatabaseSync>();
  let current: string | null = null;
  const closeThose = (files: readonly File[]): void => {
    for (const file of files) {
      const db = opened.get(file);
      opened.delete(file);
      db?.close();
    }
  };
  const pathOf = (organisation: string | null, file: File): string => {
    if (file === 'platform' || organisation === null) return join(folder, 'platform.db');
    return places[file](folder, organisation);
  };
  const open = (organisation: string | null, file: File): DatabaseSync => {
    if (file === 'platform' || organisation === null) return openPlatformAt(folder);
    makeFolder(tenantFolder(folder, organisation));
    const path = pathOf(organisation, file);
    return openDatabase({ path, migrations: stepsOf[file], cacheMb: file === 'data' ? 64 : 8 });
  };
  return {
    of: (organisation, file) => {
      if (organisation !== null && organisation !== current) {
        closeThose(ofOrganisation);
        current = organisation;
      }
      const known = opened.get(file);
      if (known !== undefined) return known;
      const isNew = !existsSync(pathOf(organisation, file));
      const db = open(organisation, file);
      opened.set(file, db);
      if (isNew) begin(db);
      return db;
    },
    close: () => closeThose([...ofOrganisation, 'platform']),
  };
};

const fileOf = (organisation: string | null, { name }: TableForm): File => {
  if (organisation === null) return 'platform';
  if (name.startsWith('export_')) return 'settings';
  return name === 'audit_commit' || name === 'checkpoint' ? 'audit' : 'data';
};

/** The table here, and its columns where they have other names or must be read in another way. */
const here = (table: TableForm): { readonly name: string; readonly columns: readonly string[] } => ({
  name: table.name === 'word' ? 'name' : table.name,
  columns: table.columns.map(([column]) => {
    if (table.name === 'word' && column === 'text') return 'name';
    if (table.name === 'resource' && column === 'body') return 'CAST(body AS BLOB)';
    // Numbers among them.
    return table.name === 'meta' && column === 'value' ? 'CAST(value AS TEXT)' : column;
  }),
});

// Notes of what is still to be done with the bytes of these very files.
const onlyHere = (table: TableForm): string => (table.name === 'meta' ? ` WHERE name <> 'unwiped'` : '');

const sideOf = (folder: string, files: Files): TransferSide => ({
  organisations: async () => withData(folder),
  count: async (organisation, table) => {
    if (organisation !== null && table.name === 'erasure') return ledgerOf(folder, files, organisation).length;
    const sql = `SELECT count(*) AS n FROM ${here(table).name}${onlyHere(table)}`;
    return numberOf(statement(files.of(organisation, fileOf(organisation, table)), sql).get(), 'n');
  },
  rows: (organisation, table) =>
    organisation !== null && table.name === 'erasure'
      ? ledgerRows(ledgerOf(folder, files, organisation))
      : rowsOf(files.of(organisation, fileOf(organisation, table)), table),
});

const keyOf = (files: Files): Buffer | null => {
  const row = statement(files.of(null, 'platform'), 'SELECT bytes FROM secret WHERE name = ?').get(erasureKeyName);
  return row === undefined ? null : Buffer.from(bytesOf(row, 'bytes'));
};

const ledgerOf = (folder: string, files: Files, organisation: string): readonly LedgerRecord[] =>
  ledgerRecords(tenantFolder(folder, organisation), keyOf(files));

async function* ledgerRows(records: readonly LedgerRecord[]): AsyncIterable<readonly TransferRow[]> {
  yield records.map(({ id, at, reason, hashes, liftedAt }, index) => [index + 1, id, at, reason, hashes, liftedAt]);
}

async function* rowsOf(db: DatabaseSync, table: TableForm): AsyncIterable<readonly TransferRow[]> {
  const { name, columns } = here(table);
  const read = statement(db, `SELECT ${columns.join(', ')} FROM ${name}${onlyHere(table)} ORDER BY ${table.key}`);
  read.setReturnArrays(true);
  const types = table.columns.map(([, type]) => type);
  let some: TransferRow[] = [];
  let bytes = 0;
  try {
    for (const values of read.iterate() as Iterable<unknown>) {
      const row = cellsOf(Array.isArray(values) ? values : [], types);
      some.push(row);
      for (const cell of row) if (typeof cell === 'string' || Buffer.isBuffer(cell)) bytes += cell.length;
      if (some.length < table.atOnce && bytes < bytesAtOnce) continue;
      yield some;
      await yieldToLoop();
      some = [];
      bytes = 0;
    }
  } catch (error) {
    throw translate(error);
  }
  if (some.length > 0) yield some;
}

const cellsOf = (values: readonly unknown[], types: readonly string[]): TransferRow =>
  types.map((type, at): TransferCell => {
    const value = values[at];
    if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    if (type === 'flag') return value === 1;
    // Written by this program from a list of numbers.
    if (type === 'ints' && typeof value === 'string') return JSON.parse(value) as readonly number[];
    return typeof value === 'string' || typeof value === 'number' ? value : null;
  });

const createWriting = (folder: string, files: Files): Pick<TransferTarget, 'write' | 'settle'> => {
  const prepared = new Map<string, StatementSync>();
  const begun = new Map<DatabaseSync, number>();
  const commit = (db: DatabaseSync): void => {
    if (db.isTransaction) db.exec('COMMIT');
    begun.delete(db);
  };
  const inserting = (db: DatabaseSync, organisation: string | null, table: TableForm): StatementSync => {
    const name = `${organisation ?? ''} ${table.name}`;
    const known = prepared.get(name);
    if (known !== undefined) return known;
    const columns = table.columns.map(([column]) => (table.name === 'word' && column === 'text' ? 'name' : column));
    const sql =
      organisation === null && table.name === 'revision'
        ? 'UPDATE revision SET value = ?'
        : `INSERT INTO ${here(table).name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
    const made = statement(db, sql);
    prepared.set(name, made);
    return made;
  };

  const write: TransferTarget['write'] = async (organisation, table, rows) => {
    if (organisation !== null && table.name === 'erasure') {
      const key = keyOf(files);
      // Records without a key cannot have been written by a hub.
      if (key === null) throw new HubError(problem('HUB-512', 'The key of the ledger of erasures is missing.'));
      makeFolder(tenantFolder(folder, organisation));
      const path = join(tenantFolder(folder, organisation), ledgerName);
      writeFileSync(path, ledgerText(rows.map(recordIn), key), { mode: 0o600, flag: 'a', flush: true });
      return;
    }
    const db = files.of(organisation, fileOf(organisation, table));
    const insert = inserting(db, organisation, table);
    if (!db.isTransaction) db.exec('BEGIN IMMEDIATE');
    const turn = turnsOf(table);
    for (const row of rows) insert.run(...row.map(turn));
    const waiting = (begun.get(db) ?? 0) + rows.length;
    if (waiting < rowsTogether) begun.set(db, waiting);
    else commit(db);
    await yieldToLoop();
  };

  const settle: TransferTarget['settle'] = async (organisation) => {
    prepared.clear();
    const written = (organisation === null ? (['platform'] as const) : ofOrganisation).map((file) =>
      files.of(organisation, file),
    );
    for (const db of written) {
      commit(db);
      db.exec(filled);
    }
    if (organisation === null) return;
    const audit = files.of(organisation, 'audit');
    const last = numberOf(statement(audit, 'SELECT coalesce(max(outbox), 0) AS n FROM audit_commit').get(), 'n');
    if (last > 0) {
      statement(audit, 'UPDATE moved SET number = ?').run(last);
      // Numbers of the outbox go on from there; a file that stood before it would be taken for an older copy.
      const sequence = "INSERT INTO sqlite_sequence (name, seq) VALUES ('audit_outbox', ?)";
      statement(files.of(organisation, 'data'), sequence).run(last);
    }
    // Writes the list of checkpoints beside the file.
    openAuditFile(auditOf(folder, organisation), organisation).close();
  };

  return {
    write: (...given) => write(...given).catch((error: unknown) => Promise.reject(translate(error))),
    settle: (organisation) => settle(organisation).catch((error: unknown) => Promise.reject(translate(error))),
  };
};

const recordIn = ([, id, at, reason, hashes, liftedAt]: TransferRow): LedgerRecord => ({
  id: String(id),
  at: Number(at),
  reason: String(reason),
  hashes: Array.isArray(hashes) ? hashes.map(String) : [],
  liftedAt: liftedAt === null ? null : Number(liftedAt),
});

/** How a cell stands here. */
const turnsOf = (table: TableForm): ((cell: TransferCell, at: number) => string | number | Buffer | null) => {
  const body = table.name === 'resource' ? table.columns.findIndex(([name]) => name === 'body') : -1;
  return (cell, at) => {
    if (typeof cell === 'boolean') return cell ? 1 : 0;
    if (Buffer.isBuffer(cell)) return at === body ? cell.toString() : cell;
    if (typeof cell === 'object' && cell !== null) return JSON.stringify(cell);
    return cell;
  };
};
