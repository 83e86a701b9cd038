// What the reading operations refuse, and that a refusal tells nothing: national ids in addresses, ids of others, cursors of others, filters and
// values that do not exist.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { systemRandom } from '#base/random.ts';
import type { Sealing } from '#hub/documents/document.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { nobodysNumbers } from '../../../base/nobodys-numbers.ts';
import type { Answer } from '../../../e2e/caller.ts';
import { temporaryPlace } from '../../../e2e/place.ts';
import { startVfsWorld, valueOf, type VfsWorld } from '../vfs-world.ts';
import { clientOf, itemsIn, type Client, type Item } from './client.ts';

const place = await temporaryPlace();
let world: VfsWorld;
let lms: Client;
let other: Client;
let sealing: Sealing;

before(
  async () => {
    world = await startVfsWorld(place, ['lms', 'other']);
    lms = clientOf(await world.as('lms'));
    other = clientOf(await world.as('other'));
    sealing = await createSealing(world.hub.platform, systemRandom);
  },
  { timeout: 120_000 },
);
after(async () => {
  await world?.close();
  await place.remove();
});

const send = async (body: string, type = 'application/json'): Promise<number> =>
  (await (await world.as('lms')).send('POST', '/vfs/v1/pupils/lookup', { headers: { 'content-type': type }, body }))
    .status;

const problemOf = (answer: Answer, status: number, code: string): Item => {
  const value = valueOf(answer, status);
  assert.equal(value['code'], code, answer.text);
  assert.equal(answer.headers['content-type'], 'application/problem+json');
  return value;
};

/** What names a request is another in each. */
const withoutName = ({ text }: Answer): Item => {
  const { instance: _instance, requestId: _requestId, ...rest } = JSON.parse(text) as Item;
  return rest;
};

describe('a national id in an address', () => {
  it('is refused wherever it stands, and not repeated', async () => {
    const { fodselsnummer } = world.world.known.pupils.ordinary;
    for (const address of [
      `/pupils/${fodselsnummer}`,
      `/pupils?firstName=${fodselsnummer}`,
      `/pupils?nin=${fodselsnummer}`,
      `/employees?q=${fodselsnummer.slice(0, 6)}%20${fodselsnummer.slice(6)}`,
      `/guardians/${fodselsnummer}/children`,
    ]) {
      const answer = await lms.get(address);
      problemOf(answer, 400, 'HUB-111');
      assert.equal(answer.text.includes(fodselsnummer), false);
    }
  });

  it('of a real kind is refused in a body too, in the sandbox', async () => {
    const [number = ''] = nobodysNumbers(1);
    const answer = await lms.lookup('pupils', number);
    problemOf(answer, 422, 'HUB-417');
    assert.equal(answer.text.includes(number), false);
  });
});

describe('an id that is not of this organisation, or of nothing', () => {
  it('is answered as what is not there, byte for byte', async () => {
    const [pupil] = await lms.all('/pupils?limit=500');
    const own = String(pupil?.['id']);
    const uid = sealing.readId(world.organisation, own);
    assert.ok(uid !== null);
    const foreign = sealing.id('nabo.test', uid);
    assert.notEqual(foreign, own);
    const nothing = sealing.id(world.organisation, uid + 1_000_000_000);
    const [guardian] = await lms.all('/guardians?limit=500');
    for (const address of ['/pupils/{id}', '/pupils/{id}/guardians', '/pupils/{id}/groups', '/pupils/{id}/timetable']) {
      const told: Item[] = [];
      for (const id of [foreign, nothing, String(guardian?.['id']), 'AAAA', 'x'.repeat(64)]) {
        const answer = await lms.get(address.replace('{id}', id));
        problemOf(answer, 404, 'HUB-204');
        told.push(withoutName(answer));
      }
      for (const one of told) assert.deepEqual(one, told[0]);
    }
    for (const address of [
      `/groups/${own}`,
      `/groups/${own}/members`,
      `/employees/${own}`,
      `/guardians/${own}`,
      `/memberships/${own}`,
      `/metadata/schools/${own}`,
      `/timetables?groupId=${own}`,
      `/timetables?pupilId=${foreign}`,
      `/timetables.ics?schoolId=${foreign}`,
    ])
      problemOf(await lms.get(address), 404, 'HUB-204');
  });

  it('finds nothing as a filter', async () => {
    const foreign = sealing.id('nabo.test', 17);
    assert.deepEqual(await lms.all(`/pupils?schoolId=${foreign}`), []);
    assert.deepEqual(await lms.all(`/pupils?classId=${foreign}&status=all`), []);
    assert.deepEqual(await lms.all(`/groups?schoolId=${foreign}`), []);
    assert.deepEqual(await lms.all(`/memberships?groupId=${foreign}`), []);
  });

  it('is that of a protected person as well', async () => {
    await world.link('other', { clearance: 3 });
    const cleared = clientOf(await world.as('other'));
    const { strictPupil } = world.world.known.protected;
    const seen = valueOf(await cleared.lookup('pupils', strictPupil.nationalId));
    assert.equal(seen['protectionGrade'], 'strictly-confidential');
    const id = String(seen['id']);
    const [enrolment] = itemsIn(seen, 'enrolments');
    const classId = String(itemsIn(enrolment, 'classes')[0]?.['classId']);
    const [mates, all] = [await lms.all(`/pupils?classId=${classId}`), await cleared.all(`/pupils?classId=${classId}`)];
    assert.ok(all.some((one) => one['id'] === id) && mates.every((one) => one['id'] !== id));
    const counts = async (client: Client): Promise<number> =>
      (await client.all(`/groups/${classId}/members?role=pupil`)).length;
    assert.equal((await counts(cleared)) - (await counts(lms)), all.length - mates.length);
    const absent = withoutName(await lms.get('/pupils/AAAA'));
    for (const address of [`/pupils/${id}`, `/pupils/${id}/guardians`, `/pupils/${id}/timetable`]) {
      const answer = await lms.get(address);
      problemOf(answer, 404, 'HUB-204');
      assert.deepEqual(withoutName(answer), absent);
    }
    assert.deepEqual(await lms.all(`/memberships?pupilId=${id}`), []);
    await world.link('other');
  });
});

describe('a cursor', () => {
  it('is good for the same application and the same query alone', async () => {
    const first = valueOf(await lms.get('/pupils?limit=5'));
    const cursor = String(first['next']);
    assert.equal((await lms.get(`/pupils?limit=7&cursor=${cursor}`)).status, 200);
    problemOf(await other.get(`/pupils?limit=5&cursor=${cursor}`), 410, 'HUB-410');
    problemOf(await lms.get(`/pupils?limit=5&level=3&cursor=${cursor}`), 410, 'HUB-410');
    problemOf(await lms.get(`/employees?limit=5&cursor=${cursor}`), 410, 'HUB-410');
    problemOf(await lms.get(`/pupils?cursor=${cursor.slice(0, -2)}AA`), 410, 'HUB-410');
    problemOf(await lms.get('/pupils?cursor=AAAA'), 410, 'HUB-410');
    problemOf(await lms.get('/pupils?cursor=%00'), 400, 'HUB-103');
  });
});

describe('parameters', () => {
  it('that are not known or not taken are named, with what is taken', async () => {
    for (const [address, at] of [
      ['/pupils?level=14', 'level'],
      ['/pupils?level=0', 'level'],
      ['/pupils?level=five', 'level'],
      ['/pupils?status=gone', 'status'],
      ['/pupils?schoolYear=2026', 'schoolYear'],
      ['/pupils?schoolYear=2026/2028', 'schoolYear'],
      ['/pupils?limit=501', 'limit'],
      ['/pupils?limit=0', 'limit'],
      ['/pupils?fields=shoeSize', 'fields'],
      ['/pupils?include=everything', 'include'],
      ['/pupils?schoolId=..%2F', 'schoolId'],
      ['/pupils?colour=red', 'colour'],
      ['/employees?changedSince=2026-01-01', 'changedSince'],
      ['/employees?active=yes', 'active'],
      ['/groups?type=bagpipe', 'type'],
      ['/timetables?groupId=AAAA&from=2026-11-02T08:00:00', 'from'],
      ['/timetables?groupId=AAAA&from=2026-02-30', 'from'],
      ['/timetables?groupId=AAAA&from=2026-11-02&to=2026-11-01', 'to'],
      ['/timetables?groupId=AAAA&from=2026-08-01&to=2026-09-26', 'to'],
      ['/events?wait=31', 'wait'],
      ['/events?types=cats', 'types'],
    ] as const) {
      const problem = problemOf(await lms.get(address), 400, 'HUB-103');
      assert.deepEqual(
        itemsIn(problem, 'errors').map((one) => one['at']),
        [at],
        address,
      );
    }
    problemOf(await lms.get('/pupils?level=3&level=4'), 400, 'HUB-103');
  });

  it('of a timetable say exactly one of whom it is of', async () => {
    problemOf(await lms.get('/timetables'), 400, 'HUB-103');
    problemOf(await lms.get('/timetables?groupId=AAAA&pupilId=AAAA'), 400, 'HUB-103');
    assert.equal((await lms.get('/timetables?groupId=AAAA&from=2026-08-01&to=2026-09-25')).status, 404);
  });

  it('of a lookup are a body with the number and nothing else', async () => {
    assert.equal(await send('{}'), 400);
    assert.equal(await send('{"nin":"123"}'), 400);
    assert.equal(await send('{"nin":12345678901}'), 400);
    assert.equal(await send('{"nin":"14851461249","more":1}'), 400);
    assert.equal(await send('{"nin"'), 400);
    assert.equal(await send('{"nin":"14851461249"}', 'text/plain'), 415);
    // Well-formed, of nobody here.
    assert.equal(await send('{"nin":"14851461249"}'), 404);
  });
});
