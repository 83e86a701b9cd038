// The quota of a whole hub: what the environment gives, what headers and the usage page say, what is refused, what is on record of it, and that a
// restart forgets nothing.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '#store/store.ts';
import type { Caller } from './caller.ts';
import { startHub, type TestApplication } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';

const applications: readonly TestApplication[] = [
  { id: 'client', kind: 'client', organisation: 'fjord.test' },
  { id: 'other', kind: 'client', organisation: 'fjord.test' },
];
const organisations = [{ id: 'fjord.test' }];

type Part = {
  readonly limit: number | null;
  readonly used: number;
  readonly left: number | null;
  readonly resetAt: string;
};
type Usage = {
  readonly application: string;
  readonly environment: Environment;
  readonly burst: Part;
  readonly day: Part & { readonly date: string };
};

const usage = (client: Caller): Promise<Usage> => client.read('/vfs/v1/usage');

/** Statuses of requests, one after the other, that have no scope and count all the same. */
const ask = async (client: Caller, times: number): Promise<readonly number[]> => {
  const found: number[] = [];
  for (let at = 0; at < times; at += 1) found.push((await client.send('GET', '/vfs/v1/pupils')).status);
  return found;
};

describe('a quota', { timeout: 120_000 }, () => {
  const places: Awaited<ReturnType<typeof temporaryPlace>>[] = [];
  const hubs: Awaited<ReturnType<typeof startHub>>[] = [];
  after(async () => {
    for (const hub of hubs) await hub.close();
    for (const place of places) await place.remove();
  });

  for (const [environment, perDay] of [
    ['production', 200_000],
    ['test', 200_000],
    ['sandbox', 20_000],
  ] as const)
    it(`of ${environment} is ${perDay} a day unless it is set`, async () => {
      const place = await temporaryPlace();
      places.push(place);
      const hub = await startHub({ place, flags: { environment }, organisations, applications });
      try {
        const told = await usage(await hub.as('client'));
        assert.equal(told.environment, environment);
        assert.deepEqual([told.burst.limit, told.day.limit], [600, perDay]);
      } finally {
        await hub.close();
      }
    });

  it('is told in headers, held, recorded, and not forgotten', async () => {
    const place = await temporaryPlace();
    places.push(place);
    const flags = { quotaPerMinute: '40', quotaPerDay: '50' };
    const first = await startHub({ place, flags, organisations, applications });
    hubs.push(first);
    const [client, other] = [await first.as('client'), await first.as('other')];
    assert.deepEqual(new Set(await ask(client, 30)), new Set([403]));
    const answer = await client.send('GET', '/vfs/v1/nothing/here');
    assert.equal(answer.headers['ratelimit'], undefined, 'what is no address of the API has no quota');
    const told = await client.send('GET', '/vfs/v1/pupils');
    assert.equal(told.headers['ratelimit-policy'], '"burst";q=40;w=60, "day";q=50;w=86400');
    assert.match(String(told.headers['ratelimit']), /^"burst";r=(?:9|1\d);t=\d+, "day";r=19;t=\d+$/);
    assert.equal((await usage(client)).day.used, 31);
    assert.equal((await usage(other)).day.used, 0);
    assert.equal((await client.send('GET', '/vfs/v1/openapi.json')).headers['ratelimit'], undefined);
    const statuses = await ask(client, 40);
    assert.ok(statuses.includes(429) && statuses[0] === 403);
    assert.deepEqual(new Set(await ask(other, 3)), new Set([403]), 'each has its own');
    await first.close();

    const again = await startHub({ place, flags, known: first.credentials });
    hubs.push(again);
    const back = await again.as('client');
    const { day } = await usage(back);
    assert.ok(day.used >= 40 && day.used <= 50, `${day.used}`);
    assert.ok(Date.parse(day.resetAt) > Date.now());
    await sleep(10);
    const later = await ask(back, 60);
    assert.ok(later.includes(429), 'one of the two is used up');
    assert.ok(later.filter((status) => status !== 429).length <= 50 - day.used, 'the day began before the restart');

    const refusals = (await place.records('fjord.test', 'client')).filter(({ rule }) => rule === 'HUB-108');
    const refused = statuses.filter((status) => status === 429).length;
    assert.ok(refusals.length <= 4, `${refusals.length} records`);
    assert.deepEqual(
      refusals.slice(0, 2).map(({ count, decision, operation }) => [count, decision, operation]),
      [
        [0, 'deny', 'GET'],
        [refused - 1, 'deny', 'GET'],
      ],
    );
  });
});
