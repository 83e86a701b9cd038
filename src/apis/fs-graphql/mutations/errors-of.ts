// Which errors a mutation can give: the union of its payload, and what may stand in it. Used by mutation-parts.ts and outcome.ts. Pure.
import type { Mutation, MutationField, Mutations } from '#model/graphql-mutation.ts';

/** The names of the error types, sorted. */
export const errorsOf = (mutation: Mutation, mutations: Mutations): readonly string[] => {
  const { checks, roles } = mutations;
  const fields = (all: readonly MutationField[]): readonly string[] =>
    all.flatMap(({ check, form }) => [
      ...(check === null ? [] : [checks.get(check)?.error ?? roles.invalid]),
      ...(form.kind === 'input' ? fields(form.fields) : []),
    ]);
  const usual = [roles.invalid, roles.id, roles.denied, roles.conflict, roles.waiting, roles.rejected, roles.taken];
  return [
    ...new Set([
      ...usual,
      ...fields(mutation.fields),
      ...mutation.rules.map(({ error }) => error),
      ...mutation.parts.flatMap(({ taken }) => (taken === null ? [] : [taken.error])),
    ]),
  ].toSorted();
};
