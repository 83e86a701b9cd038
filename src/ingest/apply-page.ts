// One received page, applied: judged against its run, written, counted, and the run closed when it is complete. Called by deliver.ts inside
// the one transaction that the page is.
import { HubError, problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Collection } from '#model/model.ts';
import type { AuditRecord, Strictness, SyncPage, SyncRun, TenantStore, TenantWrite } from '#store/store.ts';
import type { Asking } from './audit.ts';
import type { IngestContext, Permit } from './context.ts';
import type { Notes, ReceivedPage } from './page.ts';
import { completed } from './run-close.ts';
import { laterWrites } from './run-later.ts';
import { notesOfPage, rejectionsOf } from './run-notes.ts';
import { openRun, tooManyRuns } from './run-open.ts';
import { writePage } from './run-page.ts';
import type { PageEffect } from './run-page.ts';
import { ascending, judgePage } from './run-state.ts';
import type { PageClaim, RunRecord } from './run-state.ts';

/** A page on its way into the store. */
export type PageJob = Permit & {
  readonly asking: Asking;
  readonly tenant: TenantStore;
  readonly collection: Collection;
  readonly mode: Strictness;
  readonly removalGuard: number;
  readonly operation: string;
  readonly claim: PageClaim;
  readonly page: ReceivedPage;
  readonly pseudonym: (text: string) => string;
};

/** What became of a page: the answer, and the runs that have changed their state by it. */
export type Applied = {
  readonly answer: Result<null>;
  readonly changed: readonly SyncRun[];
  readonly rejected: number;
};

/** Applies the page. Throws HubError to roll it back (HUB-600 where only pages without findings are taken, HUB-107 for too many runs). */
export const applyPage = async (context: IngestContext, job: PageJob, tx: TenantWrite): Promise<Applied> => {
  const { tenant, claim, page } = job;
  const now = context.clock.now();
  const known = await tenant.runs.run(claim.corrId);
  const before = known === null ? null : await tenant.runs.page(claim.corrId, claim.page);
  const verdict = judgePage(known, before, claim, now, context.runIdleMs);
  if (verdict.kind === 'refuse') {
    await tx.audit(recordOf(context, job, 'deny', verdict.problem.code, 0, `page ${claim.page}`));
    const changed = verdict.run === null ? [] : [await tx.putRun(verdict.run)];
    await tx.settle();
    return { answer: failed(verdict.problem), changed, rejected: page.count };
  }
  if (verdict.kind === 'repeat') {
    await tx.audit(recordOf(context, job, 'allow', job.rule, 0, `page ${claim.page} again`));
    await tx.settle();
    return { answer: ok(null), changed: [], rejected: 0 };
  }
  if (known === null && (await tooManyRuns(tenant.runs))) {
    const detail = `At most ${limits.openRunsPerTenant} runs may be open.`;
    throw new HubError(problem('HUB-107', detail, { retryAfter: 60 }));
  }
  const changed: SyncRun[] = [];
  const run = known ?? (await openRun(tenant.runs, tx, claim, now, changed));
  const rejected = await addToRun(context, job, tx, { run, opensRun: known === null, before, now, changed });
  return { answer: ok(null), changed, rejected };
};

type Place = {
  readonly run: SyncRun;
  readonly opensRun: boolean;
  /** What came before under the same number. */
  readonly before: SyncPage | null;
  readonly now: number;
  /** Added to. */
  readonly changed: SyncRun[];
};

/** Writes the entries and the books. Gives how many entries were kept back. */
const addToRun = async (context: IngestContext, job: PageJob, tx: TenantWrite, place: Place): Promise<number> => {
  const { tenant, collection, claim, page, pseudonym, mode, plan } = job;
  const { run, before, now, opensRun } = place;
  const later = await laterWrites(tenant.runs, run, pseudonym);
  const pause = context.turns(tenant.id);
  const notes: Notes = { ...page.notes, kept: [...page.notes.kept] };
  const effect = await writePage(
    { tenant, tx, model: context.model, base: context.baseUrl(), collection, run, mode, later, pause, notes },
    page,
  );
  const old = before === null ? { rejected: 0, warnings: 0 } : await notesOfPage(tenant.runs, run.corrId, claim.page);
  const rest: RunRecord = {
    ...run,
    rejected: Math.max(0, run.rejected - old.rejected),
    warnings: Math.max(0, run.warnings - old.warnings),
  };
  const seen = ascending(effect.seen);
  const next = await completed(
    { tenant, tx, collection, plan, pause, now },
    counted(rest, before, page, effect, notes, now),
    run.order,
    { page: claim.page, hash: claim.hash, entries: claim.count, seen, created: effect.created, opensRun },
    job.removalGuard,
  );
  await pause();
  await tx.putPage(claim.corrId, { page: claim.page, hash: claim.hash, entries: claim.count, seen });
  const room = {
    rejected: limits.rejectionsPerRun - rest.rejected,
    warnings: limits.rejectionsPerRun - rest.warnings,
  };
  const rejections = await rejectionsOf(notes, claim, now, room, { pseudonym, pause });
  await tx.putRejections(claim.corrId, claim.page, rejections);
  const stored = await tx.putRun(next);
  if (stored.state !== run.state || stored.closedAt !== run.closedAt) place.changed.push(stored);
  // Committing waits for the disk: that is a turn of its own.
  await pause();
  await tx.audit(recordOf(context, job, 'allow', job.rule, page.count, detailsOf(claim, effect, next)));
  await tx.settle();
  return notes.rejected;
};

const counted = (
  run: RunRecord,
  before: SyncPage | null,
  page: ReceivedPage,
  effect: PageEffect,
  notes: Notes,
  now: number,
): RunRecord => ({
  ...run,
  receivedEntries: run.receivedEntries - (before?.entries ?? 0) + page.count,
  pages: run.pages + (before === null ? 1 : 0),
  created: run.created + effect.created,
  updated: run.updated + effect.updated,
  unchanged: run.unchanged + effect.unchanged,
  removed: run.removed + effect.removed,
  rejected: run.rejected + notes.rejected,
  warnings: run.warnings + notes.warnings,
  touchedAt: now,
});

const recordOf = (
  { audit }: IngestContext,
  { asking, operation, collection }: PageJob,
  decision: 'allow' | 'deny',
  rule: string,
  count: number,
  details: string,
): AuditRecord => audit(asking, { operation, collection: collection.path, decision, rule, count, details });

const detailsOf = (claim: PageClaim, effect: PageEffect, run: RunRecord): string =>
  [
    `page ${claim.page}`,
    `created ${effect.created}`,
    `updated ${effect.updated}`,
    `unchanged ${effect.unchanged}`,
    `removed ${run.type === 'FULL' ? run.removed : effect.removed}`,
    `run ${run.state}`,
  ].join(', ');
