// The edge over real sockets: what two readers could understand differently, what is too large, too slow or half closed (C22, C23).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import type { Route } from '#apis/api.ts';
import { systemClock } from '#base/clock.ts';
import { exchangeBytes, route, toyServer } from './toy.ts';
import { edgeRefusal } from '#http/edge.ts';
import { httpLimits } from '#http/limits.ts';
import type { IncomingMessage } from 'node:http';

let handled = 0;
const ok = route('/toy/*', () => {
  handled += 1;
  return { kind: 'json', status: 200, value: 'ok' };
});
const text = route('/text', ({ text: body }) => ({ kind: 'json', status: 200, value: body }), {
  methods: ['POST'],
  body: 'text',
  bodyLimit: 1_000,
});
const later = route('/later', async () => {
  await systemClock.sleep(30);
  return { kind: 'json', status: 200, value: 'later' };
});
const server = toyServer([ok, text, later]);
const hasty = toyServer([ok, text], { headersMs: 150, requestMs: 200, pageRequestMs: 600, sweepMs: 20 });

before(() => Promise.all([server.listen(), hasty.listen()]));
after(() => Promise.all([server.close(), hasty.close()]));

const get = (extra = '', target = '/toy/x', version = '1.1'): string =>
  `GET ${target} HTTP/${version}\r\nHost: localhost\r\n${extra}Connection: close\r\n\r\n`;
const statuses = (received: string): readonly string[] =>
  [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status ?? '');
const codeOf = (received: string): string => /"code":"(HUB-\d+)"/.exec(received)?.[1] ?? '';

const smuggled = 'GET /toy/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n';
const post = (headers: string, body: string): string =>
  `POST /text HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n${body}`;
const attacks: readonly (readonly [string, string])[] = [
  [
    'Content-Length and Transfer-Encoding',
    post(`Content-Length: 4\r\nTransfer-Encoding: chunked\r\n`, `0\r\n\r\n${smuggled}`),
  ],
  [
    'Transfer-Encoding and Content-Length',
    post(`Transfer-Encoding: chunked\r\nContent-Length: 4\r\n`, `5c\r\n${smuggled}`),
  ],
  ['two Content-Lengths that differ', post('Content-Length: 1\r\nContent-Length: 60\r\n', `x${smuggled}`)],
  ['two Content-Lengths that agree', post('Content-Length: 1\r\nContent-Length: 1\r\n', 'x')],
  ['a list of Content-Lengths', post('Content-Length: 1, 1\r\n', 'x')],
  ['a signed Content-Length', post('Content-Length: +1\r\n', 'x')],
  ['an obfuscated Transfer-Encoding', post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${smuggled}`)],
  [
    'two Transfer-Encodings',
    post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', `0\r\n\r\n${smuggled}`),
  ],
  ['two Hosts', get('Host: other\r\n')],
  ['two Hosts in different case', get('hOST: other\r\n')],
  ['two Authorizations', get('Authorization: Bearer client\r\nAuthorization: Bearer adapter\r\n')],
  ['two organisations', get('X-Org-Id: a\r\nx-org-id: b\r\n')],
  ['an absolute target', get('', 'http://other.test/toy/x')],
  ['an absolute target of this host', get('', 'http://localhost/toy/x')],
  [
    'HTTP/1.0 with Transfer-Encoding',
    'POST /text HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['a folded header', get('X-A: b\r\n c\r\n')],
  ['a space before the colon', get('X-A : b\r\n')],
  ['a NUL in a header', get('X-A: b\u0000c\r\n')],
  ['a bare CR in a header', get('X-A: b\rX-B: c\r\n')],
  ['no Host', 'GET /toy/x HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['a fragment', get('', '/toy/x#y')],
  ['HTTP/2 spoken to HTTP/1.1', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['TLS spoken to HTTP', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000'],
  ['a bad chunk size', post('Transfer-Encoding: chunked\r\n', `zz\r\n\r\n${smuggled}`)],
  ['a bad chunk extension', post('Transfer-Encoding: chunked\r\n', `1;\u0000\r\nx\r\n0\r\n\r\n`)],
];

for (const [name, bytes] of attacks) {
  test(`${name}: one 400, then the connection is closed`, async () => {
    handled = 0;
    const received = await exchangeBytes(server.port(), [Buffer.from(bytes, 'latin1')]);
    assert.deepEqual(statuses(received), ['400'], received);
    assert.match(received, /application\/problem\+json/);
    assert.match(received, /\r\nConnection: close\r\n/i);
    assert.equal(handled, 0);
  });
}

test('methods that no address takes are refused', async () => {
  for (const method of ['TRACE', 'PROPFIND', 'PURGE']) {
    const received = await exchangeBytes(server.port(), [get().replace('GET', method)]);
    assert.deepEqual(statuses(received), ['405'], method);
    assert.equal(codeOf(received), 'HUB-105');
  }
  const connect = await exchangeBytes(server.port(), ['CONNECT other.test:443 HTTP/1.1\r\nHost: other.test\r\n\r\n']);
  assert.doesNotMatch(connect, / 200 /);
});

const fillers = (count: number): string => Array.from({ length: count }, (_, index) => `X-${index}: 1\r\n`).join('');

const targetOf = (length: number): string => `/toy/${'x'.repeat(length - 5)}`;

test('header count, header bytes and address length, on both sides of the limit', async () => {
  assert.deepEqual(statuses(await exchangeBytes(server.port(), [get(fillers(62))])), ['200']);
  const many = await exchangeBytes(server.port(), [get(fillers(63))]);
  assert.deepEqual([statuses(many), codeOf(many)], [['431'], 'HUB-110']);
  assert.deepEqual(statuses(await exchangeBytes(server.port(), [get(`X-A: ${'a'.repeat(15_000)}\r\n`)])), ['200']);
  const large = await exchangeBytes(server.port(), [get(`X-A: ${'a'.repeat(17_000)}\r\n`)]);
  assert.deepEqual([statuses(large), codeOf(large)], [['431'], 'HUB-110']);
  assert.deepEqual(statuses(await exchangeBytes(server.port(), [get('', targetOf(8_192))])), ['200']);
  const long = await exchangeBytes(server.port(), [get('', targetOf(8_193))]);
  assert.deepEqual([statuses(long), codeOf(long)], [['414'], 'HUB-110']);
});

test('slow headers, slow bodies and silent connections are told so and closed', async () => {
  const slowHead = await exchangeBytes(
    hasty.port(),
    ['GET /toy/x HTTP/1.1\r\n', 'Host: localhost\r\n', 'X-A: 1\r\n', 'X-B: 1\r\n'],
    { gapMs: 60 },
  );
  assert.deepEqual([statuses(slowHead), codeOf(slowHead)], [['408'], 'HUB-106']);
  const silent = await exchangeBytes(hasty.port(), []);
  assert.deepEqual(statuses(silent), ['408']);
  const slowBody = await exchangeBytes(hasty.port(), [post('Content-Length: 10\r\n', 'a'), 'b', 'c', 'd', 'e', 'f'], {
    gapMs: 60,
  });
  assert.deepEqual([statuses(slowBody), codeOf(slowBody)], [['408'], 'HUB-106']);
});

const readLetters: Route['handle'] = ({ bytes }) => ({ kind: 'json', status: 200, value: String(bytes) });

const readAll: Route['handle'] = async ({ stream }) => {
  let sent = '';
  for await (const piece of stream ?? []) sent += String(piece);
  return { kind: 'json', status: 200, value: sent };
};

test('a body that an API reads itself has as long as other requests, and a delivery longer', async () => {
  const posted = { methods: ['POST'], bodyLimit: 100 } as const;
  const reading = toyServer(
    [
      route('/letters', readLetters, { ...posted, body: 'bytes' }),
      route('/delivery', readAll, { ...posted, body: 'stream' }),
    ],
    { requestMs: 200, pageRequestMs: 20_000, sweepMs: 20 },
  );
  await reading.listen();
  const sent = async (path: string): Promise<readonly string[]> => {
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 6\r\n\r\n`;
    const received = await exchangeBytes(reading.port(), [head, ...'abcdef'], { gapMs: 80 });
    return [...statuses(received), codeOf(received)];
  };
  assert.deepEqual(await sent('/letters'), ['408', 'HUB-106']);
  assert.deepEqual(await sent('/delivery'), ['200', '']);
  await reading.close();
});

test('a client that ends its side after the request still gets the answer', async () => {
  const received = await exchangeBytes(server.port(), ['GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n'], {
    end: true,
  });
  assert.deepEqual(statuses(received), ['200']);
  assert.match(received, /"later"/);
});

test('a client that ends its side within the request gets a 400', async () => {
  for (const half of ['GET /toy/x HTTP/1.1\r\nHost: loc', post('Content-Length: 10\r\n', 'abc')]) {
    const received = await exchangeBytes(server.port(), [half], { end: true });
    assert.deepEqual(statuses(received), ['400'], half);
  }
});

test('two requests on one connection get two answers, in order', async () => {
  const first = 'GET /toy/x HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: one\r\n\r\n';
  const received = await exchangeBytes(server.port(), [first + get('X-Request-Id: two\r\n')]);
  assert.deepEqual(
    [...received.matchAll(/X-Request-Id: (\w+)/g)].map(([, id]) => id),
    ['one', 'two'],
  );
});

test('Expect: 100-continue is answered once the body is wanted, and not before', async () => {
  const asked = await exchangeBytes(
    server.port(),
    [post('Content-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n', ''), 'abc'],
    { gapMs: 20 },
  );
  assert.deepEqual(statuses(asked), ['100', '200']);
  const refused = await exchangeBytes(
    server.port(),
    [post('Content-Length: 1001\r\nExpect: 100-continue\r\nConnection: close\r\n', '')],
    { end: true },
  );
  assert.equal(statuses(refused)[0], '413');
});

const requestWith = (more: Partial<IncomingMessage>) =>
  ({ url: '/x', method: 'POST', rawHeaders: [], httpVersionMinor: 1, headers: {}, ...more }) as IncomingMessage;

test('Transfer-Encoding of HTTP/1.0 and of a request with a length is refused whatever the parser thinks', () => {
  const encoded = { host: 'localhost', 'transfer-encoding': 'chunked' };
  assert.equal(edgeRefusal(requestWith({ headers: encoded }), httpLimits), null);
  assert.equal(
    edgeRefusal(requestWith({ headers: encoded, httpVersionMinor: 0 }), httpLimits)?.problem.code,
    'HUB-109',
  );
  assert.equal(
    edgeRefusal(requestWith({ headers: { ...encoded, 'content-length': '1' } }), httpLimits)?.problem.code,
    'HUB-109',
  );
});

test('whatever bytes come, the server answers or closes, and goes on', async () => {
  const word = fc.constantFrom(
    'GET ',
    'POST ',
    '/toy/x',
    ' HTTP/1.1',
    '\r\n',
    '\r\n\r\n',
    'Host: a',
    'Transfer-Encoding: chunked',
    'Content-Length: 5',
    ': ',
    '\u0000',
    '%',
    '0',
  );
  const bytes = fc
    .array(fc.oneof(word, fc.string({ maxLength: 20 })), { maxLength: 20 })
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(bytes, async (sent) => {
      const received = await exchangeBytes(server.port(), [sent], { end: true });
      assert.ok(received === '' || received.startsWith('HTTP/1.1 '), received);
      assert.doesNotMatch(received, /HTTP\/1\.1 500|\.ts:/);
    }),
    { numRuns: 150 },
  );
  assert.deepEqual(statuses(await exchangeBytes(server.port(), [get()])), ['200']);
});
