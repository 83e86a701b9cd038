// A toy service, over REST and SOAP, and a server around it: its operations do nothing but show one behaviour each.
import type { Verify } from '#auth/verify.ts';
import { problem } from '#base/errors.ts';
import { ok } from '#base/result.ts';
import { element } from '#formats/xml/write-xml.ts';
import { clientScope } from '#model/openapi.ts';
import { serviceParts } from '#services/service-parts.ts';
import type { ElementForm, Service, ServiceCall, ServiceDeps, ServiceOperation } from '#services/service.ts';
import { toyServer, verifyToy, type ToyServer } from '../http/toy.ts';

const text = (word: string) => ({ nb: word, en: word });

export const namespace = 'http://fsws.usit.no/schemas/toy';
export const prefix = '/fsrest/rest/toy';
export const port = '/fsservices/toy';
export const textPort = '/fsservices/toy-text';

const thing: ElementForm = {
  name: 'thing',
  describe: text('A thing.'),
  attributes: [{ name: 'kind', type: 'string' }],
  members: [
    { name: 'id', required: true, content: { type: 'integer' } },
    { name: 'name', describe: text('What it is called.'), content: { type: 'string' } },
    { name: 'alive', content: { type: 'flag' } },
    { name: 'born', content: { type: 'day' } },
    { name: 'tag', most: null, content: { type: 'string' } },
  ],
};

const body: ElementForm = {
  name: 'thing',
  choice: [
    { name: 'id', content: { type: 'integer', minimum: 1 } },
    { name: 'name', content: { type: 'string', maxLength: 10 } },
  ],
  members: [
    {
      name: 'start',
      required: true,
      attributes: [{ name: 'dtf', type: 'string', required: true }],
      content: { type: 'day' },
    },
    { name: 'tag', most: null, content: { type: 'string', pattern: '[a-z]+' } },
    { name: 'state', content: { type: 'string', values: ['new', 'old'] } },
  ],
};

export const row = (call: Pick<ServiceCall, 'notation'>, id: number, name: string): string =>
  call.notation.name === 'json'
    ? JSON.stringify({ '@kind': 'toy', id, name, alive: 'J', born: '2001-02-28', tag: ['a', 'b'] })
    : `<thing kind="toy"><id>${id}</id>${element('name', name)}<alive>J</alive><born>2001-02-28</born><tag>a</tag><tag>b</tag></thing>`;

/** What the handlers were called with, and what happens to the rows that they give. */
export type Seen = { calls: ServiceCall[]; given: number; ended: number };

const operations = (seen: Seen): readonly ServiceOperation[] => {
  const seeing = (call: ServiceCall): void => void seen.calls.push(call);
  return [
    {
      name: 'getThing',
      rest: { method: 'GET', path: '/things/{id}' },
      soap: true,
      summary: text('One.'),
      describe: text('One thing.'),
      parameters: [{ name: 'id', type: 'integer', required: true, describe: text('Which.'), minimum: 1 }],
      answer: { kind: 'one', element: thing },
      others: [{ type: 'text/plain', describe: text('Words.'), open: '[', between: '|', close: ']' }],
      reconstructed: true,
      examples: [],
      handle: async (call) => {
        seeing(call);
        if (call.values['id'] === '404') return { kind: 'problem', problem: problem('HUB-204', 'Gone.') };
        if (call.values['id'] === '500') throw new Error('secret of the handler');
        return { kind: 'one', text: row(call, Number(call.values['id']), 'Æ & <Ø>') };
      },
    },
    {
      name: 'listThings',
      rest: { method: 'GET', path: '/things' },
      soap: true,
      summary: text('All.'),
      describe: text('All things.'),
      parameters: [
        { name: 'most', type: 'integer', describe: text('So many.') },
        { name: 'fnr', type: 'string', nationalId: true, describe: text('Whose.') },
        { name: 'day', type: 'day', describe: text('When.') },
      ],
      answer: {
        kind: 'rows',
        name: 'things',
        describe: text('Things.'),
        attributes: [{ name: 'term', type: 'string' }],
        row: thing,
      },
      others: [
        {
          type: 'text/csv',
          sent: 'text/csv; charset=utf-8',
          describe: text('Rows.'),
          open: 'id\r\n',
          between: '',
          close: '',
        },
      ],
      examples: [],
      handle: async (call) => {
        seeing(call);
        const most = Number(call.values['most'] ?? 3);
        const rows = async function* () {
          try {
            for (let id = 1; id <= most; id += 100) {
              const some = Array.from({ length: Math.min(100, most - id + 1) }, (_, at) => id + at);
              seen.given += some.length;
              yield some.map((one) => (call.type === 'text/csv' ? `${one}\r\n` : row(call, one, `Thing ${one}`)));
            }
          } finally {
            seen.ended += 1;
          }
        };
        return { kind: 'rows', rows: rows(), more: { attributes: { term: 'HØST "2026"' }, etag: '"v1"' } };
      },
    },
    {
      name: 'writeThing',
      rest: { method: 'POST', path: '/write' },
      soap: true,
      summary: text('Writes.'),
      describe: text('Writes a thing.'),
      parameters: [],
      body,
      unqualifiedToo: true,
      bodyLimit: 100_000,
      answer: { kind: 'status' },
      writes: true,
      examples: [],
      handle: async (call) => {
        seeing(call);
        return { kind: 'done', status: 'ok' };
      },
    },
    {
      name: 'findThing',
      rest: { method: 'GET', path: '/find' },
      soap: true,
      summary: text('Finds.'),
      describe: text('Finds a thing.'),
      parameters: [
        { name: 'a', type: 'string', describe: text('A.') },
        { name: 'b', type: 'string', describe: text('B.') },
      ],
      exactlyOne: ['a', 'b'],
      answer: { kind: 'one', element: thing },
      examples: [],
      handle: async (call) => {
        seeing(call);
        return { kind: 'one', text: row(call, 1, 'Found') };
      },
    },
  ];
};

export const toyService = (seen: Seen): Service => ({
  id: 'toy',
  name: 'toy',
  title: text('Toy'),
  status: 'production',
  describe: text('A toy.'),
  version: '1',
  namespace,
  prefix,
  ports: [
    { path: port, answers: 'nested' },
    { path: textPort, answers: 'text' },
  ],
  reconstructed: text('Drawn from examples.'),
  operations: operations(seen),
});

export type ToyWorld = { readonly seen: Seen; readonly server: ToyServer; readonly service: Service };

/** The tokens of the tests of the edge, with the scope of clients. */
export const verifyClients: Verify = async (authorization) => {
  const verified = await verifyToy(authorization);
  return verified.ok ? ok({ ...verified.value, scopes: new Set([clientScope]) }) : verified;
};

/** Serves the toy; `more` says otherwise what it is made with. */
export const openToy = async (more: Partial<ServiceDeps> = {}): Promise<ToyWorld> => {
  const seen: Seen = { calls: [], given: 0, ended: 0 };
  const service = toyService(seen);
  const parts = serviceParts(service, {
    baseUrl: () => server.url(),
    endingOf: () => [],
    ...more,
  });
  const server = toyServer(parts.routes, {}, { verify: verifyClients });
  await server.listen();
  return { seen, server, service };
};

export type Answered = {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  readonly text: string;
};

/** Asks the server as a client with a token. */
export const asker =
  ({ server }: ToyWorld) =>
  async (path: string, init: RequestInit = {}): Promise<Answered> => {
    const response = await fetch(`${server.url()}${path}`, {
      ...init,
      headers: { authorization: 'Bearer client', ...(init.headers as Record<string, string> | undefined) },
    });
    return {
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      headers: response.headers,
      text: await response.text(),
    };
  };
