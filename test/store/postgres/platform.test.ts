// The platform of many processes over one database: what one changes, all know within five seconds, or they do not answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import { systemRandom } from '#base/random.ts';
import { openDriver } from '#store/postgres/driver.ts';
import { createNotices } from '#store/postgres/notices.ts';
import { openPlatform } from '#store/postgres/platform.ts';
import type { PostgresPlatform } from '#store/postgres/platform.ts';
import { openRevision, staleAfterMs } from '#store/postgres/revision.ts';
import type { Grant } from '#store/store.ts';
import { run, testDatabase } from '../../postgres/database.ts';
import type { TestDatabase } from '../../postgres/database.ts';
import { ownServer } from '../../postgres/server.ts';
import { until } from './until.ts';

const grant: Grant = {
  id: 'g1',
  application: 'client-1',
  organisation: 'fjordheim.test',
  collections: ['*'],
  actions: ['read'],
  fields: null,
  withhold: [],
  rows: null,
  environment: 'test',
  from: null,
  to: null,
  purpose: 'test',
  agreement: null,
  createdAt: 1,
};

type Open = { readonly platform: PostgresPlatform; readonly close: () => Promise<void> };

/** The platform as a process of its own has it. `deaf`: hears no notices. */
const opened = async (url: string, { deaf = false, clock = systemClock as Clock } = {}): Promise<Open> => {
  const database = await openDriver({ url, clock: systemClock });
  const notices = createNotices({ database, clock: systemClock, random: systemRandom });
  const platform = await openPlatform({
    database,
    clock,
    notices: deaf ? { tell: notices.tell, listen: () => () => {} } : notices,
  });
  return {
    platform,
    close: async () => {
      platform.close();
      notices.close();
      await database.close();
    },
  };
};

const inDatabase = async (
  work: (
    database: TestDatabase,
    open: (options?: { deaf?: boolean; clock?: Clock }) => Promise<PostgresPlatform>,
  ) => Promise<void>,
): Promise<void> => {
  const database = await testDatabase();
  const open: Open[] = [];
  try {
    await work(database, async (options) => {
      const one = await opened(database.url, options);
      open.push(one);
      return one.platform;
    });
  } finally {
    await Promise.all(open.map(({ close }) => close()));
    await database.drop();
  }
};

const refusal = (error: unknown): boolean => error instanceof HubError && error.problem.code === 'HUB-503';

/** Asks many times as a hub does; gives the worst time until the change is seen, ms. */
const timeUntil = async (holds: () => Promise<boolean>): Promise<number> => {
  const started = performance.now();
  await until(holds, 5_000);
  return performance.now() - started;
};

test('a grant and its end reach another process in a moment, and a process that hears nothing within two seconds', () =>
  inDatabase(async (_, open) => {
    const [one, two, deaf] = [await open(), await open(), await open({ deaf: true })];
    for (const change of [() => one.putGrant(grant), () => one.removeGrant('g1')]) {
      const before = [await two.revision(), await deaf.revision()] as const;
      await change();
      const [quick, slow] = await Promise.all([
        timeUntil(async () => (await two.revision()) > before[0]),
        timeUntil(async () => (await deaf.revision()) > before[1]),
      ]);
      assert.ok(quick < 500, `${quick} ms by notice`);
      assert.ok(slow < 2_000, `${slow} ms without`);
      const known = await one.grantsOf('client-1');
      assert.deepEqual(await two.grantsOf('client-1'), known);
      assert.deepEqual(await deaf.grantsOf('client-1'), known);
    }
  }));

/** Puts a grant, and finds the revision raised as soon as it is put. */
const raise = async (platform: PostgresPlatform, id: string): Promise<void> => {
  const before = await platform.revision();
  await platform.putGrant({ ...grant, id });
  assert.ok((await platform.revision()) > before);
};

test('a change by this process shows at once in it, also of many at once', () =>
  inDatabase(async (_, open) => {
    const [one, two] = [await open(), await open()];
    await Promise.all(Array.from({ length: 30 }, (__, index) => raise(index % 2 === 0 ? one : two, `g${index}`)));
    assert.equal((await one.grants()).length, 30);
  }));

test('what was changed while nobody listened is found when listening begins again', () =>
  inDatabase(async (database, open) => {
    const [one, two] = [await open(), await open()];
    const before = await two.revision();
    // Every connection of everybody ends; what is told meanwhile nobody hears.
    await run(
      database.adminUrl,
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await until(async () => {
      try {
        await one.putGrant(grant);
        return true;
      } catch (error) {
        assert.ok(refusal(error), String(error));
        return false;
      }
    });
    const took = await timeUntil(async () => (await two.revision()) > before);
    assert.ok(took < 5_000);
    await until(async () => (await two.grants()).length === 1);
  }));

test('a database that was put back to an earlier state is seen as a change, and numbers go on growing', () =>
  inDatabase(async (database, open) => {
    const one = await open();
    for (let index = 0; index < 5; index += 1) await one.putGrant({ ...grant, purpose: `${index}` });
    const before = await one.revision();
    await run(database.adminUrl, 'UPDATE bindeledd.revision SET value = 1');
    await until(async () => (await one.revision()) > before);
    const after = await one.revision();
    await one.putGrant(grant);
    assert.ok((await one.revision()) > after);
  }));

test('single-use ids, claims and secrets are exact over processes that ask at the same time', () =>
  inDatabase(async (_, open) => {
    const all = await Promise.all(Array.from({ length: 4 }, () => open()));
    const each = async <T>(ask: (platform: PostgresPlatform, at: number) => T | Promise<T>): Promise<readonly T[]> =>
      Promise.all(all.flatMap((platform, at) => [ask(platform, at), ask(platform, at + 10)]));
    for (let round = 0; round < 40; round += 1) {
      const wins = await each((platform) => platform.useOnce(`jti-${round}`, systemClock.now() + 60_000));
      assert.equal(wins.filter(Boolean).length, 1, `round ${round}`);
      const claims = await each((platform, at) =>
        platform.claim(`key-${round}`, { request: `r${at}`, subject: `s${at}`, expiresAt: systemClock.now() + 60_000 }),
      );
      assert.equal(new Set(claims.map((claim) => JSON.stringify(claim))).size, 1);
      const secrets = await each((platform) => platform.secret(`name-${round}`, () => systemRandom.bytes(32)));
      assert.equal(new Set(secrets.map((bytes) => bytes.toString('hex'))).size, 1);
      assert.equal(secrets[0]?.length, 32);
    }
  }));

test('a machine whose clock is a minute ahead lets no single-use id in again on another one', () =>
  inDatabase(async (_, open) => {
    let now = systemClock.now();
    const right: Clock = { ...systemClock, now: () => now };
    const ahead: Clock = { ...systemClock, now: () => now + 60_000 };
    const [one, two] = [await open({ clock: right }), await open({ clock: ahead })];
    assert.equal(await one.useOnce('jti', now + 120_000), true);
    now += 61_000;
    // Over by the other's clock, which now drops what is over.
    assert.equal(await two.useOnce('other', now + 120_000), true);
    assert.equal(await one.useOnce('jti', now + 59_000), false);
  }));

test('a user name belongs to one application, also when two processes give it at once', () =>
  inDatabase(async (_, open) => {
    const [one, two] = [await open(), await open()];
    const application = {
      name: 'x',
      kind: 'client',
      owner: 'fjordheim.test',
      describe: '',
      environment: 'test',
      secrets: [],
      jwks: null,
      disabled: false,
      createdAt: 1,
      login: { username: 'a@client.test', hash: 'h' },
    } as const;
    const put = await Promise.allSettled([
      one.putApplication({ ...application, id: 'a' }),
      two.putApplication({ ...application, id: 'b' }),
    ]);
    assert.deepEqual(put.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    assert.equal((await one.applications()).length, 1);
  }));

test('while the database is away nothing is answered from what is older than five seconds; back, all goes on', async () => {
  const server = await ownServer();
  const database = await testDatabase(server.url);
  const one = await opened(database.url);
  try {
    const known = await one.platform.revision();
    await server.stop('immediate');
    const stopped = performance.now();
    let answered = 0;
    let worst = 0;
    for (;;) {
      const asked = performance.now();
      try {
        await one.platform.revision();
        answered = asked - stopped;
      } catch (error) {
        assert.ok(refusal(error), String(error));
        worst = Math.max(worst, performance.now() - asked);
        if (asked - stopped > staleAfterMs + 700) break;
      }
      await sleep(20);
    }
    assert.ok(answered > 1_000, 'a database that is away for a moment is not noticed');
    assert.ok(answered <= staleAfterMs + 50, `answered ${answered} ms after it was gone`);
    assert.ok(worst < 200, `refused after ${worst} ms`);
    await server.start();
    const started = performance.now();
    await until(async () => {
      try {
        return (await one.platform.revision()) >= known;
      } catch {
        return false;
      }
    });
    assert.ok(performance.now() - started < 5_000);
    await one.platform.putGrant(grant);
    assert.equal((await one.platform.grants()).length, 1);
  } finally {
    await one.close();
    await server[Symbol.asyncDispose]();
  }
});

/** A revision over a database that does as the test says, with a clock that the test moves. */
const bench = async () => {
  const ticks: (() => void)[] = [];
  const state = { now: 0, value: 1, looks: 0, away: false, hanging: false };
  const clock: Clock = {
    ...systemClock,
    monotonic: () => state.now,
    sleep: async (ms, signal) => {
      await sleep(2, undefined, signal === undefined ? {} : { signal }).catch(() => {});
      if (signal?.aborted !== true) state.now += ms;
    },
    every: (_ms, call) => {
      ticks.push(call);
      return () => {};
    },
  };
  const revision = await openRevision({
    clock,
    look: async () => {
      state.looks += 1;
      const { value } = state;
      if (state.hanging) await new Promise(() => {});
      if (state.away) throw new Error('away');
      return value;
    },
  });
  return { state, revision, tick: () => ticks.forEach((call) => call()) };
};

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a process that was held up looks again before it answers, and one look serves all who wait', async () => {
  const { state, revision } = await bench();
  assert.equal(revision.current(), 1);
  state.now += 60_000;
  state.value = 5;
  const answers = await Promise.all(Array.from({ length: 50 }, () => revision.current()));
  assert.deepEqual(new Set(answers), new Set([5]));
  assert.equal(state.looks, 2);
  assert.equal(revision.current(), 5);
});

test('a database that answers nothing holds nobody up for long', async () => {
  const { state, revision } = await bench();
  state.hanging = true;
  state.now += staleAfterMs;
  assert.equal(revision.current(), 1);
  state.now += 1;
  const asked = state.now;
  await assert.rejects(async () => revision.current(), refusal);
  assert.ok(state.now - asked <= 200);
  // One that nobody waits for ends no process.
  state.now += 1_000;
  assert.notEqual(typeof revision.current(), 'number');
  await sleep(20);
});

test('a failure is not tried again by everyone, and each notice is looked after once', async () => {
  const { state, revision, tick } = await bench();
  state.away = true;
  state.now += staleAfterMs + 1;
  await assert.rejects(async () => revision.current(), refusal);
  const { looks } = state;
  for (let index = 0; index < 100; index += 1) assert.throws(() => revision.current(), refusal);
  assert.equal(state.looks, looks);
  state.away = false;
  state.now += 300;
  assert.equal(await revision.current(), 1);
  for (let index = 0; index < 100; index += 1) revision.listener.heard({ kind: 'platform' });
  revision.listener.heard({ kind: 'signal', topic: 'x' });
  await settled();
  assert.ok(state.looks <= looks + 3);
  state.value = 2;
  tick();
  await settled();
  assert.equal(revision.current(), 2);
  // An own change that a look under way has not seen is no step back.
  tick();
  revision.changed(3);
  await settled();
  assert.equal(revision.current(), 3);
});
