// Pages of stored bodies: one look at the collection says what a page is made of, and the bytes of each part are read when they are asked for. Used
// by tenant-reads.ts. Segments in which a clearance finds everything as it is are read whole; of the others it gives the rows, to be rendered one
// by one.
import type { DatabaseSync } from 'node:sqlite';
import { lowerBound } from '#base/uid-sets.ts';
import { noGuarded } from '../guarded-set.ts';
import {
  boundsOf,
  createSights,
  isSeenOtherwise,
  pageEnds,
  partsOf,
  piecesOf,
  seenOf,
  seesEverything,
  segmentMap as mapOf,
  withinBounds,
} from '../page-sight.ts';
import type { Bounds, PageEnd, Range, SegmentMap, Sight } from '../page-sight.ts';
import type { AuthorizedPlan } from '../plan.ts';
import type { BodyChunk, Eventually, Guarded, PagePart, PagePiece, StoredPage } from '../store.ts';
import { bytesOf, guarded as translated, numberOf, statement } from './driver.ts';
import type { GuardedRows } from './guarded-rows.ts';
import { firstUid, segmentRows } from '../writing/uids.ts';

export type Segments = {
  readonly page: (collection: number, plan: AuthorizedPlan, range: Range) => Eventually<StoredPage | null>;
};

export type SegmentDeps = {
  readonly db: DatabaseSync;
  readonly positionOf: (collection: number) => number;
  readonly guarded: GuardedRows;
};

/** A page as it was found. */
type Page = {
  readonly collection: number;
  readonly plan: AuthorizedPlan;
  readonly sight: Sight;
  readonly range: Range;
  readonly bounds: Bounds;
};

/** Rows to be sent as they are, below `to`, and the segment that they are all of. */
type Run = { readonly from: number; readonly to: number; readonly segment: BodyChunk['segment'] };

/** Prepares the statements of one connection. */
export const createSegments = ({ db, positionOf, guarded }: SegmentDeps): Segments => {
  const readSegments = statement(
    db,
    'SELECT number, count, position FROM segment WHERE collection = ? AND count > 0 ORDER BY number',
  );
  const readNext = statement(db, 'SELECT next FROM collection WHERE id = ?');
  const readBodies = statement(
    db,
    `SELECT CAST(group_concat(body, ',') AS BLOB) AS bytes, count(*) AS n FROM (SELECT body FROM resource WHERE uid >= ? AND uid < ? ORDER BY uid)`,
  );
  const readRows = statement(
    db,
    'SELECT uid, CAST(body AS BLOB) AS body FROM resource WHERE uid >= ? AND uid < ? ORDER BY uid',
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
      { collection, position, next: numberOf(readNext.get(collection), 'next') },
      rows.map((row) => numberOf(row, 'number')),
      rows.map((row) => numberOf(row, 'count')),
      rows.map((row) => numberOf(row, 'position')),
    );
    maps.set(collection, map);
    return map;
  };

  const guardedFor = (collection: number, plan: AuthorizedPlan): Eventually<Guarded> =>
    seesEverything(plan) ? noGuarded : guarded.of(collection);

  const bodies = (from: number, to: number, segment: BodyChunk['segment']): BodyChunk => {
    const row = translated(() => readBodies.get(from, to));
    return { bytes: bytesOf(row, 'bytes'), count: numberOf(row, 'n'), segment };
  };

  /**
   * A run of bodies that held nothing guarded when the page was begun. What has become so since is left out: a page takes long to be read, and
   * protection takes effect at once. Nor do its bytes stand for the segment any more once the collection has changed: others would be given them
   * who may see less.
   */
  const readRun = ({ collection, plan, sight }: Page, { from, to, segment }: Run): Eventually<BodyChunk> => {
    const given = (rows: Guarded): BodyChunk => {
      const named = translated(() => positionOf(collection)) === sight.map.position ? segment : null;
      const left = new Set<number>();
      for (let at = lowerBound(rows.uids, from); at < rows.uids.length && (rows.uids[at] ?? to) < to; at += 1)
        if (isSeenOtherwise(plan, rows, at)) left.add(rows.uids[at] ?? 0);
      if (left.size === 0) return bodies(from, to, named);
      const found = translated(() => readRows.all(from, to)).filter((row) => !left.has(numberOf(row, 'uid')));
      const bytes = found.flatMap((row, index) =>
        index === 0 ? [bytesOf(row, 'body')] : [comma, bytesOf(row, 'body')],
      );
      return { bytes: Buffer.concat(bytes), count: found.length, segment: null };
    };
    const rows = translated(() => guardedFor(collection, plan));
    return rows instanceof Promise ? rows.then(given) : given(rows);
  };

  /** Rows that the clearance saw, of those that are still there. */
  const seenUids = ({ plan, sight }: Pick<Page, 'plan' | 'sight'>, from: number, to: number): readonly number[] =>
    seenOf(
      plan,
      sight.guarded,
      translated(() => readUids.all(from, to)).map((row) => numberOf(row, 'uid')),
    );

  /** Rows of a mixed segment: runs of stored bytes, and between them the rows that must be looked at one by one. */
  const mixedPieces = function* (page: Page, from: number, to: number): Iterable<PagePiece> {
    for (const piece of piecesOf(page.plan, page.sight.guarded, seenUids(page, from, to))) {
      if ('uids' in piece) yield piece;
      else yield { segment: null, read: () => readRun(page, { from: piece.from, to: piece.to, segment: null }) };
    }
  };

  const parts = function* (page: Page): Iterable<PagePart> {
    const { collection, sight, range, bounds } = page;
    // Copies stand in for what is stored only as long as nothing has changed: a page takes long to be read, and protection takes effect at once.
    const stands = (): boolean => translated(() => positionOf(collection)) === sight.map.position;
    for (const { number, version, skip, take, isMixed, isWhole } of partsOf(sight, range)) {
      const { from, to } = withinBounds(bounds, firstUid(collection) + number * segmentRows);
      const known = stands() ? { id: firstUid(collection) + number, version } : null;
      if (isMixed) {
        yield { segment: known, skip, take, pieces: () => mixedPieces(page, from, to), stands };
        continue;
      }
      const segment = isWhole ? known : null;
      yield { segment, read: () => readRun(page, { from, to, segment }) };
    }
  };

  const uidAt = (seen: Pick<Page, 'plan' | 'sight'>, { low, skip, isMixed, isEdge }: PageEnd): number | null => {
    if (isEdge) return null;
    if (isMixed) return seenUids(seen, low, low + segmentRows)[skip] ?? null;
    return numberOf(uidAfter.get(low, low + segmentRows, skip), 'uid');
  };

  const pageIn = (collection: number, plan: AuthorizedPlan, range: Range, rows: Guarded): StoredPage | null => {
    const sight = sights(collection, plan, segmentMap(collection), rows);
    const ends = pageEnds(collection, sight, range);
    if (ends === null) return null;
    const seen = { plan, sight };
    const bounds = boundsOf(sight, ends, [uidAt(seen, ends[0]), uidAt(seen, ends[1])]);
    if (bounds === null) return null;
    const page: Page = { collection, plan, sight, range, bounds };
    return { ...bounds, position: sight.map.position, guarded: rows, parts: () => parts(page) };
  };

  const page: Segments['page'] = (collection, plan, range) => {
    const rows = guardedFor(collection, plan);
    // What was waited for may be behind already.
    return rows instanceof Promise
      ? rows.then(() => page(collection, plan, range))
      : translated(() => pageIn(collection, plan, range, rows));
  };

  return { page };
};

const comma = Buffer.from(',');
