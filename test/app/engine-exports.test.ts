// What a hub opens of exports: once for all who ask, and with nothing in it that was exported before the newest erasure, whoever has carried that out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createErasures } from '#app/admin-ports.ts';
import { bundledModel } from '#app/bundled-model.ts';
import { followData, openEngine } from '#app/engine.ts';
import { createExporting } from '#app/exporting.ts';
import type { Engine } from '#app/engine.ts';
import { systemClock } from '#base/clock.ts';
import { ignoreEvents } from '#base/events.ts';
import { systemRandom } from '#base/random.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createSignals } from '#hub/signals.ts';
import { loadModel } from '#model/load.ts';
import type { ExportStore } from '#store/exports.ts';
import { testDialect } from '../store/conformance/dialects.ts';
import { base, deliver, entry, model, organise, person } from '../store/conformance/world.ts';

const id = 'a.test';

const engineAt = (at: string): Promise<Engine> => {
  const { data } = testDialect.naming(at);
  return openEngine(
    {
      data: data ?? '',
      databaseUrl: data === null ? at : null,
      databaseConnections: 5,
      databaseStatementSeconds: 60,
      databaseLockSeconds: 10,
    },
    { model, clock: systemClock, observe: ignoreEvents, baseUrl: () => base },
  );
};

const inEngine = async (work: (open: () => Promise<Engine>) => Promise<void>): Promise<void> => {
  const somewhere = await testDialect.place();
  const opened: Engine[] = [];
  try {
    await work(async () => {
      for (const one of opened.splice(0)) await one.store.close();
      const engine = await engineAt(somewhere.at);
      opened.push(engine);
      return engine;
    });
  } finally {
    for (const one of opened) await one.store.close();
    await somewhere.dispose();
  }
};

const exported = async (exports: ExportStore, name: string): Promise<void> => {
  await exports.putRun({
    id: name,
    application: 'school-app',
    series: 'full',
    state: 'queued',
    createdAt: 1,
    finishedAt: null,
    expiresAt: 9,
    told: false,
    record: '{}',
    attempt: 0,
  });
  const run = await exports.claim({ holder: name, now: 2, lostBefore: 0, atOnce: 99 });
  assert.ok(run !== null);
  await exports.addPart(name, name, { seq: 0, offset: 0, length: 1, crc: 0, deflated: Buffer.from('x') });
  await exports.replaceRun({ ...run, state: 'ready' }, ['running']);
};

const stateOf = async (exports: ExportStore, name: string): Promise<unknown> => [
  (await exports.run(name))?.state,
  (await exports.parts(name)).length,
];

const personAt = (value: string) => ({ collection: person, field: 'fodselsnummer', value });
const unused = (): never => assert.fail('nothing is made');
const why = { about: false, reason: 'case', actor: undefined };

test('it is one for all who ask, and what was exported stays when the hub is started again', async () => {
  await inEngine(async (open) => {
    const engine = await open();
    await organise(engine.store, id, true);
    const exports = await engine.openExports(id);
    assert.equal(await engine.openExports(id), exports);
    await exported(exports, 'r1');
    const again = await (await open()).openExports(id);
    assert.notEqual(again, exports);
    assert.deepEqual(await stateOf(again, 'r1'), ['ready', 1]);
  });
});

test('when somebody is erased nothing that was exported is left, of that organisation alone', async () => {
  await inEngine(async (open) => {
    const engine = await open();
    for (const each of [id, 'b.test']) await organise(engine.store, each, true);
    const tenant = await engine.store.tenant(id);
    await deliver(tenant, entry(person, { fodselsnummer: 'P1' }), entry(person, { fodselsnummer: 'P2' }));
    const [exports, foreign] = [await engine.openExports(id), await engine.openExports('b.test')];
    await exported(exports, 'r1');
    await exported(foreign, 'r1');
    const erasures = createErasures(engine.store.tenant, async (each) =>
      followData(await engine.store.tenant(each), await engine.openExports(each)),
    );
    assert.equal(await erasures.erase(id, personAt('P9'), why), null);
    assert.deepEqual(await stateOf(exports, 'r1'), ['ready', 1]);
    assert.ok((await erasures.erase(id, personAt('P1'), why)) !== null);
    assert.deepEqual(await stateOf(exports, 'r1'), ['expired', 0]);
    assert.deepEqual(await stateOf(foreign, 'r1'), ['ready', 1]);
    await exported(exports, 'r2');

    // By whom nobody was told, or by one that was killed in between.
    const silent = createErasures(engine.store.tenant, async () => {});
    assert.ok((await silent.erase(id, personAt('P2'), why)) !== null);
    assert.deepEqual(await stateOf(exports, 'r2'), ['ready', 1]);
    const again = await open();
    assert.deepEqual(await stateOf(await again.openExports(id), 'r2'), ['expired', 0]);
    assert.deepEqual(await stateOf(await again.openExports('b.test'), 'r1'), ['ready', 1]);
  });
});

test('a process that has not heard of an erasure takes away what was exported when it looks after exports', async () => {
  await inEngine(async (open) => {
    const engine = await open();
    await organise(engine.store, id, true);
    await deliver(await engine.store.tenant(id), entry(person, { fodselsnummer: 'P1' }));
    const exports = await engine.openExports(id);
    await exported(exports, 'r1');
    await exports.replaceRun({ ...((await exports.run('r1')) ?? assert.fail()), told: true, expiresAt: 1e15 }, [
      'ready',
    ]);
    const silent = createErasures(engine.store.tenant, async () => {});
    assert.ok((await silent.erase(id, personAt('P1'), why)) !== null);
    const signals = createSignals({ sleep: systemClock.sleep });
    const bundled = loadModel(...bundledModel);
    assert.ok(bundled.ok);
    const exporting = createExporting({
      model: bundled.value,
      store: engine.store,
      openExports: engine.openExports,
      clock: systemClock,
      random: systemRandom,
      walk: unused,
      sealing: await createSealing(engine.store.platform, systemRandom),
      signals,
      observe: ignoreEvents,
      thread: unused,
    });
    try {
      await exporting.sweep(id);
      assert.equal((await exports.parts('r1')).length, 0);
      // Its run was of long ago.
      assert.equal((await exports.run('r1'))?.told ?? false, false);
    } finally {
      await exporting.close();
      signals.close();
    }
  });
});
