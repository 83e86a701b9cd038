// The people of the county: pupils, guardians, staff, apprentices and young people in follow-up, each computed from a number.
// Pupils, guardians and staff as persons do not depend on the size of the county. Called by the files that build collections.
// It must not know schools, classes or positions.

import { civilDate, dayNumber, noon } from './calendar.ts';
import { identified } from './collection.ts';
import { MUNICIPALITIES, place, type Plan } from './county-plan.ts';
import { EDGE, EDGE_PUPILS, GUARDIAN_TEACHER, SAMI_NAME, SIXTY_LETTER_NAME, WITH_GUARDIANS } from './edge-cases.ts';
import { href, target, to, type Links } from './links.ts';
import { nationalIdAt } from './national-id.ts';
import { familyName, personName, plainLetters, type PersonName } from './names.ts';
import { draw, drawBelow, drawFrom, drawPercent, salt } from './random.ts';

export const REALM = 'fjordheim.test';

export type Human = {
  readonly nationalId: string;
  readonly name: PersonName;
  readonly female: boolean;
  readonly birth: number;
};

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
const ADDRESS = salt('household.address');
const HOUSE = salt('household.number');
const PHONE = salt('person.phone');
const MUNICIPALITY = salt('household.municipality');
const COUNTRY = salt('person.country');
const LANGUAGE = salt('person.language');

const STREETS =
  'Fjordveien Skolegata Bekkefaret Storgata Lia Åsvegen Øvre Ringvei Kirkebakken Strandgata Sørlia Nordre Allé Myrstien Blåbærveien Elvegata Utsikten'.split(
    ' ',
  );

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

const COUNTRY_TARGET = target('felles/kodeverk/iso/landkode');
const SEX_TARGET = target('felles/kodeverk/iso/kjonn');
const LANGUAGE_TARGET = target('felles/kodeverk/iso/sprak');
const MUNICIPALITY_TARGET = target('felles/kodeverk/kommune');

/** Links to a country, as nested addresses carry it. */
const countryLinks = (code = 'NO', variant = 0): Links => ({ land: to(COUNTRY_TARGET, code, variant) });

/** Writes the address of a household (any number), with a link of its own to the country. */
export const addressOf = (plan: Plan, household: number): Readonly<Record<string, unknown>> => {
  const municipality = drawBelow(plan.seed, MUNICIPALITY, household, MUNICIPALITIES);
  return {
    adresselinje: [
      `${drawFrom(plan.seed, ADDRESS, household, STREETS)} ${drawBelow(plan.seed, HOUSE, household, 140) + 1}`,
    ],
    postnummer: String(9901 + municipality),
    poststed: place(municipality),
    _links: countryLinks('NO', household),
  };
};

/** Gives a telephone number of the range 6805 0000-6805 9999, said to be set aside for fiction. */
export const phoneOf = (plan: Plan, number: number): string =>
  `6805${String(drawBelow(plan.seed, PHONE, number, 10_000)).padStart(4, '0')}`;

/** Writes an e-mail address below the invented realm. */
export const mailOf = (human: Human, number: number, domain: string): string =>
  `${plainLetters(human.name.fornavn)}.${plainLetters(human.name.etternavn)}${number}@${domain}`;

const FOREIGN = ['SE', 'PL', 'UA', 'SO', 'SY', 'ER', 'PK', 'VN', 'IQ', 'DE'];
const MOTHER_TONGUES = ['nb', 'nb', 'nb', 'nb', 'nn', 'nb', 'pl', 'ar', 'so', 'uk', 'ti', 'ur', 'vi', 'en', 'se'];

/** The codes of address protection: none, client address, confidential, strictly confidential. */
export type Marking = 'ugradert' | 'klientadresse' | 'fortrolig' | 'strengtFortrolig';

export type PersonRole = {
  /** Any number of the person's own; also decides link forms. */
  readonly number: number;
  readonly household: number;
  readonly mailDomain: string;
  readonly marking: Marking;
  readonly extra?: Links;
  readonly address?: boolean;
  readonly nationality?: string;
  readonly writtenNorwegian?: 'nb' | 'nn' | 'se';
  /** The day a national id stopped being in use. */
  readonly ended?: number;
};

/** Writes a Person resource from the facts about a human and the role it appears in. */
export const personResource = (plan: Plan, human: Human, role: PersonRole): Readonly<Record<string, unknown>> => {
  const { number, household } = role;
  const municipality = drawBelow(plan.seed, MUNICIPALITY, household, MUNICIPALITIES);
  const nationality =
    role.nationality ??
    (drawPercent(plan.seed, COUNTRY, number, 9) ? drawFrom(plan.seed, COUNTRY, number + 1, FOREIGN) : 'NO');
  const reachable = role.address !== false && role.ended === undefined;
  return {
    fodselsnummer:
      role.ended === undefined
        ? identified(human.nationalId)
        : {
            identifikatorverdi: human.nationalId,
            gyldighetsperiode: { start: noon(human.birth), slutt: noon(role.ended) },
          },
    navn: human.name,
    fodselsdato: noon(human.birth),
    adressebeskyttelse: role.marking,
    ...(reachable
      ? {
          bostedsadresse: addressOf(plan, household),
          kontaktinformasjon: {
            epostadresse: mailOf(human, number, role.mailDomain),
            mobiltelefonnummer: phoneOf(plan, number),
          },
        }
      : {}),
    _links: {
      kjonn: to(SEX_TARGET, human.female ? '2' : '1', number),
      ...(role.address === false ? {} : { kommune: to(MUNICIPALITY_TARGET, String(9901 + municipality), number + 1) }),
      statsborgerskap:
        nationality !== 'NO' && number % 4 === 0
          ? [href(COUNTRY_TARGET, nationality, number), href(COUNTRY_TARGET, 'NO', number)]
          : to(COUNTRY_TARGET, nationality, number),
      malform: to(LANGUAGE_TARGET, role.writtenNorwegian ?? (number % 7 === 0 ? 'nn' : 'nb'), number),
      morsmal: to(LANGUAGE_TARGET, drawFrom(plan.seed, LANGUAGE, number, MOTHER_TONGUES), number),
      ...role.extra,
    },
  };
};
