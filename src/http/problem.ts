// Problems as HTTP says them: the status of every code, and the RFC 9457 document. Used by the pipeline, the pages and the raw refusals
// of the server. Must not know where a problem comes from.
import { errorTable, problem, type ErrorCode, type Problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';

export type Language = 'nb' | 'en';

/** HTTP status of every code of the error table. The compiler names the row that a new code lacks. */
export const statusOf: Readonly<Record<ErrorCode, number>> = {
  'HUB-100': 400,
  'HUB-101': 400,
  'HUB-102': 413,
  'HUB-103': 400,
  'HUB-104': 415,
  'HUB-105': 405,
  'HUB-106': 408,
  'HUB-107': 429,
  'HUB-108': 429,
  'HUB-109': 400,
  'HUB-110': 431,
  'HUB-111': 400,
  'HUB-120': 400,
  'HUB-121': 400,
  'HUB-130': 400,
  'HUB-131': 400,
  'HUB-132': 400,
  'HUB-133': 400,
  'HUB-134': 400,
  'HUB-135': 400,
  'HUB-200': 500,
  'HUB-204': 404,
  'HUB-205': 400,
  'HUB-206': 500,
  'HUB-207': 409,
  'HUB-300': 401,
  'HUB-301': 401,
  'HUB-302': 403,
  'HUB-303': 403,
  'HUB-304': 401,
  'HUB-305': 403,
  'HUB-400': 403,
  'HUB-401': 403,
  'HUB-403': 403,
  'HUB-409': 409,
  'HUB-410': 410,
  'HUB-411': 410,
  'HUB-412': 412,
  'HUB-413': 422,
  'HUB-414': 400,
  'HUB-415': 400,
  'HUB-416': 410,
  'HUB-417': 422,
  'HUB-418': 422,
  'HUB-419': 410,
  'HUB-420': 409,
  'HUB-421': 422,
  'HUB-422': 502,
  'HUB-424': 422,
  'HUB-500': 500,
  'HUB-501': 503,
  'HUB-502': 503,
  'HUB-503': 503,
  'HUB-504': 503,
  'HUB-510': 500,
  'HUB-511': 500,
  'HUB-512': 500,
  'HUB-513': 500,
  'HUB-514': 500,
  'HUB-515': 500,
  'HUB-600': 400,
  'HUB-602': 409,
  'HUB-603': 409,
  'HUB-604': 400,
  'HUB-605': 409,
  'HUB-606': 400,
  'HUB-607': 400,
  'HUB-610': 400,
  'HUB-611': 400,
  'HUB-612': 409,
  'HUB-613': 400,
  'HUB-614': 400,
  'HUB-615': 400,
  'HUB-616': 400,
  'HUB-617': 400,
  'HUB-618': 400,
  'HUB-619': 400,
  'HUB-620': 400,
  'HUB-621': 404,
  'HUB-630': 400,
  'HUB-631': 400,
  'HUB-632': 400,
  'HUB-633': 400,
  'HUB-634': 400,
  'HUB-635': 400,
  'HUB-636': 400,
  'HUB-637': 400,
  'HUB-638': 400,
  'HUB-639': 400,
  'HUB-640': 400,
  'HUB-700': 500,
  'HUB-701': 500,
};

export const problemType = 'application/problem+json';

/** The one answer for what is not there and for what may not be seen. Every HUB-204 is rendered as this one, whatever its detail says. */
export const notFound: Problem = problem('HUB-204', 'There is nothing at this address.');

/** True when the text is a code of the error table. */
export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(errorTable, text);

/** The language of texts for a reader: Norwegian when Accept-Language puts it first, English otherwise. */
export const languageOf = (accept: string | undefined): Language =>
  accept !== undefined && /^\s*(?:nb|nn|no)\b/i.test(accept) ? 'nb' : 'en';

/** What the reader of a problem may see of it: who may not see a thing is told what everybody is told of what does not exist. */
export const shownOf = (value: Problem): Problem => {
  if (value.code === 'HUB-204') return notFound;
  const { errors } = value;
  // Whoever is wrong at a hundred thousand places is told of the first: an answer is no bigger than what was asked.
  return errors === undefined || errors.length <= limits.problemItems
    ? value
    : { ...value, errors: errors.slice(0, limits.problemItems) };
};

/**
 * The problem document as JSON text. `publicUrl` is the address of the hub without a trailing slash. The `instance` names the request
 * and not the address, for addresses may hold national ids.
 */
export const renderProblem = (
  value: Problem,
  status: number,
  context: { readonly publicUrl: string; readonly requestId: string; readonly language: Language },
): string => {
  const shown = shownOf(value);
  const row = errorTable[shown.code];
  return JSON.stringify({
    type: `${context.publicUrl}/problems/${shown.code}`,
    title: row[context.language],
    status,
    detail: shown.detail,
    instance: `urn:request:${context.requestId}`,
    code: shown.code,
    requestId: context.requestId,
    ...(shown.errors === undefined ? {} : { errors: shown.errors }),
    hint: row.hint,
  });
};
