// Waits for what a source system decides about a write: APIs whose clients expect an answer to their request ask so for a while. Called by those APIs; what
// was decided is told by writing-outcome-many.ts, each question recorded there.
import type { Clock } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import type { Hub, ManyOutcome, QueryContext } from './query.ts';

export type AwaitDeps = { readonly hub: Pick<Hub, 'run'>; readonly clock: Pick<Clock, 'now' | 'sleep'> };

/** The first wait for an outcome; each is twice the one before, up to a second. */
const firstWaitMs = 25;

/** Asks until it is told, the time (milliseconds) is over or nobody waits any more; null = it still waits. Throws a HubError when the hub refuses to say. */
export const awaitOutcome = async (
  { hub, clock }: AwaitDeps,
  id: string,
  context: QueryContext,
  waitMs: number,
): Promise<Exclude<ManyOutcome, { readonly state: 'waiting' }> | null> => {
  const until = clock.now() + waitMs;
  for (let wait = firstWaitMs; ; wait = Math.min(wait * 2, 1_000)) {
    const result = await hub.run({ kind: 'outcome-many', id }, context);
    if (result.kind === 'refused') throw new HubError(result.problem);
    const outcome = result.kind === 'outcome-many' ? result.outcome : ({ state: 'forgotten' } as const);
    if (outcome.state !== 'waiting') return outcome;
    const left = until - clock.now();
    if (left <= 0 || context.signal?.aborted === true) return null;
    await clock.sleep(Math.min(wait, left), context.signal);
  }
};
