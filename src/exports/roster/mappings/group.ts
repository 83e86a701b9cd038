// Groups: five classes of the model, one type each but for the groups of a school's own, whose type is a code (facts 10). Who is in them is told by
// memberships (member.ts); here is who has them.
import type { GroupType } from '#formats/roster.ts';
import type { Narrow } from '#hub/documents/document.ts';
import { level, schoolYear, subjectCode, trueUnlessSaid } from '#mappings/converters.ts';
import type { Fields } from '#mappings/mapping.ts';
import { rows, through } from '#mappings/narrowing.ts';
import { mapping, objects, value, values } from './from.ts';

const fieldsOf = (school: string): Fields => ({
  uid: value('@uid'),
  id: value('@id'),
  name: value('navn'),
  active: value('@self', trueUnlessSaid),
  school: value(`${school}.@uid`),
  years: values('skolear.kode', schoolYear),
});

const teachings = values('undervisningsforhold.@uid');
const resources = values('skoleressurs.@uid');

export type GroupRow = {
  readonly uid: number;
  readonly id: string;
  readonly name?: string;
  readonly active: boolean;
  readonly school?: number;
  readonly years?: readonly string[];
  readonly levels?: readonly number[];
  readonly subjects?: readonly { readonly code?: string; readonly name?: string }[];
  /** The classes that it is a part of, or composed of. */
  readonly classes?: readonly number[];
  /** By what teachers have it. */
  readonly teachings?: readonly number[];
  /** By what others of staff have it. */
  readonly resources?: readonly number[];
  /** Code of the kind of group. */
  readonly kind?: string;
  /** Absent when the caller may not see who gets language training. */
  readonly trained?: readonly number[];
};

/** A collection of groups; `type` null = by the kind. In the order in which they are read: classes before what is made of them. */
export const groupSources = [
  {
    name: 'class',
    type: 'class',
    way: ['skole'],
    mapping: mapping('class', 'utdanning/elev/klasse', {
      ...fieldsOf('skole'),
      levels: values('trinn.navn', level),
      teachings,
    }),
  },
  {
    name: 'contact',
    type: 'contact',
    way: ['skole'],
    mapping: mapping('contact', 'utdanning/elev/kontaktlarergruppe', {
      ...fieldsOf('skole'),
      levels: values('klasse.trinn.navn', level),
      classes: values('klasse.@uid'),
      teachings,
    }),
  },
  {
    name: 'teaching',
    type: 'teaching',
    way: ['skole'],
    mapping: mapping('teaching', 'utdanning/timeplan/undervisningsgruppe', {
      ...fieldsOf('skole'),
      subjects: objects('fag', { code: value('@self', subjectCode), name: value('navn') }),
      teachings,
    }),
  },
  {
    name: 'after-school',
    type: 'after-school',
    way: ['sfo', 'skole'],
    mapping: mapping('after-school', 'grunnskole/sfo/sfogruppe', { ...fieldsOf('sfo.skole'), resources }),
  },
  {
    name: 'school-group',
    type: null,
    way: ['skole'],
    mapping: mapping('school-group', 'grunnskole/gruppe/skolegruppe', {
      ...fieldsOf('skole'),
      kind: value('type.kode'),
      levels: values('trinn.navn', level),
      resources,
      trained: values('sprakgruppemedlemskap.@uid'),
    }),
  },
] as const;

/** By the code of the kind, of groups of a school's own. */
export const groupKinds: Readonly<Record<string, GroupType>> = {
  TRINN: 'level',
  FORESATTE: 'guardians',
  SPRAK: 'language',
  SAMMENSATT: 'composite',
  ELEVRAD: 'pupil-council',
  FAU: 'parents-council',
  SU: 'school-board',
  SMU: 'school-environment-board',
};

/** Groups of schools, by the way that leads from a group to its school. */
export const groupsOf = (way: readonly string[], schools: readonly number[]): Narrow => through(way, rows(...schools));
