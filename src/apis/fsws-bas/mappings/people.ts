// Students, academic staff, and what is registered of students. Read by tables.ts.
import { civilDate, civilNow } from '#mappings/converters.ts';
import { asNumber, birthNumber, flag, personNumber, readTermCode, termCode, textIn } from '#mappings/fs-values.ts';
import type { Converter, Fields } from '#mappings/mapping.ts';
import { joinKey, keyNumber, keyPartAs } from '#mappings/natural-key.ts';
import type { Table, TableFilter } from '#tables/table.ts';
import { oneOf } from './value.ts';

const key = 'naturligNokkel.identifikatorverdi';

/** Who a row is about, through a relation to the person. */
export const whose = (relation: string): Fields => ({
  personlopenr: oneOf(
    'Personens løpenummer.',
    'Number of the person.',
    `${relation}.personlopenummer.identifikatorverdi`,
    asNumber,
  ),
});

const named = (relation: string): Fields => ({
  ...whose(relation),
  fodselsdato: oneOf(
    'De seks første sifrene i fødselsnummeret, uten null foran.',
    'The first six digits of the national id, without a zero in front.',
    `${relation}.fodselsnummer.identifikatorverdi`,
    birthNumber,
  ),
  personnr: oneOf(
    'De fem siste sifrene.',
    'The last five digits.',
    `${relation}.fodselsnummer.identifikatorverdi`,
    personNumber,
  ),
  fornavn: oneOf('Fornavn.', 'Given name.', `${relation}.navn.fornavn`),
  etternavn: oneOf('Etternavn.', 'Family name.', `${relation}.navn.etternavn`),
  brukernavn: oneOf('Brukernavnet.', 'The user name.', `${relation}.feideBruker.identifikatorverdi`),
});

/** A term, by year and code together. */
const inTerm = (path: string): TableFilter => ({
  of: ['arstall', 'terminkode'],
  path: `${path}.naturligNokkel`,
  read: (year, code) => {
    const term = readTermCode(code);
    return year !== undefined && /^\d{4}$/.test(year) && term !== undefined ? joinKey([year, term]) : undefined;
  },
});

export const student: Table = {
  mapping: {
    name: 'bas-student',
    schema: 'student',
    collection: 'fs/person/student',
    describe: { nb: 'En student ved institusjonen.', en: 'A student at the institution.' },
    fields: {
      ...named('personProfil'),
      studentnr: oneOf('Studentnummeret.', 'Number of the student.', 'studentnummer.identifikatorverdi'),
    },
  },
  key: 'naturligNokkel',
  filters: [inTerm('semesterregistreringer.termin')],
};

const pictureTypes = ['image/jpeg', 'image/png'];

const someText = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

const pictureWrites = (): NonNullable<Table['writes']> => {
  return {
    operations: ['patch'],
    members: [
      { of: ['bilde'], to: 'bilde.bilde', make: someText },
      {
        of: ['filtype'],
        to: 'bilde.filtype',
        make: (value) => (typeof value === 'string' && pictureTypes.includes(value) ? value : undefined),
      },
    ],
    readOnly: [],
  };
};

/** The picture of a student; it is written and never shown here. */
export const studentPicture: Table = {
  mapping: { ...student.mapping, name: 'bas-student-picture' },
  key: 'naturligNokkel',
  filters: [{ of: ['personlopenr'], path: 'personProfil.personlopenummer', read: (text) => text, selective: true }],
  writes: pictureWrites(),
};

export const staff: Table = {
  mapping: {
    name: 'bas-staff',
    schema: 'fagperson',
    collection: 'fs/person/fagperson',
    describe: { nb: 'En fagperson ved institusjonen.', en: 'Somebody of the academic staff of the institution.' },
    fields: {
      ...named('personProfil'),
      ansattnr: oneOf('Ansattnummeret.', 'Number of employment.', 'personProfil.ansattnummer.identifikatorverdi'),
      stillingstittel: oneOf('Stillingstittelen.', 'The title.', 'stillingstittelAlleSprak', textIn('nb', 'nn', 'en')),
      sted: oneOf('Stedet der personen er ansatt.', 'The unit of employment.', `ansattVed.${key}`),
      statusAktiv: oneOf('Aktiv som fagperson.', 'Active as academic staff.', 'erAktiv', flag),
      statusEkstern: oneOf('Ekstern.', 'External.', 'erEkstern', flag),
    },
  },
  key: 'naturligNokkel',
  filters: [{ of: ['personlopenr'], path: 'personProfil.personlopenummer', read: (text) => text, selective: true }],
  writes: {
    operations: ['create', 'patch'],
    members: [
      // The number is the key of the row and names the person whom it is about.
      {
        of: ['personlopenr'],
        to: 'naturligNokkel',
        make: (value) => (typeof value === 'string' ? value : undefined),
        required: true,
        fixed: true,
      },
      {
        of: ['person'],
        relation: 'personProfil',
        identifier: 'personlopenummer',
        make: (value) => (typeof value === 'string' ? value : undefined),
        fixed: true,
      },
      {
        of: ['stillingstittel'],
        to: 'stillingstittelAlleSprak.nb',
        make: (value) => (typeof value === 'string' ? value : undefined),
      },
      {
        of: ['sted'],
        relation: 'ansattVed',
        identifier: 'naturligNokkel',
        make: (value) => (typeof value === 'string' ? value : undefined),
      },
      {
        of: ['statusAktiv'],
        to: 'erAktiv',
        make: (value) => (value === 'J' ? true : value === 'N' ? false : undefined),
      },
      {
        of: ['statusEkstern'],
        to: 'erEkstern',
        make: (value) => (value === 'J' ? true : value === 'N' ? false : undefined),
      },
      { of: ['kanOverforesTilLms'], to: 'kanOverforesTilLms', make: (value) => value === 'J' },
    ],
    readOnly: [],
  },
};

export const registration: Table = {
  mapping: {
    name: 'bas-registration',
    schema: 'semesterregistrering',
    collection: 'fs/studierett/semesterregistrering',
    describe: { nb: 'En students registrering i et semester.', en: 'The registration of a student in a term.' },
    fields: {
      ...whose('student.personProfil'),
      arstall: oneOf('Året.', 'The year.', key, keyNumber(1)),
      terminkode: oneOf('Terminen.', 'The term.', key, keyPartAs(2, termCode)),
      registrert: oneOf('Semesterregistrert.', 'Registered.', 'erSemesterregistrert', flag),
      betalt: oneOf('Semesteravgiften er betalt.', 'The fee is paid.', 'harBetaltSemesteravgiftV2', flag),
      ugyldig: oneOf('Gjort ugyldig.', 'Made invalid.', 'erUgyldiggjort', flag),
    },
  },
  key: 'naturligNokkel',
  filters: [inTerm('termin')],
};

export const studyRight: Table = {
  mapping: {
    name: 'bas-study-right',
    schema: 'studierett',
    collection: 'fs/studierett/programstudierett',
    describe: { nb: 'En students rett til et studieprogram.', en: 'The right of a student to a programme.' },
    fields: {
      ...whose('personProfil'),
      studieprogramkode: oneOf('Studieprogrammet.', 'The programme.', 'studieprogram.kode.identifikatorverdi'),
      arstallKull: oneOf('Kullets år.', 'Year of the cohort.', `kull.${key}`, keyNumber(1)),
      terminkodeKull: oneOf('Kullets termin.', 'Term of the cohort.', `kull.${key}`, keyPartAs(2, termCode)),
      datoFra: oneOf('Fra.', 'From.', 'studierettperiode.fraDato', civilDate),
      datoTil: oneOf('Til.', 'To.', 'studierettperiode.tilDato', civilDate),
      statusPrivatist: oneOf('Privatist.', 'Private candidate.', 'erPrivatist', flag),
      studierettstatus: oneOf(
        'Statusen til studieretten.',
        'Status of the right.',
        'studierettstatus.kode.identifikatorverdi',
      ),
      studentstatus: oneOf(
        'Statusen til studenten.',
        'Status of the student.',
        'studentstatus.kode.identifikatorverdi',
      ),
    },
  },
  key: 'naturligNokkel',
  filters: [],
};

/** The civil day of a moment in seconds. */
const dayOfSeconds: Converter = {
  name: 'bas-day-of-seconds',
  schema: { type: 'string', format: 'date' },
  apply: (value) =>
    typeof value === 'string' && /^\d{1,11}$/.test(value) ? civilNow(Number(value) * 1_000).today : undefined,
};

export const numberChange: Table = {
  mapping: {
    name: 'bas-number-change',
    schema: 'fnrendring',
    collection: 'fs/person/fodselsnummerendring',
    describe: { nb: 'Et skifte av fødselsnummer.', en: 'A change of national id.' },
    fields: {
      personlopenr: oneOf('Personens løpenummer.', 'Number of the person.', key, keyNumber(0)),
      dato: oneOf('Dagen.', 'The day.', key, keyPartAs(1, dayOfSeconds)),
      fnrTidligere: oneOf('Det gamle nummeret.', 'The old number.', 'tidligereFodselsnummer'),
      fnrNytt: oneOf('Det nye nummeret.', 'The new number.', 'nyttFodselsnummer'),
    },
  },
  key: 'naturligNokkel',
  filters: [],
};
