// Copies of segments: kept when they are what their version says, shared by those who ask at the same time, and never made of bytes that are
// newer than the version, since whoever is given a copy may see less than the one who had it read.
import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { describe, it } from 'node:test';
import { addToTail, emptyTail, gzipHeader, gzipTrailer } from '#base/gzip.ts';
import { createSegmentCache } from '#hub/segment-cache.ts';
import type { CachedChunk } from '#hub/segment-cache.ts';
import type { ChunkHandle } from '#store/store.ts';

const place = { id: 1, version: 7 };

/** A handle of the place whose bytes are of that version, or were read after it had changed. */
const handle = (text: string, late = false): ChunkHandle & { readonly reads: () => number } => {
  let reads = 0;
  return {
    segment: place,
    read: () => {
      reads += 1;
      return { bytes: Buffer.from(text), count: 1, segment: late ? null : place };
    },
    reads: () => reads,
  };
};

const inflated = (chunk: CachedChunk | null): string => {
  assert.ok(chunk !== null);
  const tail = emptyTail();
  addToTail(tail, chunk.segment);
  return gunzipSync(Buffer.concat([gzipHeader, chunk.segment.deflated, gzipTrailer(tail)])).toString();
};

describe('the cache of segments', () => {
  it('reads a version once for all who ask', async () => {
    const cache = createSegmentCache(1_000_000);
    const [one, two] = [handle('a'), handle('a')];
    const both = await Promise.all([cache.deflated('t', one), cache.deflated('t', two)]);
    assert.deepEqual(both.map(inflated), ['a', 'a']);
    assert.equal(inflated(await cache.deflated('t', one)), 'a');
    assert.equal(one.reads() + two.reads(), 1);
    for (let time = 0; time < 4; time += 1) assert.equal((await cache.plain('t', one)).bytes.toString(), 'a');
    assert.equal(one.reads(), 3, 'plain bytes are kept from the second reading on');
  });

  it('gives what was read late to its reader alone', async () => {
    const cache = createSegmentCache(1_000_000);
    const cleared = handle('with somebody protected since', true);
    const plain = handle('without');
    for (let time = 0; time < 3; time += 1) await cache.plain('t', cleared);
    assert.equal((await cache.plain('t', plain)).bytes.toString(), 'without');
    const both = await Promise.all([cache.deflated('t', cleared), cache.deflated('t', plain)]);
    assert.deepEqual(both.map(inflated), ['with somebody protected since', 'without']);
    assert.equal(inflated(await cache.deflated('t', handle('without'))), 'without');
  });
});
