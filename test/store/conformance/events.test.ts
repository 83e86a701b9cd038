// Events of clients: kept in order, found by adapters, clients and owners, forgotten in two steps, and never twice for one key.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TenantStore, WriteEvent } from '#store/store.ts';
import { onEveryDialect } from './dialects.ts';
import { elev, inWorld, person, setClock, skole } from './world.ts';

const start = setClock().now();
const aDay = 86_400_000;

const event = (id: string, rest: Partial<WriteEvent> = {}): WriteEvent => ({
  id,
  order: 0,
  collection: elev,
  operation: 'create',
  state: 'waiting',
  policy: 'source',
  client: 'app',
  issuer: 'issuer',
  api: 'fint',
  request: 'r1',
  target: null,
  uid: null,
  value: '{"a":1}',
  filter: null,
  createdAt: start,
  deadline: start + 1_000,
  answeredAt: null,
  answeredBy: null,
  message: '',
  problems: [],
  answer: null,
  idempotency: null,
  retainUntil: start + 2_000,
  ...rest,
});

const put = (tenant: TenantStore, ...events: readonly WriteEvent[]): Promise<readonly WriteEvent[]> =>
  tenant.writeTogether(async (tx) => {
    const stored: WriteEvent[] = [];
    for (const each of events) stored.push(await tx.putEvent(each));
    await tx.settle();
    return stored;
  });

const forget = (tenant: TenantStore, now: number, createdBefore: number): Promise<number> =>
  tenant.write(async (tx) => tx.forgetEvents({ now, createdBefore }));

const byKey = (tenant: TenantStore, client: string, key: string): Promise<string | null> =>
  tenant.write(async (tx) => (await tx.eventByKey(client, key))?.id ?? null);

const ids = (events: readonly WriteEvent[]): string => events.map(({ id }) => id).join(' ');

onEveryDialect('events', (dialect) => {
  test('come back as they were put, get the next order once, and outlive the store', () =>
    inWorld(dialect, async ({ store, reopen }) => {
      const tenant = await store.tenant('a.test');
      assert.equal(await tenant.events.event('a'), null);
      const [a, b] = await put(tenant, event('a'), event('b', { idempotency: { key: 'k', request: 'h' } }));
      assert.deepEqual([a?.order, b?.order], [1, 2]);
      const answered = event('a', { state: 'conflict', answer: '[{}]', answeredAt: 5, answeredBy: 'adapter' });
      const [again] = await put(tenant, answered);
      assert.deepEqual(again, { ...answered, order: 1 });
      assert.deepEqual(await tenant.events.event('a'), again);
      const later = await (await reopen()).tenant('a.test');
      assert.deepEqual(await later.events.event('a'), again);
      assert.deepEqual((await put(later, event('c')))[0]?.order, 3);
    }));

  test('an event is seen within its transaction, and gone with it', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await assert.rejects(
        tenant.write(async (tx) => {
          await tx.putEvent(event('a'));
          assert.equal((await tx.event('a'))?.order, 1);
          assert.equal(await tenant.events.event('a'), null, 'nobody else sees it');
          throw new Error('no');
        }),
      );
      assert.equal(await tenant.events.event('a'), null);
      assert.deepEqual((await put(tenant, event('b')))[0]?.order, 1);
    }));

  test('adapters find what waits: of these collections and operations, oldest first, not past the deadline', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await put(
        tenant,
        event('p1', { collection: person, operation: 'update' }),
        event('e1'),
        event('s1', { collection: skole }),
        event('e2', { operation: 'validate' }),
        event('e3', { state: 'accepted' }),
        event('e4', { deadline: start }),
        event('p2', { collection: person }),
      );
      const waiting = async (
        collections: readonly string[],
        limit = 10,
        operations: readonly WriteEvent['operation'][] = ['create', 'update', 'validate'],
      ): Promise<string> => ids(await tenant.events.waiting({ collections, operations, now: start, limit }));
      assert.equal(await waiting([elev, person]), 'p1 e1 e2 p2');
      assert.equal(await waiting([elev, person], 3), 'p1 e1 e2');
      assert.equal(await waiting([elev, elev], 10, ['create']), 'e1');
      assert.equal(await waiting([]), '');
      assert.equal(await waiting([elev], 10, []), '');
      assert.equal(await tenant.events.waitingCount(), 6);
    }));

  test('owners list newest first, by any of collection, state and client, from below an order', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      await put(
        tenant,
        event('1'),
        event('2', { state: 'rejected', client: 'other' }),
        event('3', { collection: person, state: 'rejected' }),
        event('4', { state: 'rejected' }),
      );
      assert.equal(ids(await tenant.events.events({ limit: 3 })), '4 3 2');
      assert.equal(ids(await tenant.events.events({ limit: 3, before: 3 })), '2 1');
      assert.equal(ids(await tenant.events.events({ limit: 9, state: 'rejected', collection: elev })), '4 2');
      assert.equal(ids(await tenant.events.events({ limit: 9, client: 'app', state: 'rejected', before: 4 })), '3');
    }));

  test('texts are forgotten when the retention ends, unless somebody still has to answer; then the event itself', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const texts = { filter: "x eq 'y'", answer: '[{}]', message: 'kept', idempotency: { key: 'k', request: 'h' } };
      await put(
        tenant,
        event('a', { state: 'accepted', ...texts }),
        event('b'),
        event('c', { createdAt: start + 9, retainUntil: start + 3_000 }),
      );
      assert.equal(await forget(tenant, start + 2_000, 0), 1);
      assert.equal(await forget(tenant, start + 2_000, 0), 0, 'once');
      const a = await tenant.events.event('a');
      assert.deepEqual([a?.value, a?.filter, a?.answer, a?.message, a?.state], [null, null, null, 'kept', 'accepted']);
      assert.equal((await tenant.events.event('b'))?.value, '{"a":1}', 'the adapter still needs it');
      assert.equal(await byKey(tenant, 'app', 'k'), 'a', 'the key stays');
      assert.equal(await forget(tenant, start, start + 9), 2);
      assert.equal(await tenant.events.event('a'), null);
      assert.equal(await forget(tenant, start, start + 10), 0, 'the newest stays, so that no order comes again');
      assert.equal((await put(tenant, event('d')))[0]?.order, 4);
    }));

  test('a key stands for its event for a day, for its own client only', () =>
    inWorld(dialect, async ({ store, clock }) => {
      const tenant = await store.tenant('a.test');
      const idempotency = { key: 'k', request: 'h' };
      await put(tenant, event('a', { idempotency }), event('b', { idempotency, client: 'other' }));
      assert.deepEqual(
        [await byKey(tenant, 'app', 'k'), await byKey(tenant, 'other', 'k'), await byKey(tenant, 'third', 'k')],
        ['a', 'b', null],
      );
      await assert.rejects(put(tenant, event('c', { idempotency })), 'one event for a key');
      clock.set(start + aDay - 1);
      assert.equal(await byKey(tenant, 'app', 'k'), 'a');
      clock.set(start + aDay);
      assert.equal(await byKey(tenant, 'app', 'k'), null);
      await put(tenant, event('d', { idempotency, createdAt: start + aDay }));
      assert.equal(await byKey(tenant, 'app', 'k'), 'd');
      assert.equal((await tenant.events.event('a'))?.id, 'a', 'the old one is still there');
    }));
});
