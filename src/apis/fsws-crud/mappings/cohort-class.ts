// KullKlasse: a class of a cohort. Read by tables.ts.
import type { CrudTable } from '../crud-table.ts';
import { code, keyed, own } from '../crud-table.ts';
import { text, yesNo } from '../column-forms.ts';
import { termKey } from './course-columns.ts';

export const cohortClass: CrudTable = {
  name: 'KullKlasse',
  describe: { nb: 'En klasse i et kull.', en: 'A class of a cohort.' },
  bounded: true,
  variants: [
    {
      name: '',
      collection: 'fs/studietilbud/klasse',
      key: ['Studieprogramkode', 'Arstall', 'Terminkode', 'Klassekode'],
      writes: ['create', 'patch'],
      links: [
        {
          of: ['Studieprogramkode', 'Arstall', 'Terminkode'],
          relation: 'kull',
          identifier: 'naturligNokkel',
          fixed: true,
        },
      ],
      columns: {
        Studieprogramkode: keyed('Studieprogrammet.', 'The programme.', 0, text(20), {
          sought: { path: 'kull.studieprogram.kode', selective: true },
          known: true,
        }),
        ...termKey(1, 'kull.terminV2'),
        Klassekode: {
          ...keyed('Klassens kode.', 'Code of the class.', 3, text(20), { sought: { path: 'kode' } }),
          becomes: { to: 'kode' },
        },
        Klassenavn: own('Navnet på bokmål.', 'Name in Bokmål.', 'navnAlleSprak.nb', text(200)),
        Klassenavn_Engelsk: own('Navnet på engelsk.', 'Name in English.', 'navnAlleSprak.en', text(200)),
        Campuskode: code('Campusen.', 'The campus.', 'campus', text(20), { finds: 'some' }),
        Studieretningkode: code('Studieretningen.', 'Field of study.', 'studieretning', text(20), { finds: 'some' }),
        Status_Eksport_Lms: own(
          'Klassen overføres til læringsplattformen.',
          'The class is sent to the learning platform.',
          'skalEksporteresTilLms',
          yesNo,
        ),
        Status_Aktiv: own('Klassen er i bruk.', 'The class is in use.', 'erAktiv', yesNo, { finds: 'some' }),
      },
    },
  ],
};
