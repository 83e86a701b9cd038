// The small institution of fs-world.ts with a writing side, behind FSWS-CRUD: a client that sends forms as its routes take them, and reads what comes back.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ApiAnswer, ApiRequest } from '#apis/api.ts';
import { writtenProblem } from '#apis/fsws-crud/answers.ts';
import { fswsCrudApi } from '#apis/fsws-crud/fsws-crud-api.ts';
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import { createAccesses } from '#hub/documents/access.ts';
import { createDocumentCache } from '#hub/documents/document-cache.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createDocuments } from '#hub/documents/documents.ts';
import { createDocumentReader } from '#hub/documents/reader.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createWalk } from '#hub/documents/walk.ts';
import type { Principal } from '#hub/principal.ts';
import { createTables } from '#tables/create-tables.ts';
import { base, model, principal } from '../../hub/world.ts';
import { openMutationWorld, type MutationWorld } from '../fs-graphql/mutations/mutation-world.ts';
import { graphOver } from '../fs-graphql/fs-world.ts';
import { requestOf, roots, valuesOf, type Columns } from './crud-request.ts';
import { createTokens } from '#hub/tokens.ts';

export type CrudAnswer = {
  readonly status: number;
  /** Of `Status`; null where there is none. */
  readonly code: number | null;
  readonly text: string;
  readonly reference: string | null;
  readonly headers: Readonly<Record<string, string>>;
};

export type CrudWorld = MutationWorld & {
  readonly send: (operation: string, xml: string, more?: CrudSent) => Promise<CrudAnswer>;
  /** The body as it is, of a type. */
  readonly raw: (operation: string, body: Buffer | string, type: string | null, more?: CrudSent) => Promise<CrudAnswer>;
  readonly get: (path: string) => Promise<CrudAnswer>;
  /** `columns` as a request of the operation. */
  readonly ask: (
    operation: 'select' | 'selectMany' | 'upsert',
    table: string,
    columns: Columns,
    more?: CrudSent,
  ) => Promise<CrudAnswer>;
};

export type CrudSent = {
  readonly as?: Principal;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

const prefix = '/fsrest/rest/crud';

export const openCrudWorld = async (): Promise<CrudWorld> => {
  const world = await openMutationWorld();
  const { store, clock } = world;
  const authorizer = createAuthorizer({ model, store, clock, environment: 'test' });
  const tokens = await createTokens(store.platform, systemRandom);
  const sealing = await createSealing(store.platform, systemRandom);
  const accesses = createAccesses(authorizer);
  const reader = createDocumentReader({ model, sealing, cache: createDocumentCache(1_000_000) });
  const tables = createTables({
    model,
    hub: world.hubOfWrites,
    graph: await graphOver(world),
    documents: createDocuments({ model, store, clock, authorizer, tokens, accesses, reader }),
    walk: createWalk({ model, store, clock, authorizer, accesses, sealing, choosing: { baseUrl: () => base, tokens } }),
    clock: systemClock,
  });
  const api = fswsCrudApi({ model, tables, clock, random: systemRandom, environment: 'test' });
  let requests = 0;
  const call = async (method: string, path: string, body: Buffer, type: string | null, more: CrudSent) => {
    const route = api.routes
      .filter((one) => one.methods.includes(method))
      .find((one) => one.path === path || (one.path.endsWith('/*') && path.startsWith(one.path.slice(0, -1))));
    assert.ok(route !== undefined, `${method} ${path}`);
    requests += 1;
    const { signal } = new AbortController();
    const sent: Readonly<Record<string, string>> = {
      ...(type === null ? {} : { 'content-type': type }),
      ...more.headers,
    };
    const request: ApiRequest = {
      id: `q${requests}`,
      method,
      path,
      rest: route.path.endsWith('/*') ? path.slice(route.path.length - 1) : '',
      query: new URLSearchParams(more.query ?? ''),
      header: (name) => sent[name] ?? null,
      principal: route.access === 'open' ? null : (more.as ?? principal()),
      signal,
      leaving: signal,
      text: '',
      stream: null,
      bytes: Buffer.from(body),
      gzip: false,
    };
    return answerOf(await route.handle(request), request);
  };
  const raw: CrudWorld['raw'] = (operation, body, type, more = {}) =>
    call('POST', `${prefix}/${operation}`, Buffer.from(body), type, more);
  const send: CrudWorld['send'] = (operation, xml, more = {}) =>
    raw(operation, new URLSearchParams({ xml }).toString(), 'application/x-www-form-urlencoded', more);
  return {
    ...world,
    raw,
    send,
    get: (path) => call('GET', `${prefix}/${path}`, Buffer.alloc(0), null, {}),
    ask: (operation, table, columns, more) => send(operation, requestOf(roots[operation], table, columns), more),
  };
};

const readAnswer = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): CrudAnswer => ({
  status,
  text,
  headers,
  code: numberIn(text, 'Kode'),
  reference: valuesOf(text, 'Referanse')[0] ?? null,
});

const answerOf = async (answer: ApiAnswer, request: ApiRequest): Promise<CrudAnswer> => {
  switch (answer.kind) {
    case 'bytes':
      return readAnswer(answer.status, String(answer.bytes), answer.headers);
    case 'stream':
      return readAnswer(answer.status, (await buffer(Readable.from(answer.chunks))).toString('utf8'), answer.headers);
    case 'problem': {
      const status = answer.status ?? 500;
      const { internal: _internal, ...open } = answer.problem;
      const shown = { problem: open, status, title: '', language: 'en' as const };
      const { bytes } = writtenProblem(shown, request);
      return readAnswer(status, String(bytes));
    }
    default:
      return assert.fail(answer.kind);
  }
};

const numberIn = (text: string, name: string): number | null => {
  const [found] = valuesOf(text, name);
  return found === undefined ? null : Number(found);
};
