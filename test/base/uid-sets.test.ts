// Sets of uids, held against plain sets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { packUids, unpackUids } from '#base/packed-uids.ts';
import {
  finderIn,
  firstAbove,
  hasUid,
  inBoth,
  joinedUids,
  lowerBound,
  sortedUids,
  unionInTurns,
  unionOf,
  without,
} from '#base/uid-sets.ts';

// Mostly of one collection and close together, as they are in the store.
const uid = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 60 }) },
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 40 })).map(([id, n]) => id * 2 ** 40 + n),
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
);
const list = fc.array(uid, { maxLength: 60 }).map((uids) => Float64Array.from(uids));
const set = list.map((uids) => Float64Array.from(new Set(uids)).sort());

/** A plain one. */
const plain = (uids: Iterable<number>): number[] => [...new Set(uids)].toSorted((a, b) => a - b);

test('what comes in any order becomes a set', () => {
  fc.assert(
    fc.property(list, (uids) => {
      const before = [...uids];
      assert.deepEqual([...sortedUids(uids)], plain(uids));
      assert.deepEqual([...uids], before);
      assert.deepEqual([...sortedUids(new Set(uids))], plain(uids));
    }),
  );
});

test('unions of lists and of sets hold everything once, ascending, and leave what they are of as it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(list, set), { maxLength: 6 }), async (lists) => {
      const before = lists.map((uids) => [...uids]);
      const expected = plain(lists.flatMap((uids) => [...uids]));
      const union = unionOf(lists);
      assert.deepEqual([...union], expected);
      assert.deepEqual([...(await unionInTurns(lists.map((uids) => sortedUids(uids))))], expected);
      assert.deepEqual([...joinedUids(lists)], before.flat());
      assert.deepEqual(
        lists.map((uids) => [...uids]),
        before,
      );
      // What is kept of a union must not keep the memory of all that it was made of.
      assert.equal(union.buffer.byteLength, union.byteLength);
    }),
  );
});

test('the union of one set and of nothing else is that set itself', () => {
  const some = Float64Array.of(1, 5, 9);
  assert.equal(unionOf([some]), some);
  assert.equal(unionOf([new Float64Array(), some, new Float64Array()]), some);
  assert.equal(unionOf([]).length, 0);
  assert.deepEqual([...unionOf([Float64Array.of(5, 5, 1)])], [1, 5]);
});

test('what two sets have in common, and what one has alone', () => {
  fc.assert(
    fc.property(set, set, (a, b) => {
      const [inA, inB] = [new Set(a), new Set(b)];
      assert.deepEqual([...inBoth(a, b)], plain(inA.intersection(inB)));
      assert.deepEqual([...without(a, b)], plain(inA.difference(inB)));
    }),
  );
  const some = Float64Array.of(1, 5, 9);
  assert.equal(without(some, new Float64Array()), some);
});

test('uids are found where they stand, whatever the order in which they are asked for', () => {
  fc.assert(
    fc.property(set, fc.array(uid), (uids, others) => {
      const find = finderIn(uids);
      for (const one of [...uids, ...others, ...[...uids].toReversed(), ...others]) {
        const at = uids.indexOf(one);
        assert.equal(find(one), at);
        assert.equal(hasUid(uids, one), at !== -1);
        assert.equal(lowerBound(uids, one), uids.filter((each) => each < one).length);
        assert.equal(firstAbove(uids, one), uids.filter((each) => each <= one).length);
        const from = Math.floor(lowerBound(uids, one) / 2);
        assert.equal(lowerBound(uids, one, from), lowerBound(uids, one));
      }
    }),
  );
});

test('sets of other numbers than uids are looked up the same', () => {
  assert.equal(firstAbove([1, 1, 2, 2, 3], 1), 2);
  assert.equal(firstAbove([], 1), 0);
});

test('packed sets are the same sets, a byte for what lies close', () => {
  fc.assert(
    fc.property(set, fc.nat(), (uids, cut) => {
      const packed = packUids(uids);
      assert.deepEqual([...unpackUids(packed)], [...uids]);
      const some = unpackUids(packed.subarray(0, cut % (packed.length + 1)));
      assert.deepEqual([...some], [...uids.subarray(0, some.length)]);
    }),
  );
  assert.equal(packUids([7, 8, 9, 100]).toString('hex'), '0701015b');
  assert.equal(packUids([Number.MAX_SAFE_INTEGER]).length, 8);
  assert.deepEqual([...unpackUids(packUids([Number.MAX_SAFE_INTEGER]))], [Number.MAX_SAFE_INTEGER]);
});
