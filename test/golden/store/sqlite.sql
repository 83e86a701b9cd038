-- platform.db, version 8
CREATE TABLE revision (one INTEGER PRIMARY KEY CHECK (one = 1), value INTEGER NOT NULL) STRICT;
CREATE TABLE organisation ( id TEXT PRIMARY KEY, name TEXT NOT NULL, org_number TEXT, settings TEXT NOT NULL, created_at INTEGER NOT NULL ) STRICT, WITHOUT ROWID;
CREATE TABLE application ( id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, owner TEXT NOT NULL, describe TEXT NOT NULL, environment TEXT NOT NULL, secrets TEXT NOT NULL, jwks TEXT, disabled INTEGER NOT NULL, created_at INTEGER NOT NULL , scopes TEXT, username TEXT, password TEXT) STRICT, WITHOUT ROWID;
CREATE TABLE access_grant ( id TEXT PRIMARY KEY, application TEXT NOT NULL, organisation TEXT NOT NULL, rule TEXT NOT NULL, created_at INTEGER NOT NULL ) STRICT, WITHOUT ROWID;
CREATE INDEX access_grant_application ON access_grant (application, created_at, id);
CREATE TABLE signing_key ( id TEXT PRIMARY KEY, jwk TEXT NOT NULL, state TEXT NOT NULL, since INTEGER NOT NULL, created_at INTEGER NOT NULL ) STRICT, WITHOUT ROWID;
CREATE TABLE used_once (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX used_once_expiry ON used_once (expires_at);
CREATE TABLE secret (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE platform_audit ( sequence INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, actor TEXT NOT NULL, operation TEXT NOT NULL, subject TEXT NOT NULL , reason TEXT NOT NULL DEFAULT '') STRICT;
CREATE UNIQUE INDEX application_username ON application (username) WHERE username IS NOT NULL;
CREATE TABLE audit_notice (number INTEGER PRIMARY KEY AUTOINCREMENT, organisation TEXT NOT NULL, record TEXT NOT NULL) STRICT;
CREATE TABLE claimed ( key TEXT PRIMARY KEY, request TEXT NOT NULL, subject TEXT NOT NULL, expires_at INTEGER NOT NULL ) STRICT, WITHOUT ROWID;
CREATE INDEX claimed_expiry ON claimed (expires_at);
CREATE TABLE audit_key ( id TEXT PRIMARY KEY, public_jwk TEXT NOT NULL, private_jwk TEXT, created_at INTEGER NOT NULL, retired_at INTEGER ) STRICT, WITHOUT ROWID;
CREATE TABLE ended_follow ( application TEXT NOT NULL, organisation TEXT NOT NULL, environment TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (application, organisation, environment) ) STRICT, WITHOUT ROWID;
CREATE TABLE access_link ( id TEXT PRIMARY KEY, application TEXT NOT NULL, organisation TEXT NOT NULL, rule TEXT NOT NULL, grants TEXT NOT NULL, created_at INTEGER NOT NULL ) STRICT, WITHOUT ROWID;
CREATE INDEX access_link_application ON access_link (application, created_at, id);
CREATE TABLE quota_use ( environment TEXT NOT NULL, application TEXT NOT NULL, organisation TEXT NOT NULL, day TEXT NOT NULL, used INTEGER NOT NULL, weight INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (environment, application, organisation, day) ) STRICT, WITHOUT ROWID;
CREATE INDEX quota_use_at ON quota_use (environment, at);
CREATE TABLE register_entry ( kind TEXT NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL, organisation TEXT, application TEXT, state TEXT NOT NULL, created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, id) ) STRICT, WITHOUT ROWID;
CREATE INDEX register_entry_order ON register_entry (kind, created_at, id);
CREATE INDEX register_entry_organisation ON register_entry (kind, organisation, created_at, id) WHERE organisation IS NOT NULL;
CREATE INDEX register_entry_application ON register_entry (kind, application, created_at, id) WHERE application IS NOT NULL;
CREATE INDEX register_entry_state ON register_entry (kind, state, created_at, id);
CREATE TABLE part_use ( environment TEXT NOT NULL, application TEXT NOT NULL, api TEXT NOT NULL, part TEXT NOT NULL, day TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (environment, application, api, part, day) ) STRICT, WITHOUT ROWID;
CREATE INDEX part_use_part ON part_use (environment, api, part, day);
CREATE INDEX part_use_day ON part_use (day);
CREATE TABLE message_turn ( destination TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL, state TEXT NOT NULL ) STRICT, WITHOUT ROWID;
CREATE TABLE message_letter ( destination TEXT NOT NULL, number INTEGER NOT NULL, subject TEXT NOT NULL, at INTEGER NOT NULL, resend INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (destination, number) ) STRICT, WITHOUT ROWID;
CREATE INDEX message_letter_subject ON message_letter (destination, subject);

-- data.db, version 5
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE collection ( id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, next INTEGER NOT NULL DEFAULT 0, count INTEGER NOT NULL DEFAULT 0, position INTEGER NOT NULL DEFAULT 0, changed_at INTEGER NOT NULL DEFAULT 0, marked INTEGER NOT NULL DEFAULT 0);
CREATE TABLE name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE resource ( uid INTEGER PRIMARY KEY, position INTEGER NOT NULL, hash BLOB NOT NULL, source TEXT NOT NULL, protection INTEGER NOT NULL DEFAULT 0, keys TEXT NOT NULL, split INTEGER NOT NULL, own TEXT, body TEXT NOT NULL, born INTEGER NOT NULL DEFAULT 0);
CREATE TABLE identifier ( id INTEGER PRIMARY KEY, collection INTEGER NOT NULL, field INTEGER NOT NULL, value TEXT NOT NULL, uid INTEGER, removed_by INTEGER, protection INTEGER NOT NULL DEFAULT 0, last_uid INTEGER);
CREATE UNIQUE INDEX identifier_value ON identifier (collection, field, value);
CREATE TABLE link ( target INTEGER NOT NULL, relation INTEGER NOT NULL, source INTEGER NOT NULL, source_identifier INTEGER NOT NULL, PRIMARY KEY (target, relation, source)) WITHOUT ROWID;
CREATE INDEX link_source ON link (source);
CREATE TABLE segment ( collection INTEGER NOT NULL, number INTEGER NOT NULL, count INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (collection, number)) WITHOUT ROWID;
CREATE TABLE attribute_index ( collection INTEGER NOT NULL, path INTEGER NOT NULL, folded TEXT NOT NULL, uid INTEGER NOT NULL, PRIMARY KEY (collection, path, folded, uid)) WITHOUT ROWID;
CREATE TABLE change ( position INTEGER PRIMARY KEY, collection INTEGER NOT NULL, uid INTEGER NOT NULL, kind INTEGER NOT NULL, at INTEGER NOT NULL, before TEXT, level INTEGER NOT NULL DEFAULT 0, noticed TEXT, fields TEXT);
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
CREATE INDEX resource_protected ON resource (uid, protection) WHERE protection > 0;
CREATE INDEX collection_marked ON collection (id) WHERE marked = 1;
CREATE TABLE past_subject (about INTEGER NOT NULL, uid INTEGER NOT NULL, PRIMARY KEY (about, uid)) WITHOUT ROWID;
CREATE TABLE past_life (uid INTEGER PRIMARY KEY, born INTEGER NOT NULL, gone INTEGER NOT NULL);
CREATE TABLE write_event ( event_order INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, collection TEXT NOT NULL, operation TEXT NOT NULL, state TEXT NOT NULL, client TEXT NOT NULL, key TEXT, created_at INTEGER NOT NULL, deadline INTEGER NOT NULL, retain_until INTEGER NOT NULL, record TEXT NOT NULL, uid INTEGER);
CREATE UNIQUE INDEX write_event_key ON write_event (client, key) WHERE key IS NOT NULL;
CREATE INDEX write_event_waiting ON write_event (collection, event_order) WHERE state = 'waiting';
CREATE INDEX write_event_retained ON write_event (retain_until) WHERE retain_until > 0;
CREATE INDEX write_event_collection ON write_event (collection, event_order);
CREATE INDEX write_event_state ON write_event (state, event_order);
CREATE INDEX write_event_client ON write_event (client, event_order);
CREATE INDEX identifier_former ON identifier (last_uid) WHERE uid IS NULL AND last_uid IS NOT NULL;
CREATE INDEX change_before ON change (uid) WHERE before IS NOT NULL;
CREATE TABLE follow (id TEXT PRIMARY KEY, collection TEXT NOT NULL, record TEXT NOT NULL, rows BLOB, used_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX write_event_resource ON write_event (uid) WHERE state = 'waiting' AND uid IS NOT NULL;

-- audit.db, version 2
CREATE TABLE moved (number INTEGER PRIMARY KEY);
CREATE TABLE audit_commit ( first INTEGER PRIMARY KEY, count INTEGER NOT NULL, from_at INTEGER NOT NULL, to_at INTEGER NOT NULL, outbox INTEGER, hash BLOB, records TEXT NOT NULL);
CREATE INDEX audit_commit_period ON audit_commit (to_at, from_at);
CREATE VIEW audit (number, at, client, collection, record) AS SELECT c.first + r.key, r.value ->> 'at', r.value ->> 'client', r.value ->> 'collection', r.value FROM audit_commit c, json_each(c.records) r;
CREATE TABLE checkpoint (number INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, record TEXT NOT NULL);

-- exports.db, version 1
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE run ( number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, application TEXT NOT NULL, series TEXT NOT NULL, state TEXT NOT NULL, created_at INTEGER NOT NULL, finished_at INTEGER, expires_at INTEGER NOT NULL, told INTEGER NOT NULL, record TEXT NOT NULL, holder TEXT, heard_at INTEGER, attempt INTEGER NOT NULL, content INTEGER NOT NULL, manifest INTEGER NOT NULL, detail INTEGER NOT NULL) STRICT;
CREATE INDEX run_created ON run (created_at, id);
CREATE INDEX run_waiting ON run (created_at, id) WHERE state IN ('queued', 'running');
CREATE TABLE part ( run INTEGER NOT NULL, attempt INTEGER NOT NULL, seq INTEGER NOT NULL, place INTEGER NOT NULL, length INTEGER NOT NULL, crc INTEGER NOT NULL, deflated BLOB NOT NULL, PRIMARY KEY (run, attempt, seq)) STRICT;
CREATE TABLE manifest ( run INTEGER NOT NULL, attempt INTEGER NOT NULL, seq INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (run, attempt, seq)) STRICT;
CREATE TABLE detail (run INTEGER NOT NULL, attempt INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (run, attempt)) STRICT;

-- export-settings.db, version 1
CREATE TABLE export_setting (application TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE export_schedule ( id TEXT PRIMARY KEY, application TEXT NOT NULL, next INTEGER, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
