// What has to be asked for to run something, for everybody: it is read from the model and the descriptions, and holds no data. Called by explain-api.ts.
import type { AccessAnswer, AccessQuestion } from '#apis/access-answer.ts';
import type { ApiAnswer, ApiRequest, Route } from '#apis/api.ts';
import { problem, type ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Result } from '#base/result.ts';

export type AccessForPort = (question: AccessQuestion) => Promise<Result<AccessAnswer>>;

const members = ['operation', 'document', 'api', 'operationName', 'variables'];
const apis = ['fs-graphql', 'fint-graphql'];

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads the body of a question. Fails with HUB-100 for what is no JSON object, HUB-103 with all that is wrong with its members. */
export const readQuestion = (text: string): Result<AccessQuestion> => {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = null;
  }
  if (!isMap(body)) return failed(problem('HUB-100', 'The body must be a JSON object.'));
  const errors: ProblemItem[] = [];
  const say = (at: string, message: string): void => void errors.push({ at: `/${at}`, message });
  for (const name of Object.keys(body)) if (!members.includes(name)) say(name, 'is not taken here');
  const textOf = (name: string): string | null => {
    const value = body[name];
    if (value === undefined || value === null) return null;
    if (typeof value === 'string' && value !== '') return value;
    say(name, 'must be a text');
    return null;
  };
  const [operation, document, api, operationName] = [
    textOf('operation'),
    textOf('document'),
    textOf('api'),
    textOf('operationName'),
  ];
  const variables = body['variables'] ?? {};
  if (!isMap(variables)) say('variables', 'must be an object');
  if (api !== null && !apis.includes(api)) say('api', `must be one of ${apis.join(', ')}`);
  if ((operation === null) === (document === null) && errors.length === 0)
    say('operation', 'must be given, or a document, and not both');
  if (errors.length > 0 || !isMap(variables)) return failed(problem('HUB-103', 'A member is not right.', { errors }));
  return document === null
    ? ok({ kind: 'operation', operation: operation ?? '' })
    : ok({ kind: 'document', document, api, operationName, variables });
};

/** Makes the route. Anybody may ask, so that only a few questions are worked on at once. */
export const accessForRoute = (accessFor: AccessForPort): Route => {
  let underWay = 0;
  const answer = async ({ text }: ApiRequest): Promise<ApiAnswer> => {
    const question = readQuestion(text);
    if (!question.ok) return { kind: 'problem', problem: question.problem };
    if (underWay >= limits.accessForAtOnce)
      return { kind: 'problem', problem: problem('HUB-501', 'Too many ask at once.', { retryAfter: 1 }) };
    underWay += 1;
    try {
      const found = await accessFor(question.value);
      return found.ok
        ? { kind: 'json', status: 200, headers: { 'cache-control': 'no-store' }, value: found.value }
        : { kind: 'problem', problem: found.problem };
    } finally {
      underWay -= 1;
    }
  };
  return {
    methods: ['POST'],
    path: '/catalogue/access-for',
    access: 'open',
    scopes: [],
    body: 'text',
    bodyLimit: limits.accessForBytes,
    handle: answer,
  };
};
