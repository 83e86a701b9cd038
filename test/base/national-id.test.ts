// National ids by both rules, against an independent validator and the facts; which are somebody's, and where one stands in a text; birth dates;
// organisation numbers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idnr } from '@navikt/fnrvalidator';
import * as fc from 'fast-check';
import {
  bornOn,
  holdsNationalId,
  judgeNationalId,
  namesNationalId,
  nationalIdKind,
  refusedNationalId,
  withoutNationalIds,
} from '#base/national-id.ts';
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

/**
 * Nine digits with any month, of birth years and series in which nobody has got a number (1940 to 1999 with 750 to 899), so that no real one is
 * made; with check digits that either rule accepts, where there are any.
 */
const nobodys = fc
  .record({
    day: fc.integer({ min: 1, max: 31 }),
    dNumber: fc.boolean(),
    month: fc.integer({ min: 1, max: 12 }),
    added: fc.constantFrom(0, 40, 80),
    year: fc.integer({ min: 41, max: 99 }),
    individual: fc.integer({ min: 750, max: 899 }),
    remainder: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ day: first, dNumber, month, added, year, individual, remainder }) => ({
    text: complete(`${pair(first + (dNumber ? 40 : 0))}${pair(month + added)}${pair(year)}${individual}`, remainder),
    added,
    dNumber,
  }));

const pair = (value: number): string => `${value}`.padStart(2, '0');

test('a number is somebody’s, synthetic or none, as an independent validator has it', () => {
  const seen: Record<string, number> = {};
  fc.assert(
    fc.property(nobodys, ({ text, added, dNumber }) => {
      if (text === null) return;
      const told = idnr(text);
      const kind = nationalIdKind(text);
      assert.equal(kind, told.status === 'invalid' ? 'none' : added === 0 ? 'real' : 'synthetic', text);
      if (told.status === 'valid') {
        const types: Readonly<Record<string, string>> = dNumber
          ? { 0: 'dnr', 40: 'dnr-and-hnr', 80: 'dnr-and-tnr' }
          : { 0: 'fnr', 40: 'hnr', 80: 'tnr' };
        assert.equal(told.type, types[added], text);
      }
      for (const mark of [' ', '-', '.', '\u00a0']) {
        const parted: string = `${text.slice(0, 6)}${mark}${text.slice(6)}`;
        assert.equal(nationalIdKind(parted), kind);
        assert.equal(nationalIdKind(` ${parted}`), kind);
      }
      assert.equal(refusedNationalId('test', text), false);
      assert.equal(refusedNationalId('sandbox', text), kind === 'real');
      assert.equal(refusedNationalId('production', text), kind === 'synthetic');
      seen[`${kind} ${added}`] = (seen[`${kind} ${added}`] ?? 0) + 1;
    }),
    { numRuns: 5_000 },
  );
  assert.equal(Object.keys(seen).filter((name) => !name.startsWith('none')).length, 3);
});

test('any eleven digits of the synthetic range are synthetic exactly when they are valid', () => {
  fc.assert(
    fc.property(synthetic, (text) =>
      assert.equal(nationalIdKind(text), idnr(text).status === 'valid' ? 'synthetic' : 'none', text),
    ),
    { numRuns: 5_000 },
  );
});

test('numbers of a school’s own, DUF numbers and other texts are no national ids', () => {
  for (const text of [
    '',
    '050109',
    '0501090000001',
    '202612345678',
    'ola',
    '123 456 78901',
    '0501-0912345',
    '99999999999',
  ])
    for (const environment of ['production', 'sandbox', 'test'] as const)
      assert.equal(refusedNationalId(environment, text), false, text);
  assert.equal(nationalIdKind(`${nationalIdAt({ year: 2009, month: 1, day: 5 }, 0, 0, true)}0`), 'none');
  fc.assert(fc.property(fc.string(), (text) => nationalIdKind(text).length > 0));
});

test('the examples of the facts are synthetic', () => {
  for (const text of ['14851461249', '03918512186', '22828421046', '49891570073'])
    assert.equal(nationalIdKind(text), 'synthetic');
});

const someone = nationalIdAt({ year: 2009, month: 1, day: 5 }, 0, 0, true);
const [date, rest] = [someone.slice(0, 6), someone.slice(6)];

test('a national id is found in an address, however it is written', () => {
  const forms = [
    someone,
    `${date}%20${rest}`,
    `${date}+${rest}`,
    `${date} ${rest}`,
    `${date}-${rest}`,
    `${date}%2D${rest}`,
    `${date}%252D${rest}`,
    `${date}.${rest}`,
    `${date}%C2%A0${rest}`,
    `${date}%E2%80%93${rest}`,
    `${date.slice(0, 2)}.${date.slice(2, 4)}.${date.slice(4)}-${rest}`,
    Array.from(someone, (digit) => `%3${digit}`).join(''),
    Array.from(someone, (digit) => `%253${digit}`).join(''),
    `%3${someone[0]}${someone.slice(1)}`,
    encodeURIComponent(Array.from(someone, (digit) => String.fromCodePoint(0xff10 + Number(digit))).join('')),
    encodeURIComponent(Array.from(someone, (digit) => String.fromCodePoint(0x660 + Number(digit))).join('')),
    `%ff${someone}`,
    `%ff%3${someone[0]}${someone.slice(1)}`,
    `nin${someone}`,
    `fnr-${someone}`,
    '12345678901',
    '00000000000',
  ];
  const places = [
    '/vfs/v1/pupils/{}',
    '/vfs/v1/pupils/{}/groups?limit=5',
    '/vfs/v1/pupils?q={}',
    '/vfs/v1/pupils?limit=5&q=Ola+{}&x=1',
    '/vfs/v1/{}=1',
    '/vfs/v1/pupils?{}',
    '/vfs/v1/pupils?x=(%27{}%27)',
  ];
  for (const form of forms)
    for (const place of places)
      assert.equal(holdsNationalId(place.replace('{}', form)), true, place.replace('{}', form));
});

test('what is no national id is let through', () => {
  const fine = [
    '/vfs/v1/pupils?limit=500&changedSince=2026-11-22T08:15:30.123456Z&cursor=',
    '/vfs/v1/timetables?from=2026-11-16&to=2026-11-22&groupId=Zk3_4',
    '/vfs/v1/timetables?from=20261116&to=20261122',
    '/vfs/v1/metadata/subjects?schoolYear=2026%2F2027',
    '/vfs/v1/groups?subjectCode=MAT0006&schoolId=974589877',
    '/vfs/v1/pupils/123456789012',
    '/vfs/v1/pupils/1700000000000',
    '/vfs/v1/pupils/0501090000001',
    '/vfs/v1/pupils/123e4567-e89b-12d3-a456-426614174000',
    `/vfs/v1/pupils/Ab3${someone}xY_9-Qd0s`,
    '/vfs/v1/pupils?q=%',
    '/',
    '',
  ];
  for (const text of fine) assert.equal(holdsNationalId(text), false, text);
});

test('ids of the hub’s own kind are hardly ever taken for one', () => {
  let taken = 0;
  let seed = 7;
  const next = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648);
  for (let times = 0; times < 50_000; times += 1) {
    const bytes = Buffer.from(Array.from({ length: 16 }, () => (next() >> 12) & 0xff));
    if (holdsNationalId(`/vfs/v1/pupils/${bytes.toString('base64url')}?x=${bytes.toString('hex')}`)) taken += 1;
  }
  assert.equal(taken, 0);
});

test('the strict form finds a number wherever it stands in an id', () => {
  const ids = [
    someone,
    `5A_${someone}_kontakt`,
    `KLG_2026_${someone}_5A`,
    `kontaktlaerergruppe${someone}ved4skole`,
    `2026${someone}`,
    `${someone}01`,
    `klassen_til_${date}-${rest}_i_5A`,
    `klassen_til_${date}/${rest}_i_5A`,
    `klassen_til_${date}_${rest}_i_5A`,
    `klassen_til_${date}\u200b${rest}_i_5A`,
    `klassen-til-12345678901-i-5A`,
    `00000000-0000-0000-0000-${someone}x`,
    encodeURIComponent(Array.from(someone, (digit) => String.fromCodePoint(0xff10 + Number(digit))).join('')),
  ];
  for (const id of ids) assert.equal(namesNationalId(id), true, id);
  const fine = [
    'KLG_2026_5A',
    '974589877',
    'sas@fjord.example:974589877_5A_2026',
    '123e4567-e89b-42d3-a456-426614174000',
    `123e4567-e89b-42d3-a456-a${someone}`,
    '',
  ];
  for (const id of fine) assert.equal(namesNationalId(id), false, id);
});

test('the strict form hardly ever takes an id of the hub’s own kind for one', () => {
  let taken = 0;
  let seed = 11;
  const next = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648);
  for (let times = 0; times < 50_000; times += 1) {
    const bytes = Buffer.from(Array.from({ length: 16 }, () => (next() >> 12) & 0xff));
    if (namesNationalId(bytes.toString('base64url'))) taken += 1;
  }
  assert.equal(taken, 0);
});

test('a text without its numbers is as it was else', () => {
  const spread = someone.replace(/^(..)(..)(..)/, '$1 $2 $3 ');
  const wide = Array.from(someone, (digit) => String.fromCodePoint(0x660 + Number(digit))).join('');
  for (const form of [
    someone,
    `${date} ${rest}`,
    `${date}  ${rest}`,
    `${date}\u2013${rest}`,
    spread,
    wide,
    '12345678901',
  ])
    assert.equal(withoutNationalIds(`5A (${form}) og 5B`), '5A ( ) og 5B', form);
  assert.equal(withoutNationalIds(`5A_${someone}_kontakt_${date}.${rest}`), '5A_ _kontakt_ ');
  for (const fine of ['5A²', 'MAT0005', '2026/2027', '01.08.2026-31.07.2027', '123456789012', '🏫 ½ 12345678'])
    assert.equal(withoutNationalIds(fine), fine);
});
