// Codes of terms (facts 4.2).
import { keyFields, names } from './field.ts';
import { table, type FsApiResource } from './resource.ts';

const describe = { nb: 'En kode for terminer, som HØST.', en: 'A code of terms, such as HØST.' };

export const terminkoder: FsApiResource = {
  name: 'terminkoder',
  type: 'Terminkode',
  describe,
  successor: 'Terminbetegnelse',
  tables: [
    table('terminkoder', 'Terminkode', describe, {
      collection: 'fs/termin/terminbetegnelse',
      fields: { ...keyFields('terminkoder'), navn: names('Navnet.', 'The name.', 'navnAlleSprak') },
      filters: [],
    }),
  ],
};
