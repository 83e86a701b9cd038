// What a test process has started ends with it, also when it is told to stop or a test is given up: hubs, servers, what is mounted. Called by whoever
// starts something that would live on; the long suites listen to signals through it.
import { constants } from 'node:os';

const ends: (() => void)[] = [];
const pause = new Int32Array(new SharedArrayBuffer(4));

const endAll = (): void => {
  // What was started last may need what was started first.
  for (const end of ends.splice(0).toReversed())
    try {
      end();
    } catch {
      // The others are ended all the same.
    }
};

/** Calls `end`, which must not wait for anything but by `waitUntil`, when the process ends in whatever way it can notice. Gives what forgets it. */
export const whenLeaving = (end: () => void): (() => void) => {
  if (!process.listeners('exit').includes(endAll)) process.on('exit', endAll);
  ends.push(end);
  return () => {
    const at = ends.indexOf(end);
    if (at !== -1) ends.splice(at, 1);
  };
};

/** For a process that no test runner looks after: SIGINT, SIGTERM and SIGHUP end it, and `after` is called last. */
export const leaveOnSignals = (after: () => unknown = () => {}): void => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      endAll();
      after();
      process.exit(128 + constants.signals[signal]);
    });
};

/** Holds the whole process up until it is so, at most `ms`; gives whether it is. */
export const waitUntil = (isSo: () => boolean, ms: number): boolean => {
  const until = performance.now() + ms;
  while (!isSo()) {
    if (performance.now() > until) return false;
    Atomics.wait(pause, 0, 0, 10);
  }
  return true;
};
