// What a run counts for its report: what went into the file, what was left out and why, which values were dropped, what has changed. Called by
// export-run.ts for every entry. Keeps no name, and of dropped values only those that are codes of a list.
import { limits } from '#base/limits.ts';
import type { DroppedValue, PersonRole, RosterChange } from '#formats/roster.ts';
import type { Excluded, ExportCounts, ExportReport } from '../export.ts';

type Thing = 'persons' | 'groups' | 'memberships';

/** Ids by `code what`, joined by spaces: a long list costs little to read past. */
export type ExcludedIds = Readonly<Record<string, string>>;

export type Tallied = {
  readonly exported: ExportCounts;
  readonly excluded: ExportReport['excluded']['counts'];
  readonly dropped: ExportReport['dropped'];
  readonly changes: NonNullable<ExportReport['changes']>;
};

export type Tally = {
  /** A school that is written, or that a full file holds. */
  readonly school: () => void;
  readonly person: (roles: readonly PersonRole[]) => void;
  readonly group: () => void;
  readonly memberships: (count: number) => void;
  readonly changed: (thing: Thing, change: RosterChange) => void;
  readonly excluded: (excluded: Excluded) => void;
  readonly dropped: (value: DroppedValue) => void;
  readonly result: () => Tallied;
  /** What was left out, by name. */
  readonly excludedIds: () => ExcludedIds;
};

const employed: readonly PersonRole[] = ['teacher', 'leader', 'staff'];

/** Codes of lists are short and hold no number of a person; whatever else a value may be stays out of reports. */
const isCode = ({ code, value }: DroppedValue): boolean =>
  code === 'unknown-to-version' && /^[\p{L}\d][\p{L}\d ._-]{0,39}$/u.test(value) && !/\d{5}/.test(value);

const nothing = () => ({ added: 0, updated: 0, removed: 0 });

/** Begins to count. */
export const createTally = (): Tally => {
  const exported = { persons: 0, pupils: 0, employees: 0, guardians: 0, schools: 0, groups: 0, memberships: 0 };
  const changes = { persons: nothing(), groups: nothing(), memberships: nothing() };
  const excluded = new Map<string, { code: Excluded['code']; what: Excluded['what']; count: number; ids: string[] }>();
  const dropped = new Map<string, { code: DroppedValue['code']; field: string; value: string; count: number }>();
  let [named, namedMemberships] = [0, 0];

  return {
    school: () => void (exported.schools += 1),
    person: (roles) => {
      exported.persons += 1;
      if (roles.includes('pupil')) exported.pupils += 1;
      if (roles.some((role) => employed.includes(role))) exported.employees += 1;
      if (roles.includes('guardian')) exported.guardians += 1;
    },
    group: () => void (exported.groups += 1),
    memberships: (count) => void (exported.memberships += count),
    changed: (thing, change) => {
      if (change === 'add') changes[thing].added += 1;
      if (change === 'update') changes[thing].updated += 1;
      if (change === 'delete') changes[thing].removed += 1;
    },
    excluded: ({ code, what, id }) => {
      const key = `${code} ${what}`;
      const known = excluded.get(key) ?? { code, what, count: 0, ids: [] };
      excluded.set(key, known);
      known.count += 1;
      const isMembership = what === 'membership';
      if (named >= limits.exportExclusions) return;
      if (isMembership && namedMemberships >= limits.exportMembershipExclusions) return;
      named += 1;
      if (isMembership) namedMemberships += 1;
      known.ids.push(id);
    },
    dropped: (given) => {
      const { code, field } = given;
      const value = isCode(given) ? given.value : '';
      const full = dropped.size >= limits.exportDropped;
      const key = `${code} ${field} ${value}`;
      const rest = `${code} ${field} `;
      const at = dropped.has(key) || !full ? key : rest;
      const known = dropped.get(at) ?? { code, field, value: at === key ? value : '', count: 0 };
      known.count += 1;
      dropped.set(at, known);
    },
    result: () => ({
      exported,
      excluded: [...excluded.values()].map(({ code, what, count }) => ({ code, what, count })),
      dropped: [...dropped.values()],
      changes,
    }),
    excludedIds: () =>
      Object.fromEntries(
        [...excluded].filter(([, { ids }]) => ids.length > 0).map(([key, { ids }]) => [key, ids.join(' ')]),
      ),
  };
};

/** Ids as they are kept, less some; a membership is named by its group. */
export const withoutIds = (kept: Buffer, isHidden: (id: string) => boolean): Buffer => {
  // Written by this folder.
  const all = Object.entries(JSON.parse(kept.toString()) as ExcludedIds);
  const left = all.map(([key, ids]): [string, string[]] => [key, ids.split(' ').filter((id) => !isHidden(id))]);
  const some = left.flatMap(([key, ids]): [string, string][] => (ids.length === 0 ? [] : [[key, ids.join(' ')]]));
  return Buffer.from(JSON.stringify(Object.fromEntries(some)));
};

/** The list of a report, from ids as they are kept. */
export const excludedList = (ids: ExcludedIds): readonly Excluded[] =>
  Object.entries(ids).flatMap(([key, joined]) => {
    const [code, what] = key.split(' ') as [Excluded['code'], Excluded['what']];
    return joined.split(' ').map((id) => ({ code, what, id }));
  });
