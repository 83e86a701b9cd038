// The change feed and the counts of one transaction: which place each touched resource gets, and what that does to its segment and its
// collection. Written out once, at the end. Used by tenant-write.ts.
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '#base/clock.ts';
import type { ProtectionLevel } from '#model/model.ts';
import { numberOf, statement } from './driver.ts';
import { collectionOf, firstUid, segmentOf } from './schema.ts';
import { noticedIn } from './stored-rows.ts';

export const changeKinds = ['', 'created', 'updated', 'removed', 'identifier-changed'] as const;
export const [created, updated, removed, identifierChanged] = [1, 2, 3, 4] as const;
type Kind = typeof created | typeof updated | typeof removed | typeof identifierChanged;

/**
 * `before` = the identifiers that followers know the resource by, as JSON text. `last` = position of its change before this one; 0 = none.
 */
export type Touched = {
  readonly position: number;
  readonly collection: number;
  readonly last: number;
  kind: Kind;
  before: string | null;
};
type Counter = { next: number; count: number; position: number };
type SegmentDelta = { readonly collection: number; readonly number: number; delta: number; position: number };

export type Changes = {
  /** The uid of a resource to come. */
  readonly nextUid: (collection: number) => number;
  /**
   * Gives the resource its place in the feed: one change per resource and transaction. `delta` = what it does to the count, `last` = position of its
   * change before, where that has been read.
   */
  readonly touch: (uid: number, kind: Kind, delta: number, last?: number) => Touched;
  /** Writes everything out. `breathe` is told how much work was done; `levelOf` says from which clearance on a change can be noticed. */
  readonly write: (
    breathe: (work: number) => Promise<void>,
    levelOf: (uid: number, entry: Touched) => ProtectionLevel,
  ) => Promise<void>;
};

/**
 * Prepares the statements of one connection; gives what begins the bookkeeping of one transaction. `isGuarded` = something of the organisation may be
 * protected.
 */
export const createChangeWriter = (
  db: DatabaseSync,
  clock: Pick<Clock, 'now'>,
): ((isGuarded: () => boolean) => Changes) => {
  const readCounter = statement(db, 'SELECT next, count, position FROM collection WHERE id = ?');
  const writeCounter = statement(
    db,
    'UPDATE collection SET next = ?, count = ?, position = ?, changed_at = max(changed_at, ?) WHERE id = ?',
  );
  const addToSegment = statement(
    db,
    'INSERT INTO segment (collection, number, count, position) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET count = count + ?3, position = ?4',
  );
  const insertChange = statement(
    db,
    'INSERT INTO change (position, collection, uid, kind, at, before, level, noticed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const lastChange = statement(db, 'SELECT position, at FROM change ORDER BY position DESC LIMIT 1');
  const lastOf = statement(db, 'SELECT position FROM resource WHERE uid = ?');
  const changeAt = statement(db, 'SELECT position, at, level, noticed FROM change WHERE position = ?');

  /** For each clearance below a level the last change before that it could notice, as JSON text. */
  const noticedBefore = (last: number, level: ProtectionLevel): string | null => {
    if (level === 0 || last === 0) return null;
    const row = changeAt.get(last);
    if (row === undefined) return null;
    return JSON.stringify([0, 1, 2].slice(0, level).map((clearance) => noticedIn(row, clearance)));
  };

  return (isGuarded) => {
    const touched = new Map<number, Touched>();
    const counters = new Map<number, Counter>();
    const segments = new Map<string, SegmentDelta>();
    const newest = lastChange.get();
    let position = numberOf(newest, 'position');
    const lastAt = numberOf(newest, 'at');

    const counterOf = (collection: number): Counter => {
      const known = counters.get(collection);
      if (known !== undefined) return known;
      const row = readCounter.get(collection);
      const counter = {
        next: numberOf(row, 'next'),
        count: numberOf(row, 'count'),
        position: numberOf(row, 'position'),
      };
      counters.set(collection, counter);
      return counter;
    };

    return {
      nextUid: (collection) => {
        const counter = counterOf(collection);
        counter.next += 1;
        return firstUid(collection) + counter.next - 1;
      },
      touch: (uid, kind, delta, last) => {
        const collection = collectionOf(uid);
        let entry = touched.get(uid);
        if (entry === undefined) {
          position += 1;
          // Read before it is written over; where nothing is protected everybody notices everything.
          const known = kind === created || last !== undefined || !isGuarded() ? undefined : lastOf.get(uid);
          entry = {
            position,
            collection,
            last: last ?? numberOf(known, 'position'),
            kind,
            before: null,
          };
          touched.set(uid, entry);
        } else if (kind === removed || (kind === identifierChanged && entry.kind === updated)) entry.kind = kind;
        const number = segmentOf(uid);
        const key = `${collection}/${number}`;
        const segment = segments.get(key);
        if (segment === undefined) segments.set(key, { collection, number, delta, position: entry.position });
        else {
          segment.delta += delta;
          segment.position = Math.max(segment.position, entry.position);
        }
        const counter = counterOf(collection);
        counter.count += delta;
        counter.position = Math.max(counter.position, entry.position);
        return entry;
      },
      write: async (breathe, levelOf) => {
        // Taken last: nothing that commits later may carry an earlier time than what a reader has seen.
        const at = Math.max(clock.now(), lastAt);
        for (const [uid, entry] of touched) {
          const level = levelOf(uid, entry);
          insertChange.run(
            entry.position,
            entry.collection,
            uid,
            entry.kind,
            at,
            entry.before,
            level,
            noticedBefore(entry.last, level),
          );
          await breathe(1);
        }
        for (const segment of segments.values())
          addToSegment.run(segment.collection, segment.number, segment.delta, segment.position);
        for (const [id, counter] of counters)
          writeCounter.run(counter.next, counter.count, counter.position, counter.position === 0 ? 0 : at, id);
        touched.clear();
        segments.clear();
        counters.clear();
      },
    };
  };
};
