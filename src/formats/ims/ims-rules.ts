// What holds between the entries of an IMS file and no schema can say (LMS facts 6, 9, 9.1, 11): who is referred to is there, ids are of one entry and hold
// no national id, a full file changes nothing. Held against records as they are written; made for one file.
import { endsBeforeItStarts } from '../dates.ts';
import { checkHead, checkId, keptFindings, toldTwice } from '../kept-findings.ts';
import type { RosterChange, RosterId, RosterPeriod, RosterRules } from '../roster.ts';
import { groupTypes, roles } from './codes.ts';
import { imsProfiles, nationalIdOf } from './ims-profile.ts';
import type { ImsProfileName } from './ims-profile.ts';

/** Rules of one file of the profile. */
export const imsRules = (profile: ImsProfileName): RosterRules => {
  const is = imsProfiles[profile];
  const { say, found, end } = keptFindings();
  let full = true;
  const persons = new Set<RosterId>();
  const keys = new Set<string>();
  const units = new Set<RosterId>();
  const groups = new Set<RosterId>();
  const isTwice = toldTwice();

  const checkChange = (at: RosterId, change: RosterChange): void => {
    if (full && change !== null) say('change-in-full', at, 'A full file says of nothing that it has changed.');
  };
  const checkPeriod = (at: RosterId, period: RosterPeriod): void => {
    if (endsBeforeItStarts(period)) say('period', at, 'A period ends before it begins.');
  };

  return {
    begin: (head, owner, schools) => {
      full = head.type === 'full';
      checkHead(head, say);
      if (owner !== null) checkId(owner.id, units, say);
      for (const school of schools) {
        checkId(school.id, units, say);
        if (school.owner !== null && owner !== null && school.owner !== owner.id)
          say('unknown-owner', school.id, 'A school is of an owner that is not in the file.');
      }
    },
    person: (person, change) => {
      checkId(person.id, persons, say);
      checkChange(person.id, change);
      if (person.roles.every((role) => role === 'guardian'))
        say('guardian', person.id, 'Somebody is in the file as a guardian alone.');
      if (is.id !== 'national-id') return;
      const key = nationalIdOf(person);
      if (key === null) say('no-national-id', person.id, 'Somebody without a national id is in the file.');
      else if (keys.has(key)) say('national-id-twice', person.id, 'Two persons have the same national id.');
      else keys.add(key);
    },
    group: (group, change) => {
      if (units.has(group.id)) say('id-twice', group.id, 'Two entries have the same id.');
      checkId(group.id, groups, say);
      checkChange(group.id, change);
      checkPeriod(group.id, group.period);
      if (groupTypes[group.type] === null) say('guardian', group.id, 'A group of guardians is in the file.');
      if (full && !units.has(group.school))
        say('unknown-school', group.id, 'A group is of a school that is not in the file.');
    },
    members: ({ id, kind }, members) => {
      if (full && !(kind === 'school' ? units : groups).has(id))
        say('unknown-group', id, 'There are members of a group that is not in the file.');
      for (const { person, role, period, change } of members) {
        if (full && !persons.has(person)) say('unknown-person', id, 'A member is not in the file.');
        checkChange(id, change);
        checkPeriod(id, period);
        if (full && isTwice(id, person, roles[role].code))
          say('member-twice', id, 'A person has the same role in a group twice.');
      }
    },
    found,
    end,
  };
};
