// A thread that reads beside a hub all the while, and counts each time that somebody shows who was protected before the read began. Started by
// reading-store.test.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '#base/clock.ts';
import { ignoreEvents } from '#base/events.ts';
import { openReadingStore } from '#store/sqlite/reading-store.ts';
import { model, person, planFor } from '../conformance/world.ts';

export type Turn = {
  readonly folder: string;
  readonly base: string;
  readonly id: string;
  /** How many persons have been protected, in their order; and whether the thread is reading. */
  readonly shared: SharedArrayBuffer;
  readonly persons: number;
};

const { folder, base, id, shared, persons }: Turn = workerData;
const state = new Int32Array(shared);
const store = openReadingStore({
  folder,
  model,
  clock: systemClock,
  observe: ignoreEvents,
  baseUrl: () => base,
  append: async () => {},
});
const { reads } = await store.tenant(id);
const plan = planFor(person, id, 0);
const uids = await reads.uids(plan);
let missed = 0;
let looked = 0;
for (let before = 0; before < persons;) {
  before = Atomics.load(state, 0);
  const guarded = await reads.guarded(person);
  const stats = await reads.stats(plan);
  const rows = await reads.load(plan, [...uids]);
  if (guarded.uids.length < before || stats.count > persons - before) missed += 1;
  if (rows.slice(0, before).some(({ protection }) => protection !== 2)) missed += 1;
  looked += 1;
  Atomics.store(state, 1, looked);
}
await store.close();
parentPort?.postMessage({ missed, looked: looked > 1 }, []);
