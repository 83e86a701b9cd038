// FSWS-CRUD over a small institution: rows are found and written as its tables say, whatever comes in a form or as XML is told by a code, and every answer is as
// the schema that is served says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import * as fc from 'fast-check';
import { crudXsd } from '#apis/fsws-crud/xsd.ts';
import { readCrudTable } from '#apis/fsws-crud/crud-table.ts';
import { crudTables } from '#apis/fsws-crud/mappings/tables.ts';
import { statusTable, type StatusName } from '#services/statuses.ts';
import { xsdCheck } from '#formats/xml/validate-xsd.ts';
import { limits } from '#base/limits.ts';
import { cases } from '../../cases.ts';
import { golden } from '../../golden.ts';
import {
  bySystemId,
  identified,
  model,
  nationalId,
  onlyGrants,
  principal,
  put,
  type Links,
  type Resource,
} from '../../hub/world.ts';
import { everything, hubOwned, sourceOwned } from '../fs-graphql/mutations/mutation-world.ts';
import { namespace, requestOf, valuesOf, type Columns } from './crud-request.ts';
import { openCrudWorld, type CrudAnswer, type CrudSent, type CrudWorld } from './crud-world.ts';

const ready = crudTables.map((table) => ({ table, variants: readCrudTable(table, model) }));
const xsd = crudXsd(ready);
const schema = xsdCheck(xsd, () => null);
let world: CrudWorld;

before(async () => {
  world = await openCrudWorld();
  await put(world, 'fs/organisasjon/bygning', [
    { systemId: identified('BY1'), naturligNokkel: identified('BYGG'), kode: 'BYGG', links: {} },
  ]);
  for (const [path, kode] of [
    ['hoyereutdanning/register/kvalifikasjonsgrunnlag', 'GSK'],
    ['hoyereutdanning/register/tilbudstatus', 'TILBUD'],
  ] as const)
    await put(world, path, [{ systemId: identified(`KODE-${kode}`), kode: identified(kode), links: {} }]);
});
after(async () => {
  schema.close();
  await world?.close();
});

/** Every answer is held against the schema. */
const valid = (answer: CrudAnswer): CrudAnswer => {
  assert.deepEqual(schema.check(Buffer.from(answer.text)), [], answer.text);
  return answer;
};

const ask = async (
  operation: 'select' | 'selectMany' | 'upsert',
  table: string,
  columns: Columns,
  more?: CrudSent,
): Promise<CrudAnswer> => valid(await world.ask(operation, table, columns, more));

const says = (answer: CrudAnswer, name: StatusName, ...named: readonly string[]): void => {
  const { code, http } = statusTable[name];
  assert.deepEqual([answer.code, answer.status], [code, http], answer.text);
  for (const one of named) assert.ok(answer.text.includes(one), `${one}: ${answer.text}`);
};

const ok = async (operation: 'select' | 'upsert', table: string, columns: Columns): Promise<CrudAnswer> => {
  const answer = await ask(operation, table, columns);
  says(answer, 'ok');
  return answer;
};

const kari = { Fodselsdato: Number(nationalId(1).slice(0, 6)), Personnr: nationalId(1).slice(6) };
const course = { Institusjonsnr: 7777, Emnekode: 'TST1000', Versjonskode: 1 };

const xmlOfKull = requestOf('doSelectRequest', 'Kull', {
  Studieprogramkode: 'TEST-BA',
  Arstall: 2026,
  Terminkode: 'VÅR',
});
const part = (name: string, text: string | Buffer, headers = '', end = '\r\n--b--\r\n'): Buffer =>
  Buffer.concat([
    Buffer.from(`--b\r\nContent-Disposition: form-data; name="${name}"\r\n${headers}\r\n`),
    Buffer.from(text),
    Buffer.from(end),
  ]);

const withHeader = (length: number): Buffer => {
  const bare = part('xml', '').indexOf('\r\n\r\n') - '--b\r\n'.length;
  return part('xml', xmlOfKull, `X: ${'x'.repeat(length - bare - '\r\nX: '.length)}\r\n`);
};

const told = (name: StatusName, xml: string) => ({ name, xml });

const inside = (text: string): string => `<doSelectRequest xmlns="${namespace}"><Kull>${text}</Kull></doSelectRequest>`;

// What stands in a column has no blanks around it, and no signs that no line has.
// oxlint-disable-next-line no-control-regex
const line = (most: number) =>
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: most })
    .map((text) =>
      text
        .replaceAll(/[\p{C}\s]+/gu, ' ')
        .trim()
        .normalize('NFC'),
    )
    .filter((text) => text !== '' && text.length <= most);

const optional = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });

/** A choice of somebody's application, of the same programme. */
const choiceOf = (id: string, key: string, links: Links): Resource => ({
  systemId: identified(id),
  naturligNokkel: identified(key),
  links: { studieprogram: [bySystemId('fs/studietilbud/studieprogram', 'P1')], ...links },
});

describe('select', () => {
  it('finds a person by the halves of the national id, without a zero in front', async () => {
    assert.equal(String(kari.Fodselsdato).length, 5);
    const { text } = await ok('select', 'Person', kari);
    assert.deepEqual(valuesOf(text, 'Personlopenr'), ['101']);
    assert.deepEqual(valuesOf(text, 'Fodselsdato'), [String(kari.Fodselsdato)]);
    assert.deepEqual(valuesOf(text, 'Personnr'), [kari.Personnr]);
    assert.deepEqual(valuesOf(text, 'Etternavn'), ['Åsen']);
    assert.deepEqual(valuesOf(text, 'Status_Dod'), ['N']);
  });

  it('finds a row of another table by them', async () => {
    const { text } = await ok('select', 'Studieprogramstudent', { ...kari, Studieprogramkode: 'TEST-BA' });
    assert.deepEqual(valuesOf(text, 'Dato_Studierett_Tildelt'), ['2026-01-01']);
    assert.deepEqual(valuesOf((await ok('select', 'Student', kari)).text, 'Studentnr_Tildelt'), ['500101']);
  });

  it('takes terms in both spellings, and gives the one with Norwegian letters', async () => {
    for (const Terminkode of ['VÅR', 'VAR', 'vår']) {
      const { text } = await ok('select', 'Kull', { Studieprogramkode: 'TEST-BA', Arstall: 2026, Terminkode });
      assert.deepEqual(valuesOf(text, 'Terminkode'), ['VÅR'], Terminkode);
    }
  });

  it('tells of none, of several and of what is not to be seen', async () => {
    says(await ask('select', 'Person', { Personlopenr: 999 }), 'none');
    says(await ask('select', 'Studieprogramstudent', { Studieprogramkode: 'TEST-BA' }), 'several');
    // Strictly protected, by number and by the national id.
    says(await ask('select', 'Person', { Personlopenr: 103 }), 'none');
    const hidden = { Fodselsdato: Number(nationalId(3).slice(0, 6)), Personnr: nationalId(3).slice(6) };
    says(await ask('select', 'Person', hidden), 'none');
    says(await ask('select', 'Person', { Personlopenr: 101 }, { as: principal('other') }), 'none');
    // Number and national id of two.
    says(await ask('select', 'Person', { ...kari, Personlopenr: 102 }), 'none');
  });

  it('looks for nothing that finds too much', async () => {
    says(await ask('select', 'Emne', {}), 'wide');
    says(await ask('selectMany', 'Studieprogramstudent', { Studentstatkode: 'AKTIV' }), 'wide');
    says(await ask('selectMany', 'Emne', { Versjonskode: 1 }), 'wide');
    assert.ok(valuesOf((await ask('selectMany', 'Kull', {})).text, 'Arstall').length > 2);
  });

  it('tells what is wrong with columns', async () => {
    says(await ask('select', 'Emner', {}), 'table', 'Emner');
    says(await ask('select', 'Emne', { ...course, Pris: 1 }), 'column', 'Pris');
    says(await ask('select', 'Emne', { Emnekode: 'TST1000', Institusjonsnr: 7777 }), 'needs', 'Versjonskode');
    says(await ask('select', 'Person', { Fodselsdato: 10101 }), 'needs', 'Personnr');
    says(await ask('select', 'Person', { Personlopenr: 101, Fornavn: 'Kari' }), 'unsought', 'Fornavn');
    for (const [column, value] of [
      ['Arstall', 26],
      ['Arstall', '2026.0'],
      ['Terminkode', 'JUL'],
      ['Status_Aktiv', 'j'],
      ['Status_Aktiv', ''],
    ] as const)
      says(await ask('select', 'Kull', { Studieprogramkode: 'TEST-BA', [column]: value }), 'value', column);
    for (const wrong of [
      { Fodselsdato: `0${kari.Fodselsdato}`, Personnr: kari.Personnr },
      { Fodselsdato: kari.Fodselsdato, Personnr: '1' },
      { Fodselsdato: 'abcdef', Personnr: kari.Personnr },
    ])
      says(await ask('select', 'Person', wrong), 'value', 'Personnr');
  });

  it('takes the letters of keys as they are', async () => {
    const key = { Institusjonsnr: 7777, Emnekode: 'Æ,Ø/\\&<Å', Versjonskode: 'x,y' };
    await ok('upsert', 'Emne', { ...key, Emnenavn_Bokmal: 'Rart' });
    assert.deepEqual(valuesOf((await ok('select', 'Emne', key)).text, 'Emnenavn_Bokmal'), ['Rart']);
    says(await ask('select', 'Emne', { ...key, Emnekode: 'Æ' }), 'none');
  });

  it('speaks English to those who ask for it', async () => {
    const english = { headers: { 'accept-language': 'en-GB,en;q=0.8' } };
    assert.match((await ask('select', 'Person', { Personlopenr: 999 }, english)).text, /Nothing matches\./);
    assert.match((await ask('select', 'Person', { Personlopenr: 999 })).text, /Ingenting passer\./);
  });
});

describe('selectMany', () => {
  it('gives all rows, of all variants, and nobody who is protected', async () => {
    const rights = await ask('selectMany', 'Studieprogramstudent', { Studieprogramkode: 'TEST-BA' });
    assert.equal(rights.code, null);
    assert.deepEqual(valuesOf(rights.text, 'Personlopenr'), ['101', '102']);
    const roles = await ask('selectMany', 'Personrolle', { Personlopenr: 104 });
    assert.deepEqual(valuesOf(roles.text, 'Rollenr'), ['1', '2']);
    assert.deepEqual(valuesOf(roles.text, 'Emnekode'), ['TST1000']);
    assert.deepEqual(valuesOf(roles.text, 'Studieprogramkode'), ['TEST-BA']);
    const none = await ask('selectMany', 'Studieprogramstudent', { Studieprogramkode: 'TEST-TOM' });
    assert.deepEqual([none.status, none.code, valuesOf(none.text, 'Personlopenr')], [200, null, []]);
    assert.equal(rights.headers['Cache-Control'], 'no-store');
  });

  it('gives a file where an attachment is asked for', async () => {
    const xml = requestOf('doSelectManyAsAttachmentRequest', 'Studieprogram', {});
    const { headers, text } = valid(await world.send('selectMany', xml));
    assert.equal(headers['Content-Disposition'], 'attachment; filename="Studieprogram.xml"');
    assert.ok(valuesOf(text, 'Studieprogramkode').includes('TEST-BA'));
    says(valid(await world.send('select', xml)), 'root', 'doSelectRequest');
  });

  it('gives rows that are read and never written', async () => {
    says(await ask('selectMany', 'StudentVurdKombProtokoll', { Status_Gyldig: 'J' }), 'wide');
    const read = await ask('selectMany', 'StudentVurdKombProtokoll', { Personlopenr: 101 });
    assert.deepEqual([read.status, read.code], [200, null]);
    says(await ask('upsert', 'StudentVurdKombProtokoll', { Personlopenr: 101 }), 'readOnlyTable');
    says(await ask('upsert', 'Personakseptanse', { Personlopenr: 101 }), 'readOnlyTable');
  });
});

describe('upsert', () => {
  it('makes a row, changes it, and takes a value away', async () => {
    const key = { Institusjonsnr: 7777, Emnekode: 'OPP1', Versjonskode: 1 };
    await ok('upsert', 'Emne', { ...key, Emnenavn_Bokmal: 'Ett', Studienivakode: 'B', Studiepoeng: '7.5' });
    await ok('upsert', 'Emne', { ...key, Emnenavn_Engelsk: 'One', Emnenavn_Bokmal: '' });
    const { text } = await ok('select', 'Emne', key);
    assert.deepEqual(valuesOf(text, 'Emnenavn_Engelsk'), ['One']);
    assert.deepEqual(valuesOf(text, 'Emnenavn_Bokmal'), []);
    assert.deepEqual(valuesOf(text, 'Studiepoeng'), ['7.5']);
    // The key alone says that the row shall be there.
    await ok('upsert', 'Emne', key);
  });

  it('writes everything of a row or nothing', async () => {
    const key = { Institusjonsnr: 7777, Emnekode: 'OPP2', Versjonskode: 1 };
    const position = await world.position();
    says(
      await ask('upsert', 'Emne', { ...key, Emnenavn_Bokmal: 'To', Studienivakode: 'FINNES-IKKE' }),
      'absent',
      'Studienivakode',
    );
    says(
      await ask('upsert', 'Emne', { ...key, Emnenavn_Bokmal: 'To', Faknr_Studieansv: 59 }),
      'value',
      'Faknr_Studieansv',
    );
    says(
      await ask('upsert', 'Emne', { Emnekode: 'OPP2', Emnenavn_Bokmal: 'To' }),
      'missing',
      'Institusjonsnr',
      'Versjonskode',
    );
    says(
      await ask('upsert', 'Kull', { Studieprogramkode: 'TEST-BA', Arstall: 2027, Terminkode: 'VÅR' }),
      'missing',
      'Studiekullnavn',
    );
    assert.equal(await world.position(), position);
    says(await ask('select', 'Emne', key), 'none');
  });

  it('writes nothing in a dry run, and finds what a write would', async () => {
    const key = { Institusjonsnr: 7777, Emnekode: 'OPP3', Versjonskode: 1 };
    const dry = { query: 'dryRun=true' };
    const position = await world.position();
    const answer = await ask('upsert', 'Emne', { ...key, Emnenavn_Bokmal: 'Tre' }, dry);
    says(answer, 'ok', 'prøvekjøring');
    says(await ask('upsert', 'Emne', { ...key, Studienivakode: 'FINNES-IKKE' }, dry), 'absent');
    assert.equal(await world.position(), position);
    says(await ask('select', 'Emne', key), 'none');
    for (const query of ['dryRun=1', 'dryRun=true&dryRun=true', 'dryrun=true', 'x=y'])
      says(await ask('upsert', 'Emne', key, { query }), 'parameter');
    says(await ask('select', 'Emne', key, dry), 'parameter');
  });

  it('makes a row once, however many make it at the same time', async () => {
    const key = { Institusjonsnr: 7777, Emnekode: 'SAMTIDIG', Versjonskode: 1 };
    const names = ['A', 'B', 'C', 'D'];
    const answers = await Promise.all(names.map((name) => ask('upsert', 'Emne', { ...key, Emnenavn_Bokmal: name })));
    for (const answer of answers) says(answer, 'ok');
    const [name = ''] = valuesOf((await ok('select', 'Emne', key)).text, 'Emnenavn_Bokmal');
    assert.ok(names.includes(name));
  });

  it('makes a right to a programme in no cohort, and in one', async () => {
    const right = { Personlopenr: 102, Studieprogramkode: 'TEST-BA', Arstall_Start: 2025, Terminkode_Start: 'HØST' };
    says(await ask('upsert', 'Studieprogramstudent', { ...right, Arstall_Kull: 2026 }), 'missing', 'Terminkode_Kull');
    says(await ask('upsert', 'Studieprogramstudent', right), 'ok');
    const made = await ok('select', 'Studieprogramstudent', right);
    assert.deepEqual(
      [valuesOf(made.text, 'Studieprogramkode'), valuesOf(made.text, 'Arstall_Kull')],
      [['TEST-BA'], []],
    );
    says(await ask('upsert', 'Studieprogramstudent', { ...right, Arstall_Kull: 2026, Terminkode_Kull: 'VÅR' }), 'ok');
    const placed = await ok('select', 'Studieprogramstudent', right);
    assert.deepEqual(valuesOf(placed.text, 'Arstall_Kull'), ['2026']);
  });

  it('leaves alone what is read-only', async () => {
    says(await ask('upsert', 'Student', { Personlopenr: 101, Studentnr_Tildelt: 1 }), 'readOnly', 'Studentnr_Tildelt');
    says(await ask('upsert', 'Soknad', { Personlopenr: 101, Sokernr: '1' }), 'readOnlyTable', 'Soknad');
  });

  it('makes a person with a number of its own, and finds it by the national id', async () => {
    const number = '05850110095';
    const person = { Fodselsdato: Number(number.slice(0, 6)), Personnr: number.slice(6) };
    await ok('upsert', 'Person', {
      ...person,
      Fornavn: 'Ny',
      Etternavn: 'Person',
      Kjonn: 'KVINNE',
      Adressebeskyttelse: 'ugradert',
    });
    const made = await ok('select', 'Person', person);
    const [Personlopenr = ''] = valuesOf(made.text, 'Personlopenr');
    assert.match(Personlopenr, /^\d{9}$/);
    // The same again is the same row.
    await ok('upsert', 'Person', { ...person, Emailadresse_Privat: 'ny@test.no' });
    assert.deepEqual(valuesOf((await ok('select', 'Person', { Personlopenr })).text, 'Emailadresse_Privat'), [
      'ny@test.no',
    ]);
    says(await ask('upsert', 'Person', { ...person, Personlopenr: 101 }), 'taken', 'Personnr');
    says(await ask('upsert', 'Person', { Personlopenr, Brukernavn: 'kari@test.no' }), 'taken', 'Brukernavn');
    says(await ask('upsert', 'Student', { Fodselsdato: 10180, Personnr: '99999' }), 'absent', 'Fodselsdato');
    says(
      await ask('upsert', 'Person', { Fodselsdato: 10180, Personnr: '99999', Fornavn: 'X' }),
      'value',
      'Fodselsdato',
    );
  });

  it('does not tell whether somebody is protected', async () => {
    const hidden = await ask('upsert', 'Person', { Personlopenr: 103, Fornavn: 'A', Etternavn: 'B', Kjonn: 'MANN' });
    says(hidden, 'taken', 'Personlopenr');
    assert.ok(!hidden.text.includes('Hemmelig'));
  });

  it('keeps telephone numbers as rows of their own', async () => {
    await ok('upsert', 'Persontelefon', { Personlopenr: 102, Telefonnrtypekode: 'MOB', Telefonnr: '99999999' });
    const { text } = await ask('selectMany', 'Persontelefon', { Personlopenr: 102 });
    assert.deepEqual(valuesOf(text, 'Telefonnrtypekode'), ['MOB']);
    assert.deepEqual(valuesOf((await ok('select', 'Person', { Personlopenr: 102 })).text, 'Telefonnr_Mobil'), [
      '99999999',
    ]);
    says(await ask('select', 'Persontelefon', { Personlopenr: 102, Telefonnrtypekode: 'PRIV' }), 'none');
    says(
      await ask('upsert', 'Persontelefon', { Personlopenr: 102, Telefonnrtypekode: 'FAX', Telefonnr: '1' }),
      'value',
    );
    says(await ask('upsert', 'Persontelefon', { Personlopenr: 9, Telefonnrtypekode: 'MOB', Telefonnr: '1' }), 'none');
  });

  it('makes rows of the variant whose columns are given', async () => {
    const role = { Personlopenr: 104, Rollekode: 'LÆRER' };
    await ok('upsert', 'Personrolle', { ...role, Rollenr: 11, ...course });
    await ok('upsert', 'Personrolle', {
      ...role,
      Rollenr: 12,
      Studieprogramkode: 'TEST-BA',
      Arstall: 2026,
      Terminkode: 'VAR',
    });
    await ok('upsert', 'Personrolle', { ...role, Rollenr: 13, Studieprogramkode: 'TEST-BA' });
    await ok('upsert', 'Personrolle', { Personlopenr: 104, Rollenr: 11, Dato_Til: '2026-12-31' });
    const rowOf = async (Rollenr: number) => (await ok('select', 'Personrolle', { Personlopenr: 104, Rollenr })).text;
    assert.deepEqual(valuesOf(await rowOf(11), 'Emnekode'), ['TST1000']);
    assert.deepEqual(valuesOf(await rowOf(11), 'Dato_Til'), ['2026-12-31']);
    assert.deepEqual(valuesOf(await rowOf(12), 'Terminkode'), ['VÅR']);
    assert.deepEqual(valuesOf(await rowOf(13), 'Arstall'), []);
    const teaching = { Personlopenr: 101, ...course, Arstall: 2026, Terminkode: 'VÅR', Terminnr: 1 };
    await ok('upsert', 'Undervisningsmelding', { ...teaching, Soknadstatuskode: 'SOKNAD_REGISTRERT' });
    assert.deepEqual(valuesOf((await ok('select', 'Undervisningsmelding', teaching)).text, 'Soknadstatuskode'), [
      'SOKNAD_REGISTRERT',
    ]);
  });

  it('takes a row of every table that is written, and gives it back', async () => {
    const term = { Arstall: 2026, Terminkode: 'HØST' };
    const right = { Personlopenr: 101, Studieprogramkode: 'NYTT', Arstall_Start: 2026, Terminkode_Start: 'HØST' };
    const rows: readonly (readonly [table: string, key: Columns, more: Columns])[] = [
      ['Sted', { Institusjonsnr: 7777, Faknr: 70, Instituttnr: 0, Gruppenr: 0 }, { Stedsnavn_Bokmal: 'Nytt' }],
      [
        'Studieprogram',
        { Studieprogramkode: 'NYTT' },
        {
          Studieprognavn: 'Nytt',
          Vitnemalsnavn: 'Nytt',
          Faknr_Studieansv: 70,
          Institusjonsnr_Studieansv: 7777,
          Instituttnr_Studieansv: 0,
          Gruppenr_Studieansv: 0,
        },
      ],
      ['Kull', { Studieprogramkode: 'NYTT', ...term }, { Studiekullnavn: 'Nytt kull', Status_Aktiv: 'J' }],
      ['KullKlasse', { Studieprogramkode: 'NYTT', ...term, Klassekode: 'A' }, { Klassenavn: 'A' }],
      ['Emne', { Institusjonsnr: 7777, Emnekode: 'NYTT', Versjonskode: 1 }, { Emnenavn_Bokmal: 'Nytt' }],
      [
        'Undervisningsenhet',
        { Institusjonsnr: 7777, Emnekode: 'NYTT', Versjonskode: 1, ...term, Terminnr: 1 },
        { Dato_Oppmelding_Fra: '2026-08-01', Status_Lukket: 'N' },
      ],
      [
        'Undaktivitet',
        { Institusjonsnr: 7777, Emnekode: 'NYTT', Versjonskode: 1, ...term, Terminnr: 1, Aktivitetkode: 'F1' },
        { Antall_Plasser: 30, Campuskode: 'NORD' },
      ],
      ['Rom', { Bygningskode: 'BYGG', Romkode: 'NY' }, { Antall_Plasser_Eksamen: 12 }],
      ['Student', { Personlopenr: 104 }, { Status_Overfores_Lms: 'J' }],
      ['Fagperson', { Personlopenr: 101 }, { Status_Overfores_Lms: 'N', Status_Ekstern: 'J' }],
      [
        'Studieprogramstudent',
        right,
        { Arstall_Kull: 2026, Terminkode_Kull: 'HØST', Dato_Studierett_Tildelt: '2026-08-15', Status_Privatist: 'N' },
      ],
      [
        'KullKlasseStudent',
        { Personlopenr: 101, Studieprogramkode: 'NYTT', ...term, Klassekode: 'A' },
        { Arstall_Start: 2026, Terminkode_Start: 'HØST', Status_Aktiv: 'J' },
      ],
      [
        'Undervisningsmelding',
        { Personlopenr: 101, Institusjonsnr: 7777, Emnekode: 'NYTT', Versjonskode: 1, ...term, Terminnr: 1 },
        { Campuskode: 'NORD' },
      ],
      [
        'Vurdkombmelding',
        { Personlopenr: 101, ...course, Vurdkombkode: 'S', Arstall: 2026, Vurdtidkode: 'V1' },
        { Kandidatlopenr: '12' },
      ],
      [
        'Personrolle',
        { Personlopenr: 104, Rollenr: 21 },
        { Institusjonsnr: 7777, Faknr: 70, Instituttnr: 0, Gruppenr: 0, Rollekode: 'LÆRER' },
      ],
      [
        'SoknadsAlternativ',
        { Personlopenr: 101, Sokernr: 'A-17', Alternativnr: 2 },
        {
          ...term,
          Studieprogramkode: 'NYTT',
          Prioritetnr: 1,
          Kvalgrunnlagkode: 'GSK',
          Tilbudstatkode: 'TILBUD',
          Ventelistenr: 3,
          Status_Kvalifisert: 'J',
          Status_Betinget_Kvalifisert: 'N',
          Status_Takket_Ja: 'J',
        },
      ],
    ];
    for (const [table, key, more] of rows) {
      await ok('upsert', table, { ...key, ...more });
      // Once more: nothing is another row.
      await ok('upsert', table, { ...key, ...more });
      const { text } = await ok('select', table, key);
      for (const [name, value] of Object.entries({ ...key, ...more }))
        assert.deepEqual(valuesOf(text, name), [String(value)], `${table} ${name}: ${text}`);
    }
    const tried = new Set([...rows.map(([table]) => table), 'Person', 'Persontelefon']);
    for (const { table, variants } of ready)
      assert.equal(
        variants.some(({ variant }) => variant.writes.length > 0),
        tried.has(table.name),
        table.name,
      );
  });

  it('takes what somebody has applied for, and shows nobody who is protected', async () => {
    const choice = { Personlopenr: 102, Sokernr: '55', Alternativnr: 1 };
    says(await ask('upsert', 'SoknadsAlternativ', choice), 'missing', 'Studieprogramkode');
    says(await ask('upsert', 'SoknadsAlternativ', { ...choice, Studieprogramkode: 'FINNES-IKKE' }), 'absent');
    await ok('upsert', 'SoknadsAlternativ', { ...choice, Studieprogramkode: 'TEST-BA' });
    says(await ask('upsert', 'SoknadsAlternativ', { ...choice, Tilbudstatkode: 'NOE' }), 'absent', 'Tilbudstatkode');
    await ok('upsert', 'SoknadsAlternativ', { ...choice, Prioritetnr: 4 });
    const person = [bySystemId('fs/person/personprofil', 'X3')];
    await put(world, 'fs/studierett/fssoknad', [
      { systemId: identified('FSS3'), sokernummer: '60', links: { personProfil: person } },
    ]);
    await put(world, 'hoyereutdanning/opptak/soknadsalternativ', [
      // Of somebody who is strictly protected, by either way to the person, and of nobody who is known.
      choiceOf('SA1', '103,60,1', { personProfil: person }),
      choiceOf('SA2', '103,60,2', { soknad: [bySystemId('fs/studierett/fssoknad', 'FSS3')] }),
      choiceOf('SA3', '109,61,1', {}),
    ]);
    const seen = async () =>
      valuesOf((await ask('selectMany', 'SoknadsAlternativ', { Studieprogramkode: 'TEST-BA' })).text, 'Sokernr');
    assert.deepEqual(await seen(), ['55']);
    says(await ask('select', 'SoknadsAlternativ', { Personlopenr: 103, Sokernr: '60', Alternativnr: 1 }), 'none');
    await onlyGrants(world, { ...everything, clearance: 3 }, { application: 'adapter', actions: ['deliver'] });
    try {
      assert.deepEqual((await seen()).toSorted(), ['55', '60', '60', '61']);
    } finally {
      await onlyGrants(world, everything, { application: 'adapter', actions: ['deliver'] });
    }
  });

  it('answers with a reference where a source decides, by which the outcome is told', async () => {
    await world.owned(sourceOwned);
    try {
      const asked = ask('upsert', 'Emne', { ...course, Emnenavn_Engelsk: 'Examined' });
      const answer = await asked;
      says(answer, 'waiting');
      assert.ok(answer.reference !== null);
      assert.match(answer.headers['Retry-After'] ?? '', /^[1-9]\d*$/);
      says(valid(await world.get(`status/${answer.reference}`)), 'waiting', answer.reference);
      const [event] = await world.poll('fs/studietilbud/emne');
      assert.ok(event !== undefined);
      assert.equal(await world.answer(event.id, { state: 'rejected', message: 'Emnet er låst.' }), 'ok');
      says(valid(await world.get(`status/${answer.reference}`)), 'rejected', 'Emnet er låst.');
      says(valid(await world.get('status/finnes-ikke')), 'unknownReference');
      says(valid(await world.get('status/')), 'unknownReference');
    } finally {
      await world.owned(hubOwned);
    }
  });

  it('tells apart what a source makes of a write, without brackets where it gives no words', async () => {
    await world.owned(sourceOwned);
    try {
      for (const state of ['rejected', 'failed'] as const) {
        const answer = await ask('upsert', 'Emne', { ...course, Emnenavn_Engelsk: `Examined ${state}` });
        says(answer, 'waiting');
        const event = (await world.poll('fs/studietilbud/emne')).at(-1);
        assert.equal(await world.answer(event?.id ?? '', { state, message: '' }), 'ok');
        const decided = valid(await world.get(`status/${answer.reference}`));
        says(decided, state);
        assert.ok(!decided.text.includes('()'), decided.text);
      }
    } finally {
      await world.owned(hubOwned);
    }
  });

  it('says of what its owner keeps closed that it cannot be written here', async () => {
    await world.owned([{ pattern: '*', policy: 'closed', deadlineMinutes: null }]);
    try {
      says(await ask('upsert', 'Emne', { ...course, Emnenavn_Engelsk: 'Closed' }), 'unwritten');
    } finally {
      await world.owned(hubOwned);
    }
  });

  it('is not let write where nothing may be written', async () => {
    await onlyGrants(world, { actions: ['read', 'list'] });
    try {
      const answer = await ask('upsert', 'Emne', { ...course, Emnenavn_Engelsk: 'X' });
      says(answer, 'denied');
    } finally {
      await onlyGrants(world, everything, { application: 'adapter', actions: ['deliver'] });
    }
  });
});

describe('the form', () => {
  const xml = xmlOfKull;
  const form = 'application/x-www-form-urlencoded';
  const latin = [...Buffer.from(xml, 'latin1')].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const parts = 'multipart/form-data; boundary=b';

  it('is taken as browsers and clients send it', async () => {
    for (const [body, type] of [
      [`xml=${encodeURIComponent(xml)}`, form],
      [`xml=${encodeURIComponent(xml).replaceAll('%20', '+')}`, `${form}; charset=UTF-8`],
      [`&xml=${encodeURIComponent(xml)}&`, `${form};charset="utf-8"`],
      [`xml=${latin}`, `${form}; charset=ISO-8859-1`],
      [`xml=${encodeURIComponent(`<?xml version="1.0" encoding="ISO-8859-1"?>${xml}`)}`, form],
      [part('xml', xml), parts],
      [part('xml', Buffer.from(xml, 'latin1'), 'Content-Type: text/xml; charset=iso-8859-1\r\n'), parts],
      [part('xml', xml, 'Content-Type: application/xml\r\n'), 'multipart/form-data; boundary="b"'],
    ] as const) {
      const answer = valid(await world.raw('select', body, type));
      says(answer, 'ok');
    }
  });

  it('is refused by a code when it is something else', async () => {
    const field = `xml=${encodeURIComponent(xml)}`;
    const sent: readonly (readonly [StatusName, string | Buffer, string | null])[] = [
      ['media', field, null],
      ['media', xml, 'application/xml'],
      ['media', field, `${form}; charset=utf-16`],
      ['media', field, `${form}; charset=utf-8; charset=utf-8`],
      ['media', field, `${form}; charset="utf-8`],
      ['media', field, `${form}; charset="${'\\"'.repeat(4_000)}`],
      ['fieldMissing', '', form],
      ['otherField', 'XML=%3Ca%2F%3E', form],
      ['otherField', `${field}&dryRun=true`, form],
      ['fieldTwice', `${field}&${field}`, form],
      ['malformed', 'xml=', form],
      ['malformed', 'xml', form],
      ['form', 'xml=%3', form],
      ['form', 'xml=%zz', form],
      ['letters', `xml=${latin}`, form],
      ['letters', 'xml=%85', `${form}; charset=iso-8859-1`],
      ['letters', 'xml=%c3', `${form}; charset=us-ascii`],
      ['form', xml, 'multipart/form-data'],
      ['form', xml, parts],
      ['form', part('xml', xml, '', ''), parts],
      ['form', part('xml', xml, 'Content-Transfer-Encoding: base64\r\n'), parts],
      ['fieldMissing', '--b--\r\n', parts],
      ['otherField', part('fil', xml), parts],
      ['fieldTwice', Buffer.concat([part('xml', xml, '', '\r\n'), part('xml', xml)]), parts],
    ];
    for (const [name, body, type] of sent) {
      const answer = valid(await world.raw('select', body, type));
      assert.equal(answer.code, statusTable[name].code, `${name}: ${String(body).slice(0, 80)} ${answer.text}`);
      assert.equal(answer.status, statusTable[name].http);
    }
  });

  it('takes headers of parts up to the limit', async () => {
    says(await world.raw('select', withHeader(limits.formPartHeaderBytes), parts), 'ok');
    says(await world.raw('select', withHeader(limits.formPartHeaderBytes + 1), parts), 'form');
  });
});

describe('the XML', () => {
  const column = '<Studieprogramkode>TEST-PHD</Studieprogramkode>';

  it('may be written in every way that says the same', async () => {
    for (const xml of [
      inside(column),
      `\ufeff<?xml version="1.0"?>\n${inside(`\n  ${column}\n`)}\n`,
      inside('<!-- her --><Studieprogramkode><![CDATA[TEST]]>-<!-- - -->PHD</Studieprogramkode>'),
      inside('<Studieprogramkode>  TEST&#45;PHD&#10;</Studieprogramkode>'),
      `<c:doSelectRequest xmlns:c="${namespace}"><c:Kull><c:Studieprogramkode>TEST-PHD</c:Studieprogramkode></c:Kull></c:doSelectRequest>`,
    ])
      says(valid(await world.send('select', xml)), 'ok');
  });

  it('is refused by a code when it is something else, whatever harm is meant', async () => {
    const deep = '<a>'.repeat(limits.xmlDepth) + '</a>'.repeat(limits.xmlDepth);
    for (const { name, xml } of [
      told('malformed', '<'),
      told('malformed', `<doSelectRequest xmlns="${namespace}">`),
      told('malformed', inside('<Arstall>&ukjent;</Arstall>')),
      told('malformed', 'ikke xml'),
      told('refusedXml', `<!DOCTYPE a>${inside(column)}`),
      told(
        'refusedXml',
        `<!DOCTYPE a [<!ENTITY b "${'b'.repeat(1_000)}"><!ENTITY c "&b;&b;&b;">]>${inside('<Arstall>&c;</Arstall>')}`,
      ),
      told('refusedXml', `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${inside('<Arstall>&x;</Arstall>')}`),
      told('refusedXml', `${inside(column)}<?php echo 1 ?>`),
      told('xmlLimit', inside(deep)),
      told('xmlLimit', inside(`<Studieprogramkode>${'x'.repeat(limits.xmlTextLength + 1)}</Studieprogramkode>`)),
      told('xmlLimit', inside(`<${'x'.repeat(limits.xmlNameLength + 1)}/>`)),
      told('xmlLimit', inside('<Arstall/>'.repeat(limits.xmlEntryElements))),
      told('root', `<doUpsertRequest xmlns="${namespace}"><Kull/></doUpsertRequest>`),
      told('root', `<Kull xmlns="${namespace}"/>`),
      told('namespace', '<doSelectRequest><Kull/></doSelectRequest>'),
      told('namespace', `<doSelectRequest xmlns="${namespace}/2"><Kull/></doSelectRequest>`),
      told('namespace', `<doSelectRequest xmlns="${namespace}"><Kull xmlns="urn:x"/></doSelectRequest>`),
      told('namespace', inside('<Arstall xmlns="">2026</Arstall>')),
      told('oneTable', `<doSelectRequest xmlns="${namespace}"/>`),
      told('oneTable', `<doSelectRequest xmlns="${namespace}"><Kull/><Kull/></doSelectRequest>`),
      told('table', `<doSelectRequest xmlns="${namespace}"><constructor/></doSelectRequest>`),
      told('column', inside('<constructor>1</constructor>')),
      told('column', inside('<arstall>2026</arstall>')),
      told('twice', inside(column + column)),
      told('nested', inside('<Arstall><Arstall>2026</Arstall></Arstall>')),
      told('nested', inside('2026')),
      told('attributes', inside('<Arstall type="int">2026</Arstall>')),
      told('attributes', `<doSelectRequest xmlns="${namespace}" a="1"><Kull/></doSelectRequest>`),
    ]) {
      const answer = valid(await world.send('select', xml));
      assert.equal(answer.code, statusTable[name].code, `${name}: ${xml.slice(0, 120)} ${answer.text}`);
      assert.ok(!answer.text.includes('root:'), 'a file was read');
    }
  });

  it('is not repeated at length', async () => {
    const many = Array.from({ length: 5_000 }, (_, index) => `<a${index}/>`).join('');
    const answer = valid(await world.send('select', inside(many)));
    says(answer, 'column', 'a9, …');
    assert.ok(answer.text.length < 1_000, String(answer.text.length));
  });

  it('repeats no national id that stands where a name should', async () => {
    const answer = valid(await world.send('select', inside(`<a.${nationalId(1)}>1</a.${nationalId(1)}>`)));
    says(answer, 'column');
    assert.ok(!answer.text.includes(nationalId(1)), answer.text);
  });
});

describe('a property', () => {
  it('holds: what upsert takes, select gives back', { timeout: 60_000 }, async () => {
    const flag = optional(fc.constantFrom('J', 'N'));
    const row = fc.record({
      Bygningskode: fc.constant('BYGG'),
      Romkode: fc
        .string({ unit: fc.constantFrom(...'AZØ09,/\\%+ &<'), minLength: 1, maxLength: 6 })
        .map((text) => `R${text}R`),
      Romnavn: optional(line(40)),
      Etasje: optional(fc.nat(99)),
      Antall_Plasser_Undervisning: optional(fc.nat(9_999)),
      Status_Aktiv: flag,
    });
    await fc.assert(
      fc.asyncProperty(row, row, async (first, second) => {
        const both = { ...second, Romkode: first.Romkode };
        const given = (columns: typeof first): Columns =>
          Object.fromEntries(
            Object.entries(columns).filter((one): one is [string, string | number] => one[1] !== undefined),
          );
        await ok('upsert', 'Rom', given(first));
        await ok('upsert', 'Rom', given(both));
        const { text } = await ok('select', 'Rom', { Bygningskode: first.Bygningskode, Romkode: first.Romkode });
        for (const [name, value] of Object.entries({ ...given(first), ...given(both) })) {
          const [shown] = valuesOf(text, name);
          const plain = shown?.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
          assert.equal(plain, String(value), name);
        }
      }),
      { numRuns: cases(40) },
    );
  });
});

describe('what is published', () => {
  it('is the schema, and requests are as it says', () => {
    golden('fsws-crud/crud.xsd', xsd);
    for (const root of ['doSelectRequest', 'doSelectManyRequest', 'doSelectManyAsAttachmentRequest', 'doUpsertRequest'])
      assert.deepEqual(schema.check(Buffer.from(requestOf(root, 'Emne', { ...course, Emnenavn_Bokmal: '' }))), []);
    assert.notDeepEqual(schema.check(Buffer.from(requestOf('doSelectRequest', 'Emne', { Pris: 1 }))), []);
    assert.notDeepEqual(schema.check(Buffer.from(requestOf('doSelectRequest', 'Kull', { Arstall: 12 }))), []);
    // The nineteen of the schema that is known, and the two that its page names.
    assert.equal(crudTables.length, 21);
  });

  it('stands in the guide, every code and every table', () => {
    const guide = readFileSync(new URL('../../../docs/how-to/fsws-crud.md', import.meta.url), 'utf8');
    const said: readonly string[] = Object.values(statusTable)
      .filter(({ of }) => of !== 'operations')
      .map(({ code, http, words }) => `| ${code} | ${http} | ${words.en} |`);
    assert.ok(said.length > 40);
    for (const one of said) assert.ok(guide.includes(one), one);
    // And none that is said elsewhere alone, or that is not there.
    const listed = guide.match(/^\| \d+ \| \d{3} \| [^|]+ \|/gm) ?? [];
    assert.deepEqual(listed.toSorted(), said.toSorted());
    for (const { name } of crudTables) assert.ok(guide.includes(`| ${name} |`), name);
  });
});
