// Pages of stored bodies: the parts of a page, and the bytes of each as they are read. Used by reads.ts. Reads several segments at a time and
// ahead of the reader, within a bounded memory; looks in the same statement whether a row has become protected, so that no byte is given of one
// that has, and says of no bytes that they stand for their segment when the collection has changed.
import type { AuthorizedPlan } from '../plan.ts';
import { createSights, endsOf, linkClearance, partsOf, piecesOf, placeIn, seenOf } from '../page-sight.ts';
import type { Range, SegmentPart, Sight } from '../page-sight.ts';
import type { BodyChunk, PagePart, PagePiece } from '../store.ts';
import { firstUid, segmentRows } from '../writing/uids.ts';
import { bytesOf, numberOf, numbersOf } from './cells.ts';
import type { Database, Sql } from './database.ts';
import type { Looks } from './guarded-rows.ts';

export type Segments = {
  readonly chunks: (collection: number, plan: AuthorizedPlan, range: Range) => AsyncIterable<PagePart>;
  readonly span: (
    collection: number,
    plan: AuthorizedPlan,
    range: Range,
  ) => Promise<{ readonly from: number; readonly to: number } | null>;
};

export type SegmentDeps = {
  readonly database: Pick<Database, 'query'>;
  readonly tenant: number;
  readonly looks: Looks;
};

/** Rows to be sent as they are: at most `most` from `from` on, below `to`. */
type Run = {
  readonly from: number;
  readonly to: number;
  readonly most: number;
  /** The segment that they are all of. */
  readonly segment: BodyChunk['segment'];
};

type ReadRun = { readonly bytes: Buffer; readonly count: number; readonly shown: number; readonly position: number };

/** Runs under way, or read and waiting for the reader. */
type Batch = {
  readonly first: number;
  readonly end: number;
  readonly runs: Promise<readonly ReadRun[]>;
  /** What has been taken is not kept. */
  readonly taken: Set<number>;
};

/** Reads runs of a page in order, the next ones ahead. */
type RunReader = (index: number) => Promise<BodyChunk>;

// Bytes asked for at once: two such batches are held for one reader.
const batchBytes = 2_097_152;
const batchRuns = 32;
const runBytesAtFirst = 262_144;

// Ms after which it is asked whether what was read ahead still stands, when nothing has been heard.
const aheadMs = 200;

// Segments whose uids are asked for at once.
const uidSegments = 32;

const readRuns: Sql = {
  name: 'read_runs',
  text: `SELECT (SELECT position FROM collection WHERE tenant = $1 AND id = $2) AS position, b.bytes, b.count, b.shown
    FROM unnest($3::bigint[], $4::bigint[], $5::bigint[]) WITH ORDINALITY AS w (low, high, most, n)
    CROSS JOIN LATERAL (
      SELECT string_agg(x.body, ','::bytea ORDER BY x.uid) FILTER (WHERE x.seen) AS bytes, count(*) AS count,
        count(*) FILTER (WHERE x.seen) AS shown
      FROM (
        SELECT r.uid, r.body, (r.protection & 3) <= $6 AND ((r.protection >> 2) & 3) <= $7 AS seen FROM resource r
        WHERE r.tenant = $1 AND r.uid >= w.low AND r.uid < w.high ORDER BY r.uid LIMIT w.most) x) b
    ORDER BY w.n`,
};
const readPlaces: Sql = {
  name: 'read_places',
  text: `SELECT p.uid FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS w (low, skip, n)
    LEFT JOIN LATERAL (SELECT r.uid FROM resource r WHERE r.tenant = $1 AND r.uid >= w.low AND r.uid < w.low + ${segmentRows}
      ORDER BY r.uid OFFSET w.skip LIMIT 1) p ON true ORDER BY w.n`,
};
const readUids: Sql = {
  name: 'read_segment_uids',
  text: `SELECT (SELECT position FROM collection WHERE tenant = $1 AND id = $2) AS position, b.uids
    FROM unnest($3::bigint[]) WITH ORDINALITY AS w (low, n)
    CROSS JOIN LATERAL (SELECT array_agg(r.uid ORDER BY r.uid) AS uids FROM resource r
      WHERE r.tenant = $1 AND r.uid >= w.low AND r.uid < w.low + ${segmentRows}) b ORDER BY w.n`,
};

/** Knows nothing at first. */
export const createSegments = ({ database, tenant, looks }: SegmentDeps): Segments => {
  const sights = createSights();

  const sightNow = async (collection: number, plan: AuthorizedPlan): Promise<Sight | null> => {
    const looked = await looks.lately(collection, true);
    return looked === null || looked.map === null ? null : sights(collection, plan, looked.map, looked.guarded);
  };

  const read = async (collection: number, plan: AuthorizedPlan, runs: readonly Run[]): Promise<readonly ReadRun[]> => {
    const saw = looks.watch();
    const rows = await database.query(
      tenant,
      readRuns,
      [
        tenant,
        collection,
        runs.map(({ from }) => from),
        runs.map(({ to }) => to),
        runs.map(({ most }) => most),
        plan.clearance,
        linkClearance(plan),
      ],
      { long: true },
    );
    const [first] = rows;
    if (first !== undefined) saw(collection, numberOf(first, 'position'));
    return rows.map((row) => ({
      bytes: bytesOf(row, 'bytes'),
      count: numberOf(row, 'count'),
      shown: numberOf(row, 'shown'),
      position: numberOf(row, 'position'),
    }));
  };

  /** `position` is that of the map which the runs were made after. `ahead`: all of them are wanted, most likely. */
  const readerOf = (
    collection: number,
    plan: AuthorizedPlan,
    runs: readonly Run[],
    position: number,
    ahead: boolean,
  ): RunReader => {
    let current: Batch | null = null;
    let next: Batch | null = null;
    let window = ahead ? batchRuns : 1;
    let last = -1;
    let runBytes = runBytesAtFirst;

    const begin = (first: number): Batch => {
      const size = Math.max(1, Math.min(window, Math.floor(batchBytes / runBytes)));
      const end = Math.min(runs.length, first + size);
      const under = read(collection, plan, runs.slice(first, end)).then((found) => {
        const bytes = found.reduce((sum, run) => sum + run.bytes.length, 0);
        runBytes = Math.max(1_024, bytes / Math.max(1, found.length));
        return found;
      });
      // It may fail while the reader is busy or has left; whoever waits still gets the failure.
      under.catch(() => {});
      return { first, end, runs: under, taken: new Set() };
    };

    const given = ({ bytes, count, shown, position: at }: ReadRun, { segment }: Run): BodyChunk => {
      const forAll = at === position && shown === count ? segment : null;
      return { bytes: forAll === null ? bytes : ownMemory(bytes), count: shown, segment: forAll };
    };

    const take = async (batch: Batch, index: number, run: Run): Promise<BodyChunk> => {
      const found = (await batch.runs)[index - batch.first];
      // Read a while ago: it still counts only when nothing has happened to the collection since.
      if (found === undefined || !(await stillStands(found.position))) return fresh(run);
      return given(found, run);
    };

    const stillStands = async (at: number): Promise<boolean> => {
      if (looks.stands(collection, at, aheadMs)) return true;
      return (await looks.now(collection))?.stats.position === at;
    };

    const fresh = async (run: Run): Promise<BodyChunk> => {
      const [found] = await read(collection, plan, [run]);
      return found === undefined ? empty : given(found, run);
    };

    return async (index) => {
      const run = runs[index];
      if (run === undefined) return empty;
      const isNext = index === last + 1;
      last = index;
      if (next !== null && holds(next, index)) [current, next] = [next, null];
      if (current === null || !holds(current, index) || current.taken.has(index)) {
        // Most readers read on; one whose segments are in memory already asks here and there.
        window = ahead || (isNext && index > 0) ? Math.min(batchRuns, window * 2) : 1;
        const mine = begin(index);
        [current, next] = [mine, null];
        mine.taken.add(index);
        const found = (await mine.runs)[0];
        return found === undefined ? empty : given(found, run);
      }
      const mine = current;
      mine.taken.add(index);
      if (next === null && mine.end < runs.length) {
        window = Math.min(batchRuns, window * 2);
        next = begin(mine.end);
      }
      return take(mine, index, run);
    };
  };

  const uidsOf = async (collection: number, parts: readonly SegmentPart[]): Promise<(readonly number[])[]> => {
    const saw = looks.watch();
    const lows = parts.map(({ number }) => firstUid(collection) + number * segmentRows);
    const rows = await database.query(tenant, readUids, [tenant, collection, lows], { long: true });
    if (rows[0] !== undefined) saw(collection, numberOf(rows[0], 'position'));
    return rows.map((row) => numbersOf(row, 'uids'));
  };

  const placesOf = async (places: readonly { readonly low: number; readonly skip: number }[]): Promise<number[]> => {
    const rows = await database.query(tenant, readPlaces, [
      tenant,
      places.map(({ low }) => low),
      places.map(({ skip }) => skip),
    ]);
    return rows.map((row) => numberOf(row, 'uid'));
  };

  const mixedPieces = (
    collection: number,
    plan: AuthorizedPlan,
    sight: Sight,
    uids: readonly number[],
  ): Iterable<PagePiece> => {
    const pieces = [...piecesOf(plan, sight.guarded, uids)];
    const runs = pieces.flatMap((piece): Run[] =>
      'uids' in piece ? [] : [{ from: piece.from, to: piece.to, most: piece.count, segment: null }],
    );
    const reader = readerOf(collection, plan, runs, sight.map.position, true);
    let index = 0;
    return pieces.map((piece): PagePiece => {
      if ('uids' in piece) return piece;
      const mine = index;
      index += 1;
      return { segment: null, read: () => reader(mine) };
    });
  };

  const chunks = async function* (collection: number, plan: AuthorizedPlan, range: Range): AsyncGenerator<PagePart> {
    const sight = await sightNow(collection, plan);
    if (sight === null) return;
    const { position } = sight.map;
    const parts = [...partsOf(sight, range)];
    const lowOf = ({ number }: SegmentPart): number => firstUid(collection) + number * segmentRows;
    // Copies stand in for what is stored only as long as nothing has changed: a page takes long to be read, and protection takes effect at once.
    const stands = (): boolean => looks.stands(collection, position);
    const nameOf = ({ number, version }: SegmentPart) => ({ id: firstUid(collection) + number, version });

    const plain = parts.filter(({ isMixed }) => !isMixed);
    const [start] = plain;
    // Found now: by the time of reading, rows before it may be gone.
    const [from] =
      start === undefined || start.skip === 0 ? [null] : await placesOf([{ low: lowOf(start), skip: start.skip }]);
    const runs = plain.map((part, index): Run => {
      const low = lowOf(part);
      return {
        from: index === 0 ? (from ?? low) : low,
        to: low + segmentRows,
        most: part.take,
        segment: part.isWhole ? nameOf(part) : null,
      };
    });
    const reader = readerOf(collection, plan, runs, position, false);

    const mixed = parts.filter(({ isMixed }) => isMixed);
    let uids: (readonly number[])[] = [];
    let mixedDone = 0;
    let plainDone = 0;
    for (const part of parts) {
      if (!part.isMixed) {
        const index = plainDone;
        plainDone += 1;
        const segment = runs[index]?.segment ?? null;
        yield { segment: segment !== null && stands() ? segment : null, read: () => reader(index) };
        continue;
      }
      const place = mixedDone % uidSegments;
      if (place === 0) uids = await uidsOf(collection, mixed.slice(mixedDone, mixedDone + uidSegments));
      mixedDone += 1;
      const seen = seenOf(plan, sight.guarded, uids[place] ?? [], part.skip, part.take);
      const segment = stands() ? nameOf(part) : null;
      const pieces = () => mixedPieces(collection, plan, sight, seen);
      yield { segment, skip: part.skip, take: part.take, pieces, stands };
    }
  };

  const span: Segments['span'] = async (collection, plan, range) => {
    const sight = await sightNow(collection, plan);
    const ends = sight === null ? null : endsOf(sight, range);
    if (sight === null || ends === null) return null;
    const places = ends.map((at) => placeIn(sight, at));
    const lowOf = (number: number): number => firstUid(collection) + number * segmentRows;
    const mixed = places.some(({ isMixed }) => isMixed)
      ? await uidsOf(
          collection,
          places.map(({ number }) => ({ number, version: 0, skip: 0, take: 0, isMixed: true, isWhole: false })),
        )
      : [];
    const plain = places.every(({ isMixed }) => isMixed)
      ? []
      : await placesOf(places.map(({ number, skip }) => ({ low: lowOf(number), skip })));
    const [from, to] = places.map(({ skip, isMixed }, index) =>
      isMixed ? (seenOf(plan, sight.guarded, mixed[index] ?? [], skip, 1)[0] ?? 0) : (plain[index] ?? 0),
    );
    return from === undefined || to === undefined || from === 0 || to === 0 ? null : { from, to };
  };

  return { chunks, span };
};

const empty: BodyChunk = { bytes: Buffer.alloc(0), count: 0, segment: null };

/** Whoever keeps a segment counts its bytes, and not those of the message that it came in. */
const ownMemory = (bytes: Buffer): Buffer =>
  bytes.buffer.byteLength > bytes.length * 1.25 ? Buffer.from(bytes) : bytes;

const holds = (batch: Batch, index: number): boolean => index >= batch.first && index < batch.end;
