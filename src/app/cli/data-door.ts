// A door to the admin API where the data are, for the operator at the machine. What only the platform knows is asked beside running hubs; what
// changes an organisation's own data needs a directory to itself, and over a database a hub.
import { adminApi } from '#apis/admin/admin-api.ts';
import { systemClock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import { ignoreEvents } from '#base/events.ts';
import { systemRandom } from '#base/random.ts';
import type { Settings } from '#config/settings.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createExplainer } from '#hub/explain.ts';
import { createTokens } from '#hub/tokens.ts';
import { createIngest, ingestDefaults, type Ingest } from '#ingest/run.ts';
import type { Model } from '#model/model.ts';
import type { OrganisationSettings, Store, TenantStore } from '#store/store.ts';
import { createAdminPorts, createErasures, createNoticeDelivery } from '../admin-ports.ts';
import { bundledPackages } from '../bundled-packages.ts';
import { followData } from '../engine.ts';
import { localDoor, localOperator, type AdminDoor } from './admin-door.ts';
import { openDataPlace } from './data-place.ts';
import { exitCodes } from './exit-codes.ts';
import { loadBundles, loadFolders } from './models.ts';
import { CommandFailure } from './terminal.ts';

type Opened = { readonly store: Store; readonly address: string };

const openStore = async (settings: Settings, model: Model): Promise<Opened> => {
  // Several processes write into a database: only a hub knows what it tells the others, and under which address and model.
  if (settings.databaseUrl !== null)
    throw new CommandFailure(
      exitCodes.usage,
      'Over a database, what changes the data of an organisation is done by a hub.',
      {
        hint: 'Ask a running hub, with --url and the credentials of an administrator.',
      },
    );
  const [{ openSqliteStore }, { storedAddress }] = await Promise.all([
    import('#store/sqlite/sqlite-store.ts'),
    import('#store/sqlite/stored-address.ts'),
  ]);
  const address = storedAddress(settings.data) ?? settings.publicUrl ?? `http://127.0.0.1:${settings.port}`;
  const [folder, clock, observe] = [settings.data, systemClock, ignoreEvents];
  try {
    return { store: await openSqliteStore({ folder, model, clock, observe, baseUrl: () => address }), address };
  } catch (error) {
    if (!(error instanceof HubError) || error.problem.code !== 'HUB-510') throw error;
    const said = 'A hub runs on this data directory: ask it, with --url and the credentials of an administrator.';
    throw new HubError(problem('HUB-510', said), { cause: error });
  }
};

const openIngest = async (
  settings: Settings,
  model: Model,
  { store, address }: Opened,
  defaults: OrganisationSettings,
): Promise<Ingest> => {
  const [clock, random] = [systemClock, systemRandom];
  const authorizer = createAuthorizer({ model, store, clock, environment: settings.environment });
  const tokens = await createTokens(store.platform, random);
  return createIngest({
    model,
    baseUrl: () => address,
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

/** Takes away what was exported of an organisation. The directory is this command's. */
const dropExports = async (folder: string, tenant: TenantStore): Promise<void> => {
  const { openExportStore } = await import('#store/sqlite/exports.ts');
  const exports = openExportStore({ folder, id: tenant.id, clock: systemClock });
  if (exports === null) return;
  try {
    await followData(tenant, exports);
  } finally {
    await exports.close();
  }
};

/** Opens the door; `close` must be called. Rejects with a HubError when data or model cannot be used. */
export const openDataDoor = async (
  settings: Settings,
): Promise<{ readonly door: AdminDoor; readonly close: () => Promise<void> }> => {
  const loaded = loadFolders(settings.model);
  if (!loaded.ok) throw new HubError(loaded.problem);
  const model = loaded.value;
  const bundles = loadBundles(settings.model, model);
  if (!bundles.ok) throw new HubError(bundles.problem);
  const place = await openDataPlace(settings);
  const { platform } = place;
  const defaults: OrganisationSettings = {
    removalGuard: settings.removalGuard,
    extraBackLinks: settings.extraBackLinks,
    strictness: [],
    writes: [],
  };
  let opening: Promise<Opened> | null = null;
  let deliver: (() => Promise<void>) | null = null;
  // Looking needs no lock; deciding needs the directory to itself.
  const opened = async (): Promise<Opened> => {
    opening ??= openStore(settings, model);
    const one = await opening;
    deliver ??= createNoticeDelivery(platform, one.store.tenant);
    return one;
  };
  const explainer = createExplainer({
    model,
    clock: systemClock,
    platform,
    environment: null,
    tenant: async (id) => ({
      trail: (await place.audited(id, model)).trail,
      runs: (await place.deliveries(id)).runs,
    }),
  });
  const { admin } = adminApi(
    createAdminPorts({
      model,
      bundles: bundles.value,
      packages: bundledPackages(model, bundles.value),
      agreements: settings.agreements,
      address: () => settings.publicUrl,
      clock: systemClock,
      random: systemRandom,
      platform,
      defaults,
      // Only the running hub knows its address for sure.
      fintTokenEndpoint: () =>
        settings.fintPasswordGrant && settings.publicUrl !== null ? `${settings.publicUrl}/oauth/token` : null,
      tenant: place.deliveries,
      append: null,
      deliver: () => deliver,
      ingest: async () => openIngest(settings, model, await opened(), defaults),
      observe: ignoreEvents,
      audit: null,
      explain: (organisation, request, application) =>
        explainer.explain(organisation, request, { kind: 'owner', application }),
      quality: null,
      quotas: null,
      knows: null,
      erasures: createErasures(
        async (id) => (await opened()).store.tenant(id),
        async (id) => dropExports(settings.data, await (await opened()).store.tenant(id)),
      ),
      exports: null,
      schedules: null,
    }),
  );
  return {
    door: localDoor(admin, localOperator()),
    close: async () => {
      try {
        // What cannot be put into an audit now waits for the next start of the hub.
        await deliver?.().catch(() => {});
        if (opening !== null) await (await opening.catch(() => null))?.store.close();
      } finally {
        await place.close();
      }
    },
  };
};
