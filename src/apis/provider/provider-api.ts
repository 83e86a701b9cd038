// The adapter API (facts 5.1-5.4): how source systems bring data in and answer what clients ask for. Mounted by app/faces.ts. Thin: it reads addresses and
// small bodies, hands pages over as streams, and renders what ingest answers. Statuses and bodies of success are those of FINT; problems are
// problem documents.
import { openGet, type Api, type ApiAnswer, type ApiRequest, type ApiStatus, type Route } from '#apis/api.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { Principal } from '#hub/principal.ts';
import type { Model } from '#model/model.ts';
import { openApi } from './describe.ts';
import { collectionAt, readContract, readHeartbeat, segmentsOf } from './parse.ts';
import { answerOf, longestAnswer, pollOf } from './events.ts';
import { runStates } from './ports.ts';
import type { Asking, EventsPort, IngestPort, RunReport, SyncType } from './ports.ts';
import { emptyOr, nothingHere, nothingNamed, refuse, turnAway } from './provider-answers.ts';

export type ProviderApiDeps = { readonly model: Model; readonly ingest: IngestPort; readonly events: EventsPort };

/** The sync type follows from the method, whatever the body says (facts 5.1). */
const syncTypes: Readonly<Record<string, { readonly type: SyncType; readonly status: number }>> = {
  POST: { type: 'FULL', status: 201 },
  PATCH: { type: 'DELTA', status: 201 },
  DELETE: { type: 'DELETE', status: 200 },
};

const offeredAs: ApiStatus = 'beta';

const adapterScopes = ['fint-adapter'] as const;
const readerScopes = ['fint-adapter', 'fint-client'] as const;

/** Builds the API over the model and the ingest. */
export const providerApi = ({ model, ingest, events }: ProviderApiDeps): Api => ({
  entry: {
    id: 'provider',
    name: { nb: 'Adapter-API-et', en: 'The adapter API' },
    description: {
      nb: 'Kildesystemer leverer data, side for side, og svarer på det klienter ber om: registrering, livstegn, synkronisering og hendelser.',
      en: 'Source systems deliver data, page by page, and answer what clients ask for: registration, heartbeats, syncs and events.',
    },
    status: offeredAs,
    version: '2.0.0',
  },
  routes: [...routesOf(model, ingest), ...eventRoutes(model, events)],
  describe: () => [{ name: 'provider/openapi.json', type: 'application/json', text: openApi(offeredAs) }],
});

const routesOf = (model: Model, ingest: IngestPort): readonly Route[] => {
  const small = { scopes: adapterScopes, access: 'adapter', body: 'text', bodyLimit: limits.bodyBytes } as const;
  const read = { methods: ['GET'], scopes: readerScopes, access: 'any', body: 'none', bodyLimit: 0 } as const;
  return [
    { ...openGet, path: '/provider/openapi', handle: () => description },
    {
      ...read,
      access: 'adapter',
      scopes: adapterScopes,
      path: '/provider/status',
      part: () => 'GET /provider/status',
      handle: withCaller(status),
    },
    {
      ...read,
      access: 'adapter',
      scopes: adapterScopes,
      path: '/provider/adapter',
      part: () => 'GET /provider/adapter',
      handle: withCaller(async ({ principal }) => json(await ingest.adapters(principal))),
    },
    {
      ...small,
      methods: ['POST'],
      path: '/provider/register',
      part: () => 'POST /provider/register',
      handle: withCaller((asking, request) => register(asking, request, model, ingest)),
    },
    {
      ...small,
      methods: ['POST'],
      path: '/provider/heartbeat',
      part: () => 'POST /provider/heartbeat',
      handle: withCaller((asking, request) => heartbeat(asking, request, ingest)),
    },
    {
      ...read,
      path: '/provider/sync/*',
      methods: ['GET', 'POST'],
      part: ({ method, rest }) =>
        method === 'POST'
          ? partBelow('POST', '/provider/sync', ofDecisions, rest)
          : partBelow('GET', '/provider/sync', ofRuns, rest),
      handle: withCaller((asking, request) => sync(asking, request, model, ingest)),
    },
    {
      ...read,
      path: '/provider/rejections/*',
      part: ({ rest }) => partBelow('GET', '/provider/rejections', ofClasses, rest),
      handle: withCaller((asking, request) => rejections(asking, request, model, ingest)),
    },
    {
      methods: Object.keys(syncTypes),
      path: '/provider/*',
      access: 'adapter',
      scopes: adapterScopes,
      body: 'stream',
      bodyLimit: limits.pageBytes,
      part: ({ method, rest }) => partBelow(method, '/provider', ofClasses, rest),
      handle: withCaller((asking, request) => page(asking, request, model, ingest)),
    },
  ];
};

/** The operation at an address below a route, by how many names follow; null where none has so many. */
const partBelow = (
  method: string,
  base: string,
  templates: readonly (string | null)[],
  rest: string,
): string | null => {
  // Where classes lie deeper in the model than descriptions say, they are of the last form.
  const template = templates[Math.min(segmentsOf(rest)?.length ?? 0, templates.length - 1)] ?? null;
  return template === null ? null : `${method} ${base}${template}`;
};

const ofClasses = [null, null, null, '/{domain}/{package}/{resource}'] as const;
const ofEvents = [null, '/{domain}', '/{domain}/{package}', '/{domain}/{package}/{resource}'] as const;
const ofRuns = ['', '/{corrId}', null] as const;
const ofDecisions = [null, null, '/{corrId}/{decision}', null] as const;

const mayWait = (request: ApiRequest): boolean =>
  request.query.has('wait') || (request.header('prefer') ?? '').includes('wait');

/** Both kinds of events, on the addresses of FINT. */
const eventRoutes = (model: Model, events: EventsPort): readonly Route[] =>
  ([1, 2] as const).flatMap((generation): readonly Route[] => {
    const base = generation === 1 ? '/provider/event' : '/provider/v2/event';
    const adapter = { access: 'adapter', scopes: adapterScopes } as const;
    return [
      {
        ...adapter,
        methods: ['GET'],
        path: `${base}/*`,
        part: ({ rest }) => partBelow('GET', base, ofEvents, rest),
        body: 'none',
        bodyLimit: 0,
        waits: mayWait,
        handle: withCaller(pollOf(model, events, generation)),
      },
      {
        ...adapter,
        methods: ['POST'],
        path: base,
        part: () => `POST ${base}`,
        body: 'text',
        bodyLimit: longestAnswer,
        handle: withCaller(answerOf(events, generation)),
      },
    ];
  });

const description: ApiAnswer = {
  kind: 'bytes',
  status: 200,
  headers: { 'cache-control': 'public, no-cache' },
  bytes: openApi(offeredAs),
  type: 'application/json',
};

const json = (value: unknown): ApiAnswer => ({ kind: 'json', status: 200, value });

type Handler = (asking: Asking, request: ApiRequest) => Promise<ApiAnswer> | ApiAnswer;

/** The routes ask for a verified token; without one nothing runs, whatever the pipeline did. */
const withCaller =
  (handle: Handler): Route['handle'] =>
  (request) =>
    request.principal === null
      ? refuse(problem('HUB-300', 'A token is needed.'))
      : handle({ principal: request.principal, requestId: request.id }, request);

const status: Handler = ({ principal }) =>
  json({ status: `Greetings from Bindeledd to ${principal.client}`, corePrincipal: corePrincipal(principal) });

/** Whom the hub takes the caller for, with the names that FINT uses. */
const corePrincipal = ({ client, kind, tenant, scopes }: Principal): object => ({
  username: client,
  type: kind.toUpperCase(),
  orgId: tenant,
  assets: [tenant],
  scopes: [...scopes],
});

const register = async (asking: Asking, request: ApiRequest, model: Model, ingest: IngestPort): Promise<ApiAnswer> => {
  const contract = readContract(request.text, asking.principal, model);
  return contract.ok
    ? emptyOr(await ingest.register({ ...asking, contract: contract.value }), 200)
    : turnAway(contract.problem);
};

const heartbeat = async (asking: Asking, request: ApiRequest, ingest: IngestPort): Promise<ApiAnswer> => {
  const checked = readHeartbeat(request.text, asking.principal);
  if (!checked.ok) return turnAway(checked.problem);
  await ingest.heartbeat(asking);
  return { kind: 'bytes', status: 200, bytes: '💗', type: 'text/plain; charset=utf-8' };
};

const mediaTypes = { 'application/json': 'json', 'application/x-ndjson': 'ndjson' } as const;

const formOf = (request: ApiRequest): 'json' | 'ndjson' | null => {
  const type = (request.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return Object.hasOwn(mediaTypes, type) ? mediaTypes[type as keyof typeof mediaTypes] : null;
};

const page = async (asking: Asking, request: ApiRequest, model: Model, ingest: IngestPort): Promise<ApiAnswer> => {
  const segments = segmentsOf(request.rest);
  const collection = segments === null ? null : collectionAt(model, segments);
  const sync = syncTypes[request.method];
  if (collection === null || sync === undefined) return nothingNamed;
  const form = formOf(request);
  if (form === null) return turnAway(problem('HUB-104', `A page is one of ${Object.keys(mediaTypes).join(', ')}.`));
  const { stream, signal } = request;
  if (stream === null) return turnAway(problem('HUB-101', 'The page is empty.'));
  return emptyOr(
    await ingest.deliver({ ...asking, collection: collection.path, type: sync.type, form, stream, signal }),
    sync.status,
  );
};

const sync = async (asking: Asking, request: ApiRequest, model: Model, ingest: IngestPort): Promise<ApiAnswer> => {
  const segments = segmentsOf(request.rest);
  const [corrId, action, ...more] = segments ?? ['', '', ''];
  if (more.length > 0) return nothingNamed;
  if (request.method === 'POST') {
    if (corrId === undefined || (action !== 'confirm' && action !== 'reject')) return nothingNamed;
    const decided = await ingest.decide({ ...asking, corrId, decision: action });
    return decided.ok ? oneRun(await ingest.run(asking, corrId)) : refuse(decided.problem);
  }
  if (action !== undefined) return nothingNamed;
  return corrId === undefined
    ? listRuns(asking, request.query, model, ingest)
    : oneRun(await ingest.run(asking, corrId));
};

const oneRun = (run: RunReport | null): ApiAnswer => (run === null ? nothingHere : json(run));

const listRuns = async (
  asking: Asking,
  query: URLSearchParams,
  model: Model,
  ingest: IngestPort,
): Promise<ApiAnswer> => {
  const wanted = query.get('collection');
  const state = query.get('state');
  const collection =
    wanted === null
      ? null
      : collectionAt(
          model,
          wanted.split('/').filter((one) => one !== ''),
        );
  const known = runStates.find((one) => one === state) ?? null;
  const errors = [
    ...(wanted !== null && collection === null ? [{ at: 'collection', message: 'the model has no such class' }] : []),
    ...(state !== null && known === null ? [{ at: 'state', message: `expected one of ${runStates.join(', ')}` }] : []),
  ];
  if (errors.length > 0) return turnAway(problem('HUB-103', 'A parameter is not right.', { errors }));
  return json({ runs: await ingest.runs(asking, { collection: collection?.path ?? null, state: known }) });
};

const rejections = async (
  asking: Asking,
  request: ApiRequest,
  model: Model,
  ingest: IngestPort,
): Promise<ApiAnswer> => {
  const segments = segmentsOf(request.rest);
  const collection = segments === null ? null : collectionAt(model, segments);
  if (collection === null) return nothingNamed;
  const found = await ingest.rejections(asking, collection.path);
  return found === null ? nothingHere : json({ collection: collection.path, problems: found });
};
