// The code words of PIFU-IMS, as data: which word stands for what, and from which version on (LMS facts 5, 5.2). Used by the writer, the rules and the
// check of this folder. Words of the format are Norwegian; what they mean is said in the words of rosters.
import type {
  GroupType,
  MemberRole,
  MemberSubrole,
  RosterChange,
  RosterPerson,
  RosterProfile,
  SchoolKind,
} from '../roster.ts';

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

export const schemes = { unit: 'pifu-ims-go-org', group: 'pifu-ims-go-grp' } as const;

type GroupTypeWord = { readonly level: string; readonly text: string; readonly since: PifuVersionName };

export const unitTypes = {
  owner: { level: '1', text: 'skoleeier', since: '1.1' },
  school: { level: '2', text: 'skole', since: '1.1' },
} as const satisfies Record<string, GroupTypeWord>;

export const groupTypes: Readonly<Record<GroupType, GroupTypeWord>> = {
  class: { level: '1', text: 'basisgruppe', since: '1.1' },
  teaching: { level: '2', text: 'undervisningsgruppe', since: '1.1' },
  contact: { level: '3', text: 'kontaktlærergruppe', since: '1.1' },
  level: { level: '4', text: 'trinn', since: '1.1' },
  guardians: { level: '8', text: 'foresattegruppe', since: '1.2' },
  language: { level: '9', text: 'språkopplæring', since: '1.2' },
  composite: { level: '10', text: 'sammensattgruppe', since: '1.3' },
  'pupil-council': { level: '11', text: 'elevråd', since: '1.3' },
  'parents-council': { level: '12', text: 'fau', since: '1.3' },
  'school-board': { level: '13', text: 'skoleutvalg', since: '1.3' },
  'school-environment-board': { level: '14', text: 'skolemiljøutvalg', since: '1.3' },
  'after-school': { level: '15', text: 'sfo', since: '1.3' },
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
export const subroles: Readonly<Record<MemberSubrole, { readonly text: string; readonly of: RoleType }>> = {
  'subject-teacher': { text: 'faglærer', of: '02' },
  'student-teacher': { text: 'lærerstudent', of: '02' },
  substitute: { text: 'vikar', of: '02' },
  adviser: { text: 'rådgiver', of: '04' },
  clerk: { text: 'kontormedarbeider', of: '04' },
  'school-health': { text: 'skolehelsetjeneste', of: '04' },
  librarian: { text: 'skolebibliotekar', of: '04' },
  caretaker: { text: 'vaktmester', of: '04' },
  cleaner: { text: 'renholdsarbeider', of: '04' },
  'guardian-representative': { text: 'foresattrepresentant', of: '04' },
  'social-teacher': { text: 'sosiallærer', of: '04' },
  examiner: { text: 'sensor', of: '04' },
  'educational-psychologist': { text: 'pptansatt', of: '04' },
  'head-teacher': { text: 'rektor', of: '05' },
  'deputy-head': { text: 'inspektør', of: '05' },
  'it-manager': { text: 'iktansvarlig', of: '07' },
};

/** Codes of IMS: 1 is female, the reverse of ISO/IEC 5218. */
export const genders: Readonly<Record<RosterPerson['gender'], string>> = { unknown: '0', female: '1', male: '2' };

export const changes: Readonly<Record<Exclude<RosterChange, null>, string>> = { add: '1', update: '2', delete: '3' };

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
export const schoolKinds: Readonly<Record<SchoolKind, string>> = {
  primary: 'barneskole',
  'lower-secondary': 'ungdomsskole',
  'upper-secondary': 'videregående',
  'after-school': 'sfo',
};

/** Standards of language codes by the length of a code. */
export const languageSources: Readonly<Record<number, string>> = { 2: 'ISO 639-1', 3: 'ISO 639-2' };
