// How Gemini writes problems: type, title, status, detail and instance, with the parameters at fault for a bad request; 401 is a bare JSON string, as the
// gateway of the original sends it. Given to the routes, so that problems of the pipeline look alike. Pure.
import type { ApiAnswer, ApiRequest, ShownProblem, WrittenProblem } from '#apis/api.ts';
import { problem, type ErrorCode, type Problem, type ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { TableWritten } from '#tables/table.ts';

type ProblemAnswer = Extract<ApiAnswer, { readonly kind: 'problem' }>;

/** Makes the writer of problems of a hub at the address given (without a trailing slash). */
export const problemWriter =
  (baseUrl: () => string) =>
  ({ problem: of, status, title, language }: ShownProblem, request: Pick<ApiRequest, 'id'>): WrittenProblem => {
    if (status === 401)
      return {
        bytes: JSON.stringify(language === 'nb' ? 'Du må være logget inn.' : 'You have to be signed in.'),
        type: 'application/json; charset=utf-8',
      };
    const shown = {
      type: `${baseUrl()}/problems/${of.code}`,
      title: status === 400 && language === 'nb' ? 'Ugyldig forespørsel' : title,
      status,
      detail: of.detail,
      instance: `urn:request:${request.id}`,
      ...(status === 400 ? { invalidParameters: (of.errors ?? []).map(invalidOf) } : {}),
    };
    return { bytes: JSON.stringify(shown), type: 'application/problem+json; charset=utf-8' };
  };

const invalidOf = ({ at, message }: ProblemItem): { readonly name: string; readonly reason: string } => ({
  name: nameAt(at),
  reason: message,
});

const nameAt = (at: string): string =>
  at
    .replace(/^\//, '')
    .replaceAll('/', '.')
    .replace(/:plain$/, '') || 'body';

/** One answer for what does not exist, what the caller may not see and what is another institution's. */
export const missing: ProblemAnswer = {
  kind: 'problem',
  problem: problem('HUB-204', 'There is nothing at this address.'),
};

/** The same where the hub was not asked. */
export const nothingNamed: ProblemAnswer = { ...missing, unrecorded: true };

/** Parameters that are not taken, before the hub is asked. */
export const invalid = (all: readonly ProblemItem[]): ProblemAnswer => {
  const errors = all.slice(0, limits.problemItems);
  const names = [...new Set(errors.map(({ at }) => nameAt(at)))].join(', ');
  return {
    kind: 'problem',
    status: 400,
    problem: problem('HUB-103', `Ugyldige parametre: ${names}.`, { errors }),
    unrecorded: true,
  };
};

/** Why values cannot be written as they were given: as parameters where names are told, and otherwise as the hub says. */
export const refusedValue = (of: Problem): ProblemAnswer =>
  of.errors === undefined ? { kind: 'problem', problem: of } : invalid(of.errors);

type Rejected = Extract<TableWritten, { readonly kind: 'rejected' }>;

/** What a source has made of a change, with the words for one that gives none. */
const decisions: Readonly<
  Record<Rejected['state'], { readonly status: number; readonly code: ErrorCode; readonly words: string }>
> = {
  rejected: { status: 422, code: 'HUB-415', words: 'Kildesystemet tok ikke imot endringen.' },
  failed: { status: 502, code: 'HUB-415', words: 'Kildesystemet klarte ikke å gjøre endringen.' },
  expired: { status: 504, code: 'HUB-106', words: 'Kildesystemet svarte ikke i tide.' },
  conflict: { status: 409, code: 'HUB-409', words: 'Kildesystemet fant en konflikt.' },
};

/** A source has said no, or nothing. */
export const decidedAgainst = ({ state, message }: Rejected): ProblemAnswer => {
  const { status, code, words } = decisions[state];
  return { kind: 'problem', status, problem: problem(code, message === '' ? words : message) };
};

/** What is well-formed and cannot be done. */
export const impossible = (detail: string): ProblemAnswer => ({
  kind: 'problem',
  status: 422,
  problem: problem('HUB-415', detail),
});
