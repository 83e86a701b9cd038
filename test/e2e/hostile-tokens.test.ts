// Tokens where they do not belong, and passwords that are guessed or odd, over HTTP against a whole hub with the FINT profile: nobody acts for
// another organisation, as another kind of application, or learns who there is.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { hashSecret } from '#auth/secrets.ts';
import { systemRandom } from '#base/random.ts';
import { startAdminWorld, type AdminWorld } from './admin-world.ts';
import { call, callerOf, sendBytes, type Answer, type Caller } from './caller.ts';
import { json } from './deliveries.ts';

const elev = 'utdanning/elev/elev';
const password = 'riktig-hest-batteri';
const username = 'client@client.fjord.test';

type Words = Readonly<Record<string, unknown>>;
const wordsOf = (answer: Answer): Words => (answer.text === '' ? {} : (JSON.parse(answer.text) as Words));
const codeOf = (answer: Answer): unknown => wordsOf(answer)['code'];

const form = (text: string): string => `grant_type=password&${text}`;

let world: AdminWorld;
let url = '';

const ask = (id: string, more: Readonly<Record<string, string>> | string): Promise<Answer> => {
  const credentials = Buffer.from(`${id}:${world.secretOf(id)}`).toString('base64');
  const given = typeof more === 'string' ? more : new URLSearchParams({ grant_type: 'password', ...more }).toString();
  return call(url, 'POST', '/oauth/token', {
    headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: given,
  });
};

before(async () => {
  world = await startAdminWorld({ fintPasswordGrant: 'true' });
  ({ url } = world.hub);
  const application = await world.hub.platform.application('client');
  assert.ok(application !== null);
  const login = { username, hash: await hashSecret(password, systemRandom) };
  await world.hub.platform.putApplication({ ...application, login });
});
after(() => world?.close());

describe('a token', { timeout: 60_000 }, () => {
  it('is good for its own kind of application alone', async () => {
    const addresses = {
      client: [`/${elev}`, `/${elev}/systemid/x`, `/${elev}/status/0b6c2f4e-5d5c-4d5f-8f4c-0123456789ab`],
      adapter: ['/provider/status', '/provider/event/utdanning', '/provider/v2/event/utdanning', '/provider/adapter'],
      admin: ['/admin/organisations', '/admin/applications', '/admin/organisations/fjord.test/events'],
    } as const;
    const callers: Readonly<Record<keyof typeof addresses, readonly string[]>> = {
      client: ['client', 'nabo-client'],
      adapter: ['adapter'],
      admin: ['reader', 'writer', 'operator', 'neighbour'],
    };
    for (const [kind, ids] of Object.entries(callers))
      for (const id of ids) {
        const caller = await world.as(id);
        for (const [other, targets] of Object.entries(addresses)) {
          if (other === kind) continue;
          for (const target of targets) {
            const answer = await caller.send('GET', target);
            assert.deepEqual([answer.status, codeOf(answer)], [403, 'HUB-400'], `${id} ${target}`);
          }
        }
      }
    const writer = await world.as('writer');
    for (const [method, target] of [
      ['POST', '/provider/event'],
      ['POST', '/provider/v2/event'],
      ['POST', '/provider/register'],
      ['POST', `/provider/${elev}`],
      ['POST', `/${elev}`],
      ['PUT', `/${elev}/systemid/x`],
      ['DELETE', `/${elev}/systemid/x`],
    ] as const) {
      const answer = await writer.send(method, target, { headers: json, body: '{}' });
      assert.deepEqual([answer.status, codeOf(answer)], [403, 'HUB-400'], `${method} ${target}`);
    }
  });

  it('says alone whose organisation is meant', async () => {
    const clients: readonly Caller[] = [await world.as('client'), await world.as('adapter')];
    for (const [at, caller] of clients.entries()) {
      const place = at === 0 ? `/${elev}` : '/provider/event/utdanning';
      for (const [target, headers] of [
        [place, { 'x-org-id': 'nabo.test' }],
        [`${place}?orgId=nabo.test`, {}],
        [`${place}?%6frgId=nabo.test`, {}],
      ] as const) {
        const answer = await caller.send('GET', target, { headers });
        assert.equal(codeOf(answer), 'HUB-401', `${target} ${JSON.stringify(headers)} ${answer.text}`);
      }
      assert.equal((await caller.send('GET', place, { headers: { 'x-org-id': 'fjord-test' } })).status, 200);
    }
  });

  it('comes once', async () => {
    const { hostname } = new URL(url);
    const lines = `GET /${elev} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\nConnection: close\r\n\r\n`;
    const { text } = await sendBytes(url, lines);
    assert.match(text, /^HTTP\/1\.1 400 /);
    assert.match(text, /HUB-109/);
  });
});

describe('a password', { timeout: 120_000 }, () => {
  it('opens what its own application was given, in its own organisation', async () => {
    const right = await ask('client', { username, password });
    assert.equal(right.status, 200, right.text);
    const token = String(wordsOf(right)['access_token']);
    const claims: Words = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    assert.deepEqual([claims['fintAssetIDs'], claims['cn']], ['fjord.test', username]);
    const caller = callerOf(url, token);
    assert.equal((await caller.send('GET', `/${elev}`)).status, 200);
    assert.equal((await caller.send('GET', '/provider/status')).status, 403);
    assert.equal((await caller.send('GET', '/admin/organisations')).status, 403);
    for (const organisation of ['nabo.test', 'finnes-ikke.test', '*', 'fjord.test,nabo.test'])
      assert.equal(
        wordsOf(await ask('client', { username, password, organisation }))['error'],
        'invalid_target',
        organisation,
      );
  });

  it('that is wrong or odd is one answer, and nothing breaks', async () => {
    for (const [name, id, more, error] of [
      ['another application', 'nabo-client', { username, password }, 'invalid_grant'],
      ['an adapter', 'adapter', { username, password }, 'invalid_grant'],
      ['an administrator', 'operator', { username, password }, 'unauthorized_client'],
      ['another name', 'client', { username: 'client@client.nabo.test', password }, 'invalid_grant'],
      ['a name in other letters', 'client', { username: username.toUpperCase(), password }, 'invalid_grant'],
      ['a name with a blank', 'client', { username: `${username} `, password }, 'invalid_grant'],
      ['a password with a NUL', 'client', { username, password: `${password}\0` }, 'invalid_grant'],
      ['the hash', 'client', { username, password: 'scrypt$' }, 'invalid_grant'],
      ['a long password', 'client', { username, password: 'x'.repeat(20_000) }, 'invalid_grant'],
      ['no password', 'client', { username }, 'invalid_request'],
      ['an empty one', 'client', { username, password: '' }, 'invalid_request'],
      ['two names', 'client', form(`username=a&username=${username}&password=${password}`), 'invalid_request'],
      ['a list', 'client', form(`username[]=${username}&password[]=${password}`), 'invalid_request'],
      [
        'a member of the language',
        'client',
        form(`__proto__[x]=1&username=__proto__&password=constructor`),
        'invalid_grant',
      ],
      ['another scope', 'client', { username, password, scope: 'fint-adapter' }, 'invalid_scope'],
      ['an administrator\u2019s scope', 'client', { username, password, scope: 'admin.read' }, 'invalid_scope'],
    ] as const) {
      const answer = await ask(id, more);
      assert.ok(answer.status >= 400 && answer.status < 500, `${name}: ${answer.status} ${answer.text}`);
      if (answer.status === 429) continue;
      assert.ok(
        [error, 'invalid_client', 'invalid_request'].includes(String(wordsOf(answer)['error'])),
        `${name}: ${answer.text}`,
      );
      assert.ok(!answer.text.includes('access_token'), name);
    }
    const huge = await ask('client', { username, password: 'x'.repeat(2_000_000) });
    assert.ok(huge.status >= 400 && huge.status < 500, `${huge.status}`);
  });

  it('that is guessed is slowed down, while the right one of before goes on', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, at) => ask('client', { username, password: `gjett-${at}` })),
    );
    assert.ok(answers.some(({ status }) => status === 429));
    for (const { status } of answers) assert.ok(status === 400 || status === 401 || status === 429, String(status));
    assert.equal((await ask('client', { username, password })).status, 200);
  });
});

describe('grants that contradict', { timeout: 60_000 }, () => {
  it('open what any of them opens while it holds, and nothing else', async () => {
    const { platform } = world.hub;
    const client = await world.as('client');
    const [grant] = await platform.grantsOf('client');
    assert.ok(grant !== undefined);
    const status = async (method: string, target: string): Promise<number> =>
      (await client.send(method, target, { headers: json, body: '{}' })).status;
    await platform.putGrant({ ...grant, id: 'second', actions: ['write'], collections: [elev], fields: ['systemId'] });
    assert.equal(await status('POST', `/${elev}`), 400, 'writes are allowed, the body is not right');
    await platform.putGrant({ ...grant, id: 'second', actions: ['write'], collections: [elev], to: Date.now() - 1 });
    assert.equal(await status('POST', `/${elev}`), 403);
    await platform.putGrant({ ...grant, id: 'second', actions: ['write'], from: Date.now() + 60_000 });
    assert.equal(await status('POST', `/${elev}`), 403);
    await platform.putGrant({ ...grant, id: 'second', actions: ['write'], from: 10, to: 5 });
    assert.equal(await status('POST', `/${elev}`), 403);
    await platform.putGrant({ ...grant, id: 'second', actions: ['write'], environment: 'production' });
    assert.equal(await status('POST', `/${elev}`), 403);
    await platform.putGrant({ ...grant, id: 'second', organisation: 'nabo.test', actions: ['write'] });
    assert.equal(await status('POST', `/${elev}`), 403);
    await platform.removeGrant('second');
  });
});
