// One call of a mutation, from its rows to its payload: everything is read and checked first, all errors of all rows are told together, and what has none
// is written as one. Called through the face, one call after the other; holds no name of the model.
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { Random } from '#base/random.ts';
import type { Args, FaceRequest } from '#graphql/face.ts';
import { createNodeRef } from '#graphql/node-ref.ts';
import type { Graph } from '#hub/graph/graph.ts';
import type { Hub, HubResult, WriteManyQuery, WritePart } from '#hub/query.ts';
import type { Mutation, Mutations, NodesOperand } from '#model/graphql-mutation.ts';
import type { GraphqlRoots } from '#model/graphql-roots.ts';
import type { Model } from '#model/model.ts';
import type { Owners } from '../owner.ts';
import { checkInput } from './input.ts';
import { awaitOutcome, outcomeErrors, refusalErrors, whole } from './outcome.ts';
import { lookFor, readFinds, readIds, type Reading } from './reading.ts';
import { distinctErrors, told, toldOfRow, type RowError, type ToldError } from './row-error.ts';
import { brokenIn } from './rules.ts';
import { createSight, type Row, type Sight } from './sight.ts';
import { buildParts, orderParts, placeOf, type BuiltPart, type Ordered } from './write-parts.ts';

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

type Payload = Readonly<Record<string, unknown>>;
export type RunMutation = (args: Args, request: FaceRequest) => Promise<Payload>;

/** Compiles a mutation. Its calls reject with HubError where nothing of the input is at fault (HUB-103 too many rows, HUB-107, HUB-413). */
export const createMutation = (mutation: Mutation, deps: MutationDeps): RunMutation => {
  const sight = createSight(mutation, deps.model);
  return async (args, request) => new Call(mutation, sight, deps, request).run(rowsIn(args));
};

const rowsIn = (args: Args): readonly Readonly<Record<string, unknown>>[] => {
  const input: unknown = args['input'];
  return (Array.isArray(input) ? input : [input]).map((one: unknown) =>
    typeof one === 'object' && one !== null ? (one as Readonly<Record<string, unknown>>) : {},
  );
};

/** An id that stands for nothing: for parts of which only the decision is wanted. */
const noUid = -1;

class Call {
  readonly #mutation: Mutation;
  readonly #sight: Sight;
  readonly #deps: MutationDeps;
  readonly #request: FaceRequest;

  constructor(mutation: Mutation, sight: Sight, deps: MutationDeps, request: FaceRequest) {
    this.#mutation = mutation;
    this.#sight = sight;
    this.#deps = deps;
    this.#request = request;
  }

  async run(input: readonly Readonly<Record<string, unknown>>[]): Promise<Payload> {
    const { mutations, owners, hub } = this.#deps;
    const { context } = this.#request;
    if (input.length === 0) return this.#payload([]);
    if (input.length > limits.mutationRows)
      return this.#failed([told(mutations.roles.invalid, whole, mutations.messages.tooMany)]);
    const own = await owners.numberOf(context.principal.tenant);
    const since = await hub.run({ kind: 'position' }, context);
    const rows = input.map((one, index) => this.#row(one, index));
    const { errors, ordered, built } = await this.#checked(rows, own);
    if (errors.length > 0) return this.#refused(errors, rows);
    if (ordered.parts.length === 0) return this.#payload(this.#results(rows, built, new Map()));
    if (ordered.parts.length > limits.writeParts)
      return this.#failed([told(mutations.roles.invalid, whole, mutations.messages.tooMany)]);
    const result = await hub.run(
      {
        kind: 'write-many',
        parts: ordered.parts,
        idempotency: this.#idempotency(input),
        unchanged:
          since.kind === 'position' ? { since: since.position, uids: this.#uids(rows, this.#mutation.watched) } : null,
        note: `${this.#mutation.name} rows ${rows.length}`,
        about: this.#uids(rows, this.#mutation.about),
      },
      context,
    );
    if (result.kind === 'accepted') return this.#taken(result, rows, built, ordered);
    if (result.kind !== 'refused' && result.kind !== 'missing') throw unexpected(result);
    return this.#failed(refusalErrors(result, ordered, { mutation: this.#mutation, mutations }));
  }

  #row(input: Readonly<Record<string, unknown>>, index: number): Row {
    const numbers = new Map([...this.#mutation.numbers].map(([name, digits]) => [name, this.#number(digits)]));
    return { index, input, numbers, ids: new Map(), finds: new Map() };
  }

  /** So many digits by chance, the first of them not nought. */
  #number(digits: number): string {
    const least = 10 ** (digits - 1);
    const chance = this.#deps.random.bytes(6).readUIntBE(0, 6) / 2 ** 48;
    return String(least + Math.floor(chance * 9 * least));
  }

  async #checked(
    rows: readonly Row[],
    own: string | null,
  ): Promise<{
    readonly errors: readonly ToldError[];
    readonly ordered: Ordered;
    readonly built: readonly BuiltPart[];
  }> {
    const { model, mutations, roots, graph } = this.#deps;
    const { context, now } = this.#request;
    const [mutation, sight] = [this.#mutation, this.#sight];
    const { roles, messages } = mutations;
    const errors: ToldError[] = [];
    const put = (row: Row, error: RowError): void => void errors.push(toldOfRow(row.index, error));
    const reading: Reading = { graph, model, roots, mutation, sight, context, own, now };
    const unknown = await readIds(reading, rows);
    for (const row of rows) {
      for (const error of checkInput(mutation, row.input, { mutations, own })) put(row, error);
      for (const at of unknown.get(row.index) ?? []) put(row, { type: roles.id, at, message: messages.unknown });
    }
    const isWrong = (row: Row): boolean =>
      errors.some(({ path }) => (path as readonly string[])[1] === String(row.index));
    // What is looked for by wrong values is not looked for.
    const right = rows.filter((row) => !isWrong(row));
    await readFinds(reading, right);
    for (const [index, row] of right.entries())
      for (const { rule, why } of brokenIn(mutation, row, { sight, model, now, rows: right.slice(0, index + 1) }))
        put(
          row,
          why === 'broken'
            ? { type: rule.error, at: rule.at, message: rule.message }
            : { type: roles.denied, at: rule.at, message: messages.unseen },
        );
    const { parts: built, unseen } = buildParts(
      right.filter((row) => !isWrong(row)),
      { sight, model, now, mutation },
    );
    for (const { row, at } of unseen) put(row, { type: roles.denied, at, message: messages.unseen });
    const { ordered, clashes } = orderParts(built);
    for (const { row, part } of [...clashes, ...twice(built)])
      put(row, { type: roles.invalid, at: placeOf(part, mutation), message: messages.twice });
    await this.#keysTaken(built, put);
    return { errors: distinctErrors(errors), ordered, built };
  }

  /** Tells of parts whose natural keys are somebody's, as far as the caller sees that. */
  async #keysTaken(built: readonly BuiltPart[], put: (row: Row, error: RowError) => void): Promise<void> {
    const { graph, mutations } = this.#deps;
    await lookFor(
      { graph, context: this.#request.context },
      built.flatMap(({ part, key, row }) => {
        const identifier = part.collection.identifiers.find(
          ({ attribute }) => attribute === part.key?.attribute.jsonName,
        );
        if (part.operation !== 'create' || key === null || identifier === undefined) return [];
        return [
          {
            selection: { collection: part.collection.path, attributes: [], edges: [] },
            by: { identifier: identifier.segment },
            value: key,
            take: (node: unknown) => {
              const type = part.taken?.error ?? mutations.roles.taken;
              const message = mutations.errors.get(type) ?? mutations.messages.taken;
              if (node !== null) put(row, { type, at: placeOf(part, this.#mutation), message });
            },
          },
        ];
      }),
    );
  }

  #uids(rows: readonly Row[], operands: readonly NodesOperand[]): readonly number[] {
    return [
      ...new Set(
        rows.flatMap((row) => operands.flatMap((one) => this.#sight.of(row, one).nodes.map(({ uid }) => uid))),
      ),
    ];
  }

  /** The key as it was sent, of this mutation: the others of a document have one of their own. */
  #idempotency(input: readonly unknown[]): WriteManyQuery['idempotency'] {
    const key = this.#request.idempotencyKey ?? null;
    if (key === null) return null;
    const { name } = this.#mutation;
    return { key: `${name} ${key}`, request: JSON.stringify([name, input]) };
  }

  /**
   * What is told of rows with errors. Who may not write is told that and nothing else; and a call that was carried out before under the same key has its
   * payload of then, since its rows may be wrong by what it did. The hub is asked for a change under a condition that never holds.
   */
  async #refused(errors: readonly ToldError[], rows: readonly Row[]): Promise<Payload> {
    const { hub, mutations } = this.#deps;
    const input = rows.map((row) => row.input);
    const parts = this.#mutation.parts.map((part): WritePart => ({
      collection: part.collection.path,
      operation: part.operation,
      target: part.operation === 'create' ? null : { uid: noUid },
      values: {},
      links: {},
    }));
    const result = await hub.run(
      {
        kind: 'write-many',
        parts,
        idempotency: this.#idempotency(input),
        unchanged: { since: noUid, uids: [noUid] },
        note: `${this.#mutation.name} rows ${input.length} refused`,
        about: [],
      },
      this.#request.context,
    );
    if (result.kind === 'accepted') return this.#again(result.id, rows);
    const isDenied =
      result.kind === 'missing' || (result.kind === 'refused' && ['HUB-105', 'HUB-400'].includes(result.problem.code));
    if (isDenied) return this.#failed([told(mutations.roles.denied, whole, mutations.messages.denied)]);
    if (result.kind === 'refused' && result.problem.code === 'HUB-413') throw new HubError(result.problem);
    return this.#failed(errors);
  }

  /** The payload of a call that was carried out before. */
  async #again(id: string, rows: readonly Row[]): Promise<Payload> {
    const outcome = await awaitOutcome(this.#deps, id, this.#request.context);
    if (outcome === null) return this.#waits(id);
    if (outcome.state === 'forgotten') return this.#payload([]);
    const none: Ordered = { parts: [], origins: [] };
    if (outcome.state !== 'written')
      return this.#failed(outcomeErrors(outcome, none, { mutation: this.#mutation, mutations: this.#deps.mutations }));
    const {
      collection: { path },
      of,
    } = this.#mutation.result;
    if ('nodes' in of) return this.#payload(this.#results(rows, [], new Map()));
    const uids = outcome.parts.filter(({ collection }) => collection === path).flatMap(({ uid }) => uid ?? []);
    return this.#payload(uids);
  }

  async #taken(
    result: Extract<HubResult, { readonly kind: 'accepted' }>,
    rows: readonly Row[],
    built: readonly BuiltPart[],
    ordered: Ordered,
  ): Promise<Payload> {
    const uids = new Map<BuiltPart, number>();
    const put = (index: number, uid: number | null | undefined): void => {
      for (const one of ordered.origins[index] ?? []) if (uid !== null && uid !== undefined) uids.set(one, uid);
    };
    for (const [index, uid] of (result.uids ?? []).entries()) put(index, uid);
    if (result.replayed) return this.#again(result.id, rows);
    if (result.retryAfter > 0) {
      const outcome = await awaitOutcome(this.#deps, result.id, this.#request.context);
      if (outcome === null) return this.#waits(result.id);
      if (outcome.state !== 'written' && outcome.state !== 'forgotten') {
        const { mutations } = this.#deps;
        return this.#failed(outcomeErrors(outcome, ordered, { mutation: this.#mutation, mutations }));
      }
      if (outcome.state === 'written') for (const { part, uid } of outcome.parts) put(part, uid);
    }
    return this.#payload(this.#results(rows, built, uids));
  }

  #waits(id: string): Payload {
    const { mutations } = this.#deps;
    const { argument, retry } = mutations.outcome;
    const error = told(mutations.roles.waiting, whole, mutations.messages.waits);
    return this.#failed([{ ...error, [argument]: id, [retry]: 1 }]);
  }

  /** By row: what has been made or changed, or what a path leads to. */
  #results(rows: readonly Row[], built: readonly BuiltPart[], uids: ReadonlyMap<BuiltPart, number>): readonly number[] {
    const { of } = this.#mutation.result;
    return rows.flatMap((row) => {
      if ('nodes' in of) return this.#sight.of(row, of.nodes).nodes.map(({ uid }) => uid);
      return built
        .filter((one) => one.row === row && of.parts.includes(one.part.name))
        .flatMap((one) => uids.get(one) ?? one.uid ?? []);
    });
  }

  #payload(uids: readonly number[]): Payload {
    const { name, collection } = this.#mutation.result;
    return { [name]: uids.map((uid) => createNodeRef(collection.path, uid)), errors: [] };
  }

  #failed(errors: readonly ToldError[]): Payload {
    return { [this.#mutation.result.name]: null, errors };
  }
}

/** Parts that would be made twice in one call, by their natural keys. */
const twice = (built: readonly BuiltPart[]): readonly BuiltPart[] => {
  const seen = new Set<string>();
  return built.filter(({ part, key }) => {
    if (part.operation !== 'create' || key === null) return false;
    const name = `${part.collection.path} ${key}`;
    const isKnown = seen.has(name);
    seen.add(name);
    return isKnown;
  });
};

const unexpected = (result: HubResult): HubError =>
  new HubError(
    problem('HUB-500', 'The hub gave an answer of another kind.', { internal: `unexpected result ${result.kind}` }),
  );
