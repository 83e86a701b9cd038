// The bytes of a file: whole, in part, or as one gzip member, from parts that are kept compressed; and while it is still being made. Called by
// exports.ts, which has decided that the caller may have them.
import { promisify } from 'node:util';
import { constants, inflateRaw } from 'node:zlib';
import { HubError, problem } from '#base/errors.ts';
import { addToTail, emptyTail, gzipHeader, gzipTrailer } from '#base/gzip.ts';
import type { ExportPart, ExportRun, ExportStore } from '#store/exports.ts';
import { recordOf } from './run-record.ts';

const inflate = promisify(inflateRaw);
// A part ends on a byte and not with an end.
const inflated = (deflated: Buffer): Promise<Buffer> => inflate(deflated, { finishFlush: constants.Z_SYNC_FLUSH });

const gone = () => new HubError(problem('HUB-419', 'The file has been taken away meanwhile.'));

type Place = Omit<ExportPart, 'deflated'>;

const partOf = async (store: ExportStore, id: string, seq: number): Promise<Buffer> => {
  const deflated = await store.part(id, seq);
  if (deflated === null) throw gone();
  return deflated;
};

/** What goes on beside the giving of a file. */
export type Giving = {
  /** Asked before each part; rejects when the caller may not have the rest. */
  readonly look: () => Promise<void>;
  /** The last byte of the file has been taken. */
  readonly done: () => Promise<void>;
};

/** Bytes `from` to `to` of the file, both counted: all of them, or it rejects with HUB-419, since the file has been taken away. */
export async function* plainBytes(
  store: ExportStore,
  id: string,
  { from, to, length }: { readonly from: number; readonly to: number; readonly length: number },
  { look, done }: Giving,
): AsyncGenerator<Buffer> {
  let given = 0;
  for (const { seq, offset, length: size } of await store.parts(id)) {
    if (offset + size <= from) continue;
    if (offset > to) break;
    await look();
    const bytes = await inflated(await partOf(store, id, seq));
    const some = bytes.subarray(Math.max(0, from - offset), Math.min(size, to - offset + 1));
    given += some.length;
    yield some;
  }
  // Nobody may take what is less than was said for the whole.
  if (given !== to - from + 1) throw gone();
  if (to === length - 1) await done();
}

/** The whole file as one gzip member. */
export async function* gzipBytes(store: ExportStore, id: string, { look, done }: Giving): AsyncGenerator<Buffer> {
  const tail = emptyTail();
  const places: readonly Place[] = await store.parts(id);
  if (places.length === 0) throw gone();
  yield gzipHeader;
  for (const { seq, crc, length } of places) {
    await look();
    const deflated = await partOf(store, id, seq);
    addToTail(tail, { deflated, crc, length });
    yield deflated;
  }
  yield gzipTrailer(tail);
  await done();
}

export type Following = {
  readonly store: ExportStore;
  readonly id: string;
  /** Whether parts are given before the whole is there. */
  readonly early: boolean;
  /** Resolves when there may be something new, or after a while. */
  readonly news: () => Promise<unknown>;
  /** Asked before anything is given; rejects when the reader may not have the rest of it. */
  readonly look: (run: ExportRun) => Promise<void>;
  readonly signal: AbortSignal;
};

/** What a follower has come to. */
export type Followed =
  /** The next part, uncompressed. */
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  /** All of the file has been given. */
  | { readonly kind: 'end'; readonly run: ExportRun }
  /** There will be no file, or not now: the run says why. */
  | { readonly kind: 'broken'; readonly run: ExportRun | null };

const broken = (run: ExportRun | null): Followed => ({ kind: 'broken', run });

/** Reads a file on, part by part, while it is made. Not `broken` once all of it has been given. */
export const createFollower = ({ store, id, early, news, look, signal }: Following): (() => Promise<Followed>) => {
  let [seq, given] = [0, 0];
  /** The attempt whose parts have been given. */
  let attempt: number | null = null;
  return async () => {
    for (;;) {
      signal.throwIfAborted();
      const before = await store.run(id);
      if (before === null) return broken(null);
      // What is given must be of one attempt from the first byte on.
      if (attempt !== null && before.attempt !== attempt) return broken(before);
      if (before.state !== 'queued' && before.state !== 'running' && before.state !== 'ready') return broken(before);
      const deflated = early || before.state === 'ready' ? await store.part(id, seq) : null;
      if (deflated !== null) {
        const after = await store.run(id);
        if (after?.attempt !== before.attempt) continue;
        attempt = before.attempt;
        const bytes = await inflated(deflated);
        await look(before);
        seq += 1;
        given += bytes.length;
        return { kind: 'bytes', bytes };
      }
      if (before.state === 'ready') {
        if (recordOf(before).bytes !== given) return broken(before);
        await look(before);
        return { kind: 'end', run: before };
      }
      await news();
    }
  };
};
