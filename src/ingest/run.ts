// Sync runs: the pages of one delivery, applied one transaction each, and what happens when the last has come. Called by the adapter API
// through app/compose.ts. Knows no HTTP.
//
// What a run means (facts 5.3, 5.4; the finer points are ours):
// - A run is known by its corrId within the organisation. Its first page opens it; class, type, adapterId and totalSize must then stay the
//   same, or it fails and removes nothing (HUB-603). Pages come in any order and in parallel.
// - Pages are known by number and by a hash of their entries. A page that comes again is good and changes nothing; another page of the same
//   number replaces the first in the count. The run is complete when its pages hold totalSize entries; with more it has failed.
// - A complete full sync removes what neither its own pages hold nor a later delivery has touched. An entry that was kept back vouches for the
//   resource that it stands for. totalSize 0 empties the class.
// - More removals than the guard allows are held: nothing goes until someone confirms, and then what is to go is worked out anew.
// - A full sync that is opened while another of the class is open or held supersedes it: the older one's pages still count, but it removes
//   nothing any more.
// - Runs are ordered by their opening. What a later run has delivered or removed, an earlier one neither overwrites nor brings back.
// - A run without a page for a quarter of an hour expires and removes nothing; its late pages are refused (HUB-602).
import type { Readable } from 'node:stream';
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import type { ErrorCode, Problem } from '#base/errors.ts';
import type { Observe } from '#base/events.ts';
import { limits } from '#base/limits.ts';
import type { Random } from '#base/random.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Decision } from '#hub/authorize.ts';
import { createPreparer } from '#hub/prepare.ts';
import type { Preparer } from '#hub/prepare.ts';
import type { Principal } from '#hub/principal.ts';
import { covers } from '#model/derive-scopes.ts';
import type { Collection, CollectionPath, Model } from '#model/model.ts';
import type { Action, AuthorizedPlan } from '#store/plan.ts';
import type {
  AuditRecord,
  Eventually,
  OrganisationSettings,
  Strictness,
  SyncRun,
  SyncType,
  TenantStore,
  TenantWrite,
} from '#store/store.ts';
import { createAudit } from './audit.ts';
import type { Asking } from './audit.ts';
import { createBudget } from './budget.ts';
import { createContracts } from './contracts.ts';
import type { Contracts } from './contracts.ts';
import type { PageForm } from './entries.ts';
import { receivePage } from './page.ts';
import type { Notes, ReceivedPage } from './page.ts';
import { createReports } from './reports.ts';
import type { Reports } from './reports.ts';
import { completed, confirmed, forgotten } from './run-close.ts';
import { laterWrites } from './run-later.ts';
import { notesOfPage, refusedPage, rejectionsOf } from './run-notes.ts';
import { openRun, tooManyRuns } from './run-open.ts';
import { writePage } from './run-page.ts';
import type { PageEffect } from './run-page.ts';
import { ascending, closedRun, isOverdue, judgePage, overdueRun } from './run-state.ts';
import type { PageClaim, RunRecord } from './run-state.ts';
import { createTurns } from './turns.ts';

export type IngestDeps = {
  readonly model: Model;
  /** The public address of the hub, without a slash at its end: nested links begin with it. Asked when a collection is first delivered. */
  readonly baseUrl: () => string;
  readonly clock: Clock;
  readonly random: Random;
  readonly observe: Observe;
  readonly tenant: (id: string) => Promise<TenantStore>;
  readonly settings: (tenant: string) => Eventually<OrganisationSettings>;
  readonly decide: (principal: Principal, collection: CollectionPath, action: Action) => Promise<Decision> | Decision;
  /** The keyed hash of an organisation, by which an adapter finds an entry again without the hub keeping the identifier. */
  readonly pseudonym: (tenant: string) => Promise<(text: string) => string>;
  /** Bytes of bodies that may be under way in the process. */
  readonly bytesInFlight: number;
  /** How long a run waits for its next page. */
  readonly runIdleMs: number;
};

/** Defaults of the two settings. */
export const ingestDefaults = { bytesInFlight: 268_435_456, runIdleMs: 900_000 } as const;

export type Delivery = Asking & {
  readonly collection: CollectionPath;
  readonly type: SyncType;
  readonly form: PageForm;
  readonly stream: Readable;
  readonly signal: AbortSignal;
};

export type RunDecision = Asking & {
  readonly corrId: string;
  readonly decision: 'confirm' | 'reject';
};

export type Ingest = Contracts &
  Reports & {
    /** Receives and applies one page. Durable when it resolves with success; nothing is written when it does not, save the state of the run. */
    readonly deliver: (delivery: Delivery) => Promise<Result<null>>;
    /** Confirms or rejects a held run. HUB-204 when the caller may not know it, HUB-409 when it is not held. */
    readonly decide: (request: RunDecision) => Promise<Result<null>>;
    /** Ends the runs of an organisation that have waited too long; gives how many. */
    readonly sweep: (tenant: string) => Promise<number>;
    /** Bytes of bodies under way. */
    readonly bytesHeld: () => number;
  };

/** Warnings that the stricter modes turn into reasons to keep an entry back. */
const strictCodes: ReadonlySet<ErrorCode> = new Set(['HUB-613', 'HUB-614', 'HUB-615', 'HUB-616']);

/** `fintlabs-no`, `Fintlabs_No` and `fintlabs.no` are one organisation (facts 5.3). */
export const normalOrgId = (text: string): string => text.trim().toLowerCase().replaceAll(/[-_]/g, '.');

/** What a page may do, once that has been decided. */
type Permit = {
  readonly plan: AuthorizedPlan;
  /** What the permission rests on. */
  readonly rule: string;
};

type PageContext = Permit & {
  readonly tenant: TenantStore;
  readonly collection: Collection;
  readonly mode: Strictness;
  readonly removalGuard: number;
  readonly operation: string;
};

/** What became of a page: the answer, and the runs that have changed their state by it. */
type Applied = { readonly answer: Result<null>; readonly changed: readonly SyncRun[]; readonly rejected: number };

/** Builds the ingest over the stores of all organisations. */
export const createIngest = (deps: IngestDeps): Ingest => {
  const { clock, model } = deps;
  const budget = createBudget(deps.bytesInFlight);
  const preparers = new Map<CollectionPath, Preparer>();

  const preparerOf = (collection: Collection): Preparer => {
    const known = preparers.get(collection.path);
    if (known !== undefined) return known;
    const made = createPreparer(collection, model, deps.baseUrl());
    preparers.set(collection.path, made);
    return made;
  };

  const audit = createAudit(deps);

  const permitted = async (asking: Asking, collection: CollectionPath, operation: string): Promise<Result<Permit>> => {
    const decision = await deps.decide(asking.principal, collection, 'deliver');
    if (decision.allowed) return ok({ plan: decision.plan, rule: decision.rule });
    const tenant = await deps.tenant(asking.principal.tenant);
    await tenant.appendAudit(audit(asking, { operation, collection, decision: 'deny', rule: decision.rule }));
    return failed(problem('HUB-400', 'No grant lets this application deliver the class.'));
  };

  const deliver = async (delivery: Delivery): Promise<Result<null>> => {
    const { principal } = delivery;
    const collection = model.collections.get(delivery.collection);
    if (collection === undefined) return failed(problem('HUB-204', 'The model has no such class at this address.'));
    const operation = `deliver-${delivery.type.toLowerCase()}`;
    const permit = await permitted(delivery, collection.path, operation);
    if (!permit.ok) return permit;
    const settings = await deps.settings(principal.tenant);
    const mode = strictnessOf(settings, collection.path);
    const tenant = await deps.tenant(principal.tenant);
    const context: PageContext = {
      ...permit.value,
      tenant,
      collection,
      mode,
      removalGuard: settings.removalGuard,
      operation,
    };
    const started = clock.monotonic();
    const lease = budget.open();
    try {
      const received = await receivePage({
        stream: delivery.stream,
        form: delivery.form,
        type: delivery.type,
        collection,
        model,
        prepare: preparerOf(collection),
        keepsBack: (code) => mode === 'keep-back' && strictCodes.has(code),
        lease,
        signal: delivery.signal,
        clock,
      });
      if (!received.ok) return await refused(context, delivery, received.problem);
      const refusal = refusalOf(received.value, principal.tenant, mode);
      if (refusal !== null) return await refused(context, delivery, refusal);
      const { answer, changed, rejected } = await apply(context, delivery, received.value);
      deps.observe({
        kind: 'sync-page',
        tenant: tenant.id,
        collection: collection.path,
        type: delivery.type,
        entries: received.value.count,
        rejected,
        ms: clock.monotonic() - started,
      });
      for (const run of changed) announce(tenant.id, run);
      return answer;
    } finally {
      lease.release();
    }
  };

  const refused = async (
    { tenant, collection, operation }: PageContext,
    asking: Asking,
    why: Problem,
  ): Promise<Result<null>> => {
    await tenant.appendAudit(
      audit(asking, { operation, collection: collection.path, decision: 'deny', rule: why.code }),
    );
    return failed(why);
  };

  const announce = (tenant: string, { collection, type, state, removed }: SyncRun): void =>
    deps.observe({ kind: 'sync-run', tenant, collection, type, state, removed });

  const apply = async (context: PageContext, delivery: Delivery, page: ReceivedPage): Promise<Applied> => {
    const pseudonym = await deps.pseudonym(context.tenant.id);
    try {
      return await context.tenant.write((tx) => applyInside(context, tx, delivery, page, pseudonym));
    } catch (error) {
      // Thrown to roll the page back; a broken store goes on to the pipeline.
      if (!(error instanceof HubError)) throw error;
      return { answer: await refused(context, delivery, error.problem), changed: [], rejected: page.count };
    }
  };

  const applyInside = async (
    context: PageContext,
    tx: TenantWrite,
    delivery: Delivery,
    page: ReceivedPage,
    pseudonym: (text: string) => string,
  ): Promise<Applied> => {
    const { tenant, collection, operation, rule } = context;
    const claim = claimOf(delivery, page);
    const now = clock.now();
    const changed: SyncRun[] = [];
    const record = (decision: 'allow' | 'deny', why: string, count: number, details: string): AuditRecord =>
      audit(delivery, { operation, collection: collection.path, decision, rule: why, count, details });

    const known = await tenant.runs.run(claim.corrId);
    const before = known === null ? null : await tenant.runs.page(claim.corrId, claim.page);
    const verdict = judgePage(known, before, claim, now, deps.runIdleMs);
    if (verdict.kind === 'refuse') {
      await tx.audit(record('deny', verdict.problem.code, 0, `page ${claim.page}`));
      if (verdict.run !== null) changed.push(await tx.putRun(verdict.run));
      await tx.settle();
      return { answer: failed(verdict.problem), changed, rejected: page.count };
    }
    if (verdict.kind === 'repeat') {
      await tx.audit(record('allow', rule, 0, `page ${claim.page} again`));
      await tx.settle();
      return { answer: ok(null), changed, rejected: 0 };
    }
    if (known === null && (await tooManyRuns(tenant.runs)))
      throw new HubError(
        problem('HUB-107', `At most ${limits.openRunsPerTenant} runs may be open.`, { retryAfter: 60 }),
      );

    const run = known ?? (await openRun(tenant.runs, tx, claim, now, changed));
    const later = await laterWrites(tenant.runs, run, pseudonym);
    const pause = createTurns(clock);
    const notes: Notes = { ...page.notes, kept: [...page.notes.kept] };
    const effect = await writePage({ tenant, tx, collection, run, mode: context.mode, later, pause, notes }, page);
    const old = before === null ? { rejected: 0, warnings: 0 } : await notesOfPage(tenant.runs, run.corrId, claim.page);
    const seen = ascending(effect.seen);
    const counted: RunRecord = {
      ...run,
      receivedEntries: run.receivedEntries - (before?.entries ?? 0) + page.count,
      pages: run.pages + (before === null ? 1 : 0),
      created: run.created + effect.created,
      updated: run.updated + effect.updated,
      unchanged: run.unchanged + effect.unchanged,
      removed: run.removed + effect.removed,
      rejected: Math.max(0, run.rejected - old.rejected) + notes.rejected,
      warnings: Math.max(0, run.warnings - old.warnings) + notes.warnings,
      touchedAt: now,
    };
    const closing = { tenant, tx, collection, plan: context.plan, pause, now };
    const next = await completed(
      closing,
      counted,
      run.order,
      { page: claim.page, seen, created: effect.created, opensRun: known === null },
      context.removalGuard,
    );
    await tx.putPage(claim.corrId, { page: claim.page, hash: claim.hash, entries: claim.count, seen });
    const room = Math.max(0, limits.rejectionsPerRun - (run.rejected - old.rejected) - (run.warnings - old.warnings));
    await tx.putRejections(claim.corrId, claim.page, rejectionsOf(notes, claim, now, room, pseudonym));
    const stored = await tx.putRun(next);
    if (stored.state !== run.state || stored.closedAt !== run.closedAt) changed.push(stored);
    await tx.audit(record('allow', rule, page.count, detailsOf(claim, effect, next)));
    await tx.settle();
    return { answer: ok(null), changed, rejected: notes.rejected };
  };

  const decide = async (request: RunDecision): Promise<Result<null>> => {
    const missing = failed(problem('HUB-204', 'There is no such run.'));
    const tenant = await deps.tenant(request.principal.tenant);
    const first = await tenant.runs.run(request.corrId);
    const collection = first === null ? undefined : model.collections.get(first.collection);
    if (collection === undefined) return missing;
    const operation = `${request.decision}-sync`;
    const permit = await permitted(request, collection.path, operation);
    if (!permit.ok) return missing;
    const { plan, rule } = permit.value;
    const changed: SyncRun[] = [];
    const answer = await tenant.write(async (tx): Promise<Result<null>> => {
      const now = clock.now();
      const run = await tenant.runs.run(request.corrId);
      if (run?.state !== 'held') {
        await tx.audit(audit(request, { operation, collection: collection.path, decision: 'deny', rule: 'HUB-409' }));
        await tx.settle();
        return failed(problem('HUB-409', 'Only a held run can be confirmed or rejected.'));
      }
      const closing = { tenant, tx, collection, plan, pause: createTurns(clock), now };
      const next =
        request.decision === 'reject'
          ? closedRun(run, 'rejected', now, 'Rejected; nothing was removed.')
          : await confirmed(closing, run);
      changed.push(await tx.putRun(next));
      const count = next.removed;
      await tx.audit(
        audit(request, {
          operation,
          collection: collection.path,
          decision: 'allow',
          rule,
          count,
          details: `run ${next.state}`,
        }),
      );
      await tx.settle();
      return next.state === 'failed' ? failed(problem('HUB-409', forgotten)) : ok(null);
    });
    for (const run of changed) announce(tenant.id, run);
    return answer;
  };

  const sweep = async (id: string): Promise<number> => {
    const tenant = await deps.tenant(id);
    if ((await overdueRuns(tenant, clock.now(), deps.runIdleMs)).length === 0) return 0;
    const ended: SyncRun[] = [];
    await tenant.write(async (tx) => {
      const now = clock.now();
      for (const run of await overdueRuns(tenant, now, deps.runIdleMs))
        ended.push(await tx.putRun(overdueRun(run, now)));
      await tx.settle();
    });
    for (const run of ended) announce(id, run);
    return ended.length;
  };

  const contracts = createContracts({ ...deps, audit });
  const reports = createReports({ ...deps, audit });
  return { deliver, decide, sweep, bytesHeld: budget.held, ...contracts, ...reports };
};

const overdueRuns = async ({ runs }: TenantStore, now: number, idleMs: number): Promise<readonly SyncRun[]> => {
  const open = await runs.runs({ state: 'open', limit: limits.openRunsPerTenant });
  const superseded = await runs.runs({ state: 'superseded', limit: limits.openRunsPerTenant });
  return [...open, ...superseded].filter((run) => isOverdue(run, now, idleMs));
};

const strictnessOf = (settings: OrganisationSettings, path: CollectionPath): Strictness =>
  settings.strictness.find(({ pattern }) => pattern === '*' || covers(pattern, path))?.mode ?? 'lenient';

const refusalOf = (page: ReceivedPage, tenant: string, mode: Strictness): Problem | null => {
  const { orgId } = page.metadata;
  if (orgId !== null && normalOrgId(orgId) !== tenant)
    return problem('HUB-401', 'The organisation in the metadata is not that of the token.');
  return mode === 'refuse-page' && page.notes.kept.length > 0 ? refusedPage(page.notes) : null;
};

const claimOf = (delivery: Delivery, page: ReceivedPage): PageClaim => ({
  client: delivery.principal.client,
  collection: delivery.collection,
  type: delivery.type,
  corrId: page.metadata.corrId,
  adapterId: page.metadata.adapterId,
  totalSize: page.metadata.totalSize,
  totalPages: page.metadata.totalPages,
  page: page.metadata.page,
  hash: page.hash,
  count: page.count,
});

const detailsOf = (claim: PageClaim, effect: PageEffect, run: RunRecord): string =>
  [
    `page ${claim.page}`,
    `created ${effect.created}`,
    `updated ${effect.updated}`,
    `unchanged ${effect.unchanged}`,
    `removed ${run.type === 'FULL' ? run.removed : effect.removed}`,
    `run ${run.state}`,
  ].join(', ');
