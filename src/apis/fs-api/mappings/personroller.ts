// Roles of persons (facts 4.2): each names what it is a role in. In the model each kind is a class of its own.
import { value } from '#mappings/field.ts';
import type { Field, Fields, MappingPath } from '#mappings/mapping.ts';
import type { TableFilter, TableWrites } from '#tables/table.ts';
import { keyFields, period, reference } from './field.ts';
import type { ResourceName } from './keys.ts';
import { flag, lasting, link, ownKey, period as periodIn, writes } from './writing.ts';
import { byCourse, byPerson, bySemester, byText, table, type FsApiResource } from './resource.ts';

const describe = {
  nb: 'At en person har en rolle i noe: undervisning, et emne, et kull, en enhet.',
  en: 'That a person has a role in something: teaching, a course, a cohort, a unit.',
};

const shared: Fields = {
  ...keyFields('personroller'),
  rolle: reference('Rollen.', 'The role.', 'roller', 'fsRolle'),
  periode: period('Perioden.', 'The period.', 'gyldighetsperiode'),
};

const active = (attribute: string): Field =>
  value('Sann når rollen gjelder nå.', 'True while the role holds.', attribute);

const filters: readonly TableFilter[] = [byPerson('personProfil'), byText('rolle.kode', 'fsRolle.kode')];

type Kind = {
  readonly member: string;
  readonly words: readonly [nb: string, en: string];
  readonly of: ResourceName;
  readonly from: MappingPath;
  readonly active?: string;
  readonly filters?: readonly TableFilter[];
  readonly writes?: TableWrites;
};

const kind = (collection: string, { member, words: [nb, en], of, from, ...more }: Kind) =>
  table('personroller', 'Personrolle', describe, {
    collection,
    fields: {
      ...shared,
      ...(more.active === undefined ? {} : { aktiv: active(more.active) }),
      [member]: reference(nb, en, of, from),
    },
    filters: [...filters, ...(more.filters ?? [])],
    ...(more.writes === undefined ? {} : { writes: more.writes }),
  });

export const personroller: FsApiResource = {
  name: 'personroller',
  type: 'Personrolle',
  describe,
  successor: 'Personrolle',
  tables: [
    kind('fs/rolle/undervisningsaktivitetsrolle', {
      member: 'undervisningsaktivitet',
      words: ['Aktiviteten.', 'The activity.'],
      of: 'undervisningsaktiviteter',
      from: 'undervisningsaktivitet',
      active: 'erAktiv',
      filters: [
        byText('undervisningsaktivitet.aktivitet', 'undervisningsaktivitet.kode'),
        ...bySemester('semester', 'undervisningsaktivitet.undervisningsenhet.termin'),
        ...bySemester(
          'undervisningsaktivitet.undervisning.semester',
          'undervisningsaktivitet.undervisningsenhet.termin',
        ),
        ...byCourse('undervisningsaktivitet.undervisning.emne', 'undervisningsaktivitet.undervisningsenhet.emne'),
      ],
    }),
    kind('fs/rolle/undervisningsenhetsrolle', {
      member: 'undervisning',
      words: ['Undervisningen.', 'The teaching.'],
      of: 'undervisning',
      from: 'undervisningsenhet',
      active: 'erAktiv',
      filters: [
        ...bySemester('semester', 'undervisningsenhet.termin'),
        ...bySemester('undervisning.semester', 'undervisningsenhet.termin'),
        ...byCourse('undervisning.emne', 'undervisningsenhet.emne'),
      ],
      writes: writes(
        [
          ownKey('personroller'),
          link('person', 'personer', 'personProfil', lasting),
          link('rolle', 'roller', 'fsRolle', { required: true }),
          link('undervisning', 'undervisning', 'undervisningsenhet', lasting),
          periodIn('periode', 'gyldighetsperiode'),
          flag('aktiv', 'erAktiv'),
        ],
        [],
      ),
    }),
    kind('fs/rolle/emnerolle', {
      member: 'emne',
      words: ['Emnet.', 'The course.'],
      of: 'emner',
      from: 'emne',
      active: 'erAktiv',
      filters: byCourse('emne', 'emne'),
    }),
    kind('fs/rolle/studieprogramrolle', {
      member: 'studieprogram',
      words: ['Studieprogrammet.', 'The programme.'],
      of: 'studieprogrammer',
      from: 'studieprogram',
      active: 'erAktiv',
      filters: [byText('studieprogram.kode', 'studieprogram.kode')],
    }),
    kind('fs/rolle/kullrolle', {
      member: 'kull',
      words: ['Kullet.', 'The cohort.'],
      of: 'kull',
      from: 'kull',
      filters: bySemester('semester', 'kull.terminV2'),
    }),
    kind('fs/rolle/klasserolle', {
      member: 'kullklasse',
      words: ['Klassen.', 'The class.'],
      of: 'kullklasser',
      from: 'klasse',
      active: 'erAktiv',
      filters: bySemester('semester', 'klasse.kull.terminV2'),
    }),
    kind('fs/rolle/evukursrolle', {
      member: 'evukurs',
      words: ['Kurset.', 'The course of further education.'],
      of: 'evukurs',
      from: 'kurs',
      active: 'erAktiv',
      filters: [byText('evukurs.kode', 'kurs.kode')],
    }),
    kind('fs/rolle/organisasjonsenhetsrolle', {
      member: 'organisasjonsenhet',
      words: ['Enheten.', 'The unit.'],
      of: 'organisasjonsenheter',
      from: 'organisasjonsenhet',
      active: 'aktiv',
    }),
    kind('fs/rolle/timeplanrolle', {
      member: 'undervisningsaktivitet',
      words: ['Aktiviteten som er satt opp.', 'The activity that has been scheduled.'],
      of: 'undervisningsaktiviteter',
      from: 'timeplan.undervisningsaktivitet',
    }),
  ],
};
