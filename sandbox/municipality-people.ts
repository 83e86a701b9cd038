// The people of the municipality: pupils, their guardians and staff, each computed from a number, the same in every school year; who is guardian of
// whom and on what basis; who is protected. Called by the files that build collections. It must not know schools, classes or positions.

import { civilDate, dayNumber } from './calendar.ts';
import { CASE_SERIALS, CASES, caseOf, type Case } from './municipality-cases.ts';
import { cohortOf, isKnown, knownPupils, pupilKey, serialOf, type MunicipalPlan } from './municipality-plan.ts';
import { familyName, personName, plainLetters } from './names.ts';
import { nationalIdAt } from './national-id.ts';
import type { Human, Marking, Setting } from './person-resource.ts';
import { draw, drawPercent, salt } from './random.ts';

export const REALM = 'tindvag.test';
export const MUNICIPALITY = { number: '9921', name: 'Tindvåg', postcode: '9921' } as const;

/** The number, among all staff, of the teacher who is guardian of a pupil as well. */
export const GUARDIAN_STAFF = 1;

const SEX = salt('municipality.sex');
const FAMILY_KIND = salt('municipality.family');
const OTHER_NAME = salt('municipality.other-name');
const PROTECTED = salt('municipality.protected');
const STAFF = 1_000_000_000;
const LANE = { pupil: 0, guardian: 0, staff: 250 } as const;
/** Households that live apart from the one in which the child is registered have addresses of their own. */
const APART = 500_000_000;

/** How persons of the municipality are written; all households are in it. */
export const settingOf = ({ seed }: MunicipalPlan): Setting => ({
  seed,
  localityOf: () => ({ number: MUNICIPALITY.number, postcode: MUNICIPALITY.postcode, place: MUNICIPALITY.name }),
});

export type PupilFacts = Human & {
  readonly systemId: string;
  readonly pupilNumber: string;
  readonly userName: string;
  readonly what: Case | undefined;
  /** Of the ways a person can be numbered: what stands as the national id. */
  readonly numberKind: 'fodselsnummer' | 'dnummer' | 'midlertidig';
};

const nationalIdOf = (birth: number, serial: number, female: boolean, kind: PupilFacts['numberKind']): string => {
  const date = civilDate(birth);
  const slot = Math.floor(serial / 365);
  if (kind !== 'midlertidig') return nationalIdAt(date, LANE.pupil, slot, female, kind === 'dnummer');
  // The substitute that schools make: the birth date and six digits more, which no eleven-digit number can be mistaken for.
  return `${nationalIdAt(date, LANE.pupil, slot, female).slice(0, 6)}${String(serial + 1).padStart(6, '0')}`;
};

/** Gives the facts about a pupil. */
export const pupilFacts = (plan: MunicipalPlan, pupil: number): PupilFacts => {
  const [cohort, serial] = [cohortOf(pupil), serialOf(pupil)];
  const female = drawPercent(plan.seed, SEX, pupil, 50);
  const birth = dayNumber(cohort - 6, 1, 1) + ((serial * 101 + (draw(plan.seed, SEX, cohort) % 365)) % 365);
  const what = caseOf(cohort, serial);
  const numberKind = what === 'dNumber' ? 'dnummer' : what === 'noNumber' ? 'midlertidig' : 'fodselsnummer';
  const etternavn = familyName(plan.names, plan.seed, householdOf(pupil));
  const name = personName(plan.names, plan.seed, pupil, female, etternavn);
  return {
    nationalId: nationalIdOf(birth, serial, female, numberKind),
    name,
    female,
    birth,
    systemId: `E${pupil}`,
    pupilNumber: String(pupil),
    userName: `${plainLetters(name.fornavn).slice(0, 4)}${plainLetters(etternavn).slice(0, 4)}${pupil % 1_000_000}`,
    what,
    numberKind,
  };
};

const YEARS_APART = 20_000;

/** Every fourth pupil of two cohorts out of four has a sibling two years younger, with the same serial number. */
const isElder = (pupil: number): boolean =>
  serialOf(pupil) >= CASE_SERIALS && serialOf(pupil) % 4 === 3 && Math.floor(cohortOf(pupil) / 2) % 2 === 0;

/** Gives the household of a pupil: the number of its eldest child. */
export const householdOf = (pupil: number): number => {
  const what = caseOf(cohortOf(pupil), serialOf(pupil));
  if (what === 'middleSibling') return pupil - YEARS_APART;
  if (what === 'youngestSibling') return pupil - 2 * YEARS_APART;
  return isElder(pupil - YEARS_APART) ? pupil - YEARS_APART : pupil;
};

/** Gives the children of a household who are delivered, the eldest first. */
export const childrenOf = (plan: MunicipalPlan, household: number): readonly number[] => {
  const children =
    caseOf(cohortOf(household), serialOf(household)) === 'eldestSibling'
      ? [household, household + YEARS_APART, household + 2 * YEARS_APART]
      : isElder(household)
        ? [household, household + YEARS_APART]
        : [household];
  return children.filter((pupil) => isKnown(plan, pupil));
};

/** A guardian: the household and which of those who take care of its children. */
export type GuardianKey = { readonly household: number; readonly which: 1 | 2 | 3 };

export type Bond = {
  readonly guardian: GuardianKey;
  readonly role: 'MOR' | 'FAR' | 'MEDMOR' | 'FOSTERFORELDER' | 'VERGE';
  readonly basis: 'FORELDREANSVAR' | 'FORELDER' | 'FOSTERHJEM' | 'VERGEMAL';
  readonly source: 'FREG' | 'SKOLE';
  readonly responsibility: boolean;
  /** Whether it gives the rights of a guardian; without, none at all. */
  readonly rights: boolean;
  readonly blocked: boolean;
};

type Family = 'one' | 'together' | 'apart' | 'without';

const FAMILY_OF: Partial<Readonly<Record<Case, Family>>> = {
  splitCustody: 'apart',
  guardianWithoutResponsibility: 'without',
  ward: 'one',
};

const familyOf = (plan: MunicipalPlan, household: number): Family => {
  const what = caseOf(cohortOf(household), serialOf(household));
  if (what !== undefined) return FAMILY_OF[what] ?? 'together';
  const drawn = draw(plan.seed, FAMILY_KIND, household) % 100;
  return drawn < 20 ? 'one' : drawn < 40 ? 'apart' : drawn < 45 ? 'without' : 'together';
};

/** Says that a guardian does not live where the children are registered. */
export const livesApart = (plan: MunicipalPlan, { household, which }: GuardianKey): boolean => {
  const family = familyOf(plan, household);
  const what = caseOf(cohortOf(household), serialOf(household));
  return which === 3 || what === 'ward' || (which === 2 && (family === 'apart' || family === 'without'));
};

const isWoman = (plan: MunicipalPlan, { household, which }: GuardianKey): boolean =>
  which === 3 || drawPercent(plan.seed, SEX, household * 4 + which, which === 1 ? 70 : 35);

/** Who takes care of the children of a household, in the order in which the school calls them; one to three. */
export const bondsOf = (plan: MunicipalPlan, household: number): readonly Bond[] => {
  const what = caseOf(cohortOf(household), serialOf(household));
  const family = familyOf(plan, household);
  const bond = (which: 1 | 2 | 3, more: Partial<Bond> = {}): Bond => {
    const guardian = { household, which } as const;
    const [first, second] = [isWoman(plan, { household, which: 1 }), isWoman(plan, { household, which: 2 })];
    const own = which === 2 ? second : which === 1 ? first : true;
    return {
      guardian,
      role: own ? (which === 2 && first ? 'MEDMOR' : 'MOR') : 'FAR',
      basis: 'FORELDREANSVAR',
      source: 'FREG',
      responsibility: true,
      rights: true,
      blocked: false,
      ...more,
    };
  };
  if (what === 'ward') return [bond(1, { role: 'VERGE', basis: 'VERGEMAL', source: 'SKOLE', responsibility: false })];
  if (what === 'fosterHome') {
    const foster = { role: 'FOSTERFORELDER', basis: 'FOSTERHJEM', source: 'SKOLE', responsibility: false } as const;
    return [bond(1, foster), bond(2, foster), bond(3, { rights: false })];
  }
  if (family === 'one') return [bond(1)];
  if (what === 'blockedGuardian') return [bond(1), bond(2, { blocked: true })];
  return [
    bond(1),
    family === 'without' ? bond(2, { basis: 'FORELDER', responsibility: false, rights: false }) : bond(2),
  ];
};

/** Walks every guardian of a child who is delivered, once, save the one who comes with the staff. */
export function* guardians(plan: MunicipalPlan): Generator<GuardianKey> {
  for (const pupil of knownPupils(plan)) {
    const household = householdOf(pupil);
    if (childrenOf(plan, household)[0] !== pupil) continue;
    for (const { guardian } of bondsOf(plan, household)) if (!isStaffGuardian(guardian)) yield guardian;
  }
}

/** Tells whether a guardian is the teacher who is delivered among staff. */
const isStaffGuardian = ({ household, which }: GuardianKey): boolean =>
  which === 1 && caseOf(cohortOf(household), serialOf(household)) === 'guardianIsTeacher';

const WINDOW = 20 * 365;
// Guardians of cohorts that are near each other are born on different days, so that no two can get the same national id.
const COHORTS = 16;

/** Gives the facts about a guardian. */
export const guardianFacts = (plan: MunicipalPlan, who: GuardianKey): Human => {
  if (isStaffGuardian(who)) return staffFacts(plan, GUARDIAN_STAFF);
  const { household, which } = who;
  const number = household * 4 + which;
  const female = isWoman(plan, who);
  const cohort = cohortOf(household);
  const serial = which === 3 ? 20_000 + serialOf(household) : serialOf(household) * 2 + which - 1;
  const opening = dayNumber(cohort - 51, 1, 1);
  const days = Math.floor(WINDOW / COHORTS);
  const shift = (((cohort - opening) % COHORTS) + COHORTS) % COHORTS;
  const birth = opening + shift + ((serial * 101) % days) * COHORTS;
  const shared = which === 1 || (which === 2 && !drawPercent(plan.seed, OTHER_NAME, household, 50));
  const foster = caseOf(cohort, serialOf(household)) === 'fosterHome' && which !== 3;
  const etternavn = familyName(plan.names, plan.seed, shared && !foster ? household : number);
  return {
    nationalId: nationalIdAt(civilDate(birth), LANE.guardian, Math.floor(serial / days), female),
    name: personName(plan.names, plan.seed, number, female, etternavn),
    female,
    birth,
  };
};

/** Gives the facts about a member of staff. */
export const staffFacts = (plan: MunicipalPlan, staff: number): Human => {
  const number = STAFF + staff;
  const female = drawPercent(plan.seed, SEX, number, 70);
  const days = 37 * 365;
  const birth = dayNumber(1964, 1, 1) + ((staff * 5003) % days);
  return {
    nationalId: nationalIdAt(civilDate(birth), LANE.staff, Math.floor(staff / days), female),
    name: personName(plan.names, plan.seed, number, female, familyName(plan.names, plan.seed, number)),
    female,
    birth,
  };
};

const MARKED: Partial<Readonly<Record<Case, readonly [first: Marking, later: Marking]>>> = {
  strictlyProtected: ['strengtFortrolig', 'strengtFortrolig'],
  confidential: ['fortrolig', 'fortrolig'],
  clientAddress: ['klientadresse', 'klientadresse'],
  becomesProtected: ['ugradert', 'fortrolig'],
  protectionLifted: ['strengtFortrolig', 'ugradert'],
};

/** The marking of a pupil: fixed for the cases; beyond the small municipality one pupil in a thousand has one. */
export const markingOfPupil = (plan: MunicipalPlan, pupil: number): Marking => {
  const what = caseOf(cohortOf(pupil), serialOf(pupil));
  if (what !== undefined) return MARKED[what]?.[plan.snapshot === 'later' ? 1 : 0] ?? 'ugradert';
  if (plan.size === 'small') return 'ugradert';
  const drawn = draw(plan.seed, PROTECTED, pupil) % 10_000;
  return drawn < 3 ? 'strengtFortrolig' : drawn < 8 ? 'fortrolig' : drawn < 10 ? 'klientadresse' : 'ugradert';
};

/** The marking of a guardian: of the strictly protected pupil the first has one too, and one of an ordinary pupil. */
export const markingOfGuardian = ({ household, which }: GuardianKey): Marking => {
  const what = caseOf(cohortOf(household), serialOf(household));
  if (what === 'strictlyProtected') return 'strengtFortrolig';
  return what === 'protectedGuardian' && which === 2 ? 'fortrolig' : 'ugradert';
};

/** Says that an address must not be told, since it is that of somebody strictly protected, or of somebody protected who lives there too. */
export const keepsAddressBack = (plan: MunicipalPlan, household: number, own: Marking): boolean =>
  own === 'strengtFortrolig' ||
  (own === 'ugradert' &&
    (childrenOf(plan, household).some((pupil) => markingOfPupil(plan, pupil) !== 'ugradert') ||
      bondsOf(plan, household).some(({ guardian }) => markingOfGuardian(guardian) !== 'ugradert')));

/** The household of an address: that of the children, or a guardian's own. */
export const addressNumber = (plan: MunicipalPlan, who: GuardianKey): number =>
  livesApart(plan, who) ? APART + who.household * 4 + who.which : who.household;

/** The pupil at school at `asOf` who is a case; every case is one pupil then. */
export const pupilOfCase = (plan: MunicipalPlan, what: Case): number => {
  const [digit, serial] = CASES[what];
  return pupilKey(plan.year - ((((plan.year - digit) % 10) + 10) % 10), serial);
};
