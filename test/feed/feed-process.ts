// A process that writes and reads: opens the store and runs the actors that it is told to, until it is told to stop, or killed. Started by
// run-feed.ts, which it tells whenever a transaction is open.
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { postgres, sqlite } from '../store/conformance/dialects.ts';
import { base, model } from '../store/conformance/world.ts';
import { systemClock } from '#base/clock.ts';
import type { TenantStore } from '#store/store.ts';
import { diceOf } from './dice.ts';
import { openLog, readLog } from './history.ts';
import { runReader } from './reader.ts';
import { organisation } from './resources.ts';
import { runWriter } from './writer.ts';

export type Task = {
  readonly dialect: string;
  readonly at: string;
  /** Of the histories. */
  readonly folder: string;
  readonly seed: string;
  readonly life: number;
  readonly writers: readonly string[];
  readonly readers: readonly string[];
};

/** To the parent. */
export type Word = 'open' | 'inside';

const task: Task = JSON.parse(process.argv[2] ?? '');
const dialect = [sqlite, postgres].find(({ name }) => name === task.dialect) ?? sqlite;
let stopping = false;
let writing = task.writers.length;
process.on('message', () => {
  stopping = true;
});
process.on('disconnect', () => process.exit(1));
const say = (word: Word): void => void process.send?.(word);

const opened = async (): Promise<{ readonly tenant: TenantStore; readonly close: () => Promise<void> }> => {
  for (let turn = 1; ; turn += 1) {
    const store = await dialect.open(task.at, { model, clock: systemClock, baseUrl: base }).catch((error: unknown) => {
      // Its connections may be cut while it opens.
      if (turn === 40) throw error;
      return null;
    });
    try {
      if (store !== null) return { tenant: await store.tenant(organisation), close: store.close };
    } catch (error) {
      await store?.close();
      if (turn === 40) throw error;
    }
    await sleep(100);
  }
};

const { tenant, close } = await opened();
say('open');
const fileOf = (actor: string): string => path.join(task.folder, `${actor}.jsonl`);
const diceFor = (actor: string) => diceOf(`${task.seed} ${actor} ${task.life}`);
await Promise.all([
  ...task.writers.map((name) =>
    runWriter({
      tenant,
      name: `${name}.${task.life}`,
      dice: diceFor(name),
      log: openLog(fileOf(name)),
      inside: () => say('inside'),
      stopping: () => stopping,
    }).then(() => (writing -= 1)),
  ),
  ...task.readers.map((name) =>
    runReader({
      tenant,
      dice: diceFor(name),
      log: openLog(fileOf(name)),
      earlier: readLog(fileOf(name)),
      stopping: () => stopping && writing === 0,
    }),
  ),
]);
await close();
process.disconnect?.();
process.exit(0);
