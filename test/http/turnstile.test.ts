// How a process shares itself out among organisations: who is alone has all of it, who is beside others has a part, and what cannot be served soon
// is turned away.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { yieldToLoop } from '#base/clock.ts';
import { createShares, shareLimits } from '#base/shares.ts';
import { httpLimits } from '#http/limits.ts';
import { createTurnstile, type Turnstile } from '#http/turnstile.ts';

const limits = {
  ...httpLimits,
  placesBeside: 4,
  placesOfAll: 12,
  deliveriesBeside: 2,
  waitingRequests: 3,
  placeWaitMs: 100,
  deliveryWaitMs: 500,
};

/** `savedMs`: what an organisation may use of the loop before its requests go one by one. */
const made = (
  savedMs = 1_000,
): {
  readonly turnstile: Turnstile;
  readonly slept: readonly number[];
  readonly pass: (ms: number) => void;
} => {
  let now = 0;
  const slept: number[] = [];
  const monotonic = (): number => now;
  const shares = createShares({ monotonic, sleep: async (ms) => void (now += ms) }, { ...shareLimits, savedMs });
  const turnstile = createTurnstile(limits, { monotonic, sleep: async (ms) => void slept.push(ms) }, shares);
  return {
    turnstile,
    slept,
    pass: (ms) => {
      now += ms;
    },
  };
};

/** Enters so many times; gives what each was told, `waits` for those who were not told yet. */
const enter = (
  turnstile: Turnstile,
  organisation: string,
  times: number,
  lane: 'work' | 'delivery' = 'work',
): readonly (boolean | 'waits')[] =>
  Array.from({ length: times }, () => {
    const told = turnstile.enter(organisation, lane);
    return typeof told === 'boolean' ? told : 'waits';
  });

const countOf = <T>(all: readonly T[], wanted: T): number => all.filter((one) => one === wanted).length;

test('an organisation that is alone has no bound', () => {
  const { turnstile } = made();
  assert.equal(countOf(enter(turnstile, 'a', 500), true), 500);
});

test('beside another, it has its places, a row behind them, and no more', () => {
  const { turnstile } = made();
  enter(turnstile, 'b', 1);
  const told = enter(turnstile, 'a', 9);
  assert.deepEqual([countOf(told, true), countOf(told, 'waits'), countOf(told, false)], [4, 3, 2]);
  assert.deepEqual(enter(turnstile, 'b', 1), [true], 'the other one goes on');
});

test('the places become fewer the more organisations have something in work, two at least', () => {
  const { turnstile } = made();
  for (let index = 0; index < 5; index += 1) enter(turnstile, `o${index}`, 1);
  // Six with work share twelve: two each.
  assert.equal(countOf(enter(turnstile, 'a', 5), true), 2);
  for (let index = 5; index < 30; index += 1) enter(turnstile, `o${index}`, 1);
  assert.equal(countOf(enter(turnstile, 'z', 5), true), 2);
});

test('whoever leaves lets the next one in, in the order of coming', async () => {
  const { turnstile } = made();
  enter(turnstile, 'b', 1);
  enter(turnstile, 'a', 4);
  const order: string[] = [];
  const waiting = ['first', 'second'].map(async (name) => {
    assert.equal(await turnstile.enter('a', 'work'), true);
    order.push(name);
  });
  turnstile.leave('a', 'work');
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(order, ['first']);
  turnstile.leave('a', 'work');
  await Promise.all(waiting);
  assert.deepEqual(order, ['first', 'second']);
});

test('once the others ask no more, all who wait go in with the next who leaves', async () => {
  const { turnstile, pass } = made();
  enter(turnstile, 'b', 1);
  enter(turnstile, 'a', 4);
  const waiting = Array.from({ length: 3 }, () => turnstile.enter('a', 'work'));
  pass(shareLimits.besideMs);
  turnstile.leave('a', 'work');
  assert.deepEqual(await Promise.all(waiting), [true, true, true]);
});

test('who has waited too long is turned away, a delivery later than others', async () => {
  const { turnstile, pass } = made();
  enter(turnstile, 'b', 1);
  enter(turnstile, 'a', 4);
  enter(turnstile, 'a', 2, 'delivery');
  const [work, delivery] = [turnstile.enter('a', 'work'), turnstile.enter('a', 'delivery')];
  pass(limits.placeWaitMs - 1);
  turnstile.sweep();
  assert.equal(await Promise.race([work, Promise.resolve('waits')]), 'waits');
  pass(1);
  turnstile.sweep();
  assert.equal(await work, false);
  assert.equal(await Promise.race([delivery, Promise.resolve('waits')]), 'waits');
  pass(limits.deliveryWaitMs);
  turnstile.sweep();
  assert.equal(await delivery, false);
});

test('deliveries have places of their own', () => {
  const { turnstile } = made();
  enter(turnstile, 'b', 1);
  assert.deepEqual(enter(turnstile, 'a', 3, 'delivery'), [true, true, 'waits']);
  assert.deepEqual(enter(turnstile, 'a', 1), [true]);
});

test('steps of long answers are made one at a time for an organisation beside others, and all at once when it is alone', async () => {
  const { turnstile } = made();
  let [inWork, most] = [0, 0];
  const work = async (): Promise<IteratorResult<Buffer>> => {
    inWork += 1;
    most = Math.max(most, inWork);
    await new Promise((resolve) => setImmediate(resolve));
    inWork -= 1;
    return { done: false, value: Buffer.alloc(10) };
  };
  await Promise.all(Array.from({ length: 5 }, () => turnstile.step('a', work)));
  assert.equal(most, 5);
  most = 0;
  enter(turnstile, 'b', 1);
  await Promise.all(Array.from({ length: 5 }, () => turnstile.step('a', work)));
  assert.equal(most, 1);
  await assert.rejects(turnstile.step('a', () => Promise.reject(new Error('no'))));
  assert.equal((await turnstile.step('a', work)).done, false);
});

test('beside others, long answers go at the speed of the share', async () => {
  const { turnstile, slept } = made();
  const piece = { done: false, value: Buffer.alloc(1_000_000) } as const;
  const two = async (): Promise<void> => {
    await turnstile.step('a', () => Promise.resolve(piece));
    await turnstile.step('a', () => Promise.resolve({ done: true, value: undefined }));
  };
  await two();
  assert.deepEqual(slept, []);
  enter(turnstile, 'b', 1);
  await two();
  assert.deepEqual(slept, [Math.floor(1_000_000_000 / limits.bytesBeside)]);
});

test('beside others, requests beyond what was saved go one by one, in turns of the loop, and those of the others at once', async () => {
  const { turnstile } = made(0.95);
  enter(turnstile, 'b', 1);
  // Ten of a tenth of a millisecond are saved, but there are no more than four places.
  assert.deepEqual(enter(turnstile, 'a', 4), [true, true, true, true]);
  for (let index = 0; index < 4; index += 1) turnstile.leave('a', 'work');
  assert.deepEqual(enter(turnstile, 'a', 4), [true, true, true, true]);
  for (let index = 0; index < 4; index += 1) turnstile.leave('a', 'work');
  assert.deepEqual(enter(turnstile, 'a', 2), [true, true]);
  let told = 0;
  const waiting = [0, 1].map(async () => {
    assert.equal(await turnstile.enter('a', 'work'), true);
    told += 1;
  });
  await Promise.resolve();
  assert.equal(told, 0);
  assert.deepEqual(enter(turnstile, 'a', 1, 'delivery'), ['waits'], 'a delivery is of the same share');
  assert.deepEqual(enter(turnstile, 'b', 3), [true, true, true]);
  await Promise.all(waiting);
});

test('an organisation that is alone does not wait for turns, whatever it has used', () => {
  const { turnstile } = made(0);
  assert.equal(countOf(enter(turnstile, 'a', 500), true), 500);
});

test('who waits for a turn when the time is up is turned away, and those after it go on', async () => {
  const { turnstile, pass } = made(0);
  enter(turnstile, 'b', 1);
  const late = turnstile.enter('a', 'work');
  pass(limits.placeWaitMs);
  turnstile.sweep();
  assert.equal(await late, false);
  assert.equal(await turnstile.enter('a', 'work'), true);
});

test('beside others, deliveries that follow each other are let in one to a turn of the loop, also when each is done at once', async () => {
  const { turnstile } = made();
  enter(turnstile, 'b', 1);
  enter(turnstile, 'a', 2, 'delivery');
  let turns = 0;
  const at: number[] = [];
  const waiting = [0, 1, 2].map(async () => {
    assert.equal(await turnstile.enter('a', 'delivery'), true);
    at.push(turns);
    turnstile.leave('a', 'delivery');
  });
  turnstile.leave('a', 'delivery');
  const counting = (async () => {
    for (; turns < 10_000; turns += 1) await yieldToLoop();
  })();
  await Promise.all(waiting);
  turns = 10_000;
  await counting;
  assert.equal(new Set(at).size, 3);
});

test('a delivery is counted as more than a request', () => {
  const { turnstile } = made(limits.deliveryMsBeside);
  enter(turnstile, 'b', 1);
  assert.deepEqual(enter(turnstile, 'a', 3), [true, true, true]);
  assert.deepEqual(enter(turnstile, 'a', 2, 'delivery'), [true, 'waits']);
});

test('slices of a long answer take turns beside others, and none when the organisation is alone', async () => {
  const { turnstile } = made();
  enter(turnstile, 'a', 1);
  assert.equal(turnstile.turn('a'), null);
  enter(turnstile, 'b', 1);
  assert.equal(turnstile.turn('a') instanceof Promise, true);
});
