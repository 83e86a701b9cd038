// The OpenAPI description of the explanations. Called by explain-api.ts; its text is a golden file.
import { accessAnswerSchema, accessQuestionSchema } from '#apis/access-answer.ts';
import { partMark } from '#catalogue/gate/marks.ts';
import { explanationExample, explanationSchema } from '#apis/explanation-schema.ts';

const header = (description: string): object => ({ description, schema: { type: 'string' } });
const common = {
  'X-Request-Id': header('The id of this request.'),
  'X-Content-Type-Options': header('The content type is what it says.'),
  'Cache-Control': header('What caches may do.'),
};
const quota = {
  RateLimit: header('What is left of the quota.'),
  'RateLimit-Policy': header('The quota.'),
};

const problemSchema = {
  type: 'object',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string' },
  },
  required: ['title', 'status', 'code'],
};

/** The document as JSON text. */
export const explainDocument = (): string =>
  `${JSON.stringify(
    {
      openapi: '3.1.0',
      [partMark]: 'beta',
      info: {
        title: 'Explanations',
        version: '1.0.0',
        description:
          'For applications: why an answer of their own was empty, refused or smaller. Nothing is told of what the application may not see.',
      },
      servers: [{ url: '/' }],
      paths: {
        '/explain/{request}': {
          get: {
            operationId: 'explain',
            summary:
              'Explains an answer of the last 14 days to the application that got it, by the X-Request-Id of the answer. Every other id is answered alike.',
            security: [{ oauth: [] }],
            parameters: [{ name: 'request', in: 'path', required: true, schema: { type: 'string', maxLength: 64 } }],
            responses: {
              '200': {
                description: 'The explanation.',
                headers: { ...common, ...quota },
                content: {
                  'application/json': {
                    schema: { $ref: '#/components/schemas/Explanation' },
                    example: explanationExample,
                  },
                },
              },
              default: {
                description: 'A problem document.',
                headers: { ...common, ...quota },
                content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
              },
            },
          },
        },
        '/catalogue/access-for': {
          post: {
            operationId: 'accessFor',
            summary:
              'Exactly what has to be asked for to run an operation or a GraphQL document: collections, actions, fields, scopes, flags and access packages. Open to everybody.',
            security: [],
            requestBody: {
              required: true,
              content: {
                'application/json': {
                  schema: { $ref: '#/components/schemas/AccessQuestion' },
                  example: { operation: 'GET /domain/package/class/{field}/{value}' },
                },
              },
            },
            responses: {
              '200': {
                description: 'What has to be asked for.',
                headers: common,
                content: { 'application/json': { schema: { $ref: '#/components/schemas/AccessAnswer' } } },
              },
              default: {
                description: 'A problem document.',
                headers: { ...common, 'Retry-After': header('With 503: seconds to wait.') },
                content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
              },
            },
          },
        },
      },
      components: {
        securitySchemes: {
          oauth: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: {} } } },
        },
        schemas: {
          Explanation: explanationSchema,
          AccessQuestion: accessQuestionSchema,
          AccessAnswer: accessAnswerSchema,
          Problem: problemSchema,
        },
      },
    },
    null,
    1,
  )}\n`;
