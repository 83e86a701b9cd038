// Memberships of an import: who is at a school or in a group as what, with absence and marks. Entries are written as they come; enrolments at the end
// (finish.ts).
import type { PifuGroup, PifuMember, PifuRole } from '#formats/pifu/record.ts';
import type { groupTaker } from './groups.ts';
import { joinKeys } from './keys.ts';
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
import { afterSchoolKey, afterSchoolName, groupPlaces, guardianPlaceOf, type GroupPlace } from './mappings/groups.ts';
import {
  afterSchoolMembership,
  afterSchoolPlaceCollection,
  afterSchoolPlaceResource,
  enrolmentCollection,
  positionCollection,
  positionResource,
  pupilMembership,
  staffMembership,
  teachingCollection,
  teachingResource,
} from './mappings/members.ts';
import {
  explicit,
  implied,
  inAfterSchool,
  isGuardian,
  isHere,
  isPupil,
  isStaff,
  levelShift,
  noted,
  yearOfDate,
  type Group,
  type ImportState,
} from './state.ts';

const aboutOf = (group: Group, place: GroupPlace | null): About => ({
  collection: place === null || group.type === 'class' ? null : place.collection,
  key: group.key,
  subjects: group.subjects,
});

/** Gives what takes a member. */
export const memberTaker = (state: ImportState, { settle, offerAfterSchool }: ReturnType<typeof groupTaker>) => {
  const {
    options,
    sink,
    bounds,
    keys,
    persons,
    enrolments,
    seen,
    groups,
    groupStaff,
    staffSchools,
    seats,
    counts,
    say,
    isDelta,
    fileDate,
    remember,
    inFull,
  } = state;
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
      if (place.pupils !== null) sink.removed(guardianPlaceOf(place) ?? place.pupils.collection, key);
    } else if (remember(role.line, 'membership'))
      noted(seats, person).push({ group: group.key, type: group.type, begin: role.begin, end: role.end });
  };

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
    settle();
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

  return takeMember;
};
