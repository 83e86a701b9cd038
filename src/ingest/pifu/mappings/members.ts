// How it is written that somebody is at a school or in a group: enrolments, positions, teaching, memberships. Called by the import.
import type { MemberSubrole } from '#formats/roster.ts';
import type { PifuRole } from '#formats/pifu/record.ts';
import type { PifuRoleType } from '#formats/pifu/read-words.ts';
import { collectionOf, identified, link, linkTo, period } from './links.ts';
import { levelCode, type PupilPlace } from './groups.ts';

export const enrolmentCollection = collectionOf('enrolment');
export const positionCollection = 'grunnskole/stilling/skolestilling';
export const teachingCollection = 'utdanning/elev/undervisningsforhold';
export const afterSchoolPlaceCollection = collectionOf('afterSchoolPlace');

const held = (role: Pick<PifuRole, 'begin' | 'end'> | null): object => {
  const dates = role === null ? null : period(role.begin, role.end);
  return dates === null ? {} : { gyldighetsperiode: dates };
};

/** That a pupil goes to a school. `role` null: it follows from a group. */
export const enrolmentResource = (
  key: string,
  pupil: string,
  school: string,
  year: string | null,
  level: number | null,
  role: Pick<PifuRole, 'begin' | 'end' | 'primary'> | null,
): object => ({
  systemId: identified(key),
  beskrivelse: 'Elev',
  ...(role?.primary === true ? { hovedskole: true } : {}),
  ...held(role),
  _links: {
    elev: link('pupil', pupil),
    skole: link('school', school),
    ...(year === null ? {} : { skolear: link('year', year) }),
    ...(level === null ? {} : { trinn: link('level', levelCode(level)) }),
  },
});

/** Codes of the kinds of positions, with what they are called. */
const bySubrole: Readonly<Partial<Record<MemberSubrole, readonly [code: string, title: string]>>> = {
  'subject-teacher': ['FAGLAERER', 'Faglærer'],
  'student-teacher': ['LAERERSTUDENT', 'Lærerstudent'],
  substitute: ['VIKAR', 'Vikar'],
  adviser: ['RADGIVER', 'Rådgiver'],
  clerk: ['KONTOR', 'Kontormedarbeider'],
  'school-health': ['HELSESYKEPLEIER', 'Skolehelsetjeneste'],
  librarian: ['BIBLIOTEKAR', 'Skolebibliotekar'],
  caretaker: ['VAKTMESTER', 'Vaktmester'],
  cleaner: ['RENHOLDER', 'Renholdsarbeider'],
  'social-teacher': ['SOSIALLAERER', 'Sosiallærer'],
  examiner: ['SENSOR', 'Sensor'],
  'educational-psychologist': ['PPT', 'PPT-ansatt'],
  'head-teacher': ['REKTOR', 'Rektor'],
  'deputy-head': ['INSPEKTOR', 'Inspektør'],
  'it-manager': ['IKT', 'IKT-ansvarlig'],
};
const byRole: Readonly<Partial<Record<PifuRoleType, readonly [code: string | null, title: string]>>> = {
  '02': ['LAERER', 'Lærer'],
  '03': [null, 'Innholdsutvikler'],
  '04': [null, 'Ansatt'],
  // Of a school's management, without more: not the head, whom a subrole names.
  '05': ['LEDER', 'Skoleledelse'],
  '06': ['KONTAKTLAERER', 'Kontaktlærer'],
  '07': ['ADMINISTRATOR', 'Administrator'],
  '08': ['ASSISTENT', 'Assistent'],
};

const workOf = (role: Pick<PifuRole, 'type' | 'subrole'>): readonly [code: string | null, title: string] =>
  (role.subrole === null ? undefined : bySubrole[role.subrole]) ?? byRole[role.type] ?? [null, 'Ansatt'];

/** That somebody works at a school. */
export const positionResource = (key: string, staff: string, school: string, role: PifuRole): object => {
  const [code, title] = workOf(role);
  return {
    systemId: identified(key),
    tittel: title,
    ...(role.primary ? { hovedstilling: true } : {}),
    ...held(role),
    _links: {
      skoleressurs: link('schoolResource', staff),
      skole: link('school', school),
      ...(code === null ? {} : { stillingstype: link('positionKind', code) }),
    },
  };
};

/** That somebody of the staff has a group. */
export const teachingResource = (
  key: string,
  staff: string,
  school: string,
  group: { readonly collection: string; readonly relation: string; readonly key: string },
  role: PifuRole,
): object => ({
  systemId: identified(key),
  beskrivelse: workOf(role)[1],
  _links: {
    skoleressurs: link('schoolResource', staff),
    skole: link('school', school),
    [group.relation]: linkTo(group.collection, group.key),
  },
});

/** That a pupil is in a group. */
export const pupilMembership = (
  key: string,
  place: PupilPlace,
  group: string,
  enrolment: string,
  role: PifuRole,
): object => ({
  systemId: identified(key),
  ...held(role),
  _links: { [place.relation]: linkTo(place.group, group), elevforhold: link('enrolment', enrolment) },
});

/** The same in after-school care, where a child is by a place. */
export const afterSchoolMembership = (
  key: string,
  place: PupilPlace,
  group: string,
  seat: string,
  role: PifuRole,
): object => ({
  systemId: identified(key),
  ...held(role),
  _links: { [place.relation]: linkTo(place.group, group), sfoplass: link('afterSchoolPlace', seat) },
});

/** The place of a child in the after-school care of a school. */
export const afterSchoolPlaceResource = (key: string, enrolment: string, afterSchool: string): object => ({
  systemId: identified(key),
  _links: { elevforhold: link('enrolment', enrolment), sfo: link('afterSchool', afterSchool) },
});

/** That somebody of the staff is in a group of the school's own. */
export const staffMembership = (
  key: string,
  place: { readonly collection: string; readonly relation: string; readonly group: string },
  group: string,
  staff: string,
  dates: Pick<PifuRole, 'begin' | 'end'>,
): object => ({
  systemId: identified(key),
  ...held(dates),
  _links: { [place.relation]: linkTo(place.group, group), skoleressurs: link('schoolResource', staff) },
});

/** That a guardian is in a group, by the relation to a child. */
export const guardianMembership = (
  key: string,
  place: { readonly relation: string; readonly group: string },
  group: string,
  guardianship: string,
  dates: Pick<PifuRole, 'begin' | 'end'>,
): object => ({
  systemId: identified(key),
  ...held(dates),
  _links: { [place.relation]: linkTo(place.group, group), foresattforhold: link('guardianship', guardianship) },
});
