// What tests of the store need: a clock that they set, plans that see everything, resources in a line, and a hub's way of delivering them.
import assert from 'node:assert/strict';
import { systemClock } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { packUids } from '#base/packed-uids.ts';
import type { FilterExpr } from '#model/filter.ts';
import { hrefOf } from '#model/href.ts';
import type { Collection, Model, ProtectionLevel } from '#model/model.ts';
import { showsAny } from '#store/audit-seen.ts';
import type { AuthorizedPlan, FieldView } from '#store/plan.ts';
import type {
  IdentifierValue,
  LinkTarget,
  PagePart,
  PagePiece,
  PreparedResource,
  Store,
  StoredChange,
  StoredPage,
  TenantReads,
  TenantStore,
  TenantWrite,
  WriteOutcome,
} from '#store/store.ts';
import { fintFolder, modelOf } from '../../model/models.ts';
import type { Dialect } from './dialects.ts';

export const base = 'https://hub.test';
export const model: Model = modelOf(fintFolder);

export const elev = 'utdanning/elev/elev';
export const elevforhold = 'utdanning/elev/elevforhold';
export const person = 'utdanning/elev/person';
export const skole = 'utdanning/utdanningsprogram/skole';
export const undervisningsgruppe = 'utdanning/timeplan/undervisningsgruppe';
export const medlemskap = 'utdanning/timeplan/undervisningsgruppemedlemskap';
export const organisasjonselement = 'administrasjon/organisasjon/organisasjonselement';

export type SetClock = Clock & { readonly set: (ms: number) => void };

/** A clock that stands still until it is set. */
export const setClock = (start = 1_700_000_000_000): SetClock => {
  let now = start;
  return { ...systemClock, now: () => now, set: (ms) => void (now = ms) };
};

export const collectionAt = (path: string): Collection => {
  const collection = model.collections.get(path);
  assert.ok(collection !== undefined, `no collection ${path}`);
  return collection;
};

const everything = (collection: Collection): FieldView => ({
  id: 'full',
  full: true,
  attributes: new Set(collection.class.attributes.map(({ jsonName }) => jsonName)),
  relations: new Set(collection.class.relations.map(({ jsonName }) => jsonName)),
  linked: new Set(collection.class.relations.map(({ jsonName }) => jsonName)),
  targets: new Map(),
});

/** A plan that sees the whole collection; below clearance 3 without what is protected more highly. */
export const planFor = (path: string, tenant = 'a.test', clearance: ProtectionLevel = 3): AuthorizedPlan => {
  const collection = collectionAt(path);
  return {
    tenant,
    collection,
    action: 'list',
    portions: [{ rows: 'all', view: everything(collection), clearance }],
    plain: true,
    clearance,
    targetClearance: new Map(clearance === 3 ? [] : [...model.collections.keys()].map((each) => [each, clearance])),
    visibleTargets: new Map(),
  } as unknown as AuthorizedPlan;
};

export type Entry = { readonly path: string; readonly resource: PreparedResource };

/** A link to a resource by one of its identifiers. */
export const to = (collection: string, field: string, value: string): LinkTarget => ({
  kind: 'resource',
  collection,
  field,
  value,
});

export type Shape = {
  /** Further members, in any order. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly links?: Readonly<Record<string, readonly LinkTarget[]>>;
  /** Segment of the identifier that others link back by; the first in model order when left out. */
  readonly primary?: string;
  /** The protection marking that it carries; none when left out. */
  readonly marking?: ProtectionLevel;
};

/** A resource as ingest would prepare it: `ids` by segment. */
export const entry = (path: string, ids: Readonly<Record<string, string>>, shape: Shape = {}): Entry => {
  const collection = collectionAt(path);
  const identifiers = collection.identifiers.flatMap(({ segment }): IdentifierValue[] =>
    ids[segment] === undefined ? [] : [{ field: segment, value: ids[segment] }],
  );
  const primary = identifiers.find(({ field }) => field === shape.primary) ?? identifiers[0];
  assert.ok(primary !== undefined && identifiers.length === Object.keys(ids).length, `no such identifiers in ${path}`);
  const members = collection.class.attributes.flatMap(({ jsonName }): string[] => {
    const own = collection.identifiers.find(({ attribute }) => attribute === jsonName);
    const id = own === undefined ? undefined : ids[own.segment];
    const value = id === undefined ? shape.attributes?.[jsonName] : { [model.identifierValue]: id };
    return value === undefined ? [] : [`${JSON.stringify(jsonName)}:${JSON.stringify(value)}`];
  });
  const place = (relation: string): number => {
    const index = collection.class.relations.findIndex(({ jsonName }) => jsonName === relation);
    return index === -1 ? collection.class.relations.length : index;
  };
  const links = Object.entries(shape.links ?? {})
    .map(([relation, targets]) => ({ relation, targets }))
    .sort((a, b) => place(a.relation) - place(b.relation));
  return {
    path,
    resource: { identifiers, primary, attributes: members.join(','), links, marking: shape.marking ?? null },
  };
};

/** Puts one entry the way the hub does: found by its primary identifier, else by any other. */
export const putEntry = async (
  tx: TenantWrite,
  { path, resource }: Entry,
): Promise<{ uid: number; outcome: WriteOutcome }> => {
  const { identifiers, primary } = resource;
  const uids = await tx.match(path, [primary, ...identifiers]);
  return tx.put(path, uids.find((uid) => uid !== null) ?? null, resource, 'test');
};

/** Delivers entries in one transaction; gives what happened to each. */
export const deliver = (tenant: TenantStore, ...entries: readonly Entry[]): Promise<readonly WriteOutcome[]> =>
  tenant.write(async (tx) => {
    // A few are put unannounced.
    if (entries.length > 8)
      for (const [path, some] of Map.groupBy(entries, (each) => each.path))
        await tx.expect?.(
          path,
          some.map(({ resource }) => resource),
        );
    const outcomes: WriteOutcome[] = [];
    for (const each of entries) outcomes.push((await putEntry(tx, each)).outcome);
    await tx.settle();
    return outcomes;
  });

/** Removes the resource that has the identifier. */
export const withdraw = (tenant: TenantStore, path: string, field: string, value: string, order = 1): Promise<void> =>
  tenant.write(async (tx) => {
    const [uid] = await tx.match(path, [{ field, value }]);
    assert.ok(uid !== null && uid !== undefined, 'nothing to remove');
    await tx.remove(path, uid, order);
    await tx.settle();
  });

/** The stored body as text; null when there is none. */
export const bodyOf = async (
  tenant: TenantStore,
  path: string,
  field: string,
  value: string,
): Promise<string | null> => {
  const stored = await tenant.reads.read(planFor(path, tenant.id), { field, value });
  return stored === null ? null : stored.body.toString();
};

/** Hrefs of a relation of a body, without the base address. */
export const hrefsIn = (body: string | null, relation: string): readonly string[] => {
  const value: { _links?: Record<string, { href: string }[]> } = JSON.parse(body ?? '{}');
  return (value['_links']?.[relation] ?? []).map(({ href }) => href.replace(`${base}/`, ''));
};

/** Hrefs of a relation of a stored resource, without the base address. */
export const linksOf = async (
  tenant: TenantStore,
  path: string,
  field: string,
  value: string,
  relation: string,
): Promise<readonly string[]> => hrefsIn(await bodyOf(tenant, path, field, value), relation);

/** The href of a resource, without the base address. */
export const place = (collection: string, field: string, value: string): string =>
  hrefOf('', collection, field, value).slice(1);

/** All changes of a collection after a position. */
export const changesOf = async (tenant: TenantStore, path: string, after = 0): Promise<readonly StoredChange[]> =>
  tenant.reads.changes(planFor(path, tenant.id), after, 100_000);

export const uidsOf = async (tenant: TenantStore, path: string): Promise<readonly number[]> => [
  ...(await tenant.reads.uids(planFor(path, tenant.id))),
];

/** Uids that a filter selects; fails when the deadline passes. */
export const selected = async (
  tenant: TenantStore,
  path: string,
  filter: FilterExpr | null,
  since: number | null = null,
): Promise<readonly number[]> => {
  const found = await tenant.reads.select(planFor(path, tenant.id), { filter, since }, Number.POSITIVE_INFINITY);
  assert.ok(found !== null);
  return [...found];
};

export type World = { readonly store: Store; readonly clock: SetClock; readonly reopen: () => Promise<Store> };

/** Opens an empty store, does the work, and leaves nothing behind. `reopen` closes the store and opens it again. */
export const inWorld = async (
  dialect: Dialect,
  work: (world: World) => Promise<void>,
  of: Model = model,
): Promise<void> => {
  const somewhere = await dialect.place();
  const clock = setClock();
  let store = await dialect.open(somewhere.at, { model: of, clock, baseUrl: base });
  try {
    await work({
      store,
      clock,
      reopen: async () => {
        await store.close();
        store = await dialect.open(somewhere.at, { model: of, clock, baseUrl: base });
        return store;
      },
    });
  } finally {
    await store.close();
    await somewhere.dispose();
  }
};

/** Registers the organisation with the given setting, so that its store follows it. */
export const organise = async (store: Store, id: string, extraBackLinks: boolean): Promise<void> => {
  await store.platform.putOrganisation({
    id,
    name: id,
    orgNumber: null,
    settings: { removalGuard: 0.05, extraBackLinks, strictness: [] },
    createdAt: 1,
  });
};

/** The parts of a page. */
export const partsOf = async function* (
  reads: Pick<TenantReads, 'page'>,
  plan: AuthorizedPlan,
  range: { readonly offset: number; readonly size: number },
): AsyncGenerator<PagePart> {
  const page = await reads.page(plan, range);
  if (page !== null) yield* page.parts();
};

/** Of some uids those that a record of the page names, by what the store says of their lives now. */
export const namedBy = async (
  tenant: TenantStore,
  page: StoredPage | null,
  clearance: ProtectionLevel,
  uids: readonly number[],
): Promise<readonly number[]> => {
  if (page === null) return [];
  const { guarded, parts: _parts, ...record } = page;
  const hidden = guarded.uids.filter(
    (uid, at) => (guarded.own[at] ?? 0) > clearance && uid >= page.from && uid <= page.to,
  );
  const without = packUids(hidden).toString('base64url');
  const lives = await tenant.reads.lives(uids);
  return uids.filter((uid, at) =>
    showsAny({ kind: 'range', ...record, without }, { uids: Float64Array.of(uid), lives: lives.slice(at, at + 1) }),
  );
};

/** The pieces of a page, in order: those of mixed segments by themselves. */
export const piecesOf = async function* (
  tenant: TenantStore,
  plan: AuthorizedPlan,
  range: { readonly offset: number; readonly size: number },
): AsyncGenerator<PagePiece> {
  for await (const part of partsOf(tenant.reads, plan, range)) {
    if ('pieces' in part) yield* part.pieces();
    else yield part;
  }
};
