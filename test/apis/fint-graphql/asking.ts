// The FINT GraphQL API over the small county of the hub's tests, and a short way to ask it as a client does.
import assert from 'node:assert/strict';
import type { ApiRequest } from '#apis/api.ts';
import { fintGraphqlApi } from '#apis/fint-graphql/fint-graphql-api.ts';
import type { AnswerError } from '#graphql/answer-error.ts';
import { systemRandom } from '#base/random.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createGraph } from '#hub/graph/create-graph.ts';
import type { Principal } from '#hub/principal.ts';
import type { QueryContext } from '#hub/query.ts';
import { createTokens } from '#hub/tokens.ts';
import { base, model, principal } from '../../hub/world.ts';
import type { World } from '../../hub/world.ts';

export const context = (): QueryContext => ({ principal: principal(), requestId: 'r1', api: 'fint-graphql' });

export type Told = {
  readonly status: number;
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly AnswerError[];
};

export type Graphql = {
  readonly send: (
    request: Partial<ApiRequest>,
    as?: Principal,
  ) => Promise<{ readonly status: number; readonly body: unknown; readonly type: string }>;
  readonly ask: (
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    as?: Principal,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Told>;
};

/** Makes the API over a world. What nobody has foreseen fails the test. */
export const openGraphql = async ({ store, clock }: Pick<World, 'store' | 'clock'>): Promise<Graphql> => {
  const graph = createGraph({
    model,
    store,
    clock,
    authorizer: createAuthorizer({ model, store, clock, environment: 'test' }),
    tokens: await createTokens(store.platform, systemRandom),
    sealing: await createSealing(store.platform, systemRandom),
    baseUrl: () => base,
  });
  const { routes } = fintGraphqlApi({
    model,
    graph,
    clock,
    observe: (error) => {
      throw error;
    },
  });
  const [route] = routes;
  assert.ok(route !== undefined);
  let requests = 0;
  const send: Graphql['send'] = async (request, as = principal()) => {
    requests += 1;
    const { signal } = new AbortController();
    const answer = await route.handle({
      id: `r${requests}`,
      method: 'POST',
      path: route.path,
      rest: '',
      query: new URLSearchParams(),
      header: () => null,
      principal: as,
      signal,
      leaving: signal,
      text: '',
      stream: null,
      gzip: false,
      ...request,
    });
    assert.ok(answer.kind === 'bytes', JSON.stringify(answer));
    const body: unknown = JSON.parse(answer.bytes.toString());
    return { status: answer.status, body, type: answer.type };
  };
  return {
    send,
    ask: async (query, variables, as, headers = {}) => {
      const header = (name: string): string | null => headers[name] ?? null;
      const { status, body } = await send({ text: JSON.stringify({ query, variables }), header }, as);
      return { status, ...(body as Omit<Told, 'status'>) };
    },
  };
};
