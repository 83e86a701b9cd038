// The only place that builds objects: every part of the hub, in order. Called by app/main.ts and the demo; nothing imports what is built here
// any other way. Read it to know the system.
import { accessKeysApi } from '#apis/access-keys/access-keys-api.ts';
import { grantsAsParts } from '#apis/admin/access-overview.ts';
import { adminApi } from '#apis/admin/admin-api.ts';
import type { Api, Artefact, CatalogueEntry } from '#apis/api.ts';
import { auditKeysApi } from '#apis/audit-keys/api.ts';
import { catalogueApi } from '#apis/catalogue/catalogue-api.ts';
import { explainApi } from '#apis/explain/explain-api.ts';
import { fintApi } from '#apis/fint/fint-api.ts';
import { fintGraphqlApi } from '#apis/fint-graphql/fint-graphql-api.ts';
import { flytSkoleApi } from '#apis/flyt-skole/vfs-api.ts';
import { bearsBas, fswsBasApi, fswsBasSoapApi } from '#apis/fsws-bas/fsws-bas-api.ts';
import { bearsCrud, fswsCrudApi } from '#apis/fsws-crud/fsws-crud-api.ts';
import { fsApi } from '#apis/fs-api/fs-api.ts';
import { bearsFsApi } from '#apis/fs-api/operations.ts';
import { fsGraphqlApi } from '#apis/fs-graphql/fs-graphql-api.ts';
import { eventParts } from '#apis/fs-graphql/events/event-parts.ts';
import { mutationParts } from '#apis/fs-graphql/mutations/mutation-parts.ts';
import { createOwners } from '#apis/fs-graphql/owner.ts';
import { bearsBris, fswsBrisApi } from '#apis/fsws-bris/fsws-bris-api.ts';
import { bearsStudinfo, fswsStudinfo2Api } from '#apis/fsws-studinfo2/fsws-studinfo2-api.ts';
import { bearsStudrapp, fswsStudrappApi } from '#apis/fsws-studrapp/fsws-studrapp-api.ts';
import { bearsGemini, geminiApi } from '#apis/gemini/gemini-api.ts';
import { modelApi } from '#apis/model/api.ts';
import { providerApi } from '#apis/provider/provider-api.ts';
import { usualSkewSeconds } from '#auth/issuer-policy.ts';
import { tokenPaths } from '#auth/metadata.ts';
import { createTokenServer } from '#auth/token-server.ts';
import { systemClock, type Clock } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import type { HubEvent } from '#base/events.ts';
import { limits } from '#base/limits.ts';
import { systemRandom } from '#base/random.ts';
import { createShares } from '#base/shares.ts';
import type { Settings } from '#config/settings.ts';
import { releaseInForce } from '#catalogue/calendar.ts';
import { createContractNotes } from '#catalogue/contract-notes.ts';
import { createPartUse } from '#catalogue/part-use.ts';
import { createUseHealth } from '#catalogue/use-health.ts';
import type { DocumentRefusal } from '#graphql/answer-request.ts';
import { createServer } from '#http/server.ts';
import { createAuditTrail } from '#hub/audit-trail.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createExplainer, explainApi as explainName } from '#hub/explain.ts';
import { createAccesses } from '#hub/documents/access.ts';
import { createDocumentCache } from '#hub/documents/document-cache.ts';
import { createDocuments } from '#hub/documents/documents.ts';
import { createEntityEvents } from '#hub/documents/entity-events.ts';
import { createDocumentReader } from '#hub/documents/reader.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createWalk } from '#hub/documents/walk.ts';
import { createWholeSight } from '#hub/documents/whole-sight.ts';
import { createFollowSweep } from '#hub/follow-sweep.ts';
import { createFreshness } from '#hub/freshness.ts';
import { countingStore } from '#hub/grant-use.ts';
import { createGraph } from '#hub/graph/create-graph.ts';
import { createQuotas, type Quota } from '#hub/quotas.ts';
import { createHub } from '#hub/run.ts';
import { createSegmentCache } from '#hub/segment-cache.ts';
import { createSignals } from '#hub/signals.ts';
import { tellingStore } from '#hub/telling-store.ts';
import { createTokens } from '#hub/tokens.ts';
import { createEventSweep } from '#hub/writing-sweep.ts';
import { createWriting } from '#hub/writing.ts';
import { createAdapterEvents } from '#ingest/events.ts';
import { createIngest, ingestDefaults } from '#ingest/run.ts';
import { readGraphqlEvents } from '#model/graphql-events.ts';
import { noExamples, readGraphqlExamples, type GraphqlExamples } from '#model/graphql-examples.ts';
import { readGraphqlMutations } from '#model/graphql-mutations.ts';
import { readGraphqlRoots } from '#model/graphql-roots.ts';
import { loadModel, readBundleFiles, readGraphqlFiles, readQualityFiles } from '#model/load.ts';
import type { Model } from '#model/model.ts';
import { readQualityRules } from '#model/quality-rules.ts';
import { readScopeBundles, type ScopeBundles } from '#model/scope-bundles.ts';
import { createQuality } from '#quality/create-quality.ts';
import { currentAuditKey } from '#store/audit-keys.ts';
import type { PlatformStore } from '#store/store.ts';
import { createTables } from '#tables/create-tables.ts';
import { createAccessFor } from './access-for.ts';
import { componentsOf, createAdminPorts, createErasures, createNoticeDelivery } from './admin-ports.ts';
import { keepAudits } from './audit-retention.ts';
import { createAnnouncing } from './announcing.ts';
import { loadCatalogue } from './bundled-catalogue.ts';
import { bundledModel } from './bundled-model.ts';
import { bundledPackages } from './bundled-packages.ts';
import { createDenials } from './denials.ts';
import { followData, openEngine } from './engine.ts';
import { createExporting } from './exporting.ts';
import { giveBack } from './give-back.ts';
import { createFigureShelf } from './figure-shelf.ts';
import { createFintHealth } from './fint-health.ts';
import { freshnessSamples } from './freshness-samples.ts';
import { createScheduling } from './scheduling.ts';
import { createMessaging } from './messaging.ts';
import { createKeyLinks, oneTimeLinkStates } from './key-links.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { examineQuality } from './quality-examination.ts';
import type { Colleague, Running } from './running.ts';

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

// Segments kept in memory, plain and compressed, bytes.
const segmentCacheBytes = 100_663_296;
// Documents kept in memory, with what they were made of, bytes.
const documentCacheBytes = 50_331_648;
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

  const modelFolders = settings.model ?? bundledModel;
  const loaded = loadModel(...modelFolders);
  if (!loaded.ok) throw new HubError(loaded.problem);
  const model = loaded.value;
  const catalogue = loadCatalogue();
  if (!catalogue.ok) throw new HubError(catalogue.problem);
  const qualityRules = readQualityRules(readQualityFiles(modelFolders), model);
  if (!qualityRules.ok) throw new HubError(qualityRules.problem);
  const bundles = readScopeBundles(readBundleFiles(modelFolders), model);
  if (!bundles.ok) throw new HubError(bundles.problem);
  const packages = bundledPackages(model, bundles.value);
  const graphqlRoots = readGraphqlRoots(readGraphqlFiles(modelFolders), model);
  if (!graphqlRoots.ok) throw new HubError(graphqlRoots.problem);
  const graphqlMutations = readGraphqlMutations(readGraphqlFiles(modelFolders), model);
  if (!graphqlMutations.ok) throw new HubError(graphqlMutations.problem);
  const graphqlEvents = readGraphqlEvents(readGraphqlFiles(modelFolders), model);
  if (!graphqlEvents.ok) throw new HubError(graphqlEvents.problem);
  const graphqlExamples = readGraphqlExamples(readGraphqlFiles(modelFolders));
  if (!graphqlExamples.ok) throw new HubError(graphqlExamples.problem);

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
    bundles: bundles.value,
    observe,
  });
  opened.defer(tokenServer.close);
  const authorizer = createAuthorizer({ model, store, clock, environment: settings.environment });
  const tokens = await createTokens(platform, random);
  const freshness = createFreshness(clock);
  const quotas = await createQuotas({
    platform,
    clock,
    observe,
    environment: settings.environment,
    usual: usualQuota(settings),
    others: engine.others !== null,
  });
  opened.defer(quotas.close);
  const segments = createSegmentCache(segmentCacheBytes);
  const writing = createWriting({
    model,
    store,
    clock,
    random,
    authorizer,
    tokens,
    signals,
    baseUrl,
    environment: settings.environment,
    times: { answerMs: settings.answerDeadlineMinutes * 60_000, statusMs: settings.statusRetentionMinutes * 60_000 },
  });
  const sweepEvents = createEventSweep(clock);
  const sweepFollows = createFollowSweep(clock, settings.eventRetentionDays);
  const hub = createHub({ model, store, clock, authorizer, tokens, freshness, segments, baseUrl, writing });

  const sealing = await createSealing(platform, random);
  const accesses = createAccesses(authorizer);
  const reader = createDocumentReader({ model, sealing, cache: createDocumentCache(documentCacheBytes) });
  const documents = createDocuments({ model, store, clock, authorizer, tokens, accesses, reader });
  const entityEvents = createEntityEvents({
    model,
    store,
    clock,
    authorizer,
    accesses,
    reader,
    sealing,
    tokens,
    retentionDays: settings.eventRetentionDays,
  });

  const graph = createGraph({ model, store, clock, authorizer, tokens, sealing, baseUrl });
  const walk = createWalk({
    model,
    store,
    clock,
    authorizer,
    accesses,
    sealing,
    choosing: { baseUrl, tokens },
  });
  const tables = createTables({ model, hub, graph, documents, walk, clock });

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
    rules: qualityRules.value,
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
    catalogue: catalogue.value,
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
    catalogue: catalogue.value,
    announcements: announcing.announcements,
    partsOf: (api) => announcing.port.known(api)?.structure.parts ?? null,
    clock,
    observe,
  });
  opened.defer(contracts.close);
  const useHealth = createUseHealth({ platform, notes: contracts, clock, environment });
  const adminPorts = createAdminPorts({
    model,
    bundles: bundles.value,
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
  const refusedDocument = ({ context, code, missing }: DocumentRefusal): Promise<void> => {
    const { principal, requestId, api } = context;
    return denials.document({ principal, requestId, route: api, method: 'POST', code }, missing);
  };

  /** What an API has not foreseen, for those who run the hub; the client is told the reference alone. */
  const unforeseen =
    (route: string) =>
    (error: unknown, id: string): void =>
      observe({
        kind: 'failure',
        id,
        route,
        code: 'HUB-500',
        internal: error instanceof Error ? (error.stack ?? error.message) : 'unknown',
      });

  const institutions = {
    institutionNumber: async (id: string) => (await platform.organisation(id))?.settings.institutionNumber ?? null,
  };
  const [fsRoots, fsMutations, fsEvents] = [graphqlRoots.value, graphqlMutations.value, graphqlEvents.value];
  const examplesFor = (api: string): GraphqlExamples => graphqlExamples.value.get(api) ?? noExamples;
  const owners = createOwners(institutions, clock);
  const services = {
    model,
    hub,
    walk,
    clock,
    baseUrl,
    institutionNumber: owners.numberOf,
    endingOf: contracts.endingOf,
  };
  const fsParts =
    fsRoots === null
      ? []
      : [
          ...(fsMutations === null
            ? []
            : [mutationParts({ model, mutations: fsMutations, roots: fsRoots, owners, graph, hub, clock, random })]),
          ...(fsEvents === null
            ? []
            : [eventParts({ model, data: fsEvents, roots: fsRoots, owners, events: entityEvents, sealing })]),
        ];

  const catalogueVersion = releaseInForce(catalogue.value.releases, clock.now())?.version ?? null;
  const faces: readonly Api[] = [
    fintApi({ model, hub, clock, baseUrl, admin: createFintHealth({ store, clock, authorizer, freshness }) }),
    fintGraphqlApi({
      model,
      graph,
      clock,
      observe: unforeseen('/graphql/graphql'),
      catalogueVersion,
      examples: examplesFor('fint-graphql'),
      refused: refusedDocument,
      ending: (uses) => contracts.endingOf('fint-graphql', uses),
    }),
    flytSkoleApi({
      model,
      hub,
      documents,
      events: entityEvents,
      sealing,
      signals,
      clock,
      baseUrl,
      quotas,
      environment: settings.environment,
      bundles: bundles.value,
      exports: exporting.exports,
    }),
    ...(graphqlRoots.value === null
      ? []
      : [
          fsGraphqlApi({
            model,
            roots: graphqlRoots.value,
            graph,
            clock,
            flagsImply: settings.graphqlFlagsImply,
            catalogueVersion,
            examples: examplesFor('fs-graphql'),
            refused: refusedDocument,
            ending: (uses) => contracts.endingOf('fs-graphql', uses),
            ...institutions,
            parts: fsParts,
            observe: unforeseen('/graphql'),
          }),
        ]),
    ...(bearsFsApi(model) ? [fsApi({ model, tables, clock, baseUrl, streams: messaging.streams })] : []),
    ...(bearsCrud(model) ? [fswsCrudApi({ model, tables, clock, random, environment: settings.environment })] : []),
    ...(fsRoots === null || !bearsGemini(model)
      ? []
      : [
          geminiApi({
            model,
            hub,
            tables,
            graph,
            sealing,
            clock,
            random,
            baseUrl,
            keys: fsRoots.ids,
            institutionNumber: owners.numberOf,
          }),
        ]),
    ...(bearsBas(model)
      ? [
          fswsBasApi({ ...services, tables }),
          fswsBasSoapApi({
            ...services,
            tables,
            switchedOn: async (id, api) =>
              (await platform.organisation(id))?.settings.retiringApis?.includes(api) === true,
          }),
        ]
      : []),
    ...(bearsStudrapp(model) ? [fswsStudrappApi({ ...services, tables })] : []),
    ...(bearsStudinfo(model) ? [fswsStudinfo2Api(services)] : []),
    ...(bearsBris(model)
      ? [
          fswsBrisApi({
            ...services,
            sight: createWholeSight(accesses),
            shelf: createFigureShelf(platform, clock),
          }),
        ]
      : []),
    providerApi({ model, ingest, events }),
    modelApi(model),
    auditKeysApi(audit.keys),
    explainApi({
      accessFor: createAccessFor({ model, bundles: bundles.value, packages, roots: graphqlRoots.value }),
      explain: ({ tenant, client }, request) =>
        explainer.explain(tenant, request, { kind: 'application', application: client }),
      record: async ({ principal, requestId, explained }) =>
        (await store.tenant(principal.tenant)).appendAudit({
          id: random.uuid(),
          at: clock.now(),
          request: requestId,
          issuer: principal.issuer,
          client: principal.client,
          token: principal.token,
          api: explainName,
          operation: 'explain',
          collection: '',
          decision: 'allow',
          rule: 'own-requests',
          count: explained === null ? 0 : 1,
          subjects: [],
          seen: null,
          details: explained ?? '',
        }),
    }),
    accessKeysApi(
      createKeyLinks({
        platform,
        clock,
        random,
        deliver: deliverNotices,
        tokenEndpoint: () => `${baseUrl()}${tokenPaths.token}`,
      }),
    ),
    adminApi(adminPorts),
  ];
  const apis = [
    ...faces,
    catalogueApi({
      catalogue: catalogue.value,
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
    contracts: { headersOf: contracts.headersOf, count: partUses.count },
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
      await sweepEvents(await store.tenant(id));
      await sweepFollows(await store.tenant(id));
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
    bundles: bundles.value,
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
