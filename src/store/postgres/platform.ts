// The platform store on PostgreSQL: organisations, applications, grants, keys and single-use ids, for any number of processes. Opened by
// postgres-store.ts, by commands and by tests; used through the contract of store.ts. The tables are there already (migrate.ts).
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
import type { PlatformAuditRow, PlatformRow } from '../platform-rows.ts';
import type { Application, Environment, Grant, Link, PlatformStore, QuotaUse } from '../store.ts';
import { bytesOf, numberOf } from './cells.ts';
import type { Cell, Connection, Database, QueryOptions, Row, Sql } from './database.ts';
import { keptText, textKept } from './kept-text.ts';
import type { Notices } from './notices.ts';
import { createMessages } from './platform-messages.ts';
import { createPartUse, createRegister } from './platform-register.ts';
import type { Ask, ChangeIf } from './platform-register.ts';
import { openRevision } from './revision.ts';

/** The platform contract, where every method but `revision` answers later. */
export type PostgresPlatform = PlatformStore & {
  /** Newest first. */
  readonly platformAudit: (limit: number) => Promise<readonly PlatformAuditRow[]>;
  /** Asks the database nothing any more. */
  readonly close: () => void;
};

export type PlatformDeps = {
  readonly database: Pick<Database, 'query' | 'transaction'>;
  readonly notices: Pick<Notices, 'tell' | 'listen'>;
  readonly clock: Clock;
};

/** Opens the platform store. Rejects with HUB-503 when the database cannot be reached. A change is durable when its method resolves. */
export const openPlatform = async ({ database, notices, clock }: PlatformDeps): Promise<PostgresPlatform> => {
  const revision = await openRevision({
    clock,
    look: async (deadline) => numberOf((await database.query(null, sql.revision, [], { deadline }))[0], 'value'),
  });
  const stop = notices.listen(revision.listener);
  const ask: Ask = async (statement, values = [], options) =>
    (await database.query(null, statement, values.map(keptCell), options)).map(textsKept);
  const changed = (value: number): void => {
    revision.changed(value);
    notices.tell({ kind: 'platform' });
  };
  // The row of the revision is taken first: changes come one after the other, and none can keep an old answer under a new number.
  const change: Change = async (work) => {
    const [result, value] = await database.transaction(null, async (connection) => {
      const [bumped] = await connection.query(sql.bump, []);
      return [await work(within(connection)), numberOf(bumped, 'value')] as const;
    });
    changed(value);
    return result;
  };
  // The same, for what may turn out to be no change.
  const changeIf: ChangeIf = async (work, isChange) => {
    const [result, value] = await database.transaction(null, async (connection) => {
      await connection.query(sql.lockRevision, []);
      const done = await work(within(connection));
      if (!isChange(done)) return [done, null] as const;
      const [bumped] = await connection.query(sql.bump, []);
      return [done, numberOf(bumped, 'value')] as const;
    });
    if (value !== null) changed(value);
    return result;
  };
  const put = (statement: Sql, values: readonly Cell[]): Promise<void> =>
    change(async (asked) => void (await asked(statement, values)));
  return {
    revision: revision.current,
    ...directory(ask, change, put, clock),
    ...keyring(ask, put, clock),
    ...journal(ask),
    ...usage(ask),
    ...createRegister(ask, changeIf, {
      application: putApplication,
      grant: (asked, value) => putGrant(asked, clock.now(), value),
    }),
    ...createPartUse(ask),
    ...createMessages(ask),
    close: () => {
      stop();
      revision.close();
    },
  };
};

/** Runs work in one transaction that also raises the revision. */
type Change = <T>(work: (ask: Ask) => Promise<T>) => Promise<T>;
type Put = (statement: Sql, values: readonly Cell[]) => Promise<void>;

const keptCell = (cell: Cell): Cell => (typeof cell === 'string' ? keptText(cell) : cell);

const textsKept = (row: Row): PlatformRow =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'string' ? textKept(value) : value]),
  );

const within =
  (connection: Connection): Ask =>
  async (statement, values = []) =>
    (await connection.query(statement, values.map(keptCell))).map(textsKept);

// Who there is and what they may: everything that grants and tokens are decided by.
const directory = (ask: Ask, change: Change, put: Put, clock: Clock) => ({
  organisations: async () => (await ask(sql.organisations)).map(toOrganisation),
  organisation: async (id: string) => oneOf((await ask(sql.organisation, [id]))[0], toOrganisation),
  putOrganisation: ({ id, name, orgNumber, settings, createdAt }: Parameters<PlatformStore['putOrganisation']>[0]) =>
    put(sql.putOrganisation, [id, name, orgNumber, JSON.stringify(settings), createdAt]),
  applications: async () => (await ask(sql.applications)).map(toApplication),
  application: async (id: string) => oneOf((await ask(sql.application, [id]))[0], toApplication),
  applicationByLogin: async (username: string) =>
    oneOf((await ask(sql.applicationByLogin, [username]))[0], toApplication),
  putApplication: (value: Application) => change((asked) => putApplication(asked, value)),
  grants: async () => {
    const [own, links] = await Promise.all([ask(sql.grants), ask(sql.links)]);
    return allGrants(own, links);
  },
  grantsOf: async (application: string) => {
    const [own, links] = await Promise.all([ask(sql.grantsOf, [application]), ask(sql.linksOf, [application])]);
    return allGrants(own, links);
  },
  putGrant: (value: Grant) => change((asked) => putGrant(asked, clock.now(), value)),
  removeGrant: (id: string) =>
    change(async (asked) => {
      await keepEnd(asked, clock.now(), await grantAt(asked, id), null);
      return (await asked(sql.removeGrant, [id])).length === 1;
    }),
  links: async () => (await ask(sql.links)).map(toLink),
  linksOf: async (application: string) => (await ask(sql.linksOf, [application])).map(toLink),
  putLink: (value: Link, grants: readonly Grant[]) =>
    change(async (asked) => {
      const now = clock.now();
      for (const before of oneOf((await asked(sql.link, [value.id]))[0], toGrantsOfLink) ?? [])
        await keepEnd(asked, now, before, grants.find(({ id }) => id === before.id) ?? null);
      await asked(sql.putLink, linkColumns(value, grants));
    }),
  endedFollows: async (application: string) => (await ask(sql.endedFollows, [application])).map(toEndedFollow),
});

const putApplication = async (ask: Ask, value: Application): Promise<void> => {
  const { first, disabled, last } = applicationColumns(value);
  await ask(sql.putApplication, [...first, disabled, ...last]);
};

const putGrant = async (ask: Ask, now: number, value: Grant): Promise<void> => {
  await keepEnd(ask, now, await grantAt(ask, value.id), value);
  await ask(sql.putGrant, grantColumns(value));
};

const grantAt = async (ask: Ask, id: string): Promise<Grant | null> => oneOf((await ask(sql.grant, [id]))[0], toGrant);

/** Notes that a grant has let follow, where what takes its place (null = nothing) does not say so itself. */
const keepEnd = async (ask: Ask, now: number, before: Grant | null, next: Grant | null): Promise<void> => {
  const end = endToKeep(before, next, now);
  if (end === null) return;
  await ask(sql.purgeEndedFollows, [now - followLifeMs]);
  await ask(sql.endFollow, [end.application, end.organisation, end.environment, end.at]);
};

const purgeEveryMs = 60_000;

// A row that is over by this clock may not be over by that of another machine: dropped early, it would let the same id in again there.
const clocksDifferMs = 600_000;

// Keys, secrets and single-use ids: what tokens and pseudonyms are made with.
const keyring = (ask: Ask, put: Put, clock: Clock) => {
  const purgedAt = new Map<Sql, number>();
  const begun = clock.now();
  /** Drops what is over, now and then. */
  const purge = async (statement: Sql, now: number): Promise<void> => {
    if (now - (purgedAt.get(statement) ?? begun) < purgeEveryMs) return;
    purgedAt.set(statement, now);
    await ask(statement, [now - clocksDifferMs], writes);
  };
  return {
    signingKeys: async () => (await ask(sql.signingKeys)).map(toSigningKey),
    putSigningKey: ({ id, jwk, state, since, createdAt }: Parameters<PlatformStore['putSigningKey']>[0]) =>
      put(sql.putSigningKey, [id, jwk, state, since, createdAt]),
    removeSigningKey: (id: string) => put(sql.removeSigningKey, [id]),
    auditKeys: async () => (await ask(sql.auditKeys)).map(toAuditKey),
    putAuditKey: ({ id, publicJwk, privateJwk, createdAt, retiredAt }: Parameters<PlatformStore['putAuditKey']>[0]) =>
      put(sql.putAuditKey, [id, publicJwk, privateJwk, createdAt, retiredAt]),
    useOnce: async (id: string, expiresAt: number) => {
      const now = clock.now();
      await purge(sql.purgeUsed, now);
      return (await ask(sql.useOnce, [id, expiresAt, now], writes)).length === 1;
    },
    claim: async (
      key: string,
      claim: { readonly request: string; readonly subject: string; readonly expiresAt: number },
    ): Promise<{ readonly request: string; readonly subject: string }> => {
      const now = clock.now();
      await purge(sql.purgeClaimed, now);
      const { request, subject, expiresAt } = claim;
      return oneOf((await ask(sql.claim, [key, request, subject, expiresAt, now], writes))[0], toClaim) ?? claim;
    },
    secret: async (name: string, make: () => Buffer) => {
      const [kept] = await ask(sql.secret, [name]);
      // Two processes may both find none: the first one's bytes stay, and both get them.
      const row = kept ?? (await ask(sql.keepSecret, [name, make()], writes))[0];
      return Buffer.from(bytesOf(row, 'bytes'));
    },
  };
};

// Waits for the disk, so not on the connections that point reads share.
const writes: QueryOptions = { durable: true };

// Who changed what, and what of it the organisations concerned are still to be told.
const journal = (ask: Ask) => ({
  appendPlatformAudit: async (decision: Parameters<PlatformStore['appendPlatformAudit']>[0]): Promise<void> => {
    const { at, actor, operation, subject, reason = '', notices = [] } = decision;
    const organisations = notices.map(({ organisation }) => organisation);
    const records = notices.map(({ record }) => JSON.stringify(record));
    await ask(sql.appendAudit, [at, actor, operation, subject, reason, organisations, records], writes);
  },
  auditNotices: async (limit: number) => (await ask(sql.notices, [limit])).map(toNotice),
  auditNoticed: async (numbers: readonly number[]): Promise<void> => {
    await ask(sql.dropNotices, [numbers], writes);
  },
  platformAudit: async (limit: number) => (await ask(sql.platformAudit, [limit])).map(toPlatformAudit),
});

// What applications have used of their quotas. No change that caches would have to hear of.
const usage = (ask: Ask) => ({
  addQuotaUse: async (environment: Environment, uses: readonly QuotaUse[]): Promise<void> => {
    // In one order, so that processes which tell of the same ones do not wait for each other in a circle.
    const sorted = uses.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    await ask(
      sql.addQuotaUse,
      [
        environment,
        sorted.map(({ application }) => keptText(application)),
        sorted.map(({ organisation }) => keptText(organisation)),
        sorted.map(({ day }) => day),
        sorted.map(({ used }) => used),
        sorted.map(({ weight }) => weight),
        sorted.map(({ at }) => at),
      ],
      writes,
    );
  },
  quotaUse: async (environment: Environment, since: number) =>
    (await ask(sql.quotaUse, [environment, since])).map(toQuotaUse),
  dropQuotaUse: async (before: string): Promise<void> => {
    await ask(sql.dropQuotaUse, [before], writes);
  },
});

const keyOf = ({ application, organisation, day }: QuotaUse): string => `${application} ${organisation} ${day}`;

// Orders are those of bytes, as they are in the other dialect, whatever the database's own collation.
const statements = {
  revision: 'SELECT value FROM revision',
  lockRevision: 'SELECT value FROM revision FOR UPDATE',
  bump: 'UPDATE revision SET value = value + 1 RETURNING value',
  organisations: 'SELECT * FROM organisation ORDER BY id COLLATE "C"',
  organisation: 'SELECT * FROM organisation WHERE id = $1',
  putOrganisation: `INSERT INTO organisation (id, name, org_number, settings, created_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (id) DO UPDATE SET name = $2, org_number = $3, settings = $4, created_at = $5`,
  applications: 'SELECT * FROM application ORDER BY created_at, id COLLATE "C"',
  application: 'SELECT * FROM application WHERE id = $1',
  applicationByLogin: 'SELECT * FROM application WHERE username = $1',
  // A user name that another application has makes it fail.
  putApplication: `INSERT INTO application
    (id, name, kind, owner, describe, environment, secrets, jwks, disabled, created_at, scopes, username, password)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    ON CONFLICT (id) DO UPDATE SET name = $2, kind = $3, owner = $4, describe = $5, environment = $6, secrets = $7, jwks = $8,
      disabled = $9, created_at = $10, scopes = $11, username = $12, password = $13`,
  grants: 'SELECT * FROM access_grant ORDER BY created_at, id COLLATE "C"',
  grantsOf: 'SELECT * FROM access_grant WHERE application = $1 ORDER BY created_at, id COLLATE "C"',
  grant: 'SELECT * FROM access_grant WHERE id = $1',
  putGrant: `INSERT INTO access_grant (id, application, organisation, rule, created_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (id) DO UPDATE SET application = $2, organisation = $3, rule = $4, created_at = $5`,
  removeGrant: 'DELETE FROM access_grant WHERE id = $1 RETURNING id',
  links: 'SELECT * FROM access_link ORDER BY created_at, id COLLATE "C"',
  linksOf: 'SELECT * FROM access_link WHERE application = $1 ORDER BY created_at, id COLLATE "C"',
  link: 'SELECT * FROM access_link WHERE id = $1',
  putLink: `INSERT INTO access_link (id, application, organisation, rule, grants, created_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (id) DO UPDATE SET application = $2, organisation = $3, rule = $4, grants = $5, created_at = $6`,
  endedFollows:
    'SELECT * FROM ended_follow WHERE application = $1 ORDER BY organisation COLLATE "C", environment COLLATE "C"',
  endFollow: `INSERT INTO ended_follow (application, organisation, environment, at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (application, organisation, environment) DO UPDATE SET at = greatest(ended_follow.at, excluded.at)`,
  purgeEndedFollows: 'DELETE FROM ended_follow WHERE at <= $1',
  signingKeys: 'SELECT * FROM signing_key ORDER BY created_at, id COLLATE "C"',
  putSigningKey: `INSERT INTO signing_key (id, jwk, state, since, created_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (id) DO UPDATE SET jwk = $2, state = $3, since = $4, created_at = $5`,
  removeSigningKey: 'DELETE FROM signing_key WHERE id = $1',
  auditKeys: 'SELECT * FROM audit_key ORDER BY created_at, id COLLATE "C"',
  putAuditKey: `INSERT INTO audit_key (id, public_jwk, private_jwk, created_at, retired_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (id) DO UPDATE SET public_jwk = $2, private_jwk = $3, created_at = $4, retired_at = $5`,
  // One statement, so that of any number of processes exactly one gets a row: a second one waits for the first to commit, and then finds
  // an id that has not expired.
  useOnce: `INSERT INTO used_once (id, expires_at) VALUES ($1, $2)
    ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at WHERE used_once.expires_at <= $3 RETURNING id`,
  purgeUsed: 'DELETE FROM used_once WHERE expires_at <= $1',
  // What is there already is written as it was, so that the statement gives it.
  keepSecret: `INSERT INTO secret (name, bytes) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET bytes = secret.bytes RETURNING bytes`,
  secret: 'SELECT bytes FROM secret WHERE name = $1',
  appendAudit: `WITH decision AS
      (INSERT INTO platform_audit (at, actor, operation, subject, reason) VALUES ($1, $2, $3, $4, $5))
    INSERT INTO audit_notice (organisation, record)
      SELECT organisation, record FROM unnest($6::text[], $7::text[]) WITH ORDINALITY AS told (organisation, record, place) ORDER BY place`,
  notices: 'SELECT number, organisation, record FROM audit_notice ORDER BY number LIMIT $1',
  dropNotices: 'DELETE FROM audit_notice WHERE number = ANY ($1::bigint[])',
  claim: `INSERT INTO claimed (key, request, subject, expires_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (key) DO UPDATE SET
      request = CASE WHEN claimed.expires_at <= $5 THEN excluded.request ELSE claimed.request END,
      subject = CASE WHEN claimed.expires_at <= $5 THEN excluded.subject ELSE claimed.subject END,
      expires_at = CASE WHEN claimed.expires_at <= $5 THEN excluded.expires_at ELSE claimed.expires_at END
    RETURNING request, subject`,
  purgeClaimed: 'DELETE FROM claimed WHERE expires_at <= $1',
  addQuotaUse: `INSERT INTO quota_use (environment, application, organisation, day, used, weight, at)
    SELECT $1, application, organisation, day, used, weight, at FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[])
      AS told (application, organisation, day, used, weight, at)
    ON CONFLICT (environment, application, organisation, day) DO UPDATE SET
      used = quota_use.used + excluded.used, weight = excluded.weight, at = greatest(quota_use.at, excluded.at)`,
  quotaUse: `SELECT application, organisation, day, used, weight, at FROM quota_use WHERE environment = $1 AND at >= $2
    ORDER BY application COLLATE "C", organisation COLLATE "C", day`,
  dropQuotaUse: 'DELETE FROM quota_use WHERE day < $1',
  platformAudit: 'SELECT at, actor, operation, subject, reason FROM platform_audit ORDER BY sequence DESC LIMIT $1',
} as const;

type StatementName = keyof typeof statements;

const named = (): Readonly<Record<StatementName, Sql>> => {
  const all = {} as Record<StatementName, Sql>;
  for (const [name, text] of Object.entries(statements))
    all[name as StatementName] = { name: `platform ${name}`, text };
  return all;
};

const sql = named();
