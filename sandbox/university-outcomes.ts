// How assessments at the university went, and what they and their results are called. Called by the files that build teaching and assessment. It must
// not know how a resource looks.

import { at, draw, salt } from './random.ts';
import {
  termCode,
  termTag,
  type Course,
  type Student,
  type TermNumber,
  type UniversityPlan,
} from './university-plan.ts';
import { profileNumber } from './university-people.ts';

const GRADE = salt('university.grade');

/** The examination, and what has to be passed before it. */
export type Part = 'E' | 'O';
/** When something is assessed: in the term of teaching, or anew in the term after it. */
export type Occasion = { readonly term: TermNumber; readonly again: boolean };

export const periodCode = ({ term, again }: Occasion): string => (again ? `NY-${termCode(term)}` : termCode(term));

/** What marks an occasion on which a part of a course is assessed: `INF1005-1-E-26H`. */
export const unitTag = ({ code: emne, version }: Course, part: Part, { term, again }: Occasion): string =>
  `${emne}-${version}-${part}-${termTag(term)}${again ? 'N' : ''}`;
export const resultId = (student: Student, course: Course, part: Part, occasion: Occasion): string =>
  `R-${profileNumber(student)}-${unitTag(course, part, occasion)}`;

/** B passed, S failed, T withdrawn, M absent. */
export type Outcome = { readonly status: 'B' | 'S' | 'T' | 'M'; readonly grade: string | null };

// In a hundred: grades as they are at large institutions.
const GRADES = [
  ...'AAAAAAAAAABBBBBBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDDEEEEEEEEEEEEFFFFFFFFFFFMMMTT',
];

/** How an examination went: a letter, passed or not in doctoral courses, absent or withdrawn. */
export const outcomeOf = (
  plan: UniversityPlan,
  student: Student,
  course: Course,
  { term, again }: Occasion,
): Outcome => {
  const index = (student.number * 4096 + course.index) * 4 + (term % 2) * 2 + (again ? 1 : 0);
  const drawn =
    student.what === 'failedOnce' && !again ? 'F' : at(GRADES, draw(plan.seed, GRADE, index) % GRADES.length);
  const missing = drawn === 'M' || drawn === 'T';
  if (missing && student.what === undefined) return { status: drawn, grade: null };
  const grade = missing || (drawn === 'F' && again) ? 'C' : drawn;
  const status = grade === 'F' ? 'S' : 'B';
  return { status, grade: course.pool === 'phd' ? (status === 'S' ? 'Ikke bestått' : 'Bestått') : grade };
};
