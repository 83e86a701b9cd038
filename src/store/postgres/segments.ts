// Pages of stored bodies: one look at the collection says what a page is made of, and the bytes of each part are read as they are asked for. Used
// by reads.ts. Reads several segments at a time and ahead of the reader, within a bounded memory; looks in the same statement whether a row has
// become protected, so that no byte is given of one that has, and says of no bytes that they stand for their segment when the collection has changed.
import type { AuthorizedPlan } from '../plan.ts';
import {
  boundsOf,
  createSights,
  linkClearance,
  pageEnds,
  partsOf,
  piecesOf,
  seenOf,
  withinBounds,
} from '../page-sight.ts';
import type { Bounds, PageEnd, Range, SegmentPart, Sight } from '../page-sight.ts';
import type { BodyChunk, PagePart, PagePiece, StoredPage } from '../store.ts';
import { firstUid, segmentRows } from '../writing/uids.ts';
import { bytesOf, numberOf, numbersOf } from './cells.ts';
import type { Database, Sql } from './database.ts';
import type { Looks } from './guarded-rows.ts';

export type Segments = {
  readonly page: (collection: number, plan: AuthorizedPlan, range: Range) => Promise<StoredPage | null>;
};

export type SegmentDeps = {
  readonly database: Pick<Database, 'query'>;
  readonly tenant: number;
  readonly looks: Looks;
};

/** A page as it was found. */
type Page = {
  readonly collection: number;
  readonly plan: AuthorizedPlan;
  readonly sight: Sight;
  readonly range: Range;
  readonly bounds: Bounds;
  /** False once the collection has been seen elsewhere: what is read then is newer than the look, and is nobody else's. */
  readonly stands: () => boolean;
  /** Told where the collection stood when something was read. */
  readonly saw: (position: number) => void;
};

/** Rows of one segment to be sent as they are, below `to`, and the segment that they are all of. */
type Run = { readonly from: number; readonly to: number; readonly segment: BodyChunk['segment'] };

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
    FROM unnest($3::bigint[], $4::bigint[]) WITH ORDINALITY AS w (low, high, n)
    CROSS JOIN LATERAL (
      SELECT string_agg(x.body, ','::bytea ORDER BY x.uid) FILTER (WHERE x.seen) AS bytes, count(*) AS count,
        count(*) FILTER (WHERE x.seen) AS shown
      FROM (
        SELECT r.uid, r.body, (r.protection & 3) <= $5 AND ((r.protection >> 2) & 3) <= $6 AS seen FROM resource r
        WHERE r.tenant = $1 AND r.uid >= w.low AND r.uid < w.high ORDER BY r.uid LIMIT ${segmentRows}) x) b
    ORDER BY w.n`,
};
const readPlaces: Sql = {
  name: 'read_places',
  text: `SELECT (SELECT position FROM collection WHERE tenant = $1 AND id = $4) AS position, p.uid
    FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS w (low, skip, n)
    LEFT JOIN LATERAL (SELECT r.uid FROM resource r WHERE r.tenant = $1 AND r.uid >= w.low AND r.uid < w.low + ${segmentRows}
      ORDER BY r.uid OFFSET w.skip LIMIT 1) p ON true ORDER BY w.n`,
};
const readUids: Sql = {
  name: 'read_segment_uids',
  text: `SELECT (SELECT position FROM collection WHERE tenant = $1 AND id = $2) AS position, b.uids
    FROM unnest($3::bigint[], $4::bigint[]) WITH ORDINALITY AS w (low, high, n)
    CROSS JOIN LATERAL (SELECT array_agg(r.uid ORDER BY r.uid) AS uids FROM resource r
      WHERE r.tenant = $1 AND r.uid >= w.low AND r.uid < w.high) b ORDER BY w.n`,
};

/** Knows nothing at first. */
export const createSegments = ({ database, tenant, looks }: SegmentDeps): Segments => {
  const sights = createSights();

  const read = async ({ collection, plan, ...page }: Page, runs: readonly Run[]): Promise<readonly ReadRun[]> => {
    const saw = looks.watch();
    const rows = await database.query(
      tenant,
      readRuns,
      [tenant, collection, runs.map(({ from }) => from), runs.map(({ to }) => to), plan.clearance, linkClearance(plan)],
      { long: true },
    );
    const [first] = rows;
    if (first !== undefined) {
      saw(collection, numberOf(first, 'position'));
      page.saw(numberOf(first, 'position'));
    }
    return rows.map((row) => ({
      bytes: bytesOf(row, 'bytes'),
      count: numberOf(row, 'count'),
      shown: numberOf(row, 'shown'),
      position: numberOf(row, 'position'),
    }));
  };

  /** `ahead`: all of the runs are wanted, most likely. */
  const readerOf = (page: Page, runs: readonly Run[], ahead: boolean): RunReader => {
    const { collection } = page;
    const { position } = page.sight.map;
    let current: Batch | null = null;
    let next: Batch | null = null;
    let window = ahead ? batchRuns : 1;
    let last = -1;
    let runBytes = runBytesAtFirst;

    const begin = (first: number): Batch => {
      const size = Math.max(1, Math.min(window, Math.floor(batchBytes / runBytes)));
      const end = Math.min(runs.length, first + size);
      const under = read(page, runs.slice(first, end)).then((found) => {
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
      const [found] = await read(page, [run]);
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

  /** The uids that there are within each of some stretches, and where the collection stood then. */
  const uidsIn = async (
    collection: number,
    stretches: readonly { readonly from: number; readonly to: number }[],
  ): Promise<{ readonly position: number; readonly uids: (readonly number[])[] }> => {
    const saw = looks.watch();
    const rows = await database.query(
      tenant,
      readUids,
      [tenant, collection, stretches.map(({ from }) => from), stretches.map(({ to }) => to)],
      { long: true },
    );
    const position = numberOf(rows[0], 'position');
    saw(collection, position);
    return { position, uids: rows.map((row) => numbersOf(row, 'uids')) };
  };

  /** The uids at the ends of a page, null where none has to be looked for or none is there; and where the collection stood then, if it was asked. */
  const uidsAt = async (
    collection: number,
    plan: AuthorizedPlan,
    sight: Sight,
    ends: readonly [PageEnd, PageEnd],
  ): Promise<{ readonly found: [number | null, number | null]; readonly positions: readonly number[] }> => {
    const found: [number | null, number | null] = [null, null];
    const wanted = ([0, 1] as const).filter((at) => !ends[at].isEdge);
    const mixed = wanted.filter((at) => ends[at].isMixed);
    const plain = wanted.filter((at) => !ends[at].isMixed);
    const positions: number[] = [];
    if (mixed.length > 0) {
      const stretches = mixed.map((at) => ({ from: ends[at].low, to: ends[at].low + segmentRows }));
      const { position, uids } = await uidsIn(collection, stretches);
      positions.push(position);
      for (const [index, at] of mixed.entries())
        found[at] = seenOf(plan, sight.guarded, uids[index] ?? [])[ends[at].skip] ?? null;
    }
    if (plain.length > 0) {
      const [lows, skips] = [plain.map((at) => ends[at].low), plain.map((at) => ends[at].skip)];
      const rows = await database.query(tenant, readPlaces, [tenant, lows, skips, collection]);
      positions.push(numberOf(rows[0], 'position'));
      for (const [index, at] of plain.entries()) {
        const uid = rows[index]?.['uid'];
        found[at] = typeof uid === 'number' ? uid : null;
      }
    }
    return { found, positions };
  };

  const mixedPieces = (page: Page, uids: readonly number[]): Iterable<PagePiece> => {
    const pieces = [...piecesOf(page.plan, page.sight.guarded, uids)];
    const runs = pieces.flatMap((piece): Run[] =>
      'uids' in piece ? [] : [{ from: piece.from, to: piece.to, segment: null }],
    );
    const reader = readerOf(page, runs, true);
    let index = 0;
    return pieces.map((piece): PagePiece => {
      if ('uids' in piece) return piece;
      const mine = index;
      index += 1;
      return { segment: null, read: () => reader(mine) };
    });
  };

  const partsIn = async function* (page: Page): AsyncGenerator<PagePart> {
    const { collection, plan, sight, bounds, stands } = page;
    const parts = [...partsOf(sight, page.range)];
    const within = ({ number }: SegmentPart) => withinBounds(bounds, firstUid(collection) + number * segmentRows);
    // Copies stand in for what is stored only as long as nothing has changed: a page takes long to be read, and protection takes effect at once.
    const nameOf = ({ number, version }: SegmentPart) => ({ id: firstUid(collection) + number, version });

    const plain = parts.filter(({ isMixed }) => !isMixed);
    const runs = plain.map((part): Run => ({ ...within(part), segment: part.isWhole ? nameOf(part) : null }));
    const reader = readerOf(page, runs, false);

    const mixed = parts.filter(({ isMixed }) => isMixed);
    let uids: (readonly number[])[] = [];
    let mixedDone = 0;
    let plainDone = 0;
    for (const part of parts) {
      if (!part.isMixed) {
        const index = plainDone;
        plainDone += 1;
        yield { segment: part.isWhole && stands() ? nameOf(part) : null, read: () => reader(index) };
        continue;
      }
      const place = mixedDone % uidSegments;
      if (place === 0) {
        const found = await uidsIn(collection, mixed.slice(mixedDone, mixedDone + uidSegments).map(within));
        page.saw(found.position);
        uids = found.uids;
      }
      mixedDone += 1;
      const seen = seenOf(plan, sight.guarded, uids[place] ?? []);
      const pieces = () => mixedPieces(page, seen);
      yield { segment: stands() ? nameOf(part) : null, skip: part.skip, take: part.take, pieces, stands };
    }
  };

  const page: Segments['page'] = async (collection, plan, range) => {
    const looked = looks.lately(collection, true);
    const known = looked instanceof Promise ? await looked : looked;
    if (known === null || known.map === null) return null;
    const { guarded } = known;
    const sight = sights(collection, plan, known.map, guarded);
    const ends = pageEnds(collection, sight, range);
    if (ends === null) return null;
    const { found, positions } = await uidsAt(collection, plan, sight, ends);
    const bounds = boundsOf(sight, ends, found);
    if (bounds === null) return null;
    const { position } = sight.map;
    let moved = positions.some((each) => each !== position);
    const stands = (): boolean => !moved && looks.stands(collection, position);
    const saw = (at: number): void => void (moved ||= at !== position);
    const mine: Page = { collection, plan, sight, range, bounds, stands, saw };
    return { ...bounds, position, guarded, parts: () => partsIn(mine) };
  };

  return { page };
};

const empty: BodyChunk = { bytes: Buffer.alloc(0), count: 0, segment: null };

/** Whoever keeps a segment counts its bytes, and not those of the message that it came in. */
const ownMemory = (bytes: Buffer): Buffer =>
  bytes.buffer.byteLength > bytes.length * 1.25 ? Buffer.from(bytes) : bytes;

const holds = (batch: Batch, index: number): boolean => index >= batch.first && index < batch.end;
