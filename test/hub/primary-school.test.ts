// The classes of primary schools over the real store: delivered, found by filters, followed both ways, seen through scopes, and absent with
// those who are protected.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page, Resource, World } from './world.ts';
import {
  bySystemId,
  enrolment,
  href,
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
  pupil,
  put,
  read,
  school,
  schoolOf,
} from './world.ts';

const guardianships = 'grunnskole/foresatt/foresattforhold';
const places = 'grunnskole/sfo/sfoplass';
const sfos = 'grunnskole/sfo/sfo';
const groups = 'grunnskole/gruppe/skolegruppe';
const memberships = 'grunnskole/gruppe/skolegruppemedlemskap';
const lessons = 'utdanning/timeplan/time';
const rights = 'grunnskole/kodeverk/foresattrettighet';
const statuses = 'grunnskole/kodeverk/personstatus';

let world: World;
const schoolHref = (number: string): string => href(paths.school, 'skolenummer', number);
const code = (value: string): Resource => ({
  systemId: identified(value),
  kode: value,
  navn: value,
  navnNynorsk: `${value} nn`,
  navnEngelsk: `${value} en`,
});

const guardianship = (id: string, guardian: number, child: number, links: Resource['links'] = {}): Resource => ({
  systemId: identified(id),
  foreldreansvar: true,
  gyldighetsperiode: { start: '2026-08-01T00:00:00Z' },
  links: { foresatt: [personHref(guardian)], barn: [personHref(child)], ...links },
});

const place = (id: string, enrolled: string, sfo: string): Resource => ({
  systemId: identified(id),
  dager: ['man', 'ons', 'fre'],
  links: { elevforhold: [bySystemId(paths.enrolment, enrolled)], sfo: [bySystemId(sfos, sfo)] },
});

const marked = (number: number, marking: string, links: Resource['links'] = {}): Resource =>
  person(number, links, { adressebeskyttelse: marking });

before(async () => {
  world = await openWorld();
  await put(world, rights, [code('varsel'), code('skjema')]);
  await put(world, statuses, [code('bosatt'), code('utflyttet')]);
  await put(world, paths.school, [schoolOf('1001'), schoolOf('1002')]);
  // 1 and 2 are children of 5; 2 is protected. 3 is a child of 6, who is protected. 4 has moved away.
  await put(world, paths.person, [
    ...[1, 3, 5].map((number) => marked(number, 'ugradert')),
    marked(4, 'ugradert', { personstatus: [bySystemId(statuses, 'utflyttet')] }),
    marked(2, 'strengtFortrolig'),
    marked(6, 'fortrolig'),
  ]);
  await put(
    world,
    paths.pupil,
    [1, 2, 3, 4].map((number) => pupil(number)),
  );
  await put(world, paths.enrolment, [
    enrolment('f-1', 1, '1001'),
    enrolment('f-2', 2, '1001'),
    enrolment('f-3', 3, '1002'),
    enrolment('f-4', 4, '1002'),
  ]);
  await put(world, guardianships, [
    guardianship('g-5-1', 5, 1, { rettighet: [bySystemId(rights, 'varsel')] }),
    guardianship('g-5-2', 5, 2),
    guardianship('g-6-3', 6, 3),
    { ...guardianship('g-5-4', 5, 4), foreldreansvar: false, sperret: true },
  ]);
  await put(
    world,
    sfos,
    ['1001', '1002'].map((number) => ({
      systemId: identified(`sfo-${number}`),
      navn: `SFO ${number}`,
      links: { skole: [schoolHref(number)] },
    })),
  );
  await put(world, places, [
    place('p-1', 'f-1', 'sfo-1001'),
    place('p-2', 'f-2', 'sfo-1001'),
    place('p-3', 'f-3', 'sfo-1002'),
  ]);
  await put(world, groups, [
    { systemId: identified('fau'), navn: 'FAU', beskrivelse: '', aktiv: true, links: { skole: [schoolHref('1001')] } },
  ]);
  await put(
    world,
    memberships,
    ['g-5-1', 'g-5-2'].map((id) => ({
      systemId: identified(`m-${id}`),
      links: { skolegruppe: [bySystemId(groups, 'fau')], foresattforhold: [bySystemId(guardianships, id)] },
    })),
  );
  await put(
    world,
    lessons,
    ['2026-W35', '2026-W36'].map((uke) => ({
      systemId: identified(`t-${uke}`),
      navn: 'Time',
      uke,
      tidsrom: { start: '2026-08-24T06:00:00Z', slutt: '2026-08-24T07:00:00Z' },
      links: { skole: [schoolHref('1001')], skolegruppe: [bySystemId(groups, 'fau')] },
    })),
  );
});
after(() => world.close());

const sees = async (path: string, filter?: string): Promise<readonly unknown[]> => {
  const page: Page = await list(world.hub, path, filter === undefined ? {} : { filter });
  return idsOf(page).toSorted();
};

test('a place in SFO shows at the pupil, the SFO and the school', async () => {
  await onlyGrants(world, {});
  const found = await read(world.hub, places, 'systemid', 'p-1');
  assert.deepEqual(found?.['dager'], ['man', 'ons', 'fre']);
  assert.deepEqual(linksOf(found, 'elevforhold'), [bySystemId(paths.enrolment, 'f-1')]);
  const enrolled = await read(world.hub, paths.enrolment, 'systemid', 'f-1');
  assert.deepEqual(linksOf(enrolled, 'sfoplass'), [bySystemId(places, 'p-1')]);
  const at = await read(world.hub, paths.school, 'skolenummer', '1001');
  assert.deepEqual(linksOf(at, 'sfo'), [bySystemId(sfos, 'sfo-1001')]);
});

test('who is protected is absent with everything that tells of them, and so is the relation to them', async () => {
  await onlyGrants(world, {});
  assert.deepEqual(await sees(places), ['p-1', 'p-3']);
  assert.equal(await read(world.hub, places, 'systemid', 'p-2'), null);
  assert.deepEqual(await sees(guardianships), ['g-5-1', 'g-5-4']);
  assert.deepEqual(await sees(memberships), ['m-g-5-1']);
  // The guardian of a protected child shows like any other, without a trace of the child.
  const guardian = await read(world.hub, paths.person, 'fodselsnummer', nationalId(5));
  assert.deepEqual(linksOf(guardian, 'foresattFor').toSorted(), [
    bySystemId(guardianships, 'g-5-1'),
    bySystemId(guardianships, 'g-5-4'),
  ]);
  assert.ok(!JSON.stringify(guardian).includes(nationalId(2)));
  // The child of a protected guardian shows, without a trace of the guardian.
  const child = await read(world.hub, paths.person, 'fodselsnummer', nationalId(3));
  assert.deepEqual(linksOf(child, 'foresattforhold'), []);
  const sfo = await read(world.hub, sfos, 'systemid', 'sfo-1001');
  assert.deepEqual(linksOf(sfo, 'sfoplass'), [bySystemId(places, 'p-1')]);
  const fau = await read(world.hub, groups, 'systemid', 'fau');
  assert.deepEqual(linksOf(fau, 'gruppemedlemskap'), [bySystemId(memberships, 'm-g-5-1')]);

  await onlyGrants(world, { clearance: 2 });
  assert.deepEqual(await sees(guardianships), ['g-5-1', 'g-5-4', 'g-6-3']);
  await onlyGrants(world, { clearance: 3 });
  assert.deepEqual(await sees(guardianships), ['g-5-1', 'g-5-2', 'g-5-4', 'g-6-3']);
  assert.deepEqual(await sees(places), ['p-1', 'p-2', 'p-3']);
});

test('a guardianship without rights gives none, and one that is blocked says so', async () => {
  await onlyGrants(world, {});
  const allowed = await read(world.hub, guardianships, 'systemid', 'g-5-1');
  assert.deepEqual(linksOf(allowed, 'rettighet'), [bySystemId(rights, 'varsel')]);
  const blocked = await read(world.hub, guardianships, 'systemid', 'g-5-4');
  assert.deepEqual(
    [blocked?.['sperret'], blocked?.['foreldreansvar'], linksOf(blocked, 'rettighet')],
    [true, false, []],
  );
});

test('a grant for one school shows its SFO, its guardians and its lessons only', async () => {
  await onlyGrants(world, { rows: school('1001') });
  assert.deepEqual(await sees(places), ['p-1']);
  assert.deepEqual(await sees(sfos), ['sfo-1001']);
  assert.deepEqual(await sees(guardianships), ['g-5-1']);
  assert.deepEqual(await sees(lessons), ['t-2026-W35', 't-2026-W36']);
  assert.deepEqual(await sees(rights), ['skjema', 'varsel']);
  const persons = await list(world.hub, paths.person);
  // The guardian is reached through the guardianship: no parental responsibility is delivered here.
  assert.deepEqual(idsOf(persons, 'fodselsnummer').toSorted(), [nationalId(1), nationalId(5)]);
  await onlyGrants(world, { rows: { scope: 'sfo', field: 'systemid', values: ['sfo-1002'] } });
  assert.deepEqual(await sees(places), ['p-3']);
  assert.deepEqual(await sees(paths.pupil), ['e3']);
  assert.deepEqual(await sees(lessons), []);
});

test('filters find by week, by link and by standing in the population register', async () => {
  await onlyGrants(world, {});
  assert.deepEqual(await sees(lessons, "uke eq '2026-W35'"), ['t-2026-W35']);
  assert.deepEqual(await sees(lessons, `skole eq '${schoolHref('1001')}' and uke eq '2026-W36'`), ['t-2026-W36']);
  assert.deepEqual(await sees(places, `sfo eq '${bySystemId(sfos, 'sfo-1002')}'`), ['p-3']);
  const moved = await list(world.hub, paths.person, {
    filter: `personstatus eq '${bySystemId(statuses, 'utflyttet')}'`,
  });
  assert.deepEqual(idsOf(moved, 'fodselsnummer'), [nationalId(4)]);
});

test('who becomes protected takes places, guardianships and memberships along', async () => {
  await onlyGrants(world, {});
  assert.ok(await read(world.hub, places, 'systemid', 'p-1'));
  await put(world, paths.person, [marked(1, 'fortrolig')]);
  assert.equal(await read(world.hub, places, 'systemid', 'p-1'), null);
  assert.deepEqual(await sees(guardianships), ['g-5-4']);
  assert.deepEqual(await sees(memberships), []);
  await put(world, paths.person, [marked(1, 'ugradert')]);
  assert.deepEqual(await sees(guardianships), ['g-5-1', 'g-5-4']);
});
