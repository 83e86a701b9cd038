// The feed is exact whatever happens to those who write and read it: a short random run on each engine, and a few planted faults that must be
// found, so that the run proves something. `npm run test:feed` runs longer, and plants all. `FEED_SEED` runs one seed again.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { runFeed } from './run-feed.ts';
import type { FeedRun, FeedVerdict } from './run-feed.ts';

const seed = process.env['FEED_SEED'] ?? String(Math.floor(Math.random() * 1e9));
const only = process.env['TEST_DIALECT'];
const skipped = (dialect: FeedRun['dialect']): { readonly skip: boolean } => ({
  skip: only !== undefined && only !== dialect,
});

const inFolder = async (run: Omit<FeedRun, 'folder'>): Promise<FeedVerdict & { readonly folder: string }> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'feed-'));
  const verdict = await runFeed({ ...run, folder });
  if (verdict.wrong.length === 0 || run.plant !== undefined) rmSync(folder, { recursive: true, force: true });
  return { ...verdict, folder };
};

for (const [dialect, ms] of [
  ['postgres', 5_000],
  ['sqlite', 4_000],
] as const)
  test(`writers and readers that are killed and cut off, on ${dialect}`, skipped(dialect), async () => {
    const { wrong, counts, folder } = await inFolder({ dialect, seed, ms });
    assert.deepEqual(wrong, [], `seed ${seed}; what everybody noted is in ${folder}`);
    assert.ok(
      (counts['done'] ?? 0) > 10 && (counts['changes'] ?? 0) > 20,
      `nothing happened: ${JSON.stringify(counts)}`,
    );
  });

for (const [dialect, plant] of [
  ['postgres', 'position-published-before-its-commit'],
  ['sqlite', 'position-left-out'],
] as const)
  test(`the checker finds ${plant} on ${dialect}`, skipped(dialect), async () => {
    let found: readonly string[] = [];
    for (let turn = 1; turn <= 3 && found.length === 0; turn += 1)
      found = (await inFolder({ dialect, seed: `${seed} ${turn}`, ms: 1_500 * turn, plant })).wrong;
    assert.notEqual(found.length, 0);
  });
