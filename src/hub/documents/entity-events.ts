// Tells those who follow entities what has become of them: which have come into their sight, which show something else, which are gone or have
// been merged. Held against what the follower could see when its cursor was given, so that it ends with what a fresh reading gives, whatever
// happened on the way. Called by APIs through the EntityEvents type; knows no HTTP and no name of the model.
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import type { Problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { createMemory } from '#base/memory.ts';
import type { CollectionPath, Model } from '#model/model.ts';
import type { AuthorizedPlan, RowSet } from '#store/plan.ts';
import type { AuditSeen, IdentifierValue, Store, TenantReads, TenantStore } from '#store/store.ts';
import type { Authorizer, Decision } from '../authorize.ts';
import { historyOf } from '../history.ts';
import type { Principal } from '../principal.ts';
import type { QueryContext } from '../query.ts';
import { createRecords, nothingGiven, seenUids } from '../records.ts';
import { rowSet } from '../row-scope.ts';
import type { Tokens } from '../tokens.ts';
import type { Accesses, DocumentAccess, Place } from './access.ts';
import type { HeldDocument } from './document-cache.ts';
import type {
  EntityEvent as EventOf,
  EntityEvents,
  EventQuery as QueryOf,
  EventResult as ResultOf,
  Sealing,
} from './document.ts';
import { compareMarks, epochNow, isOld, readCursor, stands, writeCursor } from './entity-events-cursor.ts';
import type { EventCursor, EventMark } from './entity-events-cursor.ts';
import { rootsOf } from './entity-events-roots.ts';
import type { FeedRow, NoticedRoot, Stretch, WatchedPlace, WatchedRoots } from './entity-events-roots.ts';
import {
  followPlace,
  isCounted,
  readPlace,
  seenOtherwise,
  sees,
  sightFrom,
  sightOf,
  withChoices,
} from './entity-events-sight.ts';
import type { NamedSight, PlannedPlace, Sight } from './entity-events-sight.ts';
import { collectionsOf, narrowed } from './narrow.ts';
import type { DocumentReader, Known } from './reader.ts';

export type EntityEventsDeps = {
  readonly model: Model;
  readonly store: Store;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly authorizer: Pick<Authorizer, 'decide'>;
  readonly accesses: Accesses;
  readonly reader: DocumentReader;
  readonly sealing: Sealing;
  readonly tokens: Pick<Tokens, 'etag'>;
};

// What projections make of documents is theirs to know: here it is handed on as it is.
type EventQuery = QueryOf<unknown>;
type EventResult = ResultOf<unknown>;
type EntityEvent = EventOf<unknown>;

/** Roots of one projection of one stream, with what decides about them. */
type Watched = WatchedRoots & {
  readonly path: CollectionPath;
  readonly follow: AuthorizedPlan;
  readonly access: DocumentAccess;
  readonly narrow: Parameters<typeof narrowed>[4] | null;
};

/** One request. */
type Poll = {
  readonly query: EventQuery;
  readonly context: QueryContext;
  readonly tenant: TenantStore;
  readonly reads: TenantReads;
  readonly history: string;
  /** Of the feed, read before anything else: what is read later may be newer, never older. */
  readonly position: number;
  readonly purpose: string;
  /** The decision about the first root: it stays the same for as long as no decision of the caller changes. */
  readonly decision: Decision;
};

/** What the follower sees now. */
type Watch = {
  readonly roots: readonly Watched[];
  readonly plans: readonly AuthorizedPlan[];
  readonly sight: NamedSight;
  readonly rule: string;
  readonly collection: CollectionPath;
};

/** Where a stretch begins. */
type Start = {
  readonly after: number;
  readonly was: Sight;
  readonly part: { readonly to: number; readonly is: Sight; readonly mark: EventMark } | null;
};

/** Nothing has been told to the holder of a cursor up to a position, where it would see what `was` names. */
type Quiet = {
  readonly decision: Decision;
  readonly position: number;
  readonly at: number;
  readonly was: string;
  readonly rule: string;
  readonly collection: CollectionPath;
};

/** A root that may have to be told of. */
type Candidate = {
  readonly watched: Watched;
  readonly root: NoticedRoot;
  readonly mark: EventMark;
  readonly at: number;
  /** The follower held it at the beginning. */
  readonly held: boolean;
};

type Told = Candidate & {
  readonly change: EntityEvent['change'];
  readonly document: HeldDocument | null;
};

const rememberedPolls = 10_000;
const rememberedSights = 256;
const rememberedIds = 10_000;
const aDay = 86_400_000;
// Roots that are looked at together.
const rootsAtOnce = 250;

/** Makes the telling, with its memory of who has heard what: all of it can be worked out again. */
export const createEntityEvents = (deps: EntityEventsDeps): EntityEvents => {
  const { model, store, clock, authorizer, accesses, reader, sealing, tokens } = deps;
  const records = createRecords(model, clock);
  const tenants = new Map<string, TenantStore>();
  const quiet = createMemory<Quiet>(rememberedPolls);
  const sights = createMemory<Sight>(rememberedSights);
  const kept = createMemory<number>(rememberedIds);

  const tenantOf = async (id: string): Promise<TenantStore> => {
    const tenant = await store.tenant(id);
    tenants.set(id, tenant);
    return tenant;
  };

  const follow = async (query: EventQuery, context: QueryContext): Promise<EventResult> => {
    const { principal } = context;
    const tenant = tenants.get(principal.tenant) ?? (await tenantOf(principal.tenant));
    const { reads } = tenant;
    const history = historyOf(reads);
    // Here and below: what is there at once is not waited for.
    const last = reads.lastPosition();
    const position = last instanceof Promise ? await last : last;
    const first = query.streams[0]?.projections[0]?.shape.root.collection.path ?? '';
    const decided = authorizer.decide(principal, first, 'follow');
    const decision = decided instanceof Promise ? await decided : decided;
    const purpose = purposeOf(query);
    const poll = { query, context, tenant, reads, history, position, purpose, decision };
    const known = query.after === null ? undefined : quiet.get(quietKey(poll, query.after));
    if (known === undefined || known.position !== position || known.decision !== decision) return look(poll, known);
    if (query.after === null || isOld(known, clock.now())) return look(poll, known);
    const outcome = nothingGiven(`after ${position}`);
    const asked = { kind: 'events', collection: known.collection };
    await tenant.appendAudit(records.of(asked, context, { allowed: true, rule: known.rule }, outcome));
    return { kind: 'events', events: [], next: query.after, more: false };
  };

  // --- What the follower may see --------------------------------------------------------------------------------------------

  /** Null when none of the streams may be followed. */
  const watchOf = async ({ query, context, reads }: Poll): Promise<Watch | null> => {
    const { principal } = context;
    const roots: Watched[] = [];
    const rules = new Set<string>();
    for (const [order, stream] of query.streams.entries()) {
      for (const [index, projection] of stream.projections.entries()) {
        const { path } = projection.shape.root.collection;
        const [following, access] = await Promise.all([
          authorizer.decide(principal, path, 'follow'),
          accesses.decide(principal, 'read', projection),
        ]);
        if (!following.allowed || 'denied' in access) continue;
        for (const rule of following.rule.split(' ')) rules.add(rule);
        roots.push({
          key: `${stream.type} ${projection.shape.name} ${path}`,
          stream,
          order,
          projection,
          places: watchedIn(access),
          path,
          follow: following.plan,
          access,
          narrow: query.within?.narrow[order]?.[index] ?? null,
        });
      }
    }
    const [first] = roots;
    if (first === undefined) return null;
    const plans = new Map<string, AuthorizedPlan>();
    for (const { path, follow: following, places } of roots) {
      plans.set(followPlace(path), following);
      for (const { part, plan } of places) plans.set(readPlace(part.collection.path), plan);
    }
    const planned = await Promise.all(
      [...plans].map(async ([place, plan]): Promise<PlannedPlace> => ({
        place,
        plan,
        guarded: await reads.guarded(plan.collection.path),
      })),
    );
    const sight = sightOf(first.path, planned, noChoices);
    return { roots, plans: [...plans.values()], sight, rule: [...rules].join(' '), collection: first.path };
  };

  const sightNamed = async ({ reads, history }: Pick<Poll, 'reads' | 'history'>, id: string) => {
    const key = `${history} ${id}`;
    const known = sights.get(key);
    if (known !== undefined) return known;
    const state = await reads.follow(id);
    const sight = state === null ? null : sightFrom(state);
    if (sight !== null) sights.set(key, sight);
    return sight;
  };

  /** Before a cursor that names it is given out; and again each day, so that what is in use stays. */
  const keep = async ({ tenant, reads, history }: Poll, sight: Sight | NamedSight): Promise<void> => {
    const key = `${history} ${sight.id}`;
    sights.set(key, sight);
    if (!('state' in sight)) return;
    const at = kept.get(key);
    const now = clock.now();
    if (at !== undefined && Math.abs(now - at) < aDay) return;
    if (at !== undefined || (await reads.follow(sight.id)) === null)
      await tenant.writeTogether(async (tx) => tx.putFollow(sight.state));
    kept.set(key, now);
  };

  // --- One poll ---------------------------------------------------------------------------------------------------------------

  const look = async (poll: Poll, known: Quiet | undefined): Promise<EventResult> => {
    const { query, context, reads, position, purpose } = poll;
    const read = reads.epochs();
    const epochs = read instanceof Promise ? await read : read;
    const watch = await watchOf(poll);
    if (watch === null) {
      await record(poll, '', { allowed: false, rule: 'no-grant' }, 'position');
      return { kind: 'missing' };
    }
    const epoch = epochNow(epochs);
    if (query.after === null) return begin(poll, watch, epoch);
    const opened = sealing.open(context, purpose, query.after);
    if (opened === null) return refused(poll, watch, notOurs);
    const cursor = readCursor(opened);
    if (!stands(cursor, epochs, position, clock.now())) return refused(poll, watch, tooOld);
    const start = (known === undefined ? null : await quietStart(poll, known)) ?? (await startOf(poll, cursor));
    if (start === null) return refused(poll, watch, tooOld);
    const { decided } = watch.sight;
    if (start.was.decided !== decided || (start.part !== null && start.part.is.decided !== decided))
      return refused(poll, watch, otherAccess);
    return tell(poll, watch, start, { cursor, epoch });
  };

  const startOf = async (poll: Poll, { after, was, part }: EventCursor): Promise<Start | null> => {
    const before = await sightNamed(poll, was);
    if (before === null) return null;
    if (part === null) return { after, was: before, part };
    const is = await sightNamed(poll, part.is);
    return is === null ? null : { after, was: before, part: { to: part.to, is, mark: part.mark } };
  };

  /** Where one stands who has heard nothing since its cursor was given; null when that is not known well enough any more. */
  const quietStart = async (poll: Poll, { position, was }: Quiet): Promise<Start | null> => {
    if (position > poll.position) return null;
    const before = await sightNamed(poll, was);
    return before === null ? null : { after: position, was: before, part: null };
  };

  /** The first cursor: nothing is told, and what comes from now on will be. */
  const begin = async (poll: Poll, watch: Watch, epoch: string): Promise<EventResult> => {
    const { query, position } = poll;
    const choices = new Map<string, RowSet>();
    if (query.within !== null) {
      for (const watched of watch.roots) {
        const chosen = await chosenOf(poll, watched, query.within.accept);
        if (chosen === null)
          return refused(poll, watch, problem('HUB-121', 'The choice of entities takes too long to be found.'));
        choices.set(watched.key, chosen);
      }
    }
    const sight = withChoices(watch.sight, choices);
    await keep(poll, sight);
    await record(poll, watch.collection, { allowed: true, rule: watch.rule }, `from ${position}`);
    const next = seal(poll, { after: position, was: sight.id, epoch, top: position, at: clock.now(), part: null });
    return { kind: 'events', events: [], next, more: false };
  };

  /** The roots that a choice holds now; null when they cannot be found in time. */
  const chosenOf = async (
    { context, tenant }: Poll,
    { projection, access, narrow }: Watched,
    accept: (facts: unknown) => boolean,
  ): Promise<RowSet | null> => {
    const begun = reader.begin(tenant, access);
    const known = begun instanceof Promise ? await begun : begun;
    const { collection } = access.root;
    const found =
      narrow === null
        ? await known.reads.uids(access.root)
        : await narrowed(
            { model, clock },
            known,
            await readable(context.principal, collectionsOf(model, collection, narrow)),
            collection,
            narrow,
          );
    if (found === null) return null;
    const chosen: number[] = [];
    for (let from = 0; from < found.length; from += rootsAtOnce) {
      const documents = await reader.find(known, access, projection, [...found.subarray(from, from + rootsAtOnce)]);
      for (const { uid, facts } of documents) if (accept(facts)) chosen.push(uid);
      await yieldToLoop();
    }
    return rowSet(Float64Array.from(chosen).sort());
  };

  const readable = async (
    principal: Principal,
    paths: Iterable<CollectionPath>,
  ): Promise<ReadonlyMap<CollectionPath, AuthorizedPlan>> => {
    const plans = new Map<CollectionPath, AuthorizedPlan>();
    for (const path of paths) {
      const decision = await authorizer.decide(principal, path, 'read');
      if (decision.allowed) plans.set(path, decision.plan);
    }
    return plans;
  };

  /** Goes through the feed, a stretch at a time, until there is something to tell or it ends. */
  const tell = async (
    poll: Poll,
    watch: Watch,
    begun: Start,
    given: { readonly cursor: EventCursor; readonly epoch: string },
  ): Promise<EventResult> => {
    const { tenant, position } = poll;
    const known = new Map<Watched, Known>();
    for (const watched of watch.roots) {
      const started = reader.begin(tenant, watched.access);
      known.set(watched, started instanceof Promise ? await started : started);
    }
    let start = begun;
    for (;;) {
      const stretch = await stretchFrom(poll, watch, start);
      const candidates = await candidatesIn(poll, watch, start, stretch);
      const found = await decide(poll, watch, start, candidates, known);
      const is = start.part === null && found.choices.size > 0 ? withChoices(watch.sight, found.choices) : stretch.is;
      const ends = start.part?.to ?? stretch.end.position;
      if (found.told.length > 0) return answer(poll, watch, given, { start, is, ends, told: found.told, known });
      start = { after: ends, was: is, part: null };
      if (ends < position) continue;
      return nothingNew(poll, watch, given, { start, is });
    }
  };

  const nothingNew = async (
    poll: Poll,
    watch: Watch,
    { cursor, epoch }: { readonly cursor: EventCursor; readonly epoch: string },
    { start, is }: { readonly start: Start; readonly is: Sight | NamedSight },
  ): Promise<EventResult> => {
    const { query, position, decision } = poll;
    const now = clock.now();
    const fresh = isOld(cursor, now);
    let next = query.after ?? '';
    let { at } = cursor;
    if (fresh) {
      await keep(poll, is);
      next = seal(poll, { after: start.after, was: is.id, epoch, top: position, at: now, part: null });
      at = now;
    }
    sights.set(`${poll.history} ${is.id}`, is);
    const { rule, collection } = watch;
    quiet.set(quietKey(poll, next), { decision, position: start.after, at, was: is.id, rule, collection });
    await record(poll, collection, { allowed: true, rule }, `after ${cursor.after} to ${start.after}`);
    return { kind: 'events', events: [], next, more: false };
  };

  const stretchFrom = async (
    { reads, position }: Poll,
    { plans, sight }: Watch,
    { after, was, part }: Start,
  ): Promise<Stretch> => {
    const limit = part?.to ?? position;
    const size = limits.eventWindowRows;
    const read: readonly FeedRow[] = after >= limit ? [] : await reads.changesOf(plans, after, size);
    const rows = read.filter((row) => row.position <= limit);
    const last = read.at(-1);
    const end = part === null && read.length === size && last !== undefined ? Math.min(last.position, limit) : limit;
    const is = part?.is ?? sight;
    return { rows, was, is, end: { position: end, at: rows.at(-1)?.at ?? clock.now() } };
  };

  /** What is told of some candidates: all that there is to tell, or enough for the answer; and the choices at the end of the stretch. */
  const decide = async (
    { query }: Poll,
    { sight }: Watch,
    { was, part }: Start,
    candidates: readonly Candidate[],
    known: ReadonlyMap<Watched, Known>,
  ): Promise<{ readonly told: readonly Told[]; readonly choices: ReadonlyMap<string, RowSet> }> => {
    const told: Told[] = [];
    const moved = new Map<string, Map<number, boolean>>();
    // What a choice holds at the end of the stretch has to be known of every root in it.
    const all = query.within !== null && part === null;
    for (let from = 0; from < candidates.length; from += rootsAtOnce) {
      if (!all && told.length > query.size) break;
      const some = candidates.slice(from, from + rootsAtOnce);
      const documents = await documentsOf(some, sight, known);
      for (const one of some) {
        const { watched, root, held } = one;
        const document = documents.get(watched)?.get(root.uid) ?? null;
        const now = document !== null && (query.within === null || query.within.accept(document.facts));
        if (held !== now) {
          const changes = moved.get(watched.key) ?? new Map<number, boolean>();
          moved.set(watched.key, changes.set(root.uid, now));
        }
        if (!held && !now) continue;
        const change = !now ? 'deleted' : !held || root.created !== null ? 'created' : 'updated';
        if (change === 'updated' && !root.changed) continue;
        told.push({ ...one, change, document: now ? document : null });
      }
    }
    if (query.within === null) return { told, choices: noChoices };
    const choices = new Map([...was.choices].map(([key, rows]) => [key, withMoved(rows, moved.get(key))] as const));
    return { told, choices };
  };

  /** Documents of roots as the follower sees them now, by what is watched and uid. */
  const documentsOf = async (
    some: readonly { readonly watched: Watched; readonly root: { readonly uid: number } }[],
    sight: Sight,
    known: ReadonlyMap<Watched, Known>,
  ): Promise<ReadonlyMap<Watched, ReadonlyMap<number, HeldDocument>>> => {
    const found = new Map<Watched, Map<number, HeldDocument>>();
    for (const [watched, begun] of known) {
      const { path, access, projection } = watched;
      const uids = some
        .filter((one) => one.watched === watched)
        .map(({ root }) => root.uid)
        .filter((uid) => sees(sight, followPlace(path), uid) && sees(sight, readPlace(path), uid));
      if (uids.length === 0) continue;
      const documents = reader.find(begun, access, projection, uids);
      found.set(
        watched,
        new Map((documents instanceof Promise ? await documents : documents).map((one) => [one.uid, one])),
      );
    }
    return found;
  };

  const answer = async (
    poll: Poll,
    watch: Watch,
    { cursor, epoch }: { readonly cursor: EventCursor; readonly epoch: string },
    stretch: {
      readonly start: Start;
      readonly is: Sight | NamedSight;
      readonly ends: number;
      readonly told: readonly Told[];
      readonly known: ReadonlyMap<Watched, Known>;
    },
  ): Promise<EventResult> => {
    const { query, context, tenant, position } = poll;
    const { start, is, ends, known } = stretch;
    const page = stretch.told.slice(0, query.size);
    const unfinished = stretch.told.length > page.length;
    const merged = await mergedInto(poll, watch, page, known);
    await keep(poll, is);
    if (page.length > 1 || unfinished) await keep(poll, start.was);
    const common = { epoch, top: position, at: clock.now() };
    const whole = seal(poll, { ...common, after: ends, was: is.id, part: null });
    const events = page.map((one, index): EntityEvent => {
      const { watched, root, mark, at, change, document } = one;
      const { type } = watched.stream;
      const into = merged.get(one) ?? null;
      const isLast = index === page.length - 1 && !unfinished;
      return {
        id: tokens.etag(['event', tenant.id, type, root.uid, mark[0]]),
        cursor: isLast
          ? whole
          : seal(poll, { ...common, after: start.after, was: start.was.id, part: { to: ends, is: is.id, mark } }),
        at,
        type,
        change: into === null ? change : 'merged',
        entity: sealing.id(context.principal.tenant, root.uid),
        into: into === null ? null : sealing.id(context.principal.tenant, into),
        changedFields: change === 'updated' ? [...root.fields].sort() : [],
        facts: document === null ? null : document.facts,
      };
    });
    const seen = seenUids([...page.map(({ root }) => root.uid), ...merged.values()]);
    const details = `after ${cursor.after} to ${page.at(-1)?.mark[0] ?? ends}`;
    await record(poll, watch.collection, { allowed: true, rule: watch.rule }, details, events.length, seen);
    return { kind: 'events', events, next: events.at(-1)?.cursor ?? whole, more: unfinished || ends < position };
  };

  /** What has taken the identifiers of roots that are gone, where the follower sees it and has chosen it. */
  const mergedInto = async (
    { query, reads }: Poll,
    { sight }: Watch,
    page: readonly Told[],
    known: ReadonlyMap<Watched, Known>,
  ): Promise<ReadonlyMap<Told, number>> => {
    const asked = page.flatMap((one) =>
      one.change !== 'deleted' || one.root.removed === null
        ? []
        : one.root.removed.before.map(({ field, value }: IdentifierValue) => ({
            one,
            ref: { collection: one.watched.path, field, value },
          })),
    );
    const merged = new Map<Told, number>();
    if (asked.length === 0) return merged;
    const resolved = await reads.resolve(asked.map(({ ref }) => ref));
    const now = asked.flatMap(({ one }, index) => {
      const uid = resolved[index]?.uid ?? null;
      return uid === null || uid === one.root.uid ? [] : [{ one, watched: one.watched, root: { uid } }];
    });
    const documents = await documentsOf(now, sight, known);
    for (const { one, watched, root } of now) {
      const document = documents.get(watched)?.get(root.uid);
      if (document === undefined || query.within?.accept(document.facts) === false) continue;
      if (!merged.has(one)) merged.set(one, root.uid);
    }
    return merged;
  };

  // --- Answers ----------------------------------------------------------------------------------------------------------------

  const seal = ({ context, purpose }: Poll, cursor: EventCursor): string =>
    sealing.seal(context, purpose, writeCursor(cursor));

  const refused = async (poll: Poll, { collection }: Watch, why: Problem): Promise<EventResult> => {
    await record(poll, collection, { allowed: false, rule: 'cursor' }, 'position');
    return { kind: 'refused', problem: why };
  };

  const record = (
    { query, context, tenant }: Poll,
    collection: CollectionPath,
    decision: { readonly allowed: boolean; readonly rule: string },
    details: string,
    count = 0,
    seen: AuditSeen | null = null,
  ): Promise<void> => {
    const asked = collection === '' ? (query.streams[0]?.projections[0]?.shape.root.collection.path ?? '') : collection;
    return tenant.appendAudit(
      records.of({ kind: 'events', collection: asked }, context, decision, { count, subjects: [], details, seen }),
    );
  };

  return {
    // Facts go out as the query's own projections made them.
    follow: <Facts>(query: QueryOf<Facts>, context: QueryContext) =>
      follow(query as QueryOf<unknown>, context) as Promise<ResultOf<Facts>>,
  };
};

const noChoices: ReadonlyMap<string, RowSet> = new Map();

const notOurs = problem(
  'HUB-410',
  'The cursor is not one that this application was given for these events, or it is not valid any more.',
);
const tooOld = problem(
  'HUB-416',
  'The cursor is too old, or of a part of the history that is no more. What has changed since cannot be told one by one.',
);
const otherAccess = problem(
  'HUB-416',
  'What this application may see has been changed by the owner of the data. What that means cannot be told one by one.',
);

/** A cursor is of one choice of streams and rows. */
const purposeOf = ({ streams, within }: EventQuery): string =>
  JSON.stringify(['events', within?.key ?? null, streams.map(({ type }) => type)]);

/** The places of a shape that the caller may read, parents first. */
const watchedIn = ({ places, plans }: DocumentAccess): readonly WatchedPlace[] => {
  const found: WatchedPlace[] = [];
  const visit = ({ part, below }: Place, parent: WatchedPlace | null): void => {
    const plan = plans.get(part.collection.path);
    if (plan === undefined) return;
    const relation = part.rule?.relation.jsonName;
    if (
      parent !== null &&
      !parent.plan.portions.some(({ view }) => relation !== undefined && view.linked.has(relation))
    )
      return;
    const place: WatchedPlace = { part, plan, parent };
    found.push(place);
    for (const [, each] of below) visit(each, place);
  };
  visit(places.root, null);
  return found;
};

const quietKey = ({ history, context, purpose }: Poll, after: string): string =>
  `${history} ${context.principal.client} ${purpose} ${after}`;

/** What may have to be told, in the order of telling, from behind the mark on. */
const candidatesIn = async (
  { reads }: Poll,
  { roots }: Watch,
  { after, was, part }: Start,
  stretch: Stretch,
): Promise<readonly Candidate[]> => {
  const found: { readonly watched: Watched; readonly root: NoticedRoot }[] = [];
  for (const watched of roots) {
    const noticed = new Map(await rootsOf(watched, stretch, reads));
    for (const uid of seenOtherwise(was, stretch.is, followPlace(watched.path)))
      if (!noticed.has(uid))
        noticed.set(uid, { ...stretch.end, uid, fields: new Set(), changed: false, created: null, removed: null });
    for (const root of noticed.values()) found.push({ watched, root });
  }
  if (found.length === 0) return [];
  const lives = await reads.lives(found.map(({ root }) => root.uid));
  const candidates = found.map(({ watched, root }, index): Candidate => {
    const { uid, created, removed } = root;
    const { position, at } = removed ?? created ?? root;
    const life = lives[index] ?? { born: 0, gone: null };
    const wasThere = life.born <= after && (life.gone === null || life.gone > after);
    return { watched, root, at, mark: [position, watched.order, uid], held: heldThen(watched, was, uid, wasThere) };
  });
  return candidates
    .filter(({ mark }) => part === null || compareMarks(mark, part.mark) > 0)
    .sort((a, b) => compareMarks(a.mark, b.mark));
};

/** Whether the follower held a root at the beginning. Rows that are counted one by one say it themselves, and so does a choice. */
const heldThen = ({ key, path }: Watched, was: Sight, uid: number, wasThere: boolean): boolean => {
  const chosen = was.choices.get(key);
  if (chosen !== undefined) return chosen.has(uid);
  const [follow, read] = [followPlace(path), readPlace(path)];
  if (!sees(was, follow, uid) || !sees(was, read, uid)) return false;
  return wasThere || isCounted(was, follow, uid) || isCounted(was, read, uid);
};

/** The set with what has come and without what has gone; the same one when neither is new to it. */
const withMoved = (rows: RowSet, moved: ReadonlyMap<number, boolean> | undefined): RowSet => {
  if (moved === undefined) return rows;
  const left = rows.uids.filter((uid) => moved.get(uid) !== false);
  const come = [...moved].flatMap(([uid, now]) => (now && !rows.has(uid) ? [uid] : []));
  if (come.length === 0 && left.length === rows.uids.length) return rows;
  return rowSet(Float64Array.from([...left, ...come]).sort());
};
