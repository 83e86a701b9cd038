// The token endpoint as clients meet it: an independent OAuth client, secrets, assertions, organisations, rotation, refusals.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import * as client from 'openid-client';
import { beneath } from '../store/beneath.ts';
import { testDialect } from '../store/conformance/dialects.ts';
import { askToken, grantOf, listen, register, startHub, type TestHub } from './hub.ts';
import { hashSecret, makeClientSecret } from '#auth/secrets.ts';
import { createTokenServer } from '#auth/token-server.ts';
import { maintainKeys, rotateKeys } from '#auth/signing-keys.ts';
import { ignoreEvents } from '#base/events.ts';
import { systemRandom } from '#base/random.ts';

const place = await testDialect.place();
let hub: TestHub;
before(async () => {
  hub = await startHub(place.at);
});
after(async () => {
  await hub.close();
  await place.dispose();
});

const principalOf = async (token: unknown) => {
  const verified = await hub.tokens.verifier(`Bearer ${String(token)}`);
  assert.ok(verified.ok, 'verified');
  return verified.value;
};

const discover = (id: string, auth: client.ClientAuth): Promise<client.Configuration> =>
  client.discovery(new URL(hub.url), id, undefined, auth, {
    execute: [client.allowInsecureRequests],
    algorithm: 'oauth2',
  });

test("pages of the hub itself get tokens for who has the secret, other sites' pages none", async () => {
  const { secret } = await register(hub.platform, 'paged', ['fjordheim.test']);
  const ask = (origin: string): Promise<Response> =>
    fetch(`${hub.url}/oauth/token`, {
      method: 'POST',
      headers: { origin, authorization: `Basic ${btoa(`paged:${secret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
  assert.equal((await ask(new URL(hub.url).origin)).status, 200);
  for (const origin of ['https://elsewhere.test', 'null', `${new URL(hub.url).origin}.elsewhere.test`]) {
    const answer = await ask(origin);
    assert.equal(answer.status, 400, origin);
    assert.equal(answer.headers.get('access-control-allow-origin'), null);
  }
});

test('an independent client gets a token by discovery, with a secret in the header or in the body', async () => {
  const { secret } = await register(hub.platform, 'reader', ['fjordheim.test']);
  for (const auth of [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)]) {
    const answer = await client.clientCredentialsGrant(await discover('reader', auth));
    assert.equal(answer.token_type, 'bearer');
    assert.equal(answer.expires_in, 300);
    assert.equal(answer.scope, 'fint-client');
    const header = decodeProtectedHeader(answer.access_token);
    assert.deepEqual([header.typ, header.alg], ['at+jwt', 'ES256']);
    const claims = decodeJwt(answer.access_token);
    assert.equal(claims.aud, hub.url);
    assert.equal(claims.iss, hub.url);
    assert.equal(claims['client_id'], 'reader');
    assert.equal(claims['organisation'], 'fjordheim.test');
    assert.equal(claims['kind'], 'client');
    const principal = await principalOf(answer.access_token);
    assert.deepEqual(
      { ...principal, scopes: [...principal.scopes] },
      {
        kind: 'client',
        client: 'reader',
        tenant: 'fjordheim.test',
        scopes: ['fint-client'],
        issuer: hub.url,
        token: claims.jti,
        expiresAt: Number(claims.exp) * 1_000,
      },
    );
  }
  assert.ok(
    hub.events.some(
      (event) => event.kind === 'token-issued' && event.client === 'reader' && event.tenant === 'fjordheim.test',
    ),
  );
});

test('metadata answers at both addresses, names no other host, and offers nothing that is off', async () => {
  for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']) {
    const answer = await fetch(`${hub.url}${path}`, { headers: { 'x-forwarded-host': 'evil.example' } });
    const body = (await answer.json()) as Record<string, unknown>;
    assert.equal(body['token_endpoint'], `${hub.url}/oauth/token`);
    assert.equal(body['authorization_endpoint'], undefined);
    assert.deepEqual(body['grant_types_supported'], ['client_credentials']);
  }
  for (const path of [
    '/auth',
    '/oauth/authorize',
    '/reg',
    '/request',
    '/session/end',
    '/me',
    '/device/auth',
    '/interaction/x',
  ]) {
    assert.equal((await fetch(`${hub.url}${path}`)).status, 404, path);
  }
  assert.equal((await fetch(`${hub.url}/oauth/token`)).status, 405);
});

test('the published keys hold no private part', async () => {
  const { keys } = (await (await fetch(`${hub.url}/oauth/jwks`)).json()) as { keys: Record<string, unknown>[] };
  assert.ok(keys.length >= 2);
  for (const key of keys) assert.deepEqual(Object.keys(key).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
});

test('private_key_jwt works for an application with keys, beside its secret, and an assertion works once', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'mine', use: 'sig' }] });
  const { secret } = await register(hub.platform, 'keyed', ['fjordheim.test'], { jwks });
  const configuration = await discover('keyed', client.PrivateKeyJwt({ key: privateKey, kid: 'mine' }));
  const answer = await client.clientCredentialsGrant(configuration);
  assert.equal((await principalOf(answer.access_token)).client, 'keyed');
  assert.equal((await askToken(hub.url, {}, { id: 'keyed', secret })).status, 200);

  const now = Math.floor(Date.now() / 1_000);
  let jti = 0;
  const assertion = (change: Record<string, unknown> = {}, key = privateKey): Promise<string> => {
    jti += 1;
    const claims = { iss: 'keyed', sub: 'keyed', aud: hub.url, jti: `a${jti}`, iat: now, exp: now + 60, ...change };
    return new SignJWT(JSON.parse(JSON.stringify(claims)) as JWTPayload)
      .setProtectedHeader({ alg: 'ES256', kid: 'mine' })
      .sign(key);
  };
  const send = (text: string) =>
    askToken(hub.url, {
      client_assertion: text,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
  const once = await assertion();
  assert.equal((await send(once)).status, 200);
  assert.equal((await send(once)).body['error'], 'invalid_client', 'replayed');
  const racing = await assertion();
  const race = await Promise.all(Array.from({ length: 8 }, () => send(racing)));
  assert.equal(race.filter((one) => one.status === 200).length, 1, 'exactly one of eight at once');

  const other = await generateKeyPair('ES256', { extractable: true });
  const bad: readonly (readonly [string, Promise<string>])[] = [
    ['longer than 60 s', assertion({ exp: now + 75 })],
    ['life over 60 s though near', assertion({ iat: now - 30, exp: now + 40 })],
    ['just expired', assertion({ iat: now - 20, exp: now - 1 })],
    ['audience is the endpoint', assertion({ aud: `${hub.url}/oauth/token` })],
    ['audience is a list', assertion({ aud: [hub.url] })],
    ['audience of another', assertion({ aud: 'https://other.example' })],
    ['no jti', assertion({ jti: undefined })],
    ['not yet valid', assertion({ nbf: now + 30 })],
    ['another client as issuer', assertion({ iss: 'reader' })],
    ['another key', assertion({}, other.privateKey)],
  ];
  for (const [name, text] of bad) {
    const answered = await send(await text);
    assert.equal(answered.status, 401, name);
    assert.equal(answered.body['error'], 'invalid_client', name);
    assert.equal(answered.body['access_token'], undefined, name);
  }
});

test('two secrets live side by side; an ended or unknown one is refused, as JSON even to a browser', async () => {
  const { application, secret } = await register(hub.platform, 'rotating', ['fjordheim.test']);
  const second = makeClientSecret(systemRandom);
  const [old] = application.secrets;
  assert.ok(old);
  assert.equal((await askToken(hub.url, {}, { id: 'rotating', secret })).status, 200);
  await hub.platform.putApplication({
    ...application,
    secrets: [
      { ...old, expiresAt: hub.clock.now() + 60_000 },
      { id: 's2', hash: await hashSecret(second, systemRandom), createdAt: 2, expiresAt: null },
    ],
  });
  assert.equal((await askToken(hub.url, {}, { id: 'rotating', secret })).status, 200);
  assert.equal((await askToken(hub.url, {}, { id: 'rotating', secret: second })).status, 200);
  await hub.platform.putApplication({
    ...application,
    secrets: [{ id: 's2', hash: await hashSecret(second, systemRandom), createdAt: 2, expiresAt: null }],
  });
  const refused = await askToken(hub.url, {}, { id: 'rotating', secret });
  assert.equal(refused.status, 401);
  assert.match(refused.headers.get('content-type') ?? '', /^application\/json/);
  assert.match(refused.headers.get('www-authenticate') ?? '', /^Basic /);
  const unknown = await askToken(hub.url, {}, { id: 'nobody', secret });
  assert.deepEqual(unknown.body, refused.body);
});

test('a disabled application gets no token, and the ones it holds stop working at once', async () => {
  const { application, secret } = await register(hub.platform, 'stopped', ['fjordheim.test']);
  const token = (await askToken(hub.url, {}, { id: 'stopped', secret })).body['access_token'];
  await principalOf(token);
  await hub.platform.putApplication({ ...application, disabled: true });
  assert.equal((await hub.tokens.verifier(`Bearer ${String(token)}`)).ok, false);
  assert.equal((await askToken(hub.url, {}, { id: 'stopped', secret })).status, 401);
  await hub.platform.putApplication(application);
  await principalOf(token);
});

test('the organisation is the only one with a grant, or the one named; all else is refused alike', async () => {
  const { secret } = await register(hub.platform, 'several', ['fjordheim.test', 'havnes.test']);
  const ask = (fields: Readonly<Record<string, string>>) => askToken(hub.url, fields, { id: 'several', secret });
  const none = await ask({});
  assert.equal(none.status, 400);
  assert.equal(none.body['error'], 'invalid_request');
  assert.match(String(none.body['error_description']), /fjordheim\.test, havnes\.test/);
  for (const fields of [
    { organisation: 'havnes.test' },
    { organisation: 'HAVNES-TEST' },
    { resource: `${hub.url}/organisations/havnes.test` },
  ]) {
    assert.equal((await principalOf((await ask(fields)).body['access_token'])).tenant, 'havnes.test');
  }
  await hub.platform.putOrganisation({
    id: 'ungranting.test',
    name: 'x',
    orgNumber: null,
    settings: { removalGuard: 0.05, extraBackLinks: true, strictness: [] },
    createdAt: 1,
  });
  const ungranted = await ask({ organisation: 'ungranting.test' });
  const unknown = await ask({ organisation: 'nowhere.test' });
  assert.equal(ungranted.status, 400);
  assert.equal(ungranted.body['error'], 'invalid_target');
  assert.deepEqual(unknown.body, ungranted.body);
  assert.equal((await ask({ resource: 'https://other.example/' })).body['error'], 'invalid_target');
  const contradiction = await ask({ organisation: 'havnes.test', resource: `${hub.url}/organisations/fjordheim.test` });
  assert.equal(contradiction.body['error'], 'invalid_request');
});

test('grants that are over, not begun, or of another environment count for nothing', async () => {
  const now = hub.clock.now();
  const { secret } = await register(hub.platform, 'timed', []);
  await hub.platform.putGrant(grantOf('timed', 'fjordheim.test', { id: 't1', to: now }));
  await hub.platform.putGrant(grantOf('timed', 'fjordheim.test', { id: 't2', from: now + 60_000 }));
  await hub.platform.putGrant(grantOf('timed', 'fjordheim.test', { id: 't3', environment: 'production' }));
  assert.equal((await askToken(hub.url, {}, { id: 'timed', secret })).body['error'], 'invalid_target');
});

test('one who could follow has tokens for 60 days after its last grant, and names the organisation when another has given one', async () => {
  const { secret } = await register(hub.platform, 'follower', []);
  const ask = async (organisation?: string): Promise<unknown> => {
    const { body } = await askToken(hub.url, organisation === undefined ? {} : { organisation }, {
      id: 'follower',
      secret,
    });
    return body['error'] ?? (await principalOf(body['access_token'])).tenant;
  };
  const follow = { actions: ['read', 'follow'] } as const;
  await hub.platform.putGrant(grantOf('follower', 'fjordheim.test', follow));
  await hub.platform.removeGrant('follower-fjordheim.test');
  assert.deepEqual([await ask(), await ask('fjordheim.test')], ['fjordheim.test', 'fjordheim.test']);
  assert.equal(await ask('havnes.test'), 'invalid_target');
  await hub.platform.putGrant(grantOf('follower', 'havnes.test', { to: hub.clock.now() + 1_000 }));
  assert.deepEqual([await ask(), await ask('fjordheim.test')], ['havnes.test', 'fjordheim.test']);
  for (const days of [59, 2]) {
    hub.shift(days * 86_400_000);
    const { body } = await askToken(hub.url, {}, { id: 'follower', secret });
    assert.equal(body['error'], days === 59 ? undefined : 'invalid_target');
    if (days === 2) hub.shift(-61 * 86_400_000);
  }
});

test('an application of another environment is unknown here, and its tokens with it', async () => {
  const { application, secret } = await register(hub.platform, 'elsewhere', ['fjordheim.test']);
  const token = String((await askToken(hub.url, {}, { id: 'elsewhere', secret })).body['access_token']);
  await hub.platform.putApplication({ ...application, environment: 'production' });
  await hub.platform.putGrant(grantOf('elsewhere', 'fjordheim.test', { environment: 'production' }));
  assert.equal((await askToken(hub.url, {}, { id: 'elsewhere', secret })).status, 401);
  assert.equal((await hub.tokens.verifier(`Bearer ${token}`)).ok, false);
});

test('each kind has its scope, and no other', async () => {
  const { secret } = await register(hub.platform, 'deliverer', ['fjordheim.test'], { kind: 'adapter' });
  const ask = (scope: string) => askToken(hub.url, { scope }, { id: 'deliverer', secret });
  assert.equal((await ask('fint-adapter')).body['scope'], 'fint-adapter');
  for (const scope of ['fint-client', 'fint-adapter fint-client', 'openid', '"x"'])
    assert.equal((await ask(scope)).body['error'], 'invalid_scope', scope);
});

test('other grants, repeated parameters and large or odd bodies are refused in OAuth’s form', async () => {
  const { secret } = await register(hub.platform, 'odd', ['fjordheim.test']);
  const basic = { id: 'odd', secret };
  for (const grant of [
    'password',
    'authorization_code',
    'refresh_token',
    'implicit',
    'urn:ietf:params:oauth:grant-type:device_code',
  ]) {
    const answer = await askToken(hub.url, { grant_type: grant, username: 'u', password: 'p' }, basic);
    assert.equal(answer.status, 400, grant);
    assert.match(String(answer.body['error']), /^(unsupported_grant_type|invalid_request)$/, grant);
  }
  const send = async (body: string, type = 'application/x-www-form-urlencoded'): Promise<Response> =>
    fetch(`${hub.url}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': type, authorization: `Basic ${Buffer.from(`odd:${secret}`).toString('base64')}` },
      body,
    });
  const twice = await send('grant_type=client_credentials&organisation=fjordheim.test&organisation=havnes.test');
  assert.equal(twice.status, 400);
  assert.equal((await send('{"grant_type":"client_credentials"}', 'application/json')).status, 400);
  assert.equal((await send(`grant_type=client_credentials&x=${'y'.repeat(20_000)}`)).status, 413);
  assert.equal((await send(`grant_type=client_credentials&x=${'y'.repeat(16_000)}`)).status, 200);
});

test('wrong secrets are slowed down; a secret that was right lately is not', async () => {
  const { secret } = await register(hub.platform, 'guessed', ['fjordheim.test']);
  assert.equal((await askToken(hub.url, {}, { id: 'guessed', secret })).status, 200);
  const statuses: number[] = [];
  for (let guess = 0; guess < 12; guess += 1)
    statuses.push((await askToken(hub.url, {}, { id: 'guessed', secret: `bds_${guess}` })).status);
  assert.deepEqual(statuses, [...Array<number>(10).fill(401), 429, 429]);
  assert.equal((await askToken(hub.url, {}, { id: 'guessed', secret })).status, 200);
});

test('keys rotate under load without a failed request, also for a second process on the same file', async () => {
  const { secret } = await register(hub.platform, 'busy', ['fjordheim.test']);
  const second = await createTokenServer({
    platform: hub.platform,
    clock: hub.clock,
    random: systemRandom,
    issuer: () => hub.url,
    environment: 'test',
    observe: ignoreEvents,
  });
  const kids = new Set<string>();
  const held: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const tokens = await Promise.all(Array.from({ length: 6 }, () => askToken(hub.url, {}, { id: 'busy', secret })));
    for (const { status, body } of tokens) {
      assert.equal(status, 200);
      held.push(String(body['access_token']));
    }
    await rotateKeys({ platform: hub.platform, clock: hub.clock, random: systemRandom });
    for (const token of held) {
      assert.equal((await hub.tokens.verifier(`Bearer ${token}`)).ok, true);
      assert.equal((await second.verifier(`Bearer ${token}`)).ok, true);
      kids.add(String(decodeProtectedHeader(token).kid));
    }
  }
  assert.equal(kids.size, 3);
  second.close();
  const published = (await (await fetch(`${hub.url}/oauth/jwks`)).json()) as { keys: { kid: string }[] };
  for (const kid of kids) assert.ok(published.keys.some((key) => key.kid === kid));
  const states = async (): Promise<readonly string[]> =>
    (await hub.platform.signingKeys()).map((key) => key.state).toSorted();
  assert.deepEqual(await states(), ['active', 'next', 'retired', 'retired', 'retired']);
  hub.shift(361_000);
  await maintainKeys({ platform: hub.platform, clock: hub.clock, random: systemRandom });
  assert.deepEqual(await states(), ['active', 'next']);
  hub.shift(-361_000);
});

test('no secret that was ever shown is in what the platform stores (C03)', async () => {
  const { secret } = await register(hub.platform, 'kept', ['fjordheim.test']);
  assert.equal((await askToken(hub.url, {}, { id: 'kept', secret })).status, 200);
  const bare = secret.slice(4);
  const forms = [secret, bare, Buffer.from(bare, 'base64url').toString('hex'), Buffer.from(secret).toString('base64')];
  const bytes = await beneath.platformBytes(place.at);
  assert.ok(bytes.includes('kept'));
  for (const form of forms) assert.equal(bytes.includes(form), false, `${form.slice(0, 3)}…`);
});

test('two processes that start on an empty platform at once verify the tokens of each other', async () => {
  const { at, dispose } = await testDialect.place();
  const hubs = await Promise.all([startHub(at), startHub(at)]);
  const { secret } = await register(hubs[0].platform, 'racer', ['fjordheim.test']);
  for (const from of hubs) {
    const token = String((await askToken(from.url, {}, { id: 'racer', secret })).body['access_token']);
    const claims = decodeJwt(token);
    assert.equal(claims.iss, from.url);
    for (const to of hubs) {
      const keys = (await (await fetch(`${to.url}/oauth/jwks`)).json()) as { keys: { kid: string }[] };
      assert.ok(keys.keys.some((key) => key.kid === decodeProtectedHeader(token).kid));
    }
    assert.equal((await from.tokens.verifier(`Bearer ${token}`)).ok, true);
  }
  for (const one of hubs) await one.close();
  await dispose();
});

test('a store that fails gives an error in OAuth’s form that says nothing of the machine', async () => {
  const broken = { ...hub.platform, application: () => Promise.reject(new Error('disk /secret/path')) };
  const server = await createTokenServer({
    platform: broken,
    clock: hub.clock,
    random: systemRandom,
    issuer: () => hub.url,
    environment: 'test',
    observe: ignoreEvents,
  });
  const listener = await listen(() => server.handle);
  const answer = await askToken(listener.url, {}, { id: 'reader', secret: 'x' });
  assert.equal(answer.status, 500);
  assert.equal(answer.body['error'], 'server_error');
  assert.equal(JSON.stringify(answer.body).includes('path'), false);
  server.close();
  await listener.close();
});
