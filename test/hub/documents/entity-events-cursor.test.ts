// What a cursor of events stands for, and when it does not any more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareMarks, epochNow, isOld, readCursor, stands, writeCursor } from '#hub/documents/entity-events-cursor.ts';
import type { EventCursor } from '#hub/documents/entity-events-cursor.ts';

const whole: EventCursor = { after: 40, was: 'a', epoch: 'one', top: 42, at: 1_000, day: '', part: null };
const half: EventCursor = { ...whole, part: { to: 50, is: 'b', top: 55, mark: [45, 1, 7], day: '' } };
const dated: EventCursor = {
  ...half,
  day: '2026-11-22',
  part: { to: 50, is: 'b', top: 55, mark: [45, 1, 7], day: '2026-11-23' },
};
const one = [{ name: 'one', until: null }];
const two = [
  { name: 'one', until: 50 },
  { name: 'two', until: null },
];
const three = [
  { name: 'one', until: 60 },
  { name: 'two', until: 45 },
  { name: 'three', until: null },
];

const dayMs = 86_400_000;
const at = (position: number) => ({ position, now: 1_000, lifeMs: 400 * dayMs });

test('a cursor is read as it was written', () => {
  for (const cursor of [whole, half, dated]) assert.deepEqual(readCursor(writeCursor(cursor)), cursor);
  // As they were before they held days.
  assert.deepEqual(readCursor('[40,"a","one",42,1000]'), whole);
  assert.deepEqual(readCursor('[40,"a","one",42,1000,50,"b",55,[45,1,7]]'), half);
});

test('events of a stretch are in the order of position, stream and resource', () => {
  const marks = [
    [2, 0, 9],
    [1, 1, 3],
    [1, 1, 2],
    [1, 0, 8],
  ] as const;
  assert.deepEqual(marks.toSorted(compareMarks), marks.toReversed());
});

test('a cursor stands for as long as what it depends on is in the feed', () => {
  assert.deepEqual([epochNow([]), epochNow(two)], ['', 'two']);
  assert.ok(stands(whole, one, at(42)));
  // The feed has been put back to before it.
  assert.ok(!stands(whole, one, at(41)));
  assert.ok(stands(half, one, at(55)) && !stands(half, one, at(54)));
  // Of an epoch that has ended: as far as that was kept.
  assert.ok(stands(whole, two, at(100)) && !stands(half, two, at(100)));
  assert.ok(stands(whole, three, at(100)));
  assert.ok(!stands({ ...whole, top: 46 }, three, at(100)));
  assert.ok(!stands(whole, [{ name: 'other', until: null }], at(100)));
  assert.ok(!stands(whole, [], at(100)) && stands({ ...whole, epoch: '' }, [], at(100)));
});

test('a cursor is good for as long as is stated, and is made new from half of that on', () => {
  for (const lifeMs of [dayMs, 400 * dayMs]) {
    const standsAt = (now: number): boolean => stands(whole, one, { position: 50, now, lifeMs });
    assert.ok(standsAt(1_000 + lifeMs) && !standsAt(1_001 + lifeMs));
    assert.ok(!isOld(whole, 1_000 + lifeMs / 2, lifeMs) && isOld(whole, 1_001 + lifeMs / 2, lifeMs));
  }
});
