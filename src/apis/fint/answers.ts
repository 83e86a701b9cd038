// The answers that several addresses of the FINT API share. Called by routes.ts and the files that answer.
import { problem } from '#base/errors.ts';
import type { Problem } from '#base/errors.ts';
import type { AnswerHeaders, ApiAnswer } from '#apis/api.ts';
import type { HubResult } from '#hub/query.ts';
import { commonHeaders, uncached } from './headers.ts';

type ProblemAnswer = Extract<ApiAnswer, { readonly kind: 'problem' }>;

/** One answer, byte for byte, for what does not exist, what the caller may not see and what is not addressed right. */
export const missing: ProblemAnswer = {
  kind: 'problem',
  problem: problem('HUB-204', 'There is nothing at this address.'),
  headers: uncached,
};

/** The same for an address that names nothing, of which the hub was not asked. */
export const nothingNamed: ApiAnswer = { ...missing, unrecorded: true };

const refused = (value: Problem, headers: AnswerHeaders = {}): ProblemAnswer => ({
  kind: 'problem',
  problem: value,
  headers: { ...commonHeaders, ...headers },
});

/** For what cannot be asked of the hub as it was sent. */
export const turnedAway = (value: Problem, headers: AnswerHeaders = {}): ApiAnswer => ({
  ...refused(value, headers),
  unrecorded: true,
});

/** For results that a query of its kind never gives, beside the two that every query may. */
export const otherwise = (result: HubResult): ApiAnswer => {
  if (result.kind === 'missing') return missing;
  if (result.kind === 'refused') return refused(result.problem);
  return refused(
    problem('HUB-500', 'The hub gave an answer of another kind.', { internal: `unexpected result ${result.kind}` }),
  );
};
