// The OpenAPI description of the adapter API, delivering side. Called by provider-api.ts; its text is a golden file. Knows no class: the
// addresses of classes are parameters.
import { runStates } from './ports.ts';

const schema = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const body = (name: string): object => ({ required: true, content: { 'application/json': { schema: schema(name) } } });
const header = (description: string): object => ({ description, schema: { type: 'string' } });
const headers = {
  'X-Request-Id': header('The id of the request; quote it when you ask for help.'),
  'X-Content-Type-Options': header('The content type is what it says.'),
  'Cache-Control': header('What caches may do.'),
};
const empty = { description: 'Done; no body.', headers };
const refused = {
  description: 'A problem document.',
  headers: {
    ...headers,
    Allow: header('With 405: the methods that the address takes.'),
    'Retry-After': header('With 429 and 503: seconds to wait.'),
    'WWW-Authenticate': header('With 401 and 403: what the token lacks.'),
  },
  content: { 'application/problem+json': { schema: schema('Problem') } },
};
const answer = (description: string, of: object, type = 'application/json'): object => ({
  description,
  headers,
  content: { [type]: { schema: of } },
});
const text = { type: 'string' };
const whole = { type: 'integer', minimum: 0 };
const instant = { type: 'integer', description: 'Milliseconds since 1970.' };
const object = (required: readonly string[], properties: object): object => ({ type: 'object', required, properties });

const collectionParameters = ['domain', 'package', 'resource'].map((name) => ({
  name,
  in: 'path',
  required: true,
  schema: text,
}));
const corrId = { name: 'corrId', in: 'path', required: true, schema: text };

const pageOperation = (operationId: string, summary: string, status: '200' | '201'): object => ({
  operationId,
  summary,
  requestBody: {
    required: true,
    content: {
      'application/json': { schema: schema('SyncPage') },
      'application/x-ndjson': {
        schema: { type: 'string', description: 'The metadata on the first line, then one entry on each line.' },
      },
    },
  },
  responses: { [status]: empty, default: refused },
});

const paths = {
  '/provider/openapi': {
    get: {
      operationId: 'openapi',
      summary: 'This document.',
      security: [],
      responses: { '200': answer('The document.', { type: 'object' }), default: refused },
    },
  },
  '/provider/status': {
    get: {
      operationId: 'status',
      summary: 'Whom the hub takes the caller for.',
      responses: {
        '200': answer(
          'The caller.',
          object(['status', 'corePrincipal'], { status: text, corePrincipal: { type: 'object' } }),
        ),
        default: refused,
      },
    },
  },
  '/provider/register': {
    post: {
      operationId: 'register',
      summary: 'Registers the adapter and what it promises to deliver.',
      requestBody: body('AdapterContract'),
      responses: { '200': empty, default: refused },
    },
  },
  '/provider/heartbeat': {
    post: {
      operationId: 'heartbeat',
      summary: 'A sign of life.',
      requestBody: body('AdapterHeartbeat'),
      responses: { '200': answer('A heart.', text, 'text/plain'), default: refused },
    },
  },
  '/provider/adapter': {
    get: {
      operationId: 'adapters',
      summary: 'Ids of registered adapters.',
      responses: { '200': answer('The ids.', { type: 'array', items: text }), default: refused },
    },
  },
  '/provider/{domain}/{package}/{resource}': {
    parameters: collectionParameters,
    post: pageOperation('deliverFull', 'A page of a full sync.', '201'),
    patch: pageOperation('deliverDelta', 'A page of a delta sync.', '201'),
    delete: pageOperation('deliverDelete', 'A page of a delete sync: identifiers only.', '200'),
  },
  '/provider/sync': {
    get: {
      operationId: 'syncs',
      summary: 'The newest runs.',
      parameters: [
        { name: 'collection', in: 'query', schema: text },
        { name: 'state', in: 'query', schema: { enum: runStates } },
      ],
      responses: {
        '200': answer('The runs.', object(['runs'], { runs: { type: 'array', items: schema('Run') } })),
        default: refused,
      },
    },
  },
  '/provider/sync/{corrId}': {
    parameters: [corrId],
    get: {
      operationId: 'sync',
      summary: 'One run with its problems.',
      responses: { '200': answer('The run.', schema('Run')), default: refused },
    },
  },
  '/provider/sync/{corrId}/{decision}': {
    parameters: [corrId, { name: 'decision', in: 'path', required: true, schema: { enum: ['confirm', 'reject'] } }],
    post: {
      operationId: 'decide',
      summary: 'Decides a run that is held because it would remove much.',
      responses: { '200': answer('The run.', schema('Run')), default: refused },
    },
  },
  '/provider/rejections/{domain}/{package}/{resource}': {
    parameters: collectionParameters,
    get: {
      operationId: 'rejections',
      summary: 'What was kept back or reported of a class.',
      responses: {
        '200': answer(
          'The problems.',
          object(['collection', 'problems'], {
            collection: text,
            problems: { type: 'array', items: schema('EntryProblem') },
          }),
        ),
        default: refused,
      },
    },
  },
};

/** What adapters send. */
const sent = {
  AdapterContract: object(['adapterId', 'username', 'heartbeatIntervalInMinutes', 'capabilities'], {
    adapterId: text,
    orgId: text,
    username: text,
    heartbeatIntervalInMinutes: { type: 'integer', minimum: 1, maximum: 1440 },
    capabilities: {
      type: 'array',
      items: object(['domainName', 'packageName', 'resourceName', 'fullSyncIntervalInDays'], {
        domainName: text,
        packageName: text,
        resourceName: text,
        fullSyncIntervalInDays: { type: 'integer', minimum: 1, maximum: 7 },
        deltaSyncInterval: { enum: ['IMMEDIATE', 'LEGACY', 'NONE'] },
      }),
    },
    time: instant,
  }),
  AdapterHeartbeat: object([], {
    adapterId: text,
    orgId: text,
    username: text,
    time: { type: 'integer', description: 'Seconds or milliseconds; the hub uses its own clock.' },
  }),
  SyncPage: object(['metadata', 'resources'], {
    metadata: object(['adapterId', 'corrId', 'totalSize', 'page'], {
      adapterId: text,
      corrId: text,
      orgId: text,
      totalSize: whole,
      page: whole,
      pageSize: whole,
      totalPages: whole,
      uriRef: text,
      time: instant,
    }),
    resources: {
      type: 'array',
      items: object(['identifier'], { identifier: text, resource: { type: ['object', 'null'] } }),
    },
    syncType: { enum: ['FULL', 'DELTA', 'DELETE'], description: 'The method decides, not this member.' },
  }),
};

/** What the hub answers. */
const answered = {
  Run: object(['corrId', 'collection', 'type', 'state'], {
    corrId: text,
    adapter: text,
    collection: text,
    type: { enum: ['FULL', 'DELTA', 'DELETE'] },
    state: { enum: runStates },
    ...Object.fromEntries(
      [
        'totalSize',
        'totalPages',
        'receivedEntries',
        'pages',
        'created',
        'updated',
        'unchanged',
        'removed',
        'rejected',
        'warnings',
        'wouldRemove',
      ].map((name) => [name, whole]),
    ),
    openedAt: instant,
    touchedAt: instant,
    closedAt: { ...instant, type: ['integer', 'null'] },
    reason: { type: ['string', 'null'] },
    problems: { type: 'array', items: schema('EntryProblem') },
    dangling: { type: 'array', items: object(['relation', 'count'], { relation: text, count: whole }) },
  }),
  EntryProblem: object(['corrId', 'collection', 'page', 'index', 'severity', 'code', 'at', 'message', 'subject'], {
    corrId: text,
    collection: text,
    page: whole,
    index: whole,
    severity: { enum: ['rejected', 'warning'] },
    code: text,
    at: { type: 'string', description: 'JSON pointer inside the entry.' },
    message: text,
    subject: { type: 'string', description: 'Keyed hash of the identifier of the entry.' },
    seenAt: instant,
  }),
  Problem: object(['type', 'title', 'status', 'code', 'requestId'], {
    type: text,
    title: text,
    status: whole,
    detail: text,
    instance: text,
    code: { type: 'string', pattern: '^HUB-[0-9]{3}$' },
    requestId: text,
    hint: text,
    errors: { type: 'array', items: object(['at', 'message'], { at: text, message: text, code: text }) },
  }),
};

/** The document as JSON text, indented. */
export const openApi = (): string =>
  `${JSON.stringify(
    {
      openapi: '3.1.0',
      info: {
        title: 'Adapter API',
        version: '2.0.0',
        description: 'How source systems deliver data: registration, heartbeats and syncs.',
      },
      paths,
      components: {
        schemas: { ...sent, ...answered },
        securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      },
      security: [{ token: [] }],
    },
    null,
    2,
  )}\n`;
