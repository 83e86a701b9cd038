// Fails the n-th write and the n-th sync of a page, of a read with its audit, and of a write, for every n; then a disk that is full and freed.
// What was answered must hold, what failed must have left nothing by half, and the hub must be well again at once. Called by run.ts.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { prepareFolder } from '../e2e/hub-under-test.ts';
import { check } from './checker.ts';
import { readEnd } from './end-state.ts';
import { createHistory } from './history.ts';
import { startHurtHub } from './hub.ts';
import { createFaults, errors, type Faults } from './shim.ts';
import { callersOf, deliver, rest, steps, wellAgain, type Hurt, type Step } from './steps.ts';
import { freshMemory } from './traffic.ts';
import { applications, organisation } from './world.ts';

export type IoReport = { readonly broken: readonly string[]; readonly points: number; readonly operations: number };

type Broken = Hurt & { readonly faults: Faults };

/** The number of operations of a kind that a healthy step takes, with what goes on in the background. */
const costOf = async (hurt: Broken, kind: 'write' | 'sync', step: Step): Promise<number> => {
  const count = (): number => (kind === 'write' ? hurt.faults.seen().writes : hurt.faults.seen().syncs);
  const before = count();
  await step(hurt);
  await rest();
  return count() - before;
};

const sweep = async (hurt: Broken, broken: string[]): Promise<number> => {
  let points = 0;
  for (const [name, step] of steps)
    for (const kind of ['write', 'sync'] as const)
      for (const how of kind === 'write'
        ? [{ error: errors.inputOutput }, { error: errors.noSpace }, { torn: true }]
        : [{}]) {
        const cost = await costOf(hurt, kind, step);
        for (let nth = 1; nth <= cost + 1; nth += 1) {
          points += 1;
          hurt.faults.arm(kind, nth, how);
          await step(hurt);
          await rest();
          hurt.faults.disarm();
          if (!(await wellAgain(hurt)))
            broken.push(`after the ${nth}. ${kind} of a ${name} had failed, the hub stayed ill (I8)`);
        }
      }
  return points;
};

const fullDisk = async (hurt: Broken, broken: string[]): Promise<void> => {
  hurt.faults.arm('write', 1, { error: errors.noSpace, always: true });
  for (const [name, step] of steps) {
    await step(hurt);
    const { status = 0, outcome } = hurt.history.entries().at(-1) ?? {};
    if (outcome === 'done') broken.push(`a ${name} was answered ${status} on a full disk`);
    else if (status !== 503) broken.push(`a ${name} was answered ${status} instead of 503 on a full disk`);
  }
  hurt.faults.disarm();
  if (!(await wellAgain(hurt))) broken.push('the hub stayed ill after the disk had been freed (I8)');
};

/** Runs the sweep on a fresh folder. */
export const runIo = async (folder: string, library: string): Promise<IoReport> => {
  mkdirSync(folder, { recursive: true });
  const data = path.join(folder, 'data');
  const credentials = await prepareFolder(data, [organisation], applications);
  const faults = createFaults(library, folder, data);
  const history = createHistory(path.join(folder, 'history.jsonl'));
  const hub = await startHurtHub({ folder: data, environment: faults.environment });
  const broken: string[] = [];
  let points = 0;
  try {
    const hurt = { ...(await callersOf(hub.url, credentials)), history, faults, version: 0, created: 0 };
    await deliver(hurt);
    points = await sweep(hurt, broken);
    await fullDisk(hurt, broken);
  } finally {
    await hub.stop();
    faults.close();
  }
  const memory = freshMemory();
  const end = await readEnd({ folder: data, credentials, memory, failedStarts: 0 });
  return {
    broken: [...broken, ...check(history.entries(), memory.told, end)],
    points,
    operations: history.entries().length,
  };
};
