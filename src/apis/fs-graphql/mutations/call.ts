// A call of a mutation on its way, and what it ends in: a payload with what was written, or with what was wrong. Used by checking.ts and run-mutation.ts.
import type { Clock } from '#base/clock.ts';
import type { Random } from '#base/random.ts';
import type { FaceRequest } from '#graphql/face.ts';
import { createNodeRef } from '#graphql/node-ref.ts';
import type { Graph } from '#hub/graph/graph.ts';
import { isGuardable } from '#hub/protection.ts';
import type { Hub, Reference, Vacancy, WriteManyQuery } from '#hub/query.ts';
import type { Mutation, MutationRule, Mutations, NodesOperand } from '#model/graphql-mutation.ts';
import type { GraphqlRoots } from '#model/graphql-roots.ts';
import type { Model } from '#model/model.ts';
import type { Owners } from '../owner.ts';
import { makes, type Entry } from './call-entries.ts';
import { told, type ToldError } from './row-error.ts';
import { whole } from './outcome.ts';
import type { Row, Sight } from './sight.ts';
import { makeValue } from './values.ts';

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

/** Whom the rows ask for by identifiers, of those who are somebody or about somebody: for the record of a call that is refused. */
export const askedFor = (
  { mutation, sight, deps: { model }, request: { now } }: Call,
  rows: readonly Row[],
): readonly Reference[] =>
  mutation.finds.flatMap((find): readonly Reference[] => {
    const { path } = find.collection;
    if (find.kind !== 'by' || !('identifier' in find.by) || !isGuardable(model, path)) return [];
    const field = find.by.identifier;
    return rows.flatMap((row) => {
      const { value } = makeValue(find.value, { sight, row, now, model, whole: false }, null);
      return typeof value === 'string' && value !== '' ? [{ collection: path, field, value }] : [];
    });
  });

/** Values of attributes that are no identifiers, which rules want to be nobody's; index-aligned with what is told where that cannot be known. */
export type Free = { readonly vacancies: readonly Vacancy[]; readonly rules: readonly MutationRule[] };

export const freeIn = ({ mutation, sight }: Call, rows: readonly Row[]): Free => {
  const vacancies: Vacancy[] = [];
  const rules: MutationRule[] = [];
  for (const rule of mutation.rules) {
    const { test } = rule;
    if (test.kind !== 'free' || test.find.kind !== 'nodes' || test.find.source.kind !== 'find') continue;
    const { name } = test.find.source;
    const find = mutation.finds.find((one) => one.name === name);
    if (find?.kind !== 'by' || !('attribute' in find.by) || find.value.kind !== 'operand') continue;
    const { operand } = find.value;
    const { unless } = test;
    const values = rows.flatMap((row) => sight.of(row, operand).values.map(String));
    if (values.length === 0) continue;
    vacancies.push({
      collection: find.collection.path,
      path: find.by.attribute,
      values: [...new Set(values)],
      unless: unless === null ? [] : rows.flatMap((row) => sight.of(row, unless).values.map(Number)),
    });
    rules.push(rule);
  }
  return { vacancies, rules };
};

/** The rows that give a field, by its path. */
export const givingRows = ({ sight }: Call, rows: readonly Row[], path: readonly string[]): readonly Row[] =>
  rows.filter((row) => (sight.given(row, path) ?? null) !== null);

export const payloadOf = (call: Call, entries: readonly Entry[]): Payload => {
  const { name, collection } = call.mutation.result;
  return {
    [name]: entries.map(({ uid }) => (uid === null ? null : createNodeRef(collection.path, uid))),
    ...(makes(call.mutation) ? { [call.deps.mutations.ids.name]: entries.map(({ id }) => id) } : {}),
    errors: [],
  };
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
