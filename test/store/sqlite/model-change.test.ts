// A hub that starts with another model: bodies and indexes follow it, clients are told what has changed, and classes that are gone do no harm.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ignoreEvents } from '#base/events.ts';
import type { FilterExpr } from '#model/filter.ts';
import type { Collection, Model } from '#model/model.ts';
import { openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import type { Store } from '#store/store.ts';
import {
  changesOf,
  collectionAt,
  deliver,
  elev,
  elevforhold,
  entry,
  linksOf,
  model,
  person,
  selected,
  setClock,
  skole,
  to,
} from '../conformance/world.ts';

const changed = (at: string, more: Partial<Collection>): readonly [string, Collection] => [
  at,
  { ...collectionAt(at), ...more },
];

/** The model as it may have been before: enrolments did not show on pupils, and family names were not indexed. */
const before: Model = {
  ...model,
  collections: new Map([
    ...model.collections,
    changed(elevforhold, {
      links: new Map(
        [...collectionAt(elevforhold).links].map(([name, rule]) => [
          name,
          name === 'elev' ? { ...rule, inverse: null } : rule,
        ]),
      ),
    }),
    changed(person, { indexed: [] }),
  ]),
};
/** And as it may become: without schools. */
const after: Model = {
  ...model,
  collections: new Map([...model.collections].filter(([at]) => at !== skole)),
};

const byName: FilterExpr = {
  kind: 'compare',
  path: { names: ['navn', 'etternavn'], kind: 'string' },
  operator: 'eq',
  value: { kind: 'text', value: 'berg' },
};

test('bodies and indexes follow the model', async () => {
  assert.ok(collectionAt(person).indexed.includes('navn/etternavn'));
  const folder = mkdtempSync(path.join(tmpdir(), 'model-'));
  const open = (current: Model): Promise<Store> =>
    openSqliteStore({
      folder,
      model: current,
      clock: setClock(),
      observe: ignoreEvents,
      baseUrl: () => 'https://hub.test',
    });
  try {
    let store = await open(before);
    let tenant = await store.tenant('a.test');
    await deliver(
      tenant,
      entry(elev, { systemid: 'E1' }),
      entry(skole, { systemid: 'S1' }),
      entry(
        elevforhold,
        { systemid: 'F1' },
        { links: { elev: [to(elev, 'systemid', 'E1')], skole: [to(skole, 'systemid', 'S1')] } },
      ),
      entry(person, { fodselsnummer: '01810112345' }, { attributes: { navn: { fornavn: 'Kari', etternavn: 'Berg' } } }),
    );
    assert.deepEqual(await linksOf(tenant, elev, 'systemid', 'E1', 'elevforhold'), []);
    const position = await tenant.reads.lastPosition();
    await store.close();

    store = await open(model);
    tenant = await store.tenant('a.test');
    assert.equal((await linksOf(tenant, elev, 'systemid', 'E1', 'elevforhold')).length, 1);
    assert.equal((await selected(tenant, person, byName)).length, 1);
    assert.deepEqual(
      (await changesOf(tenant, elev, position)).map(({ kind }) => kind),
      ['updated'],
    );
    assert.equal(await tenant.reads.lastPosition(), position + 1);
    await store.close();

    store = await open(after);
    tenant = await store.tenant('a.test');
    assert.equal((await linksOf(tenant, elev, 'systemid', 'E1', 'elevforhold')).length, 1);
    await store.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
