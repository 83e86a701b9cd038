// The one path of every write by a client, whichever API it came through and whoever decides about it: authorised, held against the model and
// the caller's grants, then in one transaction kept as an event for the adapter of the source or, where the hub owns the collection, applied.
// Called through run.ts. Nothing is acknowledged before it is durable and recorded. Live reads and outcomes are in the files beside it.
import { problem } from '#base/errors.ts';
import type { Problem } from '#base/errors.ts';
import type { ProtectionLevel } from '#model/model.ts';
import type { Action, AuthorizedPlan, Portion } from '#store/plan.ts';
import type {
  IdentifierValue,
  PreparedResource,
  StoredResource,
  TenantStore,
  TenantWrite,
  WriteEvent,
} from '#store/store.ts';
import { showsIdentifier } from './prune.ts';
import type { HubResult, QueryContext, WriteQuery, Writing } from './query.ts';
import { createRecords, nothingGiven } from './records.ts';
import { createRendering } from './rendering.ts';
import { eventsTopic } from './signals.ts';
import { createVersions } from './versions.ts';
import { createWriteBodies, hrefOfTarget } from './writing-body.ts';
import type { Json, Present, Writable } from './writing-body.ts';
import type { WritingContext, WritingDeps } from './writing-context.ts';
import { askAgainSeconds, newEvent, subjectText } from './writing-events.ts';
import { isWithinGrants, judgeSubjects, lowering, lowersProtection, protectedPlace } from './writing-guard.ts';
import { runLive } from './writing-live.ts';
import { runOutcome } from './writing-outcome.ts';
import { createWaiting } from './writing-waiting.ts';
import { closed, policyOf, workOf } from './writing-work.ts';
import type { Work } from './writing-work.ts';

/** Builds the path over the stores of all organisations. */
export const createWriting = (deps: WritingDeps): Writing => {
  const context: WritingContext = {
    ...deps,
    bodies: createWriteBodies(deps.model, deps.baseUrl),
    waiting: createWaiting(deps.clock),
    rendering: createRendering({ ...deps, versions: createVersions() }),
    records: createRecords(deps.model, deps.clock),
  };
  return {
    run: (query, asking) => {
      switch (query.kind) {
        case 'write':
          return runWrite(context, query, asking);
        case 'live':
          return runLive(context, query, asking);
        case 'outcome':
          return runOutcome(context, query, asking);
      }
    },
  };
};

type Verdict =
  | { readonly kind: 'accepted'; readonly event: WriteEvent; readonly replayed: boolean }
  | { readonly kind: 'missing'; readonly subject: string }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** Answers for what a decision denied: what the caller may not see is missing; who may read is told that it may not write. */
const denied = async (
  { authorizer, records }: WritingContext,
  query: WriteQuery,
  asking: QueryContext,
  tenant: TenantStore,
  rule: string,
): Promise<HubResult> => {
  await tenant.appendAudit(records.of(asked(query), asking, { allowed: false, rule }, nothingGiven('')));
  const reads = await Promise.all(
    (['read', 'list'] satisfies Action[]).map((action) =>
      authorizer.decide(asking.principal, query.collection, action),
    ),
  );
  return reads.some(({ allowed }) => allowed)
    ? { kind: 'refused', problem: problem('HUB-400', 'No grant lets this application write the class.') }
    : { kind: 'missing' };
};

const runWrite = async (context: WritingContext, query: WriteQuery, asking: QueryContext): Promise<HubResult> => {
  const { authorizer, store, records } = context;
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
  const refused = verdict.kind === 'refused';
  await tenant.appendAudit(
    records.of(asked(query), asking, refused ? { allowed: false, rule: verdict.problem.code } : decision, {
      ...nothingGiven(''),
      subjects: refused ? [] : [context.tokens.pseudonym(tenant.id, verdict.subject)],
    }),
  );
  return refused ? verdict : { kind: 'missing' };
};

const decide = (work: Work): Promise<Verdict> => {
  const { tenant, asking, query } = work;
  return tenant.writeTogether(async (tx) => {
    const before =
      work.idempotency === null ? null : await tx.eventByKey(asking.principal.client, work.idempotency.key);
    if (before !== null) return replay(work, tx, before);
    if (query.target === null) return create(work, tx);
    return change(work, tx, query.target);
  });
};

/** The answer of the first request under the key, when this is the same request. */
const replay = async (work: Work, tx: TenantWrite, before: WriteEvent): Promise<Verdict> => {
  if (before.idempotency?.request !== work.idempotency?.request) {
    const detail = 'The Idempotency-Key came with another request within the last day.';
    return { kind: 'refused', problem: problem('HUB-413', detail) };
  }
  await record(work, tx, before, 'again');
  await tx.settle();
  return { kind: 'accepted', event: before, replayed: true };
};

const create = async (work: Work, tx: TenantWrite): Promise<Verdict> => {
  const { context, collection, decision, tenant, given, rule, query } = work;
  const { model, bodies } = context;
  const prepared = bodies.create(collection, writableBy(decision.plan.portions), given ?? {});
  if (!prepared.ok) return { kind: 'refused', problem: prepared.problem };
  const judged = await judgeSubjects(model, decision.plan, tenant, prepared.value);
  if ('refused' in judged) return { kind: 'refused', problem: judged.refused };
  if (!(await withinRows(work, prepared.value)))
    return { kind: 'refused', problem: problem('HUB-400', 'The resource would lie outside of what was granted.') };
  if (rule.policy === 'source') return keep(work, tx, prepared.value, null);
  const taken = await placeTaken(work, tx, prepared.value, judged.level, null);
  if (taken !== null) return { kind: 'refused', problem: taken };
  if (query.operation === 'validate') return settled(work, tx, null, prepared.value.primary);
  const { uid } = await tx.put(collection.path, null, prepared.value, work.asking.principal.client);
  return settled(work, tx, uid, prepared.value.primary);
};

const takenBy = problem('HUB-612', 'Another resource of the class has one of the identifiers.');

/**
 * Why a resource cannot have its identifiers: another has one, or somebody better protected had it. Of those whom the caller does not see it is told
 * that an identifier is taken and no more, and of a check not even that: it could be repeated for every value there is.
 */
const placeTaken = async (
  { collection, context, decision: { plan }, query, tenant }: Work,
  tx: TenantWrite,
  prepared: PreparedResource,
  level: ProtectionLevel,
  uid: number | null,
): Promise<Problem | null> => {
  const checking = query.operation === 'validate';
  const owners = await tx.match(collection.path, prepared.identifiers);
  for (const [at, owner] of owners.entries()) {
    if (owner === null || owner === uid) continue;
    const stored = checking ? await tx.read(owner) : null;
    const field = prepared.identifiers[at]?.field ?? '';
    if (!checking || (stored !== null && seesIdentifier(plan, stored, field))) return takenBy;
  }
  const place = await protectedPlace(context.model, collection, tenant, prepared, level, uid);
  if (place === 0) return null;
  if (place <= plan.clearance) return lowering(context.model, collection);
  return checking ? null : takenBy;
};

/** True when some portion shows both the row and the identifier. */
const seesIdentifier = ({ collection, portions }: AuthorizedPlan, stored: StoredResource, field: string): boolean =>
  portions.some((portion) => holds(portion, stored) && showsIdentifier(collection, portion.view, field));

/** Without limited rows there is nothing to be outside of. */
const withinRows = async (
  { context, tenant, collection, grants }: Work,
  prepared: PreparedResource,
): Promise<boolean> => grants.length === 0 || isWithinGrants(context.model, tenant, collection, prepared, grants);

const change = async (work: Work, tx: TenantWrite, target: IdentifierValue): Promise<Verdict> => {
  const { collection, decision, query } = work;
  const missing = { kind: 'missing', subject: subjectText(collection.path, target) } as const;
  const searchable = decision.plan.portions.some(({ view }) => showsIdentifier(collection, view, target.field));
  const [uid = null] = searchable ? await tx.match(collection.path, [target]) : [];
  // Asked for in any case, so that what is hidden takes no other way than what is not there.
  const stored = await tx.read(uid ?? noUid);
  if (stored === null) return missing;
  // Whoever finds a row by an identifier learns whose it is: this row must show it.
  if (!seesIdentifier(decision.plan, stored, target.field)) return missing;
  const portions = decision.plan.portions.filter((portion) => holds(portion, stored));
  if (!(await matches(work, tx, stored))) {
    const detail = 'The resource is another than the one whose ETag was sent, or another change of it waits.';
    return { kind: 'refused', problem: problem('HUB-412', detail) };
  }
  if (query.operation === 'delete') return remove(work, tx, stored);
  return update(work, tx, stored, portions);
};

/** The uid of nothing. */
const noUid = -1;

const holds = ({ rows, clearance }: Portion, { uid, protection }: StoredResource): boolean =>
  protection <= clearance && (rows === 'all' || rows.has(uid));

/** What some portions together let be written. */
const writableBy = (portions: readonly Portion[]): Writable => ({
  attributes: new Set(portions.flatMap(({ view }) => [...view.attributes])),
  relations: new Set(portions.flatMap(({ view }) => [...view.relations])),
});

/** The condition of the write: one of the ETags is that of the resource as it is now, and no other change of it waits for its source. */
const matches = async (work: Work, tx: TenantWrite, stored: StoredResource): Promise<boolean> => {
  const { context, query, tenant, reading, asking, rule } = work;
  if (query.ifMatch === null) return true;
  if (!query.ifMatch.includes('*')) {
    const body = reading === null ? null : await context.rendering.body(reading, tenant.reads, stored);
    if (reading === null || body === null) return false;
    if (!query.ifMatch.includes(context.rendering.etagOf(reading, asking.principal.client, body))) return false;
  }
  return rule.policy === 'hub' || !(await tx.hasWaitingChange(stored.uid, context.clock.now()));
};

const update = async (
  work: Work,
  tx: TenantWrite,
  stored: StoredResource,
  portions: readonly Portion[],
): Promise<Verdict> => {
  const { context, collection, decision, tenant, query, given, rule } = work;
  const { model, bodies, baseUrl } = context;
  const present = await presentOf(work, tx, stored);
  if (present === null) return { kind: 'missing', subject: `${stored.uid}` };
  const prepared = bodies.update(collection, writableBy(portions), given ?? {}, present);
  if (!prepared.ok) return { kind: 'refused', problem: prepared.problem };
  const { identifiers, primary } = prepared.value;
  if (!identifiers.some(({ field, value }) => field === query.target?.field && value === query.target.value))
    return {
      kind: 'refused',
      problem: problem('HUB-414', 'The resource does not have the identifier of the address.'),
    };
  const judged = await judgeSubjects(model, decision.plan, tenant, prepared.value);
  if ('refused' in judged) return { kind: 'refused', problem: judged.refused };
  const next = { stored, present, prepared: prepared.value, level: judged.level };
  const lowered = await lowersProtection(model, collection, baseUrl(), tenant, next);
  if (lowered !== null) return { kind: 'refused', problem: lowered };
  if (linksChanged(present, prepared.value, baseUrl()) && !(await withinRows(work, prepared.value)))
    return { kind: 'refused', problem: problem('HUB-400', 'The resource would lie outside of what was granted.') };
  if (rule.policy === 'source') return keep(work, tx, prepared.value, stored.uid);
  const taken = await placeTaken(work, tx, prepared.value, judged.level, stored.uid);
  if (taken !== null) return { kind: 'refused', problem: taken };
  if (query.operation === 'update')
    await tx.put(collection.path, stored.uid, prepared.value, work.asking.principal.client);
  return settled(work, tx, stored.uid, primary);
};

/** The stored resource as it is and as the caller sees it; null when it sees nothing of it. */
const presentOf = async (work: Work, tx: TenantWrite, stored: StoredResource): Promise<Present | null> => {
  const { context, decision, tenant } = work;
  const delivered = await tx.delivered(stored.uid);
  const seen = await context.rendering.body(decision.plan, tenant.reads, stored);
  if (delivered === null || seen === null) return null;
  const whole: Json = JSON.parse(stored.body.toString());
  const same = seen === stored.body;
  return {
    whole,
    seen: same ? whole : JSON.parse(seen.toString()),
    primary: delivered.primary,
    own: delivered.links,
  };
};

/** True when the resource would be tied to others than it is: then it may leave the rows that the caller was given. */
const linksChanged = ({ own }: Present, { links }: PreparedResource, base: string): boolean => {
  const before = new Set([...own].flatMap(([relation, hrefs]) => hrefs.map((href) => `${relation} ${href}`)));
  const after = links.flatMap(({ relation, targets }) =>
    targets.map((target) => `${relation} ${hrefOfTarget(base, target)}`),
  );
  return after.length !== before.size || after.some((one) => !before.has(one));
};

const remove = async (work: Work, tx: TenantWrite, stored: StoredResource): Promise<Verdict> => {
  if (work.rule.policy === 'source') return keep(work, tx, null, stored.uid);
  // Order 0: no run has said so, so none that comes later is held back by it.
  await tx.remove(work.collection.path, stored.uid, 0);
  return settled(work, tx, stored.uid, null);
};

/** Keeps the write as an event that waits for its adapter. */
const keep = async (
  work: Work,
  tx: TenantWrite,
  prepared: PreparedResource | null,
  uid: number | null,
): Promise<Verdict> => {
  const { context, collection } = work;
  const value = prepared === null ? null : context.bodies.text(collection, prepared);
  const event = await tx.putEvent({ ...eventOf(work), uid, value });
  await record(work, tx, event, 'waits', prepared?.primary ?? null);
  await tx.settle();
  return { kind: 'accepted', event, replayed: false };
};

/** Ends what the hub has done itself: its text is in the resource, so the event keeps none. */
const settled = async (
  work: Work,
  tx: TenantWrite,
  uid: number | null,
  primary: IdentifierValue | null,
): Promise<Verdict> => {
  const made = eventOf(work);
  const event = await tx.putEvent({
    ...made,
    state: 'accepted',
    uid,
    answeredAt: made.createdAt,
    retainUntil: made.createdAt + work.context.times.statusMs,
  });
  await record(work, tx, event, 'applied', primary);
  await tx.settle();
  return { kind: 'accepted', event, replayed: false };
};

const eventOf = ({ context, query, asking, rule, idempotency, collection }: Work): WriteEvent => {
  const answerMs = rule.deadlineMinutes === null ? context.times.answerMs : rule.deadlineMinutes * 60_000;
  return newEvent(
    {
      id: context.random.uuid(),
      collection: collection.path,
      operation: query.operation,
      policy: rule.policy === 'hub' ? 'hub' : 'source',
      client: asking.principal.client,
      issuer: asking.principal.issuer,
      api: asking.api,
      request: asking.requestId,
      target: query.target,
      idempotency,
    },
    context.clock.now(),
    { ...context.times, answerMs },
  );
};

const record = async (
  { context, query, asking, decision, tenant, collection }: Work,
  tx: TenantWrite,
  event: WriteEvent,
  what: string,
  primary: IdentifierValue | null = null,
): Promise<void> => {
  const named = event.uid === null ? (primary ?? event.target) : null;
  const subject = named === null ? `${event.uid}` : subjectText(collection.path, named);
  await tx.audit(
    context.records.of(asked(query), asking, decision, {
      ...nothingGiven(`event ${event.id} ${what}`),
      count: 1,
      subjects: event.uid === null && named === null ? [] : [context.tokens.pseudonym(tenant.id, subject)],
    }),
  );
};

const asked = ({ operation, collection }: WriteQuery): { readonly kind: string; readonly collection: string } => ({
  kind: operation,
  collection,
});
