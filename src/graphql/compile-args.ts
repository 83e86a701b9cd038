// Arguments of fields, and of them the page that is asked for. Called while an operation is compiled; worked out when it is run, once for each run.
import {
  getArgumentValues,
  GraphQLError,
  isObjectType,
  Kind,
  type FieldNode,
  type GraphQLSchema,
  type ValueNode,
} from 'graphql';
import { HubError, problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { withoutValues } from './answer-error.ts';
import { placeOf } from './cursor.ts';
import type { Args, FaceField } from './face.ts';
import type { ReadArgs } from './plan.ts';

const none: Args = Object.freeze({});

/** Reads the arguments of a field. Rejects by `HubError` (HUB-133) those that a variable leaves without the value they must have. */
export const compileArgs = (
  schema: GraphQLSchema,
  place: () => number,
  type: string,
  field: FaceField,
  node: FieldNode,
): ReadArgs => {
  const parent = schema.getType(type);
  const def = isObjectType(parent) ? parent.getFields()[field.name] : undefined;
  if (def === undefined || field.args.length === 0) return () => none;
  if (!(node.arguments ?? []).some(({ value }) => asksForVariables(value))) {
    const fixed = getArgumentValues(def, node);
    return () => fixed;
  }
  const at = place();
  return ({ kept, variables }) => {
    const before = kept[at];
    if (before !== undefined) return before as Args;
    try {
      return (kept[at] = getArgumentValues(def, node, variables)) as Args;
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      throw new HubError(problem('HUB-133', withoutValues(error.message)));
    }
  };
};

const asksForVariables = (value: ValueNode): boolean => {
  switch (value.kind) {
    case Kind.VARIABLE:
      return true;
    case Kind.LIST:
      return value.values.some(asksForVariables);
    case Kind.OBJECT:
      return value.fields.some((field) => asksForVariables(field.value));
    default:
      return false;
  }
};

/** So many, after a place. */
export type AskedPage = { readonly first: number; readonly after: string | null };

/** The page that arguments ask for. Throws a `HubError` (HUB-103) that names the argument. */
export const pageOf = (args: Args, at: string, defaultFirst: number): AskedPage => ({
  first: checkFirst(args['first'] ?? defaultFirst, at),
  after: checkAfter(args['after'], at),
});

/** The same for what a root field says itself. */
export const checkFirst = (first: unknown, at: string): number => {
  if (typeof first === 'number' && Number.isInteger(first) && first >= 0 && first <= limits.graphqlFirst) return first;
  throw badArgument('first', at, `takes a number from 0 to ${limits.graphqlFirst}`);
};

/** The place of a cursor as sent. */
export const checkAfter = (after: unknown, at: string): string | null => {
  if (after === null || after === undefined) return null;
  const place = typeof after === 'string' ? placeOf(after) : null;
  if (place === null) throw badArgument('after', at, 'takes a cursor that an answer has given');
  return place;
};

const badArgument = (name: string, at: string, message: string): HubError =>
  new HubError(
    problem('HUB-103', `The argument ${name} of ${at} ${message}.`, { errors: [{ at: `${at}(${name}:)`, message }] }),
  );

/** How many a list without `first` counts as: as many as its longest argument names. */
export const listCost = (args: Args): number => {
  if (typeof args['first'] === 'number') return Math.max(1, args['first']);
  const lengths = Object.values(args).map((value) => (Array.isArray(value) ? value.length : -1));
  const longest = Math.max(-1, ...lengths);
  return longest === -1 ? limits.graphqlListCost : Math.max(1, longest);
};
