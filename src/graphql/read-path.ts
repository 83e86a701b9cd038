// Members of values by their names. Used by whatever compiles fields: names come from faces, never from clients.
import type { GraphNode } from '#hub/graph/graph.ts';

/** Reads own properties only: a path may have any name. */
export const own = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : null;

/** The same for names that no object has by itself, which most have. */
const member = (name: string): ((value: unknown) => unknown) => {
  if (name in Object.prototype) return (value) => own(value, name);
  return (value) =>
    typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : null;
};

/** Reads a path of a resource's values, or of a value. */
export const getter = (ofNode: boolean, path: readonly string[]): ((value: unknown) => unknown) => {
  const [first, second, ...rest] = path.map(member);
  if (first === undefined) return () => null;
  const top = ofNode ? (value: unknown) => first((value as GraphNode).values) : first;
  if (second === undefined) return top;
  if (rest.length === 0) return (value) => second(top(value));
  return (value) => rest.reduce((inner, next) => next(inner), second(top(value)));
};
