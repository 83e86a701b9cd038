// What clients have asked for and adapters answer: handing events out, and taking what adapters say to them (facts 5.1-5.3). Called by the adapter
// API through app/compose.ts. Whoever may deliver a collection may ask for its events and answer them. An event is handed out until it is answered
// or its deadline has passed; asking twice gives it twice.
import type { Clock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { packUids } from '#base/packed-uids.ts';
import { eventsTopic } from '#hub/signals.ts';
import type { Signals } from '#hub/signals.ts';
import { subjectText } from '#hub/writing-events.ts';
import type { CollectionPath } from '#model/model.ts';
import type { AuditSeen, EventOperation, TenantStore, WriteEvent } from '#store/store.ts';
import type { Asking } from './audit.ts';
import { createContext } from './context.ts';
import type { IngestContext, IngestDeps } from './context.ts';
import { createPreparers } from './deliver.ts';
import { createAnswer } from './events-answer.ts';
import type { AnswerToEvent } from './events-answer.ts';

export type EventPoll = Asking & {
  /** All collections at the address. */
  readonly collections: readonly CollectionPath[];
  /** The kind of adapter that asks: those of the first kind of events know no live reads. */
  readonly generation: 1 | 2;
  /** 0 = as many as may be. */
  readonly size: number;
  /** How long to wait for the first event, milliseconds. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
};

export type AdapterEvents = {
  /** Events that wait for this adapter, oldest first. Fails with HUB-400 when it may deliver none of the collections. */
  readonly poll: (poll: EventPoll) => Promise<Result<readonly WriteEvent[]>>;
  /**
   * Takes an answer; durable when it resolves with success, and nothing has changed when it does not. Fails with HUB-621 (no such event waits for
   * this adapter), HUB-409 (another organisation) or HUB-620 (the answer does not fit).
   */
  readonly answer: (answer: AnswerToEvent) => Promise<Result<null>>;
};

export type AdapterEventDeps = IngestDeps & { readonly signals: Signals };

/** Builds the events of all organisations. */
export const createAdapterEvents = (deps: AdapterEventDeps): AdapterEvents => {
  const context = createContext(deps);
  const preparerOf = createPreparers(context);
  return {
    poll: createPoll(context, deps.signals, (event) => {
      const collection = deps.model.collections.get(event.collection);
      if (collection === undefined || event.value === null) return null;
      const result = preparerOf(collection)(JSON.parse(event.value), null);
      return 'prepared' in result ? result.prepared.primary : null;
    }),
    answer: createAnswer(context, preparerOf),
  };
};

type Open = {
  readonly tenant: TenantStore;
  /** Collections by the operations that the adapter answers for them. */
  readonly groups: readonly {
    readonly collections: readonly CollectionPath[];
    readonly operations: readonly EventOperation[];
  }[];
  readonly rule: string;
};

const operation = 'poll-events';

const createPoll = (
  context: IngestContext,
  signals: Signals,
  primaryOf: (event: WriteEvent) => WriteEvent['target'],
): AdapterEvents['poll'] => {
  const { clock } = context;

  const poll: AdapterEvents['poll'] = async (asked) => {
    const until = clock.monotonic() + asked.waitMs;
    const { tenant } = asked.principal;
    // Nobody tells this one: it counts those who wait.
    const polls = `polls ${tenant}`;
    const mayWait = asked.waitMs > 0 && signals.listeners(polls) < limits.waitingPolls;
    const topics = asked.collections.map((path) => eventsTopic(tenant, path));
    const listener = mayWait ? signals.listen([polls, ...topics]) : null;
    try {
      for (;;) {
        // Asked anew each time: a grant may have ended while the adapter waited.
        const open = await openTo(context, asked);
        if (open === null) return await refused(context, asked);
        const found = await waitingFor(open, asked, clock);
        const more = found.length === 0 && listener !== null;
        if (more && (await listener.next(until - clock.monotonic(), asked.signal))) continue;
        await record(context, asked, open, found, primaryOf);
        return ok(found);
      }
    } finally {
      listener?.close();
    }
  };
  return poll;
};

const writes: readonly EventOperation[] = ['create', 'update', 'delete', 'validate'];

/** What of the address the adapter may have now; null when nothing. */
const openTo = async (context: IngestContext, asked: EventPoll): Promise<Open | null> => {
  const { principal, collections, generation } = asked;
  const tenant = await context.tenant(principal.tenant);
  const contract = (await tenant.runs.contracts()).find(({ client }) => client === principal.client);
  const rules = new Set<string>();
  const groups = new Map<string, { collections: CollectionPath[]; operations: readonly EventOperation[] }>();
  let granted = false;
  for (const path of collections) {
    const decision = await context.decide(principal, path, 'deliver');
    if (!decision.allowed) continue;
    granted = true;
    for (const id of decision.rule.split(' ')) rules.add(id);
    const stated = contract?.eventCapabilities;
    const promised =
      stated === undefined ? writes : (stated.find(({ collection }) => collection === path)?.operations ?? []);
    const operations = promised.filter((one) => generation === 2 || one !== 'read');
    if (operations.length === 0) continue;
    const key = operations.toSorted().join(' ');
    const group = groups.get(key) ?? { collections: [], operations };
    groups.set(key, group);
    group.collections.push(path);
  }
  return granted ? { tenant, groups: [...groups.values()], rule: [...rules].join(' ') } : null;
};

const waitingFor = async (
  { tenant, groups }: Open,
  { size }: EventPoll,
  clock: Clock,
): Promise<readonly WriteEvent[]> => {
  const limit = size === 0 ? limits.eventsPerPoll : Math.min(size, limits.eventsPerPoll);
  const found: WriteEvent[] = [];
  const bytes = limits.eventPollBytes;
  for (const group of groups)
    found.push(...(await tenant.events.waiting({ ...group, now: clock.now(), limit, bytes })));
  return groups.length === 1 ? found : found.sort((a, b) => a.order - b.order).slice(0, limit);
};

const refused = async (context: IngestContext, asked: EventPoll): Promise<Result<never>> => {
  const tenant = await context.tenant(asked.principal.tenant);
  const [only, ...others] = asked.collections;
  await tenant.appendAudit(
    context.audit(asked, {
      operation,
      collection: only === undefined || others.length > 0 ? '' : only,
      decision: 'deny',
      rule: 'no-grant',
    }),
  );
  return failed(
    problem('HUB-400', 'No grant lets this application deliver the class, or any class below the address.'),
  );
};

/** One record for each class of which something was handed out: resources by uid where they are stored, by pseudonym where they are to come. */
const record = async (
  context: IngestContext,
  asked: EventPoll,
  { tenant, rule }: Open,
  events: readonly WriteEvent[],
  primaryOf: (event: WriteEvent) => WriteEvent['target'],
): Promise<void> => {
  const [only, ...others] = asked.collections;
  const byCollection = Map.groupBy(events, ({ collection }) => collection);
  if (byCollection.size === 0) byCollection.set(only === undefined || others.length > 0 ? '' : only, []);
  const pseudonym = await context.pseudonym(tenant.id);
  await Promise.all(
    [...byCollection].map(([collection, some]) => {
      const named = some.flatMap((event) => {
        const target = event.uid === null ? (event.target ?? primaryOf(event)) : null;
        return target === null ? [] : [pseudonym(subjectText(collection, target))];
      });
      const decided = { operation, collection, decision: 'allow', rule, count: some.length } as const;
      return tenant.appendAudit({ ...context.audit(asked, decided), subjects: named, seen: seenOf(some) });
    }),
  );
};

const seenOf = (events: readonly WriteEvent[]): AuditSeen | null => {
  const uids = Float64Array.from(new Set(events.flatMap(({ uid }) => (uid === null ? [] : [uid])))).sort();
  return uids.length === 0 ? null : { kind: 'uids', uids: packUids(uids).toString('base64url') };
};
