// Routes with a quota: what counts, what the headers say, and what a request too many is answered; and what costs those without one nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Route } from '#apis/api.ts';
import { problem } from '#base/errors.ts';
import type { Standing } from '#http/quota.ts';
import type { Principal } from '#hub/principal.ts';
import { route, toyServer } from './toy.ts';

const client = { access: 'client', scopes: ['toy.read'] } as const;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** So many requests for everybody together. */
const quotasOf = (limit: number) => {
  const state = { taken: 0, looked: 0, asked: [] as string[] };
  const standing = (retryAfter: number | null): Standing => ({
    burst: { limit, left: Math.max(0, limit - state.taken), seconds: 6 },
    day: { limit: 1_000, left: 1_000 - state.taken, seconds: 3_600 },
    retryAfter,
  });
  return {
    state,
    take: ({ client: who, tenant }: Principal): Standing => {
      state.asked.push(`${who} ${tenant}`);
      if (state.taken >= limit) return standing(7);
      state.taken += 1;
      return standing(null);
    },
    look: (): Standing => {
      state.looked += 1;
      return standing(null);
    },
  };
};

const fine = () => ({ kind: 'json', status: 200, value: 'fine' }) as const;
const routes: readonly Route[] = [
  route('/toy/v1/*', fine, { ...client, quota: true }),
  route('/toy/v1/usage', fine, { ...client, quota: () => false }),
  route('/toy/v1/events', fine, { ...client, quota: true, waits: ({ query }) => query.has('wait') }),
  route('/toy/v1/missing', () => ({ kind: 'problem', problem: problem('HUB-204', 'no') }), { ...client, quota: true }),
  route('/toy/v1/broken', () => Promise.reject(new Error('broken')), { ...client, quota: true }),
  route('/toy/v1/cached', () => ({ kind: 'empty', status: 304 }), { ...client, quota: true }),
  route('/toy/v1/openapi.json', fine, {}),
  route('/other', fine, client),
];

const left = (taken: number): string => `"burst";r=${20 - taken};t=6, "day";r=${1_000 - taken};t=3600`;

test('answers tell what is left: fine ones, missing ones, broken ones and refusals', async () => {
  const quotas = quotasOf(20);
  const server = toyServer(routes, {}, { quotas });
  const told = async (url: string, token = 'client', method: 'GET' | 'HEAD' = 'GET') => {
    const { statusCode, headers } = await server.inject({ url, method, headers: bearer(token) });
    return [statusCode, headers['ratelimit-policy'], headers['ratelimit']];
  };
  const policy = '"burst";q=20;w=60, "day";q=1000;w=86400';
  assert.deepEqual(await told('/toy/v1/pupils'), [200, policy, left(1)]);
  assert.deepEqual(await told('/toy/v1/missing'), [404, policy, left(2)]);
  assert.deepEqual(await told('/toy/v1/broken'), [500, policy, left(3)]);
  assert.deepEqual(await told('/toy/v1/cached'), [304, policy, left(4)]);
  assert.deepEqual(await told('/toy/v1/pupils', 'narrow'), [403, policy, left(5)], 'who has no scope has a quota');
  assert.deepEqual(await told('/toy/v1/pupils', 'later', 'HEAD'), [200, policy, left(6)]);
  assert.deepEqual(await told('/toy/v1/usage'), [200, policy, left(6)], 'looking is free');
  assert.deepEqual(await told('/toy/v1/events?wait=5'), [200, policy, left(6)], 'so is waiting');
  assert.deepEqual(await told('/toy/v1/events'), [200, policy, left(7)]);
  assert.deepEqual(await told('/toy/v1/openapi.json'), [200, undefined, undefined]);
  assert.deepEqual(await told('/other'), [200, undefined, undefined]);
  assert.deepEqual(await told('/toy/v1/pupils', 'nobody'), [401, undefined, undefined], 'nobody has no quota');
  assert.deepEqual([quotas.state.taken, quotas.state.looked], [7, 2]);
});

test('one too many is refused before anything is done, with when to come back, and told to the audit', async () => {
  const quotas = quotasOf(2);
  const server = toyServer(routes, {}, { quotas });
  const ask = (url = '/toy/v1/pupils') => server.inject({ url, headers: bearer('client') });
  await ask();
  await ask();
  const refused = await ask();
  assert.equal(refused.statusCode, 429);
  assert.equal(refused.headers['retry-after'], '7');
  assert.equal(refused.headers['ratelimit'], '"burst";r=0;t=6, "day";r=998;t=3600');
  const body = JSON.parse(refused.body) as { code: string; detail: string; title: string };
  assert.equal(body.code, 'HUB-108');
  assert.match(body.detail, /of this minute/);
  assert.deepEqual(
    server.denials.map(({ code, route: at, principal }) => [code, at, principal.client]),
    [['HUB-108', '/toy/v1/*', 'toy-client']],
  );
  assert.equal((await ask('/toy/v1/usage')).statusCode, 200, 'what is left may still be asked');
  assert.equal((await ask('/other')).statusCode, 200);
  assert.deepEqual(new Set(quotas.state.asked), new Set(['toy-client fjordheim.test']));
});

test('limits that are not there are not told', async () => {
  const standing: Standing = { burst: null, day: null, retryAfter: null };
  const day = { limit: 5, left: 0, seconds: 60 };
  const server = toyServer(routes, {}, { quotas: { take: () => standing, look: () => ({ ...standing, day }) } });
  const { headers } = await server.inject({ url: '/toy/v1/pupils', headers: bearer('client') });
  assert.equal('ratelimit' in headers || 'ratelimit-policy' in headers, false);
  const usage = await server.inject({ url: '/toy/v1/usage', headers: bearer('client') });
  assert.equal(usage.headers['ratelimit-policy'], '"day";q=5;w=86400');
  assert.equal(usage.headers['ratelimit'], '"day";r=0;t=60');
  const none = toyServer(routes);
  assert.equal((await none.inject({ url: '/toy/v1/pupils', headers: bearer('client') })).statusCode, 200);
});
