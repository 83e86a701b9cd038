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
  /** What decides besides: rows of which it makes true. */
  readonly counts?: FactsMaker<boolean>;
  /** Of the rows that count: so many after so many, known by their place where all count. Absent = all. */
  readonly page?: { readonly after: number; readonly size: number };
  /** Rows by a choice of the caller instead of what was given, which is exact. */
  readonly chosen?: { readonly walk: Walk; readonly narrow: Narrow };
};

/** The rows of tables whose rows are of one type, one table after another. Missing where the caller has none of them. */
export const tableRows = async (
  tables: Pick<Tables, 'walk' | 'list'>,
  readings: readonly TableReading[],
  asked: TableRowsAsked,
  context: QueryContext,
): Promise<Handled> => {
  const [only, ...others] = readings;
  if (only !== undefined && others.length === 0 && isPlace(asked)) return placed(tables, only, asked, context);
  const found: AsyncIterable<readonly string[]>[] = [];
  for (const reading of readings) {
    const { notation, now, given, chosen, counts } = asked;
    const choice = { fields: null, includes: new Set<string>(), now };
    const form = { notation, id: null };
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
  return found.length === 0 ? notThere : { kind: 'rows', rows: cut(oneAfterAnother(found), asked.page) };
};

type PlacedPage = TableRowsAsked & { readonly page: NonNullable<TableRowsAsked['page']> };

/** Whether all rows count, so that a page of them is known by its place. */
const isPlace = (asked: TableRowsAsked): asked is PlacedPage =>
  asked.page !== undefined && asked.counts === undefined && asked.chosen === undefined;

/** A page by its place: what stands before it is not read. */
const placed = async (
  tables: Pick<Tables, 'list'>,
  reading: TableReading,
  { notation, now, given, page }: PlacedPage,
  context: QueryContext,
): Promise<Handled> => {
  const choice = { fields: null, includes: new Set<string>(), now };
  const projection = projectionOf(reading.mapping, choice, noFacts, { notation, id: null });
  const list = await tables.list(
    reading,
    projection,
    { given, page: { offset: page.after, size: page.size } },
    context,
  );
  if (list.kind === 'refused') return { kind: 'problem', problem: list.problem };
  if (list.kind === 'missing') return notThere;
  return { kind: 'rows', rows: onePage(list.rows.map(({ bytes }) => bytes.toString())) };
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

async function* cut(
  rows: AsyncIterable<readonly string[]>,
  page: TableRowsAsked['page'],
): AsyncGenerator<readonly string[], void> {
  let [skip, left] = [page?.after ?? 0, page?.size ?? Infinity];
  for await (const some of rows) {
    const wanted = some.slice(skip, skip + left);
    skip = Math.max(0, skip - some.length);
    left -= wanted.length;
    if (wanted.length > 0) yield wanted;
    if (left === 0) return;
  }
}
