// A hub's writing side over the real store and the real model, with a clock that is moved by hand and restarts at will: clients that write, an
// adapter that answers and delivers. Used by the tests of writes; knows no HTTP.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import type { Result } from '#base/result.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import type { Authorizer } from '#hub/authorize.ts';
import type { Principal } from '#hub/principal.ts';
import type { HubResult, WriteOutcome, WriteQuery, Writing } from '#hub/query.ts';
import { createSignals } from '#hub/signals.ts';
import { createTokens } from '#hub/tokens.ts';
import { createEventSweep } from '#hub/writing-sweep.ts';
import { createWriting } from '#hub/writing.ts';
import { createAdapterEvents } from '#ingest/events.ts';
import type { AdapterEvents } from '#ingest/events.ts';
import type { AnswerToEvent } from '#ingest/events-answer.ts';
import { createIngest, ingestDefaults } from '#ingest/run.ts';
import type { Grant, Store, StoredChange, SyncType, TenantStore, WriteEvent, WriteRule } from '#store/store.ts';
import { fintFolder, modelOf } from '../model/models.ts';
import { testDialect } from '../store/conformance/dialects.ts';

export const model = modelOf(fintFolder);
export const base = 'https://hub.test';
export const organisation = 'fjord.test';
export const start = Date.UTC(2026, 0, 5, 8);
export const pupils = 'utdanning/elev/elev';
export const persons = 'utdanning/elev/person';
export const subjects = 'utdanning/timeplan/fag';

export const minutes = (count: number): number => count * 60_000;

export type WritingWorld = {
  readonly store: Store;
  readonly tenant: TenantStore;
  readonly authorizer: Authorizer;
  /** The writing side over another store. */
  readonly over: (store: Store) => Writing;
  readonly principal: (client: string) => Principal;
  readonly events: AdapterEvents;
  readonly wait: (ms: number) => void;
  readonly now: () => number;
  readonly ask: (query: Parameters<Writing['run']>[0], client?: string) => Promise<HubResult>;
  /** A write that must be taken; gives the id of its event. */
  readonly write: (query: Partial<WriteQuery> & Pick<WriteQuery, 'operation'>, client?: string) => Promise<string>;
  readonly outcome: (id: string, client?: string, collection?: string) => Promise<WriteOutcome>;
  readonly poll: (collection?: string) => Promise<readonly WriteEvent[]>;
  /** `ok`, or the code of the refusal. */
  readonly answer: (id: string, more?: Partial<AnswerToEvent>) => Promise<string>;
  readonly deliver: (collection: string, entries: readonly object[], options?: Partial<Delivered>) => Promise<string>;
  readonly grant: (more: Partial<Grant>) => Promise<void>;
  readonly changes: (collection: string) => Promise<readonly StoredChange[]>;
  readonly sweep: () => Promise<number>;
  readonly settings: (writes: readonly WriteRule[]) => Promise<void>;
  /** As after a stop and a start. */
  readonly reopened: () => Promise<WritingWorld>;
  readonly close: () => Promise<void>;
};

export type Delivered = {
  readonly corrId: string;
  readonly type: SyncType;
  readonly total: number;
  readonly page: number;
};

const principalOf = (client: string, kind: 'client' | 'adapter'): Principal => ({
  kind,
  client,
  tenant: organisation,
  scopes: new Set(),
  issuer: base,
  token: 'token',
  expiresAt: Number.MAX_SAFE_INTEGER,
});

const hubOwned: readonly WriteRule[] = [{ pattern: subjects, policy: 'hub', deadlineMinutes: null }];

/** A world without data. */
export const openWritingWorld = async (): Promise<WritingWorld> => worldAt(await testDialect.place(), start, true);

/** A world at a place, which another process may have been at before. */
export const openWritingWorldAt = (place: Place): Promise<WritingWorld> => worldAt(place, start, true);

type Place = Awaited<ReturnType<typeof testDialect.place>>;

const worldAt = async (place: Place, at: number, fresh: boolean): Promise<WritingWorld> => {
  let now = at;
  const clock = { ...systemClock, now: () => now };
  const random = systemRandom;
  const store = await testDialect.open(place.at, { model, clock, baseUrl: base });
  const { platform } = store;
  const settings = async (writes: readonly WriteRule[]): Promise<void> =>
    platform.putOrganisation({
      id: organisation,
      name: organisation,
      orgNumber: null,
      settings: { removalGuard: 1, extraBackLinks: true, strictness: [], writes },
      createdAt: start,
    });
  const grant = async (more: Partial<Grant>): Promise<void> =>
    platform.putGrant({
      id: `${more.application ?? 'client'}-${(more.actions ?? []).join('-')}`,
      application: 'client',
      organisation,
      collections: ['*'],
      actions: ['read', 'list', 'follow', 'write'],
      fields: null,
      withhold: [],
      rows: null,
      environment: 'test',
      from: null,
      to: null,
      purpose: 'test',
      agreement: null,
      createdAt: start,
      ...more,
    });
  if (fresh) {
    await settings(hubOwned);
    for (const [id, kind] of [
      ['client', 'client'],
      ['other', 'client'],
      ['adapter', 'adapter'],
    ] as const) {
      await platform.putApplication({
        id,
        name: id,
        kind,
        owner: organisation,
        describe: '',
        environment: 'test',
        secrets: [],
        jwks: null,
        disabled: false,
        createdAt: start,
      });
      await grant({ application: id, id: `${id}-grant`, ...(kind === 'adapter' ? { actions: ['deliver'] } : {}) });
    }
  }
  const authorizer = createAuthorizer({ model, store, clock, environment: 'test' });
  const tokens = await createTokens(platform, random);
  const signals = createSignals(clock);
  const over = (other: Store): Writing =>
    createWriting({
      model,
      store: other,
      clock,
      random,
      authorizer,
      tokens,
      signals,
      baseUrl: () => base,
      times: { answerMs: minutes(15), statusMs: minutes(30) },
    });
  const writing = over(store);
  const deps = {
    model,
    baseUrl: () => base,
    clock,
    random,
    observe: () => {},
    tenant: store.tenant,
    settings: async () => {
      const found = await platform.organisation(organisation);
      assert.ok(found !== null);
      return found.settings;
    },
    decide: authorizer.decide,
    pseudonym: async (tenant: string) => (text: string) => tokens.pseudonym(tenant, text),
    ...ingestDefaults,
  };
  const events = createAdapterEvents({ ...deps, signals });
  const ingest = createIngest(deps);
  const tenant = await store.tenant(organisation);
  const sweepEvents = createEventSweep(clock);
  const asking = { principal: principalOf('adapter', 'adapter'), requestId: 'request' };

  const ask: WritingWorld['ask'] = (query, client = 'client') =>
    writing.run(query, { principal: principalOf(client, 'client'), requestId: random.uuid(), api: 'fint' });

  return {
    store,
    tenant,
    authorizer,
    over,
    principal: (client) => principalOf(client, 'client'),
    events,
    settings,
    grant,
    ask,
    wait: (ms) => void (now += ms),
    now: () => now,
    write: async (query, client) => {
      const result = await ask(
        {
          kind: 'write',
          collection: subjects,
          target: null,
          body: null,
          idempotencyKey: null,
          ifMatch: null,
          ...query,
        },
        client,
      );
      assert.ok(result.kind === 'accepted', JSON.stringify(result));
      return result.id;
    },
    outcome: async (id, client, collection = subjects) => {
      const result = await ask({ kind: 'outcome', collection, id }, client);
      assert.ok(result.kind === 'outcome', JSON.stringify(result));
      return result.outcome;
    },
    poll: async (collection = pupils) => {
      const signal = new AbortController().signal;
      const found = await events.poll({
        ...asking,
        collections: [collection],
        generation: 2,
        size: 0,
        waitMs: 0,
        signal,
      });
      assert.ok(found.ok);
      return found.value;
    },
    answer: async (id, more) => {
      const result = await events.answer({
        ...asking,
        corrId: id,
        orgId: null,
        adapterId: null,
        operation: null,
        state: 'accepted',
        message: '',
        problems: [],
        resources: [],
        tooLarge: false,
        ...more,
      });
      return result.ok ? 'ok' : result.problem.code;
    },
    deliver: async (collection, entries, options = {}) => {
      const { corrId = random.uuid(), type = 'DELTA', total = entries.length, page = 1 } = options;
      const body = JSON.stringify({ metadata: { adapterId: 'a', corrId, totalSize: total, page }, resources: entries });
      const result: Result<null> = await ingest.deliver({
        ...asking,
        collection,
        type,
        form: 'json',
        stream: Readable.from([Buffer.from(body)]),
        signal: new AbortController().signal,
      });
      return result.ok ? 'ok' : result.problem.code;
    },
    changes: async (collection) => {
      const decision = await authorizer.decide(principalOf('client', 'client'), collection, 'follow');
      assert.ok(decision.allowed);
      return tenant.reads.changes(decision.plan, 0, 100_000);
    },
    sweep: () => sweepEvents(tenant),
    reopened: async () => {
      await store.close();
      return worldAt(place, now, false);
    },
    close: async () => {
      await store.close();
      await place.dispose();
    },
  };
};

const id = (identifikatorverdi: string): object => ({ identifikatorverdi });

/** A subject, which the hub owns here. */
export const subject = (number: number, name = `Fag ${number}`): object => ({
  systemId: id(`f-${number}`),
  navn: name,
  beskrivelse: 'x',
});

/** A pupil, which the source owns. */
export const pupil = (number: number, mail = `p${number}@fjord.test`): object => ({
  systemId: id(`e-${number}`),
  kontaktinformasjon: { epostadresse: mail },
  _links: { person: [{ href: `fodselsnummer/${number}` }] },
});

export const entryOf = (resource: object): { readonly identifier: null; readonly resource: object } => ({
  identifier: null,
  resource,
});

export const target = (value: string): { readonly field: string; readonly value: string } => ({
  field: 'systemid',
  value,
});
