// The rows of each collection that are protected or link to something that is, kept in memory and brought up to date by the change feed. Used by
// the reading half of a tenant: what it gives is the same object until one of the rows changes.
import type { DatabaseSync } from 'node:sqlite';
import { yieldToLoop } from '#base/clock.ts';
import type { ProtectionLevel } from '#model/model.ts';
import type { Eventually, Guarded } from '../store.ts';
import { guarded as translated, numberOf, statement } from './driver.ts';
import { linkedIn, ownIn } from '../writing/protection-bits.ts';
import { endUid, firstUid } from '../writing/uids.ts';

export type GuardedRows = {
  /** As of the last commit. A promise only when many rows must be read first. */
  readonly of: (collection: number) => Eventually<Guarded>;
  /** How many of the rows a clearance does not see. */
  readonly hidden: (guarded: Guarded, clearance: ProtectionLevel) => number;
};

export type GuardedDeps = {
  readonly db: DatabaseSync;
  /** Grows with every commit to the file. */
  readonly commits: () => number;
  /** Position of the last change of a collection. */
  readonly positionOf: (collection: number) => number;
};

type Known = { guarded: Guarded; position: number; commit: number };

// Rows read or looked up before other work runs.
const rowsPerTurn = 4_096;
const rowsAtMost = 131_072;

const nothing: Guarded = { uids: new Float64Array(), own: new Uint8Array(), linked: new Uint8Array() };

/** Prepares the statements of one connection. */
export const createGuardedRows = ({ db, commits, positionOf }: GuardedDeps): GuardedRows => {
  const readGuarded = statement(
    db,
    'SELECT uid, protection FROM resource WHERE protection > 0 AND uid >= ? AND uid < ? ORDER BY uid LIMIT ?',
  );
  const readChanged = statement(
    db,
    `SELECT c.uid, r.protection FROM (SELECT DISTINCT uid FROM change WHERE collection = ? AND position > ? LIMIT ?) c
     LEFT JOIN resource r ON r.uid = c.uid ORDER BY c.uid`,
  );
  const known = new Map<number, Known>();
  const reading = new Map<number, Promise<void>>();
  const counts = new WeakMap<Guarded, readonly number[]>();

  const remember = (collection: number, guarded: Guarded, position: number): Guarded => {
    known.set(collection, { guarded, position, commit: commits() });
    return guarded;
  };

  /** Takes in what has changed since; null when that is too much for one turn. */
  const caughtUp = (collection: number, state: Known, position: number, most: number): Guarded | null => {
    const rows = readChanged.all(collection, state.position, most + 1);
    if (rows.length > most) return null;
    return remember(collection, merged(state.guarded, rows), position);
  };

  const readAll = async (collection: number): Promise<void> => {
    const position = translated(() => positionOf(collection));
    const rows: Row[] = [];
    for (let from = firstUid(collection); ;) {
      const slice = translated(() => readGuarded.all(from, endUid(collection), rowsPerTurn));
      for (const row of slice) {
        from = numberOf(row, 'uid') + 1;
        rows.push(row);
      }
      if (slice.length < rowsPerTurn) break;
      await yieldToLoop();
    }
    // Rows that changed meanwhile are taken in by the next look at the feed.
    const old = known.get(collection)?.guarded ?? nothing;
    const now = merged(nothing, rows);
    known.set(collection, { guarded: same(old, now) ? old : now, position, commit: -1 });
  };

  const of = (collection: number, most = rowsPerTurn): Eventually<Guarded> => {
    const state = known.get(collection);
    if (state !== undefined && state.commit === commits()) return state.guarded;
    const position = positionOf(collection);
    if (state === undefined) {
      const rows = readGuarded.all(firstUid(collection), endUid(collection), rowsPerTurn);
      if (rows.length < rowsPerTurn) return remember(collection, merged(nothing, rows), position);
    } else {
      if (state.position === position) return remember(collection, state.guarded, position);
      const now = caughtUp(collection, state, position, most);
      if (now !== null) return now;
    }
    let work = reading.get(collection);
    if (work === undefined) {
      work = readAll(collection).finally(() => reading.delete(collection));
      reading.set(collection, work);
    }
    // Large pages may have come meanwhile: rather one long turn than reading all of it again and again.
    return work.then(() => of(collection, rowsAtMost));
  };

  return {
    of: (collection) => of(collection),
    hidden: (guarded, clearance) => {
      let found = counts.get(guarded);
      if (found === undefined) {
        const above = [0, 0, 0, 0];
        for (const own of guarded.own)
          for (let level = 0; level < own; level += 1) above[level] = (above[level] ?? 0) + 1;
        counts.set(guarded, (found = above));
      }
      return found[clearance] ?? 0;
    },
  };
};

type Row = Record<string, unknown>;

const same = (a: Guarded, b: Guarded): boolean =>
  a.uids.length === b.uids.length &&
  a.uids.every((uid, at) => uid === b.uids[at] && a.own[at] === b.own[at] && a.linked[at] === b.linked[at]);

/** The set with some rows as they are now (ascending; those that are gone have no protection). The same object when nothing differs. */
const merged = (guarded: Guarded, rows: readonly Row[]): Guarded => {
  const changed = rows.map((row) => {
    const bits = numberOf(row, 'protection');
    return { uid: numberOf(row, 'uid'), own: ownIn(bits), linked: linkedIn(bits) };
  });
  const uids: number[] = [];
  const own: number[] = [];
  const linked: number[] = [];
  let differs = false;
  let at = 0;
  const keep = (until: number): void => {
    while (at < guarded.uids.length && (guarded.uids[at] ?? 0) < until) {
      uids.push(guarded.uids[at] ?? 0);
      own.push(guarded.own[at] ?? 0);
      linked.push(guarded.linked[at] ?? 0);
      at += 1;
    }
  };
  // Most changes are of rows that are not guarded and were not.
  const relevant = changed.filter((row) => row.own > 0 || row.linked > 0 || holds(guarded.uids, row.uid));
  if (relevant.length === 0) return guarded;
  for (const row of relevant) {
    keep(row.uid);
    const was = guarded.uids[at] === row.uid ? [guarded.own[at] ?? 0, guarded.linked[at] ?? 0] : [0, 0];
    if (guarded.uids[at] === row.uid) at += 1;
    differs ||= was[0] !== row.own || was[1] !== row.linked;
    if (row.own === 0 && row.linked === 0) continue;
    uids.push(row.uid);
    own.push(row.own);
    linked.push(row.linked);
  }
  if (!differs) return guarded;
  keep(Number.POSITIVE_INFINITY);
  return { uids: Float64Array.from(uids), own: Uint8Array.from(own), linked: Uint8Array.from(linked) };
};

const holds = (uids: Float64Array, uid: number): boolean => {
  const at = lowerBound(uids, uid);
  return uids[at] === uid;
};

/** Place of the first that is not below. */
export const lowerBound = (uids: Float64Array, uid: number): number => {
  let low = 0;
  let high = uids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((uids[middle] ?? 0) < uid) low = middle + 1;
    else high = middle;
  }
  return low;
};
