// The operations of a service over REST: finds the one that is called, holds the request against it and writes what it answers. Called by service-parts.ts.
// Knows no operation.
import { problem, type Problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Result } from '#base/result.ts';
import type { AnswerHeaders, ApiAnswer, ApiRequest, Route } from '#apis/api.ts';
import { callerHere } from '#apis/client-scope.ts';
import { isName, nameOf, namesOf, segmentsBelow } from '#apis/path-pattern.ts';
import { readDocument } from '#formats/xml/read-document.ts';
import { XmlFault } from '#formats/xml/xml-fault.ts';
import { jsonNotation } from '#mappings/json-notation.ts';
import { xmlNotation } from '#mappings/xml-notation.ts';
import { clientScope } from '#model/openapi.ts';
import { acceptedType } from './accept.ts';
import { readParameters } from './parameters.ts';
import { restProblem } from './problem-forms.ts';
import { elementOfJson, readElement } from './read-element.ts';
import type { ReadElement, Service, ServiceDeps, ServiceOperation } from './service.ts';
import { restAnswer } from './write-answer.ts';

type Rest = NonNullable<ServiceOperation['rest']>;
/** An operation with what is made of its address once. */
type Served = {
  readonly operation: ServiceOperation;
  readonly rest: Rest;
  readonly coordinate: string;
  readonly segments: readonly string[];
  /** The address of its route: literal, or up to the first name. */
  readonly path: string;
};
type Found = { readonly served: Served; readonly names: Readonly<Record<string, string>> };

const nothing: Problem = problem('HUB-204', 'There is nothing at this address.');

/** Routes of a service below its prefix, with one for whatever has none. Throws when two operations claim one address and method. */
export const restRoutes = (service: Service, deps: ServiceDeps): readonly Route[] => {
  const { prefix, namespace } = service;
  if (prefix === null) return [];
  const served = service.operations.flatMap((operation) => servedOf(prefix, operation));
  const claimed = new Set<string>();
  for (const { rest, segments } of served) {
    const key = `${rest.method} ${segments.map((one) => (isName(one) ? '{}' : one)).join('/')}`;
    if (claimed.has(key)) throw new Error(`Two operations of ${service.id} claim ${key}.`);
    claimed.add(key);
  }
  const problems = restProblem(namespace);
  const groups = Map.groupBy(served, ({ path, rest }) => `${rest.method} ${path}`);
  return [
    ...[...groups.values()].flatMap((group) => routeOf(group, prefix, service, deps)),
    {
      methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      path: `${prefix}/*`,
      access: 'open',
      scopes: [],
      body: 'none',
      bodyLimit: 0,
      closedToNationalIds: true,
      problems,
      handle: () => turnedAway(nothing),
    },
  ];
};

const turnedAway = (
  value: Problem,
  more: { readonly status?: number; readonly headers?: AnswerHeaders } = {},
): ApiAnswer => ({
  kind: 'problem',
  problem: value,
  unrecorded: true,
  ...more,
});

const servedOf = (prefix: string, operation: ServiceOperation): readonly Served[] => {
  const { rest } = operation;
  if (rest === undefined) return [];
  const segments = rest.path.split('/').slice(1);
  const first = segments.findIndex(isName);
  for (const name of segments.filter(isName))
    if (!operation.parameters.some((one) => one.name === nameOf(name)))
      throw new Error(`The operation ${operation.name} does not describe ${name} of its path.`);
  const literal = first === -1 ? segments : segments.slice(0, first);
  const path = [prefix, ...literal].join('/') + (first === -1 ? '' : '/*');
  return [{ operation, rest, coordinate: `${rest.method} ${rest.path}`, segments, path }];
};

const routeOf = (group: readonly Served[], prefix: string, service: Service, deps: ServiceDeps): readonly Route[] => {
  const [first] = group;
  if (first === undefined) return [];
  const { method } = first.rest;
  const open = group.some(({ operation }) => operation.parameters.some(({ nationalId }) => nationalId === true));
  return [
    {
      methods: [method],
      path: first.path,
      access: 'client',
      scopes: [clientScope],
      basic: true,
      quota: true,
      body: method === 'GET' ? 'none' : 'text',
      bodyLimit: method === 'GET' ? 0 : Math.max(...group.map(({ operation }) => bodyLimitOf(operation))),
      ...(open ? {} : { closedToNationalIds: true as const }),
      part: (request) => find(group, prefix, request)?.served.coordinate ?? null,
      problems: restProblem(service.namespace),
      handle: (request) => answer(find(group, prefix, request), service, deps, request),
    },
  ];
};

/** Longest body of an operation, bytes. */
export const bodyLimitOf = ({ bodyLimit }: ServiceOperation): number => bodyLimit ?? limits.serviceBodyBytes;

const find = (group: readonly Served[], prefix: string, { path }: ApiRequest): Found | null => {
  const given = segmentsBelow(prefix, path);
  if (given === null) return null;
  for (const served of group) {
    const names = namesOf(served.segments, given);
    if (names !== null) return { served, names };
  }
  return null;
};

const answer = async (
  found: Found | null,
  service: Service,
  deps: ServiceDeps,
  request: ApiRequest,
): Promise<ApiAnswer> => {
  const { principal } = request;
  if (found === null) return turnedAway(nothing);
  if (principal === null) return turnedAway(problem('HUB-300', 'A token or a user is needed.'));
  if (deps.offered !== undefined && !(await deps.offered(principal))) return turnedAway(nothing);
  const { operation, rest } = found.served;

  const others = operation.others ?? [];
  const offered = ['application/xml', 'application/json', 'text/xml', ...others.map((one) => one.type)];
  const type = acceptedType(request.header('accept'), offered);
  if (type === null)
    return turnedAway(problem('HUB-104', `Answers come as ${offered.join(', ')}; Accept takes none of them.`), {
      status: 406,
    });

  // What stands in the path and in the query besides is given twice.
  const parameters = readParameters(operation, [...Object.entries(found.names), ...request.query]);
  if (!parameters.ok) return turnedAway(parameters.problem);
  const body = operation.body === undefined ? ok(null) : await readBody(operation, service, request);
  if (!body.ok) return turnedAway(body.problem);

  const json = type === 'application/json';
  const handled = await operation.handle({
    request,
    principal,
    context: { principal: callerHere(principal), requestId: request.id, api: service.id, signal: request.signal },
    via: 'rest',
    values: parameters.value,
    body: body.value,
    type: type === 'text/xml' ? 'application/xml' : type,
    notation: json ? jsonNotation : xmlNotation,
  });
  if (handled.kind === 'problem') return { kind: 'problem', problem: handled.problem };
  const other = others.find((one) => one.type === type) ?? null;
  const known = rest.method === 'GET' ? request.header('if-none-match') : null;
  return restAnswer(handled, operation.answer, { namespace: service.namespace, type, other }, known);
};

const readBody = async (
  operation: ServiceOperation,
  { namespace }: Service,
  request: ApiRequest,
): Promise<Result<ReadElement | null>> => {
  const { body, unqualifiedToo } = operation;
  if (body === undefined) return ok(null);
  if (Buffer.byteLength(request.text) > bodyLimitOf(operation))
    return failed(problem('HUB-102', `The body is larger than ${bodyLimitOf(operation)} bytes.`));
  const type = (request.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  const spaces = { namespace, unqualifiedToo: unqualifiedToo === true };
  let element;
  if (type === 'application/json') {
    const value = parseJson(request.text);
    if (!value.ok) return value;
    const made = elementOfJson(body, value.value, namespace);
    if (!made.ok) return made;
    element = made.value;
  } else if (type === 'application/xml' || type === 'text/xml') {
    element = await readDocument(request.text, { textLength: longestText(operation) });
    if (element instanceof XmlFault)
      return failed(problem('HUB-100', `The body cannot be read, on line ${element.line}: ${element.message}`));
  } else return failed(problem('HUB-104', 'Content-Type must be application/xml, text/xml or application/json.'));
  const read = readElement(body, element, spaces);
  if (!read.ok) return read;
  return typeof read.value === 'string' ? ok({ '#': read.value }) : ok(read.value);
};

/** Where large bodies are taken, a text may be as large. */
export const longestText = (operation: ServiceOperation): number =>
  operation.bodyLimit === undefined ? limits.xmlTextLength : Math.max(limits.xmlTextLength, operation.bodyLimit);

const parseJson = (text: string): Result<unknown> => {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch {
    return failed(problem('HUB-101', 'The body is not well-formed JSON.'));
  }
};
