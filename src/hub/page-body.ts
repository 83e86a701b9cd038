// The bytes of a page, made as they are read: from stored segments for callers with whole access, resource by resource for the others.
// Called by hub/run.ts; the reader's pace sets the pace.
import { deflateSegment } from '#base/gzip.ts';
import { yieldToLoop } from '#base/clock.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { TenantStore } from '#store/store.ts';
import type { PageBody } from './query.ts';
import type { CachedChunk, SegmentCache } from './segment-cache.ts';

const comma = Buffer.from(',');

// Bytes gathered before a chunk of single resources is given out, and rows loaded at a time.
const chunkBytes = 131_072;
const loadRows = 200;

/** A page of stored bytes. Compressing works one segment ahead of the reader. */
export const plainBody = (
  plan: AuthorizedPlan,
  tenant: TenantStore,
  range: { readonly offset: number; readonly size: number },
  cache: SegmentCache,
): PageBody => ({
  plain: async function* () {
    for await (const handle of tenant.reads.chunks(plan, range)) {
      const { bytes, count } = await cache.plain(tenant.id, handle);
      if (count > 0) yield { bytes, count };
      await yieldToLoop();
    }
  },
  deflated: async function* () {
    let ahead: Promise<CachedChunk | null> | null = null;
    for await (const handle of tenant.reads.chunks(plan, range)) {
      const next = cache.deflated(tenant.id, handle);
      // It may fail while the reader is busy or has left, when nobody waits for it; whoever waits still gets the failure.
      next.catch(() => {});
      const ready: CachedChunk | null = ahead === null ? null : await ahead;
      ahead = next;
      if (ready !== null) yield ready;
    }
    const last: CachedChunk | null = ahead === null ? null : await ahead;
    if (last !== null) yield last;
  },
});

/** A page of resources that are loaded and pruned one by one. */
export const prunedBody = (
  uids: Float64Array,
  load: (uids: readonly number[]) => Promise<readonly Buffer[]>,
): PageBody => {
  const plain = async function* () {
    let parts: Buffer[] = [];
    let size = 0;
    let count = 0;
    for (let from = 0; from < uids.length; from += loadRows) {
      for (const body of await load([...uids.subarray(from, from + loadRows)])) {
        if (count > 0) parts.push(comma);
        parts.push(body);
        size += body.length;
        count += 1;
      }
      if (size >= chunkBytes) {
        yield { bytes: Buffer.concat(parts), count };
        [parts, size, count] = [[], 0, 0];
      }
      await yieldToLoop();
    }
    if (count > 0) yield { bytes: Buffer.concat(parts), count };
  };
  return {
    plain,
    deflated: async function* () {
      for await (const { bytes, count } of plain()) yield { segment: await deflateSegment(bytes), count };
    },
  };
};
