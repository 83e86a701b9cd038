// Studieprogramstudent: the right of a student to study on a programme. Read by tables.ts.
import type { CrudTable } from '../crud-table.ts';
import { code, keyed, keyedBy, own } from '../crud-table.ts';
import { date, term, text, year, yesNo } from '../column-forms.ts';
import { personOf } from './person-columns.ts';

export const programmeStudent: CrudTable = {
  name: 'Studieprogramstudent',
  describe: { nb: 'En students studierett på et program.', en: 'The right of a student to study on a programme.' },
  variants: [
    {
      name: '',
      collection: 'fs/studierett/programstudierett',
      key: ['Personlopenr', 'Studieprogramkode', 'Arstall_Start', 'Terminkode_Start'],
      writes: ['create', 'patch'],
      links: [
        { of: ['Personlopenr'], relation: 'personProfil', identifier: 'personlopenummer', fixed: true },
        { of: ['Personlopenr'], relation: 'student', identifier: 'naturligNokkel', fixed: true },
        { of: ['Studieprogramkode'], relation: 'studieprogram', identifier: 'kode', fixed: true },
        {
          of: ['Studieprogramkode', 'Arstall_Kull', 'Terminkode_Kull'],
          relation: 'kull',
          identifier: 'naturligNokkel',
        },
      ],
      columns: {
        ...personOf('personProfil', 'student.naturligNokkel'),
        Studieprogramkode: keyed('Studieprogrammet.', 'The programme.', 1, text(20), {
          sought: { path: 'studieprogram.kode', selective: true },
          known: true,
        }),
        Arstall_Start: keyed('Året studieretten begynner.', 'Year in which the right begins.', 2, year),
        Terminkode_Start: keyed('Terminen studieretten begynner.', 'Term in which the right begins.', 3, term),
        Arstall_Kull: keyedBy('Kullets år.', 'Year of the cohort.', 'kull', 1, year, {
          sought: { path: 'kull.terminV2.arstall' },
        }),
        Terminkode_Kull: keyedBy('Kullets termin.', 'Term of the cohort.', 'kull', 2, term, {
          sought: { path: 'kull.terminV2.betegnelse.kode' },
        }),
        Studieretningkode: code('Studieretningen.', 'Field of study.', 'studieretning', text(20), { finds: 'some' }),
        Studierettstatkode: code('Statusen til studieretten.', 'Status of the right.', 'studierettstatus', text(20), {
          finds: 'some',
        }),
        Studentstatkode: code('Statusen til studenten.', 'Status of the student.', 'studentstatus', text(20), {
          finds: 'some',
        }),
        Campuskode: code('Campusen.', 'The campus.', 'campus', text(20), { finds: 'some' }),
        Dato_Studierett_Tildelt: own(
          'Dagen studieretten er tildelt.',
          'Day on which the right was given.',
          'studierettperiode.fraDato',
          date,
        ),
        Dato_Studierett_Gyldig_Til: own(
          'Siste dag med studierett.',
          'Last day of the right.',
          'studierettperiode.tilDato',
          date,
        ),
        Status_Privatist: own('Studenten er privatist.', 'The student is a private candidate.', 'erPrivatist', yesNo, {
          finds: 'some',
        }),
      },
    },
  ],
};
