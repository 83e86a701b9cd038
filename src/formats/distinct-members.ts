// Members of a holder as a format can tell them apart: of what it has one word for, one stands for all. Used by the writers of the formats. Pure.
import type { RosterMember } from './roster.ts';

/**
 * One for each person and word: the one in force that lasts longest, else the one that lasts longest. The very same members when every person is there
 * once, as nearly everywhere.
 */
export const distinctBy = (
  members: readonly RosterMember[],
  wordOf: (member: RosterMember) => string,
): readonly RosterMember[] => {
  if (new Set(members.map(({ person }) => person)).size === members.length) return members;
  const kept = new Map<string, RosterMember>();
  for (const member of members) {
    const key = `${wordOf(member)} ${member.person}`;
    const other = kept.get(key);
    if (other === undefined || outlasts(member, other)) kept.set(key, member);
  }
  return kept.size === members.length ? members : [...kept.values()];
};

const outlasts = (one: RosterMember, other: RosterMember): boolean => {
  if (one.active !== other.active) return one.active;
  return other.period.end !== null && (one.period.end === null || one.period.end > other.period.end);
};
