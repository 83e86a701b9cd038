// From the list of operations to routes of the pipeline: finds the operation of an address and holds the request against it (scopes, path, query,
// headers, body) before it is handled. Called by vfs-api.ts. Knows no operation.
import { problem, type ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { ok, type Result } from '#base/result.ts';
import type { ApiAnswer, ApiRequest, Route } from '#apis/api.ts';
import { isName, nameOf, namesOf, segmentsBelow } from '#apis/path-pattern.ts';
import { prefix } from './addresses.ts';
import { bodyReader, createChecks, type ReadBody } from './body-check.ts';
import type { Schemas } from '#mappings/mapping-schema.ts';
import type { Operation, Parameter, VfsCall } from './operation.ts';
import { badParameters, readQuery } from './parameters.ts';
import { nothingNamed, turnedAway } from './problem-answers.ts';

/** The catalogue id of this API, as it stands in the audit. */
export const apiId = 'flyt-skole';

/** An operation with what is made of it once. */
type Served = {
  readonly operation: Operation;
  /** What it is called where use is counted. */
  readonly coordinate: string;
  /** Segments below the prefix; a name in braces stands for any one. */
  readonly segments: readonly string[];
  readonly body: ReadBody | null;
};

type Found = { readonly served: Served; readonly path: Readonly<Record<string, string>> };

/**
 * Routes of the operations, by the first segment of their addresses. `schemas` are the components that bodies may refer to. Throws when two
 * operations claim one address and method, or a name in a path has no parameter.
 */
export const vfsRoutes = (operations: readonly Operation[], schemas: Schemas): readonly Route[] => {
  const check = createChecks(schemas);
  const served = operations.map((operation): Served => {
    checkPath(operation);
    const { body } = operation;
    return {
      operation,
      coordinate: `${operation.method} ${operation.path}`,
      segments: segmentsOf(operation.path),
      body: body === null ? null : bodyReader(body, check),
    };
  });
  const taken = new Set<string>();
  for (const { operation, segments } of served) {
    const key = `${operation.method} ${segments.map((one) => (isName(one) ? '{}' : one)).join('/')}`;
    if (taken.has(key)) throw new Error(`Two operations claim ${key}.`);
    taken.add(key);
  }
  // A literal segment goes before a name.
  const inOrder = served.toSorted((one, other) => namesIn(one) - namesIn(other));
  const groups = Map.groupBy(inOrder, ({ segments }) => segments[0] ?? '');
  return [...[...groups].flatMap(([first, group]) => routesBelow(first, group)), ...beside];
};

/** What no operation has: nothing is there, and a national id in the address is refused all the same. */
const beside: readonly Route[] = ['/vfs/*', `${prefix}/*`].map((path) => ({
  methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  path,
  access: 'open',
  scopes: [],
  body: 'none',
  bodyLimit: 0,
  closedToNationalIds: true,
  handle: () => nothingNamed,
}));

const segmentsOf = (path: string): readonly string[] => path.split('/').slice(1);
const namesIn = ({ segments }: Served): number => segments.filter(isName).length;

const checkPath = ({ id, path, parameters }: Operation): void => {
  const names = segmentsOf(path).filter(isName).map(nameOf);
  const declared = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
  if (names.toSorted().join() !== declared.toSorted().join())
    throw new Error(`The operation ${id} does not describe the names of its path.`);
};

const routesBelow = (first: string, group: readonly Served[]): readonly Route[] => {
  const path = `${prefix}/${first}/*`;
  const route = (methods: Route['methods'], body: Route['body']): Route => ({
    methods,
    path,
    access: 'client',
    scopes: scopesOf(group, methods),
    body,
    bodyLimit: body === 'none' ? 0 : limits.bodyBytes,
    // What is left of a quota may always be asked for.
    quota: () => first !== 'usage',
    part: (request) => find(group, request)?.served.coordinate ?? null,
    closedToNationalIds: true,
    handle: (request) => answer(group, request),
  });
  return [
    {
      ...route(['GET'], 'none'),
      ...(group.some(({ operation }) => operation.waits !== undefined)
        ? { waits: (request: ApiRequest) => waits(group, request) }
        : {}),
    },
    route(['POST', 'PUT', 'PATCH', 'DELETE'], 'text'),
    { ...route(['OPTIONS'], 'none'), access: 'open', scopes: [], handle: (request) => options(group, request) },
  ];
};

/** Of all operations of the group: what the token has to carry one of before more is looked at. None when one of them takes any token. */
const scopesOf = (group: readonly Served[], methods: Route['methods']): readonly string[] => {
  const lists = group
    .filter(({ operation }) => methods.includes(operation.method))
    .map(({ operation }) => operation.scopes);
  return lists.some((scopes) => scopes.length === 0) ? [] : [...new Set(lists.flat())];
};

/** The operations at an address, whatever their methods. */
const placesOf = (group: readonly Served[], path: string): readonly Found[] => {
  const segments = segmentsBelow(prefix, path);
  if (segments === null) return [];
  return group.flatMap((served) => {
    const names = namesOf(served.segments, segments);
    return names === null ? [] : [{ served, path: names }];
  });
};

const allowOf = (places: readonly Found[]): string => {
  const methods = places.map(({ served }) => served.operation.method as string);
  return [...new Set([...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'])].toSorted().join(', ');
};

/** Null when nothing is there, or nothing with this method. What GET answers, HEAD answers without a body. */
const find = (group: readonly Served[], request: ApiRequest): Found | null => {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const segments = segmentsBelow(prefix, request.path);
  if (segments === null) return null;
  for (const served of group) {
    const path = served.operation.method === method ? namesOf(served.segments, segments) : null;
    if (path !== null) return { served, path };
  }
  return null;
};

const waits = (group: readonly Served[], request: ApiRequest): boolean =>
  find(group, request)?.served.operation.waits?.(request) === true;

const options = (group: readonly Served[], request: ApiRequest): ApiAnswer => {
  const places = placesOf(group, request.path);
  return places.length === 0 ? nothingNamed : { kind: 'empty', status: 204, headers: { Allow: allowOf(places) } };
};

const answer = (group: readonly Served[], request: ApiRequest): Promise<ApiAnswer> | ApiAnswer => {
  const found = find(group, request);
  if (found === null) {
    const places = placesOf(group, request.path);
    if (places.length === 0) return nothingNamed;
    const Allow = allowOf(places);
    return turnedAway(problem('HUB-105', `This address takes ${Allow}.`), { Allow });
  }
  const { operation, body } = found.served;
  const { principal } = request;
  if (principal === null) return turnedAway(problem('HUB-300', 'A token is needed.'));
  const lacking = lackingOf(operation, principal.scopes);
  if (lacking !== null) {
    const challenge = `Bearer realm="bindeledd", error="insufficient_scope", scope="${lacking.join(' ')}"`;
    const value = problem('HUB-302', `The token must carry one of the scopes ${lacking.join(', ')}.`);
    return turnedAway(value, { 'WWW-Authenticate': challenge });
  }
  const path = readPath(operation.parameters, found.path);
  if (path === null) return nothingNamed;
  const query = readQuery(operation.parameters, request.query);
  if (!query.ok) return turnedAway(query.problem);
  const headers = readHeaders(operation, request);
  if (!headers.ok) return turnedAway(headers.problem);
  const members = readBody(operation, body, request);
  if (!members.ok) return turnedAway(members.problem);
  const context = { principal, requestId: request.id, api: apiId };
  return operation.handle({ request, principal, context, path, query: query.value, body: members.value });
};

/** The scopes of which the token has none although it needs one; null when it has what it needs. */
const lackingOf = ({ scopes, also = [] }: Operation, held: ReadonlySet<string>): readonly string[] | null =>
  [scopes, also].find((list) => list.length > 0 && !list.some((scope) => held.has(scope))) ?? null;

/** Null when a name has not the form that it has to have: then nothing is there. */
const readPath = (
  parameters: readonly Parameter[],
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> | null => {
  for (const { name, in: where, read } of parameters) if (where === 'path' && !read(given[name] ?? '').ok) return null;
  return given;
};

const readHeaders = ({ headers = [] }: Operation, request: ApiRequest): Result<null> => {
  const absent = headers.filter(
    ({ name, required }) => required === true && (request.header(name.toLowerCase()) ?? '').trim() === '',
  );
  const errors: readonly ProblemItem[] = absent.map(({ name }) => ({
    at: name,
    message: 'this header has to be given',
  }));
  return errors.length === 0 ? ok(null) : badParameters(errors);
};

const readBody = (operation: Operation, body: ReadBody | null, request: ApiRequest): Result<VfsCall['body']> => {
  if (operation.body === null || body === null) {
    return request.text.trim() === ''
      ? ok(null)
      : badParameters([{ at: 'body', message: 'is not taken by this address' }]);
  }
  if (request.text.trim() !== '' && !takesType(operation.body.type, request.header('content-type'))) {
    return { ok: false, problem: problem('HUB-104', `Content-Type must be ${operation.body.type}.`) };
  }
  return body(request.text);
};

/** Plain JSON stands for a merge patch too: what is sent is the same. */
const takesType = (type: string, given: string | null): boolean => {
  const [sent = ''] = (given ?? '').split(';');
  const name = sent.trim().toLowerCase();
  return name === type || name === 'application/json';
};
