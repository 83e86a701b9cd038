// Grants limited to rows: every way of reading shows the rows of the scope and nothing of the others, as the data are now.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import {
  ask,
  bySystemId,
  enrolment,
  href,
  idsOf,
  linksOf,
  list,
  nationalId,
  onlyGrants,
  openWorld,
  paths,
  person,
  personHref,
  pupil,
  put,
  putCounty,
  read,
  remove,
  school,
  schoolOf,
  start,
  state,
} from './world.ts';
import type { World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
  await putCounty(world);
});
after(() => world.close());
beforeEach(() => onlyGrants(world, { rows: school('1001'), actions: ['read', 'list', 'follow'] }));

const ids = async (path: string, asked: Parameters<typeof list>[2] = {}) => idsOf(await list(world.hub, path, asked));

test('lists, counts, single resources, filters and pages hold the rows of the scope', async () => {
  assert.deepEqual(await ids(paths.pupil), ['e1', 'e2', 'e4']);
  assert.equal((await state(world.hub, paths.pupil)).state.count, 3);
  assert.ok(await read(world.hub, paths.pupil, 'systemid', 'e4'));
  assert.equal(await read(world.hub, paths.pupil, 'systemid', 'e3'), null);
  assert.equal(await read(world.hub, paths.pupil, 'feidenavn', 'elev3@fjordheim.test'), null);
  const filtered = await list(world.hub, paths.pupil, { filter: "systemId/identifikatorverdi ge 'e2'" });
  assert.deepEqual([filtered.total, idsOf(filtered)], [2, ['e2', 'e4']]);
  const since = await list(world.hub, paths.pupil, { since: start });
  assert.equal(since.total, 3);
  assert.equal((await list(world.hub, paths.pupil, { since: start + 1 })).total, 0);
  const pages = [0, 1, 2, 3].map(async (offset) => list(world.hub, paths.pupil, { offset, size: 1 }));
  const turned = await Promise.all(pages);
  assert.deepEqual(
    turned.map((page) => [page.total, ...idsOf(page)]),
    [[3, 'e1'], [3, 'e2'], [3, 'e4'], [3]],
  );
});

test('links into hidden rows are left out, inverse and nested ones too', async () => {
  const four = await read(world.hub, paths.pupil, 'systemid', 'e4');
  assert.deepEqual(linksOf(four, 'elevforhold'), [bySystemId(paths.enrolment, 'f-4a')]);
  const subject = await read(world.hub, paths.subject, 'systemid', 'f1');
  assert.deepEqual(linksOf(subject, 'skole'), [href(paths.school, 'skolenummer', '1001')]);
  assert.deepEqual(linksOf(subject, 'tilrettelegging'), [bySystemId(paths.measure, 't1')]);
  const parent = await read(world.hub, paths.person, 'fodselsnummer', nationalId(5));
  assert.deepEqual(linksOf(parent, 'foreldreansvar'), [personHref(1)]);
  const [only] = (await list(world.hub, paths.school)).entries;
  assert.deepEqual(
    linksOf(only ?? null, 'elevforhold'),
    ['f-1', 'f-2', 'f-4a'].map((id) => bySystemId(paths.enrolment, id)),
  );
  for (const path of Object.values(paths)) {
    const { text } = await list(world.hub, path);
    for (const hidden of ['"e3"', '/e3"', 'f-3', 'f-4b', nationalId(3), '/k2', '"k2"', '/t2', '"t2"', '1002'])
      assert.equal(text.includes(hidden), false, `${path} shows ${hidden}`);
  }
});

test('a person who belongs to two schools shows in both, with what each may see', async () => {
  const seen = async (number: string) => {
    await onlyGrants(world, { rows: school(number) });
    return linksOf(await read(world.hub, paths.pupil, 'systemid', 'e4'), 'elevforhold');
  };
  assert.deepEqual(await seen('1001'), [bySystemId(paths.enrolment, 'f-4a')]);
  assert.deepEqual(await seen('1002'), [bySystemId(paths.enrolment, 'f-4b')]);
  await onlyGrants(world, { rows: school('1001', '1002') });
  assert.deepEqual(await ids(paths.pupil), ['e1', 'e2', 'e3', 'e4']);
});

test('who leaves or moves is gone, or there, with the very next answer', async () => {
  assert.deepEqual(await ids(paths.pupil), ['e1', 'e2', 'e4']);
  await put(world, paths.enrolment, [enrolment('f-2', 2, '1002')]);
  assert.deepEqual(await ids(paths.pupil), ['e1', 'e4']);
  assert.equal(await read(world.hub, paths.pupil, 'systemid', 'e2'), null);
  assert.equal(await read(world.hub, paths.person, 'fodselsnummer', nationalId(2)), null);
  await put(world, paths.enrolment, [enrolment('f-2', 2, '1001')]);
  assert.deepEqual(await ids(paths.pupil), ['e1', 'e2', 'e4']);
  await remove(world, paths.enrolment, 'systemid', 'f-2');
  assert.deepEqual(await ids(paths.pupil), ['e1', 'e4']);
  await put(world, paths.enrolment, [enrolment('f-2', 2, '1001')]);
  assert.deepEqual(await ids(paths.pupil), ['e1', 'e2', 'e4']);
});

test('answers side by side with a move never keep the old rows', async () => {
  for (const number of ['1002', '1001', '1002', '1001']) {
    const reads = Array.from({ length: 20 }, () => read(world.hub, paths.pupil, 'systemid', 'e2'));
    await Promise.all([put(world, paths.enrolment, [enrolment('f-2', 2, number)]), ...reads]);
    assert.equal((await read(world.hub, paths.pupil, 'systemid', 'e2')) !== null, number === '1001');
  }
});

test('a class that the scope does not name is empty, one that it does not concern is whole', async () => {
  assert.equal((await list(world.hub, 'administrasjon/personal/arbeidsforhold')).total, 0);
  assert.equal((await list(world.hub, paths.country)).total, 1);
  assert.deepEqual(await ids(paths.subject), ['f1']);
  await onlyGrants(world, { rows: { scope: 'finnesikke', field: 'systemid', values: ['1'] } });
  assert.equal((await list(world.hub, paths.country)).total, 0);
  await onlyGrants(world, { rows: { scope: 'skole', field: 'navn', values: ['Skole 1001'] } });
  assert.equal((await list(world.hub, paths.pupil)).total, 0);
  await onlyGrants(world, { rows: { scope: 'skole', field: 'skolenummer', values: [] } });
  assert.equal((await list(world.hub, paths.school)).total, 0);
});

test('a scope by group reaches members, their persons and their parents', async () => {
  await onlyGrants(world, { rows: { scope: 'klasse', field: 'systemid', values: ['k2'] } });
  assert.deepEqual(await ids(paths.pupil), ['e3']);
  assert.deepEqual(idsOf(await list(world.hub, paths.person), 'fodselsnummer'), [nationalId(3), nationalId(5)]);
  assert.deepEqual(await ids(paths.group), ['k2']);
});

test('nothing about hidden rows shows in ETags, times and counts; everything visible does', async () => {
  const look = async () => ({
    page: (await list(world.hub, paths.pupil)).etag,
    one: await etagOfOne('e1'),
    state: await state(world.hub, paths.pupil),
    persons: (await state(world.hub, paths.person)).state.changedAt,
  });
  const etagOfOne = async (id: string) => {
    const result = await ask(world.hub, { kind: 'read', collection: paths.pupil, field: 'systemid', value: id });
    return result.kind === 'found' ? result.etag : '';
  };
  const first = await look();
  world.clock.move(1_000);
  await put(world, paths.pupil, [{ ...pupil(3), gjest: true }, pupil(30, {})]);
  await put(world, paths.person, [person(3, { foreldre: [personHref(5)] }, { bilde: 'nytt' })]);
  await put(world, paths.school, [{ ...schoolOf('1002'), navn: 'Annet navn' }]);
  assert.deepEqual(await look(), first);
  world.clock.move(1_000);
  await put(world, paths.pupil, [{ ...pupil(1), gjest: true }]);
  const second = await look();
  assert.notEqual(second.page, first.page);
  assert.notEqual(second.one, first.one);
  assert.notEqual(second.state.etag, first.state.etag);
  assert.equal(second.state.state.changedAt, start + 2_000);
  await put(world, paths.pupil, [pupil(1)]);
  await remove(world, paths.pupil, 'systemid', 'e30');
});

test('the same bytes are not called the same when they belong to other rows or another view', async () => {
  const tag = async () => (await list(world.hub, paths.school, { size: 1 })).etag;
  const seen = new Set<string>();
  for (const rows of [school('1001'), school('1002'), school('1001', '1002'), null]) {
    await onlyGrants(world, { rows, fields: ['navn'] });
    seen.add(await tag());
  }
  await onlyGrants(world, { rows: school('1001'), fields: ['systemId'] });
  seen.add(await tag());
  assert.equal(seen.size, 5);
  assert.equal(seen.has(await tag()), true);
});

test('a row that leaves the wider of two grants changes the ETag of its page', async () => {
  await onlyGrants(world, { fields: ['navn'], collections: [paths.person] }, { rows: school('1001') });
  const first = await list(world.hub, paths.person, { filter: "navn/fornavn eq 'Fornavn2'" });
  assert.ok(first.text.includes(nationalId(2)));
  await put(world, paths.enrolment, [enrolment('f-2', 2, '1002')]);
  const second = await list(world.hub, paths.person, { filter: "navn/fornavn eq 'Fornavn2'" });
  assert.equal(second.total, 1);
  assert.equal(second.text.includes(nationalId(2)), false);
  assert.notEqual(second.etag, first.etag);
  await put(world, paths.enrolment, [enrolment('f-2', 2, '1001')]);
});
