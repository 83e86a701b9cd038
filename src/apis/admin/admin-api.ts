// The admin API: finds the operation, sees that the caller may ask for it, has it answered, and records the answer. Mounted by
// app/faces.ts; the command line calls `createAdmin` in its own process. Thin over operations.ts.
import { openGet, type Api, type ApiAnswer, type ApiRequest, type ApiStatus, type Route } from '#apis/api.ts';
import { problem, type Problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, type Result } from '#base/result.ts';
import { adminScopes, normaliseOrganisationId } from '#hub/principal.ts';
import { actorOf, administers, may, scopesFor } from './actor.ts';
import { parseBody } from './body.ts';
import { recordOf, ruleOf, type AdminCall, type AdminReply, type Operation } from './call.ts';
import { openApi } from './describe.ts';
import { operations } from './operations.ts';
import type { Actor, AdminPorts } from './ports.ts';

/** A request as an actor makes it, whichever way it came. */
export type AdminRequest = {
  readonly actor: Actor;
  readonly requestId: string;
  readonly method: string;
  /** Begins with `/admin`; percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly text: string;
  readonly header: (name: string) => string | null;
};

export type Admin = { readonly answer: (request: AdminRequest) => Promise<ApiAnswer> };

type Place = { readonly operation: Operation; readonly params: Readonly<Record<string, string>> };

/** The operations of an address; those of other methods too, for the Allow header. */
const placesOf = (path: string): readonly Place[] => {
  const given = segmentsOf(path);
  if (given === null) return [];
  return operations.flatMap((operation) => {
    const wanted = operation.path.split('/').slice(1);
    if (wanted.length !== given.length) return [];
    const params: Record<string, string> = {};
    for (const [index, segment] of wanted.entries()) {
      const value = given[index] ?? '';
      const name = /^\{(\w+)\}$/.exec(segment)?.[1];
      if (name === undefined ? segment !== value : value === '') return [];
      if (name !== undefined) params[name] = value;
    }
    return [{ operation, params }];
  });
};

const segmentsOf = (path: string): readonly string[] | null => {
  try {
    return path
      .replace(/\/$/, '')
      .split('/')
      .slice(1)
      .map((segment) => decodeURIComponent(segment));
  } catch {
    return null;
  }
};

const nothing = problem('HUB-204', 'There is nothing at this address.');

/** The audit that an answer belongs in: that of the organisation asked about, or of the caller when it is not his to know. */
const homeOf = async ({ actor, params, ports }: AdminCall, result: Result<AdminReply>): Promise<string | null> => {
  const named = result.ok ? result.value.organisation : undefined;
  if (named !== undefined) return named;
  const asked = normaliseOrganisationId(params['organisation'] ?? '');
  const isHis = asked !== '' && administers(actor, asked);
  // A refusal to look into an organisation is that organisation's to know, if there is one.
  if (isHis && (result.ok || (await ports.platform.organisation(asked)) !== null)) return asked;
  return actor.organisation;
};

/** Builds the handlers over the ports. Changes are made one at a time, so that a condition holds until the change is made. */
export const createAdmin = (ports: AdminPorts): Admin => {
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work);
    queue = turn.catch(() => {});
    return turn;
  };

  const handle = (call: AdminCall): Promise<Result<AdminReply>> => {
    const { operation, actor } = call;
    if (!may(actor, operation.needs)) {
      const needed = scopesFor[operation.needs].join(', ');
      return Promise.resolve(failed(problem('HUB-302', `The token must carry one of the scopes ${needed}.`)));
    }
    return operation.method === 'GET' ? operation.handle(call) : inTurn(() => operation.handle(call));
  };

  const recorded = async (call: AdminCall, result: Result<AdminReply>): Promise<void> => {
    // A change that was made is on record already, with what it was about.
    if (result.ok && call.operation.method !== 'GET' && call.operation.needs !== 'read') return;
    if (result.ok && result.value.recorded === true) return;
    const home = await homeOf(call, result);
    if (home === null) return;
    const record = recordOf(call, home, result.ok ? 'allow' : 'deny', result.ok ? ruleOf(call) : result.problem.code);
    if (!result.ok) return ports.recordAnswer(record);
    const { count = 1, details = '', shown = [] } = result.value;
    await ports.recordAnswer({ ...record, count, details, shown });
  };

  const answer = async (request: AdminRequest): Promise<ApiAnswer> => {
    const places = placesOf(request.path);
    const place = places.find(({ operation }) => operation.method === request.method);
    if (place === undefined) return unplaced(places);
    const { actor, requestId, query, header } = request;
    const body = parseBody(request.text);
    const call: AdminCall = { ports, actor, requestId, query, header, ...place, body: body.ok ? body.value : {} };
    const result = body.ok ? await handle(call) : body;
    await recorded(call, result);
    return result.ok ? rendered(place.operation, result.value) : refused(result.problem);
  };
  return { answer };
};

const unplaced = (places: readonly Place[]): ApiAnswer => {
  if (places.length === 0) return { kind: 'problem', problem: nothing, unrecorded: true };
  const allow = places.map(({ operation }) => operation.method).join(', ');
  const value = problem('HUB-105', `This address takes ${allow}.`);
  return { kind: 'problem', problem: value, headers: { allow }, unrecorded: true };
};

const refused = (value: Problem): ApiAnswer => ({ kind: 'problem', problem: value });

const rendered = ({ status, reply: schema }: Operation, given: AdminReply): ApiAnswer => {
  const headers = given.headers === undefined ? {} : { headers: given.headers };
  if (given.type !== undefined)
    return { kind: 'bytes', status, bytes: String(given.value), type: given.type, ...headers };
  return schema === null
    ? { kind: 'empty', status: given.status ?? status, ...headers }
    : { kind: 'json', status: given.status ?? status, value: given.value, ...headers };
};

const status: ApiStatus = 'beta';

/** Builds the API over the ports. */
export const adminApi = (ports: AdminPorts): Api & { readonly admin: Admin } => {
  const admin = createAdmin(ports);
  const document = openApi(operations, status);
  return {
    admin,
    entry: {
      id: 'admin',
      name: { nb: 'Administrasjons-API-et', en: 'The admin API' },
      description: {
        nb: 'Organisasjoner, applikasjoner, tilganger, adaptere, synkroniseringer, hendelser og nøkler, for dem som forvalter dem.',
        en: 'Organisations, applications, grants, adapters, sync runs, events and keys, for those who look after them.',
      },
      status,
      version: '1.0.0',
    },
    routes: routesOf(admin, document),
    describe: () => [{ name: 'admin/openapi.json', type: 'application/json', text: document }],
  };
};

const routesOf = (admin: Admin, document: string): readonly Route[] => [
  {
    ...openGet,
    path: '/admin/openapi',
    handle: () => ({
      kind: 'bytes',
      status: 200,
      headers: { 'cache-control': 'public, no-cache' },
      bytes: document,
      type: 'application/json',
    }),
  },
  {
    methods: ['GET', 'POST', 'PATCH', 'DELETE'],
    path: '/admin/*',
    access: 'admin',
    scopes: adminScopes,
    body: 'text',
    bodyLimit: limits.bodyBytes,
    part: ({ method, path }) => {
      const verb = method === 'HEAD' ? 'GET' : method;
      const called = placesOf(path).find(({ operation }) => operation.method === verb)?.operation;
      return called === undefined ? null : `${called.method} ${called.path}`;
    },
    handle: (request) => answerOver(admin, request),
  },
];

/** The route asks for a verified token of an administrator; without one nothing runs, whatever the pipeline did. */
const answerOver = (admin: Admin, request: ApiRequest): Promise<ApiAnswer> | ApiAnswer => {
  const { principal, id, method, path, query, text, header } = request;
  if (principal === null || principal.kind !== 'admin') return refused(problem('HUB-300', 'A token is needed.'));
  return admin.answer({
    actor: actorOf(principal),
    requestId: id,
    // What GET answers, HEAD answers without a body.
    method: method === 'HEAD' ? 'GET' : method,
    path,
    query,
    text,
    header: (name) => header.call(request, name),
  });
};
