// The long proof that the feed is exact: many seeds on both engines, then every fault of faults.ts, each of which must be found. `npm run
// test:feed -- --seconds 20 --seeds 10 --seed 1 --dialect postgres --faults only|none`. Leaves the histories of what went wrong, and says where.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { leaveOnSignals } from '../leaving.ts';
import { faults } from './faults.ts';
import { runFeed } from './run-feed.ts';
import type { FeedRun, FeedVerdict } from './run-feed.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    seeds: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    dialect: { type: 'string' },
    faults: { type: 'string', default: 'too' },
    fault: { type: 'string' },
  },
});

const folder = mkdtempSync(path.join(tmpdir(), 'feed-'));
leaveOnSignals(() => rmSync(folder, { recursive: true, force: true }));
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const dialects = (['postgres', 'sqlite'] as const).filter((name) => name === (values.dialect ?? name));
let failures = 0;

const run = (options: Omit<FeedRun, 'folder'>): Promise<FeedVerdict> =>
  runFeed({ ...options, folder: path.join(folder, `${options.plant ?? 'true'}-${options.dialect}-${options.seed}`) });

if (values.faults !== 'only' && values.fault === undefined)
  for (const dialect of dialects)
    for (let turn = 0; turn < Number(values.seeds); turn += 1) {
      const seed = String(Number(values.seed) + turn);
      const { wrong, counts } = await run({ dialect, seed, ms: Number(values.seconds) * 1_000 });
      say(`${dialect} seed ${seed}: ${JSON.stringify(counts)}`);
      for (const what of wrong) say(`  WRONG: ${what}`);
      if (wrong.length > 0) failures += 1;
    }

if (values.faults !== 'none')
  for (const { name, dialect } of faults) {
    if (!dialects.includes(dialect) || name !== (values.fault ?? name)) continue;
    let found: string | null = null;
    for (let seed = 1; seed <= 4 && found === null; seed += 1)
      found = (await run({ dialect, seed: String(seed), ms: 5_000 * seed, plant: name })).wrong[0] ?? null;
    say(`${name}: ${found === null ? 'NOT FOUND' : `found: ${found.slice(0, 300)}`}`);
    if (found === null) failures += 1;
  }

if (failures === 0) rmSync(folder, { recursive: true, force: true });
else say(`${failures} failed; the histories are in ${folder}`);
process.exit(failures === 0 ? 0 : 1);
