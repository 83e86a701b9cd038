// Tokens of applications that organisations have let in: named by tenant_id, with the scopes of the link and no others, and for nobody else.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { testDialect } from '../store/conformance/dialects.ts';
import { hubBundles, hubModel } from '../model/models.ts';
import { askToken, linkOf, register, startHub, type TestHub } from './hub.ts';
import { limits } from '#base/limits.ts';
import { grantsOfLink } from '#hub/link-grants.ts';
import { tenantUuid } from '#hub/principal.ts';
import type { Link } from '#store/store.ts';

const place = await testDialect.place();
let hub: TestHub;
before(async () => {
  hub = await startHub(place.at, new Map([['utdanning/elev', ['utdanning/elev/elev']]]), hubBundles());
});
after(async () => {
  await hub.close();
  await place.dispose();
});

const put = async (link: Link): Promise<void> => {
  await hub.platform.putLink(link, grantsOfLink(link, hubBundles(), hubModel()));
};

const discover = (id: string, secret: string): Promise<client.Configuration> =>
  client.discovery(new URL(hub.url), id, undefined, client.ClientSecretPost(secret), {
    execute: [client.allowInsecureRequests],
    algorithm: 'oauth2',
  });

const principalOf = async (token: unknown) => {
  const verified = await hub.tokens.verifier(`Bearer ${String(token)}`);
  assert.ok(verified.ok, 'verified');
  return verified.value;
};

test('an independent client names the municipality and gets the scopes of the link, all or those asked for', async () => {
  const { secret } = await register(hub.platform, 'lms', []);
  await put(linkOf('lms', 'tindvag.test'));
  const server = await discover('lms', secret);
  assert.ok(server.serverMetadata().scopes_supported?.includes('vfs:pupils.read'));
  assert.ok(server.serverMetadata().scopes_supported?.includes('vfsapi:lmsexport'));
  for (const tenant_id of [tenantUuid('tindvag.test'), tenantUuid('tindvag.test').toUpperCase(), 'Tindvag_TEST']) {
    const answer = await client.clientCredentialsGrant(server, { tenant_id });
    assert.equal(answer.scope, 'vfs:events.read vfs:pupils.read');
    assert.ok((answer.expires_in ?? 901) <= 900 && limits.accessTokenSeconds <= 900);
    const claims = decodeJwt(answer.access_token);
    assert.deepEqual([claims.aud, claims['organisation'], claims['scope']], [hub.url, 'tindvag.test', answer.scope]);
    const principal = await principalOf(answer.access_token);
    assert.deepEqual(
      [principal.tenant, [...principal.scopes]],
      ['tindvag.test', ['vfs:events.read', 'vfs:pupils.read']],
    );
  }
  const narrowed = await client.clientCredentialsGrant(server, {
    tenant_id: 'tindvag.test',
    scope: 'vfs:pupils.nin vfs:pupils.read fint-client vfs:pupils.read',
  });
  assert.equal(narrowed.scope, 'vfs:pupils.read', 'what was not given is not there, and the answer says so');
  const { status, body } = await askToken(
    hub.url,
    { tenant_id: 'tindvag.test', scope: 'vfs:pupils.nin' },
    { id: 'lms', secret },
  );
  assert.deepEqual([status, body['error']], [400, 'invalid_scope']);
});

test('who is not there, not linked, not named or over is one answer', async () => {
  const { secret } = await register(hub.platform, 'other', []);
  await put(linkOf('other', 'tindvag.test'));
  await put(linkOf('other', 'over.test', { endedAt: 5 }));
  await put(linkOf('other', 'late.test', { agreement: { reference: 'A', from: null, to: 5 } }));
  await put(linkOf('other', 'elsewhere.test', { environment: 'production' }));
  await put(linkOf('somebody', 'nabo.test'));
  const scope = 'vfs:pupils.read';
  const asked: readonly Readonly<Record<string, string>>[] = [
    { tenant_id: tenantUuid('nabo.test') },
    { tenant_id: 'nabo.test' },
    { tenant_id: tenantUuid('nowhere.test') },
    { tenant_id: 'over.test' },
    { tenant_id: 'late.test' },
    { tenant_id: 'elsewhere.test' },
    { tenant_id: "x' OR 1=1 --" },
    { tenant_id: 'tindvag.test', organisation: 'nabo.test' },
    { tenant_id: 'tindvag.test', resource: `${hub.url}/organisations/nabo.test` },
    { tenant_id: 'tindvag.test', resource: 'https://elsewhere.test/' },
    {},
  ];
  const answers = await Promise.all(
    asked.map((fields) => askToken(hub.url, { scope, ...fields }, { id: 'other', secret })),
  );
  const wrong = await askToken(hub.url, { scope, tenant_id: 'tindvag.test' }, { id: 'other', secret: 'wrong' });
  for (const { status, body } of answers) assert.deepEqual([status, body], [wrong.status, wrong.body]);
  assert.equal(wrong.body['error'], 'invalid_client');
  const right = await askToken(
    hub.url,
    {
      scope,
      tenant_id: 'tindvag.test',
      organisation: 'tindvag.test',
      resource: `${hub.url}/organisations/tindvag.test`,
    },
    { id: 'other', secret },
  );
  assert.equal(right.status, 200);
});

test('an alias is taken and given back as it was asked for, and counts as what it stands for', async () => {
  const { secret } = await register(hub.platform, 'export', []);
  await put(linkOf('export', 'tindvag.test', { scopes: ['vfs:lmsexport'] }));
  const fields = { tenant_id: 'tindvag.test', scope: 'vfsapi:lmsexport' };
  const { body } = await askToken(hub.url, fields, { id: 'export', secret });
  assert.equal(body['scope'], 'vfsapi:lmsexport');
  const { scopes } = await principalOf(body['access_token']);
  assert.deepEqual([...scopes].sort(), ['vfs:lmsexport', 'vfsapi:lmsexport']);
});

test('a link opens nothing to tokens of FINT, and a grant for any token none of a link', async () => {
  const { secret } = await register(hub.platform, 'both', ['fjordheim.test']);
  await put(linkOf('both', 'tindvag.test'));
  const basic = { id: 'both', secret };
  const fint = await askToken(hub.url, {}, basic);
  assert.deepEqual([fint.status, fint.body['scope']], [200, 'fint-client']);
  assert.equal((await principalOf(fint.body['access_token'])).tenant, 'fjordheim.test', 'the only one to choose');
  assert.equal((await askToken(hub.url, { organisation: 'tindvag.test' }, basic)).body['error'], 'invalid_target');
  const named = await askToken(hub.url, { tenant_id: 'fjordheim.test', scope: 'fint-client' }, basic);
  assert.deepEqual([named.status, named.body['scope']], [200, 'fint-client']);
  assert.equal((await askToken(hub.url, { tenant_id: 'fjordheim.test' }, basic)).body['error'], 'invalid_client');
  const linked = await askToken(hub.url, { tenant_id: 'tindvag.test', scope: 'fint-client vfs:pupils.read' }, basic);
  assert.equal(linked.body['scope'], 'vfs:pupils.read');
});

test('no token has the scope of FINT and those of a link, where the application has both', async () => {
  const { secret } = await register(hub.platform, 'mixed', ['tindvag.test']);
  await put(linkOf('mixed', 'tindvag.test'));
  const ask = async (scope: string) =>
    (await askToken(hub.url, { tenant_id: 'tindvag.test', scope }, { id: 'mixed', secret })).body['scope'];
  assert.equal(await ask('fint-client vfs:pupils.read'), 'vfs:pupils.read');
  assert.equal(await ask('fint-client'), 'fint-client');
});

test('a link that has ended gives no more tokens, and those given open nothing', async () => {
  const { secret } = await register(hub.platform, 'gone', []);
  const link = linkOf('gone', 'tindvag.test', { scopes: ['vfs:pupils.read'] });
  await put(link);
  const fields = { tenant_id: 'tindvag.test' };
  const { body } = await askToken(hub.url, fields, { id: 'gone', secret });
  await principalOf(body['access_token']);
  await put({ ...link, endedAt: hub.clock.now() });
  assert.equal((await askToken(hub.url, fields, { id: 'gone', secret })).body['error'], 'invalid_client');
  const verified = await hub.tokens.verifier(`Bearer ${String(body['access_token'])}`);
  assert.ok(!verified.ok, 'nothing is left that it stands on');
});
