// A study stay abroad, as it is reported: whose it is, and from when to when. What is written of it are its days.
import { civilDateOf } from '#mappings/converters.ts';
import type { Narrow } from '#hub/documents/document.ts';
import { unshown, value } from '#mappings/field.ts';
import type { Mapping } from '#mappings/mapping.ts';
import { texts, through } from '#mappings/narrowing.ts';
import { day } from '#mappings/to-model.ts';
import type { Table } from '#tables/table.ts';

export const stays: Table = {
  key: 'systemId',
  filters: [{ of: ['fnr'], path: 'student.personProfil.fodselsnummer', read: (text) => text, selective: true }],
  mapping: {
    name: 'studrapp-delstudie',
    schema: 'delstudie',
    collection: 'fs/studierett/utreisendeutveksling',
    describe: { nb: 'Et studieopphold ved et annet lærested.', en: 'A study stay at another institution.' },
    fields: {
      fnr: value(
        'Fødselsnummeret til studenten.',
        'National id of the student.',
        'student.personProfil.fodselsnummer.identifikatorverdi',
      ),
      delstudie_start: value('Første dag.', 'First day.', 'utreiseperiode.fraDato'),
      delstudie_slutt: value('Siste dag.', 'Last day.', 'utreiseperiode.tilDato'),
    },
  },
  writes: {
    operations: ['patch'],
    readOnly: ['fnr'],
    members: [
      { of: ['delstudie_start'], to: 'utreiseperiode.fraDato', make: day.apply },
      { of: ['delstudie_slutt'], to: 'utreiseperiode.tilDato', make: day.apply },
    ],
  },
};

/** The civil days of a stay as the model has them; an end that is not known is open. */
export const daysOfStay = (
  values: Readonly<Record<string, unknown>>,
): { readonly from: string; readonly to: string } => {
  const { fraDato, tilDato } = (values['utreiseperiode'] ?? {}) as Readonly<Record<string, unknown>>;
  return { from: civilDateOf(fraDato) ?? '0000-01-01', to: civilDateOf(tilDato) ?? '9999-12-31' };
};

/** Those of the person with this national id. */
export const staysOfPerson = (nationalId: string): Narrow => through(['student'], withNationalId(nationalId));

/** The students that the person with this national id is. */
export const withNationalId = (nationalId: string): Narrow =>
  through(['personProfil'], texts(['fodselsnummer', 'identifikatorverdi'], 'eq', nationalId));

/** Only who a student is. */
export const whose: Mapping = {
  name: 'studrapp-student-of',
  schema: 'student',
  collection: 'fs/person/student',
  describe: { nb: '', en: '' },
  fields: { fnr: unshown('personProfil.fodselsnummer.identifikatorverdi') },
};
