// How a person is written: name, address, telephone, links to codes, from the facts about an invented human. Called by the files that invent the
// people of the county and of the municipality. It must not know who lives where or what anybody does.

import { noon } from './calendar.ts';
import { identified } from './collection.ts';
import { href, target, to, type Links } from './links.ts';
import { plainLetters, type PersonName } from './names.ts';
import { drawBelow, drawFrom, drawPercent, salt } from './random.ts';

export type Human = {
  readonly nationalId: string;
  readonly name: PersonName;
  readonly female: boolean;
  readonly birth: number;
};

/** Where a household lives: the municipality by its number, and the postal address there. */
export type Locality = { readonly number: string; readonly postcode: string; readonly place: string };

/** What decides how people are written: the seed, and where households live. */
export type Setting = { readonly seed: number; readonly localityOf: (household: number) => Locality };

const ADDRESS = salt('household.address');
const HOUSE = salt('household.number');
const PHONE = salt('person.phone');
const COUNTRY = salt('person.country');
const LANGUAGE = salt('person.language');

const STREETS =
  'Fjordveien Skolegata Bekkefaret Storgata Lia Åsvegen Øvre Ringvei Kirkebakken Strandgata Sørlia Nordre Allé Myrstien Blåbærveien Elvegata Utsikten'.split(
    ' ',
  );

const COUNTRY_TARGET = target('felles/kodeverk/iso/landkode');
const SEX_TARGET = target('felles/kodeverk/iso/kjonn');
const LANGUAGE_TARGET = target('felles/kodeverk/iso/sprak');
const MUNICIPALITY_TARGET = target('felles/kodeverk/kommune');

/** Links to a country, as nested addresses carry it. */
const countryLinks = (code = 'NO', variant = 0): Links => ({ land: to(COUNTRY_TARGET, code, variant) });

/** Writes the address of a household (any number), with a link of its own to the country. */
export const writeAddress = ({ seed, localityOf }: Setting, household: number): Readonly<Record<string, unknown>> => {
  const { postcode, place } = localityOf(household);
  return {
    adresselinje: [`${drawFrom(seed, ADDRESS, household, STREETS)} ${drawBelow(seed, HOUSE, household, 140) + 1}`],
    postnummer: postcode,
    poststed: place,
    _links: countryLinks('NO', household),
  };
};

/** Gives a telephone number of the range 6805 0000-6805 9999, said to be set aside for fiction. */
export const phoneOf = ({ seed }: { readonly seed: number }, number: number): string =>
  `6805${String(drawBelow(seed, PHONE, number, 10_000)).padStart(4, '0')}`;

/** Writes an e-mail address below the invented realm. */
export const mailOf = (human: Human, number: number, domain: string): string =>
  `${plainLetters(human.name.fornavn)}.${plainLetters(human.name.etternavn)}${number}@${domain}`;

const FOREIGN = ['SE', 'PL', 'UA', 'SO', 'SY', 'ER', 'PK', 'VN', 'IQ', 'DE'];
const MOTHER_TONGUES = ['nb', 'nb', 'nb', 'nb', 'nn', 'nb', 'pl', 'ar', 'so', 'uk', 'ti', 'ur', 'vi', 'en', 'se'];

/** The codes of address protection: none, client address, confidential, strictly confidential. */
export type Marking = 'ugradert' | 'klientadresse' | 'fortrolig' | 'strengtFortrolig';

export type PersonRole = {
  /** Any number of the person's own; also decides link forms. */
  readonly number: number;
  readonly household: number;
  readonly mailDomain: string;
  readonly marking: Marking;
  readonly extra?: Links;
  readonly address?: boolean;
  readonly nationality?: string;
  readonly writtenNorwegian?: 'nb' | 'nn' | 'se';
  /** The day a national id stopped being in use. */
  readonly ended?: number;
  /** Attributes beyond those of everybody. */
  readonly attributes?: Readonly<Record<string, unknown>>;
};

/** Writes a Person resource from the facts about a human and the role it appears in. */
export const writePerson = (setting: Setting, human: Human, role: PersonRole): Readonly<Record<string, unknown>> => {
  const { number, household } = role;
  const { seed } = setting;
  const nationality =
    role.nationality ?? (drawPercent(seed, COUNTRY, number, 9) ? drawFrom(seed, COUNTRY, number + 1, FOREIGN) : 'NO');
  const reachable = role.address !== false && role.ended === undefined;
  return {
    fodselsnummer:
      role.ended === undefined
        ? identified(human.nationalId)
        : {
            identifikatorverdi: human.nationalId,
            gyldighetsperiode: { start: noon(human.birth), slutt: noon(role.ended) },
          },
    navn: human.name,
    fodselsdato: noon(human.birth),
    adressebeskyttelse: role.marking,
    ...role.attributes,
    ...(reachable
      ? {
          bostedsadresse: writeAddress(setting, household),
          kontaktinformasjon: {
            epostadresse: mailOf(human, number, role.mailDomain),
            mobiltelefonnummer: phoneOf(setting, number),
          },
        }
      : {}),
    _links: {
      kjonn: to(SEX_TARGET, human.female ? '2' : '1', number),
      ...(role.address === false
        ? {}
        : { kommune: to(MUNICIPALITY_TARGET, setting.localityOf(household).number, number + 1) }),
      statsborgerskap:
        nationality !== 'NO' && number % 4 === 0
          ? [href(COUNTRY_TARGET, nationality, number), href(COUNTRY_TARGET, 'NO', number)]
          : to(COUNTRY_TARGET, nationality, number),
      malform: to(LANGUAGE_TARGET, role.writtenNorwegian ?? (number % 7 === 0 ? 'nn' : 'nb'), number),
      morsmal: to(LANGUAGE_TARGET, drawFrom(seed, LANGUAGE, number, MOTHER_TONGUES), number),
      ...role.extra,
    },
  };
};
