// How old data may be called: against the promise of the adapter, with a run that waits, and as part of every answer.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { SyncRun, TenantStore } from '#store/store.ts';
import { createFreshness } from '#hub/freshness.ts';
import { fjord, onlyGrants, openWorld, paths, start, state } from './world.ts';
import type { World } from './world.ts';

let world: World;
let tenant: TenantStore;
before(async () => {
  world = await openWorld();
  tenant = await world.store.tenant(fjord);
  await onlyGrants(world, {});
});
after(() => world.close());

const day = 86_400_000;

const run = (corrId: string, more: Partial<SyncRun>): Omit<SyncRun, 'order'> => ({
  corrId,
  adapter: 'adapter',
  client: 'adapter',
  collection: paths.pupil,
  type: 'FULL',
  state: 'completed',
  totalSize: 1,
  totalPages: 1,
  receivedEntries: 1,
  pages: 1,
  created: 0,
  updated: 0,
  unchanged: 1,
  removed: 0,
  rejected: 0,
  warnings: 0,
  wouldRemove: 0,
  openedAt: start,
  touchedAt: start,
  closedAt: start,
  reason: null,
  ...more,
});

const putRun = (corrId: string, more: Partial<SyncRun>): Promise<SyncRun> =>
  tenant.write(async (tx) => tx.putRun(run(corrId, more)));

// Each look is a fresh one: what is remembered for a second is another test's matter.
const now = async (path: string = paths.pupil) => createFreshness(world.clock)(tenant, path);

test('without a promise nothing is stale, and nothing delivered is said so', async () => {
  assert.deepEqual(await now(), {
    sources: [],
    fullSyncAt: null,
    deliveredAt: null,
    promisedMs: null,
    stale: false,
    held: false,
  });
});

test('a promise is the shortest one given, and broken a millisecond after it', async () => {
  await tenant.write(async (tx) => {
    for (const [adapterId, days] of [
      ['a1', 7],
      ['a2', 2],
    ] as const)
      await tx.putContract({
        client: adapterId,
        adapterId,
        username: 'u',
        heartbeatIntervalInMinutes: 5,
        capabilities: [{ collection: paths.pupil, fullSyncIntervalInDays: days, deltaSyncInterval: 'IMMEDIATE' }],
        registeredAt: start,
        heartbeatAt: null,
      });
  });
  const promised = await now();
  assert.deepEqual([promised.promisedMs, promised.stale, promised.sources], [2 * day, true, ['a1', 'a2']]);
  assert.equal((await now(paths.person)).promisedMs, null);
  await putRun('c1', {});
  assert.deepEqual([(await now()).stale, (await now()).fullSyncAt], [false, start]);
  world.clock.set(start + 2 * day);
  assert.equal((await now()).stale, false);
  world.clock.set(start + 2 * day + 1);
  assert.equal((await now()).stale, true);
});

test('delivered is whatever came last, of every type; only a whole delivery keeps the promise', async () => {
  await putRun('c2', { type: 'DELTA', touchedAt: start + 10, closedAt: start + 10 });
  assert.equal((await now()).deliveredAt, start + 10);
  await putRun('c3', { type: 'DELETE', touchedAt: start + 20, closedAt: start + 20 });
  assert.deepEqual(
    [(await now()).deliveredAt, (await now()).fullSyncAt, (await now()).stale],
    [start + 20, start, true],
  );
  await putRun('c4', { state: 'open', touchedAt: start + 30, closedAt: null, pages: 2 });
  assert.equal((await now()).deliveredAt, start + 30);
});

test('a run that waits for confirmation shows until it is decided', async () => {
  await putRun('c5', { state: 'held', closedAt: null });
  assert.equal((await now()).held, true);
  assert.equal((await now(paths.person)).held, false);
  await putRun('c5', { state: 'completed', closedAt: start + 3 * day, touchedAt: start + 3 * day });
  assert.deepEqual([(await now()).held, (await now()).fullSyncAt], [false, start + 3 * day]);
});

test('answers carry it', async () => {
  const { freshness } = (await state(world.hub, paths.pupil)).state;
  assert.deepEqual([freshness.sources, freshness.stale], [['a1', 'a2'], false]);
});
