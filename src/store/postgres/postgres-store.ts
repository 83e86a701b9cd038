// The store in PostgreSQL: one database for all organisations and any number of processes. Implements store/store.ts; built by app/compose.ts.
// The tables are there already (migrate.ts); whoever opens it is a role that row-level security binds.
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import type { Observe } from '#base/events.ts';
import { systemRandom } from '#base/random.ts';
import type { Random } from '#base/random.ts';
import type { Model } from '#model/model.ts';
import { currentAuditKey } from '../audit-keys.ts';
import type { PlatformStore, Store, TenantStore } from '../store.ts';
import type { Database } from './database.ts';
import type { DriverOptions } from './driver.ts';
import { createNotices } from './notices.ts';
import type { Notices } from './notices.ts';
import { openDatabase } from './open.ts';
import { openPlatform } from './platform.ts';
import { openTenant } from './tenant.ts';

export type PostgresStoreOptions = {
  /** `postgres://user:password@host:port/name`; several hosts with commas. */
  readonly url: string;
  readonly model: Model;
  readonly clock: Clock;
  /** That of the machine when left out. */
  readonly random?: Random;
  readonly observe: Observe;
  /** The public address that stored links begin with; final before the first organisation is opened. */
  readonly baseUrl: () => string;
  /** How many connections, and how long they wait. */
  readonly driver?: Partial<Omit<DriverOptions, 'url' | 'clock'>>;
};

export type PostgresStore = Store & {
  /** For what works on the same database beside the store; closed with it. */
  readonly database: Database;
  /** What processes over the database tell each other. */
  readonly notices: Notices;
};

/** The secret of the platform store that ledgers of erasures are made with: the same name as in the embedded store. */
const erasureKeyName = 'erasures';

/** Opens the database for a hub. Throws the HubErrors of open.ts: not reachable, not migrated, newer, foreign, of a role that must not be used. */
export const openPostgresStore = async (options: PostgresStoreOptions): Promise<PostgresStore> => {
  const { clock, random = systemRandom } = options;
  const { database } = await openDatabase({ ...options.driver, url: options.url, clock });
  const notices = createNotices({ database, clock, random });
  const platform = await openPlatform({ database, notices, clock }).catch(async (error: unknown) => {
    notices.close();
    await database.close();
    throw error;
  });
  const tenants = new Map<string, Promise<TenantStore>>();
  let closing: Promise<void> | null = null;

  const tenant = (id: string): Promise<TenantStore> => {
    const known = tenants.get(id);
    if (known !== undefined) return known;
    const opening = openOne(id);
    tenants.set(id, opening);
    // A tenant that could not be opened is tried again by the next request.
    opening.catch(() => tenants.delete(id));
    return opening;
  };

  const openOne = async (id: string): Promise<TenantStore> => {
    checkId(id);
    return openTenant({
      id,
      database,
      notices,
      model: options.model,
      clock,
      observe: options.observe,
      baseUrl: options.baseUrl,
      random,
      extraBackLinks: backLinksOf(platform, id),
      erasureKey: () => platform.secret(erasureKeyName, () => random.bytes(32)),
      auditKey: () => currentAuditKey({ platform, now: clock.now }),
      closing: () => void tenants.delete(id),
    });
  };

  const close = async (): Promise<void> => {
    await Promise.allSettled([...tenants.values()].map(async (opening) => (await opening).close()));
    platform.close();
    notices.close();
    await database.close();
  };

  return {
    capabilities: { dialect: 'postgres', rowLevelSecurity: true },
    platform,
    tenant,
    healthy: database.healthy,
    close: () => (closing ??= close()),
    database,
    notices,
  };
};

/** Asked by every write: looked up anew when the platform has changed. */
const backLinksOf = (platform: PlatformStore, id: string): (() => Promise<boolean>) => {
  let known: { readonly revision: number; readonly wanted: boolean } | null = null;
  return async () => {
    const revision = await platform.revision();
    if (known?.revision !== revision)
      known = { revision, wanted: (await platform.organisation(id))?.settings.extraBackLinks ?? true };
    return known.wanted;
  };
};

/** The id of an organisation is a DNS-like name, in every store the same. */
const checkId = (id: string): void => {
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(id) || id.length > 200)
    throw new HubError(problem('HUB-100', 'The id of the organisation is not one that can be stored.'));
};
