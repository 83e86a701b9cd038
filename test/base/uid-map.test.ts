// Numbers by uids, held against a Map.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createUidMap } from '#base/uid-map.ts';

const uid = fc.oneof(
  fc.integer({ min: 1, max: 50 }),
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 3_000 })).map(([id, n]) => id * 2 ** 40 + n),
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
);

test('gives what was set last, and nothing else', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(uid, fc.integer()), { maxLength: 3_000 }), fc.array(uid), (all, others) => {
      const [map, plain] = [createUidMap(), new Map<number, number>()];
      for (const [key, value] of all) {
        map.set(key, value);
        plain.set(key, value);
        assert.equal(map.get(key), value);
      }
      assert.equal(map.size(), plain.size);
      for (const key of [...plain.keys(), ...others, 0]) {
        assert.equal(map.get(key), plain.get(key));
        assert.equal(map.has(key), plain.has(key));
      }
    }),
    { numRuns: 60 },
  );
});

test('many of a few collections, whatever their order', () => {
  const map = createUidMap();
  for (let n = 0; n < 100_000; n += 1) for (const id of [1, 7, 52]) map.set(id * 2 ** 40 + n, n * id);
  assert.equal(map.size(), 300_000);
  for (let n = 0; n < 100_000; n += 997) for (const id of [1, 7, 52]) assert.equal(map.get(id * 2 ** 40 + n), n * id);
  assert.equal(map.get(2 * 2 ** 40), undefined);
});

test('what is no uid is not taken', () => {
  for (const key of [0, -1, 0.5, Number.NaN, 2 ** 53]) assert.throws(() => createUidMap().set(key, 1), RangeError);
});
