// Takes a roster through the writer, the rules and the schema of a profile as exports do: what is refused is left out with all that refers to it. Gives
// the file, its parts, and what of the roster is in it.
import { rulesOf, schemaCheckOf, writerOf } from '#formats/roster-format.ts';
import type {
  DroppedValue,
  ExclusionCode,
  RosterFinding,
  RosterGroup,
  RosterHolder,
  RosterMember,
  RosterPerson,
  RosterProfile,
  SchemaCheck,
} from '#formats/roster.ts';
import type { Roster } from './any-roster.ts';

export type Written = {
  readonly file: string;
  /** Each a document of its own. */
  readonly parts: readonly string[];
  readonly persons: readonly RosterPerson[];
  readonly groups: readonly RosterGroup[];
  readonly members: readonly { readonly holder: RosterHolder; readonly members: readonly RosterMember[] }[];
  readonly excluded: ReadonlyMap<string, ExclusionCode>;
  readonly dropped: readonly DroppedValue[];
  readonly rules: readonly RosterFinding[];
};

/** A whole, full file. */
export const writeRoster = (profile: RosterProfile, roster: Roster): Written => {
  const dropped: DroppedValue[] = [];
  const writer = writerOf({ profile, dropped: (value) => void dropped.push(value) });
  const rules = rulesOf(profile);
  const excluded = new Map<string, ExclusionCode>();
  const kept = <T extends { readonly id: string }>(all: readonly T[], refuses: (one: T) => ExclusionCode | null): T[] =>
    all.filter((one) => {
      const code = refuses(one);
      if (code !== null) excluded.set(one.id, code);
      return code === null;
    });
  const schools = kept(roster.schools, writer.refuses.school);
  const first = writer.begin(roster.head, roster.owner, schools);
  rules.begin(roster.head, roster.owner, schools);
  const persons = kept(roster.persons, writer.refuses.person);
  const personTexts = persons.map((person) => {
    rules.person(person, null);
    return writer.person(person, null);
  });
  const units = writer.startGroups(null);
  const groups = kept(roster.groups, writer.refuses.group).filter(({ school }) => !excluded.has(school));
  const groupTexts = groups.map((group) => {
    rules.group(group, null);
    return writer.group(group, null);
  });
  const there = new Set([...schools, ...groups].map(({ id }) => id));
  const members = roster.members
    .filter(({ holder }) => there.has(holder.id))
    .map(({ holder, members: all }) => ({
      holder,
      members: writer.distinct(
        holder,
        all.filter(({ person }) => !excluded.has(person)),
      ),
    }));
  const memberTexts = members.map(({ holder, members: all }) => {
    rules.members(holder, all);
    return writer.members(holder, all);
  });
  const last = writer.end();
  const { before, after } = writer.frame();
  const middle = [...personTexts, units, ...groupTexts, ...memberTexts];
  return {
    file: [first, ...middle, last].join(''),
    parts: [`${first}${after}`, ...middle.map((part) => `${before}${part}${after}`), `${before}${last}`],
    persons,
    groups,
    members,
    excluded,
    dropped,
    rules: rules.end().findings,
  };
};

/** Does something with a check of the profile, and closes it. */
export const withCheck = <T>(profile: RosterProfile, use: (check: SchemaCheck) => T): T => {
  const check = schemaCheckOf(profile);
  try {
    return use(check);
  } finally {
    check.close();
  }
};
