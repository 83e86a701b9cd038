// What followers could see when they were last answered: kept as long as somebody asks for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FollowState, TenantStore } from '#store/store.ts';
import { onEveryDialect } from './dialects.ts';
import { elev, inWorld, setClock } from './world.ts';

const aDay = 86_400_000;

const state = (id: string, rows: Buffer | null = null): FollowState => ({
  id,
  collection: elev,
  record: `r ${id}`,
  rows,
});

const put = (tenant: TenantStore, ...states: readonly FollowState[]): Promise<void> =>
  tenant.writeTogether(async (tx) => {
    for (const each of states) await tx.putFollow(each);
  });

const forget = (tenant: TenantStore, before: number): Promise<number> =>
  tenant.write(async (tx) => tx.forgetFollows(before));

onEveryDialect('follow states', (dialect) => {
  test('come back as they were put, once or again, also by a new store', () =>
    inWorld(dialect, async ({ store, reopen }) => {
      const tenant = await store.tenant('a.test');
      const [a, b] = [state('a', Buffer.from([1, 2])), state('b')];
      assert.equal(await tenant.reads.follow('a'), null);
      await put(tenant, a, b);
      await put(tenant, a);
      const bothAre = async (each: TenantStore): Promise<void> => {
        assert.deepEqual(await each.reads.follow('a'), a);
        assert.deepEqual(await each.reads.follow('b'), b);
      };
      await bothAre(tenant);
      await bothAre(await (await reopen()).tenant('a.test'));
    }));

  test('are replaced by the same in another form', () =>
    inWorld(dialect, async ({ store, reopen }) => {
      const tenant = await store.tenant('a.test');
      const [whole, other] = [
        state('a', Buffer.from([1, 2, 3])),
        { ...state('a', Buffer.from([4])), record: 'differs' },
      ];
      for (const each of [whole, other, whole]) {
        await put(tenant, each);
        assert.deepEqual(await tenant.reads.follow('a'), each);
      }
      assert.deepEqual(await (await (await reopen()).tenant('a.test')).reads.follow('a'), whole);
    }));

  test('those that nobody has asked for since are dropped; asking keeps them', () =>
    inWorld(dialect, async ({ store, clock }) => {
      const start = setClock().now();
      const tenant = await store.tenant('a.test');
      await put(tenant, state('asked'), state('put'), state('left'));
      clock.set(start + 2 * aDay);
      assert.equal((await tenant.reads.follow('asked'))?.id, 'asked');
      await put(tenant, state('put'));
      assert.equal(await forget(tenant, start + 2 * aDay), 1);
      assert.equal(await tenant.reads.follow('left'), null);
      assert.equal((await tenant.reads.follow('asked'))?.id, 'asked');
      assert.equal((await tenant.reads.follow('put'))?.id, 'put');
      clock.set(start + 2 * aDay + 1_000);
      await put(tenant, state('put'));
      assert.equal(await forget(tenant, start + 2 * aDay + 1), 2, 'noted once a day');
    }));
});
