// Compressed copies of stored segments, shared by all callers who see the same bytes. Bounded by size; the least recently used go first.
// Called by hub/run.ts; a copy is right as long as the segment's version is.
import { deflateSegment } from '#base/gzip.ts';
import type { DeflatedSegment } from '#base/gzip.ts';
import type { ChunkHandle } from '#store/store.ts';

export type CachedChunk = { readonly segment: DeflatedSegment; readonly count: number };
type Entry = CachedChunk & { readonly version: number };

export type SegmentCache = {
  /** The chunk, compressed; null when it has become empty. */
  readonly deflated: (tenant: string, chunk: ChunkHandle) => Promise<CachedChunk | null>;
};

/** Makes a cache that holds at most `maxBytes` of compressed text. */
export const createSegmentCache = (maxBytes: number): SegmentCache => {
  const entries = new Map<string, Entry>();
  let held = 0;

  const keep = (key: string, entry: Entry): void => {
    drop(key);
    entries.set(key, entry);
    held += entry.segment.deflated.length;
    for (const oldest of entries.keys()) {
      if (held <= maxBytes) break;
      drop(oldest);
    }
  };

  const drop = (key: string): void => {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    held -= entry.segment.deflated.length;
  };

  /** Segments being compressed now, so that readers side by side wait for one piece of work. */
  const underWay = new Map<string, Promise<CachedChunk | null>>();

  const compress = async (key: string | null, chunk: ChunkHandle): Promise<CachedChunk | null> => {
    const { bytes, count } = await chunk.read();
    if (count === 0) return null;
    const segment = await deflateSegment(bytes);
    if (key !== null && chunk.segment !== null) keep(key, { segment, count, version: chunk.segment.version });
    return { segment, count };
  };

  return {
    deflated: (tenant, chunk) => {
      if (chunk.segment === null) return compress(null, chunk);
      const key = `${tenant} ${chunk.segment.id}`;
      const known = entries.get(key);
      if (known !== undefined && known.version === chunk.segment.version) {
        entries.delete(key);
        entries.set(key, known);
        return Promise.resolve(known);
      }
      const work = `${key} ${chunk.segment.version}`;
      const other = underWay.get(work);
      if (other !== undefined) return other;
      const mine = compress(key, chunk).finally(() => underWay.delete(work));
      underWay.set(work, mine);
      return mine;
    },
  };
};
