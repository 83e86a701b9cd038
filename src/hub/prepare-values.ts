// Canonical JSON text of single values, by kind. Called by prepare.ts for every attribute of every delivered resource, so the common
// shapes take the shortest way. Knows no class and no storage; a value that cannot be held gives null and is never repeated in a text.
import { formatInstant } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import { isCleanText, normalise } from '#base/text.ts';
import { kinds, parseInstant } from '#model/kinds.ts';
import type { PrimitiveKind } from '#model/model.ts';
import type { ErrorCode } from '#base/errors.ts';

/** Takes a JSON value, gives its canonical JSON text, or null when the kind cannot hold it. */
export type ValueWriter = (value: unknown) => string | null;

// Printable Latin-1 without quote and backslash: already NFC, already well-formed, and its own JSON.
const plain = /^[\x20\x21\x23-\x5b\x5d-\x7e\xa0-\xff]*$/;

const tooLong = (text: string, bytes: number): boolean => text.length * 3 > bytes && Buffer.byteLength(text) > bytes;

/** True when the text is its own NFC form and its own JSON, without escapes, and surely within the given bytes. */
export const isPlainText = (text: string, bytes: number): boolean => text.length * 2 <= bytes && plain.test(text);

/** Takes any text, gives its NFC form, or null when it is not well-formed, holds NUL or is longer than `bytes`. */
export const cleanText = (text: string, bytes: number = limits.stringBytes): string | null => {
  if (isPlainText(text, bytes)) return text;
  if (tooLong(text, bytes) || !isCleanText(text)) return null;
  const normal = normalise(text);
  return tooLong(normal, bytes) ? null : normal;
};

const writeText: ValueWriter = (value) => {
  if (typeof value !== 'string') return null;
  if (isPlainText(value, limits.stringBytes)) return `"${value}"`;
  const clean = cleanText(value);
  return clean === null ? null : JSON.stringify(clean);
};

const writeBoolean: ValueWriter = (value) => (value === true ? 'true' : value === false ? 'false' : null);

const writeNumber =
  (accepts: (value: unknown) => boolean): ValueWriter =>
  (value) =>
    // Minus nought is written as nought, as JSON.stringify does.
    typeof value === 'number' && accepts(value) ? `${value + 0}` : null;

// 0000-01-01T00:00:00Z to 9999-12-31T23:59:59.999Z: a zone can push the first or last day out of the four digits that the form has.
const earliest = -62_167_219_200_000;
const latest = 253_402_300_799_999;
// The canonical form with a day that its month surely has; 29 February takes the long way.
const canonical =
  /^\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

/** Dates and date-times: `yyyy-MM-ddTHH:mm:ssZ` in UTC (facts 2.3). */
const writeInstant: ValueWriter = (value) => {
  if (typeof value !== 'string') return null;
  if (value.length === 20 && canonical.test(value)) return `"${value}"`;
  const ms = parseInstant(value);
  if (ms === null || ms < earliest || ms > latest) return null;
  return `"${formatInstant(ms)}"`;
};

/** Texts of a form, kept as they came: a form holds nothing that JSON escapes. */
const writeFormed =
  (accepts: (value: unknown) => boolean): ValueWriter =>
  (value) =>
    accepts(value) ? `"${String(value)}"` : null;

/** A writer that takes a closed set of texts only, in their normal form. */
export const oneOfValues = (values: readonly string[]): ValueWriter => {
  const known = new Map(values.map((value) => [value, JSON.stringify(value)]));
  return (value) => (typeof value === 'string' ? (known.get(value) ?? known.get(normalise(value)) ?? null) : null);
};

/** How each kind of the model is written. */
export const valueWriters: Readonly<Record<PrimitiveKind, ValueWriter>> = {
  string: writeText,
  boolean: writeBoolean,
  int: writeNumber(kinds.int.accepts),
  long: writeNumber(kinds.long.accepts),
  float: writeNumber(kinds.float.accepts),
  double: writeNumber(kinds.double.accepts),
  decimal: writeFormed(kinds.decimal.accepts),
  date: writeInstant,
  dateTime: writeInstant,
  time: writeFormed(kinds.time.accepts),
  duration: writeFormed(kinds.duration.accepts),
};

/** Names what came, for messages: a type, never the value. */
export const typeName = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'number' && !Number.isSafeInteger(value) && Number.isInteger(value)
    ? 'a number beyond what can be held'
    : `a ${typeof value}`;
};

const isFormed = (kind: PrimitiveKind): boolean => kind === 'decimal' || kind === 'time' || kind === 'duration';

/** Why a value was refused: the code, and a sentence that names kinds only. */
export const refusal = (
  kind: PrimitiveKind,
  value: unknown,
  values: readonly string[] | null = null,
): { readonly code: ErrorCode; readonly message: string } => {
  if (values !== null && typeof value === 'string')
    return { code: 'HUB-611', message: `expected one of ${values.join(', ')}, got other text` };
  if (kind === 'string' && typeof value === 'string')
    return tooLong(value, limits.stringBytes)
      ? { code: 'HUB-618', message: `text is longer than ${limits.stringBytes} bytes` }
      : { code: 'HUB-619', message: 'text is not well-formed Unicode, or holds NUL' };
  if ((kind === 'date' || kind === 'dateTime') && typeof value === 'string')
    return {
      code: 'HUB-611',
      message: `expected ${kind} in ISO 8601 (with a zone when it has a time), got other text`,
    };
  if (isFormed(kind))
    return {
      code: 'HUB-611',
      message: `expected ${kind} as text, got ${typeof value === 'string' ? 'other text' : typeName(value)}`,
    };
  if (typeof value === 'number' && kind !== 'string' && kind !== 'boolean')
    return { code: 'HUB-611', message: `expected ${kind}, got a number outside of it` };
  return { code: 'HUB-611', message: `expected ${kind}, got ${typeName(value)}` };
};
