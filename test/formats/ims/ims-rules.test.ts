// Each rule of IMS files finds the mistake that it is for, and says it with an id and never with a name or a national id: in the text, by schema and by what no
// schema can say; and between entries.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits } from '#base/limits.ts';
import { imsProfiles } from '#formats/ims/ims-profile.ts';
import type { ImsProfileName } from '#formats/ims/ims-profile.ts';
import type { RosterFinding } from '#formats/roster.ts';
import { golden } from '../../golden.ts';
import { nationalIdOf } from '../any-roster.ts';
import type { Roster } from '../any-roster.ts';
import { classGroup, example, guardian, memberOf, pupil, pupilWithoutNumber, schools, teacher } from '../example.ts';
import { withCheck, writeRoster } from '../taken-through.ts';
import { imsRules } from '#formats/ims/ims-rules.ts';

const profiles = Object.values(imsProfiles).map(({ name }) => name);

describe('a small file of IMS Enterprise', () => {
  for (const profile of profiles)
    it(`is as it was read: ${profile}`, () => {
      const { file, excluded, dropped } = writeRoster(profile, example);
      golden(`formats/${profile}.xml`, file);
      const lines = [
        ...[...excluded].map(([id, code]) => `left out: ${id} ${code}`),
        ...dropped.map(({ code, field, value }) => `dropped: ${code} ${field} ${value}`.trim()),
      ];
      golden(`formats/${profile}.report.txt`, `${lines.join('\n')}\n`);
    });
});

describe('what has nothing to be called by', () => {
  for (const profile of profiles)
    it(`is left out: ${profile}`, () => {
      const [first, second] = schools;
      const { excluded, file } = writeRoster(profile, {
        ...example,
        owner: example.owner === null ? null : { ...example.owner, name: '\u0001' },
        schools: [first, { ...second, name: ' \u0000 ' }, { ...second, id: 'o-13', shortName: '' }],
        groups: [classGroup, { ...classGroup, id: 'g-2', shortName: ' ' }, { ...classGroup, id: 'g-3', name: '' }],
        persons: [...example.persons, { ...pupil, id: 'p-110', given: '', family: '\u0002' }],
        members: [],
      });
      withCheck(profile, (check) => assert.deepEqual(check.check(Buffer.from(file)), []));
      assert.deepEqual(
        ['o-12', 'o-13', 'g-2', 'g-3', 'p-110'].map((id) => excluded.get(id)),
        ['no-name', 'no-short-name', 'no-short-name', undefined, 'no-name'],
      );
    });
  it('somebody with half a name is left out where both halves have to be there', () => {
    const half = { ...teacher, id: 'p-110', given: '' };
    const left = (profile: ImsProfileName): string | undefined =>
      writeRoster(profile, { ...example, persons: [half], members: [] }).excluded.get(half.id);
    assert.deepEqual(profiles.map(left), [undefined, undefined, 'no-name', undefined]);
  });
});

type Mistake = readonly [string, string | RegExp, string, string];

const everywhere: readonly Mistake[] = [
  ['a document type', '<enterprise>', '<!DOCTYPE enterprise><enterprise>', 'doctype'],
  ['a namespace', '<enterprise>', '<enterprise xmlns="http://imsglobal.org/IMS_EPv1p1">', 'namespace'],
  ['the type of a role behind', '<role roletype="02">', '<role recstatus="1" roletype="02">', 'role-type-first'],
  ['two entries on a line', '</member>\n', '</member>', 'line'],
  ['an entry over lines', '<name>', '<name>\n', 'line'],
  ['a level that is another', 'level="1">basisgruppe', 'level="2">basisgruppe', 'group-level'],
  ['a password', '<userid', '<userid password="x"', 'schema-attribute'],
  ['an address', '<email>', '<adr><street>Veien 1</street></adr><email>', 'schema-order'],
  ['a photo', '</person>', '<photo><extref>x</extref></photo></person>', 'schema-order'],
  ['a status that is none', '<status>1</status>', '<status>2</status>', 'schema-value'],
  ['a role that is none', '<role roletype="02">', '<role roletype="06">', 'schema-value'],
  ['a change that is none', '<group>', '<group recstatus="4">', 'schema-value'],
  ['a member that is a group', '<idtype>1</idtype>', '<idtype>2</idtype>', 'schema-value'],
  ['a day that is none', '2026-08-17', '2026-02-30', 'schema-value'],
  ['a day with a zone', '>2026-08-17<', '>2026-08-17Z<', 'schema-value'],
  ['a type of file that is none', '<type>full</type>', '<type>event</type>', 'schema-value'],
  ['no target', /<target>[^<]*<\/target>/, '', 'schema-order'],
  ['a short name that is too long', '<short>', `<short>${'x'.repeat(60)}`, 'schema-value'],
  ['a group without description', /(g-5a-2026<.*?)<description>.*?<\/description>/, '$1', 'schema-order'],
  ['an e-mail address that is none', '<email>ida.fjell@', '<email>ida', 'schema-value'],
  ['blanks around a text', '<fn>', '<fn> ', 'schema-value'],
  ['memberships before groups', /(<group>[^]*<\/group>\n)(<membership>[^]*<\/membership>\n)/, '$2$1', 'schema-order'],
  ['what is not well-formed', '</fn>', '', 'well-formed'],
  ['a group named by a national id', '<id>g-5a-2026</id>', `<id>${nationalIdOf(7)}</id>`, 'schema-value'],
];

const somewhere: readonly (readonly [ImsProfileName, ...Mistake])[] = [
  ['ims-1.1-moodle', 'an id with a type', '<sourcedid>', '<sourcedid sourcedidtype="New">', 'schema-attribute'],
  ['ims-1.1-moodle', 'a user id with a type', '<userid>', '<userid useridtype="username">', 'schema-attribute'],
  [
    'ims-1.1-moodle',
    'an id within a group',
    '</org>',
    '</org><relationship relation="1"><sourcedid><source>s</source><id>o-11</id></sourcedid><label>x</label></relationship>',
    'schema-order',
  ],
  ['ims-1.1-moodle', 'a period that does not bind', '<begin restrict="1">', '<begin restrict="0">', 'schema-value'],
  ['ims-1.1-moodle', 'a name with an attribute', '<n>', '<n lang="nb">', 'schema-attribute'],
  ['ims-1.1-moodle', 'a member with an attribute', '<member>', '<member recstatus="1">', 'line'],
  ['ims-1.1-itslearning', 'nobody’s given name', /<given>[^<]*<\/given>/, '', 'schema-missing'],
  [
    'ims-1.1-itslearning',
    'an administrator',
    'institutionroletype="Staff"',
    'institutionroletype="Administrator"',
    'schema-value',
  ],
  ['ims-1.1-itslearning', 'a telephone by number', 'teltype="Mobile"', 'teltype="3"', 'schema-value'],
  ['ims-1.1-itslearning', 'a national id for an id', '<id>p-103</id>', `<id>${nationalIdOf(3)}</id>`, 'schema-value'],
  ['ims-1.1', 'a gender by letter', '<gender>1</gender>', '<gender>F</gender>', 'schema-value'],
  ['ims-1.1', 'a user id of no type', ' useridtype="feideID"', '', 'schema-missing'],
  [
    'ims-1.1-legacy-nin',
    'an id that is no national id',
    `<id>${nationalIdOf(1)}</id>`,
    '<id>p-101</id>',
    'schema-value',
  ],
];

const found = (profile: ImsProfileName, [what, from, to, rule]: Mistake): void => {
  const { file } = writeRoster(profile, example);
  const broken = file.replace(from, to);
  assert.notEqual(broken, file, `${what}: not planted`);
  const findings = withCheck(profile, (check) => check.check(Buffer.from(broken)));
  assert.ok(
    findings.some((finding) => finding.rule === rule),
    `${what}: ${JSON.stringify(findings)}`,
  );
  for (const finding of findings) assert.doesNotMatch(JSON.stringify(finding), /Ida|Kari|Fjell|\d{11}/);
};

describe('a mistake in the text of a file is found', () => {
  for (const profile of profiles)
    for (const mistake of everywhere) it(`${profile}: ${mistake[0]}`, () => found(profile, mistake));
  for (const [profile, ...mistake] of somewhere) it(`${profile}: ${mistake[0]}`, () => found(profile, mistake));
  it('and named by the entry that it is in', () => {
    const { file } = writeRoster('ims-1.1', example);
    const broken = file.replace('<gender>1</gender>', '<gender>9</gender>');
    const findings = withCheck('ims-1.1', (check) => check.check(Buffer.from(broken)));
    assert.deepEqual(new Set(findings.map(({ at }) => at)), new Set(['p-101']));
  });
  it('no more are given than are kept', () => {
    const { file } = writeRoster('ims-1.1', example);
    const many = file.replace(/<person>.*\n/, (line) =>
      `${line}\n`.repeat(2 * limits.exportFindings).replaceAll('<name>', '<nome>'),
    );
    const findings = withCheck('ims-1.1', (check) => check.check(Buffer.from(many)));
    assert.ok(findings.length <= limits.exportFindings);
  });
});

/** Everything of a roster, as records. */
const findingsOf = (
  profile: ImsProfileName,
  { head, owner, schools: all, persons, groups, members }: Roster,
): readonly RosterFinding[] => {
  const rules = imsRules(profile);
  rules.begin(head, owner, all);
  for (const person of persons) rules.person(person, null);
  for (const group of groups) rules.group(group, null);
  for (const one of members) rules.members(one.holder, one.members);
  const { findings, count } = rules.end();
  assert.equal(rules.found(), count);
  return findings;
};

const sound: Roster = {
  ...example,
  persons: [teacher, pupil],
  members: [{ holder: { id: 'g-5a-2026', kind: 'group' }, members: [memberOf('p-101', 'pupil')] }],
};
const withMembers = (...members: Roster['members'][number]['members']): Roster => ({
  ...sound,
  members: [{ holder: { id: 'g-5a-2026', kind: 'group' }, members }],
});

const broken: readonly (readonly [string, string, Roster, ImsProfileName?])[] = [
  [
    'a source that is too long',
    'source',
    { ...sound, head: { ...sound.head, source: 'x'.repeat(limits.exportSourceLength + 1) } },
  ],
  ['an empty target', 'target', { ...sound, head: { ...sound.head, target: ' ' } }],
  ['an id with a blank', 'id', { ...sound, groups: [{ ...classGroup, id: 'g 5a' }], members: [] }],
  ['an id that is too long', 'id', { ...sound, groups: [{ ...classGroup, id: 'x'.repeat(257) }], members: [] }],
  [
    'a national id within an id',
    'id-national',
    { ...sound, groups: [{ ...classGroup, id: `kontakt_${nationalIdOf(3)}_5A` }], members: [] },
  ],
  ['two persons with one id', 'id-twice', { ...sound, persons: [teacher, pupil, teacher] }],
  ['a group with the id of a school', 'id-twice', { ...sound, groups: [classGroup, { ...classGroup, id: 'o-11' }] }],
  ['a guardian', 'guardian', { ...sound, persons: [teacher, pupil, guardian] }],
  ['a group of guardians', 'guardian', { ...sound, groups: [{ ...classGroup, type: 'guardians' }] }],
  [
    'a school of another owner',
    'unknown-owner',
    { ...sound, schools: schools.map((school) => ({ ...school, owner: 'o-9' })) },
  ],
  ['a group of a school that is not there', 'unknown-school', { ...sound, schools: [schools[1]] }],
  [
    'a group that ends before it begins',
    'period',
    { ...sound, groups: [{ ...classGroup, period: { begin: '2026-08-01', end: '2026-07-31' } }] },
  ],
  ['members of a group that is not there', 'unknown-group', { ...sound, groups: [] }],
  ['members who are not there', 'unknown-person', withMembers(memberOf('p-999', 'pupil'))],
  [
    'a membership that ends before it begins',
    'period',
    withMembers(memberOf('p-101', 'pupil', { period: { begin: '2026-09-01', end: '2026-08-31' } })),
  ],
  [
    'a member with two roles of one code',
    'member-twice',
    withMembers(memberOf('p-103', 'teacher'), memberOf('p-103', 'contact-teacher')),
  ],
  ['a change in a full file', 'change-in-full', withMembers(memberOf('p-101', 'pupil', { change: 'add' }))],
  [
    'somebody without a national id',
    'no-national-id',
    { ...sound, persons: [teacher, pupil, pupilWithoutNumber] },
    'ims-1.1-legacy-nin',
  ],
  [
    'two with one national id',
    'national-id-twice',
    { ...sound, persons: [teacher, pupil, { ...pupil, id: 'p-109' }] },
    'ims-1.1-legacy-nin',
  ],
];

describe('a mistake between entries is found', () => {
  for (const profile of profiles)
    it(`${profile}: and none where there is none`, () => {
      assert.deepEqual(findingsOf(profile, sound), []);
    });
  for (const [what, rule, one, profile = 'ims-1.1'] of broken)
    it(what, () => {
      const findings = findingsOf(profile, one);
      assert.ok(
        findings.some((finding) => finding.rule === rule),
        JSON.stringify(findings),
      );
      for (const finding of findings) assert.doesNotMatch(JSON.stringify(finding), /Ida|Kari|Fjell|\d{11}/);
    });
  it('a source as long as it may be is none', () => {
    const longest = 'x'.repeat(limits.exportSourceLength);
    assert.deepEqual(
      findingsOf('ims-1.1', { ...sound, head: { ...sound.head, source: longest, target: longest } }),
      [],
    );
  });
  it('in a delta what was told before may be referred to', () => {
    const rules = imsRules('ims-1.1');
    rules.begin({ ...sound.head, type: 'delta' }, null, []);
    rules.group(classGroup, 'update');
    rules.members({ id: 'g-other', kind: 'group' }, [memberOf('p-1', 'pupil', { change: 'add' })]);
    assert.deepEqual(rules.end().findings, []);
  });
  it('all are counted, no more are named than are kept', () => {
    const persons = Array.from({ length: limits.exportFindings + 5 }, () => guardian);
    const rules = imsRules('ims-1.1');
    rules.begin(sound.head, sound.owner, sound.schools);
    for (const person of persons) rules.person(person, null);
    assert.equal(rules.end().findings.length, limits.exportFindings);
    assert.ok(rules.end().count > limits.exportFindings);
  });
});
