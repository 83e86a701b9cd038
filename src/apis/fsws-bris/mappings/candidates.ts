// Persons who have completed a degree or another qualification in a term.
import { unshown } from '#mappings/field.ts';
import { daysOfTerm } from '../release-days.ts';
import { ageColumn, ageGroup, placedFields, programmeColumn, type Placed } from './columns.ts';
import { personSheet } from './person-sheet.ts';

type Row = Placed & { readonly day?: string; readonly programme?: string };

export const candidates = personSheet<Row>({
  name: 'kandidater',
  describe: {
    nb: 'Personer som har fullført en grad eller en annen kvalifikasjon i terminen, etter studieprogram.',
    en: 'Persons who have completed a degree or another qualification in the term, by programme.',
  },
  before: [programmeColumn],
  behind: [ageColumn],
  after: 'term',
  mapping: {
    name: 'bris-candidates',
    schema: 'BrisCandidates',
    collection: 'fs/vurdering/oppnaddkvalifikasjon',
    describe: { nb: 'Oppnådde kvalifikasjoner som telles.', en: 'Achieved qualifications that are counted.' },
  },
  fields: {
    ...placedFields('kvalifikasjon.fagligAnsvarligEnhet', 'kvalifikasjon.studieniva'),
    day: unshown('datoOppnadd'),
    programme: unshown('studieprogram.kode.identifikatorverdi'),
  },
  // Days are not compared by an index, and there are few of these.
  narrow: () => null,
  standings: (row, { term }) => {
    const { from, to } = daysOfTerm(term);
    if (row.day === undefined || row.day < from || row.day > to) return [];
    return [{ placed: row, before: [row.programme ?? ''], behind: [ageGroup(row.born, term)] }];
  },
});
