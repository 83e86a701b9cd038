// The teaching of a course in a term (facts 4.2).
import { value } from '#mappings/field.ts';
import { keyFields, lms, periods, references } from './field.ts';
import { byCourse, byNumber, bySemester, byTruth, table, type FsApiResource } from './resource.ts';

const describe = { nb: 'Undervisningen av et emne i en termin.', en: 'The teaching of a course in a term.' };

export const undervisning: FsApiResource = {
  name: 'undervisning',
  type: 'Undervisningsenhet',
  describe,
  successor: 'Undervisningsenhet',
  tables: [
    table('undervisning', 'Undervisningsenhet', describe, {
      collection: 'fs/undervisning/undervisningsenhet',
      fields: {
        ...keyFields('undervisning'),
        lukket: value('Sann når plassene er begrenset.', 'True when places are limited.', 'erLukket'),
        perioder: periods({ OPPMELDING: 'oppmeldingsperiode' }),
        eksporterTimeplan: value(
          'Sann når den skal til timeplansystemet.',
          'True when it goes to the timetable system.',
          'skalEksporteresTilTimeplansystem',
        ),
        campuser: references('Studiestedene.', 'The campuses.', 'campuser', 'campuser'),
        lms: lms({ eksport: 'skalEksporteresTilLms', romkode: 'lmsRomkode' }),
      },
      filters: [
        ...bySemester('semester', 'termin'),
        ...byCourse('emne', 'emne'),
        byNumber('terminnummer', 'terminnummer'),
        byTruth('lms.eksport', 'skalEksporteresTilLms'),
      ],
    }),
  ],
};
