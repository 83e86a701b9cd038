// The law of deltas: a full file, and on top of it every delta since, is the next full file, whatever has happened in between: data, access, protection,
// dates. And nothing that has gone is told of by more than its id.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { array, assert as assertProperty, asyncProperty, boolean, constantFrom, nat, record } from 'fast-check';
import { formatOf } from '#exports/export.ts';
import type { MemberRole, RosterProfile } from '#formats/roster.ts';
import { cases } from '../cases.ts';
import { fileOf, made, openExportsWorld, started, type ExportsWorld } from './exports-world.ts';
import { ownerOf, putGroup, putMember, putPerson, putSchool, removeMember, type Municipality } from './municipality.ts';
import { nothingHeld, readTold, type Held } from './told-file.ts';

let w: ExportsWorld;
before(async () => {
  w = await openExportsWorld();
  const none = { profiles: {}, source: null, target: null, dropGuard: 1 };
  assert.ok((await w.exports.putSettings('app', none, w.owner)).ok);
});
after(() => w.close());

const [people, guardians, groups, schools] = [12, 8, 6, 3];
const personOf = (n: number): number => 100 + (n % people);
const guardianOf = (n: number): number => 200 + (n % guardians);
const groupOf = (n: number): number => 20 + (n % groups);
const schoolOf = (n: number): number => 10 + (n % schools);
const holderOf = (n: number): number => (n % 3 === 0 ? schoolOf(n) : groupOf(n));
const roles: readonly MemberRole[] = ['pupil', 'teacher', 'contact-teacher', 'assistant', 'leader', 'other'];

type Step = { readonly what: string; readonly a: number; readonly b: number };
type Act = (m: Municipality, a: number, b: number) => void;

/** Everything that may happen, in a municipality where what is spoken of may not be there. */
const acts: Readonly<Record<string, Act>> = {
  person: (m, a, b) => putPerson(m, personOf(a), { given: `Name${b}`, roles: b % 2 === 0 ? ['pupil'] : ['teacher'] }),
  renamed: (m, a, b) => {
    const person = m.persons.get(personOf(a));
    if (person !== undefined) m.persons.set(person.uid, { ...person, family: `<&"${b}å😀` });
  },
  left: (m, a) => void m.persons.delete(personOf(a)),
  guardian: (m, a, b) => {
    putPerson(m, guardianOf(a), { roles: ['guardian'], email: b % 2 === 0 ? `g${b}@example.no` : null });
    const pupil = m.persons.get(personOf(b));
    if (pupil !== undefined)
      m.persons.set(pupil.uid, { ...pupil, contacts: [{ person: m.id(guardianOf(a)), kind: 'guardian' }] });
  },
  protected: (m, a) => void m.hidden.add(personOf(a)),
  unprotected: (m, a) => void m.hidden.delete(personOf(a)),
  protectedGuardian: (m, a) => void m.hidden.add(guardianOf(a)),
  school: (m, a, b) => putSchool(m, schoolOf(a), { name: `School ${b}`, shortName: `s${schoolOf(a)}-${b}` }),
  schoolClosed: (m, a) => void m.schools.delete(schoolOf(a)),
  group: (m, a, b) =>
    putGroup(m, groupOf(a), schoolOf(b), {
      shortName: `g${groupOf(a)}-${b}`,
      ...(b % 2 === 0 ? { type: 'teaching', subjects: [{ code: 'MAT0005', name: 'Matematikk', levels: [5] }] } : {}),
    }),
  groupClosed: (m, a) => void m.groups.delete(groupOf(a)),
  member: (m, a, b) => putMember(m, holderOf(a), personOf(b), roles[(a + b) % roles.length]),
  memberMore: (m, a, b) =>
    putMember(m, holderOf(a), personOf(b), roles[a % roles.length], { subrole: a % 2 === 0 ? null : 'substitute' }),
  memberEnded: (m, a, b) =>
    putMember(m, holderOf(a), personOf(b), roles[a % roles.length], {
      active: false,
      period: { begin: '2026-08-01', end: '2026-10-01' },
    }),
  memberGone: (m, a, b) => removeMember(m, holderOf(a), personOf(b)),
  owner: (m, _, b) => {
    m.owner = { ...ownerOf(m, 1), name: `Kommune ${b}` };
  },
};

const stepOf = record({
  what: constantFrom(...Object.keys(acts)),
  a: nat(40),
  b: nat(40),
});
const history = array(array(stepOf, { minLength: 1, maxLength: 12 }), { minLength: 2, maxLength: 5 });

const reset = (m: Municipality): void => {
  for (const map of [m.persons, m.groups, m.members, m.schools]) map.clear();
  m.hidden.clear();
  m.owner = ownerOf(m, 1);
  for (let n = 0; n < people; n += 1) acts['person']?.(m, n, n);
  for (let n = 0; n < guardians; n += 1) acts['guardian']?.(m, n, n);
  for (let n = 0; n < schools; n += 1) acts['school']?.(m, n, n);
  for (let n = 0; n < groups; n += 1) acts['group']?.(m, n, n);
  for (let n = 0; n < 30; n += 1) acts['member']?.(m, n, n * 7);
};

const sameHeld = (one: Held, other: Held): void => {
  for (const what of ['persons', 'groups', 'memberships'] as const) {
    const [got, wanted] = [one[what], other[what]];
    assert.deepEqual([...got.keys()].sort(), [...wanted.keys()].sort(), what);
    for (const [key, text] of wanted) assert.equal(got.get(key), text, `${what} ${key}`);
  }
};

const holds = async (
  profile: RosterProfile,
  steps: readonly (readonly Step[])[],
  schoolsAsked: readonly string[] | null,
): Promise<void> => {
  reset(w.place);
  const more = { format: formatOf(profile), profile, schools: schoolsAsked };
  const first = await made(w, more);
  assert.equal(first.state, 'ready', JSON.stringify(first));
  const held = readTold(nothingHeld(), await fileOf(w, first.id));
  // Not every profile writes members of schools.
  assert.ok(held.groups.size > 0 && held.persons.size > 0);
  if (schoolsAsked === null) assert.ok(held.memberships.size > 0);
  let since = first.position;
  for (const some of steps) {
    for (const { what, a, b } of some) acts[what]?.(w.place, a, b);
    if (schoolsAsked !== null) putSchool(w.place, 10);
    const delta = await made(w, { ...more, type: 'delta', since });
    assert.equal(delta.state, 'ready', JSON.stringify(delta));
    readTold(held, await fileOf(w, delta.id));
    const full = await made(w, more);
    assert.equal(full.state, 'ready', JSON.stringify(full));
    sameHeld(held, readTold(nothingHeld(), await fileOf(w, full.id)));
    since = delta.position;
  }
};

for (const profile of ['pifu-ims-1.3', 'ims-1.1', 'ims-1.1-moodle'] as const)
  test(`a full file of ${profile} and the deltas since are the next full file`, async () => {
    await assertProperty(
      asyncProperty(history, boolean(), (steps, one) => holds(profile, steps, one ? [w.place.id(10)] : null)),
      { numRuns: cases(15) },
    );
  });

test('a delta of nothing that has changed holds nothing', async () => {
  reset(w.place);
  const first = await made(w);
  const delta = await made(w, { type: 'delta', since: first.position });
  assert.doesNotMatch(await fileOf(w, delta.id), /<person|<group|<membership/);
  assert.deepEqual(delta.exported, {
    persons: 0,
    pupils: 0,
    employees: 0,
    guardians: 0,
    schools: 0,
    groups: 0,
    memberships: 0,
  });
  assert.deepEqual(delta.changes?.persons, { added: 0, updated: 0, removed: 0 });
});

test('who becomes protected is deleted by id, and nothing of the rest is told', async () => {
  reset(w.place);
  putPerson(w.place, 100, {
    given: 'Hemmelig',
    family: 'Navnesen',
    userName: 'secretuser',
    email: 'secret@example.no',
  });
  putMember(w.place, 20, 100);
  const first = await made(w);
  w.place.hidden.add(100);
  const delta = await made(w, { type: 'delta', since: first.position });
  const text = await fileOf(w, delta.id);
  assert.match(text, new RegExp(`<person recstatus="3">.*${w.place.id(100)}`));
  assert.doesNotMatch(text, /Hemmelig|Navnesen|secretuser|secret@/);
  assert.match(text, /<role roletype="01" recstatus="3">.*<status>0<\/status>/);
  // Her guardian has nothing to do with her any more as far as anybody can tell, and is there still.
  const full = await made(w);
  assert.doesNotMatch(await fileOf(w, full.id), new RegExp(w.place.id(100)));
  assert.equal(JSON.stringify(await started(w)).includes(w.place.id(100)), false);
});

test('a delta without a position is since the last file that was fetched as a whole', async () => {
  reset(w.place);
  const more = { profile: 'pifu-ims-1.2' } as const;
  const none = await w.exports.start(
    { format: 'pifu', since: null, schools: null, schoolYear: '2026/2027', ...more, type: 'delta' },
    w.app,
    'request',
  );
  assert.ok(!none.ok && none.problem.code === 'HUB-419');
  const first = await made(w, more);
  const notFetched = await w.exports.start(
    { format: 'pifu', since: null, schools: null, schoolYear: '2026/2027', ...more, type: 'delta' },
    w.app,
    'request',
  );
  assert.ok(!notFetched.ok && notFetched.problem.code === 'HUB-419');
  await fileOf(w, first.id);
  putPerson(w.place, 199);
  await made(w, more);
  const delta = await made(w, { ...more, type: 'delta' });
  assert.equal(delta.changes?.persons.added, 1);
});
