// What the files of the catalogue are written in, beside maps, lists and texts: words in three languages, days and moments of Norway, kinds of contacts. Used by
// read-apis.ts, read-changes.ts and read-catalogue.ts; knows no file.
import { memberOf, membersOf, numberOf, textIn, textOf, type Entry, type PlainReading } from '#model/graphql-entry.ts';
import type { Contact, Owner } from './catalogue.ts';
import type { Words } from './contract.ts';

const has = (entry: Entry, key: string): boolean => {
  const { value } = memberOf(entry, key);
  return value !== undefined && value !== null;
};

/** Words that have to be there, in bokmål, nynorsk and English. */
export const wordsIn = (entry: Entry, key: string, reading: PlainReading): Words => {
  const held = memberOf(entry, key);
  if (!has(entry, key)) reading.complain(entry.at, 'missing-key', `'${key}' is missing`);
  else {
    membersOf(held, reading, ['nb', 'nn', 'en']);
    return { nb: wordIn(held, 'nb', reading), nn: wordIn(held, 'nn', reading), en: wordIn(held, 'en', reading) };
  }
  return { nb: '', nn: '', en: '' };
};

/** Words that may be left out, and those that may do without nynorsk. */
export const someWords = (entry: Entry, key: string, reading: PlainReading): Words | null => {
  if (!has(entry, key)) return null;
  const held = memberOf(entry, key);
  membersOf(held, reading, ['nb', 'nn', 'en']);
  const [nb, en] = [wordIn(held, 'nb', reading), wordIn(held, 'en', reading)];
  return has(held, 'nn') ? { nb, nn: wordIn(held, 'nn', reading), en } : { nb, en };
};

const wordIn = (entry: Entry, key: string, reading: PlainReading): string => {
  const text = textIn(entry, key, reading);
  if (text !== '' && text.trim() === '') reading.complain(memberOf(entry, key).at, 'text', 'this says nothing');
  return text.trim();
};

// No API was offered before this century, and none is announced for the next millennium.
const dayForm = /^2\d{3}-\d{2}-\d{2}$/;

/** A day that is in the calendar, `2027-03-31`; null where it is left out. */
export const dayOf = (entry: Entry, reading: PlainReading): string | null => {
  const text = textOf(entry, reading);
  if (text === null || isDay(text)) return text;
  reading.complain(entry.at, 'value-type', 'this takes a day, such as 2027-03-31');
  return null;
};

const isDay = (text: string): boolean => {
  const at = dayForm.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // 2027-02-30 would be read as the second of March.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
};

/** A day that has to be there; the first of 1970 where it is not. */
export const dayIn = (entry: Entry, key: string, reading: PlainReading): string => {
  if (!has(entry, key)) reading.complain(entry.at, 'missing-key', `'${key}' is missing`);
  return dayOf(memberOf(entry, key), reading) ?? '1970-01-01';
};

const momentForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})$/;

/** A day, of which `ofDay` gives the moment that counts, or a moment with its zone; null where it is left out. */
export const momentOf = (entry: Entry, ofDay: (day: string) => number, reading: PlainReading): number | null => {
  const text = textOf(entry, reading);
  if (text === null) return null;
  if (isDay(text)) return ofDay(text);
  const at = momentForm.test(text) && isDay(text.slice(0, 10)) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  reading.complain(entry.at, 'value-type', 'this takes a day (2027-03-31) or a moment (2027-03-31T12:00:00+02:00)');
  return null;
};

/** A whole number that has to be there and lie between two, both included; the least where it does not. */
export const countIn = (
  entry: Entry,
  key: string,
  [least, most]: readonly [number, number],
  reading: PlainReading,
): number => {
  const held = memberOf(entry, key);
  if (!has(entry, key)) reading.complain(entry.at, 'missing-key', `'${key}' is missing`);
  const number = numberOf(held, reading) ?? least;
  if (number < least || number > most) reading.complain(held.at, 'value-type', `this is from ${least} to ${most}`);
  return number;
};

const emailForm = /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+$/;

const contactKeys = ['name', 'email', 'url'];

export const contactIn = (entry: Entry, reading: PlainReading): Contact => {
  membersOf(entry, reading, contactKeys);
  return contactAt(entry, reading);
};

const contactAt = (entry: Entry, reading: PlainReading): Contact => {
  const email = memberOf(entry, 'email');
  const address = textOf(email, reading);
  if (address !== null && !emailForm.test(address))
    reading.complain(email.at, 'value-type', 'this takes an e-mail address');
  return { name: wordsIn(entry, 'name', reading), email: address, url: addressOf(memberOf(entry, 'url'), reading) };
};

export const ownerIn = (entry: Entry, reading: PlainReading): Owner => {
  membersOf(entry, reading, [...contactKeys, 'organisation-number']);
  const held = memberOf(entry, 'organisation-number');
  const number = textOf(held, reading);
  if (number !== null && !/^\d{9}$/.test(number))
    reading.complain(held.at, 'value-type', 'this takes nine digits, in quotes');
  return { ...contactAt(entry, reading), organisationNumber: number };
};

/** An https address; null where it is left out. */
export const addressOf = (entry: Entry, reading: PlainReading): string | null => {
  const text = textOf(entry, reading);
  if (text === null || (/^https:\/\/[^\s<>"]+$/.test(text) && URL.canParse(text))) return text;
  reading.complain(entry.at, 'value-type', 'this takes an https address');
  return null;
};
