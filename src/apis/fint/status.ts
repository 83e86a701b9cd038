// Answers `GET /{resource}/status/{corrId}` with exactly the codes of facts 4.1 and 4.4. Called by routes.ts. Never kept by caches: what it tells
// changes, and holds personal data.
import { problem } from '#base/errors.ts';
import type { AnswerHeaders, ApiAnswer } from '#apis/api.ts';
import type { WriteAnswer, WriteOutcome } from '#hub/query.ts';
import type { Collection } from '#model/model.ts';
import { missing, otherwise } from './answers.ts';
import { mediaType, uncached } from './headers.ts';
import { pageEnd, pageStart } from './render.ts';
import { contextOf } from './request.ts';
import type { FintCall, FintDeps } from './request.ts';

/** What became of a write or live read of the caller's own. */
export const answerStatus = async (
  deps: FintDeps,
  call: FintCall,
  at: { readonly collection: Collection; readonly id: string },
): Promise<ApiAnswer> => {
  const result = await deps.hub.run({ kind: 'outcome', collection: at.collection.path, id: at.id }, contextOf(call));
  if (result.kind !== 'outcome') return otherwise(result);
  const address = `${deps.baseUrl()}/${at.collection.path}/status/${at.id}`;
  return render(result.outcome, address, mediaType(call.request.header('accept')));
};

const resource = (status: number, bytes: Buffer | string, type: string, more: AnswerHeaders = {}): ApiAnswer => ({
  kind: 'bytes',
  status,
  headers: { ...uncached, ...more },
  bytes,
  type,
});

const render = (outcome: WriteOutcome, address: string, type: string): ApiAnswer => {
  switch (outcome.state) {
    case 'waiting': {
      const headers = { ...uncached, location: address, 'retry-after': String(outcome.retryAfter) };
      return { kind: 'empty', status: 202, headers };
    }
    case 'written': {
      const at: AnswerHeaders = outcome.self === null ? {} : { location: outcome.self };
      return resource(201, outcome.body, type, { ...at, etag: `"${outcome.etag}"` });
    }
    case 'deleted':
      return { kind: 'empty', status: 204, headers: uncached };
    case 'valid':
      return eventBody(200, 'ACCEPTED', outcome.answer);
    case 'read-one':
      return outcome.body === null ? missing : resource(200, outcome.body, type);
    case 'read-many':
      return resource(200, listText(outcome.bodies, address), type);
    case 'rejected':
      return eventBody(400, 'REJECTED', outcome.answer);
    case 'conflict':
      return outcome.body === null ? eventBody(409, 'CONFLICT', outcome.answer) : resource(409, outcome.body, type);
    case 'failed':
    case 'expired':
      return eventBody(500, 'ERROR', outcome.answer);
    case 'forgotten':
      return { kind: 'problem', problem: noLongerKept, headers: uncached };
  }
};

const noLongerKept = problem('HUB-411', 'There is no such status, or it is no longer kept.');

/** FINT's answer of few words (facts 4.2), with the reason that the source gave. */
const eventBody = (
  status: number,
  responseStatus: 'ACCEPTED' | 'REJECTED' | 'ERROR' | 'CONFLICT',
  { message, problems }: WriteAnswer,
): ApiAnswer => ({
  kind: 'json',
  status,
  headers: uncached,
  value: { message, statusCode: responseStatus === 'ACCEPTED' ? '' : responseStatus, responseStatus, problems },
});

const listText = (bodies: readonly Buffer[], self: string): string => {
  const end = pageEnd({ self, prev: null, next: null }, bodies.length, 0);
  return `${pageStart.text}${bodies.map((body) => body.toString()).join(',')}${end(bodies.length)}`;
};
