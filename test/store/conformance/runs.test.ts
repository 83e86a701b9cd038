// What the store keeps of runs: orders, pages with what they have seen, rejections, contracts, and the question what others have touched since.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { AdapterContract, Rejection, SyncRun, TenantStore } from '#store/store.ts';
import { onEveryDialect } from './dialects.ts';
import { elev, inWorld, person } from './world.ts';

const at = 1_700_000_000_000;
const day = 86_400_000;

const run = (corrId: string, more: Partial<SyncRun> = {}): Omit<SyncRun, 'order'> => ({
  corrId,
  adapter: 'adapter',
  client: 'client',
  collection: elev,
  type: 'FULL',
  state: 'open',
  totalSize: 10,
  totalPages: 2,
  receivedEntries: 0,
  pages: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  removed: 0,
  rejected: 0,
  warnings: 0,
  wouldRemove: 0,
  openedAt: at,
  touchedAt: at,
  closedAt: null,
  reason: null,
  ...more,
});

const put = (tenant: TenantStore, corrId: string, more: Partial<SyncRun> = {}): Promise<SyncRun> =>
  tenant.write(async (tx) => {
    const stored = await tx.putRun(run(corrId, more));
    await tx.settle();
    return stored;
  });

const page = (tenant: TenantStore, corrId: string, number: number, ...seen: number[]): Promise<void> =>
  tenant.write(async (tx) => {
    await tx.putPage(corrId, { page: number, hash: `h${number}`, entries: seen.length, seen: Float64Array.from(seen) });
    await tx.settle();
  });

const rejection = (corrId: string, number: number, index: number, more: Partial<Rejection> = {}): Rejection => ({
  corrId,
  collection: elev,
  page: number,
  index,
  severity: 'rejected',
  code: 'HUB-611',
  at: '/navn',
  message: 'expected a text',
  subject: 'pseudonym',
  seenAt: at,
  ...more,
});

onEveryDialect('runs', (dialect) => {
  test('are kept in the order of their opening, found by state and collection, and outlive the store', () =>
    inWorld(dialect, async ({ store, reopen }) => {
      let tenant = await store.tenant('a.test');
      assert.equal(await tenant.runs.run('r1'), null);
      assert.equal((await put(tenant, 'r1')).order, 1);
      assert.equal((await put(tenant, 'r2', { collection: person, type: 'DELTA' })).order, 2);
      const closed = await put(tenant, 'r1', { state: 'completed', created: 3, closedAt: at + 1 });
      assert.deepEqual(closed, { ...run('r1'), order: 1, state: 'completed', created: 3, closedAt: at + 1 });
      assert.equal((await put(tenant, 'r3')).order, 3);
      tenant = await (await reopen()).tenant('a.test');
      assert.deepEqual(await tenant.runs.run('r1'), closed);
      const orders = async (query: Omit<Parameters<TenantStore['runs']['runs']>[0], 'limit'>, limit = 10) =>
        (await tenant.runs.runs({ ...query, limit })).map(({ order }) => order);
      assert.deepEqual(await orders({}), [3, 2, 1]);
      assert.deepEqual(await orders({}, 1), [3]);
      assert.deepEqual(await orders({ collection: elev }), [3, 1]);
      assert.deepEqual(await orders({ collection: elev, state: 'open' }), [3]);
      assert.deepEqual(await orders({ state: 'held' }), []);
      assert.equal((await tenant.runs.lastCompleted(elev, 'FULL'))?.corrId, 'r1');
      assert.equal(await tenant.runs.lastCompleted(elev, 'DELTA'), null);
      await put(tenant, 'r4', { state: 'completed', closedAt: at });
      assert.equal((await tenant.runs.lastCompleted(elev, 'FULL'))?.corrId, 'r4');
    }));

  test('pages come back as they were put; a repeated page replaces the first', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await put(tenant, 'r1');
      assert.deepEqual(await tenant.runs.pages('r1'), []);
      await page(tenant, 'r1', 2, 5, 6);
      await page(tenant, 'r1', 1);
      await page(tenant, 'r1', 2, 5, 7, 2 ** 41, 2 ** 52 + 1);
      assert.deepEqual(await tenant.runs.page('r1', 2), {
        page: 2,
        hash: 'h2',
        entries: 4,
        seen: Float64Array.of(5, 7, 2 ** 41, 2 ** 52 + 1),
      });
      assert.equal(await tenant.runs.page('r1', 3), null);
      assert.deepEqual(
        (await tenant.runs.pages('r1')).map((each) => [each.page, each.seen.length]),
        [
          [1, 0],
          [2, 4],
        ],
      );
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(fc.nat(2 ** 45), { maxLength: 50 }), async (uids) => {
          uids.sort((a, b) => a - b);
          await page(tenant, 'r1', 9, ...uids);
          assert.deepEqual([...((await tenant.runs.page('r1', 9))?.seen ?? [])], uids);
        }),
        { numRuns: 30 },
      );
    }));

  test('seenSince: what later runs have touched at any time, and deltas that came after this one was opened', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await put(tenant, 'old', { type: 'DELTA' });
      await page(tenant, 'old', 1, 1, 2);
      await put(tenant, 'full0');
      await page(tenant, 'full0', 1, 3);
      const mine = await put(tenant, 'mine');
      await page(tenant, 'mine', 1, 10);
      assert.deepEqual([...(await tenant.runs.seenSince(elev, mine.order))], []);
      await page(tenant, 'old', 2, 4);
      await page(tenant, 'full0', 2, 5);
      await put(tenant, 'new', { type: 'DELETE' });
      await page(tenant, 'new', 1, 7, 8);
      await put(tenant, 'full1');
      await page(tenant, 'full1', 1, 8, 9);
      await put(tenant, 'other', { collection: person });
      await page(tenant, 'other', 1, 99);
      assert.deepEqual([...(await tenant.runs.seenSince(elev, mine.order))], [4, 7, 8, 9]);
    }));

  test('what pages have seen is kept while a run is open or held, however long', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await put(tenant, 'held', { state: 'held' });
      await page(tenant, 'held', 1, 1, 2);
      const later = at + 5 * day;
      await put(tenant, 'delta', { type: 'DELTA', openedAt: later, touchedAt: later });
      await page(tenant, 'delta', 1, 3);
      await put(tenant, 'delta', {
        type: 'DELTA',
        state: 'completed',
        openedAt: later,
        touchedAt: later,
        closedAt: later,
      });
      assert.deepEqual([...((await tenant.runs.page('held', 1))?.seen ?? [])], [1, 2]);
      assert.deepEqual([...(await tenant.runs.seenSince(elev, 1))], [3]);
      await put(tenant, 'held', { state: 'completed', touchedAt: later, closedAt: later });
      assert.equal((await tenant.runs.page('held', 1))?.entries, 2, 'the page itself stays known');
    }));

  test('rejections are listed by run and collection in the order of the delivery; a repeated page replaces its own', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const keep = (corrId: string, number: number, list: readonly Rejection[]) =>
        tenant.write(async (tx) => {
          await tx.putRejections(corrId, number, list);
          await tx.settle();
        });
      await put(tenant, 'r1');
      await put(tenant, 'r2', { collection: person });
      await keep('r1', 2, [rejection('r1', 2, 0), rejection('r1', 2, 5, { severity: 'warning' })]);
      await keep('r1', 1, [rejection('r1', 1, 3)]);
      await keep('r2', 1, [rejection('r2', 1, 0, { collection: person })]);
      const places = async (query: { corrId?: string; collection?: string }, limit = 10) =>
        (await tenant.runs.rejections({ ...query, limit })).map((each) => `${each.corrId} ${each.page}/${each.index}`);
      assert.deepEqual(await places({ corrId: 'r1' }), ['r1 1/3', 'r1 2/0', 'r1 2/5']);
      assert.deepEqual(await places({ corrId: 'r1' }, 2), ['r1 1/3', 'r1 2/0']);
      assert.deepEqual(await places({ collection: person }), ['r2 1/0']);
      assert.deepEqual(await places({}), ['r1 1/3', 'r1 2/0', 'r1 2/5', 'r2 1/0']);
      // A later run of the collection stands first, whatever its id.
      await put(tenant, 'r0', { collection: person });
      await keep('r0', 1, [rejection('r0', 1, 4, { collection: person })]);
      assert.deepEqual(await places({ collection: person }), ['r0 1/4', 'r2 1/0']);
      await keep('r0', 1, []);
      await keep('r1', 2, [rejection('r1', 2, 7)]);
      assert.deepEqual(await places({ corrId: 'r1' }), ['r1 1/3', 'r1 2/7']);
      assert.deepEqual(await tenant.runs.rejections({ corrId: 'r1', limit: 1 }), [rejection('r1', 1, 3)]);
      await keep('r1', 2, []);
      assert.deepEqual(await places({ corrId: 'r1' }), ['r1 1/3']);
    }));

  test('a contract per client, the last one counts', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const contract = (client: string, heartbeatAt: number | null): AdapterContract => ({
        client,
        adapterId: 'https://adapter.test/1',
        username: 'adapter',
        heartbeatIntervalInMinutes: 1,
        capabilities: [{ collection: elev, fullSyncIntervalInDays: 7, deltaSyncInterval: 'IMMEDIATE' }],
        registeredAt: at,
        heartbeatAt,
      });
      for (const each of [contract('b', null), contract('a', null), contract('b', at)])
        await tenant.write(async (tx) => {
          await tx.putContract(each);
          await tx.settle();
        });
      assert.deepEqual(await tenant.runs.contracts(), [contract('a', null), contract('b', at)]);
    }));
});
