// Two hubs whose machines disagree about the time by a minute, over one database: first one is ahead, then the other. Nobody may be refused for
// it, nothing be lost, and times in the feed must not fall. Called by run.ts.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { check } from './checker.ts';
import type { ClockReport } from './clock.ts';
import type { HurtServer } from './databases.ts';
import { readEnd } from './end-state.ts';
import { createHistory } from './history.ts';
import { startHurtHub, type HurtHub } from './hub.ts';
import { createFaults, type Faults } from './shim.ts';
import { freshMemory, runTraffic } from './traffic.ts';

const apart = 60;
const stretchMs = 6_000;

/** Runs on a fresh database, with as many changes of who is ahead. */
export const runPostgresClock = async (
  server: HurtServer,
  folder: string,
  library: string,
  shifts: number,
): Promise<ClockReport> => {
  mkdirSync(folder, { recursive: true });
  const { databaseUrl, adminUrl, credentials } = await server.world();
  const history = createHistory(path.join(folder, 'history.jsonl'));
  const memory = freshMemory();
  const machines: Faults[] = [];
  const hubs: HurtHub[] = [];
  const codes: (number | null)[] = [];
  try {
    for (const name of ['one', 'other']) {
      const own = path.join(folder, name);
      mkdirSync(own);
      const machine = createFaults(library, own, own);
      machines.push(machine);
      machine.shiftClock(name === 'one' ? apart : 0);
      hubs.push(await startHurtHub({ databaseUrl, environment: machine.environment }));
    }
    const urls = hubs.map(({ url }) => url);
    for (let shift = 0; shift < shifts; shift += 1) {
      machines.forEach((machine, at) => machine.shiftClock(at === shift % 2 ? apart : 0));
      const until = performance.now() + stretchMs;
      const stopped = (): boolean => performance.now() > until;
      await runTraffic({ urls, patient: true, credentials, memory, history, life: 1, stopped });
      await sleep(50);
    }
  } finally {
    for (const hub of hubs) codes.push(await hub.stop());
    for (const machine of machines) machine.close();
  }
  const end = await readEnd({ databaseUrl, credentials, memory, failedStarts: 0, seen: { adminUrl, scratch: folder } });
  const entries = history.entries();
  const refused = entries.filter((one) => one.outcome === 'unknown');
  return {
    broken: [
      ...codes.flatMap((code) => (code === 0 ? [] : [`a hub ended with ${code}`])),
      ...(refused.length > 0 ? [`${refused.length} of ${entries.length} were answered ${refused[0]?.status}`] : []),
      ...check(entries, memory.told, end),
    ],
    shifts,
    operations: entries.length,
  };
};
