// When the figures of a term are told, and by which day persons are counted: dates of the calendar, the same for everybody. Pure; the day that it is
// comes with the call.
import { readTermCode } from '#mappings/fs-values.ts';

/** The two terms that are reported. Facts 4.1: both spellings are taken, one is given. */
export type ReportedTerm = { readonly year: number; readonly code: 'VÅR' | 'HØST' };

/** Undefined for a year or a code that is not reported. */
export const reportedTerm = (year: string, code: string): ReportedTerm | undefined => {
  const named = readTermCode(code);
  const number = /^\d{4}$/.test(year) ? Number(year) : 0;
  if (number < 1900 || number > 2100) return undefined;
  return named === 'VÅR' || named === 'HØST' ? { year: number, code: named } : undefined;
};

/** By the key that terms have in the model: `2026,HØST`. */
export const keyOfTerm = ({ year, code }: ReportedTerm): string => `${year},${code}`;

/** The census day of a term, and the last day of it: ages and what is in force are as they were then. */
export const censusDay = ({ year, code }: ReportedTerm): string => `${year}-${code === 'VÅR' ? '03-01' : '10-01'}`;

/** The civil dates from which and to which something belongs to a term. */
export const daysOfTerm = ({ year, code }: ReportedTerm): { readonly from: string; readonly to: string } =>
  code === 'VÅR' ? { from: `${year}-01-01`, to: `${year}-07-31` } : { from: `${year}-08-01`, to: `${year}-12-31` };

/**
 * The day from which figures are told, and until which they are not: that of the census for those who have begun, and the census of the term after for
 * what a term has led to.
 */
export const releaseDay = (term: ReportedTerm, after: 'census' | 'term'): string => {
  if (after === 'census') return censusDay(term);
  return term.code === 'VÅR'
    ? censusDay({ year: term.year, code: 'HØST' })
    : censusDay({ year: term.year + 1, code: 'VÅR' });
};
