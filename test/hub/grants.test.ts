// Who may do what: grants by organisation, environment, period, pattern and action, through the hub as APIs use it.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { HubQuery } from '#hub/query.ts';
import type { Action } from '#store/plan.ts';
import type { Grant } from '#store/store.ts';
import {
  ask,
  dal,
  fjord,
  list,
  listQuery,
  onlyGrants,
  openWorld,
  paths,
  principal,
  putApplication,
  putCounty,
  read,
  start,
} from './world.ts';
import type { World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
  await putCounty(world);
});
after(() => world.close());
beforeEach(() => world.clock.set(start));

const readOne = (collection: string): HubQuery => ({ kind: 'read', collection, field: 'systemid', value: 'e1' });

/** The kind of answer that a pupil's resource gets under these grants. */
const answer = async (grants: readonly Partial<Grant>[], query = readOne(paths.pupil), as = principal()) => {
  await onlyGrants(world, ...grants);
  return (await ask(world.hub, query, as)).kind;
};

test('without a grant that holds here and now nothing is there', async () => {
  assert.equal(await answer([]), 'missing');
  assert.equal(await answer([{}]), 'found');
  assert.equal(await answer([{ application: 'other' }]), 'missing');
  assert.equal(await answer([{ organisation: dal }]), 'missing');
  assert.equal(await answer([{ environment: 'production' }]), 'missing');
  assert.equal(await answer([{ collections: [] }]), 'missing');
  assert.equal(await answer([{ actions: [] }]), 'missing');
  assert.equal(await answer([{}], readOne('utdanning/elev/finnesikke')), 'missing');
});

test('an application that is disabled or unknown sees nothing, whatever it was granted', async () => {
  assert.equal(await answer([{}]), 'found');
  await putApplication(world.store, 'app', { disabled: true });
  assert.equal(await answer([{}]), 'missing');
  await putApplication(world.store, 'app');
  assert.equal(await answer([{}]), 'found');
  assert.equal(await answer([{ application: 'nobody' }], readOne(paths.pupil), principal('nobody')), 'missing');
});

test('a period begins and ends at its exact millisecond, also under a decision that is remembered', async () => {
  await onlyGrants(world, { from: start + 10, to: start + 20 });
  const kindAt = async (ms: number): Promise<string> => {
    world.clock.set(start + ms);
    return (await ask(world.hub, readOne(paths.pupil))).kind;
  };
  for (const [ms, kind] of [
    [9, 'missing'],
    [10, 'found'],
    [19, 'found'],
    [20, 'missing'],
    [1_000, 'missing'],
    // A clock that is set back does not keep a grant alive, nor dead.
    [9, 'missing'],
    [15, 'found'],
    [9, 'missing'],
    [20, 'missing'],
    [19, 'found'],
  ] as const)
    assert.equal(await kindAt(ms), kind, `at ${ms}`);
});

const openedBy = async (pattern: string): Promise<readonly string[]> => {
  await onlyGrants(world, { collections: [pattern] });
  const kinds = await Promise.all(
    [paths.pupil, paths.enrolment, paths.measure, paths.school, paths.country].map(async (path) => ({
      path,
      kind: (await ask(world.hub, listQuery(path))).kind,
    })),
  );
  return kinds.filter(({ kind }) => kind === 'page').map(({ path }) => path);
};

test('a pattern covers what it names and nothing that only begins like it', async () => {
  assert.deepEqual(await openedBy('utdanning/elev/elev'), [paths.pupil]);
  assert.deepEqual(await openedBy('utdanning/elev/*'), [paths.pupil, paths.enrolment, paths.measure]);
  assert.deepEqual(await openedBy('utdanning/*'), [paths.pupil, paths.enrolment, paths.measure, paths.school]);
  assert.equal((await openedBy('*')).length, 5);
  for (const nothing of [
    'utdanning/elev/elev*',
    'utdanning/elev',
    'utdanning/elev/',
    'elev/*',
    '/*',
    '',
    'UTDANNING/elev/*',
    'utdanning/elev/elev/*',
    'utdanning/ele/*',
    '**',
  ])
    assert.deepEqual(await openedBy(nothing), [], nothing);
});

const openedFor = async (...actions: readonly Action[]) => {
  await onlyGrants(world, { actions });
  const kinds: string[] = [];
  for (const query of [
    readOne(paths.pupil),
    listQuery(paths.pupil),
    { kind: 'changes', collection: paths.pupil, after: null, size: 10 } as const,
    { kind: 'state', collection: paths.pupil } as const,
  ])
    kinds.push((await ask(world.hub, query)).kind);
  return kinds;
};

test('each action stands for itself, only that listing includes reading', async () => {
  const no = 'missing';
  assert.deepEqual(await openedFor('read'), ['found', no, no, 'state']);
  assert.deepEqual(await openedFor('list'), ['found', 'page', no, 'state']);
  assert.deepEqual(await openedFor('follow'), [no, no, 'changes', no]);
  assert.deepEqual(await openedFor('write'), [no, no, no, no]);
  assert.deepEqual(await openedFor('deliver'), [no, no, no, no]);
  assert.deepEqual(await openedFor('read', 'follow'), ['found', no, 'changes', 'state']);
});

test('a change of grants shows in the very next answer', async () => {
  await onlyGrants(world, {});
  assert.equal((await list(world.hub, paths.pupil)).total, 4);
  await onlyGrants(world, { fields: ['systemId'] });
  assert.deepEqual(Object.keys((await read(world.hub, paths.pupil, 'systemid', 'e1')) ?? {}), ['systemId', '_links']);
  await onlyGrants(world);
  assert.equal(await read(world.hub, paths.pupil, 'systemid', 'e1'), null);
});

test('what is remembered of one application never serves another, nor another organisation', async () => {
  await onlyGrants(world, {}, { application: 'other', collections: [paths.school] });
  for (let round = 0; round < 2; round += 1) {
    assert.equal((await ask(world.hub, readOne(paths.pupil))).kind, 'found');
    assert.equal((await ask(world.hub, readOne(paths.pupil), principal('other'))).kind, 'missing');
    assert.equal((await ask(world.hub, readOne(paths.pupil), principal('app', dal))).kind, 'missing');
  }
  await onlyGrants(world, {}, { organisation: dal });
  assert.equal((await ask(world.hub, readOne(paths.pupil), principal('app', dal))).kind, 'missing');
  assert.equal((await list(world.hub, paths.pupil, {}, principal('app', dal))).total, 0);
});

test('the catalogue names what some grant opens for reading', async () => {
  const visible = async (...grants: readonly Partial<Grant>[]) => {
    await onlyGrants(world, ...grants);
    const context = { principal: principal(), requestId: 'r', api: 'test' };
    return (await world.hub.visible('utdanning/elev', context)).map(({ path }) => path);
  };
  assert.deepEqual(await visible(), []);
  assert.deepEqual(await visible({ collections: [paths.pupil, paths.school] }), [paths.pupil]);
  assert.deepEqual(await visible({ collections: [paths.pupil], actions: ['follow'] }), []);
  assert.deepEqual(await visible({ collections: [paths.measure], withhold: ['special'] }), []);
  assert.deepEqual(await visible({ organisation: dal }), []);
  assert.equal((await visible({})).length > 10, true);
  assert.deepEqual(
    await world.hub.visible('utdanning/finnesikke', { principal: principal(), requestId: 'r', api: 'test' }),
    [],
  );
});

test('several grants add up', async () => {
  await onlyGrants(world, { fields: ['systemId'] }, { fields: ['feidenavn'], collections: [paths.pupil] });
  const both = await read(world.hub, paths.pupil, 'systemid', 'e1');
  assert.deepEqual(Object.keys(both ?? {}), ['feidenavn', 'systemId', '_links']);
  assert.equal(fjord, principal().tenant);
});
