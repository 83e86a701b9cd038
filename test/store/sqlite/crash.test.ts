// What is left when the process dies: killed in the midst of writing, and stopped between a commit and the moving of its audit records.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { ignoreEvents } from '#base/events.ts';
import { systemRandom } from '#base/random.ts';
import type { HubEvent } from '#base/events.ts';
import type { AuditWriter } from '#store/sqlite/audit-writer.ts';
import { currentAuditKey } from '#store/audit-keys.ts';
import { createAuditWriter } from '#store/sqlite/audit-writer.ts';
import { openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import { openTenant } from '#store/sqlite/tenant.ts';
import type { AuditRecord, TenantStore } from '#store/store.ts';
import {
  base,
  bodyOf,
  changesOf,
  elev,
  elevforhold,
  linksOf,
  model,
  place,
  planFor,
  setClock,
  uidsOf,
} from '../conformance/world.ts';

const root = mkdtempSync(path.join(tmpdir(), 'crash-'));
after(() => rmSync(root, { recursive: true, force: true }));

const kills = 8;

test('kill -9 while writing: what was acknowledged is there whole, nothing is there by half, audit exactly once', async () => {
  const folder = path.join(root, 'killed');
  const acknowledged: number[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const writer = spawn(process.execPath, [path.join(import.meta.dirname, 'hub-process.ts'), folder, 'write']);
    let said = '';
    writer.stdout.on('data', (chunk: Buffer) => {
      const started = said !== '';
      said += chunk.toString();
      if (!started) setTimeout(() => writer.kill('SIGKILL'), 3 + kill * 9);
    });
    await once(writer, 'close');
    const numbers = said.split('\n').slice(0, -1).map(Number);
    assert.ok(numbers.length > 0 && numbers.every(Number.isInteger), said.slice(0, 200));
    acknowledged.push(...numbers);
  }
  const store = await openSqliteStore({ folder, model, clock: setClock(), observe: ignoreEvents, baseUrl: () => base });
  const tenant = await store.tenant('a.test');
  const pupils = await tenant.reads.load(planFor(elev), await uidsOf(tenant, elev));
  const found = new Set(pupils.map(({ body }) => String(JSON.parse(body.toString()).systemId.identifikatorverdi)));
  for (const number of acknowledged) assert.ok(found.delete(`E${number}`), `transaction ${number} is missing`);
  found.delete('shared');
  assert.ok(found.size <= kills, 'at most one unacknowledged transaction for each kill');
  const all = [...acknowledged, ...[...found].map((each) => Number(each.slice(1)))].sort((a, b) => a - b);
  for (const number of all)
    assert.deepEqual(await linksOf(tenant, elev, 'systemid', `E${number}`, 'elevforhold'), [
      place(elevforhold, 'systemid', `F${number}`),
    ]);
  assert.equal((await tenant.reads.stats(planFor(elevforhold))).count, all.length);
  assert.equal((await tenant.reads.stats(planFor(elev))).count, all.length + 1);
  const shared: { kontaktinformasjon?: { epostadresse: string } } = JSON.parse(
    (await bodyOf(tenant, elev, 'systemid', 'shared')) ?? '',
  );
  assert.ok(shared.kontaktinformasjon === undefined || all.includes(Number(shared.kontaktinformasjon.epostadresse)));
  const positions = [...(await changesOf(tenant, elev)), ...(await changesOf(tenant, elevforhold))].map(
    ({ position }) => position,
  );
  assert.deepEqual(
    positions.sort((a, b) => a - b),
    [...Array(positions.length).keys()].map((index) => index + 1),
  );
  const audited = (await tenant.audit({ limit: 1_000_000 })).map(({ id }) => Number(id)).sort((a, b) => a - b);
  assert.deepEqual(audited, all);
  await store.close();
});

const record = (id: string): AuditRecord => ({
  id,
  at: 1,
  request: '',
  issuer: '',
  client: 'c',
  token: '',
  api: '',
  operation: 'deliver',
  collection: elev,
  decision: 'allow',
  rule: '',
  count: 1,
  subjects: [],
  seen: null,
  details: '',
});

const auditKey = await currentAuditKey({
  platform: { auditKeys: () => [], putAuditKey: () => {} },
  now: () => 0,
});

const openWith = (
  folder: string,
  auditWriter: AuditWriter,
  observe: (event: HubEvent) => void = ignoreEvents,
): Promise<TenantStore> =>
  openTenant({
    id: 'a.test',
    folder: path.join(root, folder),
    model,
    clock: setClock(),
    observe,
    baseUrl: () => base,
    extraBackLinks: () => true,
    auditWriter,
    random: systemRandom,
    erasureKey: () => Buffer.alloc(32),
    auditKey: () => auditKey,
  });

const writeAudit = (tenant: TenantStore, ...ids: readonly string[]): Promise<void> =>
  tenant.write(async (tx) => {
    for (const id of ids) await tx.audit(record(id));
    await tx.settle();
  });

const idsIn = async (tenant: TenantStore): Promise<readonly string[]> =>
  (await tenant.audit({ limit: 100 })).map(({ id }) => id).toReversed();

/** A writer whose moves out of the outbox are in other hands. */
const movingBy = (real: AuditWriter, by: (move: () => Promise<void>) => Promise<void>): AuditWriter => ({
  ...real,
  appender: (at, written) => {
    const appender = real.appender(at, written);
    return { ...appender, move: (rows) => by(() => appender.move(rows)) };
  },
});

const withWriter = async (work: (writer: AuditWriter) => Promise<void>): Promise<void> => {
  const writer = createAuditWriter();
  try {
    await work(writer);
  } finally {
    await writer.close();
  }
};

test('records that a crash left in the outbox are moved at the next start; those that were moved already are not moved again', () =>
  withWriter(async (real) => {
    const dead = movingBy(real, () => Promise.reject(new Error('gone')));
    const events: string[] = [];
    const crashed = await openWith('outbox', dead, (event) => events.push(event.kind));
    await writeAudit(crashed, '1', '2');
    await writeAudit(crashed, '3');
    await crashed.close();
    assert.ok(events.includes('audit-failed'), 'it does not go unnoticed');

    const opened = await openWith('outbox', real);
    assert.deepEqual(await idsIn(opened), ['1', '2', '3']);
    await writeAudit(opened, '4');
    assert.deepEqual(await idsIn(opened), ['1', '2', '3', '4']);
    await opened.close();

    // The last records are still in the outbox, as after a crash between moving and forgetting.
    const again = await openWith('outbox', real);
    assert.deepEqual(await idsIn(again), ['1', '2', '3', '4']);
    await writeAudit(again, '5');
    assert.deepEqual(await idsIn(again), ['1', '2', '3', '4', '5']);
    await again.close();
  }));

test('a failed move does not lose what comes after it', () =>
  withWriter(async (real) => {
    let broken = true;
    const flaky = movingBy(real, (move) => (broken ? Promise.reject(new Error('full')) : move()));
    const tenant = await openWith('flaky', flaky);
    await writeAudit(tenant, 'a');
    await writeAudit(tenant, 'b');
    broken = false;
    await writeAudit(tenant, 'c');
    assert.deepEqual(await idsIn(tenant), ['a', 'b', 'c']);
    await tenant.close();
  }));

test('the audit thread at rest does not keep a process alive', () => {
  const writer = import.meta.resolve('#store/sqlite/audit-writer.ts');
  const script = `import { createAuditWriter } from ${JSON.stringify(writer)}; createAuditWriter();`;
  const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 20_000 });
  assert.equal(status, 0);
});
