// Words of PIFU-IMS as files in use write them, each with what it means: codes, words of the standard and words of older habits. Called by
// read-record.ts. Tables only; what is in none of them is not understood, and the reader says so.
import type { GroupType, MemberSubrole, SchoolKind } from '../roster.ts';

export type PifuVersion = '0.9' | '1.0' | '1.1' | '1.2' | '1.3';

/** Namespaces by which versions are told apart. */
export const versionOfNamespace: ReadonlyMap<string, PifuVersion> = new Map([
  ['http://pifu.no/xsd/pifu-ims_sas/pifu-ims_sas-0.9', '0.9'],
  ['http://pifu.no/xsd/pifu-ims_sas/pifu-ims_sas-1.0', '1.0'],
  ['http://pifu.no/xsd/pifu-ims_sas/pifu-ims_sas-1.1', '1.1'],
  ['http://pifu.no/xsd/pifu-ims_sas/pifu-ims_sas-1.2', '1.2'],
  ['http://pifu.no/xsd/pifu-ims_sas/pifu-ims_sas-v1', '1.3'],
]);

/** `melding` is what the text of the standard calls an event. */
export const fileTypes: ReadonlyMap<string, 'full' | 'delta' | 'event'> = new Map([
  ['full', 'full'],
  ['delta', 'delta'],
  ['event', 'event'],
  ['melding', 'event'],
]);

export const changes: ReadonlyMap<string, 'add' | 'update' | 'delete'> = new Map([
  ['1', 'add'],
  ['add', 'add'],
  ['2', 'update'],
  ['update', 'update'],
  ['3', 'delete'],
  ['delete', 'delete'],
]);

/** Codes of IMS: 1 is female, the reverse of ISO 5218. */
export const genders: ReadonlyMap<string, 'female' | 'male' | 'unknown'> = new Map([
  ['0', 'unknown'],
  ['unknown', 'unknown'],
  ['1', 'female'],
  ['female', 'female'],
  ['2', 'male'],
  ['male', 'male'],
]);

export const phoneKinds: ReadonlyMap<string, 'voice' | 'fax' | 'mobile'> = new Map([
  ['1', 'voice'],
  ['voice', 'voice'],
  ['2', 'fax'],
  ['fax', 'fax'],
  ['3', 'mobile'],
  ['mobile', 'mobile'],
]);

export const roleTypes: ReadonlyMap<string, PifuRoleType> = new Map([
  ['01', '01'],
  ['1', '01'],
  ['learner', '01'],
  ['02', '02'],
  ['2', '02'],
  ['instructor', '02'],
  ['03', '03'],
  ['3', '03'],
  ['contentdeveloper', '03'],
  ['04', '04'],
  ['4', '04'],
  ['member', '04'],
  ['05', '05'],
  ['5', '05'],
  ['manager', '05'],
  ['06', '06'],
  ['6', '06'],
  ['mentor', '06'],
  ['07', '07'],
  ['7', '07'],
  ['administrator', '07'],
  ['08', '08'],
  ['8', '08'],
  ['teachingassistant', '08'],
]);
export type PifuRoleType = '01' | '02' | '03' | '04' | '05' | '06' | '07' | '08';

export const statuses: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['active', true],
  ['aktiv', true],
  ['0', false],
  ['inactive', false],
  ['inaktiv', false],
]);

export const subroles: ReadonlyMap<string, MemberSubrole> = new Map([
  ['faglærer', 'subject-teacher'],
  ['lærerstudent', 'student-teacher'],
  ['vikar', 'substitute'],
  ['rådgiver', 'adviser'],
  ['kontormedarbeider', 'clerk'],
  ['skolehelsetjeneste', 'school-health'],
  ['skolebibliotekar', 'librarian'],
  ['vaktmester', 'caretaker'],
  ['renholdsarbeider', 'cleaner'],
  ['foresattrepresentant', 'guardian-representative'],
  ['sosiallærer', 'social-teacher'],
  ['sensor', 'examiner'],
  ['pptansatt', 'educational-psychologist'],
  ['rektor', 'head-teacher'],
  ['inspektør', 'deputy-head'],
  ['iktansvarlig', 'it-manager'],
]);

/** Types of the groups of a school, by code and by word; three of them are of upper secondary schools alone. */
export type PifuGroupType = GroupType | 'owner' | 'school' | 'programme' | 'programme-area' | 'subject' | 'exam';

const orgTypes = [
  ['1', 'skoleeier', 'owner'],
  ['2', 'skole', 'school'],
] as const;
const grpTypes = [
  ['1', 'basisgruppe', 'class'],
  ['2', 'undervisningsgruppe', 'teaching'],
  ['3', 'kontaktlærergruppe', 'contact'],
  ['4', 'trinn', 'level'],
  ['5', 'utdanningsprogram', 'programme'],
  ['6', 'programområde', 'programme-area'],
  ['7', 'fag', 'subject'],
  ['8', 'foresattegruppe', 'guardians'],
  ['9', 'språkopplæring', 'language'],
  ['10', 'sammensattgruppe', 'composite'],
  ['11', 'elevråd', 'pupil-council'],
  ['12', 'fau', 'parents-council'],
  ['13', 'skoleutvalg', 'school-board'],
  ['14', 'skolemiljøutvalg', 'school-environment-board'],
  ['15', 'sfo', 'after-school'],
  ['16', 'eksamensgruppe', 'exam'],
] as const;

/** By scheme, then by code or word. */
export const groupTypes: ReadonlyMap<string, ReadonlyMap<string, PifuGroupType>> = new Map<
  string,
  ReadonlyMap<string, PifuGroupType>
>([
  [
    'pifu-ims-go-org',
    new Map(orgTypes.flatMap(([code, word, type]) => [[code, type] as const, [word, type] as const])),
  ],
  [
    'pifu-ims-go-grp',
    new Map(grpTypes.flatMap(([code, word, type]) => [[code, type] as const, [word, type] as const])),
  ],
]);

/** Null = known, and of no kind that the roster tells apart. */
export const schoolKinds: ReadonlyMap<string, SchoolKind | null> = new Map<string, SchoolKind | null>([
  ['barneskole', 'primary'],
  ['ungdomsskole', 'lower-secondary'],
  ['videregående', 'upper-secondary'],
  ['sfo', 'after-school'],
  ['barnehage', null],
]);

export const contactKinds: ReadonlyMap<string, 'guardian' | 'next-of-kin'> = new Map([
  ['guardian', 'guardian'],
  ['nextofkin', 'next-of-kin'],
]);

export const absenceModes: ReadonlyMap<string, 'aggregate' | 'occurrence'> = new Map([
  ['aggregate', 'aggregate'],
  ['occurrence', 'occurrence'],
  ['occurence', 'occurrence'],
]);

export const absenceUnits: ReadonlyMap<string, 'days' | 'hours'> = new Map([
  ['days', 'days'],
  ['hours', 'hours'],
]);

export const absenceClasses: ReadonlyMap<string, 'valid' | 'invalid'> = new Map([
  ['valid', 'valid'],
  ['invalid', 'invalid'],
]);
