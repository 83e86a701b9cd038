// What a write is before its transaction: who decides about the class, what was sent, under which grants and conditions. Called by writing.ts.
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Collection } from '#model/model.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { Grant, TenantStore, WriteEvent } from '#store/store.ts';
import type { Decision } from './authorize.ts';
import type { QueryContext, WriteQuery } from './query.ts';
import { readResource } from './writing-body.ts';
import type { Json } from './writing-body.ts';
import type { WritingContext } from './writing-context.ts';
import { writePolicy } from './writing-policy.ts';
import type { PolicyInForce } from './writing-policy.ts';

type Allowed = Extract<Decision, { allowed: true }>;

/** A write on its way. */
export type Work = {
  readonly context: WritingContext;
  readonly query: WriteQuery;
  readonly asking: QueryContext;
  readonly tenant: TenantStore;
  readonly collection: Collection;
  readonly decision: Allowed;
  readonly rule: PolicyInForce;
  /** For the condition of If-Match: what the caller has read, it has read through this. */
  readonly reading: AuthorizedPlan | null;
  /** The grants that the decision rests on. */
  readonly grants: readonly Grant[];
  readonly given: Json | null;
  readonly idempotency: WriteEvent['idempotency'];
};

/** Nobody may write the class. */
export const closed = problem('HUB-105', 'Resources of this class are read-only here: their source system owns them.');

/** Who decides about a collection of an organisation; null when the model has no such collection. */
export const policyOf = async (
  { model, store }: WritingContext,
  path: string,
  tenant: string,
): Promise<PolicyInForce | null> => {
  const collection = model.collections.get(path);
  const organisation = await store.platform.organisation(tenant);
  return collection === undefined ? null : writePolicy(organisation?.settings ?? {}, collection);
};

/** Everything that can be said before the transaction. Fails with HUB-105, HUB-101, HUB-415, HUB-107. */
export const workOf = async (
  context: WritingContext,
  query: WriteQuery,
  asking: QueryContext,
  tenant: TenantStore,
  decision: Allowed,
): Promise<Result<Work>> => {
  const { principal } = asking;
  const { collection } = decision.plan;
  const rule = await policyOf(context, collection.path, tenant.id);
  if (rule === null || rule.policy === 'closed') return { ok: false, problem: closed };
  const given = query.body === null ? ok(null) : readResource(query.body);
  if (!given.ok) return given;
  if (rule.policy === 'source' && (await context.waiting.count(tenant)) >= limits.waitingEvents) {
    const detail = `At most ${limits.waitingEvents} requests of an organisation may wait for adapters.`;
    return { ok: false, problem: problem('HUB-107', detail, { retryAfter: 60 }) };
  }
  const reading = query.ifMatch === null ? null : await context.authorizer.decide(principal, collection.path, 'read');
  const ids = new Set(decision.rule.split(' '));
  const grants = decision.plan.portions.every(({ rows }) => rows === 'all')
    ? []
    : (await context.store.platform.grantsOf(principal.client)).filter(({ id }) => ids.has(id));
  return ok({
    context,
    query,
    asking,
    tenant,
    collection,
    decision,
    rule,
    reading: reading !== null && reading.allowed ? reading.plan : null,
    grants,
    given: given.value,
    idempotency: idempotencyOf(context, tenant.id, query),
  });
};

const idempotencyOf = ({ tokens }: WritingContext, tenant: string, query: WriteQuery): WriteEvent['idempotency'] => {
  const { idempotencyKey, operation, collection, target, body } = query;
  if (idempotencyKey === null) return null;
  return {
    key: tokens.pseudonym(tenant, `idempotency-key ${idempotencyKey}`),
    request: tokens.pseudonym(tenant, `request ${JSON.stringify([operation, collection, target, body])}`),
  };
};
