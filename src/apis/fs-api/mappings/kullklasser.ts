// Classes of cohorts (facts 4.2).
import { value } from '#mappings/field.ts';
import { keyFields, lms, names, reference } from './field.ts';
import { flag, lasting, link, names as namesIn, ownKey, text, writes } from './writing.ts';
import { bySemester, byText, byTruth, table, type FsApiResource } from './resource.ts';

const describe = { nb: 'En klasse i et kull.', en: 'A class of a cohort.' };

export const kullklasser: FsApiResource = {
  name: 'kullklasser',
  type: 'Kullklasse',
  describe,
  successor: 'Klasse',
  tables: [
    table('kullklasser', 'Kullklasse', describe, {
      collection: 'fs/studietilbud/klasse',
      fields: {
        ...keyFields('kullklasser'),
        navn: names('Navnet.', 'The name.', 'navnAlleSprak'),
        studieretning: reference('Studieretningen.', 'The direction of study.', 'studieretninger', 'studieretning'),
        campus: reference('Studiestedet.', 'The campus.', 'campuser', 'campus'),
        aktiv: value('Usann når klassen er avsluttet.', 'False when the class has ended.', 'erAktiv'),
        lms: lms({ eksport: 'skalEksporteresTilLms', romkode: 'lmsRomkode' }),
      },
      filters: [
        byText('klasse', 'kode'),
        byText('kull.studieprogram.kode', 'kull.studieprogram.kode'),
        ...bySemester('kull.semester', 'kull.terminV2'),
        byTruth('aktiv', 'erAktiv'),
      ],
      writes: writes(
        [
          ownKey('kullklasser'),
          link('kull', 'kull', 'kull', lasting),
          text('klasse', 'kode', lasting),
          namesIn('navn', 'navnAlleSprak'),
          link('studieretning', 'studieretninger', 'studieretning'),
          link('campus', 'campuser', 'campus'),
          flag('aktiv', 'erAktiv'),
          flag('lms.eksport', 'skalEksporteresTilLms'),
          text('lms.romkode', 'lmsRomkode'),
        ],
        [],
      ),
    }),
  ],
};
