// An unmodified client of FINT's Core 2 against the whole hub over real sockets: the loop that such clients run, the JSON that they expect
// (facts 2.1-2.7), and what the hub adds without hurting them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Caller } from './caller.ts';
import {
  deliverPage,
  nationalIds,
  person,
  pupil,
  relation,
  school,
  sendPage,
  several,
  type Entry,
} from './deliveries.ts';
import { fjord, startHub, type HubUnderTest } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';

type Link = { readonly href: string };
type Resource = Readonly<Record<string, unknown>> & { readonly _links: Readonly<Record<string, readonly Link[]>> };
type Page = {
  readonly _embedded: { readonly _entries: readonly Resource[] };
  readonly _links: Readonly<Record<string, readonly Link[]>>;
  readonly total_items: number;
  readonly size: number;
  readonly offset: number;
};
type Feed = {
  readonly _entries: readonly {
    readonly position: string;
    readonly kind: string;
    readonly at: number;
    readonly id: string;
    readonly before: readonly string[];
    readonly resource?: Resource;
  }[];
  readonly next: string;
  readonly more: boolean;
};

const elev = 'utdanning/elev/elev';
const count = 25;
const place = await temporaryPlace();
let hub: HubUnderTest;
let client: Caller;
let adapter: Caller;

const entriesOf = (page: Page): readonly Resource[] => page['_embedded']['_entries'];
const valueOf = (resource: Resource | undefined, name: string): string =>
  (resource?.[name] as { readonly identifikatorverdi: string } | undefined)?.identifikatorverdi ?? '';
const systemIds = (page: Page): readonly string[] => entriesOf(page).map((one) => valueOf(one, 'systemId'));

before(async () => {
  hub = await startHub({
    place,
    organisations: [fjord],
    applications: [
      { id: 'client', kind: 'client', organisation: fjord.id },
      { id: 'adapter', kind: 'adapter', organisation: fjord.id },
    ],
  });
  [client, adapter] = [await hub.as('client'), await hub.as('adapter')];
  const land: Entry = {
    identifier: 'NO',
    resource: { systemId: { identifikatorverdi: 'NO' }, kode: 'NO', navn: 'Norge' },
  };
  const lodging = {
    hybeladresse: {
      adresselinje: ['Gata 1'],
      postnummer: '1234',
      poststed: 'By',
      _links: { land: [{ href: 'systemid/NO' }] },
    },
    gjest: null,
  };
  const sak: Entry = {
    identifier: '19/00094',
    resource: {
      mappeId: { identifikatorverdi: '19/00094' },
      tittel: 'Sak med æ/ø "og" \\ 😀',
      saksaar: '2019',
      part: [],
    },
  };
  await deliverPage(adapter, 'felles/kodeverk/iso/landkode', [land]);
  await deliverPage(adapter, 'utdanning/utdanningsprogram/skole', [school]);
  await deliverPage(adapter, 'utdanning/elev/person', several(count, person));
  await deliverPage(
    adapter,
    elev,
    several(count, (number) => pupil(number, number === 1 ? lodging : {})),
  );
  await deliverPage(adapter, 'utdanning/elev/elevforhold', several(count, relation));
  await deliverPage(adapter, 'arkiv/noark/sak', [sak]);
});

after(async () => {
  await hub?.close();
  await place.remove();
});

describe('the catalogue of a component', () => {
  it('names every collection with its four addresses, which all answer', async () => {
    const catalogue =
      await client.read<
        Record<string, { collectionUrl: string; oneUrl: string[]; cacheSizeUrl: string; lastUpdatedUrl: string }>
      >('/utdanning/elev');
    const one = catalogue['elev'];
    assert.deepEqual(one, {
      collectionUrl: `${hub.url}/${elev}`,
      oneUrl: ['brukernavn', 'elevnummer', 'feidenavn', 'systemid'].map((name) => `${hub.url}/${elev}/${name}/{id:.+}`),
      cacheSizeUrl: `${hub.url}/${elev}/cache/size`,
      lastUpdatedUrl: `${hub.url}/${elev}/last-updated`,
    });
    assert.ok('person' in catalogue && 'kontaktperson' in catalogue, 'common classes answer under their component');
    for (const { collectionUrl, cacheSizeUrl, lastUpdatedUrl } of Object.values(catalogue))
      for (const url of [collectionUrl, cacheSizeUrl, lastUpdatedUrl]) await client.read(url);
  });
});

describe('a collection', () => {
  it('comes whole without a size, in the shape of facts 2.2', async () => {
    const page = await client.read<Page>(`/${elev}?offset=7`);
    assert.deepEqual(Object.keys(page).sort(), ['_embedded', '_links', 'offset', 'size', 'total_items']);
    assert.deepEqual(page['_links'], { self: [{ href: `${hub.url}/${elev}` }] });
    assert.deepEqual([page.total_items, page.size, page.offset], [count, count, 0]);
    assert.deepEqual(
      systemIds(page),
      several(count, pupil).map(({ identifier }) => identifier),
    );
  });

  it('comes in pages whose next links lead through all of it once', async () => {
    const seen: string[] = [];
    let target: string | undefined = `/${elev}?size=10`;
    let offset = 0;
    while (target !== undefined) {
      const page: Page = await client.read<Page>(target);
      assert.deepEqual(page['_links']['self'], [{ href: `${hub.url}/${elev}?offset=${offset}&size=10` }]);
      assert.equal(page.offset, offset);
      assert.equal(page.size, entriesOf(page).length);
      assert.equal(page.total_items, count);
      assert.equal('prev' in page['_links'], offset > 0);
      seen.push(...systemIds(page));
      target = page['_links']['next']?.[0]?.href;
      offset += 10;
    }
    assert.equal(offset, 30);
    assert.deepEqual(seen, systemIds(await client.read<Page>(`/${elev}`)));
  });

  it('echoes an offset beyond the end, and floors prev at 0', async () => {
    const beyond = await client.read<Page>(`/${elev}?size=10&offset=1000`);
    assert.deepEqual([entriesOf(beyond).length, beyond.size, beyond.offset, beyond.total_items], [0, 0, 1000, count]);
    const early = await client.read<Page>(`/${elev}?size=10&offset=4`);
    assert.deepEqual(early['_links']['prev'], [{ href: `${hub.url}/${elev}?offset=0&size=10` }]);
  });

  it('is 200 and empty when nothing was delivered', async () => {
    const page = await client.read<Page>('/utdanning/elev/varsel');
    assert.deepEqual(page, {
      _embedded: { _entries: [] },
      _links: { self: [{ href: `${hub.url}/utdanning/elev/varsel` }] },
      total_items: 0,
      size: 0,
      offset: 0,
    });
  });
});

describe('a resource', () => {
  it('has the shape of facts 2.3: one self link per identifier with a value, no nulls, arrays of links, nested links of its own', async () => {
    const resource = await client.read<Resource>(`/${elev}/systemid/e-1`);
    const { _links: links, ...attributes } = resource;
    assert.deepEqual(attributes, {
      systemId: { identifikatorverdi: 'e-1' },
      elevnummer: { identifikatorverdi: '500001' },
      feidenavn: { identifikatorverdi: 'elev1@fjord.test' },
      kontaktinformasjon: { epostadresse: 'elev1@fjord.test' },
      hybeladresse: {
        adresselinje: ['Gata 1'],
        postnummer: '1234',
        poststed: 'By',
        _links: { land: [{ href: `${hub.url}/felles/kodeverk/iso/landkode/systemid/NO` }] },
      },
    });
    assert.deepEqual(
      new Set(links['self']?.map(({ href }) => href)),
      new Set([
        `${hub.url}/${elev}/elevnummer/500001`,
        `${hub.url}/${elev}/feidenavn/elev1@fjord.test`,
        `${hub.url}/${elev}/systemid/e-1`,
      ]),
    );
    assert.deepEqual(links['person'], [
      { href: `${hub.url}/utdanning/elev/person/fodselsnummer/${nationalIds[1] ?? ''}` },
    ]);
    assert.deepEqual(links['elevforhold'], [{ href: `${hub.url}/utdanning/elev/elevforhold/systemid/ef-1` }]);
    assert.deepEqual(Object.keys(links).sort(), ['elevforhold', 'person', 'self']);
  });

  it('answers to every link that points at it, in every collection', async () => {
    const queue = [`${hub.url}/${elev}/systemid/e-1`];
    const done = new Set<string>();
    for (let target = queue.pop(); target !== undefined; target = queue.pop()) {
      if (done.has(target) || done.size > 60) continue;
      done.add(target);
      const resource = await client.read<Resource>(target);
      const links = JSON.stringify(resource).matchAll(/"href":"([^"]+)"/g);
      for (const [, href = ''] of links) queue.push(href);
    }
    assert.ok(done.size > 40, `walked ${done.size}`);
  });

  const same: readonly (readonly [string, string])[] = [
    ['upper case names', `/utdanning/elev/ELEV/SystemId/e-1`],
    ['another identifier', `/${elev}/elevnummer/500001`],
    ['an encoded value', `/${elev}/feidenavn/elev1%40fjord%2Etest`],
    ['a trailing slash', `/${elev}/systemid/e-1/`],
  ];
  for (const [name, path] of same)
    it(`is found by ${name}`, async () => {
      assert.equal(valueOf(await client.read<Resource>(path), 'systemId'), 'e-1');
    });

  it('is found by a value of several segments, encoded and as it is', async () => {
    for (const path of ['mappeid/19/00094', 'mappeid/19%2F00094', 'mappeid/19%2f00094', 'MappeId/19/00094/'])
      assert.equal(valueOf(await client.read<Resource>(`/arkiv/noark/sak/${path}`), 'mappeId'), '19/00094');
    const sak = await client.read<Resource>('/arkiv/noark/sak/mappeid/19/00094');
    assert.deepEqual(sak['_links']['self'], [{ href: `${hub.url}/arkiv/noark/sak/mappeid/19%2F00094` }]);
    assert.equal(sak['tittel'], 'Sak med æ/ø "og" \\ 😀');
    assert.deepEqual(sak['part'], [], 'an empty list stays');
  });

  const missing: readonly (readonly [string, string])[] = [
    ['a value in another case', `/${elev}/systemid/E-1`],
    ['an unknown identifier name', `/${elev}/fodselsnummer/1`],
    ['an unknown resource', '/utdanning/elev/elevv'],
    ['an unknown component', '/utdanning/elever/elev'],
    ['no value', `/${elev}/systemid`],
    ['a status without an id', `/${elev}/status`],
  ];
  for (const [name, path] of missing)
    it(`is 404 with a problem document for ${name}`, async () => {
      const answer = await client.send('GET', path);
      assert.equal(answer.status, 404, answer.text);
      assert.equal(answer.headers['content-type'], 'application/problem+json');
      assert.equal((JSON.parse(answer.text) as { code: string }).code, 'HUB-204');
    });
});

describe('common classes and code lists', () => {
  it('answer under each component and on both path forms', async () => {
    assert.equal((await client.read<Page>('/utdanning/elev/person')).total_items, count);
    assert.equal((await client.read<Page>('/administrasjon/personal/person')).total_items, 0);
    for (const path of [
      'felles/kodeverk/landkode',
      'felles/kodeverk/iso/landkode',
      'felles/kodeverk/LANDKODE/systemid/NO',
    ])
      await client.read(`/${path}`);
    const [short, long] = await Promise.all(
      ['/felles/kodeverk/landkode/systemid/NO', '/felles/kodeverk/iso/landkode/systemid/NO'].map((path) =>
        client.read<Resource>(path),
      ),
    );
    assert.deepEqual(short, long);
    const both = ['/felles/kodeverk', '/felles/kodeverk/iso'].map((path) => client.read<Record<string, unknown>>(path));
    for (const catalogue of await Promise.all(both)) assert.ok('landkode' in catalogue);
  });

  it('render dates as yyyy-MM-ddTHH:mm:ssZ', async () => {
    const one = await client.read<Resource>(`/utdanning/elev/person/fodselsnummer/${nationalIds[3] ?? ''}`);
    assert.equal(one['fodselsdato'], '2008-01-15T00:00:00Z');
  });
});

describe('filters', () => {
  const filters: readonly (readonly [string, string, number])[] = [
    ['utdanning/elev/person', "navn/etternavn eq 'DAL'", 13],
    ['utdanning/elev/person', "navn/etternavn eq 'ås'", 12],
    ['utdanning/elev/person', "not navn/etternavn eq 'Dal' and navn/fornavn contains 'Prøve1'", 6],
    [elev, "systemId/identifikatorverdi eq 'e-7'", 1],
    [elev, "feidenavn/identifikatorverdi eq 'elev7@fjord.test'", 1],
    [elev, "elevnummer/identifikatorverdi in ('500001', '500002')", 2],
    [elev, "hybeladresse/adresselinje/any(x:x eq 'Gata 1')", 1],
    [elev, "hybeladresse/poststed ne 'nowhere'", 1],
    ['utdanning/elev/elevforhold', "hovedskole eq 'true'", count],
    [
      'utdanning/elev/elevforhold',
      "_links/skole/any(x:x/href eq '/utdanning/utdanningsprogram/skole/systemid/s-1')",
      count,
    ],
  ];
  for (const [collection, filter, expected] of filters)
    it(`${filter}: GET and POST give the same ${expected}`, async () => {
      const got = await client.read<Page>(`/${collection}?$filter=${encodeURIComponent(filter)}`);
      const posted = await client.send('POST', `/${collection}/$query`, {
        headers: { 'content-type': 'text/plain' },
        body: filter,
      });
      assert.equal(posted.status, 200, posted.text);
      assert.deepEqual([got.size, got.total_items], [expected, expected]);
      assert.deepEqual(entriesOf(JSON.parse(posted.text) as Page), entriesOf(got));
    });

  it('keep filter and since in page links, so that following them stays inside', async () => {
    const filter = encodeURIComponent("navn/etternavn eq 'Dal'");
    const seen: Resource[] = [];
    let target: string | undefined = `/utdanning/elev/person?size=5&$filter=${filter}&sinceTimeStamp=1`;
    while (target !== undefined) {
      const page: Page = await client.read<Page>(target);
      assert.equal(page.total_items, 13);
      seen.push(...entriesOf(page));
      target = page['_links']['next']?.[0]?.href;
    }
    assert.equal(seen.length, 13);
  });

  it('answer an unknown property with the nearest name', async () => {
    const answer = await client.send('GET', `/${elev}?$filter=${encodeURIComponent("feidenavm/x eq 'a'")}`);
    assert.equal(answer.status, 400);
    assert.match(answer.text, /feidenavn/);
  });
});

describe('asking again', () => {
  it('runs the last-updated and sinceTimeStamp loop', async () => {
    const state = async (): Promise<number> => {
      const { lastUpdated } = await client.read<{ lastUpdated: unknown }>(`/${elev}/last-updated`);
      assert.equal(typeof lastUpdated, 'number');
      return Number(lastUpdated);
    };
    const earlier = await state();
    assert.deepEqual(await client.read(`/${elev}/cache/size`), { size: count });
    assert.equal((await client.read<Page>(`/${elev}?sinceTimeStamp=${earlier + 1}`)).size, 0);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const changed = pupil(4, { gjest: true });
    await deliverPage(adapter, elev, [changed], { method: 'PATCH' });
    const now = await state();
    assert.ok(now > earlier, 'last-updated advances');
    const news = await client.read<Page>(`/${elev}?sinceTimeStamp=${earlier + 1}`);
    assert.deepEqual(systemIds(news), ['e-4']);
    assert.deepEqual([news.total_items, news.size], [1, 1]);
    assert.deepEqual(systemIds(await client.read<Page>(`/${elev}`)).slice(0, 6), [
      'e-0',
      'e-1',
      'e-2',
      'e-3',
      'e-4',
      'e-5',
    ]);
    assert.equal(await state(), now, 'reading changes nothing');
    await deliverPage(adapter, elev, [changed], { method: 'PATCH' });
    assert.equal(await state(), now, 'an unchanged delivery is no change');
  });

  it('gives 304 for a known ETag, and another ETag when something has changed', async () => {
    const targets = [
      `/${elev}`,
      `/${elev}?size=5`,
      `/${elev}/systemid/e-4`,
      `/${elev}/last-updated`,
      `/${elev}/cache/size`,
    ];
    for (const target of targets) {
      const first = await client.send('GET', target);
      const etag = String(first.headers['etag']);
      assert.match(etag, /^"[^"]+"$/, `${target} has a strong tag`);
      const again = await client.send('GET', target, { headers: { 'if-none-match': etag } });
      assert.deepEqual([again.status, again.bytes.length, again.headers['etag']], [304, 0, etag]);
      const list = await client.send('GET', target, { headers: { 'if-none-match': `"x", W/${etag}` } });
      assert.equal(list.status, 304);
      const other = await client.send('GET', target, { headers: { 'if-none-match': '"x"' } });
      assert.equal(other.status, 200);
    }
    const held = await client.send('GET', `/${elev}`);
    await deliverPage(adapter, elev, [pupil(4, { gjest: false })], { method: 'PATCH' });
    const later = await client.send('GET', `/${elev}`, {
      headers: { 'if-none-match': String(held.headers['etag']) },
    });
    assert.equal(later.status, 200);
    assert.notEqual(later.headers['etag'], held.headers['etag']);
  });

  it('says x-core-version on every answer, and gives HAL when asked', async () => {
    for (const target of [`/${elev}`, `/${elev}/systemid/e-1`, `/${elev}/systemid/none`, `/${elev}?size=x`]) {
      const answer = await client.send('GET', target, { headers: { accept: 'application/hal+json' } });
      if (answer.status !== 404) assert.equal(answer.headers['x-core-version'], '2', target);
      if (answer.status === 200) assert.equal(answer.headers['content-type'], 'application/hal+json');
    }
  });

  it('sends gzip that equals the plain bytes, on every kind of page', async () => {
    for (const target of [`/${elev}`, `/${elev}?size=20`, `/${elev}?size=7&offset=3`, `/${elev}/changes`]) {
      const plain = await client.send('GET', target);
      const packed = await client.send('GET', target, { headers: { 'accept-encoding': 'gzip' } });
      assert.equal(packed.headers['content-encoding'], 'gzip', target);
      // A position is never the same twice.
      const positions = /"(position|next)":"[^"]*"|after=[\w-]*/g;
      assert.equal(packed.text.replaceAll(positions, ''), plain.text.replaceAll(positions, ''), target);
    }
  });

  it('answers HEAD like GET without a body', async () => {
    const answer = await client.send('HEAD', `/${elev}/systemid/e-1`);
    assert.deepEqual([answer.status, answer.bytes.length], [200, 0]);
    assert.ok(Number(answer.headers['content-length']) > 0);
  });
});

const seed = (step: number): number => (step * 7919) % 40;

describe('the change feed', () => {
  it('keeps an exact copy while deliveries go on', async () => {
    const copy = new Map<string, Resource>();
    let position: string | null = null;
    const catchUp = async (): Promise<number> => {
      let taken = 0;
      for (let more = true; more;) {
        const query: string = position === null ? '' : `&after=${encodeURIComponent(position)}`;
        const feed: Feed = await client.read<Feed>(`/${elev}/changes?size=7${query}`);
        for (const { kind, id, resource } of feed['_entries']) {
          taken += 1;
          assert.ok(['created', 'updated', 'removed', 'identifier-changed'].includes(kind));
          if (resource === undefined) copy.delete(id);
          else copy.set(id, resource);
        }
        position = feed.next;
        more = feed.more;
      }
      return taken;
    };
    const work = { delivering: true };
    const deliveries = (async () => {
      for (let step = 0; step < 40; step += 1) {
        const number = seed(step);
        if (step % 5 === 4)
          await sendPage(adapter, elev, [{ identifier: `e-${number}`, resource: null }], { method: 'DELETE' });
        else if (step % 7 === 3)
          await sendPage(adapter, elev, [pupil(number, { elevnummer: { identifikatorverdi: `9${step}` } })], {
            method: 'PATCH',
          });
        else await sendPage(adapter, elev, [pupil(number, { gjest: step % 2 === 0 })], { method: 'PATCH' });
      }
      work.delivering = false;
    })();
    while (work.delivering) await catchUp();
    await deliveries;
    await catchUp();
    assert.equal(await catchUp(), 0, 'nothing is left');
    const order = (one: Resource): string => valueOf(one, 'systemId');
    const truth = [...entriesOf(await client.read<Page>(`/${elev}`))].sort((a, b) => (order(a) < order(b) ? -1 : 1));
    const kept = [...copy.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1));
    assert.deepEqual(kept, truth);
  });
});

describe('admin addresses', () => {
  it('answer as Core 2 does, and health really asks', async () => {
    assert.deepEqual(await client.read('/utdanning/elev/admin/assets'), ['fjord.test']);
    assert.deepEqual(await client.read('/utdanning/elev/admin/organisations'), []);
    assert.deepEqual(await client.read('/utdanning/elev/admin/caches'), []);
    const status = await client.read<Record<string, { lastUpdated: string; size: number }>>(
      '/utdanning/elev/admin/cache/status',
    );
    assert.equal(status['person']?.size, count);
    assert.match(status['person']?.lastUpdated ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
    const rebuild = await client.send('POST', '/utdanning/elev/admin/cache/rebuild', {
      headers: { 'x-client': 'x' },
    });
    assert.equal(rebuild.status, 200);
    const health = await client.read<{
      healthy: boolean;
      collections: { collection: string; state: string; size: number }[];
    }>('/utdanning/elev/admin/health');
    const persons = health.collections.find(({ collection }) => collection === 'utdanning/elev/person');
    assert.equal(persons?.state, 'completed');
    assert.equal(persons?.size, count);
  });

  it('refuse what this client may not write, and what nobody writes with 405 and Allow', async () => {
    const sent = { headers: { 'content-type': 'application/json' }, body: '{}' };
    for (const [method, path] of [
      ['POST', `/${elev}`],
      ['PUT', `/${elev}/systemid/e-1`],
      ['DELETE', `/${elev}/systemid/e-1`],
    ] as const)
      assert.equal((await client.send(method, path, sent)).status, 403, `${method} ${path}`);
    for (const [method, path] of [
      ['POST', '/utdanning/elev/klasse'],
      ['PUT', '/utdanning/elev/klasse/systemid/k-1'],
      ['DELETE', '/utdanning/elev/klasse/systemid/k-1'],
    ] as const) {
      const answer = await client.send(method, path, sent);
      assert.equal(answer.status, 405, `${method} ${path}`);
      assert.equal(answer.headers['allow'], 'GET, HEAD');
    }
  });
});
