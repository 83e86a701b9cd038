// The skeleton of the university: terms, institutes, programmes, courses, and who was admitted to what and when. A student is the year in which he
// was admitted and a serial number among those of that year, so that he stays who he is from one term to the next. Called by university.ts and the
// files that build its collections. It must not know people's names or how a resource looks.

import { civilDate, dayNumber, parseIsoDay } from './calendar.ts';
import {
  courseName,
  DISCIPLINES,
  FACULTY_NAMES,
  KINDS,
  type Discipline,
  type ProgrammeKind,
  type Trilingual,
} from './university-catalogue.ts';
import { universityCase, type UniversityCase } from './university-cases.ts';
import type { NameStyle } from './names.ts';
import { at, draw, drawPercent, salt } from './random.ts';

export type UniversityOptions = {
  readonly seed: number;
  /** About 300 or 27,000 students who are registered. */
  readonly size: 'small' | 'university';
  /** The ISO date the university stands at; nothing in it knows another "today". Terms turn on 1 January and 1 August. */
  readonly asOf?: string;
  readonly names?: NameStyle;
  /** `later`: the same university after one student has become protected and the protection of another has been lifted. */
  readonly snapshot?: 'first' | 'later';
};

/** A spring (even) or an autumn (odd): twice the year, and one more in the autumn. */
export type TermNumber = number;

export type Institute = {
  readonly index: number;
  readonly discipline: Discipline;
  /** Which faculty it is of, and its number there; both from 1. */
  readonly faculty: number;
  readonly number: number;
  readonly firstCourse: number;
  readonly firstStaff: number;
  readonly campus: number;
};

export type Programme = {
  readonly index: number;
  readonly code: string;
  readonly kind: ProgrammeKind;
  readonly name: Trilingual;
  readonly institute: Institute;
  /** Its number at the institute. */
  readonly local: number;
  readonly terms: number;
  /** How many are admitted a year; none to one that is offered no longer. */
  readonly intake: number;
  readonly expired: boolean;
  /** The serial number of the first who is admitted to it in a year. */
  readonly firstSerial: number;
  readonly classes: number;
};

export type Pool = 'bachelor' | 'master' | 'thesis' | 'phd';

export type Course = {
  readonly index: number;
  readonly institute: Institute;
  readonly pool: Pool;
  readonly code: string;
  readonly version: string;
  readonly name: Trilingual;
  readonly autumn: boolean;
  readonly spring: boolean;
  readonly points: number;
};

export type Student = {
  readonly number: number;
  readonly admission: number;
  readonly serial: number;
  readonly programme: Programme;
  /** The place among those of the same programme and year. */
  readonly position: number;
  readonly start: TermNumber;
  readonly what: UniversityCase | undefined;
  /** The first term without a study right, for one who leaves before the end. */
  readonly leaves: TermNumber | undefined;
  /** Whether the degree takes one or two terms longer than planned. */
  readonly delayed: boolean;
};

export type UniversityPlan = {
  readonly seed: number;
  readonly size: UniversityOptions['size'];
  readonly names: NameStyle;
  readonly snapshot: 'first' | 'later';
  readonly asOf: number;
  /** The term of `asOf`; what happened is delivered of this one and the one before. */
  readonly now: TermNumber;
  /** The year of the latest admission. */
  readonly admission: number;
  readonly faculties: readonly Trilingual[];
  readonly institutes: readonly Institute[];
  readonly programmes: readonly Programme[];
  /** In the version that is taught. */
  readonly courses: readonly Course[];
  readonly staffOfInstitute: number;
  readonly campuses: number;
  readonly slots: number;
  /** Everybody who is delivered: the youngest admission first. */
  readonly students: readonly Student[];
};

export const INSTITUTION = '7777';

export const termOf = (day: number): TermNumber => {
  const { year, month } = civilDate(day);
  return year * 2 + (month >= 8 ? 1 : 0);
};
export const isAutumn = (term: TermNumber): boolean => term % 2 === 1;
export const termYear = (term: TermNumber): number => Math.floor(term / 2);
export const termCode = (term: TermNumber): 'VÅR' | 'HØST' => (isAutumn(term) ? 'HØST' : 'VÅR');
/** Writes a term as `26H`. */
export const termTag = (term: TermNumber): string =>
  `${String(termYear(term) % 100).padStart(2, '0')}${isAutumn(term) ? 'H' : 'V'}`;
export const termStart = (term: TermNumber): number => dayNumber(termYear(term), isAutumn(term) ? 8 : 1, 1);
export const termEnd = (term: TermNumber): number => termStart(term + 1) - 1;

/** How many courses of each pool an institute has: of bachelor and master half in the autumn and half in the spring. */
const POOLS = {
  small: { bachelor: 12, master: 4, thesis: 1, phd: 1 },
  university: { bachelor: 36, master: 20, thesis: 4, phd: 3 },
} as const;

const coursesOfInstitute = (size: UniversityOptions['size']): number =>
  Object.values(POOLS[size]).reduce((sum, one) => sum + one, 0);

type Offer = readonly [kind: ProgrammeKind, intake: number];

/** The programmes of the small university, by institute; nobody is admitted to the one that is offered no longer. */
const SMALL_OFFERS: readonly (readonly Offer[])[] = [
  [
    ['bachelor', 42],
    ['master', 12],
    ['phd', 3],
    ['year', 12],
  ],
  [
    ['bachelor', 14],
    ['master', 10],
    ['applied', 0],
    ['integrated', 5],
  ],
  [
    ['bachelor', 14],
    ['master', 8],
    ['phd', 2],
    ['year', 8],
  ],
];

const INTAKE = salt('university.intake');
const LEAVES = salt('university.leaves');
const DELAYED = salt('university.delayed');

const MEAN_INTAKE: Readonly<Record<ProgrammeKind, number>> = {
  bachelor: 81,
  master: 46,
  phd: 9,
  year: 35,
  integrated: 52,
  applied: 49,
};

const offersOf = (seed: number, size: UniversityOptions['size'], index: number): readonly Offer[] => {
  if (size === 'small') return at(SMALL_OFFERS, index);
  const drawn = (kind: ProgrammeKind, place: number): Offer => {
    const programme = index * 5 + place;
    const mean = MEAN_INTAKE[kind];
    // One in twenty-five is offered no longer.
    return [kind, programme % 25 === 24 ? 0 : Math.round(mean * (0.5 + (draw(seed, INTAKE, programme) % 101) / 100))];
  };
  return [
    index === 0 ? ['bachelor', 120] : drawn('bachelor', 0),
    drawn('master', 1),
    drawn('phd', 2),
    drawn('year', 3),
    drawn(index % 5 === 4 ? 'applied' : index % 5 === 2 ? 'integrated' : 'applied', 4),
  ];
};

const CLASS_SIZE = 40;

const layOut = (
  seed: number,
  size: UniversityOptions['size'],
): Pick<UniversityPlan, 'institutes' | 'programmes' | 'courses' | 'faculties' | 'staffOfInstitute' | 'campuses'> => {
  const institutes: Institute[] = [];
  const programmes: Programme[] = [];
  const courses: Course[] = [];
  const staffOfInstitute = size === 'small' ? 12 : 60;
  const campuses = size === 'small' ? 3 : 5;
  const perInstitute = coursesOfInstitute(size);
  const numbers = new Map<number, number>();
  let serial = 0;
  for (const [index, discipline] of DISCIPLINES.slice(0, size === 'small' ? 3 : DISCIPLINES.length).entries()) {
    const number = (numbers.get(discipline.faculty) ?? 0) + 1;
    numbers.set(discipline.faculty, number);
    const institute: Institute = {
      index,
      discipline,
      faculty: discipline.faculty + 1,
      number,
      firstCourse: index * perInstitute,
      firstStaff: index * staffOfInstitute,
      campus: discipline.faculty % campuses,
    };
    institutes.push(institute);
    for (const [local, [kind, intake]] of offersOf(seed, size, index).entries()) {
      const { letter, terms, name } = KINDS[kind];
      programmes.push({
        index: programmes.length,
        code: `${letter}-${discipline.code}`,
        kind,
        name: name(discipline.name),
        institute,
        local,
        terms,
        intake,
        expired: intake === 0,
        firstSerial: serial,
        classes: Math.max(1, Math.ceil(intake / CLASS_SIZE)),
      });
      serial += intake;
    }
    courses.push(...coursesOf(size, institute));
  }
  return { institutes, programmes, courses, faculties: FACULTY_NAMES, staffOfInstitute, campuses };
};

const HUNDREDS: Readonly<Record<Pool, number>> = { bachelor: 1000, master: 4000, thesis: 4900, phd: 9000 };

const coursesOf = (size: UniversityOptions['size'], institute: Institute): readonly Course[] => {
  const found: Course[] = [];
  for (const [pool, count] of Object.entries(POOLS[size]) as [Pool, number][])
    for (let number = 0; number < count; number += 1) {
      const halves = pool === 'bachelor' || pool === 'master';
      const index = institute.firstCourse + found.length;
      const { code, name } = institute.discipline;
      found.push({
        index,
        institute,
        pool,
        code: `${code}${HUNDREDS[pool] + (pool === 'bachelor' ? Math.floor((number % (count / 2)) / 6) * 1000 : 0) + number * 5 + 5}`,
        version: hasOldVersion(index) ? '2' : '1',
        name:
          pool === 'thesis'
            ? {
                nb: `Masteroppgave i ${name.nb}${number === 0 ? '' : ` ${number + 1}`}`,
                nn: `Masteroppgåve i ${name.nn}${number === 0 ? '' : ` ${number + 1}`}`,
                en: `Master's thesis in ${name.en}${number === 0 ? '' : ` ${number + 1}`}`,
              }
            : courseName(name, pool === 'bachelor' ? number : pool === 'master' ? number + 40 : number + 80),
        autumn: !halves || number < count / 2,
        spring: !halves || number >= count / 2,
        points: pool === 'thesis' ? 60 : pool === 'phd' ? 5 : size === 'small' ? 15 : 10,
      });
    }
  return found;
};

/** Says that a course is taught in its second version, with the first one ended. */
export const hasOldVersion = (course: number): boolean => course % 9 === 3;

const studentOf = (
  plan: Pick<UniversityPlan, 'seed'>,
  programme: Programme,
  admission: number,
  position: number,
): Student => {
  const serial = programme.firstSerial + position;
  const number = (admission - 2000) * 20_000 + serial + 1;
  // Doctoral candidates begin in the spring after the others.
  const start = programme.kind === 'phd' ? admission * 2 + 2 : admission * 2 + 1;
  const what = universityCase(admission, serial);
  const drawn = draw(plan.seed, LEAVES, number) % 100;
  return {
    number,
    admission,
    serial,
    programme,
    position,
    start,
    what,
    leaves:
      what === undefined
        ? drawn < 6
          ? start + 2
          : drawn < 10 && programme.terms > 4
            ? start + 4
            : undefined
        : what === 'leftProgramme'
          ? start + 1
          : what === 'deceased'
            ? start + 1
            : undefined,
    delayed: what === undefined && drawPercent(plan.seed, DELAYED, number, 12),
  };
};

/** The first term in which a student has neither courses nor a study right any more. */
export const endOf = ({ start, programme, leaves, delayed }: Student): TermNumber =>
  leaves ?? start + programme.terms + (delayed ? 2 : 0);

/** Of the next admission, one in forty knows of the place already. */
const isEarly = (serial: number): boolean => serial % 40 === 39;

/** Whether a student is delivered. Of those who have just got their degree the small university keeps one in four. */
const isDelivered = (
  student: Student,
  now: TermNumber,
  admission: number,
  size: UniversityOptions['size'],
): boolean => {
  if (student.admission > admission) return isEarly(student.serial);
  if (student.what !== undefined && student.admission > admission - 3) return true;
  const end = endOf(student);
  return end > now || (end === now && (size !== 'small' || student.number % 4 === 0));
};

/** Walks those admitted to a programme in a year who are delivered. */
function* studentsOf(
  plan: Pick<UniversityPlan, 'seed' | 'size' | 'now' | 'admission'>,
  programme: Programme,
  admission: number,
): Generator<Student> {
  for (let position = 0; position < programme.intake; position += 1) {
    const student = studentOf(plan, programme, admission, position);
    if (isDelivered(student, plan.now, plan.admission, plan.size)) yield student;
  }
}

const LONGEST = 7;

/** Lays out the university. Throws a RangeError for an `asOf` that is no date, or none from 2018 to 2044. */
export const planUniversity = (options: UniversityOptions): UniversityPlan => {
  const asOf = parseIsoDay(options.asOf ?? '2026-11-01');
  if (civilDate(asOf).year > 2044)
    throw new RangeError(`asOf must be before 2045 for a university, not ${options.asOf ?? ''}`);
  const { seed, size } = options;
  const now = termOf(asOf);
  const admission = isAutumn(now) ? termYear(now) : termYear(now) - 1;
  const laid = layOut(seed, size);
  const students: Student[] = [];
  for (let year = admission + 1; year >= admission - LONGEST; year -= 1)
    for (const programme of laid.programmes)
      students.push(...studentsOf({ seed, size, now, admission }, programme, year));
  return {
    ...laid,
    seed,
    size,
    names: options.names ?? 'tenor',
    snapshot: options.snapshot ?? 'first',
    asOf,
    now,
    admission,
    slots: size === 'small' ? 2 : 3,
    students,
  };
};

/** The years of admission of which a programme has cohorts: of those offered no longer two old ones, else from before the oldest with students to the next. */
export const cohortYears = ({ admission }: UniversityPlan, programme: Programme): readonly number[] => {
  const oldest = admission - Math.ceil(programme.terms / 2) - 1;
  return programme.expired
    ? [admission - 3, admission - 2]
    : Array.from({ length: admission + 2 - oldest }, (_, index) => oldest + index);
};

/** The term in which a cohort begins. */
export const cohortStart = (programme: Programme, admission: number): TermNumber =>
  programme.kind === 'phd' ? admission * 2 + 2 : admission * 2 + 1;

/** Whether students of a cohort are expected to study, or will. The last cohort of a programme that is offered no longer may still end it. */
export const isOpenCohort = ({ now, admission }: UniversityPlan, programme: Programme, year: number): boolean =>
  programme.expired ? year === admission - 2 : cohortStart(programme, year) + programme.terms > now;

const ON_LEAVE = salt('university.on-leave');
const UNPAID = salt('university.unpaid');
const ABROAD = salt('university.abroad');

/** What a student does in a term. `left`, `graduated` and `dead`: no longer. */
export type Standing = 'future' | 'active' | 'leave' | 'abroad' | 'unpaid' | 'left' | 'graduated' | 'dead';

/** The term of the leave of absence of a student, and how many terms it takes; undefined for nearly all. */
export const leaveOf = (
  plan: UniversityPlan,
  { what, start, programme, number, leaves }: Student,
): { readonly from: TermNumber; readonly terms: number } | undefined => {
  if (what === 'onLeave') return { from: start + 2, terms: 2 };
  if (what === 'leavePlanned') return { from: start + 4, terms: 1 };
  return what === undefined &&
    leaves === undefined &&
    programme.terms > 3 &&
    drawPercent(plan.seed, ON_LEAVE, number, 3)
    ? { from: start + 2, terms: 1 }
    : undefined;
};

/** The term that a student spends at an institution abroad; undefined for nearly all. */
export const abroadOf = (
  plan: UniversityPlan,
  { what, programme, start, number, leaves }: Student,
): TermNumber | undefined =>
  what === 'abroad' ||
  (what === undefined &&
    leaves === undefined &&
    programme.kind === 'bachelor' &&
    drawPercent(plan.seed, ABROAD, number, 4))
    ? start + 2
    : undefined;

/** Tells what a student does in a term. */
export const standingIn = (plan: UniversityPlan, student: Student, term: TermNumber): Standing => {
  if (term < student.start) return 'future';
  if (term >= endOf(student))
    return student.leaves === undefined ? 'graduated' : student.what === 'deceased' ? 'dead' : 'left';
  const leave = leaveOf(plan, student);
  if (leave !== undefined && term >= leave.from && term < leave.from + leave.terms) return 'leave';
  if (abroadOf(plan, student) === term) return 'abroad';
  const unpaid =
    student.what === 'unpaid' ||
    (student.what === undefined && drawPercent(plan.seed, UNPAID, student.number * 64 + (term % 64), 3));
  return unpaid ? 'unpaid' : 'active';
};

/** The courses of a term, by the number of the term in the study; one who is late repeats one of the year before the last. */
export const coursesIn = (plan: UniversityPlan, student: Student, term: TermNumber): readonly Course[] => {
  if (standingIn(plan, student, term) !== 'active') return [];
  const { programme, start } = student;
  const count = term - start + 1;
  const late = count > programme.terms;
  const found = [];
  for (let slot = 0; slot < (late ? 1 : plan.slots); slot += 1) {
    const course = courseAt(plan, programme, late ? count - 2 : count, slot, term);
    if (course !== undefined) found.push(course);
  }
  return found;
};

const courseAt = (
  { courses, size, slots }: UniversityPlan,
  { kind, institute, local }: Programme,
  count: number,
  slot: number,
  term: TermNumber,
): Course | undefined => {
  const pools = POOLS[size];
  const year = Math.floor((count - 1) / 2);
  const later = isAutumn(term) ? 0 : 1;
  const pick = (first: number, many: number, place: number): Course =>
    at(courses, institute.firstCourse + first + (place % many));
  const bachelorHalf = pools.bachelor / 2;
  const masterHalf = pools.master / 2;
  const thesisFrom = pools.bachelor + pools.master;
  const ofBachelor = (): Course =>
    pick(
      later * bachelorHalf,
      bachelorHalf,
      year * slots + slot + (kind === 'applied' ? 4 : kind === 'integrated' ? 2 : 0),
    );
  const ofMaster = (): Course =>
    pick(pools.bachelor + later * masterHalf, masterHalf, slot + (kind === 'master' ? 0 : slots));
  const thesis = (): Course | undefined => (slot === 0 ? pick(thesisFrom, pools.thesis, local) : undefined);
  if (kind === 'phd')
    return slot === 0 && count <= 2 ? pick(thesisFrom + pools.thesis, pools.phd, count - 1) : undefined;
  if (kind === 'master') return count <= 2 ? ofMaster() : thesis();
  if (kind === 'integrated') return count <= 6 ? ofBachelor() : count <= 8 ? ofMaster() : thesis();
  return ofBachelor();
};

/** Which number a term of teaching has: the second of a course that runs through a year is in the spring. */
export const termNumberOf = (course: Course, term: TermNumber): number =>
  course.pool === 'thesis' && !isAutumn(term) ? 2 : 1;

/** Says that a course is taught in a term. */
export const isTaught = (course: Course, term: TermNumber): boolean => (isAutumn(term) ? course.autumn : course.spring);

/** The member of staff who teaches a course. */
export const teacherOf = ({ staffOfInstitute }: UniversityPlan, { index, institute }: Course): number =>
  institute.firstStaff + ((index * 7) % staffOfInstitute);

/** The number of the role in which a course is taught in a term, among those of its kind. */
export const teachingRole = ({ now }: UniversityPlan, { index }: Course, term: TermNumber): number =>
  index * 2 + (term - now + 1);

/** The courses of an institute that a member of its staff teaches. */
export const coursesOfStaff = (plan: UniversityPlan, { firstCourse }: Institute, staff: number): readonly Course[] =>
  plan.courses
    .slice(firstCourse, firstCourse + coursesOfInstitute(plan.size))
    .filter((course) => teacherOf(plan, course) === staff);
