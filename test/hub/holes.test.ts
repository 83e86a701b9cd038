// The seven known holes of change feeds that others have had, each as a test of what a client with grants is told: on both engines, and where
// two processes matter, with two stores over one database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hub, HubChange } from '#hub/query.ts';
import { onEveryDialect } from '../store/conformance/dialects.ts';
import type { Dialect } from '../store/conformance/dialects.ts';
import {
  bySystemId,
  changes,
  dal,
  enrolment,
  fjord,
  identified,
  idsOf,
  linksOf,
  list,
  onlyGrants,
  openWorld,
  paths,
  principal,
  pupil,
  put,
  putApplication,
  putCounty,
  remove,
  school,
} from './world.ts';
import type { Resource, Shown, World } from './world.ts';

const follows = { actions: ['read', 'list', 'follow'] } as const;

/** A county, followed by an application that sees all of it. */
const inCounty = (dialect: Dialect, work: (world: World) => Promise<void>) => async (): Promise<void> => {
  const world = await openWorld(dialect);
  try {
    await putCounty(world);
    await onlyGrants(world, follows);
    await work(world);
  } finally {
    await world.close();
  }
};

const parsed = (body: Buffer): Shown => JSON.parse(body.toString()) as Shown;

const idIn = (body: Buffer | null): unknown => (body === null ? null : idsOf(pageOf([parsed(body)]))[0]);
const pageOf = (entries: readonly Shown[]) => ({ entries, total: entries.length, etag: '', text: '' });

const nameOf = (one: Shown | undefined): string => (one === undefined ? '' : String(idsOf(pageOf([one]))[0]));

const sorted = (all: Iterable<Shown>): readonly Shown[] =>
  [...all].toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));

/** In short: what happened, to which system id, as far as it is there, and by which addresses it was known. */
const short = ({ kind, before, body }: HubChange): string =>
  [kind, idIn(body), ...before.map((address) => address.slice(address.lastIndexOf('/') + 1)).toSorted()].join(' ');

/**
 * Keeps a copy of a collection as told: by the id of the resource, and by every address that leads to it. An address that a resource had before
 * is given up unless another has taken it over meanwhile.
 */
const createFollower = (path: string, size = 100) => {
  const byUid = new Map<string, Shown>();
  const byAddress = new Map<string, string>();
  let position: string | null = null;

  const take = ({ kind, uid, before, body }: HubChange): void => {
    for (const address of before) if (byAddress.get(address) === uid) byAddress.delete(address);
    if (body === null) return void byUid.delete(uid);
    const resource = parsed(body);
    assert.ok(kind !== 'created' || !byUid.has(uid), 'nothing comes twice');
    byUid.set(uid, resource);
    for (const address of linksOf(resource, 'self')) byAddress.set(address, uid);
  };

  return {
    byUid,
    byAddress,
    position: () => position,
    /** One page. True when there is more. */
    step: async (hub: Hub): Promise<{ readonly told: readonly HubChange[]; readonly more: boolean }> => {
      const page = await changes(hub, path, position, size);
      for (const each of page.changes) take(each);
      position = page.next;
      return { told: page.changes, more: page.more };
    },
    /** Everything that there is now; gives it in short. */
    catchUp: async (hub: Hub): Promise<readonly string[]> => {
      const told: string[] = [];
      for (let more = true; more;) {
        const page = await changes(hub, path, position, size);
        for (const each of page.changes) take(each);
        told.push(...page.changes.map(short));
        position = page.next;
        more = page.more;
      }
      return told;
    },
    /** The copy is what a list shows, by id and by address. */
    assertWhole: async (hub: Hub): Promise<void> => {
      const { entries } = await list(hub, path);
      assert.deepEqual(sorted(byUid.values()), sorted(entries));
      const addresses = entries.flatMap((one) => linksOf(one, 'self').map((address) => `${address} ${nameOf(one)}`));
      const held = [...byAddress].map(([address, uid]) => `${address} ${nameOf(byUid.get(uid))}`);
      assert.deepEqual(held.toSorted(), addresses.toSorted());
    },
  };
};

const named = (number: number, feide: string): Resource => ({
  systemId: identified(`e${number}`),
  feidenavn: identified(feide),
});

/** A transaction that has written, and is open until it is ended. */
const openTransaction = async (world: World, resource: Resource) => {
  const open = Promise.withResolvers<void>();
  const written = Promise.withResolvers<void>();
  const tenant = await world.store.tenant(fjord);
  const done = tenant.write(async (tx) => {
    const [uid = null] = await tx.match(paths.pupil, [{ field: 'systemid', value: 'slow' }]);
    assert.equal(uid, null);
    await tx.put(
      paths.pupil,
      null,
      {
        identifiers: [{ field: 'systemid', value: 'slow' }],
        primary: { field: 'systemid', value: 'slow' },
        attributes: JSON.stringify(resource).slice(1, -1),
        links: [],
        marking: null,
      },
      'test',
    );
    await tx.settle();
    written.resolve();
    await open.promise;
  });
  done.catch(() => {});
  await Promise.race([written.promise, done]);
  return { commit: () => (open.resolve(), done), fail: (error: Error) => (open.reject(error), done) };
};

onEveryDialect('the seven holes of change feeds', (dialect) => {
  test(
    'hole 1: what becomes visible by a new grant is told although it is old',
    inCounty(dialect, async (world) => {
      await onlyGrants(world, { ...follows, rows: school('1002') });
      const follower = createFollower(paths.pupil);
      await follower.catchUp(world.hub);
      assert.equal(follower.byUid.size, 2);
      // Much happens elsewhere: the position goes on over what this one does not see.
      await put(world, paths.pupil, [named(1, 'ny@fjordheim.test'), pupil(6, {})]);
      assert.deepEqual(await follower.catchUp(world.hub), []);
      await onlyGrants(world, { ...follows, rows: school('1002') }, { ...follows, rows: school('1001') });
      assert.deepEqual(
        (await follower.catchUp(world.hub)).filter((told) => told.startsWith('access-gained')).slice(0, 2),
        ['access-gained e1', 'access-gained e2'],
      );
      await follower.assertWhole(world.hub);
      await onlyGrants(world, follows);
      assert.ok((await follower.catchUp(world.hub)).some((told) => told.endsWith(' e6')));
      await follower.assertWhole(world.hub);
      // To one who had no grant at all it is the whole collection, however old.
      const fresh = createFollower(paths.school, 1);
      assert.deepEqual((await fresh.catchUp(world.hub)).slice(0, 2), ['created s1001', 'created s1002']);
      await fresh.assertWhole(world.hub);
    }),
  );

  test(
    'hole 2: what is changed or removed in the middle of a walk makes it pass over no other resource',
    inCounty(dialect, async (world) => {
      await put(
        world,
        paths.pupil,
        [11, 12, 13, 14, 15, 16, 17, 18].map((number) => pupil(number, {})),
      );
      const follower = createFollower(paths.pupil, 2);
      const numbers = [11, 18, 12, 17, 2, 16];
      for (let more = true; more;) {
        more = (await follower.step(world.hub)).more;
        const number = numbers.shift();
        if (number === undefined) continue;
        await put(world, paths.pupil, [named(number, `ny${number}@fjordheim.test`)]);
        if (number % 3 === 0) await remove(world, paths.pupil, 'systemid', `e${number}`);
      }
      assert.equal(numbers.length, 0);
      await follower.assertWhole(world.hub);
      // Pages of a list are in the order of creation, which a change does not touch.
      const met: unknown[] = [];
      const total = (await list(world.hub, paths.pupil)).total;
      for (let offset = 0; offset < total; offset += 2) {
        met.push(...idsOf(await list(world.hub, paths.pupil, { offset, size: 2 })));
        await put(world, paths.pupil, [named(1, `nr${offset}@fjordheim.test`)]);
      }
      assert.deepEqual(met, idsOf(await list(world.hub, paths.pupil)));
    }),
  );

  test(
    'hole 3: who begins to read while an identifier changes holds the resource once, under what it is called now',
    inCounty(dialect, async (world) => {
      for (let pages = 0; pages <= 5; pages += 1) {
        const follower = createFollower(paths.pupil, 1);
        for (let page = 0; page < pages; page += 1) await follower.step(world.hub);
        await put(world, paths.pupil, [named(3, `navn${pages}@fjordheim.test`)]);
        const told = await follower.catchUp(world.hub);
        assert.equal(told.filter((each) => each === 'created e3').length, pages < 3 ? 1 : 0);
        assert.ok(told.some((each) => each.startsWith('identifier-changed e3')));
        await follower.assertWhole(world.hub);
        assert.equal(follower.byUid.size, 4);
      }
    }),
  );

  test(
    'hole 4: a link can be followed within the copy once both ends have been polled, however old its target is',
    inCounty(dialect, async (world) => {
      const writer = await world.beside();
      const pupils = createFollower(paths.pupil);
      const enrolments = createFollower(paths.enrolment);
      const unresolved = (): readonly string[] =>
        [...enrolments.byUid.values()]
          .flatMap((one) => linksOf(one, 'elev'))
          .filter((address) => !pupils.byAddress.has(address));
      await pupils.catchUp(world.hub);
      await put(writer, paths.pupil, [pupil(7, {})]);
      await put(writer, paths.enrolment, [enrolment('f-7', 7, '1001'), enrolment('f-8', 2, '1002')]);
      // Polled in the worst order: the pupil that is new has not been heard of.
      await enrolments.catchUp(world.hub);
      assert.deepEqual(unresolved(), [bySystemId(paths.pupil, 'e7')]);
      // The pupil that is old shows the link as well, and is told as changed.
      const told = await pupils.catchUp(world.hub);
      assert.ok(told.includes('created e7') && told.includes('updated e2'), told.join());
      assert.deepEqual(unresolved(), []);
      await pupils.assertWhole(world.hub);
      await enrolments.assertWhole(world.hub);
      // A link whose target comes later: who holds the link hears of the target when it comes.
      await put(writer, paths.enrolment, [enrolment('f-9', 9, '1001')]);
      await enrolments.catchUp(world.hub);
      await pupils.catchUp(world.hub);
      assert.deepEqual(unresolved(), [bySystemId(paths.pupil, 'e9')]);
      await put(writer, paths.pupil, [pupil(9, {})]);
      assert.deepEqual(await pupils.catchUp(world.hub), ['created e9']);
      assert.deepEqual(unresolved(), []);
    }),
  );

  for (const end of ['committed', 'rolled back'] as const)
    test(
      `hole 5: a position never runs ahead of an open transaction, one that is ${end}`,
      inCounty(dialect, async (world) => {
        const other = await world.beside();
        const follower = createFollower(paths.pupil);
        await follower.catchUp(world.hub);
        const before = follower.position();
        const slow = await openTransaction(other, { systemId: identified('slow') });
        let passed = false;
        const quick = put(world, paths.pupil, [pupil(20, {})]).then(() => (passed = true));
        // The other organisation is not held up.
        await put(world, paths.pupil, [pupil(30, {})], dal);
        for (let poll = 0; poll < 4; poll += 1) {
          await sleep(40);
          for (const { hub } of [world, other]) assert.deepEqual(await follower.catchUp(hub), []);
        }
        assert.deepEqual([follower.position(), passed], [before, false]);
        // A reader that begins now saves a position as well.
        const late = createFollower(paths.pupil);
        await late.catchUp(other.hub);
        if (end === 'committed') await slow.commit();
        else await assert.rejects(slow.fail(new Error('on purpose')), /on purpose/);
        await quick;
        const news = [...(end === 'committed' ? ['created slow'] : []), 'created e20'];
        assert.deepEqual(await follower.catchUp(world.hub), news);
        assert.deepEqual(await late.catchUp(other.hub), news);
        await follower.assertWhole(other.hub);
        await late.assertWhole(world.hub);
        const tenant = await world.store.tenant(fjord);
        const epochs = await tenant.reads.epochs();
        assert.equal(epochs.length, 1);
      }),
    );

  test(
    'hole 6: the removal of a resource is told before another takes over what it was called by',
    inCounty(dialect, async (world) => {
      for (const size of [1, 2, 100]) {
        const follower = createFollower(paths.pupil, size);
        await follower.catchUp(world.hub);
        // Between two polls: another change of the one, the removal of the other, and the taking over.
        await put(world, paths.pupil, [pupil(40, {}), pupil(41, {})]);
        await follower.catchUp(world.hub);
        await put(world, paths.pupil, [{ ...pupil(41, {}), gjest: true }]);
        await remove(world, paths.pupil, 'systemid', 'e40');
        await put(world, paths.pupil, [named(41, 'elev40@fjordheim.test')]);
        const told = await follower.catchUp(world.hub);
        assert.deepEqual(told.slice(-2), [
          'removed  e40 elev40@fjordheim.test',
          'identifier-changed e41 e41 elev41@fjordheim.test',
        ]);
        await follower.assertWhole(world.hub);
        // Two that exchange their names, in one transaction, as a page does it.
        await put(world, paths.pupil, [pupil(42, {})]);
        await follower.catchUp(world.hub);
        await put(world, paths.pupil, [
          { systemId: identified('e42') },
          named(41, 'elev42@fjordheim.test'),
          named(42, 'elev40@fjordheim.test'),
        ]);
        assert.deepEqual(await follower.catchUp(world.hub), [
          'identifier-changed e42 e42 elev42@fjordheim.test',
          'identifier-changed e41 e41 elev40@fjordheim.test',
        ]);
        await follower.assertWhole(world.hub);
        for (const id of ['e41', 'e42']) await remove(world, paths.pupil, 'systemid', id);
        await follower.catchUp(world.hub);
        await follower.assertWhole(world.hub);
      }
    }),
  );

  test(
    'hole 7: who may hear of a change is decided by what it could see before and may see now, and that ends with the grant',
    inCounty(dialect, async (world) => {
      await putApplication(world.store, 'later');
      const rowsOf = (number: string) => ({ ...follows, rows: school(number) });
      await onlyGrants(world, rowsOf('1001'), { ...rowsOf('1002'), application: 'other' });
      const as = { first: principal('app'), second: principal('other'), later: principal('later') };
      const hubFor = (who: keyof typeof as): Hub => ({
        ...world.hub,
        run: (query, context) => world.hub.run(query, { ...context, principal: as[who] }),
      });
      const [first, second] = [createFollower(paths.pupil), createFollower(paths.pupil)];
      await first.catchUp(hubFor('first'));
      await second.catchUp(hubFor('second'));
      // One pupil moves to the other school, and is called differently there from then on.
      await put(world, paths.enrolment, [enrolment('f-2', 2, '1002')]);
      await put(world, paths.pupil, [named(2, 'flyttet@fjordheim.test')]);
      const left = await changes(hubFor('first'), paths.pupil, first.position());
      assert.equal(JSON.stringify(left.changes.map(({ before }) => before)).includes('flyttet'), false);
      assert.ok(left.changes.every(({ body }) => body?.includes('flyttet') !== true));
      assert.ok((await first.catchUp(hubFor('first'))).includes('access-lost  e2 elev2@fjordheim.test'));
      assert.ok((await second.catchUp(hubFor('second'))).includes('access-gained e2'));
      await first.assertWhole(hubFor('first'));
      await second.assertWhole(hubFor('second'));
      // A removal is told to those who held what is gone, and to nobody else, now or later.
      await remove(world, paths.pupil, 'systemid', 'e2');
      assert.deepEqual(await first.catchUp(hubFor('first')), []);
      assert.ok((await second.catchUp(hubFor('second'))).some((told) => /^(removed|access-lost) {2}e2 /.test(told)));
      await onlyGrants(world, follows, { ...follows, application: 'later' });
      assert.equal(JSON.stringify(await first.catchUp(world.hub)).includes('flyttet'), false);
      await first.assertWhole(world.hub);
      // Nor to one who is let in afterwards, page by page.
      const fresh = createFollower(paths.pupil, 1);
      assert.equal(JSON.stringify(await fresh.catchUp(hubFor('later'))).includes('flyttet'), false);
      await fresh.assertWhole(hubFor('later'));
      // With the grant ends what is told of removals too.
      await onlyGrants(world);
      await remove(world, paths.pupil, 'systemid', 'e3');
      const ended = await first.catchUp(world.hub);
      assert.ok(ended.length > 0 && ended.every((told) => told.startsWith('access-lost  ')), ended.join());
      await put(world, paths.pupil, [pupil(50, {})]);
      await remove(world, paths.pupil, 'systemid', 'e50');
      assert.deepEqual(await first.catchUp(world.hub), []);
      assert.equal(first.byUid.size, 0);
    }),
  );
});
