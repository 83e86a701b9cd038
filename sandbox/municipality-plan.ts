// The skeleton of the municipality: areas, schools, classes and posts, and which pupil sits where in which school year. A pupil is a number made
// of the year in which he begins school and a serial number in that cohort, so that he stays who he is from one school year to the next.
// Called by municipality.ts and the files that build its collections. It must not know people's names or how a resource looks.

import { civilDate, dayNumber, mondayOf, parseIsoDay } from './calendar.ts';
import { caseOf } from './municipality-cases.ts';
import { subjectsOf, type LevelSubject } from './municipality-subjects.ts';
import type { NameStyle } from './names.ts';
import { at, drawBelow, salt } from './random.ts';

export type MunicipalityOptions = {
  readonly seed: number;
  /** About 300, 5,000 or 70,000 pupils. */
  readonly size: 'small' | 'municipality' | 'oslo';
  /** The ISO date the municipality stands at; nothing in it knows another "today". The school year turns on 1 August. */
  readonly asOf?: string;
  readonly names?: NameStyle;
  /** `later`: the same municipality after one pupil has become protected and the protection of another has been lifted. */
  readonly snapshot?: 'first' | 'later';
};

/** The neighbourhood of a primary school: as many pupils in every cohort, numbered from `first`. */
export type AreaPlan = {
  readonly first: number;
  readonly pupils: number;
  readonly primary: number;
  readonly secondary: number;
};

export type SchoolKind = 'barneskole' | 'ungdomsskole' | 'kombinert' | 'fadelt';

/** A class as it is every year: `5A` at its school. In a school with few pupils one class has several levels. */
export type ClassSlot = {
  readonly school: MunicipalSchool;
  /** Its number in the school. */
  readonly local: number;
  readonly levels: readonly number[];
  readonly parallel: number;
  readonly pupils: number;
  readonly name: string;
  readonly subjects: readonly LevelSubject[];
};

export type Post = 'REKTOR' | 'INSPEKTOR' | 'LAERER' | 'RADGIVER' | 'SFOLEDER' | 'SFOANSATT' | 'KONTOR';

export type MunicipalSchool = {
  readonly index: number;
  readonly number: string;
  readonly systemId: string;
  readonly place: string;
  readonly name: string;
  readonly kind: SchoolKind;
  readonly levels: readonly number[];
  readonly classes: readonly ClassSlot[];
  /** The areas whose pupils come here at a level, and how many pupils of a cohort come before those of each. */
  readonly areasAt: (level: number) => readonly { readonly area: AreaPlan; readonly before: number }[];
  readonly slotsAt: (level: number) => readonly ClassSlot[];
  readonly sfo: boolean;
  readonly firstStaff: number;
  readonly firstTeacher: number;
  readonly posts: readonly Post[];
};

export type MunicipalPlan = {
  readonly seed: number;
  readonly size: MunicipalityOptions['size'];
  readonly names: NameStyle;
  readonly snapshot: 'first' | 'later';
  readonly asOf: number;
  /** The school year that runs at `asOf`, by the calendar year of its August. */
  readonly year: number;
  /** Pupils of one cohort. */
  readonly cohort: number;
  readonly areas: readonly AreaPlan[];
  readonly schools: readonly MunicipalSchool[];
  readonly schoolStaff: number;
  readonly centralStaff: number;
  readonly areaOf: (serial: number) => AreaPlan;
  readonly schoolOfStaff: (staff: number) => MunicipalSchool | undefined;
};

const FIRST_PARTS = [
  'Tind',
  'Lyng',
  'Rogn',
  'Vier',
  'Orre',
  'Kveld',
  'Morgen',
  'Gråstein',
  'Blåklokke',
  'Rype',
  'Tranebær',
];
const LAST_PARTS = ['våg', 'brekka', 'haugen', 'myra', 'skaret', 'løkka', 'tangen'];
const AREA_SIZE = salt('municipality.area');
const CLASS_SIZE = 26;
const LEVELS = 10;

/** Names one of 77 invented neighbourhoods; later ones are numbered. */
const placeName = (index: number): string => {
  const round = Math.floor(index / 77);
  return `${at(FIRST_PARTS, index % 11)}${at(LAST_PARTS, index % 7)}${round === 0 ? '' : ` ${round + 1}`}`;
};

/** How many pupils of a cohort each area has, in order: one of a primary school, one of few pupils, one of a combined school, then others. */
const areaSizes = (seed: number, size: MunicipalityOptions['size']): readonly number[] => {
  if (size === 'small') return [14, 4, 12];
  const [cohort, mean] = size === 'municipality' ? [500, 44] : [7000, 62];
  const sizes = [mean, 5, Math.round(mean * 0.8)];
  let rest = cohort - mean - 5 - Math.round(mean * 0.8);
  for (let index = 3; rest > 0; index += 1) {
    const drawn = Math.round(mean * (0.7 + drawBelow(seed, AREA_SIZE, index, 61) / 100));
    const next = rest - drawn < mean / 2 ? rest : drawn;
    sizes.push(next);
    rest -= next;
  }
  return sizes;
};

type Draft = { readonly kind: SchoolKind; readonly primary: number[]; readonly secondary: number[] };

/** Says which school every area belongs to: combined ones keep their pupils, three others share a lower secondary school. */
const draftSchools = (sizes: readonly number[]): { readonly drafts: readonly Draft[]; readonly areas: AreaPlan[] } => {
  const drafts: Draft[] = [];
  const areas: AreaPlan[] = [];
  let first = 0;
  let shared: number | undefined;
  const open = (kind: SchoolKind): number => drafts.push({ kind, primary: [], secondary: [] }) - 1;
  for (const [index, pupils] of sizes.entries()) {
    const kind = index === 1 ? 'fadelt' : index % 9 === 2 ? 'kombinert' : 'barneskole';
    const primary = open(kind);
    if (kind !== 'kombinert' && (shared === undefined || at(drafts, shared).secondary.length === 3))
      shared = open('ungdomsskole');
    const secondary = kind === 'kombinert' || shared === undefined ? primary : shared;
    at(drafts, primary).primary.push(index);
    at(drafts, secondary).secondary.push(index);
    areas.push({ first, pupils, primary, secondary });
    first += pupils;
  }
  return { drafts, areas };
};

const TITLES: Readonly<Record<SchoolKind, string>> = {
  barneskole: 'skole',
  ungdomsskole: 'ungdomsskole',
  kombinert: 'oppvekstsenter',
  fadelt: 'grendeskole',
};

const LEVELS_OF: Readonly<Record<SchoolKind, readonly number[]>> = {
  barneskole: [1, 2, 3, 4, 5, 6, 7],
  ungdomsskole: [8, 9, 10],
  kombinert: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  fadelt: [1, 2, 3, 4, 5, 6, 7],
};

const planSchool = (
  index: number,
  { kind, primary, secondary }: Draft,
  areas: readonly AreaPlan[],
  firstStaff: number,
) => {
  const intake = (numbers: readonly number[]) => {
    let before = 0;
    return numbers.map((number) => {
      const area = at(areas, number);
      const entry = { area, before };
      before += area.pupils;
      return entry;
    });
  };
  const [young, old] = [intake(primary), intake(secondary)];
  const areasAt: MunicipalSchool['areasAt'] = (level) => (level <= 7 ? young : old);
  const classes: ClassSlot[] = [];
  const levels = LEVELS_OF[kind];
  const bands = kind === 'fadelt' ? [levels.slice(0, 4), levels.slice(4)] : levels.map((level) => [level]);
  const place = placeName(index);
  const number = String(99_201 + index);
  const sfo = kind !== 'ungdomsskole';
  const count = (level: number): number => areasAt(level).reduce((sum, { area }) => sum + area.pupils, 0);
  const head = kind === 'fadelt' ? 0 : 1;
  const slots = new Map<number, ClassSlot[]>();
  const posts: Post[] = [];
  const school: MunicipalSchool = {
    index,
    number,
    systemId: `SK${number}`,
    place,
    name: `${place} ${TITLES[kind]}`,
    kind,
    levels,
    classes,
    areasAt,
    slotsAt: (level) => slots.get(level) ?? [],
    sfo,
    firstStaff,
    firstTeacher: firstStaff + head,
    posts,
  };
  for (const band of bands) {
    const [level = 1] = band;
    const parallels = Math.ceil(count(level) / CLASS_SIZE);
    for (let parallel = 0; parallel < parallels; parallel += 1) {
      const slot: ClassSlot = {
        school,
        local: classes.length,
        levels: band,
        parallel,
        pupils: band.reduce((sum, each) => sum + Math.ceil((count(each) - parallel) / parallels), 0),
        name: band.length === 1 ? `${level}${String.fromCharCode(65 + parallel)}` : `${level}-${band.at(-1) ?? level}`,
        subjects: subjectsOf(level),
      };
      classes.push(slot);
      for (const each of band) slots.set(each, [...(slots.get(each) ?? []), slot]);
    }
  }
  const add = (post: Post, many: number): void => {
    for (let one = 0; one < many; one += 1) posts.push(post);
  };
  add('REKTOR', head);
  // A teacher for every class, and one more for every two.
  add('LAERER', classes.length + Math.ceil(classes.length / 2));
  add('INSPEKTOR', classes.length >= 10 ? 1 : 0);
  add('RADGIVER', old.length > 0 ? 1 : 0);
  add('SFOLEDER', sfo ? 1 : 0);
  add('SFOANSATT', sfo ? Math.ceil(count(1) / 8) : 0);
  add('KONTOR', head);
  return school;
};

/** Lays out the municipality. Throws a RangeError for an `asOf` that is no date, or none from 2018 to 2044. */
export const planMunicipality = (options: MunicipalityOptions): MunicipalPlan => {
  const asOf = parseIsoDay(options.asOf ?? '2026-11-01');
  const today = civilDate(asOf);
  // Children who begin later are born in years whose national ids are not given out yet.
  if (today.year > 2044) throw new RangeError(`asOf must be before 2045 for a municipality, not ${options.asOf ?? ''}`);
  const { drafts, areas } = draftSchools(areaSizes(options.seed, options.size));
  const schools: MunicipalSchool[] = [];
  const schoolOfStaff: MunicipalSchool[] = [];
  for (const [index, draft] of drafts.entries()) {
    const school = planSchool(index, draft, areas, schoolOfStaff.length);
    schools.push(school);
    for (const _ of school.posts) schoolOfStaff.push(school);
  }
  const bySerial = areas.flatMap((area) => Array.from({ length: area.pupils }, () => area));
  return {
    seed: options.seed,
    size: options.size,
    names: options.names ?? 'tenor',
    snapshot: options.snapshot ?? 'first',
    asOf,
    year: today.month >= 8 ? today.year : today.year - 1,
    cohort: bySerial.length,
    areas,
    schools,
    schoolStaff: schoolOfStaff.length,
    centralStaff: Math.max(4, Math.round(bySerial.length / 50)),
    areaOf: (serial) => at(bySerial, serial),
    schoolOfStaff: (staff) => schoolOfStaff[staff],
  };
};

/** Writes a school year as `2627`. */
export const yearTag = (year: number): string =>
  `${String(year % 100).padStart(2, '0')}${String((year + 1) % 100).padStart(2, '0')}`;

export const yearStart = (year: number): number => dayNumber(year, 8, 1);
export const yearEnd = (year: number): number => dayNumber(year + 1, 7, 31);

/** The Monday of the middle one of the three weeks of lessons: the week of `asOf`, kept inside of the time when there is school. */
export const middleMonday = ({ asOf, year }: MunicipalPlan): number =>
  Math.min(Math.max(mondayOf(asOf), mondayOf(dayNumber(year, 8, 25))), mondayOf(dayNumber(year + 1, 6, 8)));

/** The number of a pupil: cohort and serial number in one. */
export const pupilKey = (cohort: number, serial: number): number => cohort * 10_000 + serial;
export const cohortOf = (pupil: number): number => Math.floor(pupil / 10_000);
export const serialOf = (pupil: number): number => pupil % 10_000;

/** The level of a pupil in a school year; below 1 and above 10 outside of school. */
export const levelIn = (pupil: number, year: number): number => year - cohortOf(pupil) + 1;

export type Gone = { readonly day: number; readonly status: 'UTFLYTTET' | 'DOD' };

/** When and how a pupil has gone for good, as far as is known at `asOf`. */
export const goneOf = (plan: MunicipalPlan, pupil: number): Gone | undefined => {
  const cohort = cohortOf(pupil);
  const what = caseOf(cohort, serialOf(pupil));
  const gone: Gone | undefined =
    what === 'movedAway'
      ? { day: dayNumber(cohort + 3, 9, 30), status: 'UTFLYTTET' }
      : what === 'deceased'
        ? { day: dayNumber(cohort + 2, 10, 5), status: 'DOD' }
        : undefined;
  return gone !== undefined && gone.day <= plan.asOf ? gone : undefined;
};

/** The day on which a pupil has come from another municipality; undefined for all who began school here. */
const arrivalOf = (pupil: number): number | undefined =>
  caseOf(cohortOf(pupil), serialOf(pupil)) === 'movedIn' ? dayNumber(cohortOf(pupil) + 4, 10, 15) : undefined;

/** The day on which a pupil changes from the school of the area to the combined one; undefined for nearly all. */
const changeOf = (pupil: number): number | undefined =>
  caseOf(cohortOf(pupil), serialOf(pupil)) === 'changedSchool' ? dayNumber(cohortOf(pupil) + 5, 9, 15) : undefined;

/** Says that a pupil is delivered: at school now or in the school year before, and arrived. */
export const isKnown = (plan: MunicipalPlan, pupil: number): boolean => {
  const level = levelIn(pupil, plan.year);
  return level >= 1 && level <= LEVELS + 1 && (arrivalOf(pupil) ?? 0) <= plan.asOf;
};

/** Walks the pupils who are delivered: those at school, level by level, then those who left last summer. */
export function* knownPupils(plan: MunicipalPlan): Generator<number> {
  for (let cohort = plan.year; cohort >= plan.year - LEVELS; cohort -= 1)
    for (let serial = 0; serial < plan.cohort; serial += 1) {
      const pupil = pupilKey(cohort, serial);
      if (isKnown(plan, pupil)) yield pupil;
    }
}

export type Enrolment = {
  readonly id: string;
  readonly pupil: number;
  readonly year: number;
  readonly level: number;
  readonly slot: ClassSlot;
  readonly from: number;
  readonly to: number;
  /** How it ended before the year did. */
  readonly broken?: 'FLYTT' | 'BYTTE' | 'DOD';
  /** A second enrolment beside the one at the main school. */
  readonly guest: boolean;
};

/** The school where the pupil who changes and the pupil at two schools are as well: the combined one. */
export const OTHER_SCHOOL = 3;

const otherSlot = (plan: MunicipalPlan, level: number): ClassSlot =>
  at(at(plan.schools, OTHER_SCHOOL).slotsAt(level), 0);

/** The class of a pupil at the school of the area. */
const slotOf = (
  plan: MunicipalPlan,
  pupil: number,
  level: number,
): { readonly slot: ClassSlot; readonly seat: number } => {
  const serial = serialOf(pupil);
  const area = plan.areaOf(serial);
  const school = at(plan.schools, level <= 7 ? area.primary : area.secondary);
  const before = school.areasAt(level).find((each) => each.area === area)?.before ?? 0;
  const place = before + serial - area.first;
  const slots = school.slotsAt(level);
  return { slot: at(slots, place % slots.length), seat: Math.floor(place / slots.length) };
};

/** The place of a pupil among those of the same class and level, from 0. */
export const seatOf = (plan: MunicipalPlan, { pupil, level }: Enrolment): number => slotOf(plan, pupil, level).seat;

/** The enrolments of a pupil in one school year; none before arrival and after the pupil has gone. */
export const enrolmentsIn = (plan: MunicipalPlan, pupil: number, year: number): readonly Enrolment[] => {
  const level = levelIn(pupil, year);
  const [start, end] = [yearStart(year), yearEnd(year)];
  const gone = goneOf(plan, pupil);
  const arrival = arrivalOf(pupil) ?? start;
  if (level < 1 || level > LEVELS || arrival > end || (gone !== undefined && gone.day < start)) return [];
  const id = `EF${pupil}-${yearTag(year)}`;
  const common = { pupil, year, level, guest: false };
  const from = Math.max(arrival, start);
  const change = changeOf(pupil);
  const changed = change !== undefined && change <= plan.asOf ? change : undefined;
  const { slot } = slotOf(plan, pupil, level);
  if (changed !== undefined && changed < start) return [{ ...common, id, slot: otherSlot(plan, level), from, to: end }];
  if (changed !== undefined && changed <= end)
    return [
      { ...common, id, slot: otherSlot(plan, level), from: changed, to: end },
      { ...common, id: `${id}-A`, slot, from, to: changed - 1, broken: 'BYTTE' },
    ];
  if (gone !== undefined && gone.day <= end)
    return [{ ...common, id, slot, from, to: gone.day, broken: gone.status === 'DOD' ? 'DOD' : 'FLYTT' }];
  const main = { ...common, id, slot, from, to: end };
  return caseOf(cohortOf(pupil), serialOf(pupil)) === 'twoSchools'
    ? [main, { ...common, id: `${id}-B`, slot: otherSlot(plan, level), from, to: end, guest: true }]
    : [main];
};

/** The enrolments that are delivered: of this school year and the one before; of those who have gone at least their last ones. */
export function* knownEnrolments(plan: MunicipalPlan): Generator<Enrolment> {
  for (const pupil of knownPupils(plan)) {
    yield* enrolmentsIn(plan, pupil, plan.year);
    yield* enrolmentsIn(plan, pupil, plan.year - 1);
    const gone = goneOf(plan, pupil);
    if (gone !== undefined && gone.day < yearStart(plan.year - 1)) {
      const { year, month } = civilDate(gone.day);
      yield* enrolmentsIn(plan, pupil, month >= 8 ? year : year - 1);
    }
  }
}

/** The enrolments of this school year that go on: whom lessons, SFO and groups are for. */
export function* currentEnrolments(plan: MunicipalPlan): Generator<Enrolment> {
  for (const pupil of knownPupils(plan))
    for (const enrolment of enrolmentsIn(plan, pupil, plan.year)) if (enrolment.broken === undefined) yield enrolment;
}

/** Walks the main enrolments of this school year at a class of the school of the area, without those who came by a change. */
export function* enrolmentsOf(plan: MunicipalPlan, slot: ClassSlot): Generator<Enrolment> {
  for (const level of slot.levels)
    for (const { area } of slot.school.areasAt(level))
      for (let serial = area.first; serial < area.first + area.pupils; serial += 1)
        for (const enrolment of enrolmentsIn(plan, pupilKey(plan.year - level + 1, serial), plan.year))
          if (enrolment.slot === slot && enrolment.broken === undefined && isKnown(plan, enrolment.pupil))
            yield enrolment;
}
