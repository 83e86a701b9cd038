// National identity numbers: form, date and check digits, by the rule of today and by the one that counts from 2032 (portal facts 5.1). Called
// by the checks of values and by tests. Knows no person; accepts D-numbers (day + 40), help numbers (month + 40) and synthetic ones (month + 80).

export type NationalIdVerdict = {
  /** Eleven digits. */
  readonly form: boolean;
  /** Day and month of some year. */
  readonly date: boolean;
  /** Both check digits by the rule of today. */
  readonly today: boolean;
  /** Both check digits by the rule from 2032: the first may leave a remainder of 0 to 3. */
  readonly from2032: boolean;
  /** What is wrong with a number that neither rule accepts; '' when one does. */
  readonly fault: '' | 'form' | 'date' | 'first-check-digit' | 'second-check-digit';
};

const firstWeights = [3, 7, 6, 1, 8, 9, 4, 5, 2, 1] as const;
const secondWeights = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1] as const;
const highestRemainder = 3;

const remainder = (digits: string, weights: readonly number[]): number => {
  let sum = 0;
  for (let place = 0; place < weights.length; place += 1)
    sum += (digits.charCodeAt(place) - 0x30) * (weights[place] ?? 0);
  return sum % 11;
};

const elevenDigits = /^\d{11}$/;

/** Judges a text. Never throws, never repeats the text. */
export const judgeNationalId = (text: string): NationalIdVerdict => {
  if (!elevenDigits.test(text)) return { form: false, date: false, today: false, from2032: false, fault: 'form' };
  const first = remainder(text, firstWeights);
  const second = remainder(text, secondWeights) === 0;
  const [today, from2032] = [first === 0 && second, first <= highestRemainder && second];
  const date = isDate(birthParts(text));
  const fault = !date ? 'date' : first > highestRemainder ? 'first-check-digit' : second ? '' : 'second-check-digit';
  return { form: true, date, today, from2032, fault };
};

type BirthParts = { readonly day: number; readonly month: number; readonly year: number };

/** Day, month and the last two digits of the year, without what marks D-numbers, help numbers and synthetic ones. Expects eleven digits. */
const birthParts = (text: string): BirthParts => {
  const [day, month] = [Number(text.slice(0, 2)), Number(text.slice(2, 4))];
  return {
    day: day > 40 ? day - 40 : day,
    month: month > 80 ? month - 80 : month > 40 ? month - 40 : month,
    year: Number(text.slice(4, 6)),
  };
};

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

const isDate = ({ day, month, year }: BirthParts): boolean =>
  day >= 1 && day <= (monthDays[month - 1] ?? 0) && (day !== 29 || month !== 2 || year % 4 === 0);

/** The century by the individual number; null for series that nobody got. */
const centuryOf = (text: string, year: number): number | null => {
  const individual = Number(text.slice(6, 9));
  if (individual < 500) return 1900;
  if (year < 40) return 2000;
  if (individual >= 900) return 1900;
  return individual < 750 && year >= 54 ? 1800 : null;
};

const dayMs = 86_400_000;
// Midnight in Norway is up to two hours before midnight UTC: sources write birth dates as either.
const zoneMs = 7_200_000;

/**
 * Whether a birth date (epoch ms) may be that of the number. True also when the number tells no date: then another rule has something to say.
 */
export const bornOn = (text: string, at: number): boolean => {
  if (!elevenDigits.test(text)) return true;
  const { day, month, year } = birthParts(text);
  const century = centuryOf(text, year);
  if (!isDate({ day, month, year }) || century === null) return true;
  const midnight = Date.UTC(century + year, month - 1, day);
  return at >= midnight - zoneMs && at < midnight + dayMs;
};
