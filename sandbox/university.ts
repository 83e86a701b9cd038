// The synthetic university: an invented institution of higher education as study administration knows it, pure and deterministic by seed. Called by the
// demo, by benchmarks and by tests. It must not know the hub, a clock or a network.

import type { SandboxCollection } from './collection.ts';
import type { KnownEntry, KnownProtected } from './known-protected.ts';
import { organisationNumber } from './organisation-number.ts';
import { at } from './random.ts';
import { universityAssessment } from './university-assessment.ts';
import { PROTECTED_TEACHER, STUDENT_STAFF, UNIVERSITY_CASES, type UniversityCase } from './university-cases.ts';
import { universityCodes } from './university-codes.ts';
import { rollOf, universityCourses } from './university-courses.ts';
import { UNIVERSITY_NUMBER, universityOrganisation } from './university-organisation.ts';
import {
  cohortStart,
  cohortYears,
  coursesIn,
  INSTITUTION,
  planUniversity,
  standingIn,
  termCode,
  termYear,
  type Programme,
  type Student,
  type UniversityOptions,
  type UniversityPlan,
} from './university-plan.ts';
import {
  markingOfStaff,
  markingOfStudent,
  nameOf,
  REALM,
  staffFacts,
  studentFacts,
  studentNumber,
  studentOfCase,
} from './university-people.ts';
import { universityPersons } from './university-persons.ts';
import { universityProgrammes } from './university-programmes.ts';
import { broughtBy, universityRecognition } from './university-recognition.ts';
import { registeredTerms, registrationId, rightsOf, universityRights } from './university-rights.ts';
import { universityRoles } from './university-roles.ts';
import { courseRightId, placementId, universityTeaching } from './university-teaching.ts';
import {
  classCode,
  classId,
  cohortId,
  courseKey,
  profileId,
  rightId,
  studentId,
  teacherId,
} from './university-values.ts';

/** What a reader needs to look a student up and all around. */
export type KnownStudent = {
  /** Of the student, and of the same human as a person. */
  readonly systemId: string;
  readonly personProfil: string;
  readonly studentnummer: string;
  readonly personlopenummer: string;
  /** Null for one without an account. */
  readonly feideBruker: string | null;
  /** Null for one without a number. */
  readonly fodselsnummer: string | null;
  /** SystemIds; the right that the student was admitted with first. */
  readonly studieretter: readonly string[];
  readonly kull: string;
  readonly klasse: string;
  /** The natural keys of the courses of this term. */
  readonly emner: readonly string[];
};

export type KnownTeacher = {
  readonly systemId: string;
  readonly personProfil: string;
  readonly personlopenummer: string;
  readonly feideBruker: string | null;
};

export type UniversityProtected =
  | 'strictStudent'
  | 'confidentialStudent'
  | 'clientAddressStudent'
  | 'becomesProtectedStudent'
  | 'protectionLiftedStudent'
  | 'confidentialTeacher';

export type SandboxUniversity = {
  readonly organisation: { readonly id: string; readonly name: string; readonly orgNumber: string };
  /** The number of the institution, by which study administration knows it. */
  readonly institutionNumber: string;
  /** Collections that the hub owns once they have been delivered: what study administration writes by itself. The source decides on the others. */
  readonly ownedByHub: readonly string[];
  /**
   * What links to others first, what they link to last: so a hub writes each resource once, with everything that leads to it, and delivers the whole in
   * two thirds of the time.
   */
  readonly collections: readonly SandboxCollection[];
  readonly known: {
    /** One student for everything that is unusual, and an ordinary one. Cases of a later term are not so yet when the student has just begun. */
    readonly students: Readonly<Record<UniversityCase, KnownStudent>>;
    /** One who begins in a later term, and one who has just got a degree. */
    readonly future: KnownStudent;
    readonly graduate: KnownStudent;
    readonly doctoral: KnownStudent;
    readonly teachers: Readonly<Record<'teacher' | 'student' | 'protected', KnownTeacher>>;
    /** This term and the one before, `2026,HØST`. */
    readonly terms: readonly [now: string, before: string];
    /** A course that is taught in this term and one of whose versions has ended: natural keys. */
    readonly courses: { readonly taught: string; readonly ended: string };
    /** Codes of programmes: one that is offered, and one that is no longer. */
    readonly programmes: { readonly offered: string; readonly expired: string };
    /** Cohorts of the programme that is offered: of this year and one that is closed; and one of the programme that is offered no longer. */
    readonly cohorts: { readonly open: string; readonly closed: string; readonly ofExpired: string };
    readonly protected: Readonly<Record<UniversityProtected, KnownProtected>>;
  };
};

/** People and what they have a right to or bring from elsewhere, groups, roles and teaching; not what is offered and how it is described. */
const OWNED_BY_HUB: readonly string[] = [
  'fs/person/personprofil',
  'fs/person/student',
  'fs/person/fagperson',
  'fs/person/statsborgerskap',
  'fs/person/fodselsnummerendring',
  'fs/person/studentkort',
  'fs/person/samtykke',
  'fs/studietilbud/kull',
  'fs/studietilbud/klasse',
  'fs/studierett/programstudierett',
  'fs/studierett/klassemedlemskap',
  'fs/studierett/semesterregistrering',
  'fs/studierett/permisjon',
  'fs/undervisning/undervisningsaktivitet',
  'fs/undervisning/timeplan',
  'fs/vurdering/vurderingsmelding',
  'fs/rolle/undervisningsenhetsrolle',
  'hoyereutdanning/godkjenning/eksternresultat',
  'hoyereutdanning/godkjenning/eksternresultatiutdanningsplan',
  'hoyereutdanning/godkjenning/emnefritak',
  'hoyereutdanning/godkjenning/resultatutveksling',
];

const knownStudent = (plan: UniversityPlan, student: Student): KnownStudent => {
  const facts = studentFacts(plan, student);
  return {
    systemId: studentId(student.number),
    personProfil: profileId(facts.number),
    studentnummer: studentNumber(student),
    personlopenummer: String(facts.number),
    feideBruker: facts.userName,
    fodselsnummer: facts.numberType === null ? null : facts.nationalId,
    studieretter: rightsOf(plan, student).map(({ programme, start }) => rightId(facts.number, programme, start)),
    kull: cohortId(student.programme, student.start),
    klasse: classId(student.programme, student.start, student.position % student.programme.classes),
    emner: coursesIn(plan, student, plan.now).map((course) => courseKey(course).join(',')),
  };
};

const knownTeacher = (plan: UniversityPlan, staff: number): KnownTeacher => {
  const facts = staffFacts(plan, staff);
  return {
    systemId: teacherId(staff),
    personProfil: profileId(facts.number),
    personlopenummer: String(facts.number),
    feideBruker: facts.userName,
  };
};

const entry = (collection: string, value: string, field = 'systemid'): KnownEntry => ({ collection, field, value });

const protectedStudent = (plan: UniversityPlan, what: UniversityCase): KnownProtected => {
  const student = studentOfCase(plan, what);
  const facts = studentFacts(plan, student);
  const { studieretter, klasse, kull } = knownStudent(plan, student);
  const number = student.position % student.programme.classes;
  return {
    marking: markingOfStudent(plan, student),
    nationalId: facts.nationalId,
    fullName: Object.values(nameOf(facts)),
    persons: [entry('fs/person/personprofil', profileId(facts.number))],
    about: [
      entry('fs/person/student', studentId(student.number)),
      entry('fs/person/statsborgerskap', `SB-${facts.number}`),
      ...studieretter.flatMap((right) => [
        entry('fs/studierett/programstudierett', right),
        entry('fs/studierett/klassemedlemskap', `KM-${right.slice(3)}-${classCode(number)}`),
      ]),
      ...registeredTerms(plan, student).map((term) =>
        entry('fs/studierett/semesterregistrering', registrationId(student, term)),
      ),
      ...coursesIn(plan, student, plan.now).flatMap((course) => [
        entry('fs/undervisning/emnestudierett', courseRightId(student, course, plan.now)),
        entry('fs/undervisning/partiplassering', placementId(student, course, plan.now)),
      ]),
      ...broughtBy(plan, student).map(([collection, systemId]) => entry(collection, systemId)),
    ],
    guardians: [],
    beside: [entry('fs/studietilbud/kull', kull), entry('fs/studietilbud/klasse', klasse)],
  };
};

const protectedTeacher = (plan: UniversityPlan): KnownProtected => {
  const facts = staffFacts(plan, PROTECTED_TEACHER);
  return {
    marking: markingOfStaff(plan, PROTECTED_TEACHER),
    nationalId: facts.nationalId,
    fullName: Object.values(nameOf(facts)),
    persons: [entry('fs/person/personprofil', profileId(facts.number))],
    about: [
      entry('fs/person/fagperson', teacherId(PROTECTED_TEACHER)),
      entry('fs/person/statsborgerskap', `SB-${facts.number}`),
    ],
    guardians: [],
    beside: [],
  };
};

/** Finds a student who is one; a university without any is a mistake in the sandbox and throws. */
const someStudent = (plan: UniversityPlan, what: string, accepts: (student: Student) => boolean): KnownStudent => {
  const found = plan.students.find((student) => student.what === undefined && accepts(student));
  if (found === undefined) throw new RangeError(`the sandbox has no ${what}`);
  return knownStudent(plan, found);
};

const cohortOf = (plan: UniversityPlan, programme: Programme, year = plan.admission): string =>
  cohortId(programme, cohortStart(programme, year));

const termKey = (term: number): string => `${termYear(term)},${termCode(term)}`;

const known = (plan: UniversityPlan): SandboxUniversity['known'] => {
  const students: Partial<Record<UniversityCase, KnownStudent>> = {};
  for (const what of UNIVERSITY_CASES) students[what] = knownStudent(plan, studentOfCase(plan, what));
  const ordinary = studentOfCase(plan, 'ordinary');
  const [course = at(plan.courses, 0)] = coursesIn(plan, ordinary, plan.now);
  const expired = plan.programmes.find((programme) => programme.expired) ?? ordinary.programme;
  const renewed = plan.courses.find(({ version }) => version === '2') ?? course;
  return {
    students: students as Record<UniversityCase, KnownStudent>,
    future: someStudent(plan, 'future student', (student) => standingIn(plan, student, plan.now) === 'future'),
    graduate: someStudent(plan, 'graduate', (student) => standingIn(plan, student, plan.now) === 'graduated'),
    doctoral: someStudent(plan, 'doctoral candidate', ({ programme }) => programme.kind === 'phd'),
    teachers: {
      teacher: knownTeacher(plan, 0),
      student: knownTeacher(plan, STUDENT_STAFF),
      protected: knownTeacher(plan, PROTECTED_TEACHER),
    },
    terms: [termKey(plan.now), termKey(plan.now - 1)],
    courses: { taught: courseKey(course).join(','), ended: courseKey({ code: renewed.code, version: '1' }).join(',') },
    programmes: {
      offered: ordinary.programme.code,
      expired: expired.code,
    },
    cohorts: {
      open: cohortOf(plan, ordinary.programme, plan.admission),
      closed: cohortOf(plan, ordinary.programme, cohortYears(plan, ordinary.programme)[0]),
      ofExpired: cohortOf(plan, expired, cohortYears(plan, expired)[1]),
    },
    protected: {
      strictStudent: protectedStudent(plan, 'strictlyProtected'),
      confidentialStudent: protectedStudent(plan, 'confidential'),
      clientAddressStudent: protectedStudent(plan, 'clientAddress'),
      becomesProtectedStudent: protectedStudent(plan, 'becomesProtected'),
      protectionLiftedStudent: protectedStudent(plan, 'protectionLifted'),
      confidentialTeacher: protectedTeacher(plan),
    },
  };
};

/**
 * Makes the university "Sikthøyskolen", institution 7777. `small` has about 300 registered students, 12 programmes and 60 courses; `university` about
 * 27,000, 250 and 3,500. No entry is built until its collection is walked. Throws a RangeError for an `asOf` that is no date from 2018 to 2044.
 */
export const university = (options: UniversityOptions): SandboxUniversity => {
  const plan = planUniversity(options);
  const roll = rollOf(plan);
  return {
    organisation: { id: REALM, name: 'Sikthøyskolen', orgNumber: organisationNumber(UNIVERSITY_NUMBER) },
    institutionNumber: INSTITUTION,
    ownedByHub: OWNED_BY_HUB,
    collections: [
      ...universityCodes(plan),
      ...universityOrganisation(plan),
      ...universityProgrammes(plan),
      ...universityCourses(plan),
      ...universityPersons(plan),
      ...universityRights(plan, roll),
      ...universityTeaching(plan, roll),
      ...universityAssessment(plan, roll),
      ...universityRoles(plan, roll),
      ...universityRecognition(plan),
    ].toReversed(),
    known: known(plan),
  };
};
