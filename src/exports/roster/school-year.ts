// School years as dates: from 1 August to 31 July (facts 10), and the day for which a file of one holds. Pure.
import type { RosterDate } from '#formats/roster.ts';

export type SchoolYear = { readonly name: string; readonly first: RosterDate; readonly last: RosterDate };

/** Of a name such as `2026/2027`. */
export const schoolYearOf = (name: string): SchoolYear => {
  const [begins, ends] = name.split('/');
  return { name, first: `${begins ?? ''}-08-01`, last: `${ends ?? ''}-07-31` };
};

/** The day that decides what is in force: today, or of a year that has not begun its first day, of one that is over its last. */
export const dayWithin = ({ first, last }: SchoolYear, today: RosterDate): RosterDate =>
  today < first ? first : today > last ? last : today;

/** The earlier of two days, where one may be open. */
export const earlier = (one: RosterDate | undefined, other: RosterDate | undefined): RosterDate | undefined =>
  one === undefined || (other !== undefined && other < one) ? other : one;
