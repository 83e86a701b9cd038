// What quality is promised by a store: the whole feed in order, whole resources with who has the identifiers that they name, walks that can be
// broken off anywhere; and results that are kept step by step, with sums that are always those of the single findings.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Examined, LinkCursor, QualityStep, QualityStore } from '#store/quality.ts';
import type { Store } from '#store/store.ts';
import { onEveryDialect } from './dialects.ts';
import type { Dialect } from './dialects.ts';
import {
  base,
  deliver,
  elev,
  elevforhold,
  entry,
  model,
  organise,
  person,
  setClock,
  skole,
  to,
  withdraw,
} from './world.ts';

const id = 'a.test';

type Both = { readonly store: Store; readonly quality: () => Promise<QualityStore> };

const withBoth = async (dialect: Dialect, work: (both: Both) => Promise<void>): Promise<void> => {
  const somewhere = await dialect.place();
  const store = await dialect.open(somewhere.at, { model, clock: setClock(), baseUrl: base });
  const opened: QualityStore[] = [];
  try {
    await organise(store, id, true);
    await store.tenant(id);
    await work({
      store,
      quality: async () => {
        const one = await dialect.openQuality(somewhere.at, id);
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

const nothing: QualityStep = {
  examined: [],
  gone: [],
  position: null,
  enqueue: [],
  dequeue: [],
  addSpreads: [],
  addSweeps: [],
};

onEveryDialect('quality', (dialect) => {
  test('there is none of an organisation without data', async () => {
    await withBoth(dialect, async () => {
      const somewhere = await dialect.place();
      assert.equal(await dialect.openQuality(somewhere.at, 'nobody.test'), null);
      await somewhere.dispose();
    });
  });

  test('the feed of all collections in order, and whole resources', async () => {
    await withBoth(dialect, async ({ store, quality }) => {
      const tenant = await store.tenant(id);
      await deliver(
        tenant,
        entry(elev, { systemid: 'E1', elevnummer: '17' }, { links: { person: [to(person, 'fodselsnummer', 'P1')] } }),
        entry(elevforhold, { systemid: 'F1' }, { links: { elev: [to(elev, 'elevnummer', '17')] } }),
      );
      await deliver(tenant, entry(person, { fodselsnummer: 'P1' }));
      await withdraw(tenant, elevforhold, 'systemid', 'F1');
      const { source } = await quality();
      const changes = await source.changes(0, 100);
      const { position } = await source.head();
      assert.equal(changes.at(-1)?.position, position);
      assert.deepEqual(
        changes.filter(({ kind }) => kind !== 'updated').map((one) => [one.collection, one.kind]),
        [
          [elev, 'created'],
          [elevforhold, 'created'],
          [person, 'created'],
          [elevforhold, 'removed'],
        ],
      );
      assert.deepEqual(changes.find(({ kind }) => kind === 'removed')?.before, [{ field: 'systemid', value: 'F1' }]);
      assert.deepEqual(
        (await source.changes(changes[1]?.position ?? 0, 1)).map((one) => one.position),
        [changes[2]?.position],
      );
      const [pupil] = await source.uids(elev, -1, 10);
      const whole = await source.read(pupil ?? 0);
      assert.deepEqual(await source.readAll([0, pupil ?? 0]), [null, whole]);
      assert.deepEqual(await source.readAll([]), []);
      assert.ok(whole !== null);
      assert.deepEqual(
        [whole.collection, whole.source, whole.guarded, whole.identifiers.map(({ field }) => field).toSorted()],
        [elev, 'test', false, ['elevnummer', 'systemid']],
      );
      assert.deepEqual(Object.keys(JSON.parse(`{${whole.attributes}}`) as object), ['elevnummer', 'systemId']);
      assert.deepEqual(Object.keys(JSON.parse(whole.ownLinks) as object), ['self', 'person']);
      const [who] = await source.uids(person, -1, 10);
      assert.deepEqual(whole.links, [
        { relation: 'person', collection: person, field: 'fodselsnummer', value: 'P1', uid: who },
      ]);
      assert.equal(await source.delivers(pupil ?? 0, 'person', who ?? 0), true);
      assert.equal(await source.delivers(who ?? 0, 'elev', pupil ?? 0), false);
      const shown = await source.read(who ?? 0);
      assert.deepEqual(Object.keys(JSON.parse(shown?.shownLinks ?? '') as object), ['self', 'elev']);
      assert.deepEqual(Object.keys(JSON.parse(shown?.ownLinks ?? '') as object), ['self']);
      assert.equal(await source.read(changes.find(({ kind }) => kind === 'removed')?.uid ?? 0), null);
      assert.deepEqual(
        await source.resolve([
          { collection: elev, field: 'elevnummer', value: '17' },
          { collection: elevforhold, field: 'systemid', value: 'F1' },
          { collection: 'a/b/c', field: 'x', value: 'y' },
        ]),
        [pupil, null, null],
      );
      assert.equal(await source.syncedAt(elev), null);
      assert.deepEqual(
        (await source.collections())
          .filter(({ count }) => count > 0)
          .map(({ path }) => path)
          .toSorted(),
        [elev, person].toSorted(),
      );
    });
  });

  test('what links to an identifier, in walks of any length, also when nobody has it', async () => {
    await withBoth(dialect, async ({ store, quality }) => {
      const tenant = await store.tenant(id);
      const all = Array.from({ length: 7 }, (_, index) =>
        entry(elevforhold, { systemid: `F${index}` }, { links: { skole: [to(skole, 'systemid', 'S1')] } }),
      );
      await deliver(tenant, ...all);
      const { source } = await quality();
      assert.equal(await source.keyOf(skole, { field: 'systemid', value: 'S2' }), null);
      const key = await source.keyOf(skole, { field: 'systemid', value: 'S1' });
      assert.ok(key !== null);
      for (const limit of [1, 2, 3, 7, 10]) {
        const uids: number[] = [];
        let after: LinkCursor | null = null;
        for (let steps = 0; steps < 20; steps += 1) {
          const part: Awaited<ReturnType<typeof source.linkedTo>> = await source.linkedTo(key, after, limit);
          for (const one of part.sources) uids.push(one.uid);
          after = part.next;
          if (after === null) break;
        }
        assert.deepEqual(uids, await source.uids(elevforhold, -1, 100), `${limit}`);
      }
    });
  });

  test('a step is kept whole or not at all, and lasts', async () => {
    await withBoth(dialect, async ({ quality }) => {
      const first = await quality();
      assert.equal(await first.results.state(), null);
      await first.results.begin({ position: 5, epoch: 'e', mark: 'm' }, [elev, person]);
      const one: Examined = {
        uid: 7,
        collection: elev,
        source: 'adapter',
        findings: [{ rule: 'r', place: 'p', detail: '', count: 2 }],
        nested: [11, 12],
      };
      await first.results.apply({ ...nothing, examined: [one], position: 6, enqueue: [3, 4, 3] });
      // A count that cannot be stored fails the whole step.
      const broken = { ...one, uid: 8, findings: [{ rule: 'r', place: 'p', detail: '', count: null as never }] };
      await assert.rejects(async () =>
        first.results.apply({ ...nothing, examined: [{ ...one, findings: [] }, broken], position: 9 }),
      );
      const { results } = await quality();
      assert.deepEqual(await results.state(), { position: 6, epoch: 'e', mark: 'm' });
      assert.deepEqual(await results.tallies(null), [
        { collection: elev, source: 'adapter', rule: 'r', place: 'p', detail: '', resources: 1, count: 2 },
      ]);
      const work = await results.work(1);
      assert.deepEqual([work.pending, work.spread, work.sweep], [[3], null, { collection: elev, after: -1 }]);
      assert.deepEqual(await results.nestedTo(11, -1, 10), [7]);
      assert.deepEqual(await results.flawed([6, 7, 8]), [7]);
      await results.apply({ ...nothing, examined: [{ ...one, nested: [12] }], dequeue: [3, 4] });
      assert.deepEqual([await results.nestedTo(11, -1, 10), await results.nestedTo(12, -1, 10)], [[], [7]]);
    });
  });

  test('what is kept while one works alone is kept when the work ends, and not at all when it fails', async () => {
    await withBoth(dialect, async ({ quality }) => {
      const [one, other] = [await quality(), await quality()];
      await one.results.begin({ position: 1, epoch: 'e', mark: 'm' }, []);
      assert.equal(await one.alone(async () => (await one.results.apply({ ...nothing, position: 2 }), 'done')), 'done');
      assert.equal((await other.results.state())?.position, 2);
      await assert.rejects(
        one.alone(async () => {
          throw new Error('broken off');
        }),
        /broken off/,
      );
      assert.equal(await other.alone(async () => 'free'), 'free');
    });
  });

  test('walks and spreads are remembered where they are', async () => {
    await withBoth(dialect, async ({ quality }) => {
      const { results } = await quality();
      await results.begin({ position: 0, epoch: '', mark: '' }, []);
      const spread = { kind: 'link', key: 9, only: 'flawed', position: 4, after: [1, 2] } as const;
      await results.apply({ ...nothing, addSpreads: [spread, { ...spread, key: 10, kind: 'nested', after: null }] });
      const { spread: first } = await results.work(1);
      assert.ok(first !== null);
      assert.deepEqual({ ...first, id: 0 }, { ...spread, id: 0 });
      await results.apply({ ...nothing, spread: { id: first.id, after: [3, 4] }, addSweeps: [elev] });
      assert.deepEqual((await results.work(1)).spread?.after, [3, 4]);
      await results.apply({
        ...nothing,
        spread: { id: first.id, after: null },
        sweep: { collection: elev, after: 17 },
      });
      const work = await results.work(1);
      assert.deepEqual([work.spread?.key, work.spread?.after, work.sweep], [10, null, { collection: elev, after: 17 }]);
      await results.apply({ ...nothing, sweep: { collection: elev, after: null } });
      assert.deepEqual(await results.backlog(), { pending: 0, spreads: 1, sweeps: [] });
    });
  });

  test('the sums are those of the findings, whatever steps led there', async () => {
    const finding = fc.record({
      rule: fc.constantFrom('r1', 'r2'),
      place: fc.constantFrom('p1', 'p2'),
      detail: fc.constantFrom('', 'd'),
      count: fc.integer({ min: 1, max: 3 }),
    });
    const examined = fc.record({
      uid: fc.nat(5),
      collection: fc.constantFrom(elev, person),
      source: fc.constantFrom('one', 'two'),
      findings: fc.uniqueArray(finding, {
        maxLength: 3,
        selector: ({ rule, place, detail }) => `${rule} ${place} ${detail}`,
      }),
      nested: fc.constant([]),
    });
    const step = fc.record({
      examined: fc.array(examined, { maxLength: 4 }),
      gone: fc.array(fc.nat(5), { maxLength: 2 }),
    });
    await withBoth(dialect, async ({ quality }) => {
      const { results } = await quality();
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
          await results.begin({ position: 0, epoch: '', mark: '' }, []);
          const there = new Map<number, Examined>();
          for (const one of steps) {
            await results.apply({ ...nothing, ...one });
            for (const uid of one.gone) there.delete(uid);
            for (const each of one.examined) there.set(each.uid, each);
          }
          const sums = new Map<string, readonly [number, number]>();
          for (const { collection, source, findings } of there.values())
            for (const { rule, place, detail, count } of findings) {
              const key = [collection, source, rule, place, detail].join('|');
              const [resources, all] = sums.get(key) ?? [0, 0];
              sums.set(key, [resources + 1, all + count]);
            }
          assert.deepEqual(
            new Map(
              (await results.tallies(null)).map((one) => [
                [one.collection, one.source, one.rule, one.place, one.detail].join('|'),
                [one.resources, one.count],
              ]),
            ),
            sums,
          );
          for (const one of await results.examinations(null)) {
            const mine = [...there.values()].filter(
              ({ collection, source }) => collection === one.collection && source === one.source,
            );
            assert.deepEqual(
              [one.examined, one.flawed],
              [mine.length, mine.filter(({ findings }) => findings.length > 0).length],
            );
          }
        }),
        { numRuns: 60 },
      );
    });
  });
});
