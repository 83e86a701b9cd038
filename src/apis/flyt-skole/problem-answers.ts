// The answers that several files of this API give when there is nothing to show. Used by routes.ts and by the files that make operations.
import { problem, type Problem } from '#base/errors.ts';
import type { AnswerHeaders, ApiAnswer } from '#apis/api.ts';

type ProblemAnswer = Extract<ApiAnswer, { readonly kind: 'problem' }>;

/** One answer for what does not exist, what the caller may not see and what is an id of somebody else. */
export const missing: ProblemAnswer = {
  kind: 'problem',
  problem: problem('HUB-204', 'There is nothing at this address.'),
};

/** The hub was asked and has refused: it is on record. */
export const refused = (value: Problem, headers?: AnswerHeaders): ProblemAnswer => ({
  kind: 'problem',
  problem: value,
  ...(headers === undefined ? {} : { headers }),
});

/** Refused before the hub was asked: the pipeline sees to the record. */
export const turnedAway = (value: Problem, headers?: AnswerHeaders): ProblemAnswer => ({
  ...refused(value, headers),
  unrecorded: true,
});

/** An address that names nothing, of which the hub was not asked. */
export const nothingNamed: ProblemAnswer = { ...missing, unrecorded: true };
