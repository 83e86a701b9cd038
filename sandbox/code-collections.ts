// The code lists of the county as collections: common, administration, archive and education.
// Called by county.ts, first of all, since everything else links to codes. It must not know people or schools' classes.

import { noon, dayNumber } from './calendar.ts';
import { MARKS, PLAIN_LISTS, RICHER_LISTS, readList } from './code-lists.ts';
import { bySystemId, collection, identified, range, type SandboxCollection } from './collection.ts';
import { MUNICIPALITIES, place, type Plan } from './county-plan.ts';
import { target, to, type Links } from './links.ts';
import { at } from './random.ts';

const COUNTY = target('felles/kodeverk/fylke');
const MUNICIPALITY = target('felles/kodeverk/kommune');
const ACCOUNT = target('administrasjon/kodeverk/art');
const WAGE_TYPE = target('administrasjon/kodeverk/lonnsart');
const PROJECT = target('administrasjon/kodeverk/prosjekt');
const PROJECT_KIND = target('administrasjon/kodeverk/prosjektart');
const FUNCTION = target('administrasjon/kodeverk/funksjon');
const EMPLOYMENT_TYPE = target('administrasjon/kodeverk/arbeidsforholdstype');
const JOB_CODE = target('administrasjon/kodeverk/stillingskode');
const SCALE = target('utdanning/kodeverk/karakterskala');

export type Code = readonly [code: string, name: string];
export type More = { readonly attributes?: object; readonly links?: Links };

/** Makes a code list whose entries are known by their codes; `more` adds attributes and links of an entry. */
export const codeList = (
  path: string,
  codes: readonly Code[],
  more: (code: string, index: number) => More = () => ({}),
): SandboxCollection =>
  collection(
    path,
    () => range(codes.length),
    (index) => {
      const [kode, navn] = at(codes, index);
      const { attributes, links } = more(kode, index);
      return bySystemId(kode, { kode, navn, ...attributes }, links);
    },
  );

const external = (path: string): readonly { readonly href: string }[] => [
  { href: `https://kodeverk.vigo.test/${path}` },
];

/** The lists with links or attributes of their own. */
const richerLists = (): readonly SandboxCollection[] => [
  codeList(
    'felles/kodeverk/kommune',
    Array.from(range(MUNICIPALITIES), (index): Code => [String(9901 + index), place(index)]),
    () => ({ links: { fylke: to(COUNTY, '99') } }),
  ),
  codeList('administrasjon/kodeverk/arbeidsforholdstype', readList(RICHER_LISTS.arbeidsforholdstype), (code) =>
    code === 'FT' ? { links: { forelder: to(EMPLOYMENT_TYPE, 'F') } } : {},
  ),
  codeList('administrasjon/kodeverk/lonnsart', readList(RICHER_LISTS.lonnsart), (code) => ({
    attributes: { kategori: code < '2000' ? 'Fast' : 'Variabel' },
    links: {
      art: to(ACCOUNT, code < '1100' ? '10100' : code < '2000' ? '10110' : code === '2000' ? '10300' : '10400'),
    },
  })),
  codeList('administrasjon/kodeverk/fravarstype', readList(RICHER_LISTS.fravarstype), (code) => ({
    attributes: { overfores: code === 'FERIE' },
    links: { lonnsart: to(WAGE_TYPE, '1000') },
  })),
  codeList('administrasjon/kodeverk/funksjon', readList(RICHER_LISTS.funksjon), (code) =>
    code > '520' && code < '530' ? { links: { overordnet: to(FUNCTION, '520') } } : {},
  ),
  codeList('administrasjon/kodeverk/prosjektart', readList(RICHER_LISTS.prosjektart), (code) =>
    code === 'PA21'
      ? { links: { overordnet: to(PROJECT_KIND, 'PA2') } }
      : { links: { prosjekt: to(PROJECT, 'P2600') } },
  ),
  codeList('administrasjon/kodeverk/stillingskode', readList(RICHER_LISTS.stillingskode), (code) =>
    code === '7962' || code === '7966' ? { links: { forelder: to(JOB_CODE, code === '7962' ? '7961' : '7963') } } : {},
  ),
  codeList('utdanning/kodeverk/karakterskala', readList(RICHER_LISTS.karakterskala), (code) => ({
    links: { vigoreferanse: external(`karakterskala/${code}`) },
  })),
  codeList('utdanning/kodeverk/otstatus', readList(RICHER_LISTS.otstatus), (code) => ({
    attributes: { type: code === 'AVS' ? 'Avsluttet' : 'Aktiv', beskrivelse: 'Status i oppfølgingstjenesten' },
  })),
  codeList('utdanning/kodeverk/otenhet', readList(RICHER_LISTS.otenhet), (_, index) => ({
    links: { kommune: to(MUNICIPALITY, String(9901 + index)) },
  })),
];

/** Names the code of a school year, such as `20262027`. */
export const schoolYearCode = (year: number): string => `${year}${year + 1}`;

/** Names the code of a term: the autumn (1) or the spring (2) of a school year. */
export const termCode = (year: number, half: 1 | 2): string => `${schoolYearCode(year)}-${half}`;

const FIRST_YEARS_BACK = 30;
const SCHOOL_YEARS = 41;

/** The school years from `first` on, passive before `active`, and their terms. */
export const schoolYearLists = (first: number, years: number, active: number): readonly SandboxCollection[] => [
  collection(
    'utdanning/kodeverk/skolear',
    () => range(years),
    (index) => {
      const year = first + index;
      return bySystemId(schoolYearCode(year), {
        kode: schoolYearCode(year),
        navn: `Skoleåret ${year}/${year + 1}`,
        gyldighetsperiode: { start: noon(dayNumber(year, 8, 1)), slutt: noon(dayNumber(year + 1, 7, 31)) },
        passiv: year < active,
      });
    },
  ),
  collection(
    'utdanning/kodeverk/termin',
    () => range(years * 2),
    (index) => {
      const year = first + (index >> 1);
      const half = index % 2 === 0 ? 1 : 2;
      const start = half === 1 ? dayNumber(year, 8, 1) : dayNumber(year + 1, 1, 1);
      const end = half === 1 ? dayNumber(year, 12, 31) : dayNumber(year + 1, 7, 31);
      return bySystemId(termCode(year, half), {
        kode: termCode(year, half),
        navn: half === 1 ? `Høsten ${year}` : `Våren ${year + 1}`,
        gyldighetsperiode: { start: noon(start), slutt: noon(end) },
      });
    },
  ),
];

/** The responsibility code of a school or, with no school, of the county administration. */
export const responsibilityCode = (school?: { readonly index: number }): string =>
  school === undefined ? '1000' : String(4001 + school.index);

const responsibilities = (plan: Plan): SandboxCollection =>
  codeList(
    'administrasjon/kodeverk/ansvar',
    [
      ['1000', 'Fylkeskommunen felles'],
      ['4000', 'Opplæring felles'],
      ...plan.schools.map((school): Code => [responsibilityCode(school), `${school.place} videregående skole`]),
    ],
    (code) =>
      code === '1000'
        ? {}
        : { links: { overordnet: to(target('administrasjon/kodeverk/ansvar'), code === '4000' ? '1000' : '4000') } },
  );

/** Marks are values of a scale; their systemId names both, since codes repeat between scales. */
const marks = (): SandboxCollection =>
  collection(
    'utdanning/vurdering/karakterverdi',
    () => MARKS,
    ([scale, kode, navn]) => bySystemId(`${scale}-${kode}`, { kode, navn }, { skala: to(SCALE, scale) }),
  );

const currencies = (): SandboxCollection =>
  collection(
    'felles/kodeverk/valuta',
    () =>
      [
        ['NOK', '578', 'Norske kroner'],
        ['EUR', '978', 'Euro'],
      ] as const,
    ([letters, number, navn]) => ({
      identifier: letters,
      resource: { bokstavkode: identified(letters), nummerkode: identified(number), navn },
    }),
  );

/** Gives every code list of the county, those without links first. */
export const codeCollections = (plan: Plan): readonly SandboxCollection[] => [
  ...Object.entries(PLAIN_LISTS).map(([path, text]) => codeList(path, readList(text))),
  currencies(),
  ...richerLists(),
  responsibilities(plan),
  ...schoolYearLists(plan.schoolYear - FIRST_YEARS_BACK, SCHOOL_YEARS, plan.schoolYear - 5),
  marks(),
];
