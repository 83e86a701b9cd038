// How values stand in columns: their forms in XML, and what they are in the model. Used by the mappings of this API. Knows values, no table.
import { flag, fromFlag, termCode, toTermCode, unpadded } from '#mappings/fs-values.ts';
import { civilDate } from '#mappings/converters.ts';
import type { Converter } from '#mappings/mapping.ts';
import { day, line } from '#mappings/to-model.ts';
import type { Comparable } from '#tables/table.ts';

export type ColumnForm = {
  /** From the model to XML; its schema is that of the column. */
  readonly convert: Converter;
  /** From the text as sent to what the model holds. Undefined for what is no value of the column. */
  readonly read: (text: string) => Comparable | undefined;
};

const comparable = (value: unknown): Comparable | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;

const shown = (name: string, schema: Converter['schema'], apply: (value: unknown) => unknown): Converter => ({
  name,
  schema,
  apply,
});

// What is read may be less than what is shown: the schema of a column is of what the model may hold, not of what this API takes.

/** A line of text. */
export const text = (most: number): ColumnForm => ({
  convert: shown('text', { type: 'string' }, (value) =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : undefined,
  ),
  read: (value) => comparable(line(most).apply(value)),
});

/** A number that the model keeps as digits: `185498`. Zeros in front are not told. */
export const digits = (most: number): ColumnForm => ({
  convert: shown('digits', { type: 'string', pattern: '^\\d{1,15}$' }, unpadded),
  read: (value) => (value.length > most ? undefined : unpadded(value)),
});

/** A whole number. */
export const whole = (most: number): ColumnForm => ({
  convert: shown('whole', { type: 'integer' }, (value) => {
    const number = typeof value === 'string' ? Number(unpadded(value) ?? Number.NaN) : value;
    return Number.isInteger(number) ? number : undefined;
  }),
  read: (value) => (value.length <= most && /^\d+$/.test(value) ? Number(value) : undefined),
});

/** A number with decimals, which the model keeps as text. */
export const decimal: ColumnForm = {
  convert: shown('decimal', { type: 'string', pattern: '^-?\\d+(\\.\\d+)?$' }, (value) =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : undefined,
  ),
  read: (value) => (/^(?:0|[1-9]\d{0,7})(?:\.\d{1,4})?$/.test(value) ? value : undefined),
};

export const yesNo: ColumnForm = {
  convert: flag,
  read: (value) => (/^[JN]$/.test(value) ? comparable(fromFlag.apply(value)) : undefined),
};

export const date: ColumnForm = {
  convert: civilDate,
  read: (value) => (isDate(value) ? comparable(day.apply(value)) : undefined),
};

const isDate = (value: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const ms = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(value);
};

/** The code of a term, taken in both spellings. */
export const term: ColumnForm = {
  convert: termCode,
  read: (value) => comparable(toTermCode.apply(value)),
};

/** A year of a term. */
export const year: ColumnForm = {
  convert: shown('year', { type: 'integer', minimum: 1900, maximum: 2100 }, (value) => {
    const number = Number(value);
    return Number.isInteger(number) && number >= 1900 && number <= 2100 ? number : undefined;
  }),
  read: (value) => (/^(?:19\d\d|20\d\d|2100)$/.test(value) ? Number(value) : undefined),
};

/** One of a few words of the model. */
export const word = (...words: readonly [string, ...string[]]): ColumnForm => ({
  convert: shown(`word:${words.join(',')}`, { type: 'string', enum: words }, (value) =>
    typeof value === 'string' && words.includes(value) ? value : undefined,
  ),
  read: (value) => (words.includes(value) ? value : undefined),
});
