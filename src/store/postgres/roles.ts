// Whether the hub may start on a database as the role that it logs in as: row-level security binds neither an owner, nor a superuser, nor a
// role with BYPASSRLS, so none of them may be the hub's. Called when the database is opened; changes nothing.
import { HubError, problem } from '#base/errors.ts';
import { numberOf, textOf } from './cells.ts';
import type { Database, Sql } from './database.ts';
import { newer, standingOf } from './migrate.ts';
import { rights } from './rights.ts';
import { steps } from './schema/steps.ts';

/** Ends the comment on the schema from the moment a copy from an embedded store begins until it is done. */
export const unfinishedMark = 'copy unfinished';

const role: Sql = {
  name: 'role_of_hub',
  text: `SELECT
    coalesce(obj_description(to_regnamespace('bindeledd')::oid, 'pg_namespace'), '') AS mark,
    current_setting('default_transaction_read_only')::boolean AS read_only,
    has_database_privilege(current_database(), 'TEMPORARY') AS temporary,
    (SELECT bool_or(rolsuper) FROM pg_roles WHERE rolname IN (current_user, session_user)) AS superuser,
    (SELECT bool_or(rolbypassrls) FROM pg_roles WHERE rolname IN (current_user, session_user)) AS bypasses,
    EXISTS (SELECT FROM pg_roles r WHERE (r.rolsuper OR r.rolbypassrls)
      AND (pg_has_role(current_user, r.oid, 'MEMBER') OR pg_has_role(session_user, r.oid, 'MEMBER'))) AS may_become,
    EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = to_regnamespace('bindeledd')::oid AND c.relkind IN ('r', 'p')
      AND (pg_has_role(current_user, c.relowner, 'MEMBER') OR pg_has_role(session_user, c.relowner, 'MEMBER'))) AS owner,
    (SELECT array_agg(w.name || ' ' || w.needed) FROM unnest($1::text[], $2::text[]) AS w (name, needed)
      WHERE NOT coalesce(has_table_privilege(to_regclass('bindeledd.' || w.name)::oid, w.needed), false)) AS missing,
    (SELECT array_agg(w.name || ' ' || w.spare) FROM unnest($3::text[], $4::text[]) AS w (name, spare)
      WHERE has_table_privilege(to_regclass('bindeledd.' || w.name)::oid, w.spare)) AS spare,
    (SELECT count(*) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped
      WHERE c.relnamespace = to_regnamespace('bindeledd')::oid AND c.relkind IN ('r', 'p')
        AND NOT (c.relrowsecurity AND c.relforcerowsecurity)) AS unguarded`,
};

/** Tables whose rows nobody may change, with the rights that would change them. */
const onRecord: readonly (readonly [string, string])[] = [...rights].flatMap(([table, given]) =>
  ['audit_commit', 'checkpoint', 'platform_audit'].includes(table)
    ? ['UPDATE', 'DELETE', 'TRUNCATE']
        .filter((right) => !given.some((one) => one === right))
        .map((right) => [table, right] as const)
    : [],
);

const unfit = (detail: string): HubError => new HubError(problem('HUB-515', detail));

/**
 * Throws a HubError when the hub cannot or must not work on the database as the role that it is logged in as: HUB-514 not migrated, 511 newer,
 * 513 not ours, 515 the role, 502 read-only. Gives the version of the database.
 */
export const checkDatabase = async (database: Pick<Database, 'query'>, known = steps.length): Promise<number> => {
  const { version, worksFrom } = await standingOf((sql) => database.query(null, sql, []));
  if (version === 0) throw new HubError(problem('HUB-514', 'The database is empty; run `bindeledd migrate`.'));
  if (version < known)
    throw new HubError(
      problem(
        'HUB-514',
        `The database has version ${version}, this program needs ${known}; run \`bindeledd migrate\`.`,
      ),
    );
  if (worksFrom > known) throw newer(version, known);
  const needed = [...rights].flatMap(([table, given]) => given.map((right) => [table, right] as const));
  const [row] = await database.query(null, role, [
    needed.map(([table]) => table),
    needed.map(([, right]) => right),
    onRecord.map(([table]) => table),
    onRecord.map(([, right]) => right),
  ]);
  if (textOf(row, 'mark').endsWith(unfinishedMark))
    throw new HubError(
      problem('HUB-514', 'A copy is being made into the database, or was broken off: run `bindeledd copy` again.'),
    );
  if (row?.['read_only'] !== false)
    throw new HubError(problem('HUB-502', 'The database takes no writes (default_transaction_read_only).'));
  if (row['superuser'] === true)
    throw unfit('The role of the hub is a superuser, whom row-level security does not bind; log in as another.');
  if (row['bypasses'] === true) throw unfit('The role of the hub has BYPASSRLS; take it away, or log in as another.');
  if (row['may_become'] === true)
    throw unfit('The role of the hub is a member of a superuser or of a role with BYPASSRLS; log in as another.');
  if (row['owner'] === true)
    throw unfit('The role of the hub owns its tables, or is a member of the role that does; log in as another.');
  if (numberOf(row, 'unguarded') > 0)
    throw unfit(
      `${numberOf(row, 'unguarded')} tables of organisations are without row-level security; run \`bindeledd migrate\` on a database that is whole.`,
    );
  const missing = textsOf(row['missing']);
  if (missing.length > 0)
    throw unfit(`The role of the hub lacks rights (${listed(missing)}); run \`bindeledd migrate\` with it as --role.`);
  if (row['temporary'] !== true)
    throw unfit('The role of the hub may make no temporary tables; GRANT TEMPORARY ON DATABASE to it.');
  const spare = textsOf(row['spare']);
  if (spare.length > 0)
    throw unfit(
      `The role of the hub could change what is on record (${listed(spare)}); run \`bindeledd migrate\` with it as --role.`,
    );
  return version;
};

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

const listed = (all: readonly string[]): string =>
  all.length > 5 ? `${all.slice(0, 5).join(', ')} and ${all.length - 5} more` : all.join(', ');
