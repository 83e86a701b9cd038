// What followers could see long ago is dropped once a day, and no earlier than after sixty days.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFollowSweep } from '#hub/follow-sweep.ts';
import type { TenantStore, TenantWrite } from '#store/store.ts';

test('once a day for each organisation', async () => {
  const asked: (readonly [string, number])[] = [];
  const tenantOf = (id: string): TenantStore => {
    const tx = { forgetFollows: (before: number) => asked.push([id, before]) } as unknown as TenantWrite;
    return { id, write: (work: (tx: TenantWrite) => Promise<unknown>) => work(tx) } as unknown as TenantStore;
  };
  let at = 0;
  const aDay = 86_400_000;
  const now = 1_700_000_000_000;
  const sweep = createFollowSweep({ now: () => now + at, monotonic: () => at });
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
