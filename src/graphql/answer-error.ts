// Errors as GraphQL tells them: a message, where, and a code of the hub's table. Used by all that can fail in a request.
import type { GraphQLError } from 'graphql';
import { problem, type ErrorCode, type Problem } from '#base/errors.ts';

export type AnswerError = {
  readonly message: string;
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: ErrorCode } & Readonly<Record<string, unknown>>;
};

/** What a problem is told as. `more` goes beside the code. */
export const errorOf = (
  { code, detail, errors, retryAfter }: Problem,
  more: Readonly<Record<string, unknown>> = {},
): AnswerError => ({
  message: detail,
  extensions: {
    code,
    ...(errors === undefined ? {} : { errors }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...more,
  },
});

/** An error of the library, without the values that a client has sent: they may be national ids, and errors are kept. */
export const libraryError = (code: ErrorCode, { message, locations }: GraphQLError): AnswerError => ({
  ...errorOf(problem(code, withoutValues(message))),
  ...(locations === undefined ? {} : { locations: locations.map(({ line, column }) => ({ line, column })) }),
});

const variablePart = /^Variable "\$\w+" has invalid (?:default )?value[^:]*: /;

/** Cuts what the library says of a value off a message. */
export const withoutValues = (message: string): string => {
  const before = variablePart.exec(message)?.[0] ?? '';
  const rest = message
    .slice(before.length)
    .replace(/\? Found: .*$/s, '?')
    .replace(/, found:? .*$/s, '.')
    .replace(/ value: .*$/s, ' value.')
    .replace(/^Value ".*" does not exist/s, 'A value does not exist');
  return `${before}${rest}`;
};
