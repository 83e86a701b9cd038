// The people of the university: students, members of staff and participants of courses for professionals, each computed from a number, the same in
// every term; who is protected. Called by the files that build collections. It must not know courses, groups or roles.

import { civilDate, dayNumber } from './calendar.ts';
import { SAMI_NAME, SIXTY_LETTER_NAME } from './edge-cases.ts';
import { isSyntheticNationalId, nationalIdAt } from './national-id.ts';
import { familyName, personName, plainLetters, type PersonName } from './names.ts';
import type { Human, Marking } from './person-resource.ts';
import { draw, drawPercent, salt } from './random.ts';
import { isCaseYear, PROTECTED_TEACHER, STUDENT_STAFF, type UniversityCase } from './university-cases.ts';
import { KINDS } from './university-catalogue.ts';
import type { Student, UniversityPlan } from './university-plan.ts';

export const REALM = 'sikthoyskolen.test';

const SEX = salt('university.sex');
const AGE = salt('university.age');
const PROTECTED = salt('university.protected');
// Lanes of individual numbers, so that no two groups of people born on the same days can get the same national id.
const LANE = { student: 0, master: 230, doctor: 310, staff: 400, participant: 450 } as const;
const STAFF = 500_000_000;
const PARTICIPANTS = 600_000_000;
const FIRST_STAFF_NUMBER = 200_001;
const FIRST_PARTICIPANT_NUMBER = 300_001;

export type NumberType = 'FODSELSNUMMER' | 'D_NUMMER' | 'FS_FIKTIVT_NUMMER';

export type Facts = Human & {
  /** The number of the person at the institution. */
  readonly number: number;
  readonly numberType: NumberType | null;
  /** Null for one without an account. */
  readonly userName: string | null;
};

const userNameOf = ({ fornavn, etternavn }: PersonName, number: number): string =>
  `${plainLetters(fornavn).slice(0, 4)}${plainLetters(etternavn).slice(0, 4)}${number}@${REALM}`;

const written = ({ fornavn, mellomnavn, etternavn }: PersonName): Pick<PersonName, 'fornavn' | 'etternavn'> => ({
  fornavn: mellomnavn === undefined ? fornavn : `${fornavn} ${mellomnavn}`,
  etternavn,
});

/** Writes a name as the institution knows it: what stands before the family name in one. */
export const nameOf = ({ name }: Facts): Pick<PersonName, 'fornavn' | 'etternavn'> => written(name);

/** The substitute that study administration makes for one without a national id: no check digit of it is right, so it is nobody's number. */
const substitute = (nationalId: string): string => {
  const nine = `${nationalId.slice(0, 6)}9${nationalId.slice(7, 9)}`;
  for (let last = 0; ; last += 1) {
    const tried = `${nine}0${last}`;
    if (!isSyntheticNationalId(tried)) return tried;
  }
};

/** The national id that a student had before, of the one whose number has changed. */
export const formerNationalId = (plan: UniversityPlan, student: Student): string => birthOf(plan, student).number(true);

const birthOf = (plan: UniversityPlan, { admission, serial, programme, number }: Student) => {
  const { interval } = KINDS[programme.kind];
  const older = programme.kind === 'master' ? 23 : interval === 'PHD' ? 28 : 20 + (serial % 3);
  const lane = programme.kind === 'master' ? LANE.master : interval === 'PHD' ? LANE.doctor : LANE.student;
  const first = dayNumber(admission - older, 1, 1);
  const birth = first + ((serial * 101 + (draw(plan.seed, AGE, admission - older) % 365)) % 365);
  const slot = lane === LANE.student ? Math.floor(serial / 365) * 3 + (serial % 3) : Math.floor(serial / 365);
  const female = drawPercent(plan.seed, SEX, number, 58);
  return { birth, female, number: (dNumber: boolean) => nationalIdAt(civilDate(birth), lane, slot, female, dNumber) };
};

const TYPES: Partial<Readonly<Record<UniversityCase, NumberType | null>>> = {
  dNumber: 'D_NUMMER',
  visiting: 'FS_FIKTIVT_NUMMER',
  fsNumber: 'FS_FIKTIVT_NUMMER',
  withoutNumber: null,
};

/** Gives the facts about a student. */
export const studentFacts = (plan: UniversityPlan, student: Student): Facts => {
  const { number, what } = student;
  const { birth, female, number: nationalId } = birthOf(plan, student);
  const name =
    what === 'sixtyLetters'
      ? SIXTY_LETTER_NAME
      : what === 'samiLetters'
        ? SAMI_NAME
        : personName(plan.names, plan.seed, number, female, familyName(plan.names, plan.seed, number));
  const given = what === undefined ? undefined : TYPES[what];
  const numberType = given === undefined ? 'FODSELSNUMMER' : given;
  const id = nationalId(numberType === 'D_NUMMER');
  return {
    nationalId: numberType === 'FS_FIKTIVT_NUMMER' ? substitute(id) : id,
    name,
    female,
    birth,
    number: profileNumber(student),
    numberType,
    userName: what === 'noFeide' ? null : userNameOf(name, number),
  };
};

/** The number of a student as a person, which is not the student's number. */
export const profileNumber = ({ number }: Student): number => 1_000_000 + number;

/** The number of a student as it stands on the card: the year of admission and a serial number. */
export const studentNumber = ({ admission, serial }: Student): string =>
  `${admission % 100}${String(serial + 1).padStart(5, '0')}`;

/** The student who is a case, among those of the latest year of admission that has cases. */
export const studentOfCase = (plan: UniversityPlan, what: UniversityCase): Student => {
  let year = plan.admission;
  while (!isCaseYear(year)) year -= 1;
  const found = plan.students.find((student) => student.admission === year && student.what === what);
  if (found === undefined) throw new RangeError(`the sandbox has no student ${what}`);
  return found;
};

/** How many members of staff there are: those of the institutes, and some of the administration. */
export const staffCount = (plan: UniversityPlan): number => plan.institutes.length * plan.staffOfInstitute + 4;

/** Whether the institute of a member of staff, or none, is of the administration. */
export const instituteOfStaff = (plan: UniversityPlan, staff: number): number | undefined => {
  const institute = Math.floor(staff / plan.staffOfInstitute);
  return institute < plan.institutes.length ? institute : undefined;
};

/** Gives the facts about a member of staff; those of a student where it is one. */
export const staffFacts = (plan: UniversityPlan, staff: number): Facts => {
  if (staff === STUDENT_STAFF) return studentFacts(plan, studentOfCase(plan, 'alsoTeacher'));
  const number = FIRST_STAFF_NUMBER + staff;
  const female = drawPercent(plan.seed, SEX, STAFF + staff, 48);
  const birth = dayNumber(1958, 1, 1) + ((staff * 3571) % 14_000);
  const name = personName(
    plan.names,
    plan.seed,
    STAFF + staff,
    female,
    familyName(plan.names, plan.seed, STAFF + staff),
  );
  return {
    nationalId: nationalIdAt(civilDate(birth), LANE.staff, 0, female),
    name,
    female,
    birth,
    number,
    numberType: 'FODSELSNUMMER',
    userName: userNameOf(name, number),
  };
};

/** Gives the facts about a participant of courses for professionals. */
export const participantFacts = (plan: UniversityPlan, participant: number): Facts => {
  const number = FIRST_PARTICIPANT_NUMBER + participant;
  const female = drawPercent(plan.seed, SEX, PARTICIPANTS + participant, 55);
  const birth = dayNumber(1962, 1, 1) + ((participant * 2797) % 12_500);
  const name = personName(
    plan.names,
    plan.seed,
    PARTICIPANTS + participant,
    female,
    familyName(plan.names, plan.seed, PARTICIPANTS + participant),
  );
  return {
    nationalId: nationalIdAt(civilDate(birth), LANE.participant, 0, female),
    name,
    female,
    birth,
    number,
    numberType: 'FODSELSNUMMER',
    userName: null,
  };
};

const MARKINGS: Partial<Readonly<Record<UniversityCase, readonly [first: Marking, later: Marking]>>> = {
  strictlyProtected: ['strengtFortrolig', 'strengtFortrolig'],
  confidential: ['fortrolig', 'fortrolig'],
  clientAddress: ['klientadresse', 'klientadresse'],
  becomesProtected: ['ugradert', 'fortrolig'],
  protectionLifted: ['strengtFortrolig', 'ugradert'],
};

/** The marking of a student: beyond the small university chance protects one in a thousand. */
export const markingOfStudent = (plan: UniversityPlan, { what, number }: Student): Marking => {
  const fixed = what === undefined ? undefined : MARKINGS[what];
  if (fixed !== undefined) return fixed[plan.snapshot === 'later' ? 1 : 0];
  if (what !== undefined || plan.size === 'small') return 'ugradert';
  const drawn = draw(plan.seed, PROTECTED, number) % 10_000;
  return drawn < 3 ? 'strengtFortrolig' : drawn < 8 ? 'fortrolig' : drawn < 10 ? 'klientadresse' : 'ugradert';
};

/** The marking of a member of staff. */
export const markingOfStaff = (plan: UniversityPlan, staff: number): Marking =>
  staff === STUDENT_STAFF
    ? markingOfStudent(plan, studentOfCase(plan, 'alsoTeacher'))
    : staff === PROTECTED_TEACHER
      ? 'fortrolig'
      : 'ugradert';
