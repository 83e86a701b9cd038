// The number of somebody by the national id: what the columns Fodselsdato and Personnr of every table are made of first. No table of the API. Read by
// fsws-crud-api.ts.
import { value } from '#mappings/field.ts';
import { asNumber } from '#mappings/fs-values.ts';
import type { Table } from '#tables/table.ts';

/** The name of its only filter. */
export const byNationalId = '@national-id';

export const personNumberTable: Table = {
  mapping: {
    name: 'crud-person-number',
    schema: 'Person',
    collection: 'fs/person/personprofil',
    describe: { nb: 'Løpenummeret til en person.', en: 'The number of a person.' },
    fields: {
      Personlopenr: value('Løpenummeret.', 'The number.', 'personlopenummer.identifikatorverdi', {
        convert: asNumber,
      }),
    },
  },
  key: 'naturligNokkel',
  filters: [{ of: [byNationalId], path: 'fodselsnummer', read: (text) => text, selective: true }],
};
