// What a view shows of a resource: fields, sensitivities, links and self links, and what several grants give together.
import assert from 'node:assert/strict';
import { after, before as beforeAll, test } from 'node:test';
import { partsOfHref } from '#hub/prune.ts';
import {
  ask,
  base,
  bySystemId,
  changes,
  href,
  identified,
  idsOf,
  linksOf,
  list,
  listQuery,
  nationalId,
  onlyGrants,
  openWorld,
  paths,
  person,
  personHref,
  put,
  putCounty,
  pupil,
  read,
  remove,
  school,
  state,
} from './world.ts';
import type { World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await putCounty(world);
});
after(() => world.close());

const attributesOf = (resource: Readonly<Record<string, unknown>> | null): readonly string[] =>
  Object.keys(resource ?? {}).filter((name) => name !== '_links');

test('only the fields of a grant show, links and self links included', async () => {
  await onlyGrants(world, { fields: ['systemId', 'elevforhold'] });
  const one = await read(world.hub, paths.pupil, 'systemid', 'e1');
  assert.deepEqual(attributesOf(one), ['systemId']);
  assert.deepEqual(Object.keys(one?.['_links'] ?? {}), ['self', 'elevforhold']);
  assert.deepEqual(linksOf(one, 'self'), [bySystemId(paths.pupil, 'e1')]);
  assert.equal(await read(world.hub, paths.pupil, 'feidenavn', 'elev1@fjordheim.test'), null);
});

test('a grant without any identifier shows rows that nothing leads to', async () => {
  await onlyGrants(world, { fields: ['navn'] });
  const { entries } = await list(world.hub, paths.person);
  assert.equal(entries.length, 5);
  for (const one of entries) assert.deepEqual(Object.keys(one), ['navn']);
});

test('withholding national ids hides the attribute, the self link and every link by it', async () => {
  await onlyGrants(world, { withhold: ['national-id'] });
  for (const path of [paths.person, paths.pupil]) {
    const { text } = await list(world.hub, path);
    assert.equal(text.includes(nationalId(1)), false, path);
  }
  const [first] = (await list(world.hub, paths.person)).entries;
  assert.deepEqual(attributesOf(first ?? null), ['navn', 'bostedsadresse'].sort());
  assert.deepEqual(linksOf(first ?? null, 'elev').length, 1);
  assert.equal(await read(world.hub, paths.person, 'fodselsnummer', nationalId(1)), null);
});

test('withholding protected data hides value objects whole', async () => {
  await onlyGrants(world, { withhold: ['protected'] });
  const { text, entries } = await list(world.hub, paths.person);
  assert.deepEqual(attributesOf(entries[0] ?? null), ['fodselsnummer', 'navn']);
  assert.equal(text.includes('Gate'), false);
});

test('withholding special data hides the resources whose being there is special, and the links to them', async () => {
  await onlyGrants(world, {});
  assert.equal((await list(world.hub, paths.measure)).total, 2);
  assert.deepEqual(linksOf(await read(world.hub, paths.enrolment, 'systemid', 'f-1'), 'tilrettelegging'), [
    bySystemId(paths.measure, 't1'),
  ]);
  await onlyGrants(world, { withhold: ['special'] });
  assert.equal(await read(world.hub, paths.measure, 'systemid', 't1'), null);
  for (const query of [{ kind: 'state', collection: paths.measure } as const, listQuery(paths.measure)])
    assert.equal((await ask(world.hub, query)).kind, 'missing');
  const enrolled = await read(world.hub, paths.enrolment, 'systemid', 'f-1');
  assert.equal('tosprakligFagopplaring' in (enrolled ?? {}), false);
  assert.deepEqual(linksOf(enrolled, 'tilrettelegging'), []);
  assert.deepEqual(linksOf(await read(world.hub, paths.subject, 'systemid', 'f1'), 'tilrettelegging'), []);
});

test('links to collections without a grant are left out, nested ones too; references stay', async () => {
  await onlyGrants(world, { collections: [paths.pupil, paths.person, paths.subject] });
  const one = await read(world.hub, paths.pupil, 'systemid', 'e1');
  assert.deepEqual(Object.keys(one?.['_links'] ?? {}), ['self', 'person']);
  const someone = JSON.stringify(await read(world.hub, paths.person, 'fodselsnummer', nationalId(1)));
  assert.equal(someone.includes('landkode'), false);
  assert.ok(someone.includes('Gate 1'));
  const subject = await read(world.hub, paths.subject, 'systemid', 'f1');
  assert.deepEqual(Object.keys(subject?.['_links'] ?? {}), ['self', 'grepreferanse']);
  await onlyGrants(
    world,
    { collections: [paths.person], fields: ['bostedsadresse'] },
    { collections: [paths.country] },
  );
  assert.ok((await list(world.hub, paths.person)).text.includes(bySystemId(paths.country, 'NO')));
});

test('a reference that leads back into the hub does not show, nor a link kept as delivered that cannot be judged', async () => {
  await put(world, paths.subject, [
    {
      systemId: identified('f2'),
      navn: 'Skjult',
      links: {
        grepreferanse: [personHref(1), 'https://psi.udir.no/kl06/X1'],
        skole: ['https://elsewhere.test/unknown'],
      },
    },
  ]);
  await onlyGrants(world, { collections: [paths.subject, paths.school] });
  const one = await read(world.hub, paths.subject, 'systemid', 'f2');
  assert.deepEqual(linksOf(one, 'grepreferanse'), ['https://psi.udir.no/kl06/X1']);
  assert.deepEqual(linksOf(one, 'skole'), []);
  await remove(world, paths.subject, 'systemid', 'f2');
  assert.equal(partsOfHref(base, `${base}/${paths.school}/skolenummer/%E0%A4%A`, paths.school), null);
});

test('grants of the same rows show together what each shows', async () => {
  await onlyGrants(
    world,
    { fields: ['systemId'], rows: school('1001') },
    { fields: ['feidenavn'], rows: school('1001') },
  );
  const [one] = (await list(world.hub, paths.pupil)).entries;
  assert.deepEqual(attributesOf(one ?? null), ['feidenavn', 'systemId']);
});

test('grants of different rows lend nothing to each other', async () => {
  await onlyGrants(
    world,
    { fields: ['systemId'] },
    { fields: ['feidenavn'], rows: school('1001') },
    { fields: ['person'], rows: school('1002') },
    { collections: [paths.person] },
  );
  const { entries, total } = await list(world.hub, paths.pupil);
  assert.equal(total, 4);
  const shape = entries.map((one) => [...attributesOf(one), ...Object.keys(one['_links'] ?? {})].join(' '));
  assert.deepEqual(shape, [
    'feidenavn systemId self',
    'feidenavn systemId self',
    'systemId self person',
    'feidenavn systemId self person',
  ]);
  assert.deepEqual(
    entries.map((one) => linksOf(one, 'self').length),
    [2, 2, 1, 2],
  );
});

test('an identifier that only some rows show finds those rows only', async () => {
  await onlyGrants(world, { withhold: ['national-id'] }, { rows: school('1001') });
  const found = async (number: number) => read(world.hub, paths.person, 'fodselsnummer', nationalId(number));
  assert.ok(await found(1));
  assert.equal(await found(3), null);
  assert.equal((await list(world.hub, paths.person)).total, 5);
});

test('links by an identifier show only for targets that show it', async () => {
  await onlyGrants(world, { withhold: ['national-id'] }, { collections: [paths.person], rows: school('1001') });
  const { entries, text } = await list(world.hub, paths.pupil);
  assert.deepEqual(
    entries.map((one) => linksOf(one, 'person')),
    [[personHref(1)], [personHref(2)], [], [personHref(4)]],
  );
  assert.equal(text.includes(nationalId(3)), false);
});

test('the feed shows former identifiers only as far as the row shows them', async () => {
  await put(world, paths.person, [person(9)]);
  await onlyGrants(
    world,
    { withhold: ['national-id'], actions: ['follow', 'read', 'list'] },
    { rows: school('1001'), actions: ['follow', 'read', 'list'] },
  );
  const from = (await changes(world.hub, paths.person)).next;
  await remove(world, paths.person, 'fodselsnummer', nationalId(9));
  const { changes: news } = await changes(world.hub, paths.person, from);
  assert.deepEqual(
    news.map(({ kind, before }) => ({ kind, before })),
    [{ kind: 'removed', before: [] }],
  );
});

test('a hidden identifier that changes is a change like any other', async () => {
  await put(world, paths.pupil, [pupil(8, {})]);
  await onlyGrants(world, { fields: ['systemId'], actions: ['follow', 'read'] });
  const first = await changes(world.hub, paths.pupil);
  await put(world, paths.pupil, [{ systemId: identified('e8'), feidenavn: identified('nytt@fjordheim.test') }]);
  const { changes: news } = await changes(world.hub, paths.pupil, first.next);
  assert.deepEqual(
    news.map(({ kind, before }) => [kind, before]),
    [['updated', []]],
  );
  await onlyGrants(world, { fields: ['systemId', 'feidenavn'], actions: ['follow', 'read'] });
  const wider = await changes(world.hub, paths.pupil, first.next);
  assert.deepEqual(
    wider.changes.map(({ kind }) => kind),
    Array.from({ length: 5 }, () => 'access-gained'),
  );
  const open = await changes(world.hub, paths.pupil, wider.next);
  assert.deepEqual(
    open.changes.map(({ kind, before }) => [kind, [...before].sort()]),
    [['identifier-changed', [href(paths.pupil, 'feidenavn', 'elev8@fjordheim.test'), bySystemId(paths.pupil, 'e8')]]],
  );
  await remove(world, paths.pupil, 'systemid', 'e8');
});

test('a full view gives the stored bytes, a narrow one the same text less what is hidden', async () => {
  await onlyGrants(world, {});
  const whole = await list(world.hub, paths.pupil);
  await onlyGrants(world, { collections: ['utdanning/*', 'felles/*'] });
  const bytes = await list(world.hub, paths.pupil);
  assert.equal(bytes.text, whole.text);
  assert.deepEqual(idsOf(whole), ['e1', 'e2', 'e3', 'e4']);
  assert.equal((await state(world.hub, paths.pupil)).state.count, 4);
});
