// Quotas: the bucket of a minute and the civil day, limits of links, and several processes that share one quota, on both engines.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { civilDay, systemClock, type Clock } from '#base/clock.ts';
import type { HubEvent } from '#base/events.ts';
import { systemRandom } from '#base/random.ts';
import { createQuotas, type Quotas, type QuotaDeps } from '#hub/quotas.ts';
import { openDriver } from '#store/postgres/driver.ts';
import { createNotices } from '#store/postgres/notices.ts';
import { openPlatform as openPostgresPlatform } from '#store/postgres/platform.ts';
import { openPlatform } from '#store/sqlite/platform.ts';
import type { Link, PlatformStore, QuotaUse } from '#store/store.ts';
import { testDatabase } from '../postgres/database.ts';

const noon = Date.parse('2026-11-22T11:00:00Z');
const second = 1_000;
const minute = 60_000;

type Hand = Clock & { readonly pass: (ms: number) => void; readonly ticks: () => void };

/** A clock that stands still until time passes. */
const handClock = (from = noon): Hand => {
  let at = from;
  const calls = new Set<() => void>();
  return {
    ...systemClock,
    now: () => at,
    monotonic: () => at - noon + 1_000_000,
    every: (_ms, call) => {
      calls.add(call);
      return () => void calls.delete(call);
    },
    pass: (ms) => {
      at += ms;
    },
    ticks: () => calls.forEach((call) => call()),
  };
};

const link: Link = {
  id: 'link-1',
  application: 'app',
  organisation: 'fjordheim.test',
  environment: 'sandbox',
  scopes: [],
  schools: null,
  agreement: { reference: 'A-1', from: null, to: null },
  purpose: 'test',
  clearance: 0,
  createdAt: 1,
  endedAt: null,
};

/** A platform in memory, as one process after the other sees it. */
const memoryPlatform = () => {
  const rows = new Map<string, QuotaUse>();
  const state = { links: [] as readonly Link[], revision: 0, broken: false, calls: 0 };
  const platform: QuotaDeps['platform'] = {
    revision: () => state.revision,
    links: () => state.links,
    addQuotaUse: (environment, uses) => {
      state.calls += 1;
      if (state.broken) throw new Error('the disk is full');
      for (const use of uses) {
        const key = `${environment} ${use.application} ${use.organisation} ${use.day}`;
        rows.set(key, { ...use, used: use.used + (rows.get(key)?.used ?? 0) });
      }
    },
    quotaUse: (_environment, since) => [...rows.values()].filter(({ at }) => at >= since),
    dropQuotaUse: (before) => {
      for (const [key, { day }] of rows) if (day < before) rows.delete(key);
    },
  };
  return { platform, state, rows };
};

const who = { client: 'app', tenant: 'fjordheim.test' };

const made = (more: Partial<QuotaDeps> = {}, clock = handClock()): Promise<Quotas> =>
  createQuotas({
    platform: memoryPlatform().platform,
    clock,
    observe: () => {},
    environment: 'sandbox',
    usual: { perMinute: 60, perDay: 1_000 },
    others: false,
    ...more,
  });

/** Takes until refused; gives how many were let through. */
const drain = (quotas: Quotas, whose = who, most = 100_000): number => {
  for (let taken = 0; taken < most; taken += 1) if (quotas.take(whose).retryAfter !== null) return taken;
  return most;
};

describe('the minute', () => {
  test('lets a full bucket through at once, and then as many as flow in', async () => {
    const clock = handClock();
    const quotas = await made({}, clock);
    const first = quotas.take(who);
    assert.deepEqual(first.burst, { limit: 60, left: 59, seconds: 1 });
    assert.equal(first.retryAfter, null);
    assert.equal(drain(quotas), 59);
    const refused = quotas.take(who);
    assert.deepEqual(refused.burst, { limit: 60, left: 0, seconds: 60 });
    assert.equal(refused.retryAfter, 1);
    clock.pass(999);
    assert.equal(quotas.take(who).retryAfter, 1);
    clock.pass(1);
    assert.equal(drain(quotas), 1);
    clock.pass(30 * second);
    assert.equal(drain(quotas), 30);
    clock.pass(10 * minute);
    assert.equal(drain(quotas), 60);
  });

  test('never lets more through than the bucket and what has flowed in, and nearly that', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 900 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 20 * second }), fc.nat(50)), { maxLength: 60 }),
        async (perMinute, steps) => {
          const clock = handClock();
          const quotas = await made({ usual: { perMinute, perDay: 0 } }, clock);
          const from = clock.now();
          let through = 0;
          let weight = 0;
          for (const [pause, asks] of steps) {
            clock.pass(pause);
            weight = Math.max(0, weight - (pause / minute) * perMinute);
            for (let at = 0; at < asks; at += 1) {
              const { retryAfter, burst, day } = quotas.take(who);
              assert.equal(day, null);
              if (Math.abs(weight + 1 - perMinute) > 1e-4)
                assert.equal(retryAfter === null, weight + 1 < perMinute, `${weight}`);
              assert.ok(burst !== null && burst.left >= 0 && burst.left <= perMinute && burst.seconds <= 60);
              if (retryAfter === null) [through, weight] = [through + 1, weight + 1];
              else assert.ok(retryAfter >= 1 && retryAfter <= 61);
            }
            assert.ok(through <= perMinute + ((clock.now() - from) / minute) * perMinute + 1);
          }
        },
      ),
      // As a fraction of a second more than a minute.
      { examples: [[11, [[0, 11]]]] },
    ));

  test('waiting as long as it says is enough', async () => {
    const clock = handClock();
    const quotas = await made({ usual: { perMinute: 7, perDay: 0 } }, clock);
    drain(quotas);
    for (let times = 0; times < 20; times += 1) {
      const { retryAfter } = quotas.take(who);
      assert.ok(retryAfter !== null);
      clock.pass(retryAfter * second);
      assert.equal(quotas.take(who).retryAfter, null);
    }
  });
});

const dayOf = (text: string): readonly [string, string, string] => {
  const { date, from, to } = civilDay(Date.parse(text));
  return [date, new Date(from).toISOString(), new Date(to).toISOString()];
};

describe('the day', () => {
  test('ends at midnight in Norway, and what was used of it with it', async () => {
    const clock = handClock(Date.parse('2026-11-22T22:50:00Z'));
    const quotas = await made({ usual: { perMinute: 0, perDay: 100 } }, clock);
    assert.equal(drain(quotas), 100);
    const refused = quotas.take(who);
    assert.deepEqual(refused, { burst: null, day: { limit: 100, left: 0, seconds: 600 }, retryAfter: 600 });
    clock.pass(600 * second - 1);
    assert.equal(quotas.take(who).retryAfter, 1);
    clock.pass(1);
    assert.deepEqual(quotas.take(who).day, { limit: 100, left: 99, seconds: 86_400 });
    assert.equal(quotas.usage(who).day.resetAt, '2026-11-23T23:00:00Z');
    assert.equal(quotas.usage(who).day.date, '2026-11-23');
  });

  test('has 23, 24 or 25 hours', () => {
    const plain = ['2026-11-22', '2026-11-21T23:00:00.000Z', '2026-11-22T23:00:00.000Z'];
    assert.deepEqual(dayOf('2026-11-21T23:00:00.000Z'), plain);
    assert.deepEqual(dayOf('2026-11-22T22:59:59.999Z'), plain);
    assert.deepEqual(dayOf('2026-11-22T23:00:00.000Z')[0], '2026-11-23');
    const spring = ['2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'];
    assert.deepEqual(dayOf('2026-03-28T23:00:00Z'), spring);
    assert.deepEqual(dayOf('2026-03-29T21:59:59Z'), spring);
    const autumn = ['2026-10-25', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'];
    assert.deepEqual(dayOf('2026-10-24T22:00:00Z'), autumn);
    assert.deepEqual(dayOf('2026-10-25T22:59:59Z'), autumn);
    assert.equal(dayOf('2026-07-01T21:59:59Z')[0], '2026-07-01');
    assert.equal(dayOf('2026-07-01T22:00:00Z')[0], '2026-07-02');
  });

  test('what was counted just before midnight is told as of the day that it was of', async () => {
    const { platform, rows } = memoryPlatform();
    const clock = handClock(Date.parse('2026-11-22T22:59:59Z'));
    const quotas = await made({ platform }, clock);
    drain(quotas, who, 5);
    clock.pass(2 * second);
    drain(quotas, who, 3);
    await quotas.exchange();
    assert.deepEqual(
      [...rows.values()].map(({ day, used }) => [day, used]),
      [
        ['2026-11-22', 5],
        ['2026-11-23', 3],
      ],
    );
  });
});

test('each application has its own quota in each organisation, and that of its link where it has one', async () => {
  const { platform, state } = memoryPlatform();
  state.links = [
    { ...link, quota: { perMinute: 5, perDay: null } },
    { ...link, id: 'link-2', organisation: 'havnes.test', quota: { perMinute: 0, perDay: 0 } },
    { ...link, id: 'link-3', organisation: 'over.test', endedAt: 5, quota: { perMinute: 1, perDay: 1 } },
    { ...link, id: 'link-4', organisation: 'test.test', environment: 'test', quota: { perMinute: 1, perDay: 1 } },
    { ...link, id: 'link-5', organisation: 'null.test', quota: null },
  ];
  const quotas = await made({ platform });
  assert.equal(drain(quotas), 5);
  assert.equal(drain(quotas, { client: 'other', tenant: 'fjordheim.test' }), 60);
  for (const tenant of ['over.test', 'test.test', 'null.test'])
    assert.equal(drain(quotas, { client: 'app', tenant }), 60);
  assert.equal(drain(quotas, { client: 'app', tenant: 'havnes.test' }, 5_000), 5_000);
  assert.deepEqual(quotas.take({ client: 'app', tenant: 'havnes.test' }), { burst: null, day: null, retryAfter: null });
  // Another limit holds as soon as it is heard of, for what has been used already too.
  state.links = [{ ...link, quota: { perMinute: 8, perDay: 6 } }];
  state.revision += 1;
  assert.equal(drain(quotas), 0);
  await quotas.exchange();
  assert.equal(drain(quotas), 1);
  assert.deepEqual(quotas.usage(who), {
    application: 'app',
    organisation: 'fjordheim.test',
    environment: 'sandbox',
    burst: { limit: 8, used: 6, left: 2, window: 60, resetAt: '2026-11-22T11:00:45Z' },
    day: { date: '2026-11-22', limit: 6, used: 6, left: 0, window: 86_400, resetAt: '2026-11-22T23:00:00Z' },
  });
  assert.equal(quotas.look(who).retryAfter, null);
  assert.equal(quotas.usage(who).day.used, 6, 'looking counts nothing');
  assert.deepEqual(
    quotas.usageOf('fjordheim.test').map(({ application, day }) => [application, day.used]),
    [
      ['app', 6],
      ['other', 60],
    ],
  );
});

test('a store that cannot be written loses nothing, and is told of once', async () => {
  const { platform, state, rows } = memoryPlatform();
  const events: HubEvent[] = [];
  const quotas = await made({ platform, observe: (event) => events.push(event) });
  drain(quotas, who, 10);
  state.broken = true;
  await quotas.exchange();
  drain(quotas, who, 5);
  await quotas.exchange();
  assert.equal(events.length, 1);
  state.broken = false;
  await quotas.exchange();
  assert.deepEqual(
    [...rows.values()].map(({ used }) => used),
    [15],
  );
  assert.equal(quotas.usage(who).day.used, 15);
  await quotas.exchange();
  const { calls } = state;
  await quotas.exchange();
  assert.equal(state.calls, calls, 'nothing new is not told');
});

test('old days are dropped, and so is what is known of those who asked then', async () => {
  const { platform, rows } = memoryPlatform();
  const clock = handClock();
  const quotas = await made({ platform }, clock);
  drain(quotas, who, 1);
  await quotas.exchange();
  clock.pass(32 * 86_400_000);
  quotas.take({ client: 'other', tenant: 'fjordheim.test' });
  await quotas.exchange();
  assert.deepEqual(
    [...rows.values()].map(({ application }) => application),
    ['other'],
  );
  assert.deepEqual(
    quotas.usageOf('fjordheim.test').map(({ application }) => application),
    ['other'],
  );
});

// --- several processes ----------------------------------------------------------------------------------------------------------------

type Place = (work: (open: () => Promise<PlatformStore>) => Promise<void>) => Promise<void>;

const places: Readonly<Record<string, Place>> = {
  sqlite: async (work) => {
    const folder = mkdtempSync(join(tmpdir(), 'quotas-'));
    const files: DatabaseSync[] = [];
    try {
      await work(async () => {
        const db = new DatabaseSync(join(folder, 'platform.db'), { timeout: 5_000 });
        db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
        files.push(db);
        return openPlatform(db, systemClock);
      });
    } finally {
      for (const db of files) db.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  postgres: async (work) => {
    const place = await testDatabase();
    const closing: (() => Promise<void>)[] = [];
    try {
      await work(async () => {
        const database = await openDriver({ url: place.url, clock: systemClock });
        const notices = createNotices({ database, clock: systemClock, random: systemRandom });
        const platform = await openPostgresPlatform({ database, notices, clock: systemClock });
        closing.push(async () => {
          platform.close();
          notices.close();
          await database.close();
        });
        return platform;
      });
    } finally {
      for (const close of closing) await close();
      await place.drop();
    }
  },
};

for (const [name, place] of Object.entries(places))
  describe(`several processes on ${name}`, () => {
    test('share one quota, and one that comes later knows what was used', () =>
      place(async (open) => {
        const clock = handClock();
        const process = async (): Promise<Quotas> =>
          made({ platform: await open(), others: true, usual: { perMinute: 600, perDay: 1_000 } }, clock);
        const [one, two] = [await process(), await process()];
        assert.equal(drain(one, who, 250), 250);
        assert.equal(drain(two, who, 250), 250);
        // Each tells, then hears; the second look hears what was told after the first.
        for (let times = 0; times < 2; times += 1) await Promise.all([one.exchange(), two.exchange()]);
        for (const quotas of [one, two]) {
          assert.equal(quotas.usage(who).day.used, 500);
          assert.equal(quotas.usage(who).burst.left, 100);
        }
        assert.equal(drain(one), 100);
        await one.exchange();
        await two.exchange();
        assert.equal(drain(two), 0);
        const three = await process();
        assert.equal(drain(three), 0, 'the bucket is as empty as the others know it');
        clock.pass(minute);
        assert.equal(drain(three), 400, 'what is left of the day');
        await three.exchange();
        for (const quotas of [one, two]) {
          await quotas.exchange();
          assert.equal(drain(quotas), 0);
          assert.equal(quotas.usage(who).day.used, 1_000);
        }
        for (const quotas of [one, two, three]) await quotas.close();
      }));

    test('let no more through than the quota and what they did not know of each other yet', () =>
      place(async (open) => {
        const clock = handClock();
        const all = await Promise.all(
          [1, 2, 3].map(async () =>
            made({ platform: await open(), others: true, usual: { perMinute: 0, perDay: 500 } }, clock),
          ),
        );
        let through = 0;
        for (let round = 0; round < 40; round += 1) {
          for (const quotas of all) through += drain(quotas, who, 10);
          await Promise.all(all.map((quotas) => quotas.exchange()));
          clock.pass(second);
        }
        assert.ok(through >= 500 && through <= 500 + 2 * 2 * 10, `${through}`);
        for (const quotas of all) await quotas.close();
      }));
  });
