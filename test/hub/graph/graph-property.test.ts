// Random data, some of it protected, random grants, random trees: what they show is what the FINT-style API shows the same application, row for row
// and link for link; pages of any size give everything once; counts are lengths; what is recorded is what was shown.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import { unpackUids } from '#base/packed-uids.ts';
import type { Narrow } from '#hub/documents/document.ts';
import type { Graph, GraphEdge, GraphNode, GraphPage, GraphSelection } from '#hub/graph/graph.ts';
import { cases } from '../../cases.ts';
import { accessOf, allMarkers, dataOf, markersOf, putData, putSchools, rowsOf } from '../policy.ts';
import { fjord, nationalId, openWorld, paths } from '../world.ts';
import type { World } from '../world.ts';
import { grantBoth, openOracle } from './graph-oracle.ts';
import { allOf, listOf, nodes, openGraph, page, read, rowsOf as pageOfRows, select, treeOf } from './graph-world.ts';

let world: World;
let graph: Graph;

before(async () => {
  world = await openWorld();
  await putSchools(world);
  // What is remembered from one request must not be seen in another.
  graph = await openGraph(world, { fewestChosen: 0 });
});
after(() => world.close());

const relations: Readonly<Record<string, readonly (readonly [relation: string, target: string])[]>> = {
  [paths.pupil]: [
    ['person', paths.person],
    ['elevforhold', paths.enrolment],
  ],
  [paths.person]: [
    ['elev', paths.pupil],
    ['foreldre', paths.person],
    ['foreldreansvar', paths.person],
  ],
  [paths.enrolment]: [
    ['elev', paths.pupil],
    ['skole', paths.school],
  ],
  [paths.school]: [['elevforhold', paths.enrolment]],
};

/** The same from the other end. */
const leading = Object.entries(relations).flatMap(([by, some]) =>
  some.map(([relation, target]) => ({ by, relation, target })),
);

const where = (path: readonly string[], operator: 'eq' | 'contains' | 'ge' | 'ne', value: string): Narrow => ({
  kind: 'where',
  filter: { kind: 'compare', path: { names: path, kind: 'string' }, operator, value: { kind: 'text', value } },
});

const leaves: Readonly<Record<string, readonly Narrow[]>> = {
  [paths.pupil]: [
    where(['systemId', 'identifikatorverdi'], 'ge', 'EID102x'),
    where(['feidenavn', 'identifikatorverdi'], 'contains', 'v1x'),
    where(['systemId', 'identifikatorverdi'], 'eq', 'EID103x'),
  ],
  [paths.person]: [
    where(['navn', 'fornavn'], 'contains', 'v2x'),
    where(['fodselsnummer', 'identifikatorverdi'], 'eq', nationalId(102)),
    where(['bostedsadresse', 'poststed'], 'ne', 'nowhere'),
  ],
  [paths.enrolment]: [
    where(['beskrivelse'], 'contains', 'x2001'),
    where(['systemId', 'identifikatorverdi'], 'ge', 'FID102'),
  ],
  [paths.school]: [where(['navn'], 'eq', 'SNAME2001'), where(['skolenummer', 'identifikatorverdi'], 'eq', '2002')],
};

const narrowOf = (path: string, depth: number): fc.Arbitrary<Narrow> => {
  const leaf = fc.constantFrom(...(leaves[path] ?? []));
  if (depth === 0) return leaf;
  const within = fc
    .constantFrom(...(relations[path] ?? []))
    .chain(([relation, target]) =>
      fc
        .oneof(narrowOf(target, depth - 1), fc.constant<Narrow>({ kind: 'all', of: [] }))
        .map((to): Narrow => ({ kind: 'through', relation, to })),
    );
  const ledTo = fc
    .constantFrom(...leading.filter(({ target }) => target === path))
    .chain(({ by, relation }) =>
      fc
        .oneof(narrowOf(by, depth - 1), fc.constant<Narrow>({ kind: 'all', of: [] }))
        .map((of): Narrow => ({ kind: 'led-to', by, relation, of })),
    );
  return fc.oneof(
    { weight: 2, arbitrary: leaf },
    { weight: 2, arbitrary: within },
    { weight: 1, arbitrary: ledTo },
    { weight: 1, arbitrary: narrowOf(path, depth - 1).map((of): Narrow => ({ kind: 'not', of })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('all' as const, 'any' as const), fc.array(narrowOf(path, depth - 1), { maxLength: 2 }))
        .map(([kind, of]): Narrow => ({ kind, of })),
    },
  );
};

const selectionOf = (path: string, depth: number): fc.Arbitrary<GraphSelection> =>
  fc
    .tuple(fc.subarray([...allOf(path)]), fc.subarray([...(relations[path] ?? [])]))
    .chain(([attributes, some]) =>
      fc
        .tuple(...(depth === 0 ? [] : some).map(([relation, target]) => edgeOf(relation, target, depth - 1)))
        .map((edges) => select(path, attributes, ...edges)),
    );

const edgeOf = (relation: string, target: string, depth: number): fc.Arbitrary<GraphEdge> =>
  fc.record({
    name: fc.constant(relation),
    relation: fc.constant(relation),
    to: selectionOf(target, depth),
    narrow: fc.option(narrowOf(target, 1), { freq: 3 }),
    order: fc.constant(null),
    page: fc.option(fc.record({ first: fc.nat(3), after: fc.constant(null) })),
    count: fc.boolean(),
  });

const listsOf = fc.constantFrom(...Object.keys(relations)).chain((path) =>
  fc.record({
    selection: selectionOf(path, 3),
    narrow: fc.option(narrowOf(path, 2), { freq: 2 }),
    size: fc.integer({ min: 1, max: 4 }),
  }),
);

const uidsIn = (some: readonly GraphNode[], into = new Set<number>()): Set<number> => {
  for (const node of some) {
    into.add(node.uid);
    for (const { nodes: behind } of Object.values(node.edges)) uidsIn(behind, into);
  }
  return into;
};

/** Edges that are not there are as empty. */
const wholeTree = (node: GraphNode, { edges }: GraphSelection): Record<string, unknown> => ({
  ...treeOf(node),
  ...Object.fromEntries(
    edges.map(({ name, to }) => [`@${name}`, (node.edges[name]?.nodes ?? []).map((each) => wholeTree(each, to))]),
  ),
});

test('trees show what the FINT-style API shows', async () => {
  const tenant = await world.store.tenant(fjord);
  let [shown, hidden, filtered, paged] = [0, 0, 0, 0];
  await fc.assert(
    fc.asyncProperty(
      dataOf,
      fc.array(accessOf, { minLength: 1, maxLength: 3 }),
      fc.array(listsOf, { minLength: 3, maxLength: 6 }),
      async (data, accesses, lists) => {
        await putData(world, data);
        await grantBoth(world, accesses);
        const oracle = await openOracle(world);
        const allowed = markersOf(accesses, rowsOf(data));
        for (const { selection, narrow, size } of lists) {
          const root = listOf(selection, { narrow: [narrow], count: true });
          const expected = oracle.list(root);
          const [answer] = await read(graph, [root]);
          if (expected === null) {
            assert.deepEqual(answer, { kind: 'missing' });
            hidden += 1;
            continue;
          }
          assert.ok(answer?.kind === 'page', JSON.stringify(answer));
          const found = answer.page.nodes.map((node) => wholeTree(node, selection));
          assert.deepEqual(found, expected);
          assert.deepEqual([answer.page.total, answer.page.more], [expected.length, false]);
          shown += found.length;
          if (narrow !== null && found.length > 0) filtered += 1;
          const text = JSON.stringify(found);
          for (const marker of allMarkers) if (text.includes(marker)) assert.ok(allowed.has(marker), `${marker} shows`);
          // All of it, a page at a time.
          const parts: GraphPage[] = [];
          for (let place: string | null = null; ;) {
            const next: GraphPage = await page(graph, { ...root, page: { first: size, after: place } });
            parts.push(next);
            assert.ok(parts.length <= expected.length + 1, 'pages without end');
            assert.equal(next.total, expected.length);
            assert.ok(next.nodes.length === size || !next.more);
            if (!next.more) break;
            place = next.place(next.nodes.length - 1);
            for (const marker of allMarkers)
              if (place.includes(marker)) assert.ok(allowed.has(marker), `${marker} shows`);
          }
          paged += parts.length;
          assert.deepEqual(
            parts.flatMap((part) => part.nodes.map((node) => wholeTree(node, selection))),
            expected,
          );
          const { collection } = selection;
          // Which those are, in the order of creation, from a place on and from the so manieth on.
          const rows = oracle.rows(collection, narrow) ?? [];
          for (const paging of ['after', 'offset'] as const) {
            const uids: number[] = [];
            for (let more = true; more;) {
              const asked = paging === 'after' ? { after: uids.at(-1) ?? null, size } : { offset: uids.length, size };
              const part = await pageOfRows(graph, { collection, narrow, page: asked });
              uids.push(...part.uids);
              assert.ok(uids.length <= rows.length, 'rows without end');
              assert.equal(part.total, rows.length);
              assert.equal(part.more, uids.length < rows.length);
              more = part.more;
            }
            assert.deepEqual(uids, rows);
          }
          // Found by uid, and recorded.
          const uids = [...oracle.seen(collection, 'list'), 12];
          const named = { kind: 'uids', selection, uids } as const;
          const byUid = oracle.named(selection, uids);
          const some = await nodes(graph, named);
          assert.deepEqual(
            some.map((node) => (node === null ? null : wholeTree(node, selection))),
            byUid,
          );
          const records = await tenant.audit({ limit: 1 });
          const last = (await tenant.audit({ limit: 5 })).filter(({ request }) => request === records[0]?.request);
          const seen = last.flatMap((one) =>
            one.seen?.kind === 'uids' ? [...unpackUids(Buffer.from(one.seen.uids, 'base64url'))] : [],
          );
          const inTrees = uidsIn(some.filter((node) => node !== null));
          assert.deepEqual(
            seen.toSorted((a, b) => a - b),
            [...inTrees].toSorted((a, b) => a - b),
          );
        }
      },
    ),
    { numRuns: cases(150) },
  );
  assert.ok(
    shown > cases(150) && hidden > cases(10) && filtered > cases(20) && paged > cases(100),
    `${shown} ${hidden} ${filtered} ${paged}`,
  );
});
