// The code words of PIFU-IMS, as data: which word stands for what, and from which version on (LMS facts 5, 5.2). Used by the writer, the rules and the
// check of this folder. What it has in common with other formats stands in school-words.ts.
import type { GroupType, MemberRole, MemberSubrole, RosterProfile } from '../roster.ts';
import { groupWords, ownerWord, schoolWord } from '../school-words.ts';
import type { TypeWord } from '../school-words.ts';

/** Compares as text: `'1.1' < '1.2'`. */
export type PifuVersionName = '1.1' | '1.2' | '1.3';

export type PifuProfileName = 'pifu-ims-1.1' | 'pifu-ims-1.2' | 'pifu-ims-1.3';

export type PifuProfile = {
  readonly version: PifuVersionName;
  /** Consumers look for the very text. */
  readonly namespace: string;
  /** What stands before the nine digits of an organisation number: the text of the standard has NO, its example has nothing (5.2). */
  readonly organisationPrefix: 'NO' | '';
};

const namespaces = 'http://pifu.no/xsd/pifu-ims_sas/pifu-ims_sas-';

export const pifuProfiles: Readonly<Record<PifuProfileName, PifuProfile>> = {
  'pifu-ims-1.1': { version: '1.1', namespace: `${namespaces}1.1`, organisationPrefix: '' },
  'pifu-ims-1.2': { version: '1.2', namespace: `${namespaces}1.2`, organisationPrefix: '' },
  'pifu-ims-1.3': { version: '1.3', namespace: `${namespaces}v1`, organisationPrefix: 'NO' },
};

/** True for one of the profiles of this folder. */
export const isPifuProfile = (profile: RosterProfile): profile is PifuProfileName =>
  Object.hasOwn(pifuProfiles, profile);

export const languageOfFile = 'nb';

type GroupTypeWord = TypeWord & { readonly since: PifuVersionName };

export const unitTypes = { owner: ownerWord, school: schoolWord } as const;

export const groupTypes: Readonly<Record<GroupType, GroupTypeWord>> = {
  class: { ...groupWords.class, since: '1.1' },
  teaching: { ...groupWords.teaching, since: '1.1' },
  contact: { ...groupWords.contact, since: '1.1' },
  level: { ...groupWords.level, since: '1.1' },
  guardians: { ...groupWords.guardians, since: '1.2' },
  language: { ...groupWords.language, since: '1.2' },
  composite: { ...groupWords.composite, since: '1.3' },
  'pupil-council': { ...groupWords['pupil-council'], since: '1.3' },
  'parents-council': { ...groupWords['parents-council'], since: '1.3' },
  'school-board': { ...groupWords['school-board'], since: '1.3' },
  'school-environment-board': { ...groupWords['school-environment-board'], since: '1.3' },
  'after-school': { ...groupWords['after-school'], since: '1.3' },
};

export type RoleType = '01' | '02' | '04' | '05' | '06' | '07' | '08';

export const roleTypes: Readonly<Record<MemberRole, RoleType>> = {
  pupil: '01',
  teacher: '02',
  'contact-teacher': '06',
  leader: '05',
  assistant: '08',
  administrator: '07',
  guardian: '04',
  other: '04',
};

/** From 1.3 on; each belongs to one role. */
export const subrolesSince: PifuVersionName = '1.3';
export const subroleOf: Readonly<Record<MemberSubrole, RoleType>> = {
  'subject-teacher': '02',
  'student-teacher': '02',
  substitute: '02',
  adviser: '04',
  clerk: '04',
  'school-health': '04',
  librarian: '04',
  caretaker: '04',
  cleaner: '04',
  'guardian-representative': '04',
  'social-teacher': '04',
  examiner: '04',
  'educational-psychologist': '04',
  'head-teacher': '05',
  'deputy-head': '05',
  'it-manager': '07',
};

/** `feideID` is called a user name by versions that do not know it. */
export const userIdTypes = {
  nationalId: { type: 'personNIN', since: '1.1' },
  localId: { type: 'personLIN', since: '1.2' },
  pupilNumber: { type: 'studentID', since: '1.1' },
  employeeNumber: { type: 'workforceID', since: '1.1' },
  userName: { type: 'username', since: '1.1' },
  feideName: { type: 'feideID', since: '1.3' },
} as const satisfies Record<string, { readonly type: string; readonly since: PifuVersionName }>;

export const telephones = { voice: '1', mobile: '3' } as const;

/** By whose it is, then by kind. */
export const personPhones = {
  work: { voice: 'personTelephoneAtOrg', mobile: 'personMobileAtOrg' },
  private: { voice: 'personTelephonePrivate', mobile: 'personMobilePrivate' },
} as const;
export const unitPhone = 'orgTelephone';
export const unitAddress = 'orgPostalAddress';

export const contactTypes = { guardian: 'guardian', 'next-of-kin': 'nextOfKin' } as const;

/** Identifiers of units and groups: type, where it is an identifier, whether it names one thing only. */
export const identifiers = {
  organisation: { type: 'organizationNumber', scope: 'enhetsregisteret', unique: '1', since: '1.1' },
  municipality: {
    type: 'municipalityNumber',
    scope: 'http://hotell.difi.no/?dataset=difi/geo/kommune',
    unique: '0',
    since: '1.1',
  },
  domain: { type: 'domainName', scope: '.no', unique: '1', since: '1.1' },
  gsi: { type: 'gsiNumber', scope: 'gsi', unique: '1', since: '1.2' },
  subject: { type: 'grepCodeShortForm', scope: 'grep - levende læreplaner', unique: '0', since: '1.1' },
  level: { type: 'grepCodeGradeLevel', scope: 'grep - levende læreplaner', unique: '0', since: '1.3' },
  /** What a group for a level has in versions without a code of its own for it. */
  levelBefore: { type: 'grepCode', scope: 'grep - levende læreplaner', unique: '0', since: '1.1' },
} as const satisfies Record<
  string,
  { readonly type: string; readonly scope: string; readonly unique: '0' | '1'; readonly since: PifuVersionName }
>;

/** The address of a year of school in the national register of curricula. */
export const levelAddress = (level: number): string => `http://psi.udir.no/laereplan/aarstrinn/aarstrinn${level}`;

export const schoolKindsSince: PifuVersionName = '1.3';
/** Standards of language codes by the length of a code. */
export const languageSources: Readonly<Record<number, string>> = { 2: 'ISO 639-1', 3: 'ISO 639-2' };
