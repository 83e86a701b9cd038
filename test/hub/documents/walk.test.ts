// Walks: who may, what is recorded when, what a page shows of what has changed since the last, and when they end.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { unpackUids } from '#base/packed-uids.ts';
import { HubError } from '#base/errors.ts';
import type { DocumentNode } from '#hub/documents/document.ts';
import type { AuditRecord } from '#store/store.ts';
import {
  filterOf,
  fjord,
  grant,
  nationalId,
  onlyGrants,
  openWorld,
  paths,
  person,
  put,
  putCounty,
  pupil,
  remove,
} from '../world.ts';
import type { World } from '../world.ts';
import { countingStore, groupShape, parentShape, pupilShape, shapeOf, step, treeOf } from './document-world.ts';
import { openWalk, pagesOf, rest, start, walked } from './walk-world.ts';

let world: World;

before(async () => {
  world = await openWorld();
  await putCounty(world);
});
after(() => world.close());
beforeEach(() => onlyGrants(world, {}));

const idOf = ({ values }: DocumentNode): unknown => {
  const held = values['systemId'];
  return typeof held === 'object' && held !== null && 'identifikatorverdi' in held ? held.identifikatorverdi : null;
};

const records = async (limit: number): Promise<readonly AuditRecord[]> =>
  (await (await world.store.tenant(fjord)).audit({ limit })).toReversed();

const seenIn = ({ seen }: AuditRecord): readonly number[] =>
  seen?.kind === 'uids' ? [...unpackUids(Buffer.from(seen.uids, 'base64url'))] : [];

test('everything once, in the order of creation, page by page', async () => {
  const walk = await openWalk(world, { rootsAtOnce: 3 });
  const pages = await pagesOf(walk, { shape: pupilShape });
  const sizes: number[] = [];
  const all: DocumentNode[] = [];
  for (let page = await pages.next(); page.done !== true; page = await pages.next()) {
    sizes.push(page.value.length);
    all.push(...page.value);
  }
  assert.deepEqual(sizes, [3, 1]);
  assert.deepEqual(all.map(idOf), ['e1', 'e2', 'e3', 'e4']);
  assert.equal(all[3]?.parts['elevforhold']?.length, 2);
  assert.deepEqual(await pages.next(), { done: true, value: undefined });
});

test('who has no grant of the root is told nothing, which is recorded', async () => {
  await onlyGrants(world, { collections: [paths.school] });
  const walk = await openWalk(world);
  assert.deepEqual(await start(walk, { shape: pupilShape }), { kind: 'missing' });
  const [record] = await records(1);
  assert.deepEqual(
    [record?.decision, record?.rule, record?.collection, record?.operation, record?.seen],
    ['deny', 'no-grant', paths.pupil, 'list', null],
  );
});

test('reading one by one is no leave to walk', async () => {
  await onlyGrants(world, { actions: ['deliver'] });
  assert.equal((await start(await openWalk(world), { shape: pupilShape })).kind, 'missing');
});

test('each page is recorded before it is given, with all that is in it', async () => {
  const walk = await openWalk(world, { rootsAtOnce: 3 });
  await world.store.platform.revision();
  const pages = await pagesOf(walk, { shape: pupilShape });
  for (const count of [3, 1]) {
    const page = await pages.next();
    assert.ok(page.done !== true);
    const [record] = await records(1);
    assert.ok(record !== undefined);
    assert.deepEqual(
      [record.count, record.details, record.decision, record.collection, record.api],
      [count, 'walk pupil', 'allow', paths.pupil, 'test'],
    );
    const uids = new Set<number>();
    const collect = (node: DocumentNode): void => {
      uids.add(node.uid);
      for (const nodes of Object.values(node.parts)) for (const each of nodes) collect(each);
    };
    for (const each of page.value) collect(each);
    assert.deepEqual(
      seenIn(record),
      [...uids].toSorted((a, b) => a - b),
    );
  }
});

test('a page that cannot be recorded is not given', async () => {
  const tenant = await world.store.tenant(fjord);
  let calls = 0;
  const refusing = {
    ...tenant,
    appendAudit: async (record: AuditRecord): Promise<void> => {
      calls += 1;
      if (calls > 1) throw new Error('no room');
      return tenant.appendAudit(record);
    },
  };
  const walk = await openWalk(world, { rootsAtOnce: 3, store: { ...world.store, tenant: async () => refusing } });
  const pages = await pagesOf(walk, { shape: pupilShape });
  assert.equal((await pages.next()).done, false);
  await assert.rejects(async () => pages.next(), /no room/);
});

test('a walk that finds nothing is recorded once', async () => {
  await onlyGrants(world, { rows: { scope: 'skole', field: 'skolenummer', values: ['9999'] } });
  const walk = await openWalk(world);
  const soFar = (await records(1_000)).length;
  assert.deepEqual(await walked(walk, { shape: pupilShape }), []);
  const all = await records(1_000);
  assert.equal(all.length, soFar + 1);
  assert.deepEqual([all.at(-1)?.count, all.at(-1)?.seen, all.at(-1)?.decision], [0, null, 'allow']);
});

test('rows that a choice finds', async () => {
  const walk = await openWalk(world);
  const { reads } = await world.store.tenant(fjord);
  const [school] = await reads.resolve([{ collection: paths.school, field: 'skolenummer', value: '1002' }]);
  const narrow = {
    kind: 'through',
    relation: 'elevforhold',
    to: { kind: 'through', relation: 'skole', to: { kind: 'rows', uids: [school?.uid ?? 0] } },
  } as const;
  assert.deepEqual((await walked(walk, { shape: pupilShape, narrow })).map(idOf), ['e3', 'e4']);
  assert.equal((await records(1))[0]?.details, 'walk pupil filtered');
});

test('an exact choice is decided by what the caller sees, and whom it names is recorded', async () => {
  const walk = await openWalk(world);
  const narrow = {
    kind: 'through',
    relation: 'person',
    to: { kind: 'where', filter: filterOf(paths.person, `fodselsnummer/identifikatorverdi eq '${nationalId(1)}'`) },
  } as const;
  assert.deepEqual((await walked(walk, { shape: pupilShape, narrow, exact: true })).map(idOf), ['e1']);
  const [named] = await records(1);
  assert.deepEqual([named?.details, named?.subjects.length], ['walk pupil filtered', 1]);
  await onlyGrants(world, { withhold: ['national-id'] });
  assert.deepEqual((await walked(walk, { shape: pupilShape, narrow })).map(idOf), ['e1'], 'a superset');
  assert.deepEqual(await walked(walk, { shape: pupilShape, narrow, exact: true }), []);
  const [hidden] = await records(1);
  assert.deepEqual([hidden?.seen, hidden?.subjects], [null, named?.subjects]);
});

test('what is bare has no values and hides all, and is there as what is in full', async () => {
  const shape = shapeOf({
    name: 'bare',
    collection: paths.membership,
    attributes: ['gyldighetsperiode'],
    steps: {
      klasse: { relation: 'klasse', steps: {}, bare: true },
      elevforhold: { relation: 'elevforhold', steps: {}, bare: true },
    },
  });
  const all = await walked(await openWalk(world), { shape });
  const full = await walked(await openWalk(world), {
    shape: shapeOf({
      name: 'full',
      collection: paths.membership,
      steps: { ...step('klasse'), ...step('elevforhold') },
    }),
  });
  assert.equal(all.length, 3);
  for (const [index, { values, parts }] of all.entries()) {
    assert.deepEqual(values, {});
    for (const name of ['klasse', 'elevforhold']) {
      const [one, ...others] = parts[name] ?? [];
      const same = full[index]?.parts[name]?.[0];
      assert.ok(one !== undefined && others.length === 0 && same !== undefined);
      assert.deepEqual([one.uid, one.id, one.level], [same.uid, same.id, same.level]);
      assert.deepEqual([one.values, one.hides('navn'), one.parts], [{}, true, {}]);
      assert.notDeepEqual(same.values, {});
    }
  }
});

test('only what the shape wants is among the values', async () => {
  const shape = shapeOf({
    name: 'few',
    collection: paths.pupil,
    attributes: ['feidenavn', 'hybeladresse'],
    steps: { person: { relation: 'person', steps: {}, attributes: ['navn'] } },
  });
  const [first] = await walked(await openWalk(world), { shape });
  assert.deepEqual(first?.values, { feidenavn: { identifikatorverdi: 'elev1@fjordheim.test' } });
  assert.deepEqual(first?.parts['person']?.[0]?.values, { navn: { fornavn: 'Fornavn1', etternavn: 'Etternavn1' } });
  await onlyGrants(world, { withhold: ['personal'] });
  const [hidden] = await walked(await openWalk(world), { shape });
  assert.deepEqual([hidden?.values, hidden?.hides('feidenavn')], [{}, true]);
});

test('a page shows what is there and may be seen when it is asked for', async () => {
  const other = await openWorld();
  try {
    await putCounty(other);
    await grant(other);
    const walk = await openWalk(other, { rootsAtOnce: 1 });
    const pages = await pagesOf(walk, { shape: pupilShape });
    assert.equal(idOf([...(await pages.next()).value][0]), 'e1');
    // 2 is gone, 3 has moved to a protected address, 5 has come.
    await remove(other, paths.pupil, 'systemid', 'e2');
    await put(other, paths.person, [person(3, {}, { adressebeskyttelse: 'fortrolig' })]);
    for (const number of [1, 2, 4, 5])
      await put(other, paths.person, [person(number, {}, { adressebeskyttelse: 'ugradert' })]);
    await put(other, paths.pupil, [pupil(5)]);
    const left = await rest(pages);
    assert.deepEqual(left.map(idOf), ['e4', 'e5']);
    assert.ok(!JSON.stringify(left.map(treeOf)).includes('Etternavn3'));
  } finally {
    await other.close();
  }
});

test('a walk ends with an error when its caller may not go on: half of it is never taken for the whole', async () => {
  const pages = await pagesOf(await openWalk(world), { shape: pupilShape });
  await pages.next();
  await onlyGrants(world);
  await assert.rejects(
    async () => pages.next(),
    (error) => error instanceof HubError && error.problem.code === 'HUB-400',
  );
});

test('and when other data have been put back', async () => {
  const tenant = await world.store.tenant(fjord);
  let { reads } = tenant;
  const moving = {
    ...tenant,
    get reads() {
      return reads;
    },
  };
  const walk = await openWalk(world, { store: { ...world.store, tenant: async () => moving } });
  const pages = await pagesOf(walk, { shape: pupilShape });
  await pages.next();
  reads = { ...reads };
  await assert.rejects(
    async () => pages.next(),
    (error) => error instanceof HubError && error.problem.code === 'HUB-501',
  );
});

test('nothing more is read for a reader who has stopped', async () => {
  const asked: string[] = [];
  const walk = await openWalk(world, { rootsAtOnce: 1, store: await countingStore(world.store, asked) });
  const result = await start(walk, { shape: groupShape });
  assert.ok(result.kind === 'walk');
  for await (const page of result.pages) {
    assert.equal(page.length, 1);
    break;
  }
  // The page after it may have been begun.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const soFar = asked.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(asked.length, soFar);
});

test('the next page is read while one is recorded, and read again when something has changed since', async () => {
  const asked: string[] = [];
  const other = await openWorld();
  try {
    await putCounty(other);
    await grant(other);
    const walk = await openWalk(other, { rootsAtOnce: 1, store: await countingStore(other.store, asked) });
    const pages = await pagesOf(walk, { shape: shapeOf({ name: 'alone', collection: paths.pupil, steps: {} }) });
    const read = (): number => asked.filter((name) => name === 'heads').length;
    /** Waits until so much has been read, and for what would be too much. */
    const quiet = async (wanted: number): Promise<number> => {
      for (let times = 0; times < 500 && read() < wanted; times += 1) await sleep(20);
      await sleep(20);
      return read();
    };
    await pages.next();
    assert.equal(await quiet(2), 2);
    await pages.next();
    assert.equal(await quiet(3), 3);
    await put(other, paths.pupil, [{ ...pupil(3), feidenavn: { identifikatorverdi: 'new@fjordheim.test' } }]);
    const third = await pages.next();
    assert.ok(third.done !== true);
    assert.deepEqual([...third.value][0]?.values['feidenavn'], { identifikatorverdi: 'new@fjordheim.test' });
    // Where much is written, nothing is read in vain.
    assert.equal(await quiet(4), 4);
    assert.equal((await rest(pages)).length, 1);
  } finally {
    await other.close();
  }
});

test('other work runs between pages', async () => {
  const pages = await pagesOf(await openWalk(world, { rootsAtOnce: 1 }), { shape: parentShape });
  let turns = 0;
  let isOver = false;
  const turn = (): void => {
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  const count = (await rest(pages)).length;
  isOver = true;
  assert.ok(count === 5 && turns >= count, `${turns} turns in ${count} pages`);
});
