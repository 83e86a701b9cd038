// What links let through, seen from outside: one school and nothing of the others, national ids and addresses by their own scopes alone, protected
// persons without a trace of where they are, and every change of a link at the next request of a token that was given before it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { temporaryPlace } from '../../e2e/place.ts';
import { hubBundles } from '../../model/models.ts';
import { clientOf, itemsIn, type Client, type Item } from './reads/client.ts';
import { startVfsWorld, type VfsWorld } from './vfs-world.ts';

const place = await temporaryPlace();
let world: VfsWorld;
let all: Client;

const reading = [...hubBundles().bundles.keys()].filter((scope) => /\.read$|lmsexport$/.test(scope)).toSorted();

before(
  async () => {
    world = await startVfsWorld(place, ['lms'], ['school', 'bare', 'cleared', 'changing', 'events']);
    all = clientOf(await world.as('lms'));
  },
  { timeout: 120_000 },
);
after(async () => {
  await world?.close();
  await place.remove();
});

/** Every list, with all that can be asked for beside it. */
const lists = [
  '/pupils?status=all&limit=500&include=guardians,school,class,groups,sfo,history',
  '/guardians?limit=500',
  '/employees?limit=500&include=groups,access-groups,school',
  '/groups?limit=500&include=school',
  '/metadata/schools',
];

const textOf = (items: readonly Item[]): string => JSON.stringify(items);

/** Pupils who neither go to a school nor have gone there: rows of a school are those of its former pupils too. */
const strangersTo = async (schoolId: string): Promise<readonly Item[]> =>
  (await all.all('/pupils?limit=500&include=history')).filter(
    (one) =>
      ![...itemsIn(one, 'enrolments'), ...itemsIn(one, 'pastEnrolments')].some((each) => each['schoolId'] === schoolId),
  );

/** A refusal without the id of the request and the name of the resource. */
const nameless = (text: string): string => text.replaceAll(/[0-9a-f-]{36}/g, '').replaceAll(/pupils\/[\w-]{22}/g, '');

const idsIn = (items: readonly Item[]): ReadonlySet<string> => new Set(items.map(({ id }) => String(id)));

describe('a link to one school', () => {
  let mine: Client;
  let schools: readonly Item[];
  before(async () => {
    await world.link('school', { scopes: reading, schools: [world.world.known.schools[0]?.systemId ?? ''] });
    mine = clientOf(await world.as('school'));
    schools = await all.all('/metadata/schools');
  });

  it('shows that school and its pupils, and nothing of the others, in no list', async () => {
    const [own, ...others] = schools;
    const seen = await Promise.all(lists.map((one) => mine.all(one)));
    const pupils = await all.all(`/pupils?schoolId=${String(own?.['id'])}&limit=500`);
    const whole = await all.all('/pupils?limit=500');
    assert.deepEqual(idsIn(await mine.all('/pupils?limit=500')), idsIn(pupils));
    assert.ok(pupils.length > 50 && pupils.length < whole.length);
    const elsewhere = await strangersTo(String(own?.['id']));
    assert.ok(elsewhere.length > 50);
    const text = seen.map(textOf).join('');
    assert.ok(others.length >= 3);
    for (const { id, name } of others)
      for (const hidden of [id, name]) assert.equal(text.includes(String(hidden)), false, String(hidden));
    for (const { id, pupilNumber } of elsewhere) {
      assert.equal(text.includes(String(id)), false);
      assert.equal(text.includes(String(pupilNumber)), false);
    }
  });

  it('answers for a pupil of another school as for one who is not there, also by filters', async () => {
    const [own, other] = schools;
    const [stranger] = await strangersTo(String(own?.['id']));
    const answer = await mine.get(`/pupils/${String(stranger?.['id'])}`);
    const nobody = await mine.get(`/pupils/${'A'.repeat(22)}`);
    assert.deepEqual([answer.status, nobody.status], [404, 404]);
    assert.equal(nameless(answer.text), nameless(nobody.text));
    assert.deepEqual(await mine.all(`/pupils?schoolId=${String(other?.['id'])}`), []);
    assert.ok((await mine.all(`/pupils?schoolId=${String(own?.['id'])}`)).length > 0);
  });

  it('shows of a pupil at two schools the one school', async () => {
    const { fodselsnummer } = world.world.known.pupils.twoSchools;
    const id = await all.idOf('pupils', fodselsnummer);
    const [whole, part] = [await all.get(`/pupils/${id}`), await mine.get(`/pupils/${id}`)];
    assert.deepEqual([whole.status, part.status], [200, 200]);
    assert.equal(itemsIn(JSON.parse(whole.text) as Item, 'enrolments').length, 2);
    const enrolments = itemsIn(JSON.parse(part.text) as Item, 'enrolments');
    assert.equal(enrolments.length, 1);
    assert.equal(enrolments[0]?.['schoolId'], schools[0]?.['id']);
  });
});

describe('scopes', () => {
  it('that read show no national id and no address, however many they are', async () => {
    await world.link('bare', { scopes: reading });
    const bare = clientOf(await world.as('bare'));
    const text = (await Promise.all(lists.map((one) => bare.all(one)))).map(textOf).join('');
    assert.ok(text.length > 200_000);
    let persons = 0;
    for (const { collection, entries } of world.world.collections) {
      if (!collection.endsWith('/person')) continue;
      for (const { resource } of entries()) {
        const { fodselsnummer, bostedsadresse } = resource as {
          readonly fodselsnummer: { readonly identifikatorverdi: string };
          readonly bostedsadresse?: { readonly adresselinje?: readonly string[] };
        };
        persons += 1;
        assert.equal(text.includes(`"${fodselsnummer.identifikatorverdi}"`), false);
        for (const line of bostedsadresse?.adresselinje ?? []) assert.equal(text.includes(`"${line}"`), false, line);
      }
    }
    assert.ok(persons > 500);
  });

  it('of a token narrow what the link opens', async () => {
    const some = clientOf(await world.as('lms', ['vfs:pupils.read', 'vfs:pupils.nin']));
    const [pupil] = await some.all('/pupils?limit=500&include=guardians');
    assert.ok(pupil !== undefined && !('guardians' in pupil) && !('addressLines' in pupil));
    assert.equal((await some.get('/employees')).status, 403);
    assert.equal((await some.get('/events')).status, 403);
  });
});

describe('a link with clearance', () => {
  it('shows the protected with their grade, and never where they live or how they are reached', async () => {
    await world.link('cleared', { clearance: 3 });
    const cleared = clientOf(await world.as('cleared'));
    const known = world.world.known.protected;
    for (const one of [known.strictPupil, known.confidentialPupil]) {
      assert.equal((await all.lookup('pupils', one.nationalId)).status, 404);
      const id = await cleared.idOf('pupils', one.nationalId);
      const pupil = await cleared.one(`/pupils/${id}?include=school,class`);
      assert.ok(['confidential', 'strictly-confidential'].includes(String(pupil['protectionGrade'])), textOf([pupil]));
      assert.ok(String(pupil['fullName']).length > 3);
      for (const hidden of ['addressLines', 'postalCode', 'postalPlace', 'municipality', 'email', 'mobile'])
        assert.equal(hidden in pupil, false, hidden);
    }
    const plain = await cleared.idOf('pupils', world.world.known.pupils.ordinary.fodselsnummer);
    assert.ok('addressLines' in (await cleared.one(`/pupils/${plain}`)), 'others are shown as ever');
  });
});

describe('a change of a link', () => {
  it('counts at the next request, for tokens given before it', async () => {
    await world.link('changing');
    const client = clientOf(await world.as('changing'));
    const [school] = world.world.known.schools;
    const pupils = (await client.all('/pupils?limit=500')).length;
    assert.equal((await client.get('/guardians?limit=1')).status, 200);
    await world.link('changing', {
      scopes: ['vfs:guardians.read', 'vfs:pupils.read'],
      schools: [school?.systemId ?? ''],
    });
    const fewer = await client.all('/pupils?limit=500&include=groups');
    assert.ok(fewer.length > 0 && fewer.length < pupils);
    assert.ok(fewer.every((one) => !('nin' in one)));
    await world.link('changing', { scopes: ['vfs:pupils.read'] });
    assert.equal((await client.all('/pupils?limit=500')).length, pupils);
    const answer = await client.get('/guardians?limit=1');
    assert.ok(answer.status !== 200 || itemsIn(JSON.parse(answer.text) as Item, 'items').length === 0, answer.text);
    await world.link('changing', { endedAt: 1 });
    const ended = await client.get('/pupils?limit=1');
    assert.ok(ended.status === 401 || ended.status === 404, `${ended.status} ${ended.text}`);
    await assert.rejects(world.as('changing'));
  });
});
