// Every address of the FINT API, straight through its routes with a hub in memory: forms, codes, headers, pages and streams.
import assert from 'node:assert/strict';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { ApiAnswer, ApiRequest } from '#apis/api.ts';
import { fintApi } from '#apis/fint/fint-api.ts';
import type { FintAdminPort } from '#apis/fint/ports.ts';
import type { Principal } from '#hub/principal.ts';
import type { HubChange } from '#hub/query.ts';
import { limits } from '#base/limits.ts';
import { fakeHub } from './fake-hub.ts';
import type { FakeData, FakeHub, FakeResource } from './fake-hub.ts';
import { model } from './model-under-test.ts';

const base = 'https://hub.test';

const pupil = (index: number): FakeResource => ({
  changedAt: 1_000 + index,
  ids: { systemid: `E/${index}`, feidenavn: `Elev${index}@fjordheim.test` },
  body: {
    feidenavn: { identifikatorverdi: `Elev${index}@fjordheim.test` },
    systemId: { identifikatorverdi: `E/${index}` },
    gjest: index % 2 === 1,
    _links: { self: [{ href: `${base}/utdanning/elev/elev/systemid/E%2F${index}` }] },
  },
});

const plainOf = (id: string): FakeResource => ({
  changedAt: 5,
  ids: { systemid: id, mappeid: id, fodselsnummer: id },
  body: { systemId: { identifikatorverdi: id } },
});

const collections = new Map<string, readonly FakeResource[]>([
  ['utdanning/elev/elev', Array.from({ length: 25 }, (_, index) => pupil(index))],
  ['utdanning/elev/elevforhold', []],
  ['utdanning/elev/person', [plainOf('01810112345')]],
  ['arkiv/noark/sak', [plainOf('19/00094'), plainOf('50%')]],
  ['felles/kodeverk/iso/landkode', [plainOf('NO')]],
  ['felles/kodeverk/fylke', [plainOf('46')]],
  ['okonomi/regnskap/person', [plainOf('02810112345')]],
  ['utdanning/kodeverk/skolear', [plainOf('æøå 2')]],
]);

const change = (position: number, more: Partial<HubChange> = {}): HubChange => ({
  position: String(position),
  kind: 'created',
  at: 1_000 + position,
  uid: `u${position}`,
  before: [],
  body: Buffer.from(JSON.stringify({ n: position })),
  ...more,
});

const principal: Principal = {
  kind: 'client',
  client: 'reader',
  tenant: 'fjordheim.test',
  scopes: new Set(['fint-client']),
  issuer: base,
  token: 't1',
  expiresAt: 9e12,
};

const clock = { now: () => 1_700_000_000_000, monotonic: () => 0, sleep: async () => {}, every: () => () => {} };

const admin: FintAdminPort = {
  health: async (_principal, component) => ({
    adapters: [{ adapterId: 'https://vendor.test/a', connected: true, heartbeatAgeSeconds: 12, promisedSeconds: 60 }],
    collections: ['elev', 'varsel'].map((segment) => ({
      collection: `${component}/${segment}`,
      lastFullSync: 1,
      lastDelta: null,
      state: 'completed',
      size: 25,
      stale: false,
      held: false,
    })),
  }),
};

type Sent = {
  readonly method?: string;
  /** Beside FINT's. */
  readonly scopes?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly gzip?: boolean;
};
type Got = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  readonly code: string | null;
  readonly detail: string;
  readonly parameters: readonly string[];
};

const setUp = (more: Partial<FakeData> = {}) => {
  const hub = fakeHub({ model, collections, ...more });
  const api = fintApi({ model, hub, clock, baseUrl: () => base, admin });
  /** What the router does: longest prefix, the rest as sent. */
  const send = async (address: string, sent: Sent = {}): Promise<Got> => {
    const [path = '', query = ''] = address.split('?');
    const route = api.routes
      .filter((one) => `${path}/`.startsWith(one.path.slice(0, -1)))
      .sort((a, b) => b.path.length - a.path.length)[0];
    assert.ok(route, `no route for ${path}`);
    const request: ApiRequest = {
      id: 'q1',
      method: sent.method ?? 'GET',
      path,
      rest: path.slice(route.path.length - 1),
      query: new URLSearchParams(query),
      header: (name) => sent.headers?.[name] ?? null,
      principal: { ...principal, scopes: new Set([...principal.scopes, ...(sent.scopes ?? [])]) },
      signal: new AbortController().signal,
      leaving: new AbortController().signal,
      text: sent.text ?? '',
      stream: null,
      gzip: sent.gzip ?? false,
    };
    return received(await route.handle(request));
  };
  return { api, hub, send };
};

/** The answer as a client would get it; a problem has the status 0 unless one is set. */
const received = async (answer: ApiAnswer): Promise<Got> => {
  const headers = answer.headers ?? {};
  const none = { headers, bytes: Buffer.alloc(0), code: null, detail: '', parameters: [] };
  switch (answer.kind) {
    case 'problem': {
      const { code, detail, errors } = answer.problem;
      return { ...none, status: answer.status ?? 0, code, detail, parameters: (errors ?? []).map((one) => one.at) };
    }
    case 'empty':
      return { ...none, status: answer.status };
    case 'bytes':
      return {
        ...none,
        status: answer.status,
        bytes: Buffer.from(answer.bytes),
        headers: { ...headers, 'content-type': answer.type },
      };
    case 'stream': {
      const chunks: Buffer[] = [];
      for await (const chunk of answer.chunks) chunks.push(chunk);
      return {
        ...none,
        status: answer.status,
        bytes: Buffer.concat(chunks),
        headers: { ...headers, 'content-type': answer.type },
      };
    }
    case 'json':
      return { ...none, status: answer.status, bytes: Buffer.from(JSON.stringify(answer.value)) };
  }
};

const json = (got: Got) => JSON.parse(got.bytes.toString());

/** A page, or a part of the feed, by plain names. */
const pageOf = (got: Got) => {
  const value = json(got);
  const { _embedded: embedded, _links: links, _entries: entries = embedded?.['_entries'] } = value;
  return { ...value, entries, self: href(links.self), prev: href(links.prev), next: href(links.next) };
};

const href = (list: unknown): string | undefined =>
  Array.isArray(list) && typeof list[0]?.href === 'string' ? list[0].href : undefined;
const lastQuery = (hub: FakeHub) => hub.asked.at(-1)?.query;

void test('scopes of other APIs that a token carries count for nothing here', async () => {
  const { hub, send } = setUp();
  await send('/utdanning/elev/person', { scopes: ['vfs:guardians.read', 'vfs:pupils.nin'] });
  assert.deepEqual([...(hub.asked.at(-1)?.context.principal.scopes ?? [])], ['fint-client']);
});

void test('one route per component, for clients only', () => {
  const { api } = setUp();
  assert.equal(api.routes.length, model.components.size);
  for (const route of api.routes) {
    assert.equal(route.access, 'client');
    assert.deepEqual(route.scopes, ['fint-client']);
  }
});

void test('one resource', async (t) => {
  const { send, hub } = setUp();
  const reads: readonly (readonly [string, string, string, string])[] = [
    ['/utdanning/elev/elev/systemid/E/3', 'utdanning/elev/elev', 'systemid', 'E/3'],
    ['/utdanning/elev/elev/systemid/E%2F3', 'utdanning/elev/elev', 'systemid', 'E/3'],
    ['/utdanning/elev/elev/systemid/E%2f3/', 'utdanning/elev/elev', 'systemid', 'E/3'],
    ['/utdanning/elev/ELEV/SystemId/E%2F3', 'utdanning/elev/elev', 'systemid', 'E/3'],
    [
      '/utdanning/elev/%65lev/feideNavn/Elev3@fjordheim.test',
      'utdanning/elev/elev',
      'feidenavn',
      'Elev3@fjordheim.test',
    ],
    [
      '/utdanning/elev/elev/feidenavn/Elev3%40fjordheim.test',
      'utdanning/elev/elev',
      'feidenavn',
      'Elev3@fjordheim.test',
    ],
    ['/arkiv/noark/sak/mappeid/19/00094', 'arkiv/noark/sak', 'mappeid', '19/00094'],
    ['/arkiv/noark/sak/mappeId/19%2F00094', 'arkiv/noark/sak', 'mappeid', '19/00094'],
    ['/arkiv/noark/sak/systemid/50%25', 'arkiv/noark/sak', 'systemid', '50%'],
    ['/utdanning/kodeverk/skolear/systemid/%C3%A6%C3%B8%C3%A5%202', 'utdanning/kodeverk/skolear', 'systemid', 'æøå 2'],
    ['/utdanning/kodeverk/skolear/systemid/%C3%A6%C3%B8a%CC%8A%202', 'utdanning/kodeverk/skolear', 'systemid', 'æøå 2'],
    ['/felles/kodeverk/iso/landkode/systemid/NO', 'felles/kodeverk/iso/landkode', 'systemid', 'NO'],
    ['/felles/kodeverk/landkode/systemid/NO', 'felles/kodeverk/iso/landkode', 'systemid', 'NO'],
    ['/utdanning/elev/person/fodselsnummer/01810112345', 'utdanning/elev/person', 'fodselsnummer', '01810112345'],
    ['/okonomi/faktura/person/fodselsnummer/02810112345', 'okonomi/regnskap/person', 'fodselsnummer', '02810112345'],
  ];
  for (const [address, collection, field, value] of reads)
    await t.test(address, async () => {
      const got = await send(address);
      assert.equal(got.status, 200);
      assert.deepEqual(lastQuery(hub), { kind: 'read', collection, field, value });
    });
});

void test('nothing there: one answer for all of them', async (t) => {
  const { send } = setUp();
  const expected = await send('/utdanning/elev/elev/systemid/unknown');
  assert.equal(expected.code, 'HUB-204');
  for (const address of [
    '/utdanning/elev/unknown',
    '/utdanning/elev/elev/unknown/1',
    '/utdanning/elev/elev/systemid',
    '/utdanning/elev/elev/systemid/',
    '/utdanning/elev/elev/systemid/e/3',
    '/utdanning/elev/elev/systemid/%ff',
    '/utdanning/elev/elev/systemid/%zz',
    '/utdanning/elev/elev/systemid/a%00b',
    `/utdanning/elev/elev/systemid/${'a'.repeat(limits.identifierBytes + 1)}`,
    '/utdanning/elev/elev/%ff/1',
    '/utdanning/elev/%ff',
    '/utdanning/elev//elev',
    '/utdanning/elev/elev//systemid/1',
    '/utdanning/elev/elev/cache',
    '/utdanning/elev/elev/cache/other',
    '/utdanning/elev/elev/cache%2F',
    '/utdanning/elev/elev/cache%2Fsize',
    '/utdanning/elev/elev%2Fsystemid/E',
    '/utdanning/elev/elev/last-updated/x',
    '/utdanning/elev/elev/changes/x',
    '/utdanning/elev/elev/status/0b0c/1',
    '/utdanning/elev/elev/status',
    '/utdanning/elev/admin',
    '/utdanning/elev/admin/unknown',
    '/utdanning/elev/admin/organisations/a/b',
    '/utdanning/elev/__proto__',
    '/utdanning/elev/constructor',
    '/utdanning/elev/elev/__proto__/x',
    // Known to the model, not visible to the caller.
    '/utdanning/elev/varsel',
    '/utdanning/elev/varsel/systemid/1',
    '/utdanning/elev/varsel/last-updated',
    '/utdanning/elev/varsel/cache/size',
    '/utdanning/elev/varsel/changes',
    '/utdanning/timeplan',
    '/utdanning/timeplan/admin/health',
    '/utdanning/timeplan/admin/cache/status',
  ])
    await t.test(address.slice(0, 80), async () => assert.deepEqual(await send(address), expected));
});

void test('headers of a resource, and 304', async () => {
  const { send } = setUp();
  const got = await send('/utdanning/elev/elev/systemid/E/3');
  assert.deepEqual(got.headers, {
    'x-core-version': '2',
    vary: 'Authorization, Accept, Accept-Encoding',
    'cache-control': 'private, no-cache',
    etag: '"r1003"',
    'hub-stale': 'false',
    'hub-data-as-of': '2023-11-14T22:23:20Z',
    'hub-source': 'https://vendor.test/fjordheim.test/utdanning',
    'last-modified': 'Thu, 01 Jan 1970 00:00:01 GMT',
    'content-type': 'application/json',
  });
  assert.deepEqual(json(got), pupil(3).body);
  for (const held of ['"r1003"', 'W/"r1003"', '"other", "r1003"', '*']) {
    const again = await send('/utdanning/elev/elev/systemid/E/3', { headers: { 'if-none-match': held } });
    assert.equal(again.status, 304, held);
    assert.equal(again.headers['etag'], '"r1003"');
    assert.equal(again.bytes.length, 0);
  }
  assert.equal((await send('/utdanning/elev/elev/systemid/E/3', { headers: { 'if-none-match': '"r1"' } })).status, 200);
});

void test('answers with national ids are kept by no cache, but can be compared', async () => {
  const { send } = setUp({ sensitive: new Set(['utdanning/elev/elev']) });
  for (const address of ['/utdanning/elev/elev/systemid/E/3', '/utdanning/elev/elev', '/utdanning/elev/elev?size=2']) {
    const got = await send(address);
    assert.equal(got.status, 200);
    assert.equal(got.headers['cache-control'], 'no-store');
    const again = await send(address, { headers: { 'if-none-match': got.headers['etag'] ?? '' } });
    assert.equal(again.status, 304);
    assert.equal(again.headers['cache-control'], 'no-store');
  }
});

void test('stale and held data says so, and odd adapter ids fit a header', async () => {
  const { send } = setUp({
    freshness: { stale: true, held: true, deliveredAt: null, fullSyncAt: null, sources: ['å b,c', 'x'] },
  });
  const { headers } = await send('/utdanning/elev/elev/last-updated');
  assert.equal(headers['hub-stale'], 'true');
  assert.equal(headers['hub-sync-held'], 'true');
  assert.equal(headers['hub-source'], '%C3%A5%20b%2Cc, x');
  assert.equal(headers['hub-data-as-of'], undefined);
  const many = Array.from({ length: 40 }, (_, index) => `${index}${'å'.repeat(500)}`);
  const crowded = setUp({
    freshness: { stale: false, held: false, deliveredAt: null, fullSyncAt: null, sources: many },
  });
  const named = (await crowded.send('/utdanning/elev/elev/last-updated')).headers['hub-source'] ?? '';
  assert.ok(named.length > 100 && named.length < 5_000, `${named.length}`);
});

void test('the media type follows Accept', async () => {
  const { send } = setUp();
  const type = async (accept: string) =>
    (await send('/utdanning/elev/elev?size=1', { headers: { accept } })).headers['content-type'];
  assert.equal(await type('application/hal+json'), 'application/hal+json');
  assert.equal(await type('application/hal+json, application/json'), 'application/hal+json');
  assert.equal(await type('application/json, application/hal+json'), 'application/json');
  assert.equal(await type('text/html, */*'), 'application/json');
});

void test('the whole collection', async () => {
  const { send, hub } = setUp();
  const got = await send('/utdanning/elev/elev/?offset=7');
  assert.deepEqual(json(got), {
    _embedded: { _entries: Array.from({ length: 25 }, (_, index) => pupil(index).body) },
    _links: { self: [{ href: `${base}/utdanning/elev/elev` }] },
    total_items: 25,
    size: 25,
    offset: 0,
  });
  assert.deepEqual(lastQuery(hub), {
    kind: 'list',
    collection: 'utdanning/elev/elev',
    filter: null,
    since: null,
    offset: 0,
    size: 0,
  });
  assert.deepEqual(Object.keys(json(got)), ['_embedded', '_links', 'total_items', 'size', 'offset']);
});

void test('an empty collection', async () => {
  const { send } = setUp();
  for (const [address, self] of [
    ['/utdanning/elev/elevforhold', `${base}/utdanning/elev/elevforhold`],
    ['/utdanning/elev/elevforhold?size=10', `${base}/utdanning/elev/elevforhold?offset=0&size=10`],
  ] as const)
    assert.equal(
      (await send(address)).bytes.toString(),
      `{"_embedded":{"_entries":[]},"_links":{"self":[{"href":"${self}"}]},"total_items":0,"size":0,"offset":0}`,
    );
});

const at = (offset: number, size: number): string => `${base}/utdanning/elev/elev?offset=${offset}&size=${size}`;

void test('pages and their links', async (t) => {
  const { send } = setUp();
  const pages: readonly (readonly [string, number, number, string, string | undefined, string | undefined])[] = [
    ['size=10', 0, 10, at(0, 10), undefined, at(10, 10)],
    ['size=10&offset=10', 10, 10, at(10, 10), at(0, 10), at(20, 10)],
    ['size=10&offset=20', 20, 5, at(20, 10), at(10, 10), undefined],
    ['size=10&offset=15', 15, 10, at(15, 10), at(5, 10), undefined],
    ['size=10&offset=5', 5, 10, at(5, 10), at(0, 10), at(15, 10)],
    ['size=25', 0, 25, at(0, 25), undefined, undefined],
    ['size=24', 0, 24, at(0, 24), undefined, at(24, 24)],
    ['size=10&offset=100', 100, 0, at(100, 10), at(90, 10), undefined],
    [`size=${limits.fintPageSize}`, 0, 25, at(0, limits.fintPageSize), undefined, undefined],
    ['size=3&offset=0', 0, 3, at(0, 3), undefined, at(3, 3)],
  ];
  for (const [query, offset, size, self, prev, next] of pages)
    await t.test(query, async () => {
      const got = await send(`/utdanning/elev/elev?${query}`);
      const page = pageOf(got);
      assert.equal(page.total_items, 25);
      assert.equal(page.offset, offset);
      assert.equal(page.size, size);
      assert.equal(page.entries.length, size);
      assert.equal(page.self, self);
      assert.equal(page.prev, prev);
      assert.equal(page.next, next);
      assert.equal(got.headers['link'], next === undefined ? undefined : `<${next}>; rel="next"`);
    });
});

void test('totals and links under since and filter', async () => {
  const { send } = setUp();
  const filter = "gjest eq true and feidenavn/identifikatorverdi contains '@'";
  const first = pageOf(
    await send(`/utdanning/elev/elev?size=3&sinceTimeStamp=1010&$filter=${encodeURIComponent(filter)}`),
  );
  assert.equal(first.total_items, 7);
  let next = first.next;
  assert.match(next ?? '', /offset=3&size=3&sinceTimeStamp=1010&\$filter=gjest%20eq/);
  const seen: unknown[] = [...first.entries];
  for (; next !== undefined;) {
    const page = pageOf(await send(next.slice(base.length)));
    seen.push(...page.entries);
    next = page.next;
  }
  assert.deepEqual(
    seen,
    [11, 13, 15, 17, 19, 21, 23].map((index) => pupil(index).body),
  );
  const whole = pageOf(await send('/utdanning/elev/elev?sinceTimeStamp=1020'));
  assert.deepEqual([whole.total_items, whole.size, whole.self], [5, 5, `${base}/utdanning/elev/elev`]);
});

void test('a filter in the body stays out of links', async () => {
  const { send } = setUp();
  for (const address of ['/utdanning/elev/elev/$query?size=5', '/utdanning/elev/elev/%24query?size=5']) {
    const page = pageOf(await send(address, { method: 'POST', text: 'gjest eq true\n' }));
    assert.equal(page.total_items, 12);
    assert.equal(page.next, `${base}/utdanning/elev/elev/$query?offset=5&size=5`);
  }
  const both = await send('/utdanning/elev/elev/$query?$filter=gjest%20eq%20true', {
    method: 'POST',
    text: 'gjest eq true',
  });
  assert.deepEqual([both.code, both.parameters], ['HUB-103', ['$filter']]);
  const none = await send('/utdanning/elev/elev/$query', { method: 'POST' });
  assert.deepEqual([none.code, none.parameters], ['HUB-120', ['body']]);
});

void test('bad parameters are named, all of them', async (t) => {
  const { send, hub } = setUp();
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['size=-1', ['size']],
    ['size=1.5', ['size']],
    ['size=', ['size']],
    ['size=abc', ['size']],
    ['size=1e3', ['size']],
    ['size=%201', ['size']],
    ['size=+1', ['size']],
    ['size=0x10', ['size']],
    ['size=NaN', ['size']],
    ['size=9007199254740993', ['size']],
    ['size=99999999999999999999', ['size']],
    [`size=${limits.fintPageSize + 1}`, ['size']],
    ['size=1&size=2', ['size']],
    ['size=1&size=1', ['size']],
    ['offset=-1', ['offset']],
    ['offset=9007199254740992', ['offset']],
    ['offset=', ['offset']],
    ['sinceTimeStamp=-5', ['sinceTimeStamp']],
    ['sinceTimeStamp=2026-01-01', ['sinceTimeStamp']],
    ['sinceTimeStamp=1&sinceTimeStamp=2', ['sinceTimeStamp']],
    ['$filter=', ['$filter']],
    ['$filter=a&$filter=b', ['$filter']],
    ['size=x&offset=y&sinceTimeStamp=z&$filter=', ['size', 'offset', 'sinceTimeStamp', '$filter']],
  ];
  for (const [query, parameters] of cases)
    await t.test(query, async () => {
      const got = await send(`/utdanning/elev/elev?${query}`);
      assert.deepEqual([got.code, got.parameters], ['HUB-103', parameters]);
    });
  assert.equal(hub.asked.length, 0);
  assert.equal((await send('/utdanning/elev/elev?size=2&unknown=1&offset=9007199254740991')).status, 200);
});

void test('bad filters', async () => {
  const { send } = setUp();
  const code = async (filter: string) =>
    (await send(`/utdanning/elev/elev?$filter=${encodeURIComponent(filter)}`)).code;
  assert.equal(await code('gjest eq'), 'HUB-120');
  assert.equal(await code('gjset eq true'), 'HUB-205');
  assert.equal(await code('('.repeat(500)), 'HUB-121');
});

void test('304 of collections makes no body', async () => {
  const { send, hub } = setUp();
  const first = await send('/utdanning/elev/elev');
  assert.equal(first.headers['etag'], '"page7.25"');
  const { plain } = hub.made;
  const again = await send('/utdanning/elev/elev', { headers: { 'if-none-match': '"page7.25"' } });
  assert.deepEqual(
    [again.status, again.headers['etag'], again.headers['cache-control']],
    [304, '"page7.25"', 'private, no-cache'],
  );
  const compressed = await send('/utdanning/elev/elev', { gzip: true, headers: { 'if-none-match': '"page7.25-gz"' } });
  assert.deepEqual([compressed.status, compressed.headers['etag']], [304, '"page7.25-gz"']);
  assert.deepEqual(hub.made, { plain, deflated: 0 });
  assert.equal((await send('/utdanning/elev/elev', { headers: { 'if-none-match': '"page7.24"' } })).status, 200);
});

void test('the compressed stream is the plain one', async () => {
  for (const chunk of [1, 2, 7, 100]) {
    const { send, hub } = setUp({ chunk });
    const plain = await send('/utdanning/elev/elev?size=20&offset=2');
    const compressed = await send('/utdanning/elev/elev?size=20&offset=2', { gzip: true });
    assert.equal(compressed.headers['content-encoding'], 'gzip');
    assert.equal(compressed.headers['etag'], '"page7.25-gz"');
    assert.deepEqual(gunzipSync(compressed.bytes), plain.bytes);
    assert.deepEqual(hub.made, { plain: 1, deflated: 1 });
  }
});

void test('a short page is sent as it is', async () => {
  const { send } = setUp();
  const got = await send('/utdanning/elev/elev?size=4', { gzip: true });
  assert.equal(got.headers['content-encoding'], undefined);
  assert.equal(json(got).size, 4);
});

void test('a stream that breaks is not ended as if whole', async () => {
  const { send } = setUp({ broken: true });
  await assert.rejects(send('/utdanning/elev/elev'), /store is gone/);
  await assert.rejects(send('/utdanning/elev/elev', { gzip: true }), /store is gone/);
});

void test('state of a collection', async () => {
  const { send } = setUp();
  const updated = await send('/utdanning/elev/elev/last-updated');
  assert.equal(updated.bytes.toString(), '{"lastUpdated":1024}');
  assert.equal((await send('/utdanning/elev/ELEV/Last-Updated/')).status, 200);
  const size = await send('/utdanning/elev/elev/cache/size');
  assert.equal(size.bytes.toString(), '{"size":25}');
  assert.equal((await send('/felles/kodeverk/landkode/cache/size')).bytes.toString(), '{"size":1}');
  const held = { 'if-none-match': updated.headers['etag'] ?? '' };
  assert.equal((await send('/utdanning/elev/elev/last-updated', { headers: held })).status, 304);
  assert.equal((await send('/utdanning/elev/elev/cache/size', { headers: held })).status, 200);
});

void test('the feed of changes', async () => {
  const self = `${base}/utdanning/elev/elev/systemid/1`;
  const changes = [
    change(1),
    change(2, { kind: 'removed', before: [self], body: null }),
    change(3, { kind: 'identifier-changed', before: [self] }),
  ];
  const { send } = setUp({ changes });
  const bare = `${base}/utdanning/elev/elev/changes`;
  const first = await send('/utdanning/elev/elev/changes?size=2');
  assert.deepEqual(json(first), {
    _entries: [
      { position: '1', kind: 'created', at: 1001, id: 'u1', before: [], resource: { n: 1 } },
      { position: '2', kind: 'removed', at: 1002, id: 'u2', before: [self] },
    ],
    next: '2',
    more: true,
    _links: { self: [{ href: `${bare}?size=2` }], next: [{ href: `${bare}?after=2&size=2` }] },
  });
  assert.equal(first.headers['cache-control'], 'no-store');
  assert.equal(first.headers['link'], `<${bare}?after=2&size=2>; rel="next"`);
  const second = pageOf(await send(`/utdanning/elev/elev/changes?after=2&size=2`));
  assert.deepEqual([second.more, second.next, second.entries.length], [false, `${bare}?after=3&size=2`, 1]);
  const end = pageOf(await send('/utdanning/elev/elev/changes?after=3'));
  assert.deepEqual([end.more, end.next, end.entries], [false, `${bare}?after=3&size=${limits.changesPageDefault}`, []]);
});

void test('a large feed streams, plain and compressed', async () => {
  const filler = 'x'.repeat(5_000);
  const changes = Array.from({ length: 200 }, (_, index) =>
    change(index + 1, { body: Buffer.from(JSON.stringify({ filler })) }),
  );
  const { send } = setUp({ changes });
  const plain = await send('/utdanning/elev/elev/changes');
  assert.equal(pageOf(plain).entries.length, 200);
  const compressed = await send('/utdanning/elev/elev/changes', { gzip: true });
  assert.deepEqual(gunzipSync(compressed.bytes), plain.bytes);
});

void test('bad positions and sizes of the feed', async () => {
  const { send } = setUp();
  for (const [query, parameter] of [
    ['after=', 'after'],
    ['after=1&after=2', 'after'],
    ['size=0', 'size'],
    ['size=-1', 'size'],
    [`size=${limits.changesPageSize + 1}`, 'size'],
  ] as const) {
    const got = await send(`/utdanning/elev/elev/changes?${query}`);
    assert.deepEqual([got.code, got.parameters], ['HUB-103', [parameter]]);
  }
  assert.equal((await send('/utdanning/elev/elev/changes?after=foreign')).code, 'HUB-410');
});

void test('the catalogue lists what the caller may see', async () => {
  const { send } = setUp();
  const elev = json(await send('/utdanning/elev'));
  assert.deepEqual(Object.keys(elev), ['elev', 'elevforhold', 'person']);
  assert.deepEqual(elev.elevforhold, {
    collectionUrl: `${base}/utdanning/elev/elevforhold`,
    oneUrl: [`${base}/utdanning/elev/elevforhold/systemid/{id:.+}`],
    cacheSizeUrl: `${base}/utdanning/elev/elevforhold/cache/size`,
    lastUpdatedUrl: `${base}/utdanning/elev/elevforhold/last-updated`,
  });
  assert.equal(elev.elev.oneUrl.length, 4);
  assert.deepEqual(json(await send('/utdanning/elev/')), elev);
  const iso = json(await send('/felles/kodeverk/iso'));
  assert.deepEqual(Object.keys(iso), ['landkode']);
  const short = json(await send('/felles/kodeverk'));
  assert.deepEqual(Object.keys(short), ['fylke', 'landkode']);
  assert.deepEqual(short.landkode, iso.landkode);
  assert.equal(iso.landkode.collectionUrl, `${base}/felles/kodeverk/iso/landkode`);
});

void test('links of aliases name the own path', async () => {
  const { send } = setUp();
  for (const address of ['/felles/kodeverk/landkode?size=1', '/felles/kodeverk/iso/landkode?size=1'])
    assert.equal(pageOf(await send(address)).self, `${base}/felles/kodeverk/iso/landkode?offset=0&size=1`);
  const person = pageOf(await send('/okonomi/faktura/person'));
  assert.equal(person.self, `${base}/okonomi/regnskap/person`);
});

void test('admin', async () => {
  const { send } = setUp();
  const health = json(await send('/utdanning/elev/admin/health'));
  assert.equal(health.healthy, true);
  assert.equal(health.time, '2023-11-14T22:13:20Z');
  assert.equal(health.adapters[0].heartbeatAgeSeconds, 12);
  assert.deepEqual(
    health.collections.map((one: { readonly collection: string }) => one.collection),
    ['utdanning/elev/elev'],
  );
  assert.deepEqual(json(await send('/utdanning/elev/admin/assets')), ['fjordheim.test']);
  assert.deepEqual(json(await send('/utdanning/elev/admin/cache/status')), {
    elev: { lastUpdated: '1970-01-01T00:00:01Z', size: 25 },
    elevforhold: { lastUpdated: '1970-01-01T00:00:00Z', size: 0 },
    person: { lastUpdated: '1970-01-01T00:00:00Z', size: 1 },
  });
  assert.deepEqual(json(await send('/utdanning/elev/admin/organisations')), []);
  assert.deepEqual(json(await send('/utdanning/elev/admin/organisations/fjordheim.test')), {});
  assert.deepEqual(json(await send('/utdanning/elev/Admin/Caches/')), []);
  for (const address of ['/utdanning/elev/admin/cache/rebuild', '/utdanning/elev/admin/cache/rebuild/elev'])
    assert.equal((await send(address, { method: 'POST' })).status, 200);
});

void test('methods that an address does not take', async () => {
  const { send, hub } = setUp();
  const cases: readonly (readonly [string, string, string])[] = [
    ['PUT', '/utdanning/elev/elev', 'GET, HEAD, POST'],
    ['DELETE', '/utdanning/elev/elev', 'GET, HEAD, POST'],
    ['POST', '/utdanning/elev/elev/systemid/1', 'GET, HEAD, PUT, DELETE'],
    ['PATCH', '/utdanning/elev/elev/systemid/1', 'GET, HEAD, PUT, DELETE'],
    ['POST', '/utdanning/elev/elev/status/0b0c', 'GET, HEAD'],
    ['GET', '/utdanning/elev/elev/$query', 'POST'],
    ['POST', '/utdanning/elev', 'GET, HEAD'],
    ['POST', '/utdanning/elev/elev/last-updated', 'GET, HEAD'],
    ['GET', '/utdanning/elev/admin/cache/rebuild', 'POST'],
  ];
  for (const [method, address, allow] of cases) {
    const got = await send(address, { method });
    assert.deepEqual([got.code, got.headers['allow'], got.headers['x-core-version']], ['HUB-105', allow, '2']);
    const options = await send(address, { method: 'OPTIONS' });
    assert.deepEqual([options.status, options.headers['allow']], [204, allow]);
  }
  assert.equal((await send('/utdanning/elev/unknown', { method: 'POST' })).code, 'HUB-204');
  assert.equal(hub.asked.length, 0);
});

void test('HEAD is answered like GET; the server leaves the body out', async () => {
  const { send } = setUp();
  for (const address of [
    '/utdanning/elev/elev/systemid/E/3',
    '/utdanning/elev/elev/last-updated',
    '/utdanning/elev/elev',
  ])
    assert.deepEqual(await send(address, { method: 'HEAD' }), await send(address));
});

void test('every collection of the model answers at its own path and by every identifier', async () => {
  const all = new Map([...model.collections.keys()].map((path) => [path, [] as const]));
  const { send, hub } = setUp({ collections: all });
  for (const collection of model.collections.values()) {
    assert.equal((await send(`/${collection.path}?size=1`)).status, 200, collection.path);
    for (const field of collection.identifiers) {
      assert.equal((await send(`/${collection.path}/${field.attribute}/x`)).code, 'HUB-204');
      assert.deepEqual(lastQuery(hub), { kind: 'read', collection: collection.path, field: field.segment, value: 'x' });
    }
  }
});

void test('an unknown property is answered with the nearest one, when one is near', async () => {
  const { send } = setUp();
  const detailOf = async (name: string): Promise<string> => {
    const got = await send(`/utdanning/elev/elev?$filter=${encodeURIComponent(`${name} eq 'x'`)}`);
    assert.equal(got.code, 'HUB-205');
    return got.detail;
  };
  assert.match(await detailOf('elevnumer/identifikatorverdi'), /the nearest is "elevnummer"/);
  assert.doesNotMatch(await detailOf('zzzzzzzzzzzzzzzzzzzzzzzz'), /nearest/);
});
