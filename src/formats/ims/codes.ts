// The code words of IMS Enterprise 1.1 as Norwegian schools use it, as data (LMS facts 6, 8): types of groups, roles, institution roles, user ids,
// telephones. Types of groups are named and numbered as PIFU does, which is the vocabulary that consumers here know.
import type { GroupType, MemberRole, MemberSubrole, PersonRole, RosterChange, RosterPerson } from '../roster.ts';

export type TypeCode = { readonly scheme: string; readonly level: string; readonly name: string };

const organisation = 'pifu-ims-go-org';
const group = 'pifu-ims-go-grp';

export const ownerType: TypeCode = { scheme: organisation, level: '1', name: 'skoleeier' };
export const schoolType: TypeCode = { scheme: organisation, level: '2', name: 'skole' };

/** Null = groups of guardians, which are not written. */
export const groupTypes: Readonly<Record<GroupType, TypeCode | null>> = {
  class: { scheme: group, level: '1', name: 'basisgruppe' },
  teaching: { scheme: group, level: '2', name: 'undervisningsgruppe' },
  contact: { scheme: group, level: '3', name: 'kontaktlærergruppe' },
  level: { scheme: group, level: '4', name: 'trinn' },
  guardians: null,
  language: { scheme: group, level: '9', name: 'språkopplæring' },
  composite: { scheme: group, level: '10', name: 'sammensattgruppe' },
  'pupil-council': { scheme: group, level: '11', name: 'elevråd' },
  'parents-council': { scheme: group, level: '12', name: 'fau' },
  'school-board': { scheme: group, level: '13', name: 'skoleutvalg' },
  'school-environment-board': { scheme: group, level: '14', name: 'skolemiljøutvalg' },
  'after-school': { scheme: group, level: '15', name: 'sfo' },
};

/** What stands beside the id of the group that another lies in. */
export const relationLabels = { owner: 'skoleeier', school: 'skole' } as const;

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

export const subroles: Readonly<Record<MemberSubrole, string>> = {
  'subject-teacher': 'faglærer',
  'student-teacher': 'lærerstudent',
  substitute: 'vikar',
  adviser: 'rådgiver',
  clerk: 'kontormedarbeider',
  'school-health': 'skolehelsetjeneste',
  librarian: 'skolebibliotekar',
  caretaker: 'vaktmester',
  cleaner: 'renholdsarbeider',
  'guardian-representative': 'foresattrepresentant',
  'social-teacher': 'sosiallærer',
  examiner: 'sensor',
  'educational-psychologist': 'pptansatt',
  'head-teacher': 'rektor',
  'deputy-head': 'inspektør',
  'it-manager': 'iktansvarlig',
};

/**
 * `faculty` where teachers are told from other staff, `staff` where consumers know no faculty. Nobody is an administrator: to a consumer that is somebody
 * who runs the platform, which no position at a school makes anybody.
 */
export const institutionRoles: Readonly<Record<'faculty' | 'staff', Readonly<Record<PersonRole, string>>>> = {
  faculty: { pupil: 'Student', teacher: 'Faculty', leader: 'Staff', staff: 'Staff', guardian: 'Guest' },
  staff: { pupil: 'Student', teacher: 'Staff', leader: 'Staff', staff: 'Staff', guardian: 'Guest' },
};

/** 1 female, 2 male: the reverse of ISO/IEC 5218. */
export const genders: Readonly<Record<RosterPerson['gender'], string>> = { unknown: '0', female: '1', male: '2' };

export const telephones = { voice: 'Voice', mobile: 'Mobile' } as const;

export const changes: Readonly<Record<Exclude<RosterChange, null>, string>> = { add: '1', update: '2', delete: '3' };

export const userIdTypes = {
  feide: 'feideID',
  userName: 'username',
  pupilNumber: 'studentID',
  employeeNumber: 'workforceID',
  nationalId: 'personNIN',
  localId: 'personLIN',
} as const;
