// Employees who work at the schools: who is in, as what, and where. First of the persons, so that whoever is a pupil or a guardian as well stands once.
// Called by open-roster.ts.
import type { ExclusionCode, PersonRole, RosterPerson } from '#formats/roster.ts';
import { notEnrolled } from './enrolled.ts';
import { employeesOf, type AsPupilRow, type EmployeeRow, type PositionRow } from './mappings/employee.ts';
import { otherStaff, positionKinds, teacherKind, type PositionKind } from './mappings/position-kinds.ts';
import { asProtected, genderOf, identifiersOf, namesOf, numbersOf, phonesOf, someText } from './person-parts.ts';
import { holdsOnDay, type RosterState } from './state.ts';

/** Pages of those who are in. */
export async function* readEmployees(state: RosterState): AsyncGenerator<readonly RosterPerson[]> {
  const { employee } = state.shapes;
  const narrow = state.asked === null ? null : employeesOf([...state.schools.keys()]);
  for await (const page of state.pages(employee.shape, narrow)) {
    const persons: RosterPerson[] = [];
    for (const node of page) {
      const person = personOf(state, employee.read(node, state.now));
      if (person !== null) persons.push(person);
    }
    if (persons.length > 0) yield persons;
  }
}

type Work = PositionKind & {
  readonly school: number;
  readonly kind: string;
  readonly from?: string;
  readonly to?: string;
};

const personOf = (state: RosterState, row: EmployeeRow): RosterPerson | null => {
  const refuse = (code: ExclusionCode): null => {
    state.tell({ code, what: 'person', id: row.id });
    return null;
  };
  const names = namesOf(row);
  if (names === null) return refuse('no-name');
  if (!holdsOnDay(row.from, row.to, state.day)) return refuse('not-employed');
  const works = worksOf(state, row);
  if (works.length === 0) return refuse('no-role');
  const own = works.filter(({ school }) => state.schools.has(school));
  if (own.length === 0) return refuse('school-outside');

  const person = state.persons.push(row.id) - 1;
  const humans = row.humans ?? [];
  const level = Math.max(row.level, row.personLevel ?? 0, ...humans.map((human) => human.level));
  if (level > 0) state.guarded.add(person);
  state.employees.set(row.uid, person);
  state.positions.set(person, own);
  for (const uid of row.resources ?? []) state.resources.set(uid, person);
  for (const { uid } of row.teachings ?? []) state.teachings.set(uid, person);
  for (const { uid } of humans) state.humans.set(uid, person);
  placeAtSchools(state, person, row, own);

  const { nationalId, localId, misplaced } = numbersOf(row);
  if (misplaced) state.tell({ code: 'no-national-id', what: 'number', id: row.id });
  const pupils = humans.flatMap((human) => (human.pupils ?? []).filter(isIn(state, human.standing)));
  const { misused, ...identifiers } = identifiersOf({ ...row, pupilNumber: pupils[0]?.pupilNumber });
  if (misused) state.tell({ code: 'national-id-elsewhere', what: 'number', id: row.id });
  const made: RosterPerson = {
    uid: row.uid,
    id: row.id,
    ...names,
    nationalId,
    formerKey: null,
    localId,
    ...identifiers,
    gender: genderOf(row.gender),
    birthDate: row.birthDate ?? null,
    email: someText(row.email),
    phones: phonesOf('work', row),
    roles: [
      ...new Set([
        ...own.map(({ role }) => staffRole(role)),
        ...(pupils.length > 0 ? ['pupil' as const] : []),
        ...(level === 0 && isGuardian(state, row) ? ['guardian' as const] : []),
      ]),
    ],
    title: someText(row.title),
    preferredLanguage: null,
    nativeLanguages: [],
    contacts: [],
  };
  return level > 0 ? asProtected(made, level) : made;
};

const staffRole = (role: PositionKind['role']): PersonRole =>
  role === 'leader' ? 'leader' : role === 'teacher' || role === 'contact-teacher' ? 'teacher' : 'staff';

const kindOf = ({ kind }: PositionRow): PositionKind & { readonly kind: string } => {
  const code = (kind ?? '').toUpperCase();
  return { ...(positionKinds[code] ?? otherStaff), kind: code };
};

/**
 * Where somebody works on the day that counts. Positions say so; where a source has none of somebody, the schools of the role there; and whoever teaches
 * at a school works at it as long as one position or none at all says otherwise.
 */
const worksOf = (state: RosterState, row: EmployeeRow): readonly Work[] => {
  const positions = row.positions ?? [];
  const held = positions
    .filter(({ from, to }) => holdsOnDay(from, to, state.day))
    .toSorted((one, other) => Number(other.main) - Number(one.main));
  if (positions.length > 0 && held.length === 0) return [];
  const works: Work[] = held.flatMap((one) =>
    one.school === undefined ? [] : [{ ...kindOf(one), school: one.school, from: one.from, to: one.to }].map(clean),
  );
  const known = new Set(works.map(({ school }) => school));
  const add = (school: number | undefined, kind: PositionKind): void => {
    if (school === undefined || known.has(school)) return;
    known.add(school);
    works.push({ ...kind, kind: '', school });
  };
  for (const { school } of row.teachings ?? []) add(school, teacherKind);
  if (positions.length === 0) for (const school of row.schools ?? []) add(school, otherStaff);
  return works;
};

const clean = ({
  from,
  to,
  ...rest
}: PositionKind & {
  readonly school: number;
  readonly kind: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}): Work => ({ ...rest, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) });

/** Staff are members of their schools: by what holds now, and by positions of the school year that are over or to come. */
const placeAtSchools = (state: RosterState, person: number, row: EmployeeRow, own: readonly Work[]): void => {
  for (const { school, role, subrole, from, to } of own) {
    const holder = state.schools.get(school);
    if (holder !== undefined) state.members.add({ holder, person, role, subrole, active: true, begin: from, end: to });
  }
  for (const position of row.positions ?? []) {
    const { from, to, school } = position;
    const holder = school === undefined ? undefined : state.schools.get(school);
    if (holder === undefined || holdsOnDay(from, to, state.day)) continue;
    const leftOut = outsideOf(state, from, to);
    if (leftOut === null) {
      const { role, subrole } = kindOf(position);
      state.members.add({ holder, person, role, subrole, active: false, begin: from, end: to });
    } else state.tell({ code: leftOut, what: 'membership', id: state.holders[holder]?.id ?? '' });
  }
};

const outsideOf = ({ year }: RosterState, from: string | undefined, to: string | undefined): ExclusionCode | null => {
  if (from !== undefined && to !== undefined && to < from) return 'ends-before-it-starts';
  if (to !== undefined && to < year.first) return 'has-ended';
  return from !== undefined && from > year.last ? 'year-outside' : null;
};

const isIn =
  (state: RosterState, standing: string | undefined) =>
  ({ enrolments }: AsPupilRow): boolean =>
    notEnrolled(state, enrolments ?? [], standing) === null;

/** Guardian of a pupil who is in, neither of them protected. */
const isGuardian = (state: RosterState, { humans }: EmployeeRow): boolean =>
  (humans ?? []).some(({ guardianships }) =>
    guardianships?.some(
      ({ level, childName, standing, pupils }) =>
        level === 0 &&
        someText(childName) !== null &&
        pupils?.some((one) => one.level === 0 && isIn(state, standing)(one)) === true,
    ),
  );
