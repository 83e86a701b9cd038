// One-time links to keys: looking burns nothing, the secret is shown once and works, and a link that is over, used or replaced is one that never was.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { accessKeysApi } from '#apis/access-keys/access-keys-api.ts';
import type { ApiAnswer, ApiRequest } from '#apis/api.ts';
import { createKeyLinks } from '#app/key-links.ts';
import { verifySecret } from '#auth/secrets.ts';
import { systemClock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import { systemRandom } from '#base/random.ts';
import type { Application } from '#store/store.ts';
import { testDialect, type TestPlatform } from '../../store/conformance/dialects.ts';

const start = Date.parse('2026-11-22T08:00:00Z');
const token = 'T'.repeat(43);

type World = {
  now: number;
  readonly platform: TestPlatform;
  readonly ask: (
    method: 'GET' | 'POST',
    path?: string,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<ApiAnswer>;
};

const application: Application = {
  id: 'client-1',
  name: 'Time & <table>',
  kind: 'client',
  owner: 'vendor.test',
  describe: '',
  environment: 'test',
  secrets: [],
  jwks: null,
  disabled: false,
  createdAt: 1,
};

const setUp = async (
  context: TestContext,
  link: string = token,
  recorded: (platform: TestPlatform) => unknown = () => {},
): Promise<World> => {
  const { at, dispose } = await testDialect.place();
  const world = { now: start };
  const clock = { ...systemClock, now: () => world.now };
  const platform = await testDialect.openPlatform(at, clock);
  context.after(async () => {
    await platform.close();
    await dispose();
  });
  await platform.putApplication(application);
  await platform.putRegister({
    entries: [
      {
        kind: 'one-time-link',
        id: hash('sha256', link, 'base64url'),
        revision: 1,
        organisation: 'vendor.test',
        application: application.id,
        state: 'waiting',
        createdAt: start,
        changedAt: start,
        value: { request: 'request-1', expiresAt: start + limits.keyLinkMs },
      },
    ],
  });
  const links = createKeyLinks({
    platform,
    clock,
    random: systemRandom,
    deliver: async () => void (await recorded(platform)),
    tokenEndpoint: () => 'https://hub.example.test/oauth/token',
  });
  const [route] = accessKeysApi(links).routes;
  assert.ok(route !== undefined);
  const ask: World['ask'] = async (method, path = token, headers = {}) => {
    const request: ApiRequest = {
      id: 'r-1',
      method,
      path: `/access/keys/${path}`,
      rest: path,
      query: new URLSearchParams(),
      header: (name) => headers[name] ?? null,
      principal: null,
      signal: new AbortController().signal,
      leaving: new AbortController().signal,
      text: '',
      stream: null,
      gzip: false,
    };
    return route.handle(request);
  };
  return Object.assign(world, { platform, ask });
};

const shown = (answer: ApiAnswer): Readonly<Record<string, unknown>> => {
  assert.equal(answer.kind, 'json');
  assert.equal(answer.headers?.['cache-control'], 'no-store');
  return answer.value as Readonly<Record<string, unknown>>;
};

const isNothing = (answer: ApiAnswer): void => {
  assert.equal(answer.kind, 'problem');
  assert.equal(answer.problem.code, 'HUB-204');
};

test('looking burns nothing; the secret is shown once, it works, and it is on record', async (context) => {
  const world = await setUp(context);
  for (let looks = 0; looks < 3; looks += 1)
    assert.deepEqual(shown(await world.ask('GET')), {
      clientId: 'client-1',
      name: 'Time & <table>',
      expiresAt: '2026-11-23T08:00:00Z',
    });
  assert.deepEqual((await world.platform.application('client-1'))?.secrets, []);
  const { clientId, clientSecret, tokenEndpoint } = shown(await world.ask('POST'));
  assert.deepEqual([clientId, tokenEndpoint], ['client-1', 'https://hub.example.test/oauth/token']);
  const kept = await world.platform.application('client-1');
  assert.equal(kept?.secrets.length, 1);
  assert.ok(!JSON.stringify(kept).includes(String(clientSecret)));
  assert.equal(await verifySecret(String(clientSecret), kept?.secrets[0]?.hash ?? ''), true);
  isNothing(await world.ask('POST'));
  isNothing(await world.ask('GET'));
  const [notice] = await world.platform.auditNotices(10);
  assert.deepEqual(
    [notice?.organisation, notice?.record.operation, notice?.record.details],
    ['vendor.test', 'access keys shown', 'client-1 request-1'],
  );
});

test('of two who press at once one gets the secret', async (context) => {
  const world = await setUp(context);
  const both = await Promise.all([world.ask('POST'), world.ask('POST')]);
  assert.deepEqual(both.map(({ kind }) => kind).sort(), ['json', 'problem']);
  assert.equal((await world.platform.application('client-1'))?.secrets.length, 1);
});

test('an application that is shut out while its secret is made stays shut out, and gets none', async (context) => {
  const world = await setUp(context, token, (platform) => platform.putApplication({ ...application, disabled: true }));
  isNothing(await world.ask('POST'));
  const kept = await world.platform.application('client-1');
  assert.deepEqual([kept?.disabled, kept?.secrets], [true, []]);
});

test('a link dies after a day, with other keys, with the application, and others were never there', async (context) => {
  const world = await setUp(context);
  for (const path of ['', 'T', `${token}x`, 'U'.repeat(43), `${token}/more`]) isNothing(await world.ask('GET', path));
  world.now = start + limits.keyLinkMs - 1;
  shown(await world.ask('GET'));
  world.now = start + limits.keyLinkMs;
  isNothing(await world.ask('POST'));
  world.now = start;
  for (const change of [
    { disabled: true },
    { jwks: '{"keys":[]}' },
    { secrets: [{ id: 's', hash: 'h', createdAt: 1, expiresAt: null }] },
  ]) {
    await world.platform.putApplication({ ...application, ...change });
    isNothing(await world.ask('POST'));
  }
});

test('people get a page, in their language, that runs nothing and is kept nowhere', async (context) => {
  const world = await setUp(context);
  const browser = { accept: 'text/html', 'accept-language': 'nb' };
  const page = await world.ask('GET', token, browser);
  assert.equal(page.kind, 'bytes');
  assert.match(String(page.bytes), /<html lang="nb">[^]*Time &amp; &lt;table&gt;[^]*<form method="post">/);
  assert.match(page.headers?.['content-security-policy'] ?? '', /default-src 'none'; form-action 'self'/);
  assert.equal(page.headers?.['cache-control'], 'no-store');
  assert.equal(page.headers?.['referrer-policy'], 'no-referrer');
  const pressed = await world.ask('POST', token, { ...browser, 'accept-language': 'en' });
  assert.equal(pressed.kind, 'bytes');
  assert.match(String(pressed.bytes), /client_secret: <code>bds_[\w-]{43}<\/code>/);
});
