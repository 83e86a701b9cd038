// Personakseptanse: what a student has answered to a question of the institution. The model keeps the answer and the question, and no key: rows are read.
// Read by tables.ts.
import type { CrudTable } from '../crud-table.ts';
import { shown } from '../crud-table.ts';
import { date, digits, text, yesNo } from '../column-forms.ts';
import { nationalIdColumns } from './person-columns.ts';

export const personConsent: CrudTable = {
  name: 'Personakseptanse',
  describe: { nb: 'Et samtykke som en student har svart på.', en: 'A consent that a student has answered.' },
  variants: [
    {
      name: '',
      collection: 'fs/person/samtykke',
      key: [],
      writes: [],
      columns: {
        Personlopenr: shown(
          'Studentens løpenummer.',
          'Number of the student.',
          'student.naturligNokkel.identifikatorverdi',
          digits(9),
          { finds: 'few', by: 'student.naturligNokkel' },
        ),
        ...nationalIdColumns('student.personProfil'),
        Akseptansetypekode: shown(
          'Kravet det er svart på.',
          'What was asked for.',
          'samtykkekrav.systemId.identifikatorverdi',
          text(100),
          { finds: 'some', by: 'samtykkekrav.systemId' },
        ),
        Status_Akseptert: shown('Studenten har sagt ja.', 'The student has said yes.', 'gittSamtykke', yesNo, {
          finds: 'some',
        }),
        Dato_Svar: shown('Dagen det ble svart.', 'Day of the answer.', 'svartidspunkt', date),
      },
    },
  ],
};
