// The tables of quality.db, as a reviewer has read them; and that a file of another version or of others is not taken for one.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { ignoreEvents } from '#base/events.ts';
import { openQualityStore } from '#store/sqlite/quality.ts';
import { qualityMigrations } from '#store/sqlite/quality-schema.ts';
import { openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import { golden } from '../../golden.ts';
import { fintFolder, modelOf } from '../../model/models.ts';

test('the tables', () => {
  const db = new DatabaseSync(':memory:');
  for (const step of qualityMigrations) step(db);
  const rows = db
    .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid")
    .all();
  db.close();
  const statements = rows.map(({ sql }) => `${String(sql).replaceAll(/\s+/g, ' ')};\n`).join('');
  golden('store/quality.sql', `-- quality.db, version ${qualityMigrations.length}\n${statements}`);
});

test('a newer file is made anew, and one of others refused', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'quality-'));
  const model = modelOf(fintFolder);
  const store = await openSqliteStore({
    folder,
    model,
    clock: systemClock,
    observe: ignoreEvents,
    baseUrl: () => 'https://hub.test',
  });
  try {
    await store.tenant('a.test');
    const file = path.join(folder, 'tenants', 'a.test', 'quality.db');
    assert.equal(openQualityStore(folder, 'a.test', true), null);
    await openQualityStore(folder, 'a.test')?.close();
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 99');
    db.close();
    assert.throws(() => openQualityStore(folder, 'a.test', true), { name: 'HubError', message: /HUB-511/ });
    const made = openQualityStore(folder, 'a.test');
    assert.equal(await made?.results.state(), null);
    await made?.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
    const others = new DatabaseSync(file);
    others.exec('CREATE TABLE theirs (a)');
    others.close();
    assert.throws(() => openQualityStore(folder, 'a.test'), { name: 'HubError', message: /HUB-513/ });
    writeFileSync(file, 'no database at all');
    await openQualityStore(folder, 'a.test')?.close();
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
