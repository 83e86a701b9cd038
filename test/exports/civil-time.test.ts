// Times of day in Norway: on ordinary days, on those on which clocks are changed, on some days of the week.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isTimeOfDay, nextTime, weekdays } from '#exports/civil-time.ts';

const all = new Set(weekdays);
const at = (text: string): number => Date.parse(text);
const next = (after: string, time: string, days = all): string =>
  new Date(nextTime(at(after), time, days)).toISOString();

test('the next time is today while it is to come, and tomorrow from the moment it comes', () => {
  assert.equal(next('2026-11-22T01:00:00Z', '02:30'), '2026-11-22T01:30:00.000Z');
  assert.equal(next('2026-11-22T01:30:00Z', '02:30'), '2026-11-23T01:30:00.000Z');
  assert.equal(next('2026-07-01T12:00:00Z', '03:00'), '2026-07-02T01:00:00.000Z');
  assert.equal(next('2026-11-22T23:30:00Z', '00:00'), '2026-11-23T23:00:00.000Z');
});

test('a time that is left out in spring comes when clocks have been changed, one that comes twice in autumn comes once', () => {
  assert.equal(next('2027-03-27T12:00:00Z', '02:30'), '2027-03-28T01:00:00.000Z');
  assert.equal(next('2027-03-28T01:00:00Z', '02:30'), '2027-03-29T00:30:00.000Z');
  assert.equal(next('2027-03-27T23:30:00Z', '04:00'), '2027-03-28T02:00:00.000Z');
  assert.equal(next('2026-10-24T23:00:00Z', '02:30'), '2026-10-25T00:30:00.000Z');
  assert.equal(next('2026-10-25T00:30:00Z', '02:30'), '2026-10-26T01:30:00.000Z');
  assert.equal(next('2026-10-24T23:00:00Z', '04:00'), '2026-10-25T03:00:00.000Z');
});

test('only days that are named count', () => {
  // A Sunday.
  assert.equal(next('2026-11-22T12:00:00Z', '05:00', new Set(['fri'] as const)), '2026-11-27T04:00:00.000Z');
  assert.equal(next('2026-11-22T01:00:00Z', '05:00', new Set(['sun'] as const)), '2026-11-22T04:00:00.000Z');
});

test('whatever the moment: the next time is later, at most a day and an hour away, and shows the time but where it is left out', () => {
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Oslo', hour: '2-digit', minute: '2-digit' });
  fc.assert(
    fc.property(
      fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2031-01-01T00:00:00Z') }),
      fc.integer({ min: 0, max: 1_439 }),
      (after, minutes) => {
        const time = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
        const found = nextTime(after, time, all);
        assert.ok(found > after && found - after <= 25 * 3_600_000);
        if (shown.format(found) !== time) assert.match(time, /^02:/);
      },
    ),
  );
});

test('times of day have two digits each', () => {
  for (const good of ['00:00', '09:30', '23:59']) assert.equal(isTimeOfDay(good), true);
  for (const bad of ['24:00', '9:30', '12:60', '12.30', '']) assert.equal(isTimeOfDay(bad), false);
});
