// Whoever waits for changes of an organisation hears of each that is committed, and of none that is not.
import assert from 'node:assert/strict';
import { after as afterAll, before as beforeAll, test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { changesTopic, createSignals } from '#hub/signals.ts';
import { tellingStore } from '#hub/telling-store.ts';
import { dal, fjord, openWorld, paths, put, schoolOf } from './world.ts';
import type { World } from './world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

test('a commit is told to those who wait for the organisation, and to nobody else', async () => {
  const signals = createSignals({ sleep: systemClock.sleep });
  const store = tellingStore(world.store, signals);
  const here = signals.listen([changesTopic(fjord)]);
  const there = signals.listen([changesTopic(dal)]);
  const never = new AbortController().signal;
  assert.equal(await here.next(0, never), false);
  await put({ ...world, store }, paths.school, [schoolOf('1001')]);
  assert.deepEqual([await here.next(0, never), await here.next(0, never)], [true, false]);
  const tenant = await store.tenant(fjord);
  await tenant.writeTogether(async () => null);
  assert.equal(await here.next(1_000, never), true);
  await assert.rejects(
    tenant.write(async () => {
      throw new Error('undone');
    }),
    /undone/,
  );
  assert.deepEqual([await here.next(0, never), await there.next(0, never)], [false, false]);
  here.close();
  there.close();
  assert.equal(signals.listeners(changesTopic(fjord)), 0);
});

test('what is read through it is what the store has, also when that becomes another object', async () => {
  const store = tellingStore(world.store, createSignals({ sleep: systemClock.sleep }));
  const [one, same, inner] = [await store.tenant(fjord), await store.tenant(fjord), await world.store.tenant(fjord)];
  assert.equal(one, same);
  assert.equal(one.reads, inner.reads);
  assert.equal(one.id, fjord);
});
