// select and selectMany: rows by columns, one exactly or all as a stream. Called by fsws-crud-api.ts.
import type { ApiAnswer } from '#apis/api.ts';
import { civilNow } from '#mappings/converters.ts';
import { projectionOf, type FactsMaker } from '#mappings/project.ts';
import { xmlNotation } from '#mappings/xml-notation.ts';
import type { DocumentNode, Projection } from '#hub/documents/document.ts';
import type { TableList } from '#tables/table.ts';
import type { Status } from '#services/statuses.ts';
import { statusOfRefusal } from '#services/written-status.ts';
import { answered, closeOf, openOf, turnedAway, xmlType } from './answers.ts';
import { keyName, type VariantReading } from './crud-table.ts';
import type { Crud, CrudCall, ReadyTable } from './deps.ts';
import { failed, ok, type Outcome } from './outcome.ts';
import type { RequestXml } from './request-xml.ts';
import { choiceOf, knownColumns, resolvePerson, tableNamed, withPerson, type Choice } from './sought.ts';

const nothing: ReadonlySet<string> = new Set();
const shown: FactsMaker<boolean> = { name: 'all', needs: [], of: () => true };

/** How rows of a variant are written; what they are decided by is whether they are rows of the table at all. */
export const projectionFor = (
  { reading, variant }: VariantReading,
  today: ReturnType<typeof civilNow>,
): Projection<boolean> => {
  const { shows } = variant;
  const facts: FactsMaker<boolean> =
    shows === undefined ? shown : { name: variant.name, needs: shows.needs, of: shows.holds };
  return projectionOf(reading.mapping, { fields: null, includes: nothing, now: today }, facts, {
    notation: xmlNotation,
    id: null,
  });
};

/** Where rows are to be looked for: variants that can have some, each with what they are chosen by. */
type Search = readonly { readonly of: VariantReading; readonly choice: Choice }[];

const searchOf = (table: ReadyTable, columns: ReadonlyMap<string, string>): Outcome<Search> => {
  const search: { readonly of: VariantReading; readonly choice: Choice }[] = [];
  for (const of of table.variants) {
    const choice = choiceOf(of, columns);
    if (!choice.ok) return choice;
    if (choice.value !== null) search.push({ of, choice: choice.value });
  }
  const wide = table.table.bounded !== true && search.some(({ choice }) => !choice.few);
  return wide ? failed({ name: 'wide' }) : ok(search);
};

/** Null when nobody has the national id: no row matches. */
const searched = async (crud: Crud, sent: RequestXml, call: CrudCall): Promise<Outcome<Search | null>> => {
  const table = tableNamed(crud, sent.table);
  if (!table.ok) return table;
  const known = knownColumns(table.value, sent.columns.keys());
  if (!known.ok) return known;
  const resolved = await resolvePerson(crud, sent.columns, call);
  if (!resolved.ok) return resolved;
  const columns = withPerson(resolved.value);
  return columns === null ? ok(null) : searchOf(table.value, columns);
};

/** Exactly one row. */
export const select = async (crud: Crud, sent: RequestXml, call: CrudCall): Promise<ApiAnswer> => {
  const search = await searched(crud, sent, call);
  if (!search.ok) return turnedAway(search.status, call.request);
  const now = civilNow(crud.deps.clock.now());
  const found: string[] = [];
  for (const { of, choice } of search.value ?? []) {
    const refused = await gather(crud, of, choice, projectionFor(of, now), found, call);
    if (refused !== null) return answered('select', refused, call.request);
    if (found.length > 1) return answered('select', { name: 'several' }, call.request);
  }
  const [row] = found;
  return row === undefined
    ? answered('select', { name: 'none' }, call.request)
    : answered('select', { name: 'ok' }, call.request, row);
};

// What does not show among them makes no page empty for long: few rows have nothing to show.
const pageSize = 50;

/** Puts rows of a variant into `into`, until there are two. Gives why it cannot; null when it can. */
const gather = async (
  crud: Crud,
  of: VariantReading,
  { given }: Choice,
  projection: Projection<boolean>,
  into: string[],
  call: CrudCall,
): Promise<Status | null> => {
  const { tables } = crud.deps;
  const { [keyName]: key, ...others } = given;
  // The key alone names one: nothing has to be looked for.
  if (key !== undefined && Object.keys(others).length === 0) {
    const found = await tables.one(of.reading, projection, key, call.context);
    if (found.kind === 'refused') return statusOfRefusal(found.problem);
    if (found.kind === 'row' && found.row.facts === true) into.push(found.row.bytes.toString('utf8'));
    return null;
  }
  const size = of.variant.shows === undefined ? 2 : pageSize;
  let after: number | null = null;
  do {
    const page: TableList = await tables.list(of.reading, projection, { given, page: { after, size } }, call.context);
    // No grant for it: what is not to be seen is not there.
    if (page.kind === 'missing') return null;
    if (page.kind === 'refused') return statusOfRefusal(page.problem);
    for (const { facts, bytes } of page.rows) if (facts === true && into.length < 2) into.push(bytes.toString('utf8'));
    after = page.next;
  } while (after !== null && into.length < 2);
  return null;
};

type Walked = { readonly pages: AsyncIterable<Iterable<DocumentNode>>; readonly projection: Projection<boolean> };

/** All rows, as they are read. */
export const selectMany = async (crud: Crud, sent: RequestXml, call: CrudCall): Promise<ApiAnswer> => {
  const search = await searched(crud, sent, call);
  if (!search.ok) return turnedAway(search.status, call.request);
  const now = civilNow(crud.deps.clock.now());
  const walks: Walked[] = [];
  for (const { of, choice } of search.value ?? []) {
    const projection = projectionFor(of, now);
    const walk = await crud.deps.tables.walk(of.reading, projection, choice.given, call.context);
    if (walk.kind === 'refused') return answered('selectMany', statusOfRefusal(walk.problem), call.request);
    if (walk.kind === 'walk') walks.push({ pages: walk.pages, projection });
  }
  const attached = sent.root.includes('Attachment');
  return {
    kind: 'stream',
    status: 200,
    type: xmlType,
    headers: {
      'Cache-Control': 'no-store',
      ...(attached ? { 'Content-Disposition': `attachment; filename="${sent.table}.xml"` } : {}),
    },
    chunks: chunksOf(walks),
  };
};

const chunkLetters = 65_536;

async function* chunksOf(walks: readonly Walked[]): AsyncGenerator<Buffer> {
  let text = openOf('selectMany');
  for (const { pages, projection } of walks)
    for await (const page of pages)
      for (const node of page) {
        if (!projection.facts(node)) continue;
        text += projection.render(node);
        if (text.length < chunkLetters) continue;
        yield Buffer.from(text);
        text = '';
      }
  yield Buffer.from(text + closeOf('selectMany'));
}
