// Requests to operations through the pipeline: addresses, methods, scopes, parameters, headers and bodies are held against the operation before it
// is handled, and refusals name what is wrong and never repeat what was sent.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as fc from 'fast-check';
import { vfsRoutes } from '#apis/flyt-skole/routes.ts';
import { ok } from '#base/result.ts';
import { principalOf, toyServer, type ToyServer } from '../../http/toy.ts';
import { toyOperations } from './toy-operations.ts';

const { operations, schemas } = toyOperations;

type Problem = {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly at: string; readonly message: string }[];
};

const problem = async (answer: Promise<Response>, status: number, code: string): Promise<Problem> => {
  const got = await answer;
  const text = await got.text();
  assert.equal(got.status, status, text);
  const value = JSON.parse(text) as Problem;
  assert.equal(value.code, code, text);
  return value;
};
const shown = async (answer: Promise<Response>): Promise<Record<string, unknown>> => {
  const got = await answer;
  assert.equal(got.status, 200, await got.clone().text());
  return (await got.json()) as Record<string, unknown>;
};

describe('the routes of operations', () => {
  let server: ToyServer;
  let url: string;
  before(async () => {
    server = toyServer(
      vfsRoutes(operations, schemas),
      {},
      {
        verify: (authorization) => ok(principalOf('client', (authorization ?? '').split(' ').slice(1))),
      },
    );
    url = await server.listen();
  });
  after(() => server.close());

  const both = ['vfs:toys.read', 'vfs:toys.write'];
  const send = (
    method: string,
    address: string,
    {
      scopes = both,
      body,
      headers = {},
    }: { scopes?: readonly string[]; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Response> =>
    fetch(`${url}/vfs/v1${address}`, {
      method,
      headers: {
        authorization: `Bearer ${scopes.join(' ')}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  it('lead to the operation, literal segments before names', async () => {
    assert.deepEqual(await shown(send('GET', '/toys/a-1_B')), {
      path: { toyId: 'a-1_B' },
      query: {},
      body: null,
      api: 'flyt-skole',
    });
    assert.deepEqual((await shown(send('GET', '/toys/lookup')))['path'], { toyId: 'lookup' });
    assert.deepEqual((await shown(send('POST', '/toys/lookup')))['path'], {});
    assert.deepEqual((await shown(send('GET', '/t%6Fys/a%2Db')))['path'], { toyId: 'a-b' });
    const head = await send('HEAD', '/toys/a');
    assert.equal(head.status, 200);
    assert.equal(await head.text(), '');
  });

  it('answer what is nowhere with one 404, and what has not the form of an id as well', async () => {
    const seen = new Set<string>();
    for (const address of [
      '/toys/a/b',
      '/toys/',
      '/nothing',
      '',
      '/toys/a%2Fb',
      '/toys/%E0%A4%A',
      `/toys/${'a'.repeat(65)}`,
    ]) {
      const { code, detail } = await problem(send('GET', address), 404, 'HUB-204');
      seen.add(`${code} ${detail}`);
    }
    assert.equal(seen.size, 1);
  });

  it('name the methods that an address takes', async () => {
    const put = await send('PUT', '/toys/a');
    assert.equal(put.status, 405);
    assert.equal(put.headers.get('allow'), 'DELETE, GET, HEAD, OPTIONS, PATCH');
    assert.equal((await send('DELETE', '/toys')).headers.get('allow'), 'GET, HEAD, OPTIONS, POST');
    const options = await fetch(`${url}/vfs/v1/toys/lookup`, { method: 'OPTIONS' });
    assert.equal(options.status, 204);
    assert.equal(options.headers.get('allow'), 'DELETE, GET, HEAD, OPTIONS, PATCH, POST');
    assert.equal((await fetch(`${url}/vfs/v1/toys/a/b`, { method: 'OPTIONS' })).status, 404);
  });

  it('ask for the scope of the operation and not of its neighbours', async () => {
    const refused = await send('DELETE', '/toys/a', { scopes: ['vfs:toys.read'] });
    assert.equal(refused.status, 403);
    assert.match(refused.headers.get('www-authenticate') ?? '', /scope="vfs:toys\.write"/);
    const lookup = await send('POST', '/toys/lookup', { scopes: ['vfs:toys.write'] });
    assert.match(lookup.headers.get('www-authenticate') ?? '', /insufficient_scope.*scope="vfs:toys\.read"/);
    assert.equal((await send('POST', '/toys/lookup', { scopes: ['vfs:toys.read'] })).status, 200);
    assert.equal((await send('GET', '/play', { scopes: [] })).status, 200);
    assert.ok(server.denials.some(({ code, method }) => code === 'HUB-302' && method === 'DELETE'));
  });

  it('read the parameters', async () => {
    const { query } = await shown(
      send(
        'GET',
        '/toys?limit=500&q=%C3%A5s&fields=name,id&boxId=b_1&on=2026-02-28&since=2026-08-17T10:00:00%2B02:00&level=10&status=broken&cursor=a.b~c',
      ),
    );
    assert.deepEqual(query, {
      limit: 500,
      q: 'ås',
      fields: ['name', 'id'],
      boxId: 'b_1',
      on: '2026-02-28',
      since: Date.parse('2026-08-17T08:00:00Z'),
      level: 10,
      status: 'broken',
      cursor: 'a.b~c',
    });
  });

  it('refuse parameters that are unknown, repeated or not taken, all at once, without the value', async () => {
    const cases: readonly (readonly [string, string, RegExp])[] = [
      ['limit=501', 'limit', /1 to 500/],
      ['limit=0', 'limit', /1 to 500/],
      ['limit=1e2', 'limit', /whole number/],
      ['limit=', 'limit', /whole number/],
      ['level=14', 'level', /1 to 10/],
      ['q=x', 'q', /2 to 20/],
      ['q=%00%00', 'q', /letters/],
      ['fields=name,secret', 'fields', /id, name/],
      ['fields=', 'fields', /id, name/],
      ['boxId=a%20b', 'boxId', /id/],
      ['on=2026-02-30', 'on', /YYYY-MM-DD/],
      ['on=2026-02-03T00:00:00Z', 'on', /YYYY-MM-DD/],
      ['since=2026-03-18T11:00:00', 'since', /zone/],
      ['since=2026-03-18', 'since', /zone/],
      ['status=Whole', 'status', /whole, broken/],
      ['cursor=a%20b', 'cursor', /cursor/],
      ['Level=3', 'Level', /did you mean level/],
      ['%3Cscript%3E=1', 'query', /not known/],
      ['limit=1&limit=2', 'limit', /more than once/],
    ];
    for (const [query, at, message] of cases) {
      const { errors = [], detail } = await problem(send('GET', `/toys?${query}`), 400, 'HUB-103');
      assert.deepEqual(
        errors.map((one) => one.at),
        [at],
        query,
      );
      assert.match(errors[0]?.message ?? '', message);
      const value = decodeURIComponent(query.slice(query.indexOf('=') + 1));
      if (value.length > 4) assert.ok(!`${detail} ${errors[0]?.message ?? ''}`.includes(value), query);
    }
    const { errors } = await problem(send('GET', '/toys?limit=x&level=14&other=1'), 400, 'HUB-103');
    assert.deepEqual(
      errors?.map(({ at }) => at),
      ['limit', 'level', 'other'],
    );
  });

  it('hold bodies against the schema', async () => {
    const key = { 'idempotency-key': 'k' };
    const made = await shown(
      send('POST', '/toys', { body: { name: 'Red', parts: [{ name: 'wheel' }] }, headers: key }),
    );
    assert.deepEqual(made['body'], { name: 'Red', parts: [{ name: 'wheel' }] });
    const bad = { id: 'x', colour: 'red', kind: 'ship', bought: '2026-02-30', at: '2026-02-03T10:00:00', parts: [{}] };
    const { errors = [] } = await problem(send('POST', '/toys', { body: bad, headers: key }), 400, 'HUB-103');
    const said = Object.fromEntries(errors.map(({ at, message }) => [at, message]));
    assert.equal(said['/id'], 'is read only');
    assert.equal(said['/colour'], 'is not known here');
    assert.equal(said['/name'], 'has to be given');
    assert.equal(said['/kind'], 'must be one of car, doll');
    assert.equal(said['/parts/0/name'], 'has to be given');
    assert.ok('/bought' in said && '/at' in said);
    await problem(send('POST', '/toys', { body: '{', headers: key }), 400, 'HUB-101');
    await problem(send('POST', '/toys', { body: '[]', headers: key }), 400, 'HUB-100');
    await problem(send('POST', '/toys', { body: '', headers: key }), 400, 'HUB-101');
    await problem(
      send('POST', '/toys', { body: '{}', headers: { ...key, 'content-type': 'text/xml' } }),
      415,
      'HUB-104',
    );
    const missing = await problem(send('POST', '/toys', { body: { name: 'a' } }), 400, 'HUB-103');
    assert.deepEqual(
      missing.errors?.map(({ at }) => at),
      ['Idempotency-Key'],
    );
    await problem(send('DELETE', '/toys/a', { body: { a: 1 } }), 400, 'HUB-103');
    const merge = { 'content-type': 'application/merge-patch+json; charset=utf-8' };
    assert.equal((await send('PATCH', '/toys/a', { body: { name: 'b' }, headers: merge })).status, 200);
    assert.equal((await send('PATCH', '/toys/a', { body: { name: 'b' } })).status, 200);
  });

  it(
    'answer anything at all with what was asked for or a refusal that repeats nothing',
    { timeout: 60_000 },
    async () => {
      const names = fc.oneof(
        fc.constantFrom(
          'limit',
          'cursor',
          'q',
          'fields',
          'boxId',
          'on',
          'since',
          'level',
          'status',
          '__proto__',
          'constructor',
        ),
        fc.string({ unit: 'binary' }),
      );
      // Long enough to be no part of what the hub says by itself.
      const values = fc.string({ unit: 'binary', minLength: 12, maxLength: 80 }).filter((one) => one.isWellFormed());
      const pairs = fc.array(
        fc.tuple(
          names.filter((one) => one.isWellFormed()),
          values,
        ),
        { maxLength: 4 },
      );
      await fc.assert(
        fc.asyncProperty(pairs, async (query) => {
          const got = await send(
            'GET',
            `/toys?${new URLSearchParams(query.map(([name, value]) => [name, value])).toString()}`,
          );
          const text = await got.text();
          assert.ok([200, 400].includes(got.status), text);
          if (got.status === 400)
            for (const [, value] of query) assert.ok(!text.includes(JSON.stringify(value).slice(1, -1)), text);
        }),
        { numRuns: 200 },
      );
      const members = fc.dictionary(
        fc.oneof(names, fc.constantFrom('name', 'kind', 'parts', 'bought')),
        fc.jsonValue({ maxDepth: 3 }),
      );
      await fc.assert(
        fc.asyncProperty(members, async (body) => {
          const headers = { 'content-type': 'application/json', 'idempotency-key': 'k' };
          const got = await send('POST', '/toys', { body: JSON.stringify(body), headers });
          assert.ok([200, 400].includes(got.status), await got.text());
        }),
        { numRuns: 200 },
      );
      const hidden = await problem(
        send('POST', '/toys', {
          body: '{"name":"a","__proto__":{"id":1},"14851461249":2}',
          headers: { 'idempotency-key': 'k' },
        }),
        400,
        'HUB-103',
      );
      assert.deepEqual(new Set(hidden.errors?.map(({ at }) => at)), new Set(['']));
      assert.ok(!JSON.stringify(hidden).includes('14851461249'));
    },
  );

  it('refuse a national id in any address before anything else', async () => {
    for (const address of [
      '/toys/14851461249',
      '/toys?q=148514%2061249',
      '/toys?14851461249=1',
      '/nothing/148514-61249',
    ]) {
      const { detail } = await problem(send('GET', address, { scopes: [] }), 400, 'HUB-111');
      assert.ok(!detail.includes('61249'));
    }
  });

  it('stop the start when two claim one address, or a name has no parameter', () => {
    const [first, , , one] = operations;
    assert.ok(first !== undefined && one !== undefined);
    assert.throws(() => vfsRoutes([first, { ...first, id: 'again' }], schemas), /claim GET toys/);
    assert.throws(() => vfsRoutes([{ ...one, parameters: [] }], schemas), /getToy/);
  });
});
