// Subjects (facts 4.2).
import { keyFields, names } from './field.ts';
import { table, type FsApiResource } from './resource.ts';

const describe = { nb: 'Et fag.', en: 'A subject.' };

export const fag: FsApiResource = {
  name: 'fag',
  type: 'Fag',
  describe,
  successor: 'Fag',
  tables: [
    table('fag', 'Fag', describe, {
      collection: 'fs/studietilbud/fag',
      fields: { ...keyFields('fag'), navn: names('Navnet.', 'The name.', 'navnAlleSprak') },
      filters: [],
    }),
  ],
};
