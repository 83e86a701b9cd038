// The people of the county: pupils, guardians, staff, apprentices and young people in follow-up, each computed from a number.
// Pupils, guardians and staff as persons do not depend on the size of the county. Called by the files that build collections.
// It must not know schools, classes or positions.

import { civilDate, dayNumber } from './calendar.ts';
import { MUNICIPALITIES, place, type Plan } from './county-plan.ts';
import { EDGE, EDGE_PUPILS, GUARDIAN_TEACHER, SAMI_NAME, SIXTY_LETTER_NAME, WITH_GUARDIANS } from './edge-cases.ts';
import { nationalIdAt } from './national-id.ts';
import { familyName, personName, plainLetters } from './names.ts';
import { writeAddress, writePerson, type Human, type PersonRole, type Setting } from './person-resource.ts';
import { draw, drawBelow, drawPercent, salt } from './random.ts';

export const REALM = 'fjordheim.test';

export type Pupil = Human & {
  readonly systemId: string;
  readonly pupilNumber: string;
  readonly userName: string;
  readonly household: number;
};

// Lanes of individual numbers, so that no two groups of people born on the same days can get the same national id.
const LANE = { pupil: 0, olderPupil: 200, apprentice: 330, followUp: 400, edge: 470, guardian: 0, staff: 250 } as const;
// Apart in the index space of random numbers as well.
const GUARDIANS_FROM = 1_000_000;
const STAFF_FROM = 2_000_000;
const APPRENTICES_FROM = 3_000_000;
const FOLLOW_UP_FROM = 4_000_000;

const BIRTH = salt('person.birth');
const SEX = salt('person.sex');
const OLDER = salt('pupil.older');
const SECOND_GUARDIAN = salt('family.second');
const OTHER_NAME = salt('family.other-name');
const MUNICIPALITY = salt('household.municipality');

// A year has 365 usable days here; a step that is prime to it visits all of them once before any comes again.
const spreadDay = (plan: Plan, lane: number, serial: number, firstDay: number, days: number, step: number): number => {
  const round = Math.floor(serial / days);
  const shift = draw(plan.seed, BIRTH + lane, round) % days;
  return firstDay + (((serial % days) * step + shift) % days);
};

/** Gives the facts about pupil number `index`. */
export const pupil = (plan: Plan, index: number): Pupil => {
  const female = drawPercent(plan.seed, SEX, index, 50);
  const household = householdOf(index);
  const born = pupilBirth(plan, index);
  const date = civilDate(born.day);
  const name =
    index === EDGE.sixtyLetters
      ? SIXTY_LETTER_NAME
      : index === EDGE.samiLetters
        ? SAMI_NAME
        : personName(plan.names, plan.seed, index, female, familyName(plan.names, plan.seed, household));
  const serial = Math.floor(index / 3);
  const pupilNumber = String(500_001 + index);
  return {
    nationalId:
      index === EDGE.leapDay
        ? nationalIdAt(date, LANE.edge, 0, female)
        : nationalIdAt(
            date,
            born.older ? LANE.olderPupil : LANE.pupil,
            Math.floor(serial / 365),
            female,
            index === EDGE.dNumber,
          ),
    name,
    female,
    birth: born.day,
    systemId: `E${pupilNumber}`,
    pupilNumber,
    userName: `${plainLetters(name.fornavn).slice(0, 4)}${plainLetters(name.etternavn).slice(0, 4)}${index + 1}`,
    household,
  };
};

const pupilBirth = (plan: Plan, index: number): { readonly day: number; readonly older: boolean } => {
  const level = index % 3;
  if (index === EDGE.leapDay) {
    const year = Math.floor((plan.schoolYear - 16) / 4) * 4;
    return { day: dayNumber(year, 2, 29), older: false };
  }
  const older = index >= EDGE_PUPILS && drawPercent(plan.seed, OLDER, index, 8);
  const firstDay = dayNumber(plan.schoolYear - 16 - level - (older ? 1 : 0), 1, 1);
  return { day: spreadDay(plan, LANE.pupil + level, Math.floor(index / 3), firstDay, 365, 101), older };
};

// Numbers ending in 5 are the younger siblings of the ones before, but for the first ten, which are edge cases.
const isYounger = (index: number): boolean => index % 10 === 5 && index > 9;

/** Gives the household of a pupil: the number of its eldest pupil. */
const householdOf = (index: number): number => (isYounger(index) ? index - 1 : index);

/** Gives the pupils of a household, in number order. */
export const pupilsOf = (plan: Plan, household: number): readonly number[] =>
  household % 10 === 4 && household > 9 && household + 1 < plan.pupils ? [household, household + 1] : [household];

const isMinor = (plan: Plan, index: number): boolean => {
  const { year, month, day } = civilDate(pupilBirth(plan, index).day);
  return dayNumber(year + 18, month, day) > plan.asOf;
};

export type Guardian = { readonly household: number; readonly second: boolean };

/** Gives the guardians registered for a household: none once all its pupils are of age, else one or two. */
export const guardiansOf = (plan: Plan, household: number): readonly Guardian[] => {
  if (household === EDGE.noGuardian || isYounger(household)) return [];
  const known = WITH_GUARDIANS.has(household) || pupilsOf(plan, household).some((index) => isMinor(plan, index));
  if (!known) return [];
  const two = household === EDGE.deceasedGuardian || drawPercent(plan.seed, SECOND_GUARDIAN, household, 60);
  return two
    ? [
        { household, second: false },
        { household, second: true },
      ]
    : [{ household, second: false }];
};

/** Walks all guardians of the county. */
export function* guardians(plan: Plan): Generator<Guardian> {
  for (let household = 0; household < plan.pupils; household += 1) yield* guardiansOf(plan, household);
}

/** Tells whether a guardian is the teacher who is delivered among staff as well. */
export const isTeacherGuardian = (who: Guardian): boolean => who.household === EDGE.guardianIsTeacher && !who.second;

/** Gives the facts about a guardian. */
export const guardian = (plan: Plan, who: Guardian): Human => {
  if (isTeacherGuardian(who)) return staffPerson(plan, GUARDIAN_TEACHER);
  const index = who.household * 2 + (who.second ? 1 : 0);
  const number = GUARDIANS_FROM + index;
  const female = drawPercent(plan.seed, SEX, number, 50);
  const days = 20 * 365;
  const birth = spreadDay(plan, 10, index, dayNumber(plan.schoolYear - 63, 1, 1), days, 2503);
  const shared = !who.second || !drawPercent(plan.seed, OTHER_NAME, who.household, 50);
  const etternavn = familyName(plan.names, plan.seed, shared ? who.household : number);
  return {
    nationalId: nationalIdAt(civilDate(birth), LANE.guardian, Math.floor(index / days), female),
    name: personName(plan.names, plan.seed, number, female, etternavn),
    female,
    birth,
  };
};

/** Gives the facts about a member of staff. */
export const staffPerson = (plan: Plan, staff: number): Human => {
  const number = STAFF_FROM + staff;
  const female = drawPercent(plan.seed, SEX, number, 60);
  const days = 40 * 365;
  const birth = spreadDay(plan, 11, staff, dayNumber(plan.schoolYear - 64, 1, 1), days, 5003);
  return {
    nationalId: nationalIdAt(civilDate(birth), LANE.staff, Math.floor(staff / days), female),
    name: personName(plan.names, plan.seed, number, female, familyName(plan.names, plan.seed, number)),
    female,
    birth,
  };
};

const young = (plan: Plan, index: number, from: number, lane: number, minimumAge: number): Human => {
  const number = from + index;
  const female = drawPercent(plan.seed, SEX, number, 45);
  const birth = spreadDay(plan, lane, index, dayNumber(plan.schoolYear - minimumAge - 2, 1, 1), 730, 101);
  return {
    nationalId: nationalIdAt(civilDate(birth), lane, Math.floor(index / 730), female),
    name: personName(plan.names, plan.seed, number, female, familyName(plan.names, plan.seed, number)),
    female,
    birth,
  };
};

/** Gives the facts about an apprentice. */
export const apprentice = (plan: Plan, index: number): Human =>
  young(plan, index, APPRENTICES_FROM, LANE.apprentice, 18);

/** Gives the facts about a young person in follow-up. */
export const followUp = (plan: Plan, index: number): Human => young(plan, index, FOLLOW_UP_FROM, LANE.followUp, 16);

const settingOf = ({ seed }: Plan): Setting => ({
  seed,
  localityOf: (household) => {
    const municipality = drawBelow(seed, MUNICIPALITY, household, MUNICIPALITIES);
    return { number: String(9901 + municipality), postcode: String(9901 + municipality), place: place(municipality) };
  },
});

/** Writes the address of a household (any number), with a link of its own to the country. */
export const addressOf = (plan: Plan, household: number): Readonly<Record<string, unknown>> =>
  writeAddress(settingOf(plan), household);

/** Writes a Person resource from the facts about a human and the role it appears in. */
export const personResource = (plan: Plan, human: Human, role: PersonRole): Readonly<Record<string, unknown>> =>
  writePerson(settingOf(plan), human, role);
