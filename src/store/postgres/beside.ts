// A database that hubs are using, for commands: the platform, and what organisations' data tell. Opens no organisation for writing, so that
// nothing is made again or moved whatever model and address the command runs with; only signatures of audits are made. Opened by app/cli/.
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import { systemRandom } from '#base/random.ts';
import type { Model } from '#model/model.ts';
import { currentAuditKey } from '../audit-keys.ts';
import type { QualityStore } from '../quality.ts';
import type { PlatformStore, TenantEvents, TenantReads, TenantRuns, TenantTrail } from '../store.ts';
import { numberOf } from './cells.ts';
import type { Database, Sql } from './database.ts';
import { createEventReads } from './event-reads.ts';
import { createNotices } from './notices.ts';
import { openDatabase } from './open.ts';
import { openPlatform } from './platform.ts';
import { openQualityStore } from './quality.ts';
import { createReads } from './reads.ts';
import { createRunReads } from './run-reads.ts';
import { sealer } from './seals.ts';
import { createTrail } from './trail.ts';

export type Beside = {
  readonly database: Database;
  readonly platform: PlatformStore;
  /** Rejects with HUB-204 when the organisation has no data; so does `audited`. */
  readonly deliveries: (organisation: string) => Promise<{ readonly runs: TenantRuns; readonly events: TenantEvents }>;
  readonly audited: (
    organisation: string,
    model: Model,
  ) => Promise<{ readonly reads: TenantReads; readonly trail: TenantTrail }>;
  /** The audit as text, for the independent verifier. */
  readonly chain: (organisation: string) => Promise<AsyncIterable<string>>;
  readonly quality: (organisation: string) => Promise<QualityStore | null>;
  readonly close: () => Promise<void>;
};

const findTenant: Sql = { name: 'beside_tenant', text: 'SELECT number FROM tenant WHERE organisation = $1::text' };

/** Opens it with few connections. Rejects with the HubErrors of openDatabase. */
export const openBeside = async (options: {
  readonly url: string;
  readonly clock: Clock;
  readonly statementMs: number;
}): Promise<Beside> => {
  const { clock } = options;
  const { database } = await openDatabase({
    ...options,
    applicationName: 'bindeledd command',
    shared: 1,
    writing: 1,
    reading: 1,
  });
  const notices = createNotices({ database, clock, random: systemRandom });
  const platform = await openPlatform({ database, notices, clock }).catch(async (error: unknown) => {
    notices.close();
    await database.close();
    throw error;
  });

  const tenantOf = async (organisation: string): Promise<number> => {
    const [row] = await database.query(null, findTenant, [organisation]);
    if (row === undefined) throw new HubError(problem('HUB-204', `There are no data of ${organisation} here.`));
    return numberOf(row, 'number');
  };

  const trailOf = async (organisation: string): Promise<TenantTrail> => {
    const tenant = await tenantOf(organisation);
    const key = () => currentAuditKey({ platform, now: clock.now });
    const seals = sealer({ database, clock, tenant, organisation, key });
    return createTrail({ database, clock, tenant, organisation, seals });
  };

  return {
    database,
    platform,
    deliveries: async (organisation) => {
      const tenant = await tenantOf(organisation);
      return { runs: createRunReads(database, tenant), events: createEventReads(database, tenant) };
    },
    audited: async (organisation, model) => {
      const tenant = await tenantOf(organisation);
      // Whatever is remembered is looked at again with every question: hubs write meanwhile.
      let asked = 0;
      const heard = (): number => (asked += 1);
      return {
        reads: createReads({ database, tenant, model, clock, heard, stale: () => {} }),
        trail: await trailOf(organisation),
      };
    },
    chain: async (organisation) => (await trailOf(organisation)).chain(),
    quality: (organisation) => openQualityStore(database, organisation),
    close: async () => {
      platform.close();
      notices.close();
      await database.close();
    },
  };
};
