// Reading PIFU-IMS: records with lines, what files in use write otherwise than the schema says, and files that are made to do harm. Passwords are never
// in what is read.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { HubError } from '#base/errors.ts';
import type { PifuGroup, PifuMember, PifuPerson } from '#formats/pifu/record.ts';
import {
  fileOf,
  group,
  membership,
  namespaces,
  person,
  readAll,
  role,
  school,
  sourcedid,
} from '../../ingest/pifu/workbench.ts';

const only = async (inside: string): Promise<PifuPerson> => {
  const { records } = await readAll(fileOf(inside));
  const found = records.find((one) => one.kind === 'person');
  assert.ok(found !== undefined);
  return found;
};

const refused = async (file: string | Uint8Array, code: string, says = /./): Promise<void> => {
  await assert.rejects(readAll(file), (error: unknown) => {
    assert.ok(error instanceof HubError, String(error));
    assert.equal(error.problem.code, code, error.message);
    assert.match(error.problem.detail, says);
    return true;
  });
};

const dates = (begin: string, end: string): string =>
  `<status>1</status><timeframe><begin>${begin}</begin><end>${end}</end></timeframe>`;

const named = (encoding: string): string =>
  fileOf(person('Å1')).replace('UTF-8', encoding).replaceAll('Prøve', 'Sjøåsæter');
const nameIn = async (file: string | Uint8Array): Promise<string> => {
  const { records } = await readAll(file);
  const found = records.find((one) => one.kind === 'person');
  return found === undefined ? '' : `${found.family} ${found.id.id}`;
};

describe('what a file says', () => {
  it('is told with its version and kind, and the lines on which records begin', async () => {
    for (const version of ['1.0', '1.1', '1.2', '1.3'] as const) {
      const { records, findings } = await readAll(
        fileOf(`${person('p1')}${school}${membership('s', ['p1', role('01')])}`, { version }),
      );
      assert.deepEqual(
        records.map((one) => [one.kind, one.line]),
        [
          ['head', 2],
          ['person', 3],
          ['group', 4],
          ['group', 5],
          ['member', 6],
        ],
      );
      const [head] = records;
      assert.ok(head?.kind === 'head');
      assert.deepEqual(
        [head.version, head.type, head.source, head.at],
        [version, 'full', 'sas@fjord', '2026-10-01T03:00:00'],
      );
      assert.deepEqual(findings, []);
    }
  });

  it('is read with prefixes too', async () => {
    const { records } = await readAll(
      `<p:enterprise xmlns:p="${namespaces['1.2']}"><p:properties><p:datasource>a</p:datasource><p:type>delta</p:type><p:datetime>2026-01-01</p:datetime></p:properties></p:enterprise>`,
    );
    assert.deepEqual(
      records.map((one) => one.kind === 'head' && one.type),
      ['delta'],
    );
  });

  it('never holds a password, whatever of it a file has', async () => {
    const { records } = await readAll(
      fileOf(
        person('p1', {
          before:
            '<userid useridtype="username" password="4bee4fc53ab2" pwencryptiontype="MD5" authenticationtype="Kerberos">ida</userid><userid password="hemmelig">x</userid>',
        }),
      ),
    );
    const text = JSON.stringify(records);
    assert.match(text, /"username","value":"ida"/);
    assert.doesNotMatch(text, /4bee4fc53ab2|hemmelig|MD5|Kerberos/);
  });
});

describe('what files in use write', () => {
  it('is understood as words and as codes', async () => {
    const read = await only(
      `<person recstatus="Update">${sourcedid('p1')}<name><n><given>Ida</given><family>Prøve</family></n></name><demographics><gender>Female</gender><bday>2014-05-14T00:00:00</bday></demographics><tel teltype="Mobile">+4768050000</tel><tel>+4768050001</tel><tel teltype="Fax">+4768050002</tel></person>`,
    );
    assert.deepEqual(
      [read.change, read.gender, read.birthDate, read.full],
      ['update', 'female', '2014-05-14', 'Ida Prøve'],
    );
    assert.deepEqual(read.phones, [
      { kind: 'mobile', number: '+4768050000' },
      { kind: 'voice', number: '+4768050001' },
    ]);
  });

  it('says 1 for female and 2 for male, unlike ISO 5218', async () => {
    const genders = await Promise.all(
      ['0', '1', '2', '9', ''].map(
        async (code) =>
          (await only(person('p', { after: `<demographics><gender>${code}</gender></demographics>` }))).gender,
      ),
    );
    assert.deepEqual(genders, ['unknown', 'female', 'male', 'unknown', 'unknown']);
  });

  it('has the id that counts without a type or as New, wherever it stands', async () => {
    const read = await only(
      `<person>${sourcedid('old', 'Old')}${sourcedid('new', 'New')}${sourcedid('other', 'Duplicate')}<name><n><given>I</given><family>P</family></n></name></person>`,
    );
    assert.deepEqual(
      [read.id.id, read.former.map(({ id }) => id), read.duplicates.map(({ id }) => id)],
      ['new', ['old'], ['other']],
    );
  });

  it('takes the type of a group from code or word, and not when they differ', async () => {
    const { records, findings } = await readAll(
      fileOf(
        [
          group('a', 'grp', ['1', ''], 's'),
          group('b', 'grp', ['', 'basisgruppe'], 's'),
          group('c', 'grp', ['x', 'Undervisningsgruppe'], 's'),
          group('d', 'grp', ['2', 'basisgruppe'], 's'),
          group('e', 'grp', ['99', 'noe'], 's'),
        ].join(''),
      ),
    );
    assert.deepEqual(
      records.flatMap((one) => (one.kind === 'group' ? [[one.id.id, (one satisfies PifuGroup).type]] : [])),
      [
        ['a', 'class'],
        ['b', 'class'],
        ['c', 'teaching'],
      ],
    );
    assert.deepEqual(
      findings.map(({ severity, code, line }) => [severity, code, line]),
      [
        ['kept-back', 'HUB-632', 6],
        ['kept-back', 'HUB-632', 7],
      ],
    );
  });

  it('keeps back what would lose its meaning, and takes the rest', async () => {
    const { records, findings } = await readAll(
      fileOf(
        `<person><name><n><given>I</given><family>P</family></n></name></person>
<person>${sourcedid('p2')}<name><fn>Bare Fullt</fn></name></person>
${membership(
  's',
  ['p1', role('01')],
  ['p2', '<role><status>1</status></role>'],
  ['p3', role('17')],
  ['p4', role('01', dates('2027-01-01', '2026-01-01'))],
  ['p5', role('01', dates('i går', '2026-01-01'))],
  ['p6', role('01', '<status>kanskje</status>')],
  ['p7', role('01', dates('2026-02-30', '2026-03-01'))],
  ['p8', `${role('01', dates('2027-01-01', '2026-01-01'))}${role('02')}`],
  ['p9', ''],
)}<membership><member>${sourcedid('p1')}${role('01')}</member></membership>`,
      ),
    );
    assert.deepEqual(
      records.flatMap((one) =>
        one.kind === 'member' ? [[one.person.id, (one satisfies PifuMember).roles.map(({ type }) => type)]] : [],
      ),
      [
        ['p1', ['01']],
        ['p8', ['02']],
      ],
    );
    assert.deepEqual(
      findings.map(({ code, line }) => [code, line]),
      [
        ['HUB-632', 3],
        ['HUB-632', 4],
        ['HUB-632', 6],
        ['HUB-632', 7],
        ['HUB-635', 8],
        ['HUB-632', 9],
        ['HUB-632', 10],
        ['HUB-632', 11],
        ['HUB-635', 12],
        ['HUB-632', 13],
        ['HUB-632', 14],
      ],
    );
    for (const { reason } of findings) assert.doesNotMatch(reason, /i går|kanskje|Bare|p\d/);
  });
});

describe('files that are no PIFU-IMS', () => {
  it('are refused, with what they seem to be', async () => {
    await refused('<enterprise><properties/></enterprise>', 'HUB-630', /IMS Enterprise/);
    await refused('<document/>', 'HUB-630', /root/);
    await refused('<enterprise xmlns="http://pifu.no/xsd/pifu-ims_sas/pifu-ims_sas-7"/>', 'HUB-630', /namespace/);
    await refused(fileOf('', { type: 'alt' }), 'HUB-630', /kind/);
    await refused(`<enterprise xmlns="${namespaces['1.3']}"></enterprise>`, 'HUB-630', /properties/);
    await refused(`<enterprise xmlns="${namespaces['1.3']}">${person('p')}</enterprise>`, 'HUB-630', /properties/);
    await refused(gzipSync(fileOf('')), 'HUB-630', /gunzip/);
  });

  it('are refused when they are no XML, or end too soon', async () => {
    await refused('', 'HUB-631');
    await refused('{"enterprise":{}}', 'HUB-631');
    await refused('Navn;Skole\nIda;Fjord\n', 'HUB-631');
    await refused(Buffer.from([0, 1, 2, 3, 255]), 'HUB-631');
    const whole = fileOf(`${person('p1')}${school}${membership('s', ['p1', role('01')])}`);
    for (const share of [0.2, 0.5, 0.9, 0.999])
      await refused(whole.slice(0, Math.floor(whole.length * share)), 'HUB-631');
  });
});

describe('files that are made to do harm', () => {
  const body = fileOf(person('p1')).replace(/^.*\n/, '');
  it('declare nothing and name no entities', async () => {
    await refused(`<!DOCTYPE enterprise SYSTEM "http://127.0.0.1:1/x.dtd">${body}`, 'HUB-631', /document type/);
    await refused(
      `<!DOCTYPE enterprise [<!ENTITY x SYSTEM "file:///etc/passwd">]>${body.replace('Ida', '&x;')}`,
      'HUB-631',
    );
    const bomb = Array.from({ length: 12 }, (_, at) => `<!ENTITY a${at + 1} "${`&a${at};`.repeat(10)}">`).join('');
    await refused(`<!DOCTYPE enterprise [<!ENTITY a0 "x">${bomb}]>${body.replace('Ida', '&a12;')}`, 'HUB-631');
    await refused(body.replace('Ida', '&ukjent;'), 'HUB-631');
    await refused(`<?php system("x") ?>${body}`, 'HUB-631');
  });

  it('are neither deep, nor wide, nor long beyond the bounds', async () => {
    await refused(fileOf(`<person>${'<a>'.repeat(100_000)}`), 'HUB-631');
    await refused(fileOf(`<person ${Array.from({ length: 5_000 }, (_, at) => `a${at}="1"`).join(' ')}/>`), 'HUB-631');
    await refused(fileOf(`<person a="${'x'.repeat(20_000_000)}"/>`), 'HUB-631');
    await refused(fileOf(`<person>${'x'.repeat(20_000_000)}</person>`), 'HUB-631');
    await refused(fileOf(`<person>${'<a/>'.repeat(1_000_000)}</person>`), 'HUB-631');
    await refused(fileOf(`<!--${'x'.repeat(60_000_000)}-->`), 'HUB-631');
  });
});

describe('encodings', () => {
  it('are read as they are declared', async () => {
    assert.equal(await nameIn(named('UTF-8')), 'Sjøåsæter Å1');
    assert.equal(await nameIn(`\ufeff${named('UTF-8')}`), 'Sjøåsæter Å1');
    assert.equal(await nameIn(Buffer.from(named('ISO-8859-1'), 'latin1')), 'Sjøåsæter Å1');
    assert.equal(await nameIn(Buffer.from(`\ufeff${named('UTF-16')}`, 'utf16le')), 'Sjøåsæter Å1');
    assert.equal(await nameIn(Buffer.from(`\ufeff${named('UTF-16')}`, 'utf16le').swap16()), 'Sjøåsæter Å1');
  });

  it('are refused when a file is in another, or in one that is not read', async () => {
    await refused(Buffer.from(named('UTF-8'), 'latin1'), 'HUB-631', /encoding/);
    await refused(Buffer.from(named('UTF-16'), 'latin1'), 'HUB-631', /encoding/);
    await refused(named('EBCDIC-NO'), 'HUB-631', /encoding/);
    await refused(named('UTF-7'), 'HUB-631', /encoding/);
  });
});
