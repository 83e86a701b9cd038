// Fields that lead from a resource, or from a value in one, to other resources: the edges that they need of the hub, and how what they lead to is
// written. Called by compile-object.ts.
import type { GraphNode, GraphPage } from '#hub/graph/graph.ts';
import type { CollectionPath } from '#model/model.ts';
import { limits } from '#base/limits.ts';
import type { Collected } from './collect-fields.ts';
import { pageOf } from './compile-args.ts';
import { complete, type Core } from './complete.ts';
import type { Compiler, Sets } from './compiler.ts';
import type { FaceField, Source } from './face.ts';
import type { ObjectType } from './made-types.ts';
import { asksNothing, costsNothing, gathersNothing, startSelecting } from './plan.ts';
import type { FieldPlan, FieldPlace, Selecting, SelectingEdge } from './plan.ts';
import { own } from './read-path.ts';
import { listsOf, nameIn, namedOf, readRef, type ReadRef } from './type-ref.ts';

type Compiled = Omit<FieldPlan, 'key'>;

/** Where a relation leads to from resources of a collection, or from values in them; null = nowhere that the field leads to. */
const targetOf = (
  { model }: Compiler,
  from: CollectionPath,
  relation: string,
  base: readonly string[],
  allowed: readonly CollectionPath[],
): CollectionPath | null => {
  const collection = model.collections.get(from);
  const rule =
    base.length === 0 ? collection?.links.get(relation) : collection?.nestedLinks.get(`${base.join('.')}.${relation}`);
  const target = rule?.target ?? null;
  return target !== null && allowed.includes(target) ? target : null;
};

type Edge = Omit<SelectingEdge, 'to' | 'count'> & { readonly count: boolean };

const edgeOf = (selecting: Selecting, name: string, to: CollectionPath, edge: Edge): Selecting => {
  const before = selecting.edges.get(name);
  if (before !== undefined) {
    before.count ||= edge.count;
    return before.to;
  }
  const added = { ...edge, to: startSelecting(to) };
  selecting.edges.set(name, added);
  return added.to;
};

/** Compiles a field that leads to resources. */
export const linkField = (
  type: ObjectType,
  { relation, many, collections }: Extract<Source, { kind: 'link' }>,
  ref: ReadRef,
  sets: Sets,
  { depth, base }: FieldPlace,
  compiler: Compiler,
  at: string,
): Compiled => {
  const target = compiler.nodes(nameIn(ref), sets, depth + listsOf(ref) + 1);
  const write = complete(ref, depth, compiler.nodeCore(target), at);
  const isNested = type.of === 'value';
  const name = isNested ? `${base.join('.')}.${relation}` : relation;
  const times = many ? limits.graphqlListCost : 1;
  const known = new Map<CollectionPath, CollectionPath | null>();
  const find = isNested ? nestedNodes(name, relation) : linkedNodes(name);
  return {
    ask: (selecting, run) => {
      const from = selecting.collection;
      const to = known.get(from) ?? targetOf(compiler, from, relation, isNested ? base : [], collections);
      known.set(from, to);
      if (to === null) return;
      const edge = { relation: name, narrow: null, order: null, page: null, count: false };
      target.ask(edgeOf(selecting, name, to, edge), run);
    },
    write: (value, node, run) => {
      const nodes = find(value, node);
      return write(many ? nodes : nodes?.[0], node, run);
    },
    gather: gathersNothing,
    cost: (run) => times * (1 + target.cost(run)),
  };
};

const linkedNodes =
  (name: string) =>
  (value: unknown): readonly GraphNode[] | null =>
    (value as GraphNode).edges[name]?.nodes ?? null;

const nestedNodes =
  (name: string, relation: string) =>
  (value: unknown, node: GraphNode | null): readonly GraphNode[] | null => {
    const found = node?.nested[name];
    if (found === undefined) return null;
    return addressesIn(value, relation).flatMap((href) => found.get(href) ?? []);
  };

/** The addresses that stand in a complex value. */
const addressesIn = (value: unknown, relation: string): readonly string[] => {
  const found = own(own(value, '_links'), relation);
  return (Array.isArray(found) ? (found as readonly { readonly href?: unknown }[]) : []).flatMap(({ href }) =>
    typeof href === 'string' ? [href] : [],
  );
};

/** Compiles a field of addresses. */
export const addressField = (
  type: ObjectType,
  { relation, many }: Extract<Source, { kind: 'address' }>,
  ref: ReadRef,
  depth: number,
  core: Core,
  at: string,
): Compiled => {
  const write = complete(ref, depth, core, at);
  const isNested = type.of === 'value';
  return {
    ask: isNested ? asksNothing : ({ addresses }) => addresses.add(relation),
    write: (value, node, run) => {
      const found = isNested ? addressesIn(value, relation) : (value as GraphNode).addresses[relation];
      return write(many ? found : found?.[0], node, run);
    },
    gather: gathersNothing,
    cost: costsNothing,
  };
};

/** The name of an edge, and whether it begins its list. */
type KeptEdge = { readonly name: string; readonly isFirst: boolean };

/** Compiles a field that leads to them a page at a time. */
export const connectionField = (
  type: ObjectType,
  field: FaceField,
  { relation, collections, defaultFirst, ask }: Extract<Source, { kind: 'connection' }>,
  nodes: Collected['nodes'],
  { depth }: FieldPlace,
  compiler: Compiler,
): Compiled => {
  const at = `${type.name}.${field.name}`;
  const args = compiler.args(type.name, field, nodes[0]);
  const named = namedOf(field.type);
  const plan = compiler.connection(
    named,
    nodes.map(({ selectionSet }) => selectionSet),
    depth + 1,
  );
  const kept = compiler.place();
  const write = complete(
    readRef(field.type) ?? { kind: 'named', name: named },
    depth,
    {
      seen: null,
      write: (value, _, run) => {
        const edge = run.kept[kept] as KeptEdge;
        return plan.write(value as GraphPage, edge.isFirst, run);
      },
    },
    at,
  );
  const known = new Map<CollectionPath, CollectionPath | null>();
  return {
    ask: (selecting, run) => {
      const from = selecting.collection;
      const to = known.get(from) ?? targetOf(compiler, from, relation, [], collections);
      known.set(from, to);
      const asked = args(run);
      const page = pageOf(asked, at, defaultFirst);
      const { narrow, order } = ask?.(asked) ?? { narrow: null, order: null };
      // Selections with the same arguments share an edge, and what it is asked for.
      const shown = plan.wantsNodes ? page : { ...page, first: 0 };
      const name = `${relation}(${field.name} ${JSON.stringify([asked, shown], readable)})`;
      run.kept[kept] = { name, isFirst: page.after === null } satisfies KeptEdge;
      if (to === null) return;
      const edge = { relation, narrow, order, page: shown, count: plan.wantsCount };
      plan.ask(edgeOf(selecting, name, to, edge), run);
    },
    write: (_, node, run) => {
      const edge = run.kept[kept] as KeptEdge | undefined;
      return write(edge === undefined ? null : node?.edges[edge.name], node, run);
    },
    gather: gathersNothing,
    cost: (run) => {
      const { first } = pageOf(args(run), at, defaultFirst);
      return Math.max(1, plan.wantsNodes ? first : 1) * (1 + plan.cost(run));
    },
  };
};

const readable = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);
