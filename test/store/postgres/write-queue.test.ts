// Writers of several processes over one database (here: several stores): one at a time, positions in the order of commits, what one has added
// known to the next, and no success that may not be one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HubError } from '#base/errors.ts';
import { ignoreEvents } from '#base/events.ts';
import { limits } from '#base/limits.ts';
import { openPostgresStore } from '#store/postgres/postgres-store.ts';
import type { PostgresStore, PostgresStoreOptions } from '#store/postgres/postgres-store.ts';
import type { TenantStore } from '#store/store.ts';
import { run, testDatabase } from '../../postgres/database.ts';
import type { TestDatabase } from '../../postgres/database.ts';
import { startProxy } from '../../postgres/proxy.ts';
import type { CommitFate } from '../../postgres/proxy.ts';
import {
  base,
  bodyOf,
  changesOf,
  deliver,
  elev,
  elevforhold,
  entry,
  linksOf,
  model,
  person,
  putEntry,
  setClock,
  to,
} from '../conformance/world.ts';
import { until } from './until.ts';

type Place = TestDatabase & { readonly open: (options?: Partial<PostgresStoreOptions>) => Promise<PostgresStore> };

const inPlace = async (work: (place: Place) => Promise<void>): Promise<void> => {
  const place = await testDatabase();
  const stores: PostgresStore[] = [];
  try {
    await work({
      ...place,
      open: async (options = {}) => {
        const store = await openPostgresStore({
          url: place.url,
          model,
          clock: setClock(),
          observe: ignoreEvents,
          baseUrl: () => base,
          ...options,
        });
        stores.push(store);
        return store;
      },
    });
  } finally {
    for (const store of stores) await store.close();
    await place.drop();
  }
};

const codeOf = (error: unknown): string => (error instanceof HubError ? error.problem.code : String(error));
const coded = (code: string) => (error: unknown) => codeOf(error) === code;

const pupil = (id: string) => entry(elev, { systemid: id });
const lastOf = (tenant: TenantStore) => tenant.reads.lastPosition();

test('two processes write at once: every position once, in order, and words and counts of one are known to the other', () =>
  inPlace(async ({ open }) => {
    const tenants = await Promise.all([1, 2].map(async () => (await open()).tenant('a.test')));
    await Promise.all(
      tenants.flatMap((tenant, process) =>
        Array.from({ length: 20 }, (_, nth) =>
          tenant.writeTogether(async (tx) => {
            await putEntry(tx, pupil(`E${process}-${nth}`));
            // Each brings words that the other has not seen.
            if (nth % 7 === process)
              await putEntry(
                tx,
                entry(
                  elevforhold,
                  { systemid: `F${process}-${nth}` },
                  {
                    links: { elev: [to(elev, 'systemid', `E${1 - process}-${nth}`)] },
                  },
                ),
              );
            await tx.settle();
          }),
        ),
      ),
    );
    const [one, other] = tenants;
    assert.ok(one !== undefined && other !== undefined);
    const changes = [...(await changesOf(one, elev)), ...(await changesOf(one, elevforhold))];
    const positions = changes.map(({ position }) => position).sort((a, b) => a - b);
    assert.equal(new Set(positions).size, positions.length);
    assert.equal(positions.at(-1), await lastOf(other));
    assert.deepEqual(await changesOf(other, elev), await changesOf(one, elev));
    assert.equal((await linksOf(other, elev, 'systemid', 'E1-0', 'elevforhold')).length, 1);
    assert.equal((await linksOf(one, elev, 'systemid', 'E0-1', 'elevforhold')).length, 1);
  }));

test('several processes that open an organisation at once make it once, and have it follow a new address once', () =>
  inPlace(async ({ open }) => {
    const first = await Promise.all([1, 2, 3].map(async () => (await open()).tenant('a.test')));
    const epochs = await Promise.all(first.map(async (tenant) => tenant.reads.epochs()));
    assert.deepEqual(
      epochs.map(([epoch, ...rest]) => [epoch?.name, rest.length]),
      epochs.map(() => [epochs[0]?.[0]?.name, 0]),
    );
    const [tenant] = first;
    assert.ok(tenant !== undefined);
    await deliver(tenant, entry(elev, { systemid: 'E1' }, { links: { person: [to(person, 'fodselsnummer', '1')] } }));
    for (const each of first) await each.close();
    const rebased: number[] = [];
    const moved = await Promise.all(
      [1, 2, 3].map(async () =>
        (
          await open({
            baseUrl: () => 'https://other.test',
            observe: (event) => {
              if (event.kind === 'links-rebased') rebased.push(event.resources);
            },
          })
        ).tenant('a.test'),
      ),
    );
    assert.deepEqual(rebased, [1]);
    for (const each of moved)
      assert.match((await bodyOf(each, elev, 'systemid', 'E1')) ?? '', /"https:\/\/other\.test\//);
  }));

test('a work that fails among others takes its words, places and erasures with it, and the next has them anew', () =>
  inPlace(async ({ open }) => {
    const [one, other] = [await (await open()).tenant('a.test'), await (await open()).tenant('a.test')];
    await deliver(one, entry(person, { fodselsnummer: '12910054321' }));
    const outcomes = await Promise.allSettled([
      one.writeTogether(async (tx) => {
        await putEntry(tx, pupil('E1'));
        await tx.settle();
      }),
      one.writeTogether(async (tx) => {
        await putEntry(tx, entry(elevforhold, { systemid: 'F1' }, { links: { elev: [to(elev, 'elevnummer', '1')] } }));
        const [uid] = await tx.match(person, [{ field: 'fodselsnummer', value: '12910054321' }]);
        await tx.erase([uid ?? 0], 'case');
        await tx.settle();
        throw new Error('no');
      }),
      one.writeTogether(async (tx) => {
        await putEntry(tx, entry(elevforhold, { systemid: 'F2' }));
        await tx.settle();
      }),
    ]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal(await lastOf(one), 3);
    assert.equal(one.erasures.size(), 0);
    await deliver(other, entry(elevforhold, { systemid: 'F3' }, { links: { elev: [to(elev, 'elevnummer', '1')] } }));
    await deliver(one, entry(elev, { systemid: 'E1', elevnummer: '1' }));
    assert.equal((await linksOf(other, elev, 'elevnummer', '1', 'elevforhold')).length, 1);
  }));

test('an erasure by one process is kept back by the others', () =>
  inPlace(async ({ open }) => {
    const [one, other] = [await (await open()).tenant('a.test'), await (await open()).tenant('a.test')];
    await deliver(one, entry(person, { fodselsnummer: '12910054321' }));
    await one.write(async (tx) => {
      const [uid] = await tx.match(person, [{ field: 'fodselsnummer', value: '12910054321' }]);
      await tx.erase([uid ?? 0], 'case \u0000 1');
      await tx.settle();
    });
    await assert.rejects(deliver(other, entry(person, { fodselsnummer: '12910054321' })), coded('HUB-607'));
    assert.equal((await other.erasures.list())[0]?.reason, 'case \u0000 1');
    const [erasure] = await one.erasures.list();
    assert.equal(await other.erasures.lift(erasure?.id ?? ''), true);
    await deliver(one, entry(person, { fodselsnummer: '12910054321' }));
  }));

test('as many writes wait as there is room for; one more is told to come again', () =>
  inPlace(async ({ open }) => {
    const tenant = await (await open()).tenant('a.test');
    const { promise: held, resolve: go } = Promise.withResolvers<void>();
    const first = tenant.write(() => held);
    const waiting = Array.from({ length: limits.waitingWrites - 1 }, () => tenant.writeTogether(async () => {}));
    await assert.rejects(
      tenant.writeTogether(async () => {}),
      coded('HUB-501'),
    );
    await assert.rejects(
      tenant.write(async () => {}),
      coded('HUB-501'),
    );
    go();
    await Promise.all([first, ...waiting]);
    await tenant.write(async () => {});
  }));

test('who waits too long for the turn of the organisation is told so, and nothing of it is done', () =>
  inPlace(async ({ open }) => {
    const one = await (await open()).tenant('a.test');
    const other = await (await open({ driver: { lockMs: 100 } })).tenant('a.test');
    await one.write(async (tx) => {
      await assert.rejects(deliver(other, pupil('late')), coded('HUB-501'));
      await putEntry(tx, pupil('E1'));
      await tx.settle();
    });
    assert.equal(await lastOf(one), 1);
    await deliver(other, pupil('late'));
    assert.equal(await lastOf(one), 2);
  }));

test('a connection that is cut fails the write as one of which nobody knows, and the next goes on from what is stored', () =>
  inPlace(async ({ open, adminUrl }) => {
    const tenant = await (await open()).tenant('a.test');
    await deliver(tenant, pupil('E1'));
    await assert.rejects(
      tenant.write(async (tx) => {
        await putEntry(tx, entry(elevforhold, { systemid: 'F1' }));
        await run(
          adminUrl,
          `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 1 AND database =
            (SELECT oid FROM pg_database WHERE datname = current_database())`,
        );
        await tx.settle();
      }),
      coded('HUB-503'),
    );
    assert.equal(await lastOf(tenant), 1);
    await deliver(tenant, entry(elevforhold, { systemid: 'F2' }));
    assert.equal(await lastOf(tenant), 2);
    assert.deepEqual(
      (await changesOf(tenant, elevforhold)).map(({ position }) => position),
      [2],
    );
  }));

for (const fate of ['unanswered', 'lost'] as const)
  test(`a commit that is ${fate} is not called done, and the next write goes on from what came of it`, () =>
    inPlace(async ({ open, url }) => {
      let next: CommitFate = 'through';
      await using proxy = await startProxy(url, () => {
        const now = next;
        next = 'through';
        return now;
      });
      const store = await open({ url: proxy.url });
      const tenant = await store.tenant('a.test');
      await deliver(tenant, pupil('E1'));
      next = fate;
      const [alone, ...together] = await Promise.allSettled([
        deliver(tenant, entry(elevforhold, { systemid: 'F1' }, { links: { elev: [to(elev, 'systemid', 'E1')] } })),
        ...['E2', 'E3'].map((id) =>
          tenant.writeTogether(async (tx) => {
            await putEntry(tx, pupil(id));
            await tx.settle();
          }),
        ),
      ]);
      assert.deepEqual([alone.status, alone.status === 'rejected' && codeOf(alone.reason)], ['rejected', 'HUB-503']);
      // What waited behind it may have found the database gone; it was not done, or it was.
      const done = together.filter(({ status }) => status === 'fulfilled').length;
      await until(async () => {
        try {
          await deliver(tenant, pupil('E4'));
          return true;
        } catch {
          return false;
        }
      });
      const made = fate === 'unanswered' ? 2 : 0;
      assert.equal(await lastOf(tenant), 1 + made + done + 1);
      const changes = [...(await changesOf(tenant, elev)), ...(await changesOf(tenant, elevforhold))];
      assert.equal(new Set(changes.map(({ position }) => position)).size, changes.length);
      assert.equal((await linksOf(tenant, elev, 'systemid', 'E1', 'elevforhold')).length, made / 2);
      await store.close();
    }));

test('names and values that PostgreSQL cannot hold, or not index, are found as they came', () =>
  inPlace(async ({ open }) => {
    const tenant = await (await open()).tenant('a.test');
    const values = ['\u0000', '\u00010', '\u0001', 'x'.repeat(512), 'Å'.repeat(256), 'Å'.repeat(255)];
    await deliver(tenant, ...values.map((value) => entry(elev, { systemid: value })));
    for (const value of values) {
      const body = await bodyOf(tenant, elev, 'systemid', value);
      assert.ok(body !== null && JSON.parse(body).systemId.identifikatorverdi === value);
    }
    assert.equal(await lastOf(tenant), values.length);
    // The same again is known.
    await deliver(tenant, ...values.map((value) => entry(elev, { systemid: value })));
    assert.equal(await lastOf(tenant), values.length);
  }));
