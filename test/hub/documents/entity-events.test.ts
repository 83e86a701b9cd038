// What followers of entities are told, by histories that have a name.
import assert from 'node:assert/strict';
import { after as afterAll, before as beforeAll, beforeEach, test } from 'node:test';
import { limits } from '#base/limits.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import type { EntityEvent } from '#hub/documents/document.ts';
import { createFollowSweep } from '#hub/follow-sweep.ts';
import {
  enrolment,
  fjord,
  model,
  onlyGrants,
  openWorld,
  paths,
  person,
  personHref,
  principal,
  pupil,
  put,
  putCounty,
  remove,
  school,
  schoolOf,
} from '../world.ts';
import type { World } from '../world.ts';
import { askedOf, atSchool, enrolments, poll, pupils, readBy } from './events-world.ts';
import type { Asked, Facts, Within } from './events-world.ts';

let world: World;
let asked: Asked;
beforeAll(async () => {
  world = await openWorld();
  await putCounty(world);
  await put(
    world,
    paths.person,
    [1, 2, 3, 4, 5].map((number) => marked(number, 'ugradert')),
  );
  asked = await askedOf(world, world.store);
});
afterAll(() => world.close());
const dayMs = 86_400_000;
const all = { actions: ['read', 'list', 'follow'] } as const;
beforeEach(() => onlyGrants(world, all));

const parents = (number: number) => (number === 1 || number === 3 ? { foreldre: [personHref(5)] } : {});
const marked = (number: number, code: string, more: Record<string, unknown> = {}) =>
  person(number, parents(number), { adressebeskyttelse: code, ...more });

const cursor = async (more: Parameters<typeof poll>[2] = {}): Promise<string> => {
  const first = await poll(asked, null, more);
  assert.ok(first.kind === 'events', JSON.stringify(first));
  return first.next;
};

/** The pupil's number, or another identifier, of what events name. */
const nameOf = async ({ type, entity }: EntityEvent<Facts>): Promise<string> => {
  const text = await readBy(asked, type, entity);
  return /"(?:systemId|fodselsnummer)":\{"identifikatorverdi":"([^"]*)"/.exec(text ?? '')?.[1] ?? '-';
};

const heard = async (after: string, more: Parameters<typeof poll>[2] = {}) => {
  const told: (readonly [string, string, string, string])[] = [];
  const events: EntityEvent<Facts>[] = [];
  let next = after;
  for (let goOn = true; goOn;) {
    const result = await poll(asked, next, { of: [pupils], ...more });
    assert.ok(result.kind === 'events', JSON.stringify(result));
    for (const event of result.events)
      told.push([event.type, event.change, await nameOf(event), event.changedFields.join(' ')]);
    events.push(...result.events);
    next = result.next;
    goOn = result.more;
  }
  return { told, events, next };
};

const only = { of: [pupils] } as const;

test('nothing is told of the past, and nothing new gives back the same cursor', async () => {
  const first = await cursor(only);
  const result = await poll(asked, first, only);
  assert.deepEqual(result, { kind: 'events', events: [], next: first, more: false });
  assert.deepEqual(await poll(asked, first, only), result);
  assert.deepEqual(await poll(await askedOf(world, world.store), first, only), result);
});

test('a change anywhere behind an entity is an event of it, with the names of what has changed', async () => {
  const first = await cursor(only);
  await put(world, paths.person, [marked(1, 'ugradert', { navn: { fornavn: 'Ny', etternavn: 'Navn' } })]);
  assert.deepEqual((await heard(first)).told, [['pupil', 'updated', 'e1', 'person.navn']]);
  await put(world, paths.person, [marked(5, 'ugradert', { navn: { fornavn: 'Far', etternavn: 'Navn' } })]);
  const next = await heard(first);
  assert.deepEqual(next.told.toSorted(), [
    ['pupil', 'updated', 'e1', 'person.foreldre.navn person.navn'],
    ['pupil', 'updated', 'e3', 'person.foreldre.navn'],
  ]);
  await put(world, paths.school, [{ ...schoolOf('1002'), navn: 'Andre skole' }]);
  assert.deepEqual((await heard(next.next)).told, [
    ['pupil', 'updated', 'e3', 'elevforhold.skole.navn'],
    ['pupil', 'updated', 'e4', 'elevforhold.skole.navn'],
  ]);
});

test('what has no name among the fields is not told', async () => {
  const first = await cursor(only);
  await put(world, paths.enrolment, [{ ...enrolment('f-1', 1, '1001'), tosprakligFagopplaring: false }]);
  const result = await poll(asked, first, only);
  assert.deepEqual(result, { kind: 'events', events: [], next: first, more: false });
  await put(world, paths.enrolment, [enrolment('f-1', 1, '1001')]);
});

test('a link that moves is an event of both ends; one that comes and goes is one', async () => {
  const first = await cursor(only);
  await put(world, paths.enrolment, [enrolment('f-2', 1, '1001')]);
  const moved = await heard(first);
  assert.deepEqual(moved.told.map(([, change, name]) => [change, name]).toSorted(), [
    ['updated', 'e1'],
    ['updated', 'e2'],
  ]);
  await put(world, paths.enrolment, [enrolment('f-2', 2, '1001')]);
  const back = await heard(moved.next);
  await put(world, paths.enrolment, [enrolment('f-9', 2, '1001')]);
  const came = await heard(back.next);
  assert.deepEqual(came.told, [['pupil', 'updated', 'e2', 'elevforhold']]);
  await remove(world, paths.enrolment, 'systemid', 'f-9');
  assert.deepEqual((await heard(came.next)).told, [['pupil', 'updated', 'e2', 'elevforhold']]);
  await put(world, paths.enrolment, [enrolment('f-9', 2, '1001')]);
  await remove(world, paths.enrolment, 'systemid', 'f-9');
});

test('what comes is created, what goes is deleted, what comes and goes between two polls is not told', async () => {
  const first = await cursor(only);
  await put(world, paths.pupil, [pupil(8, { person: [personHref(4)] })]);
  await remove(world, paths.pupil, 'systemid', 'e8');
  assert.deepEqual(
    (await heard(first)).told.filter(([, , name]) => name === 'e8' || name === '-'),
    [],
  );
  const next = await cursor(only);
  await put(world, paths.pupil, [pupil(8, { person: [personHref(2)] })]);
  const created = await heard(next);
  assert.deepEqual(created.told, [['pupil', 'created', 'e8', '']]);
  assert.notEqual(created.events[0]?.facts, null);
  await remove(world, paths.pupil, 'systemid', 'e8');
  const gone = await heard(created.next);
  assert.deepEqual(gone.told, [['pupil', 'deleted', '-', '']]);
  assert.equal(gone.events[0]?.entity, created.events[0]?.entity);
  assert.equal(gone.events[0]?.facts, null);
});

test('what comes back under the identifier of what went is what that was merged into', async () => {
  const first = await cursor(only);
  await put(world, paths.pupil, [pupil(8, { person: [personHref(2)] })]);
  const created = await heard(first);
  await remove(world, paths.pupil, 'systemid', 'e8');
  await put(world, paths.pupil, [pupil(8, { person: [personHref(2)] })]);
  const merged = await heard(created.next);
  assert.deepEqual(
    merged.told.map(([, change]) => change),
    ['merged', 'created'],
  );
  assert.equal(merged.events[0]?.into, merged.events[1]?.entity);
  assert.notEqual(merged.events[0]?.entity, merged.events[1]?.entity);
  await remove(world, paths.pupil, 'systemid', 'e8');
});

test('a link to what goes, or comes under another name, is lost to those who gave it', async () => {
  await put(world, paths.pupil, [
    { ...pupil(8, { person: [personHref(4)] }), feidenavn: { identifikatorverdi: 'a@x.test' } },
  ]);
  await put(world, paths.enrolment, [
    {
      ...enrolment('f-8', 8, '1002'),
      links: { elev: [`https://hub.test/${paths.pupil}/feidenavn/a@x.test`], skole: [] },
    },
  ]);
  const of = [enrolments];
  const first = await cursor({ of });
  await put(world, paths.pupil, [
    { ...pupil(8, { person: [personHref(4)] }), feidenavn: { identifikatorverdi: 'b@x.test' } },
  ]);
  const renamed = await heard(first, { of });
  assert.deepEqual(renamed.told, [['enrolment', 'updated', 'f-8', 'elev']]);
  await put(world, paths.pupil, [
    { ...pupil(8, { person: [personHref(4)] }), feidenavn: { identifikatorverdi: 'a@x.test' } },
  ]);
  const again = await heard(renamed.next, { of });
  assert.deepEqual(
    again.told.map(([, , name]) => name),
    ['f-8'],
  );
  await remove(world, paths.pupil, 'systemid', 'e8');
  const gone = await heard(again.next, { of });
  assert.deepEqual(gone.told, [['enrolment', 'updated', 'f-8', 'elev']]);
  await remove(world, paths.enrolment, 'systemid', 'f-8');
});

test('protection takes an entity away with everything about it, and gives it back', async () => {
  const first = await cursor(only);
  await put(world, paths.person, [marked(2, 'fortrolig')]);
  const hidden = await heard(first);
  assert.deepEqual(hidden.told, [['pupil', 'deleted', '-', '']]);
  await put(world, paths.person, [marked(2, 'fortrolig', { navn: { fornavn: 'Skjult', etternavn: 'Navn' } })]);
  assert.deepEqual((await heard(hidden.next)).told, []);
  await put(world, paths.person, [marked(5, 'fortrolig')]);
  const parent = await heard(hidden.next);
  assert.deepEqual(parent.told.map(([, change, name]) => [change, name]).toSorted(), [
    ['updated', 'e1'],
    ['updated', 'e3'],
  ]);
  await put(world, paths.person, [marked(2, 'ugradert'), marked(5, 'ugradert')]);
  const shown = await heard(parent.next);
  assert.deepEqual(shown.told.map(([, change, name]) => [change, name]).toSorted(), [
    ['created', 'e2'],
    ['updated', 'e1'],
    ['updated', 'e3'],
  ]);
});

test('rows that enter and leave a grant come and go, and no cursor is refused for it', async () => {
  await onlyGrants(world, { ...all, rows: school('1001') });
  const first = await cursor(only);
  await put(world, paths.enrolment, [enrolment('f-2', 2, '1002')]);
  const left = await heard(first);
  assert.deepEqual(left.told, [['pupil', 'deleted', '-', '']]);
  await put(world, paths.person, [marked(2, 'ugradert', { navn: { fornavn: 'Annen', etternavn: 'Skole' } })]);
  assert.deepEqual((await heard(left.next)).told, []);
  await put(world, paths.enrolment, [enrolment('f-2', 2, '1001')]);
  const back = await heard(left.next);
  assert.deepEqual(back.told, [['pupil', 'created', 'e2', '']]);
  // Of pupil 4 the other school does not show.
  await put(world, paths.enrolment, [{ ...enrolment('f-4b', 4, '1002'), beskrivelse: 'annet' }]);
  assert.deepEqual((await heard(back.next)).told, []);
  // From one kind of rows to the same kind of others.
  await onlyGrants(world, { ...all, rows: school('1002') });
  const moved = await heard(back.next);
  assert.deepEqual(moved.told.map(([, change]) => change).toSorted(), ['created', 'deleted', 'deleted', 'updated']);
});

test('a choice of rows is followed by what the documents say', async () => {
  const within: Within = {
    ...atSchool('1001'),
    key: '1001',
    narrow: [[null]],
    accept: atSchool('1001')?.accept ?? (() => true),
  };
  const first = await cursor({ ...only, within });
  await put(world, paths.enrolment, [enrolment('f-2', 2, '1002')]);
  await put(world, paths.person, [marked(3, 'ugradert', { navn: { fornavn: 'Ukjent', etternavn: 'Der' } })]);
  const left = await heard(first, { within });
  assert.deepEqual(
    left.told.map(([, change]) => change),
    ['deleted'],
  );
  await put(world, paths.enrolment, [enrolment('f-2', 2, '1001')]);
  assert.deepEqual((await heard(left.next, { within })).told, [['pupil', 'created', 'e2', '']]);
  for (const other of [{ ...only }, { ...only, within: { ...within, key: '1002' } }, { within }]) {
    const refused = await poll(asked, first, other);
    assert.equal(refused.kind === 'refused' && refused.problem.code, 'HUB-410');
  }
});

test('a choice is read once for all who begin at the same place', async () => {
  let found = 0;
  let fails = true;
  const own = await askedOf(world, world.store, undefined, undefined, () => {
    found += 1;
    if (fails) throw new Error('is not there');
  });
  const within: Within = { ...atSchool('1001'), key: '1001', narrow: [[null]], accept: () => true };
  const begin = (more: Parameters<typeof poll>[2] = {}) => poll(own, null, { ...only, within, ...more });
  await assert.rejects(begin());
  // What has failed is tried again.
  fails = false;
  found = 0;
  const begun = await Promise.all([begin(), begin(), begin()]);
  for (const one of [...begun, await begin()]) assert.equal(one.kind, 'events');
  assert.equal(found, 1);
  await begin({ within: { ...within, key: '1002' } });
  assert.equal(found, 2);
  await onlyGrants(world, { ...all, rows: school('1001') });
  await begin();
  assert.equal(found, 3);
  await put(world, paths.enrolment, [enrolment('f-2', 2, '1002')]);
  await begin();
  assert.equal(found, 4);
  await put(world, paths.enrolment, [enrolment('f-2', 2, '1001')]);
});

test('a poll that finds nothing for long says how far it has come', async () => {
  const first = await cursor(only);
  for (const name of ['En', 'To', 'Tre']) await put(world, paths.school, [{ ...schoolOf('1003'), navn: name }]);
  await put(world, paths.pupil, [pupil(4, { person: [personHref(4)] })]);
  await put(world, paths.person, [marked(1, 'ugradert', { navn: { fornavn: 'Til', etternavn: 'Slutt' } })]);
  const pollsBy = async (each: number): Promise<readonly (readonly [number, boolean])[]> => {
    let at = 0;
    const clock = { ...world.clock, monotonic: () => (at += each) };
    const found: (readonly [number, boolean])[] = [];
    let after = first;
    for (let more = true; more;) {
      // Nothing is remembered.
      const result = await poll(await askedOf({ clock }, world.store, 1), after, only);
      assert.ok(result.kind === 'events', JSON.stringify(result));
      if (result.events.length > 0) assert.deepEqual(await Promise.all(result.events.map(nameOf)), ['e1']);
      found.push([result.events.length, result.more]);
      after = result.next;
      more = result.more;
    }
    return found;
  };
  assert.deepEqual(await pollsBy(1), [[1, false]]);
  const slowly = await pollsBy(limits.eventLookMs + 1);
  assert.ok(slowly.length > 2);
  assert.deepEqual(
    slowly.slice(0, -1),
    slowly.slice(0, -1).map(() => [0, true]),
  );
  assert.deepEqual(slowly.at(-1), [1, false]);
  await put(world, paths.person, [marked(1, 'ugradert')]);
});

test('a cursor is of one application, and of the access that the owner has given', async () => {
  const first = await cursor(only);
  const codeOf = async (after: string, as = principal()) => {
    const result = await poll(asked, after, { ...only, as });
    return result.kind === 'refused' ? result.problem.code : result.kind;
  };
  await onlyGrants(world, all, { ...all, application: 'other' });
  assert.equal(await codeOf(first, principal('other')), 'HUB-410');
  assert.equal(await codeOf(`${first}A`), 'HUB-410');
  assert.equal(await codeOf('x'), 'HUB-410');
  assert.equal(await codeOf(first), 'events');
  for (const grants of [{ fields: ['systemId', 'person'] }, { clearance: 1 as const }, { rows: school('1001') }]) {
    await onlyGrants(world, { ...all, ...grants });
    assert.equal(await codeOf(first), 'HUB-416', JSON.stringify(grants));
  }
  await onlyGrants(world, { ...all, collections: [paths.pupil] });
  assert.equal(await codeOf(first), 'HUB-416');
  await onlyGrants(world, { actions: ['read', 'list'] });
  assert.equal(await codeOf(first), 'missing');
  await onlyGrants(world, all);
  assert.equal(await codeOf(first), 'events');
});

test('a cursor lasts as long as is stated, and whoever asks in time gets a fresh one', async () => {
  const first = await cursor(only);
  world.clock.move(limits.eventRetentionDays * dayMs * 0.6);
  const fresh = await poll(asked, first, only);
  assert.ok(fresh.kind === 'events' && fresh.next !== first);
  world.clock.move(limits.eventRetentionDays * dayMs * 0.6);
  const late = await poll(asked, first, only);
  assert.equal(late.kind === 'refused' && late.problem.code, 'HUB-416');
  const inTime = await poll(asked, fresh.next, only);
  assert.ok(inTime.kind === 'events');
});

test('days that are set are the days that a cursor lasts, whatever is dropped meanwhile', async () => {
  const days = 70;
  const set = () => askedOf(world, world.store, undefined, days);
  const tenant = await world.store.tenant(fjord);
  await onlyGrants(world, { ...all, rows: school('1001') });
  const first = await poll(await set(), null, only);
  assert.ok(first.kind === 'events');
  // Rows come and go, so that other sights are kept as differences from the first one.
  const cursors: string[] = [first.next];
  for (const number of ['1002', '1001', '1002', '1001']) {
    await put(world, paths.enrolment, [enrolment('f-2', 2, number)]);
    const next = await poll(await set(), cursors.at(-1) ?? '', only);
    assert.ok(next.kind === 'events' && next.events.length === 1);
    cursors.push(next.next);
  }
  const sweep = (): Promise<void> => createFollowSweep(world.clock, days)(tenant);
  world.clock.move(days * dayMs);
  await sweep();
  // In the memory of no process.
  for (const after of cursors.toReversed()) assert.equal((await poll(await set(), after, only)).kind, 'events');
  world.clock.move(1);
  for (const after of cursors) {
    const late = await poll(await set(), after, only);
    assert.equal(late.kind === 'refused' && late.problem.code, 'HUB-416');
  }
  // What is not kept any more is no answer of nothing.
  const later = await poll(await set(), null, only);
  assert.ok(later.kind === 'events');
  world.clock.move((days + 3) * dayMs + 1);
  await sweep();
  const gone = await poll(await askedOf(world, world.store, undefined, 2 * days), later.next, only);
  assert.equal(gone.kind === 'refused' && gone.problem.code, 'HUB-416');
});

test('of who has been erased an old cursor hears a going, and the feed keeps no name of anybody', async () => {
  const erasedNumber = 7;
  await put(world, paths.person, [marked(erasedNumber, 'ugradert')]);
  await put(world, paths.pupil, [pupil(erasedNumber, { person: [personHref(erasedNumber)] })]);
  const first = await cursor(only);
  const named = marked(erasedNumber, 'ugradert', { navn: { fornavn: 'Hemmelig', etternavn: 'Navn' } });
  await put(world, paths.person, [named]);
  const tenant = await world.store.tenant(fjord);
  const refs = [
    { collection: paths.person, field: 'fodselsnummer', value: personHref(erasedNumber).slice(-11) },
    { collection: paths.pupil, field: 'systemid', value: `e${erasedNumber}` },
  ];
  const uids = (await tenant.reads.resolve(refs)).map((found) => found?.uid ?? assert.fail());
  await tenant.write(async (tx) => {
    await tx.erase(uids, 'test');
    await tx.settle();
  });
  world.clock.move((limits.eventRetentionDays - 1) * dayMs);
  const result = await heard(first);
  assert.deepEqual(result.told, [['pupil', 'deleted', '-', '']]);
  assert.equal(result.events[0]?.facts, null);
  const decision = await createAuthorizer({
    model,
    store: world.store,
    clock: world.clock,
    environment: 'test',
  }).decide(principal(), paths.person, 'follow');
  assert.ok(decision.allowed);
  const rows = (await tenant.reads.changes(decision.plan, 0, 1_000)).filter(({ uid }) => uids.includes(uid));
  assert.ok(rows.length >= 3, `${rows.length}`);
  const text = JSON.stringify(rows);
  for (const secret of ['Hemmelig', 'Navn', refs[0]?.value ?? '']) assert.ok(!text.includes(secret), text);
});

test('an answer of any size, begun again anywhere, loses nothing', async () => {
  const first = await cursor(only);
  await put(world, paths.school, [{ ...schoolOf('1001'), navn: 'Første skole' }]);
  await put(world, paths.pupil, [pupil(8, { person: [personHref(2)] })]);
  const whole = await heard(first);
  assert.deepEqual(
    whole.told.map(([, change, name]) => [change, name]),
    [
      ['updated', 'e1'],
      ['updated', 'e2'],
      ['updated', 'e4'],
      ['created', 'e8'],
    ],
  );
  const one = await heard(first, { size: 1 });
  assert.deepEqual(one.told, whole.told);
  assert.deepEqual(
    one.events.map(({ id }) => id),
    whole.events.map(({ id }) => id),
  );
  for (const [index, event] of whole.events.entries())
    assert.deepEqual((await heard(event.cursor, { size: 2 })).told, whole.told.slice(index + 1));
  // Told, and gone before the rest is asked for.
  const created = whole.events[2];
  assert.ok(created !== undefined);
  await remove(world, paths.pupil, 'systemid', 'e8');
  const rest = await heard(whole.next);
  assert.deepEqual(rest.told, [['pupil', 'deleted', '-', '']]);
});

test('every poll is recorded, with the entities that it named', async () => {
  const first = await cursor(only);
  await put(world, paths.person, [marked(1, 'ugradert', { navn: { fornavn: 'Et', etternavn: 'Navn' } })]);
  const result = await poll(asked, first, only);
  assert.ok(result.kind === 'events' && result.events.length === 1);
  const tenant = await world.store.tenant(fjord);
  const [record] = await tenant.audit({ limit: 1 });
  assert.deepEqual(
    [record?.operation, record?.collection, record?.decision, record?.count, record?.seen?.kind],
    ['events', paths.pupil, 'allow', 1, 'uids'],
  );
  await poll(asked, 'x', only);
  const [refused] = await tenant.audit({ limit: 1 });
  assert.deepEqual([refused?.decision, refused?.count], ['deny', 0]);
});

test('an organisation without inverse links beyond those of FINT has no events, and says so', async () => {
  const first = await cursor(only);
  const settings = { removalGuard: 0.05, extraBackLinks: false, strictness: [] };
  const organisation = { id: fjord, name: fjord, orgNumber: null, settings, createdAt: 1 };
  await world.store.platform.putOrganisation(organisation);
  await put(world, paths.person, [marked(2, 'ugradert', { navn: { fornavn: 'Annen', etternavn: 'Navn' } })]);
  for (const after of [null, first]) {
    const result = await poll(asked, after, only);
    assert.equal(result.kind === 'refused' ? result.problem.code : result.kind, 'HUB-400');
  }
  await world.store.platform.putOrganisation({ ...organisation, settings: { ...settings, extraBackLinks: true } });
  assert.equal((await poll(asked, first, only)).kind, 'events');
});
