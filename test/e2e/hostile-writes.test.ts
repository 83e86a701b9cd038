// What clients try with writes, over HTTP against a whole hub: to lower the protection of somebody, to learn of what they may not see, to have one
// write count twice or none at all, and to send what is no resource. Every one of them ends in exactly one outcome.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { OrganisationSettings, WriteRule } from '#store/store.ts';
import type { Answer, Caller } from './caller.ts';
import { adapterId, deliverPage, json, nationalIds, person, pupil, relation, several } from './deliveries.ts';
import { startHub, type HubUnderTest, type TestApplication } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';
import { answerEvent, bodyOf, eventsOf, outcomeOf, register, statusOf, write, writeTo } from './writers.ts';

const elev = 'utdanning/elev/elev';
const elevforhold = 'utdanning/elev/elevforhold';
const persons = 'utdanning/elev/person';
const fag = 'utdanning/timeplan/fag';
const klasse = 'utdanning/elev/klasse';
const fjord = { organisation: 'fjord.test' } as const;
const actions = ['read', 'list', 'follow', 'write'] as const;

const applications: readonly TestApplication[] = [
  { id: 'adapter', kind: 'adapter', ...fjord },
  { id: 'client', kind: 'client', ...fjord, grant: { actions } },
  { id: 'other', kind: 'client', ...fjord, grant: { actions } },
  { id: 'guard', kind: 'client', ...fjord, grant: { actions, clearance: 3 } },
  {
    id: 'inside',
    kind: 'client',
    ...fjord,
    grant: { actions, rows: { scope: 'school', field: 'skolenummer', values: ['14000'] } },
  },
  { id: 'neighbour', kind: 'client', organisation: 'nabo.test', grant: { actions } },
];

const hubOwned = (...patterns: readonly string[]): readonly WriteRule[] =>
  patterns.map((pattern) => ({ pattern, policy: 'hub', deadlineMinutes: null }));
const usual = hubOwned(fag);

const codeOf = (answer: Answer): string => (answer.text === '' ? '' : bodyOf<{ readonly code: string }>(answer).code);
const told = (answer: Answer): readonly [number, string] => [answer.status, codeOf(answer)];

const subject = (number: number, more: object = {}): object => ({
  systemId: { identifikatorverdi: `f-${number}` },
  navn: `Fag ${number}`,
  beskrivelse: 'Et fag',
  ...more,
});

const marked = (number: number, code: string, more: Readonly<Record<string, unknown>> = {}): object => ({
  ...person(number).resource,
  adressebeskyttelse: code,
  ...more,
});

const enrolment = (number: number, more: Readonly<Record<string, unknown>> = {}): object => ({
  ...relation(number, { beskrivelse: 'Et forhold', ...more }).resource,
});

const place = await temporaryPlace();
let hub: HubUnderTest;
let adapter: Caller;
let client: Caller;
let guard: Caller;

const settle = async (writes: readonly WriteRule[], more: Partial<OrganisationSettings> = {}): Promise<void> => {
  const known = await hub.platform.organisation('fjord.test');
  assert.ok(known !== null);
  await hub.platform.putOrganisation({ ...known, settings: { ...known.settings, writes, ...more } });
};

before(async () => {
  hub = await startHub({
    place,
    organisations: [
      { id: 'fjord.test', settings: { removalGuard: 1, writes: usual } },
      { id: 'nabo.test', settings: { writes: usual } },
    ],
    applications,
  });
  adapter = await hub.as('adapter');
  client = await hub.as('client');
  guard = await hub.as('guard');
  await register(adapter);
  await deliverPage(adapter, elev, several(3, pupil));
});
after(async () => {
  await hub?.close();
  await place.remove();
});

const longId = (bytes: number): object => ({ systemId: { identifikatorverdi: 'i'.repeat(bytes) } });

const linked = (count: number): object => ({
  _links: { undervisningsgruppe: Array.from({ length: count }, (_, at) => ({ href: `systemid/${at}` })) },
});

describe('requests that are odd', { timeout: 60_000 }, () => {
  it('about what is to be checked only are never taken for a write', async () => {
    for (const query of ['?validate=TRUE', '?validate=', '?validate', '?validate=1', '?validate=true&validate=false'])
      assert.deepEqual(told(await write(client, 'POST', `/${fag}${query}`, subject(900))), [400, 'HUB-103'], query);
    for (const query of ['?Validate=true', '?VALIDATE=true'])
      assert.deepEqual(told(await write(client, 'POST', `/${fag}${query}`, subject(900))), [400, 'HUB-103'], query);
    assert.equal((await client.send('GET', `/${fag}/systemid/f-900`)).status, 404);
    assert.equal((await outcomeOf(client, 'POST', `/${fag}?validate=false`, subject(901))).status, 201);
    const checked = await outcomeOf(client, 'PUT', `/${fag}/systemid/f-901?validate=true`, subject(901, { navn: 'x' }));
    assert.equal(checked.status, 200);
    assert.match((await client.send('GET', `/${fag}/systemid/f-901`)).text, /Fag 901/);
  });

  it('by their methods, types and sizes get a problem', async () => {
    for (const [method, target, allow] of [
      ['PATCH', `/${fag}/systemid/f-1`, 'GET, HEAD, PUT, DELETE'],
      ['PATCH', `/${fag}`, 'GET, HEAD, POST'],
      ['PUT', `/${fag}`, 'GET, HEAD, POST'],
      ['DELETE', `/${fag}`, 'GET, HEAD, POST'],
      ['POST', `/${fag}/systemid/f-1`, 'GET, HEAD, PUT, DELETE'],
      ['DELETE', `/${fag}/status/0b6c2f4e-5d5c-4d5f-8f4c-0123456789ab`, 'GET, HEAD'],
      ['POST', `/${klasse}`, 'GET, HEAD'],
      ['PUT', `/${klasse}/systemid/k`, 'GET, HEAD'],
    ] as const) {
      const answer = await write(client, method, target, subject(1));
      assert.deepEqual(told(answer), [405, 'HUB-105'], `${method} ${target}`);
      assert.equal(answer.headers['allow'], allow, `${method} ${target}`);
    }
    for (const type of ['text/plain', 'application/xml', 'application/json-patch', 'multipart/form-data', 'json'])
      assert.deepEqual(
        told(await write(client, 'POST', `/${fag}`, subject(902), { 'content-type': type })),
        [415, 'HUB-104'],
        type,
      );
    const whole = JSON.stringify(subject(903));
    const padded = (size: number): string => whole + ' '.repeat(size - Buffer.byteLength(whole));
    assert.deepEqual(told(await write(client, 'POST', `/${fag}`, padded(1_048_577))), [413, 'HUB-102']);
    assert.equal((await outcomeOf(client, 'POST', `/${fag}`, padded(1_048_576))).status, 201);
    const bytes = Buffer.from(whole.replace('Fag', 'F\u00ffg'), 'latin1');
    const raw = await client.send('POST', `/${fag}`, { headers: json, body: bytes });
    assert.deepEqual(raw.status, 400, raw.text);
  });

  it('with members of the language are refused and change nothing', async () => {
    const text = JSON.stringify(subject(904));
    for (const body of [
      text.replace('{', '{"__proto__":{"polluted":1},'),
      text.replace('{', '{"constructor":{"prototype":{"polluted":1}},'),
      text.replace('"identifikatorverdi"', '"__proto__":{"polluted":1},"identifikatorverdi"'),
      text.replace('}', '},"_links":{"__proto__":[{"href":"a/b/c"}]}'),
    ]) {
      const answer = await write(client, 'POST', `/${fag}`, body);
      assert.deepEqual(told(answer), [400, 'HUB-415'], body);
    }
    assert.equal((Object.prototype as Readonly<Record<string, unknown>>)['polluted'], undefined);
  });

  it('keep to the bounds of a resource on both sides', async () => {
    const named = (bytes: number): object => subject(905, { navn: 'x'.repeat(bytes) });
    assert.deepEqual(told(await write(client, 'POST', `/${fag}`, named(65_537))), [400, 'HUB-415']);
    assert.equal((await outcomeOf(client, 'POST', `/${fag}`, named(65_536))).status, 201);
    assert.deepEqual(told(await write(client, 'POST', `/${fag}`, subject(906, longId(513)))), [400, 'HUB-415']);
    assert.equal((await outcomeOf(client, 'POST', `/${fag}`, subject(906, longId(512)))).status, 201);
    assert.deepEqual(told(await write(client, 'POST', `/${fag}`, subject(907, linked(10_001)))), [400, 'HUB-415']);
    const taken = await write(client, 'POST', `/${fag}`, subject(907, linked(990)));
    assert.ok([202, 400].includes(taken.status), taken.text);
  });

  it('about conditions say what they mean', async () => {
    assert.equal((await outcomeOf(client, 'POST', `/${fag}`, subject(910))).status, 201);
    const at = `/${fag}/systemid/f-910`;
    for (const tag of ['', 'x', '""', 'W/"x"', '"*"', ',', '"x", W/*'])
      assert.deepEqual(told(await write(client, 'PUT', at, subject(910), { 'if-match': tag })), [412, 'HUB-412'], tag);
    assert.equal((await outcomeOf(client, 'PUT', at, subject(910), { 'if-match': '*' })).status, 201);
  });

  it('name no status but their own', async () => {
    for (const id of ['x', '%00', '..', "'", 'a'.repeat(500)])
      assert.ok([404, 410].includes((await client.send('GET', `/${fag}/status/${id}`)).status), id);
    const neighbour = await hub.as('neighbour');
    const at = await writeTo(client, 'POST', `/${fag}`, subject(911));
    assert.deepEqual(told(await statusOf(neighbour, at)), [410, 'HUB-411']);
    const theirs = await writeTo(neighbour, 'POST', `/${fag}`, subject(911));
    assert.equal((await statusOf(neighbour, theirs)).status, 201);
    assert.deepEqual(told(await statusOf(client, theirs)), [410, 'HUB-411']);
    assert.equal((await outcomeOf(neighbour, 'DELETE', `/${fag}/systemid/f-911`)).status, 204);
    assert.equal((await client.send('GET', `/${fag}/systemid/f-911`)).status, 200);
  });
});

describe('a key', { timeout: 60_000 }, () => {
  it('stands for one method, address and body of one application', async () => {
    const key = { 'idempotency-key': 'k-1' };
    assert.equal((await write(client, 'POST', `/${fag}`, subject(920), key)).status, 202);
    for (const [method, target, body] of [
      ['POST', `/${fag}`, subject(921)],
      ['POST', `/${fag}?validate=true`, subject(920)],
      ['POST', `/${elev}`, subject(920)],
      ['PUT', `/${fag}/systemid/f-920`, subject(920)],
      ['DELETE', `/${fag}/systemid/f-920`, null],
    ] as const)
      assert.deepEqual(told(await write(client, method, target, body, key)), [422, 'HUB-413'], `${method} ${target}`);
    const other = await hub.as('other');
    assert.deepEqual(told(await write(other, 'POST', `/${fag}`, subject(920), key)), [409, 'HUB-612']);
    assert.equal((await write(await hub.as('neighbour'), 'POST', `/${fag}`, subject(920), key)).status, 202);
  });

  it('makes many equal requests one, and different ones of the same moment one and refusals', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, at) =>
        write(client, 'POST', `/${fag}`, subject(930 + (at % 3)), { 'idempotency-key': 'k-2' }),
      ),
    );
    const taken = answers.filter(({ status }) => status === 202);
    assert.equal(new Set(taken.map(({ headers }) => headers['location'])).size, 1);
    assert.equal(taken.length, 10);
    for (const answer of answers) if (answer.status !== 202) assert.deepEqual(told(answer), [422, 'HUB-413']);
    const there = await Promise.all([930, 931, 932].map((each) => client.send('GET', `/${fag}/systemid/f-${each}`)));
    assert.equal(there.filter(({ status }) => status === 200).length, 1);
  });

  it('is not used up by a request that was refused', async () => {
    const key = { 'idempotency-key': 'k-3' };
    assert.equal((await write(client, 'POST', `/${fag}`, { navn: 'x' }, key)).status, 400);
    assert.equal((await outcomeOf(client, 'POST', `/${fag}`, subject(935), key)).status, 201);
  });
});

const words = ({ text }: Answer): string => text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|req[\w-]*/g, '');

const numbered = (number: number, elevnummer: string): object => ({
  ...pupil(number).resource,
  elevnummer: { identifikatorverdi: elevnummer },
});

const atPerson = (number: number): string => `/${persons}/fodselsnummer/${nationalIds[number] ?? ''}`;

const hidden = async (): Promise<void> => {
  for (const target of [atPerson(50), `/${elev}/systemid/e-50`, `/${elevforhold}/systemid/ef-50`])
    assert.equal((await client.send('GET', target)).status, 404, target);
};

describe('a write about the protected', { timeout: 60_000 }, () => {
  before(async () => {
    await settle(hubOwned(fag, persons, elev, elevforhold));
    assert.equal((await outcomeOf(guard, 'POST', `/${persons}`, marked(50, 'fortrolig'))).status, 201);
    assert.equal((await outcomeOf(guard, 'POST', `/${persons}`, marked(51, 'ugradert'))).status, 201);
    for (const number of [0, 1, 2])
      assert.equal((await outcomeOf(guard, 'POST', `/${persons}`, marked(number, 'ugradert'))).status, 201);
    assert.equal((await outcomeOf(guard, 'POST', `/${elev}`, pupil(50).resource)).status, 201);
    assert.equal((await outcomeOf(guard, 'POST', `/${elev}`, pupil(51).resource)).status, 201);
    assert.equal((await outcomeOf(guard, 'POST', `/${elevforhold}`, enrolment(50))).status, 201);
    assert.equal((await client.send('GET', atPerson(51))).status, 200);
    assert.equal((await client.send('GET', atPerson(50))).status, 404);
  });
  after(() => settle(usual));

  it('never lowers their protection by changing them', async () => {
    for (const [name, body] of [
      ['another marking', marked(50, 'ugradert')],
      ['a lower marking', marked(50, 'klientadresse')],
      ['an unknown marking', marked(50, 'finnesIkke')],
      ['a marking of another type', { ...person(50).resource, adressebeskyttelse: 0 }],
    ] as const) {
      const answer = await write(guard, 'PUT', atPerson(50), body);
      assert.deepEqual(told(answer), [400, 'HUB-415'], name);
      await hidden();
    }
    for (const [name, body] of [
      ['left out', person(50).resource],
      ['null', { ...person(50).resource, adressebeskyttelse: null }],
    ] as const) {
      const made = await outcomeOf(guard, 'PUT', atPerson(50), body ?? {});
      assert.equal(made.status, 201, `${name}: ${made.text}`);
      assert.equal(bodyOf<Record<string, unknown>>(made)['adressebeskyttelse'], 'fortrolig', name);
      await hidden();
    }
  });

  it('never lowers their protection by saying that it is about somebody else', async () => {
    for (const links of [
      { person: [{ href: `utdanning/elev/person/fodselsnummer/${nationalIds[51] ?? ''}` }] },
      // Nobody knows yet how well he will be protected.
      { person: [{ href: `utdanning/elev/person/fodselsnummer/${nationalIds[199] ?? ''}` }] },
      { person: [] },
      {},
    ]) {
      const answer = await write(guard, 'PUT', `/${elev}/systemid/e-50`, pupil(50, { _links: links }).resource);
      assert.deepEqual(told(answer), [400, 'HUB-415'], JSON.stringify(links));
      await hidden();
    }
    const retold = await write(
      guard,
      'PUT',
      `/${elevforhold}/systemid/ef-50`,
      enrolment(50, { _links: relation(51).resource?.['_links'] }),
    );
    assert.deepEqual(told(retold), [400, 'HUB-415']);
    await hidden();
  });

  it('never lowers their protection by letting go of what is about them', async () => {
    const tied = marked(60, 'fortrolig', { _links: { elev: [{ href: 'utdanning/elev/elev/systemid/e-60' }] } });
    assert.equal((await outcomeOf(guard, 'POST', `/${persons}`, tied)).status, 201);
    assert.deepEqual(told(await write(guard, 'PUT', atPerson(60), marked(60, 'fortrolig'))), [400, 'HUB-415']);
    assert.equal((await outcomeOf(guard, 'PUT', atPerson(60), tied)).status, 201);
  });

  it('of one without clearance is answered as if they were not there', async () => {
    for (const [method, target, body] of [
      ['PUT', atPerson(50), person(50).resource],
      ['DELETE', atPerson(50), null],
      ['PUT', `/${elev}/systemid/e-50`, pupil(50).resource],
      ['DELETE', `/${elevforhold}/systemid/ef-50`, null],
    ] as const) {
      const never = target.replace(nationalIds[50] ?? '', nationalIds[190] ?? '').replace('-50', '-190');
      const [known, unknown] = [await write(client, method, target, body), await write(client, method, never, body)];
      assert.deepEqual(told(known), [404, 'HUB-204'], `${method} ${target}`);
      assert.equal(words(known), words(unknown));
    }
    const about = await write(
      client,
      'POST',
      `/${elev}`,
      pupil(150, { _links: pupil(50).resource?.['_links'] }).resource,
    );
    const nobody = await write(client, 'POST', `/${elev}`, pupil(151).resource);
    assert.deepEqual(
      [told(about), told(nobody)],
      [
        [403, 'HUB-400'],
        [403, 'HUB-400'],
      ],
    );
  });

  it('never lowers their protection by removing them and making them anew', async () => {
    assert.equal((await outcomeOf(guard, 'DELETE', `/${elev}/systemid/e-50`)).status, 204);
    await hidden();
    const about = { _links: pupil(51).resource?.['_links'] };
    const anew = await write(guard, 'POST', `/${elev}`, pupil(50, about).resource);
    assert.equal((await client.send('GET', `/${elevforhold}/systemid/ef-50`)).status, 404);
    assert.deepEqual(told(anew), [400, 'HUB-415']);
    assert.equal((await outcomeOf(guard, 'POST', `/${elev}`, pupil(50).resource)).status, 201);
    await hidden();
    assert.equal((await outcomeOf(guard, 'DELETE', atPerson(50))).status, 204);
    await hidden();
    for (const code of ['ugradert', 'klientadresse'])
      assert.deepEqual(told(await write(guard, 'POST', `/${persons}`, marked(50, code))), [400, 'HUB-415'], code);
    const [gone, came] = await Promise.all([
      write(guard, 'DELETE', `/${elev}/systemid/e-50`),
      write(guard, 'POST', `/${elev}`, pupil(50, about).resource),
    ]);
    assert.equal(gone.status, 202);
    assert.ok(came.status >= 400, came.text);
    await hidden();
    assert.equal((await outcomeOf(guard, 'POST', `/${persons}`, marked(50, 'strengtFortrolig'))).status, 201);
    await hidden();
  });

  it('never lowers their protection by taking an identifier that they had', async () => {
    assert.equal((await outcomeOf(guard, 'POST', `/${elev}`, pupil(50).resource)).status, 201);
    assert.equal((await outcomeOf(guard, 'PUT', `/${elev}/systemid/e-50`, numbered(50, '999'))).status, 201);
    const taken = await write(client, 'PUT', `/${elev}/systemid/e-51`, numbered(51, '500050'));
    assert.ok(taken.status >= 400, taken.text);
    await hidden();
  });

  it('keeps what its sender does not see of them', async () => {
    const group = subject(60, { _links: {} });
    assert.equal((await outcomeOf(client, 'POST', `/${fag}`, group)).status, 201);
    const parent = { _links: { foreldre: [{ href: atPerson(50).slice(1) }, { href: atPerson(51).slice(1) }] } };
    assert.equal((await outcomeOf(guard, 'POST', `/${persons}`, marked(52, 'ugradert', parent))).status, 201);
    const seen = await client.read<{ _links: Record<string, unknown[]> }>(atPerson(52));
    assert.equal(seen['_links']['foreldre']?.length, 1, JSON.stringify(seen));
    assert.equal(
      (await outcomeOf(client, 'PUT', atPerson(52), { ...seen, navn: { fornavn: 'Ny', etternavn: 'Ås' } })).status,
      201,
    );
    const all = await guard.read<{ _links: Record<string, unknown[]> }>(atPerson(52));
    assert.equal(all['_links']['foreldre']?.length, 2);
    assert.equal((await outcomeOf(client, 'PUT', atPerson(52), { ...seen, _links: {} })).status, 201);
    const left = await guard.read<{ _links: Record<string, unknown[]> }>(atPerson(52));
    assert.equal(left['_links']['foreldre']?.length, 1);
  });

  it('by a limited grant neither reaches beyond its rows nor leaves them', async () => {
    const inside = await hub.as('inside');
    for (const [method, target, body] of [
      ['PUT', `/${elev}/systemid/e-1`, pupil(1).resource],
      ['DELETE', `/${elev}/systemid/e-1`, null],
    ] as const)
      assert.deepEqual(told(await write(inside, method, target, body)), [404, 'HUB-204'], method);
    assert.deepEqual(told(await write(inside, 'POST', `/${elev}`, pupil(1).resource)), [403, 'HUB-400']);
  });
});

describe('many changes of one resource', { timeout: 60_000 }, () => {
  it('at once with its ETag are one change and refusals, whoever decides', async () => {
    await settle(hubOwned(fag));
    assert.equal((await outcomeOf(client, 'POST', `/${fag}`, subject(940))).status, 201);
    for (const [target, body] of [
      [`/${fag}/systemid/f-940`, (at: number) => subject(940, { navn: `Forsøk ${at}` })],
      [`/${elev}/systemid/e-0`, (at: number) => pupil(0, { kontaktinformasjon: { sip: `${at}` } }).resource ?? {}],
    ] as const) {
      const etag = String((await client.send('GET', target)).headers['etag']);
      const callers = [client, await hub.as('other')];
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, at) =>
          at % 5 === 0
            ? write(callers[at % 2] ?? client, 'DELETE', target, null, { 'if-match': etag })
            : write(client, 'PUT', target, body(at), { 'if-match': etag }),
        ),
      );
      assert.equal(answers.filter(({ status }) => status === 202).length, 1, `${target} ${String(answers[1]?.text)}`);
      for (const answer of answers)
        if (answer.status !== 202) assert.ok(['HUB-412', 'HUB-204'].includes(codeOf(answer)), answer.text);
    }
    for (const event of await eventsOf(adapter, elev))
      assert.equal((await answerEvent(adapter, event, { rejected: true, adapterId })).status, 200);
  });
});
