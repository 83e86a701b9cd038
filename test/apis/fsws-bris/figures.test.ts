// What is told of counts: nothing that is told, and nothing that can be made of it, says one person or two.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createCounter, figureOf, leastShown, roundedTo, type FigureRow } from '#apis/fsws-bris/figures.ts';
import { ageGroup, commonCell } from '#apis/fsws-bris/mappings/columns.ts';
import { credits } from '#apis/fsws-bris/mappings/results.ts';
import { censusDay, releaseDay, reportedTerm } from '#apis/fsws-bris/release-days.ts';
import { cases } from '../../cases.ts';

const sheetOf = (counts: readonly number[]): readonly FigureRow[] => {
  const counter = createCounter();
  for (const [cell, count] of counts.entries())
    for (let person = 0; person < count; person += 1) counter.add([`unit ${cell % 3}`, `cell ${cell}`], person);
  return counter.rows();
};

test('fewer than three are left out, and all else is a multiple of five', () => {
  assert.deepEqual([0, 1, 2, 3, 7, 8, 12, 13].map(figureOf), [null, null, null, 5, 5, 10, 10, 15]);
  assert.equal(leastShown, 3);
});

test('a person counts once in a cell, and rows come in one order whatever came first', () => {
  const [one, other] = [createCounter(), createCounter()];
  for (let person = 0; person < 4; person += 1) {
    for (const cell of ['b', 'a']) one.add([cell], person);
    for (const cell of ['a', 'b', 'b']) other.add([cell], person);
  }
  assert.deepEqual(one.rows(), [
    ['a', 5],
    ['b', 5],
  ]);
  assert.deepEqual(other.rows(), one.rows());
  assert.equal(one.size(), 2);
});

const someCounts = fc.array(fc.integer({ min: 0, max: 14 }), { minLength: 1, maxLength: 8 });

test('whatever is added up of figures of any answers, or taken from each other, is never one person nor two', () => {
  fc.assert(
    fc.property(
      someCounts,
      someCounts,
      fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 16, maxLength: 16 }),
      (one, other, factors) => {
        const figures = [...sheetOf(one), ...sheetOf(other)].map((row) => Number(row.at(-1)));
        const sum = figures.reduce((all, figure, index) => all + figure * (factors[index] ?? 0), 0);
        assert.equal(Math.abs(sum % roundedTo), 0);
      },
    ),
    { numRuns: cases(300) },
  );
});

test('from all answers together nobody learns a count: at least three fit, and of what is left out nobody does', () => {
  fc.assert(
    fc.property(someCounts, fc.nat(), (counts, chosen) => {
      const cell = chosen % counts.length;
      const told = JSON.stringify(sheetOf(counts));
      // Whoever knows every other count, and everything that is told, tries what this one may have been.
      const fits = Array.from({ length: 30 }, (_, count) => count).filter(
        (count) => JSON.stringify(sheetOf(counts.with(cell, count))) === told,
      );
      assert.ok(fits.length >= leastShown, `${fits.join(' ')} of ${counts[cell]}`);
      if (figureOf(counts[cell] ?? 0) === null) assert.ok(fits.includes(0));
      else assert.ok(fits.every((count) => count >= leastShown));
    }),
    { numRuns: cases(200) },
  );
});

const shown = (passed: string, grade: string, count: number): FigureRow => [
  '7777', '590700', 'B', '2026', '1', 'TST1000', '1', '7.5', 'K', passed, grade, count,
]; // prettier-ignore

test('credits are made of the figures that are shown, and so say no more than they do', () => {
  assert.deepEqual(credits.derive([shown('J', 'A', 5), shown('J', 'B', 10), shown('N', 'F', 20)]), [
    ['7777', '590700', 'B', '2026', '1', 'TST1000', '1', '7.5', 'K', 112.5],
  ]);
  assert.deepEqual(credits.derive([]), []);
});

test('terms are spring and autumn of a year, in either spelling', () => {
  assert.deepEqual(reportedTerm('2026', 'host'), { year: 2026, code: 'HØST' });
  assert.deepEqual(reportedTerm('2026', 'VA\u030aR'), { year: 2026, code: 'VÅR' });
  for (const [year, code] of [
    ['2026', 'SOM'],
    ['26', 'VÅR'],
    ['1899', 'VÅR'],
    ['2101', 'VÅR'],
    ['2026', ''],
  ] as const)
    assert.equal(reportedTerm(year, code), undefined);
});

test('what has begun is told from its census day, what a term has led to from the next one', () => {
  const [spring, autumn] = [{ year: 2026, code: 'VÅR' } as const, { year: 2026, code: 'HØST' } as const];
  assert.deepEqual([censusDay(spring), censusDay(autumn)], ['2026-03-01', '2026-10-01']);
  assert.deepEqual([releaseDay(spring, 'census'), releaseDay(spring, 'term')], ['2026-03-01', '2026-10-01']);
  assert.equal(releaseDay(autumn, 'term'), '2027-03-01');
});

test('ages and units are told as reports have them', () => {
  const term = { year: 2026, code: 'VÅR' } as const;
  const ages = [
    '2005-03-01',
    '2005-03-02',
    '2000-03-01',
    '1995-03-01',
    '1985-03-02',
    '1985-03-01',
    undefined,
    '2030-01-01',
  ];
  assert.deepEqual(
    ages.map((born) => ageGroup(born, term)),
    ['21-25', '00-20', '26-30', '31-40', '31-40', '41-99', 'U', 'U'],
  );
  const where = { term, institution: '7777', now: { today: '2026-03-01' } };
  assert.deepEqual(commonCell({ unit: '7777,59,7,0', level: 'B' }, where), ['7777', '590700', 'B', '2026', '1']);
  assert.deepEqual(commonCell({ unit: 'U1', dbhLevel: 'LN', level: 'B' }, where).slice(1, 3), ['000000', 'LN']);
});
