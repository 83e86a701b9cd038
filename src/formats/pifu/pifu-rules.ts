// The rules of PIFU-IMS that no schema can say (LMS facts 5.3, 9, 11), held against what is written, entry by entry. Called through roster-format.ts. Whatever
// the writer refuses or leaves out because of what sources say is no finding here: what is found is a fault of the export itself.
import { endsBeforeItStarts } from '../dates.ts';
import { checkHead, checkId, keptFindings, toldTwice } from '../kept-findings.ts';
import type { Say } from '../kept-findings.ts';
import type {
  RosterChange,
  RosterGroup,
  RosterHead,
  RosterId,
  RosterOwner,
  RosterPerson,
  RosterRules,
  RosterSchool,
} from '../roster.ts';
import { groupTypes, pifuProfiles, roleTypes } from './codes.ts';
import type { PifuProfileName } from './codes.ts';
import { isGrepCode, isOrganisationNumber } from './pifu-forms.ts';
import { shortNameLength, shortNameOf, writtenOwner } from './write-group.ts';
import { writtenRole } from './write-membership.ts';
import { refusesPerson } from './write-person.ts';

/** Who has been named and not yet come: told at the end. */
type Missing = { readonly rule: string; readonly message: string };
const missing = {
  contact: { rule: 'contact', message: 'A contact person is not in the file.' },
  member: { rule: 'member', message: 'A member is not in the file.' },
  holder: { rule: 'holder', message: 'What a membership is of is not in the file.' },
} as const satisfies Record<string, Missing>;

/** Rules for one file of the profile. */
export const pifuRules = (profile: PifuProfileName): RosterRules => {
  const { version } = pifuProfiles[profile];
  const { say, found, end } = keptFindings();
  let full = true;
  const persons = new Set<RosterId>();
  const contacts = new Set<RosterId>();
  const groups = new Set<RosterId>();
  const schools = new Set<RosterId>();
  const shortNames = new Set<string>();
  const isTwice = toldTwice();

  const changed = (id: RosterId, change: RosterChange): void => {
    if (full && change !== null) say('recstatus', id, 'A full file says nothing of changes.');
  };
  const named = (id: RosterId, place: string, name: string): void => {
    const short = shortNameOf(name);
    if (short === '' || [...short].length > shortNameLength)
      say('short-name', id, 'A short name is missing, or too long.');
    const key = `${place} ${short}`;
    if (shortNames.has(key)) say('short-name-twice', id, 'Another of the type in the same place has the short name.');
    shortNames.add(key);
  };

  const begin = (head: RosterHead, owner: RosterOwner | null, all: readonly RosterSchool[]): void => {
    full = head.type === 'full';
    checkHead(head, say);
    checkSource(head, say);
    const written = writtenOwner(owner);
    if (written !== null) checkId(written.id, groups, say);
    for (const school of all) {
      checkId(school.id, groups, say);
      schools.add(school.id);
      if (!isOrganisationNumber(school.organisationNumber))
        say('organisation-number', school.id, 'A school has no organisation number.');
      // Of changes: a school that is gone may have had the name of one that is new.
      named(school.id, full ? 'school' : `school ${school.id}`, school.shortName);
    }
  };

  const person = (one: RosterPerson, change: RosterChange): void => {
    checkId(one.id, persons, say);
    contacts.delete(one.id);
    changed(one.id, change);
    if (refusesPerson(one) !== null) say('name', one.id, 'A person has no name.');
    for (const { person: contact } of one.contacts) {
      if (contact === one.id) say('contact-self', one.id, 'Somebody is a contact person of themselves.');
      if (full && !persons.has(contact)) contacts.add(contact);
    }
  };

  const group = (one: RosterGroup, change: RosterChange): void => {
    checkId(one.id, groups, say);
    changed(one.id, change);
    if (!schools.has(one.school)) say('group-school', one.id, 'The school of a group is not in the file.');
    const type = groupTypes[one.type];
    if (type.since > version) say('group-type', one.id, 'The version does not know the type of a group.');
    if (change !== 'delete') named(one.id, `${one.school} ${one.type}`, one.shortName);
    if (one.type === 'teaching' && !one.subjects.some(({ code }) => isGrepCode(code)))
      say('grep-code', one.id, 'A teaching group has no code of a subject.');
    if (endsBeforeItStarts(one.period)) say('period', one.id, 'A group ends before it starts.');
  };

  return {
    begin,
    person,
    group,
    members: (holder, members) => {
      if (full && !groups.has(holder.id)) say(missing.holder.rule, holder.id, missing.holder.message);
      for (const one of members) {
        if (full && !persons.has(one.person)) say(missing.member.rule, one.person, missing.member.message);
        if (roleTypes[one.role] === undefined)
          say('role', holder.id, 'A member has a role that the format does not know.');
        changed(holder.id, one.change);
        if (full && isTwice(holder.id, one.person, writtenRole(version, one)))
          say('member-twice', holder.id, 'A person has the same role in a group twice.');
      }
    },
    found,
    end: () => {
      for (const id of contacts) say(missing.contact.rule, id, missing.contact.message);
      contacts.clear();
      return end();
    },
  };
};

/** System and owner (5.3). */
const checkSource = ({ source }: RosterHead, say: Say): void => {
  if (source !== '' && !/^[^@\s]+@[^@\s]+$/.test(source))
    say('source', null, 'The source does not name a system and its owner: system@owner.');
};
