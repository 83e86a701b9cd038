// Countries (facts 4.2).
import { value } from '#mappings/field.ts';
import { keyFields, names } from './field.ts';
import { byText, table, type FsApiResource } from './resource.ts';

const describe = { nb: 'Et land.', en: 'A country.' };

export const land: FsApiResource = {
  name: 'land',
  type: 'Land',
  describe,
  successor: 'Land',
  tables: [
    table('land', 'Land', describe, {
      collection: 'fs/felles/land',
      fields: {
        ...keyFields('land'),
        navn: names('Navnet.', 'The name.', 'navnAlleSprak'),
        alfa2: value('Koden med to bokstaver.', 'Code of two letters.', 'landkodeAlfa2'),
      },
      filters: [byText('alfa2', 'landkodeAlfa2')],
    }),
  ],
};
