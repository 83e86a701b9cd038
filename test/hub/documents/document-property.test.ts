// Random data, some of it protected, random grants, random questions between: what is remembered of documents is what a hub that remembers nothing
// answers, and nothing in it is what a plainly written policy hides.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import type { DocumentQuery, Projection } from '#hub/documents/document.ts';
import { cases } from '../../cases.ts';
import { accessOf, allMarkers, dataOf, markersOf, numbers, pupilOf, putData, putSchools, rowsOf } from '../policy.ts';
import type { Access, Data } from '../policy.ts';
import { nationalId, onlyGrants, openWorld, paths, principal } from '../world.ts';
import type { World } from '../world.ts';
import { find, listOf, openDocuments, parents, pupils, shapeOf, step, treeOf, whole } from './document-world.ts';
import type { DocumentWorld, Facts } from './document-world.ts';

let world: World;
let kept: DocumentWorld;

const initially: Data = numbers.map((number, index) => ({
  number,
  marking: index === 0 ? 3 : 0,
  schools: [],
  parent: null,
  name: 0,
  feide: 0,
  there: index === 0,
}));

before(async () => {
  world = await openWorld();
  await putSchools(world);
  // From here on a person without a marking is strictly protected.
  await putData(world, initially);
  kept = await openDocuments(world);
});
after(() => world.close());

const schoolsShape = shapeOf({
  name: 'school',
  collection: paths.school,
  steps: step('elevforhold', step('elev', step('person', step('foreldreansvar')))),
});
const schools: Projection<Facts> = { ...whole(schoolsShape), render: (root) => JSON.stringify(treeOf(root)) };
const projections = [pupils, parents, schools];

const questions: readonly DocumentQuery<Facts>[] = [
  ...projections.map((projection) => listOf(projection)),
  listOf(pupils, { size: 2 }),
  listOf(pupils, { size: 1, accept: ({ schools: names }) => names.includes('SNAME2001') }),
  listOf(pupils, {
    narrow: [
      {
        kind: 'through',
        relation: 'elevforhold',
        to: { kind: 'through', relation: 'skole', to: { kind: 'all', of: [] } },
      },
    ],
    accept: ({ schools: names }) => names.length > 0,
  }),
  {
    kind: 'by-identifier',
    projection: pupils,
    through: ['person'],
    field: 'fodselsnummer',
    value: nationalId(101),
    accept: null,
  },
  { kind: 'by-identifier', projection: pupils, through: [], field: 'systemid', value: 'EID102x', accept: null },
  {
    kind: 'by-identifier',
    projection: schools,
    through: ['elevforhold', 'elev'],
    field: 'systemid',
    value: 'EID103x',
    accept: null,
  },
];

const answer = async (over: DocumentWorld, query: DocumentQuery<Facts>, client: string): Promise<string> => {
  const result = await find(over, query, principal(client));
  if (result.kind !== 'documents') return result.kind;
  return JSON.stringify([
    result.documents.map(({ bytes, facts, id }) => [bytes.toString(), facts, id]),
    result.next,
    result.sensitive,
  ]);
};

type Step =
  | { readonly kind: 'data'; readonly data: Data }
  | { readonly kind: 'one'; readonly pupil: Data[number] }
  | { readonly kind: 'grants'; readonly accesses: readonly Access[]; readonly other: readonly Access[] }
  | { readonly kind: 'ask'; readonly question: number };

const all: Access = {
  collections: ['*'],
  fields: null,
  withhold: [],
  rows: null,
  actions: ['read', 'list'],
  clearance: 3,
};

const grants: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('grants' as const),
  accesses: fc.array(accessOf, { minLength: 1, maxLength: 3 }),
  other: fc.constantFrom([all], [{ ...all, clearance: 0 as const }]),
});

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('one' as const), pupil: fc.constantFrom(...numbers).chain(pupilOf) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('data' as const), data: dataOf }) },
    { weight: 1, arbitrary: grants },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('ask' as const), question: fc.nat(questions.length - 1) }) },
  ),
  { minLength: 4, maxLength: 14 },
);

test('what is remembered is what would be read now, for everyone', async () => {
  let asked = 0;
  let shown = 0;
  await fc.assert(
    fc.asyncProperty(dataOf, grants, steps, async (first, access, then) => {
      let data: Data | null = null;
      let mine: readonly Access[] = [];
      for (const one of [access, { kind: 'data', data: first } as const, ...then]) {
        switch (one.kind) {
          case 'data':
            data = one.data;
            await putData(world, data);
            break;
          case 'one':
            data = (data ?? initially).map((each) => (each.number === one.pupil.number ? one.pupil : each));
            await putData(world, data);
            break;
          case 'grants':
            mine = one.accesses;
            await onlyGrants(world, ...mine, ...one.other.map((each) => ({ ...each, application: 'other' })));
            break;
          case 'ask':
            break;
        }
        if (data === null) continue;
        // One that remembers nothing, not even who has an identifier.
        const fresh = await openDocuments(world, { cacheBytes: 0 });
        const allowed = markersOf(mine, rowsOf(data));
        for (const [index, query] of questions.entries()) {
          if (one.kind === 'ask' && one.question !== index) continue;
          for (const client of ['app', 'other']) {
            const text = await answer(kept, query, client);
            assert.equal(text, await answer(fresh, query, client));
            asked += 1;
            if (client === 'other') continue;
            for (const marker of allMarkers) {
              if (!text.includes(marker)) continue;
              shown += 1;
              assert.ok(allowed.has(marker), `${marker} shows`);
            }
          }
        }
      }
    }),
    { numRuns: cases(60) },
  );
  assert.ok(asked > cases(2_000) && shown > cases(500), `${asked} answers, ${shown} markers`);
});
