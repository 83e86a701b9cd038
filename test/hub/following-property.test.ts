// Random histories: data change, protection is set and lifted, grants come, widen, narrow and end, and a follower reads the feed in pages of any
// size, stopping anywhere. Whenever it has read to the end, its copy is what a fresh listing gives; it never hears of anything that it may
// not see and did not hold; and a follower that begins anew ends with the same copy.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import type { Hub, HubResult } from '#hub/query.ts';
import { cases } from '../cases.ts';
import {
  accessOf,
  allMarkers,
  collections,
  markersOf,
  numbers,
  pupilOf,
  putData,
  putSchools,
  rowsOf,
} from './policy.ts';
import type { Access, Data, Row } from './policy.ts';
import { ask, listQuery, onlyGrants, openWorld } from './world.ts';
import type { World } from './world.ts';

let world: World;
let hub: Hub;
before(async () => {
  world = await openWorld();
  hub = world.hub;
  await putSchools(world);
});
after(() => world.close());

type Step =
  | { readonly kind: 'data'; readonly changed: Data }
  | { readonly kind: 'grants'; readonly accesses: readonly Access[] }
  | { readonly kind: 'poll'; readonly size: number; readonly pages: number }
  /** The hub forgets everything that it has not stored. */
  | { readonly kind: 'restart' }
  | { readonly kind: 'settle' };

const stepOf: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('data' as const),
      changed: fc
        .subarray(numbers, { minLength: 1, maxLength: 2 })
        .chain((some) => fc.tuple(...some.map((number) => pupilOf(number)))),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('grants' as const),
      accesses: fc.array(
        accessOf.map((one) => ({ ...one, actions: ['read', 'list', 'follow'] as const })),
        { maxLength: 2 },
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('poll' as const),
      size: fc.integer({ min: 1, max: 4 }),
      pages: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'settle' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
);

type Copy = {
  readonly path: string;
  token: string | null;
  readonly held: Map<string, string>;
  /** Everything it was ever told of what it holds. */
  readonly known: Map<string, Set<string>>;
  /** The same of what it was told is gone: that may be told again, and names nothing else. */
  readonly gone: Map<string, ReadonlySet<string>>;
};

const emptyCopy = (path: string): Copy => ({ path, token: null, held: new Map(), known: new Map(), gone: new Map() });

/** `toldGone`: what was known of the resource when it was told that it is gone. */
type Check = (text: string, copy: Copy, toldGone: ReadonlySet<string>) => void;

/** Reads one page into a copy; false when there is no more, or nothing is answered. */
const readPage = async (copy: Copy, size: number, check: Check): Promise<boolean> => {
  const result: HubResult = await ask(hub, { kind: 'changes', collection: copy.path, after: copy.token, size });
  if (result.kind === 'missing') {
    // Whoever was given a position is told what it has lost, and then of nothing.
    assert.equal(copy.token, null);
    return false;
  }
  assert.ok(result.kind === 'changes', JSON.stringify(result));
  assert.ok(result.changes.length <= size);
  for (const { uid, kind, before: names, body } of result.changes) {
    const text = body?.toString() ?? null;
    check(`${kind} ${names.join(' ')} ${text ?? ''}`, copy, (text === null ? copy.gone.get(uid) : null) ?? new Set());
    if (kind === 'removed') assert.equal(text, null);
    if (text === null) {
      copy.held.delete(uid);
      copy.gone.set(uid, copy.known.get(uid) ?? copy.gone.get(uid) ?? new Set());
      copy.known.delete(uid);
    } else {
      copy.held.set(uid, text);
      copy.known.set(uid, new Set([...(copy.known.get(uid) ?? []), ...allMarkers.filter((one) => text.includes(one))]));
    }
  }
  if (result.changes.length === 0 && !result.more && copy.token !== null && result.next !== copy.token)
    // Only the end of a difference that had nothing left to tell gives another place.
    assert.ok(result.next.length > 0);
  copy.token = result.next;
  return result.more;
};

const readToEnd = async (copy: Copy, size: number, check: Check): Promise<void> => {
  for (let pages = 0; await readPage(copy, size, check); pages += 1) assert.ok(pages < 2_000, 'the feed has no end');
};

const listed = async (path: string): Promise<readonly string[]> => {
  const result = await ask(hub, listQuery(path));
  if (result.kind === 'missing') return [];
  assert.ok(result.kind === 'page');
  const parts: string[] = [];
  for await (const { bytes } of result.body.plain()) parts.push(bytes.toString());
  const entries: unknown = JSON.parse(`[${parts.join(',')}]`);
  assert.ok(Array.isArray(entries));
  return entries.map((one) => JSON.stringify(one)).sort();
};

const held = (copy: Copy): readonly string[] =>
  [...copy.held.values()].map((text) => JSON.stringify(JSON.parse(text))).sort();

test('a follower that applies the feed ends with what a fresh listing gives, whatever happens on the way', async () => {
  let current: Data = [];
  // What has gone or changed its identifiers, as it was: the feed names it to those who saw all rows.
  const formerly = new Map<string, Row>();
  const changeTo = async (next: Data): Promise<void> => {
    for (const row of rowsOf(current)) formerly.set(JSON.stringify(row), row);
    await putData(world, next);
    current = next;
  };
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(...numbers.map(pupilOf)),
      fc.array(
        accessOf.map((one) => ({ ...one, actions: ['read', 'list', 'follow'] as const })),
        {
          minLength: 1,
          maxLength: 2,
        },
      ),
      fc.array(stepOf, { minLength: 4, maxLength: 14 }),
      async (data, first, steps) => {
        let accesses: readonly Access[] = first;
        await changeTo(data);
        await onlyGrants(world, ...accesses);
        const copies = collections.map(emptyCopy);
        const check: Check = (text, copy, toldGone) => {
          const rows = rowsOf(current);
          const allowed = new Set([
            ...toldGone,
            ...markersOf(accesses, rows),
            ...markersOf(
              accesses.filter((one) => one.rows === null),
              [...formerly.values()],
            ),
            ...[...copy.known.values()].flatMap((markers) => [...markers]),
          ]);
          // The former identifiers of what is seen, or held.
          const seen = new Set(rows.filter((row) => markersOf(accesses, [row]).size > 0).map(({ key }) => key));
          for (const row of formerly.values())
            if (row.values.some(({ marker }) => allowed.has(marker))) seen.add(row.key);
          for (const row of formerly.values())
            if (seen.has(row.key)) for (const { identifier, marker } of row.values) if (identifier) allowed.add(marker);
          for (const marker of allMarkers)
            if (!allowed.has(marker))
              assert.equal(text.includes(marker), false, `${copy.path} is told ${marker}: ${text}`);
        };
        const settle = async (): Promise<void> => {
          for (const copy of copies) {
            await readToEnd(copy, 3, check);
            assert.deepEqual(held(copy), await listed(copy.path), `the copy of ${copy.path}`);
            const anew = emptyCopy(copy.path);
            await readToEnd(anew, 500, check);
            assert.deepEqual(held(anew), await listed(copy.path), `a new copy of ${copy.path}`);
            // Nothing is new: the place stays.
            const { token } = copy;
            await readPage(copy, 5, check);
            assert.equal(copy.token, token);
          }
        };
        for (const step of steps) {
          if (step.kind === 'data')
            await changeTo(current.map((one) => step.changed.find(({ number }) => number === one.number) ?? one));
          if (step.kind === 'grants') {
            accesses = step.accesses;
            await onlyGrants(world, ...accesses);
          }
          if (step.kind === 'poll')
            for (const copy of copies)
              for (let page = 0; page < step.pages && (await readPage(copy, step.size, check)); page += 1);
          if (step.kind === 'restart') hub = await world.hubOver(world.store);
          if (step.kind === 'settle') await settle();
        }
        await settle();
      },
    ),
    { numRuns: cases(60) },
  );
});
