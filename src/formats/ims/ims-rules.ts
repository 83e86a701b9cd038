// What holds between the entries of an IMS file and no schema can say (LMS facts 6, 9, 9.1, 11): who is referred to is there, ids are of one entry and hold
// no national id, a full file changes nothing. Held against records as they are written; made for one file.
import { holdsNationalId } from '#base/national-id.ts';
import { limits } from '#base/limits.ts';
import type { RosterChange, RosterFinding, RosterHead, RosterId, RosterPeriod, RosterRules } from '../roster.ts';
import { groupTypes, roles } from './codes.ts';
import { imsProfiles, nationalIdOf } from './ims-profile.ts';
import type { ImsProfileName } from './ims-profile.ts';

const idLength = 256;

/** Rules of one file of the profile. */
export const imsRules = (profile: ImsProfileName): RosterRules => {
  const is = imsProfiles[profile];
  const findings: RosterFinding[] = [];
  let count = 0;
  const say = (rule: string, at: RosterId | null, message: string): void => {
    count += 1;
    const told = at === null || holdsNationalId(at) ? null : at;
    if (findings.length < limits.exportFindings) findings.push({ rule, at: told, message });
  };
  let full = true;
  const persons = new Set<RosterId>();
  const keys = new Set<string>();
  const units = new Set<RosterId>();
  const groups = new Set<RosterId>();
  let holder: { readonly id: RosterId; readonly told: Set<string> } | null = null;

  const checkId = (id: RosterId, known: Set<RosterId>): void => {
    if (id === '' || id.length > idLength || /\s/.test(id))
      say('ims-id', null, 'An id is empty, too long, or has a blank in it.');
    else if (holdsNationalId(id)) say('ims-national-id-in-id', null, 'An id holds a national id.');
    else if (known.has(id)) say('ims-id-twice', id, 'Two entries have the same id.');
    known.add(id);
  };
  const checkChange = (at: RosterId, change: RosterChange): void => {
    if (full && change !== null) say('ims-change-in-full', at, 'A full file says of nothing that it has changed.');
  };
  const checkPeriod = (at: RosterId, { begin, end }: RosterPeriod): void => {
    if (begin !== null && end !== null && begin > end) say('ims-period', at, 'A period ends before it begins.');
  };

  return {
    begin: (head, owner, schools) => {
      full = head.type === 'full';
      checkHead(head, say);
      if (owner !== null) checkId(owner.id, units);
      for (const school of schools) {
        checkId(school.id, units);
        if (school.owner !== null && owner !== null && school.owner !== owner.id)
          say('ims-unknown-owner', school.id, 'A school is of an owner that is not in the file.');
      }
    },
    person: (person, change) => {
      checkId(person.id, persons);
      checkChange(person.id, change);
      if (person.roles.every((role) => role === 'guardian'))
        say('ims-guardian', person.id, 'Somebody is in the file as a guardian alone.');
      if (is.id !== 'national-id') return;
      const key = nationalIdOf(person);
      if (key === null) say('ims-no-national-id', person.id, 'Somebody without a national id is in the file.');
      else if (keys.has(key)) say('ims-national-id-twice', person.id, 'Two persons have the same national id.');
      else keys.add(key);
    },
    group: (group, change) => {
      if (units.has(group.id)) say('ims-id-twice', group.id, 'Two entries have the same id.');
      checkId(group.id, groups);
      checkChange(group.id, change);
      checkPeriod(group.id, group.period);
      if (groupTypes[group.type] === null) say('ims-guardian', group.id, 'A group of guardians is in the file.');
      if (full && !units.has(group.school))
        say('ims-unknown-school', group.id, 'A group is of a school that is not in the file.');
    },
    members: ({ id, kind }, members) => {
      if (full && !(kind === 'school' ? units : groups).has(id))
        say('ims-unknown-group', id, 'There are members of a group that is not in the file.');
      if (holder?.id !== id) holder = { id, told: new Set() };
      for (const { person, role, period, change } of members) {
        if (full && !persons.has(person)) say('ims-unknown-person', id, 'A member is not in the file.');
        checkChange(id, change);
        checkPeriod(id, period);
        const key = `${roles[role].code} ${person}`;
        if (full && holder.told.has(key)) say('ims-member-twice', id, 'A person has the same role in a group twice.');
        holder.told.add(key);
      }
    },
    found: () => count,
    end: () => ({ findings, count }),
  };
};

const checkHead = (head: RosterHead, say: (rule: string, at: null, message: string) => void): void => {
  for (const [what, value] of [
    ['source', head.source],
    ['target', head.target],
  ] as const)
    if (value !== null && (value.trim() === '' || value.length > limits.exportSourceLength))
      say(`ims-${what}`, null, `The ${what} is empty, or longer than ${limits.exportSourceLength} characters.`);
};
