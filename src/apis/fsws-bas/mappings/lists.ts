// The lists that user administration makes groups of, as data: what each is called, of which tables it is made, and what chooses its rows. Read by
// operations.ts.
import { civilNow } from '#mappings/converters.ts';
import { splitKey } from '#mappings/natural-key.ts';
import type { FactsMaker } from '#mappings/project.ts';
import type { Text } from '#model/model.ts';
import type { ServiceCall, ServiceParameter } from '#services/service.ts';
import type { Given, Table } from '#tables/table.ts';
import { activities, cohorts, courses, programmes, teachingUnits, units } from './catalogue.ts';
import { numberChange, registration, staff, student, studyRight } from './people.ts';
import { person } from './person.ts';
import { roles } from './roles.ts';
import { inForceOn } from './value.ts';

/** A list as data: what it is called, what it is made of and what chooses its rows. */
export type List = {
  readonly name: string;
  readonly path: string;
  readonly element: string;
  readonly tables: readonly Table[];
  readonly summary: Text;
  readonly parameters?: readonly ServiceParameter[];
  /** What is asked of the tables; the parameters as they are unless said otherwise. */
  readonly given?: (values: ServiceCall['values']) => Given;
  /** What decides besides; null = nothing. */
  readonly counts?: (values: ServiceCall['values']) => FactsMaker<boolean> | null;
  /** The parameter since which rows may have changed. */
  readonly since?: string;
};

export const term: readonly ServiceParameter[] = [
  {
    name: 'arstall',
    type: 'integer',
    required: true,
    minimum: 1900,
    maximum: 2100,
    describe: { nb: 'Året.', en: 'The year.' },
  },
  {
    name: 'terminkode',
    type: 'string',
    required: true,
    maxLength: 4,
    describe: {
      nb: 'Terminen: VÅR, HØST, SOM, VIT, VÅT eller HØT; også uten norske bokstaver.',
      en: 'The term: VÅR, HØST, SOM, VIT, VÅT or HØT; also without Norwegian letters.',
    },
  },
];

const day = (name: string, describe: Text): ServiceParameter => ({ name, type: 'day', describe });

/** Roles in force on a day. */
const inForce = (on: string | undefined): FactsMaker<boolean> | null =>
  on === undefined
    ? null
    : { name: `bas-in-force:${on}`, needs: [], of: ({ values }) => inForceOn(values['gyldighetsperiode'], on) };

/** Changes of a number on a day or later. */
const changedFrom = (from: string | undefined): FactsMaker<boolean> | null =>
  from === undefined
    ? null
    : {
        name: `bas-changed-from:${from}`,
        needs: [],
        of: ({ values }) => {
          const { identifikatorverdi: key } = (values['naturligNokkel'] ?? {}) as { identifikatorverdi?: unknown };
          const seconds = typeof key === 'string' ? Number(splitKey(key)[1]) : Number.NaN;
          return Number.isSafeInteger(seconds) && civilNow(seconds * 1_000).today >= from;
        },
      };

const dead: FactsMaker<boolean> = { name: 'bas-dead', needs: [], of: ({ values }) => values['erDod'] === true };

export const everyList: readonly List[] = [
  {
    name: 'hentStudenter',
    path: '/hent/studenter',
    element: 'studenter',
    tables: [student],
    summary: { nb: 'Studentene som er registrert i en termin.', en: 'The students registered in a term.' },
    parameters: term,
  },
  {
    name: 'hentFagpersoner',
    path: '/hent/fagpersoner',
    element: 'fagpersoner',
    tables: [staff],
    summary: { nb: 'Fagpersonene.', en: 'The academic staff.' },
  },
  {
    name: 'hentSemesterregistreringer',
    path: '/hent/semesterregistreringer',
    element: 'semesterregistreringer',
    tables: [registration],
    summary: { nb: 'Registreringene i en termin.', en: 'The registrations in a term.' },
    parameters: term,
  },
  {
    name: 'hentStudieretter',
    path: '/hent/studieretter',
    element: 'studieretter',
    tables: [studyRight],
    summary: { nb: 'Studierettene.', en: 'The rights to study.' },
  },
  {
    name: 'hentPersonroller',
    path: '/hent/personroller',
    element: 'personroller',
    tables: roles,
    summary: { nb: 'Rollene personer har.', en: 'The roles that persons have.' },
    parameters: [day('gyldigPaa', { nb: 'Bare de som gjelder denne dagen.', en: 'Only those in force on this day.' })],
    given: () => ({}),
    counts: ({ gyldigPaa }) => inForce(gyldigPaa),
  },
  {
    name: 'hentFnrendringer',
    path: '/hent/fnrendringer',
    element: 'fnrendringer',
    tables: [numberChange],
    summary: { nb: 'Skifter av fødselsnummer.', en: 'Changes of national ids.' },
    parameters: [day('fraDato', { nb: 'Bare denne dagen og senere.', en: 'Only on this day and later.' })],
    given: () => ({}),
    counts: ({ fraDato }) => changedFrom(fraDato),
  },
  {
    name: 'hentDode',
    path: '/hent/dode',
    element: 'dode',
    tables: [person],
    summary: { nb: 'Personer som er døde.', en: 'Persons who are dead.' },
    parameters: [
      day('fraDato', {
        nb: 'Bare de som kan være endret denne dagen eller senere: når noen døde, er ikke kjent.',
        en: 'Only those that may have changed on this day or later: when somebody died is not known.',
      }),
    ],
    given: () => ({}),
    counts: () => dead,
    since: 'fraDato',
  },
  {
    name: 'hentSteder',
    path: '/hent/steder',
    element: 'steder',
    tables: [units],
    summary: { nb: 'Stedene.', en: 'The units.' },
  },
  {
    name: 'hentStudieprogrammer',
    path: '/hent/studieprogrammer',
    element: 'studieprogrammer',
    tables: [programmes],
    summary: { nb: 'Studieprogrammene.', en: 'The programmes.' },
  },
  {
    name: 'hentEmner',
    path: '/hent/emner',
    element: 'emner',
    tables: [courses],
    summary: { nb: 'Emnene.', en: 'The courses.' },
  },
  {
    name: 'hentKull',
    path: '/hent/kull',
    element: 'kullene',
    tables: [cohorts],
    summary: { nb: 'Kullene.', en: 'The cohorts.' },
  },
  {
    name: 'hentUndervisningsenheter',
    path: '/hent/undervisningsenheter',
    element: 'undervisningsenheter',
    tables: [teachingUnits],
    summary: { nb: 'Undervisningsenhetene.', en: 'The units of teaching.' },
  },
  {
    name: 'hentUndervisningsaktiviteter',
    path: '/hent/undervisningsaktiviteter',
    element: 'undervisningsaktiviteter',
    tables: [activities],
    summary: { nb: 'Undervisningsaktivitetene.', en: 'The activities of teaching.' },
  },
];
