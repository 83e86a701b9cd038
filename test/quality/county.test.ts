// The synthetic county without planted mistakes has no findings, and its examination costs little.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { county } from '#sandbox/county.ts';
import { found, openWorld, organisation } from './world.ts';
import type { Delivered } from './world.ts';

test('a sound county has no findings', async () => {
  const world = await openWorld();
  try {
    let total = 0;
    for (const { collection, entries } of county({ seed: 3, size: 'small', asOf: '2026-11-01' }).collections) {
      const all: Delivered[] = [...entries()];
      total += all.length;
      await world.deliver(collection, all);
    }
    const examined = await world.quality.catchUp(organisation);
    assert.deepEqual(await found(world), {});
    const { score } = await world.quality.summary(organisation, {});
    assert.deepEqual(score, { examined: total, flawed: 0, score: 1 });
    // Everything once: what comes before its target is looked at again only when it missed it.
    assert.ok(examined < total * 1.5, `${examined} of ${total}`);
  } finally {
    await world.close();
  }
});
