// Data directories that cannot be used: a clear refusal, and nothing of them touched.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import type { ErrorCode } from '#base/errors.ts';
import { ignoreEvents } from '#base/events.ts';
import { openPlatform } from '#store/sqlite/platform.ts';
import { openPlatformFile, openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import type { Store } from '#store/store.ts';
import { base, deliver, elev, entry, model, organise, planFor, setClock } from '../conformance/world.ts';

const root = mkdtempSync(path.join(tmpdir(), 'directory-'));
after(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
const fresh = (): string => path.join(root, `d${(folders += 1)}`);

const open = (folder: string): Promise<Store> =>
  openSqliteStore({ folder, model, clock: setClock(), observe: ignoreEvents, baseUrl: () => base });

/** A directory with one organisation and some rows, closed. */
const filled = async (rows = 5): Promise<string> => {
  const folder = fresh();
  const store = await open(folder);
  const tenant = await store.tenant('a.test');
  const attributes = { kontaktinformasjon: { epostadresse: 'x'.repeat(500) } };
  await deliver(
    tenant,
    ...[...Array(rows).keys()].map((each) => entry(elev, { systemid: `E${each}` }, { attributes })),
  );
  await store.close();
  return folder;
};

const dataFile = (folder: string): string => path.join(folder, 'tenants', 'a.test', 'data.db');

const refuses = (code: ErrorCode, work: () => unknown): Promise<void> =>
  assert.rejects(
    async () => work(),
    (error: unknown) => {
      assert.ok(error instanceof HubError, String(error));
      assert.equal(error.problem.code, code);
      assert.ok(!error.problem.detail.includes(root), 'the detail says nothing of the machine');
      return true;
    },
  );

const digest = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** The refusal when the store or the organisation is opened, and proof that the file is as it was. */
const refusesFile = async (code: ErrorCode, folder: string, file: string): Promise<void> => {
  const before = digest(file);
  await refuses(code, async () => {
    const store = await open(folder);
    try {
      await store.tenant('a.test');
    } finally {
      await store.close();
    }
  });
  assert.equal(digest(file), before);
};

const edit = (file: string, sql: string): void => {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
};

test('a directory that another process uses: HUB-510, and free again when that one is gone', async () => {
  const folder = await filled();
  const other = spawn(process.execPath, [path.join(import.meta.dirname, 'hub-process.ts'), folder, 'hold']);
  after(() => other.kill('SIGKILL'));
  const [ready] = await once(other.stdout, 'data');
  assert.equal(String(ready).trim(), 'ready');
  await refuses('HUB-510', () => open(folder));
  // Command-line tools open platform.db beside the hub.
  const db = openPlatformFile(folder);
  openPlatform(db, systemClock).putSigningKey({ id: 'k', jwk: '{}', state: 'next', since: 1, createdAt: 1 });
  db.close();
  other.kill('SIGKILL');
  await once(other, 'exit');
  const store = await open(folder);
  assert.equal((await store.platform.signingKeys()).length, 1);
  assert.equal((await store.tenant('a.test')).id, 'a.test');
  await refuses('HUB-510', () => open(folder));
  await store.close();
});

test('a tool beside the running hub is seen by it at once', async () => {
  const folder = fresh();
  const store = await open(folder);
  const before = await store.platform.revision();
  const db = openPlatformFile(folder);
  const tool = openPlatform(db, systemClock);
  tool.putOrganisation({
    id: 'a.test',
    name: 'A',
    orgNumber: null,
    settings: { removalGuard: 0.1, extraBackLinks: true, strictness: [] },
    createdAt: 1,
  });
  assert.notEqual(await store.platform.revision(), before);
  assert.equal((await store.platform.organisation('a.test'))?.settings.removalGuard, 0.1);
  await organise(store, 'b.test', true);
  assert.equal(tool.organisations().length, 2);
  db.close();
  await store.close();
});

test('files of a newer version: HUB-511', async () => {
  for (const name of ['platform.db', 'tenants/a.test/data.db', 'tenants/a.test/audit.db']) {
    const folder = await filled();
    const file = path.join(folder, name);
    edit(file, 'PRAGMA user_version = 99');
    await refusesFile('HUB-511', folder, file);
  }
});

test('files that others made: HUB-513', async () => {
  for (const mark of [0, 77]) {
    const folder = fresh();
    mkdirSync(folder);
    const file = path.join(folder, 'platform.db');
    edit(file, `PRAGMA application_id = ${mark}; CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)`);
    await refusesFile('HUB-513', folder, file);
  }
});

test('files that are no database, have a broken header or are cut off: HUB-512', async () => {
  for (const spoil of [
    (file: string) => writeFileSync(file, 'not a database, but long enough to look at'.repeat(200)),
    (file: string) => writeFileSync(file, 'short'),
    (file: string) =>
      writeFileSync(file, Buffer.concat([Buffer.from('SQLite format 4\0'), readFileSync(file).subarray(16)])),
    (file: string) => truncateSync(file, Math.floor(statSync(file).size / 2)),
    (file: string) => truncateSync(file, 60),
  ]) {
    const folder = await filled(200);
    spoil(dataFile(folder));
    await refusesFile('HUB-512', folder, dataFile(folder));
  }
});

test('an empty file is a new one', async () => {
  const folder = fresh();
  mkdirSync(path.join(folder, 'tenants', 'a.test'), { recursive: true });
  for (const name of ['platform.db', 'tenants/a.test/data.db', 'tenants/a.test/audit.db'])
    writeFileSync(path.join(folder, name), '');
  const store = await open(folder);
  await deliver(await store.tenant('a.test'), entry(elev, { systemid: 'E1' }));
  await store.close();
});

test('a file where the directory should be, or the folder of an organisation: HUB-502', async () => {
  const folder = fresh();
  writeFileSync(folder, '');
  await refuses('HUB-502', () => open(folder));
  await refuses('HUB-502', () => open(path.join(folder, 'below')));
  const other = fresh();
  const store = await open(other);
  writeFileSync(path.join(other, 'tenants'), '');
  await refuses('HUB-502', () => store.tenant('a.test'));
  rmSync(path.join(other, 'tenants'));
  assert.equal((await store.tenant('a.test')).id, 'a.test', 'tried again when it has been mended');
  await store.close();
});

test('a directory that cannot be written to: HUB-502', async (context) => {
  const folder = await filled();
  const isRoot = process.getuid?.() === 0;
  const mounted = isRoot && spawnSync('mount', ['--bind', folder, folder]).status === 0;
  try {
    if (mounted) {
      if (spawnSync('mount', ['-o', 'remount,bind,ro', folder]).status !== 0)
        return context.skip('NOT TESTED: this machine cannot mount read-only');
    } else if (isRoot) return context.skip('NOT TESTED: root writes everywhere and may not mount here');
    else chmodSync(folder, 0o500);
    await refuses('HUB-502', () => open(folder));
  } finally {
    if (mounted) spawnSync('umount', [folder]);
    else chmodSync(folder, 0o700);
  }
  const store = await open(folder);
  assert.equal((await (await store.tenant('a.test')).reads.stats(planFor(elev))).count, 5);
  await store.close();
});

test('ids that are no folder are refused before anything is made', async () => {
  const folder = fresh();
  const store = await open(folder);
  for (const id of ['..', '../x', 'a/b', '', 'A.test', 'a..b', '-a', `${'a'.repeat(201)}`, 'a\0b', '.'])
    await refuses('HUB-100', () => store.tenant(id));
  assert.ok(!existsSync(path.join(folder, 'tenants')));
  await store.close();
});

test('everything is for the own user only', { skip: process.platform === 'win32' }, async () => {
  const folder = fresh();
  mkdirSync(folder, { mode: 0o755 });
  const store = await open(folder);
  await deliver(await store.tenant('a.test'), entry(elev, { systemid: 'E1' }));
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (name.startsWith('hub.')) continue;
    assert.equal(statSync(path.join(folder, name)).mode & 0o077, 0, name);
  }
  await store.close();
});
