// Consumers of IMS Enterprise, played from what is known of them, read out of our files what was in the roster: Moodle by its rules of 2012 and of today,
// itslearning, the connector of counties, Fronter. Over random rosters with hostile texts; and the traps that other files set.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { RosterMember, RosterPerson, RosterProfile } from '#formats/roster.ts';
import { cases } from '../../cases.ts';
import { roster } from '../any-roster.ts';
import type { Roster } from '../any-roster.ts';
import { fronter, posted } from '../consumers/fronter.ts';
import { itslearning } from '../consumers/itslearning.ts';
import { moodle, usualMoodle } from '../consumers/moodle.ts';
import { vigobas } from '../consumers/vigobas-ims.ts';
import { example, memberOf, somebody } from '../example.ts';
import { inForce, shown, shownEmail, shownPhones } from '../shown.ts';
import { writeRoster } from '../taken-through.ts';
import type { Written } from '../taken-through.ts';

const codes: Readonly<Record<RosterMember['role'], string>> = {
  pupil: '01',
  teacher: '02',
  'contact-teacher': '02',
  other: '04',
  guardian: '04',
  leader: '05',
  administrator: '07',
  assistant: '08',
};
const groupsOfGuardians = new Set(['guardians']);
const isGuardianOnly = ({ roles }: RosterPerson): boolean => roles.every((role) => role === 'guardian');
const hasName = ({ given, family }: RosterPerson): boolean => shown(given) !== '' || shown(family) !== '';

/** Of the roster: `holder person code` of all that is in force, among those persons. */
const enrolled = (one: Roster, persons: readonly RosterPerson[], kinds: readonly string[]): ReadonlySet<string> => {
  const there = new Set(persons.map(({ id }) => id));
  const left = new Set(one.groups.filter(({ type }) => groupsOfGuardians.has(type)).map(({ id }) => id));
  const found = new Set<string>();
  for (const { holder, members } of one.members)
    if (kinds.includes(holder.kind) && !left.has(holder.id))
      for (const [person, roles] of inForce(members, ({ role }) => codes[role]))
        if (there.has(person)) for (const role of roles) found.add(`${holder.id} ${person} ${role}`);
  return found;
};

const property = (profile: RosterProfile, hold: (one: Roster, written: Written) => void): void =>
  fc.assert(
    fc.property(roster, (one) => hold(one, writeRoster(profile, one))),
    { numRuns: cases(150) },
  );

/** As it stands in the file: a reader that knows no XML takes it so. */
const asItStands = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const noNationalId = (name: string | null): string | null => {
  const login = shown(name, Infinity);
  return login === '' || login.length > 256 || /^\d{11}$/.test(login) ? null : login;
};
const login = (person: RosterPerson): string | null => noNationalId(person.feideName) ?? noNationalId(person.userName);

const mixed = (first: string): string =>
  `<person>${first}<userid>kari</userid><name><fn>Kari</fn><n><family>L</family><given>Kari</given></n></name><extension><sourcedid><source>s</source><id>p-104</id></sourcedid></extension></person>\n`;

describe('Moodle reads', () => {
  for (const rules of ['2012', 'today'] as const)
    it(`what was in the roster, by its rules of ${rules}`, () => {
      property('ims-1.1-moodle', (one, { file }) => {
        const reader = moodle({ ...usualMoodle, rules, target: one.head.target });
        assert.equal(reader.read(file), true);
        assert.deepEqual(reader.skipped, []);
        const persons = one.persons.filter((person) => !isGuardianOnly(person) && hasName(person));
        assert.deepEqual(
          new Map(reader.users),
          new Map(
            persons.map((person) => [
              person.id,
              {
                userName: asItStands(login(person) ?? person.id),
                given: asItStands(shown(person.given)),
                family: asItStands(shown(person.family)),
                email: asItStands(shownEmail(person)),
                deleted: false,
              },
            ]),
          ),
        );
        const groups = one.groups.filter(({ type }) => !groupsOfGuardians.has(type));
        const schools = new Map(one.schools.map((school) => [school.id, school]));
        assert.deepEqual(
          new Map(reader.courses),
          new Map(
            groups.map((group) => {
              const school = schools.get(group.school);
              const short = [...(school?.shortName ?? '')].slice(0, 20).join('');
              return [
                group.id,
                {
                  short: asItStands(shown(`${short} ${group.shortName}`, 60)),
                  long: asItStands(shown(group.name)),
                  full: asItStands(shown(group.description, 2_048) || shown(group.name, 2_048)),
                  category: asItStands(shown(school?.name ?? '')),
                  categoryId: rules === 'today' ? group.school : '',
                  visible: true,
                },
              ];
            }),
          ),
        );
        const names = new Map(Object.entries(usualMoodle.roles).map(([code, name]) => [name, code]));
        const read = [...reader.enrolments.keys()].map((key) => {
          const [group, person, role = ''] = key.split(' ');
          return `${group} ${person} ${names.get(role)}`;
        });
        assert.deepEqual(new Set(read), enrolled(one, persons, ['group']));
      });
    });

  it('periods of memberships, which it takes only when they bind', () => {
    const reader = moodle();
    reader.read(writeRoster('ims-1.1-moodle', example).file);
    assert.deepEqual(reader.enrolments.get('g-5a-mat-2026 p-103 teacher'), { begin: '2026-08-17', end: '2027-06-20' });
    assert.deepEqual(reader.enrolments.get('g-5a-2026 p-101 student'), { begin: '2026-08-17', end: null });
  });

  it('the same out of a file of one line', () => {
    const [lines, line] = [moodle(), moodle()];
    const { file } = writeRoster('ims-1.1-moodle', example);
    lines.read(file);
    line.read(file.replaceAll('\n', ''));
    assert.deepEqual([line.users, line.courses, line.enrolments], [lines.users, lines.courses, lines.enrolments]);
  });

  it('a target in every file, also when nobody has said which', () => {
    const { file } = writeRoster('ims-1.1-moodle', { ...example, head: { ...example.head, target: null } });
    assert.match(file, /<target>lms<\/target>/);
    assert.equal(moodle({ ...usualMoodle, target: 'another' }).read(file), false);
  });

  it('somebody under the id of another, in a file that types its ids or has some within: not in ours', () => {
    const trap = moodle();
    trap.read(mixed('<sourcedid sourcedidtype="New"><source>s</source><id>p-103</id></sourcedid>'));
    assert.deepEqual([...trap.users.keys()], ['p-104']);
    const sound = moodle();
    sound.read(mixed('<sourcedid><source>s</source><id>p-103</id></sourcedid>'));
    assert.deepEqual([...sound.users.keys()], ['p-103']);
    property('ims-1.1-moodle', (_, { file }) => {
      assert.doesNotMatch(file, /<sourcedid\s/);
      for (const line of file.split('\n'))
        if (/^<(?:person|group)/.test(line)) assert.equal(line.match(/<sourcedid>/g)?.length, 1);
    });
  });

  it('no role whose type is not its first attribute: ours is', () => {
    const { file } = writeRoster('ims-1.1-moodle', example);
    const reader = moodle();
    reader.read(file.replaceAll(/<role roletype="(\d\d)">/g, '<role recstatus="1" roletype="$1">'));
    assert.equal(reader.enrolments.size, 0);
    assert.doesNotMatch(file, /<role (?!roletype=)/);
  });

  it('no memberships of schools, which are words there: none is counted as told either', () => {
    const { file, roster: written, dropped } = writeRoster('ims-1.1-moodle', example);
    assert.deepEqual(written.members.find(({ holder }) => holder.kind === 'school')?.members, []);
    assert.equal(dropped.filter(({ field }) => field === 'school.member').length, 3);
    assert.doesNotMatch(file, /<membership><sourcedid><source>[^<]*<\/source><id>o-11</);
  });

  it('nothing that it has no use for', () => {
    const { file, dropped } = writeRoster('ims-1.1-moodle', example);
    assert.doesNotMatch(file, /<(?:tel|demographics|institutionrole|relationship|adr|photo)[ >]/);
    assert.deepEqual(
      new Set(dropped.filter(({ code }) => code === 'not-decoded').map(({ field }) => field)),
      new Set(['group.long', 'group.full', 'group.orgunit']),
    );
  });
});

describe('itslearning reads', () => {
  it('what was in the roster', () => {
    property('ims-1.1-itslearning', (one, { file }) => {
      const reader = itslearning();
      reader.read('IMS-EnterpriseData.xml', file);
      assert.deepEqual(reader.faults, []);
      const persons = one.persons.filter(
        (person) => !isGuardianOnly(person) && shown(person.given) !== '' && shown(person.family) !== '',
      );
      assert.deepEqual(
        new Map(reader.persons),
        new Map(
          persons.map((person) => [
            person.id,
            {
              given: shown(person.given),
              family: shown(person.family),
              userId: login(person),
              born: person.birthDate,
              email: shownEmail(person) || null,
              phones: shownPhones(person).map(
                ({ kind, number }) => `${kind === 'mobile' ? 'Mobile' : 'Voice'} ${number}`,
              ),
              profile: person.roles.find((role) => role !== 'guardian') === 'pupil' ? 'Student' : 'Staff',
            },
          ]),
        ),
      );
      assert.deepEqual(
        new Map([...reader.groups].map(([id, { parent }]) => [id, parent])),
        new Map([
          ...(one.owner === null ? [] : [[one.owner.id, null] as const]),
          ...one.schools.map(({ id }) => [id, one.owner?.id ?? null] as const),
          ...one.groups
            .filter(({ type }) => !groupsOfGuardians.has(type))
            .map(({ id, school }) => [id, school] as const),
        ]),
      );
      const read = [...reader.members].flatMap(([key, roles]) => [...roles].map((role) => `${key} ${role}`));
      assert.deepEqual(new Set(read), enrolled(one, persons, ['group', 'school']));
    });
  });

  it('nobody as an administrator, and pupils who teach as what they are first', () => {
    const leader = { ...somebody(9, 'Rita', 'Rektor'), roles: ['leader', 'pupil'] as const };
    const { file } = writeRoster('ims-1.1-itslearning', { ...example, persons: [leader], members: [] });
    const reader = itslearning();
    reader.read('IMS-EnterpriseData.xml', file);
    assert.equal(reader.persons.get(leader.id)?.profile, 'Staff');
    assert.doesNotMatch(file, /"Administrator"/);
  });
});

const said = (one: Roster, written: Written, file: string, legacy: boolean): void => {
  const reader = vigobas(file);
  assert.deepEqual(reader.faults, []);
  assert.equal(reader.source, one.head.source);
  const persons = one.persons.filter(
    (person) =>
      !isGuardianOnly(person) &&
      hasName(person) &&
      (!legacy || (person.nationalId !== null && person.nationalId.kind !== 'duf')),
  );
  const ids = new Map(persons.map((person) => [person.id, legacy ? (person.nationalId?.value ?? '') : person.id]));
  assert.deepEqual([...reader.persons.keys()], [...ids.values()]);
  assert.deepEqual(
    written.roster.persons.map(({ id }) => id),
    [...ids.keys()],
  );
  for (const person of persons) {
    const read = reader.persons.get(ids.get(person.id) ?? '');
    assert.equal(read?.full, shown(person.full) || shown(`${person.given} ${person.family}`));
    assert.equal(read.gender, { unknown: '0', female: '1', male: '2' }[person.gender]);
    assert.equal(read.born, person.birthDate);
    assert.equal(read.former, null);
    assert.equal(read.userIds['personNIN'], legacy ? undefined : person.nationalId?.value);
    assert.equal(read.userIds['personLIN'], person.localId ?? undefined);
    assert.equal(read.userIds['username'], person.userName ?? undefined);
    assert.equal(read.userIds['feideID'], noNationalId(person.feideName) ?? undefined);
  }
  const expected = new Set(
    [...enrolled(one, persons, ['group', 'school'])].map((key) => {
      const [holder, person = '', code] = key.split(' ');
      return `${holder} ${ids.get(person)} ${code}`;
    }),
  );
  const read = [...reader.roles].filter(([, { status }]) => status === '1').map(([key]) => key);
  assert.deepEqual(new Set(read), expected);
};

describe('the connector of counties, and Fronter, read', () => {
  it('what was in the roster: plain', () => {
    property('ims-1.1', (one, written) => {
      said(one, written, written.file, false);
    });
  });
  it('what was in the roster: by national ids', () => {
    property('ims-1.1-legacy-nin', (one, written) => {
      said(one, written, written.file, true);
    });
  });
  it('what was posted', () => {
    const { file } = writeRoster('ims-1.1', example);
    assert.deepEqual(fronter(posted(file)), vigobas(file));
    assert.equal(fronter(file), null);
  });
  it('a role that has ended for a role of the same name, unless one is told of both: ours tells of one', () => {
    const members = [
      memberOf('p-103', 'teacher'),
      memberOf('p-103', 'contact-teacher', { active: false, period: { begin: null, end: '2026-08-30' } }),
    ];
    const one = { ...example, members: [{ holder: { id: 'g-5a-2026', kind: 'group' as const }, members }] };
    const { roles } = vigobas(writeRoster('ims-1.1', one).file);
    assert.deepEqual([...roles.keys()], ['g-5a-2026 p-103 02']);
    assert.equal(roles.get('g-5a-2026 p-103 02')?.status, '1');
  });
});
