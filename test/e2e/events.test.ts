// Events as adapters meet them, over HTTP against a whole hub: both forms of FINT, waiting for them, answers that come twice, late, from others or do
// not fit, and live reads that go to the source and back.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Answer, Caller } from './caller.ts';
import { adapterId, deliverPage, json, person, pupil, sendPage, several } from './deliveries.ts';
import { startHub, type HubUnderTest, type TestApplication } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';
import {
  answerEvent,
  answerLater,
  bodyOf,
  eventsOf,
  laterEventsOf,
  outcomeOf,
  register,
  statusOf,
  write as writeOf,
  writeTo,
} from './writers.ts';

const elev = 'utdanning/elev/elev';
const fag = 'utdanning/timeplan/fag';
const fjord = { organisation: 'fjord.test' } as const;

const applications: readonly TestApplication[] = [
  { id: 'adapter', kind: 'adapter', ...fjord },
  { id: 'adapter-of-others', kind: 'adapter', ...fjord, grant: { collections: ['utdanning/vurdering/*'] } },
  { id: 'second-adapter', kind: 'adapter', ...fjord },
  { id: 'neighbour', kind: 'adapter', organisation: 'nabo.test' },
  { id: 'client', kind: 'client', ...fjord, grant: { actions: ['read', 'list', 'follow', 'write'] } },
  { id: 'other', kind: 'client', ...fjord, grant: { actions: ['read', 'list', 'follow', 'write'] } },
  { id: 'narrow', kind: 'client', ...fjord, grant: { fields: ['systemId', 'elevnummer'] } },
];

const codeOf = (answer: Answer): string => bodyOf<{ readonly code: string }>(answer).code;
const capability = (resourceName: string, operations: readonly string[]): object => ({
  domainName: 'utdanning',
  packageName: 'elev',
  resourceName,
  operations,
});

const place = await temporaryPlace();

describe('events', { timeout: 60_000 }, () => {
  let hub: HubUnderTest;
  let adapter: Caller;
  let client: Caller;
  before(async () => {
    hub = await startHub({
      place,
      organisations: [
        {
          id: 'fjord.test',
          settings: { writes: [{ pattern: fag, policy: 'hub', deadlineMinutes: null }], removalGuard: 1 },
        },
        { id: 'nabo.test' },
      ],
      applications,
    });
    adapter = await hub.as('adapter');
    client = await hub.as('client');
    await register(adapter);
    await deliverPage(adapter, elev, several(5, pupil));
    await deliverPage(adapter, 'utdanning/elev/person', several(5, person));
  });
  after(async () => {
    await hub?.close();
    await place.remove();
  });

  /** Takes everything that waits away. */
  const drain = async (): Promise<void> => {
    for (const event of await laterEventsOf(adapter, 'utdanning'))
      assert.equal((await answerLater(adapter, event, 'REJECTED')).status, 200);
  };

  afterEach(drain);

  const wish = (number: number): Promise<string> => writeTo(client, 'POST', `/${elev}`, pupil(number).resource ?? {});

  it('are handed out by domain, package and class, some at a time, in the order in which they came', async () => {
    const ids: string[] = [];
    for (const number of [60, 61, 62]) ids.push((await wish(number)).slice(-36));
    for (const address of ['utdanning', 'utdanning/elev', elev, 'UTDANNING/Elev/ELEV'])
      assert.deepEqual(
        (await eventsOf(adapter, address)).map(({ corrId }) => corrId),
        ids,
        address,
      );
    assert.deepEqual(
      (await eventsOf(adapter, elev, '?size=2')).map(({ corrId }) => corrId),
      ids.slice(0, 2),
    );
    assert.equal((await eventsOf(adapter, elev, '?size=0')).length, 3);
    assert.deepEqual(await eventsOf(adapter, 'utdanning/elev/elevforhold'), []);
    assert.deepEqual(await eventsOf(await hub.as('adapter-of-others'), 'utdanning'), []);
    assert.deepEqual(await eventsOf(await hub.as('neighbour'), 'utdanning'), []);
    const [later] = await laterEventsOf(adapter, elev, '?size=1');
    assert.ok(later !== undefined);
    assert.deepEqual(
      [later.corrId, later.operation, later.filter, later.id, later.maxResults],
      [ids[0], 'CREATE', null, null, null],
    );
    assert.ok(later.deadline - later.created === 15 * 60_000);
    for (const [address, status] of [
      ['', 405],
      ['/tull', 404],
      ['/utdanning/tull', 404],
      ['/utdanning/%ff', 404],
      [`/${elev}/systemid`, 404],
      ['/utdanning?size=-1', 400],
      ['/utdanning?size=1&size=2', 400],
      ['/utdanning?wait=x', 400],
    ] as const)
      assert.equal((await adapter.send('GET', `/provider/v2/event${address}`)).status, status, address);
    const denied = await (await hub.as('adapter-of-others')).send('GET', `/provider/event/${elev}`);
    assert.deepEqual([denied.status, codeOf(denied)], [403, 'HUB-400']);
    assert.equal((await client.send('GET', '/provider/event/utdanning')).status, 403);
  });

  it('wake an adapter that waits for them', async () => {
    const started = Date.now();
    const waiting = eventsOf(adapter, 'utdanning', '?wait=20');
    const preferring = adapter.send('GET', '/provider/v2/event/utdanning', { headers: { prefer: 'wait=20' } });
    await new Promise((resolve) => setTimeout(resolve, 150));
    await wish(63);
    assert.equal((await waiting).length, 1);
    assert.equal(bodyOf<unknown[]>(await preferring).length, 1);
    assert.ok(Date.now() - started < 5_000);
    await drain();
    const empty = Date.now();
    assert.deepEqual(await eventsOf(adapter, 'utdanning', '?wait=1'), []);
    assert.ok(Date.now() - empty >= 900);
  });

  it('take no answer that does not fit, and go on waiting', async () => {
    const at = await wish(64);
    const [event] = await eventsOf(adapter, elev);
    assert.ok(event !== undefined);
    const value = { identifier: 'e-64', resource: pupil(64).resource };
    const cases: readonly (readonly [string, object, number, string])[] = [
      ['no operation', { operationType: undefined, value }, 400, 'HUB-103'],
      ['an unknown operation', { operationType: 'MEND', value }, 400, 'HUB-103'],
      ['another operation', { operationType: 'UPDATE', value }, 400, 'HUB-620'],
      ['another adapter', { adapterId: 'https://vendor.test/another', value }, 400, 'HUB-620'],
      ['no adapter', { adapterId: null, value }, 400, 'HUB-103'],
      ['another organisation', { orgId: 'nabo.test', value }, 409, 'HUB-409'],
      ['no resource', {}, 400, 'HUB-620'],
      ['a resource that is none', { value: { identifier: 'e-64', resource: null } }, 400, 'HUB-620'],
      ['a value that is none', { value: 'text' }, 400, 'HUB-103'],
      ['a resource without identifier', { value: { identifier: 'e-64', resource: { navn: 'x' } } }, 400, 'HUB-620'],
      ['a resource of a wrong type', { value: { identifier: 'e-64', resource: { systemId: 7 } } }, 400, 'HUB-620'],
      [
        'an identifier of another',
        {
          value: {
            identifier: 'e-64',
            resource: { ...pupil(64).resource, feidenavn: pupil(3).resource?.['feidenavn'] },
          },
        },
        400,
        'HUB-620',
      ],
      ['a conflict without resource', { conflicted: true }, 400, 'HUB-620'],
      ['two outcomes', { failed: true, rejected: true }, 400, 'HUB-103'],
      ['a flag that is none', { failed: 'ja' }, 400, 'HUB-103'],
      ['an id that is none', { corrId: 'x' }, 400, 'HUB-103'],
      ['an unknown id', { corrId: randomUUID(), value }, 404, 'HUB-621'],
    ];
    for (const [name, more, status, code] of cases) {
      const answer = await answerEvent(adapter, event, more);
      assert.deepEqual([answer.status, codeOf(answer)], [status, code], `${name}: ${answer.text}`);
      assert.equal((await statusOf(client, at)).status, 202, name);
    }
    for (const body of ['', '{', '[]', 'null', '"x"', '{}'])
      assert.equal((await adapter.send('POST', '/provider/event', { headers: json, body })).status, 400, body);
    const large = await adapter.send('POST', '/provider/event', { headers: json, body: ' '.repeat(8_388_609) });
    assert.equal(large.status, 413);
    for (const id of ['adapter-of-others', 'neighbour']) {
      const answer = await answerEvent(await hub.as(id), event, { orgId: null, value });
      assert.deepEqual([answer.status, codeOf(answer)], [404, 'HUB-621'], id);
    }
    const unregistered = await answerEvent(await hub.as('second-adapter'), event, { value });
    assert.deepEqual([unregistered.status, codeOf(unregistered)], [400, 'HUB-620']);
    assert.equal((await eventsOf(adapter, elev)).length, 1);
    assert.equal((await client.send('GET', `/${elev}/systemid/e-64`)).status, 404);
    const answers = await Promise.all(Array.from({ length: 10 }, () => answerEvent(adapter, event, { value })));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, ...Array.from({ length: 9 }, () => 404)]);
    assert.equal((await statusOf(client, at)).status, 201);
  });

  it('hold as many resources as their kind wants', async () => {
    const entry = { identifier: 'e-0', resource: pupil(0).resource };
    const ask: Readonly<Record<string, () => Promise<unknown>>> = {
      CREATE: () => wish(65),
      UPDATE: () => writeTo(client, 'PUT', `/${elev}/systemid/e-0`, pupil(0).resource),
      DELETE: () => writeTo(client, 'DELETE', `/${elev}/systemid/e-0`),
      VALIDATE: () => writeTo(client, 'POST', `/${elev}?validate=true`, pupil(66).resource),
    };
    const right: Readonly<Record<string, number>> = { CREATE: 1, UPDATE: 1, DELETE: 0, VALIDATE: 0 };
    for (const [name, asked] of Object.entries(ask)) {
      await asked();
      const [event] = await laterEventsOf(adapter, elev);
      assert.ok(event !== undefined);
      assert.equal(event.operation, name);
      if (name === 'UPDATE' || name === 'DELETE') assert.deepEqual(event.id, { idField: 'systemid', idValue: 'e-0' });
      for (const [status, count] of [
        ['SUCCEEDED', right[name] === 1 ? 0 : 1],
        ['SUCCEEDED', 2],
        ['CONFLICT', 0],
        ['CONFLICT', 2],
        ['REJECTED', 1],
        ['ERROR', 1],
      ] as const) {
        const resources = Array.from({ length: count }, () => entry);
        const answer = await answerLater(adapter, event, status, { resources });
        assert.deepEqual([answer.status, codeOf(answer)], [400, 'HUB-620'], `${name} ${status} ${count}`);
      }
      for (const wrong of [
        { status: 'DONE' },
        { resources: 'x' },
        { resources: ['x'] },
        { resources: [{ identifier: 1 }] },
        { message: 7 },
      ]) {
        const answer = await answerLater(adapter, event, 'REJECTED', wrong);
        assert.deepEqual([answer.status, codeOf(answer)], [400, 'HUB-103'], JSON.stringify(wrong));
      }
      assert.equal((await answerLater(adapter, event, 'ERROR', { message: 'nei' })).status, 200);
    }
    await writeTo(client, 'PUT', `/${elev}/systemid/e-0`, pupil(0).resource);
    const [event] = await laterEventsOf(adapter, elev);
    assert.ok(event !== undefined);
    const foreign = await answerLater(adapter, event, 'SUCCEEDED', {
      resources: [{ identifier: 'e-1', resource: pupil(1).resource }],
    });
    assert.deepEqual([foreign.status, codeOf(foreign)], [400, 'HUB-620'], 'another resource than the one asked about');
  });

  it('that are answered are safe from a full sync that was open already', async () => {
    const corrId = randomUUID();
    const first = { corrId, totalSize: 5, page: 1, totalPages: 2 };
    assert.equal((await sendPage(adapter, elev, several(4, pupil), first)).status, 201);
    const at = await wish(70);
    const [event] = await laterEventsOf(adapter, elev);
    assert.ok(event !== undefined);
    const resources = [{ identifier: 'e-70', resource: pupil(70).resource }];
    assert.equal((await answerLater(adapter, event, 'SUCCEEDED', { resources })).status, 200);
    assert.equal((await sendPage(adapter, elev, [pupil(4)], { ...first, page: 2 })).status, 201);
    const run = await adapter.read<{ state: string }>(`/provider/sync/${corrId}`);
    assert.equal(run.state, 'completed');
    assert.equal((await client.send('GET', `/${elev}/systemid/e-70`)).status, 200);
    assert.equal((await statusOf(client, at)).status, 201);
    await deliverPage(adapter, elev, several(5, pupil));
    assert.equal((await client.send('GET', `/${elev}/systemid/e-70`)).status, 404, 'a newer full sync decides');
    assert.equal((await statusOf(client, at)).status, 410);
  });

  it('are none for what the hub owns, which takes no deliveries', async () => {
    const body = { systemId: { identifikatorverdi: 'f-1' }, navn: 'Fag', beskrivelse: '' };
    assert.equal((await outcomeOf(client, 'POST', `/${fag}`, body)).status, 201);
    assert.deepEqual(await eventsOf(adapter, fag), []);
    for (const method of ['POST', 'PATCH', 'DELETE'] as const) {
      const refused = await sendPage(adapter, fag, [], { method });
      assert.deepEqual([refused.status, codeOf(refused)], [409, 'HUB-605']);
    }
    assert.equal((await client.send('GET', `/${fag}/systemid/f-1`)).status, 200);
  });

  it('reach only adapters that say that they answer them', async () => {
    await register(adapter, { eventCapabilities: [capability('elev', ['CREATE'])] });
    await wish(71);
    await writeTo(client, 'PUT', `/${elev}/systemid/e-0`, pupil(0).resource);
    assert.deepEqual(
      (await eventsOf(adapter, 'utdanning')).map(({ operationType }) => operationType),
      ['CREATE'],
    );
    await register(adapter);
    assert.equal((await eventsOf(adapter, 'utdanning')).length, 2);
    for (const eventCapabilities of [
      'x',
      [7],
      [capability('tull', ['READ'])],
      [capability('elev', ['MEND'])],
      [{ ...capability('elev', []), operations: 'READ' }],
    ]) {
      const answer = await adapter.send('POST', '/provider/register', {
        headers: json,
        body: JSON.stringify({
          adapterId,
          username: 'adapter',
          heartbeatIntervalInMinutes: 1,
          capabilities: [],
          eventCapabilities,
        }),
      });
      assert.deepEqual([answer.status, codeOf(answer)], [400, 'HUB-103']);
    }
  });

  describe('that ask the source itself', () => {
    const async = { headers: { prefer: 'respond-async' } };
    before(() => register(adapter, { eventCapabilities: [capability('elev', ['READ', 'CREATE', 'UPDATE'])] }));

    const ask = async (target: string, caller = client): Promise<string> => {
      const answer = await caller.send('GET', target, async);
      assert.equal(answer.status, 202, answer.text);
      assert.equal(answer.headers['preference-applied'], 'respond-async');
      return String(answer.headers['location']);
    };

    it('by identifier', async () => {
      const at = await ask(`/${elev}/systemid/e-900`);
      assert.equal((await statusOf(client, at)).status, 202);
      assert.deepEqual(await eventsOf(adapter, elev), [], 'the first form knows no reads');
      const [event] = await laterEventsOf(adapter, elev);
      assert.ok(event !== undefined);
      assert.deepEqual(
        [event.operation, event.id, event.filter, event.value, event.maxResults],
        ['READ', { idField: 'systemid', idValue: 'e-900' }, null, null, 1],
      );
      const systemId = { identifikatorverdi: 'e-900' };
      const resources = [{ identifier: 'e-900', resource: pupil(90, { systemId }).resource }];
      assert.equal(
        (await answerLater(adapter, event, 'SUCCEEDED', { resources: [...resources, ...resources] })).status,
        400,
      );
      assert.equal((await answerLater(adapter, event, 'SUCCEEDED', { resources })).status, 200);
      const told = await statusOf(client, at);
      assert.equal(told.status, 200, told.text);
      assert.equal(
        bodyOf<{ feidenavn: { identifikatorverdi: string } }>(told).feidenavn.identifikatorverdi,
        'elev90@fjord.test',
      );
      assert.equal((await client.send('GET', `/${elev}/systemid/e-900`)).status, 404, 'nothing is stored');
      assert.equal((await statusOf(await hub.as('other'), at)).status, 410);
    });

    it('by filter, in the address and in the body', async () => {
      const filter = "feidenavn/identifikatorverdi eq 'elev90-fjord.test'";
      const query = await client.send('POST', `/${elev}/$query`, {
        headers: { ...async.headers, 'content-type': 'text/plain' },
        body: filter,
      });
      assert.equal(query.status, 202, query.text);
      for (const at of [
        await ask(`/${elev}?$filter=${encodeURIComponent(filter)}`),
        String(query.headers['location']),
      ]) {
        const event = (await laterEventsOf(adapter, elev)).find(({ corrId }) => at.endsWith(corrId));
        assert.ok(event !== undefined);
        assert.deepEqual([event.filter, event.id, event.maxResults], [filter, null, 10_000]);
        const resources = [90, 0].map((number) => ({ identifier: `e-${number}`, resource: pupil(number).resource }));
        assert.equal((await answerLater(adapter, event, 'SUCCEEDED', { resources })).status, 200);
        const told = bodyOf<{ _embedded: { _entries: unknown[] }; total_items: number; size: number }>(
          await statusOf(client, at),
        );
        const { _embedded: embedded, total_items: total, size } = told;
        assert.deepEqual([embedded['_entries'].length, total, size], [2, 2, 2]);
      }
    });

    it('and are not found, rejected, or fail', async () => {
      for (const [status, code] of [
        ['SUCCEEDED', 404],
        ['REJECTED', 400],
        ['ERROR', 500],
      ] as const) {
        const at = await ask(`/${elev}/systemid/e-901`);
        const [event] = await laterEventsOf(adapter, elev);
        assert.ok(event !== undefined);
        assert.equal(
          (
            await answerLater(adapter, event, 'CONFLICT', {
              resources: [{ identifier: 'e-1', resource: pupil(1).resource }],
            })
          ).status,
          400,
        );
        assert.equal((await answerLater(adapter, event, status)).status, 200);
        assert.equal((await statusOf(client, at)).status, code);
      }
    });

    it('and are too large', async () => {
      const at = await ask(`/${elev}?$filter=${encodeURIComponent("systemId/identifikatorverdi ne 'x'")}`);
      const [event] = await laterEventsOf(adapter, elev);
      assert.ok(event !== undefined);
      const padded = { identifier: 'e-0', resource: { ...pupil(0).resource, padding: 'x'.repeat(8_388_609) } };
      const refused = await answerLater(adapter, event, 'SUCCEEDED', { resources: [padded] });
      assert.deepEqual([refused.status, codeOf(refused)], [413, 'HUB-102']);
      const told = await statusOf(client, at);
      assert.deepEqual([told.status, bodyOf<{ statusCode: string }>(told).statusCode], [400, 'REJECTED']);
      const wrote = await wish(80);
      const [write] = await laterEventsOf(adapter, elev);
      assert.ok(write !== undefined);
      assert.equal((await answerLater(adapter, write, 'SUCCEEDED', { resources: [padded] })).status, 413);
      assert.equal((await statusOf(client, wrote)).status, 202, 'it may still be answered');
    });

    it('show what the caller may see, and are refused what it may not ask', async () => {
      const narrow = await hub.as('narrow');
      const at = await ask(`/${elev}/systemid/e-0`, narrow);
      const [event] = await laterEventsOf(adapter, elev);
      assert.ok(event !== undefined);
      assert.equal(
        (
          await answerLater(adapter, event, 'SUCCEEDED', {
            resources: [{ identifier: 'e-0', resource: pupil(0).resource }],
          })
        ).status,
        200,
      );
      const told = bodyOf<Record<string, Record<string, unknown[]>>>(await statusOf(narrow, at));
      assert.deepEqual(Object.keys(told).toSorted(), ['_links', 'elevnummer', 'systemId']);
      assert.deepEqual(Object.keys(told['_links'] ?? {}), ['self']);
      const hidden = await narrow.send(
        'GET',
        `/${elev}?$filter=${encodeURIComponent("feidenavn/identifikatorverdi eq 'x'")}`,
        async,
      );
      assert.deepEqual([hidden.status, codeOf(hidden)], [400, 'HUB-205']);
      const unseen = await narrow.send('GET', `/${elev}/feidenavn/elev0@fjord.test`, async);
      assert.equal(unseen.status, 404);
    });

    it('are answered with what is stored where they cannot be live', async () => {
      for (const [target, why] of [
        [`/${elev}`, 'no filter'],
        [`/${elev}?$filter=${encodeURIComponent("systemId/identifikatorverdi eq 'e-0'")}&size=1`, 'paging'],
        [`/utdanning/elev/person?$filter=${encodeURIComponent("navn/fornavn eq 'Prøve1'")}`, 'no adapter'],
      ] as const) {
        const answer = await client.send('GET', target, async);
        assert.equal(answer.status, 200, why);
        assert.equal(answer.headers['preference-applied'], undefined, why);
      }
      const other = await client.send('GET', `/${elev}/systemid/e-0`, {
        headers: { prefer: 'respond-asynchronously' },
      });
      assert.equal(other.status, 200);
      assert.deepEqual(await laterEventsOf(adapter, elev), []);
    });
  });

  it('stop when the hub does', async () => {
    const waiting = eventsOf(adapter, 'utdanning', '?wait=20');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const started = Date.now();
    await hub.close();
    await waiting;
    assert.ok(Date.now() - started < 5_000);
    hub = await startHub({ place, known: hub.credentials });
    adapter = await hub.as('adapter');
    client = await hub.as('client');
    assert.equal((await writeOf(client, 'POST', `/${elev}`, pupil(72).resource)).status, 202);
  });
});
