// The pupils with something unusual about them: fixed numbers at the head of the first school, the same in every size and
// for every seed. sandbox/README.md lists them for readers. Called by the files that build pupils and enrolments.
// It must not know how a resource looks.

export const EDGE = {
  ordinary: 0,
  dNumber: 1,
  twoSchools: 2,
  noGuardian: 3,
  guardianIsTeacher: 4,
  sixtyLetters: 5,
  samiLetters: 6,
  leapDay: 7,
  noFeideName: 8,
  moved: 9,
  left: 10,
  privateCandidate: 11,
  exchange: 12,
  deceasedGuardian: 13,
  olderSibling: 14,
  youngerSibling: 15,
  noAddress: 16,
  nynorsk: 17,
  strictlyProtected: 18,
  confidential: 19,
  clientAddress: 20,
  /** Unprotected in the first snapshot, protected in the later one. */
  becomesProtected: 21,
  /** The other way round. */
  protectionLifted: 22,
  /** Lives with `siblingOfProtected`, who is not protected, and shares the guardians. */
  protectedSibling: 24,
  siblingOfProtected: 25,
} as const;

/** Pupils below this number are edge cases; chance does not touch them. */
export const EDGE_PUPILS = 28;

/** The teacher (a staff number) who is also guardian of pupil `guardianIsTeacher`. */
export const GUARDIAN_TEACHER = 1;

/** A teacher (a staff number) with a protected address, who is in three collections of persons. */
export const PROTECTED_TEACHER = 11;
export const PROTECTED_APPRENTICE = 2;
export const PROTECTED_FOLLOW_UP = 1;

/** Households that have guardians whatever the age of their pupils. */
export const WITH_GUARDIANS: ReadonlySet<number> = new Set([
  EDGE.guardianIsTeacher,
  EDGE.deceasedGuardian,
  EDGE.strictlyProtected,
  EDGE.confidential,
  EDGE.clientAddress,
  EDGE.becomesProtected,
  EDGE.protectionLifted,
  EDGE.protectedSibling,
]);

/** A name whose parts come to sixty letters with the blanks between them. */
export const SIXTY_LETTER_NAME = {
  fornavn: 'Maximiliane Alexandra Josephine',
  mellomnavn: 'Christensen',
  etternavn: 'von Blumenthalen',
} as const;

export const SAMI_NAME = { fornavn: 'Áŋŋel Máhtte', etternavn: 'Čáhput-Đoarri' } as const;

/** Tells whether a pupil belongs to a class and its groups this year. */
export const inClass = (pupil: number): boolean => pupil !== EDGE.left && pupil !== EDGE.privateCandidate;
