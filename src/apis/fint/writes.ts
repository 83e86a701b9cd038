// Answers POST, PUT and DELETE of resources (facts 4.1): taken with 202 and the address of a status, or refused with a problem. Called by routes.ts;
// the hub decides, whichever way the organisation has the class written.
import { problem } from '#base/errors.ts';
import type { Problem, ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { ApiAnswer } from '#apis/api.ts';
import { readIdempotencyKey } from '#apis/idempotency-key.ts';
import type { HubResult, WriteQuery } from '#hub/query.ts';
import type { Collection } from '#model/model.ts';
import { otherwise, turnedAway } from './answers.ts';
import { uncached } from './headers.ts';
import { contextOf } from './request.ts';
import type { FintCall, FintDeps } from './request.ts';

export type WriteAddress = {
  readonly collection: Collection;
  /** The identifier in the address; null for the collection itself. */
  readonly target: WriteQuery['target'];
};

/** `POST /{resource}`, `PUT` and `DELETE /{resource}/{idField}/{idValue}`; with `validate=true` the resource is checked and nothing stored. */
export const answerWrite = async (deps: FintDeps, call: FintCall, at: WriteAddress): Promise<ApiAnswer> => {
  const { request } = call;
  const asked = readWrite(call, at.target !== null);
  if (!asked.ok) return turnedAway(asked.problem);
  const result = await deps.hub.run(
    {
      kind: 'write',
      collection: at.collection.path,
      target: at.target,
      body: asked.value.operation === 'delete' ? null : request.text,
      ...asked.value,
    },
    contextOf(call),
  );
  return result.kind === 'accepted' ? takenAnswer(deps, at.collection, result) : notTaken(result);
};

/** 202 with the address at which the outcome is told. */
export const takenAnswer = (
  deps: Pick<FintDeps, 'baseUrl'>,
  collection: Collection,
  { id, retryAfter }: Extract<HubResult, { kind: 'accepted' }>,
  more: Readonly<Record<string, string>> = {},
): ApiAnswer => ({
  kind: 'empty',
  status: 202,
  headers: {
    ...uncached,
    location: `${deps.baseUrl()}/${collection.path}/status/${id}`,
    'retry-after': String(retryAfter),
    ...more,
  },
});

/** The methods of a class that is not written. */
const readOnly = 'GET, HEAD';

const notTaken = (result: HubResult): ApiAnswer => {
  const answer = otherwise(result);
  return answer.kind === 'problem' && answer.problem.code === 'HUB-105'
    ? { ...answer, headers: { ...answer.headers, allow: readOnly } }
    : answer;
};

type Asked = Pick<WriteQuery, 'operation' | 'idempotencyKey' | 'ifMatch'>;

/** What the request says beside the resource. Fails with HUB-103 or HUB-104. */
const readWrite = ({ request }: FintCall, addressed: boolean): Result<Asked> => {
  const { method, query } = request;
  const errors: ProblemItem[] = [];
  const validate = query.getAll('validate');
  if (validate.length > 1 || !['true', 'false', undefined].includes(validate[0]))
    errors.push({ at: 'validate', message: 'It takes true or false, once.' });
  // Whoever means to have something checked must not have it written for a letter's sake.
  if ([...query.keys()].some((name) => name !== 'validate' && name.trim().toLowerCase() === 'validate'))
    errors.push({ at: 'validate', message: 'It is written in lower case.' });
  if (validate[0] === 'true' && method === 'DELETE')
    errors.push({ at: 'validate', message: 'There is nothing to check about a removal.' });
  const key = readIdempotencyKey(request.header('idempotency-key'));
  if (key === undefined)
    errors.push({ at: 'Idempotency-Key', message: `It takes 1 to ${limits.idempotencyKeyLength} visible characters.` });
  if (errors.length > 0) return failed(problem('HUB-103', 'The request is not right.', { errors }));
  const type = method === 'DELETE' ? null : foreignType(request.header('content-type'));
  if (type !== null) return failed(type);
  return ok({
    operation: method === 'DELETE' ? 'delete' : validate[0] === 'true' ? 'validate' : addressed ? 'update' : 'create',
    idempotencyKey: key ?? null,
    ifMatch: addressed ? readIfMatch(request.header('if-match')) : null,
  });
};

const jsonType = /^application\/(?:[\w.+-]+\+)?json$/;

const foreignType = (header: string | null): Problem | null => {
  const type = (header ?? 'application/json').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return jsonType.test(type) ? null : problem('HUB-104', 'A resource is sent as application/json.');
};

/** The tags of an If-Match header without their quotes; weak ones never match (RFC 9110, 13.1.1). */
const readIfMatch = (header: string | null): readonly string[] | null =>
  header === null
    ? null
    : header
        .split(',')
        .map((tag) => tag.trim())
        // A star within quotes is a tag, and none of ours.
        .filter((tag) => tag === '*' || (/^".*"$/.test(tag) && tag !== '"*"'))
        .map((tag) => (tag === '*' ? tag : tag.slice(1, -1)));
