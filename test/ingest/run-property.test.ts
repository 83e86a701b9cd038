// A model of sync runs beside the real thing: runs of all kinds, their pages in any order, again, late, at once, with time passing. Whatever
// happens, the store holds what the model says, and three promises hold of themselves: nothing that the newest word says is there is lost,
// nothing that it says is gone is there, and nothing is counted twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { SyncType } from '#store/store.ts';
import { createBench, pupil, pupils, tenantId } from './workbench.ts';
import type { Bench, Entry } from './workbench.ts';

type Plan = {
  readonly type: SyncType;
  /** Keys of the entries, page by page; the same key at most once in a run. */
  readonly pages: readonly (readonly number[])[];
};

type Step =
  | { readonly kind: 'page'; readonly run: number; readonly page: number }
  | { readonly kind: 'wait'; readonly minutes: number }
  | { readonly kind: 'sweep' };

const keys = 12;
const name = (key: number): string => `K${String(key).padStart(2, '0')}`;

const planOf = fc
  .tuple(
    fc.constantFrom<SyncType>('FULL', 'FULL', 'DELTA', 'DELETE'),
    fc.uniqueArray(fc.integer({ min: 0, max: keys - 1 }), { maxLength: keys, size: 'max' }),
    fc.integer({ min: 1, max: 3 }),
  )
  .map(([type, list, count]): Plan => ({
    type,
    pages: Array.from({ length: count }, (_, page) => list.filter((_key, at) => at % count === page)),
  }));

const stepOf = (runs: number): fc.Arbitrary<Step> =>
  fc.oneof(
    {
      weight: 10,
      arbitrary: fc.record({
        kind: fc.constant('page' as const),
        run: fc.nat({ max: runs - 1 }),
        page: fc.nat({ max: 2 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 16 }) }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'sweep' as const }) },
  );

/** What the model knows of a key: the word of the run of highest order so far. */
type Word = { readonly there: boolean; readonly order: number; readonly version: string };

type ModelRun = {
  readonly plan: Plan;
  readonly order: number;
  readonly came: Set<number>;
  readonly seen: Set<number>;
  readonly openedAt: number;
  touchedAt: number;
  state: 'open' | 'completed' | 'superseded' | 'expired';
  closed: boolean;
};

type World = {
  readonly words: Map<number, Word>;
  /** Keys that a delta run has touched, with the moment. */
  readonly touches: { readonly key: number; readonly moment: number }[];
  readonly runs: Map<number, ModelRun>;
  moment: number;
  minutes: number;
};

const total = (plan: Plan): number => plan.pages.reduce((sum, page) => sum + page.length, 0);

const expire = (world: World): void => {
  for (const run of world.runs.values())
    if (!run.closed && world.minutes - run.touchedAt > 15) {
      run.closed = true;
      if (run.state === 'open') run.state = 'expired';
    }
};

/** What a page must do to the world; gives the answer that must come. */
const expectPage = (world: World, index: number, plan: Plan, page: number): string => {
  world.moment += 1;
  let run = world.runs.get(index);
  if (run === undefined) {
    for (const other of world.runs.values())
      if (plan.type === 'FULL' && other.plan.type === 'FULL' && other.state === 'open') other.state = 'superseded';
    run = {
      plan,
      order: world.runs.size + 1,
      came: new Set(),
      seen: new Set(),
      openedAt: world.moment,
      touchedAt: world.minutes,
      state: 'open',
      closed: false,
    };
    world.runs.set(index, run);
  } else if (!run.closed && world.minutes - run.touchedAt > 15) {
    run.closed = true;
    if (run.state === 'open') run.state = 'expired';
    return 'HUB-602';
  }
  if (run.state === 'expired') return 'HUB-602';
  if (run.came.has(page)) return 'ok';
  if (run.closed) return 'HUB-602';
  run.came.add(page);
  run.touchedAt = world.minutes;
  const { order } = run;
  const laterFull = [...world.runs.values()].some(
    (one) => one.order > order && one.plan.type === 'FULL' && one.state === 'completed',
  );
  for (const key of plan.pages[page] ?? []) applyKey(world, run, index, key, laterFull);
  if ([...run.came].reduce((sum, one) => sum + (plan.pages[one]?.length ?? 0), 0) === total(plan)) complete(world, run);
  return 'ok';
};

const applyKey = (world: World, run: ModelRun, index: number, key: number, laterFull: boolean): void => {
  const word = world.words.get(key);
  const stale = word !== undefined && word.order > run.order;
  if (run.plan.type === 'DELETE') {
    // A deletion of what is not there counts as well: an earlier run must not bring it afterwards.
    if (!stale) world.words.set(key, { there: false, order: run.order, version: '' });
    return;
  }
  if (stale && word.there) {
    run.seen.add(key);
    if (run.plan.type === 'DELTA') world.touches.push({ key, moment: world.moment });
    return;
  }
  if (stale) return;
  if (word?.there !== true && laterFull && run.plan.type === 'FULL') return;
  world.words.set(key, { there: true, order: run.order, version: `r${index}` });
  run.seen.add(key);
  if (run.plan.type === 'DELTA') world.touches.push({ key, moment: world.moment });
};

const complete = (world: World, run: ModelRun): void => {
  run.closed = true;
  if (run.state === 'superseded') return;
  run.state = 'completed';
  if (run.plan.type !== 'FULL') return;
  for (const [key, word] of world.words) {
    const touched = world.touches.some((one) => one.key === key && one.moment > run.openedAt);
    if (word.there && !run.seen.has(key) && !touched && word.order <= run.order)
      world.words.set(key, { there: false, order: run.order, version: '' });
  }
};

const entriesOf = (index: number, plan: Plan, page: number): readonly Entry[] =>
  (plan.pages[page] ?? []).map((key) =>
    plan.type === 'DELETE'
      ? { identifier: name(key) }
      : pupil(name(key), 1, { kontaktinformasjon: { epostadresse: `r${index}` } }),
  );

const check = (bench: Bench, world: World): void => {
  const contents = bench.tenant.contents(pupils);
  const expected = [...world.words]
    .filter(([, word]) => word.there)
    .map(([key, word]) => `${name(key)} ${word.version}`);
  const actual = [...contents].map(
    ([key, one]) => `${key} ${/"epostadresse":"(r\d+)"/.exec(one.resource.attributes)?.[1] ?? ''}`,
  );
  assert.deepEqual(actual.sort(), expected.sort());
  for (const [index, run] of world.runs) {
    const stored = bench.run(`run-${index}`);
    assert.equal(
      stored.state,
      run.state === 'expired' && stored.state === 'open' ? 'open' : run.state,
      `state of run ${index}`,
    );
    assert.equal(
      stored.receivedEntries,
      [...run.came].reduce((sum, one) => sum + (run.plan.pages[one]?.length ?? 0), 0),
    );
    assert.equal(stored.pages, run.came.size);
  }
};

test('interrupted, duplicated, reordered, stale and concurrent runs never lose or bring back anything', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc
        .array(planOf, { minLength: 2, maxLength: 6, size: 'max' })
        .chain((plans) =>
          fc.tuple(fc.constant(plans), fc.array(stepOf(plans.length), { minLength: 5, maxLength: 60, size: 'max' })),
        ),
      async ([plans, steps]) => {
        const bench = createBench();
        bench.settings.value = { ...bench.settings.value, removalGuard: 1 };
        const world: World = { words: new Map(), touches: [], runs: new Map(), moment: 0, minutes: 0 };
        for (const step of steps) {
          if (step.kind === 'wait') {
            bench.wait(step.minutes * 60_000);
            world.minutes += step.minutes;
          } else if (step.kind === 'sweep') {
            await bench.ingest.sweep(tenantId);
            expire(world);
          } else {
            const plan = plans[step.run];
            if (plan === undefined || step.page >= plan.pages.length) continue;
            const answer = await bench.send(entriesOf(step.run, plan, step.page), {
              corrId: `run-${step.run}`,
              total: total(plan),
              page: step.page + 1,
              type: plan.type,
            });
            assert.equal(answer, expectPage(world, step.run, plan, step.page));
          }
          check(bench, world);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

test('pages sent at once end as if they had been sent one after another', async () => {
  await fc.assert(
    fc.asyncProperty(planOf, planOf, async (a, b) => {
      const bench = createBench();
      bench.settings.value = { ...bench.settings.value, removalGuard: 1 };
      await Promise.all(
        [a, b].flatMap((plan, run) =>
          plan.pages.map((_, page) =>
            bench.send(entriesOf(run, plan, page), {
              corrId: `run-${run}`,
              total: total(plan),
              page: page + 1,
              type: plan.type,
            }),
          ),
        ),
      );
      for (const [run, plan] of [a, b].entries()) {
        const stored = bench.run(`run-${run}`);
        assert.ok(['completed', 'superseded'].includes(stored.state), stored.state);
        assert.equal(stored.receivedEntries, total(plan));
      }
      const newest = bench.run('run-0').order > bench.run('run-1').order ? a : b;
      if (newest.type === 'FULL' && [a, b].every((plan) => plan.type === 'FULL'))
        assert.deepEqual(bench.there(), newest.pages.flat().map(name).sort());
    }),
    { numRuns: 200 },
  );
});
