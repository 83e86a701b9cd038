// The waist at work: authorise, read, record, answer. Every API's query ends here. Called by APIs through the Hub type; knows no HTTP. A read
// is recorded durably before its result is given back; if that fails, nothing is.
import { hash } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { Model } from '#model/model.ts';
import type { Action, AuthorizedPlan } from '#store/plan.ts';
import type { AuditRecord, Store, StoredChange, StoredResource, TenantStore } from '#store/store.ts';
import { hrefOf } from '#model/href.ts';
import type { Authorizer, Decision } from './authorize.ts';
import { asksForLinks, unseenInFilter, withSeenTargets } from './filter-access.ts';
import type { FreshnessOf } from './freshness.ts';
import { plainBody, prunedBody } from './page-body.ts';
import { createPruner, selfLinks, showsIdentifier, viewOfRow } from './prune.ts';
import type { Hub, HubChange, HubQuery, HubResult, PageBody, QueryContext } from './query.ts';
import { rowSet, unionOf } from './row-scope.ts';
import { seenRows } from './seen-rows.ts';
import type { SegmentCache } from './segment-cache.ts';
import type { Tokens } from './tokens.ts';
import { createVersions } from './versions.ts';

export type HubDeps = {
  readonly model: Model;
  readonly store: Store;
  readonly clock: Clock;
  readonly authorizer: Authorizer;
  readonly tokens: Tokens;
  readonly freshness: FreshnessOf;
  readonly segments: SegmentCache;
  readonly baseUrl: () => string;
};

type Allowed = Extract<Decision, { allowed: true }>;
type Outcome = Pick<AuditRecord, 'count' | 'subjects' | 'details'>;
type Run = {
  readonly context: QueryContext;
  readonly tenant: TenantStore;
  readonly decision: Allowed;
  readonly plan: AuthorizedPlan;
};

// Most polls hear of nothing.
const noBodies: ReadonlyMap<number, Buffer> = new Map();

const actions: Readonly<Record<HubQuery['kind'], Action>> = {
  read: 'read',
  list: 'list',
  changes: 'follow',
  state: 'read',
};

/** Builds the hub. */
export const createHub = (deps: HubDeps): Hub => {
  const { model, store, clock, authorizer, tokens, freshness, segments } = deps;
  const tenants = new Map<string, TenantStore>();
  const versions = createVersions();

  const tenantOf = async (id: string): Promise<TenantStore> => {
    const tenant = await store.tenant(id);
    tenants.set(id, tenant);
    return tenant;
  };

  const run = async (query: HubQuery, context: QueryContext): Promise<HubResult> => {
    const { principal } = context;
    const tenant = tenants.get(principal.tenant) ?? (await tenantOf(principal.tenant));
    const decided = authorizer.decide(principal, query.collection, actions[query.kind]);
    const decision = decided instanceof Promise ? await decided : decided;
    if (!decision.allowed) {
      await tenant.appendAudit(recordOf(query, context, decision, { count: 0, subjects: [], details: '' }));
      return { kind: 'missing' };
    }
    const request: Run = { context, tenant, decision, plan: decision.plan };
    switch (query.kind) {
      case 'read':
        return read(query, request);
      case 'list':
        return list(query, request);
      case 'changes':
        return changes(query, request);
      case 'state':
        return state(query, request);
    }
  };

  const recordOf = (
    asked: { readonly kind: HubQuery['kind'] | 'visible'; readonly collection: string },
    { principal, requestId, api }: QueryContext,
    decision: { readonly allowed: boolean; readonly rule: string },
    outcome: Outcome,
  ): AuditRecord => ({
    id: requestId,
    at: clock.now(),
    request: requestId,
    issuer: principal.issuer,
    client: principal.client,
    token: principal.token,
    api,
    operation: asked.kind,
    // Only names of the model: what a stranger typed is not kept.
    collection: isNameOfModel(asked.collection) ? asked.collection : 'unknown',
    decision: decision.allowed ? 'allow' : 'deny',
    rule: decision.rule,
    ...outcome,
  });

  const isNameOfModel = (path: string): boolean => model.collections.has(path) || model.components.has(path);

  const freshnessOf = async (request: Run) => freshness(request.tenant, request.plan.collection.path);

  const etagOf = (request: Run, ...parts: readonly (string | number)[]): string => {
    const { plan, context } = request;
    const view = plan.portions.map((portion) => portion.view.id).join('+');
    return tokens.etag([
      plan.tenant,
      context.principal.client,
      plan.collection.path,
      model.hash,
      deps.baseUrl(),
      view,
      versions.ofSets(plan),
      ...parts,
    ]);
  };

  const read = async (query: Extract<HubQuery, { kind: 'read' }>, request: Run): Promise<HubResult> => {
    const { tenant, plan, decision, context } = request;
    const { collection } = plan;
    const { field, value } = query;
    const searchable = plan.portions.some(({ view }) => showsIdentifier(collection, view, field));
    const stored = searchable ? await tenant.reads.read(plan, { field, value }) : null;
    // Whoever finds a row by an identifier learns whose it is: this row must show it.
    const view = stored === null ? null : viewOfRow(plan, stored.uid);
    const seen = view !== null && showsIdentifier(collection, view, field);
    const body = stored === null || !seen ? null : await bodyOf(request, stored);
    const subject = stored === null ? `${collection.path} ${field} ${value}` : `${stored.uid}`;
    await tenant.appendAudit(
      recordOf(query, context, decision, {
        count: body === null ? 0 : 1,
        subjects: [tokens.pseudonym(plan.tenant, subject)],
        details: collection.identifierBySegment.has(field) ? field : 'unknown identifier',
      }),
    );
    if (stored === null || body === null) return { kind: 'missing' };
    // What is stored changes with things that a limited view does not show: there the bytes themselves are the version.
    const version = plan.plain ? `${stored.uid} ${stored.position}` : hash('sha1', body, 'base64url');
    return {
      kind: 'found',
      body,
      etag: etagOf(request, 'read', version),
      changedAt: stored.changedAt,
      freshness: await freshnessOf(request),
      sensitive: decision.sensitive,
    };
  };

  const bodyOf = async ({ plan, tenant }: Run, stored: StoredResource): Promise<Buffer | null> =>
    plan.plain ? stored.body : createPruner(deps.baseUrl(), plan, tenant.reads).prune(stored);

  const list = async (query: Extract<HubQuery, { kind: 'list' }>, request: Run): Promise<HubResult> => {
    const { tenant, plan, decision, context } = request;
    const refused = query.filter === null ? null : unseenInFilter(query.filter, plan);
    if (refused !== null) {
      const denied = { allowed: false, rule: 'no-grant' } as const;
      await tenant.appendAudit(recordOf(query, context, denied, { count: 0, subjects: [], details: 'filter' }));
      return { kind: 'refused', problem: refused };
    }
    const stats = await tenant.reads.stats(plan);
    const whole = plan.plain && query.filter === null && query.since === null;
    // What a poll hears most of the time: nothing has changed, so there is nothing to look for.
    const nothingNew = query.since !== null && stats.changedAt < query.since;
    const uids = whole ? null : nothingNew ? noUids : await matching(query, request);
    if (uids === 'too-slow') {
      const outcome = { count: 0, subjects: [], details: 'filter stopped' };
      await tenant.appendAudit(recordOf(query, context, decision, outcome));
      const detail = `The filter took longer than ${limits.filterMs} ms.`;
      return { kind: 'refused', problem: problem('HUB-121', detail) };
    }
    const total = uids === null ? stats.count : uids.length;
    const end = query.size === 0 ? total : Math.min(total, query.offset + query.size);
    const page = uids === null ? null : uids.subarray(query.offset, Math.max(query.offset, end));
    const version =
      page === null || !versions.isUneven(plan)
        ? `${stats.position}`
        : await versions.ofRows(page, (part) => tenant.reads.load(plan, part));
    await tenant.appendAudit(recordOf(query, context, decision, listOutcome(query, plan, end, page)));
    const range = { offset: query.offset, size: query.size };
    const body: PageBody =
      page === null ? plainBody(plan, tenant, range, segments) : prunedBody(page, (part) => loadPruned(request, part));
    const rows = page === null ? '' : versions.ofUids(page);
    const asked = [query.offset, query.size, query.since ?? '', JSON.stringify(query.filter)];
    return {
      kind: 'page',
      total,
      offset: query.offset,
      body,
      etag: etagOf(request, 'list', version, rows, ...asked),
      freshness: await freshnessOf(request),
      sensitive: decision.sensitive,
    };
  };

  const listOutcome = (
    { offset, size, filter, since }: Extract<HubQuery, { kind: 'list' }>,
    plan: AuthorizedPlan,
    end: number,
    page: Float64Array | null,
  ): Outcome => {
    const asked = `${filter === null ? '' : ' filtered'}${since === null ? '' : ' since'}`;
    // A filter is not kept, so what it found must be: else nobody could tell afterwards who has been looked up.
    const named = filter !== null && page !== null && page.length <= namedSubjects ? [...page] : [];
    return {
      count: Math.max(0, end - offset),
      subjects: named.map((uid) => tokens.pseudonym(plan.tenant, `${uid}`)),
      details: `offset ${offset} size ${size}${asked}`,
    };
  };

  const matching = async (
    { filter, since }: Extract<HubQuery, { kind: 'list' }>,
    request: Run,
  ): Promise<Float64Array | 'too-slow'> => {
    const { tenant, plan } = request;
    const rows = rowsOf(plan);
    if (filter === null && since === null) return rows ?? tenant.reads.uids(plan);
    const deadline = clock.monotonic() + limits.filterMs;
    const seen = filter === null || plan.plain ? filter : await withSeenTargets(filter, plan, tenant.reads);
    const byStore = seen === null || !asksForLinks(seen, plan);
    const found = await tenant.reads.select(plan, { filter: byStore ? seen : null, since }, deadline);
    if (found === null) return 'too-slow';
    const mine = rows === null ? found : inBoth(found, rows);
    if (byStore) return mine;
    const load = (uids: readonly number[]) => loadSeen(request, uids);
    return (await seenRows(seen, mine, { plan, tenant, clock, deadline, load })) ?? 'too-slow';
  };

  const loadSeen = async (
    { tenant, plan }: Run,
    uids: readonly number[],
  ): Promise<readonly { readonly uid: number; readonly body: Buffer | null }[]> => {
    const stored = await tenant.reads.load(plan, uids);
    if (plan.plain) return stored;
    const pruner = createPruner(deps.baseUrl(), plan, tenant.reads);
    return Promise.all(stored.map(async (resource) => ({ uid: resource.uid, body: await pruner.prune(resource) })));
  };

  const loadPruned = async (request: Run, uids: readonly number[]): Promise<readonly Buffer[]> => {
    const seen = await loadSeen(request, uids);
    return seen.map(({ body }) => body).filter((body) => body !== null);
  };

  const changes = async (query: Extract<HubQuery, { kind: 'changes' }>, request: Run): Promise<HubResult> => {
    const { tenant, plan, decision, context } = request;
    const given = query.after === null ? 0 : tokens.readPosition(context.principal, plan.collection.path, query.after);
    const limited = rowsOf(plan) !== null;
    const stats = await tenant.reads.stats(plan);
    // A position that lies ahead was given before the data were set back to a copy: what the caller knows is not what is here.
    const after = given !== null && given <= stats.position ? given : null;
    if (after === null || limited) {
      const denied = { allowed: false, rule: 'no-grant' } as const;
      const details = limited ? 'rows' : 'position';
      await tenant.appendAudit(recordOf(query, context, denied, { count: 0, subjects: [], details }));
      const detail = limited
        ? 'Changes cannot be followed through a grant that is limited to some rows; list the collection instead.'
        : 'The position is not one that this application was given for this collection.';
      return { kind: 'refused', problem: problem(limited ? 'HUB-400' : 'HUB-410', detail) };
    }
    const found = stats.position > after ? await tenant.reads.changes(plan, after, query.size + 1) : [];
    const page = found.slice(0, query.size);
    const last = page.at(-1)?.position ?? after;
    // The feed is kept, so who was in it can be told from where it was read.
    const details = `after ${after} to ${last}`;
    await tenant.appendAudit(recordOf(query, context, decision, { count: page.length, subjects: [], details }));
    const bodies = page.length === 0 ? noBodies : await bodiesOf(request, page);
    return {
      kind: 'changes',
      changes: page.map((change) => changeOf(request, change, bodies.get(change.uid) ?? null)),
      next:
        query.after !== null && last === after
          ? query.after
          : tokens.position(context.principal, plan.collection.path, last),
      more: found.length > page.length,
      freshness: await freshnessOf(request),
    };
  };

  const bodiesOf = async (request: Run, page: readonly StoredChange[]): Promise<ReadonlyMap<number, Buffer>> => {
    const bodies = new Map<number, Buffer>();
    const uids = [...new Set(page.filter(({ kind }) => kind !== 'removed').map(({ uid }) => uid))];
    for (const stored of await request.tenant.reads.load(request.plan, uids)) {
      const body = await bodyOf(request, stored);
      if (body !== null) bodies.set(stored.uid, body);
    }
    return bodies;
  };

  const changeOf = ({ plan, context }: Run, change: StoredChange, body: Buffer | null): HubChange => {
    const { collection } = plan;
    const view = viewOfRow(plan, change.uid);
    const before = change.before
      .filter(({ field }) => view !== null && showsIdentifier(collection, view, field))
      .map(({ field, value }) => hrefOf(deps.baseUrl(), collection.path, field, value));
    // That an identifier which the caller may not see has changed is not told.
    const unseen =
      change.kind === 'identifier-changed' && before.length < change.before.length && sameSelf(body, before);
    return {
      position: tokens.position(context.principal, collection.path, change.position),
      kind: unseen ? 'updated' : change.kind,
      at: change.at,
      uid: tokens.uid(plan.tenant, change.uid),
      before: unseen ? [] : before,
      body: change.kind === 'removed' ? null : body,
    };
  };

  const state = async (query: Extract<HubQuery, { kind: 'state' }>, request: Run): Promise<HubResult> => {
    const { tenant, plan, decision, context } = request;
    const stats = await tenant.reads.stats(plan);
    const rows = rowsOf(plan);
    // What happens to rows that the caller does not see must show in neither time nor ETag.
    const seen = rows === null ? null : await versions.ofPlan(plan, rows, (part) => tenant.reads.load(plan, part));
    await tenant.appendAudit(recordOf(query, context, decision, { count: 0, subjects: [], details: '' }));
    const current = await freshnessOf(request);
    const count = rows === null ? stats.count : rows.length;
    return {
      kind: 'state',
      state: { count, changedAt: seen === null ? stats.changedAt : seen.changedAt, freshness: current },
      etag: etagOf(request, 'state', seen === null ? stats.position : seen.version),
    };
  };

  const visible: Hub['visible'] = async (component, context) => {
    const { principal } = context;
    const seen = await authorizer.visible(principal, component);
    const tenant = tenants.get(principal.tenant) ?? (await tenantOf(principal.tenant));
    const decision = seen.length > 0 ? { allowed: true, rule: 'any-grant' } : { allowed: false, rule: 'no-grant' };
    const outcome = { count: seen.length, subjects: [], details: '' };
    await tenant.appendAudit(recordOf({ kind: 'visible', collection: component }, context, decision, outcome));
    return seen;
  };

  return { run, visible };
};

const noUids = new Float64Array();

// Longest page of a filter whose resources are named in the audit one by one.
const namedSubjects = 100;

/** True when the resource is addressed as before, or is gone and nobody can tell. */
const sameSelf = (body: Buffer | null, before: readonly string[]): boolean => {
  if (body === null) return before.length === 0;
  const now = selfLinks(body);
  return now.length === before.length && before.every((href) => now.includes(href));
};

/** Both ascending. */
const inBoth = (found: Float64Array, rows: Float64Array): Float64Array => {
  const mine = rowSet(rows);
  return found.filter((uid) => mine.has(uid));
};

/** Uids that the plan's rows leave; null = all of the collection. */
const rowsOf = (plan: AuthorizedPlan): Float64Array | null => {
  const sets: Float64Array[] = [];
  for (const { rows } of plan.portions) {
    if (rows === 'all') return null;
    sets.push(rows.uids);
  }
  return unionOf(sets);
};
