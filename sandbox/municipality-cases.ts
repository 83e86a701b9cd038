// The pupils of the municipality with something unusual about them: fixed numbers at the first school, the same in every size and for every seed,
// and again in every tenth cohort, so that each of them is there whatever the year. sandbox/README.md lists them for readers. Called by the files
// that build the municipality. It must not know how a resource looks.

/** The last digit of the year in which the pupil begins school, and the pupil's number in that cohort. */
type Place = readonly [digit: number, serial: number];

export const CASES = {
  ordinary: [5, 0],
  dNumber: [5, 1],
  noNumber: [6, 0],
  twoSchools: [1, 0],
  ward: [3, 0],
  fosterHome: [4, 0],
  splitCustody: [2, 0],
  guardianWithoutResponsibility: [0, 0],
  blockedGuardian: [6, 1],
  guardianIsTeacher: [0, 1],
  // Three siblings with two years between them: the eldest is at another school than the two others for six years.
  eldestSibling: [9, 1],
  middleSibling: [1, 1],
  youngestSibling: [3, 1],
  movedIn: [2, 1],
  movedAway: [3, 2],
  deceased: [4, 2],
  changedSchool: [1, 2],
  languageTraining: [6, 3],
  strictlyProtected: [2, 2],
  confidential: [0, 2],
  clientAddress: [5, 2],
  protectedGuardian: [6, 2],
  /** Unprotected in the first snapshot, protected in the later one. */
  becomesProtected: [4, 3],
  /** The other way round. */
  protectionLifted: [3, 3],
} as const satisfies Readonly<Record<string, Place>>;

export type Case = keyof typeof CASES;

/** Numbers below this one are kept for the cases in every cohort; chance does not touch them. */
export const CASE_SERIALS = 4;

const byPlace = new Map<number, Case>();
for (const [name, [digit, serial]] of Object.entries(CASES)) byPlace.set(digit * 10 + serial, name as Case);

/** What is unusual about number `serial` of the cohort that begins school in `cohort`; undefined for most. */
export const caseOf = (cohort: number, serial: number): Case | undefined =>
  serial < CASE_SERIALS ? byPlace.get((cohort % 10) * 10 + serial) : undefined;
