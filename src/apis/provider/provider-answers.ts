// The answers that several addresses of the adapter API share. Used by provider-api.ts and events.ts.
import type { ApiAnswer } from '#apis/api.ts';
import { problem } from '#base/errors.ts';
import type { Problem } from '#base/errors.ts';
import type { Result } from '#base/result.ts';

/** For what ingest has refused, and recorded. */
export const refuse = (value: Problem): ApiAnswer => ({ kind: 'problem', problem: value });
/** For what cannot be handed on as it was sent: ingest has not been asked, and so has recorded nothing. */
export const turnAway = (value: Problem): ApiAnswer => ({ kind: 'problem', problem: value, unrecorded: true });

const nothing = problem('HUB-204', 'There is nothing at this address.');
export const nothingHere = refuse(nothing);
export const nothingNamed = turnAway(nothing);

/** No body for success. */
export const emptyOr = (result: Result<null>, status: number): ApiAnswer =>
  result.ok ? { kind: 'empty', status } : refuse(result.problem);
