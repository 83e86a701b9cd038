// Rows of tables for an answer of a service: those that match exactly, in the notation that was asked for, a page at a time, however many there are. Called by
// handlers of services; asks the hub through the tables alone.
import type { DocumentNode, Narrow, Walk } from '#hub/documents/document.ts';
import type { QueryContext } from '#hub/query.ts';
import type { CivilNow } from '#mappings/mapping.ts';
import type { Notation } from '#mappings/notation.ts';
import { noFacts, projectionOf, type FactsMaker } from '#mappings/project.ts';
import type { Given, TableReading, Tables } from '#tables/table.ts';
import type { Handled } from './service.ts';
import { notThere } from './walked-rows.ts';

export type TableRowsAsked = {
  readonly notation: Notation;
  readonly now: CivilNow;
  readonly given: Given;
  /** Rows by a choice of the caller besides, which is exact. */
  readonly chosen?: { readonly walk: Walk; readonly narrow: Narrow };
} & (
  | {
      /** What decides besides: rows of which it makes true. */
      readonly counts?: FactsMaker<boolean>;
      readonly page?: never;
    }
  | {
      /** So many rows after so many. A page is known by its place: what stands before it is not read, so that a choice alone may decide. */
      readonly page: { readonly after: number; readonly size: number };
      readonly counts?: never;
    }
);

/** The rows of tables whose rows are of one type, one table after another. Missing where the caller has none of them. */
export const tableRows = async (
  tables: Pick<Tables, 'walk' | 'list'>,
  readings: readonly TableReading[],
  asked: TableRowsAsked,
  context: QueryContext,
): Promise<Handled> => {
  const { notation, now, given, chosen, counts } = asked;
  const choice = { fields: null, includes: new Set<string>(), now };
  const form = { notation, id: null };
  if (asked.page !== undefined) {
    const [reading, ...others] = readings;
    if (reading === undefined || others.length > 0) throw new Error('A page is of one table.');
    const { after, size } = asked.page;
    const wanted = { given, page: { offset: after, size }, ...(chosen === undefined ? {} : { narrow: chosen.narrow }) };
    const list = await tables.list(reading, projectionOf(reading.mapping, choice, noFacts, form), wanted, context);
    if (list.kind === 'refused') return { kind: 'problem', problem: list.problem };
    if (list.kind === 'missing') return notThere;
    return { kind: 'rows', rows: onePage(list.rows.map(({ bytes }) => bytes.toString())) };
  }
  const found: AsyncIterable<readonly string[]>[] = [];
  for (const reading of readings) {
    const projection = projectionOf(reading.mapping, choice, counts ?? alwaysCounts, form);
    const walked =
      chosen === undefined
        ? await tables.walk(reading, projection, given, context)
        : await chosen.walk({ projection, narrow: chosen.narrow, exact: true }, context);
    if (walked.kind === 'refused') return { kind: 'problem', problem: walked.problem };
    if (walked.kind === 'missing') continue;
    const accept = (row: DocumentNode): boolean => projection.facts(row);
    found.push(textsOf(walked.pages, accept, projection.render));
  }
  return found.length === 0 ? notThere : { kind: 'rows', rows: oneAfterAnother(found) };
};

async function* onePage(rows: readonly string[]): AsyncGenerator<readonly string[], void> {
  if (rows.length > 0) yield rows;
}

const alwaysCounts: FactsMaker<boolean> = { ...noFacts, name: 'all', of: () => true };

async function* textsOf(
  pages: AsyncIterable<Iterable<DocumentNode>>,
  accept: (row: DocumentNode) => boolean,
  render: (row: DocumentNode) => string,
): AsyncGenerator<readonly string[], void> {
  for await (const page of pages) {
    const texts: string[] = [];
    for (const row of page) if (accept(row)) texts.push(render(row));
    yield texts;
  }
}

async function* oneAfterAnother(
  all: readonly AsyncIterable<readonly string[]>[],
): AsyncGenerator<readonly string[], void> {
  for (const one of all) yield* one;
}
