// What became of a write or a live read, for the one who asked and nobody else. Called by writing.ts; knows no HTTP. What is shown is what the
// caller may see now, whatever it might see when it asked.
import type { Collection, ProtectionLevel } from '#model/model.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { StoredResource, TenantStore, WriteEvent } from '#store/store.ts';
import type { Decision } from './authorize.ts';
import { viewOfRow } from './prune.ts';
import type { HubResult, OutcomeQuery, QueryContext, WriteAnswer, WriteOutcome } from './query.ts';
import { nothingGiven, seenUids } from './records.ts';
import type { Outcome } from './records.ts';
import type { Json } from './writing-body.ts';
import type { WritingContext } from './writing-context.ts';
import { askAgainSeconds, isWaiting, subjectText } from './writing-events.ts';
import { subjectsOf } from './writing-guard.ts';

/** An outcome and whom it shows. */
type Shown = { readonly outcome: WriteOutcome; readonly uids: readonly number[] };

const forgotten: WriteOutcome = { state: 'forgotten' };

/** The outcome of an event of the caller's own application and organisation; anything else is forgotten. */
export const runOutcome = async (
  context: WritingContext,
  query: OutcomeQuery,
  asking: QueryContext,
): Promise<HubResult> => {
  const { authorizer, records, store } = context;
  const { principal } = asking;
  const tenant = await store.tenant(principal.tenant);
  const named = { kind: 'outcome', collection: query.collection };
  const event = await tenant.events.event(query.id);
  const mine = event !== null && event.collection === query.collection && isMine(context, asking, event);
  const judged = mine ? await judgeOutcome(context, tenant, asking, event) : null;
  if (judged !== null && judged.decision.allowed) {
    await tenant.appendAudit(records.of(named, asking, judged.decision, judged.record));
    return { kind: 'outcome', outcome: judged.outcome };
  }
  const decision =
    judged?.decision ??
    (await allowing(
      () => authorizer.decide(principal, query.collection, event?.filter === null ? 'read' : 'list'),
      () => authorizer.decide(principal, query.collection, 'write'),
    ));
  const rule = { allowed: false, rule: decision.allowed ? 'not-own' : decision.rule };
  await tenant.appendAudit(records.of(named, asking, rule, nothingGiven('')));
  return { kind: 'outcome', outcome: forgotten };
};

type Decide = () => Promise<Decision> | Decision;

const allowing = async (reading: Decide, writing: Decide): Promise<Decision> => {
  const [read, write] = [await reading(), await writing()];
  return read.allowed ? read : write;
};

/** True for an event of the caller's own application whose outcome is still told. */
export const isMine = ({ clock }: WritingContext, { principal }: QueryContext, event: WriteEvent): boolean =>
  event.client === principal.client && clock.now() < event.retainUntil;

/** What the caller is told of an event of its own, under which decision, and what is recorded of it. To be told only when the decision allows it. */
export const judgeOutcome = async (
  context: WritingContext,
  tenant: TenantStore,
  asking: QueryContext,
  event: WriteEvent,
): Promise<{ readonly decision: Decision; readonly outcome: WriteOutcome; readonly record: Outcome }> => {
  const { authorizer, tokens } = context;
  const { principal } = asking;
  const [reading, writing] = [
    await authorizer.decide(principal, event.collection, event.filter === null ? 'read' : 'list'),
    await authorizer.decide(principal, event.collection, 'write'),
  ];
  const decision = reading.allowed ? reading : writing;
  if (!decision.allowed) return { decision, outcome: forgotten, record: nothingGiven('') };
  const { outcome, uids } = await outcomeOf({ context, tenant, asking, event, reading, writing });
  const subject = event.uid === null ? event.target : null;
  return {
    decision,
    outcome,
    record: {
      count: uids.length,
      subjects: subject === null ? [] : [tokens.pseudonym(tenant.id, subjectText(event.collection, subject))],
      details: `event ${event.id} ${outcome.state}`,
      seen: seenUids(uids.filter((uid) => uid !== unstored)),
    },
  };
};

type Asked = {
  readonly context: WritingContext;
  readonly tenant: TenantStore;
  readonly asking: QueryContext;
  readonly event: WriteEvent;
  readonly reading: Decision;
  readonly writing: Decision;
};

const nobody: readonly number[] = [];

/** An outcome that shows nobody. */
const told = (outcome: WriteOutcome): Shown => ({ outcome, uids: nobody });

const outcomeOf = async (asked: Asked): Promise<Shown> => {
  const { context, event } = asked;
  if (await isOutOfSight(asked)) return told(forgotten);
  const answer: WriteAnswer = { message: event.message, problems: event.problems };
  switch (event.state) {
    case 'waiting':
      return isWaiting(event, context.clock.now())
        ? told({ state: 'waiting', retryAfter: askAgainSeconds })
        : told({ state: 'expired', answer: late });
    case 'expired':
      return told({ state: 'expired', answer: late });
    case 'rejected':
      // Of what is hidden the source may know more than of what is not there.
      return told((await mayKnowOfTarget(asked)) ? { state: 'rejected', answer } : { state: 'read-one', body: null });
    case 'failed':
      return told({ state: 'failed', answer });
    case 'conflict': {
      const [shown = null] = await answered(asked);
      if (shown !== null) return { outcome: { state: 'conflict', body: shown.body, answer }, uids: [shown.uid] };
      // What the source says of somebody whom the caller may not see stays unsaid.
      const hidden = asked.reading.allowed && event.answer !== null;
      return told({ state: 'conflict', body: null, answer: hidden ? unsaid : answer });
    }
    case 'accepted':
      return accepted(asked, answer);
  }
};

const unsaid: WriteAnswer = { message: '', problems: [] };

/** True when the event is about something stored that the caller sees no more, whatever it might see when it asked. */
const isOutOfSight = async ({ tenant, event, reading, writing }: Asked): Promise<boolean> => {
  if (event.uid === null) return false;
  const plans = [reading, writing].flatMap((decision) => (decision.allowed ? [decision.plan] : []));
  const [plan] = plans;
  const [stored] = plan === undefined ? [] : await tenant.reads.load(plan, [event.uid]);
  return stored !== undefined && plans.every((one) => viewOfRow(one, stored.uid, stored.protection) === null);
};

/** False for a question by an identifier that is, for all that the caller may know, nobody's. */
const mayKnowOfTarget = async ({ tenant, event, reading }: Asked): Promise<boolean> => {
  if (event.operation !== 'read' || event.target === null) return true;
  if (!reading.allowed) return false;
  const [found] = await tenant.reads.resolve([{ collection: event.collection, ...event.target }]);
  return found !== undefined && viewOfRow(reading.plan, found.uid ?? unstored, found.protection) !== null;
};

const late: WriteAnswer = { message: 'The source system did not answer in time.', problems: [] };

const accepted = async (asked: Asked, answer: WriteAnswer): Promise<Shown> => {
  const { event } = asked;
  switch (event.operation) {
    case 'validate':
      return { outcome: { state: 'valid', answer }, uids: nobody };
    case 'delete':
      return { outcome: { state: 'deleted' }, uids: nobody };
    case 'create':
    case 'update':
      return written(asked);
    case 'read': {
      const found = await answered(asked);
      const uids = found.map(({ uid }) => uid);
      const bodies = found.map(({ body }) => body);
      return {
        outcome:
          event.target === null ? { state: 'read-many', bodies } : { state: 'read-one', body: bodies[0] ?? null },
        uids,
      };
    }
  }
};

/** The resource as the caller sees it now; of one that it does not see (any more) there is nothing to tell. */
const written = async ({ context, tenant, asking, event, reading, writing }: Asked): Promise<Shown> => {
  const { rendering } = context;
  const plan = reading.allowed ? reading.plan : writing.allowed ? writing.plan : null;
  const gone: Shown = { outcome: forgotten, uids: nobody };
  if (plan === null || event.uid === null) return gone;
  const [stored] = await tenant.reads.load(plan, [event.uid]);
  const body = stored === undefined ? null : await rendering.body(plan, tenant.reads, stored);
  if (stored === undefined || body === null) return gone;
  // Who may write and not read is told where the resource is, and no more of it.
  const shown = reading.allowed ? body : onlySelf(body);
  const etag = rendering.etagOf(plan, asking.principal.client, shown);
  return {
    outcome: { state: 'written', body: shown, self: rendering.selfOf(shown), etag },
    uids: reading.allowed ? [stored.uid] : nobody,
  };
};

const onlySelf = (body: Buffer): Buffer => {
  const { _links: links }: { readonly _links?: { readonly self?: unknown } } = JSON.parse(body.toString());
  return Buffer.from(JSON.stringify({ _links: { self: links?.self ?? [] } }));
};

/** In the place of a uid, for what is not stored. */
const unstored = -1;

/** What the adapter sent along, as far as the caller may see it: judged by what is stored of the same resources, and by what the answer itself says. */
const answered = async ({
  context,
  tenant,
  event,
  reading,
}: Asked): Promise<readonly { readonly uid: number; readonly body: Buffer }[]> => {
  if (!reading.allowed || event.answer === null) return [];
  const { plan } = reading;
  const resources: readonly Json[] = JSON.parse(event.answer);
  const shown: { readonly uid: number; readonly body: Buffer }[] = [];
  for (const resource of resources) {
    const found = await asStored(context, plan, tenant, resource);
    const body = found === null ? null : await context.rendering.body(plan, tenant.reads, found);
    if (found !== null && body !== null) shown.push({ uid: found.uid, body });
  }
  return shown;
};

/**
 * An answered resource in the form in which stored ones are shown. Its rows and protection are those of the stored resource with its identifiers
 * (the strictest, should there be several), and its protection is no lower than it says itself or than that of those whom it is about. What is
 * not stored belongs to no rows, so that a limited grant does not show it.
 */
const asStored = async (
  { bodies, model }: WritingContext,
  plan: AuthorizedPlan,
  tenant: TenantStore,
  resource: Json,
): Promise<StoredResource | null> => {
  const { collection }: { readonly collection: Collection } = plan;
  const prepared = bodies.prepare(collection, resource);
  if (prepared === null) return null;
  const own = await tenant.reads.resolve(
    prepared.identifiers.map((identifier) => ({ collection: collection.path, ...identifier })),
  );
  const uids = new Set(own.flatMap(({ uid }) => (uid === null ? [] : [uid])));
  if (uids.size > 1) return null;
  const [uid = unstored] = uids;
  const about = await tenant.reads.resolve(subjectsOf(model, collection, prepared));
  // The source's own word counts for somebody new; without one, what the store thinks of strangers does.
  const marks = uid === unstored && prepared.marking !== null ? [] : own;
  let protection: ProtectionLevel = prepared.marking ?? 0;
  for (const one of [...marks, ...about]) if (one.protection > protection) protection = one.protection;
  const body = Buffer.from(JSON.stringify(resource));
  // Nobody has looked at its links yet: as if they led to the strictest.
  return { uid, position: 0, changedAt: 0, born: 0, protection, linked: 3, body };
};
