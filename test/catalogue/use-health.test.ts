// How applications stand with what will go: what counts, which light it gives, to the day.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { dayMs } from '#base/clock.ts';
import { startOfDay } from '#catalogue/calendar.ts';
import type { GoingParts } from '#catalogue/contract-notes.ts';
import { createUseHealth, healthLights, healthOf } from '#catalogue/use-health.ts';
import { hitDays, hitsOf } from '#catalogue/impact.ts';
import type { PartUse } from '#store/store.ts';

const end = startOfDay('2028-03-31');
const going = (change: string, coordinates: readonly string[], earliestRemoval = end): GoingParts => ({
  change,
  api: 'rest',
  coordinates,
  announcedAt: startOfDay('2026-11-22'),
  earliestRemoval,
  replacement: 'GET /new',
  text: { nb: 'Går ut.', en: 'Goes.' },
});
const use = (part: string, day: string, count = 1, api = 'rest'): PartUse => ({
  application: 'app',
  api,
  part,
  day,
  count,
});

/** Announcements touch what they name. */
const touchingBy =
  (...all: readonly GoingParts[]) =>
  (api: string, used: string): readonly GoingParts[] =>
    all.filter((one) => one.api === api && one.coordinates.includes(used));

test('use is summed by announcement, and what goes first stands first', () => {
  const touching = touchingBy(going('b', ['GET /a', 'GET /b']), going('a', ['GET /a'], startOfDay('2028-03-26')));
  const uses = [
    use('GET /a', '2028-01-01', 3),
    use('GET /a', '2028-02-01', 4),
    use('GET /b', '2028-01-15', 5),
    use('GET /c', '2028-03-01', 100),
    use('GET /a', '2028-03-01', 100, 'other'),
  ];
  assert.deepEqual(
    healthOf(uses, touching, startOfDay('2028-02-10')).map(
      ({ change, uses: used, count, lastUsed, earliestRemoval }) => [change, used, count, lastUsed, earliestRemoval],
    ),
    [
      ['a', ['GET /a'], 7, '2028-02-01', '2028-03-26'],
      ['b', ['GET /a', 'GET /b'], 12, '2028-02-01', '2028-03-31'],
    ],
  );
});

const lightAt = (now: number, lastUsed: string): readonly unknown[] => {
  const [part] = healthOf([use('GET /a', lastUsed)], touchingBy(going('a', ['GET /a'])), now);
  return [part?.light, part?.urgency];
};

test('yellow until 30 days are left, red until the end, overdue from the very moment, fine when it was left 90 days ago', () => {
  const urgent = end - 30 * dayMs;
  assert.deepEqual(lightAt(urgent - 1, '2028-02-29'), ['fix-by', 'yellow']);
  assert.deepEqual(lightAt(urgent, '2028-02-29'), ['fix-by', 'red']);
  assert.deepEqual(lightAt(end - 1, '2028-03-30'), ['fix-by', 'red']);
  assert.deepEqual(lightAt(end, '2028-03-30'), ['overdue', null]);
  const later = startOfDay('2028-06-01') + 12 * 3_600_000;
  assert.deepEqual(lightAt(later, '2028-03-03'), ['overdue', null]);
  assert.deepEqual(lightAt(later, '2028-03-02'), ['fine', null]);
  assert.deepEqual(lightAt(end - 40 * dayMs, '2027-04-01'), ['fine', null]);
});

test('an application stands as its worst part, by use of 400 days in this environment', async () => {
  const asked: unknown[] = [];
  const rows = { uses: [] as readonly PartUse[] };
  const health = createUseHealth({
    platform: {
      partUse: (environment, query) => {
        asked.push([environment, query]);
        return rows.uses;
      },
    },
    notes: { touching: touchingBy(going('a', ['GET /a']), going('b', ['GET /b'], startOfDay('2028-01-01'))) },
    clock: { now: () => startOfDay('2028-02-10') },
    environment: 'test',
  });
  assert.deepEqual(await health('app'), {
    application: 'app',
    environment: 'test',
    since: '2027-01-06',
    light: 'fine',
    parts: [],
  });
  assert.deepEqual(asked, [['test', { since: '2027-01-06', application: 'app' }]]);
  const light = async (...uses: readonly PartUse[]) => {
    rows.uses = uses;
    return (await health('app')).light;
  };
  assert.equal(await light(use('GET /c', '2028-02-01')), 'fine');
  assert.equal(await light(use('GET /a', '2027-02-01')), 'fine');
  assert.equal(await light(use('GET /a', '2028-02-01')), 'fix-by');
  assert.equal(await light(use('GET /a', '2028-02-01'), use('GET /b', '2028-02-01')), 'overdue');
  assert.equal(await light(use('GET /b', '2027-02-01')), 'fine');
});

test('as time passes a part that goes on being used only comes closer to its end', () =>
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -600, max: 600 }), { minLength: 2, maxLength: 8 }), (days) => {
      const at = days.toSorted((a, b) => a - b).map((day) => end + day * dayMs);
      const lights = at.map((now) => {
        const day = new Date(now + 7_200_000).toISOString().slice(0, 10);
        const [part] = healthOf([use('GET /a', day)], touchingBy(going('a', ['GET /a'])), now);
        return [healthLights.indexOf(part?.light ?? 'fine'), part?.urgency === 'yellow' ? 0 : 1] as const;
      });
      const ranks = lights.map(([light, urgency]) => light * 2 + urgency);
      assert.deepEqual(ranks.toSorted(), ranks);
      assert.ok(lights.every(([light]) => light > 0));
    }),
  ));

test('use of every operation on every day that counts is summed, and nothing that was summed is copied', () => {
  const operations = Array.from({ length: 150 }, (_, index) => `GET /a${String(index).padStart(3, '0')}`);
  const days = Array.from({ length: hitDays }, (_, index) => new Date(end - index * dayMs).toISOString().slice(0, 10));
  const uses = days.flatMap((day) => operations.map((part) => use(part, day)));
  const [part] = healthOf(uses, touchingBy(going('all', operations)), end - dayMs);
  assert.deepEqual([part?.count, part?.lastUsed, part?.uses], [uses.length, days[0], operations]);
  assert.deepEqual(hitsOf(operations, uses), [
    { application: 'app', count: uses.length, last: days[0], parts: operations },
  ]);
});
