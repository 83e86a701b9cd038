// The small institution of fs-world.ts with its events: followers that poll families as clients do.
import assert from 'node:assert/strict';
import { eventParts } from '#apis/fs-graphql/events/event-parts.ts';
import { createOwners } from '#apis/fs-graphql/owner.ts';
import { systemRandom } from '#base/random.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createAccesses } from '#hub/documents/access.ts';
import { createDocumentCache } from '#hub/documents/document-cache.ts';
import type { EntityEvents, Sealing } from '#hub/documents/document.ts';
import { createEntityEvents } from '#hub/documents/entity-events.ts';
import { createDocumentReader } from '#hub/documents/reader.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createTokens } from '#hub/tokens.ts';
import { readGraphqlEvents, type GraphqlEvents } from '#model/graphql-events.ts';
import { readGraphqlFiles } from '#model/load.ts';
import { model, onlyGrants, start } from '../../../hub/world.ts';
import type { Grant } from '#store/store.ts';
import { folders, fsModel, fsRoots } from '../face-under-test.ts';
import { openFsWorld, owner, type FsWorld, type Sent, type Tree } from '../fs-world.ts';

export const fsEvents = (): GraphqlEvents => {
  const read = readGraphqlEvents(readGraphqlFiles(folders), fsModel());
  assert.ok(read.ok, read.ok ? '' : JSON.stringify(read.problem, null, 1));
  assert.ok(read.value !== null);
  return read.value;
};

/** A grant of everything for reading and following. */
export const following: Partial<Grant> = { actions: ['read', 'list', 'follow'] };

export type FollowWorld = FsWorld & {
  /** One page of all kinds of a family, or of some. */
  readonly page: (family: string, more?: Asked) => Promise<Page>;
  /** A cursor from now on. */
  readonly now: (family: string, sent?: Sent) => Promise<string>;
  /** Forgets all that is held in memory of who has heard what, as a restart does. */
  readonly restart: () => Promise<void>;
  /** All that there is after a cursor, with pages of a size. */
  readonly since: (family: string, after: string, more?: Asked) => Promise<readonly Told[]>;
};

export type Asked = Sent & {
  readonly after?: string | null;
  readonly first?: number;
  readonly kinds?: readonly string[];
  /** What of the subject is wanted. */
  readonly show?: string;
};

export type Told = {
  readonly id: string;
  readonly hendelsestype: string;
  readonly tidspunkt: string;
  readonly subjektId: string;
  readonly subject: Tree | null;
};

export type Page = {
  readonly nodes: readonly Told[];
  readonly edges: readonly { readonly cursor: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
};

/** Opens it. `windowRows`: changes that are looked at together. */
export const openFollowWorld = async (windowRows?: number): Promise<FollowWorld> => {
  const data = fsEvents();
  const held: { events: EntityEvents | null; sealing: Sealing | null } = { events: null, sealing: null };
  const sealing = (): Sealing => held.sealing ?? assert.fail('not open');
  const parts = eventParts({
    model,
    data,
    roots: fsRoots(),
    owners: createOwners({ institutionNumber: async () => owner }, { now: () => start }),
    events: {
      follow: (query, context) => held.events?.follow(query, context) ?? assert.fail('not open'),
      factsNow: (query, of, context) => held.events?.factsNow(query, of, context) ?? assert.fail('not open'),
    },
    sealing: {
      id: (...asked) => sealing().id(...asked),
      seal: (...asked) => sealing().seal(...asked),
      open: (...asked) => sealing().open(...asked),
    },
  });
  const world = await openFsWorld({ parts: [parts] });
  const { store, clock } = world;
  const authorizer = createAuthorizer({ model, store, clock, environment: 'test' });
  held.sealing = await createSealing(store.platform, systemRandom);
  const restart = async (): Promise<void> => {
    held.events = createEntityEvents({
      model,
      store,
      clock,
      authorizer,
      accesses: createAccesses(authorizer),
      reader: createDocumentReader({ model, sealing: sealing(), cache: createDocumentCache(10_000_000) }),
      sealing: sealing(),
      tokens: await createTokens(store.platform, systemRandom),
      ...(windowRows === undefined ? {} : { windowRows }),
    });
  };
  await restart();
  await onlyGrants(world, following);
  const page: FollowWorld['page'] = async (name, { after = null, first = 100, kinds, show = 'id', ...sent } = {}) => {
    const family = data.families.find((one) => one.name === name) ?? assert.fail(name);
    const query = `query($k: [${family.kindType}!]!, $after: String, $first: Int) { page: ${name}(filter: { eierOrganisasjonskode: "${owner}", hendelsestyper: $k }, first: $first, after: $after) {
      nodes { id hendelsestype tidspunkt subjektId subject: ${family.subject.name} { ${show} } } edges { cursor } pageInfo { hasNextPage endCursor } } }`;
    const wanted = kinds ?? family.kinds.map((kind) => kind.name);
    const found = await world.data(query, { k: wanted, after, first }, sent);
    return found['page'] as unknown as Page;
  };
  return {
    ...world,
    page,
    restart,
    now: async (family, sent) => (await page(family, { ...sent })).pageInfo.endCursor,
    since: async (family, after, more = {}) => {
      const all: Told[] = [];
      for (let at = after; ;) {
        const { nodes, pageInfo } = await page(family, { ...more, after: at });
        all.push(...nodes);
        if (!pageInfo.hasNextPage) return all;
        at = pageInfo.endCursor;
      }
    },
  };
};

/** What was told, by kind. */
export const kindsIn = (told: readonly Told[]): readonly string[] => told.map(({ hendelsestype }) => hendelsestype);
