// Places of the answer where an object stands that is of one type, or of one of several: resources, and what fields have made. Called by the
// compiler; the selections on a type are compiled when an object of it is first met.
import { Kind, type SelectionSetNode } from 'graphql';
import type { GraphNode } from '#hub/graph/graph.ts';
import type { CollectionPath } from '#model/model.ts';
import { problem } from '#base/errors.ts';
import { errorOf } from './answer-error.ts';
import type { Core } from './complete.ts';
import type { Compiler, MadeTarget, Sets } from './compiler.ts';
import { isNodeRef } from './node-ref.ts';
import { startSelecting, type ObjectPlan, type ObjectTarget, type Run, type Selecting } from './plan.ts';

type Plans = {
  /** Null where the type is closed, or cannot stand here. */
  readonly planOf: (type: string) => ObjectPlan | null;
  readonly cost: (run: Run) => number;
};

const compilePlans = (name: string, sets: Sets, depth: number, compiler: Compiler): Plans => {
  const { open } = compiler;
  const possible = open.members.get(name) ?? [name];
  const plans = new Map<string, ObjectPlan | null>();
  const planOf = (type: string): ObjectPlan | null => {
    const before = plans.get(type);
    if (before !== undefined) return before;
    const found = possible.includes(type) ? open.types.get(type) : undefined;
    const plan = found?.kind === 'object' ? compiler.object(found, sets, depth, []) : null;
    plans.set(type, plan);
    return plan;
  };
  let judged: readonly string[] | null = null;
  return {
    planOf,
    cost: (run) => {
      judged ??= differing(possible, sets, compiler);
      return Math.max(0, ...judged.map((type) => planOf(type)?.cost(run) ?? 0));
    },
  };
};

/** One for all types to which the same fragments apply: they cost the same. */
const differing = (types: readonly string[], sets: Sets, { open, fragments }: Compiler): readonly string[] => {
  if (types.length === 1) return types;
  const conditions = new Set<string>();
  const seen = new Set<string>();
  const look = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (selection.typeCondition !== undefined) conditions.add(selection.typeCondition.name.value);
        look(selection.selectionSet);
      }
      if (selection.kind !== Kind.FRAGMENT_SPREAD || seen.has(selection.name.value)) continue;
      seen.add(selection.name.value);
      const fragment = fragments.get(selection.name.value);
      if (fragment === undefined) continue;
      conditions.add(fragment.typeCondition.name.value);
      look(fragment.selectionSet);
    }
  };
  for (const set of sets) if (set !== undefined) look(set);
  const names = [...conditions];
  const first = new Map<string, string>();
  for (const type of types) {
    const applying = names.filter((name) => name === type || open.members.get(name)?.includes(type)).join(' ');
    if (!first.has(applying)) first.set(applying, type);
  }
  return [...first.values()];
};

/** Resources. */
export const compileNodes = (name: string, sets: Sets, depth: number, compiler: Compiler): ObjectTarget => {
  const { planOf, cost } = compilePlans(name, sets, depth, compiler);
  return nodeTarget((collection) => planOf(compiler.open.face.typeOf(collection)), cost);
};

const nodeTarget = (
  planFor: (collection: CollectionPath) => ObjectPlan | null,
  cost: ObjectTarget['cost'],
): ObjectTarget => {
  const known = new Map<CollectionPath, ObjectPlan | null>();
  // Most lists are of one collection.
  let [latest, latestPlan]: [CollectionPath | null, ObjectPlan | null] = [null, null];
  const planOf = (collection: CollectionPath): ObjectPlan | null => {
    if (collection === latest) return latestPlan;
    const before = known.get(collection);
    const plan = before === undefined ? planFor(collection) : before;
    if (before === undefined) known.set(collection, plan);
    [latest, latestPlan] = [collection, plan];
    return plan;
  };
  const ask = (selecting: Selecting, run: Run): void => planOf(selecting.collection)?.ask(selecting, run);
  return {
    planOf,
    ask,
    cost,
    select: (collection, run) => {
      const selecting = startSelecting(collection);
      ask(selecting, run);
      return selecting;
    },
  };
};

/** Writes resources. One whose type is closed is not there. */
export const nodeCore = ({ planOf }: ObjectTarget): Core => ({
  seen: (value) => (planOf((value as GraphNode).collection) === null ? null : value),
  write: (value, _, run) => planOf((value as GraphNode).collection)?.write(value, value as GraphNode, run),
});

const noObject = errorOf(problem('HUB-500', 'A value is no object.'));

/** What a field has made: an object, or a resource that it names. */
export const compileMade = (name: string, sets: Sets, depth: number, compiler: Compiler): MadeTarget => {
  const { planOf, cost } = compilePlans(name, sets, depth, compiler);
  const target = nodeTarget((collection) => planOf(compiler.open.face.typeOf(collection)), cost);
  const place = compiler.place();
  const isOne = compiler.open.types.get(name)?.kind === 'object';
  const planFor = (value: unknown): ObjectPlan | null => {
    if (typeof value !== 'object' || value === null) return null;
    if (isOne) return planOf(name);
    const type = '__typename' in value ? value['__typename'] : null;
    return typeof type === 'string' ? planOf(type) : null;
  };
  return {
    cost,
    core: {
      seen: (value, run) => {
        if (isNodeRef(value)) return run.refs.get(place)?.of.get(value.collection)?.get(value.uid) ?? null;
        return typeof value === 'object' && planFor(value) === null ? null : value;
      },
      write: (value, _, run) => {
        if (isRead(value)) return target.planOf(value.collection)?.write(value, value, run);
        const plan = planFor(value);
        if (plan !== null) return plan.write(value, null, run);
        run.fail(noObject, depth - 1);
        return undefined;
      },
    },
    gather: (value, run) => {
      if (!isNodeRef(value)) return planFor(value)?.gather(value, run);
      if (target.planOf(value.collection) === null) return;
      const refs = run.refs.get(place) ?? { target, of: new Map<CollectionPath, Map<number, GraphNode | null>>() };
      run.refs.set(place, refs);
      const uids = refs.of.get(value.collection) ?? new Map<number, GraphNode | null>();
      refs.of.set(value.collection, uids);
      if (!uids.has(value.uid)) uids.set(value.uid, null);
    },
  };
};

// Nothing that a field makes has all of these.
const isRead = (value: unknown): value is GraphNode =>
  typeof value === 'object' && value !== null && 'uid' in value && 'hides' in value && 'nested' in value;
