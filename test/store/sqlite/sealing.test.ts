// When an audit is sealed: a while after something new, after many records at once, at the end; never for nothing, and again after a failure.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { keepSealed } from '#store/keep-sealed.ts';
import type { AuditCheckpoint } from '#store/store.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const workbench = (at: { readonly last: number; readonly sealed: number }) => {
  const ticks: (() => void)[] = [];
  let head = at.last;
  const made: number[] = [];
  const state = { broken: false, failures: 0, stopped: false };
  const clock = {
    ...systemClock,
    every: (ms: number, call: () => void) => {
      assert.equal(ms, 60_000);
      ticks.push(call);
      return () => {
        state.stopped = true;
      };
    },
  };
  const seal = async (): Promise<AuditCheckpoint> => {
    await settled();
    if (state.broken) throw new Error('full');
    made.push(head);
    return { sequence: head } as AuditCheckpoint;
  };
  const sealing = keepSealed(clock, { seal, failed: () => (state.failures += 1), ...at });
  return {
    made,
    state,
    written: (last: number) => {
      head = last;
      sealing.written(last);
    },
    minute: async () => {
      for (const tick of ticks) tick();
      await settled();
      await settled();
    },
    stop: sealing.stop,
  };
};

test('the first records are sealed at once, those of an audit that was never sealed at the opening', async () => {
  const fresh = workbench({ last: 0, sealed: 0 });
  await settled();
  assert.deepEqual(fresh.made, []);
  fresh.written(1);
  fresh.written(2);
  await settled();
  assert.equal(fresh.made.length, 1);
  await fresh.stop();
  const older = workbench({ last: 7, sealed: 0 });
  await settled();
  assert.deepEqual(older.made, [7]);
  await older.stop();
});

test('a minute after something new, and not when nothing is', async () => {
  const { made, written, minute, stop, state } = workbench({ last: 5, sealed: 5 });
  await minute();
  assert.deepEqual(made, []);
  written(6);
  written(7);
  await minute();
  await minute();
  assert.deepEqual(made, [7]);
  await stop();
  assert.deepEqual([made, state.stopped], [[7], true]);
});

test('what a crash left unsealed is sealed within a minute, and what is new at the stop', async () => {
  const { made, written, minute, stop } = workbench({ last: 9, sealed: 5 });
  await minute();
  assert.deepEqual(made, [9]);
  written(12);
  await stop();
  assert.deepEqual(made, [9, 12]);
});

test('after 10,000 records at once, one at a time', async () => {
  const { made, written, stop } = workbench({ last: 1, sealed: 1 });
  written(10_000);
  await settled();
  assert.deepEqual(made, []);
  written(10_001);
  written(10_002);
  await settled();
  await settled();
  assert.deepEqual(made, [10_002]);
  await stop();
  assert.deepEqual(made, [10_002]);
});

test('a failure is told, and made good the next time', async () => {
  const { made, written, minute, stop, state } = workbench({ last: 0, sealed: 0 });
  state.broken = true;
  written(1);
  await minute();
  assert.deepEqual([made, state.failures], [[], 1]);
  state.broken = false;
  await minute();
  assert.deepEqual(made, [1]);
  state.broken = true;
  written(2);
  await stop();
  assert.deepEqual([made, state.failures], [[1], 2]);
});
