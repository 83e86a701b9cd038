// Answers `GET /{resource}/changes`: one ordered, resumable feed of what was created, updated, removed and re-identified. Called by
// routes.ts. The form is ours; FINT has none (facts 9.1).
import type { ApiAnswer } from '#apis/api.ts';
import type { HubChange } from '#hub/query.ts';
import type { Collection } from '#model/model.ts';
import { otherwise, turnedAway } from './answers.ts';
import { freshnessHeaders, mediaType, uncached } from './headers.ts';
import { parseChangesParameters } from './parse.ts';
import {
  changeParts,
  changesEnd,
  changesStart,
  collect,
  deflateParts,
  emptyText,
  gzipStream,
  plainStream,
} from './render.ts';
import { contextOf } from './request.ts';
import type { FintCall, FintDeps } from './request.ts';

/** Up to this many bytes of resources an answer is sent whole and uncompressed. */
const shortFeed = 4_096;

/** Never kept by caches: entries may name national ids, and a position is asked for once. */
export const answerChanges = async (deps: FintDeps, call: FintCall, collection: Collection): Promise<ApiAnswer> => {
  const { request } = call;
  const parameters = parseChangesParameters(request.query);
  if (!parameters.ok) return turnedAway(parameters.problem);
  const { after, size } = parameters.value;
  const result = await deps.hub.run({ kind: 'changes', collection: collection.path, after, size }, contextOf(call));
  if (result.kind !== 'changes') return otherwise(result);
  const bare = `${deps.baseUrl()}/${collection.path}/changes`;
  const at = (position: string): string => `${bare}?after=${encodeURIComponent(position)}&size=${size}`;
  const self = after === null ? `${bare}?size=${size}` : at(after);
  const next = at(result.next);
  const envelope = { start: changesStart, end: changesEnd(self, next, result.next, result.more) };
  const headers = {
    ...uncached,
    ...freshnessHeaders(result.freshness),
    ...(result.more ? { link: `<${next}>; rel="next"` } : {}),
  };
  const type = mediaType(request.header('accept'));
  // What a poll hears most of the time.
  if (result.changes.length === 0) return { kind: 'bytes', status: 200, headers, bytes: emptyText(envelope), type };
  const parts = changeParts(result.changes);
  if (bytesOf(result.changes) <= shortFeed)
    return { kind: 'bytes', status: 200, headers, bytes: await collect(plainStream(envelope, parts)), type };
  if (!request.gzip) return { kind: 'stream', status: 200, headers, chunks: plainStream(envelope, parts), type };
  const chunks = gzipStream(envelope, deflateParts(parts));
  return { kind: 'stream', status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, chunks, type };
};

const bytesOf = (changes: readonly HubChange[]): number => {
  let bytes = 0;
  for (const change of changes) bytes += 128 + (change.body?.length ?? 0);
  return bytes;
};
