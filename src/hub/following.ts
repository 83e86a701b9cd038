// Answers those who follow changes: what has happened to what they see, and what a change of their access means for the copy that they hold.
// Called by run.ts. A position says what its follower could see when it was given; where that differs from what it can see now, the
// difference is told first, and the feed goes on after it.
import { hash } from 'node:crypto';
import { problem } from '#base/errors.ts';
import { createMemory } from '#base/memory.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { Guarded, TenantStore } from '#store/store.ts';
import { createDifferences } from './follow-changed.ts';
import { readFeed } from './follow-feed.ts';
import { accessOf, heldBy, heldFrom, heldInParts } from './follow-state.ts';
import type { Held, NamedHeld } from './follow-state.ts';
import type { Follower, TellingDeps, Told } from './follower.ts';
import type { FreshnessOf } from './freshness.ts';
import type { Freshness, HubChange, HubQuery, HubResult } from './query.ts';
import { nothingGiven, seenUids } from './records.ts';
import type { Records } from './records.ts';
import type { FeedPosition, Tokens } from './tokens.ts';

export type FollowingDeps = TellingDeps & {
  readonly tokens: Tokens;
  readonly records: Records;
  readonly freshness: FreshnessOf;
};

export type ChangesQuery = Extract<HubQuery, { kind: 'changes' }>;

/** Answers one query for changes. A follower whose grant has ended, and who holds nothing that was given before, is answered with `missing`. */
export type Following = (query: ChangesQuery, follower: Follower) => Promise<HubResult>;

/** One poll: where it begins, and where one stands who has heard everything now. */
type Poll = {
  readonly query: ChangesQuery;
  readonly follower: Follower;
  readonly start: FeedPosition;
  /** As `start`, with the access of now. */
  readonly here: FeedPosition;
  readonly present: NamedHeld;
  /** Position of the collection's last change that the follower could notice. */
  readonly last: number;
  /** What is remembered of where it begins. */
  readonly known: Quiet | undefined;
};

/** Up to where there is nothing to tell to one who sees what `now` names. */
type Quiet = { readonly now: string; readonly upTo: number };

type Entry = Told & { readonly place: FeedPosition };

const rememberedStates = 32;
const rememberedPolls = 10_000;
const rememberedIds = 10_000;
const aDay = 86_400_000;

/** Makes the answering, with its memory of who has heard what: all of it can be worked out again. */
export const createFollowing = (deps: FollowingDeps): Following => {
  const { clock, tokens, records } = deps;
  const presents = new WeakMap<AuthorizedPlan, { readonly guarded: Guarded; readonly present: NamedHeld }>();
  const states = createMemory<Held>(rememberedStates);
  const kept = createMemory<number>(rememberedIds);
  /** By a position given. */
  const quiet = createMemory<Quiet>(rememberedPolls);
  const differences = createDifferences(deps);

  const answer: Following = async (query, follower) => {
    const { context, tenant, plan, stats } = follower;
    const { position: last } = stats;
    const { path } = plan.collection;
    // Here and below: what is there at once is not waited for.
    const epochs = tenant.reads.epochs();
    const epoch = epochsOf(epochs instanceof Promise ? await epochs : epochs);
    const read = query.after === null ? null : tokens.readPosition(context.principal, path, query.after);
    const given = read === null ? null : epoch.accept(read);
    if (query.after !== null && given === null) return refused(query, follower);
    if (given !== null && given.after > last && !(await isInFeed(follower, given.after)))
      return refused(query, follower);
    const present = presentOf(follower);
    // For those who see all rows but hidden ones. To others it would tell of what they do not see.
    const seen = plan.portions.some(({ rows }) => rows === 'all') ? last : 0;
    const now = { seen, follow: present.id, epoch: epoch.now, cursor: null };
    if (given === null && query.begin === 'end')
      return atTheEnd(query, follower, present, { ...now, after: last, top: last });
    const start = given ?? { ...now, after: 0, top: 0 };
    const known = query.after === null ? undefined : quiet.get(`${follower.history} ${query.after}`);
    const poll: Poll = {
      query,
      follower,
      start,
      here: { ...now, after: start.after, top: start.top },
      present,
      last,
      known,
    };

    if (known?.now === present.id) return tellFeed(poll, known.upTo, start.seen);
    if (start.cursor === null && start.follow === present.id) return tellFeed(poll, start.after, start.seen);
    // Whatever has been hidden and gone is part of the difference.
    // But what went after a difference was begun may have been told by then.
    const begun = start.cursor !== null && start.cursor.to === present.id ? start.cursor.seen : seen;
    return (await tellDifference(poll)) ?? tellFeed(poll, start.after, begun);
  };

  /** For one who knows already what there is, or reads it some other way: what it sees now counts as told. */
  const atTheEnd = async (
    query: ChangesQuery,
    follower: Follower,
    present: NamedHeld,
    here: FeedPosition,
  ): Promise<HubResult> => {
    await keep(follower, present);
    return given({ query, follower }, [], here, false, `from ${here.after} on`);
  };

  const presentOf = ({ plan, guarded, ended }: Follower): NamedHeld => {
    const known = presents.get(plan);
    if (known !== undefined && known.guarded === guarded) return known.present;
    const present = heldBy(plan.collection.path, accessOf(ended ? null : plan, guarded));
    presents.set(plan, { guarded, present });
    return present;
  };

  /** The copy that an id names; null when it is not kept any more. */
  const heldOf = async ({ follower: { tenant, plan }, present }: Poll, id: string): Promise<Held | null> => {
    if (id === present.id) return present;
    const key = `${tenant.id} ${id}`;
    const known = states.get(key) ?? (await readHeld(tenant, id));
    if (known === null || known.collection !== plan.collection.path) return null;
    states.set(key, known);
    return known;
  };

  /** Before a position that names it is given out; and again each day, so that what is in use stays. */
  const keep = async ({ tenant, history }: Follower, { id, state }: NamedHeld): Promise<void> => {
    const key = `${history} ${id}`;
    const at = kept.get(key);
    const now = clock.now();
    if (at !== undefined && Math.abs(now - at) < aDay) return;
    if (at !== undefined || (await tenant.reads.follow(id)) === null)
      await tenant.writeTogether(async (tx) => tx.putFollow(state));
    kept.set(key, now);
  };

  const refused = async (query: ChangesQuery, { context, tenant, ended }: Follower): Promise<HubResult> => {
    const denied = { allowed: false, rule: 'no-grant' } as const;
    await tenant.appendAudit(records.of(query, context, denied, nothingGiven('position')));
    if (ended) return { kind: 'missing' };
    const detail =
      'The position is not one that this application was given for this collection, or it is not valid any more.';
    return { kind: 'refused', problem: problem('HUB-410', detail) };
  };

  /** Null when there is nothing to tell of it (any more). */
  const tellDifference = async (poll: Poll): Promise<HubResult | null> => {
    const { query, follower, start, here, present, last } = poll;
    const { ended } = follower;
    const before = await heldOf(poll, start.follow);
    const target = start.cursor === null ? present : await heldOf(poll, start.cursor.to);
    if (before === null || target === null) return refused(query, follower);
    // Access has changed again while the difference was told: the copy is of two kinds now.
    const halfway = start.cursor !== null && target.id !== present.id;
    const parts = halfway ? heldInParts(before, start.cursor.uid, soleAccess(target)) : null;
    const held = parts ?? before;
    const cursor = start.cursor !== null && !halfway ? start.cursor : { uid: 0, to: present.id, seen: here.seen };
    const found = await differences.next(follower, {
      held,
      now: soleAccess(present),
      nowId: present.id,
      after: start.after,
      seen: start.seen,
      top: start.top,
      cursor: cursor.uid,
      size: query.size + 1,
    });
    if (found.length === 0) return null;
    const page = found.slice(0, query.size);
    const entries = page.map((told): Entry => ({
      ...told,
      place: { ...here, seen: start.seen, follow: held.id, cursor: { ...cursor, uid: told.uid } },
    }));
    const unfinished = found.length > page.length;
    const next = unfinished ? (entries.at(-1)?.place ?? here) : { ...here, seen: cursor.seen };
    if (parts !== null) await keep(follower, parts);
    await keep(follower, present);
    const more = unfinished || (!ended && last > start.after);
    return given(poll, entries, next, more, `difference after ${start.after}`);
  };

  /** Of what is told: a change of the feed by its place in it, a difference by where it began and what it leads to. */
  const markOf = (
    { context: { principal }, plan: { collection } }: Follower,
    uid: number,
    kind: HubChange['kind'],
    { after, epoch, cursor }: FeedPosition,
  ): string =>
    tokens.etag([
      'change',
      principal.tenant,
      principal.client,
      collection.path,
      uid,
      kind,
      after,
      epoch,
      cursor === null ? '' : cursor.to,
    ]);

  /** From where there may be something to tell; to one who began to read, or was told of its last change of access, at `seen`. */
  const tellFeed = async (poll: Poll, from: number, seen: number): Promise<HubResult> => {
    const { query, follower, start, here, present, last } = poll;
    const { ended } = follower;
    const { after } = start;
    const stretch = { after, from, seen, access: soleAccess(present), size: query.size + 1 };
    const found = ended || last <= from ? { entries: [], upTo: from } : await readFeed(deps, follower, stretch);
    const page = found.entries.slice(0, query.size);
    const to = page.at(-1)?.position ?? after;
    const entries = page.map(({ position, ...told }): Entry => ({
      ...told,
      place: { ...here, seen, after: position, top: last },
    }));
    const more = found.entries.length > page.length;
    const details = `after ${after} to ${to}`;
    // Who hears of nothing is given back what it came with: what has happened is nothing to it.
    if (entries.length === 0 && query.after !== null && start.cursor === null) {
      const { known } = poll;
      // Most of the time it is what is remembered already.
      if (known?.now !== present.id || known.upTo !== found.upTo)
        quiet.set(`${follower.history} ${query.after}`, { now: present.id, upTo: found.upTo });
      return given(poll, entries, query.after, false, details);
    }
    await keep(follower, present);
    return given(poll, entries, entries.at(-1)?.place ?? { ...here, seen }, more, details);
  };

  const given = async (
    { query, follower }: Pick<Poll, 'query' | 'follower'>,
    entries: readonly Entry[],
    next: FeedPosition | string,
    more: boolean,
    details: string,
  ): Promise<HubResult> => {
    const { context, tenant, plan, rule, ended } = follower;
    const { path } = plan.collection;
    const shown = entries.filter(({ body, before }) => body !== null || before.length > 0);
    const seen = seenUids(shown.map(({ uid }) => uid));
    const outcome = { count: entries.length, subjects: [], details, seen };
    await tenant.appendAudit(records.of(query, context, { allowed: true, rule }, outcome));
    const changes = entries.map(({ uid, place, when, kind, before, body }): HubChange => ({
      position: tokens.position(context.principal, path, place),
      kind,
      at: when,
      uid: tokens.uid(plan.tenant, uid),
      before,
      body,
      ...(query.marked === true ? { mark: markOf(follower, uid, kind, place) } : {}),
    }));
    const token = (place: FeedPosition): string =>
      (entries.at(-1)?.place === place ? changes.at(-1)?.position : undefined) ??
      tokens.position(context.principal, path, place);
    const fresh = ended ? unknownFreshness : deps.freshness(tenant, path);
    return {
      kind: 'changes',
      changes,
      next: typeof next === 'string' ? next : token(next),
      more,
      freshness: fresh instanceof Promise ? await fresh : fresh,
    };
  };

  return answer;
};

/** A position ahead of what can be noticed may be of a feed that was put back by hand. */
const isInFeed = async ({ tenant, plan }: Follower, position: number): Promise<boolean> => {
  const [row] = await tenant.reads.changes(plan, position - 1, 1);
  return row?.position === position;
};

const readHeld = async (tenant: TenantStore, id: string): Promise<Held | null> => {
  const state = await tenant.reads.follow(id);
  return state === null ? null : heldFrom(state);
};

/** What a copy of one stretch shows. */
const soleAccess = ({ stretches }: Held) => stretches[0]?.access ?? accessOf(null, noGuarded);

/** How fresh the data is now is nothing to who sees none of it. */
const unknownFreshness: Freshness = {
  sources: [],
  fullSyncAt: null,
  deliveredAt: null,
  promisedMs: null,
  stale: false,
  held: false,
};

const noGuarded: Guarded = { uids: new Float64Array(), own: new Uint8Array(), linked: new Uint8Array() };

type Epochs = readonly { readonly name: string; readonly until: number | null }[];

/**
 * The present epoch's short form; and a position as it counts now, null when it is of a stretch of the feed that was lost: beyond the end of
 * its own epoch, or of a later one.
 */
const epochsOf = (
  epochs: Epochs,
): { readonly now: number; readonly accept: (position: FeedPosition) => FeedPosition | null } => ({
  now: shortOf(epochs.at(-1)?.name ?? ''),
  accept: (position) => {
    if (epochs.length === 0) return position.epoch === shortOf('') ? position : null;
    const at = epochs.findLastIndex(({ name }) => shortOf(name) === position.epoch);
    if (at === -1) return null;
    if (at === epochs.length - 1) return position;
    const end = Math.min(...epochs.slice(at).map(({ until }) => until ?? Number.POSITIVE_INFINITY));
    return position.after > end ? null : { ...position, seen: Math.min(position.seen, end) };
  },
});

const shorts = new Map<string, number>();

const shortOf = (name: string): number => {
  const known = shorts.get(name);
  if (known !== undefined) return known;
  const made = hash('sha1', name, 'buffer').readUIntBE(0, 3);
  shorts.set(name, made);
  return made;
};
