// Writes a municipality as an export does, for the tests of PIFU-IMS: what is refused is left out with all that refers to it, then everything in the order of
// the contract, with the rules looking on. Also with a change, as in a delta.
import type { DroppedValue, ExclusionCode, RosterChange, RosterFinding, RosterId } from '#formats/roster.ts';
import { rulesOf, writerOf } from '#formats/roster-format.ts';
import type { PifuProfileName } from '#formats/pifu/codes.ts';
import type { Municipality } from './pifu-rosters.ts';

export type WrittenFile = {
  readonly text: string;
  /** Beginning, persons, groups, memberships, end. */
  readonly parts: readonly string[];
  readonly frame: { readonly before: string; readonly after: string };
  readonly dropped: readonly DroppedValue[];
  readonly refused: ReadonlyMap<RosterId, ExclusionCode>;
  /** What was written. */
  readonly roster: Municipality;
  readonly findings: readonly RosterFinding[];
};

/** `change` of everything, null for a full file. */
export const writeMunicipality = (
  profile: PifuProfileName,
  roster: Municipality,
  change: RosterChange = null,
): WrittenFile => {
  const dropped: DroppedValue[] = [];
  const writer = writerOf({ profile, dropped: (value) => void dropped.push(value) });
  const rules = rulesOf(profile);
  const refused = new Map<RosterId, ExclusionCode>();
  const keep = (id: RosterId, code: ExclusionCode | null): boolean => {
    if (code !== null) refused.set(id, code);
    return code === null;
  };
  const schools = roster.schools.filter((school) => keep(school.id, writer.refuses.school(school)));
  const schoolIds = new Set(schools.map(({ id }) => id));
  const named = roster.persons.filter((person) => keep(person.id, writer.refuses.person(person)));
  const personIds = new Set(named.map(({ id }) => id));
  const persons = named.map((person) => ({
    ...person,
    contacts: person.contacts.filter((contact) => personIds.has(contact.person)),
  }));
  const groups = roster.groups.filter(
    (group) => schoolIds.has(group.school) && keep(group.id, writer.refuses.group(group)),
  );
  const holders = new Set([...schoolIds, ...groups.map(({ id }) => id)]);
  const memberships = roster.memberships
    .filter(({ holder }) => holders.has(holder.id))
    .map(({ holder, members }) => ({
      holder,
      members: writer.distinct(
        holder,
        members.filter((member) => personIds.has(member.person)).map((member) => ({ ...member, change })),
      ),
    }))
    .filter(({ members }) => members.length > 0);
  rules.begin(roster.head, roster.owner, schools);
  const beginning = writer.begin(roster.head, roster.owner, schools);
  const personTexts = persons.map((person) => {
    rules.person(person, change);
    return writer.person(person, change);
  });
  const all = [...schoolIds, roster.owner?.id ?? ''];
  const units = writer.startGroups(change === null ? null : new Map(all.map((id) => [id, change] as const)));
  const groupTexts = groups.map((group) => {
    rules.group(group, change);
    return writer.group(group, change);
  });
  const memberTexts = memberships.map(({ holder, members }) => {
    rules.members(holder, members);
    return writer.members(holder, members);
  });
  const parts = [beginning, personTexts.join(''), `${units}${groupTexts.join('')}`, memberTexts.join(''), writer.end()];
  return {
    text: parts.join(''),
    parts,
    frame: writer.frame(),
    dropped,
    refused,
    roster: { ...roster, schools, persons, groups, memberships },
    findings: rules.end().findings,
  };
};
