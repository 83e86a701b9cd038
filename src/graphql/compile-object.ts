// The selections on one object type: what they need of the hub, and how they are written. Called by the compiler; where a field's value comes from is
// said by the face.
import type { GraphNode, GraphPage } from '#hub/graph/graph.ts';
import type { CollectionPath } from '#model/model.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { errorOf } from './answer-error.ts';
import { collectFields, type Collected } from './collect-fields.ts';
import { pageOf } from './compile-args.ts';
import { complete, completeObject, type Core } from './complete.ts';
import type { Compiler, Sets } from './compiler.ts';
import type { FaceField, Source } from './face.ts';
import type { ObjectType } from './made-types.ts';
import type { FieldPlan, ObjectPlan, Run, Selecting, SelectingEdge, Write } from './plan.ts';
import { startSelecting } from './plan.ts';
import { listsOf, nameIn, namedOf, readRef, type ReadRef } from './type-ref.ts';
import { leafOf, quote } from './write-leaf.ts';

/** Compiles the selections on a type; `base` is the path of a value of it within its resource. */
export const compileObject = (
  type: ObjectType,
  sets: Sets,
  depth: number,
  base: readonly string[],
  compiler: Compiler,
): ObjectPlan => {
  const plans = collectFields(sets, type.name, compiler).map((collected) =>
    compileField(type, collected, { depth, base }, compiler),
  );
  const asking = plans.filter(({ ask }) => ask !== nothing);
  const gathering = plans.filter(({ gather }) => gather !== nothing);
  const costing = plans.filter(({ cost }) => cost !== free);
  return {
    ask: (selecting, run) => {
      for (const { ask } of asking) ask(selecting, run);
    },
    write: completeObject(plans, depth),
    gather: (value, run) => {
      for (const { gather } of gathering) gather(value, run);
    },
    cost: (run) => costing.reduce((sum, { cost }) => sum + cost(run), 0),
  };
};

const nothing = (): void => {};
const free = (): number => 0;

/** Where a field stands: how deep in the answer, and at which path of its resource. */
type Place = { readonly depth: number; readonly base: readonly string[] };
type Inner = {
  readonly core: Core;
  readonly ask: FieldPlan['ask'];
  readonly gather: FieldPlan['gather'];
  readonly cost: FieldPlan['cost'];
};

const compileField = (type: ObjectType, { key, nodes }: Collected, place: Place, compiler: Compiler): FieldPlan => {
  const name = nodes[0].name.value;
  const field = type.fields.find((one) => one.name === name);
  if (field === undefined) {
    const text = quote(type.name);
    return { key, ask: nothing, write: () => text, gather: nothing, cost: free };
  }
  const at = `${type.name}.${name}`;
  const ref = readRef(field.type) ?? { kind: 'named', name: '' };
  const sets = nodes.map(({ selectionSet }) => selectionSet);
  const { depth } = place;
  const { source } = field;
  switch (source.kind) {
    case 'value':
      return { key, ...valueField(type, source, ref, sets, place, compiler, at) };
    case 'made-of': {
      const { core } = innerOf(type, ref, sets, { depth, base: [] }, compiler, at);
      const write = complete(ref, depth, core, at);
      return {
        key,
        ask: ({ attributes }) => source.attributes.forEach((one) => attributes.add(one)),
        write: guarded((value) => source.from(value as GraphNode), write, depth, ref),
        gather: nothing,
        cost: free,
      };
    }
    case 'id': {
      const { ids } = compiler.open.face;
      const { core } = innerOf(type, ref, sets, place, compiler, at);
      const write = complete(ref, depth, core, at);
      return {
        key,
        ask: ({ attributes, collection }) => ids?.attributes(collection).forEach((one) => attributes.add(one)),
        write: guarded((value, { request }) => ids?.of(value as GraphNode, request.context), write, depth, ref),
        gather: nothing,
        cost: free,
      };
    }
    case 'link':
      return { key, ...linkField(type, source, ref, sets, place, compiler, at) };
    case 'connection':
      return { key, ...connectionField(type, field, source, nodes, place, compiler) };
    case 'address':
      return { key, ...addressField(type, source, ref, place, compiler, at) };
    // The roots are compiled by compile-roots.ts.
    case 'root':
    case 'produced':
      return { key, ask: nothing, write: () => 'null', gather: nothing, cost: free };
  }
};

type Compiled = Omit<FieldPlan, 'key'>;

/** What stands at a field whose value is had: a leaf, a value within a resource, or something made. */
const innerOf = (
  parent: ObjectType,
  ref: ReadRef,
  sets: Sets,
  { depth, base }: Place,
  compiler: Compiler,
  at: string,
): Inner => {
  const name = nameIn(ref);
  const leaf = leafOf(name, compiler.open);
  if (leaf !== null) {
    const wrong = errorOf(problem('HUB-500', `The value of ${at} is no ${name}.`));
    const deep = depth + listsOf(ref);
    const write: Write = (value, _, run) => {
      const text = leaf.write(value);
      if (text === undefined) run.fail(wrong, deep);
      return text;
    };
    return { core: { seen: leaf.seen, write }, ask: nothing, gather: nothing, cost: free };
  }
  const type = compiler.open.types.get(name);
  const below = depth + listsOf(ref) + 1;
  if (parent.of === 'made' || type?.kind !== 'object' || type.of !== 'value') {
    const made = compiler.made(name, sets, below);
    return { core: made.core, ask: nothing, gather: made.gather, cost: made.cost };
  }
  const plan = compiler.object(type, sets, below, base);
  const none = errorOf(problem('HUB-500', `The value of ${at} is no object.`));
  const write: Write = (value, node, run) => {
    if (typeof value === 'object') return plan.write(value, node, run);
    run.fail(none, below - 1);
    return undefined;
  };
  return { core: { seen: null, write }, ask: plan.ask, gather: nothing, cost: plan.cost };
};

/** What the face works out may fail in a way that nobody has foreseen. */
const guarded =
  (read: (value: unknown, run: Run) => unknown, write: Write, depth: number, { kind }: ReadRef): Write =>
  (value, node, run) => {
    let found: unknown;
    try {
      found = read(value, run);
    } catch (error) {
      run.failUnexpected(error, depth);
      return kind === 'non-null' ? undefined : 'null';
    }
    return write(found, node, run);
  };

const valueField = (
  type: ObjectType,
  { path, read }: Extract<Source, { kind: 'value' }>,
  ref: ReadRef,
  sets: Sets,
  { depth, base }: Place,
  compiler: Compiler,
  at: string,
): Compiled => {
  const inner = innerOf(type, ref, sets, { depth, base: [...base, ...path] }, compiler, at);
  const write = complete(ref, depth, inner.core, at);
  const get = getter(type.of === 'node', path);
  const [attribute = ''] = path;
  const times = listsOf(ref) === 0 ? 1 : limits.graphqlListCost;
  return {
    ask:
      type.of === 'node'
        ? (selecting, run) => {
            selecting.attributes.add(attribute);
            inner.ask(selecting, run);
          }
        : inner.ask,
    write:
      read === undefined
        ? (value, node, run) => write(get(value), node, run)
        : guarded(
            (value) => {
              const found = get(value);
              return found === null || found === undefined ? null : read(found);
            },
            write,
            depth,
            ref,
          ),
    gather:
      type.of !== 'made' || inner.gather === nothing
        ? nothing
        : (value, run) => gatherAll(get(value), inner.gather, run),
    cost: inner.cost === free ? free : (run) => times * (inner.cost(run) + (isOfNodes(ref, compiler) ? 1 : 0)),
  };
};

const isOfNodes = (ref: ReadRef, { open }: Compiler): boolean => {
  const type = open.types.get(nameIn(ref));
  return type?.kind === 'object' && type.of === 'node';
};

const gatherAll = (value: unknown, gather: FieldPlan['gather'], run: Run): void => {
  if (Array.isArray(value)) for (const one of value) gatherAll(one, gather, run);
  else if (value !== null && value !== undefined) gather(value, run);
};

/** Reads own properties only: a path may have any name. */
const own = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : null;

/** The same for names that no object has by itself, which most have. */
const member = (name: string): ((value: unknown) => unknown) => {
  if (name in Object.prototype) return (value) => own(value, name);
  return (value) =>
    typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : null;
};

const getter = (ofNode: boolean, path: readonly string[]): ((value: unknown) => unknown) => {
  const [first, second, ...rest] = path.map(member);
  if (first === undefined) return () => null;
  const top = ofNode ? (value: unknown) => first((value as GraphNode).values) : first;
  if (second === undefined) return top;
  if (rest.length === 0) return (value) => second(top(value));
  return (value) => rest.reduce((inner, next) => next(inner), second(top(value)));
};

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

const linkField = (
  type: ObjectType,
  { relation, many, collections }: Extract<Source, { kind: 'link' }>,
  ref: ReadRef,
  sets: Sets,
  { depth, base }: Place,
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
    gather: nothing,
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

const addressField = (
  type: ObjectType,
  { relation, many }: Extract<Source, { kind: 'address' }>,
  ref: ReadRef,
  place: Place,
  compiler: Compiler,
  at: string,
): Compiled => {
  const { core } = innerOf(type, ref, [], place, compiler, at);
  const write = complete(ref, place.depth, core, at);
  const isNested = type.of === 'value';
  return {
    ask: isNested ? nothing : ({ addresses }) => addresses.add(relation),
    write: (value, node, run) => {
      const found = isNested ? addressesIn(value, relation) : (value as GraphNode).addresses[relation];
      return write(many ? found : found?.[0], node, run);
    },
    gather: nothing,
    cost: free,
  };
};

/** The name of an edge, and whether it begins its list. */
type KeptEdge = { readonly name: string; readonly isFirst: boolean };

const connectionField = (
  type: ObjectType,
  field: FaceField,
  { relation, collections, defaultFirst, ask }: Extract<Source, { kind: 'connection' }>,
  nodes: Collected['nodes'],
  { depth }: Place,
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
    gather: nothing,
    cost: (run) => {
      const { first } = pageOf(args(run), at, defaultFirst);
      return Math.max(1, plan.wantsNodes ? first : 1) * (1 + plan.cost(run));
    },
  };
};

const readable = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);
