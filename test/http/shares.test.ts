// How the loop of a process is shared: who is alone waits for nothing, who asks for little goes ahead, and who asks for much goes piece by piece, with
// time between the pieces; nobody is forgotten. Time is what the pieces and the rests take.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as check, asyncProperty, double, integer } from 'fast-check';
import { yieldToLoop } from '#base/clock.ts';
import { createShares, type Shares } from '#base/shares.ts';

const limits = { besideMs: 1_000, share: 0.25, savedMs: 2, restMs: 1 };

type World = {
  readonly shares: Shares;
  readonly now: () => number;
  readonly pass: (ms: number) => void;
  /** Asks for a piece that takes so long; resolves with the time at which it began. */
  readonly piece: (organisation: string, ms: number) => Promise<number>;
};

const made = (): World => {
  let now = 0;
  const pass = (ms: number): void => {
    now += ms;
  };
  const shares = createShares({ monotonic: () => now, sleep: async (ms) => pass(ms) }, limits);
  const piece = async (organisation: string, ms: number): Promise<number> => {
    await shares.turn(organisation);
    const began = now;
    pass(ms);
    return began;
  };
  return { shares, now: () => now, pass, piece };
};

/** As `made`, with organisations that have all just asked. */
const beside = (...organisations: readonly string[]): World => {
  const world = made();
  for (const organisation of organisations) world.shares.asks(organisation);
  return world;
};

test('whoever is the only one that asks is alone, and again when the others have asked for nothing for a while', () => {
  const { shares, pass } = made();
  assert.equal(shares.alone('a'), true);
  shares.asks('a');
  shares.asks('a');
  assert.equal(shares.alone('a'), true);
  assert.equal(shares.alone('b'), false);
  shares.asks('b');
  assert.equal(shares.alone('a'), false);
  pass(limits.besideMs - 1);
  assert.equal(shares.alone('a'), false);
  pass(1);
  assert.equal(shares.alone('a'), true);
});

test('what an organisation has saved it may use at once; then it is ready again as time passes, and never saves more', () => {
  const { shares, pass } = beside('a', 'b');
  assert.equal(shares.ready('a'), true);
  shares.spend('a', limits.savedMs);
  assert.equal(shares.ready('a'), false);
  assert.equal(shares.ready('b'), true, 'what one uses is not taken from another');
  pass(1);
  assert.equal(shares.ready('a'), true);
  pass(1_000_000);
  shares.spend('a', limits.savedMs);
  assert.equal(shares.ready('a'), false);
});

test('who has something waiting is not ready, so that nothing overtakes it', async () => {
  const { shares, piece } = beside('a', 'b');
  const waiting = piece('a', 0.1);
  assert.deepEqual([shares.ready('a'), shares.ready('b')], [false, true]);
  await waiting;
  assert.equal(shares.ready('a'), true);
});

test('each piece has a turn of the loop of its own', async () => {
  const { shares } = beside('a', 'b');
  let turns = 0;
  const counting = (async () => {
    for (; turns < 1_000; turns += 1) await yieldToLoop();
  })();
  const at: number[] = [];
  await Promise.all(Array.from({ length: 5 }, async () => at.push((await shares.turn('a'), turns))));
  assert.equal(new Set(at).size, 5, 'the others had the loop between any two');
  turns = 1_000;
  await counting;
});

test('alone, pieces go on without a rest between them', async () => {
  const { shares, piece, now } = made();
  shares.asks('a');
  await Promise.all(Array.from({ length: 100 }, () => piece('a', 1)));
  assert.equal(now(), 100);
});

test('a piece is counted as what it was said to take at least', async () => {
  const { shares } = beside('a', 'b');
  await shares.turn('a', limits.savedMs);
  await yieldToLoop();
  assert.equal(shares.ready('a'), false);
});

test('beside others an organisation gets its part of the loop, whatever it asks for, and no more', async () => {
  await check(
    asyncProperty(array(double({ min: 0.01, max: 4, noNaN: true }), { minLength: 1, maxLength: 60 }), async (sizes) => {
      const { shares, piece, now } = beside('a', 'b');
      const began = await Promise.all(sizes.map((ms) => piece('a', ms)));
      assert.deepEqual(
        began,
        began.toSorted((x, y) => x - y),
        'in the order of asking',
      );
      const [all, last] = [sizes.reduce((sum, ms) => sum + ms, 0), sizes.at(-1) ?? 0];
      if (now() >= limits.besideMs || shares.alone('a')) return;
      // Before the last piece it had something left.
      assert.ok(all - last < limits.savedMs + (began.at(-1) ?? 0) * limits.share + 1e-6);
      // What it asked for came as soon as its part allowed, but for the length of a rest and of a piece.
      const fair = Math.max(0, all - limits.savedMs) / limits.share;
      assert.ok(now() <= Math.max(fair, all) + limits.restMs + 4 / limits.share + last);
    }),
    { numRuns: 100 },
  );
});

test('whoever asks for little waits for one piece of each of the others at most, however much these ask for', async () => {
  await check(
    asyncProperty(
      integer({ min: 1, max: 8 }),
      integer({ min: 1, max: 50 }),
      double({ min: 0.01, max: 2, noNaN: true }),
      async (organisations, pieces, ms) => {
        const greedy = Array.from({ length: organisations }, (_, index) => `greedy-${index}`);
        const { shares, piece, now } = beside(...greedy, 'modest');
        const all = greedy.flatMap((name) => Array.from({ length: pieces }, () => piece(name, ms)));
        const asked = now();
        const began = await piece('modest', ms);
        assert.ok(began - asked <= organisations * ms + limits.restMs + 1e-6);
        // And nobody is forgotten.
        shares.asks('modest');
        assert.equal((await Promise.all(all)).length, organisations * pieces);
      },
    ),
    { numRuns: 60 },
  );
});
