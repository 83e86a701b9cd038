// Persons who have completed a degree or another qualification in a term.
import { readValues } from '#mappings/read-values.ts';
import { daysOfTerm } from '../release-days.ts';
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

type Row = PersonOfRow & Placed & { readonly day?: string; readonly programme?: string };

export const candidates: Sheet = {
  name: 'kandidater',
  describe: {
    nb: 'Personer som har fullført en grad eller en annen kvalifikasjon i terminen, etter studieprogram.',
    en: 'Persons who have completed a degree or another qualification in the term, by programme.',
  },
  columns: [
    ...commonColumns,
    { name: 'studieprogramkode', describe: { nb: 'Koden til studieprogrammet.', en: 'Code of the programme.' } },
    genderColumn,
    ageColumn,
    countColumn,
  ],
  after: 'term',
  mapping: {
    name: 'bris-candidates',
    schema: 'BrisCandidates',
    collection: 'fs/vurdering/oppnaddkvalifikasjon',
    describe: { nb: 'Oppnådde kvalifikasjoner som telles.', en: 'Achieved qualifications that are counted.' },
    fields: {
      ...personFields('student'),
      ...placedFields('kvalifikasjon.fagligAnsvarligEnhet', 'kvalifikasjon.studieniva'),
      day: counted('datoOppnadd'),
      programme: counted('studieprogram.kode.identifikatorverdi'),
    },
  },
  // Days are not compared by an index, and there are few of these.
  narrow: () => null,
  count: (reading) => {
    const valuesOf = readValues<Row>(reading);
    return (root, at) => {
      const row = valuesOf(root, at.now);
      const person = countedPerson(row);
      const { from, to } = daysOfTerm(at.term);
      if (person === null || row.day === undefined || row.day < from || row.day > to) return [];
      const cell = [...commonCell(row, at), row.programme ?? '', genderCode(row.gender), ageGroup(row.born, at.term)];
      return [{ person, cell }];
    };
  },
};
