// Writes what handlers answer: puts rows into the document that they belong to, gives it its namespace, and hands it out in chunks as fast as it is read.
// Called by rest.ts and soap.ts. Knows no operation and holds no more than a chunk.
import type { AnswerHeaders, ApiAnswer } from '#apis/api.ts';
import { sameTag } from '#apis/page-files.ts';
import { element, escapeAttribute, xmlDeclaration } from '#formats/xml/write-xml.ts';
import type { AnsweredMore, AnswerForm, Handled, OtherType } from './service.ts';
import { statusTable } from './statuses.ts';

/** A document around rows: what stands before, between and after them. */
export type Around = { readonly open: string; readonly between: string; readonly close: string };

/** A status as text: `<status>` without a namespace, or a JSON object. */
export const statusText = (
  json: boolean,
  { code, message, reference }: { readonly code: number; readonly message: string; readonly reference?: string },
): string =>
  json
    ? JSON.stringify({ kode: code, melding: message, ...(reference === undefined ? {} : { referanse: reference }) })
    : `<status>${statusMembers(code, message, reference)}</status>`;

/** What a write answers, as a status. */
export const doneText = (json: boolean, { status, reference }: Extract<Handled, { readonly kind: 'done' }>): string => {
  const { code, words } = statusTable[status];
  return statusText(json, { code, message: words.nb, ...(reference === undefined ? {} : { reference }) });
};

/** The members of a status and of the detail of a fault. */
export const statusMembers = (code: number, message: string, reference: string | undefined): string =>
  `<kode>${code}</kode>${element('melding', message)}${reference === undefined ? '' : element('referanse', reference)}`;

/** The text of an element with a namespace, for all that is in it. */
export const withNamespace = (text: string, namespace: string): string =>
  text.replace(/^<[^\s/>]+/, (start) => `${start} xmlns="${escapeAttribute(namespace)}"`);

/** The element around rows. A namespace of null: it stands in a document that has given one. */
export const xmlAround = (
  { name }: Extract<AnswerForm, { readonly kind: 'rows' }>,
  attributes: AnsweredMore['attributes'],
  namespace: string | null,
): Around => {
  const written = Object.entries(attributes ?? {})
    .map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`)
    .join('');
  const space = namespace === null ? '' : ` xmlns="${escapeAttribute(namespace)}"`;
  return { open: `<${name}${space}${written}>`, between: '', close: `</${name}>` };
};

const jsonAround = (
  { row }: Extract<AnswerForm, { readonly kind: 'rows' }>,
  attributes: AnsweredMore['attributes'],
): Around => {
  const before = Object.entries(attributes ?? {})
    .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)},`)
    .join('');
  return { open: `{${before}${JSON.stringify(row.name)}:[`, between: ',', close: ']}' };
};

/** The pieces of a document of rows, in order. */
export async function* piecesOf(
  { open, between, close }: Around,
  rows: AsyncIterable<readonly string[]>,
): AsyncGenerator<string, void> {
  let first = true;
  yield open;
  for await (const some of rows) {
    if (some.length === 0) continue;
    yield first ? some.join(between) : between + some.join(between);
    first = false;
  }
  yield close;
}

const chunkLetters = 65_536;

/** Pieces as chunks of a size that is worth sending. */
async function* chunksOf(pieces: AsyncIterable<string>): AsyncGenerator<Buffer, void> {
  let held = '';
  for await (const piece of pieces) {
    held += piece;
    if (held.length < chunkLetters) continue;
    const text = held;
    held = '';
    yield Buffer.from(text);
  }
  if (held !== '') yield Buffer.from(held);
}

/** What goes on after chunks that have been taken from it. Ended early, it ends what it goes on with. */
async function* goingOn(taken: Buffer, rest: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
  try {
    yield taken;
    yield* rest;
  } finally {
    await rest.return();
  }
}

/** An answer of pieces: as a whole where they are few, as a stream otherwise. */
export const answerOfPieces = async (
  pieces: AsyncIterable<string>,
  head: { readonly status: number; readonly headers: AnswerHeaders; readonly type: string },
): Promise<ApiAnswer> => {
  const chunks = chunksOf(pieces);
  const first = await chunks.next();
  const second = first.done === true || first.value.length >= chunkLetters ? null : await chunks.next();
  if (first.done === true) return { kind: 'bytes', ...head, bytes: '' };
  if (second?.done === true) return { kind: 'bytes', ...head, bytes: first.value };
  const taken = second === null ? first.value : Buffer.concat([first.value, second.value ?? Buffer.alloc(0)]);
  return { kind: 'stream', ...head, chunks: goingOn(taken, chunks) };
};

/** What is answered over REST, in the type that was accepted. */
export const restAnswer = (
  handled: Exclude<Handled, { readonly kind: 'problem' }>,
  form: AnswerForm,
  { namespace, type, other }: { readonly namespace: string; readonly type: string; readonly other: OtherType | null },
  ifNoneMatch: string | null,
): ApiAnswer | Promise<ApiAnswer> => {
  const json = type === 'application/json';
  const sent = other === null ? (json ? type : `${type}; charset=utf-8`) : (other.sent ?? other.type);
  if (handled.kind === 'done') {
    const text = doneText(json, handled);
    const bytes = json ? text : xmlDeclaration + withNamespace(text, namespace);
    const { retryAfter } = handled;
    const headers: AnswerHeaders = retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) };
    return { kind: 'bytes', status: statusTable[handled.status].http, headers, bytes, type: sent };
  }
  const headers = headersOf(handled.more);
  if (handled.more?.etag !== undefined && sameTag(ifNoneMatch, handled.more.etag))
    return { kind: 'empty', status: 304, headers };
  if (handled.kind === 'one') {
    const xml = other === null && !json;
    const text = other === null ? handled.text : other.open + handled.text + other.close;
    const bytes = xml ? xmlDeclaration + withNamespace(text, namespace) : text;
    return { kind: 'bytes', status: 200, headers, bytes, type: sent };
  }
  if (form.kind !== 'rows') throw new Error('The operation does not answer with rows.');
  const { attributes } = handled.more ?? {};
  const xml = (): Around => {
    const around = xmlAround(form, attributes, namespace);
    return { ...around, open: xmlDeclaration + around.open };
  };
  const around = other ?? (json ? jsonAround(form, attributes) : xml());
  return answerOfPieces(piecesOf(around, handled.rows), { status: 200, headers, type: sent });
};

const headersOf = ({ etag, publicSeconds }: AnsweredMore = {}): AnswerHeaders => ({
  Vary: 'Accept',
  ...(etag === undefined ? {} : { ETag: etag }),
  ...(publicSeconds === undefined
    ? etag === undefined
      ? {}
      : { 'Cache-Control': 'private, no-cache' }
    : { 'Cache-Control': `public, max-age=${publicSeconds}` }),
});
