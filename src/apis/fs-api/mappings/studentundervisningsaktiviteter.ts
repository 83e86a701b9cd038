// Places of students in activities (facts 4.2).
import { value } from '#mappings/field.ts';
import { always, keyFields } from './field.ts';
import { byCourse, byPerson, bySemester, byText, table, type FsApiResource } from './resource.ts';

const describe = { nb: 'At en student har plass i en aktivitet.', en: 'That a student has a place in an activity.' };

export const studentundervisningsaktiviteter: FsApiResource = {
  name: 'studentundervisningsaktiviteter',
  type: 'StudentUndervisningsAktivitet',
  describe,
  successor: 'Undervisningspartiplassering',
  tables: [
    table('studentundervisningsaktiviteter', 'StudentUndervisningsAktivitet', describe, {
      collection: 'fs/undervisning/partiplassering',
      fields: {
        ...keyFields('studentundervisningsaktiviteter'),
        tildelt: value('Sann: plassen er gitt.', 'True: the place has been given.', '@self', { convert: always(true) }),
      },
      filters: [
        byPerson('personProfil'),
        byText('undervisningsaktivitet.aktivitet', 'undervisningsaktivitet.kode'),
        ...bySemester(
          'undervisningsaktivitet.undervisning.semester',
          'undervisningsaktivitet.undervisningsenhet.termin',
        ),
        ...byCourse('undervisningsaktivitet.undervisning.emne', 'undervisningsaktivitet.undervisningsenhet.emne'),
      ],
    }),
  ],
};
