// What is remembered of documents is never older than the last write that was acknowledged, whatever it was that changed; and is asked for again only
// where something has changed.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createDocumentCache } from '#hub/documents/document-cache.ts';
import type { HeldDocument } from '#hub/documents/document-cache.ts';
import type { Projection } from '#hub/documents/document.ts';
import {
  bySystemId,
  enrolment,
  fjord,
  grant,
  href,
  identified,
  onlyGrants,
  openWorld,
  paths,
  person,
  personHref,
  principal,
  pupil,
  put,
  remove,
  school,
  schoolOf,
} from '../world.ts';
import type { Links, World } from '../world.ts';
import {
  byUid,
  countingStore,
  found,
  groups,
  idsIn,
  listOf,
  openDocuments,
  parents,
  pupils,
  trees,
} from './document-world.ts';
import type { DocumentWorld, Facts } from './document-world.ts';

let world: World;
/** Remembers. */
let hub: DocumentWorld;
/** What is asked of the store. */
const asked: string[] = [];

const open = { adressebeskyttelse: 'ugradert' };

before(async () => {
  world = await openWorld();
  await put(world, paths.school, [schoolOf('1001'), schoolOf('1002')]);
  await put(world, paths.person, [
    person(1, { foreldre: [personHref(5)] }, open),
    person(2, {}, open),
    person(5, {}, open),
  ]);
  await put(world, paths.pupil, [pupil(1), pupil(2)]);
  await put(world, paths.enrolment, [enrolment('f-1', 1, '1001'), enrolment('f-2', 2, '1002')]);
  await put(world, paths.group, [group('k1', 'Klasse 1')]);
  await put(world, paths.membership, [membership('m1', 'f-1', 'k1')]);
  hub = await openDocuments(world, { store: await countingStore(world.store, asked) });
});
after(() => world.close());
beforeEach(() => onlyGrants(world, {}));

const group = (id: string, name: string) => ({
  systemId: identified(id),
  navn: name,
  beskrivelse: '',
  links: { skole: [href(paths.school, 'skolenummer', '1001')] },
});

const membership = (id: string, enrolled: string, of: string) => ({
  systemId: identified(id),
  links: {
    elevforhold: [bySystemId(paths.enrolment, enrolled)],
    klasse: [bySystemId(paths.group, of)],
  } satisfies Links,
});

const pupilUid = (number: number): Promise<number> => hub.uid(paths.pupil, 'systemid', `e${number}`);

/** All pupils, classes and parents as they are remembered: the same as when nothing is. */
const shown = async (): Promise<string> => {
  const fresh = await openDocuments(world, { cacheBytes: 0 });
  const projections: readonly Projection<Facts>[] = [pupils, groups, parents];
  const texts = await Promise.all(
    projections.map(async (projection) => {
      const now = await found(fresh, listOf(projection));
      const kept = await found(hub, listOf(projection));
      assert.deepEqual(trees(kept), trees(now));
      assert.deepEqual(
        kept.documents.map(({ facts }) => facts),
        now.documents.map(({ facts }) => facts),
      );
      return JSON.stringify(trees(kept));
    }),
  );
  return texts.join('\n');
};

/** Asks, changes something, asks again: the answer must have become another one at once. */
const changes = async (
  change: () => Promise<unknown>,
): Promise<{ readonly before: string; readonly after: string }> => {
  const was = await shown();
  assert.equal(await shown(), was);
  await change();
  const is = await shown();
  assert.notEqual(is, was);
  return { before: was, after: is };
};

test('a second answer reads nothing but where the feed ends', async () => {
  const [first, uids] = [await found(hub, listOf(pupils)), [await pupilUid(1), await pupilUid(2)]];
  asked.length = 0;
  assert.deepEqual(trees(await found(hub, listOf(pupils))), trees(first));
  assert.deepEqual(trees(await found(hub, byUid(pupils, ...uids))), trees(first));
  assert.deepEqual(asked, ['lastPosition', 'guarded', 'lastPosition']);
  const [one, same] = [await found(hub, listOf(pupils)), await found(hub, listOf(pupils))];
  assert.equal(one.documents, same.documents);
});

test('a write drops what is made of it, and nothing else', async () => {
  await found(hub, listOf(pupils));
  await put(world, paths.person, [person(2, {}, { ...open, navn: { fornavn: 'Ny', etternavn: 'Navn' } })]);
  asked.length = 0;
  await found(hub, byUid(pupils, await pupilUid(1)));
  assert.ok(!asked.includes('load'), asked.join(' '));
  assert.match(
    trees(await found(hub, byUid(pupils, await pupilUid(2))))
      .map((tree) => JSON.stringify(tree))
      .join(''),
    /"Ny"/,
  );
});

test('an attribute of what is linked, at every depth', async () => {
  await changes(() =>
    put(world, paths.person, [person(5, {}, { ...open, navn: { fornavn: 'Far', etternavn: 'Sin' } })]),
  );
  await changes(() => put(world, paths.school, [{ ...schoolOf('1001'), navn: 'Nytt navn' }]));
  await changes(() => put(world, paths.group, [group('k1', 'Klasse 1b')]));
});

test('a resource that comes, with links to what is there', async () => {
  const { after: now } = await changes(() => put(world, paths.membership, [membership('m2', 'f-2', 'k1')]));
  assert.match(now, /"m2"/);
  await changes(() => remove(world, paths.membership, 'systemid', 'm2'));
});

test('a target that comes after the link to it', async () => {
  await put(world, paths.membership, [membership('m3', 'f-2', 'k3')]);
  const { after: now } = await changes(() => put(world, paths.group, [group('k3', 'Klasse 3')]));
  assert.match(now, /Klasse 3.*\n/);
  await changes(() => remove(world, paths.group, 'systemid', 'k3'));
  await changes(() => put(world, paths.group, [group('k3', 'Klasse 3 igjen')]));
  await remove(world, paths.membership, 'systemid', 'm3');
  await remove(world, paths.group, 'systemid', 'k3');
});

test('a link that is moved and one that is taken away', async () => {
  await changes(() => put(world, paths.enrolment, [enrolment('f-1', 1, '1002')]));
  await changes(() => put(world, paths.enrolment, [enrolment('f-1', 2, '1002')]));
  await changes(() => put(world, paths.person, [person(1, {}, open)]));
  await changes(() => put(world, paths.person, [person(1, { foreldre: [personHref(5)] }, open)]));
  await changes(() => put(world, paths.enrolment, [enrolment('f-1', 1, '1001')]));
});

test('an identifier that moves to another resource', async () => {
  await put(world, paths.school, [{ ...schoolOf('1003'), navn: 'Den tredje' }]);
  const { after: now } = await changes(async () => {
    await put(world, paths.school, [{ ...schoolOf('1002'), skolenummer: identified('1009') }]);
    await put(world, paths.school, [{ ...schoolOf('1003'), navn: 'Den tredje', skolenummer: identified('1002') }]);
  });
  assert.match(now, /Den tredje/);
  await changes(async () => {
    await remove(world, paths.school, 'systemid', 's1003');
    await put(world, paths.school, [schoolOf('1002')]);
  });
});

test('a removal, and coming back', async () => {
  const { after: gone } = await changes(() => remove(world, paths.pupil, 'systemid', 'e2'));
  assert.ok(!gone.includes('"e2"'));
  await changes(() => put(world, paths.pupil, [pupil(2)]));
  await changes(() => remove(world, paths.enrolment, 'systemid', 'f-2'));
  await changes(() => put(world, paths.enrolment, [enrolment('f-2', 2, '1002')]));
});

test('protection that is put on and lifted, of the resource itself and of whom it is about', async () => {
  const { after: hidden } = await changes(() =>
    put(world, paths.person, [person(1, { foreldre: [personHref(5)] }, { adressebeskyttelse: 'strengtFortrolig' })]),
  );
  assert.ok(!hidden.includes('"e1"'), hidden);
  const { after: back } = await changes(() =>
    put(world, paths.person, [person(1, { foreldre: [personHref(5)] }, open)]),
  );
  assert.ok(back.includes('"e1"'));
  await changes(() => put(world, paths.person, [person(5, {}, { adressebeskyttelse: 'fortrolig' })]));
  await changes(() => put(world, paths.person, [person(5, {}, open)]));
});

test('an erasure', async () => {
  await put(world, paths.person, [person(8, {}, open)]);
  await put(world, paths.person, [person(2, { foreldre: [personHref(8)] }, open)]);
  await shown();
  const uid = await hub.uid(paths.person, 'fodselsnummer', personHref(8).slice(-11));
  const { after: now } = await changes(async () => {
    const tenant = await world.store.tenant(fjord);
    await tenant.write(async (tx) => {
      await tx.erase([uid], 'test');
      await tx.settle();
    });
  });
  assert.ok(!now.includes('Fornavn8'));
});

test('a grant that changes, begins or ends', async () => {
  await changes(() => onlyGrants(world, { collections: ['utdanning/elev/*'] }));
  await changes(() => onlyGrants(world, { withhold: ['national-id'] }));
  await changes(() => onlyGrants(world, { rows: school('1001') }));
  await changes(() => onlyGrants(world, { fields: ['systemId', 'elevforhold'] }));
  const { after: ends } = await changes(async () => {
    await onlyGrants(world, {});
    await grant(world, { application: 'other' });
  });
  assert.ok(ends.includes('Fornavn1'));
});

test('rows that enter and leave the scope of a grant', async () => {
  await onlyGrants(world, { rows: school('1001') });
  const { after: both } = await changes(() => put(world, paths.enrolment, [enrolment('f-9', 2, '1001')]));
  assert.ok(both.includes('"e2"'));
  const { after: one } = await changes(() => remove(world, paths.enrolment, 'systemid', 'f-9'));
  assert.ok(!one.includes('"e2"'));
});

test('what another process has written', async () => {
  const beside = await openDocuments(await world.beside());
  for (const name of ['Her', 'Der', 'Her']) {
    await put(world, paths.school, [{ ...schoolOf('1001'), navn: name }]);
    for (const over of [hub, beside]) {
      const [tree] = trees(await found(over, byUid(pupils, await pupilUid(1))));
      assert.ok(JSON.stringify(tree).includes(`"navn":"${name}"`));
    }
  }
});

test('more changes than are followed one by one', async () => {
  const { after: now } = await changes(async () => {
    const many = Array.from({ length: 2_500 }, (_, index) => person(10_000 + index, {}, open));
    await put(world, paths.person, many);
    await put(world, paths.school, [{ ...schoolOf('1001'), navn: 'Etter alt' }]);
  });
  assert.match(now, /Etter alt/);
});

test('two who see differently do not get each other’s', async () => {
  await onlyGrants(world, {}, { application: 'other', collections: [paths.pupil], fields: ['systemId'] });
  const all = await found(hub, listOf(pupils));
  const few = await found(hub, listOf(pupils), principal('other'));
  assert.deepEqual(idsIn(all), idsIn(few));
  assert.ok(trees(few).every((tree) => Object.keys(tree).sort().join() === '@id,systemId'));
  assert.deepEqual(trees(await found(hub, listOf(pupils))), trees(all));
});

const document = (uid: number): HeldDocument => ({
  uid,
  id: `${uid}`,
  facts: { name: 'x'.repeat(10) },
  bytes: Buffer.alloc(1_000),
  uids: Float64Array.of(uid),
  serial: uid,
  checkedAt: 1,
});

test('the cache keeps what is made for the second time, of each shelf by itself', () => {
  const cache = createDocumentCache(100_000);
  const [shelf, other] = [cache.shelf('h', 'a'), cache.shelf('h', 'b')];
  shelf.put(document(1));
  assert.equal(shelf.get(1), undefined);
  other.put(document(1));
  assert.equal(other.get(1), undefined);
  assert.equal(cache.bytes(), 0);
  shelf.put(document(1));
  assert.equal(shelf.get(1)?.uid, 1);
  shelf.drop(1);
  shelf.put(document(1));
  assert.equal(shelf.get(1)?.uid, 1, 'what has changed is no stranger');
});

test('the cache holds no more than it may, and keeps what is asked for', () => {
  const cache = createDocumentCache(100_000, 'first');
  const shelf = cache.shelf('h', 'a');
  for (let uid = 1; uid <= 1_000; uid += 1) {
    shelf.put(document(uid));
    shelf.get(1);
    assert.ok(cache.bytes() <= 100_000);
  }
  assert.ok(cache.bytes() > 50_000);
  assert.equal(shelf.get(1)?.uid, 1);
  assert.equal(shelf.get(2), undefined);
  assert.equal(shelf.get(1_000)?.uid, 1_000);
  shelf.put({ ...document(1), bytes: Buffer.alloc(90_000) });
  assert.equal(shelf.get(1), undefined);
  cache.clear('h');
  assert.equal(cache.bytes(), 0);
  shelf.put(document(5));
  assert.equal(cache.bytes(), 0);
});
