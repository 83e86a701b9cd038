// Kull: the students who begin on a programme in a term. Read by tables.ts.
import type { CrudTable } from '../crud-table.ts';
import { keyed, own } from '../crud-table.ts';
import { text, yesNo } from '../column-forms.ts';
import { termKey } from './course-columns.ts';

export const cohort: CrudTable = {
  name: 'Kull',
  describe: { nb: 'Et kull på et studieprogram.', en: 'A cohort of a programme.' },
  bounded: true,
  variants: [
    {
      name: '',
      collection: 'fs/studietilbud/kull',
      key: ['Studieprogramkode', 'Arstall', 'Terminkode'],
      writes: ['create', 'patch'],
      links: [
        { of: ['Studieprogramkode'], relation: 'studieprogram', identifier: 'kode', fixed: true },
        { of: ['Arstall', 'Terminkode'], relation: 'terminV2', identifier: 'naturligNokkel', fixed: true },
      ],
      columns: {
        Studieprogramkode: keyed('Studieprogrammet.', 'The programme.', 0, text(20), {
          sought: { path: 'studieprogram.kode', selective: true },
          known: true,
        }),
        ...termKey(1, 'terminV2'),
        Studiekullnavn: own('Navnet på bokmål.', 'Name in Bokmål.', 'navnAlleSprak.nb', text(200), { required: true }),
        Studiekullnavn_Engelsk: own('Navnet på engelsk.', 'Name in English.', 'navnAlleSprak.en', text(200)),
        Lmsromkode: own('Rommet i læringsplattformen.', 'Room in the learning platform.', 'lmsRomkode', text(50)),
        Status_Eksport_Lms: own(
          'Kullet overføres til læringsplattformen.',
          'The cohort is sent to the learning platform.',
          'skalEksporteresTilLms',
          yesNo,
        ),
        Status_Aktiv: own('Kullet er i bruk.', 'The cohort is in use.', 'erAktiv', yesNo, { finds: 'some' }),
      },
    },
  ],
};
