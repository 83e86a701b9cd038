// The one place that decides who sees what, and the only maker of AuthorizedPlan. Called by hub/run.ts and, for deliveries, by ingest through
// app/compose.ts. Decides from the grants as they are now, whatever the token was issued for.
import type { Clock } from '#base/clock.ts';
import { covers } from '#model/derive-scopes.ts';
import type { Collection, CollectionPath, Model, ProtectionLevel } from '#model/model.ts';
import type { Action, AuthorizedPlan, FieldView, Portion, RowSet, TargetPortion } from '#store/plan.ts';
import type { Environment, Grant, GrantRows, Store, TenantStore } from '#store/store.ts';
import { fieldView, isSensitive, showsAttribute, showsExistence } from './field-view.ts';
import { historyOf } from './history.ts';
import type { Principal } from './principal.ts';
import { isGuardable } from './protection.ts';
import { rowSet, rowsInScope } from './row-scope.ts';

/** A decision: a plan with the grants it rests on, or the rule that denied. Denied and missing look alike from outside. */
export type Decision =
  | { readonly allowed: true; readonly plan: AuthorizedPlan; readonly rule: string; readonly sensitive: boolean }
  | { readonly allowed: false; readonly rule: 'unknown-collection' | 'no-grant' };

export type Authorizer = {
  /** Never fails on policy: a refusal is a decision. Throws only when a store does. */
  readonly decide: (principal: Principal, collection: CollectionPath, action: Action) => Promise<Decision> | Decision;
  /** A plan that shows nothing: for telling a follower whose grant has ended what it has lost. Null when there is no such collection. */
  readonly ended: (principal: Principal, collection: CollectionPath) => AuthorizedPlan | null;
  /** Collections of a component that some grant of the caller opens for reading or listing. */
  readonly visible: (principal: Principal, component: string) => Promise<readonly Collection[]>;
};

export type AuthorizerDeps = {
  readonly model: Model;
  readonly store: Store;
  readonly clock: Clock;
  readonly environment: Environment;
};

/** What is worked out once per application, organisation and scopes of the token, and holds until a grant changes, begins or ends. */
type Access = {
  readonly revision: number;
  /** Epoch ms between which no grant begins or ends: from the first, before the second. */
  readonly from: number;
  readonly until: number;
  readonly grants: readonly Grant[];
  /** Some grant is limited to rows: what follows from it holds for one state of the data only. */
  readonly limited: boolean;
  readonly decisions: Map<string, Kept>;
};

/** `state` of the organisation's data when the rows were looked for (`stateOf`); null when no rows were. */
type Kept = { readonly decision: Decision; readonly state: string | null };

/** One decision being worked out. */
type Work = {
  readonly tenant: TenantStore | null;
  readonly state: string;
  readonly reading: readonly Grant[];
};

const readActions: readonly Action[] = ['read', 'list'];

/** Builds the authorizer over the live grants. */
export const createAuthorizer = ({ model, store, clock, environment }: AuthorizerDeps): Authorizer => {
  const known = new Map<string, Access>();
  const rowSets = createRowSets(model);

  const accessOf = async (principal: Principal, revision: number): Promise<Access> => {
    const application = await store.platform.application(principal.client);
    const usable = application !== null && !application.disabled && application.environment === environment;
    const all = usable ? await store.platform.grantsOf(principal.client) : [];
    const now = clock.now();
    const mine = all.filter(
      (grant) =>
        grant.organisation === principal.tenant &&
        grant.environment === environment &&
        countsFor(grant, principal.scopes),
    );
    const edges = mine.flatMap(({ from, to }) => [from, to]).filter((edge) => edge !== null);
    const grants = mine.filter((grant) => isInForce(grant, now));
    const access: Access = {
      revision,
      from: Math.max(Number.NEGATIVE_INFINITY, ...edges.filter((edge) => edge <= now)),
      until: Math.min(Number.POSITIVE_INFINITY, ...edges.filter((edge) => edge > now)),
      grants,
      limited: grants.some(({ rows }) => rows !== null),
      decisions: new Map(),
    };
    if (known.size >= 10_000) known.clear();
    known.set(keyOf(principal), access);
    return access;
  };

  const holds = (access: Access | undefined, revision: number): access is Access => {
    if (access === undefined || access.revision !== revision) return false;
    const now = clock.now();
    return access.from <= now && now < access.until;
  };

  const decide: Authorizer['decide'] = (principal, path, action) => {
    const revision = store.platform.revision();
    const access = known.get(keyOf(principal));
    if (typeof revision === 'number' && holds(access, revision)) {
      const kept = access.decisions.get(`${action} ${path}`);
      if (kept !== undefined && kept.state === null) return kept.decision;
    }
    return decideSlowly(principal, path, action);
  };

  const decideSlowly = async (principal: Principal, path: CollectionPath, action: Action): Promise<Decision> => {
    const collection = model.collections.get(path);
    if (collection === undefined) return { allowed: false, rule: 'unknown-collection' };
    const revision = await store.platform.revision();
    const held = known.get(keyOf(principal));
    const access = holds(held, revision) ? held : await accessOf(principal, revision);
    const tenant = access.limited ? await store.tenant(principal.tenant) : null;
    // Read before any row is looked for: what is found may be newer than its mark, never older.
    const state = tenant === null ? null : await stateOf(tenant);
    const key = `${action} ${path}`;
    const kept = access.decisions.get(key);
    if (kept !== undefined && kept.state === state) return kept.decision;
    const reading = access.grants.filter((grant) => grant.actions.some((each) => readActions.includes(each)));
    const decision = await work(principal, access, collection, action, { tenant, state: state ?? '', reading });
    access.decisions.set(key, { decision, state });
    return decision;
  };

  const work = async (
    principal: Principal,
    access: Access,
    collection: Collection,
    action: Action,
    on: Work,
  ): Promise<Decision> => {
    const grants = access.grants.filter(
      (grant) => grant.actions.some((each) => opens(each, action)) && reaches(grant, collection),
    );
    if (grants.length === 0) return { allowed: false, rule: 'no-grant' };
    const targets = await targetsOf(collection, on);
    const portions = await portionsOf(collection, grants, targets, on);
    const own = highest(portions);
    const links = [...targets.clearance].filter(([path]) => isGuardable(model, path)).map(([, level]) => level);
    const plan = {
      tenant: principal.tenant,
      collection,
      action,
      portions,
      // Where links take another clearance than rows, the store cannot tell which rows are to be looked at.
      plain:
        portions.length === 1 &&
        portions[0].rows === 'all' &&
        portions[0].view.full &&
        links.every((level) => level === own),
      clearance: links.reduce((top, level) => (level > top ? level : top), own),
      targetClearance: targets.clearance,
      visibleTargets: targets.uneven,
    } as AuthorizedPlan;
    const sensitive = portions.some(({ view }) => isSensitive(model, collection, view));
    return { allowed: true, plan, rule: grants.map(({ id }) => id).join(' '), sensitive };
  };

  /** True when a grant covers a collection and does not withhold that its resources exist. */
  const reaches = (grant: Grant, collection: Collection): boolean =>
    grant.collections.some((pattern) => patternCovers(pattern, collection.path)) &&
    showsExistence(model, grant, collection);

  /** What the caller may see of the collections that links lead to: the segments that show at all, and where they differ by row. */
  const targetsOf = async (collection: Collection, on: Work): Promise<Targets> => {
    const segments = new Map<CollectionPath, ReadonlySet<string>>();
    const uneven = new Map<CollectionPath, readonly TargetPortion[]>();
    const clearance = new Map<CollectionPath, ProtectionLevel>();
    for (const rule of [...collection.links.values(), ...collection.nestedLinks.values()]) {
      const target = rule.target === null ? undefined : model.collections.get(rule.target);
      if (target === undefined || segments.has(target.path)) continue;
      const grants = on.reading.filter((grant) => reaches(grant, target));
      const portions = (await byRows(target.path, grants, on)).map((group): TargetPortion => ({
        rows: group.rows,
        segments: segmentsOf(target, group.grants),
        clearance: group.clearance,
      }));
      const all = new Set(portions.flatMap((portion) => [...portion.segments]));
      if (all.size === 0) continue;
      segments.set(target.path, all);
      const top = highest(portions.filter((portion) => portion.segments.size > 0));
      clearance.set(target.path, top);
      const whole = portions.some(
        (portion) => portion.rows === 'all' && portion.segments.size === all.size && portion.clearance === top,
      );
      if (!whole) uneven.set(target.path, portions);
    }
    return { segments, uneven, clearance };
  };

  /** Identifier segments that some of the grants show. */
  const segmentsOf = (collection: Collection, grants: readonly Grant[]): ReadonlySet<string> =>
    new Set(
      collection.identifiers
        .filter(({ attribute }) => {
          const field = collection.class.attributeByName.get(attribute);
          return field !== undefined && grants.some((grant) => showsAttribute(model, grant, field));
        })
        .map(({ segment }) => segment),
    );

  const limitedRows = (
    path: CollectionPath,
    rows: GrantRows,
    clearance: ProtectionLevel,
    on: Work,
  ): Promise<'all' | RowSet> => {
    if (on.tenant === null) throw new Error('rows were limited after the decision had begun without the data');
    return rowSets.rows(on.tenant, on.state, path, rows, clearance);
  };

  /** The grants put together by the rows that they leave, and by their clearance. */
  const byRows = async (path: CollectionPath, grants: readonly Grant[], on: Work): Promise<readonly RowGroup[]> => {
    const groups = new Map<string, RowGroup & { readonly grants: Grant[] }>();
    for (const grant of grants) {
      const clearance = grant.clearance ?? 0;
      const rows = grant.rows === null ? 'all' : await limitedRows(path, grant.rows, clearance, on);
      const key = `${clearance} ${rows === 'all' ? 'all' : JSON.stringify(grant.rows)}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { rows, clearance, grants: [grant] });
      else group.grants.push(grant);
    }
    return [...groups.values()];
  };

  const portionsOf = async (
    collection: Collection,
    grants: readonly Grant[],
    targets: Targets,
    on: Work,
  ): Promise<readonly [Portion, ...Portion[]]> => {
    const view = (some: readonly Grant[]): FieldView =>
      fieldView(model, collection, some, targets.segments, new Set(targets.uneven.keys()));
    const groups = await byRows(collection.path, grants, on);
    const portions = groups.map(({ rows, clearance, grants: some }): Portion => ({
      rows,
      view: view(some),
      clearance,
    }));
    const top = highest(portions);
    const whole = portions.find(({ rows, view: seen, clearance }) => rows === 'all' && seen.full && clearance === top);
    const [first, ...rest] = whole === undefined ? portions : [whole];
    if (first === undefined) throw new Error('a decision without grants');
    return [first, ...rest];
  };

  return {
    decide,
    ended: (principal, path) => {
      const collection = model.collections.get(path);
      if (collection === undefined) return null;
      const view = fieldView(model, collection, [], new Map(), new Set());
      const portions: AuthorizedPlan['portions'] = [{ rows: rowSet(new Float64Array()), view, clearance: 0 }];
      return {
        tenant: principal.tenant,
        collection,
        action: 'follow',
        portions,
        plain: false,
        clearance: 0,
        targetClearance: nowhere.targetClearance,
        visibleTargets: nowhere.visibleTargets,
      } as AuthorizedPlan;
    },
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

type RowGroup = {
  readonly rows: 'all' | RowSet;
  readonly clearance: ProtectionLevel;
  readonly grants: readonly Grant[];
};

type Targets = {
  readonly segments: ReadonlyMap<CollectionPath, ReadonlySet<string>>;
  /** Collections whose rows the caller does not see alike. */
  readonly uneven: ReadonlyMap<CollectionPath, readonly TargetPortion[]>;
  /** How highly protected a target may be whose links show. */
  readonly clearance: ReadonlyMap<CollectionPath, ProtectionLevel>;
};

const highest = (portions: readonly { readonly clearance: ProtectionLevel }[]): ProtectionLevel =>
  portions.reduce<ProtectionLevel>((top, { clearance }) => (clearance > top ? clearance : top), 0);

// Together about 32 MB.
const rememberedRows = 4_000_000;

type RowSets = {
  readonly rows: (
    tenant: TenantStore,
    state: string,
    path: CollectionPath,
    rows: GrantRows,
    clearance: ProtectionLevel,
  ) => Promise<'all' | RowSet>;
};

/** What an organisation's data are like now: the history that they are of, and the position of its feed. */
const stateOf = async ({ reads }: TenantStore): Promise<string> => `${historyOf(reads)} ${await reads.lastPosition()}`;

/** Row sets of all organisations, each right for one state of its organisation's data. */
const createRowSets = (model: Model): RowSets => {
  const kept = new Map<string, { readonly state: string; readonly rows: 'all' | RowSet; readonly size: number }>();
  let size = 0;

  const drop = (key: string): void => {
    const held = kept.get(key);
    if (held === undefined) return;
    kept.delete(key);
    size -= held.size;
  };

  return {
    rows: async (tenant, state, path, wanted, clearance) => {
      const key = `${tenant.id} ${path} ${clearance} ${JSON.stringify(wanted)}`;
      const held = kept.get(key);
      if (held !== undefined && held.state === state) return held.rows;
      const rows = await rowsInScope(model, tenant, path, wanted, clearance);
      drop(key);
      // A set with nothing in it takes room as well.
      kept.set(key, { state, rows, size: 100 + (rows === 'all' ? 0 : rows.uids.length) });
      size += kept.get(key)?.size ?? 0;
      for (const oldest of kept.keys()) {
        if (size <= rememberedRows) break;
        drop(oldest);
      }
      return rows;
    },
  };
};

/** Links that lead to nothing that may be seen. */
const nowhere: Pick<AuthorizedPlan, 'targetClearance' | 'visibleTargets'> = {
  targetClearance: new Map(),
  visibleTargets: new Map(),
};

/** Whoever may list may also read one; every other action stands for itself. */
const opens = (granted: Action, wanted: Action): boolean =>
  granted === wanted || (granted === 'list' && wanted === 'read');

// A principal is made once for each token, and then asked for with every request.
const keys = new WeakMap<Principal, string>();

const keyOf = (principal: Principal): string => {
  const known = keys.get(principal);
  if (known !== undefined) return known;
  const made = `${principal.tenant} ${principal.client} ${[...principal.scopes].sort().join(' ')}`;
  keys.set(principal, made);
  return made;
};

/** True when a token with these scopes carries all that the grant asks for. */
export const countsFor = ({ scope }: Pick<Grant, 'scope'>, scopes: ReadonlySet<string>): boolean =>
  scope === null || scope === undefined || scope.split(' ').every((each) => scopes.has(each));

/** True when a pattern of a grant or a setting covers a collection: a path, `folder/*` or `*`. */
export const patternCovers = (pattern: string, path: CollectionPath): boolean =>
  pattern === '*' || covers(pattern, path);

/** True when a grant's period holds at a moment (epoch ms; `to` is the first moment outside). */
export const isInForce = ({ from, to }: Pick<Grant, 'from' | 'to'>, now: number): boolean =>
  (from === null || from <= now) && (to === null || now < to);
