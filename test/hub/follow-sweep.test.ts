// What followers could see long ago is dropped once a day: no earlier than after sixty days, and not before cursors of events have run out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFollowSweep } from '#hub/follow-sweep.ts';
import type { TenantStore, TenantWrite } from '#store/store.ts';

const aDay = 86_400_000;
const now = 1_700_000_000_000;

const swept = () => {
  const asked: (readonly [string, number])[] = [];
  const tenantOf = (id: string): TenantStore => {
    const tx = { forgetFollows: (before: number) => asked.push([id, before]) } as unknown as TenantWrite;
    return { id, write: (work: (tx: TenantWrite) => Promise<unknown>) => work(tx) } as unknown as TenantStore;
  };
  return { asked, tenantOf };
};

test('once a day for each organisation', async () => {
  const { asked, tenantOf } = swept();
  let at = 0;
  const sweep = createFollowSweep({ now: () => now + at, monotonic: () => at }, 1);
  const [a, b] = [tenantOf('a'), tenantOf('b')];
  await sweep(a);
  await sweep(a);
  await sweep(b);
  at = aDay - 1;
  await sweep(a);
  at = aDay;
  await sweep(a);
  assert.deepEqual(asked, [
    ['a', now - 60 * aDay],
    ['b', now - 60 * aDay],
    ['a', now - 59 * aDay],
  ]);
});

test('what a cursor of events names outlives it, by the days that noting its use may be late', async () => {
  const clock = { now: () => now, monotonic: () => 0 };
  const { asked, tenantOf } = swept();
  for (const days of [56, 57, 58, 400]) await createFollowSweep(clock, days)(tenantOf('a'));
  assert.deepEqual(
    asked.map(([, before]) => (now - before) / aDay),
    [60, 60, 61, 403],
  );
});
