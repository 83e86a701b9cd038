// The password grant of the FINT profile: what FINT's clients send and read, its claims, and that nobody can guess their way in.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decodeJwt } from 'jose';
import { askToken, grantOf, register, startHub, type TestHub } from './hub.ts';
import { hashSecret, makeClientSecret } from '#auth/secrets.ts';
import { systemRandom } from '#base/random.ts';

const components = new Map([
  ['utdanning/elev', ['utdanning/elev/elev', 'utdanning/elev/elevforhold']],
  ['utdanning/timeplan', ['utdanning/timeplan/fag']],
  ['felles/kodeverk/iso', ['felles/kodeverk/iso/kjonn']],
]);

let hub: TestHub;
let plain: TestHub;
before(async () => {
  hub = await startHub(null, components);
  plain = await startHub();
});
after(async () => {
  await hub.close();
  await plain.close();
});

const enter = async (
  on: TestHub,
  id: string,
  organisations: readonly string[],
  kind: 'client' | 'adapter' = 'client',
): Promise<{ readonly id: string; readonly secret: string; readonly username: string; readonly password: string }> => {
  const password = makeClientSecret(systemRandom);
  const username = `${id}@${kind}.fjordheim.test`;
  const login = { username, hash: await hashSecret(password, systemRandom) };
  const { secret } = await register(on.platform, id, organisations, { kind, login });
  return { id, secret, username, password };
};

const fields = (username: string, password: string, scope = 'fint-client'): Readonly<Record<string, string>> => ({
  grant_type: 'password',
  username,
  password,
  scope,
});

const offered = async (url: string): Promise<unknown> =>
  ((await (await fetch(`${url}/.well-known/oauth-authorization-server`)).json()) as Record<string, unknown>)[
    'grant_types_supported'
  ];

test('a client of FINT gets a token with its secret in the header or in the body, and reads access_token and expires_in', async () => {
  const { id, secret, username, password } = await enter(hub, 'timetable', ['fjordheim.test']);
  await hub.platform.putGrant(
    grantOf(id, 'fjordheim.test', { collections: ['utdanning/elev/elev', 'felles/kodeverk/iso/*'] }),
  );
  const answers = [
    await askToken(hub.url, fields(username, password), { id, secret }),
    await askToken(hub.url, { ...fields(username, password), client_id: id, client_secret: secret }),
  ];
  for (const { status, body } of answers) {
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body['expires_in'], 300);
    assert.match(String(body['token_type']), /bearer/i);
    const claims = decodeJwt(String(body['access_token']));
    assert.equal(claims['cn'], username);
    assert.equal(claims['fintAssetIDs'], 'fjordheim.test');
    assert.deepEqual(claims['scope'], ['fint-client']);
    assert.deepEqual(claims['Roles'], ['FINT_Client_felles_kodeverk_iso', 'FINT_Client_utdanning_elev']);
    assert.equal(claims['client_id'], id);
    assert.equal(claims['organisation'], 'fjordheim.test');
    assert.equal(Number(claims.exp) - Number(claims.iat), 300);
    const verified = await hub.tokens.verifier(`Bearer ${String(body['access_token'])}`);
    assert.ok(verified.ok);
    assert.deepEqual([...verified.value.scopes], ['fint-client']);
    assert.equal(verified.value.tenant, 'fjordheim.test');
  }
});

test('an adapter has its own scope and roles; the organisation of its user name is the one meant', async () => {
  const { id, secret, username, password } = await enter(hub, 'sis', ['fjordheim.test', 'nordvik.test'], 'adapter');
  const { status, body } = await askToken(hub.url, fields(username, password, 'fint-adapter'), { id, secret });
  assert.equal(status, 200, JSON.stringify(body));
  const claims = decodeJwt(String(body['access_token']));
  assert.equal(claims['organisation'], 'fjordheim.test');
  assert.deepEqual(claims['scope'], ['fint-adapter']);
  assert.ok((claims['Roles'] as string[]).every((role) => role.startsWith('FINT_Adapter_')));
  const wrong = await askToken(hub.url, fields(username, password, 'fint-client'), { id, secret });
  assert.equal(wrong.body['error'], 'invalid_scope');
});

test('a wrong user name and a wrong password are one answer; another client’s are no use', async () => {
  const mine = await enter(hub, 'mine', ['fjordheim.test']);
  const other = await enter(hub, 'other', ['fjordheim.test']);
  const bare = await register(hub.platform, 'bare', ['fjordheim.test']);
  const tries: readonly (readonly [string, string, string, string])[] = [
    [mine.username, 'wrong', mine.id, mine.secret],
    ['nobody@client.fjordheim.test', mine.password, mine.id, mine.secret],
    [other.username, other.password, mine.id, mine.secret],
    ['x', 'x', 'bare', bare.secret],
  ];
  const answers = [];
  for (const [username, password, id, secret] of tries)
    answers.push(await askToken(hub.url, fields(username, password), { id, secret }));
  for (const { status, body } of answers) {
    assert.equal(status, 400);
    assert.deepEqual(body, answers[0]?.body);
    assert.equal(body['error'], 'invalid_grant');
  }
  const secretless = await askToken(hub.url, fields(mine.username, mine.password), { id: mine.id, secret: 'wrong' });
  assert.deepEqual([secretless.status, secretless.body['error']], [401, 'invalid_client']);
  for (const missing of ['username', 'password']) {
    const sent = { ...fields(mine.username, mine.password), [missing]: '' };
    assert.equal((await askToken(hub.url, sent, mine)).body['error'], 'invalid_request', missing);
  }
});

test('guessing is slowed down, and the right password is not shut out by it once it has been used', async () => {
  const { id, secret, username, password } = await enter(hub, 'guessed', ['fjordheim.test']);
  assert.equal((await askToken(hub.url, fields(username, password), { id, secret })).status, 200);
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 14; attempt += 1)
    statuses.push((await askToken(hub.url, fields(username, `guess ${attempt}`), { id, secret })).status);
  assert.ok(statuses.includes(429), statuses.join());
  assert.equal((await askToken(hub.url, fields(username, password), { id, secret })).status, 200);
});

test('without the profile there is no such grant; an administrator has none either', async () => {
  const { id, secret, username, password } = await enter(plain, 'client', ['fjordheim.test']);
  const off = await askToken(plain.url, fields(username, password), { id, secret });
  assert.deepEqual([off.status, off.body['error']], [400, 'unsupported_grant_type']);
  const login = { username: 'boss@admin.fjordheim.test', hash: await hashSecret('password', systemRandom) };
  const admin = await register(hub.platform, 'boss', [], { kind: 'admin', scopes: ['admin.read'], login });
  const refused = await askToken(hub.url, fields(login.username, 'password', ''), { id: 'boss', secret: admin.secret });
  assert.equal(refused.status, 401);
  assert.deepEqual(await offered(plain.url), ['client_credentials']);
  assert.deepEqual(await offered(hub.url), ['client_credentials', 'password']);
});
