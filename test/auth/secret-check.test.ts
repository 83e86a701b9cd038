// Hashes of secrets, what is remembered of right ones, and how wrong ones are slowed down.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSecretCheck, retryAfterSeconds, triesAtOnce } from '#auth/secret-check.ts';
import { hashSecret, makeClientId, makeClientSecret, unmatchableHash, verifySecret } from '#auth/secrets.ts';
import { systemClock, type Clock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import type { Application } from '#store/store.ts';

const application = async (secret: string): Promise<Application> => ({
  id: 'a',
  name: 'a',
  kind: 'client',
  owner: 'fjordheim.test',
  describe: '',
  environment: 'test',
  secrets: [{ id: 's', hash: await hashSecret(secret, systemRandom), createdAt: 1, expiresAt: null }],
  jwks: null,
  disabled: false,
  createdAt: 1,
});

test('a hash fits its secret only, differs each time, and odd hashes fit nothing', async () => {
  const secret = makeClientSecret(systemRandom);
  const [one, two] = [await hashSecret(secret, systemRandom), await hashSecret(secret, systemRandom)];
  assert.notEqual(one, two);
  assert.equal(await verifySecret(secret, one), true);
  assert.equal(await verifySecret(`${secret}x`, one), false);
  for (const hash of [unmatchableHash, '', secret, one.slice(0, -1), one.replace('ln=14', 'ln=30')])
    assert.equal(await verifySecret(secret, hash), false);
  assert.match(makeClientId('adapter', systemRandom), /^adapter-[0-9a-f]{20}$/);
});

test('a right secret is remembered for ten minutes after it was used last, and then hashed again', async () => {
  let now = 0;
  const clock: Clock = { ...systemClock, now: () => now, monotonic: () => 0 };
  const check = createSecretCheck(clock, systemRandom);
  const app = await application('right');
  assert.equal(await check(app, 'a', 'right', ''), 'right');
  for (let tries = 0; tries < triesAtOnce; tries += 1) assert.equal(await check(app, 'a', 'wrong', ''), 'wrong');
  // Whatever has to be hashed is turned away now, so a right answer comes from memory.
  now = 10 * 60_000 - 1;
  assert.equal(await check(app, 'a', 'right', ''), 'right');
  now += 10 * 60_000 - 1;
  assert.equal(await check(app, 'a', 'right', ''), 'right');
  now += 10 * 60_000;
  assert.equal(await check(app, 'a', 'right', ''), 'slow-down');
});

test('an ended secret, a disabled and an unknown application are wrong alike', async () => {
  const check = createSecretCheck(systemClock, systemRandom);
  const app = await application('right');
  assert.equal(await check(app, 'a', 'right', ''), 'right');
  const ended = { ...app, secrets: app.secrets.map((one) => ({ ...one, expiresAt: systemClock.now() })) };
  assert.equal(await check(ended, 'a', 'right', ''), 'wrong');
  assert.equal(await check({ ...app, disabled: true }, 'a', 'right', ''), 'wrong');
  assert.equal(await check(null, 'nobody', 'right', ''), 'wrong');
});

test('wrong tries are counted per client and address, and forgiven one by one', async () => {
  let ticks = 0;
  const clock: Clock = { ...systemClock, monotonic: () => ticks };
  const check = createSecretCheck(clock, systemRandom);
  const app = await application('right');
  for (let tries = 0; tries < triesAtOnce; tries += 1) assert.equal(await check(app, 'a', 'wrong', 'one'), 'wrong');
  assert.equal(await check(app, 'a', 'wrong', 'one'), 'slow-down');
  assert.equal(await check(app, 'a', 'right', 'one'), 'slow-down', 'not even the right one, not seen before');
  assert.equal(await check(app, 'a', 'right', 'another'), 'right', 'from elsewhere');
  assert.equal(await check(app, 'a', 'right', 'one'), 'right', 'seen before');
  ticks += retryAfterSeconds * 1_000;
  assert.equal(await check(app, 'a', 'wrong', 'one'), 'wrong');
  assert.equal(await check(app, 'a', 'wrong', 'one'), 'slow-down');
});

test('few secrets are hashed at a time, some wait, the rest are sent away', async () => {
  const check = createSecretCheck(systemClock, systemRandom);
  const app = await application('right');
  const verdicts = await Promise.all(Array.from({ length: 80 }, (_, index) => check(app, 'a', `x${index}`, '')));
  assert.deepEqual(
    [verdicts.filter((one) => one === 'wrong').length, verdicts.filter((one) => one === 'busy').length],
    [66, 14],
  );
});

test('strangers who keep the hashing busy leave places for applications', async () => {
  const check = createSecretCheck(systemClock, systemRandom);
  const app = await application('right');
  const strangers = Array.from({ length: 80 }, (_, index) => check(null, `nobody-${index}`, 'x', ''));
  assert.equal(await check(app, 'a', 'right', ''), 'right');
  const verdicts = await Promise.all(strangers);
  assert.equal(verdicts.filter((one) => one === 'wrong').length, 18);
});
