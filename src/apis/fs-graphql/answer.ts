// A POST to the API, answered: headers and owner first, then the engine. Called by fs-graphql-api.ts.
import type { Clock } from '#base/clock.ts';
import { problem, type Problem } from '#base/errors.ts';
import type { ApiAnswer, ApiRequest } from '#apis/api.ts';
import { callerHere } from '#apis/client-scope.ts';
import { answerType, isJson, statusFor } from '#apis/graphql-http.ts';
import type { Graphql } from '#graphql/answer-request.ts';
import type { Owners } from './owner.ts';
import { errorText, flagsOf, keyOf } from './request.ts';

/** The catalogue id of this API, as it stands in the audit. */
export const apiId = 'fs-graphql';

export type AnswerDeps = {
  readonly graphql: Graphql;
  readonly owners: Owners;
  readonly clock: Clock;
  readonly flags: ReadonlySet<string>;
  /** A flag for what is less firm opens what is firmer. */
  readonly flagsImply: boolean;
};

const kept = { 'cache-control': 'no-store' };

/** Answers in the form of GraphQL whatever is wrong; what cannot be run is 200 for clients that take `application/json` alone, unless it is no JSON. */
export const answerPost = async (deps: AnswerDeps, request: ApiRequest): Promise<ApiAnswer> => {
  const type = answerType(request.header('accept'));
  const bytes = (status: number, text: string, uses: readonly string[] = []): ApiAnswer => ({
    kind: 'bytes',
    status,
    type,
    bytes: text,
    headers: kept,
    uses,
  });
  const refused = (status: number, value: Problem): ApiAnswer => bytes(status, errorText(value));
  const { principal } = request;
  if (principal === null) return refused(401, problem('HUB-300', 'This address needs an access token.'));
  if (!isJson(request.header('content-type')))
    return refused(415, problem('HUB-104', 'Send the operation as application/json.'));
  const flags = flagsOf(request.header('feature-flags'), deps.flags, deps.flagsImply);
  if (!flags.ok) return refused(400, flags.problem);
  const caller = callerHere(principal);
  // Ids are written with it: it is known before anything is.
  await deps.owners.numberOf(caller.tenant);
  const context = { principal: caller, requestId: request.id, api: apiId };
  const idempotencyKey = keyOf(request.header('idempotency-key'));
  if (!idempotencyKey.ok) return refused(400, idempotencyKey.problem);
  const answer = await deps.graphql.answer(request.text, flags.value, {
    context,
    now: deps.clock.now(),
    signal: request.signal,
    idempotencyKey: idempotencyKey.value,
  });
  return bytes(statusFor(answer, type), answer.text, answer.uses);
};
