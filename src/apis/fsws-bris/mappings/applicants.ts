// Persons who have applied for a course of a term. The model's applications for programmes name no term, so that these are the applications counted.
import { texts, through } from '#mappings/narrowing.ts';
import { readValues } from '#mappings/read-values.ts';
import { keyOfTerm } from '../release-days.ts';
import type { Sheet } from '../sheet.ts';
import {
  ageColumn,
  ageGroup,
  commonCell,
  commonColumns,
  countColumn,
  counted,
  countedPerson,
  genderCode,
  genderColumn,
  personFields,
  placedFields,
  type PersonOfRow,
  type Placed,
} from './columns.ts';

type Row = PersonOfRow & Placed & { readonly term?: string; readonly course?: string; readonly version?: string };

export const applicants: Sheet = {
  name: 'sokere',
  describe: {
    nb: 'Personer som har søkt om et emne i terminen. En person teller én gang i hvert emne.',
    en: 'Persons who have applied for a course of the term. A person counts once in each course.',
  },
  columns: [
    ...commonColumns,
    { name: 'emnekode', describe: { nb: 'Koden til emnet.', en: 'Code of the course.' } },
    { name: 'versjonskode', describe: { nb: 'Emnets versjon.', en: 'Version of the course.' } },
    genderColumn,
    ageColumn,
    countColumn,
  ],
  after: 'census',
  mapping: {
    name: 'bris-applicants',
    schema: 'BrisApplicants',
    collection: 'fs/undervisning/emnesoknad',
    describe: { nb: 'Søknader om emner som telles.', en: 'Applications for courses that are counted.' },
    fields: {
      ...personFields('student'),
      ...placedFields('emne.studieansvarligOrganisasjonsenhet', 'emne.studieniva'),
      term: counted('termin.naturligNokkel.identifikatorverdi'),
      course: counted('emne.kode'),
      version: counted('emne.versjonskode'),
    },
  },
  narrow: (term) => through(['termin'], texts(['naturligNokkel', 'identifikatorverdi'], 'eq', keyOfTerm(term))),
  count: (reading) => {
    const valuesOf = readValues<Row>(reading);
    return (root, at) => {
      const row = valuesOf(root, at.now);
      const person = countedPerson(row);
      if (person === null || row.term !== keyOfTerm(at.term)) return [];
      const cell = [
        ...commonCell(row, at),
        row.course ?? '',
        row.version ?? '',
        genderCode(row.gender),
        ageGroup(row.born, at.term),
      ];
      return [{ person, cell }];
    };
  },
};
