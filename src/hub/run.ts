// The waist at work: authorise, read, record, answer. Every API's query ends here. Called by APIs through the Hub type; knows no HTTP. A read
// is recorded durably before its result is given back; if that fails, nothing is.
import type { Clock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { inBoth, unionOf, without } from '#base/uid-sets.ts';
import type { Model } from '#model/model.ts';
import type { Action, AuthorizedPlan } from '#store/plan.ts';
import type {
  AuditSeen,
  CollectionStats,
  Eventually,
  Guarded,
  Store,
  StoredPage,
  TenantReads,
  TenantStore,
} from '#store/store.ts';
import { askedFor, subjectsAsked } from './asked-for.ts';
import type { Authorizer, Decision } from './authorize.ts';
import { asksForLinks, seesAllLinks, unseenInFilter, withSeenTargets } from './filter-access.ts';
import { createFollowing } from './following.ts';
import type { FreshnessOf } from './freshness.ts';
import { historyOf } from './history.ts';
import { plainBody, prunedBody } from './page-body.ts';
import { hiddenRows } from './protection.ts';
import { showsIdentifier, viewOfRow } from './prune.ts';
import type { Hub, HubQuery, HubResult, PageBody, QueryContext, Writing } from './query.ts';
import { createRecords, nothingGiven, packed, seenUids } from './records.ts';
import type { Outcome } from './records.ts';
import { createRendering } from './rendering.ts';
import { rowSet, rowsOfPlan } from './row-scope.ts';
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
  /** Where nothing can be written, every write is missing. */
  readonly writing: Writing | null;
};

type Allowed = Extract<Decision, { allowed: true }>;
type Run = {
  readonly context: QueryContext;
  readonly tenant: TenantStore;
  readonly decision: Allowed;
  readonly plan: AuthorizedPlan;
};
/** Of reads of more than one resource. */
type RowsRun = Run & Standing;
/** How the collection stands, by a look that began after the question. */
type Standing = {
  readonly stats: CollectionStats;
  /** Rows of the collection that are protected, or link to something that is. */
  readonly guarded: Guarded;
};
type ListQuery = Extract<HubQuery, { kind: 'list' }>;
/** What a list has come to: rows up to here, those of the page where they were chosen, what the answer shows, and whom it asked for by name. */
type Listed = {
  readonly end: number;
  readonly page: Float64Array | null;
  readonly seen: AuditSeen | null;
  readonly sought: readonly string[];
};
type ReadingKind = 'read' | 'list' | 'changes' | 'state';

const actions: Readonly<Record<ReadingKind, Action>> = {
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
  const rendering = createRendering({ model, tokens, versions, baseUrl: deps.baseUrl });
  const records = createRecords(model, clock);
  const following = createFollowing({ clock, tokens, rendering, records, freshness, baseUrl: deps.baseUrl });

  const tenantOf = async (id: string): Promise<TenantStore> => {
    const tenant = await store.tenant(id);
    tenants.set(id, tenant);
    return tenant;
  };

  const run: Hub['run'] = (query, context) => {
    switch (query.kind) {
      case 'position':
        return position(context);
      case 'write':
      case 'write-many':
      case 'live':
      case 'outcome':
      case 'outcome-many':
        return deps.writing === null ? Promise.resolve({ kind: 'missing' }) : deps.writing.run(query, context);
      default:
        return answer(query, context);
    }
  };

  const position = async ({ principal }: QueryContext): Promise<HubResult> => {
    const tenant = tenants.get(principal.tenant) ?? (await tenantOf(principal.tenant));
    return { kind: 'position', position: await tenant.reads.lastPosition() };
  };

  const answer = async (query: Extract<HubQuery, { kind: ReadingKind }>, context: QueryContext): Promise<HubResult> => {
    const { principal } = context;
    const tenant = tenants.get(principal.tenant) ?? (await tenantOf(principal.tenant));
    const decided = authorizer.decide(principal, query.collection, actions[query.kind]);
    const decision = decided instanceof Promise ? await decided : decided;
    if (!decision.allowed) return refuse(query, context, tenant, decision.rule);
    const { plan, rule } = decision;
    const request: Run = { context, tenant, decision, plan };
    if (query.kind === 'read') return read(query, request);
    const history = historyOf(tenant.reads);
    const looked = standing(tenant, plan);
    const { stats, guarded } = looked instanceof Promise ? await looked : looked;
    switch (query.kind) {
      case 'list':
        return list(query, { ...request, stats, guarded });
      case 'changes':
        return following(query, { context, tenant, history, plan, stats, guarded, rule, ended: false });
      case 'state':
        return state(query, { ...request, stats, guarded });
    }
  };

  /** Missing, but for one who holds a position that it was given before its grant ended: it is told what it has lost. */
  const refuse = async (
    query: Extract<HubQuery, { kind: ReadingKind }>,
    context: QueryContext,
    tenant: TenantStore,
    rule: string,
  ): Promise<HubResult> => {
    const plan =
      query.kind === 'changes' && query.after !== null ? authorizer.ended(context.principal, query.collection) : null;
    if (query.kind === 'changes' && plan !== null) {
      const history = historyOf(tenant.reads);
      const looked = await standing(tenant, plan);
      return following(query, { context, tenant, history, plan, ...looked, rule: 'access-lost', ended: true });
    }
    await tenant.appendAudit(records.of(query, context, { allowed: false, rule }, nothingGiven('')));
    return { kind: 'missing' };
  };

  const freshnessOf = (request: Run) => freshness(request.tenant, request.plan.collection.path);

  const etagOf = ({ plan, context }: Run, ...parts: readonly (string | number)[]): string =>
    rendering.etagOfAnswer(plan, context.principal.client, parts);

  const read = async (query: Extract<HubQuery, { kind: 'read' }>, request: Run): Promise<HubResult> => {
    const { tenant, plan, decision, context } = request;
    const { collection } = plan;
    const { field, value } = query;
    const searchable = plan.portions.some(({ view }) => showsIdentifier(collection, view, field));
    // Here and below: what is there at once is not waited for.
    const looked = searchable ? tenant.reads.read(plan, { field, value }) : null;
    const stored = looked instanceof Promise ? await looked : looked;
    // Whoever finds a row by an identifier learns whose it is: this row must show it.
    const view = stored === null ? null : viewOfRow(plan, stored.uid, stored.protection);
    const seen = view !== null && showsIdentifier(collection, view, field);
    const shown = stored === null || !seen ? null : rendering.body(plan, tenant.reads, stored);
    const body = shown instanceof Promise ? await shown : shown;
    const subject = stored === null ? `${collection.path} ${field} ${value}` : `${stored.uid}`;
    await tenant.appendAudit(
      records.of(query, context, decision, {
        count: body === null ? 0 : 1,
        subjects: [tokens.pseudonym(plan.tenant, subject)],
        details: collection.identifierBySegment.has(field) ? field : 'unknown identifier',
        seen: stored === null || body === null ? null : seenUids([stored.uid]),
      }),
    );
    if (stored === null || body === null) return { kind: 'missing' };
    const fresh = freshnessOf(request);
    return {
      kind: 'found',
      body,
      etag: rendering.etagOf(plan, context.principal.client, body),
      changedAt: stored.changedAt,
      freshness: fresh instanceof Promise ? await fresh : fresh,
      sensitive: decision.sensitive,
    };
  };

  const list = async (query: ListQuery, request: RowsRun): Promise<HubResult> => {
    const { tenant, plan, decision, context, stats } = request;
    const refused = query.filter === null ? null : unseenInFilter(query.filter, plan);
    if (refused !== null) {
      const denied = { allowed: false, rule: 'no-grant' } as const;
      await tenant.appendAudit(records.of(query, context, denied, nothingGiven('filter')));
      return { kind: 'refused', problem: refused };
    }
    const whole = plan.plain && query.filter === null && query.since === null;
    // What a poll hears most of the time: nothing has changed, so there is nothing to look for.
    const nothingNew = query.since !== null && stats.changedAt < query.since;
    const uids = whole ? null : nothingNew ? noUids : await matching(query, request);
    if (uids === 'too-slow') {
      await tenant.appendAudit(records.of(query, context, decision, nothingGiven('filter stopped')));
      const detail = `The filter took longer than ${limits.filterMs} ms.`;
      return { kind: 'refused', problem: problem('HUB-121', detail) };
    }
    const total = uids === null ? stats.count : uids.length;
    const end = query.size === 0 ? total : Math.min(total, query.offset + query.size);
    const page = uids === null ? null : uids.subarray(query.offset, Math.max(query.offset, end));
    // Another object once the data are of another history: what the page is read from is what its copies are kept for.
    const { reads } = tenant;
    const found = whole ? reads.page(plan, { offset: query.offset, size: query.size }) : null;
    const stored = found instanceof Promise ? await found : found;
    const seen =
      page === null
        ? stored && seenRange(plan, stored)
        : query.filter === null && query.since === null && rowsOfPlan(plan) === null
          ? await seenOfAll(reads, request, page)
          : seenUids(page);
    const version =
      page === null || !versions.isUneven(plan)
        ? `${stats.position}`
        : await versions.ofRows(page, (part) => tenant.reads.load(plan, part));
    const asked =
      query.filter === null ? [] : askedFor(model, plan.collection.path, { kind: 'where', filter: query.filter });
    const sought = asked.length === 0 ? [] : await subjectsAsked(reads, asked);
    await tenant.appendAudit(
      records.of(query, context, decision, listOutcome(query, plan, { end, page, seen, sought })),
    );
    const load = (part: readonly number[]) => loadPruned(request, part);
    const body: PageBody =
      page === null ? plainBody(plan, historyOf(reads), stored, segments, load) : prunedBody(page, load);
    const rows = page === null ? '' : versions.ofUids(page);
    const question = [query.offset, query.size, query.since ?? '', JSON.stringify(query.filter)];
    const fresh = freshnessOf(request);
    return {
      kind: 'page',
      total,
      offset: query.offset,
      body,
      etag: etagOf(request, 'list', version, rows, ...question),
      freshness: fresh instanceof Promise ? await fresh : fresh,
      sensitive: decision.sensitive,
    };
  };

  const listOutcome = (
    { offset, size, filter, since }: ListQuery,
    plan: AuthorizedPlan,
    { end, page, seen, sought }: Listed,
  ): Outcome => {
    const asked = `${filter === null ? '' : ' filtered'}${since === null ? '' : ' since'}`;
    // A filter is not kept, so what it found must be: else nobody could tell afterwards who has been looked up.
    const found = filter !== null && page !== null && page.length <= namedSubjects ? [...page] : [];
    // Whom it asks for by name stands there also when nobody was found, or nobody who may be seen.
    const named = [...new Set([...sought, ...found.map(String)])].slice(0, namedSubjects);
    return {
      count: Math.max(0, end - offset),
      subjects: named.map((one) => tokens.pseudonym(plan.tenant, one)),
      details: `offset ${offset} size ${size}${asked}`,
      seen,
    };
  };

  const matching = async ({ filter, since }: ListQuery, request: RowsRun): Promise<Float64Array | 'too-slow'> => {
    const { tenant, plan, guarded } = request;
    const rows = rowsOfPlan(plan);
    const shown = (uids: Float64Array): Float64Array => without(uids, hiddenRows(plan, guarded));
    if (filter === null && since === null) return rows ?? shown(await tenant.reads.uids(plan));
    const deadline = clock.monotonic() + limits.filterMs;
    const seen = filter === null ? null : await withSeenTargets(filter, plan, tenant.reads);
    // The store knows all links: where the caller does not see them all, rows are judged as they are seen.
    const judged = seen !== null && asksForLinks(seen) ? rowsToJudge(request) : noUids;
    const byStore = judged !== 'all';
    const found = await tenant.reads.select(plan, { filter: byStore ? seen : null, since }, deadline);
    if (found === null) return 'too-slow';
    const mine = rows === null ? shown(found) : inBoth(found, rows);
    if (seen === null || (byStore && judged.length === 0)) return mine;
    const load = (uids: readonly number[]) => loadSeen(request, uids);
    const bySight = async (universe: Float64Array) => seenRows(seen, universe, { plan, tenant, clock, deadline, load });
    if (!byStore) return (await bySight(mine)) ?? 'too-slow';
    const universe = since === null ? judged : await tenant.reads.select(plan, { filter: null, since }, deadline);
    const others = universe === null ? null : await bySight(inBoth(universe, judged));
    return others === null ? 'too-slow' : unionOf([without(mine, judged), others]);
  };

  const loadSeen = async (
    { tenant, plan }: Run,
    uids: readonly number[],
  ): Promise<readonly { readonly uid: number; readonly body: Buffer | null }[]> => {
    const stored = await tenant.reads.load(plan, uids);
    return Promise.all(
      stored.map(async (one) => ({ uid: one.uid, body: await rendering.body(plan, tenant.reads, one) })),
    );
  };

  const loadPruned = async (request: Run, uids: readonly number[]): Promise<readonly Buffer[]> => {
    const seen = await loadSeen(request, uids);
    return seen.map(({ body }) => body).filter((body) => body !== null);
  };

  const state = async (query: Extract<HubQuery, { kind: 'state' }>, request: RowsRun): Promise<HubResult> => {
    const { tenant, plan, decision, context, stats, guarded } = request;
    const rows = rowsOfPlan(plan);
    // What happens to rows that the caller does not see must show in neither time nor ETag.
    const seen = rows === null ? null : await versions.ofPlan(plan, rows, (part) => tenant.reads.load(plan, part));
    await tenant.appendAudit(records.of(query, context, decision, nothingGiven('')));
    const fresh = freshnessOf(request);
    const current = fresh instanceof Promise ? await fresh : fresh;
    const count = rows === null ? stats.count - hiddenWithin(plan, guarded) : rows.length;
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
    await tenant.appendAudit(
      records.of({ kind: 'visible', collection: component }, context, decision, {
        ...nothingGiven(''),
        count: seen.length,
      }),
    );
    return seen;
  };

  return { run, visible };
};

/** Asked for together, they are one look. What is there at once is not waited for. */
const standing = (tenant: TenantStore, plan: AuthorizedPlan): Eventually<Standing> => {
  const stats = tenant.reads.stats(plan);
  const guarded = tenant.reads.guarded(plan.collection.path);
  return stats instanceof Promise || guarded instanceof Promise
    ? Promise.all([stats, guarded]).then(([now, held]) => ({ stats: now, guarded: held }))
    : { stats, guarded };
};

/** All rows between two that the collection had at a position, without those that the plan did not see as they were guarded. */
const seenRange = (
  plan: AuthorizedPlan,
  { from, to, position, guarded }: Pick<StoredPage, 'from' | 'to' | 'position' | 'guarded'>,
): AuditSeen => {
  const hidden = packed(hiddenRows(plan, guarded).filter((uid) => uid >= from && uid <= to));
  return { kind: 'range', from, to, position, without: hidden };
};

/** The same of a page of all rows that were there when they were asked for: a position from after that holds for each of them. */
const seenOfAll = async (
  reads: TenantReads,
  { plan, guarded }: RowsRun,
  page: Float64Array,
): Promise<AuditSeen | null> => {
  const [from, to] = [page[0], page.at(-1)];
  if (from === undefined || to === undefined) return null;
  return seenRange(plan, { from, to, position: await reads.lastPosition(), guarded });
};

/** Visible rows of whose links the caller does not see all. */
const rowsToJudge = ({ plan, guarded }: RowsRun): Float64Array | 'all' => {
  if (!plan.plain) return 'all';
  const some = guarded.uids.filter((_uid, index) => !seesAllLinks(plan, guarded.linked[index] ?? 0));
  return without(some, hiddenRows(plan, guarded));
};

/** How many rows the store counts for the plan's clearance that no portion shows: links may take more clearance than rows. */
const hiddenWithin = (plan: AuthorizedPlan, guarded: Guarded): number => {
  const hidden = rowSet(hiddenRows(plan, guarded));
  return guarded.uids.filter((uid, index) => (guarded.own[index] ?? 0) <= plan.clearance && hidden.has(uid)).length;
};

const noUids = new Float64Array();

// Longest page of a filter whose resources are named in the audit one by one.
const namedSubjects = 100;
