// What the role of the hub may do with each table: what it needs, and what is on record it may not change. Given by migrate.ts, checked by
// roles.ts. A table that is new has a row here when all four rights are more than it needs.
import { allTenantTables } from './schema/steps.ts';

const all = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const;
export type Right = (typeof all)[number];

const kept: readonly Right[] = ['SELECT', 'INSERT'];
const grows: readonly Right[] = ['SELECT', 'INSERT', 'UPDATE'];

/** Of tables without a row: everything for those of organisations. Of the platform's every table has one. */
const platform: Readonly<Record<string, readonly Right[]>> = {
  migration: ['SELECT'],
  revision: ['SELECT', 'UPDATE'],
  organisation: grows,
  application: grows,
  access_grant: all,
  access_link: grows,
  quota_use: all,
  register_entry: all,
  part_use: all,
  message_turn: all,
  message_letter: all,
  ended_follow: all,
  signing_key: all,
  audit_key: grows,
  used_once: all,
  secret: grows,
  claimed: all,
  // On record: never changed, never taken away.
  platform_audit: kept,
  audit_notice: ['SELECT', 'INSERT', 'DELETE'],
  tenant: kept,
};

const ofOrganisations: Readonly<Record<string, readonly Right[]>> = {
  tenant_state: grows,
  segment: grows,
  past_subject: kept,
  past_life: grows,
  sync_run: grows,
  sync_page: grows,
  contract: grows,
  quality_state: grows,
  quality_word: kept,
  word: kept,
  collection: grows,
  change: grows,
  erasure: grows,
  audit_head: grows,
  // The chain: old commits may go when their time is over, none is ever changed.
  audit_commit: ['SELECT', 'INSERT', 'DELETE'],
  checkpoint: kept,
};

/** Every table with the rights that the hub needs. */
export const rights: ReadonlyMap<string, readonly Right[]> = new Map([
  ...Object.entries(platform),
  ...allTenantTables.map(({ name }) => [name, ofOrganisations[name] ?? all] as const),
]);

/** A name as SQL has it in double quotes. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Statements that give a role exactly the rights that the hub needs; a role that is missing is made, without a login. */
export const rightsSql = (role: string): string => {
  const byRights = Map.groupBy(rights, ([, some]) => some.join(', '));
  return [
    `DO $$ BEGIN`,
    `  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(role)}) THEN`,
    `    CREATE ROLE ${quoted(role)} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;`,
    `  END IF;`,
    `  IF NOT has_database_privilege(${literal(role)}, current_database(), 'TEMPORARY') THEN`,
    `    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), ${literal(role)});`,
    `  END IF;`,
    `END $$;`,
    `REVOKE ALL ON ALL TABLES IN SCHEMA bindeledd FROM PUBLIC, ${quoted(role)};`,
    `REVOKE ALL ON SCHEMA bindeledd FROM PUBLIC, ${quoted(role)};`,
    `GRANT USAGE ON SCHEMA bindeledd TO ${quoted(role)};`,
    ...[...byRights].map(
      ([some, tables]) => `GRANT ${some} ON ${tables.map(([table]) => table).join(', ')} TO ${quoted(role)};`,
    ),
  ].join('\n');
};
