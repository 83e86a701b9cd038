// Erasure: a person is gone for good, from what is stored, what is told of changes, what others said, and what clients had asked for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HubError } from '#base/errors.ts';
import type { TenantStore, WriteEvent } from '#store/store.ts';
import { onEveryDialect } from './dialects.ts';
import {
  base,
  bodyOf,
  changesOf,
  deliver,
  elev,
  elevforhold,
  entry,
  inWorld,
  linksOf,
  person,
  planFor,
  putEntry,
  selected,
  setClock,
  to,
  withdraw,
} from './world.ts';

const start = setClock().now();
const national = '11910012345';
const other = '12910054321';

const uidOf = async (tenant: TenantStore, path: string, field: string, value: string): Promise<number> => {
  const stored = await tenant.reads.read(planFor(path, tenant.id), { field, value });
  assert.ok(stored !== null);
  return stored.uid;
};

const eraseUids = (tenant: TenantStore, uids: readonly number[], reason = 'case 1'): Promise<string | null> =>
  tenant.write(async (tx) => {
    const id = await tx.erase(uids, reason);
    await tx.settle();
    return id;
  });

const refTo = (collection: string, field: string, value: string) => ({ collection, field, value });

const event = (id: string, rest: Partial<WriteEvent>): WriteEvent => ({
  id,
  order: 0,
  collection: person,
  operation: 'update',
  state: 'rejected',
  policy: 'source',
  client: 'app',
  issuer: 'issuer',
  api: 'fint',
  request: 'r',
  target: null,
  uid: null,
  value: null,
  filter: null,
  createdAt: start,
  deadline: start,
  answeredAt: start,
  answeredBy: 'adapter',
  message: 'what was wrong',
  problems: [{ field: 'navn', message: 'm', code: 'c' }],
  answer: null,
  idempotency: null,
  retainUntil: start + 1_000,
  ...rest,
});

/** A person with a pupil, who has a pupil's relation; and another person. */
const family = (tenant: TenantStore): Promise<unknown> =>
  deliver(
    tenant,
    entry(
      person,
      { fodselsnummer: national },
      { attributes: { navn: { fornavn: 'Slettes' } }, links: { elev: [to(elev, 'systemid', 'E1')] } },
    ),
    entry(person, { fodselsnummer: other }, { attributes: { navn: { fornavn: 'Blir' } } }),
    entry(elev, { systemid: 'E1', elevnummer: '100' }, { links: { person: [to(person, 'fodselsnummer', national)] } }),
    entry(elevforhold, { systemid: 'F1' }, { links: { elev: [to(elev, 'systemid', 'E1')] } }),
  );

onEveryDialect('erasure', (dialect) => {
  test('the resource, its identifiers and the links of others to it are gone; the feed keeps that something was removed', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await family(tenant);
      const before = await tenant.reads.lastPosition();
      const uid = await uidOf(tenant, person, 'fodselsnummer', national);
      assert.deepEqual(await linksOf(tenant, elev, 'systemid', 'E1', 'person'), [
        `${person}/fodselsnummer/${national}`,
      ]);
      const id = await eraseUids(tenant, [uid]);
      assert.ok(id !== null);
      assert.equal(await bodyOf(tenant, person, 'fodselsnummer', national), null);
      assert.ok(!(await bodyOf(tenant, elev, 'systemid', 'E1'))?.includes(national));
      assert.deepEqual(await linksOf(tenant, elev, 'systemid', 'E1', 'person'), []);
      assert.equal((await tenant.reads.stats(planFor(person))).count, 1);
      assert.deepEqual(await selected(tenant, person, null), [await uidOf(tenant, person, 'fodselsnummer', other)]);
      assert.deepEqual(
        (await changesOf(tenant, person, before)).map(({ kind, uid: of, before: was }) => [kind, of, was]),
        [['removed', uid, []]],
      );
      assert.deepEqual(
        (await changesOf(tenant, elev, before)).map(({ kind }) => kind),
        ['updated'],
      );
      assert.equal((await changesOf(tenant, elevforhold, before)).length, 0);
    }));

  test('an identifier of before, and one that went with the resource, are forgotten too', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await deliver(tenant, entry(elev, { systemid: 'E1', elevnummer: '100' }));
      await deliver(tenant, entry(elev, { systemid: 'E1', elevnummer: '200' }));
      await deliver(tenant, entry(elev, { systemid: 'E2', elevnummer: '300' }));
      const uids = [await uidOf(tenant, elev, 'systemid', 'E1'), await uidOf(tenant, elev, 'systemid', 'E2')];
      await withdraw(tenant, elev, 'systemid', 'E2');
      await eraseUids(tenant, uids);
      for (const change of await changesOf(tenant, elev)) assert.deepEqual(change.before, []);
      const values = ['100', '200', '300'].map((value) => refTo(elev, 'elevnummer', value));
      assert.deepEqual(tenant.erasures.isErased(values), [true, true, true]);
      assert.equal((await tenant.reads.stats(planFor(elev))).count, 0);
      const removals = (await changesOf(tenant, elev)).filter(({ kind }) => kind === 'removed');
      assert.equal(removals.length, 2, 'what was gone is not removed again');
    }));

  test('the same delivery of others changes nothing when it leaves the link out', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await family(tenant);
      await eraseUids(tenant, [await uidOf(tenant, person, 'fodselsnummer', national)]);
      const before = await tenant.reads.lastPosition();
      assert.deepEqual(await deliver(tenant, entry(elev, { systemid: 'E1', elevnummer: '100' })), ['unchanged']);
      assert.equal(await tenant.reads.lastPosition(), before);
    }));

  test('events lose every text that names the erased one; the others keep theirs', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await family(tenant);
      const uid = await uidOf(tenant, person, 'fodselsnummer', national);
      const href = `{"href":"${base}/${person}/fodselsnummer/${national}"}`;
      const value = `{"fodselsnummer":{"identifikatorverdi":"${national}"}}`;
      await tenant.write(async (tx) => {
        await tx.putEvent(event('by uid', { uid, value: '{}' }));
        await tx.putEvent(event('by target', { target: { field: 'fodselsnummer', value: national } }));
        await tx.putEvent(event('by value', { value }));
        await tx.putEvent(event('by link', { collection: elev, value: href }));
        await tx.putEvent(event('by answer', { collection: elev, answer: `[${value}]` }));
        await tx.putEvent(event('by filter', { collection: elev, filter: `x eq '${national}'` }));
        await tx.putEvent(
          event('waiting', { uid, value: '{}', state: 'waiting', deadline: start + 9, answeredAt: null }),
        );
        await tx.putEvent(event('other', { target: { field: 'fodselsnummer', value: other }, value: '{}' }));
        await tx.settle();
      });
      await eraseUids(tenant, [uid]);
      for (const each of ['by uid', 'by target', 'by value', 'by link', 'by answer', 'by filter']) {
        const left = await tenant.events.event(each);
        assert.ok(left !== null && !JSON.stringify(left).includes(national), each);
        assert.deepEqual(
          [left.value, left.answer, left.message, left.problems, left.state],
          [null, null, '', [], 'rejected'],
        );
      }
      const waiting = await tenant.events.event('waiting');
      assert.deepEqual([waiting?.state, waiting?.answeredAt, waiting?.value], ['failed', start, null]);
      assert.equal(await tenant.events.waitingCount(), 0);
      const kept = await tenant.events.event('other');
      assert.deepEqual([kept?.value, kept?.message], ['{}', 'what was wrong']);
    }));

  test('the ledger keeps back what was erased until it is lifted, and outlives the store', () =>
    inWorld(dialect, async ({ store, reopen }) => {
      const tenant = await store.tenant('a.test');
      await family(tenant);
      const refs = [refTo(person, 'fodselsnummer', national), refTo(person, 'fodselsnummer', other)];
      assert.deepEqual([tenant.erasures.isErased(refs), tenant.erasures.size()], [[false, false], 0]);
      const id = await eraseUids(tenant, [await uidOf(tenant, person, 'fodselsnummer', national)], 'case 17');
      const told = async (each: TenantStore): Promise<void> => {
        assert.deepEqual([each.erasures.isErased(refs), each.erasures.size()], [[true, false], 1]);
        assert.deepEqual(await each.erasures.list(), [
          { id, at: start, reason: 'case 17', identifiers: 1, liftedAt: null },
        ]);
      };
      await told(tenant);
      const again = await (await reopen()).tenant('a.test');
      await told(again);
      assert.deepEqual(again.erasures.isErased([refTo(elev, 'fodselsnummer', national)]), [false]);
      assert.equal(await again.erasures.lift('nothing'), false);
      assert.equal(await again.erasures.lift(id ?? ''), true);
      assert.equal(await again.erasures.lift(id ?? ''), false);
      assert.deepEqual([again.erasures.isErased(refs), again.erasures.size()], [[false, false], 0]);
      assert.equal((await again.erasures.list())[0]?.liftedAt, start);
      await deliver(again, entry(person, { fodselsnummer: national }));
      const last = await (await reopen()).tenant('a.test');
      assert.deepEqual(last.erasures.isErased(refs), [false, false]);
      assert.ok((await bodyOf(last, person, 'fodselsnummer', national)) !== null, 'it has come back by a new delivery');
    }));

  test('an erasure that is rolled back, alone or beside others, leaves everything as it was', () =>
    inWorld(dialect, async ({ store, reopen }) => {
      const tenant = await store.tenant('a.test');
      await family(tenant);
      const [uid, otherUid] = [
        await uidOf(tenant, person, 'fodselsnummer', national),
        await uidOf(tenant, person, 'fodselsnummer', other),
      ];
      const failing = (uids: readonly number[]): Promise<void> =>
        tenant.writeTogether(async (tx) => {
          await tx.erase(uids, 'case 2');
          await tx.settle();
          throw new Error('no');
        });
      const done = tenant.writeTogether(async (tx) => {
        await tx.erase([otherUid], 'case 3');
        await tx.settle();
      });
      await Promise.all([assert.rejects(failing([uid])), done, assert.rejects(failing([uid]))]);
      const told = async (each: TenantStore): Promise<void> => {
        assert.deepEqual(
          (await each.erasures.list()).map(({ reason }) => reason),
          ['case 3'],
        );
        assert.deepEqual(each.erasures.isErased([refTo(person, 'fodselsnummer', national)]), [false]);
      };
      await told(tenant);
      const again = await (await reopen()).tenant('a.test');
      await told(again);
      assert.ok((await bodyOf(again, person, 'fodselsnummer', national)) !== null);
      assert.equal(await bodyOf(again, person, 'fodselsnummer', other), null);
    }));

  test('nothing to erase, no entry; erasing twice is one; nobody can put it back before it is lifted', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await family(tenant);
      const uid = await uidOf(tenant, person, 'fodselsnummer', national);
      assert.equal(await eraseUids(tenant, []), null);
      assert.equal(await eraseUids(tenant, [uid + 1_000]), null);
      await tenant.write(async (tx) => {
        assert.ok((await tx.erase([uid], 'case 4')) !== null);
        assert.equal(await tx.erase([uid], 'case 4'), null);
        await assert.rejects(
          async () => putEntry(tx, entry(person, { fodselsnummer: national })),
          (error) => error instanceof HubError && error.problem.code === 'HUB-607',
        );
        await tx.settle();
      });
      const [erasure] = await tenant.erasures.list();
      assert.ok(erasure !== undefined && (await tenant.erasures.lift(erasure.id)));
      assert.deepEqual(await deliver(tenant, entry(person, { fodselsnummer: national })), ['created']);
      assert.notEqual(await uidOf(tenant, person, 'fodselsnummer', national), uid);
      assert.equal((await tenant.reads.stats(planFor(person))).count, 2);
    }));
});
