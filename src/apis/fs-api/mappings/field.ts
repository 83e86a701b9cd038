// Short ways to write what mappings of this API have in common: references with the parts of their keys, texts in several languages, typed lists. Used by the
// mappings alone. An address is written here without the hub's own; the form of documents puts it before.
import type { Converter, Field, Fields, MappingPath } from '#mappings/mapping.ts';
import { civilDateOf } from '#mappings/converters.ts';
import { object, objects, value } from '#mappings/field.ts';
import { addressKey, addressParts, fsResources } from '#mappings/fs-resources.ts';
import { languageList, termCode } from '#mappings/fs-values.ts';
import { keyNumber, keyPart, keyPartAs } from '#mappings/natural-key.ts';
import { pathOf } from '../addresses.ts';
import { keyMembersOf, partsOf, type KeyMember, type ResourceName } from './keys.ts';

/** What a request asks for by `dbId`: the parts of the key of a document. */
export const ownKey = 'dbId';
/** What a request asks for by `dbId` or `refId`: the parts of the keys of references. */
export const referredKey = 'refId';

/** The text at a path as a list of languages. */
export const names = (nb: string, en: string, from: MappingPath): Field => value(nb, en, from, { convert: languages });

export const languages = languageList({ nb: 'nb', nn: 'nn', en: 'en', se: 'se', und: 'und' });

// --- Keys and references ---------------------------------------------------------------------------------------------------------

const held = new Map(fsResources.map((one) => [one.name, one]));
const keyOf = (resource: ResourceName): { readonly key: string } => held.get(resource) ?? { key: 'naturligNokkel' };
const pathToKey = (resource: ResourceName): MappingPath => `${keyOf(resource).key}.identifikatorverdi`;

/** The address of a resource whose parts begin at one of the parts of the key at hand. */
const hrefOf = (holder: ResourceName, resource: ResourceName, first: number): Converter => ({
  name: `href:${holder}:${resource}:${first}`,
  schema: { type: 'string', format: 'uri' },
  apply: (key) => {
    if (typeof key !== 'string') return undefined;
    if (holder === resource) return pathOf(resource, key);
    const parts = addressParts(keyOf(holder), key).slice(first, first + partsOf(resource).length);
    return parts.length === partsOf(resource).length ? pathOf(resource, addressKey(keyOf(resource), parts)) : undefined;
  },
});

const words: Readonly<Record<string, readonly [nb: string, en: string]>> = {
  personlopenummer: ['Personens løpenummer.', 'Running number of the person.'],
  institusjon: ['Nummeret til institusjonen.', 'Number of the institution.'],
  versjon: ['Versjonen av emnet.', 'Version of the course.'],
  terminnummer: ['Hvilken termin i rekken det er.', 'Which of its terms it is.'],
  aktivitet: ['Koden for aktiviteten.', 'Code of the activity.'],
  rollenummer: ['Rollens nummer hos personen.', 'Number of the role, of this person.'],
  fakultet: ['Nummeret til fakultetet.', 'Number of the faculty.'],
  institutt: ['Nummeret til instituttet.', 'Number of the department.'],
  gruppe: ['Nummeret til gruppen.', 'Number of the group.'],
  ar: ['Året.', 'The year.'],
  termin: ['Koden for terminen, som HØST.', 'Code of the term, such as HØST.'],
  klasse: ['Koden for klassen.', 'Code of the class.'],
  tidsangivelse: ['Koden for når kurset går.', 'Code of when the course runs.'],
  deltakernummer: ['Deltakerens nummer.', 'Number of the participant.'],
  datoForetattSekunder: ['Når endringen ble gjort, i sekunder.', 'When the change was made, in seconds.'],
  kode: ['Koden.', 'The code.'],
  person: ['Personen.', 'The person.'],
  emne: ['Emnet.', 'The course.'],
  semester: ['Terminen.', 'The term.'],
  undervisning: ['Undervisningen.', 'The teaching.'],
  undervisningsaktivitet: ['Aktiviteten.', 'The activity.'],
  studieprogram: ['Studieprogrammet.', 'The programme.'],
  kull: ['Kullet.', 'The cohort.'],
  deltaker: ['Deltakeren.', 'The participant.'],
  evukurs: ['Kurset.', 'The course of further education.'],
};

/** The members of a key, read from the key at hand from one of its parts on. A part alone comes when it is asked for. */
const keyMembers = (holder: ResourceName, members: readonly KeyMember[], first: number, include: string): Fields => {
  const from = pathToKey(holder);
  const fields: Record<string, Field> = {};
  let at = first;
  for (const one of members) {
    const [nb, en] = words[one.name] ?? [one.name, one.name];
    if ('of' in one) {
      fields[one.name] = object(nb, en, '@self', {
        href: value('Adressen.', 'The address.', from, { convert: hrefOf(holder, one.of, at) }),
        ...keyMembers(holder, keyMembersOf(one.of), at, referredKey),
      });
      at += partsOf(one.of).length;
    } else {
      const whole = keyOf(holder).key !== 'naturligNokkel';
      const convert = whole
        ? undefined
        : one.kind === 'number'
          ? keyNumber(at)
          : one.kind === 'term'
            ? keyPartAs(at, termCode)
            : keyPart(at);
      fields[one.name] = value(nb, en, from, { include, ...(convert === undefined ? {} : { convert }) });
      at += 1;
    }
  }
  return fields;
};

/** What every document begins with: its address and the members of its key. */
export const keyFields = (resource: ResourceName): Fields => ({
  href: value('Adressen til dokumentet.', 'Address of the document.', pathToKey(resource), {
    convert: hrefOf(resource, resource, 0),
  }),
  ...keyMembers(resource, keyMembersOf(resource), 0, ownKey),
});

const referredFields = (resource: ResourceName): Fields => ({
  href: value('Adressen.', 'The address.', pathToKey(resource), { convert: hrefOf(resource, resource, 0) }),
  ...keyMembers(resource, keyMembersOf(resource), 0, referredKey),
});

/** A reference to what a relation leads to. */
export const reference = (nb: string, en: string, resource: ResourceName, from: MappingPath): Field =>
  object(nb, en, from, referredFields(resource));

/** A reference to each that a relation leads to. */
export const references = (nb: string, en: string, resource: ResourceName, from: MappingPath): Field =>
  objects(nb, en, from, referredFields(resource));

/** A reference whose parts stand within the key of the resource, from a part on. */
export const referenceWithin = (holder: ResourceName, name: string, resource: ResourceName, first: number): Field => {
  const [nb, en] = words[name] ?? [name, name];
  return object(nb, en, '@self', {
    href: value('Adressen.', 'The address.', pathToKey(holder), { convert: hrefOf(holder, resource, first) }),
    ...keyMembers(holder, keyMembersOf(resource), first, referredKey),
  });
};

// --- Values ----------------------------------------------------------------------------------------------------------------------

/** A code with its name: of a value that has both, or of what a relation leads to. */
export const code = (
  nb: string,
  en: string,
  from: MappingPath,
  at: { readonly kode: string; readonly navn: string },
): Field =>
  object(nb, en, from, {
    kode: value('Koden.', 'The code.', at.kode),
    navn: names('Navnet.', 'The name.', at.navn),
  });

/** A code that stands as a value in the resource itself. */
export const codeValue = (nb: string, en: string, attribute: string): Field =>
  code(nb, en, '@self', { kode: `${attribute}.kode`, navn: `${attribute}.navn` });

/** How things are made ready for learning platforms, as far as the resource has it. */
export const lms = (attributes: {
  readonly eksport?: string;
  readonly romkode?: string;
  readonly tjenestenummer?: string;
}): Field =>
  object('Det læringsplattformer trenger.', 'What learning platforms need.', '@self', {
    ...(attributes.eksport === undefined
      ? {}
      : { eksport: value('Sann når den skal ut.', 'True when it goes out.', attributes.eksport) }),
    ...(attributes.romkode === undefined
      ? {}
      : { romkode: value('Koden for malen til rommet.', 'Code of the template of the room.', attributes.romkode) }),
    ...(attributes.tjenestenummer === undefined
      ? {}
      : { tjenestenummer: value('Nummeret i plattformen.', 'Number in the platform.', attributes.tjenestenummer) }),
  });

type Values = Readonly<Record<string, unknown>>;
const isValues = (given: unknown): given is Values => typeof given === 'object' && given !== null;

/** A list of what stands in several attributes, each with the word for it; nothing where none has a value. */
const typedList = (
  name: string,
  types: Readonly<Record<string, string>>,
  properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  read: (given: unknown) => Values | undefined,
): Converter => {
  const entries = Object.entries(types);
  return {
    name: `${name}:${entries.flat().join(',')}`,
    schema: {
      type: 'array',
      items: {
        type: 'object',
        properties: { type: { type: 'string', enum: Object.keys(types) }, ...properties },
        required: ['type'],
      },
    },
    looksAt: Object.values(types),
    apply: (values) => {
      if (!isValues(values)) return undefined;
      const list: Values[] = [];
      for (const [type, attribute] of entries) {
        const one = read(values[attribute]);
        if (one !== undefined && Object.keys(one).length > 0) list.push({ type, ...one });
      }
      return list.length === 0 ? undefined : list;
    },
  };
};

const date = { type: 'string', format: 'date' };
const text = { type: 'string' };

const withValues = (given: Values): Values => {
  const some: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(given))
    if (one !== undefined && one !== null && one !== '') some[name] = one;
  return some;
};

/** First and last day of a period. */
export const daysOf = (given: unknown): Values | undefined =>
  isValues(given)
    ? withValues({ fraDato: civilDateOf(given['fraDato']), tilDato: civilDateOf(given['tilDato']) })
    : undefined;

/** Periods, each of an attribute, by the words for them. */
export const periods = (types: Readonly<Record<string, string>>): Field =>
  value('Perioder, hver med sin type.', 'Periods, each of a type.', '@self', {
    convert: typedList('periods', types, { fraDato: date, tilDato: date }, daysOf),
  });

/** One period. */
export const period = (nb: string, en: string, from: MappingPath): Field =>
  value(nb, en, from, {
    convert: {
      name: 'period',
      schema: { type: 'object', properties: { fraDato: date, tilDato: date } },
      apply: (given) => {
        const days = daysOf(given);
        return days === undefined || Object.keys(days).length === 0 ? undefined : days;
      },
    },
  });

/** Addresses of mail. */
export const mails = (types: Readonly<Record<string, string>>): Field =>
  value('E-postadresser, hver med sin type.', 'E-mail addresses, each of a type.', '@self', {
    convert: typedList('mails', types, { adresse: text }, (given) =>
      typeof given === 'string' && given !== '' ? { adresse: given } : undefined,
    ),
  });

/** Telephone numbers. */
export const phones = (types: Readonly<Record<string, string>>): Field =>
  value('Telefonnumre, hvert med sin type.', 'Telephone numbers, each of a type.', '@self', {
    convert: typedList('phones', types, { landnummer: text, nummer: text, merknad: text }, (given) =>
      isValues(given)
        ? withValues({ landnummer: given['landnummer'], nummer: given['nummer'], merknad: given['merknad'] })
        : undefined,
    ),
  });

/** Postal addresses. */
export const addresses = (types: Readonly<Record<string, string>>): Field =>
  value('Adresser, hver med sin type.', 'Addresses, each of a type.', '@self', {
    convert: typedList('addresses', types, { co: text, gate: text, postnummerOgSted: text, land: text }, (given) =>
      isValues(given)
        ? withValues({
            co: given['co'],
            gate: given['gate'],
            postnummerOgSted: given['postnummerOgSted'],
            land: given['land'],
          })
        : undefined,
    ),
  });

/** References to units, each by the word for what it has to do with the resource: `{ STUDIE: <relation> }`. */
export const units = (types: Readonly<Record<string, string>>): Field =>
  value('Organisasjonsenheter, hver med sin type.', 'Organisational units, each of a type.', '@self', {
    convert: {
      name: `units:${Object.entries(types).flat().join(',')}`,
      schema: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            href: { type: 'string', format: 'uri' },
            ...Object.fromEntries(partsOf('organisasjonsenheter').map(({ name }) => [name, { type: 'integer' }])),
            type: { type: 'string', enum: Object.keys(types) },
          },
          required: ['href', 'type'],
        },
      },
      looksAt: Object.values(types).map((relation) => `${relation}.naturligNokkel`),
      apply: (_values, _now, row) => {
        const list = Object.entries(types).flatMap(([type, relation]) =>
          (row.parts[relation] ?? []).flatMap((unit) => {
            const key = identifierIn(unit.values['naturligNokkel']);
            return key === undefined ? [] : [{ ...unitReference(key), type }];
          }),
        );
        return list.length === 0 ? undefined : list;
      },
    },
  });

const identifierIn = (given: unknown): string | undefined => {
  const found = isValues(given) ? given['identifikatorverdi'] : undefined;
  return typeof found === 'string' ? found : undefined;
};

const unitReference = (key: string): Values => {
  const parts = addressParts({ key: 'naturligNokkel' }, key);
  return {
    href: pathOf('organisasjonsenheter', key),
    ...Object.fromEntries(
      partsOf('organisasjonsenheter').flatMap(({ name }, index) => {
        const part = parts[index];
        return part !== undefined && /^\d+$/.test(part) ? [[name, Number(part)]] : [];
      }),
    ),
  };
};

/** A decimal, which is kept as text, as a number. */
export const decimal: Converter = {
  name: 'decimalNumber',
  schema: { type: 'number' },
  apply: (given) => {
    const number = typeof given === 'string' || typeof given === 'number' ? Number(given) : Number.NaN;
    return Number.isFinite(number) ? number : undefined;
  },
};

/** The opposite of a flag. */
export const negated: Converter = {
  name: 'negated',
  schema: { type: 'boolean' },
  apply: (given) => (typeof given === 'boolean' ? !given : undefined),
};

/** The same of every row. */
export const always = (given: boolean): Converter => ({
  name: `always:${given}`,
  schema: { type: 'boolean' },
  looksAt: [],
  apply: () => given,
});
