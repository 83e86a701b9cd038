// The scripts that an operator runs around a restore of a database to an earlier moment: who was erased stays erased, the audit goes on without a
// gap, and followers of the feed are told. A copy of the database stands for the restored one. Needs psql, as the operator does.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ignoreEvents } from '#base/events.ts';
import { publicAuditKey } from '#hub/audit-trail.ts';
import { openPostgresStore } from '#store/postgres/postgres-store.ts';
import type { TenantStore } from '#store/store.ts';
import { verifyChain } from '#verify/audit-verify.ts';
import { run, testDatabase } from '../postgres/database.ts';
import { record } from '../verify/audit-world.ts';
import { base, bodyOf, deliver, entry, model, person, planFor, setClock } from '../store/conformance/world.ts';

const scripts = join(import.meta.dirname, '../../deploy/postgresql');
const national = '11910012345';
const other = '12910054321';
const clock = setClock();

const named = (url: string, database: string): string => {
  const address = new URL(url);
  address.pathname = `/${database}`;
  return address.href;
};

const open = (url: string) => openPostgresStore({ url, model, clock, observe: ignoreEvents, baseUrl: () => base });

const psql = (url: string, script: string, cwd: string, ...words: readonly string[]) =>
  spawnSync('psql', ['--no-psqlrc', '-At', ...words, '-f', join(scripts, script), url], { cwd, encoding: 'utf8' });

const chainOf = async (tenant: TenantStore): Promise<readonly string[]> => {
  let text = '';
  for await (const piece of tenant.trail.chain()) text += piece;
  return text.split('\n').filter((line) => line !== '');
};

const skip = spawnSync('psql', ['--version']).status === 0 ? false : 'psql is not installed';

describe('after a restore to an earlier moment', { skip }, () => {
  it('what must not go back has not, and a second time changes nothing more', { timeout: 60_000 }, async () => {
    const database = await testDatabase();
    const place = mkdtempSync(join(tmpdir(), 'bindeledd-restore-'));
    const restored = `${database.name}_restored`;
    let store = await open(database.url);
    try {
      let tenant = await store.tenant('a.test');
      await deliver(tenant, entry(person, { fodselsnummer: national }), entry(person, { fodselsnummer: other }));
      for (const number of [1, 2, 3]) await tenant.appendAudit(record(number));
      const ended = await tenant.reads.lastPosition();
      await store.close();
      await run(database.adminUrl, `CREATE DATABASE "${restored}" TEMPLATE "${database.name}"`);

      // What comes after the moment that is gone back to.
      store = await open(database.url);
      tenant = await store.tenant('a.test');
      const erased = await tenant.reads.read(planFor(person, 'a.test'), { field: 'fodselsnummer', value: national });
      assert.ok(erased !== null);
      await tenant.write(async (tx) => {
        await tx.erase([erased.uid], 'case 1');
        await tx.settle();
      });
      for (const number of [4, 5]) await tenant.appendAudit(record(number));
      await store.tenant('later.test');
      await store.close();

      const saved = psql(database.adminUrl, 'save-record.sql', place);
      assert.equal(saved.status, 0, saved.stderr);
      assert.equal(readdirSync(place).length, 8);
      for (const turn of [1, 2]) {
        const done = psql(named(database.adminUrl, restored), 'after-restore.sql', place);
        assert.equal(done.status, 0, done.stderr);
        const [line = '', missing = ''] = done.stdout.trim().split('\n');
        assert.match(line, turn === 1 ? /^a\.test\|\d+\|1\|\d+ records put back$/ : /^a\.test\|\d+\|1\|the same$/);
        assert.equal(missing, 'later.test');
      }

      store = await open(named(database.url, restored));
      tenant = await store.tenant('a.test');
      assert.equal(await bodyOf(tenant, person, 'fodselsnummer', national), null);
      assert.notEqual(await bodyOf(tenant, person, 'fodselsnummer', other), null);
      assert.deepEqual(tenant.erasures.isErased([{ collection: person, field: 'fodselsnummer', value: national }]), [
        true,
      ]);
      const epochs = await tenant.reads.epochs();
      assert.deepEqual(
        epochs.map(({ until }) => until),
        [ended, ended, null],
      );
      assert.equal(new Set(epochs.map(({ name }) => name)).size, 3);
      const beside = psql(named(database.adminUrl, restored), 'after-restore.sql', place);
      assert.notEqual(beside.status, 0);
      assert.match(beside.stderr, /A hub is connected/);
      for (const number of [6, 7]) await tenant.appendAudit(record(number));
      const keys = { keys: (await store.platform.auditKeys()).map(publicAuditKey) };
      const lines = await chainOf(tenant);
      const verdict = verifyChain({ organisation: 'a.test', lines, keys });
      assert.ok(verdict.ok, JSON.stringify(verdict));
      for (const number of [1, 4, 5, 7])
        assert.ok(
          lines.some((line) => line.includes(`r${number}`)),
          `record ${number}`,
        );
    } finally {
      await store.close();
      rmSync(place, { recursive: true });
      await run(database.adminUrl, `DROP DATABASE IF EXISTS "${restored}" WITH (FORCE)`);
      await database.drop();
    }
  });
});
