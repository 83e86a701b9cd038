// Levels of study (facts 4.2).
import { value } from '#mappings/field.ts';
import { keyFields, names } from './field.ts';
import { table, type FsApiResource } from './resource.ts';

const describe = { nb: 'Et studienivå.', en: 'A level of study.' };

export const studienivaer: FsApiResource = {
  name: 'studienivaer',
  type: 'Studieniva',
  describe,
  successor: 'Studieniva',
  tables: [
    table('studienivaer', 'Studieniva', describe, {
      collection: 'fs/studietilbud/studieniva',
      fields: {
        ...keyFields('studienivaer'),
        navn: names('Navnet.', 'The name.', 'navnAlleSprak'),
        eqf: value('Nivået i EQF.', 'Level in EQF.', 'eqfnivakode'),
      },
      filters: [],
    }),
  ],
};
