// Students who have registered for a term, with their rights to programmes: what the state loan fund asks for.
import { objects, value } from '#mappings/field.ts';
import { flag } from '#mappings/fs-values.ts';
import type { TermList } from '../term-list.ts';

export const students: TermList = {
  name: 'lanekassenStudenter',
  path: '/lanekassen/studenter',
  list: 'studenter',
  summary: {
    nb: 'Studenter som er registrert i en termin, med studierettene de har.',
    en: 'Students who are registered for a term, with the rights that they have.',
  },
  term: ['termin'],
  // Of what is void nothing is told.
  counts: ({ values }) => values['erUgyldiggjort'] !== true,
  mapping: {
    name: 'studrapp-student',
    schema: 'student',
    collection: 'fs/studierett/semesterregistrering',
    describe: { nb: 'En student i en termin.', en: 'A student in a term.' },
    fields: {
      fnr: value('Fødselsnummeret.', 'The national id.', 'student.personProfil.fodselsnummer.identifikatorverdi'),
      studentnr: value('Studentnummeret.', 'The student number.', 'student.studentnummer.identifikatorverdi'),
      semesterregistrert: value(
        'J når studenten er semesterregistrert.',
        'J when the student is registered for the term.',
        'erSemesterregistrert',
        { convert: flag },
      ),
      semesteravgift_betalt: value(
        'J når semesteravgiften er betalt.',
        'J when the fee of the term is paid.',
        'harBetaltSemesteravgiftV2',
        { convert: flag },
      ),
      studierett: objects(
        'Studentens studieretter.',
        "The student's rights to programmes.",
        'student.programStudieretter',
        {
          studieprogramkode: value(
            'Koden til studieprogrammet.',
            'Code of the programme.',
            'studieprogram.kode.identifikatorverdi',
          ),
          prosent_heltid: value(
            'Hvor mye av heltid programmet er, i prosent.',
            'How much of full time it is, per cent.',
            'studieprogram.prosentHeltid',
          ),
          startdato: value('Første dag av studieretten.', 'First day of the right.', 'studierettperiode.fraDato'),
          sluttdato: value('Siste dag av studieretten.', 'Last day of the right.', 'studierettperiode.tilDato'),
          status: value('Koden til statusen.', 'Code of the status.', 'studierettstatus.kode.identifikatorverdi'),
        },
      ),
    },
  },
};
