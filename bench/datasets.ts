// The data that scenarios read, made once through the hub's own preparing and writing: data directories, kept between runs when the runner is
// told so, and databases of the runner's server, which end with it. Called by scenarios.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashSecret } from '#auth/secrets.ts';
import { systemClock } from '#base/clock.ts';
import { ignoreEvents } from '#base/events.ts';
import { systemRandom } from '#base/random.ts';
import { createPreparer } from '#hub/prepare.ts';
import { bundledModel } from '#app/bundled-model.ts';
import { grantsOfLink } from '#hub/link-grants.ts';
import { loadModel, readBundleFiles } from '#model/load.ts';
import type { Model } from '#model/model.ts';
import { readScopeBundles } from '#model/scope-bundles.ts';
import { county } from '#sandbox/county.ts';
import { university } from '#sandbox/university.ts';
import type { DeliverableCollection, DeliverableEntry } from '#sandbox/adapter.ts';
import { openPostgresStore } from '#store/postgres/postgres-store.ts';
import { openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import type { Link, PreparedResource, Store } from '#store/store.ts';
import { run as asAdmin } from '../test/postgres/database.ts';
import type { Place } from './place.ts';
import { publicUrl } from './processes.ts';
import type { Context } from './scenario.ts';

export const organisation = 'fjordheim.test';
const secret = 'bench-secret-of-no-value';
const seed = 1;
const asOf = '2026-11-01';
const perTransaction = 10_000;
// What the store is told of ahead, as the hub does.
const expectedAtOnce = 5_120;

/** The synthetic county, the same in every run. */
export const benchCounty = (size: 'small' | 'county' | 'county-full') => county({ seed, size, asOf });

/** The synthetic university, the same in every run. */
export const benchUniversity = (size: 'small' | 'university') => university({ seed, size, asOf });

let loaded: Model | null = null;

/** The model that comes with the hub, loaded once. */
export const model = (): Model => {
  if (loaded !== null) return loaded;
  const result = loadModel(...bundledModel);
  if (!result.ok) throw new Error(result.problem.detail);
  return (loaded = result.value);
};

/** Registers the organisation, one client that sees everything and one adapter that may deliver everything. */
const register = async ({ platform }: Store, id = organisation, name = 'bench'): Promise<void> => {
  const createdAt = systemClock.now();
  const writes = [{ pattern: 'personvern/samtykke/tjeneste', policy: 'hub', deadlineMinutes: null }] as const;
  const settings = { removalGuard: 0.05, extraBackLinks: true, strictness: [], writes };
  await platform.putOrganisation({
    id,
    name: 'Fjordheim fylkeskommune',
    orgNumber: null,
    settings,
    createdAt,
  });
  const hash = await hashSecret(secret, systemRandom);
  for (const kind of ['client', 'adapter'] as const) {
    const application = `${name}-${kind}`;
    const secrets = [{ id: 's-1', hash, createdAt, expiresAt: null }];
    const made = { describe: '', environment: 'test', createdAt } as const;
    await platform.putApplication({
      ...made,
      id: application,
      name: application,
      kind,
      owner: id,
      secrets,
      jwks: null,
      disabled: false,
    });
    await platform.putGrant({
      id: `${application}-grant`,
      application,
      organisation: id,
      collections: ['*'],
      actions: kind === 'client' ? ['read', 'list', 'follow', 'write'] : ['deliver'],
      fields: null,
      withhold: [],
      rows: null,
      environment: 'test',
      from: null,
      to: null,
      purpose: 'Measurement',
      agreement: null,
      createdAt,
    });
  }
};

/** Lets an application `<name>-client` of its own into the organisation by a link with these scopes, unless it is in. Not while a hub has the place open. */
export const addLinked = async (place: Place, name: string, scopes: readonly string[]): Promise<void> => {
  const store = await openPlace(place);
  const { platform } = store;
  const id = `${name}-client`;
  if ((await platform.application(id)) === null) {
    const bundles = readScopeBundles(readBundleFiles(bundledModel), model());
    if (!bundles.ok) throw new Error(bundles.problem.detail);
    const createdAt = systemClock.now();
    const hash = await hashSecret(secret, systemRandom);
    await platform.putApplication({
      id,
      name: id,
      kind: 'client',
      owner: organisation,
      describe: '',
      environment: 'test',
      secrets: [{ id: 's-1', hash, createdAt, expiresAt: null }],
      jwks: null,
      disabled: false,
      createdAt,
    });
    const link: Link = {
      id: `${name}-link`,
      application: id,
      organisation,
      environment: 'test',
      scopes: [...scopes].sort(),
      schools: null,
      agreement: { reference: 'Measurement', from: null, to: null },
      purpose: 'Measurement',
      clearance: 0,
      createdAt,
      endedAt: null,
    };
    await platform.putLink(link, grantsOfLink(link, bundles.value, model()));
  }
  await store.close();
};

/** Opens a place as the hub does, in this process. */
export const openPlace = (place: Place): Promise<Store> => {
  const deps = { model: model(), clock: systemClock, observe: ignoreEvents, baseUrl: () => publicUrl };
  return place.engine === 'sqlite'
    ? openSqliteStore({ folder: place.folder, ...deps })
    : openPostgresStore({ url: place.url, ...deps });
};

const fill = async (
  store: Store,
  { collection: path, entries }: DeliverableCollection,
  id = organisation,
): Promise<void> => {
  const collection = model().collections.get(path);
  if (collection === undefined) throw new Error(`the model has no collection ${path}`);
  const tenant = await store.tenant(id);
  const prepare = createPreparer(collection, model(), publicUrl);
  const walk = entries()[Symbol.iterator]();
  const batch = (): Promise<boolean> =>
    tenant.write(async (tx) => {
      let more = true;
      const prepared: PreparedResource[] = [];
      while (more && prepared.length < perTransaction) {
        const next = walk.next();
        more = next.done !== true;
        if (next.done === true) continue;
        const result = prepare(next.value.resource, next.value.identifier);
        if ('rejected' in result) throw new Error(`${path}: ${result.rejected.message}`);
        prepared.push(result.prepared);
      }
      for (let from = 0; from < prepared.length; from += expectedAtOnce) {
        const some = prepared.slice(from, from + expectedAtOnce);
        await tx.expect?.(path, some);
        for (const one of some) await tx.put(path, null, one, 'bench-adapter');
      }
      await tx.settle();
      return more;
    });
  for (let more = true; more; more = await batch());
};

type Collections = () => readonly DeliverableCollection[];
type Making = Pick<Context, 'data' | 'say' | 'engine' | 'server'>;

/** An organisation with some collections, on the engine of the run; made when it is not there already. */
export const dataset = (context: Making, name: string, collections: Collections): Promise<Place> =>
  context.engine === 'sqlite' ? folderOf(context, name, collections) : databaseOf(context, name, collections);

/** As `dataset`, but without data, and never one that was there before. */
export const emptyDataset = (context: Making, name: string): Promise<Place> => {
  if (context.engine === 'sqlite') rmSync(join(context.data, name), { recursive: true, force: true });
  else databases.delete(name);
  return dataset(context, name, () => []);
};

/** Adds an organisation with one collection, unless it is there from a run before; its applications are `<name>-client` and `<name>-adapter`. Not while a hub has the place open. */
export const addOrganisation = async (
  place: Place,
  id: string,
  name: string,
  collection: DeliverableCollection,
): Promise<void> => {
  const store = await openPlace(place);
  if ((await store.platform.organisation(id)) === null) {
    // In this order: it is registered only when it is whole.
    await fill(store, collection, id);
    await register(store, id, name);
  }
  await store.close();
};

/** The university for what is asked by keys: all of it on files. To load all of it into the other takes half an hour, and a row by its key costs the same among few. */
export const universityByKeys = (context: Making, isSmall: boolean): Promise<Place> =>
  universityDataset(context, isSmall || context.engine === 'postgres' ? 'small' : 'university');

/** The university in the organisation of the measurements, which is then known by the number of the institution. Not while a hub has the place open. */
export const universityDataset = async (context: Making, size: 'small' | 'university'): Promise<Place> => {
  const made = benchUniversity(size);
  const place = await dataset(context, size === 'small' ? 'fs-small' : 'fs-university', () => made.collections);
  const store = await openPlace(place);
  const known = await store.platform.organisation(organisation);
  const { institutionNumber } = made;
  if (known !== null && known.settings.institutionNumber !== institutionNumber)
    await store.platform.putOrganisation({ ...known, settings: { ...known.settings, institutionNumber } });
  await store.close();
  return place;
};

/** Lets the organisation of the measurements have APIs that retire. Not while a hub has the place open. */
export const offerRetiring = async (place: Place, ...retiringApis: readonly string[]): Promise<void> => {
  const store = await openPlace(place);
  const known = await store.platform.organisation(organisation);
  if (known !== null) await store.platform.putOrganisation({ ...known, settings: { ...known.settings, retiringApis } });
  await store.close();
};

type Folder = Extract<Place, { engine: 'sqlite' }>;

/** As `dataset`, for scenarios that know the files. */
export const folderOf = async (context: Making, name: string, collections: Collections): Promise<Folder> => {
  const folder = join(context.data, name);
  if (existsSync(folder)) return { engine: 'sqlite', folder };
  const making = `${folder}.making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  await make(context, { engine: 'sqlite', folder: making }, name, collections);
  renameSync(making, folder);
  return { engine: 'sqlite', folder };
};

/** By name, of the one server that a run has. */
const databases = new Map<string, Place>();

const databaseOf = async (context: Making, name: string, collections: Collections): Promise<Place> => {
  const known = databases.get(name);
  if (known !== undefined) return known;
  const server = await context.server();
  const { url, adminUrl } = await server.database();
  const place: Place = { engine: 'postgres', url, adminUrl, cpu: server.cpu };
  await make(context, place, name, collections);
  // As a server that has been up for a while: it has counted its rows, and nothing waits to be written.
  if (collections().length > 0) await asAdmin(adminUrl, 'VACUUM ANALYZE', 'CHECKPOINT');
  databases.set(name, place);
  return place;
};

const make = async (context: Making, place: Place, name: string, collections: Collections): Promise<void> => {
  const store = await openPlace(place);
  await register(store);
  const all = collections();
  context.say(`making ${name}: ${all.reduce((sum, { total }) => sum + total, 0)} entries`);
  for (const collection of all) await fill(store, collection);
  await store.close();
};

/** A collection of the synthetic county. */
export const collectionOf = (size: 'small' | 'county', path: string): DeliverableCollection => {
  const found = benchCounty(size).collections.find(({ collection }) => collection === path);
  if (found === undefined) throw new Error(`the county has no collection ${path}`);
  return found;
};

/** The first entries of a collection; when it has fewer, it begins anew under other identifiers. */
export const exactly = (source: DeliverableCollection, total: number): DeliverableCollection => ({
  collection: source.collection,
  total,
  entries: function* () {
    let given = 0;
    for (let lap = 0; ; lap += 1) {
      for (const entry of source.entries()) {
        if (given === total) return;
        given += 1;
        yield lap === 0 ? entry : renamed(entry, lap);
      }
    }
  },
});

const renamed = ({ identifier, resource }: DeliverableEntry, lap: number): DeliverableEntry => ({
  identifier: `${identifier}-${lap}`,
  resource: { ...resource, systemId: { identifikatorverdi: `${identifier}-${lap}` } },
});

/** Gives a function that answers with the Authorization header of a client, renewed every hundred seconds. */
export const authorization = (
  port: number,
  kind: 'client' | 'adapter',
  name = 'bench',
  /** Further fields of the token request. */
  fields = '',
): (() => Promise<Readonly<Record<string, string>>>) => {
  let header = '';
  let until = 0;
  return async () => {
    if (performance.now() < until) return { Authorization: header };
    const response = await fetch(`http://127.0.0.1:${port}/oauth/token`, {
      method: 'POST',
      headers: { ...credentials(kind, name), 'content-type': 'application/x-www-form-urlencoded' },
      body: `grant_type=client_credentials${fields}`,
    });
    if (!response.ok) throw new Error(`no token: ${response.status} ${await response.text()}`);
    const { access_token: token } = (await response.json()) as { readonly access_token: string };
    header = `Bearer ${token}`;
    until = performance.now() + 100_000;
    return { Authorization: header };
  };
};

const credentials = (kind: 'client' | 'adapter', name: string): Readonly<Record<string, string>> => ({
  authorization: `Basic ${Buffer.from(`${name}-${kind}:${secret}`).toString('base64')}`,
});

/** What the adapter logs in with. */
export const adapterLogin = { id: 'bench-adapter', secret } as const;

/** What a server has answered. */
export type Answer = { readonly head: Headers; readonly body: Buffer };

// Written by node itself, also in the floor.
const ofTheConnection: ReadonlySet<string> = new Set([
  'date',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
]);

/** Keeps an answer as files for the floor to send. */
export const keepAnswer = (context: { readonly data: string }, name: string, { head, body }: Answer): string => {
  mkdirSync(context.data, { recursive: true });
  const file = join(context.data, `${name}.bytes`);
  const list = [...head].filter(([header]) => !ofTheConnection.has(header)).flat();
  writeFileSync(file, body);
  writeFileSync(`${file}.head`, JSON.stringify([...list, 'content-length', String(body.length)]));
  return file;
};
