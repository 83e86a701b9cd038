// The short way from an address to its entry: it must never lead elsewhere than the router would.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fastify from 'fastify';
import { buildEntries, straightTo, type ServedRoute } from '#http/routes.ts';

const route = (path: string): ServedRoute => ({
  methods: ['GET'],
  path,
  access: 'open',
  scopes: [],
  body: 'none',
  bodyLimit: 0,
  handle: () => ({ kind: 'empty', status: 204 }),
});

const patterns = ['/one/two/*', '/one/three/*', '/one/three/four', '/one/*', '/five/*', '/six/seven', '/six/seven/*'];
const entries = buildEntries(patterns.map(route), []);

const addresses = [
  '/one/two/',
  '/one/two/x',
  '/one/two/x/y?z=/1',
  '/one/two//x',
  '/one/two',
  '/one/two?x=/y',
  '/one?/two/x',
  '/one/twoo/x',
  '/ONE/two/x',
  '//one/two/x',
  '/one/two;x/y',
  '/one/three/x',
  '/one/three/four',
  '/five/x/y',
  '/six/seven',
  '/six/seven/eight',
  '/o%6ee/two/x',
  '/one/two/%zz',
  '/one/two/%C3%A5',
  '/',
  '',
  '*',
  'one/two/x',
  'http://host/one/two/x',
];

test('an address leads straight to the entry that the router finds, or nowhere', async () => {
  const app = fastify();
  for (const { pattern } of entries) app.get(pattern, () => pattern);
  await app.ready();
  const straight = straightTo(entries);
  const led: string[] = [];
  for (const url of addresses) {
    const found = straight('GET', url);
    if (found === null) continue;
    led.push(url);
    assert.equal((await app.inject(url)).body, found.pattern, url);
  }
  assert.deepEqual(led, ['/one/two/', '/one/two/x', '/one/two/x/y?z=/1', '/one/two//x', '/six/seven/eight']);
});

test('anything but a GET takes the router', () => {
  const straight = straightTo(entries);
  for (const method of ['HEAD', 'POST', 'PUT', 'get', undefined]) assert.equal(straight(method, '/one/two/x'), null);
  assert.equal(straight('GET', undefined), null);
});
