// Days and periods as the formats demand them. Used by the writers and the rules of formats. Pure.
import type { RosterPeriod } from './roster.ts';

const dateForm = /^(\d{4})-(\d{2})-(\d{2})$/;
const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** A day that there is, `YYYY-MM-DD`. */
export const isDate = (text: string): boolean => {
  const [, year = '', month = '', day = ''] = dateForm.exec(text) ?? [];
  const [years, days] = [Number(year), Number(day)];
  if (years === 0 || days === 0 || days > (monthDays[Number(month) - 1] ?? 0)) return false;
  return month !== '02' || days < 29 || (years % 4 === 0 && (years % 100 !== 0 || years % 400 === 0));
};

/** `2026/2027`. */
export const isSchoolYear = (text: string): boolean => /^\d{4}\/\d{4}$/.test(text);

export const endsBeforeItStarts = ({ begin, end }: RosterPeriod): boolean =>
  begin !== null && end !== null && end < begin;
