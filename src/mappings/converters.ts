// How values of the model become values of the API: civil dates, names, codes, numbers. Used by the mappings, the facts of filters and whoever
// writes through them. Knows attributes of values, no collection and no clock: what day it is comes with the call.
import type { CivilNow, Converter } from './mapping.ts';

const norway = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Oslo' });
const norwegianTime = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Oslo',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** The civil date in Norway at an instant (epoch ms): what is in force depends on it. */
export const civilNow = (ms: number): CivilNow => {
  const minute = Math.floor(ms / 60_000);
  // Days begin with a minute.
  if (latest.minute !== minute) latest = { minute, now: { today: norway.format(ms) } };
  return latest.now;
};

let latest: { readonly minute: number; readonly now: CivilNow } = { minute: Number.NaN, now: { today: '' } };

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const dateShape = /^\d{4}-\d{2}-\d{2}/;

/**
 * The civil date of a stored date or instant (ISO 8601, UTC). Dates are stored at noon, which is the same day in Norway; sources that send the
 * midnight of Norway mean the day that begins then. Undefined for anything else.
 */
export const civilDateOf = (value: unknown): string | undefined => {
  if (typeof value !== 'string' || !dateShape.test(value)) return undefined;
  const hour = value.slice(11, 13);
  if (hour < '22' || hour === '') return value.slice(0, 10);
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : norway.format(ms);
};

const two = (number: number): string => String(number).padStart(2, '0');

/** An instant (epoch ms) in the clock of Norway, with its distance from UTC: `2026-11-02T08:30:00+01:00`. */
export const inNorway = (ms: number): string => {
  const local = norwegianTime.format(ms).replace(' ', 'T');
  const minutes = Math.round((Date.parse(`${local}Z`) - Math.floor(ms / 1000) * 1000) / 60_000);
  return `${local}${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
};

/** A period as stored, in civil dates; both ends may be open, and the last day counts. */
export type CivilPeriod = { readonly from: string | undefined; readonly to: string | undefined };

export const periodOf = (value: unknown): CivilPeriod => {
  if (typeof value !== 'object' || value === null) return { from: undefined, to: undefined };
  const { start, slutt } = value as { readonly start?: unknown; readonly slutt?: unknown };
  return { from: civilDateOf(start), to: civilDateOf(slutt) };
};

/** Says that a period holds on a civil date. */
export const holdsOn = ({ from, to }: CivilPeriod, date: string): boolean =>
  (from === undefined || from <= date) && (to === undefined || to >= date);

/** The value as it stands. */
export const asIs = (name: string, schema: Readonly<Record<string, unknown>>): Converter => ({
  name,
  schema,
  apply: (value) => value,
});

export const civilDate: Converter = {
  name: 'civilDate',
  schema: { type: 'string', format: 'date' },
  apply: civilDateOf,
};

export const instant: Converter = {
  name: 'instant',
  schema: { type: 'string', format: 'date-time' },
  apply: (value) => {
    const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    return Number.isNaN(ms) ? undefined : inNorway(ms);
  },
};

/** A value that is true when nothing else is said. */
export const trueUnlessSaid: Converter = {
  name: 'trueUnlessSaid',
  schema: { type: 'boolean' },
  looksAt: ['aktiv'],
  apply: (values) => (values as { readonly aktiv?: unknown }).aktiv !== false,
};

/** A value that is false when nothing else is said: what is missing never means yes. */
export const trueWhenSaid = (attribute: string): Converter => ({
  name: `trueWhenSaid:${attribute}`,
  schema: { type: 'boolean' },
  looksAt: [attribute],
  apply: (values) => (values as Readonly<Record<string, unknown>>)[attribute] === true,
});

/** Whether the period of the resource holds today. */
export const inForceNow = (attribute: string): Converter => ({
  name: `inForceNow:${attribute}`,
  schema: { type: 'boolean' },
  looksAt: [attribute],
  apply: (values, { today }) => holdsOn(periodOf((values as Readonly<Record<string, unknown>>)[attribute]), today),
});

/** The same for every resource of a mapping. `values` are those that the type has at all. */
export const constant = (value: string, values: readonly string[]): Converter => ({
  name: `constant:${value}`,
  schema: { type: 'string', enum: values },
  looksAt: [],
  apply: () => value,
});

/** Given, middle and family name as one text. */
export const fullName: Converter = {
  name: 'fullName',
  schema: { type: 'string' },
  apply: (value) => {
    if (typeof value !== 'object' || value === null) return undefined;
    const { fornavn, mellomnavn, etternavn } = value as Readonly<Record<string, unknown>>;
    return text([fornavn, mellomnavn, etternavn].flatMap((part) => text(part) ?? []).join(' '));
  },
};

const elevenDigits = /^\d{11}$/;

/** Eleven digits: a national identity number or a D-number. What a school has made up for want of one is not told as one. */
export const nationalId: Converter = {
  name: 'nationalId',
  schema: { type: 'string', pattern: '^\\d{11}$' },
  apply: (value) => (typeof value === 'string' && elevenDigits.test(value) ? value : undefined),
};

/** What stands instead of a national id: a DUF number, or a number of the school's own making. */
export const localNumber: Converter = {
  name: 'localNumber',
  schema: { type: 'string' },
  apply: (value) => (typeof value === 'string' && !elevenDigits.test(value) ? value : undefined),
};

/** A code that is written in other words here; codes that are not known give `otherwise`. */
const words = (name: string, table: Readonly<Record<string, string>>, otherwise?: string): Converter => ({
  name,
  schema: {
    type: 'string',
    enum: [...new Set([...Object.values(table), ...(otherwise === undefined ? [] : [otherwise])])],
  },
  apply: (value) => (typeof value === 'string' ? (table[value.toUpperCase()] ?? otherwise) : undefined),
});

export const numberKind = words('numberKind', {
  FODSELSNUMMER: 'national-id',
  DNUMMER: 'd-number',
  DUFNUMMER: 'duf-number',
  MIDLERTIDIG: 'temporary',
});

/** Code of ISO 5218. */
export const gender = words('gender', { 1: 'male', 2: 'female', 0: 'unknown', 9: 'unknown' });

/** Facts 11: none, client address, confidential (was code 7), strictly confidential (was code 6). */
export const protectionGrade = words('protectionGrade', {
  UGRADERT: 'none',
  KLIENTADRESSE: 'client-address',
  FORTROLIG: 'confidential',
  STRENGTFORTROLIG: 'strictly-confidential',
});

/** Standing in the population register. */
export const registerStatus = words(
  'registerStatus',
  { BOSATT: 'resident', UTFLYTTET: 'moved', DOD: 'deceased', DØD: 'deceased' },
  'other',
);

export const lessonStatus = words('lessonStatus', { AVLYST: 'cancelled', FLYTTET: 'moved' }, 'planned');

/** Per cent times 100 as per cent. */
export const percentage: Converter = {
  name: 'percentage',
  schema: { type: 'number', minimum: 0 },
  apply: (value) => (typeof value === 'number' ? value / 100 : undefined),
};

/** `20262027` as `2026/2027`; a code of another form stays as it is. */
export const schoolYear: Converter = {
  name: 'schoolYear',
  schema: { type: 'string', examples: ['2026/2027'] },
  apply: (value) => text(value)?.replace(/^(\d{4})(\d{4})$/, '$1/$2'),
};

/** The level that a year level is called by: the number in its name, 1 to 10. */
export const level: Converter = {
  name: 'level',
  schema: { type: 'integer', minimum: 1, maximum: 10 },
  apply: (value) => {
    const number = Number(/\d+/.exec(text(value) ?? '')?.[0]);
    return number >= 1 && number <= 10 ? number : undefined;
  },
};

const grepCode = /[A-ZÆØÅ]{3}\d{4}/;

/** The Grep code of a subject. The model refers to Grep by a link and has no attribute for it, so it is found where sources write it. */
export const subjectCode: Converter = {
  name: 'subjectCode',
  schema: { type: 'string', pattern: '^[A-ZÆØÅ]{3}\\d{4}$' },
  looksAt: ['systemId', 'beskrivelse', 'navn'],
  apply: (values) => {
    const { systemId, beskrivelse, navn } = values as Readonly<Record<string, unknown>>;
    const key = (systemId as { readonly identifikatorverdi?: unknown } | undefined)?.identifikatorverdi;
    for (const part of [beskrivelse, navn, key]) {
      const [found] = grepCode.exec(text(part) ?? '') ?? [];
      if (found !== undefined) return found;
    }
    return undefined;
  },
};

/** A day of the week as `mon` to `fri`. */
export const day = words('day', { MAN: 'mon', TIR: 'tue', ONS: 'wed', TOR: 'thu', FRE: 'fri' });

/** Where an access group counts. */
export const accessLevel = words('accessLevel', { KOMMUNE: 'municipality', SKOLE: 'school' });
