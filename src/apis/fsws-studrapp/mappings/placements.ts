// Where students are placed, and when what they are placed in is held: as a list of one activity, and to find collisions by.
import { unshown, value, values } from '#mappings/field.ts';
import type { Field, Fields, Mapping } from '#mappings/mapping.ts';
import type { ElementForm, ServiceParameter } from '#services/service.ts';
import { timeOf, type Collision, type Placement } from '../collisions.ts';
import { teachingWeek } from './activities.ts';

const student: Field = value('Studentnummeret.', 'The student number.', 'student.studentnummer.identifikatorverdi');

const activity: Field = value(
  'Nøkkelen til aktiviteten.',
  'Key of the activity.',
  'undervisningsaktivitet.naturligNokkel.identifikatorverdi',
);

const described = { describe: { nb: 'En plassering.', en: 'A placement.' } } as const;

export const placements: Mapping = {
  name: 'studrapp-studentplassering',
  schema: 'studentplassering',
  collection: 'fs/undervisning/partiplassering',
  ...described,
  fields: { studentnr: student, aktivitet: activity },
};

/** Relations from a placement to what it is in, and on to the term. */
export const placedIn = ['undervisningsaktivitet'] as const;
export const placedInTerm = ['undervisningsaktivitet', 'undervisningsenhet', 'termin'] as const;

/** What sessions are made of; shown to nobody. */
const sessionFields: Fields = {
  activity,
  entry: unshown('@uid'),
  follows: unshown('folgerUndervisningenTil.@uid'),
  weekday: unshown('ukedag.ukedagnummer'),
  from: unshown('klokkeslett.fra'),
  until: unshown('klokkeslett.til'),
  weeks: values('', '', 'undervisningsuker', { convert: teachingWeek }),
};

export const sessions: Mapping = {
  name: 'studrapp-session',
  schema: 'session',
  collection: 'fs/undervisning/timeplan',
  ...described,
  fields: sessionFields,
};

/** Values of these fields. */
export type SessionRow = {
  readonly activity?: string;
  readonly entry: number;
  readonly follows?: number;
  readonly weekday?: number;
  readonly from?: string;
  readonly until?: string;
  readonly weeks?: readonly string[];
};
export type PlacementRow = { readonly studentnr?: string; readonly aktivitet?: string };

/** An element of the answer, and what stands in it. */
export const collisionNames = {
  list: 'kollisjoner',
  row: 'kollisjon',
} as const;

const text = (name: string, nb: string, en: string): ElementForm => ({
  name,
  describe: { nb, en },
  required: true,
  content: { type: 'string' },
});

/** What is told of a collision. */
export const collisionForm: ElementForm = {
  name: collisionNames.row,
  describe: { nb: 'To aktiviteter samtidig.', en: 'Two activities at the same time.' },
  members: [
    text('aktivitet1', 'Nøkkelen til den ene aktiviteten.', 'Key of one activity.'),
    text('aktivitet2', 'Nøkkelen til den andre.', 'Key of the other.'),
    { ...text('ukedag', '1 er mandag.', '1 is Monday.'), content: { type: 'integer' } },
    text('fra', 'Fra dette klokkeslettet.', 'From this time of day.'),
    text('til', 'Til dette klokkeslettet.', 'Until this time of day.'),
    { ...text('uke', 'År og uke de har felles.', 'Year and week that they have in common.'), most: null },
    { ...text('studentnr', 'Studentene det gjelder.', 'The students whom it hits.'), most: null },
  ],
};

export const collisionRow = (one: Collision) => ({
  aktivitet1: one.one,
  aktivitet2: one.other,
  ukedag: one.weekday,
  fra: timeOf(one.from),
  til: timeOf(one.until),
  uke: one.weeks,
  studentnr: one.students,
});

/** By what the placements of one activity are asked for. */
export const placedActivity: ServiceParameter = {
  name: 'aktivitet',
  type: 'string',
  minLength: 1,
  maxLength: 200,
  required: true,
  describe: {
    nb: 'Nøkkelen til aktiviteten, som i listen over undervisningsaktiviteter.',
    en: 'Key of the activity, as in the list of teaching activities.',
  },
};

/** None where the caller does not see both. */
export const placementIn = ({ studentnr, aktivitet }: PlacementRow): readonly Placement[] =>
  studentnr === undefined || aktivitet === undefined ? [] : [{ student: studentnr, activity: aktivitet }];
