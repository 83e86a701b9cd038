// Announcements in a whole hub: what answers of every kind of API say of parts that will go, what is counted of use, and how applications stand; across a
// restart, and of this environment alone.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { civilDay } from '#base/clock.ts';
import type { Change } from '#catalogue/contract.ts';
import type { UseHealth } from '#catalogue/use-health.ts';
import { call, type Caller } from './caller.ts';
import { fjord, startHub, type HubUnderTest, type TestApplication } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';

const applications: readonly TestApplication[] = [
  { id: 'client', kind: 'client', organisation: 'fjord.test' },
  { id: 'other', kind: 'client', organisation: 'fjord.test' },
];

const announcedAt = Date.parse('2026-11-20T10:00:00Z');
const endsAt = Date.parse('2038-03-30T22:00:00Z');
const change = (id: string, api: string, coordinates: readonly string[]): Change => ({
  id,
  api,
  coordinates,
  kind: 'breaking',
  text: { nb: `${id} går ut.`, en: `${id} goes.` },
  migration: { nb: 'x', en: 'x' },
  replacement: 'GET /utdanning/elev/skoleressurs/{field}/{value}',
  withoutReplacement: null,
  announcedAt,
  planned: { at: endsAt },
  emergency: null,
  doneAt: null,
});

const announce = (hub: HubUnderTest, ...changes: readonly Change[]) =>
  hub.platform.putRegister({
    entries: changes.map((one) => ({
      kind: 'change',
      id: one.id,
      revision: 1,
      organisation: null,
      application: null,
      state: 'announced',
      createdAt: announcedAt,
      changedAt: announcedAt,
      value: { change: one, status: 'production', withdrawn: null },
    })),
  });

const sized = 'GET /utdanning/elev/elev/cache/size';
const updated = 'GET /utdanning/elev/elev/last-updated';

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 400 && !(await holds()); tries += 1) await sleep(50);
  assert.ok(await holds());
};

const health = (caller: Caller): Promise<UseHealth> => caller.read('/catalogue/health');

const deprecation = async (client: Caller, path: string): Promise<string | undefined> => {
  const { headers } = await client.send('GET', path);
  return headers['deprecation'] as string | undefined;
};

const graphql = async (client: Caller, query: string): Promise<{ readonly extensions?: Record<string, unknown> }> => {
  const answer = await client.send('POST', '/graphql/graphql', {
    body: JSON.stringify({ query }),
    headers: { 'content-type': 'application/json' },
  });
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text) as { readonly extensions?: Record<string, unknown> };
};

describe('announcements in a hub', { timeout: 120_000 }, () => {
  let place: Awaited<ReturnType<typeof temporaryPlace>>;
  let hub: HubUnderTest;
  let [client, other] = [null as unknown as Caller, null as unknown as Caller];
  before(async () => {
    place = await temporaryPlace();
    hub = await startHub({ place, organisations: [fjord], applications });
    [client, other] = [await hub.as('client'), await hub.as('other')];
  });
  after(async () => {
    await hub.close();
    await place.remove();
  });

  it('are said by answers soon after they are made, and by those alone that they touch', async () => {
    assert.equal(await deprecation(client, '/utdanning/elev/elev/cache/size'), undefined);
    assert.equal(
      await announce(hub, change('no-sizes', 'fint', [sized]), change('no-pages', 'fint-graphql', ['PageInfo'])),
      true,
    );
    await until(async () => (await deprecation(client, '/utdanning/elev/elev/cache/size')) !== undefined);
    const { headers, status } = await client.send('GET', '/utdanning/elev/elev/cache/size');
    assert.deepEqual(
      [status, headers['deprecation'], headers['sunset'], headers['link']],
      [
        200,
        `@${announcedAt / 1_000}`,
        new Date(endsAt).toUTCString(),
        '</catalogue/apis/fint#no-sizes>; rel="deprecation"',
      ],
    );
    assert.equal(await deprecation(client, '/utdanning/elev/elev/last-updated'), undefined);
    assert.equal(await deprecation(client, '/utdanning/elev/person/cache/size'), undefined);
    const { headers: refused } = await call(hub.url, 'GET', '/utdanning/elev/elev/cache/size');
    assert.equal(refused['deprecation'], undefined);
  });

  it('stand in the extensions of GraphQL answers whose documents use the part', async () => {
    const told = async (query: string) => (await graphql(client, query)).extensions?.['deprecations'];
    const query = '{ schema: __schema { queryType { fields { name type { name } } } } }';
    assert.equal(await told(query), undefined);
    const fields = (await graphql(client, query)) as unknown as {
      data: { schema: { queryType: { fields: { name: string; type: { name: string | null } }[] } } };
    };
    const list = fields.data.schema.queryType.fields.find(({ type }) => type.name?.endsWith('Connection') === true);
    assert.ok(list !== undefined);
    assert.deepEqual(await told(`{ ${list.name} { pageInfo { hasNextPage } } }`), [
      {
        coordinate: 'PageInfo',
        announced: '2026-11-20',
        earliestRemoval: '2038-03-31',
        replacement: 'GET /utdanning/elev/skoleressurs/{field}/{value}',
        message: 'no-pages goes.',
      },
    ]);
    assert.equal(await told(`{ ${list.name} { totalCount } }`), undefined);
  });

  it('are held against what applications use, of this environment alone and across a restart', async () => {
    for (let times = 0; times < 3; times += 1) await other.send('GET', '/utdanning/elev/elev/last-updated');
    await other.send('GET', '/utdanning/elev/elev/nowhere/at-all');
    await hub.close();
    const known = hub.credentials;
    hub = await startHub({ place, known });
    [client, other] = [await hub.as('client'), await hub.as('other')];
    const today = civilDay(Date.now()).date;
    const mine = await health(client);
    assert.equal(mine.light, 'fix-by');
    assert.deepEqual(
      mine.parts.map(({ change: id, uses, lastUsed, light, urgency }) => [id, uses, lastUsed, light, urgency]),
      [
        ['no-pages', ['PageInfo.hasNextPage'], today, 'fix-by', 'yellow'],
        ['no-sizes', [sized], today, 'fix-by', 'yellow'],
      ],
    );
    assert.ok((mine.parts[1]?.count ?? 0) >= 2);
    assert.deepEqual((await health(other)).parts, []);
    const uses = await hub.platform.partUse('sandbox', { since: today, application: 'other', api: 'fint' });
    assert.deepEqual(
      uses.map(({ part, count }) => [part, count]),
      [[updated, 3]],
    );
    assert.deepEqual(await hub.platform.partUse('production', { since: '0000-00-00' }), []);
    await hub.platform.addPartUse('production', [
      { application: 'other', api: 'fint', part: sized, day: today, count: 9 },
    ]);
    assert.deepEqual((await health(other)).parts, [], 'of another environment');
    assert.equal((await call(hub.url, 'GET', '/catalogue/health')).status, 401);
  });
});
