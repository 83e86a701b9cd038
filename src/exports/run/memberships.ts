// What has become of the memberships of one holder since they were told. Called by export-run.ts for every holder. Pure.
import type { RosterMember } from '#formats/roster.ts';
import type { ToldMember } from './member-bytes.ts';
import type { ToldHolder } from './told-members.ts';

export type ComparedMembers = {
  /** For a delta: those that have changed, what has ended first. Deletions of somebody come before anything else of theirs. */
  readonly changed: readonly RosterMember[];
  /** Told as in force, and in force still. */
  readonly kept: number;
};

/** `present` index-aligned with `uids`; `idOf` gives the id of whoever is not there any more. */
export const compareMembers = (
  told: ToldHolder | null,
  present: readonly RosterMember[],
  uids: readonly number[],
  idOf: (uid: number) => string,
): ComparedMembers => {
  if (told === null) return { changed: present.map((member) => ({ ...member, change: 'add' })), kept: 0 };
  const byPerson = new Map<number, RosterMember[]>();
  for (const [index, member] of present.entries()) {
    const uid = uids[index] ?? 0;
    const known = byPerson.get(uid);
    if (known === undefined) byPerson.set(uid, [member]);
    else known.push(member);
  }
  const [ended, other]: [RosterMember[], RosterMember[]] = [[], []];
  let kept = 0;
  for (const [uid, before] of told.members) {
    const now = byPerson.get(uid) ?? [];
    byPerson.delete(uid);
    const pairs = paired(before, now);
    for (const { told: one, member } of pairs.both) {
      if (one.active && member.active) kept += 1;
      if (!same(one, member)) other.push({ ...member, change: 'update' });
    }
    for (const { role, subrole } of pairs.gone) {
      const period = { begin: null, end: null };
      ended.push({ person: now[0]?.person ?? idOf(uid), role, subrole, active: false, period, change: 'delete' });
    }
    for (const member of pairs.come) other.push({ ...member, change: 'add' });
  }
  for (const members of byPerson.values()) for (const member of members) other.push({ ...member, change: 'add' });
  return { changed: [...ended, ...other], kept };
};

type Pairs = {
  readonly both: readonly { readonly told: ToldMember; readonly member: RosterMember }[];
  readonly gone: readonly ToldMember[];
  readonly come: readonly RosterMember[];
};

/** By role and subrole, then by role alone: what is more exact of a role may change. */
const paired = (before: readonly ToldMember[], now: readonly RosterMember[]): Pairs => {
  const [first, second] = [before[0], now[0]];
  // What nearly all are.
  if (
    before.length === 1 &&
    now.length === 1 &&
    first !== undefined &&
    second !== undefined &&
    first.role === second.role
  )
    return { both: [{ told: first, member: second }], gone: [], come: [] };
  const both: { told: ToldMember; member: RosterMember }[] = [];
  let [gone, come] = [[...before], [...now]];
  const match = (fits: (told: ToldMember, member: RosterMember) => boolean): void => {
    gone = gone.filter((told) => {
      const at = come.findIndex((member) => fits(told, member));
      const member = come[at];
      if (member === undefined) return true;
      both.push({ told, member });
      come = come.toSpliced(at, 1);
      return false;
    });
  };
  match((told, member) => told.role === member.role && told.subrole === member.subrole);
  match((told, member) => told.role === member.role);
  return { both, gone, come };
};

const same = (told: ToldMember, { subrole, active, period }: RosterMember): boolean =>
  told.subrole === subrole &&
  told.active === active &&
  told.period.begin === period.begin &&
  told.period.end === period.end;
