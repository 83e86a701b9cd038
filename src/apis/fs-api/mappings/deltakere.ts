// Participants of further education (facts 4.2).
import { value } from '#mappings/field.ts';
import { keyFields, reference } from './field.ts';
import { byPerson, byText, table, type FsApiResource } from './resource.ts';

const describe = { nb: 'En deltaker i etter- og videreutdanning.', en: 'A participant of further education.' };

export const deltakere: FsApiResource = {
  name: 'deltakere',
  type: 'Deltaker',
  describe,
  successor: 'DeltakerVedLarested',
  tables: [
    table('deltakere', 'Deltaker', describe, {
      collection: 'fs/person/deltaker',
      fields: {
        ...keyFields('deltakere'),
        person: reference('Personen.', 'The person.', 'personer', 'personProfil'),
        fornavn: value('Fornavn.', 'Given name.', 'personProfil.navn.fornavn'),
        etternavn: value('Etternavn.', 'Family name.', 'personProfil.navn.etternavn'),
      },
      filters: [byText('deltakernummer', 'deltakernummer'), byPerson('personProfil')],
    }),
  ],
};
