// The code words of IMS Enterprise 1.1 as Norwegian schools use it, as data (LMS facts 6, 8): roles, institution roles, user ids, telephones. Types of groups
// are named and numbered as PIFU does, which is the vocabulary that consumers here know: school-words.ts.
import type { GroupType, MemberRole, PersonRole } from '../roster.ts';
import { groupWords } from '../school-words.ts';
import type { TypeWord } from '../school-words.ts';

/** Null = groups of guardians, which are not written. */
export const groupTypes: Readonly<Record<GroupType, TypeWord | null>> = { ...groupWords, guardians: null };

/**
 * Of roles with the same code one has to stand for all: `as`. A contact teacher is an instructor: 06 (mentor) is known to none of the consumers that
 * the profiles are for.
 */
export const roles: Readonly<Record<MemberRole, { readonly code: string; readonly as: MemberRole }>> = {
  pupil: { code: '01', as: 'pupil' },
  teacher: { code: '02', as: 'teacher' },
  'contact-teacher': { code: '02', as: 'teacher' },
  other: { code: '04', as: 'other' },
  guardian: { code: '04', as: 'other' },
  leader: { code: '05', as: 'leader' },
  administrator: { code: '07', as: 'administrator' },
  assistant: { code: '08', as: 'assistant' },
};

/**
 * `faculty` where teachers are told from other staff, `staff` where consumers know no faculty. Nobody is an administrator: to a consumer that is somebody
 * who runs the platform, which no position at a school makes anybody.
 */
export const institutionRoles: Readonly<Record<'faculty' | 'staff', Readonly<Record<PersonRole, string>>>> = {
  faculty: { pupil: 'Student', teacher: 'Faculty', leader: 'Staff', staff: 'Staff', guardian: 'Guest' },
  staff: { pupil: 'Student', teacher: 'Staff', leader: 'Staff', staff: 'Staff', guardian: 'Guest' },
};

export const telephones = { voice: 'Voice', mobile: 'Mobile' } as const;

export const userIdTypes = {
  feide: 'feideID',
  userName: 'username',
  pupilNumber: 'studentID',
  employeeNumber: 'workforceID',
  nationalId: 'personNIN',
  localId: 'personLIN',
} as const;
