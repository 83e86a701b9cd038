// Followers whose access changes: what each is told, that it holds from the very next request on, and that a position outlives everything but
// the loss of what it stands for.
import assert from 'node:assert/strict';
import { after as afterAll, before as beforeAll, beforeEach, test } from 'node:test';
import { unpackUids } from '#base/packed-uids.ts';
import type { HubChange } from '#hub/query.ts';
import type { Store } from '#store/store.ts';
import {
  ask,
  changes,
  enrolment,
  fjord,
  identified,
  idsOf,
  linksOf,
  list,
  nationalId,
  onlyGrants,
  openWorld,
  paths,
  person,
  personHref,
  principal,
  pupil,
  put,
  putCounty,
  read,
  remove,
  school,
  state,
} from './world.ts';
import type { World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  // Everybody is marked from the start: from the first marking on, a person without one counts as strictly protected.
  await putCounty(world);
  await put(
    world,
    paths.person,
    [1, 2, 3, 4, 5].map((number) => marked(number, 'ugradert')),
  );
});
afterAll(() => world.close());
const all = { actions: ['read', 'list', 'follow'] } as const;
beforeEach(() => onlyGrants(world, all));

const parents = (number: number) => (number === 1 || number === 3 ? { foreldre: [personHref(5)] } : {});
const marked = (number: number, code: string) => person(number, parents(number), { adressebeskyttelse: code });

const shown = (change: HubChange) => [
  change.kind,
  ...change.before.map((address) => address.slice(address.lastIndexOf('/') + 1)).sort(),
  change.body === null
    ? ''
    : /"(?:systemId|fodselsnummer)":\{"identifikatorverdi":"([^"]*)"/.exec(`${change.body}`)?.[1],
];

/** Everything there is to hear after a position, and the position after it. */
const heard = async (path: string, position: string | null, size = 100) => {
  const told: HubChange[] = [];
  let next = position;
  for (let more = true; more;) {
    const page: Awaited<ReturnType<typeof changes>> = await changes(world.hub, path, next, size);
    told.push(...page.changes);
    next = page.next;
    more = page.more;
  }
  return { told: told.map(shown), changes: told, next };
};

const caughtUp = async (path: string): Promise<string | null> => (await heard(path, null)).next;

test('a grant that is narrowed to some rows takes the others away, and gives them back when it is widened', async () => {
  const first = await caughtUp(paths.pupil);
  await onlyGrants(world, { ...all, rows: school('1001') });
  const narrowed = await heard(paths.pupil, first);
  // Of the others there is less as well: their links into hidden rows.
  assert.deepEqual(narrowed.told, [
    ['access-lost', 'e1'],
    ['access-lost', 'e2'],
    ['access-lost', 'e3', 'elev3@fjordheim.test', ''],
    ['access-lost', 'e4'],
  ]);
  await onlyGrants(world, all);
  const widened = await heard(paths.pupil, narrowed.next);
  assert.deepEqual(
    widened.told,
    ['e1', 'e2', 'e3', 'e4'].map((id) => ['access-gained', id]),
  );
  assert.deepEqual((await heard(paths.pupil, widened.next)).told, []);
});

test('fields that come and go are told with what is left', async () => {
  await onlyGrants(world, { ...all, fields: ['systemId'] });
  const first = await caughtUp(paths.pupil);
  await onlyGrants(world, { ...all, fields: ['systemId', 'feidenavn'] });
  const more = await heard(paths.pupil, first);
  assert.deepEqual(
    more.told,
    ['e1', 'e2', 'e3', 'e4'].map((id) => ['access-gained', id]),
  );
  assert.ok(more.changes.every(({ body }) => body?.includes('feidenavn')));
  await onlyGrants(world, { ...all, fields: ['systemId'] });
  const less = await heard(paths.pupil, more.next);
  assert.deepEqual(
    less.told,
    ['e1', 'e2', 'e3', 'e4'].map((id) => ['access-lost', id]),
  );
  assert.ok(less.changes.every(({ body }) => body !== null && !body.includes('feidenavn')));
});

test('a grant that has ended tells what is lost, once, to those who were there; to others there is nothing', async () => {
  const position = await caughtUp(paths.pupil);
  for (const grants of [[], [{ actions: ['read', 'list'] as const }]]) {
    await onlyGrants(world, ...grants);
    const ended = await heard(paths.pupil, position, 3);
    assert.deepEqual(
      ended.told,
      [1, 2, 3, 4].map((number) => ['access-lost', `e${number}`, `elev${number}@fjordheim.test`, '']),
    );
    const again = await changes(world.hub, paths.pupil, ended.next);
    assert.deepEqual([again.changes, again.next, again.more], [[], ended.next, false]);
    for (const unknown of [null, 'x', 'A'.repeat(75)])
      assert.deepEqual(await ask(world.hub, { kind: 'changes', collection: paths.pupil, after: unknown, size: 5 }), {
        kind: 'missing',
      });
    await put(world, paths.pupil, [pupil(9, { person: [personHref(4)] })]);
    assert.deepEqual((await changes(world.hub, paths.pupil, ended.next)).changes, []);
    await onlyGrants(world, all);
    const back = await heard(paths.pupil, ended.next);
    assert.deepEqual(
      back.told.filter(([kind]) => kind === 'access-gained').map(([, id]) => id),
      ['e1', 'e2', 'e3', 'e4'],
    );
    assert.ok(back.told.some(([kind, id]) => kind === 'created' && id === 'e9'));
    await remove(world, paths.pupil, 'systemid', 'e9');
  }
});

test('a person who becomes protected is removed like any other, with everything about them, and comes back when it is lifted', async () => {
  const followed = [paths.person, paths.pupil, paths.enrolment] as const;
  const positions = new Map<string, string | null>();
  for (const path of followed) positions.set(path, await caughtUp(path));
  const hear = async (path: string) => {
    const news = await heard(path, positions.get(path) ?? null);
    positions.set(path, news.next);
    return news.told;
  };
  await put(world, paths.person, [marked(2, 'fortrolig')]);
  assert.deepEqual(await hear(paths.person), [['removed', nationalId(2), '']]);
  assert.deepEqual(await hear(paths.pupil), [['removed', 'e2', 'elev2@fjordheim.test', '']]);
  assert.deepEqual(await hear(paths.enrolment), [['removed', 'f-2', '']]);
  assert.equal(await read(world.hub, paths.pupil, 'systemid', 'e2'), null);
  assert.equal((await state(world.hub, paths.pupil)).state.count, 3);
  assert.deepEqual(idsOf(await list(world.hub, paths.pupil)), ['e1', 'e3', 'e4']);
  // What is hidden changes unheard, and a fresh reader hears nothing of it.
  const held = positions.get(paths.person) ?? '';
  world.clock.move(1_000);
  await put(world, paths.person, [person(2, {}, { adressebeskyttelse: 'fortrolig', bilde: 'nytt' })]);
  const quiet = await changes(world.hub, paths.person, held);
  assert.deepEqual([quiet.changes, quiet.next, quiet.more], [[], held, false]);
  const fresh = await heard(paths.person, null);
  assert.equal(JSON.stringify(fresh.told).includes(nationalId(2)), false);
  // Who has the clearance sees the whole way.
  await onlyGrants(world, { ...all, clearance: 2 });
  assert.ok((await heard(paths.person, null)).told.some((one) => one.includes(nationalId(2))));
  await onlyGrants(world, all);
  await put(world, paths.person, [marked(2, 'ugradert')]);
  assert.deepEqual((await hear(paths.person))[0], ['created', nationalId(2)]);
  assert.deepEqual((await hear(paths.pupil))[0], ['created', 'e2']);
  assert.deepEqual((await hear(paths.enrolment))[0], ['created', 'f-2']);
});

test('links to a protected person are gone from what others show, and the feed says so', async () => {
  const position = await caughtUp(paths.person);
  const schools = await caughtUp(paths.school);
  await put(world, paths.person, [marked(5, 'strengtFortrolig')]);
  const news = await heard(paths.person, position);
  assert.deepEqual(news.told, [
    ['removed', nationalId(5), ''],
    ['updated', nationalId(1)],
    ['updated', nationalId(3)],
  ]);
  assert.deepEqual(linksOf(await read(world.hub, paths.person, 'fodselsnummer', nationalId(1)), 'foreldre'), []);
  for (const path of [paths.person, paths.pupil])
    assert.equal((await list(world.hub, path)).text.includes(nationalId(5)), false);
  await put(world, paths.person, [marked(3, 'klientadresse')]);
  const left = await heard(paths.school, schools);
  assert.deepEqual(
    left.told.map(([kind]) => kind),
    ['updated'],
  );
  assert.equal(`${left.changes[0]?.body}`.includes('f-3'), false);
  await put(world, paths.person, [marked(3, 'ugradert'), marked(5, 'ugradert')]);
});

test('a row that is removed while it is hidden is gone for those who knew it, and never was for the others', async () => {
  await put(world, paths.person, [person(7, {}, { adressebeskyttelse: 'ugradert' })]);
  const position = await caughtUp(paths.person);
  await put(world, paths.person, [person(7, {}, { adressebeskyttelse: 'strengtFortrolig' })]);
  await remove(world, paths.person, 'fodselsnummer', nationalId(7));
  assert.deepEqual((await heard(paths.person, position)).told, [['removed', nationalId(7), '']]);
  assert.equal(JSON.stringify((await heard(paths.person, null)).told).includes(nationalId(7)), false);
  const page = await changes(world.hub, paths.person, null, 1);
  assert.equal(JSON.stringify((await heard(paths.person, page.next)).told).includes(nationalId(7)), false);
});

test('what was seen, has changed, was hidden and removed is told to be gone once, wherever pages end', async () => {
  await put(world, paths.person, [marked(9, 'ugradert')]);
  const position = await caughtUp(paths.person);
  await put(world, paths.person, [person(9, {}, { adressebeskyttelse: 'ugradert', bilde: 'nytt' })]);
  await put(world, paths.person, [marked(9, 'fortrolig')]);
  await remove(world, paths.person, 'fodselsnummer', nationalId(9));
  for (const size of [1, 100]) {
    const news = await heard(paths.person, position, size);
    assert.deepEqual(news.told, [['removed', nationalId(9), '']]);
    assert.deepEqual((await changes(world.hub, paths.person, news.next)).next, news.next);
  }
});

test('what was hidden from the first to the last is not named when access ends, however its protection changed', async () => {
  await put(world, paths.person, [marked(8, 'klientadresse')]);
  const read8 = await caughtUp(paths.person);
  await put(
    world,
    paths.person,
    [1, 2, 3].map((number) => person(number, parents(number), { adressebeskyttelse: 'ugradert', bilde: 'nyere' })),
  );
  const first = await changes(world.hub, paths.person, read8, 1);
  await put(world, paths.person, [marked(8, 'strengtFortrolig')]);
  await remove(world, paths.person, 'fodselsnummer', nationalId(8));
  // What the follower could see is noted when it asks: by now there is nothing left that is hidden.
  const second = await changes(world.hub, paths.person, first.next, 1);
  await onlyGrants(world);
  const lost = await heard(paths.person, second.next);
  assert.ok(lost.told.some(([kind]) => kind === 'access-lost'));
  assert.equal(lost.told.flat().includes(nationalId(8)), false);
});

test('rows that enter and leave the scope of a grant are told', async () => {
  await onlyGrants(world, { ...all, rows: school('1001') });
  const position = await caughtUp(paths.pupil);
  await put(world, paths.enrolment, [enrolment('f-3', 3, '1001'), enrolment('f-2', 2, '1002')]);
  const news = await heard(paths.pupil, position);
  assert.deepEqual(
    news.told.slice(0, 2).map(([kind, id]) => [kind, id]),
    [
      ['access-lost', 'e2'],
      ['access-gained', 'e3'],
    ],
  );
  assert.ok(news.told.slice(2).every(([kind, id]) => kind === 'updated' && id === 'e3'));
  await remove(world, paths.pupil, 'systemid', 'e3');
  assert.deepEqual((await heard(paths.pupil, news.next)).told.at(0)?.slice(0, 2), ['removed', 'e3']);
  await put(world, paths.pupil, [pupil(3)]);
  await put(world, paths.enrolment, [enrolment('f-3', 3, '1002'), enrolment('f-2', 2, '1001')]);
});

test('access that changes while a difference is told, and hubs that restart in between, lose nothing and repeat nothing wrongly', async () => {
  const first = await caughtUp(paths.pupil);
  await onlyGrants(world, { ...all, fields: ['systemId'] });
  const half = await changes(world.hub, paths.pupil, first, 2);
  assert.deepEqual([half.changes.map(shown).map(([, id]) => id), half.more], [['e1', 'e2'], true]);
  // The same question gives the same page; so does another hub over the same data.
  const other = await world.hubOver(world.store);
  const repeated = await changes(other, paths.pupil, first, 2);
  assert.deepEqual(repeated.changes.map(shown), half.changes.map(shown));
  await onlyGrants(world, { ...all, fields: ['systemId', 'feidenavn'] });
  const rest = await heard(paths.pupil, half.next, 1);
  assert.deepEqual(rest.told, [
    ['access-gained', 'e1'],
    ['access-gained', 'e2'],
    // The order is that in which they came; this one has been away.
    ['access-lost', 'e4'],
    ['access-lost', 'e3'],
  ]);
  const beyond = await heard(paths.pupil, half.changes[0]?.position ?? '');
  assert.deepEqual(
    beyond.told.map(([kind, id]) => `${kind} ${id}`),
    ['access-gained e1', 'access-lost e2', 'access-lost e4', 'access-lost e3'],
  );
});

test('a narrowed grant holds at the next request: for a token held, a position held and a page half read', async () => {
  const as = principal();
  const feed = await changes(world.hub, paths.pupil, null, 2, as);
  await onlyGrants(world, { ...all, collections: [paths.subject] });
  assert.equal(await read(world.hub, paths.pupil, 'systemid', 'e1', as), null);
  assert.equal((await ask(world.hub, { kind: 'state', collection: paths.pupil }, as)).kind, 'missing');
  const rest = await changes(world.hub, paths.pupil, feed.next, 100, as);
  assert.ok(rest.changes.every(({ body }) => body === null));
  assert.deepEqual(
    rest.changes.map(shown).map(([kind]) => kind),
    ['access-lost', 'access-lost'],
  );
  await onlyGrants(world, { ...all, fields: ['systemId'] });
  const anew = await heard(paths.pupil, feed.next);
  assert.ok(anew.changes.every(({ body }) => body === null || !body.includes('feide')));
});

const refusal = async (hub: World['hub'], after: string) => {
  const result = await ask(hub, { kind: 'changes', collection: paths.pupil, after, size: 5 });
  return result.kind === 'refused' ? result.problem.code : result.kind;
};

test('positions are refused when they are not of this feed, or of what is kept no more', async () => {
  const position = (await caughtUp(paths.pupil)) ?? '';
  for (const wrong of ['', 'x', `${position}A`, position.slice(1), position.toLowerCase()])
    assert.equal(await refusal(world.hub, wrong), 'HUB-410');
  const tenant = await world.store.tenant(fjord);
  const over = (reads: Partial<typeof tenant.reads>): Store => ({
    ...world.store,
    tenant: () => Promise.resolve({ ...tenant, reads: { ...tenant.reads, ...reads } }),
  });
  const epochs = await tenant.reads.epochs();
  const last = await tenant.reads.lastPosition();
  const restored = (until: number) => [
    ...epochs.map((one) => ({ ...one, until: one.until ?? until })),
    { name: 'after the restore', until: null },
  ];
  assert.equal(await refusal(await world.hubOver(over({ epochs: () => restored(last) })), position), 'changes');
  assert.equal(await refusal(await world.hubOver(over({ epochs: () => restored(1) })), position), 'HUB-410');
  const elsewhere = [{ name: 'another', until: null }];
  assert.equal(await refusal(await world.hubOver(over({ epochs: () => elsewhere })), position), 'HUB-410');
  // While nothing has changed, nothing needs to be looked up; afterwards the state must be known.
  const forgetful = await world.hubOver(over({ follow: () => null }));
  assert.equal(await refusal(forgetful, position), 'changes');
  await onlyGrants(world, { ...all, fields: ['systemId'] });
  assert.equal(await refusal(forgetful, position), 'HUB-410');
  assert.equal(await refusal(world.hub, position), 'changes');
});

test('the audit names whom a poll told of, also those who were only named', async () => {
  const position = await caughtUp(paths.pupil);
  await onlyGrants(world);
  const { changes: told } = await changes(world.hub, paths.pupil, position);
  const tenant = await world.store.tenant(fjord);
  const [record] = await tenant.audit({ limit: 1 });
  assert.deepEqual(
    [record?.operation, record?.decision, record?.rule, record?.count],
    ['changes', 'allow', 'access-lost', 4],
  );
  assert.ok(record?.seen?.kind === 'uids');
  assert.equal(unpackUids(Buffer.from(record.seen.uids, 'base64url')).length, told.length);
  const page = await tenant.audit({ limit: 1 });
  assert.equal(page.length, 1);
});

test('a list of stored bytes is audited as a range without those who are hidden', async () => {
  await put(world, paths.person, [marked(4, 'fortrolig')]);
  assert.equal((await list(world.hub, paths.person)).total, 4);
  const tenant = await world.store.tenant(fjord);
  const seen = async () => (await tenant.audit({ limit: 1 }))[0]?.seen;
  const range = await seen();
  assert.ok(range?.kind === 'range');
  const [hidden] = await tenant.reads.resolve([
    { collection: paths.person, field: 'fodselsnummer', value: nationalId(4) },
  ]);
  assert.deepEqual([...unpackUids(Buffer.from(range.without, 'base64url'))], [hidden?.uid]);
  assert.deepEqual([range.from < range.to, range.position > 0], [true, true]);
  await list(world.hub, paths.person, { filter: "navn/fornavn eq 'Fornavn1'" });
  const found = await seen();
  assert.ok(found?.kind === 'uids' && unpackUids(Buffer.from(found.uids, 'base64url')).length === 1);
  await list(world.hub, paths.person, { filter: "navn/fornavn eq 'Fornavn4'" });
  assert.equal(await seen(), null);
  assert.equal(await read(world.hub, paths.person, 'fodselsnummer', nationalId(4)), null);
  assert.equal(await seen(), null);
  await put(world, paths.person, [marked(4, 'ugradert')]);
});

test('what is told, hidden and removed while one answer is made is told as removed in it', async () => {
  await put(world, paths.person, [
    ...[...Array(20).keys()].map((number) => marked(100 + number, 'fortrolig')),
    ...[...Array(60).keys()].map((number) => marked(200 + number, 'ugradert')),
  ]);
  const tenant = await world.store.tenant(fjord);
  let pages = 0;
  const between: typeof tenant.reads.changes = async (plan, after, size) => {
    pages += 1;
    if (pages === 2) {
      await put(world, paths.person, [marked(201, 'fortrolig')]);
      await remove(world, paths.person, 'fodselsnummer', nationalId(201));
      await put(world, paths.person, [marked(300, 'ugradert')]);
    }
    return tenant.reads.changes(plan, after, size);
  };
  const hub = await world.hubOver({
    ...world.store,
    tenant: () => Promise.resolve({ ...tenant, reads: { ...tenant.reads, changes: between } }),
  });
  const first = await changes(hub, paths.person, null, 76);
  assert.ok(pages >= 2);
  const rest = await heard(paths.person, first.next);
  const told = [...first.changes.map(shown), ...rest.told].filter((one) => one.includes(nationalId(201)));
  assert.deepEqual(told, [
    ['created', nationalId(201)],
    ['removed', nationalId(201), ''],
  ]);
});

const country = (code: string, navn = code) => ({ systemId: identified(code), kode: code, navn, links: {} });

test('one who begins at the end hears of what comes, and of what goes that was there before', async () => {
  await put(world, paths.country, [country('901'), country('902')]);
  const begun = await ask(world.hub, {
    kind: 'changes',
    collection: paths.country,
    after: null,
    size: 10,
    begin: 'end',
  });
  assert.ok(begun.kind === 'changes');
  assert.deepEqual([begun.changes, begun.more], [[], false]);
  assert.deepEqual((await changes(world.hub, paths.country, begun.next)).changes, []);
  await remove(world, paths.country, 'systemid', '901');
  await put(world, paths.country, [country('903')]);
  const told = await changes(world.hub, paths.country, begun.next);
  assert.deepEqual(
    told.changes.map(({ kind }) => kind),
    ['removed', 'created'],
  );
  // With a position, where to begin is said already.
  const again = await ask(world.hub, {
    kind: 'changes',
    collection: paths.country,
    after: begun.next,
    size: 10,
    begin: 'end',
  });
  assert.ok(again.kind === 'changes' && again.changes.length === 2);
});

test('a mark is the same whenever a change is told again, and of no other change', async () => {
  const marksOf = async (after: string | null, size: number) => {
    const found = await ask(world.hub, { kind: 'changes', collection: paths.country, after, size, marked: true });
    assert.ok(found.kind === 'changes');
    return { marks: found.changes.map(({ mark }) => mark ?? ''), found };
  };
  await put(world, paths.country, [country('911'), country('912')]);
  const { marks, found } = await marksOf(null, 1_000);
  assert.ok(marks.length >= 4 && marks.every((mark) => mark !== '') && new Set(marks).size === marks.length);
  const second = found.changes[1];
  assert.ok(second !== undefined);
  // From another place, in other pages, from a restarted hub: positions are others, marks are not.
  assert.deepEqual((await marksOf(second.position, 2)).marks, marks.slice(2, 4));
  const unmarked = await changes(world.hub, paths.country);
  assert.ok(unmarked.changes.every(({ mark }) => mark === undefined));
  // Two changes of one in one millisecond are two.
  await put(world, paths.country, [country('911', '99001')]);
  await put(world, paths.country, [country('911', '99002')]);
  const later = (await marksOf(found.next, 10)).marks;
  assert.equal(new Set(later).size, later.length);
  // What an end of access tells has marks of its own, the same each time.
  await onlyGrants(world);
  const [lost, once] = [await marksOf(found.next, 1_000), await marksOf(found.next, 1_000)];
  assert.ok(lost.marks.length > 0);
  assert.deepEqual(once.marks, lost.marks);
  assert.ok(lost.marks.every((mark) => !marks.includes(mark)));
});
