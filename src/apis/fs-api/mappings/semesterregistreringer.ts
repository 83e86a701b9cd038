// Registrations of students for terms (facts 4.2).
import { object, value } from '#mappings/field.ts';
import { keyFields, names, reference } from './field.ts';
import { date, flag, lasting, link, ownKey, writes } from './writing.ts';
import { byPerson, bySemester, byTruth, table, type FsApiResource } from './resource.ts';

const describe = { nb: 'At en student er registrert i en termin.', en: 'That a student is registered for a term.' };

const named = (nb: string, en: string, relation: string) =>
  object(nb, en, relation, { navn: names('Navnet.', 'The name.', 'navnAlleSprak') });

export const semesterregistreringer: FsApiResource = {
  name: 'semesterregistreringer',
  type: 'SemesterRegistrering',
  describe,
  successor: 'Semesterregistrering',
  tables: [
    table('semesterregistreringer', 'SemesterRegistrering', describe, {
      collection: 'fs/studierett/semesterregistrering',
      fields: {
        ...keyFields('semesterregistreringer'),
        registreringsform: named('Hvordan den er gjort.', 'How it was made.', 'registreringsform'),
        betalingsform: named('Hvordan det er betalt.', 'How it was paid.', 'betalingsform'),
        registreringOk: value('Sann når den er gjort.', 'True when it has been made.', 'erSemesterregistrert'),
        betalingOk: value(
          'Sann når avgiften er betalt.',
          'True when the fee has been paid.',
          'harBetaltSemesteravgiftV2',
        ),
        ugyldig: value('Sann når den er gjort ugyldig.', 'True when it has been declared void.', 'erUgyldiggjort'),
        datoBetalt: value('Dagen avgiften ble betalt.', 'Day of the payment.', 'betaltSemesteravgiftDato'),
        campus: reference('Studiestedet.', 'The campus.', 'campuser', 'campus'),
      },
      filters: [
        byPerson('student.personProfil'),
        ...bySemester('semester', 'termin'),
        byTruth('registreringOk', 'erSemesterregistrert'),
        byTruth('betalingOk', 'harBetaltSemesteravgiftV2'),
      ],
      writes: writes(
        [
          ownKey('semesterregistreringer'),
          link('person', 'personer', 'student', lasting),
          link('semester', 'semestre', 'termin', lasting),
          flag('registreringOk', 'erSemesterregistrert'),
          flag('betalingOk', 'harBetaltSemesteravgiftV2'),
          flag('ugyldig', 'erUgyldiggjort'),
          date('datoBetalt', 'betaltSemesteravgiftDato'),
          link('campus', 'campuser', 'campus'),
        ],
        ['registreringsform', 'betalingsform'],
      ),
    }),
  ],
};
