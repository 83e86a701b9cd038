// What applications use of APIs: counted and told day by day, nothing of it twice or lost while the store answers, bounded while it does not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { dayMs, systemClock, type Clock } from '#base/clock.ts';
import type { HubEvent } from '#base/events.ts';
import { limits } from '#base/limits.ts';
import { createPartUse } from '#catalogue/part-use.ts';
import type { Environment, PartUse } from '#store/store.ts';

const noon = Date.parse('2026-11-22T11:00:00Z');

const world = () => {
  let now = noon;
  const rows = new Map<string, number>();
  const state = { broken: false, tells: 0, dropped: [] as string[] };
  const events: HubEvent[] = [];
  const ticks = new Set<() => void>();
  const clock: Clock = {
    ...systemClock,
    now: () => now,
    every: (_ms, call) => {
      ticks.add(call);
      return () => void ticks.delete(call);
    },
  };
  const platform = {
    addPartUse: async (environment: Environment, uses: readonly PartUse[]): Promise<void> => {
      await Promise.resolve();
      if (state.broken) throw new Error('away');
      state.tells += 1;
      const keys = new Set<string>();
      for (const { application, api, part, day, count } of uses) {
        const key = [environment, application, api, part, day].join(' ');
        keys.add(key);
        rows.set(key, (rows.get(key) ?? 0) + count);
      }
    },
    dropPartUse: (before: string): void => void state.dropped.push(before),
  };
  const uses = createPartUse({ platform, clock, environment: 'test', observe: (event) => events.push(event) });
  return {
    uses,
    state,
    events,
    ticks,
    told: () => Object.fromEntries(rows),
    pass: (ms: number) => {
      now += ms;
    },
  };
};

test('what is used is told as sums by application, API, part and day', async () => {
  const { uses, told, state, pass } = world();
  const document = ['Query.a', 'A.b'];
  const other = ['Query.a', 'A.c'];
  uses.count('x', 'fint', 'GET /a');
  uses.count('x', 'fint', 'GET /a');
  uses.count('y', 'fint', 'GET /a');
  uses.count('x', 'fs', document);
  uses.count('x', 'fs', document);
  uses.count('x', 'fs', other);
  uses.count('x', 'fs', []);
  assert.deepEqual(told(), {});
  await uses.exchange();
  const first = {
    'test x fint GET /a 2026-11-22': 2,
    'test y fint GET /a 2026-11-22': 1,
    'test x fs Query.a 2026-11-22': 3,
    'test x fs A.b 2026-11-22': 2,
    'test x fs A.c 2026-11-22': 1,
  };
  assert.deepEqual(told(), first);
  await uses.exchange();
  assert.equal(state.tells, 1, 'nothing new is nothing told');
  uses.count('x', 'fint', 'GET /a');
  // Eleven hours after noon UTC a day is over in Norway.
  pass(12 * 3_600_000);
  uses.count('x', 'fint', 'GET /a');
  await uses.close();
  assert.deepEqual(told(), { ...first, 'test x fint GET /a 2026-11-22': 3, 'test x fint GET /a 2026-11-23': 1 });
});

test('it is told every few seconds and at the end, and days before the last 400 are dropped once a day', async () => {
  const { uses, told, state, ticks, pass } = world();
  uses.count('x', 'fint', 'GET /a');
  for (const tick of ticks) tick();
  await uses.exchange();
  assert.equal(told()['test x fint GET /a 2026-11-22'], 1);
  assert.deepEqual(state.dropped, ['2025-10-18']);
  await uses.exchange();
  pass(dayMs);
  await uses.exchange();
  assert.deepEqual(state.dropped, ['2025-10-18', '2025-10-19']);
  uses.count('x', 'fint', 'GET /a');
  await uses.close();
  assert.equal(told()['test x fint GET /a 2026-11-23'], 1);
  assert.equal(ticks.size, 0);
});

test('while the store is away it goes on counting, says so once, and tells all of it later', async () => {
  const { uses, told, state, events } = world();
  state.broken = true;
  for (let round = 0; round < 3; round += 1) {
    uses.count('x', 'fint', 'GET /a');
    await uses.exchange();
  }
  assert.equal(events.length, 1);
  assert.deepEqual(told(), {});
  state.broken = false;
  uses.count('x', 'fint', 'GET /a');
  await uses.exchange();
  assert.deepEqual(told(), { 'test x fint GET /a 2026-11-22': 4 });
});

test('it holds so much and no more: what is counted beyond is said to be lost, what was held is told', async () => {
  const { uses, told, state, events } = world();
  state.broken = true;
  const most = limits.partUsesHeld;
  uses.count(
    'x',
    'fs',
    Array.from({ length: most - 1 }, (_, at) => `A.f${at}`),
  );
  uses.count('x', 'fint', 'GET /a');
  uses.count('x', 'fint', 'GET /a');
  await uses.exchange();
  for (let times = 0; times < 3; times += 1) uses.count('x', 'fint', `GET /b${times}`);
  await uses.exchange();
  assert.match(JSON.stringify(events.at(-1)), /3 requests were not counted/);
  state.broken = false;
  await uses.exchange();
  assert.equal(Object.keys(told()).length, most);
  assert.equal(told()['test x fint GET /a 2026-11-22'], 2);
  uses.count('x', 'fint', 'GET /b');
  await uses.close();
  assert.equal(told()['test x fint GET /b 2026-11-22'], 1);
});

test('whatever is counted, whenever it is told and however often the store is away, the sums are right', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.record({
            kind: fc.constant('count' as const),
            who: fc.constantFrom('x', 'y'),
            what: fc.integer({ min: 0, max: 5 }),
          }),
          fc.record({ kind: fc.constant('exchange' as const), broken: fc.boolean(), wait: fc.boolean() }),
          fc.record({ kind: fc.constant('pass' as const), hours: fc.integer({ min: 1, max: 40 }) }),
        ),
        { maxLength: 60 },
      ),
      async (steps) => {
        const { uses, told, state, pass } = world();
        const parts = ['GET /a', 'GET /b', ['A'], ['A', 'B'], ['B', 'C', 'D'], []];
        let now = noon;
        const expected: Record<string, number> = {};
        for (const step of steps) {
          if (step.kind === 'pass') {
            pass(step.hours * 3_600_000);
            now += step.hours * 3_600_000;
          } else if (step.kind === 'exchange') {
            state.broken = step.broken;
            const telling = uses.exchange();
            if (step.wait) await telling;
          } else {
            const what = parts[step.what] ?? [];
            uses.count(step.who, 'api', what);
            // In winter Norway is an hour ahead; the steps stay within it.
            const day = new Date(now + 3_600_000).toISOString().slice(0, 10);
            for (const part of typeof what === 'string' ? [what] : what) {
              const key = `test ${step.who} api ${part} ${day}`;
              expected[key] = (expected[key] ?? 0) + 1;
            }
          }
        }
        state.broken = false;
        await uses.close();
        await uses.exchange();
        assert.deepEqual(told(), expected);
      },
    ),
  ));
