// The decision about a held run: confirm or reject. Built by run.ts.
import { problem } from '#base/errors.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Collection } from '#model/model.ts';
import type { SyncRun, TenantStore, TenantWrite } from '#store/store.ts';
import type { Asking } from './audit.ts';
import type { IngestContext, Permit } from './context.ts';
import { confirmed, forgotten } from './run-close.ts';
import { closedRun } from './run-state.ts';

export type RunDecision = Asking & {
  readonly corrId: string;
  readonly decision: 'confirm' | 'reject';
  /** The owner of the data decides, not the adapter: whose delivery it was is looked up, and its grant must still hold. */
  readonly byOwner?: true;
};

type Held = Permit & { readonly tenant: TenantStore; readonly collection: Collection; readonly operation: string };
type Decided = { readonly answer: Result<null>; readonly run: SyncRun | null };

/** Builds the decision. A run that the caller may not deliver is answered like one that does not exist. */
export const createDecide =
  (context: IngestContext): ((request: RunDecision) => Promise<Result<null>>) =>
  async (request) => {
    const missing = failed(problem('HUB-204', 'There is no such run.'));
    const tenant = await context.tenant(request.principal.tenant);
    const run = await tenant.runs.run(request.corrId);
    const collection = run === null ? undefined : context.model.collections.get(run.collection);
    const operation = `${request.decision}-sync`;
    if (collection === undefined) {
      const record = { operation, collection: 'unknown', decision: 'deny', rule: 'no-grant' } as const;
      await tenant.appendAudit(context.audit(request, record));
      return missing;
    }
    const permit = await permitOf(context, request, run, operation);
    if (!permit.ok) return request.byOwner === true ? permit : missing;
    const held: Held = { ...permit.value, tenant, collection, operation };
    const decided = await tenant.write((tx) => decideInside(context, held, request, tx));
    if (decided.run !== null) context.announce(tenant.id, decided.run);
    return decided.answer;
  };

/** What removing rests on: a grant of the caller, or of the application whose delivery the owner decides about. */
const permitOf = (
  context: IngestContext,
  request: RunDecision,
  run: SyncRun | null,
  operation: string,
): Promise<Result<Permit>> => {
  const collection = run?.collection ?? '';
  if (request.byOwner !== true || run === null) return context.permitted(request, collection, operation);
  return context.permitted(request, collection, operation, {
    ...request.principal,
    kind: 'adapter',
    client: run.client,
  });
};

const decideInside = async (
  context: IngestContext,
  held: Held,
  request: RunDecision,
  tx: TenantWrite,
): Promise<Decided> => {
  const { tenant, collection, operation, plan, rule } = held;
  const now = context.clock.now();
  // Asked again: it may have been decided since.
  const run = await tenant.runs.run(request.corrId);
  if (run?.state !== 'held') {
    const record = { operation, collection: collection.path, decision: 'deny', rule: 'HUB-409' } as const;
    await tx.audit(context.audit(request, record));
    await tx.settle();
    return { answer: failed(problem('HUB-409', 'Only a held run can be confirmed or rejected.')), run: null };
  }
  const next =
    request.decision === 'reject'
      ? closedRun(run, 'rejected', now, 'Rejected; nothing was removed.')
      : await confirmed({ tenant, tx, collection, plan, pause: context.turns(tenant.id), now }, run);
  const stored = await tx.putRun(next);
  const [count, details] = [next.removed, `run ${next.state}`];
  await tx.audit(
    context.audit(request, { operation, collection: collection.path, decision: 'allow', rule, count, details }),
  );
  await tx.settle();
  return { answer: next.state === 'failed' ? failed(problem('HUB-409', forgotten)) : ok(null), run: stored };
};
