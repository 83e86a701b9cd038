// Laws of the synthetic national ids and organisation numbers, cross-checked with an independent validator.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idnr } from '@navikt/fnrvalidator';
import * as fc from 'fast-check';
import { civilDate, dayNumber, isoDay, mondayOf, parseIsoDay } from '#sandbox/calendar.ts';
import { isSyntheticNationalId, nationalId, nationalIdAt } from '#sandbox/national-id.ts';
import { isSyntheticOrganisationNumber, organisationNumber } from '#sandbox/organisation-number.ts';

const day = fc.integer({ min: dayNumber(1940, 1, 1), max: dayNumber(2039, 12, 31) });

test('every id that is made is valid, synthetic and known as such by an independent validator', () => {
  fc.assert(
    fc.property(day, fc.nat(40), fc.boolean(), fc.boolean(), (number, slot, female, dNumber) => {
      const value = nationalIdAt(civilDate(number), 0, slot, female, dNumber);
      assert.ok(isSyntheticNationalId(value), value);
      const judged = idnr(value);
      assert.equal(judged.status, 'valid', value);
      if (judged.status === 'valid') assert.equal(judged.type, dNumber ? 'dnr-and-tnr' : 'tnr', value);
      assert.equal(Number(value[8]) % 2 === 0, female);
    }),
  );
});

test('slots of one day, lane and sex never give the same id twice', () => {
  const birth = { year: 2009, month: 6, day: 17 };
  const made = new Set(Array.from({ length: 150 }, (_, slot) => nationalIdAt(birth, 0, slot, slot % 2 === 0)));
  assert.equal(made.size, 150);
});

test('a changed digit is noticed', () => {
  fc.assert(
    fc.property(day, fc.nat(20), fc.nat(10), fc.integer({ min: 1, max: 9 }), (number, slot, place, shift) => {
      const value = nationalIdAt(civilDate(number), 0, slot, true);
      const digit = (Number(value[place]) + shift) % 10;
      assert.ok(!isSyntheticNationalId(`${value.slice(0, place)}${digit}${value.slice(place + 1)}`));
    }),
  );
});

test('real-range, malformed and impossible ids are refused', () => {
  for (const value of ['', '1234567890', '123456789012', '00000000000', '3102801234x', '01013000083']) {
    assert.ok(!isSyntheticNationalId(value), value);
  }
  assert.equal(
    [...Array(1000).keys()]
      .filter((n) => nationalId({ year: 2007, month: 2, day: 29 }, n) !== undefined)
      .some((n) => isSyntheticNationalId(nationalId({ year: 2007, month: 2, day: 29 }, n) ?? '')),
    false,
    '29 February of a year that is no leap year',
  );
});

test('a day that has no numbers left says so', () => {
  assert.throws(() => nationalIdAt({ year: 2009, month: 1, day: 1 }, 0, 400, true), RangeError);
});

test('organisation numbers are valid and never come twice', () => {
  const made = new Set<string>();
  for (let index = 0; index < 5000; index += 1) {
    const value = organisationNumber(index);
    assert.ok(isSyntheticOrganisationNumber(value), value);
    made.add(value);
  }
  assert.equal(made.size, 5000);
  assert.ok(!isSyntheticOrganisationNumber('974760673'), 'a number of the real series');
});

test('day numbers and dates are inverse, and weeks begin on a Monday', () => {
  fc.assert(
    fc.property(fc.integer({ min: -40_000, max: 40_000 }), (number) => {
      const { year, month, day: dayOfMonth } = civilDate(number);
      assert.equal(dayNumber(year, month, dayOfMonth), number);
      // Day 0 was a Thursday.
      assert.equal(Math.abs((mondayOf(number) + 3) % 7), 0);
      assert.ok(number - mondayOf(number) >= 0 && number - mondayOf(number) < 7);
    }),
  );
  assert.equal(isoDay(0), '1970-01-01');
  assert.equal(isoDay(dayNumber(2024, 2, 29)), '2024-02-29');
  for (const text of ['2026-02-30', '2026-1-1', 'today', '1999-01-01', '2055-01-01', '']) {
    assert.throws(() => parseIsoDay(text), RangeError, text);
  }
});
