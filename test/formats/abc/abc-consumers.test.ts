// The reader of ABC Enterprise, played from what is known of it, reads out of our files what was in the roster, and stops at what it is known to stop at. Over
// random rosters with hostile texts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { RosterMember, RosterPerson } from '#formats/roster.ts';
import { cases } from '../../cases.ts';
import { roster } from '../any-roster.ts';
import type { Roster } from '../any-roster.ts';
import { cerebrum } from '../consumers/cerebrum-abc.ts';
import type { Cerebrum } from '../consumers/cerebrum-abc.ts';
import { example } from '../example.ts';
import { inForce, shown, shownEmail, shownPhones } from '../shown.ts';
import { writeRoster } from '../taken-through.ts';

const settings = { datasource: 'bindeledd@fjordvik', unitName: 'Navn', groupId: 'grpid' };
const read = (file: string, target: string | null): Cerebrum =>
  cerebrum(file, { ...settings, target: target ?? 'lms' });

const hasName = ({ given, family, full }: RosterPerson): boolean =>
  [given, family, full].some((name) => shown(name) !== '');

const relationOf = ({ role }: RosterMember, kind: 'group' | 'school'): string => {
  if (role === 'pupil') return 'Pupil';
  if (kind === 'school') return role === 'guardian' ? '' : 'Employee';
  return role === 'teacher' || role === 'contact-teacher' ? 'Responsible' : 'Member';
};

/** Everything that the roster says of who is what to whom. */
const relationsOf = (one: Roster, persons: readonly RosterPerson[]): ReadonlySet<string> => {
  const there = new Set(persons.map(({ id }) => id));
  const found = new Set<string>();
  for (const { holder, members } of one.members)
    for (const [person, relations] of inForce(members, (member) => relationOf(member, holder.kind)))
      for (const relation of relations)
        if (there.has(person) && relation !== '')
          found.add(`${relation} ${holder.kind === 'school' ? `OUID ${holder.id}` : holder.id} ${person}`);
  for (const { id, contacts } of persons)
    for (const { person, kind } of contacts)
      if (there.has(person)) found.add(`${kind === 'guardian' ? 'Guardian' : 'NextOfKin'} ${id} ${person}`);
  return found;
};

const contactsOf = (person: RosterPerson): readonly string[] => [
  ...(shownEmail(person) === '' ? [] : [`Email ${shownEmail(person)}`]),
  ...shownPhones(person).map(
    ({ kind, of, number }) => `${kind === 'mobile' ? 'Mobile' : of === 'work' ? 'Officephone' : 'Homephone'} ${number}`,
  ),
];

describe('the reader of ABC Enterprise', () => {
  it('reads what was in the roster', () => {
    fc.assert(
      fc.property(roster, (one) => {
        const found = read(writeRoster('abc-1', one).file, one.head.target);
        assert.equal(found.organization?.name, one.owner === null ? one.head.source : shown(one.owner.name));
        assert.equal(found.organization?.ids['OrgID'], one.owner?.id ?? one.head.source);
        for (const school of one.schools) assert.equal(found.units.get(`OUID ${school.id}`)?.name, shown(school.name));
        const persons = one.persons.filter(hasName);
        assert.deepEqual(
          found.persons.map(({ ids }) => ids['PersonID']),
          persons.map(({ id }) => id),
        );
        for (const [index, person] of persons.entries()) {
          const there = found.persons[index];
          const { nationalId } = person;
          assert.equal(there?.full, shown(person.full) || shown(`${person.given} ${person.family}`));
          assert.equal(there.names['family'] ?? '', shown(person.family));
          assert.equal(there.names['given'] ?? '', shown(person.given));
          assert.equal(there.names['partname'] ?? '', shown(person.title));
          assert.equal(there.born, person.birthDate);
          assert.equal(there.gender, person.gender);
          assert.equal(
            there.ids['fnr'],
            nationalId === null || nationalId.kind === 'duf' ? undefined : nationalId.value,
          );
          assert.equal(there.ids['dufnr'], nationalId?.kind === 'duf' ? nationalId.value : undefined);
          assert.equal(there.ids['ansattnr'], person.employeeNumber ?? undefined);
          assert.equal(there.ids['elevnr'], person.pupilNumber ?? undefined);
          assert.equal(there.ids['lokalID'], person.localId ?? undefined);
          assert.deepEqual(there.contacts, contactsOf(person));
        }
        assert.deepEqual(
          [...found.groups].map(([id, { description }]) => [id, description]),
          one.groups.map(({ id, name }) => [id, shown(name)]),
        );
        for (const group of one.groups) assert.ok(found.groups.get(group.id)?.tags.includes(`Skole ${group.school}`));
        assert.deepEqual(new Set(found.relations), relationsOf(one, persons));
      }),
      { numRuns: cases(200) },
    );
  });

  const { file } = writeRoster('abc-1', example);
  const stops = (from: string | RegExp, to: string, message: RegExp): void => {
    assert.notEqual(file.replace(from, to), file);
    assert.throws(() => read(file.replace(from, to), example.head.target), message);
  };
  it('stops at an attribute more than it counts', () => {
    stops('<personid ', '<personid xml:lang="no" ', /1 attributes/);
    stops('<orgname ', '<orgname xsi:type="x" ', /2 attributes/);
    stops('<relationtype ', '<relationtype lang="no" ', /2 attributes/);
    stops(' lang="no">Vika', '>Vika', /2 attributes/);
  });
  it('stops at a type that is not declared, or not for that', () => {
    stops('<groupidtype>grpid</groupidtype>', '', /groupidtype grpid is not declared/);
    stops('<contacttype subject="person">Mobile</contacttype>', '', /contacttype person Mobile is not declared/);
    stops(/<relationtype subject="group" object="person">Responsible<\/relationtype>/, '', /relationtype/);
    stops('<partnametype>Stillingstittel</partnametype>', '', /partnametype/);
  });
  it('stops at declarations in another order', () => {
    stops(/(<personidtype>.*<\/personidtype>)(<partnametype>.*<\/partnametype>)/, '$2$1', /is not expected in <types>/);
  });
  it('stops at a source or target that it is not set to', () => {
    assert.throws(() => read(file, 'another'), /another target/);
    assert.throws(
      () => cerebrum(file, { ...settings, datasource: 'x', target: 'lms@fjordvik.example' }),
      /another datasource/,
    );
  });
  it('stops at a school without the name that it is set to', () => {
    assert.throws(
      () => cerebrum(file, { ...settings, target: 'lms@fjordvik.example', unitName: 'Akronym' }),
      /no main name/,
    );
  });
});
