// The names of the feed's stretches: one for the life of a store that nothing was put back into.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onEveryDialect } from './dialects.ts';
import { deliver, elev, entry, inWorld } from './world.ts';

onEveryDialect('epochs', (dialect) => {
  test('a feed has one epoch without end, which lasts; every organisation its own', () =>
    inWorld(dialect, async ({ store, reopen }) => {
      const tenant = await store.tenant('a.test');
      const epochs = await tenant.reads.epochs();
      assert.equal(epochs.length, 1);
      assert.equal(epochs[0]?.until, null);
      assert.ok((epochs[0]?.name.length ?? 0) > 20);
      await deliver(tenant, entry(elev, { systemid: 'E1' }));
      assert.notDeepEqual(await (await store.tenant('b.test')).reads.epochs(), epochs);
      const again = await reopen();
      assert.deepEqual(await (await again.tenant('a.test')).reads.epochs(), epochs);
    }));
});
