// Terms (facts 4.2).
import { keyFields, names, periods } from './field.ts';
import { byNumber, byTerm, table, type FsApiResource } from './resource.ts';

const describe = { nb: 'En termin.', en: 'A term.' };

export const semestre: FsApiResource = {
  name: 'semestre',
  type: 'Semester',
  describe,
  successor: 'Termin',
  tables: [
    table('semestre', 'Semester', describe, {
      collection: 'fs/termin/termin',
      fields: {
        ...keyFields('semestre'),
        navn: names('Navnet på terminen.', 'Name of the term.', 'betegnelse.navnAlleSprak'),
        perioder: periods({ STUDIESEMESTER: 'studiesemesterPeriode' }),
      },
      filters: [byNumber('ar', 'arstall'), byTerm('termin', 'betegnelse.kode')],
    }),
  ],
};
