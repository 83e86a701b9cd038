// What the documents of the study catalogue have in common: languages, units, texts and the teachers that are published. In the vocabulary of the
// predecessor as far as it is known; used by the types beside it.
import type { DocumentNode } from '#hub/documents/document.ts';
import type { Converter, Field, Fields, RowTest } from '#mappings/mapping.ts';
import { holdsOn, civilDateOf } from '#mappings/converters.ts';
import { object, objects, value, values } from '#mappings/field.ts';
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

/** How long a name may be (facts 5.5). */
const longestName = 120;

/** A name in the language that was asked for, else in the first that it has; no longer than the field is. */
export const nameOf = ({ name }: Language, given: unknown): string | undefined => {
  const texts = (given ?? {}) as Readonly<Record<string, unknown>>;
  const found = [name, ...order].map((one) => texts[one]).find((text) => typeof text === 'string' && text !== '');
  return typeof found === 'string' ? [...found].slice(0, longestName).join('') : undefined;
};

export const nameIn = (language: Language): Converter => ({
  name: `nameIn:${language.name}:${longestName}`,
  schema: { type: 'string', maxLength: longestName },
  apply: (given) => nameOf(language, given),
});

/** The same in that language alone: a text is no translation of another. */
export const textIn = ({ name }: Language): Converter => ({
  name: `textIn:${name}`,
  schema: { type: 'string' },
  apply: (given) => {
    const text = ((given ?? {}) as Readonly<Record<string, unknown>>)[name];
    return typeof text === 'string' && text !== '' ? text : undefined;
  },
});

/** A code no longer than the field is. A longer one is another code, and is not told. */
export const shortCode = (most: number): Converter => ({
  name: `shortCode:${most}`,
  schema: { type: 'string', maxLength: most },
  apply: (given) => (typeof given === 'string' && [...given].length <= most ? given : undefined),
});

/** Credits with one decimal: 7.5. */
export const creditNumber: Converter = {
  name: 'creditNumber',
  schema: { type: 'number' },
  apply: (given) => {
    const number = Number(given);
    return Number.isFinite(number) && given !== '' ? Math.round(number * 10) / 10 : undefined;
  },
};

/** The unit that answers for it. */
export const unitField = (from: string, language: Language): Field =>
  object('Enheten som har ansvaret.', 'The unit that answers for it.', from, {
    institusjonsnr: unitPart(0, 'Institusjonens nummer.', 'Number of the institution.'),
    fakultetsnr: unitPart(1, 'Fakultetets nummer.', 'Number of the faculty.'),
    instituttnr: unitPart(2, 'Instituttets nummer.', 'Number of the department.'),
    gruppenr: unitPart(3, 'Gruppens nummer.', 'Number of the group.'),
    stednavn: value('Navnet på enheten.', 'Name of the unit.', 'navnAlleSprak', { convert: nameIn(language) }),
  });

const unitPart = (index: number, nb: string, en: string): Field =>
  value(nb, en, 'naturligNokkel.identifikatorverdi', { convert: keyPart(index) });

/** The element of a text: its name, and what it and its members are, in bokmål and English. */
export const textElement = {
  name: 'infotekst',
  words: ['Tekster for nettsider.', 'Texts for web pages.'],
  members: {
    infotypekode: ['Hva slags tekst det er.', 'What kind of text it is.'],
    infotypenavn: ['Navnet på typen.', 'Name of the kind.'],
    tekst: ['Teksten.', 'The text.'],
  },
} as const;

const { infotypekode, infotypenavn, tekst } = textElement.members;

/** Texts that may stand on the web, in the language. */
export const textField = (language: Language): Field =>
  objects(
    ...textElement.words,
    'beskrivelsesavsnitt',
    {
      infotypekode: value(...infotypekode, 'tekstkategori.kode'),
      infotypenavn: value(...infotypenavn, 'tekstkategori.navnAlleSprak', { convert: nameIn(language) }),
      tekst: value(...tekst, 'innhold'),
    },
    { test: isText(language) },
  );

type Values = Readonly<Record<string, unknown>>;

type Seen = Pick<DocumentNode, 'values' | 'hides'>;

const forWeb = 'kanPubliseresTilWeb';

/** Whether a text is in the language, and of a kind that is for the web. Who does not see its kind, or what that says of the web, does not know that it may be shown. */
export const isTextIn = ({ codes }: Language, spoken: readonly Values[], kinds: readonly Seen[]): boolean =>
  kinds.length > 0 &&
  kinds.every(({ values: { [forWeb]: may }, hides }) => may !== false && !hides(forWeb)) &&
  spoken.some(({ iso6391Kode, iso6392Kode }) =>
    [iso6391Kode, iso6392Kode].some((code) => typeof code === 'string' && codes.includes(code)),
  );

const valuesAt = (nodes: readonly DocumentNode[] | undefined): readonly Values[] =>
  (nodes ?? []).map((one) => one.values);

export const isText = (language: Language): RowTest => ({
  looksAt: ['sprak.iso6391Kode', 'sprak.iso6392Kode', `tekstkategori.${forWeb}`],
  holds: (_values, _now, { parts }) => isTextIn(language, valuesAt(parts['sprak']), parts['tekstkategori'] ?? []),
});

/** A role that is in force and that its kind lets be published, of somebody with a name. Where that is not said, or not seen, nobody is shown. */
export const isPublished: RowTest = {
  looksAt: ['erAktiv', 'gyldighetsperiode', 'fsRolle.kanPubliseres', 'personProfil.navn'],
  holds: ({ erAktiv, gyldighetsperiode }, { today }, { parts }) => {
    const { fraDato, tilDato } = (gyldighetsperiode ?? {}) as Readonly<Record<string, unknown>>;
    return (
      erAktiv !== false &&
      holdsOn({ from: civilDateOf(fraDato), to: civilDateOf(tilDato) }, today) &&
      (parts['fsRolle'] ?? []).some((one) => one.values['kanPubliseres'] === true) &&
      (parts['personProfil'] ?? []).some((one) => one.values['navn'] !== undefined)
    );
  },
};

/** Teachers by name: of persons nothing else is told here. */
export const teacherField = (language: Language): Field =>
  objects('Fagpersoner som er publisert.', 'Teachers who are published.', 'personroller', teacherFields(language), {
    test: isPublished,
  });

/** Of a role. */
export const teacherFields = (language: Language): Fields => ({
  fornavn: value('Fornavn.', 'Given name.', 'personProfil.navn.fornavn'),
  etternavn: value('Etternavn.', 'Family name.', 'personProfil.navn.etternavn'),
  rollenavn: value('Rollen.', 'The role.', 'fsRolle.navnAlleSprak', { convert: nameIn(language) }),
});

/** Of a value that the resource has itself. */
export const plain = (from: string, nb: string, en: string, convert?: Converter): Field =>
  value(nb, en, from, convert === undefined ? {} : { convert });

/** Values of several languages. */
export const languageCodes = (from: string): Field =>
  values('Språkene det undervises på.', 'Languages of teaching.', from);

/** The same texts as CDM has them. */
export const cdmTexts = (language: Language): Field =>
  objects(
    'Tekster.',
    'Texts.',
    'beskrivelsesavsnitt',
    {
      header: plain('tekstkategori.navnAlleSprak', 'Overskriften.', 'The heading.', nameIn(language)),
      tag: plain('cdmTag', 'Merket i CDM.', 'The tag of CDM.'),
      text: plain('innhold', 'Teksten.', 'The text.'),
    },
    { test: isText(language) },
  );
