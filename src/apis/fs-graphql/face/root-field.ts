// What the root fields have in common: what they are made with, whose data they are about, and how arguments are read. Used by the files that make
// them, and by what adds further ones.
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { FaceError, FaceField, FaceInput, FaceRequest, FaceType } from '#graphql/face.ts';
import type { Graph } from '#hub/graph/graph.ts';
import type { GraphqlRoots } from '#model/graphql-roots.ts';
import type { Attribute, Collection, Model, Text } from '#model/model.ts';
import { institutionNumber, type Owners } from '../owner.ts';
import { firm } from './marks.ts';

export type RootDeps = {
  readonly model: Model;
  readonly roots: GraphqlRoots;
  readonly owners: Owners;
  readonly graph: Graph;
  readonly valueType: (attribute: Attribute) => string;
};

/** A field, and the types that it needs of its own. */
export type MadeField = { readonly field: FaceField; readonly types: readonly FaceType[] };

export const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** A description as the rest of a sentence. */
export const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

export const input = (name: string, type: string, describe: Text): FaceInput => ({ name, type, describe, marks: firm });

/** One answer for an owner that nobody is and for one that is somebody else. */
export const noOwner = (argument: string): FaceError => ({
  error: problem('HUB-204', `${argument} names no institution that this access is for.`),
});

/** Null when the argument names the owner that the token is bound to. */
export const wrongOwner = async (
  given: unknown,
  { roots, owners }: Pick<RootDeps, 'roots' | 'owners'>,
  request: FaceRequest,
): Promise<FaceError | null> => {
  const own = await owners.numberOf(request.context.principal.tenant);
  return own !== null && institutionNumber(given) === own ? null : noOwner(roots.ownerArgument);
};

/** The name of an identifier in addresses, by which the hub is asked. */
export const segmentOf = (collection: Collection, attribute: string): string =>
  collection.identifiers.find((one) => one.attribute === attribute)?.segment ?? attribute;

export const mapOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

export const tooMany = (at: string): FaceError => ({
  error: problem('HUB-103', `${at} takes at most ${limits.graphqlListItems} values.`, {
    errors: [{ at, message: `takes at most ${limits.graphqlListItems} values`, code: 'HUB-103' }],
  }),
});
