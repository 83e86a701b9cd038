// What is promised of what is kept of exports: a run has one holder, whoever asks at the same time; a file and what it told are those of one attempt,
// whole or not there; what is taken away is gone at once; organisations see nothing of each other.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { ExportPart, ExportRun, ExportSchedule, ExportStore } from '#store/exports.ts';
import type { Store } from '#store/store.ts';
import { onEveryDialect } from './dialects.ts';
import type { Dialect } from './dialects.ts';
import { base, model, organise, setClock } from './world.ts';

const id = 'a.test';

type Opened = { readonly store: Store; readonly exports: (organisation?: string) => Promise<ExportStore> };

const withExports = async (dialect: Dialect, work: (opened: Opened) => Promise<void>): Promise<void> => {
  const somewhere = await dialect.place();
  const store = await dialect.open(somewhere.at, { model, clock: setClock(), baseUrl: base });
  const opened: ExportStore[] = [];
  try {
    for (const each of [id, 'b.test']) {
      await organise(store, each, true);
      await store.tenant(each);
    }
    await work({
      store,
      exports: async (organisation = id) => {
        const one = await dialect.openExports(somewhere.at, organisation);
        assert.ok(one !== null);
        opened.push(one);
        return one;
      },
    });
  } finally {
    for (const one of opened) await one.close();
    await store.close();
    await somewhere.dispose();
  }
};

const runOf = (name: string, more: Partial<ExportRun> = {}): ExportRun => ({
  id: name,
  application: 'school-app',
  series: 'pifu full',
  state: 'queued',
  createdAt: 1_000,
  finishedAt: null,
  expiresAt: 9_000,
  told: false,
  record: '{"a":"æøå 🎒"}',
  attempt: 0,
  ...more,
});

const partOf = (seq: number, bytes = 10): ExportPart => ({
  seq,
  offset: seq * bytes,
  length: bytes,
  crc: 4_294_967_295,
  deflated: randomBytes(bytes),
});

/** A run that a holder has. */
const running = async (exports: ExportStore, name: string, holder = `${name} 1`): Promise<void> => {
  await exports.putRun(runOf(name, { createdAt: 0 }));
  const claimed = await exports.claim({ holder, now: 100, lostBefore: 0, atOnce: 100 });
  assert.equal(claimed?.id, name);
};

const namesOf = (runs: readonly ExportRun[]): readonly string[] => runs.map((run) => run.id);

onEveryDialect('exports', (dialect) => {
  test('there is nothing of an organisation without data', async () => {
    const somewhere = await dialect.place();
    assert.equal(await dialect.openExports(somewhere.at, 'nobody.test'), null);
    await somewhere.dispose();
  });

  test('runs are kept as they were put, found by what they are, newest first', async () => {
    await withExports(dialect, async ({ exports }) => {
      const [one, other] = [await exports(), await exports()];
      const first = runOf('r1');
      await one.putRun(first);
      assert.deepEqual(await other.run('r1'), first);
      assert.equal(await other.run('r2'), null);
      await one.putRun(
        runOf('r2', { createdAt: 3_000, series: 'ims full', state: 'ready', told: true, finishedAt: 0 }),
      );
      await one.putRun(runOf('r3', { createdAt: 3_000, application: 'other', state: 'failed', expiresAt: 5_000 }));
      await one.putRun(runOf('r4', { createdAt: 2_000, state: 'held' }));
      assert.deepEqual(namesOf(await other.runs({ limit: 10 })), ['r3', 'r2', 'r4', 'r1']);
      assert.deepEqual(namesOf(await other.runs({ limit: 2 })), ['r3', 'r2']);
      assert.deepEqual(namesOf(await other.runs({ application: 'school-app', limit: 10 })), ['r2', 'r4', 'r1']);
      assert.deepEqual(namesOf(await other.runs({ series: 'pifu full', limit: 10 })), ['r3', 'r4', 'r1']);
      assert.deepEqual(namesOf(await other.runs({ states: ['held', 'queued'], limit: 10 })), ['r4', 'r1']);
      assert.deepEqual(namesOf(await other.runs({ states: [], limit: 10 })), []);
      assert.deepEqual(namesOf(await other.runs({ expiring: 5_000, limit: 10 })), ['r3']);
      assert.deepEqual(
        namesOf(await other.runs({ application: 'other', series: 'pifu full', states: ['failed'], limit: 1 })),
        ['r3'],
      );
      assert.deepEqual(
        await other.run('r2'),
        runOf('r2', { createdAt: 3_000, series: 'ims full', state: 'ready', told: true, finishedAt: 0 }),
      );
      await one.putRun({ ...first, state: 'cancelled', record: '{}', attempt: 7 });
      assert.deepEqual(await other.run('r1'), { ...first, state: 'cancelled', record: '{}' });
    });
  });

  test('a run is replaced only from a state that it is in, and only by its holder where one is named', async () => {
    await withExports(dialect, async ({ exports }) => {
      const one = await exports();
      await running(one, 'r1', 'h1');
      const done = { ...runOf('r1'), state: 'ready' as const, finishedAt: 5_000, told: true };
      assert.equal(await one.replaceRun(done, ['queued', 'held']), false);
      assert.equal(await one.replaceRun(done, []), false);
      assert.equal(await one.replaceRun(done, ['running'], 'h2'), false);
      assert.equal(await one.replaceRun(runOf('r9'), ['running']), false);
      assert.equal((await one.run('r1'))?.state, 'running');
      assert.equal(await one.replaceRun(done, ['queued', 'running'], 'h1'), true);
      assert.deepEqual(await one.run('r1'), { ...done, attempt: 1 });
    });
  });

  test('how far a run has come is told by its holder alone, while it is running', async () => {
    await withExports(dialect, async ({ exports }) => {
      const [one, other] = [await exports(), await exports()];
      await running(one, 'r1', 'h1');
      assert.equal(await one.putProgress('r1', 'h1', '{"done":1}'), true);
      assert.deepEqual(
        await other.run('r1'),
        runOf('r1', { state: 'running', createdAt: 0, attempt: 1, record: '{"done":1}' }),
      );
      assert.equal(await one.putProgress('r1', 'h2', '{"done":2}'), false);
      assert.equal(await one.putProgress('r9', 'h1', '{"done":2}'), false);
      assert.equal(await other.replaceRun(runOf('r1', { state: 'cancelled' }), ['running']), true);
      assert.equal(await one.putProgress('r1', 'h1', '{"done":2}'), false);
      assert.equal((await one.run('r1'))?.record, runOf('r1').record);
    });
  });

  test('the oldest run is claimed first, and no more at once than may', async () => {
    await withExports(dialect, async ({ exports }) => {
      const one = await exports();
      const claim = (holder: string, now: number, lostBefore: number, atOnce = 2) =>
        one.claim({ holder, now, lostBefore, atOnce });
      assert.equal(await claim('h0', 1, 0), null);
      await one.putRun(runOf('r2', { createdAt: 2_000 }));
      await one.putRun(runOf('r1', { createdAt: 1_000 }));
      await one.putRun(runOf('r3', { createdAt: 3_000 }));
      await one.putRun(runOf('r0', { createdAt: 1, state: 'held' }));
      assert.equal(await claim('h1', 100, 50, 0), null);
      assert.deepEqual(await claim('h1', 100, 50), runOf('r1', { state: 'running', attempt: 1 }));
      assert.equal((await claim('h2', 110, 50))?.id, 'r2');
      assert.equal(await claim('h3', 120, 50), null);
      // Heard of again: it is nobody else's.
      assert.equal(await one.heartbeat('r1', 'h1', 200), true);
      assert.equal(await one.heartbeat('r1', 'h2', 200), false);
      assert.equal(await one.heartbeat('r9', 'h1', 200), false);
      const again = await claim('h4', 210, 150);
      assert.deepEqual([again?.id, again?.attempt], ['r2', 2]);
      assert.equal(await one.heartbeat('r2', 'h2', 220), false);
      assert.equal(await one.heartbeat('r2', 'h4', 220), true);
      // Cancelled by somebody: its holder hears of it.
      assert.equal(await one.replaceRun(runOf('r1', { state: 'cancelled' }), ['queued', 'running']), true);
      assert.equal(await one.heartbeat('r1', 'h1', 230), false);
      assert.equal((await claim('h5', 240, 150))?.id, 'r3');
    });
  });

  test('however many ask at once, a run has one holder', async () => {
    await withExports(dialect, async ({ exports }) => {
      const stores = await Promise.all(Array.from({ length: 4 }, () => exports()));
      const [first] = stores;
      assert.ok(first !== undefined);
      const runs = 12;
      for (let number = 0; number < runs; number += 1) await first.putRun(runOf(`r${number}`, { createdAt: number }));
      const claimed = await Promise.all(
        Array.from({ length: 40 }, async (_, number) => {
          await new Promise(setImmediate);
          return stores[number % stores.length]?.claim({ holder: `h${number}`, now: 100, lostBefore: 50, atOnce: 9 });
        }),
      );
      const given = namesOf(claimed.flatMap((run) => run ?? []));
      assert.deepEqual(
        given.toSorted(),
        Array.from({ length: 9 }, (_, number) => `r${number}`),
      );
    });
  });

  test('parts of a megabyte come back byte for byte, and parts of a file one by one', async () => {
    await withExports(dialect, async ({ exports }) => {
      const [one, other] = [await exports(), await exports()];
      await running(one, 'r1', 'h1');
      const parts = [partOf(0, 1_048_576), partOf(1, 1_048_576), partOf(2, 1_048_576), partOf(3, 7)];
      // In any order.
      for (const part of [...parts.slice(1), ...parts.slice(0, 1)])
        assert.equal(await one.addPart('r1', 'h1', part), true);
      assert.deepEqual(
        await other.parts('r1'),
        parts.map(({ deflated: _deflated, ...part }) => part),
      );
      for (const { seq, deflated } of parts) assert.equal((await other.part('r1', seq))?.equals(deflated), true);
      assert.equal(await other.part('r1', 4), null);
      assert.equal(await other.part('r2', 0), null);
      assert.deepEqual(await other.parts('r2'), []);
      // Put again by a holder that did not hear that it had been put.
      assert.equal(await one.addPart('r1', 'h1', { ...partOf(3, 7), crc: 0 }), true);
      assert.deepEqual((await other.parts('r1'))[3]?.crc, 0);
      const far = { ...partOf(4), offset: 9_000_000_000 };
      assert.equal(await one.addPart('r1', 'h1', far), true);
      assert.equal((await other.parts('r1'))[4]?.offset, 9_000_000_000);
    });
  });

  test('what a run tells comes back in order, all of it or nothing', async () => {
    await withExports(dialect, async ({ exports }) => {
      const [one, other] = [await exports(), await exports()];
      await running(one, 'r1', 'h1');
      const chunks = [randomBytes(1_048_576), Buffer.alloc(0), randomBytes(5)];
      for (const [seq, bytes] of [...chunks.entries()].toReversed())
        assert.equal(await one.putManifest('r1', 'h1', seq, bytes), true);
      assert.deepEqual(await other.manifest('r1'), chunks);
      assert.deepEqual(await other.manifest('r2'), []);
      await one.replaceRun(runOf('r1', { state: 'ready' }), ['running']);
      await other.drop('r1', { content: false, manifest: true });
      assert.deepEqual(await one.manifest('r1'), []);
      assert.equal((await one.run('r1'))?.state, 'ready');
    });
  });

  test('details stay as long as the run', async () => {
    await withExports(dialect, async ({ exports }) => {
      const [one, other] = [await exports(), await exports()];
      await running(one, 'r1', 'h1');
      assert.equal(await one.details('r1'), null);
      assert.equal(await one.putDetails('r1', 'h2', Buffer.from('other')), false);
      assert.equal(await one.putDetails('r1', 'h1', Buffer.from('first')), true);
      const long = randomBytes(3_000_000);
      assert.equal(await one.putDetails('r1', 'h1', long), true);
      assert.equal((await other.details('r1'))?.equals(long), true);
      await one.drop('r1', { content: true, manifest: true });
      assert.equal((await other.details('r1'))?.length, long.length);
      await one.claim({ holder: 'h2', now: 500, lostBefore: 400, atOnce: 1 });
      assert.equal(await other.details('r1'), null);
      assert.equal(await one.putDetails('r1', 'h1', Buffer.from('late')), false);
      await one.putDetails('r1', 'h2', Buffer.from('now'));
      await one.replaceRun(runOf('r1', { state: 'ready' }), ['running']);
      assert.deepEqual(await other.details('r1'), Buffer.from('now'));
      await one.dropContents('e1');
      assert.equal(await other.details('r1'), null);
    });
  });

  test('a holder that has lost its run adds nothing, and the next one begins with nothing', async () => {
    await withExports(dialect, async ({ exports }) => {
      const one = await exports();
      await running(one, 'r1', 'h1');
      await one.addPart('r1', 'h1', partOf(0));
      await one.addPart('r1', 'h1', partOf(1));
      await one.putManifest('r1', 'h1', 0, Buffer.from('told'));
      const again = await one.claim({ holder: 'h2', now: 500, lostBefore: 400, atOnce: 1 });
      assert.equal(again?.attempt, 2);
      assert.deepEqual([await one.parts('r1'), await one.manifest('r1')], [[], []]);
      assert.equal(await one.part('r1', 0), null);
      assert.equal(await one.addPart('r1', 'h1', partOf(0)), false);
      assert.equal(await one.putManifest('r1', 'h1', 0, Buffer.from('told')), false);
      assert.equal(await one.addPart('r1', 'h2', partOf(0, 3)), true);
      assert.deepEqual(
        (await one.parts('r1')).map(({ length }) => length),
        [3],
      );
      // Nor once it is done.
      await one.replaceRun(runOf('r1', { state: 'ready' }), ['running'], 'h2');
      assert.equal(await one.addPart('r1', 'h2', partOf(1)), false);
      assert.equal((await one.parts('r1')).length, 1);
    });
  });

  test('the file of a run is taken away, and nothing of another', async () => {
    await withExports(dialect, async ({ exports }) => {
      const [one, other] = [await exports(), await exports()];
      for (const name of ['r1', 'r2']) {
        await running(one, name, `${name} h`);
        for (let seq = 0; seq < 40; seq += 1) await one.addPart(name, `${name} h`, partOf(seq));
        await one.putManifest(name, `${name} h`, 0, Buffer.from(name));
        await one.replaceRun(runOf(name, { state: 'ready', createdAt: name === 'r1' ? 1_000 : 2_000 }), ['running']);
      }
      await one.drop('r1', { content: true, manifest: false });
      assert.deepEqual([await other.parts('r1'), await other.part('r1', 0)], [[], null]);
      assert.deepEqual(await other.manifest('r1'), [Buffer.from('r1')]);
      assert.equal((await other.parts('r2')).length, 40);
      assert.equal(await one.dropRuns(1_000), 0);
      assert.equal(await one.dropRuns(1_001), 1);
      assert.deepEqual([await other.run('r1'), await other.manifest('r1')], [null, []]);
      // The same name again has nothing of it.
      await one.putRun(runOf('r1'));
      assert.deepEqual([await other.manifest('r1'), (await other.run('r1'))?.attempt], [[], 0]);
      assert.equal((await other.parts('r2')).length, 40);
      assert.deepEqual(await other.manifest('r2'), [Buffer.from('r2')]);
    });
  });

  test('after an erasure nothing is left of any file, and what was under way begins again', async () => {
    await withExports(dialect, async ({ exports }) => {
      const [one, other, foreign] = [await exports(), await exports(), await exports('b.test')];
      assert.equal(await one.followed(), '');
      for (const [name, state] of [
        ['r1', 'ready'],
        ['r2', 'held'],
        ['r3', 'failed'],
        ['r4', 'running'],
      ] as const) {
        await running(one, name, `${name} h`);
        for (let seq = 0; seq < 20; seq += 1) await one.addPart(name, `${name} h`, partOf(seq));
        await one.putManifest(name, `${name} h`, 0, Buffer.from(name));
        await one.replaceRun(runOf(name, { state, told: state === 'ready' }), ['running']);
      }
      await running(foreign, 'r1', 'h');
      await foreign.addPart('r1', 'h', partOf(0));
      await one.dropContents('e1');
      for (const name of ['r1', 'r2', 'r3', 'r4'])
        assert.deepEqual(
          [await other.parts(name), await other.part(name, 0), await other.manifest(name)],
          [[], null, []],
        );
      assert.deepEqual(
        (await other.runs({ limit: 9 })).toReversed().map(({ state }) => state),
        ['expired', 'expired', 'failed', 'queued'],
      );
      assert.equal((await other.run('r1'))?.told, false, 'it tells of nothing any more');
      assert.deepEqual([await other.followed(), await foreign.followed()], ['e1', '']);
      assert.equal(await one.heartbeat('r4', 'r4 h', 300), false);
      assert.equal(await one.addPart('r4', 'r4 h', partOf(0)), false);
      assert.equal((await one.claim({ holder: 'h9', now: 300, lostBefore: 0, atOnce: 1 }))?.attempt, 2);
      assert.equal((await foreign.parts('r1')).length, 1);
      await one.dropContents('e2');
      assert.equal(await other.followed(), 'e2');
    });
  });

  test('settings and schedules are kept until they are taken away', async () => {
    await withExports(dialect, async ({ exports }) => {
      const [one, other] = [await exports(), await exports()];
      assert.equal(await one.settings('school-app'), null);
      await one.putSettings('school-app', '{"dropGuard":0.1}');
      await one.putSettings('school-app', '{"dropGuard":0.2}');
      assert.equal(await other.settings('school-app'), '{"dropGuard":0.2}');
      await one.putSettings('school-app', null);
      assert.equal(await other.settings('school-app'), null);
      const night: ExportSchedule = { id: 's2', application: 'school-app', next: 5_000, record: '{"to":"sftp"}' };
      const resting: ExportSchedule = { id: 's1', application: 'other', next: null, record: '{}' };
      await one.putSchedule(night);
      await one.putSchedule(resting);
      assert.deepEqual(await other.schedules(), [resting, night]);
      await one.putSchedule({ ...night, record: '{"to":"put"}' });
      assert.deepEqual((await other.schedules())[1]?.record, '{"to":"put"}');
      assert.equal(await one.removeSchedule('s1'), true);
      assert.equal(await one.removeSchedule('s1'), false);
      assert.equal((await other.schedules()).length, 1);
    });
  });

  test('each time of a schedule is run by one', async () => {
    await withExports(dialect, async ({ exports }) => {
      const stores = await Promise.all(Array.from({ length: 3 }, () => exports()));
      const [first] = stores;
      assert.ok(first !== undefined);
      await first.putSchedule({ id: 's1', application: 'school-app', next: 5_000, record: '{}' });
      const moved = await Promise.all(
        Array.from({ length: 12 }, async (_, number) => stores[number % 3]?.advanceSchedule('s1', 5_000, 6_000)),
      );
      assert.equal(moved.filter((did) => did === true).length, 1);
      assert.equal(await first.advanceSchedule('s1', 6_000, null), true);
      assert.equal(await first.advanceSchedule('s1', 6_000, 7_000), false);
      assert.equal((await first.schedules())[0]?.next, null);
      assert.equal(await first.advanceSchedule('s9', 6_000, 7_000), false);
    });
  });

  test('organisations see nothing of each other', async () => {
    await withExports(dialect, async ({ exports }) => {
      const [one, other] = [await exports(), await exports('b.test')];
      await running(one, 'r1', 'h1');
      await one.addPart('r1', 'h1', partOf(0));
      await one.putManifest('r1', 'h1', 0, Buffer.from('told'));
      await one.putDetails('r1', 'h1', Buffer.from('told'));
      await one.putSettings('school-app', '{}');
      await one.putSchedule({ id: 's1', application: 'school-app', next: 1, record: '{}' });
      assert.deepEqual(
        [
          await other.run('r1'),
          await other.runs({ limit: 9 }),
          await other.parts('r1'),
          await other.part('r1', 0),
          await other.manifest('r1'),
          await other.details('r1'),
          await other.settings('school-app'),
          await other.schedules(),
          await other.claim({ holder: 'h9', now: 900, lostBefore: 800, atOnce: 9 }),
          await other.heartbeat('r1', 'h1', 900),
          await other.addPart('r1', 'h1', partOf(1)),
          await other.putManifest('r1', 'h1', 1, Buffer.from('told')),
          await other.replaceRun(runOf('r1', { state: 'failed' }), ['running']),
          await other.advanceSchedule('s1', 1, 2),
          await other.removeSchedule('s1'),
          await other.dropRuns(9_999),
        ],
        [null, [], [], null, [], null, null, [], null, false, false, false, false, false, false, 0],
      );
      await other.drop('r1', { content: true, manifest: true });
      await other.dropContents('e1');
      await other.putRun(runOf('r1', { state: 'failed' }));
      assert.deepEqual([(await one.run('r1'))?.state, (await one.parts('r1')).length], ['running', 1]);
      assert.equal((await one.schedules())[0]?.next, 1);
    });
  });
});
