// What adapters and clients do to events that no event is made for, over HTTP against a whole hub: answers that are swapped, raced, overtaken, too
// large or about others, polls that are given up, and rights, policies and processes that end while something waits. Every write ends in one outcome.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { after, afterEach, before, describe, it } from 'node:test';
import type { WriteRule } from '#store/store.ts';
import type { Answer, Caller } from './caller.ts';
import type { Entry } from './deliveries.ts';
import { adapterId, deliverPage, json, nationalIds, person, pupil, relation, sendPage, several } from './deliveries.ts';
import { startHub, type HubUnderTest, type TestApplication } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';
import type { SecondEvent } from './writers.ts';
import {
  answerEvent,
  answerLater,
  bodyOf,
  eventsOf,
  laterEventsOf,
  register,
  statusOf,
  write,
  writeTo,
} from './writers.ts';

const elev = 'utdanning/elev/elev';
const persons = 'utdanning/elev/person';
const fag = 'utdanning/timeplan/fag';
const fjord = { organisation: 'fjord.test' } as const;
const actions = ['read', 'list', 'follow', 'write'] as const;

const applications: readonly TestApplication[] = [
  { id: 'adapter', kind: 'adapter', ...fjord },
  { id: 'second', kind: 'adapter', ...fjord },
  { id: 'fading', kind: 'adapter', ...fjord },
  { id: 'client', kind: 'client', ...fjord, grant: { actions } },
  { id: 'other', kind: 'client', ...fjord, grant: { actions } },
  { id: 'leaving', kind: 'client', ...fjord, grant: { actions } },
  { id: 'guard', kind: 'client', ...fjord, grant: { actions, clearance: 3 } },
  {
    id: 'inside',
    kind: 'client',
    ...fjord,
    grant: { actions, rows: { scope: 'school', field: 'skolenummer', values: ['14000'] } },
  },
];

const codeOf = (answer: Answer): string => (answer.text === '' ? '' : bodyOf<{ readonly code: string }>(answer).code);
const told = (answer: Answer): readonly [number, string] => [answer.status, codeOf(answer)];
const capability = (resourceName: string, operations: readonly string[]): object => ({
  domainName: 'utdanning',
  packageName: 'elev',
  resourceName,
  operations,
});
const contract = {
  eventCapabilities: ['elev', 'person'].map((name) =>
    capability(name, ['READ', 'CREATE', 'UPDATE', 'DELETE', 'VALIDATE']),
  ),
};
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const async = { headers: { prefer: 'respond-async' } };

const place = await temporaryPlace();
let hub: HubUnderTest;
let adapter: Caller;
let client: Caller;

const settle = async (writes: readonly WriteRule[]): Promise<void> => {
  const known = await hub.platform.organisation('fjord.test');
  assert.ok(known !== null);
  await hub.platform.putOrganisation({ ...known, settings: { ...known.settings, writes } });
};

const usual: readonly WriteRule[] = [{ pattern: persons, policy: 'source', deadlineMinutes: null }];

before(async () => {
  hub = await startHub({
    place,
    organisations: [{ id: 'fjord.test', settings: { removalGuard: 1, writes: usual } }],
    applications,
  });
  adapter = await hub.as('adapter');
  client = await hub.as('client');
  await register(adapter, contract);
  await deliverPage(adapter, elev, several(5, pupil));
  await deliverPage(adapter, persons, several(5, person));
});
after(async () => {
  await hub?.close();
  await place.remove();
});

const drain = async (): Promise<void> => {
  for (;;) {
    const waiting = await laterEventsOf(adapter, 'utdanning');
    if (waiting.length === 0) return;
    for (const event of waiting) assert.equal((await answerLater(adapter, event, 'REJECTED')).status, 200);
  }
};
afterEach(drain);

const entry = (number: number, more: Readonly<Record<string, unknown>> = {}): object => pupil(number, more);
const wish = (number: number): Promise<string> => writeTo(client, 'POST', `/${elev}`, pupil(number).resource ?? {});
const eventOf = async (at: string, domain = 'utdanning'): Promise<SecondEvent> => {
  const event = (await laterEventsOf(adapter, domain)).find(({ corrId }) => at.endsWith(corrId));
  assert.ok(event !== undefined);
  return event;
};
const feed = async (): Promise<number> =>
  (await client.read<Readonly<Record<string, unknown[]>>>(`/${elev}/changes?size=10000`))['_entries']?.length ?? 0;
const mail = (text: string): Readonly<Record<string, unknown>> => ({ kontaktinformasjon: { epostadresse: text } });
const mailOf = async (number: number): Promise<string | undefined> =>
  (await client.read<{ kontaktinformasjon?: { epostadresse: string } }>(`/${elev}/systemid/e-${number}`))
    .kontaktinformasjon?.epostadresse;

const deep = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

describe('an answer', { timeout: 60_000 }, () => {
  it('given by two adapters and in two forms at the same moment counts once', async () => {
    const second = await hub.as('second');
    await register(second, { adapterId: `${adapterId}/second` });
    const count = await feed();
    const at = await wish(60);
    const event = await eventOf(at);
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, turn) => {
        const value = entry(60, mail(`${turn}@fjord.test`));
        return turn % 3 === 0
          ? answerLater(adapter, event, 'SUCCEEDED', { resources: [value] })
          : turn % 3 === 1
            ? answerEvent(
                second,
                { corrId: event.corrId, operationType: 'CREATE' },
                { adapterId: `${adapterId}/second`, value },
              )
            : answerLater(second, event, 'REJECTED');
      }),
    );
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    for (const one of answers) if (one.status !== 200) assert.deepEqual(told(one), [404, 'HUB-621']);
    const won = answers.findIndex(({ status }) => status === 200);
    const outcome = await statusOf(client, at);
    assert.equal(outcome.status, won % 3 === 2 ? 400 : 201);
    assert.equal(await feed(), count + (won % 3 === 2 ? 0 : 1));
    if (won % 3 !== 2) assert.equal(await mailOf(60), `${won}@fjord.test`);
  });

  it('with another resource than was asked for is none', async () => {
    const event = await eventOf(await wish(61));
    for (const [name, resource] of [
      ['what was there already', pupil(3).resource],
      ['another class', person(3).resource],
      ['another class with the same identifier', { ...relation(61).resource, systemId: undefined }],
      ['nothing', {}],
      ['members of the language', JSON.parse('{"__proto__":{"systemId":{"identifikatorverdi":"e-61"}}}')],
      ['a list', []],
    ] as const)
      assert.deepEqual(
        told(await answerLater(adapter, event, 'SUCCEEDED', { resources: [{ identifier: 'e-61', resource }] })),
        [400, name === 'a list' ? 'HUB-620' : 'HUB-620'],
        name,
      );
    assert.match((await client.send('GET', `/${elev}/systemid/e-3`)).text, /elev3@/);
    assert.equal((await answerLater(adapter, event, 'SUCCEEDED', { resources: [entry(61)] })).status, 200);
  });

  it('that is deep, broad or long costs nothing and changes nothing', async () => {
    const at = await wish(62);
    const event = await eventOf(at);
    const base = JSON.stringify(pupil(62).resource).slice(0, -1);
    for (const [name, resource] of [
      ['deep below an unknown member', `${base},"ukjent":${deep(100_000)}}`],
      ['deep below a known member', `${base},"kontaktinformasjon":${deep(100_000)}}`],
      ['deep lists', `${base},"kontaktinformasjon":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
      ['many members', `${base},${Array.from({ length: 100_000 }, (_, at_) => `"m${at_}":1`).join(',')}}`],
      ['a long text', `${base},"kontaktinformasjon":{"epostadresse":"${'x'.repeat(65_537)}"}}`],
      ['a long identifier', `{"systemId":{"identifikatorverdi":"${'x'.repeat(513)}"}}`],
    ] as const) {
      const started = Date.now();
      const body = `{"corrId":"${event.corrId}","status":"SUCCEEDED","resources":[{"identifier":"e-62","resource":${resource}}]}`;
      const answer = await adapter.send('POST', '/provider/v2/event', { headers: json, body });
      assert.deepEqual(told(answer), [400, 'HUB-620'], `${name}: ${answer.text.slice(0, 300)}`);
      assert.ok(answer.text.length < 200_000 && Date.now() - started < 2_000, name);
      assert.equal((await statusOf(client, at)).status, 202);
    }
    const value = `{"corrId":"${event.corrId}","adapterId":"${adapterId}","operationType":"CREATE","value":${deep(200_000)}}`;
    const first = await adapter.send('POST', '/provider/event', { headers: json, body: value });
    assert.equal(first.status, 400, first.text.slice(0, 300));
    const whole = JSON.stringify({ corrId: event.corrId, status: 'SUCCEEDED', resources: [entry(62)] });
    const exactly = whole + ' '.repeat(8_388_608 - Buffer.byteLength(whole));
    assert.deepEqual(told(await adapter.send('POST', '/provider/v2/event', { headers: json, body: `${exactly} ` })), [
      413,
      'HUB-102',
    ]);
    assert.equal((await statusOf(client, at)).status, 202);
    assert.equal((await adapter.send('POST', '/provider/v2/event', { headers: json, body: exactly })).status, 200);
    assert.equal((await statusOf(client, at)).status, 201);
  });

  it('races with a sync of the same resource: whoever comes last decides, and the outcome stands', async () => {
    const at = await writeTo(
      client,
      'PUT',
      `/${elev}/systemid/e-1`,
      pupil(1, mail('klient@fjord.test')).resource ?? {},
    );
    await deliverPage(adapter, elev, [pupil(1, mail('sync@fjord.test'))], { method: 'PATCH' });
    const event = await eventOf(at);
    assert.equal(
      (await answerLater(adapter, event, 'SUCCEEDED', { resources: [entry(1, mail('svar@fjord.test'))] })).status,
      200,
    );
    assert.equal(await mailOf(1), 'svar@fjord.test');
    await deliverPage(adapter, elev, [pupil(1, mail('senere@fjord.test'))], { method: 'PATCH' });
    const outcome = await statusOf(client, at);
    assert.equal(outcome.status, 201);
    assert.match(outcome.text, /senere@/);
    // Both at the same moment, many times.
    for (let turn = 0; turn < 5; turn += 1) {
      const status = await writeTo(
        client,
        'PUT',
        `/${elev}/systemid/e-1`,
        pupil(1, mail(`k${turn}@fjord.test`)).resource ?? {},
      );
      const waiting = await eventOf(status);
      const [answered, delivered] = await Promise.all([
        answerLater(adapter, waiting, 'SUCCEEDED', { resources: [entry(1, mail(`a${turn}@fjord.test`))] }),
        sendPage(adapter, elev, [pupil(1, mail(`s${turn}@fjord.test`))], { method: 'PATCH' }),
      ]);
      assert.deepEqual([answered.status, delivered.status], [200, 201]);
      assert.equal((await statusOf(client, status)).status, 201);
      assert.ok([`a${turn}@fjord.test`, `s${turn}@fjord.test`].includes((await mailOf(1)) ?? ''));
    }
  });

  it('to a removal stands against an older sync, and yields to a newer one', async () => {
    const at = await writeTo(client, 'DELETE', `/${elev}/systemid/e-2`);
    const event = await eventOf(at);
    const corrId = randomUUID();
    const older = { corrId, totalSize: 3, totalPages: 2, method: 'PATCH' } as const;
    assert.equal((await sendPage(adapter, elev, [pupil(0), pupil(1)], { ...older, page: 1 })).status, 201);
    assert.equal((await answerLater(adapter, event, 'SUCCEEDED')).status, 200);
    assert.equal((await sendPage(adapter, elev, [pupil(2)], { ...older, page: 2 })).status, 201);
    assert.equal((await client.send('GET', `/${elev}/systemid/e-2`)).status, 404);
    assert.equal((await statusOf(client, at)).status, 204);
    await deliverPage(adapter, elev, [pupil(2)], { method: 'PATCH' });
    assert.equal((await client.send('GET', `/${elev}/systemid/e-2`)).status, 200);
    assert.equal((await statusOf(client, at)).status, 204);
    // Gone and back before the answer: what the source removes is removed.
    const again = await writeTo(client, 'DELETE', `/${elev}/systemid/e-2`);
    await deliverPage(adapter, elev, [{ identifier: 'e-2', resource: null }], { method: 'DELETE' });
    assert.equal((await answerLater(adapter, await eventOf(again), 'SUCCEEDED')).status, 200);
    assert.equal((await statusOf(client, again)).status, 204);
    const back = await writeTo(client, 'PUT', `/${elev}/systemid/e-3`, pupil(3).resource ?? {});
    await deliverPage(adapter, elev, [{ identifier: 'e-3', resource: null }], { method: 'DELETE' });
    const waiting = await eventOf(back);
    assert.deepEqual(told(await answerLater(adapter, waiting, 'SUCCEEDED', { resources: [entry(1)] })), [
      400,
      'HUB-620',
    ]);
    assert.equal((await answerLater(adapter, waiting, 'SUCCEEDED', { resources: [entry(3)] })).status, 200);
    assert.equal((await statusOf(client, back)).status, 201);
    await deliverPage(adapter, elev, [pupil(2)], { method: 'PATCH' });
  });

  it('to an event whose id is that of a sync leaves the sync alone', async () => {
    const at = await wish(63);
    const { corrId } = await eventOf(at);
    const page = { corrId, totalSize: 2, totalPages: 2 };
    assert.equal((await sendPage(adapter, elev, [pupil(0)], { ...page, method: 'PATCH', page: 1 })).status, 201);
    const answer = await answerLater(adapter, { corrId }, 'SUCCEEDED', { resources: [entry(63)] });
    const rest = await sendPage(adapter, elev, [pupil(1)], { ...page, method: 'PATCH', page: 2 });
    const run = await adapter.read<{ state: string; totalSize: number; receivedEntries: number }>(
      `/provider/sync/${corrId}`,
    );
    assert.equal(answer.status, 200, answer.text);
    assert.equal((await statusOf(client, at)).status, 201);
    assert.equal(rest.status, 201, rest.text);
    assert.deepEqual([run.state, run.totalSize, run.receivedEntries], ['completed', 2, 2]);
  });
});

const adapterToken = async (): Promise<string> => {
  const { id, secret } = hub.credentials.get('adapter') ?? { id: '', secret: '' };
  const credentials = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64');
  const answer = await client.send('POST', '/oauth/token', {
    headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  return `Bearer ${bodyOf<{ access_token: string }>(answer).access_token}`;
};

describe('what waits', { timeout: 60_000 }, () => {
  it('is handed out in answers that can be built', async () => {
    const links = Array.from({ length: 900 }, (_, at) => ({ href: `elevnummer/${at}-${'ø'.repeat(240)}` }));
    const large = (number: number): object => ({
      ...pupil(number).resource,
      _links: {
        ...(pupil(number).resource?.['_links'] as object),
        elevforhold: links.map(({ href }) => ({ href: href.replace('elevnummer', 'systemid') })),
      },
    });
    const ids: string[] = [];
    for (let number = 100; number < 116; number += 1)
      ids.push((await writeTo(client, 'POST', `/${elev}`, large(number))).slice(-36));
    const seen: string[] = [];
    for (let turn = 0; turn < 20 && seen.length < ids.length; turn += 1) {
      const answer = await adapter.send('GET', '/provider/event/utdanning');
      assert.equal(answer.status, 200);
      assert.ok(answer.bytes.length < 24_000_000, String(answer.bytes.length));
      const some = bodyOf<{ corrId: string }[]>(answer);
      assert.ok(some.length > 0 && (turn > 0 || some.length < ids.length), String(some.length));
      for (const { corrId } of some) {
        seen.push(corrId);
        assert.equal((await answerLater(adapter, { corrId }, 'REJECTED')).status, 200);
      }
    }
    assert.deepEqual(seen, ids);
  });

  it('outlives the application that asked, its grant, the policy and the process', async () => {
    const leaving = await hub.as('leaving');
    const make = (number: number): Promise<string> =>
      writeTo(leaving, 'POST', `/${elev}`, pupil(number).resource ?? {});
    const [disabled, ended, owned, restarted] = [await make(70), await make(71), await make(72), await make(73)];
    const application = await hub.platform.application('leaving');
    const [grant] = await hub.platform.grantsOf('leaving');
    assert.ok(application !== null && grant !== undefined);

    await hub.platform.putApplication({ ...application, disabled: true });
    assert.equal((await statusOf(leaving, disabled)).status, 401);
    assert.equal(
      (await answerLater(adapter, await eventOf(disabled), 'SUCCEEDED', { resources: [entry(70)] })).status,
      200,
    );
    assert.equal((await client.send('GET', `/${elev}/systemid/e-70`)).status, 200);
    await hub.platform.putApplication({ ...application, disabled: false });
    assert.equal((await statusOf(leaving, disabled)).status, 201);

    await hub.platform.putGrant({ ...grant, actions: ['read'], fields: ['systemId'] });
    assert.equal(
      (await answerLater(adapter, await eventOf(ended), 'SUCCEEDED', { resources: [entry(71)] })).status,
      200,
    );
    assert.deepEqual(Object.keys(bodyOf<object>(await statusOf(leaving, ended))).toSorted(), ['_links', 'systemId']);
    await hub.platform.putGrant({ ...grant, collections: ['utdanning/vurdering/*'] });
    assert.deepEqual(told(await statusOf(leaving, ended)), [410, 'HUB-411']);
    await hub.platform.putGrant({ ...grant, to: Date.now() - 1 });
    assert.ok([401, 403, 410].includes((await statusOf(leaving, ended)).status));
    await hub.platform.putGrant(grant);
    assert.equal((await statusOf(leaving, ended)).status, 201);

    await settle([...usual, { pattern: elev, policy: 'hub', deadlineMinutes: null }]);
    const waiting = await eventOf(owned);
    assert.equal((await statusOf(leaving, owned)).status, 202);
    assert.equal((await answerLater(adapter, waiting, 'SUCCEEDED', { resources: [entry(72)] })).status, 200);
    assert.equal((await statusOf(leaving, owned)).status, 201);
    await settle([...usual, { pattern: elev, policy: 'closed', deadlineMinutes: null }]);
    assert.equal((await statusOf(leaving, restarted)).status, 202);
    await settle(usual);

    const known = hub.credentials;
    await hub.close();
    hub = await startHub({ place, known });
    adapter = await hub.as('adapter');
    client = await hub.as('client');
    const again = await hub.as('leaving');
    const there = restarted.replace(/^http:\/\/[^/]+/, '');
    assert.equal((await statusOf(again, there)).status, 202);
    const at = `/${elev}/systemid/e-70`;
    await writeTo(client, 'PUT', at, pupil(70).resource ?? {});
    assert.deepEqual(told(await write(client, 'PUT', at, pupil(70).resource ?? {}, { 'if-match': '*' })), [
      412,
      'HUB-412',
    ]);
    assert.equal(
      (await answerLater(adapter, await eventOf(restarted), 'SUCCEEDED', { resources: [entry(73)] })).status,
      200,
    );
    assert.equal((await statusOf(again, there)).status, 201);
  });

  it('is not for an adapter that has lost its grant while it waited', async () => {
    const fading = await hub.as('fading');
    const [grant] = await hub.platform.grantsOf('fading');
    assert.ok(grant !== undefined);
    const waiting = fading.send('GET', '/provider/event/utdanning?wait=3');
    await pause(150);
    await hub.platform.putGrant({ ...grant, collections: ['utdanning/vurdering/*'] });
    const at = await wish(74);
    const narrowed = fading.send('GET', `/provider/event/${elev}?wait=3`);
    assert.deepEqual(told(await narrowed), [403, 'HUB-400']);
    const event = await eventOf(at);
    assert.deepEqual(told(await answerLater(fading, event, 'SUCCEEDED', { resources: [entry(74)] })), [404, 'HUB-621']);
    assert.deepEqual(told(await answerLater(fading, { corrId: randomUUID() }, 'REJECTED')), [404, 'HUB-621']);
    const poll = await waiting;
    assert.ok(poll.status === 403 || poll.text === '[]', poll.text);
    assert.equal((await statusOf(client, at)).status, 202);
  });

  it('is waited for by no more than may, and places that are given up are free at once', async () => {
    const abandon = async (): Promise<void> => {
      const { hostname, port } = new URL(hub.url);
      const authorization = await adapterToken();
      const polls = Array.from({ length: 60 }, () => {
        const one = request({
          hostname,
          port,
          path: '/provider/event/utdanning?wait=20',
          headers: { authorization },
          agent: false,
        });
        one.on('error', () => {});
        one.end();
        return one;
      });
      await pause(250);
      for (const one of polls) one.destroy();
      await pause(100);
    };
    for (let turn = 0; turn < 3; turn += 1) await abandon();
    const started = Date.now();
    const waiting = adapter.send('GET', '/provider/event/utdanning?wait=20');
    await pause(150);
    await wish(75);
    const woken = await waiting;
    assert.equal(bodyOf<unknown[]>(woken).length, 1, woken.text);
    assert.ok(Date.now() - started >= 100 && Date.now() - started < 5_000);
  });
});

const marked = (number: number, code: string): Entry => person(number, { adressebeskyttelse: code });
const atPerson = (number: number): string => `/${persons}/fodselsnummer/${nationalIds[number] ?? ''}`;

describe('many things of one moment', { timeout: 60_000 }, () => {
  it('end each in one outcome, and what fails takes nothing with it', async () => {
    await settle([...usual, { pattern: fag, policy: 'hub', deadlineMinutes: null }]);
    const numbers = Array.from({ length: 24 }, (_, at) => 160 + at);
    const statuses = await Promise.all(numbers.map(wish));
    const events = await laterEventsOf(adapter, 'utdanning');
    const asked = new Map(events.map((event) => [event.corrId, event]));
    const subjects = numbers.map((number) => ({
      systemId: { identifikatorverdi: `f-${number}` },
      navn: `${number}`,
      beskrivelse: 'x',
    }));
    const [answers, applied] = await Promise.all([
      Promise.all(
        statuses.map((status, at) => {
          const event = asked.get(status.slice(-36));
          assert.ok(event !== undefined);
          // Every other one claims what another has: it is found out only as it is stored.
          const more = at % 2 === 0 ? {} : { feidenavn: { identifikatorverdi: 'elev0@fjord.test' } };
          return answerLater(adapter, event, 'SUCCEEDED', { resources: [entry(numbers[at] ?? 0, more)] });
        }),
      ),
      Promise.all(subjects.map((body) => write(client, 'POST', `/${fag}`, body))),
    ]);
    for (const [at, answer] of answers.entries()) {
      const number = numbers[at] ?? 0;
      const found = await client.send('GET', `/${elev}/systemid/e-${number}`);
      const outcome = await statusOf(client, statuses[at] ?? '');
      if (at % 2 === 0) assert.deepEqual([answer.status, found.status, outcome.status], [200, 200, 201]);
      else assert.deepEqual([...told(answer), found.status, outcome.status], [400, 'HUB-620', 404, 202]);
      assert.equal(applied[at]?.status, 202);
      assert.equal((await client.send('GET', `/${fag}/systemid/f-${number}`)).status, 200);
    }
    await settle(usual);
    const again = statuses.filter((_, at) => at % 2 === 1);
    for (const status of again) {
      const event = await eventOf(status);
      const number = Number(/e-(\d+)/.exec(event.value ?? '')?.[1]);
      assert.equal((await answerLater(adapter, event, 'SUCCEEDED', { resources: [entry(number)] })).status, 200);
      assert.equal((await statusOf(client, status)).status, 201);
    }
  });

  it('are polls of several adapters, of which some need not wait', async () => {
    const second = await hub.as('second');
    const started = Date.now();
    const polls = [adapter, second].flatMap((caller) =>
      Array.from({ length: 55 }, async () => {
        const answer = await caller.send('GET', '/provider/event/utdanning?wait=2', { agent: false });
        return { status: answer.status, text: answer.text, ms: Date.now() - started };
      }),
    );
    const answers = await Promise.all(polls);
    for (const { status, text } of answers) assert.deepEqual([status, text], [200, '[]']);
    assert.ok(answers.filter(({ ms }) => ms < 1_500).length >= 10);
    assert.ok(answers.filter(({ ms }) => ms >= 1_900).length >= 90);
    const wakes = adapter.send('GET', '/provider/event/utdanning?wait=10');
    await pause(100);
    await wish(190);
    assert.equal(bodyOf<unknown[]>(await wakes).length, 1);
  });
});

describe('protection', { timeout: 60_000 }, () => {
  it('that was raised while a write waited is not lowered by an answer that repeats the write', async () => {
    for (const number of [0, 1, 2, 3, 4])
      await deliverPage(adapter, persons, [marked(number, 'ugradert')], { method: 'PATCH' });
    const seen = await client.read<object>(atPerson(4));
    const status = await writeTo(client, 'PUT', atPerson(4), { ...seen, navn: { fornavn: 'Ny', etternavn: 'Dal' } });
    const event = await eventOf(status);
    await deliverPage(adapter, persons, [marked(4, 'strengtFortrolig')], { method: 'PATCH' });
    const repeated = { identifier: nationalIds[4], resource: JSON.parse(event.value ?? '') };
    assert.deepEqual(told(await answerLater(adapter, event, 'SUCCEEDED', { resources: [repeated] })), [400, 'HUB-620']);
    assert.equal((await client.send('GET', atPerson(4))).status, 404);
    const right = { ...repeated, resource: { ...repeated.resource, adressebeskyttelse: 'strengtFortrolig' } };
    assert.equal((await answerLater(adapter, event, 'SUCCEEDED', { resources: [right] })).status, 200);
    assert.equal((await client.send('GET', atPerson(4))).status, 404);
    assert.equal((await client.send('GET', `/${elev}/systemid/e-4`)).status, 404);
    assert.deepEqual(
      told(await statusOf(client, status)),
      [410, 'HUB-411'],
      'it is no longer seen by whoever wrote it',
    );
    const guard = await hub.as('guard');
    assert.match((await guard.send('GET', atPerson(4))).text, /"Ny"/);
  });

  it('holds in what a source answers to a question', async () => {
    const filter = encodeURIComponent("systemId/identifikatorverdi ne 'x'");
    const inside = await hub.as('inside');
    for (const [caller, expected] of [
      [client, ['e-0', 'e-1']],
      [inside, []],
      [await hub.as('guard'), ['e-0', 'e-1', 'e-4', 'e-300']],
    ] as const) {
      const asked = await caller.send('GET', `/${elev}?$filter=${filter}`, async);
      assert.equal(asked.status, 202, asked.text);
      const status = String(asked.headers['location']);
      const stranger = {
        identifier: 'e-300',
        resource: {
          ...pupil(199).resource,
          systemId: { identifikatorverdi: 'e-300' },
          elevnummer: undefined,
          feidenavn: undefined,
        },
      };
      const resources = [entry(0), entry(1), entry(4), stranger];
      assert.equal((await answerLater(adapter, await eventOf(status), 'SUCCEEDED', { resources })).status, 200);
      const found = bodyOf<{
        _embedded: { _entries: { systemId: { identifikatorverdi: string } }[] };
        total_items: number;
      }>(await statusOf(caller, status));
      const ids = found['_embedded']['_entries'].map(({ systemId }) => systemId.identifikatorverdi);
      assert.deepEqual([ids, found.total_items], [expected, expected.length]);
    }
    const one = await client.send('GET', `/${elev}/systemid/e-4`, async);
    assert.equal(one.status, 202, 'as for what does not exist');
    const event = await eventOf(String(one.headers['location']));
    assert.deepEqual(told(await answerLater(adapter, event, 'SUCCEEDED', { resources: [entry(1)] })), [400, 'HUB-620']);
    assert.equal((await answerLater(adapter, event, 'SUCCEEDED', { resources: [entry(4)] })).status, 200);
    assert.deepEqual(told(await statusOf(client, String(one.headers['location']))), [404, 'HUB-204']);
  });

  it('is no matter of how a client says that it would rather not wait', async () => {
    for (const [prefer, live] of [
      ['respond-async', true],
      ['RESPOND-ASYNC', true],
      ['wait=10, respond-async', true],
      ['return=minimal; foo="x", respond-async ; a=b', true],
      ['respond-async2', false],
      ['x-respond-async', false],
      ['foo="respond-async"', false],
      ['foo="a, respond-async, b"', false],
      ['', false],
      [';,;,', false],
    ] as const) {
      const answer = await client.send('GET', `/${elev}/systemid/e-0`, { headers: { prefer } });
      assert.equal(answer.status, live ? 202 : 200, prefer);
      assert.equal(answer.headers['preference-applied'], live ? 'respond-async' : undefined, prefer);
    }
  });
});

describe('waiting', { timeout: 60_000 }, () => {
  it('is asked for as the rules of preferences say', async () => {
    const heeded = ['wait=1', 'Wait=1', 'respond-async, wait=1', 'wait="1"', 'wait = 1'];
    const asked = heeded.map(async (prefer) => {
      const started = Date.now();
      assert.equal((await adapter.send('GET', '/provider/event/utdanning', { headers: { prefer } })).text, '[]');
      assert.ok(Date.now() - started >= 800, prefer);
    });
    await Promise.all(asked);
    for (const prefer of ['wait=-1', 'wait=x', 'wait=1e9', 'await=5', '']) {
      const started = Date.now();
      assert.equal((await adapter.send('GET', '/provider/event/utdanning', { headers: { prefer } })).text, '[]');
      assert.ok(Date.now() - started < 800, prefer);
    }
  });

  it('by the first form of events, too, is for events of that form', async () => {
    assert.deepEqual(await eventsOf(adapter, elev), []);
  });
});
