// The one path of every write by a client, whichever API it came through and whoever decides about it: authorised, held against the model and
// the caller's grants, then in one transaction kept as an event for the adapter of the source or, where the hub owns the collection, applied.
// Called through run.ts. Nothing is acknowledged before it is durable and recorded. Live reads and outcomes are in the files beside it.
import { nationalIdGuard } from './national-id-policy.ts';
import type { HubResult, QueryContext, WriteQuery, Writing } from './query.ts';
import { createRecords } from './records.ts';
import { createRendering } from './rendering.ts';
import { eventsTopic } from './signals.ts';
import { createVersions } from './versions.ts';
import { applyChange } from './writing-apply.ts';
import type { Verdict } from './writing-apply.ts';
import { createWriteBodies } from './writing-body.ts';
import type { WritingContext, WritingDeps } from './writing-context.ts';
import { askAgainSeconds } from './writing-events.ts';
import { runLive } from './writing-live.ts';
import { runWriteMany } from './writing-many.ts';
import { runOutcome } from './writing-outcome.ts';
import { runOutcomeMany } from './writing-outcome-many.ts';
import { denied, replay, turnedDown } from './writing-replies.ts';
import { createWaiting } from './writing-waiting.ts';
import { closed, policyOf, workOf } from './writing-work.ts';
import type { Work } from './writing-work.ts';

/** Builds the path over the stores of all organisations. */
export const createWriting = (deps: WritingDeps): Writing => {
  const context: WritingContext = {
    ...deps,
    bodies: createWriteBodies(deps.model, deps.baseUrl, nationalIdGuard(deps.environment ?? 'test')),
    waiting: createWaiting(deps.clock),
    rendering: createRendering({ ...deps, versions: createVersions() }),
    records: createRecords(deps.model, deps.clock),
  };
  return {
    run: (query, asking) => {
      switch (query.kind) {
        case 'write':
          return runWrite(context, query, asking);
        case 'write-many':
          return runWriteMany(context, query, asking);
        case 'live':
          return runLive(context, query, asking);
        case 'outcome':
          return runOutcome(context, query, asking);
        case 'outcome-many':
          return runOutcomeMany(context, query, asking);
      }
    },
  };
};

const runWrite = async (context: WritingContext, query: WriteQuery, asking: QueryContext): Promise<HubResult> => {
  const { authorizer, store } = context;
  const { principal } = asking;
  const tenant = await store.tenant(principal.tenant);
  const decision = await authorizer.decide(principal, query.collection, 'write');
  if (!decision.allowed) {
    const policy = await policyOf(context, query.collection, principal.tenant);
    const result = await denied(context, query, asking, tenant, decision.rule);
    return result.kind === 'refused' && policy?.policy === 'closed' ? { kind: 'refused', problem: closed } : result;
  }
  const work = await workOf(context, query, asking, tenant, decision);
  const verdict: Verdict = work.ok ? await decide(work.value) : { kind: 'refused', problem: work.problem };
  if (verdict.kind === 'accepted') {
    if (!verdict.replayed && verdict.event.state === 'waiting') {
      context.waiting.added(tenant.id);
      context.signals.tell(eventsTopic(tenant.id, query.collection));
    }
    const { id, state } = verdict.event;
    return { kind: 'accepted', id, replayed: verdict.replayed, retryAfter: state === 'waiting' ? askAgainSeconds : 0 };
  }
  return turnedDown(context, query, asking, tenant, decision, verdict);
};

const decide = (work: Work): Promise<Verdict> => {
  const { tenant, asking } = work;
  return tenant.writeTogether(async (tx) => {
    const before =
      work.idempotency === null ? null : await tx.eventByKey(asking.principal.client, work.idempotency.key);
    if (before !== null) return replay(work, tx, before);
    const verdict = await applyChange(work, tx, null);
    if (verdict.kind === 'accepted') await tx.settle();
    return verdict;
  });
};
