// The pupils and employees of the municipality who are unusual, one by one; and numbers, which go out by scopes of their own alone.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RosterPerson } from '#formats/roster.ts';
import { municipality, type KnownPupil, type SandboxMunicipality } from '#sandbox/municipality.ts';
import { asOf, membersIn, openRosterWorld, type Roster, type RosterWorld } from './roster-world.ts';

let world: RosterWorld;
let known: SandboxMunicipality['known'];
let sandbox: SandboxMunicipality;
let roster: Roster;

const everything = [
  'vfs:lmsexport',
  'vfs:pupils.nin',
  'vfs:employees.nin',
  'vfs:guardians.read',
  'vfs:pupils.language',
  'vfs:pupils.address',
];

before(async () => {
  sandbox = municipality({ seed: 42, size: 'small', asOf });
  ({ known } = sandbox);
  world = await openRosterWorld(sandbox.collections);
  await world.link(everything);
  roster = await world.roster();
});
after(() => world?.close());

const find = (id: string, from = roster): RosterPerson | undefined => from.persons.find((one) => one.id === id);
const pupilId = ({ systemId }: KnownPupil): Promise<string> => world.id('utdanning/elev/elev', 'systemid', systemId);
const employeeId = ({ systemId }: { readonly systemId: string }): Promise<string> =>
  world.id('administrasjon/personal/personalressurs', 'systemid', systemId);
const guardianId = (nationalId: string): Promise<string> =>
  world.id('utdanning/elev/person', 'fodselsnummer', nationalId);

const pupil = async (one: KnownPupil): Promise<RosterPerson> => {
  const found = find(await pupilId(one));
  assert.ok(found !== undefined, one.systemId);
  return found;
};

const employee = async (one: { readonly systemId: string }): Promise<RosterPerson> => {
  const found = find(await employeeId(one));
  assert.ok(found !== undefined, one.systemId);
  return found;
};

const contactsOf = ({ contacts }: RosterPerson): readonly string[] => contacts.map(({ person }) => person);

/** What somebody is in, by holder: role and whether it holds. */
const placesOf = (id: string, from = roster): readonly (readonly [holder: string, what: string, active: boolean])[] =>
  from.members.flatMap(({ holder, members }) =>
    members.filter(({ person }) => person === id).map(({ role, active }) => [holder.id, role, active] as const),
  );

const schoolsOf = (id: string): readonly string[] => {
  const schools = new Set(roster.schools.map((one) => one.id));
  return placesOf(id).flatMap(([holder, what, active]) => (schools.has(holder) ? [`${what} ${active}`] : []));
};

describe('a pupil', () => {
  it('has names, numbers, both guardians in the order in which they are called, and language form', async () => {
    const one = await pupil(known.pupils.ordinary);
    assert.equal(one.pupilNumber, known.pupils.ordinary.elevnummer);
    assert.equal(one.feideName, known.pupils.ordinary.feidenavn);
    assert.deepEqual(one.nationalId, { value: known.pupils.ordinary.fodselsnummer, kind: 'national' });
    assert.equal(one.localId, null);
    assert.match(String(one.birthDate), /^\d{4}-\d{2}-\d{2}$/);
    assert.ok(one.gender !== 'unknown' && one.preferredLanguage !== null && one.nativeLanguages.length === 1);
    const guardians = await Promise.all(known.pupils.ordinary.foresatte.map((each) => guardianId(each.fodselsnummer)));
    assert.deepEqual(contactsOf(one), guardians);
  });

  it('with a D-number has one, and without a number the one that the school has made', async () => {
    const d = await pupil(known.pupils.dNumber);
    assert.deepEqual(d.nationalId, { value: known.pupils.dNumber.fodselsnummer, kind: 'd-number' });
    const none = await pupil(known.pupils.noNumber);
    assert.equal(none.nationalId, null);
    assert.equal(none.localId, known.pupils.noNumber.fodselsnummer);
  });

  it('at two schools is a pupil of both, and stands once', async () => {
    const { id } = await pupil(known.pupils.twoSchools);
    assert.deepEqual(schoolsOf(id), ['pupil true', 'pupil true']);
    assert.equal(roster.persons.filter((one) => one.id === id).length, 1);
  });

  it('who has changed school is a pupil of the old one no more', async () => {
    assert.deepEqual(schoolsOf(await pupilId(known.pupils.changedSchool)).toSorted(), ['pupil false', 'pupil true']);
  });

  it('who has moved away or died is not in, and is told of', async () => {
    for (const gone of [known.pupils.movedAway, known.pupils.deceased]) {
      const id = await pupilId(gone);
      assert.equal(find(id), undefined);
      assert.deepEqual(placesOf(id), []);
      assert.ok(roster.excluded.some((one) => one.id === id && one.code === 'not-enrolled' && one.what === 'person'));
    }
    assert.ok(find(await pupilId(known.pupils.movedIn)) !== undefined);
  });

  it('who gets language training is in a group of it with the scope for that alone', async () => {
    const id = await pupilId(known.pupils.languageTraining);
    const groups = new Set(roster.groups.filter(({ type }) => type === 'language').map((one) => one.id));
    assert.equal(placesOf(id).filter(([holder]) => groups.has(holder)).length, 1);
  });
});

describe('guardians', () => {
  it('are those whose relation gives a right and who are not shut out', async () => {
    for (const one of [
      known.pupils.splitCustody,
      known.pupils.guardianWithoutResponsibility,
      known.pupils.blockedGuardian,
      known.pupils.fosterHome,
      known.pupils.ward,
    ]) {
      const told = new Set(contactsOf(await pupil(one)));
      for (const { fodselsnummer, rettigheter, sperret } of one.foresatte) {
        const id = await guardianId(fodselsnummer);
        assert.equal(told.has(id), rettigheter && !sperret, one.systemId);
        if (!rettigheter || sperret) assert.equal(find(id), undefined, 'somebody without a right is told of');
      }
    }
    assert.equal(contactsOf(await pupil(known.pupils.splitCustody)).length, 2);
    assert.equal(contactsOf(await pupil(known.pupils.guardianWithoutResponsibility)).length, 1);
    assert.equal(contactsOf(await pupil(known.pupils.fosterHome)).length, 2);
  });

  it('of siblings are the same persons, once', async () => {
    const siblings = await Promise.all(
      [known.pupils.eldestSibling, known.pupils.middleSibling, known.pupils.youngestSibling].map(pupil),
    );
    const [first, ...others] = siblings.map((one) => contactsOf(one).toSorted());
    assert.ok(first !== undefined && first.length > 0);
    for (const one of others) assert.deepEqual(one, first);
  });

  it('have a name and a telephone, and nothing else', async () => {
    const guardians = roster.persons.filter(({ roles }) => roles.length === 1 && roles[0] === 'guardian');
    assert.ok(guardians.length > 400);
    assert.ok(guardians.some(({ phones }) => phones.length > 0));
    for (const one of guardians) {
      const { uid, id, given, family, full, phones, ...rest } = one;
      assert.ok(uid > 0 && id !== '' && given !== '' && family !== '' && full !== '');
      for (const phone of phones) assert.equal(phone.of, 'private');
      assert.deepEqual(rest, {
        nationalId: null,
        formerKey: null,
        localId: null,
        feideName: null,
        userName: null,
        pupilNumber: null,
        employeeNumber: null,
        gender: 'unknown',
        birthDate: null,
        email: null,
        roles: ['guardian'],
        title: null,
        preferredLanguage: null,
        nativeLanguages: [],
        contacts: [],
      });
    }
  });

  it('who teach are one person with both roles', async () => {
    const teacher = await employee(known.employees.guardian);
    assert.deepEqual(teacher.roles, ['teacher', 'guardian']);
    assert.ok(contactsOf(await pupil(known.pupils.guardianIsTeacher)).includes(teacher.id));
    assert.equal(find(await guardianId(known.employees.guardian.fodselsnummer)), undefined);
    await world.link(['vfs:lmsexport']);
    const without = await world.roster();
    assert.deepEqual(find(teacher.id, without)?.roles, ['teacher']);
  });
});

describe('an employee', () => {
  it('with two positions is what each makes of him, where it does', async () => {
    const head = await employee(known.employees.headOfTwoSchools);
    assert.deepEqual(head.roles, ['leader']);
    assert.deepEqual(schoolsOf(head.id), ['leader true', 'leader true']);
    const both = await employee(known.employees.teacherInSfo);
    assert.deepEqual(both.roles, ['teacher', 'staff']);
    assert.deepEqual(schoolsOf(both.id).toSorted(), ['assistant true', 'teacher true']);
  });

  it('has what a colleague is known and reached by', async () => {
    const one = await employee(known.employees.teacher);
    assert.equal(one.employeeNumber, known.employees.teacher.ansattnummer);
    assert.equal(one.userName, known.employees.teacher.brukernavn);
    assert.equal(one.nationalId?.value, known.employees.teacher.fodselsnummer);
    assert.equal(one.title, 'Lærer');
    assert.match(one.email ?? '', /@tindvag\.test$/);
    assert.deepEqual(
      one.phones.map(({ kind, of }) => `${kind} ${of}`),
      ['voice work'],
    );
  });

  it('without a position at a school is not in, and is told of', async () => {
    for (const one of [known.employees.withoutSchool, known.employees.guestAtSchool]) {
      const id = await employeeId(one);
      assert.equal(find(id), undefined);
      assert.ok(roster.excluded.some((each) => each.id === id && each.code === 'no-role'));
    }
  });
});

describe('a class', () => {
  it('has its contact teachers, and its pupils with their time', async () => {
    const id = await world.id('utdanning/elev/klasse', 'systemid', String(known.pupils.ordinary.klasse));
    const members = membersIn(roster, id);
    const teachers = members.filter(({ role }) => role === 'contact-teacher');
    assert.ok(teachers.length > 0);
    const me = await pupilId(known.pupils.ordinary);
    const mine = members.filter(({ person }) => person === me);
    assert.deepEqual(
      mine.map(({ role, active, period }) => [role, active, period]),
      [['pupil', true, { begin: '2026-08-01', end: '2027-07-31' }]],
    );
    const group = roster.groups.find((one) => one.id === id);
    assert.deepEqual(group?.levels, [known.pupils.ordinary.trinn]);
    assert.equal(group?.schoolYear, '2026/2027');
  });
});

const textOf = (one: Roster): string =>
  JSON.stringify([one.owner, one.schools, one.persons, one.groups, one.members, one.excluded]);
const among = (text: string, ids: ReadonlySet<string>): number => [...ids].filter((id) => text.includes(id)).length;

describe('numbers, addresses and passwords', () => {
  const nationalIds = { pupils: new Set<string>(), staff: new Set<string>(), guardians: new Set<string>() };
  const addresses = new Set<string>();
  before(() => {
    for (const { collection, entries } of sandbox.collections) {
      if (!collection.endsWith('/person')) continue;
      for (const { identifier, resource } of entries()) {
        const lines = (resource['bostedsadresse'] as { readonly adresselinje?: readonly string[] } | undefined)
          ?.adresselinje;
        for (const line of lines ?? []) addresses.add(line);
        nationalIds[collection.startsWith('administrasjon') ? 'staff' : 'guardians'].add(identifier);
      }
    }
    for (const { collection, entries } of sandbox.collections)
      if (collection === 'utdanning/elev/elev')
        for (const { resource } of entries()) {
          const { person } = resource['_links'] as { readonly person: readonly { readonly href: string }[] };
          const id = person[0]?.href.split('/').at(-1) ?? '';
          nationalIds.pupils.add(id);
          nationalIds.guardians.delete(id);
        }
    for (const id of nationalIds.staff) nationalIds.guardians.delete(id);
  });

  it('go out by their own scopes alone, and never of guardians', async () => {
    for (const [more, pupils, staff] of [
      [[], false, false],
      [['vfs:guardians.read', 'vfs:pupils.language', 'vfs:pupils.address'], false, false],
      [['vfs:pupils.nin', 'vfs:guardians.read'], true, false],
      [['vfs:employees.nin'], false, true],
      [['vfs:pupils.nin', 'vfs:employees.nin', 'vfs:guardians.read'], true, true],
    ] as const) {
      await world.link(['vfs:lmsexport', ...more]);
      const text = textOf(await world.roster());
      assert.equal(among(text, nationalIds.pupils) > 0, pupils, more.join());
      assert.equal(among(text, nationalIds.staff) > 0, staff, more.join());
      assert.equal(among(text, nationalIds.guardians), 0, more.join());
    }
    assert.ok(nationalIds.pupils.size > 300 && nationalIds.guardians.size > 400);
  });

  it('are told of nobody, where it is where somebody lives, nor any password', () => {
    const text = textOf(roster);
    assert.ok(addresses.size > 200);
    const units = JSON.stringify([roster.owner, roster.schools]);
    for (const line of addresses) if (!units.includes(line)) assert.equal(text.includes(`"${line}"`), false, line);
    assert.doesNotMatch(text, /passw|passord/i);
    for (const one of roster.persons) assert.equal('address' in one, false);
  });
});
