// The catalogue as it is told: pages in three languages, JSON, links, DCAT-AP-NO, a calendar. Over a catalogue with changes and a clock of the test.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import * as fc from 'fast-check';
import { bundledCatalogueFolder } from '#app/bundled-catalogue.ts';
import type { Api, ApiStatus } from '#apis/api.ts';
import { catalogueApi, type CatalogueDeps } from '#apis/catalogue/catalogue-api.ts';
import { jsonLdOf, turtleOf } from '#apis/catalogue/graph.ts';
import type { Catalogue } from '#catalogue/catalogue.ts';
import { catalogueFiles, readCatalogue } from '#catalogue/read-catalogue.ts';
import { call, type Answer } from '../../e2e/caller.ts';
import { golden } from '../../golden.ts';
import { toyServer, type ToyServer } from '../../http/toy.ts';
import { statementsOfJsonLd, statementsOfTurtle } from './rdf.ts';

const changes = `changes:
  going:
    api: flyt-skole
    coordinates: ['Pupil.name', 'GET /pupils']
    kind: breaking
    text: { nb: 'Navn <går> & "forsvinner"', nn: 'Namn <går>', en: 'Name <goes> & "vanishes"' }
    migration: { nb: Bruk tittel, en: Use title }
    replacement: 'Pupil.title'
    announced: 2026-12-01
    planned: { at: 2027-06-30 }
  gone:
    api: flyt-skole
    coordinates: ['Pupil.old']
    kind: breaking
    text: { nb: Borte, en: Gone }
    migration: { nb: Ingenting, en: Nothing }
    without-replacement: { nb: Ingen bruker den, en: Nobody uses it }
    announced: 2026-11-23
    planned: { at: 2027-05-30 }
    done: 2027-06-01
`;

const comingApi = `
  coming:
    name: { nb: Kommer, nn: Kjem, en: Coming }
    description: { nb: Noe nytt., nn: Noko nytt., en: Something new. }
    style: rest
    owner: operator
    support: operator
    status: planned
    since: 2026-11-22
    policy: sikt
    data-classes: [open]
    access-rights: restricted
    access: later
`;

const catalogueOf = (apis?: (text: string) => string): Catalogue => {
  const texts = new Map<string, string>(
    catalogueFiles.map((name) => [name, readFileSync(join(bundledCatalogueFolder, name), 'utf8')]),
  );
  texts.set('changes.yaml', changes);
  texts.set('apis.yaml', `${texts.get('apis.yaml') ?? ''}${comingApi}`);
  if (apis !== undefined) texts.set('apis.yaml', apis(texts.get('apis.yaml') ?? ''));
  const read = readCatalogue(texts);
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
};

/** APIs that say of themselves what the catalogue says; one describes its parts. */
const mountedBy = (catalogue: Catalogue): readonly Api[] =>
  [...catalogue.apis.values()]
    .filter(({ id, status }) => status !== 'planned' && id !== 'catalogue')
    .map(({ id, name, description, status, versions }) => ({
      entry: { id, name, description, status, version: versions[0]?.version ?? '' },
      routes: [],
      describe: () => (id === 'flyt-skole' ? [describedParts] : []),
      ...(id === 'fint'
        ? {
            marks: () =>
              new Map<string, ApiStatus>([
                ['Elev.ny', 'experimental'],
                ['Elev.navn', 'production'],
              ]),
          }
        : {}),
    }));

const describedParts = {
  name: 'flyt-skole/openapi.json',
  type: 'application/json',
  text: JSON.stringify({
    openapi: '3.1.0',
    'x-bindeledd-status': 'production',
    paths: { '/pupils': { get: { 'x-bindeledd-status': 'beta', responses: {} } } },
    components: { schemas: { Pupil: { properties: { name: {}, hobby: { 'x-bindeledd-status': 'experimental' } } } } },
  }),
};

let now = Date.parse('2026-12-24T12:00:00Z');
let version = 1;
const catalogue = catalogueOf();
const deps = (of: Catalogue, more: Partial<CatalogueDeps> = {}): CatalogueDeps => ({
  catalogue: of,
  apis: mountedBy(of),
  components: ['utdanning/elev', 'arkiv/noark'],
  announced: async () => ({ version, changes: of.changes }),
  news: async () => ({ version: 1, items: [], promotions: [] }),
  health: async (application) => ({ application, environment: 'test', since: '2025-11-19', light: 'fine', parts: [] }),
  contact: 'mailto:drift@fjordheim.test',
  clock: { now: () => now },
  baseUrl: () => 'https://hub.example.test',
  ...more,
});
const api = catalogueApi(deps(catalogue));

let server: ToyServer;
let url: string;
before(async () => {
  server = toyServer(api.routes);
  url = await server.listen();
});
after(() => server.close());

const html = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const get = async (path: string, headers: Record<string, string> = {}): Promise<Answer> => {
  const answer = await call(url, 'GET', path, { headers });
  assert.equal(answer.status, 200, path);
  return answer;
};
const page = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  get(path, { accept: html, ...headers });
const json = async <T>(path: string): Promise<T> =>
  JSON.parse((await get(path, { accept: 'application/json' })).text) as T;

type Listed = { readonly apis: readonly { readonly id: string; readonly status: string; readonly offered: boolean }[] };

test('whoever opens the hub in a browser gets the page, whoever asks for JSON the list', async () => {
  for (const [path, accept, type] of [
    ['/', html, 'text/html'],
    ['/', '*/*', 'text/html'],
    ['/', 'application/json', 'application/json'],
    ['/catalogue', html, 'text/html'],
    ['/catalogue', '*/*', 'application/json'],
    ['/catalogue/apis', html, 'text/html'],
    ['/catalogue/apis', 'application/json, text/html', 'application/json'],
    ['/catalogue/apis/fint', html, 'text/html'],
    ['/catalogue/apis/fint', '*/*', 'application/json'],
  ] as const) {
    const answer = await get(path, { accept });
    assert.match(String(answer.headers['content-type']), new RegExp(`^${type};`), `${path} ${accept}`);
    assert.match(String(answer.headers['vary']), /Accept, Accept-Language/);
  }
});

test('the list has every API that is mounted, and those that are planned, as such', async () => {
  const { apis } = await json<Listed>('/catalogue/apis');
  assert.deepEqual(
    apis.map(({ id }) => id),
    [...catalogue.apis.keys()],
  );
  assert.deepEqual(
    apis.filter(({ offered }) => !offered).map(({ status }) => status),
    ['planned'],
  );
});

/** What takes the place of an API, as a catalogue tells it. */
const successorOf = async (from: string, id: string): Promise<string | null> => {
  const { text } = await call(from, 'GET', `/catalogue/apis/${id}`, {});
  return (JSON.parse(text) as { readonly successor: { readonly api: string } | null }).successor?.api ?? null;
};

test('an API that the hub does not mount is not told of', async () => {
  const without = catalogueApi(
    deps(catalogue, { apis: mountedBy(catalogue).filter(({ entry }) => entry.id !== 'fs-graphql') }),
  );
  const own = toyServer(without.routes);
  const at = await own.listen();
  try {
    const list = await call(at, 'GET', '/catalogue/apis', {});
    assert.ok(!(JSON.parse(list.text) as Listed).apis.some(({ id }) => id === 'fs-graphql'));
    assert.equal((await call(at, 'GET', '/catalogue/apis/fs-graphql', {})).status, 404);
    const turtle = (await call(at, 'GET', '/catalogue/dcat.ttl', {})).text;
    assert.doesNotMatch(turtle, /fs-graphql/);
    // Not as what takes the place of another one either.
    assert.deepEqual([await successorOf(url, 'fs-api'), await successorOf(at, 'fs-api')], ['fs-graphql', null]);
  } finally {
    await own.close();
  }
});

test('every answer is as its description says', async () => {
  const document = await json<{ readonly components: object; readonly paths: Record<string, object> }>(
    '/catalogue/openapi.json',
  );
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema({ ...document, $id: 'catalogue' });
  const held = (name: string, value: unknown): void => {
    const check = ajv.getSchema(`catalogue#/components/schemas/${name}`);
    assert.ok(check?.(value), `${name}: ${JSON.stringify(check?.errors)}`);
  };
  held('Catalogue', await json('/catalogue'));
  held('Apis', await json('/catalogue/apis'));
  held('Apis', await json('/'));
  held('Changes', await json('/catalogue/changes'));
  for (const id of catalogue.apis.keys()) held('Api', await json(`/catalogue/apis/${id}`));
  for (const id of ['fint', 'flyt-skole', 'admin'])
    held('Contracts', await json(`/catalogue/apis/${id}/contracts.json`));
  assert.throws(() => held('Apis', { apis: [{}] }));
  for (const [path, item] of Object.entries(document.paths)) {
    const { responses } = (item as { get: { responses: object } }).get;
    // What takes a token is asked for in a whole hub.
    if (!('401' in responses)) await get(path.replace('{id}', 'fint'));
  }
  golden('catalogue/openapi.json', api.describe()[0]?.text ?? '');
});

test('the language is the one of the address, else the one that is wanted most', async () => {
  const said = /<html lang="(nb|nn|en)">/;
  for (const [path, header, language] of [
    ['/', null, 'en'],
    ['/', 'nn', 'nn'],
    ['/', 'no', 'nb'],
    ['/', 'nb-NO,nb;q=0.9,nn;q=0.8', 'nb'],
    ['/', 'sv,nn;q=0.5,en;q=0.4', 'nn'],
    ['/', 'en;q=0.1, nb;q=0.7', 'nb'],
    ['/', 'nb;q=0, nn', 'nn'],
    ['/', 'fr', 'en'],
    ['/?lang=nb', 'en', 'nb'],
    ['/?lang=xx', 'nn', 'nn'],
    ['/catalogue/apis/fint?lang=nn', 'en', 'nn'],
  ] as const) {
    const { text } = await page(path, header === null ? {} : { 'accept-language': header });
    assert.equal(said.exec(text)?.[1], language, `${path} ${header}`);
  }
  const pages = await Promise.all(
    ['nb', 'nn', 'en'].map((language) => page(`/catalogue/apis/flyt-skole?lang=${language}`)),
  );
  for (const [index, words] of ['Elever, foresatte', 'Elevar, føresette', 'Pupils, guardians'].entries())
    assert.ok(pages[index]?.text.includes(words), words);
});

test('pages load nothing from elsewhere, run nothing, and hold what was said as text', async () => {
  const paths = [
    '/',
    '/catalogue',
    '/catalogue/apis',
    ...[...catalogue.apis.keys()].map((id) => `/catalogue/apis/${id}`),
    '/catalogue/guides/read-data',
  ];
  for (const path of paths) {
    const { text, headers } = await page(path);
    assert.match(
      String(headers['content-security-policy']),
      /^default-src 'none'; script-src 'self'; style-src 'self';/,
    );
    assert.doesNotMatch(text, /<script|<style|\son\w+=|\sstyle=/i, path);
    // What is loaded: the style, and no more.
    const loaded = [
      ...text.matchAll(/<(?:link|img|iframe|object|embed|source|video|audio)\b[^>]*?(?:href|src)="([^"]*)"/g),
    ].map(([, at = '']) => at);
    for (const at of loaded)
      assert.ok(
        at.startsWith('data:,') ||
          /^(?:\.\.?\/)+(?:catalogue\/assets\/catalogue\.css|\.well-known\/api-catalog)$/.test(at),
        `${path}: ${at}`,
      );
    for (const [, at = ''] of text.matchAll(/<a [^>]*href="([^"]*)"/g))
      assert.match(at, /^(?:\.|#|\?lang=|mailto:|[\w-]+(?:#|$))/, `${path}: ${at}`);
  }
  const { text } = await page('/?lang=nb');
  assert.ok(text.includes('Navn &lt;går&gt; &amp; &quot;forsvinner&quot;'), 'the change is told');
  assert.ok(!text.includes('<går>'));
  assert.match((await get('/catalogue/assets/catalogue.css')).text, /focus-visible/);
  assert.doesNotMatch((await get('/catalogue/assets/catalogue.css')).text, /url\(|@import/);
});

test('pages can be read by whoever hears them: one heading at the top, none left out, tables with headers, every name in use once', async () => {
  for (const path of ['/', '/catalogue/apis/fint', '/catalogue/apis/flyt-skole', '/catalogue/apis/gemini']) {
    const { text } = await page(path);
    const levels = [...text.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    assert.equal(levels[0], 1);
    assert.equal(levels.filter((level) => level === 1).length, 1);
    assert.ok(
      levels.every((level, index) => index === 0 || level <= (levels[index - 1] ?? 0) + 1),
      path,
    );
    const ids = [...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    assert.equal(new Set(ids).size, ids.length, `${path}: ${ids.join(' ')}`);
    for (const [, target = ''] of text.matchAll(/(?:aria-labelledby="|href="#)([^"]+)"/g))
      assert.ok(ids.includes(target), `${path}: ${target}`);
    for (const [table] of text.matchAll(/<table>[^]*?<\/table>/g)) {
      assert.match(table, /<caption>/);
      assert.match(table, /<th scope="col">/);
      assert.match(table, /<th scope="row">/);
    }
    assert.match(text, /<a class="skip" href="#content">/);
    assert.match(text, /<main id="content"/);
    assert.match(text, /aria-current="true">English/);
  }
});

/** How light a colour is (WCAG 2.2). */
const luminance = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

test('what is written stands out from what it is written on', async () => {
  const css = (await get('/catalogue/assets/catalogue.css')).text;
  const colour = (name: string): string => new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(css)?.[1] ?? '';
  const contrast = (one: string, other: string): number => {
    const [dark = 0, light = 0] = [luminance(colour(one)), luminance(colour(other))].toSorted((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  for (const ink of ['ink', 'quiet', 'link'])
    for (const ground of ['ground', 'shade']) assert.ok(contrast(ink, ground) >= 4.5, `${ink} on ${ground}`);
  assert.ok(contrast('line', 'ground') < 4.5);
});

test('what an API promises stands on its page: changes that are to come, and not those that came', async () => {
  const { text } = await page('/catalogue/apis/flyt-skole?lang=en');
  for (const words of [
    'Production',
    'six months',
    'Pupil.title',
    '2027-06-30',
    '99.9 %',
    'https://hub.example.test/vfs/v1',
    'mailto:drift@fjordheim.test',
  ])
    assert.ok(text.includes(words), words);
  assert.ok(!text.includes('Pupil.old'));
  assert.ok(!(await page('/catalogue/apis/fint')).text.includes('Pupil.title'));
  assert.ok(!(await page('/catalogue/apis/coming')).text.includes('contracts.json'));
});

test('what is announced is told to machines, with the day on which it may come', async () => {
  const told = await json<{
    readonly changes: readonly {
      readonly id: string;
      readonly announced: string;
      readonly planned: object;
      readonly done: string | null;
    }[];
  }>('/catalogue/changes');
  assert.deepEqual(
    told.changes.map(({ id, announced, planned, done }) => [id, announced, planned, done]),
    [
      ['going', '2026-12-01T22:59:59.000Z', { day: '2027-06-30' }, null],
      ['gone', '2026-11-23T22:59:59.000Z', { day: '2027-05-30' }, '2027-05-31T22:00:00.000Z'],
    ],
  );
});

test('what is reconstructed is said wherever the API is told of, and of no other', async () => {
  const said = {
    nb: 'Opprinnelig <ikke> publisert.',
    nn: 'Opphavleg <ikkje> publisert.',
    en: 'The original is <not> public.',
  };
  const told = catalogueOf((text) =>
    text.replace(/^( {2}audit-keys:\n)/m, `$1    reconstructed: ${JSON.stringify(said)}\n`),
  );
  const own = toyServer(catalogueApi(deps(told)).routes);
  const at = await own.listen();
  try {
    const fetched = async (path: string, accept: string): Promise<string> =>
      (await call(at, 'GET', path, { headers: { accept } })).text;
    const shown = await fetched('/catalogue/apis/audit-keys?lang=nb', html);
    assert.match(shown, /<h2[^>]*>Rekonstruert<\/h2>[^]*Opprinnelig &lt;ikke&gt; publisert\./);
    assert.match(
      await fetched('/catalogue/apis/audit-keys?lang=en', html),
      /Reconstructed[^]*The original is &lt;not&gt; public\./,
    );
    assert.doesNotMatch(await fetched('/catalogue/apis/fint?lang=nb', html), /Rekonstruert/);
    const saidOf = async (id: string): Promise<unknown> =>
      (JSON.parse(await fetched(`/catalogue/apis/${id}`, 'application/json')) as { reconstructed: unknown })
        .reconstructed;
    assert.deepEqual([await saidOf('audit-keys'), await saidOf('fint')], [said, null]);
    const notes = (await statementsOfTurtle(await fetched('/catalogue/dcat.ttl', 'text/turtle'))).filter((one) =>
      one.includes('skos/core#note'),
    );
    const subject = '<https://hub.example.test/catalogue/apis/audit-keys> <http://www.w3.org/2004/02/skos/core#note>';
    assert.ok(!notes.some((one) => one.includes('/apis/fint>')));
    assert.deepEqual(
      notes.filter((one) => one.includes('/apis/audit-keys>')).toSorted(),
      Object.entries(said)
        .map(([language, text]) => `${subject} "${text}"@${language} .`)
        .toSorted(),
    );
  } finally {
    await own.close();
  }
});

test('parts that are offered otherwise, or are to go, stand in the contracts of the API', async () => {
  type Contracts = {
    readonly status: string;
    readonly elements: readonly {
      readonly coordinate: string;
      readonly status: string;
      readonly earliestRemoval: string | null;
      readonly replacement: string | null;
    }[];
  };
  const told = await json<Contracts>('/catalogue/apis/flyt-skole/contracts.json');
  assert.equal(told.status, 'production');
  assert.deepEqual(
    told.elements.map(({ coordinate, status, earliestRemoval, replacement }) => [
      coordinate,
      status,
      earliestRemoval,
      replacement,
    ]),
    [
      ['GET /pupils', 'beta', '2027-06-30', 'Pupil.title'],
      ['Pupil.hobby', 'experimental', null, null],
      ['Pupil.name', 'production', '2027-06-30', 'Pupil.title'],
    ],
  );
  assert.deepEqual(
    (await json<Contracts>('/catalogue/apis/fint/contracts.json')).elements.map(({ coordinate, status }) => [
      coordinate,
      status,
    ]),
    [['Elev.ny', 'experimental']],
  );
});

test('the same graph is told as Turtle and as JSON-LD, and nothing is fetched for it', async () => {
  const turtle = await statementsOfTurtle((await get('/catalogue/dcat.ttl')).text);
  const jsonLd = await statementsOfJsonLd((await get('/catalogue/dcat.jsonld')).text);
  assert.deepEqual(turtle, jsonLd);
  const dcat = 'http://www.w3.org/ns/dcat#';
  const type = '<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>';
  const services = turtle
    .filter((line) => line.includes(`${type} <${dcat}DataService>`))
    .map((line) => line.split(' ')[0] ?? '');
  assert.equal(services.length, mountedBy(catalogue).length + 1);
  const must = [
    ['http://purl.org/dc/terms/title', 3],
    ['http://purl.org/dc/terms/description', 3],
    ['http://purl.org/dc/terms/publisher', 1],
    [`${dcat}contactPoint`, 1],
    [`${dcat}endpointURL`, 1],
    [`${dcat}theme`, 1],
    ['http://purl.org/dc/terms/accessRights', 1],
    ['http://purl.org/dc/terms/license', 1],
    ['http://www.w3.org/ns/adms#status', 1],
  ] as const;
  for (const service of services) {
    for (const [predicate, count] of must)
      assert.equal(
        turtle.filter((line) => line.startsWith(`${service} <${predicate}>`)).length,
        count,
        `${service} ${predicate}`,
      );
    assert.ok(
      turtle.some((line) => line.includes(`<${dcat}service> ${service}`)),
      service,
    );
  }
  for (const language of ['nb', 'nn', 'en'])
    assert.ok(
      turtle.some((line) => line.includes(`<http://purl.org/dc/terms/title> "`) && line.includes(`"@${language} `)),
    );
  const publisher = /<http:\/\/purl\.org\/dc\/terms\/publisher> (<[^>]+>)/.exec(turtle.join('\n'))?.[1];
  assert.ok(turtle.some((line) => line.startsWith(`${publisher} ${type} <http://xmlns.com/foaf/0.1/Agent>`)));
  assert.ok(
    turtle.some((line) => line.includes('<http://www.w3.org/2006/vcard/ns#hasEmail> <mailto:drift@fjordheim.test>')),
  );
});

test('whatever is said, both spellings of a graph say the same', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 12 }).filter((one) => one.isWellFormed());
  const value = fc.oneof(
    fc.record({ text }),
    fc.record({ text, lang: fc.constantFrom('nb', 'nn', 'en') }),
    fc.record({ text, datatype: fc.constant('ex:kind') }),
    text.map((one) => ({ iri: `https://hub.example.test/${encodeURIComponent(one)}` })),
  );
  const properties = fc
    .array(fc.tuple(fc.constantFrom('ex:a', 'ex:b', 'ex:c'), fc.array(value, { maxLength: 3 })), { maxLength: 3 })
    .map((all) => [...new Map(all)]);
  const unnamed = properties.map((inner) => ({ properties: inner }));
  await fc.assert(
    fc.asyncProperty(properties, unnamed, async (own, inner) => {
      const graph = {
        prefixes: { ex: 'https://words.example.test/' },
        subjects: [
          {
            iri: 'https://hub.example.test/it',
            properties: [['ex:t', [{ iri: 'https://hub.example.test/T' }]], ...own, ['ex:inner', [inner]]] as const,
          },
        ],
      };
      assert.deepEqual(
        await statementsOfTurtle(turtleOf(graph)),
        await statementsOfJsonLd(JSON.stringify(jsonLdOf(graph))),
      );
    }),
    { numRuns: 60 },
  );
});

type Linkset = {
  readonly linkset: readonly ({ readonly anchor: string } & Record<
    string,
    readonly { readonly href: string; readonly type?: string }[]
  >)[];
};

test('programs find the catalogue where RFC 9727 says, and in it what each API begins with and is described by', async () => {
  const answer = await get('/.well-known/api-catalog');
  assert.equal(
    answer.headers['content-type'],
    'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"',
  );
  const head = await call(url, 'HEAD', '/.well-known/api-catalog', {});
  assert.equal(head.status, 200);
  assert.match(String(head.headers['link']), /<\/\.well-known\/api-catalog>; rel="api-catalog"/);
  const { linkset } = JSON.parse(answer.text) as Linkset;
  const [whole, ...each] = linkset;
  assert.equal(whole?.anchor, 'https://hub.example.test/.well-known/api-catalog');
  assert.deepEqual(whole?.['item']?.map(({ href }) => href).toSorted(), each.map(({ anchor }) => anchor).toSorted());
  const fint = each.find(({ anchor }) => anchor === 'https://hub.example.test/');
  assert.deepEqual(
    fint?.['service-desc']?.map(({ href }) => href),
    ['https://hub.example.test/model/openapi/utdanning/elev', 'https://hub.example.test/model/openapi/arkiv/noark'],
  );
});

test('the calendar has main versions and what is to come, in the language that is asked for', async () => {
  const { text, headers } = await get('/catalogue/calendar.ics?lang=en');
  assert.match(String(headers['content-type']), /^text\/calendar/);
  assert.match(text, /DTSTART;VALUE=DATE:20270331\r?\nSUMMARY:API catalogue: main version 1/);
  assert.match(text, /Changes at the earliest: flyt-skole Pupil\.name/);
  assert.match((await get('/catalogue/calendar.ics?lang=nn')).text, /hovudversjon 1/);
});

test('what was sent is not sent again until it says something else', async () => {
  const first = await get('/catalogue');
  const again = { 'if-none-match': String(first.headers['etag']) };
  assert.equal((await call(url, 'GET', '/catalogue', { headers: again })).status, 304);
  now = Date.parse('2027-03-30T22:00:00Z');
  const second = await call(url, 'GET', '/catalogue', { headers: again });
  assert.equal(second.status, 200);
  assert.equal((JSON.parse(first.text) as { version: number }).version, 0);
  assert.equal((JSON.parse(second.text) as { version: number }).version, 1);
  version += 1;
  assert.equal(
    (await call(url, 'GET', '/catalogue', { headers: { 'if-none-match': String(second.headers['etag']) } })).status,
    304,
  );
});

test('there is nothing where there is nothing', async () => {
  for (const path of [
    '/catalogue/apis/nope',
    '/catalogue/apis/fint/',
    '/catalogue/apis/fint/contracts.json/x',
    '/catalogue/apis/coming/contracts.json',
    '/catalogue/guides/',
    '/catalogue/guides/../../package',
    '/catalogue/guides/operate',
    '/catalogue/assets/other.css',
    '/catalogue/x',
    '/catalogue/apis/__proto__',
  ]) {
    const answer = await call(url, 'GET', path, { headers: { accept: html } });
    assert.equal(answer.status, 404, path);
    assert.equal((JSON.parse(answer.text) as { code: string }).code, 'HUB-204', path);
  }
  assert.equal((await call(url, 'POST', '/catalogue', {})).status, 405);
});

test('guides are pages of the hub, and lead to each other', async () => {
  const { text } = await page('/catalogue/guides/read-data');
  assert.match(text, /<html lang="en">/);
  assert.match(text, /<h1 id="/);
  for (const [, to = ''] of text.matchAll(/<a href="([\w-]+)(?:#[^"]*)?"/g)) await page(`/catalogue/guides/${to}`);
});

const changed = (change: (api: Api) => Api): Api =>
  catalogueApi(deps(catalogue, { apis: mountedBy(catalogue).map(change) }));
const withEntry = (id: string, more: Partial<Api['entry']>) => (): Api =>
  changed((one) => (one.entry.id === id ? { ...one, entry: { ...one.entry, ...more } } : one));

test('the hub does not start where the catalogue and an API do not say the same', () => {
  assert.throws(
    withEntry('fint', { status: 'beta' }),
    /The status of fint is 'beta' in the API and 'production' in the catalogue/,
  );
  assert.throws(withEntry('admin', { version: '2.0.0' }), /The version of admin/);
  assert.throws(withEntry('model', { name: { nb: 'Metamodellen', en: 'Another' } }), /The name\.en of model/);
  assert.throws(withEntry('provider', { id: 'supplier' }), /The API supplier is not in the catalogue/);
  assert.throws(
    () =>
      catalogueApi(
        deps(
          catalogueOf((text) =>
            text.replace('  catalogue:\n    name: { nb: API-katalogen', '  catalogue:\n    name: { nb: Katalogen'),
          ),
        ),
      ),
    /The name\.nb of catalogue/,
  );
});
