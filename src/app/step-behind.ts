// Lets a thread go behind those of its process that answer requests, where the system can: on Linux each thread has a priority of its own. Called by the
// threads that make exports, once, as they start.
import { spawn } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/** What the system can do to a thread, and tells of it. */
export type Scheduling = {
  /** Milliseconds on some clock. */
  readonly now: () => number;
  /** How long the calling thread has had something to do and no core, milliseconds; null where that is not told. */
  readonly waited: () => number | null;
  /** `idle` = it gets what is left over; `shared` = it takes part, with a lower priority. */
  readonly put: (way: 'idle' | 'shared') => void;
  readonly every: (ms: number, look: () => void) => void;
};

// Where there is nothing better it gets a quarter of a core that one other wants as well, and all that nobody wants.
const niceness = 5;

const lookMs = 2_000;
// Shares of the time in which it would have run and could not.
const [starves, rests] = [0.8, 0.4];

/**
 * Asks for what is left over: a thread that the system counts as idle makes way at once for any other that has something to do, where one of a lower
 * priority keeps its core for some milliseconds. Where nothing is left over for seconds it takes part all the same, until there is: what it holds (a
 * reading of the store, a run that somebody waits for) is not held for ever. Does nothing where it cannot be done: elsewhere threads share fairly.
 */
export const stepBehind = (system: Scheduling | null = ofLinux()): void => {
  if (system === null) return;
  let way: 'idle' | 'shared' = 'idle';
  system.put(way);
  let [at, before] = [system.now(), system.waited()];
  if (before === null) return;
  system.every(lookMs, () => {
    const [now, waited] = [system.now(), system.waited()];
    const share = (Number(waited) - Number(before)) / (now - at);
    [at, before] = [now, waited];
    const wanted = share > starves ? 'shared' : share < rests ? 'idle' : way;
    if (wanted === way) return;
    way = wanted;
    system.put(way);
  });
};

const ofLinux = (): Scheduling | null => {
  if (process.platform !== 'linux') return null;
  try {
    // `<process>/task/<thread>`: https://man7.org/linux/man-pages/man5/proc_thread-self.5.html
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    if (!Number.isSafeInteger(thread) || thread <= 0 || thread === process.pid) return null;
    setPriority(thread, niceness);
    return {
      now: () => performance.now(),
      waited: waitedOfThread,
      // SCHED_IDLE, which no call of Node's gives: https://man7.org/linux/man-pages/man7/sched.7.html
      put: (way) => {
        const asked = spawn('chrt', [way === 'idle' ? '-i' : '-o', '-p', '0', String(thread)], { stdio: 'ignore' });
        // It is part of nearly every system, and not of all.
        asked.on('error', () => {});
        asked.unref();
      },
      every: (ms, look) => void setInterval(look, ms).unref(),
    };
  } catch {
    // No /proc, or it may not be changed.
    return null;
  }
};

/** Time on a core, time of waiting for one (both in nanoseconds) and turns: https://docs.kernel.org/scheduler/sched-stats.html */
const waitedOfThread = (): number | null => {
  try {
    const waited = Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[1]);
    return Number.isFinite(waited) ? waited / 1_000_000 : null;
  } catch {
    return null;
  }
};
