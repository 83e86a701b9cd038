// Shifts the wall clock of a hub two hours back and forth while it is used. Nothing acknowledged may be lost, the feed must stay in order, the
// audit whole. Called by run.ts.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { prepareFolder } from '../e2e/hub-under-test.ts';
import { check } from './checker.ts';
import { readEnd } from './end-state.ts';
import { createHistory } from './history.ts';
import { startHurtHub } from './hub.ts';
import { createFaults } from './shim.ts';
import { freshMemory, runTraffic } from './traffic.ts';
import { applications, organisation } from './world.ts';

const twoHours = 7_200;
const stretchMs = 700;

export type ClockReport = { readonly broken: readonly string[]; readonly shifts: number; readonly operations: number };

/** Each shift lasts two thirds of a second and gets tokens of its own: those of another time are refused. */
export const runClock = async (folder: string, library: string, shifts: number): Promise<ClockReport> => {
  mkdirSync(folder, { recursive: true });
  const data = path.join(folder, 'data');
  const credentials = await prepareFolder(data, [organisation], applications);
  const faults = createFaults(library, folder, data);
  const history = createHistory(path.join(folder, 'history.jsonl'));
  const memory = freshMemory();
  const hub = await startHurtHub({ folder: data, environment: faults.environment });
  let code: number | null = null;
  try {
    for (let shift = 0; shift < shifts; shift += 1) {
      faults.shiftClock([0, twoHours, 0, -twoHours][shift % 4] ?? 0);
      const until = performance.now() + stretchMs;
      const stopped = (): boolean => performance.now() > until;
      await runTraffic({ urls: [hub.url], credentials, memory, history, life: 1, stopped });
    }
    faults.shiftClock(0);
  } finally {
    code = await hub.stop();
    faults.close();
  }
  const end = await readEnd({ folder: data, credentials, memory, failedStarts: 0 });
  const broken = [...(code === 0 ? [] : [`the hub ended with ${code}`]), ...check(history.entries(), memory.told, end)];
  return { broken, shifts, operations: history.entries().length };
};
