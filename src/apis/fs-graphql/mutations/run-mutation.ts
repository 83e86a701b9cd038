// One call of a mutation, from its rows to its payload: everything is read and checked first, all errors of all rows are told together, and what has none
// is written as one. Called through the face; holds no name of the model.
import { HubError, problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { Args, FaceRequest } from '#graphql/face.ts';
import type { HubResult, ManyOutcome, TakenPart, WritePart } from '#hub/query.ts';
import type { Mutation } from '#model/graphql-mutation.ts';
import {
  askedFor,
  failedBy,
  freeIn,
  givingRows,
  idempotencyOf,
  payloadOf,
  rowOf,
  uidsOf,
  waiting,
  type Call,
  type MutationDeps,
  type Payload,
} from './call.ts';
import { entriesAgain, entriesOf, type EntryPort } from './call-entries.ts';
import { checkRows } from './checking.ts';
import { outcomeInTime, isOfMadeNumber, outcomeErrors, refusalErrors, whole } from './outcome.ts';
import { told, toldOfRow, type ToldError } from './row-error.ts';
import { createSight, type Row } from './sight.ts';
import { createTurns } from './turns.ts';
import type { BuiltPart, Ordered } from './write-parts.ts';

export type RunMutation = (args: Args, request: FaceRequest) => Promise<Payload>;

/**
 * Makes what compiles mutations. Calls reject with HubError where nothing of the input is at fault (HUB-107, HUB-413). Those whose rules look for a value
 * that nothing else keeps from being there twice come one after the other for an organisation.
 */
export const createMutations = (deps: MutationDeps): ((mutation: Mutation) => RunMutation) => {
  const turns = createTurns();
  return (mutation) => {
    const sight = createSight(mutation, deps.model);
    const isAlone = mutation.finds.some((find) => find.kind === 'by' && 'attribute' in find.by);
    return async (args, request) => {
      const call: Call = { mutation, sight, deps, request };
      const rows = rowsIn(args);
      const begin = () => beginCall(call, rows);
      const begun = await (isAlone ? turns(request.context.principal.tenant, begin) : begin());
      return begun();
    };
  };
};

const rowsIn = (args: Args): readonly Readonly<Record<string, unknown>>[] => {
  const input: unknown = args['input'];
  return (Array.isArray(input) ? input : [input]).map((one: unknown) =>
    typeof one === 'object' && one !== null ? (one as Readonly<Record<string, unknown>>) : {},
  );
};

/** An id that stands for nothing: for parts of which only the decision is wanted. */
const noUid = -1;

/** What is left to be done for the payload when everything has been asked of the hub: to wait for a source, maybe. */
type Begun = () => Payload | Promise<Payload>;

const beginCall = async (call: Call, input: readonly Readonly<Record<string, unknown>>[]): Promise<Begun> => {
  const { mutations, owners, hub } = call.deps;
  const { context } = call.request;
  if (input.length === 0) return () => payloadOf(call, []);
  if (input.length > limits.mutationRows)
    return () => failedBy(call, [told(mutations.roles.invalid, whole, mutations.messages.tooMany)]);
  const own = await owners.numberOf(context.principal.tenant);
  for (let drawn = 1; ; drawn += 1) {
    const since = await hub.run({ kind: 'position' }, context);
    const rows = input.map((one, index) => rowOf(call, one, index));
    const { errors, ordered, built, isDrawnTwice } = await checkRows(call, rows, own);
    // A number that was made up is somebody's: another may be nobody's.
    if (isDrawnTwice && drawn < mostDrawn) continue;
    const port = portOf(call, own);
    if (errors.length > 0) return () => tellErrors(call, errors, rows, port);
    if (ordered.parts.length === 0) return () => payloadOf(call, entriesOf(port, rows, built, new Map()));
    if (ordered.parts.length > limits.writeParts)
      return () => failedBy(call, [told(mutations.roles.invalid, whole, mutations.messages.tooMany)]);
    const { vacancies, rules } = freeIn(call, rows);
    const { mutation } = call;
    const result = await hub.run(
      {
        kind: 'write-many',
        parts: ordered.parts.map((part, index) => {
          const from = new Set((ordered.origins[index] ?? []).map(({ row }) => row));
          return { ...part, about: uidsOf(call, [...from], mutation.about) };
        }),
        idempotency: idempotencyOf(call, input),
        unchanged:
          since.kind === 'position' ? { since: since.position, uids: uidsOf(call, rows, mutation.watched) } : null,
        vacant: vacancies,
        mayHide: true,
        note: `${mutation.name} rows ${rows.length}`,
        about: [],
        whom: askedFor(call, rows),
      },
      context,
    );
    if (result.kind === 'accepted') return () => tellTaken(call, result, { rows, built, ordered, port });
    if (result.kind !== 'refused' && result.kind !== 'missing') throw unexpected(result);
    if (drawn < mostDrawn && isOfMadeNumber(result, ordered)) continue;
    const rule = result.kind === 'refused' ? rules[result.vacant ?? -1] : undefined;
    if (rule !== undefined) {
      const error = { type: mutations.roles.denied, at: rule.at, message: mutations.messages.unseen };
      return () =>
        failedBy(
          call,
          givingRows(call, rows, rule.at).map(({ index }) => toldOfRow(index, error)),
        );
    }
    return () => failedBy(call, refusalErrors(result, ordered, { mutation, mutations }));
  }
};

/** So often numbers are made up for a call: of a million, one is somebody's in a thousand at most. */
const mostDrawn = 4;

const portOf = ({ mutation, sight, deps: { model, roots } }: Call, own: string | null): EntryPort => ({
  mutation,
  sight,
  model,
  roots,
  own,
});

/**
 * What is told of rows with errors. Who may not write is told that and nothing else; and a call that was carried out before under the same key has its
 * payload of then, since its rows may be wrong by what it did. The hub is asked for a change under a condition that never holds.
 */
const tellErrors = async (
  call: Call,
  errors: readonly ToldError[],
  rows: readonly Row[],
  port: EntryPort,
): Promise<Payload> => {
  const { hub, mutations } = call.deps;
  const input = rows.map((row) => row.input);
  const parts = call.mutation.parts.map((part): WritePart => ({
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
      idempotency: idempotencyOf(call, input),
      unchanged: { since: noUid, uids: [noUid] },
      note: `${call.mutation.name} rows ${input.length} refused`,
      about: uidsOf(call, rows, call.mutation.about),
      whom: askedFor(call, rows),
    },
    call.request.context,
  );
  if (result.kind === 'accepted') return tellAgain(call, result, rows, port);
  const isDenied =
    result.kind === 'missing' || (result.kind === 'refused' && ['HUB-105', 'HUB-400'].includes(result.problem.code));
  if (isDenied) return failedBy(call, [told(mutations.roles.denied, whole, mutations.messages.denied)]);
  if (result.kind === 'refused' && result.problem.code === 'HUB-413') throw new HubError(result.problem);
  return failedBy(call, errors);
};

type Accepted = Extract<HubResult, { readonly kind: 'accepted' }>;

/** The payload of a call that was carried out before. */
const tellAgain = async (
  call: Call,
  { id, parts = [] }: Accepted,
  rows: readonly Row[],
  port: EntryPort,
): Promise<Payload> => {
  const outcome = await outcomeInTime(call.deps, id, call.request.context);
  if (outcome === null) return waiting(call, id);
  const none: Ordered = { parts: [], origins: [] };
  if (outcome.state !== 'written' && outcome.state !== 'forgotten')
    return failedBy(call, outcomeErrors(outcome, none, { mutation: call.mutation, mutations: call.deps.mutations }));
  return payloadOf(call, entriesAgain(port, rows, withOutcome(parts, outcome)));
};

/** Parts with what a source has made of them since. */
const withOutcome = (
  parts: readonly TakenPart[],
  outcome: Exclude<ManyOutcome, { readonly state: 'waiting' }>,
): readonly TakenPart[] => {
  const uids = new Map(outcome.state === 'written' ? outcome.parts.map(({ part, uid }) => [part, uid]) : []);
  return parts.map((part, index) => ({ ...part, uid: part.uid ?? uids.get(index) ?? null }));
};

type Written = {
  readonly rows: readonly Row[];
  readonly built: readonly BuiltPart[];
  readonly ordered: Ordered;
  readonly port: EntryPort;
};

const tellTaken = async (call: Call, result: Accepted, { rows, built, ordered, port }: Written): Promise<Payload> => {
  if (result.replayed) return tellAgain(call, result, rows, port);
  let { parts = [] } = result;
  if (result.retryAfter > 0) {
    const outcome = await outcomeInTime(call.deps, result.id, call.request.context);
    if (outcome === null) return waiting(call, result.id);
    if (outcome.state !== 'written' && outcome.state !== 'forgotten') {
      const { mutations } = call.deps;
      return failedBy(call, outcomeErrors(outcome, ordered, { mutation: call.mutation, mutations }));
    }
    parts = withOutcome(parts, outcome);
  }
  const taken = new Map<BuiltPart, TakenPart>();
  for (const [index, part] of parts.entries()) for (const one of ordered.origins[index] ?? []) taken.set(one, part);
  return payloadOf(call, entriesOf(port, rows, built, taken));
};

const unexpected = (result: HubResult): HubError =>
  new HubError(
    problem('HUB-500', 'The hub gave an answer of another kind.', { internal: `unexpected result ${result.kind}` }),
  );
