// The roster of the small municipality held against what its own entries say: persons, groups and memberships, whole and school by school, with and
// without guardians and language training, on several days.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { municipality, type SandboxMunicipality } from '#sandbox/municipality.ts';
import { asOf, openRosterWorld, schoolYear, type Roster, type RosterWorld } from './roster-world.ts';
import { expectedRoster, type Asked, type Expected } from './straightforward.ts';

let world: RosterWorld;
let sandbox: SandboxMunicipality;
/** `path key` of the source by the id that it has here. */
const names = new Map<string, string>();

before(async () => {
  sandbox = municipality({ seed: 42, size: 'small', asOf });
  world = await openRosterWorld(sandbox.collections);
  const fields: Readonly<Record<string, string>> = { 'utdanning/elev/person': 'fodselsnummer' };
  for (const { collection, entries } of sandbox.collections) {
    if (!/elev$|personalressurs$|elev\/person$|gruppe$|klasse$|\/skole$/.test(collection)) continue;
    for (const { identifier } of entries())
      names.set(
        await world.id(collection, fields[collection] ?? 'systemid', identifier),
        `${collection} ${identifier}`,
      );
  }
});
after(() => world?.close());

const nameOf = (id: string): string => {
  const name = names.get(id);
  assert.ok(name !== undefined, `nobody has the id ${id}`);
  return name;
};

const told = ({ persons, groups, members }: Roster): Expected => ({
  persons: new Map(
    persons.map(({ id, roles, contacts }) => [
      nameOf(id),
      { roles, contacts: contacts.map(({ person }) => nameOf(person)) },
    ]),
  ),
  groups: new Map(groups.map(({ id, type, school, name }) => [nameOf(id), `${type} | ${nameOf(school)} | ${name}`])),
  members: members
    .flatMap(({ holder, members: some }) =>
      some.map(
        ({ person, role, subrole, active, period }) =>
          `${nameOf(holder.id)} | ${nameOf(person)} | ${role} | ${subrole ?? '-'} | ${active} | ${period.begin ?? '-'} | ${period.end ?? '-'}`,
      ),
    )
    .toSorted(),
});

const sorted = <V>(map: ReadonlyMap<string, V>): readonly (readonly [string, V])[] =>
  [...map].toSorted(([one], [other]) => (one < other ? -1 : 1));

const hold = (roster: Roster, asked: Asked): void => {
  const [is, should] = [told(roster), expectedRoster(sandbox.collections, asked)];
  assert.deepEqual(sorted(is.persons), sorted(should.persons));
  assert.deepEqual(sorted(is.groups), sorted(should.groups));
  assert.deepEqual(is.members, should.members);
  assert.equal(new Set(roster.persons.map(({ id }) => id)).size, roster.persons.length, 'somebody stands twice');
  assert.equal(new Set(roster.members.map(({ holder }) => holder.id)).size, roster.members.length);
};

const whole: Asked = { day: asOf, schoolYear, schools: null, guardians: false, training: false };
const everything = ['vfs:lmsexport', 'vfs:guardians.read', 'vfs:pupils.language'];

describe('a roster of the municipality', () => {
  it('holds what the entries of the source say, under the scope of exports alone', async () => {
    await world.link(['vfs:lmsexport']);
    const roster = await world.roster();
    hold(roster, whole);
    assert.ok(roster.persons.length > 300 && roster.members.length > 200);
  });

  it('holds guardians and language training besides, with their scopes', async () => {
    await world.link(everything);
    const roster = await world.roster();
    hold(roster, { ...whole, guardians: true, training: true });
    assert.ok(roster.persons.length > 700);
  });

  it('holds one without the other', async () => {
    await world.link(['vfs:lmsexport', 'vfs:pupils.language']);
    hold(await world.roster(), { ...whole, training: true });
    await world.link(['vfs:lmsexport', 'vfs:guardians.read']);
    hold(await world.roster(), { ...whole, guardians: true });
  });

  it('holds of the schools that were asked for theirs alone', async () => {
    await world.link(everything);
    for (const schools of [['SK99201'], ['SK99204'], ['SK99202', 'SK99203']]) {
      const uids = await Promise.all(
        schools.map((one) => world.uid('utdanning/utdanningsprogram/skole', 'systemid', one)),
      );
      const roster = await world.roster({ schools: uids });
      assert.deepEqual(
        roster.schools.map(({ id }) => nameOf(id).split(' ')[1]),
        schools,
      );
      hold(roster, { ...whole, schools, guardians: true, training: true });
    }
  });

  it('is as of the day, and of another school year as of its nearest day', async () => {
    await world.link(everything);
    // Before one of the pupils changed school.
    hold(await world.roster({ today: '2026-09-01' }), {
      ...whole,
      day: '2026-09-01',
      guardians: true,
      training: true,
    });
    const past = await world.roster({ schoolYear: '2025/2026' });
    assert.ok(past.persons.some(({ roles }) => roles.includes('pupil')));
    // The groups of the year that is over have been taken out of use.
    assert.deepEqual(past.groups, []);
    const coming = await world.roster({ schoolYear: '2027/2028' });
    assert.equal(
      coming.persons.some(({ roles }) => roles.includes('pupil')),
      false,
    );
  });

  it('gives whoever is pointed to before who points', async () => {
    await world.link(everything);
    const { pages } = await world.roster();
    const seen = new Set<string>();
    for (const page of pages)
      for (const { id, contacts } of page) {
        for (const { person } of contacts) assert.ok(seen.has(person));
        seen.add(id);
      }
  });

  it('is the same when it is read again', async () => {
    await world.link(everything);
    assert.deepEqual(await world.roster(), await world.roster());
  });
});
