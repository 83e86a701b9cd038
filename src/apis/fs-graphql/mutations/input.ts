// What a client has sent, held against what can be said without reading anything: checks of values, and whose data they are. Called by run-mutation.ts.
import { limits } from '#base/limits.ts';
import { judgeNationalId } from '#base/national-id.ts';
import type { Mutation, MutationCheck, MutationField, Mutations } from '#model/graphql-mutation.ts';
import { institutionNumber } from '../owner.ts';
import type { RowError } from './row-error.ts';
import { givenAt } from './sight.ts';

/** An id of the input, with the field that takes it and its place in a list. */
export type GivenId = {
  readonly field: MutationField;
  readonly path: readonly string[];
  readonly at: readonly string[];
  readonly id: string;
};

/** Fields of an input with their paths, those within fields included; of fields that are left out nothing is within. */
const fieldsIn = (
  fields: readonly MutationField[],
  input: unknown,
  above: readonly string[] = [],
): readonly { readonly field: MutationField; readonly path: readonly string[]; readonly value: unknown }[] =>
  fields.flatMap((field) => {
    const value = givenAt(input, [field.name]);
    const path = [...above, field.name];
    if (value === undefined || value === null) return [];
    return [{ field, path, value }, ...(field.form.kind === 'input' ? fieldsIn(field.form.fields, value, path) : [])];
  });

const valuesOf = (value: unknown, at: readonly string[]): readonly (readonly [unknown, readonly string[]])[] =>
  Array.isArray(value) ? value.map((one: unknown, index) => [one, [...at, String(index)]]) : [[value, at]];

const isTooLong = (value: unknown): boolean => Array.isArray(value) && value.length > limits.mutationListItems;

/** The ids of a row, in the order of its fields; none of lists that are too long. */
export const idsOf = ({ fields }: Mutation, input: unknown): readonly GivenId[] =>
  fieldsIn(fields, input).flatMap(({ field, path, value }) =>
    field.form.kind === 'id' && !isTooLong(value)
      ? valuesOf(value, path).map(([id, at]) => ({ field, path, at, id: String(id) }))
      : [],
  );

/** Paths of the fields that take ids, given or not. */
export const idFields = (
  fields: readonly MutationField[],
  above: readonly string[] = [],
): readonly (readonly string[])[] =>
  fields.flatMap((field) => {
    const path = [...above, field.name];
    if (field.form.kind === 'id') return [path];
    return field.form.kind === 'input' ? idFields(field.form.fields, path) : [];
  });

/** What is wrong with the values of a row. `own`: the number of the institution that the caller is bound to. */
export const checkInput = (
  mutation: Mutation,
  input: unknown,
  { mutations, own }: { readonly mutations: Mutations; readonly own: string | null },
): readonly RowError[] =>
  fieldsIn(mutation.fields, input).flatMap(({ field, path, value }) => {
    if (isTooLong(value)) return [{ type: mutations.roles.invalid, at: path, message: mutations.messages.tooMany }];
    if (field.name === mutations.owner && (own === null || institutionNumber(value) !== own))
      return [{ type: mutations.roles.denied, at: path, message: mutations.messages.owner }];
    const check = field.check === null ? undefined : mutations.checks.get(field.check);
    if (check === undefined) return [];
    return valuesOf(value, path).flatMap(([one, at]) =>
      passes(check, String(one)) ? [] : [{ type: check.error, at, message: check.message }],
    );
  });

const passes = ({ name, max, pattern }: MutationCheck, text: string): boolean => {
  if (max !== null && text.length > max) return false;
  if (pattern !== null && !pattern.test(text)) return false;
  return byName[name]?.(text) ?? true;
};

/** Checks that are more than a form. */
const byName: Readonly<Record<string, (text: string) => boolean>> = {
  // By the rule of today or by that from 2032; numbers of other series have none.
  nationalId: (text) => judgeNationalId(text).fault === '',
  image: (text) => isImage(text),
};

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const jpeg = Buffer.from([0xff, 0xd8, 0xff]);
const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const isImage = (text: string): boolean => {
  if (!base64.test(text)) return false;
  const bytes = Buffer.from(text, 'base64');
  return [jpeg, png].some((head) => bytes.subarray(0, head.length).equals(head));
};
