// Synthetic national identity numbers: the month carries 80, as in the test population of the tax authority, so none can
// belong to a living person. A D-number carries 40 on the day as well. Called by the generator and by tests.
// It must not know who gets a number, and it never makes a number of the real range.

export type BirthDay = { readonly year: number; readonly month: number; readonly day: number };

const FIRST_WEIGHTS = [3, 7, 6, 1, 8, 9, 4, 5, 2] as const;
const SECOND_WEIGHTS = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2] as const;

const weighted = (digits: readonly number[], weights: readonly number[]): number => {
  let sum = 0;
  for (let place = 0; place < weights.length; place += 1) sum += (digits[place] ?? 0) * (weights[place] ?? 0);
  return sum;
};

const pair = (value: number): string => (value < 10 ? `0${value}` : `${value}`);

/**
 * Gives the 11 digits for a birth day and the three-digit individual number, or undefined where a check digit would be
 * 10, which leaves that individual number unused.
 */
export const nationalId = (birth: BirthDay, individual: number, dNumber = false): string | undefined => {
  const prefix = `${pair(birth.day + (dNumber ? 40 : 0))}${pair(birth.month + 80)}${pair(birth.year % 100)}`;
  const nine = `${prefix}${pair(Math.floor(individual / 10))}${individual % 10}`;
  const digits = Array.from(nine, Number);
  const first = (11 - (weighted(digits, FIRST_WEIGHTS) % 11)) % 11;
  if (first === 10) return undefined;
  digits.push(first);
  const second = (11 - (weighted(digits, SECOND_WEIGHTS) % 11)) % 11;
  return second === 10 ? undefined : `${nine}${first}${second}`;
};

/**
 * Gives number `slot` (from 0) of the usable numbers of a birth day, counted from individual number `lane`, of the asked
 * sex (even third digit for women). Lanes keep groups of people apart: two calls with the same day, lane and sex and
 * different slots never meet. Throws a RangeError when the day has no more numbers.
 */
export const nationalIdAt = (birth: BirthDay, lane: number, slot: number, female: boolean, dNumber = false): string => {
  // 000-499 belong to births before 2000, 500-999 to births from 2000.
  const base = birth.year >= 2000 ? 500 : 0;
  let left = slot;
  const even = lane - (lane % 2);
  for (let individual = base + even + (female ? 0 : 1); individual < base + 500; individual += 2) {
    const found = nationalId(birth, individual, dNumber);
    if (found !== undefined && left-- === 0) return found;
  }
  throw new RangeError(`no synthetic national id left for slot ${slot} of lane ${lane}`);
};

const daysIn = (year: number, month: number): number => {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
};

/** Tells whether a text is a synthetic national identity or D-number: 11 digits, month + 80, a real date, both check digits right. */
export const isSyntheticNationalId = (value: string): boolean => {
  if (!/^\d{11}$/.test(value)) return false;
  const digits = Array.from(value, Number);
  const day = Number(value.slice(0, 2)) % 40;
  const month = Number(value.slice(2, 4)) - 80;
  const shortYear = Number(value.slice(4, 6));
  const individual = Number(value.slice(6, 9));
  const newer = individual >= 500 && shortYear < 40;
  const older = individual < 500 || (individual >= 900 && shortYear >= 40);
  if (!newer && !older) return false;
  const year = (newer ? 2000 : 1900) + shortYear;
  if (month < 1 || month > 12 || Number(value.slice(0, 2)) > 71 || day < 1 || day > daysIn(year, month)) return false;
  const first = (11 - (weighted(digits, FIRST_WEIGHTS) % 11)) % 11;
  const second = (11 - (weighted(digits, SECOND_WEIGHTS) % 11)) % 11;
  return first === digits[9] && second === digits[10];
};
