// A thread that claims runs until there are none, and writes a file of each. Started by export-files.test.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '#base/clock.ts';
import { openExportStore } from '#store/sqlite/exports.ts';

export type Claims = { readonly folder: string; readonly id: string; readonly name: string };

const { folder, id, name }: Claims = workerData;
const exports = openExportStore({ folder, id, clock: systemClock, beside: true });
if (exports === null) throw new Error('there are no data');
const claimed: string[] = [];
for (let number = 0; ; number += 1) {
  const holder = `${name} ${number}`;
  const run = await exports.claim({ holder, now: 100, lostBefore: 50, atOnce: 99 });
  if (run === null) break;
  const part = { seq: 0, offset: 0, length: 1, crc: 0, deflated: Buffer.alloc(20_000, 1) };
  if (!(await exports.addPart(run.id, holder, part))) throw new Error('it was given to two');
  if (!(await exports.replaceRun({ ...run, state: 'ready' }, ['running'], holder)))
    throw new Error('it was taken away');
  claimed.push(run.id);
}
await exports.close();
parentPort?.postMessage(claimed, []);
