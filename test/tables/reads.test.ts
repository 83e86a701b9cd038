// What tables show: pages, totals, walks and rows by key agree with each other and with what the caller sees, whatever is asked for and whoever asks.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import * as fc from 'fast-check';
import { limits } from '#base/limits.ts';
import type { Grant } from '#store/store.ts';
import { at } from '../apis/fs-graphql/fs-world.ts';
import { everything } from '../apis/fs-graphql/mutations/mutation-world.ts';
import { cases } from '../cases.ts';
import { fjord, nationalId, onlyGrants, principal } from '../hub/world.ts';
import { openTablesWorld, projectionIn, type Row, type TablesWorld } from './tables-world.ts';
import { readings } from './three-tables.ts';

const projectionOfPersons = () => projectionIn(readings.person);

let world: TablesWorld;
before(async () => {
  world = await openTablesWorld();
});
after(() => world.close());
beforeEach(() => onlyGrants(world, everything));

const secret = /103|hemmelig/i;

/** Columns that filters of these names compare, so that what is shown says what must match. */
const columns = {
  person: ['Personlopenr', 'Fornavn', 'Epost', 'Fodt', 'Fodselsdato'],
  student: ['Studentnr', 'Etternavn'],
  teaching: ['Emnekode', 'Arstall'],
} as const;

const values = [
  '101',
  '102',
  '103',
  'Kari',
  'KARI',
  'Hemmelig',
  'hemmelig@test.no',
  'kari@test.no',
  '2001-01-09',
  '500101',
  '500103',
  'Åsen',
  'Person',
  'TST1000',
  '2026',
  '1999',
];

/** Grants, each of one who lists, besides which one may read more. */
const sights: readonly Partial<Grant>[] = [
  everything,
  { ...everything, clearance: 3 },
  { ...everything, withhold: ['national-id'] },
  { ...everything, withhold: ['personal', 'national-id'] },
  { ...everything, fields: ['navn', 'studentnummer', 'personProfil', 'kode'] },
  { ...everything, collections: [at.person, at.unitOfTeaching] },
  { ...everything, actions: ['list'] },
];

const isSame = (shown: unknown, given: string): boolean => String(shown).toLowerCase() === given.toLowerCase();

test('pages of either kind, the total and the walk are the same rows, which are those that show what was asked for', async () => {
  let [found, none, absent] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...sights),
      fc.constantFrom('person', 'student', 'teaching'),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom(...values)), { maxLength: 2 }),
      fc.integer({ min: 1, max: 3 }),
      fc.boolean(),
      async (sight, of, chosen, size, readsMore) => {
        await onlyGrants(world, sight, { id: 'reads', actions: readsMore ? ['read'] : [], clearance: 3 });
        const [reading, names] = [readings[of], columns[of]];
        const given: Record<string, string> = {};
        for (const [index, value] of chosen) {
          const name = names[index % names.length] ?? '';
          given[name] = value;
        }
        if ('Fodselsdato' in given) Object.assign(given, { Fodselsdato: '18190', Personnr: '00001' });
        // What is no value of a column is refused, which is not what this is about.
        const isNumber = given['Arstall'] === undefined || /^\d+$/.test(given['Arstall']);
        fc.pre(isNumber && (given['Fodt'] === undefined || /^\d{4}-/.test(given['Fodt'])));
        const all = await world.list(reading);
        const walked = await world.walked(reading, given);
        assert.deepEqual(await world.texts(reading, given), walked);
        if (all.kind === 'missing') {
          assert.equal(walked, null);
          assert.deepEqual(await world.list(reading, given), { kind: 'missing' });
          absent += 1;
          return;
        }
        assert.ok(all.kind === 'rows');
        const rows = all.rows.map(({ bytes }) => JSON.parse(bytes.toString()) as Row);
        const expected = rows.filter((row) =>
          Object.entries(given).every(([name, value]) => row[name] !== undefined && isSame(row[name], value)),
        );
        assert.deepEqual(walked, expected);
        const paged: Row[] = [];
        for (let next: number | null = null; ;) {
          const page = await world.list(reading, given, { after: next, size });
          assert.ok(page.kind === 'rows');
          assert.equal(page.total, expected.length);
          paged.push(...page.rows.map(({ bytes }) => JSON.parse(bytes.toString()) as Row));
          const offset = await world.list(reading, given, { offset: paged.length - page.rows.length, size });
          assert.ok(offset.kind === 'rows');
          assert.deepEqual([offset.rows, offset.next, offset.total], [page.rows, page.next, page.total]);
          next = page.next;
          if (next === null) break;
          assert.equal(page.rows.length, size);
        }
        assert.deepEqual(paged, expected);
        if (sight.clearance !== 3) assert.doesNotMatch(JSON.stringify([rows, walked]), secret);
        if (expected.length > 0 && Object.keys(given).length > 0) found += 1;
        else none += 1;
      },
    ),
    {
      numRuns: cases(100),
      examples: [
        [everything, 'person', [[1, 'KARI']], 1, false],
        [everything, 'teaching', [[0, 'TST1000']], 1, true],
        [{ ...everything, fields: ['navn'] }, 'person', [[0, '101']], 2, true],
        [{ ...everything, collections: [at.person] }, 'student', [], 2, false],
      ],
    },
  );
  assert.ok(found > 1 && none > 0 && absent > 0, `${found} ${none} ${absent}`);
});

test('a row by its key, or nothing', async () => {
  assert.equal((await world.one(readings.person, '101'))?.['Fornavn'], 'Kari');
  assert.equal((await world.one(readings.teaching, '7777,TST1000,1,2026,VÅR,1'))?.['Emnekode'], 'TST1000');
  for (const key of ['103', '999', '', 'x'.repeat(5_000), '101 '])
    assert.equal(await world.one(readings.person, key), null);
  await onlyGrants(world, { ...everything, withhold: ['personal'] });
  assert.equal(await world.one(readings.person, '101'), null, 'its key does not show');
  await onlyGrants(world, { ...everything, collections: [at.course] });
  assert.equal(await world.one(readings.person, '101'), null);
});

test('a protected person is nowhere, whatever leads there', async () => {
  assert.deepEqual(await world.shown(readings.person, { Fodselsdato: '018190', Personnr: nationalId(3).slice(6) }), []);
  assert.deepEqual(await world.shown(readings.student, { Studentnr: '500103' }), []);
  assert.deepEqual(await world.walked(readings.student, { Studentnr: '500103' }), []);
  // Who asks for somebody is named in the record, whether anybody is shown or not.
  const tenant = await world.store.tenant(fjord);
  const [record] = await tenant.audit({ limit: 1 });
  assert.deepEqual([record?.operation, record?.count, record?.subjects.length, record?.seen], ['list', 0, 1, null]);
  await onlyGrants(world, { ...everything, clearance: 3 });
  assert.equal((await world.shown(readings.student, { Studentnr: '500103' })).length, 1);
});

test('rows by their numbers, in the order given, without those that are not seen', async () => {
  const all = await world.list(readings.person);
  assert.ok(all.kind === 'rows');
  const uids = all.rows.map(({ uid }) => uid).toReversed();
  const context = { principal: principal(), requestId: 'r', api: 'test' };
  const found = await world.tables.rows(readings.person, projectionOfPersons(), [...uids, 987_654], context);
  assert.ok(found.kind === 'rows');
  assert.deepEqual(
    found.rows.map(({ uid }) => uid),
    uids,
  );
});

/** The names that a list refuses, as a walk does. */
const wrong = async (given: Readonly<Record<string, string>>): Promise<readonly string[]> => {
  const [listed, walked] = [
    await world.list(readings.person, given),
    await world.tables.walk(readings.person, projectionOfPersons(), given, {
      principal: principal(),
      requestId: 'w',
      api: 'test',
    }),
  ];
  assert.ok(listed.kind === 'refused' && walked.kind === 'refused');
  assert.deepEqual(walked.problem, listed.problem);
  assert.equal(listed.problem.code, 'HUB-103');
  return (listed.problem.errors ?? []).map(({ at: place }) => place);
};

test('what rows cannot be chosen by is named', async () => {
  assert.deepEqual(await wrong({ Ukjent: 'x', Fornavn: 'Kari' }), ['/Ukjent']);
  assert.deepEqual(await wrong({ Fodselsdato: '18190' }), ['/Personnr']);
  assert.deepEqual(await wrong({ Fodselsdato: 'x', Personnr: 'y', Fornavn: '' }), [
    '/Fornavn',
    '/Fodselsdato',
    '/Personnr',
  ]);
  assert.deepEqual(await wrong({ Fodt: 'i går' }), ['/Fodt']);
  assert.deepEqual(await wrong({ constructor: 'x' }), ['/constructor']);
});

test('a page holds no more than one request may read', async () => {
  const size = limits.graphNodes + 1;
  const found = await world.list(readings.person, {}, { offset: 0, size });
  assert.ok(found.kind === 'rows');
  assert.equal(found.next, null);
});
