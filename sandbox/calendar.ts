// Day arithmetic of the sandbox on plain day numbers (days since 1970-01-01), so that no clock and no time zone is touched.
// Called by the generator for births, periods and lessons. It must not know today's date.

export type CivilDate = { readonly year: number; readonly month: number; readonly day: number };

/** Gives the day number of a Gregorian date; month 1-12, day 1-31. */
export const dayNumber = (year: number, month: number, day: number): number => {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
};

/** Gives the Gregorian date of a day number. */
export const civilDate = (number: number): CivilDate => {
  const shifted = number + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthShifted = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthShifted + 2) / 5) + 1;
  const month = monthShifted < 10 ? monthShifted + 3 : monthShifted - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
};

const twoDigits = (value: number): string => (value < 10 ? `0${value}` : `${value}`);

/** Writes a day number as `2026-11-01`. */
export const isoDay = (number: number): string => {
  const { year, month, day } = civilDate(number);
  return `${year}-${twoDigits(month)}-${twoDigits(day)}`;
};

const seen = new Map<number, string>();

// A county uses some thousand different days, millions of times.
const remembered = (number: number): string => {
  const known = seen.get(number);
  if (known !== undefined) return known;
  const text = isoDay(number);
  seen.set(number, text);
  return text;
};

/** Writes a date the way FINT sources are told to send one: a time stamp at noon UTC (fint.md 1.4). */
export const noon = (number: number): string => `${remembered(number)}T12:00:00Z`;

/** Writes a time of day, in UTC and in minutes since midnight, on a day. */
export const moment = (number: number, minutes: number): string =>
  `${remembered(number)}T${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}:00Z`;

/** Reads `2026-11-01`; throws a RangeError for anything that is no date between 2018 and 2055. */
export const parseIsoDay = (text: string): number => {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const number = parts === null ? Number.NaN : dayNumber(Number(parts[1]), Number(parts[2]), Number(parts[3]));
  if (!Number.isFinite(number) || isoDay(number) !== text || text < '2018' || text >= '2055') {
    throw new RangeError(`asOf must be an ISO date from 2018-01-01 to 2054-12-31, not ${text}`);
  }
  return number;
};

/** Gives the Monday of the week a day lies in. */
export const mondayOf = (number: number): number => number - ((((number + 3) % 7) + 7) % 7);

/** Names the week a day lies in, after ISO 8601: `2026-W45`. */
export const isoWeek = (number: number): string => {
  const thursday = mondayOf(number) + 3;
  const { year } = civilDate(thursday);
  return `${year}-W${twoDigits(Math.floor((thursday - dayNumber(year, 1, 1)) / 7) + 1)}`;
};

const lastSunday = (year: number, month: number): number => mondayOf(dayNumber(year, month, 31) + 1) - 1;

/** Writes a time of day in Norway, in minutes since midnight there, as a time stamp in UTC. */
export const localMoment = (number: number, minutes: number): string => {
  const { year } = civilDate(number);
  const summer = number >= lastSunday(year, 3) && number < lastSunday(year, 10);
  return moment(number, minutes - (summer ? 120 : 60));
};
