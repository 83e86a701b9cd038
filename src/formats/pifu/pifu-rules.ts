// The rules of PIFU-IMS that no schema can say (LMS facts 5.3, 9, 11), held against what is written, entry by entry. Called through roster-format.ts. Whatever
// the writer refuses or leaves out because of what sources say is no finding here: what is found is a fault of the export itself.
import { limits } from '#base/limits.ts';
import { holdsNationalId } from '#base/national-id.ts';
import type {
  RosterChange,
  RosterFinding,
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
import { endsBeforeItStarts, shortNameLength, shortNameOf, writtenOwner } from './write-group.ts';
import { refusesPerson } from './write-person.ts';

const idLength = 256;

/** Who has been named and not yet come: told at the end. */
type Missing = { readonly rule: string; readonly message: string };
const missing = {
  contact: { rule: 'contact', message: 'A contact person is not in the file.' },
  member: { rule: 'member', message: 'A member is not in the file.' },
  holder: { rule: 'holder', message: 'What a membership is of is not in the file.' },
} as const satisfies Record<string, Missing>;

// Eleven digits by themselves between signs, as in `contact_<number>_5A`: never by chance in ids that the hub makes.
const elevenDigits = /(?<![\p{L}\p{N}])\d{11}(?![\p{L}\p{N}])/u;

const namesNationalId = (id: RosterId): boolean => elevenDigits.test(id) || holdsNationalId(id);

/** Rules for one file of the profile. */
export const pifuRules = (profile: PifuProfileName): RosterRules => {
  const { version } = pifuProfiles[profile];
  const kept: RosterFinding[] = [];
  let count = 0;
  let full = true;
  const say = (rule: string, at: RosterId | null, message: string): void => {
    count += 1;
    // An id that may not stand in a file does not stand in a report either.
    if (kept.length < limits.exportFindings)
      kept.push({ rule, at: at !== null && namesNationalId(at) ? null : at, message });
  };
  const persons = new Set<RosterId>();
  const contacts = new Set<RosterId>();
  const groups = new Set<RosterId>();
  const schools = new Set<RosterId>();
  const shortNames = new Set<string>();

  const identify = (id: RosterId, seen: Set<RosterId>, what: string): void => {
    if (id === '' || id.length > idLength)
      say('id', id.slice(0, idLength), `${what} has no id, or one that is too long.`);
    if (namesNationalId(id)) say('id-national', null, `The id of ${what} holds a national id.`);
    if (seen.has(id)) say('id-twice', id, `${what} stands in the file twice.`);
    seen.add(id);
  };
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
    sourceFindings(head, say);
    const written = writtenOwner(owner);
    if (written !== null) identify(written.id, groups, 'The owner');
    for (const school of all) {
      identify(school.id, groups, 'A school');
      schools.add(school.id);
      if (!isOrganisationNumber(school.organisationNumber))
        say('organisation-number', school.id, 'A school has no organisation number.');
      // Of changes: a school that is gone may have had the name of one that is new.
      named(school.id, full ? 'school' : `school ${school.id}`, school.shortName);
    }
  };

  const person = (one: RosterPerson, change: RosterChange): void => {
    identify(one.id, persons, 'A person');
    contacts.delete(one.id);
    changed(one.id, change);
    if (refusesPerson(one) !== null) say('name', one.id, 'A person has no name.');
    for (const { person: contact } of one.contacts) {
      if (contact === one.id) say('contact-self', one.id, 'Somebody is a contact person of themselves.');
      if (full && !persons.has(contact)) contacts.add(contact);
    }
  };

  const group = (one: RosterGroup, change: RosterChange): void => {
    identify(one.id, groups, 'A group');
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
        if (full && one.change !== null) changed(holder.id, one.change);
      }
    },
    found: () => count,
    end: () => {
      for (const id of contacts) say(missing.contact.rule, id, missing.contact.message);
      contacts.clear();
      return { findings: kept, count };
    },
  };
};

/** System and owner, no longer than consumers take (5.3). */
const sourceFindings = (head: RosterHead, say: (rule: string, at: null, message: string) => void): void => {
  if (head.source.length > limits.exportSourceLength) say('source', null, 'The source is too long.');
  if (!/^[^@\s]+@[^@\s]+$/.test(head.source))
    say('source', null, 'The source does not name a system and its owner: system@owner.');
  if (head.target === '') say('target', null, 'The target is empty.');
};
