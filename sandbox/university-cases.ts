// The students of the university with something unusual about them: fixed numbers in the first programme, a bachelor of three years, in every third
// year of admission, so that each of them is a student there whatever the year. sandbox/README.md lists them for readers. Called by the files that
// build the university. It must not know how a resource looks.

const NAMES = [
  'ordinary',
  'dNumber',
  'fsNumber',
  'withoutNumber',
  'alsoTeacher',
  'onLeave',
  'leavePlanned',
  'deceased',
  'changedNumber',
  'strictlyProtected',
  'confidential',
  'clientAddress',
  /** Unprotected in the first snapshot, protected in the later one. */
  'becomesProtected',
  /** The other way round. */
  'protectionLifted',
  'twoProgrammes',
  'abroad',
  'visiting',
  'privateCandidate',
  'unpaid',
  'invalidated',
  'sixtyLetters',
  'samiLetters',
  'noFeide',
  'leftProgramme',
  'changedName',
  'english',
  'failedOnce',
  'teachingAssistant',
] as const;

export type UniversityCase = (typeof NAMES)[number];

export const UNIVERSITY_CASES: readonly UniversityCase[] = NAMES;

/** Says that the first students of the first programme who were admitted in a year are the unusual ones. */
export const isCaseYear = (admission: number): boolean => admission % 3 === 0;

/** What is unusual about student `serial` of those admitted in a year; undefined for most. */
export const universityCase = (admission: number, serial: number): UniversityCase | undefined =>
  isCaseYear(admission) ? NAMES[serial] : undefined;

/** The member of staff (a number) who is a student as well. */
export const STUDENT_STAFF = 3;
/** The member of staff with a protected address. */
export const PROTECTED_TEACHER = 5;
