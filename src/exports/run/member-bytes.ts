// One membership as the manifest of a run keeps it: nineteen bytes. Written by manifest.ts, read and compared by told-members.ts. The lists here are what
// numbers in files that were written before stand for: new ones come last.
import { dayMs } from '#base/clock.ts';
import type { MemberRole, MemberSubrole, RosterDate, RosterMember } from '#formats/roster.ts';

/** A membership as it was told, of one person in one holder. */
export type ToldMember = Pick<RosterMember, 'role' | 'subrole' | 'active' | 'period'> & { readonly person: number };

export const memberBytes = 19;
const openDay = 0x7fffffff;

const roles: readonly MemberRole[] = [
  'pupil',
  'teacher',
  'contact-teacher',
  'leader',
  'assistant',
  'administrator',
  'guardian',
  'other',
];
const subroles: readonly (MemberSubrole | null)[] = [
  null,
  'subject-teacher',
  'student-teacher',
  'substitute',
  'adviser',
  'clerk',
  'school-health',
  'librarian',
  'caretaker',
  'cleaner',
  'guardian-representative',
  'social-teacher',
  'examiner',
  'educational-psychologist',
  'head-teacher',
  'deputy-head',
  'it-manager',
];
const roleNumbers = new Map(roles.map((role, index) => [role, index]));
const subroleNumbers = new Map(subroles.map((subrole, index) => [subrole, index]));

const days = new Map<string, number>();
const dayOf = (date: RosterDate | null): number => {
  if (date === null) return openDay;
  const known = days.get(date);
  if (known !== undefined) return known;
  const day = Math.floor(Date.parse(date) / dayMs);
  if (!Number.isSafeInteger(day)) throw new RangeError('not a date');
  if (days.size > 100_000) days.clear();
  days.set(date, day);
  return day;
};
const dates = new Map<number, RosterDate>();
const dateOf = (day: number): RosterDate | null => {
  if (day === openDay) return null;
  let date = dates.get(day);
  if (date === undefined) {
    date = new Date(day * dayMs).toISOString().slice(0, 10);
    if (dates.size > 100_000) dates.clear();
    dates.set(day, date);
  }
  return date;
};

type Kept = Pick<RosterMember, 'role' | 'subrole' | 'active' | 'period'>;

/** Throws a RangeError when a day is none. */
export const writeMember = (
  bytes: Buffer,
  at: number,
  { role, subrole, active, period }: Kept,
  person: number,
): void => {
  bytes.writeDoubleLE(person, at);
  bytes.writeUInt8(roleNumbers.get(role) ?? 0, at + 8);
  bytes.writeUInt8(subroleNumbers.get(subrole) ?? 0, at + 9);
  bytes.writeUInt8(active ? 1 : 0, at + 10);
  bytes.writeInt32LE(dayOf(period.begin), at + 11);
  bytes.writeInt32LE(dayOf(period.end), at + 15);
};

export const memberOf = (bytes: Buffer, at: number): ToldMember => ({
  person: bytes.readDoubleLE(at),
  role: roles[bytes.readUInt8(at + 8)] ?? 'other',
  subrole: subroles[bytes.readUInt8(at + 9)] ?? null,
  active: bytes.readUInt8(at + 10) === 1,
  period: { begin: dateOf(bytes.readInt32LE(at + 11)), end: dateOf(bytes.readInt32LE(at + 15)) },
});

/** Whether they are what `writeMember` would write of a membership: without making one. */
export const isMember = (bytes: Buffer, at: number, member: Kept, person: number): boolean =>
  bytes.readDoubleLE(at) === person &&
  roles[bytes.readUInt8(at + 8)] === member.role &&
  subroles[bytes.readUInt8(at + 9)] === member.subrole &&
  (bytes.readUInt8(at + 10) === 1) === member.active &&
  bytes.readInt32LE(at + 11) === dayOf(member.period.begin) &&
  bytes.readInt32LE(at + 15) === dayOf(member.period.end);
