// The bytes of pages: the same plain and compressed, right under changes, and made no faster than they are read.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { addToTail, deflateSmall, emptyTail, gzipHeader, gzipTrailer } from '#base/gzip.ts';
import { plainBody, prunedBody } from '#hub/page-body.ts';
import type { PageBody } from '#hub/query.ts';
import { createSegmentCache } from '#hub/segment-cache.ts';
import type { SegmentCache } from '#hub/segment-cache.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { ChunkHandle, StoredPage } from '#store/store.ts';
import { cases } from '../cases.ts';
import { entry } from '../model/models.ts';
import {
  ask,
  identified,
  listQuery,
  model,
  onlyGrants,
  openWorld,
  paths,
  person,
  personHref,
  principal,
  put,
  remove,
  school,
} from './world.ts';
import type { Resource, World } from './world.ts';

let world: World;
const subjects = (count: number, from = 0): readonly Resource[] =>
  Array.from({ length: count }, (_, index) => ({
    systemId: identified(`f${from + index}`),
    navn: `Fag ${from + index}`,
    beskrivelse: 'æøå '.repeat(10),
  }));
before(async () => {
  world = await openWorld();
  await onlyGrants(world, {});
  await put(world, paths.subject, subjects(700));
});
after(() => world.close());

const plainOf = async (body: PageBody): Promise<string> => {
  const parts: string[] = [];
  for await (const { bytes, count } of body.plain()) {
    assert.ok(count > 0);
    parts.push(bytes.toString());
  }
  return parts.join(',');
};

const unpackedOf = async (body: PageBody): Promise<string> => {
  const tail = emptyTail();
  const parts: Buffer[] = [gzipHeader];
  const comma = deflateSmall(',');
  for await (const { segment } of body.deflated()) {
    for (const piece of parts.length === 1 ? [segment] : [comma, segment]) {
      parts.push(piece.deflated);
      addToTail(tail, piece);
    }
  }
  return gunzipSync(Buffer.concat([...parts, gzipTrailer(tail)])).toString();
};

const bodyOf = async (asked: Parameters<typeof listQuery>[1] = {}, path: string = paths.subject): Promise<PageBody> => {
  const result = await ask(world.hub, listQuery(path, asked));
  assert.ok(result.kind === 'page');
  return result.body;
};

const count = (text: string): number => (JSON.parse(`[${text}]`) as unknown[]).length;

test('plain and compressed bytes are the same, whole and narrow, for every cut', async () => {
  for (const grants of [{}, { fields: ['systemId', 'navn'] }, { withhold: ['special'] }]) {
    await onlyGrants(world, grants);
    for (const asked of [
      {},
      { offset: 0, size: 256 },
      { offset: 255, size: 2 },
      { offset: 100, size: 500 },
      { size: 1 },
    ]) {
      const body = await bodyOf(asked);
      const text = await plainOf(body);
      assert.equal(await unpackedOf(body), text);
      assert.equal(count(text), Math.min(asked.size ?? 700, 700));
    }
  }
  await onlyGrants(world, {});
});

test('nothing gives no bytes, and still a well-formed compressed answer', async () => {
  for (const body of [await bodyOf({}, paths.group), await bodyOf({ offset: 700, size: 10 })]) {
    assert.equal(await plainOf(body), '');
    assert.equal(await unpackedOf(body), '');
  }
  await onlyGrants(world, { rows: school('404') });
  const hidden = await bodyOf({}, paths.school);
  assert.equal(await plainOf(hidden), '');
  await onlyGrants(world, {});
});

const same = async (): Promise<string> => {
  const body = await bodyOf();
  const text = await plainOf(body);
  assert.equal(await unpackedOf(body), text);
  return text;
};

test('compressed copies follow every change', async () => {
  await same();
  await put(world, paths.subject, [{ systemId: identified('f300'), navn: 'Endret', beskrivelse: '' }]);
  assert.ok((await same()).includes('Endret'));
  await remove(world, paths.subject, 'systemid', 'f10');
  assert.equal((await same()).includes('"f10"'), false);
  await put(world, paths.subject, subjects(1, 10));
  const texts = await Promise.all([same(), same(), same()]);
  assert.equal(new Set(texts).size, 1);
  assert.equal(count(texts[0] ?? ''), 700);
});

test('a row that goes while its page is read is left out, and the rest is well-formed', async () => {
  for (const grants of [{}, { fields: ['systemId'] }]) {
    await onlyGrants(world, grants);
    const body = await bodyOf();
    const parts: string[] = [];
    for await (const { bytes } of body.plain()) {
      parts.push(bytes.toString());
      if (parts.length === 1) await remove(world, paths.subject, 'systemid', 'f699');
    }
    const seen = count(parts.join(','));
    assert.ok(seen === 699 || seen === 700);
    await put(world, paths.subject, subjects(1, 699));
  }
  await onlyGrants(world, {});
});

const plan = {
  tenant: 'x',
  collection: entry(model.collections, paths.subject),
  plain: true,
  visibleTargets: new Map(),
} as unknown as AuthorizedPlan;

/** A page of some chunks, which counts what is taken from it. */
const pageOf = (chunks: () => Iterable<ChunkHandle>) => {
  const taken = { chunks: 0, closed: false };
  const counted = function* (): Iterable<ChunkHandle> {
    try {
      for (const chunk of chunks()) {
        taken.chunks += 1;
        yield chunk;
      }
    } finally {
      taken.closed = true;
    }
  };
  const page: StoredPage = { from: 0, to: 0, position: 0, guarded: nobody, parts: counted };
  return { taken, page };
};

const nobody = { uids: new Float64Array(), own: new Uint8Array(), linked: new Uint8Array() };

const segment = (id: number, version: number, text: string): ChunkHandle => ({
  segment: { id, version },
  read: () => ({ bytes: Buffer.from(text), count: 1, segment: { id, version } }),
});

const many = function* (): Iterable<ChunkHandle> {
  for (let id = 0; id < 1_000; id += 1) yield segment(id, 1, `{"a":${id}}`);
};

const noRows = () => Promise.reject(new Error('no rows were to be loaded'));

test('a reader that leaves stops the reading', async () => {
  for (const form of ['plain', 'deflated'] as const) {
    const { taken, page } = pageOf(many);
    const body = plainBody(plan, 'x', page, createSegmentCache(1_000_000), noRows);
    for await (const part of body[form]()) if (part.count > 0) break;
    assert.ok(taken.chunks <= 3, `${form} took ${taken.chunks}`);
    assert.equal(taken.closed, true);
  }
  let loaded = 0;
  const pruned = prunedBody(
    Float64Array.from({ length: 10_000 }, (_, uid) => uid),
    (uids) => {
      loaded += uids.length;
      return Promise.resolve(uids.map((uid) => Buffer.alloc(10_000, `${uid % 10}`)));
    },
  );
  for await (const { bytes } of pruned.plain()) if (bytes.length > 0) break;
  assert.ok(loaded <= 400, `${loaded} were loaded`);
});

const failing = function* (): Iterable<ChunkHandle> {
  yield segment(1, 1, '{}');
  for (const id of [2, 3]) yield { segment: { id, version: 1 }, read: () => Promise.reject(new Error(`broken ${id}`)) };
};

test('a chunk that cannot be read fails the stream, and nothing but the stream', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', note);
  for (const leave of [true, false]) {
    const { page } = pageOf(failing);
    const body = plainBody(plan, 'x', page, createSegmentCache(1_000_000), noRows);
    const reading = async (): Promise<void> => {
      for await (const part of body.deflated()) {
        for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setTimeout(resolve, 5));
        if (leave && part.count > 0) return;
      }
    };
    if (leave) await reading();
    else await assert.rejects(reading(), /broken 2/);
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off('unhandledRejection', note);
  assert.deepEqual(unhandled, []);
});

test('copies are kept by version and organisation, made once for readers side by side, and bounded', async () => {
  let reads = 0;
  const chunk = (id: number, version: number, text = 'x'.repeat(1_000)): ChunkHandle => ({
    segment: { id, version },
    read: () => {
      reads += 1;
      // Not compressible to nothing: the bound counts compressed bytes.
      const bytes = Buffer.from(text + Array.from({ length: 100 }, (_, at) => `${(at * id * 7919) % 1009}`).join());
      return { bytes, count: 1, segment: { id, version } };
    },
  });
  const cache: SegmentCache = createSegmentCache(2_000);
  const two = await Promise.all([cache.deflated('a', chunk(1, 1)), cache.deflated('a', chunk(1, 1))]);
  assert.equal(reads, 1);
  assert.equal(two[0], two[1]);
  await cache.deflated('a', chunk(1, 1));
  assert.equal(reads, 1);
  const other = await cache.deflated('b', chunk(1, 1, 'other'));
  assert.equal(reads, 2);
  assert.notDeepEqual(other?.segment, two[0]?.segment);
  await cache.deflated('a', chunk(1, 2, 'newer'));
  assert.equal(reads, 3);
  await cache.deflated('a', chunk(1, 1));
  assert.equal(reads, 4, 'an older version is not answered with a newer one, nor kept beside it');
  for (let id = 2; id < 30; id += 1) await cache.deflated('a', chunk(id, 1));
  const made = reads;
  await cache.deflated('a', chunk(29, 1));
  assert.equal(reads, made, 'the newest is still there');
  await cache.deflated('a', chunk(2, 1));
  assert.equal(reads, made + 1, 'the oldest had to go');
  assert.equal(
    await cache.deflated('a', {
      segment: { id: 99, version: 1 },
      read: () => ({ bytes: Buffer.alloc(0), count: 0, segment: null }),
    }),
    null,
  );
});

test('memory stays flat however many rows there are', async () => {
  const row = Buffer.from(JSON.stringify({ systemId: identified('x'), navn: 'n'.repeat(300) }));
  const uids = Float64Array.from({ length: 100_000 }, (_, uid) => uid);
  const body = prunedBody(uids, (part) => Promise.resolve(part.map(() => Buffer.from(row))));
  const began = process.memoryUsage.rss();
  let most = 0;
  let rows = 0;
  for await (const part of body.plain()) {
    rows += part.count;
    most = Math.max(most, process.memoryUsage.rss() - began);
  }
  assert.equal(rows, 100_000);
  assert.ok(most < 150_000_000, `grew by ${most} bytes`);
});

test('beside protected persons, what is kept for one who sees less is what a fresh look gives, after whatever has changed', async () => {
  const own = await openWorld();
  try {
    await onlyGrants(own, {}, { application: 'other', clearance: 2 });
    const everybody = Array.from({ length: 600 }, (_, number) => number);
    const codes = ['ugradert', 'klientadresse', 'fortrolig', 'strengtFortrolig'] as const;
    const levels = new Map<number, number>(everybody.map((number) => [number, number % 40 === 7 ? 2 : 0]));
    const children = new Map<number, number>(everybody.map((number) => [number, (number * 7) % 600]));
    const made = (number: number): Resource =>
      person(
        number,
        { foreldre: [personHref(children.get(number) ?? 0)] },
        { adressebeskyttelse: codes[levels.get(number) ?? 0] },
      );
    await put(own, paths.person, everybody.map(made));
    const uncached = await own.hubOver(own.store, createSegmentCache(0));
    const callers = [principal(), principal('other')];
    const readBy = async (hub: World['hub'], as: (typeof callers)[number], asked: Parameters<typeof listQuery>[1]) => {
      const result = await ask(hub, listQuery(paths.person, asked), as);
      assert.ok(result.kind === 'page');
      const text = await plainOf(result.body);
      if (text !== '') assert.equal(await unpackedOf(result.body), text);
      return text;
    };
    const step = fc.record({
      number: fc.nat(599),
      level: fc.constantFrom(0, 0, 1, 2, 3),
      child: fc.nat(599),
    });
    let differing = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 3 }), fc.nat(500), async (steps, offset) => {
        for (const { number, level, child } of steps) {
          levels.set(number, level);
          children.set(number, child);
        }
        if (steps.length > 0)
          await put(
            own,
            paths.person,
            steps.map(({ number }) => made(number)),
          );
        const texts = new Set<string>();
        for (const as of callers) {
          for (const asked of [{}, { offset, size: 300 }]) {
            const fresh = await readBy(uncached, as, asked);
            // The second reading keeps, the third is given what was kept.
            for (let time = 0; time < 3; time += 1) assert.equal(await readBy(own.hub, as, asked), fresh);
            texts.add(fresh);
          }
        }
        if (texts.size === 4) differing += 1;
      }),
      { numRuns: cases(40) },
    );
    assert.ok(differing >= cases(40) / 2, 'the two callers see different pages');
  } finally {
    await own.close();
  }
});
