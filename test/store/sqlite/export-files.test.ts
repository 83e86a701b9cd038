// The files of exports: what is made anew and what is refused, what is left of a file that was taken away, what a backup holds, and threads that
// claim at the same time.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { systemClock } from '#base/clock.ts';
import { ignoreEvents } from '#base/events.ts';
import { systemRandom } from '#base/random.ts';
import type { ExportRun, ExportStore } from '#store/exports.ts';
import { backUp } from '#store/sqlite/backup.ts';
import { openExportStore } from '#store/sqlite/exports.ts';
import { putBack } from '#store/sqlite/restore.ts';
import { openSqliteStore, tenantFolder } from '#store/sqlite/sqlite-store.ts';
import { base, model } from '../conformance/world.ts';
import type { Claims } from './claiming-thread.ts';

const id = 'a.test';

type Place = { readonly folder: string; readonly file: (name: string) => string; readonly root: string };

const inPlace = async (work: (place: Place) => Promise<void>): Promise<void> => {
  const root = mkdtempSync(path.join(tmpdir(), 'exports-'));
  const folder = path.join(root, 'data');
  const store = await openSqliteStore({
    folder,
    model,
    clock: systemClock,
    observe: ignoreEvents,
    baseUrl: () => base,
  });
  try {
    await store.tenant(id);
    await store.close();
    await work({ folder, root, file: (name) => path.join(tenantFolder(folder, id), name) });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
};

const openIn = (folder: string, beside = false): ExportStore => {
  const opened = openExportStore({ folder, id, clock: systemClock, beside });
  assert.ok(opened !== null);
  return opened;
};

const runOf = (name: string): ExportRun => ({
  id: name,
  application: 'school-app',
  series: 'full',
  state: 'queued',
  createdAt: 1,
  finishedAt: null,
  expiresAt: 9,
  told: false,
  record: '{}',
  attempt: 0,
});

/** A run with a file and all that belongs to it, of a text that can be looked for. */
const write = async (exports: ExportStore, name: string, text: string): Promise<void> => {
  await exports.putRun(runOf(name));
  await exports.claim({ holder: name, now: 2, lostBefore: 0, atOnce: 99 });
  for (let seq = 0; seq < 30; seq += 1) {
    const deflated = Buffer.from(text.repeat(1 + seq * 400));
    await exports.addPart(name, name, { seq, offset: 0, length: 1, crc: 0, deflated });
    await exports.putManifest(name, name, seq, Buffer.from(text.repeat(1 + seq * 7)));
  }
  await exports.putDetails(name, name, Buffer.from(text.repeat(10)));
  await exports.replaceRun({ ...runOf(name), state: 'ready' }, ['running']);
};

const damage = (file: string): void => {
  for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  writeFileSync(file, 'no database at all');
};

const newer = (file: string): void => {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA user_version = 99');
  db.close();
};

test('what was exported is made anew when it cannot be used; what somebody has set is refused then', async () => {
  await inPlace(async ({ folder, file }) => {
    for (const [spoil, code] of [
      [damage, /HUB-512/],
      [newer, /HUB-511/],
    ] as const) {
      const before = openIn(folder);
      await write(before, 'r1', 'text');
      await before.putSettings('school-app', '{"dropGuard":1}');
      await before.close();
      spoil(file('exports.db'));
      // Another thread has it open, maybe.
      assert.throws(() => openIn(folder, true), { name: 'HubError', message: code });
      const after = openIn(folder);
      assert.deepEqual(
        [await after.run('r1'), await after.settings('school-app'), await after.followed()],
        [null, '{"dropGuard":1}', ''],
      );
      await after.close();
      const kept = readFileSync(file('export-settings.db'));
      spoil(file('export-settings.db'));
      assert.throws(() => openIn(folder), { name: 'HubError', message: code });
      assert.throws(() => openIn(folder), { name: 'HubError', message: code }, 'and is left as it was');
      for (const suffix of ['-wal', '-shm']) rmSync(file(`export-settings.db${suffix}`), { force: true });
      writeFileSync(file('export-settings.db'), kept);
    }
    rmSync(file('exports.db'));
    const others = new DatabaseSync(file('exports.db'));
    others.exec('CREATE TABLE theirs (a)');
    others.close();
    assert.throws(() => openIn(folder), { name: 'HubError', message: /HUB-513/ });
    assert.ok(existsSync(file('exports.db')));
  });
});

test('after an erasure nothing of what was exported is left in any byte, also when somebody was reading', async () => {
  await inPlace(async ({ folder, file }) => {
    const holds = (text: string): boolean =>
      readdirSync(path.dirname(file('exports.db')))
        .filter((name) => name.startsWith('exports.db'))
        .some((name) => readFileSync(file(name)).includes(text));
    const [one, beside] = [openIn(folder), openIn(folder, true)];
    await write(one, 'r1', 'Ola-Nordmann-1');
    await write(beside, 'r2', 'Ola-Nordmann-2');
    await one.drop('r2', { content: true, manifest: true });
    assert.ok(holds('Ola-Nordmann'));
    await one.dropContents('e1');
    assert.equal(holds('Ola-Nordmann'), false);
    await write(one, 'r3', 'Ola-Nordmann-3');
    // Who reads an older state keeps it there for as long.
    const reader = new DatabaseSync(file('exports.db'), { readOnly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM part').get();
    const dropping = Promise.resolve(one.dropContents('e2'));
    await systemClock.sleep(250);
    assert.deepEqual(await beside.parts('r3'), [], 'nobody finds it meanwhile');
    assert.equal(await beside.followed(), 'e1', 'and it is not said to be done');
    reader.close();
    await dropping;
    assert.equal(await beside.followed(), 'e2');
    assert.equal(holds('Ola-Nordmann'), false);
    await one.close();
    await one.close();
    await beside.close();
  });
});

test('a backup holds what somebody has set, and nothing that was exported', async () => {
  await inPlace(async ({ folder, root }) => {
    const exports = openIn(folder);
    await write(exports, 'r1', 'Ola-Nordmann');
    await exports.putSettings('school-app', '{"dropGuard":1}');
    await exports.putSchedule({ id: 's1', application: 'school-app', next: 7, record: '{}' });
    const copy = path.join(root, 'copy');
    const manifest = await backUp({ from: folder, to: copy, clock: systemClock, told: () => {}, contents: false });
    await exports.close();
    const names = manifest.files.map((one) => path.basename(one.path));
    assert.ok(names.includes('export-settings.db') && !names.includes('exports.db'), names.join());
    await putBack({
      from: copy,
      to: folder,
      clock: systemClock,
      random: systemRandom,
      told: () => {},
      moveAside: true,
    });
    const again = openIn(folder);
    assert.deepEqual(
      [await again.run('r1'), await again.settings('school-app'), (await again.schedules()).length],
      [null, '{"dropGuard":1}', 1],
    );
    await again.close();
  });
});

test('threads that claim at the same time never have the same run', async () => {
  await inPlace(async ({ folder }) => {
    const exports = openIn(folder);
    const runs = 60;
    for (let number = 0; number < runs; number += 1) await exports.putRun(runOf(`r${number}`));
    const claimed = await Promise.all(
      ['one', 'two', 'three'].map(
        (name) =>
          new Promise<readonly string[]>((resolve, reject) => {
            const claims: Claims = { folder, id, name };
            const thread = new Worker(new URL('./claiming-thread.ts', import.meta.url), { workerData: claims });
            thread.once('message', resolve);
            thread.once('error', reject);
          }),
      ),
    );
    const all = claimed.flat();
    assert.equal(new Set(all).size, runs);
    assert.equal(all.length, runs);
    for (const run of await exports.runs({ limit: runs })) assert.deepEqual([run.state, run.attempt], ['ready', 1]);
    await exports.close();
  });
});
