// A store that says when something has been committed for an organisation, so that whoever waits for changes need not ask again and again. Put
// around the real one by app/compose.ts; holds no data and no policy.
import type { Store, TenantStore } from '#store/store.ts';
import { changesTopic } from './signals.ts';
import type { Signals } from './signals.ts';

/** The same store; each write that has been made durable is told under the organisation's topic, to other processes as well. */
export const tellingStore = (store: Store, signals: Pick<Signals, 'tell'>): Store => {
  const known = new WeakMap<TenantStore, TenantStore>();

  const telling = (tenant: TenantStore): TenantStore => {
    const made = known.get(tenant) ?? tellingTenant(tenant, () => signals.tell(changesTopic(tenant.id)));
    known.set(tenant, made);
    return made;
  };

  return {
    capabilities: store.capabilities,
    platform: store.platform,
    tenant: async (id) => telling(await store.tenant(id)),
    healthy: store.healthy,
    close: store.close,
  };
};

// What a store reads from may become another object while it is open.
const tellingTenant = (tenant: TenantStore, tell: () => void): TenantStore => ({
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
  write: async (work) => {
    const done = await tenant.write(work);
    tell();
    return done;
  },
  writeTogether: async (work) => {
    const done = await tenant.writeTogether(work);
    tell();
    return done;
  },
  appendAudit: tenant.appendAudit,
  audit: tenant.audit,
  close: tenant.close,
});
