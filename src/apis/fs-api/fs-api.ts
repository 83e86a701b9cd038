// The old FS-API as one entry of the catalogue. Called by app/faces.ts. Addresses, documents and errors follow what is known of it in public (facts 4, 13); what
// is not known is reconstructed, and said to be in the description.
import type { Clock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import { openGet, type Api, type ApiAnswer, type ApiRequest, type CatalogueEntry, type Route } from '#apis/api.ts';
import { callerHere } from '#apis/client-scope.ts';
import { tagOf, textAnswer, type TaggedText } from '#apis/page-files.ts';
import type { Streams } from '#messages/stream.ts';
import type { Model } from '#model/model.ts';
import { clientScope } from '#model/openapi.ts';
import type { Tables } from '#tables/table.ts';
import { prefix } from './addresses.ts';
import { errorForm } from './error-form.ts';
import { messageRoute } from './message-stream.ts';
import { openApiDocument, type Json } from './openapi.ts';
import { operationsOf, serveResources, type OperationKind } from './operations.ts';
import { createReader, missing, type ServedResource } from './reading.ts';
import { swaggerDocument } from './swagger.ts';
import { createWriter } from './writing.ts';

export type FsApiDeps = {
  readonly model: Model;
  readonly tables: Tables;
  readonly clock: Pick<Clock, 'now'>;
  readonly baseUrl: () => string;
  /** Absent where nobody is told of changes. */
  readonly streams?: Streams;
};

/** The catalogue id of this API, as it stands in the audit. */
export const apiId = 'fs-api';

const entry: CatalogueEntry = {
  id: apiId,
  name: { nb: 'Gammelt FS-API', en: 'The old FS-API' },
  description: {
    nb: 'Studieadministrasjonen nær tabellene, som REST med lenker og sidetall, for klienter som alt bruker det.',
    en: 'Study administration close to its tables, as REST with links and page numbers, for clients that use it already.',
  },
  status: 'not-further-developed',
  version: '1.0.0',
};

/** The description for a hub at an address (without a trailing slash): OpenAPI, and Swagger 2 made of it. */
export const describeFsApi = (model: Model, server: string): { readonly openapi: Json; readonly swagger: Json } => {
  const resources = serveResources(model);
  const openapi = openApiDocument({ entry, server, resources, operations: operationsOf(resources) });
  return { openapi, swagger: swaggerDocument(openapi) };
};

const written = (document: Json): string => `${JSON.stringify(document, null, 1)}\n`;

/** Builds the API. Throws at start when a mapping does not fit the model. */
export const fsApi = (deps: FsApiDeps): Api => {
  const resources = serveResources(deps.model);
  const reader = createReader(deps);
  const writer = createWriter({ ...deps, reader });
  const byName = new Map<string, ServedResource>(resources.map((one) => [one.resource.name, one]));
  const byCoordinate = new Map(operationsOf(resources).map((one) => [`${one.method} ${one.path}`, one]));

  const handle = (request: ApiRequest): Promise<ApiAnswer> | ApiAnswer => {
    const { principal } = request;
    const { name, key } = placeOf(request.rest);
    if (principal === null) return missing;
    const context = { principal: callerHere(principal), requestId: request.id, api: apiId };
    if (name === outcomes && key !== null && request.method === 'GET') return writer.outcome(key, context);
    const served = byName.get(name);
    if (served === undefined) return { ...missing, unrecorded: true };
    switch (kindOf(request.method, key)) {
      case 'list':
        return reader.list(served, request, context);
      case 'one':
        return reader.one(served, key ?? '', request, context);
      case 'create':
        return writer.create(served, request, context);
      case 'patch':
        return writer.patch(served, key ?? '', request, context);
      case 'delete':
        return writer.remove(served, key ?? '', request, context);
      case null:
        return { ...missing, unrecorded: true };
    }
  };

  const problems = errorForm(deps.clock);
  const called = (methods: Route['methods'], body: Route['body']): Route => ({
    methods,
    path: `${prefix}/*`,
    access: 'client',
    scopes: [clientScope],
    body,
    bodyLimit: body === 'none' ? 0 : limits.bodyBytes,
    part: (request) => {
      const { name, key } = placeOf(request.rest);
      const coordinate = `${request.method === 'HEAD' ? 'GET' : request.method} /${name}${key === null ? '' : name === outcomes ? '/{id}' : '/{key}'}`;
      return byCoordinate.has(coordinate) || coordinate === `GET /${outcomes}/{id}` ? coordinate : null;
    },
    // Those that are looked for by a national id give its two parts (facts 4.1); whole, it stands in no address.
    closedToNationalIds: true,
    anyEncoding: true,
    basic: true,
    quota: true,
    problems,
    handle,
  });

  const open = (path: string, handleOpen: Route['handle']): Route => ({
    ...openGet,
    path: `${prefix}${path}`,
    closedToNationalIds: true,
    problems,
    handle: handleOpen,
  });

  return {
    entry,
    routes: [
      called(['GET'], 'none'),
      called(['POST', 'PATCH', 'DELETE'], 'text'),
      ...(deps.streams === undefined ? [] : [messageRoute(deps.streams, apiId, problems)]),
      open('/version', () => ({ kind: 'json', status: 200, value: { version: entry.version } })),
      open(
        '/models/swagger.json',
        documentOf(deps, (server) => describeFsApi(deps.model, server).swagger),
      ),
      open(
        '/models/openapi.json',
        documentOf(deps, (server) => describeFsApi(deps.model, server).openapi),
      ),
    ],
    describe: () => [
      {
        name: `${apiId}/openapi.json`,
        type: 'application/json',
        text: written(describeFsApi(deps.model, 'https://hub.example').openapi),
      },
    ],
  };
};

/** Where outcomes of writes are told. */
const outcomes = 'utfall';

/** The collection, and what stands behind it: a key, slashes and all; null for the collection itself. */
const placeOf = (rest: string): { readonly name: string; readonly key: string | null } => {
  const slash = rest.indexOf('/');
  if (slash === -1) return { name: rest, key: null };
  const key = rest.slice(slash + 1);
  return { name: rest.slice(0, slash), key: key === '' ? null : key };
};

const kindOf = (method: string, key: string | null): OperationKind | null => {
  const kinds: Readonly<Record<string, readonly [OperationKind | null, OperationKind | null]>> = {
    GET: ['list', 'one'],
    HEAD: ['list', 'one'],
    POST: ['create', null],
    PATCH: [null, 'patch'],
    DELETE: [null, 'delete'],
  };
  return kinds[method]?.[key === null ? 0 : 1] ?? null;
};

/** Open to all, made once for the address that the hub has. */
const documentOf = ({ baseUrl }: FsApiDeps, make: (server: string) => Json): Route['handle'] => {
  let made: { readonly server: string; readonly document: TaggedText } | null = null;
  return (request) => {
    const server = baseUrl();
    if (made?.server !== server) {
      const text = written(make(server));
      made = { server, document: { text, type: 'application/json', etag: tagOf(Buffer.from(text)) } };
    }
    return textAnswer(request, made.document);
  };
};
