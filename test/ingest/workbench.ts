// What the tests of ingest work on: the ingest over a store in memory, a clock that is set by hand, and short words for deliveries.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { createHash } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import type { HubEvent } from '#base/events.ts';
import type { Result } from '#base/result.ts';
import type { Principal } from '#hub/principal.ts';
import { createIngest, ingestDefaults } from '#ingest/run.ts';
import type { Ingest } from '#ingest/run.ts';
import type { IngestDeps } from '#ingest/context.ts';
import type { PageForm } from '#ingest/entries.ts';
import { createAdapterEvents } from '#ingest/events.ts';
import type { AdapterEvents } from '#ingest/events.ts';
import { createSignals } from '#hub/signals.ts';
import type { OrganisationSettings, SyncRun, SyncType, TenantStore } from '#store/store.ts';
import { fintFolder, modelOf } from '../model/models.ts';
import { createMemoryTenant, testPlan } from './memory-tenant.ts';
import type { MemoryTenant } from './memory-tenant.ts';

export const model = modelOf(fintFolder);
export const baseUrl = 'https://hub.test';
export const tenantId = 'fjordheim.test';
export const pupils = 'utdanning/elev/elev';

export const adapter = (client = 'adapter-1'): Principal => ({
  kind: 'adapter',
  client,
  tenant: tenantId,
  scopes: new Set(['fint-adapter']),
  issuer: 'https://hub.test',
  token: 'token-1',
  expiresAt: 1e15,
});

export type Entry = { readonly identifier?: unknown; readonly resource?: unknown };

/** A pupil by system id; `version` makes a difference. */
export const pupil = (systemId: string, version = 1, more: object = {}): Entry => ({
  identifier: systemId,
  resource: {
    systemId: { identifikatorverdi: systemId },
    kontaktinformasjon: { epostadresse: `v${version}@skole.test` },
    _links: { person: [{ href: `fodselsnummer/${systemId}` }] },
    ...more,
  },
});

export type PageOptions = {
  readonly corrId: string;
  readonly total: number;
  readonly page?: number;
  readonly type?: SyncType;
  readonly collection?: string;
  readonly client?: string;
  readonly metadata?: object;
  readonly form?: PageForm;
  /** Instead of the page made of the entries. */
  readonly body?: string | Buffer;
};

export type Bench = {
  readonly ingest: Ingest;
  readonly tenant: MemoryTenant;
  readonly events: HubEvent[];
  /** What clients ask for, to adapters. */
  readonly asked: AdapterEvents;
  readonly deliver: (entries: readonly unknown[], options: PageOptions) => Promise<Result<null>>;
  /** Delivers, and gives the code of the refusal, or `ok`. */
  readonly send: (entries: readonly unknown[], options: PageOptions) => Promise<string>;
  readonly run: (corrId: string) => SyncRun;
  /** System ids that are there, sorted. */
  readonly there: (collection?: string) => readonly string[];
  readonly wait: (ms: number) => void;
  readonly settings: { value: OrganisationSettings };
  readonly granted: { deliver: (collection: string, client: string) => boolean };
};

/** A fresh hub with one organisation, over a store in memory or another; `tenant` and `run` of the bench show the one in memory. */
export const createBench = (store: TenantStore | null = null): Bench => {
  const tenant = createMemoryTenant(tenantId);
  const events: HubEvent[] = [];
  const settings: { value: OrganisationSettings } = {
    value: { removalGuard: 0.05, extraBackLinks: true, strictness: [] },
  };
  const granted: Bench['granted'] = { deliver: () => true };
  let now = 1_760_000_000_000;
  let ids = 0;
  const clock: Clock = {
    now: () => now,
    monotonic: () => performance.now(),
    sleep: async () => {},
    every: () => () => {},
  };
  const deps = {
    model,
    baseUrl: () => baseUrl,
    clock,
    random: { bytes: (count) => Buffer.alloc(count), uuid: () => `id-${(ids += 1)}` },
    observe: (event: HubEvent) => void events.push(event),
    tenant: async () => store ?? tenant,
    settings: () => settings.value,
    decide: (principal, path) => {
      const collection = model.collections.get(path);
      return collection !== undefined && granted.deliver(path, principal.client)
        ? { allowed: true, plan: testPlan(principal.tenant, collection), rule: 'grant-1', sensitive: false }
        : { allowed: false, rule: 'no-grant' };
    },
    pseudonym: async () => (text) => createHash('sha256').update(`key ${text}`).digest('base64url').slice(0, 20),
    ...ingestDefaults,
  } satisfies IngestDeps;
  const ingest = createIngest(deps);

  const deliver = (entries: readonly unknown[], options: PageOptions): Promise<Result<null>> => {
    const {
      corrId,
      total,
      page = 1,
      type = 'FULL',
      collection = pupils,
      client = 'adapter-1',
      form = 'json',
    } = options;
    const metadata = {
      adapterId: 'https://a.test/x',
      corrId,
      orgId: tenantId,
      totalSize: total,
      page,
      totalPages: 1,
      ...options.metadata,
    };
    const made =
      form === 'json'
        ? JSON.stringify({ metadata, resources: entries, syncType: type })
        : [metadata, ...entries].map((one) => JSON.stringify(one)).join('\n');
    const body = Buffer.from(options.body ?? made);
    return ingest.deliver({
      principal: adapter(client),
      requestId: 'request-1',
      collection,
      type,
      form,
      stream: Readable.from(slices(body)),
      signal: new AbortController().signal,
    });
  };

  return {
    ingest,
    tenant,
    events,
    asked: createAdapterEvents({ ...deps, signals: createSignals(clock) }),
    deliver,
    send: async (entries, options) => {
      const result = await deliver(entries, options);
      return result.ok ? 'ok' : result.problem.code;
    },
    run: (corrId) => {
      const run = tenant.runs.run(corrId);
      assert.ok(run !== null && !(run instanceof Promise), `no run ${corrId}`);
      return run;
    },
    there: (collection = pupils) => [...tenant.contents(collection).keys()].sort(),
    wait: (ms) => {
      now += ms;
    },
    settings,
    granted,
  };
};

function* slices(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; at += 16_384) yield body.subarray(at, at + 16_384);
}
