// The shapes of values that many resources of the university share: texts in several languages, codes, credits, periods, and links with the ids of
// what they lead to. Called by the files that build its collections. It must not know who or what a resource is about.

import { noon } from './calendar.ts';
import { identified, type SandboxEntry } from './collection.ts';
import { target, to, type Link, type Links, type Target } from './links.ts';
import type { Trilingual } from './university-catalogue.ts';
import {
  INSTITUTION,
  termCode,
  termTag,
  termYear,
  type Course,
  type Programme,
  type TermNumber,
} from './university-plan.ts';

export type Attributes = Readonly<Record<string, unknown>>;

export const TARGETS = {
  country: target('fs/felles/land'),
  language: target('fs/felles/sprak'),
  timeUnit: target('fs/felles/tidsenhet'),
  creditType: target('fs/felles/vektingstype'),
  organisation: target('fs/organisasjon/organisasjon'),
  unit: target('fs/organisasjon/organisasjonsenhet'),
  unitByKey: target('fs/organisasjon/organisasjonsenhet', 'naturlignokkel'),
  faculty: target('fs/organisasjon/fakultet'),
  campus: target('fs/organisasjon/campus'),
  campusByCode: target('fs/organisasjon/campus', 'kode'),
  building: target('fs/organisasjon/bygning'),
  room: target('fs/organisasjon/rom'),
  roomType: target('fs/organisasjon/romtype'),
  bibliotek: target('fs/organisasjon/bibliotek'),
  profile: target('fs/person/personprofil'),
  profileByNumber: target('fs/person/personprofil', 'personlopenummer'),
  student: target('fs/person/student'),
  studentByNumber: target('fs/person/student', 'studentnummer'),
  teacher: target('fs/person/fagperson'),
  participant: target('fs/person/deltaker'),
  term: target('fs/termin/termin'),
  termByKey: target('fs/termin/termin', 'naturlignokkel'),
  termName: target('fs/termin/terminbetegnelse'),
  programme: target('fs/studietilbud/studieprogram'),
  programmeByCode: target('fs/studietilbud/studieprogram', 'kode'),
  direction: target('fs/studietilbud/studieretning'),
  cohort: target('fs/studietilbud/kull'),
  cohortByKey: target('fs/studietilbud/kull', 'naturlignokkel'),
  class: target('fs/studietilbud/klasse'),
  course: target('fs/studietilbud/emne'),
  courseByKey: target('fs/studietilbud/emne', 'naturlignokkel'),
  subject: target('fs/studietilbud/fag'),
  level: target('fs/studietilbud/studieniva'),
  teachingUnit: target('fs/undervisning/undervisningsenhet'),
  activity: target('fs/undervisning/undervisningsaktivitet'),
  placement: target('fs/undervisning/partiplassering'),
  courseRight: target('fs/undervisning/emnestudierett'),
  courseApplication: target('fs/undervisning/emnesoknad'),
  assessmentPart: target('fs/vurdering/vurderingsoppbygningsdel'),
  assessmentPeriod: target('fs/vurdering/vurderingsperiode'),
  assessmentUnit: target('fs/vurdering/vurderingsenhet'),
  result: target('fs/vurdering/resultat'),
  gradeRule: target('fs/vurdering/karakterregel'),
  right: target('fs/studierett/programstudierett'),
  membership: target('fs/studierett/klassemedlemskap'),
} as const satisfies Readonly<Record<string, Target>>;

/** Writes a text in three languages. */
export const text = ({ nb, nn, en }: Trilingual): Attributes => ({ nb, nn, en });

/** Writes a text that has no stated language. */
export const said = (und: string): Attributes => ({ und });

/** Writes a code as it stands inside of what carries it. */
export const code = (kode: string, navn: Trilingual, felleskode = true): Attributes => ({
  kode,
  navn: text(navn),
  erAktiv: true,
  felleskode,
});

/** Writes a decimal with one place. */
export const decimal = (value: number): string => value.toFixed(1);

/** Writes credits. */
export const credits = (value: number): Attributes => ({
  verdi: decimal(value),
  vektingIStudiepoeng: decimal(value),
  _links: { vektingstype: to(TARGETS.creditType, 'SP') },
});

/** Writes how long something takes: in terms, years, hours or minutes. */
export const duration = (value: number, unit: 'SEM' | 'ÅR' | 'TIME' | 'MIN'): Attributes => ({
  antall: decimal(value),
  _links: { tidsenhet: to(TARGETS.timeUnit, unit) },
});

export const termId = (term: TermNumber): string => `${termYear(term)}-${termCode(term)}`;

/** Links to a term, by its systemId or by its key. */
export const toTerm = (term: TermNumber, variant = 0): readonly Link[] =>
  variant % 3 === 2
    ? to(TARGETS.termByKey, `${termYear(term)},${termCode(term)}`, variant)
    : to(TARGETS.term, termId(term), variant);

/** Writes a period of terms; open towards what is left out. */
export const terms = (from: TermNumber, until?: TermNumber): Attributes => ({
  _links: { fraTermin: toTerm(from), ...(until === undefined ? {} : { tilTermin: toTerm(until) }) },
});

/** Writes a period of days. */
export const days = (from: number, until?: number): Attributes => ({
  fraDato: noon(from),
  ...(until === undefined ? {} : { tilDato: noon(until) }),
});

/** Makes an entry with a systemId and, where the class has one of several parts, a natural key: the parts but for that of the owner. */
export const entity = (
  systemId: string,
  key: readonly (string | number)[] | null,
  attributes: Attributes,
  links: Links = {},
): SandboxEntry => ({
  identifier: systemId,
  resource: {
    systemId: identified(systemId),
    ...(key === null ? {} : { naturligNokkel: identified(key.join(',')) }),
    ...attributes,
    _links: links,
  },
});

// --- Keys and ids of what many link to ---------------------------------------------------------------------------

type Key = readonly (string | number)[];

export const courseKey = ({ code: emnekode, version }: Pick<Course, 'code' | 'version'>): Key => [
  INSTITUTION,
  emnekode,
  version,
];
export const courseId = ({ code: emnekode, version }: Pick<Course, 'code' | 'version'>): string =>
  `E-${emnekode}-${version}`;
/** Links to a course, by its systemId or by its key. */
export const toCourse = (course: Pick<Course, 'code' | 'version'>, variant = 0): readonly Link[] =>
  variant % 3 === 2
    ? to(TARGETS.courseByKey, courseKey(course).join(','), variant)
    : to(TARGETS.course, courseId(course), variant);

export const cohortKey = ({ code: programme }: Programme, start: TermNumber): Key => [
  programme,
  termYear(start),
  termCode(start),
];
export const cohortId = ({ code: programme }: Programme, start: TermNumber): string =>
  `K-${programme}-${termTag(start)}`;
export const classCode = (number: number): string => String.fromCharCode(65 + number);
export const classId = (programme: Programme, start: TermNumber, number: number): string =>
  `KL-${programme.code}-${termTag(start)}-${classCode(number)}`;
export const programmeId = ({ code: programme }: Programme): string => `SP-${programme}`;
/** Links to a programme, by its systemId or by its code. */
export const toProgramme = (programme: Programme, variant = 0): readonly Link[] =>
  variant % 4 === 3
    ? to(TARGETS.programmeByCode, programme.code, variant)
    : to(TARGETS.programme, programmeId(programme), variant);

export const teachingUnitId = (course: Course, term: TermNumber, number: number): string =>
  `UE-${course.code}-${course.version}-${termTag(term)}-${number}`;
export const teachingUnitKey = (course: Course, term: TermNumber, number: number): Key => [
  ...courseKey(course),
  termYear(term),
  termCode(term),
  number,
];
export const activityId = (unit: string, activity: string): string => `UA-${unit.slice(3)}-${activity}`;

export const profileId = (number: number): string => `P${number}`;
export const studentId = (number: number): string => `ST${number}`;
export const teacherId = (staff: number): string => `F${staff + 200_001}`;
export const rightId = (number: number, programme: Programme, start: TermNumber): string =>
  `SR-${number}-${programme.code}-${termTag(start)}`;

/** Numbers of roles are the same for nobody: each kind has a range of its own. */
const ROLE_RANGES = {
  unit: 1,
  programme: 2,
  cohort: 3,
  class: 4,
  course: 5,
  teachingUnit: 6,
  activity: 7,
  timetable: 8,
  evu: 9,
} as const;
export type RoleKind = keyof typeof ROLE_RANGES;

/** Gives the number of a role from its kind and its place among those. */
export const roleNumber = (kind: RoleKind, index: number): number => ROLE_RANGES[kind] * 1_000_000 + index;
export const roleId = (kind: RoleKind, index: number): string => `ROL-${roleNumber(kind, index)}`;
