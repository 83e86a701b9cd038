// The selections on one object type: what they need of the hub, and how they are written. Called by the compiler; where a field's value comes from is
// said by the face.
import type { GraphNode } from '#hub/graph/graph.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { errorOf } from './answer-error.ts';
import { collectFields, type Collected } from './collect-fields.ts';
import { complete, completeObject, type Core } from './complete.ts';
import type { Compiler, Sets } from './compiler.ts';
import type { Source } from './face.ts';
import type { ObjectType } from './made-types.ts';
import { asksNothing, costsNothing, gathersNothing } from './plan.ts';
import type { FieldPlace, FieldPlan, ObjectPlan, Run, Write } from './plan.ts';
import { addressField, connectionField, linkField } from './compile-relations.ts';
import { getter } from './read-path.ts';
import { listsOf, nameIn, readRef, type ReadRef } from './type-ref.ts';
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
  const asking = plans.filter(({ ask }) => ask !== asksNothing);
  const gathering = plans.filter(({ gather }) => gather !== gathersNothing);
  const costing = plans.filter(({ cost }) => cost !== costsNothing);
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

type Inner = {
  readonly core: Core;
  readonly ask: FieldPlan['ask'];
  readonly gather: FieldPlan['gather'];
  readonly cost: FieldPlan['cost'];
};

const compileField = (
  type: ObjectType,
  { key, nodes }: Collected,
  place: FieldPlace,
  compiler: Compiler,
): FieldPlan => {
  const name = nodes[0].name.value;
  const field = type.fields.find((one) => one.name === name);
  if (field === undefined) {
    const text = quote(type.name);
    return { key, ask: asksNothing, write: () => text, gather: gathersNothing, cost: costsNothing };
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
        gather: gathersNothing,
        cost: costsNothing,
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
        gather: gathersNothing,
        cost: costsNothing,
      };
    }
    case 'link':
      return { key, ...linkField(type, source, ref, sets, place, compiler, at) };
    case 'connection':
      return { key, ...connectionField(type, field, source, nodes, place, compiler) };
    case 'address':
      return { key, ...addressField(type, source, ref, depth, innerOf(type, ref, [], place, compiler, at).core, at) };
    // The roots are compiled by compile-plan.ts.
    case 'root':
    case 'produced':
      return { key, ask: asksNothing, write: () => 'null', gather: gathersNothing, cost: costsNothing };
  }
};

type Compiled = Omit<FieldPlan, 'key'>;

/** What stands at a field whose value is had: a leaf, a value within a resource, or something made. */
const innerOf = (
  parent: ObjectType,
  ref: ReadRef,
  sets: Sets,
  { depth, base }: FieldPlace,
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
    return { core: { seen: leaf.seen, write }, ask: asksNothing, gather: gathersNothing, cost: costsNothing };
  }
  const type = compiler.open.types.get(name);
  const below = depth + listsOf(ref) + 1;
  if (parent.of === 'made' || type?.kind !== 'object' || type.of !== 'value') {
    const made = compiler.made(name, sets, below);
    return { core: made.core, ask: asksNothing, gather: made.gather, cost: made.cost };
  }
  const plan = compiler.object(type, sets, below, base);
  const none = errorOf(problem('HUB-500', `The value of ${at} is no object.`));
  const write: Write = (value, node, run) => {
    if (typeof value === 'object') return plan.write(value, node, run);
    run.fail(none, below - 1);
    return undefined;
  };
  return { core: { seen: null, write }, ask: plan.ask, gather: gathersNothing, cost: plan.cost };
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
  { depth, base }: FieldPlace,
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
      type.of !== 'made' || inner.gather === gathersNothing
        ? gathersNothing
        : (value, run) => gatherAll(get(value), inner.gather, run),
    cost:
      inner.cost === costsNothing
        ? costsNothing
        : (run) => times * (inner.cost(run) + (isOfNodes(ref, compiler) ? 1 : 0)),
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
