// Short ways to ask the engine over rows in memory. Used by the tests of this folder.
import { createGraphql, type GraphqlParts } from '#graphql/answer-request.ts';
import { readFlags } from '#graphql/marks.ts';
import { model, principal } from './county.ts';
import { randomOf } from './draw-document.ts';
import { createMemoryGraph, drawRows } from './memory-graph.ts';
import { smallFace } from './small-face.ts';

export type Told = {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
  readonly extensions?: Readonly<Record<string, unknown>>;
};

export const request = { context: { principal: principal(), requestId: 'r1', api: 'small' }, now: 0 };

/** An engine over rows of a seed, unless parts say otherwise. */
export const asking = (more: Partial<GraphqlParts> = {}, seed = 4) => {
  const graph = createMemoryGraph(drawRows(randomOf(seed)));
  const observed: unknown[] = [];
  const graphql = createGraphql({ face: smallFace, model, graph, observe: (error) => observed.push(error), ...more });
  const send = async (body: string, flags = '') => {
    const answer = await graphql.answer(body, readFlags(flags), request);
    return { ...answer, told: JSON.parse(answer.text) as Told };
  };
  return {
    graphql,
    graph,
    observed,
    send,
    ask: (query: string, variables: unknown = {}, flags = '') => send(JSON.stringify({ query, variables }), flags),
  };
};
