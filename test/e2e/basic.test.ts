// HTTP Basic over real connections: which routes take it, from where, behind which proxies, and what is answered and recorded.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { after, before, test } from 'node:test';
import { triesAtOnce } from '#auth/secret-check.ts';
import { limits } from '#base/limits.ts';
import type { Route } from '#apis/api.ts';
import { register, startHub, askToken, type TestHub } from '../auth/hub.ts';
import { fjord, startHub as startWholeHub } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';
import { exchangeBytes, route, toyServer, type ToyServer } from '../http/toy.ts';

let hub: TestHub;
let server: ToyServer;
let reader: string;
let several: string;

const who: Route['handle'] = ({ principal }) => ({
  kind: 'json',
  status: 200,
  value: [principal?.client, principal?.tenant, principal?.token === 'http-basic'],
});
const client = { access: 'client', scopes: ['fint-client'] } as const;

before(async () => {
  hub = await startHub();
  reader = (await register(hub.platform, 'reader', ['fjordheim.test'])).secret;
  several = (await register(hub.platform, 'several', ['fjordheim.test', 'havnes.test'])).secret;
  server = toyServer(
    [
      route('/legacy/*', who, { ...client, basic: true }),
      route('/legacy/one', who, { ...client, basic: true, oneInstitution: true }),
      route('/legacy/narrow', who, { access: 'client', scopes: ['other'], basic: true }),
      route('/deliver', who, { access: 'adapter', basic: true }),
      route('/modern/*', who, client),
    ],
    {},
    {
      verify: hub.tokens.verifier,
      basic: hub.tokens.basic,
      settings: { host: '0.0.0.0', port: 0, publicUrl: null, securityContact: null },
    },
  );
  await server.listen();
});
after(async () => {
  await server.close();
  await hub.close();
});

const basic = (user: string, secret: string): string => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;

type Told = {
  readonly status: number;
  readonly challenge: string | null;
  readonly retry: string | null;
  readonly body: string;
};

const get = (
  path: string,
  headers: Readonly<Record<string, string>> = {},
  at: { readonly host?: string; readonly localAddress?: string; readonly port?: number } = {},
): Promise<Told> =>
  new Promise((resolve, reject) => {
    const { host = '127.0.0.1', port = server.port(), localAddress } = at;
    const call = request({
      host,
      port,
      path,
      headers,
      agent: false,
      ...(localAddress === undefined ? {} : { localAddress }),
    });
    call.on('error', reject);
    call.on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          challenge: answer.headers['www-authenticate'] ?? null,
          retry: answer.headers['retry-after'] ?? null,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    call.end();
  });

const codeOf = ({ body }: Told): string => (JSON.parse(body) as { code: string }).code;
const offered = 'Basic realm="bindeledd", charset="UTF-8", Bearer realm="bindeledd"';

test('a route that takes it takes it beside tokens; no other does', async () => {
  const authorization = basic('reader', reader);
  assert.equal((await get('/legacy/x', { authorization })).body, '["reader","fjordheim.test",true]');
  assert.equal(
    (await get('/legacy/x', { authorization: basic('several@havnes.test', several) })).body,
    '["several","havnes.test",true]',
  );
  const token = (await askToken(hub.url, {}, { id: 'reader', secret: reader })).body['access_token'];
  const bearer = { authorization: `Bearer ${String(token)}` };
  for (const path of ['/legacy/x', '/legacy/one', '/modern/x'])
    assert.equal((await get(path, bearer)).body, '["reader","fjordheim.test",false]');
  const modern = await get('/modern/x', { authorization });
  assert.deepEqual(
    [modern.status, codeOf(modern), modern.challenge],
    [401, 'HUB-300', 'Bearer realm="bindeledd", error="invalid_token"'],
  );
  const none = await get('/legacy/x');
  assert.deepEqual([none.status, codeOf(none), none.challenge], [401, 'HUB-300', offered]);
  // Who brings no token is told that a password would do, where it would.
  for (const [path, headers, told] of [
    ['/legacy/x', {}, true],
    ['/legacy/x', { authorization: 'Digest x' }, true],
    ['/legacy/x', { authorization: 'Bearer x' }, false],
    ['/legacy/x', { 'x-forwarded-proto': 'http', 'x-forwarded-for': '203.0.113.9' }, false],
    ['/modern/x', {}, false],
  ] as const)
    assert.equal(
      (await get(path, headers)).body.includes('User name and password'),
      told,
      `${path} ${JSON.stringify(headers)}`,
    );
  const odd = await get('/legacy/x', { authorization: 'Bearer x' });
  assert.equal(
    odd.challenge,
    'Basic realm="bindeledd", charset="UTF-8", Bearer realm="bindeledd", error="invalid_token"',
  );
});

test('several organisations: named, not named, and where users of one are taken only', async () => {
  const unnamed = await get('/legacy/x', { authorization: basic('several', several) });
  assert.deepEqual([unnamed.status, codeOf(unnamed), unnamed.challenge], [403, 'HUB-305', null]);
  const one = await get('/legacy/one', { authorization: basic('several@havnes.test', several) });
  assert.deepEqual([one.status, codeOf(one)], [403, 'HUB-305']);
  assert.equal((await get('/legacy/one', { authorization: basic('reader', reader) })).status, 200);
  const token = (await askToken(hub.url, { organisation: 'havnes.test' }, { id: 'several', secret: several })).body;
  const bearer = { authorization: `Bearer ${String(token['access_token'])}` };
  assert.equal((await get('/legacy/one', bearer)).body, '["several","havnes.test",false]');
  const answers = await Promise.all(
    ['vestmark.test', 'nowhere.test'].map((name) =>
      get('/legacy/x', { authorization: basic(`several@${name}`, several), 'x-request-id': 'same' }),
    ),
  );
  assert.equal(answers[0]?.status, 403);
  assert.deepEqual(answers[0], answers[1]);
});

test('who is known and turned away is in the audit, with the method', async () => {
  const authorization = basic('reader', reader);
  const until = server.denials.length;
  const narrow = await get('/legacy/narrow', { authorization });
  assert.deepEqual([narrow.status, codeOf(narrow)], [403, 'HUB-302']);
  assert.equal((await get('/deliver', { authorization })).status, 403);
  assert.equal((await get('/legacy/x', { authorization, 'x-org-id': 'havnes.test' })).status, 403);
  assert.deepEqual(
    server.denials.slice(until).map(({ principal, code }) => [principal.client, principal.token, code]),
    ['HUB-302', 'HUB-400', 'HUB-401'].map((code) => ['reader', 'http-basic', code]),
  );
});

const far = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

test(
  'over an open connection from elsewhere it is refused unread, and not offered',
  { skip: far === undefined },
  async () => {
    const host = far ?? '';
    for (const authorization of [
      basic('reader', reader),
      basic('reader', 'wrong'),
      basic('nobody', 'x'),
      'Basic',
      'basic ***',
    ]) {
      const answer = await get('/legacy/x', { authorization }, { host, localAddress: host });
      assert.deepEqual([answer.status, codeOf(answer), answer.challenge], [403, 'HUB-303', null], authorization);
    }
    const none = await get('/legacy/x', {}, { host, localAddress: host });
    assert.deepEqual([none.status, none.challenge], [401, 'Bearer realm="bindeledd"']);
    const claimed = { authorization: basic('reader', reader), 'x-forwarded-proto': 'https' };
    const spoofed = await get('/legacy/x', claimed, { host, localAddress: host });
    assert.deepEqual(
      [spoofed.status, codeOf(spoofed)],
      [403, 'HUB-303'],
      'what anybody may write is believed of proxies alone',
    );
  },
);

test('a proxy is believed where it is trusted, and only when it says https of all of the way', async () => {
  const authorization = basic('reader', reader);
  const from = async (remoteAddress: string, headers: Readonly<Record<string, string>>): Promise<unknown> => {
    const answer = await server.inject({ url: '/legacy/x', headers: { authorization, ...headers }, remoteAddress });
    return answer.statusCode === 200 ? 200 : (JSON.parse(answer.body) as { code: string }).code;
  };
  for (const near of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) {
    assert.equal(await from(near, {}), 200, near);
    assert.equal(await from(near, { 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.7' }), 200);
    assert.equal(await from(near, { 'x-forwarded-proto': 'HTTPS, https' }), 200);
    assert.equal(await from(near, { forwarded: 'for=192.0.2.7;proto=https' }), 200);
    for (const headers of [
      { 'x-forwarded-for': '192.0.2.7' },
      { 'x-forwarded-proto': 'http' },
      { 'x-forwarded-proto': '' },
      { 'x-forwarded-proto': 'http, https' },
      { 'x-forwarded-proto': 'https', forwarded: 'proto=http' },
      { forwarded: 'for=192.0.2.7' },
      { forwarded: 'proto=https, for=192.0.2.7' },
    ])
      assert.equal(await from(near, headers), 'HUB-303', JSON.stringify(headers));
  }
  for (const distant of ['192.0.2.7', '10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1', 'fe80::1%eth0']) {
    assert.equal(await from(distant, {}), 'HUB-303', distant);
    assert.equal(await from(distant, { 'x-forwarded-proto': 'https' }), 'HUB-303', distant);
  }
  const behind = toyServer(
    [route('/legacy/*', who, { ...client, basic: true })],
    {},
    {
      verify: hub.tokens.verifier,
      basic: hub.tokens.basic,
      trustedProxies: ['10.0.0.0/8', '2001:db8::1'],
    },
  );
  const through = async (remoteAddress: string): Promise<number> => {
    const headers = { authorization, 'x-forwarded-proto': 'https' };
    return (await behind.inject({ url: '/legacy/x', headers, remoteAddress })).statusCode;
  };
  assert.deepEqual(
    await Promise.all(
      ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1', '11.0.0.1', '2001:db8::2', '127.0.0.1'].map(through),
    ),
    [200, 200, 200, 403, 403, 403],
  );
});

/** What is answered through a proxy that tells of the hops before it. */
const status = async (user: string, password: string, forwarded: string): Promise<number> => {
  const headers = {
    authorization: basic(user, password),
    'x-forwarded-proto': 'https',
    'x-forwarded-for': forwarded,
  };
  return (await server.inject({ url: '/legacy/x', headers })).statusCode;
};

test('behind a proxy wrong tries count for whom it names, and what a client writes before that counts for nothing', async () => {
  const { secret } = await register(hub.platform, 'proxied', ['fjordheim.test']);
  for (let tries = 0; tries < triesAtOnce; tries += 1)
    assert.equal(await status('proxied', 'x', `198.51.100.${tries}, 192.0.2.7`), 401);
  assert.equal(await status('proxied', 'x', '192.0.2.7, 127.0.0.1'), 429);
  assert.equal(await status('proxied', secret, '192.0.2.8'), 200);
});

test('wrong tries are slowed down over a socket, and told when to come back', async () => {
  await register(hub.platform, 'guessed', ['fjordheim.test']);
  const authorization = basic('guessed', 'wrong');
  for (let tries = 0; tries < triesAtOnce; tries += 1) {
    const answer = await get('/legacy/x', { authorization });
    assert.deepEqual([answer.status, codeOf(answer), answer.challenge], [401, 'HUB-304', offered]);
  }
  const slow = await get('/legacy/x', { authorization });
  assert.deepEqual([slow.status, codeOf(slow), slow.retry, slow.challenge], [429, 'HUB-107', '6', null]);
});

/** The status line of what a request with these header lines is answered. */
const bytes = async (...lines: readonly (string | Buffer)[]): Promise<string> => {
  const head = Buffer.concat(lines.map((line) => Buffer.concat([Buffer.from(line), Buffer.from('\r\n')])));
  const sent = [Buffer.from('GET /legacy/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n'), head, Buffer.from('\r\n')];
  return (await exchangeBytes(server.port(), [Buffer.concat(sent)], { end: true })).slice(0, 12);
};

test('odd headers end in an answer: too long, twice, no colon, letters of every kind', async () => {
  const right = `Authorization: ${basic('reader', reader)}`;
  assert.equal(await bytes(right), 'HTTP/1.1 200');
  assert.equal(await bytes(right, right), 'HTTP/1.1 400');
  assert.equal(await bytes(`Authorization: Basic ${'A'.repeat(100_000)}`), 'HTTP/1.1 431');
  assert.equal(await bytes(`Authorization: Basic ${'A'.repeat(limits.basicBytes)}`), 'HTTP/1.1 401');
  assert.equal(await bytes(`Authorization: Basic ${Buffer.from('reader').toString('base64')}`), 'HTTP/1.1 401');
  assert.equal(await bytes(`Authorization: ${basic('blåbær', 'rødgrød')}`), 'HTTP/1.1 401');
  assert.equal(
    await bytes(`Authorization: Basic ${Buffer.from('blåbær:rødgrød', 'latin1').toString('base64')}`),
    'HTTP/1.1 401',
  );
  assert.equal(await bytes(Buffer.from('Authorization: Basic blåbær', 'latin1')), 'HTTP/1.1 401');
  assert.equal(await bytes('Authorization: Basic'), 'HTTP/1.1 401');
});

test('in a whole hub: the answer is that of a token, the audit tells the method, and APIs of today take tokens alone', async () => {
  const place = await temporaryPlace();
  const whole = await startWholeHub({
    place,
    organisations: [fjord],
    applications: [{ id: 'legacy', kind: 'client', organisation: fjord.id }],
  });
  try {
    const { id = '', secret = '' } = whole.credentials.get('legacy') ?? {};
    const ask = async (path: string, authorization: string): Promise<readonly [number, string]> => {
      const answer = await fetch(`${whole.url}${path}`, { headers: { authorization } });
      return [answer.status, await answer.text()];
    };
    const token = (await askToken(whole.url, {}, { id, secret })).body['access_token'];
    const byToken = await ask('/fsapi/semestre', `Bearer ${String(token)}`);
    assert.equal(byToken[0], 200, byToken[1]);
    assert.deepEqual(await ask('/fsapi/semestre', basic(id, secret)), byToken);
    assert.equal((await ask('/fsapi/semestre', basic(id, 'wrong')))[0], 401);
    for (const path of ['/utdanning/elev/elev', '/provider/status', '/admin/organisations', '/vfs/v1/pupils'])
      assert.equal((await ask(path, basic(id, secret)))[0], 401, path);
    const methods = (await place.records(fjord.id, 'legacy')).map(({ token: method }) => method === 'http-basic');
    assert.deepEqual([...new Set(methods)], [false, true]);
  } finally {
    await whole.close();
    await place.remove();
  }
});
