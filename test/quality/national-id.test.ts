// National ids by both rules, against an independent validator and the facts; birth dates; organisation numbers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idnr } from '@navikt/fnrvalidator';
import * as fc from 'fast-check';
import { bornOn, judgeNationalId } from '#quality/national-id.ts';
import { organisationNumberFault } from '#quality/organisation-number.ts';
import { civilDate, dayNumber } from '#sandbox/calendar.ts';
import { nationalIdAt } from '#sandbox/national-id.ts';
import { organisationNumber } from '#sandbox/organisation-number.ts';

const day = fc.integer({ min: dayNumber(1940, 1, 1), max: dayNumber(2039, 12, 31) });
/** Any eleven digits of the synthetic range, so that no number is anybody's. */
const synthetic = fc
  .tuple(fc.integer({ min: 0, max: 79 }), fc.integer({ min: 80, max: 99 }), fc.integer({ min: 0, max: 9_999_999 }))
  .map(([first, second, rest]) => `${first}`.padStart(2, '0') + `${second}` + `${rest}`.padStart(7, '0'));

const accepted = (text: string): boolean => judgeNationalId(text).fault === '';

const sum = (text: string, weights: readonly number[]): number =>
  weights.reduce((total, weight, place) => total + weight * Number(text[place]), 0);

/** The check digits of nine digits; `remainder` = what the first leaves. */
const complete = (nine: string, remainder: number): string | null => {
  const first = (22 + remainder - (sum(nine, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)) % 11;
  const second = (11 - (sum(`${nine}${first}`, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return first === 10 || second === 10 ? null : `${nine}${first}${second}`;
};

test('what the sandbox makes is accepted by both rules', () => {
  fc.assert(
    fc.property(day, fc.nat(40), fc.boolean(), fc.boolean(), (number, slot, female, dNumber) => {
      const text = nationalIdAt(civilDate(number), 0, slot, female, dNumber);
      const { fault, today, from2032 } = judgeNationalId(text);
      assert.deepEqual([fault, today, from2032], ['', true, true], text);
    }),
  );
});

test('any eleven digits are judged as an independent validator judges them', () => {
  fc.assert(
    fc.property(synthetic, (text) => assert.equal(accepted(text), idnr(text).status === 'valid', text)),
    { numRuns: 20_000 },
  );
});

test('a remainder of 1 to 3 is accepted from 2032 only, and 4 never', () => {
  const seen = { today: 0, later: 0, never: 0 };
  for (let individual = 500; individual < 600; individual += 1)
    for (let remainder = 0; remainder <= 5; remainder += 1) {
      const text = complete(`058109${individual}`, remainder);
      if (text === null) continue;
      const verdict = judgeNationalId(text);
      assert.equal(idnr(text).status === 'valid', verdict.fault === '', text);
      assert.deepEqual([verdict.today, verdict.from2032], [remainder === 0, remainder <= 3], `${text} ${remainder}`);
      assert.equal(verdict.fault, remainder <= 3 ? '' : 'first-check-digit');
      seen[remainder === 0 ? 'today' : remainder <= 3 ? 'later' : 'never'] += 1;
    }
  assert.ok(Object.values(seen).every((count) => count > 50));
});

const faultOf = (text: string): string => judgeNationalId(text).fault;

test('it is told what is wrong', () => {
  const good = nationalIdAt({ year: 2009, month: 1, day: 5 }, 0, 0, true);
  assert.equal(faultOf(good), '');
  assert.equal(faultOf(good.slice(0, 10)), 'form');
  assert.equal(faultOf(`${good} `), 'form');
  assert.equal(faultOf(''), 'form');
  assert.equal(faultOf(`٠${good.slice(1)}`), 'form');
  assert.equal(faultOf(`32${good.slice(2)}`), 'date');
  assert.equal(faultOf(`3082${good.slice(4)}`), 'date');
  assert.equal(faultOf(good.slice(0, 10) + String((Number(good[10]) + 1) % 10)), 'second-check-digit');
});

test('29 February is a day of leap years', () => {
  for (const year of [2004, 2000, 1996]) assert.ok(accepted(nationalIdAt({ year, month: 2, day: 29 }, 0, 0, true)));
  assert.equal(judgeNationalId('29820112345').date, false);
});

test('a birth date is that of the number, whether midnight is taken in UTC or in Norway', () => {
  fc.assert(
    fc.property(day, fc.nat(20), fc.boolean(), (number, slot, dNumber) => {
      const birth = civilDate(number);
      const text = nationalIdAt(birth, 0, slot, true, dNumber);
      const midnight = Date.UTC(birth.year, birth.month - 1, birth.day);
      for (const hours of [-2, -1, 0, 12, 23])
        assert.ok(bornOn(text, midnight + hours * 3_600_000), `${text} ${hours}`);
      for (const days of [-366, -1.5, 1, 365, 36_525])
        assert.ok(!bornOn(text, midnight + days * 86_400_000), `${text} ${days}`);
    }),
  );
});

test('organisation numbers', () => {
  for (let index = 0; index < 500; index += 1) {
    const text = organisationNumber(index);
    assert.equal(organisationNumberFault(text), '');
    assert.equal(organisationNumberFault(text.slice(0, 8) + String((Number(text[8]) + 1) % 10)), 'check-digit');
    assert.equal(organisationNumberFault(`${text}0`), 'form');
    assert.equal(organisationNumberFault(` ${text}`), 'form');
  }
});
