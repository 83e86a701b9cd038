// Three types as an API could tell them: persons, students with what is written of their person, and teaching with keys of several parts. Used by the tests of
// tables; opens nothing.
import { civilDate } from '#mappings/converters.ts';
import { birthNumber, flagOf, nationalIdOf, personNumber, readTermCode } from '#mappings/fs-values.ts';
import { joinKey, keyPart } from '#mappings/natural-key.ts';
import { day, line } from '#mappings/to-model.ts';
import { readTable } from '#tables/read-table.ts';
import type { Table } from '#tables/table.ts';
import { hubModel } from '../model/models.ts';

const model = hubModel();

const at = {
  person: 'fs/person/personprofil',
  student: 'fs/person/student',
  unitOfTeaching: 'fs/undervisning/undervisningsenhet',
} as const;

const describe = { nb: 'Noe.', en: 'Something.' };
const asText = (text: string): string | undefined => (text === '' ? undefined : text);
const asNumber = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);
const textOf = (most: number) => (value: unknown) => line(most).apply(value);

/** Persons, by their number: nothing of them is hidden from who has all. */
export const personTable: Table = {
  mapping: {
    name: 'try-person',
    schema: 'Person',
    collection: at.person,
    describe,
    fields: {
      Personlopenr: { kind: 'value', from: 'personlopenummer.identifikatorverdi', describe },
      Fornavn: { kind: 'value', from: 'navn.fornavn', describe },
      Etternavn: { kind: 'value', from: 'navn.etternavn', describe },
      Fodselsdato: { kind: 'value', from: 'fodselsnummer.identifikatorverdi', convert: birthNumber, describe },
      Personnr: { kind: 'value', from: 'fodselsnummer.identifikatorverdi', convert: personNumber, describe },
      Fodt: { kind: 'value', from: 'fodselsdato', describe },
      Epost: { kind: 'value', from: 'institusjonsEpost', describe },
      Status_Dod: { kind: 'value', from: '@self', convert: flagOf('erDod'), describe },
    },
  },
  key: 'personlopenummer',
  filters: [
    { of: ['Personlopenr'], path: 'personlopenummer', read: asText, selective: true },
    { of: ['Fornavn'], path: 'navn.fornavn', read: asText },
    { of: ['Epost'], path: 'institusjonsEpost', read: asText },
    { of: ['Fodt'], path: 'fodselsdato', read: asText },
    { of: ['Fodselsdato', 'Personnr'], path: 'fodselsnummer', read: nationalIdOf, selective: true },
  ],
  writes: {
    operations: ['create', 'patch', 'delete'],
    makes: { kjonn: 'KVINNE', pass: [], adressebeskyttelse: 'ugradert' },
    readOnly: ['Status_Dod'],
    members: [
      { of: ['Personlopenr'], to: 'personlopenummer', required: true, fixed: true, make: textOf(20) },
      { of: ['Personlopenr'], to: 'naturligNokkel', required: true, fixed: true, make: textOf(20) },
      { of: ['Fodselsdato', 'Personnr'], to: 'fodselsnummer', make: nationalIdOf },
      { of: ['Fornavn'], to: 'navn.fornavn', required: true, make: textOf(30) },
      { of: ['Etternavn'], to: 'navn.etternavn', required: true, make: textOf(30) },
      { of: ['Fodt'], to: 'fodselsdato', fixed: true, make: (value) => day.apply(value) },
      { of: ['Epost'], to: 'institusjonsEpost', make: textOf(100) },
    ],
  },
};

/** Students, with what stands in the person written together with them. */
export const studentTable: Table = {
  mapping: {
    name: 'try-student',
    schema: 'Student',
    collection: at.student,
    describe,
    fields: {
      Personlopenr: { kind: 'value', from: 'naturligNokkel.identifikatorverdi', convert: keyPart(0), describe },
      Studentnr: { kind: 'value', from: 'studentnummer.identifikatorverdi', describe },
      Etternavn: { kind: 'value', from: 'personProfil.navn.etternavn', describe },
    },
  },
  key: 'studentnummer',
  filters: [
    { of: ['Studentnr'], path: 'studentnummer', read: asText, selective: true },
    { of: ['Etternavn'], path: 'personProfil.navn.etternavn', read: asText },
    { of: ['Arstall'], path: 'semesterregistreringer.termin.arstall', read: asNumber },
  ],
  writes: {
    operations: ['create', 'patch'],
    makes: { kanOverforesTilLms: false },
    readOnly: [],
    members: [
      { of: ['Personlopenr'], to: 'naturligNokkel', required: true, fixed: true, make: textOf(20) },
      {
        of: ['Personlopenr'],
        relation: 'personProfil',
        identifier: 'personlopenummer',
        required: true,
        fixed: true,
        make: (text) => String(text),
      },
      { of: ['Studentnr'], to: 'studentnummer', make: textOf(20) },
      { of: ['Etternavn'], to: 'personProfil.navn.etternavn', make: textOf(30) },
    ],
  },
};

/** Teaching of courses: keys of several parts, and what hangs on complex values. */
export const teachingTable: Table = {
  mapping: {
    name: 'try-teaching',
    schema: 'Undervisning',
    collection: at.unitOfTeaching,
    describe,
    fields: {
      Emnekode: { kind: 'value', from: 'emne.kode', describe },
      Versjonskode: { kind: 'value', from: 'naturligNokkel.identifikatorverdi', convert: keyPart(2), describe },
      Arstall: { kind: 'value', from: 'termin.arstall', describe },
      Begynner: { kind: 'value', from: 'termin.studiesemesterPeriode.fraDato', convert: civilDate, describe },
    },
  },
  key: 'naturligNokkel',
  filters: [
    { of: ['Emnekode'], path: 'emne.kode', read: asText },
    { of: ['Arstall'], path: 'termin.arstall', read: asNumber },
    { of: ['Terminkode'], path: 'termin.betegnelse.kode', read: readTermCode },
    { of: ['Fra'], path: 'emne.undervisesIPeriode.fraTermin.arstall', read: asNumber },
  ],
  writes: {
    operations: ['create'],
    readOnly: ['Versjonskode', 'Begynner'],
    members: [
      {
        of: ['Emnekode', 'Arstall', 'Terminkode'],
        to: 'naturligNokkel',
        required: true,
        make: (code, year, term) => joinKey(['7777', String(code), '1', String(year), readTermCode(term) ?? '', '1']),
      },
      {
        of: ['Emnekode'],
        relation: 'emne',
        identifier: 'naturligNokkel',
        required: true,
        make: (code) => joinKey(['7777', String(code), '1']),
      },
      {
        of: ['Arstall', 'Terminkode'],
        relation: 'termin',
        identifier: 'naturligNokkel',
        required: true,
        make: (year, term) => {
          const code = readTermCode(term);
          return code === undefined ? undefined : joinKey([String(year), code]);
        },
      },
    ],
  },
};

export const readings = {
  person: readTable(personTable, model),
  student: readTable(studentTable, model),
  teaching: readTable(teachingTable, model),
};
