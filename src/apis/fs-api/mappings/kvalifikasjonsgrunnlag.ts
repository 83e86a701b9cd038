// Codes of what applicants build on (facts 4.1).
import { value } from '#mappings/field.ts';
import { keyFields, names } from './field.ts';
import { byTruth, table, type FsApiResource } from './resource.ts';

const describe = {
  nb: 'Det en søker bygger på, som generell studiekompetanse.',
  en: 'What an applicant builds on, such as the general requirement for higher education.',
};

export const kvalifikasjonsgrunnlag: FsApiResource = {
  name: 'kvalifikasjonsgrunnlag',
  type: 'Kvalifikasjonsgrunnlag',
  describe,
  successor: null,
  tables: [
    table('kvalifikasjonsgrunnlag', 'Kvalifikasjonsgrunnlag', describe, {
      collection: 'hoyereutdanning/register/kvalifikasjonsgrunnlag',
      fields: {
        ...keyFields('kvalifikasjonsgrunnlag'),
        navn: names('Navnet.', 'The name.', 'navnAlleSprak'),
        aktiv: value('Usann når det ikke brukes lenger.', 'False when it is used no more.', 'erAktiv'),
      },
      filters: [byTruth('aktiv', 'erAktiv')],
    }),
  ],
};
