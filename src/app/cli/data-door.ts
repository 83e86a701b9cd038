// A door to the admin API over a data directory, for the operator at the machine. What only the platform knows is asked beside a running hub;
// what an organisation's own files hold needs the directory to itself.
import { adminApi } from '#apis/admin/admin-api.ts';
import { systemClock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import { ignoreEvents } from '#base/events.ts';
import { systemRandom } from '#base/random.ts';
import type { Settings } from '#config/settings.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createTokens } from '#hub/tokens.ts';
import { createIngest, ingestDefaults, type Ingest } from '#ingest/run.ts';
import type { Model } from '#model/model.ts';
import { openDeliveriesBeside, type DeliveriesBeside } from '#store/sqlite/deliveries-beside.ts';
import { openPlatform } from '#store/sqlite/platform.ts';
import { openPlatformFile, openSqliteStore, tenantFolder } from '#store/sqlite/sqlite-store.ts';
import { storedAddress } from '#store/sqlite/stored-address.ts';
import type { OrganisationSettings, Store } from '#store/store.ts';
import { createAdminPorts, createErasures, createNoticeDelivery } from '../admin-ports.ts';
import { localDoor, localOperator, type AdminDoor } from './admin-door.ts';
import { loadFolder } from './models.ts';

const openStore = async (settings: Settings, model: Model): Promise<Store> => {
  const address = storedAddress(settings.data) ?? settings.publicUrl ?? `http://127.0.0.1:${settings.port}`;
  const [folder, clock, observe] = [settings.data, systemClock, ignoreEvents];
  try {
    return await openSqliteStore({ folder, model, clock, observe, baseUrl: () => address });
  } catch (error) {
    if (!(error instanceof HubError) || error.problem.code !== 'HUB-510') throw error;
    const said = 'A hub runs on this data directory: ask it, with --url and the credentials of an administrator.';
    throw new HubError(problem('HUB-510', said), { cause: error });
  }
};

const openIngest = async (
  settings: Settings,
  model: Model,
  store: Store,
  defaults: OrganisationSettings,
): Promise<Ingest> => {
  const [clock, random] = [systemClock, systemRandom];
  const authorizer = createAuthorizer({ model, store, clock, environment: settings.environment });
  const tokens = await createTokens(store.platform, random);
  return createIngest({
    model,
    baseUrl: () => storedAddress(settings.data) ?? '',
    clock,
    random,
    observe: ignoreEvents,
    tenant: store.tenant,
    settings: async (id) => (await store.platform.organisation(id))?.settings ?? defaults,
    decide: authorizer.decide,
    pseudonym: async (tenant) => (text) => tokens.pseudonym(tenant, text),
    bytesInFlight: ingestDefaults.bytesInFlight,
    runIdleMs: settings.runExpiryMinutes * 60_000,
  });
};

/** Opens the door; `close` must be called. Throws a HubError when directory or model cannot be used. */
export const openDataDoor = (settings: Settings): { readonly door: AdminDoor; readonly close: () => Promise<void> } => {
  const loaded = loadFolder(settings.model);
  if (!loaded.ok) throw new HubError(loaded.problem);
  const model = loaded.value;
  const database = openPlatformFile(settings.data);
  const platform = openPlatform(database, systemClock);
  const defaults: OrganisationSettings = {
    removalGuard: settings.removalGuard,
    extraBackLinks: settings.extraBackLinks,
    strictness: [],
    writes: [],
  };
  let opening: Promise<Store> | null = null;
  let deliver: (() => Promise<void>) | null = null;
  const beside = new Map<string, DeliveriesBeside>();
  // Looking needs no lock; deciding needs the directory to itself.
  const store = async (): Promise<Store> => {
    opening ??= openStore(settings, model);
    const opened = await opening;
    deliver ??= createNoticeDelivery(platform, opened.tenant);
    return opened;
  };
  const lookAt = (id: string): DeliveriesBeside => {
    const opened = beside.get(id) ?? openDeliveriesBeside(tenantFolder(settings.data, id), id);
    beside.set(id, opened);
    return opened;
  };
  const { admin } = adminApi(
    createAdminPorts({
      model,
      clock: systemClock,
      random: systemRandom,
      platform,
      defaults,
      // Only the running hub knows its address for sure.
      fintTokenEndpoint: () =>
        settings.fintPasswordGrant && settings.publicUrl !== null ? `${settings.publicUrl}/oauth/token` : null,
      tenant: async (id) => lookAt(id),
      append: null,
      deliver: () => deliver,
      ingest: async () => openIngest(settings, model, await store(), defaults),
      observe: ignoreEvents,
      audit: null,
      quality: null,
      erasures: createErasures(async (id) => (await store()).tenant(id)),
    }),
  );
  return {
    door: localDoor(admin, localOperator()),
    close: async () => {
      try {
        for (const one of beside.values()) one.close();
        // What cannot be put into an audit now waits for the next start of the hub.
        await deliver?.().catch(() => {});
        if (opening !== null) await (await opening.catch(() => null))?.close();
      } finally {
        database.close();
      }
    },
  };
};
