// Persons who have applied for a course of a term. The model's applications for programmes name no term, so that these are the applications counted.
import { unshown } from '#mappings/field.ts';
import { keyOfTerm } from '../release-days.ts';
import { ageColumn, ageGroup, courseColumns, placedFields, type Placed } from './columns.ts';
import { ofTerm, personSheet } from './person-sheet.ts';

type Row = Placed & { readonly term?: string; readonly course?: string; readonly version?: string };

export const applicants = personSheet<Row>({
  name: 'sokere',
  describe: {
    nb: 'Personer som har søkt om et emne i terminen. En person teller én gang i hvert emne.',
    en: 'Persons who have applied for a course of the term. A person counts once in each course.',
  },
  before: courseColumns,
  behind: [ageColumn],
  after: 'census',
  mapping: {
    name: 'bris-applicants',
    schema: 'BrisApplicants',
    collection: 'fs/undervisning/emnesoknad',
    describe: { nb: 'Søknader om emner som telles.', en: 'Applications for courses that are counted.' },
  },
  fields: {
    ...placedFields('emne.studieansvarligOrganisasjonsenhet', 'emne.studieniva'),
    term: unshown('termin.naturligNokkel.identifikatorverdi'),
    course: unshown('emne.kode'),
    version: unshown('emne.versjonskode'),
  },
  narrow: ofTerm('termin'),
  standings: (row, { term }) =>
    row.term !== keyOfTerm(term)
      ? []
      : [{ placed: row, before: [row.course ?? '', row.version ?? ''], behind: [ageGroup(row.born, term)] }],
});
