// The writer of ABC Enterprise (LMS facts 7): properties with all types declared, the organisation with its schools, persons, groups, relations. Only full
// files: the format has no word for what has changed. Whoever reads it counts attributes, so none is written that is not the format's.
import { formatInstant } from '#base/clock.ts';
import { distinctBy } from '../distinct-members.ts';
import { isBlank } from '../fit-value.ts';
import { targetOfNobody } from '../roster.ts';
import type {
  RosterHolder,
  RosterId,
  RosterMember,
  RosterPerson,
  RosterWriter,
  RosterWriterOptions,
} from '../roster.ts';
import { element, elementWith, xmlDeclaration } from '../xml/write-xml.ts';
import { declaredRelations, declaredTypes, memberRelations, relations, types } from './codes.ts';
import { organizationIdOf, writeOrganization } from './write-organization.ts';
import { writeGroup, writePerson } from './write-entity.ts';

/** A writer of one file. */
export const abcWriter = (dropped: RosterWriterOptions['dropped']): RosterWriter => {
  let before = '';
  let organization = '';
  const guardians = waitingGuardians();
  const subjectOf = ({ id, kind }: RosterHolder): string =>
    kind === 'group'
      ? elementWith('groupid', 'groupidtype', types.groupId, id)
      : `<org>${organization}${elementWith('ouid', 'ouidtype', types.schoolId, id)}</org>`;

  return {
    refuses: {
      person: ({ full, given, family }) => (isBlank(full) && isBlank(given) && isBlank(family) ? 'no-name' : null),
      // Readers stop at a unit without a name (7).
      school: ({ name }) => (isBlank(name) ? 'no-name' : null),
      group: () => null,
    },
    begin: (head, owner, schools) => {
      organization = organizationIdOf(owner, head.source);
      before = `${xmlDeclaration}<document>\n<properties>${element('datasource', head.source)}${element('target', head.target ?? targetOfNobody)}${element('timestamp', formatInstant(head.at))}${declared}</properties>\n`;
      return before + writeOrganization(dropped, owner, schools, head.source);
    },
    keyOf: () => null,
    person: (person) => {
      guardians.add(person);
      return writePerson(dropped, person);
    },
    unchanged: () => undefined,
    gone: () => '',
    startGroups: () => '',
    group: (group) => writeGroup(dropped, group),
    distinct: (holder, members) => distinctMembers(holder, members, dropped),
    members: (holder, members) => guardians.some() + memberRelationsOf(subjectOf(holder), holder, members),
    end: () => guardians.rest() + end,
    frame: () => ({ before, after: end }),
  };
};

const end = '</document>\n';

const declared = `<types>${declaredTypes
  .map(([type, name, subject]) =>
    subject === null ? element(type, name) : elementWith(type, 'subject', subject, name),
  )
  .join('')}${declaredRelations
  .map(([name, subject, object]) => `<relationtype subject="${subject}" object="${object}">${name}</relationtype>`)
  .join('')}</types>`;

const personId = (id: RosterId): string => elementWith('personid', 'personidtype', types.personId, id);

const relation = (type: string, subject: string, objects: string): string =>
  objects === ''
    ? ''
    : `<relation relationtype="${type}"><subject>${subject}</subject><object>${objects}</object></relation>\n`;

/** One relation for each kind: what is told of a person twice is told once. */
const memberRelationsOf = (subject: string, { kind }: RosterHolder, members: readonly RosterMember[]): string => {
  const objects = new Map<string, Set<RosterId>>();
  for (const { person, role, active } of members) {
    const what = memberRelations[kind][role];
    if (what === null || !active) continue;
    const of = objects.get(what.relation);
    if (of === undefined) objects.set(what.relation, new Set([person]));
    else of.add(person);
  }
  let written = '';
  for (const [type, persons] of objects) {
    let ids = '';
    for (const person of persons) ids += personId(person);
    written += relation(type, subject, ids);
  }
  return written;
};

/** Those in force, one for each person and kind of relation. */
const distinctMembers = (
  { kind }: RosterHolder,
  members: readonly RosterMember[],
  dropped: RosterWriterOptions['dropped'],
): readonly RosterMember[] => {
  const told: RosterMember[] = [];
  for (const one of members) {
    const what = memberRelations[kind][one.role];
    if (what === null) dropped({ code: 'no-place', field: `${kind}.member`, value: one.role });
    else if (!one.active) dropped({ code: 'no-place', field: 'member.inactive', value: one.role });
    else told.push(what.as === one.role && one.subrole === null ? one : { ...one, role: what.as, subrole: null });
  }
  return distinctBy(told, ({ role }) => role);
};

type WaitingGuardians = {
  readonly add: (person: RosterPerson) => void;
  /** A few, so that they do not come all at once. */
  readonly some: () => string;
  readonly rest: () => string;
};

const atOnce = 500;

/** Contacts of persons, kept until relations may be written: the format has them behind all persons and groups. Only those who are in the file. */
const waitingGuardians = (): WaitingGuardians => {
  const persons = new Set<RosterId>();
  const waiting: Pick<RosterPerson, 'id' | 'contacts'>[] = [];
  let next = 0;
  const take = (most: number): string => {
    let written = '';
    for (const last = Math.min(waiting.length, next + most); next < last; next += 1) {
      const { id, contacts } = waiting[next] ?? { id: '', contacts: [] };
      for (const [kind, type] of kinds) {
        const objects = new Set(
          contacts.filter((one) => one.kind === kind && persons.has(one.person)).map(({ person }) => person),
        );
        written += relation(type, personId(id), [...objects].map(personId).join(''));
      }
    }
    return written;
  };
  return {
    add: ({ id, contacts }) => {
      persons.add(id);
      if (contacts.length > 0) waiting.push({ id, contacts });
    },
    some: () => take(atOnce),
    rest: () => take(waiting.length),
  };
};

const kinds = [
  ['guardian', relations.guardian],
  ['next-of-kin', relations.nextOfKin],
] as const;
