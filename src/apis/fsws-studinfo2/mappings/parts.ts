// What the documents of the study catalogue have in common: languages, units, texts and the teachers that are published. In the vocabulary of the
// predecessor as far as it is known; used by the types beside it.
import type { Converter, Field, RowTest } from '#mappings/mapping.ts';
import { holdsOn, civilDateOf } from '#mappings/converters.ts';
import { keyPart } from '#mappings/natural-key.ts';

/** A language that may be asked for: its letter, the word of the documents, the name that texts have, and its codes. */
export type Language = {
  readonly letter: 'B' | 'N' | 'E';
  readonly word: string;
  readonly name: 'nb' | 'nn' | 'en';
  readonly codes: readonly string[];
};

export const languages: readonly Language[] = [
  { letter: 'B', word: 'BOKMÅL', name: 'nb', codes: ['nb', 'nob'] },
  { letter: 'N', word: 'NYNORSK', name: 'nn', codes: ['nn', 'nno'] },
  { letter: 'E', word: 'ENGELSK', name: 'en', codes: ['en', 'eng'] },
];

const order = ['nb', 'nn', 'en'] as const;

/** A name in the language that was asked for, else in the first that it has; no longer than the field is (facts 5.5). */
export const nameIn = ({ name }: Language, most = 120): Converter => ({
  name: `nameIn:${name}:${most}`,
  schema: { type: 'string', maxLength: most },
  apply: (value) => {
    const texts = (value ?? {}) as Readonly<Record<string, unknown>>;
    const found = [name, ...order].map((one) => texts[one]).find((text) => typeof text === 'string' && text !== '');
    return typeof found === 'string' ? [...found].slice(0, most).join('') : undefined;
  },
});

/** The same in that language alone: a text is no translation of another. */
export const textIn = ({ name }: Language): Converter => ({
  name: `textIn:${name}`,
  schema: { type: 'string' },
  apply: (value) => {
    const text = ((value ?? {}) as Readonly<Record<string, unknown>>)[name];
    return typeof text === 'string' && text !== '' ? text : undefined;
  },
});

/** A code no longer than the field is. A longer one is another code, and is not told. */
export const shortCode = (most: number): Converter => ({
  name: `shortCode:${most}`,
  schema: { type: 'string', maxLength: most },
  apply: (value) => (typeof value === 'string' && [...value].length <= most ? value : undefined),
});

/** Credits with one decimal: 7.5. */
export const creditNumber: Converter = {
  name: 'creditNumber',
  schema: { type: 'number' },
  apply: (value) => {
    const number = Number(value);
    return Number.isFinite(number) && value !== '' ? Math.round(number * 10) / 10 : undefined;
  },
};

/** The unit that answers for it. */
export const unitField = (from: string, language: Language): Field => ({
  kind: 'object',
  from,
  describe: { nb: 'Enheten som har ansvaret.', en: 'The unit that answers for it.' },
  fields: {
    institusjonsnr: unitPart(0, 'Institusjonens nummer.', 'Number of the institution.'),
    fakultetsnr: unitPart(1, 'Fakultetets nummer.', 'Number of the faculty.'),
    instituttnr: unitPart(2, 'Instituttets nummer.', 'Number of the department.'),
    gruppenr: unitPart(3, 'Gruppens nummer.', 'Number of the group.'),
    stednavn: {
      kind: 'value',
      from: 'navnAlleSprak',
      convert: nameIn(language),
      describe: { nb: 'Navnet på enheten.', en: 'Name of the unit.' },
    },
  },
});

const unitPart = (index: number, nb: string, en: string): Field => ({
  kind: 'value',
  from: 'naturligNokkel.identifikatorverdi',
  convert: keyPart(index),
  describe: { nb, en },
});

/** Texts that may stand on the web, in the language. */
export const textField = (language: Language): Field => ({
  kind: 'objects',
  from: 'beskrivelsesavsnitt',
  test: isText(language),
  describe: { nb: 'Tekster for nettsider.', en: 'Texts for web pages.' },
  fields: {
    infotypekode: {
      kind: 'value',
      from: 'tekstkategori.kode',
      describe: { nb: 'Hva slags tekst det er.', en: 'What kind of text it is.' },
    },
    infotypenavn: {
      kind: 'value',
      from: 'tekstkategori.navnAlleSprak',
      convert: nameIn(language),
      describe: { nb: 'Navnet på typen.', en: 'Name of the kind.' },
    },
    tekst: { kind: 'value', from: 'innhold', describe: { nb: 'Teksten.', en: 'The text.' } },
  },
});

export const isText = ({ codes }: Language): RowTest => ({
  looksAt: ['sprak.iso6391Kode', 'sprak.iso6392Kode', 'tekstkategori.kanPubliseresTilWeb'],
  holds: (_values, _now, { parts }) =>
    (parts['tekstkategori'] ?? []).every(({ values }) => values['kanPubliseresTilWeb'] !== false) &&
    (parts['sprak'] ?? []).some(({ values: { iso6391Kode, iso6392Kode } }) =>
      [iso6391Kode, iso6392Kode].some((code) => typeof code === 'string' && codes.includes(code)),
    ),
});

/** A role that is in force and that its kind lets be published. Where that is not said, or not seen, nobody is shown. */
const isPublished: RowTest = {
  looksAt: ['erAktiv', 'gyldighetsperiode', 'fsRolle.kanPubliseres'],
  holds: ({ erAktiv, gyldighetsperiode }, { today }, { parts }) => {
    const { fraDato, tilDato } = (gyldighetsperiode ?? {}) as Readonly<Record<string, unknown>>;
    return (
      erAktiv !== false &&
      holdsOn({ from: civilDateOf(fraDato), to: civilDateOf(tilDato) }, today) &&
      (parts['fsRolle'] ?? []).some(({ values }) => values['kanPubliseres'] === true)
    );
  },
};

/** Teachers by name: of persons nothing else is told here. */
export const teacherField = (language: Language): Field => ({
  kind: 'objects',
  from: 'personroller',
  test: isPublished,
  describe: { nb: 'Fagpersoner som er publisert.', en: 'Teachers who are published.' },
  fields: {
    fornavn: {
      kind: 'value',
      from: 'personProfil.navn.fornavn',
      describe: { nb: 'Fornavn.', en: 'Given name.' },
    },
    etternavn: {
      kind: 'value',
      from: 'personProfil.navn.etternavn',
      describe: { nb: 'Etternavn.', en: 'Family name.' },
    },
    rollenavn: {
      kind: 'value',
      from: 'fsRolle.navnAlleSprak',
      convert: nameIn(language),
      describe: { nb: 'Rollen.', en: 'The role.' },
    },
  },
});

/** Of a value that the resource has itself. */
export const plain = (from: string, nb: string, en: string, convert?: Converter): Field => ({
  kind: 'value',
  from,
  describe: { nb, en },
  ...(convert === undefined ? {} : { convert }),
});

/** Values of several languages. */
export const languageCodes = (from: string): Field => ({
  kind: 'values',
  from,
  describe: { nb: 'Språkene det undervises på.', en: 'Languages of teaching.' },
});

/** The same texts as CDM has them. */
export const cdmTexts = (language: Language): Field => ({
  kind: 'objects',
  from: 'beskrivelsesavsnitt',
  test: isText(language),
  describe: { nb: 'Tekster.', en: 'Texts.' },
  fields: {
    header: plain('tekstkategori.navnAlleSprak', 'Overskriften.', 'The heading.', nameIn(language)),
    tag: plain('cdmTag', 'Merket i CDM.', 'The tag of CDM.'),
    text: plain('innhold', 'Teksten.', 'The text.'),
  },
});
