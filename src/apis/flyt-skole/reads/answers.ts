// How documents are asked for and answered: lists in pages with cursors, single ones, conditional requests. Called by the operations of this folder;
// knows no type of the API.
import { hash } from 'node:crypto';
import type { AnswerHeaders, ApiAnswer } from '#apis/api.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { DocumentResult, FoundDocument, ListPlace, Narrow, Projection } from '#hub/documents/document.ts';
import { sameTag } from '#apis/page-files.ts';
import { civilNow } from '#mappings/converters.ts';
import type { Kind } from '../mappings/kinds.ts';
import type { VfsCall, VfsDeps } from '../operation.ts';
import { missing, nothingNamed, refused, turnedAway } from '../problem-answers.ts';
import { rows } from '#mappings/narrowing.ts';
import { jsonNotation } from '#mappings/json-notation.ts';
import { projectionOf, type Choice, type ProjectionForm } from '#mappings/project.ts';

/** A problem of one parameter, as the readers of parameters tell them. */
export const badParameter = (name: string, message: string): ApiAnswer =>
  turnedAway(problem('HUB-103', `Bad parameter: ${name}.`, { errors: [{ at: name, message }] }));

/** The uid that an opaque id stands for; -1, which nothing has, for an id of another organisation or of nothing. */
export const uidOf = ({ sealing }: VfsDeps, { principal }: VfsCall, id: string): number =>
  sealing.readId(principal.tenant, id) ?? -1;

/** The uid that a parameter of the query names; undefined when it was not given. */
export const uidIn = (deps: VfsDeps, call: VfsCall, name: string): number | undefined => {
  const id = call.query[name];
  return typeof id === 'string' ? uidOf(deps, call, id) : undefined;
};

/** A text of the query. */
export const textIn = ({ query }: VfsCall, name: string): string | undefined => {
  const value = query[name];
  return typeof value === 'string' ? value : undefined;
};

const names = (value: unknown): ReadonlySet<string> | null => (value instanceof Set ? (value as Set<string>) : null);

/** What the request asks for by `fields` and `include`. */
export const choiceOf = ({ clock }: VfsDeps, { query }: VfsCall): Choice => ({
  fields: names(query['fields']),
  includes: names(query['include']) ?? new Set(),
  now: civilNow(clock.now()),
});

/** Documents are JSON, with the opaque id first. */
export const documentForm: ProjectionForm = { notation: jsonNotation, id: 'id' };

export const projectionsOf = <Facts>(kinds: readonly Kind<Facts>[], choice: Choice): readonly Projection<Facts>[] =>
  kinds.map(({ reading, facts }) => projectionOf(reading, choice, facts, documentForm));

const digests = new WeakMap<Buffer, string>();

// Documents are the same buffers for as long as the hub remembers them, so that most are digested once.
const digestOf = (bytes: Buffer): string => {
  const known = digests.get(bytes);
  if (known !== undefined) return known;
  const made = hash('sha256', bytes, 'base64url').slice(0, 22);
  digests.set(bytes, made);
  return made;
};

/** The ETag of one document, as `If-Match` takes it. */
export const etagOf = ({ bytes }: Pick<FoundDocument<unknown>, 'bytes'>): string => `"${digestOf(bytes)}"`;

const cacheHeaders = (etag: string, sensitive: boolean): AnswerHeaders => ({
  'cache-control': sensitive ? 'no-store' : 'private, no-cache',
  vary: 'Authorization',
  etag,
});

/** 304 when the client has the very same already. */
const unlessKnown = (call: VfsCall, headers: AnswerHeaders, bytes: () => Buffer): ApiAnswer => {
  return sameTag(call.request.header('if-none-match'), headers['etag'] ?? '')
    ? { kind: 'empty', status: 304, headers }
    : { kind: 'bytes', status: 200, headers, bytes: bytes(), type: 'application/json; charset=utf-8' };
};

/** A value as a list would be answered: `items`, whole. */
export const itemsAnswer = (call: VfsCall, items: readonly unknown[], sensitive: boolean): ApiAnswer => {
  const bytes = Buffer.from(JSON.stringify({ items }));
  return unlessKnown(call, cacheHeaders(`"${digestOf(bytes)}"`, sensitive), () => bytes);
};

type Shown = Extract<DocumentResult<unknown>, { readonly kind: 'documents' }>;

const open = Buffer.from('{"items":[');
const comma = Buffer.from(',');

/** Text of a list of items, without what stands behind it. */
const joined = (items: readonly Buffer[]): Buffer => {
  const chunks: Buffer[] = [open];
  for (const [index, bytes] of items.entries()) {
    if (index > 0) chunks.push(comma);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
};

/** A page as it was written last: for whom, and what. */
type Page = {
  readonly etag: string;
  /** Where the page after it begins: it is another page when there is one. */
  readonly place: string;
  readonly key: string;
  readonly cursor: string | null;
  readonly bytes: Buffer;
};

// The hub gives the same array for as long as a page is the same.
const pages = new WeakMap<Shown['documents'], Page>();

const pageOf = (deps: VfsDeps, call: VfsCall, { documents, next }: Shown): Page => {
  const purpose = purposeOf(call);
  const place = next === null ? '' : `${next.projection}.${next.uid}`;
  // Whoever knows what is on the page could find a number by trying; the numbers of resources tell how many there are.
  const end = next === null ? '' : `${next.projection}.${deps.sealing.id(call.principal.tenant, next.uid)}`;
  const key = next === null ? '' : `${call.principal.tenant} ${call.principal.client} ${place} ${purpose}`;
  const known = pages.get(documents);
  if (known !== undefined && known.key === key) return known;
  const cursor = next === null ? null : deps.sealing.seal(call.context, purpose, place);
  const items = documents.map(({ bytes }) => bytes);
  const page: Page = {
    // A cursor is sealed anew each time; the page is the same.
    etag:
      known?.place === place
        ? known.etag
        : `"${hash('sha256', `${items.map(digestOf).join('')}${end}`, 'base64url').slice(0, 22)}"`,
    place,
    key,
    cursor,
    bytes: Buffer.concat([joined(items), tail(cursor)]),
  };
  pages.set(documents, page);
  return page;
};

const tail = (cursor: string | null): Buffer =>
  Buffer.from(cursor === null ? ']}' : `],"next":${JSON.stringify(cursor)}}`);

/** What a cursor is good for: the address and everything asked but the size of the page. */
const purposeOf = ({ request }: VfsCall): string => {
  const asked = [...request.query].filter(([name]) => name !== 'cursor' && name !== 'limit');
  return `list ${request.path}?${hash('sha256', JSON.stringify(asked.toSorted(byName)), 'base64url')}`;
};

const byName = ([one]: readonly [string, string], [other]: readonly [string, string]): number =>
  one < other ? -1 : one > other ? 1 : 0;

/** Where the list goes on; undefined for a cursor that is not of this caller and query. */
const placeIn = ({ sealing }: VfsDeps, call: VfsCall): ListPlace | null | undefined => {
  const cursor = textIn(call, 'cursor');
  if (cursor === undefined) return null;
  const text = sealing.open(call.context, purposeOf(call), cursor);
  const found = /^(\d+)\.(\d+)$/.exec(text ?? '');
  return found === null ? undefined : { projection: Number(found[1]), uid: Number(found[2]) };
};

const notACursor = turnedAway(
  problem('HUB-410', 'The cursor is not one of this application, organisation and query. Begin without it.'),
);

export type ListOf<Facts> = {
  readonly kinds: readonly Kind<Facts>[];
  /** Index-aligned with the kinds. */
  readonly narrow: readonly (Narrow | null)[];
  readonly accept: ((facts: Facts) => boolean) | null;
  /** What is shown of each; as the request asks unless it is given. */
  readonly choice?: Choice;
};

/** Asks for a page. Null when there is nothing that the caller may see, or a problem to answer with. */
export const findPage = async <Facts>(
  deps: VfsDeps,
  call: VfsCall,
  { kinds, narrow, accept, choice = choiceOf(deps, call) }: ListOf<Facts>,
): Promise<
  { readonly shown: Extract<DocumentResult<Facts>, { kind: 'documents' }> } | { readonly answer: ApiAnswer }
> => {
  const after = placeIn(deps, call);
  if (after === undefined) return { answer: notACursor };
  const limit = call.query['limit'];
  const result = await deps.documents.find(
    {
      kind: 'list',
      projections: projectionsOf(kinds, choice),
      narrow,
      after,
      size: typeof limit === 'number' ? limit : limits.documentsPerPageDefault,
      accept,
    },
    call.context,
  );
  if (result.kind === 'documents') return { shown: result };
  return { answer: result.kind === 'missing' ? missing : refused(result.problem) };
};

/** Answers with a page: `items`, and `next` beside a `Link` when there may be more. `before` are items that come before those of the page. */
export const pageAnswer = (deps: VfsDeps, call: VfsCall, shown: Shown, before: readonly Buffer[] = []): ApiAnswer => {
  const { sensitive, documents } = shown;
  const page = pageOf(deps, call, shown);
  const { cursor } = page;
  const items = before.length === 0 ? null : [...before, ...documents.map(({ bytes }) => bytes)];
  const etag =
    items === null ? page.etag : `"${hash('sha256', items.map(digestOf).join(''), 'base64url').slice(0, 22)}"`;
  return unlessKnown(
    call,
    {
      ...cacheHeaders(etag, sensitive),
      ...(cursor === null ? {} : { link: `<${nextAddress(deps, call, cursor)}>; rel="next"` }),
    },
    () => (items === null ? page.bytes : Buffer.concat([joined(items), tail(cursor)])),
  );
};

const nextAddress = ({ baseUrl }: VfsDeps, { request }: VfsCall, cursor: string): string => {
  const query = new URLSearchParams(request.query);
  query.set('cursor', cursor);
  return `${baseUrl()}${request.path}?${query.toString()}`;
};

/** Asks for a page and answers with it. */
export const listAnswer = async <Facts>(deps: VfsDeps, call: VfsCall, of: ListOf<Facts>): Promise<ApiAnswer> => {
  const found = await findPage(deps, call, of);
  return 'answer' in found ? found.answer : pageAnswer(deps, call, found.shown);
};

export type OneOf<Facts> = {
  readonly kinds: readonly Kind<Facts>[];
  readonly uid: number;
  readonly accept?: (facts: Facts) => boolean;
  readonly choice?: Choice;
};

/** Asks for one document by the uid of its root; of a type of several classes, whichever it is of. */
export const findOne = async <Facts>(
  deps: VfsDeps,
  call: VfsCall,
  { kinds, uid, accept, choice = choiceOf(deps, call) }: OneOf<Facts>,
): Promise<
  { readonly document: FoundDocument<Facts>; readonly sensitive: boolean } | { readonly answer: ApiAnswer }
> => {
  if (uid < 0) return { answer: nothingNamed };
  const projections = projectionsOf(kinds, choice);
  const [only] = projections;
  const result = await deps.documents.find(
    only !== undefined && projections.length === 1
      ? { kind: 'by-uid', projection: only, uids: [uid], accept: accept ?? null }
      : {
          kind: 'list',
          projections,
          narrow: projections.map(() => rows(uid)),
          after: null,
          size: 1,
          accept: accept ?? null,
        },
    call.context,
  );
  return documentOf(result);
};

/** Asks for the first document that a list would hold. */
export const findFirst = async <Facts>(
  deps: VfsDeps,
  call: VfsCall,
  { kinds, narrow, accept, choice = choiceOf(deps, call) }: ListOf<Facts>,
): Promise<{ readonly document: FoundDocument<Facts>; readonly sensitive: boolean } | { readonly answer: ApiAnswer }> =>
  documentOf(
    await deps.documents.find(
      { kind: 'list', projections: projectionsOf(kinds, choice), narrow, after: null, size: 1, accept },
      call.context,
    ),
  );

/** Asks for one document by an identifier that stands somewhere behind its root. */
export const findByIdentifier = async <Facts>(
  deps: VfsDeps,
  call: VfsCall,
  kind: Kind<Facts>,
  by: { readonly through: readonly string[]; readonly field: string; readonly value: string },
): Promise<
  { readonly document: FoundDocument<Facts>; readonly sensitive: boolean } | { readonly answer: ApiAnswer }
> => {
  const [projection] = projectionsOf([kind], choiceOf(deps, call));
  if (projection === undefined) return { answer: missing };
  return documentOf(
    await deps.documents.find({ kind: 'by-identifier', projection, ...by, accept: null }, call.context),
  );
};

const documentOf = <Facts>(result: DocumentResult<Facts>) => {
  if (result.kind === 'refused') return { answer: refused(result.problem) };
  const [document] = result.kind === 'documents' ? result.documents : [];
  return document === undefined || result.kind === 'missing'
    ? { answer: missing }
    : { document, sensitive: result.sensitive };
};

/** Answers with what `findOne` or `findByIdentifier` gave. */
export const oneAnswer = (
  call: VfsCall,
  found: { readonly document: FoundDocument<unknown>; readonly sensitive: boolean } | { readonly answer: ApiAnswer },
): ApiAnswer => {
  if ('answer' in found) return found.answer;
  const { document, sensitive } = found;
  return unlessKnown(call, cacheHeaders(etagOf(document), sensitive), () => document.bytes);
};

/** Answers with one list of a document, as `items`; empty when the document shows none. */
export const partAnswer = async <Facts>(
  deps: VfsDeps,
  call: VfsCall,
  of: Omit<OneOf<Facts>, 'choice'>,
  field: string,
  keep: (item: Readonly<Record<string, unknown>>) => boolean = () => true,
): Promise<ApiAnswer> => {
  const asked = choiceOf(deps, call);
  const found = await findOne(deps, call, { ...of, choice: { ...asked, fields: new Set([field]) } });
  if ('answer' in found) return found.answer;
  const document = JSON.parse(found.document.bytes.toString()) as Readonly<Record<string, unknown>>;
  const list = document[field];
  const items = Array.isArray(list) ? (list as readonly Readonly<Record<string, unknown>>[]) : [];
  return itemsAnswer(call, items.filter(keep), found.sensitive);
};
