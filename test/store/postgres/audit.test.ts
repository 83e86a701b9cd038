// The audit on PostgreSQL: one chain over all processes, durable when it says so, refused when it cannot be, sealed by one at a time, and proved
// by the independent verifier from the text that its owner fetches.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { openAudit } from '#store/postgres/audit.ts';
import type { AuditDeps, TenantAudit } from '#store/postgres/audit.ts';
import { numberOf } from '#store/postgres/cells.ts';
import type { Database } from '#store/postgres/database.ts';
import { openDriver } from '#store/postgres/driver.ts';
import { Wire } from '#store/postgres/wire.ts';
import type { AuditRecord } from '#store/store.ts';
import { verifyChain } from '#verify/audit-verify.ts';
import type { Verdict } from '#verify/audit-verify.ts';
import { rows, run, testDatabase } from '../../postgres/database.ts';
import type { TestDatabase } from '../../postgres/database.ts';
import { startProxy } from '../../postgres/proxy.ts';
import { durable, ownServer } from '../../postgres/server.ts';
import { keySet, makeKey, organisation, record, start } from '../../verify/audit-world.ts';
import { until } from './until.ts';

const { key, published } = await makeKey();
const keys = keySet(published);

type World = {
  readonly place: TestDatabase;
  /** Another process with the organisation open. */
  readonly open: (more?: Partial<AuditDeps>) => Promise<{ readonly audit: TenantAudit; readonly database: Database }>;
};

const tenant = 7;

const inWorld = async (work: (world: World) => Promise<void>): Promise<void> => {
  const place = await testDatabase();
  const closing: (() => Promise<void>)[] = [];
  try {
    await work({
      place,
      open: async (more = {}) => {
        const database = await openDriver({ url: place.url, clock: systemClock });
        closing.push(() => database.close());
        const audit = await openAudit({
          database,
          clock: systemClock,
          tenant,
          organisation,
          key: () => key,
          failed: (error) => assert.fail(String(error)),
          ...more,
        });
        closing.unshift(() => audit.close());
        return { audit, database };
      },
    });
  } finally {
    for (const close of closing) await close();
    await place.drop();
  }
};

const chainText = async ({ trail }: TenantAudit): Promise<string> => {
  let text = '';
  for await (const lines of trail.chain()) text += lines;
  return text;
};

const linesIn = (text: string): readonly string[] => text.split('\n').slice(0, -1);

const proved = async (audit: TenantAudit): Promise<Verdict> =>
  verifyChain({ organisation, lines: linesIn(await chainText(audit)), keys });

const some = (from: number, count: number): readonly AuditRecord[] =>
  Array.from({ length: count }, (_, index) => record(from + index));

const idsOf = (records: readonly AuditRecord[]): readonly string[] => records.map(({ id }) => id);

test('reads and writes of several processes are one chain, each exactly once, and the verifier proves it', () =>
  inWorld(async ({ open }) => {
    const processes = await Promise.all([open(), open(), open()]);
    const waits: Promise<unknown>[] = [];
    for (let round = 0; round < 40; round += 1)
      for (const [at, { audit, database }] of processes.entries()) {
        for (const one of some(round * 100 + at * 30, 20)) waits.push(audit.appendAudit(one));
        waits.push(
          database
            .transaction(tenant, (connection) => audit.within(connection, some(round * 100 + at * 30 + 20, 2)))
            .then(audit.written),
        );
        if (round % 10 === 0) waits.push(audit.trail.seal());
        if (round % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    await Promise.all(waits);
    const { audit } = processes[0];
    await audit.trail.seal();
    const ids = idsOf(await audit.newest({ limit: 100_000 }));
    assert.equal(ids.length, 40 * 3 * 22);
    assert.equal(new Set(ids).size, ids.length);
    const verdict = await proved(audit);
    assert.deepEqual(verdict.broken, []);
    assert.deepEqual([verdict.ok, verdict.records, verdict.unsealed], [true, ids.length, 0]);
    assert.ok(verdict.commits < ids.length / 2, `${verdict.commits} commits`);
    assert.ok(verdict.checkpoints >= 2);
  }));

test('what the server computes is what the chain says, whatever a record holds', () =>
  inWorld(async ({ open }) => {
    const { audit } = await open();
    const odd = ['bokmål – «æøå»', '\u0000\u0001 \\u0000', '"}]\n\r\t\\', '😀\ud800', 'x'.repeat(200_000), ''];
    for (const [index, details] of odd.entries()) await audit.appendAudit(record(index + 1, { details }));
    await audit.trail.seal();
    assert.deepEqual((await proved(audit)).broken, []);
    assert.deepEqual((await audit.newest({ limit: 10 })).map(({ details }) => details).toReversed(), odd);
  }));

test('a write that fails leaves no record, and no hole in the chain', () =>
  inWorld(async ({ open }) => {
    const { audit, database } = await open();
    await audit.appendAudit(record(1));
    const broken = database.transaction(tenant, async (connection) => {
      await audit.within(connection, some(2, 3));
      throw new Error('broken');
    });
    await assert.rejects(broken, /broken/);
    const last = await database.transaction(tenant, (connection) => audit.within(connection, some(5, 2)));
    assert.equal(last, 3);
    assert.equal(await database.transaction(tenant, (connection) => audit.within(connection, [])), 0);
    assert.deepEqual(idsOf(await audit.newest({ limit: 10 })), ['r6', 'r5', 'r1']);
    await audit.trail.seal();
    assert.deepEqual((await proved(audit)).broken, []);
  }));

test('when it cannot be recorded it is refused: nothing is kept back and given later', () =>
  inWorld(async ({ open, place }) => {
    const { audit } = await open({ failed: () => {} });
    await audit.appendAudit(record(1));
    await run(place.adminUrl, 'ALTER TABLE bindeledd.audit_head RENAME TO gone');
    const refused = await Promise.allSettled(some(2, 5).map((one) => audit.appendAudit(one)));
    for (const one of refused)
      assert.ok(one.status === 'rejected' && one.reason instanceof HubError && one.reason.problem.code === 'HUB-504');
    await run(place.adminUrl, 'ALTER TABLE bindeledd.gone RENAME TO audit_head');
    await audit.appendAudit(record(7));
    assert.deepEqual(idsOf(await audit.newest({ limit: 10 })), ['r7', 'r1']);
  }));

/** Holds the head of the audit as somebody else's transaction would; gives what ends it. */
const holdHead = async (url: string): Promise<() => Promise<void>> => {
  const wire = await Wire.open({ url, applicationName: 'test', connectMs: 10_000, settings: [] });
  await wire.command(`BEGIN; SELECT 1 FROM bindeledd.audit_head WHERE tenant = ${tenant} FOR UPDATE`);
  return async () => {
    await wire.command('COMMIT');
    await wire.close();
  };
};

test('somebody who holds the head is waited for until the limit of the audit, whatever other statements may wait', () =>
  inWorld(async ({ place }) => {
    const patient = { statementMs: 3_600_000, lockMs: 3_600_000 };
    const database = await openDriver({ url: place.url, clock: systemClock, ...patient });
    const audit = await openAudit({
      database,
      clock: systemClock,
      tenant,
      organisation,
      key: () => key,
      failed: () => {},
    });
    const isWaiting = async (): Promise<boolean> => {
      const [found] = await rows(
        place.adminUrl,
        "SELECT count(*)::integer AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      return found?.['n'] === 1;
    };
    try {
      let release = await holdHead(place.adminUrl);
      const early = audit.appendAudit(record(1));
      await until(isWaiting);
      await release();
      await early;
      release = await holdHead(place.adminUrl);
      const writing = database.transaction(tenant, async (connection) => {
        await connection.query({ name: '', text: "SELECT set_config('lock_timeout', '50', true)" }, []);
        await audit.within(connection, some(2, 1));
      });
      const refused = [writing, ...some(3, 3).map((one) => audit.appendAudit(one))];
      for (const one of await Promise.allSettled(refused))
        assert.ok(one.status === 'rejected' && one.reason instanceof HubError && one.reason.problem.code === 'HUB-504');
      await release();
      await audit.appendAudit(record(6));
      assert.deepEqual(idsOf(await audit.newest({ limit: 10 })), ['r6', 'r1']);
    } finally {
      await audit.close();
      await database.close();
    }
  }));

test('a commit whose answer never comes is given up in time, and told as what could not be recorded', () =>
  inWorld(async ({ place }) => {
    await using proxy = await startProxy(place.url);
    const ticking: { readonly ms: number; readonly ring: () => void }[] = [];
    const clock: Clock = {
      ...systemClock,
      // Nobody looks whether the server is there: it is, and does not answer this.
      every: () => () => {},
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          ticking.push({ ms, ring: resolve });
          signal?.addEventListener('abort', () => resolve());
        }),
    };
    const database = await openDriver({ url: proxy.url, clock });
    const audit = await openAudit({ database, clock, tenant, organisation, key: () => key, failed: () => {} });
    await audit.appendAudit(record(1));
    proxy.freeze();
    const lost = audit.appendAudit(record(2));
    lost.catch(() => {});
    const known = ticking.length;
    await until(() => ticking.length > known);
    const timer = ticking.at(-1);
    assert.ok(timer !== undefined && timer.ms > limits.auditMs && 3 * timer.ms < limits.requestMs, `${timer?.ms}`);
    timer.ring();
    await assert.rejects(lost, (error) => error instanceof HubError && error.problem.code === 'HUB-504');
    proxy.cut();
    await database.close();
  }));

test('more than may wait is refused with HUB-501', () =>
  inWorld(async ({ open, place }) => {
    const { audit } = await open();
    await audit.appendAudit(record(1));
    await run(place.adminUrl, 'UPDATE bindeledd.audit_head SET next = next');
    const waits = some(2, limits.auditQueue + 5).map((one) => audit.appendAudit(one));
    const results = await Promise.allSettled(waits);
    const refused = results.filter(({ status }) => status === 'rejected');
    assert.equal(refused.length, 5);
    for (const one of refused)
      assert.ok(one.status === 'rejected' && one.reason instanceof HubError && one.reason.problem.code === 'HUB-501');
    assert.equal((await proved(audit)).lastSequence, limits.auditQueue + 1);
  }));

test('processes seal by turns: one signature for a state, signed over the one before', () =>
  inWorld(async ({ open }) => {
    const [one, two] = [await open(), await open()];
    assert.equal(await one.audit.trail.seal(), null);
    await one.audit.appendAudit(record(1));
    const sealed = await Promise.all([one, two, one, two].map(({ audit }) => audit.trail.seal()));
    assert.equal(new Set(sealed.map((made) => made?.signature)).size, 1);
    await two.audit.appendAudit(record(2));
    await Promise.all([one, two, one, two].map(({ audit }) => audit.trail.seal()));
    const [newest, first, ...rest] = await one.audit.trail.checkpoints({ limit: 10 });
    assert.deepEqual([newest?.number, newest?.sequence, newest?.previous], [2, 2, first?.signature]);
    assert.deepEqual(rest, []);
    assert.deepEqual(await two.audit.trail.checkpoints({ before: 2, limit: 10 }), [first]);
  }));

test('what a process left unsealed when it died, another one signs within two rounds; a moment after a signature it leaves it', () =>
  inWorld(async ({ open }) => {
    let now = start;
    const ticks: (() => void)[] = [];
    const clock: Clock = {
      ...systemClock,
      now: () => now,
      every: (ms, call) => {
        if (ms === 60_000) ticks.push(call);
        return () => {};
      },
    };
    const dying = await open({ clock: { ...systemClock, every: () => () => {} } });
    await dying.audit.appendAudit(record(1));
    const checkpoint = async (): Promise<number> =>
      (await dying.audit.trail.checkpoints({ limit: 1 }))[0]?.sequence ?? 0;
    await dying.audit.trail.seal();
    const other = await open({ clock });
    await dying.audit.appendAudit(record(2));
    const tick = async (): Promise<void> => {
      for (const call of ticks) call();
      await new Promise((resolve) => setTimeout(resolve, 200));
    };
    now = systemClock.now() + 10_000;
    await tick();
    assert.equal(await checkpoint(), 1, 'signed a moment ago');
    now += 60_000;
    await tick();
    assert.equal(await checkpoint(), 2);
    await other.audit.trail.seal();
  }));

test('a scan finds by every question in either order, also in long stretches and while others record', () =>
  inWorld(async ({ open }) => {
    const { audit, database } = await open();
    for (let at = 1; at <= 3_000; at += 500)
      await database.transaction(tenant, async (connection) => {
        await audit.within(connection, some(at, 300));
        return audit.within(connection, some(at + 300, 200));
      });
    const found = async (query: object): Promise<readonly number[]> => {
      const all: number[] = [];
      for await (const entries of audit.trail.scan({ order: 'oldest', ...query }))
        all.push(...entries.map(({ sequence }) => sequence));
      return all;
    };
    const numbers = Array.from({ length: 3_000 }, (_, index) => index + 1);
    assert.deepEqual(await found({}), numbers);
    assert.deepEqual(await found({ order: 'newest' }), numbers.toReversed());
    assert.deepEqual(
      await found({ client: 'c3', decision: 'deny' }),
      numbers.filter((one) => one % 7 === 3 && one % 11 === 0),
    );
    assert.deepEqual(await found({ from: start + 250, to: start + 310 }), numbers.slice(249, 310));
    assert.deepEqual(await found({ beyond: 2_990 }), numbers.slice(2_990));
    assert.deepEqual(await found({ order: 'newest', beyond: 4 }), [3, 2, 1]);
    assert.deepEqual(await found({ client: 'c' }), []);
    const entries = audit.trail.scan({ order: 'oldest' })[Symbol.asyncIterator]();
    await entries.next();
    assert.equal(await audit.trail.trim(start + 2_000), 1_800);
    await entries.return?.();
    assert.deepEqual(await found({}), numbers.slice(1_800));
  }));

test('a trimmed audit is proved from the cut on; one that is trimmed while it is told is refused', () =>
  inWorld(async ({ open }) => {
    const { audit } = await open();
    for (const one of some(1, 30)) await audit.appendAudit(one);
    await audit.trail.seal();
    const telling = audit.trail.chain()[Symbol.asyncIterator]();
    await telling.next();
    await telling.next();
    assert.equal(await audit.trail.trim(start + 11), 10);
    await assert.rejects(
      async () => {
        while ((await telling.next()).done !== true);
      },
      (error: unknown) => error instanceof HubError && error.problem.code === 'HUB-501',
    );
    const verdict = await proved(audit);
    assert.deepEqual(verdict.broken, []);
    assert.deepEqual([verdict.firstSequence, verdict.lastSequence], [11, 30]);
    assert.equal(await audit.trail.trim(Number.MAX_SAFE_INTEGER), 19);
    assert.deepEqual((await proved(audit)).broken, []);
  }));

test('what somebody alters in the tables is found', () =>
  inWorld(async ({ open, place }) => {
    const { audit } = await open({ failed: () => {} });
    for (let at = 1; at <= 60; at += 3) {
      await Promise.all(some(at, 3).map((one) => audit.appendAudit(one)));
      if (at % 4 === 0) await audit.trail.seal();
    }
    await audit.trail.seal();
    const whole = await proved(audit);
    assert.deepEqual(whole.broken, []);
    const at = Math.floor(whole.lastSequence / 2);
    const row = `(SELECT max(first) FROM audit_commit WHERE tenant = ${tenant} AND first <= ${at})`;
    const spoils = [
      `UPDATE audit_commit SET records = replace(records, '"rule":"g1"', '"rule":"g2"') WHERE first = ${row}`,
      `UPDATE audit_commit SET to_at = to_at + 1 WHERE first = ${row}`,
      `UPDATE audit_commit SET outbox = 4 WHERE first = ${row}`,
      `DELETE FROM audit_commit WHERE first = ${row}`,
      `DELETE FROM audit_commit WHERE first > ${row}`,
      `DELETE FROM audit_commit WHERE first < ${row}`,
      `DELETE FROM audit_commit`,
      `DELETE FROM checkpoint WHERE number = 2`,
      `DELETE FROM checkpoint`,
      `UPDATE checkpoint SET record = replace(record, '"at":1', '"at":2') WHERE number = 2`,
      `UPDATE checkpoint SET sequence = sequence + 1 WHERE number = 2`,
    ];
    for (const spoil of spoils) {
      await run(
        place.adminUrl,
        `SET search_path TO bindeledd; CREATE TABLE kept_commit AS TABLE audit_commit; CREATE TABLE kept_checkpoint AS TABLE checkpoint; ${spoil}`,
      );
      assert.equal((await proved(audit)).ok, false, spoil);
      await run(
        place.adminUrl,
        `SET search_path TO bindeledd; TRUNCATE audit_commit, checkpoint; INSERT INTO audit_commit TABLE kept_commit;
         INSERT INTO checkpoint TABLE kept_checkpoint; DROP TABLE kept_commit, kept_checkpoint`,
      );
      assert.equal((await proved(audit)).ok, true, 'put back');
    }
  }));

test('what was acknowledged is there after the server has crashed, and the chain goes on', async () => {
  const server = await ownServer(durable);
  const place = await testDatabase(server.url);
  const database = await openDriver({ url: place.url, clock: systemClock });
  const deps = { database, clock: systemClock, tenant, organisation, key: () => key, failed: () => {} };
  try {
    const audit = await openAudit(deps);
    const acknowledged = new Set<string>();
    let [number, refused] = [0, 0];
    for (let crash = 0; crash < 2; crash += 1) {
      const client = { going: true };
      const clients = Array.from({ length: 16 }, async () => {
        while (client.going) {
          const one = record((number += 1));
          try {
            await audit.appendAudit(one);
            acknowledged.add(one.id);
          } catch (error) {
            assert.ok(error instanceof HubError && error.problem.code === 'HUB-504', String(error));
            refused += 1;
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        }
      });
      await new Promise((resolve) => setTimeout(resolve, 300));
      await server.stop('immediate');
      const before = acknowledged.size;
      await server.start();
      await until(() => acknowledged.size > before);
      client.going = false;
      await Promise.all(clients);
    }
    assert.ok(refused > 0);
    await audit.trail.seal();
    const ids = idsOf(await audit.newest({ limit: 1_000_000 }));
    const there = new Set(ids);
    assert.equal(there.size, ids.length, 'none twice');
    assert.deepEqual(
      [...acknowledged].filter((id) => !there.has(id)),
      [],
    );
    assert.deepEqual((await proved(audit)).broken, []);
    await audit.close();
  } finally {
    await database.close();
    await server[Symbol.asyncDispose]();
  }
});

test('no organisation sees or continues the audit of another', () =>
  inWorld(async ({ open }) => {
    const { audit, database } = await open();
    const neighbour = await open({ tenant: 8, organisation: 'b.test' });
    await audit.appendAudit(record(1));
    await neighbour.audit.appendAudit(record(2));
    assert.deepEqual(idsOf(await audit.newest({ limit: 10 })), ['r1']);
    assert.deepEqual(idsOf(await neighbour.audit.newest({ limit: 10 })), ['r2']);
    // Row-level security stands behind the statements.
    const [row] = await database.query(8, { name: 'all', text: 'SELECT count(*) AS rows FROM audit_commit' }, []);
    assert.equal(numberOf(row, 'rows'), 1);
    await assert.rejects(
      database.query(8, { name: 'foreign', text: 'INSERT INTO audit_head (tenant, next, hash) VALUES (9, 1, $1)' }, [
        Buffer.alloc(32),
      ]),
    );
  }));
