// The versions of the database, as the statements that lead to each from the one before. Read by migrate.ts; the whole text is a golden file.
// A step that has been released is never changed: a new one is added at the end.
import { exportTables } from './export-tables.ts';
import { linkTable, messageTables, platformTables, quotaTable, registerTables } from './platform-tables.ts';
import { qualityTables } from './quality-tables.ts';
import { tenantTables } from './tenant-tables.ts';
import type { Table } from './tenant-tables.ts';

export type Step = {
  readonly sql: string;
  /**
   * The oldest version of the program that still works on the database after this step: processes of that version go on while new ones take
   * their place. A step that keeps it must only add: tables, indexes, columns that may be missing. What it makes superfluous is taken away by
   * a later step, once no such process is left. A test holds `narrows` against every step that claims it.
   */
  readonly from: number;
};

/** Parts that each table of organisations is spread over: moving some of them to other servers is how a database is divided. Never changed. */
export const partitions = 16;

/**
 * Whose rows a transaction sees. Whoever has not said it sees none; it is said for one transaction and gone with it.
 */
const ours = `tenant = nullif(current_setting('bindeledd.tenant', true), '')::integer`;

/** The statements that make a table of organisations: partitioned, and closed to whoever has not said which organisation. */
const tableSql = ({ name, columns, key, indexes = {} }: Table): string =>
  [
    `CREATE TABLE ${name} (`,
    `  tenant integer NOT NULL, ${columns.replaceAll(/\s+/g, ' ')},`,
    `  PRIMARY KEY (tenant${key === '' ? '' : `, ${key}`})) PARTITION BY HASH (tenant);`,
    ...Object.entries(indexes).map(([index, on]) =>
      on.startsWith('UNIQUE ')
        ? `CREATE UNIQUE INDEX ${index} ON ${name} ${on.slice('UNIQUE '.length)};`
        : `CREATE INDEX ${index} ON ${name} ${on};`,
    ),
  ].join('\n');

/** Partitions have no policy: nobody but the owner of a server reads them past their table. */
const partitionSql = (tables: readonly Table[]): string => `DO $$
DECLARE name text; number integer;
BEGIN
  FOREACH name IN ARRAY ARRAY['${tables.map((table) => table.name).join("', '")}'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format($policy$CREATE POLICY organisation ON %I USING (${ours}) WITH CHECK (${ours})$policy$, name);
    FOR number IN 0..${partitions - 1} LOOP
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS ${partitions}, REMAINDER %s)', name || '_' || number, name, number);
      EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name || '_' || number);
    END LOOP;
  END LOOP;
END $$;`;

/** Those of version 1. */
const firstTables: readonly Table[] = [...tenantTables, ...qualityTables];

/** Every table of organisations. */
export const allTenantTables: readonly Table[] = [...firstTables, ...exportTables];

// What is compressed already is not tried again.
const compressed = 'ALTER TABLE export_part ALTER COLUMN deflated SET STORAGE EXTERNAL;';

/** From version 0, an empty schema, up; the length is the version of this program. */
export const steps: readonly Step[] = [
  {
    sql: [platformTables.trim(), ...firstTables.map(tableSql), partitionSql(firstTables)].join('\n'),
    from: 1,
  },
  {
    // A program of before sees neither links nor the grants that they make.
    sql: linkTable.trim(),
    from: 1,
  },
  {
    // A program of before counts nothing.
    sql: quotaTable.trim(),
    from: 1,
  },
  {
    // What has changed, by name (writing/changed-names.ts): a program of before gives none.
    sql: 'ALTER TABLE change ADD COLUMN fields text;',
    from: 1,
  },
  {
    // A program of before exports nothing.
    sql: [...exportTables.map(tableSql), compressed, partitionSql(exportTables)].join('\n'),
    from: 1,
  },
  {
    // Lists in the order of an identifier, by bytes whatever the database's own collation.
    sql: 'CREATE INDEX identifier_order ON identifier (tenant, collection, field, value COLLATE "C") INCLUDE (uid) WHERE uid IS NOT NULL;',
    from: 1,
  },
  {
    // A program of before has no register, and tells of no use.
    sql: registerTables.trim(),
    from: 1,
  },
  {
    // A program of before tells nobody.
    sql: messageTables.trim(),
    from: 1,
  },
];

/** True when statements take something away from a program that does not know of them, so that it cannot go on beside them. */
export const narrows = (sql: string): boolean =>
  /\b(?:DROP\s+(?:TABLE|COLUMN|INDEX|POLICY|SCHEMA|VIEW|CONSTRAINT)|RENAME|TRUNCATE|DELETE\s+FROM|SET\s+NOT\s+NULL|ADD\s+CONSTRAINT|ADD\s+(?:UNIQUE|CHECK|PRIMARY|FOREIGN)|CREATE\s+UNIQUE\s+INDEX|(?:ALTER\s+(?:COLUMN\s+)?\w+\s+(?:SET\s+DATA\s+)?TYPE)|REVOKE)\b/i.test(
    sql,
  ) ||
  /\bADD\s+(?:COLUMN\s+)?(?:IF\s+NOT\s+EXISTS\s+)?\w+(?:(?!\bDEFAULT\b)[^;,])*\bNOT\s+NULL\b(?!(?:(?!;|,).)*\bDEFAULT\b)/is.test(
    sql,
  );
