// The small institution of fs-world.ts as the old FS-API tells it: a hub that reads and writes over the store (of either engine), and a client that asks by address
// and gets what the pipeline would send.
import assert from 'node:assert/strict';
import type { ApiRequest, Route } from '#apis/api.ts';
import { fsApi } from '#apis/fs-api/fs-api.ts';
import { errorTable } from '#base/errors.ts';
import { systemRandom } from '#base/random.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createAccesses } from '#hub/documents/access.ts';
import { createDocumentCache } from '#hub/documents/document-cache.ts';
import { createDocuments } from '#hub/documents/documents.ts';
import { createDocumentReader } from '#hub/documents/reader.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createWalk } from '#hub/documents/walk.ts';
import { createFreshness } from '#hub/freshness.ts';
import { createGraph } from '#hub/graph/create-graph.ts';
import type { Principal } from '#hub/principal.ts';
import { createHub } from '#hub/run.ts';
import { createSegmentCache } from '#hub/segment-cache.ts';
import { createSignals } from '#hub/signals.ts';
import { createTokens } from '#hub/tokens.ts';
import { createWriting } from '#hub/writing.ts';
import { statusOf } from '#http/problem.ts';
import type { WriteRule } from '#store/store.ts';
import { createTables } from '#tables/create-tables.ts';
import { base, fjord, model, onlyGrants, principal, put, type Resource, type World } from '../../hub/world.ts';
import { openFsWorld } from '../fs-graphql/fs-world.ts';

export const api = `${base}/fsapi`;

export type Told = {
  readonly status: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** What was sent, read; null when it is no JSON. */
  readonly body: Tree;
};

// What a test looks at, however deep.
export type Tree = { readonly [name: string]: Tree } & readonly Tree[];

export type Sent = {
  readonly method?: string;
  readonly body?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly as?: Principal;
};

export type FsApiWorld = World & {
  readonly routes: readonly Route[];
  /** Asks below the prefix: `/emner?limit=2`. */
  readonly ask: (address: string, sent?: Sent) => Promise<Told>;
  /** The document of an answer that is well. */
  readonly get: (address: string, as?: Principal) => Promise<Tree>;
  /** Addresses of the items of a collection, from the collection on. */
  readonly items: (address: string, as?: Principal) => Promise<readonly string[]>;
  readonly owned: (writes: readonly WriteRule[]) => Promise<void>;
};

const baseUrl = (): string => base;

export const hubOwned: readonly WriteRule[] = [{ pattern: '*', policy: 'hub', deadlineMinutes: null }];
export const sourceOwned: readonly WriteRule[] = [{ pattern: '*', policy: 'source', deadlineMinutes: 15 }];

/** Opens it: one application that may read and write everything. */
export const openFsApiWorld = async (
  more: readonly (readonly [string, readonly Resource[]])[] = [],
): Promise<FsApiWorld> => {
  const world = await openFsWorld();
  const { store, clock } = world;
  const authorizer = createAuthorizer({ model, store, clock, environment: 'test' });
  const tokens = await createTokens(store.platform, systemRandom);
  const sealing = await createSealing(store.platform, systemRandom);
  const signals = createSignals(clock);
  const accesses = createAccesses(authorizer);
  const reader = createDocumentReader({ model, sealing, cache: createDocumentCache(10_000_000) });
  const documents = createDocuments({ model, store, clock, authorizer, tokens, accesses, reader });
  const graph = createGraph({ model, store, clock, authorizer, tokens, sealing, baseUrl });
  const walk = createWalk({ model, store, clock, authorizer, accesses, sealing, choosing: { baseUrl, tokens } });
  const hub = createHub({
    model,
    store,
    clock,
    authorizer,
    tokens,
    freshness: createFreshness(clock),
    segments: createSegmentCache(1_000_000),
    baseUrl,
    writing: createWriting({
      model,
      store,
      clock,
      random: systemRandom,
      authorizer,
      tokens,
      signals,
      baseUrl,
      environment: 'test',
      times: { answerMs: 900_000, statusMs: 1_800_000 },
    }),
  });
  // Who waits for a source waits for no real time.
  const quick = { ...clock, sleep: async (ms: number) => clock.move(ms) };
  const tables = createTables({ model, hub, graph, documents, walk, clock: quick });
  const { routes } = fsApi({ model, tables, clock, baseUrl });
  for (const [path, resources] of more) await put(world, path, resources);
  const owned: FsApiWorld['owned'] = async (writes) => {
    const found = await store.platform.organisation(fjord);
    assert.ok(found !== null);
    await store.platform.putOrganisation({ ...found, settings: { ...found.settings, writes } });
  };
  await owned(hubOwned);
  await onlyGrants(world, { actions: ['read', 'list', 'write'] });

  let asked = 0;
  const ask: FsApiWorld['ask'] = async (
    address,
    { method = 'GET', body, text, headers = {}, as = principal() } = {},
  ) => {
    asked += 1;
    const url = `/fsapi${address}`;
    const [path = '', query = ''] = url.split(/\?(.*)/su);
    const route =
      routes.find((one) => one.path === path && one.methods.includes(method)) ??
      routes.find((one) => one.path === '/fsapi/*' && one.methods.includes(method));
    assert.ok(route !== undefined, `${method} ${url}`);
    const { signal } = new AbortController();
    const request: ApiRequest = {
      id: `q${asked}`,
      method,
      path,
      rest: path.slice('/fsapi/'.length),
      query: new URLSearchParams(query),
      header: (name) => headers[name] ?? null,
      principal: route.access === 'open' ? null : as,
      signal,
      leaving: signal,
      text: text ?? (body === undefined ? '' : JSON.stringify(body)),
      stream: null,
      gzip: false,
    };
    return told(route, request);
  };

  const get: FsApiWorld['get'] = async (address, as = principal()) => {
    const { status, body, text } = await ask(address, { as });
    assert.equal(status, 200, `${address}: ${text}`);
    return body;
  };

  return {
    ...world,
    hub,
    routes,
    ask,
    get,
    owned,
    items: async (address, as) => {
      const { items } = await get(address, as);
      return (items ?? assert.fail('no items')).map(({ href }) => String(href).replace(api, ''));
    },
  };
};

/** The answer as the pipeline would write it. */
const told = async (route: Route, request: ApiRequest): Promise<Told> => {
  const answer = await route.handle(request);
  const headers = answer.headers ?? {};
  const made = (status: number, type: string, text: string): Told => ({
    status,
    type,
    headers,
    text,
    body: (text.startsWith('{') ? JSON.parse(text) : null) as Tree,
  });
  switch (answer.kind) {
    case 'json':
      return made(answer.status, answer.type ?? 'application/json', JSON.stringify(answer.value));
    case 'bytes':
      return made(answer.status, answer.type, String(answer.bytes));
    case 'empty':
      return made(answer.status, '', '');
    case 'stream': {
      const chunks: Buffer[] = [];
      for await (const chunk of answer.chunks) chunks.push(chunk);
      return made(answer.status, answer.type, Buffer.concat(chunks).toString());
    }
    case 'problem': {
      const { problem } = answer;
      const status = answer.status ?? statusOf[problem.code];
      const title = errorTable[problem.code].en;
      const written = route.problems?.({ problem, status, title, language: 'en' }, request);
      assert.ok(written !== undefined);
      return made(written.status ?? status, written.type, String(written.bytes));
    }
  }
};
