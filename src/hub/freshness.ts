// How old the data of a collection is against what its adapter has promised (facts 5.4). Asked with every read, so it is worked out at most
// once a second per collection. Called by hub/run.ts and the FINT health page; knows nothing of who asks.
import type { Clock } from '#base/clock.ts';
import type { TenantStore } from '#store/store.ts';
import type { Freshness } from './query.ts';

const keptMs = 1_000;
const dayMs = 86_400_000;

export type FreshnessOf = (tenant: TenantStore, collection: string) => Promise<Freshness> | Freshness;

/** Builds the look-up with its short memory. */
export const createFreshness = (clock: Clock): FreshnessOf => {
  const known = new Map<string, { readonly until: number; readonly freshness: Freshness }>();
  const work = async (tenant: TenantStore, collection: string, key: string): Promise<Freshness> => {
    const now = clock.now();
    const full = await tenant.runs.lastCompleted(collection, 'FULL');
    const delta = await tenant.runs.lastCompleted(collection, 'DELTA');
    const removal = await tenant.runs.lastCompleted(collection, 'DELETE');
    const [newest] = await tenant.runs.runs({ collection, limit: 1 });
    const contracts = await tenant.runs.contracts();
    const held = await tenant.runs.runs({ collection, state: 'held', limit: 1 });
    const promising = contracts.flatMap((contract) =>
      contract.capabilities
        .filter((capability) => capability.collection === collection)
        .map((capability) => ({ contract, capability })),
    );
    const days = promising.map(({ capability }) => capability.fullSyncIntervalInDays);
    const promisedMs = days.length === 0 ? null : Math.min(...days) * dayMs;
    const fullSyncAt = full?.closedAt ?? null;
    // A run that is still open has delivered too, once a page of it has come.
    const runs = [full, delta, removal, newest !== undefined && newest.pages > 0 ? newest : null];
    const times = runs.flatMap((run) => (run === null ? [] : [run.touchedAt]));
    const freshness: Freshness = {
      sources: promising.map(({ contract }) => contract.adapterId),
      fullSyncAt,
      deliveredAt: times.length === 0 ? null : Math.max(...times),
      promisedMs,
      stale: promisedMs !== null && (fullSyncAt === null || now - fullSyncAt > promisedMs),
      held: held.length > 0,
    };
    if (known.size >= 10_000) known.clear();
    known.set(key, { until: clock.monotonic() + keptMs, freshness });
    return freshness;
  };
  return (tenant, collection) => {
    const key = `${tenant.id} ${collection}`;
    const held = known.get(key);
    return held !== undefined && clock.monotonic() < held.until ? held.freshness : work(tenant, collection, key);
  };
};
