// The audit trail: durable when the promise resolves, moved exactly once, together with the write or not at all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditRecord } from '#store/store.ts';
import { onEveryDialect } from './dialects.ts';
import { elev, inWorld, person } from './world.ts';

const record = (id: string, more: Partial<AuditRecord> = {}): AuditRecord => ({
  id,
  at: 1_700_000_000_000,
  request: 'req',
  issuer: 'hub',
  client: 'c1',
  token: 'jti',
  api: 'fint',
  operation: 'read',
  collection: elev,
  decision: 'allow',
  rule: 'g1',
  count: 1,
  subjects: ['pseudonym'],
  seen: null,
  details: '',
  ...more,
});

onEveryDialect('audit', (dialect) => {
  test('reads and writes are kept as they came, newest first, and found by client and collection', () =>
    inWorld(dialect, async ({ store, reopen }) => {
      const tenant = await store.tenant('a.test');
      const second = record('2', { client: 'c2', collection: person, decision: 'deny', count: null, subjects: [] });
      await tenant.appendAudit(record('1'));
      await tenant.appendAudit(second);
      await tenant.write(async (tx) => {
        await tx.audit(record('3', { operation: 'deliver' }));
        await tx.settle();
      });
      const all = [record('3', { operation: 'deliver' }), second, record('1')];
      assert.deepEqual(await tenant.audit({ limit: 10 }), all);
      assert.deepEqual(await tenant.audit({ limit: 2 }), all.slice(0, 2));
      assert.deepEqual(await tenant.audit({ limit: 10, client: 'c2' }), [second]);
      assert.deepEqual(
        (await tenant.audit({ limit: 10, collection: elev })).map(({ id }) => id),
        ['3', '1'],
      );
      const again = await (await reopen()).tenant('a.test');
      assert.deepEqual(await again.audit({ limit: 10 }), all);
    }));

  test('many at once, reads and writes side by side, each exactly once', () =>
    inWorld(dialect, async ({ store, reopen }) => {
      const tenant = await store.tenant('a.test');
      const waits: Promise<unknown>[] = [];
      for (let index = 0; index < 60; index += 1) {
        for (let read = 0; read < 20; read += 1) waits.push(tenant.appendAudit(record(`r${index}-${read}`)));
        waits.push(
          tenant.write(async (tx) => {
            await tx.audit(record(`w${index}`));
            await tx.settle();
          }),
        );
        if (index % 10 === 0) waits.push(Promise.resolve(tenant.audit({ limit: 1 })));
      }
      await Promise.all(waits);
      const ids = (await tenant.audit({ limit: 5_000 })).map(({ id }) => id);
      assert.equal(ids.length, 60 * 21);
      assert.equal(new Set(ids).size, ids.length);
      const writes = ids.filter((id) => id.startsWith('w')).toReversed();
      assert.deepEqual(
        writes,
        [...Array(60).keys()].map((index) => `w${index}`),
      );
      const again = await (await reopen()).tenant('a.test');
      assert.equal((await again.audit({ limit: 5_000 })).length, ids.length);
    }));

  test('what a write that is under way has recorded shows to nobody, and goes with it when it fails', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const broken = tenant.write(async (tx) => {
        await tx.audit(record('never'));
        assert.deepEqual(await tenant.audit({ limit: 10 }), []);
        throw new Error('broken');
      });
      await assert.rejects(broken, /broken/);
      await tenant.write(async (tx) => {
        await tx.audit(record('kept'));
        await tx.settle();
      });
      assert.deepEqual(
        (await tenant.audit({ limit: 10 })).map(({ id }) => id),
        ['kept'],
      );
    }));

  test('a write with thousands of records has all of them at once', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await tenant.write(async (tx) => {
        for (let index = 0; index < 2_500; index += 1) await tx.audit(record(`w${index}`));
        await tx.settle();
      });
      assert.equal((await tenant.audit({ limit: 5_000 })).length, 2_500);
    }));
});
