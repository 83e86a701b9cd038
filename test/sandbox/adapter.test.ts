// The example adapter against a small stand-in for the adapter API: what it sends, in which order, and how it bears trouble.

import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { deliver, type AdapterOptions, type DeliverableCollection, type Progress } from '#sandbox/adapter.ts';
import { county } from '#sandbox/county.ts';

type Metadata = {
  readonly adapterId: string;
  readonly orgId: string;
  readonly corrId: string;
  readonly totalSize: number;
  readonly page: number;
  readonly pageSize: number;
  readonly totalPages: number;
  readonly uriRef: string;
  readonly time: number;
};
type Page = {
  readonly metadata: Metadata;
  readonly resources: readonly { readonly identifier: string; readonly resource: object }[];
  readonly syncType: string;
};
type Call = {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
};
type Answer = { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> };

type Hub = {
  readonly options: AdapterOptions;
  readonly calls: readonly Call[];
  readonly pages: ReadonlyMap<string, readonly Page[]>;
  readonly clock: { time: number };
  readonly slept: readonly number[];
  readonly mostAtOnce: () => number;
};

/** Starts the stand-in; `trouble` may answer a call in its place. Everything stops when the test ends. */
const startHub = async (
  stop: (close: () => Promise<void>) => void,
  collections: readonly DeliverableCollection[],
  trouble: (call: Call, count: number) => Answer | 'hang up' | undefined = () => undefined,
): Promise<Hub> => {
  const calls: Call[] = [];
  const pages = new Map<string, Page[]>();
  const asked = new Map<string, number>();
  let tokens = 0;
  let atOnce = 0;
  let most = 0;

  const answer = (call: Call): Answer => {
    if (call.path === '/token') {
      tokens += 1;
      return { status: 200, body: { access_token: `token-${tokens}`, token_type: 'Bearer', expires_in: 300 } };
    }
    if (call.headers.authorization !== `Bearer token-${tokens}`) return { status: 401 };
    if (call.path === '/provider/register' || call.path === '/provider/heartbeat') return { status: 200 };
    const run = /^\/provider\/sync\/([0-9a-f-]+)$/.exec(call.path)?.[1];
    if (run !== undefined) {
      const count = (asked.get(run) ?? 0) + 1;
      asked.set(run, count);
      const received = [...pages.values()].flat().filter(({ metadata }) => metadata.corrId === run);
      return {
        status: 200,
        body: {
          corrId: run,
          state: count < 2 ? 'open' : 'completed',
          pages: received.length,
          rejected: 3,
          warnings: 1,
          problems: [{ code: 'x' }],
        },
      };
    }
    const page = JSON.parse(call.body) as Page;
    const key = call.path.slice('/provider/'.length);
    pages.set(key, [...(pages.get(key) ?? []), page]);
    return { status: 201 };
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    atOnce += 1;
    most = Math.max(most, atOnce);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString('utf8');
      const call: Call = { method: request.method ?? '', path: request.url ?? '', body, headers: request.headers };
      calls.push(call);
      const count = calls.filter(({ path }) => path === call.path).length;
      const given = trouble(call, count) ?? answer(call);
      setTimeout(() => {
        atOnce -= 1;
        if (given === 'hang up') {
          request.socket.destroy();
          return;
        }
        response.writeHead(given.status, { 'content-type': 'application/json', ...given.headers });
        response.end(given.body === undefined ? '' : JSON.stringify(given.body));
      }, 5);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stop(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = { time: 1_790_000_000_000 };
  const slept: number[] = [];
  return {
    calls,
    pages,
    clock,
    slept,
    mostAtOnce: () => most,
    options: {
      baseUrl,
      tokenEndpoint: `${baseUrl}/token`,
      clientId: 'fjordheim adapter',
      clientSecret: 's%cret:æ',
      scope: 'fint-adapter',
      orgId: 'fjordheim.test',
      adapterId: 'https://sandbox.test/fjordheim.test/utdanning',
      collections,
      pageSize: 10,
      concurrency: 3,
      gzip: true,
      fetch,
      now: () => clock.time,
      sleep: async (milliseconds) => {
        slept.push(milliseconds);
        clock.time += milliseconds;
      },
    },
  };
};

const numbers = (collection: string, total: number): DeliverableCollection => ({
  collection,
  total,
  *entries() {
    for (let n = 0; n < total; n += 1) {
      yield { identifier: String(n), resource: { systemId: { identifikatorverdi: String(n) }, navn: 'Blåbær' } };
    }
  },
});

test('a delivery: token, registration, heartbeat, complete pages with right metadata, status until over', async (t) => {
  const seen: Progress[] = [];
  const collections = [numbers('felles/kodeverk/iso/landkode', 4), numbers('utdanning/elev/elev', 95)];
  const hub = await startHub((close) => t.after(close), collections);
  const summaries = await deliver({ ...hub.options, onProgress: (progress) => seen.push(progress) });

  assert.deepEqual(
    hub.calls.slice(0, 3).map(({ path }) => path),
    ['/token', '/provider/register', '/provider/heartbeat'],
  );
  const [tokenCall, registration] = hub.calls;
  assert.equal(
    Buffer.from((tokenCall?.headers.authorization ?? '').slice(6), 'base64').toString(),
    'fjordheim%20adapter:s%25cret%3A%C3%A6',
  );
  assert.equal(tokenCall?.body, 'grant_type=client_credentials&scope=fint-adapter');
  const contract = JSON.parse(registration?.body ?? '') as Record<string, unknown>;
  assert.equal(contract['orgId'], 'fjordheim.test');
  assert.equal(contract['username'], 'fjordheim adapter');
  assert.deepEqual((contract['capabilities'] as readonly unknown[])[0], {
    domainName: 'felles',
    packageName: 'kodeverk/iso',
    resourceName: 'landkode',
    fullSyncIntervalInDays: 1,
    deltaSyncInterval: 'NONE',
  });

  const pages = hub.pages.get('utdanning/elev/elev') ?? [];
  assert.equal(pages.length, 10);
  assert.deepEqual(
    pages.map(({ metadata }) => metadata.page).toSorted((a, b) => a - b),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
  const ids = pages.flatMap(({ resources }) => resources.map(({ identifier }) => Number(identifier)));
  assert.deepEqual(
    ids.toSorted((a, b) => a - b),
    [...Array(95).keys()],
  );
  for (const { metadata, resources, syncType } of pages) {
    assert.equal(syncType, 'FULL');
    assert.match(metadata.corrId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(metadata.corrId, summaries[1]?.corrId);
    assert.deepEqual(
      [metadata.adapterId, metadata.orgId, metadata.totalSize, metadata.totalPages, metadata.pageSize, metadata.uriRef],
      [hub.options.adapterId, 'fjordheim.test', 95, 10, resources.length, 'utdanning/elev/elev'],
    );
  }
  assert.ok(hub.mostAtOnce() > 1 && hub.mostAtOnce() <= 3, `${hub.mostAtOnce()} at once`);
  assert.deepEqual(
    summaries.map(({ collection, state, pages: count, entries, rejected, warnings, problems }) => [
      collection,
      state,
      count,
      entries,
      rejected,
      warnings,
      problems.length,
    ]),
    [
      ['felles/kodeverk/iso/landkode', 'completed', 1, 4, 3, 1, 1],
      ['utdanning/elev/elev', 'completed', 10, 95, 3, 1, 1],
    ],
  );
  assert.deepEqual(seen.at(-1), { collection: 'utdanning/elev/elev', sent: 95, total: 95 });
});

test('an empty collection is one empty page', async (t) => {
  const hub = await startHub((close) => t.after(close), [numbers('utdanning/ot/otungdom', 0)]);
  const [summary] = await deliver(hub.options);
  assert.equal(summary?.pages, 1);
  const [page] = hub.pages.get('utdanning/ot/otungdom') ?? [];
  assert.deepEqual(
    [page?.resources, page?.metadata.totalSize, page?.metadata.totalPages, page?.metadata.page],
    [[], 0, 1, 1],
  );
});

test('without gzip the body goes as it is', async (t) => {
  const hub = await startHub((close) => t.after(close), [numbers('utdanning/elev/elev', 3)]);
  await deliver({ ...hub.options, gzip: false });
  const call = hub.calls.find(({ path }) => path === '/provider/utdanning/elev/elev');
  assert.equal(call?.headers['content-encoding'], undefined);
  assert.equal(call?.headers['content-type'], 'application/json');
});

test('a hub that is away for a moment loses nothing: 503, 429 and broken connections are tried again, longer each time', async (t) => {
  const hub = await startHub(
    (close) => t.after(close),
    [numbers('utdanning/elev/elev', 10)],
    ({ path }, count) => {
      if (path === '/token') return count === 1 ? { status: 503 } : undefined;
      if (path !== '/provider/utdanning/elev/elev') return undefined;
      if (count === 1) return { status: 503 };
      if (count === 2) return 'hang up';
      return count === 3 ? { status: 429, headers: { 'retry-after': '7' } } : undefined;
    },
  );
  const [summary] = await deliver(hub.options);
  assert.equal(summary?.state, 'completed');
  assert.equal(hub.pages.get('utdanning/elev/elev')?.length, 1);
  assert.deepEqual(hub.slept.slice(0, 4), [250, 250, 500, 7000]);
});

test('a refusal ends the delivery at once with the words of the hub, and no lane goes on', async (t) => {
  const hub = await startHub(
    (close) => t.after(close),
    [numbers('utdanning/elev/elev', 1000)],
    ({ path }, count) =>
      path === '/provider/utdanning/elev/elev' && count > 3 ? { status: 403, body: { code: 'no-grant' } } : undefined,
  );
  await assert.rejects(
    deliver(hub.options),
    /\/provider\/utdanning\/elev\/elev did not accept the request: 403 .*no-grant/,
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(hub.calls.length < 15, `${hub.calls.length} calls`);
});

test('a hub that stays away ends the delivery after six attempts', async (t) => {
  const hub = await startHub(
    (close) => t.after(close),
    [],
    ({ path }) => (path === '/provider/register' ? { status: 502 } : undefined),
  );
  await assert.rejects(deliver(hub.options), /502/);
  assert.deepEqual(hub.slept, [250, 500, 1000, 2000, 4000]);
});

test('the token is renewed before it ends and after a 401, and the heart beats once a minute', async (t) => {
  let refused = false;
  const hub = await startHub(
    (close) => t.after(close),
    [numbers('utdanning/elev/elev', 100)],
    ({ path }, count) => {
      if (path !== '/provider/utdanning/elev/elev') return undefined;
      hub.clock.time += 61_000;
      if (count !== 2 || refused) return undefined;
      refused = true;
      return { status: 401 };
    },
  );
  await deliver({ ...hub.options, concurrency: 1 });
  const count = (path: string): number => hub.calls.filter((call) => call.path === path).length;
  assert.equal(hub.pages.get('utdanning/elev/elev')?.length, 10);
  assert.ok(count('/token') >= 3, `${count('/token')} tokens`);
  assert.ok(
    count('/provider/heartbeat') >= 10 && count('/provider/heartbeat') <= 12,
    `${count('/provider/heartbeat')} beats`,
  );
});

test('a source that gives another number than it promised is an error', async (t) => {
  const hub = await startHub((close) => t.after(close), [{ ...numbers('utdanning/elev/elev', 3), total: 4 }]);
  await assert.rejects(deliver(hub.options), /promised 4 entries and gave 3/);
});

test('the whole small county is delivered', async (t) => {
  const made = county({ seed: 1, size: 'small' });
  const hub = await startHub((close) => t.after(close), made.collections);
  const summaries = await deliver({ ...hub.options, pageSize: 2000 });
  for (const { collection, total } of made.collections) {
    const received = (hub.pages.get(collection) ?? []).reduce((sum, { resources }) => sum + resources.length, 0);
    assert.equal(received, total, collection);
  }
  assert.ok(summaries.every(({ state }) => state === 'completed'));
});
