// Groups, memberships, employees, access, metadata and timetables of the sandbox municipality as a client reads them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { temporaryPlace } from '../../../e2e/place.ts';
import { startVfsWorld, today, valueOf, type VfsWorld } from '../vfs-world.ts';
import { clientOf, itemsIn, partOf, textsOf, type Client, type Item } from './client.ts';

const place = await temporaryPlace();
let world: VfsWorld;
let lms: Client;
let schools: readonly Item[] = [];

before(
  async () => {
    world = await startVfsWorld(place, ['lms']);
    lms = clientOf(await world.as('lms'));
    schools = await lms.all('/metadata/schools');
  },
  { timeout: 120_000 },
);
after(async () => {
  await world?.close();
  await place.remove();
});

const schoolId = (number: string): string => String(schools.find((one) => one['number'] === number)?.['id']);

const weekday = (day: number): string => {
  const now = Date.parse(`${today()}T00:00:00Z`);
  const back = (new Date(now).getUTCDay() + 6) % 7;
  return new Date(now + (day - back) * 86_400_000).toISOString().slice(0, 10);
};

describe('groups', () => {
  it('are of five types, each found by its type', async () => {
    const all = await lms.all('/groups?limit=500');
    assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
    let sum = 0;
    for (const type of ['class', 'contact-group', 'teaching-group', 'sfo-group', 'school-group']) {
      const some = await lms.all(`/groups?type=${type}&limit=40`);
      assert.ok(some.length > 0, type);
      for (const one of some) assert.equal(one['type'], type);
      sum += some.length;
    }
    assert.equal(sum, all.length);
  });

  it('are those of a school, a kind, a subject and a school year, in use or not', async () => {
    const school = schoolId('99201');
    const classes = await lms.all(`/groups?type=class&schoolId=${school}&active=true&include=school`);
    assert.deepEqual(
      textsOf(classes, 'name').map((name) => name.slice(0, -1)),
      ['1', '2', '3', '4', '5', '6', '7'],
    );
    for (const one of classes) assert.deepEqual([one['schoolId'], partOf(one, 'school')['number']], [school, '99201']);
    const earlier = await lms.all(`/groups?type=class&schoolId=${school}&active=false`);
    assert.equal(earlier.length, classes.length);
    const [from = 0] = String(classes[0]?.['schoolYear']).split('/').map(Number);
    for (const one of earlier) assert.equal(one['schoolYear'], `${from - 1}/${from}`);
    assert.deepEqual(await lms.all(`/groups?type=class&schoolId=${school}&schoolYear=${from - 1}/${from}`), earlier);
    const mathematics = await lms.all('/groups?subjectCode=MAT0005');
    assert.ok(mathematics.length >= 1);
    for (const one of mathematics)
      assert.deepEqual([one['type'], textsOf(itemsIn(one, 'subjects'), 'code')], ['teaching-group', ['MAT0005']]);
    const councils = await lms.all('/groups?kind=ELEVRAD');
    assert.equal(councils.length, schools.length);
    assert.deepEqual(await lms.all('/groups?type=class&kind=ELEVRAD'), []);
    const sfo = await lms.all(`/groups?type=sfo-group&schoolId=${school}`);
    assert.equal(sfo.length, 2);
    for (const one of sfo) assert.ok(itemsIn(one, 'employees').length > 0);
  });

  it('have members by role: pupils, their guardians who have rights, and staff', async () => {
    const { ordinary } = world.world.known.pupils;
    const pupil = await lms.one(`/pupils/${await lms.idOf('pupils', ordinary.fodselsnummer)}?include=guardians`);
    const classId = String(itemsIn(itemsIn(pupil, 'enrolments')[0], 'classes')[0]?.['classId']);
    const [everybody, pupils, guardians, staff] = [
      await lms.all(`/groups/${classId}/members?limit=5`),
      await lms.all(`/groups/${classId}/members?role=pupil`),
      await lms.all(`/groups/${classId}/members?role=guardian`),
      await lms.all(`/groups/${classId}/members?role=employee`),
    ];
    assert.deepEqual(textsOf(pupils, 'pupilId'), textsOf(await lms.all(`/pupils?classId=${classId}&limit=500`), 'id'));
    assert.ok(pupils.every((one) => one['role'] === 'pupil' && one['groupId'] === classId && one['active'] === true));
    const own = guardians.filter(({ childId }) => childId === pupil['id']);
    assert.deepEqual(textsOf(own, 'guardianId'), textsOf(itemsIn(pupil, 'guardians'), 'guardianId'));
    assert.equal(staff.length, 1);
    assert.equal(everybody.length, pupils.length + guardians.length + staff.length);
    // The blocked guardian of the first level is none of a class.
    const blocked = await lms.idOf('pupils', world.world.known.pupils.blockedGuardian.fodselsnummer);
    const child = await lms.one(`/pupils/${blocked}`);
    const first = String(itemsIn(itemsIn(child, 'enrolments')[0], 'classes')[0]?.['classId']);
    const shown = (await lms.all(`/groups/${first}/members?role=guardian`)).filter(
      ({ childId }) => childId === blocked,
    );
    assert.equal(shown.length, 1);
  });

  it('of the school have pupils, guardians and employees with roles', async () => {
    const [committee] = await lms.all(`/groups?kind=SU&schoolId=${schoolId('99201')}`);
    const members = await lms.all(`/groups/${String(committee?.['id'])}/members`);
    const roles = new Set(members.map((one) => one['role']));
    assert.deepEqual([...roles].toSorted(), ['employee', 'guardian', 'pupil']);
    for (const role of ['pupil', 'guardian', 'employee'])
      for (const one of await lms.all(`/groups/${String(committee?.['id'])}/members?role=${role}`)) {
        assert.equal(one['role'], role);
        assert.equal(typeof one[`${role}Id`], 'string');
        assert.ok(String(one['fullName']).length > 3);
      }
    assert.ok(members.some((one) => one['groupRole'] === 'LEDER'));
  });

  it('of language training show who is in them to those with a grant for it alone', async () => {
    const [training] = await lms.all(`/groups?kind=SPRAK&schoolId=${schoolId('99201')}`);
    const members = `/groups/${String(training?.['id'])}/members?role=pupil`;
    const pupil = await lms.idOf('pupils', world.world.known.pupils.languageTraining.fodselsnummer);
    const asked = `/pupils/${pupil}?include=language-training`;
    const bare = clientOf(await world.as('lms', ['vfs:groups.read', 'vfs:pupils.read']));
    assert.deepEqual(await bare.all(members), []);
    assert.equal('languageTraining' in (itemsIn(await bare.one(asked), 'enrolments')[0] ?? {}), false);
    const told = await bare.all(`/memberships?pupilId=${pupil}`);
    assert.ok(told.length > 5 && told.every((one) => one['groupKind'] !== 'SPRAK'));
    const trusted = clientOf(await world.as('lms', ['vfs:groups.read', 'vfs:pupils.read', 'vfs:pupils.language']));
    assert.ok((await trusted.all(members)).some(({ pupilId }) => pupilId === pupil));
    const [enrolment] = itemsIn(await trusted.one(asked), 'enrolments');
    assert.deepEqual(textsOf(itemsIn(enrolment, 'languageTraining'), 'groupId'), [training?.['id']]);
  });

  it('do not hold those who are protected', async () => {
    const { strictPupil, confidentialPupil, guardianOfOrdinaryPupil } = world.world.known.protected;
    const names = [strictPupil, confidentialPupil, guardianOfOrdinaryPupil].map(({ fullName }) => fullName.join(' '));
    let told = '';
    for (const { id } of await lms.all('/groups?type=class&active=true&limit=500'))
      told += (await lms.get(`/groups/${String(id)}/members?limit=500`)).text;
    for (const { id } of await lms.all('/groups?kind=FORESATTE&limit=500'))
      told += (await lms.get(`/groups/${String(id)}/members?limit=500`)).text;
    assert.ok(told.length > 50_000);
    for (const name of names) assert.equal(told.includes(`"${name}"`), false);
  });
});

describe('memberships', () => {
  it('are walked page by page, each once, each of somebody in some group', async () => {
    const all = await lms.all('/memberships?limit=500');
    assert.ok(all.length > 2_500, String(all.length));
    assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
    for (const one of all) {
      assert.equal(typeof one['groupId'], 'string');
      assert.equal(typeof one[`${String(one['role'])}Id`], 'string', JSON.stringify(one));
    }
    const [some] = all;
    assert.deepEqual(await lms.one(`/memberships/${String(some?.['id'])}`), some);
  });

  it('are those of a guardian, an employee, a type', async () => {
    const guardian = (await lms.all('/memberships?role=guardian&limit=5')).find(({ guardianId }) => guardianId);
    const own = await lms.all(`/memberships?guardianId=${String(guardian?.['guardianId'])}`);
    assert.ok(own.length > 0 && own.every((one) => one['guardianId'] === guardian?.['guardianId']));
    const employee = (await lms.all('/memberships?role=employee')).find(({ employeeId }) => employeeId);
    const theirs = await lms.all(`/memberships?employeeId=${String(employee?.['employeeId'])}`);
    assert.ok(theirs.length > 0 && theirs.every((one) => one['role'] === 'employee'));
    for (const one of await lms.all('/memberships?groupType=sfo-group&active=true'))
      assert.deepEqual([one['groupType'], one['active']], ['sfo-group', true]);
  });
});

describe('employees', () => {
  it('have their positions, those of several schools too', async () => {
    const { headOfTwoSchools, teacherInSfo, withoutSchool } = world.world.known.employees;
    const head = await lms.one(
      `/employees/${await lms.idOf('employees', headOfTwoSchools.fodselsnummer)}?include=school`,
    );
    assert.deepEqual(
      itemsIn(head, 'positions').map((one) => [
        partOf(one, 'school')['number'],
        one['kind'],
        one['percentage'],
        one['main'],
      ]),
      [
        ['99201', 'REKTOR', 60, true],
        ['99203', 'REKTOR', 40, false],
      ],
    );
    assert.match(String(head['workEmail']), /@tindvag\.test$/);
    assert.deepEqual([head['active'], head['employeeNumber']], [true, headOfTwoSchools.ansattnummer]);
    const teacher = valueOf(await lms.lookup('employees', teacherInSfo.fodselsnummer));
    assert.deepEqual(textsOf(itemsIn(teacher, 'positions'), 'kind'), ['LAERER', 'SFOANSATT']);
    const office = valueOf(await lms.lookup('employees', withoutSchool.fodselsnummer));
    assert.equal(itemsIn(office, 'positions').length, 0);
    const { items } = await lms.one(`/employees/${String(head['id'])}/positions?active=true`);
    assert.equal((items as readonly Item[]).length, 2);
    const [position] = items as readonly Item[];
    const alone = await lms.one(`/employees/${String(head['id'])}/positions/${String(position?.['id'])}`);
    assert.equal(alone['employeeId'], head['id']);
    assert.equal(
      (await lms.get(`/employees/${String(office['id'])}/positions/${String(position?.['id'])}`)).status,
      404,
    );
  });

  it('are listed, by school, name and words of it', async () => {
    const all = await lms.all('/employees?limit=20');
    assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
    // All but the one who is protected.
    assert.equal(all.length, (await lms.all('/employees?active=true&limit=500')).length);
    assert.deepEqual(await lms.all('/employees?active=false'), []);
    const school = schoolId('99203');
    const staff = await lms.all(`/employees?schoolId=${school}`);
    assert.ok(staff.length >= 2);
    for (const one of staff) assert.ok(itemsIn(one, 'positions').some((position) => position['schoolId'] === school));
    const [one] = all;
    const [given, family] = [String(one?.['givenName']), String(one?.['familyName'])];
    for (const query of [
      `q=${encodeURIComponent(`${family.slice(0, 3)} ${given.slice(0, 2)}`)}`,
      `firstName=${encodeURIComponent(given)}&lastName=${encodeURIComponent(family)}`,
    ])
      assert.ok(
        (await lms.all(`/employees?${query}`)).some(({ id }) => id === one?.['id']),
        query,
      );
    assert.deepEqual(await lms.all('/employees?q=qqqq'), []);
    const { confidentialTeacher } = world.world.known.protected;
    assert.equal(JSON.stringify(all).includes(confidentialTeacher.fullName.join(' ')), false);
    assert.equal((await lms.lookup('employees', confidentialTeacher.nationalId)).status, 404);
  });

  it('have groups and access, at a school and in the whole municipality', async () => {
    const { teacher, guestAtSchool } = world.world.known.employees;
    const id = await lms.idOf('employees', teacher.fodselsnummer);
    const groups = await lms.all(`/employees/${id}/groups`);
    assert.ok(groups.some((one) => one['type'] === 'class') && groups.some((one) => one['type'] === 'teaching-group'));
    for (const group of groups) {
      const inCharge = itemsIn(group, 'employees').some(({ employeeId }) => employeeId === id);
      const members = inCharge ? [] : await lms.all(`/groups/${String(group['id'])}/members?role=employee`);
      assert.ok(inCharge || members.some(({ employeeId }) => employeeId === id), JSON.stringify(group));
    }
    const guest = await lms.idOf('employees', guestAtSchool.fodselsnummer);
    const { items } = await lms.one(`/employees/${guest}/access-groups`);
    const access = items as readonly Item[];
    assert.deepEqual(textsOf(access, 'code'), ['K-LES', 'S-GJEST']);
    const [whole] = access.filter(({ level }) => level === 'municipality');
    const [there] = access.filter(({ level }) => level === 'school');
    assert.equal(whole !== undefined && 'schoolId' in whole, false);
    const at = `/employees/${guest}/access-groups/${String(there?.['accessGroupId'])}`;
    assert.equal((await lms.one(`${at}?schoolId=${String(there?.['schoolId'])}`))['id'], there?.['id']);
    assert.equal((await lms.get(at)).status, 404);
    assert.equal((await lms.get(`${at}?schoolId=${schoolId('99204')}`)).status, 404);
    const shown = await lms.one(`/employees/${guest}?include=access-groups`);
    assert.deepEqual(
      itemsIn(shown, 'accessGroups').map(({ id: own }) => own),
      access.map(({ id: own }) => own),
    );
  });
});

describe('metadata', () => {
  it('tells of schools, owner, school years and access groups with rules', async () => {
    assert.deepEqual(
      schools.map((one) => one['number']),
      ['99201', '99202', '99203', '99204'],
    );
    const owner = await lms.one('/metadata/organization');
    assert.deepEqual([owner['name'], owner['municipalityNumber']], ['Tindvåg kommune', '9921']);
    assert.equal((owner['openSchoolYears'] as readonly string[]).length, 4);
    assert.deepEqual(textsOf(itemsIn(owner, 'schools'), 'schoolId'), textsOf(schools, 'id'));
    const years = await lms.all('/metadata/school-years');
    assert.equal(years.filter(({ current }) => current === true).length, 1);
    const groups = await lms.all('/metadata/access-groups');
    const admin = groups.find(({ code }) => code === 'S-ADMIN');
    assert.deepEqual(
      [admin?.['level'], admin?.['requiresPosition'], admin?.['positionKinds']],
      ['school', true, ['REKTOR', 'INSPEKTOR', 'KONTOR']],
    );
  });

  it('tells of the subjects of the school year that runs, and of no other year', async () => {
    const now = await lms.all('/metadata/subjects?limit=500');
    assert.ok(now.length > 30);
    for (const one of now) assert.match(String(one['code']), /^[A-ZÆØÅ]{3}\d{4}$/);
    const school = schoolId('99202');
    const there = await lms.all(`/metadata/subjects?schoolId=${school}`);
    assert.ok(there.length > 5 && there.every((one) => (one['schoolIds'] as readonly string[]).includes(school)));
    assert.deepEqual(await lms.all('/metadata/subjects?schoolYear=2019/2020'), []);
  });

  it('tells codes in three languages', async () => {
    const { items } = await lms.one('/metadata/code-lists');
    for (const { name } of items as readonly Item[]) {
      const codes = await lms.all(`/metadata/code-lists/${String(name)}`);
      assert.ok(codes.length > 0, String(name));
      for (const one of codes) assert.equal(typeof one['nb'], 'string');
    }
    const roles = await lms.all('/metadata/code-lists/guardian-roles');
    const guardian = roles.find(({ code }) => code === 'VERGE');
    assert.deepEqual([guardian?.['nb'], guardian?.['nn'], guardian?.['en']], ['Verge', 'Verje', 'Legal guardian']);
    assert.equal((await lms.get('/metadata/code-lists/colours')).status, 404);
  });
});

const period = (): string => `from=${weekday(0)}&to=${weekday(6)}`;

describe('timetables', () => {
  it('are of a class, a pupil, an employee and a school', async () => {
    const { ordinary } = world.world.known.pupils;
    const pupil = await lms.one(`/pupils/${await lms.idOf('pupils', ordinary.fodselsnummer)}`);
    const classId = String(itemsIn(itemsIn(pupil, 'enrolments')[0], 'classes')[0]?.['classId']);
    const ofClass = await lms.all(`/timetables?groupId=${classId}&${period()}`);
    const ofPupil = await lms.all(`/pupils/${String(pupil['id'])}/timetable?${period()}`);
    assert.ok(ofClass.length >= 10, String(ofClass.length));
    assert.deepEqual(textsOf(ofPupil, 'id'), textsOf(ofClass, 'id'));
    for (const one of ofClass) {
      assert.match(String(one['start']), /^\d{4}-\d{2}-\d{2}T(?:08|09|10|11|12|13|14):\d{2}:00\+0[12]:00$/);
      assert.ok(String(one['start']).slice(0, 10) >= weekday(0) && String(one['start']).slice(0, 10) <= weekday(6));
      assert.ok(itemsIn(one, 'rooms').length === 1 && itemsIn(one, 'teachers').length === 1, JSON.stringify(one));
      assert.ok(['planned', 'cancelled', 'moved'].includes(String(one['status'])));
    }
    const [{ teachers: [teacher] = [] } = {}] = ofClass as readonly { readonly teachers?: readonly Item[] }[];
    const ofTeacher = await lms.all(`/timetables?employeeId=${String(teacher?.['employeeId'])}&${period()}`);
    assert.ok(ofTeacher.length > 0);
    for (const one of ofTeacher)
      assert.ok(itemsIn(one, 'teachers').some(({ employeeId }) => employeeId === teacher?.['employeeId']));
    const ofSchool = await lms.all(`/timetables?schoolId=${schoolId('99201')}&${period()}&limit=50`);
    assert.ok(ofSchool.length > ofClass.length);
    assert.equal(new Set(ofSchool.map(({ id }) => id)).size, ofSchool.length);
    const day = await lms.all(`/timetables?groupId=${classId}&from=${weekday(1)}&to=${weekday(1)}`);
    assert.ok(day.length > 0 && day.length < ofClass.length);
  });

  it('of the pupil at two schools hold lessons at both', async () => {
    const id = await lms.idOf('pupils', world.world.known.pupils.twoSchools.fodselsnummer);
    const lessons = await lms.all(`/timetables?pupilId=${id}&${period()}`);
    assert.equal(new Set(lessons.map((one) => one['schoolId'])).size, 2);
    const guest = lessons.filter((one) => one['schoolId'] === schoolId('99204'));
    assert.equal(new Set(guest.flatMap((one) => textsOf(itemsIn(one, 'subjects'), 'name'))).size, 1);
  });

  it('of whoever is protected are not there', async () => {
    const { strictPupil } = world.world.known.protected;
    const bare = clientOf(await world.as('lms', ['vfs:timetable.read']));
    assert.equal((await lms.lookup('pupils', strictPupil.nationalId)).status, 404);
    const text = (await bare.get(`/timetables?schoolId=${schoolId('99201')}&${period()}&limit=500`)).text;
    assert.equal(text.includes(world.world.known.protected.confidentialTeacher.fullName.join(' ')), false);
  });

  it('come as a calendar too', async () => {
    const id = await lms.idOf('pupils', world.world.known.pupils.ordinary.fodselsnummer);
    const lessons = await lms.all(`/timetables?pupilId=${id}&${period()}`);
    const answer = await lms.get(`/timetables.ics?pupilId=${id}&${period()}`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'text/calendar; charset=utf-8');
    assert.equal(answer.text.split('BEGIN:VEVENT').length - 1, lessons.length);
    for (const line of answer.text.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, line);
    const [first] = lessons;
    const start = new Date(String(first?.['start'])).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
    assert.ok(answer.text.includes(`DTSTART:${start}\r\n`));
  });
});
