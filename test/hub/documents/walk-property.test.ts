// Random data, some of it protected, random grants, changes between the pages: a walk gives what lists give a page at a time, of what is bare exactly
// the resources that would be there in full, and nothing of what has been hidden before a page was asked for.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import type { DocumentNode, DocumentResult, ShapeSource, ShapeSteps, Walk } from '#hub/documents/document.ts';
import { cases, few } from '../../cases.ts';
import { accessOf, allMarkers, dataOf, markersOf, numbers, pupilOf, putData, putSchools, rowsOf } from '../policy.ts';
import type { Access, Data } from '../policy.ts';
import { fjord, onlyGrants, openWorld, paths, principal, start as now } from '../world.ts';
import type { World } from '../world.ts';
import { find, listOf, openDocuments, shapeOf, step, treeOf, whole } from './document-world.ts';
import type { Facts, Tree } from './document-world.ts';
import { openWalk, rest, start } from './walk-world.ts';

let world: World;
let walk: Walk;

before(async () => {
  world = await openWorld();
  await putSchools(world);
  // From here on a person without a marking is strictly protected.
  await putData(
    world,
    numbers.map((number, index) => ({
      number,
      marking: index === 0 ? 3 : 0,
      schools: [],
      parent: null,
      name: 0,
      feide: 0,
      there: index === 0,
    })),
  );
  walk = await openWalk(world);
});
after(() => world.close());

const sources: readonly ShapeSource[] = [
  {
    name: 'pupil',
    collection: paths.pupil,
    steps: { ...step('person', step('foreldre')), ...step('elevforhold', step('skole')) },
  },
  {
    name: 'parent',
    collection: paths.person,
    steps: step('foreldreansvar', step('elev', step('elevforhold', step('skole')))),
  },
  { name: 'school', collection: paths.school, steps: step('elevforhold', step('elev', step('person'))) },
  { name: 'enrolment', collection: paths.enrolment, steps: { ...step('elev', step('person')), ...step('skole') } },
];

/** Leaves are bare; with depth 1, what is behind the root. */
const bared = (steps: ShapeSteps, depth: number): ShapeSteps =>
  Object.fromEntries(
    Object.entries(steps).map(([name, each]) => [
      name,
      depth === 1 || Object.keys(each.steps).length === 0
        ? { relation: each.relation, steps: {}, bare: true as const }
        : { ...each, steps: bared(each.steps, depth - 1) },
    ]),
  );

const cutTo = (steps: ShapeSteps): ShapeSteps =>
  Object.fromEntries(
    Object.entries(steps).map(([name, each]) => [
      name,
      { ...each, attributes: attributesAt[each.relation] ?? [], steps: cutTo(each.steps) },
    ]),
  );
const attributesAt: Readonly<Record<string, readonly string[]>> = {
  person: ['navn', 'fodselsnummer'],
  skole: ['navn'],
  elevforhold: ['beskrivelse'],
};

const shapes = sources.map((source) => ({
  full: shapeOf(source),
  bare: shapeOf({ ...source, steps: bared(source.steps, 9) }),
  barest: shapeOf({ ...source, steps: bared(source.steps, 1) }),
  cut: shapeOf({
    ...source,
    attributes: ['systemId'].filter(() => source.name !== 'parent'),
    steps: cutTo(source.steps),
  }),
}));

/** What lists give from above a uid, in pages of two, by a hub that remembers nothing; null when there is nothing for the caller. */
const listed = async (shape: ReturnType<typeof shapeOf>, from = 0): Promise<readonly Tree[] | null> => {
  const documents = await openDocuments(world, { cacheBytes: 0 });
  const all: Tree[] = [];
  for (let place: { projection: number; uid: number } | null = { projection: 0, uid: from }; place !== null;) {
    const result: DocumentResult<Facts> = await find(
      documents,
      listOf(whole(shape), { size: 2, after: place }),
      principal(),
    );
    if (result.kind !== 'documents') return null;
    for (const { bytes } of result.documents) all.push(JSON.parse(bytes.toString()) as Tree);
    place = result.next;
  }
  return all;
};

/** Everything about a node, the values left out where `values` says so. */
const shown = (node: DocumentNode, values: boolean, depth = 9): unknown => ({
  uid: node.uid,
  id: node.id,
  level: node.level,
  collection: node.collection,
  ...(values ? { values: node.values, hides: asked.filter(node.hides) } : {}),
  parts:
    depth === 0
      ? {}
      : Object.fromEntries(
          Object.entries(node.parts).map(([name, nodes]) => [
            name,
            nodes.map((each) => shown(each, values, depth - 1)),
          ]),
        ),
});
const asked = ['systemId', 'navn', 'fodselsnummer', 'feidenavn', 'beskrivelse', 'bostedsadresse'];

const cut = (node: DocumentNode, attributes: readonly string[] | null): unknown => ({
  uid: node.uid,
  values: Object.fromEntries(
    Object.entries(node.values).filter(([name]) => attributes === null || attributes.includes(name)),
  ),
  parts: Object.fromEntries(
    Object.entries(node.parts).map(([name, nodes]) => [
      name,
      nodes.map((each) => cut(each, attributes === null ? null : (attributesAt[name] ?? []))),
    ]),
  ),
});

const allOf = async (shape: ReturnType<typeof shapeOf>): Promise<readonly DocumentNode[] | null> => {
  const result = await start(walk, { shape });
  return result.kind === 'walk' ? rest(result.pages[Symbol.asyncIterator]()) : null;
};

const leavesAreBare = (node: DocumentNode): void => {
  for (const nodes of Object.values(node.parts))
    for (const each of nodes) {
      leavesAreBare(each);
      if (Object.keys(each.parts).length > 0) continue;
      const isBare = asked.every(each.hides);
      if (isBare) assert.deepEqual(each.values, {});
    }
};

type Change =
  | { readonly kind: 'data'; readonly data: Data }
  | { readonly kind: 'one'; readonly pupil: Data[number] }
  | { readonly kind: 'grants'; readonly accesses: readonly Access[] };

const wide = accessOf.map((access): Access => ({ ...access, collections: ['*'], fields: null, actions: ['list'] }));
const accesses = fc.array(fc.oneof(accessOf, wide), { minLength: 0, maxLength: 3 });
const changeOf: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('one' as const), pupil: fc.constantFrom(...numbers).chain(pupilOf) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('data' as const), data: dataOf }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('grants' as const), accesses }) },
);

test('a walk gives what lists give, bare steps the same resources, and later pages what is seen by then', async () => {
  const count = { documents: 0, bare: 0, later: 0, ended: 0, markers: 0 };
  await fc.assert(
    fc.asyncProperty(
      dataOf,
      accesses,
      fc.boolean(),
      fc.array(fc.tuple(fc.nat(sources.length - 1), changeOf), { maxLength: 3 }),
      async (first, mine, extraBackLinks, changes) => {
        let data = first;
        let access: readonly Access[] = mine;
        await world.store.platform.putOrganisation({
          id: fjord,
          name: fjord,
          orgNumber: null,
          settings: { removalGuard: 0.05, extraBackLinks, strictness: [] },
          createdAt: now,
        });
        await putData(world, data);
        await onlyGrants(world, ...access);
        for (const { full, bare, barest, cut: cutShape } of shapes) {
          const found = await allOf(full);
          assert.deepEqual(found?.map(treeOf) ?? null, await listed(full));
          if (found === null) continue;
          count.documents += found.length;
          const bareOnes = (await allOf(bare)) ?? [];
          for (const one of bareOnes) leavesAreBare(one);
          assert.deepEqual(
            bareOnes.map((node) => shown(node, false)),
            found.map((node) => shown(node, false)),
          );
          const barestOnes = (await allOf(barest)) ?? [];
          count.bare += barestOnes.flatMap(({ parts }) => Object.values(parts).flat()).length;
          assert.deepEqual(
            barestOnes.map((node) => shown(node, false)),
            found.map((node) => shown(node, false, 1)),
          );
          const fewOnes = (await allOf(cutShape)) ?? [];
          assert.deepEqual(
            fewOnes.map((node) => cut(node, null)),
            found.map((node) => cut(node, full.root.collection.path === paths.person ? [] : ['systemId'])),
          );
        }
        for (const [index, change] of changes) {
          const shape = (shapes[index] ?? shapes[0])?.full;
          assert.ok(shape !== undefined);
          const result = await start(walk, { shape });
          if (result.kind !== 'walk') continue;
          const pages = result.pages[Symbol.asyncIterator]();
          const one = await pages.next();
          if (change.kind === 'grants') {
            access = change.accesses;
            await onlyGrants(world, ...access);
          } else {
            data =
              change.kind === 'data'
                ? change.data
                : data.map((each) => (each.number === change.pupil.number ? change.pupil : each));
            await putData(world, data);
          }
          const from = one.done === true ? Number.MAX_SAFE_INTEGER : ([...one.value].at(-1)?.uid ?? 0);
          const expected = await listed(shape, from);
          try {
            const text = JSON.stringify((await rest(pages)).map(treeOf));
            if (one.done !== true && one.value.length === 2) assert.equal(text, JSON.stringify(expected));
            const allowed = markersOf(access, rowsOf(data));
            for (const marker of allMarkers) {
              if (!text.includes(marker)) continue;
              count.markers += 1;
              assert.ok(allowed.has(marker), `${marker} shows`);
            }
            count.later += 1;
          } catch (error) {
            if (expected !== null || !(error instanceof Error) || !('problem' in error)) throw error;
            assert.equal((error.problem as { readonly code: string }).code, 'HUB-400');
            count.ended += 1;
          }
        }
      },
    ),
    { numRuns: cases(250) },
  );
  // A fifth of the cases may miss what is rare.
  if (few) return;
  const atLeast = { documents: 300, bare: 150, later: 60, ended: 1, markers: 10 };
  for (const [name, least] of Object.entries(atLeast))
    assert.ok((count[name as keyof typeof count] ?? 0) >= least, JSON.stringify(count));
});
