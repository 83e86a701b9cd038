// Pupils and guardians of the sandbox municipality as a client reads them: every case that is unusual, every filter, and nothing of a guardian beyond
// what the relation allows.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { temporaryPlace } from '../../../e2e/place.ts';
import { startVfsWorld, today, valueOf, type VfsWorld } from '../vfs-world.ts';
import { clientOf, itemsIn, partOf, textsOf, type Client, type Item } from './client.ts';

const place = await temporaryPlace();
let world: VfsWorld;
let lms: Client;

before(
  async () => {
    world = await startVfsWorld(place, ['lms']);
    lms = clientOf(await world.as('lms'));
  },
  { timeout: 120_000 },
);
after(async () => {
  await world?.close();
  await place.remove();
});

const pupilOf = async (what: keyof VfsWorld['world']['known']['pupils'], more = ''): Promise<Item> => {
  const id = await lms.idOf('pupils', world.world.known.pupils[what].fodselsnummer);
  return lms.one(`/pupils/${id}${more}`);
};

const named = (first: string, last: string): Promise<readonly Item[]> =>
  lms.all(`/pupils?firstName=${encodeURIComponent(first)}&lastName=${encodeURIComponent(last)}`);

const schoolYear = (): string => {
  const [year = '', month = ''] = today().split('-');
  const from = Number(year) - (Number(month) < 8 ? 1 : 0);
  return `${from}/${from + 1}`;
};

const guardiansOf = async (what: keyof VfsWorld['world']['known']['pupils']): Promise<readonly Item[]> =>
  itemsIn(await pupilOf(what, '?include=guardians'), 'guardians');

describe('one pupil', () => {
  it('shows who it is, and where it goes to school now', async () => {
    const { ordinary } = world.world.known.pupils;
    const pupil = await pupilOf('ordinary', '?include=class,school');
    assert.equal(pupil['pupilNumber'], ordinary.elevnummer);
    assert.equal(pupil['feideName'], ordinary.feidenavn);
    assert.equal(pupil['numberKind'], 'national-id');
    assert.equal(pupil['nin'], ordinary.fodselsnummer);
    assert.equal(pupil['registerStatus'], 'resident');
    assert.equal(pupil['fullName'], `${String(pupil['givenName'])} ${String(pupil['familyName'])}`);
    assert.match(String(pupil['birthDate']), /^\d{4}-\d{2}-\d{2}$/);
    const [enrolment, ...more] = itemsIn(pupil, 'enrolments');
    assert.equal(more.length, 0);
    assert.equal(enrolment?.['level'], ordinary.trinn);
    assert.equal(enrolment?.['schoolYear'], schoolYear());
    assert.equal(enrolment?.['main'], true);
    assert.equal(partOf(enrolment, 'school')['number'], '99201');
    const [inClass] = itemsIn(enrolment, 'classes');
    assert.match(String(partOf(inClass, 'class')['name']), new RegExp(`^${ordinary.trinn}[A-D]$`));
    assert.equal('guardians' in pupil || 'pastEnrolments' in pupil, false);
  });

  it('shows the fields that are asked for, and no others', async () => {
    assert.deepEqual(Object.keys(await pupilOf('ordinary', '?fields=fullName,pupilNumber')), [
      'id',
      'pupilNumber',
      'fullName',
    ]);
    assert.deepEqual(Object.keys(await pupilOf('ordinary', '?fields=guardians')), ['id', 'guardians']);
  });

  it('tells a D-number from a national id, and a number of the school from both', async () => {
    const polish = await pupilOf('dNumber');
    assert.deepEqual(
      [polish['numberKind'], polish['nin']],
      ['d-number', world.world.known.pupils.dNumber.fodselsnummer],
    );
    const { noNumber } = world.world.known.pupils;
    const found = (await lms.all('/pupils?fields=localNumber,nin,numberKind,pupilNumber')).find(
      (one) => one['pupilNumber'] === noNumber.elevnummer,
    );
    assert.deepEqual(
      [found?.['numberKind'], found?.['localNumber'], found?.['nin']],
      ['temporary', noNumber.fodselsnummer, undefined],
    );
  });

  it('is at two schools, one of them the main one', async () => {
    const enrolments = itemsIn(await pupilOf('twoSchools', '?include=school'), 'enrolments');
    assert.deepEqual(enrolments.map((one) => [partOf(one, 'school')['number'], one['main']]).toSorted(), [
      ['99201', true],
      ['99204', false],
    ]);
  });

  it('keeps what has been, for those who ask', async () => {
    const pupil = await pupilOf('changedSchool', '?include=school,history');
    const ended = itemsIn(pupil, 'pastEnrolments');
    assert.ok(ended.length >= 1);
    for (const one of ended) assert.ok(String(one['to']) < today(), JSON.stringify(one));
    for (const one of itemsIn(pupil, 'enrolments')) assert.ok(String(one['to']) >= today());
  });

  it('has left when moved or deceased: no enrolment, and since when', async () => {
    for (const [what, standing] of [
      ['movedAway', 'moved'],
      ['deceased', 'deceased'],
    ] as const) {
      const pupil = await pupilOf(what);
      const { trinn } = world.world.known.pupils[what];
      if (pupil['registerStatus'] === 'resident') {
        // Not yet, in this school year.
        assert.ok(trinn <= 4, what);
        continue;
      }
      assert.deepEqual([pupil['registerStatus'], pupil['enrolments']], [standing, []]);
      assert.match(String(pupil['registerStatusDate']), /^\d{4}-\d{2}-\d{2}$/);
    }
  });

  it('has places in SFO and groups', async () => {
    const pupil = await pupilOf('ordinary', '?include=groups,sfo,class');
    const [enrolment] = itemsIn(pupil, 'enrolments');
    assert.equal(itemsIn(enrolment, 'contactGroups').length, 1);
    assert.ok(itemsIn(enrolment, 'teachingGroups').length >= 5);
    assert.ok(itemsIn(enrolment, 'schoolGroups').some((one) => one['kind'] === 'TRINN'));
    if (world.world.known.pupils.ordinary.trinn <= 4) {
      const [sfo] = itemsIn(enrolment, 'afterSchool');
      assert.equal(itemsIn(sfo, 'groups').length, 1);
    }
    const { items } = await lms.one(`/pupils/${String(pupil['id'])}/groups?active=true`);
    const types = new Set((items as readonly Item[]).map((one) => one['groupType']));
    for (const type of ['class', 'contact-group', 'teaching-group', 'school-group']) assert.ok(types.has(type), type);
    for (const one of items as readonly Item[])
      assert.deepEqual([one['pupilId'], one['role'], one['active']], [pupil['id'], 'pupil', true]);
  });

  it('is answered with an ETag that spares a second answer', async () => {
    const id = await lms.idOf('pupils', world.world.known.pupils.ordinary.fodselsnummer);
    const first = await lms.get(`/pupils/${id}`);
    const etag = String(first.headers['etag']);
    assert.match(etag, /^"[\w-]{22}"$/);
    const again = await lms.get(`/pupils/${id}`, { 'if-none-match': etag });
    assert.deepEqual([again.status, again.text], [304, '']);
    const other = await lms.get(`/pupils/${id}?include=guardians`, { 'if-none-match': etag });
    assert.equal(other.status, 200);
  });
});

describe('guardians', () => {
  it('show with what they may, and how they are reached', async () => {
    const { ordinary } = world.world.known.pupils;
    const guardians = await guardiansOf('ordinary');
    assert.equal(guardians.length, ordinary.foresatte.length);
    for (const guardian of guardians) {
      assert.equal(guardian['parentalResponsibility'], true);
      assert.deepEqual((guardian['rights'] as readonly string[]).toSorted(), [
        'INNSYN',
        'KRISE',
        'MOTTAKER',
        'SAMTYKKE',
        'SKJEMA',
        'VARSLER',
      ]);
      assert.match(String(guardian['email']), /@post\.test$/);
      assert.match(String(guardian['mobile']), /^6805\d{4}$/);
      assert.equal('nin' in guardian, false);
    }
  });

  it('do not show without rights, whatever their responsibility', async () => {
    const [with1] = world.world.known.pupils.guardianWithoutResponsibility.foresatte;
    assert.equal(with1?.rettigheter, true);
    assert.equal((await guardiansOf('guardianWithoutResponsibility')).length, 1);
    const foster = await guardiansOf('fosterHome');
    assert.deepEqual(textsOf(foster, 'role'), ['FOSTERFORELDER', 'FOSTERFORELDER']);
    for (const one of foster) assert.equal(one['parentalResponsibility'], false);
    assert.deepEqual(textsOf(await guardiansOf('ward'), 'role'), ['VERGE']);
  });

  it('do not show when the school has shut them out', async () => {
    assert.equal(world.world.known.pupils.blockedGuardian.foresatte.length, 2);
    assert.equal((await guardiansOf('blockedGuardian')).length, 1);
  });

  it('of a child who lives at two places are both there', async () => {
    assert.equal((await guardiansOf('splitCustody')).length, 2);
  });

  it('are the same for siblings, and have them as children', async () => {
    const [eldest, middle, youngest] = [
      await guardiansOf('eldestSibling'),
      await guardiansOf('middleSibling'),
      await guardiansOf('youngestSibling'),
    ];
    assert.deepEqual(textsOf(eldest, 'guardianId'), textsOf(middle, 'guardianId'));
    assert.deepEqual(textsOf(eldest, 'guardianId'), textsOf(youngest, 'guardianId'));
    const [guardian] = textsOf(eldest, 'guardianId');
    const { items } = await lms.one(`/guardians/${guardian}/children`);
    const expected: string[] = [];
    for (const what of ['eldestSibling', 'middleSibling', 'youngestSibling'] as const)
      expected.push(await lms.idOf('pupils', world.world.known.pupils[what].fodselsnummer));
    assert.deepEqual(textsOf(items as readonly Item[], 'pupilId'), expected.toSorted());
  });

  it('who are employees too are found as both', async () => {
    const [guardian] = await guardiansOf('guardianIsTeacher');
    const found = await lms.one(`/guardians/${String(guardian?.['guardianId'])}`);
    const employee = valueOf(await lms.lookup('employees', world.world.known.employees.guardian.fodselsnummer));
    assert.equal(found['fullName'], employee['fullName']);
    assert.notEqual(found['id'], employee['id']);
  });

  it('without any relation that shows are not there, by id or in lists', async () => {
    const all = await lms.all('/guardians?limit=500');
    assert.ok(all.length > 300, String(all.length));
    assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
    for (const one of all) {
      assert.ok(itemsIn(one, 'children').length > 0, JSON.stringify(one));
      for (const child of itemsIn(one, 'children')) assert.ok(itemsIn(child, 'rights').length > 0);
    }
    // A pupil's own person is nobody's guardian.
    const pupils = new Set((await lms.all('/pupils?status=all&limit=500')).map(({ id }) => id));
    for (const { id } of all) assert.equal(pupils.has(id), false);
  });

  it('are those of a school', async () => {
    const [school] = await lms.all('/metadata/schools');
    const some = await lms.all(`/guardians?schoolId=${String(school?.['id'])}&limit=500`);
    const atSchool = new Set(
      (await lms.all(`/pupils?schoolId=${String(school?.['id'])}&limit=500`)).map(({ id }) => id),
    );
    assert.ok(some.length > 50);
    for (const one of some) assert.ok(itemsIn(one, 'children').some(({ pupilId }) => atSchool.has(pupilId)));
  });

  it('are told less under fewer scopes', async () => {
    const { ordinary } = world.world.known.pupils;
    const id = await lms.idOf('pupils', ordinary.fodselsnummer);
    const bare = clientOf(await world.as('lms', ['vfs:pupils.read']));
    const pupil = await bare.one(`/pupils/${id}?include=guardians`);
    assert.equal('nin' in pupil, false);
    assert.equal('guardians' in pupil, false);
    assert.equal((await bare.get(`/pupils/${id}/guardians`)).status, 403);
    assert.equal((await bare.lookup('pupils', ordinary.fodselsnummer)).status, 403);
  });
});

describe('lists of pupils', () => {
  it('are walked page by page, each pupil once', async () => {
    const whole = await lms.all('/pupils?limit=500&fields=pupilNumber');
    const paged = await lms.all('/pupils?limit=37&fields=pupilNumber');
    assert.deepEqual(paged, whole);
    assert.ok(whole.length > 250 && whole.length < 310, String(whole.length));
  });

  it('are of those who go to school today unless others are asked for', async () => {
    const [active, all, moved, deceased] = [
      await lms.all('/pupils?limit=500'),
      await lms.all('/pupils?status=all&limit=500'),
      await lms.all('/pupils?status=moved'),
      await lms.all('/pupils?status=deceased'),
    ];
    assert.ok(active.length < all.length);
    for (const one of active) assert.ok(itemsIn(one, 'enrolments').length > 0, JSON.stringify(one));
    for (const one of moved) assert.equal(one['registerStatus'], 'moved');
    for (const one of deceased) assert.equal(one['registerStatus'], 'deceased');
    for (const what of ['movedAway', 'deceased'] as const) {
      const pupil = await pupilOf(what);
      if (pupil['registerStatus'] === 'resident') continue;
      assert.equal(
        active.some(({ id }) => id === pupil['id']),
        false,
      );
      assert.ok([...moved, ...deceased].some(({ id }) => id === pupil['id']));
    }
  });

  it('are those of a level', async () => {
    for (const level of [1, 5, 10]) {
      const some = await lms.all(`/pupils?level=${level}&limit=500`);
      assert.ok(some.length >= 20, `${level}: ${some.length}`);
      for (const one of some) assert.ok(itemsIn(one, 'enrolments').some((enrolment) => enrolment['level'] === level));
    }
  });

  it('are those of a school, of a class, of both', async () => {
    const schools = await lms.all('/metadata/schools');
    let sum = 0;
    for (const { id } of schools) {
      const some = await lms.all(`/pupils?schoolId=${String(id)}&limit=500`);
      for (const one of some) assert.ok(itemsIn(one, 'enrolments').some(({ schoolId }) => schoolId === id));
      sum += some.length;
    }
    // The pupil at two schools stands at both.
    assert.equal(sum, (await lms.all('/pupils?limit=500')).length + 1);
    const pupil = await pupilOf('twoSchools');
    const enrolments = itemsIn(pupil, 'enrolments');
    const main = enrolments.find((one) => one['main'] === true);
    const other = enrolments.find((one) => one['main'] !== true);
    const classId = String(itemsIn(main, 'classes')[0]?.['classId']);
    const classmates = await lms.all(`/pupils?classId=${classId}`);
    assert.ok(classmates.length > 5 && classmates.some(({ id }) => id === pupil['id']));
    // Class and school are of one and the same enrolment.
    assert.deepEqual(await lms.all(`/pupils?classId=${classId}&schoolId=${String(other?.['schoolId'])}`), []);
    assert.deepEqual(await lms.all(`/pupils?classId=${classId}&schoolId=${String(main?.['schoolId'])}`), classmates);
  });

  it('are found by name, whole or by its beginning, whatever the case', async () => {
    const pupil = await pupilOf('ordinary');
    const [given, family] = [String(pupil['givenName']), String(pupil['familyName'])];
    for (const [first, last] of [
      [given, family],
      [given.toUpperCase(), family.toLowerCase()],
      [`${given.slice(0, 3)}*`, `${family.slice(0, 2).toLowerCase()}*`],
    ] as const) {
      const found = await named(first, last);
      assert.ok(
        found.some(({ id }) => id === pupil['id']),
        `${first} ${last}`,
      );
    }
    assert.deepEqual(await named(given, `${family}x`), []);
  });

  it('are those of an earlier school year, at the level that was', async () => {
    const [from = 0] = schoolYear().split('/').map(Number);
    const earlier = `${from - 1}/${from}`;
    const { ordinary } = world.world.known.pupils;
    const then = await lms.all(`/pupils?schoolYear=${earlier}&level=10&status=all&limit=500&include=history`);
    assert.ok(then.length >= 20, String(then.length));
    for (const one of then)
      assert.ok(itemsIn(one, 'pastEnrolments').some(({ level, schoolYear: of }) => level === 10 && of === earlier));
    const now = await lms.all(`/pupils?schoolYear=${schoolYear()}&level=${ordinary.trinn}&limit=500`);
    assert.ok(now.some(({ pupilNumber }) => pupilNumber === ordinary.elevnummer));
  });

  it('do not hold what protects somebody, nor count it', async () => {
    const { strictPupil, confidentialPupil, clientAddressPupil, guardianOfOrdinaryPupil } = world.world.known.protected;
    const text = (await lms.get('/pupils?status=all&limit=500&include=guardians,groups,class')).text;
    const guardians = (await lms.get('/guardians?limit=500')).text;
    for (const { nationalId, about } of [strictPupil, confidentialPupil, clientAddressPupil, guardianOfOrdinaryPupil]) {
      assert.equal(text.includes(nationalId) || guardians.includes(nationalId), false);
      for (const { value } of about) assert.equal(text.includes(`"${value}"`), false);
      assert.equal((await lms.lookup('pupils', nationalId)).status, 404);
    }
    assert.equal((await guardiansOf('protectedGuardian')).length, 1);
    for (const { nationalId } of [strictPupil, confidentialPupil])
      assert.equal((await lms.lookup('pupils', nationalId)).text.includes(nationalId), false);
  });
});
