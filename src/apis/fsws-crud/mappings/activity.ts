// Undaktivitet: a part of the teaching of a course in a term, as its lectures. Read by tables.ts.
import type { CrudTable } from '../crud-table.ts';
import { code, keyed, own, shown } from '../crud-table.ts';
import { text, whole, yesNo } from '../column-forms.ts';
import { courseKey, termKey, termNumber } from './course-columns.ts';

export const activity: CrudTable = {
  name: 'Undaktivitet',
  describe: { nb: 'En undervisningsaktivitet.', en: 'An activity of teaching.' },
  variants: [
    {
      name: '',
      collection: 'fs/undervisning/undervisningsaktivitet',
      key: ['Institusjonsnr', 'Emnekode', 'Versjonskode', 'Arstall', 'Terminkode', 'Terminnr', 'Aktivitetkode'],
      writes: ['create', 'patch'],
      links: [
        {
          of: ['Institusjonsnr', 'Emnekode', 'Versjonskode', 'Arstall', 'Terminkode', 'Terminnr'],
          relation: 'undervisningsenhet',
          identifier: 'naturligNokkel',
          fixed: true,
        },
      ],
      columns: {
        ...courseKey(0, 'undervisningsenhet.emne'),
        ...termKey(3, 'undervisningsenhet.termin'),
        ...termNumber(5, 'undervisningsenhet.terminnummer'),
        Aktivitetkode: {
          ...keyed('Aktivitetens kode.', 'Code of the activity.', 6, text(20), { sought: { path: 'kode' } }),
          becomes: { to: 'kode' },
        },
        Aktivitetsnavn: own('Navnet på bokmål.', 'Name in Bokmål.', 'navnAlleSprak.nb', text(200)),
        Aktivitetsnavn_Engelsk: own('Navnet på engelsk.', 'Name in English.', 'navnAlleSprak.en', text(200)),
        Undformkode: shown('Undervisningsformen.', 'Form of teaching.', 'undervisningsform.kode', text(20)),
        Partinr: own('Partiets nummer.', 'Number of the group.', 'partinummer', text(10)),
        Antall_Plasser: own('Antall plasser.', 'Number of places.', 'antallPlasser', whole(5)),
        Campuskode: code('Campusen.', 'The campus.', 'campus', text(20), { finds: 'some' }),
        Lmsromkode: own('Rommet i læringsplattformen.', 'Room in the learning platform.', 'lmsRomkode', text(50)),
        Status_Lukket: own('Antallet plasser er begrenset.', 'The number of places is limited.', 'erLukket', yesNo),
        Status_Fellesaktivitet: own(
          'Aktiviteten er felles for alle.',
          'The activity is for all.',
          'erFellesaktivitet',
          yesNo,
        ),
        Status_Eksport_Lms: own(
          'Aktiviteten overføres til læringsplattformen.',
          'The activity is sent to the learning platform.',
          'skalEksporteresTilLms',
          yesNo,
        ),
        Status_Eksport_Timeplan: own(
          'Aktiviteten overføres til timeplansystemet.',
          'The activity is sent to the timetabling system.',
          'skalEksporteresTilTimeplansystem',
          yesNo,
        ),
        Status_Publiseres: own('Aktiviteten kan publiseres.', 'The activity may be published.', 'kanPubliseres', yesNo),
      },
    },
  ],
};
