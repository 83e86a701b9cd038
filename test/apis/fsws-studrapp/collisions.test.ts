// Collisions of timetables, against the plain definition minute by minute; and dates in the formats that senders name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { collisionsOf, minutesOf, timeOf, type Session } from '#apis/fsws-studrapp/collisions.ts';
import { dateIn, plainFormat } from '#apis/fsws-studrapp/date-format.ts';
import { cases } from '../../cases.ts';

const session = (entry: number, more: Partial<Session> = {}): Session => ({
  entry,
  follows: null,
  weekday: 1,
  from: 495,
  until: 600,
  weeks: ['2026-34', '2026-35'],
  ...more,
});

const few = { pairs: 10, looks: 10 };

const placed = (...activities: readonly string[]) => activities.map((activity) => ({ student: 's1', activity }));

test('two sessions collide in the time and the weeks that they have in common', async () => {
  const sessions = new Map([
    ['A', [session(1)]],
    ['B', [session(2, { from: 555, until: 660, weeks: ['2026-35', '2026-36'] })]],
  ]);
  assert.deepEqual(await collisionsOf(placed('B', 'A', 'A'), sessions, few), [
    { one: 'A', other: 'B', weekday: 1, from: 555, until: 600, weeks: ['2026-35'], students: ['s1'] },
  ]);
});

test('what follows directly, is on another day or in other weeks, or is held together, does not collide', async () => {
  const others: readonly Partial<Session>[] = [
    { from: 600, until: 700 },
    { weekday: 2 },
    { weeks: ['2026-40'] },
    { follows: 1 },
  ];
  for (const more of others)
    assert.deepEqual(await collisionsOf(placed('A', 'B'), new Map([['A', [session(1)]], ['B', [session(2, more)]]]), few), []); // prettier-ignore
  const both = new Map([
    ['A', [session(1, { follows: 3 })]],
    ['B', [session(2, { follows: 3 })]],
  ]);
  assert.deepEqual(await collisionsOf(placed('A', 'B'), both, few), []);
});

test('so many pairs of activities and no more, and so many looks at them', async () => {
  const many = placed('A', 'B', 'C');
  assert.deepEqual(await collisionsOf(many, new Map(), { ...few, pairs: 3 }), []);
  assert.equal(await collisionsOf(many, new Map(), { ...few, pairs: 2 }), undefined);
  const twice = [...many, ...many.map((one) => ({ ...one, student: 's2' }))];
  assert.deepEqual(await collisionsOf(twice, new Map(), { pairs: 3, looks: 6 }), []);
  assert.equal(await collisionsOf(twice, new Map(), { pairs: 3, looks: 5 }), undefined);
});

test('other work runs while there is much to look at', async () => {
  let ran = 0;
  const names = Array.from({ length: 250 }, (_, index) => `A${index}`);
  setImmediate(() => (ran += 1));
  assert.deepEqual(await collisionsOf(placed(...names), new Map(), { pairs: 50_000, looks: 50_000 }), []);
  assert.equal(ran, 1);
});

test('a student is told with two activities when some minute of some week belongs to both, and only then', async () => {
  const activities = ['A', 'B', 'C'] as const;
  const someSession = fc.record({
    entry: fc.integer({ min: 1, max: 9 }),
    follows: fc.constant(null),
    weekday: fc.integer({ min: 1, max: 2 }),
    from: fc.integer({ min: 0, max: 6 }),
    length: fc.integer({ min: 1, max: 4 }),
    weeks: fc.subarray(['2026-34', '2026-35', '2026-36']),
  });
  const timetables = fc.record({ A: fc.array(someSession, { maxLength: 2 }), B: fc.array(someSession, { maxLength: 2 }), C: fc.array(someSession, { maxLength: 2 }) }); // prettier-ignore
  const placements = fc.array(
    fc.record({ student: fc.constantFrom('s1', 's2'), activity: fc.constantFrom(...activities) }),
    { maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(timetables, placements, async (drawn, placing) => {
      let entry = 0;
      const sessions = new Map(
        activities.map((name) => [
          name,
          drawn[name].map(({ length, ...each }) => ({ ...each, entry: (entry += 1), until: each.from + length })),
        ]),
      );
      const isIn = (student: string, activity: string) =>
        placing.some((one) => one.student === student && one.activity === activity);
      const minutes = (name: string): readonly string[] =>
        (sessions.get(name as 'A') ?? []).flatMap(({ weekday, from, until, weeks }) =>
          weeks.flatMap((week) => Array.from({ length: until - from }, (_, at) => `${week} ${weekday} ${from + at}`)),
        );
      const expected = ['s1', 's2'].flatMap((student) =>
        [['A', 'B'], ['A', 'C'], ['B', 'C']] // prettier-ignore
          .filter(([one = '', other = '']) => isIn(student, one) && isIn(student, other))
          .filter(([one = '', other = '']) => minutes(one).some((minute) => minutes(other).includes(minute)))
          .map(([one, other]) => `${student} ${one} ${other}`),
      );
      const told = ((await collisionsOf(placing, sessions, { pairs: 100, looks: 100 })) ?? []).flatMap(
        ({ one, other, students }) => students.map((student) => `${student} ${one} ${other}`),
      );
      assert.deepEqual([...new Set(told)].toSorted(), expected.toSorted());
    }),
    { numRuns: cases(300) },
  );
});

test('times of day are minutes and back', () => {
  assert.deepEqual(['08:15', '08:15:30', '23:59:59', 'noon', undefined].map(minutesOf), [495, 495, 1439, undefined, undefined]); // prettier-ignore
  assert.deepEqual([495, 0, 1439].map(timeOf), ['08:15', '00:00', '23:59']);
});

test('a date is read by the format that is named beside it', () => {
  const written: readonly (readonly [string, string])[] = [
    [plainFormat, '2026-08-15'],
    ['dd.MM.yyyy', '15.08.2026'],
    ['d.M.yyyy', '15.8.2026'],
    ['yyyyMMdd', '20260815'],
    ['dd/MM/yyyy', '15/08/2026'],
    ['MM-dd-yyyy', '08-15-2026'],
  ];
  for (const [format, text] of written) assert.equal(dateIn(format, text), '2026-08-15', format);
});

test('a format of other letters, a text of another form, and a day that there is not are no date', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['dd.MM.yy', '15.08.26'],
    ['yyyy-MM', '2026-08'],
    ["yyyy-MM-dd'T'HH:mm", '2026-08-15T00:00'],
    ['yyyy-MM-dd-dd', '2026-08-15-15'],
    ['', '2026-08-15'],
    ['yyyy.MM.dd', '2026x08x15'],
    [plainFormat, '15.08.2026'],
    [plainFormat, '2026-02-30'],
    [plainFormat, '2026-13-01'],
    [plainFormat, '1826-01-01'],
    ['yyyy-MM-dd'.padEnd(33), '2026-08-15'],
  ];
  for (const [format, text] of wrong) assert.equal(dateIn(format, text), undefined, `${format} ${text}`);
});
