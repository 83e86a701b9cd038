// Live reads: the question goes to the source itself, through an adapter that has promised to answer, and what comes back is shown once and never
// stored (facts 4.4). Called by writing.ts; the answer is judged when it is fetched, in writing-outcome.ts.
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { CollectionPath } from '#model/model.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { TenantStore } from '#store/store.ts';
import { asksForLinks, unseenInFilter, withSeenTargets } from './filter-access.ts';
import { showsIdentifier } from './prune.ts';
import type { HubResult, LiveQuery, QueryContext } from './query.ts';
import { nothingGiven } from './records.ts';
import { eventsTopic } from './signals.ts';
import type { WritingContext } from './writing-context.ts';
import { newEvent, subjectText } from './writing-events.ts';

/** Seconds after which a live read may have been answered. */
const askAgainSeconds = 1;

/** Keeps the question as an event, or says why there is none: missing, refused (HUB-205, HUB-107), or not to be had live. */
export const runLive = async (context: WritingContext, query: LiveQuery, asking: QueryContext): Promise<HubResult> => {
  const { authorizer, store, records } = context;
  const { principal } = asking;
  const tenant = await store.tenant(principal.tenant);
  const named = { kind: 'live-read', collection: query.collection };
  const decision = await authorizer.decide(principal, query.collection, query.by.kind === 'filter' ? 'list' : 'read');
  if (!decision.allowed) {
    await tenant.appendAudit(records.of(named, asking, decision, nothingGiven('')));
    return { kind: 'missing' };
  }
  const { plan } = decision;
  if (!(await isAnswered(context, tenant, asking, plan.collection.path)) || !(await mayGoOut(query, plan, tenant)))
    return { kind: 'not-live' };
  const unseen = query.by.kind === 'filter' ? unseenInFilter(query.by.expr, plan) : null;
  const refused = unseen ?? (await tooMany(context, tenant));
  if (refused !== null) {
    const rule = { allowed: false, rule: refused.code };
    await tenant.appendAudit(records.of(named, asking, rule, nothingGiven('')));
    return { kind: 'refused', problem: refused };
  }
  const event = newEvent(
    {
      id: context.random.uuid(),
      collection: plan.collection.path,
      operation: 'read',
      policy: 'source',
      client: principal.client,
      issuer: principal.issuer,
      api: asking.api,
      request: asking.requestId,
      target: query.by.kind === 'identifier' ? { field: query.by.field, value: query.by.value } : null,
      filter: query.by.kind === 'filter' ? query.by.text : null,
    },
    context.clock.now(),
    context.times,
  );
  const subjects =
    event.target === null ? [] : [context.tokens.pseudonym(tenant.id, subjectText(plan.collection.path, event.target))];
  await tenant.writeTogether(async (tx) => {
    await tx.putEvent(event);
    await tx.audit(records.of(named, asking, decision, { ...nothingGiven(`event ${event.id}`), subjects }));
    await tx.settle();
  });
  context.waiting.added(tenant.id);
  context.signals.tell(eventsTopic(tenant.id, event.collection));
  return { kind: 'accepted', id: event.id, replayed: false, retryAfter: askAgainSeconds };
};

const tooMany = async ({ waiting }: WritingContext, tenant: TenantStore) =>
  (await waiting.count(tenant)) < limits.waitingEvents
    ? null
    : problem('HUB-107', `At most ${limits.waitingEvents} requests of an organisation may wait for adapters.`, {
        retryAfter: 60,
      });

/** True when some adapter has promised to answer reads of the collection, and still may deliver it. */
const isAnswered = async (
  { authorizer }: WritingContext,
  { runs }: TenantStore,
  { principal }: QueryContext,
  path: CollectionPath,
): Promise<boolean> => {
  for (const { client, eventCapabilities = [] } of await runs.contracts()) {
    if (!eventCapabilities.some(({ collection, operations }) => collection === path && operations.includes('read')))
      continue;
    const decision = await authorizer.decide({ ...principal, client, kind: 'adapter' }, path, 'deliver');
    if (decision.allowed) return true;
  }
  return false;
};

/**
 * True when the question may leave the hub as it is. The source knows what the caller may not: an identifier that it does not see, and links to what
 * it does not see, are asked of what is stored, where they are answered as the caller sees them.
 */
const mayGoOut = async ({ by }: LiveQuery, plan: AuthorizedPlan, tenant: TenantStore): Promise<boolean> => {
  if (by.kind === 'identifier')
    return plan.portions.some(({ view }) => showsIdentifier(plan.collection, view, by.field));
  if (unseenInFilter(by.expr, plan) !== null) return true;
  if (asksForLinks(by.expr)) return false;
  const seen = await withSeenTargets(by.expr, plan, tenant.reads);
  return JSON.stringify(seen) === JSON.stringify(by.expr);
};
