// A request of this API → its answer: statuses, media types and headers as clients of FINT's GraphQL and of GraphQL over HTTP expect them. Called by
// fint-graphql-api.ts. What is asked, and what may be seen, is decided elsewhere.
import { problem, type ErrorCode } from '#base/errors.ts';
import { errorOf } from '#graphql/answer-error.ts';
import type { Graphql } from '#graphql/answer-request.ts';
import { readFlags } from '#graphql/marks.ts';
import type { AnswerHeaders, ApiAnswer, ApiRequest } from '#apis/api.ts';
import { answerType, isJson, statusFor } from '#apis/graphql-http.ts';
import type { Principal } from '#hub/principal.ts';
import { apiId } from './api-id.ts';

/** Answers are one caller's, and hold persons: no cache keeps them. */
const headers: AnswerHeaders = { 'cache-control': 'no-store', vary: 'Authorization, Accept, Feature-Flags' };

/** Runs what a client has sent. The caller is one that the route vouches for, with the scope of this API alone. */
export const answerGraphql = async (
  graphql: Pick<Graphql, 'answer'>,
  now: () => number,
  request: ApiRequest,
  principal: Principal,
): Promise<ApiAnswer> => {
  const type = answerType(request.header('accept'));
  const bytes = (status: number, text: string, uses: readonly string[] = []): ApiAnswer => ({
    kind: 'bytes',
    status,
    headers,
    bytes: text,
    type,
    uses,
  });
  if (!isJson(request.header('content-type'))) return bytes(415, noJson());
  const context = { principal, requestId: request.id, api: apiId };
  const answer = await graphql.answer(request.text, readFlags(request.header('feature-flags')), {
    context,
    now: now(),
    signal: request.signal,
  });
  // As FINT's GraphQL tells refusals (facts 7); it does so for one refused part as well, and what the caller may see would be lost.
  return bytes(answer.isUnopened ? 401 : statusFor(answer, type), answer.text, answer.uses);
};

const noJson = (): string => {
  const why = problem('HUB-104', 'Send the operation as application/json.');
  return JSON.stringify({ errors: [errorOf(why, { classification: classificationOf(why.code) })] });
};

/** What GraphQL servers of the kind that FINT's is call an error of a code. */
export const classificationOf = (code: ErrorCode): string => {
  switch (code) {
    case 'HUB-100':
    case 'HUB-101':
    case 'HUB-104':
    case 'HUB-130':
      return 'InvalidSyntax';
    case 'HUB-131':
    case 'HUB-132':
    case 'HUB-133':
    case 'HUB-134':
      return 'ValidationError';
    case 'HUB-135':
      return 'OperationNotSupported';
    case 'HUB-400':
      return 'UNAUTHORIZED';
    default:
      return 'DataFetchingException';
  }
};
