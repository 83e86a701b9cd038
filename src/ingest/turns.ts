// Turns of the event loop within long work. Called by page.ts and run.ts. All long work of a process shares them: however much of it there is, it
// holds the loop up no longer than one turn at a time.
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';

/** How long a turn may last, milliseconds. */
const turnMs = 4;

let last: Promise<void> = Promise.resolve();

/** Those who come after each other go on one after the other, each in a turn of the loop of its own. */
const inLine = (): Promise<void> => (last = last.then(yieldToLoop));

/** Gives a function to call between pieces of work: it lets other work of the process run when the turn has lasted long enough. */
export const createTurns = (clock: Pick<Clock, 'monotonic'>): (() => Promise<void>) => {
  let began = clock.monotonic();
  return async () => {
    if (clock.monotonic() - began < turnMs) return;
    await inLine();
    began = clock.monotonic();
  };
};
