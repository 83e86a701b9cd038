// Threads that make way, over a system that is made up: when they go behind others, and when they take part all the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepBehind, type Scheduling } from '#app/step-behind.ts';

type Made = { readonly put: string[]; readonly looked: (ms: number, waited: number) => void };

/** A system in which time passes when it is told to. */
const made = (begins: number | null = 0): Made => {
  const put: string[] = [];
  let [now, waited] = [0, begins];
  let look: (() => void) | null = null;
  const system: Scheduling = {
    now: () => now,
    waited: () => waited,
    put: (way) => void put.push(way),
    every: (_, each) => {
      look = each;
    },
  };
  stepBehind(system);
  return {
    put,
    looked: (ms, more) => {
      now += ms;
      if (waited !== null) waited += more;
      look?.();
    },
  };
};

test('it goes behind at once, and stays there while something is left over', () => {
  const { put, looked } = made();
  for (const waited of [0, 500, 1_000, 1_600]) looked(2_000, waited);
  assert.deepEqual(put, ['idle']);
});

test('where nothing is left over it takes part, until there is', () => {
  const { put, looked } = made(7_000);
  looked(2_000, 1_700);
  assert.deepEqual(put, ['idle', 'shared']);
  looked(2_000, 1_000);
  looked(2_000, 1_900);
  assert.deepEqual(put, ['idle', 'shared']);
  looked(2_000, 700);
  assert.deepEqual(put, ['idle', 'shared', 'idle']);
});

test('a look that comes late counts by how late it was', () => {
  const { put, looked } = made();
  looked(60_000, 1_999);
  assert.deepEqual(put, ['idle']);
  looked(60_000, 59_000);
  assert.deepEqual(put, ['idle', 'shared']);
});

test('where waiting is not told it only goes behind', () => {
  const { put, looked } = made(null);
  looked(2_000, 0);
  assert.deepEqual(put, ['idle']);
});
