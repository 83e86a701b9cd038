// The synthetic municipality: an invented owner of primary and lower secondary schools with SFO, pure and deterministic by seed.
// Called by the demo, by benchmarks and by tests. It must not know the hub, a clock or a network.

import type { SandboxCollection } from './collection.ts';
import type { KnownEntry, KnownProtected } from './known-protected.ts';
import { CASES, type Case } from './municipality-cases.ts';
import { municipalityCodes } from './municipality-codes.ts';
import {
  bondsOf,
  GUARDIAN_STAFF,
  guardianFacts,
  householdOf,
  markingOfGuardian,
  markingOfPupil,
  MUNICIPALITY,
  pupilFacts,
  pupilOfCase,
  REALM,
  staffFacts,
} from './municipality-people.ts';
import { enrolmentsIn, planMunicipality, type MunicipalityOptions, type MunicipalPlan } from './municipality-plan.ts';
import { guardianshipId, municipalityPupils } from './municipality-pupils.ts';
import { classId, homeTeacher, municipalitySchools } from './municipality-schools.ts';
import {
  accessId,
  employeeId,
  employeeNumber,
  employmentId,
  markingOfStaff,
  municipalityStaff,
  ORGANISATIONS,
  positionId,
  PROTECTED_STAFF,
  schoolResourceId,
  staffUserName,
  teachingId,
} from './municipality-staff.ts';
import { organisationNumber } from './organisation-number.ts';
import { at } from './random.ts';

/** What a reader needs to look a pupil up and all around. */
export type KnownPupil = {
  readonly systemId: string;
  readonly elevnummer: string;
  readonly feidenavn: string;
  /** What stands as the national id; of a pupil without number a substitute of the school. */
  readonly fodselsnummer: string;
  /** Enrolments of the school year, the main one first; none of those who have gone before it. */
  readonly elevforhold: readonly string[];
  /** The systemIds of school and class of the main enrolment. */
  readonly skole: string | null;
  readonly klasse: string | null;
  readonly trinn: number;
  readonly foresatte: readonly {
    readonly foresattforhold: string;
    readonly fodselsnummer: string;
    readonly foreldreansvar: boolean;
    readonly rettigheter: boolean;
    readonly sperret: boolean;
  }[];
};

export type KnownEmployee = {
  readonly systemId: string;
  readonly ansattnummer: string;
  readonly brukernavn: string;
  readonly fodselsnummer: string;
  /** Null for those without a role at any school. */
  readonly skoleressurs: string | null;
  readonly skolestillinger: readonly string[];
  /** Memberships of access groups. */
  readonly tilgangsgruppemedlemskap: readonly string[];
};

export type MunicipalProtected =
  | 'strictPupil'
  | 'confidentialPupil'
  | 'clientAddressPupil'
  | 'becomesProtectedPupil'
  | 'protectionLiftedPupil'
  | 'guardianOfOrdinaryPupil'
  | 'confidentialTeacher';

export type SandboxMunicipality = {
  readonly organisation: { readonly id: string; readonly name: string; readonly orgNumber: string };
  /** Code lists first; every collection comes after the ones it links to, save where two link to each other. */
  readonly collections: readonly SandboxCollection[];
  readonly known: {
    /** One pupil for everything that is unusual, and an ordinary one. Cases of a later level are not so yet when the pupil is younger. */
    readonly pupils: Readonly<Record<Case, KnownPupil>>;
    readonly employees: Readonly<
      Record<
        'teacher' | 'guardian' | 'teacherInSfo' | 'headOfTwoSchools' | 'withoutSchool' | 'guestAtSchool',
        KnownEmployee
      >
    >;
    /** A school of levels 1 to 7, one of 8 to 10, one of few pupils with several levels in a class, one of 1 to 10. */
    readonly schools: readonly { readonly systemId: string; readonly skolenummer: string; readonly navn: string }[];
    readonly protected: Readonly<Record<MunicipalProtected, KnownProtected>>;
  };
};

const knownPupil = (plan: MunicipalPlan, what: Case): KnownPupil => {
  const pupil = pupilOfCase(plan, what);
  const facts = pupilFacts(plan, pupil);
  const enrolments = enrolmentsIn(plan, pupil, plan.year);
  const [main] = enrolments;
  return {
    systemId: facts.systemId,
    elevnummer: facts.pupilNumber,
    feidenavn: `${facts.userName}@${REALM}`,
    fodselsnummer: facts.nationalId,
    elevforhold: enrolments.map(({ id }) => id),
    skole: main?.slot.school.systemId ?? null,
    klasse: main === undefined ? null : classId(main.slot, plan.year),
    trinn: plan.year - Math.floor(pupil / 10_000) + 1,
    foresatte: bondsOf(plan, householdOf(pupil)).map(({ guardian, responsibility, rights, blocked }) => ({
      foresattforhold: guardianshipId(pupil, guardian.which),
      fodselsnummer: guardianFacts(plan, guardian).nationalId,
      foreldreansvar: responsibility,
      rettigheter: rights,
      sperret: blocked,
    })),
  };
};

const knownEmployee = (plan: MunicipalPlan, staff: number, positions: number, accesses = positions): KnownEmployee => ({
  systemId: employeeId(staff),
  ansattnummer: employeeNumber(staff),
  brukernavn: staffUserName(plan, staff),
  fodselsnummer: staffFacts(plan, staff).nationalId,
  skoleressurs: positions === 0 ? null : schoolResourceId(staff),
  skolestillinger: Array.from({ length: positions }, (_, index) => positionId(staff, index + 1)),
  tilgangsgruppemedlemskap: Array.from({ length: accesses }, (_, index) => accessId(staff, index + 1)),
});

const entry = (collection: string, value: string, field = 'systemid'): KnownEntry => ({ collection, field, value });
const person = (component: string, nationalId: string): KnownEntry =>
  entry(`${component}/person`, nationalId, 'fodselsnummer');

const protectedPupil = (plan: MunicipalPlan, what: Case): KnownProtected => {
  const pupil = pupilOfCase(plan, what);
  const facts = pupilFacts(plan, pupil);
  const { foresatte, elevforhold, klasse, skole } = knownPupil(plan, what);
  return {
    marking: markingOfPupil(plan, pupil),
    nationalId: facts.nationalId,
    fullName: Object.values(facts.name),
    persons: [person('utdanning/elev', facts.nationalId)],
    about: [
      entry('utdanning/elev/elev', facts.systemId),
      ...elevforhold.flatMap((id) => [
        entry('utdanning/elev/elevforhold', id),
        entry('utdanning/elev/klassemedlemskap', `KM-${id}`),
        entry('utdanning/elev/kontaktlarergruppemedlemskap', `KLM-${id}`),
        entry('utdanning/timeplan/undervisningsgruppemedlemskap', `UGM-${id}-1`),
        entry('grunnskole/gruppe/skolegruppemedlemskap', `SM-TRINN-${id}`),
        ...(knownPupil(plan, what).trinn <= 4
          ? [entry('grunnskole/sfo/sfoplass', `SP-${id}`), entry('grunnskole/sfo/sfogruppemedlemskap', `SGM-${id}`)]
          : []),
      ]),
      ...foresatte.flatMap(({ foresattforhold }) => [
        entry('grunnskole/foresatt/foresattforhold', foresattforhold),
        entry('grunnskole/gruppe/skolegruppemedlemskap', `SM-FORESATTE-${foresattforhold}`),
      ]),
    ],
    guardians: foresatte.map(({ fodselsnummer }) => person('utdanning/elev', fodselsnummer)),
    beside: [entry('utdanning/elev/klasse', klasse ?? ''), entry('utdanning/utdanningsprogram/skole', skole ?? '')],
  };
};

const protectedGuardian = (plan: MunicipalPlan): KnownProtected => {
  const pupil = pupilOfCase(plan, 'protectedGuardian');
  const who = { household: householdOf(pupil), which: 2 } as const;
  const facts = guardianFacts(plan, who);
  const id = guardianshipId(pupil, who.which);
  return {
    marking: markingOfGuardian(who),
    nationalId: facts.nationalId,
    fullName: Object.values(facts.name),
    persons: [person('utdanning/elev', facts.nationalId)],
    about: [
      entry('grunnskole/foresatt/foresattforhold', id),
      entry('grunnskole/gruppe/skolegruppemedlemskap', `SM-FORESATTE-${id}`),
    ],
    guardians: [],
    beside: [
      person('utdanning/elev', pupilFacts(plan, pupil).nationalId),
      entry('utdanning/elev/elev', `E${pupil}`),
      entry('grunnskole/foresatt/foresattforhold', guardianshipId(pupil, 1)),
    ],
  };
};

const protectedTeacher = (plan: MunicipalPlan): KnownProtected => {
  const staff = PROTECTED_STAFF;
  const facts = staffFacts(plan, staff);
  const school = at(plan.schools, 0);
  return {
    marking: markingOfStaff(staff),
    nationalId: facts.nationalId,
    fullName: Object.values(facts.name),
    persons: ['utdanning/elev', 'administrasjon/personal'].map((component) => person(component, facts.nationalId)),
    about: [
      entry('administrasjon/personal/personalressurs', employeeId(staff)),
      entry('administrasjon/personal/arbeidsforhold', employmentId(staff, 1)),
      entry('utdanning/elev/skoleressurs', schoolResourceId(staff)),
      entry('utdanning/elev/undervisningsforhold', teachingId(staff)),
      entry('grunnskole/stilling/skolestilling', positionId(staff, 1)),
      entry('grunnskole/tilgang/tilgangsgruppemedlemskap', accessId(staff, 1)),
    ],
    guardians: [],
    beside: [entry('utdanning/utdanningsprogram/skole', school.systemId)],
  };
};

const known = (plan: MunicipalPlan): SandboxMunicipality['known'] => {
  const [school] = plan.schools;
  const first = school?.firstTeacher ?? 0;
  const pupils: Partial<Record<Case, KnownPupil>> = {};
  for (const what of Object.keys(CASES) as Case[]) pupils[what] = knownPupil(plan, what);
  return {
    pupils: pupils as Record<Case, KnownPupil>,
    employees: {
      teacher: knownEmployee(plan, school === undefined ? 0 : homeTeacher(at(school.classes, 1)), 1),
      guardian: knownEmployee(plan, GUARDIAN_STAFF, 1),
      teacherInSfo: knownEmployee(plan, first + 3, 2),
      headOfTwoSchools: knownEmployee(plan, 0, 2),
      withoutSchool: knownEmployee(plan, plan.schoolStaff, 0, 1),
      guestAtSchool: knownEmployee(plan, plan.schoolStaff + 2, 0, 2),
    },
    schools: plan.schools.map(({ systemId, number, name }) => ({ systemId, skolenummer: number, navn: name })),
    protected: {
      strictPupil: protectedPupil(plan, 'strictlyProtected'),
      confidentialPupil: protectedPupil(plan, 'confidential'),
      clientAddressPupil: protectedPupil(plan, 'clientAddress'),
      becomesProtectedPupil: protectedPupil(plan, 'becomesProtected'),
      protectionLiftedPupil: protectedPupil(plan, 'protectionLifted'),
      guardianOfOrdinaryPupil: protectedGuardian(plan),
      confidentialTeacher: protectedTeacher(plan),
    },
  };
};

/**
 * Makes the municipality "Tindvåg kommune". `small` has 4 schools and about 300 pupils, `municipality` about 5,000 and `oslo` about 70,000.
 * Nothing is built until a collection is walked. Throws a RangeError for an `asOf` that is no date from 2018 to 2044.
 */
export const municipality = (options: MunicipalityOptions): SandboxMunicipality => {
  const plan = planMunicipality(options);
  return {
    organisation: {
      id: REALM,
      name: `${MUNICIPALITY.name} kommune`,
      orgNumber: organisationNumber(ORGANISATIONS),
    },
    collections: [
      ...municipalityCodes(plan),
      ...municipalityStaff(plan),
      ...municipalitySchools(plan),
      ...municipalityPupils(plan),
    ],
    known: known(plan),
  };
};
