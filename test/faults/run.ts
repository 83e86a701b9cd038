// `npm run test:faults`: the long suite. Hurts a real hub in every way below and says in the end whether every promise was kept. Takes about a
// quarter of an hour; one part alone: `npm run test:faults -- kills` (or io, clock, stalled, planted), with `--kills N --seed N`. With
// `--dialect postgres` two hubs over a database are hurt, and its server (kills, statements, disk, clock, stalled, planted).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { leaveOnSignals } from '../leaving.ts';
import { runClock } from './clock.ts';
import { runIo } from './io.ts';
import { runKills } from './kills.ts';
import { startHurtServer } from './databases.ts';
import { runPlanted, runPostgresPlanted, type PlantedReport } from './planted.ts';
import { runPostgresClock } from './postgres-clock.ts';
import { runDisk } from './postgres-disk.ts';
import { runPostgresKills } from './postgres-kills.ts';
import { runStatements } from './postgres-statements.ts';
import { buildShim } from './shim.ts';
import { runStalled } from './stalled.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dialect: { type: 'string', default: 'sqlite' },
    kills: { type: 'string' },
    'server-kills': { type: 'string' },
    seed: { type: 'string', default: '1' },
    bug: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const everything: Readonly<Record<string, readonly string[]>> = {
  sqlite: ['kills', 'io', 'clock', 'stalled', 'planted'],
  postgres: ['kills', 'statements', 'disk', 'clock', 'stalled', 'planted'],
};
const all = everything[values.dialect];
if (all === undefined) throw new Error(`there is no dialect ${values.dialect}`);
const parts = positionals.length > 0 ? positionals : all;
for (const part of parts) if (!all.includes(part)) throw new Error(`there is no part ${part} on ${values.dialect}`);
const folder = mkdtempSync(path.join(tmpdir(), 'bindeledd-faults-'));
leaveOnSignals(() => rmSync(folder, { recursive: true, force: true }));
const say = (text: string): void => void process.stdout.write(`${text}\n`);

let faults = 0;
let skipped = 0;
const judge = (part: string, broken: readonly string[], told: string): void => {
  faults += broken.length;
  say(`${broken.length === 0 ? 'kept' : 'BROKEN'}  ${part}: ${told}`);
  for (const each of broken.slice(0, 20)) say(`        ${each}`);
};

const library = parts.some((part) => part === 'io' || part === 'clock') ? buildShim(folder) : null;

const skip = (part: string, why: string): void => {
  skipped += 1;
  say(`SKIPPED ${part}: ${why}`);
};

const judgePlanted = (part: string, { missed, found }: PlantedReport): void =>
  judge(
    part,
    missed.map((name) => `the bug ${name} was not found`),
    `${found.length} planted bugs found`,
  );

const onFiles = async (part: string, where: string): Promise<void> => {
  if (part === 'kills') {
    const [kills, seed] = [Number(values.kills ?? 200), Number(values.seed)];
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
    judgePlanted(part, await runPlanted(where, values.bug ?? null));
  } else if (part === 'stalled') {
    const { broken, cut, risenMb } = await runStalled(where);
    judge(part, broken, `${cut} stalled readers cut off, memory up by ${risenMb} MB`);
  } else if (part === 'io' || part === 'clock') {
    if (library === null) {
      return skip(part, 'this machine has no gcc, or is not Linux');
    }
    if (part === 'io') {
      const { broken, points, operations } = await runIo(where, library);
      judge(part, broken, `${points} failing writes and syncs, a full disk, ${operations} operations`);
    } else {
      const { broken, shifts, operations } = await runClock(where, library, 24);
      judge(part, broken, `${shifts} shifts of the clock by two hours, ${operations} operations`);
    }
  }
};

const onDatabase = async (part: string, where: string): Promise<void> => {
  if (part === 'disk') {
    const report = await runDisk(where);
    if (report === null) return skip(part, 'no disk can be mounted here');
    const { broken, refused, operations } = report;
    return judge(part, broken, `${refused} refused on full disks, ${operations} operations`);
  }
  await using server = await startHurtServer();
  if (part === 'kills') {
    const [kills, serverKills] = [Number(values.kills ?? 50), Number(values['server-kills'] ?? 20)];
    const { broken, operations, unknown, told, slowestStartMs, slowestServiceMs } = await runPostgresKills({
      server,
      folder: where,
      kills,
      serverKills,
      seed: Number(values.seed),
      longestMs: 3_000,
      report: (kill, done) => kill % 10 === 0 && say(`  ${kill} of ${kills + serverKills} kills, ${done} operations`),
    });
    judge(
      part,
      broken,
      `${kills} kills of hubs, ${serverKills} of the server, ${operations} operations (${unknown} without an answer or 503), ${told} changes ` +
        `told, slowest start ${slowestStartMs} ms, served ${slowestServiceMs} ms after the last`,
    );
  } else if (part === 'statements') {
    const { broken, points, operations } = await runStatements({
      server,
      folder: where,
      report: (line) => say(`  ${line}`),
    });
    judge(part, broken, `the database taken away at ${points} statements, ${operations} operations`);
  } else if (part === 'stalled') {
    const { broken, cut, risenMb } = await runStalled(where, await server.world());
    judge(part, broken, `${cut} stalled readers cut off, memory up by ${risenMb} MB`);
  } else if (part === 'planted') judgePlanted(part, await runPostgresPlanted(server, where, values.bug ?? null));
  else if (library === null) skip(part, 'this machine has no gcc, or is not Linux');
  else {
    const { broken, shifts, operations } = await runPostgresClock(server, where, library, 4);
    judge(part, broken, `clocks a minute apart, ${shifts} ways round, ${operations} operations`);
  }
};

for (const part of parts) {
  const where = path.join(folder, part);
  await (values.dialect === 'postgres' ? onDatabase(part, where) : onFiles(part, where));
}

if (values.keep || faults > 0) say(`what was left: ${folder}`);
else rmSync(folder, { recursive: true, force: true });
say(`${parts.length - skipped} parts, ${skipped} skipped, ${faults} promises broken`);
process.exitCode = faults === 0 ? 0 : 1;
