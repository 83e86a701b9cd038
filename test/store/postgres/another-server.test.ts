// After another server took over: what the hub remembers of the one before is not told, though every position and version is the same there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fjord, identified, list, onlyGrants, openWorld, paths, put } from '../../hub/world.ts';
import { run, testDatabase } from '../../postgres/database.ts';
import { postgres } from '../conformance/dialects.ts';
import { until } from './until.ts';

test('pages that were remembered are those of the server that is there now', async () => {
  const place = await testDatabase();
  const world = await openWorld({ ...postgres, place: async () => ({ at: place.url, dispose: place.drop }) });
  try {
    await onlyGrants(world, {});
    await put(
      world,
      paths.subject,
      Array.from({ length: 300 }, (_, index) => ({
        systemId: identified(`f${index}`),
        navn: 'det ene',
        beskrivelse: '',
      })),
    );
    const text = async (): Promise<string> => (await list(world.hub, paths.subject)).text;
    const { reads } = await world.store.tenant(fjord);
    // The second time keeps it, the third is told what was kept.
    for (let time = 0; time < 3; time += 1) assert.ok((await text()).includes('det ene'));
    await run(
      place.adminUrl,
      `UPDATE bindeledd.resource SET body = convert_to(replace(convert_from(body, 'UTF8'), 'det ene', 'det andre'), 'UTF8')`,
    );
    await run(
      place.adminUrl,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${place.name}' AND pid <> pg_backend_pid()`,
    );
    await until(async () => (await world.store.tenant(fjord)).reads !== reads, 10_000);
    await until(async () => !(await text().catch(() => 'det ene')).includes('det ene'), 10_000);
    assert.equal((await text()).split('det andre').length, 301);
  } finally {
    await world.close();
  }
});
