// KullKlasseStudent: the place of a student in a class. Read by tables.ts.
import type { CrudTable } from '../crud-table.ts';
import { keyed, keyedBy, own } from '../crud-table.ts';
import { term, text, year, yesNo } from '../column-forms.ts';
import { personOf } from './person-columns.ts';

export const classStudent: CrudTable = {
  name: 'KullKlasseStudent',
  describe: { nb: 'En students plass i en klasse.', en: 'The place of a student in a class.' },
  variants: [
    {
      name: '',
      collection: 'fs/studierett/klassemedlemskap',
      key: ['Personlopenr', 'Studieprogramkode', 'Arstall', 'Terminkode', 'Klassekode'],
      writes: ['create', 'patch'],
      links: [
        { of: ['Personlopenr'], relation: 'studentVedLarested', identifier: 'naturligNokkel', fixed: true },
        {
          of: ['Studieprogramkode', 'Arstall', 'Terminkode', 'Klassekode'],
          relation: 'klasse',
          identifier: 'naturligNokkel',
          fixed: true,
        },
        {
          of: ['Personlopenr', 'Studieprogramkode', 'Arstall_Start', 'Terminkode_Start'],
          relation: 'programStudierett',
          identifier: 'naturligNokkel',
          required: true,
        },
      ],
      columns: {
        ...personOf('studentVedLarested.personProfil', 'studentVedLarested.naturligNokkel'),
        Studieprogramkode: keyed('Studieprogrammet.', 'The programme.', 1, text(20), {
          sought: { path: 'klasse.kull.studieprogram.kode', selective: true },
          known: true,
        }),
        Arstall: keyed('Kullets år.', 'Year of the cohort.', 2, year, {
          sought: { path: 'klasse.kull.terminV2.arstall' },
        }),
        Terminkode: keyed('Kullets termin.', 'Term of the cohort.', 3, term, {
          sought: { path: 'klasse.kull.terminV2.betegnelse.kode' },
        }),
        Klassekode: keyed('Klassen.', 'The class.', 4, text(20), { sought: { path: 'klasse.kode' } }),
        Arstall_Start: keyedBy(
          'Året studieretten begynner.',
          'Year in which the right to study begins.',
          'programStudierett',
          2,
          year,
        ),
        Terminkode_Start: keyedBy(
          'Terminen studieretten begynner.',
          'Term in which the right to study begins.',
          'programStudierett',
          3,
          term,
        ),
        Merknadtekst: own('Merknad på bokmål.', 'Remark in Bokmål.', 'merknad.nb', text(400)),
        Status_Aktiv: own('Studenten går i klassen.', 'The student is in the class.', 'erAktiv', yesNo, {
          finds: 'some',
        }),
      },
    },
  ],
};
