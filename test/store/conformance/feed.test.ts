// The change feed and the transaction around it: one change per resource and transaction, positions without gaps, nothing left of what was
// rolled back, times that never go back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onEveryDialect } from './dialects.ts';
import {
  bodyOf,
  changesOf,
  deliver,
  elev,
  elevforhold,
  entry,
  inWorld,
  linksOf,
  partsOf,
  person,
  planFor,
  putEntry,
  selected,
  skole,
  to,
  uidsOf,
  withdraw,
} from './world.ts';

const pupil = (value: string, number: string, attributes = {}) =>
  entry(elev, { systemid: value, elevnummer: number }, { attributes });

const enrolledAt = (value: string, school: string) =>
  entry(
    elevforhold,
    { systemid: value },
    { links: { skole: [to(skole, 'skolenummer', school)], elev: [to(elev, 'systemid', 'x')] } },
  );

onEveryDialect('the feed', (dialect) => {
  test('created, updated, identifier-changed and removed, with what they were known by', () =>
    inWorld(dialect, async ({ store, clock }) => {
      const tenant = await store.tenant('a.test');
      assert.deepEqual(await deliver(tenant, pupil('E1', '1')), ['created']);
      clock.set(clock.now() + 1000);
      assert.deepEqual(await deliver(tenant, pupil('E1', '1', { gjest: true })), ['updated']);
      assert.deepEqual(await deliver(tenant, pupil('E1', '1', { gjest: true })), ['unchanged']);
      await deliver(tenant, pupil('E1', '2', { gjest: true }));
      await withdraw(tenant, elev, 'elevnummer', '2');
      const changes = await changesOf(tenant, elev);
      assert.deepEqual(
        changes.map(({ position, kind, at, before }) => [
          position,
          kind,
          at,
          before.map((each) => `${each.field}/${each.value}`),
        ]),
        [
          [1, 'created', 1_700_000_000_000, []],
          [2, 'updated', 1_700_000_001_000, []],
          [3, 'identifier-changed', 1_700_000_001_000, ['elevnummer/1', 'systemid/E1']],
          [4, 'removed', 1_700_000_001_000, ['elevnummer/2', 'systemid/E1']],
        ],
      );
      assert.equal(new Set(changes.map(({ uid }) => uid)).size, 1);
      assert.deepEqual(await changesOf(tenant, elev, 4), []);
      assert.deepEqual(
        (await tenant.reads.changes(planFor(elev), 1, 2)).map(({ position }) => position),
        [2, 3],
      );
    }));

  test('one change per resource and transaction; a removal names the identifiers of before the transaction', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(tenant, pupil('E1', '1'), pupil('E2', '2'), pupil('E3', '3'));
      await tenant.write(async (tx) => {
        await putEntry(tx, pupil('E1', '11'));
        await putEntry(tx, pupil('E1', '12', { gjest: false }));
        await putEntry(tx, pupil('E2', '21'));
        const { uid } = await putEntry(tx, pupil('E2', '22'));
        await tx.remove(elev, uid, 1);
        await putEntry(tx, pupil('E4', '4'));
        await putEntry(tx, pupil('E4', '41'));
        await tx.settle();
      });
      const changes = await changesOf(tenant, elev, 3);
      assert.deepEqual(
        changes.map(({ position, kind, before }) => [position, kind, before.map(({ value }) => value)]),
        [
          [4, 'identifier-changed', ['1', 'E1']],
          [5, 'removed', ['2', 'E2']],
          [6, 'created', []],
        ],
      );
      assert.deepEqual(
        await uidsOf(tenant, elev),
        [...(await uidsOf(tenant, elev))].sort((a, b) => a - b),
      );
      assert.equal((await tenant.reads.stats(planFor(elev))).count, 3);
    }));

  test('a target whose inverse links change is updated; an identifier can go from one resource to another in one transaction', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(tenant, pupil('E1', '1'), pupil('E2', '2'));
      await deliver(tenant, entry(elevforhold, { systemid: 'F1' }, { links: { elev: [to(elev, 'elevnummer', '1')] } }));
      const [first, second] = await uidsOf(tenant, elev);
      assert.deepEqual(
        (await changesOf(tenant, elev, 2)).map(({ uid, kind }) => [uid, kind]),
        [[first, 'updated']],
      );
      await deliver(tenant, pupil('E1', '3'), pupil('E2', '1'));
      assert.deepEqual(await linksOf(tenant, elev, 'systemid', 'E1', 'elevforhold'), []);
      assert.equal((await linksOf(tenant, elev, 'systemid', 'E2', 'elevforhold')).length, 1);
      assert.deepEqual(
        (await changesOf(tenant, elev, 4)).map(({ uid, kind, before }) => [uid, kind, before.length]),
        [
          [first, 'identifier-changed', 2],
          [second, 'identifier-changed', 2],
        ],
      );
      assert.deepEqual(
        await tenant.reads.resolve([
          { collection: elev, field: 'elevnummer', value: '1' },
          { collection: elev, field: 'elevnummer', value: '2' },
          { collection: elev, field: 'brukernavn', value: 'x' },
          { collection: skole, field: 'systemid', value: 'x' },
        ]),
        [second, null, null, null].map((uid) => ({ uid, protection: 0 })),
      );
    }));

  test('a swap of identifiers by way of a part, as the hub does it, is one change each', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(tenant, pupil('E1', '1'), pupil('E2', '2'));
      await deliver(tenant, entry(elev, { systemid: 'E1' }), pupil('E2', '1'), pupil('E1', '2'));
      assert.deepEqual(
        (await changesOf(tenant, elev, 2)).map(({ position, kind, before }) => [
          position,
          kind,
          before.map(({ value }) => value),
        ]),
        [
          [3, 'identifier-changed', ['1', 'E1']],
          [4, 'identifier-changed', ['2', 'E2']],
        ],
      );
    }));

  test('positions go on after the store has been opened again; a removed resource comes back as a new one', () =>
    inWorld(dialect, async ({ store, reopen }) => {
      const tenant = await store.tenant('a.test');
      await deliver(tenant, pupil('E1', '1'), pupil('E2', '2'));
      const [, old] = await uidsOf(tenant, elev);
      await withdraw(tenant, elev, 'systemid', 'E2', 7);
      const again = await (await reopen()).tenant('a.test');
      assert.equal(await again.reads.lastPosition(), 3);
      await again.write(async (tx) => {
        assert.deepEqual(
          await tx.removedOrder(elev, [
            { field: 'systemid', value: 'E1' },
            { field: 'systemid', value: 'E2' },
            { field: 'elevnummer', value: '2' },
            { field: 'elevnummer', value: '9' },
          ]),
          [null, 7, 7, null],
        );
        await tx.settle();
      });
      await deliver(again, pupil('E2', '2'));
      const uids = await uidsOf(again, elev);
      assert.equal(uids.length, 2);
      assert.ok(old !== undefined && !uids.includes(old), 'no uid comes twice');
      assert.deepEqual(
        (await changesOf(again, elev)).map(({ position, kind }) => [position, kind]),
        [
          [1, 'created'],
          [2, 'created'],
          [3, 'removed'],
          [4, 'created'],
        ],
      );
      await again.write(async (tx) => {
        assert.deepEqual(await tx.removedOrder(elev, [{ field: 'systemid', value: 'E2' }]), [null]);
        await tx.settle();
      });
    }));

  test('a throw leaves nothing: no row, no name, no position, no count; the next write works', () =>
    inWorld(dialect, async ({ store, reopen }) => {
      let tenant = await store.tenant('a.test');
      const enrolled = entry(elevforhold, { systemid: 'F1' }, { links: { elev: [to(elev, 'elevnummer', '1')] } });
      for (const start of [true, false]) {
        const before = start ? [] : await changesOf(tenant, elev);
        const stats = await tenant.reads.stats(planFor(elev));
        await assert.rejects(
          tenant.write(async (tx) => {
            await putEntry(tx, pupil('E9', '9', { gjest: true }));
            await putEntry(tx, pupil('E1', '99'));
            await putEntry(tx, enrolled);
            await tx.audit(audit('lost'));
            await tx.settle();
            throw new Error('on purpose');
          }),
          /on purpose/,
        );
        assert.deepEqual(await changesOf(tenant, elev), before);
        assert.deepEqual(await tenant.reads.stats(planFor(elev)), stats);
        assert.equal(await bodyOf(tenant, elev, 'systemid', 'E9'), null);
        assert.deepEqual(await tenant.audit({ limit: 10 }), []);
        if (start) {
          await deliver(tenant, pupil('E1', '1'));
          assert.equal(await tenant.reads.lastPosition(), 1);
        }
      }
      await deliver(tenant, enrolled);
      assert.equal((await linksOf(tenant, elev, 'elevnummer', '1', 'elevforhold')).length, 1);
      tenant = await (await reopen()).tenant('a.test');
      assert.equal((await linksOf(tenant, elev, 'elevnummer', '1', 'elevforhold')).length, 1);
      assert.equal((await tenant.reads.stats(planFor(elevforhold))).count, 1);
      assert.equal((await Array.fromAsync(partsOf(tenant.reads, planFor(elev), { offset: 0, size: 0 }))).length, 1);
    }));

  test('an identifier that another resource has cannot be put', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(tenant, pupil('E1', '1'));
      await assert.rejects(
        tenant.write(async (tx) => {
          await tx.put(elev, null, pupil('E2', '1').resource, 'test');
          await tx.settle();
        }),
      );
      assert.equal(await tenant.reads.lastPosition(), 1);
      assert.deepEqual(await deliver(tenant, pupil('E2', '2')), ['created']);
    }));

  test('writers wait for each other', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await Promise.all(
        [...Array(20).keys()].map((each) => deliver(tenant, pupil(`E${each}`, `${each}`), pupil('E', 'shared'))),
      );
      assert.equal(await tenant.reads.lastPosition(), 21);
      assert.equal((await uidsOf(tenant, elev)).length, 21);
    }));

  test('times never go back when the clock does, and since finds all that changed at or after a time', () =>
    inWorld(dialect, async ({ store, clock }) => {
      const tenant = await store.tenant('a.test');
      const start = clock.now();
      await deliver(tenant, pupil('E1', '1'));
      clock.set(start + 5_000);
      await deliver(tenant, pupil('E2', '2'));
      clock.set(start - 60_000);
      await deliver(tenant, pupil('E3', '3'));
      clock.set(start + 6_000);
      await deliver(tenant, pupil('E1', '1', { gjest: true }), entry(person, { fodselsnummer: 'P1' }));
      const [first, second, third] = await uidsOf(tenant, elev);
      assert.deepEqual(
        (await changesOf(tenant, elev)).map(({ at }) => at - start),
        [0, 5_000, 5_000, 6_000],
      );
      const stats = await tenant.reads.stats(planFor(elev));
      assert.deepEqual(stats, { count: 3, position: 4, changedAt: start + 6_000 });
      assert.deepEqual(await selected(tenant, elev, null, start), [first, second, third]);
      assert.deepEqual(await selected(tenant, elev, null, start + 1), [first, second, third]);
      assert.deepEqual(await selected(tenant, elev, null, start + 5_001), [first]);
      assert.deepEqual(await selected(tenant, elev, null, start + 6_000), [first]);
      assert.deepEqual(await selected(tenant, elev, null, start + 6_001), []);
      assert.equal((await tenant.reads.load(planFor(elev), [first ?? 0]))[0]?.changedAt, start + 6_000);
      await withdraw(tenant, elev, 'systemid', 'E1');
      assert.deepEqual(await selected(tenant, elev, null, start + 6_000), []);
      assert.deepEqual(await tenant.reads.stats(planFor(skole)), { count: 0, position: 0, changedAt: 0 });
    }));

  test('two organisations never see each other', () =>
    inWorld(dialect, async ({ store }) => {
      const [a, b] = [await store.tenant('a.test'), await store.tenant('b.test')];
      await deliver(a, pupil('E1', '1'));
      assert.equal(await b.reads.lastPosition(), 0);
      assert.equal(await bodyOf(b, elev, 'systemid', 'E1'), null);
      assert.deepEqual(await uidsOf(b, elev), []);
      assert.deepEqual(await changesOf(b, elev), []);
      await deliver(b, entry(elevforhold, { systemid: 'F1' }, { links: { elev: [to(elev, 'systemid', 'E1')] } }));
      assert.deepEqual(await linksOf(a, elev, 'systemid', 'E1', 'elevforhold'), []);
      assert.deepEqual(await b.reads.dangling(planFor(elevforhold, 'b.test')), [{ relation: 'elev', count: 1 }]);
      await a.appendAudit(audit('read'));
      assert.deepEqual(await b.audit({ limit: 10 }), []);
      assert.deepEqual(await b.runs.runs({ limit: 10 }), []);
    }));

  test('questions about many rows let other work run', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const numbers = [...Array(5_000).keys()];
      await deliver(
        tenant,
        ...numbers.map((each) =>
          entry(elevforhold, { systemid: `F${each}` }, { links: { elev: [to(elev, 'systemid', `E${each % 200}`)] } }),
        ),
        ...numbers.slice(0, 200).map((each) => entry(elev, { systemid: `E${each}` })),
      );
      const pupils = Float64Array.from(await uidsOf(tenant, elev));
      const where = { filter: null, since: 0 };
      for (const work of [
        () => tenant.reads.dangling(planFor(elevforhold)),
        () => tenant.reads.select(planFor(elevforhold), where, Number.POSITIVE_INFINITY),
        () => tenant.reads.linkedFrom('elev', elevforhold, 'elevforhold', pupils),
      ])
        assert.ok((await turnsDuring(work)) > 0, String(work));
      assert.equal((await selected(tenant, elevforhold, null, 0)).length, 5_000);
    }));

  test('dangling, load and linkedFrom', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(
        tenant,
        entry(
          skole,
          { systemid: 'S1', skolenummer: '1' },
          { links: { elevforhold: [to(elevforhold, 'systemid', 'F3')] } },
        ),
        enrolledAt('F1', '1'),
        enrolledAt('F2', '2'),
        entry(elevforhold, { systemid: 'F3' }),
      );
      const [f1, f2, f3] = await uidsOf(tenant, elevforhold);
      const schools = Float64Array.from(await uidsOf(tenant, skole));
      assert.deepEqual([...(await tenant.reads.linkedFrom('skole', elevforhold, 'elevforhold', schools))], [f1, f3]);
      assert.deepEqual([...(await tenant.reads.linkedFrom('skole', elevforhold, null, schools))], [f1]);
      assert.deepEqual([...(await tenant.reads.linkedFrom('skole', elev, 'elevforhold', schools))], []);
      assert.deepEqual(
        new Map((await tenant.reads.dangling(planFor(elevforhold))).map(({ relation, count }) => [relation, count])),
        new Map([
          ['elev', 2],
          ['skole', 1],
        ]),
      );
      const loaded = await tenant.reads.load(planFor(elevforhold), [f3 ?? 0, 12, f1 ?? 0, f2 ?? 0]);
      assert.deepEqual(
        loaded.map(({ uid }) => uid),
        [f3, f1, f2],
      );
    }));
});

const audit = (operation: string) => ({
  id: operation,
  at: 1,
  request: 'r',
  issuer: 'i',
  client: 'c',
  token: 't',
  api: 'fint',
  operation,
  collection: elev,
  decision: 'allow' as const,
  rule: 'g1',
  count: null,
  subjects: [],
  seen: null,
  details: '',
});

/** Turns of the event loop that others get while some work goes on. */
const turnsDuring = async (work: () => unknown): Promise<number> => {
  let turns = 0;
  let done = false;
  const turn = (): void => {
    turns += 1;
    if (!done) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  done = true;
  return turns;
};
