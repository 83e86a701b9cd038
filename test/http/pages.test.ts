// The hub's own pages: health, metrics, error codes, robots.txt and security.txt.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorTable } from '#base/errors.ts';
import { statusOf } from '#http/problem.ts';
import type { HealthPort } from '#http/pages.ts';
import { toyServer } from './toy.ts';

test('live is always live; ready is ready when the store is and nothing starts or stops', async () => {
  let state: ReturnType<HealthPort['state']> = 'starting';
  let healthy = true;
  const server = toyServer([], {}, { health: { state: () => state, storeHealthy: async () => healthy } });
  const ready = async (): Promise<string> => {
    const { statusCode, body } = await server.inject({ url: '/health/ready' });
    return `${statusCode} ${body}`;
  };
  assert.equal((await server.inject({ url: '/health/live' })).body, '{"status":"live"}');
  assert.equal(await ready(), '503 {"status":"starting"}');
  state = 'ready';
  assert.equal(await ready(), '200 {"status":"ready"}');
  healthy = false;
  assert.equal(await ready(), '503 {"status":"store-unhealthy"}');
  healthy = true;
  state = 'stopping';
  assert.equal(await ready(), '503 {"status":"stopping"}');
});

test('whoever asks for readiness all the time does not make the store wait for its disk all the time', async () => {
  let asked = 0;
  const storeHealthy = (): boolean => (asked += 1) > 0;
  const server = toyServer([], { probeMs: 60_000 }, { health: { state: () => 'ready', storeHealthy } });
  for (let time = 0; time < 20; time += 1)
    assert.equal((await server.inject({ url: '/health/ready' })).statusCode, 200);
  assert.equal(asked, 1);
});

const metricsStatus = async (exposure: 'off' | 'loopback' | 'everyone', remoteAddress: string, headers = {}) => {
  const server = toyServer([], {}, { metrics: { type: 'text/plain', text: async () => 'toy 1\n', exposure } });
  return (await server.inject({ url: '/metrics', remoteAddress, headers })).statusCode;
};

test('metrics are shown to this machine, to everyone or to nobody', async () => {
  assert.equal(await metricsStatus('loopback', '127.0.0.1'), 200);
  assert.equal(await metricsStatus('loopback', '::1'), 200);
  assert.equal(await metricsStatus('loopback', '::ffff:127.0.0.1'), 200);
  assert.equal(await metricsStatus('loopback', '10.0.0.1'), 404);
  assert.equal(await metricsStatus('loopback', '127.0.0.1', { 'x-forwarded-for': '10.0.0.1' }), 404);
  assert.equal(await metricsStatus('loopback', '127.0.0.1', { forwarded: 'for=10.0.0.1' }), 404);
  assert.equal(await metricsStatus('everyone', '10.0.0.1'), 200);
  assert.equal(await metricsStatus('off', '127.0.0.1'), 404);
});

test('every error code has a page, for programs and for eyes', async () => {
  const server = toyServer([]);
  for (const code of Object.keys(errorTable)) {
    const answer = await server.inject({ url: `/problems/${code}` });
    assert.equal(answer.statusCode, 200, code);
    assert.equal((JSON.parse(answer.body) as { status: number }).status, statusOf[code as keyof typeof statusOf]);
  }
  const page = await server.inject({
    url: '/problems/HUB-204',
    headers: { accept: 'text/html,*/*', 'accept-language': 'nb' },
  });
  assert.match(page.body, /<html lang="nb">[^]*<h1>HUB-204: Finnes ikke<\/h1>/);
  assert.equal(page.headers['content-security-policy'], "default-src 'none'");
  assert.equal((await server.inject({ url: '/problems/constructor' })).statusCode, 404);
  assert.equal((await server.inject({ url: '/problems' })).statusCode, 404);
});

test('robots.txt keeps crawlers out; security.txt is there when somebody is named', async () => {
  const server = toyServer([]);
  assert.match((await server.inject({ url: '/robots.txt' })).body, /Disallow: \/\n/);
  const text = (await server.inject({ url: '/.well-known/security.txt' })).body;
  assert.match(text, /^Contact: mailto:security@fjordheim\.test\nExpires: \d{4}-\d\d-\d\dT[\d:]{8}Z\n/);
  const silent = toyServer(
    [],
    {},
    { settings: { host: '127.0.0.1', port: 0, publicUrl: null, securityContact: null } },
  );
  assert.equal((await silent.inject({ url: '/.well-known/security.txt' })).statusCode, 404);
});
