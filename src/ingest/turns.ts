// Turns of the event loop within long work. Called by page.ts and run.ts.
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';

/** How long a turn may last, milliseconds. */
const turnMs = 4;

/** Gives a function to call between pieces of work: it lets other work of the process run when the turn has lasted long enough. */
export const createTurns = (clock: Pick<Clock, 'monotonic'>): (() => Promise<void>) => {
  let began = clock.monotonic();
  return async () => {
    if (clock.monotonic() - began < turnMs) return;
    await yieldToLoop();
    began = clock.monotonic();
  };
};
