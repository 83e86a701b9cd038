// Campuses (facts 4.2).
import { value } from '#mappings/field.ts';
import { keyFields, names } from './field.ts';
import { byText, table, type FsApiResource } from './resource.ts';

const describe = { nb: 'Et studiested.', en: 'A campus.' };

export const campuser: FsApiResource = {
  name: 'campuser',
  type: 'Campus',
  describe,
  successor: 'Campus',
  tables: [
    table('campuser', 'Campus', describe, {
      collection: 'fs/organisasjon/campus',
      fields: {
        ...keyFields('campuser'),
        navn: names('Navnet.', 'The name.', 'navnAlleSprak'),
        organisasjonsnummer: value('Organisasjonsnummeret.', 'The organisation number.', 'organisasjonsnummer'),
      },
      filters: [byText('organisasjonsnummer', 'organisasjonsnummer')],
    }),
  ],
};
