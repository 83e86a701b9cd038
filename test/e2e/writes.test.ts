// Writes as clients make them, over HTTP against a whole hub: what the source owns becomes an event that the adapter answers, what the hub owns is
// applied at once, and the status tells each with the codes of FINT.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Caller } from './caller.ts';
import { deliverPage, pupil, several } from './deliveries.ts';
import { startHub, type HubUnderTest, type TestApplication } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';
import { answerEvent, bodyOf, eventsOf, outcomeOf, register, statusOf, write, writeTo } from './writers.ts';

const elev = 'utdanning/elev/elev';
const klasse = 'utdanning/elev/klasse';
const fag = 'utdanning/timeplan/fag';

const applications: readonly TestApplication[] = [
  { id: 'adapter', kind: 'adapter', organisation: 'fjord.test' },
  { id: 'client', kind: 'client', organisation: 'fjord.test', grant: { actions: ['read', 'list', 'follow', 'write'] } },
  { id: 'other', kind: 'client', organisation: 'fjord.test', grant: { actions: ['read', 'list', 'follow', 'write'] } },
  { id: 'reader', kind: 'client', organisation: 'fjord.test' },
  { id: 'nobody', kind: 'client', organisation: 'fjord.test', grant: { collections: [klasse] } },
  {
    id: 'narrow',
    kind: 'client',
    organisation: 'fjord.test',
    grant: { actions: ['read', 'list', 'write'], fields: ['systemId', 'navn', 'skole'] },
  },
  { id: 'blind', kind: 'client', organisation: 'fjord.test', grant: { actions: ['write'] } },
];

const subject = (number: number, more: Readonly<Record<string, unknown>> = {}): object => ({
  systemId: { identifikatorverdi: `f-${number}` },
  navn: `Fag ${number}`,
  beskrivelse: 'Et fag',
  ...more,
});

const feidenavn = (text: string): string =>
  (JSON.parse(text) as { feidenavn: { identifikatorverdi: string } }).feidenavn.identifikatorverdi;

const groups = ({ _links: links }: { readonly _links: Readonly<Record<string, readonly unknown[]>> }): number =>
  links['undervisningsgruppe']?.length ?? 0;

/** Status and code of a removal that is asked for. */
const removing = async (caller: Caller, target: string, headers = {}): Promise<readonly [number, string]> => {
  const answer = await write(caller, 'DELETE', target, null, headers);
  return [answer.status, answer.text === '' ? '' : bodyOf<{ code: string }>(answer).code];
};

const place = await temporaryPlace();

describe('a write', { timeout: 60_000 }, () => {
  let hub: HubUnderTest;
  let adapter: Caller;
  let client: Caller;
  let other: Caller;
  before(async () => {
    hub = await startHub({
      place,
      organisations: [
        { id: 'fjord.test', settings: { writes: [{ pattern: fag, policy: 'hub', deadlineMinutes: null }] } },
      ],
      applications,
    });
    adapter = await hub.as('adapter');
    client = await hub.as('client');
    other = await hub.as('other');
    await register(adapter);
    await deliverPage(adapter, elev, several(3, pupil));
  });
  after(async () => {
    await hub?.close();
    await place.remove();
  });

  it('of what the hub owns is applied at once', async () => {
    const status = await writeTo(client, 'POST', `/${fag}`, subject(1));
    const made = await statusOf(client, status);
    assert.equal(made.status, 201, made.text);
    assert.equal(made.headers['location'], `${hub.url}/${fag}/systemid/f-1`);
    assert.equal(bodyOf<{ navn: string }>(made).navn, 'Fag 1');
    const read = await client.send('GET', `/${fag}/systemid/f-1`);
    assert.equal(read.status, 200);
    assert.equal(read.headers['etag'], made.headers['etag']);
    assert.equal(read.text, made.text);
    const changed = await outcomeOf(client, 'PUT', `/${fag}/systemid/f-1`, subject(1, { navn: 'Nytt navn' }));
    assert.equal(changed.status, 201);
    assert.equal(bodyOf<{ navn: string }>(changed).navn, 'Nytt navn');
    const checked = await outcomeOf(client, 'POST', `/${fag}?validate=true`, subject(2));
    assert.equal(checked.status, 200);
    assert.deepEqual(JSON.parse(checked.text), {
      message: '',
      statusCode: '',
      responseStatus: 'ACCEPTED',
      problems: [],
    });
    assert.equal((await client.send('GET', `/${fag}/systemid/f-2`)).status, 404);
    const removed = await outcomeOf(client, 'DELETE', `/${fag}/systemid/f-1`);
    assert.equal(removed.status, 204);
    assert.equal((await client.send('GET', `/${fag}/systemid/f-1`)).status, 404);
  });

  it('of what a source owns waits for its adapter', async () => {
    const body = { ...pupil(10).resource };
    const status = await writeTo(client, 'POST', `/${elev}`, body);
    assert.equal((await statusOf(client, status)).status, 202);
    const [event] = await eventsOf(adapter, 'utdanning/elev');
    assert.ok(event !== undefined);
    assert.equal(event.operationType, 'CREATE');
    assert.equal(event.orgId, 'fjord.test');
    assert.deepEqual([event.domainName, event.packageName, event.resourceName], ['utdanning', 'elev', 'elev']);
    assert.ok(status.endsWith(event.corrId));
    assert.equal((await eventsOf(adapter, elev)).length, 1, 'an event stays until it is answered');
    const answer = await answerEvent(adapter, event, {
      value: { identifier: 'e-10', resource: JSON.parse(event.value) },
    });
    assert.equal(answer.status, 200, answer.text);
    const made = await statusOf(client, status);
    assert.equal(made.status, 201, made.text);
    assert.equal(made.headers['location'], `${hub.url}/${elev}/elevnummer/500010`);
    assert.equal((await client.send('GET', `/${elev}/systemid/e-10`)).text, made.text);
    assert.equal((await eventsOf(adapter, elev)).length, 0);
    assert.equal((await statusOf(other, status)).status, 410);
    const again = await answerEvent(adapter, event, { value: { identifier: 'e-10', resource: body } });
    assert.equal(again.status, 404);
    assert.equal(bodyOf<{ code: string }>(again).code, 'HUB-621');
  });

  it('is told why it came to nothing', async () => {
    for (const [said, status, body] of [
      [
        {
          rejected: true,
          rejectReason: 'Feidenavnet er i bruk.',
          problems: [{ field: 'feidenavn', message: 'i bruk', code: 'F1' }],
        },
        400,
        {
          message: 'Feidenavnet er i bruk.',
          statusCode: 'REJECTED',
          responseStatus: 'REJECTED',
          problems: [{ field: 'feidenavn', message: 'i bruk', code: 'F1' }],
        },
      ],
      [
        { failed: true, errorMessage: 'Kilden er nede.' },
        500,
        { message: 'Kilden er nede.', statusCode: 'ERROR', responseStatus: 'ERROR', problems: [] },
      ],
    ] as const) {
      const at = await writeTo(client, 'PUT', `/${elev}/systemid/e-0`, pupil(0).resource ?? {});
      const [event] = await eventsOf(adapter, elev);
      assert.ok(event !== undefined);
      assert.equal(event.operationType, 'UPDATE');
      assert.equal((await answerEvent(adapter, event, said)).status, 200);
      const told = await statusOf(client, at);
      assert.equal(told.status, status);
      assert.deepEqual(JSON.parse(told.text), body);
    }
  });

  it('that conflicts shows what the source has, and the hub has it too', async () => {
    const at = await writeTo(client, 'PUT', `/${elev}/systemid/e-1`, pupil(1).resource ?? {});
    const [event] = await eventsOf(adapter, elev);
    assert.ok(event !== undefined);
    const present = { ...pupil(1).resource, feidenavn: { identifikatorverdi: 'nytt@fjord.test' } };
    const said = {
      conflicted: true,
      conflictReason: 'Endret i kilden.',
      value: { identifier: 'e-1', resource: present },
    };
    assert.equal((await answerEvent(adapter, event, said)).status, 200);
    const told = await statusOf(client, at);
    assert.equal(told.status, 409);
    assert.equal(feidenavn(told.text), 'nytt@fjord.test');
    assert.equal(feidenavn((await client.send('GET', `/${elev}/systemid/e-1`)).text), 'nytt@fjord.test');
  });

  it('removes what the source agrees to remove', async () => {
    const at = await writeTo(client, 'DELETE', `/${elev}/systemid/e-2`);
    const [event] = await eventsOf(adapter, elev);
    assert.ok(event !== undefined);
    assert.deepEqual(
      [event.operationType, JSON.parse(event.value)],
      ['DELETE', { systemId: { identifikatorverdi: 'e-2' } }],
    );
    assert.equal((await client.send('GET', `/${elev}/systemid/e-2`)).status, 200);
    assert.equal((await answerEvent(adapter, event)).status, 200);
    assert.equal((await statusOf(client, at)).status, 204);
    assert.equal((await client.send('GET', `/${elev}/systemid/e-2`)).status, 404);
  });

  it('is checked by the source, and nothing stored', async () => {
    const at = await writeTo(client, 'POST', `/${elev}?validate=true`, pupil(30).resource ?? {});
    const [event] = await eventsOf(adapter, elev);
    assert.ok(event !== undefined);
    assert.equal(event.operationType, 'VALIDATE');
    assert.equal((await answerEvent(adapter, event)).status, 200);
    const told = await statusOf(client, at);
    assert.deepEqual([told.status, bodyOf<{ responseStatus: string }>(told).responseStatus], [200, 'ACCEPTED']);
    assert.equal((await client.send('GET', `/${elev}/systemid/e-30`)).status, 404);
  });

  it('is refused with a problem that says what is wrong', async () => {
    const whole = pupil(0).resource ?? {};
    const cases: readonly (readonly [string, string, string, object | string | null, number, string])[] = [
      ['a body that is no JSON', 'POST', `/${elev}`, '{', 400, 'HUB-101'],
      ['no body', 'POST', `/${elev}`, '', 400, 'HUB-101'],
      ['a list', 'POST', `/${elev}`, '[]', 400, 'HUB-415'],
      ['null', 'PUT', `/${elev}/systemid/e-0`, 'null', 400, 'HUB-415'],
      ['brackets without end', 'POST', `/${elev}`, `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 400, 'HUB-415'],
      [
        'too many members',
        'POST',
        `/${elev}`,
        Object.fromEntries(several(1_001, pupil).map((_, at) => [`m${at}`, 1])),
        400,
        'HUB-415',
      ],
      ['no identifier', 'POST', `/${elev}`, { navn: 'x' }, 400, 'HUB-415'],
      ['an unknown member', 'POST', `/${elev}`, { ...whole, finnesIkke: 1 }, 400, 'HUB-415'],
      ['a wrong type', 'POST', `/${elev}`, { ...whole, kontaktinformasjon: 7 }, 400, 'HUB-415'],
      ['no mandatory link', 'POST', `/${elev}`, { ...whole, _links: {} }, 400, 'HUB-415'],
      [
        'a link that cannot be read',
        'POST',
        `/${elev}`,
        { ...whole, _links: { person: [{ href: 'x' }] } },
        400,
        'HUB-415',
      ],
      [
        'an unknown relation',
        'POST',
        `/${elev}`,
        { ...whole, _links: { ...(whole['_links'] as object), ukjent: [{ href: 'a/b/c' }] } },
        400,
        'HUB-415',
      ],
      ['another identifier', 'PUT', `/${elev}/systemid/e-0`, pupil(1).resource, 400, 'HUB-414'],
      ['what does not exist', 'PUT', `/${elev}/systemid/e-77`, pupil(77).resource, 404, 'HUB-204'],
      ['what does not exist and the hub owns', 'PUT', `/${fag}/systemid/f-77`, subject(77), 404, 'HUB-204'],
      ['to remove what does not exist', 'DELETE', `/${elev}/systemid/e-77`, null, 404, 'HUB-204'],
      ['a class that nobody writes', 'POST', `/${klasse}`, { systemId: { identifikatorverdi: 'k' } }, 405, 'HUB-105'],
      ['a parameter', 'POST', `/${elev}?validate=kanskje`, whole, 400, 'HUB-103'],
      ['a parameter twice', 'POST', `/${elev}?validate=true&validate=true`, whole, 400, 'HUB-103'],
      ['a removal to be checked', 'DELETE', `/${elev}/systemid/e-0?validate=true`, null, 400, 'HUB-103'],
    ];
    for (const [name, method, target, body, status, code] of cases) {
      const answer = await write(client, method, target, body);
      assert.equal(answer.status, status, `${name}: ${answer.text}`);
      assert.equal(bodyOf<{ code: string }>(answer).code, code, name);
    }
    const wrong = await write(client, 'POST', `/${elev}`, { ...whole, finnesIkke: 1, _links: {} });
    assert.deepEqual(
      bodyOf<{ errors: { at: string; code: string }[] }>(wrong).errors.map(({ at, code }) => [at, code]),
      [
        ['/finnesIkke', 'HUB-614'],
        ['/_links/person', 'HUB-613'],
      ],
    );
    const plain = await client.send('POST', `/${elev}`, { headers: { 'content-type': 'text/plain' }, body: '{}' });
    assert.equal(plain.status, 415);
    const allow = await write(client, 'POST', `/${klasse}`, {});
    assert.equal(allow.headers['allow'], 'GET, HEAD');
    assert.equal((await eventsOf(adapter, elev)).length, 0, 'nothing of it has reached the adapter');
  });

  it('is for those who were given it', async () => {
    const reader = await hub.as('reader');
    const nobody = await hub.as('nobody');
    const body = pupil(0).resource ?? {};
    for (const [caller, status, code] of [
      [reader, 403, 'HUB-400'],
      [nobody, 404, 'HUB-204'],
    ] as const)
      for (const [method, target] of [
        ['POST', `/${elev}`],
        ['PUT', `/${elev}/systemid/e-0`],
        ['DELETE', `/${elev}/systemid/e-0`],
        ['PUT', `/${elev}/systemid/e-77`],
      ] as const) {
        const answer = await write(caller, method, target, method === 'DELETE' ? null : body);
        assert.deepEqual([answer.status, bodyOf<{ code: string }>(answer).code], [status, code], `${method} ${target}`);
      }
  });

  it('keeps what its sender does not see, and takes nothing that it may not write', async () => {
    const narrow = await hub.as('narrow');
    assert.equal((await outcomeOf(client, 'POST', `/${fag}`, subject(5))).status, 201);
    const given = { systemId: { identifikatorverdi: 'f-5' }, navn: 'Smalt' };
    const made = await outcomeOf(narrow, 'PUT', `/${fag}/systemid/f-5`, given);
    assert.equal(made.status, 201, made.text);
    assert.deepEqual(Object.keys(bodyOf<object>(made)).toSorted(), ['_links', 'navn', 'systemId']);
    const whole = await client.read<Record<string, unknown>>(`/${fag}/systemid/f-5`);
    assert.deepEqual([whole['navn'], whole['beskrivelse']], ['Smalt', 'Et fag']);
    const unseen = await write(narrow, 'PUT', `/${fag}/systemid/f-5`, { ...given, beskrivelse: 'x' });
    const unknown = await write(narrow, 'PUT', `/${fag}/systemid/f-5`, { ...given, finnesIkke: 'x' });
    const words = (answer: typeof unseen): string =>
      JSON.stringify(bodyOf<{ errors: unknown }>(answer).errors).replaceAll(/beskrivelse|finnesIkke/g, 'x');
    assert.equal(unseen.status, 400);
    assert.equal(words(unseen), words(unknown));
  });

  it('removes nothing of which its sender does not see all, and asks no source to', async () => {
    const narrow = await hub.as('narrow');
    assert.equal((await outcomeOf(client, 'POST', `/${fag}`, subject(15))).status, 201);
    for (const at of [`/${fag}/systemid/f-15`, `/${elev}/systemid/e-0`]) {
      assert.deepEqual(await removing(narrow, at), [403, 'HUB-403'], at);
      assert.deepEqual(await removing(narrow, at, { 'if-match': '"another"' }), [403, 'HUB-403'], at);
      assert.equal((await client.send('GET', at)).status, 200, at);
    }
    assert.deepEqual(await removing(narrow, `/${fag}/systemid/f-77`), [404, 'HUB-204']);
    // By an identifier that does not show there is nobody.
    assert.deepEqual(await removing(narrow, `/${elev}/elevnummer/500000`), [404, 'HUB-204']);
    assert.equal((await eventsOf(adapter, elev)).length, 0);
    assert.equal((await outcomeOf(client, 'DELETE', `/${fag}/systemid/f-15`)).status, 204);
  });

  it('of one who may not read tells no more than where it is', async () => {
    const blind = await hub.as('blind');
    const made = await outcomeOf(blind, 'POST', `/${fag}`, subject(6));
    assert.equal(made.status, 201);
    assert.deepEqual(JSON.parse(made.text), { _links: { self: [{ href: `${hub.url}/${fag}/systemid/f-6` }] } });
    assert.equal((await blind.send('GET', `/${fag}/systemid/f-6`)).status, 404);
  });

  it('with a taken identifier is refused', async () => {
    assert.equal((await outcomeOf(client, 'POST', `/${fag}`, subject(7))).status, 201);
    const answer = await write(client, 'POST', `/${fag}`, subject(7));
    assert.deepEqual([answer.status, bodyOf<{ code: string }>(answer).code], [409, 'HUB-612']);
  });

  it('shows its outcome to nobody else, and not under another class', async () => {
    const at = await writeTo(client, 'POST', `/${fag}`, subject(8));
    const id = at.slice(at.lastIndexOf('/') + 1);
    assert.equal((await statusOf(client, at)).status, 201);
    for (const caller of [other, await hub.as('reader'), await hub.as('nobody')]) {
      const foreign = await statusOf(caller, at);
      const never = await statusOf(caller, `/${fag}/status/0b6c2f4e-5d5c-4d5f-8f4c-0123456789ab`);
      assert.equal(foreign.status, 410);
      assert.equal(foreign.text.replaceAll(/[0-9a-f-]{36}/g, ''), never.text.replaceAll(/[0-9a-f-]{36}/g, ''));
    }
    assert.equal((await statusOf(client, `/${elev}/status/${id}`)).status, 410);
  });

  it('is remembered by its key', async () => {
    const headers = { 'idempotency-key': '"nøkkel"'.replace('ø', 'o') };
    const [first, second] = [
      await write(client, 'POST', `/${fag}`, subject(20), headers),
      await write(client, 'POST', `/${fag}`, subject(20), { 'idempotency-key': 'nokkel' }),
    ];
    assert.deepEqual([first.status, second.status], [202, 202]);
    assert.equal(first.headers['location'], second.headers['location']);
    const differing = await write(client, 'POST', `/${fag}`, subject(21), headers);
    assert.deepEqual([differing.status, bodyOf<{ code: string }>(differing).code], [422, 'HUB-413']);
    const elsewhere = await write(client, 'PUT', `/${fag}/systemid/f-20`, subject(20), headers);
    assert.equal(elsewhere.status, 422);
    const isolated = await write(other, 'POST', `/${fag}`, subject(22), headers);
    assert.equal(isolated.status, 202);
    assert.notEqual(isolated.headers['location'], first.headers['location']);
    const together = await Promise.all(
      Array.from({ length: 20 }, () => write(client, 'POST', `/${fag}`, subject(23), { 'idempotency-key': 'k-23' })),
    );
    assert.deepEqual([...new Set(together.map(({ status }) => status))], [202]);
    assert.equal(new Set(together.map((one) => one.headers['location'])).size, 1);
    for (const key of ['', ' ', 'x'.repeat(256), 'ø']) {
      const bad = await write(client, 'POST', `/${fag}`, subject(24), {
        'idempotency-key': Buffer.from(key).toString('latin1'),
      });
      assert.equal(bad.status, 400, JSON.stringify(key));
    }
  });

  it('with an ETag is one of many that wins', async () => {
    assert.equal((await outcomeOf(client, 'POST', `/${fag}`, subject(40))).status, 201);
    const at = `/${fag}/systemid/f-40`;
    const etag = String((await client.send('GET', at)).headers['etag']);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, number) =>
        write(client, 'PUT', at, subject(40, { navn: `Forsøk ${number}` }), { 'if-match': etag }),
      ),
    );
    const won = answers.filter(({ status }) => status === 202);
    assert.equal(won.length, 1);
    for (const answer of answers)
      if (answer.status !== 202) assert.equal(bodyOf<{ code: string }>(answer).code, 'HUB-412');
    const winner = await statusOf(client, String(won[0]?.headers['location']));
    assert.equal((await client.send('GET', at)).text, winner.text);
    assert.equal((await write(client, 'DELETE', at, null, { 'if-match': etag })).status, 412);
    assert.equal(
      (await write(client, 'DELETE', at, null, { 'if-match': `W/${String(winner.headers['etag'])}` })).status,
      412,
    );
    const list = `"nothing", ${String(winner.headers['etag'])}`;
    assert.equal((await outcomeOf(client, 'DELETE', at, null, { 'if-match': list })).status, 204);
    assert.equal((await write(client, 'DELETE', at, null, { 'if-match': '*' })).status, 404);
  });

  it('with an ETag waits alone for its source', async () => {
    const at = `/${elev}/systemid/e-0`;
    const etag = String((await client.send('GET', at)).headers['etag']);
    const body = { ...pupil(0).resource, kontaktinformasjon: { epostadresse: 'ny@fjord.test' } };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => write(client, 'PUT', at, body, { 'if-match': etag })),
    );
    assert.equal(answers.filter(({ status }) => status === 202).length, 1);
    assert.equal((await write(other, 'PUT', at, body, { 'if-match': '*' })).status, 412);
    const [event, ...more] = await eventsOf(adapter, elev);
    assert.ok(event !== undefined && more.length === 0);
    const value = { identifier: 'e-0', resource: JSON.parse(event.value) };
    assert.equal((await answerEvent(adapter, event, { value })).status, 200);
    assert.equal((await write(client, 'PUT', at, body, { 'if-match': etag })).status, 412, 'it is another one now');
    const now = String((await client.send('GET', at)).headers['etag']);
    assert.equal((await write(client, 'PUT', at, body, { 'if-match': now })).status, 202);
    const [last] = await eventsOf(adapter, elev);
    assert.ok(last !== undefined);
    assert.equal((await answerEvent(adapter, last, { rejected: true })).status, 200);
  });

  it('round trips what was read, and links of others stay theirs', async () => {
    const feed = async (): Promise<number> => {
      const { _entries: entries } = await client.read<{ _entries: unknown[] }>(`/${fag}/changes?size=1000`);
      return entries.length;
    };
    assert.equal((await outcomeOf(client, 'POST', `/${fag}`, subject(50))).status, 201);
    const group = {
      identifier: 'u-1',
      resource: {
        systemId: { identifikatorverdi: 'u-1' },
        navn: 'U1',
        beskrivelse: 'x',
        _links: {
          fag: [{ href: 'utdanning/timeplan/fag/systemid/f-50' }],
          skole: [{ href: 'skolenummer/1' }],
          skolear: [{ href: 'systemid/1' }],
        },
      },
    };
    await deliverPage(adapter, 'utdanning/timeplan/undervisningsgruppe', [group], { method: 'PATCH' });
    const read = await client.read<{ _links: Record<string, unknown[]> }>(`/${fag}/systemid/f-50`);
    assert.equal(groups(read), 1);
    const count = await feed();
    assert.equal((await outcomeOf(client, 'PUT', `/${fag}/systemid/f-50`, read)).status, 201);
    assert.equal(await feed(), count, 'nothing has changed');
    await deliverPage(adapter, 'utdanning/timeplan/undervisningsgruppe', [{ identifier: 'u-1', resource: null }], {
      method: 'DELETE',
    });
    const last = await client.read<{ _links: Record<string, unknown[]> }>(`/${fag}/systemid/f-50`);
    assert.equal(groups(last), 0);
  });
});
