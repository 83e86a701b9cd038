// An adapter's answer to one event: judged against the event, and applied with it in one transaction as a delta of one would be. Built by
// events.ts. An answer that does not fit changes nothing, and the event goes on waiting for one that does.
import { HubError, problem } from '#base/errors.ts';
import type { ErrorCode, Problem, ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { isCleanText, normalise } from '#base/text.ts';
import type { Preparer } from '#hub/prepare.ts';
import type { Finding } from '#hub/prepare-findings.ts';
import { normaliseOrganisationId } from '#hub/principal.ts';
import { applyEntries } from '#hub/write.ts';
import type { EntryToWrite } from '#hub/write.ts';
import { beyondBounds, createWriteBodies } from '#hub/writing-body.ts';
import type { WriteBodies } from '#hub/writing-body.ts';
import { isWaiting, subjectText } from '#hub/writing-events.ts';
import type { Collection } from '#model/model.ts';
import type {
  AdapterContract,
  EventOperation,
  EventProblem,
  EventState,
  IdentifierValue,
  PreparedResource,
  SyncRun,
  TenantStore,
  TenantWrite,
  WriteEvent,
} from '#store/store.ts';
import type { Asking } from './audit.ts';
import type { IngestContext, Permit } from './context.ts';
import { createDanglingCheck } from './dangling.ts';
import { strictCodes, strictnessOf } from './deliver.ts';
import { withoutErased } from './erased.ts';
import type { Notes } from './page.ts';
import { openedRun } from './run-state.ts';

export type AnswerToEvent = Asking & {
  readonly corrId: string;
  /** As sent; null when left out. */
  readonly orgId: string | null;
  /** The first kind of answers says who answers, and to what; null in the second. */
  readonly adapterId: string | null;
  readonly operation: EventOperation | null;
  readonly state: Exclude<EventState, 'waiting' | 'expired'>;
  readonly message: string;
  readonly problems: readonly EventProblem[];
  readonly resources: readonly { readonly identifier: string | null; readonly resource: unknown }[];
  /** Longer than may be. */
  readonly tooLarge: boolean;
};

type Destination = Permit & {
  readonly asking: AnswerToEvent;
  readonly tenant: TenantStore;
  readonly collection: Collection;
  readonly event: WriteEvent;
  readonly adapterId: string;
  readonly entries: readonly PreparedResource[];
};

/** `runId` = the corrId of the run under which it is applied. */
type Applying = Destination & { readonly runId: string };

const operation = 'answer-event';

const notWaiting = problem('HUB-621', 'No such event waits for an answer of this adapter.');
const tooLarge = problem('HUB-102', `An answer is at most ${limits.eventAnswerBytes} bytes long.`);

/** What stands for an answer that is too large. */
const nothingOf = {
  state: 'rejected',
  message: 'The answer of the source was too large.',
  problems: [],
  resources: [],
} as const;

const misfit = (detail: string, errors?: readonly ProblemItem[]): Problem =>
  problem('HUB-620', detail, errors === undefined ? {} : { errors });

/** Codes by which an answer is rolled back. */
const refusals: ReadonlySet<ErrorCode> = new Set(['HUB-620', 'HUB-621']);

/** Builds the taking of answers. */
export const createAnswer = (
  context: IngestContext,
  preparerOf: (collection: Collection) => Preparer,
): ((answer: AnswerToEvent) => Promise<Result<null>>) => {
  const bodies = createWriteBodies(context.model, context.baseUrl);

  const refuse = async (
    asking: AnswerToEvent,
    tenant: TenantStore,
    collection: string,
    why: Problem,
  ): Promise<Result<never>> => {
    await tenant.appendAudit(context.audit(asking, { operation, collection, decision: 'deny', rule: why.code }));
    return failed(why);
  };

  return async (sent) => {
    const asking = sent.tooLarge ? { ...sent, ...nothingOf } : sent;
    const tenant = await context.tenant(asking.principal.tenant);
    const event = await tenant.events.event(asking.corrId);
    const collection = event === null ? undefined : context.model.collections.get(event.collection);
    // What is not there, not this adapter's, or over, is one: also in the audit.
    if (event === null || collection === undefined) return refuse(asking, tenant, 'unknown', notWaiting);
    const decision = await context.decide(asking.principal, collection.path, 'deliver');
    if (!decision.allowed || event.policy === 'hub' || !isWaiting(event, context.clock.now()))
      return refuse(asking, tenant, decision.allowed ? collection.path : 'unknown', notWaiting);
    // Whoever asked for data hears that they are too many; a write is not undone by what its source says of it.
    if (asking.tooLarge && event.operation !== 'read') return refuse(asking, tenant, collection.path, tooLarge);
    const contract = (await tenant.runs.contracts()).find(({ client }) => client === asking.principal.client);
    const misfitting = judge(asking, contract, event);
    if (misfitting !== null) return refuse(asking, tenant, collection.path, misfitting);
    const entries = await prepareAll(context, preparerOf, asking, tenant, collection);
    if (!entries.ok) return refuse(asking, tenant, collection.path, entries.problem);
    if (!entries.value.every((entry) => isAskedFor(event, entry)))
      return refuse(asking, tenant, collection.path, another);
    const destination: Destination = {
      asking,
      tenant,
      collection,
      event,
      plan: decision.plan,
      rule: decision.rule,
      adapterId: contract?.adapterId ?? asking.principal.client,
      entries: entries.value,
    };
    try {
      const run = await tenant.writeTogether((tx) => apply(context, bodies, destination, tx));
      if (run !== null) context.announce(tenant.id, run);
      return asking.tooLarge ? failed(tooLarge) : ok(null);
    } catch (error) {
      // Thrown to roll the answer back; a broken store goes on to the pipeline.
      if (!(error instanceof HubError) || !refusals.has(error.problem.code)) throw error;
      return refuse(asking, tenant, collection.path, error.problem);
    }
  };
};

/** What does not fit between the answer and the event, apart from the resources themselves. */
const judge = (asking: AnswerToEvent, contract: AdapterContract | undefined, event: WriteEvent): Problem | null => {
  const { orgId, principal, adapterId, operation: answered, resources, state } = asking;
  if (orgId !== null && normaliseOrganisationId(orgId) !== principal.tenant)
    return problem('HUB-409', 'The event is of another organisation than the answer says.');
  if (answered !== null && answered !== event.operation) return misfit('The operation is not that of the event.');
  if (adapterId !== null && contract?.adapterId !== adapterId)
    return misfit('The adapterId is not the one that this application is registered with.');
  const [least, most] = resourcesOf(event, state);
  if (resources.length >= least && resources.length <= most) return null;
  return misfit(
    least === most
      ? `The answer must hold ${least} resource(s).`
      : `The answer may hold ${least} to ${most} resources.`,
  );
};

const another = misfit('The resource of the answer is another than the one that was asked about.');

/** Nobody is shown as the one whom a question by identifier was about. */
const isAskedFor = ({ operation: asked, target }: WriteEvent, { identifiers }: PreparedResource): boolean =>
  asked !== 'read' || target === null || sharesOne(identifiers, [target]);

const sharesOne = (some: readonly IdentifierValue[], others: readonly IdentifierValue[]): boolean =>
  some.some(({ field, value }) => others.some((one) => one.field === field && one.value === value));

/** How many resources an answer holds (facts 5.2). */
const resourcesOf = (
  { operation: asked, target }: WriteEvent,
  state: AnswerToEvent['state'],
): readonly [number, number] => {
  if (state === 'rejected' || state === 'failed') return [0, 0];
  if (asked === 'read') {
    // A source that has it cannot be in conflict over a question.
    if (state === 'conflict') return [1, 0];
    return [0, target === null ? limits.liveReadResources : 1];
  }
  if (state === 'conflict' || asked === 'create' || asked === 'update') return [1, 1];
  return [0, 0];
};

/** Checks every resource as a delivery would. */
const prepareAll = async (
  context: IngestContext,
  preparerOf: (collection: Collection) => Preparer,
  { resources, principal }: AnswerToEvent,
  tenant: TenantStore,
  collection: Collection,
): Promise<Result<readonly PreparedResource[]>> => {
  const mode = strictnessOf(await context.settings(principal.tenant), collection.path);
  const prepare = preparerOf(collection);
  const entries: EntryToWrite[] = [];
  const errors: ProblemItem[] = [];
  const say = (index: number, { at, code, message }: Finding): void =>
    void errors.push({ at: `/resources/${index}${at}`, message, code });
  for (const [index, { identifier, resource }] of resources.entries()) {
    const beyond = typeof resource === 'object' && resource !== null ? beyondBounds(resource) : null;
    if (beyond !== null) {
      say(index, { at: '', message: beyond, code: 'HUB-618' });
      continue;
    }
    const result = prepare(resource, identifier);
    if ('rejected' in result) say(index, result.rejected);
    else {
      if (mode !== 'lenient')
        for (const finding of result.findings) if (strictCodes.has(finding.code)) say(index, finding);
      entries.push({ index, prepared: result.prepared });
    }
  }
  if (mode !== 'lenient' && errors.length === 0)
    for (const { entry, at } of await createDanglingCheck(tenant.reads, collection)(entries, nobodyWaits))
      errors.push({
        at: `/resources/${entry.index}${at}`,
        message: 'the target has not been delivered',
        code: 'HUB-615',
      });
  const notes: Notes = { rejected: 0, warnings: 0, kept: [] };
  const work = { erasures: tenant.erasures, collection, base: context.baseUrl(), pause: nobodyWaits, notes };
  const left = await withoutErased(work, entries);
  for (const { index, code, message, severity } of notes.kept)
    if (severity === 'rejected') errors.push({ at: `/resources/${index}`, message, code });
  return errors.length > 0
    ? failed(misfit('A resource of the answer breaks the model.', errors.slice(0, limits.rejectionsPerAnswer)))
    : ok(left.map(({ prepared }) => prepared));
};

const nobodyWaits = async (): Promise<void> => {};

/** The answer and what it changes. Gives the run under which it was applied; null when nothing was to be. Throws HubError to roll back. */
const apply = async (
  context: IngestContext,
  bodies: WriteBodies,
  destination: Destination,
  tx: TenantWrite,
): Promise<SyncRun | null> => {
  const { asking, collection, entries, rule, tenant } = destination;
  const now = context.clock.now();
  // Asked again: it may have been answered, or its time may have passed.
  const event = await tx.event(asking.corrId);
  if (event === null || !isWaiting(event, now)) throw new HubError(notWaiting);
  // Adapters may have used the event's for a sync of their own, which goes on.
  const runId = (await tenant.runs.run(event.id)) === null ? event.id : context.random.uuid();
  const effect = await applyEffect(bodies, { ...destination, runId }, event, tx, now);
  const showing = asking.state === 'conflict' || event.operation === 'read';
  const uid = effect.uid ?? event.uid;
  await tx.putEvent({
    ...event,
    state: asking.state,
    uid,
    answeredAt: now,
    answeredBy: asking.principal.client,
    message: textOf(asking.message),
    problems: asking.problems.slice(0, 100).map(({ field, message, code }) => ({
      field: textOf(field),
      message: textOf(message),
      code: textOf(code),
    })),
    answer: showing ? `[${entries.map((one) => bodies.text(collection, one)).join(',')}]` : null,
  });
  const pseudonym = await context.pseudonym(tenant.id);
  const named = event.target ?? entries[0]?.primary ?? null;
  const subject = uid === null ? (named === null ? null : subjectText(collection.path, named)) : `${uid}`;
  await tx.audit({
    ...context.audit(asking, {
      operation,
      collection: collection.path,
      decision: 'allow',
      rule,
      count: entries.length,
      details: `event ${event.id} ${event.operation} ${asking.state}`,
    }),
    subjects: subject === null ? [] : [pseudonym(subject)],
  });
  await tx.settle();
  return effect.run;
};

/** An explanation as it may be kept and shown: well-formed, and no longer than it needs to be. */
const textOf = (text: string): string =>
  normalise(isCleanText(text) ? text : text.toWellFormed().replaceAll('\u0000', '')).slice(
    0,
    limits.eventMessageLength,
  );

type Effect = { readonly run: SyncRun | null; readonly uid: number | null };

/** What the source has: an accepted write, or in a conflict about something stored what it holds instead. */
const applyEffect = async (
  bodies: WriteBodies,
  destination: Applying,
  event: WriteEvent,
  tx: TenantWrite,
  now: number,
): Promise<Effect> => {
  const { asking, entries } = destination;
  const [entry] = entries;
  if (asking.state === 'accepted') {
    if (event.operation === 'delete') return removeOne(destination, event, tx, now);
    if ((event.operation === 'create' || event.operation === 'update') && entry !== undefined)
      return putOne(bodies, destination, event, entry, tx, now);
  }
  const stored = event.operation === 'update' || event.operation === 'delete';
  return asking.state === 'conflict' && stored && entry !== undefined
    ? putOne(bodies, destination, event, entry, tx, now)
    : { run: null, uid: null };
};

const putOne = async (
  bodies: WriteBodies,
  destination: Applying,
  event: WriteEvent,
  prepared: PreparedResource,
  tx: TenantWrite,
  now: number,
): Promise<Effect> => {
  const { collection, asking } = destination;
  const before = event.uid === null ? null : await tx.read(event.uid);
  const wanted = event.value === null ? null : bodies.prepare(collection, JSON.parse(event.value));
  const marked = before === null ? null : bodies.prepare(collection, JSON.parse(before.body.toString()));
  if (asking.state === 'accepted' && lowersByRepeating(prepared, wanted, marked)) throw new HubError(lessProtected);
  const opened = await tx.putRun(runOf(destination, 'DELTA', now));
  const options = { source: asking.principal.client, later: null, pause: nobodyWaits };
  const report = await applyEntries(tx, collection.path, [{ index: 0, prepared }], options);
  const errors = report.findings.map(({ code, message }) => ({ at: '/resources/0', message, code }));
  const [uid] = report.seen;
  if (errors.length > 0 || uid === undefined)
    throw new HubError(misfit('The resource of the answer cannot be stored.', errors));
  // The source may have given it identifiers of its own; one that was there already must be the one that was meant.
  const meant =
    before === null
      ? report.created > 0 || wanted === null || sharesOne(prepared.identifiers, wanted.identifiers)
      : uid === before.uid;
  if (!meant) throw new HubError(another);
  const { created, updated, unchanged } = report;
  return { run: await closeRun(tx, opened, { created, updated, unchanged }, uid), uid };
};

const lessProtected = misfit(
  'The resource has been marked as better protected meanwhile: answer with the marking of now.',
);

/** True when an answer says what the client said of the protection, and the source has raised it since: that is not the source's newer word. */
const lowersByRepeating = (
  { marking }: PreparedResource,
  wanted: PreparedResource | null,
  stored: PreparedResource | null,
): boolean => marking !== null && marking === wanted?.marking && marking < (stored?.marking ?? 0);

const removeOne = async (destination: Applying, event: WriteEvent, tx: TenantWrite, now: number): Promise<Effect> => {
  const { collection } = destination;
  const opened = await tx.putRun(runOf(destination, 'DELETE', now));
  const stored = event.uid === null ? null : await tx.read(event.uid);
  // It may have gone by a sync already.
  if (stored !== null) await tx.remove(collection.path, stored.uid, opened.order);
  return { run: await closeRun(tx, opened, { removed: stored === null ? 0 : 1 }, event.uid), uid: event.uid };
};

/** The run of one by which an answer counts among deliveries: a full sync that was opened before it neither undoes it nor takes it away. */
const runOf = (
  { asking, adapterId, collection, runId }: Applying,
  type: 'DELTA' | 'DELETE',
  now: number,
): Omit<SyncRun, 'order'> => ({
  ...openedRun(
    {
      client: asking.principal.client,
      collection: collection.path,
      type,
      corrId: runId,
      adapterId,
      totalSize: 1,
      totalPages: 1,
      page: 1,
      hash: '',
      count: 1,
    },
    now,
    'The answer to an event.',
  ),
  receivedEntries: 1,
  pages: 1,
});

const closeRun = async (
  tx: TenantWrite,
  { order: _order, ...run }: SyncRun,
  counts: Partial<Pick<SyncRun, 'created' | 'updated' | 'unchanged' | 'removed'>>,
  uid: number | null,
): Promise<SyncRun> => {
  const seen = Float64Array.from(uid === null ? [] : [uid]);
  await tx.putPage(run.corrId, { page: 1, hash: '', entries: 1, seen });
  return tx.putRun({ ...run, ...counts, state: 'completed', closedAt: run.touchedAt });
};
