// What a follower could see, as it is kept: whole, or as the difference from another one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { differenceFrom, differsFrom, sightFrom, sightOf, withExceptions } from '#hub/documents/entity-events-sight.ts';
import type { NamedSight } from '#hub/documents/entity-events-sight.ts';
import { rowSet } from '#hub/row-scope.ts';
import { cases } from '../../cases.ts';

const path = 'utdanning/elev/elev';
const sightWith = (...sets: readonly (readonly number[])[]): NamedSight =>
  sightOf(
    path,
    [],
    new Map(sets.map((uids, index) => [`stream ${index}`, rowSet(Float64Array.from(new Set(uids)).sort())] as const)),
  );
const rowsOf = ({ choices }: Pick<NamedSight, 'choices'>) => [...choices].map(([key, { uids }]) => [key, [...uids]]);

test('is read as it was, in either form, under the same id', () => {
  const uids = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 30 });
  fc.assert(
    fc.property(uids, uids, uids, uids, (a, b, c, d) => {
      const [base, sight] = [sightWith(a, b), sightWith(c, d)];
      const whole = sightFrom(sight.state, null);
      assert.ok(whole !== null && differsFrom(sight.state) === null);
      assert.deepEqual([whole.id, rowsOf(whole), whole.decided], [sight.id, rowsOf(sight), sight.decided]);
      const kept = sightFrom(base.state, null);
      const state = kept === null ? assert.fail() : differenceFrom(kept, sight);
      if (state === null) return;
      assert.deepEqual([state.id, state.collection, differsFrom(state)], [sight.id, path, base.id]);
      const read = sightFrom(state, kept);
      assert.ok(read !== null);
      assert.deepEqual(
        [read.id, rowsOf(read), read.kept, read.decided],
        [sight.id, rowsOf(sight), sight.kept, sight.decided],
      );
      // Without what it differs from it says nothing.
      assert.equal(sightFrom(state, null), null);
    }),
    { numRuns: cases(200) },
  );
});

test('takes little for few rows of many, and is whole where much is another or nothing is', () => {
  const many = Array.from({ length: 30_000 }, (_, index) => index * 40);
  const base = sightWith(many, many.slice(0, 10_000));
  assert.ok((base.state.rows?.length ?? 0) > 40_000);
  const near = sightWith([...many.slice(5), 7_000_000], many.slice(0, 10_000));
  const state = differenceFrom(base, near);
  assert.ok(state !== null && (state.rows?.length ?? 0) + state.record.length < 100);
  assert.equal(differenceFrom(base, base), null);
  assert.equal(differenceFrom(base, sightWith(many.slice(1_000), many.slice(0, 10_000))), null);
  // Of other streams, and of one that was told otherwise.
  assert.equal(differenceFrom(base, sightWith(many)), null);
  assert.equal(differenceFrom(base, withExceptions(base, path, [{ key: 'stream 0', uid: 40, held: false }])), null);
});
