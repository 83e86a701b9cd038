// Memberships of IMS Enterprise 1.1 (LMS facts 6, 9.1): one element for each holder, one line for each member. The type of the role is its first attribute,
// because a reader looks for it there. Called by write-ims.ts.
import type { RosterId, RosterMember, RosterPeriod } from '../roster.ts';
import { recstatus, subroleWords } from '../school-words.ts';
import { roles } from './codes.ts';
import type { ImsFile } from './ims-file.ts';

/** Writes members of one holder; those whom the file does not know are left out. '' when none is left. */
export const membershipWriter =
  (file: ImsFile) =>
  (holder: RosterId, members: readonly RosterMember[], idOf: (id: RosterId) => string | null): string => {
    // Who is another in the roster may have the same id in the file: what ends is told before what begins.
    const lines = (ending: boolean): string => {
      let written = '';
      for (const member of members) {
        if ((member.change === 'delete') !== ending) continue;
        const id = idOf(member.person);
        if (id !== null) written += `<member>${file.sourcedid(id)}<idtype>1</idtype>${role(file, member)}</member>\n`;
      }
      return written;
    };
    const written = lines(true) + lines(false);
    return written === '' ? '' : `<membership>${file.sourcedid(holder)}\n${written}</membership>\n`;
  };

const role = (file: ImsFile, { role: what, subrole, active, period, change }: RosterMember): string => {
  const status = active && change !== 'delete' ? '1' : '0';
  return `<role roletype="${roles[what].code}"${recstatus(change)}>${subroleOf(file, subrole)}<status>${status}</status>${timeframe(file, period)}</role>`;
};

const subroleOf = (file: ImsFile, subrole: RosterMember['subrole']): string => {
  if (subrole === null) return '';
  if (file.is.subroles) return `<subrole>${subroleWords[subrole]}</subrole>`;
  file.dropped({ code: 'no-place', field: 'member.subrole', value: subrole });
  return '';
};

const timeframe = ({ is }: ImsFile, { begin, end }: RosterPeriod): string =>
  begin === null && end === null
    ? ''
    : `<timeframe>${begin === null ? '' : `<begin restrict="${is.restrict}">${begin}</begin>`}${end === null ? '' : `<end restrict="${is.restrict}">${end}</end>`}</timeframe>`;
