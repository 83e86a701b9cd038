// Answers reads of resources: one by identifier, a collection or filtered part of it, its state. Called by routes.ts; asks the hub and
// hands bytes to render.ts. Holds no policy.
import { problem } from '#base/errors.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { parseFilter } from '#filters/parse-filter.ts';
import type { ApiAnswer } from '#apis/api.ts';
import type { HubResult } from '#hub/query.ts';
import type { FilterExpr } from '#model/filter.ts';
import type { Collection } from '#model/model.ts';
import { otherwise, turnedAway } from './answers.ts';
import { cacheHeaders, etagOf, freshnessHeaders, lastModified, matchingTag, mediaType, parseTags } from './headers.ts';
import { answerLive } from './live.ts';
import { parseListParameters } from './parse.ts';
import type { ListParameters } from './parse.ts';
import { collect, emptyText, gzipStream, pageEnd, pageStart, plainStream } from './render.ts';
import type { Envelope, PageLinks } from './render.ts';
import { contextOf } from './request.ts';
import type { FintCall, FintDeps } from './request.ts';

/** Up to this many resources, a page is a few kilobytes: it is sent whole and uncompressed. */
const shortPage = 4;

/** `GET /{resource}/{idField}/{idValue}` */
export const answerResource = async (
  deps: FintDeps,
  call: FintCall,
  at: { readonly collection: Collection; readonly field: string; readonly value: string },
): Promise<ApiAnswer> => {
  const { field, value } = at;
  const live = await answerLive(deps, call, at.collection, { kind: 'identifier', field, value });
  if (live !== null) return live;
  const tags = parseTags(call.request.header('if-none-match'));
  const result = await deps.hub.run({ kind: 'read', collection: at.collection.path, field, value }, contextOf(call));
  if (result.kind !== 'found') return otherwise(result);
  const held = matchingTag(tags, result.etag, null);
  const headers = {
    ...cacheHeaders(held ?? etagOf(result.etag, null), result.sensitive),
    ...freshnessHeaders(result.freshness),
    ...lastModified(result.changedAt),
  };
  if (held !== null) return { kind: 'empty', status: 304, headers };
  return { kind: 'bytes', status: 200, headers, bytes: result.body, type: mediaType(call.request.header('accept')) };
};

/** `GET /{resource}`: query parameters as in facts 2.1. */
export const answerList = async (deps: FintDeps, call: FintCall, collection: Collection): Promise<ApiAnswer> => {
  const parameters = parseListParameters(call.request.query);
  if (!parameters.ok) return turnedAway(parameters.problem);
  const { filter: text } = parameters.value;
  const filter = text === null ? ok(null) : parseFilter(text, collection, deps.model);
  if (!filter.ok) return turnedAway(filter.problem);
  if (text !== null && filter.value !== null) {
    const live = await answerLive(deps, call, collection, { kind: 'filter', text, expr: filter.value });
    if (live !== null) return live;
  }
  return answerPage(deps, call, { collection, path: '', parameters: parameters.value, filter: filter.value });
};

/** `POST /{resource}/$query`: the filter is the body, so that personal data stays out of addresses; links are to be posted to as well. */
export const answerQuery = async (deps: FintDeps, call: FintCall, collection: Collection): Promise<ApiAnswer> => {
  const parameters = parseListParameters(call.request.query);
  if (!parameters.ok) return turnedAway(parameters.problem);
  const filter = parseBody(deps, call, collection, parameters.value);
  if (!filter.ok) return turnedAway(filter.problem);
  const by = { kind: 'filter', text: call.request.text, expr: filter.value } as const;
  const live = await answerLive(deps, call, collection, by);
  if (live !== null) return live;
  return answerPage(deps, call, { collection, path: '/$query', parameters: parameters.value, filter: filter.value });
};

const parseBody = (
  deps: FintDeps,
  { request }: FintCall,
  collection: Collection,
  parameters: ListParameters,
): Result<FilterExpr> => {
  if (parameters.filter === null) return parseFilter(request.text, collection, deps.model, 'body');
  const message = 'The body holds the filter here; leave the parameter out.';
  return failed(problem('HUB-103', 'Bad query parameter: $filter.', { errors: [{ at: '$filter', message }] }));
};

type Listing = {
  readonly collection: Collection;
  /** What follows the collection in links: '' or '/$query'. */
  readonly path: '' | '/$query';
  readonly parameters: ListParameters;
  readonly filter: FilterExpr | null;
};

const answerPage = async (deps: FintDeps, call: FintCall, listing: Listing): Promise<ApiAnswer> => {
  const { size, since } = listing.parameters;
  // Without a size everything is sent, and offset means nothing (facts 2.2).
  const offset = size === 0 ? 0 : listing.parameters.offset;
  const tags = parseTags(call.request.header('if-none-match'));
  const result = await deps.hub.run(
    { kind: 'list', collection: listing.collection.path, filter: listing.filter, since, offset, size },
    contextOf(call),
  );
  if (result.kind !== 'page') return otherwise(result);
  return renderPage(deps, call, listing, tags, { page: result, size, offset });
};

type Page = Extract<HubResult, { kind: 'page' }>;

const renderPage = async (
  deps: FintDeps,
  { request }: FintCall,
  listing: Listing,
  tags: readonly string[],
  { page, size, offset }: { readonly page: Page; readonly size: number; readonly offset: number },
): Promise<ApiAnswer> => {
  const left = Math.max(0, page.total - offset);
  const short = (size === 0 ? left : Math.min(size, left)) <= shortPage;
  const compressed = request.gzip && !short;
  const held = matchingTag(tags, page.etag, page.total);
  const links = pageLinks(deps.baseUrl(), listing, offset, page.total);
  const headers = {
    ...cacheHeaders(held ?? etagOf(page.etag, page.total, compressed), page.sensitive),
    ...freshnessHeaders(page.freshness),
    ...linkHeader(links),
  };
  if (held !== null) return { kind: 'empty', status: 304, headers };
  const type = mediaType(request.header('accept'));
  const envelope: Envelope = { start: pageStart, end: pageEnd(links, page.total, offset) };
  if (left === 0) return { kind: 'bytes', status: 200, headers, bytes: emptyText(envelope), type };
  if (short) {
    const bytes = await collect(plainStream(envelope, page.body.plain()));
    return { kind: 'bytes', status: 200, headers, bytes, type };
  }
  if (!compressed)
    return { kind: 'stream', status: 200, headers, chunks: plainStream(envelope, page.body.plain()), type };
  const chunks = gzipStream(envelope, page.body.deflated());
  return { kind: 'stream', status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, chunks, type };
};

/** Facts 2.2, with filter and since kept so that following links stays within what was asked for. */
const pageLinks = (base: string, listing: Listing, offset: number, total: number): PageLinks => {
  const { size, since, filter } = listing.parameters;
  const bare = `${base}/${listing.collection.path}${listing.path}`;
  if (size === 0) return { self: bare, prev: null, next: null };
  const kept = `${since === null ? '' : `&sinceTimeStamp=${since}`}${filter === null ? '' : `&$filter=${encodeURIComponent(filter)}`}`;
  const at = (start: number): string => `${bare}?offset=${start}&size=${size}${kept}`;
  return {
    self: at(offset),
    prev: offset > 0 ? at(Math.max(0, offset - size)) : null,
    next: offset + size < total ? at(offset + size) : null,
  };
};

/** Longer ones could fill the header block that clients accept; the body has the link in any case. */
const longestLinkHeader = 4_096;

const linkHeader = ({ next }: PageLinks): Readonly<Record<string, string>> =>
  next === null || next.length > longestLinkHeader ? {} : { link: `<${next}>; rel="next"` };

/** `GET /{resource}/last-updated` (epoch ms as a number) and `GET /{resource}/cache/size`. */
export const answerState = async (
  deps: FintDeps,
  call: FintCall,
  { kind, collection }: { readonly kind: 'last-updated' | 'size'; readonly collection: Collection },
): Promise<ApiAnswer> => {
  const tags = parseTags(call.request.header('if-none-match'));
  const result = await deps.hub.run({ kind: 'state', collection: collection.path }, contextOf(call));
  if (result.kind !== 'state') return otherwise(result);
  const { count, changedAt, freshness } = result.state;
  const shown = kind === 'size' ? count : changedAt;
  const held = matchingTag(tags, result.etag, shown);
  const headers = { ...cacheHeaders(held ?? etagOf(result.etag, shown), false), ...freshnessHeaders(freshness) };
  if (held !== null) return { kind: 'empty', status: 304, headers };
  const bytes = kind === 'size' ? `{"size":${count}}` : `{"lastUpdated":${changedAt}}`;
  return { kind: 'bytes', status: 200, headers, bytes, type: mediaType(call.request.header('accept')) };
};
