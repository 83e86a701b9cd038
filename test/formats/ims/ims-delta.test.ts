// Deltas of IMS Enterprise: what is told of changes, and what consumers make of it. People who go are taken away by what the consumer knows them by, roles that
// end are ended, and nothing is told of those who have gone but that.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { imsWriter } from '#formats/ims/write-ims.ts';
import type { ImsProfileName } from '#formats/ims/ims-profile.ts';
import type { RosterPerson, RosterWriter } from '#formats/roster.ts';
import { golden } from '../../golden.ts';
import { nationalIdOf } from '../any-roster.ts';
import { itslearning } from '../consumers/itslearning.ts';
import { moodle, usualMoodle } from '../consumers/moodle.ts';
import { vigobas } from '../consumers/vigobas-ims.ts';
import { classGroup, example, memberOf, pupil, schools, teacher, teachingGroup } from '../example.ts';
import { withCheck, writeRoster } from '../taken-through.ts';

const head = { ...example.head, type: 'delta' } as const;
const holder = { id: 'g-5a-2026', kind: 'group' } as const;
const [solbakken, vika] = schools;

const delta = (profile: ImsProfileName, write: (writer: RosterWriter) => readonly string[]): string => {
  const writer = imsWriter(profile, () => undefined);
  const file = [writer.begin(head, example.owner, schools), ...write(writer), writer.end()].join('');
  withCheck(profile, (check) => assert.deepEqual(check.check(Buffer.from(file)), []));
  return file;
};

/** The teacher has another name, the pupil has gone; a school is new, one has gone; a group has gone; the class has changed. */
const changes =
  (known: (person: RosterPerson) => string | null) =>
  (writer: RosterWriter): readonly string[] => {
    assert.equal(writer.refuses.person(teacher), null);
    return [
      writer.person({ ...teacher, family: 'Nylærer', full: 'Kari Nylærer' }, 'update'),
      writer.gone({ id: pupil.id, formerKey: known(pupil) }),
      writer.startGroups(
        new Map([
          [solbakken.id, 'delete' as const],
          [vika.id, 'add' as const],
        ]),
      ),
      writer.group({ ...classGroup, shortName: '6A', name: 'Klasse 6A' }, 'update'),
      writer.group(teachingGroup, 'delete'),
      writer.members(holder, [
        memberOf(teacher.id, 'leader', { change: 'add' }),
        memberOf(pupil.id, 'pupil', { change: 'delete' }),
        memberOf(teacher.id, 'teacher', { change: 'delete' }),
      ]),
    ];
  };

const loginOf = ({ feideName }: RosterPerson): string | null => feideName;
const numberOf = ({ nationalId }: RosterPerson): string | null => nationalId?.value ?? null;

describe('a delta of IMS Enterprise', () => {
  for (const [profile, known] of [
    ['ims-1.1', () => null],
    ['ims-1.1-moodle', loginOf],
    ['ims-1.1-itslearning', () => null],
    ['ims-1.1-legacy-nin', numberOf],
  ] as const)
    it(`${profile}: says of everything what has become of it, and of whoever has gone nothing else`, () => {
      const file = delta(profile, changes(known));
      golden(`formats/${profile}.delta.xml`, file);
      assert.doesNotMatch(file, /Ida|2014-05-14/);
    });

  it('does in Moodle what has been done: names, who has gone, courses, roles', () => {
    const reader = moodle(usualMoodle);
    reader.read(writeRoster('ims-1.1-moodle', example).file);
    reader.read(delta('ims-1.1-moodle', changes(loginOf)));
    assert.equal(reader.users.get(teacher.id)?.family, 'Nylærer');
    assert.equal(reader.users.get(pupil.id)?.deleted, true);
    assert.equal(reader.courses.get(classGroup.id)?.short, 'SOL 6A');
    assert.equal(reader.courses.get(teachingGroup.id)?.visible, false);
    const inClass = [...reader.enrolments.keys()].filter((key) => key.startsWith(`${classGroup.id} `));
    assert.deepEqual(inClass, [`${classGroup.id} ${teacher.id} manager`]);
  });

  it('takes nobody else away in Moodle: a user name that has been given on stays with who has it now', () => {
    const reader = moodle(usualMoodle);
    reader.read(writeRoster('ims-1.1-moodle', example).file);
    const heir = { ...teacher, userName: pupil.feideName };
    const file = delta('ims-1.1-moodle', (writer) => {
      assert.equal(writer.refuses.person(heir), null);
      assert.equal(writer.keyOf(heir), pupil.feideName);
      return [writer.person(heir, 'update'), writer.gone({ id: pupil.id, formerKey: loginOf(pupil) })];
    });
    reader.read(file);
    assert.equal(reader.users.get(heir.id)?.deleted, false);
    assert.equal(reader.users.get(heir.id)?.userName, pupil.feideName);
  });

  it('does in itslearning what has been done', () => {
    const reader = itslearning();
    reader.read('IMS-EnterpriseData.xml', writeRoster('ims-1.1-itslearning', example).file);
    reader.read(
      'IMS-EnterpriseData.xml',
      delta(
        'ims-1.1-itslearning',
        changes(() => null),
      ),
    );
    assert.equal(reader.persons.has(pupil.id), false);
    assert.equal(reader.groups.has(solbakken.id), false);
    assert.equal(reader.groups.get(vika.id)?.parent, 'o-1');
    assert.deepEqual(reader.members.get(`${classGroup.id} ${teacher.id}`), new Set(['05']));
    assert.deepEqual(reader.faults, []);
  });
});

describe('by national ids', () => {
  const before = nationalIdOf(900);
  const renumbered = { ...pupil, formerKey: before };

  it('a number that has changed is told with the one before; the new one comes first', () => {
    const file = delta('ims-1.1-legacy-nin', (writer) => {
      assert.equal(writer.refuses.person(renumbered), null);
      return [writer.person(renumbered, 'update')];
    });
    assert.match(
      file,
      new RegExp(
        `<sourcedid sourcedidtype="New"><source>[^<]*</source><id>${numberOf(pupil)}</id></sourcedid><sourcedid sourcedidtype="Old"><source>[^<]*</source><id>${before}</id></sourcedid>`,
      ),
    );
    assert.equal(vigobas(file).persons.get(numberOf(pupil) ?? '')?.former, before);
  });

  it('a number that stays is told once, also when it was told before', () => {
    const file = delta('ims-1.1-legacy-nin', (writer) => {
      const same = { ...pupil, formerKey: numberOf(pupil) };
      assert.equal(writer.refuses.person(same), null);
      return [writer.person(same, 'update')];
    });
    assert.doesNotMatch(file, /sourcedidtype/);
  });

  it('the number before is told of nobody when somebody else has it now', () => {
    const heir: RosterPerson = { ...teacher, nationalId: { value: before, kind: 'national' } };
    const file = delta('ims-1.1-legacy-nin', (writer) => {
      assert.equal(writer.refuses.person(heir), null);
      assert.equal(writer.refuses.person(renumbered), null);
      return [
        writer.person(heir, 'add'),
        writer.person(renumbered, 'update'),
        writer.gone({ id: 'p-999', formerKey: before }),
      ];
    });
    assert.doesNotMatch(file, /"Old"|recstatus="3"/);
  });

  it('members who are not told anew are told by number as well, and those whom nobody knows not at all', () => {
    const file = delta('ims-1.1-legacy-nin', (writer) => {
      assert.equal(writer.refuses.person(pupil), null);
      writer.unchanged(pupil);
      return [
        writer.members(holder, [
          memberOf(pupil.id, 'pupil', { change: 'add' }),
          memberOf('p-500', 'pupil', { change: 'add' }),
        ]),
      ];
    });
    assert.deepEqual([...vigobas(file).roles.keys()], [`${holder.id} ${numberOf(pupil)} 01`]);
    assert.doesNotMatch(file, /p-/);
  });

  it('whoever has no number of the register is left out, and the second of two with the same', () => {
    const writer = imsWriter('ims-1.1-legacy-nin', () => undefined);
    assert.equal(writer.refuses.person({ ...pupil, nationalId: null }), 'no-national-id');
    assert.equal(
      writer.refuses.person({ ...pupil, nationalId: { value: '200000000001', kind: 'duf' } }),
      'no-national-id',
    );
    assert.equal(writer.refuses.person(pupil), null);
    assert.equal(writer.refuses.person(pupil), null);
    assert.equal(writer.refuses.person({ ...pupil, id: 'p-900' }), 'national-id-twice');
    assert.equal(writer.keyOf(pupil), numberOf(pupil));
    assert.equal(writer.gone({ id: 'p-901', formerKey: null }), '');
  });
});

const keyOf = (profile: ImsProfileName, person: RosterPerson): string | null =>
  imsWriter(profile, () => undefined).keyOf(person);

describe('what consumers know somebody by', () => {
  it('is the login in Moodle, never one that is a national id; nothing elsewhere', () => {
    assert.equal(keyOf('ims-1.1-moodle', pupil), 'ida.fjell@fjordvik.example');
    assert.equal(keyOf('ims-1.1-moodle', teacher), 'kari.laerer');
    assert.equal(keyOf('ims-1.1-moodle', { ...teacher, userName: nationalIdOf(5) }), null);
    assert.equal(keyOf('ims-1.1-moodle', { ...teacher, feideName: `${nationalIdOf(5)}@x.example` }), 'kari.laerer');
    assert.equal(keyOf('ims-1.1', pupil), null);
    assert.equal(keyOf('ims-1.1-itslearning', pupil), null);
  });
});
