// The primitive kinds of values: one row each with everything that schemas, OpenAPI and validation need to know. A new kind is a new
// row here; the compiler then names every other table that needs one. Pure.
import type { PrimitiveKind, Text } from './model.ts';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

export type KindRow = {
  /** JSON Schema of a delivered value. */
  readonly published: JsonObject;
  /** JSON Schema of a value that can be held; its formats are in `ingestFormats`. Says the same as `accepts`. */
  readonly ingest: JsonObject;
  /** True when the JSON value can be held as this kind. */
  readonly accepts: (value: unknown) => boolean;
  readonly example: JsonValue;
  readonly description: Text;
};

const instantPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?))?$/;

/**
 * Takes `yyyy-MM-dd` (midnight UTC) or an ISO 8601 date-time with zone (`Z`, `+01:00`, `+0100`, `+01`; seconds and fractions may be
 * left out), gives milliseconds since the epoch, or null when the text is neither or names no real day or time.
 */
export const parseInstant = (text: string): number | null => {
  const parts = instantPattern.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = parts;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const midnight = Date.UTC(2000, Number(month) - 1, Number(day));
  const date = new Date(midnight);
  // Date.UTC reads years below 100 as 19xx; setting the year apart does not. 2000 is a leap year, so 29 February survives the first step.
  date.setUTCFullYear(Number(year));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return null;
  const offset = zoneMinutes(zone);
  if (offset === null) return null;
  const time = (Number(hour) * 60 + Number(minute) - offset) * 60_000 + Number(second) * 1_000;
  return date.getTime() + time + Number(fraction.slice(0, 3).padEnd(3, '0'));
};

const zoneMinutes = (zone: string): number | null => {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 18 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
};

/** The format names of the ingest schemas, for the validator that compiles them. */
export const ingestFormats: Readonly<Record<string, (text: string) => boolean>> = {
  'hub-instant': (text) => parseInstant(text) !== null,
};

const acceptsInstant = (value: unknown): boolean => typeof value === 'string' && parseInstant(value) !== null;
const acceptsWhole =
  (min: number, max: number) =>
  (value: unknown): boolean =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
const acceptsNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const text = (nb: string, en: string): Text => ({ nb, en });

/** Texts of a form: in JSON a text, so that no reader rounds it. */
const formed = (form: RegExp, example: string, description: Text): KindRow => {
  const schema = { type: 'string', pattern: form.source };
  return {
    published: schema,
    ingest: schema,
    accepts: (value) => typeof value === 'string' && form.test(value),
    example,
    description,
  };
};

/** At most 15 digits: so many, every number that a computer reckons with tells apart. */
const decimalForm = /^-?(?=(?:\d\.?){1,15}$)(?:0|[1-9]\d*)(?:\.\d+)?$/;
const timeForm = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/;
/** ISO 8601, as `P3Y`, `PT45M` or `P1DT12H`. */
const durationForm =
  /^P(?=\d|T\d)(?:\d{1,9}Y)?(?:\d{1,9}M)?(?:\d{1,9}W)?(?:\d{1,9}D)?(?:T(?=\d)(?:\d{1,9}H)?(?:\d{1,9}M)?(?:\d{1,9}(?:\.\d{1,9})?S)?)?$/;

const intRange = { type: 'integer', minimum: -2_147_483_648, maximum: 2_147_483_647 } as const;
/** Whole numbers beyond this lose digits when JSON is read, here and in most clients: they cannot be held. */
const longRange = { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER } as const;

/** Dates and date-times are both delivered as UTC to the second (facts 2.3) and may both come as a date alone. */
const instant = (example: string, description: Text): KindRow => ({
  published: { type: 'string', format: 'date-time' },
  ingest: { type: 'string', format: 'hub-instant' },
  accepts: acceptsInstant,
  example,
  description,
});

export const kinds: Readonly<Record<PrimitiveKind, KindRow>> = {
  string: {
    published: { type: 'string' },
    ingest: { type: 'string' },
    accepts: (value) => typeof value === 'string',
    example: 'tekst',
    description: text('Tekst i Unicode.', 'Text in Unicode.'),
  },
  boolean: {
    published: { type: 'boolean' },
    ingest: { type: 'boolean' },
    accepts: (value) => typeof value === 'boolean',
    example: true,
    description: text('Sann eller usann.', 'True or false.'),
  },
  int: {
    published: { type: 'integer', format: 'int32' },
    ingest: intRange,
    accepts: acceptsWhole(intRange.minimum, intRange.maximum),
    example: 5,
    description: text('Heltall på 32 biter.', 'Whole number of 32 bits.'),
  },
  long: {
    published: { type: 'integer', format: 'int64' },
    ingest: longRange,
    accepts: acceptsWhole(longRange.minimum, longRange.maximum),
    example: 12_345,
    description: text(
      'Heltall; beløp og prosent er i hundredeler.',
      'Whole number; money and percentages are in hundredths.',
    ),
  },
  float: {
    published: { type: 'number', format: 'float' },
    ingest: { type: 'number' },
    accepts: acceptsNumber,
    example: 7.5,
    description: text('Desimaltall.', 'Decimal number.'),
  },
  double: {
    published: { type: 'number', format: 'double' },
    ingest: { type: 'number' },
    accepts: acceptsNumber,
    example: 7.5,
    description: text('Desimaltall med dobbel presisjon.', 'Decimal number of double precision.'),
  },
  decimal: formed(
    decimalForm,
    '7.5',
    text('Desimaltall som tekst, med inntil 15 sifre.', 'Decimal number as text, of at most 15 digits.'),
  ),
  date: instant(
    '2025-08-18T00:00:00Z',
    text('Dato, levert som tidspunkt i UTC.', 'Date, delivered as an instant in UTC.'),
  ),
  dateTime: instant('2025-08-18T06:30:00Z', text('Tidspunkt i UTC med sekunder.', 'Instant in UTC, to the second.')),
  time: formed(
    timeForm,
    '08:15',
    text('Klokkeslett, med eller uten sekunder.', 'Time of day, with or without seconds.'),
  ),
  duration: formed(durationForm, 'PT45M', text('Varighet etter ISO 8601.', 'Duration after ISO 8601.')),
};

/** True when the text names a primitive kind. */
export const isPrimitiveKind = (name: string): name is PrimitiveKind => Object.hasOwn(kinds, name);
