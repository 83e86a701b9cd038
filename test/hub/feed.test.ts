// The change feed: what it tells, in which order, and that a position stays good whatever happens to the process.
import assert from 'node:assert/strict';
import { after as afterAll, before as beforeAll, test } from 'node:test';
import {
  bySystemId,
  changes,
  href,
  identified,
  onlyGrants,
  openWorld,
  paths,
  pupil,
  put,
  remove,
  start,
} from './world.ts';
import type { World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await onlyGrants(world, { actions: ['follow'] });
});
afterAll(() => world.close());

const kindsAfter = async (position: string | null) =>
  (await changes(world.hub, paths.pupil, position)).changes.map(({ kind }) => kind);

test('a feed of nothing gives a position to go on from', async () => {
  const none = await changes(world.hub, paths.pupil);
  assert.deepEqual([none.changes.length, none.more], [0, false]);
  const again = await changes(world.hub, paths.pupil, none.next);
  assert.deepEqual([again.changes.length, again.next], [0, none.next]);
});

test('every kind of change is told, oldest first, with the resource as it is now', async () => {
  const { next } = await changes(world.hub, paths.pupil);
  await put(world, paths.pupil, [pupil(1, {}), pupil(2, {})]);
  world.clock.move(5_000);
  await put(world, paths.pupil, [{ ...pupil(1, {}), gjest: true }]);
  await put(world, paths.pupil, [{ systemId: identified('e2'), feidenavn: identified('ny@fjordheim.test') }]);
  world.clock.move(5_000);
  await remove(world, paths.pupil, 'systemid', 'e1');
  const { changes: told, more } = await changes(world.hub, paths.pupil, next);
  assert.equal(more, false);
  assert.deepEqual(
    told.map(({ kind, at, before, body }) => [kind, at - start, [...before].sort(), body === null ? null : 'body']),
    [
      ['created', 0, [], null],
      ['created', 0, [], 'body'],
      ['updated', 5_000, [], null],
      [
        'identifier-changed',
        5_000,
        [href(paths.pupil, 'feidenavn', 'elev2@fjordheim.test'), bySystemId(paths.pupil, 'e2')],
        'body',
      ],
      [
        'removed',
        10_000,
        [href(paths.pupil, 'feidenavn', 'elev1@fjordheim.test'), bySystemId(paths.pupil, 'e1')],
        null,
      ],
    ],
  );
  const [one, two] = told;
  assert.deepEqual(
    told.map(({ uid }) => uid),
    [one?.uid, two?.uid, one?.uid, two?.uid, one?.uid],
  );
  assert.equal(told.at(-2)?.body?.includes('ny@fjordheim.test'), true);
});

test('reading page by page meets each change once, from wherever it stopped', async () => {
  const whole = await changes(world.hub, paths.pupil);
  const met: string[] = [];
  let position: string | null = null;
  let more = true;
  while (more) {
    const page: Awaited<ReturnType<typeof changes>> = await changes(world.hub, paths.pupil, position, 2);
    met.push(...page.changes.map((change) => change.position));
    assert.equal(page.next, page.changes.at(-1)?.position);
    position = page.next;
    more = page.more;
  }
  assert.deepEqual(
    met,
    whole.changes.map((change) => change.position),
  );
  const middle = met[1] ?? '';
  assert.deepEqual(await kindsAfter(middle), ['updated', 'identifier-changed', 'removed']);
});

test('nothing new gives the very position that was sent, and what is the same is not new', async () => {
  const { next } = await changes(world.hub, paths.pupil);
  await put(world, paths.pupil, [{ systemId: identified('e2'), feidenavn: identified('ny@fjordheim.test') }]);
  await put(world, paths.subject, [{ systemId: identified('f1'), navn: 'Norsk', beskrivelse: '' }]);
  const again = await changes(world.hub, paths.pupil, next);
  assert.deepEqual([again.next, again.changes, again.more], [next, [], false]);
});

test('positions, ids and ETags survive a restart', async () => {
  await onlyGrants(world, { actions: ['follow', 'list'] });
  const first = await changes(world.hub, paths.pupil, null, 3);
  world = await world.reopened();
  const again = await changes(world.hub, paths.pupil, null, 3);
  assert.deepEqual([again.next, again.changes], [first.next, first.changes]);
  assert.deepEqual(await kindsAfter(first.next), ['identifier-changed', 'removed']);
  await put(world, paths.pupil, [pupil(6, {})]);
  assert.deepEqual(await kindsAfter(first.next), ['identifier-changed', 'removed', 'created']);
});

test('a link that another resource makes is a change of the resource that shows it', async () => {
  const { next } = await changes(world.hub, paths.pupil);
  await put(world, paths.enrolment, [{ systemId: identified('x1'), links: { elev: [bySystemId(paths.pupil, 'e6')] } }]);
  const { changes: told } = await changes(world.hub, paths.pupil, next);
  assert.deepEqual(
    told.map(({ kind }) => kind),
    ['updated'],
  );
  assert.ok(told[0]?.body?.includes(bySystemId(paths.enrolment, 'x1')));
});
