// What answers say of contracts and what is counted of requests: of which callers, with which success, and that answers without anything to say are
// what they were.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Route } from '#apis/api.ts';
import { problem } from '#base/errors.ts';
import type { ContractPort } from '#http/contracts.ts';
import { exchangeBytes, route, toyServer, type ToyServer } from './toy.ts';

const client = { access: 'client', scopes: ['toy.read'] } as const;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const part = ({ method }: { readonly method: string }): string => `${method === 'HEAD' ? 'GET' : method} /toy/{id}`;
const fine = () => ({ kind: 'json', status: 200, value: 'fine' }) as const;
const uses = ['Query.a', 'A.b'] as const;

const routes: readonly Route[] = [
  route('/toy/*', fine, { ...client, methods: ['GET', 'POST'], part }),
  route('/toy/missing', () => ({ kind: 'problem', problem: problem('HUB-204', 'no') }), { ...client, part }),
  route('/toy/broken', () => Promise.reject(new Error('broken')), { ...client, part }),
  route('/toy/cached', () => ({ kind: 'empty', status: 304 }), { ...client, part }),
  route('/toy/linked', () => ({ kind: 'empty', status: 204, headers: { link: '</2>; rel="next"' } }), {
    ...client,
    part,
  }),
  route('/graph', () => ({ kind: 'bytes', status: 200, bytes: '{}', type: 'application/json', uses }), client),
  route('/graph/bad', () => ({ kind: 'bytes', status: 400, bytes: '{}', type: 'application/json', uses }), client),
  route('/nameless', fine, client),
  route('/partless', fine, { ...client, part: () => null }),
  route('/open', fine, { part }),
];

const notes = ['Deprecation', '@1795305600', 'Link', '</changes/a>; rel="deprecation"'] as const;

const worldOf = (headers: readonly string[] | null, retiring: readonly string[] | null = null) => {
  const counted: unknown[] = [];
  const asked: unknown[] = [];
  const contracts: ContractPort = {
    headersOf: (api, named) => {
      asked.push([api, named]);
      return headers;
    },
    headersOfRetiring: () => retiring,
    count: (...all) => void counted.push(all),
  };
  return { counted, asked, server: toyServer(routes, {}, { contracts }) };
};

test('what verified callers have used with success is counted, by the operation or by what the answer says', async () => {
  const { counted, server } = worldOf(null);
  const counts = async (url: string, token = 'client', method: 'GET' | 'HEAD' | 'POST' = 'GET') => {
    const { statusCode } = await server.inject({ url, method, headers: bearer(token) });
    return [statusCode, ...counted.splice(0)];
  };
  assert.deepEqual(await counts('/toy/7'), [200, ['toy-client', 'toy', 'GET /toy/{id}']]);
  assert.deepEqual(await counts('/toy/7', 'later', 'HEAD'), [200, ['toy-client', 'toy', 'GET /toy/{id}']]);
  assert.deepEqual(await counts('/toy/7', 'other-client', 'POST'), [200, ['other-client', 'toy', 'POST /toy/{id}']]);
  assert.deepEqual(await counts('/toy/cached'), [304, ['toy-client', 'toy', 'GET /toy/{id}']]);
  const [, graph] = await counts('/graph');
  assert.deepEqual(graph, ['toy-client', 'toy', uses]);
  assert.equal((graph as readonly unknown[])[2], uses, 'the list itself');
  assert.deepEqual(await counts('/graph/bad'), [400]);
  assert.deepEqual(await counts('/toy/missing'), [404]);
  assert.deepEqual(await counts('/toy/broken'), [500]);
  assert.deepEqual(await counts('/toy/7', 'nobody'), [401]);
  assert.deepEqual(await counts('/toy/7', 'narrow'), [403]);
  assert.deepEqual(await counts('/nameless'), [200]);
  assert.deepEqual(await counts('/partless'), [200]);
  assert.deepEqual(await counts('/open', 'client'), [200], 'nobody is known there');
  assert.deepEqual(await counts('/openapi-of-nothing'), [404]);
});

test('what is to be said stands in the headers of every answer of the operation, beside its own', async () => {
  const { asked, server } = worldOf(notes);
  const said = async (url: string, token = 'client') => {
    const { statusCode, headers } = await server.inject({ url, headers: bearer(token) });
    return [statusCode, headers['deprecation'], headers['link']];
  };
  const told = ['@1795305600', '</changes/a>; rel="deprecation"'];
  for (const [url, status] of [
    ['/toy/7', 200],
    ['/toy/missing', 404],
    ['/toy/broken', 500],
    ['/toy/cached', 304],
    ['/open', 200],
  ] as const)
    assert.deepEqual(await said(url), [status, ...told]);
  assert.deepEqual(
    asked.splice(0),
    Array.from({ length: 5 }, () => ['toy', 'GET /toy/{id}']),
  );
  assert.deepEqual(await said('/graph'), [200, ...told]);
  assert.deepEqual(asked.splice(0), [['toy', null]]);
  assert.deepEqual(await said('/toy/7', 'nobody'), [401, undefined, undefined], 'who is not let in is told nothing');
  assert.deepEqual(await said('/health/live'), [200, undefined, undefined], 'no API has said anything of that');
});

test('that an API retires as a whole is said with refusals too', async () => {
  const { server } = worldOf(notes, ['Sunset', 'Thu, 30 Mar 2028 22:00:00 GMT']);
  for (const [token, status] of [
    ['nobody', 401],
    ['narrow', 403],
  ] as const) {
    const { statusCode, headers } = await server.inject({ url: '/toy/7', headers: bearer(token) });
    assert.deepEqual(
      [statusCode, headers['sunset'], headers['deprecation']],
      [status, 'Thu, 30 Mar 2028 22:00:00 GMT', undefined],
    );
  }
  const { headers } = await server.inject({ url: '/toy/7', headers: bearer('client') });
  assert.deepEqual(
    [headers['sunset'], headers['deprecation']],
    [undefined, '@1795305600'],
    'its operation says all of it',
  );
});

const open: ToyServer[] = [];
after(async () => {
  for (const one of open) await one.close();
});

const overTheWire = async (server: ToyServer, url: string): Promise<string> => {
  open.push(server);
  await server.listen();
  const text = await exchangeBytes(server.port(), [
    `GET ${url} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer client\r\nX-Request-Id: same-request\r\nConnection: close\r\n\r\n`,
  ]);
  return text.replace(/Date: [^\r]*/, 'Date: -');
};

test('an answer of which nothing is to be said is byte for byte what it was', async () => {
  const before = await overTheWire(toyServer(routes), '/toy/linked');
  assert.match(before, /^HTTP\/1\.1 204/);
  assert.equal(await overTheWire(worldOf(null).server, '/toy/linked'), before);
  const marked = await overTheWire(worldOf(notes).server, '/toy/linked');
  assert.equal(marked.replace(/Deprecation: [^\r]*\r\nLink: <\/changes[^\r]*\r\n/, ''), before);
  assert.match(marked, /Link: <\/changes\/a>; rel="deprecation"\r\n(?:[^\r]+\r\n)*link: <\/2>; rel="next"\r\n/);
});
