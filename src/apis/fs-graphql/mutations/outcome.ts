// What becomes of a call: the hub's answer in the words of the API, and the outcome of what a source system decides about, waited for a while. Called by
// run-mutation.ts and by the field that tells of outcomes.
import { HubError, type Problem } from '#base/errors.ts';
import type { Clock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import { awaitOutcome } from '#hub/await-outcome.ts';
import type { Hub, HubResult, ManyOutcome, QueryContext } from '#hub/query.ts';
import { outside } from '#hub/writing-apply.ts';
import type { Mutation, MutationPart, Mutations, ValueOf } from '#model/graphql-mutation.ts';
import { errorsOf } from './errors-of.ts';
import { told, toldOfRow, type RowError, type ToldError } from './row-error.ts';
import { givenAt } from './sight.ts';
import { isMadeUp, placeOf, type BuiltPart, type Ordered } from './write-parts.ts';

export type OutcomePort = {
  readonly hub: Pick<Hub, 'run'>;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly mutations: Mutations;
  /** Milliseconds; `limits.mutationWaitMs` unless given. */
  readonly waitMs?: number;
};

export const whole: readonly string[] = ['input'];

/** Asks until it is told, or until the time is over; null = it still waits. */
export const outcomeInTime = (
  { waitMs = limits.mutationWaitMs, ...port }: OutcomePort,
  id: string,
  context: QueryContext,
): ReturnType<typeof awaitOutcome> => awaitOutcome(port, id, context, waitMs);

/** Errors of an outcome that is not `written`, each of the row of its part. */
export const outcomeErrors = (
  outcome: Exclude<ManyOutcome, { readonly state: 'waiting' | 'forgotten' | 'written' }>,
  { origins }: Ordered,
  { mutation, mutations }: { readonly mutation: Mutation; readonly mutations: Mutations },
): readonly ToldError[] => {
  const { messages, roles } = mutations;
  const errors = outcome.parts.flatMap(({ part, state, answer }) => {
    if (state === 'written' || state === 'deleted' || state === 'valid') return [];
    const message = { rejected: messages.rejected, failed: messages.failed, expired: messages.expired };
    const own = state === 'rejected' || state === 'failed' || state === 'expired' ? message[state] : messages.changed;
    const type = state === 'conflict' ? roles.conflict : roles.rejected;
    const said = answer === null || answer.message === '' ? own.nb : `${own.nb} ${answer.message}`;
    const [from] = origins[part] ?? [];
    if (from === undefined) return [told(type, whole, said)];
    const problems = (answer?.problems ?? []).map(({ field, message: text }) => ({
      type,
      at: fieldOf(field, from, mutation),
      message: text === '' ? said : `${own.nb} ${text}`,
    }));
    const all = problems.length > 0 ? problems : [{ type, at: placeOf(from.part, mutation), message: said }];
    return all.map((one) => toldOfRow(from.row.index, one));
  });
  return errors.length > 0 ? errors : [told(roles.rejected, whole, messages.rejected)];
};

type Refusal = Extract<HubResult, { readonly kind: 'refused' | 'missing' }>;

/** Problems that are about a call as a whole, or about the hub: errors of GraphQL. */
const notOfRows = /^HUB-(?:107|121|413|5\d\d)$/;

/** What the hub has refused, in the words of the API. Throws what is of no row (HUB-107, HUB-413). */
export const refusalErrors = (
  result: Refusal,
  { origins }: Ordered,
  { mutation, mutations }: { readonly mutation: Mutation; readonly mutations: Mutations },
): readonly ToldError[] => {
  const { messages, roles } = mutations;
  // Seen when the rules were decided, and gone since; or nothing that this application may write at all.
  if (result.kind === 'missing') return [told(roles.denied, whole, messages.denied)];
  const { problem, part, field } = result;
  if (notOfRows.test(problem.code)) throw new HubError(problem);
  const [from] = origins[part ?? -1] ?? [];
  switch (problem.code) {
    case 'HUB-105':
      return [told(roles.denied, whole, messages.denied)];
    case 'HUB-400':
      // Rows that no grant reaches, or a class that none lets be written.
      return [deniedTo(problem === outside ? from : undefined, { mutation, mutations })];
    case 'HUB-403':
      // It would go with what the grants do not show of it.
      return [deniedTo(from, { mutation, mutations })];
    case 'HUB-412':
    case 'HUB-409':
      return [told(roles.conflict, whole, messages.changed)];
    case 'HUB-612':
      return from === undefined
        ? [told(roles.taken, whole, messages.taken)]
        : [toldOfRow(from.row.index, takenError(field, from, { mutation, mutations }))];
    default:
      return itemErrors(problem, from, { mutation, mutations });
  }
};

/** That it is not allowed: the row that it was asked for in, or all of the call. */
const deniedTo = (
  from: BuiltPart | undefined,
  { mutation, mutations: { messages, roles } }: { readonly mutation: Mutation; readonly mutations: Mutations },
): ToldError =>
  from === undefined
    ? told(roles.denied, whole, messages.denied)
    : toldOfRow(from.row.index, { type: roles.denied, at: placeOf(from.part, mutation), message: messages.denied });

/** That an identifier is another's: in the words of the rule that looks for it, so that it is told in one way whether the caller sees whose it is. */
const takenError = (
  field: string | undefined,
  from: BuiltPart,
  { mutation, mutations }: { readonly mutation: Mutation; readonly mutations: Mutations },
): RowError => {
  const { part, row } = from;
  const rule = mutation.rules.find(({ test }) => {
    if (test.kind !== 'free' || test.find.kind !== 'nodes' || test.find.source.kind !== 'find') return false;
    const { relations, source } = test.find;
    const find = mutation.finds.find(({ name }) => name === source.name);
    if (relations.length > 0 || find?.kind !== 'by' || !('identifier' in find.by)) return false;
    return find.by.identifier === field && find.collection.path === part.collection.path;
  });
  if (rule !== undefined) return { type: rule.error, at: rule.at, message: rule.message };
  const type = part.taken?.error ?? mutations.roles.taken;
  const value = valueOfIdentifier(field, part);
  const at = value === undefined ? null : madeOf(value, []);
  const isGiven = at !== null && givenAt(row.input, at) !== undefined;
  return {
    type,
    at: isGiven ? at : placeOf(part, mutation),
    message: mutations.errors.get(type) ?? mutations.messages.taken,
  };
};

/** What an identifier of a part is made of. */
const valueOfIdentifier = (
  field: string | undefined,
  { collection, key, values }: MutationPart,
): ValueOf | undefined => {
  const attribute = collection.identifiers.find(({ segment }) => segment === field)?.attribute;
  if (attribute === undefined) return undefined;
  return key?.attribute.jsonName === attribute ? key.value : values.get(attribute);
};

/** True when an identifier is another's that was made up for the call, and not given. */
export const isOfMadeNumber = (result: Refusal, { origins }: Ordered): boolean => {
  if (result.kind !== 'refused' || result.problem.code !== 'HUB-612') return false;
  const [from] = origins[result.part ?? -1] ?? [];
  const value = from === undefined ? undefined : valueOfIdentifier(result.field, from.part);
  return from !== undefined && value !== undefined && isMadeUp(value, from);
};

const itemErrors = (
  problem: Problem,
  from: BuiltPart | undefined,
  { mutation, mutations }: { readonly mutation: Mutation; readonly mutations: Mutations },
): readonly ToldError[] => {
  const { messages, roles } = mutations;
  const owners = problem.errors?.some(({ code, at }) => code === 'HUB-415' && /^\/\d+$/.test(at)) === true;
  if (owners) return [told(roles.invalid, whole, messages.owners)];
  if (from === undefined) return [told(roles.invalid, whole, messages.invalid)];
  const items = problem.errors ?? [];
  const errors = items.map(({ at, code }) => {
    const place = fieldOf(at, from, mutation);
    if (problem.code === 'HUB-417') {
      // A number of another kind may look like one.
      const type = errorsOf(mutation, mutations).includes(roles.nationalId) ? roles.nationalId : roles.invalid;
      return { type, at: place, message: messages.nationalId };
    }
    if (code === 'HUB-614') return { type: roles.denied, at: place, message: messages.denied };
    if (code === 'HUB-615') return { type: roles.id, at: place, message: messages.unknown };
    return { type: roles.invalid, at: place, message: code === 'HUB-613' ? messages.mandatory : messages.invalid };
  });
  const all =
    errors.length > 0 ? errors : [{ type: roles.invalid, at: placeOf(from.part, mutation), message: messages.invalid }];
  return all.map((one) => toldOfRow(from.row.index, one));
};

/** The field of the input that an attribute or a link of a part was made of; else the one that stands for all of it. */
const fieldOf = (at: string, { part }: BuiltPart, mutation: Mutation): readonly string[] => {
  const names = at.replace(/^\//, '').split('/');
  const [first = '', second = ''] = names;
  if (first === '_links') {
    const [operand] = part.links.get(second) ?? [];
    return operand?.kind === 'nodes' && operand.source.kind === 'id' ? operand.source.path : placeOf(part, mutation);
  }
  const value = part.values.get(first);
  return (value === undefined ? null : madeOf(value, names.slice(1))) ?? placeOf(part, mutation);
};

const madeOf = (value: ValueOf, names: readonly string[]): readonly string[] | null => {
  switch (value.kind) {
    case 'operand':
      if (value.operand.kind === 'given') return value.operand.path;
      return value.operand.kind === 'nodes' && value.operand.source.kind === 'id' ? value.operand.source.path : null;
    case 'object': {
      const [first, ...rest] = names;
      const named = first === undefined ? undefined : value.members.get(first);
      if (named !== undefined) return madeOf(named, rest);
      for (const one of value.members.values()) {
        const found = madeOf(one, []);
        if (found !== null) return found;
      }
      return null;
    }
    case 'list':
    case 'first':
      for (const one of value.of) {
        const found = madeOf(one, names);
        if (found !== null) return found;
      }
      return null;
    default:
      return null;
  }
};
