// Serves the operations: finds the one that an address names, holds parameters, headers and body against it, and lets it answer. One route for all that lies
// below the prefix, so that problems are written alike wherever nothing is. Made by gemini-api.ts.
import type { ApiAnswer, ApiRequest, Route } from '#apis/api.ts';
import { readIdempotencyKey } from '#apis/idempotency-key.ts';
import { namesOf, segmentsBelow } from '#apis/path-pattern.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { apiId, prefix } from './addresses.ts';
import { bodyReaders, type ReadBody } from './body.ts';
import type { Call, GeminiParts, Operation } from './operation.ts';
import { readJournal, readQuery } from './parameters.ts';
import { invalid, nothingNamed, problemWriter } from './problems.ts';

type Served = {
  readonly operation: Operation;
  readonly coordinate: string;
  readonly segments: readonly string[];
  readonly body: ReadBody | null;
};

type Found = { readonly served: Served; readonly path: Readonly<Record<string, string>> };

/** The routes. Throws when two operations claim one address and method. */
export const geminiRoutes = (parts: GeminiParts, operations: readonly Operation[]): readonly Route[] => {
  const read = bodyReaders();
  const served = operations.map((operation): Served => ({
    operation,
    coordinate: `${operation.method} ${operation.path}`,
    segments: operation.path.split('/').slice(1),
    body: operation.body === undefined ? null : read(operation.body),
  }));
  const taken = new Set<string>();
  for (const { coordinate } of served) {
    const key = coordinate.replaceAll(/\{\w+\}/g, '{}');
    if (taken.has(key)) throw new Error(`Two operations claim ${key}.`);
    taken.add(key);
  }
  const route = (methods: Route['methods'], body: Route['body']): Route => ({
    methods,
    path: `${prefix}/*`,
    access: 'client',
    scopes: [],
    body,
    bodyLimit: body === 'none' ? 0 : limits.bodyBytes,
    quota: true,
    basic: true,
    oneInstitution: true,
    problems: problemWriter(parts.baseUrl),
    part: (request) => find(served, request)?.served.coordinate ?? null,
    handle: (request) => answer(parts, served, request),
  });
  return [route(['GET'], 'none'), route(['POST', 'PUT', 'PATCH', 'DELETE'], 'text')];
};

const placesOf = (group: readonly Served[], path: string): readonly Found[] => {
  const given = segmentsBelow(prefix, path.endsWith('/') ? path.slice(0, -1) : path);
  if (given === null) return [];
  return group.flatMap((served) => {
    const names = namesOf(served.segments, given);
    return names === null ? [] : [{ served, path: names }];
  });
};

const methodOf = (request: ApiRequest): string => (request.method === 'HEAD' ? 'GET' : request.method);

const find = (group: readonly Served[], request: ApiRequest): Found | null =>
  placesOf(group, request.path).find(({ served }) => served.operation.method === methodOf(request)) ?? null;

const notAllowed = (places: readonly Found[]): ApiAnswer => {
  const methods = places.map(({ served }) => served.operation.method as string);
  const Allow = [...new Set([...methods, ...(methods.includes('GET') ? ['HEAD'] : [])])].toSorted().join(', ');
  return {
    kind: 'problem',
    problem: problem('HUB-105', `Adressen tar ${Allow}.`),
    headers: { Allow },
    unrecorded: true,
  };
};

const answer = async (parts: GeminiParts, group: readonly Served[], request: ApiRequest): Promise<ApiAnswer> => {
  const found = find(group, request);
  if (found === null) {
    const places = placesOf(group, request.path);
    return places.length === 0 ? nothingNamed : notAllowed(places);
  }
  const { principal } = request;
  if (principal === null) return nothingNamed;
  const { operation } = found.served;
  const query = readQuery(operation.query ?? [], request.query);
  if (!query.ok) return invalid(query.problem.errors ?? []);
  const journal = operation.journal === true ? readJournal(request.header('x-journalnummer')) : null;
  if (journal !== null && !journal.ok) return invalid(journal.problem.errors ?? []);
  const idempotencyKey = readIdempotencyKey(request.header('idempotency-key'));
  if (idempotencyKey === undefined)
    return invalid([{ at: 'Idempotency-Key', message: `må være 1 til ${limits.idempotencyKeyLength} synlige tegn` }]);
  const body = bodyOf(found.served, request);
  if (body !== null && 'kind' in body) return body;
  const owner = await parts.institutionNumber(principal.tenant);
  if (owner === null) return nothingNamed;
  const call: Call = {
    request,
    context: { principal, requestId: request.id, api: apiId, signal: request.signal },
    owner,
    path: found.path,
    query: query.value,
    body: body === null ? null : body.members,
    journal: journal === null ? null : journal.value,
    idempotencyKey,
  };
  return operation.handle(call);
};

const bodyOf = (
  { body }: Served,
  request: ApiRequest,
): { readonly members: Readonly<Record<string, unknown>> } | null | ApiAnswer => {
  if (body === null)
    return request.text.trim() === '' ? null : invalid([{ at: 'body', message: 'tas ikke av denne adressen' }]);
  const [type = ''] = (request.header('content-type') ?? '').split(';');
  if (request.text.trim() !== '' && type.trim().toLowerCase() !== 'application/json')
    return {
      kind: 'problem',
      problem: problem('HUB-104', 'Content-Type må være application/json.'),
      unrecorded: true,
    };
  const read = body(request.text);
  if (read.ok) return { members: read.value };
  return invalid(read.problem.errors ?? []);
};
