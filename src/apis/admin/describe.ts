// The OpenAPI description of the admin API, made from the rows of its operations and the schemas. Called by admin-api.ts; its text is a golden
// file.
import type { ApiStatus } from '#apis/api.ts';
import { partMark } from '#catalogue/gate/marks.ts';
import { scopesFor } from './actor.ts';
import type { Operation } from './call.ts';
import { schemas } from './schemas.ts';

const header = (description: string): object => ({ description, schema: { type: 'string' } });
const common = {
  'X-Request-Id': header('The id of the request; quote it when you ask for help.'),
  'X-Content-Type-Options': header('The content type is what it says.'),
  'Cache-Control': header('What caches may do.'),
};
const etag = { ETag: header('The version of what was answered; give it back in If-Match.') };
const link = { Link: header('With rel="next": the address of the next page.') };
const pageParameters = [
  {
    name: 'limit',
    description: 'Items on the page; 100 unless given.',
    schema: { type: 'integer', minimum: 1, maximum: 1_000 },
  },
  { name: 'cursor', description: 'Where to go on, as the page before said.', schema: { type: 'string' } },
];
const headerParameter = (name: string, description: string): object => ({
  name,
  in: 'header',
  description,
  schema: { type: 'string' },
});

const content = (name: string, type = 'application/json'): object => ({
  [type]: { schema: { $ref: `#/components/schemas/${name}` }, example: schemas[name]?.example },
});

const responsesOf = ({ status, reply, versioned, paged, repeatable }: Operation): object => {
  const answered = {
    description: reply === null ? 'Done; no body.' : 'The answer.',
    headers: { ...common, ...(versioned === true ? etag : {}), ...(paged === true ? link : {}) },
    ...(reply === null ? {} : { content: content(reply) }),
  };
  const repeated = {
    ...answered,
    description: 'The same request was answered before: what it made, without its secret.',
  };
  return {
    [status]: answered,
    ...(repeatable === true && status !== 200 ? { '200': repeated } : {}),
    default: { $ref: '#/components/responses/Problem' },
  };
};

const parametersOf = ({ path, query = [], paged, repeatable, versioned, method }: Operation): readonly object[] => [
  ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  })),
  ...[...query, ...(paged === true ? pageParameters : [])].map((one) => ({ in: 'query', ...one })),
  ...(repeatable === true
    ? [headerParameter('Idempotency-Key', 'A request with the same key is carried out once, within a day.')]
    : []),
  ...(versioned === true && path.includes('{') && method !== 'GET'
    ? [headerParameter('If-Match', 'Carry it out only while this is still the version.')]
    : []),
];

const describeOperation = (operation: Operation): object => {
  const { id, tag, summary, needs, body } = operation;
  const parameters = parametersOf(operation);
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: `Scope: ${scopesFor[needs].join(' or ')}.`,
    security: scopesFor[needs].map((scope) => ({ oauth: [scope] })),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: false, content: content(body) } }),
    responses: responsesOf(operation),
  };
};

/** Takes the operations and the status of the API, gives the document as JSON text. */
export const openApi = (operations: readonly Operation[], status: ApiStatus): string => {
  const paths: Record<string, Record<string, object>> = {
    '/admin/openapi': {
      get: {
        operationId: 'openapi',
        tags: ['The hub'],
        summary: 'This document.',
        security: [],
        responses: {
          '200': {
            description: 'The document.',
            headers: common,
            content: { 'application/json': { schema: { type: 'object' } } },
          },
          default: { $ref: '#/components/responses/Problem' },
        },
      },
    },
  };
  for (const operation of operations)
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = describeOperation(operation);
  const document = {
    openapi: '3.1.0',
    [partMark]: status,
    info: {
      title: 'The admin API',
      version: '1.0.0',
      description:
        'For administrators of organisations (admin.read, admin.write: their own) and those who run the hub (admin.platform). What a caller may not see is answered like what does not exist. Every change and every answer is on record.',
    },
    servers: [{ url: '/' }],
    tags: [...new Set(['The hub', ...operations.map(({ tag }) => tag)])].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        oauth: {
          type: 'oauth2',
          flows: {
            clientCredentials: {
              tokenUrl: '/oauth/token',
              scopes: {
                'admin.read': 'Look at what concerns the own organisation.',
                'admin.write': 'Change what concerns the own organisation.',
                'admin.platform': 'Look at and change what concerns any organisation, and the hub itself.',
              },
            },
          },
        },
      },
      responses: {
        Problem: {
          description: 'A problem document.',
          headers: {
            ...common,
            Allow: header('With 405: the methods that the address takes.'),
            'Retry-After': header('With 429 and 503: seconds to wait.'),
            'WWW-Authenticate': header('With 401 and 403: what the token lacks.'),
          },
          content: content('Problem', 'application/problem+json'),
        },
      },
      schemas: Object.fromEntries(Object.entries(schemas).map(([name, { schema }]) => [name, schema])),
    },
  };
  return `${JSON.stringify(document, null, 1)}\n`;
};
