// Following the sandbox municipality: what is told when guardians are shut out, persons become protected and names change; to whom; how long one may
// wait; and that a client that reads everything and then follows ends with what a fresh reading gives.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { deliver } from '#sandbox/adapter.ts';
import type { SandboxCollection } from '#sandbox/collection.ts';
import { municipality } from '#sandbox/municipality.ts';
import { temporaryPlace } from '../../../e2e/place.ts';
import { startVfsWorld, today, valueOf, type VfsWorld } from '../vfs-world.ts';
import { clientOf, itemsIn, textsOf, type Client, type Item } from './client.ts';

const place = await temporaryPlace();
let world: VfsWorld;
let lms: Client;

before(
  async () => {
    world = await startVfsWorld(place, ['lms', 'other']);
    lms = clientOf(await world.as('lms'));
  },
  { timeout: 120_000 },
);
after(async () => {
  await world?.close();
  await place.remove();
});

/** Of the machine, also while a test holds the timers of the hub. */
const laterOn = setTimeout;

/** Delivers collections in full, as the municipality's adapter does. */
const delivered = async (collections: readonly SandboxCollection[]): Promise<void> => {
  const { id, secret } = world.hub.credentials.get('adapter') ?? { id: '', secret: '' };
  const summary = await deliver({
    baseUrl: world.hub.url,
    tokenEndpoint: `${world.hub.url}/oauth/token`,
    clientId: id,
    clientSecret: secret,
    scope: 'fint-adapter',
    orgId: world.organisation,
    adapterId: `https://sandbox.test/${world.organisation}`,
    collections,
    pageSize: 1_000,
    concurrency: 1,
    gzip: true,
    fetch,
    now: Date.now,
    sleep: (milliseconds) => new Promise((resolve) => laterOn(resolve, milliseconds)),
  });
  for (const one of summary) assert.equal(one.state, 'completed', one.collection);
};

/** A collection of the municipality with some of its resources written otherwise. */
const changed = (path: string, identifier: string, change: (resource: Item) => Item): SandboxCollection => {
  const found = world.world.collections.find(({ collection }) => collection === path);
  assert.ok(found !== undefined, path);
  return {
    ...found,
    *entries() {
      for (const entry of found.entries())
        yield entry.identifier === identifier ? { ...entry, resource: change(entry.resource) } : entry;
    },
  };
};

const GUARDIANSHIP = 'grunnskole/foresatt/foresattforhold';
const PERSON = 'utdanning/elev/person';

type Told = { readonly events: readonly Item[]; readonly next: string; readonly hasMore: boolean };

const poll = async (client: Client, query = ''): Promise<Told> =>
  (await client.one(`/events${query}`)) as unknown as Told;

/** Everything after a cursor. */
const eventsAfter = async (
  client: Client,
  cursor: string,
  more = '',
): Promise<{ events: readonly Item[]; next: string }> => {
  const events: Item[] = [];
  let next = cursor;
  for (;;) {
    const told = await poll(client, `?after=${next}&limit=50${more}`);
    events.push(...told.events);
    next = told.next;
    if (!told.hasMore) return { events, next };
  }
};

const of = (events: readonly Item[], type: string): readonly string[] =>
  [...new Set(events.filter((one) => one['type'] === type).map((one) => String(one['entityId'])))].toSorted();

describe('events', () => {
  it('begin from now on, with nothing', async () => {
    const { events, next, hasMore } = await poll(lms);
    assert.deepEqual([events, hasMore], [[], false]);
    assert.deepEqual(await poll(lms, `?after=${next}`), { events: [], next, hasMore: false });
  });

  it('tell of a guardian who is shut out, and of the child, by names of fields alone', async () => {
    const { ordinary } = world.world.known.pupils;
    const pupil = await lms.idOf('pupils', ordinary.fodselsnummer);
    const before1 = itemsIn(await lms.one(`/pupils/${pupil}/guardians`), 'items');
    const { next } = await poll(lms);
    const [, second] = ordinary.foresatte;
    await delivered([
      changed(GUARDIANSHIP, second?.foresattforhold ?? '', (resource) => ({ ...resource, sperret: true })),
    ]);
    const { events } = await eventsAfter(lms, next);
    assert.deepEqual(of(events, 'pupil.updated'), [pupil]);
    const told = events.find((one) => one['type'] === 'pupil.updated');
    assert.deepEqual(told?.['changedFields'], ['guardians']);
    const after1 = itemsIn(await lms.one(`/pupils/${pupil}/guardians`), 'items');
    const gone = textsOf(before1, 'guardianId').filter((id) => !textsOf(after1, 'guardianId').includes(id));
    assert.equal(gone.length, 1);
    assert.deepEqual(of(events, 'guardian.deleted'), gone);
    assert.equal((await lms.get(`/guardians/${gone[0]}`)).status, 404);
    assert.ok(of(events, 'membership.deleted').length >= 1);
    for (const id of of(events, 'membership.deleted')) assert.equal((await lms.get(`/memberships/${id}`)).status, 404);
    // Nothing that is told is told of a person by name.
    const text = JSON.stringify(events);
    for (const one of before1) assert.equal(text.includes(String(one['familyName'])), false);
    await delivered([changed(GUARDIANSHIP, '', (resource) => resource)]);
    const back = await eventsAfter(lms, next);
    assert.deepEqual(
      textsOf(itemsIn(await lms.one(`/pupils/${pupil}/guardians`), 'items'), 'guardianId'),
      textsOf(before1, 'guardianId'),
    );
    assert.ok(back.events.length >= 0);
  });

  it('tell nothing of a guardian whom the school had shut out before, whatever else changes', async () => {
    const { blockedGuardian, ordinary } = world.world.known.pupils;
    const [blocked] = blockedGuardian.foresatte.filter(({ sperret }) => sperret);
    const [shown] = ordinary.foresatte;
    assert.ok(blocked !== undefined && shown !== undefined);
    const { next } = await poll(lms);
    const named = (fodselsnummer: string, mellomnavn: string) =>
      changed(PERSON, fodselsnummer, (resource) => ({
        ...resource,
        navn: { ...(resource['navn'] as Item), mellomnavn },
      }));
    await delivered([named(blocked.fodselsnummer, 'Fjell')]);
    await delivered([changed(PERSON, '', (resource) => resource)]);
    const silent = await eventsAfter(lms, next);
    assert.deepEqual(silent.events, []);
    // Of one who shows the child's events tell, and the guardian's own.
    await delivered([named(shown.fodselsnummer, 'Fjell')]);
    const { events } = await eventsAfter(lms, silent.next);
    assert.ok(of(events, 'pupil.updated').includes(await lms.idOf('pupils', ordinary.fodselsnummer)));
    assert.equal(of(events, 'guardian.updated').length, 1);
    await delivered([changed(PERSON, '', (resource) => resource)]);
  });

  it('wait until there is something to tell', async (t) => {
    const { ordinary } = world.world.known.pupils;
    const pupil = await lms.idOf('pupils', ordinary.fodselsnummer);
    const { next } = await poll(lms, '?types=pupil');
    // No timer of the hub fires, so that the wait does not end by itself, and nobody looks again: what answers is the change.
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const waiting = poll(lms, `?types=pupil&after=${next}&wait=25`);
    await delivered([
      changed(PERSON, ordinary.fodselsnummer, (resource) => ({
        ...resource,
        navn: { ...(resource['navn'] as Item), mellomnavn: 'Sol' },
      })),
    ]);
    const { events } = await waiting;
    t.mock.timers.reset();
    assert.deepEqual(
      events.map((one) => [one['type'], one['entityId'], one['changedFields']]),
      [['pupil.updated', pupil, ['familyName', 'fullName', 'givenName', 'middleName']]],
    );
    const quiet = await poll(lms, `?types=pupil&after=${String(events.at(-1)?.['cursor'])}&wait=1`);
    assert.deepEqual(quiet.events, []);
  });

  it('are of the school that is asked for', async () => {
    const { ordinary } = world.world.known.pupils;
    const pupil = await lms.one(`/pupils/${await lms.idOf('pupils', ordinary.fodselsnummer)}`);
    const at = String(itemsIn(pupil, 'enrolments')[0]?.['schoolId']);
    const elsewhere = (await lms.all('/metadata/schools')).map(({ id }) => String(id)).find((id) => id !== at) ?? '';
    const [here, there] = [await poll(lms, `?schoolId=${at}`), await poll(lms, `?schoolId=${elsewhere}`)];
    await delivered([changed(PERSON, '', (resource) => resource)]);
    const { events } = await eventsAfter(lms, here.next, `&schoolId=${at}`);
    assert.deepEqual(of(events, 'pupil.updated'), [pupil['id']]);
    for (const one of events) assert.ok((one['schoolIds'] as readonly string[]).includes(at));
    assert.deepEqual(of((await eventsAfter(lms, there.next, `&schoolId=${elsewhere}`)).events, 'pupil.updated'), []);
    assert.equal((await lms.get(`/events?after=${here.next}`)).status, 410);
  });

  it('are told to whom the cursor was given', async () => {
    const { next } = await poll(lms);
    const answer = await clientOf(await world.as('other')).get(`/events?after=${next}`);
    assert.equal(valueOf(answer, 410)['code'], 'HUB-410');
  });

  it('lead to what a fresh reading gives, when persons become protected and others no more', async () => {
    const lists = {
      pupil: '/pupils?status=all&limit=500&include=guardians,sfo',
      guardian: '/guardians?limit=500',
      employee: '/employees?limit=500',
      group: '/groups?limit=500',
      membership: '/memberships?limit=500',
    } as const;
    const places = {
      pupil: '/pupils/{id}?include=guardians,sfo',
      guardian: '/guardians/{id}',
      employee: '/employees/{id}',
      group: '/groups/{id}',
      membership: '/memberships/{id}',
    } as const;
    const snapshot = async (): Promise<Map<string, Item>> => {
      const held = new Map<string, Item>();
      for (const [type, list] of Object.entries(lists))
        for (const one of await lms.all(list)) held.set(`${type} ${String(one['id'])}`, one);
      return held;
    };
    const { next } = await poll(lms);
    const held = await snapshot();
    const { becomesProtectedPupil, protectionLiftedPupil } = world.world.known.protected;
    assert.equal((await lms.lookup('pupils', becomesProtectedPupil.nationalId)).status, 200);
    const later = municipality({ seed: 42, size: 'small', asOf: today(), snapshot: 'later' });
    await delivered(later.collections.filter(({ collection }) => collection === PERSON));
    const { events } = await eventsAfter(lms, next);
    assert.ok(events.length > 10 && events.length < 600, String(events.length));
    for (const one of events) {
      const type = one['entity'] as keyof typeof places;
      const key = `${type} ${String(one['entityId'])}`;
      const answer = await lms.get(places[type].replace('{id}', String(one['entityId'])));
      if (answer.status === 200) held.set(key, valueOf(answer));
      else held.delete(key);
    }
    const fresh = await snapshot();
    assert.deepEqual([...held.keys()].toSorted(), [...fresh.keys()].toSorted());
    for (const [key, one] of fresh) assert.deepEqual(held.get(key), one, key);
    assert.equal((await lms.lookup('pupils', becomesProtectedPupil.nationalId)).status, 404);
    const lifted = valueOf(await lms.lookup('pupils', protectionLiftedPupil.nationalId));
    assert.deepEqual(of(events, 'pupil.created'), [lifted['id']]);
    assert.equal(of(events, 'pupil.deleted').length, 1);
  });

  it('are refused when the owner has changed what may be seen, with where to read anew', async () => {
    const { next } = await poll(lms);
    await world.link('lms', { scopes: ['vfs:events.read', 'vfs:pupils.read', 'vfs:groups.read'] });
    const fewer = clientOf(await world.as('lms'));
    const problem = valueOf(await fewer.get(`/events?after=${next}`), 410);
    assert.equal(problem['code'], 'HUB-416');
    const where = itemsIn(problem, 'errors').map((one) => String(one['message']));
    assert.ok(where[0]?.endsWith('/vfs/v1/events') && where.some((one) => one.includes('/vfs/v1/pupils')));
    await world.link('lms');
  });
});
