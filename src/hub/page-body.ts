// The bytes of a page, made as they are read: from stored segments for callers with whole access, resource by resource for the others.
// Called by hub/run.ts; the reader's pace sets the pace.
import { hash } from 'node:crypto';
import { deflateSegment } from '#base/gzip.ts';
import { yieldToLoop } from '#base/clock.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { BodyChunk, ChunkHandle, MixedPart, PagePart, StoredPage } from '#store/store.ts';
import type { PageBody } from './query.ts';
import type { CachedChunk, SegmentCache } from './segment-cache.ts';

const comma = Buffer.from(',');

// Bytes gathered before a chunk of single resources is given out, and rows loaded at a time.
const chunkBytes = 131_072;
const loadRows = 200;

/** Resources as the caller gets them, in the order of the uids; those that are gone or hidden are left out. */
type Load = (uids: readonly number[]) => Promise<readonly Buffer[]>;

/**
 * A page of stored bytes, with the rows that must be looked at one by one between them. What a segment with such rows looks like is kept for all
 * who see alike: whatever changes it for one of them is a change of the segment. Compressing works one segment ahead of the reader. `history` names
 * what the page was read from; null = no rows.
 */
export const plainBody = (
  plan: AuthorizedPlan,
  history: string,
  page: StoredPage | null,
  cache: SegmentCache,
  load: Load,
): PageBody => {
  const seen = async ({ pieces, segment, stands }: MixedPart): Promise<BodyChunk> => {
    const found: Buffer[] = [];
    let count = 0;
    for (const piece of pieces()) {
      if ('uids' in piece) {
        const bodies = await load(piece.uids);
        found.push(...bodies);
        count += bodies.length;
      } else {
        const run = await piece.read();
        if (run.count > 0) found.push(run.bytes);
        count += run.count;
      }
      await yieldToLoop();
    }
    return { bytes: joined(found), count, segment: isShared && stands() ? segment : null };
  };

  // Links to rows that only this caller sees make what it gets its own.
  const isShared = plan.visibleTargets.size === 0;

  /** The part with whom its bytes are the same for: everybody who is cleared for all of it, or those who see what this plan does. */
  const shared = (part: PagePart): readonly [string, ChunkHandle] =>
    'pieces' in part
      ? [
          `${history} ${sightOf(plan)} ${part.skip} ${part.take}`,
          { segment: isShared ? part.segment : null, read: () => seen(part) },
        ]
      : [history, part];

  return {
    plain: async function* () {
      for await (const part of page?.parts() ?? []) {
        const { bytes, count } = await cache.plain(...shared(part));
        if (count > 0) yield { bytes, count };
        await yieldToLoop();
      }
    },
    deflated: async function* () {
      let ahead: Promise<CachedChunk | null> | null = null;
      for await (const part of page?.parts() ?? []) {
        const next = cache.deflated(...shared(part));
        // It may fail while the reader is busy or has left, when nobody waits for it; whoever waits still gets the failure.
        next.catch(() => {});
        const ready: CachedChunk | null = ahead === null ? null : await ahead;
        ahead = next;
        if (ready !== null) yield ready;
      }
      const last: CachedChunk | null = ahead === null ? null : await ahead;
      if (last !== null) yield last;
    },
  };
};

/** What plans that show whole resources differ in: how protected a row may be, and what its links lead to. */
const sightOf = (plan: AuthorizedPlan): string => {
  let sight = sights.get(plan);
  if (sight === undefined) {
    const targets = [...plan.targetClearance].map(([path, clearance]) => `${path}:${clearance}`).sort();
    sights.set(plan, (sight = hash('sha256', [plan.clearance, ...targets].join(' '), 'base64url')));
  }
  return sight;
};

const sights = new WeakMap<AuthorizedPlan, string>();

const joined = (bodies: readonly Buffer[]): Buffer =>
  Buffer.concat(bodies.flatMap((body, index) => (index === 0 ? [body] : [comma, body])));

/** A page of resources that are loaded and pruned one by one. */
export const prunedBody = (uids: Float64Array, load: Load): PageBody => {
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
