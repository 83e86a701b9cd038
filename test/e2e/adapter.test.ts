// An unmodified Core 2 adapter against the whole hub over real sockets: payloads as in facts 5.2 written by hand, pages in every order, what
// a full sync means, and a hub that is stopped in the middle of one.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { deliver } from '#sandbox/adapter.ts';
import type { Caller } from './caller.ts';
import {
  adapterId,
  deliverPage,
  json,
  nationalIds,
  pageText,
  person,
  pupil,
  relation,
  sendPage,
  several,
  type Entry,
  type RunStatus,
} from './deliveries.ts';
import { fjord, startHub, type Credentials, type HubUnderTest } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';

const elev = 'utdanning/elev/elev';
const place = await temporaryPlace();
const applications = [
  { id: 'client', kind: 'client', organisation: fjord.id },
  { id: 'adapter', kind: 'adapter', organisation: fjord.id },
  { id: 'second-adapter', kind: 'adapter', organisation: fjord.id },
  {
    id: 'narrow-adapter',
    kind: 'adapter',
    organisation: fjord.id,
    grant: { collections: ['utdanning/kodeverk/*'] },
  },
] as const;
const strictness = [
  { pattern: 'utdanning/elev/klasse', mode: 'keep-back' },
  { pattern: 'utdanning/elev/kontaktlarergruppe', mode: 'refuse-page' },
] as const;

let hub: HubUnderTest;
let adapter: Caller;
let client: Caller;
let known: ReadonlyMap<string, Credentials>;

const open = async (fresh: boolean): Promise<void> => {
  hub = await startHub({
    place,
    ...(fresh ? { organisations: [{ ...fjord, settings: { strictness } }], applications } : { known }),
  });
  known = hub.credentials;
  [adapter, client] = [await hub.as('adapter'), await hub.as('client')];
};

before(() => open(true));
after(async () => {
  await hub?.close();
  await place.remove();
});

const sizeOf = async (collection: string): Promise<number> =>
  (await client.read<{ size: number }>(`/${collection}/cache/size`)).size;
const ids = async (collection: string): Promise<readonly string[]> => {
  const page = await client.read<{ _embedded: { _entries: { systemId: { identifikatorverdi: string } }[] } }>(
    `/${collection}`,
  );
  return page['_embedded']['_entries'].map(({ systemId }) => systemId.identifikatorverdi);
};
type Feed = { readonly _entries: readonly { readonly kind: string }[]; readonly next: string; readonly more: boolean };
const positionOf = async (collection: string): Promise<string> => {
  let feed = await client.read<Feed>(`/${collection}/changes?size=10000`);
  while (feed.more) feed = await client.read<Feed>(`/${collection}/changes?size=10000&after=${feed.next}`);
  return feed.next;
};
const newsSince = async (collection: string, position: string): Promise<readonly string[]> => {
  const feed = await client.read<Feed>(`/${collection}/changes?after=${encodeURIComponent(position)}`);
  return feed['_entries'].map(({ kind }) => kind);
};
const statusOf = (corrId: string): Promise<RunStatus> => adapter.read<RunStatus>(`/provider/sync/${corrId}`);
const codeOf = (text: string): string => (JSON.parse(text) as { readonly code: string }).code;
const post = (path: string, body: unknown) =>
  adapter.send('POST', `/provider/${path}`, { headers: json, body: JSON.stringify(body) });

const contract = {
  adapterId,
  orgId: 'fjord.test',
  username: 'vendor@adapter.fjord.test',
  heartbeatIntervalInMinutes: 2,
  capabilities: [
    {
      domainName: 'utdanning',
      packageName: 'elev',
      resourceName: 'elev',
      fullSyncIntervalInDays: 7,
      deltaSyncInterval: 'IMMEDIATE',
    },
  ],
  time: 1_790_000_000_000,
};

describe('signing on', () => {
  it('greets, registers, registers again and takes heartbeats in seconds and in milliseconds', async () => {
    const who = await adapter.read<{ status: string; corePrincipal: { orgId: string; type: string } }>(
      '/provider/status',
    );
    assert.deepEqual([who.corePrincipal.orgId, who.corePrincipal.type], ['fjord.test', 'ADAPTER']);
    for (const body of [contract, { ...contract, time: 1_790_000_000, heartbeatIntervalInMinutes: 1, extra: [] }]) {
      const registered = await post('register', body);
      assert.deepEqual([registered.status, registered.text], [200, '']);
    }
    for (const time of [1_790_000_000, 1_790_000_000_000, Math.floor(Date.now() / 1000)]) {
      const beat = await post('heartbeat', { adapterId, username: contract.username, orgId: 'fjord-test', time });
      assert.deepEqual([beat.status, beat.text], [200, '💗']);
      assert.match(String(beat.headers['content-type']), /charset=utf-8/i);
    }
    assert.deepEqual(await adapter.read('/provider/adapter'), [adapterId]);
    const health = await client.read<{ adapters: { adapterId: string; connected: boolean }[] }>(
      '/utdanning/elev/admin/health',
    );
    assert.deepEqual(
      health.adapters.map((one) => [one.adapterId, one.connected]),
      [[adapterId, true]],
    );
  });

  const wrong: readonly (readonly [string, Readonly<Record<string, unknown>>, number])[] = [
    ['another organisation', { orgId: 'other.test' }, 403],
    ['another user', { username: 'someone@adapter.other.test' }, 403],
    ['an interval of 0 days', { capabilities: [{ ...contract.capabilities[0], fullSyncIntervalInDays: 0 }] }, 400],
    ['an interval of 8 days', { capabilities: [{ ...contract.capabilities[0], fullSyncIntervalInDays: 8 }] }, 400],
    ['an unknown class', { capabilities: [{ ...contract.capabilities[0], resourceName: 'elevv' }] }, 400],
    ['an unknown component', { capabilities: [{ ...contract.capabilities[0], packageName: 'elevv' }] }, 400],
  ];
  for (const [name, change, status] of wrong)
    it(`refuses a contract with ${name}`, async () => {
      assert.equal((await post('register', { ...contract, ...change })).status, status);
    });
});

const lines = (entries: readonly Entry[]): string => {
  const { metadata } = JSON.parse(pageText(entries)) as { metadata: unknown };
  return [metadata, ...entries].map((one) => JSON.stringify(one)).join('\n');
};

describe('a full sync', () => {
  it('takes pages in parallel and out of order, empty answers as in FINT, and closes by count', async () => {
    const corrId = randomUUID();
    const pages = [3, 1, 4, 2].map((page) =>
      sendPage(adapter, elev, several(page === 4 ? 5 : 25, pupil, (page - 1) * 25), {
        corrId,
        page,
        totalPages: 4,
        totalSize: 80,
        time: page % 2 === 0 ? 1_790_000_000 : Date.now(),
      }),
    );
    for (const answer of await Promise.all(pages)) assert.deepEqual([answer.status, answer.text], [201, '']);
    const run = await statusOf(corrId);
    assert.deepEqual(
      [run.state, run.created, run.pages, run.receivedEntries, run.rejected],
      ['completed', 80, 4, 80, 0],
    );
    assert.equal(await sizeOf(elev), 80);
  });

  it('delivered again unchanged is nothing new to anyone', async () => {
    const position = await positionOf(elev);
    const earlier = await client.send('GET', `/${elev}`);
    const run = await deliverPage(adapter, elev, several(80, pupil));
    assert.deepEqual([run.state, run.unchanged, run.created, run.updated, run.removed], ['completed', 80, 0, 0, 0]);
    assert.deepEqual(await newsSince(elev, position), []);
    const later = await client.send('GET', `/${elev}`);
    assert.deepEqual([later.text, later.headers['etag']], [earlier.text, earlier.headers['etag']]);
  });

  it('takes gzip, NDJSON and both together', async () => {
    const entries = several(80, pupil);
    const forms: readonly (readonly [Record<string, string>, string | Buffer])[] = [
      [{ 'content-type': 'application/json; charset=UTF-8', 'content-encoding': 'gzip' }, gzipSync(pageText(entries))],
      [{ 'content-type': 'application/x-ndjson' }, lines(entries)],
      [{ 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' }, gzipSync(`${lines(entries)}\n`)],
    ];
    const position = await positionOf(elev);
    for (const [headers, body] of forms) {
      const answer = await adapter.send('POST', `/provider/${elev}`, { headers, body });
      assert.equal(answer.status, 201, answer.text);
    }
    assert.deepEqual(await newsSince(elev, position), []);
    assert.equal(await sizeOf(elev), 80);
  });

  it('removes what it does not hold, within the guard', async () => {
    const position = await positionOf(elev);
    const run = await deliverPage(adapter, elev, several(78, pupil));
    assert.deepEqual([run.state, run.removed, run.unchanged], ['completed', 2, 78]);
    assert.deepEqual(await newsSince(elev, position), ['removed', 'removed']);
  });

  it('counts a page once that comes twice', async () => {
    const corrId = randomUUID();
    const options = { corrId, page: 1, totalPages: 2, totalSize: 78 };
    for (let time = 0; time < 3; time += 1)
      assert.equal((await sendPage(adapter, elev, several(39, pupil), options)).status, 201);
    assert.equal((await statusOf(corrId)).state, 'open');
    const last = { ...options, page: 2 };
    assert.equal((await sendPage(adapter, elev, several(39, pupil, 39), last)).status, 201);
    assert.deepEqual([(await statusOf(corrId)).state, await sizeOf(elev)], ['completed', 78]);
    assert.equal((await sendPage(adapter, elev, several(39, pupil, 39), last)).status, 201, 'and late, once more');
  });

  it('fails when it contradicts itself, and removes nothing', async () => {
    const corrId = randomUUID();
    await sendPage(adapter, elev, several(10, pupil), { corrId, totalSize: 20, totalPages: 2 });
    const other = await sendPage(adapter, elev, several(10, pupil, 10), { corrId, totalSize: 21, page: 2 });
    assert.deepEqual([other.status, codeOf(other.text)], [409, 'HUB-603']);
    assert.deepEqual([(await statusOf(corrId)).state, await sizeOf(elev)], ['failed', 78]);
    const late = await sendPage(adapter, elev, several(10, pupil, 10), { corrId, totalSize: 20, page: 2 });
    assert.deepEqual([late.status, codeOf(late.text)], [409, 'HUB-602']);
  });

  it('of two at once only the later one removes, and neither brings back what the later took away', async () => {
    const [older, newer] = [randomUUID(), randomUUID()];
    const half = (corrId: string, page: number, count: number): Promise<unknown> =>
      sendPage(adapter, elev, several(page === 1 ? 40 : count - 40, pupil, page === 1 ? 0 : 40), {
        corrId,
        page,
        totalPages: 2,
        totalSize: count,
      });
    await half(older, 1, 78);
    await half(newer, 1, 77);
    await half(newer, 2, 77);
    assert.equal((await statusOf(newer)).state, 'completed');
    assert.deepEqual((await ids(elev)).includes('e-77'), false);
    await half(older, 2, 78);
    assert.equal((await statusOf(older)).state, 'superseded');
    assert.deepEqual([await sizeOf(elev), (await ids(elev)).includes('e-77')], [77, false]);
  });
});

describe('delta and delete', () => {
  it('change what they name and nothing else', async () => {
    const position = await positionOf(elev);
    const delta = await deliverPage(adapter, elev, [pupil(3, { gjest: true }), pupil(77), pupil(78)], {
      method: 'PATCH',
    });
    assert.deepEqual([delta.type, delta.state, delta.created, delta.updated], ['DELTA', 'completed', 2, 1]);
    const gone = ['e-77', '500078', 'elev3@fjord.test', 'nobody'].map((identifier) => ({ identifier, resource: null }));
    const removed = await deliverPage(adapter, elev, gone, { method: 'DELETE' });
    assert.deepEqual([removed.type, removed.removed, removed.warnings], ['DELETE', 3, 1]);
    const news = await newsSince(elev, position);
    assert.equal(news.at(-1), 'removed');
    assert.equal(await sizeOf(elev), 76);
    await deliverPage(adapter, elev, [pupil(3)], { method: 'PATCH' });
    assert.equal(await sizeOf(elev), 77);
  });

  it('answer a delete page with 200 and nothing, with resources on it or not', async () => {
    for (const entry of [{ identifier: 'x', resource: null }, pupil(199)])
      assert.deepEqual(
        await sendPage(adapter, elev, [entry], { method: 'DELETE' }).then(({ status, text }) => [status, text]),
        [200, ''],
      );
  });
});

const loose = (identifier: string): Entry => ({
  identifier,
  resource: { systemId: { identifikatorverdi: identifier }, navn: 'A', unknownMember: 1 },
});

describe('what cannot be taken as it is', () => {
  it('is kept back or reported, entry by entry, with reasons that name no values', async () => {
    const bad: readonly unknown[] = [
      pupil(100),
      { identifier: 'none', resource: { gjest: true } },
      { identifier: 'e-101', resource: { systemId: { identifikatorverdi: 'e-101' }, gjest: 'maybe' } },
      { identifier: 'e-102', resource: { systemId: { identifikatorverdi: 'e-102' }, shoeSize: 43 } },
      {
        identifier: 'e-103',
        resource: { systemId: { identifikatorverdi: 'e-103' }, elevnummer: { identifikatorverdi: '500003' } },
      },
      'not an entry',
    ];
    const corrId = randomUUID();
    const answer = await sendPage(adapter, elev, bad as readonly Entry[], { corrId, method: 'PATCH' });
    assert.equal(answer.status, 201, answer.text);
    const run = await statusOf(corrId);
    const found = run.problems.map(({ index, severity, code }) => `${index} ${severity} ${code}`).sort();
    for (const expected of [
      '1 rejected HUB-610',
      '2 rejected HUB-611',
      '3 warning HUB-614',
      '4 rejected HUB-612',
      '5 rejected HUB-618',
    ])
      assert.ok(found.includes(expected), `${expected} in ${found.join(', ')}`);
    assert.equal(run.created, 2);
    assert.doesNotMatch(JSON.stringify(run.problems), /maybe|shoe size|500003/);
    const listed = await adapter.read<{ problems: unknown[] }>(`/provider/rejections/${elev}`);
    assert.ok(listed.problems.length >= run.problems.length);
    await deliverPage(
      adapter,
      elev,
      ['e-100', 'e-102'].map((identifier) => ({ identifier, resource: null })),
      {
        method: 'DELETE',
      },
    );
  });

  it('is kept back or refused where the organisation wants it stricter', async () => {
    const kept = await deliverPage(adapter, 'utdanning/elev/klasse', [loose('k-1')]);
    assert.deepEqual([kept.created, kept.rejected], [0, 1]);
    const refused = await sendPage(adapter, 'utdanning/elev/kontaktlarergruppe', [loose('g-1')]);
    assert.deepEqual([refused.status, codeOf(refused.text)], [400, 'HUB-600']);
    assert.equal(await sizeOf('utdanning/elev/kontaktlarergruppe'), 0);
    const lenient = await deliverPage(adapter, 'utdanning/elev/persongruppe', [loose('p-1')]);
    assert.deepEqual([lenient.created, lenient.rejected], [1, 0]);
  });

  const refusals: readonly (readonly [string, () => Promise<{ status: number; text: string }>, number, string])[] = [
    ['another organisation', () => sendPage(adapter, elev, [pupil(1)], { orgId: 'other.test' }), 403, 'HUB-401'],
    ['an unknown resource', () => sendPage(adapter, 'utdanning/elev/elevv', [pupil(1)]), 404, 'HUB-204'],
    ['an unknown component', () => sendPage(adapter, 'utdanning/nowhere/elev', [pupil(1)]), 404, 'HUB-204'],
    ['a client of the reading kind', () => sendPage(client, elev, [pupil(1)]), 403, 'HUB-400'],
    [
      'a client that heartbeats',
      () => client.send('POST', '/provider/heartbeat', { headers: json, body: '{}' }),
      403,
      'HUB-400',
    ],
    [
      'no content type',
      () => adapter.send('POST', `/provider/${elev}`, { body: pageText([pupil(1)]) }),
      415,
      'HUB-104',
    ],
    ['an adapter on the client API', () => adapter.send('GET', `/${elev}`), 403, 'HUB-400'],
  ];
  for (const [name, send, status, code] of refusals)
    it(`refuses ${name}`, async () => {
      const answer = await send();
      assert.deepEqual([answer.status, codeOf(answer.text)], [status, code]);
    });

  it('refuses a class that the adapter has no grant for, and does not show its runs', async () => {
    const narrow = await hub.as('narrow-adapter');
    const answer = await sendPage(narrow, elev, [pupil(1)]);
    assert.deepEqual([answer.status, codeOf(answer.text)], [403, 'HUB-400']);
    const run = await deliverPage(adapter, elev, [pupil(1)], { method: 'PATCH' });
    assert.equal((await narrow.send('GET', `/provider/sync/${run.corrId}`)).status, 404);
    assert.equal((await narrow.send('GET', `/provider/rejections/${elev}`)).status, 404);
    assert.deepEqual(await narrow.read('/provider/sync'), { runs: [] });
  });

  it('takes the dashed form of the organisation', async () => {
    assert.equal((await sendPage(adapter, elev, [pupil(1)], { orgId: 'Fjord-Test', method: 'PATCH' })).status, 201);
  });
});

/** Freshness is worked out once a second. */
const headerBecomes = async (expected: string | undefined): Promise<void> => {
  for (let attempt = 0; attempt < 30; attempt += 1) {
    const { headers } = await client.send('GET', `/${elev}?size=1`);
    if (headers['hub-sync-held'] === expected) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`Hub-Sync-Held does not become ${expected}`);
};

describe('the guard against mass removal', () => {
  it('holds a full sync that would remove much, until it is rejected or confirmed', async () => {
    const size = await sizeOf(elev);
    const few = several(40, pupil);
    const held = await deliverPage(adapter, elev, few);
    assert.deepEqual([held.state, held.wouldRemove, await sizeOf(elev)], ['held', size - 40, size]);
    await headerBecomes('true');
    const no = await adapter.send('POST', `/provider/sync/${held.corrId}/reject`);
    assert.deepEqual([no.status, (JSON.parse(no.text) as RunStatus).state], [200, 'rejected']);
    const tooLate = await adapter.send('POST', `/provider/sync/${held.corrId}/confirm`);
    assert.deepEqual([tooLate.status, codeOf(tooLate.text)], [409, 'HUB-409']);

    const again = await deliverPage(adapter, elev, few);
    await deliverPage(adapter, elev, [pupil(60, { gjest: true })], { method: 'PATCH' });
    const yes = await adapter.send('POST', `/provider/sync/${again.corrId}/confirm`);
    assert.deepEqual([yes.status, (JSON.parse(yes.text) as RunStatus).state], [200, 'completed']);
    assert.deepEqual([await sizeOf(elev), (await ids(elev)).includes('e-60')], [41, true], 'what came since stays');
    await headerBecomes(undefined);
  });

  it('holds an empty full sync too; confirmed, it empties the class', async () => {
    const held = await deliverPage(adapter, 'utdanning/elev/persongruppe', [], { totalPages: 0 });
    assert.deepEqual([held.state, held.wouldRemove], ['held', 1]);
    await adapter.send('POST', `/provider/sync/${held.corrId}/confirm`);
    assert.equal(await sizeOf('utdanning/elev/persongruppe'), 0);
    const nothing = await deliverPage(adapter, 'utdanning/elev/persongruppe', []);
    assert.deepEqual([nothing.state, nothing.removed], ['completed', 0]);
  });
});

describe('links of both ways', () => {
  it('appear on the target whichever comes first, and go with the source', async () => {
    await deliverPage(adapter, 'utdanning/elev/elevforhold', [relation(0), relation(900)]);
    type Linked = { readonly _links: Readonly<Record<string, readonly { readonly href: string }[]>> };
    const links = async (path: string): Promise<Linked['_links']> => (await client.read<Linked>(path))['_links'];
    const back = [{ href: `${hub.url}/utdanning/elev/elevforhold/systemid/ef-0` }];
    assert.deepEqual((await links(`/${elev}/systemid/e-0`))['elevforhold'], back);
    await deliverPage(adapter, elev, [{ ...pupil(900), resource: { ...pupil(900).resource, _links: {} } }], {
      method: 'PATCH',
    });
    assert.equal((await links(`/${elev}/systemid/e-900`))['elevforhold']?.length, 1, 'the target came later');
    await deliverPage(adapter, elev, [pupil(0, { gjest: true })], { method: 'PATCH' });
    assert.deepEqual(
      (await links(`/${elev}/systemid/e-0`))['elevforhold'],
      back,
      'a new delivery of the target keeps it',
    );
    await deliverPage(adapter, 'utdanning/elev/elevforhold', [{ identifier: 'ef-0', resource: null }], {
      method: 'DELETE',
    });
    assert.equal((await links(`/${elev}/systemid/e-0`))['elevforhold'], undefined);
    const run = await deliverPage(adapter, 'utdanning/elev/elevforhold', [relation(901)], { method: 'PATCH' });
    assert.ok(
      run.dangling.some(({ relation: name }) => name === 'elev'),
      'links to nothing are counted',
    );
  });

  it('follow a resource whose identifier changes', async () => {
    const first = person(20);
    await deliverPage(adapter, 'administrasjon/personal/person', [first], { method: 'PATCH' });
    const position = await positionOf(elev);
    await deliverPage(adapter, elev, [pupil(5, { elevnummer: { identifikatorverdi: '777' } })], { method: 'PATCH' });
    assert.deepEqual(await newsSince(elev, position), ['identifier-changed']);
    assert.equal((await client.send('GET', `/${elev}/elevnummer/500005`)).status, 404);
    assert.equal((await client.send('GET', `/${elev}/elevnummer/777`)).status, 200);
  });
});

const caseEntry = (value: string, identifier: string): Entry => ({
  identifier,
  resource: { mappeId: { identifikatorverdi: value }, systemId: { identifikatorverdi: 'sak-1' } },
});

describe('texts that can be written in two ways', () => {
  it('are one text: as identifier of an entry, as value, in links and in addresses', async () => {
    const [one, two] = ['caf\u00e9', 'cafe\u0301'];
    const sak = 'arkiv/noark/sak';
    const first = await deliverPage(adapter, sak, [caseEntry(one, one)]);
    assert.ok(!first.problems.some(({ code }) => code === 'HUB-618'));
    const second = await deliverPage(adapter, sak, [caseEntry(two, two)]);
    assert.deepEqual([second.unchanged, second.created, second.removed], [1, 0, 0]);
    assert.ok(!second.problems.some(({ code }) => code === 'HUB-618'), JSON.stringify(second.problems));
    for (const value of [one, two])
      assert.equal((await client.send('GET', `/${sak}/mappeid/${encodeURIComponent(value)}`)).status, 200);
  });
});

describe('a hub that is stopped in the middle of a sync', () => {
  it('goes on where it was: pages, runs, positions, keys and data are there', async () => {
    const position = await positionOf(elev);
    const earlier = await client.read<{ _embedded: unknown }>(`/${elev}`);
    const corrId = randomUUID();
    const members = await ids(elev);
    const current = [...several(40, pupil), pupil(60), pupil(900)];
    assert.equal(members.length, current.length);
    const options = { corrId, totalSize: current.length, totalPages: 2 };
    assert.equal((await sendPage(adapter, elev, current.slice(0, 20), { ...options, page: 1 })).status, 201);
    const middle = await positionOf(elev);
    const oldUrl = hub.url;
    await hub.close();
    await open(false);

    assert.equal((await statusOf(corrId)).state, 'open');
    assert.equal(await sizeOf(elev), members.length);
    assert.deepEqual(await newsSince(elev, middle), [], 'positions survive');
    await newsSince(elev, position);
    assert.equal((await sendPage(adapter, elev, current.slice(20), { ...options, page: 2 })).status, 201);
    const run = await statusOf(corrId);
    assert.deepEqual([run.state, run.removed, run.rejected], ['completed', 0, 0]);
    const text = JSON.stringify(await client.read(`/${elev}`));
    assert.ok(!text.includes(`${oldUrl}/`) || oldUrl === hub.url, 'links begin with the new address');
    assert.ok(JSON.stringify(earlier).includes(`${oldUrl}/`));
    assert.deepEqual(await ids(elev), members, 'the order of creation survives');
  });
});

type Delivered = { readonly identifier: string; readonly resource: Readonly<Record<string, unknown>> };
/** Entries that have a resource each, as the adapter wants them. */
const delivered = (count: number, make: (number: number) => Entry): readonly Delivered[] =>
  several(count, make).map(({ identifier, resource }) => ({ identifier, resource: resource ?? {} }));

describe('the adapter of the sandbox', () => {
  it('delivers some thousand entries with parallel gzip pages, twice, the second time without news', async () => {
    const { id, secret } = hub.credentials.get('second-adapter') ?? { id: '', secret: '' };
    const collections = [
      { collection: 'utdanning/ot/person', total: 150, entries: () => delivered(150, person) },
      {
        collection: 'utdanning/vurdering/fravarsoversikt',
        total: 3_000,
        entries: () =>
          delivered(3_000, (number) => ({
            identifier: `f-${number}`,
            resource: { systemId: { identifikatorverdi: `f-${number}` }, _links: {} },
          })),
      },
    ];
    const once = () =>
      deliver({
        baseUrl: hub.url,
        tokenEndpoint: `${hub.url}/oauth/token`,
        clientId: id,
        clientSecret: secret,
        scope: 'fint-adapter',
        orgId: 'fjord.test',
        adapterId: 'https://second.test/fjord.test',
        collections,
        pageSize: 250,
        concurrency: 6,
        gzip: true,
        fetch,
        now: Date.now,
        sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      });
    assert.deepEqual(
      (await once()).map(({ state, entries, rejected }) => [state, entries, rejected]),
      [
        ['completed', 150, 0],
        ['completed', 3_000, 0],
      ],
    );
    const position = await positionOf('utdanning/vurdering/fravarsoversikt');
    await once();
    assert.deepEqual(await newsSince('utdanning/vurdering/fravarsoversikt', position), []);
    const value = nationalIds[7] ?? '';
    assert.equal((await client.send('GET', `/utdanning/ot/person/fodselsnummer/${value}`)).status, 200);
  });
});
