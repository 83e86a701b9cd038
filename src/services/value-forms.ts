// Holds texts of parameters, elements and attributes against what they have to be. Used by the readers of requests; the same forms are written down in XSD
// and OpenAPI (value-schemas.ts). Pure. Never repeats a text in what it says of it.
import { limits } from '#base/limits.ts';
import type { ValueForm, ValueType } from './service.ts';

/** How the text of each type is read: what it must match, and what it is called to whoever sent something else. */
const types: Readonly<Record<ValueType, { readonly matches: RegExp | null; readonly said: string }>> = {
  string: { matches: null, said: 'a text' },
  integer: { matches: /^[+-]?\d{1,15}$/, said: 'a whole number' },
  decimal: { matches: /^[+-]?\d{1,15}(?:\.\d{1,9})?$/, said: 'a number' },
  boolean: { matches: /^(?:true|false|1|0)$/, said: 'true or false' },
  day: { matches: /^\d{4}-\d{2}-\d{2}$/, said: 'a date such as 2026-11-22' },
  instant: {
    matches: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/,
    said: 'a time such as 2026-11-22T12:00:00Z',
  },
  flag: { matches: /^[JN]$/, said: 'J or N' },
  base64: { matches: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, said: 'base64' },
};

/** The text as it counts: around all but texts, spaces do not; in base64 none does. */
export const trimmed = (form: ValueForm, text: string): string =>
  form.type === 'string' ? text : form.type === 'base64' ? text.replace(/[\t\n\r ]+/g, '') : text.trim();

/** What is wrong with a text, trimmed, in words that end a sentence about it; null when nothing is. */
export const valueFault = (form: ValueForm, text: string): string | null => {
  const { matches, said } = types[form.type];
  const longest = form.maxLength ?? limits.serviceTextLength;
  const length = text.length > longest || (form.minLength ?? 0) > 0 ? [...text].length : text.length;
  if (length > longest) return `has more than ${longest} characters`;
  if (form.values !== undefined) return form.values.includes(text) ? null : `must be one of ${form.values.join(', ')}`;
  if (matches?.test(text) === false) return `must be ${said}`;
  if ((form.type === 'day' || form.type === 'instant') && !isDay(text.slice(0, 10))) return `must be ${said}`;
  if (form.type === 'instant' && Number.isNaN(Date.parse(text))) return `must be ${said}`;
  if (length < (form.minLength ?? 0)) return `has fewer than ${form.minLength} characters`;
  if (form.minimum !== undefined && Number(text) < form.minimum) return `must be at least ${form.minimum}`;
  if (form.maximum !== undefined && Number(text) > form.maximum) return `must be at most ${form.maximum}`;
  if (form.pattern !== undefined && !patternOf(form.pattern).test(text)) return 'has not the form that it has to have';
  return null;
};

const patterns = new Map<string, RegExp>();

// Patterns stand in the forms of the services, never in requests: there are few.
const patternOf = (pattern: string): RegExp => {
  let made = patterns.get(pattern);
  if (made === undefined) patterns.set(pattern, (made = new RegExp(`^(?:${pattern})$`, 'u')));
  return made;
};

const isDay = (text: string): boolean => {
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
};
