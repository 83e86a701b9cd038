// What may be learned of persons with a protected address by those who have no clearance for them, on a real hub with the sandbox county: every
// way of asking, by callers of every kind, before and after somebody becomes protected and somebody's protection is lifted. Nothing of the hidden
// shows, what is hidden is answered like what does not exist, and those with clearance miss nothing.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundledModel } from '#app/bundled-model.ts';
import { compose } from '#app/compose.ts';
import { hashSecret, makeClientSecret } from '#auth/secrets.ts';
import { systemRandom } from '#base/random.ts';
import { loadModel } from '#model/load.ts';
import type { Model } from '#model/model.ts';
import { deliver, deliverChanges, type AdapterOptions, type SourceChanges } from '#sandbox/adapter.ts';
import { county, type SandboxCounty } from '#sandbox/county.ts';
import { answerEvents } from '#sandbox/event-adapter.ts';
import { createSource } from '#sandbox/source.ts';
import { few } from '../cases.ts';
import { callerOf, sideBySide, tokenFor, type Answer, type Caller, type Sent } from './caller.ts';
import { startProcess, type HubProcess } from './hub-process.ts';
import { enrol, type TestApplication } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';

type Links = Readonly<Record<string, readonly { readonly href: string }[]>>;
type Resource = Readonly<Record<string, unknown>> & { readonly _links?: Links };
type Listing = {
  readonly _embedded: { readonly _entries: readonly Resource[] };
  readonly total_items: number;
  readonly size: number;
};
type Change = {
  readonly kind: string;
  readonly id: string;
  readonly position: string;
  readonly before: readonly string[];
  readonly resource?: Resource;
};
type Feed = { readonly _entries: readonly Change[]; readonly next: string; readonly more: boolean };
type Entry = { readonly collection: string; readonly field: string; readonly value: string };
/** A resource that is not to be seen without clearance, as those with clearance see it. */
type Hidden = {
  readonly collection: string;
  readonly level: number;
  readonly resource: Resource;
  readonly entries: readonly Entry[];
};

const elev = 'utdanning/elev/elev';
const persons = 'utdanning/elev/person';
const absences = 'utdanning/vurdering/elevfravar';
const neighbourId = 'nabo.test';
const levels: Readonly<Record<string, number>> = { ugradert: 0, klientadresse: 1, fortrolig: 2, strengtFortrolig: 3 };

const first: SandboxCounty = county({ seed: 42, size: 'small', asOf: '2026-11-01' });
const later: SandboxCounty = county({ seed: 42, size: 'small', asOf: '2026-11-01', snapshot: 'later' });
const organisation = first.organisation.id;
const [ownSchool] = first.known.schools;

const everything = ['read', 'list', 'follow', 'write'] as const;
const client = (id: string, grant: TestApplication['grant']): TestApplication => ({
  id,
  kind: 'client',
  organisation,
  grant: { actions: everything, ...grant },
});
const applications: readonly TestApplication[] = [
  client('plain', {}),
  client('school', {
    collections: ['utdanning/*', 'administrasjon/*', 'felles/*', 'grunnskole/*'],
    rows: { scope: 'skole', field: 'systemid', values: [ownSchool?.systemId ?? ''] },
  }),
  client('lms', {
    collections: ['utdanning/elev/*', 'utdanning/timeplan/*', 'utdanning/utdanningsprogram/*', 'utdanning/kodeverk/*'],
    withhold: ['national-id', 'protected', 'special'],
  }),
  client('level1', { clearance: 1 }),
  client('level2', { clearance: 2 }),
  client('level3', { clearance: 3 }),
  { id: 'adapter', kind: 'adapter', organisation, grant: { clearance: 3 } },
  {
    id: 'timetable',
    kind: 'adapter',
    organisation,
    grant: { collections: ['utdanning/timeplan/*'], actions: ['deliver'] },
  },
  { id: 'neighbour', kind: 'client', organisation: neighbourId, grant: { actions: everything, clearance: 3 } },
  { id: 'neighbour-adapter', kind: 'adapter', organisation: neighbourId },
];
/** Those who may know of nobody protected. */
const uncleared = ['plain', 'school', 'lms', 'neighbour'] as const;
/** Those of them who ask about everything: where a part is enough, one who sees some and one who sees all but the hidden. */
const asking = few ? (['school', 'plain'] as const) : uncleared;

const place = await temporaryPlace();
const callers = new Map<string, Caller>();
const secrets = new Map<string, string>();
const stopAnswering = new AbortController();
let hub: HubProcess | null = null;
let url = '';
let model: Model;
let collections: readonly string[] = [];
let options: AdapterOptions;
let answering: Promise<void> = Promise.resolve();
/** Every pair of a caller and a question that was asked. */
const asked = new Set<string>();

const as = (id: string): Caller => {
  const found = callers.get(id);
  assert.ok(found !== undefined, id);
  return found;
};

const ask = async (who: string, method: string, target: string, sent: Sent = {}): Promise<Answer> => {
  asked.add([who, method, target, sent.body ?? '', JSON.stringify(sent.headers ?? {})].join(' '));
  const headers = { 'x-request-id': 'r', ...sent.headers };
  const answer = await as(who).send(method, target, { ...sent, headers });
  assert.ok(answer.status < 500, `${who} ${method} ${target}: ${answer.status} ${answer.text.slice(0, 300)}`);
  return answer;
};

const parsed = <T>(answer: Answer): T => JSON.parse(answer.text) as T;
const entriesIn = (listing: Listing): readonly Resource[] => listing['_embedded']['_entries'];
const linksOf = (resource: Resource): Links => resource['_links'] ?? {};

/** `collection`, `field` and `value` of an address of the hub. */
const entryAt = (href: string): Entry | null => {
  if (!href.startsWith(`${url}/`)) return null;
  const parts = href.slice(url.length + 1).split('/');
  const path = collections.find((one) => href.startsWith(`${url}/${one}/`)) ?? parts.slice(0, -2).join('/');
  const [field = '', ...value] = href.slice(url.length + path.length + 2).split('/');
  return { collection: path, field, value: decodeURIComponent(value.join('/')) };
};
const addressOf = ({ collection, field, value }: Entry): string =>
  `/${collection}/${field}/${encodeURIComponent(value)}`;

// --- What is hidden, worked out from what one with every clearance sees ------------------------------------------------------------------------

/** Everything that level3 sees, with how protected it is by the markings and by whom it is about. */
const readWhole = async (): Promise<readonly Hidden[]> => {
  const all = new Map<string, { readonly collection: string; readonly resource: Resource; level: number }>();
  for (const path of collections) {
    const answer = await ask('level3', 'GET', `/${path}`);
    if (answer.status !== 200) continue;
    for (const resource of entriesIn(parsed<Listing>(answer))) {
      const made = {
        collection: path,
        resource,
        level: levels[String(resource['adressebeskyttelse'] ?? 'ugradert')] ?? 3,
      };
      for (const { href } of linksOf(resource)['self'] ?? []) all.set(href, made);
    }
  }
  const about = [...new Set(all.values())].flatMap((one) =>
    (model.protection.about.get(one.collection) ?? []).flatMap(({ relation }) =>
      (linksOf(one.resource)[relation] ?? []).map(({ href }) => [one, href] as const),
    ),
  );
  for (let changed = true; changed;) {
    changed = false;
    for (const [one, href] of about) {
      const level = all.get(href)?.level ?? 3;
      if (level <= one.level) continue;
      one.level = level;
      changed = true;
    }
  }
  return [...new Set(all.values())].map(({ collection, resource, level }) => ({
    collection,
    level,
    resource,
    entries: (linksOf(resource)['self'] ?? []).flatMap(({ href }) => entryAt(href) ?? []),
  }));
};

type Markers = { readonly words: ReadonlySet<string>; readonly fragments: readonly string[] };

const leaf = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap((one: unknown) => leaf(one))
      : [];

/** Identifiers, addresses, user names and names of the hidden, without what somebody in sight has as well. */
const markersOf = (all: readonly Hidden[], clearance: number): Markers => {
  const seen = new Set<string>();
  const names = new Set<string>();
  for (const { level, resource } of all) {
    if (level > clearance) continue;
    const { _links: _dropped, ...attributes } = resource;
    for (const text of leaf(attributes)) seen.add(text);
    names.add(JSON.stringify(resource['navn'] ?? null));
  }
  const words = new Set<string>();
  const fragments = new Set<string>();
  for (const { level, resource, entries } of all) {
    if (level <= clearance) continue;
    for (const { value } of entries) if (!seen.has(value) && value.length >= 5) words.add(value);
    for (const name of ['epostadresse', 'mobiltelefonnummer', 'telefonnummer', 'adresselinje'])
      for (const text of leaf([Reflect.get(Object(resource['kontaktinformasjon']), name)]))
        if (!seen.has(text) && text.length >= 5) words.add(text);
    const name = JSON.stringify(resource['navn'] ?? null);
    if (typeof resource['navn'] === 'object' && !names.has(name)) fragments.add(`"navn":${name}`);
  }
  return { words, fragments: [...fragments] };
};

const wordForm = /[\p{L}\p{N}_.@+-]{5,}/gu;

/** The first marker in a text; null when there is none. */
const markerIn = (text: string, { words, fragments }: Markers): string | null => {
  for (const [word] of text.replaceAll('%40', '@').matchAll(wordForm))
    if (words.has(word) || (word.endsWith('.') && words.has(word.slice(0, -1)))) return word;
  return fragments.find((one) => text.includes(one)) ?? null;
};

let all: readonly Hidden[] = [];
let markers: Markers;
const hiddenAbove = (clearance: number): readonly Hidden[] => all.filter(({ level }) => level > clearance);

const assertClean = (who: string, what: string, answer: Pick<Answer, 'headers' | 'text'>): void => {
  const found = markerIn(`${JSON.stringify(answer.headers)}\n${answer.text}`, markers);
  assert.equal(found, null, `${found} told to ${who} by ${what}`);
};

/** An answer without what is allowed to differ: the time it was made. What was asked for is put in the place of `value`. */
const plainly = (answer: Answer, value: string): unknown => {
  const { date: _date, etag: _etag, ...headers } = answer.headers;
  const neutral = (text: string): string =>
    text.replaceAll(encodeURIComponent(value), '(value)').replaceAll(value, '(value)');
  return { status: answer.status, headers: neutral(JSON.stringify(headers)), text: neutral(answer.text) };
};

/** A value of the same length and form that nobody has. */
const nobody = (value: string): string => value.replaceAll(/[A-Za-z]/g, 'q').replaceAll(/\d/g, '0');

// --- The world --------------------------------------------------------------------------------------------------------------------------------

const administrators = { auditor: ['admin.read'], keeper: ['admin.read', 'admin.write'] } as const;

before(
  async () => {
    const loaded = loadModel(...bundledModel);
    assert.ok(loaded.ok);
    model = loaded.value;
    collections = [...model.collections.keys()];
    const prepared = await compose(place.settings());
    const known = await enrol(prepared.platform, [{ id: organisation }, { id: neighbourId }], applications);
    for (const [id, { secret }] of known) secrets.set(id, secret);
    for (const [id, scopes] of Object.entries(administrators)) {
      const secret = makeClientSecret(systemRandom);
      secrets.set(id, secret);
      await prepared.platform.putApplication({
        id,
        name: id,
        kind: 'admin',
        owner: organisation,
        describe: '',
        environment: 'sandbox',
        secrets: [{ id: `${id}-1`, hash: await hashSecret(secret, systemRandom), createdAt: 1, expiresAt: null }],
        jwks: null,
        scopes,
        disabled: false,
        createdAt: 1,
      });
    }
    await prepared.close();
    hub = await startProcess(
      ['start', ...place.words, '--port', '0', '--environment', 'sandbox', '--log-level', 'debug'].concat([
        '--log-format',
        'json',
        '--metrics',
        'everyone',
        '--quality-interval-seconds',
        '1',
      ]),
      { env: place.env, lifetimeMs: 600_000 },
    );
    ({ url } = hub.ready as { readonly url: string });
    const signIn = async (): Promise<void> => {
      for (const [id, secret] of secrets) callers.set(id, callerOf(url, await tokenFor(url, id, secret)));
    };
    await signIn();
    // A token lasts five minutes, which a busy machine may need for all of this.
    renewing = setInterval(() => void signIn().catch(() => {}), 120_000);
    options = {
      baseUrl: url,
      tokenEndpoint: `${url}/oauth/token`,
      clientId: 'adapter',
      clientSecret: secrets.get('adapter') ?? '',
      scope: 'fint-adapter',
      orgId: organisation,
      adapterId: `https://sandbox.test/${organisation}`,
      collections: first.collections,
      pageSize: 5_000,
      concurrency: 2,
      gzip: false,
      operations: ['READ', 'CREATE', 'UPDATE', 'DELETE', 'VALIDATE'],
      fetch,
      sleep: (ms) => sleep(ms),
      now: () => Date.now(),
    };
    for (const { collection, state } of await deliver(options)) assert.equal(state, 'completed', collection);
    all = await readWhole();
    markers = markersOf(all, 0);
  },
  { timeout: 120_000 },
);

let renewing: NodeJS.Timeout | undefined;
after(async () => {
  clearInterval(renewing);
  stopAnswering.abort();
  await answering.catch(() => {});
  await hub?.stop();
  await place.remove();
});

/** The feed of a collection from a position to its end; everything that came, and the position after each page. */
const follow = async (
  who: string,
  path: string,
  from: string | null,
  size: number,
): Promise<{ readonly changes: readonly Change[]; readonly positions: readonly string[] } | null> => {
  const changes: Change[] = [];
  const positions: string[] = from === null ? [] : [from];
  for (let rounds = 0; rounds < 1_000; rounds += 1) {
    const position = positions.at(-1);
    const answer = await ask(
      who,
      'GET',
      `/${path}/changes?size=${size}${position === undefined ? '' : `&after=${position}`}`,
    );
    if (answer.status !== 200) return null;
    assertClean(who, `${path}/changes`, answer);
    const feed = parsed<Feed>(answer);
    changes.push(...feed['_entries']);
    positions.push(feed.next);
    if (!feed.more) break;
  }
  return { changes, positions };
};

/** Positions given to followers in the first snapshot: by caller and collection. */
const given = new Map<string, { readonly end: string; readonly middle: readonly string[] }>();

describe('what is hidden', () => {
  it('is what the county says it is', () => {
    const byAddress = new Map(all.flatMap((one) => one.entries.map((entry) => [addressOf(entry).toLowerCase(), one])));
    let found = 0;
    for (const { marking, persons: own, about } of Object.values(first.known.protected))
      for (const entry of [...own, ...about]) {
        const one = byAddress.get(addressOf(entry).toLowerCase());
        if (one === undefined) continue;
        found += 1;
        // Shared contact persons are as protected as the strictest of their children.
        assert.ok(one.level >= (levels[marking] ?? 0), addressOf(entry));
      }
    assert.ok(found > 60, `${found} known entries`);
    assert.ok(hiddenAbove(0).length > 60 && hiddenAbove(2).length > 10, `${hiddenAbove(0).length} hidden`);
    assert.ok(markers.words.size > 80 && markers.fragments.length > 5, `${markers.words.size} words`);
  });

  it('is seen by those with clearance, each as far as it goes', { timeout: 60_000 }, async () => {
    const cleared = [
      ['plain', 0],
      ['level1', 1],
      ['level2', 2],
      ['level3', 3],
    ] as const;
    await sideBySide(cleared, async ([who, clearance]) => {
      for (const { level, entries } of hiddenAbove(0))
        for (const entry of entries) {
          const { status } = await ask(who, 'GET', addressOf(entry));
          assert.equal(status, level <= clearance ? 200 : 404, `${who} ${addressOf(entry)} of level ${level}`);
        }
      for (const path of new Set(hiddenAbove(0).map(({ collection }) => collection))) {
        const expected = all.filter((one) => one.collection === path && one.level <= clearance).length;
        const listing = parsed<Listing>(await ask(who, 'GET', `/${path}`));
        assert.equal(listing.total_items, expected, `${who} ${path}`);
        assert.equal(entriesIn(listing).length, expected, `${who} ${path}`);
      }
    });
  });
});

/** What a caller is told about whole collections. Everything that comes is held against the markers, every count against what is shown. */
const walkCollections = async (who: string, among = collections): Promise<void> => {
  for (const path of among) {
    const whole = await ask(who, 'GET', `/${path}`);
    assertClean(who, path, whole);
    if (whole.status !== 200) {
      assert.equal(whole.status, 404, path);
      continue;
    }
    const listing = parsed<Listing>(whole);
    const total = entriesIn(listing).length;
    assert.equal(listing.total_items, total, path);
    assert.equal(parsed<{ size: number }>(await ask(who, 'GET', `/${path}/cache/size`)).size, total, path);
    assertClean(who, `${path}/last-updated`, await ask(who, 'GET', `/${path}/last-updated`));
    const gzip = await ask(who, 'GET', `/${path}`, { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(gzip.text, whole.text, `${path} compressed`);
    for (const [size, offset] of (
      [
        [1, 0],
        [7, 3],
        [50, Math.max(0, total - 20)],
        [10, total],
      ] as const
    ).slice(few ? 2 : 0)) {
      const page = await ask(who, 'GET', `/${path}?size=${size}&offset=${offset}`);
      const { total_items: said, ...rest } = parsed<Listing>(page);
      assert.equal(said, total, `${path}?size=${size}&offset=${offset}`);
      const expected = entriesIn(listing).slice(offset, offset + size);
      assert.deepEqual(entriesIn({ total_items: said, ...rest }), expected, `${path}?size=${size}&offset=${offset}`);
    }
    const since = await ask(who, 'GET', `/${path}?sinceTimeStamp=1`);
    assert.equal(parsed<Listing>(since).total_items, total, `${path} since`);
    assertClean(who, `${path} since`, since);
  }
  const components = new Set(collections.map((path) => path.slice(0, path.lastIndexOf('/'))));
  for (const component of components)
    for (const rest of ['', '/admin/health', '/admin/cache/status', '/admin/assets', '/admin/caches', '/nothing'])
      assertClean(who, component + rest, await ask(who, 'GET', `/${component}${rest}`));
};

const pageSizes = [13, 97, 10_000];

/** What one who begins to follow is told, by pages of some sizes. */
const walkFeeds = async (who: string): Promise<void> => {
  for (const [index, path] of collections.entries()) {
    const found = await follow(who, path, null, pageSizes[index % 3 === 0 && path.endsWith('klasse') ? 0 : 2] ?? 97);
    if (found === null) continue;
    const listing = parsed<Listing>(await ask(who, 'GET', `/${path}`));
    const told = new Set(found.changes.filter(({ resource }) => resource !== undefined).map(({ id }) => id));
    assert.equal(told.size, listing.total_items, `${who} ${path}`);
    const middle = found.changes.filter((_, at) => at % 150 === 7).map(({ position }) => position);
    given.set(`${who} ${path}`, {
      end: found.positions.at(-1) ?? '',
      middle: [...found.positions, ...middle].slice(0, 4),
    });
  }
};

// Callers ask side by side: nothing changes while they do, and what one is told is no matter of another.
describe('whole collections', { concurrency: true }, () => {
  for (const who of asking)
    it(`tell ${who} of nobody hidden, by pages, times, feeds and counts`, { timeout: 300_000 }, async () => {
      await walkCollections(who);
      await walkFeeds(who);
    });

  it('lead nobody by a link to what is not there', { timeout: 60_000 }, async () => {
    const hidden = new Set(
      hiddenAbove(0).flatMap(({ entries }) => entries.map((entry) => `${url}${addressOf(entry)}`)),
    );
    const neighbours = new Set(
      hiddenAbove(0).flatMap(({ resource }) =>
        Object.values(linksOf(resource)).flatMap((links) => links.map(({ href }) => href)),
      ),
    );
    let looked = 0;
    for (const href of neighbours) {
      if (hidden.has(href) || entryAt(href) === null) continue;
      for (const who of ['plain', 'school', 'lms']) {
        const answer = await ask(who, 'GET', href);
        if (answer.status !== 200) continue;
        looked += 1;
        assertClean(who, href, answer);
      }
    }
    assert.ok(looked > 100, `${looked} neighbours`);
  });
});

const post = (body: string): Sent => ({ headers: { 'content-type': 'text/plain' }, body });

/** Attribute of an identifier, by the way that addresses spell it. */
const attributeOf = ({ collection, field }: Entry): string =>
  model.collections.get(collection)?.identifierBySegment.get(field.toLowerCase())?.attribute ?? field;

/** Filters that name an entry, or a link to it from any class that has such links; each with the collection that it is for. */
const filtersFor = (entry: Entry): readonly (readonly [path: string, text: string])[] => {
  const { collection, field, value } = entry;
  const name = `${attributeOf(entry)}/identifikatorverdi`;
  const found: (readonly [string, string])[] = [
    [collection, `${name} eq '${value}'`],
    [collection, `${name} in ('${value}', 'x')`],
    [collection, `not (${name} ne '${value}')`],
    [collection, `${name} startswith '${value}'`],
  ];
  for (const [path, { links }] of model.collections)
    for (const [relation, rule] of links)
      if (rule.target === collection && found.length < 10)
        found.push(
          [path, `${relation} eq '${field}/${value}'`],
          [path, `_links/${relation}/any(x:x/href eq '/${collection}/${field}/${value}')`],
        );
  return found;
};

describe('what is hidden is as if it were not there', { concurrency: true }, () => {
  for (const who of few ? (['school', 'neighbour'] as const) : uncleared)
    it(`to ${who} who asks for it by its identifiers`, { timeout: 120_000 }, async () => {
      for (const { entries } of hiddenAbove(0))
        for (const entry of few ? entries.slice(0, 1) : entries) {
          const none = { ...entry, value: nobody(entry.value) };
          for (const sent of [
            {},
            { headers: { 'if-none-match': '*' } },
            { headers: { accept: 'application/hal+json' } },
          ]) {
            const hidden = plainly(await ask(who, 'GET', addressOf(entry), sent), entry.value);
            assert.deepEqual(
              hidden,
              plainly(await ask(who, 'GET', addressOf(none), sent), none.value),
              addressOf(entry),
            );
          }
          const head = await ask(who, 'HEAD', addressOf(entry));
          assert.deepEqual(plainly(head, entry.value), plainly(await ask(who, 'HEAD', addressOf(none)), none.value));
        }
    });

  for (const who of few ? (['school', 'neighbour'] as const) : uncleared)
    it(`to ${who} who filters for it`, { timeout: 300_000 }, async () => {
      const some = hiddenAbove(0).flatMap(({ entries }) => entries.slice(0, 1));
      for (const entry of some.filter((_, at) => at % ((who === 'plain' ? 1 : 3) * (few ? 5 : 1)) === 0)) {
        const none = { ...entry, value: nobody(entry.value) };
        const twins = filtersFor(none);
        for (const [at, [path, text]] of filtersFor(entry).entries()) {
          const [, other = ''] = twins[at] ?? [];
          const hidden = await ask(who, 'POST', `/${path}/$query`, post(text));
          assert.deepEqual(
            plainly(hidden, entry.value),
            plainly(await ask(who, 'POST', `/${path}/$query`, post(other)), none.value),
            `${path}: ${text}`,
          );
          if (hidden.status === 200) assert.equal(parsed<Listing>(hidden).total_items, 0, `${path}: ${text}`);
          if (at % 4 !== 0) continue;
          const query = (filter: string): string => `/${path}?size=5&$filter=${encodeURIComponent(filter)}`;
          const listed = await ask(who, 'GET', query(text));
          const unlisted = await ask(who, 'GET', query(other));
          if (listed.status === 200)
            assert.equal(parsed<Listing>(listed).total_items, parsed<Listing>(unlisted).total_items);
          else assert.equal(listed.status, unlisted.status);
        }
      }
    });

  it('to those who ask for all others, for names, and for whoever has a link', { timeout: 300_000 }, async () => {
    for (const who of few ? ['school'] : ['plain', 'school']) {
      for (const path of new Set(hiddenAbove(0).map(({ collection }) => collection))) {
        const list = await ask(who, 'GET', `/${path}`);
        if (list.status !== 200) continue;
        const seen = entriesIn(parsed<Listing>(list));
        const hidden = hiddenAbove(0).find(({ collection }) => collection === path);
        const [entry] = hidden?.entries ?? [];
        if (entry === undefined) continue;
        const others = await ask(
          who,
          'POST',
          `/${path}/$query`,
          post(`not (${attributeOf(entry)}/identifikatorverdi eq '${entry.value}')`),
        );
        assert.equal(parsed<Listing>(others).total_items, seen.length, path);
        for (const [relation] of [...(model.collections.get(path)?.links ?? [])].slice(0, few ? 3 : Infinity)) {
          const having = seen.filter((one) => (linksOf(one)[relation] ?? []).length > 0).length;
          const found = await ask(who, 'POST', `/${path}/$query`, post(`${relation}/any()`));
          assertClean(who, `${path} ${relation}/any()`, found);
          assert.equal(parsed<Listing>(found).total_items, having, `${who} ${path} ${relation}/any()`);
          const lacking = await ask(who, 'POST', `/${path}/$query`, post(`not ${relation}/any()`));
          assert.equal(
            parsed<Listing>(lacking).total_items,
            seen.length - having,
            `${who} ${path} not ${relation}/any()`,
          );
        }
      }
      for (const { fullName } of Object.values(first.known.protected)) {
        const [fornavn = ''] = fullName;
        const found = await ask(
          who,
          'POST',
          `/${persons}/$query`,
          post(`navn/fornavn eq '${fornavn}' and navn/etternavn eq '${fullName.at(-1) ?? ''}'`),
        );
        assertClean(who, fullName.join(' '), found);
      }
    }
  });
});

const json = { 'content-type': 'application/json' };

/** The resource as its source would write it: without what other resources have brought. */
const bodyOf = ({ resource }: Hidden): string => JSON.stringify(resource);

const waitFor = async (who: string, location: string): Promise<Answer> => {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const answer = await as(who).send('GET', location, { headers: { 'x-request-id': 'r' } });
    if (answer.status !== 202) {
      asked.add(`${who} GET ${location}`);
      return answer;
    }
    await sleep(10);
  }
  throw new Error(`no outcome at ${location}`);
};

describe('writes', () => {
  it('to what is hidden are writes to nothing', { timeout: 120_000 }, async () => {
    await sideBySide(uncleared, async (who) => {
      for (const hidden of hiddenAbove(0))
        for (const entry of hidden.entries.slice(0, 2)) {
          const none = { ...entry, value: nobody(entry.value) };
          const twin = bodyOf(hidden).replaceAll(entry.value, none.value);
          for (const [method, query, body, other, headers] of [
            ['PUT', '', bodyOf(hidden), twin, {}],
            ['PUT', '', bodyOf(hidden), twin, { 'if-match': '"x"' }],
            ['PUT', '?validate=true', bodyOf(hidden), twin, {}],
            ['DELETE', '', undefined, undefined, {}],
            ['DELETE', '', undefined, undefined, { 'if-match': '*' }],
          ] as const) {
            const sent = (text: string | undefined): Sent =>
              text === undefined ? { headers } : { headers: { ...json, ...headers }, body: text };
            const one = await ask(who, method, `${addressOf(entry)}${query}`, sent(body));
            const two = await ask(who, method, `${addressOf(none)}${query}`, sent(other));
            assert.ok(one.status >= 400, `${who} ${method} ${addressOf(entry)}: ${one.status}`);
            assert.deepEqual(
              plainly(one, entry.value),
              plainly(two, none.value),
              `${who} ${method} ${addressOf(entry)}${query}`,
            );
          }
        }
    });
  });

  it('about the hidden are refused like those about nobody', async () => {
    const { strictPupil, clientAddressPupil } = first.known.protected;
    for (const who of ['plain', 'school'])
      for (const { about } of [strictPupil, clientAddressPupil]) {
        const enrolment = about.find(({ collection }) => collection === 'utdanning/elev/elevforhold')?.value ?? '';
        const make = (value: string): string =>
          JSON.stringify({
            systemId: { identifikatorverdi: 'NY-1' },
            _links: { elevforhold: [{ href: `${url}/utdanning/elev/elevforhold/systemid/${value}` }] },
          });
        for (const query of ['', '?validate=true']) {
          const one = await ask(who, 'POST', `/${absences}${query}`, { headers: json, body: make(enrolment) });
          const two = await ask(who, 'POST', `/${absences}${query}`, { headers: json, body: make(nobody(enrolment)) });
          assert.ok(one.status >= 400, one.text);
          assert.deepEqual(plainly(one, enrolment), plainly(two, nobody(enrolment)));
        }
      }
  });

  it('and live reads tell of the hidden what they tell of nobody', { timeout: 120_000 }, async () => {
    const source = createSource(first.collections);
    answering = answerEvents(
      {
        ...options,
        // Its rests would be most of the time.
        sleep: (ms) => sleep(Math.min(ms, 20)),
        source,
        generation: 2,
        waitSeconds: 5,
        // A source that says no to questions about nobody must not make a difference.
        behave: ({ collection, target, operation }) =>
          operation === 'READ' && target !== null && source.find(collection, target.field, target.value) === undefined
            ? 'reject'
            : 'accept',
      },
      stopAnswering.signal,
    );
    const live = { prefer: 'respond-async' };
    let taken = 0;
    const some = hiddenAbove(0).filter((_, at) => at % 6 === 0);
    await sideBySide(some, async ({ entries }) => {
      for (const entry of entries.slice(0, 1)) {
        const none = { ...entry, value: nobody(entry.value) };
        const asks = [entry, none].map(async (one) => {
          const answer = await ask('plain', 'GET', addressOf(one), { headers: live });
          assertClean('plain', 'a live read', answer);
          if (answer.status !== 202) return plainly(answer, one.value);
          taken += 1;
          const outcome = await waitFor('plain', String(answer.headers['location']));
          return { accepted: 202, outcome: plainly(outcome, one.value) };
        });
        const [one, two] = await Promise.all(asks);
        assert.deepEqual(one, two, addressOf(entry));
        const filters = [entry, none].map(async (each) => {
          const text = `${attributeOf(each)}/identifikatorverdi eq '${each.value}'`;
          const answer = await ask('plain', 'POST', `/${each.collection}/$query`, {
            headers: { ...post('').headers, ...live },
            body: text,
          });
          if (answer.status !== 202) return plainly(answer, each.value);
          const location = String(answer.headers['location']);
          const outcome = await waitFor('plain', location);
          return { ...outcome, headers: {}, bytes: null, text: outcome.text.replaceAll(location, '(status)') };
        });
        const [three, four] = await Promise.all(filters);
        assert.deepEqual(three, four, `live filter for ${addressOf(entry)}`);
      }
    });
    assert.ok(taken > 10, `${taken} live reads`);
  });

  it('that were refused are kept for those who asked', async () => {
    const { about } = first.known.protected.becomesProtectedPupil;
    const target = about.find(({ collection }) => collection === elev);
    assert.ok(target !== undefined);
    const present = parsed<Resource>(await ask('plain', 'GET', addressOf(target)));
    for (const what of ['reject', 'conflict', 'fail', 'silent', 'accept']) {
      const wish = { ...present, kontaktinformasjon: { epostadresse: `sandbox:${what}` } };
      const body = JSON.stringify(wish);
      const answer = await ask('plain', 'PUT', `${addressOf(target)}?validate=${what === 'accept'}`, {
        headers: json,
        body,
      });
      assert.equal(answer.status, 202, answer.text);
      const location = String(answer.headers['location']);
      const { status } = what === 'silent' ? await ask('plain', 'GET', location) : await waitFor('plain', location);
      assert.notEqual(status, 410, what);
      outcomes.push(location);
    }
  });

  it('of others are nobody\u2019s to ask about', async () => {
    const { ordinaryPupil } = first.known;
    const whole = parsed<Resource>(await ask('level3', 'GET', `/${elev}/systemid/${ordinaryPupil.systemId}`));
    const answer = await ask('level3', 'PUT', `/${elev}/systemid/${ordinaryPupil.systemId}?validate=true`, {
      headers: json,
      body: JSON.stringify(whole),
    });
    assert.equal(answer.status, 202, answer.text);
    const location = String(answer.headers['location']);
    const unknown = location.replace(/[^/]+$/, '00000000-0000-4000-8000-000000000000');
    for (const who of uncleared)
      assert.deepEqual(plainly(await ask(who, 'GET', location), ''), plainly(await ask(who, 'GET', unknown), ''), who);
  });
});

describe('a collection that the hub owns', () => {
  it(
    'tells of an identifier that it is taken, never by whom, and of a check nothing',
    { timeout: 60_000 },
    async () => {
      const settings = { writes: [{ pattern: absences, policy: 'hub', deadlineMinutes: null }] };
      const changed = await ask('keeper', 'PATCH', `/admin/organisations/${organisation}`, {
        headers: json,
        body: JSON.stringify({ settings, reason: 'The hub keeps absences from now on.' }),
      });
      assert.equal(changed.status, 200, changed.text);
      const enrolments = parsed<Listing>(await ask('plain', 'GET', '/utdanning/elev/elevforhold?size=2'));
      const [enrolment] = entriesIn(enrolments).flatMap((one) => linksOf(one)['self'] ?? []);
      const visible = entriesIn(parsed<Listing>(await ask('plain', 'GET', `/${absences}?size=1`)))[0];
      const [seen] = (linksOf(visible ?? {})['self'] ?? []).flatMap(({ href }) => entryAt(href) ?? []);
      const make = (value: string): Sent => ({
        headers: json,
        body: JSON.stringify({ systemId: { identifikatorverdi: value }, _links: { elevforhold: [enrolment] } }),
      });
      let looked = 0;
      for (const { collection, entries } of hiddenAbove(0)) {
        if (collection !== absences) continue;
        for (const { field, value } of entries) {
          if (field.toLowerCase() !== 'systemid') continue;
          looked += 1;
          // A check changes nothing, so it can be repeated for every value there is: it must not tell.
          const check = await ask('plain', 'POST', `/${absences}?validate=true`, make(value));
          const other = await ask('plain', 'POST', `/${absences}?validate=true`, make(nobody(value)));
          assert.equal(check.status, other.status, check.text);
          assert.equal(other.status, 202, other.text);
          const outcomes = [
            await ask('plain', 'GET', String(check.headers['location'])),
            await ask('plain', 'GET', String(other.headers['location'])),
          ];
          assert.deepEqual(plainly(outcomes[0] as Answer, value), plainly(outcomes[1] as Answer, nobody(value)));
          const taken = await ask('plain', 'POST', `/${absences}`, make(value));
          assert.deepEqual(
            plainly(taken, value),
            plainly(await ask('plain', 'POST', `/${absences}`, make(seen?.value ?? '')), seen?.value ?? ''),
          );
          assertClean('plain', 'a conflict', { ...taken, text: taken.text.replaceAll(value, '') });
          const gone = await ask('plain', 'PUT', `/${absences}/systemid/${value}`, make(value));
          assert.deepEqual(
            plainly(gone, value),
            plainly(
              await ask('plain', 'PUT', `/${absences}/systemid/${nobody(value)}`, make(nobody(value))),
              nobody(value),
            ),
          );
        }
      }
      assert.ok(looked >= 5, `${looked} absences`);
    },
  );
});

describe('a school\u2019s system', () => {
  it('does not learn by guardians where a protected child is', async () => {
    const listed = new Set(
      entriesIn(parsed<Listing>(await ask('school', 'GET', `/${persons}`))).flatMap((one) =>
        (linksOf(one)['self'] ?? []).map(({ href }) => href),
      ),
    );
    const plain = entriesIn(parsed<Listing>(await ask('plain', 'GET', `/${persons}`)));
    const staff = new Set(
      entriesIn(parsed<Listing>(await ask('school', 'GET', '/utdanning/elev/skoleressurs'))).flatMap((one) =>
        (linksOf(one)['person'] ?? []).map(({ href }) => href),
      ),
    );
    const pupils = new Set(
      entriesIn(parsed<Listing>(await ask('school', 'GET', `/${elev}`))).flatMap((one) =>
        (linksOf(one)['person'] ?? []).map(({ href }) => href),
      ),
    );
    for (const one of plain) {
      const self = (linksOf(one)['self'] ?? []).map(({ href }) => href);
      if (!self.some((href) => listed.has(href))) continue;
      if (self.some((href) => pupils.has(href) || staff.has(href))) continue;
      if ((linksOf(one)['personalressurs'] ?? []).length > 0) continue;
      const children = (linksOf(one)['foreldreansvar'] ?? []).map(({ href }) => href);
      assert.ok(
        children.some((href) => pupils.has(href)),
        `${self.join(' ')} is shown for the sake of nobody who is shown`,
      );
    }
  });
});

describe('administration', () => {
  it('tells of nobody: runs, rejections, events, quality, audit, grants', { timeout: 120_000 }, async () => {
    const base = `/admin/organisations/${organisation}`;
    for (const path of ['runs', 'rejections', 'events', 'adapters', 'erasures', 'audit/checkpoints'])
      for (const query of ['', '?limit=5', `?collection=${persons}`])
        assertClean('auditor', path, await ask('auditor', 'GET', `${base}/${path}${query}`));
    const runs = parsed<{ readonly items: readonly { readonly corrId: string }[] }>(
      await ask('auditor', 'GET', `${base}/runs?limit=200`),
    );
    for (const { corrId } of runs.items)
      assertClean('auditor', 'a run', await ask('auditor', 'GET', `${base}/runs/${corrId}`));
    const events = parsed<{ readonly items: readonly { readonly id: string }[] }>(
      await ask('auditor', 'GET', `${base}/events?limit=200`),
    );
    assert.ok(events.items.length > 10);
    for (const { id } of events.items)
      assertClean('auditor', 'an event', await ask('auditor', 'GET', `${base}/events/${id}`));
    for (const part of ['', '/samples', '/trend'])
      for (const format of ['json', 'csv', 'ndjson'])
        for (const collection of ['', ...new Set(hiddenAbove(0).map((one) => one.collection))])
          assertClean(
            'auditor',
            `quality${part}`,
            await ask(
              'auditor',
              'GET',
              `${base}/quality${part}?format=${format}${collection === '' ? '' : `&collection=${collection}`}`,
            ),
          );
    for (const { entries, collection } of hiddenAbove(0).filter((_, at) => at % 5 === 0))
      for (const { field, value } of entries.slice(0, 1)) {
        const body = JSON.stringify({ person: { collection, field, value }, limit: 5 });
        assertClean(
          'auditor',
          'audit search',
          await ask('auditor', 'POST', `${base}/audit/search`, { headers: json, body }),
        );
      }
    const search = await ask('auditor', 'POST', `${base}/audit/search`, {
      headers: json,
      body: JSON.stringify({ limit: 1_000 }),
    });
    assert.equal(search.status, 200, search.text);
    assertClean('auditor', 'audit search', search);
    for (const path of [
      '/admin/self',
      '/admin/grants',
      '/admin/applications',
      '/admin/organisations',
      '/admin/openapi',
    ])
      assertClean('auditor', path, await ask('auditor', 'GET', path));
    for (const path of [`/${elev}`, `/${persons}/changes`])
      assert.ok((await ask('auditor', 'GET', path)).status >= 400);
  });

  it('and adapters hear of nobody whom they do not deliver', async () => {
    for (const who of ['timetable', 'neighbour-adapter']) {
      for (const path of [
        '/provider/sync',
        '/provider/adapter',
        '/provider/status',
        '/provider/event/utdanning',
        '/provider/v2/event/utdanning',
        ...collections.map((one) => `/provider/rejections/${one}`),
      ])
        assertClean(who, path, await ask(who, 'GET', path));
      const listed = parsed<{ readonly runs: readonly { readonly corrId: string }[] }>(
        await ask(who, 'GET', '/provider/sync'),
      );
      for (const { corrId } of listed.runs)
        assertClean(who, 'a run', await ask(who, 'GET', `/provider/sync/${corrId}`));
      for (const path of [elev, persons]) assert.ok((await ask(who, 'GET', `/${path}`)).status >= 400);
    }
    const strange = parsed<{ readonly runs: readonly object[] }>(
      await ask('neighbour-adapter', 'GET', '/provider/sync'),
    );
    assert.deepEqual(strange.runs, []);
  });

  it('shows the open pages without anybody in them', async () => {
    callers.set('anybody', callerOf(url, null));
    for (const path of [
      '/metrics',
      '/model',
      '/model/classes',
      '/model/openapi/utdanning/elev',
      '/model/schema/utdanning/elev/Elev',
      '/health/live',
      '/health/ready',
      '/provider/openapi',
      '/admin/openapi',
      '/oauth/jwks',
      '/',
      `/${elev}`,
      `/${persons}/changes`,
    ])
      assertClean('anybody', path, await ask('anybody', 'GET', path));
  });
});

/** Answers that must stay as they are when only hidden things change: bodies, tags and times, without how fresh the data is. */
const stateOf = async (who: string): Promise<readonly unknown[]> => {
  const found: unknown[] = [];
  for (const path of [
    ...new Set(hiddenAbove(0).map(({ collection }) => collection)),
    'utdanning/elev/klasse',
    'utdanning/utdanningsprogram/skole',
    'utdanning/elev/undervisningsforhold',
  ]) {
    for (const [method, rest] of [
      [who === 'plain' ? 'GET' : 'HEAD', ''],
      ['GET', '?size=5'],
      ['GET', '/last-updated'],
      ['GET', '/cache/size'],
      ['GET', '?sinceTimeStamp=1&size=5'],
      ['GET', `?sinceTimeStamp=${quietSince}`],
    ] as const) {
      const { status, text, headers } = await ask(who, method, `/${path}${rest}`);
      found.push([path + rest, status, text, headers['etag'], headers['last-modified'], headers['content-length']]);
    }
    const end = given.get(`${who} ${path}`)?.end;
    if (end === undefined) continue;
    const { text } = await ask(who, 'GET', `/${path}/changes?size=10000&after=${end}`);
    const feed = JSON.parse(text) as Feed;
    found.push([path, feed['_entries'].length, feed.next === end]);
  }
  for (const href of beside()) {
    const { status, text, headers } = await ask(who, 'GET', href);
    found.push([href, status, text, headers['etag'], headers['last-modified']]);
  }
  return found;
};

/** Outcomes of writes to somebody who becomes protected afterwards. */
const outcomes: string[] = [];
let quietSince = 0;
const beside = (): readonly string[] => [
  ...new Set(Object.values(first.known.protected).flatMap((one) => one.beside.map(addressOf))),
];

const rawEntry = (world: SandboxCounty, path: string, identifier: string) => {
  const source = world.collections.find(({ collection }) => collection === path);
  return [...(source?.entries() ?? [])].find((one) => one.identifier === identifier);
};

describe('what happens to the hidden', () => {
  it('shows in no tag, no time, no count and no feed', { timeout: 120_000 }, async () => {
    await sleep(20);
    quietSince = Date.now();
    const earlier = new Map<string, readonly unknown[]>();
    for (const who of ['plain', 'school', 'lms']) earlier.set(who, await stateOf(who));
    const changes: SourceChanges[] = [];
    const removed: SourceChanges[] = [];
    for (const { nationalId, about, marking } of Object.values(first.known.protected)) {
      if (marking === 'ugradert') continue;
      const own = rawEntry(first, persons, nationalId);
      if (own !== undefined)
        changes.push({
          collection: persons,
          changed: [{ ...own, resource: { ...own.resource, bilde: 'https://bilder.test/1' } }],
          removed: [],
        });
      for (const { collection, value } of about.slice(0, 4)) {
        const entry = rawEntry(first, collection, value);
        if (entry === undefined || collection === absences) continue;
        const links = entry.resource['_links'] as Links;
        // The pupil joins nothing and leaves the class, which shows the pupil to those who may see it.
        changes.push({
          collection,
          changed: [
            {
              ...entry,
              resource: {
                ...entry.resource,
                gyldighetsperiode: { start: '2026-10-01T00:00:00Z' },
                _links: { ...links },
              },
            },
          ],
          removed: [],
        });
      }
      for (const { collection, value } of about.filter((one) => one.collection.endsWith('medlemskap')).slice(0, 2))
        removed.push({ collection, changed: [], removed: [value] });
    }
    await deliverChanges({ ...options, collections: [] }, changes);
    for (const who of ['plain', 'school', 'lms'])
      assert.deepEqual(await stateOf(who), earlier.get(who), `${who} after changes`);
    await deliverChanges({ ...options, collections: [] }, removed);
    for (const who of ['plain', 'school', 'lms'])
      assert.deepEqual(await stateOf(who), earlier.get(who), `${who} after removals`);
    const back = removed.flatMap(({ collection, removed: gone }) =>
      gone.flatMap((one) => {
        const entry = rawEntry(first, collection, one);
        return entry === undefined ? [] : [{ collection, changed: [entry], removed: [] }];
      }),
    );
    await deliverChanges({ ...options, collections: [] }, back);
    for (const who of ['plain', 'school', 'lms'])
      assert.deepEqual(await stateOf(who), earlier.get(who), `${who} after their return`);
  });
});

describe('links by relations that the model does not have', () => {
  it('do not lead to the hidden either', { timeout: 30_000 }, async () => {
    const path = 'utdanning/elev/klasse';
    const { strictPupil, becomesProtectedPupil } = first.known.protected;
    // A class in which nobody is hidden.
    const source = [...(first.collections.find(({ collection }) => collection === path)?.entries() ?? [])].at(-1);
    assert.ok(source !== undefined);
    const old = (pupil: typeof strictPupil): string => {
      const found = pupil.about.find(({ collection }) => collection === 'utdanning/elev/elevforhold');
      return `https://api.felleskomponent.no/utdanning/elev/elevforhold/systemid/${found?.value ?? ''}`;
    };
    const deliverOld = (href: string): Promise<void> => {
      const links = { ...Object(source.resource['_links']), gammelrelasjon: [{ href }] };
      return deliverChanges({ ...options, collections: [] }, [
        { collection: path, changed: [{ ...source, resource: { ...source.resource, _links: links } }], removed: [] },
      ]);
    };
    const at = `/${path}/systemid/${source.identifier}`;
    await deliverOld(old(becomesProtectedPupil));
    for (const who of ['plain', 'level3']) assert.ok((await ask(who, 'GET', at)).text.includes('gammelrelasjon'), who);
    await deliverOld(old(strictPupil));
    assert.ok((await ask('level3', 'GET', at)).text.includes(old(strictPupil)));
    for (const who of ['plain', 'school', 'lms'])
      for (const target of [at, `/${path}`, `/${path}/changes?size=10000`]) {
        const answer = await ask(who, 'GET', target);
        assertClean(who, target, answer);
        assert.equal(answer.text.includes('gammelrelasjon'), false, target);
      }
    await deliverChanges({ ...options, collections: [] }, [{ collection: path, changed: [source], removed: [] }]);
  });
});

const keyOf = ({ collection, entries }: Hidden): string =>
  `${collection} ${entries.find(({ field }) => field.toLowerCase() === 'systemid')?.value ?? entries[0]?.value ?? ''}`;

let levelsBefore: ReadonlyMap<string, number> = new Map();
const was = (one: Hidden): number => levelsBefore.get(keyOf(one)) ?? 0;

describe('when one becomes protected and another\u2019s protection is lifted', () => {
  it('takes effect at once, in every way of asking', { timeout: 180_000 }, async () => {
    levelsBefore = new Map(all.map((one) => [keyOf(one), one.level]));
    const changes: SourceChanges[] = [];
    for (const source of first.collections) {
      if (source.collection === absences) continue;
      const next = later.collections.find(({ collection }) => collection === source.collection);
      const old = new Map([...source.entries()].map((one) => [one.identifier, JSON.stringify(one.resource)]));
      const changed = [...(next?.entries() ?? [])].filter(
        (one) => old.get(one.identifier) !== JSON.stringify(one.resource),
      );
      if (changed.length > 0) changes.push({ collection: source.collection, changed, removed: [] });
    }
    assert.ok(changes.length > 0);
    await deliverChanges({ ...options, collections: [] }, changes);
    all = await readWhole();
    markers = markersOf(all, 0);
    const { becomesProtectedPupil, protectionLiftedPupil } = later.known.protected;
    assert.ok(markers.words.has(becomesProtectedPupil.nationalId));
    assert.ok(!markers.words.has(protectionLiftedPupil.nationalId));
    const guarded = [...new Set(hiddenAbove(0).map(({ collection }) => collection)), 'utdanning/elev/klasse'];
    await sideBySide(asking, (who) => walkCollections(who, guarded));
    for (const entry of [...becomesProtectedPupil.persons, ...becomesProtectedPupil.about])
      for (const who of uncleared)
        assert.equal((await ask(who, 'GET', addressOf(entry))).status, 404, addressOf(entry));
    assert.equal(outcomes.length, 5);
    for (const location of outcomes) {
      const told = plainly(await ask('plain', 'GET', location), location.slice(-36));
      const unknown = '00000000-0000-4000-8000-000000000000';
      const never = await ask('plain', 'GET', location.replace(/[^/]+$/, unknown));
      assert.deepEqual(told, plainly(never, unknown));
    }
    for (const entry of protectionLiftedPupil.persons)
      assert.equal((await ask('plain', 'GET', addressOf(entry))).status, 200, addressOf(entry));
  });

  it(
    'tells followers of a removal and of a creation, and readers from the beginning of neither',
    { timeout: 180_000 },
    async () => {
      const vanished = all.filter((one) => was(one) === 0 && one.level > 0);
      const appeared = all.filter((one) => was(one) > 0 && one.level === 0);
      assert.ok(vanished.length > 5 && appeared.length > 5, `${vanished.length} and ${appeared.length}`);
      const leftMarkers = markers;
      // The addresses of those who have become protected are told once, to those who held them.
      const gone = new Set(vanished.flatMap(({ entries }) => entries.map(({ value }) => value)));
      for (const who of ['plain', 'lms', 'school']) {
        for (const path of new Set([...vanished, ...appeared].map(({ collection }) => collection))) {
          const last = given.get(`${who} ${path}`)?.end;
          if (last === undefined) continue;
          markers = { ...leftMarkers, words: new Set([...leftMarkers.words].filter((word) => !gone.has(word))) };
          const found = await follow(who, path, last, 100);
          assert.ok(found !== null, path);
          for (const { kind, before: addresses, resource } of found.changes) {
            assert.equal(markerIn(JSON.stringify(resource ?? null), leftMarkers), null, `${who} ${path} ${kind}`);
            if (addresses.length > 0 && resource !== undefined)
              assert.equal(markerIn(JSON.stringify(addresses), leftMarkers), null);
          }
          if (who !== 'plain') continue;
          const removals = found.changes
            .filter(({ kind }) => kind === 'removed')
            .flatMap(({ before: addresses }) => addresses);
          const creations = found.changes
            .filter(({ kind }) => kind === 'created')
            .flatMap(({ resource }) => (linksOf(resource ?? {})['self'] ?? []).map(({ href }) => href));
          for (const { collection, entries } of vanished)
            if (collection === path)
              assert.ok(
                entries.some((entry) => removals.includes(`${url}${addressOf(entry)}`)),
                `${path} ${entries[0]?.value ?? ''}`,
              );
          for (const { collection, entries } of appeared)
            if (collection === path)
              assert.ok(
                entries.some((entry) => creations.includes(`${url}${addressOf(entry)}`)),
                `${path} ${entries[0]?.value ?? ''}`,
              );
          // Told once: whoever goes on hears no more of it.
          markers = leftMarkers;
          const again = await follow(who, path, found.positions.at(-1) ?? null, 100);
          assert.equal(again?.changes.length, 0, path);
        }
        markers = leftMarkers;
        for (const path of new Set(vanished.map(({ collection }) => collection))) {
          const fresh = await follow(who, path, null, 1_000);
          if (fresh === null) continue;
          const listing = parsed<Listing>(await ask(who, 'GET', `/${path}`));
          assert.equal(
            new Set(fresh.changes.filter(({ resource }) => resource !== undefined).map(({ id }) => id)).size,
            listing.total_items,
            path,
          );
          assert.deepEqual(
            fresh.changes.filter(({ kind, resource }) => resource === undefined && kind !== 'removed'),
            [],
            path,
          );
        }
      }
    },
  );

  it(
    'lets positions from the middle of a feed be used, and tells nothing of the hidden by them',
    { timeout: 180_000 },
    async () => {
      const leftMarkers = markers;
      const gone = new Set(
        all
          .filter((one) => (levelsBefore.get(keyOf(one)) ?? 0) === 0 && one.level > 0)
          .flatMap(({ entries }) => entries.map(({ value }) => value)),
      );
      markers = { ...leftMarkers, words: new Set([...leftMarkers.words].filter((word) => !gone.has(word))) };
      try {
        await sideBySide(given, async ([key, { middle }]) => {
          const [who = '', path = ''] = key.split(' ');
          if (hiddenAbove(0).every(({ collection }) => collection !== path)) return;
          for (const position of middle) await follow(who, path, position, 5_000);
        });
      } finally {
        markers = leftMarkers;
      }
    },
  );
});

describe('afterwards', () => {
  it('thousands of questions have been asked', () => {
    assert.ok(asked.size >= (few ? 2_000 : 5_000), `${asked.size}`);
  });

  it('the log holds nobody, protected or not', async () => {
    stopAnswering.abort();
    await answering.catch(() => {});
    answering = Promise.resolve();
    await hub?.stop();
    const said = `${hub?.stdout() ?? ''}\n${hub?.stderr() ?? ''}`;
    assert.ok(said.length > 100_000, 'the log was written');
    const { words, fragments } = markersOf(all, -1);
    assert.equal(
      markerIn(said, {
        words: new Set([...words].filter((word) => word.length > 8 || /[A-Z@-]/.test(word))),
        fragments,
      }),
      null,
    );
  });
});
