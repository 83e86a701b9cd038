// The catalogue in a whole hub, over HTTP: that every address it tells of is there, and that documents say of their API what it says.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { callerOf, type Caller } from '../../e2e/caller.ts';
import { startHub, type HubUnderTest } from '../../e2e/hub-under-test.ts';
import { temporaryPlace } from '../../e2e/place.ts';
import { marksIn } from '#apis/catalogue/rest-contracts.ts';
import { loadCatalogue } from '#app/bundled-catalogue.ts';
import { currentRelease } from '#app/current-release.ts';

let hub: HubUnderTest;
let anybody: Caller;

before(async () => {
  hub = await startHub({ place: await temporaryPlace(), organisations: [{ id: 'fjord.test' }], applications: [] });
  anybody = callerOf(hub.url, null);
});
after(() => hub.close());

type Api = {
  readonly id: string;
  readonly status: string;
  readonly offered: boolean;
  readonly address: string | null;
  readonly contracts: string | null;
  readonly documents: readonly { readonly kind: string; readonly href: string; readonly type: string }[];
};

const below = (address: string): string => {
  assert.ok(address.startsWith(`${hub.url}/`), address);
  return address.slice(hub.url.length);
};

const apis = async (): Promise<readonly Api[]> => {
  const { apis: listed } = await anybody.read<{ apis: readonly { id: string }[] }>('/catalogue/apis');
  return Promise.all(listed.map(({ id }) => anybody.read<Api>(`/catalogue/apis/${id}`)));
};

test('every address in the links is there, and answers in the type that is told', async () => {
  type Linked = Readonly<Record<string, string | readonly { readonly href: string; readonly type?: string }[]>>;
  const { linkset } = await anybody.read<{ linkset: readonly Linked[] }>('/.well-known/api-catalog');
  const links = linkset.flatMap((one) =>
    Object.entries(one).flatMap(([relation, to]) => (typeof to === 'string' || relation === 'item' ? [] : to)),
  );
  assert.ok(links.length > 60, String(links.length));
  for (const { href, type } of links) {
    const answer = await anybody.send('GET', below(href), { headers: { accept: type ?? '*/*' } });
    assert.equal(answer.status, 200, href);
    if (type !== undefined)
      assert.ok(
        String(answer.headers['content-type']).startsWith(type),
        `${href}: ${answer.headers['content-type']}, not ${type}`,
      );
  }
});

test('every address on the pages is there', async () => {
  const seen = new Set<string>();
  const open = ['/'];
  for (const path of open) {
    const answer = await anybody.send('GET', path, { headers: { accept: 'text/html' } });
    assert.equal(answer.status, 200, path);
    if (!String(answer.headers['content-type']).startsWith('text/html') || !/^\/(?:catalogue.*)?$/.test(path)) continue;
    for (const [, href = ''] of answer.text.matchAll(/href="([^"#]+)(?:#[^"]*)?"/g)) {
      const to = new URL(href, `${hub.url}${path}`);
      if (to.origin !== hub.url || seen.has(to.pathname)) continue;
      seen.add(to.pathname);
      open.push(to.pathname);
    }
  }
  assert.ok(
    seen.has('/catalogue/apis/gemini') && seen.has('/vfs/v1/openapi.json') && seen.has('/catalogue/guides/flyt-skole'),
    [...seen].join(' '),
  );
});

test('each document says of its API what the catalogue says', async () => {
  let looked = 0;
  for (const { id, status, documents } of await apis())
    for (const { kind, href } of documents)
      if (kind === 'openapi') {
        // JSON is YAML.
        const document = parse((await anybody.send('GET', below(href))).text) as Record<string, unknown>;
        assert.equal(document['x-bindeledd-status'], status, `${id} ${href}`);
        looked += 1;
      }
  assert.ok(looked > 40, String(looked));
});

type Contracts = {
  readonly api: string;
  readonly catalogueVersion: number | null;
  readonly status: string;
  readonly elements: readonly {
    readonly coordinate: string;
    readonly status: string;
    readonly announced: string | null;
    readonly earliestRemoval: string | null;
    readonly replacement: string | null;
  }[];
};

test('each API that can be called tells of the contract of its parts, under one main version', async () => {
  const { version } = await anybody.read<{ version: number | null }>('/catalogue');
  for (const { id, status, offered, contracts } of await apis()) {
    assert.equal(contracts === null, !offered, id);
    if (contracts === null) continue;
    const told = await anybody.read<Contracts>(below(contracts));
    assert.deepEqual([told.api, told.status, told.catalogueVersion], [id, status, version]);
  }
});

test('what the documents of FINT mark is what its contracts tell', async () => {
  const fint = (await apis()).find(({ id }) => id === 'fint');
  const documents = await Promise.all(
    (fint?.documents ?? [])
      .filter(({ kind }) => kind === 'openapi')
      .map(({ href }) => anybody.send('GET', below(href))),
  );
  const marks = marksIn(documents.map(({ text }) => ({ name: '', type: 'application/json', text })));
  const differing = [...marks]
    .filter(([, status]) => status !== 'production')
    .map(([coordinate, status]) => `${coordinate} ${status}`);
  const { elements } = await anybody.read<Contracts>('/catalogue/apis/fint/contracts.json');
  assert.ok(differing.length > 500, String(differing.length));
  assert.deepEqual(
    elements.map(({ coordinate, status }) => `${coordinate} ${status}`).toSorted(),
    differing.toSorted(),
  );
});

test('what FS GraphQL announces is announced by the catalogue, with the same days', async () => {
  const { elements } = await anybody.read<Contracts>('/catalogue/apis/fs-graphql/contracts.json');
  const going = elements.filter(({ earliestRemoval }) => earliestRemoval !== null);
  const { changes } = await anybody.read<{
    changes: readonly {
      api: string;
      coordinates: readonly string[];
      announced: string;
      planned: { day: string };
      replacement: string;
    }[];
  }>('/catalogue/changes');
  const told = changes.filter(({ api }) => api === 'fs-graphql');
  assert.ok(told.length > 5, String(told.length));
  assert.deepEqual(
    told
      .map(({ coordinates, announced, planned, replacement }) =>
        [coordinates[0], announced.slice(0, 10), planned.day, replacement].join(' '),
      )
      .toSorted(),
    going
      .map(({ coordinate, announced, earliestRemoval, replacement }) =>
        [coordinate, announced, earliestRemoval, replacement].join(' '),
      )
      .toSorted(),
  );
});

test('those who run the hub are named where the setting names them', async () => {
  const own = await startHub({
    place: await temporaryPlace(),
    organisations: [{ id: 'fjord.test' }],
    applications: [],
    flags: { serviceContact: 'https://drift.fjordheim.test/hjelp' },
  });
  try {
    const named = await callerOf(own.url, null).read<{ support: { url: string | null } }>('/catalogue/apis/fint');
    assert.equal(named.support.url, 'https://drift.fjordheim.test/hjelp');
  } finally {
    await own.close();
  }
  const unnamed = await anybody.read<{ support: { url: string | null; email: string | null } }>('/catalogue/apis/fint');
  assert.deepEqual([unnamed.support.url, unnamed.support.email], [null, null]);
});

/** However JSON is spaced. */
const one = (text: string, type: string): string => (type.endsWith('json') ? JSON.stringify(JSON.parse(text)) : text);

const describesItself = /^(?:gemini|fs-api|fsws-.*)$/;

test('whatever describes an API stands in its entry', async () => {
  const catalogue = loadCatalogue();
  assert.ok(catalogue.ok);
  const { artefacts } = await currentRelease(catalogue.value, 0, 0);
  let held = 0;
  for (const { id, documents } of await apis()) {
    if (!describesItself.test(id)) continue;
    const told = new Set<string>();
    for (const { kind, href, type } of documents) {
      if (kind === 'page') continue;
      const { text } = await anybody.send('GET', below(href));
      told.add(one(text, type).replaceAll(hub.url, 'https://hub.example'));
    }
    for (const { api, name, type, text } of artefacts)
      if (api === id) {
        assert.ok(told.has(one(text, type)), `${name} is in no document of the entry`);
        held += 1;
      }
  }
  assert.ok(held > 25, String(held));
});
