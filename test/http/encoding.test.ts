// Addresses whose bytes are no UTF-8: they come to routes that say that they take any encoding, as they were sent, and are nowhere else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Route } from '#apis/api.ts';
import { route, toyServer } from './toy.ts';

const told: Route['handle'] = ({ path, rest }) => ({ kind: 'json', status: 200, value: { path, rest } });
const any = { anyEncoding: true } as const;

test('a route that takes any encoding gets what a router cannot read, and others do not', async () => {
  const server = toyServer(
    [
      route('/loose/*', told, any),
      route('/loose/strict', told),
      route('/loose/inner/*', told, any),
      route('/tight/*', told),
    ],
    { urlBytes: 300 },
  );
  const asked = async (url: string): Promise<unknown> => {
    const { statusCode, body } = await server.inject({ url });
    return statusCode === 200 ? JSON.parse(body) : statusCode;
  };
  assert.deepEqual(await asked('/loose/H%D8ST?x=1'), { path: '/loose/H%D8ST', rest: 'H%D8ST' });
  assert.deepEqual(await asked('/loose/%'), { path: '/loose/%', rest: '%' });
  assert.deepEqual(await asked('/loose/inner/%D8/%2F'), { path: '/loose/inner/%D8/%2F', rest: '%D8/%2F' });
  assert.deepEqual(await asked('/loose/H%C3%98ST'), { path: '/loose/H%C3%98ST', rest: 'H%C3%98ST' });
  assert.equal(await asked('/tight/H%D8ST'), 404);
  assert.equal(await asked('/loos%D8'), 404);
  assert.equal(await asked(`/loose/%D8${'x'.repeat(300)}`), 414);
  // The method is asked of the route, as everywhere.
  assert.equal((await server.inject({ url: '/loose/%D8', method: 'DELETE' })).statusCode, 405);
});
