// The old FS-API of a whole hub over what the small university teaches: called as clients of the original call it, by password and by token, in every encoding, and with
// whatever is wrong.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { limits } from '#base/limits.ts';
import { deliver } from '#sandbox/adapter.ts';
import { university } from '#sandbox/university.ts';
import { exchangeBytes } from '../http/toy.ts';
import { call, type Answer, type Sent } from './caller.ts';
import { startHub, type HubUnderTest } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';

type Json = { readonly [name: string]: Json } & readonly Json[];

const made = university({ seed: 42, size: 'small', asOf: '2026-11-01' });
const organisation = made.organisation.id;
const { students, protected: hidden } = made.known;

const wanted: ReadonlySet<string> = new Set([
  'fs/person/personprofil',
  'fs/person/student',
  'fs/termin/termin',
  'fs/termin/terminbetegnelse',
  'fs/studietilbud/emne',
  'fs/undervisning/undervisningsenhet',
  'fs/undervisning/emnestudierett',
  'fs/undervisning/emnesoknad',
  'fs/rolle/fsrolle',
]);

const place = await temporaryPlace();
let hub: HubUnderTest;

before(
  async () => {
    const actions = ['read', 'list', 'write'] as const;
    hub = await startHub({
      place,
      flags: { qualityIntervalSeconds: '0' },
      organisations: [
        { id: organisation, settings: { institutionNumber: made.institutionNumber } },
        { id: 'nabo.test' },
      ],
      applications: [
        { id: 'plain', kind: 'client', organisation, grant: { actions } },
        { id: 'reader', kind: 'client', organisation, grant: { actions, withhold: ['national-id'] } },
        { id: 'nothing', kind: 'client', organisation, grant: { actions, collections: ['utdanning/elev/elev'] } },
        { id: 'neighbour', kind: 'client', organisation: 'nabo.test', grant: { actions } },
        { id: 'stranger', kind: 'client', organisation, grant: null },
        { id: 'adapter', kind: 'adapter', organisation, grant: { actions: ['deliver'] } },
      ],
    });
    const { id, secret } = hub.credentials.get('adapter') ?? { id: '', secret: '' };
    await deliver({
      baseUrl: hub.url,
      tokenEndpoint: `${hub.url}/oauth/token`,
      clientId: id,
      clientSecret: secret,
      scope: 'fint-adapter',
      orgId: organisation,
      adapterId: `https://sandbox.test/${organisation}`,
      collections: made.collections.filter(({ collection }) => wanted.has(collection)),
      pageSize: 1_000,
      concurrency: 2,
      gzip: true,
      fetch,
      now: Date.now,
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    });
  },
  { timeout: 90_000 },
);

after(async () => {
  await hub?.close();
  await place.remove();
});

const basic = (who: string, password?: string): string => {
  const { id, secret } = hub.credentials.get(who) ?? { id: who, secret: 'x' };
  return `Basic ${Buffer.from(`${id}:${password ?? secret}`).toString('base64')}`;
};

/** By password, as clients of the original do. */
const ask = (
  target: string,
  who: string | null = 'plain',
  { headers = {}, ...sent }: Sent = {},
  method = 'GET',
): Promise<Answer> =>
  call(hub.url, method, `/fsapi${target}`, {
    ...sent,
    headers: { ...(who === null ? {} : { authorization: basic(who) }), ...headers },
  });

const get = async (target: string, who = 'plain'): Promise<Json> => {
  const answer = await ask(target, who);
  assert.equal(answer.status, 200, `${target}: ${answer.text.slice(0, 300)}`);
  assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  assert.equal(answer.headers['cache-control'], 'no-store');
  return JSON.parse(answer.text) as Json;
};

const hrefs = (document: Json): readonly string[] =>
  [...(document['items'] ?? [])].map(({ href }) => String(href).slice(`${hub.url}/fsapi`.length));

/** The code of what is wrong, in the form of this API. */
const wrong = ({ status, headers, text }: Answer): string => {
  assert.equal(headers['content-type'], 'application/json; charset=utf-8', text);
  const body = JSON.parse(text) as Json;
  if (status === 401) {
    assert.deepEqual(Object.keys(body), ['message', 'http_status_code']);
    assert.equal(body['http_status_code'], 401);
    return '401';
  }
  assert.deepEqual(Object.keys(body), ['status', 'errors', 'created']);
  assert.equal(body['status'], status);
  for (const error of body['errors'] ?? [])
    assert.deepEqual(Object.keys(error), ['code', 'message', 'errorCorrection']);
  return `${status} ${String(body['errors']?.[0]?.['code'])}`;
};

/** What is left of the quota of the day. */
const dayLeft = ({ headers }: Answer): number => Number(/"day";r=(\d+)/.exec(String(headers['ratelimit']))?.[1]);

const askCrud = (method: 'GET' | 'POST', path: string): Promise<Answer> =>
  call(hub.url, method, `/fsrest/rest/crud${path}`, {
    headers: { authorization: basic('neighbour') },
    ...(method === 'GET' ? {} : { body: 'x' }),
  });

describe('the old FS-API', () => {
  it('lets in by password and by token, and tells others in its own words', async () => {
    assert.equal((await ask('/semestre?limit=1')).status, 200);
    const bearer = await hub.as('plain');
    assert.equal(
      (await bearer.send('GET', '/fsapi/semestre?limit=1', { headers: { accept: 'application/json;version=1' } }))
        .status,
      200,
    );
    assert.equal(wrong(await ask('/semestre', null)), '401');
    assert.equal(wrong(await ask('/semestre', null, { headers: { authorization: basic('plain', 'wrong') } })), '401');
    assert.equal(wrong(await ask('/semestre', null, { headers: { authorization: 'Bearer x' } })), '401');
    assert.equal(wrong(await ask('/nothing/at/all', null)), '401');
    assert.equal(wrong(await ask('/semestre', 'stranger')), '403 HUB-401');
    assert.equal(wrong(await ask('/semestre', 'adapter')), '403 HUB-400');
    assert.equal(wrong(await ask('/semestre', 'plain', { headers: { 'x-org-id': 'nabo.test' } })), '403 HUB-401');
    // A proxy says that it came over an open connection, from afar.
    const afar = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'http' };
    assert.equal(wrong(await ask('/semestre', 'plain', { headers: afar })), '403 HUB-303');
    assert.equal((await ask('/version', null)).status, 200);
    assert.equal((await ask('/models/swagger.json', null)).status, 200);
  });

  it('shows what an institution has to those whom it has let in', async () => {
    const { size } = await get('/semestre?limit=1');
    assert.ok(Number(size) > 4);
    assert.equal(wrong(await ask('/semestre', 'nothing')), '404 HUB-204');
    assert.deepEqual((await get('/semestre', 'neighbour'))['items'], []);
    assert.equal(wrong(await ask('/semestre/2026,VAR', 'neighbour')), '404 HUB-204');
  });

  it('finds a document under every spelling of its address, and names it in one', async () => {
    const href = `${hub.url}/fsapi/semestre/2026,H%C3%98ST`;
    for (const key of [
      '2026,H%C3%98ST',
      '2026,H%D8ST',
      '2026,H%25C3%2598ST',
      '2026%2CH%C3%98ST',
      '2026%252CH%25C3%2598ST',
      '2026,HOST',
      '2026,h%c3%b8st',
    ])
      assert.equal((await get(`/semestre/${key}`))['href'], href, key);
    for (const key of ['2026,V%C3%85R', '2026,VA%CC%8AR', '2026,V%C5R', '2026,VAR'])
      assert.equal((await get(`/semestre/${key}`))['href'], `${hub.url}/fsapi/semestre/2026,V%C3%85R`, key);
    for (const bytes of [Buffer.from('HØST', 'utf8'), Buffer.from('HØST', 'latin1')]) {
      const answer = await exchangeBytes(Number(new URL(hub.url).port), [
        Buffer.concat([
          Buffer.from('GET /fsapi/semestre/2026,'),
          bytes,
          Buffer.from(` HTTP/1.1\r\nHost: hub\r\nAuthorization: ${basic('plain')}\r\nConnection: close\r\n\r\n`),
        ]),
      ]);
      assert.match(answer, /^HTTP\/1\.1 (?:200|400) /);
      if (answer.startsWith('HTTP/1.1 200')) assert.ok(answer.includes(href));
    }
    for (const key of ['2026', '2026,', '2026,HØST,1'.replace('Ø', '%D8'), '%D8', '%', '2026,H%ZZST', '2026,%00'])
      assert.equal(wrong(await ask(`/semestre/${key}`)), '404 HUB-204', key);
  });

  it('leads a client from a person to what is taught, and by pages through all of it', async () => {
    const known = students.ordinary;
    const [person = ''] = hrefs(await get(`/personer?personlopenummer=${known.personlopenummer}&limit=0`));
    const { fodselsdato, personnummer } = await get(`${person}?dbId=true`);
    const lookup = `/personer?fodselsdato0=${String(fodselsdato)}&personnummer0=${String(personnummer)}&dbId=true&limit=0`;
    const found = await get(lookup);
    assert.deepEqual(hrefs(found), [person]);
    assert.ok(!JSON.stringify(found).includes(String(personnummer)));
    assert.deepEqual(hrefs(await get(lookup, 'reader')), []);
    const of = `/studentundervisning?person.personlopenummer=${known.personlopenummer}`;
    const all = hrefs(await get(`${of}&limit=0&dbId=true`));
    assert.ok(all.length > 3);
    const pages: string[] = [];
    for (let next: string | undefined = `${of}&limit=2`; next !== undefined;) {
      const page: Json = await get(next);
      assert.equal(page['size'], all.length);
      pages.push(...hrefs(page));
      const href = page['next']?.['href'];
      next = href === undefined ? undefined : String(href).slice(`${hub.url}/fsapi`.length);
    }
    assert.deepEqual(pages, all);
    const { items, size } = await get(`${of}&limit=2&page=999`);
    assert.deepEqual([items, size], [[], all.length]);
    for (const address of all.slice(0, 3)) assert.equal((await get(address))['href'], `${hub.url}/fsapi${address}`);
  });

  it('streams all of a collection, and nobody who is protected is in it', async () => {
    const answer = await ask('/personer?limit=0&dbId=true');
    assert.equal(answer.headers['transfer-encoding'], 'chunked');
    const { items, size } = JSON.parse(answer.text) as Json;
    assert.equal(items?.length, size);
    assert.equal((await get('/personer?limit=1'))['size'], size);
    const { items: whole } = JSON.parse((await ask('/personer?limit=0&fields=*')).text) as Json;
    const numbers = new Set(
      [...(whole ?? [])].map(({ fodselsdato, personnummer }) => `${String(fodselsdato)} ${String(personnummer)}`),
    );
    assert.ok(numbers.size > 10);
    const absent = Object.values(hidden).filter(({ marking }) => marking !== 'ugradert');
    assert.ok(absent.length > 2);
    for (const { nationalId } of absent) {
      const [date, number] = [nationalId.slice(0, 6), nationalId.slice(6)];
      assert.ok(!numbers.has(`${Number(date)} ${number}`));
      assert.equal((await get(`/personer?fodselsdato0=${date}&personnummer0=${number}`))['size'], 0);
    }
    const head = await ask('/personer?limit=1', 'plain', {}, 'HEAD');
    assert.deepEqual([head.status, head.text], [200, '']);
  });

  it('refuses what cannot be asked for, in its own form', async () => {
    for (const [target, code] of [
      ['/emner?limit=-1', '400 HUB-103'],
      ['/emner?limit=99999', '400 HUB-103'],
      ['/emner?page=0', '400 HUB-103'],
      ['/emner?nope=1', '400 HUB-103'],
      ['/nothing', '404 HUB-204'],
      ['/', '404 HUB-204'],
      ['/emner/1,2,3/4', '404 HUB-204'],
      ['/personer/01819000001', '400 HUB-111'],
      ['/personer?personnummer0=01819000001', '400 HUB-111'],
      [`/emner?kode=${'x'.repeat(limits.urlBytes)}`, '414 HUB-110'],
    ] as const)
      assert.equal(wrong(await ask(target)), code, target.slice(0, 60));
    assert.match((await ask('/personer/01819000001')).text, /fodselsdato0 and personnummer0/);
    for (const [query, named] of [
      ['ressurs=nope', 'ressurs takes some of personer'],
      ['fra=slutten', 'fra takes begynnelsen'],
      ['nope=1', 'nope is not known here; known are ressurs, fra'],
    ] as const) {
      const told = await ask(`/meldinger?${query}`);
      assert.equal(wrong(told), '400 HUB-103');
      assert.ok(told.text.includes(named), told.text);
    }
    const put = await ask('/emner', 'plain', {}, 'PUT');
    assert.deepEqual([wrong(put), put.headers['allow']], ['405 HUB-105', 'DELETE, GET, HEAD, PATCH, POST']);
    assert.equal(wrong(await ask('/kull', 'plain', { body: '{' }, 'POST')), '400 HUB-101');
    assert.equal(
      wrong(await ask('/kull', 'plain', { body: '{}', headers: { 'content-type': 'text/xml' } }, 'POST')),
      '415 HUB-104',
    );
    assert.equal(wrong(await ask('/kull', 'plain', { body: 'x'.repeat(limits.bodyBytes + 1) }, 'POST')), '413 HUB-102');
    assert.equal(wrong(await ask('/kull/X,2026,VAR', 'plain', {}, 'DELETE')), '404 HUB-204');
  });

  it('counts against the quota what is asked of data, as FSWS-CRUD does, and no waiting', async () => {
    const full = dayLeft(await ask('/emner?limit=1', 'neighbour'));
    assert.equal(dayLeft(await ask('/emner/no', 'neighbour')), full - 1);
    assert.equal(dayLeft(await ask('/kull', 'neighbour', { body: '{' }, 'POST')), full - 2);
    assert.equal(dayLeft(await askCrud('POST', '/select')), full - 3);
    assert.equal(dayLeft(await askCrud('GET', '/status/none')), full - 4);
    assert.equal(dayLeft(await ask('/meldinger', 'neighbour')), full - 4, 'a stream waits');
    for (const open of [await ask('/version'), await askCrud('GET', '/xsd')])
      assert.equal(open.headers['ratelimit'], undefined);
  });
});
