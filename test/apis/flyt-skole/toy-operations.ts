// A few operations that only show what reached them, for the tests of the frame: routes, parameters and description.
import type { Operation, OperationGroup, VfsCall } from '#apis/flyt-skole/operation.ts';
import {
  cursorParameter,
  dateParameter,
  fieldsParameter,
  idParameter,
  instantParameter,
  integerParameter,
  limitParameter,
  oneOfParameter,
  pathId,
  textParameter,
} from '#apis/flyt-skole/parameters.ts';

export const words = { nb: 'Noe.', en: 'Something.' };

const shown = (call: VfsCall): Promise<{ kind: 'json'; status: number; value: unknown }> =>
  Promise.resolve({
    kind: 'json',
    status: 200,
    value: {
      path: call.path,
      query: Object.fromEntries(
        Object.entries(call.query).map(([name, value]) => [
          name,
          value instanceof Set ? [...(value as Set<string>)] : value,
        ]),
      ),
      body: call.body,
      api: call.context.api,
    },
  });

const toyId = pathId('toyId', words);

const operation = (more: Pick<Operation, 'id' | 'method' | 'path'> & Partial<Operation>): Operation => ({
  tag: 'Toys',
  scopes: ['vfs:toys.read'],
  summary: words,
  describe: words,
  parameters: more.path.includes('{') ? [toyId] : [],
  body: null,
  answers: { 200: { describe: words, schema: 'Toy' } },
  examples: [{ summary: 'One', path: more.path, status: 200 }],
  handle: shown,
  ...more,
});

const toyBody = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1 },
    kind: { enum: ['car', 'doll'] },
    bought: { type: 'string', format: 'date' },
    at: { type: 'string', format: 'date-time' },
    parts: { type: 'array', items: { $ref: '#/components/schemas/ToyPart' } },
  },
  required: ['name'],
  additionalProperties: false,
};

export const toyOperations: OperationGroup = {
  operations: [
    operation({
      id: 'listToys',
      method: 'GET',
      path: '/toys',
      parameters: [
        limitParameter,
        cursorParameter,
        textParameter('q', words, { minLength: 2, maxLength: 20 }),
        fieldsParameter(['id', 'name']),
        idParameter('boxId', words),
        dateParameter('on', words),
        instantParameter('since', words),
        integerParameter('level', words, { minimum: 1, maximum: 10 }),
        oneOfParameter('status', words, ['whole', 'broken'], 'whole'),
      ],
      examples: [
        {
          summary: 'Whole ones',
          path: '/toys',
          query: { status: 'whole', fields: 'id,name', level: '3' },
          status: 200,
        },
      ],
    }),
    operation({
      id: 'makeToy',
      method: 'POST',
      path: '/toys',
      scopes: ['vfs:toys.write'],
      body: { schema: toyBody, type: 'application/json', readOnly: ['id', 'boxId'] },
      headers: [{ name: 'Idempotency-Key', required: true, describe: words }],
      examples: [{ summary: 'A car', path: '/toys', body: { name: 'Red' }, status: 200 }],
    }),
    operation({
      id: 'findToy',
      method: 'POST',
      path: '/toys/lookup',
      body: { schema: { type: 'object', additionalProperties: false }, type: 'application/json', required: false },
    }),
    operation({ id: 'getToy', method: 'GET', path: '/toys/{toyId}' }),
    operation({
      id: 'changeToy',
      method: 'PATCH',
      path: '/toys/{toyId}',
      scopes: ['vfs:toys.write'],
      body: { schema: { ...toyBody, required: [] }, type: 'application/merge-patch+json' },
    }),
    operation({ id: 'dropToy', method: 'DELETE', path: '/toys/{toyId}', scopes: ['vfs:toys.write'] }),
    operation({ id: 'getPlay', method: 'GET', path: '/play', scopes: [] }),
  ],
  schemas: {
    Toy: {
      type: 'object',
      description: 'A toy.',
      properties: {
        path: { type: 'object' },
        query: { type: 'object' },
        body: { type: ['object', 'null'] },
        api: { type: 'string' },
        parts: { type: 'array', items: { $ref: '#/components/schemas/ToyPart' } },
      },
      required: ['api'],
    },
    ToyPart: {
      type: 'object',
      description: 'A part.',
      properties: {
        name: { type: 'string', examples: ['wheel'] },
        number: { type: 'integer', 'x-data-class': 'personal' },
      },
      required: ['name'],
    },
  },
};
