// Undervisningsenhet: the teaching of a course in a term. Read by tables.ts.
import type { CrudTable } from '../crud-table.ts';
import { own } from '../crud-table.ts';
import { date, text, yesNo } from '../column-forms.ts';
import { courseKey, termKey, termNumber } from './course-columns.ts';

const number = termNumber(5, 'terminnummer');

export const teaching: CrudTable = {
  name: 'Undervisningsenhet',
  describe: { nb: 'Undervisningen i et emne i en termin.', en: 'The teaching of a course in a term.' },
  variants: [
    {
      name: '',
      collection: 'fs/undervisning/undervisningsenhet',
      key: ['Institusjonsnr', 'Emnekode', 'Versjonskode', 'Arstall', 'Terminkode', 'Terminnr'],
      writes: ['create', 'patch'],
      links: [
        {
          of: ['Institusjonsnr', 'Emnekode', 'Versjonskode'],
          relation: 'emne',
          identifier: 'naturligNokkel',
          fixed: true,
        },
        { of: ['Arstall', 'Terminkode'], relation: 'termin', identifier: 'naturligNokkel', fixed: true },
      ],
      columns: {
        ...courseKey(0, 'emne'),
        ...termKey(3, 'termin'),
        Terminnr: { ...number.Terminnr, becomes: { to: 'terminnummer' } },
        Dato_Oppmelding_Fra: own(
          'Første dag for oppmelding.',
          'First day of signing up.',
          'oppmeldingsperiode.fraDato',
          date,
        ),
        Dato_Oppmelding_Til: own(
          'Siste dag for oppmelding.',
          'Last day of signing up.',
          'oppmeldingsperiode.tilDato',
          date,
        ),
        Lmsromkode: own('Rommet i læringsplattformen.', 'Room in the learning platform.', 'lmsRomkode', text(50)),
        Status_Lukket: own('Antallet plasser er begrenset.', 'The number of places is limited.', 'erLukket', yesNo),
        Status_Eksport_Lms: own(
          'Undervisningen overføres til læringsplattformen.',
          'The teaching is sent to the learning platform.',
          'skalEksporteresTilLms',
          yesNo,
        ),
        Status_Eksport_Timeplan: own(
          'Undervisningen overføres til timeplansystemet.',
          'The teaching is sent to the timetabling system.',
          'skalEksporteresTilTimeplansystem',
          yesNo,
        ),
      },
    },
  ],
};
