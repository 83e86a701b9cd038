// Drops what followers of the feed could see long ago, once a day for each organisation. Called by app/compose.ts with its other sweeps; a
// follower that comes back later than that begins anew. Cursors of events name such states too, so none goes before those have run out.
import type { Clock } from '#base/clock.ts';
import { followLifeMs } from '#store/followed-until.ts';
import type { TenantStore } from '#store/store.ts';

const aDay = 86_400_000;

/** Use of a state is noted once a day, and so is that of a state which others are differences from: it may look so much older than a cursor. */
const slackDays = 3;

/** Makes the sweep, which remembers when it last looked at an organisation. `retentionDays` = for so long cursors of events are good. */
export const createFollowSweep = (
  clock: Pick<Clock, 'now' | 'monotonic'>,
  retentionDays: number,
): ((tenant: TenantStore) => Promise<void>) => {
  const lifeMs = Math.max(followLifeMs, (retentionDays + slackDays) * aDay);
  const next = new Map<string, number>();
  return async (tenant) => {
    const at = clock.monotonic();
    if (at < (next.get(tenant.id) ?? Number.NEGATIVE_INFINITY)) return;
    await tenant.write(async (tx) => tx.forgetFollows(clock.now() - lifeMs));
    next.set(tenant.id, at + aDay);
  };
};
