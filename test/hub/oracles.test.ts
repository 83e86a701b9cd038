// Questions whose answers could tell about what the asker may not see: they are answered as if it did not exist.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parseFilter } from '#filters/parse-filter.ts';
import type { HubQuery, HubResult } from '#hub/query.ts';
import type { Collection } from '#model/model.ts';
import { entry } from '../model/models.ts';
import {
  ask,
  bySystemId,
  changes,
  dal,
  filterOf,
  fjord,
  idsOf,
  list,
  listQuery,
  model,
  nationalId,
  onlyGrants,
  openWorld,
  paths,
  personHref,
  principal,
  put,
  putCounty,
  pupil,
  read,
  school,
} from './world.ts';
import type { World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
  await putCounty(world);
  await put(world, paths.pupil, [pupil(77, {})], dal);
});
after(() => world.close());

const refusal = async (query: HubQuery) => {
  const result = await ask(world.hub, query);
  assert.equal(result.kind, 'refused');
  return result.kind === 'refused' ? result.problem : null;
};

/** A collection as it would be if the model did not have some of its properties. */
const without = (path: string, hidden: readonly string[]): Collection => {
  const collection = entry(model.collections, path);
  const kept = <V>(map: ReadonlyMap<string, V>): ReadonlyMap<string, V> =>
    new Map([...map].filter(([name]) => !hidden.includes(name)));
  const attributeByName = kept(collection.class.attributeByName);
  return { ...collection, class: { ...collection.class, attributeByName }, links: kept(collection.links) };
};

test('a filter on what does not show fails as one on what the model does not have', async () => {
  const cases = [
    { path: paths.person, hidden: ['fodselsnummer'], filter: `fodselsnummer/identifikatorverdi eq '${nationalId(1)}'` },
    { path: paths.person, hidden: ['bilde', 'fodselsdato'], filter: "fodselsdato gt '2000-01-01'" },
    { path: paths.enrolment, hidden: ['anmerkninger'], filter: 'not anmerkninger/any(a:a/atferd gt 1)' },
    { path: paths.pupil, hidden: ['person', 'brukernavn'], filter: `gjest eq true or person eq '${personHref(1)}'` },
    { path: paths.pupil, hidden: ['elevforhold'], filter: 'elevforhold/any()' },
    { path: paths.pupil, hidden: ['elevnummer'], filter: "elevnummer/identifikatorverdi in ('1', '2')" },
  ];
  for (const { path, hidden, filter } of cases) {
    const { class: of, links } = entry(model.collections, path);
    const fields = [...of.attributeByName.keys(), ...links.keys()].filter((name) => !hidden.includes(name));
    await onlyGrants(world, { fields });
    const unknown = parseFilter(filter, without(path, hidden), model);
    const refused = await refusal(listQuery(path, { filter }));
    assert.ok(!unknown.ok);
    assert.equal(refused?.code, unknown.problem.code);
    assert.equal(refused?.detail, unknown.problem.detail);
  }
});

test('a field that only some rows show cannot be asked for', async () => {
  await onlyGrants(world, { withhold: ['national-id'] }, { rows: school('1001') });
  for (const number of [1, 3]) {
    const filter = `fodselsnummer/identifikatorverdi eq '${nationalId(number)}'`;
    assert.equal((await refusal(listQuery(paths.person, { filter })))?.code, 'HUB-205');
  }
});

test('links to a target that is hidden match like links to a target that does not exist', async () => {
  await onlyGrants(world, { collections: [paths.pupil] }, { collections: [paths.person], rows: school('1001') });
  const found = async (filter: string) => idsOf(await list(world.hub, paths.pupil, { filter }));
  assert.deepEqual(await found(`person eq '${personHref(1)}'`), ['e1']);
  for (const hidden of [personHref(3), personHref(404)]) {
    assert.deepEqual(await found(`person eq '${hidden}'`), []);
    assert.deepEqual(await found(`not person eq '${hidden}'`), ['e1', 'e2', 'e3', 'e4']);
    assert.deepEqual(await found(`person eq '${hidden}' or person eq '${personHref(2)}'`), ['e2']);
  }
  assert.deepEqual(await found('person/any()'), ['e1', 'e2', 'e4']);
  assert.deepEqual(await found('not person/any()'), ['e3']);
  assert.deepEqual(await found("person/any() and systemId/identifikatorverdi gt 'e1'"), ['e2', 'e4']);
  assert.deepEqual(await found("not person/any() or systemId/identifikatorverdi eq 'e1'"), ['e1', 'e3']);
});

test('a target cannot be asked for by an identifier of it that does not show', async () => {
  await onlyGrants(
    world,
    { collections: [paths.pupil, paths.school, paths.subject] },
    {
      collections: [paths.enrolment],
      fields: ['skole', 'elev'],
    },
    { collections: [paths.person], withhold: ['national-id'] },
  );
  assert.equal((await refusal(listQuery(paths.pupil, { filter: `person eq '${personHref(1)}'` })))?.code, 'HUB-205');
  await onlyGrants(world, { collections: [paths.enrolment] }, { collections: [paths.pupil], fields: ['systemId'] });
  const found = async (filter: string) => idsOf(await list(world.hub, paths.enrolment, { filter }));
  assert.deepEqual(await found("elev eq 'systemid/e1'"), ['f-1']);
  assert.deepEqual(await found("elev eq 'feidenavn/elev1@fjordheim.test'"), []);
});

test('rows that are hidden do not show in what a filter over links finds', async () => {
  await onlyGrants(world, { rows: school('1002') });
  const found = async (path: string, filter: string) => (await list(world.hub, path, { filter })).total;
  assert.equal(await found(paths.enrolment, "skole eq 'skolenummer/1001'"), 0);
  assert.equal(await found(paths.enrolment, "skole eq 'skolenummer/1002'"), 2);
  assert.equal(await found(paths.pupil, `elevforhold eq '${bySystemId(paths.enrolment, 'f-4a')}'`), 0);
  assert.equal(await found(paths.pupil, `elevforhold eq '${bySystemId(paths.enrolment, 'f-4b')}'`), 1);
});

const query = (position: string, collection: string = paths.pupil) =>
  ({ kind: 'changes', collection, after: position, size: 5 }) as const;

test('a position is good only for whom and what it was given, and all others get one answer', async () => {
  const follow = { actions: ['follow', 'read', 'list'] } as const;
  await onlyGrants(world, follow, { ...follow, application: 'other' }, { ...follow, organisation: dal });
  const mine = await changes(world.hub, paths.pupil, null, 2);
  assert.equal((await ask(world.hub, query(mine.next))).kind, 'changes');
  const foreign: readonly HubResult[] = [
    await ask(world.hub, query(mine.next), principal('other')),
    await ask(world.hub, query(mine.next), principal('app', dal)),
    await ask(world.hub, query(mine.next, paths.person)),
    await ask(world.hub, query(mine.changes[0]?.uid ?? '')),
    await ask(world.hub, query('')),
    await ask(world.hub, query('0')),
    await ask(world.hub, query(`${mine.next}A`)),
    await ask(world.hub, query(`${mine.next}=`)),
    await ask(world.hub, query(mine.next.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')))),
    await ask(world.hub, query('æ'.repeat(19))),
  ];
  for (const result of foreign) assert.deepEqual(result, foreign[0]);
  assert.equal(foreign[0]?.kind === 'refused' && foreign[0].problem.code, 'HUB-410');
});

test('a position tells nothing about how much happens elsewhere', async () => {
  await onlyGrants(world, { actions: ['follow'] });
  const { changes: all } = await changes(world.hub, paths.pupil);
  const bytes = all.map(({ position }) => Buffer.from(position, 'base64url'));
  // Seven bytes of a number that begins with zeroes: readable, they would all begin alike.
  assert.equal(new Set(bytes.map((each) => each.subarray(0, 4).toString('hex'))).size, bytes.length);
});

const one = (value: string) => ({ kind: 'read', collection: paths.pupil, field: 'systemid', value }) as const;

test('what another organisation has is missing, like what nobody has', async () => {
  await onlyGrants(world, {}, { organisation: dal });
  assert.deepEqual(await ask(world.hub, one('e77')), await ask(world.hub, one('e404')));
  assert.equal((await ask(world.hub, one('e77'), principal('app', dal))).kind, 'found');
  assert.equal((await ask(world.hub, one('e1'), principal('app', dal))).kind, 'missing');
  const tenant = await world.store.tenant(fjord);
  const [last] = await tenant.audit({ limit: 1 });
  assert.deepEqual([last?.decision, last?.count, last?.operation], ['allow', 0, 'read']);
  assert.equal(await read(world.hub, paths.pupil, 'finnesikke', 'e1'), null);
});

test('an ETag of one application or organisation means nothing to another', async () => {
  await onlyGrants(world, {}, { application: 'other' }, { organisation: dal });
  const tags = [
    (await list(world.hub, paths.subject)).etag,
    (await list(world.hub, paths.subject, {}, principal('other'))).etag,
    (await list(world.hub, paths.subject, {}, principal('app', dal))).etag,
  ];
  assert.equal(new Set(tags).size, 3);
  assert.equal((await list(world.hub, paths.subject)).etag, tags[0]);
});

test('an ETag changes when other rows match the same filter', async () => {
  await onlyGrants(world, {});
  const asked = { filter: "systemId/identifikatorverdi in ('e1', 'e2')", size: 1 };
  const first = await list(world.hub, paths.pupil, asked);
  assert.notEqual(first.etag, (await list(world.hub, paths.pupil, { ...asked, offset: 1 })).etag);
  assert.deepEqual(filterOf(paths.pupil, asked.filter).kind, 'in');
});
