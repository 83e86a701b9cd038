// National identity numbers: form, date and check digits, by the rule of today and by the one that counts from 2032 (portal facts 5.1), which of
// them are somebody's, and where one stands in a text. Called by the checks of values, by whatever takes in values or addresses, and by tests. Pure;
// knows no person and never repeats a text. D-numbers have 40 on the day, synthetic ones 80 on the month, help numbers and older synthetic ones 40.
import { dayMs } from './clock.ts';

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

/** `real` = may be somebody's; `synthetic` = made for tests; `none` = no national id, whatever else it is. */
export type NationalIdKind = 'real' | 'synthetic' | 'none';

// As people write it: `ddmmyy nnnnn`, `ddmmyy-nnnnn`.
const parted = /^\s*(\d{6})[\s._-]?(\d{5})\s*$/;

/**
 * What a text is: eleven digits (one sign may part the date from the rest) with a date and right check digits, by either rule. Forty on the month
 * counts as synthetic: test populations use it, and the help numbers that look the same are given in hospitals and not by schools (facts 10, 12).
 * Numbers of a school's own, DUF numbers and numbers that nobody can have are none.
 */
export const nationalIdKind = (text: string): NationalIdKind => {
  const digits = text.length === 11 ? text : partedDigits(text);
  if (digits === null || judgeNationalId(digits).fault !== '') return 'none';
  return digits.charCodeAt(2) < 0x34 ? 'real' : 'synthetic';
};

const partedDigits = (text: string): string | null => {
  if (text.length < 11 || text.length > 32) return null;
  const [, date, rest] = parted.exec(text) ?? [];
  return date === undefined || rest === undefined ? null : date + rest;
};

/** Where the hub runs: `sandbox` holds nobody's number, `production` no invented one, `test` both. */
export type NationalIdPolicy = 'production' | 'test' | 'sandbox';

/** True for a national id that has no place in the environment: a real one in the sandbox, a synthetic one in production (trust facts 3.2). */
export const refusedNationalId = (environment: NationalIdPolicy, text: string): boolean => {
  if (environment === 'test') return false;
  return nationalIdKind(text) === (environment === 'sandbox' ? 'real' : 'synthetic');
};

const sign = '[\\s._\\u2010-\\u2015-]';
// Date and rest as people write them, in one piece or parted by blanks, dots and dashes.
const anywhere = new RegExp(`(?<!\\d)\\d{2}${sign}?\\d{2}${sign}?\\d{2}${sign}{0,3}\\d{3}${sign}?\\d{2}(?!\\d)`, 'g');

/**
 * True when a national id stands in a text: eleven digits by themselves, right or not, and within a longer word those that are one. The text may
 * be an address as it was sent: it is looked at with `+` as a blank and percent-encoding taken off, several times encoded too.
 */
export const holdsNationalId = (text: string): boolean => {
  if (text.length < 11 || hasFewDigits(text)) return false;
  let plain = text;
  for (let times = 0; times < 3 && plain.includes('%'); times += 1) {
    plain = decoded(plain);
    if (standsIn(plain)) return true;
  }
  return standsIn(text);
};

/** True when there are not digits enough, encoded ones counted: most texts, and this is asked of millions. Says nothing of texts beyond ASCII. */
const hasFewDigits = (text: string): boolean => {
  let digits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return false;
    if (code >= 0x30 && code <= 0x39) digits += 1;
  }
  return digits < 11;
};

const standsIn = (text: string): boolean => {
  // Digits of other scripts and widths are the same digits.
  const plain = isAscii.test(text) ? text : digitsOf(text);
  for (const { 0: found, index } of (plain.includes('+') ? plain.replaceAll('+', ' ') : plain).matchAll(anywhere))
    if (isOneIn(plain, found, index)) return true;
  return false;
};

// Between its parts whatever is neither letter nor digit.
const between = '[^\\p{L}\\p{N}]';
const spread = new RegExp(`\\d{2}${between}?\\d{2}${between}?\\d{2}${between}{0,3}\\d{3}${between}?\\d{2}`, 'uy');
const byItself = /(?<![\p{L}\p{N}])\d{11}(?![\p{L}\p{N}])/u;
// Made by chance, so that digits in it say nothing; all noughts and a number is none of these.
const randomUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/**
 * The strict form, for ids and texts of others: true also for a number within a long word (`5A_<number>_kontakt`), and for one at either end of more
 * digits. Takes a few ids that hold none for such that do, some in a thousand of those that have eleven digits in a row.
 */
export const namesNationalId = (text: string): boolean => {
  if (text.length < 11 || hasFewDigits(text) || randomUuid.test(text)) return false;
  return holdsNationalId(text) || standsSomewhere(isAscii.test(text) ? text : digitsOf(text));
};

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

const standsSomewhere = (plain: string): boolean => {
  if (byItself.test(plain)) return true;
  for (let at = 0; at <= plain.length - 11; at += 1) {
    if (!isDigit(plain.charCodeAt(at))) continue;
    spread.lastIndex = at;
    const [found] = spread.exec(plain) ?? [];
    if (found === undefined) continue;
    const isWithin = isDigit(plain.charCodeAt(at - 1)) && isDigit(plain.charCodeAt(at + found.length));
    if (!isWithin && judgeNationalId(found.replaceAll(/\D/g, '')).fault === '') return true;
  }
  return false;
};

const asWritten = /^\d{6}[ .-]?\d{5}$/;

/**
 * The text with a blank for each national id in it, in all the forms in which one is found, and for eleven digits written like one, right or not. A
 * text without any is given as it is.
 */
export const withoutNationalIds = (text: string): string => {
  if (text.length < 11 || hasFewDigits(text)) return text;
  const plain = isAscii.test(text) ? text : digitsOf(text);
  const looked = new RegExp(anywhere);
  let rest = 0;
  let out = '';
  for (let match = looked.exec(plain); match !== null; match = looked.exec(plain)) {
    const { 0: found, index } = match;
    if (asWritten.test(found) || judgeNationalId(found.replaceAll(/\D/g, '')).fault === '') {
      out += `${plain.slice(rest, index)} `;
      rest = index + found.length;
    } else looked.lastIndex = index + 1;
  }
  return rest === 0 ? text : out + plain.slice(rest);
};

const wordBefore = /[\p{L}\p{N}_-]*$/u;
const wordAfter = /^[\p{L}\p{N}_-]*/u;
const opaqueLength = 20;

/** Whether eleven digits found in a text are to be taken for a national id: ids that the hub itself makes have digits in a row too, by chance. */
const isOneIn = (text: string, found: string, index: number): boolean => {
  const before = wordBefore.exec(text.slice(Math.max(0, index - 64), index))?.[0] ?? '';
  const after = wordAfter.exec(text.slice(index + found.length, index + found.length + 64))?.[0] ?? '';
  if (before === '' && after === '') return true;
  const around = before + after;
  const opaque = around.length + found.length >= opaqueLength && /\d/.test(around) && /\p{L}/u.test(around);
  return !opaque && judgeNationalId(found.replaceAll(/\D/g, '')).fault === '';
};

// oxlint-disable-next-line no-control-regex
const isAscii = /^[\x00-\x7f]*$/;

const digitsOf = (text: string): string =>
  text
    .normalize('NFKC')
    // What is not seen parts nothing.
    .replaceAll(/\p{Cf}/gu, '')
    .replaceAll(/\p{Nd}/gu, (digit) => String(digitValue(digit.codePointAt(0) ?? 0)));

/** The digits of every script stand together, from nought to nine. */
const digitValue = (code: number): number => {
  let zero = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && code - zero < 9) zero -= 1;
  return code - zero;
};

/** Percent-encoding taken off where it can be; what is no UTF-8 stays as it is, byte for byte. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replaceAll(/%([0-7][0-9A-Fa-f])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
};
