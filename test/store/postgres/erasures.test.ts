// The ledger of erasures outlives the data: what an older state of the database still holds is erased when a hub opens the organisation.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ignoreEvents } from '#base/events.ts';
import { openPostgresStore } from '#store/postgres/postgres-store.ts';
import type { PostgresStore } from '#store/postgres/postgres-store.ts';
import { run, testDatabase } from '../../postgres/database.ts';
import { base, bodyOf, deliver, elev, entry, linksOf, model, person, setClock, to } from '../conformance/world.ts';

const national = '12910054321';

const open = (url: string): Promise<PostgresStore> =>
  openPostgresStore({ url, model, clock: setClock(), observe: ignoreEvents, baseUrl: () => base });

test('entries that came after the restored moment are followed by whoever opens the organisation first', async () => {
  const place = await testDatabase();
  const older = `${place.name}_older`;
  const at = (url: string): string => url.replace(`/${place.name}`, `/${older}`);
  try {
    let store = await open(place.url);
    let tenant = await store.tenant('a.test');
    await deliver(
      tenant,
      entry(person, { fodselsnummer: national }),
      entry(elev, { systemid: 'E1' }, { links: { person: [to(person, 'fodselsnummer', national)] } }),
    );
    await store.close();
    await run(place.adminUrl, `CREATE DATABASE ${older} TEMPLATE ${place.name}`);
    store = await open(place.url);
    tenant = await store.tenant('a.test');
    const id = await tenant.write(async (tx) => {
      const [uid] = await tx.match(person, [{ field: 'fodselsnummer', value: national }]);
      const made = await tx.erase([uid ?? 0], 'case 1');
      await tx.settle();
      return made;
    });
    const [row] = await store.database.query(
      1,
      { name: 'ledger', text: 'SELECT id, at, reason, hashes FROM erasure WHERE tenant = $1' },
      [1],
    );
    await store.close();
    assert.equal(row?.['id'], id);
    const hashes = row['hashes'];
    assert.ok(Array.isArray(hashes) && hashes.length === 1);

    await run(
      at(place.adminUrl),
      `INSERT INTO bindeledd.erasure (tenant, number, id, at, reason, hashes)
         VALUES (1, 1, '${String(id)}', 1, 'case 1', ARRAY['${String(hashes[0])}']);
       UPDATE bindeledd.tenant_state SET erasures = 1, commits = commits + 1`,
    );
    store = await open(at(place.url));
    tenant = await store.tenant('a.test');
    assert.equal(await bodyOf(tenant, person, 'fodselsnummer', national), null);
    assert.deepEqual(await linksOf(tenant, elev, 'systemid', 'E1', 'person'), []);
    assert.equal(tenant.erasures.size(), 1);
    const position = await tenant.reads.lastPosition();
    await store.close();
    // Once is enough.
    store = await open(at(place.url));
    assert.equal(await (await store.tenant('a.test')).reads.lastPosition(), position);
    await store.close();
  } finally {
    await run(place.adminUrl, `DROP DATABASE IF EXISTS ${older} WITH (FORCE)`);
    await place.drop();
  }
});
