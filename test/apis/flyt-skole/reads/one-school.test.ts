// An application that is let in at one school sees that school alone: not the other school of a pupil who goes to two, not a sibling elsewhere, no staff
// and no groups of other schools, by lists, by ids, in events.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { temporaryPlace } from '../../../e2e/place.ts';
import { startVfsWorld, valueOf, type VfsWorld } from '../vfs-world.ts';
import { clientOf, itemsIn, partOf, textsOf, type Client, type Item } from './client.ts';

const place = await temporaryPlace();
let world: VfsWorld;
let whole: Client;
let school: Client;
let schoolId = '';

before(
  async () => {
    world = await startVfsWorld(place, ['lms', 'school']);
    await world.link('school', { schools: ['SK99201'] });
    whole = clientOf(await world.as('lms'));
    school = clientOf(await world.as('school'));
    schoolId = String((await whole.all('/metadata/schools')).find((one) => one['number'] === '99201')?.['id']);
  },
  { timeout: 120_000 },
);
after(async () => {
  await world?.close();
  await place.remove();
});

const idsOf = (items: readonly Item[]): readonly string[] => textsOf(items, 'id');

/** A pupil who has never gone to the school. */
const neverHere = async (more = ''): Promise<Item> => {
  const elsewhere = (await whole.all('/metadata/schools')).find((one) => one['number'] === '99204');
  const pupils = await whole.all(`/pupils?schoolId=${String(elsewhere?.['id'])}&limit=500${more}`);
  // Those who are unusual begin with the lowest numbers.
  const found = pupils.find((one) => Number(String(one['pupilNumber']).slice(-4)) > 10);
  assert.ok(found !== undefined);
  return found;
};

describe('an application of one school', () => {
  it('sees the same ids as everybody, and the one school', async () => {
    assert.deepEqual(idsOf(await school.all('/metadata/schools')), [schoolId]);
    const owner = await school.one('/metadata/organization');
    assert.deepEqual(textsOf(itemsIn(owner, 'schools'), 'schoolId'), [schoolId]);
  });

  it('sees the pupils of the school, and of them what is at the school', async () => {
    const own = await school.all('/pupils?limit=500&include=class,school,groups');
    assert.deepEqual(idsOf(own), idsOf(await whole.all(`/pupils?schoolId=${schoolId}&limit=500`)));
    for (const one of own)
      for (const enrolment of itemsIn(one, 'enrolments')) assert.equal(enrolment['schoolId'], schoolId);
    const { twoSchools } = world.world.known.pupils;
    const pupil = valueOf(await school.lookup('pupils', twoSchools.fodselsnummer));
    assert.equal(itemsIn(pupil, 'enrolments').length, 1);
    const other = await neverHere();
    assert.equal((await school.get(`/pupils/${String(other['id'])}`)).status, 404);
    assert.equal((await school.lookup('pupils', String(other['nin']))).status, 404);
    const lessons = await school.all(`/pupils/${String(pupil['id'])}/timetable?limit=500`);
    assert.ok(lessons.length > 0 && lessons.every((one) => one['schoolId'] === schoolId));
  });

  it('sees the guardians of its pupils, and no others', async () => {
    const guardians = await school.all('/guardians?limit=500');
    const here = new Set(idsOf(await school.all('/pupils?status=all&limit=500')));
    for (const one of guardians)
      for (const child of itemsIn(one, 'children')) assert.ok(here.has(String(child['pupilId'])));
    const known = new Set(idsOf(guardians));
    for (const id of idsOf(await whole.all(`/guardians?schoolId=${schoolId}&limit=500`))) assert.ok(known.has(id));
    const other = await neverHere('&include=guardians');
    const [guardian] = itemsIn(other, 'guardians');
    assert.equal(known.has(String(guardian?.['guardianId'])), false);
    assert.equal((await school.get(`/guardians/${String(guardian?.['guardianId'])}`)).status, 404);
    assert.equal((await school.get(`/pupils/${String(other['id'])}/guardians`)).status, 404);
  });

  it('sees the groups, members and staff of the school', async () => {
    const groups = await school.all('/groups?limit=500');
    assert.deepEqual(idsOf(groups), idsOf(await whole.all(`/groups?schoolId=${schoolId}&limit=500`)));
    const other = (await whole.all('/groups?type=class&limit=500')).find((one) => one['schoolId'] !== schoolId);
    assert.equal((await school.get(`/groups/${String(other?.['id'])}`)).status, 404);
    assert.equal((await school.get(`/groups/${String(other?.['id'])}/members`)).status, 404);
    const staff = await school.all('/employees?limit=500&include=school');
    assert.ok(staff.length > 10 && staff.length < (await whole.all('/employees?limit=500')).length);
    for (const one of staff)
      for (const position of itemsIn(one, 'positions')) assert.equal(partOf(position, 'school')['number'], '99201');
    const head = valueOf(await school.lookup('employees', world.world.known.employees.headOfTwoSchools.fodselsnummer));
    assert.equal(itemsIn(head, 'positions').length, 1);
  });

  it('finds nothing by asking for another school', async () => {
    const elsewhere = (await whole.all('/metadata/schools')).map(({ id }) => String(id)).find((id) => id !== schoolId);
    for (const list of ['/pupils', '/guardians', '/groups', '/employees', '/memberships'])
      assert.deepEqual(await school.all(`${list}?schoolId=${String(elsewhere)}`), [], list);
    assert.equal((await school.get(`/timetables?schoolId=${String(elsewhere)}`)).status, 404);
    assert.equal((await school.get(`/metadata/schools/${String(elsewhere)}`)).status, 404);
  });
});
