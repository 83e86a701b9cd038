// Natural keys as one text: their parts joined by commas, a comma within a part written `\,`. The one place that writes and reads them: node ids, addresses of
// APIs and rows of tables mean the same by the same text. Every text is the key of one list of parts, and every list has one text. Pure.
import type { Converter } from './mapping.ts';

/** The parts as one text. */
export const joinKey = (parts: readonly string[]): string =>
  parts.map((part, index) => escaped(part, index < parts.length - 1)).join(',');

// Backslashes stand for themselves, but for those right before a comma: these are doubled, so that the comma after them is told from one that they escape.
const beforeComma = /(\\*),/g;
const atEnd = /\\+$/;

const escaped = (part: string, isFollowed: boolean): string => {
  const text = part.includes(',') ? part.replace(beforeComma, '$1$1\\,') : part;
  return isFollowed && text.endsWith('\\') ? text.replace(atEnd, '$&$&') : text;
};

/** The parts of a text: at least one, which may be empty. */
export const splitKey = (text: string): readonly string[] => {
  if (!text.includes('\\')) return text.split(',');
  const parts: string[] = [];
  let part = '';
  let slashes = 0;
  for (const letter of text) {
    if (letter === '\\') {
      slashes += 1;
      continue;
    }
    if (letter === ',') {
      part += '\\'.repeat(Math.floor(slashes / 2));
      if (slashes % 2 === 1) part += ',';
      else {
        parts.push(part);
        part = '';
      }
    } else part += '\\'.repeat(slashes) + letter;
    slashes = 0;
  }
  return [...parts, part + '\\'.repeat(slashes)];
};

/** A part of a key, from the front: of a path to the text of the key. */
export const keyPart = (index: number): Converter => ({
  name: `keyPart:${index}`,
  schema: { type: 'string' },
  apply: (value) => partAt(value, index),
});

/** The same of a part that is a number; what is none is not shown. */
export const keyNumber = (index: number): Converter => ({
  name: `keyNumber:${index}`,
  schema: { type: 'integer' },
  apply: (value) => {
    const part = partAt(value, index);
    return part !== undefined && digits.test(part) ? Number(part) : undefined;
  },
});

/** A part of a key that other converters make something of. */
export const keyPartAs = (index: number, as: Converter): Converter => ({
  name: `${as.name}:keyPart:${index}`,
  schema: as.schema,
  apply: (value, now, row) => {
    const part = partAt(value, index);
    return part === undefined ? undefined : as.apply(part, now, row);
  },
});

const digits = /^\d{1,15}$/;

const partAt = (value: unknown, index: number): string | undefined =>
  typeof value === 'string' ? splitKey(value)[index] : undefined;
