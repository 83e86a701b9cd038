// Where students are placed, and when what they are placed in is held: as a list of one activity, and to find collisions by.
import type { Field, Fields, Mapping } from '#mappings/mapping.ts';
import { teachingWeek } from './activities.ts';

const student: Field = {
  kind: 'value',
  from: 'student.studentnummer.identifikatorverdi',
  describe: { nb: 'Studentnummeret.', en: 'The student number.' },
};

const activity: Field = {
  kind: 'value',
  from: 'undervisningsaktivitet.naturligNokkel.identifikatorverdi',
  describe: { nb: 'Nøkkelen til aktiviteten.', en: 'Key of the activity.' },
};

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

const unshown = { nb: '', en: '' };
const seen = (from: string): Field => ({ kind: 'value', from, describe: unshown });

/** What sessions are made of; shown to nobody. */
const sessionFields: Fields = {
  activity,
  entry: seen('@uid'),
  follows: seen('folgerUndervisningenTil.@uid'),
  weekday: seen('ukedag.ukedagnummer'),
  from: seen('klokkeslett.fra'),
  until: seen('klokkeslett.til'),
  weeks: { kind: 'values', from: 'undervisningsuker', convert: teachingWeek, describe: unshown },
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
