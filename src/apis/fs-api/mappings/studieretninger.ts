// Directions of study (facts 4.2).
import { value } from '#mappings/field.ts';
import { keyFields, names, reference } from './field.ts';
import { byTruth, table, type FsApiResource } from './resource.ts';

const describe = { nb: 'En studieretning.', en: 'A direction of study.' };

export const studieretninger: FsApiResource = {
  name: 'studieretninger',
  type: 'Studieretning',
  describe,
  successor: 'Studieretning',
  tables: [
    table('studieretninger', 'Studieretning', describe, {
      collection: 'fs/studietilbud/studieretning',
      fields: {
        ...keyFields('studieretninger'),
        navn: names('Navnet.', 'The name.', 'navnAlleSprak'),
        aktiv: value('Sann når den tilbys.', 'True when it is offered.', 'tilbys'),
        fag: reference('Faget.', 'The subject.', 'fag', 'fag'),
      },
      filters: [byTruth('aktiv', 'tilbys')],
    }),
  ],
};
