// One change within its transaction: a resource created, updated, patched or removed, applied where the hub owns the collection and kept as an event
// where a source does. Called by writing.ts for a change of its own and by writing-many.ts for several; does not settle: the caller does, last.
import { problem } from '#base/errors.ts';
import type { Problem } from '#base/errors.ts';
import type { ProtectionLevel } from '#model/model.ts';
import type { AuthorizedPlan, Portion } from '#store/plan.ts';
import type { IdentifierValue, PreparedResource, StoredResource, TenantWrite, WriteEvent } from '#store/store.ts';
import { showsIdentifier } from './prune.ts';
import { nothingGiven } from './records.ts';
import { bornIn } from './writing-batch.ts';
import type { Batch } from './writing-batch.ts';
import { hrefOfTarget } from './writing-body.ts';
import type { Json, Present, Writable } from './writing-body.ts';
import { newEvent, subjectText } from './writing-events.ts';
import {
  isWithinGrants,
  judgeSubjects,
  lowering,
  lowersProtection,
  partlySeen,
  protectedPlace,
  showsWhole,
} from './writing-guard.ts';
import type { Change, Work } from './writing-work.ts';

export type Verdict =
  | { readonly kind: 'accepted'; readonly event: WriteEvent; readonly replayed: boolean }
  | { readonly kind: 'missing'; readonly subject: string }
  | {
      readonly kind: 'refused';
      readonly problem: Problem;
      /** Whom the refusal tells of: who has an identifier that was asked for. */
      readonly subject?: string;
      /** Which identifier that is, by its segment. */
      readonly field?: string;
    };

/** Carries one change out. `batch` holds what others of the same request have made; null when it stands alone. */
export const applyChange = (work: Work, tx: TenantWrite, batch: Batch | null): Promise<Verdict> =>
  work.query.target === null ? create(work, tx, batch) : change(work, tx, work.query.target, batch);

/** What is told when a resource would belong to no row that the caller was given: HUB-400. */
export const outside = problem('HUB-400', 'The resource would lie outside of what was granted.');

const create = async (work: Work, tx: TenantWrite, batch: Batch | null): Promise<Verdict> => {
  const { context, collection, decision, tenant, given, rule, query } = work;
  const { model, bodies } = context;
  const prepared = bodies.create(collection, writableBy(decision.plan.portions, batch !== null), given ?? {});
  if (!prepared.ok) return { kind: 'refused', problem: prepared.problem };
  const born = bornIn(model, batch);
  const judged = await judgeSubjects(model, decision.plan, tenant, prepared.value, born, batch?.mayHide === true);
  if ('refused' in judged) return { kind: 'refused', problem: judged.refused };
  const within = await withinRows(work, prepared.value);
  if (!within && batch === null) return { kind: 'refused', problem: outside };
  batch?.made.push({ work, prepared: prepared.value, level: judged.level, within });
  if (rule.policy === 'source') return keep(work, tx, prepared.value, null);
  const taken = await placeTaken(work, tx, prepared.value, judged.level, null);
  if (taken !== null) return { kind: 'refused', ...taken };
  if (query.operation === 'validate' || (await isOthers(work, tx, prepared.value, null)))
    return settled(work, tx, null, prepared.value.primary);
  const { uid } = await tx.put(collection.path, null, prepared.value, work.asking.principal.client);
  return settled(work, tx, uid, prepared.value.primary);
};

/** What is told when an identifier is another's: HUB-612. */
export const takenBy = problem('HUB-612', 'Another resource of the class has one of the identifiers.');

/**
 * Why a resource cannot have its identifiers: another has one, or somebody better protected had it. Of those whom the caller does not see it is told
 * that an identifier is taken and no more, and of a check not even that: it could be repeated for every value there is.
 */
const placeTaken = async (
  { collection, context, decision: { plan }, query, tenant, trial }: Work,
  tx: TenantWrite,
  prepared: PreparedResource,
  level: ProtectionLevel,
  uid: number | null,
): Promise<{ readonly problem: Problem; readonly subject?: string; readonly field?: string } | null> => {
  const checking = trial || query.operation === 'validate';
  const owners = await tx.match(collection.path, prepared.identifiers);
  for (const [at, owner] of owners.entries()) {
    if (owner === null || owner === uid) continue;
    const stored = checking ? await tx.read(owner) : null;
    const field = prepared.identifiers[at]?.field ?? '';
    if (!checking || (stored !== null && seesIdentifier(plan, stored, field)))
      return { problem: takenBy, subject: `${owner}`, field };
  }
  const place = await protectedPlace(context.model, collection, tenant, prepared, level, uid);
  if (place === 0) return null;
  if (place <= plan.clearance) return { problem: lowering(context.model, collection) };
  return checking ? null : { problem: takenBy, subject: subjectText(collection.path, prepared.primary) };
};

/** Of a dry run: another has an identifier, which is not told. Then this cannot be put, and goes for done. */
const isOthers = async (
  { trial, collection }: Work,
  tx: TenantWrite,
  { identifiers }: PreparedResource,
  uid: number | null,
): Promise<boolean> =>
  trial && (await tx.match(collection.path, identifiers)).some((owner) => owner !== null && owner !== uid);

/** True when some portion shows both the row and the identifier. */
const seesIdentifier = ({ collection, portions }: AuthorizedPlan, stored: StoredResource, field: string): boolean =>
  portions.some((portion) => holds(portion, stored) && showsIdentifier(collection, portion.view, field));

/** Without limited rows there is nothing to be outside of. */
const withinRows = async (
  { context, tenant, collection, grants }: Work,
  prepared: PreparedResource,
): Promise<boolean> => grants.length === 0 || isWithinGrants(context.model, tenant, collection, prepared, grants);

/** What is told when a condition of the write does not hold: HUB-412. */
export const changedSince = problem(
  'HUB-412',
  'The resource is another than the one whose ETag was sent, or another change of it waits.',
);

type Target = NonNullable<Change['target']>;

const change = async (work: Work, tx: TenantWrite, target: Target, batch: Batch | null): Promise<Verdict> => {
  const { collection, decision, query } = work;
  const byUid = 'uid' in target;
  const missing = {
    kind: 'missing',
    subject: byUid ? `${target.uid}` : subjectText(collection.path, target),
  } as const;
  const stored = await tx.read(byUid ? await ofCollection(work, tx, target.uid) : await found(work, tx, target));
  if (stored === null) return missing;
  // Whoever finds a row by an identifier learns whose it is: this row must show it.
  if (!byUid && !seesIdentifier(decision.plan, stored, target.field)) return missing;
  const portions = decision.plan.portions.filter((portion) => holds(portion, stored));
  if (portions.length === 0) return missing;
  // Said of the grants, and only to who sees the row: before anything about the row is.
  if (query.operation === 'delete' && !showsWhole(collection, portions))
    return { kind: 'refused', problem: partlySeen, subject: `${stored.uid}` };
  if (!(await matches(work, tx, stored))) return { kind: 'refused', problem: changedSince };
  if (query.operation === 'delete') return remove(work, tx, stored);
  return update(work, tx, stored, portions, batch);
};

/** The uid of nothing. */
const noUid = -1;

/** Asked for in any case, so that what is hidden takes no other way than what is not there. */
const found = async ({ collection, decision }: Work, tx: TenantWrite, target: IdentifierValue): Promise<number> => {
  const searchable = decision.plan.portions.some(({ view }) => showsIdentifier(collection, view, target.field));
  const [uid = null] = searchable ? await tx.match(collection.path, [target]) : [];
  return uid ?? noUid;
};

/** The uid, when it is one of the collection. */
const ofCollection = async ({ collection }: Work, tx: TenantWrite, uid: number): Promise<number> => {
  const delivered = await tx.delivered(uid);
  const [own = null] = delivered === null ? [] : await tx.match(collection.path, [delivered.primary]);
  return own === uid ? uid : noUid;
};

const holds = ({ rows, clearance }: Portion, { uid, protection }: StoredResource): boolean =>
  protection <= clearance && (rows === 'all' || rows.has(uid));

/** What some portions together let be written. Parts of a request link without naming identifiers, so that none has to show at the other end. */
const writableBy = (portions: readonly Portion[], byUid: boolean): Writable => ({
  attributes: new Set(portions.flatMap(({ view }) => [...view.attributes])),
  relations: new Set(portions.flatMap(({ view }) => [...(byUid ? view.linked : view.relations)])),
});

/** The condition of the write: one of the ETags is that of the resource as it is now, and no other change of it waits for its source. */
const matches = async (work: Work, tx: TenantWrite, stored: StoredResource): Promise<boolean> => {
  const { context, query, tenant, reading, asking, rule } = work;
  const { ifMatch } = query;
  if (ifMatch === null) return true;
  if (!ifMatch.includes('*')) {
    const body = reading === null ? null : await context.rendering.body(reading, tenant.reads, stored);
    if (reading === null || body === null) return false;
    if (!ifMatch.includes(context.rendering.etagOf(reading, asking.principal.client, body))) return false;
  }
  return rule.policy === 'hub' || !(await tx.hasWaitingChange(stored.uid, context.clock.now()));
};

const update = async (
  work: Work,
  tx: TenantWrite,
  stored: StoredResource,
  portions: readonly Portion[],
  batch: Batch | null,
): Promise<Verdict> => {
  const { context, collection, decision, tenant, query, given, rule, links } = work;
  const { model, bodies, baseUrl } = context;
  const present = await presentOf(work, tx, stored);
  if (present === null) return { kind: 'missing', subject: `${stored.uid}` };
  const writable = writableBy(portions, batch !== null);
  const prepared =
    links === null
      ? bodies.update(collection, writable, given ?? {}, present)
      : bodies.patch(collection, writable, given ?? {}, links, present);
  if (!prepared.ok) return { kind: 'refused', problem: prepared.problem };
  const { identifiers, primary } = prepared.value;
  if (!hasTarget(identifiers, query.target))
    return {
      kind: 'refused',
      problem: problem('HUB-414', 'The resource does not have the identifier of the address.'),
    };
  const born = bornIn(model, batch);
  const judged = await judgeSubjects(model, decision.plan, tenant, prepared.value, born, batch?.mayHide === true);
  if ('refused' in judged) return { kind: 'refused', problem: judged.refused };
  const next = { stored, present, prepared: prepared.value, level: judged.level };
  const lowered = await lowersProtection(model, collection, baseUrl(), tenant, next);
  if (lowered !== null) return { kind: 'refused', problem: lowered };
  const within = !linksChanged(present, prepared.value, baseUrl()) || (await withinRows(work, prepared.value));
  if (!within && batch === null) return { kind: 'refused', problem: outside };
  batch?.made.push({ work, prepared: prepared.value, level: judged.level, within });
  if (rule.policy === 'source') return keep(work, tx, prepared.value, stored.uid);
  const taken = await placeTaken(work, tx, prepared.value, judged.level, stored.uid);
  if (taken !== null) return { kind: 'refused', ...taken };
  if (query.operation !== 'validate' && !(await isOthers(work, tx, prepared.value, stored.uid)))
    await tx.put(collection.path, stored.uid, prepared.value, work.asking.principal.client);
  return settled(work, tx, stored.uid, primary);
};

const hasTarget = (identifiers: readonly IdentifierValue[], target: Change['target']): boolean =>
  target === null ||
  'uid' in target ||
  identifiers.some(({ field, value }) => field === target.field && value === target.value);

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
  const event = await tx.putEvent({ ...(await eventOf(work, tx, uid)), uid, value });
  await record(work, tx, event, 'waits', prepared?.primary ?? null);
  return { kind: 'accepted', event, replayed: false };
};

/** Ends what the hub has done itself: its text is in the resource, so the event keeps none. */
const settled = async (
  work: Work,
  tx: TenantWrite,
  uid: number | null,
  primary: IdentifierValue | null,
): Promise<Verdict> => {
  const made = await eventOf(work, tx, uid);
  const event = await tx.putEvent({
    ...made,
    state: 'accepted',
    uid,
    answeredAt: made.createdAt,
    retainUntil: made.createdAt + work.context.times.statusMs,
  });
  await record(work, tx, event, 'applied', primary);
  return { kind: 'accepted', event, replayed: false };
};

const eventOf = async (
  { context, id, query, asking, rule, idempotency, collection }: Work,
  tx: TenantWrite,
  uid: number | null,
): Promise<WriteEvent> => {
  const answerMs = rule.deadlineMinutes === null ? context.times.answerMs : rule.deadlineMinutes * 60_000;
  return newEvent(
    {
      id,
      collection: collection.path,
      operation: query.operation === 'patch' ? 'update' : query.operation,
      policy: rule.policy === 'hub' ? 'hub' : 'source',
      client: asking.principal.client,
      issuer: asking.principal.issuer,
      api: asking.api,
      request: asking.requestId,
      target: await targetOf(tx, query.target, rule.policy === 'source' ? uid : null),
      idempotency,
    },
    context.clock.now(),
    { ...context.times, answerMs },
  );
};

/** The identifier of the address; of a change addressed by uid that by which a source knows the resource, and none where nobody has to be told. */
const targetOf = async (
  tx: TenantWrite,
  target: Change['target'],
  uid: number | null,
): Promise<IdentifierValue | null> => {
  if (target === null || !('uid' in target)) return target;
  return uid === null ? null : ((await tx.delivered(uid))?.primary ?? null);
};

/** Records what became of a change, in its transaction. */
export const record = async (
  { context, query, asking, decision, tenant, collection, note, about }: Work,
  tx: TenantWrite,
  event: WriteEvent,
  what: string,
  primary: IdentifierValue | null = null,
): Promise<void> => {
  const named = event.uid === null ? (primary ?? event.target) : null;
  const others = about.map((uid) => context.tokens.pseudonym(tenant.id, `${uid}`));
  const subject = named === null ? `${event.uid}` : subjectText(collection.path, named);
  await tx.audit(
    context.records.of(asked(query), asking, decision, {
      ...nothingGiven(`event ${event.id} ${what}${note === '' ? '' : ` ${note}`}`),
      count: 1,
      subjects: [
        ...new Set([
          ...(event.uid === null && named === null ? [] : [context.tokens.pseudonym(tenant.id, subject)]),
          ...others,
        ]),
      ],
    }),
  );
};

/** What is asked for, as records name it. */
export const asked = ({
  operation,
  collection,
}: Pick<Change, 'operation' | 'collection'>): { readonly kind: string; readonly collection: string } => ({
  kind: operation === 'patch' ? 'update' : operation,
  collection,
});
