// Turns of the event loop within long work. Called by page.ts and run.ts. All long work of a process shares them: however much of it there is, it
// holds the loop up no longer than one turn at a time.
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import type { Shares } from '#base/shares.ts';

/** How long a turn may last, milliseconds; beside others that ask, who would wait for it. */
const turnMs = 4;
const turnMsBeside = 0.1;

/** To call between pieces of work: lets other work of the process run when the turn has lasted long enough. */
export type Turns = () => Promise<void>;

let last: Promise<void> = Promise.resolve();

/** Those who come after each other go on one after the other, each in a turn of the loop of its own. */
const inLine = (): Promise<void> => (last = last.then(yieldToLoop));

/** Gives the turns of one piece of long work of an organisation. Beside others each turn is taken from its share. */
export const createTurns = (clock: Pick<Clock, 'monotonic'>, shares: Shares, organisation: string): Turns => {
  let began = clock.monotonic();
  return async () => {
    const lasted = clock.monotonic() - began;
    if (lasted < turnMsBeside) return;
    if (!shares.alone(organisation)) await shares.turn(organisation);
    else if (lasted >= turnMs) await inLine();
    else return;
    began = clock.monotonic();
  };
};
