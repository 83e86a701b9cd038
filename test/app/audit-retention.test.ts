// How long audits are kept: whole months back, for every organisation, and one that fails does not keep the others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepAudits, monthsBefore } from '#app/audit-retention.ts';
import type { HubEvent } from '#base/events.ts';
import { systemClock } from '#base/clock.ts';
import type { Store } from '#store/store.ts';

const day = (text: string): number => Date.parse(`${text}T12:34:56Z`);

test('months are those of the calendar; a day that a month does not have is its last', () => {
  for (const [now, months, before] of [
    ['2026-11-22', 24, '2024-11-22'],
    ['2026-03-31', 1, '2026-02-28'],
    ['2024-03-31', 1, '2024-02-29'],
    ['2026-01-15', 2, '2025-11-15'],
    ['2026-12-31', 6, '2026-06-30'],
  ] as const)
    assert.equal(new Date(monthsBefore(day(now), months)).toISOString(), new Date(day(before)).toISOString());
});

test('every organisation is trimmed now and then; with 0 months nobody is', async () => {
  const trimmed: (readonly [string, number])[] = [];
  const events: HubEvent[] = [];
  const timers: (() => void)[] = [];
  const stopped: number[] = [];
  const clock = {
    ...systemClock,
    now: () => day('2026-11-22'),
    every: (_ms: number, call: () => void) => {
      const place = timers.push(call);
      return () => void stopped.push(place);
    },
  };
  const store = {
    platform: { organisations: () => ['a', 'b', 'c'].map((id) => ({ id })) },
    tenant: (id: string) =>
      Promise.resolve({
        trail: {
          trim: (before: number) => {
            if (id === 'b') return Promise.reject(new Error('full'));
            trimmed.push([id, before]);
            return Promise.resolve(0);
          },
        },
      }),
  } as unknown as Store;
  const stop = keepAudits({ store, clock, observe: (event) => events.push(event) }, 24);
  timers[0]?.();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(trimmed, [
    ['a', day('2024-11-22')],
    ['c', day('2024-11-22')],
  ]);
  assert.deepEqual(events, [{ kind: 'audit-failed', tenant: 'b', reason: 'full' }]);
  stop();
  assert.deepEqual(stopped, [1]);
  keepAudits({ store, clock, observe: () => {} }, 0)();
  assert.equal(timers.length, 1);
});
