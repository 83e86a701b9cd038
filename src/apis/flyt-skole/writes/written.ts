// What is answered to a write: the document where the hub has done it, the address of an outcome where a source decides, and problems in the names
// of the API. Called by the operations.
import { problem } from '#base/errors.ts';
import type { ApiAnswer } from '#apis/api.ts';
import type { FoundDocument } from '#hub/documents/document.ts';
import type { HubResult, WriteManyQuery } from '#hub/query.ts';
import { isWrittenAt, renamed } from '#mappings/renamed-problems.ts';
import { addressOf } from '../addresses.ts';
import type { VfsCall, VfsDeps } from '../operation.ts';
import { missing, refused, turnedAway } from '../problem-answers.ts';
import { etagOf, findOne, type OneOf } from '../reads/answers.ts';
import { ifMatchOf } from './conditions.ts';
import type { ReadWriteField } from './write-fields.ts';

/** Never kept by caches: what is written is personal, and the answer is one to one request. */
const uncached = { 'cache-control': 'no-store' } as const;

/** A document to be changed, and where the feed stood before it was read: what it is to be unchanged since. */
export type Beginning<Facts> =
  | { readonly document: FoundDocument<Facts>; readonly unchanged: WriteManyQuery['unchanged'] }
  | { readonly answer: ApiAnswer };

/** Reads what is to be changed and holds it against If-Match. The answer is 404 when it is not there, and HUB-412 when it is another. */
export const beginChange = async <Facts extends { readonly watched: readonly number[] }>(
  deps: VfsDeps,
  call: VfsCall,
  of: OneOf<Facts>,
): Promise<Beginning<Facts>> => {
  const tags = ifMatchOf(call);
  // Before the document is read: what changes after that is seen by the write.
  const since = tags === null ? null : await positionOf(deps, call);
  const found = await findOne(deps, call, of);
  if ('answer' in found) return found;
  const { document } = found;
  if (tags !== null && !tags.includes('*') && !tags.includes(etagOf(document)))
    return { answer: turnedAway(changedSince) };
  return { document, unchanged: since === null ? null : { since, uids: document.facts.watched } };
};

const changedSince = problem('HUB-412', 'It is another than the one whose ETag was sent.');

const positionOf = async ({ hub }: VfsDeps, { context }: VfsCall): Promise<number | null> => {
  const result = await hub.run({ kind: 'position' }, context);
  return result.kind === 'position' ? result.position : null;
};

type Request = Pick<WriteManyQuery, 'parts'> & Partial<WriteManyQuery>;

/** Asks the hub for the parts as one. */
export const write = ({ hub }: Pick<VfsDeps, 'hub'>, call: VfsCall, request: Request): Promise<HubResult> =>
  hub.run({ kind: 'write-many', idempotency: null, unchanged: null, note: '', about: [], ...request }, call.context);

/** Where the parts came from, for problems: the fields of each part. */
export type Origins = readonly (readonly ReadWriteField[])[];

/** The answer when the hub has not taken the write, in the names of the API. */
export const notTaken = (result: HubResult, origins: Origins): ApiAnswer => {
  switch (result.kind) {
    case 'missing':
      return missing;
    case 'refused':
      return refused(renamed(result.problem, (at) => nameAt(at, origins[result.part ?? 0] ?? [])));
    default:
      return refused(
        problem('HUB-500', 'The hub gave an answer of another kind.', { internal: `unexpected result ${result.kind}` }),
      );
  }
};

const nameAt = (at: string, fields: readonly ReadWriteField[]): readonly string[] => {
  const found = fields.find(({ attributes, relation }) =>
    isWrittenAt(at, relation === null ? `/${attributes.join('/')}` : `/_links/${relation.name}`),
  );
  return found === undefined ? [] : [found.name];
};

type Accepted = Extract<HubResult, { kind: 'accepted' }>;

/** True where a source decides, so that nothing can be shown yet. */
export const waits = ({ retryAfter }: Accepted): boolean => retryAfter > 0;

/** 202 with the address at which the outcome is told. */
export const taken = (deps: Pick<VfsDeps, 'baseUrl'>, { id, retryAfter }: Accepted): ApiAnswer => ({
  kind: 'empty',
  status: 202,
  headers: { ...uncached, location: addressOf(deps, `/writes/${id}`), 'retry-after': String(retryAfter) },
});

/** 200 or 201 with the document as it is now; who may not read it is told no more than that it is done. */
export const shown = async <Facts>(
  deps: VfsDeps,
  call: VfsCall,
  of: OneOf<Facts>,
  { status, location }: { readonly status: 200 | 201; readonly location?: string },
): Promise<ApiAnswer> => {
  const headers = {
    ...uncached,
    ...(location === undefined ? {} : { location: addressOf(deps, location) }),
  };
  const found = await findOne(deps, call, of);
  if ('answer' in found) return { kind: 'empty', status: status === 200 ? 204 : status, headers };
  const { bytes } = found.document;
  return {
    kind: 'bytes',
    status,
    headers: { ...headers, etag: etagOf(found.document) },
    bytes,
    type: 'application/json; charset=utf-8',
  };
};
