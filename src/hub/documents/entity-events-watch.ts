// What a follower of entities may see now: each of the streams that it may follow, place by place, and which roots its choice holds. Called by
// entity-events.ts; the policy is the authorizer's.
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { createMemory } from '#base/memory.ts';
import type { CollectionPath, Model } from '#model/model.ts';
import type { AuthorizedPlan, RowSet } from '#store/plan.ts';
import type { TenantReads, TenantStore } from '#store/store.ts';
import type { Authorizer, Decision } from '../authorize.ts';
import type { Principal } from '../principal.ts';
import type { QueryContext } from '../query.ts';
import { rowSet } from '../row-scope.ts';
import type { Accesses, DocumentAccess, Place } from './access.ts';
import { compose } from './compose.ts';
import type { EventQuery as QueryOf, Narrow, ShapePart } from './document.ts';
import type { WatchedPlace, WatchedRoots } from './entity-events-roots.ts';
import { followPlace, isReadPlace, readPlace, sees, sightOf } from './entity-events-sight.ts';
import type { NamedSight, PlannedPlace, Sight } from './entity-events-sight.ts';
import { collectionsOf, narrowed } from './narrow.ts';
import type { DocumentReader, Known } from './reader.ts';

/** What projections make of documents is theirs to know: here it is handed on as it is. */
export type EventQuery = QueryOf<unknown>;

/** Roots of one projection of one stream, with what decides about them. */
export type Watched = WatchedRoots & {
  readonly path: CollectionPath;
  readonly follow: AuthorizedPlan;
  readonly access: DocumentAccess;
  readonly narrow: Narrow | null;
};

/** Whether only some roots are followed, by what their documents hold. */
export const isChosen = ({ query }: Pick<Poll, 'query'>, { stream }: Pick<Watched, 'stream'>): boolean =>
  query.within !== null || stream.dated !== undefined;

/** Whether a root is followed that is seen. */
export const isTaken = (
  { query, today }: Pick<Poll, 'query' | 'today'>,
  { stream }: Pick<Watched, 'stream'>,
  facts: unknown,
): boolean => (query.within === null || query.within.accept(facts)) && stream.dated?.isDue(facts, today) !== false;

/** One request. */
export type Poll = {
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
  /** The civil date that Norway has now; '' where nothing falls due. */
  readonly today: string;
};

/** What the follower sees now. */
export type Watch = {
  readonly roots: readonly Watched[];
  /** By which documents are read, one for each collection. */
  readonly plans: readonly AuthorizedPlan[];
  readonly sight: NamedSight;
  /** Position of the feed when that was known: it shows nothing that came later. */
  readonly top: number;
  readonly rule: string;
  readonly collection: CollectionPath;
};

export type WatchDeps = {
  readonly model: Model;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly authorizer: Pick<Authorizer, 'decide'>;
  readonly accesses: Accesses;
  readonly reader: DocumentReader;
};

export type Watching = {
  /** Null when none of the streams may be followed. */
  readonly watch: (poll: Poll) => Promise<Watch | null>;
  /** The roots that a choice holds now; null when they cannot be found in time. */
  readonly chosen: (poll: Poll, sight: Sight, watched: Watched) => Promise<RowSet | null>;
  /** Roots that may have fallen due since a day; null when they cannot be found in time. */
  readonly fallenDue: (poll: Poll, watched: Watched, after: string) => Promise<Float64Array | null>;
};

const rememberedSights = 500;
// Documents that are held against a choice together.
const rootsAtOnce = 250;

/** Makes the look-up. */
export const createWatching = ({ model, clock, authorizer, accesses, reader }: WatchDeps): Watching => {
  const sights = createMemory<{ readonly planned: readonly PlannedPlace[]; readonly sight: NamedSight }>(
    rememberedSights,
  );

  /** Most of the time it is what it was when the caller asked last. */
  const sightBy = (
    { history, context, purpose }: Poll,
    path: CollectionPath,
    planned: readonly PlannedPlace[],
  ): NamedSight => {
    const key = `${history} ${context.principal.client} ${purpose}`;
    const known = sights.get(key);
    if (known?.planned.length === planned.length && planned.every((one, index) => isSame(one, known.planned[index])))
      return known.sight;
    const sight = sightOf(path, planned, new Map());
    sights.set(key, { planned, sight });
    return sight;
  };

  const watch = async (poll: Poll): Promise<Watch | null> => {
    const { query, context, reads } = poll;
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
          nodesAt: nodesOf(access),
          path,
          follow: following.plan,
          access,
          narrow: bothOf(query.within?.narrow[order]?.[index], stream.dated?.narrow(null, poll.today)),
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
    const sight = sightBy(poll, first.path, planned);
    const top = await reads.lastPosition();
    const reading = [...plans].flatMap(([place, plan]) => (isReadPlace(place) ? [plan] : []));
    return { roots, plans: reading, sight, top, rule: [...rules].join(' '), collection: first.path };
  };

  const rowsIn = async (
    { context: { principal } }: Poll,
    known: Known,
    { access: { root } }: Watched,
    narrow: Narrow,
  ): Promise<Float64Array | null> => {
    const plans = await readable(principal, collectionsOf(model, root.collection, narrow));
    return narrowed({ model, clock }, known, plans, root.collection, narrow);
  };

  const chosen: Watching['chosen'] = async (poll, sight, watched) => {
    const { path, projection, access, narrow } = watched;
    const known = await reader.begin(poll.tenant, access);
    const rows = narrow === null ? await known.reads.uids(access.root) : await rowsIn(poll, known, watched, narrow);
    if (rows === null) return null;
    const found: number[] = [];
    for (let from = 0; from < rows.length; from += rootsAtOnce) {
      const documents = await reader.find(known, access, projection, [...rows.subarray(from, from + rootsAtOnce)]);
      for (const { uid, facts } of documents)
        if (sees(sight, followPlace(path), uid) && isTaken(poll, watched, facts)) found.push(uid);
      await yieldToLoop();
    }
    return rowSet(Float64Array.from(found).sort());
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

  const fallenDue: Watching['fallenDue'] = async (poll, watched, after) => {
    const narrow = watched.stream.dated?.narrow(after, poll.today);
    if (narrow === undefined || after >= poll.today) return nobody;
    return rowsIn(poll, await reader.begin(poll.tenant, watched.access), watched, narrow);
  };

  return { watch, chosen, fallenDue };
};

const nobody = new Float64Array();

const bothOf = (...some: readonly (Narrow | null | undefined)[]): Narrow | null => {
  const of = some.filter((one) => one !== null && one !== undefined);
  return of.length > 1 ? { kind: 'all', of } : (of[0] ?? null);
};

const isSame = (one: PlannedPlace, other: PlannedPlace | undefined): boolean =>
  one.place === other?.place && one.plan === other.plan && one.guarded === other.guarded;

/** Of the documents that the access shows. */
const nodesOf =
  ({ plans, places }: DocumentAccess): Watched['nodesAt'] =>
  async (part, uids, reads) => {
    const root = placeAt(places.root, part);
    return root === null ? new Map() : compose(reads, { plans, places: { ...places, root } }, uids, () => '');
  };

const placeAt = (place: Place, part: ShapePart): Place | null => {
  if (place.part === part) return place;
  for (const [, below] of place.below) {
    const found = placeAt(below, part);
    if (found !== null) return found;
  }
  return null;
};

const watched = new WeakMap<DocumentAccess, readonly WatchedPlace[]>();

/** The places of a shape that the caller may read, parents first. */
const watchedIn = (access: DocumentAccess): readonly WatchedPlace[] => {
  const known = watched.get(access);
  if (known !== undefined) return known;
  const { places, plans } = access;
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
  watched.set(access, found);
  return found;
};
