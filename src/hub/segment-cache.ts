// Copies of stored segments in memory, plain and compressed, shared by all callers who see the same bytes. Bounded by size; the least recently
// used go first. Called by hub/page-body.ts; a copy is right as long as the segment's version is.
import { deflateSegment } from '#base/gzip.ts';
import type { DeflatedSegment } from '#base/gzip.ts';
import type { ChunkHandle } from '#store/store.ts';

export type CachedChunk = { readonly segment: DeflatedSegment; readonly count: number };
export type PlainChunk = { readonly bytes: Buffer; readonly count: number };

export type SegmentCache = {
  /** The chunk, compressed; null when it has become empty. `whose` = the history that it is of (`history.ts`), and how it is seen where not all see the same. */
  readonly deflated: (whose: string, chunk: ChunkHandle) => Promise<CachedChunk | null>;
  /** The chunk as stored. Kept when it is asked for the second time, so that one who reads everything once pushes nothing out. */
  readonly plain: (whose: string, chunk: ChunkHandle) => Promise<PlainChunk> | PlainChunk;
};

/** `forAll`: the bytes of the version, and not newer ones that its reader alone may see. */
type Compressed = { readonly chunk: CachedChunk | null; readonly forAll: boolean };

type Entry<T> = { readonly value: T; readonly version: number; readonly bytes: number };

// Segments of which it is remembered that they were read once.
const rememberedReads = 50_000;

/** Makes a cache that holds at most `maxBytes`, plain and compressed together. */
export const createSegmentCache = (maxBytes: number): SegmentCache => {
  // One order for both kinds: what was used last stands last. A key begins with its kind.
  const entries = new Map<string, Entry<CachedChunk | PlainChunk>>();
  const readOnce = new Map<string, number>();
  let held = 0;

  const keep = (key: string, entry: Entry<CachedChunk | PlainChunk>): void => {
    drop(key);
    entries.set(key, entry);
    held += entry.bytes;
    for (const oldest of entries.keys()) {
      if (held <= maxBytes) break;
      drop(oldest);
    }
  };

  const drop = (key: string): void => {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    held -= entry.bytes;
  };

  const find = (key: string, version: number): CachedChunk | PlainChunk | null => {
    const entry = entries.get(key);
    if (entry?.version !== version) return null;
    entries.delete(key);
    entries.set(key, entry);
    return entry.value;
  };

  const wasRead = (key: string, version: number): boolean => {
    if (readOnce.get(key) === version) return true;
    if (readOnce.size >= rememberedReads) readOnce.clear();
    readOnce.set(key, version);
    return false;
  };

  const readPlain = async (key: string, version: number, chunk: ChunkHandle): Promise<PlainChunk> => {
    const { bytes, count, segment } = await chunk.read();
    const plain = { bytes, count };
    // What was read late may be newer than the version says, and for its reader only.
    if (segment !== null && wasRead(key, version)) keep(key, { value: plain, version, bytes: bytes.length });
    return plain;
  };

  /** Segments being compressed now, so that readers side by side wait for one piece of work. */
  const underWay = new Map<string, Promise<Compressed>>();

  const compress = async (key: string, chunk: ChunkHandle): Promise<Compressed> => {
    const { bytes, count, segment } = await chunk.read();
    const forAll = segment !== null;
    if (count === 0) return { chunk: null, forAll };
    const made = { segment: await deflateSegment(bytes), count };
    if (segment !== null) keep(key, { value: made, version: segment.version, bytes: made.segment.deflated.length });
    return { chunk: made, forAll };
  };

  return {
    deflated: async (whose, chunk) => {
      const { segment: place } = chunk;
      const key = place === null ? '' : `deflated ${whose} ${place.id}`;
      const known = place === null ? null : find(key, place.version);
      if (known !== null && 'segment' in known) return known;
      const work = `${key} ${place?.version}`;
      const other = place === null ? undefined : underWay.get(work);
      if (other !== undefined) {
        const { chunk: shared, forAll } = await other;
        if (forAll) return shared;
      }
      const mine = compress(key, chunk).finally(() => {
        if (underWay.get(work) === mine) underWay.delete(work);
      });
      if (place !== null) underWay.set(work, mine);
      return (await mine).chunk;
    },
    plain: (whose, chunk) => {
      const { segment: place } = chunk;
      if (place === null) return chunk.read();
      const key = `plain ${whose} ${place.id}`;
      const known = find(key, place.version);
      return known !== null && 'bytes' in known ? known : readPlain(key, place.version, chunk);
    },
  };
};
