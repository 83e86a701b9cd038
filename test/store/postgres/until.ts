// Waits for something that another connection or process brings about.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

/** Looks every few milliseconds; fails after `ms`. */
export const until = async (holds: () => boolean | Promise<boolean>, ms = 5_000): Promise<void> => {
  const end = performance.now() + ms;
  while (!(await holds())) {
    assert.ok(performance.now() < end, `did not come about within ${ms} ms`);
    await sleep(5);
  }
};
