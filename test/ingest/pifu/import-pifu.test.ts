// What becomes of the records of a PIFU-IMS file: which class each is, under which id, and what is kept back since nothing is known of what it names.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { limits } from '#base/limits.ts';
import {
  fileOf,
  group,
  importFile,
  membership,
  person,
  role,
  school,
  sourcedid,
  type Imported,
  type Resource,
} from './workbench.ts';

const enrolments = 'utdanning/elev/elevforhold';
const pupils = 'utdanning/elev/elev';
const persons = 'utdanning/elev/person';
const employees = 'administrasjon/personal/personalressurs';
const resources = 'utdanning/elev/skoleressurs';
const positions = 'grunnskole/stilling/skolestilling';
const teachings = 'utdanning/elev/undervisningsforhold';
const bonds = 'grunnskole/foresatt/foresattforhold';
const places = 'grunnskole/gruppe/skolegruppemedlemskap';

const hrefs = (resource: Resource, relation: string): readonly string[] =>
  (resource['_links']?.[relation] ?? []).map(({ href }) => href);
const told = ({ findings }: Imported): readonly (readonly unknown[])[] =>
  findings.map(({ severity, code, line }) => [severity, code, line]);
const at = (id: string): string => `systemid/sas@fjord:${id}`;

const klasse = group('5a', 'grp', ['1', 'basisgruppe'], 's', {
  short: '5A',
  timeframe:
    '<timeframe><begin>2026-08-01</begin><end>2027-07-31</end><adminperiod>2026/2027</adminperiod></timeframe>',
  extension:
    '<extension><pifu_id type="grepCodeGradeLevel"><pifu_value>http://psi.udir.no/laereplan/aarstrinn/aarstrinn5</pifu_value></pifu_id></extension>',
});

const sampleId = (of: string): string => `hub@fjordvik.example:${of}`;

const nin = (value: string) => ({ before: `<userid useridtype="personNIN">${value}</userid>` });

const staffFile = (count: number): string => {
  const staff = Array.from({ length: count }, (_, index) => `e${index}`);
  const members = staff.map((id) => [id, role('08')] as const);
  return fileOf(
    `${staff.map((id) => person(id)).join('')}${school}${group('sfo', 'grp', ['15', 'sfo'], 's')}${membership('sfo', ...members)}`,
  );
};

const groupFile = (count: number): string =>
  fileOf(
    `${school}${Array.from({ length: count - 2 }, (_, index) => group(`g${index}`, 'grp', ['1', 'basisgruppe'], 's')).join('')}`,
  );

const kinFile = (count: number): string =>
  fileOf(
    `${person('p1', { after: `<extension>${`<pifu_hasContactPerson type="nextOfKin">${sourcedid('p1')}</pifu_hasContactPerson>`.repeat(count)}</extension>` })}`,
  );

describe('our own example', () => {
  it('gives school, class, subject, pupils with and without a national id, guardian and teacher', async () => {
    const file = join(import.meta.dirname, '../../fixtures/pifu-ims-1.3.sample.xml');
    const read = await importFile(readFileSync(file));
    assert.deepEqual(read.findings, []);
    assert.deepEqual(read.resource(persons, '14851461249')['nummertype'], 'fodselsnummer');
    assert.deepEqual(read.resource(persons, 'L-2026-0007')['nummertype'], 'midlertidig');
    assert.deepEqual(hrefs(read.resource(persons, '14851461249'), 'kjonn'), ['systemid/2']);
    assert.deepEqual(hrefs(read.resource(persons, '14851461249'), 'malform'), ['systemid/nn']);
    assert.deepEqual(hrefs(read.resource(pupils, sampleId('p-1002')), 'person'), ['fodselsnummer/L-2026-0007']);
    assert.deepEqual(read.resource('utdanning/utdanningsprogram/skole', sampleId('o-11'))['organisasjonsnummer'], {
      identifikatorverdi: '310000027',
    });
    assert.deepEqual(hrefs(read.resource('utdanning/elev/klasse', sampleId('g-5a-2026')), 'skolear'), [
      'systemid/20262027',
    ]);
    const taught = read.resource('utdanning/timeplan/undervisningsgruppe', sampleId('g-5a-mat-2026'));
    assert.deepEqual(hrefs(taught, 'fag'), [`systemid/${sampleId('o-11')}_MAT0005`]);
    const bond = read.resource(bonds, `${sampleId('p-1001')}_${sampleId('p-3001')}`);
    assert.deepEqual(hrefs(bond, 'foresatt'), [`fodselsnummer/${sampleId('p-3001')}`]);
    // A file cannot say what a guardian may: nothing is opened.
    assert.deepEqual([hrefs(bond, 'rettighet'), bond['foreldreansvar']], [[], undefined]);
    const teacher = read.resource(employees, sampleId('p-2001'));
    assert.deepEqual(teacher['kontaktinformasjon'], {
      epostadresse: 'kari.laerer@fjordvik.example',
      mobiltelefonnummer: '+4799999999',
    });
    assert.deepEqual(
      [...(read.entries.get(teachings)?.values() ?? [])].map((one) => one['beskrivelse']),
      ['Kontaktlærer', 'Faglærer'],
    );
    assert.deepEqual(hrefs(read.resource(resources, sampleId('p-2001')), 'skole'), [`systemid/${sampleId('o-11')}`]);
  });
});

describe('ids', () => {
  it('are those of the file alone when a hub has written it, or another source is named', async () => {
    const own = fileOf(person('p1', { before: '<userid useridtype="studentID">7</userid>' })).replaceAll(
      'sas@fjord',
      'bindeledd@fjord',
    );
    assert.ok((await importFile(own)).entries.get(pupils)?.has('p1'));
    const named = await importFile(fileOf(person('p1', { before: '<userid useridtype="studentID">7</userid>' })), {
      source: 'nytt',
    });
    assert.ok(named.entries.get(pupils)?.has('nytt:p1'));
  });

  it('are made unreadable when they hold a national id', async () => {
    const read = await importFile(
      fileOf(person('14851461249', { before: '<userid useridtype="studentID">7</userid>' })),
    );
    assert.equal(read.file.hiddenIds > 0, true);
    assert.doesNotMatch(JSON.stringify([...read.entries].map(([, of]) => [...of])), /14851461249/);
  });

  it('stay short, and are links also when they have signs of addresses', async () => {
    const odd = 'a/b c%20?æ#';
    const read = await importFile(
      fileOf(
        `${person(odd)}${person('x'.repeat(256))}${school}${membership('s', [odd, role('01')], ['x'.repeat(256), role('01')])}`,
      ),
    );
    const [first, second] = [...(read.entries.get(enrolments)?.keys() ?? [])];
    assert.equal(first, `sas@fjord:${odd}_sas@fjord:s`);
    assert.ok(Buffer.byteLength(second ?? '') < limits.identifierBytes / 2);
    assert.deepEqual(hrefs(read.resource(enrolments, first ?? ''), 'elev'), [
      `/utdanning/elev/elev/systemid/${encodeURIComponent(`sas@fjord:${odd}`)}`,
    ]);
  });
});

describe('persons', () => {
  it('whose number nobody can have, or somebody else has, stand under their own id', async () => {
    const read = await importFile(
      fileOf(
        `${person('p1', nin('14851461248'))}${person('p2', nin('14851461249'))}${person('p3', nin('14851461249'))}${person('p4', nin('123456789012'))}`,
      ),
    );
    assert.deepEqual(
      [...(read.entries.get(persons)?.keys() ?? [])],
      ['sas@fjord:p1', '14851461249', 'sas@fjord:p3', '123456789012'],
    );
    assert.equal(read.resource(persons, '123456789012')['nummertype'], 'dufnummer');
    assert.deepEqual(told(read), [
      ['warning', 'HUB-637', 3],
      ['warning', 'HUB-637', 5],
    ]);
  });

  it('of whom a file says the home have no address here, and are counted', async () => {
    const read = await importFile(
      fileOf(
        person('p1', {
          after: '<adr><street>Skogveien 1</street></adr><photo><extref>http://a.test/x</extref></photo>',
        }),
      ),
    );
    assert.deepEqual(
      [...read.file.unplaced],
      [
        ['adr', 1],
        ['photo', 1],
      ],
    );
    assert.doesNotMatch(JSON.stringify([...read.entries].map(([, of]) => [...of])), /Skogveien/);
  });

  it('stand once, whatever they are', async () => {
    const read = await importFile(
      fileOf(
        `${person('p1')}${person('p1')}${school}${klasse}${membership('s', ['p1', `${role('01')}${role('08')}`])}`,
      ),
    );
    assert.deepEqual(told(read), [['kept-back', 'HUB-634', 4]]);
    assert.equal(read.entries.get(persons)?.size, 1);
    assert.equal(read.entries.get(pupils)?.size, 1);
    assert.equal(read.entries.get(employees)?.size, 1);
    assert.deepEqual(hrefs(read.resource(persons, 'sas@fjord:p1'), 'personalressurs'), [at('p1')]);
  });
});

describe('schools and groups', () => {
  it('may stand before what they are part of', async () => {
    const [owner, ours] = school.split('\n');
    const read = await importFile(fileOf(`${klasse}${ours}\n${owner}\n`));
    assert.deepEqual(read.findings, []);
    assert.deepEqual(hrefs(read.resource('utdanning/utdanningsprogram/skole', 'sas@fjord:s'), 'skoleeier'), [at('o')]);
    assert.deepEqual(hrefs(read.resource('utdanning/elev/klasse', 'sas@fjord:5a'), 'skole'), [at('s')]);
    assert.deepEqual(hrefs(read.resource('utdanning/elev/klasse', 'sas@fjord:5a'), 'trinn'), ['systemid/T5']);
  });

  it('without a school are kept back, and so is who is in them', async () => {
    const read = await importFile(
      fileOf(
        `${person('p1')}${school}${group('x', 'grp', ['1', 'basisgruppe'], 'borte')}${membership('x', ['p1', role('01')])}`,
      ),
    );
    assert.deepEqual(told(read), [
      ['kept-back', 'HUB-633', 6],
      ['kept-back', 'HUB-633', 7],
    ]);
  });

  it('of every type of a primary school have a class, pupils and staff', async () => {
    const types = [
      'basisgruppe',
      'undervisningsgruppe',
      'kontaktlærergruppe',
      'trinn',
      '',
      '',
      'fag',
      'foresattegruppe',
      'språkopplæring',
      'sammensattgruppe',
      'elevråd',
      'fau',
      'skoleutvalg',
      'skolemiljøutvalg',
      'sfo',
    ];
    const all = types.flatMap((word, index) => (word === '' ? [] : [[String(index + 1), word] as const]));
    const read = await importFile(
      fileOf(
        `${person('barn')}${person('ansatt')}${school}${all.map((type) => group(`g${type[0]}`, 'grp', type, 's')).join('')}${all.map(([code]) => membership(`g${code}`, ['barn', role('01')], ['ansatt', role('02')])).join('')}`,
      ),
    );
    const kept = read.findings.filter(({ severity }) => severity === 'kept-back');
    // Nobody of the staff is in a subject.
    assert.deepEqual(
      kept.map(({ code, reason }) => [code, reason]),
      [['HUB-636', 'staff of a group of this type']],
    );
    assert.equal(read.entries.get('grunnskole/gruppe/skolegruppe')?.size, 8);
    assert.equal(read.entries.get('grunnskole/gruppe/sprakgruppemedlemskap')?.size, 1);
    assert.equal(read.entries.get(places)?.size, 15);
    assert.equal(read.entries.get(teachings)?.size, 3);
    assert.equal(read.entries.get('grunnskole/sfo/sfoplass')?.size, 1);
    assert.deepEqual(hrefs(read.resource('grunnskole/sfo/sfogruppe', 'sas@fjord:g15'), 'skoleressurs'), [at('ansatt')]);
    // No membership of the school itself: it follows from the groups.
    assert.equal(read.entries.get(enrolments)?.size, 1);
  });
});

describe('memberships', () => {
  it('make a pupil of whoever is one, with level and period', async () => {
    const dates =
      '<status>1</status><timeframe><begin>2026-08-17</begin></timeframe><extension><pifu_primaryRelation>1</pifu_primaryRelation></extension>';
    const read = await importFile(
      fileOf(
        `${person('p1')}${school}${klasse}${group('t5', 'grp', ['4', 'trinn'], 's', { short: '5' })}${membership('5a', ['p1', role('01')])}${membership('s', ['p1', role('01', dates)])}${membership('t5', ['p1', role('01')])}`,
      ),
    );
    const enrolment = read.resource(enrolments, 'sas@fjord:p1_sas@fjord:s');
    assert.deepEqual(enrolment['gyldighetsperiode'], { start: '2026-08-17T12:00:00Z' });
    assert.equal(enrolment['hovedskole'], true);
    assert.deepEqual(hrefs(enrolment, 'trinn'), ['systemid/T5']);
    assert.deepEqual(hrefs(enrolment, 'skolear'), ['systemid/20262027']);
    assert.equal(read.entries.get(enrolments)?.size, 1);
  });

  it('without status 1 need dates that say why', async () => {
    const ended = '<status>0</status><timeframe><begin>2025-08-01</begin><end>2026-06-20</end></timeframe>';
    const read = await importFile(
      fileOf(
        `${person('p1')}${person('p2')}${school}${membership('s', ['p1', role('01', ended)], ['p2', role('01', '<status>0</status>')])}`,
      ),
    );
    assert.deepEqual([...(read.entries.get(enrolments)?.keys() ?? [])], ['sas@fjord:p1_sas@fjord:s']);
    assert.deepEqual(told(read), [['warning', 'HUB-637', 8]]);
  });

  it('of the staff are positions by what they do', async () => {
    const read = await importFile(
      fileOf(
        `${person('e1')}${school}${membership('s', ['e1', `${role('05', '<subrole>rektor</subrole><status>1</status>')}${role('02')}${role('04', '<subrole>rådgiver</subrole>')}`])}`,
      ),
    );
    assert.deepEqual(
      [...(read.entries.get(positions)?.values() ?? [])].map((one) => [one['tittel'], hrefs(one, 'stillingstype')]),
      [
        ['Rektor', ['systemid/REKTOR']],
        ['Lærer', ['systemid/LAERER']],
        ['Rådgiver', ['systemid/RADGIVER']],
      ],
    );
  });

  it('of guardians lead to the child by whom they are there', async () => {
    const contact = `<extension><pifu_hasContactPerson type="guardian">${sourcedid('g1')}</pifu_hasContactPerson><pifu_hasContactPerson type="nextOfKin">${sourcedid('k1')}</pifu_hasContactPerson><pifu_hasContactPerson type="guardian">${sourcedid('borte')}</pifu_hasContactPerson></extension>`;
    const read = await importFile(
      fileOf(
        `${person('p1', { after: contact })}${person('g1')}${person('k1')}${school}${group('fau', 'grp', ['12', 'fau'], 's')}${membership('fau', ['g1', role('04', '<subrole>foresattrepresentant</subrole><status>1</status>')])}`,
      ),
    );
    const [place] = [...(read.entries.get(places)?.values() ?? [])];
    assert.ok(place !== undefined);
    assert.deepEqual(hrefs(place, 'foresattforhold'), ['systemid/sas@fjord:p1_sas@fjord:g1']);
    assert.equal(read.entries.get('utdanning/elev/kontaktperson')?.size, 1);
    assert.deepEqual([...(read.entries.get(employees)?.keys() ?? [])], []);
    assert.deepEqual(told(read), [['kept-back', 'HUB-633', 3]]);
  });

  it('of groups and persons that the file does not hold, twice, or of groups of groups are kept back', async () => {
    const read = await importFile(
      fileOf(
        `${person('p1')}${school}${klasse}${membership('5a', ['p1', `${role('01')}${role('01')}`], ['borte', role('01')])}${membership('borte', ['p1', role('01')])}<membership>${sourcedid('5a')}<member>${sourcedid('x')}<idtype>2</idtype>${role('01')}</member></membership>`,
      ),
    );
    assert.deepEqual(told(read), [
      ['kept-back', 'HUB-634', 7],
      ['kept-back', 'HUB-633', 8],
      ['kept-back', 'HUB-633', 9],
      ['kept-back', 'HUB-636', 10],
    ]);
  });
});

describe('deltas and events', () => {
  const known = [
    { key: 'sas@fjord:s', type: 'school', school: 'sas@fjord:s', year: null, subjects: [], level: null },
    { key: 'sas@fjord:5a', type: 'class', school: 'sas@fjord:s', year: '20262027', subjects: [], level: null },
  ];
  const gone = ' recstatus="3"';

  it('change what they hold, and take away what they say is gone', async () => {
    for (const type of ['delta', 'event']) {
      const read = await importFile(
        fileOf(
          `${person('p1', { head: gone })}${person('p2', { before: '<userid useridtype="studentID">7</userid>', head: ' recstatus="1"' })}${group('5b', 'grp', ['1', 'basisgruppe'], 's', { head: gone })}${membership('5a', ['p1', role('01', '<status>0</status>', gone)], ['p2', role('01')], ['e1', role('06', '<status>0</status>', gone)])}${membership('s', ['p1', role('01', '<status>0</status>', gone)])}`,
          { type },
        ),
        { known },
      );
      assert.deepEqual(read.findings, []);
      assert.deepEqual(
        read.removed.map((one) => one.join(' ')),
        [
          'utdanning/elev/elev sas@fjord:p1',
          'utdanning/elev/skoleressurs sas@fjord:p1',
          'administrasjon/personal/personalressurs sas@fjord:p1',
          'utdanning/elev/person sas@fjord:p1',
          'administrasjon/personal/person sas@fjord:p1',
          'utdanning/elev/klasse sas@fjord:5b',
          'utdanning/elev/klassemedlemskap sas@fjord:p1_sas@fjord:5a',
          'utdanning/elev/undervisningsforhold sas@fjord:e1_sas@fjord:5a_06',
          'utdanning/elev/elevforhold sas@fjord:p1_sas@fjord:s',
        ],
      );
      assert.deepEqual([...read.entries.keys()].sort(), [
        'utdanning/elev/elev',
        'utdanning/elev/klassemedlemskap',
        'utdanning/elev/person',
      ]);
      assert.deepEqual(
        read.file.groups.map(({ key }) => key),
        ['sas@fjord:s', 'sas@fjord:5a'],
      );
    }
  });

  it('follow an id that has changed', async () => {
    const read = await importFile(
      fileOf(
        `<person>${sourcedid('gammel', 'Old')}${sourcedid('ny', 'New')}<userid useridtype="workforceID">9</userid><name><n><given>I</given><family>P</family></n></name></person>`,
        { type: 'delta' },
      ),
    );
    assert.ok(read.entries.get(employees)?.has('sas@fjord:ny'));
    assert.ok(read.removed.some((one) => one.join(' ') === `${employees} sas@fjord:gammel`));
    assert.deepEqual(told(read), [['warning', 'HUB-638', 3]]);
  });

  it('keep what names a group that is not known, which a remembered full file tells', async () => {
    const file = fileOf(membership('5a', ['p1', role('01')]), { type: 'delta' });
    assert.deepEqual(told(await importFile(file)), [['kept-back', 'HUB-633', 3]]);
    const full = await importFile(fileOf(`${school}${klasse}`));
    assert.deepEqual(told(await importFile(file, { known: full.file.groups })), []);
  });

  it('are said by recstatus in deltas alone', async () => {
    const read = await importFile(fileOf(`${person('p1', { head: gone })}${person('p2', { head: ' recstatus="2"' })}`));
    assert.deepEqual([...(read.entries.get(persons)?.keys() ?? [])], ['sas@fjord:p2']);
    assert.deepEqual(told(read), [
      ['warning', 'HUB-638', 3],
      ['warning', 'HUB-638', 4],
    ]);
  });
});

describe('bounds', () => {
  const bounds = { importGroups: 5, importPending: 20, linksPerRelation: 8 };
  const codes = async (file: string): Promise<readonly string[]> =>
    (await importFile(file, { bounds })).findings.map(({ code }) => code);

  it('of staff that a group names itself', async () => {
    assert.deepEqual(await codes(staffFile(bounds.linksPerRelation)), []);
    assert.deepEqual(await codes(staffFile(bounds.linksPerRelation + 1)), ['HUB-639']);
  });

  it('of groups, owner and school among them', async () => {
    assert.deepEqual(await codes(groupFile(bounds.importGroups)), []);
    assert.deepEqual(await codes(groupFile(bounds.importGroups + 1)), ['HUB-639']);
  });

  it('of what waits for persons', async () => {
    assert.deepEqual(await codes(kinFile(bounds.importPending)), []);
    assert.deepEqual(await codes(kinFile(bounds.importPending + 1)), ['HUB-639']);
  });

  it('are those of the product', () => {
    assert.deepEqual([limits.importGroups, limits.importPending], [100_000, 500_000]);
  });
});

const all = (read: Imported): string => JSON.stringify([...read.entries].map(([name, of]) => [name, ...of]));
const pupilIds = (read: Imported): readonly string[] => [...(read.entries.get(pupils)?.keys() ?? [])];
const noKey = (): Buffer => {
  throw new Error('no key');
};

describe('national ids', () => {
  const someone = '14851461249';
  const nins = (secret?: () => Buffer) =>
    importFile(
      fileOf(
        `${person(someone)}${person('e1')}${school}${group(`KLG_2026_${someone}_5A`, 'grp', ['1', 'basisgruppe'], 's', { short: `5A ${someone}` })}${membership('s', [someone, role('01')], ['e1', role('02')])}${membership(`KLG_2026_${someone}_5A`, [someone, role('01')], ['e1', role('06')])}`,
      ),
      secret === undefined ? {} : { secret },
    );

  it('in ids, names and descriptions come out nowhere', async () => {
    const read = await nins();
    assert.doesNotMatch(all(read), new RegExp(someone));
    assert.ok(read.file.hiddenIds > 0);
    assert.deepEqual(told(read), [['warning', 'HUB-637', 7]]);
    assert.doesNotMatch(JSON.stringify(read.file.groups), new RegExp(someone));
    const [[id = '', found] = []] = read.entries.get('utdanning/elev/klasse') ?? [];
    assert.match(id, /^x-[\w-]{32}$/);
    assert.deepEqual([found?.['navn'], found?.['beskrivelse']], ['5A', '5A']);
  });

  it('are hidden by a secret: the same one gives the same ids, another one others', async () => {
    const [one, again, other] = [await nins(), await nins(), await nins(() => Buffer.alloc(32, 8))];
    assert.equal(all(one), all(again));
    assert.equal(pupilIds(one).length, 1);
    assert.notDeepEqual(pupilIds(one), pupilIds(other));
  });

  it('ask for the secret only where there are any, and stop the import when there is none', async () => {
    await importFile(fileOf(`${person('p1', nin(someone))}${school}${klasse}`), { secret: noKey });
    await assert.rejects(nins(noKey), /no key/);
  });

  it('in user ids and addresses of another kind are left out', async () => {
    const before = [
      ['personNIN', someone],
      ['studentID', someone],
      ['username', `ola${someone}`],
      ['feideID', `${someone}@fjord.test`],
      ['sisID', 'fine'],
    ]
      .map(([type, value]) => `<userid useridtype="${type}">${value}</userid>`)
      .join('');
    const work = `<userid useridtype="workforceID">148514 61249</userid><userid useridtype="username">kari</userid>`;
    const read = await importFile(
      fileOf(
        `${person('p1', { before, after: `<email>${someone}@fjord.test</email>` })}${person('e1', { before: work })}${school}${membership('s', ['p1', role('01')], ['e1', role('02')])}`,
      ),
    );
    assert.deepEqual(told(read), [
      ['warning', 'HUB-637', 3],
      ['warning', 'HUB-637', 4],
    ]);
    const pupil = read.resource(pupils, 'sas@fjord:p1');
    assert.deepEqual(Object.keys(pupil).toSorted(), ['_links', 'systemId']);
    assert.deepEqual(hrefs(pupil, 'person'), [`fodselsnummer/${someone}`]);
    const employee = read.resource(employees, 'sas@fjord:e1');
    assert.deepEqual(employee['ansattnummer'], { identifikatorverdi: 'sas@fjord:e1' });
    assert.deepEqual(employee['brukernavn'], { identifikatorverdi: 'kari' });
  });

  it('of people without one are no national ids of others', async () => {
    const local = '<userid useridtype="personLIN">148514-61249</userid>';
    const read = await importFile(fileOf(person('p1', { before: local })));
    assert.deepEqual(told(read), [['warning', 'HUB-637', 3]]);
    assert.deepEqual([...(read.entries.get(persons)?.keys() ?? [])], ['sas@fjord:p1']);
  });
});
