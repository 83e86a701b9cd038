// What an owner expects of access, tried from outside: what was granted ends when it is ended although the token lives, and every refusal of
// someone who is known stands in the audit.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import type { AuditRecord } from '#store/store.ts';
import type { Answer, Caller } from './caller.ts';
import { deliverPage, pupil, several } from './deliveries.ts';
import { fjord, startHub, type HubUnderTest } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';

const pupils = 'utdanning/elev/elev';
const json = { 'content-type': 'application/json' };
const place = await temporaryPlace();
let hub: HubUnderTest;
let reader: Caller;
before(async () => {
  hub = await startHub({
    place,
    organisations: [fjord],
    applications: [
      { id: 'reader', kind: 'client', organisation: fjord.id },
      { id: 'stopped', kind: 'client', organisation: fjord.id },
      { id: 'ended', kind: 'client', organisation: fjord.id, grant: { actions: ['read', 'list'] } },
      { id: 'narrow', kind: 'client', organisation: fjord.id, grant: { collections: [pupils] } },
      { id: 'narrowed', kind: 'client', organisation: fjord.id },
      { id: 'adapter', kind: 'adapter', organisation: fjord.id },
    ],
  });
  reader = await hub.as('reader');
});
after(async () => {
  await hub.close();
  await place.remove();
});

const records = (client: string): Promise<readonly AuditRecord[]> => place.records(fjord.id, client);

/** What a request adds to the audit. */
const recorded = async (client: string, send: () => Promise<Answer>) => {
  const { length: count } = await records(client);
  const answer = await send();
  return { answer, added: (await records(client)).slice(count) };
};

test('a disabled application and an ended grant are refused at the next request, and that stands in the audit', async () => {
  for (const id of ['stopped', 'ended']) {
    const caller = await hub.as(id);
    assert.equal((await caller.send('GET', `/${pupils}`)).status, 200);
    if (id === 'ended') {
      const [grant] = await hub.platform.grantsOf(id);
      assert.ok(grant);
      await hub.platform.putGrant({ ...grant, to: Date.now() });
    } else {
      const application = await hub.platform.application(id);
      assert.ok(application);
      await hub.platform.putApplication({ ...application, disabled: true });
    }
    const { answer, added } = await recorded(id, () => caller.send('GET', `/${pupils}`));
    assert.equal(answer.status, 401);
    assert.deepEqual(
      added.map(({ decision, rule, operation }) => [decision, rule, operation]),
      [['deny', 'HUB-300', 'GET']],
    );
    assert.equal(added[0]?.request, answer.headers['x-request-id']);
  }
});

type Feed = {
  readonly _entries: readonly { readonly kind: string; readonly resource?: Readonly<Record<string, unknown>> }[];
  readonly next: string;
  readonly more: boolean;
};

test('a grant that is narrowed holds at the next request, whatever token and position are held, and the feed says what is lost', async () => {
  await deliverPage(await hub.as('adapter'), pupils, several(4, pupil), { method: 'PATCH' });
  const client = await hub.as('narrowed');
  const half = await client.read<Feed>(`/${pupils}/changes?size=2`);
  assert.deepEqual([half['_entries'].length, half.more], [2, true]);
  const [given] = await hub.platform.grantsOf('narrowed');
  assert.ok(given);
  await hub.platform.putGrant({ ...given, fields: ['systemId'] });
  const { text } = await client.send('GET', `/${pupils}`);
  assert.match(text, /systemId/);
  assert.doesNotMatch(text, /feidenavn|elevnummer/);
  let feed = await client.read<Feed>(`/${pupils}/changes?size=2&after=${half.next}`);
  const told = [...feed['_entries']];
  while (feed.more) {
    feed = await client.read<Feed>(`/${pupils}/changes?size=2&after=${feed.next}`);
    told.push(...feed['_entries']);
  }
  assert.deepEqual(
    told.map(({ kind, resource }) => [kind, Object.keys(resource ?? {}).sort()]),
    ['access-lost', 'access-lost', 'created', 'created'].map((kind) => [kind, ['_links', 'systemId']]),
  );
  await hub.platform.putGrant({ ...given, collections: ['felles/*'] });
  assert.equal((await client.send('GET', `/${pupils}`)).status, 404);
  const rest = await client.read<Feed>(`/${pupils}/changes?after=${feed.next}`);
  assert.deepEqual(
    rest['_entries'].map(({ kind, resource }) => [kind, resource]),
    Array.from({ length: 4 }, () => ['access-lost', undefined]),
  );
  const nothing = await client.read<Feed>(`/${pupils}/changes?after=${rest.next}`);
  assert.deepEqual([nothing['_entries'], nothing.next, nothing.more], [[], rest.next, false]);
  assert.equal((await client.send('GET', `/${pupils}/changes`)).status, 404);
});

test('every refusal of a known client is one record, whatever was wrong with the request', async () => {
  const cases: readonly (readonly [string, string, string, number])[] = [
    ['GET', `/${pupils}?size=-1`, '', 400],
    ['GET', `/${pupils}?$filter=finnesikke%20eq%20'x'`, '', 400],
    ['GET', `/${pupils}/changes?size=0`, '', 400],
    ['POST', `/${pupils}/$query`, 'systemId eq', 400],
    ['POST', `/${pupils}`, '{}', 403],
    ['GET', '/utdanning/elev/finnesikke', '', 404],
    ['GET', `/${pupils}/systemid/finnesikke`, '', 404],
    ['POST', `/${pupils}/$query`, 'x'.repeat(1_100_000), 413],
  ];
  for (const [method, target, body, status] of cases) {
    const { answer, added } = await recorded('reader', () =>
      reader.send(method, target, body === '' ? {} : { headers: json, body }),
    );
    assert.equal(answer.status, status, `${method} ${target}`);
    assert.equal(added.length, 1, `${method} ${target}`);
    assert.equal(added[0]?.request, answer.headers['x-request-id']);
  }
});

test('what only shows which data there is stands in the audit too', async () => {
  const narrow = await hub.as('narrow');
  for (const path of ['', '/admin/health', '/admin/cache/status']) {
    for (const [caller, component, status, decision] of [
      [narrow, 'utdanning/elev', 200, 'allow'],
      [narrow, 'utdanning/timeplan', 404, 'deny'],
    ] as const) {
      const { answer, added } = await recorded('narrow', () => caller.send('GET', `/${component}${path}`));
      assert.equal(answer.status, status);
      const [first] = added;
      assert.deepEqual([first?.operation, first?.collection, first?.decision], ['visible', component, decision]);
    }
  }
});

test('so is every refusal of a known adapter', async () => {
  const adapter = await hub.as('adapter');
  const cases: readonly (readonly [string, string, string, number])[] = [
    ['POST', '/provider/register', '{}', 400],
    ['POST', '/provider/heartbeat', '[]', 400],
    ['POST', `/provider/${pupils}`, '{"metadata":', 400],
    ['POST', '/provider/utdanning/elev/finnesikke', '{}', 404],
    ['GET', '/provider/sync/finnesikke', '', 404],
    ['POST', '/provider/sync/finnesikke/confirm', '', 404],
    ['POST', '/provider/sync/finnesikke/forget', '', 404],
    ['GET', '/provider/sync?state=odd', '', 400],
    ['GET', '/provider/rejections/utdanning/elev/finnesikke', '', 404],
    ['GET', `/${pupils}`, '', 403],
  ];
  for (const [method, target, body, status] of cases) {
    const { answer, added } = await recorded('adapter', () =>
      adapter.send(method, target, body === '' ? {} : { headers: json, body }),
    );
    assert.equal(answer.status, status, `${method} ${target} ${answer.text}`);
    assert.deepEqual(
      added.map(({ decision, request }) => [decision, request]),
      [['deny', answer.headers['x-request-id']]],
      `${method} ${target}`,
    );
  }
});

test('what was let through is told by grant, so that the owner sees when each was last used', async () => {
  const adapter = await hub.as('adapter');
  await deliverPage(adapter, pupils, several(2, pupil), { method: 'PATCH' });
  assert.equal((await reader.send('GET', `/${pupils}`)).status, 200);
  for (const client of ['reader', 'adapter']) {
    const [grant] = await hub.platform.grantsOf(client);
    for (let uses = 0; uses === 0; await systemClock.sleep(50)) {
      const told = await hub.platform.partUse('sandbox', { since: '2000-01-01', application: client, api: 'access' });
      uses = told.find(({ part }) => part === grant?.id)?.count ?? 0;
    }
  }
});
