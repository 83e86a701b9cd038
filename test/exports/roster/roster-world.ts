// The small municipality in a store, applications that its owner lets in by scopes, and rosters read as they see them.
import assert from 'node:assert/strict';
import { systemRandom } from '#base/random.ts';
import type { Excluded, ExportOrder, OpenRoster, RosterMembers } from '#exports/export.ts';
import { createRosters } from '#exports/roster/open-roster.ts';
import type { RosterGroup, RosterOwner, RosterPerson, RosterSchool } from '#formats/roster.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createAccesses } from '#hub/documents/access.ts';
import { createDocumentCache } from '#hub/documents/document-cache.ts';
import type { Documents, Sealing, Walk } from '#hub/documents/document.ts';
import { createDocuments } from '#hub/documents/documents.ts';
import { createDocumentReader } from '#hub/documents/reader.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createWalk } from '#hub/documents/walk.ts';
import { grantsOfLink } from '#hub/link-grants.ts';
import { createPreparer } from '#hub/prepare.ts';
import type { Principal } from '#hub/principal.ts';
import { createTokens } from '#hub/tokens.ts';
import type { SandboxCollection } from '#sandbox/collection.ts';
import type { Link } from '#store/store.ts';
import { base, model, openWorld, putApplication, start, type World } from '../../hub/world.ts';
import { entry, hubBundles } from '../../model/models.ts';
import { testDialect, type Dialect } from '../../store/conformance/dialects.ts';

export const organisation = 'tindvag.test';
export const asOf = '2026-11-01';
export const schoolYear = '2026/2027';

/** Every record of a roster, and what it says was left out. */
export type Roster = {
  readonly owner: RosterOwner | null;
  readonly schools: readonly RosterSchool[];
  readonly persons: readonly RosterPerson[];
  readonly groups: readonly RosterGroup[];
  readonly members: readonly RosterMembers[];
  readonly excluded: readonly Excluded[];
  /** The same persons as pages gave them. */
  readonly pages: readonly (readonly RosterPerson[])[];
};

export type Ordered = Partial<Pick<ExportOrder, 'schools' | 'schoolYear' | 'today'>>;

export type RosterWorld = {
  readonly world: World;
  readonly walk: Walk;
  readonly open: OpenRoster;
  readonly documents: Documents;
  readonly sealing: Sealing;
  /** Lets the application in under these scopes and no others. */
  readonly link: (scopes: readonly string[], more?: Partial<Link>) => Promise<void>;
  /** Null when there is none for the application. */
  readonly read: (ordered?: Ordered) => Promise<Roster | null>;
  readonly roster: (ordered?: Ordered) => Promise<Roster>;
  /** Delivers over what is there; what comes again replaces what it was. */
  readonly deliver: (collections: Iterable<SandboxCollection>) => Promise<void>;
  readonly uid: (path: string, field: string, value: string) => Promise<number>;
  readonly id: (path: string, field: string, value: string) => Promise<string>;
  readonly close: () => Promise<void>;
};

const application = 'app';
const environment = 'test';

export const caller: Principal = {
  kind: 'client',
  client: application,
  tenant: organisation,
  scopes: new Set(hubBundles().bundles.keys()),
  issuer: base,
  token: 't1',
  expiresAt: start + 1e12,
};

const entriesAtOnce = 5_000;

export const openRosterWorld = async (
  collections: Iterable<SandboxCollection>,
  dialect: Dialect = testDialect,
): Promise<RosterWorld> => {
  const world = await openWorld(dialect);
  const { store, clock } = world;
  const { platform } = store;
  clock.set(Date.parse(`${asOf}T12:00:00Z`));
  const settings = { removalGuard: 0.05, extraBackLinks: true, strictness: [] };
  await platform.putOrganisation({
    id: organisation,
    name: organisation,
    orgNumber: null,
    settings,
    createdAt: start,
  });
  await putApplication(store, application);
  const tenant = await store.tenant(organisation);

  const deliver: RosterWorld['deliver'] = async (some) => {
    for (const { collection, entries } of some) {
      const prepare = createPreparer(entry(model.collections, collection), model, base);
      let left = [...entries()];
      while (left.length > 0) {
        const now = left.slice(0, entriesAtOnce);
        left = left.slice(entriesAtOnce);
        await tenant.write(async (tx) => {
          for (const { resource } of now) {
            const made = prepare(resource, null);
            assert.ok('prepared' in made, JSON.stringify(made));
            const found = await tx.match(collection, made.prepared.identifiers);
            await tx.put(collection, found.find((uid) => uid !== null) ?? null, made.prepared, 'test');
          }
          await tx.settle();
        });
      }
    }
  };
  await deliver(collections);

  const authorizer = createAuthorizer({ model, store, clock, environment });
  const sealing = await createSealing(platform, systemRandom);
  const accesses = createAccesses(authorizer);
  const walk = createWalk({ model, store, clock, authorizer, accesses, sealing });
  const documents = createDocuments({
    model,
    store,
    clock,
    authorizer,
    accesses,
    tokens: await createTokens(platform, systemRandom),
    reader: createDocumentReader({ model, sealing, cache: createDocumentCache(10_000_000, 'first') }),
  });
  const open = createRosters({ model, walk });

  const read: RosterWorld['read'] = async (ordered = {}) => {
    const excluded: Excluded[] = [];
    const order = {
      principal: { ...caller, scopes: [...caller.scopes] },
      trace: 'trace',
      schools: null,
      schoolYear,
      today: asOf,
      ...ordered,
    };
    const opened = await open(order, (one) => excluded.push(one));
    if (opened.kind === 'missing') return null;
    const { owner, schools, ...reading } = opened.reading;
    const pages = await Array.fromAsync(reading.persons());
    const groups = (await Array.fromAsync(reading.groups())).flat();
    const members = (await Array.fromAsync(reading.members())).flat();
    return { owner, schools, persons: pages.flat(), groups, members, excluded, pages };
  };

  const uid: RosterWorld['uid'] = async (path, field, value) => {
    const [found] = await tenant.reads.resolve([{ collection: path, field, value }]);
    assert.ok(typeof found?.uid === 'number', `no ${path} ${value}`);
    return found.uid;
  };

  return {
    world,
    walk,
    open,
    documents,
    sealing,
    deliver,
    link: async (scopes, more = {}) => {
      const made: Link = {
        id: 'link',
        application,
        organisation,
        environment,
        scopes,
        schools: null,
        agreement: { reference: 'DBA-1', from: null, to: null },
        purpose: 'test',
        clearance: 0,
        createdAt: 1,
        endedAt: null,
        ...more,
      };
      await platform.putLink(made, grantsOfLink(made, hubBundles(), model));
    },
    read,
    roster: async (ordered) => {
      const made = await read(ordered);
      assert.ok(made !== null, 'no roster');
      return made;
    },
    uid,
    id: async (path, field, value) => sealing.id(organisation, await uid(path, field, value)),
    close: world.close,
  };
};

/** Those in a holder. */
export const membersIn = ({ members }: Roster, id: string): RosterMembers['members'] =>
  members.filter(({ holder }) => holder.id === id).flatMap((one) => one.members);
