// Trees over the small county of the hub's tests: selections in a line, and trees as plain values.
import assert from 'node:assert/strict';
import { systemRandom } from '#base/random.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createGraph } from '#hub/graph/create-graph.ts';
import type {
  Graph,
  GraphAnswer,
  GraphEdge,
  GraphNode,
  GraphPage,
  GraphRoot,
  GraphSelection,
} from '#hub/graph/graph.ts';
import type { Principal } from '#hub/principal.ts';
import { createTokens } from '#hub/tokens.ts';
import type { Store } from '#store/store.ts';
import { base, model, principal } from '../world.ts';
import type { World } from '../world.ts';

export const openGraph = async (
  { store, clock }: Pick<World, 'store' | 'clock'>,
  more: {
    readonly mostNodes?: number;
    readonly mostSorted?: number;
    readonly fewestChosen?: number;
    readonly over?: Store;
  } = {},
): Promise<Graph> => {
  const over = more.over ?? store;
  return createGraph({
    model,
    store: over,
    clock,
    authorizer: createAuthorizer({ model, store: over, clock, environment: 'test' }),
    tokens: await createTokens(store.platform, systemRandom),
    sealing: await createSealing(store.platform, systemRandom),
    baseUrl: () => base,
    ...(more.mostNodes === undefined ? {} : { mostNodes: more.mostNodes }),
    ...(more.mostSorted === undefined ? {} : { mostSorted: more.mostSorted }),
    ...(more.fewestChosen === undefined ? {} : { fewestChosen: more.fewestChosen }),
  });
};

/** Every attribute of a collection. */
export const allOf = (collection: string): readonly string[] =>
  (model.collections.get(collection)?.class.attributes ?? []).map(({ jsonName }) => jsonName);

export const select = (
  collection: string,
  attributes: readonly string[] | 'all' = 'all',
  ...edges: readonly GraphEdge[]
): GraphSelection => ({ collection, attributes: attributes === 'all' ? allOf(collection) : attributes, edges });

export const edge = (relation: string, to: GraphSelection, more: Partial<GraphEdge> = {}): GraphEdge => ({
  name: relation,
  relation,
  to,
  narrow: null,
  order: null,
  page: null,
  count: false,
  ...more,
});

type ListRoot = Extract<GraphRoot, { kind: 'list' }>;

export const listOf = (selection: GraphSelection, more: Partial<ListRoot> = {}): ListRoot => ({
  kind: 'list',
  selections: [selection],
  narrow: [null],
  order: null,
  page: { first: 1_000, after: null },
  count: false,
  ...more,
});

let requestNumber = 0;

export const read = async (
  graph: Graph,
  roots: readonly GraphRoot[],
  as: Principal = principal(),
): Promise<readonly GraphAnswer[]> => {
  requestNumber += 1;
  return graph.read(roots, { principal: as, requestId: `q${requestNumber}`, api: 'test' });
};

/** The page of a list; fails the test when it is anything else. */
export const page = async (graph: Graph, root: GraphRoot, as?: Principal): Promise<GraphPage> => {
  const [answer] = await read(graph, [root], as);
  assert.ok(answer?.kind === 'page', JSON.stringify(answer));
  return answer.page;
};

export const nodes = async (graph: Graph, root: GraphRoot, as?: Principal): Promise<readonly (GraphNode | null)[]> => {
  const [answer] = await read(graph, [root], as);
  assert.ok(answer?.kind === 'nodes', JSON.stringify(answer));
  return answer.nodes;
};

export type Rows = Extract<GraphAnswer, { kind: 'rows' }>;

/** The rows of a page; fails the test when there are none to be had. */
export const rowsOf = async (
  graph: Graph,
  root: Omit<Extract<GraphRoot, { kind: 'rows' }>, 'kind'>,
  as?: Principal,
): Promise<Rows> => {
  const [answer] = await read(graph, [{ kind: 'rows', ...root }], as);
  assert.ok(answer?.kind === 'rows', JSON.stringify(answer));
  return answer;
};

export type Tree = Readonly<Record<string, unknown>>;

/** A node with everything in it, as a plain value. */
export const treeOf = (node: GraphNode): Tree => ({
  ...node.values,
  ...Object.fromEntries(Object.entries(node.edges).map(([name, { nodes: some }]) => [`@${name}`, some.map(treeOf)])),
  ...Object.fromEntries(
    Object.entries(node.nested).map(([name, some]) => [
      `#${name}`,
      Object.fromEntries([...some].map(([href, each]) => [href, treeOf(each)])),
    ]),
  ),
});

export const treesOf = ({ nodes: some }: GraphPage): readonly Tree[] => some.map(treeOf);
