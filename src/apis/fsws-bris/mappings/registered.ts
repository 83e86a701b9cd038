// Students who have registered for a term, by the programmes that they have a right to on the census day.
import { texts, through } from '#mappings/narrowing.ts';
import { readValues } from '#mappings/read-values.ts';
import { censusDay, keyOfTerm } from '../release-days.ts';
import type { Sheet } from '../sheet.ts';
import {
  ageColumn,
  ageGroup,
  commonCell,
  commonColumns,
  countColumn,
  counted,
  countedEach,
  countedPerson,
  genderCode,
  genderColumn,
  personFields,
  placedFields,
  type PersonOfRow,
  type Placed,
} from './columns.ts';

type Row = PersonOfRow & {
  readonly registered?: boolean;
  readonly cancelled?: boolean;
  readonly term?: string;
  readonly rights?: readonly (Placed & {
    readonly programme?: string;
    readonly from?: string;
    readonly to?: string;
  })[];
};

export const registered: Sheet = {
  name: 'registrerte',
  describe: {
    nb: 'Semesterregistrerte studenter etter studieprogram på tellingsdagen. En student teller én gang i hvert program.',
    en: 'Students registered for the term, by programme on the census day. A student counts once in each programme.',
  },
  columns: [
    ...commonColumns,
    { name: 'studieprogramkode', describe: { nb: 'Koden til studieprogrammet.', en: 'Code of the programme.' } },
    genderColumn,
    ageColumn,
    countColumn,
  ],
  after: 'census',
  mapping: {
    name: 'bris-registered',
    schema: 'BrisRegistered',
    collection: 'fs/studierett/semesterregistrering',
    describe: { nb: 'Semesterregistreringer som telles.', en: 'Registrations that are counted.' },
    fields: {
      ...personFields('student'),
      registered: counted('erSemesterregistrert'),
      cancelled: counted('erUgyldiggjort'),
      term: counted('termin.naturligNokkel.identifikatorverdi'),
      rights: countedEach('student.programStudieretter', {
        ...placedFields('studieprogram.studieansvarligOrganisasjonsenhet', 'studieprogram.studieniva'),
        programme: counted('studieprogram.kode.identifikatorverdi'),
        from: counted('studierettperiode.fraDato'),
        to: counted('studierettperiode.tilDato'),
      }),
    },
  },
  narrow: (term) => through(['termin'], texts(['naturligNokkel', 'identifikatorverdi'], 'eq', keyOfTerm(term))),
  count: (reading) => {
    const valuesOf = readValues<Row>(reading);
    return (root, at) => {
      const row = valuesOf(root, at.now);
      const person = countedPerson(row);
      if (person === null || row.registered !== true || row.cancelled === true || row.term !== keyOfTerm(at.term))
        return [];
      const day = censusDay(at.term);
      return (row.rights ?? [])
        .filter(({ from, to }) => (from ?? day) <= day && (to ?? day) >= day)
        .map((right) => ({
          person,
          cell: [...commonCell(right, at), right.programme ?? '', genderCode(row.gender), ageGroup(row.born, at.term)],
        }));
    };
  },
};
