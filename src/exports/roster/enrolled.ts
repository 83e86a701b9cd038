// Who is a pupil on the day that counts, and at which of the schools: decided in one place for pupils, for their guardians and for staff who are either.
import type { ExclusionCode, RosterDate } from '#formats/roster.ts';
import type { EnrolmentRow } from './mappings/enrolment.ts';
import { earlier } from './school-year.ts';
import { holdsOnDay, type RosterState } from './state.ts';

type Known = Pick<RosterState, 'year' | 'day' | 'schools'>;

/** The last day of an enrolment, whichever way it ended. */
const endOfEnrolment = ({ to, brokenOff }: EnrolmentRow): RosterDate | undefined => earlier(to, brokenOff);

/** Of the school year: by its code, or, when nobody has said which, by its dates. */
export const isOfYear = ({ year }: Known, enrolment: EnrolmentRow): boolean => {
  if (enrolment.year !== undefined) return enrolment.year === year.name;
  return (enrolment.from ?? year.first) <= year.last && (endOfEnrolment(enrolment) ?? year.last) >= year.first;
};

/** Null when somebody with these enrolments is in. */
export const notEnrolled = (
  known: Known,
  enrolments: readonly EnrolmentRow[],
  standing: string | undefined,
): ExclusionCode | null => {
  if (standing === 'moved' || standing === 'deceased') return 'not-enrolled';
  const held = enrolments.filter((one) => isOfYear(known, one) && holdsOnDay(one.from, endOfEnrolment(one), known.day));
  if (held.length === 0) return 'not-enrolled';
  const placed = held.flatMap(({ school }) => school ?? []);
  if (placed.length === 0) return 'no-school';
  return placed.some((school) => known.schools.has(school)) ? null : 'school-outside';
};

/** Notes the enrolments of somebody who is in, and that he is a pupil of the schools. */
export const enrol = (state: RosterState, person: number, enrolments: readonly EnrolmentRow[]): void => {
  for (const one of enrolments) {
    const end = endOfEnrolment(one);
    state.enrolments.set(one.uid, { person, end });
    const holder = one.school === undefined ? undefined : state.schools.get(one.school);
    if (holder === undefined || !isOfYear(state, one)) continue;
    if (end !== undefined && one.from !== undefined && end < one.from) {
      const id = state.holders[holder]?.id ?? '';
      state.tell({ code: 'ends-before-it-starts', what: 'membership', id });
      continue;
    }
    const active = holdsOnDay(one.from, end, state.day);
    state.members.add({ holder, person, role: 'pupil', subrole: null, active, begin: one.from, end });
  }
};
