// What is written when all of a file has been read: enrolments, and persons, of whom it is known now what they are.
import type { PifuGroup, PifuPerson } from '#formats/pifu/record.ts';
import { joinKeys } from './keys.ts';
import { groupPlaces, guardianPlaceOf } from './mappings/groups.ts';
import { enrolmentCollection, enrolmentResource, guardianMembership } from './mappings/members.ts';
import {
  contactCollection,
  contactResource,
  employeeCollection,
  employeeResource,
  guardianshipCollection,
  guardianshipResource,
  personCollection,
  personResource,
  pupilCollection,
  pupilResource,
  schoolResourceCollection,
  schoolResourceOf,
  staffPersonCollection,
} from './mappings/persons.ts';
import { explicit, isHere, isPupil, isStaff, levelShift, yearOfDate, type ImportState } from './state.ts';

/** Gives what ends an import. */
export const finisher = (state: ImportState) => {
  const {
    options,
    sink,
    keys,
    persons,
    enrolments,
    seen,
    staffSchools,
    kin,
    seats,
    years,
    say,
    isDelta,
    fileDate,
    numberAt,
  } = state;
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
      const collection = place === null ? null : guardianPlaceOf(place);
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
      if (!isKnownHere(other)) {
        // A delta need not tell of them again.
        const severity = isDelta() ? 'warning' : 'kept-back';
        say(severity, 'HUB-633', person.line, 'person', 'pifu_hasContactPerson leads to nobody in the file');
      } else if (contact.kind === 'guardian') finishGuardian(key, other);
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

  return (): void => {
    finishEnrolments();
    for (const line of options.persons.read()) {
      const [key, person] = JSON.parse(line) as readonly [string, PifuPerson];
      finishPerson(key, person);
    }
  };
};
