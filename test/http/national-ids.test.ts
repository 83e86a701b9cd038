// National ids in addresses: refused before anything else where a route says so, by every method, and never seen again.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { nationalIdAt } from '#sandbox/national-id.ts';
import { exchangeBytes, route, toyServer } from './toy.ts';

const someone = nationalIdAt({ year: 2009, month: 1, day: 5 }, 0, 0, true);
const [date, rest] = [someone.slice(0, 6), someone.slice(6)];
const encoded = Array.from(someone, (digit) => `%3${digit}`).join('');

let handled = 0;
const server = toyServer([
  route(
    '/vfs/v1/*',
    () => {
      handled += 1;
      return { kind: 'json', status: 200, value: 'fine' };
    },
    { access: 'client', scopes: ['toy.read'], closedToNationalIds: true, quota: true },
  ),
  route('/vfs/v1/openapi.json', () => ({ kind: 'json', status: 200, value: {} }), { closedToNationalIds: true }),
  route('/fint/*', ({ rest: value }) => ({ kind: 'json', status: 200, value })),
]);
await server.listen();
after(() => server.close());

const addresses = [someone, `${date}%20${rest}`, `${date}+${rest}`, `${date}-${rest}`, encoded, `${date}%252D${rest}`]
  .flatMap((form) => [
    `/vfs/v1/pupils/${form}`,
    `/vfs/v1/pupils/${form}/guardians?limit=1`,
    `/vfs/v1/pupils?nin=${form}`,
    `/vfs/v1/employees?q=Ola&q=${form}`,
    `/vfs/v1/openapi.json?${form}`,
    `/vfs/v1/${form}/%ff`,
  ])
  .concat(`/vfs/v1?${someone}`, `/vfs/v1/?x=${someone}`, `/vfs/%76%31/pupils/${encoded}`);

// Five digits stand in random ids and in measured times by chance.
const randomId = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const holds = (text: string, form: string): boolean => text.replaceAll(randomId, '').includes(form);
const withoutMeasured = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? null : value;

test('are refused whoever asks and however, and stand in no answer, event, denial or header', async () => {
  handled = 0;
  for (const address of addresses)
    for (const head of ['Authorization: Bearer client\r\n', ''])
      for (const method of ['GET', 'POST', 'DELETE', 'HEAD', 'OPTIONS']) {
        const answer = await exchangeBytes(server.port(), [
          `${method} ${address} HTTP/1.1\r\nHost: hub.test\r\nConnection: close\r\n${head}\r\n`,
        ]);
        // What is no address at all (a damaged encoding) is nowhere.
        assert.match(
          answer,
          address.includes('%ff') ? /^HTTP\/1\.1 40[04] / : /^HTTP\/1\.1 400 /,
          `${method} ${address}`,
        );
        if (method !== 'HEAD' && !address.includes('%ff')) assert.match(answer, /"code":"HUB-111"/);
        for (const form of [someone, rest, encoded]) assert.ok(!holds(answer, form), `${method} ${address}`);
      }
  assert.equal(handled, 0);
  const seen = JSON.stringify([server.events, server.denials], withoutMeasured);
  for (const form of [someone, rest, encoded, date]) assert.ok(!holds(seen, form));
  assert.ok(server.events.some((event) => event.kind === 'request' && event.code === 'HUB-111'));
});

const ask = (url: string) => server.inject({ url, headers: { authorization: 'Bearer client' } });

test('what is none is let through, and other routes are as they were', async () => {
  for (const url of [
    '/vfs/v1/pupils/Zk3_4-9aB',
    '/vfs/v1/pupils?changedSince=2026-11-22T08:15:30Z',
    '/vfs/v1/pupils/0501090000001',
  ])
    assert.equal((await ask(url)).statusCode, 200, url);
  assert.equal((await ask(`/fint/fodselsnummer/${someone}`)).body, `"fodselsnummer/${someone}"`);
});
