// What a position at a school makes of somebody: by the codes of kinds of positions. Sources have codes of their own beside those of the sandbox, so that
// what they commonly are is here as well; another one makes a member of staff and no more.
import type { MemberRole, MemberSubrole } from '#formats/roster.ts';

export type PositionKind = { readonly role: MemberRole; readonly subrole: MemberSubrole | null };

const kind = (role: MemberRole, subrole: MemberSubrole | null = null): PositionKind => ({ role, subrole });

export const otherStaff: PositionKind = kind('other');
export const teacherKind: PositionKind = kind('teacher');

export const positionKinds: Readonly<Record<string, PositionKind>> = {
  REKTOR: kind('leader', 'head-teacher'),
  INSPEKTOR: kind('leader', 'deputy-head'),
  ASSISTERENDEREKTOR: kind('leader', 'deputy-head'),
  AVDELINGSLEDER: kind('leader', 'deputy-head'),
  LEDER: kind('leader'),
  ADMINISTRATOR: kind('administrator'),
  LAERER: teacherKind,
  KONTAKTLAERER: teacherKind,
  FAGLAERER: kind('teacher', 'subject-teacher'),
  VIKAR: kind('teacher', 'substitute'),
  LAERERSTUDENT: kind('teacher', 'student-teacher'),
  RADGIVER: kind('other', 'adviser'),
  SOSIALLAERER: kind('other', 'social-teacher'),
  SFOLEDER: kind('leader'),
  SFOANSATT: kind('assistant'),
  ASSISTENT: kind('assistant'),
  FAGARBEIDER: kind('assistant'),
  BARNEVEILEDER: kind('assistant'),
  MILJOARBEIDER: kind('assistant'),
  KONTOR: kind('other', 'clerk'),
  BIBLIOTEKAR: kind('other', 'librarian'),
  VAKTMESTER: kind('other', 'caretaker'),
  RENHOLDER: kind('other', 'cleaner'),
  HELSESYKEPLEIER: kind('other', 'school-health'),
  PPT: kind('other', 'educational-psychologist'),
  SENSOR: kind('other', 'examiner'),
  IKT: kind('administrator', 'it-manager'),
};

/** Kinds of positions in after-school care: what counts in its groups. */
export const afterSchoolKinds: ReadonlySet<string> = new Set(['SFOLEDER', 'SFOANSATT', 'BARNEVEILEDER']);
