// Where each segment of a collection begins, for those who see all rows and for those who do not see some, and which parts a page is made of.
// Segments in which a clearance finds everything as it is are read whole; of the others it gives runs of rows, and between them the rows to be
// rendered one by one. Used by the reading halves of the engines, which read what it names; pure.
import { lowerBound } from '#base/uid-sets.ts';
import type { ProtectionLevel } from '#model/model.ts';
import type { AuthorizedPlan } from './plan.ts';
import type { Guarded } from './store.ts';
import { firstUid, segmentOf, segmentRows } from './writing/uids.ts';

export type Range = { readonly offset: number; readonly size: number };

/** Where each segment of a collection begins; right as long as the collection has not changed. */
export type SegmentMap = {
  readonly position: number;
  /** One past the last uid that the collection had given: whatever comes later has this or a higher one. */
  readonly end: number;
  readonly numbers: Float64Array;
  readonly counts: Float64Array;
  readonly versions: Float64Array;
  readonly before: Float64Array;
};

/** The same for a clearance: counts without hidden rows, and which segments must be looked at row by row. */
export type Sight = {
  readonly map: SegmentMap;
  readonly guarded: Guarded;
  readonly counts: Float64Array;
  readonly before: Float64Array;
  /** 1 = not all as stored; null when all are. */
  readonly mixed: Uint8Array | null;
};

/** What a page takes of one segment: `take` of the rows that the clearance sees, after `skip`. */
export type SegmentPart = {
  readonly number: number;
  readonly version: number;
  readonly skip: number;
  readonly take: number;
  readonly isMixed: boolean;
  /** All rows of the segment, as stored. */
  readonly isWhole: boolean;
};

/** Rows that lie beside each other and are sent as they are, or rows that must be looked at. `to` is one past the last. */
export type RunOfRows = { readonly from: number; readonly to: number; readonly count: number };
export type LookedAt = { readonly uids: readonly number[] };

/** Where a page begins or ends: after `skip` seen rows of the segment whose first uid is `low`. */
export type PageEnd = {
  readonly low: number;
  readonly skip: number;
  readonly isMixed: boolean;
  /** The page begins or ends where the segment does: no row has to be looked for. */
  readonly isEdge: boolean;
};

/** The uids between which a page lies, both included; nothing else is read of it. */
export type Bounds = { readonly from: number; readonly to: number };

/** Index-aligned, by number; only segments that hold rows. `next` = how many uids the collection has given. */
export const segmentMap = (
  { collection, position, next }: { readonly collection: number; readonly position: number; readonly next: number },
  numbers: readonly number[],
  counts: readonly number[],
  versions: readonly number[],
): SegmentMap => ({
  position,
  end: firstUid(collection) + next,
  numbers: Float64Array.from(numbers),
  counts: Float64Array.from(counts),
  versions: Float64Array.from(versions),
  before: sums(counts),
});

/** Makes what a plan sees of a collection, and remembers the last few: the same map and the same guarded rows give the same sight. */
export const createSights = (): ((
  collection: number,
  plan: AuthorizedPlan,
  map: SegmentMap,
  guarded: Guarded,
) => Sight) => {
  const sights = new Map<string, Sight>();
  return (collection, plan, map, guarded) => {
    if (guarded.uids.length === 0) return { map, guarded, counts: map.counts, before: map.before, mixed: null };
    const [clearance, links] = [plan.clearance, linkClearance(plan)];
    const key = `${collection} ${clearance} ${links}`;
    const known = sights.get(key);
    if (known !== undefined && known.map === map && known.guarded === guarded) return known;
    const sight = sightOf(map, guarded, clearance, links);
    sights.delete(key);
    sights.set(key, sight);
    for (const oldest of sights.keys()) {
      if (sights.size <= keptSights) break;
      sights.delete(oldest);
    }
    return sight;
  };
};

const keptSights = 64;

const sightOf = (map: SegmentMap, guarded: Guarded, clearance: ProtectionLevel, links: ProtectionLevel): Sight => {
  const counts = Float64Array.from(map.counts);
  const mixed = new Uint8Array(map.numbers.length);
  let index = 0;
  for (const [at, uid] of guarded.uids.entries()) {
    const [isHidden, isPruned] = [(guarded.own[at] ?? 0) > clearance, (guarded.linked[at] ?? 0) > links];
    if (!isHidden && !isPruned) continue;
    const number = segmentOf(uid);
    while (index < mixed.length && (map.numbers[index] ?? 0) < number) index += 1;
    mixed[index] = 1;
    if (isHidden) counts[index] = (counts[index] ?? 0) - 1;
  }
  return { map, guarded, counts, before: sums(counts), mixed };
};

/** True when the plan sees every row of a collection as it is stored, whatever is protected. */
export const seesEverything = (plan: AuthorizedPlan): boolean => plan.clearance === 3 && linkClearance(plan) === 3;

/** The lowest clearance for links among the collections that the plan shows links to. */
export const linkClearance = (plan: AuthorizedPlan): ProtectionLevel => {
  let lowest: ProtectionLevel = 3;
  for (const level of plan.targetClearance.values()) if (level < lowest) lowest = level;
  return lowest;
};

/** Whether the plan does not see a guarded row, or sees it with fewer links. */
export const isSeenOtherwise = (plan: AuthorizedPlan, guarded: Guarded, at: number): boolean =>
  (guarded.own[at] ?? 0) > plan.clearance || (guarded.linked[at] ?? 0) > linkClearance(plan);

/** First and last place of a range among all rows that are seen; null when it is empty. */
const endsOf = ({ before, counts }: Sight, { offset, size }: Range): readonly [number, number] | null => {
  const total = before[counts.length] ?? 0;
  const end = size === 0 ? total : Math.min(total, offset + size);
  return offset >= end ? null : [offset, end - 1];
};

/** What a page takes of each segment, in order. */
export const partsOf = function* (sight: Sight, range: Range): Generator<SegmentPart> {
  const ends = endsOf(sight, range);
  if (ends === null) return;
  const { map, counts, before, mixed } = sight;
  const [offset, end] = [ends[0], ends[1] + 1];
  for (let index = segmentHolding(before, offset); index < counts.length; index += 1) {
    const start = before[index] ?? 0;
    if (start >= end) return;
    const count = counts[index] ?? 0;
    const skip = Math.max(0, offset - start);
    const take = Math.min(count, end - start) - skip;
    if (take <= 0) continue;
    const isMixed = mixed?.[index] === 1;
    yield {
      number: map.numbers[index] ?? 0,
      version: map.versions[index] ?? 0,
      skip,
      take,
      isMixed,
      isWhole: !isMixed && skip === 0 && take === count,
    };
  }
};

/** Where a range begins and ends in the segments of a collection; null when it is empty. */
export const pageEnds = (collection: number, sight: Sight, range: Range): readonly [PageEnd, PageEnd] | null => {
  const ends = endsOf(sight, range);
  if (ends === null) return null;
  const { map, before, counts, mixed } = sight;
  const endAt = (place: number, isLast: boolean): PageEnd => {
    const index = segmentHolding(before, place);
    const skip = place - (before[index] ?? 0);
    return {
      low: firstUid(collection) + (map.numbers[index] ?? 0) * segmentRows,
      skip,
      isMixed: mixed?.[index] === 1,
      isEdge: isLast ? skip + 1 === counts[index] : skip === 0,
    };
  };
  return [endAt(ends[0], false), endAt(ends[1], true)];
};

/**
 * The uids between which a page lies. `found` are those at its ends; null where none was looked for, or so many rows have gone since that none is
 * there. It may have been looked for later than the sight, so what has come since is left out by its uid. Null when nothing is left.
 */
export const boundsOf = (
  { map }: Sight,
  [start, last]: readonly [PageEnd, PageEnd],
  [from, to]: readonly [number | null, number | null],
): Bounds | null => {
  const first = start.isEdge ? start.low : (from ?? start.low + segmentRows);
  const end = Math.min(last.isEdge || to === null ? last.low + segmentRows : to + 1, map.end);
  return first < end ? { from: first, to: end - 1 } : null;
};

/** The uids that a page may hold of the segment whose first is `low`; `to` is one past the last. */
export const withinBounds = ({ from, to }: Bounds, low: number): { readonly from: number; readonly to: number } => ({
  from: Math.max(low, from),
  to: Math.min(low + segmentRows, to + 1),
});

/** Of some rows (ascending) those that the clearance sees. */
export const seenOf = (plan: AuthorizedPlan, guarded: Guarded, uids: readonly number[]): readonly number[] => {
  let at = lowerBound(guarded.uids, uids[0] ?? 0);
  return uids.filter((uid) => {
    while (at < guarded.uids.length && (guarded.uids[at] ?? 0) < uid) at += 1;
    return guarded.uids[at] !== uid || (guarded.own[at] ?? 0) <= plan.clearance;
  });
};

/** Rows of a mixed segment in order: runs of those that are as stored, and between them those that must be looked at. */
export const piecesOf = function* (
  plan: AuthorizedPlan,
  guarded: Guarded,
  uids: readonly number[],
): Generator<RunOfRows | LookedAt> {
  let at = lowerBound(guarded.uids, uids[0] ?? 0);
  let run: number[] = [];
  let looked: number[] = [];
  const ended = function* (): Generator<RunOfRows | LookedAt> {
    if (run.length > 0) yield { from: run[0] ?? 0, to: (run.at(-1) ?? 0) + 1, count: run.length };
    if (looked.length > 0) yield { uids: looked };
    run = [];
    looked = [];
  };
  for (const uid of uids) {
    // A hidden row ends a run as well: it must not lie between the first and the last of one.
    let isCut = false;
    for (; at < guarded.uids.length && (guarded.uids[at] ?? uid) < uid; at += 1)
      isCut ||= isSeenOtherwise(plan, guarded, at);
    const isLooked = guarded.uids[at] === uid && isSeenOtherwise(plan, guarded, at);
    if ((isLooked || isCut) && run.length > 0) yield* ended();
    if (!isLooked && looked.length > 0) yield* ended();
    (isLooked ? looked : run).push(uid);
  }
  yield* ended();
};

/** 0, the first, the first two together … */
const sums = (counts: ArrayLike<number>): Float64Array => {
  const before = new Float64Array(counts.length + 1);
  for (let index = 0; index < counts.length; index += 1)
    before[index + 1] = (before[index] ?? 0) + (counts[index] ?? 0);
  return before;
};

const segmentHolding = (before: Float64Array, offset: number): number => {
  let low = 0;
  let high = before.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((before[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
};
