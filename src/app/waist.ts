// The waist of a hub, put together: who may do what, and every way in which data are read, followed and written. Called by compose.ts; knows no API and
// nothing that brings data in.
import type { Clock } from '#base/clock.ts';
import type { Random } from '#base/random.ts';
import type { Settings } from '#config/settings.ts';
import { createAuthorizer, type Authorizer } from '#hub/authorize.ts';
import { createAccesses, type Accesses } from '#hub/documents/access.ts';
import { createDocumentCache } from '#hub/documents/document-cache.ts';
import type { Documents, EntityEvents, Sealing, Walk } from '#hub/documents/document.ts';
import { createDocuments } from '#hub/documents/documents.ts';
import { createEntityEvents } from '#hub/documents/entity-events.ts';
import { createDocumentReader } from '#hub/documents/reader.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createWalk } from '#hub/documents/walk.ts';
import { createFollowSweep } from '#hub/follow-sweep.ts';
import { createFreshness, type FreshnessOf } from '#hub/freshness.ts';
import { createGraph } from '#hub/graph/create-graph.ts';
import type { Graph } from '#hub/graph/graph.ts';
import type { Hub } from '#hub/query.ts';
import { createHub } from '#hub/run.ts';
import { createSegmentCache } from '#hub/segment-cache.ts';
import type { Signals } from '#hub/signals.ts';
import { createTokens, type Tokens } from '#hub/tokens.ts';
import { createEventSweep } from '#hub/writing-sweep.ts';
import { createWriting } from '#hub/writing.ts';
import type { Model } from '#model/model.ts';
import type { Store } from '#store/store.ts';
import { createTables } from '#tables/create-tables.ts';
import type { Tables } from '#tables/table.ts';

export type WaistDeps = {
  readonly settings: Pick<
    Settings,
    'environment' | 'answerDeadlineMinutes' | 'statusRetentionMinutes' | 'eventRetentionDays'
  >;
  readonly model: Model;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly signals: Signals;
  readonly baseUrl: () => string;
};

export type Waist = {
  readonly authorizer: Authorizer;
  readonly tokens: Tokens;
  readonly freshness: FreshnessOf;
  readonly hub: Hub;
  readonly sealing: Sealing;
  readonly accesses: Accesses;
  readonly documents: Documents;
  readonly entityEvents: EntityEvents;
  readonly graph: Graph;
  readonly walk: Walk;
  readonly tables: Tables;
  /** Looks after what waits, or is kept too long, in an organisation. */
  readonly sweep: (organisation: string) => Promise<void>;
};

// Segments kept in memory, plain and compressed, bytes.
const segmentCacheBytes = 100_663_296;
// Documents kept in memory, with what they were made of, bytes.
const documentCacheBytes = 50_331_648;

/** Puts it together; nothing of it has to be closed. Rejects with a HubError when a key of the platform is not as a hub makes it. */
export const createWaist = async (deps: WaistDeps): Promise<Waist> => {
  const { settings, model, store, clock, random, signals, baseUrl } = deps;
  const { environment } = settings;

  const authorizer = createAuthorizer({ model, store, clock, environment });
  const tokens = await createTokens(store.platform, random);
  const freshness = createFreshness(clock);
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
    environment,
    times: { answerMs: settings.answerDeadlineMinutes * 60_000, statusMs: settings.statusRetentionMinutes * 60_000 },
  });
  const hub = createHub({ model, store, clock, authorizer, tokens, freshness, segments, baseUrl, writing });

  const sealing = await createSealing(store.platform, random);
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
  const walk = createWalk({ model, store, clock, authorizer, accesses, sealing, choosing: { baseUrl, tokens } });
  const tables = createTables({ model, hub, graph, documents, walk, clock });

  const sweepEvents = createEventSweep(clock);
  const sweepFollows = createFollowSweep(clock, settings.eventRetentionDays);
  return {
    authorizer,
    tokens,
    freshness,
    hub,
    sealing,
    accesses,
    documents,
    entityEvents,
    graph,
    walk,
    tables,
    sweep: async (organisation) => {
      const tenant = await store.tenant(organisation);
      await sweepEvents(tenant);
      await sweepFollows(tenant);
    },
  };
};
