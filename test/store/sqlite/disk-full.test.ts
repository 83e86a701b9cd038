// A full disk: a write says so and leaves nothing half done, reads go on, and when there is room again so do writes. Needs a small file
// system of its own; where the machine gives none, the test says loudly that it did not run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { HubError } from '#base/errors.ts';
import { ignoreEvents } from '#base/events.ts';
import { openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import {
  base,
  bodyOf,
  changesOf,
  deliver,
  elev,
  entry,
  model,
  planFor,
  setClock,
  uidsOf,
} from '../conformance/world.ts';

const isCode = (code: string) => (error: unknown) => {
  assert.ok(error instanceof HubError, String(error));
  assert.equal(error.problem.code, code);
  return true;
};

const big = (from: number, count: number) =>
  [...Array(count).keys()].map((each) =>
    entry(
      elev,
      { systemid: `E${from + each}` },
      { attributes: { kontaktinformasjon: { epostadresse: 'x'.repeat(2_000) } } },
    ),
  );

test('a full disk refuses writes, keeps reads, loses nothing', async (context) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'full-'));
  const mounted =
    process.platform === 'linux' &&
    process.getuid?.() === 0 &&
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', folder]).status === 0;
  if (!mounted) {
    rmSync(folder, { recursive: true });
    return context.skip('NOT TESTED: needs root and tmpfs for a disk that can be filled');
  }
  try {
    const store = await openSqliteStore({
      folder,
      model,
      clock: setClock(),
      observe: ignoreEvents,
      baseUrl: () => base,
    });
    const tenant = await store.tenant('a.test');
    await deliver(tenant, ...big(0, 100));
    assert.equal(await store.healthy(), true);
    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(path.join(folder, 'ballast'), Buffer.alloc(Math.max(0, bavail * bsize - 65_536)));

    const stats = await tenant.reads.stats(planFor(elev));
    await assert.rejects(deliver(tenant, ...big(1_000, 400)), isCode('HUB-502'));
    await assert.rejects(deliver(tenant, ...big(0, 1), ...big(2_000, 400)), isCode('HUB-502'));
    writeFileSync(path.join(folder, 'rest'), fill(folder));
    assert.equal(await store.healthy(), false);
    assert.deepEqual(await tenant.reads.stats(planFor(elev)), stats);
    assert.equal((await uidsOf(tenant, elev)).length, 100);
    assert.ok((await bodyOf(tenant, elev, 'systemid', 'E99'))?.includes('xxx'));
    assert.equal(await bodyOf(tenant, elev, 'systemid', 'E1000'), null);

    rmSync(path.join(folder, 'ballast'));
    rmSync(path.join(folder, 'rest'));
    assert.deepEqual(new Set(await deliver(tenant, ...big(1_000, 100))), new Set(['created']));
    assert.equal(await store.healthy(), true);
    assert.deepEqual(
      (await changesOf(tenant, elev)).map(({ position }) => position),
      [...Array(200).keys()].map((index) => index + 1),
    );
    await store.close();
  } finally {
    spawnSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true });
  }
});

/** As many bytes as are left. */
const fill = (folder: string): Buffer => {
  const { bavail, bsize } = statfsSync(folder);
  return Buffer.alloc(bavail * bsize);
};
