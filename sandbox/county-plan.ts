// The skeleton of a county: how many schools, classes, groups and staff there are and how their numbers hang together.
// Everything else is computed from it, object by object. Called by county.ts and every file that builds collections.
// It must not know people's names or how a resource looks.

import { civilDate, dayNumber, mondayOf, parseIsoDay } from './calendar.ts';
import type { NameStyle } from './names.ts';
import { PROGRAMMES, SUBJECTS_PER_PUPIL, type Programme, type Subject } from './programmes.ts';
import { at, drawBelow, salt } from './random.ts';

export type CountyOptions = {
  readonly seed: number;
  readonly size: 'small' | 'county' | 'county-full';
  /** The ISO date the county stands at; nothing in it knows another "today". */
  readonly asOf?: string;
  readonly names?: NameStyle;
  /** `later`: the same county after one pupil has become protected and the protection of another has been lifted. */
  readonly snapshot?: 'first' | 'later';
  /** Mistakes that are planted in the entries; `none` unless told otherwise. */
  readonly flaws?: 'none' | 'realistic' | 'ugly';
};

/** One class of about 25 pupils, with the seven teaching groups of its pupils. */
export type ClassPlan = {
  readonly number: number;
  readonly school: SchoolPlan;
  readonly local: number;
  readonly year: number;
  readonly name: string;
  readonly programme: Programme;
  readonly subjects: readonly Subject[];
  readonly id: string;
  readonly contactGroupId: string;
  readonly programmeAreaId: string;
  readonly subjectIds: readonly string[];
  readonly teachingGroupIds: readonly string[];
  readonly subjectGroupIds: readonly string[];
};

export type SchoolPlan = {
  readonly index: number;
  readonly schoolNumber: string;
  readonly systemId: string;
  readonly place: string;
  readonly firstPupil: number;
  readonly pupils: number;
  readonly programmes: readonly Programme[];
  readonly classes: ClassPlan[];
  readonly subjects: readonly Subject[];
  /** Staff numbers run through the county: the rector first, then teachers, then others. */
  readonly firstStaff: number;
  readonly teachers: number;
  readonly others: number;
  readonly rooms: number;
};

/** How many there are of what does not follow from the number of pupils: staff, offers, groups, contacts, marks and absence. */
export type Density = {
  /** Teachers and other school staff per pupil. */
  readonly teachers: number;
  readonly others: number;
  /** One pupil in so many has an enrolment of the year before; whether that one has its own assessment and programme area. */
  readonly formerEvery: number;
  readonly formerComplete: boolean;
  /** The share of pupils with a class of their own, and so with absence. */
  readonly inClass: number;
  /** The shares of pupil and subject that have a seat in a subject group, and a mark at half-term. */
  readonly subjectSeats: number;
  readonly halfMarks: number;
  /** Subjects and programme areas that a school offers and nobody takes. */
  readonly idleSubjects: number;
  readonly idleAreas: number;
  /** Teaching groups and subject groups of a class beside those of its seven subjects, with nobody in them. */
  readonly idleTeachingGroups: number;
  readonly idleSubjectGroups: number;
  readonly examParties: number;
  /** Whether second guardians are persons as well as contact persons. */
  readonly secondGuardians: boolean;
  /** The share of households with a contact person who is no guardian. */
  readonly otherContacts: number;
  /** Marks through the year, in each of the first five subjects and in each of the others. */
  readonly ongoingMarks: number;
  readonly ongoingMarksOther: number;
  /** Subjects with a final mark of the year before. */
  readonly finalSubjects: number;
  /** Subjects with an absence overview. */
  readonly overviewSubjects: number;
  readonly absenceEvents: number;
};

export type Plan = {
  readonly seed: number;
  readonly names: NameStyle;
  readonly snapshot: 'first' | 'later';
  readonly asOf: number;
  readonly monday: number;
  /** The school year that runs at `asOf`, by the calendar year of its August, and as `2627`. */
  readonly schoolYear: number;
  readonly yearTag: string;
  readonly lastYearTag: string;
  readonly yearStart: number;
  readonly yearEnd: number;
  readonly pupils: number;
  readonly schools: readonly SchoolPlan[];
  readonly classes: readonly ClassPlan[];
  readonly schoolStaff: number;
  readonly centralStaff: number;
  readonly density: Density;
};

const FIRST_PARTS = ['Fjord', 'Bjørke', 'Stein', 'Lauv', 'Hav', 'Skog', 'Elve'];
const LAST_PARTS = ['vik', 'heim', 'nes', 'dal', 'li', 'voll'];

/** Gives one of 42 invented places; the first is Fjordvik. */
export const place = (index: number): string =>
  `${at(FIRST_PARTS, (index + Math.floor(index / 42)) % 7)}${at(LAST_PARTS, index % 6)}`;

/** The invented municipalities 9901 to 9912, named after the first places. */
export const MUNICIPALITIES = 12;

const ORDINARY = {
  teachers: 0.17,
  others: 0.02,
  formerEvery: 9,
  formerComplete: false,
  inClass: 1,
  subjectSeats: 1,
  halfMarks: 1,
  idleSubjects: 0,
  idleAreas: 0,
  idleTeachingGroups: 0,
  idleSubjectGroups: 0,
  examParties: 3,
  secondGuardians: true,
  otherContacts: 0,
} as const;

// `county-full` has the volumes of production, class by class (fint.md 10: the largest of every county, so no county has them all). `county`
// follows their proportions, but for absence events, of which real ones have seventy a pupil. `small` is thinner, so that a demo is up in seconds.
const SIZES = {
  small: {
    schools: 3,
    pupils: 600,
    density: {
      ...ORDINARY,
      ongoingMarks: 1,
      ongoingMarksOther: 0,
      finalSubjects: 3,
      overviewSubjects: 2,
      absenceEvents: 1,
    },
  },
  county: {
    schools: 41,
    pupils: 40_002,
    density: {
      ...ORDINARY,
      ongoingMarks: 3,
      ongoingMarksOther: 2,
      finalSubjects: 7,
      overviewSubjects: 4,
      absenceEvents: 3,
    },
  },
  'county-full': {
    schools: 41,
    pupils: 39_511,
    density: {
      teachers: 0.195,
      others: 0.005,
      formerEvery: 8,
      formerComplete: true,
      inClass: 35_374 / 39_511,
      subjectSeats: 263_748 / (39_511 * 7),
      halfMarks: 260_533 / (39_511 * 7),
      idleSubjects: 178,
      idleAreas: 88,
      idleTeachingGroups: 1,
      idleSubjectGroups: 2,
      examParties: 4,
      secondGuardians: false,
      otherContacts: 0.135,
      ongoingMarks: 3,
      ongoingMarksOther: 2,
      finalSubjects: 7,
      overviewSubjects: 4,
      absenceEvents: 83,
    },
  },
} as const satisfies Readonly<
  Record<CountyOptions['size'], { readonly schools: number; readonly pupils: number; readonly density: Density }>
>;
const SCHOOL_SIZE = salt('school.size');

const tag = (year: number): string =>
  `${String(year % 100).padStart(2, '0')}${String((year + 1) % 100).padStart(2, '0')}`;

// Sizes are multiples of three, so that a pupil's year (index modulo 3) does not depend on the school's place in the county.
const schoolSizes = (seed: number, schools: number, pupils: number): readonly number[] => {
  const mean = pupils / schools / 3;
  const spread = schools > 3 ? 0.5 : 0;
  const sizes = Array.from({ length: schools }, (_, index) => {
    const swing = (drawBelow(seed, SCHOOL_SIZE, index - (index % 2), 201) - 100) / 100;
    return 3 * Math.round(mean * (1 + spread * (index % 2 === 0 ? swing : -swing)));
  });
  const rest = pupils - sizes.reduce((sum, size) => sum + size, 0);
  return sizes.map((size, index) => (index === schools - 1 ? size + rest : size));
};

const planClass = (school: SchoolPlan, local: number, number: number, yearTag: string): ClassPlan => {
  const year = local % 3;
  const parallel = Math.floor(local / 3);
  const programme = at(school.programmes, parallel % school.programmes.length);
  const letter = String.fromCharCode(65 + Math.floor(parallel / school.programmes.length));
  const name = `${year + 1}${programme.code.slice(0, 2)}${letter}`;
  const subjects = at(programme.years, year);
  const stem = `${school.schoolNumber}-${yearTag}-${name}`;
  return {
    number,
    school,
    local,
    year,
    name,
    programme,
    subjects,
    id: `K-${stem}`,
    contactGroupId: `KLG-${stem}`,
    programmeAreaId: `PO-${school.schoolNumber}-${programme.code}${year + 1}`,
    subjectIds: subjects.map((subject) => `F-${school.schoolNumber}-${subject.code}`),
    teachingGroupIds: subjects.map((subject) => `UG-${stem}-${subject.code}`),
    subjectGroupIds: subjects.map((subject) => `FG-${stem}-${subject.code}`),
  };
};

const distinctSubjects = (programmes: readonly Programme[]): readonly Subject[] => {
  const byCode = new Map<string, Subject>();
  for (const programme of programmes) {
    for (const year of programme.years) for (const subject of year) byCode.set(subject.code, subject);
  }
  return [...byCode.values()];
};

/** Lays out a county. Throws a RangeError for an `asOf` that is no date from 2018 to 2054. */
export const planCounty = (options: CountyOptions): Plan => {
  const asOf = parseIsoDay(options.asOf ?? '2026-11-01');
  const today = civilDate(asOf);
  const schoolYear = today.month >= 8 ? today.year : today.year - 1;
  const yearTag = tag(schoolYear);
  const size = SIZES[options.size];
  const schools: SchoolPlan[] = [];
  const classes: ClassPlan[] = [];
  let firstPupil = 0;
  let firstStaff = 0;
  for (const [index, pupils] of schoolSizes(options.seed, size.schools, size.pupils).entries()) {
    const classCount = 3 * Math.ceil(pupils / 3 / 26);
    const offered = Math.min(PROGRAMMES.length, Math.max(3, Math.round(classCount / 3 / 1.5)));
    // Every school has the two largest programmes; the others differ from school to school.
    const programmes = Array.from({ length: offered }, (_, n) =>
      at(PROGRAMMES, n < 2 ? n : 2 + ((n + index * 3) % (PROGRAMMES.length - 2))),
    );
    const school: SchoolPlan = {
      index,
      schoolNumber: String(99_001 + index),
      systemId: `SK${99_001 + index}`,
      place: place(index),
      firstPupil,
      pupils,
      programmes,
      classes: [],
      subjects: distinctSubjects(programmes),
      firstStaff,
      teachers: Math.round(pupils * size.density.teachers),
      others: Math.max(3, Math.round(pupils * size.density.others)),
      rooms: classCount + 4,
    };
    for (let local = 0; local < classCount; local += 1) {
      const planned = planClass(school, local, classes.length, yearTag);
      school.classes.push(planned);
      classes.push(planned);
    }
    schools.push(school);
    firstPupil += pupils;
    firstStaff += 1 + school.teachers + school.others;
  }
  return {
    seed: options.seed,
    names: options.names ?? 'tenor',
    snapshot: options.snapshot ?? 'first',
    asOf,
    monday: mondayOf(asOf),
    schoolYear,
    yearTag,
    lastYearTag: tag(schoolYear - 1),
    yearStart: dayNumber(schoolYear, 8, 1),
    yearEnd: dayNumber(schoolYear + 1, 7, 31),
    pupils: size.pupils,
    schools,
    classes,
    schoolStaff: firstStaff,
    centralStaff: Math.max(12, Math.round(size.pupils * 0.03)),
    density: size.density,
  };
};

/** Thins evenly: says yes for about `share` of all numbers, always the same ones. */
export const keeps = (share: number, number: number): boolean =>
  share >= 1 || Math.floor((number + 1) * share) > Math.floor(number * share);

/** Finds the school of a pupil. */
export const schoolOfPupil = (plan: Plan, pupil: number): SchoolPlan => {
  let low = 0;
  let high = plan.schools.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (at(plan.schools, middle).firstPupil <= pupil) low = middle;
    else high = middle - 1;
  }
  return at(plan.schools, low);
};

/** Finds the class a pupil belongs to; neighbours in number are in different years, so siblings can be neighbours. */
export const classOfPupil = (plan: Plan, pupil: number): ClassPlan => {
  const school = schoolOfPupil(plan, pupil);
  return at(school.classes, (pupil - school.firstPupil) % school.classes.length);
};

/** Finds the school a member of staff works at, undefined for the county administration. */
export const schoolOfStaff = (plan: Plan, staff: number): SchoolPlan | undefined =>
  staff >= plan.schoolStaff
    ? undefined
    : plan.schools.find((school) => staff < school.firstStaff + 1 + school.teachers + school.others);

/** Tells whether a member of staff teaches. */
export const teaches = (school: SchoolPlan | undefined, staff: number): school is SchoolPlan =>
  school !== undefined && staff > school.firstStaff && staff <= school.firstStaff + school.teachers;

/** Every teacher has two positions, so a school has twice as many teaching positions as teachers. */
export const teachingPositions = (school: SchoolPlan): number => school.teachers * 2;

/** Names the teaching position (undervisningsforhold) number `position` of a school. */
export const teachingPositionId = (school: SchoolPlan, position: number): string => {
  const wrapped = position % teachingPositions(school);
  const teacher = school.firstStaff + 1 + (wrapped % school.teachers);
  return `UF${employeeNumber(teacher)}-${Math.floor(wrapped / school.teachers) + 1}`;
};

/** Gives the number of the teaching group of one subject of a class within its school. */
export const groupNumber = (planned: ClassPlan, subject: number): number =>
  planned.local * SUBJECTS_PER_PUPIL + subject;

/** Writes the employee number of a member of staff. */
export const employeeNumber = (staff: number): string => String(100_001 + staff);
