// HTTP Basic in: who is taken for whom, what is answered alike, how wrong tries are slowed down, and how long right ones are remembered.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import { askToken, grantOf, register, startHub, type TestHub } from './hub.ts';
import { createBasic } from '#auth/basic.ts';
import { createSecretCheck, triesAtOnce } from '#auth/secret-check.ts';
import { hashSecret } from '#auth/secrets.ts';
import type { BasicRequest, Verified } from '#auth/verify.ts';
import { systemClock, type Clock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import { systemRandom } from '#base/random.ts';
import type { PlatformStore } from '#store/store.ts';
import { cases } from '../cases.ts';

let hub: TestHub;
let reader: string;
let several: string;
before(async () => {
  hub = await startHub();
  reader = (await register(hub.platform, 'reader', ['fjordheim.test'])).secret;
  several = (await register(hub.platform, 'several', ['fjordheim.test', 'havnes.test'])).secret;
});
after(() => hub.close());

const header = (user: string, secret: string): string => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
const local: BasicRequest = { from: '127.0.0.1', secure: true, oneInstitution: false };

/** A verifier of its own, with its own memory, over a platform that may be looked at. */
const verifier = (platform: PlatformStore = hub.platform, clock: Clock = hub.clock) =>
  createBasic({
    platform,
    clock,
    random: systemRandom,
    environment: 'test',
    issuer: () => hub.url,
    checkSecret: createSecretCheck(clock, systemRandom),
    observe: () => {},
  });

/** The platform, and how often grants were asked for. */
const countingPlatform = (): { readonly counting: PlatformStore; readonly looked: () => number } => {
  let looked = 0;
  const counting = new Proxy(hub.platform, {
    get: (target, name) => {
      if (name === 'grantsOf') looked += 1;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { counting, looked: () => looked };
};

const told = (answer: Verified): unknown =>
  answer.ok ? [answer.value.client, answer.value.tenant] : [answer.problem.code, answer.problem.detail];

const shown = async (authorization: string, more: Partial<BasicRequest> = {}, verify = hub.tokens.basic) =>
  told(await verify(authorization, { ...local, ...more }));

const wrong = ['HUB-304', 'The user name or the password is not right.'];
const foreign = ['HUB-401', 'The organisation is unknown or has given this application no grant.'];

test('client id and secret make the principal that a token would make', async () => {
  const answer = await hub.tokens.basic(header('reader', reader), local);
  assert.ok(answer.ok);
  const { expiresAt, ...principal } = answer.value;
  assert.deepEqual(principal, {
    kind: 'client',
    client: 'reader',
    tenant: 'fjordheim.test',
    scopes: new Set(['fint-client']),
    issuer: hub.url,
    token: 'http-basic',
  });
  assert.ok(expiresAt <= hub.clock.now() + limits.basicMs);
  for (const spelling of ['basic', 'BASIC', 'Basic ', 'Basic  ']) {
    const authorization = header('reader', reader).replace('Basic', spelling);
    assert.deepEqual(await shown(authorization), ['reader', 'fjordheim.test']);
  }
});

test('nothing is looked at that came over an open connection', async () => {
  let asked = 0;
  const platform = new Proxy(hub.platform, {
    get: (target, name, receiver) => {
      asked += 1;
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
  const verify = verifier(platform);
  const refusal = await verify(header('reader', reader), { ...local, secure: false });
  assert.ok(!refusal.ok);
  assert.equal(refusal.problem.code, 'HUB-303');
  assert.equal(asked, 0);
  assert.deepEqual(
    await verify(header('reader', 'wrong'), { ...local, secure: false }),
    refusal,
    'right and wrong are one answer',
  );
});

test('unknown users, wrong and ended secrets, and applications that are not in use are one answer', async () => {
  const { platform } = hub;
  const disabled = await register(platform, 'disabled', ['fjordheim.test'], { disabled: true });
  const elsewhere = await register(platform, 'elsewhere', ['fjordheim.test'], { environment: 'production' });
  await register(platform, 'keyed', ['fjordheim.test'], { secrets: [], jwks: '{"keys":[]}' });
  const ended = await register(platform, 'ended', ['fjordheim.test']);
  await platform.putApplication({
    ...ended.application,
    secrets: ended.application.secrets.map((one) => ({ ...one, expiresAt: hub.clock.now() })),
  });
  const sent = [
    header('nobody', reader),
    header('nobody@fjordheim.test', reader),
    header('reader', ''),
    header('reader', `${reader} `),
    header('reader', `${reader}\0`),
    header('reader ', reader),
    header('', reader),
    header('', ''),
    header('disabled', disabled.secret),
    header('elsewhere', elsewhere.secret),
    header('ended', ended.secret),
    header('keyed', ''),
    header('keyed', 'x'),
    header('blåbær', 'rødgrød'),
    `Basic ${Buffer.from('blåbær:rødgrød', 'latin1').toString('base64')}`,
    `Basic ${Buffer.from([0xff, 0xfe, 0x3a, 0xc3, 0x28]).toString('base64')}`,
    `Basic ${Buffer.from('reader').toString('base64')}`,
    'Basic',
    'Basic ',
    'Basic ***',
    `Basic ${Buffer.from(`reader:${reader}`).toString('base64').slice(0, -1)}!`,
    `Basic ${Buffer.from(`reader:${reader}`).toString('base64')}, Basic x`,
    `Basic reader:${reader}`,
    header('reader', 'x'.repeat(limits.basicBytes)),
  ];
  for (const [index, one] of sent.entries())
    assert.deepEqual(await shown(one, { from: `10.0.0.${index}` }), wrong, String(index));
});

/** The right header, so long. */
const ofLength = (length: number): string => {
  const right = header('reader', reader);
  return right.replace('Basic ', `Basic${' '.repeat(length - right.length + 1)}`);
};

test('a header is read up to its limit', async () => {
  assert.equal(ofLength(limits.basicBytes).length, limits.basicBytes);
  assert.deepEqual(await shown(ofLength(limits.basicBytes)), ['reader', 'fjordheim.test']);
  assert.deepEqual(await shown(ofLength(limits.basicBytes + 1), { from: '10.1.0.1' }), wrong);
});

test('several organisations: one has to be named, and who gives nothing is as who does not exist', async () => {
  assert.deepEqual(await shown(header('several', several)), [
    'HUB-305',
    'Name one organisation in the user name, several@organisation: fjordheim.test, havnes.test.',
  ]);
  for (const spelling of ['havnes.test', 'Havnes-Test'])
    assert.deepEqual(await shown(header(`several@${spelling}`, several)), ['several', 'havnes.test']);
  assert.deepEqual(await shown(header('reader@fjordheim.test', reader)), ['reader', 'fjordheim.test']);
  for (const name of ['vestmark.test', 'nowhere.test', '', 'a@b', 'fjordheim.test@fjordheim.test'])
    assert.deepEqual(await shown(header(`several@${name}`, several)), foreign, name);
  await register(hub.platform, 'alone', []).then(async ({ secret }) => {
    assert.deepEqual(await shown(header('alone', secret)), foreign);
    assert.deepEqual(await shown(header('alone@fjordheim.test', secret)), foreign);
  });
  assert.deepEqual(await shown(header('several@vestmark.test', 'wrong')), wrong, 'the secret comes first');
});

test('an API of one organisation takes nobody of several, whichever is named', async () => {
  const one = { oneInstitution: true };
  const refusal = [
    'HUB-305',
    'This API takes users of one organisation only; several give this application access. Use a token.',
  ];
  for (let time = 0; time < 2; time += 1) {
    assert.deepEqual(await shown(header('several@havnes.test', several), one), refusal, `time ${time}`);
    assert.deepEqual(await shown(header('several@havnes.test', several)), ['several', 'havnes.test']);
    assert.deepEqual(await shown(header('reader', reader), one), ['reader', 'fjordheim.test']);
  }
});

test('what is right is remembered for a moment, and no longer than what it stands on', async () => {
  const { platform } = hub;
  let now = systemClock.now();
  const clock: Clock = { ...hub.clock, now: () => now };
  const { counting, looked } = countingPlatform();
  const verify = verifier(counting, clock);
  const { application, secret } = await register(platform, 'fleeting', ['fjordheim.test']);
  const right = (): Promise<unknown> => shown(header('fleeting', secret), {}, verify);
  const ok = ['fleeting', 'fjordheim.test'];
  const lookedAfter = async (expected: unknown): Promise<number> => {
    const until = looked();
    assert.deepEqual(await right(), expected);
    return looked() - until;
  };
  assert.equal(await lookedAfter(ok), 1);
  now += limits.basicMs - 1;
  assert.equal(await lookedAfter(ok), 0);
  now += 1;
  assert.equal(await lookedAfter(ok), 1);
  // Anything that changes in the platform counts at the next request.
  await platform.putGrant(grantOf('fleeting', 'havnes.test', { to: now + 5_000 }));
  assert.equal(((await right()) as readonly string[])[0], 'HUB-305');
  assert.equal(((await shown(header('fleeting@havnes.test', secret), {}, verify)) as string[])[1], 'havnes.test');
  now += 5_000;
  assert.deepEqual(await shown(header('fleeting@havnes.test', secret), {}, verify), foreign, 'a grant that has ended');
  assert.deepEqual(await right(), ok);
  await platform.putApplication({ ...application, disabled: true });
  assert.deepEqual(await right(), wrong);
  await platform.putApplication(application);
  assert.deepEqual(await right(), ok);
});

test('so many are remembered, and of more the last', async () => {
  const { counting, looked } = countingPlatform();
  const verify = verifier(counting);
  const right = header('reader', reader);
  const spellings = Array.from({ length: limits.basicRemembered + 1 }, (_, index) =>
    right.replace('Basic ', `${index % 2 === 0 ? 'Basic' : 'basic'}${' '.repeat(1 + (index >> 1))}`),
  );
  for (const one of spellings.slice(0, -1)) await verify(one, local);
  assert.equal(looked(), limits.basicRemembered);
  await verify(spellings[0] ?? '', local);
  assert.equal(looked(), limits.basicRemembered, 'all of them are remembered');
  await verify(spellings.at(-1) ?? '', local);
  await verify(spellings[1] ?? '', local);
  assert.equal(looked(), limits.basicRemembered + 1, 'the second one still is');
  await verify(spellings[0] ?? '', local);
  assert.equal(looked(), limits.basicRemembered + 2, 'the first one is not');
});

test('a rotated secret: both are right while they overlap, and the old one is not a moment longer', async () => {
  const { platform } = hub;
  let now = systemClock.now();
  const verify = verifier(platform, { ...hub.clock, now: () => now });
  const { application, secret } = await register(platform, 'rotated', ['fjordheim.test']);
  await platform.putApplication({
    ...application,
    secrets: [
      ...application.secrets.map((one) => ({ ...one, expiresAt: now + 2_000 })),
      { id: 's2', hash: await hashSecret('second', systemRandom), createdAt: now, expiresAt: null },
    ],
  });
  for (const one of [secret, 'second', secret])
    assert.deepEqual(await shown(header('rotated', one), {}, verify), ['rotated', 'fjordheim.test']);
  now += 2_000;
  assert.deepEqual(await shown(header('rotated', secret), {}, verify), wrong);
  assert.deepEqual(await shown(header('rotated', 'second'), {}, verify), ['rotated', 'fjordheim.test']);
});

test('a program that begins with many requests at once is hashed once, and a guess that is sent so is one try', async () => {
  const { counting, looked } = countingPlatform();
  const verify = verifier(counting);
  const all = (secret: string, from: string): Promise<readonly unknown[]> =>
    Promise.all(Array.from({ length: 200 }, () => shown(header('reader', secret), { from }, verify)));
  const right = await all(reader, '10.5.0.1');
  assert.equal(right.length, 200);
  for (const one of right) assert.deepEqual(one, ['reader', 'fjordheim.test']);
  assert.equal(looked(), 1);
  for (const one of await all('guess', '10.5.0.1')) assert.deepEqual(one, wrong);
  for (let tries = 1; tries < triesAtOnce; tries += 1)
    assert.deepEqual(await shown(header('reader', `guess-${tries}`), { from: '10.5.0.1' }, verify), wrong);
  for (const one of await all('another guess', '10.5.0.1')) assert.equal((one as string[])[0], 'HUB-107');
});

test('wrong tries are slowed down for user and address, and for the address as a whole', async () => {
  let ticks = 0;
  const verify = verifier(hub.platform, { ...hub.clock, monotonic: () => ticks });
  const code = async (user: string, secret: string, from: string): Promise<unknown> =>
    ((await shown(header(user, secret), { from }, verify)) as string[])[0];
  assert.equal(await code('reader', reader, '10.2.0.1'), 'reader');
  for (let tries = 0; tries < triesAtOnce; tries += 1) assert.equal(await code('several', 'x', '10.2.0.1'), 'HUB-304');
  assert.equal(await code('several', 'x', '10.2.0.1'), 'HUB-107');
  assert.equal(
    await code('several@havnes.test', several, '10.2.0.1'),
    'HUB-107',
    'not even the right one, not seen before',
  );
  assert.equal(await code('several@havnes.test', several, '10.2.0.2'), 'several', 'from elsewhere');
  for (let tries = triesAtOnce; tries < limits.basicTriesPerAddress; tries += 1)
    assert.equal(await code(`guess-${tries}`, 'x', '10.2.0.1'), 'HUB-304');
  assert.equal(await code('another-guess', 'x', '10.2.0.1'), 'HUB-107');
  assert.equal(await code('another-guess', 'x', '10.2.0.2'), 'HUB-304');
  assert.equal(await code('reader', reader, '10.2.0.1'), 'reader', 'who is at work goes on');
  ticks += 1_000;
  assert.equal(await code('another-guess', 'x', '10.2.0.1'), 'HUB-304');
  assert.equal(await code('another-guess', 'x', '10.2.0.1'), 'HUB-107');
});

test('a wrong secret is a wrong secret wherever it is tried', async () => {
  const { secret } = await register(hub.platform, 'tried', ['fjordheim.test']);
  for (let tries = 0; tries < triesAtOnce; tries += 1) assert.deepEqual(await shown(header('tried', 'x')), wrong);
  assert.equal((await askToken(hub.url, {}, { id: 'tried', secret })).status, 429);
  await register(hub.platform, 'asked', ['fjordheim.test']);
  for (let tries = 0; tries < triesAtOnce; tries += 1)
    assert.equal((await askToken(hub.url, {}, { id: 'asked', secret: 'x' })).status, 401);
  assert.equal(((await shown(header('asked', 'x'))) as string[])[0], 'HUB-107');
});

test('the secret is kept nowhere, and the answer to being slowed down says when to come back', async () => {
  const slow = await (async () => {
    for (;;) {
      const answer = await hub.tokens.basic(header('reader', 'guess'), { ...local, from: '10.3.0.1' });
      if (!answer.ok && answer.problem.code !== 'HUB-304') return answer.problem;
    }
  })();
  assert.equal(slow.code, 'HUB-107');
  assert.equal(slow.retryAfter, 6);
  const events = JSON.stringify(hub.events);
  assert.match(events, /HTTP Basic: secret/);
  for (const secret of [reader, several, 'guess']) assert.ok(!events.includes(secret));
});

test('whatever octets are sent, the answer is one of those', async () => {
  const from = '10.4.0.1';
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.base64String(), fc.uint8Array()), async (what) => {
      const text = typeof what === 'string' ? what : Buffer.from(what).toString('base64');
      const answer = await shown(`Basic ${text}`, { from });
      assert.ok(['HUB-304', 'HUB-107'].includes((answer as string[])[0] ?? ''));
    }),
    { numRuns: Math.min(cases(200), 400) },
  );
});
