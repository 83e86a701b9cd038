// The operations of FSWS-BAS that read (facts 5.1 and 5.2): persons by what identifies them, persons as a list, and the lists that user administration makes
// groups of. Called by fsws-bas-api.ts; those that write are in writes.ts.
import type { Clock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { Walk } from '#hub/documents/document.ts';
import type { Hub, QueryContext } from '#hub/query.ts';
import { civilNow } from '#mappings/converters.ts';
import { allOf } from '#mappings/narrowing.ts';
import { projectionOf, noFacts, type FactsMaker } from '#mappings/project.ts';
import type { Model, Text } from '#model/model.ts';
import { changedSince, momentOf } from '#services/changed-since.ts';
import { formOfMapping } from '#services/mapping-form.ts';
import type { ElementForm, Handled, ServiceCall, ServiceOperation, ServiceParameter } from '#services/service.ts';
import { toldAs } from '#services/statuses.ts';
import { tableRows, type TableRowsAsked } from '#services/table-rows.ts';
import { notThere } from '#services/walked-rows.ts';
import { readTable } from '#tables/read-table.ts';
import type { Given, Table, TableReading, Tables } from '#tables/table.ts';
import { everyList, term } from './mappings/lists.ts';
import { activeOn, activePlaces, isActive, person, personId } from './mappings/person.ts';

export type BasDeps = {
  readonly model: Model;
  readonly tables: Pick<Tables, 'list' | 'walk' | 'write' | 'outcome'>;
  readonly walk: Walk;
  readonly hub: Pick<Hub, 'run'>;
  readonly clock: Pick<Clock, 'now'>;
};

/** A parameter that names somebody. */
const number: ServiceParameter = {
  name: 'personlopenr',
  type: 'integer',
  minimum: 1,
  describe: { nb: 'Personens løpenummer.', en: 'Number of the person.' },
};

const identifiers: readonly ServiceParameter[] = [
  number,
  {
    name: 'brukernavn',
    type: 'string',
    maxLength: 100,
    describe: { nb: 'Hele brukernavnet, med domene.', en: 'The whole user name, with its domain.' },
  },
  {
    name: 'epost',
    type: 'string',
    maxLength: 254,
    describe: { nb: 'En av e-postadressene.', en: 'One of the e-mail addresses.' },
  },
  {
    name: 'fnr',
    type: 'string',
    pattern: '[0-9]{11}',
    nationalId: true,
    describe: { nb: 'Fødselsnummeret.', en: 'The national id.' },
  },
];

const seen: Text = {
  nb: 'Bare personer og opplysninger som applikasjonen har tilgang til, er med.',
  en: 'Only persons and values that the application has access to are there.',
};

const about = ({ nb, en }: Text): Text => ({ nb: `${nb} ${seen.nb}`, en: `${en} ${seen.en}` });

/** The operations that read. Throws at start when a table does not fit the model. */
export const readOperations = (deps: BasDeps): readonly ServiceOperation[] => [
  findPerson(deps),
  onePerson(deps),
  listPersons(deps),
  ...lists(deps),
];

// --- One person -----------------------------------------------------------------------------------------------------------------

/** Whoever names a person has to name one. */
export const severalPersons: Handled = {
  kind: 'problem',
  problem: toldAs(problem('HUB-409', 'Several persons answer to this; name one by its number.'), 'several'),
};

/** The first rows of a table that match one of some choices, as texts. */
const rowsBy = async (
  { tables, clock }: BasDeps,
  reading: TableReading,
  choices: readonly Given[],
  { notation, context }: Pick<ServiceCall, 'notation' | 'context'>,
): Promise<readonly string[] | Handled> => {
  const now = civilNow(clock.now());
  const projection = projectionOf(reading.mapping, { fields: null, includes: new Set(), now }, noFacts, {
    notation,
    id: null,
  });
  const found = new Map<number, string>();
  for (const given of choices) {
    const list = await tables.list(reading, projection, { given, page: { after: null, size: 2 } }, context);
    if (list.kind === 'refused') return { kind: 'problem', problem: list.problem };
    if (list.kind === 'rows') for (const { uid, bytes } of list.rows) found.set(uid, bytes.toString('utf8'));
  }
  return [...found.values()];
};

const single = (rows: readonly string[] | Handled): Handled => {
  if ('kind' in rows) return rows;
  const [first, second] = rows;
  return first === undefined ? notThere : second === undefined ? { kind: 'one', text: first } : severalPersons;
};

const mails = ['epostPrivat', 'epostInstitusjon', 'epostArbeid'] as const;

const findPerson = (deps: BasDeps): ServiceOperation => {
  const reading = readTable(personId, deps.model);
  return {
    name: 'hentPersonId',
    rest: { method: 'GET', path: '/hent/personid' },
    soap: true,
    summary: { nb: 'Hvem noen er.', en: 'Who somebody is.' },
    describe: about({
      nb: 'Finner én person ved løpenummer, brukernavn, e-post eller fødselsnummer. Domenet er tatt bort fra brukernavnet i svaret.',
      en: 'Finds one person by number, user name, e-mail or national id. The user name in the answer is without its domain.',
    }),
    parameters: identifiers,
    exactlyOne: identifiers.map(({ name }) => name),
    answer: { kind: 'one', element: formOfMapping(reading.mapping) },
    examples: [
      { summary: { nb: 'Ved løpenummer', en: 'By number' }, values: { personlopenr: '{personlopenr}' }, status: 200 },
    ],
    handle: async (call) => {
      const { epost, ...given } = call.values;
      const choices = epost === undefined ? [given] : mails.map((name) => ({ [name]: epost }));
      return single(await rowsBy(deps, reading, choices, call));
    },
  };
};

const onePerson = (deps: BasDeps): ServiceOperation => {
  const reading = readTable(person, deps.model);
  return {
    name: 'hentPerson',
    rest: { method: 'GET', path: '/hent/person/{personlopenr}' },
    soap: true,
    summary: { nb: 'En person.', en: 'A person.' },
    describe: about({ nb: 'Det som er kjent om en person.', en: 'What is known about a person.' }),
    parameters: [{ ...number, required: true }],
    answer: { kind: 'one', element: formOfMapping(reading.mapping) },
    reconstructed: true,
    examples: [
      { summary: { nb: 'En person', en: 'A person' }, values: { personlopenr: '{personlopenr}' }, status: 200 },
    ],
    handle: async (call) => single(await rowsBy(deps, reading, [call.values], call)),
  };
};

// --- All persons ----------------------------------------------------------------------------------------------------------------

const active: FactsMaker<boolean> = {
  name: 'bas-active',
  needs: activePlaces.flatMap((path) => (path.includes('.') ? [path.slice(0, path.indexOf('.'))] : [])),
  of: (row, now) => isActive(row, now) === true,
};

const noMoment: Handled = {
  kind: 'problem',
  problem: problem('HUB-103', 'The parameters are not as the operation wants them.', {
    errors: [{ at: '/endretSiden', message: 'must be a date or a time' }],
  }),
};

const tooMuchChanged: Handled = {
  kind: 'problem',
  problem: problem('HUB-424', 'So much has changed since then that all may have: read the whole list.'),
};

/** Rows that may have changed since a moment; null when none is named. */
const changedOf = async (
  { hub, walk }: BasDeps,
  { mapping }: TableReading,
  text: string | undefined,
  context: QueryContext,
): Promise<NonNullable<TableRowsAsked['chosen']> | Handled | null> => {
  if (text === undefined) return null;
  const since = momentOf(text);
  if (since === undefined) return noMoment;
  const narrow = await changedSince(hub, mapping.shape, since, context);
  return narrow === null ? tooMuchChanged : { walk, narrow };
};

const listPersons = (deps: BasDeps): ServiceOperation => {
  const reading = readTable(person, deps.model);
  const size = limits.servicePageRows;
  return {
    name: 'hentPersoner',
    rest: { method: 'GET', path: '/hent/personer' },
    soap: true,
    summary: { nb: 'Alle personer.', en: 'All persons.' },
    describe: about({
      nb: `Uten side kommer alle i ett svar; med side så mange som ${size} om gangen, til det ikke kommer flere.`,
      en: `Without a page all come in one answer; with one as many as ${size} at a time, until no more come.`,
    }),
    parameters: [
      {
        name: 'status',
        type: 'string',
        values: ['aktiv', 'alle'],
        describe: {
          nb: 'Bare de som er aktive i dag; alle uten.',
          en: 'Only those who are active today; all without.',
        },
      },
      {
        name: 'endretSiden',
        type: 'string',
        maxLength: 40,
        describe: {
          nb: 'Bare de som kan være endret siden en dag eller et tidspunkt.',
          en: 'Only those that may have changed since a day or a time.',
        },
      },
      {
        name: 'side',
        type: 'integer',
        minimum: 1,
        maximum: 1_000_000,
        describe: { nb: 'Hvilken side, fra 1.', en: 'Which page, from 1.' },
      },
    ],
    answer: {
      kind: 'rows',
      name: 'personer',
      describe: { nb: 'Personer.', en: 'Persons.' },
      row: formOfMapping(reading.mapping),
    },
    reconstructed: true,
    examples: [
      {
        summary: { nb: 'De aktive, side for side', en: 'The active ones, by pages' },
        values: { status: 'aktiv', side: '1' },
        status: 200,
      },
    ],
    handle: async ({ values, notation, context }) => {
      const { status, endretSiden, side } = values;
      const changed = await changedOf(deps, reading, endretSiden, context);
      if (changed !== null && 'kind' in changed) return changed;
      const now = civilNow(deps.clock.now());
      const { walk } = deps;
      const isActiveAlone = status === 'aktiv';
      if (side !== undefined) {
        const narrow = allOf([changed?.narrow ?? null, isActiveAlone ? activeOn(now) : null]);
        const chosen = narrow === null ? {} : { chosen: { walk, narrow } };
        const page = { after: (Number(side) - 1) * size, size };
        return tableRows(deps.tables, [reading], { notation, now, given: {}, page, ...chosen }, context);
      }
      // All in one answer: each is judged as it comes, so that no time is too short for however many there are.
      const asked = { notation, now, given: {}, ...(changed === null ? {} : { chosen: changed }) };
      return tableRows(deps.tables, [reading], isActiveAlone ? { ...asked, counts: active } : asked, context);
    },
  };
};

// --- Lists ----------------------------------------------------------------------------------------------------------------------

/** Every table that is read. */
export const basTables: readonly Table[] = [person, ...everyList.flatMap(({ tables }) => tables)];

const lists = (deps: BasDeps): readonly ServiceOperation[] =>
  everyList.map(({ name, path, element, tables, summary, parameters = [], given, counts, since }) => {
    const readings = tables.map((table) => readTable(table, deps.model));
    return {
      name,
      rest: { method: 'GET', path },
      summary,
      describe: about(summary),
      parameters,
      answer: { kind: 'rows', name: element, describe: summary, row: formOfTables(readings) },
      reconstructed: true,
      examples: [
        {
          summary,
          ...(parameters === term ? { values: { arstall: '2026', terminkode: 'VÅR' } } : {}),
          status: 200,
        },
      ],
      handle: async ({ values, notation, context }) => {
        const also = counts?.(values) ?? null;
        const [first] = readings;
        const chosen =
          since === undefined || first === undefined ? null : await changedOf(deps, first, values[since], context);
        if (chosen !== null && 'kind' in chosen) return chosen;
        return tableRows(
          deps.tables,
          readings,
          {
            notation,
            now: civilNow(deps.clock.now()),
            given: given?.(values) ?? values,
            ...(also === null ? {} : { counts: also }),
            ...(chosen === null ? {} : { chosen }),
          },
          context,
        );
      },
    };
  });

/** Rows of several tables are of one type: the first says it for all. */
const formOfTables = ([first]: readonly TableReading[]): ElementForm => {
  if (first === undefined) throw new Error('A list is made of a table at least.');
  return formOfMapping(first.mapping);
};
