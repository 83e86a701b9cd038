-- platform.db, version 1
CREATE TABLE revision (one INTEGER PRIMARY KEY CHECK (one = 1), value INTEGER NOT NULL) STRICT;
CREATE TABLE organisation ( id TEXT PRIMARY KEY, name TEXT NOT NULL, org_number TEXT, settings TEXT NOT NULL, created_at INTEGER NOT NULL ) STRICT, WITHOUT ROWID;
CREATE TABLE application ( id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, owner TEXT NOT NULL, describe TEXT NOT NULL, environment TEXT NOT NULL, secrets TEXT NOT NULL, jwks TEXT, disabled INTEGER NOT NULL, created_at INTEGER NOT NULL ) STRICT, WITHOUT ROWID;
CREATE TABLE access_grant ( id TEXT PRIMARY KEY, application TEXT NOT NULL, organisation TEXT NOT NULL, rule TEXT NOT NULL, created_at INTEGER NOT NULL ) STRICT, WITHOUT ROWID;
CREATE INDEX access_grant_application ON access_grant (application, created_at, id);
CREATE TABLE signing_key ( id TEXT PRIMARY KEY, jwk TEXT NOT NULL, state TEXT NOT NULL, since INTEGER NOT NULL, created_at INTEGER NOT NULL ) STRICT, WITHOUT ROWID;
CREATE TABLE used_once (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX used_once_expiry ON used_once (expires_at);
CREATE TABLE secret (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE platform_audit ( sequence INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, actor TEXT NOT NULL, operation TEXT NOT NULL, subject TEXT NOT NULL ) STRICT;

-- data.db, version 2
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE collection ( id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, next INTEGER NOT NULL DEFAULT 0, count INTEGER NOT NULL DEFAULT 0, position INTEGER NOT NULL DEFAULT 0, changed_at INTEGER NOT NULL DEFAULT 0);
CREATE TABLE name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE resource ( uid INTEGER PRIMARY KEY, position INTEGER NOT NULL, hash BLOB NOT NULL, source TEXT NOT NULL, protection INTEGER NOT NULL DEFAULT 0, keys TEXT NOT NULL, split INTEGER NOT NULL, own TEXT, body TEXT NOT NULL);
CREATE TABLE identifier ( id INTEGER PRIMARY KEY, collection INTEGER NOT NULL, field INTEGER NOT NULL, value TEXT NOT NULL, uid INTEGER, removed_by INTEGER);
CREATE UNIQUE INDEX identifier_value ON identifier (collection, field, value);
CREATE TABLE link ( target INTEGER NOT NULL, relation INTEGER NOT NULL, source INTEGER NOT NULL, source_identifier INTEGER NOT NULL, PRIMARY KEY (target, relation, source)) WITHOUT ROWID;
CREATE INDEX link_source ON link (source);
CREATE TABLE segment ( collection INTEGER NOT NULL, number INTEGER NOT NULL, count INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (collection, number)) WITHOUT ROWID;
CREATE TABLE attribute_index ( collection INTEGER NOT NULL, path INTEGER NOT NULL, folded TEXT NOT NULL, uid INTEGER NOT NULL, PRIMARY KEY (collection, path, folded, uid)) WITHOUT ROWID;
CREATE TABLE change ( position INTEGER PRIMARY KEY, collection INTEGER NOT NULL, uid INTEGER NOT NULL, kind INTEGER NOT NULL, at INTEGER NOT NULL, before TEXT);
CREATE INDEX change_collection ON change (collection, position);
CREATE TABLE sync_run ( run_order INTEGER PRIMARY KEY, corr_id TEXT NOT NULL UNIQUE, collection TEXT NOT NULL, type TEXT NOT NULL, state TEXT NOT NULL, opened_receipt INTEGER NOT NULL, touched_at INTEGER NOT NULL, record TEXT NOT NULL);
CREATE INDEX sync_run_collection ON sync_run (collection, state, run_order);
CREATE TABLE sync_page ( receipt INTEGER PRIMARY KEY, corr_id TEXT NOT NULL, page INTEGER NOT NULL, hash TEXT NOT NULL, entries INTEGER NOT NULL, seen BLOB NOT NULL, UNIQUE (corr_id, page));
CREATE TABLE sync_rejection ( corr_id TEXT NOT NULL, page INTEGER NOT NULL, number INTEGER NOT NULL, collection TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (corr_id, page, number)) WITHOUT ROWID;
CREATE INDEX sync_rejection_collection ON sync_rejection (collection);
CREATE TABLE contract (client TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE audit_outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, record TEXT NOT NULL);
CREATE INDEX sync_run_state ON sync_run (state, run_order);
CREATE INDEX sync_run_newest ON sync_run (collection, run_order);
CREATE INDEX sync_run_type ON sync_run (collection, type, state, run_order);
CREATE INDEX sync_page_seen ON sync_page (corr_id) WHERE length(seen) > 0;

-- audit.db, version 1
CREATE TABLE audit_commit (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, records TEXT NOT NULL);
CREATE VIEW audit (number, at, client, collection, record) AS SELECT c.first + r.key, r.value ->> 'at', r.value ->> 'client', r.value ->> 'collection', r.value FROM audit_commit c, json_each(c.records) r;
CREATE TABLE moved (number INTEGER PRIMARY KEY);
