// Short writes that share a commit: each as if it were alone, whatever becomes of its neighbours.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TenantStore, TenantWrite } from '#store/store.ts';
import { onEveryDialect } from './dialects.ts';
import { bodyOf, changesOf, elev, entry, inWorld, linksOf, person, planFor, putEntry, to, uidsOf } from './world.ts';

const add = (tenant: TenantStore, id: string, after?: (tx: TenantWrite) => Promise<void>): Promise<number> =>
  tenant.writeTogether(async (tx) => {
    const { uid } = await putEntry(tx, entry(elev, { systemid: id }));
    await tx.settle();
    await after?.(tx);
    return uid;
  });

const failing = async (): Promise<void> => {
  throw new Error('not this one');
};

/** What is left of one work in two: no trace of the others. */
const holdsTheRest = async (each: TenantStore): Promise<void> => {
  assert.equal((await each.reads.stats(planFor(elev))).count, 2);
  assert.equal((await each.reads.stats(planFor(person))).count, 1);
  assert.equal(await bodyOf(each, elev, 'systemid', 'E2'), null);
  assert.ok((await bodyOf(each, person, 'fodselsnummer', '11910012346')) !== null);
  const positions = [...(await changesOf(each, elev)), ...(await changesOf(each, person))].map(
    ({ position }) => position,
  );
  assert.deepEqual(positions.sort(), [1, 2, 3], 'no gap');
};

onEveryDialect('writes together', (dialect) => {
  test('all that wait are written in their order, each with its own changes', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const uids = await Promise.all([...Array(200).keys()].map((each) => add(tenant, `E${each}`)));
      assert.deepEqual(await uidsOf(tenant, elev), uids);
      const changes = await changesOf(tenant, elev);
      assert.deepEqual(
        changes.map(({ uid }) => uid),
        uids,
      );
      assert.deepEqual(
        changes.map(({ position }) => position),
        [...Array(200).keys()].map((each) => each + 1),
      );
      assert.equal((await tenant.reads.stats(planFor(elev))).count, 200);
    }));

  test('a throw takes back its own work only: counts, positions, names and collections stay right', () =>
    inWorld(dialect, async ({ store, reopen }) => {
      const tenant = await store.tenant('a.test');
      const results = await Promise.allSettled([
        // A collection and words that only the failing one would have made known.
        tenant.writeTogether(async (tx) => {
          await putEntry(tx, entry(person, { fodselsnummer: '11910012345' }));
          await tx.settle();
          throw new Error('not this one');
        }),
        add(tenant, 'E1'),
        add(tenant, 'E2', failing),
        add(tenant, 'E3'),
        tenant.writeTogether(async (tx) => {
          await putEntry(tx, entry(person, { fodselsnummer: '11910012346' }));
          await tx.settle();
        }),
        add(tenant, 'E4', failing),
      ]);
      assert.equal(results.map(({ status }) => status[0]).join(''), 'rfrffr');
      await holdsTheRest(tenant);
      await holdsTheRest(await (await reopen()).tenant('a.test'));
    }));

  test('later works see earlier ones of the same commit; readers see none of it before', () =>
    inWorld(dialect, async ({ store }) => {
      // A machine that is busy elsewhere may take longer for the first work than works are kept together.
      for (let turn = 1; ; turn += 1) {
        const tenant = await store.tenant(`a${turn}.test`);
        const first = add(tenant, 'E1');
        const second = tenant.writeTogether(async (tx) => {
          const [uid] = await tx.match(elev, [{ field: 'systemid', value: 'E1' }]);
          assert.ok(uid !== null && uid !== undefined);
          const seen = await tx.read(uid);
          assert.equal(seen?.position, 1);
          const shown = await bodyOf(tenant, elev, 'systemid', 'E1');
          await putEntry(
            tx,
            entry(person, { fodselsnummer: '11910012345' }, { links: { elev: [to(elev, 'systemid', 'E1')] } }),
          );
          await tx.settle();
          return shown;
        });
        const [, shown] = await Promise.all([first, second]);
        assert.deepEqual(await linksOf(tenant, elev, 'systemid', 'E1', 'person'), [
          'utdanning/elev/person/fodselsnummer/11910012345',
        ]);
        if (shown === null) return;
        assert.ok(turn < 20, 'works that wait at the same time share no commit');
      }
    }));

  test('the order with long writes is that of asking', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const order: string[] = [];
      const long = (name: string): Promise<void> =>
        tenant.write(async (tx) => {
          order.push(name);
          await putEntry(tx, entry(elev, { systemid: name }));
          await tx.settle();
        });
      const short = (name: string): Promise<number> => add(tenant, name, async () => void order.push(name));
      await Promise.all([short('a'), short('b'), long('c'), short('d'), long('e'), short('f'), short('g')]);
      assert.equal(order.join(''), 'abcdefg');
    }));

  test('a work is told when it is durable, and not before', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await Promise.all(
        [...Array(100).keys()].map(async (each) => {
          await add(tenant, `E${each}`);
          assert.ok((await bodyOf(tenant, elev, 'systemid', `E${each}`)) !== null);
        }),
      );
    }));
});
