// What is not asked for ahead cannot be missed; and what follows from another address, model or setting, or from older data, asks ahead as well.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { ignoreEvents } from '#base/events.ts';
import type { Model } from '#model/model.ts';
import { openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import type { PreparedResource, Store } from '#store/store.ts';
import type { Rows } from '#store/writing/rows.ts';
import {
  base,
  bodyOf,
  collectionAt,
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
} from '../conformance/world.ts';
import { strictRows } from './strict-rows.ts';

const root = mkdtempSync(path.join(tmpdir(), 'ahead-'));
after(() => rmSync(root, { recursive: true, force: true }));

type Opening = { readonly rowsThrough?: (rows: Rows) => Rows; readonly baseUrl?: string; readonly of?: Model };

const open = (folder: string, { rowsThrough, baseUrl = base, of = model }: Opening): Promise<Store> =>
  openSqliteStore({
    folder,
    model: of,
    clock: setClock(),
    random: { uuid: () => '00000000-0000-4000-8000-000000000000', bytes: (length) => Buffer.alloc(length, 7) },
    observe: ignoreEvents,
    baseUrl: () => baseUrl,
    ...(rowsThrough === undefined ? {} : { rowsThrough }),
  });

const entries = [
  entry(person, { fodselsnummer: '01810512345' }, { marking: 2, attributes: { navn: { etternavn: 'Berg' } } }),
  entry(elev, { systemid: 'E1', elevnummer: '1' }, { links: { person: [to(person, 'fodselsnummer', '01810512345')] } }),
  entry(elevforhold, { systemid: 'F1' }, { links: { elev: [to(elev, 'elevnummer', '1')] } }),
  entry(elevforhold, { systemid: 'F2' }, { links: { elev: [to(elev, 'elevnummer', '1')] } }),
  entry(skole, { systemid: 'S1' }, { links: { elevforhold: [to(elevforhold, 'systemid', 'F1')] } }),
];

test('a work that does not ask for what it looks at fails', async () => {
  const folder = path.join(root, 'blind');
  const store = await open(folder, { rowsThrough: (rows) => ({ ...strictRows(rows), ready: () => null }) });
  const tenant = await store.tenant('a.test');
  await assert.rejects(deliver(tenant, ...entries), /was not asked for/);
  await store.close();
});

test('what was made ready for one work is not there for the next', async () => {
  const folder = path.join(root, 'forgetful');
  let isBlind = false;
  const store = await open(folder, {
    rowsThrough: (rows) => {
      const strict = strictRows(rows);
      return isBlind ? { ...strict, ready: () => null } : strict;
    },
  });
  const tenant = await store.tenant('a.test');
  await deliver(tenant, ...entries);
  isBlind = true;
  await assert.rejects(withdraw(tenant, elevforhold, 'systemid', 'F1'), /was not asked for/);
  await store.close();
});

test('single looks ask ahead, each in a work of its own', async () => {
  const store = await open(path.join(root, 'single'), { rowsThrough: strictRows });
  const tenant = await store.tenant('a.test');
  await deliver(tenant, ...entries);
  const pupil = { field: 'elevnummer', value: '1' };
  const [uid] = await tenant.write(async (tx) => tx.match(elev, [pupil]));
  assert.ok(typeof uid === 'number');
  const stored = await tenant.write(async (tx) => tx.read(uid));
  assert.equal(stored?.body.toString(), await bodyOf(tenant, elev, pupil.field, pupil.value));
  assert.ok(stored.changedAt > 0 && stored.position > 0);
  assert.equal(await tenant.write(async (tx) => tx.read(uid + 7)), null);
  assert.deepEqual((await tenant.write(async (tx) => tx.delivered(uid)))?.links.size, 1);
  await withdraw(tenant, elev, pupil.field, pupil.value, 5);
  const order = (field: string, value: string) => tenant.write(async (tx) => tx.removedOrder(elev, [{ field, value }]));
  assert.deepEqual(await order(pupil.field, pupil.value), [5]);
  assert.deepEqual(await order('systemid', 'nobody'), [null]);
  await store.close();
});

const pupils = (text: string) =>
  Array.from(
    { length: 40 },
    (_, at) =>
      entry(
        elev,
        { systemid: `E${at}`, elevnummer: `${at}` },
        {
          attributes: at % 2 === 0 ? { hybeladresse: { poststed: text } } : {},
          links: { elevforhold: [to(elevforhold, 'systemid', `F${text}${at}`)] },
        },
      ).resource,
  );

test('what is expected is put and removed without being asked for one by one', async () => {
  let asked = 0;
  const store = await open(path.join(root, 'expected'), {
    rowsThrough: (rows) => {
      const strict = strictRows(rows);
      return {
        ...strict,
        ready: (needs) => {
          const coming = strict.ready(needs);
          if (coming !== null) asked += 1;
          return coming;
        },
      };
    },
  });
  const tenant = await store.tenant('a.test');
  const asking = async (work: () => Promise<unknown>): Promise<number> => {
    asked = 0;
    await work();
    return asked;
  };
  const write = (resources: readonly PreparedResource[]) =>
    tenant.write(async (tx) => {
      await tx.expect?.(elev, resources);
      for (const resource of resources) {
        const uids = await tx.match(elev, resource.identifiers);
        await tx.put(elev, uids.find((uid) => uid !== null) ?? null, resource, 'test');
      }
      await tx.settle();
    });
  for (const text of ['a', 'b', 'b']) assert.ok((await asking(() => write(pupils(text)))) < 12, `${asked} questions`);
  const removing = await asking(() =>
    tenant.write(async (tx) => {
      const uids = await tx.match(
        elev,
        pupils('b').map(({ primary }) => primary),
      );
      const found = uids.filter((uid) => uid !== null);
      await tx.expectRemoved?.(found);
      for (const uid of found) await tx.remove(elev, uid, 1);
      await tx.settle();
      assert.equal(found.length, 40);
    }),
  );
  assert.ok(removing < 12, `${removing} questions`);
  await store.close();
});

/** Another address, model and setting one after the other, and at last older data under a ledger of erasures that knows more. */
const throughChanges = async (
  folder: string,
  rowsThrough?: (rows: Rows) => Rows,
): Promise<readonly (readonly [string, unknown])[]> => {
  const strict = rowsThrough === undefined ? {} : { rowsThrough };
  const plain: Model = {
    ...model,
    collections: new Map([...model.collections, [person, { ...collectionAt(person), indexed: [] }]]),
  };
  const at = path.join(folder, 'tenants', 'a.test', 'data.db');
  let store = await open(folder, { ...strict, of: plain });
  await organise(store, 'a.test', true);
  await deliver(await store.tenant('a.test'), ...entries);
  await store.close();

  store = await open(folder, { ...strict, baseUrl: 'https://elsewhere.test' });
  await store.tenant('a.test');
  await organise(store, 'a.test', false);
  await deliver(await store.tenant('a.test'), entry(elevforhold, { systemid: 'F3' }));
  await store.close();
  cpSync(at, `${at}.older`);

  store = await open(folder, { ...strict, baseUrl: 'https://elsewhere.test' });
  await (
    await store.tenant('a.test')
  ).write(async (tx) => {
    const [uid] = await tx.match(person, [{ field: 'fodselsnummer', value: '01810512345' }]);
    assert.ok(typeof uid === 'number' && (await tx.erase([uid], 'case 1')) !== null);
    await tx.settle();
  });
  await store.close();
  cpSync(`${at}.older`, at);
  rmSync(`${at}.older`);
  store = await open(folder, { ...strict, baseUrl: 'https://elsewhere.test' });
  await store.tenant('a.test');
  await store.close();

  const db = new DatabaseSync(at, { readOnly: true });
  try {
    const tables = ['resource', 'identifier', 'link', 'change', 'segment', 'attribute_index', 'past_subject'];
    return tables.map((table) => [table, db.prepare(`SELECT * FROM ${table}`).all()] as const);
  } finally {
    db.close();
  }
};

test('what follows from changes around the data asks ahead, and comes to the same', async () => {
  const [plain, ahead] = [
    await throughChanges(path.join(root, 'plain')),
    await throughChanges(path.join(root, 'ahead'), strictRows),
  ];
  assert.doesNotMatch(JSON.stringify(plain), /01810512345/);
  assert.match(JSON.stringify(plain), /elsewhere\.test/);
  assert.deepEqual(ahead, plain);
});
