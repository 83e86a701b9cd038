// Words of PIFU-IMS as files in use write them, each with what it means: codes, words of the standard and words of older habits. Called by
// read-record.ts. Tables only; what is in none of them is not understood, and the reader says so.
import type { GroupType, MemberSubrole, SchoolKind } from '../roster.ts';
import { groupWords, ownerWord, schemes, schoolKindWords, schoolWord, subroleWords } from '../school-words.ts';
import type { TypeWord } from '../school-words.ts';

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

const wordsOf = <T extends string>(words: Readonly<Record<T, string>>): ReadonlyMap<string, T> =>
  new Map((Object.keys(words) as T[]).map((one) => [words[one], one]));

export const subroles: ReadonlyMap<string, MemberSubrole> = wordsOf(subroleWords);

/** Types of groups, by code and by word; four of them are in no roster. */
export type PifuGroupType = GroupType | 'owner' | 'school' | 'programme' | 'programme-area' | 'subject' | 'exam';

type ReadType = readonly [TypeWord, PifuGroupType];
const ofNoRoster = (level: string, text: string, type: PifuGroupType): ReadType => [
  { scheme: schemes.group, level, text },
  type,
];
const types: readonly ReadType[] = [
  [ownerWord, 'owner'],
  [schoolWord, 'school'],
  ...(Object.keys(groupWords) as GroupType[]).map((type): ReadType => [groupWords[type], type]),
  ofNoRoster('5', 'utdanningsprogram', 'programme'),
  ofNoRoster('6', 'programområde', 'programme-area'),
  ofNoRoster('7', 'fag', 'subject'),
  ofNoRoster('16', 'eksamensgruppe', 'exam'),
];
const typesOf = (wanted: string): ReadonlyMap<string, PifuGroupType> =>
  new Map(
    types.flatMap(([{ scheme, level, text }, type]) =>
      scheme === wanted
        ? ([
            [level, type],
            [text, type],
          ] as const)
        : [],
    ),
  );

/** By scheme, then by code or word. */
export const groupTypes: ReadonlyMap<string, ReadonlyMap<string, PifuGroupType>> = new Map(
  Object.values(schemes).map((scheme) => [scheme, typesOf(scheme)]),
);

/** Null = known, and of no kind that the roster tells apart. */
export const schoolKinds: ReadonlyMap<string, SchoolKind | null> = new Map<string, SchoolKind | null>([
  ...wordsOf(schoolKindWords),
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
