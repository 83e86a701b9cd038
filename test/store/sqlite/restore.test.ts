// A data.db that was put back from an older copy while audit.db stayed: what is recorded from then on is kept like everything else.
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ignoreEvents } from '#base/events.ts';
import { openSqliteStore, tenantFolder } from '#store/sqlite/sqlite-store.ts';
import type { AuditRecord } from '#store/store.ts';
import { elev, model, setClock } from '../conformance/world.ts';

const record = (id: string): AuditRecord => ({
  id,
  at: 1,
  request: 'r',
  issuer: 'i',
  client: 'c',
  token: 't',
  api: 'provider',
  operation: 'deliver',
  collection: elev,
  decision: 'allow',
  rule: 'g',
  count: 1,
  subjects: [],
  seen: null,
  details: '',
});

test('records written after data.db was put back from an older copy are not taken for older ones', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'restore-'));
  const file = path.join(tenantFolder(folder, 'a.test'), 'data.db');
  const copy = path.join(folder, 'copy.db');
  const writing = async (...ids: readonly string[]): Promise<readonly string[]> => {
    const store = await openSqliteStore({
      folder,
      model,
      clock: setClock(),
      observe: ignoreEvents,
      baseUrl: () => 'https://hub.test',
    });
    const tenant = await store.tenant('a.test');
    for (const id of ids)
      await tenant.write(async (tx) => {
        await tx.audit(record(id));
        await tx.settle();
      });
    const all = (await tenant.audit({ limit: 100 })).map((one) => one.id).toReversed();
    await store.close();
    return all;
  };
  try {
    await writing('1');
    copyFileSync(file, copy);
    await writing('2', '3', '4');
    for (const ending of ['', '-wal', '-shm']) rmSync(`${file}${ending}`, { force: true });
    copyFileSync(copy, file);
    assert.deepEqual(await writing('5', '6'), ['1', '2', '3', '4', '5', '6']);
    for (const ending of ['', '-wal', '-shm']) rmSync(`${file}${ending}`, { force: true });
    assert.deepEqual(await writing('7'), ['1', '2', '3', '4', '5', '6', '7'], 'or was lost');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
