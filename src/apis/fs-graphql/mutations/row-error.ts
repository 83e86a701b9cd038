// What is wrong with rows of a mutation, and how a client is told: each error with its type, a message in Norwegian, and the path into the input. Pure.
import type { Text } from '#model/model.ts';

export type RowError = {
  /** Name of the error type. */
  readonly type: string;
  /** Path within the row. */
  readonly at: readonly string[];
  readonly message: Text | string;
};

/** An error as it is told. */
export type ToldError = Readonly<Record<string, unknown>> & { readonly __typename: string };

export const told = (type: string, path: readonly string[], message: Text | string): ToldError => ({
  __typename: type,
  message: typeof message === 'string' ? message : message.nb,
  path,
});

/** Of a row, by its place in the input. */
export const toldOfRow = (row: number, { type, at, message }: RowError): ToldError =>
  told(type, ['input', String(row), ...at], message);

/** Each error of a type at a place once, in the order of the rows. */
export const distinctErrors = (errors: readonly ToldError[]): readonly ToldError[] => [
  ...new Map(errors.map((one) => [JSON.stringify(one), one])).values(),
];
