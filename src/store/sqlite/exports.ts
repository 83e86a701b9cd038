// Exports' half of an organisation's folder: exports.db, which holds what was exported until it expires, and export-settings.db, which holds what
// somebody has set. Files of their own, so that a large file never makes a delivery wait. Several threads and processes may have them open.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import type { ExportPart, ExportRun, ExportSchedule, ExportStore } from '../exports.ts';
import { exportStates } from '../exports.ts';
import { bytesOf, guard, guarded, numberOf, openDatabase, statement, textOf } from './driver.ts';
import { exportMigrations, exportSettingsMigrations } from './exports-schema.ts';
import { tenantFolder } from './sqlite-store.ts';

export type ExportFiles = {
  /** The data directory. */
  readonly folder: string;
  /** The organisation; its data.db is there already. */
  readonly id: string;
  readonly clock: Pick<Clock, 'sleep'>;
  /** Another thread or process may have the files open: what cannot be used is refused, not made anew. */
  readonly beside?: boolean;
};

/**
 * Opens both files, and makes them when they are missing. An exports.db that is damaged or of another version is made anew, unless somebody may have it
 * open; export-settings.db never is. Null when the organisation has no data. Throws a HubError when a file cannot be used.
 */
export const openExportStore = ({ folder, id, clock, beside = false }: ExportFiles): ExportStore | null => {
  const place = tenantFolder(folder, id);
  if (!existsSync(join(place, 'data.db'))) return null;
  const settings = openDatabase({
    path: join(place, 'export-settings.db'),
    migrations: exportSettingsMigrations,
    cacheMb: 1,
  });
  try {
    const db = openRuns(join(place, 'exports.db'), beside);
    try {
      // What has been deleted is personal: overwritten, not only forgotten.
      db.exec('PRAGMA secure_delete = ON');
      // What a holder adds waits for the disk once, with the state of its run: a run that a power cut has stopped begins again.
      db.exec('PRAGMA synchronous = NORMAL');
      // The thread that makes files empties their log, so that no request waits while that is done; the hub does where nobody else has.
      if (!beside) db.exec(`PRAGMA wal_autocheckpoint = ${pagesOfLog}`);
      return createExportStore(db, settings, clock);
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    settings.close();
    throw error;
  }
};

// 32 MB; whoever is beside empties it at 8 MB.
const pagesOfLog = 4_096;

/** All that exports.db holds expires anyway: whoever wants a file asks for it again, and a full one where a change was asked for. */
const openRuns = (path: string, beside: boolean): DatabaseSync => {
  const open = (): DatabaseSync => openDatabase({ path, migrations: exportMigrations, cacheMb: 8 });
  try {
    return open();
  } catch (error) {
    const code = error instanceof HubError ? error.problem.code : null;
    if (beside || (code !== 'HUB-511' && code !== 'HUB-512')) throw error;
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
    return open();
  }
};

// Rows deleted in one transaction: each may be a megabyte, and others wait to write.
const rowsPerTurn = 4;

// A reader of an older state keeps the log from being emptied.
const retryMs = 100;
const retries = 100;

const createExportStore = (db: DatabaseSync, settings: DatabaseSync, clock: Pick<Clock, 'sleep'>): ExportStore => {
  const runs = createRuns(db);
  const closed = new AbortController();

  /** Deletes what no run shows any more, some at a time. */
  const sweep = async (): Promise<void> => {
    for (let first = true; ; first = false) {
      if (!first) await yieldToLoop();
      if (closed.signal.aborted || !guarded(runs.sweepSome)) return;
    }
  };

  /** Takes what has been deleted out of the bytes of the files. */
  const wipe = async (): Promise<boolean> => {
    for (let tries = 0; tries < retries && !closed.signal.aborted; tries += 1) {
      if (guarded(() => emptied(db))) return true;
      await clock.sleep(retryMs, closed.signal);
    }
    return false;
  };

  return {
    ...runs.contract,
    drop: async (id, what) => {
      guarded(() => runs.hide(id, what));
      await sweep();
    },
    dropRuns: async (createdBefore) => {
      const dropped = guarded(() => runs.forget(createdBefore));
      await sweep();
      return dropped;
    },
    dropContents: async (mark) => {
      guarded(runs.hideAll);
      await sweep();
      // Else it is done once more when the files are opened again.
      if (await wipe()) guarded(() => runs.follow(mark));
    },
    ...createSettings(settings),
    close: () => {
      if (closed.signal.aborted) return;
      closed.abort();
      db.close();
      settings.close();
    },
  };
};

/** False while another connection keeps the files from being rewritten. */
const emptied = (db: DatabaseSync): boolean => {
  db.exec('PRAGMA busy_timeout = 0');
  try {
    // Pages that are left would keep bytes between their rows; little is left.
    db.exec('VACUUM');
    return numberOf(statement(db, 'PRAGMA wal_checkpoint(TRUNCATE)').get(), 'busy') === 0;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && isBusy(error.errcode)) return false;
    throw error;
  } finally {
    db.exec('PRAGMA busy_timeout = 5000');
  }
};

// SQLITE_BUSY and SQLITE_LOCKED: https://sqlite.org/rescode.html
const isBusy = (code: unknown): boolean => typeof code === 'number' && [5, 6].includes(code & 0xff);

type RunContract = Omit<
  ExportStore,
  'drop' | 'dropRuns' | 'dropContents' | 'close' | keyof ReturnType<typeof createSettings>
>;

/** Prepares the statements of exports.db. */
const createRuns = (db: DatabaseSync) => {
  const sql = (text: string) => statement(db, text);
  const readRun = sql('SELECT * FROM run WHERE id = ?');
  const readRuns = sql(
    `SELECT * FROM run WHERE (?1 IS NULL OR application = ?1) AND (?2 IS NULL OR series = ?2)
     AND (?3 IS NULL OR state IN (SELECT value FROM json_each(?3))) AND (?4 IS NULL OR expires_at <= ?4)
     ORDER BY created_at DESC, id DESC LIMIT ?5`,
  );
  const putRun = sql(
    `INSERT INTO run (id, application, series, state, created_at, finished_at, expires_at, told, record, attempt, content, manifest, detail)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, 0, 0, 0)
     ON CONFLICT (id) DO UPDATE SET application = ?2, series = ?3, state = ?4, created_at = ?5, finished_at = ?6, expires_at = ?7, told = ?8, record = ?9`,
  );
  const replaceRun = sql(
    `UPDATE run SET application = ?2, series = ?3, state = ?4, created_at = ?5, finished_at = ?6, expires_at = ?7, told = ?8, record = ?9
     WHERE id = ?1 AND state IN (SELECT value FROM json_each(?10)) AND (?11 IS NULL OR holder = ?11)`,
  );
  const countHeld = sql("SELECT count(*) AS n FROM run WHERE state = 'running' AND coalesce(heard_at, 0) >= ?");
  const nextRun = sql(
    `SELECT number FROM run WHERE state = 'queued' OR (state = 'running' AND coalesce(heard_at, 0) < ?)
     ORDER BY created_at, id LIMIT 1`,
  );
  const hold = sql(
    `UPDATE run SET state = 'running', holder = ?2, heard_at = ?3, attempt = attempt + 1, content = attempt + 1, manifest = attempt + 1,
       detail = attempt + 1
     WHERE number = ?1 RETURNING *`,
  );
  const putProgress = sql("UPDATE run SET record = ?3 WHERE id = ?1 AND holder = ?2 AND state = 'running'");
  const heartbeat = sql("UPDATE run SET heard_at = ?3 WHERE id = ?1 AND holder = ?2 AND state = 'running'");
  const addPart = sql(
    `INSERT OR REPLACE INTO part (run, attempt, seq, place, length, crc, deflated)
     SELECT number, attempt, ?3, ?4, ?5, ?6, ?7 FROM run WHERE id = ?1 AND holder = ?2 AND state = 'running'`,
  );
  const readParts = sql(
    `SELECT p.seq, p.place, p.length, p.crc FROM run r JOIN part p ON p.run = r.number AND p.attempt = r.content
     WHERE r.id = ? ORDER BY p.seq`,
  );
  const readPart = sql(
    `SELECT p.deflated FROM run r JOIN part p ON p.run = r.number AND p.attempt = r.content WHERE r.id = ? AND p.seq = ?`,
  );
  const putManifest = sql(
    `INSERT OR REPLACE INTO manifest (run, attempt, seq, bytes)
     SELECT number, attempt, ?3, ?4 FROM run WHERE id = ?1 AND holder = ?2 AND state = 'running'`,
  );
  const readManifest = sql(
    `SELECT m.bytes FROM run r JOIN manifest m ON m.run = r.number AND m.attempt = r.manifest WHERE r.id = ? ORDER BY m.seq`,
  );
  const putDetails = sql(
    `INSERT OR REPLACE INTO detail (run, attempt, bytes)
     SELECT number, attempt, ?3 FROM run WHERE id = ?1 AND holder = ?2 AND state = 'running'`,
  );
  const readDetails = sql(
    'SELECT d.bytes FROM run r JOIN detail d ON d.run = r.number AND d.attempt = r.detail WHERE r.id = ?',
  );
  const hideContent = sql('UPDATE run SET content = 0 WHERE id = ?');
  const hideManifest = sql('UPDATE run SET manifest = 0 WHERE id = ?');
  const forget = sql('DELETE FROM run WHERE created_at < ?');
  const readFollowed = sql("SELECT value FROM meta WHERE name = 'mark'");
  const putFollowed = sql("INSERT INTO meta (name, value) VALUES ('mark', ?1) ON CONFLICT DO UPDATE SET value = ?1");
  const sweeps = [
    ['part', 'content'],
    ['manifest', 'manifest'],
    ['detail', 'detail'],
  ].map(([table, column]) =>
    sql(
      `DELETE FROM ${table} WHERE rowid IN (
         SELECT t.rowid FROM ${table} t LEFT JOIN run r ON r.number = t.run AND r.${column} = t.attempt
         WHERE r.number IS NULL LIMIT ${rowsPerTurn})`,
    ),
  );

  const transaction = <T>(work: () => T): T => {
    db.exec('BEGIN IMMEDIATE');
    try {
      const made = work();
      db.exec('COMMIT');
      return made;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };

  /** With all that was written before it, whoever wrote that: it is one log. */
  const durably = <T>(work: () => T): T => {
    db.exec('PRAGMA synchronous = FULL');
    try {
      return work();
    } finally {
      db.exec('PRAGMA synchronous = NORMAL');
    }
  };

  /** Gives `otherwise` where somebody else is writing: whoever answers requests in this thread is not to wait for him. */
  const unlessBusy = <T>(work: () => T, otherwise: T): T => {
    db.exec('PRAGMA busy_timeout = 0');
    try {
      return work();
    } catch (error) {
      if (error instanceof Error && 'errcode' in error && isBusy(error.errcode)) return otherwise;
      throw error;
    } finally {
      db.exec('PRAGMA busy_timeout = 5000');
    }
  };

  const contract: RunContract = {
    run: guard((id) => runOf(readRun.get(id))),
    runs: guard(({ application, series, states, expiring, limit }) =>
      readRuns
        .all(
          application ?? null,
          series ?? null,
          states === undefined ? null : JSON.stringify(states),
          expiring ?? null,
          limit,
        )
        .flatMap((row) => runOf(row) ?? []),
    ),
    putRun: guard((run) => void durably(() => putRun.run(...columnsOf(run)))),
    replaceRun: guard(
      (run, from, holder) =>
        durably(() => replaceRun.run(...columnsOf(run), JSON.stringify(from), holder ?? null)).changes === 1,
    ),
    claim: guard(({ holder, now, lostBefore, atOnce }) =>
      transaction(() => {
        if (numberOf(countHeld.get(lostBefore), 'n') >= atOnce) return null;
        const next = nextRun.get(lostBefore);
        return next === undefined ? null : runOf(hold.get(numberOf(next, 'number'), holder, now));
      }),
    ),
    putProgress: guard((id, holder, record) =>
      unlessBusy(() => putProgress.run(id, holder, record).changes === 1, false),
    ),
    heartbeat: guard((id, holder, now) => heartbeat.run(id, holder, now).changes === 1),
    addPart: guard(
      (id, holder, { seq, offset, length, crc, deflated }) =>
        addPart.run(id, holder, seq, offset, length, crc, deflated).changes === 1,
    ),
    parts: guard((id) => readParts.all(id).map(partOf)),
    part: guard((id, seq) => {
      const row = readPart.get(id, seq);
      return row === undefined ? null : bytesOf(row, 'deflated');
    }),
    putManifest: guard((id, holder, seq, bytes) => putManifest.run(id, holder, seq, bytes).changes === 1),
    manifest: guard((id) => readManifest.all(id).map((row) => bytesOf(row, 'bytes'))),
    putDetails: guard((id, holder, bytes) => putDetails.run(id, holder, bytes).changes === 1),
    details: guard((id) => {
      const row = readDetails.get(id);
      return row === undefined ? null : bytesOf(row, 'bytes');
    }),
    followed: guard(() => textOf(readFollowed.get(), 'value')),
  };

  return {
    contract,
    hide: (id: string, what: { readonly content: boolean; readonly manifest: boolean }): void =>
      durably(() =>
        transaction(() => {
          if (what.content) hideContent.run(id);
          if (what.manifest) hideManifest.run(id);
        }),
      ),
    hideAll: (): void =>
      durably(() =>
        transaction(() => {
          db.exec(`UPDATE run SET content = 0, manifest = 0, detail = 0, told = 0;
          UPDATE run SET state = 'expired' WHERE state IN ('ready', 'held');
          UPDATE run SET state = 'queued', holder = NULL, heard_at = NULL WHERE state = 'running';`);
        }),
      ),
    follow: (mark: string): void => void durably(() => putFollowed.run(mark)),
    forget: (createdBefore: number): number => Number(durably(() => forget.run(createdBefore)).changes),
    /** True while there may be more. */
    sweepSome: (): boolean =>
      transaction(() => sweeps.map((one) => Number(one.run().changes)).some((gone) => gone === rowsPerTurn)),
  };
};

/** Prepares the statements of export-settings.db. */
const createSettings = (db: DatabaseSync) => {
  const readSetting = statement(db, 'SELECT record FROM export_setting WHERE application = ?');
  const putSetting = statement(
    db,
    'INSERT INTO export_setting (application, record) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET record = ?2',
  );
  const dropSetting = statement(db, 'DELETE FROM export_setting WHERE application = ?');
  const readSchedules = statement(db, 'SELECT * FROM export_schedule ORDER BY id');
  const putSchedule = statement(
    db,
    `INSERT INTO export_schedule (id, application, next, record) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT DO UPDATE SET application = ?2, next = ?3, record = ?4`,
  );
  const removeSchedule = statement(db, 'DELETE FROM export_schedule WHERE id = ?');
  const advance = statement(db, 'UPDATE export_schedule SET next = ?3 WHERE id = ?1 AND next = ?2');
  return {
    settings: guard((application: string): string | null => {
      const row = readSetting.get(application);
      return row === undefined ? null : textOf(row, 'record');
    }),
    putSettings: guard((application: string, record: string | null): void => {
      if (record === null) dropSetting.run(application);
      else putSetting.run(application, record);
    }),
    schedules: guard((): readonly ExportSchedule[] =>
      readSchedules.all().map((row) => ({
        id: textOf(row, 'id'),
        application: textOf(row, 'application'),
        next: timeOf(row, 'next'),
        record: textOf(row, 'record'),
      })),
    ),
    putSchedule: guard(
      ({ id, application, next, record }: ExportSchedule): void => void putSchedule.run(id, application, next, record),
    ),
    removeSchedule: guard((id: string): boolean => removeSchedule.run(id).changes === 1),
    advanceSchedule: guard(
      (id: string, from: number, to: number | null): boolean => advance.run(id, from, to).changes === 1,
    ),
  };
};

type Row = Record<string, unknown>;

const columnsOf = (run: ExportRun) =>
  [
    run.id,
    run.application,
    run.series,
    run.state,
    run.createdAt,
    run.finishedAt,
    run.expiresAt,
    run.told ? 1 : 0,
    run.record,
  ] as const;

const runOf = (row: Row | undefined): ExportRun | null => {
  if (row === undefined) return null;
  const state = exportStates.find((one) => one === row['state']);
  if (state === undefined) return null;
  return {
    id: textOf(row, 'id'),
    application: textOf(row, 'application'),
    series: textOf(row, 'series'),
    state,
    createdAt: numberOf(row, 'created_at'),
    finishedAt: timeOf(row, 'finished_at'),
    expiresAt: numberOf(row, 'expires_at'),
    told: numberOf(row, 'told') === 1,
    record: textOf(row, 'record'),
    attempt: numberOf(row, 'attempt'),
  };
};

const partOf = (row: Row): Omit<ExportPart, 'deflated'> => ({
  seq: numberOf(row, 'seq'),
  offset: numberOf(row, 'place'),
  length: numberOf(row, 'length'),
  crc: numberOf(row, 'crc'),
});

const timeOf = (row: Row, column: string): number | null => {
  const value = row[column];
  return typeof value === 'number' ? value : null;
};
