// Several changes as one: all or none in one transaction where the hub owns the collections; an event for each, kept together, where sources do.
// Called by writing.ts; what became of them is in writing-outcome-many.ts. A part may link to what an earlier one makes.
import { hash } from 'node:crypto';
import { problem } from '#base/errors.ts';
import type { Problem, ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { hrefOf } from '#model/href.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { AuditRecord, IdentifierValue, TenantStore, TenantWrite, WriteEvent } from '#store/store.ts';
import { subjectsAsked } from './asked-for.ts';
import { leadingIdentifier } from './prepare.ts';
import { nothingGiven } from './records.ts';
import type { HubResult, PartLink, QueryContext, TakenPart, WriteManyQuery, WritePart } from './query.ts';
import { eventsTopic } from './signals.ts';
import { applyChange, changedSince, outside, takenBy } from './writing-apply.ts';
import type { Verdict } from './writing-apply.ts';
import { outsideOf } from './writing-batch.ts';
import type { Batch, Made } from './writing-batch.ts';
import { notWritable } from './writing-body.ts';
import type { Json } from './writing-body.ts';
import type { WritingContext } from './writing-context.ts';
import { askAgainSeconds } from './writing-events.ts';
import { denied, replay, turnedDown } from './writing-replies.ts';
import { areVacant, vacantFor } from './writing-vacancy.ts';
import type { Vacant } from './writing-vacancy.ts';
import { access, closed, fullOf, idempotencyOf, policyOf } from './writing-work.ts';
import type { Work } from './writing-work.ts';

/** A part with everything but its links, which may lead to what is not there yet. */
type PartWork = { readonly part: WritePart; readonly work: Work; readonly made: IdentifierValue | null };

/** What came of the parts: all of them, or the one that could not be. */
type Together =
  | {
      readonly kind: 'accepted';
      readonly events: readonly WriteEvent[];
      readonly parts: readonly TakenPart[];
      readonly replayed: boolean;
    }
  /** A dry run that nothing stood in the way of. */
  | { readonly kind: 'tried'; readonly events: readonly WriteEvent[] }
  | {
      readonly kind: 'undone';
      /** Something has been written that has to be undone. */
      readonly written: boolean;
      readonly part: number;
      readonly verdict: Exclude<Verdict, { readonly kind: 'accepted' }>;
    };

/** What is told when somebody may have a value that must be nobody's, and the caller does not see who has it. */
const unseen = problem('HUB-400', 'The application does not see all that this is decided by.');
const tooSlow = problem('HUB-121', `Looking for values that must be nobody's took longer than ${limits.filterMs} ms.`);

/** Carries out all parts or none. Fails as a single write does, with the part at which it failed; HUB-415 also when their owners differ. */
export const runWriteMany = async (
  context: WritingContext,
  query: WriteManyQuery,
  asking: QueryContext,
): Promise<HubResult> => {
  const tenant = await context.store.tenant(asking.principal.tenant);
  if (query.parts.length === 0 || query.parts.length > limits.writeParts)
    throw new Error(`a request of ${query.parts.length} parts`);
  const works: PartWork[] = [];
  const id = context.random.uuid();
  for (const [index, part] of query.parts.entries()) {
    const work = await partWork({ context, query, asking, tenant }, part, partId(id, index), index === 0);
    if ('answer' in work) return inPart(work.answer, index);
    works.push(work);
  }
  const looked = await vacantFor(context.authorizer, asking.principal, query.vacant ?? []);
  const refused =
    ownersDiffer(works) ?? (await tooMany(context, tenant, works)) ?? ('unseen' in looked ? unseen : null);
  const together: Together =
    refused === null
      ? await carryOut(context, tenant, works, query, 'vacant' in looked ? looked.vacant : [])
      : { kind: 'undone', part: 0, written: false, verdict: { kind: 'refused', problem: refused } };
  if (together.kind === 'undone') {
    const { part, verdict } = together;
    const { work } = works[part] ?? works[0] ?? {};
    if (work === undefined) throw new Error('a request without parts');
    const told = { note: work.note, about: [...work.about, ...(await subjectsAsked(tenant.reads, query.whom ?? []))] };
    const result = await turnedDown(context, work.query, asking, tenant, work.decision, verdict, told);
    if (result.kind !== 'refused') return inPart(result, part);
    const field = verdict.kind === 'refused' ? verdict.field : undefined;
    return {
      ...result,
      part,
      ...(field === undefined ? {} : { field }),
      ...(refused === unseen && 'unseen' in looked ? { vacant: looked.unseen } : {}),
    };
  }
  if (together.kind === 'tried') {
    for (const [index, { work }] of works.entries())
      await tenant.appendAudit(triedRecord(context, work, together.events[index] ?? null));
    return { kind: 'tried' };
  }
  return answered(context, tenant, id, together);
};

const inPart = (result: HubResult, part: number): HubResult =>
  result.kind === 'refused' || result.kind === 'missing' ? { ...result, part } : result;

/** That a change was tried, and of whom: whoever was to be made is nobody. */
const triedRecord = (
  { records, tokens }: WritingContext,
  { query, asking, decision, tenant, note, about }: Work,
  event: WriteEvent | null,
): AuditRecord => {
  const own = query.target === null ? null : (event?.uid ?? null);
  const subjects = [...new Set([...(own === null ? [] : [own]), ...about])];
  return records.of({ kind: 'validate', collection: query.collection }, asking, decision, {
    ...nothingGiven(note),
    count: 1,
    subjects: subjects.map((uid) => tokens.pseudonym(tenant.id, `${uid}`)),
  });
};

const answered = (
  { signals, waiting }: WritingContext,
  tenant: TenantStore,
  id: string,
  { events, parts, replayed }: Extract<Together, { kind: 'accepted' }>,
): HubResult => {
  const open = events.filter(({ state }) => state === 'waiting');
  if (!replayed)
    for (const { collection } of open) {
      waiting.added(tenant.id);
      signals.tell(eventsTopic(tenant.id, collection));
    }
  return {
    kind: 'accepted',
    id: events[0]?.id ?? id,
    replayed,
    retryAfter: open.length > 0 ? askAgainSeconds : 0,
    uids: events.map(({ uid }) => uid),
    parts,
  };
};

/** The id of the event of a part: that of the request for the first, and one made of it for each of the others. */
export const partId = (id: string, index: number): string => {
  if (index === 0) return id;
  const digits = hash('sha256', `${id} ${index}`, 'hex');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    // Version 8: made by a rule of one's own (RFC 9562, 5.8).
    `8${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-');
};

type Request = {
  readonly context: WritingContext;
  readonly query: WriteManyQuery;
  readonly asking: QueryContext;
  readonly tenant: TenantStore;
};

const partWork = async (
  { context, query, asking, tenant }: Request,
  part: WritePart,
  id: string,
  first: boolean,
): Promise<PartWork | { readonly answer: HubResult }> => {
  const { collection: path, operation, target } = part;
  const decision = await context.authorizer.decide(asking.principal, path, 'write');
  const rule = await policyOf(context, path, tenant.id);
  const isClosed = rule === null || rule.policy === 'closed';
  if (!decision.allowed) {
    const answer = await denied(context, part, asking, tenant, decision.rule);
    return { answer: answer.kind === 'refused' && isClosed ? { kind: 'refused', problem: closed } : answer };
  }
  const asked = { collection: path, operation, target, ifMatch: null };
  if (isClosed) {
    const verdict = { kind: 'refused', problem: closed } as const;
    return { answer: await turnedDown(context, asked, asking, tenant, decision, verdict) };
  }
  const made = operation === 'create' ? madeIdentifier(context, decision.plan, part.values) : null;
  const { idempotency, dryRun = false } = query;
  return {
    part,
    made,
    work: {
      ...(await access(context, asking, tenant, decision, false)),
      id,
      query: asked,
      rule,
      given: made === null ? part.values : { ...part.values, ...made.values },
      links: null,
      idempotency: idempotency === null || !first || dryRun ? null : idempotencyOf(context, tenant.id, idempotency),
      note: dryRun ? `dry run ${query.note}`.trimEnd() : query.note,
      trial: dryRun,
      about: [...query.about, ...(part.about ?? [])],
    },
  };
};

/** A leading identifier for a new resource that has none, where the class has one: other parts can link to it, and the source may give it another. */
const madeIdentifier = (
  { model, random }: WritingContext,
  { collection }: AuthorizedPlan,
  values: Json,
): (IdentifierValue & { readonly values: Json }) | null => {
  const leading = collection.identifierBySegment.get(leadingIdentifier);
  if (leading === undefined || (values[leading.attribute] ?? null) !== null) return null;
  const value = random.uuid();
  return { field: leadingIdentifier, value, values: { [leading.attribute]: { [model.identifierValue]: value } } };
};

/** What is told when some of the collections are a source's and others the hub's. */
const ownersDiffer = (works: readonly PartWork[]): Problem | null => {
  const owners = new Set(works.map(({ work }) => work.rule.policy));
  if (owners.size < 2) return null;
  const errors = works.map(({ work }, index): ProblemItem => ({
    at: `/${index}`,
    message: work.rule.policy === 'hub' ? 'the hub owns these resources' : 'a source system owns these resources',
    code: 'HUB-415',
  }));
  const detail = 'The resources that make this up have different owners, so that they cannot be written as one.';
  return problem('HUB-415', detail, { errors });
};

const tooMany = async (
  context: WritingContext,
  tenant: TenantStore,
  works: readonly PartWork[],
): Promise<Problem | null> => (works[0]?.work.rule.policy === 'source' ? fullOf(context, tenant, works.length) : null);

/** Thrown to undo what the parts have done; never leaves this file. */
const undo = 'a request was not to be carried out, or a part of it could not be';

const carryOut = async (
  context: WritingContext,
  tenant: TenantStore,
  works: readonly PartWork[],
  query: WriteManyQuery,
  vacant: readonly Vacant[],
): Promise<Together> => {
  const stopped: { at: Exclude<Together, { kind: 'accepted' }> | null } = { at: null };
  const conditions: Conditions = {
    mayHide: query.mayHide === true,
    isMet: async (tx) => {
      if (query.unchanged !== null && !(await isUnchanged(context, tx, query.unchanged))) return changedSince;
      const free = vacant.length === 0 ? true : await areVacant(context.clock, tenant, vacant);
      return free === true ? null : free === null ? tooSlow : changedSince;
    },
  };
  const work = async (tx: TenantWrite): Promise<Together> => {
    stopped.at = null;
    const together = await inTransaction(context, tx, works, conditions);
    if (together.kind === 'undone' ? !together.written : query.dryRun !== true) return together;
    stopped.at = together.kind === 'accepted' ? { kind: 'tried', events: together.events } : together;
    throw new Error(undo);
  };
  try {
    // What others of a shared transaction have written is not there yet for whoever reads.
    return await (vacant.length === 0 ? tenant.writeTogether(work) : tenant.write(work));
  } catch (error) {
    if (stopped.at === null) throw error;
    // What was found may be of writes that share the transaction: it is told when they are durable.
    await tenant.writeTogether(() => Promise.resolve());
    return stopped.at;
  }
};

/** What a request is held to within its transaction. */
type Conditions = {
  readonly mayHide: boolean;
  /** Why it is not carried out; null when it is. */
  readonly isMet: (tx: TenantWrite) => Promise<Problem | null>;
};

const inTransaction = async (
  context: WritingContext,
  tx: TenantWrite,
  works: readonly PartWork[],
  { isMet, mayHide }: Conditions,
): Promise<Exclude<Together, { kind: 'tried' }>> => {
  const [first] = works;
  const key = first?.work.idempotency ?? null;
  const before =
    first === undefined || key === null ? null : await tx.eventByKey(first.work.asking.principal.client, key.key);
  if (first !== undefined && before !== null) {
    const verdict = await replay(first.work, tx, before);
    if (verdict.kind !== 'accepted') return { kind: 'undone', part: 0, written: false, verdict };
    // It may have had other parts than what is sent now would have.
    const all = await eventsOf(before, limits.writeParts, tx.event);
    return { kind: 'accepted', events: all, parts: await takenBefore(context, tx, all), replayed: true };
  }
  const refused = await isMet(tx);
  if (refused !== null)
    return { kind: 'undone', part: 0, written: false, verdict: { kind: 'refused', problem: refused } };
  const batch: Batch = { made: [], mayHide };
  const madeBy = new Map<number, Made>();
  const events: WriteEvent[] = [];
  // That an identifier is another's is told last, when nothing else is wrong: a request that is refused in any case could be sent for every value there
  // is, and nothing would be left of those that nobody has.
  let conflict: Extract<Together, { kind: 'undone' }> | null = null;
  for (const [index, { part, work }] of works.entries()) {
    const linked = await linksOf(context, tx, { part, work }, works, madeBy);
    const written = index > 0;
    if (!linked.ok)
      return { kind: 'undone', part: index, written, verdict: { kind: 'refused', problem: linked.problem } };
    const count = batch.made.length;
    const verdict = await applyChange(linked.work, tx, batch);
    const made = batch.made[count];
    if (made !== undefined) madeBy.set(index, made);
    if (verdict.kind === 'accepted') events.push(verdict.event);
    else if (verdict.kind === 'refused' && verdict.problem === takenBy)
      conflict ??= { kind: 'undone', part: index, written: true, verdict };
    else return { kind: 'undone', part: index, written, verdict };
  }
  const outer = batch.made[outsideOf(context.model, batch)];
  if (outer !== undefined) {
    const part = works.findIndex(({ work }) => work.id === outer.work.id);
    return { kind: 'undone', part, written: true, verdict: { kind: 'refused', problem: outside } };
  }
  if (conflict !== null) return conflict;
  await tx.settle();
  const parts = events.map((event, index) => takenPart(event, madeBy.get(index)?.prepared.identifiers ?? []));
  return { kind: 'accepted', events, parts, replayed: false };
};

/** What a source makes of it, the source knows. */
const takenPart = (
  { collection, operation, policy, uid }: WriteEvent,
  identifiers: readonly IdentifierValue[],
): TakenPart => ({
  collection,
  operation: operation === 'create' || operation === 'delete' ? operation : 'update',
  uid,
  identifiers: operation === 'create' && policy === 'hub' ? identifiers : [],
});

/** The parts of a request that was carried out before, as far as they are there now. */
const takenBefore = async (
  { bodies, model }: WritingContext,
  tx: TenantWrite,
  events: readonly WriteEvent[],
): Promise<readonly TakenPart[]> => {
  const parts: TakenPart[] = [];
  for (const event of events) {
    const collection = model.collections.get(event.collection);
    const stored = event.uid === null || event.operation !== 'create' ? null : await tx.read(event.uid);
    const prepared =
      stored === null || collection === undefined
        ? null
        : bodies.prepare(collection, JSON.parse(stored.body.toString()) as unknown);
    parts.push(takenPart(event, prepared?.identifiers ?? []));
  }
  return parts;
};

const isUnchanged = async (
  { clock }: WritingContext,
  tx: TenantWrite,
  { since, uids }: NonNullable<WriteManyQuery['unchanged']>,
): Promise<boolean> => {
  for (const uid of uids) {
    const stored = await tx.read(uid);
    if (stored === null || stored.position > since || (await tx.hasWaitingChange(uid, clock.now()))) return false;
  }
  return true;
};

/** The events of a request, by that of its first part. Those that were never there are left out. */
export const eventsOf = async (
  first: WriteEvent,
  atMost: number,
  event: (id: string) => Promise<WriteEvent | null> | WriteEvent | null,
): Promise<readonly WriteEvent[]> => {
  const events = [first];
  while (events.length < atMost) {
    const next = await event(partId(first.id, events.length));
    if (next === null) break;
    events.push(next);
  }
  return events;
};

type Linked = { readonly ok: true; readonly work: Work } | { readonly ok: false; readonly problem: Problem };

/** The part with the addresses of what it links to. Fails with HUB-415 where that is not there, or not for the caller. */
const linksOf = async (
  context: WritingContext,
  tx: TenantWrite,
  { part, work }: Pick<PartWork, 'part' | 'work'>,
  works: readonly PartWork[],
  madeBy: ReadonlyMap<number, Made>,
): Promise<Linked> => {
  const base = context.baseUrl();
  const links = new Map<string, readonly string[]>();
  for (const [relation, targets] of Object.entries(part.links)) {
    const target = work.collection.links.get(relation)?.target ?? null;
    const hrefs: string[] = [];
    for (const one of targets) {
      const identifier = target === null ? null : await identifierOf(tx, work, target, one, works, madeBy);
      if (target === null || identifier === null) {
        const message = 'there is nothing of the kind that this application may link to';
        return { ok: false, problem: notWritable([{ at: `/_links/${relation}`, message, code: 'HUB-615' }]) };
      }
      hrefs.push(hrefOf(base, target, identifier.field, identifier.value));
    }
    links.set(relation, hrefs);
  }
  if (part.operation === 'patch') return { ok: true, work: { ...work, links } };
  const own = Object.fromEntries([...links].map(([name, hrefs]) => [name, hrefs.map((href) => ({ href }))]));
  return { ok: true, work: { ...work, given: { ...work.given, _links: own } } };
};

/** By what to link to something; null when there is no such thing in the collection, or the caller may not know of it. */
const identifierOf = async (
  tx: TenantWrite,
  { decision: { plan } }: Work,
  path: string,
  link: PartLink,
  works: readonly PartWork[],
  madeBy: ReadonlyMap<number, Made>,
): Promise<IdentifierValue | null> => {
  if ('part' in link) {
    const made = madeBy.get(link.part);
    const generated = works[link.part]?.made ?? null;
    // What the hub has made up may become another when a source takes the resource in; what the client said stays.
    const lasting = made?.prepared.identifiers.find(({ value }) => value !== generated?.value);
    const own = generated === null ? made?.prepared.primary : (lasting ?? made?.prepared.primary);
    return made?.work.collection.path === path ? (own ?? null) : null;
  }
  if ('field' in link) return link;
  const delivered = await tx.delivered(link.uid);
  const [own = null] = delivered === null ? [] : await tx.match(path, [delivered.primary]);
  const stored = delivered === null || own !== link.uid ? null : await tx.read(link.uid);
  if (delivered === null || stored === null) return null;
  const { uid, protection } = stored;
  const uneven = plan.visibleTargets.get(path);
  const seen =
    uneven === undefined
      ? protection <= (plan.targetClearance.get(path) ?? 0)
      : uneven.some(({ rows, clearance }) => clearance >= protection && (rows === 'all' || rows.has(uid)));
  return seen ? delivered.primary : null;
};
