// The OpenAPI description of the adapter API. Called by provider-api.ts; its text is a golden file. Knows no class: the
// addresses of classes are parameters.
import type { ApiStatus } from '#apis/api.ts';
import { partMark } from '#catalogue/gate/marks.ts';
import { operationNames } from './events-parse.ts';
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

const place = ['domainName', 'packageName', 'resourceName'];

/** What is asked and answered of events, in the two forms of FINT. */
const eventPaths = (base: string, form: 'First' | 'Second'): object => {
  const poll = (operationId: string, names: readonly string[], summary: string): object => ({
    parameters: names.map((name) => ({ name, in: 'path', required: true, schema: text })),
    get: {
      operationId: `${operationId}${form}`,
      summary,
      parameters: [
        { name: 'size', in: 'query', schema: whole, description: 'At most so many; 0 or none: as many as may be.' },
        { name: 'wait', in: 'query', schema: whole, description: 'Seconds to wait for the first, 25 at most.' },
        { name: 'Prefer', in: 'header', schema: text, description: '`wait=20` does the same as the parameter.' },
      ],
      responses: {
        '200': answer('Events that wait, oldest first.', { type: 'array', items: schema(`${form}Event`) }),
        default: refused,
      },
    },
  });
  return {
    [base]: {
      post: {
        operationId: `answer${form}`,
        summary: 'Answers an event.',
        requestBody: body(`${form}Answer`),
        responses: { '200': empty, default: refused },
      },
    },
    [`${base}/{domain}`]: poll('eventsOfDomain', ['domain'], 'What clients ask of a domain.'),
    [`${base}/{domain}/{package}`]: poll('eventsOfPackage', ['domain', 'package'], 'What clients ask of a package.'),
    [`${base}/{domain}/{package}/{resource}`]: poll(
      'eventsOfResource',
      ['domain', 'package', 'resource'],
      'What clients ask of a class.',
    ),
  };
};

const operations = [...operationNames.keys()];
const written = operations.filter((name) => name !== 'READ');
const maybeText = { type: ['string', 'null'] };
const entry = object([], { identifier: maybeText, resource: { type: ['object', 'null'] } });
const problems = {
  type: 'array',
  items: object([], { field: text, message: text, code: text }),
};
const eventMembers = {
  corrId: { type: 'string', format: 'uuid' },
  orgId: text,
  domainName: text,
  packageName: text,
  resourceName: text,
  created: instant,
};

/** Events and answers. */
const events = {
  FirstEvent: object(['corrId', 'orgId', ...place, 'operationType', 'created', 'timeToLive', 'value'], {
    ...eventMembers,
    operationType: { enum: written },
    timeToLive: { ...instant, description: 'The answer must have come by then: milliseconds since 1970.' },
    value: { ...maybeText, description: 'The resource as JSON text; of a removal its identifier only.' },
  }),
  SecondEvent: object(['corrId', 'orgId', ...place, 'operation', 'created', 'deadline'], {
    ...eventMembers,
    operation: { enum: operations },
    deadline: { ...instant, description: 'The answer must have come by then: milliseconds since 1970.' },
    value: { ...maybeText, description: 'The resource as JSON text.' },
    filter: { ...maybeText, description: 'Reads: the filter, as the client wrote it.' },
    id: {
      type: ['object', 'null'],
      description: 'The identifier that the client addressed.',
      properties: { idField: text, idValue: text },
    },
    maxResults: { type: ['integer', 'null'], description: 'Reads: the most that the answer may hold.' },
  }),
  FirstAnswer: object(['corrId', 'adapterId', 'operationType'], {
    corrId: { type: 'string', format: 'uuid' },
    orgId: text,
    adapterId: { type: 'string', description: 'As registered.' },
    handledAt: instant,
    operationType: { enum: written },
    value: { ...entry, description: 'The resource as the source has it now.' },
    failed: { type: 'boolean' },
    errorMessage: maybeText,
    rejected: { type: 'boolean' },
    rejectReason: maybeText,
    conflicted: { type: 'boolean' },
    conflictReason: maybeText,
    problems,
  }),
  SecondAnswer: object(['corrId', 'status'], {
    corrId: { type: 'string', format: 'uuid' },
    orgId: text,
    status: { enum: ['SUCCEEDED', 'REJECTED', 'CONFLICT', 'ERROR'] },
    message: maybeText,
    problems,
    resources: { type: 'array', items: entry },
  }),
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
    eventCapabilities: {
      type: 'array',
      description: 'What it answers of events; without it all writes, and no reads.',
      items: object([...place, 'operations'], {
        domainName: text,
        packageName: text,
        resourceName: text,
        operations: { type: 'array', items: { enum: operations } },
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
export const openApi = (status: ApiStatus): string =>
  `${JSON.stringify(
    {
      openapi: '3.1.0',
      info: {
        title: 'Adapter API',
        version: '2.0.0',
        description: 'How source systems deliver data and answer clients: registration, heartbeats, syncs and events.',
      },
      [partMark]: status,
      paths: { ...paths, ...eventPaths('/provider/event', 'First'), ...eventPaths('/provider/v2/event', 'Second') },
      components: {
        schemas: { ...sent, ...events, ...answered },
        securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      },
      security: [{ token: [] }],
    },
    null,
    2,
  )}\n`;
