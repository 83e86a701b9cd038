// The turn of a school year as clients of the API see it: the source delivers the next year, nobody becomes somebody else, today stays today, and who
// follows ends with what a fresh reading gives.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { deliver } from '#sandbox/adapter.ts';
import { municipality } from '#sandbox/municipality.ts';
import { temporaryPlace } from '../../../e2e/place.ts';
import { startVfsWorld, today, valueOf, type VfsWorld } from '../vfs-world.ts';
import { clientOf, itemsIn, textsOf, type Client, type Item } from './client.ts';

const place = await temporaryPlace();
let world: VfsWorld;
let lms: Client;
let atFirst: ReadonlyMap<string, Item>;
let events: readonly Item[] = [];

const followed = { pupil: '/pupils?status=all&limit=500', group: '/groups?limit=500' } as const;

const snapshot = async (): Promise<Map<string, Item>> => {
  const held = new Map<string, Item>();
  for (const [type, list] of Object.entries(followed))
    for (const one of await lms.all(list)) held.set(`${type} ${String(one['id'])}`, one);
  return held;
};

const yearFrom = (offset: number): string => {
  const [year = '', month = ''] = today().split('-');
  const from = Number(year) - (Number(month) < 8 ? 1 : 0) + offset;
  return `${from}/${from + 1}`;
};

const deliverNextYear = async (): Promise<void> => {
  const { hub, organisation } = world;
  const owner = await hub.platform.organisation(organisation);
  assert.ok(owner !== null);
  await hub.platform.putOrganisation({ ...owner, settings: { ...owner.settings, writes: [] } });
  const { id, secret } = hub.credentials.get('adapter') ?? { id: '', secret: '' };
  const nextYear = `${Number(today().slice(0, 4)) + 1}${today().slice(4).replace('-02-29', '-02-28')}`;
  const summary = await deliver({
    baseUrl: hub.url,
    tokenEndpoint: `${hub.url}/oauth/token`,
    clientId: id,
    clientSecret: secret,
    scope: 'fint-adapter',
    orgId: organisation,
    adapterId: `https://sandbox.test/${organisation}`,
    collections: municipality({ seed: 42, size: 'small', asOf: nextYear }).collections,
    pageSize: 1_000,
    concurrency: 1,
    gzip: true,
    fetch,
    now: Date.now,
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  });
  for (const one of summary) assert.equal(one.state, 'completed', one.collection);
};

before(
  async () => {
    world = await startVfsWorld(place, ['lms']);
    lms = clientOf(await world.as('lms'));
    const begun = await lms.one('/events?types=pupil,group');
    atFirst = await snapshot();
    await deliverNextYear();
    const told: Item[] = [];
    let next = String(begun['next']);
    for (let more = true; more;) {
      const page = await lms.one(`/events?types=pupil,group&limit=200&after=${next}`);
      told.push(...itemsIn(page, 'events'));
      next = String(page['next']);
      more = page['hasMore'] === true;
    }
    events = told;
  },
  { timeout: 180_000 },
);
after(async () => {
  await world?.close();
  await place.remove();
});

describe('the next school year', () => {
  it('finds everybody who goes on under the same id, one level up', async () => {
    const { ordinary } = world.world.known.pupils;
    const pupil = valueOf(await lms.lookup('pupils', ordinary.fodselsnummer));
    assert.ok(atFirst.has(`pupil ${String(pupil['id'])}`));
    assert.deepEqual(
      itemsIn(pupil, 'enrolments').map((one) => [one['schoolYear'], one['level']]),
      [
        [yearFrom(0), ordinary.trinn],
        [yearFrom(1), ordinary.trinn + 1],
      ],
    );
    const coming = await lms.all(`/pupils?schoolYear=${yearFrom(1)}&level=${ordinary.trinn + 1}&limit=500`);
    assert.ok(coming.some(({ id }) => id === pupil['id']));
    // School year and level are of one enrolment: nobody is on this year's level next year.
    const same = await lms.all(`/pupils?schoolYear=${yearFrom(1)}&level=${ordinary.trinn}&limit=500`);
    assert.equal(
      same.some(({ id }) => id === pupil['id']),
      false,
    );
  });

  it('leaves today as it is: those who begin next year do not go to school yet', async () => {
    const active = await lms.all('/pupils?limit=500&fields=id');
    const all = await lms.all('/pupils?status=all&limit=500&fields=id');
    const beginning = await lms.all(`/pupils?schoolYear=${yearFrom(1)}&level=1&limit=500&fields=id`);
    assert.ok(beginning.length >= 20);
    const now = new Set(textsOf(active, 'id'));
    const known = new Set(textsOf(all, 'id'));
    for (const { id } of beginning) assert.ok(!now.has(String(id)) && known.has(String(id)));
    for (const { id } of active) assert.ok(atFirst.has(`pupil ${String(id)}`));
  });

  it('is told so that a follower ends with what a fresh reading gives', async () => {
    const held = new Map(atFirst);
    assert.ok(events.length > 400 && events.length < 3_000, String(events.length));
    const latest = new Map(events.map((one) => [`${String(one['entity'])} ${String(one['entityId'])}`, one]));
    for (const [key, { entity, entityId }] of latest) {
      const answer = await lms.get(`/${String(entity)}s/${String(entityId)}`);
      if (answer.status === 200) held.set(key, valueOf(answer));
      else held.delete(key);
    }
    const fresh = await snapshot();
    assert.deepEqual([...held.keys()].toSorted(), [...fresh.keys()].toSorted());
    for (const [key, one] of fresh) assert.deepEqual(held.get(key), one, key);
    assert.ok(
      events.some(({ type }) => type === 'pupil.deleted') && events.some(({ type }) => type === 'pupil.created'),
    );
    assert.ok(
      events.some(({ type }) => type === 'group.deleted') && events.some(({ type }) => type === 'group.created'),
    );
  });
});
