// How old every promised collection of every organisation is: for the metrics page. Supplied to metrics.ts by compose.ts.
import type { Clock } from '#base/clock.ts';
import type { FreshnessOf } from '#hub/freshness.ts';
import type { Store } from '#store/store.ts';
import type { FreshnessSample } from './metrics.ts';

/** One sample per organisation and collection that some adapter has promised to deliver. */
export const freshnessSamples = async (
  store: Store,
  freshness: FreshnessOf,
  clock: Clock,
): Promise<readonly FreshnessSample[]> => {
  const samples: FreshnessSample[] = [];
  for (const { id } of await store.platform.organisations()) {
    const tenant = await store.tenant(id);
    const promised = new Set(
      (await tenant.runs.contracts()).flatMap(({ capabilities }) => capabilities.map(({ collection }) => collection)),
    );
    for (const collection of promised) {
      const { fullSyncAt, promisedMs, stale } = await freshness(tenant, collection);
      if (promisedMs === null) continue;
      const ageSeconds = fullSyncAt === null ? null : Math.max(0, (clock.now() - fullSyncAt) / 1_000);
      samples.push({ tenant: id, collection, ageSeconds, promisedSeconds: promisedMs / 1_000, stale });
    }
  }
  return samples;
};
