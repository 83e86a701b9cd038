// What holds between the entries of an ABC file and no schema can say (LMS facts 7, 11): who is referred to is there, ids are of one entry and hold no
// national id, only full files, only what is in force. Held against records as they are written; made for one file.
import { isBlank } from '../fit-value.ts';
import { checkHead, checkId, keptFindings, toldTwice } from '../kept-findings.ts';
import type { RosterId, RosterRules } from '../roster.ts';
import { memberRelations } from './codes.ts';

/** Rules of one file. */
export const abcRules = (): RosterRules => {
  const { say, found, end } = keptFindings();
  const persons = new Set<RosterId>();
  const units = new Set<RosterId>();
  const groups = new Set<RosterId>();
  const isTwice = toldTwice();

  return {
    begin: (head, owner, schools) => {
      if (head.type !== 'full') say('no-delta', null, 'The format has no deltas.');
      checkHead(head, say);
      if (owner !== null) checkId(owner.id, new Set(), say);
      for (const school of schools) {
        checkId(school.id, units, say);
        if (isBlank(school.name)) say('no-name', school.id, 'A school has no name.');
      }
    },
    person: (person) => {
      checkId(person.id, persons, say);
    },
    group: (group) => {
      checkId(group.id, groups, say);
      if (!units.has(group.school)) say('unknown-school', group.id, 'A group is of a school that is not in the file.');
    },
    members: ({ id, kind }, members) => {
      if (!(kind === 'school' ? units : groups).has(id))
        say('unknown-group', id, 'There are members of a group that is not in the file.');
      for (const { person, role, active, change } of members) {
        if (change !== null) say('no-delta', id, 'The format has no deltas.');
        if (!active) say('ended', id, 'A membership that is not in force is in the file.');
        if (!persons.has(person)) say('unknown-person', id, 'A member is not in the file.');
        if (isTwice(id, person, memberRelations[kind][role]?.relation ?? ''))
          say('member-twice', id, 'A person has the same role in a group twice.');
      }
    },
    found,
    end,
  };
};
