// Memberships of PIFU-IMS (LMS facts 5.1 to 5.3): most of what is in a file, so texts are put together from as few pieces as may be. Called by
// write-pifu.ts.
import { endsBeforeItStarts } from '../dates.ts';
import { distinctBy } from '../distinct-members.ts';
import type { MemberRole, RosterHolder, RosterMember } from '../roster.ts';
import { recstatus, subroleWords } from '../school-words.ts';
import { escapeText } from '../xml/write-xml.ts';
import { roleTypes, subroleOf, subrolesSince } from './codes.ts';
import type { PifuVersionName } from './codes.ts';
import { day } from './write-group.ts';
import type { PifuFile } from './pifu-file.ts';

const memberEnd = '</member>';
const idEnd = '</id></sourcedid>';
const isPerson = '<idtype>1</idtype>';

/** What follows the id of a member who has the role, is in and has nothing else said of it: in full files that is nearly everybody. */
const plainRoles: Readonly<Record<MemberRole, string>> = {
  pupil: plainRole('pupil'),
  teacher: plainRole('teacher'),
  'contact-teacher': plainRole('contact-teacher'),
  leader: plainRole('leader'),
  assistant: plainRole('assistant'),
  administrator: plainRole('administrator'),
  guardian: plainRole('guardian'),
  other: plainRole('other'),
};

function plainRole(role: MemberRole): string {
  return `<role roletype="${roleTypes[role]}"><status>1</status></role>`;
}

type MemberWriter = (holder: RosterHolder, members: readonly RosterMember[]) => string;

/** Writes memberships, one holder at a time. `source` = what stands before the id in every `sourcedid`. Roles of a person that follow each other are those of one member. */
export const memberWriter =
  (file: PifuFile, source: () => string): MemberWriter =>
  (holder, members) => {
    if (members.length === 0) return '';
    const sourceText = source();
    const start = `<member>${sourceText}`;
    let text = `<membership>${sourceText}${escapeText(holder.id)}${idEnd}`;
    let person: string | null = null;
    for (const member of members) {
      const written = role(file, member);
      if (member.person === person) text += written;
      else {
        text += `${person === null ? '' : memberEnd}${start}${escapeText(member.person)}${idEnd}${isPerson}${written}`;
        person = member.person;
      }
    }
    return `${text}${memberEnd}</membership>\n`;
  };

const role = (file: PifuFile, member: RosterMember): string => {
  const { subrole, active, period, change } = member;
  if (subrole === null && active && change === null && period.begin === null && period.end === null)
    return plainRoles[member.role];
  // Who is taken out is out (8).
  const status = active && change !== 'delete' ? '1' : '0';
  return `<role roletype="${roleTypes[member.role]}"${recstatus(change)}>${subroleElement(file, member)}<status>${status}</status>${timeframe(file, member)}</role>`;
};

/** What the role is more exactly, as it stands in a file of the version; null when nothing does. */
const writtenSubrole = (version: PifuVersionName, { role: of, subrole }: RosterMember): string | null => {
  if (subrole === null || subrolesSince > version) return null;
  return subroleOf[subrole] === roleTypes[of] ? subroleWords[subrole] : null;
};

const subroleElement = (file: PifuFile, member: RosterMember): string => {
  if (member.subrole === null) return '';
  const text = writtenSubrole(file.is.version, member);
  if (text !== null) return `<subrole>${text}</subrole>`;
  const code = subrolesSince > file.is.version ? 'unknown-to-version' : 'no-place';
  file.dropped({ code, field: 'member.subrole', value: subroleWords[member.subrole] });
  return '';
};

const timeframe = (file: PifuFile, { period }: RosterMember): string => {
  if (period.begin === null && period.end === null) return '';
  if (endsBeforeItStarts(period)) {
    file.dropped({ code: 'bad-form', field: 'member.period', value: '' });
    return '';
  }
  const inside = `${day(file, 'begin', period.begin, 'member.period')}${day(file, 'end', period.end, 'member.period')}`;
  return inside === '' ? '' : `<timeframe>${inside}</timeframe>`;
};

/** The role as a file of the version says it: what is the same here is the same there. */
export const writtenRole = (version: PifuVersionName, member: RosterMember): string => {
  const subrole = writtenSubrole(version, member);
  return subrole === null ? roleTypes[member.role] : `${roleTypes[member.role]} ${subrole}`;
};

/** One membership for each person and role that the version writes. */
export const distinctMembers = (version: PifuVersionName, members: readonly RosterMember[]): readonly RosterMember[] =>
  distinctBy(members, (member) => writtenRole(version, member));
