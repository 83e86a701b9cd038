// The platform store on SQLite: organisations, applications, grants, keys and single-use ids in one file. Opened by driver.ts or a test,
// used through the contract of store.ts. The caller sets WAL, synchronous=FULL, a busy timeout and the mode of the file.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { openMessages } from './platform-messages.ts';
import { openPartUse, openRegister } from './platform-register.ts';
import type { Change } from './platform-register.ts';
import { migratePlatform } from './platform-schema.ts';
import type { Clock } from '#base/clock.ts';
import { endToKeep, followLifeMs } from '../followed-until.ts';
import {
  allGrants,
  applicationColumns,
  grantColumns,
  linkColumns,
  oneOf,
  toApplication,
  toAuditKey,
  toClaim,
  toEndedFollow,
  toGrant,
  toGrantsOfLink,
  toLink,
  toNotice,
  toOrganisation,
  toPlatformAudit,
  toQuotaUse,
  toSigningKey,
} from '../platform-rows.ts';
import type { PlatformAuditRow } from '../platform-rows.ts';
import type {
  Application,
  AuditKey,
  Environment,
  Grant,
  Link,
  Organisation,
  PlatformStore,
  QuotaUse,
  SigningKey,
} from '../store.ts';

/** The platform contract where every method answers at once: SQLite never makes anyone wait for a network. */
export type SqlitePlatform = {
  readonly [Name in keyof PlatformStore]: (
    ...args: Parameters<PlatformStore[Name]>
  ) => Awaited<ReturnType<PlatformStore[Name]>>;
} & {
  /** Newest first. */
  readonly platformAudit: (limit: number) => readonly PlatformAuditRow[];
};

type PlatformDecision = Parameters<PlatformStore['appendPlatformAudit']>[0];

/** How often the revision is looked up in the file. */
export type RevisionReading = 'each-time' | 'each-turn';

const purgeEveryMs = 60_000;

// Every statement of the platform, prepared once.
const prepare = (db: DatabaseSync): Record<StatementName, StatementSync> => {
  const prepared = {} as Record<StatementName, StatementSync>;
  for (const [name, sql] of Object.entries(statements)) prepared[name as StatementName] = db.prepare(sql);
  return prepared;
};

const statements = {
  dataVersion: 'PRAGMA data_version',
  readRevision: 'SELECT value FROM revision',
  bump: 'UPDATE revision SET value = value + 1',
  organisations: 'SELECT * FROM organisation ORDER BY id',
  organisation: 'SELECT * FROM organisation WHERE id = ?',
  putOrganisation:
    'INSERT OR REPLACE INTO organisation (id, name, org_number, settings, created_at) VALUES (?, ?, ?, ?, ?)',
  applications: 'SELECT * FROM application ORDER BY created_at, id',
  application: 'SELECT * FROM application WHERE id = ?',
  applicationByLogin: 'SELECT * FROM application WHERE username = ?',
  // Not INSERT OR REPLACE: a user name that another application has must fail, not take that application away.
  putApplication: `INSERT INTO application
    (id, name, kind, owner, describe, environment, secrets, jwks, disabled, created_at, scopes, username, password)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
    ON CONFLICT (id) DO UPDATE SET name = ?2, kind = ?3, owner = ?4, describe = ?5, environment = ?6, secrets = ?7, jwks = ?8,
      disabled = ?9, created_at = ?10, scopes = ?11, username = ?12, password = ?13`,
  grants: 'SELECT * FROM access_grant ORDER BY created_at, id',
  grantsOf: 'SELECT * FROM access_grant WHERE application = ? ORDER BY created_at, id',
  grant: 'SELECT * FROM access_grant WHERE id = ?',
  putGrant:
    'INSERT OR REPLACE INTO access_grant (id, application, organisation, rule, created_at) VALUES (?, ?, ?, ?, ?)',
  removeGrant: 'DELETE FROM access_grant WHERE id = ?',
  links: 'SELECT * FROM access_link ORDER BY created_at, id',
  linksOf: 'SELECT * FROM access_link WHERE application = ? ORDER BY created_at, id',
  link: 'SELECT * FROM access_link WHERE id = ?',
  putLink: `INSERT OR REPLACE INTO access_link (id, application, organisation, rule, grants, created_at)
    VALUES (?, ?, ?, ?, ?, ?)`,
  endedFollows: 'SELECT * FROM ended_follow WHERE application = ? ORDER BY organisation, environment',
  endFollow: `INSERT INTO ended_follow (application, organisation, environment, at) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET at = max(at, excluded.at)`,
  purgeEndedFollows: 'DELETE FROM ended_follow WHERE at <= ?',
  signingKeys: 'SELECT * FROM signing_key ORDER BY created_at, id',
  putSigningKey: 'INSERT OR REPLACE INTO signing_key (id, jwk, state, since, created_at) VALUES (?, ?, ?, ?, ?)',
  removeSigningKey: 'DELETE FROM signing_key WHERE id = ?',
  auditKeys: 'SELECT * FROM audit_key ORDER BY created_at, id',
  putAuditKey:
    'INSERT OR REPLACE INTO audit_key (id, public_jwk, private_jwk, created_at, retired_at) VALUES (?, ?, ?, ?, ?)',
  // An id may be used again once it has expired; before that the row stays and nothing changes.
  useOnce: `INSERT INTO used_once (id, expires_at) VALUES (?, ?)
    ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at WHERE used_once.expires_at <= ?`,
  purgeUsed: 'DELETE FROM used_once WHERE expires_at <= ?',
  keepSecret: 'INSERT OR IGNORE INTO secret (name, bytes) VALUES (?, ?)',
  secret: 'SELECT bytes FROM secret WHERE name = ?',
  appendAudit: 'INSERT INTO platform_audit (at, actor, operation, subject, reason) VALUES (?, ?, ?, ?, ?)',
  addNotice: 'INSERT INTO audit_notice (organisation, record) VALUES (?, ?)',
  notices: 'SELECT number, organisation, record FROM audit_notice ORDER BY number LIMIT ?',
  dropNotice: 'DELETE FROM audit_notice WHERE number = ?',
  claim: `INSERT INTO claimed (key, request, subject, expires_at) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (key) DO UPDATE SET request = ?2, subject = ?3, expires_at = ?4 WHERE claimed.expires_at <= ?5`,
  claimed: 'SELECT request, subject FROM claimed WHERE key = ?',
  purgeClaimed: 'DELETE FROM claimed WHERE expires_at <= ?',
  addQuotaUse: `INSERT INTO quota_use (environment, application, organisation, day, used, weight, at) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET used = used + excluded.used, weight = excluded.weight, at = max(at, excluded.at)`,
  quotaUse: 'SELECT * FROM quota_use WHERE environment = ? AND at >= ? ORDER BY application, organisation, day',
  dropQuotaUse: 'DELETE FROM quota_use WHERE day < ?',
  platformAudit: 'SELECT at, actor, operation, subject, reason FROM platform_audit ORDER BY sequence DESC LIMIT ?',
} as const;

type StatementName = keyof typeof statements;

type Statements = Readonly<Record<StatementName, StatementSync>>;

// Who there is and what they may: everything that grants and tokens are decided by.
const directory = (sql: Statements, change: Change, clock: Clock) => ({
  organisations: () => sql.organisations.all().map(toOrganisation),
  organisation: (id: string) => oneOf(sql.organisation.get(id), toOrganisation),
  putOrganisation: (value: Organisation) =>
    change(() => {
      const { id, name, orgNumber, settings, createdAt } = value;
      sql.putOrganisation.run(id, name, orgNumber, JSON.stringify(settings), createdAt);
    }),
  applications: () => sql.applications.all().map(toApplication),
  application: (id: string) => oneOf(sql.application.get(id), toApplication),
  putApplication: (value: Application) => change(() => putApplication(sql, value)),
  applicationByLogin: (username: string) => oneOf(sql.applicationByLogin.get(username), toApplication),
  grants: () => allGrants(sql.grants.all(), sql.links.all()),
  grantsOf: (application: string) => allGrants(sql.grantsOf.all(application), sql.linksOf.all(application)),
  putGrant: (value: Grant) => change(() => putGrant(sql, clock.now(), value)),
  removeGrant: (id: string) =>
    change(() => {
      keepEnd(sql, clock.now(), oneOf(sql.grant.get(id), toGrant), null);
      return sql.removeGrant.run(id).changes === 1;
    }),
  links: () => sql.links.all().map(toLink),
  linksOf: (application: string) => sql.linksOf.all(application).map(toLink),
  putLink: (value: Link, grants: readonly Grant[]) =>
    change(() => {
      const now = clock.now();
      for (const before of oneOf(sql.link.get(value.id), toGrantsOfLink) ?? [])
        keepEnd(sql, now, before, grants.find(({ id }) => id === before.id) ?? null);
      sql.putLink.run(...linkColumns(value, grants));
    }),
  endedFollows: (application: string) => sql.endedFollows.all(application).map(toEndedFollow),
});

const putApplication = (sql: Statements, value: Application): void => {
  const { first, disabled, last } = applicationColumns(value);
  sql.putApplication.run(...first, disabled ? 1 : 0, ...last);
};

const putGrant = (sql: Statements, now: number, value: Grant): void => {
  keepEnd(sql, now, oneOf(sql.grant.get(value.id), toGrant), value);
  sql.putGrant.run(...grantColumns(value));
};

/** Notes that a grant has let follow, where what takes its place (null = nothing) does not say so itself. */
const keepEnd = (sql: Statements, now: number, before: Grant | null, next: Grant | null): void => {
  const end = endToKeep(before, next, now);
  if (end === null) return;
  sql.purgeEndedFollows.run(now - followLifeMs);
  sql.endFollow.run(end.application, end.organisation, end.environment, end.at);
};

// Keys, secrets and single-use ids: what tokens and pseudonyms are made with.
const keyring = (sql: Statements, change: Change, clock: Clock) => {
  let purgedAt = clock.now();
  return {
    signingKeys: () => sql.signingKeys.all().map(toSigningKey),
    putSigningKey: (value: SigningKey) =>
      change(() => {
        sql.putSigningKey.run(value.id, value.jwk, value.state, value.since, value.createdAt);
      }),
    removeSigningKey: (id: string) =>
      change(() => {
        sql.removeSigningKey.run(id);
      }),
    auditKeys: () => sql.auditKeys.all().map(toAuditKey),
    putAuditKey: (value: AuditKey) =>
      change(() => {
        sql.putAuditKey.run(value.id, value.publicJwk, value.privateJwk, value.createdAt, value.retiredAt);
      }),
    useOnce: (id: string, expiresAt: number) => {
      const now = clock.now();
      if (now - purgedAt >= purgeEveryMs) {
        purgedAt = now;
        sql.purgeUsed.run(now);
      }
      return sql.useOnce.run(id, expiresAt, now).changes === 1;
    },
    claim: (
      key: string,
      claim: { readonly request: string; readonly subject: string; readonly expiresAt: number },
    ): { readonly request: string; readonly subject: string } => {
      const now = clock.now();
      sql.purgeClaimed.run(now);
      sql.claim.run(key, claim.request, claim.subject, claim.expiresAt, now);
      const row = sql.claimed.get(key);
      return row === undefined ? claim : toClaim(row);
    },
    secret: (name: string, make: () => Buffer) => {
      const kept = sql.secret.get(name)?.['bytes'];
      if (kept instanceof Uint8Array) return Buffer.from(kept);
      // Two processes may both come here: the first one's bytes stay, and both read them back.
      sql.keepSecret.run(name, make());
      const bytes = sql.secret.get(name)?.['bytes'];
      return Buffer.from(bytes instanceof Uint8Array ? bytes : []);
    },
  };
};

// What applications have used of their quotas. No change that caches would have to hear of.
const usage = (sql: Statements, db: DatabaseSync) => ({
  addQuotaUse: (environment: Environment, uses: readonly QuotaUse[]): void => {
    db.exec('BEGIN IMMEDIATE');
    try {
      for (const { application, organisation, day, used, weight, at } of uses)
        sql.addQuotaUse.run(environment, application, organisation, day, used, weight, at);
      db.exec('COMMIT');
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  },
  quotaUse: (environment: Environment, since: number) => sql.quotaUse.all(environment, since).map(toQuotaUse),
  dropQuotaUse: (before: string): void => {
    sql.dropQuotaUse.run(before);
  },
});

// Who changed what, and what of it the organisations concerned are still to be told.
const journal = (sql: Statements, db: DatabaseSync) => ({
  appendPlatformAudit: ({ at, actor, operation, subject, reason = '', notices = [] }: PlatformDecision): void => {
    db.exec('BEGIN IMMEDIATE');
    try {
      sql.appendAudit.run(at, actor, operation, subject, reason);
      for (const { organisation, record } of notices) sql.addNotice.run(organisation, JSON.stringify(record));
      db.exec('COMMIT');
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  },
  auditNotices: (limit: number) => sql.notices.all(limit).map(toNotice),
  auditNoticed: (numbers: readonly number[]): void => {
    for (const taken of numbers) sql.dropNotice.run(taken);
  },
});

/**
 * Opens the platform store on a database handed in, migrating it first. All methods answer at once; a change is durable when its method
 * returns. Throws HUB-511 for a file of a newer version, and what SQLite throws (busy, full, corrupt) as it is. `reading` says how often the
 * revision is looked up in the file: each time it is asked for, or once in a turn of the event loop.
 */
export const openPlatform = (
  db: DatabaseSync,
  clock: Clock,
  reading: RevisionReading = 'each-time',
): SqlitePlatform => {
  migratePlatform(db);
  const sql = prepare(db);
  let seenDataVersion = -1;
  let cachedRevision = -1;
  let askedThisTurn = false;
  const endTurn = (): void => {
    askedThisTurn = false;
  };

  // A change and the new revision become visible together, so no reader can keep an old answer under a new number.
  const change: Change = (work, isChange = () => true) => {
    db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      if (!isChange(result)) {
        db.exec('ROLLBACK');
        return result;
      }
      sql.bump.run();
      db.exec('COMMIT');
      cachedRevision = -1;
      askedThisTurn = false;
      return result;
    } catch (error) {
      // SQLite itself rolls back on some errors, a full disk among them.
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };

  // data_version changes when any other connection, of this or another process, has committed. A hub under load asks many times in one turn
  // of the event loop; the file is then looked at once in a turn.
  const revision = (): number => {
    if (askedThisTurn && cachedRevision >= 0) return cachedRevision;
    const dataVersion = Number(sql.dataVersion.get()?.['data_version']);
    if (dataVersion !== seenDataVersion || cachedRevision < 0) {
      cachedRevision = Number(sql.readRevision.get()?.['value']);
      seenDataVersion = dataVersion;
    }
    if (reading === 'each-turn') {
      askedThisTurn = true;
      setImmediate(endTurn);
    }
    return cachedRevision;
  };

  return {
    revision,
    ...directory(sql, change, clock),
    ...keyring(sql, change, clock),
    ...journal(sql, db),
    ...usage(sql, db),
    ...openRegister(db, change, {
      application: (value) => putApplication(sql, value),
      grant: (value) => putGrant(sql, clock.now(), value),
    }),
    ...openPartUse(db),
    ...openMessages(db),
    platformAudit: (limit) => sql.platformAudit.all(limit).map(toPlatformAudit),
  };
};
