// Pages of stored bodies: the parts of a page, and the bytes of each when it is read. Used by tenant-reads.ts. Segments in which a clearance finds
// everything as it is are read whole; of the others it gives the rows, to be rendered one by one.
import type { DatabaseSync } from 'node:sqlite';
import { lowerBound, noGuarded } from '../guarded-set.ts';
import {
  createSights,
  endsOf,
  isSeenOtherwise,
  partsOf,
  piecesOf,
  placeIn,
  seenOf,
  seesEverything,
  segmentMap as mapOf,
} from '../page-sight.ts';
import type { Range, SegmentMap, Sight } from '../page-sight.ts';
import type { AuthorizedPlan } from '../plan.ts';
import type { BodyChunk, Eventually, Guarded, PagePart, PagePiece } from '../store.ts';
import { bytesOf, guarded as translated, numberOf, statement } from './driver.ts';
import type { GuardedRows } from './guarded-rows.ts';
import { firstUid, segmentRows } from '../writing/uids.ts';

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
  const sights = createSights();

  const segmentMap = (collection: number): SegmentMap => {
    const position = positionOf(collection);
    const known = maps.get(collection);
    if (known !== undefined && known.position === position) return known;
    const rows = readSegments.all(collection);
    const map = mapOf(
      position,
      rows.map((row) => numberOf(row, 'number')),
      rows.map((row) => numberOf(row, 'count')),
      rows.map((row) => numberOf(row, 'position')),
    );
    maps.set(collection, map);
    return map;
  };

  const sightOf = (collection: number, plan: AuthorizedPlan, rows: Guarded): Sight =>
    sights(collection, plan, segmentMap(collection), rows);

  const guardedFor = (collection: number, plan: AuthorizedPlan): Eventually<Guarded> =>
    seesEverything(plan) ? noGuarded : guarded.of(collection);

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
  const seenUids = (
    plan: AuthorizedPlan,
    rows: Guarded,
    first: number,
    skip: number,
    take: number,
  ): readonly number[] => {
    const all = translated(() => readUids.all(first, first + segmentRows)).map((row) => numberOf(row, 'uid'));
    return seenOf(plan, rows, all, skip, take);
  };

  /** Rows of a mixed segment: runs of stored bytes, and between them the rows that must be looked at one by one. */
  const mixedPieces = function* (
    collection: number,
    plan: AuthorizedPlan,
    rows: Guarded,
    uids: readonly number[],
    position: number,
  ): Iterable<PagePiece> {
    const whole = { segment: null, position };
    for (const piece of piecesOf(plan, rows, uids)) {
      if ('uids' in piece) yield piece;
      else yield { segment: null, read: () => readRun(collection, plan, piece.from, piece.to, piece.count, whole) };
    }
  };

  const parts = function* (collection: number, plan: AuthorizedPlan, range: Range, rows: Guarded): Iterable<PagePart> {
    const sight = translated(() => sightOf(collection, plan, rows));
    const { map } = sight;
    // Copies stand in for what is stored only as long as nothing has changed: a page takes long to be read, and protection takes effect at once.
    const stands = (): boolean => translated(() => positionOf(collection)) === map.position;
    for (const { number, version, skip, take, isMixed, isWhole } of partsOf(sight, range)) {
      const first = firstUid(collection) + number * segmentRows;
      const known = stands() ? { id: firstUid(collection) + number, version } : null;
      if (isMixed) {
        const pieces = () => mixedPieces(collection, plan, rows, seenUids(plan, rows, first, skip, take), map.position);
        yield { segment: known, skip, take, pieces, stands };
        continue;
      }
      const segment = isWhole ? known : null;
      // Found now: by the time of reading, rows before it may be gone.
      const from =
        skip === 0 ? first : translated(() => numberOf(uidAfter.get(first, first + segmentRows, skip), 'uid'));
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

  const uidAt = (collection: number, plan: AuthorizedPlan, sight: Sight, at: number): number | null => {
    const { number, skip, isMixed } = placeIn(sight, at);
    const first = firstUid(collection) + number * segmentRows;
    return isMixed
      ? (seenUids(plan, sight.guarded, first, skip, 1)[0] ?? null)
      : numberOf(uidAfter.get(first, first + segmentRows, skip), 'uid');
  };

  const spanIn = (collection: number, plan: AuthorizedPlan, range: Range, rows: Guarded) => {
    const sight = sightOf(collection, plan, rows);
    const ends = endsOf(sight, range);
    if (ends === null) return null;
    const [from, to] = [uidAt(collection, plan, sight, ends[0]), uidAt(collection, plan, sight, ends[1])];
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
