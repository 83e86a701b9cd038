// The writer of PIFU-IMS: whatever a roster holds, the file is valid, keeps the rules, and says what the roster says as far as the version can.
import { after, describe, it } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { RosterPerson } from '#formats/roster.ts';
import { schemaCheckOf, writerOf } from '#formats/roster-format.ts';
import { pifuProfiles } from '#formats/pifu/codes.ts';
import type { PifuProfileName } from '#formats/pifu/codes.ts';
import { phpReader } from '../consumers/pifu-php.ts';
import { readVigo } from '../consumers/vigobas-pifu.ts';
import { all, first, textAt, treeOf } from '../consumers/xml-tree.ts';
import type { Tree } from '../consumers/xml-tree.ts';
import { cases } from '../../cases.ts';
import { golden } from '../../golden.ts';
import type { Roster } from '../any-roster.ts';
import { missingReference, officialCheck, referenceFile } from '../official-schemas.ts';
import { writeRoster } from '../taken-through.ts';
import { exampleRoster, plainPerson } from './example-roster.ts';
import { municipalities } from './pifu-rosters.ts';

const profiles = Object.keys(pifuProfiles) as PifuProfileName[];
const officialPaths: Readonly<Record<PifuProfileName, string>> = {
  'pifu-ims-1.1': 'pifu-ims/older/PIFU-IMS_SAS-1.1.xsd',
  'pifu-ims-1.2': 'pifu-ims/older/PIFU-IMS_SAS-1.2.xsd',
  'pifu-ims-1.3': 'pifu-ims/PIFU-IMS_SAS.xsd',
};
const unexpected = (): never => assert.fail('something was dropped');

const runs = { numRuns: cases(150) };

for (const profile of profiles)
  describe(`writing ${profile}`, () => {
    const check = schemaCheckOf(profile);
    after(() => check.close());

    it('gives valid files of any roster, part by part, that keep the rules', () => {
      fc.assert(
        fc.property(
          municipalities({ tame: false }),
          fc.constantFrom(null, 'add', 'update', 'delete'),
          (roster, change) => {
            const type = change === null ? 'full' : 'delta';
            const written = writeRoster(profile, { ...roster, head: { ...roster.head, type } }, change);
            assert.deepEqual(written.rules, []);
            for (const document of [written.file, ...written.parts])
              assert.deepEqual(check.check(Buffer.from(document)), []);
          },
        ),
        runs,
      );
    });

    it(
      'gives files that are valid against the schema of the standard',
      { skip: missingReference(officialPaths[profile]) },
      (t) => {
        const official = officialCheck(officialPaths[profile]);
        assert(official !== null);
        t.after(() => official.close());
        fc.assert(
          fc.property(municipalities({ tame: false }), fc.constantFrom(null, 'add', 'delete'), (roster, change) => {
            const type = change === null ? 'full' : 'delta';
            const { file: text } = writeRoster(profile, { ...roster, head: { ...roster.head, type } }, change);
            assert.deepEqual(official.check(Buffer.from(text)), []);
          }),
          runs,
        );
      },
    );

    it('writes one entry on a line', () => {
      fc.assert(
        fc.property(municipalities({ tame: false }), (roster) => {
          const [declaration, enterprise, properties, ...lines] = writeRoster(profile, roster).file.split('\n');
          assert.match(declaration ?? '', /^<\?xml /);
          assert.equal(enterprise, `<enterprise xmlns="${pifuProfiles[profile].namespace}">`);
          assert.match(properties ?? '', /^<properties .*<\/properties>$/);
          assert.equal(lines.pop(), '');
          assert.equal(lines.pop(), '</enterprise>');
          for (const line of lines) assert.match(line, /^<(person|group|membership)[ >].*<\/\1>$/);
        }),
        runs,
      );
    });

    it('is what it was', () => {
      const { file: text, dropped, excluded } = writeRoster(profile, exampleRoster);
      golden(`formats/${profile}.xml`, text);
      golden(
        `formats/${profile}.losses.txt`,
        [
          ...dropped.map(({ code, field, value }) => `${code} ${field} ${value}`.trim()),
          ...[...excluded].map(([id, code]) => `${code}: ${id}`),
        ].join('\n') + '\n',
      );
      assert.deepEqual(check.check(Buffer.from(text)), []);
    });

    it('says nothing of who has gone but that', () => {
      const writer = writerOf({ profile, dropped: unexpected });
      writer.begin({ ...exampleRoster.head, type: 'delta' }, null, []);
      const { before, after: ending } = writer.frame();
      const text = writer.gone({ id: 'p-1', formerKey: '14851461249' });
      assert.equal(
        text,
        '<person recstatus="3"><sourcedid><source>hub@fjordvik.example</source><id>p-1</id></sourcedid><name><fn>-</fn><n><family>-</family><given>-</given></n></name></person>\n',
      );
      assert.deepEqual(check.check(Buffer.from(before + text + ending)), []);
    });

    it('writes in a delta only the units that have changed', () => {
      const writer = writerOf({ profile, dropped: () => undefined });
      const [school] = exampleRoster.schools;
      assert(school !== undefined);
      writer.begin({ ...exampleRoster.head, type: 'delta' }, exampleRoster.owner, exampleRoster.schools);
      assert.equal(writer.startGroups(new Map()), '');
      const text = writer.startGroups(new Map([[school.id, 'update']]));
      assert.match(text, /^<group recstatus="2">[^\n]*<\/group>\n$/);
      assert.match(
        text,
        new RegExp(`<relationship relation="1"><sourcedid>[^/]*</source><id>${exampleRoster.owner?.id}</id>`),
      );
    });

    it('takes somebody out with status 0', () => {
      const writer = writerOf({ profile, dropped: unexpected });
      writer.begin({ ...exampleRoster.head, type: 'delta' }, null, []);
      const period = { begin: null, end: null };
      const member = { person: 'p', subrole: null, active: true, period } as const;
      assert.match(
        writer.members({ id: 'g', kind: 'group' }, [
          { ...member, role: 'contact-teacher', change: 'delete' },
          { ...member, role: 'teacher', change: 'add' },
        ]),
        /<member><sourcedid>.*<id>p<\/id><\/sourcedid><idtype>1<\/idtype><role roletype="06" recstatus="3"><status>0<\/status><\/role><role roletype="02" recstatus="1"><status>1<\/status><\/role><\/member><\/membership>\n$/,
      );
      assert.equal(writer.members({ id: 'g', kind: 'group' }, []), '');
    });

    it('writes genders as IMS counts them: 1 is female', () => {
      const genders = (['female', 'male', 'unknown'] as const).map((gender) => {
        const person: RosterPerson = { ...plainPerson, gender };
        const { file: text } = writeRoster(profile, {
          ...exampleRoster,
          persons: [person],
          groups: [],
          members: [],
        });
        return textAt(all(treeOf(text), 'person')[0], 'demographics', 'gender');
      });
      assert.deepEqual(genders, ['1', '2', '0']);
    });
  });

/** What consumers are to read of a roster that was written. */
const expected = (roster: Roster, version: '1.1' | '1.2') => ({
  members: roster.members.flatMap(({ holder, members }) =>
    members.map((member) => ({
      group: holder.id,
      person: member.person,
      role: {
        pupil: '01',
        teacher: '02',
        'contact-teacher': '06',
        leader: '05',
        assistant: '08',
        administrator: '07',
        guardian: '04',
        other: '04',
      }[member.role],
      active: member.active,
    })),
  ),
  persons: roster.persons.map((person) => ({
    id: person.id,
    full: person.full,
    family: person.family,
    given: person.given,
    gender: person.gender === 'unknown' ? '0' : person.gender === 'female' ? '1' : '2',
    born: person.birthDate,
    email: person.email,
    phones: person.phones.map(({ number }) => number),
    users: [
      ...(person.nationalId === null ? [] : [['personNIN', person.nationalId.value]]),
      ...(person.localId === null || version === '1.1' ? [] : [['personLIN', person.localId]]),
      ...(person.pupilNumber === null ? [] : [['studentID', person.pupilNumber]]),
      ...(person.employeeNumber === null ? [] : [['workforceID', person.employeeNumber]]),
      ...(person.feideName === null && person.userName === null
        ? []
        : [['username', person.feideName ?? person.userName]]),
    ],
  })),
});

const byKey = (one: object, other: object): number => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

describe('consumers of PIFU-IMS', () => {
  for (const version of ['1.1', '1.2'] as const)
    it(`a county's reader reads ${version} as what it is`, () => {
      fc.assert(
        fc.property(municipalities({ tame: true }), (given) => {
          const { file: text, roster, excluded } = writeRoster(`pifu-ims-${version}`, given);
          const file = readVigo(text);
          const { members, persons } = expected(roster, version);
          assert.deepEqual(
            [...excluded.values()].filter((code) => code !== 'type-unknown-to-version'),
            [],
          );
          assert.deepEqual(
            file.persons.map((person) => ({ ...person, users: [...person.users] })),
            persons.map((person, at) => {
              const { roles, gender, birthDate } = roster.persons[at] ?? plainPerson;
              const plain = gender === 'unknown' && birthDate === null && roles.every((role) => role === 'guardian');
              return plain ? { ...person, gender: null } : person;
            }),
          );
          assert.deepEqual(file.members.toSorted(byKey), [...members].toSorted(byKey));
          assert.deepEqual(
            file.groups.map(({ id, short, parent }) => ({ id, short, parent })),
            [
              ...(roster.owner === null
                ? []
                : [{ id: roster.owner.id, short: roster.owner.name, parent: roster.owner.id }]),
              ...roster.schools.map(({ id, shortName, owner }) => ({ id, short: shortName, parent: owner ?? id })),
              ...roster.groups.map(({ id, shortName, school }) => ({ id, short: shortName, parent: school })),
            ],
          );
        }),
        runs,
      );
    });

  it("a county's reader reads no 1.3", () => {
    assert.throws(() => readVigo(writeRoster('pifu-ims-1.3', exampleRoster).file));
  });

  it("a municipality's reader reads 1.1 as what it is", () => {
    fc.assert(
      fc.property(municipalities({ tame: true }), (given) => {
        const { file: text, roster } = writeRoster('pifu-ims-1.1', given);
        const reader = phpReader(text);
        assert.deepEqual(
          reader.schools(),
          roster.schools.map(({ id, shortName }) => ({ id, name: shortName })),
        );
        const levels = { class: '1', teaching: '2', contact: '3', level: '4' } as const;
        for (const school of roster.schools)
          for (const [type, level] of Object.entries(levels))
            assert.deepEqual(
              new Set(reader.groups(school.id, level).map(({ id }) => id)),
              new Set(
                roster.groups.filter((group) => group.school === school.id && group.type === type).map(({ id }) => id),
              ),
            );
        for (const { holder, members } of roster.members) {
          assert.deepEqual(
            new Set(reader.members(holder.id)),
            new Set(members.filter(({ active }) => active).map(({ person }) => person)),
          );
          assert.deepEqual(
            new Set(reader.members(holder.id, '1', '01')),
            new Set(members.filter(({ active, role }) => active && role === 'pupil').map(({ person }) => person)),
          );
        }
        const person = roster.persons.find(({ nationalId }) => nationalId !== null);
        if (person?.nationalId !== undefined && person.nationalId !== null)
          assert.equal(reader.personBy('personNIN', person.nationalId.value), person.id);
      }),
      runs,
    );
  });

  it("a municipality's reader finds no school in a newer file, as is known", () => {
    for (const profile of ['pifu-ims-1.2', 'pifu-ims-1.3'] as const)
      assert.deepEqual(phpReader(writeRoster(profile, exampleRoster).file).schools(), []);
  });
});

describe('the sample of PIFU-IMS 1.3', () => {
  const sample = 'samples/pifu-ims-1.3.sample.xml';

  it('comes out of a roster that says the same', { skip: missingReference(sample) }, () => {
    const wanted = flat(treeOf(referenceFile(sample) ?? ''));
    const got = flat(treeOf(writeRoster('pifu-ims-1.3', exampleRoster).file));
    // What the sample has beyond what is written: a second name for the id, a status that nobody else has, and which school is somebody's main one.
    const beyond =
      /^\/enterprise\/(?:properties\/datetime|person\/userid@useridtype=sisID|person\/extension\/pifu_status|membership\/member\/role\/extension)/;
    const lacking = wanted.filter((line) => !got.includes(line) && !beyond.test(line));
    assert.deepEqual(lacking, []);
  });
});

/** Paths with attributes and texts, in the order of the document. */
const flat = (tree: Tree, path = ''): readonly string[] => {
  const attributes = Object.entries(tree.attributes)
    .filter(([name]) => name !== 'xmlns')
    .map(([name, value]) => `@${name}=${value}`);
  const here = `${path}/${tree.name}${attributes.join('')}`;
  return [
    tree.children.length === 0 ? `${here}: ${tree.text.trim()}` : here,
    ...tree.children.flatMap((child) => flat(child, `${path}/${tree.name}`)),
  ];
};

const personOf = (
  profile: PifuProfileName,
  given: Partial<RosterPerson>,
): { readonly tree: Tree | undefined; readonly losses: readonly string[] } => {
  const { file: text, dropped } = writeRoster(profile, {
    ...exampleRoster,
    persons: [{ ...plainPerson, ...given }],
    groups: [],
    members: [],
  });
  return {
    tree: all(treeOf(text), 'person')[0],
    losses: dropped.filter(({ field }) => field.startsWith('person.')).map(({ code, field }) => `${code} ${field}`),
  };
};

const users = (tree: Tree | undefined): readonly string[] =>
  all(tree, 'userid').map(({ attributes, text }) => `${attributes['useridtype']} ${text}`);

const levels = (profile: PifuProfileName): readonly string[] => {
  const groups = writerOf({ profile, dropped: unexpected }).refuses;
  const [group] = exampleRoster.groups;
  assert(group !== undefined);
  return (['guardians', 'language', 'composite', 'after-school'] as const).filter(
    (type) => groups.group({ ...group, type, subjects: [] }) === null,
  );
};

describe('values of PIFU-IMS', () => {
  it('calls a Feide name a user name where the version knows no Feide', () => {
    const given = { feideName: 'kari@fjordvik.example', userName: 'kari', localId: 'L-7' };
    const now = personOf('pifu-ims-1.3', given);
    assert.deepEqual(users(now.tree), ['personLIN L-7', 'username kari', 'feideID kari@fjordvik.example']);
    assert.deepEqual(now.losses, []);
    const before = personOf('pifu-ims-1.1', given);
    assert.deepEqual(users(before.tree), ['username kari@fjordvik.example']);
    assert.deepEqual(before.losses.toSorted(), [
      'unknown-to-version person.localId',
      'unknown-to-version person.userName',
    ]);
  });

  it('writes national ids as what they are and nowhere else', () => {
    const number = '14851461249';
    const hidden = personOf('pifu-ims-1.3', {
      localId: number,
      feideName: `${number}@fjordvik.example`,
      userName: number,
      pupilNumber: number,
      employeeNumber: `x ${number}`,
      email: `${number}@fjordvik.example`,
    });
    assert(!JSON.stringify(hidden.tree).includes(number));
    assert.equal(hidden.losses.length, 6);
    for (const kind of ['national', 'd-number', 'duf'] as const) {
      const value = kind === 'duf' ? '201012345678' : number;
      assert.deepEqual(users(personOf('pifu-ims-1.1', { nationalId: { value, kind } }).tree), [`personNIN ${value}`]);
    }
    const none = personOf('pifu-ims-1.3', { nationalId: { value: '123', kind: 'national' } });
    assert.deepEqual([users(none.tree), none.losses], [[], ['bad-form person.nationalId']]);
  });

  it('brings telephones to the form that is demanded, or reports them', () => {
    const phone = (number: string): string | null =>
      textAt(personOf('pifu-ims-1.3', { phones: [{ kind: 'mobile', of: 'work', number }] }).tree, 'tel');
    for (const number of [
      '99999999',
      '99 99 99 99',
      '+47 999 99 999',
      '0047 99999999',
      '4799999999',
      '+47-99999999',
      '(+47) 99.99.99.99',
    ])
      assert.equal(phone(number), '+4799999999', number);
    assert.equal(phone('+46 70 123 45 67'), '+46701234567');
    for (const number of ['', '12', '112', '+47 123', 'ring', '99999999 eller 88888888', '+4712345678', '+'])
      assert.equal(phone(number), null, number);
    assert.deepEqual(personOf('pifu-ims-1.3', { phones: [{ kind: 'voice', of: 'work', number: '12' }] }).losses, [
      'bad-form person.phone',
    ]);
  });

  it('says of telephones whose they are', () => {
    const { tree } = personOf('pifu-ims-1.2', {
      phones: [
        { kind: 'voice', of: 'work', number: '22222222' },
        { kind: 'mobile', of: 'private', number: '99999999' },
      ],
    });
    assert.deepEqual(
      all(tree, 'tel').map(({ attributes }) => attributes['teltype']),
      ['1', '3'],
    );
    assert.deepEqual(
      all(first(tree, 'extension'), 'pifu_tel').map(({ attributes, text }) => `${attributes['type']} ${text}`),
      ['personTelephoneAtOrg +4722222222', 'personMobilePrivate +4799999999'],
    );
  });

  it('keeps names whole that are odd, and reports what it could not keep', () => {
    const kept = 'Åse & <Bo> "Ñ" 😀 ]]>';
    const odd = personOf('pifu-ims-1.3', { given: kept, family: 'a\u0007b', full: 'x'.repeat(300) });
    assert.equal(textAt(odd.tree, 'name', 'n', 'given'), kept);
    assert.equal(textAt(odd.tree, 'name', 'n', 'family'), 'ab');
    assert.equal(textAt(odd.tree, 'name', 'fn'), 'x'.repeat(256));
    assert.deepEqual(odd.losses, ['characters person.family', 'cut person.fn']);
    const one = personOf('pifu-ims-1.3', { given: '', family: 'Madonna', full: '' });
    assert.deepEqual(
      [textAt(one.tree, 'name', 'fn'), textAt(one.tree, 'name', 'n', 'family'), textAt(one.tree, 'name', 'n', 'given')],
      ['Madonna', 'Madonna', 'Madonna'],
    );
  });

  it('takes 256 letters of a name and cuts the next', () => {
    assert.deepEqual(personOf('pifu-ims-1.3', { full: '😀'.repeat(256) }).losses, []);
    assert.deepEqual(personOf('pifu-ims-1.3', { full: '😀'.repeat(257) }).losses, ['cut person.fn']);
  });

  it('refuses what it cannot write, and says why', () => {
    const { refuses } = writerOf({ profile: 'pifu-ims-1.1', dropped: unexpected });
    const [school] = exampleRoster.schools;
    const group = exampleRoster.groups.find(({ type }) => type === 'teaching');
    assert(school !== undefined && group !== undefined);
    assert.equal(refuses.person({ ...plainPerson, given: ' ', family: '\u0007', full: '' }), 'no-name');
    assert.equal(refuses.school({ ...school, organisationNumber: null }), 'no-organisation-number');
    assert.equal(refuses.school({ ...school, organisationNumber: '31000001' }), 'no-organisation-number');
    assert.equal(refuses.school({ ...school, shortName: '\u0000' }), 'no-short-name');
    assert.equal(refuses.school(school), null);
    assert.equal(refuses.group({ ...group, subjects: [] }), 'no-grep-code');
    assert.equal(refuses.group({ ...group, subjects: [{ code: 'KROPP', name: null, levels: [] }] }), 'no-grep-code');
    assert.equal(refuses.group({ ...group, type: 'class', subjects: [] }), null);
    assert.equal(refuses.group({ ...group, type: 'guardians' }), 'type-unknown-to-version');
    assert.equal(refuses.group({ ...group, shortName: 'x'.repeat(60) }), null);
    assert.equal(refuses.group({ ...group, shortName: 'x'.repeat(61) }), 'no-short-name');
    assert.equal(
      refuses.group({ ...group, period: { begin: '2026-08-02', end: '2026-08-01' } }),
      'ends-before-it-starts',
    );
  });

  it('knows in each version what the version knows', () => {
    assert.deepEqual(levels('pifu-ims-1.1'), []);
    assert.deepEqual(levels('pifu-ims-1.2'), ['guardians', 'language']);
    assert.deepEqual(levels('pifu-ims-1.3'), ['guardians', 'language', 'composite', 'after-school']);
  });

  it('makes of roles that it has one word for one role, the one in force', () => {
    const period = { begin: null, end: null };
    const member = { person: 'p', subrole: null, active: true, period, change: null } as const;
    const holder = { id: 'g', kind: 'group' } as const;
    const now = writerOf({ profile: 'pifu-ims-1.3', dropped: unexpected });
    const before = writerOf({ profile: 'pifu-ims-1.2', dropped: unexpected });
    const other = { ...member, role: 'other', active: false } as const;
    const guardian = { ...member, role: 'guardian' } as const;
    assert.deepEqual(now.distinct(holder, [other, guardian]), [guardian]);
    assert.deepEqual(now.distinct(holder, [guardian, other]), [guardian]);
    const teacher = { ...member, role: 'teacher' } as const;
    const substitute = { ...teacher, subrole: 'substitute' } as const;
    assert.deepEqual(now.distinct(holder, [teacher, substitute]), [teacher, substitute]);
    assert.deepEqual(before.distinct(holder, [teacher, substitute]), [teacher]);
    const ending = { ...teacher, period: { begin: null, end: '2026-12-31' } };
    assert.deepEqual(before.distinct(holder, [ending, substitute]), [substitute]);
    const two = [teacher, { ...teacher, person: 'q' }];
    assert.equal(before.distinct(holder, two), two);
  });

  it('writes schools on top where there is no owner with a number', () => {
    const owner = exampleRoster.owner === null ? null : { ...exampleRoster.owner, organisationNumber: null };
    const { file: text, rules: findings, dropped } = writeRoster('pifu-ims-1.3', { ...exampleRoster, owner });
    assert.deepEqual(findings, []);
    assert(dropped.some(({ field }) => field === 'owner.organisationNumber'));
    const [school] = all(treeOf(text), 'group');
    assert.equal(textAt(school, 'sourcedid', 'id'), textAt(first(school, 'relationship'), 'sourcedid', 'id'));
    assert.equal(first(school, 'grouptype', 'typevalue')?.attributes['level'], '2');
  });
});
