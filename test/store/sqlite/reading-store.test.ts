// Reading beside a hub: every commit is seen by the next read, what is protected by it first of all, and nothing is written.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import * as fc from 'fast-check';
import { systemClock } from '#base/clock.ts';
import { ignoreEvents } from '#base/events.ts';
import type { ProtectionLevel } from '#model/model.ts';
import { openReadingStore } from '#store/sqlite/reading-store.ts';
import { openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import type { AuditRecord, Store, TenantStore } from '#store/store.ts';
import {
  base,
  deliver,
  elev,
  elevforhold,
  entry,
  model,
  organise,
  person,
  planFor,
  to,
  withdraw,
} from '../conformance/world.ts';
import type { Turn } from './reading-thread.ts';

const id = 'a.test';

type Both = { readonly store: Store; readonly hub: TenantStore; readonly beside: Store; readonly folder: string };

const withBoth = async (
  work: (both: Both) => Promise<void>,
  append: (organisation: string, record: AuditRecord) => Promise<void> = async () => {},
): Promise<void> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'reading-'));
  const options = { folder, model, clock: systemClock, observe: ignoreEvents, baseUrl: () => base };
  const store = await openSqliteStore(options);
  try {
    await organise(store, id, true);
    const hub = await store.tenant(id);
    const beside = openReadingStore({ ...options, append });
    try {
      await work({ store, hub, beside, folder });
    } finally {
      await beside.close();
    }
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

const paths = [person, elev, elevforhold];
const clearances: readonly ProtectionLevel[] = [0, 1, 2, 3];

/** What a tenant answers about everything. */
const answers = async ({ reads }: TenantStore): Promise<unknown> => {
  const found: unknown[] = [await reads.lastPosition()];
  for (const at of paths) {
    const { uids, own, linked } = await reads.guarded(at);
    found.push([at, [...uids], [...own], [...linked]]);
    for (const clearance of clearances) {
      const plan = planFor(at, id, clearance);
      const all = await reads.uids(plan);
      const rows = await reads.load(plan, [...all]);
      const related = await reads.related(plan, at === person ? 'elev' : 'person', [...all]);
      found.push(
        await reads.stats(plan),
        rows.map((row) => [row.uid, row.position, row.protection, row.linked, row.body.toString()]),
        [[...related.from], [...related.to]],
        await reads.uidsAfter(plan, 0, 1_000),
        await reads.changes(plan, 0, 1_000),
        await reads.select(plan, { filter: null, since: 0 }, Number.POSITIVE_INFINITY),
      );
    }
  }
  found.push(
    await reads.resolve(
      Array.from({ length: 6 }, (_, number) => ({ collection: person, field: 'fodselsnummer', value: `P${number}` })),
    ),
  );
  return found;
};

test('after every commit both answer alike', async () => {
  const step = fc.oneof(
    fc.record({
      what: fc.constantFrom('person' as const),
      number: fc.nat(5),
      marking: fc.constantFrom<(ProtectionLevel | null)[]>(null, 0, 1, 2, 3),
    }),
    fc.record({
      what: fc.constantFrom('elev' as const, 'elevforhold' as const, 'withdraw' as const),
      number: fc.nat(5),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      await withBoth(async ({ hub, beside }) => {
        const reader = await beside.tenant(id);
        for (const each of steps) {
          const { number } = each;
          if (each.what === 'person')
            await deliver(
              hub,
              entry(person, { fodselsnummer: `P${number}` }, each.marking === null ? {} : { marking: each.marking }),
            );
          else if (each.what === 'elev')
            await deliver(
              hub,
              entry(
                elev,
                { systemid: `E${number}` },
                { links: { person: [to(person, 'fodselsnummer', `P${number}`)] } },
              ),
            );
          else if (each.what === 'elevforhold')
            await deliver(
              hub,
              entry(elevforhold, { systemid: `F${number}` }, { links: { elev: [to(elev, 'systemid', `E${number}`)] } }),
            );
          else if (
            (await hub.reads.resolve([{ collection: person, field: 'fodselsnummer', value: `P${number}` }]))[0]?.uid !==
            null
          )
            await withdraw(hub, person, 'fodselsnummer', `P${number}`);
          assert.deepEqual(await answers(reader), await answers(hub));
        }
      });
    }),
    { numRuns: 15 },
  );
});

test('grants and their end are seen at once', async () => {
  await withBoth(async ({ store, beside }) => {
    const before = await beside.platform.revision();
    assert.deepEqual(await beside.platform.grantsOf('school-app'), []);
    await store.platform.putGrant({
      id: 'g1',
      application: 'school-app',
      organisation: id,
      collections: ['*'],
      actions: ['read'],
      fields: null,
      withhold: [],
      rows: null,
      environment: 'test',
      from: null,
      to: null,
      purpose: 'test',
      agreement: null,
      createdAt: 1,
    });
    assert.notEqual(await beside.platform.revision(), before);
    assert.equal((await beside.platform.grantsOf('school-app')).length, 1);
    const granted = await beside.platform.revision();
    await store.platform.removeGrant('g1');
    assert.notEqual(await beside.platform.revision(), granted);
    assert.deepEqual(await beside.platform.grantsOf('school-app'), []);
  });
});

test('nothing is written, but what is recorded reaches the hub', async () => {
  const appended: string[] = [];
  const record: AuditRecord = {
    id: 'q1',
    at: 1,
    request: 'q1',
    issuer: '',
    client: 'school-app',
    token: '',
    api: 'test',
    operation: 'list',
    collection: person,
    decision: 'allow',
    rule: '',
    count: 1,
    subjects: [],
    seen: null,
    details: '',
  };
  await withBoth(
    async ({ store, beside }) => {
      const { platform } = beside;
      const tenant = await beside.tenant(id);
      await tenant.appendAudit(record);
      const refused = { name: 'HubError', message: /HUB-502/ };
      await assert.rejects(() => tenant.write(async () => {}), refused);
      await assert.rejects(() => tenant.writeTogether(async () => {}), refused);
      await assert.rejects(async () => tenant.reads.page(planFor(person), { offset: 0, size: 0 }), refused);
      await assert.rejects(async () => tenant.audit({ limit: 1 }), refused);
      await assert.rejects(async () => tenant.trail.seal(), refused);
      await assert.rejects(async () => tenant.erasures.size(), refused);
      await assert.rejects(async () => platform.removeGrant('g1'), refused);
      await assert.rejects(async () => platform.useOnce('t', 1), refused);
      await assert.rejects(async () => platform.secret('new', () => Buffer.from('x')), refused);
      const kept = await store.platform.secret('old', () => Buffer.from('kept'));
      assert.deepEqual(await platform.secret('old', () => Buffer.from('other')), kept);
    },
    async (organisation, { id: request }) => void appended.push(`${organisation} ${request}`),
  );
  assert.deepEqual(appended, [`${id} q1`]);
});

test('an organisation that the hub has not opened, or that it serves otherwise, is not read', async () => {
  await withBoth(async ({ beside, folder }) => {
    const busy = { name: 'HubError', message: /HUB-501/ };
    await assert.rejects(beside.tenant('nobody.test'), busy);
    const elsewhere = openReadingStore({
      folder,
      model,
      clock: systemClock,
      observe: ignoreEvents,
      baseUrl: () => 'https://elsewhere.test',
      append: async () => {},
    });
    await assert.rejects(elsewhere.tenant(id), busy);
    await elsewhere.close();
    const tenant = await beside.tenant(id);
    assert.equal(await beside.tenant(id), tenant);
    await tenant.close();
    assert.notEqual(await beside.tenant(id), tenant);
  });
});

test('whoever has been protected is so for every read of another thread from then on', async () => {
  await withBoth(async ({ hub, folder }) => {
    const persons = 300;
    await deliver(
      hub,
      ...Array.from({ length: persons }, (_, number) => entry(person, { fodselsnummer: `P${number}` })),
    );
    const shared = new SharedArrayBuffer(8);
    const turn: Turn = { folder, base, id, shared, persons };
    const thread = new Worker(new URL('./reading-thread.ts', import.meta.url), { workerData: turn });
    const ended = new Promise<unknown>((resolve, reject) => {
      thread.once('message', resolve);
      thread.once('error', reject);
    });
    const state = new Int32Array(shared);
    // The thread reads all the while.
    while (Atomics.load(state, 1) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    for (let number = 0; number < persons; number += 1) {
      await deliver(hub, entry(person, { fodselsnummer: `P${number}` }, { marking: 2 }));
      Atomics.store(state, 0, number + 1);
      if (number % 10 === 0) await new Promise(setImmediate);
    }
    assert.deepEqual(await ended, { missed: 0, looked: true });
  });
});
