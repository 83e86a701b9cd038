// Persons, with what they are as students and as staff (facts 4.2). A national id stands in no address; its parts are shown to those who see national ids, and
// a person is found by them alone by the same (facts 4.1, 4.3).
import { object, value } from '#mappings/field.ts';
import { birthNumber, nationalIdOf, personNumber } from '#mappings/fs-values.ts';
import { addresses, keyFields, mails, names, phones, reference } from './field.ts';
import {
  address,
  date,
  digits,
  emptyList,
  flag,
  lasting,
  mail,
  nationalId as nationalIdOfParts,
  ownKey,
  phone,
  text,
  typed,
  word,
  writes,
} from './writing.ts';
import { byDigits, byText, table, type FsApiResource } from './resource.ts';

const describe = {
  nb: 'En person ved institusjonen.',
  en: 'A person at the institution.',
};

const nationalId = 'fodselsnummer.identifikatorverdi';

export const personer: FsApiResource = {
  name: 'personer',
  type: 'Person',
  describe,
  successor: 'PersonProfil',
  made: { pass: [] },
  tables: [
    table('personer', 'Person', describe, {
      collection: 'fs/person/personprofil',
      fields: {
        ...keyFields('personer'),
        fornavn: value('Fornavn.', 'Given name.', 'navn.fornavn'),
        etternavn: value('Etternavn.', 'Family name.', 'navn.etternavn'),
        fodselsdato: value(
          'De seks første sifrene i fødselsnummeret, uten null foran.',
          'The first six digits of the national id, without a zero in front.',
          nationalId,
          { convert: birthNumber },
        ),
        personnummer: value(
          'De fem siste sifrene i fødselsnummeret.',
          'The last five digits of the national id.',
          nationalId,
          {
            convert: personNumber,
          },
        ),
        datoFodt: value('Fødselsdatoen.', 'Date of birth.', 'fodselsdato'),
        kjonn: value('Kjønn.', 'Sex.', 'kjonn'),
        maalform: value('Målformen.', 'Written Norwegian.', 'maalform'),
        dod: value('Sann når personen er død.', 'True when the person has died.', 'erDod'),
        brukernavn: value('Feide-navnet.', 'Feide name.', 'feideBruker.identifikatorverdi'),
        ansattnummer: value('Ansattnummeret.', 'Number as an employee.', 'ansattnummer.identifikatorverdi'),
        eposter: mails({ PRIVAT: 'privatEpost', ARBEID: 'arbeidsEpost', INSTITUSJON: 'institusjonsEpost' }),
        telefoner: phones({ MOBIL: 'mobilTelefon', PRIVAT: 'privatTelefon', ARBEID: 'arbeidsTelefon' }),
        adresser: addresses({ FOLKEREGISTRERT: 'folkeregistrertAdresse', POST: 'postadresse' }),
        student: object('Personen som student.', 'The person as a student.', 'student', {
          studentnummer: value('Studentnummeret.', 'Number as a student.', 'studentnummer.identifikatorverdi'),
        }),
        fagperson: object('Personen som fagperson.', 'The person as a member of staff.', 'fagperson', {
          aktiv: value('Sann for den som er det nå.', 'True for those who are now.', 'erAktiv'),
          ekstern: value('Sann for den som kommer utenfra.', 'True for those from outside.', 'erEkstern'),
          permisjon: value('Sann for den som har permisjon.', 'True for those on leave.', 'permisjon'),
          stillingstittel: names('Stillingstittelen.', 'Title of the position.', 'stillingstittelAlleSprak'),
          organisasjonsenhet: reference(
            'Enheten der fagpersonen er ansatt.',
            'Unit of the employment.',
            'organisasjonsenheter',
            'ansattVed',
          ),
          campus: reference('Studiestedet.', 'The campus.', 'campuser', 'campus'),
        }),
      },
      filters: [
        { ...byDigits('personlopenummer', 'personlopenummer'), selective: true },
        {
          of: ['fodselsdato0', 'personnummer0'],
          path: 'fodselsnummer',
          read: (birth, person) => nationalIdOf(birth, person),
          selective: true,
        },
        { ...byText('brukernavn', 'feideBruker'), selective: true },
        { ...byText('student.studentnummer', 'student.studentnummer'), selective: true },
        byText('etternavn', 'navn.etternavn'),
        byText('fornavn', 'navn.fornavn'),
      ],
      writes: writes(
        [
          ownKey('personer'),
          digits('personlopenummer', 'personlopenummer', lasting),
          emptyList('pass', 'pass'),
          text('fornavn', 'navn.fornavn', { required: true }),
          text('etternavn', 'navn.etternavn', { required: true }),
          nationalIdOfParts('fodselsdato', 'personnummer', 'fodselsnummer'),
          date('datoFodt', 'fodselsdato'),
          word('kjonn', 'kjonn', ['KVINNE', 'MANN'], { required: true }),
          flag('dod', 'erDod'),
          text('brukernavn', 'feideBruker'),
          text('ansattnummer', 'ansattnummer'),
          ...typed(
            'eposter',
            { PRIVAT: 'privatEpost', ARBEID: 'arbeidsEpost', INSTITUSJON: 'institusjonsEpost' },
            mail,
          ),
          ...typed('telefoner', { MOBIL: 'mobilTelefon', PRIVAT: 'privatTelefon', ARBEID: 'arbeidsTelefon' }, phone),
          // Where people live comes from the population register, and from nobody else.
          ...typed('adresser', { POST: 'postadresse' }, address),
        ],
        ['maalform', 'student', 'fagperson'],
      ),
    }),
  ],
};
