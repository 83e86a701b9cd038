// The same deliveries to the store in memory and to a database: both must answer, count and hold the same. Guards what ingest takes for granted of a
// store: reads that show what is committed, orders, sets of seen resources, removals that are remembered.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { systemClock } from '#base/clock.ts';
import type { SyncType, TenantStore } from '#store/store.ts';
import { cases } from '../cases.ts';
import { testDialect } from '../store/conformance/dialects.ts';
import { testPlan } from './memory-tenant.ts';
import { baseUrl, createBench, model, pupil, pupils } from './workbench.ts';
import type { Entry } from './workbench.ts';

type Step = {
  readonly run: number;
  readonly page: number;
  readonly keys: readonly number[];
  readonly version: number;
};

const types: readonly SyncType[] = ['FULL', 'DELTA', 'FULL', 'DELETE', 'FULL'];
const totals = [6, 4, 3, 2, 8];

const entryOf = (type: SyncType, key: number, version: number): Entry => {
  const id = `K${key}`;
  if (type === 'DELETE') return { identifier: id };
  if (key === 7) return { identifier: id, resource: { systemId: id } };
  return pupil(id, version, {
    feidenavn: { identifikatorverdi: version === 1 ? `${id}@f.test` : `K${(key + 1) % 8}@f.test` },
  });
};

const stepOf: fc.Arbitrary<Step> = fc.record({
  run: fc.nat({ max: types.length - 1 }),
  page: fc.integer({ min: 1, max: 3 }),
  keys: fc.uniqueArray(fc.nat({ max: 7 }), { maxLength: 5, size: 'max' }),
  version: fc.constantFrom(1, 1, 1, 2),
});

const bodiesOf = async (store: TenantStore): Promise<readonly string[]> => {
  const collection = model.collections.get(pupils);
  assert.ok(collection !== undefined);
  const plan = testPlan(store.id, collection);
  const uids = await store.reads.uids(plan);
  const rows = await store.reads.load(plan, [...uids]);
  return rows.map((row) => row.body.toString().replace(/,"_links":.*/, '')).sort();
};

test('memory and database agree about every page, run and resource', async () => {
  const { at, dispose } = await testDialect.place();
  const store = await testDialect.open(at, { model, clock: systemClock, baseUrl });
  let number = 0;
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(stepOf, { minLength: 4, maxLength: 25, size: 'max' }),
        fc.boolean(),
        async (steps, guarded) => {
          number += 1;
          const stored = await store.tenant(`t${number}.test`);
          const [memory, real] = [createBench(), createBench(stored)];
          for (const bench of [memory, real])
            bench.settings.value = { ...bench.settings.value, removalGuard: guarded ? 0.05 : 1 };
          for (const { run, page, keys, version } of steps) {
            const type = types[run] ?? 'FULL';
            const entries = keys.map((key) => entryOf(type, key, version));
            const options = { corrId: `run-${run}`, total: totals[run] ?? 0, page, type };
            assert.equal(await real.send(entries, options), await memory.send(entries, options));
          }
          assert.deepEqual(await stored.runs.runs({ limit: 100 }), await memory.tenant.runs.runs({ limit: 100 }));
          const expected = [...memory.tenant.contents(pupils).values()]
            .map((one) => `{${one.resource.attributes}`)
            .sort();
          assert.deepEqual(await bodiesOf(stored), expected);
          await stored.close();
        },
      ),
      { numRuns: cases(40) },
    );
  } finally {
    await store.close();
    await dispose();
  }
});
