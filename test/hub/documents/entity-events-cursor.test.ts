// What a cursor of events stands for, and when it does not any more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '#base/limits.ts';
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
  assert.ok(stands(whole, one, 42, 1_000));
  // The feed has been put back to before it.
  assert.ok(!stands(whole, one, 41, 1_000));
  assert.ok(stands(half, one, 55, 1_000) && !stands(half, one, 54, 1_000));
  // Of an epoch that has ended: as far as that was kept.
  assert.ok(stands(whole, two, 100, 1_000) && !stands(half, two, 100, 1_000));
  assert.ok(stands(whole, three, 100, 1_000));
  assert.ok(!stands({ ...whole, top: 46 }, three, 100, 1_000));
  assert.ok(!stands(whole, [{ name: 'other', until: null }], 100, 1_000));
  assert.ok(!stands(whole, [], 100, 1_000) && stands({ ...whole, epoch: '' }, [], 100, 1_000));
});

test('a cursor is good for as long as is stated, and is made new from half of that on', () => {
  const { eventRetentionMs: life } = limits;
  assert.ok(stands(whole, one, 50, 1_000 + life) && !stands(whole, one, 50, 1_001 + life));
  assert.ok(!isOld(whole, 1_000 + life / 2) && isOld(whole, 1_001 + life / 2));
});
