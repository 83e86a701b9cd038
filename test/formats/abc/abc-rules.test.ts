// Each rule of ABC files finds the mistake that it is for, and says it with an id and never with a name or a national id: in the text, by schema and by what no
// schema can say; and between entries.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits } from '#base/limits.ts';
import { abcRules } from '#formats/abc/abc-rules.ts';
import { abcWriter } from '#formats/abc/write-abc.ts';
import { hasDelta } from '#formats/roster-format.ts';
import type { RosterFinding } from '#formats/roster.ts';
import { golden } from '../../golden.ts';
import { nationalIdOf } from '../any-roster.ts';
import type { Roster } from '../any-roster.ts';
import { classGroup, example, memberOf, pupil, schools, teacher } from '../example.ts';
import { withCheck, writeRoster } from '../taken-through.ts';

const guardiansIn = (text: string): number => text.split('"Guardian"').length - 1;

describe('a small file of ABC Enterprise', () => {
  it('is as it was read', () => {
    const { file, excluded, dropped } = writeRoster('abc-1', example);
    golden('formats/abc-1.xml', file);
    const lines = [
      ...[...excluded].map(([id, code]) => `left out: ${id} ${code}`),
      ...dropped.map(({ code, field, value }) => `dropped: ${code} ${field} ${value}`.trim()),
    ];
    golden('formats/abc-1.report.txt', `${lines.join('\n')}\n`);
  });
  it('has an organisation of its own where the caller does not see the owner', () => {
    const { file } = writeRoster('abc-1', { ...example, owner: null });
    assert.match(file, /<organization><orgid orgidtype="OrgID">bindeledd@fjordvik<\/orgid>/);
    assert.match(file, /<org><orgid orgidtype="OrgID">bindeledd@fjordvik<\/orgid>/);
    withCheck('abc-1', (check) => assert.deepEqual(check.check(Buffer.from(file)), []));
  });
  it('leaves out schools that have nothing to be called by, at which readers stop', () => {
    const [first, second] = schools;
    const named = writeRoster('abc-1', { ...example, schools: [first, { ...second, name: ' \u0001 ' }] });
    assert.deepEqual([...named.excluded], [[second.id, 'no-name']]);
    assert.deepEqual(named.rules, []);
    assert.doesNotMatch(named.file, new RegExp(`>${second.id}<`));
  });
  it('says nothing of changes: the format has no word for them', () => {
    const writer = abcWriter(() => undefined);
    assert.equal(hasDelta('abc-1'), false);
    assert.equal(writer.gone({ id: 'p-1', formerKey: null }), '');
    assert.equal(writer.keyOf(pupil), null);
    assert.doesNotMatch(writer.person(pupil, 'update'), /recstatus|update/);
  });
  it('tells guardians behind all groups, some with each holder and the rest at the end', () => {
    const writer = abcWriter(() => undefined);
    writer.begin(example.head, example.owner, schools);
    writer.person({ ...teacher, id: 'p-1', contacts: [] }, null);
    for (let number = 0; number < 1_200; number += 1)
      writer.person(
        {
          ...pupil,
          id: `p-x${number}`,
          contacts: [
            { person: 'p-1', kind: 'guardian' },
            { person: 'p-unknown', kind: 'guardian' },
          ],
        },
        null,
      );
    assert.equal(guardiansIn(writer.members({ id: 'o-11', kind: 'school' }, [])), 500);
    assert.equal(guardiansIn(writer.members({ id: 'o-12', kind: 'school' }, [])), 500);
    const end = writer.end();
    assert.equal(guardiansIn(end), 200);
    assert.doesNotMatch(end, /p-unknown/);
  });
});

const mistakes: readonly (readonly [string, string | RegExp, string, string])[] = [
  ['a document type', '<document>', '<!DOCTYPE document><document>', 'doctype'],
  ['a namespace', '<document>', '<document xmlns="urn:abc">', 'attribute'],
  ['an attribute of XML', '<fn>', '<fn xml:lang="no">', 'attribute'],
  ['two entries on a line', '</person>\n', '</person>', 'line'],
  ['an entry over lines', '<name>', '<name>\n', 'line'],
  ['a type of id that is not declared', '<personidtype>elevnr</personidtype>', '', 'schema'],
  ['a type of name that is not declared', '<ounametype>ID</ounametype>', '', 'schema'],
  [
    'a type of contact that is declared for others',
    '<contacttype subject="person">Mobile</contacttype>',
    '',
    'undeclared',
  ],
  ['a type of tag that is not declared', '<tagtype subject="group">Fagkode</tagtype>', '', 'undeclared'],
  [
    'a type of address that is not declared',
    '<addresstype subject="organization">Adresse</addresstype>',
    '',
    'undeclared',
  ],
  [
    'a relation that is not declared',
    '<relationtype subject="group" object="person">Pupil</relationtype>',
    '',
    'undeclared',
  ],
  [
    'a relation between others than declared',
    '<relation relationtype="Employee">',
    '<relation relationtype="Responsible">',
    'undeclared',
  ],
  [
    'declarations in another order',
    /(<personidtype>.*<\/personidtype>)(<partnametype>.*<\/partnametype>)/,
    '$2$1',
    'schema-order',
  ],
  ['no target', /<target>[^<]*<\/target>/, '', 'schema-order'],
  ['a time that is none', '2026-08-20T01:00:00Z', '20.08.2026', 'schema-value'],
  ['a gender of another word', '<gender>female</gender>', '<gender>F</gender>', 'schema-value'],
  ['a birth date of six digits', '<birthdate>2014-05-14<', '<birthdate>140514<', 'schema-value'],
  ['a name without its language', ' lang="no">Vika', '>Vika', 'schema-missing'],
  [
    'two subjects',
    '<subject><groupid groupidtype="grpid">g-5a-2026</groupid>',
    '<subject><groupid groupidtype="grpid">g-5a-2026</groupid><groupid groupidtype="grpid">g-5a-2026</groupid>',
    'schema-order',
  ],
  ['no object', /<object>.*?<\/object>/, '<object></object>', 'schema-missing'],
  [
    'an address of somebody',
    '</gender>',
    '</gender><address addresstype="Adresse"><street>Veien 1</street></address>',
    'schema-order',
  ],
  [
    'members within a group',
    '</description></group>',
    '</description><personid personidtype="PersonID">p-101</personid></group>',
    'schema-order',
  ],
  ['blanks around a text', '<fn>', '<fn> ', 'schema-value'],
  ['what is not well-formed', '</fn>', '', 'well-formed'],
];

describe('a mistake in the text of a file is found', () => {
  for (const [what, from, to, rule] of mistakes)
    it(what, () => {
      const { file } = writeRoster('abc-1', example);
      const broken = file.replace(from, to);
      assert.notEqual(broken, file, 'not planted');
      const findings = withCheck('abc-1', (check) => check.check(Buffer.from(broken)));
      assert.ok(
        findings.some((finding) => finding.rule === rule),
        JSON.stringify(findings),
      );
      for (const finding of findings) assert.doesNotMatch(JSON.stringify(finding), /Ida|Kari|Fjell|\d{11}/);
    });
  it('and named by the entry that it is in', () => {
    const { file } = writeRoster('abc-1', example);
    const atOf = (from: string, to: string): readonly unknown[] =>
      withCheck('abc-1', (check) => check.check(Buffer.from(file.replace(from, to)))).map(({ at }) => at);
    assert.ok(atOf('<gender>female', '<gender>F').includes('p-101'));
    assert.ok(atOf(' lang="no">Vika', '>Vika').includes('o-12'));
    assert.ok(atOf('relationtype="Responsible">', 'relationtype="Other">').includes('g-5a-2026'));
  });
});

const findingsOf = ({ head, owner, schools: all, persons, groups, members }: Roster): readonly RosterFinding[] => {
  const rules = abcRules();
  rules.begin(head, owner, all);
  for (const person of persons) rules.person(person, null);
  for (const group of groups) rules.group(group, null);
  for (const one of members) rules.members(one.holder, one.members);
  const { findings, count } = rules.end();
  assert.equal(rules.found(), count);
  return findings;
};

const withMembers = (...members: Roster['members'][number]['members']): Roster => ({
  ...example,
  members: [{ holder: { id: 'g-5a-2026', kind: 'group' }, members }],
});
const sound = withMembers(memberOf('p-101', 'pupil'), memberOf('p-103', 'teacher'));

const broken: readonly (readonly [string, string, Roster])[] = [
  ['a delta', 'no-delta', { ...sound, head: { ...sound.head, type: 'delta' } }],
  ['a change', 'no-delta', withMembers(memberOf('p-101', 'pupil', { change: 'add' }))],
  [
    'a source that is too long',
    'source',
    { ...sound, head: { ...sound.head, source: 'x'.repeat(limits.exportSourceLength + 1) } },
  ],
  ['an empty target', 'target', { ...sound, head: { ...sound.head, target: '' } }],
  ['an id with a blank', 'id', { ...sound, groups: [{ ...classGroup, id: 'g 5a' }], members: [] }],
  [
    'a national id within an id',
    'id-national',
    { ...sound, groups: [{ ...classGroup, id: `x_${nationalIdOf(3)}_5A` }], members: [] },
  ],
  ['two persons with one id', 'id-twice', { ...sound, persons: [teacher, pupil, teacher] }],
  ['a school without a name', 'no-name', { ...sound, schools: schools.map((school) => ({ ...school, name: ' ' })) }],
  ['a group of a school that is not there', 'unknown-school', { ...sound, schools: [schools[1]] }],
  ['members of a group that is not there', 'unknown-group', { ...sound, groups: [] }],
  ['members who are not there', 'unknown-person', withMembers(memberOf('p-999', 'pupil'))],
  ['a membership that is not in force', 'ended', withMembers(memberOf('p-101', 'pupil', { active: false }))],
  ['a member twice', 'member-twice', withMembers(memberOf('p-103', 'teacher'), memberOf('p-103', 'contact-teacher'))],
];

describe('a mistake between entries is found', () => {
  it('none where there is none', () => assert.deepEqual(findingsOf(sound), []));
  for (const [what, rule, one] of broken)
    it(what, () => {
      const findings = findingsOf(one);
      assert.ok(
        findings.some((finding) => finding.rule === rule),
        JSON.stringify(findings),
      );
      for (const finding of findings) assert.doesNotMatch(JSON.stringify(finding), /Ida|Kari|Fjell|\d{11}/);
    });
  it('all are counted, no more are named than are kept', () => {
    const rules = abcRules();
    rules.begin(sound.head, sound.owner, sound.schools);
    for (let count = 0; count < limits.exportFindings + 5; count += 1) rules.person({ ...pupil, id: 'a b' }, null);
    assert.equal(rules.end().findings.length, limits.exportFindings);
    assert.equal(rules.end().count, limits.exportFindings + 5);
  });
});
