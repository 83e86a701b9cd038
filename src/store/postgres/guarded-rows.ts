// What is known of each collection at one of its positions: counts, the rows that are protected or link to something that is, where its segments
// begin. Kept in memory, brought up to date by one statement that says what has changed since, and believed without asking only for as long as
// nothing has been heard. Used by the other readers here.
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { mergedGuarded, noGuarded, sameGuarded } from '../guarded-set.ts';
import type { GuardedRow } from '../guarded-set.ts';
import { segmentMap } from '../page-sight.ts';
import type { SegmentMap } from '../page-sight.ts';
import type { CollectionStats, Eventually, Guarded } from '../store.ts';
import { endUid, firstUid } from '../writing/uids.ts';
import { numberOf, numbersOf } from './cells.ts';
import type { Database, Row, Sql } from './database.ts';

/** A collection at one position: the stats, the guarded rows and the map (where it was asked for) belong together. */
export type Looked = {
  readonly stats: CollectionStats;
  /** The same object until one of the rows changes. */
  readonly guarded: Guarded;
  readonly map: SegmentMap | null;
};

export type Looks = {
  /** As the database has it now. Null when there is no such collection. */
  readonly now: (collection: number, withMap?: true) => Promise<Looked | null>;
  /** From memory while nothing has been heard since it was looked at, and that was lately; else as `now`. */
  readonly lately: (collection: number, withMap?: true) => Eventually<Looked | null>;
  /**
   * Whether the collection still stands at a position, as far as this process knows: it was seen there within so many ms (2,000), and nothing has
   * been heard since. At once, so what may be different is.
   */
  readonly stands: (collection: number, position: number, within?: number) => boolean;
  /** What a statement is to tell when it has seen the position of a collection: call it before the statement is sent. */
  readonly watch: () => (collection: number, position: number) => void;
};

export type LookDeps = {
  readonly database: Pick<Database, 'query' | 'replan'>;
  readonly tenant: number;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Grows with every commit to the organisation that this process has made or heard of, and when it may have missed one. */
  readonly heard: () => number;
};

type Known = Looked & { heard: number; at: number };
type Moment = { readonly heard: number; readonly at: number };

// Ms for which what was seen is believed when nothing has been heard since.
const believedMs = 2_000;

// Changed or guarded rows that come with a look; where there are more, the guarded ones are read by themselves.
const rowsAtOnce = 4_096;
const rowsPerSlice = 65_536;

const segmentsSince = `LEFT JOIN LATERAL (
    SELECT array_agg(number ORDER BY number) AS numbers, array_agg(count ORDER BY number) AS counts,
      array_agg(position ORDER BY number) AS versions
    FROM segment WHERE tenant = $1 AND collection = $2 AND position > $3) s ON c.position > $3`;

const head =
  'SELECT c.position, c.next, c.count, c.changed_at, g.looked, g.uids, g.bits, s.numbers, s.counts, s.versions FROM collection c';

/** Of a collection that nothing is known of. */
const lookFirst: Sql = {
  name: 'look_first',
  text: `${head} LEFT JOIN LATERAL (
    SELECT count(*) AS looked, array_agg(x.uid ORDER BY x.uid) AS uids, array_agg(x.protection::bigint ORDER BY x.uid) AS bits FROM (
      SELECT uid, protection FROM resource WHERE tenant = $1 AND uid >= $4 AND uid < $5 AND protection > 0 ORDER BY uid LIMIT $6) x) g ON true
    ${segmentsSince} WHERE c.tenant = $1 AND c.id = $2`,
};

/** What has changed since a position ($4); of rows that are not guarded only when some were ($5). */
const lookAgain: Sql = {
  name: 'look_again',
  text: `${head} LEFT JOIN LATERAL (
    SELECT count(*) AS looked,
      array_agg(d.uid ORDER BY d.uid) FILTER (WHERE $5::boolean OR r.protection > 0) AS uids,
      array_agg(coalesce(r.protection, 0)::bigint ORDER BY d.uid) FILTER (WHERE $5::boolean OR r.protection > 0) AS bits
    FROM (SELECT DISTINCT h.uid FROM change h WHERE h.tenant = $1 AND h.collection = $2 AND h.position > $4 LIMIT $6) d
    LEFT JOIN LATERAL (SELECT protection FROM resource WHERE tenant = $1 AND uid = d.uid LIMIT 1) r ON true) g ON c.position > $4
    ${segmentsSince} WHERE c.tenant = $1 AND c.id = $2`,
};

const readGuarded: Sql = {
  name: 'read_guarded',
  text: `SELECT (SELECT position FROM collection WHERE tenant = $1 AND id = $2) AS position,
    array_agg(x.uid ORDER BY x.uid) AS uids, array_agg(x.protection::bigint ORDER BY x.uid) AS bits FROM (
      SELECT uid, protection FROM resource WHERE tenant = $1 AND uid >= $3 AND uid < $4 AND protection > 0 ORDER BY uid LIMIT $5) x`,
};

// As long as an organisation has had no more changes than these, any plan does; from there on plans are made anew when it has twice as many.
const fewChanges = 1_000;

// Segments are asked for from this position on when nobody wants them.
const noSegments = Number.MAX_SAFE_INTEGER;

/** Knows nothing at first. */
export const createLooks = ({ database, tenant, clock, heard }: LookDeps): Looks => {
  const known = new Map<number, Known>();
  const turns = new Map<number, Turn>();
  let planned = fewChanges;

  const moment = (): Moment => ({ heard: heard(), at: clock.monotonic() });

  const isLate = (state: Known, within = believedMs): boolean =>
    state.heard !== heard() || clock.monotonic() - state.at >= within;

  const look = async (collection: number, withMap: boolean): Promise<Looked | null> => {
    for (;;) {
      const before = known.get(collection);
      const since = !withMap ? noSegments : (before?.map?.position ?? -1);
      const begun = moment();
      const [row] =
        before === undefined
          ? await database.query(tenant, lookFirst, [
              tenant,
              collection,
              since,
              firstUid(collection),
              endUid(collection),
              rowsAtOnce,
            ])
          : await database.query(tenant, lookAgain, [
              tenant,
              collection,
              since,
              before.stats.position,
              before.guarded.uids.length > 0,
              rowsAtOnce,
            ]);
      if (row === undefined) return null;
      // A database that was put back to an earlier state: what was known is of another history.
      if (numberOf(row, 'position') < (before?.stats.position ?? 0)) {
        known.delete(collection);
        continue;
      }
      if (numberOf(row, 'looked') < rowsAtOnce) return remember(collection, row, before, begun, withMap);
      await readAll(collection, before, begun);
    }
  };

  const remember = (
    collection: number,
    row: Row,
    before: Known | undefined,
    { heard: heardThen, at }: Moment,
    withMap: boolean,
  ): Looked => {
    const stats = {
      count: numberOf(row, 'count'),
      position: numberOf(row, 'position'),
      changedAt: numberOf(row, 'changed_at'),
    };
    if (stats.position > planned) {
      planned = 2 * stats.position;
      database.replan();
    }
    const guarded = mergedGuarded(before?.guarded ?? noGuarded, guardedRows(row));
    const map = withMap ? mapWith(before?.map ?? null, collection, row) : (before?.map ?? null);
    const state = { stats, guarded, map, heard: heardThen, at };
    known.set(collection, state);
    return state;
  };

  /** Slice by slice; what changes meanwhile is taken in by the next look, which asks from the position of the first slice on. */
  const readAll = async (collection: number, before: Known | undefined, begun: Moment): Promise<void> => {
    let position: number | null = null;
    const rows: GuardedRow[] = [];
    for (let from = firstUid(collection); ;) {
      const [row] = await database.query(
        tenant,
        readGuarded,
        [tenant, collection, from, endUid(collection), rowsPerSlice],
        { long: true },
      );
      position ??= numberOf(row, 'position');
      const slice = guardedRows(row);
      for (const each of slice) rows.push(each);
      if (slice.length < rowsPerSlice) break;
      from = (slice.at(-1)?.uid ?? from) + 1;
      await yieldToLoop();
    }
    const now = mergedGuarded(noGuarded, rows);
    const old = before?.guarded ?? noGuarded;
    // Of the stats nothing is known yet but the position to look from.
    const stats = { count: 0, changedAt: 0, position: position ?? 0 };
    known.set(collection, {
      stats,
      guarded: sameGuarded(old, now) ? old : now,
      map: before?.map ?? null,
      heard: -1,
      at: begun.at,
    });
  };

  /**
   * One look at a time per collection; who comes while one is under way shares the next, since that one may have begun too early. What is asked in one
   * turn of the loop is one look.
   */
  const inTurn = (collection: number, withMap: boolean): Promise<Looked | null> => {
    const turn = turns.get(collection);
    if (turn === undefined) return begin(collection, withMap);
    turn.withMap ||= withMap;
    if (!turn.begun) return turn.now;
    return (turn.next ??= turn.now.then(
      () => begin(collection, turn.withMap),
      () => begin(collection, turn.withMap),
    ));
  };

  const begin = (collection: number, wanted: boolean): Promise<Looked | null> => {
    const now = Promise.resolve().then(() => {
      const withMap = turn.withMap;
      turn.begun = true;
      turn.withMap = false;
      return look(collection, withMap);
    });
    const turn: Turn = { now, next: null, withMap: wanted, begun: false };
    turns.set(collection, turn);
    const ended = (): void => {
      if (turns.get(collection) === turn && turn.next === null) turns.delete(collection);
    };
    now.then(ended, ended);
    return now;
  };

  return {
    now: (collection, withMap) => inTurn(collection, withMap === true),
    lately: (collection, withMap) => {
      const state = known.get(collection);
      const isThere = state !== undefined && !isLate(state);
      return isThere && (withMap !== true || state.map?.position === state.stats.position)
        ? state
        : inTurn(collection, withMap === true);
    },
    stands: (collection, position, within) => {
      const state = known.get(collection);
      return state !== undefined && state.stats.position === position && !isLate(state, within);
    },
    watch: () => {
      const begun = moment();
      return (collection, position) => {
        const state = known.get(collection);
        if (state === undefined || state.stats.position !== position || state.at > begun.at) return;
        // Of something half read nothing is known but its guarded rows.
        if (state.heard === -1) return;
        state.heard = begun.heard;
        state.at = begun.at;
      };
    },
  };
};

type Turn = {
  readonly now: Promise<Looked | null>;
  next: Promise<Looked | null> | null;
  /** Of the look that has not begun: this one, or the next. */
  withMap: boolean;
  begun: boolean;
};

const guardedRows = (row: Row | undefined): readonly GuardedRow[] => {
  const bits = numbersOf(row, 'bits');
  return numbersOf(row, 'uids').map((uid, at) => ({ uid, bits: bits[at] ?? 0 }));
};

/** The map with the segments that have changed since it was made. */
const mapWith = (map: SegmentMap | null, collection: number, row: Row): SegmentMap => {
  const position = numberOf(row, 'position');
  if (map !== null && map.position === position) return map;
  const changed = numbersOf(row, 'numbers');
  const [newCounts, newVersions] = [numbersOf(row, 'counts'), numbersOf(row, 'versions')];
  const numbers: number[] = [];
  const counts: number[] = [];
  const versions: number[] = [];
  const add = (number: number, count: number, version: number): void => {
    if (count <= 0) return;
    numbers.push(number);
    counts.push(count);
    versions.push(version);
  };
  const old = map ?? segmentMap({ collection, position: 0, next: 0 }, [], [], []);
  let at = 0;
  const keep = (until: number): void => {
    for (; at < old.numbers.length && (old.numbers[at] ?? 0) < until; at += 1)
      add(old.numbers[at] ?? 0, old.counts[at] ?? 0, old.versions[at] ?? 0);
    if (old.numbers[at] === until) at += 1;
  };
  for (const [index, number] of changed.entries()) {
    keep(number);
    add(number, newCounts[index] ?? 0, newVersions[index] ?? 0);
  }
  keep(Number.POSITIVE_INFINITY);
  return segmentMap({ collection, position, next: numberOf(row, 'next') }, numbers, counts, versions);
};
