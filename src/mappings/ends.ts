// Where the path of a field ends: the resources that count, and what stands in them. Shared by all that make something of a mapping, so that what is
// filtered out of one is filtered out of all.
import type { DocumentNode } from '#hub/documents/document.ts';
import type { CivilNow, RowTest } from './mapping.ts';
import type { ReadField } from './read-mapping.ts';

/** Null when the caller may not see what the path leads through. */
export type Ends = (node: DocumentNode, now: CivilNow) => readonly DocumentNode[] | null;

/** Makes the walk from a resource to the ends of a field's path: those that count, in their order, each once. */
export const endsOf = ({ steps, self, tests, field: { test, prefer } }: ReadField): Ends => {
  const walk = (node: DocumentNode, depth: number, now: CivilNow, into: Map<number, DocumentNode>): boolean => {
    const step = steps[depth];
    if (step === undefined) {
      if (test === undefined || test.holds(node.values, now, node)) into.set(node.uid, node);
      return true;
    }
    const targets = node.parts[step];
    if (targets === undefined) return false;
    const on = tests[depth] ?? null;
    let seen = targets.length === 0;
    for (const target of targets) {
      const followed = on !== null && !on.holds(target.values, now, target) ? true : walk(target, depth + 1, now, into);
      seen ||= followed;
    }
    return seen;
  };
  const isSeen = (node: DocumentNode, now: CivilNow): boolean => self === null || self.holds(node.values, now, node);
  // Most paths lead nowhere else: there is one end, or none.
  if (steps.length === 0)
    return (node, now) => {
      if (!isSeen(node, now)) return null;
      return test === undefined || test.holds(node.values, now, node) ? [node] : none;
    };
  return (node, now) => {
    if (!isSeen(node, now)) return null;
    const into = new Map<number, DocumentNode>();
    if (!walk(node, 0, now, into)) return null;
    const found = [...into.values()];
    return prefer === undefined || found.length < 2 ? found : preferred(found, prefer, now);
  };
};

const none: readonly never[] = [];

const preferred = (found: readonly DocumentNode[], prefer: RowTest, now: CivilNow): readonly DocumentNode[] => {
  const { true: first = [], false: rest = [] } = Object.groupBy(found, (node) =>
    prefer.holds(node.values, now, node) ? 'true' : 'false',
  );
  return [...first, ...rest];
};

/** What stands at the end of the path in a resource: several when an attribute on the way is a list. */
export const rawOf = ({ tail }: ReadField, node: DocumentNode): readonly unknown[] => {
  if (tail.kind === 'id') return [node.id];
  if (tail.kind === 'uid') return [node.uid];
  if (tail.kind === 'level') return [node.level];
  if (tail.kind !== 'attribute') return [node.values];
  let value: unknown = node.values;
  for (const [index, name] of tail.names.entries()) {
    if (Array.isArray(value)) return rawInAll(value, tail.names.slice(index));
    if (!isObject(value)) return none;
    value = value[name];
  }
  return Array.isArray(value) ? value : [value];
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const rawInAll = (all: readonly unknown[], names: readonly string[]): readonly unknown[] =>
  names.reduce<readonly unknown[]>(
    (values, name) => values.flatMap((value) => (isObject(value) ? [value[name]].flat() : [])),
    all,
  );
