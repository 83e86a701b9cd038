// Reads that documents are made from are one statement each, however many resources they are asked for.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ignoreEvents } from '#base/events.ts';
import { createNames } from '#store/sqlite/names.ts';
import { createFeedReads } from '#store/sqlite/feed-reads.ts';
import { createRelatedReads } from '#store/sqlite/related-reads.ts';
import { openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import { base, deliver, elev, elevforhold, entry, model, planFor, setClock, to } from '../conformance/world.ts';

test('one statement each', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'related-'));
  const store = await openSqliteStore({
    folder,
    model,
    clock: setClock(),
    observe: ignoreEvents,
    baseUrl: () => base,
  });
  try {
    const tenant = await store.tenant('a.test');
    const numbers = Array.from({ length: 5_000 }, (_, index) => index);
    await deliver(
      tenant,
      ...numbers.map((each) =>
        entry(elevforhold, { systemid: `F${each}` }, { links: { elev: [to(elev, 'systemid', `E${each}`)] } }),
      ),
      ...numbers.map((each) => entry(elev, { systemid: `E${each}` })),
    );
    const db = new DatabaseSync(path.join(folder, 'tenants', 'a.test', 'data.db'), { readOnly: true });
    let asked = 0;
    const counting = new Proxy(db, {
      get: (target, name) =>
        name === 'prepare'
          ? (text: string) => {
              const statement = target.prepare(text);
              return {
                setReturnArrays: (on: boolean) => statement.setReturnArrays(on),
                all: (...values: (string | number)[]) => {
                  asked += 1;
                  return statement.all(...values);
                },
              };
            }
          : Reflect.get(target, name),
    });
    const names = createNames(db);
    const reads = {
      ...createRelatedReads({ db: counting, names }),
      ...createFeedReads({ db: counting, names, prepare: (text) => counting.prepare(text) }),
    };
    const pupils = await reads.uidsAfter(planFor(elev), 0, 5_000);
    assert.deepEqual([pupils.length, asked], [5_000, 1]);
    assert.equal((await reads.related(planFor(elev), 'elevforhold', pupils)).to.length, 5_000);
    assert.equal(asked, 2);
    assert.equal((await reads.heads(planFor(elev), pupils, 'values')).uids.length, 5_000);
    const some = pupils.filter((uid) => uid % 7 === 0);
    assert.equal((await reads.heads(planFor(elev), some, 'levels')).uids.length, some.length);
    assert.equal(asked, 4);
    assert.equal((await reads.changesOf([planFor(elev), planFor(elevforhold)], 0, 20_000)).length, 10_000);
    assert.equal(asked, 5);
    db.close();
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
