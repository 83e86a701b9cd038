// The rows of each collection that are protected or link to something that is, kept in memory and brought up to date by the change feed. Used by
// the reading half of a tenant: what it gives is the same object until one of the rows changes.
import type { DatabaseSync } from 'node:sqlite';
import { yieldToLoop } from '#base/clock.ts';
import { mergedGuarded, noGuarded, sameGuarded } from '../guarded-set.ts';
import type { GuardedRow } from '../guarded-set.ts';
import type { Eventually, Guarded } from '../store.ts';
import { guarded as translated, numberOf, statement } from './driver.ts';
import { endUid, firstUid } from '../writing/uids.ts';

export type GuardedRows = {
  /** As of the last commit. A promise only when many rows must be read first. */
  readonly of: (collection: number) => Eventually<Guarded>;
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

  const remember = (collection: number, guarded: Guarded, position: number, commit: number): Guarded => {
    known.set(collection, { guarded, position, commit });
    return guarded;
  };

  /** Takes in what has changed since; null when that is too much for one turn. */
  const caughtUp = (
    collection: number,
    state: Known,
    { position, commit }: { readonly position: number; readonly commit: number },
    most: number,
  ): Guarded | null => {
    const rows = readChanged.all(collection, state.position, most + 1);
    if (rows.length > most) return null;
    return remember(collection, mergedGuarded(state.guarded, rows.map(rowOf)), position, commit);
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
    const old = known.get(collection)?.guarded ?? noGuarded;
    const now = mergedGuarded(noGuarded, rows.map(rowOf));
    known.set(collection, { guarded: sameGuarded(old, now) ? old : now, position, commit: -1 });
  };

  const of = (collection: number, most = rowsPerTurn): Eventually<Guarded> => {
    const state = known.get(collection);
    // Asked before anything is read: where others commit meanwhile, what was read may be older than they are, never newer than it is said to be.
    const commit = commits();
    if (state !== undefined && state.commit === commit) return state.guarded;
    const position = positionOf(collection);
    if (state === undefined) {
      const rows = readGuarded.all(firstUid(collection), endUid(collection), rowsPerTurn);
      if (rows.length < rowsPerTurn)
        return remember(collection, mergedGuarded(noGuarded, rows.map(rowOf)), position, commit);
    } else {
      if (state.position === position) return remember(collection, state.guarded, position, commit);
      const now = caughtUp(collection, state, { position, commit }, most);
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
  };
};

type Row = Record<string, unknown>;

/** Of a row that is gone there is no protection. */
const rowOf = (row: Row): GuardedRow => ({ uid: numberOf(row, 'uid'), bits: numberOf(row, 'protection') });
