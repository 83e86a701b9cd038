// Protected persons in rosters: whoever the application is not cleared for leaves no gap, held against a municipality in which they have never been; and of
// those whom it is cleared for, ids, names and groups go out and nothing that leads to anybody.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { municipality, type SandboxMunicipality } from '#sandbox/municipality.ts';
import { asOf, openRosterWorld, type Roster, type RosterWorld } from './roster-world.ts';
import { without } from './without.ts';

const everything = [
  'vfs:lmsexport',
  'vfs:pupils.nin',
  'vfs:employees.nin',
  'vfs:guardians.read',
  'vfs:pupils.language',
  'vfs:pupils.address',
];
const levels = { ugradert: 0, klientadresse: 1, fortrolig: 2, strengtFortrolig: 3 } as const;
type Marking = keyof typeof levels;

const levelOf = ({ resource }: { readonly resource: Readonly<Record<string, unknown>> }): number =>
  levels[resource['adressebeskyttelse'] as Marking];

let world: RosterWorld;
let sandbox: SandboxMunicipality;
before(async () => {
  sandbox = municipality({ seed: 42, size: 'small', asOf });
  world = await openRosterWorld(sandbox.collections);
});
after(() => world?.close());

const identifiers: Readonly<Record<string, string>> = {
  'utdanning/elev/person': 'fodselsnummer',
  'grunnskole/kommune/skoleeier': 'systemid',
};

const sorted = <T>(items: readonly T[]): readonly T[] =>
  items.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));

/** The same with ids replaced by the keys of the source, for two municipalities give other ids. */
const byKeys = async (of: RosterWorld, roster: Roster): Promise<string> => {
  const keys = new Map<string, string>();
  for (const { collection, entries } of sandbox.collections) {
    if (!/elev$|personalressurs$|elev\/person$|gruppe$|klasse$|\/skole$|skoleeier$/.test(collection)) continue;
    const field = identifiers[collection] ?? 'systemid';
    const { reads } = await of.world.store.tenant('tindvag.test');
    const asked = [...entries()].map(({ identifier }) => ({ collection, field, value: identifier }));
    for (const [index, found] of (await reads.resolve(asked)).entries())
      if (found?.uid !== undefined && found.uid !== null)
        keys.set(of.sealing.id('tindvag.test', found.uid), `${collection} ${asked[index]?.value}`);
  }
  const { owner, schools, persons, groups, members, excluded } = roster;
  const named = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (name, each: unknown) =>
      name === 'uid' ? 0 : typeof each === 'string' ? (keys.get(each) ?? each) : each,
    );
  return JSON.stringify(
    [
      [owner],
      schools,
      persons,
      groups,
      members.map(({ holder, members: some }) => ({ holder, members: sorted(named(some) as readonly unknown[]) })),
      excluded,
    ].map((each) => sorted(named(each) as readonly unknown[])),
    null,
    1,
  );
};

describe('whoever an application is not cleared for', () => {
  it('is absent from records and from what is told, as if he had never been', async () => {
    const bare = await openRosterWorld(without(sandbox.collections, (person) => levelOf(person) > 0));
    try {
      for (const scopes of [['vfs:lmsexport'], everything]) {
        await world.link(scopes);
        await bare.link(scopes);
        assert.equal(await byKeys(world, await world.roster()), await byKeys(bare, await bare.roster()));
      }
    } finally {
      await bare.close();
    }
  });

  it('is absent from every text', async () => {
    await world.link(everything);
    const { excluded, ...rest } = await world.roster();
    const text = JSON.stringify([rest, excluded]);
    for (const { persons, about, nationalId, fullName, marking } of Object.values(sandbox.known.protected)) {
      if (marking === 'ugradert') continue;
      assert.equal(text.includes(nationalId), false);
      assert.equal(text.includes(fullName.join(' ')), false);
      for (const { collection, field, value } of [...persons, ...about])
        assert.equal(text.includes(await world.id(collection, field, value)), false, `${collection} ${value}`);
    }
  });

  it('comes and goes with the marking', async () => {
    const later = municipality({ seed: 42, size: 'small', asOf, snapshot: 'later' });
    const changing = await openRosterWorld(sandbox.collections);
    try {
      await changing.link(['vfs:lmsexport']);
      const [goes, comes] = await Promise.all(
        [sandbox.known.pupils.becomesProtected, sandbox.known.pupils.protectionLifted].map(({ systemId }) =>
          changing.id('utdanning/elev/elev', 'systemid', systemId),
        ),
      );
      const here = async (): Promise<readonly boolean[]> => {
        const { persons, members } = await changing.roster();
        const text = JSON.stringify(members);
        return [goes, comes].map((id) => {
          const found = persons.some((one) => one.id === id);
          assert.equal(text.includes(String(id)), found);
          return found;
        });
      };
      assert.deepEqual(await here(), [true, false]);
      await changing.deliver(later.collections.filter(({ collection }) => collection === 'utdanning/elev/person'));
      assert.deepEqual(await here(), [false, true]);
    } finally {
      await changing.close();
    }
  });
});

describe('a clearance', () => {
  it('lets out those up to it: ids, names and groups, and nothing by which they are reached or found; of level 3 the opaque id alone', async () => {
    const { known } = sandbox;
    const people = [
      [1, 'utdanning/elev/elev', known.pupils.clientAddress.systemId],
      [2, 'utdanning/elev/elev', known.pupils.confidential.systemId],
      [3, 'utdanning/elev/elev', known.pupils.strictlyProtected.systemId],
      [2, 'administrasjon/personal/personalressurs', known.protected.confidentialTeacher.about[0]?.value ?? ''],
    ] as const;
    for (const clearance of [0, 1, 2, 3] as const) {
      await world.link(everything, { clearance });
      const roster = await world.roster();
      for (const [level, path, key] of people) {
        const id = await world.id(path, 'systemid', key);
        const person = roster.persons.find((one) => one.id === id);
        assert.equal(person !== undefined, level <= clearance, `${path} ${key} at ${clearance}`);
        if (person === undefined) continue;
        const { birthDate, email, phones, contacts, gender, title, preferredLanguage, nativeLanguages } = person;
        assert.deepEqual(
          { birthDate, email, phones, contacts, gender, title, preferredLanguage, nativeLanguages },
          {
            birthDate: null,
            email: null,
            phones: [],
            contacts: [],
            gender: 'unknown',
            title: null,
            preferredLanguage: null,
            nativeLanguages: [],
          },
        );
        assert.notEqual(person.given, '');
        const { nationalId, localId, feideName, userName, pupilNumber, employeeNumber } = person;
        const numbers = [nationalId?.value ?? localId, feideName, userName, pupilNumber ?? employeeNumber];
        assert.deepEqual(
          numbers.map((one) => one !== null),
          [level < 3, level < 3, level < 3, level < 3],
        );
        const groups = roster.members.filter(
          ({ holder, members }) => holder.kind === 'group' && members.some((one) => one.person === id),
        );
        assert.ok(groups.length > 3);
        assert.equal(
          roster.persons.some((one) => one.contacts.some((contact) => contact.person === id)),
          false,
        );
      }
    }
  });

  it('gives no guardian of a protected child, and no protected guardian, and says so', async () => {
    await world.link(everything, { clearance: 3 });
    const roster = await world.roster();
    const { guardianOfOrdinaryPupil, strictPupil, confidentialPupil, clientAddressPupil } = sandbox.known.protected;
    const hidden = [
      ...guardianOfOrdinaryPupil.persons,
      ...[strictPupil, confidentialPupil, clientAddressPupil].flatMap(({ guardians }) => guardians),
    ];
    assert.ok(hidden.length > 3);
    let told = 0;
    for (const { collection, field, value } of hidden) {
      const id = await world.id(collection, field, value);
      const person = roster.persons.find((one) => one.id === id);
      // A guardian of another child, who is not protected, is told of for that one.
      if (person !== undefined) {
        assert.ok(roster.persons.some((one) => one.contacts.some((contact) => contact.person === id)));
        continue;
      }
      told += 1;
      assert.ok(roster.excluded.some((one) => one.id === id && one.code === 'no-role'));
      assert.equal(JSON.stringify(roster.members).includes(id), false);
    }
    assert.ok(told > 3);
  });
});
