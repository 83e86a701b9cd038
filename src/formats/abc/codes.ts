// The words of ABC Enterprise, as data (LMS facts 7). The vocabulary of types is free and agreed for each pair of systems; this one is that of the school
// configuration that is known, with words of our own where it has none. Every word is declared in every file, in this order.
import type { MemberRole } from '../roster.ts';

export const types = {
  address: 'Adresse',
  email: 'Email',
  homePhone: 'Homephone',
  officePhone: 'Officephone',
  mobile: 'Mobile',
  web: 'Web',
  groupSchool: 'Skole',
  groupType: 'Gruppetype',
  groupSubject: 'Fagkode',
  groupYear: 'Skoleår',
  schoolKind: 'Skoleslag',
  organisationNumber: 'Orgnr',
  organisationId: 'OrgID',
  name: 'Navn',
  schoolId: 'OUID',
  schoolShortName: 'ID',
  personId: 'PersonID',
  nationalId: 'fnr',
  dufNumber: 'dufnr',
  localId: 'lokalID',
  employeeNumber: 'ansattnr',
  pupilNumber: 'elevnr',
  feideName: 'FeideID',
  userName: 'brukernavn',
  title: 'Stillingstittel',
  groupId: 'grpid',
} as const;

export const relations = {
  employee: 'Employee',
  pupil: 'Pupil',
  responsible: 'Responsible',
  member: 'Member',
  guardian: 'Guardian',
  nextOfKin: 'NextOfKin',
} as const;

export type Entity = 'organization' | 'ou' | 'person' | 'group';

/** What is declared of relations: name, subject, object. */
export const declaredRelations: readonly (readonly [string, Entity, Entity])[] = [
  [relations.employee, 'ou', 'person'],
  [relations.pupil, 'ou', 'person'],
  [relations.responsible, 'group', 'person'],
  [relations.pupil, 'group', 'person'],
  [relations.member, 'group', 'person'],
  [relations.guardian, 'person', 'person'],
  [relations.nextOfKin, 'person', 'person'],
];

/** What is declared of types, in the order that readers expect: element, name, subject where there is one. */
export const declaredTypes: readonly (readonly [string, string, Entity | null])[] = [
  ['addresstype', types.address, 'organization'],
  ['addresstype', types.address, 'ou'],
  ['contacttype', types.email, 'organization'],
  ['contacttype', types.officePhone, 'organization'],
  ['contacttype', types.web, 'organization'],
  ['contacttype', types.email, 'ou'],
  ['contacttype', types.officePhone, 'ou'],
  ['contacttype', types.web, 'ou'],
  ['contacttype', types.email, 'person'],
  ['contacttype', types.homePhone, 'person'],
  ['contacttype', types.officePhone, 'person'],
  ['contacttype', types.mobile, 'person'],
  ['tagtype', types.schoolKind, 'ou'],
  ['tagtype', types.groupSchool, 'group'],
  ['tagtype', types.groupType, 'group'],
  ['tagtype', types.groupSubject, 'group'],
  ['tagtype', types.groupYear, 'group'],
  ['orgidtype', types.organisationNumber, null],
  ['orgidtype', types.organisationId, null],
  ['orgnametype', types.name, null],
  ['ouidtype', types.organisationNumber, null],
  ['ouidtype', types.schoolId, null],
  ['ounametype', types.name, null],
  ['ounametype', types.schoolShortName, null],
  ['personidtype', types.personId, null],
  ['personidtype', types.nationalId, null],
  ['personidtype', types.dufNumber, null],
  ['personidtype', types.localId, null],
  ['personidtype', types.employeeNumber, null],
  ['personidtype', types.pupilNumber, null],
  ['personidtype', types.feideName, null],
  ['personidtype', types.userName, null],
  ['partnametype', types.title, null],
  ['groupidtype', types.groupId, null],
];

/**
 * What a role makes somebody to a group, and to a school; null = nothing, it has no place. `as` is the role that stands for all that are the same there.
 */
export const memberRelations: Readonly<
  Record<
    'group' | 'school',
    Readonly<Record<MemberRole, { readonly relation: string; readonly as: MemberRole } | null>>
  >
> = {
  group: {
    pupil: { relation: relations.pupil, as: 'pupil' },
    teacher: { relation: relations.responsible, as: 'teacher' },
    'contact-teacher': { relation: relations.responsible, as: 'teacher' },
    leader: { relation: relations.member, as: 'other' },
    assistant: { relation: relations.member, as: 'other' },
    administrator: { relation: relations.member, as: 'other' },
    guardian: { relation: relations.member, as: 'other' },
    other: { relation: relations.member, as: 'other' },
  },
  school: {
    pupil: { relation: relations.pupil, as: 'pupil' },
    teacher: { relation: relations.employee, as: 'other' },
    'contact-teacher': { relation: relations.employee, as: 'other' },
    leader: { relation: relations.employee, as: 'other' },
    assistant: { relation: relations.employee, as: 'other' },
    administrator: { relation: relations.employee, as: 'other' },
    other: { relation: relations.employee, as: 'other' },
    guardian: null,
  },
};
