// What the headers of a request say: which parts are wanted beside the firm ones, and what a mutation is known by. Called by answer.ts. Errors
// that stand before anything is run are put as GraphQL puts them, so that clients read one form.
import { problem, type Problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { errorOf } from '#graphql/answer-error.ts';
import { readFlags, type Flags } from '#graphql/marks.ts';

/**
 * Reads `Feature-Flags`. Fails with HUB-103 for one that does not exist: who misspells a flag would otherwise be told that fields do not exist. `known`
 * are those of the API.
 */
export const flagsOf = (header: string | null, known: ReadonlySet<string>, implied: boolean): Result<Flags> => {
  const flags = readFlags(header, implied);
  const names = (header ?? '')
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== '');
  const strange = names.find((one) => !known.has(one) || !flags.has(one));
  if (strange === undefined) return ok(flags);
  const message = `there is no such flag; there are ${[...known].toSorted().join(', ')}`;
  return failed(
    problem(
      'HUB-103',
      `The header Feature-Flags names a flag that does not exist: there are ${[...known].toSorted().join(', ')}.`,
      {
        errors: [{ at: 'Feature-Flags', message, code: 'HUB-103' }],
      },
    ),
  );
};

/** Reads `Idempotency-Key`; null when there is none. Fails with HUB-103 for what is too long or holds something that cannot be seen. */
export const keyOf = (header: string | null): Result<string | null> => {
  const key = header?.trim() ?? '';
  if (key === '') return ok(null);
  if (key.length <= limits.idempotencyKeyLength && /^[\x21-\x7e]+$/.test(key)) return ok(key);
  const message = `takes up to ${limits.idempotencyKeyLength} visible characters`;
  return failed(
    problem('HUB-103', `The header Idempotency-Key ${message}.`, {
      errors: [{ at: 'Idempotency-Key', message, code: 'HUB-103' }],
    }),
  );
};

/** A problem as the answer to a request of which nothing was run. */
export const errorText = (value: Problem): string => JSON.stringify({ errors: [errorOf(value)] });
