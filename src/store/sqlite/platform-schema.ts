// The tables of platform.db and how older files become newer ones. Called by platform.ts; knows SQLite and nothing of what the rows mean.
// The file holds private signing keys and keys of the hub in the clear: it is to be readable by the hub's own user only (mode 0600).
import type { DatabaseSync } from 'node:sqlite';
import { HubError, problem } from '#base/errors.ts';

/** One step per version of the file, in order; `user_version` counts the steps taken. A released step is never edited. */
export const platformMigrations: readonly string[] = [
  `
  CREATE TABLE revision (one INTEGER PRIMARY KEY CHECK (one = 1), value INTEGER NOT NULL) STRICT;
  INSERT INTO revision VALUES (1, 0);
  CREATE TABLE organisation (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, org_number TEXT, settings TEXT NOT NULL, created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE application (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, owner TEXT NOT NULL, describe TEXT NOT NULL,
    environment TEXT NOT NULL, secrets TEXT NOT NULL, jwks TEXT, disabled INTEGER NOT NULL, created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE access_grant (
    id TEXT PRIMARY KEY, application TEXT NOT NULL, organisation TEXT NOT NULL, rule TEXT NOT NULL, created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX access_grant_application ON access_grant (application, created_at, id);
  CREATE TABLE signing_key (
    id TEXT PRIMARY KEY, jwk TEXT NOT NULL, state TEXT NOT NULL, since INTEGER NOT NULL, created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE used_once (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX used_once_expiry ON used_once (expires_at);
  CREATE TABLE secret (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE platform_audit (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, actor TEXT NOT NULL, operation TEXT NOT NULL, subject TEXT NOT NULL
  ) STRICT;
  `,
  `
  ALTER TABLE application ADD COLUMN scopes TEXT;
  ALTER TABLE application ADD COLUMN username TEXT;
  ALTER TABLE application ADD COLUMN password TEXT;
  CREATE UNIQUE INDEX application_username ON application (username) WHERE username IS NOT NULL;
  ALTER TABLE platform_audit ADD COLUMN reason TEXT NOT NULL DEFAULT '';
  CREATE TABLE audit_notice (number INTEGER PRIMARY KEY AUTOINCREMENT, organisation TEXT NOT NULL, record TEXT NOT NULL) STRICT;
  CREATE TABLE claimed (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, subject TEXT NOT NULL, expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX claimed_expiry ON claimed (expires_at);
  `,
  `
  CREATE TABLE audit_key (
    id TEXT PRIMARY KEY, public_jwk TEXT NOT NULL, private_jwk TEXT, created_at INTEGER NOT NULL, retired_at INTEGER
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE ended_follow (
    application TEXT NOT NULL, organisation TEXT NOT NULL, environment TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (application, organisation, environment)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE access_link (
    id TEXT PRIMARY KEY, application TEXT NOT NULL, organisation TEXT NOT NULL, rule TEXT NOT NULL, grants TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX access_link_application ON access_link (application, created_at, id);
  `,
  `
  CREATE TABLE quota_use (
    environment TEXT NOT NULL, application TEXT NOT NULL, organisation TEXT NOT NULL, day TEXT NOT NULL, used INTEGER NOT NULL,
    weight INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (environment, application, organisation, day)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX quota_use_at ON quota_use (environment, at);
  `,
  `
  CREATE TABLE register_entry (
    kind TEXT NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL, organisation TEXT, application TEXT, state TEXT NOT NULL,
    created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX register_entry_order ON register_entry (kind, created_at, id);
  CREATE INDEX register_entry_organisation ON register_entry (kind, organisation, created_at, id) WHERE organisation IS NOT NULL;
  CREATE INDEX register_entry_application ON register_entry (kind, application, created_at, id) WHERE application IS NOT NULL;
  CREATE INDEX register_entry_state ON register_entry (kind, state, created_at, id);
  CREATE TABLE part_use (
    environment TEXT NOT NULL, application TEXT NOT NULL, api TEXT NOT NULL, part TEXT NOT NULL, day TEXT NOT NULL,
    count INTEGER NOT NULL, PRIMARY KEY (environment, application, api, part, day)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX part_use_part ON part_use (environment, api, part, day);
  CREATE INDEX part_use_day ON part_use (day);
  `,
  `
  CREATE TABLE message_turn (
    destination TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL, state TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE message_letter (
    destination TEXT NOT NULL, number INTEGER NOT NULL, subject TEXT NOT NULL, at INTEGER NOT NULL, resend INTEGER NOT NULL,
    record TEXT NOT NULL, PRIMARY KEY (destination, number)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX message_letter_subject ON message_letter (destination, subject);
  `,
];

const versionOf = (db: DatabaseSync): number => Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);

/** Brings the file to the newest version, all steps in one transaction. Throws HUB-511 when the file is of a newer product; nothing is changed then. */
export const migratePlatform = (db: DatabaseSync): void => {
  const newest = platformMigrations.length;
  if (versionOf(db) === newest) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    // Read again under the lock: another process may have been quicker.
    const version = versionOf(db);
    if (version > newest) {
      throw new HubError(problem('HUB-511', `platform.db has version ${version}; this hub knows ${newest}.`));
    }
    for (const step of platformMigrations.slice(version)) db.exec(step);
    db.exec(`PRAGMA user_version = ${newest}`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
};
