// FSWS-BRIS as a service: one operation for each kind of figures, rows of a term, narrowed to a unit and by nothing else. Called by fsws-bris-api.ts; the
// frame reads requests and writes answers.
import { problem } from '#base/errors.ts';
import { xmlNotation } from '#mappings/xml-notation.ts';
import { refusedParameter } from '#services/refused-parameter.ts';
import type {
  ElementForm,
  Handled,
  OtherType,
  Service,
  ServiceCall,
  ServiceOperation,
  ServiceParameter,
} from '#services/service.ts';
import { yearOfTerm } from '#services/term-parameters.ts';
import type { FigureRow } from './figures.ts';
import type { Sheets } from './kept-sheets.ts';
import { unitColumn } from './mappings/columns.ts';
import { reportedTerm } from './release-days.ts';
import type { DerivedSheet, Sheet } from './sheet.ts';

export const apiId = 'fsws-bris';

export type BrisDeps = {
  readonly sheets: Sheets;
  /** The number by which the organisation is an institution; null when it is none. */
  readonly institutionNumber: (tenant: string) => Promise<string | null>;
};

const parameters: readonly ServiceParameter[] = [
  yearOfTerm,
  {
    name: 'terminkode',
    type: 'string',
    minLength: 1,
    maxLength: 8,
    required: true,
    describe: { nb: 'VÅR eller HØST; VAR og HOST tas også.', en: 'VÅR or HØST; VAR and HOST are taken too.' },
  },
  {
    name: 'institusjonsnr',
    type: 'string',
    pattern: '[0-9]{1,8}',
    describe: {
      nb: 'Nummeret til institusjonen som gir tilgangen. Et annet nummer gir det samme svaret som ingen tilgang.',
      en: 'Number of the institution that gives access. Another number gets the answer that no access gets.',
    },
  },
  ...(['fakultetsnr', 'instituttnr', 'gruppenr'] as const).map((name): ServiceParameter => ({
    name,
    type: 'string',
    pattern: '-1|[0-9]{1,2}',
    describe: {
      nb: 'Bare rader for denne enheten; -1 er alle.',
      en: 'Only rows of this unit; -1 means all.',
    },
  })),
];

/** How a row stands in XML and JSON: an element for each column, the figure as a number. */
const rowForm = ({ columns }: Pick<Sheet, 'columns'>): ElementForm => ({
  name: 'rad',
  describe: { nb: 'En celle som vises.', en: 'A cell that is shown.' },
  members: columns.map(({ name, describe }, index): ElementForm => ({
    name,
    describe,
    required: true,
    content: { type: index === columns.length - 1 ? 'decimal' : 'string' },
  })),
});

/** RFC 4180. What a program for tables would take for a formula begins with a quote instead. */
export const csvField = (value: string | number): string => {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const csvLine = (values: readonly (string | number)[]): string => `${values.map(csvField).join(',')}\r\n`;

const csvType = ({ columns }: Pick<Sheet, 'columns'>): OtherType => ({
  type: 'text/csv',
  sent: 'text/csv; charset=utf-8; header=present',
  describe: {
    nb: 'Én linje for hver rad, med kolonnenavnene i den første.',
    en: 'A line for each row, the names of the columns in the first.',
  },
  open: csvLine(columns.map(({ name }) => name)),
  between: '',
  close: '',
});

const writeRow = (type: string, { columns }: Pick<Sheet, 'columns'>): ((row: FigureRow) => string) => {
  if (type === 'text/csv') return (row) => csvLine(row);
  const objectOf = (row: FigureRow): Readonly<Record<string, string | number>> =>
    Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? '']));
  if (type === 'application/json') return (row) => JSON.stringify(objectOf(row));
  const { value } = xmlNotation.member({ name: 'rad' });
  return (row) => value(objectOf(row)) ?? '';
};

/** Says which rows belong to a unit; undefined for a choice that is none: a part below one that is open. */
const unitTest = (values: ServiceCall['values']): ((row: FigureRow) => boolean) | undefined => {
  const given = ['fakultetsnr', 'instituttnr', 'gruppenr'].map((name) => values[name] ?? '-1');
  const first = given.indexOf('-1');
  const named = first === -1 ? given : given.slice(0, first);
  if (given.slice(named.length).some((part) => part !== '-1')) return undefined;
  const start = named.map((part) => part.padStart(2, '0')).join('');
  return (row) => String(row[unitColumn]).startsWith(start);
};

const missing: Handled = { kind: 'problem', problem: problem('HUB-204', 'There are no such figures.') };

const operationOf = (sheet: Sheet | DerivedSheet, deps: BrisDeps): ServiceOperation => ({
  name: sheet.name,
  rest: { method: 'GET', path: `/${sheet.name}` },
  summary: sheet.describe,
  describe: {
    nb: 'Tallene telles én gang, fra dagen de frigis, og er de samme siden. De er avrundet til nærmeste fem, og færre enn tre er utelatt. Personer med adressebeskyttelse er ikke med.',
    en: 'The figures are counted once, from the day of their release, and are the same ever after. They are rounded to the nearest five, and fewer than three are left out. Protected persons are not among them.',
  },
  parameters,
  answer: {
    kind: 'rows',
    name: sheet.name,
    describe: sheet.describe,
    attributes: [
      { name: 'institusjonsnr', type: 'string', required: true },
      { name: 'arstall', type: 'string', required: true },
      { name: 'terminkode', type: 'string', required: true },
      {
        name: 'talt',
        type: 'day',
        required: true,
        describe: { nb: 'Dagen det ble talt.', en: 'The day of counting.' },
      },
    ],
    row: rowForm(sheet),
  },
  others: [csvType(sheet)],
  reconstructed: true,
  examples: [
    {
      summary: { nb: `${sheet.name} for en termin.`, en: `${sheet.name} of a term.` },
      values: { arstall: '2026', terminkode: 'VÅR' },
      status: 200,
    },
  ],
  handle: async ({ values, principal, context, type }) => {
    const term = reportedTerm(values['arstall'] ?? '', values['terminkode'] ?? '');
    if (term === undefined) return refusedParameter('terminkode', 'must be VÅR or HØST of a year from 1900 to 2100');
    const isOfUnit = unitTest(values);
    if (isOfUnit === undefined)
      return refusedParameter(
        'fakultetsnr',
        'goes before instituttnr, and that before gruppenr: a unit is named from above',
      );
    const institution = await deps.institutionNumber(principal.tenant);
    const asked = values['institusjonsnr'];
    if (institution === null || (asked !== undefined && Number(asked) !== Number(institution))) return missing;
    const answer = await deps.sheets.ask(sheet, { term, institution }, context);
    switch (answer.kind) {
      case 'missing':
        return missing;
      case 'refused':
        return { kind: 'problem', problem: answer.problem };
      case 'not-yet':
        return refusedParameter('terminkode', `is too late: these figures are released on ${answer.day}`);
      case 'incomplete':
        return {
          kind: 'problem',
          problem: problem('HUB-501', 'The institution has not delivered everything yet: nothing is counted before.'),
        };
      case 'figures': {
        const { day, rows } = answer.figures;
        const write = writeRow(type, sheet);
        return {
          kind: 'rows',
          rows: (async function* () {
            yield rows.filter(isOfUnit).map(write);
          })(),
          more: {
            attributes: { institusjonsnr: institution, arstall: term.year, terminkode: term.code, talt: day },
          },
        };
      }
    }
  },
});

/** The service over these sheets. */
export const brisService = (sheets: readonly (Sheet | DerivedSheet)[], deps: BrisDeps): Service => ({
  id: apiId,
  name: 'bris',
  title: { nb: 'FSWS-BRIS', en: 'FSWS-BRIS' },
  status: 'not-further-developed',
  describe: {
    nb: 'Tall for rapportering om høyere utdanning: registrerte, studiepoeng, kandidater, resultater og søkere, etter institusjon, enhet og termin.',
    en: 'Figures for reports on higher education: students registered, credits, candidates, results and applicants, by institution, unit and term.',
  },
  version: '1.0.0',
  namespace: 'http://fsws.usit.no/schemas/bris',
  prefix: '/fsrest/rest/bris',
  ports: [],
  reconstructed: {
    nb: 'Av FSWS-BRIS er bare navnet og statusen offentlige. Operasjoner, kolonner og regler er vår tolkning.',
    en: 'Of FSWS-BRIS only name and status are public. Operations, columns and rules are our interpretation.',
  },
  operations: sheets.map((sheet) => operationOf(sheet, deps)),
});
