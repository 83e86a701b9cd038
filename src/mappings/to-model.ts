// How values of the API become values of the model: the inverse of the converters of the mappings. Used by the lists of fields that may be written.
// Knows attributes of values, no collection. A value that has no form in the model gives undefined: the field is refused by name.
import { holdsNationalId } from '#base/national-id.ts';
import type { Schema } from './mapping-schema.ts';

/** From a value that the schema has let through, never null. */
export type ToModel = {
  readonly name: string;
  /** What is taken, where it is less than the type shows. */
  readonly schema?: Schema;
  readonly apply: (value: unknown) => unknown;
};

/** A text on one line: no control characters, no more than these letters. */
export const line = (maxLength = 200): ToModel => ({
  name: `line:${maxLength}`,
  schema: { type: 'string', minLength: 1, maxLength },
  apply: (value) =>
    typeof value === 'string' && !control.test(value) && value.trim() !== '' ? value.trim() : undefined,
});

/** A line by which somebody or something is called where many see it: it holds no national id. */
export const handle = (maxLength: number): ToModel => {
  const { schema, apply } = line(maxLength);
  return {
    name: `handle:${maxLength}`,
    ...(schema === undefined ? {} : { schema }),
    apply: (value) => (typeof value === 'string' && holdsNationalId(value) ? undefined : apply(value)),
  };
};

/** A text that may have several lines. */
export const prose = (maxLength = 4_000): ToModel => ({
  name: `prose:${maxLength}`,
  schema: { type: 'string', maxLength },
  apply: (value) => (typeof value === 'string' && !controlButLines.test(value) ? value : undefined),
});

// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f-\u009f]/;
// oxlint-disable-next-line no-control-regex
const controlButLines = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

export const truth: ToModel = {
  name: 'truth',
  schema: { type: 'boolean' },
  apply: (value) => (typeof value === 'boolean' ? value : undefined),
};

/** A civil date, stored at noon: the same day in every clock of the country. */
export const day: ToModel = {
  name: 'day',
  schema: { type: 'string', format: 'date' },
  apply: (value) => (typeof value === 'string' && dateShape.test(value) ? `${value}T12:00:00Z` : undefined),
};

const dateShape = /^(?:19|20|21)\d{2}-\d{2}-\d{2}$/;

/** Per cent as hundredths of a per cent. */
export const hundredths: ToModel = {
  name: 'hundredths',
  schema: { type: 'number', minimum: 0, maximum: 200, multipleOf: 0.01 },
  apply: (value) => (typeof value === 'number' && value >= 0 && value <= 200 ? Math.round(value * 100) : undefined),
};

/** An address of mail. */
export const mail: ToModel = {
  name: 'mail',
  schema: { type: 'string', format: 'email', maxLength: 254 },
  apply: (value) => (typeof value === 'string' && !control.test(value) ? value : undefined),
};

/** A telephone number as people write it. */
export const phone: ToModel = {
  name: 'phone',
  schema: { type: 'string', pattern: '^\\+?[0-9 ()-]{3,30}$' },
  apply: (value) => (typeof value === 'string' ? value : undefined),
};

/** Eleven digits. Whether they are a national id of the environment is asked where they are written. */
export const elevenDigits: ToModel = {
  name: 'elevenDigits',
  schema: { type: 'string', pattern: '^\\d{11}$' },
  apply: (value) => (typeof value === 'string' ? value : undefined),
};

/** Words of the API as codes of the model. */
export const codes = (name: string, table: Readonly<Record<string, string>>): ToModel => ({
  name,
  schema: { type: 'string', enum: Object.keys(table) },
  apply: (value) => (typeof value === 'string' && Object.hasOwn(table, value) ? table[value] : undefined),
});
