// Drops what followers of the feed could see long ago, once a day for each organisation. Called by app/compose.ts with its other sweeps; a
// follower that comes back later than that begins anew.
import type { Clock } from '#base/clock.ts';
import { followLifeMs } from '#store/followed-until.ts';
import type { TenantStore } from '#store/store.ts';

const aDay = 86_400_000;

/** Makes the sweep, which remembers when it last looked at an organisation. */
export const createFollowSweep = (
  clock: Pick<Clock, 'now' | 'monotonic'>,
): ((tenant: TenantStore) => Promise<void>) => {
  const next = new Map<string, number>();
  return async (tenant) => {
    const at = clock.monotonic();
    if (at < (next.get(tenant.id) ?? Number.NEGATIVE_INFINITY)) return;
    await tenant.write(async (tx) => tx.forgetFollows(clock.now() - followLifeMs));
    next.set(tenant.id, at + aDay);
  };
};
