// Values as the APIs of study administration write them: J and N, codes of terms, texts in several languages, parts of national ids, padded numbers. What is
// read is more than what is written: every spelling that clients have. Used by mappings and by what clients choose rows by. Knows values, no collection.
import type { Converter } from './mapping.ts';
import type { ToModel } from './to-model.ts';

// --- Yes and no -----------------------------------------------------------------------------------------------------------------

/** True and false as J and N. */
export const flag: Converter = {
  name: 'flag',
  schema: { type: 'string', enum: ['J', 'N'] },
  apply: (value) => (value === true ? 'J' : value === false ? 'N' : undefined),
};

/** Either, where what is not said means no. The path ends in `@self`. */
export const flagOf = (attribute: string): Converter => ({
  name: `flagOf:${attribute}`,
  schema: flag.schema,
  looksAt: [attribute],
  apply: (values) => ((values as Readonly<Record<string, unknown>>)[attribute] === true ? 'J' : 'N'),
});

/** J and N, in either case, as true and false; `true` and `false` as they are. Undefined for anything else. */
export const readFlag = (value: unknown): boolean | undefined => {
  if (typeof value === 'boolean') return value;
  return typeof value === 'string' ? flags.get(value.toUpperCase()) : undefined;
};

const flags = new Map([
  ['J', true],
  ['N', false],
  ['TRUE', true],
  ['FALSE', false],
]);

export const fromFlag: ToModel = {
  name: 'fromFlag',
  schema: { type: 'string', enum: ['J', 'N'] },
  apply: readFlag,
};

// --- Terms ----------------------------------------------------------------------------------------------------------------------

/** Codes of terms as the model has them, and as they are written where only ASCII goes. */
const terms = { VÅR: 'VAR', HØST: 'HOST', SOM: 'SOM', VIT: 'VIT', VÅT: 'VAT', HØT: 'HOT' } as const;

const asciiTerms: ReadonlyMap<string, string> = new Map(Object.entries(terms));
const termsBySpelling: ReadonlyMap<string, string> = new Map(
  Object.entries(terms).flatMap(([code, ascii]) => [
    [code, code],
    [ascii, code],
  ]),
);

/** The code of a term as the model has it, read in either spelling and in any case; undefined for what is none. */
export const readTermCode = (value: unknown): string | undefined =>
  typeof value === 'string' ? termsBySpelling.get(value.normalize('NFC').toUpperCase()) : undefined;

/** `HØST`, of either spelling. A code that is not known stays as it is. */
export const termCode: Converter = {
  name: 'termCode',
  schema: { type: 'string', examples: ['HØST'] },
  apply: (value) => readTermCode(value) ?? (typeof value === 'string' ? value : undefined),
};

/** `HOST`, of either spelling. */
export const asciiTermCode: Converter = {
  name: 'asciiTermCode',
  schema: { type: 'string', examples: ['HOST'] },
  apply: (value) => asciiTerms.get(readTermCode(value) ?? '') ?? (typeof value === 'string' ? value : undefined),
};

export const toTermCode: ToModel = {
  name: 'toTermCode',
  schema: { type: 'string', minLength: 3, maxLength: 4 },
  apply: readTermCode,
};

// --- Texts in several languages ---------------------------------------------------------------------------------------------------

/** Languages of a text by the names that an API has for them, in its order: `{ nb: 'nob', nn: 'nno' }`. */
export type LanguageNames = Readonly<Record<string, string>>;

const textsOf = (value: unknown, names: LanguageNames): readonly (readonly [name: string, text: string])[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(names).flatMap(([of, name]) => {
        const text = (value as Readonly<Record<string, unknown>>)[of];
        return typeof text === 'string' && text !== '' ? [[name, text] as const] : [];
      });

/** A list of a text in each language that it has: `[{ lang, value }]`. */
export const languageList = (names: LanguageNames, language = 'lang', text = 'value'): Converter => ({
  name: `languageList:${language}:${text}:${Object.entries(names).flat().join(',')}`,
  schema: {
    type: 'array',
    items: {
      type: 'object',
      properties: { [language]: { type: 'string', enum: Object.values(names) }, [text]: { type: 'string' } },
      required: [language, text],
    },
  },
  apply: (value) => {
    const list = textsOf(value, names).map(([name, one]) => ({ [language]: name, [text]: one }));
    return list.length === 0 ? undefined : list;
  },
});

/** An object with a member for each language that the text has. */
export const languageObject = (names: LanguageNames): Converter => ({
  name: `languageObject:${Object.entries(names).flat().join(',')}`,
  schema: {
    type: 'object',
    properties: Object.fromEntries(Object.values(names).map((name) => [name, { type: 'string' }])),
  },
  apply: (value) => {
    const texts = textsOf(value, names);
    return texts.length === 0 ? undefined : Object.fromEntries(texts);
  },
});

/** The text in the first of some languages that it has. */
export const textIn = (...languages: readonly string[]): Converter => ({
  name: `textIn:${languages.join(',')}`,
  schema: { type: 'string' },
  apply: (value) => textsOf(value, Object.fromEntries(languages.map((one) => [one, one])))[0]?.[1],
});

// --- Numbers --------------------------------------------------------------------------------------------------------------------

/** A text of digits without the zeros that it begins with; undefined for what has other letters. */
export const unpadded = (value: unknown): string | undefined => {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && digits.test(text) ? text.replace(/^0+(?=\d)/, '') : undefined;
};

/** A text of digits with zeros in front, so many letters long; undefined for what has other letters or more of them. */
export const padded = (width: number, value: unknown): string | undefined => {
  const text = unpadded(value);
  return text === undefined || text.length > width ? undefined : text.padStart(width, '0');
};

const digits = /^\d{1,15}$/;

/** Digits as a number. */
export const asNumber: Converter = {
  name: 'asNumber',
  schema: { type: 'integer' },
  apply: (value) => {
    const text = unpadded(value);
    return text === undefined ? undefined : Number(text);
  },
};

/** A number as text. */
export const asText: Converter = {
  name: 'asText',
  schema: { type: 'string' },
  apply: (value) => (typeof value === 'number' || typeof value === 'string' ? String(value) : undefined),
};

// --- National ids, in two --------------------------------------------------------------------------------------------------------

const elevenDigits = /^\d{11}$/;

/** The first six digits of a national id as older tables have them: a number, without a zero in front. */
export const birthNumber: Converter = {
  name: 'birthNumber',
  schema: { type: 'string', pattern: '^\\d{5,6}$' },
  apply: (value) => (typeof value === 'string' && elevenDigits.test(value) ? unpadded(value.slice(0, 6)) : undefined),
};

/** The last five, all of them. */
export const personNumber: Converter = {
  name: 'personNumber',
  schema: { type: 'string', pattern: '^\\d{5}$' },
  apply: (value) => (typeof value === 'string' && elevenDigits.test(value) ? value.slice(6) : undefined),
};

/** A national id of its two parts, each with or without zeros in front; undefined for what cannot be one. */
export const nationalIdOf = (birth: unknown, person: unknown): string | undefined => {
  const first = padded(6, birth);
  const last = padded(5, person);
  return first === undefined || last === undefined || first === '000000' ? undefined : first + last;
};
