// A small municipality as rosters know it, which changes by dice: for tests of runs that need no hub. Ids are those that a hub would give.
import type {
  GroupType,
  MemberRole,
  RosterGroup,
  RosterMember,
  RosterOwner,
  RosterPerson,
  RosterSchool,
} from '#formats/roster.ts';
import type { OpenRoster, RosterMembers } from '#exports/export.ts';

export type Municipality = {
  owner: RosterOwner | null;
  readonly schools: Map<number, RosterSchool>;
  readonly persons: Map<number, RosterPerson>;
  readonly groups: Map<number, RosterGroup>;
  /** By holder. */
  readonly members: Map<number, RosterMember[]>;
  /** What nobody sees: they are not given at all. */
  readonly hidden: Set<number>;
  /** Nothing is granted. */
  closed: boolean;
  /** Called before each page. */
  between: () => Promise<void> | void;
  readonly id: (uid: number) => string;
};

export const emptyMunicipality = (id: (uid: number) => string): Municipality => ({
  owner: null,
  schools: new Map(),
  persons: new Map(),
  groups: new Map(),
  members: new Map(),
  hidden: new Set(),
  closed: false,
  between: () => {},
  id,
});

const unit = {
  legalName: 'Fjordheim',
  organisationNumber: '123456785',
  domain: null,
  email: null,
  phone: null,
  url: null,
  address: null,
} as const;

export const ownerOf = (m: Municipality, uid: number): RosterOwner => ({
  ...unit,
  uid,
  id: m.id(uid),
  name: 'Fjordheim kommune',
  municipalityNumber: '9901',
});

export const putSchool = (m: Municipality, uid: number, more: Partial<RosterSchool> = {}): void => {
  m.schools.set(uid, {
    ...unit,
    uid,
    id: m.id(uid),
    name: `Skole ${uid}`,
    owner: m.owner?.id ?? null,
    shortName: `S${uid}`,
    gsiNumber: null,
    kinds: ['primary'],
    ...more,
  });
};

export const putPerson = (m: Municipality, uid: number, more: Partial<RosterPerson> = {}): void => {
  m.persons.set(uid, {
    uid,
    id: m.id(uid),
    given: `Given${uid}`,
    family: `Family${uid}`,
    full: `Given${uid} Family${uid}`,
    nationalId: null,
    formerKey: null,
    localId: null,
    feideName: null,
    userName: `user${uid}`,
    pupilNumber: null,
    employeeNumber: null,
    gender: 'unknown',
    birthDate: null,
    email: null,
    phones: [],
    roles: ['pupil'],
    title: null,
    preferredLanguage: 'nb',
    nativeLanguages: [],
    contacts: [],
    ...more,
  });
};

export const putGroup = (m: Municipality, uid: number, school: number, more: Partial<RosterGroup> = {}): void => {
  m.groups.set(uid, {
    uid,
    id: m.id(uid),
    school: m.id(school),
    type: 'class' satisfies GroupType,
    shortName: `G${uid}`,
    name: `Group ${uid}`,
    description: null,
    period: { begin: '2026-08-01', end: '2027-07-31' },
    schoolYear: '2026/2027',
    subjects: [],
    levels: [5],
    ...more,
  });
};

/** Replaces the memberships of a person in a holder by one. */
export const putMember = (
  m: Municipality,
  holder: number,
  person: number,
  role: MemberRole = 'pupil',
  more: Partial<RosterMember> = {},
): void => {
  const others = (m.members.get(holder) ?? []).filter((one) => one.person !== m.id(person) || one.role !== role);
  const member = {
    person: m.id(person),
    role,
    subrole: null,
    active: true,
    period: { begin: null, end: null },
    change: null,
    ...more,
  };
  m.members.set(holder, [...others, member]);
};

export const removeMember = (m: Municipality, holder: number, person: number): void => {
  m.members.set(
    holder,
    (m.members.get(holder) ?? []).filter((one) => one.person !== m.id(person)),
  );
};

function* pages<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size);
}

/** Gives what is there now, page by page; what changes between pages is seen as it is by then. */
export const rosterOf =
  (m: Municipality): OpenRoster =>
  async ({ schools }, _tell) => {
    if (m.closed) return { kind: 'missing' };
    const wanted = (uid: number): boolean => schools === null || schools.includes(uid);
    const ids = (): Set<string> =>
      new Set([...m.schools.values()].filter(({ uid }) => wanted(uid)).map(({ id }) => id));
    const hidden = (): Set<string> => new Set([...m.hidden].map(m.id));
    const groups = (): RosterGroup[] => [...m.groups.values()].filter(({ school }) => ids().has(school));
    const holders = (): RosterMembers[] =>
      [
        ...[...m.schools.values()]
          .filter(({ uid }) => wanted(uid))
          .map(({ uid, id }) => ({ holder: { uid, id, kind: 'school' as const }, members: m.members.get(uid) ?? [] })),
        ...groups().map(({ uid, id }) => ({
          holder: { uid, id, kind: 'group' as const },
          members: m.members.get(uid) ?? [],
        })),
      ].map(({ holder, members }) => ({ holder, members: members.filter(({ person }) => !hidden().has(person)) }));
    const seen = (person: RosterPerson): RosterPerson => ({
      ...person,
      contacts: person.contacts.filter((contact) => !hidden().has(contact.person)),
    });
    const { between } = m;
    return {
      kind: 'roster',
      reading: {
        owner: m.owner,
        schools: [...m.schools.values()].filter(({ uid }) => wanted(uid)),
        persons: async function* () {
          for (const page of pages(
            [...m.persons.values()].filter(({ uid }) => !m.hidden.has(uid)),
            5,
          )) {
            await between();
            yield page.map(seen);
          }
        },
        groups: async function* () {
          for (const page of pages(groups(), 3)) {
            await between();
            yield page;
          }
        },
        members: async function* () {
          for (const page of pages(holders(), 2)) {
            await between();
            yield page;
          }
        },
      },
    };
  };

/** Two schools, four classes, pupils with guardians, teachers. */
export const smallMunicipality = (id: (uid: number) => string): Municipality => {
  const m = emptyMunicipality(id);
  m.owner = ownerOf(m, 1);
  for (const school of [10, 11]) putSchool(m, school);
  for (const [index, group] of [20, 21, 22, 23].entries()) putGroup(m, group, index < 2 ? 10 : 11);
  for (let teacher = 30; teacher < 34; teacher += 1) {
    putPerson(m, teacher, { roles: ['teacher'], title: 'Teacher' });
    putMember(m, teacher < 32 ? 10 : 11, teacher, 'teacher');
    putMember(m, teacher - 10, teacher, 'contact-teacher');
  }
  for (let pupil = 100; pupil < 140; pupil += 1) {
    putPerson(m, pupil, { contacts: [{ person: id(pupil + 100), kind: 'guardian' }] });
    putPerson(m, pupil + 100, { roles: ['guardian'] });
    putMember(m, pupil < 120 ? 10 : 11, pupil);
    putMember(m, 20 + Math.floor((pupil - 100) / 10), pupil);
  }
  return m;
};
