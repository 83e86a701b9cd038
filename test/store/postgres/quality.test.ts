// What only a database has to promise of quality: of several processes one examines an organisation at a time and none examines anything twice,
// and nobody reads what was found of another's data.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { ignoreEvents } from '#base/events.ts';
import { createQuality, type QualityWorker } from '#quality/create-quality.ts';
import type { Database } from '#store/postgres/database.ts';
import { openDatabase } from '#store/postgres/open.ts';
import { openPostgresStore, type PostgresStore } from '#store/postgres/postgres-store.ts';
import { openQualityStore } from '#store/postgres/quality.ts';
import type { QualityStep, QualityStore } from '#store/quality.ts';
import { testDatabase, type TestDatabase } from '../../postgres/database.ts';
import { base, deliver, elev, elevforhold, entry, model, organise, to } from '../conformance/world.ts';

const [here, there] = ['a.test', 'b.test'];
const nothing: QualityStep = {
  examined: [],
  gone: [],
  position: null,
  enqueue: [],
  dequeue: [],
  addSpreads: [],
  addSweeps: [],
};

let place: TestDatabase;
let store: PostgresStore;
const processes: Database[] = [];

before(async () => {
  place = await testDatabase();
  store = await openPostgresStore({
    url: place.url,
    model,
    clock: systemClock,
    observe: ignoreEvents,
    baseUrl: () => base,
  });
  for (const id of [here, there]) {
    await organise(store, id, true);
    await store.tenant(id);
  }
});

after(async () => {
  for (const one of processes) await one.close();
  await store.close();
  await place.drop();
});

const another = async (): Promise<Database> => {
  const { database } = await openDatabase({ url: place.url, clock: systemClock, shared: 1, writing: 2, reading: 2 });
  processes.push(database);
  return database;
};

const qualityOf = async (database: Database, id: string): Promise<QualityStore> => {
  const one = await openQualityStore(database, id);
  assert.ok(one !== null);
  return one;
};

test('one process works on an organisation, the others skip it and work on others', async () => {
  const [one, other] = [await another(), await another()];
  const [mine, theirs, elsewhere] = [
    await qualityOf(one, here),
    await qualityOf(other, here),
    await qualityOf(other, there),
  ];
  await mine.results.begin({ position: 0, epoch: 'e', mark: 'm' }, []);
  const seen = await mine.alone(async () => {
    await mine.results.apply({ ...nothing, position: 7 });
    return [
      await theirs.alone(async () => 'ran'),
      await elsewhere.alone(async () => 'ran'),
      await theirs.results.state(),
    ];
  });
  assert.deepEqual(seen, [null, 'ran', { position: 0, epoch: 'e', mark: 'm' }]);
  assert.equal((await theirs.results.state())?.position, 7);
  assert.equal(await theirs.alone(async () => 'ran'), 'ran');
});

test('what is kept while one works alone goes when the work fails', async () => {
  const dying = await another();
  const mine = await qualityOf(dying, here);
  const left = await qualityOf(await another(), here);
  await mine.results.begin({ position: 1, epoch: 'e', mark: 'm' }, []);
  await assert.rejects(
    mine.alone(async () => {
      await mine.results.apply({ ...nothing, position: 2, enqueue: [1, 2] });
      throw new Error('ended');
    }),
    /ended/,
  );
  assert.deepEqual(
    [(await left.results.state())?.position, await left.results.backlog()],
    [1, { pending: 0, spreads: 0, sweeps: [] }],
  );
  assert.equal(await left.alone(async () => 'free'), 'free');
});

test('an organisation reads nothing of what was found of another', async () => {
  const database = await another();
  const [mine, theirs] = [await qualityOf(database, here), await qualityOf(database, there)];
  await mine.results.begin({ position: 3, epoch: 'e', mark: 'm' }, [elev]);
  await mine.results.apply({
    ...nothing,
    examined: [
      {
        uid: 7,
        collection: elev,
        source: 'adapter',
        findings: [{ rule: 'r', place: 'p', detail: '', count: 1 }],
        nested: [9],
      },
    ],
  });
  assert.deepEqual(
    [
      await theirs.results.state(),
      await theirs.results.tallies(null),
      await theirs.results.examinations(elev),
      await theirs.results.nestedTo(9, -1, 10),
      await theirs.results.flawed([7]),
      (await theirs.results.work(10)).sweep,
    ],
    [null, [], [], [], [], null],
  );
});

test('several processes that examine together find what one would, and look at nothing twice', async () => {
  const tenant = await store.tenant(there);
  const pupils = Array.from({ length: 300 }, (_, index) => entry(elev, { systemid: `E${index}` }));
  await deliver(tenant, ...pupils);
  const workers: QualityWorker[] = [];
  for (let count = 0; count < 3; count += 1) {
    const database = await another();
    workers.push(
      createQuality({
        model,
        rules: new Map(),
        clock: systemClock,
        opaque: (_, uid) => String(uid),
        pseudonym: (_, text) => text,
        open: (id) => openQualityStore(database, id),
      }),
    );
  }
  const catchUp = async (): Promise<number> => {
    let examined = 0;
    for (let idle = 0; idle < 2;) {
      const done = await Promise.all(workers.map((worker) => worker.catchUp(there)));
      const sum = done.reduce((all, each) => all + each, 0);
      examined += sum;
      idle = sum === 0 ? idle + 1 : 0;
    }
    return examined;
  };
  assert.equal(await catchUp(), 300);
  // Links to what is not there, while they look.
  const links = Array.from({ length: 300 }, (_, index) =>
    entry(elevforhold, { systemid: `F${index}` }, { links: { elev: [to(elev, 'systemid', `E${index * 2}`)] } }),
  );
  const delivering = (async (): Promise<void> => {
    for (let at = 0; at < links.length; at += 50) await deliver(tenant, ...links.slice(at, at + 50));
  })();
  await Promise.all([delivering, catchUp()]);
  await catchUp();
  const [worker] = workers;
  const summary = await worker?.summary(there, {});
  assert.equal(summary?.backlog.complete, true);
  assert.equal(summary?.score.examined, 600);
  const missing = summary?.lines.find(({ rule, place: at }) => rule === 'missing-target' && at === 'elev');
  assert.equal(missing?.count, 150);
  for (const each of workers) await each.close();
});
