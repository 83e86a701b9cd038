// The headers that answers of the FINT API carry, and conditional requests. Called by routes.ts and the files that answer. Knows no hub.
import { formatHttpDate, formatInstant } from '#base/clock.ts';
import type { AnswerHeaders } from '#apis/api.ts';
import type { Freshness } from '#hub/query.ts';

/** On every answer, problems included. What a client gets depends on who asks, and on what it takes. */
export const commonHeaders: AnswerHeaders = { 'x-core-version': '2', vary: 'Authorization, Accept, Accept-Encoding' };

const revalidated: AnswerHeaders = { ...commonHeaders, 'cache-control': 'private, no-cache' };
/** National ids and protected data: no cache keeps them. A client with a copy of its own may still ask whether it is right. */
export const uncached: AnswerHeaders = { ...commonHeaders, 'cache-control': 'no-store' };

/** `etag` as in the header, quotes included. */
export const cacheHeaders = (etag: string, sensitive: boolean): AnswerHeaders => ({
  ...(sensitive ? uncached : revalidated),
  etag,
});

export const lastModified = (ms: number): AnswerHeaders => ({ 'last-modified': formatHttpDate(ms) });

// The hub gives the same answer about a collection for a while: it is put into words once.
const freshnessTexts = new WeakMap<Freshness, AnswerHeaders>();

/** How old the data is and where it comes from. */
export const freshnessHeaders = (freshness: Freshness): AnswerHeaders => {
  const known = freshnessTexts.get(freshness);
  if (known !== undefined) return known;
  const headers: Record<string, string> = { 'hub-stale': freshness.stale ? 'true' : 'false' };
  const asOf = freshness.deliveredAt ?? freshness.fullSyncAt;
  if (asOf !== null) headers['hub-data-as-of'] = formatInstant(asOf);
  if (freshness.sources.length > 0) headers['hub-source'] = sourceText(freshness.sources);
  if (freshness.held) headers['hub-sync-held'] = 'true';
  freshnessTexts.set(freshness, headers);
  return headers;
};

/** Adapter ids are free text that adapters choose: what a header cannot hold is percent-encoded, and no adapter can fill the header block. */
const sourceText = (sources: readonly string[]): string =>
  sources
    .slice(0, namedSources)
    .map((source) => source.slice(0, sourceLetters).replace(unfit, encodeUnfit))
    .join(', ');

// At most 4.6 KB of percent-encoding together.
const namedSources = 4;
const sourceLetters = 128;

const unfit = /[^\x21-\x2b\x2d-\x7e]+/g;
const encodeUnfit = (text: string): string => encodeURIComponent(text.toWellFormed());

/** The ETag header for the hub's tag and the total that stands beside the entries; the compressed form is a representation of its own. */
export const etagOf = (tag: string, total: number | null, compressed = false): string =>
  `"${tag}${total === null ? '' : `.${total}`}${compressed ? compressedMark : ''}"`;

const compressedMark = '-gz';

/** The tags of an If-None-Match header without weakness marks, quotes kept; [] when it is absent. `*` stands for itself. */
export const parseTags = (header: string | null): readonly string[] =>
  header === null ? [] : header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));

/** The tag that the caller already holds, plain or compressed; null when it has to be sent something. */
export const matchingTag = (tags: readonly string[], tag: string, total: number | null): string | null => {
  if (tags.length === 0) return null;
  const candidates = [etagOf(tag, total), etagOf(tag, total, true)];
  if (tags.includes('*')) return candidates[0] ?? null;
  return candidates.find((candidate) => tags.includes(candidate)) ?? null;
};

const plainType = 'application/json';
const halType = 'application/hal+json';

/** HAL when the Accept header asks for it before plain JSON, plain JSON in every other case: FINT clients send anything. */
export const mediaType = (accept: string | null): string => {
  if (accept === null || !accept.includes(halType)) return plainType;
  const plain = accept.indexOf(plainType);
  return plain !== -1 && plain < accept.indexOf(halType) ? plainType : halType;
};
