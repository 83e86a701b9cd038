// The ordinary feed of one who follows: which of the collection's changes it is told, and how. Called by following.ts, for a follower whose
// copy is of what it can see now.
import { yieldToLoop } from '#base/clock.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { IdentifierValue, StoredChange, StoredResource } from '#store/store.ts';
import { viewIn } from './follow-state.ts';
import type { Access } from './follow-state.ts';
import { addressesOf } from './follower.ts';
import type { Follower, TellingDeps, Told } from './follower.ts';
import { selfLinks, viewOfFormer, viewOfRow } from './prune.ts';

export type FeedStretch = {
  /** The last change told, and the one up to which there is known to be nothing to tell. */
  readonly after: number;
  readonly from: number;
  /** Position of the collection when the follower began to read with this access: what was hidden and gone by then it never held. */
  readonly seen: number;
  readonly access: Access;
  /** At most so many entries. */
  readonly size: number;
};

/** Entries with their positions, oldest first; `upTo`: nothing else is told up to there. */
export type FeedFound = {
  readonly entries: readonly (Told & { readonly position: number })[];
  readonly upTo: number;
};

// Rows that are looked at together, at least: what the follower does not see costs little. Twice as many after each time of which there was
// nothing to tell, since a long past may be of what is gone.
const leastRows = 64;
const mostRows = 2_048;

/** Reads on until there are enough entries or the feed ends. */
export const readFeed = async (deps: TellingDeps, follower: Follower, stretch: FeedStretch): Promise<FeedFound> => {
  const { tenant, plan } = follower;
  const entries: (Told & { readonly position: number })[] = [];
  /** What this answer has told of: the follower holds it from then on, whatever becomes of it while the answer is made. */
  const toldHere = new Set<number>();
  let upTo = stretch.from;
  let least = leastRows;
  while (entries.length < stretch.size) {
    const wanted = Math.max(least, stretch.size - entries.length);
    const before = entries.length;
    const rows = await tenant.reads.changes(plan, upTo, wanted);
    const bodies = await seenResources(deps, follower, rows);
    for (const row of rows) {
      upTo = row.position;
      const seen = bodies.get(row.uid);
      const told =
        row.kind === 'removed'
          ? // Gone before the follower began: it was never told of it, and has no business with what it was called.
            row.position <= stretch.seen
            ? null
            : removal(deps, plan, row)
          : seen !== undefined
            ? change(deps, plan, row, seen)
            : await hiddenRemoval(deps, follower, stretch, row, toldHere.has(row.uid));
      if (told === null) continue;
      toldHere.add(row.uid);
      entries.push({ ...told, position: row.position });
      if (entries.length === stretch.size) break;
    }
    if (rows.length < wanted) break;
    if (entries.length === before) least = Math.min(least * 2, mostRows);
    await yieldToLoop();
  }
  return { entries, upTo };
};

type Seen = { readonly stored: StoredResource; readonly body: Buffer };

/** What rows are about, as far as it is there and the follower sees it. */
const seenResources = async (
  { rendering }: TellingDeps,
  { tenant, plan }: Follower,
  rows: readonly StoredChange[],
): Promise<ReadonlyMap<number, Seen>> => {
  const found = new Map<number, Seen>();
  const uids = new Set(
    rows
      .filter(
        ({ kind, uid }) => kind !== 'removed' && plan.portions.some((one) => one.rows === 'all' || one.rows.has(uid)),
      )
      .map(({ uid }) => uid),
  );
  if (uids.size === 0) return found;
  for (const stored of await tenant.reads.load(plan, [...uids])) {
    const body = await rendering.body(plan, tenant.reads, stored);
    if (body !== null) found.set(stored.uid, { stored, body });
  }
  return found;
};

/** What happened to a resource that the follower sees. Of its coming it is told whatever it was then: before that it cannot have heard of it. */
const change = (deps: TellingDeps, plan: AuthorizedPlan, row: StoredChange, { stored, body }: Seen): Told | null => {
  if (row.kind === 'removed' || (row.level > plan.clearance && row.kind !== 'created')) return null;
  const view = viewOfRow(plan, row.uid, stored.protection);
  if (view === null) return null;
  const before = addressesOf(deps.baseUrl(), plan, view, row.before);
  // That an identifier which the caller may not see has changed is not told.
  const unseen = row.kind === 'identifier-changed' && before.length < row.before.length && sameSelf(body, before);
  return { uid: row.uid, kind: unseen ? 'updated' : row.kind, when: row.at, before: unseen ? [] : before, body };
};

const sameSelf = (body: Buffer, before: readonly string[]): boolean => {
  const now = selfLinks(body);
  return now.length === before.length && before.every((href) => now.includes(href));
};

/** A removal is told to those who see all rows that were no better protected. Of limited rows the difference of access tells. */
const removal = (deps: TellingDeps, plan: AuthorizedPlan, row: StoredChange): Told | null => {
  const view = viewOfFormer(plan, row.level);
  if (view === null) return null;
  const before = addressesOf(deps.baseUrl(), plan, view, row.before);
  return { uid: row.uid, kind: 'removed', when: row.at, before, body: null };
};

/**
 * A change that the follower could notice of something that is not there any more: the removal tells of it, unless it was hidden by then.
 * That it became hidden is the last that could be noticed, so a follower who held it is told here.
 */
const hiddenRemoval = async (
  deps: TellingDeps,
  { tenant, plan }: Follower,
  { after, seen, access }: FeedStretch,
  row: StoredChange,
  held: boolean,
): Promise<Told | null> => {
  if (row.position <= seen || row.level > plan.clearance) return null;
  if (plan.portions.every(({ rows, clearance }) => rows !== 'all' || clearance === 3)) return null;
  const [life] = await tenant.reads.lives([row.uid]);
  if (life === undefined || life.gone === null || (life.born > after && !held)) return null;
  const [went] = await tenant.reads.changes(plan, life.gone - 1, 1);
  if (went === undefined || went.uid !== row.uid || removal(deps, plan, went) !== null) return null;
  // Told at the last of them, so that it is told once wherever pages end.
  if (await isNoticedLater(tenant, plan, row, went)) return null;
  const view = viewIn(access, row.uid);
  if (view === null) return null;
  const identifiers = await identifiersAt(tenant, plan, row.uid, after, went);
  return {
    uid: row.uid,
    kind: 'removed',
    when: row.at,
    before: addressesOf(deps.baseUrl(), plan, view, identifiers),
    body: null,
  };
};

const isNoticedLater = async (
  tenant: Follower['tenant'],
  plan: AuthorizedPlan,
  { uid, position }: StoredChange,
  went: StoredChange,
): Promise<boolean> => {
  for (let from = position; from < went.position;) {
    const rows = await tenant.reads.changes(plan, from, mostRows);
    if (rows.some((row) => row.uid === uid && row.kind !== 'removed' && row.level <= plan.clearance)) return true;
    if (rows.length < mostRows) return false;
    from = rows.at(-1)?.position ?? went.position;
    await yieldToLoop();
  }
  return false;
};

/** The identifiers that a resource had at a position, of one that is gone: what the first change after it says of before. */
export const identifiersAt = async (
  tenant: Follower['tenant'],
  plan: AuthorizedPlan,
  uid: number,
  after: number,
  went: StoredChange,
): Promise<readonly IdentifierValue[]> => {
  for (let from = after; from < went.position;) {
    const rows = await tenant.reads.changes(plan, from, 1_000);
    const first = rows.find((row) => row.uid === uid && (row.kind === 'removed' || row.kind === 'identifier-changed'));
    if (first !== undefined) return first.before;
    if (rows.length < 1_000) break;
    from = rows.at(-1)?.position ?? went.position;
    await yieldToLoop();
  }
  return went.before;
};
