// Figures over a real store: counted once and never again, of all that nobody protects, for those alone who see all of it.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import * as fc from 'fast-check';
import type { Sheets } from '#apis/fsws-bris/kept-sheets.ts';
import { registered } from '#apis/fsws-bris/mappings/registered.ts';
import { results } from '#apis/fsws-bris/mappings/results.ts';
import { credits } from '#apis/fsws-bris/mappings/results.ts';
import { candidates } from '#apis/fsws-bris/mappings/candidates.ts';
import { applicants } from '#apis/fsws-bris/mappings/applicants.ts';
import type { ReportedTerm } from '#apis/fsws-bris/release-days.ts';
import type { Sheet, DerivedSheet } from '#apis/fsws-bris/sheet.ts';
import { cases } from '../../cases.ts';
import { grant, onlyGrants, openWorld, principal, type World } from '../../hub/world.ts';
import { putFrame, putPersons, sheetsOver, type Person } from './bris-world.ts';

let world: World;
let sheets: Sheets;

before(async () => {
  world = await openWorld();
  await grant(world);
  await putFrame(world);
  await putPersons(world, students);
  sheets = await sheetsOver(world);
});
after(() => world.close());
beforeEach(() => onlyGrants(world, {}));

const student = (id: number, more: Partial<Person> = {}): Person => ({
  id,
  programme: 'A',
  term: 'VÅR',
  gender: 'KVINNE',
  ...more,
});
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

// Seven who count in A, two in B, and those who never do: protected, or with a registration that is void.
const students: readonly Person[] = [
  ...range(0, 7).map((id) => student(id)),
  ...range(10, 12).map((id) => student(id, { programme: 'B' })),
  ...range(20, 24).map((id) => student(id, { gender: 'MANN', isProtected: true })),
  ...range(30, 34).map((id) => student(id, { gender: 'MANN', isCancelled: true })),
  ...range(40, 52).map((id) => student(id, { term: 'HØST', programme: 'B' })),
];

const spring: ReportedTerm = { year: 2026, code: 'VÅR' };
const autumn: ReportedTerm = { year: 2026, code: 'HØST' };

let asked = 0;
const ask = (sheet: Sheet | DerivedSheet, term: ReportedTerm, over = sheets, as = principal()) => {
  asked += 1;
  return over.ask(sheet, { term, institution: '7777' }, { principal: as, requestId: `b${asked}`, api: 'fsws-bris' });
};

const seven = ['7777', '590700', 'B', '2026', '1', 'A', 'K', '21-25', 5];

test('nothing is told before the day of its release, and nothing of another kind after it', async () => {
  assert.deepEqual(await ask(registered, spring), { kind: 'not-yet', day: '2026-03-01' });
  world.clock.set(Date.UTC(2026, 1, 28, 22, 59));
  assert.deepEqual(await ask(registered, spring), { kind: 'not-yet', day: '2026-03-01' });
  world.clock.set(Date.UTC(2026, 1, 28, 23, 1));
  assert.equal((await ask(applicants, spring)).kind, 'figures');
  for (const later of [results, credits, candidates])
    assert.deepEqual(await ask(later, spring), { kind: 'not-yet', day: '2026-10-01' });
});

test('those who see rows or attributes only in part get what those get who may see nothing', async () => {
  const registrations = 'fs/studierett/semesterregistrering';
  for (const less of [
    [{ collections: ['utdanning/elev/elev'] }],
    [{ collections: [registrations] }],
    [{ withhold: ['personal'] as const }],
    [{ fields: ['systemId', 'student', 'termin'] }],
    [{ rows: { scope: 'skole', field: 'skolenummer', values: ['1'] } }],
    [{ actions: ['read'] as const }],
  ] as const) {
    await onlyGrants(world, ...less);
    assert.deepEqual(await ask(registered, spring), { kind: 'missing' }, JSON.stringify(less));
  }
});

test('protected persons and void registrations do not count, whoever asks first and whoever after', async () => {
  await onlyGrants(world, { clearance: 3 }, { application: 'other' });
  const first = await ask(registered, spring);
  assert.deepEqual(first, { kind: 'figures', figures: { day: '2026-03-01', rows: [seven] } });
  assert.deepEqual(await ask(registered, spring, sheets, principal('other')), first);
});

test('what was told once is told for ever: no change between two answers can be seen in them', async () => {
  const first = await ask(registered, spring);
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          id: fc.constantFrom(...range(0, 14)),
          programme: fc.constantFrom('A' as const, 'B' as const),
          gender: fc.constantFrom('KVINNE' as const, 'MANN' as const),
          isProtected: fc.boolean(),
          isCancelled: fc.boolean(),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      fc.integer({ min: 0, max: 9e9 }),
      async (changed, later) => {
        await putPersons(
          world,
          changed.map((one) => student(one.id, one)),
        );
        world.clock.move(later);
        // In this process, and in one that has just been started.
        assert.deepEqual(await ask(registered, spring), first);
        assert.deepEqual(await ask(registered, spring, await sheetsOver(world)), first);
      },
    ),
    { numRuns: cases(10) },
  );
  world.clock.set(Date.UTC(2026, 9, 2));
  assert.deepEqual(await ask(registered, autumn), {
    kind: 'figures',
    figures: { day: '2026-10-02', rows: [['7777', '590700', 'B', '2026', '3', 'B', 'K', '21-25', 10]] },
  });
});

test('whoever is first of many at once is right for all of them', async () => {
  const beside = await sheetsOver(await world.beside());
  const term: ReportedTerm = { year: 2025, code: 'HØST' };
  const answers = await Promise.all([sheets, beside, sheets, beside].map((over) => ask(applicants, term, over)));
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  assert.equal(answers[0]?.kind, 'figures');
});

test('what is told of credits follows from what is told of results', async () => {
  assert.deepEqual(await ask(results, spring), { kind: 'figures', figures: { day: '2026-10-02', rows: [] } });
  assert.deepEqual(await ask(credits, spring), { kind: 'figures', figures: { day: '2026-10-02', rows: [] } });
  assert.deepEqual(await ask(candidates, spring), { kind: 'figures', figures: { day: '2026-10-02', rows: [] } });
});
