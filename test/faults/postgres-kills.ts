// Kills two hubs over one database, and the server of that database, again and again in the midst of everything, and lets the checker decide.
// Called by run.ts and postgres-planted.ts.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { check } from './checker.ts';
import type { HurtServer } from './databases.ts';
import { readEnd } from './end-state.ts';
import { createHistory } from './history.ts';
import { freePort, startHurtHub, type HurtHub } from './hub.ts';
import type { KillsReport } from './kills.ts';
import { randomFrom } from './random.ts';
import { freshMemory, runTraffic } from './traffic.ts';

const hubsAtOnce = 2;
/** However often it was killed: a hub, or the server, is well again within this time. */
const wellMs = 30_000;

export type PostgresKillsReport = KillsReport & { readonly slowestServiceMs: number };

/** One of the hubs: killed and started again on the same port. */
type Slot = { hub: HurtHub | null; readonly port: number; coming: Promise<void> };

/**
 * `kills` ends of hubs and `serverKills` of the server in random order, each after 50 to `longestMs` ms, while the traffic goes on; then one look at
 * what is there. Half of the time the next one does not wait until the last one is well again.
 */
export const runPostgresKills = async (options: {
  readonly server: HurtServer;
  readonly folder: string;
  readonly kills: number;
  readonly serverKills: number;
  readonly seed: number;
  readonly longestMs: number;
  readonly plant?: string;
  readonly report?: (kill: number, operations: number) => void;
}): Promise<PostgresKillsReport> => {
  const { server, folder, longestMs, plant } = options;
  mkdirSync(folder, { recursive: true });
  const { databaseUrl, adminUrl, credentials } = await server.world();
  const history = createHistory(path.join(folder, 'history.jsonl'));
  const memory = freshMemory();
  const random = randomFrom(options.seed);
  const planted = plant === undefined ? {} : { plant };
  const slots: Slot[] = [];
  /** What clients could not go on after. */
  const gaveUp: string[] = [];
  let [slowestStartMs, slowestServiceMs, failedStarts] = [0, 0, 0];
  const begin = async (slot: Slot): Promise<void> => {
    const from = performance.now();
    for (;;)
      try {
        slot.hub = await startHurtHub({ databaseUrl, port: slot.port, ...planted });
        slowestStartMs = Math.max(slowestStartMs, slot.hub.startMs);
        return;
      } catch (error) {
        if (error instanceof Error && error.message.includes('has no longer what the bug')) throw error;
        // The server may be away: a hub that cannot be started says so and ends, and whoever watches over it starts it again.
        if (performance.now() - from > wellMs) {
          failedStarts += 1;
          return;
        }
        await sleep(100);
      }
  };
  for (let number = 0; number < hubsAtOnce; number += 1)
    slots.push({ hub: null, port: await freePort(), coming: Promise.resolve() });
  let stopped = false;
  try {
    await Promise.all(slots.map(begin));
    const urls = slots.map(({ port }) => `http://127.0.0.1:${port}`);
    const traffic = runTraffic({
      urls,
      patient: true,
      credentials,
      memory,
      history,
      life: 1,
      stopped: () => stopped,
    }).catch((error: unknown) => {
      gaveUp.push(error instanceof Error ? error.message : 'unknown');
    });
    let hubKills = options.kills;
    let { serverKills } = options;
    for (let turn = 1; hubKills + serverKills > 0 && gaveUp.length === 0; turn += 1) {
      await sleep(50 + random() * (longestMs - 50));
      if (random() * (hubKills + serverKills) < serverKills) {
        serverKills -= 1;
        await server.kill();
        await sleep(random() * 400);
        await server.start();
      } else {
        hubKills -= 1;
        const slot = slots[Math.floor(random() * slots.length)];
        if (slot === undefined) continue;
        await slot.coming;
        await slot.hub?.kill();
        slot.hub = null;
        slot.coming = begin(slot);
        if (random() < 0.5) await slot.coming;
      }
      options.report?.(turn, history.entries().length);
    }
    await Promise.all(slots.map(({ coming }) => coming));
    const healed = performance.now();
    const served = (): boolean =>
      history.entries().some((one) => one.outcome === 'done' && one.kind === 'page' && one.from > healed);
    while (gaveUp.length === 0 && !served()) {
      if (performance.now() - healed > wellMs) {
        failedStarts += 1;
        break;
      }
      await sleep(50);
    }
    slowestServiceMs = performance.now() - healed;
    stopped = true;
    await traffic;
    for (const slot of slots) await slot.hub?.stop();
  } finally {
    stopped = true;
    for (const slot of slots) slot.hub?.child.kill('SIGKILL');
  }
  const entries = history.entries();
  const done = {
    operations: entries.length,
    unknown: entries.filter((one) => one.outcome === 'unknown').length,
    told: memory.told.length,
    slowestStartMs: Math.round(slowestStartMs),
    slowestServiceMs: Math.round(slowestServiceMs),
  };
  // What they were told last leads nowhere: there is no end to look at.
  if (gaveUp.length > 0) return { broken: gaveUp, ...done };
  const end = await readEnd({
    databaseUrl,
    ...planted,
    credentials,
    memory,
    failedStarts,
    seen: { adminUrl, scratch: folder },
  });
  const odd = entries.filter((one) => one.outcome === 'unknown' && one.status !== 0 && one.status !== 503);
  return {
    broken: [
      ...check(entries, memory.told, end),
      ...(odd.length > 0
        ? [`${odd.length} requests were answered ${odd[0]?.status}, the first a ${odd[0]?.kind}`]
        : []),
    ],
    ...done,
  };
};
