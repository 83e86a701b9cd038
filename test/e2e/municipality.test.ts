// The small municipality of the sandbox delivered to a real hub by its adapter: nothing is kept back, a guardianship leads both ways, and nothing of
// the protected shows to an ordinary client, while one with clearance sees them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { deliver, type CollectionSummary } from '#sandbox/adapter.ts';
import { municipality, type SandboxMunicipality } from '#sandbox/municipality.ts';
import type { Answer, Caller } from './caller.ts';
import { startHub, type HubUnderTest } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';

type Resource = Readonly<Record<string, unknown>> & {
  readonly _links: Readonly<Record<string, readonly { readonly href: string }[]>>;
};
type Feed = {
  readonly _entries: readonly { readonly kind: string; readonly resource?: Resource }[];
  readonly next: string;
  readonly more: boolean;
};
type Listing = { readonly _embedded: { readonly _entries: readonly Resource[] }; readonly total_items: number };

const made = municipality({ seed: 42, size: 'small', asOf: '2026-11-01' });
const organisation = made.organisation.id;
const { pupils, employees, protected: hidden } = made.known;
const persons = 'utdanning/elev/person';

const place = await temporaryPlace();
let hub: HubUnderTest;
let summary: readonly CollectionSummary[] = [];

const ask = async (who: string, address: string): Promise<Answer> => (await hub.as(who)).send('GET', `/${address}`);
const read = async (who: string, address: string): Promise<Resource> => {
  const answer = await ask(who, address);
  assert.equal(answer.status, 200, `${who} ${address}: ${answer.text.slice(0, 200)}`);
  return JSON.parse(answer.text) as Resource;
};

/** What the feed of persons tells from a position on, or from the beginning, until nothing more is known. */
const followPersons = async (
  client: Caller,
  from?: string,
): Promise<{ readonly changes: Feed['_entries']; readonly next: string }> => {
  const changes: Feed['_entries'][number][] = [];
  let position = from;
  for (;;) {
    const page = await client.read<Feed>(
      `/${persons}/changes?size=10000${position === undefined ? '' : `&after=${position}`}`,
    );
    changes.push(...page['_entries']);
    position = page.next;
    if (!page.more) return { changes, next: position };
  }
};

const listOfSfo = async (path: string): Promise<Listing> => (await hub.as('sfo')).read(`/${path}`);

/** Delivers a municipality in full, as its adapter does. */
const deliverTo = (
  { url, credentials }: HubUnderTest,
  world: SandboxMunicipality,
): Promise<readonly CollectionSummary[]> => {
  const { id, secret } = credentials.get('adapter') ?? { id: '', secret: '' };
  return deliver({
    baseUrl: url,
    tokenEndpoint: `${url}/oauth/token`,
    clientId: id,
    clientSecret: secret,
    scope: 'fint-adapter',
    orgId: organisation,
    adapterId: `https://sandbox.test/${organisation}`,
    collections: world.collections,
    pageSize: 1_000,
    concurrency: 2,
    gzip: true,
    fetch,
    now: Date.now,
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  });
};

before(
  async () => {
    const actions = ['read', 'list', 'follow'] as const;
    const [school] = made.known.schools;
    hub = await startHub({
      place,
      flags: { qualityIntervalSeconds: '0' },
      // A new school year replaces classes and lessons, which is more than the guard against removals lets through unasked.
      organisations: [{ id: organisation, settings: { removalGuard: 1 } }],
      applications: [
        { id: 'plain', kind: 'client', organisation, grant: { actions } },
        { id: 'cleared', kind: 'client', organisation, grant: { actions, clearance: 3 } },
        {
          id: 'sfo',
          kind: 'client',
          organisation,
          grant: { actions, rows: { scope: 'sfo', field: 'systemid', values: [`SFO-${school?.skolenummer ?? ''}`] } },
        },
        { id: 'adapter', kind: 'adapter', organisation, grant: { actions: ['deliver'] } },
      ],
    });
    summary = await deliverTo(hub, made);
  },
  { timeout: 60_000 },
);

after(async () => {
  await hub?.close();
  await place.remove();
});

describe('the municipality in a hub', () => {
  it('is taken whole', () => {
    assert.equal(summary.length, made.collections.length);
    for (const { collection, state, rejected, warnings, problems } of summary)
      assert.deepEqual([state, rejected, warnings, problems], ['completed', 0, 0, []], collection);
  });

  it('leads from a child to the guardians and what they may', async () => {
    const { ordinary } = pupils;
    const child = await read('plain', `${persons}/fodselsnummer/${ordinary.fodselsnummer}`);
    assert.equal(child['_links']['foresattforhold']?.length, ordinary.foresatte.length);
    const [bond] = ordinary.foresatte;
    const told = await read('plain', `grunnskole/foresatt/foresattforhold/systemid/${bond?.foresattforhold ?? ''}`);
    assert.equal(told['foreldreansvar'], true);
    assert.equal(told['_links']['rettighet']?.length, 6);
    const shutOut = await read(
      'plain',
      `grunnskole/foresatt/foresattforhold/systemid/${pupils.guardianWithoutResponsibility.foresatte[1]?.foresattforhold ?? ''}`,
    );
    assert.deepEqual([shutOut['foreldreansvar'], shutOut['_links']['rettighet']], [false, undefined]);
    const enrolled = await read('plain', `utdanning/elev/elevforhold/systemid/${ordinary.elevforhold[0] ?? ''}`);
    for (const relation of ['sfoplass', 'skolegruppemedlemskap', 'klassemedlemskap', 'trinn'])
      assert.ok((enrolled['_links'][relation] ?? []).length > 0, relation);
    const head = await read(
      'plain',
      `utdanning/elev/skoleressurs/systemid/${employees.headOfTwoSchools.skoleressurs ?? ''}`,
    );
    assert.equal(head['_links']['skolestilling']?.length, 2);
  });

  it('finds the lessons of a week', async () => {
    const listing = (await (
      await hub.as('plain')
    ).read(`/utdanning/timeplan/time?$filter=${encodeURIComponent("uke eq '2026-W44'")}`)) as Listing;
    assert.ok(listing.total_items > 200, String(listing.total_items));
  });

  it('tells an ordinary client nothing of the protected, neither by address nor in lists, and one with clearance everything', async () => {
    const known = Object.values(hidden).filter(({ marking }) => marking !== 'ugradert');
    assert.ok(known.length >= 6);
    for (const { persons: own, about, beside } of known) {
      for (const { collection, field, value } of [...own, ...about]) {
        const address = `${collection}/${field}/${value}`;
        assert.equal((await ask('plain', address)).status, 404, address);
        assert.equal((await ask('cleared', address)).status, 200, address);
      }
      for (const { collection, field, value } of beside) await read('plain', `${collection}/${field}/${value}`);
    }
    const secrets = known.flatMap(({ nationalId, about }) => [nationalId, ...about.map(({ value }) => value)]);
    let lists = 0;
    for (const { collection } of made.collections) {
      const { text } = await ask('plain', collection);
      for (const secret of secrets)
        assert.ok(!text.includes(`/${secret}"`) && !text.includes(`"${secret}"`), `${collection} tells ${secret}`);
      lists += 1;
    }
    assert.equal(lists, made.collections.length);
    const child = pupils.protectedGuardian.foresatte.map(({ foresattforhold }) => foresattforhold);
    const ordinary = await read('plain', `${persons}/fodselsnummer/${pupils.protectedGuardian.fodselsnummer}`);
    assert.deepEqual(
      (ordinary['_links']['foresattforhold'] ?? []).map(({ href }) => href.split('/').at(-1)),
      child.slice(0, 1),
    );
  });

  it('shows an SFO the children with a place, their guardians and its staff, and no other pupils', async () => {
    const places = (await listOfSfo('grunnskole/sfo/sfoplass')).total_items;
    const children = (await listOfSfo('utdanning/elev/elev')).total_items;
    assert.ok(
      places > 10 && places < 60 && children > 10 && children <= places,
      `${places} places, ${children} children`,
    );
    assert.ok((await listOfSfo('utdanning/elev/skoleressurs')).total_items > 1);
    assert.equal((await ask('sfo', `utdanning/elev/elev/systemid/${pupils.eldestSibling.systemId}`)).status, 404);
  });

  it('turns into the next school year by another delivery: nobody is a new person, and whoever left is still there', async () => {
    const client = await hub.as('plain');
    const start = await followPersons(client);
    const next = municipality({ seed: 42, size: 'small', asOf: '2027-11-01' });
    for (const { collection, state, rejected } of await deliverTo(hub, next))
      assert.deepEqual([state, rejected], ['completed', 0], collection);

    const { ordinary } = pupils;
    const pupil = await read('plain', `utdanning/elev/elev/systemid/${ordinary.systemId}`);
    assert.deepEqual((pupil['_links']['elevforhold'] ?? []).map(({ href }) => href.split('/').at(-1)).sort(), [
      `EF${ordinary.elevnummer}-2627`,
      `EF${ordinary.elevnummer}-2728`,
    ]);
    const enrolled = await read('plain', `utdanning/elev/elevforhold/systemid/EF${ordinary.elevnummer}-2728`);
    assert.match(enrolled['_links']['trinn']?.[0]?.href ?? '', new RegExp(`/T${ordinary.trinn + 1}$`));
    const gone = await read(
      'plain',
      `utdanning/elev/elevforhold/${pupils.movedAway.elevforhold.map((id) => `systemid/${id}`).join()}`,
    );
    assert.ok('avbruddsdato' in gone);

    const { changes } = await followPersons(client, start.next);
    const people = made.collections.find(({ collection }) => collection === persons)?.entries() ?? [];
    const old = new Map([...people].map(({ identifier, resource }) => [identifier, resource['navn']]));
    let begun = 0;
    for (const { resource } of changes) {
      if (resource === undefined) continue;
      const { identifikatorverdi: number } = resource['fodselsnummer'] as { readonly identifikatorverdi: string };
      if (!old.has(number)) {
        begun += 1;
        continue;
      }
      // Only guardians whose other children have come or gone.
      assert.deepEqual(resource['navn'], old.get(number));
      assert.ok(resource['_links']['foresattFor'] !== undefined, number);
    }
    const left = changes.filter(({ kind }) => kind === 'removed').length;
    assert.ok(begun > 30 && left > 30 && changes.length < 300, `${begun} came, ${left} went, ${changes.length} in all`);
  });
});
