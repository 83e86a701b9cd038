// Classes of the cohorts that began in a term, with their students: groups for timetables.
import { value, values } from '#mappings/field.ts';
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
      studieprogramkode: value(
        'Koden til studieprogrammet.',
        'Code of the programme.',
        'kull.studieprogram.kode.identifikatorverdi',
      ),
      klassekode: value('Klassens kode.', 'Code of the class.', 'kode'),
      klassenavn: value('Klassens navn på bokmål.', 'Name of the class, in bokmål.', 'navnAlleSprak.nb'),
      status_aktiv: value('J når klassen er aktiv.', 'J when the class is active.', 'erAktiv', { convert: flag }),
      studentnr: values(
        'Studentnumrene til dem som er i klassen.',
        'Student numbers of those in the class.',
        'studenterIKlasse.studentVedLarested.studentnummer.identifikatorverdi',
        { on: { studenterIKlasse: isActive } },
      ),
    },
  },
};
