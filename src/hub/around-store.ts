// A store whose organisations' stores do something more than the real ones. Used by telling-store.ts and grant-use.ts; holds no data and no policy.
import type { Store, TenantStore } from '#store/store.ts';

/** What is done in another way; everything else is as it is. */
export type Around = Pick<TenantStore, 'write' | 'writeTogether' | 'appendAudit'>;

/** The same store; the same object for the same store of an organisation. */
export const aroundStore = (store: Store, around: (tenant: TenantStore) => Around): Store => {
  const known = new WeakMap<TenantStore, TenantStore>();
  return {
    capabilities: store.capabilities,
    platform: store.platform,
    tenant: async (id) => {
      const tenant = await store.tenant(id);
      const made = known.get(tenant) ?? aroundTenant(tenant, around(tenant));
      known.set(tenant, made);
      return made;
    },
    healthy: store.healthy,
    close: store.close,
  };
};

// What a store reads from may become another object while it is open.
const aroundTenant = (tenant: TenantStore, around: Around): TenantStore => ({
  id: tenant.id,
  get reads() {
    return tenant.reads;
  },
  get runs() {
    return tenant.runs;
  },
  get events() {
    return tenant.events;
  },
  get erasures() {
    return tenant.erasures;
  },
  get trail() {
    return tenant.trail;
  },
  ...around,
  audit: tenant.audit,
  close: tenant.close,
});
