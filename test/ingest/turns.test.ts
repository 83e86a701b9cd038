// How long a piece of a delivery may be: long when nobody else asks, short when somebody does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createShares, shareLimits } from '#base/shares.ts';
import { createTurns } from '#ingest/turns.ts';

/** What happened when an organisation paused after so long: it waited for its share, for the loop, or for nothing. */
const pausing = (others: boolean): ((ms: number) => Promise<'share' | 'loop' | 'nothing'>) => {
  let now = 0;
  const clock = { monotonic: () => now, sleep: async (ms: number) => void (now += ms) };
  const shares = createShares(clock, shareLimits);
  let taken = 0;
  const counted: typeof shares = {
    ...shares,
    turn: (organisation, leastMs) => {
      taken += 1;
      return shares.turn(organisation, leastMs);
    },
  };
  shares.asks('a');
  if (others) shares.asks('b');
  const pause = createTurns(clock, counted, 'a');
  return async (ms) => {
    const before = taken;
    let round = false;
    const immediate = setImmediate(() => {
      round = true;
    });
    now += ms;
    await pause();
    clearImmediate(immediate);
    return taken > before ? 'share' : round ? 'loop' : 'nothing';
  };
};

test('alone, work goes on for milliseconds before it lets others have the loop', async () => {
  const after = pausing(false);
  assert.deepEqual(
    [await after(3), await after(0.9), await after(0.2), await after(0.1)],
    ['nothing', 'nothing', 'loop', 'nothing'],
  );
});

test('beside others, work waits for its share after a tenth of a millisecond', async () => {
  const after = pausing(true);
  assert.deepEqual([await after(0.06), await after(0.06), await after(0.05)], ['nothing', 'share', 'nothing']);
});
