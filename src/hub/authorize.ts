// The one place that decides who sees what, and the only maker of AuthorizedPlan. Called by hub/run.ts and, for deliveries, by ingest through
// app/compose.ts. Decides from the grants as they are now, whatever the token was issued for.
import type { Clock } from '#base/clock.ts';
import type { Collection, CollectionPath, Model } from '#model/model.ts';
import type { Action, AuthorizedPlan, FieldView, Portion, RowSet } from '#store/plan.ts';
import type { Environment, Grant, Store } from '#store/store.ts';
import { fieldView, isSensitive, showsAttribute } from './field-view.ts';
import type { Principal } from './principal.ts';
import { rowsInScope } from './row-scope.ts';

/** A decision: a plan with the grants it rests on, or the rule that denied. Denied and missing look alike from outside. */
export type Decision =
  | { readonly allowed: true; readonly plan: AuthorizedPlan; readonly rule: string; readonly sensitive: boolean }
  | { readonly allowed: false; readonly rule: 'unknown-collection' | 'no-grant' };

export type Authorizer = {
  /** Never fails on policy: a refusal is a decision. Throws only when a store does. */
  readonly decide: (principal: Principal, collection: CollectionPath, action: Action) => Promise<Decision> | Decision;
  /** Collections of a component that some grant of the caller opens for reading or listing. */
  readonly visible: (principal: Principal, component: string) => Promise<readonly Collection[]>;
};

export type AuthorizerDeps = { readonly model: Model; readonly store: Store; readonly clock: Clock; readonly environment: Environment };

/** What is worked out once per application and organisation, and holds until a grant changes, begins or ends. */
type Access = {
  readonly revision: number;
  /** Epoch ms at which some grant begins or ends; Infinity when none does. */
  readonly until: number;
  readonly grants: readonly Grant[];
  readonly decisions: Map<string, Decision>;
  /** Feed position of the organisation that row sets in `decisions` were made at; −1 when there are none. */
  rowsAt: number;
};

const readActions: readonly Action[] = ['read', 'list'];

/** Builds the authorizer over the live grants. */
export const createAuthorizer = ({ model, store, clock, environment }: AuthorizerDeps): Authorizer => {
  const known = new Map<string, Access>();
  const rowSets = new Map<string, { readonly position: number; readonly rows: 'all' | RowSet }>();

  const accessOf = async (principal: Principal, revision: number): Promise<Access> => {
    const all = await store.platform.grantsOf(principal.client);
    const now = clock.now();
    const mine = all.filter((grant) => grant.organisation === principal.tenant && grant.environment === environment);
    const edges = mine.flatMap(({ from, to }) => [from, to]).filter((edge) => edge !== null && edge > now);
    const access: Access = {
      revision,
      until: Math.min(Number.POSITIVE_INFINITY, ...edges.flatMap((edge) => (edge === null ? [] : [edge]))),
      grants: mine.filter(({ from, to }) => (from === null || from <= now) && (to === null || now < to)),
      decisions: new Map(),
      rowsAt: -1,
    };
    if (known.size >= 10_000) known.clear();
    known.set(keyOf(principal), access);
    return access;
  };

  const decide = (principal: Principal, path: CollectionPath, action: Action): Promise<Decision> | Decision => {
    const revision = store.platform.revision();
    const access = known.get(keyOf(principal));
    if (typeof revision === 'number' && access !== undefined && access.revision === revision && clock.now() < access.until && access.rowsAt === -1) {
      const decision = access.decisions.get(`${action} ${path}`);
      if (decision !== undefined) return decision;
    }
    return decideSlowly(principal, path, action);
  };

  const decideSlowly = async (principal: Principal, path: CollectionPath, action: Action): Promise<Decision> => {
    const revision = await store.platform.revision();
    const held = known.get(keyOf(principal));
    const access = held !== undefined && held.revision === revision && clock.now() < held.until ? held : await accessOf(principal, revision);
    if (access.rowsAt !== -1) {
      const position = await (await store.tenant(principal.tenant)).reads.lastPosition();
      if (position !== access.rowsAt) {
        access.decisions.clear();
        access.rowsAt = position;
      }
    }
    const key = `${action} ${path}`;
    const decision = access.decisions.get(key) ?? (await work(principal, access, path, action));
    access.decisions.set(key, decision);
    return decision;
  };

  const work = async (principal: Principal, access: Access, path: CollectionPath, action: Action): Promise<Decision> => {
    const collection = model.collections.get(path);
    if (collection === undefined) return { allowed: false, rule: 'unknown-collection' };
    const grants = access.grants.filter((grant) => grant.actions.some((each) => opens(each, action)) && covers(grant, path));
    if (grants.length === 0) return { allowed: false, rule: 'no-grant' };
    const reading = access.grants.filter((grant) => grant.actions.some((each) => readActions.includes(each)));
    const limited = await limitedTargets(principal, access, collection, reading);
    const portions = await portionsOf(principal, access, collection, grants, visibleIdentifiers(reading), limited);
    const plain = portions.length === 1 && portions[0].rows === 'all' && portions[0].view.full;
    const plan = { tenant: principal.tenant, collection, action, portions, plain, visibleTargets: limited } as AuthorizedPlan;
    const sensitive = portions.some(({ view }) => isSensitive(model, collection, view));
    return { allowed: true, plan, rule: grants.map(({ id }) => id).join(' '), sensitive };
  };

  /** Identifier segments that the caller sees, per collection that it may read. */
  const visibleIdentifiers = (reading: readonly Grant[]): ReadonlyMap<CollectionPath, ReadonlySet<string>> => {
    const targets = new Map<CollectionPath, ReadonlySet<string>>();
    for (const [path, collection] of model.collections) {
      const grants = reading.filter((grant) => covers(grant, path));
      if (grants.length === 0) continue;
      const segments = collection.identifiers.filter(({ attribute }) => {
        const field = collection.class.attributeByName.get(attribute);
        return field !== undefined && grants.some((grant) => showsAttribute(model, grant, field));
      });
      if (segments.length > 0) targets.set(path, new Set(segments.map(({ segment }) => segment)));
    }
    return targets;
  };

  /** Rows of link targets that the caller sees, where it does not see them all. */
  const limitedTargets = async (principal: Principal, access: Access, collection: Collection, reading: readonly Grant[]): Promise<ReadonlyMap<CollectionPath, RowSet>> => {
    const limited = new Map<CollectionPath, RowSet>();
    for (const rule of [...collection.links.values(), ...collection.nestedLinks.values()]) {
      const path = rule.target;
      if (path === null || limited.has(path)) continue;
      const grants = reading.filter((grant) => covers(grant, path));
      if (grants.length === 0 || grants.some((grant) => grant.rows === null)) continue;
      const sets = await Promise.all(grants.map((grant) => rowsOf(principal, access, path, grant)));
      const union = new Set<number>();
      if (sets.includes('all')) continue;
      for (const set of sets) if (set !== 'all') for (const uid of set.uids) union.add(uid);
      limited.set(path, { uids: Float64Array.from(union).sort(), has: (uid) => union.has(uid) });
    }
    return limited;
  };

  const rowsOf = async (principal: Principal, access: Access, path: CollectionPath, grant: Grant): Promise<'all' | RowSet> => {
    if (grant.rows === null) return 'all';
    const tenant = await store.tenant(principal.tenant);
    const position = await tenant.reads.lastPosition();
    access.rowsAt = access.rowsAt === -1 ? position : access.rowsAt;
    const key = `${principal.tenant} ${path} ${JSON.stringify(grant.rows)}`;
    const held = rowSets.get(key);
    if (held !== undefined && held.position === position) return held.rows;
    const rows = await rowsInScope(model, tenant, path, grant.rows);
    if (rowSets.size >= 1_000) rowSets.clear();
    rowSets.set(key, { position, rows });
    return rows;
  };

  const portionsOf = async (
    principal: Principal,
    access: Access,
    collection: Collection,
    grants: readonly Grant[],
    targets: ReadonlyMap<CollectionPath, ReadonlySet<string>>,
    limited: ReadonlyMap<CollectionPath, RowSet>,
  ): Promise<readonly [Portion, ...Portion[]]> => {
    const groups = new Map<string, { rows: 'all' | RowSet; grants: Grant[] }>();
    for (const grant of grants) {
      const rows = await rowsOf(principal, access, collection.path, grant);
      const key = rows === 'all' ? 'all' : JSON.stringify(grant.rows);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { rows, grants: [grant] });
      else group.grants.push(grant);
    }
    const view = (some: readonly Grant[]): FieldView => fieldView(model, collection, some, targets, new Set(limited.keys()));
    const portions = [...groups.values()].map((group) => ({ rows: group.rows, view: view(group.grants) }));
    const whole = portions.find(({ rows, view: seen }) => rows === 'all' && seen.full);
    const [first, ...rest] = whole === undefined ? portions : [whole];
    if (first === undefined) throw new Error('a decision without grants');
    return [first, ...rest];
  };

  return {
    decide,
    visible: async (principal, component) => {
      const collections = model.components.get(component)?.collections ?? [];
      const decided = await Promise.all(
        collections.map(async (collection) => {
          const read = await decide(principal, collection.path, 'read');
          return read.allowed ? collection : null;
        }),
      );
      return decided.filter((collection) => collection !== null);
    },
  };
};

/** Whoever may list may also read one; every other action stands for itself. */
const opens = (granted: Action, wanted: Action): boolean => granted === wanted || (granted === 'list' && wanted === 'read');

const keyOf = (principal: Principal): string => `${principal.tenant} ${principal.client}`;

/** True when a grant's patterns cover a collection: a path, `folder/*` or `*`. */
export const covers = (grant: Grant, path: CollectionPath): boolean =>
  grant.collections.some((pattern) => pattern === '*' || pattern === path || (pattern.endsWith('/*') && path.startsWith(pattern.slice(0, -1))));
