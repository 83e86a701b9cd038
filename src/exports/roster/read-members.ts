// Who is in the groups, beside the staff who have them: pupils by their enrolments, guardians by a relation that shows, staff by their role at school. Called
// by open-roster.ts, last.
import type { ExclusionCode, GroupType, MemberRole, MemberSubrole, RosterDate } from '#formats/roster.ts';
import type { RosterMembers } from '../export.ts';
import { membersOf, type MemberRow } from './mappings/member.ts';
import { otherStaff } from './mappings/position-kinds.ts';
import { roleAt, type GroupsRead } from './read-groups.ts';
import { earlier } from './school-year.ts';
import type { RosterShape } from './shapes.ts';
import { holdsOnDay, type RosterState } from './state.ts';

// Members that are given together, all of a holder.
const pageMembers = 200;

/** Pages of all that is known of members by then: of schools, then of groups. `groups` as `readGroups` gave them. */
export async function* readMembers(
  state: RosterState,
  groups: readonly GroupsRead[],
): AsyncGenerator<readonly RosterMembers[]> {
  for (const [index, { by, members }] of state.shapes.groups.entries()) {
    const { uids, leftOut } = groups[index] ?? { uids: [], leftOut: 0 };
    if (uids.length > 0) await gather(state, members, by, state.asked === null && leftOut === 0 ? null : uids);
  }
  const { language } = state.shapes;
  if (state.trainingSeen) {
    const trained = state.holders.flatMap(({ uid, type }) => (type === 'language' ? [uid] : []));
    if (trained.length > 0) await gather(state, language, language.by, trained);
  }
  let page: RosterMembers[] = [];
  let size = 0;
  for (const { holder, members } of state.members.byHolder(
    state.holders.length,
    (person) => state.persons[person] ?? '',
  )) {
    const of = state.holders[holder];
    if (of === undefined) continue;
    page.push({ holder: { id: of.id, kind: of.type === null ? 'school' : 'group', uid: of.uid }, members });
    size += members.length;
    if (size < pageMembers) continue;
    yield page;
    page = [];
    size = 0;
  }
  if (page.length > 0) yield page;
}

/** Notes the memberships of a source; of `groups` only, unless null. */
const gather = async (
  state: RosterState,
  { shape, read }: RosterShape<MemberRow>,
  by: string,
  groups: readonly number[] | null,
): Promise<void> => {
  for await (const page of state.pages(shape, groups === null ? null : membersOf(by, groups)))
    for (const node of page) note(state, read(node, state.now));
};

const note = (state: RosterState, row: MemberRow): void => {
  const holder = row.group === undefined ? undefined : state.groups.get(row.group);
  const group = holder === undefined ? undefined : state.holders[holder];
  if (holder === undefined || group === undefined) return;
  const { enrolment, guardianship, resource } = row;
  // Of whom the caller may not see, there is nothing to tell.
  if (enrolment === undefined && guardianship === undefined && resource === undefined) return;
  const refuse = (code: ExclusionCode): void => state.tell({ code, what: 'membership', id: group.id });
  const who = whoIs(state, row, group.type, group.school);
  if (who === null) return refuse('person-left-out');
  const { from, to } = row;
  if (from !== undefined && to !== undefined && to < from) return refuse('ends-before-it-starts');
  const end = earlier(earlier(to, row.placeTo), who.end);
  if (end !== undefined && (end < state.year.first || (from !== undefined && end < from))) return refuse('has-ended');
  const { person, role, subrole } = who;
  state.members.add({ holder, person, role, subrole, active: holdsOnDay(from, end, state.day), begin: from, end });
};

type Who = {
  readonly person: number;
  readonly role: MemberRole;
  readonly subrole: MemberSubrole | null;
  /** The last day of what the membership rests on. */
  readonly end: RosterDate | undefined;
};

/** In these, guardians stand for others. */
const bodies: ReadonlySet<GroupType> = new Set(['parents-council', 'school-board', 'school-environment-board']);

const whoIs = (state: RosterState, row: MemberRow, type: GroupType | null, school: number): Who | null => {
  const { enrolment, guardianship, resource } = row;
  const pupil = enrolment === undefined ? undefined : state.enrolments.get(enrolment);
  if (pupil !== undefined) return { person: pupil.person, role: 'pupil', subrole: null, end: pupil.end };
  const guardian = guardianship === undefined ? undefined : state.guardianships.get(guardianship);
  if (guardian !== undefined) {
    const subrole = type !== null && bodies.has(type) ? 'guardian-representative' : null;
    return { person: guardian, role: 'guardian', subrole, end: undefined };
  }
  const staff = resource === undefined ? undefined : state.resources.get(resource);
  if (staff === undefined) return null;
  const { role, subrole } = roleAt(state, staff, school, null, otherStaff);
  return { person: staff, role, subrole, end: undefined };
};
