// `npm run test:faults`: the long suite. Hurts a real hub in every way below and says in the end whether every promise was kept. Takes about a
// quarter of an hour; one part alone: `npm run test:faults -- kills` (or io, clock, stalled, planted), with `--kills N --seed N`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runClock } from './clock.ts';
import { runIo } from './io.ts';
import { runKills } from './kills.ts';
import { runPlanted } from './planted.ts';
import { buildShim } from './shim.ts';
import { runStalled } from './stalled.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    bug: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const parts = positionals.length > 0 ? positionals : ['kills', 'io', 'clock', 'stalled', 'planted'];
const folder = mkdtempSync(path.join(tmpdir(), 'bindeledd-faults-'));
const say = (text: string): void => void process.stdout.write(`${text}\n`);

let faults = 0;
let skipped = 0;
const judge = (part: string, broken: readonly string[], told: string): void => {
  faults += broken.length;
  say(`${broken.length === 0 ? 'kept' : 'BROKEN'}  ${part}: ${told}`);
  for (const each of broken.slice(0, 20)) say(`        ${each}`);
};

const library = parts.some((part) => part === 'io' || part === 'clock') ? buildShim(folder) : null;

for (const part of parts) {
  const where = path.join(folder, part);
  if (part === 'kills') {
    const [kills, seed] = [Number(values.kills), Number(values.seed)];
    const { broken, operations, unknown, told, slowestStartMs } = await runKills({
      folder: where,
      kills,
      seed,
      longestMs: 900,
      report: (kill, done) => kill % 20 === 0 && say(`  ${kill} of ${kills} kills, ${done} operations`),
    });
    judge(
      part,
      broken,
      `${kills} kills, ${operations} operations (${unknown} without an answer), ${told} changes told, slowest start ${slowestStartMs} ms`,
    );
  } else if (part === 'planted') {
    const { missed, found } = await runPlanted(where, values.bug ?? null);
    judge(
      part,
      missed.map((name) => `the bug ${name} was not found`),
      `${found.length} planted bugs found`,
    );
  } else if (part === 'stalled') {
    const { broken, cut, risenMb } = await runStalled(where);
    judge(part, broken, `${cut} stalled readers cut off, memory up by ${risenMb} MB`);
  } else if (part === 'io' || part === 'clock') {
    if (library === null) {
      skipped += 1;
      say(`SKIPPED ${part}: this machine has no gcc, or is not Linux`);
      continue;
    }
    if (part === 'io') {
      const { broken, points, operations } = await runIo(where, library);
      judge(part, broken, `${points} failing writes and syncs, a full disk, ${operations} operations`);
    } else {
      const { broken, shifts, operations } = await runClock(where, library, 24);
      judge(part, broken, `${shifts} shifts of the clock by two hours, ${operations} operations`);
    }
  } else throw new Error(`there is no part ${part}`);
}

if (values.keep || faults > 0) say(`what was left: ${folder}`);
else rmSync(folder, { recursive: true, force: true });
say(`${parts.length - skipped} parts, ${skipped} skipped, ${faults} promises broken`);
process.exitCode = faults === 0 ? 0 : 1;
