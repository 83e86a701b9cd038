// The stages of the pipeline one by one: routes, methods, callers, tenants, headers, problems and failures.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HubError, problem } from '#base/errors.ts';
import { systemRandom } from '#base/random.ts';
import { golden } from '../golden.ts';
import { route, toyApi, toyServer } from './toy.ts';

const echo = route('/toy/*', ({ id, method, path, rest, query, gzip, header, principal }) => ({
  kind: 'json',
  status: 200,
  value: { id, method, path, rest, query: [...query], gzip, agent: typeof header, tenant: principal?.tenant ?? null },
}));
const client = { access: 'client', scopes: ['toy.read'] } as const;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const named = (name: string) => () => ({ kind: 'json', status: 200, value: name }) as const;

test('the longest prefix wins, the bare prefix is included, and the rest stays as sent', async () => {
  const server = toyServer([
    route('/a/*', named('a')),
    route('/a/b/*', named('a/b')),
    route('/a/b/c', named('a/b/c')),
    echo,
  ]);
  const get = async (url: string): Promise<unknown> => JSON.parse((await server.inject({ url })).body) as unknown;
  assert.equal(await get('/a'), 'a');
  assert.equal(await get('/a/'), 'a');
  assert.equal(await get('/a/bc'), 'a');
  assert.equal(await get('/a/b'), 'a/b');
  assert.equal(await get('/a/b/c'), 'a/b/c');
  assert.equal(await get('/a/b/c/d'), 'a/b');
  const rest = async (url: string): Promise<unknown> => ((await get(url)) as { rest: unknown }).rest;
  assert.equal(await rest('/toy/a%2Fb/%C3%A6%20?x=/y'), 'a%2Fb/%C3%A6%20');
  assert.equal(await rest('/t%6Fy/a'), 'a');
  assert.equal(await rest('/toy'), '');
  assert.equal(await rest(`/toy/${'x'.repeat(2_000)}`), 'x'.repeat(2_000));
  assert.equal(await rest('/toy/a;b=1//c'), 'a;b=1//c');
});

test('two routes on one address stop the start', () => {
  const same = route('/same', () => ({ kind: 'empty', status: 204 }));
  assert.throws(() => toyServer([same, same]), /Two routes claim GET \/same/);
  assert.throws(() => toyServer([route('/a/:id', same.handle)]), /neither|not a literal/);
  assert.throws(() => toyServer([same], {}, { raw: [{ paths: ['/same'], handle: () => {} }] }), /claim \/same/);
});

test('HEAD is GET without a body; other methods name what is allowed', async () => {
  const server = toyServer([echo, route('/both', echo.handle, { methods: ['POST', 'DELETE'] })]);
  const got = await server.inject({ url: '/toy/x' });
  const head = await server.inject({
    method: 'HEAD',
    url: '/toy/x',
    headers: { 'x-request-id': got.headers['x-request-id'] as string },
  });
  assert.equal(head.statusCode, 200);
  assert.equal(head.body, '');
  assert.equal(head.headers['content-type'], 'application/json');
  const refused = await server.inject({ method: 'DELETE', url: '/toy/x' });
  assert.equal(refused.statusCode, 405);
  assert.equal(refused.headers['allow'], 'GET, HEAD');
  assert.equal((await server.inject({ method: 'HEAD', url: '/both' })).headers['allow'], 'DELETE, POST');
});

test('only a token of the right kind and scope comes in, at once or later', async () => {
  const server = toyServer([
    route('/toy/*', echo.handle, client),
    route('/deliver', echo.handle, { access: 'adapter' }),
    route('/any', echo.handle, { access: 'any' }),
  ]);
  const status = async (url: string, token: string | null) => {
    const answer = await server.inject({ url, headers: token === null ? {} : bearer(token) });
    const code = answer.statusCode === 200 ? '' : ` ${(JSON.parse(answer.body) as { code: string }).code}`;
    return `${answer.statusCode}${code} ${String(answer.headers['www-authenticate'] ?? '')}`.trim();
  };
  assert.equal(await status('/toy/x', 'client'), '200');
  assert.equal(await status('/toy/x', 'later'), '200');
  assert.equal(await status('/toy/x', null), '401 HUB-300 Bearer realm="bindeledd"');
  assert.equal(await status('/toy/x', 'other'), '401 HUB-300 Bearer realm="bindeledd", error="invalid_token"');
  assert.equal(await status('/toy/x', 'adapter'), '403 HUB-400');
  assert.equal(
    await status('/toy/x', 'narrow'),
    '403 HUB-302 Bearer realm="bindeledd", error="insufficient_scope", scope="toy.read"',
  );
  assert.equal(await status('/deliver', 'client'), '403 HUB-400');
  assert.equal(await status('/deliver', 'adapter'), '200');
  assert.equal(await status('/any', 'adapter'), '200');
  assert.equal(await status('/any', 'broken'), '500 HUB-500');
  assert.deepEqual(
    server.denials.map(({ code, route: pattern }) => `${code} ${pattern}`),
    ['HUB-400 /toy/*', 'HUB-302 /toy/*', 'HUB-400 /deliver'],
  );
});

test('the tenant comes from the token; another one in header or query is refused, the same one in any spelling is not', async () => {
  const server = toyServer([route('/toy/*', echo.handle, client)]);
  const status = async (url: string, headers: Record<string, string> = {}) =>
    (await server.inject({ url, headers: { ...bearer('client'), ...headers } })).statusCode;
  for (const same of ['fjordheim.test', 'Fjordheim-test', 'fjordheim_test'])
    assert.equal(await status('/toy/x', { 'x-org-id': same }), 200);
  for (const other of ['vestmark.test', '', 'fjordheim.test, vestmark.test'])
    assert.equal(await status('/toy/x', { 'x-org-id': other }), 403);
  assert.equal(await status('/toy/x?orgId=fjordheim.test'), 200);
  assert.equal(await status('/toy/x?a=%20&org-id=fjordheim-test'), 200);
  for (const query of [
    'orgId=vestmark.test',
    'x-org-id=vestmark.test',
    '%6FrgId=vestmark.test',
    'orgId=fjordheim.test&orgId=b',
  ])
    assert.equal(await status(`/toy/x?${query}`), 403, query);
  assert.equal(
    server.denials.every(({ code }) => code === 'HUB-401'),
    true,
  );
});

test('a refusal that cannot be recorded is not answered as one', async () => {
  const server = toyServer(
    [route('/deliver', echo.handle, { access: 'adapter' })],
    {},
    {
      denied: () => Promise.reject(new Error('disk')),
    },
  );
  const answer = await server.inject({ url: '/deliver', headers: bearer('client') });
  assert.equal(answer.statusCode, 503);
  assert.equal((JSON.parse(answer.body) as { code: string }).code, 'HUB-504');
  assert.doesNotMatch(answer.body, /disk/);
});

test('request ids: a clean one is kept, anything else is replaced; trace ids go to the log', async () => {
  const server = toyServer([echo]);
  const id = async (given: string): Promise<unknown> =>
    (await server.inject({ url: '/toy/x', headers: { 'x-request-id': given } })).headers['x-request-id'];
  for (const good of ['a', 'A.b_c-9', 'x'.repeat(64)]) assert.equal(await id(good), good);
  // The last ones look like national ids.
  for (const bad of ['', 'x'.repeat(65), 'a b', 'æ', 'a"b', '<x>', '15810850083', '158108-50083', 'a_158108.50083'])
    assert.match(String(await id(bad)), /^[0-9a-f-]{36}$/, bad);
  const trace = '0af7651916cd43dd8448eb211c80319c';
  await server.inject({ url: '/toy/x', headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } });
  const last = server.events.at(-1);
  assert.equal(last?.kind === 'request' && last.trace, trace);
});

test('every answer carries the headers of the house and none that tell about the software', async () => {
  const cached = route('/cached', () => ({
    kind: 'bytes',
    status: 200,
    type: 'text/plain',
    bytes: 'ø',
    headers: { 'cache-control': 'private, no-cache', ETag: '"1"' },
  }));
  const server = toyServer([echo, cached, route('/none', () => ({ kind: 'empty', status: 204 }))]);
  const plain = (await server.inject({ url: '/toy/x' })).headers;
  assert.equal(plain['cache-control'], 'no-store');
  assert.equal(plain['x-content-type-options'], 'nosniff');
  for (const name of ['server', 'x-powered-by', 'strict-transport-security', 'access-control-allow-origin'])
    assert.equal(plain[name], undefined, name);
  const own = (await server.inject({ url: '/cached' })).headers;
  assert.equal(own['cache-control'], 'private, no-cache');
  assert.equal(own['content-length'], '2');
  assert.equal((await server.inject({ url: '/none' })).headers['content-length'], undefined);
  const behind = toyServer(
    [echo],
    {},
    {
      settings: { host: '127.0.0.1', port: 0, publicUrl: 'https://hub.test', securityContact: null },
    },
  );
  assert.match(String((await behind.inject({ url: '/toy/x' })).headers['strict-transport-security']), /max-age/);
});

test('what is hidden is answered byte for byte like what is not there', async () => {
  const hidden = route('/toy/*', () => ({
    kind: 'problem',
    problem: problem('HUB-204', 'No resource 42 for you.', { errors: [{ at: 'x', message: 'y' }] }),
    headers: { ETag: '"tells"', 'Cache-Control': 'private' },
  }));
  const thrown = route('/thrown/*', () => {
    throw new HubError(problem('HUB-204', 'Other words.'));
  });
  const server = toyServer([hidden, thrown]);
  const ask = async (url: string) => {
    const { statusCode, headers, body } = await server.inject({ url, headers: { 'x-request-id': 'same' } });
    return { statusCode, headers: { ...headers, date: '' }, body };
  };
  const unknown = await ask('/nowhere');
  assert.equal(unknown.statusCode, 404);
  for (const url of ['/toy/42', '/thrown/1', '/problems/HUB-999', '/.well-known/other', '/', '//x'])
    assert.deepEqual(await ask(url), unknown, url);
});

test('failures inside become HUB-500 and tell nobody but the log why', async () => {
  const server = toyServer([
    route('/throws', () => {
      throw new Error('the secret of the machine');
    }),
    route('/rejects', () => Promise.reject(new TypeError('the secret of the machine'))),
    route('/header', () => ({ kind: 'empty', status: 200, headers: { 'X-Bad': 'a\r\nb' } })),
    route('/busy', () => ({
      kind: 'problem',
      problem: problem('HUB-501', 'Busy.', { retryAfter: 3, internal: 'lock' }),
    })),
    route('/own-status', () => ({ kind: 'problem', status: 422, problem: problem('HUB-103', 'Odd.') })),
  ]);
  for (const url of ['/throws', '/rejects', '/header']) {
    const { statusCode, body } = await server.inject({ url });
    assert.equal(statusCode, 500, url);
    assert.doesNotMatch(body, /secret|stack|\.ts/);
  }
  const failures = server.events.filter((event) => event.kind === 'failure');
  assert.equal(failures.length, 3);
  assert.match(failures[0]?.kind === 'failure' ? failures[0].internal : '', /secret of the machine/);
  const busy = await server.inject({ url: '/busy' });
  assert.equal(busy.statusCode, 503);
  assert.equal(busy.headers['retry-after'], '3');
  assert.doesNotMatch(busy.body, /lock/);
  assert.equal((await server.inject({ url: '/own-status' })).statusCode, 422);
});

test('problem documents', async () => {
  const server = toyServer(
    [
      route('/toy/*', echo.handle, client),
      route('/bad', () => ({
        kind: 'problem',
        problem: problem('HUB-103', 'size must be positive.', {
          errors: [{ at: 'size', message: 'must be positive' }],
        }),
      })),
    ],
    {},
    { settings: { host: '127.0.0.1', port: 0, publicUrl: 'https://hub.test', securityContact: null } },
  );
  const shown: string[] = [];
  const asks = [
    ['GET', '/toy/x', {}],
    ['GET', '/toy/x', { 'accept-language': 'nb-NO,en;q=0.5' }],
    ['GET', '/bad', {}],
    ['PUT', '/bad', { 'accept-language': 'no' }],
    ['GET', '/nowhere', { 'accept-language': 'nn' }],
    ['GET', '/%zz', {}],
    ['GET', '/toy/x?orgId=vestmark.test', bearer('client')],
  ] as const;
  for (const [method, url, headers] of asks) {
    const answer = await server.inject({ method, url, headers: { ...headers, 'x-request-id': 'request-1' } });
    assert.equal(answer.headers['content-type'], 'application/problem+json');
    shown.push(`${method} ${url}\n${JSON.stringify(JSON.parse(answer.body), null, 2)}`);
  }
  golden('http/problems.txt', `${shown.join('\n\n')}\n`);
});

test('events name the route and the caller, never the address or the query', async () => {
  const server = toyServer([route('/toy/*', echo.handle, client)]);
  await server.inject({ url: '/toy/secret-name?q=secret-value', headers: bearer('client') });
  await server.inject({ url: '/secret-place' });
  assert.doesNotMatch(JSON.stringify(server.events), /secret/);
  const [first, second] = server.events;
  assert.equal(
    first?.kind === 'request' && `${first.route} ${first.client} ${first.tenant}`,
    '/toy/* toy-client fjordheim.test',
  );
  assert.equal(second?.kind === 'request' && `${second.route} ${second.status} ${second.code}`, '(none) 404 HUB-204');
});

test('a mounted library answers under its paths, with the headers of the house and behind the edge', async () => {
  const server = toyServer(
    [echo],
    {},
    {
      raw: [
        {
          paths: ['/oauth/*', '/.well-known/jwks'],
          handle: (request, response) => response.end(`library ${request.method} ${request.url}`),
        },
      ],
    },
  );
  const answer = await server.inject({ method: 'POST', url: '/oauth/token?x', payload: 'a=b' });
  assert.equal(answer.body, 'library POST /oauth/token?x');
  assert.match(String(answer.headers['x-request-id']), /^[0-9a-f-]{36}$/);
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.equal((await server.inject({ url: '/.well-known/jwks' })).statusCode, 200);
  assert.equal((await server.inject({ url: '/.well-known/other' })).statusCode, 404);
  assert.equal(
    server.events.some((event) => event.kind === 'request' && event.route === '/oauth/*'),
    true,
  );
});

test('an API may own everything below the root', async () => {
  const server = toyServer([], {}, { apis: [toyApi([route('/*', echo.handle)])], random: systemRandom });
  assert.equal((JSON.parse((await server.inject({ url: '/any/where' })).body) as { rest: string }).rest, 'any/where');
  assert.equal((await server.inject({ url: '/health/live' })).statusCode, 200);
});
