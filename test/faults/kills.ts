// Kills the hub again and again in the midst of everything, and lets the checker decide. Called by run.ts and planted.ts.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { prepareFolder } from '../e2e/hub-under-test.ts';
import { check } from './checker.ts';
import { readEnd } from './end-state.ts';
import { createHistory } from './history.ts';
import { startHurtHub } from './hub.ts';
import { randomFrom } from './random.ts';
import { freshMemory, runTraffic } from './traffic.ts';
import { applications, organisation } from './world.ts';

export type KillsReport = {
  readonly broken: readonly string[];
  readonly operations: number;
  readonly unknown: number;
  readonly told: number;
  readonly slowestStartMs: number;
};

/** `kills` lives, each ended by SIGKILL after 50 to `longestMs` milliseconds of traffic, then one last life to look at. */
export const runKills = async (options: {
  readonly folder: string;
  readonly kills: number;
  readonly seed: number;
  readonly longestMs: number;
  readonly plant?: string;
  readonly report?: (kill: number, operations: number) => void;
}): Promise<KillsReport> => {
  const { folder, kills, seed, longestMs, plant } = options;
  mkdirSync(folder, { recursive: true });
  const data = path.join(folder, 'data');
  const credentials = await prepareFolder(data, [organisation], applications);
  const history = createHistory(path.join(folder, 'history.jsonl'));
  const memory = freshMemory();
  const random = randomFrom(seed);
  const hubOptions = { folder: data, ...(plant === undefined ? {} : { plant }) };
  let slowestStartMs = 0;
  let failedStarts = 0;
  for (let life = 1; life <= kills; life += 1) {
    let hub: Awaited<ReturnType<typeof startHurtHub>>;
    try {
      hub = await startHurtHub(hubOptions);
    } catch (error) {
      // A bug that could not be planted is no hub that does not start.
      if (error instanceof Error && error.message.includes('has no longer what the bug')) throw error;
      failedStarts += 1;
      if (failedStarts > 3) break;
      continue;
    }
    slowestStartMs = Math.max(slowestStartMs, hub.startMs);
    let stopped = false;
    const traffic = runTraffic({ urls: [hub.url], credentials, memory, history, life, stopped: () => stopped });
    await new Promise((resolve) => setTimeout(resolve, 50 + random() * (longestMs - 50)));
    // From here on nothing is answered any more, and nobody asks again.
    stopped = true;
    await hub.kill();
    await traffic;
    options.report?.(life, history.entries().length);
  }
  const entries = history.entries();
  const report = { operations: entries.length, slowestStartMs: Math.round(slowestStartMs) };
  const unknown = entries.filter((one) => one.outcome === 'unknown').length;
  if (failedStarts > 3)
    return { ...report, broken: ['the hub does not start any more (I8)'], unknown, told: memory.told.length };
  const end = await readEnd({ ...hubOptions, credentials, memory, failedStarts });
  return { ...report, broken: check(entries, memory.told, end), unknown, told: memory.told.length };
};
