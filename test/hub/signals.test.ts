// Wake-ups: nobody sleeps through news, nobody wakes for others' news, and nobody waits once all is closed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { createSignals } from '#hub/signals.ts';

const never = new AbortController().signal;
const hour = 3_600_000;

test('news wakes those who wait for it, and is kept for those who are about to', async () => {
  const signals = createSignals(systemClock);
  const listener = signals.listen(['a', 'b']);
  const other = signals.listen(['c']);
  signals.tell('b');
  assert.equal(await listener.next(hour, never), true, 'told before the wait');
  const waiting = listener.next(hour, never);
  signals.tell('c');
  signals.tell('a');
  signals.tell('a');
  assert.equal(await waiting, true);
  assert.equal(await listener.next(10, never), false);
  assert.equal(await other.next(hour, never), true);
  assert.equal(signals.listeners('a'), 1);
  listener.close();
  other.close();
  assert.equal(signals.listeners('a'), 0);
  signals.tell('a');
});

test('a wait ends with its time, its signal, and everything', async () => {
  const signals = createSignals(systemClock);
  const listener = signals.listen(['a']);
  assert.equal(await listener.next(5, never), false);
  assert.equal(await listener.next(0, never), false);
  assert.equal(await listener.next(-1, never), false);
  const stop = new AbortController();
  const waiting = listener.next(hour, stop.signal);
  stop.abort();
  assert.equal(await waiting, false);
  assert.equal(await listener.next(hour, stop.signal), false);
  const last = listener.next(hour, never);
  signals.close();
  assert.equal(await last, false);
  assert.equal(await listener.next(hour, never), false);
  signals.tell('a');
  assert.equal(await listener.next(hour, never), false);
});

test('news of one process wakes who waits in another; what may have been missed wakes everybody', async () => {
  const processes = new Map<number, { readonly heard: (topic: string) => void; readonly lost: () => void }>();
  const inProcess = (number: number) =>
    createSignals({
      sleep: systemClock.sleep,
      others: {
        tell: (topic) => {
          for (const [at, { heard }] of processes) if (at !== number) heard(topic);
        },
        listen: (heard, lost) => void processes.set(number, { heard, lost }),
      },
    });
  const [one, two] = [inProcess(1), inProcess(2)];
  const [listener, other, here] = [two.listen(['a']), two.listen(['b']), one.listen(['a'])];
  one.tell('a');
  assert.equal(await listener.next(hour, never), true);
  assert.equal(await here.next(hour, never), true);
  assert.equal(await other.next(10, never), false);
  processes.get(2)?.lost();
  assert.equal(await other.next(hour, never), true);
  assert.equal(await listener.next(hour, never), true);
  assert.equal(await here.next(10, never), false);
  for (const each of [listener, other, here]) each.close();
});
