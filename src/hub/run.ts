// The waist at work: authorise, read, record, answer. Every API's query ends here. Called by APIs through the Hub type; knows no HTTP. A read
// is recorded durably before its result is given back; if that fails, nothing is.
import type { Clock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { Model } from '#model/model.ts';
import type { Action, AuthorizedPlan } from '#store/plan.ts';
import type { AuditRecord, Store, StoredChange, StoredResource, TenantStore } from '#store/store.ts';
import { hrefOf } from '#model/href.ts';
import type { Authorizer, Decision } from './authorize.ts';
import { unseenInFilter } from './filter-access.ts';
import type { FreshnessOf } from './freshness.ts';
import { plainBody, prunedBody } from './page-body.ts';
import { createPruner } from './prune.ts';
import type { Hub, HubChange, HubQuery, HubResult, PageBody, QueryContext } from './query.ts';
import type { SegmentCache } from './segment-cache.ts';
import type { Tokens } from './tokens.ts';

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
type Run = { readonly context: QueryContext; readonly tenant: TenantStore; readonly decision: Allowed; readonly plan: AuthorizedPlan };

const actions: Readonly<Record<HubQuery['kind'], Action>> = { read: 'read', list: 'list', changes: 'follow', state: 'read' };

/** Builds the hub. */
export const createHub = (deps: HubDeps): Hub => {
  const { model, store, clock, authorizer, tokens, freshness, segments } = deps;
  const tenants = new Map<string, TenantStore>();

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
    query: HubQuery,
    { principal, requestId, api }: QueryContext,
    decision: Decision,
    outcome: { readonly count: number | null; readonly subjects: readonly string[]; readonly details: string },
  ): AuditRecord => ({
    id: requestId,
    at: clock.now(),
    request: requestId,
    issuer: principal.issuer,
    client: principal.client,
    token: principal.token,
    api,
    operation: query.kind,
    // Only names of the model: what a stranger typed is not kept.
    collection: model.collections.has(query.collection) ? query.collection : 'unknown',
    decision: decision.allowed ? 'allow' : 'deny',
    rule: decision.rule,
    ...outcome,
  });

  const freshnessOf = async (request: Run) => freshness(request.tenant, request.plan.collection.path);

  const etagOf = (request: Run, ...parts: readonly (string | number)[]): string => {
    const { plan, context } = request;
    const view = plan.portions.map((portion) => portion.view.id).join('+');
    return tokens.etag([plan.tenant, context.principal.client, plan.collection.path, model.hash, deps.baseUrl(), view, ...parts]);
  };

  const read = async (query: Extract<HubQuery, { kind: 'read' }>, request: Run): Promise<HubResult> => {
    const { tenant, plan, decision, context } = request;
    const visibleBy = plan.portions.some(({ view }) => view.attributes.has(plan.collection.identifierBySegment.get(query.field)?.attribute ?? ''));
    const stored = visibleBy ? await tenant.reads.read(plan, { field: query.field, value: query.value }) : null;
    const body = stored === null ? null : await bodyOf(request, stored);
    const subject = stored === null ? `${plan.collection.path} ${query.field} ${query.value}` : `${stored.uid}`;
    await tenant.appendAudit(
      recordOf(query, context, decision, { count: body === null ? 0 : 1, subjects: [tokens.pseudonym(plan.tenant, subject)], details: query.field }),
    );
    if (stored === null || body === null) return { kind: 'missing' };
    // A limited view depends on more than this one resource.
    const version = plan.plain ? stored.position : await tenant.reads.lastPosition();
    return {
      kind: 'found',
      body,
      etag: etagOf(request, stored.uid, stored.position, version),
      changedAt: stored.changedAt,
      freshness: await freshnessOf(request),
      sensitive: decision.sensitive,
    };
  };

  const bodyOf = async ({ plan, tenant }: Run, stored: StoredResource): Promise<Buffer | null> =>
    plan.plain ? stored.body : createPruner(deps.baseUrl(), plan, tenant.reads).prune(stored);

  /** Uids that the plan's rows leave; null = all of the collection. */
  const rowsOf = (plan: AuthorizedPlan): Float64Array | null => {
    if (plan.portions.some(({ rows }) => rows === 'all')) return null;
    const union = new Set<number>();
    for (const { rows } of plan.portions) if (rows !== 'all') for (const uid of rows.uids) union.add(uid);
    return Float64Array.from(union).sort();
  };

  const list = async (query: Extract<HubQuery, { kind: 'list' }>, request: Run): Promise<HubResult> => {
    const { tenant, plan, decision, context } = request;
    const refused = query.filter === null ? null : unseenInFilter(query.filter, plan);
    if (refused !== null) {
      await tenant.appendAudit(recordOf(query, context, { allowed: false, rule: 'no-grant' }, { count: 0, subjects: [], details: 'filter' }));
      return { kind: 'refused', problem: refused };
    }
    const stats = await tenant.reads.stats(plan);
    const whole = plan.plain && query.filter === null && query.since === null;
    const uids = whole ? null : await matching(query, request);
    if (uids === 'too-slow') {
      await tenant.appendAudit(recordOf(query, context, decision, { count: 0, subjects: [], details: 'filter stopped' }));
      return { kind: 'refused', problem: problem('HUB-121', `The filter took longer than ${limits.filterMs} ms.`) };
    }
    const total = uids === null ? stats.count : uids.length;
    const end = query.size === 0 ? total : Math.min(total, query.offset + query.size);
    const count = Math.max(0, end - query.offset);
    await tenant.appendAudit(
      recordOf(query, context, decision, { count, subjects: [], details: `offset ${query.offset} size ${query.size}${query.filter === null ? '' : ' filtered'}${query.since === null ? '' : ' since'}` }),
    );
    const range = { offset: query.offset, size: query.size };
    const body: PageBody =
      uids === null
        ? plainBody(plan, tenant, range, segments)
        : prunedBody(uids.subarray(query.offset, Math.max(query.offset, end)), (part) => loadPruned(request, part));
    const version = plan.plain ? stats.position : await tenant.reads.lastPosition();
    return {
      kind: 'page',
      total,
      offset: query.offset,
      body,
      etag: etagOf(request, version, stats.position, query.offset, query.size, query.since ?? '', JSON.stringify(query.filter)),
      freshness: await freshnessOf(request),
      sensitive: decision.sensitive,
    };
  };

  const matching = async (query: Extract<HubQuery, { kind: 'list' }>, { tenant, plan }: Run): Promise<Float64Array | 'too-slow'> => {
    const rows = rowsOf(plan);
    if (query.filter === null && query.since === null) return rows ?? tenant.reads.uids(plan);
    const found = await tenant.reads.select(plan, { filter: query.filter, since: query.since }, clock.monotonic() + limits.filterMs);
    if (found === null) return 'too-slow';
    if (rows === null) return found;
    const mine = new Set(rows);
    return found.filter((uid) => mine.has(uid));
  };

  const loadPruned = async (request: Run, uids: readonly number[]): Promise<readonly Buffer[]> => {
    const stored = await request.tenant.reads.load(request.plan, uids);
    if (request.plan.plain) return stored.map(({ body }) => body);
    const pruner = createPruner(deps.baseUrl(), request.plan, request.tenant.reads);
    const bodies = await Promise.all(stored.map((resource) => pruner.prune(resource)));
    return bodies.filter((body) => body !== null);
  };

  const changes = async (query: Extract<HubQuery, { kind: 'changes' }>, request: Run): Promise<HubResult> => {
    const { tenant, plan, decision, context } = request;
    const after = query.after === null ? 0 : tokens.readPosition(context.principal, plan.collection.path, query.after);
    const limited = rowsOf(plan) !== null;
    if (after === null || limited) {
      await tenant.appendAudit(recordOf(query, context, { allowed: false, rule: 'no-grant' }, { count: 0, subjects: [], details: limited ? 'rows' : 'position' }));
      const detail = limited
        ? 'Changes cannot be followed through a grant that is limited to some rows; list the collection instead.'
        : 'The position is not one that this application was given for this collection.';
      return { kind: 'refused', problem: problem(limited ? 'HUB-400' : 'HUB-410', detail) };
    }
    const stats = await tenant.reads.stats(plan);
    const found = stats.position > after ? await tenant.reads.changes(plan, after, query.size + 1) : [];
    const page = found.slice(0, query.size);
    await tenant.appendAudit(recordOf(query, context, decision, { count: page.length, subjects: [], details: '' }));
    const bodies = await bodiesOf(request, page);
    const last = page.at(-1)?.position ?? after;
    return {
      kind: 'changes',
      changes: page.map((change) => changeOf(request, change, bodies.get(change.uid) ?? null)),
      next: query.after !== null && last === after ? query.after : tokens.position(context.principal, plan.collection.path, last),
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
    const shows = (field: string): boolean => {
      const attribute = plan.collection.identifierBySegment.get(field)?.attribute;
      return attribute !== undefined && plan.portions.some(({ view }) => view.attributes.has(attribute));
    };
    return {
      position: tokens.position(context.principal, plan.collection.path, change.position),
      kind: change.kind,
      at: change.at,
      uid: tokens.uid(plan.tenant, change.uid),
      before: change.before.filter(({ field }) => shows(field)).map(({ field, value }) => hrefOf(deps.baseUrl(), plan.collection.path, field, value)),
      body: change.kind === 'removed' ? null : body,
    };
  };

  const state = async (query: Extract<HubQuery, { kind: 'state' }>, request: Run): Promise<HubResult> => {
    const { tenant, plan, decision, context } = request;
    const stats = await tenant.reads.stats(plan);
    const rows = rowsOf(plan);
    await tenant.appendAudit(recordOf(query, context, decision, { count: 0, subjects: [], details: '' }));
    const current = await freshnessOf(request);
    return {
      kind: 'state',
      state: { count: rows === null ? stats.count : rows.length, changedAt: stats.changedAt, freshness: current },
      etag: etagOf(request, 'state', stats.position),
    };
  };

  return { run, visible: (component, { principal }) => authorizer.visible(principal, component) };
};
