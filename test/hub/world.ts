// A small county for the tests of this folder: two organisations over the real store (of either engine) and the real model, with applications
// and grants, a clock that stands still until it is moved, and short ways to put data and to ask.
import assert from 'node:assert/strict';
import type { Clock } from '#base/clock.ts';
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import { parseFilter } from '#filters/parse-filter.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createFreshness } from '#hub/freshness.ts';
import type { Principal } from '#hub/principal.ts';
import { createPreparer } from '#hub/prepare.ts';
import type { Hub, HubQuery, HubResult } from '#hub/query.ts';
import { createHub } from '#hub/run.ts';
import { createSegmentCache } from '#hub/segment-cache.ts';
import type { SegmentCache } from '#hub/segment-cache.ts';
import { createTokens } from '#hub/tokens.ts';
import type { FilterExpr } from '#model/filter.ts';
import { hrefOf } from '#model/href.ts';
import type { ExportStore } from '#store/exports.ts';
import type { Grant, GrantRows, Store, TenantWrite } from '#store/store.ts';
import { entry, hubModel } from '../model/models.ts';
import { testDialect } from '../store/conformance/dialects.ts';
import type { Dialect } from '../store/conformance/dialects.ts';

export const model = hubModel();
export const base = 'https://hub.test';
export const start = Date.UTC(2026, 0, 5, 8);
export const [fjord, dal] = ['fjordheim.test', 'dalen.test'];

export const paths = {
  pupil: 'utdanning/elev/elev',
  enrolment: 'utdanning/elev/elevforhold',
  person: 'utdanning/elev/person',
  measure: 'utdanning/elev/elevtilrettelegging',
  group: 'utdanning/elev/klasse',
  membership: 'utdanning/elev/klassemedlemskap',
  school: 'utdanning/utdanningsprogram/skole',
  subject: 'utdanning/timeplan/fag',
  country: 'felles/kodeverk/iso/landkode',
} as const;

export type World = {
  readonly store: Store;
  readonly hub: Hub;
  readonly clock: Clock & { readonly move: (ms: number) => void; readonly set: (ms: number) => void };
  /** Builds a hub over the same data with other parts. */
  readonly hubOver: (store: Store, segments?: SegmentCache) => Promise<Hub>;
  /** The same data as another process has it open; the world itself where one process has it to itself. Closed with the world. */
  readonly beside: () => Promise<World>;
  /** What is kept of exports of an organisation, the first unless said otherwise; to be closed before the world. */
  readonly openExports: (organisation?: string) => Promise<ExportStore>;
  /** Where the store is: a folder, or the address of a database. */
  readonly at: string;
  /** Closes the store and opens it again, as a restart does. */
  readonly reopened: () => Promise<World>;
  readonly close: () => Promise<void>;
};

export type Links = Readonly<Record<string, readonly string[]>>;
export type Resource = Readonly<Record<string, unknown>> & { readonly links?: Links };

/** A world with both organisations and the applications `app` and `other`. */
export const openWorld = async (dialect: Dialect = testDialect): Promise<World> => {
  let now = start;
  const clock = {
    ...systemClock,
    now: () => now,
    move: (ms: number) => void (now += ms),
    set: (ms: number) => void (now = ms),
  };
  const { at, dispose } = await dialect.place();
  const world = await worldAt(dialect, at, clock, dispose);
  for (const id of [fjord, dal]) {
    const settings = { removalGuard: 0.05, extraBackLinks: true, strictness: [] };
    await world.store.platform.putOrganisation({ id, name: id, orgNumber: null, settings, createdAt: start });
  }
  for (const id of ['app', 'other']) await putApplication(world.store, id);
  return world;
};

const worldAt = async (
  dialect: Dialect,
  at: string,
  clock: World['clock'],
  dispose: () => Promise<void>,
): Promise<World> => {
  const store = await dialect.open(at, { model, clock, baseUrl: base });
  const others: World[] = [];
  const hubOver = async (over: Store, segments = createSegmentCache(10_000_000)): Promise<Hub> =>
    createHub({
      model,
      store: over,
      clock,
      authorizer: createAuthorizer({ model, store: over, clock, environment: 'test' }),
      tokens: await createTokens(over.platform, systemRandom),
      freshness: createFreshness(clock),
      segments,
      baseUrl: () => base,
      writing: null,
    });
  const closeStores = async (): Promise<void> => {
    for (const other of others) await other.close();
    await store.close();
  };
  const world: World = {
    store,
    hub: await hubOver(store),
    clock,
    hubOver,
    beside: async () => {
      if (store.capabilities.dialect === 'sqlite') return world;
      const other = await worldAt(dialect, at, clock, async () => {});
      others.push(other);
      return other;
    },
    at,
    openExports: async (organisation = fjord) => {
      const opened = await dialect.openExports(at, organisation);
      assert.ok(opened !== null);
      return opened;
    },
    reopened: async () => {
      await closeStores();
      return worldAt(dialect, at, clock, dispose);
    },
    close: async () => {
      await closeStores();
      await dispose();
    },
  };
  return world;
};

export const putApplication = async (store: Store, id: string, more: { readonly disabled?: boolean } = {}) =>
  store.platform.putApplication({
    id,
    name: id,
    kind: 'client',
    owner: fjord,
    describe: '',
    environment: 'test',
    secrets: [],
    jwks: null,
    disabled: false,
    createdAt: start,
    ...more,
  });

let grantNumber = 0;

/** A grant of everything for reading, unless said otherwise. Gives its id. */
export const grant = async ({ store }: World, more: Partial<Grant> = {}): Promise<string> => {
  grantNumber += 1;
  const value: Grant = {
    id: `g${grantNumber}`,
    application: 'app',
    organisation: fjord,
    collections: ['*'],
    actions: ['read', 'list'],
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
  };
  await store.platform.putGrant(value);
  return value.id;
};

export const school = (...values: readonly string[]): GrantRows => ({ scope: 'skole', field: 'skolenummer', values });

/** What the application sees from now on is what these grants open. */
export const onlyGrants = async (world: World, ...grants: readonly Partial<Grant>[]): Promise<void> => {
  for (const { id } of await world.store.platform.grants()) await world.store.platform.removeGrant(id);
  for (const each of grants) await grant(world, each);
};

export const href = (path: string, field: string, value: string): string => hrefOf(base, path, field, value);

export const bySystemId = (path: string, value: string): string => href(path, 'systemid', value);

export const identified = (value: string) => ({ identifikatorverdi: value });

/** Puts resources in one transaction; the one that has the same identifiers is replaced. */
export const put = async (
  { store }: World,
  path: string,
  resources: readonly Resource[],
  organisation = fjord,
): Promise<void> => {
  const tenant = await store.tenant(organisation);
  await tenant.write(async (tx) => {
    for (const resource of resources) await putOne(tx, path, resource);
    await tx.settle();
  });
};

const preparers = new Map<string, ReturnType<typeof createPreparer>>();

const putOne = async (tx: TenantWrite, path: string, { links = {}, ...rest }: Resource): Promise<void> => {
  const prepare = preparers.get(path) ?? createPreparer(entry(model.collections, path), model, base);
  preparers.set(path, prepare);
  const targets = Object.entries(links).map(([name, hrefs]) => [name, hrefs.map((one) => ({ href: one }))] as const);
  const made = prepare({ ...rest, _links: Object.fromEntries(targets) }, null);
  assert.ok('prepared' in made, JSON.stringify(made));
  const found = await tx.match(path, made.prepared.identifiers);
  await tx.put(path, found.find((uid) => uid !== null) ?? null, made.prepared, 'test');
};

export const remove = async (
  { store }: World,
  path: string,
  field: string,
  value: string,
  organisation = fjord,
): Promise<void> => {
  const tenant = await store.tenant(organisation);
  await tenant.write(async (tx) => {
    const [uid] = await tx.match(path, [{ field, value }]);
    assert.ok(typeof uid === 'number', `no ${path} ${value}`);
    await tx.remove(path, uid, 1);
    await tx.settle();
  });
};

export const principal = (client = 'app', tenant = fjord): Principal => ({
  kind: 'client',
  client,
  tenant,
  scopes: new Set(['fint-client']),
  issuer: base,
  token: 't1',
  expiresAt: start + 1e9,
});

let requestNumber = 0;

/** Runs a query as an application; nothing about the answer is assumed. */
export const ask = (hub: Hub, query: HubQuery, as: Principal = principal()): Promise<HubResult> => {
  requestNumber += 1;
  return hub.run(query, { principal: as, requestId: `r${requestNumber}`, api: 'test' });
};

export type Shown = Readonly<Record<string, unknown>> & {
  readonly _links?: Readonly<Record<string, readonly { readonly href: string }[]>>;
};

const shown = (bytes: Buffer): Shown => JSON.parse(bytes.toString()) as Shown;

/** The links of a resource by relation, as addresses. */
export const linksOf = (resource: Shown | null, relation: string): readonly string[] =>
  (resource?.['_links']?.[relation] ?? []).map((link) => link.href);

export const read = async (
  hub: Hub,
  path: string,
  field: string,
  value: string,
  as?: Principal,
): Promise<Shown | null> => {
  const result = await ask(hub, { kind: 'read', collection: path, field, value }, as);
  assert.ok(result.kind === 'found' || result.kind === 'missing', result.kind);
  return result.kind === 'found' ? shown(result.body) : null;
};

export type Page = {
  readonly entries: readonly Shown[];
  readonly total: number;
  readonly etag: string;
  readonly text: string;
};

type Asked = {
  readonly filter?: string | FilterExpr;
  readonly since?: number;
  readonly offset?: number;
  readonly size?: number;
};

export const filterOf = (path: string, text: string): FilterExpr => {
  const parsed = parseFilter(text, entry(model.collections, path), model);
  assert.ok(parsed.ok, parsed.ok ? '' : JSON.stringify(parsed.problem));
  return parsed.value;
};

export const listQuery = (
  path: string,
  { filter, since, offset = 0, size = 0 }: Asked = {},
): Extract<HubQuery, { kind: 'list' }> => ({
  kind: 'list',
  collection: path,
  filter: filter === undefined ? null : typeof filter === 'string' ? filterOf(path, filter) : filter,
  since: since ?? null,
  offset,
  size,
});

/** A page read to its end; fails the test when it is anything else. */
export const list = async (hub: Hub, path: string, asked: Asked = {}, as?: Principal): Promise<Page> => {
  const result = await ask(hub, listQuery(path, asked), as);
  assert.ok(result.kind === 'page', result.kind === 'refused' ? result.problem.detail : result.kind);
  const parts: string[] = [];
  for await (const { bytes } of result.body.plain()) parts.push(bytes.toString());
  const text = `[${parts.join(',')}]`;
  return { entries: JSON.parse(text) as Shown[], total: result.total, etag: result.etag, text };
};

/** The value of an identifier of each entry; undefined where it does not show. */
export const idsOf = ({ entries }: Page, attribute = 'systemId'): readonly unknown[] =>
  entries.map((one) => (one[attribute] as { readonly identifikatorverdi?: unknown } | undefined)?.identifikatorverdi);

export const changes = async (hub: Hub, path: string, after: string | null = null, size = 1_000, as?: Principal) => {
  const result = await ask(hub, { kind: 'changes', collection: path, after, size }, as);
  assert.ok(result.kind === 'changes', result.kind === 'refused' ? result.problem.detail : result.kind);
  return result;
};

export const state = async (hub: Hub, path: string, as?: Principal) => {
  const result = await ask(hub, { kind: 'state', collection: path }, as);
  assert.ok(result.kind === 'state', result.kind);
  return result;
};

/** Synthetic: the month has 80 added. */
export const nationalId = (number: number): string => `0181${String(9_000_000 + number)}`;

export const person = (number: number, links: Links = {}, more: Record<string, unknown> = {}): Resource => ({
  fodselsnummer: identified(nationalId(number)),
  navn: { fornavn: `Fornavn${number}`, etternavn: `Etternavn${number}` },
  bostedsadresse: {
    adresselinje: [`Gate ${number}`],
    postnummer: '0001',
    poststed: 'Prøvestad',
    _links: { land: [{ href: bySystemId(paths.country, 'NO') }] },
  },
  links,
  ...more,
});

export const personHref = (number: number): string => href(paths.person, 'fodselsnummer', nationalId(number));

export const pupil = (number: number, links: Links = { person: [personHref(number)] }): Resource => ({
  systemId: identified(`e${number}`),
  feidenavn: identified(`elev${number}@fjordheim.test`),
  links,
});

export const enrolment = (id: string, pupilNumber: number, schoolNumber: string, links: Links = {}): Resource => ({
  systemId: identified(id),
  beskrivelse: `forhold ${id}`,
  tosprakligFagopplaring: true,
  links: {
    elev: [bySystemId(paths.pupil, `e${pupilNumber}`)],
    skole: [href(paths.school, 'skolenummer', schoolNumber)],
    ...links,
  },
});

export const schoolOf = (number: string): Resource => ({
  systemId: identified(`s${number}`),
  skolenummer: identified(number),
  navn: `Skole ${number}`,
});

/**
 * Two schools. Pupils 1 and 2 go to 1001, 3 to 1002, 4 to both; person 5 is the parent of pupils 1 and 3. Pupils 1 and 3 have a measure,
 * 1 and 2 are in group k1 of 1001, 3 in k2 of 1002.
 */
export const putCounty = async (world: World, organisation = fjord): Promise<void> => {
  const at = async (path: string, resources: readonly Resource[]): Promise<void> =>
    put(world, path, resources, organisation);
  await at(paths.country, [{ systemId: identified('NO'), kode: 'NO', navn: 'Norge' }]);
  await at(paths.school, [schoolOf('1001'), schoolOf('1002')]);
  await at(paths.subject, [
    {
      systemId: identified('f1'),
      navn: 'Norsk',
      beskrivelse: '',
      links: {
        grepreferanse: ['https://psi.udir.no/kl06/NOR0214'],
        skole: [href(paths.school, 'skolenummer', '1001'), href(paths.school, 'skolenummer', '1002')],
      },
    },
  ]);
  await at(paths.person, [
    ...[1, 3].map((number) => person(number, { foreldre: [personHref(5)] })),
    ...[2, 4, 5].map((number) => person(number)),
  ]);
  await at(
    paths.pupil,
    [1, 2, 3, 4].map((number) => pupil(number)),
  );
  await at(paths.enrolment, [
    enrolment('f-1', 1, '1001'),
    enrolment('f-2', 2, '1001'),
    enrolment('f-3', 3, '1002'),
    enrolment('f-4a', 4, '1001'),
    enrolment('f-4b', 4, '1002'),
  ]);
  await at(
    paths.group,
    ['1001', '1002'].map((number, index) => ({
      systemId: identified(`k${index + 1}`),
      navn: `Klasse ${index + 1}`,
      beskrivelse: '',
      links: { skole: [href(paths.school, 'skolenummer', number)] },
    })),
  );
  await at(
    paths.membership,
    [
      ['f-1', 'k1'],
      ['f-2', 'k1'],
      ['f-3', 'k2'],
    ].map(([enrolled = '', group = ''], index) => ({
      systemId: identified(`m${index + 1}`),
      links: {
        elevforhold: [bySystemId(paths.enrolment, enrolled)],
        klasse: [bySystemId(paths.group, group)],
      },
    })),
  );
  await at(
    paths.measure,
    ['f-1', 'f-3'].map((enrolled, index) => ({
      systemId: identified(`t${index + 1}`),
      links: { elev: [bySystemId(paths.enrolment, enrolled)], fag: [bySystemId(paths.subject, 'f1')] },
    })),
  );
};
