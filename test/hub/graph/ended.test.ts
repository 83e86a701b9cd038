// A request that ends before its answer is there: nothing more is read, nothing is given, and what was asked is recorded as refused.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Graph, GraphAnswer, GraphRoot } from '#hub/graph/graph.ts';
import type { Store, TenantReads, TenantStore } from '#store/store.ts';
import { fjord, onlyGrants, openWorld, paths, principal, putCounty } from '../world.ts';
import type { World } from '../world.ts';
import { edge, listOf, openGraph, select } from './graph-world.ts';

let world: World;
let tenant: TenantStore;
let graph: Graph;
/** What the store has been asked, and what happens when it is. */
const asked: string[] = [];
let meanwhile: (name: string) => void = () => {};

before(async () => {
  world = await openWorld();
  await putCounty(world);
  await onlyGrants(world, {});
  tenant = await world.store.tenant(fjord);
  const reads = new Proxy(tenant.reads, {
    get: (of, name: keyof TenantReads) => {
      const method = of[name];
      return (...values: never[]) => {
        asked.push(name);
        meanwhile(name);
        return Reflect.apply(method, of, values) as unknown;
      };
    },
  });
  const over: Store = { ...world.store, tenant: async () => ({ ...tenant, reads }) };
  graph = await openGraph(world, { over });
});
after(() => world.close());

const roots: readonly GraphRoot[] = [
  listOf(
    select(
      paths.pupil,
      ['systemId'],
      edge('elevforhold', select(paths.enrolment, [], edge('skole', select(paths.school)))),
    ),
  ),
  listOf(select(paths.school)),
];

const read = (signal: AbortSignal): Promise<readonly GraphAnswer[]> => {
  asked.length = 0;
  return graph.read(roots, { principal: principal(), requestId: 'q', api: 'test', signal });
};

const codes = (answers: readonly GraphAnswer[]): readonly unknown[] =>
  answers.map((answer) => (answer.kind === 'refused' ? answer.problem.code : answer.kind));

test('as long as somebody waits all levels are read', async () => {
  assert.deepEqual(codes(await read(new AbortController().signal)), ['page', 'page']);
  assert.equal(asked.filter((name) => name === 'behind').length, 2);
});

test('one that had ended before reads nothing', async () => {
  assert.deepEqual(codes(await read(AbortSignal.abort())), ['HUB-106', 'HUB-106']);
  assert.deepEqual(asked, []);
});

test('one that ends between two levels reads no further, and is recorded without anybody', async () => {
  const controller = new AbortController();
  meanwhile = (name) => void (name === 'behind' && controller.abort());
  try {
    assert.deepEqual(codes(await read(controller.signal)), ['HUB-106', 'HUB-106']);
  } finally {
    meanwhile = () => {};
  }
  assert.equal(asked.filter((name) => name === 'behind').length, 1);
  const records = await tenant.audit({ limit: 2 });
  assert.deepEqual(records.map(({ collection }) => collection).toSorted(), [paths.pupil, paths.school].toSorted());
  for (const { count, seen, details } of records) {
    assert.deepEqual([count, seen ?? null], [0, null]);
    assert.match(details ?? '', /refused$/);
  }
});
