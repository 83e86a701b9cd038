// What a choice leaves is looked for once while nothing that it depends on has changed, and for each who sees differently anew.
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { Narrow } from '#hub/documents/document.ts';
import type { Graph, GraphPage } from '#hub/graph/graph.ts';
import type { Store, TenantReads } from '#store/store.ts';
import { enrolment, fjord, onlyGrants, openWorld, paths, person, personHref, pupil, put, putCounty } from '../world.ts';
import type { World } from '../world.ts';
import { listOf, openGraph, page, select } from './graph-world.ts';

let world: World;
let open: World | null = null;
let graph: Graph;
const asked: string[] = [];

beforeEach(async () => {
  await open?.close();
  open = world = await openWorld();
  await putCounty(world);
  await onlyGrants(world, {});
  const tenant = await world.store.tenant(fjord);
  const reads = new Proxy(tenant.reads, {
    get: (of, name: keyof TenantReads) => {
      const method = of[name];
      return (...values: never[]) => {
        asked.push(name);
        return Reflect.apply(method, of, values) as unknown;
      };
    },
  });
  const over: Store = { ...world.store, tenant: async () => ({ ...tenant, reads }) };
  graph = await openGraph(world, { over, fewestChosen: 1 });
});
after(() => open?.close());

const contains = (path: readonly string[], value: string): Narrow => ({
  kind: 'where',
  filter: {
    kind: 'compare',
    path: { names: path, kind: 'string' },
    operator: 'contains',
    value: { kind: 'text', value },
  },
});
/** All pupils but one, by the name of the person. */
const others: Narrow = {
  kind: 'not',
  of: { kind: 'through', relation: 'person', to: contains(['navn', 'fornavn'], 'Fornavn4') },
};
const root = listOf(select(paths.pupil, ['systemId']), { narrow: [others] });

/** How many are left, and how often rows were looked for. */
const look = async (): Promise<readonly [number, number]> => {
  asked.length = 0;
  const { nodes }: GraphPage = await page(graph, root);
  return [nodes.length, asked.filter((name) => name === 'select' || name === 'linkedFrom').length];
};

/** That something is so as soon as all is heard of who may what: the key for pseudonyms, made with the first record, counts as a change of that. */
const soon = async (holds: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; !(await holds()); tries += 1) assert.ok(tries < 50, 'never');
};
const remembered = async (rows: number): Promise<void> => {
  assert.deepEqual(await look(), [rows, 2]);
  await soon(async () => {
    const [left, looks] = await look();
    assert.equal(left, rows);
    return looks === 0;
  });
};

test('once, and then not again', async () => {
  await remembered(3);
  const second = listOf(select(paths.pupil, ['systemId']), { narrow: [others], page: { first: 1, after: 'e1' } });
  await soon(async () => {
    asked.length = 0;
    assert.equal((await page(graph, second)).nodes.length, 1);
    return !asked.includes('select');
  });
});

test('anew when a row has come, or what it leads to has changed', async () => {
  await remembered(3);
  await put(world, paths.person, [person(5)]);
  await put(world, paths.pupil, [pupil(5, { person: [personHref(5)] })]);
  assert.deepEqual(await look(), [4, 2]);
  await put(world, paths.person, [{ ...person(5), navn: { fornavn: 'Fornavn4', etternavn: 'E' } }]);
  await remembered(3);
  // What has nothing to do with it leaves it as it is.
  await put(world, paths.enrolment, [enrolment('f-9', 1, '1001')]);
  assert.deepEqual((await look())[0], 3);
});

test('anew for who sees otherwise', async () => {
  await remembered(3);
  // Who does not see the persons judges nobody by them.
  await onlyGrants(world, { collections: [paths.pupil] });
  assert.notDeepEqual(await look(), [3, 0]);
  await onlyGrants(world, {});
  assert.deepEqual(await look(), [3, 2]);
});
