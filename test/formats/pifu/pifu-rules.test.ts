// What must not leave does not: planted violations of every rule that no schema can say, and of what the schemas of the three versions demand.
import { after, describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { limits } from '#base/limits.ts';
import type {
  RosterGroup,
  RosterMember,
  RosterPerson,
  RosterProfile,
  RosterRules,
  RosterSchool,
} from '#formats/roster.ts';
import { hasDelta, rulesOf, schemaCheckOf } from '#formats/roster-format.ts';
import { pifuProfiles } from '#formats/pifu/codes.ts';
import type { PifuProfileName } from '#formats/pifu/codes.ts';
import { exampleRoster, plainPerson } from './example-roster.ts';
import { writeRoster } from '../taken-through.ts';

const profiles = Object.keys(pifuProfiles) as PifuProfileName[];
const nationalId = '14851461249';
const { head, owner, schools } = exampleRoster;
const [school] = schools;
const [group] = exampleRoster.groups;
const teaching = exampleRoster.groups.find(({ type }) => type === 'teaching');
assert(school !== undefined && group !== undefined && teaching !== undefined && owner !== null);

const member: RosterMember = {
  person: 'p-1',
  role: 'pupil',
  subrole: null,
  active: true,
  period: { begin: null, end: null },
  change: null,
};

/** The rules that are broken, in order, with where; a file of a school, a person and a group around what is planted. */
const broken = (plant: (rules: RosterRules) => void, profile: RosterProfile = 'pifu-ims-1.3'): readonly string[] => {
  const rules = rulesOf(profile);
  plant(rules);
  const found = rules.found();
  const { findings, count } = rules.end();
  assert(found <= count);
  for (const { message } of findings) assert(!message.includes(nationalId));
  return findings.map(({ rule, at }) => `${rule} ${at}`);
};

const inFile = (plant: (rules: RosterRules) => void, type: 'full' | 'delta' = 'full'): readonly string[] =>
  broken((rules) => {
    rules.begin({ ...head, type }, owner, schools);
    plant(rules);
  });

const beginWith = (...all: readonly RosterSchool[]): readonly string[] =>
  broken((rules) => rules.begin(head, owner, all));

const namedGroups = (...all: readonly Partial<RosterGroup>[]): readonly string[] =>
  inFile((rules) => all.forEach((one, at) => rules.group({ ...group, id: `g-${at}`, ...one }, null)));

const groupAlone = (given: RosterGroup, profile: PifuProfileName = 'pifu-ims-1.3'): readonly string[] =>
  broken((rules) => {
    rules.begin(head, owner, schools);
    rules.group(given, null);
  }, profile);

const personsTwice = (count: number): { readonly kept: number; readonly count: number } => {
  const rules = rulesOf('pifu-ims-1.3');
  rules.begin(head, owner, schools);
  for (let times = 0; times <= count; times += 1) rules.person(plainPerson, null);
  assert.equal(rules.found(), count);
  const { findings, count: all } = rules.end();
  return { kept: findings.length, count: all };
};

const personCalled = (id: string): RosterPerson => ({ ...plainPerson, id });

describe('the rules of PIFU-IMS', () => {
  it('finds nothing in a file that keeps them', () => {
    for (const profile of profiles) assert.deepEqual(writeRoster(profile, exampleRoster).rules, []);
  });

  it('wants a source that names system and owner and is no longer than consumers take', () => {
    const source = (text: string): readonly string[] =>
      broken((rules) => rules.begin({ ...head, source: text }, owner, schools));
    const most = limits.exportSourceLength;
    assert.deepEqual(source(`hub@${'x'.repeat(most - 4)}`), []);
    assert.deepEqual(source(`hub@${'x'.repeat(most - 3)}`), ['source null']);
    assert.deepEqual(source(''), ['source null']);
    assert.deepEqual(source('hub'), ['source null']);
    assert.deepEqual(
      broken((rules) => rules.begin({ ...head, target: '' }, owner, schools)),
      ['target null'],
    );
  });

  it('wants ids that are there, that stand once and hold no national id', () => {
    const ids = (...all: readonly string[]): readonly string[] =>
      inFile((rules) => all.forEach((id) => rules.person(personCalled(id), null)));
    assert.deepEqual(ids('a', 'b', 'x'.repeat(256)), []);
    assert.deepEqual(ids(''), ['id null']);
    assert.deepEqual(ids('x'.repeat(257)), ['id null']);
    assert.deepEqual(ids('a', 'a'), ['id-twice a']);
    assert.deepEqual(ids(nationalId), ['id-national null']);
    const groups = (...all: readonly string[]): readonly string[] =>
      inFile((rules) => all.forEach((id, at) => rules.group({ ...group, id, shortName: `${at}` }, null)));
    assert.deepEqual(groups('g', 'g'), ['id-twice g']);
    assert.deepEqual(groups(school.id), [`id-twice ${school.id}`]);
    assert.deepEqual(groups(`kontakt_${nationalId}_5A`), ['id-national null']);
    assert.deepEqual(
      broken((rules) => rules.begin(head, owner, [school, { ...school, shortName: 'Annen' }])),
      [`id-twice ${school.id}`],
    );
    // A person and a group may be called the same: they are told apart by where they stand.
    assert.deepEqual(
      inFile((rules) => {
        rules.person(personCalled('a'), null);
        rules.group({ ...group, id: 'a' }, null);
      }),
      [],
    );
  });

  it('wants organisation numbers of schools, and short names that are apart', () => {
    assert.deepEqual(beginWith({ ...school, organisationNumber: null }), [`organisation-number ${school.id}`]);
    assert.deepEqual(beginWith({ ...school, organisationNumber: '31000002' }), [`organisation-number ${school.id}`]);
    assert.deepEqual(beginWith(school, { ...school, id: 's-2' }), ['short-name-twice s-2']);
    const delta = { ...head, type: 'delta' } as const;
    assert.deepEqual(
      broken((rules) => rules.begin(delta, owner, [school, { ...school, id: 's-2' }])),
      [],
    );
    assert.deepEqual(namedGroups({ shortName: '5A' }, { shortName: '5B' }, { shortName: '5A', type: 'level' }), []);
    assert.deepEqual(namedGroups({ shortName: '5A' }, { shortName: ' 5A\u0000' }), ['short-name-twice g-1']);
    assert.deepEqual(namedGroups({ shortName: ' ' }), ['short-name g-0']);
    assert.deepEqual(namedGroups({ shortName: 'x'.repeat(60) }), []);
    assert.deepEqual(namedGroups({ shortName: 'x'.repeat(61) }), ['short-name g-0']);
  });

  it('wants groups that belong to a school, of a type that the version knows, with a code where one is demanded', () => {
    assert.deepEqual(groupAlone(teaching), []);
    assert.deepEqual(groupAlone({ ...group, school: 'nowhere' }), [`group-school ${group.id}`]);
    assert.deepEqual(groupAlone({ ...teaching, subjects: [] }), [`grep-code ${teaching.id}`]);
    assert.deepEqual(groupAlone({ ...teaching, subjects: [{ code: 'mat', name: null, levels: [] }] }), [
      `grep-code ${teaching.id}`,
    ]);
    assert.deepEqual(groupAlone({ ...group, type: 'after-school' }), []);
    assert.deepEqual(groupAlone({ ...group, type: 'after-school' }, 'pifu-ims-1.2'), [`group-type ${group.id}`]);
    assert.deepEqual(groupAlone({ ...group, type: 'language' }, 'pifu-ims-1.1'), [`group-type ${group.id}`]);
    assert.deepEqual(groupAlone({ ...group, period: { begin: '2026-08-02', end: '2026-08-01' } }), [
      `period ${group.id}`,
    ]);
  });

  it('wants names', () => {
    assert.deepEqual(
      inFile((rules) => rules.person({ ...plainPerson, given: '', family: ' ', full: '\u0007' }, null)),
      ['name p-1'],
    );
  });

  it('wants everybody who is named to be in a full file', () => {
    const contacts = [{ person: 'p-2', kind: 'guardian' }] as const;
    const pupil = { ...plainPerson, contacts };
    const guardian = { ...plainPerson, id: 'p-2' };
    assert.deepEqual(
      inFile((rules) => rules.person(pupil, null)),
      ['contact p-2'],
    );
    for (const order of [
      [pupil, guardian],
      [guardian, pupil],
    ])
      assert.deepEqual(
        inFile((rules) => order.forEach((one) => rules.person(one, null))),
        [],
      );
    assert.deepEqual(
      inFile((rules) => rules.person({ ...guardian, contacts }, null)),
      ['contact-self p-2'],
    );
    const members = (holder: string, person: string, type: 'full' | 'delta'): readonly string[] =>
      inFile((rules) => {
        rules.person(plainPerson, null);
        rules.group(group, null);
        rules.members({ id: holder, kind: 'group' }, [{ ...member, person }]);
      }, type);
    assert.deepEqual(members(group.id, 'p-1', 'full'), []);
    assert.deepEqual(members(school.id, 'p-1', 'full'), []);
    assert.deepEqual(members(group.id, 'p-9', 'full'), ['member p-9']);
    assert.deepEqual(members('g-9', 'p-1', 'full'), ['holder g-9']);
    assert.deepEqual(members('g-9', 'p-9', 'delta'), []);
    assert.deepEqual(
      inFile((rules) => rules.person(pupil, 'update'), 'delta'),
      [],
    );
  });

  it('wants changes only where a file is of changes', () => {
    const changed = (type: 'full' | 'delta'): readonly string[] =>
      inFile((rules) => {
        rules.person(plainPerson, 'add');
        rules.group(group, 'update');
        rules.members({ id: group.id, kind: 'group' }, [{ ...member, change: 'delete' }]);
      }, type);
    assert.deepEqual(changed('delta'), []);
    assert.deepEqual(changed('full'), ['recstatus p-1', `recstatus ${group.id}`, `recstatus ${group.id}`]);
  });

  it('wants nobody twice with the same role of the same', () => {
    const twice = (given: Partial<RosterMember>, profile: PifuProfileName): readonly string[] =>
      broken((rules) => {
        rules.begin(head, owner, schools);
        rules.person(plainPerson, null);
        rules.group(group, null);
        rules.members({ id: school.id, kind: 'school' }, [member]);
        rules.members({ id: group.id, kind: 'group' }, [member]);
        rules.members({ id: group.id, kind: 'group' }, [{ ...member, ...given }]);
      }, profile);
    assert.deepEqual(twice({}, 'pifu-ims-1.3'), [`member-twice ${group.id}`]);
    assert.deepEqual(twice({ active: false }, 'pifu-ims-1.3'), [`member-twice ${group.id}`]);
    assert.deepEqual(twice({ role: 'teacher' }, 'pifu-ims-1.3'), []);
    const substitute = { role: 'teacher', subrole: 'substitute' } as const;
    const teachers = (profile: PifuProfileName): readonly string[] =>
      broken((rules) => {
        rules.begin(head, owner, schools);
        rules.person(plainPerson, null);
        rules.members({ id: school.id, kind: 'school' }, [
          { ...member, ...substitute },
          { ...member, role: 'teacher' },
        ]);
      }, profile);
    assert.deepEqual(teachers('pifu-ims-1.3'), []);
    assert.deepEqual(teachers('pifu-ims-1.2'), [`member-twice ${school.id}`]);
  });

  it('knows every role', () => {
    const role = 'principal' as RosterMember['role'];
    assert.deepEqual(
      inFile((rules) => {
        rules.person(plainPerson, null);
        rules.members({ id: school.id, kind: 'school' }, [{ ...member, role }]);
      }),
      [`role ${school.id}`],
    );
  });

  it('counts all and keeps as many as are kept', () => {
    assert.deepEqual(personsTwice(limits.exportFindings), {
      kept: limits.exportFindings,
      count: limits.exportFindings,
    });
    assert.deepEqual(personsTwice(limits.exportFindings + 1), {
      kept: limits.exportFindings,
      count: limits.exportFindings + 1,
    });
  });
});

describe('profiles', () => {
  it('know whether they can say what has changed', () => {
    assert(hasDelta('pifu-ims-1.1') && hasDelta('ims-1.1') && !hasDelta('abc-1'));
  });
});

const person = (inside: string, attributes = ''): string =>
  `<person${attributes}><sourcedid><source>s</source><id>p-1</id></sourcedid>${inside}</person>`;
const name = '<name><fn>Kari Prøve</fn><n><family>Prøve</family><given>Kari</given></n></name>';
const groupOf = (inside: string, { scheme = 'grp', level = '1', text = 'basisgruppe', relation = '1' } = {}): string =>
  `<group><sourcedid><source>s</source><id>g-1</id></sourcedid><grouptype><scheme>pifu-ims-go-${scheme}</scheme><typevalue level="${level}">${text}</typevalue></grouptype><description><short>5A</short></description>${inside}<relationship relation="${relation}"><sourcedid><source>s</source><id>o</id></sourcedid><label>l</label></relationship></group>`;
const withExtension = (inside: string): string =>
  groupOf('').replace('</relationship>', `</relationship><extension>${inside}</extension>`);
const numberAndName =
  '<pifu_id type="organizationNumber"><pifu_value>310000019</pifu_value><pifu_scope>x</pifu_scope><pifu_unique>1</pifu_unique></pifu_id><pifu_name type="legalName"><pifu_value>Skole</pifu_value></pifu_name>';
const unitOf = (text: 'skoleeier' | 'skole', parent = 'g-1'): string =>
  groupOf('', { scheme: 'org', level: text === 'skole' ? '2' : '1', text })
    .replace('<id>o</id>', `<id>${parent}</id>`)
    .replace('</relationship>', `</relationship><extension>${numberAndName}</extension>`);
const membership = (role: string): string =>
  `<membership><sourcedid><source>s</source><id>g-1</id></sourcedid><member><sourcedid><source>s</source><id>p-1</id></sourcedid><idtype>1</idtype>${role}</member></membership>`;
const properties =
  '<properties lang="nb"><datasource>s@o</datasource><type>full</type><datetime>2026-08-20T03:00:00Z</datetime></properties>';

type Plant = { readonly what: string; readonly entry: string; readonly rule?: string; readonly at?: string };
const p = (what: string, entry: string): Plant => ({ what, entry, at: 'p-1' });
const g = (what: string, entry: string, rule?: string): Plant => ({
  what,
  entry,
  at: 'g-1',
  ...(rule === undefined ? {} : { rule }),
});

/** Wrong in every version. */
const plants: readonly Plant[] = [
  p('a password', person(`<userid useridtype="username" password="hemmelig">kari</userid>${name}`)),
  p('a user id without a type', person(`<userid>kari</userid>${name}`)),
  p('a user id of a type that is none', person(`<userid useridtype="microsoftUPN">kari</userid>${name}`)),
  p('an empty user id', person(`<userid useridtype="username"></userid>${name}`)),
  p('no name', person('')),
  p('an empty name', person('<name><fn></fn><n><family>P</family><given>K</given></n></name>')),
  p('a name that is too long', person(name.replace('Kari Prøve', 'x'.repeat(257)))),
  p('given before family', person('<name><fn>K P</fn><n><given>K</given><family>P</family></n></name>')),
  p('a gender that is none', person(`${name}<demographics><gender>female</gender></demographics>`)),
  p('a gender of ISO', person(`${name}<demographics><gender>9</gender></demographics>`)),
  p(
    'a birthday that there is not',
    person(`${name}<demographics><gender>0</gender><bday>2014-02-30</bday></demographics>`),
  ),
  p('a birthday with a zone', person(`${name}<demographics><gender>0</gender><bday>2014-02-03Z</bday></demographics>`)),
  p('an e-mail address that is none', person(`${name}<email>kari</email>`)),
  p('a telephone without +', person(`${name}<tel teltype="1">22222222</tel>`)),
  p('a telephone with a hyphen', person(`${name}<tel teltype="1">+47-22222222</tel>`)),
  p('a telephone of a type in words', person(`${name}<tel teltype="Voice">+4722222222</tel>`)),
  p('a telephone without a type', person(`${name}<tel>+4722222222</tel>`)),
  p('an address of a home', person(`${name}<adr><street>Veien 1</street></adr>`)),
  p('a photo', person(`${name}<photo><extref>x</extref></photo>`)),
  p('a change that is none', person(name, ' recstatus="4"')),
  p('e-mail after telephone', person(`${name}<tel teltype="1">+4722222222</tel><email>a@b.no</email>`)),
  p(
    'a language without where it is from',
    person(`${name}<extension><pifu_preferredLanguage>nn</pifu_preferredLanguage></extension>`),
  ),
  p(
    'a language of ISO 639-3',
    person(`${name}<extension><pifu_preferredLanguage source="ISO 639-3">nno</pifu_preferredLanguage></extension>`),
  ),
  p(
    'a contact person of no kind',
    person(
      `${name}<extension><pifu_hasContactPerson><sourcedid><source>s</source><id>p-2</id></sourcedid></pifu_hasContactPerson></extension>`,
    ),
  ),
  p(
    'an extension in the wrong order',
    person(
      `${name}<extension><pifu_preferredLanguage source="ISO 639-1">nn</pifu_preferredLanguage><pifu_tel type="personMobilePrivate">+4799999999</pifu_tel></extension>`,
    ),
  ),
  p('an old id', person(name).replace('<sourcedid>', '<sourcedid sourcedidtype="Old">')),
  {
    what: 'a source that is too long',
    entry: person(name).replace('<source>s<', `<source>${'x'.repeat(33)}<`),
    at: 'p-1',
  },
  { what: 'an id that is too long', entry: person(name).replace('<id>p-1<', `<id>${'x'.repeat(257)}<`) },
  { what: 'an empty id', entry: person(name).replace('<id>p-1<', '<id><'), at: '' },
  g('no parent', groupOf('').replace(/<relationship.*<\/relationship>/, '')),
  g('an alias', groupOf('', { relation: '3' })),
  g('two parents', groupOf('').replace(/<relationship.*<\/relationship>/, '$&$&')),
  g('a type that is none', groupOf('', { text: 'klasse' })),
  g('a scheme that is none', groupOf('', { scheme: 'abc' })),
  g('a level that is none', groupOf('', { level: '99' })),
  g('a level that is not that of its word', groupOf('', { level: '2' }), 'group-level'),
  g('a school among groups', groupOf('', { level: '2', text: 'skole' }), 'group-level'),
  g(
    'a school without an organisation number',
    unitOf('skole').replace(/<pifu_id.*<\/pifu_id>/, ''),
    'organisation-number',
  ),
  g('a school without a legal name', unitOf('skole').replace(/<pifu_name.*<\/pifu_name>/, ''), 'legal-name'),
  g('an owner who belongs to another', unitOf('skoleeier', 'o'), 'owner-parent'),
  g('a teaching group without a code', groupOf('', { level: '2', text: 'undervisningsgruppe' }), 'grep-code'),
  g('two types', groupOf('').replace(/<grouptype>.*<\/grouptype>/, '$&$&')),
  g('a short name that is too long', groupOf('').replace('5A', 'x'.repeat(61))),
  g('an empty short name', groupOf('').replace('<short>5A', '<short>')),
  g('a school year that is none', groupOf('<timeframe><adminperiod>2026-27</adminperiod></timeframe>')),
  g('a day with a time', groupOf('<timeframe><begin restrict="0">2026-08-01T00:00:00</begin></timeframe>')),
  g('an address that is none', groupOf('<url>www.skole.no</url>')),
  g(
    'an identifier without a scope',
    withExtension(
      '<pifu_id type="organizationNumber"><pifu_value>310000019</pifu_value><pifu_unique>1</pifu_unique></pifu_id>',
    ),
  ),
  g(
    'an identifier of a type that is none',
    withExtension(
      '<pifu_id type="nsrId"><pifu_value>1</pifu_value><pifu_scope>x</pifu_scope><pifu_unique>1</pifu_unique></pifu_id>',
    ),
  ),
  g('a member without a role', membership('')),
  g('a role without a type', membership('<role><status>1</status></role>')),
  g('a role of one digit', membership('<role roletype="1"><status>1</status></role>')),
  g('a role without status', membership('<role roletype="01"/>')),
  g('a status that is none', membership('<role roletype="01"><status>2</status></role>')),
  g('a group as member', membership('<role roletype="01"><status>1</status></role>').replace('<idtype>1', '<idtype>2')),
  g('grades', membership('<role roletype="01"><status>1</status><finalresult><result>5</result></finalresult></role>')),
  { what: 'persons after groups', entry: `${groupOf('')}\n${person(name)}`, at: 'p-1' },
  { what: 'a stranger', entry: '<course/>' },
];

/** Right from a version on, wrong before. */
const news: readonly (readonly [PifuProfileName, string])[] = [
  ['pifu-ims-1.2', person(`<userid useridtype="personLIN">L-1</userid>${name}`)],
  ['pifu-ims-1.2', groupOf('', { level: '8', text: 'foresattegruppe' })],
  ['pifu-ims-1.2', groupOf('', { level: '9', text: 'språkopplæring' })],
  [
    'pifu-ims-1.2',
    withExtension(
      '<pifu_id type="gsiNumber"><pifu_value>1</pifu_value><pifu_scope>gsi</pifu_scope><pifu_unique>1</pifu_unique></pifu_id>',
    ),
  ],
  ['pifu-ims-1.3', person(`<userid useridtype="feideID">kari@x.no</userid>${name}`)],
  ['pifu-ims-1.3', groupOf('', { level: '10', text: 'sammensattgruppe' })],
  ['pifu-ims-1.3', groupOf('', { level: '15', text: 'sfo' })],
  ['pifu-ims-1.3', membership('<role roletype="02"><subrole>faglærer</subrole><status>1</status></role>')],
  ['pifu-ims-1.3', withExtension('<pifu_schoolType>sfo</pifu_schoolType>')],
  [
    'pifu-ims-1.3',
    withExtension(
      '<pifu_id type="grepCodeGradeLevel"><pifu_value>x</pifu_value><pifu_scope>grep</pifu_scope><pifu_unique>0</pifu_unique></pifu_id>',
    ),
  ],
];

for (const profile of profiles)
  describe(`the schema of ${profile}`, () => {
    const check = schemaCheckOf(profile);
    after(() => check.close());
    const { namespace } = pifuProfiles[profile];
    const find = (entry: string, head_ = properties, declared = `xmlns="${namespace}"`) =>
      check.check(
        Buffer.from(
          `<?xml version="1.0" encoding="UTF-8"?>\n<enterprise ${declared}>\n${head_}\n${entry}\n</enterprise>\n`,
        ),
      );

    it('takes what is right', () => {
      for (const entry of [
        '',
        person(name),
        groupOf(''),
        unitOf('skoleeier'),
        unitOf('skole', 'o'),
        membership('<role roletype="01"><status>1</status></role>'),
      ])
        assert.deepEqual(find(entry), []);
    });

    it('finds what is wrong, says where, and repeats nothing of it', () => {
      for (const { what, entry, rule, at } of plants) {
        const findings = find(entry);
        assert(findings.length > 0, what);
        assert(rule === undefined || findings.some((one) => one.rule === rule), what);
        if (at !== undefined) assert.equal(findings[0]?.at, at, what);
        assert(!JSON.stringify(findings).includes('Kari'), what);
      }
    });

    it('finds what is wrong with the head', () => {
      const heads = [
        '',
        properties.replace(' lang="nb"', ''),
        properties.replace('s@o', ''),
        properties.replace('s@o', 'x'.repeat(33)),
        properties.replace('full', 'event'),
        properties.replace('full', 'melding'),
        properties.replace('T03:00:00Z', ''),
        properties.replace('<type>', '<target></target><type>'),
      ];
      for (const one of heads) assert(find(person(name), one).length > 0, one);
      assert.deepEqual(find('', properties.replace('s@o', 'x'.repeat(32))), []);
    });

    it('wants the namespace as consumers look for it', () => {
      assert.deepEqual(
        find('', properties, `xmlns='${namespace}'`).map(({ rule }) => rule),
        ['namespace'],
      );
      assert(find('', properties, 'xmlns="http://pifu.no/xsd/pifu-ims_sas/pifu-ims_sas-1.0"').length > 1);
      const prefixed = `<p:enterprise xmlns:p="${namespace}">${properties.replaceAll(/<(\/?)/g, '<$1p:')}</p:enterprise>`;
      assert.deepEqual(
        check.check(Buffer.from(prefixed)).map(({ rule }) => rule),
        ['namespace'],
      );
    });

    it('finds among members that are alike the one that is not', () => {
      const role = '<role roletype="01"><status>1</status></role>';
      const one = (id: string, inside = role): string =>
        `<member><sourcedid><source>s</source><id>${id}</id></sourcedid><idtype>1</idtype>${inside}</member>`;
      const members = (...planted: readonly string[]): string =>
        membership(role).replace(
          '</member></membership>',
          `</member>${one('p-2')}${planted.join('')}${one('p-3')}</membership>`,
        );
      assert.deepEqual(find(members(one('p-4'), one('p-5'), one('Å &amp; B'))), []);
      for (const planted of [
        one(''),
        one('x'.repeat(257)),
        one('p', '<role roletype="09"><status>1</status></role>'),
        one('p', `${role}<role roletype="01"/>`),
        one('p', `${role}x`),
        `x${one('p')}`,
        `<member/>${one('p')}`,
        `${one('p')}</membership><membership>${one('p')}`,
        one('p').replace('<source>s', '<source>'),
        one('p').replace('</sourcedid>', ''),
        `<q>${one('p')}${one('p')}</q>`,
      ]) {
        assert(find(members(planted)).length > 0, planted);
        assert(find(`${members(one('p'))}\n${members(one('p'), planted)}`).length > 0, planted);
      }
      const [finding] = find(`${members()}\n${members(one('p', '<role/>')).replace('g-1', 'g-2')}`);
      assert.equal(finding?.at, 'g-2');
    });

    it('knows what the version knows', () => {
      for (const [since, entry] of news) assert.equal(find(entry).length === 0, since <= profile, `${since} ${entry}`);
    });
  });
