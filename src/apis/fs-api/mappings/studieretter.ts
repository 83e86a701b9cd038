// Rights to study a programme (facts 4.2).
import { value } from '#mappings/field.ts';
import { code, keyFields, period, reference } from './field.ts';
import { flag, lasting, link, linkByCode, ownKey, period as periodIn, writes } from './writing.ts';
import { byPerson, bySemester, byText, table, type FsApiResource } from './resource.ts';

const describe = { nb: 'Retten en student har til et studieprogram.', en: 'The right of a student to a programme.' };

const coded = { kode: 'kode.identifikatorverdi', navn: 'navnAlleSprak' };

export const studieretter: FsApiResource = {
  name: 'studieretter',
  type: 'Studierett',
  describe,
  successor: 'ProgramStudierett',
  tables: [
    table('studieretter', 'Studierett', describe, {
      collection: 'fs/studierett/programstudierett',
      fields: {
        ...keyFields('studieretter'),
        periode: period('Perioden.', 'The period.', 'studierettperiode'),
        privatist: value('Sann for privatister.', 'True for external candidates.', 'erPrivatist'),
        studentstatus: code('Hvor studenten står.', 'How the student stands.', 'studentstatus', coded),
        studierettstatus: code('Hvor retten står.', 'How the right stands.', 'studierettstatus', coded),
        kull: reference('Kullet.', 'The cohort.', 'kull', 'kull'),
        studieretning: reference('Studieretningen.', 'The direction of study.', 'studieretninger', 'studieretning'),
        studieniva: reference('Studienivået.', 'Level of study.', 'studienivaer', 'studieprogram.studieniva'),
        campus: reference('Studiestedet.', 'The campus.', 'campuser', 'campus'),
      },
      filters: [
        byPerson('personProfil'),
        byText('studieprogram.kode', 'studieprogram.kode'),
        ...bySemester('kull.semester', 'kull.terminV2'),
        byText('studentstatus.kode', 'studentstatus.kode'),
        byText('studierettstatus.kode', 'studierettstatus.kode'),
      ],
      writes: writes(
        [
          ownKey('studieretter'),
          link('person', 'personer', 'personProfil', lasting),
          link('studieprogram', 'studieprogrammer', 'studieprogram', lasting),
          periodIn('periode', 'studierettperiode'),
          flag('privatist', 'erPrivatist'),
          linkByCode('studentstatus.kode', 'studentstatus'),
          linkByCode('studierettstatus.kode', 'studierettstatus'),
          link('kull', 'kull', 'kull'),
          link('studieretning', 'studieretninger', 'studieretning'),
          link('campus', 'campuser', 'campus'),
        ],
        ['studieniva'],
      ),
    }),
  ],
};
