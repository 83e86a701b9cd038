// The change feed: what it tells, in which order, and that a position stays good whatever happens to the process.
import assert from 'node:assert/strict';
import { after as afterAll, before as beforeAll, test } from 'node:test';
import type { HubChange } from '#hub/query.ts';
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
    // Of what is gone again the removal alone tells.
    [
      ['created', 0, [], 'body'],
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
  const [two, , one] = told;
  assert.notEqual(one?.uid, two?.uid);
  assert.equal(two?.uid, told.at(1)?.uid);
  assert.equal(told.at(-2)?.body?.includes('ny@fjordheim.test'), true);
});

/** A change without its position, which is never the same twice. */
const plainly = ({ position: _position, ...rest }: HubChange) => rest;

test('reading page by page meets each change once, from wherever it stopped', async () => {
  const whole = await changes(world.hub, paths.pupil);
  const met: HubChange[] = [];
  let position: string | null = null;
  let more = true;
  while (more) {
    const page: Awaited<ReturnType<typeof changes>> = await changes(world.hub, paths.pupil, position, 2);
    met.push(...page.changes);
    assert.equal(page.next, page.changes.at(-1)?.position);
    position = page.next;
    more = page.more;
  }
  assert.deepEqual(met.map(plainly), whole.changes.map(plainly));
  // What was gone before one began to read is not told: it is not in the copy.
  assert.deepEqual(await kindsAfter(met[0]?.position ?? ''), ['identifier-changed']);
  assert.deepEqual(await kindsAfter(whole.changes[1]?.position ?? ''), []);
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
  const first = await changes(world.hub, paths.pupil, null, 1);
  world = await world.reopened();
  const again = await changes(world.hub, paths.pupil, null, 1);
  assert.deepEqual(again.changes.map(plainly), first.changes.map(plainly));
  assert.deepEqual(await kindsAfter(first.next), ['identifier-changed']);
  await put(world, paths.pupil, [pupil(6, {})]);
  assert.deepEqual(await kindsAfter(first.next), ['identifier-changed', 'created']);
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
