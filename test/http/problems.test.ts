// Problems in the form of an API: every problem of a route that has one is written so, whoever found it, and none becomes worse by it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { Route } from '#apis/api.ts';
import { HubError, problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { exchangeBytes, route, toyServer } from './toy.ts';

const plain: NonNullable<Route['problems']> = ({ problem: what, status, title, language }, { id }) => ({
  bytes: `<Feil kode="${what.code}" status="${status}" id="${id}" ${language}>${title}: ${what.detail}</Feil>`,
  type: 'application/xml',
  headers: { 'X-Form': 'own' },
});
const own = (path: string, handle: Route['handle'], more: Partial<Route> = {}): Route =>
  route(path, handle, { problems: plain, ...more });
const nothing: Route['handle'] = () => ({ kind: 'empty', status: 204 });
const client = { access: 'client', scopes: ['toy.read'] } as const;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('a problem of a route is written in its form, whoever found it, and keeps the headers that it has', async () => {
  const standing = { burst: { limit: 1, left: 0, seconds: 9 }, day: null, retryAfter: 9 };
  const server = toyServer(
    [
      own('/own/*', nothing, client),
      own('/own/body', nothing, { methods: ['POST'], body: 'text', bodyLimit: 4 }),
      own('/own/quota', nothing, { ...client, quota: true }),
      own('/own/given', () => ({
        kind: 'problem',
        problem: problem('HUB-103', 'Not so.', { internal: 'for the log' }),
        headers: { 'X-Given': '1' },
      })),
      own('/own/thrown', () => {
        throw new HubError(problem('HUB-502', 'Closed for now.', { retryAfter: 3 }));
      }),
      own('/own/broken', () => {
        throw new Error('the secret of the handler');
      }),
      own('/own/closed', nothing, { closedToNationalIds: true }),
      route('/usual', nothing, client),
    ],
    { urlBytes: 300 },
    { quotas: { take: () => standing, look: () => standing } },
  );
  const told = async (url: string, more: Record<string, unknown> = {}): Promise<readonly unknown[]> => {
    const answer = await server.inject({ url, ...more });
    const { headers } = answer;
    assert.equal(headers['content-type'], 'application/xml', url);
    assert.equal(headers['x-form'], 'own');
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.match(answer.body, new RegExp(`status="${answer.statusCode}" id="${String(headers['x-request-id'])}"`));
    assert.doesNotMatch(answer.body, /secret|for the log/);
    const [, code] = /kode="([^"]+)"/.exec(answer.body) ?? [];
    const rest = ['www-authenticate', 'allow', 'retry-after', 'ratelimit', 'x-given'].map((name) => headers[name]);
    return [answer.statusCode, code, ...rest.filter((one) => one !== undefined)];
  };
  assert.deepEqual(await told('/own/x'), [401, 'HUB-300', 'Bearer realm="bindeledd"']);
  assert.deepEqual(await told('/own/x', { headers: bearer('adapter') }), [403, 'HUB-400']);
  assert.deepEqual(await told('/own/x', { headers: bearer('narrow') }), [
    403,
    'HUB-302',
    'Bearer realm="bindeledd", error="insufficient_scope", scope="toy.read"',
  ]);
  assert.deepEqual(await told('/own/x', { method: 'DELETE' }), [405, 'HUB-105', 'GET, HEAD']);
  assert.deepEqual(await told('/own/x', { headers: { ...bearer('client'), 'x-org-id': 'nabo.test' } }), [
    403,
    'HUB-401',
  ]);
  assert.deepEqual(await told(`/own/${'x'.repeat(300)}`), [414, 'HUB-110']);
  assert.deepEqual(await told('/own/body', { method: 'POST', payload: 'four!' }), [413, 'HUB-102']);
  assert.deepEqual(await told('/own/body', { method: 'POST', payload: 'x', headers: { 'content-encoding': 'br' } }), [
    415,
    'HUB-104',
  ]);
  assert.deepEqual(await told('/own/quota', { headers: bearer('client') }), [429, 'HUB-108', '9', '"burst";r=0;t=9']);
  assert.deepEqual(await told('/own/given'), [400, 'HUB-103', '1']);
  assert.deepEqual(await told('/own/thrown'), [503, 'HUB-502', '3']);
  assert.deepEqual(await told('/own/broken'), [500, 'HUB-500']);
  assert.deepEqual(await told('/own/closed?q=15888012345'), [400, 'HUB-111']);
  const usual = await server.inject({ url: '/usual' });
  assert.equal(usual.headers['content-type'], 'application/problem+json');
  assert.match((await server.inject({ url: '/own/given', headers: { 'accept-language': 'nb' } })).body, / nb>/);
});

test('the deadline and the crowd are told in the form of the route', async () => {
  const { promise: inside, resolve: entered } = Promise.withResolvers<void>();
  const slow: Route['handle'] = async ({ signal }) => {
    entered();
    await once(signal, 'abort');
    return { kind: 'empty', status: 204 };
  };
  const server = toyServer([own('/own/slow', slow, client)], { requestMs: 1_000, requestsPerClient: 1 });
  await server.listen();
  try {
    const ask = async (): Promise<string> => {
      const answer = await fetch(`${server.url()}/own/slow`, { headers: bearer('client') });
      return `${answer.headers.get('content-type')} ${(await answer.text()).slice(0, 35)}`;
    };
    const first = ask();
    await inside;
    assert.equal(await ask(), 'application/xml <Feil kode="HUB-107" status="429" i');
    assert.equal(await first, 'application/xml <Feil kode="HUB-106" status="503" i');
  } finally {
    await server.close();
  }
});

test('what is not there and what may not be seen are written alike', async () => {
  const seen: unknown[] = [];
  const server = toyServer([
    own(
      '/own/*',
      ({ rest }) => ({
        kind: 'problem',
        problem: problem('HUB-204', `There is no ${rest} for you.`, { internal: 'exists' }),
        headers: { 'X-Hint': rest, vary: 'Accept' },
      }),
      {
        problems: (shown, request) => {
          seen.push(shown);
          return plain(shown, request);
        },
      },
    ),
  ]);
  const answers = await Promise.all(
    ['a', 'b'].map((name) => server.inject({ url: `/own/${name}`, headers: { 'x-request-id': 'same' } })),
  );
  assert.deepEqual(answers[0]?.headers, answers[1]?.headers);
  assert.equal(answers[0]?.body, answers[1]?.body);
  assert.equal(answers[0]?.headers['vary'], 'Accept');
  assert.deepEqual(seen[0], seen[1]);
  assert.doesNotMatch(JSON.stringify(seen), /exists|for you/);
});

test('an own form may have its own status, and takes no header from the pipeline', async () => {
  const server = toyServer([
    route('/own/*', nothing, {
      ...client,
      problems: () => ({
        bytes: Buffer.from('fault'),
        type: 'text/xml',
        status: 500,
        headers: {
          'www-authenticate': 'Digest',
          'x-request-id': 'mine',
          'Cache-Control': 'public',
          'content-length': '1',
          'X-More': 'yes',
        },
      }),
    }),
  ]);
  const answer = await server.inject({ url: '/own/x', headers: { 'x-request-id': 'theirs' } });
  assert.equal(answer.statusCode, 500);
  assert.equal(answer.body, 'fault');
  assert.equal(answer.headers['www-authenticate'], 'Bearer realm="bindeledd"');
  assert.equal(answer.headers['x-request-id'], 'theirs');
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.equal(answer.headers['content-length'], '5');
  assert.equal(answer.headers['x-more'], 'yes');
  assert.deepEqual(
    server.events.map((event) => (event.kind === 'request' ? [event.status, event.code] : event.kind)),
    [[500, 'HUB-300']],
  );
});

test('an own form that fails is not sent: the usual one is, and the log is told', async () => {
  const writers: readonly NonNullable<Route['problems']>[] = [
    () => {
      throw new Error('secret of the writer');
    },
    () => ({ bytes: 'x', type: 'text/plain\r\nX-Evil: 1' }),
    () => ({ bytes: 'x', type: 'text/plain', headers: { 'bad name': '1' } }),
    () => ({ bytes: 'x', type: 'text/plain', headers: { 'X-Bad': 'a\r\nb' } }),
    () => ({ bytes: 'x', type: 'text/plain', status: 99 }),
    // What the compiler refuses, a writer may do all the same.
    (() => Promise.resolve({ bytes: 'x', type: 'text/plain' })) as unknown as NonNullable<Route['problems']>,
  ];
  for (const problems of writers) {
    const server = toyServer([
      route(
        '/own/*',
        () => {
          throw new Error('secret of the handler');
        },
        { problems },
      ),
    ]);
    const answer = await server.inject({ url: '/own/x' });
    assert.equal(answer.statusCode, 500);
    assert.equal(answer.headers['content-type'], 'application/problem+json');
    assert.equal((JSON.parse(answer.body) as { code: string }).code, 'HUB-500');
    assert.doesNotMatch(answer.body, /secret/);
    assert.deepEqual(server.events.map(({ kind }) => kind).toSorted(), ['failure', 'failure', 'request']);
  }
});

test('over a socket: an address that is too long, two of a header, and a failing form all end in an answer', async () => {
  const server = toyServer(
    [
      own('/own/*', nothing),
      route('/failing/*', nothing, {
        problems: () => {
          throw new Error('no');
        },
      }),
    ],
    { urlBytes: 200 },
  );
  await server.listen();
  try {
    const get = (path: string, more = ''): Promise<string> =>
      exchangeBytes(server.port(), [`GET ${path} HTTP/1.1\r\nHost: a\r\n${more}Connection: close\r\n\r\n`], {
        end: true,
      });
    assert.match(await get(`/own/${'x'.repeat(300)}`), /^HTTP\/1.1 414 [^]*kode="HUB-110"/);
    assert.match(await get('/own/x', 'X-Org-Id: a\r\nX-Org-Id: b\r\n'), /^HTTP\/1.1 400 [^]*kode="HUB-109"/);
    assert.match(await get(`/failing/${'x'.repeat(300)}`), /^HTTP\/1.1 414 [^]*problem\+json/);
  } finally {
    await server.close();
  }
});

const listed: NonNullable<Route['problems']> = ({ problem: { errors = [] } }) => ({
  bytes: JSON.stringify({ errors }),
  type: 'application/json',
});

test('a problem names so many places and no more, in whatever form it is written', async () => {
  const many = problem('HUB-103', 'Not so.', {
    errors: Array.from({ length: limits.problemItems + 1 }, (_, index) => ({ at: `/a${index}`, message: 'is none' })),
  });
  const fewer = { ...many, errors: (many.errors ?? []).slice(1) };
  const server = toyServer([
    route('/usual/many', () => ({ kind: 'problem', problem: many })),
    route('/usual/fewer', () => ({ kind: 'problem', problem: fewer })),
    route('/own/many', () => ({ kind: 'problem', problem: many }), { problems: listed }),
  ]);
  const named = async (url: string): Promise<readonly unknown[]> => {
    const { errors } = JSON.parse((await server.inject({ url })).body) as { errors: readonly { at: string }[] };
    return [errors.length, errors[0]?.at, errors.at(-1)?.at];
  };
  const last = `/a${limits.problemItems - 1}`;
  assert.deepEqual(await named('/usual/many'), [limits.problemItems, '/a0', last]);
  assert.deepEqual(await named('/usual/fewer'), [limits.problemItems, '/a1', `/a${limits.problemItems}`]);
  assert.deepEqual(await named('/own/many'), [limits.problemItems, '/a0', last]);
});
