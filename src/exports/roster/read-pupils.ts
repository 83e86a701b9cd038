// Pupils of the schools, and before each page of them their guardians who have not come yet: so that whoever is pointed to is there first. Called by
// open-roster.ts, after employees.
import type { ExclusionCode, RosterId, RosterPerson } from '#formats/roster.ts';
import { enrol, notEnrolled } from './enrolled.ts';
import type { GuardianRow } from './mappings/guardian.ts';
import { pupilsOf, type GuardianshipRow, type PupilRow } from './mappings/pupil.ts';
import { asProtected, genderOf, identifiersOf, namesOf, numbersOf, phonesOf, someText } from './person-parts.ts';
import type { RosterState } from './state.ts';

// Fewer than a page of the walk: whoever takes them is done with them before the collector has to move them.
const personsAtOnce = 100;

/** Pages of those who are in, guardians before the pupils whose they are. */
export async function* readPupils(state: RosterState): AsyncGenerator<readonly RosterPerson[]> {
  const { pupil } = state.shapes;
  const narrow = state.asked === null ? null : pupilsOf([...state.schools.keys()]);
  const known: Known = { nameless: new Set(), guarded: new Map() };
  for await (const page of state.pages(pupil.shape, narrow)) {
    let [guardians, pupils]: [RosterPerson[], RosterPerson[]] = [[], []];
    for (const node of page) {
      const one = pupilOf(state, pupil.read(node, state.now), known, guardians);
      if (one !== null) pupils.push(one);
      if (pupils.length < personsAtOnce) continue;
      if (guardians.length > 0) yield guardians;
      yield pupils;
      [guardians, pupils] = [[], []];
    }
    if (guardians.length > 0) yield guardians;
    if (pupils.length > 0) yield pupils;
  }
  for (const [uid, id] of known.guarded)
    if (!state.humans.has(uid)) state.tell({ code: 'no-role', what: 'person', id });
}

/** Guardians who are left out, so that each is told once. */
type Known = {
  readonly nameless: Set<number>;
  /** Those who are protected, or whose child is, by uid: id. */
  readonly guarded: Map<number, RosterId>;
};

const pupilOf = (state: RosterState, row: PupilRow, known: Known, guardians: RosterPerson[]): RosterPerson | null => {
  const refuse = (code: ExclusionCode): null => {
    state.tell({ code, what: 'person', id: row.id });
    return null;
  };
  const enrolments = row.enrolments ?? [];
  if (row.guardianships !== undefined) state.guardiansSeen = true;
  const names = namesOf(row);
  if (names === null) return refuse('no-name');
  const reason = notEnrolled(state, enrolments, row.standing);
  if (reason !== null) return refuse(reason);
  // Somebody who works at the schools as well has come already.
  const staff = placeOfHuman(state, row.person, row.employee);
  if (staff !== undefined) {
    enrol(state, staff, enrolments);
    return null;
  }
  const person = state.persons.push(row.id) - 1;
  enrol(state, person, enrolments);
  const level = Math.max(row.level, row.personLevel ?? 0);
  if (level > 0) state.guarded.add(person);
  const { nationalId, localId, misplaced } = numbersOf(row);
  if (misplaced) state.tell({ code: 'no-national-id', what: 'number', id: row.id });
  const { misused, ...identifiers } = identifiersOf({ ...row, employeeNumber: undefined });
  if (misused) state.tell({ code: 'national-id-elsewhere', what: 'number', id: row.id });
  const contacts = contactsOf(state, row, level, known, guardians);
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
    phones: phonesOf('private', row),
    roles: ['pupil'],
    title: null,
    preferredLanguage: row.writtenLanguage === 'nb' || row.writtenLanguage === 'nn' ? row.writtenLanguage : null,
    nativeLanguages: row.nativeLanguages ?? [],
    contacts: contacts.map((id) => ({ person: id, kind: 'guardian' })),
  };
  return level > 0 ? asProtected(made, level) : made;
};

/** The place of the employee who is the same human, where one is in. */
const placeOfHuman = (
  { humans, employees }: RosterState,
  human: number | undefined,
  employee: number | undefined,
): number | undefined =>
  (human === undefined ? undefined : humans.get(human)) ??
  (employee === undefined ? undefined : employees.get(employee));

/** Ids of the guardians of a pupil, in the order in which the school calls them; those who have not come yet are put among `guardians`. */
const contactsOf = (
  state: RosterState,
  row: PupilRow,
  level: number,
  known: Known,
  guardians: RosterPerson[],
): readonly RosterId[] => {
  const contacts = new Set<RosterId>();
  for (const one of (row.guardianships ?? []).toSorted(callOrder)) {
    const { guardian } = one;
    if (guardian === undefined) continue;
    // A pointer would tell where who is protected belongs.
    if (level > 0 || one.level > 0 || guardian.level > 0) {
      known.guarded.set(guardian.uid, guardian.id);
      continue;
    }
    const place =
      placeOfHuman(state, guardian.uid, guardian.employee) ?? addGuardian(state, guardian, known, guardians);
    if (place === undefined || state.guarded.has(place)) continue;
    state.guardianships.set(one.uid, place);
    const id = state.persons[place];
    if (id !== undefined) contacts.add(id);
  }
  return [...contacts];
};

const last = Number.MAX_SAFE_INTEGER;
const callOrder = (one: GuardianshipRow, other: GuardianshipRow): number =>
  (one.order ?? last) - (other.order ?? last) || one.uid - other.uid;

const addGuardian = (
  state: RosterState,
  row: GuardianRow,
  { nameless }: Known,
  guardians: RosterPerson[],
): number | undefined => {
  const names = namesOf(row);
  if (names === null) {
    if (!nameless.has(row.uid)) state.tell({ code: 'no-name', what: 'person', id: row.id });
    nameless.add(row.uid);
    return undefined;
  }
  const place = state.persons.push(row.id) - 1;
  state.humans.set(row.uid, place);
  guardians.push({
    uid: row.uid,
    id: row.id,
    ...names,
    nationalId: null,
    formerKey: null,
    localId: null,
    feideName: null,
    userName: null,
    pupilNumber: null,
    employeeNumber: null,
    gender: 'unknown',
    birthDate: null,
    email: null,
    phones: phonesOf('private', row),
    roles: ['guardian'],
    title: null,
    preferredLanguage: null,
    nativeLanguages: [],
    contacts: [],
  });
  return place;
};
