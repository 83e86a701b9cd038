// A call of a mutation on its way, and what it ends in: a payload with what was written, or with what was wrong. Used by checking.ts and run-mutation.ts.
import type { Clock } from '#base/clock.ts';
import type { Random } from '#base/random.ts';
import type { FaceRequest } from '#graphql/face.ts';
import { createNodeRef } from '#graphql/node-ref.ts';
import type { Graph } from '#hub/graph/graph.ts';
import type { Hub, WriteManyQuery } from '#hub/query.ts';
import type { Mutation, Mutations, NodesOperand } from '#model/graphql-mutation.ts';
import type { GraphqlRoots } from '#model/graphql-roots.ts';
import type { Model } from '#model/model.ts';
import type { Owners } from '../owner.ts';
import { told, type ToldError } from './row-error.ts';
import { whole } from './outcome.ts';
import type { Row, Sight } from './sight.ts';
import type { BuiltPart } from './write-parts.ts';

export type MutationDeps = {
  readonly model: Model;
  readonly mutations: Mutations;
  readonly roots: GraphqlRoots;
  readonly owners: Owners;
  readonly graph: Graph;
  readonly hub: Pick<Hub, 'run'>;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly random: Random;
  /** How long the outcome of what a source decides about is waited for, milliseconds; `limits.mutationWaitMs` unless given. */
  readonly waitMs?: number;
};

export type Call = {
  readonly mutation: Mutation;
  readonly sight: Sight;
  readonly deps: MutationDeps;
  readonly request: FaceRequest;
};

export type Payload = Readonly<Record<string, unknown>>;

export const rowOf = (call: Call, input: Readonly<Record<string, unknown>>, index: number): Row => {
  const numbers = new Map([...call.mutation.numbers].map(([name, digits]) => [name, numberOf(call, digits)]));
  return { index, input, numbers, ids: new Map(), finds: new Map() };
};

/** So many digits by chance, the first of them not nought. */
const numberOf = (call: Call, digits: number): string => {
  const least = 10 ** (digits - 1);
  const chance = call.deps.random.bytes(6).readUIntBE(0, 6) / 2 ** 48;
  return String(least + Math.floor(chance * 9 * least));
};

export const uidsOf = (call: Call, rows: readonly Row[], operands: readonly NodesOperand[]): readonly number[] => {
  return [
    ...new Set(rows.flatMap((row) => operands.flatMap((one) => call.sight.of(row, one).nodes.map(({ uid }) => uid)))),
  ];
};

/** The key as it was sent, of this mutation: the others of a document have one of their own. */
export const idempotencyOf = (call: Call, input: readonly unknown[]): WriteManyQuery['idempotency'] => {
  const key = call.request.idempotencyKey ?? null;
  if (key === null) return null;
  const { name } = call.mutation;
  return { key: `${name} ${key}`, request: JSON.stringify([name, input]) };
};

/** By row: what has been made or changed, or what a path leads to. */
export const resultsOf = (
  call: Call,
  rows: readonly Row[],
  built: readonly BuiltPart[],
  uids: ReadonlyMap<BuiltPart, number>,
): readonly number[] => {
  const { of } = call.mutation.result;
  return rows.flatMap((row) => {
    if ('nodes' in of) return call.sight.of(row, of.nodes).nodes.map(({ uid }) => uid);
    return built
      .filter((one) => one.row === row && of.parts.includes(one.part.name))
      .flatMap((one) => uids.get(one) ?? one.uid ?? []);
  });
};

export const payloadOf = (call: Call, uids: readonly number[]): Payload => {
  const { name, collection } = call.mutation.result;
  return { [name]: uids.map((uid) => createNodeRef(collection.path, uid)), errors: [] };
};

export const failedBy = (call: Call, errors: readonly ToldError[]): Payload => {
  return { [call.mutation.result.name]: null, errors };
};

export const waiting = (call: Call, id: string): Payload => {
  const { mutations } = call.deps;
  const { argument, retry } = mutations.outcome;
  const error = told(mutations.roles.waiting, whole, mutations.messages.waits);
  return failedBy(call, [{ ...error, [argument]: id, [retry]: 1 }]);
};
