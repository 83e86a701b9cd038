// Puts stored bytes between the brackets of FINT's JSON, as streams that count what they send. Called by requests.ts and changes.ts.
// Never parses a resource; knows no query.
import { addToTail, deflateSegment, deflateSmall, emptyTail, gzipHeader, gzipTrailer } from '#base/gzip.ts';
import type { DeflatedSegment } from '#base/gzip.ts';
import type { HubChange } from '#hub/query.ts';

export type PlainPart = { readonly bytes: Buffer; readonly count: number };
export type DeflatedPart = { readonly segment: DeflatedSegment; readonly count: number };
type Parts<T> = AsyncIterable<T> | Iterable<T>;

/** What stands before the entries, and what stands after them when their number is known. */
export type Envelope = { readonly start: Fixed; readonly end: (count: number) => string };

/** A text that is the same in every answer, compressed once. */
export type Fixed = { readonly text: string; readonly plain: Buffer; readonly segment: DeflatedSegment };

export const fixed = (text: string): Fixed => ({ text, plain: Buffer.from(text), segment: deflateSmall(text) });

const comma = fixed(',');

/** The text of an answer without entries. */
export const emptyText = (envelope: Envelope): string => `${envelope.start.text}${envelope.end(0)}`;

/** Start, parts with commas between, end. A failing part fails the stream: a cut answer must not look whole. */
export async function* plainStream(envelope: Envelope, parts: Parts<PlainPart>): AsyncGenerator<Buffer> {
  let count = 0;
  yield envelope.start.plain;
  for await (const part of parts) {
    if (part.count === 0) continue;
    if (count > 0) yield comma.plain;
    count += part.count;
    yield part.bytes;
  }
  yield Buffer.from(envelope.end(count));
}

/** The same as one gzip member. */
export async function* gzipStream(envelope: Envelope, parts: Parts<DeflatedPart>): AsyncGenerator<Buffer> {
  const tail = emptyTail();
  const add = (segment: DeflatedSegment): Buffer => {
    addToTail(tail, segment);
    return segment.deflated;
  };
  let count = 0;
  yield Buffer.concat([gzipHeader, add(envelope.start.segment)]);
  for await (const part of parts) {
    if (part.count === 0) continue;
    if (count > 0) yield add(comma.segment);
    count += part.count;
    yield add(part.segment);
  }
  const end = add(deflateSmall(envelope.end(count)));
  yield Buffer.concat([end, gzipTrailer(tail)]);
}

/** All of a stream that is known to be short. */
export const collect = async (chunks: AsyncIterable<Buffer>): Promise<Buffer> => {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
};

// --- Pages --------------------------------------------------------------------------------------------------------------------

export const pageStart = fixed('{"_embedded":{"_entries":[');

/** Addresses are percent-encoded and need no escape in JSON. */
const link = (href: string): string => `[{"href":"${href}"}]`;

export type PageLinks = { readonly self: string; readonly prev: string | null; readonly next: string | null };

/** Facts 2.2: `size` is the number of entries in this answer. */
export const pageEnd = (links: PageLinks, total: number, offset: number): ((count: number) => string) => {
  const prev = links.prev === null ? '' : `,"prev":${link(links.prev)}`;
  const next = links.next === null ? '' : `,"next":${link(links.next)}`;
  const head = `]},"_links":{"self":${link(links.self)}${prev}${next}}`;
  return (count) =>
    `${head},"total_items":${Math.max(total, count === 0 ? 0 : offset + count)},"size":${count},"offset":${offset}}`;
};

// --- Changes ------------------------------------------------------------------------------------------------------------------

export const changesStart = fixed('{"_entries":[');

export const changesEnd = (self: string, next: string, position: string, more: boolean): (() => string) => {
  const end = `],"next":${JSON.stringify(position)},"more":${more},"_links":{"self":${link(self)},"next":${link(next)}}}`;
  return () => end;
};

const groupBytes = 262_144;
const closeEntry = Buffer.from('}');

/** Change entries in groups of about 256 KB; a resource that is gone has no `resource`. */
export function* changeParts(changes: readonly HubChange[]): Generator<PlainPart> {
  let group: Buffer[] = [];
  let bytes = 0;
  let count = 0;
  for (const change of changes) {
    const parts = [...(count === 0 ? [] : [comma.plain]), ...changeEntry(change)];
    for (const part of parts) bytes += part.length;
    group.push(...parts);
    count += 1;
    if (bytes < groupBytes) continue;
    yield { bytes: Buffer.concat(group, bytes), count };
    [group, bytes, count] = [[], 0, 0];
  }
  if (count > 0) yield { bytes: Buffer.concat(group, bytes), count };
}

const changeEntry = (change: HubChange): readonly Buffer[] => {
  const { position, kind, at, uid: id, before, body } = change;
  const head = JSON.stringify({ position, kind, at, id, before });
  return body === null ? [Buffer.from(head)] : [Buffer.from(`${head.slice(0, -1)},"resource":`), body, closeEntry];
};

/** Compresses parts as they are asked for. */
export async function* deflateParts(parts: Iterable<PlainPart>): AsyncGenerator<DeflatedPart> {
  for (const part of parts) yield { segment: await deflateSegment(part.bytes), count: part.count };
}
