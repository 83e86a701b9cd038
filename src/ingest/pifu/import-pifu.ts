// Turns the records of a PIFU-IMS file into entries for collections of the model: one pass over the records as they come, then one over the persons,
// who are written when it is known what they are. In memory: some twenty bytes for each person and each membership, and the groups. Called by the
// command line. Knows no XML, no HTTP and no store; which class is what stands in mappings/.
import type { Random } from '#base/random.ts';
import { limits } from '#base/limits.ts';
import type { ErrorCode } from '#base/errors.ts';
import type {
  PifuFinding,
  PifuGroup,
  PifuHead,
  PifuMember,
  PifuPerson,
  PifuRecord,
  PifuRole,
} from '#formats/pifu/record.ts';
import { createKeys, joinKeys } from './keys.ts';
import { createKeyTable } from './key-table.ts';
import {
  absenceCollection,
  absenceRelation,
  absenceResource,
  absencesCollection,
  absencesResource,
  assessmentsCollection,
  assessmentsResource,
  resultCollection,
  resultResource,
  type About,
} from './mappings/assessments.ts';
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
import {
  afterSchoolMembership,
  afterSchoolPlaceCollection,
  afterSchoolPlaceResource,
  enrolmentCollection,
  enrolmentResource,
  guardianMembership,
  positionCollection,
  positionResource,
  pupilMembership,
  staffMembership,
  teachingCollection,
  teachingResource,
} from './mappings/members.ts';
import {
  contactCollection,
  contactResource,
  employeeCollection,
  employeeResource,
  guardianshipCollection,
  guardianshipResource,
  isPupilByNumber,
  isStaffByNumber,
  numberOf,
  personCollection,
  personResource,
  pupilCollection,
  pupilResource,
  schoolResourceCollection,
  schoolResourceOf,
  staffPersonCollection,
  unplacedOf,
  type Number as PersonNumber,
} from './mappings/persons.ts';
import type { ImportSink, ImportSpool, ImportTell, KnownGroup } from './ports.ts';

export type ImportOptions = {
  readonly random: Random;
  /** Stands instead of the sources that the file names, in ids; null = as it says. */
  readonly source: string | null;
  /** Groups of files before, for deltas that name them without telling of them. */
  readonly known: readonly KnownGroup[];
  /** Civil date in Norway, for files that do not say when they are from. */
  readonly today: string;
  readonly sink: ImportSink;
  readonly persons: ImportSpool;
  readonly enrolments: ImportSpool;
  readonly tell: ImportTell;
  readonly bounds?: ImportBounds;
};

export type ImportBounds = {
  readonly importGroups: number;
  readonly importPending: number;
  readonly linksPerRelation: number;
};

export type ImportedFile = {
  readonly head: PifuHead;
  readonly records: { readonly persons: number; readonly groups: number; readonly members: number };
  /** What has no place in the model, by element. */
  readonly unplaced: ReadonlyMap<string, number>;
  /** Ids that held a national id, and were replaced. */
  readonly hiddenIds: number;
  /** The groups that are known now. */
  readonly groups: readonly KnownGroup[];
};

export type Import = {
  readonly take: (record: PifuRecord) => void;
  /** After the last record: writes what waited for it. */
  readonly finish: () => ImportedFile;
};

const isPupil = 1;
const isStaff = 2;
const isGuardian = 4;
const isHere = 8;

const explicit = 1;
const implied = 2;
const inAfterSchool = 4;
const levelShift = 3;

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

const yearOfDate = (date: string): string => {
  const begins = Number(date.slice(0, 4)) - (date.slice(5, 7) < '08' ? 1 : 0);
  return `${begins}${begins + 1}`;
};

type Group = KnownGroup & { readonly here: boolean; readonly gone: boolean };
type Seat = {
  readonly group: string;
  readonly type: string;
  readonly begin: string | null;
  readonly end: string | null;
};

/** What is kept in mind of a key. */
const noted = <T>(map: Map<string, T[]>, key: string): T[] => {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made: T[] = [];
  map.set(key, made);
  return made;
};

/** Where it is written that guardians are in groups. */
const guardianCollectionOf = (place: GroupPlace): string | null =>
  place.staff?.by === 'membership' ? place.staff.collection : null;

/** Builds the import of one file. Fails by throwing only when a sink does. */
export const createImport = (options: ImportOptions): Import => {
  const { sink, bounds = limits } = options;
  const keys = createKeys(options.source);
  const persons = createKeyTable(options.random.bytes(8), true);
  const enrolments = createKeyTable(options.random.bytes(8));
  const seen = createKeyTable(options.random.bytes(8));
  const groups = new Map<string, Group>(options.known.map((one) => [one.key, { ...one, here: false, gone: false }]));
  const waiting: PifuGroup[] = [];
  /** Numbers that are no national ids. */
  const localNumbers = new Map<string, string>();
  const staffSchools = new Map<string, Set<string>>();
  const groupStaff = new Map<string, { readonly group: PifuGroup; readonly staff: Set<string> }>();
  const kin = new Map<string, string[]>();
  const seats = new Map<string, Seat[]>();
  const years = new Map<string, number>();
  const unplaced = new Map<string, number>();
  const counts = { persons: 0, groups: 0, members: 0 };
  let pending = 0;
  let head: PifuHead | null = null;
  let groupsDone = false;

  const say = (
    severity: PifuFinding['severity'],
    code: ErrorCode,
    line: number,
    what: PifuFinding['what'],
    reason: string,
  ): void => options.tell({ severity, code, line, what, reason });
  const isDelta = (): boolean => head !== null && head.type !== 'full';
  const fileDate = (): string => head?.at?.slice(0, 10) ?? options.today;

  /** False when too much is kept in mind already. */
  const remember = (line: number, what: PifuFinding['what']): boolean => {
    pending += 1;
    if (pending <= bounds.importPending) return true;
    say('kept-back', 'HUB-639', line, what, 'more of a kind than an import can keep in mind');
    return false;
  };

  const inFull = (
    record: { readonly change: string | null; readonly line: number },
    what: PifuFinding['what'],
  ): boolean => {
    if (record.change === null || isDelta()) return true;
    say('warning', 'HUB-638', record.line, what, 'recstatus in a full file');
    return record.change !== 'delete';
  };

  // --- Persons, as they come ---

  const noteNumber = (person: PifuPerson, key: string, place: number): void => {
    const { number, wrong } = numberOf(person);
    if (wrong) say('warning', 'HUB-637', person.line, 'person', 'a userid that is no number of its kind');
    if (number === null) return;
    if (!seen.add(`number ${number.value}`)) {
      say('warning', 'HUB-637', person.line, 'person', 'a userid that somebody else in the file has');
      return;
    }
    if (number.kind === 'midlertidig') {
      if (!remember(person.line, 'person')) return;
      localNumbers.set(key, number.value);
      persons.setNumber(place, 3);
    } else persons.setNumber(place, Number(number.value) * 4 + (number.kind === 'dufnummer' ? 2 : 1));
  };

  const numberAt = (key: string): PersonNumber => {
    const place = persons.find(key);
    const code = place === -1 ? 0 : persons.number(place);
    switch (code % 4) {
      case 1: {
        const value = String(Math.floor(code / 4)).padStart(11, '0');
        return { value, kind: value.charCodeAt(0) >= 0x34 ? 'dnummer' : 'fodselsnummer' };
      }
      case 2:
        return { value: String(Math.floor(code / 4)).padStart(12, '0'), kind: 'dufnummer' };
      default:
        // Eleven digits would be told as a national id.
        return {
          value: localNumbers.get(key) ?? (/^\d{11}$/.test(key) ? `x-${key}` : key),
          kind: 'midlertidig',
        };
    }
  };

  const removePerson = (key: string, number: PersonNumber | null): void => {
    sink.removed(pupilCollection, key);
    sink.removed(schoolResourceCollection, key);
    sink.removed(employeeCollection, key);
    if (number === null) return;
    sink.removed(personCollection, number.value);
    sink.removed(staffPersonCollection, number.value);
  };

  const takePerson = (person: PifuPerson): void => {
    counts.persons += 1;
    if (!inFull(person, 'person')) return;
    const key = keys.of(person.id);
    const place = persons.place(key);
    if ((persons.flags(place) & isHere) !== 0) {
      say('kept-back', 'HUB-634', person.line, 'person', 'the sourcedid stands twice');
      return;
    }
    persons.mark(place, isHere);
    if (isDelta() && person.change === 'delete') {
      removePerson(key, numberOf(person).number ?? { value: numberAt(key).value, kind: 'midlertidig' });
      return;
    }
    noteNumber(person, key, place);
    if (isPupilByNumber(person)) persons.mark(place, isPupil);
    if (isStaffByNumber(person)) persons.mark(place, isStaff);
    for (const element of unplacedOf(person)) unplaced.set(element, (unplaced.get(element) ?? 0) + 1);
    for (const contact of person.contacts) {
      const other = keys.of(contact.id);
      if (contact.kind === 'guardian') persons.mark(persons.place(other), isGuardian);
      else if (remember(person.line, 'person')) noted(kin, other).push(key);
    }
    for (const former of isDelta() ? person.former : []) {
      removePerson(keys.of(former), null);
      say(
        'warning',
        'HUB-638',
        person.line,
        'person',
        'the sourcedid has changed: memberships under the old one go with the next full file',
      );
    }
    options.persons.put(JSON.stringify([key, person]));
  };

  // --- Groups ---

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

  const takeGroup = (group: PifuGroup): void => {
    counts.groups += 1;
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

  // --- Memberships ---

  const once = (kind: string, key: string, line: number): boolean => {
    if (seen.add(`${kind} ${key}`)) return true;
    say('kept-back', 'HUB-634', line, 'membership', 'the same membership stands twice');
    return false;
  };

  const worksAt = (person: string, school: string, line: number): void => {
    const known = staffSchools.get(person);
    if (known?.has(school) === true || !remember(line, 'membership')) return;
    if (known === undefined) staffSchools.set(person, new Set([school]));
    else known.add(school);
  };

  const enrol = (person: string, school: string, role: PifuRole | null, line: number): string => {
    const key = joinKeys(person, school);
    const place = enrolments.place(key);
    const flags = enrolments.flags(place);
    if (role !== null) {
      if ((flags & explicit) !== 0) {
        say('kept-back', 'HUB-634', line, 'membership', 'the same membership stands twice');
        return key;
      }
      enrolments.mark(place, explicit);
      options.enrolments.put(JSON.stringify([key, person, school, role.begin, role.end, role.primary]));
    } else if ((flags & (explicit | implied)) === 0 && !isDelta()) {
      enrolments.mark(place, implied);
      options.enrolments.put(JSON.stringify([key, person, school]));
    }
    return key;
  };

  const pupilIn = (
    group: Group,
    place: GroupPlace | null,
    person: string,
    role: PifuRole,
    gone: boolean,
  ): string | null => {
    const { school } = group;
    if (school === null) return null;
    if (place === null) {
      const key = joinKeys(person, school);
      if (gone) sink.removed(enrolmentCollection, key);
      else enrol(person, school, role, role.line);
      return key;
    }
    if (place.pupils === null) {
      say('kept-back', 'HUB-636', role.line, 'membership', 'pupils of a group of this type');
      return null;
    }
    const key = joinKeys(person, group.key);
    if (gone) {
      sink.removed(place.pupils.collection, key);
      return joinKeys(person, school);
    }
    const enrolment = enrol(person, school, null, role.line);
    if (group.level !== null) {
      const at = enrolments.place(enrolment);
      if (enrolments.flags(at) >> levelShift === 0) enrolments.mark(at, group.level << levelShift);
    }
    if (!once(place.pupils.collection, key, role.line)) return enrolment;
    if (group.type === 'after-school') {
      const seat = afterSchoolKey(enrolment);
      const at = enrolments.place(enrolment);
      if ((enrolments.flags(at) & inAfterSchool) === 0) {
        enrolments.mark(at, inAfterSchool);
        offerAfterSchool(school, afterSchoolName(null));
        sink.entry(afterSchoolPlaceCollection, seat, afterSchoolPlaceResource(seat, enrolment, afterSchoolKey(school)));
      }
      sink.entry(place.pupils.collection, key, afterSchoolMembership(key, place.pupils, group.key, seat, role));
    } else sink.entry(place.pupils.collection, key, pupilMembership(key, place.pupils, group.key, enrolment, role));
    return enrolment;
  };

  const staffIn = (group: Group, place: GroupPlace | null, person: string, role: PifuRole, gone: boolean): void => {
    const { school } = group;
    if (school === null) return;
    const work = role.subrole === null ? role.type : `${role.type}-${role.subrole}`;
    const [collection, key, resource] = ((): readonly [string, string, (() => object) | null] => {
      if (place === null) {
        const position = joinKeys(person, school, work);
        return [positionCollection, position, () => positionResource(position, person, school, role)];
      }
      const { staff } = place;
      if (staff?.by === 'teaching') {
        const teaching = joinKeys(person, group.key, work);
        const to = { collection: place.collection, relation: staff.relation, key: group.key };
        return [teachingCollection, teaching, () => teachingResource(teaching, person, school, to, role)];
      }
      if (staff?.by === 'membership') {
        const membership = joinKeys(person, group.key, 'staff');
        const to = { ...staff, group: place.collection };
        return [staff.collection, membership, () => staffMembership(membership, to, group.key, person, role)];
      }
      return ['', '', null];
    })();
    if (resource !== null) {
      if (gone) {
        sink.removed(collection, key);
        return;
      }
      worksAt(person, school, role.line);
      if (once(collection, key, role.line)) sink.entry(collection, key, resource());
      return;
    }
    const named = groupStaff.get(group.key);
    if (place?.staff?.by !== 'group')
      say('kept-back', 'HUB-636', role.line, 'membership', 'staff of a group of this type');
    else if (named === undefined)
      say('kept-back', 'HUB-633', role.line, 'membership', 'staff of a group that names them, and is not in the file');
    else if (!gone && !named.staff.has(person) && remember(role.line, 'membership')) {
      worksAt(person, school, role.line);
      if (named.staff.size < bounds.linksPerRelation) named.staff.add(person);
      else say('kept-back', 'HUB-639', role.line, 'membership', `more than ${bounds.linksPerRelation} of the staff`);
    }
  };

  const guardianIn = (group: Group, place: GroupPlace | null, person: string, role: PifuRole, gone: boolean): void => {
    if (place === null || !place.guardians) {
      say('kept-back', 'HUB-636', role.line, 'membership', 'guardians of a group of this type');
      return;
    }
    if (gone) {
      // By which child they were there is not told.
      const key = joinKeys(person, group.key, 'guardian');
      if (place.pupils !== null) sink.removed(guardianCollectionOf(place) ?? place.pupils.collection, key);
    } else if (remember(role.line, 'membership'))
      noted(seats, person).push({ group: group.key, type: group.type, begin: role.begin, end: role.end });
  };

  const aboutOf = (group: Group, place: GroupPlace | null): About => ({
    collection: place === null || group.type === 'class' ? null : place.collection,
    key: group.key,
    subjects: group.subjects,
  });

  const takeAbsences = (
    group: Group,
    place: GroupPlace | null,
    person: string,
    role: PifuRole,
    enrolment: string,
  ): void => {
    for (const absence of role.absences) {
      const key =
        absence.id === null
          ? joinKeys(person, group.key, absence.mode, absence.unit, String(absence.valid), absence.begin, absence.end)
          : keys.of(absence.id);
      if (!seen.add(`absence ${key}`)) {
        say('kept-back', 'HUB-634', absence.line, 'absence', 'the same absence stands twice');
        continue;
      }
      if (seen.add(`absences ${enrolment}`)) {
        sink.entry(absencesCollection, enrolment, absencesResource(enrolment, enrolment));
      }
      const resource = absenceResource(key, enrolment, absence, aboutOf(group, place), absenceRelation(group.type));
      sink.entry(absenceCollection, key, resource);
    }
  };

  const takeResults = (
    group: Group,
    place: GroupPlace | null,
    person: string,
    role: PifuRole,
    enrolment: string,
  ): void => {
    for (const [index, result] of role.results.entries()) {
      const collection = resultCollection(result);
      if (collection === null || place === null) {
        say(
          'kept-back',
          'HUB-636',
          result.line,
          'result',
          collection === null ? 'a result that is no mark' : 'a mark without a subject',
        );
        continue;
      }
      const same = role.results
        .slice(0, index)
        .filter((one) => one.type === result.type && one.final === result.final).length;
      const key = joinKeys(person, group.key, result.final ? 'final' : 'interim', result.type ?? '', String(same + 1));
      if (seen.add(`assessments ${enrolment}`))
        sink.entry(assessmentsCollection, enrolment, assessmentsResource(enrolment, enrolment));
      const date = role.date ?? role.begin ?? fileDate();
      const about = { ...aboutOf(group, place), collection: group.type === 'exam' ? place.collection : null };
      if (once(collection, key, result.line))
        sink.entry(
          collection,
          key,
          resultResource(key, enrolment, result, date, group.year ?? yearOfDate(date), about),
        );
    }
  };

  const takeRole = (group: Group, person: string, role: PifuRole): void => {
    if (!inFull(role, 'membership')) return;
    const place = groupPlaces[group.type as PifuGroup['type']];
    const at = persons.place(person);
    const flags = persons.flags(at);
    const guardian =
      role.subrole === 'guardian-representative' ||
      (role.type === '04' &&
        group.type !== 'school' &&
        (group.type === 'guardians' || (flags & (isGuardian | isStaff)) === isGuardian));
    const pupil = role.type === '01';
    const date = fileDate();
    const explained =
      role.active || (role.end !== null && role.end < date) || (role.begin !== null && role.begin > date);
    const gone = isDelta() && (role.change === 'delete' || !explained);
    if (!gone && !explained) {
      say('warning', 'HUB-637', role.line, 'membership', 'status 0, and no dates that say why: left out');
      return;
    }
    if (!gone && !guardian && !(pupil && group.type === 'owner')) persons.mark(at, pupil ? isPupil : isStaff);
    if (group.type === 'owner') {
      say('kept-back', 'HUB-636', role.line, 'membership', 'members of an owner');
      return;
    }
    if (guardian) return guardianIn(group, place, person, role, gone);
    const enrolment = pupil ? pupilIn(group, place, person, role, gone) : null;
    if (!pupil) staffIn(group, place, person, role, gone);
    if (enrolment === null && role.absences.length + role.results.length > 0)
      say('kept-back', 'HUB-636', role.line, 'membership', 'absence or marks of somebody who is no pupil there');
    else if (enrolment !== null && !gone) {
      takeAbsences(group, place, person, role, enrolment);
      takeResults(group, place, person, role, enrolment);
    }
  };

  const takeMember = (member: PifuMember): void => {
    settleWaiting();
    counts.members += 1;
    const group = groups.get(keys.of(member.holder));
    if (group === undefined) {
      say('kept-back', 'HUB-633', member.line, 'membership', 'of a group that is not known');
      return;
    }
    const person = keys.of(member.person);
    const place = persons.find(person);
    if (!isDelta() && (place === -1 || (persons.flags(place) & isHere) === 0)) {
      say('kept-back', 'HUB-633', member.line, 'membership', 'of a person who is not in the file');
      return;
    }
    for (const role of member.roles) takeRole(group, person, role);
  };

  // --- At the end ---

  const finishEnrolments = (): void => {
    const [[commonest] = []] = [...years].toSorted(([a, times], [b, more]) => more - times || (a < b ? 1 : -1));
    const year = commonest ?? yearOfDate(fileDate());
    for (const line of options.enrolments.read()) {
      const [key, person, school, begin, end, primary] = JSON.parse(line) as readonly [
        string,
        string,
        string,
        (string | null)?,
        (string | null)?,
        boolean?,
      ];
      const flags = enrolments.flags(enrolments.place(key));
      const told = begin !== undefined;
      if (!told && (flags & explicit) !== 0) continue;
      const role = told ? { begin, end: end ?? null, primary: primary === true } : null;
      const level = flags >> levelShift;
      sink.entry(
        enrolmentCollection,
        key,
        enrolmentResource(key, person, school, year, level === 0 ? null : level, role),
      );
    }
  };

  const finishGroups = (): void => {
    for (const [key, { group, staff }] of groupStaff) {
      const place = groupPlaces[group.type];
      if (place !== null) writeGroup(group, key, place, [...staff]);
    }
  };

  const isKnownHere = (key: string): boolean => {
    const place = persons.find(key);
    return place !== -1 && (persons.flags(place) & isHere) !== 0;
  };

  const finishGuardian = (child: string, guardian: string): void => {
    const key = joinKeys(child, guardian);
    if (!seen.add(`guardian ${key}`)) return;
    sink.entry(guardianshipCollection, key, guardianshipResource(key, numberAt(child).value, numberAt(guardian).value));
    for (const seat of seats.get(guardian) ?? []) {
      const place = groupPlaces[seat.type as PifuGroup['type']];
      const collection = place === null ? null : guardianCollectionOf(place);
      if (place?.staff?.by !== 'membership' || collection === null) continue;
      const membership = joinKeys(guardian, seat.group, 'guardian');
      if (!seen.add(`${collection} ${membership}`)) continue;
      const to = { relation: place.staff.relation, group: place.collection };
      sink.entry(collection, membership, guardianMembership(membership, to, seat.group, key, seat));
    }
    seats.delete(guardian);
  };

  const finishPerson = (key: string, person: PifuPerson): void => {
    const flags = persons.flags(persons.place(key));
    const roles = { pupil: (flags & isPupil) !== 0, staff: (flags & isStaff) !== 0 };
    const number = numberAt(key);
    sink.entry(personCollection, number.value, personResource(person, number, roles, roles.staff ? key : null));
    if (roles.pupil) sink.entry(pupilCollection, key, pupilResource(person, key, number));
    if (roles.staff) {
      sink.entry(staffPersonCollection, number.value, personResource(person, number, roles, null));
      sink.entry(employeeCollection, key, employeeResource(person, key, number, roles.pupil));
      // What a delta does not say of schools would be lost.
      if (!isDelta() || person.change !== 'update')
        sink.entry(
          schoolResourceCollection,
          key,
          schoolResourceOf(person, key, number, [...(staffSchools.get(key) ?? [])]),
        );
    }
    for (const contact of person.contacts) {
      const other = keys.of(contact.id);
      if (!isKnownHere(other))
        say('kept-back', 'HUB-633', person.line, 'person', 'pifu_hasContactPerson leads to nobody in the file');
      else if (contact.kind === 'guardian') finishGuardian(key, other);
    }
    const of = kin.get(key);
    if (of !== undefined)
      sink.entry(
        contactCollection,
        key,
        contactResource(
          person,
          key,
          of.map((one) => numberAt(one).value),
        ),
      );
  };

  return {
    take: (record) => {
      switch (record.kind) {
        case 'head':
          head = record;
          return;
        case 'person':
          return takePerson(record);
        case 'group':
          return takeGroup(record);
        case 'member':
          return takeMember(record);
      }
    },
    finish: () => {
      if (head === null) throw new Error('the head of a file comes first');
      settleWaiting();
      finishGroups();
      finishEnrolments();
      for (const line of options.persons.read()) {
        const [key, person] = JSON.parse(line) as readonly [string, PifuPerson];
        finishPerson(key, person);
      }
      return {
        head,
        records: { ...counts },
        unplaced,
        hiddenIds: keys.hidden(),
        groups: [...groups.values()].flatMap(({ here: _here, gone, ...known }) => (gone ? [] : [known])),
      };
    },
  };
};
