// The tables of an organisation's files, as forward-only migrations. Read by tenant.ts and audit-writer.ts; the SQL is a golden file.
import type { Migration } from './driver.ts';

/**
 * data.db. `uid` = collection id × 2^40 + order of creation, so that a collection is one range of the table and its canonical order.
 * `segment` counts rows per 256 of them: it finds an offset without walking, and tells which compressed copies are still right.
 * `identifier` rows outlive their resource (uid NULL): links point at them, so that a target may come later than its source.
 */
export const tenantMigrations: readonly Migration[] = [
  (db) =>
    db.exec(`
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE collection (
  id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE,
  next INTEGER NOT NULL DEFAULT 0, count INTEGER NOT NULL DEFAULT 0,
  position INTEGER NOT NULL DEFAULT 0, changed_at INTEGER NOT NULL DEFAULT 0);
CREATE TABLE name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE resource (
  uid INTEGER PRIMARY KEY, position INTEGER NOT NULL, hash BLOB NOT NULL, source TEXT NOT NULL,
  protection INTEGER NOT NULL DEFAULT 0, keys TEXT NOT NULL, split INTEGER NOT NULL, own TEXT, body TEXT NOT NULL);
CREATE TABLE identifier (
  id INTEGER PRIMARY KEY, collection INTEGER NOT NULL, field INTEGER NOT NULL, value TEXT NOT NULL, uid INTEGER, removed_by INTEGER);
CREATE UNIQUE INDEX identifier_value ON identifier (collection, field, value);
CREATE TABLE link (
  target INTEGER NOT NULL, relation INTEGER NOT NULL, source INTEGER NOT NULL, source_identifier INTEGER NOT NULL,
  PRIMARY KEY (target, relation, source)) WITHOUT ROWID;
CREATE INDEX link_source ON link (source);
CREATE TABLE segment (
  collection INTEGER NOT NULL, number INTEGER NOT NULL, count INTEGER NOT NULL, position INTEGER NOT NULL,
  PRIMARY KEY (collection, number)) WITHOUT ROWID;
CREATE TABLE attribute_index (
  collection INTEGER NOT NULL, path INTEGER NOT NULL, folded TEXT NOT NULL, uid INTEGER NOT NULL,
  PRIMARY KEY (collection, path, folded, uid)) WITHOUT ROWID;
CREATE TABLE change (
  position INTEGER PRIMARY KEY, collection INTEGER NOT NULL, uid INTEGER NOT NULL, kind INTEGER NOT NULL, at INTEGER NOT NULL, before TEXT);
CREATE INDEX change_collection ON change (collection, position);
CREATE TABLE sync_run (
  run_order INTEGER PRIMARY KEY, corr_id TEXT NOT NULL UNIQUE, collection TEXT NOT NULL, type TEXT NOT NULL, state TEXT NOT NULL,
  opened_receipt INTEGER NOT NULL, touched_at INTEGER NOT NULL, record TEXT NOT NULL);
CREATE INDEX sync_run_collection ON sync_run (collection, state, run_order);
CREATE TABLE sync_page (
  receipt INTEGER PRIMARY KEY, corr_id TEXT NOT NULL, page INTEGER NOT NULL, hash TEXT NOT NULL, entries INTEGER NOT NULL, seen BLOB NOT NULL,
  UNIQUE (corr_id, page));
CREATE TABLE sync_rejection (
  corr_id TEXT NOT NULL, page INTEGER NOT NULL, number INTEGER NOT NULL, collection TEXT NOT NULL, record TEXT NOT NULL,
  PRIMARY KEY (corr_id, page, number)) WITHOUT ROWID;
CREATE INDEX sync_rejection_collection ON sync_rejection (collection);
CREATE TABLE contract (client TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE audit_outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, record TEXT NOT NULL);
`),
  // Runs and pages are kept for years: every question about them finds its rows without walking through the others.
  (db) =>
    db.exec(`
CREATE INDEX sync_run_state ON sync_run (state, run_order);
CREATE INDEX sync_run_newest ON sync_run (collection, run_order);
CREATE INDEX sync_run_type ON sync_run (collection, type, state, run_order);
CREATE INDEX sync_page_seen ON sync_page (corr_id) WHERE length(seen) > 0;
`),
  // Protection: `resource.protection` is laid out in protection-bits.ts; its lowest bits are its own. An identifier keeps the protection and uid
  // of the resource that last had it, so that links to what is gone stay as guarded as it was. `collection.marked` = its entries carry markings.
  // `change.level` = the clearance that it takes to notice the change; `noticed` = for each clearance below it, position and time of the last
  // change of the resource that it could notice. `past_subject` = what was about whom before it was removed or moved, `past_life` = from which
  // to which position what is gone was there.
  (db) =>
    db.exec(`
ALTER TABLE resource ADD COLUMN born INTEGER NOT NULL DEFAULT 0;
CREATE INDEX resource_protected ON resource (uid, protection) WHERE protection > 0;
ALTER TABLE identifier ADD COLUMN protection INTEGER NOT NULL DEFAULT 0;
ALTER TABLE identifier ADD COLUMN last_uid INTEGER;
ALTER TABLE collection ADD COLUMN marked INTEGER NOT NULL DEFAULT 0;
CREATE INDEX collection_marked ON collection (id) WHERE marked = 1;
ALTER TABLE change ADD COLUMN level INTEGER NOT NULL DEFAULT 0;
ALTER TABLE change ADD COLUMN noticed TEXT;
CREATE TABLE past_subject (about INTEGER NOT NULL, uid INTEGER NOT NULL, PRIMARY KEY (about, uid)) WITHOUT ROWID;
CREATE TABLE past_life (uid INTEGER PRIMARY KEY, born INTEGER NOT NULL, gone INTEGER NOT NULL);
INSERT INTO past_life (uid, born, gone) SELECT uid, 0, max(position) FROM change WHERE kind = 3 GROUP BY uid;
CREATE TABLE write_event (
  event_order INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, collection TEXT NOT NULL, operation TEXT NOT NULL, state TEXT NOT NULL,
  client TEXT NOT NULL, key TEXT, created_at INTEGER NOT NULL, deadline INTEGER NOT NULL, retain_until INTEGER NOT NULL, record TEXT NOT NULL);
CREATE UNIQUE INDEX write_event_key ON write_event (client, key) WHERE key IS NOT NULL;
CREATE INDEX write_event_waiting ON write_event (collection, event_order) WHERE state = 'waiting';
CREATE INDEX write_event_retained ON write_event (retain_until) WHERE retain_until > 0;
CREATE INDEX write_event_collection ON write_event (collection, event_order);
CREATE INDEX write_event_state ON write_event (state, event_order);
CREATE INDEX write_event_client ON write_event (client, event_order);
CREATE INDEX identifier_former ON identifier (last_uid) WHERE uid IS NULL AND last_uid IS NOT NULL;
CREATE INDEX change_before ON change (uid) WHERE before IS NOT NULL;
CREATE TABLE follow (id TEXT PRIMARY KEY, collection TEXT NOT NULL, record TEXT NOT NULL, rows BLOB, used_at INTEGER NOT NULL) WITHOUT ROWID;
`),
  // Which resources have a change under way, asked by every process that writes.
  (db) =>
    db.exec(`
ALTER TABLE write_event ADD COLUMN uid INTEGER;
UPDATE write_event SET uid = record ->> 'uid' WHERE state = 'waiting';
CREATE INDEX write_event_resource ON write_event (uid) WHERE state = 'waiting' AND uid IS NOT NULL;
`),
  // What has changed, by name and never by value: numbers of words, each with the clearances that notice it (writing/changed-names.ts). NULL = nothing is named, as of
  // all that was stored before.
  (db) => db.exec('ALTER TABLE change ADD COLUMN fields TEXT'),
];

/**
 * audit.db: read decisions, and the write decisions once moved from the outbox of data.db. What one commit records is one row, a JSON list,
 * since a row for each record would cost more than the record; `audit` shows the records one by one.
 */
export const auditMigrations: readonly Migration[] = [
  (db) =>
    db.exec(`
CREATE TABLE audit_commit (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, records TEXT NOT NULL);
CREATE VIEW audit (number, at, client, collection, record) AS
  SELECT c.first + r.key, r.value ->> 'at', r.value ->> 'client', r.value ->> 'collection', r.value
  FROM audit_commit c, json_each(c.records) r;
CREATE TABLE moved (number INTEGER PRIMARY KEY);
INSERT INTO moved (number) VALUES (0);
`),
  // The chain: `hash` is over the hash before and this row's own content (audit-chain.ts); rows of before get theirs when the file is opened.
  // `from_at` to `to_at` is the time of the records, `outbox` the last of those that came from the outbox. Long text last: what stands before
  // it is read without it.
  (db) =>
    db.exec(`
DROP VIEW audit;
ALTER TABLE audit_commit RENAME TO unchained;
CREATE TABLE audit_commit (
  first INTEGER PRIMARY KEY, count INTEGER NOT NULL, from_at INTEGER NOT NULL, to_at INTEGER NOT NULL, outbox INTEGER, hash BLOB,
  records TEXT NOT NULL);
INSERT INTO audit_commit (first, count, from_at, to_at, records)
  SELECT first, count, (SELECT min(value ->> 'at') FROM json_each(records)), (SELECT max(value ->> 'at') FROM json_each(records)), records
  FROM unchained;
DROP TABLE unchained;
CREATE INDEX audit_commit_period ON audit_commit (to_at, from_at);
CREATE VIEW audit (number, at, client, collection, record) AS
  SELECT c.first + r.key, r.value ->> 'at', r.value ->> 'client', r.value ->> 'collection', r.value
  FROM audit_commit c, json_each(c.records) r;
CREATE TABLE checkpoint (number INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, record TEXT NOT NULL);
`),
];
