// Puts every part of the hub together, in order; what belongs together is put together in files beside it, which it alone calls. Called by app/main.ts and the
// demo; nothing imports what is built here any other way. Read it to know the system.
import { grantsAsParts } from '#apis/admin/access-overview.ts';
import type { Artefact, CatalogueEntry } from '#apis/api.ts';
import { catalogueApi } from '#apis/catalogue/catalogue-api.ts';
import { usualSkewSeconds } from '#auth/issuer-policy.ts';
import { tokenPaths } from '#auth/metadata.ts';
import { createTokenServer } from '#auth/token-server.ts';
import { systemClock, type Clock } from '#base/clock.ts';
import type { HubEvent } from '#base/events.ts';
import { limits } from '#base/limits.ts';
import { systemRandom } from '#base/random.ts';
import { createShares } from '#base/shares.ts';
import type { Settings } from '#config/settings.ts';
import { createContractNotes } from '#catalogue/contract-notes.ts';
import { createPartUse } from '#catalogue/part-use.ts';
import { createUseHealth } from '#catalogue/use-health.ts';
import { createServer } from '#http/server.ts';
import { createAuditTrail } from '#hub/audit-trail.ts';
import { createExplainer } from '#hub/explain.ts';
import { countingStore } from '#hub/grant-use.ts';
import { createQuotas, type Quota } from '#hub/quotas.ts';
import { createSignals } from '#hub/signals.ts';
import { tellingStore } from '#hub/telling-store.ts';
import { createAdapterEvents } from '#ingest/events.ts';
import { createIngest, ingestDefaults } from '#ingest/run.ts';
import type { Model } from '#model/model.ts';
import type { ScopeBundles } from '#model/scope-bundles.ts';
import { createQuality } from '#quality/create-quality.ts';
import { currentAuditKey } from '#store/audit-keys.ts';
import type { PlatformStore } from '#store/store.ts';
import { componentsOf, createAdminPorts, createErasures, createNoticeDelivery } from './admin-ports.ts';
import { keepRequestsYoung } from './keep-requests-young.ts';
import { keepAudits } from './audit-retention.ts';
import { createAnnouncing } from './announcing.ts';
import { bundledModel } from './bundled-model.ts';
import { loadDefinitions } from './definitions.ts';
import { createDenials } from './denials.ts';
import { followData, openEngine } from './engine.ts';
import { createExporting } from './exporting.ts';
import { createFaces } from './faces.ts';
import { giveBack } from './give-back.ts';
import { freshnessSamples } from './freshness-samples.ts';
import { createScheduling } from './scheduling.ts';
import { createMessaging } from './messaging.ts';
import { oneTimeLinkStates } from './key-links.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { examineQuality } from './quality-examination.ts';
import type { Colleague, Running } from './running.ts';
import { createWaist } from './waist.ts';

/** An API with what describes it. */
export type ApiArtefacts = { readonly entry: CatalogueEntry; readonly artefacts: readonly Artefact[] };

/** What the demo needs of a running hub beside opening and closing it. */
export type Composed = Running & {
  /** The descriptions of every API, as they are published; made when asked for. */
  readonly artefacts: () => readonly ApiArtefacts[];
  readonly platform: PlatformStore;
  readonly collections: readonly string[];
  readonly model: Model;
  readonly bundles: ScopeBundles;
};

const sweepMs = 30_000;

/**
 * Puts the hub together; nothing listens yet. Rejects with a HubError when model, data or settings stand in the way, and leaves nothing open then. The clock is that of
 * the machine unless a test moves one of its own.
 */
export const compose = async (
  settings: Settings,
  colleague?: Colleague,
  clock: Clock = systemClock,
): Promise<Composed> => {
  const opened = new AsyncDisposableStack();
  try {
    return await build(settings, { colleague, clock }, opened);
  } catch (error) {
    // Why it did not start is told, whatever else keeps it from closing.
    await opened.disposeAsync().catch(() => {});
    throw error;
  }
};

/** What an application may ask for that has no limits of its own. */
const usualQuota = ({ environment, quotaPerMinute, quotaPerDay }: Settings): Quota => ({
  perMinute: quotaPerMinute,
  perDay: quotaPerDay ?? (environment === 'sandbox' ? limits.quotaPerDayInSandbox : limits.quotaPerDay),
});

/** Enters into `opened` what has to be closed again; the last is closed first. */
const build = async (
  settings: Settings,
  { colleague, clock }: { readonly colleague: Colleague | undefined; readonly clock: Clock },
  opened: AsyncDisposableStack,
): Promise<Composed> => {
  const started = clock.monotonic();
  const random = systemRandom;

  const log = createLog({ level: settings.logLevel, format: settings.logFormat });
  opened.defer(log.flush);
  // Asked when the page is read: the store is open by then.
  const metrics = createMetrics(() => freshnessSamples(store, freshness, clock));
  colleague?.counted(metrics.counted);
  const observe = (event: HubEvent): void => {
    log.observe(event);
    metrics.observe(event);
  };

  const definitions = loadDefinitions(settings.model ?? bundledModel);
  const { model, catalogue, bundles, packages } = definitions;

  // The public address is known once the port is open; nobody asks for it before.
  const baseUrl = (): string => server.url();
  const engine = await openEngine(settings, { model, clock, observe, baseUrl });
  const signals = createSignals({ sleep: clock.sleep, ...(engine.others === null ? {} : { others: engine.others }) });
  const telling = tellingStore(engine.store, signals);
  opened.defer(telling.close);
  const { platform } = telling;
  const { environment } = settings;
  const partUses = createPartUse({ platform, clock, environment, observe });
  opened.defer(partUses.close);
  const store = countingStore(telling, (application, grants) => partUses.count(application, grantsAsParts, grants));
  // Made now, so that whoever fetches the public keys before the first seal has the one that it will be signed with.
  const auditKey = async (): Promise<void> => void (await currentAuditKey({ platform, now: clock.now }));
  // Processes that start together would each make one.
  await ((await platform.auditKeys()).length === 0 ? engine.inTurn(auditKey) : auditKey());

  const tokenServer = await createTokenServer({
    platform,
    clock,
    random,
    issuer: baseUrl,
    environment: settings.environment,
    inTurn: engine.inTurn,
    // Processes on several machines sign for each other: their clocks may differ by a minute.
    skewSeconds: engine.others === null ? usualSkewSeconds : 60 + usualSkewSeconds,
    fintProfile: settings.fintPasswordGrant ? componentsOf(model) : null,
    bundles,
    observe,
  });
  opened.defer(tokenServer.close);
  const quotas = await createQuotas({
    platform,
    clock,
    observe,
    environment: settings.environment,
    usual: usualQuota(settings),
    others: engine.others !== null,
  });
  opened.defer(quotas.close);
  const waist = await createWaist({ settings, model, store, clock, random, signals, baseUrl });
  const { authorizer, tokens, freshness, hub, sealing, walk } = waist;

  const exporting = createExporting({
    model,
    store,
    openExports: engine.openExports,
    clock,
    random,
    walk,
    sealing,
    signals,
    observe,
    thread: () => ({
      settings: {
        data: settings.data,
        databaseUrl: settings.databaseUrl,
        databaseConnections: settings.databaseConnections,
        databaseStatementSeconds: settings.databaseStatementSeconds,
        databaseLockSeconds: settings.databaseLockSeconds,
      },
      environment: settings.environment,
      baseUrl: baseUrl(),
    }),
  });
  opened.defer(exporting.close);

  const shares = createShares(clock);
  const ingestDeps = {
    model,
    baseUrl,
    clock,
    random,
    observe,
    tenant: store.tenant,
    settings: async (id: string) =>
      (await platform.organisation(id))?.settings ?? {
        removalGuard: settings.removalGuard,
        extraBackLinks: settings.extraBackLinks,
        strictness: [],
      },
    decide: authorizer.decide,
    pseudonym: async (tenant: string) => (text: string) => tokens.pseudonym(tenant, text),
    bytesInFlight: ingestDefaults.bytesInFlight,
    runIdleMs: settings.runExpiryMinutes * 60_000,
    environment: settings.environment,
    shares,
  };
  const ingest = createIngest(ingestDeps);
  const events = createAdapterEvents({ ...ingestDeps, signals });

  const quality = createQuality({
    model,
    rules: definitions.qualityRules,
    clock,
    opaque: tokens.uid,
    pseudonym: tokens.pseudonym,
    open: engine.openQuality,
  });
  opened.defer(quality.close);
  opened.defer(examineQuality(quality, { platform, clock, observe }, settings.qualityIntervalSeconds));

  const scheduling = createScheduling(settings, {
    clock,
    random,
    observe,
    exports: exporting.exports,
    platform,
    openExports: engine.openExports,
  });
  opened.defer(scheduling.close);

  const audit = createAuditTrail({
    model,
    clock,
    random,
    platform,
    tenant: store.tenant,
    record: async (organisation, record) => (await store.tenant(organisation)).appendAudit(record),
    pseudonym: tokens.pseudonym,
    verify: (organisation) => engine.verifyAudit(organisation, () => audit.keys()),
  });

  const explainer = createExplainer({ model, clock, platform, environment, tenant: store.tenant });

  const deliverNotices = createNoticeDelivery(platform, store.tenant, engine.inTurn);
  const erasures = createErasures(store.tenant, async (id) =>
    followData(await store.tenant(id), await engine.openExports(id)),
  );
  const announcing = createAnnouncing({
    settings,
    platform,
    clock,
    random,
    observe,
    catalogue,
    apis: () => apis,
    baseUrl,
  });
  opened.defer(announcing.close);
  const messaging = createMessaging({
    settings,
    model,
    store,
    authorizer,
    clock,
    random,
    hub,
    baseUrl,
    observe,
    signals,
    alone: engine.others === null,
  });
  opened.defer(messaging.messages.close);
  const contracts = createContractNotes({
    catalogue,
    announcements: announcing.announcements,
    partsOf: (api) => announcing.port.known(api)?.structure.parts ?? null,
    clock,
    observe,
  });
  opened.defer(contracts.close);
  const useHealth = createUseHealth({ platform, notes: contracts, clock, environment });
  const adminPorts = createAdminPorts({
    model,
    bundles,
    packages,
    agreements: settings.agreements,
    address: baseUrl,
    clock,
    random,
    platform,
    tenant: store.tenant,
    append: async (id, record) => (await store.tenant(id)).appendAudit(record),
    deliver: () => deliverNotices,
    defaults: {
      removalGuard: settings.removalGuard,
      extraBackLinks: settings.extraBackLinks,
      strictness: [],
      writes: [],
    },
    fintTokenEndpoint: () => (settings.fintPasswordGrant ? `${baseUrl()}${tokenPaths.token}` : null),
    ingest: () => Promise.resolve(ingest),
    observe,
    audit,
    explain: (organisation, request, application) =>
      explainer.explain(organisation, request, { kind: 'owner', application }),
    quality,
    quotas: { usageOf: quotas.usageOf, usual: usualQuota(settings) },
    knows: erasures.knows,
    erasures,
    exports: exporting.exports,
    schedules: scheduling.schedules,
    announcing: announcing.port,
    messages: messaging.port,
    useHealth,
    documents: {
      apis: () => faces.flatMap(({ entry, documentFaults }) => (documentFaults === undefined ? [] : [entry.id])),
      faults: (api, flags, text) => faces.find(({ entry }) => entry.id === api)?.documentFaults?.(text, flags) ?? [],
    },
  });

  const denials = createDenials(store, clock, observe);
  opened.defer(denials.close);

  const faces = createFaces({
    settings,
    definitions,
    waist,
    store,
    clock,
    random,
    observe,
    signals,
    baseUrl,
    quotas,
    exports: exporting.exports,
    streams: messaging.streams,
    contracts,
    denials,
    ingest,
    events,
    audit,
    explainer,
    deliverNotices,
    adminPorts,
  });
  const apis = [
    ...faces,
    catalogueApi({
      catalogue,
      apis: faces,
      components: [...model.components.keys()],
      announced: announcing.announcements.current,
      news: announcing.news,
      health: useHealth,
      contact: settings.serviceContact,
      clock,
      baseUrl,
    }),
  ];

  let state: 'starting' | 'ready' | 'stopping' = 'starting';
  const server = createServer({
    apis,
    raw: [{ paths: tokenServer.paths, handle: tokenServer.handle }],
    verify: tokenServer.verifier,
    basic: tokenServer.basic,
    trustedProxies: settings.trustedProxies,
    denied: denials.denied,
    quotas,
    contracts: {
      headersOf: contracts.headersOf,
      headersOfRetiring: contracts.headersOfRetiring,
      count: partUses.count,
    },
    observe,
    clock,
    random,
    shares,
    health: { state: () => state, storeHealthy: async () => store.healthy() },
    metrics: { type: metrics.type, text: colleague?.metrics ?? metrics.text, exposure: settings.metrics },
    settings: {
      host: settings.host,
      port: settings.port,
      publicUrl: settings.publicUrl,
      securityContact: settings.securityContact,
    },
    limits: { drainMs: settings.drainSeconds * 1_000 },
  });

  const sweep = async (): Promise<void> => {
    for (const { id } of await platform.organisations()) {
      await ingest.sweep(id);
      await waist.sweep(id);
      await exporting.sweep(id);
    }
    await deliverNotices();
    await platform.dropRegister('one-time-link', oneTimeLinkStates, clock.now() - limits.keyLinkMs);
  };
  const unswept = (error: unknown): void =>
    observe({
      kind: 'setting',
      message: `What waits could not be looked after: ${error instanceof Error ? error.message : 'unknown'}`,
    });
  opened.defer(
    clock.every(sweepMs, () => {
      sweep().catch(unswept);
    }),
  );
  opened.defer(keepAudits({ store, clock, observe }, settings.auditRetentionMonths));

  return {
    artefacts: () => apis.map(({ entry, describe }) => ({ entry, artefacts: describe() })),
    platform,
    collections: [...model.collections.keys()],
    model,
    bundles,
    listen: async () => {
      const url = await server.listen();
      await contracts.refresh();
      // Opened now and not by the first request: a broken or moved organisation shows at the start.
      for (const { id } of await platform.organisations()) await store.tenant(id);
      // What was decided beside a hub that stood still is in the audits before anything else is.
      await deliverNotices().catch(unswept);
      await exporting.begin();
      scheduling.begin();
      messaging.messages.begin();
      giveBack();
      keepRequestsYoung();
      state = 'ready';
      observe({ kind: 'started', url, ms: Math.round(clock.monotonic() - started) });
      return url;
    },
    close: async ({ replaced = false } = {}) => {
      const closing = clock.monotonic();
      // Whom nobody was told of need not be given notice of.
      const noticeMs = state === 'ready' ? settings.stopNoticeSeconds * 1_000 : 0;
      state = replaced ? state : 'stopping';
      observe({ kind: 'stopping', signal: replaced ? 'replaced' : 'close' });
      // Adapters that wait for events are answered as soon as none can come back to this process.
      await server.close({
        noticeMs,
        replaced,
        shut: () => {
          messaging.streams.close();
          signals.close();
        },
      });
      await opened.disposeAsync();
      observe({ kind: 'stopped', ms: Math.round(clock.monotonic() - closing) });
      log.flush();
    },
  };
};
