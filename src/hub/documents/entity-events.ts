// Tells those who follow entities what has become of them: which have come into their sight, which show something else, which are gone or have
// been merged. Held against what the follower could see when its cursor was given, so that it ends with what a fresh reading gives, whatever
// happened on the way. Called by APIs through the EntityEvents type; knows no HTTP and no name of the model.
import { civilDay, dayMs } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import type { Problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { createMemory } from '#base/memory.ts';
import type { CollectionPath, Model } from '#model/model.ts';
import type { RowSet } from '#store/plan.ts';
import type { AuditSeen, FollowState, Store, TenantStore } from '#store/store.ts';
import type { Authorizer, Decision } from '../authorize.ts';
import { historyOf } from '../history.ts';
import type { QueryContext } from '../query.ts';
import { createRecords, nothingGiven, seenUids } from '../records.ts';
import type { Tokens } from '../tokens.ts';
import type { Accesses } from './access.ts';
import type {
  EntityEvent as EventOf,
  EntityEvents,
  EventQuery as QueryOf,
  EventResult as ResultOf,
  Sealing,
} from './document.ts';
import { epochNow, isOld, readCursor, stands, writeCursor } from './entity-events-cursor.ts';
import type { EventCursor } from './entity-events-cursor.ts';
import { differenceFrom, differsFrom, sightFrom, withChoices, withExceptions } from './entity-events-sight.ts';
import type { NamedSight, Sight } from './entity-events-sight.ts';
import { createTellings } from './entity-events-telling.ts';
import type { Start, Telling, Told } from './entity-events-telling.ts';
import { createWatching, isChosen } from './entity-events-watch.ts';
import type { EventQuery, Poll, Watch, Watched } from './entity-events-watch.ts';
import type { DocumentReader } from './reader.ts';

export type EntityEventsDeps = {
  readonly model: Model;
  readonly store: Store;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly authorizer: Pick<Authorizer, 'decide'>;
  readonly accesses: Accesses;
  readonly reader: DocumentReader;
  readonly sealing: Sealing;
  readonly tokens: Pick<Tokens, 'etag'>;
  /** Changes that are looked at together; absent = as the limits say. */
  readonly windowRows?: number;
  /** Days for which a cursor can be gone on from after it was given; absent = as the limits say. */
  readonly retentionDays?: number;
};

type EventResult = ResultOf<unknown>;
type EntityEvent = EventOf<unknown>;

/** What a request came with, and the epoch now. */
type Given = { readonly cursor: EventCursor; readonly epoch: string };

/** Nothing has been told to the holder of a cursor up to a position, where it would see what `was` names. */
type Quiet = {
  readonly decision: Decision;
  readonly position: number;
  readonly at: number;
  readonly was: string;
  readonly top: number;
  readonly day: string;
  readonly rule: string;
  readonly collection: CollectionPath;
};

/** What could not be found in time may be found when it is asked for again. */
type MadeChoice = { readonly rows: Promise<RowSet | null>; failed: boolean };

const rememberedPolls = 10_000;
const rememberedSights = 256;
const rememberedIds = 10_000;
// Each may be of every row of a collection.
const rememberedChoices = 32;

/** Makes the telling, with its memory of who has heard what: all of it can be worked out again. */
export const createEntityEvents = (deps: EntityEventsDeps): EntityEvents => {
  const { model, store, clock, authorizer, reader, sealing, tokens } = deps;
  const watching = createWatching(deps);
  const { fallenDue } = watching;
  const tellings = createTellings({ reader, fallenDue, windowRows: deps.windowRows ?? limits.eventWindowRows });
  const retentionDays = deps.retentionDays ?? limits.eventRetentionDays;
  const lifeMs = retentionDays * dayMs;
  const records = createRecords(model, clock);
  const tenants = new Map<string, TenantStore>();
  const quiet = createMemory<Quiet>(rememberedPolls);
  const sights = createMemory<Sight>(rememberedSights);
  const kept = createMemory<number>(rememberedIds);
  const choicesMade = createMemory<MadeChoice>(rememberedChoices);

  const tenantOf = async (id: string): Promise<TenantStore> => {
    const tenant = await store.tenant(id);
    tenants.set(id, tenant);
    return tenant;
  };

  const pollOf = async (query: EventQuery, context: QueryContext): Promise<Poll> => {
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
    const today = query.streams.some(({ dated }) => dated !== undefined) ? civilDay(clock.now()).date : '';
    return { query, context, tenant, reads, history, position, purpose, decision, today };
  };

  const follow = async (query: EventQuery, context: QueryContext): Promise<EventResult> => {
    const poll = await pollOf(query, context);
    const { tenant, position, decision, today } = poll;
    const known = query.after === null ? undefined : quiet.get(quietKey(poll, query.after));
    const isQuiet = known?.position === position && known.decision === decision && known.day === today;
    if (known === undefined || !isQuiet) return look(poll, known);
    if (query.after === null || isOld(known, clock.now(), lifeMs)) return look(poll, known);
    const outcome = nothingGiven(`after ${position}`);
    const asked = { kind: 'events', collection: known.collection };
    await tenant.appendAudit(records.of(asked, context, { allowed: true, rule: known.rule }, outcome));
    return { kind: 'events', events: [], next: query.after, more: false };
  };

  const sightNamed = async ({ reads, history }: Pick<Poll, 'reads' | 'history'>, id: string): Promise<Sight | null> => {
    const key = `${history} ${id}`;
    const known = sights.get(key);
    if (known !== undefined) return known;
    const state = await stateOf(reads, id);
    const of = state === null ? null : differsFrom(state);
    const base: Sight | null = of === null ? null : await sightNamed({ reads, history }, of);
    const sight = state === null ? null : sightFrom(state, base);
    if (sight !== null) sights.set(key, sight);
    return sight;
  };

  /** Asking for a state keeps it, and with it the one that it is the difference from. */
  const stateOf = async (reads: Poll['reads'], id: string): Promise<FollowState | null> => {
    const state = await reads.follow(id);
    const of = state === null ? null : differsFrom(state);
    return of === null || (await stateOf(reads, of)) !== null ? state : null;
  };

  /** Before a cursor that names it is given out; and again each day, so that what is in use stays. `near` = one that is kept and may be much like it. */
  const keep = async (poll: Poll, sight: Sight | NamedSight, near: Sight | null): Promise<void> => {
    const { tenant, reads, history } = poll;
    const key = `${history} ${sight.id}`;
    sights.set(key, sight);
    const at = kept.get(key);
    const now = clock.now();
    if (at !== undefined && Math.abs(now - at) < dayMs) return;
    if ((await stateOf(reads, sight.id)) === null && 'state' in sight) {
      const state = (near === null ? null : await differenceOf(poll, sight, near)) ?? sight.state;
      await tenant.writeTogether(async (tx) => tx.putFollow(state));
    }
    kept.set(key, now);
  };

  const differenceOf = async (poll: Poll, sight: NamedSight, near: Sight): Promise<FollowState | null> => {
    const state = await stateOf(poll.reads, near.id);
    if (state === null) return null;
    const of = differsFrom(state);
    const base = of === null ? near : await sightNamed(poll, of);
    return base === null ? null : differenceFrom(base, sight);
  };

  const factsNow = async (
    query: EventQuery,
    { type, entity }: { readonly type: string; readonly entity: string },
    context: QueryContext,
  ): Promise<unknown> => {
    const uid = sealing.readId(context.principal.tenant, entity);
    const poll = await pollOf(query, context);
    const watch = uid === null ? null : await watching.watch(poll);
    if (uid === null || watch === null) return null;
    const roots = watch.roots.filter(({ stream }) => stream.type === type);
    return tellings.factsNow(poll, watch, roots, uid);
  };

  // --- One poll ---------------------------------------------------------------------------------------------------------------

  const look = async (poll: Poll, known: Quiet | undefined): Promise<EventResult> => {
    const { query, context, reads, position, purpose } = poll;
    const read = reads.epochs();
    const epochs = read instanceof Promise ? await read : read;
    const watch = await watching.watch(poll);
    if (watch === null) {
      await record(poll, '', { allowed: false, rule: 'no-grant' }, 'position');
      return { kind: 'missing' };
    }
    // What links to something that does not show it in return would change it unseen.
    const organisation = await store.platform.organisation(context.principal.tenant);
    if (organisation?.settings.extraBackLinks === false) return refused(poll, watch, oneWayLinks);
    const epoch = epochNow(epochs);
    if (query.after === null) return begin(poll, watch, epoch);
    const opened = sealing.open(context, purpose, query.after);
    if (opened === null) return refused(poll, watch, notOurs);
    const cursor = readCursor(opened);
    if (!stands(cursor, epochs, { position, now: clock.now(), lifeMs })) return refused(poll, watch, tooOld);
    const start = (known === undefined ? null : await quietStart(poll, known)) ?? (await startOf(poll, cursor));
    if (start === null) return refused(poll, watch, tooOld);
    const { decided } = watch.sight;
    if (start.was.decided !== decided || (start.part !== null && start.part.is.decided !== decided))
      return refused(poll, watch, otherAccess);
    return tell(poll, watch, start, { cursor, epoch });
  };

  const startOf = async (poll: Poll, { after, was, top, day, part }: EventCursor): Promise<Start | null> => {
    const before = await sightNamed(poll, was);
    if (before === null) return null;
    if (part === null) return { after, was: before, top, day, part };
    const is = await sightNamed(poll, part.is);
    return is === null ? null : { after, was: before, top, day, part: { ...part, is } };
  };

  /** Where one stands who has heard nothing since its cursor was given; null when that is not known well enough any more. */
  const quietStart = async (poll: Poll, { position, was, top, day }: Quiet): Promise<Start | null> => {
    if (position > poll.position) return null;
    const before = await sightNamed(poll, was);
    return before === null ? null : { after: position, was: before, top, day, part: null };
  };

  /** Reads every document of the choice: once for all who begin at the same place and see the same, however often they do, and together. */
  const chosenNow = (poll: Poll, watch: Watch, watched: Watched): Promise<RowSet | null> => {
    const { history, purpose, position } = poll;
    const { date } = civilDay(clock.now());
    const key = [history, purpose, watched.key, watch.sight.id, position, watch.top, date].join(' ');
    const known = choicesMade.get(key);
    if (known?.failed === false) return known.rows;
    const made: MadeChoice = { rows: watching.chosen(poll, watch.sight, watched), failed: false };
    const forget = (): void => {
      made.failed = true;
    };
    made.rows.then((rows) => rows ?? forget(), forget);
    choicesMade.set(key, made);
    return made.rows;
  };

  /** The first cursor: nothing is told, and what comes from now on will be. */
  const begin = async (poll: Poll, watch: Watch, epoch: string): Promise<EventResult> => {
    const { position, today } = poll;
    const choices = new Map<string, RowSet>();
    for (const watched of watch.roots) {
      if (!isChosen(poll, watched)) continue;
      const chosen = await chosenNow(poll, watch, watched);
      if (chosen === null) return refused(poll, watch, tooSlow);
      choices.set(watched.key, chosen);
    }
    const sight = withChoices(watch.sight, choices);
    await keep(poll, sight, null);
    await record(poll, watch.collection, { allowed: true, rule: watch.rule }, `from ${position}`);
    const next = seal(poll, {
      after: position,
      was: sight.id,
      epoch,
      top: watch.top,
      at: clock.now(),
      day: today,
      part: null,
    });
    return { kind: 'events', events: [], next, more: false };
  };

  /** Goes through the feed, a stretch at a time, until there is something to tell or it ends. */
  const tell = async (poll: Poll, watch: Watch, begun: Start, given: Given): Promise<EventResult> => {
    const until = clock.monotonic() + limits.eventLookMs;
    for (let start = begun; ;) {
      const telling = await tellings.next(poll, watch, start, clock.now());
      if (telling === null) return refused(poll, watch, tooSlow);
      if (telling.told.length > 0) return answer(poll, watch, given, telling);
      const { ends, is, top, day } = telling;
      start = { after: ends, was: is, top, day, part: null };
      // A stretch that was begun on an earlier day says nothing of those since.
      if (ends >= poll.position && day === poll.today) return nothingNew(poll, watch, given, { start, is });
      if (clock.monotonic() > until) return laterOn(poll, watch, given, start);
    }
  };

  /** Where a poll has got to that has found nothing for as long as it may look: who comes after a year of changes must not begin with the same ones for ever. */
  const laterOn = async (poll: Poll, watch: Watch, { cursor, epoch }: Given, start: Start): Promise<EventResult> => {
    const { after, was, top, day } = start;
    await keep(poll, was, await sightNamed(poll, cursor.was));
    await record(poll, watch.collection, { allowed: true, rule: watch.rule }, `after ${cursor.after} to ${after}`);
    const next = seal(poll, { after, was: was.id, epoch, top, at: clock.now(), day, part: null });
    return { kind: 'events', events: [], next, more: true };
  };

  const nothingNew = async (
    poll: Poll,
    watch: Watch,
    { cursor, epoch }: Given,
    { start, is }: { readonly start: Start; readonly is: Sight | NamedSight },
  ): Promise<EventResult> => {
    const { query, decision } = poll;
    const now = clock.now();
    const fresh = isOld(cursor, now, lifeMs);
    let next = query.after ?? '';
    let { at } = cursor;
    if (fresh) {
      await keep(poll, is, await sightNamed(poll, cursor.was));
      next = seal(poll, { after: start.after, was: is.id, epoch, top: start.top, at: now, day: start.day, part: null });
      at = now;
    }
    sights.set(`${poll.history} ${is.id}`, is);
    const { rule, collection } = watch;
    const { after: position, top, day } = start;
    quiet.set(quietKey(poll, next), { decision, position, at, was: is.id, top, day, rule, collection });
    await record(poll, collection, { allowed: true, rule }, `after ${cursor.after} to ${start.after}`);
    return { kind: 'events', events: [], next, more: false };
  };

  const answer = async (poll: Poll, watch: Watch, { cursor, epoch }: Given, telling: Telling): Promise<EventResult> => {
    const { query, context, tenant, position, today } = poll;
    const { start, ends, top, day } = telling;
    const page = telling.told.slice(0, query.size);
    const unfinished = telling.told.length > page.length;
    // What it hears now is newer than the sight at the end of the stretch.
    const otherwise = page.filter(({ stays, document }) => stays !== (document !== null));
    const is =
      otherwise.length === 0 ? telling.is : withExceptions(telling.is, watch.collection, otherwise.map(exceptionOf));
    if (unfinished) tellings.remember(poll, { ...telling, is });
    const merged = await tellings.merged(poll, watch, page);
    const near = await sightNamed(poll, cursor.was);
    await keep(poll, is, near);
    if (page.length > 1 || unfinished) await keep(poll, start.was, near);
    const common = { epoch, at: clock.now() };
    const whole = seal(poll, { ...common, after: ends, was: is.id, top, day, part: null });
    const events = page.map((one, index): EntityEvent => {
      const { watched, root, mark, at, change, document } = one;
      const { type } = watched.stream;
      const into = merged.get(one) ?? null;
      const isLast = index === page.length - 1 && !unfinished;
      return {
        id: tokens.etag(['event', tenant.id, type, root.uid, mark[0]]),
        cursor: isLast
          ? whole
          : seal(poll, {
              ...common,
              after: start.after,
              was: start.was.id,
              top: start.top,
              day: start.day,
              part: { to: ends, is: is.id, top, mark, day },
            }),
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
    // Days that have come since the stretch was begun are told with the next one.
    const more = unfinished || ends < position || day !== today;
    return { kind: 'events', events, next: events.at(-1)?.cursor ?? whole, more };
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
    retentionDays,
    // Facts go out as the query's own projections made them.
    follow: <Facts>(query: QueryOf<Facts>, context: QueryContext) =>
      follow(query as QueryOf<unknown>, context) as Promise<ResultOf<Facts>>,
    factsNow: <Facts>(
      { streams }: Pick<QueryOf<Facts>, 'streams'>,
      of: { readonly type: string; readonly entity: string },
      context: QueryContext,
    ) => {
      const query = { streams, within: null, after: null, size: 0 } as QueryOf<unknown>;
      return factsNow(query, of, context) as Promise<Facts | null>;
    },
  };
};

const notOurs = problem(
  'HUB-410',
  'The cursor is not one that this application was given for these events, or it is not valid any more.',
);
const tooOld = problem(
  'HUB-416',
  'The cursor is too old, or of a part of the history that is no more. What has changed since cannot be told one by one.',
);
const tooSlow = problem('HUB-121', 'The choice of entities takes too long to be found.');
const oneWayLinks = problem(
  'HUB-400',
  'Events need the inverse links beyond those of FINT, which this organisation has switched off (extraBackLinks).',
);
const otherAccess = problem(
  'HUB-416',
  'What this application may see has been changed by the owner of the data. What that means cannot be told one by one.',
);

const exceptionOf = ({ watched, root, document }: Told) => ({
  key: watched.key,
  uid: root.uid,
  held: document !== null,
});

/** A cursor is of one choice of streams and rows. */
const purposeOf = ({ streams, within }: EventQuery): string =>
  JSON.stringify(['events', within?.key ?? null, streams.map(({ type }) => type)]);

const quietKey = ({ history, context, purpose }: Poll, after: string): string =>
  `${history} ${context.principal.client} ${purpose} ${after}`;
