// Cohorts of programmes (facts 4.2).
import { value } from '#mappings/field.ts';
import { keyFields, lms, names } from './field.ts';
import { flag, lasting, link, names as namesIn, ownKey, text, writes } from './writing.ts';
import { bySemester, byText, byTruth, table, type FsApiResource } from './resource.ts';

const describe = { nb: 'Et kull på et studieprogram.', en: 'A cohort of a programme.' };

export const kull: FsApiResource = {
  name: 'kull',
  type: 'Kull',
  describe,
  successor: 'Kull',
  tables: [
    table('kull', 'Kull', describe, {
      collection: 'fs/studietilbud/kull',
      fields: {
        ...keyFields('kull'),
        navn: names('Navnet.', 'The name.', 'navnAlleSprak'),
        aktiv: value('Usann når kullet er avsluttet.', 'False when the cohort has ended.', 'erAktiv'),
        lms: lms({ eksport: 'skalEksporteresTilLms', romkode: 'lmsRomkode', tjenestenummer: 'tjenestenummerForLms' }),
      },
      filters: [
        byText('studieprogram.kode', 'studieprogram.kode'),
        ...bySemester('semester', 'terminV2'),
        byTruth('aktiv', 'erAktiv'),
      ],
      writes: writes(
        [
          ownKey('kull'),
          link('studieprogram', 'studieprogrammer', 'studieprogram', lasting),
          link('semester', 'semestre', 'terminV2', lasting),
          namesIn('navn', 'navnAlleSprak', { required: true }),
          flag('aktiv', 'erAktiv'),
          flag('lms.eksport', 'skalEksporteresTilLms'),
          text('lms.romkode', 'lmsRomkode'),
          text('lms.tjenestenummer', 'tjenestenummerForLms'),
        ],
        [],
      ),
    }),
  ],
};
