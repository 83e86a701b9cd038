// Students who have registered for a term, with their rights to programmes: what the state loan fund asks for.
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
      fnr: {
        kind: 'value',
        from: 'student.personProfil.fodselsnummer.identifikatorverdi',
        describe: { nb: 'Fødselsnummeret.', en: 'The national id.' },
      },
      studentnr: {
        kind: 'value',
        from: 'student.studentnummer.identifikatorverdi',
        describe: { nb: 'Studentnummeret.', en: 'The student number.' },
      },
      semesterregistrert: {
        kind: 'value',
        from: 'erSemesterregistrert',
        convert: flag,
        describe: {
          nb: 'J når studenten er semesterregistrert.',
          en: 'J when the student is registered for the term.',
        },
      },
      semesteravgift_betalt: {
        kind: 'value',
        from: 'harBetaltSemesteravgiftV2',
        convert: flag,
        describe: { nb: 'J når semesteravgiften er betalt.', en: 'J when the fee of the term is paid.' },
      },
      studierett: {
        kind: 'objects',
        from: 'student.programStudieretter',
        describe: { nb: 'Studentens studieretter.', en: "The student's rights to programmes." },
        fields: {
          studieprogramkode: {
            kind: 'value',
            from: 'studieprogram.kode.identifikatorverdi',
            describe: { nb: 'Koden til studieprogrammet.', en: 'Code of the programme.' },
          },
          prosent_heltid: {
            kind: 'value',
            from: 'studieprogram.prosentHeltid',
            describe: {
              nb: 'Hvor mye av heltid programmet er, i prosent.',
              en: 'How much of full time it is, per cent.',
            },
          },
          startdato: {
            kind: 'value',
            from: 'studierettperiode.fraDato',
            describe: { nb: 'Første dag av studieretten.', en: 'First day of the right.' },
          },
          sluttdato: {
            kind: 'value',
            from: 'studierettperiode.tilDato',
            describe: { nb: 'Siste dag av studieretten.', en: 'Last day of the right.' },
          },
          status: {
            kind: 'value',
            from: 'studierettstatus.kode.identifikatorverdi',
            describe: { nb: 'Koden til statusen.', en: 'Code of the status.' },
          },
        },
      },
    },
  },
};
