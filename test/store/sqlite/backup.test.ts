// Copies of a data directory: taken while a hub writes, put back whole or not at all, with what must not go back in time.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import type { ErrorCode } from '#base/errors.ts';
import { ignoreEvents } from '#base/events.ts';
import { systemRandom } from '#base/random.ts';
import { currentAuditKey, rotateAuditKey } from '#store/audit-keys.ts';
import { backUp, contentOf, manifestName } from '#store/sqlite/backup.ts';
import type { BackupManifest } from '#store/sqlite/backup.ts';
import { drill } from '#store/sqlite/drill.ts';
import { openAsIs } from '#store/sqlite/driver.ts';
import { putBack } from '#store/sqlite/restore.ts';
import type { Restored } from '#store/sqlite/restore.ts';
import { openSqliteStore, unfinishedRestore } from '#store/sqlite/sqlite-store.ts';
import type { Store, TenantStore } from '#store/store.ts';
import { base, bodyOf, deliver, elev, elevforhold, entry, model, person, planFor, to } from '../conformance/world.ts';

const root = mkdtempSync(path.join(tmpdir(), 'backup-'));
after(() => rmSync(root, { recursive: true, force: true }));

let places = 0;
const place = (): string => path.join(root, `p${(places += 1)}`);

const open = (folder: string): Promise<Store> =>
  openSqliteStore({ folder, model, clock: systemClock, observe: ignoreEvents, baseUrl: () => base });

const copy = (from: string, target: string): Promise<BackupManifest> =>
  backUp({ from, to: target, clock: systemClock, told: () => {}, contents: true });

const restore = (from: string, target: string, moveAside = false): Promise<Restored> =>
  putBack({ from, to: target, clock: systemClock, random: systemRandom, told: () => {}, moveAside });

const refuses = (code: ErrorCode, work: () => Promise<unknown>): Promise<void> =>
  assert.rejects(work, (error) => error instanceof HubError && error.problem.code === code);

/** Runs work on the store of an organisation, and closes it. */
const withTenant = async <T>(folder: string, work: (tenant: TenantStore) => Promise<T>, id = 'a.test'): Promise<T> => {
  const store = await open(folder);
  try {
    return await work(await store.tenant(id));
  } finally {
    await store.close();
  }
};

const pupils = (from: number, to_: number) =>
  [...Array(to_ - from).keys()].map((each) => entry(elev, { systemid: `E${from + each}` }));

const filled = async (): Promise<string> => {
  const folder = place();
  await withTenant(folder, (tenant) => deliver(tenant, ...pupils(0, 50)));
  await withTenant(folder, (tenant) => deliver(tenant, ...pupils(0, 3)), 'b.test');
  return folder;
};

const count = async (tenant: TenantStore): Promise<number> =>
  (await tenant.reads.stats(planFor(elev, tenant.id))).count;

const record = (id: string) => ({
  id,
  at: 1,
  request: 'r',
  issuer: 'i',
  client: 'c',
  token: 't',
  api: 'fint',
  operation: 'read',
  collection: elev,
  decision: 'allow' as const,
  rule: 'g',
  count: 1,
  subjects: [],
  seen: null,
  details: '',
});

/** All files below a folder whose bytes hold the text. */
const filesWith = (folder: string, text: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const file = path.join(folder, name);
    return statSync(file).isFile() && readFileSync(file).includes(text);
  });

test('a copy put back is the same: resources, feed, audit, secrets; under a new epoch', async () => {
  const folder = await filled();
  const before = await withTenant(folder, async (tenant) => {
    await tenant.appendAudit(record('1'));
    return { epochs: await tenant.reads.epochs(), position: await tenant.reads.lastPosition() };
  });
  const [target, back] = [place(), place()];
  const manifest = await copy(folder, target);
  assert.deepEqual(
    manifest.organisations.map(({ id, position }) => [id, position]),
    [
      ['a.test', 50],
      ['b.test', 3],
    ],
  );
  for (const name of readdirSync(target, { recursive: true, encoding: 'utf8' }))
    assert.equal(statSync(path.join(target, name)).mode & 0o077, 0, name);
  const restored = await restore(target, back);
  assert.equal(restored.movedTo, null);
  await withTenant(back, async (tenant) => {
    assert.equal(await count(tenant), 50);
    assert.deepEqual(
      (await tenant.audit({ limit: 9 })).map(({ id }) => id),
      ['1'],
    );
    const epochs = await tenant.reads.epochs();
    assert.deepEqual(epochs[0], { name: before.epochs[0]?.name, until: before.position });
    assert.ok(epochs.length >= 2);
    assert.equal(epochs.at(-1)?.until, null);
    assert.equal(new Set(epochs.map(({ name }) => name)).size, epochs.length);
    await deliver(tenant, ...pupils(50, 51));
    assert.equal(await tenant.reads.lastPosition(), before.position + 1);
  });
  assert.deepEqual(readdirSync(back).toSorted(), ['hub.lock', 'platform.db', 'tenants']);
});

test('a copy taken while a hub writes holds whole transactions only', async () => {
  const folder = place();
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'hub-process.ts'), folder, 'write'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(child.stdout, 'data');
    for (let round = 0; round < 3; round += 1) {
      await systemClock.sleep(150);
      const target = place();
      const manifest = await copy(folder, target);
      const back = place();
      await restore(target, back);
      const position = manifest.organisations[0]?.position ?? 0;
      assert.ok(position > 0);
      await withTenant(back, async (tenant) => {
        assert.ok((await tenant.reads.lastPosition()) >= position);
        const relations = (await tenant.reads.stats(planFor(elevforhold))).count;
        // Each transaction brings one of each, and the shared one stands beside them.
        assert.equal(await count(tenant), relations + 1);
        assert.equal((await tenant.audit({ limit: 1_000_000 })).length >= relations, true);
      });
    }
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

test('a copy that is not whole is refused before anything is touched', async () => {
  const folder = await filled();
  const spoilers: readonly (readonly [ErrorCode, (at: string) => void])[] = [
    ['HUB-204', (at) => rmSync(path.join(at, manifestName))],
    ['HUB-512', (at) => writeFileSync(path.join(at, manifestName), '{')],
    ['HUB-511', (at) => writeFileSync(path.join(at, manifestName), '{"format":2}')],
    ['HUB-512', (at) => rmSync(path.join(at, 'tenants', 'b.test', 'data.db'))],
    ['HUB-512', (at) => appendFileSync(path.join(at, 'platform.db'), 'x')],
    [
      'HUB-512',
      (at) => {
        const file = path.join(at, 'tenants', 'a.test', 'data.db');
        const bytes = readFileSync(file);
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        writeFileSync(file, bytes);
      },
    ],
    [
      'HUB-512',
      (at) => {
        const file = path.join(at, manifestName);
        writeFileSync(file, readFileSync(file, 'utf8').replace('platform.db', '../platform.db'));
      },
    ],
  ];
  for (const [code, spoil] of spoilers) {
    const [target, back] = [place(), place()];
    await copy(folder, target);
    spoil(target);
    await refuses(code, () => restore(target, back));
    assert.ok(!existsSync(path.join(back, 'platform.db')) && !existsSync(path.join(back, 'tenants')));
  }
});

test('nothing is overwritten: neither by a copy, nor by a restore, nor under a hub that runs', async () => {
  const folder = await filled();
  const target = place();
  await copy(folder, target);
  await refuses('HUB-409', () => copy(folder, target));
  await refuses('HUB-204', () => copy(place(), place()));
  await refuses('HUB-409', () => restore(target, folder));
  const empty = place();
  const store = await open(empty);
  await refuses('HUB-409', () => restore(target, empty));
  await refuses('HUB-510', () => restore(target, empty, true));
  await store.close();
  await withTenant(folder, async (tenant) => assert.equal(await count(tenant), 50));
});

test('data in the way are moved aside when asked; newer audit and keys are kept', async () => {
  const folder = await filled();
  const target = place();
  await copy(folder, target);
  await withTenant(folder, async (tenant) => {
    await deliver(tenant, ...pupils(50, 60));
    await tenant.appendAudit(record('after the copy'));
  });
  const key = await (async () => {
    const store = await open(folder);
    const bytes = await store.platform.secret('later', () => Buffer.from('kept'));
    await store.close();
    return bytes;
  })();
  const restored = await restore(target, folder, true);
  assert.ok(restored.movedTo !== null && existsSync(path.join(restored.movedTo, 'platform.db')));
  assert.deepEqual(
    restored.organisations.map(({ auditKept }) => auditKept),
    [true, true],
  );
  await withTenant(folder, async (tenant) => {
    assert.equal(await count(tenant), 50);
    await deliver(tenant, ...pupils(70, 71));
    assert.deepEqual(
      (await tenant.audit({ limit: 1 })).map(({ id }) => id),
      ['after the copy'],
    );
  });
  const store = await open(folder);
  assert.deepEqual(await store.platform.secret('later', () => Buffer.from('made anew')), key);
  await store.close();
  await withTenant(restored.movedTo ?? '', async (tenant) => assert.equal(await count(tenant), 60));
});

test('an old copy put back brings nothing of an erased person with it, in no file', async () => {
  const folder = place();
  const national = '11910012345';
  const marks = ['Umiskjennelig', 'umiskjennelig@example.test', national, 'S-4711-erased'];
  const family = (tenant: TenantStore): Promise<unknown> =>
    deliver(
      tenant,
      entry(
        person,
        { fodselsnummer: national },
        {
          attributes: {
            navn: { fornavn: 'Umiskjennelig', etternavn: 'x'.repeat(9_000) },
            kontaktinformasjon: { epostadresse: 'umiskjennelig@example.test' },
          },
          links: { elev: [to(elev, 'systemid', 'S-4711-erased')] },
        },
      ),
      entry(elev, { systemid: 'S-4711-erased', elevnummer: 'E1' }),
      entry(elevforhold, { systemid: 'F1' }, { links: { elev: [to(elev, 'systemid', 'S-4711-erased')] } }),
    );
  await withTenant(folder, async (tenant) => {
    await deliver(tenant, ...pupils(0, 300));
    await family(tenant);
    await deliver(tenant, ...pupils(300, 600));
  });
  const target = place();
  await copy(folder, target);
  for (const mark of marks) assert.ok(filesWith(target, mark).length > 0, 'the copy holds it');

  const store = await open(folder);
  const tenant = await store.tenant('a.test');
  await tenant.write(async (tx) => {
    const found = [
      ...(await tx.match(person, [{ field: 'fodselsnummer', value: national }])),
      ...(await tx.match(elev, [{ field: 'systemid', value: 'S-4711-erased' }])),
    ].filter((uid) => uid !== null);
    assert.equal(found.length, 2);
    assert.ok((await tx.erase(found, 'case 12')) !== null);
    await tx.settle();
  });
  // While the hub still runs.
  for (const mark of marks) assert.deepEqual(filesWith(folder, mark), [], mark);
  await store.close();
  for (const mark of marks) assert.deepEqual(filesWith(folder, mark), [], mark);

  const check = async (at: string): Promise<void> => {
    const running = await open(at);
    const again = await running.tenant('a.test');
    assert.equal(await bodyOf(again, person, 'fodselsnummer', national), null);
    assert.equal(await count(again), 600);
    assert.deepEqual(again.erasures.isErased([{ collection: person, field: 'fodselsnummer', value: national }]), [
      true,
    ]);
    assert.equal((await again.erasures.list())[0]?.reason, 'case 12');
    for (const mark of marks) assert.deepEqual(filesWith(at, mark), [], mark);
    await running.close();
    for (const mark of marks) assert.deepEqual(filesWith(at, mark), [], mark);
  };
  // Data moved aside by the restore; by hand, with the ledger left behind; and the copy with nothing but an old ledger.
  const aside = place();
  cpSync(folder, aside, { recursive: true });
  assert.deepEqual(
    (await restore(target, aside, true)).organisations.map(({ ledgerKept }) => ledgerKept),
    [true],
  );
  await check(aside);
  const byHand = place();
  mkdirSync(path.join(byHand, 'tenants', 'a.test'), { recursive: true });
  renameSync(
    path.join(folder, 'tenants', 'a.test', 'erasures.jsonl'),
    path.join(byHand, 'tenants', 'a.test', 'erasures.jsonl'),
  );
  await restore(target, byHand);
  await check(byHand);
});

/** Runs a restore in a process that is killed after a while; without one, to its end. Gives how long it took. */
const restoreKilled = async (from: string, target: string, afterMs: number | null): Promise<number> => {
  const script = path.join(import.meta.dirname, 'restore-process.ts');
  const child = spawn(process.execPath, [script, from, target], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  const started = systemClock.monotonic();
  if (afterMs !== null) {
    await systemClock.sleep(afterMs);
    child.kill('SIGKILL');
  }
  await exited;
  return systemClock.monotonic() - started;
};

/** A copy, and the data that went on since: more pupils, one of the copied ones erased, records of the audit. */
const copiedAndGoneOn = async (): Promise<{ readonly folder: string; readonly target: string }> => {
  const [folder, target] = [await filled(), place()];
  await withTenant(folder, (tenant) => tenant.appendAudit(record('before the copy')));
  await copy(folder, target);
  await withTenant(folder, async (tenant) => {
    await deliver(tenant, ...pupils(50, 60));
    await tenant.write(async (tx) => {
      const found = (await tx.match(elev, [{ field: 'systemid', value: 'E7' }])).filter((uid) => uid !== null);
      await tx.erase(found, 'case 7');
      await tx.settle();
    });
    await tenant.appendAudit(record('after the copy'));
  });
  return { folder, target };
};

const kills = 12;

test(`a restore that is killed ${kills} times is carried to its end by the next, and nothing comes back that was erased`, async (t) => {
  const { folder, target } = await copiedAndGoneOn();
  const byHand = place();
  mkdirSync(path.join(byHand, 'tenants', 'a.test'), { recursive: true });
  cpSync(
    path.join(folder, 'tenants', 'a.test', 'erasures.jsonl'),
    path.join(byHand, 'tenants', 'a.test', 'erasures.jsonl'),
  );
  const whole = place();
  cpSync(folder, whole, { recursive: true });
  const span = await restoreKilled(target, whole, null);
  let unfinished = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const at = place();
    const isByHand = kill % 3 === 2;
    cpSync(isByHand ? byHand : folder, at, { recursive: true });
    for (let round = 0; round < 2; round += 1)
      await restoreKilled(target, at, ((kill + 1) / kills) * span * (round === 0 ? 1 : 0.8));
    if (existsSync(path.join(at, unfinishedRestore))) {
      unfinished += 1;
      await refuses('HUB-512', () => open(at));
    }
    // A directory that the kill left untouched, or that was done, takes it as well.
    await restore(target, at, true);
    await withTenant(at, async (tenant) => {
      assert.equal(await count(tenant), 49);
      assert.equal(await bodyOf(tenant, elev, 'systemid', 'E7'), null);
      assert.equal((await tenant.erasures.list())[0]?.reason, 'case 7');
      const newest = isByHand ? 'before the copy' : 'after the copy';
      assert.equal((await tenant.audit({ limit: 1 }))[0]?.id, newest);
    });
    assert.deepEqual(readdirSync(at).toSorted(), ['hub.lock', 'platform.db', 'tenants']);
  }
  t.diagnostic(`${unfinished} of ${kills} were cut off between the first step and the last`);
});

test('the audit that was there stays only where it goes on from that of the copy', async () => {
  const [folder, older, newer] = [await filled(), place(), place()];
  await copy(folder, older);
  await withTenant(folder, (tenant) => tenant.appendAudit(record('only in the newer copy')));
  await copy(folder, newer);
  // The older copy is put in use and goes another way.
  const at = place();
  await restore(older, at);
  await withTenant(at, (tenant) => tenant.appendAudit(record('of the other way')));
  assert.deepEqual(
    (await restore(newer, at, true)).organisations.map(({ auditKept }) => auditKept),
    [false, true],
  );
  await withTenant(at, async (tenant) =>
    assert.equal((await tenant.audit({ limit: 1 }))[0]?.id, 'only in the newer copy'),
  );
});

const withPlatform = async <T>(at: string, work: (store: Store) => Promise<T>): Promise<T> => {
  const store = await open(at);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
};

test('a key of the audit that was put out of use after the copy does not come back with it', async () => {
  const [folder, target] = [await filled(), place()];
  const now = systemClock.now;
  const first = await withPlatform(folder, ({ platform }) => currentAuditKey({ platform, now }));
  await copy(folder, target);
  const second = await withPlatform(folder, ({ platform }) => rotateAuditKey({ platform, now }));
  await restore(target, folder, true);
  await withPlatform(folder, async ({ platform }) => {
    const keys = await platform.auditKeys();
    assert.equal(keys.find(({ id }) => id === first.id)?.privateJwk, null);
    assert.equal((await currentAuditKey({ platform, now })).id, second.id);
  });
});

test('a ledger that a crash cut off is used up to there; a damaged one, or one of another key, stops the opening', async () => {
  const folder = await filled();
  const ledger = path.join(folder, 'tenants', 'a.test', 'erasures.jsonl');
  await withTenant(folder, async (tenant) => {
    await tenant.write(async (tx) => {
      const [uid] = await tx.match(elev, [{ field: 'systemid', value: 'E7' }]);
      await tx.erase([uid ?? 0], 'case 1');
      await tx.settle();
    });
  });
  const whole = readFileSync(ledger, 'utf8');
  appendFileSync(ledger, '{"kind":"erased","id":"x"');
  await withTenant(folder, async (tenant) => {
    assert.equal((await tenant.erasures.list()).length, 1);
    assert.equal(await tenant.erasures.lift((await tenant.erasures.list())[0]?.id ?? ''), true);
  });
  assert.ok(readFileSync(ledger, 'utf8').startsWith(whole));
  await withTenant(folder, async (tenant) => assert.notEqual((await tenant.erasures.list())[0]?.liftedAt, null));
  const kept = readFileSync(ledger, 'utf8');
  for (const spoilt of [`nonsense\n${kept}`, kept.replace(/"key":"../, '"key":"__')]) {
    writeFileSync(ledger, spoilt);
    await refuses('HUB-512', () => withTenant(folder, async () => {}));
  }
});

test('a data.db that is put back by hand begins an epoch by itself, when the audit has gone further', async () => {
  const folder = await filled();
  const file = path.join(folder, 'tenants', 'a.test', 'data.db');
  const old = readFileSync(file);
  const names = await withTenant(folder, async (tenant) => {
    await tenant.write(async (tx) => {
      await tx.audit(record('w'));
      await tx.settle();
    });
    return (await tenant.reads.epochs()).map(({ name }) => name);
  });
  writeFileSync(file, old);
  await withTenant(folder, async (tenant) => {
    const epochs = await tenant.reads.epochs();
    assert.deepEqual(
      epochs.map(({ until }) => until),
      [50, null],
    );
    assert.equal(epochs[0]?.name, names[0]);
  });
});

test('a drill says that all is well, and what is not', async () => {
  const folder = await filled();
  const within = place();
  mkdirSync(within);
  const options = { from: folder, within, model, clock: systemClock, random: systemRandom, told: () => {} };
  const report = await drill(options);
  assert.deepEqual([report.ok, report.findings], [true, []]);
  assert.deepEqual(
    report.steps.map(({ name }) => name),
    ['backup', 'restore', 'check', 'open'],
  );
  assert.deepEqual(
    report.organisations.map(({ id, resources, collections }) => [id, resources, collections]),
    [
      ['a.test', 50, 1],
      ['b.test', 3, 1],
    ],
  );
  assert.ok(report.bytes > 10_000);
  const db = openAsIs(path.join(folder, 'tenants', 'a.test', 'data.db'));
  try {
    const [first] = contentOf(db, true);
    assert.match(first?.content ?? '', /^[0-9a-f]{64}$/);
  } finally {
    db.close();
  }
});
