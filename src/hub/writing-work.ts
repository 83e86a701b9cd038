// What a write is before its transaction: who decides about the class, what was sent, under which grants and conditions. Called by writing.ts.
import { problem } from '#base/errors.ts';
import type { Problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Collection } from '#model/model.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { Grant, TenantStore, WriteEvent } from '#store/store.ts';
import type { Decision } from './authorize.ts';
import type { QueryContext, WritePart, WriteQuery } from './query.ts';
import { readResource } from './writing-body.ts';
import type { Json, LinksByRelation } from './writing-body.ts';
import type { WritingContext } from './writing-context.ts';
import { writePolicy } from './writing-policy.ts';
import type { PolicyInForce } from './writing-policy.ts';

type Allowed = Extract<Decision, { allowed: true }>;

/** What is to be done with which resource, under which conditions. */
export type Change = Pick<WriteQuery, 'collection' | 'ifMatch'> & {
  readonly operation: WriteQuery['operation'] | 'patch';
  readonly target: WritePart['target'];
};

/** A write on its way. */
export type Work = {
  readonly context: WritingContext;
  /** Of its event. */
  readonly id: string;
  readonly query: Change;
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
  /** Of a patch: the own links as they are to be, by relation. */
  readonly links: LinksByRelation | null;
  readonly idempotency: WriteEvent['idempotency'];
  /** For the record of it: ids and names of the model; whom it concerns besides, by uid. */
  readonly note: string;
  readonly about: readonly number[];
  /** It is undone afterwards, whatever comes of it. */
  readonly trial: boolean;
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
  const rule = await policyOf(context, decision.plan.collection.path, tenant.id);
  if (rule === null || rule.policy === 'closed') return { ok: false, problem: closed };
  const given = query.body === null ? ok(null) : readResource(query.body);
  if (!given.ok) return given;
  if (rule.policy === 'source') {
    const full = await fullOf(context, tenant, 1);
    if (full !== null) return { ok: false, problem: full };
  }
  const { idempotencyKey, operation, collection, target, body } = query;
  const request = JSON.stringify([operation, collection, target, body]);
  const { collection: path, ifMatch } = query;
  return ok({
    ...(await access(context, asking, tenant, decision, ifMatch !== null)),
    id: context.random.uuid(),
    query: { operation, target, collection: path, ifMatch },
    rule,
    given: given.value,
    links: null,
    idempotency: idempotencyKey === null ? null : idempotencyOf(context, tenant.id, { key: idempotencyKey, request }),
    note: '',
    about: [],
    trial: false,
  });
};

/** Why nothing more can wait for the sources of an organisation (HUB-107); null when it can. */
export const fullOf = async (
  { waiting }: WritingContext,
  tenant: TenantStore,
  more: number,
): Promise<Problem | null> => {
  if ((await waiting.count(tenant)) + more <= limits.waitingEvents) return null;
  const detail = `At most ${limits.waitingEvents} requests of an organisation may wait for adapters.`;
  return problem('HUB-107', detail, { retryAfter: 60 });
};

/** What a write is carried out with, whatever it is. */
export const access = async (
  context: WritingContext,
  asking: QueryContext,
  tenant: TenantStore,
  decision: Allowed,
  conditional: boolean,
): Promise<Pick<Work, 'context' | 'asking' | 'tenant' | 'collection' | 'decision' | 'reading' | 'grants'>> => {
  const { principal } = asking;
  const { collection } = decision.plan;
  const reading = conditional ? await context.authorizer.decide(principal, collection.path, 'read') : null;
  const ids = new Set(decision.rule.split(' '));
  const grants = decision.plan.portions.every(({ rows }) => rows === 'all')
    ? []
    : (await context.store.platform.grantsOf(principal.client)).filter(({ id }) => ids.has(id));
  return {
    context,
    asking,
    tenant,
    collection,
    decision,
    reading: reading !== null && reading.allowed ? reading.plan : null,
    grants,
  };
};

/** The key of a client and what came with it, as the store keeps them. */
export const idempotencyOf = (
  { tokens }: WritingContext,
  tenant: string,
  { key, request }: { readonly key: string; readonly request: string },
): WriteEvent['idempotency'] => ({
  key: tokens.pseudonym(tenant, `idempotency-key ${key}`),
  request: tokens.pseudonym(tenant, `request ${request}`),
});
