// The writer of IMS Enterprise 1.1 in its profiles (LMS facts 6, 9, 9.1): properties, persons, groups, memberships, each on a line. What the profiles
// differ in stands in ims-profile.ts. Made for each file by whoever writes it; not pure, since memberships refer to persons written before.
import { formatInstant } from '#base/clock.ts';
import { distinctBy } from '../distinct-members.ts';
import { isBlank } from '../fit-value.ts';
import { targetOfNobody } from '../roster.ts';
import type {
  RosterHolder,
  RosterId,
  RosterMember,
  RosterOwner,
  RosterPerson,
  RosterSchool,
  RosterWriter,
  RosterWriterOptions,
} from '../roster.ts';
import { element, xmlDeclaration } from '../xml/write-xml.ts';
import { groupTypes, roles } from './codes.ts';
import type { ImsFile } from './ims-file.ts';
import { imsProfiles, loginOf, nationalIdOf } from './ims-profile.ts';
import type { ImsProfile, ImsProfileName } from './ims-profile.ts';
import { groupWriter } from './write-group.ts';
import { membershipWriter } from './write-membership.ts';
import { personWriter } from './write-person.ts';

/** A writer of one file. */
export const imsWriter = (profile: ImsProfileName, dropped: RosterWriterOptions['dropped']): RosterWriter => {
  const is = imsProfiles[profile];
  let source = '';
  let before = '';
  const file: ImsFile = {
    is,
    dropped,
    sourcedid: (id, type) =>
      `<sourcedid${type === undefined ? '' : ` sourcedidtype="${type}"`}>${source}${element('id', id)}</sourcedid>`,
  };
  const people = knownPersons(is);
  const persons = personWriter(file);
  const memberships = membershipWriter(file);
  let groups: ReturnType<typeof groupWriter> | null = null;
  let units: { readonly owner: RosterOwner | null; readonly schools: readonly RosterSchool[] } = {
    owner: null,
    schools: [],
  };

  // A school that is words on its groups has no members.
  const hasPlace = (kind: RosterHolder['kind']): boolean => kind === 'group' || is.schools === 'groups';

  return {
    refuses: {
      person: people.refuses,
      school: ({ name, shortName }) => (isBlank(name) ? 'no-name' : isBlank(shortName) ? 'no-short-name' : null),
      group: ({ type, shortName }) =>
        groupTypes[type] === null ? 'guardian-outside' : isBlank(shortName) ? 'no-short-name' : null,
    },
    begin: (head, owner, schools) => {
      source = element('source', head.source);
      units = { owner, schools };
      groups = groupWriter(file, owner, schools);
      const language = is.decodes ? ' lang="nb"' : '';
      const target = element('target', head.target ?? targetOfNobody);
      before = `${xmlDeclaration}<enterprise>\n<properties${language}>${element('datasource', head.source)}${target}${element('type', head.type)}${element('datetime', formatInstant(head.at))}</properties>\n`;
      return before;
    },
    keyOf: people.keyOf,
    person: (person, change) => persons.person(person, people.idOf(person.id), people.former(person), change),
    unchanged: () => undefined,
    gone: ({ id, formerKey }) => {
      const gone = people.gone(id, formerKey);
      return gone === null ? '' : persons.gone(gone.id, gone.login);
    },
    startGroups: (changes) =>
      is.schools === 'words' || groups === null ? '' : groups.units(units.owner, units.schools, changes),
    group: (group, change) => groups?.group(group, change) ?? '',
    distinct: ({ kind }, members) => (hasPlace(kind) ? distinctMembers(members, dropped) : leftOut(members, dropped)),
    members: ({ id, kind }, members) => (hasPlace(kind) ? memberships(id, members, people.idOf) : ''),
    end: () => end,
    frame: () => ({ before, after: end }),
  };
};

const end = '</enterprise>\n';

const leftOut = (
  members: readonly RosterMember[],
  dropped: RosterWriterOptions['dropped'],
): readonly RosterMember[] => {
  for (const { role } of members) dropped({ code: 'no-place', field: 'school.member', value: role });
  return [];
};

type KnownPersons = {
  readonly refuses: RosterWriter['refuses']['person'];
  readonly keyOf: (person: RosterPerson) => string | null;
  /** What stands in the file for somebody; null for a person whom it does not know. */
  readonly idOf: (id: RosterId) => string | null;
  /** The id that somebody had before; null when it is the same, and when somebody else has it now. */
  readonly former: (person: RosterPerson) => string | null;
  /** What a person that is gone is deleted by; null when by nothing, and when somebody else has it now. */
  readonly gone: (
    id: RosterId,
    formerKey: string | null,
  ) => { readonly id: string; readonly login: string | null } | null;
};

/** Who stands for what: national ids by opaque ids and back, where the profile has such a thing. */
const knownPersons = (is: ImsProfile): KnownPersons => {
  const ids = new Map<RosterId, string>();
  const holders = new Map<string, RosterId>();
  const hold = (key: string, id: RosterId): boolean => {
    const holder = holders.get(key);
    if (holder !== undefined) return holder === id;
    holders.set(key, id);
    return true;
  };
  const keyOf = (person: RosterPerson): string | null =>
    is.id === 'national-id' ? nationalIdOf(person) : is.userIds === 'login' && !is.decodes ? loginOf(person) : null;
  const legacy = is.id === 'national-id';
  return {
    refuses: (person) => {
      if (person.roles.every((role) => role === 'guardian'))
        return person.roles.length === 0 ? 'no-role' : 'guardian-outside';
      const [family, given] = [isBlank(person.family), isBlank(person.given)];
      if (is.wholeNames ? family || given : family && given) return 'no-name';
      const key = keyOf(person);
      if (!legacy) {
        if (key !== null) hold(key, person.id);
        return null;
      }
      if (key === null) return 'no-national-id';
      if (!hold(key, person.id)) return 'national-id-twice';
      ids.set(person.id, key);
      return null;
    },
    keyOf,
    former: ({ id, formerKey }) =>
      !legacy || formerKey === null || formerKey === ids.get(id) || holders.has(formerKey) ? null : formerKey,
    idOf: (id) => (legacy ? (ids.get(id) ?? null) : id),
    gone: (id, formerKey) => {
      const free = formerKey !== null && (holders.get(formerKey) ?? id) === id;
      if (!legacy) return { id, login: free ? formerKey : null };
      if (formerKey === null) return null;
      // Memberships that end with the person are told of the same number.
      ids.set(id, formerKey);
      return free ? { id: formerKey, login: null } : null;
    },
  };
};

/** One membership for each person and code. */
const distinctMembers = (
  members: readonly RosterMember[],
  dropped: RosterWriterOptions['dropped'],
): readonly RosterMember[] =>
  distinctBy(
    members.every(({ role }) => roles[role].as === role) ? members : members.map((one) => told(one, dropped)),
    ({ role }) => role,
  );

/** With the role that stands for all of the same code. */
const told = (one: RosterMember, dropped: RosterWriterOptions['dropped']): RosterMember => {
  const role = roles[one.role].as;
  if (role === one.role) return one;
  dropped({ code: 'unknown-to-version', field: 'member.role', value: one.role });
  return { ...one, role };
};
