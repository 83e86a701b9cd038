// Collections and documents, read: from a request that has been understood to an answer. A collection may be of several tables, one after the other; all of one
// goes out as it is read. Called by the operations; knows no type and asks tables alone.
import type { ApiAnswer, ApiRequest } from '#apis/api.ts';
import { problem, type Problem } from '#base/errors.ts';
import type { Clock } from '#base/clock.ts';
import type { FoundDocument, Projection } from '#hub/documents/document.ts';
import type { QueryContext } from '#hub/query.ts';
import { civilNow } from '#mappings/converters.ts';
import { noFacts, projectionOf, type ProjectionForm } from '#mappings/project.ts';
import type { Given, TableReading, TableRow, TableTexts, Tables } from '#tables/table.ts';
import { keysOf } from './addresses.ts';
import { collectionText } from './collection.ts';
import { documentForm } from './document-form.ts';
import { ownKey, referredKey } from './mappings/field.ts';
import { keyMembersOf } from './mappings/keys.ts';
import type { FsApiResource } from './mappings/resource.ts';
import { readListWanted, readWanted, type Known, type ListWanted, type Wanted } from './query.ts';

/** A resource whose tables the model bears out. */
export type ServedResource = {
  readonly resource: FsApiResource;
  readonly readings: readonly TableReading[];
  /** What requests may ask for. */
  readonly known: Known;
};

export type ReadingDeps = {
  readonly tables: Tables;
  readonly clock: Pick<Clock, 'now'>;
  readonly baseUrl: () => string;
};

export type Reader = {
  readonly list: (served: ServedResource, request: ApiRequest, context: QueryContext) => Promise<ApiAnswer>;
  /** `sent` is the key as it stands in the address. */
  readonly one: (
    served: ServedResource,
    sent: string,
    request: ApiRequest,
    context: QueryContext,
  ) => Promise<ApiAnswer>;
  /** The row that an address means, with nothing of it shown: to be written. */
  readonly find: (served: ServedResource, sent: string, context: QueryContext) => Promise<Located>;
  /** The document of a row that has just been written; null where the caller may not see it. */
  readonly written: (reading: TableReading, uid: number, context: QueryContext) => Promise<Buffer | null>;
};

export type Located =
  | { readonly kind: 'row'; readonly reading: TableReading; readonly uid: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly problem: Problem };

export const jsonType = 'application/json; charset=utf-8';
/** What is asked of the API is about people, and nobody's to keep. */
export const uncached = { 'Cache-Control': 'no-store' } as const;

type ProblemAnswer = Extract<ApiAnswer, { readonly kind: 'problem' }>;

export const missing: ProblemAnswer = {
  kind: 'problem',
  problem: problem('HUB-204', 'There is nothing at this address.'),
};
export const refused = (value: Problem): ProblemAnswer => ({ kind: 'problem', problem: value });
/** The hub has not been asked: the pipeline sees to the record. */
export const turnedAway = (value: Problem): ProblemAnswer => ({ kind: 'problem', problem: value, unrecorded: true });

/** Behind whatever there is: only how many there are is wanted. */
const beyond = Number.MAX_SAFE_INTEGER;

/** Makes the reader of a hub. */
export const createReader = ({ tables, clock, baseUrl }: ReadingDeps): Reader => {
  const forms: readonly [plain: ProjectionForm, keyed: ProjectionForm] = [
    documentForm(baseUrl, false),
    documentForm(baseUrl, true),
  ];

  const projected = (reading: TableReading, wanted: Wanted, fields: ReadonlySet<string> | null) => {
    const includes = new Set([...(wanted.dbId ? [ownKey] : []), ...(wanted.refId ? [referredKey] : [])]);
    const choice = { fields, includes, now: civilNow(clock.now()) };
    return projectionOf(reading.mapping, choice, noFacts, wanted.refId ? forms[1] : forms[0]);
  };

  /** An item of a collection is an address, with the members of its key where they are asked for, and whatever else is asked for by name. */
  const itemOf = ({ resource }: ServedResource, reading: TableReading, wanted: Wanted): Projection<unknown> => {
    const keys = wanted.dbId ? keyMembersOf(resource.name).map(({ name }) => name) : [];
    return projected(reading, wanted, new Set(['href', ...keys, ...(wanted.fields ?? [])]));
  };

  const documentOf = (reading: TableReading, wanted: Wanted): Projection<unknown> =>
    projected(reading, wanted, wanted.fields === null ? null : new Set(['href', ...wanted.fields]));

  const pageOf = async (
    served: ServedResource,
    sources: readonly TableReading[],
    wanted: ListWanted,
    context: QueryContext,
  ): Promise<ApiAnswer> => {
    const rows: FoundDocument<unknown>[] = [];
    let size = 0;
    let isThere = false;
    // The whole page lies behind the end, when all is asked for and not from the beginning.
    let skip = wanted.limit === 0 ? beyond : (wanted.page - 1) * wanted.limit;
    for (const reading of sources) {
      const left = wanted.limit - rows.length;
      const page = left > 0 ? { offset: skip, size: left } : { offset: beyond, size: 1 };
      const found = await tables.list(reading, itemOf(served, reading, wanted), { given: wanted.given, page }, context);
      if (found.kind === 'refused') return refused(found.problem);
      if (found.kind === 'missing') continue;
      isThere = true;
      rows.push(...found.rows);
      size += found.total;
      skip = Math.max(0, skip - found.total);
    }
    if (!isThere && sources.length > 0) return missing;
    const { opening, closing } = collectionText(baseUrl(), served.resource.name, wanted, size);
    const bytes = Buffer.concat([
      Buffer.from(opening),
      ...rows.flatMap((row, index) => (index === 0 ? [row.bytes] : [comma, row.bytes])),
      Buffer.from(closing(size)),
    ]);
    return { kind: 'bytes', status: 200, headers: uncached, type: jsonType, bytes };
  };

  const everything = async (
    served: ServedResource,
    sources: readonly TableReading[],
    wanted: ListWanted,
    context: QueryContext,
  ): Promise<ApiAnswer> => {
    const walks: Texts[] = [];
    for (const reading of sources) {
      const found = await tables.texts(reading, itemOf(served, reading, wanted), wanted.given, context);
      if (found.kind === 'refused') return refused(found.problem);
      if (found.kind === 'texts') walks.push(found.pages);
    }
    if (walks.length === 0 && sources.length > 0) return missing;
    const text = collectionText(baseUrl(), served.resource.name, wanted, null);
    return { kind: 'stream', status: 200, headers: uncached, type: jsonType, chunks: written(text, walks) };
  };

  return {
    list: async (served, request, context) => {
      const wanted = readListWanted(request.query, served.known);
      if (!wanted.ok) return turnedAway(wanted.problem);
      const sources = sourcesOf(served, wanted.value.given);
      return wanted.value.limit === 0 && wanted.value.page === 1
        ? everything(served, sources, wanted.value, context)
        : pageOf(served, sources, wanted.value, context);
    },

    one: async (served, sent, request, context) => {
      const wanted = readWanted(request.query, served.known);
      if (!wanted.ok) return turnedAway(wanted.problem);
      if (keysOf(served.resource.name, sent).length === 0) return { ...missing, unrecorded: true };
      const found = await rowAt(served, sent, (reading, key) =>
        tables.one(reading, documentOf(reading, wanted.value), key, context),
      );
      if (found === null) return missing;
      const { row } = found;
      return row.kind === 'refused'
        ? refused(row.problem)
        : { kind: 'bytes', status: 200, headers: uncached, type: jsonType, bytes: row.row.bytes };
    },

    written: async (reading, uid, context) => {
      const wanted: Wanted = { dbId: true, refId: true, fields: null };
      const found = await tables.rows(reading, documentOf(reading, wanted), [uid], context);
      return (found.kind === 'rows' ? found.rows[0]?.bytes : undefined) ?? null;
    },

    find: async (served, sent, context) => {
      const nothing: Wanted = { dbId: false, refId: false, fields: new Set() };
      const found = await rowAt(served, sent, (reading, key) =>
        tables.one(reading, documentOf(reading, nothing), key, context),
      );
      if (found === null) return { kind: 'missing' };
      return found.row.kind === 'refused' ? found.row : { kind: 'row', reading: found.reading, uid: found.row.row.uid };
    },
  };
};

const comma = Buffer.from(',');

/** The tables whose rows may match: of those that cannot be chosen by something that is asked for, none does. */
const sourcesOf = ({ readings }: ServedResource, given: Given): readonly TableReading[] =>
  readings.filter(({ filterNames }) => Object.keys(given).every((name) => filterNames.includes(name)));

/** The first row that an address may mean. */
const rowAt = async (
  { resource, readings }: ServedResource,
  sent: string,
  ask: (reading: TableReading, key: string) => Promise<TableRow>,
): Promise<{ readonly row: Exclude<TableRow, { kind: 'missing' }>; readonly reading: TableReading } | null> => {
  for (const key of keysOf(resource.name, sent))
    for (const reading of readings) {
      const row = await ask(reading, key);
      if (row.kind !== 'missing') return { row, reading };
    }
  return null;
};

type Texts = Extract<TableTexts, { readonly kind: 'texts' }>['pages'];

/** The document as it is read: no more of it is held than a page. */
const written = async function* (
  { opening, closing }: ReturnType<typeof collectionText>,
  walks: readonly Texts[],
): AsyncGenerator<Buffer> {
  yield Buffer.from(opening);
  let size = 0;
  for (const pages of walks)
    for await (const { text, count } of pages) {
      if (size > 0) yield comma;
      size += count;
      yield text;
    }
  yield Buffer.from(closing(size));
};
