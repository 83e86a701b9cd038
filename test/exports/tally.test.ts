// What runs count: bounded lists, whole numbers, nothing personal; and the manifest gives back what was told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '#base/limits.ts';
import { createManifestWriter, hashOfGroup, hashOfPerson, readManifest } from '#exports/run/manifest.ts';
import type { ToldMember } from '#exports/run/member-bytes.ts';
import { createTally, excludedList } from '#exports/run/tally.ts';
import type { RosterMember } from '#formats/roster.ts';
import { emptyMunicipality, ownerOf, putGroup, putPerson, putSchool } from './municipality.ts';

test('what was left out is named up to a bound, memberships up to a lower one, and all of it counted', () => {
  const tally = createTally();
  for (let n = 0; n < limits.exportMembershipExclusions + 5; n += 1)
    tally.excluded({ code: 'person-left-out', what: 'membership', id: `m${n}` });
  for (let n = 0; n < limits.exportExclusions; n += 1) tally.excluded({ code: 'no-name', what: 'person', id: `p${n}` });
  const { excluded } = tally.result();
  assert.deepEqual(
    excluded.map(({ count }) => count),
    [limits.exportMembershipExclusions + 5, limits.exportExclusions],
  );
  const list = excludedList(tally.excludedIds());
  assert.equal(list.length, limits.exportExclusions);
  assert.equal(list.filter(({ what }) => what === 'membership').length, limits.exportMembershipExclusions);
  assert.deepEqual(list[0], { code: 'person-left-out', what: 'membership', id: 'm0' });
});

test('dropped values are told only where they are codes of a list', () => {
  const tally = createTally();
  const values = ['elevråd', 'ola@example.no', '01816425030', 'Ola <b>', 'x'.repeat(41)];
  for (const value of values) tally.dropped({ code: 'unknown-to-version', field: 'typevalue', value });
  tally.dropped({ code: 'no-place', field: 'email', value: 'elevråd' });
  assert.deepEqual(tally.result().dropped, [
    { code: 'unknown-to-version', field: 'typevalue', value: 'elevråd', count: 1 },
    { code: 'unknown-to-version', field: 'typevalue', value: '', count: 4 },
    { code: 'no-place', field: 'email', value: '', count: 1 },
  ]);
  const many = createTally();
  for (let n = 0; n < limits.exportDropped + 10; n += 1)
    many.dropped({ code: 'unknown-to-version', field: 'f', value: `c${n}` });
  const { dropped } = many.result();
  assert.equal(dropped.length, limits.exportDropped + 1);
  assert.equal(dropped.at(-1)?.count, 10);
});

const member = (person: number): ToldMember => ({
  person,
  role: person % 2 === 0 ? 'pupil' : 'teacher',
  subrole: person % 3 === 0 ? 'substitute' : null,
  active: person % 5 !== 0,
  period: { begin: person % 7 === 0 ? null : '1899-12-31', end: person % 11 === 0 ? null : '2027-07-31' },
});

const asMember = ({ person, ...rest }: ToldMember): RosterMember => ({ ...rest, person: `id${person}`, change: null });
const uidOf = ({ person }: ToldMember): number => person;

test('a manifest gives back what was told, however much of it there is', async () => {
  const m = emptyMunicipality((uid) => `id${uid}`);
  const owner = (m.owner = ownerOf(m, 1));
  putSchool(m, 10);
  putGroup(m, 20, 10);
  putPerson(m, 2 ** 45, { email: 'å@example.no' });
  const pieces = new Map<number, Buffer>();
  const writer = createManifestWriter(async (seq, bytes) => void pieces.set(seq, bytes));
  await writer.unit({ owner });
  for (const school of m.schools.values()) await writer.unit({ school });
  const persons = 200_000;
  for (let uid = 1; uid <= persons; uid += 1) await writer.person(uid, uid * 3, uid % 1_000 === 0 ? `key${uid}` : null);
  for (const group of m.groups.values()) await writer.group(group);
  const holder = { uid: 20, id: 'id20', kind: 'group' } as const;
  // More than a piece holds, and twice of one.
  const members = Array.from({ length: 130_000 }, (_, index) => member(index + 1));
  const all = [...members, member(1)];
  await writer.members(holder, all.map(asMember), all.map(uidOf));
  await writer.members({ uid: 10, id: 'id10', kind: 'school' }, [asMember(member(4))], [4]);
  await writer.end('2026/2027', null);
  const kept = [...pieces].sort(([one], [other]) => one - other).map(([, bytes]) => bytes);
  const told = await readManifest(kept);
  assert.ok(told !== null);
  assert.deepEqual(told.head, {
    schoolYear: '2026/2027',
    memberships: 130_002,
    active: [...members, member(1), member(4)].filter(({ active }) => active).length,
  });
  assert.deepEqual([told.owner, told.schools.get('id10')], [owner, m.schools.get(10)]);
  const group = m.groups.get(20) ?? assert.fail();
  assert.deepEqual(await Array.fromAsync(told.groups.rest()), [group]);
  assert.equal(told.groups.take(20), hashOfGroup(group));
  assert.equal(told.groups.take(20), undefined);
  assert.deepEqual(await Array.fromAsync(told.groups.rest()), []);
  assert.equal(told.persons.size, persons);
  assert.equal(told.persons.take(persons), persons * 3);
  assert.equal(told.persons.take(persons), undefined);
  assert.equal([...told.persons.rest()].length, persons - 1);
  assert.equal(told.persons.take(persons + 1), undefined);
  assert.equal(told.keys.get(2_000), 'key2000');
  // In their order, each as it was, and none more: else nothing is taken.
  const others = [all.toReversed(), all.slice(1), [...all, member(2)], all.with(4, { ...member(5), active: true })];
  for (const some of [...others, all.with(7, { ...member(8), role: 'leader' }), all.with(9, member(11))])
    assert.equal(told.takeSame(20, some.map(asMember), some.map(uidOf)), null);
  assert.equal(told.takeSame(30, [], []), null);
  const there = told.takeHolder(20);
  assert.equal(told.takeHolder(20), null);
  assert.equal(there?.kind, 'group');
  for (const one of members.slice(1)) assert.deepEqual(there.members.get(one.person), [one]);
  assert.equal(there.members.get(1)?.length, 2);
  assert.deepEqual(
    [...told.restOfHolders()].map(({ uid }) => uid),
    [10],
  );
  const again = (await readManifest(kept)) ?? assert.fail();
  assert.equal(again.takeSame(20, all.map(asMember), all.map(uidOf)), all.filter(({ active }) => active).length);
  assert.equal(again.takeSame(20, all.map(asMember), all.map(uidOf)), null);
  assert.equal(again.takeHolder(20), null);
  assert.equal(await readManifest([]), null);
  await assert.rejects(async () => readManifest(kept.slice(0, -1)), /HUB-512/);
});

test('the hash of a person is of everything that is told, and of nothing else', () => {
  const m = emptyMunicipality((uid) => `id${uid}`);
  putPerson(m, 1);
  const [person] = m.persons.values();
  assert.ok(person !== undefined);
  const same = hashOfPerson(person);
  assert.equal(hashOfPerson({ ...person, formerKey: 'x', uid: 2 }), same);
  assert.equal(hashOfPerson(Object.fromEntries(Object.entries(person).toReversed()) as typeof person), same);
  for (const [name, value] of Object.entries(person))
    if (name !== 'formerKey' && name !== 'uid')
      assert.notEqual(hashOfPerson({ ...person, [name]: value === 'other' ? 'another' : 'other' }), same, name);
});
