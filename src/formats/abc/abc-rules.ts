// What holds between the entries of an ABC file and no schema can say (LMS facts 7, 11): who is referred to is there, ids are of one entry and hold no
// national id, only full files, only what is in force. Held against records as they are written; made for one file.
import { limits } from '#base/limits.ts';
import { holdsNationalId } from '#base/national-id.ts';
import type { RosterFinding, RosterId, RosterRules } from '../roster.ts';
import { memberRelations } from './codes.ts';

const idLength = 256;

/** Rules of one file. */
export const abcRules = (): RosterRules => {
  const findings: RosterFinding[] = [];
  let count = 0;
  const say = (rule: string, at: RosterId | null, message: string): void => {
    count += 1;
    const told = at === null || holdsNationalId(at) ? null : at;
    if (findings.length < limits.exportFindings) findings.push({ rule, at: told, message });
  };
  const persons = new Set<RosterId>();
  const units = new Set<RosterId>();
  const groups = new Set<RosterId>();
  let holder: { readonly id: RosterId; readonly told: Set<string> } | null = null;

  const checkId = (id: RosterId, known: Set<RosterId>): void => {
    if (id === '' || id.length > idLength || /\s/.test(id))
      say('abc-id', null, 'An id is empty, too long, or has a blank in it.');
    else if (holdsNationalId(id)) say('abc-national-id-in-id', null, 'An id holds a national id.');
    else if (known.has(id)) say('abc-id-twice', id, 'Two entries have the same id.');
    known.add(id);
  };

  return {
    begin: (head, owner, schools) => {
      if (head.type !== 'full') say('abc-no-delta', null, 'The format has no deltas.');
      for (const [what, value] of [
        ['source', head.source],
        ['target', head.target],
      ] as const)
        if (value !== null && (value.trim() === '' || value.length > limits.exportSourceLength))
          say(`abc-${what}`, null, `The ${what} is empty, or longer than ${limits.exportSourceLength} characters.`);
      if (owner !== null) checkId(owner.id, new Set());
      for (const school of schools) {
        checkId(school.id, units);
        if (school.name.trim() === '') say('abc-no-name', school.id, 'A school has no name.');
      }
    },
    person: (person) => {
      checkId(person.id, persons);
    },
    group: (group) => {
      checkId(group.id, groups);
      if (!units.has(group.school))
        say('abc-unknown-school', group.id, 'A group is of a school that is not in the file.');
    },
    members: ({ id, kind }, members) => {
      if (!(kind === 'school' ? units : groups).has(id))
        say('abc-unknown-group', id, 'There are members of a group that is not in the file.');
      if (holder?.id !== id) holder = { id, told: new Set() };
      for (const { person, role, active, change } of members) {
        if (change !== null) say('abc-no-delta', id, 'The format has no deltas.');
        if (!active) say('abc-ended', id, 'A membership that is not in force is in the file.');
        if (!persons.has(person)) say('abc-unknown-person', id, 'A member is not in the file.');
        const key = `${memberRelations[kind][role]?.relation ?? ''} ${person}`;
        if (holder.told.has(key)) say('abc-member-twice', id, 'A person has the same role in a group twice.');
        holder.told.add(key);
      }
    },
    found: () => count,
    end: () => ({ findings, count }),
  };
};
