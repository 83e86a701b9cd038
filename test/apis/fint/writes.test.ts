// What the FINT API makes of writes, of every outcome that the hub can tell, and of the preference for live answers: over a hub in memory that says
// what the test wants.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiAnswer, ApiRequest } from '#apis/api.ts';
import { fintApi } from '#apis/fint/fint-api.ts';
import type { HubQuery, WriteOutcome } from '#hub/query.ts';
import { eventId, fakeHub } from './fake-hub.ts';
import type { FakeData, FakeHub } from './fake-hub.ts';
import { model } from './model-under-test.ts';

const base = 'https://hub.test';
const elev = 'utdanning/elev/elev';

type Sent = { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly text?: string };

const setUp = (
  more: Partial<FakeData> = {},
): { readonly hub: FakeHub; readonly send: (address: string, sent?: Sent) => Promise<ApiAnswer> } => {
  const collections = new Map([[elev, []]]);
  const hub = fakeHub({ model, collections, ...more });
  const api = fintApi({
    model,
    hub,
    clock: { now: () => 0, monotonic: () => 0, sleep: async () => {}, every: () => () => {} },
    baseUrl: () => base,
    admin: { health: async () => ({ adapters: [], collections: [] }) },
  });
  const send = async (address: string, { method = 'GET', headers = {}, text = '' }: Sent = {}): Promise<ApiAnswer> => {
    const [path = '', query = ''] = address.split('?');
    const route = api.routes.find((one) => path.startsWith(one.path.slice(0, -1)) && one.path === '/utdanning/elev/*');
    assert.ok(route !== undefined);
    const request: ApiRequest = {
      id: 'q1',
      method,
      path,
      rest: path.slice('/utdanning/elev/'.length),
      query: new URLSearchParams(query),
      header: (name) => headers[name] ?? null,
      principal: {
        kind: 'client',
        client: 'writer',
        tenant: 'fjordheim.test',
        scopes: new Set(['fint-client']),
        issuer: base,
        token: 't1',
        expiresAt: 9e12,
      },
      signal: new AbortController().signal,
      leaving: new AbortController().signal,
      text,
      stream: null,
      gzip: false,
    };
    return route.handle(request);
  };
  return { hub, send };
};

const lastOf = (hub: FakeHub): HubQuery | undefined => hub.asked.at(-1)?.query;

test('a write is handed to the hub as it was sent, and answered with the address of its status', async () => {
  const { hub, send } = setUp();
  const plain = { idempotencyKey: null, ifMatch: null } as const;
  const by = { field: 'systemid', value: 'E/1' };
  const cases: readonly (readonly [string, Sent, object])[] = [
    [`/${elev}`, { method: 'POST', text: '{"a":1}' }, { operation: 'create', target: null, body: '{"a":1}', ...plain }],
    [
      `/${elev}?validate=true`,
      { method: 'POST', text: '{}' },
      { operation: 'validate', target: null, body: '{}', ...plain },
    ],
    [
      `/${elev}?validate=false`,
      { method: 'POST', text: '{}' },
      { operation: 'create', target: null, body: '{}', ...plain },
    ],
    [
      `/${elev}/systemId/E%2F1`,
      { method: 'PUT', text: '{}' },
      { operation: 'update', target: by, body: '{}', ...plain },
    ],
    [
      `/${elev}/systemid/E/1?validate=true`,
      { method: 'PUT', text: '{}' },
      { operation: 'validate', target: by, body: '{}', ...plain },
    ],
    [
      `/${elev}/systemid/E/1`,
      { method: 'DELETE', text: 'ignored' },
      { operation: 'delete', target: by, body: null, ...plain },
    ],
    [
      `/${elev}/systemid/E/1`,
      { method: 'PUT', text: '{}', headers: { 'idempotency-key': '"k 1"', 'if-match': '"a", W/"b", "c"' } },
      { operation: 'update', target: by, body: '{}', idempotencyKey: 'k 1', ifMatch: ['a', 'c'] },
    ],
    [
      `/${elev}/systemid/E/1`,
      { method: 'DELETE', headers: { 'idempotency-key': 'k-2', 'if-match': '*' } },
      { operation: 'delete', target: by, body: null, idempotencyKey: 'k-2', ifMatch: ['*'] },
    ],
    [
      `/${elev}`,
      { method: 'POST', text: '{}', headers: { 'if-match': '"a"' } },
      { operation: 'create', target: null, body: '{}', ...plain },
    ],
  ];
  for (const [address, sent, query] of cases) {
    const answer = await send(address, sent);
    assert.deepEqual(lastOf(hub), { kind: 'write', collection: elev, ...query });
    assert.deepEqual(answer, {
      kind: 'empty',
      status: 202,
      headers: {
        'x-core-version': '2',
        vary: 'Authorization, Accept, Accept-Encoding',
        'cache-control': 'no-store',
        location: `${base}/${elev}/status/${eventId}`,
        'retry-after': '2',
      },
    });
  }
});

const body = Buffer.from('{"systemId":{"identifikatorverdi":"E/1"}}');
const said = { message: 'nei', problems: [{ field: 'a', message: 'b', code: 'c' }] };
const told = (responseStatus: string, statusCode = responseStatus): object => ({ ...said, statusCode, responseStatus });

/** Every outcome, with the status, the body and the headers of its own that FINT has for it. */
const outcomes: readonly (readonly [WriteOutcome, number, unknown, object])[] = [
  [{ state: 'waiting', retryAfter: 3 }, 202, null, { location: `${base}/${elev}/status/x`, 'retry-after': '3' }],
  [
    { state: 'written', body, self: `${base}/self`, etag: 'e' },
    201,
    `${body}`,
    { location: `${base}/self`, etag: '"e"' },
  ],
  [{ state: 'written', body, self: null, etag: 'e' }, 201, `${body}`, { etag: '"e"' }],
  [{ state: 'deleted' }, 204, null, {}],
  [{ state: 'valid', answer: said }, 200, told('ACCEPTED', ''), {}],
  [{ state: 'read-one', body }, 200, `${body}`, {}],
  [{ state: 'read-one', body: null }, 404, 'HUB-204', {}],
  [
    { state: 'read-many', bodies: [body, body] },
    200,
    `{"_embedded":{"_entries":[${body},${body}]},"_links":{"self":[{"href":"${base}/${elev}/status/x"}]},"total_items":2,"size":2,"offset":0}`,
    {},
  ],
  [
    { state: 'read-many', bodies: [] },
    200,
    `{"_embedded":{"_entries":[]},"_links":{"self":[{"href":"${base}/${elev}/status/x"}]},"total_items":0,"size":0,"offset":0}`,
    {},
  ],
  [{ state: 'rejected', answer: said }, 400, told('REJECTED'), {}],
  [{ state: 'conflict', body, answer: said }, 409, `${body}`, {}],
  [{ state: 'conflict', body: null, answer: said }, 409, told('CONFLICT'), {}],
  [{ state: 'failed', answer: said }, 500, told('ERROR'), {}],
  [{ state: 'expired', answer: said }, 500, told('ERROR'), {}],
  [{ state: 'forgotten' }, 410, 'HUB-411', {}],
];

const shownIn = (answer: ApiAnswer): unknown => {
  if (answer.kind === 'problem') return answer.problem.code;
  if (answer.kind === 'json') return answer.value;
  return answer.kind === 'bytes' ? String(answer.bytes) : null;
};

test('every outcome has the code of FINT', async () => {
  for (const [outcome, status, shown, own] of outcomes) {
    const { send, hub } = setUp({ outcomes: new Map([['x', outcome]]) });
    const answer = await send(`/${elev}/Status/X/`);
    assert.deepEqual(lastOf(hub), { kind: 'outcome', collection: elev, id: 'x' });
    const problemStatus = { 'HUB-204': 404, 'HUB-411': 410 }[String(shown)];
    assert.equal(answer.kind === 'problem' ? problemStatus : answer.status, status, outcome.state);
    assert.deepEqual(shownIn(answer), shown, outcome.state);
    const { 'x-core-version': version, vary: _vary, 'cache-control': cache, ...headers } = answer.headers ?? {};
    assert.deepEqual([version, cache, headers], ['2', 'no-store', own], outcome.state);
  }
});

test('the preference for a live answer is handed on, and said to be kept', async () => {
  const filter = "gjest eq 'true'";
  const prefer = { prefer: 'return=minimal, Respond-Async' };
  for (const [address, sent, by] of [
    [`/${elev}/systemid/E/1`, { headers: prefer }, { kind: 'identifier', field: 'systemid', value: 'E/1' }],
    [`/${elev}?$filter=${encodeURIComponent(filter)}`, { headers: prefer }, { kind: 'filter', text: filter }],
    [`/${elev}/$query`, { method: 'POST', text: filter, headers: prefer }, { kind: 'filter', text: filter }],
  ] as const) {
    const live = setUp({ live: true });
    const answer = await live.send(address, sent);
    assert.equal(answer.kind === 'empty' && answer.status, 202);
    assert.equal(answer.headers?.['preference-applied'], 'respond-async');
    assert.equal(answer.headers?.['location'], `${base}/${elev}/status/${eventId}`);
    const asked = lastOf(live.hub);
    assert.ok(asked?.kind === 'live');
    assert.deepEqual({ ...asked.by, expr: undefined }, { ...by, expr: undefined });
    const stored = setUp();
    const plain = await stored.send(address, sent);
    assert.deepEqual(stored.hub.asked.map(({ query }) => query.kind)[0], 'live');
    assert.equal(plain.headers?.['preference-applied'], undefined);
    assert.equal(stored.hub.asked.length, 2);
  }
  for (const [address, headers] of [
    [`/${elev}`, prefer],
    [`/${elev}?$filter=${encodeURIComponent(filter)}&size=0`, prefer],
    [`/${elev}?$filter=${encodeURIComponent(filter)}&offset=1`, prefer],
    [`/${elev}?$filter=${encodeURIComponent(filter)}&sinceTimeStamp=1`, prefer],
    [`/${elev}/systemid/E/1`, { prefer: 'respond-asynchronously' }],
    [`/${elev}/systemid/E/1`, {}],
  ] as const) {
    const { hub, send } = setUp({ live: true });
    await send(address, { headers });
    assert.ok(
      hub.asked.every(({ query }) => query.kind !== 'live'),
      address,
    );
  }
});
