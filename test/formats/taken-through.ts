// Takes a roster through the writer, the rules and the schema of a profile as exports do: what is refused is left out with all that refers to it. Gives
// the file, its parts, and what of the roster is in it.
import { rulesOf, schemaCheckOf, writerOf } from '#formats/roster-format.ts';
import type {
  DroppedValue,
  ExclusionCode,
  RosterChange,
  RosterFinding,
  RosterProfile,
  SchemaCheck,
} from '#formats/roster.ts';
import type { Roster } from './any-roster.ts';

export type Written = {
  readonly file: string;
  /** Each a document of its own. */
  readonly parts: readonly string[];
  /** What of the roster is in the file. */
  readonly roster: Roster;
  readonly excluded: ReadonlyMap<string, ExclusionCode>;
  readonly dropped: readonly DroppedValue[];
  readonly rules: readonly RosterFinding[];
};

/** A whole file, with a `change` of everything for a delta. */
export const writeRoster = (profile: RosterProfile, roster: Roster, change: RosterChange = null): Written => {
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
  const persons = kept(roster.persons, writer.refuses.person).map((person) => ({
    ...person,
    contacts: person.contacts.filter((contact) => !excluded.has(contact.person)),
  }));
  const personTexts = persons.map((person) => {
    rules.person(person, change);
    return writer.person(person, change);
  });
  const told = [...(roster.owner === null ? [] : [roster.owner]), ...schools];
  const units = writer.startGroups(change === null ? null : new Map(told.map(({ id }) => [id, change])));
  const groups = kept(
    roster.groups.filter(({ school }) => !excluded.has(school)),
    writer.refuses.group,
  );
  const groupTexts = groups.map((group) => {
    rules.group(group, change);
    return writer.group(group, change);
  });
  const there = new Set([...schools, ...groups].map(({ id }) => id));
  const members = roster.members
    .filter(({ holder }) => there.has(holder.id))
    .map(({ holder, members: all }) => ({
      holder,
      members: writer.distinct(
        holder,
        all.filter(({ person }) => !excluded.has(person)).map((one) => (change === null ? one : { ...one, change })),
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
    roster: { ...roster, schools, persons, groups, members },
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
