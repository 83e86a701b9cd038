// Texts of walks are remembered, and are always what a walk without a memory would give: to whoever asks, whatever has changed; and each look is recorded.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { unpackUids } from '#base/packed-uids.ts';
import type { DocumentNode, Walk, WalkedDocuments } from '#hub/documents/document.ts';
import { createWalkTexts, type KeptPage } from '#hub/documents/walk-texts.ts';
import type { Principal } from '#hub/principal.ts';
import type { TenantReads } from '#store/store.ts';
import {
  dal,
  fjord,
  grant,
  onlyGrants,
  openWorld,
  paths,
  person,
  principal,
  put,
  putCounty,
  pupil,
  remove,
} from '../world.ts';
import type { World } from '../world.ts';
import { pupilShape, treeOf } from './document-world.ts';
import { openWalk } from './walk-world.ts';

let world: World;
before(async () => {
  world = await openWorld();
  await putCounty(world);
});
after(() => world.close());
beforeEach(() => onlyGrants(world, {}));

let rendered = 0;
let asked = 0;
const render = (root: DocumentNode): string => {
  rendered += 1;
  return JSON.stringify(treeOf(root));
};

const textOf = async (walk: Walk, as: Principal = principal()): Promise<string | null> => {
  asked += 1;
  const context = { principal: as, requestId: `t${asked}`, api: 'test' };
  const result = await walk({ projection: { id: 'texts', shape: pupilShape }, narrow: null, render }, context);
  if (result.kind !== 'walk') return null;
  const texts: string[] = [];
  let count = 0;
  for await (const page of result.pages) {
    assert.deepEqual([...page], []);
    texts.push(String(page.text));
    count += page.length;
  }
  const text = `[${texts.join(',')}]`;
  assert.equal((JSON.parse(text) as readonly unknown[]).length, count);
  return text;
};

const recordsOf = async (request: string): Promise<readonly number[][]> =>
  (await (await world.store.tenant(fjord)).audit({ limit: 100 }))
    .filter(({ request: one }) => one === request)
    .map(({ seen }) => (seen?.kind === 'uids' ? [...unpackUids(Buffer.from(seen.uids, 'base64url'))] : []));

for (const [rootsAtOnce, pages] of [
  [100, 1],
  [1, 4],
] as const)
  test(`the same is not made twice, and every look is recorded with whom it showed: ${pages} pages`, async () => {
    const walk = await openWalk(world, { rootsAtOnce });
    const madeBefore = rendered;
    const first = await textOf(walk);
    const made = rendered - madeBefore;
    assert.ok(made >= 4);
    assert.equal(await textOf(walk), first);
    assert.equal(rendered - madeBefore, made);
    const [anew, again] = [await recordsOf(`t${asked - 1}`), await recordsOf(`t${asked}`)];
    assert.ok(anew.length >= pages);
    // What is kept is given together, and recorded as one.
    assert.equal(again.length, 1);
    const seen = [...new Set(anew.flat())].toSorted((one, other) => one - other);
    assert.ok(seen.length >= 4);
    assert.deepEqual(again, [seen]);
  });

test('what has changed, for data or for access, is told as without a memory', async () => {
  const walk = await openWalk(world);
  const fresh = async (as?: Principal): Promise<string | null> => textOf(await openWalk(world), as);
  const seen = new Set<string | null>();
  const same = async (as?: Principal): Promise<void> => {
    await textOf(walk, as);
    const text = await textOf(walk, as);
    assert.equal(text, await fresh(as));
    seen.add(text);
  };
  await same();
  await put(world, paths.pupil, [{ ...pupil(2), elevnummer: { identifikatorverdi: 'N2' } }]);
  await same();
  // A resource behind the pupil.
  await put(world, paths.person, [person(1, {}, { navn: { fornavn: 'Nytt', etternavn: 'Navn' } })]);
  await same();
  await remove(world, paths.pupil, 'systemid', 'e3');
  await same();
  await put(world, paths.pupil, [pupil(3)]);
  await same();
  await onlyGrants(world, { collections: [paths.pupil] });
  await same();
  await grant(world, { collections: [paths.person], withhold: ['personal'] });
  await same();
  await onlyGrants(world, {}, { application: 'other', collections: [paths.pupil] });
  await same();
  await same(principal('other'));
  await same();
  await same(principal('app', dal));
  await onlyGrants(world);
  await same();
  assert.ok(seen.has(null) && seen.size >= 6, `only ${seen.size}`);
});

const pagesOf = async (walk: Walk): Promise<AsyncIterator<WalkedDocuments>> => {
  asked += 1;
  const context = { principal: principal(), requestId: `t${asked}`, api: 'test' };
  const result = await walk({ projection: { id: 'texts', shape: pupilShape }, narrow: null, render }, context);
  assert.ok(result.kind === 'walk');
  return result.pages[Symbol.asyncIterator]();
};

/** Texts of the pages that are left. */
const left = async (pages: AsyncIterator<WalkedDocuments>): Promise<readonly string[]> => {
  const texts: string[] = [];
  for (let next = await pages.next(); next.done !== true; next = await pages.next())
    texts.push(String(next.value.text));
  return texts;
};

test('what is kept is given page by page as it may be seen then', async () => {
  await put(world, paths.pupil, [pupil(3), pupil(4)]);
  const walk = await openWalk(world, { rootsAtOnce: 1 });
  const all = await left(await pagesOf(walk));
  assert.ok(all.length >= 4);
  const pages = await pagesOf(walk);
  assert.equal(String((await pages.next()).value?.text), all[0]);
  // In between somebody goes, and somebody is changed.
  await remove(world, paths.pupil, 'systemid', 'e3');
  await put(world, paths.pupil, [{ ...pupil(4), elevnummer: { identifikatorverdi: 'N4' } }]);
  const rest = await left(pages);
  assert.deepEqual(rest, (await left(await pagesOf(await openWalk(world, { rootsAtOnce: 1 })))).slice(1));
  assert.ok(!rest.join().includes('e3') && rest.join().includes('N4'));

  await left(await pagesOf(walk));
  const cut = await pagesOf(walk);
  await cut.next();
  await onlyGrants(world);
  await assert.rejects(left(cut), /may not be read any more/);
});

const page = (length: number): KeptPage => ({
  text: Buffer.alloc(length),
  count: 1,
  seen: new Float64Array(1),
  next: null,
});

test('it holds so much and no more, and nothing of other data', () => {
  const [reads, others] = [{} as TenantReads, {} as TenantReads];
  const texts = createWalkTexts(300);
  texts.keep('a', reads, 1, page(100));
  texts.keep('b', reads, 1, page(100));
  assert.ok(texts.find('a', reads, 1) !== null);
  texts.keep('c', reads, 1, page(100));
  // What was used least lately has gone.
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => texts.find(key, reads, 1) !== null),
    [true, false, true],
  );
  assert.equal(texts.find('a', others, 1), null);
  assert.equal(texts.find('c', reads, 2), null);
  texts.keep('d', reads, 1, page(292));
  assert.equal(texts.find('d', reads, 1), null);
  texts.keep('d', reads, 1, page(291));
  assert.ok(texts.find('d', reads, 1) !== null);
});
