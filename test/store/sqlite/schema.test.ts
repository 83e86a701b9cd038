// The tables of the files, as a reviewer has read them: a change of a released step, or a forgotten one, shows here.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ignoreEvents } from '#base/events.ts';
import { exportMigrations, exportSettingsMigrations } from '#store/sqlite/exports-schema.ts';
import { platformMigrations } from '#store/sqlite/platform-schema.ts';
import { auditMigrations, tenantMigrations } from '#store/sqlite/schema.ts';
import { openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import { golden } from '../../golden.ts';
import { base, changesOf, deliver, elev, entry, model, setClock } from '../conformance/world.ts';

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

test('the tables of platform.db, data.db, audit.db and those of exports', () => {
  const platform = platformMigrations.map((sql) => (db: DatabaseSync) => db.exec(sql));
  golden(
    'store/sqlite.sql',
    [
      tablesOf('platform.db', platform),
      tablesOf('data.db', tenantMigrations),
      tablesOf('audit.db', auditMigrations),
      tablesOf('exports.db', exportMigrations),
      tablesOf('export-settings.db', exportSettingsMigrations),
    ].join('\n'),
  );
});

const pupil = (gjest: boolean) => entry(elev, { systemid: 'E1' }, { attributes: { gjest } });

test('a file of before changes were named is read as it is, and names what comes', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'schema-'));
  const open = () => openSqliteStore({ folder, model, clock: setClock(), observe: ignoreEvents, baseUrl: () => base });
  try {
    const before = await open();
    const tenant = await before.tenant('a.test');
    await deliver(tenant, pupil(false));
    await deliver(tenant, pupil(true));
    await before.close();
    const file = new DatabaseSync(path.join(folder, 'tenants', 'a.test', 'data.db'));
    file.exec('ALTER TABLE change DROP COLUMN fields; PRAGMA user_version = 4');
    file.close();
    const after = await open();
    const again = await after.tenant('a.test');
    await deliver(again, pupil(false));
    assert.deepEqual(
      (await changesOf(again, elev)).map(({ kind, fields }) => [kind, ...fields]),
      [['created'], ['updated'], ['updated', 'gjest']],
    );
    await after.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
