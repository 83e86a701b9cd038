// What a hub remembers by position or version is of one history: when another is read from, in which the same positions and uids stand for something
// else, nothing of the one before is told. The data of two organisations, written alike, stand for the two histories of one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { addToTail, emptyTail, gzipHeader, gzipTrailer } from '#base/gzip.ts';
import type { Hub } from '#hub/query.ts';
import { historyOf } from '#hub/history.ts';
import type { Store, TenantStore } from '#store/store.ts';
import {
  ask,
  changes,
  dal,
  enrolment,
  fjord,
  idsOf,
  list,
  listQuery,
  onlyGrants,
  openWorld,
  paths,
  put,
  putCounty,
  school,
} from './world.ts';
import type { World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
  for (const organisation of [fjord, dal]) await putCounty(world, organisation);
});
after(() => world.close());

/** A hub over the data of one organisation, and what has it read from those of the other, under the name of the first. */
const withTwoHistories = async (): Promise<{ readonly hub: Hub; readonly tookOver: () => void }> => {
  const [one, two] = await Promise.all([world.store.tenant(fjord), world.store.tenant(dal)]);
  // A server that takes over has the same epochs, and what followers hold.
  const later = { ...two.reads, epochs: one.reads.epochs, follow: one.reads.follow };
  const first = { ...one.reads };
  let reads = first;
  const tenant: TenantStore = {
    ...one,
    get reads() {
      return reads;
    },
  };
  const store: Store = {
    ...world.store,
    tenant: async (id) => (id === fjord ? tenant : world.store.tenant(id)),
  };
  return { hub: await world.hubOver(store), tookOver: () => void (reads = later) };
};

const compressed = async (hub: Hub, path: string): Promise<string> => {
  const result = await ask(hub, listQuery(path));
  assert.ok(result.kind === 'page');
  const [parts, tail] = [[gzipHeader], emptyTail()];
  for await (const { segment } of result.body.deflated()) {
    parts.push(segment.deflated);
    addToTail(tail, segment);
  }
  return gunzipSync(Buffer.concat([...parts, gzipTrailer(tail)])).toString();
};

test('a name is of one object only', async () => {
  const { reads } = await world.store.tenant(dal);
  const other = { ...reads };
  assert.equal(historyOf(reads), historyOf(reads));
  assert.notEqual(historyOf(reads), historyOf(other));
});

test('pages, plain and compressed', async () => {
  await onlyGrants(world, {});
  for (const [organisation, text] of [
    [fjord, 'i den ene'],
    [dal, 'i den andre'],
  ] as const) {
    await put(world, paths.enrolment, [{ ...enrolment('f-1', 1, '1001'), beskrivelse: text }], organisation);
  }
  const { hub, tookOver } = await withTwoHistories();
  for (let time = 0; time < 3; time += 1) {
    assert.ok((await list(hub, paths.enrolment)).text.includes('i den ene'));
    assert.ok((await compressed(hub, paths.enrolment)).includes('i den ene'));
  }
  tookOver();
  for (let time = 0; time < 3; time += 1) {
    assert.ok((await list(hub, paths.enrolment)).text.includes('i den andre'));
    assert.ok((await compressed(hub, paths.enrolment)).includes('i den andre'));
  }
});

test('which rows a grant leaves', async () => {
  await onlyGrants(world, { rows: school('1001') });
  // The one and the other of them go to another school.
  await put(world, paths.enrolment, [enrolment('f-3', 3, '1001')], fjord);
  await put(world, paths.enrolment, [enrolment('f-2', 2, '1002')], dal);
  const { hub, tookOver } = await withTwoHistories();
  const ids = async () => idsOf(await list(hub, paths.enrolment));
  assert.deepEqual(await ids(), ['f-1', 'f-2', 'f-3', 'f-4a']);
  tookOver();
  assert.deepEqual(await ids(), ['f-1', 'f-4a']);
  await put(world, paths.enrolment, [enrolment('f-3', 3, '1002')], fjord);
  await put(world, paths.enrolment, [enrolment('f-2', 2, '1001')], dal);
});

test('that nothing has happened to what a follower sees', async () => {
  await onlyGrants(world, { rows: school('1001'), actions: ['read', 'list', 'follow'] });
  const { hub, tookOver } = await withTwoHistories();
  const begun = await changes(hub, paths.enrolment);
  assert.ok(begun.changes.length > 0);
  // What it does not see in the one, and what it sees in the other.
  await put(world, paths.enrolment, [{ ...enrolment('f-3', 3, '1002'), beskrivelse: 'endret' }], fjord);
  await put(world, paths.enrolment, [{ ...enrolment('f-2', 2, '1001'), beskrivelse: 'endret' }], dal);
  for (let time = 0; time < 2; time += 1)
    assert.deepEqual((await changes(hub, paths.enrolment, begun.next)).changes, []);
  tookOver();
  const told = await changes(hub, paths.enrolment, begun.next);
  assert.ok(told.changes.some(({ body }) => body?.toString().includes('endret')));
});
