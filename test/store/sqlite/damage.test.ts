// Damage in the midst of a file, and a file cut off while it is open: HUB-512 where it is met, everything else goes on, and the process lives.
import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { HubError } from '#base/errors.ts';
import { ignoreEvents } from '#base/events.ts';
import type { FilterExpr } from '#model/filter.ts';
import { openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import type { Store, TenantStore } from '#store/store.ts';
import { base, deliver, elev, entry, model, partsOf, planFor, setClock, uidsOf } from '../conformance/world.ts';

const root = mkdtempSync(path.join(tmpdir(), 'damage-'));
after(() => rmSync(root, { recursive: true, force: true }));

const open = (folder: string): Promise<Store> =>
  openSqliteStore({ folder, model, clock: setClock(), observe: ignoreEvents, baseUrl: () => base });

const rows = 3_000;
const attributes = { kontaktinformasjon: { epostadresse: 'x'.repeat(900) } };
const pupils = [...Array(rows).keys()].map((each) => entry(elev, { systemid: `E${each}` }, { attributes }));

const filled = async (name: string): Promise<{ readonly folder: string; readonly file: string }> => {
  const folder = path.join(root, name);
  const store = await open(folder);
  await deliver(await store.tenant('a.test'), ...pupils);
  await store.close();
  return { folder, file: path.join(folder, 'tenants', 'a.test', 'data.db') };
};

const plan = planFor(elev);
const filter: FilterExpr = {
  kind: 'compare',
  path: { names: ['kontaktinformasjon', 'epostadresse'], kind: 'string' },
  operator: 'eq',
  value: { kind: 'text', value: 'y' },
};

/** Every way to read, each with what came of it. */
const readAll = async (tenant: TenantStore): Promise<readonly unknown[]> => {
  const ways: readonly (() => unknown)[] = [
    () => tenant.reads.uids(plan),
    async () => tenant.reads.load(plan, await uidsOf(tenant, elev)),
    async () => {
      for await (const part of partsOf(tenant.reads, plan, { offset: 0, size: 0 }))
        if ('read' in part) await part.read();
    },
    () => tenant.reads.select(plan, { filter, since: null }, Number.POSITIVE_INFINITY),
    () => tenant.reads.changes(plan, 0, 1_000_000),
    async () => {
      for (let each = 0; each < rows; each += 10)
        await tenant.reads.read(plan, { field: 'systemid', value: `E${each}` });
    },
    () => tenant.reads.dangling(plan),
    () => tenant.runs.runs({ limit: 10 }),
    () =>
      deliver(
        tenant,
        ...pupils.map((each) => ({
          ...each,
          resource: { ...each.resource, attributes: `${each.resource.attributes}` },
        })),
      ),
  ];
  const outcomes: unknown[] = [];
  for (const way of ways)
    outcomes.push(
      await Promise.resolve()
        .then(way)
        .then(
          () => 'read',
          (error: unknown) => error,
        ),
    );
  return outcomes;
};

const onlyDamage = (outcomes: readonly unknown[]): void => {
  for (const outcome of outcomes)
    if (outcome !== 'read')
      assert.ok(outcome instanceof HubError && outcome.problem.code === 'HUB-512', String(outcome));
  assert.ok(
    outcomes.some((outcome) => outcome !== 'read'),
    'the damage is met',
  );
};

test('pages of the file are overwritten', async () => {
  const { folder, file } = await filled('overwritten');
  const size = statSync(file).size;
  const handle = openSync(file, 'r+');
  for (let at = 8192 * 20; at + 8192 < size; at += 8192 * 3) writeSync(handle, Buffer.alloc(8192, 0xa5), 0, 8192, at);
  closeSync(handle);
  const store = await open(folder);
  const outcomes = await store.tenant('a.test').then(readAll, (error: unknown) => [error]);
  onlyDamage(outcomes);
  assert.equal((await store.tenant('b.test')).id, 'b.test', 'other organisations go on');
  await store.close();
});

test('the file is cut off while it is open', async () => {
  const { folder, file } = await filled('cut');
  const store = await open(folder);
  const tenant = await store.tenant('a.test');
  assert.equal((await uidsOf(tenant, elev)).length, rows);
  truncateSync(file, Math.floor(statSync(file).size / 3 / 8192) * 8192);
  onlyDamage(await readAll(tenant));
  await store.close();
});
