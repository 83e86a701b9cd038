// Groups of the school year at the schools, and who of the staff has them. Called by open-roster.ts, after persons.
import type { UidMap } from '#base/uid-map.ts';
import type { ExclusionCode, GroupType, RosterGroup, RosterSubject } from '#formats/roster.ts';
import { groupKinds, groupsOf, type GroupRow } from './mappings/group.ts';
import { afterSchoolKinds, type PositionKind } from './mappings/position-kinds.ts';
import { someText } from './person-parts.ts';
import { oneLine, withoutNumbers } from './plain-text.ts';
import { createShortNames, type ShortNames } from './short-names.ts';
import type { Holder, RosterState } from './state.ts';

/** Which groups of a source are in, for who reads their members. */
export type GroupsRead = { readonly uids: number[]; leftOut: number };

/** Pages of those that are in. `read` gets, for each source of the shapes in order, which those are. */
export async function* readGroups(state: RosterState, read: GroupsRead[]): AsyncGenerator<readonly RosterGroup[]> {
  const shortNames = createShortNames();
  const classes = createClassTeachers(state);
  for (const source of state.shapes.groups) {
    const mine: GroupsRead = { uids: [], leftOut: 0 };
    read.push(mine);
    const narrow = state.asked === null ? null : groupsOf(source.way, [...state.schools.keys()]);
    for await (const page of state.pages(source.shape, narrow)) {
      const groups: RosterGroup[] = [];
      for (const node of page) {
        const row = source.read(node, state.now);
        const type = source.type ?? groupKinds[(row.kind ?? '').toUpperCase()];
        const group = groupOf(state, row, type, shortNames);
        if (group === null) {
          mine.leftOut += 1;
          continue;
        }
        mine.uids.push(row.uid);
        groups.push(group);
        const holder = state.holders.push({ uid: row.uid, id: row.id, type: group.type, school: row.school ?? 0 }) - 1;
        state.groups.set(row.uid, holder);
        addStaff(state, row, holder, classes);
      }
      if (groups.length > 0) yield groups;
    }
  }
  classes.settle();
}

/** Null when it is left out; told, unless the caller may not see what the group is about. */
const groupOf = (
  state: RosterState,
  row: GroupRow,
  type: GroupType | undefined,
  shortNames: ShortNames,
): RosterGroup | null => {
  const refuse = (code: ExclusionCode): null => {
    state.tell({ code, what: 'group', id: row.id });
    return null;
  };
  if (type === 'language') {
    if (row.trained === undefined) return null;
    state.trainingSeen = true;
  }
  if ((type === 'guardians' || type === 'parents-council') && !state.guardiansSeen) return null;
  const { school, years } = row;
  if (school === undefined) return refuse('no-school');
  const holder = state.schools.get(school);
  if (holder === undefined) return refuse('school-outside');
  if (years === undefined || (years.length > 0 && !years.includes(state.year.name))) return refuse('year-outside');
  if (!row.active) return refuse('not-active');
  if (type === undefined) return refuse('type-unknown-to-version');
  const name = withoutNumbers(row.name);
  if (name === '') return refuse('no-short-name');
  const isOfYear = years.length > 0;
  return {
    uid: row.uid,
    id: row.id,
    school: state.holders[holder]?.id ?? '',
    type,
    shortName: shortNames(`${school} ${type}`, name, row.id),
    name,
    // What people write of a group may be about those in it.
    description: null,
    period: isOfYear ? { begin: state.year.first, end: state.year.last } : { begin: null, end: null },
    schoolYear: isOfYear ? state.year.name : null,
    subjects: subjectsOf(row),
    levels: [...new Set(row.levels ?? [])].toSorted((one, other) => one - other),
  };
};

/** Subjects with a code, each once. */
const subjectsOf = ({ subjects }: GroupRow): readonly RosterSubject[] => {
  const found = new Map<string, RosterSubject>();
  for (const { code, name } of subjects ?? [])
    if (code !== undefined && !found.has(code)) found.set(code, { code, name: someText(oneLine(name)), levels: [] });
  return [...found.values()];
};

const contactTeacher: PositionKind = { role: 'contact-teacher', subrole: null };
const plainTeacher: PositionKind = { role: 'teacher', subrole: null };
const subjectTeacher: PositionKind = { role: 'teacher', subrole: 'subject-teacher' };
const assistant: PositionKind = { role: 'assistant', subrole: null };

const addTo = (state: RosterState, holder: number, person: number, { role, subrole }: PositionKind): void =>
  state.members.add({ holder, person, role, subrole, active: true, begin: undefined, end: undefined });

/** What somebody is in a group of a school by the positions held there. */
export const roleAt = (
  { positions }: RosterState,
  person: number,
  school: number,
  kinds: ReadonlySet<string> | null,
  otherwise: PositionKind,
): PositionKind =>
  positions.get(person)?.find((one) => one.school === school && (kinds === null || kinds.has(one.kind))) ?? otherwise;

const addStaff = (state: RosterState, row: GroupRow, holder: number, classes: ClassTeachers): void => {
  const { type, school, id } =
    state.holders[holder] ?? ({ type: null, school: 0, id: '' } satisfies Omit<Holder, 'uid'>);
  const known = (uid: number, places: Pick<UidMap, 'get'>): number | undefined => {
    const person = places.get(uid);
    if (person === undefined) state.tell({ code: 'person-left-out', what: 'membership', id });
    return person;
  };
  for (const uid of row.teachings ?? []) {
    const person = known(uid, state.teachings);
    if (person === undefined) continue;
    if (type === 'class') classes.teaches(holder, person);
    else if (type === 'contact') {
      addTo(state, holder, person, contactTeacher);
      for (const of of row.classes ?? []) classes.isContact(state.groups.get(of), person);
    } else addTo(state, holder, person, subjectTeacher);
  }
  for (const uid of row.resources ?? []) {
    const person = known(uid, state.resources);
    if (person === undefined) continue;
    const what =
      type === 'after-school'
        ? roleAt(state, person, school, afterSchoolKinds, assistant)
        : roleAt(state, person, school, null, plainTeacher);
    addTo(state, holder, person, what);
  }
};

type ClassTeachers = {
  readonly teaches: (holder: number, person: number) => void;
  readonly isContact: (holder: number | undefined, person: number) => void;
  /** When all groups have been read. */
  readonly settle: () => void;
};

const note = (into: Map<number, Set<number>>, holder: number, person: number): void => {
  const some = into.get(holder) ?? new Set();
  into.set(holder, some.add(person));
};

/**
 * Contact teachers have groups of their own, within classes: they are those of the class. Who else has the class is a teacher of it, unless nobody says
 * who its contact teachers are.
 */
const createClassTeachers = (state: RosterState): ClassTeachers => {
  const teachers = new Map<number, Set<number>>();
  const contacts = new Map<number, Set<number>>();
  return {
    teaches: (holder, person) => note(teachers, holder, person),
    isContact: (holder, person) => {
      if (holder !== undefined) note(contacts, holder, person);
    },
    settle: () => {
      for (const [holder, some] of contacts) for (const person of some) addTo(state, holder, person, contactTeacher);
      for (const [holder, some] of teachers)
        for (const person of some) {
          const known = contacts.get(holder);
          if (known === undefined) addTo(state, holder, person, contactTeacher);
          else if (!known.has(person)) addTo(state, holder, person, plainTeacher);
        }
    },
  };
};
