// The words that formats for Norwegian schools have in common, as data (LMS facts 5.2, 6): PIFU-IMS names and numbers them, and what is older follows it. What
// a version or a profile makes of them stands with it. Words of the formats are Norwegian; what they mean is said in the words of rosters.
import type { GroupType, MemberSubrole, RosterChange, RosterPerson, SchoolKind } from './roster.ts';

export const schemes = { unit: 'pifu-ims-go-org', group: 'pifu-ims-go-grp' } as const;

export type TypeWord = { readonly scheme: string; readonly level: string; readonly text: string };

export const ownerWord: TypeWord = { scheme: schemes.unit, level: '1', text: 'skoleeier' };
export const schoolWord: TypeWord = { scheme: schemes.unit, level: '2', text: 'skole' };

const group = (level: string, text: string): TypeWord => ({ scheme: schemes.group, level, text });

export const groupWords: Readonly<Record<GroupType, TypeWord>> = {
  class: group('1', 'basisgruppe'),
  teaching: group('2', 'undervisningsgruppe'),
  contact: group('3', 'kontaktlærergruppe'),
  level: group('4', 'trinn'),
  guardians: group('8', 'foresattegruppe'),
  language: group('9', 'språkopplæring'),
  composite: group('10', 'sammensattgruppe'),
  'pupil-council': group('11', 'elevråd'),
  'parents-council': group('12', 'fau'),
  'school-board': group('13', 'skoleutvalg'),
  'school-environment-board': group('14', 'skolemiljøutvalg'),
  'after-school': group('15', 'sfo'),
};

export const subroleWords: Readonly<Record<MemberSubrole, string>> = {
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

export const schoolKindWords: Readonly<Record<SchoolKind, string>> = {
  primary: 'barneskole',
  'lower-secondary': 'ungdomsskole',
  'upper-secondary': 'videregående',
  'after-school': 'sfo',
};

/** Codes of IMS: 1 is female, 2 male, the reverse of ISO/IEC 5218. */
export const genderCodes: Readonly<Record<RosterPerson['gender'], string>> = { unknown: '0', female: '1', male: '2' };

const changeCodes: Readonly<Record<Exclude<RosterChange, null>, string>> = {
  add: '1',
  update: '2',
  delete: '3',
};

/** ` recstatus="1"`; nothing in a full file. */
export const recstatus = (change: RosterChange): string =>
  change === null ? '' : ` recstatus="${changeCodes[change]}"`;
