// Codes of what applicants have been answered (facts 4.1).
import { value } from '#mappings/field.ts';
import { keyFields, names } from './field.ts';
import { byTruth, table, type FsApiResource } from './resource.ts';

const describe = {
  nb: 'Hva en søker har fått til svar, som tilbud eller plass på venteliste.',
  en: 'What an applicant has been answered, such as an offer or a place on the waiting list.',
};

export const tilbudstatuser: FsApiResource = {
  name: 'tilbudstatuser',
  type: 'Tilbudstatus',
  describe,
  successor: 'EmneSoknad',
  tables: [
    table('tilbudstatuser', 'Tilbudstatus', describe, {
      collection: 'hoyereutdanning/register/tilbudstatus',
      fields: {
        ...keyFields('tilbudstatuser'),
        navn: names('Navnet.', 'The name.', 'navnAlleSprak'),
        aktiv: value('Usann når den ikke brukes lenger.', 'False when it is used no more.', 'erAktiv'),
      },
      filters: [byTruth('aktiv', 'erAktiv')],
    }),
  ],
};
