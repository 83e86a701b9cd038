// Classes of the cohorts that began in a term, with their students: groups for timetables.
import { flag } from '#mappings/fs-values.ts';
import type { RowTest } from '#mappings/mapping.ts';
import type { TermList } from '../term-list.ts';

/** A membership that has not ended. */
const isActive: RowTest = { looksAt: ['erAktiv'], holds: ({ erAktiv }) => erAktiv !== false };

export const studentGroups: TermList = {
  name: 'timeplanStudentgrupper',
  path: '/timeplan/studentgrupper',
  list: 'studentgrupper',
  summary: {
    nb: 'Klassene i kullene som begynte i en termin, med studentene i dem.',
    en: 'Classes of the cohorts that began in a term, with their students.',
  },
  term: ['kull', 'terminV2'],
  counts: () => true,
  mapping: {
    name: 'studrapp-studentgruppe',
    schema: 'studentgruppe',
    collection: 'fs/studietilbud/klasse',
    describe: { nb: 'En klasse i et kull.', en: 'A class of a cohort.' },
    fields: {
      studieprogramkode: {
        kind: 'value',
        from: 'kull.studieprogram.kode.identifikatorverdi',
        describe: { nb: 'Koden til studieprogrammet.', en: 'Code of the programme.' },
      },
      klassekode: { kind: 'value', from: 'kode', describe: { nb: 'Klassens kode.', en: 'Code of the class.' } },
      klassenavn: {
        kind: 'value',
        from: 'navnAlleSprak.nb',
        describe: { nb: 'Klassens navn på bokmål.', en: 'Name of the class, in bokmål.' },
      },
      status_aktiv: {
        kind: 'value',
        from: 'erAktiv',
        convert: flag,
        describe: { nb: 'J når klassen er aktiv.', en: 'J when the class is active.' },
      },
      studentnr: {
        kind: 'values',
        from: 'studenterIKlasse.studentVedLarested.studentnummer.identifikatorverdi',
        on: { studenterIKlasse: isActive },
        describe: { nb: 'Studentnumrene til dem som er i klassen.', en: 'Student numbers of those in the class.' },
      },
    },
  },
};
