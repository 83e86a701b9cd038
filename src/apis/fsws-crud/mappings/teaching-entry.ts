// Undervisningsmelding: a student in the teaching of a course, as one who has applied for it and as one who has a right to it: the model keeps two. Of one who
// has both, the right is the row. Read by tables.ts.
import type { CrudTable, CrudVariant } from '../crud-table.ts';
import { code, own, shown } from '../crud-table.ts';
import { text, word, yesNo } from '../column-forms.ts';
import { courseKey, termKey, termNumber } from './course-columns.ts';
import { personOf } from './person-columns.ts';

const key = [
  'Personlopenr',
  'Institusjonsnr',
  'Emnekode',
  'Versjonskode',
  'Arstall',
  'Terminkode',
  'Terminnr',
] as const;

const links: CrudVariant['links'] = [
  { of: ['Personlopenr'], relation: 'student', identifier: 'naturligNokkel', fixed: true },
  { of: ['Institusjonsnr', 'Emnekode', 'Versjonskode'], relation: 'emne', identifier: 'naturligNokkel', fixed: true },
  { of: ['Arstall', 'Terminkode'], relation: 'termin', identifier: 'naturligNokkel', fixed: true },
];

const number = termNumber(6, 'terminnummer');

const common: CrudVariant['columns'] = {
  ...personOf('student.personProfil', 'student.naturligNokkel'),
  ...courseKey(1, 'emne'),
  ...termKey(4, 'termin'),
  Terminnr: { ...number.Terminnr, becomes: { to: 'terminnummer' } },
  Status_Opptak_Publiseres: own(
    'Opptaket kan publiseres.',
    'The admission may be published.',
    'opptakKanPubliseres',
    yesNo,
  ),
};

export const teachingEntry: CrudTable = {
  name: 'Undervisningsmelding',
  describe: { nb: 'En students melding til undervisning.', en: 'A student in the teaching of a course.' },
  variants: [
    {
      name: 'rett',
      collection: 'fs/undervisning/emnestudierett',
      key,
      links,
      writes: ['create', 'patch'],
      own: ['Campuskode'],
      columns: {
        ...common,
        Campuskode: code(
          'Campusen studenten følger undervisningen ved.',
          'Campus of the teaching.',
          'campus',
          text(20),
          { finds: 'some' },
        ),
      },
    },
    {
      name: 'soknad',
      collection: 'fs/undervisning/emnesoknad',
      key,
      links: [
        ...links,
        { of: ['Personlopenr'], relation: 'personProfil', identifier: 'personlopenummer', fixed: true },
      ],
      writes: ['create', 'patch'],
      own: ['Soknadstatuskode', 'Status_Mott'],
      // Who has the right is told by it.
      shows: { needs: ['emneStudierett'], holds: ({ parts }) => (parts['emneStudierett'] ?? []).length === 0 },
      columns: {
        ...common,
        Soknadstatuskode: own(
          'Hvor søknaden står.',
          'Where the application stands.',
          'soknadsstatus',
          word(
            'SOKNAD_REGISTRERT',
            'TILBUD',
            'IKKE_TILBUD',
            'PA_VENTELISTE',
            'TAKKET_JA',
            'TAKKET_NEI',
            'TATT_OPP',
            'AVSLAG',
            'IKKE_MOTT',
          ),
          { finds: 'some' },
        ),
        Status_Mott: own('Studenten har møtt.', 'The student has come.', 'mott', yesNo),
        Tilbudstatkode: shown('Statusen til tilbudet.', 'Status of the offer.', 'tilbudstatus.kode', text(20)),
        Svarkode_Tilbud: shown('Svaret på tilbudet.', 'Answer to the offer.', 'svarPaTilbud.kode', text(20)),
      },
    },
  ],
};
