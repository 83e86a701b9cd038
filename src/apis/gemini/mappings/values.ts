// Values as Gemini writes them: sizes, addresses, telephone numbers, codes of languages and periods. Used by the mappings alone. Knows attributes of
// values, no collection.
import { civilDateOf, inNorway } from '#mappings/converters.ts';
import type { Converter } from '#mappings/mapping.ts';

type Members = Readonly<Record<string, unknown>>;
const membersOf = (held: unknown): Members => (typeof held === 'object' && held !== null ? (held as Members) : {});

const textSchema = { type: 'string' } as const;

/** A decimal as a JSON number. */
export const decimal: Converter = {
  name: 'decimal',
  schema: { type: 'number' },
  apply: (held) => {
    const number = typeof held === 'string' || typeof held === 'number' ? Number(held) : Number.NaN;
    return Number.isFinite(number) ? number : undefined;
  },
};

/** The members of a value that are texts, under names of their own. */
const texts = (name: string, members: Readonly<Record<string, string>>): Converter => ({
  name,
  schema: {
    type: 'object',
    properties: Object.fromEntries(Object.values(members).map((member) => [member, textSchema])),
  },
  apply: (held) => {
    const found = Object.entries(members).flatMap(([of, member]) => {
      const text = membersOf(held)[of];
      return typeof text === 'string' && text !== '' ? [[member, text] as const] : [];
    });
    return found.length === 0 ? undefined : Object.fromEntries(found);
  },
});

export const telephone = texts('telephone', { landnummer: 'landnummer', nummer: 'nummer', merknad: 'merknad' });

export const address = texts('address', {
  co: 'co',
  gate: 'gate',
  postnummerOgSted: 'postnummerOgSted',
  land: 'land',
});

/** The written Norwegian, or English, of somebody. */
export const writtenLanguages = { NB: 'NOB', NN: 'NNO', EN: 'ENG' } as const;

export const writtenLanguage: Converter = {
  name: 'writtenLanguage',
  schema: { type: 'string', enum: Object.values(writtenLanguages) },
  apply: (held) =>
    typeof held === 'string' ? (writtenLanguages as Readonly<Record<string, string>>)[held] : undefined,
};

const dateSchema = { type: 'string', format: 'date' } as const;

/** A period of dates; both ends may be open. */
export const dates: Converter = {
  name: 'dates',
  schema: { type: 'object', properties: { fraDato: dateSchema, tilDato: dateSchema } },
  apply: (held) => {
    const { fraDato, tilDato } = membersOf(held);
    const [from, to] = [civilDateOf(fraDato), civilDateOf(tilDato)];
    if (from === undefined && to === undefined) return undefined;
    return { ...(from === undefined ? {} : { fraDato: from }), ...(to === undefined ? {} : { tilDato: to }) };
  },
};

/** An instant in the clock of Norway. */
export const moment: Converter = {
  name: 'moment',
  schema: { type: 'string', format: 'date-time' },
  apply: (held) => {
    const ms = typeof held === 'string' ? Date.parse(held) : Number.NaN;
    return Number.isNaN(ms) ? undefined : inNorway(ms);
  },
};
