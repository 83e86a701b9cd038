// What a roster leaves out, and by which code it says so; and what people type for groups. Over the small municipality with some entries of a source that
// is less tidy.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ExclusionCode } from '#formats/roster.ts';
import { municipality, type SandboxMunicipality } from '#sandbox/municipality.ts';
import { asOf, membersIn, openRosterWorld, type Roster, type RosterWorld } from './roster-world.ts';

type Resource = Readonly<Record<string, unknown>>;

let world: RosterWorld;
let sandbox: SandboxMunicipality;
before(async () => {
  sandbox = municipality({ seed: 42, size: 'small', asOf });
  world = await openRosterWorld(sandbox.collections);
  await world.link(['vfs:lmsexport', 'vfs:pupils.nin', 'vfs:employees.nin', 'vfs:guardians.read']);
});
after(() => world?.close());

const entryOf = (path: string, identifier: string): Resource => {
  const found = sandbox.collections.find(({ collection }) => collection === path);
  for (const one of found?.entries() ?? []) if (one.identifier === identifier) return one.resource;
  return assert.fail(`no ${path} ${identifier}`);
};

const put = (path: string, ...resources: readonly Resource[]): Promise<void> =>
  world.deliver([
    {
      collection: path,
      total: resources.length,
      entries: () => resources.map((resource) => ({ identifier: '', resource })),
    },
  ]);

/** Delivers entries of the sandbox in another form, asks, and puts them back. */
const changed = async <T>(
  changes: readonly (readonly [path: string, identifier: string, change: (resource: Resource) => Resource])[],
  then: (roster: Roster) => Promise<T>,
): Promise<T> => {
  const originals = changes.map(([path, identifier]) => [path, entryOf(path, identifier)] as const);
  for (const [path, identifier, change] of changes) await put(path, change(entryOf(path, identifier)));
  try {
    return await then(await world.roster());
  } finally {
    for (const [path, resource] of originals) await put(path, resource);
  }
};

const links = (resource: Resource): Readonly<Record<string, unknown>> =>
  (resource['_links'] ?? {}) as Readonly<Record<string, unknown>>;
const withoutLink =
  (name: string) =>
  (resource: Resource): Resource => ({
    ...resource,
    _links: Object.fromEntries(Object.entries(links(resource)).filter(([key]) => key !== name)),
  });
const having =
  (more: Resource) =>
  (resource: Resource): Resource => ({ ...resource, ...more });
const ending = (start: string | null, slutt: string): Resource => ({
  gyldighetsperiode: { ...(start === null ? {} : { start: `${start}T12:00:00Z` }), slutt: `${slutt}T12:00:00Z` },
});

const paths = {
  pupil: 'utdanning/elev/elev',
  person: 'utdanning/elev/person',
  employee: 'administrasjon/personal/personalressurs',
  class: 'utdanning/elev/klasse',
  teaching: 'utdanning/timeplan/undervisningsgruppe',
  schoolGroup: 'grunnskole/gruppe/skolegruppe',
  membership: 'utdanning/elev/klassemedlemskap',
  enrolment: 'utdanning/elev/elevforhold',
} as const;

const id = (path: string, identifier: string, field = 'systemid'): Promise<string> => world.id(path, field, identifier);

const tells = ({ excluded }: Roster, code: ExclusionCode, what: string, of: string): boolean =>
  excluded.some((one) => one.code === code && one.what === what && one.id === of);

const aClass = 'K-99201-2627-1A';

describe('a roster leaves out and tells', () => {
  it('a person without a name, and gives one with a single name', async () => {
    const { ordinary, dNumber } = sandbox.known.pupils;
    await changed(
      [
        [paths.person, ordinary.fodselsnummer, having({ navn: { fornavn: '', etternavn: ' ' } })],
        [paths.person, dNumber.fodselsnummer, having({ navn: { fornavn: 'Enkel', etternavn: '' } })],
      ],
      async (roster) => {
        const nobody = await id(paths.pupil, ordinary.systemId);
        assert.ok(tells(roster, 'no-name', 'person', nobody));
        assert.ok(tells(roster, 'person-left-out', 'membership', await id(paths.class, ordinary.klasse ?? '')));
        assert.equal(JSON.stringify([roster.persons, roster.members]).includes(nobody), false);
        const single = roster.persons.find((one) => one.pupilNumber === dNumber.elevnummer);
        assert.deepEqual([single?.given, single?.family, single?.full], ['Enkel', '-', 'Enkel']);
      },
    );
  });

  it('a guardian without a name, whom then nobody points to', async () => {
    const { ordinary } = sandbox.known.pupils;
    const guardian = ordinary.foresatte[0]?.fodselsnummer ?? '';
    await changed([[paths.person, guardian, having({ navn: { fornavn: '', etternavn: '' } })]], async (roster) => {
      const nobody = await id(paths.person, guardian, 'fodselsnummer');
      assert.equal(roster.excluded.filter((one) => one.id === nobody && one.code === 'no-name').length, 1);
      assert.equal(JSON.stringify([roster.persons, roster.members]).includes(nobody), false);
    });
  });

  it('employees who are employed no more, or whose position is over', async () => {
    const { teacher, teacherInSfo } = sandbox.known.employees;
    const [position = ''] = teacherInSfo.skolestillinger;
    await changed(
      [
        [
          paths.employee,
          teacher.systemId,
          having({ ansettelsesperiode: { start: '2020-08-01T12:00:00Z', slutt: '2026-10-31T12:00:00Z' } }),
        ],
        ['grunnskole/stilling/skolestilling', position, having(ending('2019-08-01', '2026-07-31'))],
      ],
      async (roster) => {
        assert.ok(tells(roster, 'not-employed', 'person', await id(paths.employee, teacher.systemId)));
        const school = roster.schools[0]?.id ?? '';
        assert.ok(tells(roster, 'has-ended', 'membership', school));
        const other = await id(paths.employee, teacherInSfo.systemId);
        const mine = membersIn(roster, school).filter(({ person }) => person === other);
        // Who teaches at the school still has a position there.
        assert.deepEqual(
          mine.map(({ role }) => role),
          ['assistant'],
        );
      },
    );
  });

  it('groups without a school, of another year, out of use, of an unknown kind, without a name', async () => {
    const composite = 'SG-99201-2627-SAMMENSATT';
    const other = 'SG-99201-2627-ELEVRAD';
    await changed(
      [
        [paths.class, aClass, withoutLink('skole')],
        [paths.teaching, 'UG-99201-2627-1A-NOR0211', having({ aktiv: false })],
        [paths.teaching, 'UG-99201-2627-1A-MAT0001', having({ navn: ' \n' })],
        [paths.schoolGroup, other, having({ navn: '' })],
        [
          paths.schoolGroup,
          composite,
          (resource) => ({
            ...resource,
            _links: { ...links(resource), type: [{ href: 'systemid/KOR' }] },
          }),
        ],
      ],
      async (roster) => {
        const left: readonly (readonly [ExclusionCode, string])[] = [
          ['no-school', await id(paths.class, aClass)],
          ['year-outside', await id(paths.class, 'K-99201-2526-1A')],
          ['not-active', await id(paths.teaching, 'UG-99201-2627-1A-NOR0211')],
          ['no-short-name', await id(paths.teaching, 'UG-99201-2627-1A-MAT0001')],
          ['no-short-name', await id(paths.schoolGroup, other)],
          ['type-unknown-to-version', await id(paths.schoolGroup, composite)],
        ];
        const told = JSON.stringify([roster.groups, roster.members]);
        for (const [code, of] of left) {
          assert.ok(tells(roster, code, 'group', of), code);
          assert.equal(told.includes(of), false, code);
        }
      },
    );
  });

  it('memberships that end before they start, or begin when what they rest on is over', async () => {
    const { ordinary, changedSchool } = sandbox.known.pupils;
    const [enrolment = ''] = ordinary.elevforhold;
    const [, old = ''] = changedSchool.elevforhold;
    await changed(
      [
        [paths.membership, `KM-${enrolment}`, having(ending('2026-10-02', '2026-10-01'))],
        ['utdanning/elev/kontaktlarergruppemedlemskap', `KLM-${enrolment}`, having(ending('2025-08-01', '2026-07-31'))],
        [paths.membership, `KM-${old}`, having(ending('2026-10-01', '2027-07-31'))],
      ],
      async (roster) => {
        const of = await id(paths.class, ordinary.klasse ?? '');
        const me = await id(paths.pupil, ordinary.systemId);
        assert.ok(tells(roster, 'ends-before-it-starts', 'membership', of));
        assert.equal(
          membersIn(roster, of).some(({ person }) => person === me),
          false,
        );
        assert.ok(
          roster.excluded.filter(({ code, what }) => code === 'has-ended' && what === 'membership').length >= 2,
        );
      },
    );
  });

  it('enrolments that end before they start, and pupils with no other', async () => {
    const { ordinary } = sandbox.known.pupils;
    const [enrolment = ''] = ordinary.elevforhold;
    await changed([[paths.enrolment, enrolment, having(ending('2026-12-01', '2026-11-01'))]], async (roster) => {
      assert.ok(tells(roster, 'not-enrolled', 'person', await id(paths.pupil, ordinary.systemId)));
    });
    await changed([[paths.enrolment, enrolment, withoutLink('skole')]], async (roster) => {
      assert.ok(tells(roster, 'no-school', 'person', await id(paths.pupil, ordinary.systemId)));
    });
  });

  it('national ids that stand in fields for something else, whatever the scopes', async () => {
    const { ordinary } = sandbox.known.pupils;
    const of = await id(paths.pupil, ordinary.systemId);
    const own = {
      elevnummer: { identifikatorverdi: '14851461249' },
      brukernavn: { identifikatorverdi: 'u148514-61249' },
      feidenavn: { identifikatorverdi: '14851461249@tindvag.test' },
    };
    await changed([[paths.pupil, ordinary.systemId, having(own)]], async (roster) => {
      const person = roster.persons.find((one) => one.id === of);
      assert.deepEqual([person?.pupilNumber, person?.userName, person?.feideName], [null, null, null]);
      assert.equal(person?.nationalId?.value, ordinary.fodselsnummer);
      assert.equal(
        roster.excluded.filter((one) => one.code === 'national-id-elsewhere' && one.what === 'number').length,
        1,
      );
      assert.ok(tells(roster, 'national-id-elsewhere', 'number', of));
    });
  });

  it('numbers that stand in the field of national ids and are none, and gives them as local ones', async () => {
    const { noNumber, ordinary } = sandbox.known.pupils;
    await changed([[paths.person, noNumber.fodselsnummer, having({ nummertype: 'fodselsnummer' })]], async (roster) => {
      const of = await id(paths.pupil, noNumber.systemId);
      assert.ok(tells(roster, 'no-national-id', 'number', of));
      const person = roster.persons.find((one) => one.id === of);
      assert.deepEqual([person?.nationalId, person?.localId], [null, noNumber.fodselsnummer]);
    });
    const plain = await world.roster();
    assert.equal(
      plain.excluded.some(({ what }) => what === 'number'),
      false,
    );
    await changed([[paths.person, ordinary.fodselsnummer, having({ nummertype: 'midlertidig' })]], async (roster) => {
      const person = roster.persons.find((one) => one.pupilNumber === ordinary.elevnummer);
      assert.deepEqual([person?.nationalId, person?.localId], [null, ordinary.fodselsnummer]);
    });
  });

  it('persons and groups of the schools that were not asked for, as far as they are looked at', async () => {
    const { changedSchool } = sandbox.known.pupils;
    const main = await id(paths.pupil, changedSchool.systemId);
    const schools = await Promise.all(
      sandbox.known.schools.map(({ systemId }) => world.uid('utdanning/utdanningsprogram/skole', 'systemid', systemId)),
    );
    let outside = 0;
    for (const school of schools) {
      const roster = await world.roster({ schools: [school] });
      if (tells(roster, 'school-outside', 'person', main)) outside += 1;
      assert.equal(new Set(roster.groups.map((one) => one.school)).size, 1);
    }
    assert.equal(outside, 1);
  });

  it('nothing for an application that may not read what rosters are made of', async () => {
    for (const scopes of [['vfs:metadata.read'], ['vfs:employees.read', 'vfs:guardians.read'], []]) {
      await world.link(scopes);
      assert.equal((await world.read()) === null, true, scopes.join());
    }
    await world.link(['vfs:lmsexport', 'vfs:pupils.nin', 'vfs:employees.nin', 'vfs:guardians.read']);
  });
});

describe('what people type for groups', () => {
  it('goes out as one line, without what looks like a national id, and short enough', async () => {
    const long = `Æ${'ø'.repeat(58)}😀 og mer`;
    await changed(
      [
        [
          paths.class,
          aClass,
          having({ navn: ' 1A\t& <b>\u0007 ', beskrivelse: 'For dem med særskilt tilrettelegging' }),
        ],
        [paths.class, 'K-99201-2627-2A', having({ navn: long })],
        [paths.class, 'K-99201-2627-3A', having({ navn: '3A (03918512186)' })],
      ],
      async (roster) => {
        const named = async (key: string) => {
          const of = await id(paths.class, key);
          return roster.groups.find((one) => one.id === of);
        };
        const first = await named(aClass);
        assert.equal(first?.name, '1A & <b>\u0007');
        assert.equal(JSON.stringify(roster.groups).includes('tilrettelegging'), false);
        const second = await named('K-99201-2627-2A');
        assert.equal(second?.name, long);
        assert.ok((second?.shortName ?? '').length <= 60 && second?.shortName.isWellFormed() === true);
        assert.equal((await named('K-99201-2627-3A'))?.name, '3A ( )');
      },
    );
  });

  it('is made to tell groups of a type at a school apart', async () => {
    await changed(
      [
        [paths.class, 'K-99201-2627-2A', having({ navn: '1a' })],
        [paths.class, 'K-99201-2627-3A', having({ navn: '1A' })],
        [paths.schoolGroup, 'SG-99201-2627-ELEVRAD', having({ navn: '1A' })],
      ],
      async (roster) => {
        const taken = new Set<string>();
        for (const { school, type, shortName } of roster.groups) {
          const key = `${school} ${type} ${shortName.toLowerCase()}`;
          assert.equal(taken.has(key), false, key);
          taken.add(key);
        }
        const shortOf = async (path: string, key: string): Promise<string | undefined> => {
          const of = await id(path, key);
          return roster.groups.find((one) => one.id === of)?.shortName;
        };
        assert.equal(await shortOf(paths.class, aClass), '1A');
        assert.match((await shortOf(paths.class, 'K-99201-2627-2A')) ?? '', /^1a \(\w{4}\)$/);
        assert.equal(await shortOf(paths.schoolGroup, 'SG-99201-2627-ELEVRAD'), '1A');
        // The same when it is read again.
        assert.deepEqual((await world.roster()).groups, roster.groups);
      },
    );
  });

  it('may leave a group without subject or members, which goes out all the same', async () => {
    const group = 'UG-99201-2627-1A-MAT0001';
    const memberships = 'utdanning/timeplan/undervisningsgruppemedlemskap';
    const of = await id(paths.teaching, group);
    const all = [...(sandbox.collections.find(({ collection }) => collection === memberships)?.entries() ?? [])];
    const mine = all.filter(({ resource }) => JSON.stringify(links(resource)).includes(`${group}"`));
    assert.ok(mine.length > 5);
    await changed(
      [
        [paths.teaching, group, (resource) => withoutLink('undervisningsforhold')(withoutLink('fag')(resource))],
        ...mine.map(({ identifier }) => [memberships, identifier, withoutLink('undervisningsgruppe')] as const),
      ],
      async (roster) => {
        assert.deepEqual(membersIn(roster, of), []);
        assert.deepEqual(roster.groups.find((one) => one.id === of)?.subjects, []);
      },
    );
  });
});
