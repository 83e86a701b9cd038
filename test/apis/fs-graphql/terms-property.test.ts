// Random periods of terms on courses, random grants: filters by them leave exactly those courses of which the same caller sees that it is so.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import * as fc from 'fast-check';
import type { Grant } from '#store/store.ts';
import { cases } from '../../cases.ts';
import { bySystemId, identified, onlyGrants, put } from '../../hub/world.ts';
import { listOf, page, select } from '../../hub/graph/graph-world.ts';
import { at, everyFlag, idOf, inTerms, openFsWorld, plainId, type FsWorld, type Tree } from './fs-world.ts';

let world: FsWorld;
before(async () => {
  world = await openFsWorld();
});
after(() => world.close());

const own = 'eierOrganisasjonskode: "7777"';
const terms = ['T1', 'T2', 'T3'] as const;
const keys = { T1: '2025,HØST', T2: '2026,VÅR', T3: '2026,HØST' } as const;
// The day of the tests lies in the second term.
const today = '2026-01-15';

const term = fc.constantFrom(null, ...terms);
type Period = { readonly from: (typeof terms)[number] | null; readonly to: (typeof terms)[number] | null } | null;
const period: fc.Arbitrary<Period> = fc.option(fc.record({ from: term, to: term }), { freq: 4 });

const course = (number: number, taught: Period, assessed: Period) => ({
  systemId: identified(`E${number}`),
  naturligNokkel: identified(`7777,C${number},1`),
  kode: `C${number}`,
  versjonskode: '1',
  ...(taught === null ? {} : { undervisesIPeriode: inTerms(taught.from, taught.to) }),
  ...(assessed === null ? {} : { vurderesIPeriode: inTerms(assessed.from, assessed.to) }),
  links: {},
});

/** Terms by another identifier are the same terms. */
const byKey = (value: ReturnType<typeof course>): ReturnType<typeof course> =>
  JSON.parse(
    terms.reduce(
      (text, one) =>
        text.replaceAll(
          bySystemId(at.term, one),
          bySystemId(at.term, one).replace(/\/systemid\/.*$/, `/naturlignokkel/${encodeURIComponent(keys[one])}`),
        ),
      JSON.stringify(value),
    ),
  ) as ReturnType<typeof course>;

const fields = ['kode', 'versjonskode', 'undervisesIPeriode', 'vurderesIPeriode', 'studiesemesterPeriode', 'arstall'];
const grantOf: fc.Arbitrary<Partial<Grant>> = fc.record({
  collections: fc.oneof(
    { weight: 3, arbitrary: fc.constant(['*']) },
    { weight: 1, arbitrary: fc.constantFrom([at.course], [at.course, at.term]) },
  ),
  fields: fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: fc.subarray(fields).map((some) => ['systemId', 'naturligNokkel', ...some]) },
    // What terms are known by decides whether an address shows where it leads.
    { weight: 1, arbitrary: fc.constantFrom('systemId', 'naturligNokkel').map((one) => [one, ...fields]) },
  ),
});

const terminal = 'studiesemesterPeriode { fraDato tilDato }';
const shown = `fraTermin { ${terminal} } tilTermin { ${terminal} }`;

type Seen = { readonly from: string | null; readonly to: string | null; readonly isThere: boolean };

const day = (one: Tree | null, name: string): string | null => {
  const held: unknown = one?.['studiesemesterPeriode']?.[name];
  return typeof held === 'string' ? held : null;
};

const seenIn = (value: Tree | null | undefined): Seen => {
  const [first, last] = [value?.['fraTermin'] ?? null, value?.['tilTermin'] ?? null];
  return { from: day(first, 'fraDato'), to: day(last, 'tilDato'), isThere: first !== null || last !== null };
};

const goesOn = ({ from, to, isThere }: Seen): boolean =>
  isThere && !(from !== null && from > today) && !(to !== null && to < today);
const isOver = ({ to }: Seen, begins: string): boolean => to !== null && to < begins;
const isExpired = (periods: readonly Seen[], begins: string): boolean =>
  periods.some((one) => isOver(one, begins)) && !periods.some((one) => one.isThere && !isOver(one, begins));

const codes = (tree: Tree | undefined): readonly string[] =>
  (tree?.['nodes'] ?? []).map((node) => String(node['id'])).toSorted();

const ofCourses = fc.record({
  courses: fc.array(fc.tuple(period, period, fc.boolean()), { minLength: 3, maxLength: 5 }),
  grants: fc.array(grantOf, { minLength: 1, maxLength: 2 }),
  asked: fc.constantFrom(...terms),
});

test('courses that go on, and that have not expired, are those that are seen to', async () => {
  let [active, others, left] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(ofCourses, async ({ courses, grants, asked }) => {
      await put(
        world,
        at.course,
        courses.map(([taught, assessed, keyed], index) => {
          const made = course(index + 1, taught, assessed);
          return keyed ? byKey(made) : made;
        }),
      );
      await onlyGrants(world, ...grants);
      const { body, text } = await world.post(
        {
          query: `query($t: ID) {
            all: emnerV2(filter: { ${own} }) { nodes { id undervisesIPeriode { ${shown} } vurderesIPeriode { ${shown} } } }
            yes: emnerV2(filter: { ${own}, aktivstatus: AKTIV }) { nodes { id } }
            no: emnerV2(filter: { ${own}, aktivstatus: IKKE_AKTIV }) { nodes { id } }
            lasting: emnerV2(filter: { ${own}, ikkeUtloptITermin: $t }) { nodes { id } }
            term: nodes(ids: ["${plainId(at.term, asked)}", "${idOf(at.term, keys[asked])}"]) { ... on Termin { ${terminal} } }
          }`,
          variables: { t: idOf(at.term, keys[asked]) },
        },
        { headers: everyFlag },
      );
      assert.equal(body.errors, undefined, text.slice(0, 500));
      const { data } = body;
      const graphNodes = await visible();
      const rows = (data?.['all']?.['nodes'] ?? []).map((node, index) => ({
        id: String(node['id']),
        periods: [seenIn(node['undervisesIPeriode']), seenIn(node['vurderesIPeriode'])],
        shows: graphNodes[index] === true,
      }));
      assert.equal(rows.length, graphNodes.length);
      const expected = (holds: (periods: readonly Seen[]) => boolean): readonly string[] =>
        rows
          .filter(({ shows, periods }) => shows && holds(periods))
          .map(({ id }) => id)
          .toSorted();
      // One that is seen to go on is enough; that none does takes both to be seen.
      assert.deepEqual(
        codes(data?.['yes']),
        rows
          .filter(({ periods }) => periods.some(goesOn))
          .map(({ id }) => id)
          .toSorted(),
      );
      assert.deepEqual(
        codes(data?.['no']),
        expected((periods) => !periods.some(goesOn)),
      );
      const begins: unknown = data?.['term']?.[1]?.['studiesemesterPeriode']?.['fraDato'] ?? null;
      assert.deepEqual(
        codes(data?.['lasting']),
        typeof begins === 'string' ? expected((periods) => !isExpired(periods, begins)) : [],
      );
      active += codes(data?.['yes']).length;
      others += codes(data?.['no']).length;
      left += codes(data?.['lasting']).length;
    }),
    { numRuns: cases(100) },
  );
  for (const some of [active, others, left]) assert.ok(some > cases(20), String([active, others, left]));
});

/** Of every course in the order of the list: whether both periods are shown, be they there or not. */
const visible = async (): Promise<readonly boolean[]> => {
  const { nodes } = await page(world.graph, {
    ...listOf(select(at.course, ['kode', 'undervisesIPeriode', 'vurderesIPeriode'])),
    order: { path: ['kode'], direction: 'ascending' },
  });
  return nodes.map((node) => !node.hides('undervisesIPeriode') && !node.hides('vurderesIPeriode'));
};
