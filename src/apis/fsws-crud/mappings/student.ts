// Student: somebody as a student of the institution. Read by tables.ts.
import type { CrudTable } from '../crud-table.ts';
import { own, shown } from '../crud-table.ts';
import { digits, text, yesNo } from '../column-forms.ts';
import { personOf } from './person-columns.ts';

export const student: CrudTable = {
  name: 'Student',
  describe: { nb: 'En student ved lærestedet.', en: 'A student of the institution.' },
  variants: [
    {
      name: '',
      collection: 'fs/person/student',
      key: ['Personlopenr'],
      writes: ['create', 'patch'],
      links: [{ of: ['Personlopenr'], relation: 'personProfil', identifier: 'personlopenummer', fixed: true }],
      columns: {
        ...personOf('personProfil', 'naturligNokkel'),
        Studentnr_Tildelt: shown(
          'Studentnummeret, som lærestedet tildeler.',
          'Student number, given by the institution.',
          'studentnummer.identifikatorverdi',
          digits(9),
          { finds: 'few', by: 'studentnummer', known: true },
        ),
        Lanetakerid: shown(
          'Lånetaker-id i biblioteket.',
          'Id of the borrower in the library.',
          'lanetakerId.identifikatorverdi',
          text(20),
          { finds: 'few', by: 'lanetakerId' },
        ),
        Status_Overfores_Lms: own(
          'Studenten kan overføres til læringsplattformen.',
          'The student may be sent to the learning platform.',
          'kanOverforesTilLms',
          yesNo,
          { required: true },
        ),
        Studienivakode_Hoyeste: shown(
          'Høyeste studienivå.',
          'Highest level of study.',
          'hoyesteStudieniva.kode.identifikatorverdi',
          text(10),
        ),
      },
    },
  ],
};
