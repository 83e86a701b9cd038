// Membership: that a pupil, a guardian or an employee is in a group over some time; the membership classes of the model are one type here. What a
// guardian is a member by must show (guardianship.ts). Language training is a class of its own, special in every attribute, and is shown only to
// those with a grant for it. Read by reads/memberships.ts, reads/groups.ts and by the events.
import type { DocumentNode } from '#hub/documents/document.ts';
import type { CivilNow, Converter, Fields, Mapping } from '#mappings/mapping.ts';
import { constant, fullName, inForceNow, schoolYear } from '#mappings/converters.ts';
import { value } from '#mappings/field.ts';
import { groupTypes, type GroupType } from './group.ts';
import { period } from './parts.ts';
import { guardianshipShows } from '#mappings/row-tests.ts';

export const memberRoles = ['pupil', 'guardian', 'employee'] as const;
export type MemberRole = (typeof memberRoles)[number];

const describe = {
  nb: 'At en elev, en foresatt eller en ansatt er i en gruppe i et tidsrom.',
  en: 'The fact that a pupil, a guardian or an employee is in a group over some time.',
} as const;

/** The group, by the relation that leads to it. */
const group = (relation: string, type: GroupType): Fields => ({
  groupId: value('Gruppens id.', 'Id of the group.', `${relation}.@id`),
  groupType: value('Gruppens type.', 'Type of the group.', '@self', { convert: constant(type, groupTypes) }),
  groupName: value('Gruppens navn.', 'Name of the group.', `${relation}.navn`),
  schoolYear: value('Skoleåret gruppen er for.', 'School year of the group.', `${relation}.skolear.kode`, {
    convert: schoolYear,
  }),
});

const held: Fields = {
  ...period('gyldighetsperiode', 'medlemskapet', 'the membership'),
  active: value('Sann når medlemskapet gjelder i dag.', 'True when the membership holds today.', '@self', {
    convert: inForceNow('gyldighetsperiode'),
  }),
};

/** A pupil, by the relation that leads to the enrolment. */
const ofPupil = (enrolment: string): Fields => ({
  pupilId: value('Eleven.', 'The pupil.', `${enrolment}.elev.@id`),
  fullName: value('Hele navnet.', 'The whole name.', `${enrolment}.elev.person.navn`, { convert: fullName }),
  schoolId: value('Skolen eleven er med fra.', 'School by which the pupil is in the group.', `${enrolment}.skole.@id`),
});

const role = (of: MemberRole) =>
  value('Hva medlemmet er.', 'What the member is.', '@self', { convert: constant(of, memberRoles) });

const pupils = (name: string, collection: string, relation: string, type: GroupType, enrolment: string): Mapping => ({
  name: `membership-${name}`,
  schema: 'Membership',
  collection,
  describe,
  fields: { role: role('pupil'), ...group(relation, type), ...ofPupil(enrolment), ...held },
});

const classMembership = pupils('klasse', 'utdanning/elev/klassemedlemskap', 'klasse', 'class', 'elevforhold');
const contactMembership = pupils(
  'kontaktlarergruppe',
  'utdanning/elev/kontaktlarergruppemedlemskap',
  'kontaktlarergruppe',
  'contact-group',
  'elevforhold',
);
const teachingMembership = pupils(
  'undervisningsgruppe',
  'utdanning/timeplan/undervisningsgruppemedlemskap',
  'undervisningsgruppe',
  'teaching-group',
  'elevforhold',
);
export const afterSchoolMembership = pupils(
  'sfogruppe',
  'grunnskole/sfo/sfogruppemedlemskap',
  'sfogruppe',
  'sfo-group',
  'sfoplass.elevforhold',
);

const nameOf = (person: DocumentNode | undefined, row: DocumentNode, now: CivilNow): unknown =>
  person === undefined ? undefined : fullName.apply(person.values['navn'], now, row);

const first = (node: DocumentNode | undefined, ...steps: readonly string[]): DocumentNode | undefined =>
  steps.reduce<DocumentNode | undefined>((here, step) => here?.parts[step]?.[0], node);

/** The guardianship that somebody is a member by, when it shows. */
export const guardianshipOf = (row: DocumentNode, now: CivilNow): DocumentNode | undefined =>
  row.parts['foresattforhold']?.find((bond) => guardianshipShows.holds(bond.values, now, bond));

/** What the member of a school group is; undefined when the caller may not see who it is. */
export const memberRoleOf = (row: DocumentNode, now: CivilNow): MemberRole | undefined =>
  first(row, 'elevforhold', 'elev') !== undefined
    ? 'pupil'
    : first(guardianshipOf(row, now), 'foresatt') !== undefined
      ? 'guardian'
      : first(row, 'skoleressurs', 'personalressurs') !== undefined
        ? 'employee'
        : undefined;

const ofGuardianship = guardianshipShows.looksAt.map((path) => `foresattforhold.${path}`);

const anyRole: Converter = {
  name: 'memberRole',
  schema: { type: 'string', enum: memberRoles },
  looksAt: ['elevforhold.elev.systemId', 'skoleressurs.personalressurs.ansattnummer', ...ofGuardianship],
  apply: (_values, now, row) => memberRoleOf(row, now),
};

const anyName: Converter = {
  name: 'memberName',
  schema: fullName.schema,
  looksAt: [
    'elevforhold.elev.person.navn',
    'foresattforhold.foresatt.navn',
    'skoleressurs.personalressurs.person.navn',
    ...ofGuardianship,
  ],
  apply: (_values, now, row) =>
    nameOf(
      first(row, 'elevforhold', 'elev', 'person') ??
        first(guardianshipOf(row, now), 'foresatt') ??
        first(row, 'skoleressurs', 'personalressurs', 'person'),
      row,
      now,
    ),
};

const byGuardianship = { on: { foresattforhold: guardianshipShows } } as const;

/** Of exactly one of three: which one says `role`. */
const schoolMembership: Mapping = {
  name: 'membership-skolegruppe',
  schema: 'Membership',
  collection: 'grunnskole/gruppe/skolegruppemedlemskap',
  describe,
  fields: {
    role: value('Hva medlemmet er.', 'What the member is.', '@self', { convert: anyRole }),
    ...group('skolegruppe', 'school-group'),
    groupKind: value('Kode for gruppens slag.', 'Code of the kind of group.', 'skolegruppe.type.kode'),
    pupilId: value('Eleven.', 'The pupil.', 'elevforhold.elev.@id'),
    fullName: value('Hele navnet.', 'The whole name.', '@self', { convert: anyName }),
    schoolId: value('Skolen gruppen hører til.', 'School of the group.', 'skolegruppe.skole.@id'),
    guardianId: value('Den foresatte.', 'The guardian.', 'foresattforhold.foresatt.@id', byGuardianship),
    childId: value(
      'Eleven den foresatte er med på vegne av.',
      'Pupil on whose behalf the guardian is in the group.',
      'foresattforhold.barn.elev.@id',
      byGuardianship,
    ),
    employeeId: value('Den ansatte.', 'The employee.', 'skoleressurs.personalressurs.@id'),
    groupRole: value('Kode for rollen i gruppen.', 'Code of the role in the group.', 'rolle.kode'),
    ...held,
  },
};

const languageMembership: Mapping = {
  name: 'membership-sprakgruppe',
  schema: 'Membership',
  collection: 'grunnskole/gruppe/sprakgruppemedlemskap',
  describe,
  fields: {
    role: role('pupil'),
    ...group('skolegruppe', 'school-group'),
    groupKind: value('Kode for gruppens slag.', 'Code of the kind of group.', 'skolegruppe.type.kode'),
    ...ofPupil('elevforhold'),
    language: value('Kode for språket.', 'Code of the language.', 'sprak.kode'),
    ...held,
  },
};

/** All of them; language training is last and only seen with a grant of its own. */
export const memberships: readonly Mapping[] = [
  classMembership,
  contactMembership,
  teachingMembership,
  afterSchoolMembership,
  schoolMembership,
  languageMembership,
];

/** A guardian of a pupil who is in a group: no membership of the model, shown as a member of classes and of teaching groups. */
export const guardianOfMember: Mapping = {
  name: 'member-foresatt',
  schema: 'Membership',
  collection: 'grunnskole/foresatt/foresattforhold',
  describe,
  fields: {
    role: role('guardian'),
    guardianId: value('Den foresatte.', 'The guardian.', 'foresatt.@id'),
    childId: value('Eleven i gruppen.', 'The pupil of the group.', 'barn.elev.@id'),
    fullName: value('Hele navnet.', 'The whole name.', 'foresatt.navn', { convert: fullName }),
  },
};
