// Pages of stored bodies: where each segment of a collection begins, for those who see all rows and for those who do not see some, and the parts
// that a page is made of. Used by tenant-reads.ts. Segments in which a clearance finds everything as it is are read whole; of the others it gives
// the rows, to be rendered one by one.
import type { DatabaseSync } from 'node:sqlite';
import type { ProtectionLevel } from '#model/model.ts';
import type { AuthorizedPlan } from '../plan.ts';
import type { BodyChunk, Eventually, Guarded, PagePart, PagePiece } from '../store.ts';
import { bytesOf, guarded as translated, numberOf, statement } from './driver.ts';
import { lowerBound } from './guarded-rows.ts';
import type { GuardedRows } from './guarded-rows.ts';
import { firstUid, segmentOf, segmentRows } from '../writing/uids.ts';

export type Range = { readonly offset: number; readonly size: number };

export type Segments = {
  readonly chunks: (
    collection: number,
    plan: AuthorizedPlan,
    range: Range,
  ) => AsyncIterable<PagePart> | Iterable<PagePart>;
  readonly span: (
    collection: number,
    plan: AuthorizedPlan,
    range: Range,
  ) => Eventually<{ readonly from: number; readonly to: number } | null>;
};

export type SegmentDeps = {
  readonly db: DatabaseSync;
  readonly positionOf: (collection: number) => number;
  readonly guarded: GuardedRows;
};

/** Where each segment of a collection begins; right as long as the collection has not changed. */
type SegmentMap = {
  readonly position: number;
  readonly numbers: Float64Array;
  readonly counts: Float64Array;
  readonly versions: Float64Array;
  readonly before: Float64Array;
};

/** The same for a clearance: counts without hidden rows, and which segments must be looked at row by row. */
type Sight = {
  readonly map: SegmentMap;
  readonly guarded: Guarded;
  readonly counts: Float64Array;
  readonly before: Float64Array;
  /** 1 = not all as stored; null when all are. */
  readonly mixed: Uint8Array | null;
};

const keptSights = 64;

/** Prepares the statements of one connection. */
export const createSegments = ({ db, positionOf, guarded }: SegmentDeps): Segments => {
  const readSegments = statement(
    db,
    'SELECT number, count, position FROM segment WHERE collection = ? AND count > 0 ORDER BY number',
  );
  const readBodies = statement(
    db,
    `SELECT CAST(group_concat(body, ',') AS BLOB) AS bytes, count(*) AS n FROM (SELECT body FROM resource WHERE uid >= ? AND uid < ? ORDER BY uid LIMIT ?)`,
  );
  const readRows = statement(
    db,
    'SELECT uid, CAST(body AS BLOB) AS body FROM resource WHERE uid >= ? AND uid < ? ORDER BY uid LIMIT ?',
  );
  const readUids = statement(db, 'SELECT uid FROM resource WHERE uid >= ? AND uid < ? ORDER BY uid');
  const uidAfter = statement(db, 'SELECT uid FROM resource WHERE uid >= ? AND uid < ? ORDER BY uid LIMIT 1 OFFSET ?');
  const maps = new Map<number, SegmentMap>();
  const sights = new Map<string, Sight>();

  const segmentMap = (collection: number): SegmentMap => {
    const position = positionOf(collection);
    const known = maps.get(collection);
    if (known !== undefined && known.position === position) return known;
    const rows = readSegments.all(collection);
    const map: SegmentMap = {
      position,
      numbers: Float64Array.from(rows, (row) => numberOf(row, 'number')),
      counts: Float64Array.from(rows, (row) => numberOf(row, 'count')),
      versions: Float64Array.from(rows, (row) => numberOf(row, 'position')),
      before: sums(rows.map((row) => numberOf(row, 'count'))),
    };
    maps.set(collection, map);
    return map;
  };

  const sightOf = (collection: number, plan: AuthorizedPlan, rows: Guarded): Sight => {
    const map = segmentMap(collection);
    if (rows.uids.length === 0) return { map, guarded: rows, counts: map.counts, before: map.before, mixed: null };
    const [clearance, links] = [plan.clearance, linkClearance(plan)];
    const key = `${collection} ${clearance} ${links}`;
    const known = sights.get(key);
    if (known !== undefined && known.map === map && known.guarded === rows) return known;
    const counts = Float64Array.from(map.counts);
    const mixed = new Uint8Array(map.numbers.length);
    let index = 0;
    for (const [at, uid] of rows.uids.entries()) {
      const [isHidden, isPruned] = [(rows.own[at] ?? 0) > clearance, (rows.linked[at] ?? 0) > links];
      if (!isHidden && !isPruned) continue;
      const number = segmentOf(uid);
      while (index < mixed.length && (map.numbers[index] ?? 0) < number) index += 1;
      mixed[index] = 1;
      if (isHidden) counts[index] = (counts[index] ?? 0) - 1;
    }
    const sight = { map, guarded: rows, counts, before: sums(counts), mixed };
    sights.delete(key);
    sights.set(key, sight);
    for (const oldest of sights.keys()) {
      if (sights.size <= keptSights) break;
      sights.delete(oldest);
    }
    return sight;
  };

  const guardedFor = (collection: number, plan: AuthorizedPlan): Eventually<Guarded> =>
    plan.clearance === 3 && linkClearance(plan) === 3 ? none : guarded.of(collection);

  const bodies = (from: number, to: number, limit: number, segment: BodyChunk['segment']): BodyChunk => {
    const row = translated(() => readBodies.get(from, to, limit));
    return { bytes: bytesOf(row, 'bytes'), count: numberOf(row, 'n'), segment };
  };

  /**
   * A run of bodies that held nothing guarded when the page was begun. What has become so since is left out: a page takes long to be read, and
   * protection takes effect at once. Nor do its bytes stand for the segment any more once the collection has changed: others would be given them
   * who may see less.
   */
  const readRun = (
    collection: number,
    plan: AuthorizedPlan,
    from: number,
    to: number,
    limit: number,
    whole: { readonly segment: BodyChunk['segment']; readonly position: number },
  ): Eventually<BodyChunk> => {
    const given = (rows: Guarded): BodyChunk => {
      const segment = translated(() => positionOf(collection)) === whole.position ? whole.segment : null;
      const left = new Set<number>();
      for (let at = lowerBound(rows.uids, from); at < rows.uids.length && (rows.uids[at] ?? to) < to; at += 1)
        if (isSeenOtherwise(plan, rows, at)) left.add(rows.uids[at] ?? 0);
      if (left.size === 0) return bodies(from, to, limit, segment);
      const found = translated(() => readRows.all(from, to, limit)).filter((row) => !left.has(numberOf(row, 'uid')));
      const bytes = found.flatMap((row, index) =>
        index === 0 ? [bytesOf(row, 'body')] : [comma, bytesOf(row, 'body')],
      );
      return { bytes: Buffer.concat(bytes), count: found.length, segment: null };
    };
    const rows = translated(() => guardedFor(collection, plan));
    return rows instanceof Promise ? rows.then(given) : given(rows);
  };

  /** Rows of a segment that the clearance sees, `take` of them after `skip`. */
  const seenUids = (plan: AuthorizedPlan, rows: Guarded, first: number, skip: number, take: number): number[] => {
    const all = translated(() => readUids.all(first, first + segmentRows)).map((row) => numberOf(row, 'uid'));
    let at = lowerBound(rows.uids, first);
    const seen = all.filter((uid) => {
      while (at < rows.uids.length && (rows.uids[at] ?? 0) < uid) at += 1;
      return rows.uids[at] !== uid || (rows.own[at] ?? 0) <= plan.clearance;
    });
    return seen.slice(skip, skip + take);
  };

  /** Rows of a mixed segment: runs of stored bytes, and between them the rows that must be looked at one by one. */
  const mixedPieces = function* (
    collection: number,
    plan: AuthorizedPlan,
    rows: Guarded,
    uids: readonly number[],
    position: number,
  ): Iterable<PagePiece> {
    let at = lowerBound(rows.uids, uids[0] ?? 0);
    let run: number[] = [];
    let looked: number[] = [];
    const ended = function* (): Iterable<PagePiece> {
      const [from, to, count] = [run[0] ?? 0, (run.at(-1) ?? 0) + 1, run.length];
      run = [];
      const whole = { segment: null, position };
      if (count > 0) yield { segment: null, read: () => readRun(collection, plan, from, to, count, whole) };
      if (looked.length > 0) yield { uids: looked };
      looked = [];
    };
    for (const uid of uids) {
      // A hidden row ends a run as well: it must not lie between the first and the last of one.
      let isCut = false;
      for (; at < rows.uids.length && (rows.uids[at] ?? uid) < uid; at += 1) isCut ||= isSeenOtherwise(plan, rows, at);
      const isLooked = rows.uids[at] === uid && isSeenOtherwise(plan, rows, at);
      if ((isLooked || isCut) && run.length > 0) yield* ended();
      if (!isLooked && looked.length > 0) yield* ended();
      (isLooked ? looked : run).push(uid);
    }
    yield* ended();
  };

  const parts = function* (
    collection: number,
    plan: AuthorizedPlan,
    { offset, size }: Range,
    rows: Guarded,
  ): Iterable<PagePart> {
    const { map, counts, before, mixed } = translated(() => sightOf(collection, plan, rows));
    const total = before[counts.length] ?? 0;
    const end = size === 0 ? total : Math.min(total, offset + size);
    if (offset >= end) return;
    for (let index = segmentHolding(before, offset); index < counts.length; index += 1) {
      const start = before[index] ?? 0;
      if (start >= end) return;
      const count = counts[index] ?? 0;
      const number = map.numbers[index] ?? 0;
      const skip = Math.max(0, offset - start);
      const take = Math.min(count, end - start) - skip;
      if (take <= 0) continue;
      const first = firstUid(collection) + number * segmentRows;
      // Copies stand in for what is stored only as long as nothing has changed: a page takes long to be read, and protection takes effect at once.
      const stands = (): boolean => translated(() => positionOf(collection)) === map.position;
      const known = stands() ? { id: firstUid(collection) + number, version: map.versions[index] ?? 0 } : null;
      if (mixed?.[index] === 1) {
        const pieces = () => mixedPieces(collection, plan, rows, seenUids(plan, rows, first, skip, take), map.position);
        yield { segment: known, skip, take, pieces, stands };
        continue;
      }
      const segment = skip === 0 && take === count ? known : null;
      // Found now: by the time of reading, rows before it may be gone.
      const from =
        skip === 0 ? first : translated(() => numberOf(uidAfter.get(first, first + segmentRows, skip), 'uid'));
      // A whole segment is read whole, whatever was added to it since: readers may see newer rows, never half of one.
      const whole = { segment, position: map.position };
      yield { segment, read: () => readRun(collection, plan, from, first + segmentRows, take, whole) };
    }
  };

  const later = async function* (
    collection: number,
    plan: AuthorizedPlan,
    range: Range,
    rows: Promise<Guarded>,
  ): AsyncIterable<PagePart> {
    await rows;
    // What was waited for may be behind already.
    yield* sightNow(collection, plan, range);
  };

  const sightNow = (
    collection: number,
    plan: AuthorizedPlan,
    range: Range,
  ): AsyncIterable<PagePart> | Iterable<PagePart> => {
    const rows = translated(() => guardedFor(collection, plan));
    return rows instanceof Promise ? later(collection, plan, range, rows) : parts(collection, plan, range, rows);
  };

  const uidAt = (
    collection: number,
    plan: AuthorizedPlan,
    { map, guarded: rows, before, mixed }: Sight,
    at: number,
  ) => {
    const index = segmentHolding(before, at);
    const first = firstUid(collection) + (map.numbers[index] ?? 0) * segmentRows;
    const skip = at - (before[index] ?? 0);
    return mixed?.[index] === 1
      ? (seenUids(plan, rows, first, skip, 1)[0] ?? null)
      : numberOf(uidAfter.get(first, first + segmentRows, skip), 'uid');
  };

  const spanIn = (collection: number, plan: AuthorizedPlan, { offset, size }: Range, rows: Guarded) => {
    const sight = sightOf(collection, plan, rows);
    const total = sight.before[sight.counts.length] ?? 0;
    const end = size === 0 ? total : Math.min(total, offset + size);
    if (offset >= end) return null;
    const [from, to] = [uidAt(collection, plan, sight, offset), uidAt(collection, plan, sight, end - 1)];
    return from === null || to === null ? null : { from, to };
  };

  const span: Segments['span'] = (collection, plan, range) => {
    const rows = guardedFor(collection, plan);
    return rows instanceof Promise
      ? rows.then(() => span(collection, plan, range))
      : translated(() => spanIn(collection, plan, range, rows));
  };

  return { chunks: sightNow, span };
};

const comma = Buffer.from(',');
const none: Guarded = { uids: new Float64Array(), own: new Uint8Array(), linked: new Uint8Array() };

/** The lowest clearance for links among the collections that the plan shows links to. */
const linkClearance = (plan: AuthorizedPlan): ProtectionLevel => {
  let lowest: ProtectionLevel = 3;
  for (const level of plan.targetClearance.values()) if (level < lowest) lowest = level;
  return lowest;
};

const isSeenOtherwise = (plan: AuthorizedPlan, rows: Guarded, at: number): boolean =>
  (rows.own[at] ?? 0) > plan.clearance || (rows.linked[at] ?? 0) > linkClearance(plan);

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
