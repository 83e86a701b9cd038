// The tables of exports.db and export-settings.db, as forward-only migrations. Read by exports.ts of this folder; the SQL is a golden file.
import type { Migration } from './driver.ts';

/**
 * exports.db: what was exported, until it expires. `content`, `manifest` and `detail` of a run = the attempt whose rows of that kind are there, 0 = none: rows
 * of other attempts are gone already, whenever they are deleted. `heard_at` = when the holder was last heard of.
 */
export const exportMigrations: readonly Migration[] = [
  (db) =>
    db.exec(`
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE run (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, application TEXT NOT NULL, series TEXT NOT NULL, state TEXT NOT NULL,
  created_at INTEGER NOT NULL, finished_at INTEGER, expires_at INTEGER NOT NULL, told INTEGER NOT NULL, record TEXT NOT NULL,
  holder TEXT, heard_at INTEGER, attempt INTEGER NOT NULL, content INTEGER NOT NULL, manifest INTEGER NOT NULL, detail INTEGER NOT NULL) STRICT;
CREATE INDEX run_created ON run (created_at, id);
CREATE INDEX run_waiting ON run (created_at, id) WHERE state IN ('queued', 'running');
CREATE TABLE part (
  run INTEGER NOT NULL, attempt INTEGER NOT NULL, seq INTEGER NOT NULL, place INTEGER NOT NULL, length INTEGER NOT NULL, crc INTEGER NOT NULL,
  deflated BLOB NOT NULL, PRIMARY KEY (run, attempt, seq)) STRICT;
CREATE TABLE manifest (
  run INTEGER NOT NULL, attempt INTEGER NOT NULL, seq INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (run, attempt, seq)) STRICT;
CREATE TABLE detail (run INTEGER NOT NULL, attempt INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (run, attempt)) STRICT;
`),
];

/** export-settings.db: what somebody has set. Nothing makes it again. */
export const exportSettingsMigrations: readonly Migration[] = [
  (db) =>
    db.exec(`
CREATE TABLE export_setting (application TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE export_schedule (
  id TEXT PRIMARY KEY, application TEXT NOT NULL, next INTEGER, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
`),
];
