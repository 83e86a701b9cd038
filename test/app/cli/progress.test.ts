// Progress: bars where somebody watches, a line each ten seconds where nobody does, a summary always.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgress } from '#app/cli/progress.ts';
import { systemClock } from '#base/clock.ts';

const display = (live: boolean, quiet = false) => {
  let now = 0;
  let text = '';
  const progress = createProgress(
    { live, quiet, width: 80 },
    { ...systemClock, monotonic: () => now },
    'demo',
    (more) => {
      text += more;
    },
  );
  return {
    progress,
    at: (ms: number) => {
      now = ms;
    },
    taken: () => {
      const was = text;
      text = '';
      return was;
    },
  };
};

test('on a terminal: one line per class, redrawn in place, with bar, rate and time left', () => {
  const { progress, at, taken } = display(true);
  progress.update('elev', 0, 1_000);
  taken();
  at(50);
  progress.update('elev', 100, 1_000);
  assert.equal(taken(), '');
  at(1_000);
  progress.update('elev', 500, 1_000);
  assert.equal(taken(), '\u001B[1A\u001B[2Kelev  [############............] 500/1 000  500/s, 1 s\n');
  at(2_000);
  progress.update('person', 12, null);
  const [first = '', second = ''] = taken().split('\n');
  assert.ok(first.startsWith('\u001B[1A\u001B[2Kelev    [############............] 500/1 000'), first);
  assert.ok(second.startsWith('\u001B[2Kperson  12  '), second);
  progress.finish();
  assert.match(taken(), /\ndemo: 512 \(2\), 2 s, 256\/s\n$/);
});

test('on a terminal: a finished line is written once and never drawn over', () => {
  const { progress, at, taken } = display(true);
  const shown = (): string => taken().replaceAll('\u001B[2K', '').replaceAll('\u001B[', 'up ');
  progress.update('elev', 1, 2);
  at(1_000);
  progress.update('person', 1, 2);
  taken();
  at(2_000);
  progress.update('elev', 2, 2);
  assert.match(shown(), /^up 2Aelev .* 2\/2 .*\nperson .* 1\/2 .*\n$/);
  at(3_000);
  progress.update('person', 2, 2);
  assert.match(shown(), /^up 1Aperson .* 2\/2 .*\n$/);
  progress.finish();
  assert.match(shown(), /^demo: 4 \(2\)/);
});

test('elsewhere: a line each ten seconds and the summary', () => {
  const { progress, at, taken } = display(false);
  for (let second = 0; second < 25; second += 1) {
    at(second * 1_000);
    progress.update('elev', second * 10, 300);
  }
  assert.deepEqual(taken().split('\n'), ['elev  100/300  10/s, 20 s', 'elev  200/300  10/s, 10 s', '']);
  progress.finish();
  assert.equal(taken(), 'demo: 240 (1), 24 s, 10/s\n');
});

test('quiet says nothing', () => {
  const { progress, taken } = display(true, true);
  progress.update('elev', 1, 2);
  progress.finish();
  assert.equal(taken(), '');
});
