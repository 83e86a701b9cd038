// Students who have registered for a term, by the programmes that they have a right to on the census day.
import { unshown, unshownEach } from '#mappings/field.ts';
import { censusDay, keyOfTerm } from '../release-days.ts';
import { ageColumn, ageGroup, placedFields, programmeColumn, type Placed } from './columns.ts';
import { ofTerm, personSheet } from './person-sheet.ts';

type Row = {
  readonly registered?: boolean;
  readonly cancelled?: boolean;
  readonly term?: string;
  readonly rights?: readonly (Placed & {
    readonly programme?: string;
    readonly from?: string;
    readonly to?: string;
  })[];
};

export const registered = personSheet<Row>({
  name: 'registrerte',
  describe: {
    nb: 'Semesterregistrerte studenter etter studieprogram på tellingsdagen. En student teller én gang i hvert program.',
    en: 'Students registered for the term, by programme on the census day. A student counts once in each programme.',
  },
  before: [programmeColumn],
  behind: [ageColumn],
  after: 'census',
  mapping: {
    name: 'bris-registered',
    schema: 'BrisRegistered',
    collection: 'fs/studierett/semesterregistrering',
    describe: { nb: 'Semesterregistreringer som telles.', en: 'Registrations that are counted.' },
  },
  fields: {
    registered: unshown('erSemesterregistrert'),
    cancelled: unshown('erUgyldiggjort'),
    term: unshown('termin.naturligNokkel.identifikatorverdi'),
    rights: unshownEach('student.programStudieretter', {
      ...placedFields('studieprogram.studieansvarligOrganisasjonsenhet', 'studieprogram.studieniva'),
      programme: unshown('studieprogram.kode.identifikatorverdi'),
      from: unshown('studierettperiode.fraDato'),
      to: unshown('studierettperiode.tilDato'),
    }),
  },
  narrow: ofTerm('termin'),
  standings: (row, { term }) => {
    if (row.registered !== true || row.cancelled === true || row.term !== keyOfTerm(term)) return [];
    const day = censusDay(term);
    return (row.rights ?? [])
      .filter(({ from, to }) => (from ?? day) <= day && (to ?? day) >= day)
      .map((right) => ({ placed: right, before: [right.programme ?? ''], behind: [ageGroup(row.born, term)] }));
  },
});
