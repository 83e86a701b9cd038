// Tells a follower what a change of its access means for its copy, a page at a time: what has come into sight, what has gone out of it, what
// shows more or less. Called by following.ts; the order is that of the uids, so that a page can begin where the last one ended.
import { yieldToLoop } from '#base/clock.ts';
import { firstAbove, unionOf } from '#base/uid-sets.ts';
import type { FieldView } from '#store/plan.ts';
import type { StoredResource } from '#store/store.ts';
import { candidatesBetween, compareViews } from './follow-difference.ts';
import type { Candidates, Direction } from './follow-difference.ts';
import { identifiersAt } from './follow-feed.ts';
import { createLatelyFeed } from './follow-lately.ts';
import type { Lately, LatelyFeed } from './follow-lately.ts';
import { accessTo, viewIn, viewOfGone } from './follow-state.ts';
import type { Access, Held } from './follow-state.ts';
import { addressesNow, addressesOf } from './follower.ts';
import type { Follower, TellingDeps, Told } from './follower.ts';
import { viewOfFormer, viewOfRow } from './prune.ts';

/** What one page of a difference is about. */
export type DifferenceAsked = {
  /** What the copy is of, and what it shall be of; `nowId` names it. */
  readonly held: Held;
  readonly now: Access;
  readonly nowId: string;
  /** Position of the last change told, and that of the collection when the follower began to read with this access. */
  readonly after: number;
  readonly seen: number;
  /** Position of the collection when the last page was read (`FeedPosition.top`). */
  readonly top: number;
  /** The last uid told; 0 = from the beginning. */
  readonly cursor: number;
  /** At most so many entries. */
  readonly size: number;
};

/** A difference under way: which rows are left to look at. */
type Difference = { readonly uids: Float64Array; readonly candidates: Candidates; readonly lately: LatelyFeed };

export type Differences = {
  /** The next entries, ascending by uid. Fewer than asked for: there are no more. */
  readonly next: (follower: Follower, asked: DifferenceAsked) => Promise<readonly Told[]>;
};

const rowsPerTurn = 200;
// A difference may hold a uid for every row of a collection.
const rememberedDifferences = 4;

/** Makes the telling, with a memory of the differences under way: all of it can be worked out again. */
export const createDifferences = (deps: TellingDeps): Differences => {
  const known = new Map<string, Promise<Difference>>();

  const differenceOf = (follower: Follower, asked: DifferenceAsked): Promise<Difference> => {
    const key = `${follower.history} ${asked.held.id} ${asked.nowId} ${asked.after}`;
    const found = known.get(key) ?? begin(follower, asked);
    known.delete(key);
    known.set(key, found);
    found.catch(() => known.delete(key));
    for (const oldest of known.keys()) {
      if (known.size <= rememberedDifferences) break;
      known.delete(oldest);
    }
    return found;
  };

  const next: Differences['next'] = async (follower, asked) => {
    const { tenant, plan } = follower;
    const difference = await differenceOf(follower, asked);
    await difference.lately.catchUp(tenant.reads, plan);
    const entries: Told[] = [];
    for (let from = firstAbove(difference.uids, asked.cursor); from < difference.uids.length; from += rowsPerTurn) {
      const uids = [...difference.uids.subarray(from, from + rowsPerTurn)];
      const stored = new Map((await tenant.reads.load(plan, uids)).map((one) => [one.uid, one]));
      for (const uid of uids) {
        const one = stored.get(uid);
        const told =
          one === undefined
            ? await ofGone(follower, asked, difference, uid)
            : await ofStored(follower, asked, difference, one);
        if (told !== null && entries.push(told) === asked.size) return entries;
      }
      await yieldToLoop();
    }
    return entries;
  };

  const ofStored = async (
    follower: Follower,
    { held, after }: DifferenceAsked,
    { candidates, lately }: Difference,
    stored: StoredResource,
  ): Promise<Told | null> => {
    // What came later is told by the feed.
    if (stored.born > after) return null;
    const { tenant, plan, ended } = follower;
    const { uid } = stored;
    const access = accessTo(held, uid);
    const was = viewIn(access, uid);
    const is = ended ? null : viewOfRow(plan, uid, stored.protection);
    if (is === null) {
      if (was === null) return null;
      const hidden = !ended && plan.portions.every(({ clearance }) => clearance < stored.protection);
      const recent = lately.of(uid);
      const former = recent?.identifiers ?? null;
      const before =
        former === null
          ? addressesNow(deps.baseUrl(), plan, was, stored)
          : addressesOf(deps.baseUrl(), plan, was, former);
      return {
        uid,
        kind: hidden ? 'removed' : 'access-lost',
        when: whenNoticed(follower, lately, uid),
        before,
        body: null,
      };
    }
    const direction = was === null ? null : directionOf(was, is, candidates, uid);
    if (was !== null && direction === null) return null;
    // More or fewer links of what the feed will tell of anyway.
    if (was !== null && compareViews(was, is) === null && lastNoticed(lately, uid, plan.clearance) !== undefined)
      return null;
    const body = await deps.rendering.body(plan, tenant.reads, stored);
    if (body === null) return null;
    const lifted = was === null && access.portions.some(({ rows, without }) => rows === 'all' && without.has(uid));
    const kind = lifted ? 'created' : direction === 'lost' ? 'access-lost' : 'access-gained';
    return { uid, kind, when: whenNoticed(follower, lately, uid), before: [], body };
  };

  // Who may follow no more hears nothing of what has happened since, not even when.
  const whenNoticed = ({ plan, ended }: Follower, lately: LatelyFeed, uid: number): number =>
    (ended ? undefined : lastNoticed(lately, uid, plan.clearance)?.at) ?? deps.clock.now();

  const ofGone = async (
    follower: Follower,
    { held, after, seen, top }: DifferenceAsked,
    { lately }: Difference,
    uid: number,
  ): Promise<Told | null> => {
    const { tenant, plan, ended } = follower;
    const recent = lately.of(uid);
    const went = recent?.gone ?? null;
    if (recent === null || went === null) return null;
    // Told here although the feed may tell it again: access may end before the feed gets there.
    const [life] = await tenant.reads.lives([uid]);
    if (life === undefined || life.born > after) return null;
    // Who was not cleared for it when it went was told of it last by what that clearance could notice.
    const noticedBy = (clearance: number): number =>
      clearance >= went.level ? went.position : (lastNoticed(lately, uid, clearance)?.position ?? 0);
    const view = viewOfGone(accessTo(held, uid), uid, (clearance) => noticedBy(clearance) > seen);
    if (view === null) return null;
    const identifiers = recent.identifiers ?? (await identifiersAt(tenant, plan, uid, after, went));
    // Where it had gone before the last page was read, it may never have been told of: it is called only what may be seen of it now.
    const isKnown = went.position > top;
    const named = isKnown ? view : ended ? null : viewOfFormer(plan, went.level);
    const before = named === null ? [] : addressesOf(deps.baseUrl(), plan, named, identifiers);
    // To who may follow no more it is lost like everything else, whenever it went.
    if (ended) return { uid, kind: 'access-lost', when: deps.clock.now(), before, body: null };
    const when = went.level > plan.clearance ? whenNoticed(follower, lately, uid) : went.at;
    return { uid, kind: 'removed', when, before, body: null };
  };

  return { next };
};

const begin = async (
  { tenant, plan, guarded }: Follower,
  { held, now, after }: DifferenceAsked,
): Promise<Difference> => {
  const lately = createLatelyFeed(after);
  await lately.catchUp(tenant.reads, plan);
  const candidates = await candidatesBetween(plan.collection, held, now, guarded, tenant.reads);
  const all = candidates.rows === 'all' || candidates.allLinks !== null;
  const rows = candidates.rows === 'all' ? none : candidates.rows;
  const linked = Float64Array.from(candidates.links.keys()).sort();
  const every = all ? [await tenant.reads.uids(plan), guarded.uids] : [];
  const gone = lately.gone().filter((uid) => viewIn(accessTo(held, uid), uid) !== null);
  return { uids: unionOf([rows, linked, gone, ...every]), candidates, lately };
};

const none = new Float64Array();

const directionOf = (was: FieldView, is: FieldView, { links, allLinks }: Candidates, uid: number): Direction | null => {
  const [views, linked] = [compareViews(was, is), links.get(uid) ?? allLinks];
  return views === 'lost' || linked === 'lost' ? 'lost' : (views ?? linked);
};

/** The last change but its removal that one with the clearance could notice. */
const lastNoticed = (lately: LatelyFeed, uid: number, clearance: number): Lately['noticed'][number] | undefined =>
  lately.of(uid)?.noticed.findLast(({ level }) => level <= clearance);
