// Owners, schools and groups of an import: written as soon as what they are part of is known; those that name their staff wait for it.
import { withoutNationalIds } from '#base/national-id.ts';
import type { PifuGroup } from '#formats/pifu/record.ts';
import { joinKeys } from './keys.ts';
import {
  afterSchoolCollection,
  afterSchoolKey,
  afterSchoolName,
  afterSchoolResource,
  groupPlaces,
  groupResource,
  hasLegalName,
  levelsOf,
  organisationNumber,
  ownerCollection,
  ownerResource,
  schoolCollection,
  schoolResource,
  subjectCodes,
  subjectCollection,
  subjectResource,
  type GroupPlace,
} from './mappings/groups.ts';
import type { Group, ImportState } from './state.ts';

const organisationWeights = [3, 2, 7, 6, 5, 4, 3, 2, 1] as const;
const isOrganisationNumber = (digits: string): boolean =>
  organisationWeights.reduce((sum, weight, at) => sum + weight * (digits.charCodeAt(at) - 0x30), 0) % 11 === 0;

/** `20262027` of `2026/2027`, `H2026` or `V2027`; null when it is of no school year. */
const yearCode = (period: string | null): string | null => {
  const text = period?.trim() ?? '';
  const [, first, second] = /^(\d{4})\/(\d{4})$/.exec(text) ?? [];
  if (first !== undefined && Number(second) === Number(first) + 1) return `${first}${second}`;
  const [, term, year] = /^([HV])(\d{4})$/i.exec(text) ?? [];
  if (term === undefined) return null;
  const begins = Number(year) - (term.toUpperCase() === 'V' ? 1 : 0);
  return `${begins}${begins + 1}`;
};

const withoutNumber = (text: string): string => {
  const rest = withoutNationalIds(text);
  return rest === text ? text : rest.replaceAll(/\s+/g, ' ').trim();
};

/** The group with names and descriptions in which no national id stands: everybody sees them. */
const withoutNumbers = (group: PifuGroup): PifuGroup => ({
  ...group,
  short: group.short === '' ? '' : withoutNumber(group.short) || '-',
  long: group.long === null ? null : withoutNumber(group.long) || null,
  full: group.full === null ? null : withoutNumber(group.full) || null,
  names: group.names.map(({ type, value }) => ({ type, value: withoutNumber(value) })),
});
const textsOf = ({ short, long, full, names }: PifuGroup): string => JSON.stringify([short, long, full, names]);

/** Gives what takes a group. */
export const groupTaker = (state: ImportState) => {
  const { sink, bounds, keys, seen, groups, groupStaff, years, counts, say, isDelta, remember, inFull } = state;
  const waiting: PifuGroup[] = [];
  let groupsDone = false;

  const keep = (group: PifuGroup, key: string, school: string | null, more: Partial<Group>): void => {
    const year = yearCode(group.adminPeriod);
    if (year !== null) years.set(year, (years.get(year) ?? 0) + 1);
    groups.set(key, {
      key,
      type: group.type,
      school,
      year,
      subjects: [],
      level: null,
      here: true,
      gone: group.change === 'delete' && isDelta(),
      ...more,
    });
  };

  const holdToRules = (group: PifuGroup): void => {
    const number = organisationNumber(group);
    if (number === null) say('warning', 'HUB-638', group.line, 'group', 'no organizationNumber of nine digits');
    else if (!isOrganisationNumber(number))
      say('warning', 'HUB-638', group.line, 'group', 'organizationNumber fails its check digit');
    if (!hasLegalName(group)) say('warning', 'HUB-638', group.line, 'group', 'no legalName');
    if (group.parents.length === 0) say('warning', 'HUB-638', group.line, 'group', 'no relationship');
  };

  const takeOwner = (group: PifuGroup, key: string): void => {
    keep(group, key, null, {});
    if (groups.get(key)?.gone === true) return sink.removed(ownerCollection, key);
    holdToRules(group);
    sink.entry(ownerCollection, key, ownerResource(group, key));
  };

  const offerAfterSchool = (school: string, name: string): void => {
    const key = afterSchoolKey(school);
    if (seen.add(`after-school ${key}`)) sink.entry(afterSchoolCollection, key, afterSchoolResource(key, school, name));
  };

  const takeSchool = (group: PifuGroup, key: string, last: boolean): boolean => {
    // What is on top points to itself.
    const parents = group.parents.map(keys.of).filter((parent) => parent !== key);
    const owner = parents.find((parent) => groups.get(parent)?.type === 'owner') ?? null;
    if (owner === null && parents.length > 0 && !last) return false;
    keep(group, key, key, {});
    if (groups.get(key)?.gone === true) {
      sink.removed(schoolCollection, key);
      return true;
    }
    holdToRules(group);
    if (owner === null && parents.length > 0)
      say('warning', 'HUB-633', group.line, 'group', 'relationship leads to no owner in the file');
    sink.entry(schoolCollection, key, schoolResource(group, key, owner));
    if (group.schoolKinds.includes('after-school')) offerAfterSchool(key, afterSchoolName(group.short));
    return true;
  };

  const subjectsOf = (group: PifuGroup, key: string, school: string): readonly string[] => {
    const codes = subjectCodes(group);
    if (group.type === 'subject') {
      const name = group.long ?? group.short;
      sink.entry(subjectCollection, key, subjectResource(key, school, [...codes, name].join(' '), name));
      return [key];
    }
    if (group.type === 'teaching' && codes.length === 0)
      say('warning', 'HUB-638', group.line, 'group', 'a teaching group without a Grep code');
    if (group.type !== 'teaching' && group.type !== 'exam') return [];
    return codes.map((code) => {
      const subject = joinKeys(school, code);
      if (seen.add(`subject ${subject}`))
        sink.entry(subjectCollection, subject, subjectResource(subject, school, code, code));
      return subject;
    });
  };

  const takeOther = (group: PifuGroup, key: string, place: GroupPlace, last: boolean): boolean => {
    let school: string | null = null;
    for (const parent of group.parents) school ??= groups.get(keys.of(parent))?.school ?? null;
    if (school === null && group.parents.length > 0 && !last) return false;
    if (school === null) {
      if (group.parents.length === 0)
        say('kept-back', 'HUB-632', group.line, 'group', 'relationship to a school is missing');
      else say('kept-back', 'HUB-633', group.line, 'group', 'relationship leads to no school in the file');
      return true;
    }
    const levels = levelsOf(group);
    if (group.change === 'delete' && isDelta()) {
      keep(group, key, school, {});
      sink.removed(place.collection, key);
      return true;
    }
    const subjects = subjectsOf(group, key, school);
    keep(group, key, school, { subjects, level: group.type === 'level' ? (levels[0] ?? null) : null });
    if (group.type === 'after-school') offerAfterSchool(school, afterSchoolName(null));
    // Groups that name their staff are written when those are known.
    if (place.staff?.by === 'group' && remember(group.line, 'group')) {
      groupStaff.set(key, { group, staff: new Set() });
      return true;
    }
    writeGroup(group, key, place, []);
    return true;
  };

  const writeGroup = (group: PifuGroup, key: string, place: GroupPlace, staff: readonly string[]): void => {
    const known = groups.get(key);
    if (known === undefined || known.school === null) return;
    const around = {
      school: known.school,
      year: known.year,
      levels: levelsOf(group),
      subjects: known.subjects,
      afterSchool: group.type === 'after-school' ? afterSchoolKey(known.school) : null,
      staff,
    };
    sink.entry(place.collection, key, groupResource(group, key, place, around));
  };

  /** False while it waits for another group of the file. */
  const settle = (group: PifuGroup, last: boolean): boolean => {
    const key = keys.of(group.id);
    const place = groupPlaces[group.type];
    if (group.type === 'owner') {
      takeOwner(group, key);
      return true;
    }
    return place === null ? takeSchool(group, key, last) : takeOther(group, key, place, last);
  };

  const takeGroup = (given: PifuGroup): void => {
    counts.groups += 1;
    const group = withoutNumbers(given);
    if (textsOf(group) !== textsOf(given))
      say('warning', 'HUB-637', group.line, 'group', 'a national id in a name or description');
    if (!inFull(group, 'group')) return;
    if (counts.groups > bounds.importGroups) {
      say('kept-back', 'HUB-639', group.line, 'group', `more than ${bounds.importGroups} groups`);
      return;
    }
    const key = keys.of(group.id);
    if (groups.get(key)?.here === true || !seen.add(`group ${key}`)) {
      say('kept-back', 'HUB-634', group.line, 'group', 'the sourcedid stands twice');
      return;
    }
    for (const former of isDelta() ? group.former : []) {
      const collection = groupPlaces[group.type]?.collection;
      if (collection !== undefined) sink.removed(collection, keys.of(former));
    }
    if (groupsDone) settle(group, true);
    else if (!settle(group, false)) waiting.push(group);
  };

  /** Groups may stand before what they are part of. */
  const settleWaiting = (): void => {
    if (groupsDone) return;
    groupsDone = true;
    let left = waiting.splice(0);
    for (let before = left.length + 1; left.length > 0 && left.length < before;) {
      before = left.length;
      left = left.filter((group) => !settle(group, false));
    }
    for (const group of left) settle(group, true);
  };

  return {
    take: takeGroup,
    /** Before the first membership: what still waits is settled. */
    settle: settleWaiting,
    offerAfterSchool,
    /** At the end: the groups that name their staff. */
    finish: (): void => {
      for (const [key, { group, staff }] of groupStaff) {
        const place = groupPlaces[group.type];
        if (place !== null) writeGroup(group, key, place, [...staff]);
      }
    },
  };
};
