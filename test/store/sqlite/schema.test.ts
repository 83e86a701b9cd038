// The tables of the files, as a reviewer has read them: a change of a released step, or a forgotten one, shows here.
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { platformMigrations } from '#store/sqlite/platform-schema.ts';
import { auditMigrations, tenantMigrations } from '#store/sqlite/schema.ts';
import { golden } from '../../golden.ts';

/** The statements that a file ends up with after all steps, and how many steps there are. */
const tablesOf = (name: string, steps: readonly ((db: DatabaseSync) => void)[]): string => {
  const db = new DatabaseSync(':memory:');
  for (const step of steps) step(db);
  const rows = db
    .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid")
    .all();
  const statements = rows.map(({ sql }) => `${String(sql).replaceAll(/\s+/g, ' ')};\n`).join('');
  db.close();
  return `-- ${name}, version ${steps.length}\n${statements}`;
};

test('the tables of platform.db, data.db and audit.db', () => {
  const platform = platformMigrations.map((sql) => (db: DatabaseSync) => db.exec(sql));
  golden(
    'store/sqlite.sql',
    [
      tablesOf('platform.db', platform),
      tablesOf('data.db', tenantMigrations),
      tablesOf('audit.db', auditMigrations),
    ].join('\n'),
  );
});
