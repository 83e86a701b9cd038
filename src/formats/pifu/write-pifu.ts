// Writes PIFU-IMS 1.1, 1.2 and 1.3 (LMS facts 5 to 5.4, 8, 9): persons, then owner, schools and groups, then memberships; one entry on a line. What a
// version does not know is left out and reported. Called through roster-format.ts. Never passwords, addresses of homes, photos.
import { formatInstant } from '#base/clock.ts';
import type { RosterHead, RosterWriter, RosterWriterOptions } from '../roster.ts';
import { element, elementIf, escapeAttribute, escapeText, xmlDeclaration } from '../xml/write-xml.ts';
import { languageOfFile, pifuProfiles } from './codes.ts';
import type { PifuProfile, PifuProfileName } from './codes.ts';
import type { PifuFile } from './pifu-file.ts';
import { groupWriter, refusesGroup, refusesSchool } from './write-group.ts';
import { distinctMembers, memberWriter } from './write-membership.ts';
import { personWriter, refusesPerson } from './write-person.ts';

/** A writer of one file of a profile of PIFU-IMS. */
export const pifuWriter = (profile: PifuProfileName, dropped: RosterWriterOptions['dropped']): RosterWriter => {
  const is = pifuProfiles[profile];
  let source = '';
  let before = '';
  const file: PifuFile = { is, dropped, sourcedid: (id) => `${source}${escapeText(id)}</id></sourcedid>` };
  const persons = personWriter(file);
  const groups = groupWriter(file);
  const members = memberWriter(file, () => source);
  return {
    refuses: { person: refusesPerson, school: refusesSchool, group: (group) => refusesGroup(is.version, group) },
    begin: (head, owner, schools) => {
      source = `<sourcedid>${element('source', head.source)}<id>`;
      before = beginning(is, head);
      groups.begin(owner, schools);
      return before;
    },
    // Ids are opaque and stay: nothing else stands for anybody, and a new national id is a new user id of the same person.
    keyOf: () => null,
    person: persons.person,
    unchanged: () => undefined,
    gone: ({ id }) => persons.gone(id),
    startGroups: groups.units,
    group: groups.group,
    distinct: (_, all) => distinctMembers(is.version, all),
    members,
    end: () => ending,
    frame: () => ({ before, after: ending }),
  };
};

const ending = '</enterprise>\n';

// The declaration of the namespace stands as consumers look for it: the default one, in double quotes, after one blank (9).
const beginning = ({ namespace }: PifuProfile, head: RosterHead): string =>
  `${xmlDeclaration}<enterprise xmlns="${escapeAttribute(namespace)}">\n<properties lang="${languageOfFile}">${element('datasource', head.source)}${elementIf('target', head.target)}${element('type', head.type)}${element('datetime', formatInstant(head.at))}</properties>\n`;
