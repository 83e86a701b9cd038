// What `admin/health` of the FINT API asks: adapters of a component, their heartbeats and the state of its collections. Supplied to apis/fint
// by compose.ts; speaks only of collections that the caller may see.
import type { FintAdminPort } from '#apis/fint/ports.ts';
import type { Clock } from '#base/clock.ts';
import type { Authorizer } from '#hub/authorize.ts';
import type { FreshnessOf } from '#hub/freshness.ts';
import type { Store } from '#store/store.ts';

// A heartbeat may be this much later than promised before the adapter counts as silent.
const grace = 1.5;

/** Builds the port over live data. */
export const createFintHealth = (deps: {
  readonly store: Store;
  readonly clock: Clock;
  readonly authorizer: Authorizer;
  readonly freshness: FreshnessOf;
}): FintAdminPort => ({
  health: async (principal, component) => {
    const tenant = await deps.store.tenant(principal.tenant);
    const visible = await deps.authorizer.visible(principal, component);
    const paths = new Set(visible.map(({ path }) => path));
    const now = deps.clock.now();
    const contracts = (await tenant.runs.contracts()).filter(({ capabilities }) =>
      capabilities.some(({ collection }) => paths.has(collection)),
    );
    const adapters = contracts.map(({ adapterId, heartbeatAt, heartbeatIntervalInMinutes }) => {
      const promisedSeconds = heartbeatIntervalInMinutes * 60;
      const age = heartbeatAt === null ? null : Math.max(0, Math.round((now - heartbeatAt) / 1000));
      return {
        adapterId,
        connected: age !== null && age <= promisedSeconds * grace,
        heartbeatAgeSeconds: age,
        promisedSeconds,
      };
    });
    const collections = await Promise.all(
      visible.map(async (collection) => {
        const decision = await deps.authorizer.decide(principal, collection.path, 'read');
        const whole =
          decision.allowed &&
          decision.plan.portions.some(({ rows, clearance }) => rows === 'all' && clearance === decision.plan.clearance);
        const freshness = await deps.freshness(tenant, collection.path);
        const [last] = await tenant.runs.runs({ collection: collection.path, limit: 1 });
        const delta = await tenant.runs.lastCompleted(collection.path, 'DELTA');
        return {
          collection: collection.path,
          lastFullSync: freshness.fullSyncAt,
          lastDelta: delta?.closedAt ?? null,
          state: last?.state ?? 'never',
          // A count over rows that the caller may not see would tell of them.
          size: decision.allowed && whole ? (await tenant.reads.stats(decision.plan)).count : 0,
          stale: freshness.stale,
          held: freshness.held,
        };
      }),
    );
    return { adapters, collections };
  },
});
