// What each persona of the demo can get at, on the real county of the sandbox: every collection and every form of address is walked, and
// everything that comes back is looked through for what the grant does not open.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { runDemo } from '#app/demo.ts';
import { county, type SandboxCounty } from '#sandbox/county.ts';
import { callerOf, sideBySide, tokenFor, type Answer, type Caller } from './caller.ts';
import { temporaryPlace } from './place.ts';
import { nationalIdsIn } from './national-ids.ts';

type Ready = {
  readonly url: string;
  readonly clients: readonly {
    readonly id: string;
    readonly secret: string;
    readonly kind: string;
    readonly tenant_id?: string;
  }[];
};
type Links = Readonly<Record<string, readonly { readonly href: string }[]>>;
type Resource = Readonly<Record<string, unknown>> & { readonly _links: Links };
type Listing = { readonly _embedded: { readonly _entries: readonly Resource[] }; readonly total_items: number };
type Feed = {
  readonly _entries: readonly { readonly before: readonly string[]; readonly resource?: Resource }[];
  readonly next: string;
  readonly more: boolean;
};

const place = await temporaryPlace();
const callers = new Map<string, Caller>();
let url = '';
let world: SandboxCounty;
let close: () => Promise<void> = async () => {};
let collections: readonly string[] = [];

const caller = (id: string): Caller => {
  const found = callers.get(id);
  assert.ok(found !== undefined, id);
  return found;
};

before(
  async () => {
    world = county({ seed: 42, size: 'small', asOf: '2026-11-01' });
    const lines: string[] = [];
    const demo = await runDemo({
      // What quality finds is told to nobody here.
      settings: place.settings({ qualityIntervalSeconds: '0' }),
      temporary: false,
      size: 'small',
      seed: 42,
      json: true,
      language: 'en',
      progress: { update: () => {}, finish: () => {} },
      out: (line) => lines.push(line),
      say: (line) => lines.push(line),
    });
    ({ close } = demo);
    assert.equal(lines.length, 1, 'exactly one line');
    const ready = JSON.parse(lines[0] ?? '') as Ready;
    ({ url } = ready);
    for (const { id, secret, tenant_id: tenant } of ready.clients) {
      const more = tenant === undefined ? '' : `&tenant_id=${tenant}`;
      callers.set(id, callerOf(url, await tokenFor(url, id, secret, more)));
    }
    const served = await caller('demo-fint-client').read<Record<string, unknown>[]>('/model');
    collections = served.map(({ domainName, packageName, resourceName }) =>
      `${String(domainName)}/${String(packageName).replaceAll('.', '/')}/${String(resourceName)}`.toLowerCase(),
    );
    assert.ok(collections.length >= 170, `${collections.length} collections`);
  },
  { timeout: 180_000 },
);

after(async () => {
  await close();
  await place.remove();
});

const entriesOf = (listing: Listing): readonly Resource[] => listing['_embedded']['_entries'];

type Walked = {
  /** By collection: what the listing holds, for those that answer. */
  readonly listings: ReadonlyMap<string, Listing>;
  /** Everything that came back: listings, feeds, states, catalogues, errors, headers. */
  readonly texts: readonly (readonly [string, string])[];
};

/** What came back to any persona so far. */
const walked: (readonly [string, string])[] = [];

/** Asks for everything that a persona can ask for. */
const walk = async (as: Caller): Promise<Walked> => {
  const listings = new Map<string, Listing>();
  const texts: (readonly [string, string])[] = [];
  const ask = async (method: string, path: string, body?: string): Promise<Answer> => {
    const answer = await as.send(
      method,
      path,
      body === undefined ? {} : { headers: { 'content-type': 'text/plain' }, body },
    );
    assert.ok(answer.status < 500, `${path}: ${answer.text.slice(0, 200)}`);
    // What the caller has written itself is no news to it: page links repeat the filter.
    texts.push([path, JSON.stringify(answer.headers) + answer.text]);
    return answer;
  };
  await sideBySide(collections, async (path) => {
    const list = await ask('GET', `/${path}`);
    if (list.status === 200) listings.set(path, JSON.parse(list.text) as Listing);
    await ask('GET', `/${path}?size=3&offset=2`);
    await ask('GET', `/${path}?sinceTimeStamp=1&size=2`);
    await ask('GET', `/${path}/last-updated`);
    await ask('GET', `/${path}/cache/size`);
    let feed = await ask('GET', `/${path}/changes?size=10000`);
    while (feed.status === 200 && (JSON.parse(feed.text) as Feed).more)
      feed = await ask('GET', `/${path}/changes?size=10000&after=${(JSON.parse(feed.text) as Feed).next}`);
    await ask('GET', `/${path}?$filter=nonsense%20eq%20'a'`);
    await ask('POST', `/${path}/$query`, "systemId/identifikatorverdi ne 'a'");
  });
  const components = new Set(collections.map((path) => path.slice(0, path.lastIndexOf('/'))));
  for (const component of components)
    for (const rest of ['', '/admin/health', '/admin/cache/status', '/admin/assets', '/admin/caches'])
      await ask('GET', `/${component}${rest}`);
  walked.push(...texts);
  return { listings, texts };
};

const sumOf = ({ listings }: Walked): number =>
  [...listings.values()].reduce((sum, listing) => sum + entriesOf(listing).length, 0);

/** Counts that are told must be those of what is shown. */
const countsAgree = async (as: Caller, { listings }: Walked): Promise<void> => {
  await sideBySide(listings, async ([path, listing]) => {
    const shown = entriesOf(listing).length;
    assert.equal(listing.total_items, shown, path);
    assert.equal((await as.read<{ size: number }>(`/${path}/cache/size`)).size, shown, `${path}/cache/size`);
    const page = await as.read<Listing>(`/${path}?size=1`);
    assert.equal(page.total_items, shown, `${path}?size=1`);
  });
};

const valueOf = (resource: Resource, name: string): string =>
  (resource[name] as { readonly identifikatorverdi?: string } | undefined)?.identifikatorverdi ?? '';

/** Every href inside of a text. */
const hrefsIn = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/"href":"([^"]+)"/g)].map(([, href = '']) => href));

let all: Walked;

describe('the client that may read everything', () => {
  it('sees the county, so that there is something to leak', { timeout: 180_000 }, async () => {
    all = await walk(caller('demo-fint-client'));
    assert.ok(sumOf(all) > 25_000, `${sumOf(all)}`);
    await countsAgree(caller('demo-fint-client'), all);
    const text = all.texts.map(([, one]) => one).join('');
    assert.ok(nationalIdsIn(text).length > 1_000 && text.includes('hybeladresse') && text.includes('bostedsadresse'));
  });

  it('finds something behind every link of the hub that leads to a delivered class', async () => {
    const client = caller('demo-fint-client');
    const held = new Set<string>();
    for (const listing of all.listings.values())
      for (const resource of entriesOf(listing))
        for (const { href } of resource['_links']['self'] ?? []) held.add(href);
    const text = [...all.listings.values()].map((listing) => JSON.stringify(listing)).join('');
    const dangling = [...hrefsIn(text)].filter(
      (href) => href.startsWith(`${url}/`) && !href.includes('?') && !held.has(href),
    );
    const open = dangling.filter((href) => {
      const path = href
        .slice(url.length + 1)
        .split('/')
        .slice(0, -2)
        .join('/');
      return all.listings.has(path) && entriesOf(all.listings.get(path) as Listing).length > 0;
    });
    for (const href of open.slice(0, 20)) assert.equal((await client.send('GET', href)).status, 404, href);
    assert.ok(open.length < held.size / 50, `${open.length} links lead nowhere, such as ${open.slice(0, 3).join(' ')}`);
  });
});

const lms = (): Caller => caller('demo-lms');

/** What the learning platform is told when it asks for a member. */
const propertyRefusal = async (name: string): Promise<string> => {
  const { status, text } = await lms().send('POST', '/utdanning/elev/elev/$query', {
    headers: { 'content-type': 'text/plain', 'x-request-id': 'r' },
    body: `${name}/poststed eq 'By'`,
  });
  const { code, detail, title } = JSON.parse(text) as Readonly<Record<string, string>>;
  return `${status} ${code} ${title} ${detail}`.replaceAll(name, '(name)');
};

describe('the learning platform', () => {
  let seen: Walked;

  it(
    'sees pupils and groups, and no national id, address or special category anywhere',
    { timeout: 180_000 },
    async () => {
      seen = await walk(lms());
      assert.ok((seen.listings.get('utdanning/elev/elev')?.total_items ?? 0) > 500);
      const withheld = [
        'fodselsnummer',
        'bostedsadresse',
        'postadresse',
        'hybeladresse',
        'kontaktinformasjon',

        'tosprakligFagopplaring',
      ];
      for (const [path, told] of seen.texts) {
        // The catalogue of a component names the forms of addresses, which the model shows to everyone.
        const text = told.replaceAll(/"[^"]+\{id:\.\+\}"/g, '');
        assert.deepEqual(nationalIdsIn(text), [], path);
        for (const name of withheld)
          assert.ok(!text.includes(`"${name}"`) && !text.includes(`/${name}/`), `${name} in ${path}`);
      }
      await countsAgree(lms(), seen);
    },
  );

  it('sees nothing of the components outside of its grant', () => {
    const outside = [...seen.listings.keys()].filter(
      (path) => !/^utdanning\/(?:elev|timeplan|utdanningsprogram|kodeverk)\//.test(path),
    );
    assert.deepEqual(outside, []);
    const leading = [...hrefsIn(seen.texts.map(([, text]) => text).join(''))].filter((href) =>
      /^http:\/\/[^/]+\/(?:administrasjon|arkiv|okonomi|personvern|ressurs|felles|utdanning\/(?:vurdering|larling|ot))\//.test(
        href,
      ),
    );
    assert.deepEqual(leading.slice(0, 3), []);
  });

  it('learns nothing about a national id by asking for it', async () => {
    const { fodselsnummer, feidenavn } = world.known.ordinaryPupil;
    const unused = '15815010006';
    const ask = async (value: string): Promise<readonly unknown[]> => {
      const filters = [
        `fodselsnummer/identifikatorverdi eq '${value}'`,
        `_links/person/any(x:x/href eq '/utdanning/elev/person/fodselsnummer/${value}')`,
        `_links/self/any(x:x/href eq '/utdanning/elev/person/fodselsnummer/${value}')`,
        `kontaktinformasjon/epostadresse contains '${value}'`,
      ];
      const answers = [
        await lms().send('GET', `/utdanning/elev/person/fodselsnummer/${value}`, { headers: { 'x-request-id': 'r' } }),
      ];
      for (const filter of filters)
        for (const path of ['utdanning/elev/person', 'utdanning/elev/elev'])
          answers.push(
            await lms().send('POST', `/${path}/$query`, {
              headers: { 'content-type': 'text/plain', 'x-request-id': 'r' },
              body: filter,
            }),
          );
      return answers.map(({ status, text, headers }) => [status, text, headers['content-length']]);
    };
    assert.deepEqual(await ask(fodselsnummer), await ask(unused));
    assert.equal((await lms().send('GET', `/utdanning/elev/elev/feidenavn/${feidenavn}`)).status, 200);
  });

  it('is told of unknown and of withheld properties in the same words', async () => {
    const withheld = await propertyRefusal('hybeladresse');
    assert.match(withheld, /^400 .*HUB-205/);
    assert.doesNotMatch(withheld, /hybeladresse/);
    assert.equal(withheld, await propertyRefusal('xyzxyzxyzxyz'));
  });
});

describe('the identity system', () => {
  it('sees the fields of its list and nothing beside them', { timeout: 180_000 }, async () => {
    const identity = caller('demo-identity');
    const seen = await walk(identity);
    const granted = [
      'utdanning/elev/elev',
      'utdanning/elev/skoleressurs',
      'utdanning/elev/person',
      'administrasjon/personal/personalressurs',
      'administrasjon/personal/person',
    ];
    assert.deepEqual([...seen.listings.keys()].sort(), granted.toSorted());
    const fields = new Set([
      'systemId',
      'feidenavn',
      'brukernavn',
      'elevnummer',
      'ansattnummer',
      'navn',
      'person',
      'elev',
      'personalressurs',
      'skoleressurs',
      'fodselsnummer',
    ]);
    for (const [path, listing] of seen.listings) {
      for (const { _links: links, ...attributes } of entriesOf(listing)) {
        for (const name of Object.keys(attributes)) assert.ok(fields.has(name), `${name} in ${path}`);
        for (const name of Object.keys(links))
          assert.ok(name === 'self' || fields.has(name), `link ${name} in ${path}`);
      }
    }
    for (const href of hrefsIn(seen.texts.map(([, text]) => text).join('')))
      assert.ok(!href.startsWith(url) || granted.some((path) => href.startsWith(`${url}/${path}`)), href);
    for (const [path, text] of seen.texts)
      for (const name of [
        'bostedsadresse',
        'epostadresse',
        'mobiltelefonnummer',
        'hybeladresse',
        'elevforhold',
        'foreldre',
      ])
        assert.ok(!text.includes(`"${name}"`), `${name} in ${path}`);
    await countsAgree(identity, seen);
  });
});

describe('the system of one school', () => {
  it('sees the pupils of its school and nobody else\u2019s, in any form', { timeout: 180_000 }, async () => {
    const school = caller('demo-school');
    const seen = await walk(school);
    const own = `${url}/utdanning/utdanningsprogram/skole/`;
    const names = new Set(Object.values(world.known.schools[0] ?? {}));
    const relations = entriesOf(all.listings.get('utdanning/elev/elevforhold') as Listing);
    const isOwn = (one: Resource): boolean =>
      (one['_links']['skole'] ?? []).some(
        ({ href }) => href.startsWith(own) && names.has(href.slice(href.lastIndexOf('/') + 1)),
      );
    const pupilsOf = (some: readonly Resource[]): ReadonlySet<string> =>
      new Set(some.flatMap((one) => (one['_links']['elev'] ?? []).map(({ href }) => href)));
    const mine = pupilsOf(relations.filter(isOwn));
    assert.ok(mine.size > 50 && mine.size < 500, `${mine.size} pupils`);

    const pupils = entriesOf(all.listings.get('utdanning/elev/elev') as Listing);
    const hrefs = (one: Resource): readonly string[] => (one['_links']['self'] ?? []).map(({ href }) => href);
    const others = pupils.filter((one) => !hrefs(one).some((href) => mine.has(href)));
    assert.ok(others.length > 100, `${others.length} others`);
    const shown = entriesOf(seen.listings.get('utdanning/elev/elev') as Listing);
    assert.equal(shown.length, pupils.length - others.length);

    // Everything that names a pupil of another school: identifiers, and the national id of the person.
    const secret = new Set<string>();
    for (const one of others) {
      for (const name of ['systemId', 'elevnummer', 'feidenavn', 'brukernavn']) {
        const value = valueOf(one, name);
        if (value.length >= 5) secret.add(value);
      }
      for (const { href } of one['_links']['person'] ?? []) secret.add(href.slice(href.lastIndexOf('/') + 1));
    }
    // A sibling or a guardian at the own school may be the same human being.
    const visiblePersons = new Set(
      shown.flatMap((one) => (one['_links']['person'] ?? []).map(({ href }) => href.slice(href.lastIndexOf('/') + 1))),
    );
    for (const value of visiblePersons) secret.delete(value);
    const words = /[\w.@-]{5,}/g;
    for (const [path, text] of seen.texts)
      for (const [word] of text.replaceAll('%40', '@').matchAll(words))
        if (secret.has(word)) assert.fail(`${word} of another school in ${path}`);

    const memberships = seen.listings.get('utdanning/elev/elevforhold');
    for (const one of entriesOf(memberships as Listing)) assert.ok(isOwn(one), JSON.stringify(one['_links']['skole']));
    await countsAgree(school, seen);

    const victim = others.find((one) => valueOf(one, 'feidenavn') !== '') as Resource;
    const ask = async (systemId: string, feidenavn: string): Promise<readonly unknown[]> => {
      const answers: Answer[] = [];
      const headers = { 'x-request-id': 'r' };
      for (const path of [`systemid/${systemId}`, `feidenavn/${feidenavn}`])
        answers.push(await school.send('GET', `/utdanning/elev/elev/${path}`, { headers }));
      for (const [path, filter] of [
        ['utdanning/elev/elev', `systemId/identifikatorverdi eq '${systemId}'`],
        ['utdanning/elev/elevforhold', `_links/elev/any(x:x/href eq '/utdanning/elev/elev/systemid/${systemId}')`],
        ['utdanning/elev/person', `_links/elev/any(x:x/href eq '/utdanning/elev/elev/feidenavn/${feidenavn}')`],
      ] as const)
        answers.push(
          await school.send('POST', `/${path}/$query`, {
            headers: { ...headers, 'content-type': 'text/plain' },
            body: filter,
          }),
        );
      return answers.map(({ status, text }) => [status, text]);
    };
    assert.deepEqual(
      await ask(valueOf(victim, 'systemId'), valueOf(victim, 'feidenavn')),
      await ask('elev-none', 'nobody@fjordheim.test'),
    );
    for (const path of ['utdanning/elev/elev', 'utdanning/elev/person'])
      assert.equal((await school.send('GET', `/${path}/changes`)).status, 404, 'following is not granted');
  });

  it('does not see persons through links that lead out of its rows', async () => {
    const school = caller('demo-school');
    const text = (await school.send('GET', '/utdanning/elev/person')).text;
    const shown = new Set(
      entriesOf(JSON.parse(text) as Listing).flatMap((one) => (one['_links']['self'] ?? []).map(({ href }) => href)),
    );
    const leading = [...hrefsIn(text)].filter((href) => href.includes('/utdanning/elev/person/fodselsnummer/'));
    assert.deepEqual(leading.filter((href) => !shown.has(href)).length, 0);
  });
});

/** Delivers one entry of the county again, changed, or removes it. */
const change = async (
  collection: string,
  identifier: string,
  edit: ((resource: Record<string, unknown>) => void) | null,
): Promise<void> => {
  const source = world.collections.find((one) => one.collection === collection);
  const entry = [...(source?.entries() ?? [])].find((one) => one.identifier === identifier);
  assert.ok(entry !== undefined, `${collection} ${identifier}`);
  const resource = structuredClone(entry.resource) as Record<string, unknown>;
  edit?.(resource);
  const { status, text } = await caller('demo-adapter').send(
    edit === null ? 'DELETE' : 'PATCH',
    `/provider/${collection}`,
    {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        metadata: { adapterId: 'x', corrId: randomUUID(), totalSize: 1, page: 1, pageSize: 1, totalPages: 1 },
        resources: [{ identifier, resource: edit === null ? null : resource }],
      }),
    },
  );
  assert.ok(status === 201 || status === 200, text);
};

const pupilsOfOtherSchools = async (): Promise<readonly Resource[]> => {
  const own = new Set(
    entriesOf(await caller('demo-school').read<Listing>('/utdanning/elev/elev')).map((one) => valueOf(one, 'systemId')),
  );
  return entriesOf(all.listings.get('utdanning/elev/elev') as Listing).filter(
    (one) => !own.has(valueOf(one, 'systemId')),
  );
};

const told = async (as: Caller): Promise<readonly unknown[]> => {
  const answers: Answer[] = [];
  for (const path of ['', '?size=5', '/last-updated', '/cache/size', '?sinceTimeStamp=1&size=5'])
    answers.push(await as.send('GET', `/utdanning/elev/elev${path}`, { headers: { 'x-request-id': 'r' } }));
  return answers.map(({ status, text, headers }) => [status, text, headers['etag'], headers['last-modified']]);
};

describe('changes to what may not be seen', () => {
  it('are not told to the system of one school: not by its lists, its tags or its times', async () => {
    const school = caller('demo-school');
    const earlier = await told(school);
    const [first, second] = await pupilsOfOtherSchools();
    await change('utdanning/elev/elev', valueOf(first as Resource, 'systemId'), (resource) => {
      resource['gjest'] = true;
    });
    assert.deepEqual(await told(school), earlier, 'a pupil of another school has changed');
    await change('utdanning/elev/elev', valueOf(second as Resource, 'systemId'), null);
    assert.deepEqual(await told(school), earlier, 'a pupil of another school is gone');
  });

  it('show no national id to the learning platform when persons get another one, or go', async () => {
    const lmsClient = caller('demo-lms');
    const position = async (path: string): Promise<string> => {
      let feed = await lmsClient.read<Feed>(`/${path}/changes?size=10000`);
      while (feed.more) feed = await lmsClient.read<Feed>(`/${path}/changes?size=10000&after=${feed.next}`);
      return feed.next;
    };
    const persons = 'utdanning/elev/person';
    const from = await position(persons);
    const [first, second] = entriesOf(all.listings.get(persons) as Listing).map((one) => valueOf(one, 'fodselsnummer'));
    await change(persons, first ?? '', (resource) => {
      resource['fodselsnummer'] = { identifikatorverdi: '15815010006' };
    });
    await change(persons, second ?? '', null);
    const { text } = await lmsClient.send('GET', `/${persons}/changes?after=${from}`);
    assert.deepEqual(nationalIdsIn(text), []);
    assert.doesNotMatch(text, /fodselsnummer/);
    const whole = await caller('demo-fint-client').read<Feed>(`/${persons}/changes?size=10000`);
    assert.ok(JSON.stringify(whole).includes('fodselsnummer'));
  });
});

describe('the neighbour', () => {
  it('sees nothing at all', { timeout: 180_000 }, async () => {
    const neighbour = caller('demo-neighbour-client');
    const seen = await walk(neighbour);
    assert.equal(sumOf(seen), 0);
    for (const [path, text] of seen.texts) {
      assert.deepEqual(nationalIdsIn(text), [], path);
      assert.ok(!/fjordheim|Fjordheim|sandbox\.test/.test(text), path);
    }
    for (const [path, listing] of all.listings) {
      const [first] = entriesOf(listing);
      for (const { href } of first?.['_links']['self'] ?? [])
        assert.equal((await neighbour.send('GET', href)).status, 404, `${path} ${href}`);
    }
    const adapter = caller('demo-neighbour-adapter');
    assert.deepEqual(await adapter.read('/provider/sync'), { runs: [] });
    assert.deepEqual(await adapter.read('/provider/adapter'), []);
  });
});

const hidden = () => Object.values(world.known.protected).filter(({ marking }) => marking !== 'ugradert');

describe('protected persons', () => {
  it('are in no answer to any persona: neither they nor what is about them', async () => {
    assert.ok(hidden().length >= 6 && walked.length > 1_000);
    for (const { nationalId, persons, about } of hidden()) {
      const addresses = [...persons, ...about].map(
        ({ collection, field, value }) => `/${collection}/${field}/${encodeURIComponent(value)}"`,
      );
      for (const [path, text] of walked) {
        assert.equal(text.includes(nationalId), false, path);
        for (const address of addresses) assert.equal(text.includes(address), false, `${address} in ${path}`);
      }
      // The hub closes connections that idle: this has to be heard before the next question.
      await turn();
    }
  });

  it('are answered like what does not exist, byte for byte', async () => {
    const client = caller('demo-fint-client');
    const plain = async (path: string) => {
      const { status, headers, text } = await client.send('GET', path);
      const { date: _date, 'x-request-id': id, ...rest } = headers;
      return { status, rest, text: text.replaceAll(String(id), '') };
    };
    for (const { persons, about } of hidden())
      for (const { collection, field, value } of [...persons, ...about]) {
        const nobody = await plain(`/${collection}/${field}/finnes-ikke`);
        assert.equal(nobody.status, 404);
        assert.deepEqual(await plain(`/${collection}/${field}/${encodeURIComponent(value)}`), nobody);
        const asked = `${field === 'fodselsnummer' ? 'fodselsnummer' : 'systemId'}/identifikatorverdi eq '${value}'`;
        const found = await client.send('POST', `/${collection}/$query`, { body: asked });
        assert.equal((JSON.parse(found.text) as Listing).total_items, 0, `${collection} ${field}`);
      }
  });

  it('leave what is beside them in sight, without the links', async () => {
    const client = caller('demo-fint-client');
    for (const { beside, about, persons } of hidden())
      for (const { collection, field, value } of beside) {
        const text = JSON.stringify(await client.read(`/${collection}/${field}/${encodeURIComponent(value)}`));
        for (const one of [...about, ...persons])
          assert.equal(text.includes(`${one.collection}/${one.field}/${encodeURIComponent(one.value)}"`), false, value);
      }
  });
});

describe('the pages for everyone', () => {
  it('hold no person and no secret', async () => {
    const open = callerOf(url, null);
    const paths = [
      '/metrics',
      '/model',
      '/model/classes',
      '/model/openapi/utdanning/elev',
      '/model/schema/utdanning/elev/Elev',
      '/health/live',
      '/health/ready',
      '/problems/HUB-204',
      '/robots.txt',
      '/.well-known/openid-configuration',
      '/oauth/jwks',
      '/utdanning/elev',
      '/',
    ];
    const people = entriesOf(all.listings.get('utdanning/elev/person') as Listing).slice(0, 50);
    const surnames = people
      .map((one) => (one['navn'] as { readonly etternavn: string }).etternavn)
      .filter((name) => name.length > 6);
    for (const path of paths) {
      const { text, status } = await open.send('GET', path);
      assert.ok(status < 500, path);
      assert.deepEqual(nationalIdsIn(text), [], path);
      assert.doesNotMatch(text, /@fjordheim\.test|"d":"/, path);
      for (const name of surnames) assert.ok(!text.includes(name), `${name} in ${path}`);
    }
    const metrics = (await open.send('GET', '/metrics')).text;
    assert.match(metrics, /^process_resident_memory_bytes/m);
    // fs/person/fodselsnummerendring is a collection, and named as such.
    assert.doesNotMatch(metrics, /elev\/systemid|fodselsnummer(?!endring)/);
  });
});
